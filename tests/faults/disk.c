/* The disk of disk.h. Everything is freed by the end of the process. */
#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECTOR = 512 };

/* The linker's names: what was called, and the system's. */
#define WRAPPED(type, name, ...)                                                                   \
    type __real_##name(__VA_ARGS__);                                                               \
    type __wrap_##name(__VA_ARGS__);
WRAPPED(ssize_t, write, int fd, const void *bytes, size_t length)
WRAPPED(ssize_t, pwrite, int fd, const void *bytes, size_t length, off_t offset)
WRAPPED(ssize_t, pwrite64, int fd, const void *bytes, size_t length, off_t offset)
WRAPPED(ssize_t, pread, int fd, void *bytes, size_t length, off_t offset)
WRAPPED(ssize_t, pread64, int fd, void *bytes, size_t length, off_t offset)
WRAPPED(ssize_t, read, int fd, void *bytes, size_t length)
WRAPPED(int, ftruncate, int fd, off_t length)
WRAPPED(int, ftruncate64, int fd, off_t length)
WRAPPED(int, fsync, int fd)
WRAPPED(int, fdatasync, int fd)
WRAPPED(int, syncfs, int fd)
WRAPPED(int, unlink, const char *path)
WRAPPED(int, rename, const char *path, const char *new_path)

typedef struct {
    guint64 offset;
    GBytes *bytes; /* NULL: cut or grown to offset */
} Write;
/* Of a file that was written: what is on the disk, and what was written since. */
typedef struct {
    GByteArray *image;
    GArray *writes;
} Contents;
typedef struct {
    char *path;
    GByteArray *image;
    bool replaced; /* by a rename: one of the two is there after a crash */
} Removed;

static struct {
    bool on;
    char *folder;
    DiskFault fault;
    guint at, length, n;
    GRand *random;
    GHashTable *contents; /* inode → Contents */
    GHashTable *names;    /* "inode path" of names that are on the disk */
    GPtrArray *removed;
} disk;

/* ---- what is on the disk ---- */

static void contents_free(gpointer data)
{
    Contents *contents = data;
    g_byte_array_unref(contents->image);
    g_array_unref(contents->writes);
    g_free(contents);
}

static GByteArray *read_whole(const char *path)
{
    GByteArray *bytes = g_byte_array_new();
    guint8 block[65536];
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    for (ssize_t n; fd >= 0 && (n = __real_read(fd, block, sizeof block)) > 0;)
        g_byte_array_append(bytes, block, (guint)n);
    if (fd >= 0)
        close(fd);
    return bytes;
}

/* Of an open file: to open the database once more and close it would drop the locks that this
 * process holds on it, and another writer would take itself for the only one. */
static GByteArray *read_open(int fd, const char *path)
{
    guint8 block[65536];
    off_t at = 0;
    if ((fcntl(fd, F_GETFL) & O_ACCMODE) != O_RDWR)
        return read_whole(path);
    GByteArray *bytes = g_byte_array_new();
    for (ssize_t n; (n = __real_pread(fd, block, sizeof block, at)) > 0; at += n)
        g_byte_array_append(bytes, block, (guint)n);
    return bytes;
}

static char *name_key(const struct stat *facts, const char *path)
{
    return g_strdup_printf("%lu %s", (unsigned long)facts->st_ino, path);
}

/* Calls for each name below a folder, what lies inside a folder before the folder itself. */
static void each_name(const char *folder, bool deep,
                      void (*call)(const char *path, const struct stat *facts))
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        struct stat facts;
        if (lstat(path, &facts) != 0)
            continue;
        if (deep && S_ISDIR(facts.st_mode))
            each_name(path, true, call);
        call(path, &facts);
    }
}

static void name_keep(const char *path, const struct stat *facts)
{
    g_hash_table_add(disk.names, name_key(facts, path));
}

