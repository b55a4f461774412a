#include "signal/surge.h"
#include "base/i18n.h"
#include "signal/surge_private.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const NAMES[SIGNAL_N_METHODS] = {
    [SIGNAL_FARRINGTON_FLEXIBLE] = "farrington-flexible",
    [SIGNAL_FARRINGTON] = "farrington",
    [SIGNAL_EARS_C1] = "ears-c1",
    [SIGNAL_EARS_C2] = "ears-c2",
    [SIGNAL_EARS_C3] = "ears-c3",
    [SIGNAL_CUSUM] = "cusum",
    [SIGNAL_GLR_POISSON] = "glr-poisson",
    [SIGNAL_GLR_NB] = "glr-nb",
    [SIGNAL_BAYES] = "bayes",
    [SIGNAL_RKI] = "rki",
    [SIGNAL_ADAPTIVE] = "adaptive",
};

bool signal_method_parse(const char *name, SignalMethod *ret_method)
{
    for (int m = 0; m < SIGNAL_N_METHODS; m++)
        if (strcmp(name, NAMES[m]) == 0) {
            *ret_method = (SignalMethod)m;
            return true;
        }
    return false;
}

const char *signal_method_name(SignalMethod method)
{
    return NAMES[method];
}

void *surge_allocate(gsize count, gsize size, GError **error)
{
    void *memory = calloc(MAX(count, 1), MAX(size, 1));
    if (memory == NULL)
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_MEMORY,
                    _("There is not enough memory for a series of this length."));
    return memory;
}

SignalSurgeOptions signal_surge_options(SignalMethod method)
{
    SignalSurgeOptions o = {
        .method = method,
        .freq = 52,
        .years_back = 5,
        .half_window = 3,
        .periods = 1,
        .exclude_recent = 3,
        .reweight = true,
        .weights_threshold = 2.58,
        .trend = true,
        .trend_p = 0.05,
        .threshold = SIGNAL_THRESHOLD_DELTA,
        .power = SIGNAL_POWER_TWO_THIRDS,
        .alpha = 0.05,
        .limit_cases = 5,
        .limit_weeks = 4,
        .baseline = 7,
        .cusum_k = 1.04,
        .cusum_h = 2.26,
        .mean = NAN,
        .dispersion = 0.1,
        .glr_limit = 5,
        .use_current_year = true,
    };
    switch (method) {
    case SIGNAL_FARRINGTON:
        o.weights_threshold = 1;
        o.exclude_recent = 0;
        break;
    case SIGNAL_EARS_C1:
    case SIGNAL_EARS_C2:
        o.alpha = 0.001;
        break;
    case SIGNAL_EARS_C3:
        o.alpha = 0.025;
        break;
    case SIGNAL_BAYES:
        o.years_back = 0;
        o.half_window = 6;
        break;
    case SIGNAL_RKI:
        o.years_back = 2;
        o.half_window = 4;
        o.use_current_year = false;
        break;
    case SIGNAL_GLR_NB:
        o.dispersion = 0.2;
        break;
    case SIGNAL_ADAPTIVE:
        o.alpha = 0.005;
        o.exclude_recent = 26;
        o.weights_threshold = 3;
        break;
    default:
        break;
    }
    return o;
}

/* The earliest position that can be judged at all. */
static gsize earliest(const SignalSurgeOptions *o)
{
    gsize years = (gsize)o->years_back * o->freq;
    switch (o->method) {
    case SIGNAL_FARRINGTON_FLEXIBLE:
        return o->days != NULL ? 2 : MAX(years + o->half_window, 2); /* told later, by the date */
    case SIGNAL_FARRINGTON:
        return MAX(years - MIN(years, o->half_window), (gsize)o->freq + 1);
    case SIGNAL_EARS_C1:
        return (gsize)o->baseline + 1;
    case SIGNAL_EARS_C2:
        return (gsize)o->baseline + 3;
    case SIGNAL_EARS_C3:
        return (gsize)o->baseline + 5;
    case SIGNAL_BAYES:
    case SIGNAL_RKI:
        return years + o->half_window + 1;
    case SIGNAL_ADAPTIVE:
        return 2 * (gsize)o->freq + o->exclude_recent + 1;
    default:
        return isnan(o->mean) ? 2 : 1;
    }
}

