/* The connection: opening, transactions, the hook, cached statements, errors in words. */
#include "base/i18n.h"
#include "store/log.h"
#include "store/private.h"
#include "store/user.h"

#include <errno.h>
#include <string.h>

/* ---- errors ---- */

static void fail_io(Store *store, int extended, GError **error)
{
    const int number = sqlite3_system_errno(store->db);
    const char *folder = store->folder;
    if ((extended & 0xff) == SQLITE_FULL || number == ENOSPC || number == EDQUOT || number == EFBIG)
        g_set_error(
            error, ZENHAR_ERROR, ZENHAR_ERROR_IO,
            _("The disk that holds the case %s is full. Free some space and try again; what "
              "was acknowledged before is safe."),
            folder);
    else if ((extended & 0xff) == SQLITE_READONLY || number == EROFS || number == EACCES ||
             number == EPERM)
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO,
                    _("The case %s cannot be written: its folder or its files are read-only."),
                    folder);
    else
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO,
                    _("The database of the case %s could not be read or written: %s."), folder,
                    number != 0 ? g_strerror(number) : sqlite3_errstr(extended));
}

static void fail_constraint(Store *store, int extended, GError **error)
{
    const char *words = sqlite3_errmsg(store->db);
    if (extended == SQLITE_CONSTRAINT_FOREIGNKEY)
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                            _("The record names another one that is not in the case, or another "
                              "record still names it."));
    else if (extended == SQLITE_CONSTRAINT_UNIQUE || extended == SQLITE_CONSTRAINT_PRIMARYKEY ||
             extended == SQLITE_CONSTRAINT_ROWID)
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("The case has such a record already (%s)."), words);
    else
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("A value of the record is missing or out of its bounds (%s)."), words);
}

bool store_fail(Store *store, int rc, GError **error)
{
    const int extended = store->db != NULL && sqlite3_errcode(store->db) == rc
                             ? sqlite3_extended_errcode(store->db)
                             : rc;
    switch (extended & 0xff) {
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
        fail_io(store, extended, error);
        break;
    case SQLITE_CONSTRAINT:
        fail_constraint(store, extended, error);
        break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_BUSY,
                    _("Another program is writing to the case %s. Wait until it is done and try "
                      "again."),
                    store->folder);
        break;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY,
                    _("The database of the case %s is damaged or was changed from outside. Put "
                      "back a copy from a backup."),
                    store->folder);
        break;
    case SQLITE_NOMEM:
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_MEMORY,
                            _("There is not enough memory for the database."));
        break;
    case SQLITE_TOOBIG:
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_LIMIT,
                            _("A value of the record is too long for the database."));
        break;
    case SQLITE_INTERRUPT:
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_INTERRUPTED,
                            _("The work on the database was stopped."));
        break;
    default:
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("The database says: %s."),
                    store->db != NULL ? sqlite3_errmsg(store->db) : sqlite3_errstr(rc));
    }
    return false;
}

/* ---- statements ---- */

