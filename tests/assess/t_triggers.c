/* tests/assess/t_triggers.c: the user's thresholds, read, evaluated, run over history. */
#include "assess/trigger.h"
#include "case.h"
#include <math.h>

/* ---- reading ---- */

static const struct {
    const char *claim, *rule, *words, *persian;
} READ[] = {
    {"the_sentence_of_the_issue",
     "executions in 7 days ≥ 2 × expected and a crisis in the last 90 days",
     "executions in 7 days ≥ 2 × expected and a crisis in the last 90 days",
     "اعدام در ۷ روز ≥ ۲ × انتظار و بحران در ۹۰ روز گذشته"},
    {"the_same_in_persian", "اعدام در ۷ روز ≥ ۲ برابر انتظار و بحرانی در ۹۰ روز گذشته",
     "executions in 7 days ≥ 2 × expected and a crisis in the last 90 days", NULL},
    {"signs_need_no_spaces", "arrests in 2 weeks>=10", "arrests in 14 days ≥ 10", NULL},
    {"ascii_times", "arrests in 7 days > 1.5 x expected", "arrests in 7 days > 1.5 × expected",
     NULL},
    {"half_spaces_and_plurals", "بازداشت‌ها در ۱۴ روز > ۲۰",
     "arrests in 14 days > 20", NULL},
    {"arabic_letters", "بازداشت در تهران در ۷ روز >= ٣", "arrests in تهران in 7 days ≥ 3", NULL},
    {"a_place", "arrests in Tehran in 7 days >= 20", "arrests in tehran in 7 days ≥ 20", NULL},
    {"an_act_with_in_in_its_name", "deaths in custody in 30 days >= 2",
     "deaths in custody in 30 days ≥ 2", NULL},
    {"such_an_act_in_persian", "مرگ در بازداشت در ۳۰ روز ≥ ۲", "deaths in custody in 30 days ≥ 2",
     NULL},
    {"no_crisis", "killings in 7 days >= 5 and no war in the last year", NULL, NULL},
    {"no_crisis_in_days", "killings in 7 days >= 5 and no war in the last 365 days",
     "killings in 7 days ≥ 5 and not a war in the last 365 days", NULL},
    {"two_ways", "arrests in 7 days >= 5 or internet shutdowns in 3 days >= 1",
     "arrests in 7 days ≥ 5, or internet shutdowns in 3 days ≥ 1", NULL},
    {"alarms_of_a_kind", "alarms of arrests in the last 28 days >= 2",
     "alarms of arrests in the last 28 days ≥ 2", NULL},
    {"a_list", "list azadi_road in 14 days >= 3 x expected",
     "deaths on the list azadi_road in 14 days ≥ 3 × expected", NULL},
    {"a_level", "indicator 7.8 >= strong", "indicator 7.8 ≥ strong", NULL},
    {"a_remark", "arrests in 7 days >= 5 # few", "arrests in 7 days ≥ 5", NULL},
};

static void read_rule(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    g_autoptr(GError) error = NULL;
    g_autoptr(TriggerRules) rules = trigger_rules_parse(READ[i].rule, "rules.txt", &error);
    if (READ[i].words == NULL) {
        g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT);
        return;
    }
    g_assert_no_error(error);
    g_assert_cmpuint(trigger_rules_count(rules), ==, 1);
    g_autofree char *english = trigger_rule_words(rules, 0, I18N_ENGLISH);
    g_assert_cmpstr(english, ==, READ[i].words);
    g_autofree char *persian = trigger_rule_words(rules, 0, I18N_PERSIAN);
    if (READ[i].persian != NULL)
        g_assert_cmpstr(persian, ==, READ[i].persian);
    /* what is told back can be read again, and means the same */
    g_autoptr(TriggerRules) again = trigger_rules_parse(english, "again", NULL);
    if (strstr(english, "not ") == NULL && strstr(english, "the list") == NULL) {
        g_assert_nonnull(again);
        g_autofree char *twice = trigger_rule_words(again, 0, I18N_ENGLISH);
        g_assert_cmpstr(twice, ==, english);
    }
}

