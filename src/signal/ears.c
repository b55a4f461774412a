/* Detectors with a short memory: EARS C1–C3, CUSUM, Bayes, RKI. The numbers are
 * those of R's `surveillance` (earsC, algo.cusum, algo.bayes, algo.rki). */
#include "base/i18n.h"
#include "signal/dist.h"
#include "signal/surge_private.h"
#include <math.h>

/* ---- EARS ---- */

static void moments(const double *values, gsize n, double *ret_mean, double *ret_sd)
{
    double sum = 0, squares = 0;
    for (gsize i = 0; i < n; i++)
        sum += values[i];
    double mean = sum / (double)n;
    for (gsize i = 0; i < n; i++)
        squares += (values[i] - mean) * (values[i] - mean);
    *ret_mean = mean;
    *ret_sd = sqrt(squares / (double)(n - 1));
}

/* Mean and floored deviation of the baseline that ends `lag` weeks before week k. */
static void baseline_of(const SurgeRun *run, gsize k, gsize lag, double *ret_mean, double *ret_sd)
{
    gsize n = run->options->baseline;
    moments(run->counts + (k - 1 - lag - n), n, ret_mean, ret_sd);
    *ret_sd = fmax(*ret_sd, run->options->min_sigma);
}

static double excess(const SurgeRun *run, gsize k)
{
    double mean, sd;
    baseline_of(run, k, 2, &mean, &sd);
    double c2 = (run->counts[k - 1] - mean) / sd;
    return isnan(c2) ? NAN : fmax(0, c2 - 1);
}

bool surge_ears(const SurgeRun *run, GError **error)
{
    const SignalSurgeOptions *o = run->options;
    double z = dist_normal_upper(o->alpha);
    for (gsize k = run->first; k <= run->last; k++) {
        SignalPoint *point = &run->points[k - run->first];
        double mean, sd;
        baseline_of(run, k, o->method == SIGNAL_EARS_C1 ? 0 : 2, &mean, &sd);
        point->mean = mean;
        point->phi = mean > 0 ? sd * sd / mean : NAN;
        point->baseline_weeks = o->baseline;
        if (o->method == SIGNAL_EARS_C3) {
            double upper = point->count + sd * (z - (excess(run, k - 2) + excess(run, k - 1)));
            point->upper = isnan(upper) ? NAN : fmax(0, upper);
            if (isnan(upper))
                point->gap = SIGNAL_GAP_NO_VARIATION;
        } else {
            point->upper = mean + z * sd;
        }
        point->alarm = point->count > point->upper;
    }
    return true;
}

/* ---- CUSUM ---- */

static double standardise(const SignalSurgeOptions *o, double x, double m)
{
    switch (o->transform) {
    case SIGNAL_CUSUM_ROSSI:
        return (x - 3 * m + 2 * sqrt(x * m)) / (2 * sqrt(m));
    case SIGNAL_CUSUM_ANSCOMBE:
        return 1.5 * (pow(x, 2.0 / 3) - pow(m, 2.0 / 3)) / pow(m, 1.0 / 6);
    case SIGNAL_CUSUM_ANSCOMBE_2:
        return (pow(x, 2.0 / 3) - (pow(m, 2.0 / 3) - pow(m, -1.0 / 3) / 9)) /
               (2.0 / 3 * pow(m, 1.0 / 6));
    case SIGNAL_CUSUM_PEARSON_NB:
        return (x - m) / sqrt(m + o->dispersion * m * m);
    case SIGNAL_CUSUM_RAW:
        return x;
    default:
        return (x - m) / sqrt(m);
    }
}

