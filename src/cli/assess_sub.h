/* cli/assess_sub.h: the sub-commands of `zenhar assess`, one file assess_NAME.c each. */
#pragma once
#include "cli/cli.h"

CliFunc assess_forecast, assess_run_case, assess_show, assess_indicators;