static void a_whole_file(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(TriggerRules) rules =
        trigger_rules_parse("\xef\xbb\xbf# ours\r\nrule: Executions after a crisis\r\n"
                            "  when executions in 7 days >= 2 x expected\r\n"
                            "  and a crisis in the last 90 days\r\n"
                            "  followed by killings in 30 days >= 10\r\n  quiet 2 weeks\r\n"
                            "\r\nقاعده: قطع اینترنت\n  هرگاه قطع اینترنت در ۳ روز ≥ ۱\n"
                            "  یا هشدار در ۷ روز گذشته\n  پیامد کشتار در ۳۰ روز ≥ ۱۰\n"
                            "  سکوت ۱۰ روز\n",
                            "rules.txt", &error);
    g_assert_no_error(error);
    g_assert_cmpuint(trigger_rules_count(rules), ==, 2);
    g_assert_cmpstr(trigger_rule_name(rules, 0), ==, "Executions after a crisis");
    g_assert_cmpstr(trigger_rule_name(rules, 1), ==, "قطع اینترنت");
    g_autofree char *words = trigger_rule_words(rules, 1, I18N_ENGLISH);
    g_assert_cmpstr(words, ==,
                    "internet shutdowns in 3 days ≥ 1, or alarms in the last 7 days; followed "
                    "by: killings in 30 days ≥ 10");
}

static const struct {
    const char *claim, *text, *says;
} WRONG[] = {
    {"unknown_subject", "rule: a\nwhen unicorns in 7 days >= 1", "line 2: “unicorns” is nothing"},
    {"no_span", "arrests >= 3", "a span is missing"},
    {"no_number", "arrests in 7 days >= many", "after the sign stands a number"},
    {"half_days", "arrests in 1.5 days >= 3", "whole days"},
    {"too_long", "arrests in 11 years >= 3", "whole days"},
    {"no_unit", "arrests in 7 >= 3", "days, weeks or years"},
    {"times_what", "arrests in 7 days >= 2 x", "“expected”"},
    {"expected_crises", "a crisis in the last 7 days >= 2 x expected", "have an expected number"},
    {"factor_15", "factor 15 >= present", "14 factors"},
    {"indicator_1_99", "indicator 1.99 >= present", "no indicator 1.99"},
    {"level", "factor 7 >= huge", "is no level"},
    {"no_rule", "# nothing\n", "there is no rule"},
    {"no_name", "rule:\nwhen arrests in 7 days >= 3", "no name"},
    {"empty_rule", "rule: a\nquiet 7 days", "says nothing"},
    {"twice", "rule: a\nwhen arrests in 7 days >= 1\nrule: a\nwhen arrests in 7 days >= 1",
     "two rules"},
    {"weeks_of_lists", "list azadi_road in 10 days >= 3", "7, 14, 21"},
    {"rest", "arrests in 7 days >= 3 please", "“please” is not understood"},
    {"and_nothing", "arrests in 7 days >= 3 and", "is missing"},
    {"orphan", "when arrests in 7 days >= 3", "a rule begins with"},
    {"outcome_twice",
     "rule: a\nwhen arrests in 7 days >= 1\nfollowed by killings in 7 days\n"
     "followed by killings in 7 days",
     "one “followed by”"},
};

static void wrong_rule(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    g_autoptr(GError) error = NULL;
    g_autoptr(TriggerRules) rules = trigger_rules_parse(WRONG[i].text, "rules.txt", &error);
    g_assert_null(rules);
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT);
    if (strstr(error->message, WRONG[i].says) == NULL)
        g_error("“%s” does not say “%s”", error->message, WRONG[i].says);
    g_assert_true(g_str_has_prefix(error->message, "rules.txt, line "));
}

/* ---- a case ---- */

enum { DAY0 = 18000, CRISIS = DAY0 + 500, TODAY = DAY0 + 800 };

static void add_crisis(Store *store, gint32 first, gint32 last, const char *kind)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreCrisis) crisis = store_crisis_new();
    crisis->name = g_strdup("A crisis made for a test");
    crisis->kind = g_strdup(kind);
    crisis->first_day = first;
    crisis->last_day = last;
    g_assert_true(store_crisis_add(store, crisis, &error));
    g_assert_no_error(error);
}

/* One execution every seven days; five more on the tenth day after the crisis, told 20 days later;
 * thirty killings 25 days after it; the same surge of executions on day 200, with no crisis. */
static Store *made_case(void)
{
    Store *store = case_new(TODAY);
    gint64 source = case_source(store, "A source");
    for (gint32 day = DAY0; day <= TODAY; day += 7)
        case_statement(store, source, "execution", day, day, 0, 1, 0);
    case_statement(store, source, "execution", DAY0 + 200, DAY0 + 200, 0, 5, 0);
    case_statement(store, source, "execution", CRISIS + 10, CRISIS + 30, 0, 5, 0);
    case_statement(store, source, "killing", CRISIS + 25, CRISIS + 25, 0, 30, 0);
    add_crisis(store, CRISIS, CRISIS + 5, "war");
    return store;
}

