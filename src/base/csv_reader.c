/* base/csv_reader.c: the streaming reader.
 *
 * One buffer holds the current record, raw and whole; fields are cut in a second one, so that
 * the raw text stays as it came. A record is found first (its end is a newline outside quotes,
 * looked for by memchr-like scanning 8 bytes at a time), then cut. Cost on plain UTF-8: one look
 * at each byte for the end, one copy for the fields. */
#include "base/csv.h"

#include "base/error.h"
#include "base/i18n.h"
#include "base/limits.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>
#include <unistd.h>

enum { CHUNK = 1 << 16, DETECT_BYTES = 1 << 16 };

typedef struct {
    gsize offset, length; /* into `cut` */
} Field;

struct CsvReader {
    char *name;
    CsvSource source;
    void *context;
    int fd; /* owned; -1 none */
    gsize max_record;
    char separator; /* 0: not known yet */
    char *encoding;
    UConverter *from, *to; /* NULL: UTF-8 as it is */

    GByteArray *raw_in; /* bytes before decoding, not yet decoded */
    GByteArray *buffer; /* UTF-8, from `at` on not yet given out */
    gsize at;
    bool source_ended, started;
    guint64 offset; /* of buffer->data[at] in the input */
    guint64 line;   /* of it */

    guint64 record_line, record_offset;
    gsize record_start, record_length, record_whole; /* in buffer; whole: with its line end */
    GArray *fields;
    GByteArray *cut;
    GError *failure;
};

CsvReader *csv_reader_new(const char *name, CsvSource source, void *context,
                          const CsvOptions *options)
{
    CsvReader *reader = g_new0(CsvReader, 1);
    reader->name = g_strdup(name);
    reader->source = source;
    reader->context = context;
    reader->fd = -1;
    reader->max_record =
        options != NULL && options->max_record > 0 ? options->max_record : LIMIT_RECORD_BYTES;
    reader->separator = options != NULL ? options->separator : 0;
    reader->encoding = g_strdup(options != NULL ? options->encoding : NULL);
    reader->raw_in = g_byte_array_new();
    reader->buffer = g_byte_array_new();
    reader->fields = g_array_new(FALSE, FALSE, sizeof(Field));
    reader->cut = g_byte_array_new();
    reader->line = 1;
    return reader;
}

static gssize read_fd(void *context, void *buffer, gsize size, GError **error)
{
    const CsvReader *reader = context;
    for (;;) {
        ssize_t n = read(reader->fd, buffer, size);
        if (n >= 0)
            return n;
        if (errno != EINTR) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("%s cannot be read: %s."),
                        reader->name, g_strerror(errno));
            return -1;
        }
    }
}

CsvReader *csv_reader_new_file(const char *path, const CsvOptions *options, GError **error)
{
    bool standard = strcmp(path, "-") == 0;
    int fd = standard ? dup(STDIN_FILENO) : g_open(path, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0) {
        g_set_error(error, ZENHAR_ERROR, errno == ENOENT ? ZENHAR_ERROR_NOT_FOUND : ZENHAR_ERROR_IO,
                    _("%s cannot be read: %s."), path, g_strerror(errno));
        return NULL;
    }
    CsvReader *reader =
        csv_reader_new(standard ? _("standard input") : path, read_fd, NULL, options);
    reader->context = reader;
    reader->fd = fd;
    return reader;
}

typedef struct {
    const guint8 *bytes;
    gsize length;
} Bytes;

static gssize read_bytes(void *context, void *buffer, gsize size, GError **error)
{
    Bytes *bytes = context;
    gsize n = MIN(size, bytes->length);
    if (n > 0)
        memcpy(buffer, bytes->bytes, n);
    bytes->bytes += n;
    bytes->length -= n;
    return (gssize)n;
}

CsvReader *csv_reader_new_bytes(const char *name, const void *data, gsize length,
                                const CsvOptions *options)
{
    Bytes *bytes = g_new(Bytes, 1);
    *bytes = (Bytes){data, length};
    return csv_reader_new(name, read_bytes, bytes, options);
}

