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
#include "evidence/evidence.h"

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
