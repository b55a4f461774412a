/* cli/link_jobs.h: a list in parts, done by the workers of a case. */
#pragma once
#include "cli/cli.h"
#include "intake/spool.h"

/** Does all stages of a run: queues the units of each as jobs of the case that the context names,
 *  and does of them what no other worker takes. folder: of the run, as given; workers are told its
 *  absolute path. Jobs that are left when it ends are cancelled. */
bool link_jobs_run(CliContext *context, IntakeSpool *spool, const char *folder,
                   bool (*progress)(void *context, guint64 done, guint64 total),
                   void *progress_context, GError **error);
