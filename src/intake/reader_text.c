/* intake/reader_text.c: plain text and forwarded messages, parted by a line of dashes. */
#include "base/decoder.h"
#include "base/i18n.h"
#include "base/limits.h"
#include "intake/reader_private.h"
#include <string.h>

bool intake_reader_whole(IntakeReader *reader, IntakeBatch *batch, GByteArray *into)
{
    guint8 buffer[1 << 16];
    for (;;) {
        gssize n = reader->setup.source(reader->setup.source_context, buffer, sizeof buffer,
                                        &batch->error);
        if (n < 0)
            return false;
        if (n == 0)
            return true;
        if (into->len + (gsize)n > LIMIT_TEXT_BYTES) {
            g_set_error(&batch->error, ZENHAR_ERROR, ZENHAR_ERROR_LIMIT,
                        _("%s: a text of more than %u MiB; split it into parts."),
                        reader->setup.name, LIMIT_TEXT_BYTES >> 20);
            return false;
        }
        g_byte_array_append(into, buffer, (guint)n);
    }
}

bool intake_reader_start_text(IntakeReader *reader, IntakeBatch *batch)
{
    GByteArray *raw = g_byte_array_new();
    reader->text = g_byte_array_new();
    reader->text_line = 1;
    if (!intake_reader_whole(reader, batch, raw)) {
        g_byte_array_unref(raw);
        return false;
    }
    Decoder decoder;
    gsize mark = 0;
    bool done = decoder_start(&decoder, NULL, raw->data, raw->len, true, &mark, &batch->error);
    if (done && decoder.from == NULL) {
        g_byte_array_unref(reader->text);
        reader->text = raw;
        raw = NULL;
        reader->text_at = mark;
    } else if (done) {
        g_byte_array_remove_range(raw, 0, (guint)mark);
        decoder_convert(&decoder, raw, reader->text, true);
        reader->text_decoded = true;
    }
    if (done)
        decoder_clear(&decoder);
    if (raw != NULL)
        g_byte_array_unref(raw);
    return done;
}

static bool is_rule(const char *line, gsize length)
{
    gsize dashes = 0;
    for (gsize i = 0; i < length; i++) {
        if (line[i] == '-' || line[i] == '=')
            dashes++;
        else if (line[i] != '\r' && line[i] != ' ')
            return false;
    }
    return dashes >= 3;
}

/* What makes bytes no text: the first of them, with the sentence that names it. */
static bool is_text(const IntakeReader *reader, const char *text, gsize length, guint64 line,
                    GError **error)
{
    const char *end;
    const char *bad = g_utf8_validate(text, (gssize)length, &end) ? NULL : end;
    if (bad == NULL && reader->text_decoded)
        bad = memmem(text, length, "\xef\xbf\xbd", 3);
    if (bad == NULL)
        return true;
    const char *line_start = text;
    for (const char *at = text; at < bad; at++)
        if (*at == '\n') {
            line++;
            line_start = at + 1;
        }
    glong character = g_utf8_strlen(line_start, bad - line_start) + 1;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                _("%s, line %lu, character %ld: what stands here is no text in any encoding we "
                  "know. Save the file as UTF-8 and import it again, or mend this record."),
                reader->setup.name, line, character);
    return false;
}

/* The text's next part, without the blank lines around it. False at the end. */
static bool next_part(IntakeReader *reader, gsize *ret_begin, gsize *ret_end, guint64 *ret_line)
{
    const char *all = (const char *)reader->text->data;
    gsize size = reader->text->len, begin = reader->text_at, at = begin, end = size;
    if (begin >= size)
        return false;
    *ret_line = reader->text_line;
    while (at < size) {
        const char *newline = memchr(all + at, '\n', size - at);
        gsize next = newline != NULL ? (gsize)(newline - all) + 1 : size;
        reader->text_line++;
        reader->text_at = next;
        if (is_rule(all + at, next - at - (newline != NULL))) {
            end = at;
            break;
        }
        at = next;
    }
    while (begin < end && g_ascii_isspace(all[begin]))
        *ret_line += all[begin++] == '\n';
    while (end > begin && g_ascii_isspace(all[end - 1]))
        end--;
    *ret_begin = begin;
    *ret_end = end;
    return true;
}

bool intake_reader_step_text(IntakeReader *reader, IntakeBatch *batch)
{
    gsize begin, end;
    guint64 line;
    if (!next_part(reader, &begin, &end, &line))
        return false;
    if (end == begin || begin < reader->setup.skip_to)
        return true;
    const char *text = (const char *)reader->text->data + begin;
    gsize length = end - begin;
    batch->records++;
    batch->position = reader->text_at;
    IntakeWhere where = {line, reader->text_decoded ? 0 : begin, reader->text_decoded ? 0 : length};
    g_autoptr(GError) error = NULL;
    if (!is_text(reader, text, length, line, &error) ||
        !intake_message_add(batch, reader->setup.context, text, length, &where, &error))
        intake_reader_keep_bad(batch, &where, text, length, NULL, error);
    return true;
}