void csv_reader_free(CsvReader *reader)
{
    if (reader == NULL)
        return;
    if (reader->source == read_bytes)
        g_free(reader->context);
    if (reader->fd >= 0)
        close(reader->fd);
    ucnv_close(reader->from);
    ucnv_close(reader->to);
    g_byte_array_unref(reader->raw_in);
    g_byte_array_unref(reader->buffer);
    g_array_unref(reader->fields);
    g_byte_array_unref(reader->cut);
    g_clear_error(&reader->failure);
    g_free(reader->encoding);
    g_free(reader->name);
    g_free(reader);
}

/* ---- bytes in, UTF-8 out ---- */

/* False when the source failed; *ret_n is 0 at the end. */
static bool read_more(CsvReader *reader, GByteArray *into, gsize *ret_n, GError **error)
{
    guint old = into->len;
    g_byte_array_set_size(into, old + CHUNK);
    gssize n = reader->source(reader->context, into->data + old, CHUNK, error);
    g_byte_array_set_size(into, old + (guint)MAX(n, 0));
    if (n == 0)
        reader->source_ended = true;
    *ret_n = (gsize)MAX(n, 0);
    return n >= 0;
}

static void decode(CsvReader *reader)
{
    const char *in = (const char *)reader->raw_in->data, *end = in + reader->raw_in->len;
    char out[CHUNK];
    UChar middle[4096];
    UChar *pivot_source = middle, *pivot_target = middle;
    UBool reset = FALSE;
    for (;;) {
        char *target = out;
        UErrorCode code = U_ZERO_ERROR;
        ucnv_convertEx(reader->to, reader->from, &target, out + sizeof out, &in, end, middle,
                       &pivot_source, &pivot_target, middle + G_N_ELEMENTS(middle), reset,
                       (UBool)reader->source_ended, &code);
        g_byte_array_append(reader->buffer, (const guint8 *)out, (guint)(target - out));
        if (code != U_BUFFER_OVERFLOW_ERROR)
            break;
    }
    g_byte_array_remove_range(reader->raw_in, 0, (guint)(in - (const char *)reader->raw_in->data));
}

/* More UTF-8 into the buffer; false when the source failed. */
static bool fill(CsvReader *reader, GError **error)
{
    gsize n;
    if (reader->at > 0 && reader->at >= reader->buffer->len / 2) {
        g_byte_array_remove_range(reader->buffer, 0, (guint)reader->at);
        reader->at = 0;
    }
    if (reader->from == NULL)
        return read_more(reader, reader->buffer, &n, error);
    if (!read_more(reader, reader->raw_in, &n, error))
        return false;
    decode(reader);
    return true;
}

static bool use_encoding(CsvReader *reader, const char *name)
{
    UErrorCode code = U_ZERO_ERROR;
    reader->from = ucnv_open(name, &code);
    reader->to = ucnv_open("UTF-8", &code);
    if (U_FAILURE(code)) {
        ucnv_close(reader->from);
        ucnv_close(reader->to);
        reader->from = reader->to = NULL;
        return false;
    }
    char *copy = g_strdup(name);
    g_free(reader->encoding);
    reader->encoding = copy;
    return true;
}

/* UTF-8 but for a character cut off at the end. */
static bool looks_utf8(const guint8 *bytes, gsize length, bool whole)
{
    const char *end;
    if (g_utf8_validate((const char *)bytes, (gssize)length, &end))
        return true;
    gsize left = length - (gsize)(end - (const char *)bytes);
    if (whole || left >= 4)
        return false;
    return g_utf8_get_char_validated(end, (gssize)left) == (gunichar)-2;
}

/* Mostly valid UTF-8 with a few broken bytes is UTF-8 with broken bytes, not something else:
 * at least nine of ten bytes above 127 belong to a valid character. */
static bool mostly_utf8(const guint8 *bytes, gsize length)
{
    gsize good = 0, bad = 0;
    for (gsize i = 0; i < length;) {
        if (bytes[i] < 128) {
            i++;
            continue;
        }
        gunichar c = g_utf8_get_char_validated((const char *)bytes + i, (gssize)(length - i));
        if (c == (gunichar)-2)
            break;
        if (c == (gunichar)-1) {
            bad++;
            i++;
        } else {
            gsize size = (gsize)g_unichar_to_utf8(c, NULL);
            good += size;
            i += size;
        }
    }
    return good >= 9 * bad && good > 0;
}

