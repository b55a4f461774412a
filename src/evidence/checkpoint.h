/* evidence/checkpoint.h: a head as a small text that a witness keeps, and what witnesses sign.
 *
 *     zenhar.case/0f3c…                              origin: the case id
 *     4711                                           entries
 *     CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=   root, Base64
 *
 *     — zenhar.case/0f3c… Az3grl…                    the case's signature
 *     — witness.example/w1 jWbPPw…                   a witness' cosignature, with its time
 *
 * C2SP signed-note, tlog-checkpoint, tlog-cosignature (Ed25519, "cosignature/v1"); a witness of
 * that network can sign it as it is. The case's signature is Ed25519 over the text above the blank
 * line by the same key that signs heads (docs/formats.md); no head, note or manifest can be taken
 * for another: they begin differently. */
#pragma once
#include "evidence/evidence.h"

typedef struct {
    char *origin;
    gint64 size;
    MerkleHash root;
    char *body;            /**< what is signed: the three lines, newline at the end */
    GPtrArray *signatures; /**< EvidenceNoteSignature */
} EvidenceCheckpoint;
typedef struct {
    char *name;
    guint8 key_id[4];
    GBytes *bytes; /**< behind the key id */
} EvidenceNoteSignature;
void evidence_checkpoint_clear(EvidenceCheckpoint *checkpoint);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(EvidenceCheckpoint, evidence_checkpoint_clear)

/** "zenhar.case/" and the case id in hexadecimal. Transfers. */
char *evidence_origin(const guint8 case_id[STORE_CASE_ID_BYTES]);
/** The signed note of a head. Needs the whole keys. Transfers. */
char *evidence_checkpoint_write(const StoreKeys *keys, const StoreLogHead *head);
/** Any bytes. INPUT with a sentence when they are no checkpoint; at most 16 signatures. `ret`
 * begins with zeros. */
bool evidence_checkpoint_read(const char *text, gsize length, EvidenceCheckpoint *ret,
                              GError **error);
/** Is it of this case, and does it carry the case's signature? */
bool evidence_checkpoint_check(const EvidenceCheckpoint *checkpoint,
                               const guint8 case_id[STORE_CASE_ID_BYTES],
                               const guint8 public_key[STORE_PUBLIC_KEY_BYTES]);

/** A witness: C2SP verifier key "NAME+HEX+BASE64" of signature type 4. */
typedef struct {
    char *name;
    guint8 public_key[STORE_PUBLIC_KEY_BYTES];
} EvidenceWitness;
void evidence_witness_clear(EvidenceWitness *witness);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(EvidenceWitness, evidence_witness_clear)
/** INPUT when it is none. */
bool evidence_witness_read(const char *verifier_key, EvidenceWitness *ret, GError **error);
/** Its verifier key. Transfers. */
char *evidence_witness_write(const EvidenceWitness *witness);
/** Does the note carry this witness' cosignature, a right one? *ret_time: seconds, when it was
 *  given, by the witness' clock. */
bool evidence_checkpoint_cosigned(const EvidenceCheckpoint *checkpoint,
                                  const EvidenceWitness *witness, gint64 *ret_time);
/** The note with one line more: the cosignature. seed: the witness' Ed25519 secret seed. Transfers.
 */
char *evidence_checkpoint_cosign(const char *note, const EvidenceCheckpoint *checkpoint,
                                 const EvidenceWitness *witness, const guint8 seed[32],
                                 gint64 time);