/* The folder's names are as they are now. */
static void folder_synced(const char *folder, bool deep)
{
    each_name(folder, deep, name_keep);
    for (guint i = disk.removed->len; i-- > 0;) {
        Removed *removed = g_ptr_array_index(disk.removed, i);
        g_autofree char *parent = g_path_get_dirname(removed->path);
        if (deep || strcmp(parent, folder) == 0)
            g_ptr_array_remove_index_fast(disk.removed, i);
    }
}

static void apply(GByteArray *image, const Write *write, int keep)
{
    gsize length = 0;
    const guint8 *bytes = write->bytes != NULL ? g_bytes_get_data(write->bytes, &length) : NULL;
    const guint64 end = write->offset + length;
    const guint old = image->len;
    if (bytes == NULL && keep > 0 && g_rand_int_range(disk.random, 0, 100) >= keep)
        return;
    if (bytes == NULL || end > old) {
        g_byte_array_set_size(image, (guint)end);
        if (end > old)
            memset(image->data + old, 0, (gsize)end - old);
    }
    for (gsize at = 0; at < length;) {
        const gsize step = MIN(SECTOR - (write->offset + at) % SECTOR, length - at);
        if (keep == 0 || g_rand_int_range(disk.random, 0, 100) < keep)
            memcpy(image->data + write->offset + at, bytes + at, step);
        at += step;
    }
}

static void contents_synced(Contents *contents)
{
    for (guint i = 0; i < contents->writes->len; i++) {
        Write *write = &g_array_index(contents->writes, Write, i);
        apply(contents->image, write, 0);
        g_clear_pointer(&write->bytes, g_bytes_unref);
    }
    g_array_set_size(contents->writes, 0);
}

/* ---- the crash ---- */

static void overwrite(const char *path, const GByteArray *image)
{
    const int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 && errno == ENOENT) /* its folder was lost too */
        return;
    if (fd < 0 || __real_write(fd, image->data, image->len) != (ssize_t)image->len)
        g_error("%s cannot be written after the crash: %s", path, g_strerror(errno));
    close(fd);
}

static void name_after_crash(const char *path, const struct stat *facts)
{
    g_autofree char *key = name_key(facts, path);
    if (g_str_has_suffix(path, "-shm") ||
        (!g_hash_table_contains(disk.names, key) && g_rand_boolean(disk.random))) {
        if (S_ISDIR(facts->st_mode)) /* its names are as little on the disk as itself */
            each_name(path, false, name_after_crash);
        if ((S_ISDIR(facts->st_mode) ? rmdir(path) : __real_unlink(path)) == 0)
            return;
    }
    const guint64 inode = facts->st_ino;
    Contents *contents = g_hash_table_lookup(disk.contents, &inode);
    if (contents == NULL || contents->writes->len == 0 || S_ISDIR(facts->st_mode))
        return;
    static const int KEEP[] = {-1, 0, 30, 70, 97}; /* nothing, all, percent of the sectors */
    const int keep = KEEP[g_rand_int_range(disk.random, 0, G_N_ELEMENTS(KEEP))];
    const guint n = contents->writes->len;
    /* The newest writes did not even begin. */
    const guint end = g_rand_boolean(disk.random) ? n : (guint)g_rand_int_range(disk.random, 0, n);
    for (guint i = 0; keep >= 0 && i < end; i++)
        apply(contents->image, &g_array_index(contents->writes, Write, i), keep);
    overwrite(path, contents->image);
}

G_NORETURN void disk_lose_power(void)
{
    disk.on = false;
    each_name(disk.folder, true, name_after_crash);
    for (guint i = 0; i < disk.removed->len; i++) {
        const Removed *removed = g_ptr_array_index(disk.removed, i);
        if (access(removed->path, F_OK) != 0 && (removed->replaced || g_rand_boolean(disk.random)))
            overwrite(removed->path, removed->image);
    }
    _exit(0);
}

/* ---- the operations ---- */

