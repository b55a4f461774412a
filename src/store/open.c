/* Making, opening and closing a case. */
#include "base/i18n.h"
#include "store/copy.h"
#include "store/moved.h"
#include "store/seals_private.h"
#include "store/server.h"
#include "store/server_address.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DATABASE_FILE "case.db"
enum {
    BUSY_MILLISECONDS = 10000,
    CACHE_KIBIBYTES_WRITE = 48 << 10,
    CACHE_KIBIBYTES_READ = 8 << 10,
};

Store *store_new(const char *folder, StoreKeys *keys, StoreMode mode)
{
    Store *store = g_new0(Store, 1);
    store->bulk_log = -1;
    store->lock = -1;
    store->folder = g_strdup(folder);
    store->keys = keys != NULL ? store_keys_ref(keys) : NULL;
    store->mode = mode;
    store->marks = g_array_new(FALSE, FALSE, sizeof(gsize));
    store->counter_marks = g_array_new(FALSE, FALSE, sizeof(gint64));
    store->canonical = g_byte_array_new();
    store->scratch = g_byte_array_new();
    store->statements =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)db_finalize);
    return store;
}

/* A folder that cannot be written holds no -shm file; the database is then read as one that
 * nobody changes, if no write-ahead log is left beside it. */
static bool open_target(const Store *store, char **ret_name, int *ret_flags, GError **error)
{
    g_autofree char *path = g_build_filename(store->folder, DATABASE_FILE, NULL);
    *ret_flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE |
                 (store->mode == STORE_WRITE ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);
    const bool read_only = g_access(store->folder, W_OK) != 0 || g_access(path, W_OK) != 0;
    if (!read_only) {
        *ret_name = g_steal_pointer(&path);
        return true;
    }
    if (store->mode == STORE_WRITE) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO,
                    _("The case %s cannot be written: its folder or its files are read-only."),
                    store->folder);
        return false;
    }
    g_autofree char *log = g_strconcat(path, "-wal", NULL);
    GStatBuf facts;
    if (g_stat(log, &facts) == 0 && facts.st_size > 0) {
        g_set_error(
            error, ZENHAR_ERROR, ZENHAR_ERROR_IO,
            _("The case %s lies in a read-only folder and its last writes were not finished "
              "there. Copy the folder to where it can be written and open the copy."),
            store->folder);
        return false;
    }
    g_autofree char *escaped = g_uri_escape_string(path, "/", FALSE);
    *ret_name = g_strconcat("file:", escaped, "?immutable=1", NULL);
    *ret_flags |= SQLITE_OPEN_URI;
    return true;
}

bool store_connection_key(Store *store, GError **error)
{
    guint8 key[4 + STORE_KEY_BYTES] = "raw:";
    int rc = sqlite3mc_config(store->db.lite, "cipher", sqlite3mc_cipher_index("aegis"));
    if (rc < 0)
        return store_fail(store, SQLITE_ERROR, error);
    store_keys_derive(store->keys, STORE_KEY_DATABASE, key + 4);
    rc = sqlite3_key(store->db.lite, key, sizeof key);
    sodium_memzero(key, sizeof key);
    return rc == SQLITE_OK || store_fail(store, rc, error);
}

static bool connection_set_up(Store *store, bool fresh, GError **error)
{
    sqlite3_extended_result_codes(store->db.lite, 1);
    sqlite3_busy_timeout(store->db.lite, BUSY_MILLISECONDS);
    sqlite3_db_config(store->db.lite, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_limit(store->db.lite, SQLITE_LIMIT_ATTACHED, 0);
    char cache[64];
    g_snprintf(cache, sizeof cache, "PRAGMA cache_size=-%d",
               store->mode == STORE_WRITE ? CACHE_KIBIBYTES_WRITE : CACHE_KIBIBYTES_READ);
    if (!store_connection_key(store, error) ||
        (fresh && !store_run(store, "PRAGMA page_size=8192; PRAGMA journal_mode=WAL", error)) ||
        !store_run(store, cache, error) ||
        !store_run(store,
                   "PRAGMA foreign_keys=ON; PRAGMA synchronous=FULL;"
                   "PRAGMA wal_autocheckpoint=6000; PRAGMA journal_size_limit=67108864;"
                   "PRAGMA temp_store=MEMORY; PRAGMA cell_size_check=ON;"
                   "PRAGMA trusted_schema=OFF",
                   error))
        return false;
    const int rc = db_sqlite_tokenizer(store->db.lite);
    return rc == SQLITE_OK || store_fail(store, rc, error);
}

static bool version_fits(Store *store, bool fresh, GError **error)
{
    gint64 version = 0;
    if (!store_query_int(store, "PRAGMA user_version", NULL, 0, &version, NULL, error))
        return false;
    if (version > STORE_SCHEMA_VERSION)
        return store_fail_newer(store, error);
    if (version == STORE_SCHEMA_VERSION)
        return true;
    /* case.json comes after the first tables: a case without any has lost them. */
    if (version == 0 && !fresh) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY,
                    _("The database of the case %s is empty: all that was written is missing. Put "
                      "back a copy from a backup."),
                    store->folder);
        return false;
    }
    if (store->mode == STORE_READ) {
        g_set_error(
            error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
            _("The case %s was made by an older version of Zenhar. Open it once for writing "
              "(for example with “zenhar import”), and it is brought up to date."),
            store->folder);
        return false;
    }
    return store_schema_migrate(store, error);
}

