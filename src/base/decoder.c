#include "base/decoder.h"

#include "base/error.h"
#include "base/i18n.h"
#include <string.h>
#include <unicode/ucsdet.h>

static bool open_converters(Decoder *decoder, const char *name)
{
    UErrorCode code = U_ZERO_ERROR;
    UConverter *from = ucnv_open(name, &code), *to = ucnv_open("UTF-8", &code);
    if (U_FAILURE(code)) {
        ucnv_close(from);
        ucnv_close(to);
        return false;
    }
    decoder->from = from;
    decoder->to = to;
    decoder->encoding = g_strdup(name);
    return true;
}

/* UTF-8 but for a character cut off at the end, zero bytes (they are told record by record), and a
 * few broken bytes: at least nine of ten bytes above 127 belong to a character of UTF-8. Text in
 * another encoding is far from that. */
static bool looks_utf8(const guint8 *bytes, gsize length, bool whole)
{
    gsize good = 0, bad = 0;
    for (gsize i = 0; i < length;) {
        if (bytes[i] < 128) {
            i++;
            continue;
        }
        gunichar c = g_utf8_get_char_validated((const char *)bytes + i, (gssize)(length - i));
        if (c == (gunichar)-2 && !whole)
            break;
        if (c >= 0x110000) {
            bad++;
            i++;
        } else {
            gsize size = (gsize)g_unichar_to_utf8(c, NULL);
            good += size;
            i += size;
        }
    }
    return bad == 0 || good >= 9 * bad;
}

/* UTF-16 without its mark: the high byte of Persian and English letters, digits and marks is one
 * of a few, and always on the same side; zero bytes stand on that side alone. */
static const char *find_utf16(const guint8 *bytes, gsize length)
{
    gsize usual[2] = {0, 0}, zeros[2] = {0, 0}, pairs = length / 2;
    for (gsize i = 0; i < 2 * pairs; i++) {
        zeros[i % 2] += bytes[i] == 0;
        usual[i % 2] += bytes[i] == 0 || bytes[i] == 0x06 || bytes[i] == 0x20 || bytes[i] >= 0xfb;
    }
    for (int high = 0; high < 2; high++)
        if (zeros[high] > 0 && zeros[1 - high] == 0 && 10 * usual[high] >= 9 * pairs)
            return high == 1 ? "UTF-16LE" : "UTF-16BE";
    return NULL;
}

/* In windows-1256: the Arabic script's letters and vowel signs, the Persian four, the half-space
 * and the marks between words. */
static bool is_persian_byte(guint8 byte)
{
    static const guint8 LONE[] = {0x81, 0x8d, 0x8e, 0x8f, 0x90, 0x98, 0x9a, 0x9d, 0x9f, 0xa1, 0xaa,
                                  0xab, 0xba, 0xbb, 0xbf, 0xc0, 0xe1, 0xf5, 0xf6, 0xf8, 0xfa, 0xff};
    return (byte >= 0xc1 && byte <= 0xdf && byte != 0xd7) || (byte >= 0xe3 && byte <= 0xe6) ||
           (byte >= 0xec && byte <= 0xed) || (byte >= 0xf0 && byte <= 0xf3) ||
           memchr(LONE, byte, sizeof LONE) != NULL;
}

/* Nine of ten bytes above 127 are Persian in windows-1256, and most stand beside another: words.
 * In the Latin code pages they stand alone; Cyrillic and Greek small letters fall on à â é ê ô. */
static bool looks_windows_1256(const guint8 *bytes, gsize length)
{
    gsize high = 0, persian = 0, beside = 0;
    for (gsize i = 0; i < length; i++) {
        if (bytes[i] < 128)
            continue;
        high++;
        if (!is_persian_byte(bytes[i]))
            continue;
        persian++;
        beside += (i > 0 && is_persian_byte(bytes[i - 1])) ||
                  (i + 1 < length && is_persian_byte(bytes[i + 1]));
    }
    return high > 0 && 10 * persian >= 9 * high && 4 * beside >= 3 * high;
}

