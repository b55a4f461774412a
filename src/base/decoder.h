/* base/decoder.h: which encoding bytes are in, and the same text in UTF-8.
 *
 * For readers of text, here and in intake/. Byte order marks first; then bytes that can only be
 * UTF-16; then UTF-8, also with some broken bytes; then what ICU finds, but Persian in windows-1256
 * by a rule of our own, since ICU knows that code page by Arabic words only. */
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <unicode/ucnv.h>

typedef struct {
    char *encoding;
    UConverter *from, *to; /**< NULL: it is UTF-8 already */
} Decoder;

/** Chooses by the input's first bytes. `wanted` (or NULL) is the encoding the caller knows;
 *  `whole`: there is no more than this. *ret_mark is how many bytes the byte order mark takes.
 *  False with error set when there is no such encoding. */
bool decoder_start(Decoder *decoder, const char *wanted, const guint8 *head, gsize length,
                   bool whole, gsize *ret_mark, GError **error);
/** Moves what can be decoded from `in` to the end of `out`; bytes without meaning become U+FFFD.
 *  `last`: no more will come. */
void decoder_convert(Decoder *decoder, GByteArray *in, GByteArray *out, bool last);
void decoder_clear(Decoder *decoder);