bool store_run(Store *store, const char *sql, GError **error)
{
    const int rc = sqlite3_exec(store->db, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK || store_fail(store, rc, error);
}

sqlite3_stmt *store_prepare(Store *store, const char *sql, GError **error)
{
    sqlite3_stmt *statement = g_hash_table_lookup(store->statements, sql);
    if (statement != NULL) {
        sqlite3_reset(statement);
        return statement;
    }
    const int rc =
        sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
    if (rc != SQLITE_OK) {
        store_fail(store, rc, error);
        return NULL;
    }
    g_hash_table_insert(store->statements, g_strdup(sql), statement);
    return statement;
}

sqlite3_stmt *store_statement_take(Store *store, const char *sql, GError **error)
{
    sqlite3_stmt *statement = store_prepare(store, sql, error);
    gpointer key = NULL, value = NULL;
    if (statement != NULL && g_hash_table_steal_extended(store->statements, sql, &key, &value))
        g_free(key);
    return statement;
}

void store_statement_give(Store *store, sqlite3_stmt *statement)
{
    if (statement == NULL)
        return;
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    const char *sql = sqlite3_sql(statement);
    if (g_hash_table_contains(store->statements, sql))
        sqlite3_finalize(statement);
    else
        g_hash_table_insert(store->statements, g_strdup(sql), statement);
}

bool store_bind(Store *store, sqlite3_stmt *statement, int first, const StoreBind *binds,
                gsize n_binds, GError **error)
{
    int rc = SQLITE_OK;
    for (gsize i = 0; i < n_binds && rc == SQLITE_OK; i++) {
        const StoreBind *bind = &binds[i];
        const int column = first + (int)i;
        if (bind->type == 'i')
            rc = sqlite3_bind_int64(statement, column, bind->i);
        else if (bind->type == 'r')
            rc = sqlite3_bind_double(statement, column, bind->r);
        else if (bind->type == 't')
            rc = sqlite3_bind_text64(statement, column, bind->p, bind->n, SQLITE_STATIC,
                                     SQLITE_UTF8);
        else if (bind->type == 'b')
            rc = sqlite3_bind_blob64(statement, column, bind->p, bind->n, SQLITE_STATIC);
        else
            rc = sqlite3_bind_null(statement, column);
    }
    return rc == SQLITE_OK || store_fail(store, rc, error);
}

int store_step(Store *store, sqlite3_stmt *statement, GError **error)
{
    const int rc = sqlite3_step(statement);
    if (rc == SQLITE_ROW)
        return 1;
    if (rc != SQLITE_DONE)
        store_fail(store, rc, error); /* before the reset, which forgets the words */
    sqlite3_reset(statement);
    return rc == SQLITE_DONE ? 0 : -1;
}

bool store_query_int(Store *store, const char *sql, const StoreBind *binds, gsize n_binds,
                     gint64 *ret_value, bool *ret_found, GError **error)
{
    sqlite3_stmt *statement = store_prepare(store, sql, error);
    if (statement == NULL || !store_bind(store, statement, 1, binds, n_binds, error))
        return false;
    const int found = store_step(store, statement, error);
    if (found < 0)
        return false;
    if (found == 1) {
        *ret_value = sqlite3_column_int64(statement, 0);
        sqlite3_reset(statement);
    }
    if (ret_found != NULL)
        *ret_found = found == 1;
    return true;
}

/* ---- what a store is ---- */

const char *store_folder(const Store *store)
{
    return store->folder;
}

StoreKeys *store_keys(const Store *store)
{
    return store->keys;
}

StoreMode store_mode(const Store *store)
{
    return store->mode;
}

gint64 store_now(const Store *store)
{
    return store->now != 0 ? store->now : g_get_real_time() / G_USEC_PER_SEC;
}

void store_set_now(Store *store, gint64 seconds)
{
    store->now = seconds;
}

/* ---- transactions ---- */

void store_set_hook(Store *store, const StoreHook *hook, void *context)
{
    g_assert(store->depth == 0);
    if (store->hook != NULL && store->hook->free != NULL)
        store->hook->free(store->hook_context);
    store->hook = hook;
    store->hook_context = context;
}

void *store_hook_context(const Store *store)
{
    return store->hook_context;
}

guint store_depth(const Store *store)
{
    return store->depth;
}

static bool may_write(Store *store, GError **error)
{
    if (store->mode != STORE_WRITE) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DENIED,
                    _("The case %s is open for reading only."), store->folder);
        return false;
    }
    if (store->reading > 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_BUSY,
                    _("The case %s is being read as it stood at one moment; write when that is "
                      "done."),
                    store->folder);
        return false;
    }
    if (store->hook == NULL) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DENIED,
                    _("The case %s was opened without its evidence log; nothing is written without "
                      "it."),
                    store->folder);
        return false;
    }
    return true;
}

static bool savepoint(Store *store, const char *verb, guint depth, GError **error)
{
    char sql[64];
    g_snprintf(sql, sizeof sql, "%s zenhar_%u", verb, depth);
    sqlite3_stmt *statement = store_prepare(store, sql, error);
    return statement != NULL && store_step(store, statement, error) == 0;
}

static bool run_prepared(Store *store, const char *sql, GError **error)
{
    sqlite3_stmt *statement = store_prepare(store, sql, error);
    return statement != NULL && store_step(store, statement, error) == 0;
}

/* After a failure inside a transaction nothing more is written in it: SQLite may have rolled it
 * back by itself, and the next statement would stand alone. */
static bool writes_whole(Store *store, GError **error)
{
    if (store->depth == 0 || (store->failed == 0 && sqlite3_get_autocommit(store->db) == 0))
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO,
                _("An earlier write to the case %s failed; everything since then was taken back."),
                store->folder);
    return false;
}

bool store_begin(Store *store, GError **error)
{
    if (!may_write(store, error) || !writes_whole(store, error))
        return false;
    if (store->depth == 0) {
        if (!run_prepared(store, "BEGIN IMMEDIATE", error))
            return false;
        if (!store_removed_load(store, error)) {
            run_prepared(store, "ROLLBACK", NULL);
            return false;
        }
    } else if (!savepoint(store, "SAVEPOINT", store->depth, error)) {
        return false;
    }
    const gsize mark = store->hook->mark != NULL ? store->hook->mark(store->hook_context) : 0;
    g_array_append_val(store->marks, mark);
    store->depth++;
    return true;
}

