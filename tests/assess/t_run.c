/* tests/assess/t_run.c: runs on small cases whose answers are known. */
#include "base/random.h"
#include "case.h"
#include <jansson.h>
#include <math.h>

/* A Saturday; weeks of an Iranian case begin there. */
#define SATURDAY ((gint32)19998) /* 2024-10-02 is a Wednesday; see first_saturday() */

static gint32 first_saturday(void)
{
    gint32 day = SATURDAY;
    while (edtf_weekday(day) != 6)
        day++;
    return day;
}

typedef struct {
    Store *store;
    gint64 source, other, tehran, city;
    gint32 today, surge; /* first day of the week that surges */
} Made;

/* Six and a half years of two arrests a week, then a week of fifteen, in Tehran. */
static Made surge_case(void)
{
    gint32 begin = first_saturday(), weeks = 340;
    Made made = {.surge = begin + 7 * weeks, .today = begin + 7 * (weeks + 2)};
    made.store = case_new(made.today);
    made.source = case_source(made.store, "A");
    made.other = case_source(made.store, "B");
    made.tehran = case_place(made.store, "IR-23", "Tehran", "province", 0);
    made.city = case_place(made.store, NULL, "Rey", "city", made.tehran);
    g_autoptr(GError) error = NULL;
    g_assert_true(store_begin(made.store, &error));
    for (gint32 w = 0; w <= weeks; w++) {
        gint32 n = w < weeks ? 2 : 15;
        for (gint32 k = 0; k < n; k++)
            case_statement(made.store, k % 2 ? made.source : made.other, "arrest",
                           begin + 7 * w + k % 7, begin + 7 * w + k % 7 + k % 3,
                           k % 2 ? made.tehran : made.city, 1, 0);
    }
    /* The week after is quiet, and told as such. */
    case_statement(made.store, made.source, "release", made.surge + 9, made.surge + 13, made.tehran,
                   1, 0);
    g_assert_true(store_commit(made.store, &error));
    g_assert_no_error(error);
    return made;
}

static gint64 counted(Store *store, gint64 alarm_id)
{
    g_autoptr(GPtrArray) links =
        store_link_list_from(store, STORE_KIND_ALARM, alarm_id, NULL, NULL);
    gint64 sum = 0;
    for (guint i = 0; i < links->len; i++) {
        const StoreLink *link = g_ptr_array_index(links, i);
        g_assert_cmpint(link->to_kind, ==, STORE_KIND_STATEMENT);
        g_autoptr(StoreStatement) s = store_statement_load(store, link->to_id, NULL);
        g_assert_nonnull(s);
        g_assert_cmpint(s->report_id, >, 0);
        sum += s->count_min;
    }
    return sum;
}

static void a_surge_rings_and_its_reports_add_up(void)
{
    Made made = surge_case();
    g_autoptr(Store) store = made.store;
    AssessSummary summary = case_run(store);
    g_assert_cmpuint(summary.n_series, ==, 2); /* arrests everywhere, arrests in Tehran */
    g_autoptr(GPtrArray) alarms = store_alarm_list(store, NULL, NULL);
    g_assert_cmpuint(alarms->len, ==, 2);
    for (guint i = 0; i < alarms->len; i++) {
        const StoreAlarm *alarm = g_ptr_array_index(alarms, i);
        g_assert_cmpint(alarm->first_day, ==, made.surge);
        g_assert_cmpstr(alarm->method, ==, "farrington-flexible");
        g_assert_cmpfloat(alarm->observed, ==, 15);
        g_assert_cmpfloat(alarm->expected, >, 1);
        g_assert_cmpfloat(alarm->expected, <, 3);
        g_assert_cmpfloat(alarm->threshold, <, 15);
        g_assert_cmpint(counted(store, alarm->id), ==, 15);
        g_assert_cmpstr(alarm->status, ==, "new");
        g_autofree char *en = assess_alarm_sentence(store, alarm, I18N_ENGLISH);
        g_autofree char *fa = assess_alarm_sentence(store, alarm, I18N_PERSIAN);
        g_assert_nonnull(strstr(en, "15 reported"));
        g_assert_nonnull(strstr(en, "Farrington"));
        g_assert_nonnull(strstr(fa, "۱۵"));
        g_assert_nonnull(strstr(fa, "بازداشت"));
        g_autofree char *weak = assess_alarm_weakness(alarm, I18N_PERSIAN);
        g_assert_null(strstr(weak, "It would"));
        g_assert_cmpuint(strlen(weak), >, 20);
    }
    assess_summary_clear(&summary);
}

