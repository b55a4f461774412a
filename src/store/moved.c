/* The mark as one line: state, head, the first bytes of its signature, the other place. */
#include "store/moved.h"

#include "base/i18n.h"
#include "store/keys_private.h"
#include "store/server.h"
#include "store/server_address.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { HEX = 2 * STORE_MOVED_HEAD_BYTES, MARK_BYTES_MAX = 8192 };

static const char *const STATES[] = {
    [STORE_MOVED_COMING] = "coming",
    [STORE_MOVED_LEAVING] = "leaving",
    [STORE_MOVED_AWAY] = "away",
};

void store_moved_clear(StoreMoved *moved)
{
    g_clear_pointer(&moved->place, g_free);
    memset(moved, 0, sizeof *moved);
}

/* ---- as a line ---- */

static char *mark_write(const StoreMoved *moved)
{
    char hex[HEX + 1];
    sodium_bin2hex(hex, sizeof hex, moved->signature, sizeof moved->signature);
    return g_strdup_printf("%s %" G_GINT64_FORMAT " %s %s", STATES[moved->state], moved->head, hex,
                           moved->place);
}

static bool mark_read(const char *line, StoreMoved *ret_moved)
{
    size_t length = 0;
    guint64 head = 0;
    g_auto(GStrv) parts = g_strsplit(line, " ", 4);
    if (g_strv_length(parts) != 4 || parts[3][0] == '\0' ||
        !g_ascii_string_to_unsigned(parts[1], 10, 0, G_MAXINT64, &head, NULL) ||
        strlen(parts[2]) != HEX ||
        sodium_hex2bin(ret_moved->signature, sizeof ret_moved->signature, parts[2], HEX, NULL,
                       &length, NULL) != 0 ||
        length != sizeof ret_moved->signature)
        return false;
    for (int state = STORE_MOVED_COMING; state <= STORE_MOVED_AWAY; state++) {
        if (strcmp(parts[0], STATES[state]) != 0)
            continue;
        ret_moved->state = (StoreMovedState)state;
        ret_moved->head = (gint64)head;
        ret_moved->place = g_strdup(parts[3]);
        return true;
    }
    return false;
}

/* ---- in a folder ---- */

static char *file_of(const char *folder)
{
    return g_build_filename(folder, STORE_MOVED_FILE, NULL);
}

static bool fail_io(const char *path, GError **error)
{
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("%s cannot be written: %s."), path,
                i18n_errno(errno));
    return false;
}

/* Written beside, synced, renamed. */
static bool file_put(const char *folder, const char *line, GError **error)
{
    g_autofree char *path = file_of(folder), *beside = g_strconcat(path, ".new", NULL);
    const gsize length = strlen(line);
    const int file =
        g_open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    if (file < 0)
        return fail_io(beside, error);
    bool done = write(file, line, length) == (gssize)length && fsync(file) == 0;
    if (!done)
        fail_io(beside, error);
    close(file);
    if (done && g_rename(beside, path) != 0)
        done = fail_io(path, error);
    if (!done)
        g_unlink(beside);
    return done && store_sync_folder(folder, error);
}

static bool file_remove(const Store *store, GError **error)
{
    g_autofree char *path = file_of(store->folder);
    if (g_unlink(path) != 0 && errno != ENOENT)
        return fail_io(path, error);
    return store_sync_folder(store->folder, error);
}

/* *ret_line NULL: none. */
static bool file_get(const char *folder, char **ret_line, GError **error)
{
    g_autofree char *path = file_of(folder);
    g_autoptr(GError) why = NULL;
    gsize length = 0;
    *ret_line = NULL;
    if (g_access(path, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR))
        return true;
    if (g_file_get_contents(path, ret_line, &length, &why))
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("The case cannot be read: %s"),
                why->message);
    return false;
}

/* ---- on a server ---- */

static bool row_get(Store *store, char **ret_line, GError **error)
{
    DbStatement *row = store_prepare(store, "SELECT mark FROM zenhar.cases WHERE id = ?1", error);
    if (row == NULL)
        return false;
    db_bind_int64(row, 1, store->case_number);
    const int found = store_step(store, row, error);
    if (found < 0)
        return false;
    *ret_line = found == 1 ? g_strdup(db_text(row, 0)) : NULL;
    db_reset(row);
    return true;
}

static bool row_put(Store *store, const char *line, GError **error)
{
    DbStatement *statement =
        store_prepare(store, "UPDATE zenhar.cases SET mark = ?2 WHERE id = ?1", error);
    const StoreBind binds[] = {
        {.type = 'i', .i = store->case_number},
        {.type = line != NULL ? 't' : 'n', .p = line, .n = line != NULL ? strlen(line) : 0}};
    if (statement == NULL || !store_bind(store, statement, 1, binds, G_N_ELEMENTS(binds), error) ||
        store_step(store, statement, error) != 0)
        return false;
    if (db_changes(&store->db) == 1)
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DENIED,
                _("Only an administrator of the case %s moves it."), store->folder);
    return false;
}

