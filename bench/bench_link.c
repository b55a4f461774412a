/* bench_link: the table of linkage: cost per comparison and how it grows, 10 thousand to 1 million
 * records; then files as large as you wish.
 *
 *   bench_link                    the table, in Markdown
 *   bench_link --write N FILE     the N made-up records as CSV (truth in column `person`)
 *   bench_link N...               the table for these sizes
 *   bench_link --billion          a billion comparisons, learning and clusters included
 *
 * Records are those of persons.h. */
#include "link/link.h"
#include "link/train.h"
#include "link/walk.h"
#include "persons.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Of this thread alone: what else the machine does must not count as the price of a pair. */
static double processor_seconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int write_file(uint64_t n, const char *path)
{
    FILE *out = fopen(path, "w");
    if (out == NULL)
        return 1;
    fprintf(out, "id");
    for (unsigned f = 0; f < FIELDS; f++)
        fprintf(out, ",%s", COLUMNS[f]);
    fprintf(out, "\n");
    for (uint64_t i = 0; i < n; i++) {
        Record record;
        make_nth(&record, i, n);
        fprintf(out, "%" PRIu64, i);
        for (unsigned f = 0; f < FIELDS; f++)
            fprintf(out, ",%s", record.fields[f]);
        fprintf(out, "\n");
    }
    return fclose(out) != 0;
}

typedef struct {
    double total;
    uint64_t kept;
} Sink;

static void weigh(void *context, size_t task, const uint32_t *left, const uint32_t *right,
                  uint64_t wanted, const uint8_t *levels, const float *sums)
{
    Sink *sink = context;
    for (; wanted != 0; wanted &= wanted - 1) {
        sink->total += (double)sums[__builtin_ctzll(wanted)];
        sink->kept++;
    }
}

/* Pairs once more on this core, 5 to 20 million, nothing kept: as a run compares them (a pair is
 * left as soon as nothing can lift it to 0.01), or every field of every pair to the end. */
static uint64_t again(const LinkPrepared *prepared, const LinkModel *model,
                      const LinkOptions *options, bool as_run, double *ret_seconds)
{
    LinkScale scale;
    Sink sink = {0};
    size_t n_tasks = 0;
    LinkTask *tasks = link_walk_tasks(prepared, &n_tasks);
    link_scale_fill(prepared, model, as_run ? log2(options->keep) : -INFINITY, &scale);
    uint64_t compared = 0;
    double began = processor_seconds();
    while (compared < 5000000) /* small files several times over, else the clock's ticks show */
        for (size_t t = 0; t < n_tasks && compared < 20000000; t++)
            compared += link_walk_visit(prepared, tasks, t, 0, &scale, weigh, &sink);
    *ret_seconds = processor_seconds() - began;
    free(tasks);
    g_assert(as_run || sink.kept == compared);
    return compared;
}

static bool run(uint64_t n)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LinkTable) table = link_table_new(PERSON, COLUMNS);
    double t0 = now();
    for (uint64_t i = 0; i < n; i++) {
        Record record;
        make_nth(&record, i, n);
        const char *fields[PERSON];
        for (unsigned f = 0; f < PERSON; f++)
            fields[f] = record.fields[f];
        if (!link_table_add(table, 0, fields, &error))
            return false;
    }
    double t1 = now();
    g_autoptr(LinkConfig) config = link_config_decide(table, NULL, &error);
    g_autoptr(LinkPrepared) prepared =
        config != NULL ? link_prepare(table, config, false, 0, &error) : NULL;
    double t2 = now();
    LinkOptions options = link_options_default();
    g_autoptr(LinkResult) first = prepared != NULL ? link_run(prepared, &options, &error) : NULL;
    if (first == NULL) {
        fprintf(stderr, "bench_link: %s\n", error->message);
        return false;
    }
    double t3 = now();
    double settled = 0, whole = 0;
    uint64_t compared = again(prepared, &first->model, &options, true, &settled);
    uint64_t to_the_end = again(prepared, &first->model, &options, false, &whole);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("| %" PRIu64 " | %u | %" PRIu64 " | %.2f | %.2f | %.2f | %.0f | %.1f | %.0f | %.1f | "
           "%ld |\n",
           n, config->n_fields, first->n_compared, t1 - t0, t2 - t1, t3 - t2,
           settled / (double)compared * 1e9, (double)compared / settled / 1e6,
           whole / (double)to_the_end * 1e9, (double)to_the_end / whole / 1e6,
           usage.ru_maxrss / 1024);
    fflush(stdout);
    return true;
}

/* A million records under rules so wide that they bring together a billion pairs and more. */
static bool run_billion(void)
{
    enum { RECORDS = 1000000 };
    g_autoptr(GError) error = NULL;
    g_autoptr(LinkTable) table = link_table_new(PERSON, COLUMNS);
    for (uint64_t i = 0; i < RECORDS; i++) {
        Record record;
        make_nth(&record, i, RECORDS);
        const char *fields[PERSON];
        for (unsigned f = 0; f < PERSON; f++)
            fields[f] = record.fields[f];
        if (!link_table_add(table, 0, fields, &error))
            return false;
    }
    g_autoptr(LinkConfig) config = link_config_decide(table, NULL, &error);
    if (config == NULL)
        return false;
    const LinkRule rules[] = {
        {.n_keys = 2, .keys = {{2, LINK_SOUND}, {4, LINK_SOUND}}}, /* father's name and city */
        {.n_keys = 2, .keys = {{1, LINK_SOUND}, {0, LINK_HEAD}}},
        {.n_keys = 1, .keys = {{3, LINK_WHOLE}}},
    };
    config->n_rules = G_N_ELEMENTS(rules);
    memcpy(config->rules, rules, sizeof rules);
    double t0 = now();
    g_autoptr(LinkPrepared) prepared = link_prepare(table, config, false, 0, &error);
    LinkOptions options = link_options_default();
    g_autoptr(LinkResult) result = prepared != NULL ? link_run(prepared, &options, &error) : NULL;
    if (result == NULL) {
        fprintf(stderr, "bench_link: %s\n", error->message);
        return false;
    }
    double wall = now() - t0, used;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    used = (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6;
    printf("\n| comparisons of seven fields | s, wall, all cores | s, processor time of all | "
           "asked, s "
           "wall | peak MiB |\n|--:|--:|--:|--:|--:|\n| %" PRIu64 " | %.1f | %.1f | 120 | %ld |\n",
           result->n_compared, wall, used, usage.ru_maxrss / 1024);
    return true;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--billion") == 0)
        return run_billion() ? 0 : 1;
    if (argc == 4 && strcmp(argv[1], "--write") == 0)
        return write_file(strtoull(argv[2], NULL, 10), argv[3]);
    printf("| records | fields | pairs | make and load s | prepare s | learn, compare, cluster s | "
           "ns a pair, processor time of one core | million pairs/s, one core | ns a pair, all "
           "fields to the end | million pairs/s | peak MiB "
           "|\n|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n");
    static const uint64_t SIZES[] = {10000, 100000, 1000000};
    bool ok = true;
    if (argc > 1)
        for (int i = 1; i < argc; i++)
            ok &= run(strtoull(argv[i], NULL, 10));
    else
        for (unsigned i = 0; i < G_N_ELEMENTS(SIZES); i++)
            ok &= run(SIZES[i]);
    if (argc == 1) {
        printf("\nAsked: 10 million pairs a second on one core, at every size; a million records "
               "end to "
               "end (the three columns of seconds) in 45 s and 2,048 MiB on two cores.\n");
        ok &= run_billion();
    }
    return ok ? 0 : 1;
}
