/* estimate/estimate.c: every method behind one call. */
#include "estimate/estimate.h"

#include "base/i18n.h"
#include "estimate/pool_private.h"
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const double ESTIMATE_PROBABILITIES[ESTIMATE_N_QUANTILES] = {0.025, 0.25, 0.5, 0.75, 0.975};

static const struct {
    const char *name;
    EstimateMethod method;
    EstimateClosedModel closed;
} METHODS[] = {
    {"lcmcr", ESTIMATE_LCMCR, 0},
    {"loglinear", ESTIMATE_LOGLINEAR, 0},
    {"sparse", ESTIMATE_SPARSE, 0},
    {"dga", ESTIMATE_DGA, 0},
    {"m0", ESTIMATE_CLOSED, ESTIMATE_M0},
    {"mt", ESTIMATE_CLOSED, ESTIMATE_MT},
    {"mb", ESTIMATE_CLOSED, ESTIMATE_MB},
    {"mbh", ESTIMATE_CLOSED, ESTIMATE_MBH},
    {"chao", ESTIMATE_CLOSED, ESTIMATE_MH_CHAO},
    {"mh-poisson", ESTIMATE_CLOSED, ESTIMATE_MH_POISSON},
    {"mh-darroch", ESTIMATE_CLOSED, ESTIMATE_MH_DARROCH},
    {"mh-gamma", ESTIMATE_CLOSED, ESTIMATE_MH_GAMMA},
    {"mth", ESTIMATE_CLOSED, ESTIMATE_MTH_CHAO},
    {"mth-poisson", ESTIMATE_CLOSED, ESTIMATE_MTH_POISSON},
    {"mth-darroch", ESTIMATE_CLOSED, ESTIMATE_MTH_DARROCH},
    {"mth-gamma", ESTIMATE_CLOSED, ESTIMATE_MTH_GAMMA},
    /* Further names of the same. */
    {"mh", ESTIMATE_CLOSED, ESTIMATE_MH_CHAO},
    {"mh-chao", ESTIMATE_CLOSED, ESTIMATE_MH_CHAO},
    {"mth-chao", ESTIMATE_CLOSED, ESTIMATE_MTH_CHAO},
};

EstimateOptions estimate_options(void)
{
    return (EstimateOptions){.method = ESTIMATE_LCMCR,
                             .order = 2,
                             .level = 0.95,
                             .lcmcr = ESTIMATE_LCMCR_DEFAULTS,
                             .sparse = ESTIMATE_SPARSE_DEFAULTS};
}

bool estimate_parse_method(const char *name, EstimateOptions *options, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(METHODS); i++)
        if (strcmp(METHODS[i].name, name) == 0) {
            options->method = METHODS[i].method;
            options->closed = METHODS[i].closed;
            return true;
        }
    g_autoptr(GString) names = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(METHODS); i++)
        g_string_append_printf(names, "%s%s", i == 0 ? "" : ", ", METHODS[i].name);
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                _("There is no method “%s”; the methods are: %s."), name, names->str);
    return false;
}

const char *estimate_method_name(const EstimateOptions *options)
{
    for (gsize i = 0; i < G_N_ELEMENTS(METHODS); i++)
        if (METHODS[i].method == options->method &&
            (options->method != ESTIMATE_CLOSED || METHODS[i].closed == options->closed))
            return METHODS[i].name;
    return "";
}

