/* Case files: each mechanism's own fields, closed doors, consents; no identity without consent.
 * All persons here are invented. */
#include "appeal/case.h"
#include "appeal/submission.h"
#include "base/edtf.h"
#include "base/random.h"
#include "render/render.h"
#include "store/person.h"
#include "store/submission.h"
#include "store/user.h"
#include <glib/gstdio.h>

static const char *const NAME = "آزرمیدخت کوه‌نشین‌زاده",
                         *const LATIN = "Azarmidokht Kuhneshinzadeh", *const FATHER = "گشتاسب",
                         *const PHONE = "09121239876";

static Store *new_case(gint64 *ret_person)
{
    Store *store = test_case_new(1795651200); /* 25 November 2026 */
    g_autoptr(StoreSetting) country = store_setting_new();
    country->name = g_strdup("country");
    country->value = g_strdup("IR");
    if (store_setting_get(store, "country", NULL) == NULL)
        g_assert_true(store_setting_add(store, country, NULL));
    g_autoptr(StorePerson) person = store_person_new();
    g_assert_true(store_unseal(store, 0, "test", NULL));
    person->kind = g_strdup("victim");
    person->name = g_strdup(NAME);
    person->name_latin = g_strdup(LATIN);
    person->father = g_strdup(FATHER);
    person->contact = g_strdup(PHONE);
    person->birth_date = g_strdup("1991-03-07");
    person->birth_year = 1991;
    person->gender = g_strdup("female");
    person->group = g_strdup("teacher");
    g_assert_true(store_person_add(store, person, NULL));
    g_autoptr(StoreAct) act = store_act_new();
    act->kind = g_strdup("arrest");
    act->victim_id = person->id;
    act->perpetrator = g_strdup("men in plain clothes");
    act->event_date = g_strdup("2026-08-29");
    act->first_day = act->last_day = edtf_day_from_gregorian(2026, 8, 29);
    g_assert_true(store_act_add(store, act, NULL));
    *ret_person = person->id;
    return store;
}

static void answer(Store *store, gint64 person, const char *field, const char *words)
{
    g_autoptr(GError) error = NULL;
    detail_put(store, person, field, words, &error);
    g_assert_no_error(error);
}

static void consent(Store *store, gint64 person, const char *purpose, const char *word, gint32 day)
{
    g_autoptr(GError) error = NULL;
    g_assert_cmpint(consent_give(store, person, purpose, word, day, NULL, "in writing", &error), >,
                    0);
    g_assert_no_error(error);
}

static void consent_to_all(Store *store, gint64 person)
{
    gint32 day = edtf_day_from_gregorian(2026, 9, 1);
    consent(store, person, "send", "yes", day);
    consent(store, person, "government", "yes", day);
    consent(store, person, "summary", "yes", day);
    consent(store, person, "name", "full", day);
}

static Submission *prepare(Store *store, const char *mechanism, gint64 person)
{
    g_autoptr(GError) error = NULL;
    Submission *submission =
        submission_prepare(store, mechanism, person, G_MININT32, I18N_ENGLISH, &error);
    g_assert_no_error(error);
    return submission;
}

static const SubmissionField *field_of(const Submission *submission, const char *name)
{
    for (guint i = 0; i < submission->fields->len; i++)
        if (strcmp(((SubmissionField *)submission->fields->pdata[i])->field, name) == 0)
            return submission->fields->pdata[i];
    g_assert_not_reached();
}

