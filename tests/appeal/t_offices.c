/* Who held which office on the day of the letter, and how long its asks have waited. */
#include "appeal/appeal.h"
#include "appeal/case.h"
#include "base/edtf.h"
#include "store/appeal.h"
#include "store/body.h"
#include "store/person.h"
#include "store/submission.h"

static Store *loaded(void)
{
    static Store *store;
    g_autoptr(GError) error = NULL;
    if (store != NULL)
        return store;
    store = test_case_new(1769212800);
    appeal_load_facts(store, "iran-2025", &error);
    g_assert_no_error(error);
    return store;
}

/* press.un.org SG/A/2271 (5 March 2024); Xinhua, 1 May 2025; Reuters, 24 June 2025; UK Government,
 * 22 June 2025; OHCHR (Special Rapporteur since 1 August 2024). */
static const struct {
    const char *name;
    AppealVerdict verdict;
    const char *holder;
} NAMED[] = {
    {"António Guterres", APPEAL_IN_OFFICE, "António Guterres"},
    {"George Okoth-Obbo", APPEAL_OUT_OF_OFFICE, "Mô Bleeker"},
    {"Linda Thomas-Greenfield", APPEAL_OUT_OF_OFFICE, "Dorothy Shea"},
    {"Barbara Woodward", APPEAL_IN_OFFICE, "Barbara Woodward"},
    {"Mai Sato", APPEAL_IN_OFFICE, "Mai Sato"},
};

static GPtrArray *findings_of_the_letter(void)
{
    g_autoptr(GPtrArray) appeals = store_appeal_list(loaded(), NULL, NULL);
    g_autoptr(GError) error = NULL;
    GPtrArray *findings = appeal_check_recipients(loaded(), ((StoreAppeal *)appeals->pdata[0])->id,
                                                  G_MININT32, &error);
    g_assert_no_error(error);
    return findings;
}

static void two_of_the_five_named_were_not_in_office(void)
{
    g_autoptr(GPtrArray) findings = findings_of_the_letter();
    g_assert_cmpuint(findings->len, >, G_N_ELEMENTS(NAMED));
    for (gsize i = 0; i < G_N_ELEMENTS(NAMED); i++) {
        const AppealRecipientFinding *finding = findings->pdata[i];
        g_assert_cmpstr(finding->name, ==, NAMED[i].name);
        g_assert_cmpint(finding->verdict, ==, NAMED[i].verdict);
        g_assert_cmpstr(finding->holder, ==, NAMED[i].holder);
    }
}

static void offices_with_a_mandate_were_left_out(void)
{
    g_autoptr(GPtrArray) findings = findings_of_the_letter();
    static const char *const HOLDERS[] = {"Virginia Gamba", "Volker Türk", "Jürg Lauber",
                                          "Morris Tidball-Binz", "Sara Hossain"};
    for (gsize i = 0; i < G_N_ELEMENTS(HOLDERS); i++) {
        bool there = false;
        for (guint k = 0; k < findings->len; k++) {
            const AppealRecipientFinding *finding = findings->pdata[k];
            there |=
                finding->verdict == APPEAL_LEFT_OUT && g_strcmp0(finding->name, HOLDERS[i]) == 0;
        }
        g_test_message("%s", HOLDERS[i]);
        g_assert_true(there);
    }
    for (guint k = 0; k < findings->len; k++) /* an office addressed by a wrong name is no gap */
        g_assert_cmpstr(((AppealRecipientFinding *)findings->pdata[k])->name, !=, "Mô Bleeker");
    const AppealRecipientFinding *council = findings->pdata[findings->len - 1];
    g_assert_nonnull(strstr(council->sentence, "Of the 15 members of the Security Council"));
    g_assert_nonnull(strstr(council->sentence, "2 were written to and 13 were not"));
}

static const struct {
    const char *claim, *office;
    int y, m, d;
    const char *holder; /* NULL: not known */
} DAYS[] = {
    {"bleeker_from_the_day_of_her_appointment", "SA-R2P", 2024, 3, 5, "Mô Bleeker"},
    {"nobody_known_between_two_advisers", "SA-R2P", 2024, 3, 4, NULL},
    {"okoth_obbo_in_june_2023", "SA-R2P", 2023, 6, 26, "George Okoth-Obbo"},
    {"waltz_from_his_credentials", "PR-US", 2025, 9, 21, "Mike Waltz"},
    {"shea_the_day_before", "PR-US", 2025, 9, 20, "Dorothy Shea"},
    {"kariuki_once_he_was_seen", "PR-UK", 2026, 2, 28, "James Kariuki"},
    {"a_new_secretary_general_in_2027", "SG", 2027, 1, 1, NULL},
    {"the_old_one_to_his_last_day", "SG", 2026, 12, 31, "António Guterres"},
};

