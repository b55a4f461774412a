/* estimate/elastic_net.c: the path of fits.
 *
 * Standardized columns never exist where a column is kept by its exceptions:
 * with x = common + e (e mostly 0), mean m and deviation s of e,
 *
 *   standardized = (e - m) / s
 *
 * Within a quadratic approximation (weights v) a step d in column j changes
 * the gradient of column k by d sum(v x_j x_k): these sums are made once
 * an approximation, and the descent then touches p numbers a
 * step, not n (glmnet's "covariance updates", which it keeps to least squares;
 * the iterates are the same). */
#include "estimate/elastic_net_private.h"

#include "base/i18n.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* glmnet's inner constants. */
static const double SMALLEST_GAIN = 1e-5, MOST_EXPLAINED = 0.999, BIG = 9.9e35;
static const double SMALLEST_PROBABILITY = 1e-9, SMALLEST_RATIO = 1e-6;
enum { SHORTEST_PATH = 5 };
/* A step d in one coordinate, as the others' gradients see it. */
static void move(ElasticNetFit *fit, gsize j, double d)
{
    const double *restrict row = fit->gram + j * fit->p;
    for (gsize k = 0; k < fit->p; k++) /* what is not strong has zeros in its row */
        fit->gradient[k] -= d * row[k];
    fit->sum_residual -= d * fit->linear[j];
}

/* One coordinate; the change weighed by its curvature. */
static double update(ElasticNetFit *fit, gsize j)
{
    double before = fit->b[j], u = fit->gradient[j] + fit->square[j] * before;
    double over = fabs(u) - fit->lasso;
    double now = over > 0 ? copysign(over, u) / (fit->square[j] + fit->ridge) : 0;
    double d = now - before;
    if (d == 0)
        return 0;
    fit->b[j] = now;
    move(fit, j, d);
    if (!fit->entered[j]) {
        fit->entered[j] = true;
        fit->active[fit->n_active++] = j;
    }
    return fit->square[j] * d * d;
}

static double update_intercept(ElasticNetFit *fit)
{
    double d = fit->sum_residual / fit->sum_weight;
    fit->b0 += d;
    for (gsize k = 0; k < fit->p; k++)
        if (fit->strong[k])
            fit->gradient[k] -= d * fit->linear[k];
    fit->sum_residual = 0;
    return fit->sum_weight * d * d;
}

/* Coordinate descent to the end of this approximation; false: passes used up. */
static bool descend(ElasticNetFit *fit)
{
    for (;;) {
        double largest = 0;
        fit->passes++;
        for (gsize j = 0; j < fit->p; j++)
            if (fit->strong[j])
                largest = fmax(largest, update(fit, j));
        largest = fmax(largest, update_intercept(fit));
        if (largest < fit->threshold)
            return true;
        do {
            if (fit->passes > fit->max_passes)
                return false;
            largest = 0;
            fit->passes++;
            for (gsize k = 0; k < fit->n_active; k++)
                largest = fmax(largest, update(fit, fit->active[k]));
            largest = fmax(largest, update_intercept(fit));
        } while (largest >= fit->threshold);
    }
}

/* Probabilities, weights and residuals at the coefficients in force. */
static void approximate(ElasticNetFit *fit)
{
    gsize n = fit->n;
    double constant = fit->b0, *restrict eta = fit->eta;
    for (gsize k = 0; k < fit->n_active; k++) {
        const Column *column = &fit->columns[fit->active[k]];
        if (column->dense == NULL)
            constant -= fit->b[fit->active[k]] * column->mean / column->deviation;
    }
    for (gsize i = 0; i < n; i++)
        eta[i] = constant;
    for (gsize k = 0; k < fit->n_active; k++) {
        if (fit->b[fit->active[k]] != 0)
            elastic_net_add(fit, fit->active[k], fit->b[fit->active[k]], eta);
    }
    double weights, residuals;
    elastic_net_probabilities(fit, log(1 / SMALLEST_PROBABILITY - 1), &weights, &residuals);
    fit->sum_weight = weights;
    fit->sum_residual = residuals;
}

