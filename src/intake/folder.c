#include "intake/folder.h"

#include "base/i18n.h"
#include "store/watch.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HASH_BYTES = 16, MAX_DEPTH = 16, MAX_FILES = 100000 };

/* As browsers, curl, rsync, mail programs and telephones name what is still on its way. */
static const char *const ON_THE_WAY[] = {".part",       ".partial",  ".tmp",      ".temp",
                                         ".crdownload", ".download", ".filepart", ".inprogress",
                                         ".swp",        ".lock",     "~"};

void intake_folder_summary_clear(IntakeFolderSummary *summary)
{
    g_clear_pointer(&summary->failed, g_ptr_array_unref);
    intake_summary_clear(&summary->came);
    memset(summary, 0, sizeof *summary);
}

typedef struct {
    Store *store;
    const IntakeFolder *folder;
    IntakeFolderSummary *summary;
    char *moved; /* real path of where read files go; NULL */
    guint settle;
    GPtrArray *paths;
} Look;

static bool on_the_way(const char *name)
{
    g_autofree char *folded = g_ascii_strdown(name, -1);
    for (gsize i = 0; i < G_N_ELEMENTS(ON_THE_WAY); i++)
        if (g_str_has_suffix(folded, ON_THE_WAY[i]))
            return true;
    return false;
}

static bool is_case(const char *path)
{
    g_autofree char *keys = g_build_filename(path, "case.json", NULL);
    g_autofree char *database = g_build_filename(path, "case.db", NULL);
    return g_file_test(keys, G_FILE_TEST_EXISTS) && g_file_test(database, G_FILE_TEST_EXISTS);
}

/* What makes it the same file, unchanged: where it is, how long, when it last changed. */
static char *file_key(const char *path, const struct stat *about)
{
    guint8 hash[HASH_BYTES];
    char hex[2 * HASH_BYTES + 1];
    g_autofree char *what =
        g_strdup_printf("%s\n%lld\n%lld.%09ld", path, (long long)about->st_size,
                        (long long)about->st_mtim.tv_sec, about->st_mtim.tv_nsec);
    crypto_generichash(hash, sizeof hash, (const guint8 *)what, strlen(what), NULL, 0);
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    return g_strconcat("file/", hex, NULL);
}

/* A lease for reading is given only while nobody writes; where leases are not known (another's
 * file, a network's) time alone tells. */
static bool being_written(int fd)
{
    if (fcntl(fd, F_SETLEASE, F_RDLCK) == 0) {
        fcntl(fd, F_SETLEASE, F_UNLCK);
        return false;
    }
    return errno == EAGAIN;
}

static bool is_whole(int fd, const struct stat *about, guint settle)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    bool still = settle == 0 || now.tv_sec - about->st_ctim.tv_sec >= (gint64)settle;
    return still && !being_written(fd);
}

static void tell(IntakeFolderSummary *summary, const char *sentence)
{
    if (summary->failed == NULL)
        summary->failed = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(summary->failed, g_strdup(sentence));
}

/* A name that is free in the folder for what was read: "list.csv", "list-2.csv". */
static char *free_name(const char *folder, const char *path)
{
    g_autofree char *base = g_path_get_basename(path);
    char *dot = strrchr(base, '.');
    g_autofree char *ending = dot != NULL && dot != base ? g_strdup(dot) : g_strdup("");
    if (dot != NULL && dot != base)
        *dot = '\0';
    char *target = g_strdup_printf("%s/%s%s", folder, base, ending);
    for (guint n = 2; g_file_test(target, G_FILE_TEST_EXISTS) && n < MAX_FILES; n++) {
        g_free(target);
        target = g_strdup_printf("%s/%s-%u%s", folder, base, n, ending);
    }
    return target;
}

/* Moved, or told why not; a file that cannot be moved is remembered instead. */
static bool move_away(Look *look, const char *path)
{
    g_autofree char *target = free_name(look->moved, path);
    if (g_rename(path, target) == 0)
        return true;
    g_autofree char *sentence =
        g_strdup_printf(_("%s was read but cannot be moved to %s: %s. It is remembered instead."),
                        path, look->moved, i18n_errno(errno));
    tell(look->summary, sentence);
    return false;
}

