/* bench_scale: linking in parts: what it costs and how it grows, beside the run at once.
 *
 *   bench_scale              100 thousand and 1 million records, by 1 and 2 processes
 *   bench_scale N...         these sizes
 *   bench_scale --parts N... these sizes by 2 processes, not at once: for what fits no memory
 *
 * Folders of the runs are made in $ZENHAR_BENCH_FOLDER (else the system's temporary folder) and
 * removed. Processor time is that of all processes; peak memory is of the largest single process of
 * a stage, of the one that drives, and of the run at once. Records are those of persons.h. */
#include "intake/spool.h"
#include "link/link.h"
#include "persons.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { STAGES = 16, BEGINNING = 200000 };

typedef struct {
    double wall, processor; /* seconds */
    double reading;         /* of the wall: records made and written as chunks */
    long peak, driver_peak; /* MiB */
    guint64 compared, pairs, clusters, disk;
    guint8 answer[32]; /* hash of clusters and pairs */
    double stage_wall[STAGES], stage_processor[STAGES];
    gint64 stage_units[STAGES];
    bool done;
} Figures;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double used(int who)
{
    struct rusage usage;
    getrusage(who, &usage);
    return (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6 +
           (double)usage.ru_stime.tv_sec + (double)usage.ru_stime.tv_usec / 1e6;
}

static long peak(int who)
{
    struct rusage usage;
    getrusage(who, &usage);
    return usage.ru_maxrss / 1024;
}

static void made(uint64_t i, uint64_t n, Record *record, const char *fields[PERSON])
{
    make_nth(record, i, n);
    for (unsigned f = 0; f < PERSON; f++)
        fields[f] = record->fields[f];
}

static LinkTable *table_of(uint64_t n, uint64_t all, GError **error)
{
    g_autoptr(LinkTable) table = link_table_new(PERSON, COLUMNS);
    for (uint64_t i = 0; i < n; i++) {
        Record record;
        const char *fields[PERSON];
        made(i, all, &record, fields);
        if (!link_table_add(table, 0, fields, error))
            return NULL;
    }
    return g_steal_pointer(&table);
}

static void hash_pair(void *context, const LinkPair *pair, const float *rarities)
{
    crypto_generichash_update(context, (const guint8 *)pair, sizeof *pair);
}

/* ---- At once ---------------------------------------------------------------------------- */

static bool at_once(uint64_t n, Figures *figures, GError **error)
{
    double began = now();
    g_autoptr(LinkTable) table = table_of(n, n, error);
    g_autoptr(LinkTable) beginning = table_of(MIN(n, (uint64_t)BEGINNING), n, error);
    g_autoptr(LinkConfig) config =
        table != NULL && beginning != NULL
            ? link_config_decide_by(beginning, NULL, n > BEGINNING, error)
            : NULL;
    g_autoptr(LinkPrepared) prepared =
        config != NULL ? link_prepare(table, config, false, 0, error) : NULL;
    LinkOptions options = link_options_default();
    g_autoptr(LinkResult) result = prepared != NULL ? link_run(prepared, &options, error) : NULL;
    if (result == NULL)
        return false;
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, 32);
    crypto_generichash_update(&state, (const guint8 *)result->clusters,
                              n * sizeof *result->clusters);
    for (size_t p = 0; p < result->n_pairs; p++)
        hash_pair(&state, &result->pairs[p], NULL);
    crypto_generichash_final(&state, figures->answer, 32);
    figures->wall = now() - began;
    figures->processor = used(RUSAGE_SELF);
    figures->peak = peak(RUSAGE_SELF);
    figures->compared = result->n_compared;
    figures->pairs = result->n_pairs;
    figures->clusters = result->n_clusters;
    return true;
}

/* ---- In parts --------------------------------------------------------------------------- */

typedef struct {
    Figures *figures;
    gint64 stage; /* -1: none yet */
    double wall, processor;
} Clock;

static void close_stage(Clock *clock)
{
    if (clock->stage >= 0) {
        clock->figures->stage_wall[clock->stage] += now() - clock->wall;
        clock->figures->stage_processor[clock->stage] += used(RUSAGE_CHILDREN) - clock->processor;
    }
    clock->wall = now();
    clock->processor = used(RUSAGE_CHILDREN);
}

static void begun(void *context, GPid pid, guint stage, gint64 unit)
{
    Clock *clock = context;
    if (clock->stage != stage) {
        close_stage(clock);
        clock->stage = stage;
    }
    clock->figures->stage_units[stage]++;
}

static bool fill(IntakeSpool *spool, uint64_t n, GError **error)
{
    for (uint64_t i = 0; i < n; i++) {
        Record record;
        const char *fields[PERSON];
        char label[24];
        made(i, n, &record, fields);
        g_snprintf(label, sizeof label, "%" PRIu64, i);
        if (!intake_spool_add(spool, 0, fields, label, error))
            return false;
    }
    return intake_spool_close(spool, 0, error);
}