static double half_deviance(const ElasticNetFit *fit)
{
    /* Sixteen probabilities of at least 1e-9 multiply to 1e-144 at least: one logarithm. */
    enum { TOGETHER = 16 };
    double sum = 0;
    for (gsize begin = 0; begin < fit->n; begin += TOGETHER) {
        double product = 1;
        for (gsize i = begin; i < MIN(begin + TOGETHER, fit->n); i++) {
            double q = CLAMP(fit->probability[i], SMALLEST_PROBABILITY, 1 - SMALLEST_PROBABILITY);
            product *= fit->y[i] > 0 ? q : 1 - q;
        }
        sum -= log(product);
    }
    return sum / (double)fit->n;
}

typedef enum { SOLVED, SEPARATED, GAVE_UP } Outcome;

static double smallest_weight(void)
{
    return (1 + SMALLEST_PROBABILITY) * SMALLEST_PROBABILITY * (1 - SMALLEST_PROBABILITY);
}

/* Has anything moved since the approximation was made? */
static bool settled(const ElasticNetFit *fit)
{
    double d = fit->b0 - fit->b0_before;
    if (fit->sum_weight * d * d >= fit->threshold)
        return false;
    for (gsize k = 0; k < fit->n_active; k++) {
        gsize j = fit->active[k];
        d = fit->b[j] - fit->before[j];
        if (fit->square[j] * d * d >= fit->threshold)
            return false;
    }
    return true;
}

static Outcome solve_lambda(ElasticNetFit *fit)
{
    for (;;) {
        fit->b0_before = fit->b0;
        memcpy(fit->before, fit->b, fit->p * sizeof *fit->b);
        if (!elastic_net_weigh(fit)) {
            fit->no_memory = true;
            return GAVE_UP;
        }
        if (!descend(fit))
            return GAVE_UP;
        approximate(fit);
        if (fit->sum_weight <= smallest_weight())
            return SEPARATED;
        if (!settled(fit))
            continue;
        /* The strong rule may have left out one that belongs in. */
        bool more = false;
        for (gsize j = 0; j < fit->p; j++) {
            if (fit->strong[j] || fit->columns[j].constant)
                continue;
            fit->gradient[j] = elastic_net_gradient(fit, j);
            if (fabs(fit->gradient[j]) > fit->lasso)
                fit->strong[j] = more = true;
        }
        if (!more)
            return SOLVED;
    }
}

static void keep(const ElasticNetFit *fit, ElasticNetPath *path, double lambda)
{
    gsize at = path->n_lambdas++;
    double intercept = fit->b0;
    for (gsize j = 0; j < fit->p; j++) {
        const Column *column = &fit->columns[j];
        double b = column->constant ? 0 : fit->b[j] / column->deviation;
        path->coefficients[at * fit->p + j] = b;
        intercept -= b * (column->mean + (column->dense == NULL ? column->common : 0));
    }
    path->intercepts[at] = intercept;
    path->lambdas[at] = lambda;
    path->deviance_ratio[at] = 1 - half_deviance(fit) / fit->null_deviance;
}

