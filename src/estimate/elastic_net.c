/* estimate/elastic_net.c: the path of fits.
 *
 * Standardized columns never exist where a column is kept by its exceptions:
 * with x = common + e (e mostly 0), mean m and deviation s of e,
 *
 *   standardized = (e - m) / s
 *
 * and the weighted residual r = v (z - eta) is kept as r~ + shift v, so that a
 * step in such a column touches its exceptions and one number. Sums with the
 * weights v (of x, of x²) are made once a quadratic approximation. */
#include "estimate/elastic_net.h"

#include "base/i18n.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* glmnet's inner constants. */
static const double SMALLEST_GAIN = 1e-5, MOST_EXPLAINED = 0.999, BIG = 9.9e35;
static const double SMALLEST_PROBABILITY = 1e-9, SMALLEST_RATIO = 1e-6;
enum { SHORTEST_PATH = 5 };
/* A gather costs about four times a load in order. */
static const double SPARSE_BELOW = 0.3;

typedef struct {
    double mean, deviation; /* of the exceptions (sparse) or of x (dense) */
    double common;          /* sparse: the value that is called zero */
    double *dense;          /* n standardized values, or NULL */
    gsize n_exceptions;
    guint32 *where; /* rows */
    double *value;  /* x - common */
    bool constant;
} Column;

typedef struct {
    gsize n, p;
    const double *y;
    Column *columns;
    double *vectors; /* the block behind the next four */
    double *residual, *weight, *eta, *probability;
    double shift, sum_residual, sum_weight;
    double *b, *before, *gradient; /* p: coefficients on the standardized scale */
    double *square, *linear;       /* p: sums of v x² and v x, x standardized */
    bool *strong, *entered;
    gsize *active; /* in order of entry */
    gsize n_active;
    double b0, b0_before;
    double null_deviance, threshold, lasso, ridge;
    guint64 passes, max_passes;
} Fit;

/* Compiled for wider vectors too, and chosen when the program starts. Lanes are written out, and
 * products are never fused with sums: the bytes do not depend on the choice. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) &&                             \
    !defined(__SANITIZE_ADDRESS__)
#define WIDE __attribute__((target_clones("avx2", "default")))
#else
#define WIDE
#endif

/* ---- sums in sixteen lanes: enough to hide the latency of an addition ---- */

enum { LANES = 16 };

static inline double join(const double lane[LANES])
{
    double sum = 0;
    for (int k = 0; k < LANES / 2; k++)
        sum += lane[k] + lane[k + LANES / 2];
    return sum;
}

WIDE static double dot(gsize n, const double *restrict a, const double *restrict b)
{
    double lane[LANES] = {0}, sum = 0;
    gsize i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int k = 0; k < LANES; k++)
            lane[k] += a[i + k] * b[i + k];
    for (; i < n; i++)
        sum += a[i] * b[i];
    return sum + join(lane);
}

/* The sum of v x²; that of v x is a dot of its own (both at once spill the lanes). */
WIDE static double dot_square(gsize n, const double *restrict v, const double *restrict x)
{
    double lane[LANES] = {0}, sum = 0;
    gsize i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int k = 0; k < LANES; k++)
            lane[k] += v[i + k] * x[i + k] * x[i + k];
    for (; i < n; i++)
        sum += v[i] * x[i] * x[i];
    return sum + join(lane);
}

/* r -= d (v x). */
WIDE static void subtract(gsize n, double d, const double *restrict v, const double *restrict x,
                          double *restrict r)
{
    for (gsize i = 0; i < n; i++)
        r[i] -= d * (v[i] * x[i]);
}

/* y += b x. */
WIDE static void add(gsize n, double b, const double *restrict x, double *restrict y)
{
    for (gsize i = 0; i < n; i++)
        y[i] += b * x[i];
}

WIDE static double gather_dot(const Column *column, const double *restrict a)
{
    const guint32 *restrict where = column->where;
    const double *restrict value = column->value;
    double lane[4] = {0};
    gsize i = 0, n = column->n_exceptions;
    for (; i + 4 <= n; i += 4)
        for (int k = 0; k < 4; k++)
            lane[k] += a[where[i + k]] * value[i + k];
    double sum = 0;
    for (; i < n; i++)
        sum += a[where[i]] * value[i];
    return sum + (lane[0] + lane[1]) + (lane[2] + lane[3]);
}

/* ---- columns ---- */

/* The value that more than half of the rows have, where there is one (Boyer and Moore 1981), and
 * how many have it. */
static double commonest(gsize n, const double *x, gsize *ret_count)
{
    double candidate = x[0];
    gsize votes = 0, count = 0;
    for (gsize i = 0; i < n; i++) {
        if (votes == 0)
            candidate = x[i];
        votes = x[i] == candidate ? votes + 1 : votes - 1;
    }
    for (gsize i = 0; i < n; i++)
        count += x[i] == candidate;
    *ret_count = count;
    return candidate;
}