static bool database_there(const char *folder, GError **error)
{
    g_autofree char *path = g_build_filename(folder, DATABASE_FILE, NULL);
    GStatBuf facts;
    if (g_stat(path, &facts) == 0 && facts.st_size > 0)
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_A_CASE,
                _("The case %s has no database (%s) in it. Put back a copy from a backup."), folder,
                DATABASE_FILE);
    return false;
}

/* Its owner's alone, whatever the process' umask: the database makes its other files like it. */
bool store_file_make(const char *path, GError **error)
{
    const int file = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (file >= 0 && fchmod(file, 0600) == 0 && close(file) == 0)
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("The file %s cannot be made: %s."), path,
                i18n_errno(errno));
    if (file >= 0)
        close(file);
    return false;
}

typedef enum { OPEN_KNOWN, OPEN_FRESH, OPEN_AS_IT_IS, OPEN_MOVING, OPEN_COMING } OpenWay;

/* A case that comes brings its own. */
static bool seals_begin(Store *store, GError **error)
{
    return store->mode != STORE_WRITE || store->moving || store_seals_ready(store, error);
}

static Store *open_database(const char *folder, StoreKeys *keys, StoreMode mode, OpenWay way,
                            GError **error)
{
    const bool fresh = way == OPEN_FRESH || way == OPEN_COMING;
    g_autofree char *name = NULL;
    int flags = 0;
    if (mode == STORE_WRITE && !store_keys_whole(keys)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_PASSPHRASE,
                    _("The passphrase of %s opens the case for reading only: it holds neither the "
                      "key of the sealed names nor the one that signs."),
                    store_keys_name(keys));
        return NULL;
    }
    g_autoptr(Store) store = store_new(folder, keys, mode);
    store->moving = way == OPEN_MOVING || way == OPEN_COMING;
    if (store_address_is(folder))
        return store_server_connect(store, error) && store_moved_fits(store, error) &&
                       seals_begin(store, error)
                   ? g_steal_pointer(&store)
                   : NULL;
    if (!store_moved_fits(store, error))
        return NULL;
    if (fresh) {
        name = g_build_filename(folder, DATABASE_FILE, NULL);
        flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_READWRITE |
                SQLITE_OPEN_CREATE;
        if (!store_file_make(name, error))
            return NULL;
    } else if (!database_there(folder, error) || !open_target(store, &name, &flags, error)) {
        return NULL;
    }
    const int rc = sqlite3_open_v2(name, &store->db.lite, flags, NULL);
    if (rc != SQLITE_OK) {
        store_fail(store, rc, error);
        return NULL;
    }
    if (!connection_set_up(store, fresh, error) ||
        (way != OPEN_AS_IT_IS && !version_fits(store, fresh, error)) || !seals_begin(store, error))
        return NULL;
    return g_steal_pointer(&store);
}

static void remove_half_made(const char *folder, bool made)
{
    static const char *const NAMES[] = {"case.json",   "case.json.new", "case.db",
                                        "case.db-wal", "case.db-shm",   "newest-head"};
    for (gsize i = 0; i < G_N_ELEMENTS(NAMES); i++) {
        g_autofree char *path = g_build_filename(folder, NAMES[i], NULL);
        g_unlink(path);
    }
    if (made)
        g_rmdir(folder);
}

static bool folder_make(const char *folder, bool *ret_made, GError **error)
{
    *ret_made = false;
    if (g_mkdir(folder, 0700) == 0) {
        *ret_made = true;
        return true;
    }
    const int number = errno;
    if (number == EEXIST && g_file_test(folder, G_FILE_TEST_IS_DIR)) {
        g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
        if (dir != NULL && g_dir_read_name(dir) == NULL)
            return true;
    }
    if (number == EEXIST)
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("%s exists already and is not an empty folder. Choose another name for the "
                      "case."),
                    folder);
    else
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("The folder %s cannot be made: %s."),
                    folder, i18n_errno(number));
    return false;
}

