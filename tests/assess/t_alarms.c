/* tests/assess/t_alarms.c: alarms and what only looks like one. */
#include "case.h"

#include "assess/alarm.h"
#include "base/random.h"
#include "store/intake.h"
#include <math.h>

/* A Saturday: 5 October 2024. */
static const gint32 BEGIN = 20001;
enum { WEEKS = 150 };

typedef struct {
    Store *store;
    gint64 source, other, tehran;
    gint32 today;
} Made;

static void arrests(const Made *made, gint64 source, gint32 week, gint32 n, gint32 late)
{
    for (gint32 k = 0; k < n; k++)
        case_statement(made->store, source, "arrest", BEGIN + 7 * week + k % 7,
                       BEGIN + 7 * week + k % 7 + late, made->tehran, 1, 0);
}

/* Nearly three years of about three arrests a week by two sources, told within a day. */
static Made quiet_case(void)
{
    Made made = {.today = BEGIN + 7 * WEEKS + 2};
    g_assert_cmpint(edtf_weekday(BEGIN), ==, 6);
    made.store = case_new(made.today);
    made.source = case_source(made.store, "A");
    made.other = case_source(made.store, "B");
    made.tehran = case_place(made.store, "IR-23", "Tehran", "province", 0);
    Random random;
    random_start(&random, 4, 0);
    g_assert_true(store_begin(made.store, NULL));
    for (gint32 w = 0; w < WEEKS; w++) {
        arrests(&made, made.source, w, 1 + (gint32)random_below(&random, 2), 1);
        arrests(&made, made.other, w, 1 + (gint32)random_below(&random, 2), 1);
    }
    g_assert_true(store_commit(made.store, NULL));
    return made;
}

static guint alarms_of(Store *store)
{
    AssessSummary summary = case_run(store);
    assess_summary_clear(&summary);
    g_autoptr(GPtrArray) alarms = store_alarm_list(store, NULL, NULL);
    return alarms->len;
}

static const AssessNotice *notice_of(GPtrArray *notices, AssessNoticeKind kind)
{
    for (guint i = 0; i < notices->len; i++) {
        const AssessNotice *notice = g_ptr_array_index(notices, i);
        if (notice->kind == kind)
            return notice;
    }
    return NULL;
}

static void assert_says(Store *store, const AssessNotice *notice, const char *english,
                        const char *persian)
{
    g_assert_nonnull(notice);
    g_autofree char *en = assess_notice_sentence(store, notice, I18N_ENGLISH);
    g_autofree char *fa = assess_notice_sentence(store, notice, I18N_PERSIAN);
    g_assert_nonnull(strstr(en, english));
    g_assert_nonnull(strstr(fa, persian));
}

static void quiet_times_ring_not(void)
{
    Made made = quiet_case();
    g_autoptr(Store) store = made.store;
    g_assert_cmpuint(alarms_of(store), ==, 0);
    g_autoptr(GPtrArray) notices = assess_notices(store, NULL);
    g_assert_cmpuint(notices->len, ==, 0);
}

/* Five hundred events of two months some time ago, all told today. */
static void a_backlog_entered_today_rings_not_and_is_named(void)
{
    Made made = quiet_case();
    g_autoptr(Store) store = made.store;
    g_assert_true(store_begin(store, NULL));
    for (gint32 k = 0; k < 500; k++)
        case_statement(store, made.source, "arrest", BEGIN + 7 * 132 + k % 56, made.today,
                       made.tehran, 1, 0);
    g_assert_true(store_commit(store, NULL));
    g_assert_cmpuint(alarms_of(store), ==, 0);
    g_autoptr(GPtrArray) notices = assess_notices(store, NULL);
    const AssessNotice *backlog = notice_of(notices, ASSESS_NOTICE_BACKLOG);
    assert_says(store, backlog, "500 old events", "انباشته: ۵۰۰");
    g_assert_cmpint(backlog->day, ==, made.today);
    g_assert_cmpint(backlog->silenced, >, 0);
}

/* What happened on one day and was told months later did happen on one day. */
static void a_massacre_told_late_rings_where_it_happened(void)
{
    Made made = quiet_case();
    g_autoptr(Store) store = made.store;
    g_assert_true(store_begin(store, NULL));
    for (gint32 k = 0; k < 60; k++)
        case_statement(store, made.source, "arrest", BEGIN + 7 * 138 + 3, made.today, made.tehran,
                       1, 0);
    g_assert_true(store_commit(store, NULL));
    g_assert_cmpuint(alarms_of(store), >=, 1);
    g_autoptr(GPtrArray) alarms = store_alarm_list(store, NULL, NULL);
    const StoreAlarm *alarm = g_ptr_array_index(alarms, 0);
    g_assert_cmpint(alarm->first_day, ==, BEGIN + 7 * 138);
}

