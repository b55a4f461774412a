/* signal/scan.h: where and since when are there more than chance would put there?
 *
 * Space–time scan (Kulldorff 1997, 2001; space–time permutation: Kulldorff et al. 2005).
 * Cylinders: a circle about each place and a window of intervals; a prospective
 * window ends with the last interval. The statistic is the log of the likelihood ratio; p-values
 * by Monte Carlo, each replication with its own stream, so any number of threads gives the same.
 *
 * Places 192, windows 7, 999 replications: 0.05 s. Memory: places² and places · windows numbers. */
#pragma once
#include "base/error.h"
#include <glib.h>

typedef enum {
    SIGNAL_SCAN_PERMUTATION, /**< needs cases only: place and time as if independent */
    SIGNAL_SCAN_POISSON,     /**< needs what was expected of each place and interval */
} SignalScanModel;

typedef enum {
    SIGNAL_SCAN_PROSPECTIVE,   /**< windows that end with the last interval */
    SIGNAL_SCAN_RETROSPECTIVE, /**< any windows */
    SIGNAL_SCAN_SPATIAL,       /**< one window, the whole span (Poisson only) */
} SignalScanKind;

enum { SIGNAL_SCAN_MAX_PLACES = 5000, SIGNAL_SCAN_MAX_SUMS = 50000000 };

typedef struct {
    SignalScanModel model;
    SignalScanKind kind;
    bool cartesian;               /**< coordinates are x and y, and the radius has their unit */
    double max_radius_km;         /**< infinite: no limit */
    double max_share;             /**< of all cases (permutation) or of all expected: 0.5 */
    guint min_window, max_window; /**< intervals */
    guint n_groups;               /**< groups of people (age, sex) whose cases are permuted each
                                       for themselves; 0, 1: none; permutation only */
    guint min_cases;              /**< 2 */
    guint replications;           /**< 999 */
    guint64 seed;
    guint threads;      /**< 0: the default */
    gsize max_clusters; /**< reported at most */
    double max_p;       /**< clusters with a higher p-value are not reported: 0.998 */
} SignalScanOptions;

SignalScanOptions signal_scan_options(void);

typedef struct {
    gsize centre, n_places;
    gsize *places;     /**< by distance from the centre */
    double radius_km;  /**< to the farthest place */
    gsize first, last; /**< intervals of the window */
    double cases, expected;
    double ratio;     /**< observed / expected (permutation), relative risk (Poisson) */
    double statistic; /**< log likelihood ratio */
    double p_value;
    double recurrence; /**< intervals after which chance alone gives one like it; NaN: not
                            prospective, so looked for once */
} SignalScanCluster;

typedef struct {
    gsize n_clusters;
    SignalScanCluster
        *clusters; /**< by statistic; none shares place and time with an earlier one */
    guint replications;
    double cases;
} SignalScan;

/** @param latitude, longitude  degrees, n_places
 *  @param counts    n_places · n_intervals, place by place; whole numbers; with groups one
 *                   such block after the other
 *  @param expected  likewise, any scale, > 0 in sum (Poisson); NULL (permutation)
 *  NULL with error set. */
SignalScan *signal_scan(const double *latitude, const double *longitude, gsize n_places,
                        const double *counts, const double *expected, gsize n_intervals,
                        const SignalScanOptions *options, GError **error);
void signal_scan_free(SignalScan *scan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SignalScan, signal_scan_free)

/** People of one place, and of one group (age, sex) when cases are told by group. */
typedef struct {
    guint place, category; /**< category: 0 where there are none */
    gint32 day;
    double population;
} SignalScanPopulation;

/** Expected numbers for the Poisson scan from populations at dates: each group's cases over its
 *  person-time, times the person-time of place and interval; straight lines between dates.
 *
 *  @param rows            sorted by the call; of one place, group and day they are added up
 *  @param category_cases  n_categories: cases of each group
 *  @param starts          n_intervals + 1 first days; the last is the day after the end
 *  @param expected        out, n_places · n_intervals; in sum the cases
 *  False with error set: cases of a group that has no people. */
bool signal_scan_expected(SignalScanPopulation *rows, gsize n_rows, const double *category_cases,
                          gsize n_categories, gsize n_places, const gint32 *starts,
                          gsize n_intervals, double *expected, GError **error);
