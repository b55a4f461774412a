/* evidence/backup.c: originals and database to another folder, whole or not at all.
 *
 * The database is read in one snapshot (store/copy.h); the originals that it names never change, so
 * they are copied after the snapshot has ended and nothing holds up the writers' checkpoint. Only
 * when all of them are there and synced does the new database take the old one's place. Cost: the
 * disk's; about 2 ms a megabyte again for verification. */
#include "evidence/backup.h"

#include "base/folder.h"
#include "base/i18n.h"
#include "base/progress.h"
#include "evidence/backup_server.h"
#include "evidence/last_verify.h"
#include "evidence/newest.h"
#include "evidence/private.h"
#include "evidence/sealed.h"
#include "store/copy.h"
#include "store/erasure.h"
#include "store/moved.h"
#include "store/piece.h"
#include "store/server_address.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define MARK_FILE "copying"
#define MARK_ANEW " anew" /* what lies there did not verify: none of it is trusted */
enum { SPARE_BYTES = 1 << 20, COPY_BYTES = 1 << 20, HEX_ID = 2 * STORE_CASE_ID_BYTES };

typedef struct {
    Store *from;
    const char *to;
    const EvidenceBackupOptions *options;
    EvidenceBackup *done;
    GArray *originals;   /* StoreCopyOriginal */
    StoreErased *erased; /* NULL: of a schema that knows of none */
    char id[HEX_ID + 1];
    int lock;
    bool fresh; /* no case.json there yet */
    bool anew;  /* what is there is copied again */
} Copy;

static bool fail_io(const char *path, GError **error)
{
    const int number = errno;
    if (number == ENOSPC || number == EDQUOT || number == EFBIG)
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO,
                    _("The disk is full: %s cannot be written. What was there before still opens; "
                      "make room and run it again, it goes on where it stood."),
                    path);
    else
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("%s cannot be written: %s."), path,
                    i18n_errno(number));
    return false;
}

/* ---- one file ---- */

static bool write_all(int to, const char *path, const guint8 *bytes, gsize length, GError **error)
{
    for (gsize done = 0; done < length;) {
        const ssize_t n = write(to, bytes + done, length - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail_io(path, error);
        done += (gsize)n;
    }
    return true;
}

static bool pour(int from, const char *from_path, int to, const char *to_path, GError **error)
{
    g_autofree guint8 *block = g_malloc(COPY_BYTES);
    for (;;) {
        const ssize_t n = read(from, block, COPY_BYTES);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("%s cannot be read: %s."),
                        from_path, i18n_errno(errno));
            return false;
        }
        if (n == 0)
            return true;
        if (store_copy_stopped(error) || !write_all(to, to_path, block, (gsize)n, error))
            return false;
    }
}

/* Beside, then renamed: a name stands for the whole file. Synced later, all at once. */
static bool copy_file(const char *from, const char *to, GError **error)
{
    g_autofree char *part = g_strconcat(to, ".part", NULL);
    const int in = g_open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW, 0);
    if (in < 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("%s cannot be read: %s."), from,
                    i18n_errno(errno));
        return false;
    }
    const int out =
        g_open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    bool done = out >= 0 ? pour(in, from, out, part, error) : fail_io(part, error);
    if (out >= 0 && close(out) != 0 && done)
        done = fail_io(part, error);
    close(in);
    if (done && g_rename(part, to) != 0)
        done = fail_io(to, error);
    if (!done && out >= 0)
        g_unlink(part);
    return done;
}

static gint64 file_size(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0 && S_ISREG(info.st_mode) ? (gint64)info.st_size : -1;
}

/* ---- where it goes ---- */

static bool has_case(const char *folder)
{
    g_autofree char *file = g_build_filename(folder, "case.json", NULL);
    return g_file_test(file, G_FILE_TEST_EXISTS);
}

static bool is_empty(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    return dir != NULL && g_dir_read_name(dir) == NULL;
}

static bool was_begun(Copy *copy)
{
    g_autofree char *mark = g_build_filename(copy->to, MARK_FILE, NULL);
    g_autofree char *text = NULL;
    if (!g_file_get_contents(mark, &text, NULL, NULL) || !g_str_has_prefix(text, copy->id))
        return false;
    copy->anew = copy->anew || strcmp(text + HEX_ID, MARK_ANEW) == 0;
    return true;
}