gsize signal_surge_first(const SignalSurgeOptions *o)
{
    if (o->method == SIGNAL_FARRINGTON_FLEXIBLE)
        return (gsize)o->years_back * (o->freq + (o->days != NULL && o->freq == 52)) +
               o->half_window + 1;
    if ((o->method == SIGNAL_CUSUM || o->method == SIGNAL_GLR_NB ||
         o->method == SIGNAL_GLR_POISSON) &&
        isnan(o->mean))
        return (gsize)o->freq + 1;
    return earliest(o);
}

/* ---- options that make no sense, a sentence each ---- */

static bool in_range(const char *name, double value, double least, double most, GError **error)
{
    if (value >= least && value <= most)
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE, _("%s %g is out of range: from %g to %g."),
                name, value, least, most);
    return false;
}

static bool check_farrington(const SignalSurgeOptions *o, GError **error)
{
    if (!in_range("--years-back", o->years_back, 1, SIGNAL_MAX_YEARS, error) ||
        !in_range("--half-window", o->half_window, 0, (o->freq - 1) / 2, error) ||
        !in_range("--periods", o->periods, 1, SIGNAL_MAX_PERIODS, error) ||
        !in_range("--exclude-recent", o->exclude_recent, 0, o->freq * o->years_back, error) ||
        !in_range("--weights-threshold", o->weights_threshold, 0, 1e6, error) ||
        !in_range("--trend-p", o->trend_p, 0, 1, error) ||
        !in_range("--limit-cases", o->limit_cases, 0, 1e9, error) ||
        !in_range("--limit-weeks", o->limit_weeks, 1, SIGNAL_MAX_POINTS, error))
        return false;
    if (o->method == SIGNAL_FARRINGTON && o->periods != 1) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("--periods belongs to farrington-flexible: the original Farrington has one "
                      "window a year."));
        return false;
    }
    if (o->years_back * (2 * o->half_window + 1) < 3) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("--years-back %u with --half-window %u leaves fewer than three weeks to "
                      "compare with: raise one of them."),
                    o->years_back, o->half_window);
        return false;
    }
    return true;
}

bool signal_surge_check(const SignalSurgeOptions *o, GError **error)
{
    if (!in_range("--freq", o->freq, 1, 366, error) ||
        !in_range("--alpha", o->alpha, 1e-12, 0.5, error))
        return false;
    switch (o->method) {
    case SIGNAL_FARRINGTON_FLEXIBLE:
    case SIGNAL_FARRINGTON:
        return check_farrington(o, error);
    case SIGNAL_EARS_C1:
    case SIGNAL_EARS_C2:
    case SIGNAL_EARS_C3:
        return in_range("--baseline", o->baseline, 3, 10000, error) &&
               in_range("--min-sigma", o->min_sigma, 0, 1e9, error);
    case SIGNAL_CUSUM:
        return in_range("--cusum-k", o->cusum_k, 0, 1e6, error) &&
               in_range("--cusum-h", o->cusum_h, 1e-6, 1e6, error) &&
               (isnan(o->mean) || in_range("--mean", o->mean, 1e-9, 1e9, error)) &&
               in_range("--dispersion", o->dispersion, 0, 1e6, error);
    case SIGNAL_GLR_POISSON:
    case SIGNAL_GLR_NB:
        return in_range("--glr-limit", o->glr_limit, 1e-6, 1e6, error) &&
               (isnan(o->mean) || in_range("--mean", o->mean, 1e-9, 1e9, error)) &&
               in_range("--dispersion", o->dispersion, o->method == SIGNAL_GLR_NB ? 1e-6 : 0, 1e6,
                        error);
    case SIGNAL_ADAPTIVE:
        return in_range("--freq", o->freq, 6, 366, error) &&
               in_range("--exclude-recent", o->exclude_recent, 0, o->freq * 10, error) &&
               in_range("--weights-threshold", o->weights_threshold, 1, 1e6, error);
    default:
        if (o->years_back == 0 && !o->use_current_year) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                        _("There is nothing to compare with: neither this year nor earlier ones."));
            return false;
        }
        return in_range("--years-back", o->years_back, 0, SIGNAL_MAX_YEARS, error) &&
               in_range("--half-window", o->half_window, 1, 10000, error);
    }
}

static bool check_counts(const double *counts, gsize n, GError **error)
{
    if (n > SIGNAL_MAX_POINTS) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_LIMIT,
                    _("The series has %" G_GSIZE_FORMAT " intervals; at most %d can be read."), n,
                    (int)SIGNAL_MAX_POINTS);
        return false;
    }
    for (gsize i = 0; i < n; i++)
        if (!(counts[i] >= 0) || counts[i] > 1e12 || counts[i] != floor(counts[i])) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                        _("Position %" G_GSIZE_FORMAT " of the series holds %g: a count is a whole "
                          "number from 0 on. Correct the figure or leave the interval out."),
                        i + 1, counts[i]);
            return false;
        }
    return true;
}

