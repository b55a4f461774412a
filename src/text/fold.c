/* Search keys. One pass over bytes with a table for the Arabic block, since two bytes in, two
 * bytes out is nearly all there is in Persian text; the rest goes code point by code point.
 * 1 MB of report text takes 3 to 4 ms. */
#include "text/normalize.h"

#include "text/utf8.h"
#include <stdlib.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>

/* Second and first byte of the folded letter for U+0600–U+06FF; 0: drop; 1: keep as it is;
 * below 0x80: that ASCII byte. Written as code points, looked up by the low byte. */
const guint16 TEXT_FOLD_ARABIC[256] = {
    /* 0600 */ 0,
    0,
    0,
    0,
    0,
    0,
    1,
    1,
    1,
    1,
    1,
    1,
    ',',
    1,
    1,
    1,
    /* 0610 */ 0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    ';',
    0,
    0,
    1,
    '?',
    /* 0620 */ 0x6CC,
    1,
    0x627,
    0x627,
    0x648,
    0x627,
    0x6CC,
    1,
    1,
    0x647,
    1,
    1,
    1,
    1,
    1,
    1,
    /* 0630 */ 1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    0x6A9,
    0x6A9,
    0x6CC,
    0x6CC,
    0x6CC,
    /* 0640 */ 0,
    1,
    1,
    0x6A9,
    1,
    1,
    1,
    1,
    1,
    0x6CC,
    0x6CC,
    0,
    0,
    0,
    0,
    0,
    /* 0650 */ 0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    /* 0660 */ '0',
    '1',
    '2',
    '3',
    '4',
    '5',
    '6',
    '7',
    '8',
    '9',
    '%',
    '.',
    ',',
    '*',
    1,
    1,
    /* 0670 */ 0,
    0x627,
    0x627,
    0x627,
    1,
    0x627,
    0x648,
    0x648,
    0x6CC,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    /* 0680 */ 1,
    0x62D,
    0x62D,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    /* 0690 */ 1,
    1,
    0x631,
    0x631,
    0x631,
    0x631,
    0x631,
    0x631,
    1,
    0x631,
    1,
    1,
    1,
    1,
    1,
    1,
    /* 06A0 */ 1,
    1,
    1,
    1,
    0x641,
    1,
    1,
    1,
    1,
    1,
    0x6A9,
    0x6A9,
    0x6A9,
    0x6A9,
    0x6A9,
    1,
    /* 06B0 */ 1,
    1,
    1,
    1,
    1,
    0x644,
    0x644,
    0x644,
    0x644,
    1,
    0x646,
    1,
    1,
    1,
    0x647,
    1,
    /* 06C0 */ 0x647,
    0x647,
    0x647,
    0x647,
    0x648,
    0x648,
    0x648,
    0x648,
    0x648,
    0x648,
    0x648,
    0x648,
    1,
    0x6CC,
    0x6CC,
    0x648,
    /* 06D0 */ 0x6CC,
    0x6CC,
    1,
    1,
    '.',
    0x647,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    1,
    0,
    /* 06E0 */ 0,
    0,
    0,
    0,
    0,
    0x648,
    0x6CC,
    0,
    0,
    1,
    0,
    0,
    0,
    0,
    1,
    1,
    /* 06F0 */ '0',
    '1',
    '2',
    '3',
    '4',
    '5',
    '6',
    '7',
    '8',
    '9',
    1,
    1,
    1,
    0,
    0,
    0x647,
};

