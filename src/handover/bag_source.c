#include "handover/bag_source.h"

#include "base/i18n.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEPTH_MOST = 32 };

static bool cannot_read(const char *path, int why, GError **error)
{
    g_set_error(error, ZENHAR_ERROR, why == ENOENT ? ZENHAR_ERROR_NOT_FOUND : ZENHAR_ERROR_IO,
                _("%s cannot be read: %s."), path, i18n_errno(why));
    return false;
}

typedef struct {
    int fd;
    const char *name;
} File;

static gssize read_fd(void *context, void *buffer, gsize size, GError **error)
{
    const File *file = context;
    for (;;) {
        const gssize n = read(file->fd, buffer, size);
        if (n >= 0)
            return n;
        if (errno != EINTR)
            return cannot_read(file->name, errno, error) ? 0 : -1;
    }
}

/* ---- a folder ---- */

static gint by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool walk_folder(int folder, const char *prefix, int depth, BagVisit visit, void *context,
                        GError **error);

static bool visit_file(int fd, const char *name, BagVisit visit, void *context, GError **error)
{
    struct stat about;
    File file = {fd, name};
    if (fstat(fd, &about) != 0)
        return cannot_read(name, errno, error);
    const TarEntry entry = {name, TAR_FILE, (guint64)about.st_size};
    return visit(context, &entry, read_fd, &file, error);
}

static bool walk_one(int folder, const char *name, const char *path, int depth, BagVisit visit,
                     void *context, GError **error)
{
    struct stat about;
    if (fstatat(folder, name, &about, AT_SYMLINK_NOFOLLOW) != 0)
        return cannot_read(path, errno, error);
    if (!S_ISREG(about.st_mode) && !S_ISDIR(about.st_mode)) {
        File none = {-1, path};
        const TarEntry entry = {path, S_ISLNK(about.st_mode) ? TAR_LINK : TAR_OTHER, 0};
        return visit(context, &entry, read_fd, &none, error);
    }
    const int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return cannot_read(path, errno, error);
    if (S_ISDIR(about.st_mode))
        return walk_folder(fd, path, depth + 1, visit, context, error);
    const bool done = visit_file(fd, path, visit, context, error);
    close(fd);
    return done;
}

/* Takes the descriptor. */
static bool walk_folder(int folder, const char *prefix, int depth, BagVisit visit, void *context,
                        GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    DIR *list = depth <= DEPTH_MOST ? fdopendir(folder) : NULL;
    if (list == NULL) {
        const int why = depth <= DEPTH_MOST ? errno : ELOOP;
        close(folder);
        return cannot_read(prefix, why, error);
    }
    for (struct dirent *one; (one = readdir(list)) != NULL;)
        if (strcmp(one->d_name, ".") != 0 && strcmp(one->d_name, "..") != 0)
            g_ptr_array_add(names, g_strdup(one->d_name));
    g_ptr_array_sort(names, by_name);
    bool done = true;
    for (guint i = 0; done && i < names->len; i++) {
        g_autofree char *path = prefix[0] != '\0'
                                    ? g_strdup_printf("%s/%s", prefix, (char *)names->pdata[i])
                                    : g_strdup(names->pdata[i]);
        done = walk_one(dirfd(list), names->pdata[i], path, depth, visit, context, error);
    }
    closedir(list);
    return done;
}

/* ---- an archive ---- */

/* Its one folder at the top is not part of the names. */
static bool below_top(const char *name, char **top, const char **ret, const char *path,
                      GError **error)
{
    const gsize n = strcspn(name, "/");
    if (*top == NULL)
        *top = g_strndup(name, n);
    if (strlen(*top) == n && strncmp(*top, name, n) == 0 && name[n] == '/') {
        *ret = name + n + 1;
        return true;
    }
    g_autofree char *shown = g_utf8_make_valid(name, -1);
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                _("%s is no bag in an archive: its files do not all lie in one folder (“%.80s”)."),
                path, shown);
    return false;
}

