/* store/query_ops.h: counts for whoever runs a server: how many records of a kind in which state.
 * States are the program's own words; no text that a person wrote is given out. */
#pragma once
#include "store/store.h"

typedef struct {
    const char *what; /**< alarm, dispatch, import, quarantine; static */
    char state[24];   /**< of small letters and '_'; "other" for anything else */
    gint64 n;
} StoreOpsCount;
/** Cost: one pass over each of these tables' states. GArray of StoreOpsCount; transfers. */
GArray *store_ops_counts(Store *store, GError **error);
/** Seconds of the newest import that was finished; 0 none, -1 with error set. */
gint64 store_ops_last_import(Store *store, GError **error);
