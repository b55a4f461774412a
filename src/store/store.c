/* The connection: opening, transactions, the hook, cached statements, errors in words. */
#include "base/i18n.h"
#include "store/log.h"
#include "store/moved.h"
#include "store/seals_private.h"
#include "store/server.h"
#include "store/user.h"

#include <string.h>

/* ---- errors ---- */

static void fail_access(Store *store, DbFault fault, const char *words, GError **error)
{
    const char *folder = store->folder;
    if (fault == DB_FAULT_DISK_FULL)
        g_set_error(
            error, ZENHAR_ERROR, ZENHAR_ERROR_IO,
            _("The disk that holds the case %s is full. Free some space and try again; what "
              "was acknowledged before is safe."),
            folder);
    else if (fault == DB_FAULT_READ_ONLY)
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO,
                    _("The case %s cannot be written: its folder or its files are read-only."),
                    folder);
    else
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO,
                    _("The database of the case %s could not be read or written: %s."), folder,
                    words);
}

static void fail_constraint(DbFault fault, const char *words, GError **error)
{
    if (fault == DB_FAULT_REFERENCE)
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                            _("The record names another one that is not in the case, or another "
                              "record still names it."));
    else if (fault == DB_FAULT_UNIQUE)
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("The case has such a record already (%s)."), words);
    else
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("A value of the record is missing or out of its bounds (%s)."), words);
}

bool store_fail_newer(Store *store, GError **error)
{
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NEWER,
                _("The case %s was made by a newer version of Zenhar. Use that version, or a "
                  "later one."),
                store->folder);
    return false;
}

bool store_fail(Store *store, int rc, GError **error)
{
    const char *words = NULL;
    const DbFault fault = db_fault(&store->db, rc, &words);
    switch (fault) {
    case DB_FAULT_DISK_FULL:
    case DB_FAULT_READ_ONLY:
    case DB_FAULT_IO:
        fail_access(store, fault, words, error);
        break;
    case DB_FAULT_REFERENCE:
    case DB_FAULT_UNIQUE:
    case DB_FAULT_VALUE:
        fail_constraint(fault, words, error);
        break;
    case DB_FAULT_BUSY:
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_BUSY,
                    _("Another program is writing to the case %s. Wait until it is done and try "
                      "again."),
                    store->folder);
        break;
    case DB_FAULT_DAMAGED:
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY,
                    _("The database of the case %s is damaged or was changed from outside. Put "
                      "back a copy from a backup."),
                    store->folder);
        break;
    case DB_FAULT_MEMORY:
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_MEMORY,
                            _("There is not enough memory for the database."));
        break;
    case DB_FAULT_TOO_LONG:
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_LIMIT,
                            _("A value of the record is too long for the database."));
        break;
    case DB_FAULT_STOPPED:
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_INTERRUPTED,
                            _("The work on the database was stopped."));
        break;
    case DB_FAULT_LOST:
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO,
                    _("The connection to the server of the case %s was lost. What was acknowledged "
                      "before is safe; try again."),
                    store->folder);
        break;
    case DB_FAULT_DENIED:
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DENIED,
                    _("The server does not let this role do that with the case %s (%s)."),
                    store->folder, words);
        break;
    case DB_FAULT_OTHER:
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("The database says: %s."), words);
    }
    return false;
}

/* ---- statements ---- */

bool store_run(Store *store, const char *sql, GError **error)
{
    const int rc = db_run(&store->db, sql);
    return rc == DB_OK || store_fail(store, rc, error);
}

DbStatement *store_prepare(Store *store, const char *sql, GError **error)
{
    DbStatement *statement = g_hash_table_lookup(store->statements, sql);
    if (statement != NULL) {
        db_reset(statement);
        return statement;
    }
    int rc = DB_OK;
    statement = db_prepare(&store->db, sql, &rc);
    if (statement == NULL) {
        store_fail(store, rc, error);
        return NULL;
    }
    g_hash_table_insert(store->statements, g_strdup(sql), statement);
    return statement;
}

DbStatement *store_statement_take(Store *store, const char *sql, GError **error)
{
    DbStatement *statement = store_prepare(store, sql, error);
    gpointer key = NULL, value = NULL;
    if (statement != NULL && g_hash_table_steal_extended(store->statements, sql, &key, &value))
        g_free(key);
    return statement;
}

void store_statement_give(Store *store, DbStatement *statement)
{
    if (statement == NULL)
        return;
    db_reset(statement);
    db_clear(statement);
    const char *sql = statement->sql;
    if (g_hash_table_contains(store->statements, sql))
        db_finalize(statement);
    else
        g_hash_table_insert(store->statements, g_strdup(sql), statement);
}

bool store_bind(Store *store, DbStatement *statement, int first, const StoreBind *binds,
                gsize n_binds, GError **error)
{
    int rc = DB_OK;
    for (gsize i = 0; i < n_binds && rc == DB_OK; i++) {
        const StoreBind *bind = &binds[i];
        const int column = first + (int)i;
        if (bind->type == 'i')
            rc = db_bind_int64(statement, column, bind->i);
        else if (bind->type == 'r')
            rc = db_bind_real(statement, column, bind->r);
        else if (bind->type == 't')
            rc = db_bind_text(statement, column, bind->p, bind->n);
        else if (bind->type == 'b')
            rc = db_bind_blob(statement, column, bind->p, bind->n);
        else
            rc = db_bind_null(statement, column);
    }
    return rc == DB_OK || store_fail(store, rc, error);
}

