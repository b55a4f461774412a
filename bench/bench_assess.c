/* Speed of an assessment of 5,000 invented reports, from statements to ratings. */
#include "assess/assess.h"
#include "base/random.h"
#include "evidence/evidence.h"
#include "store/person.h"
#include "store/report.h"
#include <glib/gstdio.h>
#include <stdio.h>

enum { REPORTS = 5000, WEEKS = 390, PLACES = 31, SOURCES = 5 };

static void must(bool done, GError *error)
{
    if (!done)
        g_error("%s", error != NULL ? error->message : "failed");
}

static void fill(Store *store, gint32 first_day)
{
    static const char *const KINDS[] = {"arrest", "arrest", "summons", "sentence", "execution"};
    GError *error = NULL;
    gint64 places[PLACES], sources[SOURCES];
    must(store_begin(store, &error), error);
    for (int i = 0; i < PLACES; i++) {
        g_autoptr(StorePlace) place = store_place_new();
        place->kind = g_strdup("province");
        place->iso = g_strdup_printf("IR-%02d", i);
        place->name_en = g_strdup_printf("Province %d", i);
        must(store_place_add(store, place, &error), error);
        places[i] = place->id;
    }
    for (int i = 0; i < SOURCES; i++) {
        g_autoptr(StoreSource) source = store_source_new();
        source->name = g_strdup_printf("Source %d", i);
        must(store_source_add(store, source, &error), error);
        sources[i] = source->id;
    }
    Random random;
    random_start(&random, 1, 0);
    gint64 person = 0;
    for (int i = 0; i < REPORTS; i++) {
        if (i % 2 == 0) {
            g_autoptr(StorePerson) fresh = store_person_new();
            must(store_person_add(store, fresh, &error), error);
            person = fresh->id;
        }
        g_autoptr(StoreReport) report = store_report_new();
        gint32 day = first_day + (gint32)random_below(&random, 7 * WEEKS);
        report->source_id = sources[random_below(&random, SOURCES)];
        report->received = (gint64)(day + (gint32)random_below(&random, 30)) * 86400;
        must(store_report_add(store, report, &error), error);
        g_autoptr(StoreStatement) statement = store_statement_new();
        statement->report_id = report->id;
        statement->act_kind = g_strdup(KINDS[random_below(&random, G_N_ELEMENTS(KINDS))]);
        statement->first_day = statement->last_day = day;
        statement->place_id = places[random_below(&random, PLACES)];
        statement->victim_id = person;
        must(store_statement_add(store, statement, &error), error);
    }
    must(store_commit(store, &error), error);
}

int main(void)
{
    GError *error = NULL;
    g_autofree char *folder = g_dir_make_tmp("zenhar-bench-XXXXXX", &error);
    must(folder != NULL, error);
    g_autofree char *path = g_build_filename(folder, "bench.zenhar", NULL);
    const StoreKeyCost cost = {.passes = 1, .memory_bytes = 8 << 20};
    g_autoptr(Store) store = evidence_create(path, "bench", &cost, &error);
    must(store != NULL, error);
    const gint32 first_day = 17900, today = first_day + 7 * WEEKS;
    fill(store, first_day);
    AssessOptions options = assess_options();
    options.today = today;
    AssessSummary summary;
    gint64 begin = g_get_monotonic_time();
    must(assess_run(store, &options, &summary, &error), error);
    double first = (double)(g_get_monotonic_time() - begin) / 1e6;
    begin = g_get_monotonic_time();
    AssessSummary again;
    must(assess_run(store, &options, &again, &error), error);
    double second = (double)(g_get_monotonic_time() - begin) / 1e6;
    printf("| assessment of %d reports | s |\n|---|---|\n", REPORTS);
    printf("| first run: %" G_GSIZE_FORMAT " series, %" G_GSIZE_FORMAT " alarms | %.2f |\n",
           summary.n_series, summary.n_alarms, first);
    printf("| again, nothing changed | %.2f |\n", second);
    assess_summary_clear(&summary);
    assess_summary_clear(&again);
    g_clear_pointer(&store, store_close);
    static const char *const NAMES[] = {"case.json", "case.db"};
    for (gsize i = 0; i < G_N_ELEMENTS(NAMES); i++) {
        g_autofree char *file = g_build_filename(path, NAMES[i], NULL);
        g_unlink(file);
    }
    g_rmdir(path);
    g_rmdir(folder);
    return 0;
}