void store_rollback(Store *store)
{
    g_assert(store->depth > 0);
    const guint depth = store->depth--;
    const gsize mark = g_array_index(store->marks, gsize, depth - 1);
    g_array_set_size(store->marks, depth - 1);
    const bool lost = sqlite3_get_autocommit(store->db) != 0; /* SQLite rolled all back itself */
    if (depth > 1) {
        /* An outer level cannot be kept when this one cannot be undone. */
        if (lost || !savepoint(store, "ROLLBACK TO", depth - 1, NULL) ||
            !savepoint(store, "RELEASE", depth - 1, NULL))
            store->failed = 1;
        else if (store->failed >= depth)
            store->failed = 0;
        if (store->hook->rewind != NULL)
            store->hook->rewind(store->hook_context, mark);
        return;
    }
    if (!lost)
        run_prepared(store, "ROLLBACK", NULL);
    store->failed = 0;
    if (store->hook->rewind != NULL)
        store->hook->rewind(store->hook_context, mark);
    if (store->hook->ended != NULL)
        store->hook->ended(store->hook_context, false);
}

static bool commit_inner(Store *store, GError **error)
{
    if (!savepoint(store, "RELEASE", store->depth - 1, error))
        return false;
    store->depth--;
    g_array_set_size(store->marks, store->depth);
    return true;
}

static bool commit_outermost(Store *store, GError **error)
{
    if (store->hook->before_commit != NULL &&
        !store->hook->before_commit(store->hook_context, store, error))
        return false;
    if (!run_prepared(store, "COMMIT", error))
        return false;
    store_bulk_push(store);
    store->depth = 0;
    g_array_set_size(store->marks, 0);
    if (store->hook->ended != NULL)
        store->hook->ended(store->hook_context, true);
    return true;
}

bool store_commit(Store *store, GError **error)
{
    g_assert(store->depth > 0);
    bool done = false;
    if (!writes_whole(store, error))
        done = false;
    else
        done = store->depth > 1 ? commit_inner(store, error) : commit_outermost(store, error);
    if (!done)
        store_rollback(store);
    return done;
}

bool store_write_begin(Store *store, bool *ret_own, GError **error)
{
    *ret_own = store->depth == 0;
    if (*ret_own)
        return store_begin(store, error);
    return may_write(store, error) && writes_whole(store, error);
}

bool store_write_end(Store *store, bool own, bool done, GError **error)
{
    if (own && done)
        return store_commit(store, error);
    if (own)
        store_rollback(store);
    return done;
}

bool store_read_begin(Store *store, GError **error)
{
    gint64 version = 0;
    if (store->depth > 0) /* a transaction is such a view; store_read_end finds nothing to end */
        return true;
    if (store->reading > 0) {
        store->reading++;
        return true;
    }
    /* The snapshot is taken by the first read. */
    if (!run_prepared(store, "BEGIN", error))
        return false;
    if (!store_query_int(store, "SELECT count(*) FROM sqlite_schema", NULL, 0, &version, NULL,
                         error)) {
        run_prepared(store, "ROLLBACK", NULL);
        return false;
    }
    store->reading = 1;
    return true;
}

void store_read_end(Store *store)
{
    if (store->reading == 0 || --store->reading > 0)
        return;
    run_prepared(store, "ROLLBACK", NULL);
}

/* ---- unsealing, counting, care ---- */

bool store_unseal(Store *store, gint64 user_id, const char *reason, GError **error)
{
    if (!store_keys_hold(store->keys, STORE_KEY_FIELDS)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_PASSPHRASE,
                    _("The passphrase of %s does not open sealed names and contacts."),
                    store_keys_name(store->keys));
        return false;
    }
    if (store->mode == STORE_WRITE) {
        g_autoptr(StoreAudit) entry = store_audit_new();
        entry->user_id = user_id;
        entry->action = g_strdup("unseal");
        entry->reason = g_strdup(reason);
        if (!store_audit_add(store, entry, error))
            return false;
    }
    store->unsealed = true;
    return true;
}

void store_unseal_end(Store *store)
{
    store->unsealed = false;
}

bool store_unsealed(const Store *store)
{
    return store->unsealed;
}

gint64 store_count(Store *store, StoreKind kind, GError **error)
{
    g_assert(store_kind_has_table(kind));
    char sql[64];
    gint64 count = -1;
    g_snprintf(sql, sizeof sql, "SELECT count(*) FROM \"%s\"", store_kind_name(kind));
    return store_query_int(store, sql, NULL, 0, &count, NULL, error) ? count : -1;
}
