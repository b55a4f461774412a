/* tests/assess/t_ledger.c: what was foretold stays; units, outcomes and scores. */
#include "assess/ledger.h"
#include "case.h"
#include <math.h>

static gint32 day(int year, int month, int of_month)
{
    return edtf_day_from_gregorian(year, month, of_month);
}

static const char CONTENT[] = "unit,probability\nBurma/Myanmar,0.3\nCongo (Kinshasa),0.2\nCongo "
                              "(Brazzaville),0.1\nSudan,0.1\nSouth Sudan,0.05\n";

static LedgerForecast forecast(const char *title, const char *content)
{
    return (LedgerForecast){.title = title,
                            .target = "onset",
                            .source = "made for a test",
                            .verified = "read",
                            .made_day = G_MININT32,
                            .first_day = day(2021, 1, 1),
                            .last_day = day(2022, 12, 31),
                            .content = content};
}

static gint64 keep(Store *store, const char *title, const char *content)
{
    g_autoptr(GError) error = NULL;
    const LedgerForecast one = forecast(title, content);
    gint64 id;
    bool fresh;
    g_assert_true(ledger_keep_forecast(store, &one, &id, &fresh, &error));
    g_assert_no_error(error);
    g_assert_true(fresh);
    return id;
}

static void outcome(Store *store, const char *unit, gint32 first, gint32 last, double value)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreOutcome) one = store_outcome_new();
    one->target = g_strdup("onset");
    one->unit = g_strdup(unit);
    one->first_day = first;
    one->last_day = last;
    one->value = value;
    g_assert_true(store_outcome_add(store, one, &error));
    g_assert_no_error(error);
}

static GPtrArray *units_of(Store *store, gint64 id)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StorePrediction) entry = store_prediction_load(store, id, &error);
    GPtrArray *units = ledger_units(store, entry, &error);
    g_assert_no_error(error);
    return units;
}

static const LedgerUnit *unit(const GPtrArray *units, const char *name)
{
    for (guint i = 0; i < units->len; i++) {
        const LedgerUnit *one = g_ptr_array_index(units, i);
        if (strcmp(one->unit, name) == 0)
            return one;
    }
    g_assert_not_reached();
}

static void names_meet_where_only_one_unit_bears_them(void)
{
    g_autoptr(Store) store = case_new(day(2025, 1, 1));
    gint64 id = keep(store, "t", CONTENT);
    outcome(store, "Myanmar", day(2021, 1, 1), day(2021, 12, 31), 1);
    outcome(store, "Congo", day(2021, 1, 1), day(2021, 12, 31), 1); /* which? nobody can say */
    outcome(store, "Sudan", day(2023, 1, 1), day(2023, 12, 31), 1); /* after the horizon */
    g_autoptr(GPtrArray) units = units_of(store, id);
    g_assert_cmpfloat(unit(units, "Burma/Myanmar")->outcome, ==, 1);
    g_assert_cmpuint(unit(units, "Burma/Myanmar")->rank, ==, 1);
    g_assert_true(isnan(unit(units, "Congo (Kinshasa)")->outcome));
    g_assert_true(isnan(unit(units, "Congo (Brazzaville)")->outcome));
    g_assert_true(isnan(unit(units, "Sudan")->outcome)); /* the list is not said to be whole */
    g_assert_cmpuint(unit(units, "Congo (Brazzaville)")->rank, ==, 3); /* equal: the better rank */
    g_assert_cmpuint(unit(units, "Sudan")->rank, ==, 3);
    g_assert_cmpuint(unit(units, "South Sudan")->rank, ==, 5);
}

