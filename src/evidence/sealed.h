/* evidence/sealed.h: the form of a sealed file; for original.c and original_read.c.
 *
 *     0    8  "ZENHARO1"
 *     8   24  header of the stream
 *     32  24  nonce of the label
 *     56  56  the label, sealed: SHA-256 of the contents (32), length (8, big-endian), tag (16);
 *             bound to the first 32 bytes
 *     112     chunks of 65536 bytes, each 17 longer when sealed; the last one may be shorter (at
 *             least one, even empty) and carries the final tag
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
};
G_STATIC_ASSERT(SEALED_AT_CHUNKS == 112);
#define SEALED_MAGIC "ZENHARO1"

typedef struct {
    guint8 stream[32], label[32];
} SealedKeys;
/* Wipe with sodium_memzero. */
void sealed_keys(Store *store, SealedKeys *ret_keys);
/* Absolute path of the sealed file of that content: originals/ab/cdef…. Transfers. */
char *sealed_path(Store *store, const guint8 sha256[32]);
/* Whole size on disk of contents of that length. */
guint64 sealed_size(guint64 length);
void sealed_label_write(const guint8 sha256[32], guint64 length, guint8 label[SEALED_LABEL_BYTES]);
