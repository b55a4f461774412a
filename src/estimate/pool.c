/* estimate/pool.c: one answer from many: over draws of plausible lists, without one list, over
 * strata. Each draw costs what the method costs on one table; they run side by side. */
#include "estimate/pool_private.h"

#include "base/i18n.h"
#include "base/random.h"
#include "base/workers.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void no_memory(GError **error)
{
    g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_MEMORY,
                        _("There is not enough memory for the estimate."));
}

/* ---- running the draws ---- */

typedef struct {
    const EstimateLists *const *lists;
    const EstimateOptions *options;
    bool side_by_side;
    I18nLanguage language; /* warnings are made in it, whatever thread makes them */
    EstimateResult **results;
    GError **errors;
} Draws;

static void run_draw(gsize k, guint worker, void *context)
{
    Draws *draws = context;
    EstimateOptions own = *draws->options;
    own.lcmcr.seed += k;
    own.sparse.seed += k;
    if (draws->side_by_side)
        own.threads = 1;
    I18nLanguage before = i18n_language();
    i18n_set_language(draws->language);
    draws->results[k] = estimate_run(draws->lists[k], &own, &draws->errors[k]);
    i18n_set_language(before);
}

/* False when a draw failed for another reason than its data, or none gave an answer. */
static bool check_draws(const Draws *draws, gsize n_draws, gsize *ret_answered, GError **error)
{
    *ret_answered = 0;
    gsize first = n_draws;
    for (gsize k = 0; k < n_draws; k++) {
        *ret_answered += draws->results[k] != NULL;
        if (draws->errors[k] == NULL)
            continue;
        if (!g_error_matches(draws->errors[k], ZENHAR_ERROR, ZENHAR_ERROR_DATA)) {
            g_propagate_error(error, g_error_copy(draws->errors[k]));
            return false;
        }
        first = MIN(first, k);
    }
    if (*ret_answered > 0)
        return true;
    g_propagate_prefixed_error(error, g_error_copy(draws->errors[first]),
                               _("Draw %lu of the lists: "), first + 1);
    return false;
}

/* ---- mixing ---- */

static bool mix_spreads(gsize n_draws, EstimateResult *const *draws, gsize answered,
                        EstimateResult *pooled)
{
    gsize n = answered * ESTIMATE_SPREAD, at = 0;
    double *all = malloc(n * sizeof *all);
    if (all == NULL)
        return false;
    for (gsize k = 0; k < n_draws; k++)
        if (draws[k] != NULL) {
            memcpy(all + at, draws[k]->spread, sizeof draws[k]->spread);
            at += ESTIMATE_SPREAD;
        }
    estimate_sort(n, all);
    for (gsize q = 0; q < ESTIMATE_N_QUANTILES; q++)
        pooled->quantiles[q] = estimate_quantile(n, all, ESTIMATE_PROBABILITIES[q]);
    for (gsize i = 0; i < ESTIMATE_SPREAD; i++)
        pooled->spread[i] = estimate_quantile(n, all, estimate_spread_probability(i));
    free(all);
    return true;
}

/* Total variance: the mean of the variances and the variance of the means. */
static void mix_moments(gsize n_draws, EstimateResult *const *draws, gsize answered,
                        EstimateResult *pooled)
{
    double mean = 0, within = 0, between = 0;
    for (gsize k = 0; k < n_draws; k++)
        if (draws[k] != NULL) {
            mean += draws[k]->mean / (double)answered;
            within += draws[k]->deviation * draws[k]->deviation / (double)answered;
        }
    for (gsize k = 0; k < n_draws; k++)
        if (draws[k] != NULL)
            between += (draws[k]->mean - mean) * (draws[k]->mean - mean) / (double)answered;
    pooled->mean = mean;
    pooled->within = within;
    pooled->between = between;
    pooled->deviation = sqrt(within + between);
}

static gint more_draws(gconstpointer a, gconstpointer b)
{
    const EstimateChosen *left = a, *right = b;
    if (left->draws != right->draws)
        return left->draws > right->draws ? -1 : 1;
    return strcmp(left->model, right->model);
}