static void no_event_is_known_only_where_the_list_is_whole(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = case_new(day(2025, 1, 1));
    gint64 id = keep(store, "t", CONTENT);
    outcome(store, "Myanmar", day(2021, 1, 1), day(2021, 12, 31), 1);
    outcome(store, "*", day(2020, 1, 1), day(2021, 12, 31), NAN); /* a year too short */
    g_autoptr(GPtrArray) half = units_of(store, id);
    g_assert_true(isnan(unit(half, "Sudan")->outcome));
    outcome(store, "*", day(2020, 1, 1), day(2024, 12, 31), NAN);
    g_autoptr(GPtrArray) units = units_of(store, id);
    g_assert_cmpfloat(unit(units, "Sudan")->outcome, ==, 0);
    Score score;
    g_assert_true(ledger_score(units, SCORE_BRIER, &score, &error));
    /* (0.7² + 0.2² + 0.1² + 0.1² + 0.05²) / 5 */
    g_assert_cmpfloat_with_epsilon(score.value, 0.5525 / 5, 1e-12);
    g_assert_false(ledger_score(units, SCORE_CRPS, &score, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE);
    guint found, events;
    ledger_recall(units, 1, &found, &events);
    g_assert_cmpuint(found, ==, 1);
    g_assert_cmpuint(events, ==, 1);
}

static void what_was_published_stays(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = case_new(day(2025, 1, 1));
    gint64 id = keep(store, "t", CONTENT), again;
    bool fresh;
    LedgerForecast same = forecast("t", CONTENT),
                   other = forecast("t", "unit,probability\nSudan,0.5\n");
    g_assert_true(ledger_keep_forecast(store, &same, &again, &fresh, &error));
    g_assert_false(fresh);
    g_assert_cmpint(again, ==, id);
    g_assert_false(ledger_keep_forecast(store, &other, &again, &fresh, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE);
    g_clear_error(&error);
    g_autoptr(StorePrediction) entry = store_prediction_load(store, id, &error);
    /* printf … | sha256sum, of the bytes above */
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, CONTENT, -1);
    g_assert_cmpstr(entry->content_hash, ==, hash);
    g_assert_false(store_prediction_update(store, entry, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DENIED);
}

static void counts_are_scored_by_their_samples(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = case_new(day(2025, 1, 1));
    gint64 id = keep(store, "c", "unit,samples\nA,0 0 0 0 1 0 2 0 0 3\nB,5 9 12 7 30 2 6 11 4 8\n");
    outcome(store, "A", day(2021, 1, 1), day(2022, 12, 31), 0);
    outcome(store, "B", day(2021, 1, 1), day(2022, 12, 31), 10);
    g_autoptr(GPtrArray) units = units_of(store, id);
    Score score;
    g_assert_true(ledger_score(units, SCORE_CRPS, &score, &error));
    g_assert_no_error(error);
    g_assert_cmpfloat_with_epsilon(score.value, (0.14 + 1.72) / 2, 1e-12); /* as in t_forecast.c */
    g_assert_false(ledger_score(units, SCORE_AUC, &score, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE);
}

static void broken_forecasts_are_refused(void)
{
    static const char *const BROKEN[] = {
        "country,risk\nSudan,0.1\n", "unit,probability\nSudan,1.5\n", "unit,probability\n,0.5\n",
        "unit,probability\n", "unit,samples\nSudan,a b\n"};
    g_autoptr(Store) store = case_new(day(2025, 1, 1));
    for (gsize i = 0; i < G_N_ELEMENTS(BROKEN); i++) {
        g_autoptr(GError) error = NULL;
        LedgerForecast one = forecast("t", BROKEN[i]);
        gint64 id;
        bool fresh;
        g_assert_false(ledger_keep_forecast(store, &one, &id, &fresh, &error));
        g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT);
    }
    g_assert_cmpint(store_prediction_count(store, NULL), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    i18n_set_language(I18N_ENGLISH);
#define CLAIM(name) g_test_add_func("/assess/ledger/" #name, name)
    CLAIM(names_meet_where_only_one_unit_bears_them);
    CLAIM(no_event_is_known_only_where_the_list_is_whole);
    CLAIM(what_was_published_stays);
    CLAIM(counts_are_scored_by_their_samples);
    CLAIM(broken_forecasts_are_refused);
    return g_test_run();
}