static bool make_dense(gsize n, const double *x, Column *column)
{
    column->dense = malloc(n * sizeof *column->dense);
    if (column->dense == NULL)
        return false;
    double mean = 0, squares = 0;
    for (gsize i = 0; i < n; i++)
        mean += x[i] / (double)n;
    for (gsize i = 0; i < n; i++) {
        column->dense[i] = x[i] - mean;
        squares += column->dense[i] * column->dense[i] / (double)n;
    }
    column->mean = mean;
    column->deviation = sqrt(squares);
    for (gsize i = 0; i < n; i++)
        column->dense[i] /= column->deviation;
    return true;
}

static bool make_sparse(gsize n, const double *x, Column *column)
{
    gsize count = column->n_exceptions;
    column->where = malloc((count + 1) * sizeof *column->where);
    column->value = malloc((count + 1) * sizeof *column->value);
    if (column->where == NULL || column->value == NULL)
        return false;
    double sum = 0, squares = 0;
    gsize at = 0;
    for (gsize i = 0; i < n; i++) {
        double e = x[i] - column->common;
        if (e == 0)
            continue;
        column->where[at] = (guint32)i;
        column->value[at++] = e;
        sum += e;
    }
    column->mean = sum / (double)n;
    for (gsize i = 0; i < count; i++)
        squares += (column->value[i] - column->mean) * (column->value[i] - column->mean);
    squares += (double)(n - count) * column->mean * column->mean;
    column->deviation = sqrt(squares / (double)n);
    return true;
}

static bool make_columns(const ElasticNetData *data, Fit *fit)
{
    for (gsize j = 0; j < data->p; j++) {
        const double *x = data->x + j * data->n;
        Column *column = &fit->columns[j];
        gsize most;
        column->common = commonest(data->n, x, &most);
        column->n_exceptions = data->n - most;
        if (column->n_exceptions == 0) {
            column->constant = true;
        } else if ((double)column->n_exceptions < SPARSE_BELOW * (double)data->n) {
            if (!make_sparse(data->n, x, column))
                return false;
        } else if (!make_dense(data->n, x, column)) {
            return false;
        }
    }
    return true;
}

/* ---- the quadratic approximation in force ---- */

static void weigh_column(Fit *fit, gsize j)
{
    const Column *column = &fit->columns[j];
    if (column->dense != NULL) {
        fit->square[j] = dot_square(fit->n, fit->weight, column->dense);
        fit->linear[j] = dot(fit->n, fit->weight, column->dense);
        return;
    }
    double square = 0, linear = 0, m = column->mean, s = column->deviation;
    for (gsize i = 0; i < column->n_exceptions; i++) {
        double product = fit->weight[column->where[i]] * column->value[i];
        linear += product;
        square += product * column->value[i];
    }
    fit->square[j] = (square - 2 * m * linear + m * m * fit->sum_weight) / (s * s);
    fit->linear[j] = (linear - m * fit->sum_weight) / s;
}

static double gradient_of(const Fit *fit, gsize j)
{
    const Column *column = &fit->columns[j];
    if (column->dense != NULL)
        return dot(fit->n, fit->residual, column->dense) + fit->shift * fit->linear[j];
    double s = column->deviation;
    double weighted = fit->linear[j] * s + column->mean * fit->sum_weight; /* sum of v e */
    return (gather_dot(column, fit->residual) + fit->shift * weighted -
            column->mean * fit->sum_residual) /
           s;
}

static void move(Fit *fit, gsize j, double d)
{
    const Column *column = &fit->columns[j];
    if (column->dense != NULL) {
        subtract(fit->n, d, fit->weight, column->dense, fit->residual);
    } else {
        double step = d / column->deviation;
        for (gsize i = 0; i < column->n_exceptions; i++) {
            guint32 row = column->where[i];
            fit->residual[row] -= step * (fit->weight[row] * column->value[i]);
        }
        fit->shift += step * column->mean;
    }
    fit->sum_residual -= d * fit->linear[j];
}

