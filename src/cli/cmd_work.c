/* COMMAND: work
 * SUMMARY: do the jobs of a case, beside other workers
 *
 * zenhar work --case CASE [--once | --until-done] [--kinds LIST] [--name NAME]
 *             [--lease SECONDS]
 *
 * Takes up the jobs that `zenhar job` queued, one after the other, and waits for more.
 * Start as many as you like, on any machines that reach the case (on one machine for a
 * case in a folder). A worker holds its job by a lease that it renews; if it dies or is
 * cut off, the lease ends and another worker takes the job up: what is done twice leaves
 * the same. A server that is started anew is waited for. SIGTERM and Ctrl-C stop at the
 * next safe point and give the job back.
 *
 * --once           ends when no job is ready now
 * --until-done     ends when no job waits or runs any more
 * --kinds LIST     does these alone, with commas between: import, link, scan, report,
 *                  link-part (of `zenhar link --spool --jobs`)
 * --name NAME      what the list of jobs calls it (default: a random one)
 * --lease SECONDS  a job of a worker that died waits so long for the next (default 60)
 *
 * One line a job on standard error. Exit status: 0 done, 1 a job failed for good in this
 * worker's hands, 2 wrong usage, 3 cannot go on.
 *
 * Example: zenhar work --case postgresql://owner@db.example.org/coalition/june
 */
#include "commands.h"

#include "base/progress.h"
#include "cli/case.h"
#include "cli/work.h"
#include "evidence/evidence.h"
#include <sodium.h>
#include <string.h>

enum {
    LOOK_MILLISECONDS = 500,      /* between two looks for a job */
    PATIENCE = 60,                /* looks at a server that does not answer, about 2 minutes */
    PATIENCE_MILLISECONDS = 2000, /* between them */
};

typedef struct {
    CliContext *context;
    StoreKeys *keys;
    Store *store; /* for the queue; NULL: to be opened */
    const char *name;
    char *kinds; /* as store_job_claim takes them */
    int lease;   /* seconds */
    bool once, until_done;
    guint failures; /* of the queue, one after the other */
    bool failed;    /* a job failed for good */
} Worker;

/* ---- the lease, on a thread and a connection of its own ---- */

typedef struct {
    const Worker *worker;
    const StoreJob *job;
    GMutex lock;
    GCond changed;
    bool over, lost;
} Lease;

/* A claim that cannot be renewed for a while is still ours until another takes it. */
static bool renew(Store **store, const Lease *lease)
{
    bool held = true;
    g_autoptr(GError) error = NULL;
    if (*store == NULL)
        *store = evidence_open_with_keys(lease->worker->context->case_path, lease->worker->keys,
                                         STORE_WRITE, &error);
    if (*store == NULL ||
        !store_job_renew(*store, lease->job, lease->worker->lease, &held, &error)) {
        g_clear_pointer(store, store_close);
        return true;
    }
    return held;
}

static gpointer keep(gpointer data)
{
    Lease *lease = data;
    Store *store = NULL;
    const gint64 step = (gint64)lease->worker->lease * G_USEC_PER_SEC / 3;
    gint64 next = g_get_monotonic_time() + step;
    g_mutex_lock(&lease->lock);
    while (!lease->over) {
        if (g_cond_wait_until(&lease->changed, &lease->lock, next))
            continue;
        g_mutex_unlock(&lease->lock);
        const bool held = renew(&store, lease);
        if (!held)
            progress_stop(true);
        g_mutex_lock(&lease->lock);
        lease->lost = !held;
        lease->over = lease->over || !held;
        next = g_get_monotonic_time() + step;
    }
    g_mutex_unlock(&lease->lock);
    store_close(store);
    return NULL;
}

/* ---- one job ---- */

/* What may go otherwise next time: another writer, a connection, a full disk. */
static bool is_passing(const GError *error)
{
    return g_error_matches(error, ZENHAR_ERROR, ZENHAR_ERROR_BUSY) ||
           g_error_matches(error, ZENHAR_ERROR, ZENHAR_ERROR_IO) ||
           g_error_matches(error, ZENHAR_ERROR, ZENHAR_ERROR_MEMORY);
}

/* A linkage may hold the writer's lock for as long as it takes: that is no failure of who waits. */
static bool is_waiting(const GError *error)
{
    return g_error_matches(error, ZENHAR_ERROR, ZENHAR_ERROR_BUSY);
}

