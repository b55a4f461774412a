/* evidence/kept.h: what others said of a head and the case keeps: time stamps of authorities
 * (evidence/timestamp.h), cosignatures of witnesses (evidence/checkpoint.h). As settings, so that
 * they are under the log themselves; a merge leaves them where they were made.
 *
 *     timestamp/NUMBER/HASH      the authority's response, DER, in Base64
 *     cosignature/NUMBER/HASH    the witness' verifier key, a newline, the signed note
 *     timestamp-request/NUMBER/HASH   a query that an answer is waited for, DER, in Base64
 *     witnessed/NUMBER           this head left the house for a witness
 *
 * HASH is the first 8 bytes, in hexadecimal, of the SHA-256 of what is kept. */
#pragma once
#include "evidence/checkpoint.h"
#include "evidence/timestamp.h"

typedef enum {
    EVIDENCE_KEPT_TIMESTAMP,
    EVIDENCE_KEPT_COSIGNATURE,
    EVIDENCE_KEPT_REQUEST,
    EVIDENCE_KEPT_WITNESSED,
} EvidenceKeptKind;

typedef struct {
    EvidenceKeptKind kind;
    gint64 head;   /**< number */
    GBytes *bytes; /**< the response; the text; empty */
} EvidenceKept;
void evidence_kept_free(EvidenceKept *kept);

/** All, in order of kind, head and contents. GPtrArray of EvidenceKept, freed with it. INTEGRITY
 *  names one that cannot be read. */
GPtrArray *evidence_kept_list(Store *store, GError **error);
/** Keeps it unless it is kept; *ret_known (may be NULL) tells. */
bool evidence_kept_add(Store *store, EvidenceKeptKind kind, gint64 head, const void *bytes,
                       gsize length, bool *ret_known, GError **error);
/** Forgets it; the log keeps that it was there. */
bool evidence_kept_remove(Store *store, const EvidenceKept *kept, GError **error);

/** What is kept of one head, checked: a time stamp, or a cosignature with who gave it and when. */
typedef void (*EvidenceKeptVisit)(void *context, gint64 head, const EvidenceTimestamp *stamp,
                                  const char *witness, gint64 time);
/** Checks every time stamp and cosignature against the head it is of. tsa_ca as
 *  evidence_timestamp_check. INTEGRITY names the first that does not fit. */
bool evidence_kept_check(Store *store, const char *tsa_ca, EvidenceKeptVisit visit, void *context,
                         GError **error);

/** A query for a head (0: the newest), kept until its answer comes. Transfers. */
GBytes *evidence_timestamp_ask(Store *store, gint64 head, GError **error);
/** Takes an authority's answer in: to a query of this case that waits, with its nonce, of a head of
 *  this log, trusted by ca_file now. It is kept with the head. INTEGRITY with a sentence. */
bool evidence_timestamp_take(Store *store, GBytes *response, const char *ca_file, gint64 *ret_head,
                             EvidenceTimestamp *ret, GError **error);
/** Takes a note in that a witness cosigned. *ret_time: by the witness' clock. INPUT, INTEGRITY. */
bool evidence_cosignature_take(Store *store, const char *note, gsize length,
                               const EvidenceWitness *witness, gint64 *ret_head, gint64 *ret_time,
                               GError **error);

/** The number of the head that a checkpoint is of, once its signature was checked and the log found
 *  to go on from it: nothing taken out, nothing put in before, only added to. path: a consistency
 *  proof to the newest head, checked. INPUT: another case's; INTEGRITY: the log was rolled back,
 *  rewritten, or the checkpoint forged. is_signed false: it comes with no signature (a root that
 * was noted), size and root alone are looked at. */
bool evidence_since(Store *store, const EvidenceCheckpoint *checkpoint, bool is_signed,
                    MerkleHash path[MERKLE_PATH_MAX + 1], gsize *ret_n_path, gint64 *ret_head,
                    GError **error);
