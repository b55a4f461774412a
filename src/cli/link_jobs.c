/* The units of a list in parts as jobs of a case. Whether a unit is done is seen in the folder, not
 * in the queue: a job that ran twice, or whose end was not written down, changes nothing. */
#include "cli/link_jobs.h"

#include "base/i18n.h"
#include "cli/case.h"
#include "cli/work.h"

#include <sodium.h>
#include <string.h>

enum { LOOK_MILLISECONDS = 200, LEASE_SECONDS = 3600 };

typedef struct {
    IntakeSpool *spool;
    Store *store;
    char *folder;
    guint stage;
    GArray *jobs; /* gint64: of the stage's units; 0: done before */
    guint64 done_before;
    bool (*progress)(void *context, guint64 done, guint64 total);
    void *context;
} Run;

static bool queue_units(Run *run, gint64 n, GError **error)
{
    g_array_set_size(run->jobs, 0);
    for (gint64 unit = 0; unit < n; unit++) {
        gint64 id = 0;
        if (!intake_spool_unit_done(run->spool, run->stage, unit)) {
            char *payload =
                work_link_part_payload(run->folder, intake_spool_key(run->spool), run->stage, unit);
            const StoreJobNew job = {
                .kind = "link-part", .payload = payload, .n_payload = strlen(payload)};
            bool added = store_job_add(run->store, &job, &id, NULL, error);
            sodium_memzero(payload, strlen(payload));
            g_free(payload);
            if (!added)
                return false;
        }
        g_array_append_val(run->jobs, id);
    }
    return true;
}

/* One job, if any is ready. A lease long enough for any unit: what this process does not end is
 * cancelled when it ends itself. */
static bool do_one(Run *run, bool *ret_did, GError **error)
{
    g_autoptr(GError) why = NULL;
    bool held = true;
    g_autoptr(StoreJob) job =
        store_job_claim(run->store, "link-part", 0, "zenhar link", LEASE_SECONDS, &why);
    *ret_did = job != NULL;
    if (why != NULL) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    if (job == NULL)
        return true;
    g_autoptr(GBytes) result = NULL;
    if (work_kind_find("link-part")->run(run->store, job, &result, &why))
        return store_job_finish(run->store, job, NULL, 0, &held, error);
    return store_job_fail(run->store, job, why->message,
                          g_error_matches(why, ZENHAR_ERROR, ZENHAR_ERROR_IO), &held, error);
}

/* A unit whose job ended and whose file is not there will not come. */
static bool check_failed(Run *run, gint64 unit, GError **error)
{
    gint64 id = g_array_index(run->jobs, gint64, unit);
    g_autoptr(StoreJob) job = id != 0 ? store_job_load(run->store, id, error) : NULL;
    if (job == NULL)
        return id == 0;
    bool ended = job->state == STORE_JOB_FAILED || job->state == STORE_JOB_CANCELLED;
    if (!ended || intake_spool_unit_done(run->spool, run->stage, unit))
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO,
                _("Part %" G_GINT64_FORMAT " of stage %s failed: %s"), unit + 1,
                intake_spool_stage_name(run->stage),
                job->failure != NULL ? job->failure : _("it was cancelled"));
    return false;
}

static bool told(const Run *run, guint64 done, guint64 total, GError **error)
{
    if (run->progress == NULL || run->progress(run->context, run->done_before + done,
                                               MAX(total, run->done_before + done + 1)))
        return true;
    g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_INTERRUPTED,
                        _("Linking was stopped before it was done."));
    return false;
}

static bool run_stage(Run *run, guint64 total, GError **error)
{
    gint64 n = intake_spool_n_units(run->spool, run->stage, error), next = 0;
    if (n < 0 || !queue_units(run, n, error))
        return false;
    while (next < n) {
        bool did = false;
        if (intake_spool_unit_done(run->spool, run->stage, next)) {
            next++;
            continue;
        }
        if (!told(run, (guint64)next, total, error) || !do_one(run, &did, error) ||
            !check_failed(run, next, error))
            return false;
        if (!did)
            g_usleep((gulong)LOOK_MILLISECONDS * 1000);
    }
    run->done_before += (guint64)n;
    return true;
}

/* What nobody needs any more, or nobody can do: the folder goes. */
static void cancel_left(Run *run)
{
    for (guint i = 0; i < run->jobs->len; i++) {
        gint64 id = g_array_index(run->jobs, gint64, i);
        bool changed;
        if (id != 0)
            store_job_cancel(run->store, id, &changed, NULL);
    }
}

bool link_jobs_run(CliContext *context, IntakeSpool *spool, const char *folder,
                   bool (*progress)(void *context, guint64 done, guint64 total),
                   void *progress_context, GError **error)
{
    g_autoptr(GArray) jobs = g_array_new(FALSE, TRUE, sizeof(gint64));
    g_autofree char *absolute = g_canonicalize_filename(folder, NULL);
    g_autoptr(Store) store = cli_case_open(context, STORE_WRITE, error);
    if (store == NULL)
        return false;
    Run run = {.spool = spool,
               .store = store,
               .folder = absolute,
               .jobs = jobs,
               .progress = progress,
               .context = progress_context};
    bool ok = true;
    for (run.stage = 0; ok && run.stage < intake_spool_n_stages(); run.stage++)
        ok = run_stage(&run, intake_spool_guess_units(spool), error);
    if (!ok)
        cancel_left(&run);
    return ok;
}