static void walk(ElasticNetFit *fit, const ElasticNetOptions *options, gsize n_lambdas,
                 ElasticNetPath *path)
{
    double floor_alpha = fmax(options->alpha, 1e-3), lambda = 0, last = 0;
    double ratio = options->smallest_ratio > 0 ? options->smallest_ratio
                   : fit->n < fit->p           ? 0.01
                                               : 1e-4;
    double factor =
        n_lambdas > 1 ? pow(fmax(SMALLEST_RATIO, ratio), 1 / ((double)n_lambdas - 1)) : 1;
    for (gsize at = 0; at < n_lambdas; at++) {
        last = lambda;
        if (options->lambdas != NULL) {
            lambda = options->lambdas[at];
        } else if (at == 0) {
            lambda = BIG;
        } else if (at == 1) {
            last = 0;
            for (gsize j = 0; j < fit->p; j++)
                if (!fit->columns[j].constant)
                    last = fmax(last, fabs(fit->gradient[j]));
            last /= floor_alpha;
            lambda = factor * last;
        } else {
            lambda *= factor;
        }
        fit->lasso = lambda * options->alpha;
        fit->ridge = lambda * (1 - options->alpha);
        double rule = options->alpha * (2 * lambda - last);
        for (gsize j = 0; j < fit->p; j++)
            if (!fit->columns[j].constant && fabs(fit->gradient[j]) > rule)
                fit->strong[j] = true;
        Outcome outcome = solve_lambda(fit);
        if (outcome == GAVE_UP) {
            path->gave_up = true;
            break;
        }
        keep(fit, path, lambda);
        double gained = path->deviance_ratio[at] - (at > 0 ? path->deviance_ratio[at - 1] : 0);
        if (outcome == SEPARATED || (options->stop_at > 0 && at > 0 && lambda <= options->stop_at))
            break;
        if (options->lambdas != NULL || at + 1 < MIN(SHORTEST_PATH, n_lambdas))
            continue;
        if (path->deviance_ratio[at] > MOST_EXPLAINED || gained < SMALLEST_GAIN)
            break;
    }
    /* The first lambda, at which all coefficients are 0, is told on the scale of the others. */
    if (options->lambdas == NULL && path->n_lambdas > 2)
        path->lambdas[0] = exp(2 * log(path->lambdas[1]) - log(path->lambdas[2]));
}

static bool fit_new(ElasticNetFit *fit, const ElasticNetData *data)
{
    gsize n = data->n, p = data->p;
    fit->n = n;
    fit->p = p;
    fit->y = data->y;
    fit->columns = calloc(p, sizeof *fit->columns);
    fit->pairs = calloc(p * p, sizeof *fit->pairs);
    fit->vectors = malloc((5 * n + 6 * p + p * p + 4 + 4 * p * (p + 5)) * sizeof *fit->vectors);
    fit->active = malloc(3 * p * sizeof *fit->active);
    fit->strong = calloc(p, sizeof *fit->strong);
    fit->entered = calloc(p, sizeof *fit->entered);
    if (fit->columns == NULL || fit->vectors == NULL || fit->active == NULL ||
        fit->strong == NULL || fit->entered == NULL || fit->pairs == NULL)
        return false;
    fit->residual = fit->vectors;
    fit->weight = fit->residual + n;
    fit->eta = fit->weight + n;
    fit->probability = fit->eta + n;
    fit->product = fit->probability + n;
    fit->b = fit->product + n + p + 4;
    fit->before = fit->b + p;
    fit->gradient = fit->before + p;
    fit->square = fit->gradient + p;
    fit->linear = fit->square + p;
    fit->gram = fit->linear + p;
    fit->sums = fit->gram + p * p;
    fit->wanted = fit->active + p;
    fit->dense = fit->wanted + p;
    memset(fit->b, 0, p * sizeof *fit->b);
    return elastic_net_make_columns(data, fit);
}

static void fit_clear(ElasticNetFit *fit)
{
    elastic_net_clear_columns(fit);
    free(fit->vectors);
    free(fit->active);
    free(fit->strong);
    free(fit->entered);
}

/* At the start every probability is the share of ones. */
static void begin(ElasticNetFit *fit, const ElasticNetOptions *options)
{
    double ones = 0, n = (double)fit->n;
    for (gsize i = 0; i < fit->n; i++)
        ones += fit->y[i] / n;
    fit->b0 = log(ones / (1 - ones));
    fit->null_deviance = -(ones * log(ones) + (1 - ones) * log(1 - ones));
    fit->threshold = (options->threshold > 0 ? options->threshold : 1e-7) * fit->null_deviance;
    fit->max_passes = options->max_passes > 0 ? options->max_passes : 100000;
    approximate(fit);
    for (gsize j = 0; j < fit->p; j++) {
        if (fit->columns[j].constant)
            continue;
        fit->gradient[j] = elastic_net_gradient(fit, j);
    }
}

