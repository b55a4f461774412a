/* store/shared.h: small values that the web servers of one case share for some hours: sessions,
 * one-time links, codes that were used, wrong guesses (web/shared.h).
 *
 * Kept in the table of what can be lost (cache.h) under names "web/…": no records, no entry in the
 * log. Lost, people log in again. Each change is one statement, on a server without the lock of
 * the case's writer, so that nobody waits for an import to log in; within a transaction it is part
 * of it. Values are what the caller made of them: sealed and authenticated, for whoever keeps the
 * database could write others. Names tell nothing either. */
#pragma once
#include "store/store.h"

/** Is the case on a server, so that web servers of several machines may work on it? */
bool store_shared_is(const Store *store);
/** *ret_value NULL: there is none. Transfers. */
bool store_shared_get(Store *store, const char *name, GBytes **ret_value, GError **error);
/** Puts it where `old` stands (NULL: where nothing stands). *ret_done false: something else stands
 *  there, by somebody who was faster. `ends` (seconds since 1970): when store_shared_forget may
 *  take it. */
bool store_shared_swap(Store *store, const char *name, GBytes *old, GBytes *value, gint64 ends,
                       bool *ret_done, GError **error);
/** *ret_done (may be NULL): it was there, and this call took it. */
bool store_shared_remove(Store *store, const char *name, bool *ret_done, GError **error);
/** Those whose names begin so. Name → GBytes; transfers. */
GHashTable *store_shared_list(Store *store, const char *beginning, GError **error);
/** Removes what ended before `now`. */
bool store_shared_forget(Store *store, gint64 now, GError **error);