/* One coordinate; the change weighed by its curvature. */
static double update(Fit *fit, gsize j)
{
    double before = fit->b[j], u = gradient_of(fit, j) + fit->square[j] * before;
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

static double update_intercept(Fit *fit)
{
    double d = fit->sum_residual / fit->sum_weight;
    fit->b0 += d;
    fit->shift -= d;
    fit->sum_residual = 0;
    return fit->sum_weight * d * d;
}

/* Coordinate descent to the end of this approximation; false: passes used up. */
static bool descend(Fit *fit)
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
static void approximate(Fit *fit)
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
        const Column *column = &fit->columns[fit->active[k]];
        double b = fit->b[fit->active[k]];
        if (b == 0)
            continue;
        if (column->dense != NULL) {
            add(n, b, column->dense, eta);
        } else {
            double step = b / column->deviation;
            for (gsize i = 0; i < column->n_exceptions; i++)
                eta[column->where[i]] += step * column->value[i];
        }
    }
    double farthest = log(1 / SMALLEST_PROBABILITY - 1), share = 1 / (double)n;
    double weights = 0, residuals = 0;
    for (gsize i = 0; i < n; i++) {
        double q = eta[i] < -farthest ? 0 : eta[i] > farthest ? 1 : 1 / (1 + exp(-eta[i]));
        fit->probability[i] = q;
        fit->weight[i] = share * q * (1 - q);
        fit->residual[i] = share * (fit->y[i] - q);
        weights += fit->weight[i];
        residuals += fit->residual[i];
    }
    fit->sum_weight = weights;
    fit->sum_residual = residuals;
    fit->shift = 0;
}

static double half_deviance(const Fit *fit)
{
    double sum = 0;
    for (gsize i = 0; i < fit->n; i++) {
        double q = CLAMP(fit->probability[i], SMALLEST_PROBABILITY, 1 - SMALLEST_PROBABILITY);
        sum -= log(fit->y[i] > 0 ? q : 1 - q);
    }
    return sum / (double)fit->n;
}

typedef enum { SOLVED, SEPARATED, GAVE_UP } Outcome;

static double smallest_weight(void)
{
    return (1 + SMALLEST_PROBABILITY) * SMALLEST_PROBABILITY * (1 - SMALLEST_PROBABILITY);
}

/* Has anything moved since the approximation was made? */
static bool settled(const Fit *fit)
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

static Outcome solve_lambda(Fit *fit)
{
    for (;;) {
        fit->b0_before = fit->b0;
        memcpy(fit->before, fit->b, fit->p * sizeof *fit->b);
        for (gsize j = 0; j < fit->p; j++)
            if (fit->strong[j])
                weigh_column(fit, j);
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
            weigh_column(fit, j);
            fit->gradient[j] = fabs(gradient_of(fit, j));
            if (fit->gradient[j] > fit->lasso)
                fit->strong[j] = more = true;
        }
        if (!more)
            return SOLVED;
    }
}

static void keep(const Fit *fit, ElasticNetPath *path, double lambda)
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

static void walk(Fit *fit, const ElasticNetOptions *options, gsize n_lambdas, ElasticNetPath *path)
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
                    last = fmax(last, fit->gradient[j]);
            last /= floor_alpha;
            lambda = factor * last;
        } else {
            lambda *= factor;
        }
        fit->lasso = lambda * options->alpha;
        fit->ridge = lambda * (1 - options->alpha);
        double rule = options->alpha * (2 * lambda - last);
        for (gsize j = 0; j < fit->p; j++)
            if (!fit->columns[j].constant && fit->gradient[j] > rule)
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

static bool fit_new(Fit *fit, const ElasticNetData *data)
{
    gsize n = data->n, p = data->p;
    fit->n = n;
    fit->p = p;
    fit->y = data->y;
    fit->columns = calloc(p, sizeof *fit->columns);
    fit->vectors = malloc((4 * n + 5 * p) * sizeof *fit->vectors);
    fit->active = malloc(p * sizeof *fit->active);
    fit->strong = calloc(p, sizeof *fit->strong);
    fit->entered = calloc(p, sizeof *fit->entered);
    if (fit->columns == NULL || fit->vectors == NULL || fit->active == NULL ||
        fit->strong == NULL || fit->entered == NULL)
        return false;
    fit->residual = fit->vectors;
    fit->weight = fit->residual + n;
    fit->eta = fit->weight + n;
    fit->probability = fit->eta + n;
    fit->b = fit->probability + n;
    fit->before = fit->b + p;
    fit->gradient = fit->before + p;
    fit->square = fit->gradient + p;
    fit->linear = fit->square + p;
    memset(fit->b, 0, p * sizeof *fit->b);
    return make_columns(data, fit);
}

static void fit_clear(Fit *fit)
{
    for (gsize j = 0; fit->columns != NULL && j < fit->p; j++) {
        free(fit->columns[j].dense);
        free(fit->columns[j].where);
        free(fit->columns[j].value);
    }
    free(fit->columns);
    free(fit->vectors);
    free(fit->active);
    free(fit->strong);
    free(fit->entered);
}

/* At the start every probability is the share of ones. */
static void begin(Fit *fit, const ElasticNetOptions *options)
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
        weigh_column(fit, j);
        fit->gradient[j] = fabs(gradient_of(fit, j));
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
    Fit fit = {0};
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
