#include "handover/tar.h"

#include "base/i18n.h"
#include <string.h>

/* A header's fields: offset, length. */
enum {
    NAME = 0,
    NAME_LENGTH = 100,
    MODE = 100,
    UID = 108,
    GID = 116,
    SIZE = 124,
    SIZE_LENGTH = 12,
    TIME = 136,
    CHECKSUM = 148,
    CHECKSUM_LENGTH = 8,
    TYPE = 156,
    MAGIC = 257,
    PREFIX = 345,
    PREFIX_LENGTH = 155,
    EXTENDED_MOST = 1 << 20, /* bytes of an extended header */
};

/* ---- writing ---- */

static void put_octal(char *field, gsize length, guint64 value)
{
    for (gsize i = length - 1; i-- > 0; value >>= 3)
        field[i] = (char)('0' + (value & 7));
}

static void append_block(GString *out, const char *name, guint64 size, gint64 seconds, char type)
{
    char block[TAR_BLOCK] = {0};
    unsigned sum = 0;
    memcpy(block + NAME, name, MIN(strlen(name), (gsize)NAME_LENGTH));
    put_octal(block + MODE, 8, 0644);
    put_octal(block + UID, 8, 0);
    put_octal(block + GID, 8, 0);
    put_octal(block + SIZE, SIZE_LENGTH, MIN(size, (G_GUINT64_CONSTANT(1) << 33) - 1));
    put_octal(block + TIME, 12, (guint64)MAX(seconds, 0));
    memset(block + CHECKSUM, ' ', CHECKSUM_LENGTH);
    block[TYPE] = type;
    memcpy(block + MAGIC,
           "ustar\0"
           "00",
           8);
    for (gsize i = 0; i < TAR_BLOCK; i++)
        sum += (guchar)block[i];
    put_octal(block + CHECKSUM, 7, sum);
    block[CHECKSUM + 6] = '\0';
    g_string_append_len(out, block, TAR_BLOCK);
}

/* "27 path=data/…\n": the length counts itself. */
static void append_extended(GString *out, const char *key, const char *value)
{
    const gsize rest = strlen(key) + strlen(value) + 3;
    gsize length = rest + 1;
    for (gsize digits = 1, most = 10; length >= most; digits++, most *= 10)
        length = rest + digits + 1;
    g_string_append_printf(out, "%lu %s=%s\n", (unsigned long)length, key, value);
}

static void append_zeros(GString *out, gsize n)
{
    static const char ZEROS[TAR_BLOCK];
    for (; n > 0; n -= MIN(n, (gsize)TAR_BLOCK))
        g_string_append_len(out, ZEROS, (gssize)MIN(n, (gsize)TAR_BLOCK));
}

gsize tar_padding(guint64 size)
{
    return (gsize)((TAR_BLOCK - size % TAR_BLOCK) % TAR_BLOCK);
}

void tar_append_head(GString *out, const char *name, guint64 size, gint64 seconds)
{
    g_autoptr(GString) extended = g_string_new(NULL);
    g_assert(strlen(name) <= TAR_NAME_MOST);
    if (strlen(name) > NAME_LENGTH)
        append_extended(extended, "path", name);
    if (size >> 33 != 0) {
        g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT, size);
        append_extended(extended, "size", text);
    }
    if (extended->len > 0) {
        append_block(out, "pax", extended->len, seconds, 'x');
        g_string_append_len(out, extended->str, (gssize)extended->len);
        append_zeros(out, tar_padding(extended->len));
    }
    append_block(out, name, size, seconds, '0');
}

void tar_append_end(GString *out)
{
    append_zeros(out, 2 * TAR_BLOCK);
}

/* ---- reading ---- */

struct TarReader {
    char *name;
    CsvSource source;
    void *context;
    guint64 left;  /* of the entry in hand */
    gsize padding; /* behind it */
    bool ended;
    char *path;      /* of the entry */
    char *long_path; /* said by a header before it; NULL none */
    guint64 long_size;
    bool has_long_size;
    char block[TAR_BLOCK];
};

TarReader *tar_reader_new(const char *name, CsvSource source, void *context)
{
    TarReader *reader = g_new0(TarReader, 1);
    reader->name = g_strdup(name);
    reader->source = source;
    reader->context = context;
    return reader;
}

