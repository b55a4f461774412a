/* store/cache.h: what was worked out from the records and can be worked out again, kept to save
 * the time. Not under the evidence log, never evidence itself; lost, it is made anew. Names "web/…"
 * are store/shared.h's. */
#pragma once
#include "store/store.h"

/** Appends a part to what is kept under a name. sealed: like a sealed field, so that reading it
 *  needs store_unseal(). In the caller's transaction, if there is one. */
bool store_cache_append(Store *store, const char *name, bool sealed, const void *bytes,
                        gsize n_bytes, GError **error);
/** All parts, end to end, in order; of no bytes when there are none, or when they are sealed and
 *  the store is not unsealed, or do not open. *ret_parts (may be NULL): how many parts. NULL with
 *  error set. Transfers. */
GByteArray *store_cache_read(Store *store, const char *name, gint64 *ret_parts, GError **error);
/** How many parts are kept; 0: none. */
bool store_cache_parts(Store *store, const char *name, gint64 *ret_parts, GError **error);
bool store_cache_clear(Store *store, const char *name, GError **error);
