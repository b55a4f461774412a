#include "intake/decode.h"

#include "base/decoder.h"
#include <string.h>

/* Lower case, without marks between: "UTF_8" → "utf8"; at most 31 characters. */
static void squeeze(const char *name, char out[32])
{
    gsize n = 0;
    for (; *name != '\0' && n < 31; name++)
        if (g_ascii_isalnum(*name))
            out[n++] = g_ascii_tolower(*name);
    out[n] = '\0';
}

static bool is_one_of(const char *name, const char *const *names, gsize n)
{
    for (gsize i = 0; i < n; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static bool only_ascii(const guint8 *bytes, gsize length)
{
    for (gsize i = 0; i < length; i++)
        if (bytes[i] >= 128)
            return false;
    return true;
}

/* پ چ ژ گ stand in windows-1256 where ISO 8859-6 has control characters. */
static bool has_persian_four(const guint8 *bytes, gsize length)
{
    for (gsize i = 0; i < length; i++)
        if (bytes[i] == 0x81 || bytes[i] == 0x8d || bytes[i] == 0x8e || bytes[i] == 0x90)
            return true;
    return false;
}

static bool has_mark(const guint8 *bytes, gsize length)
{
    return (length >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) ||
           (length >= 2 &&
            (memcmp(bytes, "\xff\xfe", 2) == 0 || memcmp(bytes, "\xfe\xff", 2) == 0));
}

/* Letters of these code pages in a row that happen to be UTF-8 do not occur in words. */
static bool is_single_byte(const char *name)
{
    return g_str_has_prefix(name, "windows125") || g_str_has_prefix(name, "cp125") ||
           g_str_has_prefix(name, "iso8859") || g_str_has_prefix(name, "koi8");
}

/* What to read the bytes in; NULL: guess. */
static const char *choose(const char *declared, const guint8 *bytes, gsize length)
{
    static const char *const UTF8[] = {"utf8", "unicode11utf8", "utf8mb4"};
    static const char *const LATIN[] = {
        "",        "usascii",     "ascii", "iso88591", "latin1",  "cp1252",      "windows1252",
        "unknown", "unknown8bit", "8bit",  "binary",   "default", "xuserdefined"};
    static const char *const ARABIC[] = {"iso88596", "iso88596i", "iso88596e", "arabic"};
    char name[32] = "";
    if (declared != NULL)
        squeeze(declared, name);
    if (has_mark(bytes, length) || is_one_of(name, UTF8, G_N_ELEMENTS(UTF8)) ||
        (is_single_byte(name) && g_utf8_validate((const char *)bytes, (gssize)length, NULL)))
        return NULL; /* the guess tries UTF-8 first and bears some broken bytes */
    if (is_one_of(name, LATIN, G_N_ELEMENTS(LATIN))) {
        gsize mark;
        Decoder guess;
        if (!decoder_start(&guess, NULL, bytes, length, true, &mark, NULL))
            return "windows-1252";
        bool eastern = strcmp(guess.encoding, "UTF-8") == 0 ||
                       strcmp(guess.encoding, "windows-1256") == 0 ||
                       g_str_has_prefix(guess.encoding, "UTF-");
        decoder_clear(&guess);
        return eastern || name[0] == '\0' ? NULL : "windows-1252";
    }
    if (is_one_of(name, ARABIC, G_N_ELEMENTS(ARABIC)) && has_persian_four(bytes, length))
        return "windows-1256";
    return declared;
}

static GByteArray *convert(const char *encoding, const guint8 *bytes, gsize length)
{
    Decoder decoder;
    gsize mark = 0;
    if (!decoder_start(&decoder, encoding, bytes, length, true, &mark, NULL) &&
        !decoder_start(&decoder, NULL, bytes, length, true, &mark, NULL)) {
        mark = 0;
        decoder = (Decoder){0};
    }
    GByteArray *out = g_byte_array_sized_new((guint)length + 1);
    if (decoder.from == NULL) {
        g_byte_array_append(out, bytes + mark, (guint)(length - mark));
    } else {
        GByteArray *in = g_byte_array_sized_new((guint)length);
        g_byte_array_append(in, bytes + mark, (guint)(length - mark));
        decoder_convert(&decoder, in, out, true);
        g_byte_array_unref(in);
    }
    decoder_clear(&decoder);
    return out;
}

/* Control characters go; so do the C1 ones. */
static gsize tidy(char *text, gsize length)
{
    gsize to = 0;
    for (gsize i = 0; i < length; i++) {
        guint8 byte = (guint8)text[i];
        if (byte == '\r') {
            if (i + 1 < length && text[i + 1] == '\n')
                continue;
            text[to++] = '\n';
        } else if (byte == '\f' || byte == '\v') {
            text[to++] = '\n';
        } else if (byte == 0xc2 && i + 1 < length && (guint8)text[i + 1] < 0xa0) {
            i++;
            if ((guint8)text[i] == 0x85)
                text[to++] = '\n';
        } else if ((byte >= 32 && byte != 127) || byte == '\n' || byte == '\t') {
            text[to++] = (char)byte;
        } else if (byte == 0) {
            text[to++] = ' ';
        }
    }
    text[to] = '\0';
    return to;
}

char *intake_decode(const char *declared, const void *bytes, gsize length, gsize *ret_length)
{
    gsize unused = 0;
    ret_length = ret_length != NULL ? ret_length : &unused;
    length = MIN(length, (gsize)G_MAXINT32 / 4);
    g_autoptr(GByteArray) decoded = NULL;
    const char *text = bytes;
    if (length > 0 && !only_ascii(bytes, length)) {
        decoded = convert(choose(declared, bytes, length), bytes, length);
        text = (const char *)decoded->data;
        length = decoded->len;
    } else if (length > 0 && memchr(bytes, 0, length) != NULL) { /* UTF-16 of Latin letters */
        decoded = convert(declared, bytes, length);
        text = (const char *)decoded->data;
        length = decoded->len;
    }
    char *valid =
        length > 0 && text != NULL ? g_utf8_make_valid(text, (gssize)length) : g_strdup("");
    /* Zero bytes are valid within a counted text only: make_valid turned them into U+FFFD. */
    *ret_length = tidy(valid, strlen(valid));
    return valid;
}

char *intake_one_line(const char *text, gsize max)
{
    if (text == NULL)
        return NULL;
    GString *line = g_string_new(NULL);
    bool space = false;
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        if (g_unichar_isspace(c) || c == 0xfeff) {
            space = true;
            continue;
        }
        gsize size = (gsize)(g_utf8_next_char(at) - at);
        if (line->len + size + 1 > max)
            break;
        if (space && line->len > 0)
            g_string_append_c(line, ' ');
        space = false;
        g_string_append_len(line, at, (gssize)size);
    }
    return g_string_free(line, line->len == 0);
}
