/* Rows that the evidence log keeps; walking records in canonical form. */
#include "store/log.h"

#include "base/i18n.h"
#include "store/server.h"

#include <string.h>

/* A tile's row number is its level and its index, so that no second index is needed. `removed`
 * keeps the highest number of a kind that was removed: a printed id never means another record. */
const char STORE_LOG_SCHEMA[] =
    "CREATE TABLE log_tile(id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;"
    "CREATE TABLE log_head(number INTEGER PRIMARY KEY, size INTEGER NOT NULL,"
    " time INTEGER NOT NULL, root BLOB NOT NULL, previous BLOB NOT NULL,"
    " signature BLOB NOT NULL) STRICT;"
    "CREATE TABLE removed(kind INTEGER PRIMARY KEY, id INTEGER NOT NULL) STRICT;";

static gint64 tile_id(int level, gint64 index)
{
    g_assert(level >= 0 && level < 8 && index >= 0 && index < (gint64)1 << 48);
    return (gint64)level << 48 | index;
}

GBytes *store_log_tile_load(Store *store, int level, gint64 index, GError **error)
{
    DbStatement *row = store_prepare(store, "SELECT bytes FROM log_tile WHERE id = ?1", error);
    if (row == NULL)
        return NULL;
    db_bind_int64(row, 1, tile_id(level, index));
    if (store_step(store, row, error) != 1)
        return NULL;
    const void *bytes = db_blob(row, 0);
    GBytes *tile = g_bytes_new(bytes, (gsize)db_bytes(row, 0));
    db_reset(row);
    return tile;
}

/* The log is written as a part of a change, never by itself. */
static bool in_transaction(Store *store, DbStatement *statement)
{
    g_assert(store->depth > 0);
    return statement != NULL;
}

bool store_log_tile_put(Store *store, int level, gint64 index, const void *bytes, gsize length,
                        GError **error)
{
    const StoreBind binds[] = {{.type = 'i', .i = tile_id(level, index)},
                               {.type = 'b', .p = bytes, .n = length}};
    g_assert(store->depth > 0);
    if (store_on_server(store))
        return store_server_put(store,
                                "INSERT INTO log_tile(id, bytes) VALUES(?1, ?2)"
                                " ON CONFLICT(case_id, id) DO UPDATE SET bytes = excluded.bytes",
                                "UPDATE log_tile SET bytes = ?2 WHERE id = ?1",
                                "INSERT INTO log_tile(id, bytes) VALUES(?1, ?2)", binds,
                                G_N_ELEMENTS(binds), error);
    DbStatement *statement = store_prepare(store,
                                           "INSERT INTO log_tile(id, bytes) VALUES(?1, ?2)"
                                           " ON CONFLICT(id) DO UPDATE SET bytes = ?2",
                                           error);
    return in_transaction(store, statement) &&
           store_bind(store, statement, 1, binds, G_N_ELEMENTS(binds), error) &&
           store_step(store, statement, error) == 0;
}

bool store_log_head_add(Store *store, const StoreLogHead *head, GError **error)
{
    DbStatement *statement =
        store_prepare(store,
                      "INSERT INTO log_head(number, size, time, root, previous, signature)"
                      " VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
                      error);
    const StoreBind binds[] = {
        {.type = 'i', .i = head->number},
        {.type = 'i', .i = head->size},
        {.type = 'i', .i = head->time},
        {.type = 'b', .p = head->root, .n = sizeof head->root},
        {.type = 'b', .p = head->previous, .n = sizeof head->previous},
        {.type = 'b', .p = head->signature, .n = sizeof head->signature},
    };
    return in_transaction(store, statement) &&
           store_bind(store, statement, 1, binds, G_N_ELEMENTS(binds), error) &&
           store_step(store, statement, error) == 0;
}

static bool read_hash(DbStatement *row, int column, guint8 *ret_bytes, int length)
{
    const void *bytes = db_blob(row, column);
    if (bytes == NULL || db_bytes(row, column) != length)
        return false;
    memcpy(ret_bytes, bytes, (gsize)length);
    return true;
}

static bool read_head(DbStatement *row, StoreLogHead *ret_head, GError **error)
{
    ret_head->number = db_int64(row, 0);
    ret_head->size = db_int64(row, 1);
    ret_head->time = db_int64(row, 2);
    if (read_hash(row, 3, ret_head->root, sizeof ret_head->root) &&
        read_hash(row, 4, ret_head->previous, sizeof ret_head->previous) &&
        read_hash(row, 5, ret_head->signature, sizeof ret_head->signature))
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY,
                _("Head %" G_GINT64_FORMAT " of the evidence log is not whole."), ret_head->number);
    return false;
}

bool store_log_head_load(Store *store, gint64 number, StoreLogHead *ret_head, GError **error)
{
    DbStatement *row = store_prepare(
        store,
        number != 0 ? "SELECT number, size, time, root, previous, signature FROM log_head"
                      " WHERE number = ?1"
                    : "SELECT number, size, time, root, previous, signature FROM log_head"
                      " WHERE ?1 = 0 ORDER BY number DESC LIMIT 1",
        error);
    if (row == NULL)
        return false;
    db_bind_int64(row, 1, number);
    if (store_step(store, row, error) != 1)
        return false;
    const bool done = read_head(row, ret_head, error);
    db_reset(row);
    return done;
}

