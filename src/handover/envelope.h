/* handover/envelope.h: a file sealed to the keys of those who may open it.
 *
 *      0   8   "ZENHARE1"
 *      8   2   n, recipients (little-endian), 1 to 64
 *     10  80n  for each: crypto_box_seal of the file's key (32 bytes) to an X25519 public key
 *          24  header of the stream
 *              chunks: crypto_secretstream_xchacha20poly1305 of 65,536 bytes each, 17 more when
 *              sealed; the last has the rest and the final tag. Associated data of the first:
 *              BLAKE2b-256 of all bytes before it, so that no recipient can be put in or taken out
 *
 * Nothing in it names a recipient. Whoever opens it tries each place. A chunk is given out only
 * after its seal was checked; an end without the final tag is an error. Memory: one chunk. */
#pragma once
#include "base/csv.h"
#include "base/error.h"
#include <glib.h>
#include <stdbool.h>

enum { ENVELOPE_KEY_BYTES = 32, ENVELOPE_RECIPIENTS_MOST = 64, ENVELOPE_MAGIC_BYTES = 8 };
#define ENVELOPE_MAGIC "ZENHARE1"

typedef struct {
    guint8 bytes[ENVELOPE_KEY_BYTES];
} EnvelopeKey;

/** Takes bytes; false with error set. */
typedef bool (*EnvelopeSink)(void *context, const char *bytes, gsize length, GError **error);
typedef struct EnvelopeWriter EnvelopeWriter;
/** Borrows sink and context. INPUT when a key is none that anything can be sealed to. */
EnvelopeWriter *envelope_writer_new(const EnvelopeKey *recipients, gsize n_recipients,
                                    EnvelopeSink sink, void *context, GError **error);
/** Fits EnvelopeSink. */
bool envelope_write(void *writer, const char *bytes, gsize length, GError **error);
/** The last chunk. Without it the file does not open whole. */
bool envelope_writer_end(EnvelopeWriter *writer, GError **error);
void envelope_writer_free(EnvelopeWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EnvelopeWriter, envelope_writer_free)

typedef struct EnvelopeReader EnvelopeReader;
/** Reads the head. Errors: INPUT (no such file), DENIED (not sealed to this key), those of the
 *  source. `name` is what sentences call the file; copied. */
EnvelopeReader *envelope_reader_new(const char *name, CsvSource source, void *context,
                                    const guint8 public_key[ENVELOPE_KEY_BYTES],
                                    const guint8 secret_key[ENVELOPE_KEY_BYTES], GError **error);
/** Fits CsvSource. INTEGRITY: changed, cut short, or longer than it was. */
gssize envelope_read(void *reader, void *buffer, gsize size, GError **error);
void envelope_reader_free(EnvelopeReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EnvelopeReader, envelope_reader_free)

/** A public key as a line of text: "zenhar-key-1 HEX CHECK"; a slip of the pen is seen. Transfers.
 */
char *envelope_key_text(const EnvelopeKey *key);
/** Reads the first line that begins so; false with INPUT. `name` is what sentences call it. */
bool envelope_key_read(const char *name, const char *text, EnvelopeKey *ret, GError **error);