static void warn(EstimateResult *result, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void warn(EstimateResult *result, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_ptr_array_add(result->warnings, g_strdup_vprintf(format, arguments));
    va_end(arguments);
    result->reliable = false;
}

double estimate_spread_probability(gsize i)
{
    return ((double)i + 0.5) / ESTIMATE_SPREAD;
}

static void spread_log_normal(EstimateResult *result, double total, double standard_error)
{
    for (gsize i = 0; i < ESTIMATE_SPREAD; i++)
        result->spread[i] = estimate_log_normal_quantile(result->observed, total, standard_error,
                                                         estimate_spread_probability(i));
}

/* The distribution whose quantiles are those of a profile likelihood: the logarithm of the unseen
 * runs straight between them on the normal scale, and on beyond the outer two. */
static void spread_through_quantiles(EstimateResult *result)
{
    static const double AT[ESTIMATE_N_QUANTILES] = {-1.959963984540054, -0.674489750196082, 0,
                                                    0.674489750196082, 1.959963984540054};
    double unseen[ESTIMATE_N_QUANTILES];
    for (gsize q = 0; q < ESTIMATE_N_QUANTILES; q++)
        unseen[q] = log(fmax(0, result->quantiles[q] - result->observed) + 0.5);
    for (gsize i = 0; i < ESTIMATE_SPREAD; i++) {
        double z = gsl_cdf_ugaussian_Pinv(estimate_spread_probability(i));
        gsize q = 0;
        while (q + 2 < ESTIMATE_N_QUANTILES && z > AT[q + 1])
            q++;
        double slope = (unseen[q + 1] - unseen[q]) / (AT[q + 1] - AT[q]);
        result->spread[i] =
            isinf(unseen[q + 1]) && z > AT[q]
                ? INFINITY
                : result->observed + fmax(0, exp(unseen[q] + slope * (z - AT[q])) - 0.5);
    }
}

static void quantiles_from_spread(EstimateResult *result)
{
    for (gsize q = 0; q < ESTIMATE_N_QUANTILES; q++)
        result->quantiles[q] =
            estimate_quantile(ESTIMATE_SPREAD, result->spread, ESTIMATE_PROBABILITIES[q]);
}

static void moments(gsize n, const double *values, double *ret_mean, double *ret_deviation)
{
    double mean = 0, squares = 0;
    for (gsize i = 0; i < n; i++)
        mean += values[i] / (double)n;
    for (gsize i = 0; i < n; i++)
        squares += (values[i] - mean) * (values[i] - mean);
    *ret_mean = mean;
    *ret_deviation = n > 1 ? sqrt(squares / (double)(n - 1)) : NAN;
}

/* ---- the methods ---- */

static bool run_lcmcr(const EstimateLists *lists, EstimateResult *result, GError **error)
{
    g_autoptr(EstimateLcmcr) posterior = estimate_lcmcr(lists, &result->options.lcmcr, error);
    if (posterior == NULL)
        return false;
    gsize n = posterior->n_chains * posterior->n_draws;
    if (!estimate_diagnose(posterior->n_chains, posterior->n_draws, posterior->totals,
                           &result->diagnostics)) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_MEMORY,
                            _("There is not enough memory for the estimate."));
        return false;
    }
    result->has_diagnostics = true;
    result->classes_used = posterior->classes_used;
    result->at_bound = posterior->at_bound;
    moments(n, posterior->totals, &result->mean, &result->deviation);
    estimate_sort(n, posterior->totals);
    for (gsize q = 0; q < ESTIMATE_N_QUANTILES; q++)
        result->quantiles[q] = estimate_quantile(n, posterior->totals, ESTIMATE_PROBABILITIES[q]);
    for (gsize i = 0; i < ESTIMATE_SPREAD; i++)
        result->spread[i] = estimate_quantile(n, posterior->totals, estimate_spread_probability(i));
    result->estimate = result->quantiles[2];
    if (!result->diagnostics.converged)
        warn(
            result,
            _("The chains have not converged (R-hat %.3f, effective samples %.0f in the middle and "
              "%.0f in the tails; wanted: below 1.01, and 400): do not use this number. Run "
              "longer, or with another method."),
            result->diagnostics.r_hat, result->diagnostics.ess_bulk, result->diagnostics.ess_tail);
    if (posterior->at_bound > 0.01)
        warn(result,
             _("%.0f %% of the posterior lies close to the bound of %d unseen for each observed: "
               "the "
               "lists do not say how many are missed."),
             100 * posterior->at_bound, ESTIMATE_LCMCR_BOUND);
    if (posterior->classes_used > 0.95 * result->options.lcmcr.classes)
        warn(result, _("Nearly all %u classes are used: run again with a larger --k."),
             result->options.lcmcr.classes);
    return true;
}

/* q25 and q75 of a likelihood are the ends of its 50 % interval. */
static void take_ends(EstimateResult *result, double lower, double upper, double inner_lower,
                      double inner_upper)
{
    result->quantiles[0] = lower;
    result->quantiles[1] = inner_lower;
    result->quantiles[2] = result->estimate;
    result->quantiles[3] = inner_upper;
    result->quantiles[4] = upper;
}