static bool start_by_icu(Decoder *decoder, const guint8 *head, gsize length)
{
    UErrorCode code = U_ZERO_ERROR;
    UCharsetDetector *detector = ucsdet_open(&code);
    if (detector == NULL)
        return false;
    ucsdet_setText(detector, (const char *)head, (int32_t)length, &code);
    const UCharsetMatch *match = ucsdet_detect(detector, &code);
    const char *name = match != NULL ? ucsdet_getName(match, &code) : NULL;
    /* ICU's EBCDIC (IBM420, IBM424) is never what a file of today is in. */
    bool found = U_SUCCESS(code) && name != NULL && strcmp(name, "UTF-8") != 0 &&
                 !g_str_has_prefix(name, "IBM") && open_converters(decoder, name);
    ucsdet_close(detector);
    return found;
}

bool decoder_start(Decoder *decoder, const char *wanted, const guint8 *head, gsize length,
                   bool whole, gsize *ret_mark, GError **error)
{
    static const struct {
        const char *mark;
        gsize length;
        const char *encoding;
    } MARKS[] = {
        {"\xef\xbb\xbf", 3, "UTF-8"},    {"\xff\xfe\0\0", 4, "UTF-32LE"},
        {"\0\0\xfe\xff", 4, "UTF-32BE"}, {"\xff\xfe", 2, "UTF-16LE"},
        {"\xfe\xff", 2, "UTF-16BE"},
    };
    *decoder = (Decoder){0};
    *ret_mark = 0;
    const char *found = wanted;
    for (gsize i = 0; i < G_N_ELEMENTS(MARKS); i++)
        if (length >= MARKS[i].length && memcmp(head, MARKS[i].mark, MARKS[i].length) == 0 &&
            (wanted == NULL || g_ascii_strcasecmp(wanted, MARKS[i].encoding) == 0 ||
             (g_ascii_strcasecmp(wanted, "UTF-16") == 0 && MARKS[i].length == 2))) {
            found = MARKS[i].encoding;
            *ret_mark = MARKS[i].length;
            break;
        }
    if (found == NULL)
        found = find_utf16(head, length);
    if (found == NULL && looks_utf8(head, length, whole))
        found = "UTF-8";
    if (found == NULL && looks_windows_1256(head, length))
        found = "windows-1256";
    if (found == NULL && start_by_icu(decoder, head, length))
        return true;
    if (found == NULL || g_ascii_strcasecmp(found, "UTF-8") == 0 ||
        g_ascii_strcasecmp(found, "UTF8") == 0) {
        decoder->encoding = g_strdup("UTF-8");
        return true;
    }
    if (!open_converters(decoder, found)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE, _("There is no encoding called '%s'."),
                    found);
        return false;
    }
    return true;
}

void decoder_convert(Decoder *decoder, GByteArray *in, GByteArray *out, bool last)
{
    const char *at = (const char *)in->data, *end = at + in->len;
    char room[1 << 14];
    UChar middle[4096];
    UChar *pivot_source = middle, *pivot_target = middle;
    for (;;) {
        char *target = room;
        UErrorCode code = U_ZERO_ERROR;
        ucnv_convertEx(decoder->to, decoder->from, &target, room + sizeof room, &at, end, middle,
                       &pivot_source, &pivot_target, middle + G_N_ELEMENTS(middle), FALSE,
                       (UBool)last, &code);
        g_byte_array_append(out, (const guint8 *)room, (guint)(target - room));
        if (code == U_TRUNCATED_CHAR_FOUND) /* half a character at the very end */
            g_byte_array_append(out, (const guint8 *)"\xef\xbf\xbd", 3);
        if (code != U_BUFFER_OVERFLOW_ERROR)
            break;
    }
    g_byte_array_remove_range(in, 0, (guint)(at - (const char *)in->data));
}

void decoder_clear(Decoder *decoder)
{
    ucnv_close(decoder->from);
    ucnv_close(decoder->to);
    g_free(decoder->encoding);
}