static bool is_within(const char *inner, const char *outer)
{
    g_autofree char *folder = realpath(inner, NULL), *above = NULL;
    if (folder == NULL) {
        g_autofree char *parent = g_path_get_dirname(inner);
        folder = realpath(parent, NULL);
    }
    above = realpath(outer, NULL);
    const gsize n = above != NULL ? strlen(above) : 0;
    return folder != NULL && n > 0 && strncmp(folder, above, n) == 0 &&
           (folder[n] == '\0' || folder[n] == '/');
}

/* Only one at a time writes there. */
static bool take(Copy *copy, GError **error)
{
    if (is_within(copy->to, store_folder(copy->from))) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("%s lies within the case %s itself. Choose a folder elsewhere, best on "
                      "another disk."),
                    copy->to, store_folder(copy->from));
        return false;
    }
    if (g_mkdir(copy->to, 0700) != 0 && errno != EEXIST)
        return fail_io(copy->to, error);
    copy->lock = g_open(copy->to, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    if (copy->lock < 0)
        return fail_io(copy->to, error);
    if (flock(copy->lock, LOCK_EX | LOCK_NB) != 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_BUSY,
                    _("Another backup or restore is writing to %s. Wait until it is done."),
                    copy->to);
        return false;
    }
    copy->fresh = !has_case(copy->to);
    return true;
}

static bool mark(const Copy *copy, const char *words, GError **error)
{
    g_autofree char *path = g_build_filename(copy->to, MARK_FILE, NULL);
    const int file = g_open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (file < 0)
        return fail_io(path, error);
    const bool written = write_all(file, path, (const guint8 *)copy->id, HEX_ID, error) &&
                         write_all(file, path, (const guint8 *)words, strlen(words), error);
    return (close(file) == 0 || (written && fail_io(path, error))) && written;
}

/* What stands there: nothing, or what was begun with this case. */
static bool check_fresh(Copy *copy, GError **error)
{
    if (is_empty(copy->to))
        return mark(copy, "", error);
    if (was_begun(copy))
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                _("%s is there already and not empty. Nothing was changed; choose another folder."),
                copy->to);
    return false;
}

/* A backup is only ever moved forward along the case's own log: one that has what the case has not
 * may be the only copy of it. */
static bool check_older(const Copy *copy, bool *ret_same, GError **error)
{
    StoreLogHead old, same;
    g_autoptr(GError) why = NULL;
    g_autoptr(Store) there = store_open_as_it_is(copy->to, store_keys(copy->from), &why);
    if (there == NULL) {
        if (g_error_matches(why, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY))
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                        _("%s is no backup of this case, or is damaged: the case's keys do not "
                          "open it. Nothing was changed; choose another folder."),
                        copy->to);
        else
            g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    *ret_same = false;
    if (!evidence_head(there, &old, &why)) {
        if (why == NULL)
            return true;
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    const bool found = store_log_head_load(copy->from, old.number, &same, &why);
    if (why != NULL) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    if (!found || memcmp(old.signature, same.signature, sizeof old.signature) != 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("The backup in %s has entries that the case %s has not: the case was "
                      "brought back from an earlier state, or is another copy that went its own "
                      "way. Nothing was changed; choose another folder, and see `zenhar merge`."),
                    copy->to, store_folder(copy->from));
        return false;
    }
    const gint64 version = store_schema_version(there, error);
    *ret_same = copy->done->has_head && old.number == copy->done->head.number &&
                version == copy->done->schema;
    return version >= 0;
}

/* ---- room ---- */

/* originals/ab/cdef… there; on a server the sealed file is named abcdef…. */
static char *target_path(const Copy *copy, const char *from_path)
{
    if (store_has_pieces(copy->from))
        return g_strdup_printf("%s/originals/%.2s/%s", copy->to, from_path, from_path + 2);
    return g_strconcat(copy->to, from_path + strlen(store_folder(copy->from)), NULL);
}

/* As it was sealed before each original had a key of its own? */
static bool is_old_file(const char *path)
{
    char magic[SEALED_AT_STREAM] = "";
    const int fd = g_open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW, 0);
    const bool old = fd >= 0 && pread(fd, magic, sizeof magic, 0) == sizeof magic &&
                     memcmp(magic, SEALED_MAGIC_OLD, sizeof magic) == 0;
    if (fd >= 0)
        close(fd);
    return old;
}

static bool is_old(const Copy *copy, const char *from)
{
    gsize n = 0;
    if (!store_has_pieces(copy->from))
        return is_old_file(from);
    g_autoptr(GBytes) piece = store_piece_load(copy->from, from, 0, NULL);
    const void *bytes = piece != NULL ? g_bytes_get_data(piece, &n) : NULL;
    return n >= SEALED_AT_STREAM && memcmp(bytes, SEALED_MAGIC_OLD, SEALED_AT_STREAM) == 0;
}

