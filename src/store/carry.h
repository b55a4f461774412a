/* store/carry.h: everything that a case's database holds, carried to another one, row by row as it
 * stands: numbers, positions in the log, seals; so that tree, heads and proofs stay the same.
 *
 * Between any two stores. Each table goes in order of its key, in transactions of some thousands of
 * rows; what was cut off goes on behind the last row that is there. The source must not be written
 * meanwhile (store/moved.h). */
#pragma once
#include "store/store.h"

/** Tables of records, the log, numbers given, what is kept to save time (with_cache). `to` is empty
 *  or was begun with this source as it is now. */
bool store_carry_rows(Store *from, Store *to, bool with_cache, GError **error);
/** The words by which reports are found, as the index has them. */
bool store_carry_words(Store *from, Store *to, GError **error);
/** Everything away that was carried to `to`; sealed files stay. */
bool store_carry_empty(Store *to, GError **error);
/** The case of a server with everything in it, sealed files too: gone. */
bool store_carry_remove(Store *store, GError **error);
/** Do both hold as many rows, and give the same numbers next? INTEGRITY names the first table. */
bool store_carry_same(Store *from, Store *to, GError **error);
/** The names of all tables that are carried, one per line; a test asks whether one was forgotten.
 *  Transfers. */
char *store_carry_tables(void);
