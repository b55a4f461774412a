#include "base/jsonl.h"

#include "base/error.h"
#include "base/i18n.h"
#include "base/limits.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 1 << 16 };

struct JsonlReader {
    char *name;
    CsvSource source;
    void *context;
    int fd;
    gsize max_record;
    GByteArray *buffer;
    gsize at;
    bool source_ended, skipping;
    guint64 offset, line; /* of buffer->data[at] */
    gsize start, length;  /* the current line in buffer */
    guint64 record_offset, record_line;
    json_t *object;
    GError *failure;
};

JsonlReader *jsonl_reader_new(const char *name, CsvSource source, void *context, gsize max_record)
{
    JsonlReader *reader = g_new0(JsonlReader, 1);
    reader->name = g_strdup(name);
    reader->source = source;
    reader->context = context;
    reader->fd = -1;
    reader->max_record = max_record > 0 ? max_record : LIMIT_RECORD_BYTES;
    reader->buffer = g_byte_array_new();
    reader->line = 1;
    return reader;
}

static gssize read_fd(void *context, void *buffer, gsize size, GError **error)
{
    const JsonlReader *reader = context;
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

JsonlReader *jsonl_reader_new_file(const char *path, GError **error)
{
    bool standard = strcmp(path, "-") == 0;
    int fd = standard ? dup(STDIN_FILENO) : g_open(path, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0) {
        g_set_error(error, ZENHAR_ERROR, errno == ENOENT ? ZENHAR_ERROR_NOT_FOUND : ZENHAR_ERROR_IO,
                    _("%s cannot be read: %s."), path, g_strerror(errno));
        return NULL;
    }
    JsonlReader *reader = jsonl_reader_new(standard ? _("standard input") : path, read_fd, NULL, 0);
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

JsonlReader *jsonl_reader_new_bytes(const char *name, const void *data, gsize length)
{
    Bytes *bytes = g_new(Bytes, 1);
    *bytes = (Bytes){data, length};
    return jsonl_reader_new(name, read_bytes, bytes, 0);
}

void jsonl_reader_free(JsonlReader *reader)
{
    if (reader == NULL)
        return;
    if (reader->source == read_bytes)
        g_free(reader->context);
    if (reader->fd >= 0)
        close(reader->fd);
    g_byte_array_unref(reader->buffer);
    json_decref(reader->object);
    g_clear_error(&reader->failure);
    g_free(reader->name);
    g_free(reader);
}

static bool fill(JsonlReader *reader)
{
    if (reader->at > 0) {
        g_byte_array_remove_range(reader->buffer, 0, (guint)reader->at);
        reader->at = 0;
    }
    guint old = reader->buffer->len;
    g_byte_array_set_size(reader->buffer, old + CHUNK);
    gssize n = reader->source(reader->context, reader->buffer->data + old, CHUNK, &reader->failure);
    g_byte_array_set_size(reader->buffer, old + (guint)MAX(n, 0));
    reader->source_ended = n == 0;
    return n >= 0;
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
        if (reader->source_ended) {
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
                        _("%s, line %lu: a record of more than %lu bytes."), reader->name,
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
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                        _("%s, line %lu, column %d: this is no JSON object: %s."), reader->name,
                        reader->record_line, why.column, why.text);
            return CSV_BAD;
        }
        if (!json_is_object(reader->object)) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                        _("%s, line %lu: each line must be one JSON object, {…}; this is another "
                          "kind of value."),
                        reader->name, reader->record_line);
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
    *ret_length = reader->length;
    return (const char *)reader->buffer->data + reader->start;
}