static bool start(CsvReader *reader, GError **error)
{
    gsize n = 1;
    while (reader->raw_in->len < DETECT_BYTES && !reader->source_ended)
        if (!read_more(reader, reader->raw_in, &n, error))
            return false;
    const guint8 *head = reader->raw_in->data;
    gsize length = reader->raw_in->len;
    gsize mark = 0;
    bool utf8 = false;
    if (reader->encoding != NULL && g_ascii_strcasecmp(reader->encoding, "UTF-8") != 0) {
        g_autofree char *wanted = g_strdup(reader->encoding);
        if (!use_encoding(reader, wanted)) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                        _("There is no encoding called '%s'."), wanted);
            return false;
        }
    } else if (length >= 3 && memcmp(head, "\xef\xbb\xbf", 3) == 0) {
        mark = 3;
        utf8 = true;
    } else if (length >= 2 &&
               (memcmp(head, "\xff\xfe", 2) == 0 || memcmp(head, "\xfe\xff", 2) == 0)) {
        use_encoding(reader, head[0] == 0xff ? "UTF-16LE" : "UTF-16BE");
        mark = 2;
    } else if (reader->encoding != NULL || looks_utf8(head, length, reader->source_ended) ||
               mostly_utf8(head, length)) {
        utf8 = true;
    } else {
        UErrorCode code = U_ZERO_ERROR;
        UCharsetDetector *detector = ucsdet_open(&code);
        ucsdet_setText(detector, (const char *)head, (int32_t)length, &code);
        const UCharsetMatch *match = ucsdet_detect(detector, &code);
        const char *name = match != NULL ? ucsdet_getName(match, &code) : NULL;
        if (U_FAILURE(code) || name == NULL || strcmp(name, "UTF-8") == 0 ||
            !use_encoding(reader, name))
            utf8 = true;
        ucsdet_close(detector);
    }
    if (utf8) {
        g_free(reader->encoding);
        reader->encoding = g_strdup("UTF-8");
        g_byte_array_append(reader->buffer, head, (guint)length);
        g_byte_array_set_size(reader->raw_in, 0);
        reader->at = mark;
        reader->offset = mark;
    } else {
        if (mark > 0)
            g_byte_array_remove_range(reader->raw_in, 0, (guint)mark);
        decode(reader);
    }
    reader->started = true;
    return true;
}

/* ---- records ---- */

static char find_separator(const guint8 *line, gsize length)
{
    static const char CANDIDATES[] = {',', ';', '\t', '|'};
    gsize best = 0;
    char separator = ',';
    for (gsize i = 0; i < G_N_ELEMENTS(CANDIDATES); i++) {
        gsize count = 0;
        bool quoted = false;
        for (gsize k = 0; k < length; k++) {
            if (line[k] == '"')
                quoted = !quoted;
            else if (!quoted && line[k] == (guint8)CANDIDATES[i])
                count++;
        }
        if (count > best) {
            best = count;
            separator = CANDIDATES[i];
        }
    }
    return separator;
}

/* Where the record that begins at `at` ends: the newline outside quotes. A quote opens only at
 * the beginning of a field (RFC 4180; what follows a lenient "5" tall" stays one record). */
typedef struct {
    gsize position; /* looked at so far, from the record's beginning */
    bool quoted, at_field_start;
} Scan;

static inline guint64 has_byte(guint64 word, guint64 pattern)
{
    guint64 x = word ^ pattern;
    return (x - 0x0101010101010101u) & ~x & 0x8080808080808080u;
}

