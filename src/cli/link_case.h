/* cli/link_case.h: `zenhar link` on a case: its statements become persons and acts. */
#pragma once
#include "cli/cli.h"

typedef struct {
    double threshold;
    gint64 seed;
    const char *truth; /**< column (kept with the reports) that names the true person; NULL */
    bool again;        /**< learn, compare and group all anew */
} LinkCaseOptions;

/** Gives the exit status. */
int link_case_run(CliContext *context, const LinkCaseOptions *options);