/* ---- both ---- */

bool store_moved_get(Store *store, StoreMoved *ret_moved, GError **error)
{
    g_autofree char *line = NULL;
    memset(ret_moved, 0, sizeof *ret_moved);
    if (!(store_on_server(store) ? row_get(store, &line, error)
                                 : file_get(store->folder, &line, error)))
        return false;
    if (line == NULL)
        return true;
    g_strchomp(line);
    if (strlen(line) <= MARK_BYTES_MAX && mark_read(line, ret_moved))
        return true;
    g_set_error(
        error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY,
        _("The case %s bears a mark that it was moved, and the mark cannot be read. Look at "
          "the file “moved” in it; take it away when you know that no other copy is written."),
        store->folder);
    return false;
}

bool store_moved_set(Store *store, const StoreMoved *moved, GError **error)
{
    g_assert(store->moving && store->depth == 0 && store->mode == STORE_WRITE);
    const bool none = moved->state == STORE_MOVED_NOT;
    g_autofree char *line = none ? NULL : mark_write(moved);
    if (!store_begin(store, error))
        return false;
    const bool done = store_on_server(store) ? row_put(store, line, error)
                      : none                 ? file_remove(store, error)
                                             : file_put(store->folder, line, error);
    return store_write_end(store, true, done, error);
}

static const StoreHook NO_HOOK;

Store *store_moved_open(const char *place, StoreKeys *keys, StoreMode mode, GError **error)
{
    Store *store = store_open_moving(place, keys, mode, error);
    if (store != NULL)
        store_set_hook(store, &NO_HOOK, NULL);
    return store;
}

/* ---- the target ---- */

static bool not_free(const char *place, GError **error)
{
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                _("%s is there already and is something else. Nothing was changed; choose another "
                  "place."),
                place);
    return false;
}

static bool of_this_case(const char *place, StoreKeys *keys, GError **error)
{
    g_autofree CaseFile *file = g_new0(CaseFile, 1);
    return keys_file_load(place, file, error) &&
           (memcmp(file->case_id, store_keys_case_id(keys), sizeof file->case_id) == 0 ||
            not_free(place, error));
}

/* But for a mark that was being written when its process was killed. */
static bool is_empty(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name = NULL;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL)
        if (strcmp(name, STORE_MOVED_FILE ".new") != 0)
            break;
    return dir != NULL && name == NULL;
}

static bool folder_target(const char *folder, StoreKeys *keys, StoreTarget *ret_target,
                          GError **error)
{
    g_auto(StoreMoved) mark = {0};
    g_autofree char *line = NULL, *file = g_build_filename(folder, CASE_FILE, NULL);
    const bool has_keys = g_file_test(file, G_FILE_TEST_EXISTS);
    if (!g_file_test(folder, G_FILE_TEST_EXISTS) || is_empty(folder)) {
        *ret_target = STORE_TARGET_FREE;
        return true;
    }
    if (!file_get(folder, &line, error))
        return false;
    const bool coming =
        line != NULL && mark_read(g_strchomp(line), &mark) && mark.state == STORE_MOVED_COMING;
    if (!coming && !has_keys)
        return not_free(folder, error);
    *ret_target = coming ? STORE_TARGET_COMING : STORE_TARGET_WHOLE;
    return !has_keys || of_this_case(folder, keys, error);
}

bool store_moved_target(const char *place, StoreKeys *keys, StoreTarget *ret_target, GError **error)
{
    bool taken = false;
    if (!store_address_is(place))
        return folder_target(place, keys, ret_target, error);
    if (!store_server_look(place, &taken, error))
        return false;
    *ret_target = STORE_TARGET_FREE;
    if (!taken)
        return true;
    if (!of_this_case(place, keys, error))
        return false;
    g_autoptr(Store) there = store_moved_open(place, keys, STORE_WRITE, error);
    g_auto(StoreMoved) mark = {0};
    if (there == NULL || !store_moved_get(there, &mark, error))
        return false;
    *ret_target = mark.state == STORE_MOVED_COMING ? STORE_TARGET_COMING : STORE_TARGET_WHOLE;
    return true;
}

static bool being_moved(const char *place, GError **error)
{
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_BUSY,
                _("Another `zenhar move` is writing to %s. Wait until it is done."), place);
    return false;
}

/* Made and locked, so that two moves do not write there at once; the lock ends with the process. */
static int folder_make(const char *folder, GError **error)
{
    const bool made = g_mkdir(folder, 0700) == 0 || errno == EEXIST;
    const int lock = made ? g_open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0) : -1;
    if (lock < 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("The folder %s cannot be made: %s."),
                    folder, i18n_errno(errno));
        return -1;
    }
    if (flock(lock, LOCK_EX | LOCK_NB) == 0)
        return lock;
    close(lock);
    being_moved(folder, error);
    return -1;
}

