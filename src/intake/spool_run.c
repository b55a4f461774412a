/* Stages in their order, by processes of this machine; and the answer. */
#include "intake/spool_private.h"

#include "base/i18n.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- Stages --------------------------------------------------------------------------- */

/* How many units: of what. */
typedef enum { ONE, CHUNKS, SPREAD, LESSONS, RULES, PARTS } Units;

static const struct {
    const char *name;
    SpoolStage *run;
    Units units;
    const char *file; /* where its one unit leaves its answer, if not under its own name */
} STAGES[] = {
    {"count", spool_count, CHUNKS, NULL},     {"merge", spool_merge, CHUNKS, NULL},
    {"choose", spool_choose, ONE, "figures"}, {"spread", spool_spread, CHUNKS, NULL},
    {"tally", spool_tally, SPREAD, NULL},     {"learn", spool_learn, LESSONS, NULL},
    {"model", spool_model, ONE, "model"},     {"score", spool_score, RULES, NULL},
    {"settle", spool_settle, ONE, "settled"}, {"gather", spool_gather, CHUNKS, NULL},
    {"join", spool_join, ONE, NULL},          {"regroup", spool_regroup, CHUNKS, NULL},
    {"cluster", spool_cluster, PARTS, NULL},
};

guint intake_spool_n_stages(void)
{
    return G_N_ELEMENTS(STAGES);
}

const char *intake_spool_stage_name(guint stage)
{
    g_assert(stage < G_N_ELEMENTS(STAGES));
    return STAGES[stage].name;
}

gint64 intake_spool_n_units(IntakeSpool *spool, guint stage, GError **error)
{
    g_assert(stage < G_N_ELEMENTS(STAGES));
    const Units units = STAGES[stage].units;
    const gint64 parts = (gint64)spool->plan.parts;
    if (units == ONE)
        return 1;
    if (units == CHUNKS)
        return (gint64)spool->plan.n_chunks;
    if (units == PARTS)
        return parts;
    if (!spool_need_figures(spool, error))
        return -1;
    return units == SPREAD  ? spool->figures.n_spread * parts
           : units == RULES ? spool->figures.n_rules * parts
                            : spool->figures.n_teachers + spool_n_draws(spool);
}

bool intake_spool_unit_done(const IntakeSpool *spool, guint stage, gint64 unit)
{
    g_assert(stage < G_N_ELEMENTS(STAGES));
    return STAGES[stage].file != NULL ? spool_exists(spool, STAGES[stage].file, -1)
                                      : spool_exists(spool, STAGES[stage].name, unit);
}

bool intake_spool_unit(IntakeSpool *spool, guint stage, gint64 unit, GError **error)
{
    gint64 n = intake_spool_n_units(spool, stage, error);
    if (n < 0)
        return false;
    if (unit < 0 || unit >= n) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND,
                    _("Stage %s of the run has no unit %" G_GINT64_FORMAT "."), STAGES[stage].name,
                    unit);
        return false;
    }
    return intake_spool_unit_done(spool, stage, unit) || STAGES[stage].run(spool, unit, error);
}

/* ---- Processes ------------------------------------------------------------------------- */

enum { TRIES = 3, MOST_WORKERS = 256, MESSAGE = 512 };

typedef struct {
    GPid pid; /* 0: free */
    int pipe; /* on which it says what went wrong; closed when it is gone */
    gint64 unit;
    guint try_number;
} Worker;

typedef struct {
    IntakeSpool *spool;
    Worker *workers;
    guint n_workers, stage;
    GPid pid; /* of this process */
    guint64 done_before, total;
    IntakeSpoolBegun *begun;
    bool (*progress)(void *context, guint64 done, guint64 total);
    void *context;
} Driver;

