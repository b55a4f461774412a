/* The tables of series, alarms and estimates. */
#include "store/signal.h"
#include "store/private.h"

#include <string.h>

static const StoreField store_series_fields[] = {
    FIELD(StoreSeries, name),
    FIELD(StoreSeries, act_kind),
    FIELD_TO(StoreSeries, place_id, STORE_KIND_PLACE),
    FIELD(StoreSeries, interval_days),
    FIELD(StoreSeries, origin_day),
    FIELD(StoreSeries, cutoff_day),
    FIELD(StoreSeries, definition),
    FIELD(StoreSeries, points),
    FIELD(StoreSeries, synthetic),
    FIELD_OF(StoreSeries, created, FIELD_TIME),
};
STORE_ENTITY_DEFINE(StoreSeries, store_series, STORE_KIND_SERIES)

static const StoreField store_alarm_fields[] = {
    FIELD_TO(StoreAlarm, series_id, STORE_KIND_SERIES),
    FIELD_TO(StoreAlarm, crisis_id, STORE_KIND_CRISIS),
    FIELD(StoreAlarm, first_day, .initial = G_MININT32),
    FIELD(StoreAlarm, last_day, .initial = G_MAXINT32),
    FIELD(StoreAlarm, method),
    FIELD(StoreAlarm, observed),
    FIELD(StoreAlarm, expected),
    FIELD(StoreAlarm, threshold),
    FIELD(StoreAlarm, score),
    FIELD(StoreAlarm, p_value),
    FIELD(StoreAlarm, status),
    FIELD(StoreAlarm, reason),
    FIELD_TO(StoreAlarm, user_id, STORE_KIND_USER),
    FIELD(StoreAlarm, wrong_if),
    FIELD_OF(StoreAlarm, created, FIELD_TIME),
    FIELD(StoreAlarm, q_value, .since = 6),
    FIELD(StoreAlarm, data_sha256, .since = 6),
    FIELD(StoreAlarm, told, .since = 6),
    FIELD(StoreAlarm, told_count, .since = 6),
};
STORE_ENTITY_DEFINE(StoreAlarm, store_alarm, STORE_KIND_ALARM)
STORE_ENTITY_BY_DEFINE(StoreAlarm, store_alarm, series)

static const StoreField store_estimate_fields[] = {
    FIELD(StoreEstimate, title),
    FIELD(StoreEstimate, method),
    FIELD(StoreEstimate, lists),
    FIELD(StoreEstimate, act_kind),
    FIELD_TO(StoreEstimate, place_id, STORE_KIND_PLACE),
    FIELD(StoreEstimate, first_day, .initial = G_MININT32),
    FIELD(StoreEstimate, last_day, .initial = G_MAXINT32),
    FIELD(StoreEstimate, observed),
    FIELD(StoreEstimate, estimate),
    FIELD(StoreEstimate, low),
    FIELD(StoreEstimate, high),
    FIELD(StoreEstimate, level),
    FIELD(StoreEstimate, settings),
    FIELD(StoreEstimate, wrong_if),
    FIELD(StoreEstimate, synthetic),
    FIELD_OF(StoreEstimate, created, FIELD_TIME),
};
STORE_ENTITY_DEFINE(StoreEstimate, store_estimate, STORE_KIND_ESTIMATE)
G_STATIC_ASSERT(sizeof(StoreSeriesPoint) == 8 * sizeof(double));
G_STATIC_ASSERT(G_BYTE_ORDER == G_LITTLE_ENDIAN);

const StoreSeriesPoint *store_series_points(const StoreSeries *series, gsize *ret_n)
{
    gsize length = 0;
    const void *bytes = series->points != NULL ? g_bytes_get_data(series->points, &length) : NULL;
    *ret_n = length / sizeof(StoreSeriesPoint);
    return bytes;
}

void store_series_set_points(StoreSeries *series, const StoreSeriesPoint *points, gsize n_points)
{
    g_clear_pointer(&series->points, g_bytes_unref);
    series->points = g_bytes_new(points, n_points * sizeof *points);
}
