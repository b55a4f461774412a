/* An HTTP/1 answer as it came over the wire: status, type, and the payload without its transfer and
 * content encodings (RFC 9112 section 7.1, RFC 9110 section 8.4). */
#include "intake/warc.h"

#include <gio/gio.h>
#include <string.h>

enum { MAX_HEAD = 1 << 20 };

/* Behind the empty line; 0 when there is none. */
static gsize head_length(const char *block, gsize length)
{
    length = MIN(length, (gsize)MAX_HEAD);
    for (gsize i = 0; i + 1 < length; i++)
        if (block[i] == '\n' && (block[i + 1] == '\n' ||
                                 (i + 2 < length && block[i + 1] == '\r' && block[i + 2] == '\n')))
            return i + (block[i + 1] == '\n' ? 2 : 3);
    return 0;
}

/* The value of the last header of that name. Transfers; NULL none. */
static char *header_value(char **lines, const char *name)
{
    gsize n = strlen(name);
    char *found = NULL;
    for (char **line = lines; *line != NULL; line++) {
        if (g_ascii_strncasecmp(*line, name, n) != 0 || (*line)[n] != ':')
            continue;
        g_free(found);
        found = g_strstrip(g_strdup(*line + n + 1));
    }
    return found;
}

/* Chunks without their sizes; false when they break off. */
static bool dechunk(const char *bytes, gsize length, GByteArray *into)
{
    gsize at = 0;
    for (;;) {
        gsize size = 0;
        int digits = 0;
        for (; at < length && g_ascii_isxdigit(bytes[at]) && digits < 8; at++, digits++)
            size = 16 * size + (gsize)g_ascii_xdigit_value(bytes[at]);
        const char *end = at < length ? memchr(bytes + at, '\n', length - at) : NULL;
        if (digits == 0 || end == NULL)
            return false;
        at = (gsize)(end - bytes) + 1;
        if (size == 0)
            return true;
        gsize there = MIN(size, length - at);
        g_byte_array_append(into, (const guint8 *)bytes + at, (guint)there);
        if (there < size)
            return false;
        at += size;
        while (at < length && (bytes[at] == '\r' || bytes[at] == '\n'))
            at++;
    }
}

/* Unpacks in place; bounded, so that a bomb costs INTAKE_PART_BYTES_MAX at most. */
static bool unpack(GByteArray *bytes, GZlibCompressorFormat format)
{
    if (bytes->len == 0) /* its data may be NULL then */
        return false;
    g_autoptr(GConverter) converter = G_CONVERTER(g_zlib_decompressor_new(format));
    GByteArray *out = g_byte_array_new();
    guint8 room[1 << 15];
    gsize at = 0;
    bool whole = false;
    while (!whole && out->len + sizeof room <= INTAKE_PART_BYTES_MAX) {
        gsize n_read = 0, n_written = 0;
        GConverterResult result =
            g_converter_convert(converter, bytes->data + at, bytes->len - at, room, sizeof room,
                                G_CONVERTER_INPUT_AT_END, &n_read, &n_written, NULL);
        if (result == G_CONVERTER_ERROR || (n_read == 0 && n_written == 0))
            break;
        g_byte_array_append(out, room, (guint)n_written);
        at += n_read;
        whole = result == G_CONVERTER_FINISHED;
    }
    g_byte_array_set_size(bytes, 0);
    g_byte_array_append(bytes, out->data, out->len);
    g_byte_array_unref(out);
    return whole;
}

static void read_type(const char *value, IntakeWarcAnswer *answer)
{
    if (value == NULL || !g_utf8_validate(value, -1, NULL))
        return;
    g_auto(GStrv) pieces = g_strsplit(value, ";", 10);
    for (gsize i = 0; pieces[0] != NULL && pieces[i] != NULL; i++) {
        g_autofree char *piece = g_ascii_strdown(g_strstrip(pieces[i]), -1);
        if (i == 0 && piece[0] != '\0' && strlen(piece) < 100)
            answer->media_type = g_steal_pointer(&piece);
        else if (g_str_has_prefix(piece, "charset=") && answer->charset == NULL) {
            g_auto(GStrv) bare = g_strsplit_set(piece + strlen("charset="), "\"' ", -1);
            answer->charset = g_strjoinv("", bare);
        }
    }
}

bool intake_warc_answer(const char *block, gsize length, IntakeWarcAnswer *ret_answer)
{
    *ret_answer = (IntakeWarcAnswer){.payload = g_byte_array_new()};
    gsize head = head_length(block, length);
    if (head < 12 || memcmp(block, "HTTP/", 5) != 0)
        return false;
    g_autofree char *text = g_strndup(block, head);
    g_strdelimit(text, "\r", ' ');
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    const char *space = strchr(lines[0], ' ');
    ret_answer->status = space != NULL ? (int)g_ascii_strtoll(space, NULL, 10) : 0;
    g_autofree char *type = header_value(lines, "Content-Type");
    g_autofree char *transfer = header_value(lines, "Transfer-Encoding");
    g_autofree char *packed = header_value(lines, "Content-Encoding");
    read_type(type, ret_answer);
    if (transfer != NULL && g_ascii_strcasecmp(transfer, "chunked") == 0)
        ret_answer->broken = !dechunk(block + head, length - head, ret_answer->payload);
    else
        g_byte_array_append(ret_answer->payload, (const guint8 *)block + head,
                            (guint)(length - head));
    if (packed == NULL || g_ascii_strcasecmp(packed, "identity") == 0)
        return true;
    if (g_ascii_strcasecmp(packed, "gzip") == 0 || g_ascii_strcasecmp(packed, "x-gzip") == 0)
        ret_answer->broken |= !unpack(ret_answer->payload, G_ZLIB_COMPRESSOR_FORMAT_GZIP);
    else if (g_ascii_strcasecmp(packed, "deflate") == 0)
        ret_answer->broken |= !unpack(ret_answer->payload, G_ZLIB_COMPRESSOR_FORMAT_ZLIB);
    else
        ret_answer->broken = true;
    return true;
}

void intake_warc_answer_clear(IntakeWarcAnswer *answer)
{
    g_free(answer->media_type);
    g_free(answer->charset);
    g_clear_pointer(&answer->payload, g_byte_array_unref);
    memset(answer, 0, sizeof *answer);
}
