/* intake/erase.h: one person erased on request (store/erasure.h): the records, what keeps their
 * words, the sealed files, and what copies of the case left in logs that merges kept. */
#pragma once
#include "store/erasure.h"

typedef struct {
    gint64 person_id;
    const GArray *reports, *originals; /**< gint64: go though others are in them; NULL none */
    const char *reason;
    gint64 user_id; /**< 0: at the command line */
} IntakeErase;

typedef struct {
    gint64 erasure_id;
    gint64 records; /**< whose identifying values went */
    bool whole; /**< false: another program reads the case; the write-ahead log is not cut yet */
} IntakeErased;

/** All of it in one transaction, then what was overwritten leaves the disk's files. Errors: those
 * of store_erase_plan, IO. */
bool intake_erase(Store *store, const IntakeErase *wanted, IntakeErased *ret, GError **error);

/** An erasure that a copy of this case made, inside the transaction that takes it over; `theirs` is
 *  in this case's numbers. Sealed files go after the commit: intake_erase_files. */
bool intake_erase_follow(Store *store, const StoreErasure *theirs, GError **error);
/** Seals originals that are still under the one key of originals anew, each by a leaf of its own;
 * those that were erased are passed by. *ret_n: how many were. */
bool intake_erase_reseal(Store *store, gint64 *ret_n, GError **error);
/** Removes sealed files of originals that were erased and are still there. */
bool intake_erase_files(Store *store, GError **error);
