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

static void row(guint64 n, guint64 seed)
{
    g_autoptr(GError) error = NULL;
    Texts texts;
    for (int t = 0; t <= GENERATE_N_TEXTS; t++)
        texts.texts[t] = g_string_new(NULL);
    gint64 began = g_get_monotonic_time();
    GenerateSummary made;
    generate_reports(&(GenerateOptions){.n_reports = n, .seed = seed}, take, &texts, &made, &error);
    stop(error);
    double generating = seconds_since(began);
    g_autofree char *folder = g_dir_make_tmp("zenhar-bench-XXXXXX", &error);
    stop(error);
    g_autofree char *path = g_build_filename(folder, "case.zenhar", NULL);
    g_autoptr(Store) store = evidence_create(path, "bench", &(StoreKeyCost){1, 8 << 20}, &error);
    stop(error);
    for (int t = 0; t < GENERATE_N_SOURCES; t++) {
        IntakeSummary summary = {0};
        intake_import_bytes(store, texts.texts[t]->str, texts.texts[t]->len,
                            generate_file_name((GenerateText)t),
                            &(IntakeOptions){.synthetic = true}, &summary, &error);
        stop(error);
        intake_summary_clear(&summary);
    }
    began = g_get_monotonic_time();
    IntakeJoinSummary joined;
    intake_join(store, NULL, &joined, &error);
    stop(error);
    double joining = seconds_since(began);
    IntakeJoinScore score;
    intake_join_score(store, "truth_id", &score, &error);
    stop(error);
    printf("| %" G_GUINT64_FORMAT " | %" G_GUINT64_FORMAT " | %.2f | %.2f | %.0f | %.4f | %.4f | "
            "%.4f | %" G_GINT64_FORMAT " | %" G_GUINT64_FORMAT " | %" G_GINT64_FORMAT " |\n",
            n, seed, generating, joining, (double)joined.statements / joining, score.precision,
            score.recall, score.f1, joined.persons_added, made.reported, joined.acts_added);
    store_close(g_steal_pointer(&store));
    remove_folder(folder);
    for (int t = 0; t <= GENERATE_N_TEXTS; t++)
        g_string_free(texts.texts[t], TRUE);
}

int main(int argc, char **argv)
{
    printf(
        "# Joining statements into persons and acts\n\nA generated case (`zenhar generate`), "
        "five sources, both scripts and calendars; pairs of statements that name a "
        "person.\n\n"
        "| reports | seed | generating s | joining s | statements/s | precision | recall | F1 | "
        "persons | true persons | acts |\n|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n");
    if (argc > 1) {
        for (int i = 1; i < argc; i++)
            row(g_ascii_strtoull(argv[i], NULL, 10), 1);
        return 0;
    }
    for (guint64 seed = 1; seed <= 3; seed++)
        row(5000, seed);
    row(50000, 1);
    return 0;
}