static bool count_models(gsize n_draws, EstimateResult *const *draws, EstimateResult *pooled)
{
    pooled->chosen = calloc(n_draws, sizeof *pooled->chosen);
    if (pooled->chosen == NULL)
        return false;
    for (gsize k = 0; k < n_draws; k++) {
        if (draws[k] == NULL || draws[k]->model[0] == '\0')
            continue;
        gsize at = 0;
        while (at < pooled->n_chosen && strcmp(pooled->chosen[at].model, draws[k]->model) != 0)
            at++;
        if (at == pooled->n_chosen) {
            g_strlcpy(pooled->chosen[at].model, draws[k]->model, ESTIMATE_MODEL_NAME);
            pooled->n_chosen++;
        }
        pooled->chosen[at].draws++;
    }
    qsort(pooled->chosen, pooled->n_chosen, sizeof *pooled->chosen, more_draws);
    if (pooled->n_chosen > 0)
        g_strlcpy(pooled->model, pooled->chosen[0].model, sizeof pooled->model);
    return true;
}

static void take_worst(EstimateDiagnostics *worst, const EstimateDiagnostics *own)
{
    worst->r_hat = fmax(worst->r_hat, own->r_hat);
    worst->ess_bulk = fmin(worst->ess_bulk, own->ess_bulk);
    worst->ess_tail = fmin(worst->ess_tail, own->ess_tail);
    worst->converged = worst->converged && own->converged;
}

/* What one number must stand for: the worst diagnostics, every warning once. */
static void mix_rest(gsize n_draws, EstimateResult *const *draws, gsize answered,
                     EstimateResult *pooled)
{
    g_autoptr(GHashTable) told = g_hash_table_new(g_str_hash, g_str_equal);
    const EstimateResult *first = NULL;
    pooled->observed_low = INFINITY;
    pooled->observed_high = pooled->observed = 0;
    pooled->n_doubtful = n_draws - answered;
    for (gsize k = 0; k < n_draws; k++) {
        const EstimateResult *draw = draws[k];
        if (draw == NULL)
            continue;
        if (first == NULL) {
            first = draw;
            pooled->has_diagnostics = draw->has_diagnostics;
            pooled->diagnostics = draw->diagnostics;
            pooled->options.dga = draw->options.dga;
        }
        pooled->n_doubtful += !draw->reliable;
        pooled->data_warnings |= draw->data_warnings;
        pooled->observed += draw->observed / (double)answered;
        pooled->observed_low = fmin(pooled->observed_low, draw->observed);
        pooled->observed_high = fmax(pooled->observed_high, draw->observed);
        take_worst(&pooled->diagnostics, &draw->diagnostics);
        for (guint w = 0; w < draw->warnings->len; w++)
            if (g_hash_table_add(told, draw->warnings->pdata[w]))
                g_ptr_array_add(pooled->warnings, g_strdup(draw->warnings->pdata[w]));
    }
    pooled->reliable = 20 * pooled->n_doubtful <= n_draws &&
                       (!pooled->has_diagnostics || pooled->diagnostics.converged);
    if (pooled->n_doubtful > 0)
        g_ptr_array_add(pooled->warnings,
                        g_strdup_printf(_("%lu of %lu draws of plausible lists give no answer, or "
                                          "an unreliable one."),
                                        pooled->n_doubtful, n_draws));
}

EstimateResult *estimate_run_draws(const EstimateLists *const *lists, gsize n_draws,
                                   const EstimateOptions *options, GError **error)
{
    g_assert(n_draws > 0);
    if (n_draws == 1)
        return estimate_run(lists[0], options, error);
    g_autoptr(EstimateResult) pooled = estimate_result_new(options);
    Draws draws = {lists,
                   options,
                   (options->threads == 0 ? workers_default_threads() : options->threads) > 1,
                   i18n_language(),
                   calloc(n_draws, sizeof(EstimateResult *)),
                   calloc(n_draws, sizeof(GError *))};
    bool ok = draws.results != NULL && draws.errors != NULL && pooled != NULL;
    if (ok) {
        gsize answered;
        workers_run(n_draws, options->threads, run_draw, &draws);
        pooled->n_lists = lists[0]->n_lists;
        pooled->n_draws = n_draws;
        ok = check_draws(&draws, n_draws, &answered, error);
        if (ok) {
            ok = mix_spreads(n_draws, draws.results, answered, pooled) &&
                 count_models(n_draws, draws.results, pooled);
            if (ok) {
                mix_moments(n_draws, draws.results, answered, pooled);
                mix_rest(n_draws, draws.results, answered, pooled);
            } else {
                no_memory(error);
            }
        }
        pooled->estimate = pooled->quantiles[2];
    } else {
        no_memory(error);
    }
    for (gsize k = 0; draws.results != NULL && draws.errors != NULL && k < n_draws; k++) {
        estimate_result_free(draws.results[k]);
        g_clear_error(&draws.errors[k]);
    }
    free(draws.results);
    free(draws.errors);
    return ok ? g_steal_pointer(&pooled) : NULL;
}

