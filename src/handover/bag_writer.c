#include "handover/bag_writer.h"

#include "base/folder.h"
#include "base/i18n.h"
#include "handover/bag_name.h"
#include "handover/tar.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <openssl/evp.h>
#include <string.h>
#include <unistd.h>

enum { LINES_BYTES = 8 << 20 };

static const char *const ALGORITHMS[] = {"sha256", "sha512"};
enum { N_ALGORITHMS = G_N_ELEMENTS(ALGORITHMS) };

struct BagWriter {
    /* a folder, */
    char *folder, *part; /* where it goes; where it is made */
    int fd;
    /* or a tar stream */
    char *top;
    gint64 seconds;
    EnvelopeSink sink;
    void *context;
    /* of the file in hand */
    char *name;
    guint64 size, written;
    EVP_MD_CTX *hashes[N_ALGORITHMS];
    /* of all */
    GString *manifests[N_ALGORITHMS], *tag_manifests[N_ALGORITHMS];
    guint64 payload_files, payload_bytes;
};

static BagWriter *writer_new(void)
{
    BagWriter *writer = g_new0(BagWriter, 1);
    writer->fd = -1;
    for (gsize i = 0; i < N_ALGORITHMS; i++) {
        writer->hashes[i] = EVP_MD_CTX_new();
        writer->manifests[i] = g_string_new(NULL);
        writer->tag_manifests[i] = g_string_new(NULL);
    }
    return writer;
}

static bool cannot(const char *path, GError **error)
{
    const int why = errno;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("%s cannot be written: %s."), path,
                i18n_errno(why));
    return false;
}

BagWriter *bag_writer_folder(const char *folder, GError **error)
{
    g_autofree char *bare = g_strdup(folder);
    while (strlen(bare) > 1 && g_str_has_suffix(bare, "/"))
        bare[strlen(bare) - 1] = '\0';
    if (g_file_test(bare, G_FILE_TEST_EXISTS) && g_rmdir(bare) != 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("%s is there already: name an empty folder, or a new one (%s)."), bare,
                    i18n_errno(errno));
        return NULL;
    }
    g_autofree char *part = g_strconcat(bare, ".part-XXXXXX", NULL);
    if (g_mkdtemp(part) == NULL) {
        cannot(bare, error);
        return NULL;
    }
    BagWriter *writer = writer_new();
    writer->folder = g_steal_pointer(&bare);
    writer->part = g_steal_pointer(&part);
    return writer;
}

BagWriter *bag_writer_tar(const char *top, gint64 seconds, EnvelopeSink sink, void *context)
{
    BagWriter *writer = writer_new();
    writer->top = g_strdup(top);
    writer->seconds = seconds;
    writer->sink = sink;
    writer->context = context;
    return writer;
}

void bag_writer_free(BagWriter *writer)
{
    if (writer == NULL)
        return;
    if (writer->fd >= 0)
        close(writer->fd);
    if (writer->part != NULL) {
        g_autoptr(GFile) part = g_file_new_for_path(writer->part);
        folder_remove(part, NULL);
    }
    for (gsize i = 0; i < N_ALGORITHMS; i++) {
        EVP_MD_CTX_free(writer->hashes[i]);
        g_string_free(writer->manifests[i], TRUE);
        g_string_free(writer->tag_manifests[i], TRUE);
    }
    g_free(writer->folder);
    g_free(writer->part);
    g_free(writer->top);
    g_free(writer->name);
    g_free(writer);
}

/* ---- one file ---- */

static bool open_file(BagWriter *writer, const char *name, GError **error)
{
    g_autofree char *path = g_build_filename(writer->part, name, NULL);
    g_autofree char *folder = g_path_get_dirname(path);
    if (g_mkdir_with_parents(folder, 0700) != 0)
        return cannot(folder, error);
    writer->fd = g_open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    return writer->fd >= 0 || cannot(path, error);
}

bool bag_writer_begin(BagWriter *writer, const char *name, guint64 size, GError **error)
{
    g_assert(writer->name == NULL && bag_name_fault(name) == NULL);
    const EVP_MD *kinds[] = {EVP_sha256(), EVP_sha512()};
    for (gsize i = 0; i < N_ALGORITHMS; i++)
        EVP_DigestInit_ex(writer->hashes[i], kinds[i], NULL);
    writer->name = g_strdup(name);
    writer->size = size;
    writer->written = 0;
    if (writer->part != NULL)
        return open_file(writer, name, error);
    g_autofree char *path = g_strdup_printf("%s/%s", writer->top, name);
    g_autoptr(GString) head = g_string_new(NULL);
    tar_append_head(head, path, size, writer->seconds);
    return writer->sink(writer->context, head->str, head->len, error);
}

