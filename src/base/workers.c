#include "base/workers.h"

#include "base/i18n.h"
#include <stdlib.h>

typedef struct {
    gsize next; /* atomic: the first task not handed out */
    gsize n_tasks;
    WorkersFunc run;
    void *context;
    I18nLanguage language; /* of whoever asked: on any number of threads the same words */
} Shift;

typedef struct {
    Shift *shift;
    guint worker;
} Worker;

guint workers_default_threads(void)
{
    const char *wish = g_getenv("ZENHAR_THREADS");
    guint64 threads = 0;
    if (wish != NULL && g_ascii_string_to_unsigned(wish, 10, 1, 256, &threads, NULL))
        return (guint)threads;
    return MAX(1u, g_get_num_processors());
}

static gpointer work(gpointer data)
{
    const Worker *worker = data;
    Shift *shift = worker->shift;
    i18n_set_language(shift->language);
    for (;;) {
        gsize task = __atomic_fetch_add(&shift->next, 1, __ATOMIC_RELAXED);
        if (task >= shift->n_tasks)
            return NULL;
        shift->run(task, worker->worker, shift->context);
    }
}

void workers_run(gsize n_tasks, guint threads, WorkersFunc run, void *context)
{
    if (threads == 0)
        threads = workers_default_threads();
    if (threads > n_tasks)
        threads = (guint)n_tasks;
    if (threads <= 1) {
        for (gsize task = 0; task < n_tasks; task++)
            run(task, 0, context);
        return;
    }
    Shift shift = {0, n_tasks, run, context, i18n_language()};
    g_autofree Worker *workers = g_new(Worker, threads);
    g_autofree GThread **ids = g_new(GThread *, threads);
    for (guint i = 1; i < threads; i++) {
        workers[i] = (Worker){&shift, i};
        ids[i] = g_thread_new("zenhar-worker", work, &workers[i]);
    }
    workers[0] = (Worker){&shift, 0};
    work(&workers[0]);
    for (guint i = 1; i < threads; i++)
        g_thread_join(ids[i]);
}