static G_GNUC_NORETURN void be_worker(Driver *driver, gint64 unit, int out)
{
    g_autoptr(GError) error = NULL;
    signal(SIGINT, SIG_IGN); /* the one who drives stops */
    /* One whose driver died would write into a folder that the next driver removes. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != driver->pid)
        _exit(4);
    bool ok = intake_spool_unit(driver->spool, driver->stage, unit, &error);
    if (!ok) {
        char message[MESSAGE] = {0};
        g_strlcpy(message, error != NULL ? error->message : "?", sizeof message);
        if (write(out, message, strlen(message)) < 0)
            _exit(4);
    }
    _exit(ok ? 0 : 3);
}

static bool begin(Driver *driver, gint64 unit, guint try_number, GError **error)
{
    Worker *worker = driver->workers;
    int ends[2];
    while (worker->pid != 0)
        worker++;
    fflush(NULL); /* what is not out yet must not come out twice */
    if (pipe(ends) != 0)
        ends[0] = -1;
    GPid pid = ends[0] >= 0 ? fork() : -1;
    if (pid < 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO,
                    _("No process can be begun: %s. Take fewer workers."), i18n_errno(errno));
        return false;
    }
    if (pid == 0) {
        close(ends[0]);
        be_worker(driver, unit, ends[1]);
    }
    close(ends[1]);
    *worker = (Worker){pid, ends[0], unit, try_number};
    if (driver->begun != NULL)
        driver->begun(driver->context, pid, driver->stage, unit);
    return true;
}

/* Waits until some process is gone; false with what it said when it failed, or died too often. */
static bool reap(Driver *driver, Worker **ret_gone, bool *ret_again, GError **error)
{
    struct pollfd polls[MOST_WORKERS];
    Worker *of[MOST_WORKERS];
    nfds_t n = 0;
    for (guint w = 0; w < driver->n_workers; w++)
        if (driver->workers[w].pid != 0) {
            polls[n] = (struct pollfd){driver->workers[w].pipe, POLLIN, 0};
            of[n++] = &driver->workers[w];
        }
    *ret_gone = NULL;
    int ready = poll(polls, n, 200);
    for (nfds_t i = 0; ready > 0 && i < n; i++) {
        if (polls[i].revents == 0)
            continue;
        Worker *worker = of[i];
        char message[MESSAGE + 1] = {0};
        gssize length = read(worker->pipe, message, MESSAGE);
        int status = 0;
        close(worker->pipe);
        while (waitpid(worker->pid, &status, 0) < 0 && errno == EINTR)
            continue;
        worker->pid = 0;
        *ret_gone = worker;
        bool died = WIFSIGNALED(status) ||
                    (length <= 0 && !(WIFEXITED(status) && WEXITSTATUS(status) == 0));
        *ret_again = died && worker->try_number < TRIES;
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
            return true;
        if (*ret_again)
            return true;
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO,
                    _("Stage %s, unit %" G_GINT64_FORMAT ": %s"), STAGES[driver->stage].name,
                    worker->unit + 1, length > 0 ? message : _("its process died three times"));
        return false;
    }
    return true;
}

static guint busy(const Driver *driver)
{
    guint n = 0;
    for (guint w = 0; w < driver->n_workers; w++)
        n += driver->workers[w].pid != 0;
    return n;
}

static void end_all(Driver *driver)
{
    for (guint w = 0; w < driver->n_workers; w++)
        if (driver->workers[w].pid != 0) {
            kill(driver->workers[w].pid, SIGKILL); /* our own child; its file is not there yet */
            close(driver->workers[w].pipe);
            waitpid(driver->workers[w].pid, NULL, 0);
        }
}

static bool told(Driver *driver, guint64 done, GError **error)
{
    if (driver->progress == NULL ||
        driver->progress(driver->context, driver->done_before + done, driver->total))
        return true;
    g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_INTERRUPTED,
                        _("Linking was stopped before it was done."));
    return false;
}

static bool run_stage(Driver *driver, gint64 n_units, GError **error)
{
    g_autoptr(GArray) again = g_array_new(FALSE, FALSE, sizeof(Worker)); /* died: unit and try */
    gint64 next = 0, done = 0;
    while (done < n_units) {
        Worker *gone = NULL;
        bool repeat = false;
        while (busy(driver) < driver->n_workers && (again->len > 0 || next < n_units)) {
            Worker wish = {.unit = next, .try_number = 1};
            if (again->len > 0) {
                wish = g_array_index(again, Worker, again->len - 1);
                g_array_set_size(again, again->len - 1);
            } else if (next++, intake_spool_unit_done(driver->spool, driver->stage, wish.unit)) {
                done++;
                continue;
            }
            if (!begin(driver, wish.unit, wish.try_number, error))
                return false;
        }
        if (busy(driver) == 0)
            break;
        if (!reap(driver, &gone, &repeat, error))
            return false;
        if (gone != NULL && repeat) {
            Worker wish = {.unit = gone->unit, .try_number = gone->try_number + 1};
            g_array_append_val(again, wish);
        } else if (gone != NULL) {
            done++;
        }
        if (!told(driver, (guint64)done, error))
            return false;
    }
    return true;
}

