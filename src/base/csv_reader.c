/* base/csv_reader.c: the streaming reader.
 *
 * One buffer holds the current record, raw and whole; fields are cut in a second one, so that
 * the raw text stays as it came. A record is found first (its end is a newline outside quotes,
 * looked for by memchr and 8 bytes at a time), then cut. Cost on plain UTF-8: one look at each
 * byte for the end, one for its validity, one copy for the fields.
 *
 * A quotation mark that is opened and never closed would swallow all that follows. When that
 * shows (the end of the input, the limit of a record, or a field of several lines whose closing
 * mark stands inside a word), the bad record is cut back to the line on which the mark was opened,
 * and reading goes on with the next line. */
#include "base/csv.h"

#include "base/decoder.h"
#include "base/error.h"
#include "base/i18n.h"
#include "base/limits.h"
#include "base/source.h"
#include <string.h>

enum {
    DETECT_BYTES = 1 << 16,
    /* Cutting back costs a second look at what was swallowed; a file made to cost much by it gets
     * so many second looks at more than this. */
    LONG_LOOK_BYTES = 1 << 20,
    MAX_LONG_LOOKS = 32,
};

typedef struct {
    gsize offset, length; /* into `cut` */
} Field;

struct CsvReader {
    Source source;
    Decoder decoder;
    char *wanted_encoding;
    gsize max_record;
    char separator; /* 0: not known yet */

    GByteArray *raw_in; /* bytes before decoding, not yet decoded */
    GByteArray *buffer; /* UTF-8, from `at` on not yet given out */
    gsize at;
    bool started;
    bool skipping; /* what is left of a line that was too long comes first */
    guint long_looks;
    guint64 offset; /* of buffer->data[at] in the input */
    guint64 line;   /* of it */

    guint64 record_line, record_offset;
    gsize record_start, record_length, record_whole; /* in buffer; whole: with its line end */
    GArray *fields;
    GByteArray *cut;
    GError *failure;
};

static CsvReader *reader_new(const CsvOptions *options)
{
    CsvReader *reader = g_new0(CsvReader, 1);
    reader->max_record =
        options != NULL && options->max_record > 0 ? options->max_record : LIMIT_RECORD_BYTES;
    reader->separator = options != NULL ? options->separator : 0;
    reader->wanted_encoding = g_strdup(options != NULL ? options->encoding : NULL);
    reader->raw_in = g_byte_array_sized_new(1); /* never NULL: positions are counted from it */
    reader->buffer = g_byte_array_sized_new(1);
    reader->fields = g_array_new(FALSE, FALSE, sizeof(Field));
    reader->cut = g_byte_array_new();
    reader->line = 1;
    return reader;
}

CsvReader *csv_reader_new(const char *name, CsvSource source, void *context,
                          const CsvOptions *options)
{
    CsvReader *reader = reader_new(options);
    source_from_callback(&reader->source, name, source, context);
    return reader;
}

CsvReader *csv_reader_new_file(const char *path, const CsvOptions *options, GError **error)
{
    Source source;
    if (!source_from_file(&source, path, error))
        return NULL;
    CsvReader *reader = reader_new(options);
    reader->source = source;
    return reader;
}

CsvReader *csv_reader_new_bytes(const char *name, const void *bytes, gsize length,
                                const CsvOptions *options)
{
    CsvReader *reader = reader_new(options);
    source_from_bytes(&reader->source, name, bytes, length);
    return reader;
}

void csv_reader_free(CsvReader *reader)
{
    if (reader == NULL)
        return;
    source_clear(&reader->source);
    decoder_clear(&reader->decoder);
    g_byte_array_unref(reader->raw_in);
    g_byte_array_unref(reader->buffer);
    g_array_unref(reader->fields);
    g_byte_array_unref(reader->cut);
    g_clear_error(&reader->failure);
    g_free(reader->wanted_encoding);
    g_free(reader);
}

/* ---- bytes in, UTF-8 out ---- */

/* More UTF-8 into the buffer; false when the source failed. */
static bool fill(CsvReader *reader)
{
    if (reader->at > 0 && reader->at >= reader->buffer->len / 2) {
        g_byte_array_remove_range(reader->buffer, 0, (guint)reader->at);
        reader->at = 0;
    }
    if (reader->decoder.from == NULL)
        return source_read(&reader->source, reader->buffer, &reader->failure);
    if (!source_read(&reader->source, reader->raw_in, &reader->failure))
        return false;
    decoder_convert(&reader->decoder, reader->raw_in, reader->buffer, reader->source.ended);
    return true;
}

static bool start(CsvReader *reader)
{
    while (reader->raw_in->len < DETECT_BYTES && !reader->source.ended)
        if (!source_read(&reader->source, reader->raw_in, &reader->failure))
            return false;
    gsize mark;
    if (!decoder_start(&reader->decoder, reader->wanted_encoding, reader->raw_in->data,
                       reader->raw_in->len, reader->source.ended, &mark, &reader->failure))
        return false;
    if (mark > 0)
        g_byte_array_remove_range(reader->raw_in, 0, (guint)mark);
    if (reader->decoder.from == NULL) {
        GByteArray *empty = reader->buffer;
        reader->buffer = reader->raw_in;
        reader->raw_in = empty;
        reader->offset = mark;
    } else {
        decoder_convert(&reader->decoder, reader->raw_in, reader->buffer, reader->source.ended);
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
    gsize open;     /* where the last quotation mark opened */
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
            scan->open = i++;
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
         at < end && (at = memchr(at, '\n', (gsize)(end - at))) != NULL; at++)
        lines++;
    return lines;
}