/* The count that brings the sum to h, given the sum before. */
static double cusum_bound(const SignalSurgeOptions *o, double m, double before, double after)
{
    double d = o->cusum_h + o->cusum_k - before, base;
    switch (o->transform) {
    case SIGNAL_CUSUM_ROSSI: {
        double root = sqrt(m);
        return 2 * d * root + 5 * m - 2 * sqrt(4 * m * m + 2 * m * root * d);
    }
    case SIGNAL_CUSUM_ANSCOMBE:
        base = 2.0 / 3 * pow(m, 1.0 / 6) * d + pow(m, 2.0 / 3);
        return base < 0 ? 0 : pow(base, 1.5);
    case SIGNAL_CUSUM_ANSCOMBE_2: /* m^(1/3)/9 where the transform has m^(-1/3)/9: as R */
        base = 2.0 / 3 * pow(m, 1.0 / 6) * d + (pow(m, 2.0 / 3) - cbrt(m) / 9);
        return base < 0 ? 0 : pow(base, 1.5);
    case SIGNAL_CUSUM_PEARSON_NB:
        return sqrt(m + o->dispersion * m * m) * d + m;
    case SIGNAL_CUSUM_RAW:
        return o->cusum_h - after;
    default:
        return ceil(sqrt(m) * d + m);
    }
}

static double mean_before(const SurgeRun *run)
{
    if (!isnan(run->options->mean))
        return run->options->mean;
    double sum = 0;
    for (gsize i = 0; i + 1 < run->first; i++)
        sum += run->counts[i];
    return sum / (double)(run->first - 1);
}

static bool check_mean(double mean, GError **error)
{
    if (mean > 0)
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                _("There is no case at all before the range: a mean in quiet times cannot be had "
                  "from it. Give one with --mean, or begin the range later."));
    return false;
}

bool surge_cusum(const SurgeRun *run, GError **error)
{
    const SignalSurgeOptions *o = run->options;
    double m = mean_before(run), sum = 0;
    if (!check_mean(m, error))
        return false;
    for (gsize k = run->first; k <= run->last; k++) {
        SignalPoint *point = &run->points[k - run->first];
        double after = fmax(0, sum + standardise(o, point->count, m) - o->cusum_k);
        point->alarm = after >= o->cusum_h;
        if (o->cusum_reset && point->alarm)
            after = 0;
        double upper = cusum_bound(o, m, sum, after);
        point->upper = isnan(upper) ? 0 : fmax(0, upper);
        point->mean = m;
        point->baseline_weeks = isnan(o->mean) ? (double)(run->first - 1) : 0;
        sum = after;
    }
    return true;
}

/* ---- GLR ---- */

/* Log likelihood ratio of `n` weeks with `sum` cases in all, at its best
 * increase; mean constant, so the best factor is sum / (n mean). */
static double glr_window(double sum, double n, double mean, double dispersion)
{
    double factor = sum / (n * mean);
    if (factor <= 1)
        return 0;
    double kappa = log(factor);
    if (dispersion == 0)
        return kappa * sum + (1 - factor) * n * mean;
    return kappa * sum +
           (sum + n / dispersion) * log((1 + dispersion * mean) / (1 + dispersion * mean * factor));
}

/* Best over all onsets from `start`, with count x in week k. */
static double glr_best(const SurgeRun *run, gsize start, gsize k, double x, double mean,
                       double dispersion)
{
    double best = -INFINITY, sum = x, n = 1;
    for (gsize i = k;; i--) {
        best = fmax(best, glr_window(sum, n, mean, dispersion));
        if (i == start)
            return best;
        sum += run->counts[i - 2];
        n++;
    }
}

static double glr_count(const SurgeRun *run, gsize start, gsize k, double mean, double dispersion)
{
    double low = -1, high = ceil(fmax(8, 4 * mean)); /* whole, or the halving below never ends */
    while (glr_best(run, start, k, high, mean, dispersion) < run->options->glr_limit)
        high *= 2;
    while (high - low > 1) {
        double middle = floor((low + high) / 2);
        if (glr_best(run, start, k, middle, mean, dispersion) < run->options->glr_limit)
            low = middle;
        else
            high = middle;
    }
    return high;
}

/* As R finds the statistic (ret = "value"): Newton's steps from the last window's
 * best, oldest onset first. Where the mean is small they run away and a clear
 * surge gives 0; so this is for comparing only. */