static bool scan_record(const CsvReader *reader, Scan *scan, gsize *ret_end)
{
    const guint8 *bytes = reader->buffer->data + reader->at;
    gsize length = reader->buffer->len - reader->at;
    gsize i = scan->position;
    bool quoted = scan->quoted, fresh = scan->at_field_start;
    guint8 separator = (guint8)(reader->separator != 0 ? reader->separator : ',');
    while (i < length) {
        if (quoted) {
            const guint8 *quote = memchr(bytes + i, '"', length - i);
            if (quote == NULL) {
                i = length;
                break;
            }
            i = (gsize)(quote - bytes) + 1;
            if (i == length) {
                /* Whether it is doubled shows only with the next byte. */
                i--;
                break;
            }
            if (bytes[i] == '"')
                i++;
            else
                quoted = fresh = false;
            continue;
        }
        guint8 c = bytes[i];
        if (c == '\n') {
            *ret_end = i;
            return true;
        }
        if (c == '"' && fresh) {
            quoted = true;
            i++;
            continue;
        }
        if (c == separator || (reader->separator == 0 && (c == ';' || c == '\t' || c == '|')))
            fresh = true;
        else if (c != ' ' || !fresh)
            fresh = false;
        i++;
        /* Eight bytes at a time over what means nothing. */
        if (!fresh && reader->separator != 0) {
            while (i + 8 <= length) {
                guint64 word;
                memcpy(&word, bytes + i, 8);
                if ((has_byte(word, 0x0a0a0a0a0a0a0a0au) |
                     has_byte(word, (guint64)separator * 0x0101010101010101u)) != 0)
                    break;
                i += 8;
            }
        }
    }
    scan->position = i;
    scan->quoted = quoted;
    scan->at_field_start = fresh;
    return false;
}

static guint64 count_lines(const guint8 *bytes, gsize length)
{
    guint64 lines = 0;
    for (const guint8 *at = bytes, *end = bytes + length;
         (at = memchr(at, '\n', (gsize)(end - at))) != NULL; at++)
        lines++;
    return lines;
}

static void bad_byte(const CsvReader *reader, const guint8 *record, const char *invalid,
                     GError **error)
{
    const guint8 *at = (const guint8 *)invalid;
    guint64 line = reader->record_line + count_lines(record, (gsize)(at - record));
    const guint8 *line_start = at;
    while (line_start > record && line_start[-1] != '\n')
        line_start--;
    glong column = g_utf8_strlen((const char *)line_start, at - line_start) + 1;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                _("%s, line %lu, character %ld: the byte 0x%02X is no UTF-8. Save "
                  "the file as UTF-8 and import it again, or mend this record."),
                reader->name, line, column, *at);
}

static inline bool is_gap(guint8 c)
{
    return c == ' ' || c == '\t';
}

/* Cuts the record into fields. False: a quote that is not closed properly. */
static bool cut(CsvReader *reader, const guint8 *record, gsize length, GError **error)
{
    g_array_set_size(reader->fields, 0);
    g_byte_array_set_size(reader->cut, 0);
    /* Cutting only shortens: one byte more a field for its NUL, at most length + 1 fields. */
    g_byte_array_set_size(reader->cut, (guint)(2 * length + 2));
    guint8 *out = reader->cut->data;
    gsize o = 0, i = 0;
    guint8 separator = (guint8)reader->separator;
    for (;;) {
        Field field = {o, 0};
        while (i < length && record[i] == ' ')
            i++;
        if (i < length && record[i] == '"') {
            gsize open = i++;
            for (;;) {
                const guint8 *quote = memchr(record + i, '"', length - i);
                if (quote == NULL) {
                    guint64 line = reader->record_line + count_lines(record, open);
                    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                                _("%s, line %lu: a quotation mark is opened and never closed."),
                                reader->name, line);
                    return false;
                }
                gsize n = (gsize)(quote - (record + i));
                memcpy(out + o, record + i, n);
                o += n;
                i += n + 1;
                if (i >= length || record[i] != '"')
                    break;
                out[o++] = '"';
                i++;
            }
            while (i < length && is_gap(record[i]) && record[i] != separator)
                i++;
            /* What stands after the closing quote is kept: nothing is lost. */
            while (i < length && record[i] != separator)
                out[o++] = record[i++];
        } else {
            const guint8 *end = memchr(record + i, separator, length - i);
            gsize n = end != NULL ? (gsize)(end - (record + i)) : length - i;
            memcpy(out + o, record + i, n);
            i += n;
            while (n > 0 && is_gap(out[o + n - 1]))
                n--;
            o += n;
        }
        field.length = o - field.offset;
        out[o++] = '\0';
        g_array_append_val(reader->fields, field);
        if (i >= length)
            return true;
        i++; /* the separator; at the very end one more, empty field follows */
        if (i == length) {
            Field last = {o, 0};
            out[o++] = '\0';
            g_array_append_val(reader->fields, last);
            return true;
        }
    }
}