static inline bool is_gap(guint8 c)
{
    return c == ' ' || c == '\t';
}

typedef enum { CUT_DONE, CUT_NOT_CLOSED, CUT_TOO_MANY } CutResult;

/* Cuts the record into fields. *ret_open: where the mark that is not closed was opened. */
static CutResult cut(CsvReader *reader, const guint8 *record, gsize length, gsize *ret_open)
{
    g_array_set_size(reader->fields, 0);
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
            *ret_open = i++;
            for (;;) {
                const guint8 *quote = i < length ? memchr(record + i, '"', length - i) : NULL;
                if (quote == NULL)
                    return CUT_NOT_CLOSED;
                gsize n = (gsize)(quote - (record + i));
                memcpy(out + o, record + i, n);
                o += n;
                i += n + 1;
                if (i >= length || record[i] != '"')
                    break;
                out[o++] = '"';
                i++;
            }
            gsize closed = i;
            while (i < length && is_gap(record[i]) && record[i] != separator)
                i++;
            if (i < length && record[i] != separator &&
                memchr(record + *ret_open, '\n', closed - *ret_open) != NULL)
                return CUT_NOT_CLOSED;
            /* What stands after the closing quote is kept: nothing is lost. */
            if (i < length && record[i] != separator) {
                i = closed;
                while (i < length && record[i] != separator)
                    out[o++] = record[i++];
                while (is_gap(out[o - 1]))
                    o--;
            }
        } else {
            const guint8 *end = i < length ? memchr(record + i, separator, length - i) : NULL;
            gsize n = end != NULL ? (gsize)(end - (record + i)) : length - i;
            memcpy(out + o, record + i, n);
            i += n;
            while (n > 0 && is_gap(out[o + n - 1]))
                n--;
            o += n;
        }
        field.length = o - field.offset;
        out[o++] = '\0';
        if (reader->fields->len == LIMIT_COLUMNS)
            return CUT_TOO_MANY;
        g_array_append_val(reader->fields, field);
        if (i >= length)
            return CUT_DONE;
        i++; /* the separator; at the very end one more, empty field follows */
        if (i == length) {
            Field last = {o, 0};
            out[o++] = '\0';
            if (reader->fields->len == LIMIT_COLUMNS)
                return CUT_TOO_MANY;
            g_array_append_val(reader->fields, last);
            return CUT_DONE;
        }
    }
}

static void set_byte_error(const CsvReader *reader, const guint8 *at, GError **error)
{
    const guint8 *record = reader->buffer->data + reader->record_start;
    const guint8 *line_start = at;
    while (line_start > record && line_start[-1] != '\n')
        line_start--;
    guint64 line = reader->record_line + count_lines(record, (gsize)(at - record));
    glong character = g_utf8_strlen((const char *)line_start, at - line_start) + 1;
    if (reader->decoder.from != NULL)
        g_set_error(
            error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
            _("%s, line %lu, character %ld: what stands here has no meaning in the encoding "
              "%s. Save the file as UTF-8 and import it again, or mend this record."),
            reader->source.name, line, character, reader->decoder.encoding);
    else if (*at == '\0')
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    _("%s, line %lu: a zero byte stands in this record. Is it a text file?"),
                    reader->source.name, line);
    else
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    _("%s, line %lu, character %ld: the byte 0x%02X is no UTF-8. Save "
                      "the file as UTF-8 and import it again, or mend this record."),
                    reader->source.name, line, character, *at);
}

/* The first byte that is no text, or NULL. */
static const guint8 *find_bad_byte(const CsvReader *reader, const guint8 *record, gsize length)
{
    const char *end;
    if (!g_utf8_validate((const char *)record, (gssize)length, &end))
        return (const guint8 *)end;
    return reader->decoder.from != NULL ? memmem(record, length, "\xef\xbf\xbd", 3) : NULL;
}

static CsvResult bad_record(CsvReader *reader)
{
    g_array_set_size(reader->fields, 0);
    return CSV_BAD;
}

/* The record is the first `end` bytes from `at`; its line end is taken with it. */
static void take(CsvReader *reader, gsize end)
{
    const guint8 *record = reader->buffer->data + reader->at;
    gsize available = reader->buffer->len - reader->at;
    gsize whole = end < available ? end + 1 : end, length = end;
    while (length > 0 && record[length - 1] == '\r')
        length--;
    reader->record_line = reader->line;
    reader->record_offset = reader->offset;
    reader->record_start = reader->at;
    reader->record_length = length;
    reader->record_whole = whole;
    reader->offset += whole;
    reader->line += count_lines(record, whole);
}