/* In a connection of its own: what it leaves behind touches no other job. */
static bool run(const Worker *worker, const StoreJob *job, GBytes **ret_result, GError **error)
{
    const WorkKind *kind = work_kind_find(job->kind);
    if (kind == NULL) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    _("This version of Zenhar does not know the work “%s”."), job->kind);
        return false;
    }
    g_autoptr(Store) store =
        evidence_open_with_keys(worker->context->case_path, worker->keys, STORE_WRITE, error);
    return store != NULL && kind->run(store, job, ret_result, error);
}

static bool open_queue(Worker *worker, GError **error)
{
    if (worker->store == NULL)
        worker->store =
            evidence_open_with_keys(worker->context->case_path, worker->keys, STORE_WRITE, error);
    return worker->store != NULL;
}

/* Says how the job ended; *ret_held false: somebody else has it by now. */
static bool settle(Worker *worker, const StoreJob *job, GBytes *result, const GError *why,
                   bool *ret_held, GError **error)
{
    gsize n = 0;
    if (!open_queue(worker, error))
        return false;
    if (why == NULL) {
        const void *bytes = result != NULL ? g_bytes_get_data(result, &n) : NULL;
        return store_job_finish(worker->store, job, bytes, n, ret_held, error);
    }
    if (g_error_matches(why, ZENHAR_ERROR, ZENHAR_ERROR_INTERRUPTED))
        return store_job_release(worker->store, job, 0, ret_held, error);
    if (is_waiting(why))
        return store_job_release(worker->store, job, STORE_JOB_BACKOFF_SECONDS, ret_held, error);
    return store_job_fail(worker->store, job, why->message, is_passing(why), ret_held, error);
}

static bool wait_for_server(Worker *worker, const GError *error)
{
    g_clear_pointer(&worker->store, store_close);
    if (!is_passing(error) || ++worker->failures > PATIENCE || progress_interrupted())
        return false;
    if (worker->failures == 1)
        cli_say(worker->context, _("Waiting for the case: %s"), error->message);
    g_usleep((gulong)PATIENCE_MILLISECONDS * 1000);
    return true;
}

static void say_end(const Worker *worker, const StoreJob *job, const GError *why, bool held)
{
    const bool again =
        why != NULL && (is_waiting(why) || (is_passing(why) && job->tries < job->tries_most));
    if (!held)
        cli_say(worker->context,
                _("Job %" G_GINT64_FORMAT " (%s): another has it by now, or it "
                  "was cancelled."),
                job->id, job->kind);
    else if (why == NULL)
        cli_say(worker->context, _("Job %" G_GINT64_FORMAT " (%s): done."), job->id, job->kind);
    else if (g_error_matches(why, ZENHAR_ERROR, ZENHAR_ERROR_INTERRUPTED))
        cli_say(worker->context, _("Job %" G_GINT64_FORMAT " (%s): stopped and given back."),
                job->id, job->kind);
    else
        cli_say(worker->context,
                again ? _("Job %" G_GINT64_FORMAT " (%s) will be tried again: %s")
                      : _("Job %" G_GINT64_FORMAT " (%s) failed: %s"),
                job->id, job->kind, why->message);
}

/* False with error set: the queue cannot be reached any more; the lease ends by itself. */
static bool do_job(Worker *worker, const StoreJob *job, GError **error)
{
    Lease lease = {.worker = worker, .job = job};
    g_autoptr(GBytes) result = NULL;
    g_autoptr(GError) why = NULL;
    g_mutex_init(&lease.lock);
    g_cond_init(&lease.changed);
    progress_stop(false);
    GThread *thread = g_thread_new("zenhar-lease", keep, &lease);
    const bool done = run(worker, job, &result, &why);
    bool held = true;
    for (;;) {
        g_autoptr(GError) fault = NULL;
        if (settle(worker, job, result, done ? NULL : why, &held, &fault))
            break;
        if (wait_for_server(worker, fault))
            continue;
        g_propagate_error(error, g_steal_pointer(&fault));
        break;
    }
    g_mutex_lock(&lease.lock);
    lease.over = true;
    g_cond_signal(&lease.changed);
    g_mutex_unlock(&lease.lock);
    g_thread_join(thread);
    g_mutex_clear(&lease.lock);
    g_cond_clear(&lease.changed);
    progress_stop(false);
    if (error != NULL && *error != NULL)
        return false;
    say_end(worker, job, done ? NULL : why, held);
    worker->failed =
        worker->failed || (held && !done && !is_passing(why) &&
                           !g_error_matches(why, ZENHAR_ERROR, ZENHAR_ERROR_INTERRUPTED));
    return true;
}