static void a_field_is_typed_once_for_all_forms(void)
{
    gint64 person;
    g_autoptr(Store) store = new_case(&person);
    consent_to_all(store, person);
    answer(store, 0, "submitter", "An Organisation");
    answer(store, 0, "submitter_address", "1 Street, Town");
    answer(store, person, "circumstances", "Taken from home in the morning.");
    answer(store, person, "place", "Tehran");
    static const char *const FORMS[] = {"SP", "WGAD", "SR-EJE", "FFMI"};
    for (gsize i = 0; i < G_N_ELEMENTS(FORMS); i++) {
        g_autoptr(Submission) submission = prepare(store, FORMS[i], person);
        g_assert_cmpstr(field_of(submission, "circumstances")->answer, ==,
                        "Taken from home in the morning.");
        g_assert_cmpstr(field_of(submission, "submitter")->answer, ==, "An Organisation");
        g_assert_cmpstr(field_of(submission, "victim_name")->answer, ==, LATIN);
        g_assert_nonnull(strstr(field_of(submission, "date")->answer, "29 August 2026"));
    }
}

static void nothing_is_sent_while_a_field_is_missing_and_each_is_named(void)
{
    gint64 person;
    g_autoptr(Store) store = new_case(&person);
    consent_to_all(store, person);
    g_autoptr(Submission) bare = prepare(store, "WGEID", person);
    g_autoptr(GError) error = NULL;
    g_assert_cmpint(submission_seal(store, bare, person, &error), ==, 0);
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA);
    static const char *const MISSING[] = {"place", "relatives_action", "submitter",
                                          "submitter_address", "follow_up"};
    for (gsize i = 0; i < G_N_ELEMENTS(MISSING); i++) {
        g_autofree char *code = g_strdup_printf("(%s)", MISSING[i]);
        g_assert_nonnull(strstr(error->message, code));
        answer(store, MISSING[i][0] == 's' ? 0 : person, MISSING[i], "given");
    }
    g_assert_cmpuint(bare->n_missing, ==, G_N_ELEMENTS(MISSING));
    g_autoptr(Submission) whole = prepare(store, "WGEID", person);
    g_assert_cmpuint(whole->n_missing, ==, 0);
    g_clear_error(&error);
    gint64 id = submission_seal(store, whole, person, &error);
    g_assert_no_error(error);
    g_autoptr(StoreSubmission) sent = store_submission_load(store, id, NULL);
    g_assert_cmpstr(sent->status, ==, "sent");
    g_assert_cmpint(sent->original_id, >, 0);
}

static void a_disappearance_is_urgent_for_three_months(void)
{
    gint32 day = edtf_day_from_gregorian(2026, 8, 29);
    g_assert_cmpstr(submission_disappearance_procedure(day, day + 88), ==, "urgent");
    g_assert_cmpstr(submission_disappearance_procedure(day, day + 92), ==, "standard");
    gint64 person;
    g_autoptr(Store) store = new_case(&person);
    g_autoptr(Submission) now = prepare(store, "WGEID", person); /* day 88 */
    g_assert_cmpstr(now->procedure, ==, "urgent");
    store_set_now(store, 1795651200 + 4 * 86400);
    g_autoptr(Submission) later = prepare(store, "WGEID", person);
    g_assert_cmpstr(later->procedure, ==, "standard");
}

static void a_death_sentence_asks_more(void)
{
    gint64 person;
    g_autoptr(Store) store = new_case(&person);
    g_autoptr(Submission) before = prepare(store, "SR-EJE", person);
    g_assert_false(field_of(before, "charge")->required);
    answer(store, person, "case_kind", "death penalty");
    g_autoptr(Submission) after = prepare(store, "SR-EJE", person);
    g_assert_true(field_of(after, "charge")->missing);
    g_assert_cmpstr(after->procedure, ==, "allegation");
    answer(store, person, "imminent", "yes");
    g_autoptr(Submission) urgent = prepare(store, "SR-EJE", person);
    g_assert_cmpstr(urgent->procedure, ==, "urgent");
}

static const struct {
    const char *mechanism, *says, *instead;
} CLOSED[] = {
    {"CCPR", "not open: Optional Protocol to the International Covenant", "(WGAD)"},
    {"CAT", "not open: Convention against Torture, article 22", "(SP)"},
    {"CED", "articles 30 and 31", "(WGEID)"},
};