guint64 intake_spool_guess_units(const IntakeSpool *spool)
{
    const guint64 rules = spool->has_figures ? spool->figures.n_rules : 8,
                  parts = spool->plan.parts;
    return 5 * spool->plan.n_chunks + (2 * rules + 1) * parts + rules + spool_n_draws(spool) + 4;
}

bool intake_spool_run(IntakeSpool *spool, guint workers, IntakeSpoolBegun *begun,
                      bool (*progress)(void *context, guint64 done, guint64 total), void *context,
                      GError **error)
{
    Worker all[MOST_WORKERS] = {0};
    Driver driver = {.spool = spool,
                     .workers = all,
                     .n_workers = CLAMP(workers, 1u, (guint)MOST_WORKERS),
                     .pid = getpid(),
                     .begun = begun,
                     .progress = progress,
                     .context = context};
    bool ok = true;
    for (driver.stage = 0; ok && driver.stage < G_N_ELEMENTS(STAGES); driver.stage++) {
        gint64 n = intake_spool_n_units(spool, driver.stage, error);
        driver.total =
            MAX(intake_spool_guess_units(spool), driver.done_before + (guint64)MAX(n, 0));
        ok = n >= 0 && run_stage(&driver, n, error);
        driver.done_before += (guint64)MAX(n, 0);
    }
    end_all(&driver);
    return ok;
}

/* ---- The answer -------------------------------------------------------------------------- */

static guint64 folder_bytes(const IntakeSpool *spool)
{
    guint64 bytes = 0;
    GDir *folder = g_dir_open(spool->folder, 0, NULL);
    const char *name;
    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *path = g_build_filename(spool->folder, name, NULL);
        struct stat info;
        if (stat(path, &info) == 0)
            bytes += (guint64)info.st_size;
    }
    if (folder != NULL)
        g_dir_close(folder);
    return bytes;
}

static bool read_clusters(IntakeSpool *spool, guint32 *clusters, GError **error)
{
    const SpoolPlan *plan = &spool->plan;
    g_autoptr(SpoolReader) join = spool_reader_new(spool, "join", 0, error);
    for (guint64 c = 0; join != NULL && c < plan->n_chunks; c++) {
        g_autoptr(GByteArray) roots = g_byte_array_new();
        if (!spool_reader_get(join, SPOOL_ROOTS, (guint32)c, false, roots, error))
            return false;
        memcpy(clusters + c * plan->chunk_records, roots->data,
               MIN(roots->len, (plan->n_records - c * plan->chunk_records) * sizeof *clusters));
    }
    for (guint64 p = 0; join != NULL && p < plan->parts; p++) {
        g_autoptr(SpoolReader) reader = spool_reader_new(spool, "cluster", (gint64)p, error);
        if (reader == NULL)
            return false;
        for (guint64 c = 0; c < plan->n_chunks; c++) {
            g_autoptr(GByteArray) bytes = g_byte_array_new();
            if (!spool_reader_get(reader, 0, (guint32)c, false, bytes, error))
                return false;
            const guint32 *two = (const guint32 *)(const void *)bytes->data;
            for (gsize i = 0; i + 1 < bytes->len / sizeof *two; i += 2)
                if (two[i] < plan->n_records)
                    clusters[two[i]] = two[i + 1];
        }
    }
    return join != NULL;
}

typedef struct {
    const IntakeSpool *spool;
    const guint32 *clusters;
    IntakeSpoolSummary *summary;
} Summing;