/* ---- without one list ---- */

/* Persons of one draw may all be on the list left out; then there is nothing to say without it. */
static bool run_without(const EstimateLists *const *draws, gsize n_draws, guint list,
                        const EstimateOptions *options, EstimateResult **ret_result, GError **error)
{
    EstimateLists **rest = calloc(n_draws, sizeof(EstimateLists *));
    bool ok = rest != NULL;
    if (!ok)
        no_memory(error);
    for (gsize k = 0; ok && k < n_draws; k++) {
        rest[k] = estimate_lists_without(draws[k], list, error);
        ok = rest[k] != NULL;
    }
    if (ok) {
        g_autoptr(GError) why = NULL;
        *ret_result =
            estimate_run_draws((const EstimateLists *const *)rest, n_draws, options, &why);
        if (*ret_result == NULL && !g_error_matches(why, ZENHAR_ERROR, ZENHAR_ERROR_DATA)) {
            g_propagate_error(error, g_steal_pointer(&why));
            ok = false;
        }
    }
    for (gsize k = 0; rest != NULL && k < n_draws; k++)
        estimate_lists_free(rest[k]);
    free(rest);
    return ok;
}

bool estimate_leave_one_out_draws(const EstimateLists *const *draws, gsize n_draws,
                                  const EstimateOptions *options, EstimateResult **ret_results,
                                  GError **error)
{
    guint n_lists = draws[0]->n_lists;
    for (guint j = 0; j < n_lists; j++)
        ret_results[j] = NULL;
    for (guint j = 0; n_lists > 2 && j < n_lists; j++)
        if (!run_without(draws, n_draws, j, options, &ret_results[j], error)) {
            for (guint i = 0; i < j; i++)
                g_clear_pointer(&ret_results[i], estimate_result_free);
            return false;
        }
    return true;
}

bool estimate_leave_one_out(const EstimateLists *lists, const EstimateOptions *options,
                            EstimateResult **ret_results, GError **error)
{
    return estimate_leave_one_out_draws(&lists, 1, options, ret_results, error);
}

/* ---- over strata ---- */

enum { ROUNDS = 10 };

/* Adds one stratum's distribution in random order, so that strata are independent. */
static void add_shuffled(const EstimateResult *result, Random *random, double *sums)
{
    guint order[ESTIMATE_SPREAD];
    for (guint i = 0; i < ESTIMATE_SPREAD; i++)
        order[i] = i;
    for (guint i = ESTIMATE_SPREAD - 1; i > 0; i--) {
        guint j = (guint)random_below(random, i + 1), kept = order[i];
        order[i] = order[j];
        order[j] = kept;
    }
    for (guint i = 0; i < ESTIMATE_SPREAD; i++)
        sums[i] += result->spread[order[i]];
}

bool estimate_sum(gsize n_strata, const EstimateResult *const *results, const double *observed,
                  guint64 seed, EstimateSum *ret_sum)
{
    enum { N = ROUNDS * ESTIMATE_SPREAD };
    EstimateSum sum = {.n_strata = n_strata};
    double variance = 0;
    double *sums = calloc(N, sizeof *sums);
    if (sums == NULL)
        return false;
    for (gsize s = 0; s < n_strata; s++) {
        sum.observed += observed[s];
        if (results[s] == NULL || !results[s]->reliable) {
            sum.n_without++;
            sum.only_observed += observed[s];
            sum.mean += observed[s];
            for (gsize i = 0; i < N; i++)
                sums[i] += observed[s];
            continue;
        }
        Random random;
        random_start(&random, seed, s);
        for (gsize round = 0; round < ROUNDS; round++)
            add_shuffled(results[s], &random, sums + round * ESTIMATE_SPREAD);
        sum.mean += results[s]->mean;
        variance += results[s]->deviation * results[s]->deviation;
    }
    sum.deviation = sqrt(variance);
    estimate_sort(N, sums);
    for (gsize q = 0; q < ESTIMATE_N_QUANTILES; q++)
        sum.quantiles[q] = estimate_quantile(N, sums, ESTIMATE_PROBABILITIES[q]);
    sum.estimate = sum.quantiles[2];
    free(sums);
    if (sum.n_without == n_strata)
        return false;
    *ret_sum = sum;
    return true;
}
