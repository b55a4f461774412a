#include "store/cache.h"

#include "store/private.h"

#include <string.h>

/* Kind 0 is no record's: what is sealed here opens nowhere else. */
enum { CACHE_KIND = 0, CACHE_FIELD = 1 };

const char STORE_CACHE_SCHEMA[] =
    "CREATE TABLE IF NOT EXISTS cache(name TEXT NOT NULL, part INTEGER NOT NULL,"
    " sealed INTEGER NOT NULL, bytes BLOB NOT NULL,"
    " PRIMARY KEY(name, part)) STRICT;";

bool store_cache_append(Store *store, const char *name, bool sealed, const void *bytes,
                        gsize n_bytes, GError **error)
{
    g_autofree guint8 *room = NULL;
    if (sealed) {
        room = g_malloc(n_bytes + STORE_SEAL_EXTRA_BYTES);
        store_keys_seal(store->keys, CACHE_KIND, CACHE_FIELD, bytes, n_bytes, room);
        bytes = room;
        n_bytes += STORE_SEAL_EXTRA_BYTES;
    }
    bool own = false;
    if (!store_write_begin(store, &own, error))
        return false;
    DbStatement *statement =
        store_prepare(store,
                      "INSERT INTO cache(name, part, sealed, bytes) VALUES(?1,"
                      " (SELECT coalesce(max(part), 0) + 1 FROM cache WHERE name = ?1), ?2, ?3)",
                      error);
    const StoreBind binds[] = {{.type = 't', .p = name, .n = strlen(name)},
                               {.type = 'i', .i = sealed},
                               {.type = 'b', .p = bytes != NULL ? bytes : "", .n = n_bytes}};
    bool done = statement != NULL &&
                store_bind(store, statement, 1, binds, G_N_ELEMENTS(binds), error) &&
                store_step(store, statement, error) == 0;
    return store_write_end(store, own, done, error);
}

/* A part that is sealed and cannot be read now: there is nothing, then. */
static bool add_part(const Store *store, DbStatement *row, GByteArray *all)
{
    const void *bytes = db_blob(row, 1);
    const gsize length = (gsize)db_bytes(row, 1);
    if (all->len + length > G_MAXUINT / 2)
        return false;
    if (db_int(row, 0) == 0) {
        g_byte_array_append(all, bytes, (guint)length);
        return true;
    }
    if (!store->unsealed || length < STORE_SEAL_EXTRA_BYTES)
        return false;
    const guint before = all->len;
    g_byte_array_set_size(all, before + (guint)(length - STORE_SEAL_EXTRA_BYTES));
    return store_keys_open(store->keys, CACHE_KIND, CACHE_FIELD, bytes, length, all->data + before);
}

GByteArray *store_cache_read(Store *store, const char *name, gint64 *ret_parts, GError **error)
{
    DbStatement *row = store_prepare(
        store, "SELECT sealed, bytes FROM cache WHERE name = ?1 ORDER BY part", error);
    const StoreBind bind = {.type = 't', .p = name, .n = strlen(name)};
    if (row == NULL || !store_bind(store, row, 1, &bind, 1, error))
        return NULL;
    g_autoptr(GByteArray) all = g_byte_array_new();
    gint64 parts = 0;
    bool whole = true;
    int found;
    while ((found = store_step(store, row, error)) == 1) {
        whole = whole && add_part(store, row, all);
        parts++;
    }
    if (found != 0)
        return NULL;
    if (!whole)
        g_byte_array_set_size(all, 0);
    if (ret_parts != NULL)
        *ret_parts = parts;
    return g_steal_pointer(&all);
}

bool store_cache_parts(Store *store, const char *name, gint64 *ret_parts, GError **error)
{
    const StoreBind bind = {.type = 't', .p = name, .n = strlen(name)};
    return store_query_int(store, "SELECT count(*) FROM cache WHERE name = ?1", &bind, 1, ret_parts,
                           NULL, error);
}

bool store_cache_clear(Store *store, const char *name, GError **error)
{
    bool own = false;
    if (!store_write_begin(store, &own, error))
        return false;
    DbStatement *statement = store_prepare(store, "DELETE FROM cache WHERE name = ?1", error);
    const StoreBind bind = {.type = 't', .p = name, .n = strlen(name)};
    bool done = statement != NULL && store_bind(store, statement, 1, &bind, 1, error) &&
                store_step(store, statement, error) == 0;
    return store_write_end(store, own, done, error);
}