/* Code points outside ASCII and the Arabic block. Gives bytes written. */
static gsize fold_rare(guint32 c, char *out)
{
    if (c == 0xA0 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F || c == 0x205F || c == 0x3000 ||
        c == 0x2028 || c == 0x2029 || c == 0x85) {
        out[0] = ' ';
        return 1;
    }
    if (c == 0xAD || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
        (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || (c >= 0xFE00 && c <= 0xFE0F) ||
        (c >= 0x300 && c <= 0x36F) || (c >= 0x80 && c <= 0x9F))
        return 0;
    if (c == 0xDF) {
        memcpy(out, "ss", 2);
        return 2;
    }
    if (c == 0xC6 || c == 0xE6) {
        memcpy(out, "ae", 2);
        return 2;
    }
    if (c == 0xD8 || c == 0xF8) {
        out[0] = 'o';
        return 1;
    }
    if (c == 0x131) {
        out[0] = 'i';
        return 1;
    }
    if (c < 0xC0)
        return utf8_encode(c, out);
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfkd = unorm2_getNFKDInstance(&status);
    UChar parts[32];
    int32_t n =
        U_SUCCESS(status) ? unorm2_getDecomposition(nfkd, (UChar32)c, parts, 32, &status) : -1;
    if (n <= 0 || U_FAILURE(status))
        return utf8_encode((guint32)u_tolower((UChar32)c), out);
    /* An accented letter is its base; a presentation form its letters (which fold once more).
     * No more than the bound allows: the few signs that hold whole phrases are cut. */
    gsize written = 0;
    for (int32_t i = 0; i < n && written + 4 <= 8;) {
        UChar32 part;
        U16_NEXT(parts, i, n, part);
        if (part < 0x80) {
            out[written++] = (char)g_ascii_tolower((char)part);
        } else if (part >= 0x600 && part < 0x700) {
            guint16 to = TEXT_FOLD_ARABIC[part & 0xFF];
            if (to != 0)
                written += utf8_encode(to == 1 ? (guint32)part : to, out + written);
        } else if (u_charType(part) != U_NON_SPACING_MARK && part >= 0) {
            written += utf8_encode((guint32)u_tolower(part), out + written);
        }
    }
    return written;
}

/* Endings that searchers write apart, joined or with a half-space; folded spelling. */
static const char *const ENDINGS[] = {"ها",   "های",  "هایی",   "تر",     "ترین",   "هایم",
                                      "هایت", "هایش", "هایشان", "هایمان", "هایتان", "اند"};

static bool is_ending(const char *word, gsize length)
{
    if (length < 4 || length > 14)
        return false;
    for (gsize i = 0; i < G_N_ELEMENTS(ENDINGS); i++)
        if (strlen(ENDINGS[i]) == length && memcmp(word, ENDINGS[i], length) == 0)
            return true;
    return false;
}

/* A Persian letter, or the presentation form of one. */
static bool letter_follows(const char *at, const char *end)
{
    if (at >= end)
        return false;
    guint8 byte = (guint8)*at;
    return (byte >= 0xD8 && byte <= 0xDB) ||
           (byte == 0xEF && end - at >= 3 && (guint8)at[1] >= 0xAD && (guint8)at[1] <= 0xBB);
}

gsize text_fold_into(const char *text, gsize length, char *buffer)
{
    const char *at = text, *end = text + length;
    char *out = buffer;
    /* `word` is where the running word began in the output; `gap` says that exactly one space
     * stands between it and the word before, so that the two can be joined. */
    char *word = out;
    bool gap = false;
    for (;;) {
        guint8 byte = at < end ? (guint8)*at : (guint8)' ';
        if (byte >= 0xD8 && byte <= 0xDB && at + 1 < end && ((guint8)at[1] & 0xC0) == 0x80) {
            guint32 low = (guint32)(byte & 3) << 6 | ((guint8)at[1] & 0x3F);
            guint16 to = TEXT_FOLD_ARABIC[low];
            at += 2;
            if (to == 1) {
                out[0] = (char)byte;
                out[1] = at[-1];
                out += 2;
            } else if (to >= 0x80) {
                out[0] = (char)(0xC0 | to >> 6);
                out[1] = (char)(0x80 | (to & 0x3F));
                out += 2;
            } else if (to != 0) {
                *out++ = (char)to;
            }
            continue;
        }
        guint32 c = byte;
        unsigned bytes = 1;
        if (byte >= 0x80) {
            bytes = utf8_decode(at, end, &c);
            if (bytes == 0) { /* no UTF-8: a space, so that words do not run together */
                bytes = 1;
                c = ' ';
            } else {
                gsize written = fold_rare(c, out);
                if (written != 1 || *out != ' ') {
                    out += written;
                    at += bytes;
                    continue;
                }
                c = ' ';
            }
        }
        if (c > ' ') {
            *out++ = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
            at++;
            continue;
        }
        /* The end of a word. */
        gsize word_length = (gsize)(out - word);
        if (gap && is_ending(word, word_length) && word - buffer >= 3 && (guint8)word[-2] >= 0x80) {
            memmove(word - 1, word, word_length);
            out--;
        }
        if (at >= end)
            break;
        bool prefix = c == ' ' &&
                      ((word_length == 4 && memcmp(word, "می", 4) == 0) ||
                       (word_length == 6 && memcmp(word, "نمی", 6) == 0)) &&
                      letter_follows(at + bytes, end);
        at += bytes;
        if (prefix) { /* the next word goes on here */
            gap = false;
            continue;
        }
        *out++ = (char)(c == '\n' || c == '\t' || c == '\r' ? c : ' ');
        gap = c == ' ' && word_length > 0;
        word = out;
    }
    return (gsize)(out - buffer);
}

char *text_fold(const char *text, gssize length, gsize *ret_length)
{
    gsize bytes = length < 0 ? strlen(text) : (gsize)length;
    char *out = malloc(text_fold_bound(bytes));
    if (out == NULL)
        return NULL;
    gsize written = text_fold_into(text, bytes, out);
    out[written] = '\0';
    if (ret_length != NULL)
        *ret_length = written;
    return out;
}

char *text_digits_ascii(const char *text)
{
    gsize length = strlen(text);
    char *out = malloc(length + 1), *to = out;
    if (out == NULL)
        return NULL;
    for (const char *at = text, *end = text + length; at < end;) {
        guint32 c;
        unsigned bytes = utf8_decode(at, end, &c);
        if (bytes == 2 && c >= 0x6F0 && c <= 0x6F9)
            *to++ = (char)('0' + (c - 0x6F0));
        else if (bytes == 2 && c >= 0x660 && c <= 0x669)
            *to++ = (char)('0' + (c - 0x660));
        else if (bytes == 2 && (c == 0x66B || c == 0x66C))
            *to++ = c == 0x66B ? '.' : ',';
        else if (bytes == 3 && c >= 0xFF10 && c <= 0xFF19)
            *to++ = (char)('0' + (c - 0xFF10));
        else {
            gsize keep = bytes == 0 ? 1 : bytes;
            memcpy(to, at, keep);
            to += keep;
            at += keep;
            continue;
        }
        at += bytes;
    }
    *to = '\0';
    return out;
}