/* One that was sealed anew meanwhile has the same size, and is copied again. */
static bool is_there(const Copy *copy, const StoreCopyOriginal *original, const char *from,
                     const char *to)
{
    return !copy->anew && file_size(to) == (gint64)sealed_size((guint64)original->bytes) &&
           (!is_old_file(to) || is_old(copy, from));
}

/* Its file is gone there, and goes here. */
static bool is_erased(const Copy *copy, const StoreCopyOriginal *original)
{
    return copy->erased != NULL &&
           store_erased_find(copy->erased, STORE_KIND_ORIGINAL, original->id) != NULL;
}

static bool check_room(const Copy *copy, bool with_database, GError **error)
{
    struct statvfs disk;
    gint64 needed = !with_database                 ? 0
                    : store_has_pieces(copy->from) ? backup_server_bytes(copy->from, error)
                                                   : store_copy_bytes(copy->from, error);
    if (needed < 0)
        return false;
    for (guint i = 0; i < copy->originals->len; i++) {
        const StoreCopyOriginal *original = &g_array_index(copy->originals, StoreCopyOriginal, i);
        g_autofree char *from = sealed_path(copy->from, original->sha256);
        g_autofree char *to = target_path(copy, from);
        if (!is_erased(copy, original) && !is_there(copy, original, from, to))
            needed += (gint64)sealed_size((guint64)original->bytes);
    }
    if (fstatvfs(copy->lock, &disk) != 0)
        return fail_io(copy->to, error);
    const gint64 room = (gint64)(disk.f_bavail * disk.f_frsize);
    if (needed == 0 || needed + SPARE_BYTES <= room)
        return true;
    g_autofree char *wanted = i18n_integer((needed + SPARE_BYTES + (1 << 20) - 1) >> 20);
    g_autofree char *free_mebibytes = i18n_integer(room >> 20);
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO,
                _("There is not enough room for %s: %s MiB are needed, %s MiB are free. Nothing "
                  "was copied; make room or choose another disk."),
                copy->to, wanted, free_mebibytes);
    return false;
}

/* ---- the parts ---- */

static bool copy_database(const Copy *copy, GError **error)
{
    g_autofree char *folder = g_build_filename(copy->to, "part", NULL);
    g_autofree char *path = g_build_filename(folder, "case.db", NULL);
    if (store_has_pieces(copy->from)) {
        if (!backup_server_database(copy->from, &copy->done->head, folder, error))
            return false;
    } else {
        if (g_mkdir(folder, 0700) != 0 && errno != EEXIST)
            return fail_io(folder, error);
        if (g_unlink(path) != 0 && errno != ENOENT)
            return fail_io(path, error);
        if (!store_copy_database(copy->from, path, error))
            return false;
    }
    copy->done->database = true;
    copy->done->bytes += MAX(file_size(path), 0);
    return true;
}

/* Leftovers of copies that were cut off, and originals that the case has no more. */
static bool sweep(const Copy *copy, GHashTable *named, GError **error)
{
    g_autofree char *top = g_build_filename(copy->to, "originals", NULL);
    g_autoptr(GDir) folders = g_dir_open(top, 0, NULL);
    for (const char *name; folders != NULL && (name = g_dir_read_name(folders)) != NULL;) {
        g_autofree char *folder = g_build_filename(top, name, NULL);
        g_autoptr(GDir) files = g_dir_open(folder, 0, NULL);
        for (const char *file; files != NULL && (file = g_dir_read_name(files)) != NULL;) {
            g_autofree char *path = g_build_filename(folder, file, NULL);
            if (g_hash_table_contains(named, path))
                continue;
            if (g_unlink(path) != 0)
                return fail_io(path, error);
            copy->done->taken_away++;
        }
    }
    return true;
}

/* -1: there is none; -2 with error set. */
static gint64 sealed_bytes(const Copy *copy, const char *from, GError **error)
{
    return store_has_pieces(copy->from) ? store_piece_size(copy->from, from, error)
                                        : file_size(from);
}

static bool copy_original(const Copy *copy, const char *from, const char *to, GError **error)
{
    guint64 bytes;
    if (store_has_pieces(copy->from))
        return evidence_pieces_write(copy->from, from, to, &bytes, error);
    g_autofree char *folder = g_path_get_dirname(to);
    if (g_mkdir(folder, 0700) != 0 && errno != EEXIST)
        return fail_io(folder, error);
    return copy_file(from, to, error);
}

