/* evidence/evidence.h: open a case with its log; prove; check.
 *
 * Every change of every record of the case is an entry of an append-only Merkle tree (RFC 6962
 * hashes). Each commit signs a new tree head (Ed25519) that also names the head before. What is
 * proven: a record stood thus in the case when a head was signed, and nothing was taken out or
 * put in before it since. Formats: docs/formats.md. */
#pragma once
#include "base/error.h"
#include "evidence/merkle.h"
#include "store/log.h"
#include "store/store.h"

/** The three ways into a case; as their namesakes in store/store.h, with the log attached. */
Store *evidence_create(const char *folder, const char *passphrase, const StoreKeyCost *cost,
                       GError **error);
Store *evidence_open(const char *folder, const char *passphrase, StoreMode mode, GError **error);
Store *evidence_open_with_keys(const char *folder, StoreKeys *keys, StoreMode mode, GError **error);

/** The newest signed head; false without error in a case in which nothing was written. */
bool evidence_head(Store *store, StoreLogHead *ret_head, GError **error);
/** What the signature is over: 128 bytes (docs/formats.md). */
enum { EVIDENCE_HEAD_BYTES = 128 };
void evidence_head_message(const guint8 case_id[STORE_CASE_ID_BYTES], const StoreLogHead *head,
                           guint8 ret_message[EVIDENCE_HEAD_BYTES]);
/** Checks the signature. */
bool evidence_head_check(const guint8 public_key[STORE_PUBLIC_KEY_BYTES],
                         const guint8 case_id[STORE_CASE_ID_BYTES], const StoreLogHead *head);

/** An entry: what the leaf hash is over. kind (1 byte), operation (1), id (6, big-endian), SHA-256
 * of the record's canonical form (32). */
void evidence_entry_write(StoreKind kind, StoreOperation operation, gint64 id,
                          const guint8 record_hash[32], guint8 ret_entry[STORE_LOG_ENTRY_BYTES]);
void evidence_entry_read(const guint8 entry[STORE_LOG_ENTRY_BYTES], StoreKind *ret_kind,
                         StoreOperation *ret_operation, gint64 *ret_id);

/** One record in the tree: everything a stranger needs. */
typedef struct {
    StoreKind kind;
    gint64 id;
    gint64 position; /**< of its newest entry, from 0 */
    StoreOperation operation;
    guint8 record_hash[32]; /**< SHA-256 of the canonical form */
    MerkleHash leaf_hash;
    gsize n_path;
    MerkleHash path[MERKLE_PATH_MAX]; /**< audit path, leaf to root */
    StoreLogHead head;                /**< the head it leads to */
} EvidenceProof;
/** Proof of a record as it stands, to the newest head. Free with g_free. NULL with error set
 *  (INTEGRITY when the record does not fit its entry). */
EvidenceProof *evidence_prove(Store *store, StoreKind kind, gint64 id, GError **error);
/** As evidence_prove(store, STORE_KIND_REPORT, id). */
EvidenceProof *evidence_prove_report(Store *store, gint64 report_id, GError **error);
/** Recomputes the leaf and the path: does it lead from the record's hash to the head's root? */
bool evidence_proof_check(const EvidenceProof *proof);

typedef struct {
    StoreKind kind;
    StoreOperation operation;
    gint64 id;
} EvidenceChange;
/** What was written from a position of the log on, in order: so that work done once is done again
 *  for what is new alone. GArray of EvidenceChange; transfers. NULL with error set. Cost: by the
 *  number of changes. */
GArray *evidence_changes(Store *store, gint64 from, GError **error);

/** Consistency of two heads (by number; new_number 0: the newest): hashes as RFC 6962 2.1.2.
 *  GArray of MerkleHash. */
GArray *evidence_prove_consistency(Store *store, gint64 old_number, gint64 new_number,
                                   GError **error);

/** What a verification went through. */
typedef struct {
    gint64 entries, records, heads, originals, erased;
    gint64 original_bytes;
} EvidenceReport;
/** Recomputes everything: the database's structure, every original (unsealed and hashed), every
 *  entry from its record, all tiles, the root of each head, its signature and its chain. False
 *  with INTEGRITY and a sentence that names the first thing that does not fit. */
bool evidence_verify(Store *store, EvidenceReport *ret_report, GError **error);