static bool walk_tar(const char *path, CsvSource source, void *from, BagVisit visit, void *context,
                     GError **error)
{
    g_autofree char *base = g_path_get_basename(path);
    g_autofree char *top = NULL;
    g_autoptr(GError) why = NULL;
    g_autoptr(TarReader) reader = tar_reader_new(base, source, from);
    TarEntry entry;
    while (tar_reader_next(reader, &entry, &why)) {
        const char *at = g_str_has_prefix(entry.name, "./") ? entry.name + 2 : entry.name;
        g_autofree char *bare = g_strdup(at);
        if (entry.type == TAR_FOLDER && g_str_has_suffix(bare, "/"))
            bare[strlen(bare) - 1] = '\0';
        if (entry.type == TAR_FOLDER && (bare[0] == '\0' || strcmp(bare, ".") == 0))
            continue;
        if (entry.type == TAR_FOLDER && strchr(bare, '/') == NULL &&
            (top == NULL || strcmp(bare, top) == 0)) { /* the top itself */
            g_free(top);
            top = g_steal_pointer(&bare);
            continue;
        }
        const char *name = NULL;
        if (!below_top(bare, &top, &name, base, error))
            return false;
        const TarEntry inner = {name, entry.type, entry.size};
        if (!visit(context, &inner, tar_reader_read, reader, error))
            return false;
    }
    if (why == NULL)
        return true;
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}

/* The bytes that were looked at, and the rest. */
typedef struct {
    File file;
    char head[ENVELOPE_MAGIC_BYTES];
    gsize length, at;
} Head;

static gssize read_head(void *context, void *buffer, gsize size, GError **error)
{
    Head *head = context;
    if (head->at == head->length)
        return read_fd(&head->file, buffer, size, error);
    const gsize n = MIN(size, head->length - head->at);
    memcpy(buffer, head->head + head->at, n);
    head->at += n;
    return (gssize)n;
}

static bool walk_sealed(const BagFrom *from, Head *head, const char *base, BagVisit visit,
                        void *context, GError **error)
{
    if (from->secret_key == NULL) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DENIED,
                    _("%s is sealed to keys: name yours with --key."), base);
        return false;
    }
    g_autoptr(EnvelopeReader) reader = envelope_reader_new(
        base, read_head, head, from->public_key->bytes, from->secret_key, error);
    return reader != NULL && walk_tar(from->path, envelope_read, reader, visit, context, error);
}

static bool walk_file(const BagFrom *from, BagVisit visit, void *context, GError **error)
{
    g_autofree char *base = g_path_get_basename(from->path);
    Head head = {.file = {g_open(from->path, O_RDONLY | O_CLOEXEC, 0), base}};
    if (head.file.fd < 0)
        return cannot_read(from->path, errno, error);
    bool done = true;
    while (done && head.length < sizeof head.head) {
        const gssize n =
            read_fd(&head.file, head.head + head.length, sizeof head.head - head.length, error);
        done = n >= 0;
        if (n <= 0)
            break;
        head.length += (gsize)n;
    }
    if (done)
        done = head.length == sizeof head.head &&
                       memcmp(head.head, ENVELOPE_MAGIC, sizeof head.head) == 0
                   ? walk_sealed(from, &head, base, visit, context, error)
                   : walk_tar(from->path, read_head, &head, visit, context, error);
    close(head.file.fd);
    return done;
}

bool bag_walk(const BagFrom *from, BagVisit visit, void *context, GError **error)
{
    if (!g_file_test(from->path, G_FILE_TEST_IS_DIR))
        return walk_file(from, visit, context, error);
    const int folder = open(from->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return cannot_read(from->path, errno, error);
    return walk_folder(folder, "", 0, visit, context, error);
}

bool bag_is_sealed(const char *path)
{
    char head[ENVELOPE_MAGIC_BYTES] = "";
    const int fd = g_open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
    const gssize n = fd >= 0 ? read(fd, head, sizeof head) : -1;
    if (fd >= 0)
        close(fd);
    return n == sizeof head && memcmp(head, ENVELOPE_MAGIC, sizeof head) == 0;
}
