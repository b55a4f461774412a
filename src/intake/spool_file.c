/* Sealed sections in one file, which stands there whole or not at all. */
#include "intake/spool_private.h"

#include "base/i18n.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define HEAD "ZSPOOL1\n"
#define TAIL "ZSPOOLX\n"
enum {
    MARK = 8,
    NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES
};

typedef struct {
    guint32 a, b;
    guint64 position, length;
} Entry;

typedef struct {
    guint64 n, position;
    char mark[MARK];
} Foot;

/* What a sealed blob is bound to. */
typedef struct {
    char name[SPOOL_NAME];
    guint32 a, b;
} Place;

bool spool_no_memory(GError **error)
{
    g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_MEMORY,
                        _("There is not enough memory for a part of the list; take smaller parts "
                          "(--chunk)."));
    return false;
}

static char *path_of(const IntakeSpool *spool, const char *name)
{
    return g_build_filename(spool->folder, name, NULL);
}

static char *name_of(const char *stage, gint64 unit)
{
    return unit < 0 ? g_strdup(stage) : g_strdup_printf("%s-%" G_GINT64_FORMAT, stage, unit);
}

bool spool_exists(const IntakeSpool *spool, const char *stage, gint64 unit)
{
    g_autofree char *name = name_of(stage, unit), *path = path_of(spool, name);
    return g_file_test(path, G_FILE_TEST_EXISTS);
}

static bool io_error(const char *name, int code, GError **error)
{
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO,
                _("The file %s of the run cannot be written or read: %s. Nothing is lost; run it "
                  "again."),
                name, i18n_errno(code));
    return false;
}

static bool damaged(const char *name, GError **error)
{
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY,
                _("The file %s of the run is damaged, or of another run. Delete it and run again: "
                  "it is made anew."),
                name);
    return false;
}

/* ---- Writing ------------------------------------------------------------------------ */

struct SpoolWriter {
    const IntakeSpool *spool;
    char *name, *path, *beside;
    int fd;
    guint64 at;
    GArray *index;
};

