/* cli/link_review.h: `zenhar link review` and `zenhar link undo`: people look at a linkage. */
#pragma once
#include "cli/cli.h"

/** argv[0] is "review" or "undo". */
int link_case_review(CliContext *context, int argc, char **argv);
int link_case_undo(CliContext *context, int argc, char **argv);
