/* Why a week rang, or has no bound, in a sentence; what would make it wrong. */
#include "base/i18n.h"
#include "signal/surge.h"
#include <math.h>

static char *number(double x)
{
    return i18n_decimal(x, fabs(x) >= 100 || x == floor(x) ? 0 : 1);
}

static char *probability(double p)
{
    if (p < 1e-6)
        return g_strdup(_("less than 1 in 1,000,000"));
    g_autofree char *n = i18n_integer((gint64)llround(1 / p));
    return g_strdup_printf(_("about 1 in %s"), n);
}

char *signal_surge_reason(const SignalPoint *point, const SignalSurgeOptions *options)
{
    switch (point->gap) {
    case SIGNAL_GAP_FEW_CASES: {
        g_autofree char *cases = number(options->limit_cases);
        g_autofree char *weeks = number(options->limit_weeks);
        return g_strdup_printf(_("No bound: fewer than %s cases in the last %s intervals, this one "
                                 "included."),
                               cases, weeks);
    }
    case SIGNAL_GAP_NO_FIT:
        return g_strdup(_("No bound: the regression on the past does not settle, most often "
                          "because nearly all past counts are zero."));
    case SIGNAL_GAP_BOUND_INFINITE:
        return g_strdup(_("No bound: the past is too thin to limit what could happen by chance."));
    case SIGNAL_GAP_NO_VARIATION:
        return g_strdup(_("No bound: the baseline does not vary, so no deviation can be measured "
                          "by it."));
    default:
        break;
    }
    if (!point->alarm)
        return g_strdup("");
    g_autofree char *count = number(point->count);
    g_autofree char *upper = number(point->upper);
    g_autofree char *weeks = number(point->baseline_weeks);
    if (!isnan(point->expected)) {
        g_autofree char *expected = number(point->expected);
        g_autofree char *chance = isnan(point->p_value) ? NULL : probability(point->p_value);
        if (chance != NULL)
            return g_strdup_printf(_("Surge: %s reported where %s were expected from %s past "
                                     "intervals; the bound is %s; by chance alone %s."),
                                   count, expected, weeks, upper, chance);
        return g_strdup_printf(_("Surge: %s reported where %s were expected from %s past "
                                 "intervals; the bound is %s."),
                               count, expected, weeks, upper);
    }
    if (options->method == SIGNAL_EARS_C3)
        return g_strdup_printf(_("Surge: %s reported, and the excess of this and the two intervals "
                                 "before it together is above the bound."),
                               count);
    if (options->method == SIGNAL_CUSUM || options->method == SIGNAL_GLR_NB ||
        options->method == SIGNAL_GLR_POISSON) {
        g_autofree char *mean = number(point->mean);
        return g_strdup_printf(_("Surge: with %s reported in this interval, the excess over a mean "
                                 "of %s has added up to the limit."),
                               count, mean);
    }
    g_autofree char *mean = number(point->mean);
    return g_strdup_printf(_("Surge: %s reported where the mean of %s past intervals is %s; the "
                             "bound is %s."),
                           count, weeks, mean, upper);
}

char *signal_surge_weakness(const SignalPoint *point, const SignalSurgeOptions *options)
{
    if (point->trend)
        return g_strdup(_("It would be wrong if a new source began, if a backlog was entered under "
                          "this date, if one event was told several times, or if the trend fitted "
                          "to the past has since changed."));
    return g_strdup(_("It would be wrong if a new source began, if a backlog was entered under "
                      "this date, or if one event was told several times."));
}