/* Held by the connection. */
static bool server_lock(Store *store, GError **error)
{
    gint64 held = 0;
    const StoreBind bind = {.type = 'i', .i = store->case_number};
    return store_query_int(store,
                           "SELECT pg_try_advisory_lock(hashtext('zenhar move'), CAST(?1 AS"
                           " int))",
                           &bind, 1, &held, NULL, error) &&
           (held != 0 || being_moved(store->folder, error));
}

static bool target_make(const char *place, Store *from, const StoreMoved *mark, GError **error)
{
    StoreTarget target = STORE_TARGET_FREE;
    g_autofree char *keys = keys_file_text(from->folder, error), *line = mark_write(mark);
    if (keys == NULL || !store_moved_target(place, from->keys, &target, error))
        return false;
    if (target != STORE_TARGET_FREE)
        return target == STORE_TARGET_COMING || not_free(place, error);
    return store_address_is(place) ? store_server_make_marked(place, keys, line, error)
                                   : file_put(place, line, error);
}

Store *store_moved_make(const char *place, Store *from, const StoreMoved *mark, GError **error)
{
    const bool folder = !store_address_is(place);
    const int lock = folder ? folder_make(place, error) : -1;
    if (folder && lock < 0)
        return NULL;
    g_autoptr(Store) store =
        target_make(place, from, mark, error) ? store_open_coming(place, from->keys, error) : NULL;
    if (store == NULL) {
        if (lock >= 0)
            close(lock);
        return NULL;
    }
    store->lock = lock;
    store_set_hook(store, &NO_HOOK, NULL);
    return (folder || server_lock(store, error)) && store_moved_keys(store, from, error)
               ? g_steal_pointer(&store)
               : NULL;
}

bool store_moved_keys(Store *to, Store *from, GError **error)
{
    g_autofree char *keys = keys_file_text(from->folder, error);
    return keys != NULL && keys_file_put(to->folder, keys, false, error);
}

/* A server says when it was started, to the microsecond; cases of a database have numbers. */
static char *server_place(Store *store, GError **error)
{
    DbStatement *row =
        store_prepare(store,
                      "SELECT current_database() || ' ' || CAST(pg_postmaster_start_time() AS text)"
                      " || ' ' || CAST(CAST(?1 AS bigint) AS text)",
                      error);
    if (row == NULL)
        return NULL;
    db_bind_int64(row, 1, store->case_number);
    char *place = store_step(store, row, error) == 1 ? g_strdup(db_text(row, 0)) : NULL;
    db_reset(row);
    return place;
}

bool store_moved_is_same(Store *one, Store *other, bool *ret_same, GError **error)
{
    *ret_same = false;
    if (store_on_server(one) != store_on_server(other))
        return true;
    if (!store_on_server(one)) {
        GStatBuf a, b;
        *ret_same = g_stat(one->folder, &a) == 0 && g_stat(other->folder, &b) == 0 &&
                    a.st_dev == b.st_dev && a.st_ino == b.st_ino;
        return true;
    }
    g_autofree char *a = server_place(one, error);
    g_autofree char *b = a != NULL ? server_place(other, error) : NULL;
    *ret_same = b != NULL && strcmp(a, b) == 0;
    return b != NULL;
}

/* ---- what it forbids ---- */

static bool refuse(const Store *store, const StoreMoved *moved, GError **error)
{
    if (moved->state == STORE_MOVED_COMING)
        g_set_error(
            error, ZENHAR_ERROR, ZENHAR_ERROR_DENIED,
            _("The case %s is not whole: it is being moved here from %s. Run the same "
              "command again (`zenhar move` or `zenhar restore`); it goes on where it stood."),
            store->folder, moved->place);
    else if (moved->state == STORE_MOVED_LEAVING)
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DENIED,
                    _("The case %s is being moved to %s and is read only until then. Run the same "
                      "`zenhar move` again to finish it, or `zenhar move --reopen` to stay here."),
                    store->folder, moved->place);
    else
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DENIED,
                    _("The case %s was moved to %s: it goes on there, and this copy is read only. "
                      "`zenhar move --reopen` opens this one for writing again; two copies that "
                      "were both written are brought together by `zenhar merge`."),
                    store->folder, moved->place);
    return false;
}

bool store_moved_fits(Store *store, GError **error)
{
    g_auto(StoreMoved) moved = {0};
    if (store->moving)
        return true;
    if (!store_moved_get(store, &moved, error))
        return false;
    if (moved.state == STORE_MOVED_NOT ||
        (store->mode == STORE_READ && moved.state != STORE_MOVED_COMING))
        return true;
    return refuse(store, &moved, error);
}
