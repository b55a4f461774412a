/* tests/assess/t_facts.c: the public facts of cases/iran-2025 in a case. */
#include "base/data.h"
#include "case.h"
#include <math.h>

static Store *loaded(void)
{
    Store *store = case_new(edtf_day_from_gregorian(2026, 6, 20));
    g_autoptr(GError) error = NULL;
    g_assert_true(assess_load_facts(store, "iran-2025", &error));
    g_assert_no_error(error);
    return store;
}

static void loading_twice_adds_nothing(void)
{
    g_autoptr(Store) store = loaded();
    gint64 entries = case_entries(store);
    g_assert_cmpint(entries, >, 100);
    g_autoptr(GError) error = NULL;
    g_assert_true(assess_load_facts(store, "iran-2025", &error));
    g_assert_no_error(error);
    g_assert_cmpint(case_entries(store), ==, entries);
}

static bool rests_on_original(Store *store, StoreKind kind, gint64 id)
{
    g_autoptr(GPtrArray) links = store_link_list_from(store, kind, id, NULL, NULL);
    for (guint i = 0; i < links->len; i++)
        if (((const StoreLink *)g_ptr_array_index(links, i))->to_kind == STORE_KIND_ORIGINAL)
            return true;
    return false;
}

static void each_fact_names_its_source_and_rests_on_an_original(void)
{
    g_autoptr(Store) store = loaded();
    g_autoptr(GPtrArray) figures = store_figure_list(store, NULL, NULL);
    g_autoptr(GPtrArray) crises = store_crisis_list(store, NULL, NULL);
    g_autoptr(GPtrArray) series = store_series_list(store, NULL, NULL);
    g_assert_cmpuint(figures->len, >, 120);
    g_assert_cmpuint(crises->len, ==, 12);
    g_assert_cmpuint(series->len, ==, 3);
    for (guint i = 0; i < figures->len; i++) {
        const StoreFigure *f = g_ptr_array_index(figures, i);
        g_assert_cmpstr(f->source, !=, NULL);
        g_assert_cmpuint(strlen(f->source), >, 5);
        g_assert_cmpstr(f->verified, !=, "memory");
        g_assert_cmpstr(f->reporter, !=, NULL);
        g_assert_true(rests_on_original(store, STORE_KIND_FIGURE, f->id));
    }
    for (guint i = 0; i < crises->len; i++) {
        const StoreCrisis *c = g_ptr_array_index(crises, i);
        g_assert_cmpuint(strlen(c->source), >, 5);
        g_assert_nonnull(c->name_fa);
        g_assert_nonnull(c->text_fa);
        g_assert_true(rests_on_original(store, STORE_KIND_CRISIS, c->id));
    }
    for (guint i = 0; i < series->len; i++)
        g_assert_true(rests_on_original(store, STORE_KIND_SERIES,
                                        ((const StoreSeries *)g_ptr_array_index(series, i))->id));
}

static const StoreFigure *figure(GPtrArray *all, const char *reporter, const char *date, double low)
{
    for (guint i = 0; i < all->len; i++) {
        const StoreFigure *f = g_ptr_array_index(all, i);
        if (g_strcmp0(f->reporter, reporter) == 0 && g_strcmp0(f->event_date, date) == 0 &&
            f->low == low)
            return f;
    }
    return NULL;
}

/* Montazeri's memoirs give 2,800 to 3,800; "exceeded 30,000" has no upper end; the same reporter
 * told 972 and 969 for 2015: both stand. */
static void ranges_and_contradictions_are_kept(void)
{
    g_autoptr(Store) store = loaded();
    g_autoptr(GPtrArray) all = store_figure_list(store, NULL, NULL);
    const StoreFigure *f =
        figure(all, "Hussein-Ali Montazeri (memoirs)", "1988-07-19/1988-12-31", 2800);
    g_assert_nonnull(f);
    g_assert_cmpfloat(f->high, ==, 3800);
    f = figure(all, "Other estimates", "1988-07-19/1988-12-31", 30000);
    g_assert_nonnull(f);
    g_assert_true(isnan(f->high));
    g_assert_true(f->at_least);
    g_assert_nonnull(figure(all, "Iran Human Rights", "2015", 972));
    g_assert_nonnull(figure(all, "Iran Human Rights", "2015", 969));
    g_assert_nonnull(figure(all, "Amnesty International", "2022", 576));
    g_assert_nonnull(figure(all, "Iran Human Rights", "2022", 582));
    f = figure(all, "HRANA", "2025-12-28/2026-02-09", 6964);
    g_assert_nonnull(f);
    g_assert_cmpfloat(f->high, ==, 18694);
}