CsvResult csv_reader_next(CsvReader *reader, GError **error)
{
    if (reader->failure != NULL) {
        g_propagate_error(error, g_error_copy(reader->failure));
        return CSV_FAILED;
    }
    if (!reader->started && !start(reader, &reader->failure)) {
        g_propagate_error(error, g_error_copy(reader->failure));
        return CSV_FAILED;
    }
    reader->at += reader->record_whole;
    reader->record_whole = 0;
    for (;;) {
        Scan scan = {.at_field_start = true};
        gsize end = 0;
        bool too_long = false;
        while (!scan_record(reader, &scan, &end)) {
            if (reader->source_ended) {
                end = reader->buffer->len - reader->at;
                break;
            }
            if (reader->buffer->len - reader->at > reader->max_record) {
                too_long = true;
                break;
            }
            if (!fill(reader, &reader->failure)) {
                g_propagate_error(error, g_error_copy(reader->failure));
                return CSV_FAILED;
            }
        }
        reader->record_line = reader->line;
        reader->record_offset = reader->offset;
        reader->record_start = reader->at;
        const guint8 *record = reader->buffer->data + reader->at;
        if (too_long) {
            /* Skip to the next line end: what follows may be readable. */
            const guint8 *newline = memchr(record, '\n', reader->buffer->len - reader->at);
            end = newline != NULL ? (gsize)(newline - record) : reader->buffer->len - reader->at;
        }
        gsize available = reader->buffer->len - reader->at;
        gsize whole = end < available ? end + 1 : end;
        if (whole == 0)
            return CSV_END;
        gsize length = end;
        while (length > 0 && record[length - 1] == '\r')
            length--;
        guint64 lines = count_lines(record, whole);
        reader->offset += whole;
        reader->line += lines;
        reader->record_length = length;
        reader->record_whole = whole;
        if (too_long) {
            g_array_set_size(reader->fields, 0);
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_LIMIT,
                        _("%s, line %lu: a record of more than %lu bytes; a quotation mark may not "
                          "be closed."),
                        reader->name, reader->record_line, reader->max_record);
            return CSV_BAD;
        }
        bool empty = true;
        for (gsize i = 0; i < length && empty; i++)
            empty = is_gap(record[i]) || record[i] == '\r';
        if (empty) {
            reader->at += whole;
            reader->record_whole = 0;
            continue;
        }
        if (reader->separator == 0)
            reader->separator = find_separator(record, length);
        const char *invalid;
        if (!g_utf8_validate((const char *)record, (gssize)length, &invalid)) {
            g_array_set_size(reader->fields, 0);
            if (*invalid == '\0')
                g_set_error(
                    error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    _("%s, line %lu: a zero byte stands in this record. Is it a text file?"),
                    reader->name, reader->record_line);
            else
                bad_byte(reader, record, invalid, error);
            return CSV_BAD;
        }
        if (!cut(reader, record, length, error)) {
            g_array_set_size(reader->fields, 0);
            return CSV_BAD;
        }
        return CSV_RECORD;
    }
}

gsize csv_reader_n_fields(const CsvReader *reader)
{
    return reader->fields->len;
}

const char *csv_reader_field(const CsvReader *reader, gsize field, gsize *ret_length)
{
    g_assert(field < reader->fields->len);
    const Field *f = &g_array_index(reader->fields, Field, field);
    if (ret_length != NULL)
        *ret_length = f->length;
    return (const char *)reader->cut->data + f->offset;
}

guint64 csv_reader_line(const CsvReader *reader)
{
    return reader->record_line;
}

guint64 csv_reader_offset(const CsvReader *reader)
{
    return reader->record_offset;
}

gsize csv_reader_raw_length(const CsvReader *reader)
{
    return reader->record_length;
}

const char *csv_reader_raw(const CsvReader *reader, gsize *ret_length)
{
    if (ret_length != NULL)
        *ret_length = reader->record_length;
    return (const char *)reader->buffer->data + reader->record_start;
}

const char *csv_reader_encoding(const CsvReader *reader)
{
    return reader->encoding != NULL ? reader->encoding : "UTF-8";
}
