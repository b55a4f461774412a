/* estimate/diagnostics.c: R-hat and effective sample size. */
#include "estimate/diagnostics.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void estimate_sort(gsize n, double *values)
{
    qsort(values, n, sizeof *values, compare);
}

double estimate_quantile(gsize n, const double *sorted, double probability)
{
    if (n == 0)
        return NAN;
    double place = probability * (double)(n - 1);
    gsize below = (gsize)place;
    if (below + 1 >= n)
        return sorted[n - 1];
    if (sorted[below + 1] == sorted[below] || isinf(sorted[below + 1])) /* no ∞ - ∞ */
        return place > (double)below ? sorted[below + 1] : sorted[below];
    return sorted[below] + (place - (double)below) * (sorted[below + 1] - sorted[below]);
}

typedef struct {
    double value;
    gsize index;
} Ranked;

static int compare_ranked(const void *a, const void *b)
{
    const Ranked *x = a, *y = b;
    return (x->value > y->value) - (x->value < y->value);
}

/* Normal scores of ranks, ties at their mean rank (Blom's fraction). */
static bool rank_normalize(gsize n, const double *values, double *scores)
{
    Ranked *ranked = malloc(n * sizeof *ranked);
    if (ranked == NULL)
        return false;
    for (gsize i = 0; i < n; i++)
        ranked[i] = (Ranked){values[i], i};
    qsort(ranked, n, sizeof *ranked, compare_ranked);
    for (gsize i = 0; i < n;) {
        gsize end = i + 1;
        while (end < n && ranked[end].value == ranked[i].value)
            end++;
        double rank = 0.5 * (double)(i + 1 + end);
        double score = gsl_cdf_ugaussian_Pinv((rank - 0.375) / ((double)n + 0.25));
        for (; i < end; i++)
            scores[ranked[i].index] = score;
    }
    free(ranked);
    return true;
}

/* Half-chains: each chain is cut in two so that a drift shows as disagreement. */
typedef struct {
    gsize n_halves, n, stride; /* half h begins at (h / 2) stride + (h % 2) (stride - n) */
    const double *draws;
} Halves;

static const double *half_begin(const Halves *halves, gsize h)
{
    return halves->draws + (h / 2) * halves->stride + (h % 2) * (halves->stride - halves->n);
}

static void half_moments(const Halves *halves, gsize h, double *ret_mean, double *ret_variance)
{
    const double *x = half_begin(halves, h);
    double mean = 0, squares = 0;
    for (gsize i = 0; i < halves->n; i++)
        mean += x[i];
    mean /= (double)halves->n;
    for (gsize i = 0; i < halves->n; i++)
        squares += (x[i] - mean) * (x[i] - mean);
    *ret_mean = mean;
    *ret_variance = squares / (double)(halves->n - 1);
}

/* Within and total variance over the halves. */
static void variances(const Halves *halves, double *ret_within, double *ret_total)
{
    double within = 0, sum = 0, squares = 0, m = (double)halves->n_halves, n = (double)halves->n;
    for (gsize h = 0; h < halves->n_halves; h++) {
        double mean, variance;
        half_moments(halves, h, &mean, &variance);
        within += variance / m;
        sum += mean;
        squares += mean * mean;
    }
    double between = fmax(0, (squares - sum * sum / m) / (m - 1));
    *ret_within = within;
    *ret_total = within * (n - 1) / n + between;
}

static double r_hat(const Halves *halves)
{
    double within, total;
    variances(halves, &within, &total);
    return within > 0 ? sqrt(total / within) : NAN;
}

static double autocovariance(const Halves *halves, gsize h, double mean, gsize lag)
{
    const double *x = half_begin(halves, h);
    double sum = 0;
    for (gsize i = 0; i + lag < halves->n; i++)
        sum += (x[i] - mean) * (x[i + lag] - mean);
    return sum / (double)halves->n;
}

/* Geyer's pairs of neighbouring lags are summed while positive, each no larger than the last. */
static bool effective_size(const Halves *halves, double *ret_size)
{
    double within, total;
    variances(halves, &within, &total);
    double n_all = (double)(halves->n_halves * halves->n);
    if (!(total > 0)) {
        *ret_size = NAN;
        return true;
    }
    double *means = malloc(halves->n_halves * sizeof *means);
    if (means == NULL)
        return false;
    for (gsize h = 0; h < halves->n_halves; h++) {
        double variance;
        half_moments(halves, h, &means[h], &variance);
    }
    double sum = 0, last_pair = INFINITY;
    for (gsize lag = 0; lag + 1 < halves->n; lag += 2) {
        double pair = 0;
        for (gsize step = 0; step < 2; step++) {
            double covariance = 0;
            for (gsize h = 0; h < halves->n_halves; h++)
                covariance += autocovariance(halves, h, means[h], lag + step);
            covariance /= (double)halves->n_halves;
            double unbiased = covariance * (double)halves->n / (double)(halves->n - 1);
            pair += lag + step == 0 ? 1 : 1 - (within - unbiased) / total;
        }
        if (pair < 0)
            break;
        last_pair = fmin(last_pair, pair);
        sum += last_pair;
    }
    free(means);
    double time = fmax(2 * sum - 1, 1 / log10(fmax(n_all, 10)));
    *ret_size = n_all / time;
    return true;
}

bool estimate_diagnose(gsize n_chains, gsize n_draws, const double *draws,
                       EstimateDiagnostics *ret_diagnostics)
{
    g_assert(n_draws >= 4 && n_chains >= 1);
    gsize n_all = n_chains * n_draws;
    double *work = malloc(3 * n_all * sizeof *work);
    if (work == NULL)
        return false;
    double *sorted = work, *folded = work + n_all, *scores = work + 2 * n_all;
    Halves halves = {2 * n_chains, n_draws / 2, n_draws, scores};
    EstimateDiagnostics found = {0};
    memcpy(sorted, draws, n_all * sizeof *sorted);
    estimate_sort(n_all, sorted);
    double median = estimate_quantile(n_all, sorted, 0.5);
    for (gsize i = 0; i < n_all; i++)
        folded[i] = fabs(draws[i] - median);

    bool ok = rank_normalize(n_all, draws, scores) && effective_size(&halves, &found.ess_bulk);
    double plain = ok ? r_hat(&halves) : NAN;
    ok = ok && rank_normalize(n_all, folded, scores);
    double spread = ok ? r_hat(&halves) : NAN;
    found.r_hat = fmax(plain, spread);
    found.ess_tail = INFINITY;
    for (int side = 0; ok && side < 2; side++) {
        double edge = estimate_quantile(n_all, sorted, side == 0 ? 0.05 : 0.95), size;
        for (gsize i = 0; i < n_all; i++)
            scores[i] = draws[i] <= edge;
        ok = effective_size(&halves, &size);
        found.ess_tail = fmin(found.ess_tail, size);
    }
    free(work);
    if (!ok)
        return false;
    found.converged = found.r_hat < 1.01 && found.ess_bulk >= 400 && found.ess_tail >= 400;
    *ret_diagnostics = found;
    return true;
}