/* What a week of a list counts is what the file says of its days, read here anew. */
static void lists_count_what_the_file_says(void)
{
    g_autoptr(Store) store = loaded();
    g_autoptr(CsvTable) table = data_load_table("cases/iran-2025/memorial-deaths-by-day.csv", NULL);
    g_autoptr(GPtrArray) all = store_series_list(store, NULL, NULL);
    static const char *const COLUMNS[] = {"iran_memorial", "javidnam_open_archive", "azadi_road"};
    gint32 saturday = edtf_day_from_gregorian(2026, 1, 3);
    g_assert_cmpint(edtf_weekday(saturday), ==, 6);
    for (gsize c = 0; c < G_N_ELEMENTS(COLUMNS); c++) {
        gint64 wanted = 0;
        for (gsize row = 0; row < table->n_rows; row++) {
            Edtf edtf;
            gint32 first, last;
            gint64 count = 0;
            g_assert_true(
                edtf_parse(csv_table_cell(table, row, 0), CALENDAR_GREGORIAN, &edtf, NULL));
            edtf_bounds(&edtf, &first, &last);
            csv_parse_integer(csv_table_cell(table, row, csv_table_column(table, COLUMNS[c])),
                              &count);
            if (first >= saturday && first <= saturday + 6)
                wanted += count;
        }
        gsize n;
        const StoreSeriesPoint *points = store_series_points(g_ptr_array_index(all, c), &n);
        double found = -1;
        for (gsize i = 0; i < n; i++)
            if (points[i].first_day == saturday)
                found = points[i].observed;
        g_assert_cmpfloat(found, ==, (double)wanted);
        g_assert_cmpint(wanted, >, 1000);
    }
}

/* 1 January 1988 has 2,889 entries of the first list: a year, not a day. */
static void days_that_mean_a_year_are_left_out(void)
{
    g_autoptr(Store) store = loaded();
    g_autoptr(GPtrArray) all = store_series_list(store, NULL, NULL);
    gsize n;
    const StoreSeriesPoint *points = store_series_points(g_ptr_array_index(all, 0), &n);
    gint32 day = edtf_day_from_gregorian(1988, 1, 1);
    for (gsize i = 0; i < n; i++)
        if (points[i].first_day <= day && points[i].first_day + 6 >= day)
            g_assert_cmpfloat(points[i].observed, <, 100);
}

/* So that no Persian sentence names a body in English. */
static void each_reporter_has_a_persian_name(void)
{
    g_autoptr(Store) store = loaded();
    g_autoptr(GPtrArray) all = store_figure_list(store, NULL, NULL);
    for (guint i = 0; i < all->len; i++) {
        const StoreFigure *f = g_ptr_array_index(all, i);
        const char *persian = assess_reporter_title(f->reporter, I18N_PERSIAN);
        g_test_message("%s", f->reporter);
        g_assert_cmpuint(g_utf8_get_char(persian), >=, 0x600);
        g_assert_true(assess_reporter_title(f->reporter, I18N_ENGLISH) == f->reporter);
    }
    g_assert_cmpstr(assess_reporter_title("Nobody", I18N_PERSIAN), ==, "Nobody");
}

static void an_unknown_case_is_said(void)
{
    g_autoptr(Store) store = case_new(20000);
    gint64 entries = case_entries(store);
    g_autoptr(GError) error = NULL;
    g_assert_false(assess_load_facts(store, "nowhere-1900", &error));
    g_assert_nonnull(error);
    g_assert_cmpint(case_entries(store), ==, entries);
}