/* The city lies in Tehran: both places' statements stand behind the province's alarm. */
static void towns_count_for_their_province(void)
{
    Made made = surge_case();
    g_autoptr(Store) store = made.store;
    AssessSummary summary = case_run(store);
    g_autoptr(GPtrArray) all = store_series_list(store, NULL, NULL);
    bool found = false;
    for (guint i = 0; i < all->len; i++) {
        const StoreSeries *series = g_ptr_array_index(all, i);
        if (series->place_id == 0)
            continue;
        g_assert_cmpint(series->place_id, ==, made.tehran);
        g_assert_cmpint(edtf_weekday(series->origin_day), ==, 6);
        gsize n;
        const StoreSeriesPoint *points = store_series_points(series, &n);
        g_assert_cmpuint(n, ==, 342);
        g_assert_cmpfloat(points[0].observed, ==, 2);
        g_assert_cmpfloat(points[341].observed, ==, 0);
        g_autofree char *title = assess_series_title(store, series, I18N_ENGLISH);
        g_assert_cmpstr(title, ==, "Arrests, Tehran, by week");
        found = true;
    }
    g_assert_true(found);
    assess_summary_clear(&summary);
}

static void the_same_inputs_write_nothing(void)
{
    Made made = surge_case();
    g_autoptr(Store) store = made.store;
    AssessSummary first = case_run(store);
    g_assert_true(first.changed);
    g_assert_cmpint(first.previous_id, ==, 0);
    gint64 entries = case_entries(store);
    AssessSummary second = case_run(store);
    g_assert_false(second.changed);
    g_assert_cmpint(second.assessment_id, ==, first.assessment_id);
    g_assert_cmpuint(second.n_rated, ==, first.n_rated);
    g_assert_cmpint(case_entries(store), ==, entries);
    assess_summary_clear(&first);
    assess_summary_clear(&second);
}

static void a_new_report_makes_a_new_assessment_that_says_what_changed(void)
{
    Made made = surge_case();
    g_autoptr(Store) store = made.store;
    AssessSummary first = case_run(store);
    case_statement(store, made.source, "internet_shutdown", made.surge, made.surge, 0, 1, 0);
    AssessSummary second = case_run(store);
    g_assert_true(second.changed);
    g_assert_cmpint(second.previous_id, ==, first.assessment_id);
    g_autoptr(StoreRating) shutdown = case_rating(store, second.assessment_id, "RF7", "7.6");
    g_assert_nonnull(shutdown);
    g_assert_cmpint(shutdown->level, ==, 1);
    g_assert_cmpuint(case_links(store, STORE_KIND_RATING, shutdown->id), ==, 1);
    /* RF7 stood at 2 by its surge: the shutdown changes its indicator, no factor */
    g_assert_true(g_str_has_prefix(second.changes, "7.6, "));
    g_assert_nonnull(strstr(second.changes, "was not rated, is some signs. Why: Internet shut"));
    case_statement(store, made.other, "killing", made.surge - 700, made.surge, 0, 1, 0);
    g_autoptr(StoreCrisis) war = store_crisis_new();
    war->kind = g_strdup("war");
    war->name = g_strdup("A war");
    war->first_day = made.today - 30;
    war->last_day = made.today - 20;
    war->source = g_strdup("made for this test");
    g_assert_true(store_crisis_add(store, war, NULL));
    AssessSummary third = case_run(store);
    g_assert_cmpstr(
        third.changes, ==,
        "RF1, Armed conflict or other instability: was not rated, is present.\n"
        "1.1, War, between states or within one: was not rated, is present. Why: War in "
        "the last 365 days: A war. The framework's wording of this indicator is not "
        "confirmed.\n"
        "RF8, Triggering factors: was not rated, is strong.\n"
        "8.1, Security forces suddenly deployed or hostilities begun: was not rated, is "
        "strong. Why: War or mass protest began within a year, last on 27 March 2031 (7 "
        "Farvardin 1410): A war.\n");
    assess_summary_clear(&first);
    assess_summary_clear(&second);
    assess_summary_clear(&third);
}

