/* Statements into persons and acts: how fast, how well. A generated case of five sources is
 * imported, then joined; the truth it carries says how well. Prints Markdown.
 *
 *   bench_join [N...]        reports (5,000 and 50,000) */
#include "evidence/evidence.h"
#include "intake/generate.h"
#include "intake/import.h"
#include "intake/join.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

typedef struct {
    GString *texts[GENERATE_N_TEXTS + 1];
} Texts;

static bool take(void *context, GenerateText text, const char *bytes, gsize length, GError **error)
{
    Texts *texts = context;
    g_string_append_len(texts->texts[text], bytes, (gssize)length);
    return true;
}

static void stop(const GError *error)
{
    if (error == NULL)
        return;
    fprintf(stderr, "bench_join: %s\n", error->message);
    exit(3);
}

static double seconds_since(gint64 began)
{
    return (double)(g_get_monotonic_time() - began) / 1e6;
}

static void remove_folder(const char *path)
{
    GDir *folder = g_dir_open(path, 0, NULL);
    const char *name;
    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *inner = g_build_filename(path, name, NULL);
        if (g_file_test(inner, G_FILE_TEST_IS_DIR))
            remove_folder(inner);
        else
            g_unlink(inner);
    }
    if (folder != NULL)
        g_dir_close(folder);
    g_rmdir(path);
}

static double cpu_seconds(void)
{
    struct rusage usage = {0};
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void make(Texts *texts, guint64 n, guint64 seed, GenerateSummary *made)
{
    g_autoptr(GError) error = NULL;
    for (int t = 0; t <= GENERATE_N_TEXTS; t++)
        texts->texts[t] = g_string_new(NULL);
    generate_reports(&(GenerateOptions){.n_reports = n, .seed = seed}, take, texts, made, &error);
    stop(error);
}

static void unmake(Texts *texts)
{
    for (int t = 0; t <= GENERATE_N_TEXTS; t++)
        g_string_free(texts->texts[t], TRUE);
}

static void import(Store *store, const Texts *texts, int t)
{
    g_autoptr(GError) error = NULL;
    IntakeSummary summary = {0};
    intake_import_bytes(store, texts->texts[t]->str, texts->texts[t]->len,
                        generate_file_name((GenerateText)t), &(IntakeOptions){.synthetic = true},
                        &summary, &error);
    stop(error);
    intake_summary_clear(&summary);
}

static IntakeJoinSummary join(Store *store, double *ret_cpu, double *ret_wall)
{
    g_autoptr(GError) error = NULL;
    IntakeJoinSummary joined;
    gint64 began = g_get_monotonic_time();
    double cpu = cpu_seconds();
    intake_join(store, NULL, &joined, &error);
    stop(error);
    *ret_cpu = cpu_seconds() - cpu;
    *ret_wall = seconds_since(began);
    return joined;
}

static IntakeJoinScore score_of(Store *store)
{
    g_autoptr(GError) error = NULL;
    IntakeJoinScore score;
    intake_join_score(store, "truth_id", &score, &error);
    stop(error);
    return score;
}

static Store *new_case(char **ret_folder)
{
    g_autoptr(GError) error = NULL;
    *ret_folder = g_dir_make_tmp("zenhar-bench-XXXXXX", &error);
    stop(error);
    g_autofree char *path = g_build_filename(*ret_folder, "case.zenhar", NULL);
    Store *store = evidence_create(path, "bench", &(StoreKeyCost){1, 8 << 20}, &error);
    stop(error);
    return store;
}

/* At once, and then 100 reports more. */
static void row(guint64 n, guint64 seed)
{
    g_autoptr(GError) error = NULL;
    Texts texts, more;
    GenerateSummary made;
    make(&texts, n, seed, &made);
    make(&more, 100, seed + 1000, NULL);
    g_autofree char *folder = NULL;
    g_autoptr(Store) store = new_case(&folder);
    for (int t = 0; t < GENERATE_N_SOURCES; t++)
        import(store, &texts, t);
    double cpu, wall, more_cpu, more_wall;
    IntakeJoinSummary joined = join(store, &cpu, &wall);
    IntakeJoinScore score = score_of(store);
    for (int t = 0; t < GENERATE_N_SOURCES; t++)
        import(store, &more, t);
    join(store, &more_cpu, &more_wall);
    double draws_began = cpu_seconds();
    g_autoptr(IntakeJoinDraws) draws = intake_join_draw(store, 20, 1, &error);
    stop(error);
    double drawing = cpu_seconds() - draws_began;
    printf("| %" G_GUINT64_FORMAT " | %" G_GUINT64_FORMAT " | %.2f | %.2f | %.2f | %.0f%% | %.2f | "
           "%.4f | %.4f | %.4f | %" G_GINT64_FORMAT " | %" G_GUINT64_FORMAT " |\n",
           n, seed, wall, cpu, more_cpu, 100 * more_cpu / cpu, drawing, score.precision,
           score.recall, score.f1, joined.persons_added, made.reported);
    store_close(g_steal_pointer(&store));
    remove_folder(folder);
    unmake(&texts);
    unmake(&more);
}

/* One source after the other, a run after each; then all anew. */
static void grown(guint64 n, guint64 seed)
{
    g_autoptr(GError) error = NULL;
    Texts texts;
    make(&texts, n, seed, NULL);
    g_autofree char *folder = NULL;
    g_autoptr(Store) store = new_case(&folder);
    double cpu, wall;
    for (int t = 0; t < GENERATE_N_SOURCES; t++) {
        import(store, &texts, t);
        join(store, &cpu, &wall);
    }
    double before = score_of(store).f1;
    IntakeJoinOptions options = intake_join_options_default();
    IntakeJoinSummary summary;
    options.again = true;
    intake_join(store, &options, &summary, &error);
    stop(error);
    printf("| %" G_GUINT64_FORMAT " | %" G_GUINT64_FORMAT " | %.4f | %.4f | %" G_GINT64_FORMAT
           " | %" G_GINT64_FORMAT " |\n",
           n, seed, before, score_of(store).f1, summary.persons_merged, summary.persons_split);
    store_close(g_steal_pointer(&store));
    remove_folder(folder);
    unmake(&texts);
}

int main(int argc, char **argv)
{
    printf(
        "# Joining statements into persons and acts\n\nA generated case (`zenhar generate`), "
        "five sources, both scripts and calendars; pairs of statements that name a "
        "person. CPU: user and system time of the process.\n\n"
        "| reports | seed | joining s | joining CPU s | 100 reports more, CPU s | of the first | "
        "20 draws CPU s | precision | recall | F1 | persons | true persons |\n"
        "|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n");
    if (argc > 1) {
        for (int i = 1; i < argc; i++)
            row(g_ascii_strtoull(argv[i], NULL, 10), 1);
        return 0;
    }
    for (guint64 seed = 1; seed <= 3; seed++)
        row(5000, seed);
    row(50000, 1);
    printf("\nSource by source, a run after each; then all anew (`--again`).\n\n"
           "| reports | seed | F1 grown | F1 anew | merged | split |\n|--:|--:|--:|--:|--:|--:|\n");
    for (guint64 seed = 1; seed <= 3; seed++)
        grown(5000, seed);
    return 0;
}
