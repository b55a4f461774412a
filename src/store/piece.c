#include "store/piece.h"

#include "store/server.h"

#include <string.h>

bool store_has_pieces(const Store *store)
{
    return store_on_server(store);
}

bool store_piece_put(Store *store, const char *name, gint64 part, const void *bytes, gsize n_bytes,
                     GError **error)
{
    g_assert(store->depth > 0 && store_on_server(store));
    const StoreBind binds[] = {{.type = 't', .p = name, .n = strlen(name)},
                               {.type = 'i', .i = part},
                               {.type = 'b', .p = bytes, .n = n_bytes}};
    return store_server_put(store,
                            "INSERT INTO piece(name, part, bytes) VALUES(?1, ?2, ?3)"
                            " ON CONFLICT(case_id, name, part) DO UPDATE SET bytes ="
                            " excluded.bytes",
                            "UPDATE piece SET bytes = ?3 WHERE name = ?1 AND part = ?2",
                            "INSERT INTO piece(name, part, bytes) VALUES(?1, ?2, ?3)", binds,
                            G_N_ELEMENTS(binds), error);
}

GBytes *store_piece_load(Store *store, const char *name, gint64 part, GError **error)
{
    DbStatement *row =
        store_prepare(store, "SELECT bytes FROM piece WHERE name = ?1 AND part = ?2", error);
    const StoreBind binds[] = {{.type = 't', .p = name, .n = strlen(name)},
                               {.type = 'i', .i = part}};
    if (row == NULL || !store_bind(store, row, 1, binds, G_N_ELEMENTS(binds), error) ||
        store_step(store, row, error) != 1)
        return NULL;
    GBytes *bytes = g_bytes_new(db_blob(row, 0), (gsize)db_bytes(row, 0));
    db_reset(row);
    return bytes;
}

gint64 store_piece_size(Store *store, const char *name, GError **error)
{
    gint64 size = -1;
    const StoreBind bind = {.type = 't', .p = name, .n = strlen(name)};
    return store_query_int(store,
                           "SELECT coalesce(sum(octet_length(bytes)), -1) FROM piece"
                           " WHERE name = ?1",
                           &bind, 1, &size, NULL, error)
               ? size
               : -2;
}

bool store_piece_remove(Store *store, const char *name, GError **error)
{
    g_assert(store->depth > 0);
    DbStatement *statement = store_prepare(store, "DELETE FROM piece WHERE name = ?1", error);
    const StoreBind bind = {.type = 't', .p = name, .n = strlen(name)};
    return statement != NULL && store_bind(store, statement, 1, &bind, 1, error) &&
           store_step(store, statement, error) == 0;
}