/* A source that tells ten a week from one week on; the others go on as before. */
static void a_source_that_starts_half_way_rings_not_and_is_named(void)
{
    Made made = quiet_case();
    g_autoptr(Store) store = made.store;
    gint64 fresh = case_source(store, "C");
    g_assert_true(store_begin(store, NULL));
    for (gint32 w = 120; w < WEEKS; w++)
        arrests(&made, fresh, w, 9 + w % 3, 1);
    g_assert_true(store_commit(store, NULL));
    g_assert_cmpuint(alarms_of(store), ==, 0);
    g_autoptr(GPtrArray) notices = assess_notices(store, NULL);
    const AssessNotice *source = notice_of(notices, ASSESS_NOTICE_NEW_SOURCE);
    assert_says(store, source, "New source: C tells since", "منبع تازه: C");
    g_assert_cmpint(source->source_id, ==, fresh);
    g_assert_cmpint(source->day, ==, BEGIN + 7 * 120);
    g_assert_cmpint(source->silenced, >, 0);
}

/* The new source does not hide what all sources see, nor what it alone sees against its own
 * weeks. */
static void a_surge_rings_beside_a_new_source(void)
{
    for (int by_new = 0; by_new <= 1; by_new++) {
        Made made = quiet_case();
        g_autoptr(Store) store = made.store;
        gint64 fresh = case_source(store, "C");
        g_assert_true(store_begin(store, NULL));
        for (gint32 w = 110; w < WEEKS; w++)
            arrests(&made, fresh, w, 4 + w % 3, 1);
        arrests(&made, by_new ? fresh : made.source, 140, 35, 1);
        g_assert_true(store_commit(store, NULL));
        g_assert_cmpuint(alarms_of(store), >=, 1);
        g_autoptr(GPtrArray) alarms = store_alarm_list(store, NULL, NULL);
        for (guint i = 0; i < alarms->len; i++)
            g_assert_cmpint(((StoreAlarm *)g_ptr_array_index(alarms, i))->first_day, ==,
                            BEGIN + 7 * 140);
    }
}

static gint64 story(const Made *made, gint64 source, gint32 day, const char *words, gint32 persons)
{
    gint64 id =
        case_statement(made->store, source, "arrest", day, day + 1, made->tehran, persons, 0);
    g_autoptr(StoreStatement) statement = store_statement_load(made->store, id, NULL);
    g_autoptr(StoreReport) report = store_report_load(made->store, statement->report_id, NULL);
    g_free(report->text);
    report->text = g_strdup(words);
    g_assert_true(store_report_update(made->store, report, NULL));
    return id;
}

static const char STORY[] = "Security forces detained seven people in the bazaar of Tehran on "
                            "Tuesday morning, according to witnesses who spoke on condition of "
                            "anonymity.";

/* One story, four outlets, a by-line of their own: 7 arrests, not 28; and 7 + 1 to 2 rings not
 * where 28 would. */
static void a_syndicated_story_counts_once_and_is_named(void)
{
    for (int syndicated = 0; syndicated <= 1; syndicated++) {
        Made made = quiet_case();
        g_autoptr(Store) store = made.store;
        gint32 day = BEGIN + 7 * 140 + 3;
        static const char *const LINES[] = {"", "(Agency one) ", "From our desk: ", "2. "};
        for (gsize k = 0; k < G_N_ELEMENTS(LINES); k++) {
            g_autofree char *name = g_strdup_printf("outlet %" G_GSIZE_FORMAT, k);
            g_autofree char *words =
                syndicated ? g_strconcat(LINES[k], STORY, NULL)
                           : g_strdup_printf("%s told us about something else altogether, %s %s",
                                             name, name, LINES[k]);
            story(&made, case_source(store, name), day, words, 7);
        }
        guint alarms = alarms_of(store);
        g_autoptr(GPtrArray) notices = assess_notices(store, NULL);
        g_autoptr(GPtrArray) all = store_alarm_list(store, NULL, NULL);
        for (guint i = 0; i < all->len; i++) {
            const StoreAlarm *alarm = g_ptr_array_index(all, i);
            g_assert_true(syndicated ? alarm->observed <= 11 : alarm->observed >= 28);
        }
        if (!syndicated) {
            g_assert_cmpuint(alarms, >=, 1);
            g_assert_null(notice_of(notices, ASSESS_NOTICE_COPIES));
            continue;
        }
        const AssessNotice *copies = notice_of(notices, ASSESS_NOTICE_COPIES);
        assert_says(store, copies, "in 4 reports in nearly the same words", "۴ گزارش");
        g_autoptr(GPtrArray) series = store_series_list(store, NULL, NULL);
        gsize n;
        const StoreSeriesPoint *points = store_series_points(g_ptr_array_index(series, 0), &n);
        g_assert_cmpfloat(points[140].observed, <=, 11);
        g_assert_cmpfloat(points[140].observed, >=, 9);
    }
}

