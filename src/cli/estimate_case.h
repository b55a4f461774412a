/* cli/estimate_case.h: the estimates that stand in a case. */
#pragma once
#include "cli/cli.h"

/** `zenhar estimate --case`: as CSV on standard output. */
int estimate_print_case(CliContext *context);