static void was_the_holder(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    g_autoptr(StoreBody) body = store_body_find(loaded(), DAYS[i].office, NULL);
    g_autoptr(GPtrArray) findings = appeal_check_recipients(
        loaded(), 0, edtf_day_from_gregorian(DAYS[i].y, DAYS[i].m, DAYS[i].d), NULL);
    guint in_office = 0;
    for (guint k = 0; k < findings->len; k++) {
        const AppealRecipientFinding *finding = findings->pdata[k];
        g_autoptr(StoreRecipient) recipient =
            store_recipient_load(loaded(), finding->recipient_id, NULL);
        if (recipient->body_id != body->id)
            continue;
        g_assert_cmpstr(finding->holder, ==, DAYS[i].holder);
        in_office += finding->verdict == APPEAL_IN_OFFICE;
    }
    g_assert_cmpuint(in_office, ==, DAYS[i].holder != NULL ? 1 : 0);
}

static void a_holder_long_unseen_is_not_certain(void)
{
    g_autoptr(GPtrArray) findings =
        appeal_check_recipients(loaded(), 0, edtf_day_from_gregorian(2026, 11, 25), NULL);
    for (guint k = 0; k < findings->len; k++) {
        const AppealRecipientFinding *finding = findings->pdata[k];
        if (g_strcmp0(finding->name, "Mô Bleeker") == 0) /* last seen on 15 April 2025 */
            g_assert_cmpint(finding->verdict, ==, APPEAL_TERM_UNKNOWN);
    }
}

static void findings_are_told_in_persian_too(void)
{
    i18n_set_language(I18N_PERSIAN);
    g_autoptr(GPtrArray) findings = findings_of_the_letter();
    i18n_set_language(I18N_ENGLISH);
    const AppealRecipientFinding *finding = findings->pdata[1];
    g_assert_cmpstr(finding->holder, ==, "مو بلیکر");
    g_assert_nonnull(strstr(finding->sentence, "۷ تیر ۱۴۰۴"));
}

/* ---- the clock ---- */

static GPtrArray *clock_on(int y, int m, int d)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *rows = appeal_clock(loaded(), 0, edtf_day_from_gregorian(y, m, d), &error);
    g_assert_no_error(error);
    g_assert_cmpuint(rows->len, ==, 3);
    return rows;
}

static const AppealClockStep *step_on(const AppealClockRow *row, int y, int m, int d)
{
    for (guint i = 0; i < row->steps->len; i++) {
        const AppealClockStep *step = row->steps->pdata[i];
        if (step->day == edtf_day_from_gregorian(y, m, d))
            return step;
    }
    return NULL;
}

/* 28 June 2025 to 15 and 23 January 2026. */
static void the_councils_met_after_201_and_209_days(void)
{
    g_autoptr(GPtrArray) rows = clock_on(2026, 1, 23);
    const AppealClockRow *agenda = rows->pdata[1];
    g_assert_cmpstr(agenda->code, ==, "b");
    g_assert_cmpint(agenda->days, ==, 209);
    const AppealClockStep *council = step_on(agenda, 2026, 1, 15);
    const AppealClockStep *session = step_on(agenda, 2026, 1, 23);
    g_assert_nonnull(council);
    g_assert_nonnull(session);
    g_assert_cmpint(council->days, ==, 201);
    g_assert_cmpint(session->days, ==, 209);
    g_assert_cmpint(session->recipient_id, ==, 0); /* a step, no reply */
}

static void steps_of_later_days_are_not_seen_earlier(void)
{
    g_autoptr(GPtrArray) before = clock_on(2026, 1, 14);
    g_assert_null(step_on(before->pdata[1], 2026, 1, 15));
    g_autoptr(GPtrArray) first = clock_on(2025, 6, 28);
    for (guint i = 0; i < first->len; i++) {
        const AppealClockRow *row = first->pdata[i];
        g_assert_cmpint(row->days, ==, 0);
        g_assert_cmpuint(row->steps->len, ==, 0);
    }
}

static void silence_is_told_as_no_public_answer_found(void)
{
    g_autoptr(GPtrArray) rows = clock_on(2026, 1, 23);
    for (guint i = 0; i < rows->len; i++) {
        const AppealClockRow *row = rows->pdata[i];
        g_assert_cmpuint(row->n_written_to, ==, 5);
        g_assert_cmpuint(row->n_answered, ==, 0);
        g_assert_nonnull(strstr(row->sentence, "No public answer found from 5 of 5"));
    }
}