/* The row of the case comes with its keys, in one write; there is nothing before it. */
static Store *create_on_server(const char *place, const char *passphrase, const StoreKeyCost *cost,
                               GError **error)
{
    if (!store_server_prepare(place, error))
        return NULL;
    g_autoptr(StoreKeys) keys = store_keys_create(passphrase, cost, error);
    if (keys == NULL || !store_keys_save(keys, place, passphrase, cost, error))
        return NULL;
    return open_database(place, keys, STORE_WRITE, OPEN_KNOWN, error);
}

/* case.json comes last, by a rename: a folder in which it stands is a whole case. */
Store *store_create(const char *folder, const char *passphrase, const StoreKeyCost *cost,
                    GError **error)
{
    g_assert(folder != NULL && passphrase != NULL);
    bool made = false;
    if (store_address_is(folder))
        return create_on_server(folder, passphrase, cost, error);
    g_autoptr(StoreKeys) keys = store_keys_create(passphrase, cost, error);
    if (keys == NULL || !folder_make(folder, &made, error))
        return NULL;
    g_autoptr(Store) store = open_database(folder, keys, STORE_WRITE, OPEN_FRESH, error);
    if (store != NULL && store_keys_save(keys, folder, passphrase, cost, error))
        return g_steal_pointer(&store);
    g_clear_pointer(&store, store_close);
    remove_half_made(folder, made);
    return NULL;
}

Store *store_open(const char *folder, const char *passphrase, StoreMode mode, GError **error)
{
    g_autoptr(StoreKeys) keys = store_keys_load(folder, passphrase, error);
    return keys != NULL ? open_database(folder, keys, mode, OPEN_KNOWN, error) : NULL;
}

Store *store_open_with_keys(const char *folder, StoreKeys *keys, StoreMode mode, GError **error)
{
    g_assert(folder != NULL && keys != NULL);
    return open_database(folder, keys, mode, OPEN_KNOWN, error);
}

Store *store_open_as_it_is(const char *folder, StoreKeys *keys, GError **error)
{
    g_assert(folder != NULL && keys != NULL);
    return open_database(folder, keys, STORE_READ, OPEN_AS_IT_IS, error);
}

Store *store_open_moving(const char *place, StoreKeys *keys, StoreMode mode, GError **error)
{
    return open_database(place, keys, mode, OPEN_MOVING, error);
}

/* What was cut off before it had its tables begins anew. */
Store *store_open_coming(const char *folder, StoreKeys *keys, GError **error)
{
    static const char *const NAMES[] = {DATABASE_FILE, DATABASE_FILE "-wal", DATABASE_FILE "-shm"};
    g_autoptr(GError) why = NULL;
    Store *store = open_database(folder, keys, STORE_WRITE, OPEN_MOVING, &why);
    if (store != NULL)
        return store;
    if (store_address_is(folder) ||
        (!g_error_matches(why, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY) &&
         !g_error_matches(why, ZENHAR_ERROR, ZENHAR_ERROR_NOT_A_CASE))) {
        g_propagate_error(error, g_steal_pointer(&why));
        return NULL;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(NAMES); i++) {
        g_autofree char *path = g_build_filename(folder, NAMES[i], NULL);
        g_unlink(path);
    }
    return open_database(folder, keys, STORE_WRITE, OPEN_COMING, error);
}

void store_close(Store *store)
{
    if (store == NULL)
        return;
    while (store->depth > 0)
        store_rollback(store);
    store_read_end(store);
    store_bulk_end(store, NULL);
    store_seals_end(store);
    if (store->hook != NULL && store->hook->free != NULL)
        store->hook->free(store->hook_context);
    for (int kind = 0; kind < STORE_N_KINDS; kind++) {
        for (int i = 0; i < SQL_KINDS; i++)
            db_finalize(store->entity_sql[kind][i]);
    }
    g_hash_table_unref(store->statements);
    db_close(&store->db);
    store_keys_unref(store->keys);
    g_array_unref(store->marks);
    g_array_unref(store->counter_marks);
    g_byte_array_unref(store->canonical);
    g_byte_array_unref(store->scratch);
    if (store->lock >= 0)
        close(store->lock);
    g_free(store->folder);
    g_free(store->actor);
    g_free(store);
}
