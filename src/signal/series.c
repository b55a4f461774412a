#include "signal/series.h"
#include "base/edtf.h"
#include "base/i18n.h"
#include "signal/surge_private.h"
#include <stdlib.h>
#include <string.h>

guint signal_interval_freq(SignalInterval interval)
{
    return interval == SIGNAL_DAILY                                         ? 365
           : interval == SIGNAL_MONTHLY || interval == SIGNAL_MONTHLY_SOLAR ? 12
                                                                            : 52;
}

bool signal_interval_parse(const char *name, SignalInterval *ret_interval)
{
    static const char *const NAMES[] = {"daily", "weekly", "weekly-solar-hijri", "monthly",
                                        "monthly-solar-hijri"};
    for (gsize i = 0; i < G_N_ELEMENTS(NAMES); i++)
        if (strcmp(name, NAMES[i]) == 0) {
            *ret_interval = (SignalInterval)i;
            return true;
        }
    return false;
}

gint32 signal_interval_start(SignalInterval interval, gint32 day)
{
    int year, month, in_month;
    switch (interval) {
    case SIGNAL_WEEKLY:
        return day - (edtf_weekday(day) - 1);
    case SIGNAL_WEEKLY_SOLAR: /* Saturday is day 6 */
        return day - (edtf_weekday(day) + 1) % 7;
    case SIGNAL_MONTHLY:
        edtf_day_to_gregorian(day, &year, &month, &in_month);
        return day - (in_month - 1);
    case SIGNAL_MONTHLY_SOLAR:
        edtf_day_to_solar_hijri(day, &year, &month, &in_month);
        return day - (in_month - 1);
    default:
        return day;
    }
}

gint32 signal_interval_next(SignalInterval interval, gint32 day)
{
    gint32 start = signal_interval_start(interval, day);
    switch (interval) {
    case SIGNAL_DAILY:
        return start + 1;
    case SIGNAL_MONTHLY:
    case SIGNAL_MONTHLY_SOLAR:
        return signal_interval_start(interval, start + 32);
    default:
        return start + 7;
    }
}

bool signal_is_nowruz(gint32 first_day, gint32 last_day)
{
    int year, month, day;
    edtf_day_to_solar_hijri(last_day, &year, &month, &day);
    gint32 nowruz = edtf_day_from_solar_hijri(year, 1, 1);
    return first_day <= nowruz + 12 && last_day >= nowruz;
}

/* Position of a day among ascending starts; the day is not before the first. */
static gsize find(const SignalSeries *series, gint32 day)
{
    gsize low = 0, high = series->n;
    while (high - low > 1) {
        gsize middle = (low + high) / 2;
        if (series->starts[middle] <= day)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static bool check(const double *weights, const guint *groups, gsize n, gsize n_groups, gint32 first,
                  gint32 last, GError **error)
{
    if (first > last || (gint64)last - first > SIGNAL_MAX_POINTS) {
        g_set_error(error, ZENHAR_ERROR, first > last ? ZENHAR_ERROR_DATA : ZENHAR_ERROR_LIMIT,
                    first > last ? _("The span ends before it begins.")
                                 : _("The span is longer than a million days; look for a mistyped "
                                     "date."));
        return false;
    }
    for (gsize i = 0; i < n; i++)
        if ((weights != NULL && !(weights[i] >= 0 && weights[i] <= 1e12)) ||
            (groups != NULL && groups[i] >= n_groups)) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                        _("Event %" G_GSIZE_FORMAT " has no usable weight or group."), i + 1);
            return false;
        }
    return true;
}

SignalSeries *signal_series_new(SignalInterval interval, const gint32 *days, const double *weights,
                                const guint *groups, gsize n_events, gsize n_groups,
                                gint32 first_day, gint32 last_day, GError **error)
{
    if (!check(weights, groups, n_events, n_groups, first_day, last_day, error))
        return NULL;
    SignalSeries *series = surge_allocate(1, sizeof *series, error);
    if (series == NULL)
        return NULL;
    series->interval = interval;
    series->n_groups = n_groups;
    gint32 start = signal_interval_start(interval, first_day);
    for (gint32 at = start; at <= last_day; at = signal_interval_next(interval, at))
        series->n++;
    series->starts = surge_allocate(series->n, sizeof(gint32), error);
    if (series->starts != NULL)
        series->counts = surge_allocate(series->n * n_groups, sizeof(double), error);
    if (series->counts == NULL) {
        signal_series_free(series);
        return NULL;
    }
    for (gsize i = 0; i < series->n; i++, start = signal_interval_next(interval, start))
        series->starts[i] = start;
    for (gsize e = 0; e < n_events; e++) {
        if (days[e] < series->starts[0] || days[e] > last_day) {
            series->outside++;
            continue;
        }
        gsize group = groups != NULL ? groups[e] : 0;
        series->counts[group * series->n + find(series, days[e])] +=
            weights != NULL ? weights[e] : 1;
    }
    return series;
}

void signal_series_free(SignalSeries *series)
{
    if (series == NULL)
        return;
    free(series->starts);
    free(series->counts);
    free(series);
}

const double *signal_series_peek(const SignalSeries *series, gsize group)
{
    g_assert(group < series->n_groups);
    return series->counts + group * series->n;
}
