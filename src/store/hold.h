/* store/hold.h: work on a case that one process alone may do, whichever machine it is on: the
 * watch.
 *
 * In a folder a lock on the file NAME.lock; on a server an advisory lock of the connection. Both
 * end with the process. A lock on a server also ends with its connection: who goes on after that
 * asks store_hold_check first. */
#pragma once
#include "store/store.h"

typedef struct StoreHold StoreHold;

/** The store must outlive it. BUSY: another process has it, `busy` is the sentence (%s: the case).
 *  IO. */
StoreHold *store_hold_take(Store *store, const char *name, const char *busy, GError **error);
/** Is it still ours? Where the connection was lost it is taken again; BUSY: another has it by now.
 */
bool store_hold_check(StoreHold *hold, GError **error);
void store_hold_free(StoreHold *hold);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreHold, store_hold_free)