static bool check_population(const SignalSurgeOptions *o, gsize n, GError **error)
{
    for (gsize i = 0; o->population != NULL && i < n; i++)
        if (!(o->population[i] > 0 && isfinite(o->population[i]))) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                        _("Position %" G_GSIZE_FORMAT " has a population of %g: it must be above "
                          "0."),
                        i + 1, o->population[i]);
            return false;
        }
    return true;
}

static bool check_range(gsize n, const SignalSurgeOptions *o, gsize first, gsize last,
                        GError **error)
{
    if (last > n || first > last) {
        g_set_error(
            error, ZENHAR_ERROR, first > last && last <= n ? ZENHAR_ERROR_DATA : ZENHAR_ERROR_USAGE,
            first > n || first > last
                ? _("The history is too short: this method can judge from position %" G_GSIZE_FORMAT
                    " on, and the series ends at %" G_GSIZE_FORMAT
                    ". Use fewer --years-back, or ears-c1, which needs seven intervals.")
                : _("The range asks for a position beyond the end (from %" G_GSIZE_FORMAT
                    ", series of %" G_GSIZE_FORMAT ")."),
            first, n);
        return false;
    }
    if (first < earliest(o)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                    _("Position %" G_GSIZE_FORMAT " has too little history: this method can judge "
                      "from position %" G_GSIZE_FORMAT " on. Begin the range later, or use fewer "
                      "--years-back, or ears-c1, which needs seven intervals."),
                    first, earliest(o));
        return false;
    }
    return true;
}

bool signal_surge(const double *counts, gsize n, const SignalSurgeOptions *options, gsize first,
                  gsize last, SignalPoint *points, GError **error)
{
    g_assert(counts != NULL && options != NULL && points != NULL);
    static bool (*const RUN[SIGNAL_N_METHODS])(const SurgeRun *, GError **) = {
        [SIGNAL_FARRINGTON_FLEXIBLE] = surge_farrington,
        [SIGNAL_FARRINGTON] = surge_farrington,
        [SIGNAL_EARS_C1] = surge_ears,
        [SIGNAL_EARS_C2] = surge_ears,
        [SIGNAL_EARS_C3] = surge_ears,
        [SIGNAL_CUSUM] = surge_cusum,
        [SIGNAL_GLR_POISSON] = surge_glr,
        [SIGNAL_GLR_NB] = surge_glr,
        [SIGNAL_BAYES] = surge_bayes,
        [SIGNAL_RKI] = surge_bayes,
        [SIGNAL_ADAPTIVE] = surge_adaptive,
    };
    if (first == 0)
        first = signal_surge_first(options);
    if (last == 0)
        last = n;
    if (!signal_surge_check(options, error) || !check_counts(counts, n, error) ||
        !check_population(options, n, error) || !check_range(n, options, first, last, error))
        return false;
    for (gsize k = first; k <= last; k++)
        points[k - first] = (SignalPoint){.count = counts[k - 1],
                                          .expected = NAN,
                                          .upper = NAN,
                                          .score = NAN,
                                          .p_value = NAN,
                                          .mean = NAN,
                                          .phi = NAN};
    const SurgeRun run = {counts, n, first, last, options, points};
    return RUN[options->method](&run, error);
}

/* ---- many series ---- */

typedef struct {
    double p;
    gsize index;
} Ranked;

static int by_p(const void *a, const void *b)
{
    const Ranked *x = a, *y = b;
    if (x->p != y->p)
        return x->p < y->p ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

bool signal_fdr(const double *p_values, gsize n, double *q_values, GError **error)
{
    Ranked *ranked = surge_allocate(n, sizeof *ranked, error);
    if (ranked == NULL)
        return false;
    gsize m = 0;
    for (gsize i = 0; i < n; i++) {
        q_values[i] = NAN;
        if (!isnan(p_values[i]))
            ranked[m++] = (Ranked){p_values[i], i};
    }
    qsort(ranked, m, sizeof *ranked, by_p);
    double least = 1;
    for (gsize k = m; k > 0; k--) {
        least = fmin(least, ranked[k - 1].p * (double)m / (double)k);
        q_values[ranked[k - 1].index] = least;
    }
    free(ranked);
    return true;
}
