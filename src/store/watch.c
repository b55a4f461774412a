/* The tables of the watch: things seen, notices, the outbox. */
#include "store/watch.h"
#include "store/private.h"

#include <string.h>

static const StoreField store_watched_fields[] = {
    FIELD(StoreWatched, key, .constraint = "NOT NULL UNIQUE"),
    FIELD(StoreWatched, kind),
    FIELD(StoreWatched, value),
    FIELD(StoreWatched, time),
};
STORE_ENTITY_DEFINE(StoreWatched, store_watched, STORE_KIND_WATCHED, .since = 4)

static const StoreField store_notice_fields[] = {
    FIELD(StoreNotice, key, .constraint = "NOT NULL UNIQUE"),
    FIELD(StoreNotice, kind),
    FIELD(StoreNotice, round),
    FIELD(StoreNotice, subject_kind),
    FIELD(StoreNotice, subject_id),
    FIELD(StoreNotice, first_day, .initial = G_MININT32),
    FIELD(StoreNotice, last_day, .initial = G_MAXINT32),
    FIELD(StoreNotice, words),
    FIELD(StoreNotice, words_fa),
    FIELD(StoreNotice, wrong_if),
    FIELD(StoreNotice, wrong_if_fa),
    FIELD(StoreNotice, evidence),
    FIELD_OF(StoreNotice, created, FIELD_TIME),
};
STORE_ENTITY_DEFINE(StoreNotice, store_notice, STORE_KIND_NOTICE, .since = 4,
                    .indexes = "CREATE INDEX \"notice_round\" ON \"notice\"(\"round\")")

static const StoreField store_dispatch_fields[] = {
    FIELD(StoreDispatch, key, .constraint = "NOT NULL UNIQUE"),
    FIELD(StoreDispatch, channel),
    FIELD(StoreDispatch, round),
    FIELD(StoreDispatch, state),
    FIELD(StoreDispatch, name),
    FIELD(StoreDispatch, payload),
    FIELD(StoreDispatch, tries),
    FIELD(StoreDispatch, next),
    FIELD(StoreDispatch, ended),
    FIELD(StoreDispatch, reason),
    FIELD_OF(StoreDispatch, created, FIELD_TIME),
};
STORE_ENTITY_DEFINE(StoreDispatch, store_dispatch, STORE_KIND_DISPATCH, .since = 4,
                    .indexes = "CREATE INDEX \"dispatch_state\" ON \"dispatch\"(\"state\")")

StoreWatched *store_watched_get(Store *store, const char *key, GError **error)
{
    const StoreBind bind = {.type = 't', .p = key, .n = strlen(key)};
    const StorePage first = {.limit = 1};
    g_autoptr(GPtrArray) list =
        store_entity_list(store, &store_watched_entity, "\"key\" = ?1", &bind, 1, &first, error);
    return list != NULL && list->len > 0 ? g_ptr_array_steal_index(list, 0) : NULL;
}

bool store_watched_set(Store *store, const char *key, const char *kind, const char *value,
                       gint64 time, GError **error)
{
    g_autoptr(GError) why = NULL;
    if (!store_begin(store, error))
        return false;
    g_autoptr(StoreWatched) old = store_watched_get(store, key, &why);
    bool done = why == NULL;
    if (!done) {
        g_propagate_error(error, g_steal_pointer(&why));
        return store_write_end(store, true, false, error);
    }
    g_autoptr(StoreWatched) fresh = old == NULL ? store_watched_new() : NULL;
    StoreWatched *row = old != NULL ? old : fresh;
    if (old == NULL)
        row->key = g_strdup(key);
    if (old == NULL || row->time != time || g_strcmp0(row->value, value) != 0) {
        g_free(row->kind);
        g_free(row->value);
        row->kind = g_strdup(kind);
        row->value = g_strdup(value);
        row->time = time;
        done = old != NULL ? store_watched_update(store, row, error)
                           : store_watched_add(store, row, error);
    }
    return store_write_end(store, true, done, error);
}

bool store_notice_known(Store *store, const char *key, bool *ret_known, GError **error)
{
    const StoreBind bind = {.type = 't', .p = key, .n = strlen(key)};
    gint64 n = 0;
    bool done = store_query_int(store, "SELECT count(*) FROM notice WHERE key = ?1", &bind, 1, &n,
                                NULL, error);
    *ret_known = n > 0;
    return done;
}

GPtrArray *store_notice_list_round(Store *store, gint64 round, GError **error)
{
    const StoreBind bind = {.type = 'i', .i = round};
    return store_entity_list(store, &store_notice_entity, "\"round\" = ?1", &bind, 1, NULL, error);
}

GPtrArray *store_notice_list_kind(Store *store, const char *kind, GError **error)
{
    const StoreBind bind = {.type = 't', .p = kind, .n = strlen(kind)};
    return store_entity_list(store, &store_notice_entity, "\"kind\" = ?1", &bind, 1, NULL, error);
}

gint64 store_notice_next_round(Store *store, GError **error)
{
    gint64 round = 0;
    return store_query_int(store, "SELECT coalesce(max(round), 0) + 1 FROM notice", NULL, 0, &round,
                           NULL, error)
               ? round
               : -1;
}

GPtrArray *store_dispatch_list_state(Store *store, const char *state, GError **error)
{
    if (state == NULL)
        return store_dispatch_list(store, NULL, error);
    const StoreBind bind = {.type = 't', .p = state, .n = strlen(state)};
    return store_entity_list(store, &store_dispatch_entity, "\"state\" = ?1", &bind, 1, NULL,
                             error);
}

static gint by_id(gconstpointer a, gconstpointer b)
{
    const StoreDispatch *left = *(const StoreDispatch *const *)a,
                        *right = *(const StoreDispatch *const *)b;
    return (left->id > right->id) - (left->id < right->id);
}

GPtrArray *store_dispatch_list_channel(Store *store, const char *channel, gsize limit,
                                       GError **error)
{
    const StoreBind bind = {.type = 't', .p = channel, .n = strlen(channel)};
    const StorePage newest = {.limit = limit, .descending = true};
    GPtrArray *list = store_entity_list(store, &store_dispatch_entity, "\"channel\" = ?1", &bind, 1,
                                        &newest, error);
    if (list != NULL)
        g_ptr_array_sort(list, by_id);
    return list;
}

GArray *store_arrivals(Store *store, gint32 from, gint32 to, GError **error)
{
    DbStatement *row = store_prepare(store,
                                     "SELECT source_id, received / 86400 AS day FROM report"
                                     " WHERE source_id IS NOT NULL AND received >= ?1 * 86400"
                                     " AND received < (?2 + 1) * 86400"
                                     " GROUP BY source_id, day ORDER BY source_id, day",
                                     error);
    const StoreBind binds[] = {{.type = 'i', .i = from}, {.type = 'i', .i = to}};
    if (row == NULL || !store_bind(store, row, 1, binds, G_N_ELEMENTS(binds), error))
        return NULL;
    g_autoptr(GArray) arrivals = g_array_new(FALSE, FALSE, sizeof(StoreArrival));
    int found = 0;
    while ((found = store_step(store, row, error)) == 1) {
        const StoreArrival one = {.source_id = db_int64(row, 0), .day = db_int(row, 1)};
        g_array_append_val(arrivals, one);
    }
    return found == 0 ? g_steal_pointer(&arrivals) : NULL;
}
