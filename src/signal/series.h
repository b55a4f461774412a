/* signal/series.h: events with a day become counts by day, week or month.
 *
 * ISO weeks begin on Monday, Solar Hijri weeks on Saturday; months by either
 * calendar. Intervals without an event count 0, so a series has no gaps. */
#pragma once
#include "base/error.h"
#include <glib.h>

typedef enum {
    SIGNAL_DAILY,
    SIGNAL_WEEKLY,       /**< ISO 8601: Monday to Sunday */
    SIGNAL_WEEKLY_SOLAR, /**< Saturday to Friday */
    SIGNAL_MONTHLY,
    SIGNAL_MONTHLY_SOLAR,
} SignalInterval;

/** Intervals a year: 365, 52 or 12. */
guint signal_interval_freq(SignalInterval interval);
/** First day of the interval that holds the day; of the next interval. */
gint32 signal_interval_start(SignalInterval interval, gint32 day);
gint32 signal_interval_next(SignalInterval interval, gint32 day);
/** "daily", "weekly", "weekly-solar-hijri", "monthly", "monthly-solar-hijri". */
bool signal_interval_parse(const char *name, SignalInterval *ret_interval);
/** True when a day from 1 to 13 Farvardin lies in first … last: offices and courts rest. */
bool signal_is_nowruz(gint32 first_day, gint32 last_day);

typedef struct {
    SignalInterval interval;
    gsize n, n_groups;
    gint32 *starts; /**< n first days */
    double *counts; /**< n_groups · n, group by group; weights added up, so whole when they are */
    gsize outside;  /**< events before the first or after the last day: not counted */
} SignalSeries;

/** Adds up events.
 *
 *  @param days     n_events days since 1970-01-01
 *  @param weights  n_events values ≥ 0, or NULL: 1 each
 *  @param groups   n_events numbers below n_groups, or NULL: one group
 *  @param first_day, last_day  the span that is covered; its intervals are whole, so the
 *                  first may begin earlier. Give the last day that sources have covered, not
 *                  that of the last event: a quiet end is a zero, not an absence.
 *  NULL with error set (ZENHAR_ERROR_DATA, _LIMIT, _MEMORY). */
SignalSeries *signal_series_new(SignalInterval interval, const gint32 *days, const double *weights,
                                const guint *groups, gsize n_events, gsize n_groups,
                                gint32 first_day, gint32 last_day, GError **error);
void signal_series_free(SignalSeries *series);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SignalSeries, signal_series_free)
/** Borrowed counts of a group. */
const double *signal_series_peek(const SignalSeries *series, gsize group);
