/* base/workers.h: the same work on any number of threads, the same result.
 *
 * Tasks are numbered; a task must write only what belongs to its number, so
 * the outcome never depends on how many threads ran or in what order. */
#pragma once
#include <glib.h>
#include <stdbool.h>

/** Work on task number `task`; `worker` (0 … threads-1) names scratch memory. */
typedef void (*WorkersFunc)(gsize task, guint worker, void *context);

/** How many threads to use: $ZENHAR_THREADS, or the processors online. */
guint workers_default_threads(void);

/** Run tasks 0 … n_tasks-1 on `threads` threads (0: the default) and wait for
 *  all. With one thread it runs in the caller. Tasks are handed out in order. */
void workers_run(gsize n_tasks, guint threads, WorkersFunc run, void *context);
