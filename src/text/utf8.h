/* text/utf8.h: UTF-8 in hot loops; private to src/text. */
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <string.h>

/** Decodes one code point at `at` (< end). Gives its length in bytes (1–4); 0 when the bytes are
 *  no UTF-8 (then one byte should be skipped): overlong, surrogate, above U+10FFFF, cut off. */
static inline unsigned utf8_decode(const char *at, const char *end, guint32 *ret_point)
{
    const guint8 *b = (const guint8 *)at;
    gsize left = (gsize)(end - at);
    if (b[0] < 0x80) {
        *ret_point = b[0];
        return 1;
    }
    if (b[0] < 0xC2)
        return 0;
    if (b[0] < 0xE0) {
        if (left < 2 || (b[1] & 0xC0) != 0x80)
            return 0;
        *ret_point = (guint32)(b[0] & 0x1F) << 6 | (b[1] & 0x3F);
        return 2;
    }
    if (b[0] < 0xF0) {
        if (left < 3 || (b[1] & 0xC0) != 0x80 || (b[2] & 0xC0) != 0x80)
            return 0;
        guint32 c = (guint32)(b[0] & 0x0F) << 12 | (guint32)(b[1] & 0x3F) << 6 | (b[2] & 0x3F);
        if (c < 0x800 || (c >= 0xD800 && c < 0xE000))
            return 0;
        *ret_point = c;
        return 3;
    }
    if (b[0] > 0xF4 || left < 4 || (b[1] & 0xC0) != 0x80 || (b[2] & 0xC0) != 0x80 ||
        (b[3] & 0xC0) != 0x80)
        return 0;
    guint32 c = (guint32)(b[0] & 0x07) << 18 | (guint32)(b[1] & 0x3F) << 12 |
                (guint32)(b[2] & 0x3F) << 6 | (b[3] & 0x3F);
    if (c < 0x10000 || c > 0x10FFFF)
        return 0;
    *ret_point = c;
    return 4;
}

/** Writes a code point (valid) and gives its length. `out` has room for 4 bytes. */
static inline unsigned utf8_encode(guint32 c, char *out)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3F));
    out[2] = (char)(0x80 | (c >> 6 & 0x3F));
    out[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

/** Letters of the Arabic script that join words in Persian text (category L, block Arabic). */
static inline bool utf8_is_arabic_letter(guint32 c)
{
    return (c >= 0x620 && c <= 0x64A && c != 0x640) ||
           (c >= 0x66E && c <= 0x6D5 && c != 0x670 && c != 0x6D4) || (c >= 0x6EE && c <= 0x6EF) ||
           (c >= 0x6FA && c <= 0x6FC) || (c >= 0x750 && c <= 0x77F);
}

/** Marks of the Arabic script: vowels, tanvin, hamza above … */
static inline bool utf8_is_arabic_mark(guint32 c)
{
    return (c >= 0x64B && c <= 0x65F) || c == 0x670 || (c >= 0x610 && c <= 0x61A) ||
           (c >= 0x6D6 && c <= 0x6DC) || (c >= 0x6DF && c <= 0x6E4) || c == 0x6E7 || c == 0x6E8 ||
           (c >= 0x6EA && c <= 0x6ED);
}

enum { UTF8_ZWNJ = 0x200C };
#define UTF8_ZWNJ_BYTES "\xE2\x80\x8C"