int store_step(Store *store, DbStatement *statement, GError **error)
{
    const int rc = db_step(statement);
    if (rc == DB_ROW)
        return 1;
    if (rc != DB_DONE)
        store_fail(store, rc, error); /* before the reset, which forgets the words */
    db_reset(statement);
    return rc == DB_DONE ? 0 : -1;
}

bool store_query_int(Store *store, const char *sql, const StoreBind *binds, gsize n_binds,
                     gint64 *ret_value, bool *ret_found, GError **error)
{
    DbStatement *statement = store_prepare(store, sql, error);
    if (statement == NULL || !store_bind(store, statement, 1, binds, n_binds, error))
        return false;
    const int found = store_step(store, statement, error);
    if (found < 0)
        return false;
    if (found == 1) {
        *ret_value = db_int64(statement, 0);
        db_reset(statement);
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
    DbStatement *statement = store_prepare(store, sql, error);
    return statement != NULL && store_step(store, statement, error) == 0;
}

static bool run_prepared(Store *store, const char *sql, GError **error)
{
    DbStatement *statement = store_prepare(store, sql, error);
    return statement != NULL && store_step(store, statement, error) == 0;
}

/* After a failure inside a transaction nothing more is written in it: SQLite may have rolled it
 * back by itself, and the next statement would stand alone. */
static bool writes_whole(Store *store, GError **error)
{
    if (store->depth == 0 || (store->failed == 0 && db_in_transaction(&store->db)))
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO,
                _("An earlier write to the case %s failed; everything since then was taken back."),
                store->folder);
    return false;
}

/* The write lock is taken at once. */
static bool begin_outermost(Store *store, GError **error)
{
    if (store_on_server(store) ? !store_server_begin(store, error)
                               : !run_prepared(store, "BEGIN IMMEDIATE", error))
        return false;
    /* On a server its own rules refuse what is written to a case that was moved. */
    if ((store_on_server(store) || store_moved_fits(store, error)) &&
        store_removed_load(store, error))
        return true;
    run_prepared(store, "ROLLBACK", NULL);
    return false;
}

bool store_begin(Store *store, GError **error)
{
    if (!may_write(store, error) || !writes_whole(store, error))
        return false;
    if (store->depth == 0) {
        if (!begin_outermost(store, error))
            return false;
        store_seals_forget(store);
    } else if (!savepoint(store, "SAVEPOINT", store->depth, error)) {
        return false;
    }
    const gsize mark = store->hook->mark != NULL ? store->hook->mark(store->hook_context) : 0;
    g_array_append_val(store->marks, mark);
    g_array_append_vals(store->counter_marks, store->removed, STORE_N_KINDS);
    store->depth++;
    return true;
}

void store_rollback(Store *store)
{
    g_assert(store->depth > 0);
    store_seals_forget(store);
    const guint depth = store->depth--;
    const gsize mark = g_array_index(store->marks, gsize, depth - 1);
    g_array_set_size(store->marks, depth - 1);
    if (store_on_server(store))
        memcpy(store->removed,
               &g_array_index(store->counter_marks, gint64, (depth - 1) * STORE_N_KINDS),
               sizeof store->removed);
    g_array_set_size(store->counter_marks, (depth - 1) * STORE_N_KINDS);
    /* SQLite rolled all back itself; a server keeps a failed transaction until it is taken back. */
    const bool lost = store_on_server(store) ? !db_server_has_transaction(store->db.server)
                                             : !db_in_transaction(&store->db);
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
    if (!lost || store_on_server(store)) /* there a failed transaction waits for its end */
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
    g_array_set_size(store->counter_marks, store->depth * STORE_N_KINDS);
    return true;
}

static bool commit_outermost(Store *store, GError **error)
{
    if (store->hook->before_commit != NULL &&
        !store->hook->before_commit(store->hook_context, store, error))
        return false;
    if (store_on_server(store) && !store_server_counters_put(store, error))
        return false;
    if (!run_prepared(store, "COMMIT", error))
        return false;
    store_bulk_push(store);
    store->depth = 0;
    g_array_set_size(store->marks, 0);
    g_array_set_size(store->counter_marks, 0);
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

bool store_aside_begin(Store *store, bool *ret_own, GError **error)
{
    if (!store_on_server(store) || store->depth > 0)
        return store_write_begin(store, ret_own, error);
    *ret_own = false;
    if (store->mode == STORE_WRITE && store->reading == 0)
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DENIED,
                _("The case %s is open for reading only."), store->folder);
    return false;
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
    if (store_on_server(store) ? !store_server_view_begin(store, error)
                               : !run_prepared(store, "BEGIN", error))
        return false;
    if (!store_query_int(
            store,
            store_sql(store, "SELECT count(*) FROM sqlite_schema", "SELECT count(*) FROM counter"),
            NULL, 0, &version, NULL, error)) {
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
    store_seals_forget(store);
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