/* ---- an alarm and its cases ---- */

static Made surge_case(gint64 *ret_report)
{
    Made made = quiet_case();
    arrests(&made, made.source, 140, 12, 1);
    gint64 statement = story(&made, made.other, BEGIN + 7 * 140 + 2, "a crowd was arrested", 8);
    g_autoptr(StoreStatement) record = store_statement_load(made.store, statement, NULL);
    *ret_report = record->report_id;
    return made;
}

static gint64 sum_of(const GPtrArray *cases, guint *ret_withdrawn, gint64 report)
{
    gint64 sum = 0;
    *ret_withdrawn = 0;
    for (guint i = 0; i < cases->len; i++) {
        const AssessCase *one = g_ptr_array_index(cases, i);
        sum += one->counted ? one->count : 0;
        if (one->state == ASSESS_CASE_WITHDRAWN) {
            g_assert_cmpint(one->report_id, ==, report);
            (*ret_withdrawn)++;
        }
    }
    return sum;
}

static void cases_add_up_and_show_what_was_withdrawn(void)
{
    gint64 report;
    Made made = surge_case(&report);
    g_autoptr(Store) store = made.store;
    g_assert_cmpuint(alarms_of(store), >=, 1);
    g_autoptr(GPtrArray) alarms = store_alarm_list(store, NULL, NULL);
    const StoreAlarm *alarm = g_ptr_array_index(alarms, 0);
    g_assert_cmpuint(strlen(alarm->data_sha256), ==, 64);
    g_autoptr(GPtrArray) cases = assess_alarm_cases(store, alarm->id, NULL);
    guint withdrawn;
    g_assert_cmpfloat((double)sum_of(cases, &withdrawn, report), ==, alarm->observed);
    g_assert_cmpuint(withdrawn, ==, 0);

    g_autoptr(StoreReport) record = store_report_load(store, report, NULL);
    record->withdrawn = true;
    g_assert_true(store_report_update(store, record, NULL));
    g_autoptr(GPtrArray) before_run = assess_alarm_cases(store, alarm->id, NULL);
    g_assert_cmpfloat((double)sum_of(before_run, &withdrawn, report), ==, alarm->observed);
    g_assert_cmpuint(withdrawn, ==, 1);

    g_assert_cmpuint(alarms_of(store), >=, 1);
    g_autoptr(StoreAlarm) anew = store_alarm_load(store, alarm->id, NULL);
    g_assert_cmpfloat(anew->observed, ==, alarm->observed - 8);
    g_assert_cmpstr(anew->data_sha256, !=, alarm->data_sha256);
    g_autoptr(GPtrArray) after_run = assess_alarm_cases(store, alarm->id, NULL);
    g_assert_cmpfloat((double)sum_of(after_run, &withdrawn, report), ==, anew->observed);
    g_assert_cmpuint(withdrawn, ==, 1);
}

static guint untold(Store *store)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) alarms = assess_alarms_untold(store, &error);
    g_assert_no_error(error);
    return alarms->len;
}

static void tell_all(Store *store)
{
    g_autoptr(GPtrArray) alarms = assess_alarms_untold(store, NULL);
    for (guint i = 0; i < alarms->len; i++)
        g_assert_true(
            assess_alarm_set_told(store, ((StoreAlarm *)g_ptr_array_index(alarms, i))->id, NULL));
}

/* Told once; one more report is no news, half as many again is; so is that it was taken back. */
static void an_alarm_is_told_once_until_it_is_another(void)
{
    gint64 report;
    Made made = surge_case(&report);
    g_autoptr(Store) store = made.store;
    alarms_of(store);
    g_assert_cmpuint(untold(store), >=, 1);
    tell_all(store);
    g_assert_cmpuint(untold(store), ==, 0);
    alarms_of(store);
    g_assert_cmpuint(untold(store), ==, 0);
    arrests(&made, made.source, 140, 1, 1);
    alarms_of(store);
    g_assert_cmpuint(untold(store), ==, 0);
    arrests(&made, made.source, 141, 12, 1); /* the week after rings too: the same episode */
    g_assert_cmpuint(alarms_of(store), >=, 2);
    g_assert_cmpuint(untold(store), ==, 0);
    arrests(&made, made.source, 140, 20, 1);
    alarms_of(store);
    g_assert_cmpuint(untold(store), >=, 1);
    tell_all(store);
    g_assert_true(store_begin(store, NULL));
    g_autoptr(GPtrArray) reports = store_report_list(store, NULL, NULL);
    for (guint i = 0; i < reports->len; i++) {
        StoreReport *record = g_ptr_array_index(reports, i);
        if (record->first_day < BEGIN + 7 * 140 || record->first_day > BEGIN + 7 * 142)
            continue;
        record->withdrawn = true;
        g_assert_true(store_report_update(store, record, NULL));
    }
    g_assert_true(store_commit(store, NULL));
    alarms_of(store);
    g_autoptr(GPtrArray) ceased = assess_alarms_untold(store, NULL);
    g_assert_cmpuint(ceased->len, >=, 1);
    g_assert_cmpstr(((StoreAlarm *)g_ptr_array_index(ceased, 0))->status, ==, "ceased");
    tell_all(store);
    g_assert_cmpuint(untold(store), ==, 0);
}