static bool write_all(SpoolWriter *writer, gconstpointer bytes, gsize n, GError **error)
{
    const guint8 *from = bytes;
    while (n > 0) {
        gssize done = write(writer->fd, from, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return io_error(writer->name, done < 0 ? errno : ENOSPC, error);
        from += done;
        n -= (gsize)done;
        writer->at += (guint64)done;
    }
    return true;
}

SpoolWriter *spool_writer_new(const IntakeSpool *spool, const char *stage, gint64 unit,
                              GError **error)
{
    g_autoptr(SpoolWriter) writer = g_new0(SpoolWriter, 1);
    guint64 mine;
    randombytes_buf(&mine, sizeof mine); /* two at the same unit do not write into one file */
    writer->spool = spool;
    writer->name = name_of(stage, unit);
    writer->path = path_of(spool, writer->name);
    writer->beside = g_strdup_printf("%s.part-%016" G_GINT64_MODIFIER "x", writer->path, mine);
    writer->index = g_array_new(FALSE, FALSE, sizeof(Entry));
    writer->fd = g_open(writer->beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (writer->fd < 0) {
        io_error(writer->name, errno, error);
        return NULL;
    }
    return write_all(writer, HEAD, MARK, error) ? g_steal_pointer(&writer) : NULL;
}

static void place_fill(Place *place, const char *name, guint32 a, guint32 b)
{
    memset(place, 0, sizeof *place);
    g_strlcpy(place->name, name, sizeof place->name);
    place->a = a;
    place->b = b;
}

bool spool_writer_put(SpoolWriter *writer, guint32 a, guint32 b, bool sealed, gconstpointer bytes,
                      gsize n, GError **error)
{
    Entry entry = {a, b, writer->at, n};
    if (n == 0)
        return true;
    if (!sealed) {
        g_array_append_val(writer->index, entry);
        return write_all(writer, bytes, n, error);
    }
    Place place;
    place_fill(&place, writer->name, a, b);
    g_autofree guint8 *box = g_try_malloc(NONCE + n + TAG);
    if (box == NULL)
        return spool_no_memory(error);
    randombytes_buf(box, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(box + NONCE, NULL, bytes, n, (const guint8 *)&place,
                                               sizeof place, NULL, box, writer->spool->key);
    entry.length = NONCE + n + TAG;
    g_array_append_val(writer->index, entry);
    return write_all(writer, box, entry.length, error);
}

static int by_section(const void *a, const void *b)
{
    const Entry *x = a, *y = b;
    if (x->a != y->a)
        return x->a < y->a ? -1 : 1;
    if (x->b != y->b)
        return x->b < y->b ? -1 : 1;
    return x->position < y->position ? -1 : x->position > y->position;
}

/* No fsync: a machine that loses power loses units at most, and a file that is not whole says so.
 */
bool spool_writer_close(SpoolWriter *writer, GError **error)
{
    Foot foot = {writer->index->len, writer->at, TAIL};
    g_array_sort(writer->index, by_section);
    bool ok = write_all(writer, writer->index->data, writer->index->len * sizeof(Entry), error) &&
              write_all(writer, &foot, sizeof foot, error);
    if (close(writer->fd) != 0 && ok)
        ok = io_error(writer->name, errno, error);
    writer->fd = -1;
    if (ok && g_rename(writer->beside, writer->path) != 0)
        ok = io_error(writer->name, errno, error);
    spool_writer_free(writer);
    return ok;
}

void spool_writer_free(SpoolWriter *writer)
{
    if (writer == NULL)
        return;
    if (writer->fd >= 0)
        close(writer->fd);
    if (writer->beside != NULL)
        g_unlink(writer->beside); /* gone when it has its name */
    g_free(writer->name);
    g_free(writer->path);
    g_free(writer->beside);
    g_array_unref(writer->index);
    g_free(writer);
}

/* ---- Reading ------------------------------------------------------------------------ */

struct SpoolReader {
    const IntakeSpool *spool;
    char *name;
    int fd;
    guint64 n, index; /* entries, and where they begin: by a and b, then as written */
};

static bool read_all(SpoolReader *reader, guint64 position, gpointer bytes, gsize n, GError **error)
{
    guint8 *to = bytes;
    while (n > 0) {
        gssize done = pread(reader->fd, to, n, (off_t)position);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return io_error(reader->name, errno, error);
        if (done == 0)
            return damaged(reader->name, error);
        to += done;
        n -= (gsize)done;
        position += (guint64)done;
    }
    return true;
}

static bool read_foot(SpoolReader *reader, GError **error)
{
    Foot foot;
    char head[MARK];
    off_t size = lseek(reader->fd, 0, SEEK_END);
    if (size < (off_t)(MARK + sizeof foot))
        return damaged(reader->name, error);
    guint64 end = (guint64)size - sizeof foot;
    if (!read_all(reader, 0, head, MARK, error) ||
        !read_all(reader, end, &foot, sizeof foot, error))
        return false;
    if (memcmp(head, HEAD, MARK) != 0 || memcmp(foot.mark, TAIL, MARK) != 0 ||
        foot.position > end || foot.n != (end - foot.position) / sizeof(Entry) ||
        (end - foot.position) % sizeof(Entry) != 0)
        return damaged(reader->name, error);
    reader->n = foot.n;
    reader->index = foot.position;
    return true;
}

SpoolReader *spool_reader_new(const IntakeSpool *spool, const char *stage, gint64 unit,
                              GError **error)
{
    g_autoptr(SpoolReader) reader = g_new0(SpoolReader, 1);
    reader->spool = spool;
    reader->name = name_of(stage, unit);
    g_autofree char *path = path_of(spool, reader->name);
    reader->fd = g_open(path, O_RDONLY | O_CLOEXEC, 0);
    if (reader->fd < 0) {
        io_error(reader->name, errno, error);
        return NULL;
    }
    return read_foot(reader, error) ? g_steal_pointer(&reader) : NULL;
}

static bool unseal(SpoolReader *reader, const Entry *entry, const guint8 *box, guint8 *to,
                   GError **error)
{
    Place place;
    place_fill(&place, reader->name, entry->a, entry->b);
    return crypto_aead_xchacha20poly1305_ietf_decrypt(to, NULL, NULL, box + NONCE,
                                                      entry->length - NONCE, (const guint8 *)&place,
                                                      sizeof place, box, reader->spool->key) == 0 ||
           damaged(reader->name, error);
}

/* The index is looked up where it lies: it is long where there are many parts, and each file is
 * opened once a part. */
static bool read_entry(SpoolReader *reader, guint64 i, Entry *ret, GError **error)
{
    if (!read_all(reader, reader->index + i * sizeof *ret, ret, sizeof *ret, error))
        return false;
    return (ret->position >= MARK && ret->length <= reader->index &&
            ret->position <= reader->index - ret->length) ||
           damaged(reader->name, error);
}

static bool append_blob(SpoolReader *reader, const Entry *entry, bool sealed, GByteArray *bytes,
                        GError **error)
{
    guint64 n = sealed ? entry->length - MIN(entry->length, (guint64)(NONCE + TAG)) : entry->length;
    guint at = bytes->len;
    if (n == 0)
        return damaged(reader->name, error);
    if (n > G_MAXINT - MIN(at, (guint)G_MAXINT)) /* a part of 2 GiB */
        return spool_no_memory(error);
    g_byte_array_set_size(bytes, (guint)(at + n));
    if (!sealed)
        return read_all(reader, entry->position, bytes->data + at, n, error);
    g_autofree guint8 *box = g_try_malloc(entry->length);
    if (box == NULL)
        return spool_no_memory(error);
    return read_all(reader, entry->position, box, entry->length, error) &&
           unseal(reader, entry, box, bytes->data + at, error);
}

bool spool_reader_get(SpoolReader *reader, guint32 a, guint32 b, bool sealed, GByteArray *bytes,
                      GError **error)
{
    guint64 low = 0, high = reader->n;
    Entry entry;
    while (low < high) {
        guint64 middle = (low + high) / 2;
        if (!read_entry(reader, middle, &entry, error))
            return false;
        if (entry.a < a || (entry.a == a && entry.b < b))
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < reader->n; low++) {
        if (!read_entry(reader, low, &entry, error))
            return false;
        if (entry.a != a || entry.b != b)
            break;
        if (!append_blob(reader, &entry, sealed, bytes, error))
            return false;
    }
    return true;
}

void spool_reader_free(SpoolReader *reader)
{
    if (reader == NULL)
        return;
    if (reader->fd >= 0)
        close(reader->fd);
    g_free(reader->name);
    g_free(reader);
}

bool spool_get(const IntakeSpool *spool, const char *stage, gint64 unit, guint32 a, guint32 b,
               bool sealed, GByteArray *bytes, GError **error)
{
    g_autoptr(SpoolReader) reader = spool_reader_new(spool, stage, unit, error);
    return reader != NULL && spool_reader_get(reader, a, b, sealed, bytes, error);
}
