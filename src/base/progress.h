/* base/progress.h: how far a long work is, on a terminal only.
 *
 * One line on stderr, rewritten at most five times a second: what, done,
 * rate, time left. Silent when stderr is no terminal. Ctrl-C sets a flag that
 * long loops ask for at their safe points. */
#pragma once
#include <glib.h>
#include <stdbool.h>

typedef struct Progress Progress;

/** total 0: unknown. `unit` is a translated plural ("reports"). Copies both. */
Progress *progress_new(const char *what, const char *unit, guint64 total);
void progress_add(Progress *progress, guint64 done); /**< NULL does nothing */
void progress_free(Progress *progress);              /**< ends the line */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Progress, progress_free)

/** From now on the first SIGINT or SIGTERM only sets the flag; a second one ends the process. */
void progress_catch_interrupt(void);
bool progress_interrupted(void);
/** The program itself stops the long work of its other thread at the next safe point (true), or
 *  lets the next one begin (false). Safe from any thread. */
void progress_stop(bool stop);
/** The same as an error: INTERRUPTED with that sentence, when there was one. */
bool progress_stopped(const char *sentence, GError **error);

/** What an engine's "done of total" is shown by; quiet: not at all. Begin with `what` and `units`
 * set, end with progress_free(watch.progress). */
typedef struct {
    const char *what, *units; /**< in the reader's language; borrowed */
    bool quiet;
    Progress *progress;
    guint64 done;
} ProgressWatch;
/** To be called by an engine with a ProgressWatch; false: the user has asked to stop. */
bool progress_watch(void *watch, guint64 done, guint64 total);