static void nothing_is_rated_without_evidence(void)
{
    g_autoptr(Store) empty = case_new(20500);
    AssessSummary summary = case_run(empty);
    g_assert_cmpuint(summary.n_rated, ==, 0);
    g_assert_cmpuint(summary.n_alarms, ==, 0);
    g_autoptr(GPtrArray) ratings =
        store_rating_list_by_assessment(empty, summary.assessment_id, NULL, NULL);
    g_assert_cmpuint(ratings->len, ==, ASSESS_N_FACTORS);
    for (guint i = 0; i < ratings->len; i++) {
        const StoreRating *rating = g_ptr_array_index(ratings, i);
        g_assert_cmpint(rating->level, ==, -1);
        g_autofree char *sentence = assess_rating_sentence(rating, I18N_ENGLISH);
        g_assert_nonnull(strstr(sentence, "Not rated"));
    }
    assess_summary_clear(&summary);
    Made made = surge_case();
    g_autoptr(Store) store = made.store;
    summary = case_run(store);
    g_autoptr(GPtrArray) all =
        store_rating_list_by_assessment(store, summary.assessment_id, NULL, NULL);
    guint rated = 0;
    for (guint i = 0; i < all->len; i++) {
        const StoreRating *rating = g_ptr_array_index(all, i);
        guint links = case_links(store, STORE_KIND_RATING, rating->id);
        g_assert_true((rating->level >= 0) == (links > 0));
        rated += rating->level >= 0;
    }
    g_assert_cmpuint(rated, ==, 4); /* 7.8 and RF7 by the surge, 11.2 and RF11 by its place */
    assess_summary_clear(&summary);
}

static void withdrawn_reports_do_not_count(void)
{
    Made made = surge_case();
    g_autoptr(Store) store = made.store;
    StoreReportQuery query = {.status = -1, .from_day = made.surge, .to_day = made.surge + 6};
    g_autoptr(GPtrArray) reports = store_report_select(store, &query, NULL);
    g_assert_cmpuint(reports->len, ==, 15);
    for (guint i = 0; i < 13; i++) {
        StoreReport *report = g_ptr_array_index(reports, i);
        report->withdrawn = true;
        g_assert_true(store_report_update(store, report, NULL));
    }
    AssessSummary summary = case_run(store);
    g_assert_cmpuint(summary.n_alarms, ==, 0);
    assess_summary_clear(&summary);
}

static void what_somebody_did_about_an_alarm_stays(void)
{
    Made made = surge_case();
    g_autoptr(Store) store = made.store;
    AssessSummary first = case_run(store);
    g_autoptr(GPtrArray) alarms = store_alarm_list(store, NULL, NULL);
    for (guint i = 0; i < alarms->len; i++) {
        StoreAlarm *alarm = g_ptr_array_index(alarms, i);
        g_free(alarm->status);
        alarm->status = g_strdup("dismissed");
        alarm->reason = g_strdup("one event told many times");
        g_assert_true(store_alarm_update(store, alarm, NULL));
    }
    AssessSummary second = case_run(store);
    g_assert_true(second.changed); /* the ratings that rested on it fall */
    g_assert_cmpuint(second.n_rated, ==, 0);
    g_autoptr(GPtrArray) after = store_alarm_list(store, NULL, NULL);
    g_assert_cmpuint(after->len, ==, alarms->len);
    for (guint i = 0; i < after->len; i++) {
        const StoreAlarm *alarm = g_ptr_array_index(after, i);
        g_assert_cmpstr(alarm->status, ==, "dismissed");
        g_assert_cmpint(alarm->id, ==, ((const StoreAlarm *)g_ptr_array_index(alarms, i))->id);
    }
    assess_summary_clear(&first);
    assess_summary_clear(&second);
}

static void a_rating_by_hand_stays(void)
{
    Made made = surge_case();
    g_autoptr(Store) store = made.store;
    AssessSummary first = case_run(store);
    g_autoptr(StoreRating) rating = case_rating(store, first.assessment_id, "RF3", NULL);
    rating->level = 2;
    g_free(rating->method);
    rating->method = g_strdup("by hand");
    rating->rationale = g_strdup("Courts are not independent, says the mandate's report.");
    g_assert_true(store_rating_update(store, rating, NULL));
    g_assert_true(store_link_join(store, STORE_KIND_RATING, rating->id, STORE_KIND_REPORT, 1,
                                  "evidence", NULL));
    case_statement(store, made.source, "internet_shutdown", made.surge, made.surge, 0, 1, 0);
    AssessSummary second = case_run(store);
    g_autoptr(StoreRating) kept = case_rating(store, second.assessment_id, "RF3", NULL);
    g_assert_cmpint(kept->level, ==, 2);
    g_assert_cmpstr(kept->method, ==, "by hand");
    g_assert_cmpuint(case_links(store, STORE_KIND_RATING, kept->id), ==, 1);
    assess_summary_clear(&first);
    assess_summary_clear(&second);
}