static bool in_parts(uint64_t n, guint workers, const char *folder, Figures *figures,
                     GError **error)
{
    double began = now();
    g_autoptr(IntakeSpool) spool = NULL;
    {
        g_autoptr(LinkTable) table = table_of(MIN(n, (uint64_t)BEGINNING), n, error);
        g_autoptr(LinkConfig) config =
            table != NULL ? link_config_decide_by(table, NULL, n > BEGINNING, error) : NULL;
        IntakeSpoolOptions options = intake_spool_options_default();
        spool = config != NULL ? intake_spool_new(folder, table, config, &options, error) : NULL;
        if (spool == NULL)
            return false;
    }
    Clock clock = {figures, -1, 0, 0};
    g_autofree guint32 *clusters = NULL;
    IntakeSpoolSummary summary;
    if (!fill(spool, n, error))
        return false;
    figures->reading = now() - began;
    if (!intake_spool_run(spool, workers, begun, NULL, &clock, error))
        return false;
    close_stage(&clock);
    if (!intake_spool_clusters(spool, &clusters, &summary, error))
        return false;
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, 32);
    crypto_generichash_update(&state, (const guint8 *)clusters, n * sizeof *clusters);
    if (!intake_spool_each_pair(spool, hash_pair, &state, error))
        return false;
    crypto_generichash_final(&state, figures->answer, 32);
    figures->wall = now() - began;
    figures->processor = used(RUSAGE_SELF) + used(RUSAGE_CHILDREN);
    figures->peak = peak(RUSAGE_CHILDREN);
    figures->driver_peak = peak(RUSAGE_SELF);
    figures->compared = summary.n_compared;
    figures->pairs = summary.n_pairs;
    figures->clusters = summary.n_clusters;
    figures->disk = summary.bytes;
    return intake_spool_remove(spool, error);
}

/* ---- Each in a process of its own, so that peaks are its own ----------------------------- */

static bool measure(uint64_t n, guint workers, const char *folder, Figures *figures)
{
    int ends[2];
    fflush(NULL);
    if (pipe(ends) != 0)
        return false;
    pid_t pid = fork();
    if (pid == 0) {
        g_autoptr(GError) error = NULL;
        Figures own = {0};
        own.done =
            workers == 0 ? at_once(n, &own, &error) : in_parts(n, workers, folder, &own, &error);
        if (!own.done)
            fprintf(stderr, "bench_scale: %s\n", error->message);
        _exit(write(ends[1], &own, sizeof own) == sizeof own ? 0 : 3);
    }
    close(ends[1]);
    bool ok =
        pid > 0 && read(ends[0], figures, sizeof *figures) == sizeof *figures && figures->done;
    close(ends[0]);
    if (pid > 0)
        waitpid(pid, NULL, 0);
    return ok;
}

static void print_stages(uint64_t n, const Figures *figures)
{
    const double millions = (double)n / 1e6;
    printf("\n| stage | units | wall s | processor s | processor s a million records |\n"
           "|:--|--:|--:|--:|--:|\n| (reading, by the one that drives) | 1 | %.1f | | %.2f |\n",
           figures->reading, figures->reading / millions);
    for (guint s = 0; s < intake_spool_n_stages(); s++)
        printf("| %s | %" G_GINT64_FORMAT " | %.1f | %.1f | %.2f |\n", intake_spool_stage_name(s),
               figures->stage_units[s], figures->stage_wall[s], figures->stage_processor[s],
               figures->stage_processor[s] / millions);
}

static bool run(uint64_t n, bool once, const char *folder)
{
    Figures first = {0}, last = {0}; /* at once; the last run in parts */
    const double millions = (double)n / 1e6;
    bool ok = !once || measure(n, 0, folder, &first);
    if (ok && once)
        printf("| %" PRIu64 " | at once, threads of all cores | %.1f | %.1f | %.1f | %ld | | | "
               "%" G_GUINT64_FORMAT " | %" G_GUINT64_FORMAT " | |\n",
               n, first.wall, first.processor, first.processor / millions, first.peak,
               first.compared, first.clusters);
    fflush(stdout);
    for (guint workers = once ? 1 : 2; ok && workers <= 2; workers++) {
        Figures own = {0};
        ok = measure(n, workers, folder, &own);
        if (!ok)
            break;
        bool same = memcmp(own.answer, first.answer, sizeof own.answer) == 0;
        const char *answer = !once ? "" : same ? "the same" : "ANOTHER";
        printf("| %" PRIu64 " | in parts, %u at a time | %.1f | %.1f | %.1f | %ld | %ld | %.0f | "
               "%" G_GUINT64_FORMAT " | %" G_GUINT64_FORMAT " | %s |\n",
               n, workers, own.wall, own.processor, own.processor / millions, own.peak,
               own.driver_peak, (double)own.disk / 1e6, own.compared, own.clusters, answer);
        fflush(stdout);
        last = own;
        ok = !once || same;
    }
    if (ok)
        print_stages(n, &last);
    return ok;
}

int main(int argc, char **argv)
{
    const char *base = g_getenv("ZENHAR_BENCH_FOLDER");
    g_autofree char *name =
        g_build_filename(base != NULL ? base : g_get_tmp_dir(), "zenhar-scale-XXXXXX", NULL);
    if (sodium_init() < 0 || g_mkdtemp(name) == NULL)
        return 1;
    g_autofree char *folder = g_build_filename(name, "run", NULL);
    bool ok = true, once = !(argc > 1 && strcmp(argv[1], "--parts") == 0);
    static const uint64_t SIZES[] = {100000, 1000000};
    for (gsize i = 0; ok && i < (argc > 1 ? (gsize)argc - (once ? 1 : 2) : G_N_ELEMENTS(SIZES));
         i++) {
        uint64_t n = argc > 1 ? strtoull(argv[i + (once ? 1 : 2)], NULL, 10) : SIZES[i];
        printf("\n| records | how | wall s | processor s | processor s a million records | peak "
               "MiB of "
               "a process | of the one that drives | disk MB | pairs compared | clusters | answer "
               "|\n|--:|:--|--:|--:|--:|--:|--:|--:|--:|--:|:--|\n");
        ok = run(n, once, folder);
    }
    g_rmdir(name);
    return ok ? 0 : 1;
}