GArray *store_log_head_list(Store *store, gint64 after, gsize limit, GError **error)
{
    DbStatement *row =
        store_prepare(store,
                      "SELECT number, size, time, root, previous, signature FROM log_head"
                      " WHERE number > ?1 ORDER BY number LIMIT ?2",
                      error);
    if (row == NULL)
        return NULL;
    db_bind_int64(row, 1, after);
    db_bind_int64(row, 2, limit != 0 ? (gint64)limit : G_MAXINT64);
    g_autoptr(GArray) heads = g_array_new(FALSE, TRUE, sizeof(StoreLogHead));
    int found = 0;
    while ((found = store_step(store, row, error)) == 1) {
        g_array_set_size(heads, heads->len + 1);
        if (!read_head(row, &g_array_index(heads, StoreLogHead, heads->len - 1), error)) {
            db_reset(row);
            return NULL;
        }
    }
    return found == 0 ? g_steal_pointer(&heads) : NULL;
}

static DbStatement *record_row(Store *store, StoreKind kind, gint64 id, GError **error)
{
    const StoreEntity *entity = store_entity_of(kind);
    g_assert(entity != NULL);
    g_autofree char *sql = g_strdup_printf("SELECT %s FROM \"%s\" WHERE \"id\" = ?1",
                                           store_entity_columns(entity), store_kind_name(kind));
    DbStatement *row = store_prepare(store, sql, error);
    if (row == NULL)
        return NULL;
    db_bind_int64(row, 1, id);
    const int found = store_step(store, row, error);
    if (found == 0) {
        char text[STORE_ID_MAX];
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND, _("There is no %s %s."),
                    store_kind_title(kind), store_id_format(kind, id, text));
    }
    return found == 1 ? row : NULL;
}

gint64 store_log_position(Store *store, StoreKind kind, gint64 id, GError **error)
{
    DbStatement *row = record_row(store, kind, id, error);
    if (row == NULL)
        return -1;
    const gint64 position = db_int64(row, 1);
    db_reset(row);
    return position;
}

GBytes *store_log_record(Store *store, StoreKind kind, gint64 id, GError **error)
{
    DbStatement *row = record_row(store, kind, id, error);
    if (row == NULL)
        return NULL;
    GByteArray *bytes = g_byte_array_new();
    store_canonical_row(store_entity_of(kind), row, bytes);
    db_reset(row);
    return g_byte_array_free_to_bytes(bytes);
}

bool store_log_walk(Store *store, StoreKind kind, StoreLogVisit visit, void *context,
                    GError **error)
{
    const StoreEntity *entity = store_entity_of(kind);
    g_assert(entity != NULL);
    g_autofree char *sql = g_strdup_printf("SELECT %s FROM \"%s\" ORDER BY \"id\"",
                                           store_entity_columns(entity), store_kind_name(kind));
    DbStatement *row = store_statement_take(store, sql, error);
    if (row == NULL)
        return false;
    if (store_on_server(store))
        db_server_stream(row);
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    bool going = true;
    int found = 0;
    while (going && (found = store_step(store, row, error)) == 1) {
        store_canonical_row(entity, row, bytes);
        going = visit(context, kind, db_int64(row, 0), db_int64(row, 1), bytes->data, bytes->len,
                      error);
    }
    store_statement_give(store, row);
    return going && found == 0;
}

bool store_removed_load(Store *store, GError **error)
{
    return store_on_server(store)
               ? store_server_counters_load(store, error)
               : store_removed_read(store, "SELECT kind, id FROM removed", error);
}

bool store_removed_read(Store *store, const char *sql, GError **error)
{
    DbStatement *row = store_prepare(store, sql, error);
    int found = row != NULL ? 0 : -1;
    memset(store->removed, 0, sizeof store->removed);
    while (row != NULL && (found = store_step(store, row, error)) == 1) {
        const gint64 kind = db_int64(row, 0);
        if (kind > STORE_KIND_NONE && kind < STORE_N_KINDS)
            store->removed[kind] = db_int64(row, 1);
    }
    return found == 0;
}

bool store_removed_put(Store *store, StoreKind kind, gint64 id, GError **error)
{
    if (id <= store->removed[kind] || store_on_server(store))
        return true;
    DbStatement *statement = store_prepare(store,
                                           "INSERT INTO removed(kind, id) VALUES(?1, ?2)"
                                           " ON CONFLICT(kind) DO UPDATE SET id = ?2",
                                           error);
    const StoreBind binds[] = {{.type = 'i', .i = kind}, {.type = 'i', .i = id}};
    if (statement == NULL || !store_bind(store, statement, 1, binds, G_N_ELEMENTS(binds), error) ||
        store_step(store, statement, error) != 0)
        return false;
    store->removed[kind] = id;
    return true;
}