/* The record taken last ends with the line on which the mark at `open` stands, where the cost of
 * looking at the rest again can be borne. */
static void cut_back(CsvReader *reader, gsize open)
{
    gsize swallowed = reader->record_whole;
    if (swallowed > LONG_LOOK_BYTES && ++reader->long_looks > MAX_LONG_LOOKS)
        return;
    const guint8 *record = reader->buffer->data + reader->at;
    const guint8 *newline = memchr(record + open, '\n', swallowed - open);
    if (newline == NULL)
        return;
    reader->offset = reader->record_offset;
    reader->line = reader->record_line;
    take(reader, (gsize)(newline - record));
}

/* Throws away what is left of a line that was too long. False when the source failed. */
static bool skip_line(CsvReader *reader)
{
    for (;;) {
        gsize available = reader->buffer->len - reader->at;
        const guint8 *from = reader->buffer->data + reader->at;
        const guint8 *newline = available > 0 ? memchr(from, '\n', available) : NULL;
        gsize n = newline != NULL ? (gsize)(newline - from) + 1 : available;
        reader->at += n;
        reader->offset += n;
        reader->line += newline != NULL;
        if (newline != NULL || reader->source.ended)
            break;
        if (!fill(reader))
            return false;
    }
    reader->skipping = false;
    return true;
}

static CsvResult too_long(CsvReader *reader, const Scan *scan, GError **error)
{
    take(reader, reader->buffer->len - reader->at);
    if (scan->quoted)
        cut_back(reader, scan->open);
    const guint8 *last = reader->buffer->data + reader->at + reader->record_whole - 1;
    reader->skipping = *last != '\n';
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_LIMIT,
                _("%s, line %lu: a record of more than %lu bytes; a quotation mark may not "
                  "be closed."),
                reader->source.name, reader->record_line, reader->max_record);
    return bad_record(reader);
}

/* "sep=;" as a spreadsheet's first line. */
static bool names_separator(CsvReader *reader, const guint8 *record, gsize length)
{
    if (length != 5 || memcmp(record, "sep=", 4) != 0 || g_ascii_isalnum(record[4]) ||
        record[4] == '"')
        return false;
    reader->separator = (char)record[4];
    return true;
}

/* The record that was taken, cut and looked at. */
static CsvResult look(CsvReader *reader, GError **error)
{
    const guint8 *record = reader->buffer->data + reader->at;
    gsize length = reader->record_length, open = 0;
    switch (cut(reader, record, length, &open)) {
    case CUT_NOT_CLOSED:
        cut_back(reader, open);
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    _("%s, line %lu: a quotation mark is opened and never closed."),
                    reader->source.name, reader->record_line + count_lines(record, open));
        return bad_record(reader);
    case CUT_TOO_MANY:
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_LIMIT,
                    _("%s, line %lu: more than %u fields. Is it a table?"), reader->source.name,
                    reader->record_line, LIMIT_COLUMNS);
        return bad_record(reader);
    case CUT_DONE:
        break;
    }
    const guint8 *bad = find_bad_byte(reader, record, length);
    if (bad != NULL) {
        set_byte_error(reader, bad, error);
        return bad_record(reader);
    }
    return CSV_RECORD;
}

static CsvResult fail(CsvReader *reader, GError **error)
{
    g_array_set_size(reader->fields, 0);
    g_propagate_error(error, g_error_copy(reader->failure));
    return CSV_FAILED;
}

CsvResult csv_reader_next(CsvReader *reader, GError **error)
{
    if (reader->failure != NULL || (!reader->started && !start(reader)))
        return fail(reader, error);
    reader->at += reader->record_whole;
    reader->record_whole = 0;
    if (reader->skipping && !skip_line(reader))
        return fail(reader, error);
    for (;;) {
        Scan scan = {.at_field_start = true};
        gsize end = 0;
        while (!scan_record(reader, &scan, &end)) {
            end = reader->buffer->len - reader->at;
            if (reader->source.ended)
                break;
            if (end > reader->max_record)
                return too_long(reader, &scan, error);
            if (!fill(reader))
                return fail(reader, error);
        }
        take(reader, end);
        if (reader->record_whole == 0) {
            g_array_set_size(reader->fields, 0);
            return CSV_END;
        }
        const guint8 *record = reader->buffer->data + reader->at;
        bool empty = true;
        for (gsize i = 0; i < reader->record_length && empty; i++)
            empty = is_gap(record[i]) || record[i] == '\r';
        if (empty && reader->separator == '\t')
            empty = memchr(record, '\t', reader->record_length) == NULL;
        if (empty ||
            (reader->separator == 0 && names_separator(reader, record, reader->record_length))) {
            reader->at += reader->record_whole;
            reader->record_whole = 0;
            continue;
        }
        if (reader->separator == 0)
            reader->separator = find_separator(record, reader->record_length);
        return look(reader, error);
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
    return reader->decoder.encoding != NULL ? reader->decoder.encoding : "UTF-8";
}

const char *csv_reader_name(const CsvReader *reader)
{
    return reader->source.name;
}