static double glr_best_as_r(const SurgeRun *run, gsize start, gsize k, double mean, double a)
{
    double best = -INFINITY, kappa_best = 0.5, sum = 0;
    for (gsize i = start; i <= k; i++)
        sum += run->counts[i - 1];
    for (gsize from = start; from <= k; from++) {
        double n = (double)(k - from + 1), old = 0.4, kappa = kappa_best;
        for (int step = 0; step < 1000 && kappa > -18 && fabs(kappa - old) > 1e-6; step++) {
            old = kappa;
            double m = exp(kappa) * mean;
            kappa += (sum - n * m) * (1 + a * m) / (m * (a * sum + n));
        }
        kappa_best = fmax(0, kappa);
        double m = exp(kappa_best) * mean;
        best = fmax(best, kappa_best * sum + (sum + n / a) * log((1 + a * mean) / (1 + a * m)));
        sum -= run->counts[from - 1];
    }
    return best;
}

bool surge_glr(const SurgeRun *run, GError **error)
{
    const SignalSurgeOptions *o = run->options;
    double mean = mean_before(run), dispersion = o->method == SIGNAL_GLR_NB ? o->dispersion : 0;
    if (!check_mean(mean, error))
        return false;
    gsize start = run->first;
    for (gsize k = run->first; k <= run->last; k++) {
        SignalPoint *point = &run->points[k - run->first];
        double statistic = o->glr_value && dispersion > 0
                               ? glr_best_as_r(run, start, k, mean, dispersion)
                               : glr_best(run, start, k, point->count, mean, dispersion);
        point->alarm = statistic >= o->glr_limit;
        point->upper = o->glr_value ? statistic : glr_count(run, start, k, mean, dispersion);
        point->mean = mean;
        point->phi = 1 + dispersion * mean;
        point->baseline_weeks = isnan(o->mean) ? (double)(run->first - 1) : 0;
        if (point->alarm) /* begins anew after an alarm */
            start = k + 1;
    }
    return true;
}

/* ---- Bayes, RKI ---- */

/* Upper 95 % limits of a Poisson mean for 0 … 20 cases: Crow and Gardner 1959,
 * Biometrika 46, table 1. */
static const double CROW_GARDNER[21] = {3.285,  5.323,  6.686,  8.102,  9.598,  11.177, 12.817,
                                        13.765, 14.921, 16.768, 17.633, 19.050, 20.335, 21.364,
                                        22.945, 23.762, 25.400, 26.306, 27.735, 28.966, 30.017};

/* Sum, number and sum of squares about 0 of the reference weeks. */
static void references(const SurgeRun *run, gsize k, double *ret_n, double *ret_sum,
                       double *ret_squares)
{
    const SignalSurgeOptions *o = run->options;
    double n = 0, sum = 0, squares = 0;
    for (guint year = o->use_current_year ? 0 : 1; year <= o->years_back; year++) {
        gsize centre = k - (gsize)year * o->freq, to = year == 0 ? k - 1 : centre + o->half_window;
        for (gsize i = centre - o->half_window; i <= to; i++) {
            double y = run->counts[i - 1];
            n++;
            sum += y;
            squares += y * y;
        }
    }
    *ret_n = n;
    *ret_sum = sum;
    *ret_squares = squares;
}

bool surge_bayes(const SurgeRun *run, GError **error)
{
    const SignalSurgeOptions *o = run->options;
    for (gsize k = run->first; k <= run->last; k++) {
        SignalPoint *point = &run->points[k - run->first];
        double n, sum, squares;
        references(run, k, &n, &sum, &squares);
        point->baseline_weeks = n;
        if (o->method == SIGNAL_BAYES) {
            /* Gamma(1/2) prior: predictive NB(sum + 1/2, n / (n + 1)). */
            point->mean = (sum + 0.5) / n;
            point->phi = (n + 1) / n;
            point->upper = dist_nb_upper(o->alpha, point->mean, point->phi);
        } else {
            point->mean = sum / n;
            if (point->mean > 20)
                point->upper = point->mean + 2 * sqrt((squares - sum * point->mean) / (n - 1));
            else
                point->upper = CROW_GARDNER[(int)point->mean];
        }
        point->alarm = point->count > point->upper;
    }
    return true;
}
