/* Files of a folder that a stranger gave: nothing outside it is opened, nothing that is no regular
 * file is read. */
#include "evidence/bundle_private.h"

#include "base/i18n.h"
#include "base/progress.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK_BYTES = 1 << 16 };

bool bundle_files_open(BundleFiles *files, const char *path, GError **error)
{
    *files = (BundleFiles){.folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (files->folder < 0) {
        if (errno == ENOENT)
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND, _("There is no folder %s."),
                        path);
        else if (errno == ENOTDIR)
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                        _("%s is no bundle: a bundle is a folder with a file bundle.json in it. "
                          "Unpack it first."),
                        path);
        else
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("%s cannot be read: %s."), path,
                        i18n_errno(errno));
        return false;
    }
    files->path = g_strdup(path);
    files->hashes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return true;
}

void bundle_files_close(BundleFiles *files)
{
    if (files->folder >= 0)
        close(files->folder);
    g_free(files->path);
    g_clear_pointer(&files->hashes, g_hash_table_unref);
    *files = (BundleFiles){.folder = -1};
}

static bool part_fits(const char *part, gsize length)
{
    if (length == 0 || part[0] == '.')
        return false;
    for (gsize i = 0; i < length; i++)
        if (!g_ascii_isalnum(part[i]) && strchr("._-", part[i]) == NULL)
            return false;
    return true;
}

bool bundle_name_fits(const char *name)
{
    const gsize n = strlen(name), first = strcspn(name, "/");
    return n <= BUNDLE_NAME_MOST && part_fits(name, first) &&
           (first == n || part_fits(name + first + 1, n - first - 1));
}

static void set_unreadable(const char *name, int number, GError **error)
{
    if (number == ENOENT || number == ENOTDIR)
        evidence_misfit(error, _("%s is missing."), name);
    else if (number == ELOOP)
        evidence_misfit(error, _("%s is a link; a bundle holds files alone."), name);
    else
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("%s cannot be read: %s."), name,
                    i18n_errno(number));
}

int bundle_file_open(BundleFiles *files, const char *name, GError **error)
{
    struct stat info;
    if (!bundle_name_fits(name)) {
        g_autofree char *shown = g_utf8_make_valid(name, -1);
        evidence_misfit(error, _("'%s' is no name of a file of a bundle."), shown);
        return -1;
    }
    const char *slash = strchr(name, '/');
    int folder = files->folder;
    if (slash != NULL) {
        g_autofree char *below = g_strndup(name, (gsize)(slash - name));
        folder = openat(files->folder, below, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    }
    int fd = folder < 0 ? -1
                        : openat(folder, slash != NULL ? slash + 1 : name,
                                 O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    const int number = errno;
    if (folder >= 0 && folder != files->folder)
        close(folder);
    if (fd < 0) {
        set_unreadable(name, number, error);
        return -1;
    }
    if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode))
        return fd;
    close(fd);
    evidence_misfit(error, _("%s is no regular file."), name);
    return -1;
}

