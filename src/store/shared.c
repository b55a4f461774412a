/* A value is a row of `cache`, part 0 (its own parts begin with 1): eight bytes of when it ends,
 * the highest first, and the value. */
#include "store/shared.h"

#include "store/server.h"

#include <string.h>

enum { END_BYTES = 8 };

bool store_shared_is(const Store *store)
{
    return store_on_server(store);
}

static void end_bytes(gint64 ends, guint8 bytes[END_BYTES])
{
    const guint64 order = GUINT64_TO_BE((guint64)ends);
    memcpy(bytes, &order, END_BYTES);
}

static StoreBind bind_name(const char *name)
{
    return (StoreBind){.type = 't', .p = name, .n = strlen(name)};
}

static GBytes *value_of(DbStatement *row, int column)
{
    const char *bytes = db_blob(row, column);
    const int length = db_bytes(row, column);
    return length >= END_BYTES ? g_bytes_new(bytes + END_BYTES, (gsize)(length - END_BYTES)) : NULL;
}

bool store_shared_get(Store *store, const char *name, GBytes **ret_value, GError **error)
{
    DbStatement *row =
        store_prepare(store, "SELECT bytes FROM cache WHERE name = ?1 AND part = 0", error);
    const StoreBind bind = bind_name(name);
    if (row == NULL || !store_bind(store, row, 1, &bind, 1, error))
        return false;
    const int found = store_step(store, row, error);
    if (found < 0)
        return false;
    *ret_value = found == 1 ? value_of(row, 0) : NULL;
    db_reset(row);
    return true;
}

/* One statement; *ret_done (may be NULL): it changed a row. */
static bool change(Store *store, const char *sql, const StoreBind *binds, gsize n_binds,
                   bool *ret_done, GError **error)
{
    bool own = false;
    if (!store_aside_begin(store, &own, error))
        return false;
    DbStatement *statement = store_prepare(store, sql, error);
    const bool done = statement != NULL && store_bind(store, statement, 1, binds, n_binds, error) &&
                      store_step(store, statement, error) == 0;
    if (done && ret_done != NULL)
        *ret_done = db_changes(&store->db) > 0;
    return store_write_end(store, own, done, error);
}

bool store_shared_swap(Store *store, const char *name, GBytes *old, GBytes *value, gint64 ends,
                       bool *ret_done, GError **error)
{
    gsize n_value, n_old = 0;
    const guint8 *bytes = g_bytes_get_data(value, &n_value);
    const guint8 *before = old != NULL ? g_bytes_get_data(old, &n_old) : NULL;
    g_autofree guint8 *whole = g_malloc(END_BYTES + n_value);
    end_bytes(ends, whole);
    memcpy(whole + END_BYTES, bytes, n_value);
    const StoreBind binds[] = {bind_name(name),
                               {.type = 'b', .p = whole, .n = END_BYTES + n_value},
                               {.type = 'b', .p = before, .n = n_old}};
    if (old == NULL)
        return change(store,
                      "INSERT INTO cache(name, part, sealed, bytes) VALUES(?1, 0, 0, ?2)"
                      " ON CONFLICT DO NOTHING",
                      binds, 2, ret_done, error);
    return change(store,
                  "UPDATE cache SET bytes = ?2 WHERE name = ?1 AND part = 0"
                  " AND substr(bytes, 9) = ?3",
                  binds, 3, ret_done, error);
}

bool store_shared_remove(Store *store, const char *name, bool *ret_done, GError **error)
{
    const StoreBind bind = bind_name(name);
    return change(store, "DELETE FROM cache WHERE name = ?1 AND part = 0", &bind, 1, ret_done,
                  error);
}

GHashTable *store_shared_list(Store *store, const char *beginning, GError **error)
{
    DbStatement *row = store_prepare(store,
                                     "SELECT name, bytes FROM cache WHERE name >= ?1 AND name < ?2"
                                     " AND part = 0",
                                     error);
    g_autofree char *behind = g_strconcat(beginning, "\x7f", NULL);
    const StoreBind binds[] = {bind_name(beginning), bind_name(behind)};
    if (row == NULL || !store_bind(store, row, 1, binds, G_N_ELEMENTS(binds), error))
        return NULL;
    g_autoptr(GHashTable) list =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
    int found;
    while ((found = store_step(store, row, error)) == 1) {
        GBytes *value = value_of(row, 1);
        if (value != NULL)
            g_hash_table_replace(list, g_strdup(db_text(row, 0)), value);
    }
    return found == 0 ? g_steal_pointer(&list) : NULL;
}

bool store_shared_forget(Store *store, gint64 now, GError **error)
{
    guint8 end[END_BYTES];
    end_bytes(now, end);
    const StoreBind bind = {.type = 'b', .p = end, .n = END_BYTES};
    return change(store,
                  "DELETE FROM cache WHERE name >= 'web/' AND name < 'web0' AND part = 0"
                  " AND substr(bytes, 1, 8) < ?1",
                  &bind, 1, NULL, error);
}