static TriggerHistory *history_of(GPtrArray *histories, guint i)
{
    return g_ptr_array_index(histories, i);
}

static const char RULES[] =
    "rule: after a crisis\n"
    "when executions in 7 days >= 2 x expected and a crisis in the last 90 days\n"
    "followed by killings in 30 days >= 10\n"
    "rule: any surge\nwhen executions in 7 days >= 2 x expected\n"
    "followed by killings in 30 days >= 10\n";

static void history_tells_firings_and_what_followed(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = made_case();
    g_autoptr(TriggerRules) rules = trigger_rules_parse(RULES, "rules", &error);
    g_assert_no_error(error);
    g_autoptr(GPtrArray) all = trigger_dry_run(store, rules, G_MININT32, G_MININT32, &error);
    g_assert_no_error(error);
    const TriggerHistory *with = history_of(all, 0), *any = history_of(all, 1);
    g_assert_cmpuint(with->fired, ==, 1);
    g_assert_cmpuint(any->fired, ==, 2);
    const TriggerFiring *firing = g_ptr_array_index(with->firings, 0);
    g_assert_cmpint(firing->day, ==, CRISIS + 10);
    g_assert_cmpint(firing->followed, ==, 1); /* killings 15 days on */
    g_assert_cmpfloat(firing->counted_after, ==, 30);
    g_assert_false(firing->as_known); /* told when the week was over */
    g_assert_cmpuint(with->fired_as_known, ==, 0);
    g_assert_cmpuint(any->fired_as_known, ==, 1);
    g_assert_cmpuint(any->closed, ==, 2);
    g_assert_cmpuint(any->followed, ==, 1);
    g_assert_cmpint(((TriggerFiring *)g_ptr_array_index(any->firings, 0))->followed, ==, 0);
    g_assert_cmpint(any->first_day, ==, DAY0 + 7 + 90 - 1); /* 90 days before the window */
    g_assert_cmpint(any->last_day, ==, TODAY);
    g_assert_cmpint(any->days, ==, TODAY - (DAY0 + 96) + 1);
    g_assert_cmpuint(any->after, ==, 30);
    /* 30 killings on one day: followed on the 30 days before it, of those whose 30 days are over */
    g_assert_cmpfloat_with_epsilon(any->base_rate, 30.0 / (double)(any->days - 30), 1e-12);
    g_assert_cmpfloat_with_epsilon(any->crisis_base_rate, 30.0 / (double)(any->days - 30), 1e-12);
}

/* A window's expected number by hand: one in seven days, before day 500 also five more. */
static void expected_is_the_mean_of_the_year_before(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = made_case();
    g_autoptr(TriggerRules) rules =
        trigger_rules_parse("executions in 7 days >= 2 x expected", "rules", &error);
    g_autoptr(GPtrArray) states = trigger_check(store, rules, CRISIS + 10, &error);
    g_assert_no_error(error);
    const TriggerState *state = g_ptr_array_index(states, 0);
    g_assert_true(state->holds);
    g_assert_cmpint(state->fired_day, ==, CRISIS + 10);
    /* days 504 … 510 hold 5 + 1; days 139 … 503: 53 weekly ones (140, 147 … 503 is 52 + …) and 5 */
    gint32 weekly = 0;
    for (gint32 day = 0; day <= 503; day += 7)
        weekly += day >= 139;
    g_autofree char *wanted = g_strdup_printf("executions: 6 in 7 days, where %.1f were expected.",
                                              (weekly + 5) * 7 / 365.0);
    g_assert_cmpstr(state->sentence, ==, wanted);
}