static gssize read_some(int fd, const char *name, guint8 *buffer, gsize n, GError **error)
{
    for (;;) {
        const ssize_t got = read(fd, buffer, n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            set_unreadable(name, errno, error);
        return got;
    }
}

GBytes *bundle_file_load(BundleFiles *files, const char *name, gsize most, GError **error)
{
    const int fd = bundle_file_open(files, name, error);
    if (fd < 0)
        return NULL;
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    guint8 buffer[BLOCK_BYTES];
    gssize n;
    while ((n = read_some(fd, name, buffer, sizeof buffer, error)) > 0 && bytes->len <= most)
        g_byte_array_append(bytes, buffer, (guint)n);
    close(fd);
    if (n < 0)
        return NULL;
    if (bytes->len > most) {
        g_autofree char *limit = i18n_integer((gint64)most);
        evidence_misfit(error, _("%s is larger than %s bytes."), name, limit);
        return NULL;
    }
    return g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
}

typedef struct {
    MerkleHash hash;
    gint64 bytes;
} Hashed;

static bool hash_file(BundleFiles *files, const char *name, Hashed *ret, GError **error)
{
    const int fd = bundle_file_open(files, name, error);
    if (fd < 0)
        return false;
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    guint8 buffer[BLOCK_BYTES];
    gssize n;
    while ((n = read_some(fd, name, buffer, sizeof buffer, error)) > 0) {
        g_checksum_update(sum, buffer, n);
        ret->bytes += n;
        if (progress_stopped(_("Stopped before everything was checked. Run it again."), error)) {
            n = -1;
            break;
        }
    }
    close(fd);
    gsize length = sizeof ret->hash.bytes;
    g_checksum_get_digest(sum, ret->hash.bytes, &length);
    return n == 0;
}

bool bundle_file_hash(BundleFiles *files, const char *name, MerkleHash *ret_hash, gint64 *ret_bytes,
                      GError **error)
{
    Hashed *known = g_hash_table_lookup(files->hashes, name);
    if (known == NULL) {
        Hashed hashed = {0};
        if (!hash_file(files, name, &hashed, error))
            return false;
        known = g_memdup2(&hashed, sizeof hashed);
        g_hash_table_insert(files->hashes, g_strdup(name), known);
    }
    *ret_hash = known->hash;
    if (ret_bytes != NULL)
        *ret_bytes = known->bytes;
    return true;
}

/* ---- what lies in the folder ---- */

static bool walk(int folder, const char *above, BundleVisit visit, void *context, GError **error);

static bool walk_one(int folder, const char *above, const char *entry, BundleVisit visit,
                     void *context, GError **error)
{
    struct stat info;
    g_autofree char *name = above != NULL ? g_strconcat(above, "/", entry, NULL) : g_strdup(entry);
    g_autofree char *shown = g_utf8_make_valid(name, -1);
    if (fstatat(folder, entry, &info, AT_SYMLINK_NOFOLLOW) != 0) {
        set_unreadable(shown, errno, error);
        return false;
    }
    if (S_ISREG(info.st_mode))
        return visit(context, name, error);
    if (!S_ISDIR(info.st_mode) || above != NULL) {
        evidence_misfit(error, _("%s does not belong to a bundle."), shown);
        return false;
    }
    const int below = openat(folder, entry, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (below < 0) {
        set_unreadable(shown, errno, error);
        return false;
    }
    return walk(below, entry, visit, context, error);
}

/* Takes the fd. */
static bool walk(int folder, const char *above, BundleVisit visit, void *context, GError **error)
{
    DIR *dir = fdopendir(folder);
    if (dir == NULL) {
        set_unreadable(above != NULL ? above : ".", errno, error);
        close(folder);
        return false;
    }
    bool going = true;
    for (struct dirent *entry; going && (entry = readdir(dir)) != NULL;)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            going = walk_one(dirfd(dir), above, entry->d_name, visit, context, error);
    closedir(dir);
    return going;
}

bool bundle_files_walk(BundleFiles *files, BundleVisit visit, void *context, GError **error)
{
    const int again = openat(files->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (again < 0) {
        set_unreadable(files->path, errno, error);
        return false;
    }
    return walk(again, NULL, visit, context, error);
}

/* ---- JSON ---- */

bool bundle_get_hex(const json_t *object, const char *name, guint8 *ret_bytes, gsize n)
{
    return evidence_hex_read(bundle_get_text(object, name), ret_bytes, n);
}

bool bundle_get_integer(const json_t *object, const char *name, gint64 *ret_value)
{
    const json_t *value = json_object_get(object, name);
    *ret_value = json_integer_value(value);
    return json_is_integer(value);
}

const char *bundle_get_text(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

bool bundle_get_path(const json_t *object, const char *name, MerkleHash *ret_path, gsize most,
                     gsize *ret_n)
{
    const json_t *array = json_object_get(object, name), *one;
    gsize i;
    if (!json_is_array(array) || json_array_size(array) > most)
        return false;
    *ret_n = json_array_size(array);
    json_array_foreach(array, i,
                       one) if (!evidence_hex_read(json_string_value(one), ret_path[i].bytes,
                                                   MERKLE_HASH_BYTES)) return false;
    return true;
}

bool bundle_get_head(const json_t *object, StoreLogHead *ret_head)
{
    StoreLogHead head = {0};
    if (!bundle_get_integer(object, "number", &head.number) ||
        !bundle_get_integer(object, "size", &head.size) ||
        !bundle_get_integer(object, "time_seconds", &head.time) ||
        !bundle_get_hex(object, "root", head.root, sizeof head.root) ||
        !bundle_get_hex(object, "previous", head.previous, sizeof head.previous) ||
        !bundle_get_hex(object, "signature", head.signature, sizeof head.signature) ||
        head.number < 1 || head.size < 1)
        return false;
    json_t *same = evidence_head_json(&head);
    const bool fits =
        g_strcmp0(bundle_get_text(object, "time"), bundle_get_text(same, "time")) == 0;
    json_decref(same);
    *ret_head = head;
    return fits;
}
