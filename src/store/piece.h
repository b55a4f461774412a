/** store/piece.h: sealed files of a case on a server, in pieces beside its records.
 *
 * A folder keeps sealed originals as files; on a server they are rows, so that every machine that
 * works on the case has them and a backup of the database is one of the whole. What is kept is
 * sealed before it comes here. Not records: no change hook, no log entry. */
#pragma once
#include "store/store.h"

enum { STORE_PIECE_BYTES = 1 << 20 }; /**< all pieces of a file but the last */

/** Has the case pieces, and not files? */
bool store_has_pieces(const Store *store);
/** Within a transaction. Parts count from 0; an earlier one of the same name and number goes. */
bool store_piece_put(Store *store, const char *name, gint64 part, const void *bytes, gsize n_bytes,
                     GError **error);
/** Within a transaction: all parts of it, gone. */
bool store_piece_remove(Store *store, const char *name, GError **error);
/** NULL without error set: there is none. */
GBytes *store_piece_load(Store *store, const char *name, gint64 part, GError **error);
/** Bytes of all parts; -1: there is none, -2 with error set. */
gint64 store_piece_size(Store *store, const char *name, GError **error);
