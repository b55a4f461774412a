#include "signal/regression.h"
#include "base/i18n.h"
#include "signal/surge_private.h"
#include <gsl/gsl_sf_psi.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS = 100, ROUNDS = 60 };
static const double THETA_MOST = 1e7;

void signal_regression_free(SignalRegression *fit)
{
    if (fit == NULL)
        return;
    free(fit->beta);
    free(fit->covariance);
    free(fit->mean);
    free(fit);
}

double signal_regression_error(const SignalRegression *fit, gsize j)
{
    return sqrt(fit->covariance[j * fit->p + j]);
}

/* Cholesky of the symmetric a (p · p) in place, lower; false when not positive. */
static bool cholesky(double *a, gsize p)
{
    for (gsize j = 0; j < p; j++) {
        double own = a[j * p + j], d = own;
        for (gsize k = 0; k < j; k++)
            d -= a[j * p + k] * a[j * p + k];
        if (!(d > 1e-11 * own) || !isfinite(d))
            return false;
        d = a[j * p + j] = sqrt(d);
        for (gsize i = j + 1; i < p; i++) {
            double s = a[i * p + j];
            for (gsize k = 0; k < j; k++)
                s -= a[i * p + k] * a[j * p + k];
            a[i * p + j] = s / d;
        }
    }
    return true;
}

static void solve(const double *l, gsize p, double *b)
{
    for (gsize i = 0; i < p; i++) {
        for (gsize k = 0; k < i; k++)
            b[i] -= l[i * p + k] * b[k];
        b[i] /= l[i * p + i];
    }
    for (gsize i = p; i-- > 0;) {
        for (gsize k = i + 1; k < p; k++)
            b[i] -= l[k * p + i] * b[k];
        b[i] /= l[i * p + i];
    }
}

typedef struct {
    const double *y, *x, *offset;
    gsize n, p;
    double *normal, *right, *step; /* p · p, p, p */
} Problem;

static double log_likelihood(const Problem *q, const double *mean, double theta)
{
    double sum = 0;
    for (gsize i = 0; i < q->n; i++) {
        double y = q->y[i], m = mean[i];
        sum -= lgamma(y + 1);
        if (isinf(theta))
            sum += (y > 0 ? y * log(m) : 0) - m;
        else
            sum += lgamma(theta + y) - lgamma(theta) + (y > 0 ? y * log(m / (m + theta)) : 0) -
                   theta * log1p(m / theta);
    }
    return sum;
}

static void evaluate(const Problem *q, const double *beta, double *mean)
{
    for (gsize i = 0; i < q->n; i++) {
        double eta = q->offset != NULL ? q->offset[i] : 0;
        for (gsize j = 0; j < q->p; j++)
            eta += q->x[i * q->p + j] * beta[j];
        mean[i] = exp(fmin(fmax(eta, -700), 700));
    }
}

/* Normal equations at the present means; right: score. */
static bool equations(const Problem *q, const double *mean, double theta)
{
    gsize p = q->p;
    memset(q->normal, 0, p * p * sizeof(double));
    memset(q->right, 0, p * sizeof(double));
    for (gsize i = 0; i < q->n; i++) {
        double m = mean[i], shrink = 1 / (1 + m / theta), w = m * shrink;
        double r = (q->y[i] - m) * shrink;
        const double *row = q->x + i * p;
        for (gsize j = 0; j < p; j++) {
            q->right[j] += row[j] * r;
            double wx = w * row[j];
            for (gsize k = 0; wx != 0 && k <= j; k++)
                q->normal[j * p + k] += wx * row[k];
        }
    }
    return cholesky(q->normal, p);
}

/* Fisher scoring with halving; false when columns depend on each other. */
static bool fit_beta(const Problem *q, SignalRegression *fit)
{
    double level = log_likelihood(q, fit->mean, fit->theta);
    fit->converged = false;
    for (int step = 0; step < STEPS; step++) {
        if (!equations(q, fit->mean, fit->theta))
            return false;
        memcpy(q->step, q->right, q->p * sizeof(double));
        solve(q->normal, q->p, q->step);
        double size = 0, next = level;
        for (double part = 1; part > 1e-6; part /= 2) {
            for (gsize j = 0; j < q->p; j++)
                fit->beta[j] += part * q->step[j];
            evaluate(q, fit->beta, fit->mean);
            next = log_likelihood(q, fit->mean, fit->theta);
            if (next >= level - 1e-10 * (1 + fabs(level)))
                break;
            for (gsize j = 0; j < q->p; j++)
                fit->beta[j] -= part * q->step[j];
        }
        for (gsize j = 0; j < q->p; j++)
            size = fmax(size, fabs(q->step[j]) / (1 + fabs(fit->beta[j])));
        bool stands = fabs(next - level) <= 1e-12 * (1 + fabs(level)) && size < 1e-7;
        level = next;
        if (stands || size < 1e-12) {
            fit->converged = true;
            break;
        }
    }
    fit->log_likelihood = level;
    return isfinite(level);
}