static gint64 person(Store *store)
{
    g_autoptr(StorePerson) p = store_person_new();
    p->kind = g_strdup("victim");
    g_autoptr(GError) error = NULL;
    g_assert_true(store_person_add(store, p, &error));
    g_assert_no_error(error);
    return p->id;
}

/* Two lists of 60 and 40 persons with 20 on both: Lincoln and Petersen give 60 · 40 / 20 = 120,
 * which is what the log-linear model of two independent lists says. */
static void two_lists_give_lincoln_and_petersen(void)
{
    g_autoptr(Store) store = case_new(20500);
    gint64 a = case_source(store, "List A"), b = case_source(store, "List B");
    g_assert_true(store_begin(store, NULL));
    for (int i = 0; i < 80; i++) {
        gint64 who = person(store);
        if (i < 60)
            case_statement(store, a, "arrest", 20000 + i, 20100, 0, 1, who);
        if (i >= 40)
            case_statement(store, b, "arrest", 20000 + i, 20100, 0, 1, who);
    }
    g_assert_true(store_commit(store, NULL));
    AssessSummary summary = case_run(store);
    g_autoptr(GPtrArray) all = store_estimate_list(store, NULL, NULL);
    g_assert_cmpuint(all->len, ==, 1);
    const StoreEstimate *e = g_ptr_array_index(all, 0);
    g_assert_cmpstr(e->method, ==, "loglinear_bic");
    g_assert_cmpfloat(e->observed, ==, 80);
    test_assert_close(e->estimate, 120, 1e-6);
    g_assert_cmpfloat(e->low, >, 80);
    g_assert_cmpfloat(e->low, <, 120);
    g_assert_cmpfloat(e->high, >, 120);
    g_assert_cmpuint(case_links(store, STORE_KIND_ESTIMATE, e->id), ==, 2);
    g_autofree char *en = assess_estimate_sentence(e, I18N_ENGLISH);
    g_autofree char *fa = assess_estimate_sentence(e, I18N_PERSIAN);
    g_assert_nonnull(strstr(en, "120"));
    g_assert_nonnull(strstr(fa, "۱۲۰"));
    g_autofree char *weak = assess_estimate_weakness(e, I18N_PERSIAN);
    g_assert_cmpuint(strlen(weak), >, 20);
    assess_summary_clear(&summary);
}

static void add_crisis(Store *store, gint32 day)
{
    g_autoptr(StoreCrisis) crisis = store_crisis_new();
    crisis->kind = g_strdup("unrest");
    crisis->name = g_strdup("Unrest");
    crisis->first_day = crisis->last_day = day;
    crisis->source = g_strdup("made for this test");
    g_assert_true(store_crisis_add(store, crisis, NULL));
}

/* Twelve weeks of four times as many arrests after each of six crises are found; with the crises
 * in weeks drawn at random from a series that knows none, nothing is told. */
static const StoreEstimate *response_of(Store *store, GPtrArray **ret_all)
{
    *ret_all = store_estimate_list(store, NULL, NULL);
    for (guint i = 0; i < (*ret_all)->len; i++) {
        const StoreEstimate *e = g_ptr_array_index(*ret_all, i);
        if (strcmp(e->method, "crisis_response") == 0)
            return e;
    }
    return NULL;
}

static Store *crisis_case(double factor)
{
    gint32 begin = first_saturday(), weeks = 400;
    Store *store = case_new(begin + 7 * weeks);
    gint64 source = case_source(store, "A");
    static const gint32 CRISES[] = {30, 95, 151, 222, 290, 345};
    Random random;
    random_start(&random, 7, 0);
    g_assert_true(store_begin(store, NULL));
    for (gint32 w = 0; w < weeks; w++) {
        double mean = 5;
        for (gsize k = 0; k < G_N_ELEMENTS(CRISES); k++)
            if (w >= CRISES[k] && w <= CRISES[k] + 12)
                mean = 5 * factor;
        gint32 n = (gint32)random_poisson(&random, mean);
        if (n > 0)
            case_statement(store, source, "arrest", begin + 7 * w + 2, begin + 7 * w + 6, 0, n, 0);
    }
    case_statement(store, source, "release", begin + 7 * weeks - 1, begin + 7 * weeks, 0, 1, 0);
    for (gsize k = 0; k < G_N_ELEMENTS(CRISES); k++)
        add_crisis(store, begin + 7 * CRISES[k] + 1);
    g_assert_true(store_commit(store, NULL));
    return store;
}

