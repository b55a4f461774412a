/* assess/estimates.c: how many are on no list, and whether repression rises after a crisis.
 *
 * Persons × sources over plausible linkages: each source is a list; log-linear models of their
 * overlap, the best by BIC of each draw (Fienberg 1972; Bishop, Fienberg and Holland 1975). Crisis
 * → response: rate ratios in windows after crises on each series long enough, and on each
 * reporter's yearly executions; "cannot tell" is an answer and is kept. */
#include "assess/private.h"
#include "assess/unseen.h"

#include "base/edtf.h"
#include "signal/crises.h"
#include <math.h>
#include <string.h>

enum { DRAWS = 20, LEAST_YEARS = 8 };

static bool same(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

/* Keeps the estimate of an earlier run when it says the same; else adds this one. Older ones stay:
 * a letter may rest on them. */
static bool keep(AssessRun *run, StoreEstimate *estimate, bool *ret_fresh, GError **error)
{
    estimate->level = 0.95;
    estimate->synthetic = run->synthetic;
    *ret_fresh = false;
    g_autoptr(StoreCursor) cursor = store_estimate_cursor(run->store, NULL, error);
    if (cursor == NULL)
        return false;
    const StoreEstimate *old;
    gint64 found = 0;
    g_autoptr(GError) why = NULL;
    while ((old = store_estimate_next(cursor, &why)) != NULL)
        if (g_strcmp0(old->title, estimate->title) == 0 &&
            g_strcmp0(old->method, estimate->method) == 0)
            found = same(old->estimate, estimate->estimate) && same(old->low, estimate->low) &&
                            same(old->high, estimate->high) &&
                            same(old->observed, estimate->observed) &&
                            g_strcmp0(old->settings, estimate->settings) == 0
                        ? old->id
                        : 0; /* the newest of that title counts */
    if (why != NULL) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    if (found == 0) {
        if (!store_estimate_add(run->store, estimate, error))
            return false;
        *ret_fresh = true;
        found = estimate->id;
    }
    estimate->id = found;
    g_array_append_val(run->estimates, found);
    return true;
}

/* ---- persons × sources ---- */

static char *english_weakness(const EstimateResult *result)
{
    I18nLanguage saved = assess_speak(I18N_ENGLISH);
    char *words = estimate_say_weakness(result);
    i18n_set_language(saved);
    return words;
}

/* The whole case as one stratum, over plausible linkages. NULL without error when there is nothing
 * to estimate from. */
static AssessStrata *case_lists(AssessRun *run, const GArray *pairs, GError **error)
{
    AssessUnseenOptions options = assess_unseen_options();
    options.draws = DRAWS;
    options.seed = run->options.seed;
    return pairs->len > 0 ? assess_strata(run->store, &options, error) : NULL;
}

/* What is kept of an answer: enough to say it in both languages and to draw it again. */
static char *settings_of(const EstimateResult *result, const EstimateLists *lists, bool drawn)
{
    json_t *settings = estimate_result_json(result);
    json_object_del(settings, "models");
    json_object_set_new(settings, "reliable", json_boolean(result->reliable));
    json_object_set_new(settings, "linkage_drawn", json_boolean(drawn));
    json_t *names = json_array();
    for (guint i = 0; i < lists->n_lists; i++)
        json_array_append_new(names, json_string(lists->names[i]));
    json_object_set_new(settings, "sources", names);
    return assess_json_write(settings);
}

static bool persons_estimate(AssessRun *run, const GArray *pairs, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(AssessStrata) strata = case_lists(run, pairs, &why);
    const AssessStratum *stratum =
        strata != NULL && strata->strata->len > 0 ? strata->strata->pdata[0] : NULL;
    if (stratum == NULL || stratum->tables == NULL) {
        if (why == NULL || g_error_matches(why, ZENHAR_ERROR, ZENHAR_ERROR_DATA))
            return true; /* one list has no overlap to learn from */
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    EstimateOptions options = estimate_options();
    options.method = ESTIMATE_LOGLINEAR;
    options.threads = run->options.threads;
    const EstimateLists *const *tables = (const EstimateLists *const *)stratum->tables;
    g_autoptr(EstimateResult) result = estimate_run_draws(tables, stratum->n_draws, &options, &why);
    if (result == NULL) {
        if (g_error_matches(why, ZENHAR_ERROR, ZENHAR_ERROR_DATA))
            return true; /* no model fits: nothing is said rather than something made up */
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    g_autoptr(StoreEstimate) estimate = store_estimate_new();
    estimate->title = g_strdup("Persons told of by no source");
    estimate->method = g_strdup("loglinear_bic");
    estimate->lists = assess_json_write(estimate_overlaps_json(tables[0]));
    estimate->observed = round(result->observed);
    estimate->estimate = result->estimate;
    estimate->low = result->quantiles[0];
    estimate->high = isfinite(result->quantiles[ESTIMATE_N_QUANTILES - 1])
                         ? result->quantiles[ESTIMATE_N_QUANTILES - 1]
                         : NAN;
    estimate->settings = settings_of(result, tables[0], strata->drawn);
    estimate->wrong_if = english_weakness(result);
    estimate->first_day = run->tally->n_rows > 0 ? run->tally->rows[0].day : 0;
    estimate->last_day = run->today;
    bool fresh;
    if (!keep(run, estimate, &fresh, error))
        return false;
    for (guint i = 0; fresh && i < stratum->sources->len; i++)
        if (!store_link_join(run->store, STORE_KIND_ESTIMATE, estimate->id, STORE_KIND_SOURCE,
                             g_array_index(stratum->sources, gint64, i), "evidence", error))
            return false;
    return !fresh || assess_rest_on_originals(run, STORE_KIND_ESTIMATE, estimate->id, NULL, error);
}

/* ---- crisis → response ---- */

static json_t *effect_json(const SignalEffect *effect)
{
    static const char *const VERDICTS[] = {"higher", "lower", "alike", "cannot_tell"};
    json_t *object = json_object();
    json_object_set_new(object, "ratio", assess_json_real(effect->ratio));
    json_object_set_new(object, "low", assess_json_real(effect->low));
    json_object_set_new(object, "high", assess_json_real(effect->high));
    json_object_set_new(object, "p", assess_json_real(effect->p_value));
    json_object_set_new(object, "observed", assess_json_real(effect->observed));
    json_object_set_new(object, "expected", assess_json_real(effect->expected));
    json_object_set_new(object, "verdict", json_string(VERDICTS[effect->verdict]));
    return object;
}

typedef struct {
    char *about_en, *about_fa; /* what was counted */
    const char *unit;          /* "week", "year" */
    const double *counts;
    const gint32 *starts; /* first days; NULL: years */
    gsize n;
    gint32 first_day, last_day;
    GArray *positions; /* gsize: intervals that hold a crisis, ascending */
    GArray *ids;       /* gint64: crises behind */
    SignalCrisesOptions options;
    const char *kind;
} Response;

static void response_clear(Response *response)
{
    g_free(response->about_en);
    g_free(response->about_fa);
    g_clear_pointer(&response->positions, g_array_unref);
    g_clear_pointer(&response->ids, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Response, response_clear)

static bool is_turmoil(const StoreCrisis *crisis)
{
    return g_strcmp0(crisis->kind, "war") == 0 || g_strcmp0(crisis->kind, "unrest") == 0;
}

static int by_first_day(gconstpointer a, gconstpointer b)
{
    const StoreCrisis *x = *(const StoreCrisis *const *)a, *y = *(const StoreCrisis *const *)b;
    return (x->first_day > y->first_day) - (x->first_day < y->first_day);
}

/* Intervals that hold the first day of a war or unrest; two in one interval count once. */
static void place_crises(const AssessRun *run, Response *response)
{
    response->positions = g_array_new(FALSE, FALSE, sizeof(gsize));
    response->ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    for (guint i = 0; i < run->crises->len; i++)
        g_ptr_array_add(sorted, g_ptr_array_index(run->crises, i));
    g_ptr_array_sort(sorted, by_first_day);
    for (guint i = 0; i < sorted->len && response->positions->len < SIGNAL_MAX_CRISES; i++) {
        const StoreCrisis *crisis = g_ptr_array_index(sorted, i);
        if (!is_turmoil(crisis) || crisis->first_day < response->first_day ||
            crisis->first_day > response->last_day)
            continue;
        gsize at = 0;
        if (response->starts != NULL) {
            while (at + 1 < response->n && response->starts[at + 1] <= crisis->first_day)
                at++;
        } else {
            int first, year, month, day;
            edtf_day_to_gregorian(response->first_day, &first, &month, &day);
            edtf_day_to_gregorian(crisis->first_day, &year, &month, &day);
            at = (gsize)(year - first);
        }
        g_array_append_val(response->ids, crisis->id);
        if (response->positions->len == 0 ||
            g_array_index(response->positions, gsize, response->positions->len - 1) != at)
            g_array_append_val(response->positions, at);
    }
}

static json_t *response_json(const Response *response, const SignalCrises *result,
                             const char *reason)
{
    json_t *object =
        json_pack("{s:s, s:s, s:s, s:I, s:I}", "about_en", response->about_en, "about_fa",
                  response->about_fa, "unit", response->unit, "n", (json_int_t)response->n,
                  "crises", (json_int_t)response->positions->len);
    json_t *windows = json_array();
    for (gsize w = 0; w < response->options.n_windows; w++) {
        json_t *window = result != NULL ? effect_json(&result->windows[w]) : json_object();
        json_object_set_new(window, "from", json_integer(response->options.from[w]));
        json_object_set_new(window, "to", json_integer(response->options.to[w]));
        json_array_append_new(windows, window);
    }
    json_object_set_new(object, "windows", windows);
    if (result == NULL) {
        json_object_set_new(object, "pooled", json_pack("{s:s}", "verdict", "cannot_tell"));
        json_object_set_new(object, "reason", json_string(reason));
        return object;
    }
    json_object_set_new(object, "pooled", effect_json(&result->pooled));
    json_object_set_new(object, "case_series", effect_json(&result->case_series));
    json_object_set_new(object, "placement_p", assess_json_real(result->placement_p));
    json_object_set_new(object, "placements", json_integer((json_int_t)result->placements));
    json_object_set_new(object, "theta", assess_json_real(result->theta));
    json_object_set_new(object, "dispersion", assess_json_real(result->dispersion));
    json_t *each = json_array();
    for (gsize k = 0; k < result->n_crises; k++) {
        json_t *one = effect_json(&result->crises[k]);
        json_object_set_new(one, "interval",
                            json_integer((json_int_t)g_array_index(response->positions, gsize, k)));
        json_array_append_new(each, one);
    }
    json_object_set_new(object, "each", each);
    return object;
}

static bool answer(AssessRun *run, Response *response, StoreKind rests_on, const GArray *rests,
                   GError **error)
{
    place_crises(run, response);
    if (response->positions->len == 0)
        return true; /* no crisis in its time: nothing is asked of it */
    SignalCrises *result = g_new0(SignalCrises, 1);
    g_autoptr(GError) why = NULL;
    I18nLanguage saved = assess_speak(I18N_ENGLISH);
    bool told = signal_crises(response->counts, response->starts, response->n,
                              (const gsize *)(void *)response->positions->data,
                              response->positions->len, &response->options, result, &why);
    i18n_set_language(saved);
    if (!told && g_error_matches(why, ZENHAR_ERROR, ZENHAR_ERROR_MEMORY)) {
        g_free(result);
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    g_autoptr(StoreEstimate) estimate = store_estimate_new();
    estimate->title = g_strdup_printf("After crises: %s", response->about_en);
    estimate->method = g_strdup("crisis_response");
    estimate->act_kind = g_strdup(response->kind);
    estimate->first_day = response->first_day;
    estimate->last_day = response->last_day;
    estimate->observed = told ? result->pooled.observed : NAN;
    estimate->estimate = told ? result->pooled.ratio : NAN;
    estimate->low = told ? result->pooled.low : NAN;
    estimate->high = told && isfinite(result->pooled.high) ? result->pooled.high : NAN;
    estimate->settings = assess_json_write(
        response_json(response, told ? result : NULL, told ? NULL : why->message));
    estimate->wrong_if =
        g_strdup("It would be wrong if a crisis changed how much is reported rather than how much "
                 "happened, if something else began at the same time, or if crises are missing "
                 "from the list. What the crisis itself brought is counted in its first window.");
    g_free(result);
    bool fresh;
    if (!keep(run, estimate, &fresh, error))
        return false;
    for (guint i = 0; fresh && i < response->ids->len; i++)
        if (!store_link_join(run->store, STORE_KIND_ESTIMATE, estimate->id, STORE_KIND_CRISIS,
                             g_array_index(response->ids, gint64, i), "evidence", error))
            return false;
    for (guint i = 0; fresh && i < rests->len; i++)
        if (!store_link_join(run->store, STORE_KIND_ESTIMATE, estimate->id, rests_on,
                             g_array_index(rests, gint64, i), "evidence", error))
            return false;
    return true;
}

static bool weekly_response(AssessRun *run, AssessSeries *series, GError **error)
{
    g_auto(Response) response = {
        .about_en = assess_series_words(run->store, series->record, I18N_ENGLISH),
        .about_fa = assess_series_words(run->store, series->record, I18N_PERSIAN),
        .unit = "week",
        .counts = series->counts,
        .starts = series->starts,
        .n = series->n,
        .first_day = series->starts[0],
        .last_day = series->starts[series->n - 1] + 6,
        .options = signal_crises_options(52),
        .kind = series->kind,
    };
    if (series->n < 104)
        response.options.harmonics = 0; /* a season needs two years */
    g_autoptr(GArray) rests = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_array_append_val(rests, series->record->id);
    return answer(run, &response, STORE_KIND_SERIES, rests, error);
}

/* ---- yearly executions of one reporter ---- */

typedef struct {
    int year;
    double low; /* the least that the reporter gave for that year */
    gint64 id;
} YearFigure;

static int by_year(const void *a, const void *b)
{
    const YearFigure *x = a, *y = b;
    if (x->year != y->year)
        return x->year < y->year ? -1 : 1;
    return (x->low > y->low) - (x->low < y->low);
}

/* Whole years that were read at a source, one a year, oldest first. */
GArray *assess_years_of(const AssessRun *run, const char *reporter)
{
    GArray *years = g_array_new(FALSE, FALSE, sizeof(AssessYear));
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(YearFigure));
    for (guint i = 0; i < run->figures->len; i++) {
        const StoreFigure *f = g_ptr_array_index(run->figures, i);
        if (g_strcmp0(f->reporter, reporter) != 0 || g_strcmp0(f->kind, "execution") != 0 ||
            f->event_date == NULL || strlen(f->event_date) != 4 || f->place_id != 0 ||
            f->crisis_id != 0 || isnan(f->low) || g_strcmp0(f->verified, "read") != 0)
            continue;
        int year, month, day;
        edtf_day_to_gregorian(f->first_day, &year, &month, &day);
        const YearFigure figure = {year, f->low, f->id};
        g_array_append_val(all, figure);
    }
    g_array_sort(all, by_year);
    for (guint i = 0; i < all->len; i++) {
        const YearFigure *f = &g_array_index(all, YearFigure, i);
        if (i > 0 && g_array_index(all, YearFigure, i - 1).year == f->year)
            continue;
        const AssessYear year = {f->year, f->low, f->id};
        g_array_append_val(years, year);
    }
    return years;
}

GPtrArray *assess_reporters(const AssessRun *run)
{
    GPtrArray *names = g_ptr_array_new();
    for (guint i = 0; i < run->figures->len; i++) {
        const StoreFigure *f = g_ptr_array_index(run->figures, i);
        if (f->reporter == NULL || g_strcmp0(f->kind, "execution") != 0)
            continue;
        guint at = 0;
        while (at < names->len && strcmp(g_ptr_array_index(names, at), f->reporter) != 0)
            at++;
        if (at == names->len)
            g_ptr_array_add(names, f->reporter);
    }
    return names;
}

/* The longest run of years without a gap, the later one when two are alike. */
static void longest_run(const GArray *years, guint *ret_first, guint *ret_n)
{
    *ret_first = *ret_n = 0;
    for (guint i = 0, begin = 0; i < years->len; i++) {
        if (i > 0 && g_array_index(years, AssessYear, i).year !=
                         g_array_index(years, AssessYear, i - 1).year + 1)
            begin = i;
        if (i + 1 - begin >= *ret_n) {
            *ret_first = begin;
            *ret_n = i + 1 - begin;
        }
    }
}

static bool yearly_response(AssessRun *run, const char *reporter, GError **error)
{
    g_autoptr(GArray) years = assess_years_of(run, reporter);
    guint first, n;
    longest_run(years, &first, &n);
    if (n < LEAST_YEARS)
        return true;
    g_autofree double *counts = g_new(double, n);
    g_autoptr(GArray) rests = g_array_new(FALSE, FALSE, sizeof(gint64));
    for (guint i = 0; i < n; i++) {
        const AssessYear *year = &g_array_index(years, AssessYear, first + i);
        counts[i] = year->count;
        g_array_append_val(rests, year->figure_id);
    }
    int begin = g_array_index(years, AssessYear, first).year;
    int end = begin + (int)n - 1;
    g_autofree char *span = g_strdup_printf("%d–%d", begin, end);
    I18nLanguage saved = assess_speak(I18N_PERSIAN);
    g_autofree char *span_fa = i18n_digits(span);
    i18n_set_language(saved);
    g_auto(Response) response = {
        .about_en = g_strdup_printf(
            i18n_get_in(I18N_ENGLISH, "executions a year as counted by %s, %s"), reporter, span),
        .about_fa =
            g_strdup_printf(i18n_get_in(I18N_PERSIAN, "executions a year as counted by %s, %s"),
                            assess_reporter_title(reporter, I18N_PERSIAN), span_fa),
        .unit = "year",
        .counts = counts,
        .n = n,
        .first_day = edtf_day_from_gregorian(begin, 1, 1),
        .last_day = edtf_day_from_gregorian(end, 12, 31),
        .options = signal_crises_options(1),
        .kind = "execution",
    };
    response.options.harmonics = 0;
    response.options.nowruz = false;
    response.options.n_windows = 2;
    response.options.from[0] = response.options.to[0] = 0;
    response.options.from[1] = response.options.to[1] = 1;
    response.options.around = 3;
    return answer(run, &response, STORE_KIND_FIGURE, rests, error);
}

bool assess_estimates_write(AssessRun *run, GArray *pairs, GError **error)
{
    run->estimates = g_array_new(FALSE, FALSE, sizeof(gint64));
    if (!persons_estimate(run, pairs, error))
        return false;
    for (guint i = 0; i < run->series->len; i++) {
        AssessSeries *series = g_ptr_array_index(run->series, i);
        if (series->place_id == 0 && !weekly_response(run, series, error))
            return false;
    }
    g_autoptr(GPtrArray) reporters = assess_reporters(run);
    for (guint i = 0; i < reporters->len; i++)
        if (!yearly_response(run, g_ptr_array_index(reporters, i), error))
            return false;
    return true;
}