static bool copy_originals(const Copy *copy, GHashTable *named, GError **error)
{
    g_autofree char *top = g_build_filename(copy->to, "originals", NULL);
    if (copy->originals->len > 0 && g_mkdir(top, 0700) != 0 && errno != EEXIST)
        return fail_io(top, error);
    g_autoptr(Progress) progress =
        progress_new(_("Copying the originals"), _("originals"), copy->originals->len);
    for (guint i = 0; i < copy->originals->len; i++) {
        const StoreCopyOriginal *original = &g_array_index(copy->originals, StoreCopyOriginal, i);
        if (is_erased(copy, original))
            continue;
        g_autofree char *from = sealed_path(copy->from, original->sha256);
        char *to = target_path(copy, from);
        g_hash_table_add(named, to);
        copy->done->originals++;
        progress_add(progress, 1);
        if (is_there(copy, original, from, to))
            continue;
        const gint64 size = sealed_bytes(copy, from, error);
        if (size < -1)
            return false;
        if (size < 0) { /* the rest is worth keeping all the same */
            copy->done->missing++;
            continue;
        }
        if (store_copy_stopped(error) || !copy_original(copy, from, to, error))
            return false;
        copy->done->copied++;
        copy->done->bytes += MAX(file_size(to), 0);
    }
    return true;
}

/* Whatever else lies in the folder beside database and keys; no folders, no links. */
static bool copy_beside(const Copy *copy, GError **error)
{
    if (store_has_pieces(copy->from))
        return backup_server_beside(copy->from, copy->to, error);
    g_autoptr(GDir) dir = g_dir_open(store_folder(copy->from), 0, NULL);
    for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;) {
        g_autofree char *from = g_build_filename(store_folder(copy->from), name, NULL);
        g_autofree char *to = g_build_filename(copy->to, name, NULL);
        if (g_str_has_prefix(name, "case.") || g_str_has_suffix(name, ".lock") ||
            strcmp(name, MARK_FILE) == 0 || g_str_has_prefix(name, STORE_MOVED_FILE) ||
            strcmp(name, EVIDENCE_LAST_VERIFY_FILE) == 0 ||
            g_str_has_prefix(name, EVIDENCE_NEWEST_FILE) || file_size(from) < 0)
            continue;
        if (!copy_file(from, to, error))
            return false;
    }
    return true;
}

/* A passphrase may have been changed though nothing was written. */
static bool fetch_keys(const Copy *copy, GError **error)
{
    g_autoptr(Store) there = store_moved_open(copy->to, store_keys(copy->from), STORE_WRITE, error);
    return there != NULL && store_moved_keys(there, copy->from, error);
}

/* The file of the keys; of a server they came with the database. NULL: they did not. */
static char *keys_of(const Copy *copy, const char *part)
{
    if (!store_has_pieces(copy->from))
        return g_build_filename(store_folder(copy->from), "case.json", NULL);
    return copy->done->database ? g_build_filename(part, "case.json", NULL) : NULL;
}

static bool put_in_place(const Copy *copy, GError **error)
{
    static const char *const STALE[] = {"case.db-wal", "case.db-shm", "case.db-journal",
                                        EVIDENCE_NEWEST_FILE, EVIDENCE_NEWEST_LOST_FILE};
    g_autofree char *part = g_build_filename(copy->to, "part", NULL);
    g_autofree char *new_database = g_build_filename(part, "case.db", NULL);
    g_autofree char *database = g_build_filename(copy->to, "case.db", NULL);
    g_autofree char *keys = g_build_filename(copy->to, "case.json", NULL);
    g_autofree char *old_keys = keys_of(copy, part);
    g_autofree char *begun = g_build_filename(copy->to, MARK_FILE, NULL);
    if (syncfs(copy->lock) != 0)
        return fail_io(copy->to, error);
    for (gsize i = 0; copy->done->database && i < G_N_ELEMENTS(STALE); i++) {
        g_autofree char *path = g_build_filename(copy->to, STALE[i], NULL);
        g_unlink(path); /* they are of the database before */
    }
    if (copy->done->database && g_rename(new_database, database) != 0)
        return fail_io(database, error);
    if (old_keys != NULL ? !copy_file(old_keys, keys, error) : !fetch_keys(copy, error))
        return false;
    g_unlink(begun);
    g_autoptr(GFile) leftover = g_file_new_for_path(part);
    folder_remove(leftover, NULL);
    return syncfs(copy->lock) == 0 || fail_io(copy->to, error);
}

/* ---- all of it ---- */

