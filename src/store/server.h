/* store/server.h: a case on a PostgreSQL server, where it differs from a folder; for the .c files
 * of store/ only. */
#pragma once
#include "store/private.h"

static inline bool store_on_server(const Store *store)
{
    return store->db.server != NULL;
}

/* The two texts of a question that the databases ask differently. */
static inline const char *store_sql(const Store *store, const char *file, const char *server)
{
    return store_on_server(store) ? server : file;
}

/* ---- opening ---- */

/* What case.json is in a folder: the row of `cases`. NOT_FOUND, IO … */
char *store_server_keys_read(const char *place, GError **error);
/* Makes the case (its name must be free), or changes the keys of the one that is there. */
bool store_server_keys_write(const char *place, const char *keys, bool is_new, GError **error);
/* The same with the mark of moved.h, both or neither. */
bool store_server_make_marked(const char *place, const char *keys, const char *mark,
                              GError **error);
/* Is the name taken? Makes the schema where there is none, or brings it up to date. */
bool store_server_look(const char *place, bool *ret_taken, GError **error);
/* Is the name free? USAGE where it is taken. Makes the schema where there is none. */
bool store_server_prepare(const char *place, GError **error);
/* A connection to a case that is there. */
bool store_server_connect(Store *store, GError **error);

/* ---- transactions ---- */

bool store_server_begin(Store *store, GError **error);
/* A view for many reads, its snapshot taken. */
bool store_server_view_begin(Store *store, GError **error);
/* Writes one row whether it is there or not: `upsert`, or where that cannot be `update` and then,
 * if it changed nothing, `insert`; all three take the same values. */
bool store_server_put(Store *store, const char *upsert, const char *update, const char *insert,
                      const StoreBind *binds, gsize n_binds, GError **error);
/* Before the outermost commit: the numbers given. */
bool store_server_counters_put(Store *store, GError **error);
bool store_server_counters_load(Store *store, GError **error);

/* ---- reports in bulk ---- */

/* content key (16 bytes) → id, of those keys that the case has. Owned by the table. */
GHashTable *store_server_keys_known(Store *store, const guint8 *const *keys, gsize n,
                                    GError **error);

/* ---- search ---- */

/* A text's words as a tsvector reads them. Transfers. */
char *store_server_words(const char *folded);
/* Of search.c's question, as a tsquery reads it. Transfers. */
char *store_server_query(const char *match);