void tar_reader_free(TarReader *reader)
{
    if (reader == NULL)
        return;
    g_free(reader->name);
    g_free(reader->path);
    g_free(reader->long_path);
    g_free(reader);
}

static bool bad(const TarReader *reader, const char *sentence, GError **error)
{
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT, sentence, reader->name);
    return false;
}

/* Exactly so many bytes; *ret_none (may be NULL): there was none at all. */
static bool take(TarReader *reader, void *buffer, gsize size, bool *ret_none, GError **error)
{
    gsize done = 0;
    while (done < size) {
        const gssize n = reader->source(reader->context, (char *)buffer + done, size - done, error);
        if (n < 0)
            return false;
        if (n == 0)
            break;
        done += (gsize)n;
    }
    if (ret_none != NULL)
        *ret_none = done == 0;
    return done == size || (done == 0 && ret_none != NULL) ||
           bad(reader, _("%s is cut short: an archive's end is missing."), error);
}

static bool skip(TarReader *reader, guint64 n, GError **error)
{
    char buffer[4096];
    for (; n > 0; n -= MIN(n, sizeof buffer))
        if (!take(reader, buffer, (gsize)MIN(n, sizeof buffer), NULL, error))
            return false;
    return true;
}

/* What fills up a block. */
static bool skip_zeros(TarReader *reader, gsize n, GError **error)
{
    char buffer[TAR_BLOCK];
    g_assert(n < TAR_BLOCK);
    if (n > 0 && !take(reader, buffer, n, NULL, error))
        return false;
    for (gsize i = 0; i < n; i++)
        if (buffer[i] != '\0')
            return bad(reader,
                       _("%s was changed: there is something between the files of the archive."),
                       error);
    return true;
}

/* Octal digits with blanks or zeros around; base 256 for large ones (GNU). */
static bool number(const char *field, gsize length, guint64 *ret)
{
    *ret = 0;
    if ((guchar)field[0] == 0x80) {
        for (gsize i = 1; i < length; i++) {
            if (*ret >> 55 != 0)
                return false;
            *ret = *ret << 8 | (guchar)field[i];
        }
        return true;
    }
    gsize i = 0;
    while (i < length && field[i] == ' ')
        i++;
    gsize digits = 0;
    for (; i < length && field[i] >= '0' && field[i] <= '7'; i++, digits++)
        *ret = *ret << 3 | (guint64)(field[i] - '0');
    for (; i < length; i++)
        if (field[i] != ' ' && field[i] != '\0')
            return false;
    return digits > 0 && digits <= 21;
}

static bool checksum_fits(const char block[TAR_BLOCK])
{
    guint64 told, sum = 0;
    /* Six digits, NUL, blank, or seven: one form for one number, so that a flipped bit in it shows.
     */
    const char *field = block + CHECKSUM;
    const gsize digits = strspn(field, "01234567");
    if (!(digits == 6 && field[6] == '\0' && field[7] == ' ') && !(digits == 7 && field[7] == '\0'))
        return false;
    for (gsize i = 0; i < TAR_BLOCK; i++)
        sum += i >= CHECKSUM && i < CHECKSUM + CHECKSUM_LENGTH ? ' ' : (guchar)block[i];
    return number(block + CHECKSUM, CHECKSUM_LENGTH, &told) && told == sum;
}

static bool is_empty(const char block[TAR_BLOCK])
{
    for (gsize i = 0; i < TAR_BLOCK; i++)
        if (block[i] != '\0')
            return false;
    return true;
}

static char *path_of(const char block[TAR_BLOCK])
{
    g_autofree char *name = g_strndup(block + NAME, NAME_LENGTH);
    g_autofree char *prefix = g_strndup(block + PREFIX, PREFIX_LENGTH);
    const bool posix = memcmp(block + MAGIC, "ustar\0", 6) == 0;
    return posix && prefix[0] != '\0' ? g_strdup_printf("%s/%s", prefix, name)
                                      : g_steal_pointer(&name);
}