static bool copy_snapshot(Copy *copy, GError **error)
{
    bool same = false;
    g_autoptr(GError) why = NULL;
    copy->done->has_head = evidence_head(copy->from, &copy->done->head, &why);
    if (why != NULL) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    copy->done->schema = store_schema_version(copy->from, error);
    copy->originals = copy->done->schema >= 0 ? store_copy_originals(copy->from, error) : NULL;
    if (copy->done->schema == STORE_SCHEMA_NEWEST &&
        (copy->erased = store_erased_load(copy->from, error)) == NULL)
        return false;
    if (copy->originals == NULL ||
        !(copy->fresh ? check_fresh(copy, error) : check_older(copy, &same, error)))
        return false;
    same = same && !copy->anew;
    return check_room(copy, !same, error) && (same || copy_database(copy, error));
}

static bool copy_case(Copy *copy, GError **error)
{
    if (!store_keys_whole(store_keys(copy->from))) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_PASSPHRASE,
                    _("The passphrase of %s does not find the originals: give the owner's, or an "
                      "administrator's."),
                    store_keys_name(store_keys(copy->from)));
        return false;
    }
    sodium_bin2hex(copy->id, sizeof copy->id, store_keys_case_id(store_keys(copy->from)),
                   STORE_CASE_ID_BYTES);
    if (!take(copy, error) || !store_read_begin(copy->from, error))
        return false;
    const bool taken = copy_snapshot(copy, error);
    store_read_end(copy->from);
    g_autoptr(GHashTable) named = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return taken && copy_originals(copy, named, error) && copy_beside(copy, error) &&
           put_in_place(copy, error) && sweep(copy, named, error);
}

static void copy_end(Copy *copy)
{
    if (copy->originals != NULL)
        g_array_unref(copy->originals);
    store_erased_free(copy->erased);
    if (copy->lock >= 0)
        close(copy->lock);
}

static bool verify_copy(const char *folder, StoreKeys *keys, EvidenceBackup *done, GError **error)
{
    g_autoptr(Store) copy = store_open_with_keys(folder, keys, STORE_READ, error);
    done->verified = copy != NULL && evidence_verify(copy, &done->report, error);
    return done->verified;
}

bool evidence_backup(Store *store, const char *target, const EvidenceBackupOptions *options,
                     EvidenceBackup *ret, GError **error)
{
    Copy copy = {.from = store,
                 .to = target,
                 .options = options,
                 .done = ret,
                 .lock = -1,
                 .anew = options->anew};
    memset(ret, 0, sizeof *ret);
    bool done = copy_case(&copy, error);
    /* A copy of another schema stays as it is; restoring brings it up to date and verifies it. */
    if (done && !options->unchecked && ret->schema == STORE_SCHEMA_NEWEST)
        done = verify_copy(target, store_keys(store), ret, error);
    copy_end(&copy);
    return done;
}

static bool upgrade(const char *folder, StoreKeys *keys, GError **error)
{
    g_autoptr(Store) store = evidence_open_with_keys(folder, keys, STORE_WRITE, error);
    return store != NULL;
}

/* It is no case until it fits. */
static bool settle(const Copy *copy, StoreKeys *keys, GError **error)
{
    g_autoptr(GError) misfit = NULL;
    if (!upgrade(copy->to, keys, error))
        return false;
    if (copy->options->unchecked || verify_copy(copy->to, keys, copy->done, &misfit))
        return true;
    if (!copy->options->damaged || !g_error_matches(misfit, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY)) {
        g_autofree char *path = g_build_filename(copy->to, "case.json", NULL);
        g_unlink(path);
        mark(copy, MARK_ANEW, NULL);
    }
    g_propagate_error(error, g_steal_pointer(&misfit));
    return false;
}

bool evidence_restore(const char *backup, StoreKeys *keys, const char *folder,
                      const EvidenceBackupOptions *options, EvidenceBackup *ret, GError **error)
{
    memset(ret, 0, sizeof *ret);
    if (store_address_is(folder)) {
        g_autoptr(Store) there = store_open_as_it_is(backup, keys, error);
        return there != NULL && backup_server_restore(there, folder, ret, error);
    }
    if (has_case(folder)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("%s is a case already. Nothing was changed; restore into a new folder."),
                    folder);
        return false;
    }
    g_autoptr(Store) store = store_open_as_it_is(backup, keys, error);
    if (store == NULL)
        return false;
    Copy copy = {.from = store,
                 .to = folder,
                 .options = options,
                 .done = ret,
                 .lock = -1,
                 .anew = options->anew};
    const bool done = copy_case(&copy, error) && settle(&copy, keys, error);
    copy_end(&copy);
    return done;
}
