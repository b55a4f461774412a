/* evidence/foreign.h: the log of another copy of a case (or of another case), kept and checked.
 *
 *     ours    0 ─────── fork ──────▶ our newest head
 *                         ╲
 *     theirs               ╲──────▶ their newest head
 *
 * Two copies of one case have one log up to the head before they parted. What the other one wrote
 * since can be taken out, kept, and checked later against the part that both have: roots,
 * signatures, the chain of heads. Of another case the whole log is foreign: fork 0. */
#pragma once
#include "evidence/evidence.h"

typedef struct {
    guint8 case_id[STORE_CASE_ID_BYTES], public_key[STORE_PUBLIC_KEY_BYTES];
    gint64 fork_number, fork_size; /**< last head that both have; 0: none */
    GByteArray *entries;           /**< 40 bytes each, from fork_size on */
    GArray *heads;                 /**< StoreLogHead above fork_number */
} EvidenceForeign;

void evidence_foreign_clear(EvidenceForeign *log);

/** The last head that both logs have (number 0: none, or cases of different ids). */
bool evidence_fork(Store *ours, Store *theirs, gint64 *ret_number, gint64 *ret_size,
                   GError **error);
/** Their log from the fork on. `ret` begins with zeros; clear it in any case. */
bool evidence_foreign_take(Store *theirs, gint64 fork_number, gint64 fork_size,
                           EvidenceForeign *ret, GError **error);
/** Recomputes each root from our log up to the fork and the foreign entries, checks signatures and
 *  the chain. INTEGRITY names what does not fit. */
bool evidence_foreign_check(Store *ours, const EvidenceForeign *log, GError **error);