/* The records of an extended header: only what changes where a file ends and what it is called. */
static bool read_records(TarReader *reader, const char *text, gsize length, GError **error)
{
    const char *odd = _("%s: an extended header of the archive cannot be read.");
    for (gsize at = 0; at < length;) {
        char *end = NULL;
        const guint64 n = g_ascii_strtoull(text + at, &end, 10);
        const gsize head = (gsize)(end - (text + at));
        if (head == 0 || *end != ' ' || n <= head + 2 || n > length - at ||
            text[at + n - 1] != '\n')
            return bad(reader, odd, error);
        g_autofree char *record = g_strndup(text + at + head + 1, n - head - 2);
        char *equals = strchr(record, '=');
        if (equals == NULL || strlen(record) != n - head - 2) /* a NUL within */
            return bad(reader, odd, error);
        *equals = '\0';
        if (strcmp(record, "path") == 0) {
            g_free(reader->long_path);
            reader->long_path = g_strdup(equals + 1);
        } else if (strcmp(record, "size") == 0) {
            char *rest = NULL;
            reader->long_size = g_ascii_strtoull(equals + 1, &rest, 10);
            reader->has_long_size = true;
            if (rest == equals + 1 || *rest != '\0')
                return bad(reader, odd, error);
        }
        at += (gsize)n;
    }
    return true;
}

/* A header that speaks of the next one. */
static bool read_extended(TarReader *reader, char type, guint64 size, GError **error)
{
    if (size > EXTENDED_MOST)
        return bad(reader, _("%s: an extended header of the archive is too long."), error);
    g_autofree char *text = g_malloc((gsize)size + 1);
    if (!take(reader, text, (gsize)size, NULL, error) ||
        !skip_zeros(reader, tar_padding(size), error))
        return false;
    text[size] = '\0';
    if (type == 'g')
        return true; /* of all entries: comments, mostly */
    if (type == 'x')
        return read_records(reader, text, (gsize)size, error);
    g_free(reader->long_path);
    reader->long_path = g_strdup(text); /* GNU: the name itself */
    return true;
}

static TarType type_of(char type)
{
    return type == '0' || type == '\0' || type == '7' ? TAR_FILE
           : type == '5'                              ? TAR_FOLDER
           : type == '1' || type == '2'               ? TAR_LINK
                                                      : TAR_OTHER;
}

static bool begin_entry(TarReader *reader, guint64 size, TarEntry *ret, GError **error)
{
    g_free(reader->path);
    reader->path =
        reader->long_path != NULL ? g_steal_pointer(&reader->long_path) : path_of(reader->block);
    if (reader->has_long_size)
        size = reader->long_size;
    reader->has_long_size = false;
    ret->type = type_of(reader->block[TYPE]);
    if (ret->type == TAR_LINK)
        size = 0; /* the size is of what it leads to */
    if (strlen(reader->path) > TAR_NAME_MOST)
        return bad(reader, _("%s: a name in the archive is too long."), error);
    ret->name = reader->path;
    ret->size = ret->type == TAR_FILE ? size : 0;
    reader->left = size;
    reader->padding = tar_padding(size);
    return true;
}

/* Nothing but zeros up to the source's end. False in any case. */
static bool end_of(TarReader *reader, GError **error)
{
    bool none = false;
    while (take(reader, reader->block, 1, &none, error) && !none)
        if (reader->block[0] != '\0')
            return bad(reader, _("%s goes on behind the archive's end."), error);
    return false;
}

bool tar_reader_next(TarReader *reader, TarEntry *ret, GError **error)
{
    guint64 size;
    bool none = false;
    if (reader->ended || !skip(reader, reader->left, error) ||
        !skip_zeros(reader, reader->padding, error))
        return false;
    reader->left = reader->padding = 0;
    for (;;) {
        if (!take(reader, reader->block, TAR_BLOCK, &none, error))
            return false;
        if (none)
            return bad(reader, _("%s is cut short: an archive's end is missing."), error);
        if (is_empty(reader->block)) {
            reader->ended = true;
            return end_of(reader, error);
        }
        if (!checksum_fits(reader->block) || !number(reader->block + SIZE, SIZE_LENGTH, &size) ||
            size >> 62 != 0)
            return bad(reader, _("%s is no tar archive, or was changed."), error);
        const char type = reader->block[TYPE];
        if (type != 'x' && type != 'g' && type != 'L')
            return begin_entry(reader, size, ret, error);
        if (!read_extended(reader, type, size, error))
            return false;
    }
}

gssize tar_reader_read(void *context, void *buffer, gsize size, GError **error)
{
    TarReader *reader = context;
    const gsize n = (gsize)MIN((guint64)size, reader->left);
    if (n == 0)
        return 0;
    if (!take(reader, buffer, n, NULL, error))
        return -1;
    reader->left -= n;
    return (gssize)n;
}