static bool run_loglinear(const EstimateLists *lists, EstimateResult *result, GError **error)
{
    const EstimateOptions *options = &result->options;
    result->models = estimate_loglinear(
        lists, options->order, options->stepwise || lists->n_lists > 5, options->threads, error);
    if (result->models == NULL)
        return false;
    const EstimateModel *best = &result->models->models[0];
    g_strlcpy(result->model, best->name, sizeof result->model);
    result->corrected = best->corrected_abundance;
    if (!best->usable)
        warn(result, _("No log-linear model is determined by these lists: the data do not say how "
                       "many are missed."));
    for (guint k = 0; k < best->n_terms; k++)
        if (estimate_lists_overlap(lists, best->terms[k]) == 0) {
            warn(result, _("The chosen model ties lists that share nobody; --method sparse handles "
                           "that."));
            break;
        }
    if (options->average && best->usable) {
        estimate_models_average(result->models, &result->mean, &result->deviation);
        for (gsize i = 0; i < ESTIMATE_SPREAD; i++)
            result->spread[i] = estimate_models_quantile(result->models, lists->observed,
                                                         estimate_spread_probability(i));
        for (gsize q = 0; q < ESTIMATE_N_QUANTILES; q++)
            result->quantiles[q] = estimate_models_quantile(result->models, lists->observed,
                                                            ESTIMATE_PROBABILITIES[q]);
        result->estimate = result->mean;
        return true;
    }
    double lower, upper, inner_lower, inner_upper;
    result->estimate = result->mean = best->abundance;
    result->deviation = best->standard_error;
    if (!estimate_loglinear_interval(lists, best, 0.95, &lower, &upper) ||
        !estimate_loglinear_interval(lists, best, 0.5, &inner_lower, &inner_upper)) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_MEMORY,
                            _("There is not enough memory for the estimate."));
        return false;
    }
    take_ends(result, lower, upper, inner_lower, inner_upper);
    spread_through_quantiles(result);
    if (isinf(upper))
        warn(result,
             _("The likelihood has no upper end: the lists say only that there are at least "
               "%.0f."),
             lower);
    return true;
}

static bool run_closed(const EstimateLists *lists, EstimateResult *result, GError **error)
{
    const EstimateOptions *options = &result->options;
    EstimateModel *model = &result->model_fit;
    if (!estimate_closed_fit(lists, options->closed, model, error))
        return false;
    double lower, upper, inner_lower, inner_upper;
    g_strlcpy(result->model, model->name, sizeof result->model);
    result->estimate = result->mean = model->abundance;
    result->deviation = model->standard_error;
    result->corrected = model->corrected_abundance;
    if (!model->usable) {
        warn(result,
             _("The model %s does not fit these lists: its total is not determined, or its "
               "bias is more than a tenth of it."),
             model->name);
        if (!(model->abundance >= result->observed)) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                        _("The model %s gives fewer persons than are on the lists: it does not "
                          "describe them. Choose another method."),
                        model->name);
            return false;
        }
    }
    if (!estimate_closed_interval(lists, options->closed, 0.95, &lower, &upper) ||
        !estimate_closed_interval(lists, options->closed, 0.5, &inner_lower, &inner_upper)) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_MEMORY,
                            _("There is not enough memory for the estimate."));
        return false;
    }
    take_ends(result, lower, upper, inner_lower, inner_upper);
    spread_through_quantiles(result);
    return true;
}

static void name_pairs(const EstimateSparse *sparse, guint n_lists, char *name)
{
    GString *text = g_string_new("[");
    for (guint j = 0; j < n_lists; j++)
        g_string_append_printf(text, "%s%u", j == 0 ? "" : ",", j + 1);
    for (guint k = 0; k < sparse->n_pairs; k++) {
        guint first = (guint)__builtin_ctz(sparse->pairs[k]);
        guint second = 31 - (guint)__builtin_clz(sparse->pairs[k]);
        g_string_append_printf(text, n_lists > 9 ? ",%u+%u" : ",%u%u", first + 1, second + 1);
    }
    g_string_append_c(text, ']');
    g_strlcpy(name, text->str, ESTIMATE_MODEL_NAME);
    g_string_free(text, TRUE);
}

static bool run_sparse(const EstimateLists *lists, EstimateResult *result, GError **error)
{
    g_autoptr(EstimateSparse) sparse = estimate_sparse(lists, &result->options.sparse, error);
    if (sparse == NULL)
        return false;
    name_pairs(sparse, lists->n_lists, result->model);
    result->estimate = result->mean = sparse->total;
    result->deviation = sparse->standard_error;
    if (!isfinite(sparse->total))
        warn(result, _("No log-linear model is determined by these lists: the data do not say how "
                       "many are missed."));
    if (sparse->n_replicates > 0) {
        for (gsize q = 0; q < ESTIMATE_N_QUANTILES; q++)
            result->quantiles[q] = estimate_sparse_quantile(sparse, ESTIMATE_PROBABILITIES[q]);
        for (gsize i = 0; i < ESTIMATE_SPREAD; i++)
            result->spread[i] = estimate_sparse_quantile(sparse, estimate_spread_probability(i));
    } else {
        spread_log_normal(result, sparse->total, sparse->standard_error);
        quantiles_from_spread(result);
    }
    if (isinf(result->quantiles[4]))
        warn(result, _("Some bootstrap replicates have no finite total: there is no upper end."));
    return true;
}