static bool same_file(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static bool is_the_files_fault(const GError *why)
{
    return g_error_matches(why, ZENHAR_ERROR, ZENHAR_ERROR_INPUT) ||
           g_error_matches(why, ZENHAR_ERROR, ZENHAR_ERROR_DENIED) ||
           g_error_matches(why, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND) ||
           g_error_matches(why, ZENHAR_ERROR, ZENHAR_ERROR_LIMIT);
}

/* Reads one whole file; then it is moved, or remembered. */
static bool read_file(Look *look, const char *path, const struct stat *before, const char *key,
                      GError **error)
{
    g_autoptr(GError) why = NULL;
    bool done =
        intake_import(look->store, path, &look->folder->options, &look->summary->came, &why);
    if (!done && !is_the_files_fault(why)) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    if (done)
        look->summary->read++;
    else
        tell(look->summary, why->message);
    struct stat after;
    if (lstat(path, &after) != 0 || !same_file(before, &after))
        return true; /* changed while it was read: what it is now is another file, read later */
    if (done && look->moved != NULL && move_away(look, path))
        return true;
    return store_watched_set(look->store, key, "file", NULL, store_now(look->store), error);
}

/* Told once until something about it changes, its permissions too. */
static bool cannot_open(Look *look, const char *path, int why, GError **error)
{
    struct stat about;
    if (lstat(path, &about) != 0 || why == ELOOP)
        return true; /* gone meanwhile, or a link by now */
    g_autofree char *place = g_strdup_printf("%s\n%lld", path, (long long)about.st_ctim.tv_sec);
    g_autofree char *key = file_key(place, &about);
    g_autoptr(GError) fault = NULL;
    g_autoptr(StoreWatched) told = store_watched_get(look->store, key, &fault);
    if (fault != NULL) {
        g_propagate_error(error, g_steal_pointer(&fault));
        return false;
    }
    if (told != NULL)
        return true;
    g_autofree char *sentence = g_strdup_printf(_("%s cannot be read: %s."), path, i18n_errno(why));
    tell(look->summary, sentence);
    return store_watched_set(look->store, key, "file", NULL, store_now(look->store), error);
}

static bool look_at(Look *look, const char *path, GError **error)
{
    int fd = g_open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0);
    struct stat about;
    if (fd < 0)
        return cannot_open(look, path, errno, error);
    bool regular = fstat(fd, &about) == 0 && S_ISREG(about.st_mode);
    bool whole = regular && is_whole(fd, &about, look->settle);
    close(fd);
    if (!regular)
        return true;
    if (!whole) {
        look->summary->waiting++;
        return true;
    }
    g_autofree char *key = file_key(path, &about);
    g_autoptr(GError) why = NULL;
    g_autoptr(StoreWatched) seen = store_watched_get(look->store, key, &why);
    if (why != NULL) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    if (seen != NULL) {
        look->summary->known++;
        return true;
    }
    return read_file(look, path, &about, key, error);
}

static gint by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Paths of the files below; a folder that cannot be opened is told where it is not the first. */
static bool collect(Look *look, const char *path, guint depth, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(GDir) folder = g_dir_open(path, 0, &why);
    if (folder == NULL) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("The folder %s cannot be read: %s."),
                    path, why->message);
        return false;
    }
    for (const char *name; (name = g_dir_read_name(folder)) != NULL;) {
        if (name[0] == '.' || on_the_way(name) || look->paths->len >= MAX_FILES)
            continue;
        g_autofree char *full = g_build_filename(path, name, NULL);
        GStatBuf about;
        if (g_lstat(full, &about) != 0)
            continue;
        if (S_ISREG(about.st_mode)) {
            g_ptr_array_add(look->paths, g_steal_pointer(&full));
        } else if (S_ISDIR(about.st_mode) && depth < MAX_DEPTH && !is_case(full) &&
                   g_strcmp0(full, look->moved) != 0) {
            g_autoptr(GError) fault = NULL;
            if (!collect(look, full, depth + 1, &fault))
                tell(look->summary, fault->message);
        }
    }
    return true;
}

bool intake_folder_read(Store *store, const IntakeFolder *folder, IntakeFolderSummary *summary,
                        GError **error)
{
    guint settle = folder->settle == 0           ? INTAKE_FOLDER_SETTLE
                   : folder->settle == G_MAXUINT ? 0
                                                 : folder->settle;
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *path = g_canonicalize_filename(folder->path, NULL);
    g_autofree char *moved =
        folder->moved != NULL ? g_canonicalize_filename(folder->moved, path) : NULL;
    Look look = {.store = store,
                 .folder = folder,
                 .summary = summary,
                 .moved = moved,
                 .settle = settle,
                 .paths = paths};
    if (moved != NULL && g_mkdir_with_parents(moved, 0700) != 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO,
                    _("The folder %s for files that were read cannot be made: %s."), moved,
                    i18n_errno(errno));
        return false;
    }
    if (!collect(&look, path, 0, error))
        return false;
    g_ptr_array_sort(paths, by_name);
    for (guint i = 0; i < paths->len; i++) {
        if (folder->stop != NULL && folder->stop(folder->stop_context))
            return true;
        if (!look_at(&look, g_ptr_array_index(paths, i), error))
            return false;
    }
    return true;
}
