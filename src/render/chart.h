/* render/chart.h: the charts: arrays in, a canvas out. No store, no clock.
 *
 * Each is as wide as a page's text (471 points). Digits, dates and direction follow the thread's
 * language, which the canvas keeps. Each carries a description in words: what a reader sees at a
 * glance. Borrow all they are given. Nothing to draw (n 0): NULL. */
#pragma once
#include "render/canvas.h"
#include "store/signal.h"

#define CHART_WIDTH 471.0

/** Counts by interval with what was expected, the bound and the alarms. */
typedef struct {
    const char *title;
    gint32 interval_days; /**< 1, 7; for the words of the description */
    gsize n_points;
    const StoreSeriesPoint *points;
} ChartSeries;
Canvas *chart_series(const ChartSeries *series);

/** Bars by week, in up to CHART_KINDS stacked shades. */
enum { CHART_KINDS = 4 };
typedef struct {
    const char *title;
    gint32 first_day; /**< of the first week */
    gsize n_weeks;
    gsize n_kinds; /**< at most CHART_KINDS */
    const char *kinds[CHART_KINDS];
    const double *counts; /**< n_weeks * n_kinds, week by week */
    const double *told;   /**< n_weeks: the same acts by the week in which they were reported, a
                               second drawing below; NULL: none */
    double told_later;    /**< reported after the last week */
} ChartCurve;
Canvas *chart_curve(const ChartCurve *curve);

/** One reporter's figure for one year (or a part of one). */
typedef struct {
    gsize reporter;    /**< index of its name */
    double year;       /**< Gregorian; its middle for a part */
    double low, high;  /**< equal: one figure; NaN high: at least */
    bool part;         /**< of a year */
    bool unconfirmed;  /**< not checked at its source */
    const char *words; /**< "2024, Iran Human Rights: at least 975" */
} ChartYear;
typedef struct {
    const char *title;
    gsize n_reporters;
    const char *const *reporters; /**< names, the one with most figures first */
    gsize n_years;
    const ChartYear *years;
} ChartYears;
Canvas *chart_years(const ChartYears *years);

/** The 31 provinces of Iran as tiles, roughly where they lie; not mirrored in Persian. */
typedef struct {
    const char *iso;  /**< "IR-23" */
    const char *name; /**< in the reader's language */
    double value;     /**< NaN: none reported */
} ChartProvince;
typedef struct {
    const char *title;
    const char *unit; /**< what the numbers count */
    gsize n_provinces;
    const ChartProvince *provinces;
    double elsewhere; /**< counted, but in no province; NaN none */
} ChartProvinces;
Canvas *chart_provinces(const ChartProvinces *provinces);

/** Heat map of risk factors: level and trend of each, and of its indicators a cell each. */
typedef struct {
    const char *code, *title;
    gint32 level; /**< -1 … 3 */
    const char *level_words;
    const char *trend; /**< rising, steady, falling, or NULL */
    const char *trend_words;
    gsize n_rated, n_indicators;
    const gint32 *levels; /**< n_indicators: -1 not rated … 3; NULL: no cells */
    const bool *differ;   /**< n_indicators: the analysts give different levels; NULL: none */
} ChartFactor;
typedef struct {
    const char *title;
    gsize n_factors;
    const ChartFactor *factors;
    const char *level_names[5]; /**< of -1 … 3, for the legend; first NULL: no legend */
} ChartFramework;
Canvas *chart_framework(const ChartFramework *framework);

/** Ratios with intervals around 1, on a logarithmic axis. */
typedef struct {
    const char *label;
    bool heading;            /**< a line of its own, without numbers */
    double ratio, low, high; /**< NaN: cannot tell */
    const char *words;       /**< instead of numbers, when it cannot be told; NULL */
} ChartRatio;
typedef struct {
    const char *title;
    gsize n_ratios;
    const ChartRatio *ratios;
} ChartForest;
Canvas *chart_forest(const ChartForest *forest);

/** Who is on exactly which lists: bars above columns of dots (after UpSet, Lex and others 2014).
 *  The first CHART_OVERLAPS patterns are drawn; the rest is told in words. */
enum { CHART_OVERLAPS = 22 };
typedef struct {
    guint32 lists; /**< bit j: on list j */
    double count;
} ChartOverlap;
typedef struct {
    const char *title;
    gsize n_lists; /**< at most 32 */
    const char *const *lists;
    const double *sizes; /**< persons on each list */
    gsize n_patterns;    /**< largest first */
    const ChartOverlap *patterns;
} ChartOverlaps;
Canvas *chart_overlaps(const ChartOverlaps *overlaps);

/** The distribution of a total: shares of equal steps between `from` and `to`. */
typedef struct {
    const char *title;
    double observed, middle, low, high;
    double from, to;
    gsize n_shares;
    const double *shares;
} ChartTotal;
Canvas *chart_total(const ChartTotal *total);

/** Totals with their intervals, one above the other, on one axis of persons. */
typedef struct {
    const char *label;
    double middle, low, high; /**< NaN middle: cannot tell; infinite high: no upper end */
    const char *words;        /**< instead of numbers; NULL */
    bool first;               /**< the one that the others are compared with */
    bool others;              /**< not ours: published by others */
} ChartInterval;
typedef struct {
    const char *title;
    double observed; /**< a dashed line; 0: none */
    gsize n_rows;
    const ChartInterval *rows;
} ChartIntervals;
Canvas *chart_intervals(const ChartIntervals *intervals);

/** Forecasts in groups of equal size against what came of them. */
typedef struct {
    const char *title;
    gsize n;
    const double *forecast, *observed; /**< n means, 0 … 1 */
    const double *low, *high;          /**< n: interval of what was observed */
    const double *count;               /**< n */
} ChartReliability;
Canvas *chart_reliability(const ChartReliability *reliability);

/** Where a state stands on a measure. */
typedef enum {
    CHART_NO_STAND,
    CHART_ASKED,
    CHART_PROMISED,
    CHART_REFUSED,
    CHART_TAKEN,
    CHART_N_STANDS
} ChartStand;
/** States by measures, a mark for each stand; what the columns mean stands below. Nine
 *  columns a panel, panels below each other; at most 120 rows: that there are more is told. */
typedef struct {
    const char *title;
    gsize n_states, n_measures;
    const char *const *states;
    const char *const *short_names;     /**< "D1" above a column */
    const char *const *measures;        /**< their titles */
    const char *stands[CHART_N_STANDS]; /**< words of the legend */
    const ChartStand *cells;            /**< n_states × n_measures */
} ChartMeasures;
Canvas *chart_measures(const ChartMeasures *measures);