/* Newton on log theta for given means. */
static double fit_theta(const Problem *q, const double *mean, double theta)
{
    if (isinf(theta)) { /* method of moments */
        double excess = 0, squares = 0;
        for (gsize i = 0; i < q->n; i++) {
            excess += (q->y[i] - mean[i]) * (q->y[i] - mean[i]) - mean[i];
            squares += mean[i] * mean[i];
        }
        if (!(excess > 0))
            return INFINITY;
        theta = squares / excess;
    }
    for (int step = 0; step < STEPS; step++) {
        double score = 0, information = 0;
        for (gsize i = 0; i < q->n; i++) {
            double y = q->y[i], m = mean[i], t = theta + m;
            score += gsl_sf_psi(theta + y) - gsl_sf_psi(theta) + log(theta / t) + (m - y) / t;
            information += -gsl_sf_psi_1(theta + y) + gsl_sf_psi_1(theta) - 1 / theta + 2 / t -
                           (theta + y) / (t * t);
        }
        double gradient = score * theta, curvature = information * theta * theta - gradient;
        double move = curvature > 0 ? gradient / curvature : (gradient > 0 ? 1 : -1);
        move = fmax(-2, fmin(2, move));
        theta *= exp(move);
        if (theta > THETA_MOST)
            return INFINITY;
        if (theta < 1e-6)
            return 1e-6;
        if (fabs(move) < 1e-10)
            break;
    }
    return theta;
}

/* Covariance from the last normal equations; Pearson's dispersion. */
static bool finish(const Problem *q, SignalRegression *fit, bool poisson)
{
    gsize p = q->p;
    if (!equations(q, fit->mean, fit->theta))
        return false;
    double pearson = 0;
    for (gsize i = 0; i < q->n; i++) {
        double m = fit->mean[i], r = q->y[i] - m;
        pearson += r * r / (m * (1 + m / fit->theta));
    }
    fit->dispersion = q->n > p ? pearson / (double)(q->n - p) : 1;
    double scale = poisson ? fmax(fit->dispersion, 1) : 1;
    for (gsize j = 0; j < p; j++) {
        double *column = fit->covariance + j * p;
        memset(column, 0, p * sizeof(double));
        column[j] = scale;
        solve(q->normal, p, column);
    }
    return true;
}

static bool run(const Problem *q, SignalRegression *fit, bool poisson)
{
    double total = 0, base = 0;
    for (gsize i = 0; i < q->n; i++) {
        total += q->y[i];
        base += q->offset != NULL ? exp(q->offset[i]) : 1;
    }
    /* Start at the common rate when the first column is the intercept. */
    fit->beta[0] = q->x[0] == 1 && total > 0 ? log(total / base) : 0;
    fit->theta = INFINITY;
    evaluate(q, fit->beta, fit->mean);
    if (!fit_beta(q, fit))
        return false;
    for (int round = 0; !poisson && round < ROUNDS; round++) {
        double before = fit->log_likelihood, theta = fit_theta(q, fit->mean, fit->theta);
        if (isinf(theta) && isinf(fit->theta))
            break;
        fit->theta = theta;
        if (!fit_beta(q, fit))
            return false;
        if (fabs(fit->log_likelihood - before) < 1e-9 * (1 + fabs(before)))
            break;
    }
    return finish(q, fit, poisson);
}

SignalRegression *signal_regression_new(const double *y, const double *x, const double *offset,
                                        gsize n, gsize p, bool poisson, GError **error)
{
    g_assert(p >= 1 && p <= SIGNAL_MAX_COLUMNS);
    if (n <= p) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                    _("The series has %" G_GSIZE_FORMAT " intervals and the model %" G_GSIZE_FORMAT
                      " unknowns: a longer history is needed."),
                    n, p);
        return NULL;
    }
    SignalRegression *fit = surge_allocate(1, sizeof *fit, error);
    double *work = fit != NULL ? surge_allocate(p * p + 2 * p, sizeof(double), error) : NULL;
    if (work != NULL) {
        fit->n = n;
        fit->p = p;
        fit->beta = surge_allocate(p, sizeof(double), error);
        fit->covariance = fit->beta != NULL ? surge_allocate(p * p, sizeof(double), error) : NULL;
        fit->mean = fit->covariance != NULL ? surge_allocate(n, sizeof(double), error) : NULL;
    }
    if (fit == NULL || fit->mean == NULL) {
        free(work);
        signal_regression_free(fit);
        return NULL;
    }
    const Problem q = {y, x, offset, n, p, work, work + p * p, work + p * p + p};
    bool done = run(&q, fit, poisson);
    free(work);
    if (done)
        return fit;
    signal_regression_free(fit);
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                _("The regression has no single answer here: most often because all counts of a "
                  "window or season are zero, or the history is too short."));
    return NULL;
}

double signal_regression_robust_error(const SignalRegression *fit, const double *y, const double *x,
                                      gsize j, gsize lag)
{
    /* Influence of each row on coefficient j, then a long-run variance of their sum. */
    double variance = 0;
    gsize n = fit->n, p = fit->p;
    double *u = calloc(n, sizeof *u);
    if (u == NULL)
        return signal_regression_error(fit, j);
    for (gsize i = 0; i < n; i++) {
        double r = (y[i] - fit->mean[i]) / (1 + fit->mean[i] / fit->theta);
        for (gsize k = 0; k < p; k++)
            u[i] += fit->covariance[j * p + k] * x[i * p + k] * r;
    }
    for (gsize l = 0; l <= lag && l < n; l++) {
        double sum = 0, weight = 1 - (double)l / (double)(lag + 1);
        for (gsize i = l; i < n; i++)
            sum += u[i] * u[i - l];
        variance += (l == 0 ? 1 : 2) * weight * sum;
    }
    free(u);
    /* Never claim more than the model itself does. */
    return fmax(sqrt(fmax(variance, 0)), signal_regression_error(fit, j));
}
