/* evidence/sealed.h: the form of a sealed file; for original.c and original_read.c.
 *
 *     0    8  "ZENHARO2"
 *     8   24  header of the stream
 *     32  24  nonce of the label
 *     56   8  leaf of the case's tree of keys (little-endian): told apart, not believed
 *     64  48  the label: the file's own key (32, random), tag (16), sealed by the leaf's key
 *             (store/seals.h); bound to the first 64 bytes, SHA-256 and length of the contents
 *     112     chunks of 65536 bytes, each 17 longer when sealed; the last one may be shorter (at
 *             least one, even empty) and carries the final tag
 *
 * The hash is known at the end of the one reading, the leaf by the hash: so the stream is under a
 * key of its own, and that under the leaf. The form of before, of the same sizes, is read still:
 *
 *     0    8  "ZENHARO1"
 *     8   48  as above
 *     56  56  the label, sealed by the one key of originals: SHA-256 of the contents (32), length
 *             (8, big-endian), tag (16); bound to the first 32 bytes. The stream: likewise
 *
 * The label stands in front, so that a file put in another's place is found before a byte of it
 * is used; the stream tells cuts, swaps and flips within. */
#pragma once
#include "evidence/merkle.h"
#include "store/report.h"
#include <sodium.h>

enum {
    SEALED_CHUNK = 65536,
    SEALED_EXTRA = crypto_secretstream_xchacha20poly1305_ABYTES,
    SEALED_AT_STREAM = 8,
    SEALED_AT_NONCE = SEALED_AT_STREAM + crypto_secretstream_xchacha20poly1305_HEADERBYTES,
    SEALED_AT_LABEL = SEALED_AT_NONCE + crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    SEALED_LABEL_BYTES = 40,
    SEALED_AT_CHUNKS =
        SEALED_AT_LABEL + SEALED_LABEL_BYTES + crypto_aead_xchacha20poly1305_ietf_ABYTES,
    SEALED_KEY_BYTES = crypto_secretstream_xchacha20poly1305_KEYBYTES,
    SEALED_AT_LEAF = SEALED_AT_LABEL, /* of the newer form, and what stands behind it */
    SEALED_AT_KEY = SEALED_AT_LEAF + 8,
};
G_STATIC_ASSERT(SEALED_AT_CHUNKS == 112);
G_STATIC_ASSERT(SEALED_AT_KEY + SEALED_KEY_BYTES + crypto_aead_xchacha20poly1305_ietf_ABYTES ==
                SEALED_AT_CHUNKS);
#define SEALED_MAGIC     "ZENHARO2"
#define SEALED_MAGIC_OLD "ZENHARO1"

/* The older form's; wipe with sodium_memzero. */
typedef struct {
    guint8 stream[32], label[32];
} SealedKeys;
void sealed_keys(Store *store, SealedKeys *ret_keys);
/* What the label of the newer form is bound to: the head up to the sealed key, then what the
 * contents are. */
enum { SEALED_BOUND_BYTES = SEALED_AT_KEY + SEALED_LABEL_BYTES };
void sealed_bind(const guint8 head[SEALED_AT_CHUNKS], const guint8 sha256[32], guint64 length,
                 guint8 bound[SEALED_BOUND_BYTES]);
/* Absolute path of the sealed file of that content: originals/ab/cdef…. Transfers. */
char *sealed_path(Store *store, const guint8 sha256[32]);
/* Whole size on disk of contents of that length. */
guint64 sealed_size(guint64 length);
void sealed_label_write(const guint8 sha256[32], guint64 length, guint8 label[SEALED_LABEL_BYTES]);