void disk_begin(const char *folder, DiskFault fault, guint at, guint length, guint32 seed)
{
    disk.folder = g_strdup(folder);
    disk.fault = fault;
    disk.at = at;
    disk.length = length;
    disk.n = 0;
    disk.random = g_rand_new_with_seed(seed);
    disk.contents = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, contents_free);
    disk.names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    disk.removed = g_ptr_array_new();
    folder_synced(folder, true);
    disk.on = true;
}

guint disk_operations(void)
{
    return disk.n;
}

/* True for a file or folder of the case, with its path. */
static bool ours(int fd, char path[4096], struct stat *facts)
{
    char link[64];
    if (!disk.on || fstat(fd, facts) != 0 || (!S_ISREG(facts->st_mode) && !S_ISDIR(facts->st_mode)))
        return false;
    g_snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    const ssize_t n = readlink(link, path, 4095);
    if (n <= 0)
        return false;
    path[n] = 0;
    return g_str_has_prefix(path, disk.folder) && !g_str_has_suffix(path, "-shm");
}

/* Counts an operation; true while the fault lasts. */
static bool fault_now(void)
{
    disk.n++;
    if (disk.n == disk.at && disk.fault == DISK_KILLED)
        _exit(0);
    if (disk.n == disk.at && disk.fault == DISK_POWER_LOSS)
        disk_lose_power();
    return disk.n >= disk.at && disk.n < disk.at + disk.length;
}

static void remember(int fd, const struct stat *facts, const char *path, guint64 offset,
                     const void *bytes, gsize length)
{
    const guint64 inode = facts->st_ino;
    Contents *contents = g_hash_table_lookup(disk.contents, &inode);
    if (contents == NULL) {
        contents = g_new0(Contents, 1);
        contents->image = read_open(fd, path);
        contents->writes = g_array_new(FALSE, FALSE, sizeof(Write));
        g_hash_table_insert(disk.contents, g_memdup2(&inode, sizeof inode), contents);
    }
    Write write = {.offset = offset, .bytes = bytes != NULL ? g_bytes_new(bytes, length) : NULL};
    g_array_append_val(contents->writes, write);
}

static ssize_t written(int fd, const void *bytes, size_t length, off_t offset)
{
    char path[4096];
    struct stat facts;
    if (!ours(fd, path, &facts))
        return __real_pwrite(fd, bytes, length, offset);
    if (fault_now() && (disk.fault == DISK_FULL || disk.fault == DISK_SHORT)) {
        if (disk.fault == DISK_FULL || length < 2 || (disk.n - disk.at) % 2 == 1) {
            errno = ENOSPC;
            return -1;
        }
        length /= 2;
    }
    remember(fd, &facts, path, (guint64)offset, bytes, length);
    return __real_pwrite(fd, bytes, length, offset);
}

ssize_t __wrap_pwrite(int fd, const void *bytes, size_t length, off_t offset)
{
    return written(fd, bytes, length, offset);
}

ssize_t __wrap_pwrite64(int fd, const void *bytes, size_t length, off_t offset)
{
    return written(fd, bytes, length, offset);
}

ssize_t __wrap_write(int fd, const void *bytes, size_t length)
{
    char path[4096];
    struct stat facts;
    if (!ours(fd, path, &facts))
        return __real_write(fd, bytes, length);
    const off_t offset = lseek(fd, 0, SEEK_CUR);
    const ssize_t n = written(fd, bytes, length, offset);
    if (n > 0)
        lseek(fd, n, SEEK_CUR);
    return n;
}

static bool read_fails(int fd)
{
    char path[4096];
    struct stat facts;
    if (!ours(fd, path, &facts) || disk.fault != DISK_READ_ERROR || !fault_now())
        return false;
    errno = EIO;
    return true;
}