/* The whole bundled case: factors that public facts speak to are rated, the others are not. */
static void the_bundled_case_is_assessed(void)
{
    g_autoptr(Store) store = loaded();
    AssessSummary summary = case_run(store);
    g_assert_true(summary.changed);
    static const struct {
        const char *factor, *indicator;
        gint32 level;
    } WANTED[] = {
        {"RF1", "1.1", 2}, {"RF1", "1.10", 2}, {"RF2", "2.1", 3},   {"RF2", "2.3", 3},
        {"RF7", "7.8", 2}, {"RF8", "8.1", 2},  {"RF11", "11.1", 3},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(WANTED); i++) {
        g_autoptr(StoreRating) rating =
            case_rating(store, summary.assessment_id, WANTED[i].factor, WANTED[i].indicator);
        g_test_message("%s", WANTED[i].indicator);
        g_assert_nonnull(rating);
        g_assert_cmpint(rating->level, >=, WANTED[i].level);
        g_autofree char *english = assess_rating_sentence(rating, I18N_ENGLISH);
        g_autofree char *persian = assess_rating_sentence(rating, I18N_PERSIAN);
        g_test_message("%s\n%s", english, persian);
        g_assert_cmpuint(strlen(english), >, 20);
        g_assert_cmpstr(english, !=, persian);
    }
    static const char *const SILENT[] = {"RF3",  "RF4",  "RF5",  "RF6", "RF9",
                                         "RF10", "RF12", "RF13", "RF14"};
    for (gsize i = 0; i < G_N_ELEMENTS(SILENT); i++) {
        g_autoptr(StoreRating) rating = case_rating(store, summary.assessment_id, SILENT[i], NULL);
        g_assert_cmpint(rating->level, ==, -1);
    }
    g_autoptr(AssessOverview) overview = assess_overview(store, NULL);
    g_assert_cmpint(overview->factors[0].level, >=, 2);
    g_assert_cmpint(overview->n_alarms, >, 0);
    const StoreAlarm *alarm = g_ptr_array_index(overview->alarms, 0);
    g_autofree char *sentence = assess_alarm_sentence(store, alarm, I18N_ENGLISH);
    g_test_message("%s", sentence);
    g_autoptr(GPtrArray) told = assess_alarms_to_tell(overview->alarms, 6);
    g_assert_cmpuint(told->len, ==, 6);
    g_assert_true(told->pdata[0] == (gpointer)alarm);
    double most = 0, most_told = 0;
    for (guint i = 0; i < overview->alarms->len; i++)
        most = MAX(most, ((const StoreAlarm *)overview->alarms->pdata[i])->observed);
    for (guint i = 0; i < told->len; i++) {
        const StoreAlarm *one = told->pdata[i];
        most_told = MAX(most_told, one->observed);
        if (i > 0)
            g_assert_cmpint(one->first_day, <=,
                            ((const StoreAlarm *)told->pdata[i - 1])->first_day);
    }
    g_assert_cmpfloat(most, >, 1000);
    g_assert_cmpfloat(most_told, ==, most); /* not hidden behind the small ones after it */
    g_autoptr(GPtrArray) estimates = store_estimate_list(store, NULL, NULL);
    g_assert_cmpuint(estimates->len, >=, 4);
    for (guint i = 0; i < estimates->len; i++) {
        g_autofree char *en =
            assess_estimate_sentence(g_ptr_array_index(estimates, i), I18N_ENGLISH);
        g_autofree char *fa =
            assess_estimate_sentence(g_ptr_array_index(estimates, i), I18N_PERSIAN);
        g_test_message("%s\n%s", en, fa);
    }
    EvidenceReport report;
    g_autoptr(GError) error = NULL;
    g_assert_true(evidence_verify(store, &report, &error));
    g_assert_no_error(error);
    assess_summary_clear(&summary);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CLAIM(name) g_test_add_func("/assess/facts/" #name, name)
    CLAIM(loading_twice_adds_nothing);
    CLAIM(each_fact_names_its_source_and_rests_on_an_original);
    CLAIM(ranges_and_contradictions_are_kept);
    CLAIM(lists_count_what_the_file_says);
    CLAIM(days_that_mean_a_year_are_left_out);
    CLAIM(each_reporter_has_a_persian_name);
    CLAIM(an_unknown_case_is_said);
    CLAIM(the_bundled_case_is_assessed);
    return g_test_run();
}