static void a_rise_after_crises_is_found(void)
{
    g_autoptr(Store) store = crisis_case(4);
    AssessSummary summary = case_run(store);
    g_autoptr(GPtrArray) all = NULL;
    const StoreEstimate *e = response_of(store, &all);
    g_assert_nonnull(e);
    g_assert_nonnull(strstr(e->settings, "\"verdict\":\"higher\""));
    g_assert_cmpfloat(e->estimate, >, 3.2);
    g_assert_cmpfloat(e->estimate, <, 4.8);
    g_assert_cmpfloat(e->low, >, 1);
    g_assert_cmpuint(case_links(store, STORE_KIND_ESTIMATE, e->id), ==, 7); /* crises, series */
    g_autofree char *en = assess_estimate_sentence(e, I18N_ENGLISH);
    g_assert_nonnull(strstr(en, "higher"));
    assess_summary_clear(&summary);
}

static void no_rise_is_not_made_up(void)
{
    g_autoptr(Store) store = crisis_case(1);
    AssessSummary summary = case_run(store);
    g_autoptr(GPtrArray) all = NULL;
    const StoreEstimate *e = response_of(store, &all);
    g_assert_nonnull(e);
    g_assert_null(strstr(e->settings, "\"pooled\":{\"expected\":0,"));
    json_t *settings = json_loads(e->settings, 0, NULL);
    const char *verdict =
        json_string_value(json_object_get(json_object_get(settings, "pooled"), "verdict"));
    g_assert_cmpstr(verdict, !=, "higher");
    g_assert_cmpstr(verdict, !=, "lower");
    json_decref(settings);
    assess_summary_clear(&summary);
}

/* Reports come up to three weeks late: the newest weeks are corrected upward, and the correction
 * comes near the truth (10 a week, of which a third, a third and a third come with 0, 1, 2 weeks).
 */
static void late_reports_are_allowed_for(void)
{
    gint32 begin = first_saturday(), weeks = 60;
    gint32 now = begin + 7 * weeks - 1;
    g_autoptr(Store) store = case_new(now);
    gint64 source = case_source(store, "A");
    g_assert_true(store_begin(store, NULL));
    for (gint32 w = 0; w < weeks; w++)
        for (gint32 k = 0; k < 12; k++) {
            gint32 received = begin + 7 * w + 3 + 7 * (k % 3);
            if (received <= now)
                case_statement(store, source, "arrest", begin + 7 * w + 3, received, 0, 1, 0);
        }
    g_assert_true(store_commit(store, NULL));
    g_autoptr(GError) error = NULL;
    AssessOptions options = assess_options();
    options.today = now;
    AssessSummary summary;
    g_assert_true(assess_run(store, &options, &summary, &error));
    g_assert_no_error(error);
    g_autoptr(GPtrArray) all = store_series_list(store, NULL, NULL);
    gsize n;
    const StoreSeriesPoint *points = store_series_points(g_ptr_array_index(all, 0), &n);
    g_assert_cmpuint(n, >=, 59);
    const StoreSeriesPoint *last = &points[n - 1];
    g_assert_cmpfloat(last->observed, <, 12);
    g_assert_false(isnan(last->nowcast));
    g_assert_cmpfloat(last->nowcast, >, last->observed);
    g_assert_cmpfloat(last->nowcast_low, <=, 12);
    g_assert_cmpfloat(last->nowcast_high, >=, 12);
    g_assert_true(isnan(points[0].nowcast));
    assess_summary_clear(&summary);
}

