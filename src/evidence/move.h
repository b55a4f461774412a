/* evidence/move.h: a case that goes from a folder to a server, or back, as the same case.
 *
 * Ids, positions in the log, heads, proofs, seals, keys and passphrases stay: rows and sealed files
 * go over as they stand (store/carry.h). Marks (store/moved.h) see to it that at no moment two
 * copies are written: the source is read only from the beginning, the target opens when it was
 * verified. What was cut off goes on where it stood; if the source was written meanwhile, it begins
 * anew. */
#pragma once
#include "evidence/evidence.h"

typedef struct {
    gint64 originals, carried; /**< sealed files, and how many of them in this run */
    gint64 bytes;              /**< of them */
    bool resumed;              /**< something was there already */
    bool known;                /**< it had been moved before, whole; nothing was carried */
    EvidenceReport report;
    bool has_head;
    StoreLogHead head;
} EvidenceMove;

typedef struct {
    bool without_cache; /**< leaves out what can be worked out again */
} EvidenceMoveOptions;

/** Moves the case at `from` to `to` and verifies it there. `keys` are its own, whole. Errors: USAGE
 *  (something else is at `to`; the case is moved elsewhere), DENIED, BUSY (another move), IO,
 *  INTERRUPTED (run it again), INTEGRITY (it does not verify there: the target opens for nobody and
 * the source is as it was before). */
bool evidence_move(const char *from, StoreKeys *keys, const char *to,
                   const EvidenceMoveOptions *options, EvidenceMove *ret, GError **error);
/** Makes a case of `from`, which nobody writes meanwhile and which stays as it is, at `to`: for
 *  restoring a backup onto a server. Marks, errors and what is cut off as above, but `from` bears
 * no mark. */
bool evidence_carry(Store *from, const char *to, EvidenceMove *ret, GError **error);
/** A case that was moved away, or whose move was given up, is written again. USAGE: it bears no
 * such mark. ret_place (may be NULL): where it had gone; transfers. */
bool evidence_move_reopen(const char *place, StoreKeys *keys, char **ret_place, GError **error);
/** Takes a case off its server that was moved away or is half moved there; a folder is refused. */
bool evidence_move_remove(const char *place, StoreKeys *keys, GError **error);
