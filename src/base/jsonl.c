#include "base/jsonl.h"

#include "base/error.h"
#include "base/i18n.h"
#include "base/limits.h"
#include "base/source.h"
#include <string.h>

struct JsonlReader {
    Source source;
    gsize max_record;
    GByteArray *buffer;
    gsize at;
    bool skipping;
    guint64 offset, line; /* of buffer->data[at] */
    gsize start, length;  /* the current line in buffer */
    guint64 record_offset, record_line;
    json_t *object;
    GError *failure;
};

static JsonlReader *reader_new(gsize max_record)
{
    JsonlReader *reader = g_new0(JsonlReader, 1);
    reader->max_record = max_record > 0 ? max_record : LIMIT_RECORD_BYTES;
    reader->buffer = g_byte_array_sized_new(1); /* never NULL: positions are counted from it */
    reader->line = 1;
    return reader;
}

JsonlReader *jsonl_reader_new(const char *name, CsvSource source, void *context, gsize max_record)
{
    JsonlReader *reader = reader_new(max_record);
    source_from_callback(&reader->source, name, source, context);
    return reader;
}

JsonlReader *jsonl_reader_new_file(const char *path, GError **error)
{
    Source source;
    if (!source_from_file(&source, path, error))
        return NULL;
    JsonlReader *reader = reader_new(0);
    reader->source = source;
    return reader;
}

JsonlReader *jsonl_reader_new_bytes(const char *name, const void *bytes, gsize length)
{
    JsonlReader *reader = reader_new(0);
    source_from_bytes(&reader->source, name, bytes, length);
    return reader;
}

void jsonl_reader_free(JsonlReader *reader)
{
    if (reader == NULL)
        return;
    source_clear(&reader->source);
    g_byte_array_unref(reader->buffer);
    json_decref(reader->object);
    g_clear_error(&reader->failure);
    g_free(reader);
}

static bool fill(JsonlReader *reader)
{
    if (reader->at > 0) {
        g_byte_array_remove_range(reader->buffer, 0, (guint)reader->at);
        reader->at = 0;
    }
    return source_read(&reader->source, reader->buffer, &reader->failure);
}

/* The next line stands in the buffer at `at`; its length, and with its end. False: failed. */
static bool next_line(JsonlReader *reader, gsize *ret_length, gsize *ret_whole, bool *ret_too_long)
{
    gsize looked = 0;
    *ret_too_long = false;
    for (;;) {
        gsize available = reader->buffer->len - reader->at;
        const guint8 *line = reader->buffer->data + reader->at;
        const guint8 *newline =
            available > looked ? memchr(line + looked, '\n', available - looked) : NULL;
        if (newline != NULL) {
            *ret_length = (gsize)(newline - line);
            *ret_whole = *ret_length + 1;
            return true;
        }
        if (reader->source.ended) {
            *ret_length = *ret_whole = available;
            return true;
        }
        if (available > reader->max_record) {
            *ret_length = *ret_whole = available;
            *ret_too_long = true;
            return true;
        }
        looked = available;
        if (!fill(reader))
            return false;
    }
}

/* jansson's reason as a sentence in the reader's language. */
static void set_json_error(const JsonlReader *reader, const json_error_t *why, GError **error)
{
    const char *reason;
    switch (json_error_code(why)) {
    case json_error_invalid_utf8:
        reason = _("it holds bytes that are no UTF-8");
        break;
    case json_error_premature_end_of_input:
        reason = _("the line ends before the object does");
        break;
    case json_error_end_of_input_expected:
        reason = _("something follows the end of the object");
        break;
    case json_error_duplicate_key:
        reason = _("one key stands in it twice");
        break;
    case json_error_numeric_overflow:
        reason = _("a number in it is too large");
        break;
    case json_error_null_character:
    case json_error_null_byte_in_key:
        reason = _("a zero character stands in it");
        break;
    case json_error_stack_overflow:
        reason = _("it is nested too deeply");
        break;
    default:
        reason = _("a comma, colon, bracket, quotation mark or value is wrong or missing there");
        break;
    }
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                _("%s, line %lu, column %d: this is no JSON object: %s."), reader->source.name,
                reader->record_line, why->column, reason);
}

CsvResult jsonl_reader_next(JsonlReader *reader, json_t **ret_object, GError **error)
{
    g_clear_pointer(&reader->object, json_decref);
    for (;;) {
        gsize length, whole;
        bool too_long;
        if (reader->failure != NULL || !next_line(reader, &length, &whole, &too_long)) {
            g_propagate_error(error, g_error_copy(reader->failure));
            return CSV_FAILED;
        }
        if (whole == 0)
            return CSV_END;
        const char *line = (const char *)reader->buffer->data + reader->at;
        reader->start = reader->at;
        reader->record_offset = reader->offset;
        reader->record_line = reader->line;
        bool ended_by_newline = whole > length;
        reader->at += whole;
        reader->offset += whole;
        reader->line += ended_by_newline;
        bool tail = reader->skipping; /* what is left of a line that was too long */
        reader->skipping = too_long;
        if (tail)
            continue;
        if (length > 0 && line[length - 1] == '\r')
            length--;
        if (reader->record_offset == 0 && length >= 3 && memcmp(line, "\xef\xbb\xbf", 3) == 0) {
            line += 3;
            length -= 3;
            reader->start += 3;
            reader->record_offset += 3;
        }
        reader->length = length;
        if (too_long) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_LIMIT,
                        _("%s, line %lu: a record of more than %lu bytes."), reader->source.name,
                        reader->record_line, reader->max_record);
            return CSV_BAD;
        }
        bool empty = true;
        for (gsize i = 0; i < length && empty; i++)
            empty = g_ascii_isspace(line[i]);
        if (empty)
            continue;
        json_error_t why;
        reader->object = json_loadb(line, length, JSON_REJECT_DUPLICATES, &why);
        if (reader->object == NULL) {
            set_json_error(reader, &why, error);
            return CSV_BAD;
        }
        if (!json_is_object(reader->object)) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                        _("%s, line %lu: each line must be one JSON object, {…}; this is another "
                          "kind of value."),
                        reader->source.name, reader->record_line);
            g_clear_pointer(&reader->object, json_decref);
            return CSV_BAD;
        }
        *ret_object = reader->object;
        return CSV_RECORD;
    }
}

guint64 jsonl_reader_line(const JsonlReader *reader)
{
    return reader->record_line;
}

guint64 jsonl_reader_offset(const JsonlReader *reader)
{
    return reader->record_offset;
}

const char *jsonl_reader_raw(const JsonlReader *reader, gsize *ret_length)
{
    if (ret_length != NULL)
        *ret_length = reader->length;
    return (const char *)reader->buffer->data + reader->start;
}
