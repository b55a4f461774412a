/* evidence/bundle.h: records with their proofs, for who has no case: written, and checked with
 * nothing but the folder and a public key.
 *
 *     FOLDER/
 *       bundle.json            case, key, the head all paths lead to, older heads with their
 *                              consistency proofs, names of columns
 *       records.jsonl          a line each: entry, path, canonical bytes (or why not), what it
 *                              rests on
 *       heads/N.bin N.sig      a head as signed, and its signature
 *       timestamps/ notes/     what authorities and witnesses said of a head
 *       originals/O1.csv       files as they came, if asked for
 *       log.bin                every entry of the log, if asked for
 *       README.txt             how to check it by hand
 *       manifest-sha256.txt    of every file above, for `sha256sum -c`
 *       manifest.sig           Ed25519 over the manifest
 *
 * A record that may not be shown goes as its entry alone: kind, number and SHA-256 of what it is;
 * its proof holds all the same. The same head and the same choice give the same bytes.
 * docs/bundle.md tells it so that a stranger can write another verifier. */
#pragma once
#include "evidence/evidence.h"

/** One record that goes along. */
typedef struct {
    StoreKind kind;
    gint64 id;
    const char *withheld;          /**< NULL: shown whole. Else one word why not; static */
    bool linked;                   /**< what it rests on is told, shown or not */
    bool with_original;            /**< kind ORIGINAL: its bytes go along */
    const char *original_withheld; /**< one word why not, where they were asked for; static */
} EvidenceBundleItem;

/** May it be shown? Sets the rest of an item whose kind and id are set.
 *  `record` is its canonical form. False with error set. */
typedef bool (*EvidenceBundleRule)(void *context, Store *store, GBytes *record,
                                   EvidenceBundleItem *item, GError **error);

typedef struct EvidenceBundleChoice EvidenceBundleChoice;
EvidenceBundleChoice *evidence_bundle_choice_new(Store *store, EvidenceBundleRule rule,
                                                 void *context);
/** The record and all that it rests on, down to the originals (store/link.h), with the links that
 *  say so; each once. Below a record that is not `linked` nothing is walked. */
bool evidence_bundle_choose(EvidenceBundleChoice *choice, StoreKind kind, gint64 id,
                            GError **error);
/** In order of kind and id. GArray of EvidenceBundleItem, borrowed. */
GArray *evidence_bundle_chosen(EvidenceBundleChoice *choice);
void evidence_bundle_choice_free(EvidenceBundleChoice *choice);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EvidenceBundleChoice, evidence_bundle_choice_free)

typedef struct {
    gint64 head;         /**< number of the head that is proven to; 0: the newest */
    const gint64 *older; /**< numbers of older heads to tell of, in any order */
    gsize n_older;       /**< heads with time stamps or cosignatures are told of in any case */
    bool with_log;       /**< log.bin: the whole log up to the head */
} EvidenceBundleOptions;

typedef struct {
    gint64 records, withheld, originals, heads, timestamps, cosignatures;
    gint64 original_bytes;
    StoreLogHead head;
} EvidenceBundleReport;

/** Writes the folder, which must not exist (or be empty): beside, synced, then renamed. items as of
 *  evidence_bundle_chosen; records written after the head are refused (USAGE). Needs the whole
 *  keys: it signs. Errors: USAGE, INTEGRITY, IO, INTERRUPTED. */
bool evidence_bundle_write(Store *store, const char *folder, const GArray *items,
                           const EvidenceBundleOptions *options, EvidenceBundleReport *ret_report,
                           GError **error);

typedef struct {
    const guint8 *public_key;     /**< 32 bytes, got by another way than the bundle; required */
    const char *tsa_ca;           /**< PEM file of authorities' certificates; NULL: time stamps are
                                   *   compared with their heads, nobody is trusted */
    const char *const *witnesses; /**< verifier keys (evidence/checkpoint.h); NULL-ended or NULL */
} EvidenceBundleCheck;

/** Checks every byte: each record, path, head, consistency, time stamp, cosignature, original, what
 *  rests on what, the log, the manifest and that nothing else lies in the folder. False with
 *  INTEGRITY and a sentence that names the first thing that does not fit; NOT_FOUND, IO, NEWER. */
bool evidence_bundle_check(const char *folder, const EvidenceBundleCheck *check,
                           EvidenceBundleReport *ret_report, GError **error);

/** A public key from a file (64 hexadecimal digits; PEM "PUBLIC KEY" of Ed25519; JSON that verify
 *  printed: public_key) or from 64 hexadecimal digits themselves. INPUT, NOT_FOUND. */
bool evidence_public_key_read(const char *text, guint8 ret_key[STORE_PUBLIC_KEY_BYTES],
                              GError **error);
/** The secret seed of an Ed25519 key, as a witness holds it, from a file: 64 hexadecimal digits, or
 * a private key in PEM. Wipe it with sodium_memzero. */
bool evidence_secret_seed_read(const char *file, guint8 ret_seed[32], GError **error);