static void an_answer_needs_a_reason_and_holds(void)
{
    gint64 report;
    Made made = surge_case(&report);
    g_autoptr(Store) store = made.store;
    alarms_of(store);
    g_autoptr(GPtrArray) alarms = store_alarm_list(store, NULL, NULL);
    gint64 id = ((StoreAlarm *)g_ptr_array_index(alarms, 0))->id;
    g_autoptr(GError) error = NULL;
    g_assert_false(assess_alarm_answer(store, id, "acknowledged", "  ", 0, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE);
    g_clear_error(&error);
    g_assert_false(assess_alarm_answer(store, 999, "acknowledged", "seen", 0, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND);
    gint64 entries = case_entries(store);
    g_assert_true(assess_alarm_answer(store, id, "acknowledged", "two sources confirm", 0, NULL));
    g_assert_cmpint(case_entries(store), ==, entries + 1);
    arrests(&made, made.source, 140, 1, 1);
    alarms_of(store);
    g_autoptr(StoreAlarm) held = store_alarm_load(store, id, NULL);
    g_assert_cmpstr(held->status, ==, "acknowledged");
    g_assert_cmpstr(held->reason, ==, "two sources confirm");
    arrests(&made, made.source, 140, 30, 1);
    alarms_of(store);
    g_autoptr(StoreAlarm) reopened = store_alarm_load(store, id, NULL);
    g_assert_cmpstr(reopened->status, ==, "new");
}

static void an_alarm_after_a_crisis_names_it(void)
{
    gint64 report;
    Made made = surge_case(&report);
    g_autoptr(Store) store = made.store;
    g_autoptr(StoreCrisis) war = store_crisis_new();
    war->kind = g_strdup("war");
    war->name = g_strdup("A war");
    war->first_day = BEGIN + 7 * 137;
    war->last_day = war->first_day + 12;
    war->source = g_strdup("made for this test");
    g_assert_true(store_crisis_add(store, war, NULL));
    alarms_of(store);
    g_autoptr(GPtrArray) alarms = store_alarm_list(store, NULL, NULL);
    g_assert_cmpint(((StoreAlarm *)g_ptr_array_index(alarms, 0))->crisis_id, ==, war->id);
}

static void a_short_history_says_so(void)
{
    g_autoptr(Store) store = case_new(BEGIN + 7 * 5 + 1);
    gint64 source = case_source(store, "A");
    for (gint32 k = 0; k < 20; k++)
        case_statement(store, source, "arrest", BEGIN + k, BEGIN + k + 1, 0, 1, 0);
    g_assert_cmpuint(alarms_of(store), ==, 0);
    g_autoptr(GPtrArray) notices = assess_notices(store, NULL);
    assert_says(store, notice_of(notices, ASSESS_NOTICE_SHORT), "too short to say", "کوتاه است");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    static const struct {
        const char *name;
        void (*run)(void);
    } TESTS[] = {
        {"quiet_times_ring_not", quiet_times_ring_not},
        {"a_backlog_entered_today_rings_not_and_is_named",
         a_backlog_entered_today_rings_not_and_is_named},
        {"a_massacre_told_late_rings_where_it_happened",
         a_massacre_told_late_rings_where_it_happened},
        {"a_source_that_starts_half_way_rings_not_and_is_named",
         a_source_that_starts_half_way_rings_not_and_is_named},
        {"a_surge_rings_beside_a_new_source", a_surge_rings_beside_a_new_source},
        {"a_syndicated_story_counts_once_and_is_named",
         a_syndicated_story_counts_once_and_is_named},
        {"cases_add_up_and_show_what_was_withdrawn", cases_add_up_and_show_what_was_withdrawn},
        {"an_alarm_is_told_once_until_it_is_another", an_alarm_is_told_once_until_it_is_another},
        {"an_answer_needs_a_reason_and_holds", an_answer_needs_a_reason_and_holds},
        {"an_alarm_after_a_crisis_names_it", an_alarm_after_a_crisis_names_it},
        {"a_short_history_says_so", a_short_history_says_so},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(TESTS); i++) {
        g_autofree char *path = g_strconcat("/assess/alarms/", TESTS[i].name, NULL);
        g_test_add_func(path, TESTS[i].run);
    }
    return g_test_run();
}
