/* tests/assess/t_claims.c: what reports say of one act, side by side. */
#include "case.h"

#include "assess/claims.h"

static Store *store;
static gint64 source, tehran, evin, shiraz;
static GPtrArray *said;

static StoreStatement *say(const char *event_date, gint64 place)
{
    g_autoptr(GError) error = NULL;
    gint64 id = case_statement(store, source, "arrest", 20267, 20268, place, 1, 0);
    g_assert_cmpint(id, >, 0);
    StoreStatement *statement = store_statement_load(store, id, &error);
    g_assert_no_error(error);
    statement->event_date = g_strdup(event_date);
    g_ptr_array_add(said, statement);
    return statement;
}

static void begin(void)
{
    store = case_new(20300);
    source = case_source(store, "A");
    tehran = case_place(store, "IR-23", "Tehran", "province", 0);
    evin = case_place(store, NULL, "Evin", "prison", tehran);
    shiraz = case_place(store, NULL, "Shiraz", "city", 0);
    said = g_ptr_array_new_with_free_func((GDestroyNotify)store_statement_free);
}

static void end(void)
{
    g_clear_pointer(&said, g_ptr_array_unref);
    store_close(store);
}

static const AssessClaimField *field_of(GPtrArray *fields, const char *name)
{
    for (guint i = 0; i < fields->len; i++) {
        const AssessClaimField *field = fields->pdata[i];
        if (strcmp(field->field, name) == 0)
            return field;
    }
    return NULL;
}

static AssessAgreement agreement_of(const char *name, bool of_person)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) fields = assess_claims(store, said, of_person, &error);
    g_assert_no_error(error);
    const AssessClaimField *field = field_of(fields, name);
    g_assert_nonnull(field);
    return field->agreement;
}

static void dates(void)
{
    static const struct {
        const char *a, *b;
        AssessAgreement agreement;
    } TABLE[] = {
        {"2025-06-28", "2025-06-28", ASSESS_CLAIMS_ONE},
        {"2025-06-28", "2025-06", ASSESS_CLAIMS_FIT},
        {"2025-06-28", "2025-06-20/2025-06-30", ASSESS_CLAIMS_FIT},
        {"2025-06-28", "2025-06-29", ASSESS_CLAIMS_CONTRADICT},
        {"2025-06", "2025-07-01", ASSESS_CLAIMS_CONTRADICT},
        {"2025-06-28", "2025-06-28/..", ASSESS_CLAIMS_FIT},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(TABLE); i++) {
        begin();
        say(TABLE[i].a, tehran);
        say(TABLE[i].b, tehran);
        g_test_message("%s, %s", TABLE[i].a, TABLE[i].b);
        g_assert_cmpint(agreement_of("event_date", false), ==, TABLE[i].agreement);
        end();
    }
}

/* The first and the second fit, the second and the third too; all three do not. */
static void three_of_which_two_do_not_fit(void)
{
    begin();
    say("2025-06-28", tehran);
    say("2025-06", tehran);
    say("2025-06-02", tehran);
    g_assert_cmpint(agreement_of("event_date", false), ==, ASSESS_CLAIMS_CONTRADICT);
    end();
}

static void places(void)
{
    begin();
    say(NULL, tehran);
    say(NULL, evin);
    g_assert_cmpint(agreement_of("place_id", false), ==, ASSESS_CLAIMS_FIT);
    say(NULL, 0)->place_text = g_strdup("a house in the north");
    g_assert_cmpint(agreement_of("place_id", false), ==, ASSESS_CLAIMS_WORDS);
    say(NULL, shiraz);
    g_assert_cmpint(agreement_of("place_id", false), ==, ASSESS_CLAIMS_CONTRADICT);
    end();
}

static void words_and_numbers(void)
{
    begin();
    StoreStatement *a = say(NULL, tehran), *b = say(NULL, tehran);
    a->charge = g_strdup("تبلیغ علیه نظام");
    b->charge = g_strdup(
        "تبليغ علیه‌ نظام"); /* Arabic yeh, a stray joiner: the same words */
    a->count_min = 2, a->count_max = 5;
    b->count_min = 5, b->count_max = G_MAXINT32;
    a->victim_gender = g_strdup("female");
    b->victim_gender = g_strdup("male");
    g_assert_cmpint(agreement_of("charge", false), ==, ASSESS_CLAIMS_ONE);
    g_assert_cmpint(agreement_of("count", false), ==, ASSESS_CLAIMS_FIT);
    g_assert_cmpint(agreement_of("victim_gender", true), ==, ASSESS_CLAIMS_CONTRADICT);
    StoreStatement *c = say(NULL, tehran);
    c->charge = g_strdup("اجتماع و تبانی");
    c->count_min = c->count_max = 6;
    g_assert_cmpint(agreement_of("charge", false), ==, ASSESS_CLAIMS_WORDS);
    g_assert_cmpint(agreement_of("count", false), ==, ASSESS_CLAIMS_CONTRADICT);
    end();
}

/* Most given first, with all who give it; fields nobody fills are not there; a report graded E5
 * has no word. */
static void who_says_what(void)
{
    g_autoptr(GError) error = NULL;
    begin();
    say("2025-06-29", tehran);
    say("2025-06-28", tehran);
    say("2025-06-28", tehran);
    const StoreStatement *doubted = say("1999", tehran);
    g_autoptr(StoreReport) report = store_report_load(store, doubted->report_id, &error);
    report->reliability = 'E';
    report->credibility = 5;
    g_assert_true(store_report_update(store, report, &error));
    g_autoptr(GPtrArray) fields = assess_claims(store, said, false, &error);
    g_assert_no_error(error);
    g_assert_null(field_of(fields, "charge"));
    g_assert_null(field_of(fields, "victim_gender"));
    const AssessClaimField *when = field_of(fields, "event_date");
    g_assert_cmpuint(when->claims->len, ==, 2);
    const AssessClaim *first = when->claims->pdata[0];
    g_assert_cmpstr(first->value, ==, "2025-06-28");
    g_assert_cmpuint(first->statements->len, ==, 2);
    const StoreStatement *second_said = said->pdata[1];
    g_assert_cmpint(g_array_index(first->statements, gint64, 0), ==, second_said->id);
    end();
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/assess/claims/dates", dates);
    g_test_add_func("/assess/claims/three", three_of_which_two_do_not_fit);
    g_test_add_func("/assess/claims/places", places);
    g_test_add_func("/assess/claims/words_and_numbers", words_and_numbers);
    g_test_add_func("/assess/claims/who", who_says_what);
    return g_test_run();
}