static bool check(const ElasticNetData *data, const ElasticNetOptions *options, GError **error)
{
    gsize ones = 0;
    for (gsize i = 0; i < data->n; i++)
        ones += data->y[i] > 0;
    if (data->n == 0 || data->p == 0 || ones == 0 || ones == data->n) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                    _("The training rows (%" G_GSIZE_FORMAT ", %" G_GSIZE_FORMAT
                      " of them with the outcome) must hold both outcomes and at least one "
                      "predictor."),
                    data->n, ones);
        return false;
    }
    for (gsize i = 0; i < data->n * data->p; i++)
        if (!isfinite(data->x[i])) {
            g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                                _("A predictor has a value that is no finite number."));
            return false;
        }
    if (!(options->alpha >= 0 && options->alpha <= 1) || data->n > G_MAXUINT32 ||
        (options->lambdas != NULL && options->n_lambdas == 0)) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                            _("--alpha must lie between 0 (ridge) and 1 (lasso)."));
        return false;
    }
    return true;
}

ElasticNetPath *elastic_net_fit(const ElasticNetData *data, const ElasticNetOptions *options,
                                GError **error)
{
    if (!check(data, options, error))
        return NULL;
    gsize n_lambdas = options->n_lambdas > 0 ? options->n_lambdas : 100;
    ElasticNetFit fit = {0};
    ElasticNetPath *path = calloc(1, sizeof *path);
    bool ok = path != NULL && fit_new(&fit, data);
    if (ok) {
        path->p = data->p;
        path->lambdas = malloc(n_lambdas * sizeof *path->lambdas);
        path->intercepts = malloc(n_lambdas * sizeof *path->intercepts);
        path->deviance_ratio = malloc(n_lambdas * sizeof *path->deviance_ratio);
        path->coefficients = malloc(n_lambdas * data->p * sizeof *path->coefficients);
        ok = path->lambdas != NULL && path->intercepts != NULL && path->deviance_ratio != NULL &&
             path->coefficients != NULL;
    }
    if (ok) {
        begin(&fit, options);
        walk(&fit, options, n_lambdas, path);
        path->null_deviance = 2 * (double)data->n * fit.null_deviance;
        path->passes = fit.passes;
        for (gsize j = 0; j < data->p; j++)
            path->n_constant += fit.columns[j].constant;
    }
    if (fit.no_memory)
        ok = false;
    if (!ok)
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_MEMORY,
                            _("There is not enough memory for the regression."));
    else if (path->n_lambdas == 0)
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                            _("The regression did not come to an end at its first lambda."));
    fit_clear(&fit);
    if (ok && path->n_lambdas > 0)
        return path;
    elastic_net_path_free(path);
    return NULL;
}

void elastic_net_path_free(ElasticNetPath *path)
{
    if (path == NULL)
        return;
    free(path->lambdas);
    free(path->intercepts);
    free(path->deviance_ratio);
    free(path->coefficients);
    free(path);
}

void elastic_net_at(const ElasticNetPath *path, double lambda, double *ret_intercept,
                    double *coefficients)
{
    gsize right = 0;
    while (right + 1 < path->n_lambdas && path->lambdas[right] > lambda)
        right++;
    gsize left = right > 0 && path->lambdas[right] < lambda ? right - 1 : right;
    double share = left == right ? 1
                                 : (lambda - path->lambdas[right]) /
                                       (path->lambdas[left] - path->lambdas[right]);
    *ret_intercept = share * path->intercepts[left] + (1 - share) * path->intercepts[right];
    for (gsize j = 0; j < path->p; j++)
        coefficients[j] = share * path->coefficients[left * path->p + j] +
                          (1 - share) * path->coefficients[right * path->p + j];
}

double elastic_net_predict(gsize p, double intercept, const double *coefficients, const double *row,
                           gsize stride)
{
    double eta = intercept;
    for (gsize j = 0; j < p; j++)
        eta += coefficients[j] * row[j * stride];
    return 1 / (1 + exp(-eta));
}