/* ---- the queue ---- */

/* Nothing is ready: is that the end? */
static bool is_end(Worker *worker, bool *ret_end, GError **error)
{
    gint64 counts[STORE_JOB_STATES];
    *ret_end = worker->once;
    if (worker->once || !worker->until_done)
        return true;
    if (!store_job_count(worker->store, 0, counts, error))
        return false;
    *ret_end = counts[STORE_JOB_QUEUED] == 0 && counts[STORE_JOB_RUNNING] == 0;
    return true;
}

static bool step(Worker *worker, bool *ret_end, GError **error)
{
    g_autoptr(GError) why = NULL;
    if (!open_queue(worker, error))
        return false;
    g_autoptr(StoreJob) job =
        store_job_claim(worker->store, worker->kinds, 0, worker->name, worker->lease, &why);
    if (why != NULL) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    worker->failures = 0;
    if (job != NULL)
        return do_job(worker, job, error);
    if (!is_end(worker, ret_end, error))
        return false;
    if (!*ret_end)
        g_usleep((gulong)LOOK_MILLISECONDS * 1000);
    return true;
}

static int work(Worker *worker)
{
    bool end = false;
    while (!end && !progress_interrupted()) {
        g_autoptr(GError) error = NULL;
        if (!step(worker, &end, &error) && !wait_for_server(worker, error) &&
            !progress_interrupted())
            return cli_fail(worker->context, error);
    }
    return worker->failed ? CLI_INCOMPLETE : CLI_DONE;
}

/* "import,link" as "import link"; NULL with error set: one of them is none. */
static char *read_kinds(const char *list, GError **error)
{
    g_auto(GStrv) names = g_strsplit(list, ",", -1);
    for (char **name = names; *name != NULL; name++)
        if (work_kind_find(g_strstrip(*name)) == NULL) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE, _("--kinds: “%s” is none of %s."),
                        *name, work_kind_names());
            return NULL;
        }
    return g_strjoinv(" ", names);
}

/* The passphrase is asked for once; a server that does not answer is waited for. */
static bool open_keys(Worker *worker, GError **error)
{
    CliContext *context = worker->context;
    if (!cli_case_named(context, error))
        return false;
    char *passphrase = cli_passphrase(context, false, error);
    progress_catch_interrupt();
    while (passphrase != NULL && worker->keys == NULL) {
        g_autoptr(GError) why = NULL;
        worker->keys = store_keys_load(context->case_path, passphrase, &why);
        if (worker->keys != NULL || wait_for_server(worker, why))
            continue;
        g_propagate_error(error, g_steal_pointer(&why));
        break;
    }
    sodium_free(passphrase);
    return worker->keys != NULL;
}

int cmd_work(CliContext *context, int argc, char **argv)
{
    gboolean once = FALSE, until_done = FALSE;
    int status = CLI_DONE, lease = STORE_JOB_LEASE_SECONDS;
    g_autofree char *kinds = NULL, *name = NULL;
    const GOptionEntry entries[] = {
        {"once", 0, 0, G_OPTION_ARG_NONE, &once, NULL, NULL},
        {"until-done", 0, 0, G_OPTION_ARG_NONE, &until_done, NULL, NULL},
        {"kinds", 0, 0, G_OPTION_ARG_STRING, &kinds, NULL, NULL},
        {"name", 0, 0, G_OPTION_ARG_STRING, &name, NULL, NULL},
        {"lease", 0, 0, G_OPTION_ARG_INT, &lease, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    if (argc > 1)
        return cli_usage(context, _("“%s” is not understood here."), argv[1]);
    if (lease < 1 || lease > 86400)
        return cli_usage(context, "%s", _("--lease is a number of seconds, at most a day."));
    g_autoptr(GError) error = NULL;
    Worker worker = {.context = context, .lease = lease, .once = once, .until_done = until_done};
    /* What a later version queued waits for a worker of that version. */
    worker.kinds = kinds != NULL ? read_kinds(kinds, &error) : work_kinds_known();
    if (worker.kinds == NULL)
        return cli_usage(context, "%s", error->message);
    if (open_keys(&worker, &error)) {
        if (name == NULL)
            name = g_strdup_printf("worker-%04x", randombytes_uniform(0x10000));
        worker.name = name;
        status = work(&worker);
    } else {
        status = cli_fail(context, error);
    }
    store_close(worker.store);
    store_keys_unref(worker.keys);
    g_free(worker.kinds);
    return status;
}