bool bag_writer_write(void *context, const char *bytes, gsize length, GError **error)
{
    BagWriter *writer = context;
    for (gsize i = 0; i < N_ALGORITHMS; i++)
        EVP_DigestUpdate(writer->hashes[i], bytes, length);
    writer->written += length;
    if (writer->part == NULL)
        return writer->sink(writer->context, bytes, length, error);
    while (length > 0) {
        const gssize n = write(writer->fd, bytes, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return cannot(writer->name, error);
        bytes += n;
        length -= (gsize)n;
    }
    return true;
}

static bool close_file(BagWriter *writer, GError **error)
{
    const int fd = writer->fd;
    writer->fd = -1;
    const bool synced = fsync(fd) == 0;
    if (!synced)
        cannot(writer->name, error);
    if (close(fd) == 0 || !synced)
        return synced;
    return cannot(writer->name, error);
}

static void note(BagWriter *writer)
{
    const bool payload = g_str_has_prefix(writer->name, "data/");
    g_autofree char *name = bag_name_encode(writer->name);
    for (gsize i = 0; i < N_ALGORITHMS; i++) {
        guint8 hash[EVP_MAX_MD_SIZE];
        unsigned n = 0;
        GString *manifest = payload ? writer->manifests[i] : writer->tag_manifests[i];
        EVP_DigestFinal_ex(writer->hashes[i], hash, &n);
        for (unsigned k = 0; k < n; k++)
            g_string_append_printf(manifest, "%02x", hash[k]);
        g_string_append_printf(manifest, "  %s\n", name);
    }
    writer->payload_files += payload;
    writer->payload_bytes += payload ? writer->size : 0;
}

bool bag_writer_end(BagWriter *writer, GError **error)
{
    static const char ZEROS[TAR_BLOCK];
    if (writer->written != writer->size) { /* the tar stream is not to be saved */
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY,
                    _("%s has another length than its record says: nothing was exported."),
                    writer->name);
        return false;
    }
    const bool done = writer->part != NULL
                          ? close_file(writer, error)
                          : writer->sink(writer->context, ZEROS, tar_padding(writer->size), error);
    note(writer);
    g_clear_pointer(&writer->name, g_free);
    return done;
}

bool bag_writer_add(BagWriter *writer, const char *name, const char *bytes, gsize length,
                    GError **error)
{
    return bag_writer_begin(writer, name, length, error) &&
           bag_writer_write(writer, bytes, length, error) && bag_writer_end(writer, error);
}

/* ---- the end ---- */

static bool add_tags(BagWriter *writer, const char *info, GError **error)
{
    static const char BAGIT[] = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
    g_autofree char *all =
        g_strdup_printf("%sPayload-Oxum: %" G_GUINT64_FORMAT ".%" G_GUINT64_FORMAT "\n", info,
                        writer->payload_bytes, writer->payload_files);
    if (!bag_writer_add(writer, "bagit.txt", BAGIT, strlen(BAGIT), error) ||
        !bag_writer_add(writer, "bag-info.txt", all, strlen(all), error))
        return false;
    for (gsize i = 0; i < N_ALGORITHMS; i++) {
        g_autofree char *name = g_strdup_printf("manifest-%s.txt", ALGORITHMS[i]);
        if (!bag_writer_add(writer, name, writer->manifests[i]->str, writer->manifests[i]->len,
                            error))
            return false;
    }
    /* Neither lists itself or the other. */
    g_autofree char *first = g_strdup(writer->tag_manifests[0]->str);
    g_autofree char *second = g_strdup(writer->tag_manifests[1]->str);
    const char *const LISTS[N_ALGORITHMS] = {first, second};
    for (gsize i = 0; i < N_ALGORITHMS; i++) {
        g_autofree char *name = g_strdup_printf("tagmanifest-%s.txt", ALGORITHMS[i]);
        if (!bag_writer_add(writer, name, LISTS[i], strlen(LISTS[i]), error))
            return false;
    }
    return true;
}

bool bag_writer_close(BagWriter *writer, const char *info, GError **error)
{
    if (!add_tags(writer, info, error))
        return false;
    if (writer->part == NULL) {
        g_autoptr(GString) end = g_string_new(NULL);
        tar_append_end(end);
        return writer->sink(writer->context, end->str, end->len, error);
    }
    if (g_rename(writer->part, writer->folder) != 0)
        return cannot(writer->folder, error);
    g_clear_pointer(&writer->part, g_free);
    return true;
}

/* ---- lines ---- */

void bag_lines_init(BagLines *lines, BagWriter *writer, const char *prefix, const char *suffix,
                    const char *heading)
{
    *lines = (BagLines){.writer = writer,
                        .prefix = g_strdup(prefix),
                        .suffix = g_strdup(suffix),
                        .heading = heading,
                        .lines = g_string_new(heading)};
}

void bag_lines_clear(BagLines *lines)
{
    g_free(lines->prefix);
    g_free(lines->suffix);
    if (lines->lines != NULL)
        g_string_free(lines->lines, TRUE);
}

bool bag_lines_next(BagLines *lines, bool end, GError **error)
{
    const gsize heading = lines->heading != NULL ? strlen(lines->heading) : 0;
    const bool empty = lines->lines->len == heading;
    if (end ? empty && (lines->number > 0 || heading == 0) : lines->lines->len < LINES_BYTES)
        return true;
    g_autofree char *name =
        g_strdup_printf("%s%04u%s", lines->prefix, ++lines->number, lines->suffix);
    const bool done =
        bag_writer_add(lines->writer, name, lines->lines->str, lines->lines->len, error);
    g_string_assign(lines->lines, lines->heading != NULL ? lines->heading : "");
    return done;
}
