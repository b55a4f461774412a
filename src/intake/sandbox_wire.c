/* A part as a record in a pipe:
 *
 *   SandboxHead | Fixed | 10 × (length + 1, 0: NULL; bytes; NUL) | bytes
 *
 * Both ends are one program, so numbers stand as the machine has them. The reading side trusts no
 * length: each is held against what is left. */
#include "intake/sandbox_private.h"

#include <errno.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

typedef struct {
    gint64 when;
    guint64 offset, span, n_bytes;
    guint32 sender_public;
    guint32 has_bytes;
} Fixed;

enum { STRING_MAX = 1 << 20, TEXT = 0 };

guint64 sandbox_wire_max(void)
{
    return sizeof(Fixed) + INTAKE_PART_TEXT_MAX + INTAKE_PART_BYTES_MAX +
           SANDBOX_STRINGS * (guint64)(STRING_MAX + 8);
}

static bool write_all(int pipe, const void *bytes, gsize length)
{
    for (const char *at = bytes; length > 0;) {
        ssize_t n = write(pipe, at, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        at += n;
        length -= (gsize)n;
    }
    return true;
}

/* At most STRING_MAX bytes, cut between letters; what is no UTF-8 is made so. */
static void add_string(GByteArray *record, const char *text, gsize length)
{
    guint32 size = 0;
    if (text == NULL) {
        g_byte_array_append(record, (const guint8 *)&size, sizeof size);
        return;
    }
    g_autofree char *valid = NULL;
    if (!g_utf8_validate_len(text, length, NULL)) {
        valid = g_utf8_make_valid(text, (gssize)length);
        text = valid;
        length = strlen(valid);
    }
    size = (guint32)length + 1;
    g_byte_array_append(record, (const guint8 *)&size, sizeof size);
    g_byte_array_append(record, (const guint8 *)text, (guint)length);
    g_byte_array_append(record, (const guint8 *)"", 1);
}

static gsize cut(const char *text)
{
    gsize length = strlen(text);
    if (length <= STRING_MAX - 1)
        return length;
    for (length = STRING_MAX - 1; length > 0 && ((guint8)text[length] & 0xC0) == 0x80;)
        length--;
    return length;
}

bool sandbox_wire_part(int pipe, const IntakePart *part)
{
    IntakePart told = *part;
    if (part->text != NULL && part->length > INTAKE_PART_TEXT_MAX) {
        told.text = NULL;
        told.problem = _("This text is longer than 8 MiB and was not taken in.");
    }
    if (part->bytes != NULL && part->n_bytes > INTAKE_PART_BYTES_MAX) {
        told.bytes = NULL;
        told.problem = _("This file inside is larger than 256 MiB and was not taken in.");
    }
    g_autoptr(GByteArray) record = g_byte_array_new();
    SandboxHead head = {.kind = SANDBOX_PART};
    Fixed fixed = {.when = told.when,
                   .offset = told.offset,
                   .span = told.span,
                   .n_bytes = told.bytes != NULL ? told.n_bytes : 0,
                   .sender_public = told.sender_public,
                   .has_bytes = told.bytes != NULL};
    g_byte_array_append(record, (const guint8 *)&head, sizeof head);
    g_byte_array_append(record, (const guint8 *)&fixed, sizeof fixed);
    const char *strings[SANDBOX_STRINGS] = {
        told.text, told.name,     told.media_type,  told.title,   told.sender,
        told.url,  told.language, told.external_id, told.problem, told.skipped};
    for (guint i = 0; i < SANDBOX_STRINGS; i++)
        add_string(record, strings[i],
                   i == TEXT            ? told.length
                   : strings[i] == NULL ? 0
                                        : cut(strings[i]));
    head.length = record->len - sizeof head + fixed.n_bytes;
    memcpy(record->data, &head, sizeof head);
    return write_all(pipe, record->data, record->len) && write_all(pipe, told.bytes, fixed.n_bytes);
}

bool sandbox_wire_end(int pipe, const GError *error)
{
    SandboxHead head = {.kind = SANDBOX_DONE};
    if (error == NULL)
        return write_all(pipe, &head, sizeof head);
    gsize length = cut(error->message);
    head = (SandboxHead){.kind = SANDBOX_ERROR,
                         .code = error->domain == ZENHAR_ERROR ? (guint32)error->code
                                                               : (guint32)ZENHAR_ERROR_INPUT,
                         .length = length};
    return write_all(pipe, &head, sizeof head) && write_all(pipe, error->message, length);
}

bool sandbox_wire_parse(const guint8 *bytes, gsize length, IntakePart *ret_part)
{
    Fixed fixed;
    if (length < sizeof fixed)
        return false;
    memcpy(&fixed, bytes, sizeof fixed);
    const guint8 *at = bytes + sizeof fixed;
    gsize left = length - sizeof fixed;
    const char *strings[SANDBOX_STRINGS] = {0};
    gsize text_length = 0;
    for (guint i = 0; i < SANDBOX_STRINGS; i++) {
        guint32 size;
        if (left < sizeof size)
            return false;
        memcpy(&size, at, sizeof size);
        at += sizeof size;
        left -= sizeof size;
        if (size == 0)
            continue;
        if (size > left || size - 1 > (i == TEXT ? INTAKE_PART_TEXT_MAX : STRING_MAX) * 3u ||
            at[size - 1] != '\0' || !g_utf8_validate_len((const char *)at, size - 1, NULL))
            return false;
        strings[i] = (const char *)at;
        if (i == TEXT)
            text_length = size - 1;
        at += size;
        left -= size;
    }
    if (left != fixed.n_bytes || (fixed.has_bytes == 0 && left > 0) || left > INTAKE_PART_BYTES_MAX)
        return false;
    *ret_part = (IntakePart){.text = strings[0],
                             .length = text_length,
                             .name = strings[1],
                             .media_type = strings[2],
                             .bytes = fixed.has_bytes != 0 ? at : NULL,
                             .n_bytes = left,
                             .title = strings[3],
                             .sender = strings[4],
                             .url = strings[5],
                             .language = strings[6],
                             .external_id = strings[7],
                             .problem = strings[8],
                             .skipped = strings[9],
                             .when = fixed.when,
                             .offset = fixed.offset,
                             .span = fixed.span,
                             .sender_public = fixed.sender_public != 0};
    return true;
}
