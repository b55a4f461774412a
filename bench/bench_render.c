/* How fast a case is put on paper: the situation report of the bundled case (12 pages, 6 drawings
 * or more), and 500 letters on all cores. Prints Markdown. ZENHAR_BENCH_LETTERS sets how many. */
#include "appeal/appeal.h"
#include "assess/assess.h"
#include "evidence/evidence.h"
#include "render/render.h"
#include "render/situation.h"
#include "render/typeset.h"
#include "store/user.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PASSPHRASE "a passphrase of the benchmark"
enum { NOW = 1769990400 /* 2026-02-02 */, RUNS = 9 };

static void die(const GError *error)
{
    if (error == NULL)
        return;
    fprintf(stderr, "%s\n", error->message);
    exit(1);
}

static double now(void)
{
    return (double)g_get_monotonic_time() / 1e6;
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void make_case(const char *folder, GArray *letters)
{
    const StoreKeyCost cheap = {.passes = 1, .memory_bytes = 8 * 1024 * 1024};
    g_autoptr(GError) error = NULL;
    Store *store = evidence_create(folder, PASSPHRASE, &cheap, &error);
    die(error);
    store_set_now(store, NOW);
    store_setting_set(store, "title", "Iran 2025", &error);
    store_setting_set(store, "country", "IR", &error);
    assess_load_facts(store, "iran-2025", &error);
    appeal_load_facts(store, "iran-2025", &error);
    AssessOptions options = assess_options();
    AssessSummary summary = {0};
    assess_run(store, &options, &summary, &error);
    die(error);
    assess_summary_clear(&summary);
    g_autoptr(GPtrArray) findings = appeal_check_recipients(store, 0, NOW / 86400, &error);
    die(error);
    for (guint i = 0; i < findings->len && letters->len < 20; i++) {
        const AppealRecipientFinding *one = findings->pdata[i];
        AppealOptions wanted = appeal_options();
        if (one->verdict != APPEAL_IN_OFFICE)
            continue;
        wanted.recipient_id = one->recipient_id;
        wanted.day = NOW / 86400;
        wanted.language = letters->len % 2 == 0 ? I18N_PERSIAN : I18N_ENGLISH;
        gint64 id = appeal_compose(store, &wanted, &error);
        die(error);
        g_array_append_val(letters, id);
    }
    store_close(store);
}

static Store *open_case(const char *folder)
{
    g_autoptr(GError) error = NULL;
    Store *store = evidence_open(folder, PASSPHRASE, STORE_READ, &error);
    die(error);
    store_set_now(store, NOW);
    return store;
}

static void report(Store *store, const char *folder, I18nLanguage language)
{
    double seconds[RUNS];
    g_autofree char *path = g_build_filename(folder, "situation.pdf", NULL);
    g_autoptr(GError) error = NULL;
    for (int run = 0; run < RUNS; run++) {
        const double from = now();
        render_situation_pdf(store, language, path, &error);
        seconds[run] = now() - from;
        die(error);
    }
    qsort(seconds, RUNS, sizeof seconds[0], by_size);
    i18n_set_language(language);
    g_autoptr(Document) document = situation_document(store, &error);
    TypesetSummary summary;
    g_autoptr(GBytes) pdf = typeset_pdf(document, &summary, &error);
    die(error);
    printf("| situation report, %s, from case to file: %u pages, %u drawings, %zu bytes; median of "
           "%d | %.2f s | 12 pages with 6 charts: 1 s |\n",
           language == I18N_PERSIAN ? "Persian" : "English", summary.n_pages, document->n_figures,
           g_bytes_get_size(pdf), RUNS, seconds[RUNS / 2]);
}

typedef struct {
    const char *folder;
    const GArray *letters;
    guint first, step, n;
} Share;

static gpointer set_letters(gpointer data)
{
    const Share *share = data;
    g_autoptr(Store) store = open_case(share->folder);
    g_autofree char *name = g_strdup_printf("letter-%u.pdf", share->first);
    g_autofree char *path = g_build_filename(share->folder, name, NULL);
    g_autoptr(GError) error = NULL;
    for (guint i = share->first; i < share->n; i += share->step) {
        render_letter_pdf(store, g_array_index(share->letters, gint64, i % share->letters->len),
                          path, &error);
        die(error);
    }
    return NULL;
}

static double letters_on(const char *folder, const GArray *letters, guint n, guint n_threads)
{
    g_autofree Share *shares = g_new0(Share, n_threads);
    g_autofree GThread **threads = g_new0(GThread *, n_threads);
    const double from = now();
    for (guint t = 0; t < n_threads; t++) {
        shares[t] = (Share){folder, letters, t, n_threads, n};
        threads[t] = g_thread_new("letters", set_letters, &shares[t]);
    }
    for (guint t = 0; t < n_threads; t++)
        g_thread_join(threads[t]);
    return now() - from;
}

int main(void)
{
    g_autofree char *folder = g_dir_make_tmp("zenhar-bench-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "b.zenhar", NULL);
    g_autoptr(GArray) letters = g_array_new(FALSE, FALSE, sizeof(gint64));
    const char *wanted = g_getenv("ZENHAR_BENCH_LETTERS");
    const guint n = wanted != NULL ? (guint)g_ascii_strtoull(wanted, NULL, 10) : 500;
    make_case(path, letters);
    printf("## On paper (`bench_render`)\n\n| what | figure | asked |\n|---|---|---|\n");
    Store *store = open_case(path);
    report(store, path, I18N_ENGLISH);
    report(store, path, I18N_PERSIAN);
    store_close(store);
    const double one = letters_on(path, letters, n, 1), two = letters_on(path, letters, n, 2);
    printf("| %u letters of %u drafts, half of them Persian, each from case to file: one thread / "
           "two | %.1f / %.1f s | 30 s on 2 cores |\n",
           n, letters->len, one, two);
    const char *argv[] = {"rm", "-rf", folder, NULL};
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                 NULL);
    return 0;
}