static void sum_pair(void *context, const LinkPair *pair, const float *rarities)
{
    Summing *summing = context;
    summing->summary->n_pairs++;
    summing->summary->n_bridges += (double)pair->probability >= summing->spool->plan.threshold &&
                                   summing->clusters[pair->left] != summing->clusters[pair->right];
}

static bool sum_compared(IntakeSpool *spool, IntakeSpoolSummary *summary, GError **error)
{
    for (guint64 u = 0; u < spool->figures.n_rules * spool->plan.parts; u++) {
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        guint64 compared = 0;
        if (!spool_get(spool, "score", (gint64)u, SPOOL_COMPARED, 0, false, bytes, error))
            return false;
        memcpy(&compared, bytes->data, MIN(bytes->len, sizeof compared));
        summary->n_compared += compared;
    }
    return true;
}

bool intake_spool_clusters(IntakeSpool *spool, guint32 **ret_clusters, IntakeSpoolSummary *ret,
                           GError **error)
{
    if (!spool_need_figures(spool, error) || !spool_need_model(spool, true, error))
        return false;
    gsize n = spool->plan.n_records;
    g_autofree guint32 *clusters = g_try_new0(guint32, n + 1);
    IntakeSpoolSummary summary = {.model = spool->settled.model, .n_records = n};
    Summing summing = {spool, clusters, &summary};
    if (clusters == NULL)
        return spool_no_memory(error);
    if (!read_clusters(spool, clusters, error) || !sum_compared(spool, &summary, error) ||
        !intake_spool_each_pair(spool, sum_pair, &summing, error))
        return false;
    for (gsize r = 0; r < n; r++)
        summary.n_clusters += clusters[r] == r;
    for (guint r = 0; r < spool->config->n_rules; r++) {
        SpoolTally tally;
        if (!spool_rule_tally(spool, r, &tally, error))
            return false;
        spool->config->rules[r].pairs = tally.pairs;
        spool->config->rules[r].largest = tally.largest;
        spool->config->rules[r].largest_record = tally.largest_record;
    }
    summary.bytes = folder_bytes(spool);
    *ret_clusters = g_steal_pointer(&clusters);
    *ret = summary;
    return true;
}

bool intake_spool_each_label(IntakeSpool *spool,
                             void (*visit)(void *context, guint64 record, const char *label),
                             void *context, GError **error)
{
    guint64 record = 0;
    for (guint64 c = 0; c < spool->plan.n_chunks; c++) {
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        if (!spool_get(spool, "chunk", (gint64)c, 1, 0, true, bytes, error))
            return false;
        for (gsize at = 0; at < bytes->len;) {
            const char *label = (const char *)bytes->data + at;
            gsize length = strnlen(label, bytes->len - at);
            if (at + length >= bytes->len)
                break;
            visit(context, record++, label);
            at += length + 1;
        }
    }
    return true;
}

bool spool_walk_pairs(IntakeSpool *spool, double least, SpoolPairVisit visit, void *context,
                      GError **error)
{
    gsize step = spool_pair_bytes(spool);
    for (guint64 c = 0; c < spool->plan.n_chunks; c++) {
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        if (!spool_get(spool, "gather", (gint64)c, 0, 0, false, bytes, error))
            return false;
        for (gsize at = 0; at + step <= bytes->len; at += step) {
            LinkPair pair;
            float rarities[LINK_MAX_FIELDS + 1];
            memcpy(&pair, bytes->data + at, sizeof pair);
            memcpy(rarities, bytes->data + at + sizeof pair, spool_rarity_bytes(spool));
            if ((double)pair.probability >= least && !visit(context, &pair, rarities, error))
                return false;
        }
    }
    return true;
}

typedef struct {
    void (*visit)(void *context, const LinkPair *pair, const float *rarities);
    void *context;
} Shown;

static bool show(void *context, const LinkPair *pair, const float *rarities, GError **error)
{
    const Shown *shown = context;
    shown->visit(shown->context, pair, rarities);
    return true;
}

bool intake_spool_each_pair(IntakeSpool *spool,
                            void (*visit)(void *context, const LinkPair *pair,
                                          const float *rarities),
                            void *context, GError **error)
{
    return spool_walk_pairs(spool, 0, show, &(Shown){visit, context}, error);
}