static void an_answer_is_counted_once(void)
{
    g_autoptr(Store) store = test_case_new(1769212800);
    g_assert_true(appeal_load_facts(store, "iran-2025", NULL));
    g_autoptr(GPtrArray) deliveries = store_delivery_list(store, NULL, NULL);
    for (int i = 0; i < 2; i++) {
        g_autoptr(StoreResponse) answer = store_response_new();
        answer->ask_id = 1;
        answer->recipient_id = ((StoreDelivery *)deliveries->pdata[0])->recipient_id;
        answer->kind = g_strdup(i == 0 ? "acknowledged" : "supports");
        answer->received = (gint64)edtf_day_from_gregorian(2025, 7, 10 + i) * 86400;
        g_assert_true(store_response_add(store, answer, NULL));
    }
    g_autoptr(GPtrArray) rows = appeal_clock(store, 0, edtf_day_from_gregorian(2025, 8, 1), NULL);
    const AppealClockRow *row = rows->pdata[0];
    g_assert_cmpuint(row->n_answered, ==, 1);
    g_assert_nonnull(strstr(row->sentence, "4 of 5"));
    g_assert_nonnull(strstr(row->sentence, "steps taken by bodies on the matter: 1"));
}

static void no_clock_runs_where_nothing_was_sent(void)
{
    g_autoptr(Store) store = test_case_new(1769212800);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) rows = appeal_clock(store, 0, G_MININT32, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(rows->len, ==, 0);
    g_assert_null(appeal_clock(store, 12, G_MININT32, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND);
}

/* Each addressee by itself, through the seven months after the letter. */
static void each_addressee_is_silent_unless_evidence_is_attached(void)
{
    g_autoptr(Store) store = test_case_new(1769212800);
    g_assert_true(appeal_load_facts(store, "iran-2025", NULL));
    g_autoptr(GPtrArray) list =
        appeal_addressees(store, 0, edtf_day_from_gregorian(2026, 1, 23), NULL);
    g_assert_cmpuint(list->len, ==, 5);
    for (guint i = 0; i < list->len; i++) {
        const AppealAddressee *one = list->pdata[i];
        g_assert_cmpstr(one->state, ==, "silent");
        g_assert_cmpint(one->days, ==, 209);
        g_assert_cmpstr(one->sentence, ==, "No public answer found after 209 days.");
    }
    for (int with_evidence = 0; with_evidence < 2; with_evidence++) {
        g_autoptr(StoreResponse) answer = store_response_new();
        answer->ask_id = 1;
        answer->recipient_id = ((AppealAddressee *)list->pdata[0])->recipient_id;
        answer->kind = g_strdup("acknowledged");
        answer->source =
            with_evidence ? g_strdup("letter of the office, made up for this test") : NULL;
        answer->received = (gint64)edtf_day_from_gregorian(2025, 7, 10) * 86400;
        g_assert_true(store_response_add(store, answer, NULL));
        g_autoptr(GPtrArray) after =
            appeal_addressees(store, 0, edtf_day_from_gregorian(2026, 1, 23), NULL);
        g_assert_cmpstr(((AppealAddressee *)after->pdata[0])->state, ==,
                        with_evidence ? "acknowledged" : "silent");
        g_assert_cmpstr(((AppealAddressee *)after->pdata[1])->state, ==, "silent");
    }
    g_autoptr(GPtrArray) before =
        appeal_addressees(store, 0, edtf_day_from_gregorian(2025, 7, 9), NULL);
    g_assert_cmpstr(((AppealAddressee *)before->pdata[0])->state, ==, "silent");
}

static void asks_turn_from_silent_to_acted_on(void)
{
    g_autoptr(GPtrArray) before = clock_on(2025, 11, 18), after = clock_on(2025, 11, 19);
    g_assert_cmpstr(((AppealClockRow *)before->pdata[1])->state, ==, "silent");
    g_assert_cmpstr(((AppealClockRow *)after->pdata[1])->state, ==, "acted_on");
    g_assert_cmpint(((AppealClockRow *)after->pdata[1])->state_day, ==,
                    edtf_day_from_gregorian(2025, 11, 19));
}

static const AppealDeadline *due(GPtrArray *list, const char *body, int y, int m, int d)
{
    for (guint i = 0; i < list->len; i++) {
        const AppealDeadline *one = list->pdata[i];
        if (g_strcmp0(one->body, body) == 0 && one->first_day == edtf_day_from_gregorian(y, m, d))
            return one;
    }
    return NULL;
}

static void deadlines_are_reckoned(void)
{
    g_autoptr(Store) store = test_case_new(1769212800);
    g_assert_true(appeal_load_facts(store, "iran-2025", NULL));
    g_autoptr(StorePerson) person = store_person_new();
    person->kind = g_strdup("victim");
    g_assert_true(store_person_add(store, person, NULL));
    g_autoptr(StoreSubmission) sent = store_submission_new();
    sent->person_id = person->id;
    sent->mechanism = g_strdup("WGAD");
    sent->procedure = g_strdup("regular");
    sent->status = g_strdup("sent");
    sent->day = edtf_day_from_gregorian(2026, 10, 2);
    g_assert_true(store_submission_add(store, sent, NULL));
    g_autoptr(GPtrArray) list =
        appeal_deadlines(store, edtf_day_from_gregorian(2026, 11, 25), 60, NULL);
    g_assert_nonnull(due(list, "WGAD", 2026, 12, 1)); /* 60 days from 2 October */
    const AppealDeadline *change = due(list, "SG", 2027, 1, 1);
    g_assert_cmpint(change->days, ==, 37);
    g_assert_nonnull(due(list, "C3", 2026, 11, 15)); /* the span has begun and is not over */
    g_assert_null(due(list, "C3", 2027, 11, 15));
    g_autoptr(GPtrArray) past =
        appeal_deadlines(store, edtf_day_from_gregorian(2026, 1, 1), 60, NULL);
    g_assert_nonnull(due(past, "HRC", 2026, 2, 23)); /* 61st session */
    for (guint i = 1; i < list->len; i++)
        g_assert_cmpint(((AppealDeadline *)list->pdata[i - 1])->first_day, <=,
                        ((AppealDeadline *)list->pdata[i])->first_day);
}

static void a_reminder_goes_to_whoever_holds_the_office_now(void)
{
    g_autoptr(Store) store = test_case_new(1795651200);
    g_assert_true(appeal_load_facts(store, "iran-2025", NULL));
    g_autoptr(GPtrArray) list = appeal_addressees(store, 1, G_MININT32, NULL);
    gint64 mission = 0;
    for (guint i = 0; i < list->len; i++)
        if (strcmp(((AppealAddressee *)list->pdata[i])->code, "PR-US") == 0)
            mission = ((AppealAddressee *)list->pdata[i])->recipient_id;
    g_autoptr(GError) error = NULL;
    gint32 day = edtf_day_from_gregorian(2026, 1, 20);
    gint64 id = appeal_remind(store, 1, mission, day, I18N_ENGLISH, &error);
    g_assert_no_error(error);
    g_autoptr(AppealLetter) letter = appeal_letter_load(store, id, &error);
    g_assert_no_error(error);
    g_autofree char *text = appeal_letter_text(letter);
    g_assert_nonnull(strstr(text, "Waltz"));
    g_assert_nonnull(strstr(text, "then held by Linda Thomas-Greenfield"));
    g_assert_nonnull(strstr(text, "206 days have passed"));
    g_assert_cmpint(appeal_remind(store, id, 0, day, I18N_ENGLISH, &error), ==, 0);
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA); /* a draft was not sent */
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CLAIM(name) g_test_add_func("/appeal/offices/" #name, name)
    CLAIM(two_of_the_five_named_were_not_in_office);
    CLAIM(offices_with_a_mandate_were_left_out);
    for (gsize i = 0; i < G_N_ELEMENTS(DAYS); i++) {
        g_autofree char *path = g_strconcat("/appeal/offices/", DAYS[i].claim, NULL);
        g_test_add_data_func(path, GSIZE_TO_POINTER(i), was_the_holder);
    }
    CLAIM(a_holder_long_unseen_is_not_certain);
    CLAIM(findings_are_told_in_persian_too);
    g_test_add_func("/appeal/clock/the_councils_met_after_201_and_209_days",
                    the_councils_met_after_201_and_209_days);
    g_test_add_func("/appeal/clock/steps_of_later_days_are_not_seen_earlier",
                    steps_of_later_days_are_not_seen_earlier);
    g_test_add_func("/appeal/clock/silence_is_told_as_no_public_answer_found",
                    silence_is_told_as_no_public_answer_found);
    g_test_add_func("/appeal/clock/an_answer_is_counted_once", an_answer_is_counted_once);
    g_test_add_func("/appeal/clock/no_clock_runs_where_nothing_was_sent",
                    no_clock_runs_where_nothing_was_sent);
    CLAIM(each_addressee_is_silent_unless_evidence_is_attached);
    CLAIM(asks_turn_from_silent_to_acted_on);
    CLAIM(deadlines_are_reckoned);
    CLAIM(a_reminder_goes_to_whoever_holds_the_office_now);
    int status = g_test_run();
    store_close(loaded());
    return status;
}
