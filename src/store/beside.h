/* store/beside.h: small texts that lie beside a case's records and are none: no log entry, no hook.
 *
 * In a folder a file of that name; on a server a piece (store/piece.h), so that everybody who works
 * on the case has it and a move carries it. Sealed or wrapped by the caller where it must be. */
#pragma once
#include "store/store.h"

#define STORE_BESIDE_INBOX "inbox.json"
/** All names that there are; a move carries what lies under them. Ends with NULL. */
extern const char *const STORE_BESIDE_NAMES[];

/** Whole or not at all, on the disk; for the owner alone. Needs a case open for writing. Errors:
 *  IO, and those of a transaction. */
bool store_beside_save(Store *store, const char *name, const char *text, GError **error);
/** NULL without error: there is none. Transfers. */
char *store_beside_load(Store *store, const char *name, GError **error);
