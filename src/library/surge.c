/* library/surge.c: surges of one series; false discovery rate. */
#include "library/private.h"

#include "signal/surge.h"
#include <math.h>
#include <string.h>

static bool read_options(char **words, SignalSurgeOptions *o, GError **error)
{
    static const char *const THRESHOLDS[] = {"delta", "nbPlugin", "muan", NULL};
    static const char *const POWERS[] = {"2/3", "1/2", "none", NULL};
    static const char *const TRANSFORMS[] = {"standard",      "rossi", "anscombe", "anscombe2nd",
                                             "pearsonNegBin", "none",  NULL};
    const char *name = NULL;
    SignalMethod method = SIGNAL_FARRINGTON_FLEXIBLE;
    const char *methods[SIGNAL_N_METHODS + 1] = {NULL};
    for (int i = 0; i < SIGNAL_N_METHODS; i++)
        methods[i] = signal_method_name((SignalMethod)i);
    int chosen = SIGNAL_FARRINGTON_FLEXIBLE;
    for (gsize i = 0; words[i] != NULL;
         i++) /* the method first: its defaults come before the rest */
        if (g_str_has_prefix(words[i], "method="))
            name = words[i] + strlen("method=");
    if (name != NULL && signal_method_parse(name, &method))
        chosen = (int)method;
    *o = signal_surge_options((SignalMethod)chosen);
    int threshold = o->threshold, power = o->power, transform = o->transform;
    bool excluded = false;
    const Option known[] = {
        {"method", OPTION_CHOICE, &chosen, methods, NULL},
        {"freq", OPTION_WHOLE, &o->freq, NULL, NULL},
        {"years-back", OPTION_WHOLE, &o->years_back, NULL, NULL},
        {"half-window", OPTION_WHOLE, &o->half_window, NULL, NULL},
        {"periods", OPTION_WHOLE, &o->periods, NULL, NULL},
        {"exclude-recent", OPTION_WHOLE, &o->exclude_recent, NULL, &excluded},
        {"weights-threshold", OPTION_REAL, &o->weights_threshold, NULL, NULL},
        {"reweight", OPTION_FLAG, &o->reweight, NULL, NULL},
        {"trend", OPTION_FLAG, &o->trend, NULL, NULL},
        {"trend-p", OPTION_REAL, &o->trend_p, NULL, NULL},
        {"threshold-method", OPTION_CHOICE, &threshold, THRESHOLDS, NULL},
        {"power", OPTION_CHOICE, &power, POWERS, NULL},
        {"alpha", OPTION_REAL, &o->alpha, NULL, NULL},
        {"limit-cases", OPTION_REAL, &o->limit_cases, NULL, NULL},
        {"limit-weeks", OPTION_WHOLE, &o->limit_weeks, NULL, NULL},
        {"baseline", OPTION_WHOLE, &o->baseline, NULL, NULL},
        {"min-sigma", OPTION_REAL, &o->min_sigma, NULL, NULL},
        {"cusum-k", OPTION_REAL, &o->cusum_k, NULL, NULL},
        {"cusum-h", OPTION_REAL, &o->cusum_h, NULL, NULL},
        {"transform", OPTION_CHOICE, &transform, TRANSFORMS, NULL},
        {"reset", OPTION_FLAG, &o->cusum_reset, NULL, NULL},
        {"mean", OPTION_REAL, &o->mean, NULL, NULL},
        {"dispersion", OPTION_REAL, &o->dispersion, NULL, NULL},
        {"glr-limit", OPTION_REAL, &o->glr_limit, NULL, NULL},
        {"current-year", OPTION_FLAG, &o->use_current_year, NULL, NULL},
    };
    if (!options_read(words, known, G_N_ELEMENTS(known), error))
        return false;
    if (!excluded && o->method == SIGNAL_FARRINGTON_FLEXIBLE)
        o->exclude_recent = o->half_window; /* as R does */
    o->threshold = (SignalThreshold)threshold;
    o->power = (SignalPower)power;
    o->transform = (SignalCusumTransform)transform;
    return signal_surge_check(o, error);
}

/* Positions judged; false when the range is none. */
static bool range(const SignalSurgeOptions *o, size_t n, size_t *first, size_t *last,
                  GError **error)
{
    if (*first == 0)
        *first = signal_surge_first(o);
    if (*last == 0)
        *last = n;
    if (*first <= *last && *last <= n)
        return true;
    if (*last == n)
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                    _("The history is too short: the method begins at position %" G_GSIZE_FORMAT
                      ", and the series has %" G_GSIZE_FORMAT "."),
                    *first, n);
    else
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("Positions %" G_GSIZE_FORMAT " to %" G_GSIZE_FORMAT
                      " are no part of a series of %" G_GSIZE_FORMAT "."),
                    *first, *last, n);
    return false;
}

static void spread(double *to, size_t n, size_t first, size_t n_points, const SignalPoint *points,
                   size_t member)
{
    if (to == NULL)
        return;
    for (size_t i = 0; i < n; i++)
        to[i] = NAN;
    for (size_t i = 0; i < n_points; i++)
        to[first - 1 + i] = *(const double *)((const char *)&points[i] + member);
}

int zenhar_surge(const double *counts, size_t n, const char *options, size_t first, size_t last,
                 double *expected, double *upper, double *score, double *p_value, int *alarm)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) words = options_split(options);
    SignalSurgeOptions o;
    if (!read_options(words, &o, &error) || !range(&o, n, &first, &last, &error))
        return library_fail(error);
    size_t n_points = last - first + 1;
    g_autofree SignalPoint *points = g_try_new0(SignalPoint, n_points);
    if (points == NULL)
        g_set_error(&error, ZENHAR_ERROR, ZENHAR_ERROR_MEMORY, _("Not enough memory."));
    if (points == NULL || !signal_surge(counts, n, &o, first, last, points, &error))
        return library_fail(error);
    spread(expected, n, first, n_points, points, G_STRUCT_OFFSET(SignalPoint, expected));
    spread(upper, n, first, n_points, points, G_STRUCT_OFFSET(SignalPoint, upper));
    spread(score, n, first, n_points, points, G_STRUCT_OFFSET(SignalPoint, score));
    spread(p_value, n, first, n_points, points, G_STRUCT_OFFSET(SignalPoint, p_value));
    for (size_t i = 0; alarm != NULL && i < n; i++)
        alarm[i] = i + 1 >= first && i + 1 <= last && points[i + 1 - first].alarm;
    return library_done();
}

int zenhar_fdr(const double *p_values, size_t n, double *q_values)
{
    g_autoptr(GError) error = NULL;
    return signal_fdr(p_values, n, q_values, &error) ? library_done() : library_fail(error);
}