static bool run_dga(const EstimateLists *lists, EstimateResult *result, GError **error)
{
    g_autoptr(EstimateDecomposable) posterior =
        estimate_decomposable(lists, &result->options.dga, error);
    if (posterior == NULL)
        return false;
    result->options.dga.delta = posterior->delta;
    result->options.dga.max_unseen = posterior->max_unseen;
    result->graphs = g_steal_pointer(&posterior->graphs);
    result->n_graphs = posterior->n_graphs;
    g_strlcpy(result->model, result->graphs[0].name, sizeof result->model);
    result->mean = posterior->mean;
    result->deviation = posterior->deviation;
    result->at_bound = posterior->at_bound;
    for (gsize q = 0; q < ESTIMATE_N_QUANTILES; q++)
        result->quantiles[q] =
            estimate_decomposable_quantile(posterior, lists->observed, ESTIMATE_PROBABILITIES[q]);
    gsize point = 0;
    double sum = posterior->probability[0];
    for (gsize i = 0; i < ESTIMATE_SPREAD; i++) {
        while (sum < estimate_spread_probability(i) && point + 1 < posterior->n_points)
            sum += posterior->probability[++point];
        result->spread[i] = result->observed + 1 + (double)((guint64)point * posterior->step);
    }
    result->estimate = result->quantiles[2];
    if (posterior->at_bound > 0.01)
        warn(result,
             _("%.0f %% of the posterior lies close to the largest number considered "
               "(%lu unseen): the lists do not say how many are missed, or --max-unseen is too "
               "small."),
             100 * posterior->at_bound, posterior->max_unseen);
    return true;
}

EstimateResult *estimate_result_new(const EstimateOptions *options)
{
    EstimateResult *result = calloc(1, sizeof *result);
    if (result == NULL)
        return NULL;
    result->options = *options;
    result->options.lcmcr.threads = options->threads;
    result->options.dga.threads = options->threads;
    result->options.sparse.threads = options->threads;
    result->warnings = g_ptr_array_new_with_free_func(g_free);
    result->classes_used = result->at_bound = result->corrected = NAN;
    result->reliable = true;
    result->n_draws = 1;
    return result;
}

EstimateResult *estimate_run(const EstimateLists *lists, const EstimateOptions *options,
                             GError **error)
{
    g_autoptr(EstimateResult) result = estimate_result_new(options);
    if (result == NULL) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_MEMORY,
                            _("There is not enough memory for the estimate."));
        return NULL;
    }
    bool usable;
    result->n_lists = lists->n_lists;
    result->observed = result->observed_low = result->observed_high = (double)lists->observed;
    result->data_warnings = estimate_lists_examine(lists, result->warnings, &usable);
    if (!usable) {
        g_autoptr(GString) reasons = g_string_new(NULL);
        for (guint i = 0; i < result->warnings->len; i++)
            g_string_append_printf(reasons, "%s%s", i == 0 ? "" : " ",
                                   (const char *)result->warnings->pdata[i]);
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                    _("These lists cannot be used for an estimate: %s"), reasons->str);
        return NULL;
    }
    if (result->data_warnings & (ESTIMATE_EVERYONE | ESTIMATE_SAME_LIST | ESTIMATE_NO_OVERLAP))
        result->reliable = false;
    bool ok = false;
    switch (options->method) {
    case ESTIMATE_LCMCR:
        ok = run_lcmcr(lists, result, error);
        break;
    case ESTIMATE_LOGLINEAR:
        ok = run_loglinear(lists, result, error);
        break;
    case ESTIMATE_SPARSE:
        ok = run_sparse(lists, result, error);
        break;
    case ESTIMATE_DGA:
        ok = run_dga(lists, result, error);
        break;
    case ESTIMATE_CLOSED:
        ok = run_closed(lists, result, error);
        break;
    }
    return ok ? g_steal_pointer(&result) : NULL;
}

void estimate_result_free(EstimateResult *result)
{
    if (result == NULL)
        return;
    g_ptr_array_unref(result->warnings);
    estimate_models_free(result->models);
    free(result->graphs);
    free(result->chosen);
    free(result);
}