ssize_t __wrap_pread(int fd, void *bytes, size_t length, off_t offset)
{
    return read_fails(fd) ? -1 : __real_pread(fd, bytes, length, offset);
}

ssize_t __wrap_pread64(int fd, void *bytes, size_t length, off_t offset)
{
    return read_fails(fd) ? -1 : __real_pread64(fd, bytes, length, offset);
}

ssize_t __wrap_read(int fd, void *bytes, size_t length)
{
    return read_fails(fd) ? -1 : __real_read(fd, bytes, length);
}

static int cut(int fd, off_t length)
{
    char path[4096];
    struct stat facts;
    if (ours(fd, path, &facts)) {
        if (fault_now() && disk.fault == DISK_FULL && length > facts.st_size) {
            errno = ENOSPC;
            return -1;
        }
        remember(fd, &facts, path, (guint64)length, NULL, 0);
    }
    return __real_ftruncate(fd, length);
}

int __wrap_ftruncate(int fd, off_t length)
{
    return cut(fd, length);
}

int __wrap_ftruncate64(int fd, off_t length)
{
    return cut(fd, length);
}

static bool sync_fails(int fd, bool whole_system)
{
    char path[4096];
    struct stat facts;
    if (!ours(fd, path, &facts))
        return false;
    if (fault_now() && disk.fault == DISK_SYNC_ERROR) {
        errno = EIO;
        return true;
    }
    if (whole_system) {
        GHashTableIter each;
        gpointer contents;
        g_hash_table_iter_init(&each, disk.contents);
        while (g_hash_table_iter_next(&each, NULL, &contents))
            contents_synced(contents);
        folder_synced(disk.folder, true);
    } else if (S_ISDIR(facts.st_mode)) {
        folder_synced(path, false);
    } else {
        const guint64 inode = facts.st_ino;
        Contents *contents = g_hash_table_lookup(disk.contents, &inode);
        if (contents != NULL)
            contents_synced(contents);
    }
    return false;
}

/* The real disk is not asked: the machine that runs the test keeps its power. */
int __wrap_fsync(int fd)
{
    return sync_fails(fd, false) ? -1 : disk.on ? 0 : __real_fsync(fd);
}

int __wrap_fdatasync(int fd)
{
    return sync_fails(fd, false) ? -1 : disk.on ? 0 : __real_fdatasync(fd);
}

int __wrap_syncfs(int fd)
{
    return sync_fails(fd, true) ? -1 : disk.on ? 0 : __real_syncfs(fd);
}

/* A name goes. Its file's number may be given to another one: what was known of it goes too. */
static void name_goes(const char *path, const struct stat *facts, bool replaced)
{
    const guint64 inode = facts->st_ino;
    g_autofree char *key = name_key(facts, path);
    if (g_hash_table_contains(disk.names, key)) {
        const Contents *contents = g_hash_table_lookup(disk.contents, &inode);
        Removed *removed = g_new0(Removed, 1);
        removed->path = g_strdup(path);
        removed->replaced = replaced;
        removed->image = contents != NULL ? g_byte_array_ref(contents->image) : read_whole(path);
        g_ptr_array_add(disk.removed, removed);
    }
    if (facts->st_nlink == 1)
        g_hash_table_remove(disk.contents, &inode);
}

static bool is_ours(const char *path, struct stat *facts)
{
    return disk.on && g_str_has_prefix(path, disk.folder) && !g_str_has_suffix(path, "-shm") &&
           lstat(path, facts) == 0;
}

int __wrap_unlink(const char *path)
{
    struct stat facts;
    if (is_ours(path, &facts)) {
        fault_now();
        name_goes(path, &facts, false);
    }
    return __real_unlink(path);
}

int __wrap_rename(const char *path, const char *new_path)
{
    struct stat facts;
    if (is_ours(path, &facts))
        fault_now();
    if (is_ours(new_path, &facts))
        name_goes(new_path, &facts, true);
    return __real_rename(path, new_path);
}