static void a_closed_door_is_said_aloud(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    gint64 person;
    g_autoptr(Store) store = new_case(&person);
    g_autoptr(GError) error = NULL;
    g_assert_null(
        submission_prepare(store, CLOSED[i].mechanism, person, G_MININT32, I18N_ENGLISH, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA);
    g_assert_nonnull(strstr(error->message, CLOSED[i].says));
    g_assert_nonnull(strstr(error->message, CLOSED[i].instead));
}

static void a_language_that_is_not_taken_is_refused(void)
{
    gint64 person;
    g_autoptr(Store) store = new_case(&person);
    g_autoptr(GError) error = NULL;
    g_assert_null(submission_prepare(store, "WGAD", person, G_MININT32, I18N_PERSIAN, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT);
    g_clear_error(&error);
    store_unseal_end(store);
    g_assert_null(submission_prepare(store, "WGAD", person, G_MININT32, I18N_ENGLISH, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DENIED);
}

static void no_consent_is_implied_and_each_can_be_withdrawn(void)
{
    gint64 person;
    g_autoptr(Store) store = new_case(&person);
    gint32 day = edtf_day_from_gregorian(2026, 9, 1);
    Consents consents;
    consent(store, person, "name", "full", day);
    g_assert_true(consents_load(store, person, day, &consents, NULL));
    g_assert_false(consents.send || consents.government || consents.summary);
    consent(store, person, "send", "yes", day);
    g_assert_true(consents_load(store, person, day - 1, &consents, NULL));
    g_assert_false(consents.send); /* not before it was given */
    g_assert_true(consents_load(store, person, day, &consents, NULL));
    g_assert_true(consents.send);
    g_assert_false(consents.government);
    g_assert_true(consent_withdraw(store, person, "send", day + 10, NULL));
    g_assert_true(consents_load(store, person, day + 9, &consents, NULL));
    g_assert_true(consents.send);
    g_assert_true(consents_load(store, person, day + 10, &consents, NULL));
    g_assert_false(consents.send);
    g_autoptr(GError) error = NULL;
    g_assert_false(consent_withdraw(store, person, "send", day + 11, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_assert_cmpint(consent_give(store, person, "send", "perhaps", day, NULL, NULL, &error), ==, 0);
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT);
}

/* ---- the property: no identity beyond consent ---- */

static char *pdf_words(const char *path)
{
    const char *const COMMANDS[] = {"pdftotext", "pdfinfo"};
    GString *all = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(COMMANDS); i++) {
        const char *argv[] = {COMMANDS[i], path, i == 0 ? "-" : NULL, NULL};
        g_autofree char *out = NULL;
        if (g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, NULL,
                         NULL, NULL))
            g_string_append(all, out);
    }
    g_autofree char *raw = NULL;
    gsize length;
    g_assert_true(g_file_get_contents(path, &raw, &length, NULL));
    for (gsize i = 0; i < length; i++) /* uncompressed metadata too */
        g_string_append_c(all, raw[i] >= 0x20 && raw[i] < 0x7f ? raw[i] : '\n');
    return g_string_free(all, FALSE);
}

static void assert_no_identity(const char *text)
{
    static const char *const PARTS[] = {
        "آزرمیدخت", "کوه‌نشین", "کوهنشین",   "Azarmidokht", "Kuhneshin",  "AZARMIDOKHT",
        "گشتاسب",   "9121239876",        "123 98 76", "۹۱۲۱۲۳۹۸۷۶",  "1991-03-07", "7 March 1991"};
    for (gsize i = 0; i < G_N_ELEMENTS(PARTS); i++)
        if (strstr(text, PARTS[i]) != NULL)
            g_error("“%s” stands in:\n%s", PARTS[i], text);
}

static void assert_round(Store *store, gint64 person, Random *random, const char *folder,
                         guint round)
{
    static const char *const FORMS[] = {"SP", "WGAD", "WGEID", "SR-EJE", "FFMI"};
    static const char *const NAMES[] = {"no", "initials", "full"};
    gint32 day = edtf_day_from_gregorian(2026, 10, 1);
    bool yes[3];
    static const char *const USES[] = {"send", "government", "summary"};
    for (gsize i = 0; i < 3; i++) {
        yes[i] = random_below(random, 2) == 1;
        consent(store, person, USES[i], yes[i] ? "yes" : "no", day);
    }
    guint64 name = random_below(random, 3);
    consent(store, person, "name", NAMES[name], day);
    bool withdrawn = name == 2 && random_below(random, 2) == 1;
    if (withdrawn)
        g_assert_true(consent_withdraw(store, person, "name", day + 5, NULL));
    g_autoptr(Submission) submission =
        prepare(store, FORMS[random_below(random, G_N_ELEMENTS(FORMS))], person);
    g_autofree char *text = submission_text(submission);
    g_autoptr(GError) error = NULL;
    g_autofree char *summary = submission_summary(store, submission, person, &error);
    g_autofree char *file =
        g_strdup_printf("%s/%s-%s.pdf", folder, submission->mechanism, submission->person_code);
    g_assert_true(render_submission_pdf(submission, file, &error));
    g_autofree char *words = round % 8 == 0 ? pdf_words(file) : g_strdup("");
    g_assert_cmpint(summary != NULL, ==, yes[2]);
    g_assert_nonnull(strstr(text, submission->redaction));
    if (name != 2 || withdrawn) {
        assert_no_identity(text);
        assert_no_identity(words);
        assert_no_identity(file);
        assert_no_identity(summary != NULL ? summary : "");
        g_assert_nonnull(strstr(submission->redaction, "Redacted"));
    } else {
        g_assert_nonnull(strstr(text, "Azarmidokht"));
    }
    if (!yes[0] || !yes[1]) {
        g_assert_nonnull(submission->refused);
        g_assert_cmpint(submission_seal(store, submission, person, NULL), ==, 0);
    }
    g_unlink(file);
}

static void no_identity_leaks_over_random_consents(void)
{
    gint64 person;
    g_autoptr(Store) store = new_case(&person);
    g_autofree char *folder = test_folder_new();
    answer(store, person, "circumstances",
           /* clang-format off */
           "Azarmidokht KUHNESHINZADEH's brother says: آزرمیدخت کوهنشین‌زاده را بردند. "
           "Father: "
           "گشتاسب; "
           "telephone ۰۹۱۲۱۲۳۹۸۷۶, 0912 123 98 76 or 09121239876. خانوادهٔ کوه‌نشین‌زاده "
           "خبر "
           "ندارند.");
    /* clang-format on */
    answer(store, person, "relatives_action", "The Kuhneshinzadeh family asked at the prison.");
    answer(store, person, "evidence", "Letter of Azarmidokht’s mother");
    Random random;
    random_start(&random, 20261126, 1);
    for (guint round = 0; round < 120; round++)
        assert_round(store, person, &random, folder, round);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CLAIM(name) g_test_add_func("/appeal/submission/" #name, name)
    CLAIM(a_field_is_typed_once_for_all_forms);
    CLAIM(nothing_is_sent_while_a_field_is_missing_and_each_is_named);
    CLAIM(a_disappearance_is_urgent_for_three_months);
    CLAIM(a_death_sentence_asks_more);
    CLAIM(a_language_that_is_not_taken_is_refused);
    for (gsize i = 0; i < G_N_ELEMENTS(CLOSED); i++) {
        g_autofree char *path =
            g_strdup_printf("/appeal/submission/closed_door_%s", CLOSED[i].mechanism);
        g_test_add_data_func(path, GSIZE_TO_POINTER(i), a_closed_door_is_said_aloud);
    }
    CLAIM(no_consent_is_implied_and_each_can_be_withdrawn);
    CLAIM(no_identity_leaks_over_random_consents);
    return g_test_run();
}
