/* store/signal.h: series with their cached points, alarms, estimates. */
#pragma once
#include "store/entity.h"

/** Little-endian doubles in this order make up the blob; NaN where there is none. */
typedef struct {
    double first_day; /**< of the interval; days since 1970-01-01 */
    double observed;
    double nowcast; /**< expected final count after correction for delay */
    double nowcast_low, nowcast_high;
    double expected;
    double upper; /**< above it is an alarm */
    double alarm; /**< 1 or 0 */
} StoreSeriesPoint;

typedef struct {
    gint64 id;
    char *name;
    char *act_kind;       /**< NULL: all */
    gint64 place_id;      /**< 0: everywhere */
    gint32 interval_days; /**< 7: weeks */
    gint32 origin_day;    /**< first day of the first interval */
    gint32 cutoff_day;    /**< last day known when it was computed */
    char *definition;     /**< JSON: filters, method and its settings */
    GBytes *points;       /**< read and set by the calls below */
    bool synthetic;
    gint64 created;
} StoreSeries;
STORE_ENTITY(StoreSeries, store_series)
/** Borrowed; *ret_n points. */
const StoreSeriesPoint *store_series_points(const StoreSeries *series, gsize *ret_n);
/** Copies. */
void store_series_set_points(StoreSeries *series, const StoreSeriesPoint *points, gsize n_points);

typedef struct {
    gint64 id;
    gint64 series_id;
    gint64 crisis_id;
    gint32 first_day, last_day; /**< the interval that rang */
    char *method;               /**< farrington_flexible, ears_c, … */
    double observed, expected, threshold, score, p_value;
    char *status; /**< new, acknowledged, dismissed, ceased (rings no more, but was told) */
    char *reason; /**< given by who acknowledged or dismissed */
    gint64 user_id;
    char *wrong_if; /**< what would make it wrong, in words */
    gint64 created;
    double q_value;    /**< false discovery rate among all series of its interval; NaN none */
    char *data_sha256; /**< hex, of the counts and settings that it was judged by */
    gint64 told;       /**< seconds when it was last told or answered; 0 never */
    double told_count; /**< its count then; NaN never */
} StoreAlarm;
STORE_ENTITY(StoreAlarm, store_alarm)
STORE_ENTITY_BY(StoreAlarm, store_alarm, series)

typedef struct {
    gint64 id;
    char *title;
    char *method; /**< loglinear_bic, … */
    char *lists;  /**< JSON: the lists' names and counts */
    char *act_kind;
    gint64 place_id;
    gint32 first_day, last_day;
    double observed; /**< on at least one list */
    double estimate, low, high;
    double level;   /**< of the interval, 0.95 */
    char *settings; /**< JSON, with the seed */
    char *wrong_if;
    bool synthetic;
    gint64 created;
} StoreEstimate;
STORE_ENTITY(StoreEstimate, store_estimate)