/* Reports of last year that come in today do not make the year since look quiet. */
static void old_news_does_not_stretch_a_series(void)
{
    gint32 begin = first_saturday(), today = begin + 7 * 60;
    g_autoptr(Store) store = case_new(today);
    gint64 source = case_source(store, "A");
    g_assert_true(store_begin(store, NULL));
    for (gint32 w = 0; w < 20; w++)
        case_statement(store, source, "arrest", begin + 7 * w, today, 0, 2, 0);
    g_assert_true(store_commit(store, NULL));
    AssessSummary summary = case_run(store);
    g_autoptr(GPtrArray) all = store_series_list(store, NULL, NULL);
    gsize n;
    store_series_points(g_ptr_array_index(all, 0), &n);
    g_assert_cmpuint(n, ==, 19); /* the week of the last one is not over */
    assess_summary_clear(&summary);
}

/* Two in a week ring no alarm even where none was ever seen. */
static void one_or_two_ring_no_alarm(void)
{
    gint32 begin = first_saturday(), weeks = 300;
    g_autoptr(Store) store = case_new(begin + 7 * weeks);
    gint64 source = case_source(store, "A");
    g_assert_true(store_begin(store, NULL));
    case_statement(store, source, "execution", begin, begin, 0, 1, 0);
    for (gint32 w = weeks - 8; w < weeks; w++)
        case_statement(store, source, "execution", begin + 7 * w, begin + 7 * w + 6, 0, 2, 0);
    g_assert_true(store_commit(store, NULL));
    AssessSummary summary = case_run(store);
    g_assert_cmpuint(summary.n_series, ==, 1);
    g_assert_cmpuint(summary.n_alarms, ==, 0);
    assess_summary_clear(&summary);
}

static char *fingerprint(guint threads)
{
    Made made = surge_case();
    g_autoptr(Store) store = made.store;
    AssessOptions options = assess_options();
    options.threads = threads;
    AssessSummary summary;
    g_assert_true(assess_run(store, &options, &summary, NULL));
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autoptr(GPtrArray) all = store_series_list(store, NULL, NULL);
    for (guint i = 0; i < all->len; i++) {
        gsize n;
        const StoreSeriesPoint *points = store_series_points(g_ptr_array_index(all, i), &n);
        g_checksum_update(sum, (const guint8 *)points, (gssize)(n * sizeof *points));
    }
    assess_summary_clear(&summary);
    return g_strdup(g_checksum_get_string(sum));
}

static void any_number_of_threads_gives_the_same_bytes(void)
{
    g_autofree char *one = fingerprint(1), *three = fingerprint(3);
    g_assert_cmpstr(one, ==, three);
}

static void the_overview_shows_the_newest(void)
{
    Made made = surge_case();
    g_autoptr(Store) store = made.store;
    g_autoptr(AssessOverview) before = assess_overview(store, NULL);
    g_assert_null(before->assessment);
    g_assert_cmpint(before->factors[13].level, ==, -1);
    AssessSummary summary = case_run(store);
    g_autoptr(AssessOverview) overview = assess_overview(store, NULL);
    g_assert_cmpint(overview->assessment->id, ==, summary.assessment_id);
    g_assert_cmpstr(overview->factors[6].code, ==, "RF7");
    g_assert_cmpint(overview->factors[6].level, ==, 2);
    g_assert_cmpuint(overview->factors[6].n_indicators, ==, 14);
    g_assert_cmpuint(overview->factors[6].n_rated, ==, 1);
    g_assert_cmpint(overview->n_new, ==, 2);
    g_assert_cmpint(overview->series_id, >, 0);
    assess_summary_clear(&summary);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CLAIM(name) g_test_add_func("/assess/run/" #name, name)
    CLAIM(a_surge_rings_and_its_reports_add_up);
    CLAIM(towns_count_for_their_province);
    CLAIM(the_same_inputs_write_nothing);
    CLAIM(a_new_report_makes_a_new_assessment_that_says_what_changed);
    CLAIM(nothing_is_rated_without_evidence);
    CLAIM(withdrawn_reports_do_not_count);
    CLAIM(what_somebody_did_about_an_alarm_stays);
    CLAIM(a_rating_by_hand_stays);
    CLAIM(two_lists_give_lincoln_and_petersen);
    CLAIM(a_rise_after_crises_is_found);
    CLAIM(no_rise_is_not_made_up);
    CLAIM(late_reports_are_allowed_for);
    CLAIM(any_number_of_threads_gives_the_same_bytes);
    CLAIM(old_news_does_not_stretch_a_series);
    CLAIM(one_or_two_ring_no_alarm);
    CLAIM(the_overview_shows_the_newest);
    return g_test_run();
}