static void a_firing_is_kept_once_with_what_it_counts(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = made_case();
    g_autoptr(TriggerRules) rules = trigger_rules_parse(RULES, "rules", &error);
    store_set_now(store, (gint64)(CRISIS + 12) * 86400);
    for (int time = 0; time < 2; time++) {
        g_autoptr(GPtrArray) states = trigger_check(store, rules, G_MININT32, &error);
        g_assert_no_error(error);
        const TriggerState *state = g_ptr_array_index(states, 0);
        g_assert_true(state->recent);
        g_assert_cmpint(state->fresh, ==, time == 0);
        g_assert_cmpint(state->prediction_id, ==, 1);
        g_autoptr(StorePrediction) entry = store_prediction_load(store, 1, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(entry->kind, ==, "trigger");
        g_assert_cmpint(entry->made_day, ==, CRISIS + 12);
        g_assert_cmpint(entry->first_day, ==, CRISIS + 10);
        g_assert_cmpint(entry->last_day, ==, CRISIS + 40);
        g_assert_cmpuint(strlen(entry->data_hash), ==, 64);
        g_assert_cmpuint(case_links(store, STORE_KIND_PREDICTION, 1), ==, 3); /* two, a crisis */
        g_assert_false(store_prediction_update(store, entry, &error));
        g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DENIED);
        g_clear_error(&error);
        g_assert_false(store_prediction_remove(store, 1, &error));
        g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DENIED);
        g_clear_error(&error);
    }
    g_assert_cmpint(store_prediction_count(store, NULL), ==, 2); /* one of each rule */
}

static void without_history_nothing_is_claimed(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = made_case();
    g_autoptr(TriggerRules) rules = trigger_rules_parse(RULES, "rules", &error);
    g_autoptr(GPtrArray) states = trigger_check(store, rules, DAY0 + 50, &error);
    g_assert_no_error(error);
    const TriggerState *any = g_ptr_array_index(states, 1);
    g_assert_false(any->known);
    g_assert_false(any->holds);
    g_assert_nonnull(strstr(any->sentence, "too little to say"));
    const TriggerState *both = g_ptr_array_index(states, 0);
    g_assert_true(both->known); /* no crisis: false whatever the count */
}

static void places_hold_the_places_in_them(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = case_new(TODAY);
    gint64 source = case_source(store, "A source");
    gint64 province = case_place(store, "IR-23", "Tehran", "province", 0);
    gint64 town = case_place(store, NULL, "Rey", "city", province);
    gint64 other = case_place(store, "IR-10", "Isfahan", "province", 0);
    case_statement(store, source, "arrest", TODAY - 1, TODAY, town, 4, 0);
    case_statement(store, source, "arrest", TODAY - 1, TODAY, other, 9, 0);
    case_statement(store, source, "arrest", TODAY - 30, TODAY, other, 1, 0);
    g_autoptr(TriggerRules) rules =
        trigger_rules_parse("arrests in Tehran in 7 days >= 4\narrests in IR-10 in 7 days = 9\n"
                            "arrests in 7 days > 13",
                            "rules", &error);
    g_autoptr(GPtrArray) states = trigger_check(store, rules, G_MININT32, &error);
    g_assert_no_error(error);
    static const bool HOLDS[] = {true, true, false};
    for (guint i = 0; i < states->len; i++)
        g_assert_cmpint(((TriggerState *)g_ptr_array_index(states, i))->holds, ==, HOLDS[i]);
    g_autoptr(TriggerRules) nowhere =
        trigger_rules_parse("arrests in Nowhere in 7 days >= 4", "rules", &error);
    g_assert_no_error(error);
    g_assert_null(trigger_check(store, nowhere, G_MININT32, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND);
}

static void rules_are_kept_in_the_case(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = case_new(TODAY);
    g_assert_null(trigger_rules_of_case(store, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_assert_false(trigger_rules_keep(store, "when nothing", &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT);
    g_clear_error(&error);
    g_assert_true(trigger_rules_keep(store, RULES, &error));
    g_autoptr(TriggerRules) rules = trigger_rules_of_case(store, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(trigger_rules_count(rules), ==, 2);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    i18n_set_language(I18N_ENGLISH);
    for (gsize i = 0; i < G_N_ELEMENTS(READ); i++) {
        g_autofree char *path = g_strconcat("/assess/triggers/reads/", READ[i].claim, NULL);
        g_test_add_data_func(path, GSIZE_TO_POINTER(i), read_rule);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(WRONG); i++) {
        g_autofree char *path = g_strconcat("/assess/triggers/refuses/", WRONG[i].claim, NULL);
        g_test_add_data_func(path, GSIZE_TO_POINTER(i), wrong_rule);
    }
#define CLAIM(name) g_test_add_func("/assess/triggers/" #name, name)
    CLAIM(a_whole_file);
    CLAIM(history_tells_firings_and_what_followed);
    CLAIM(expected_is_the_mean_of_the_year_before);
    CLAIM(a_firing_is_kept_once_with_what_it_counts);
    CLAIM(without_history_nothing_is_claimed);
    CLAIM(places_hold_the_places_in_them);
    CLAIM(rules_are_kept_in_the_case);
    return g_test_run();
}
