/* signal/nowcast.h: how many events have happened, reported or not yet.
 *
 * Deaths are reported late, and a quiet last week is not peace. From the
 * reporting triangle (event interval × delay): the chance that a report comes
 * with delay d given that it comes within d (reverse-time hazards, Kalbfleisch
 * and Lawless 1989; Lawless 1994) with its own uncertainty, a smooth course of
 * the underlying rate (log-Gaussian random walk, by Laplace's approximation, as
 * in Höhle and an der Heiden 2014 but faster) and day-to-day excess variance.
 * Intervals come from draws over all three. README.md tells what was tried. */
#pragma once
#include "base/error.h"
#include <glib.h>

typedef struct {
    guint max_delay; /**< in intervals; later reports count as this late */
    guint draws;
    guint64 seed;
    double level;   /**< of the interval: 0.95 */
    double drift;   /**< standard deviation of the rate's log from one interval to the next */
    double frailty; /**< shape of the interval's own gamma factor: excess variance 1 / frailty */
    double memory;  /**< intervals after which a delay seen counts 1/e; 0: all alike */
    double prior;   /**< weight, in reports, of the belief that delays spread evenly */
} SignalNowcastOptions;

SignalNowcastOptions signal_nowcast_options(void);

typedef struct {
    gint32 interval;                   /**< of the event */
    double reported;                   /**< known at `now` */
    double median, mean, lower, upper; /**< of the final number; whole but for the mean */
    double share;                      /**< expected share reported by now */
} SignalNowcastPoint;

/** @param events, reports  n intervals each (any unit, counted alike: days, or weeks from an
 *                          origin); a report never precedes its event
 *  @param now     reports up to and including this interval are known
 *  @param first, last  event intervals to estimate, last ≤ now; last - first + 1 points out
 *  @return false with ZENHAR_ERROR_DATA and a sentence when the history cannot tell: fewer than 20
 *          reports of events since reporting began, or that less than 3 intervals ago. */
bool signal_nowcast(const gint32 *events, const gint32 *reports, gsize n, gint32 now,
                    const SignalNowcastOptions *options, gint32 first, gint32 last,
                    SignalNowcastPoint *points, GError **error);
