/* What is not called for every value: preparing, errors, closing. */
#include "store/db.h"

#include "base/i18n.h"
#include <errno.h>

DbStatement *db_prepare(Db *db, const char *sql, int *ret_rc)
{
    *ret_rc = DB_OK;
    if (db->server != NULL)
        return db_server_prepare(db->server, sql);
    sqlite3_stmt *lite = NULL;
    const int rc = sqlite3_prepare_v3(db->lite, sql, -1, SQLITE_PREPARE_PERSISTENT, &lite, NULL);
    *ret_rc = rc;
    if (rc != SQLITE_OK)
        return NULL;
    DbStatement *statement = g_new0(DbStatement, 1);
    statement->lite = lite;
    statement->sql = g_strdup(sql);
    return statement;
}

void db_finalize(DbStatement *statement)
{
    if (statement == NULL)
        return;
    if (statement->lite == NULL) {
        db_server_finalize(statement);
        return;
    }
    sqlite3_finalize(statement->lite);
    g_free(statement->sql);
    g_free(statement);
}

int db_run(Db *db, const char *sql)
{
    if (db->server != NULL)
        return db_server_run(db->server, sql);
    return sqlite3_exec(db->lite, sql, NULL, NULL, NULL);
}

bool db_is_open(const Db *db)
{
    return db->lite != NULL || db->server != NULL;
}

int db_error(const Db *db)
{
    return db->server != NULL ? DB_FAILED : sqlite3_errcode(db->lite);
}

void db_close(Db *db)
{
    db_server_close(db->server);
    sqlite3_close(db->lite);
    *db = (Db){0};
}

/* ---- errors ---- */

static DbFault fault_io(int extended, int number)
{
    if ((extended & 0xff) == SQLITE_FULL || number == ENOSPC || number == EDQUOT || number == EFBIG)
        return DB_FAULT_DISK_FULL;
    if ((extended & 0xff) == SQLITE_READONLY || number == EROFS || number == EACCES ||
        number == EPERM)
        return DB_FAULT_READ_ONLY;
    return DB_FAULT_IO;
}

static DbFault fault_constraint(int extended)
{
    if (extended == SQLITE_CONSTRAINT_FOREIGNKEY)
        return DB_FAULT_REFERENCE;
    return extended == SQLITE_CONSTRAINT_UNIQUE || extended == SQLITE_CONSTRAINT_PRIMARYKEY ||
                   extended == SQLITE_CONSTRAINT_ROWID
               ? DB_FAULT_UNIQUE
               : DB_FAULT_VALUE;
}

DbFault db_fault(const Db *db, int rc, const char **ret_words)
{
    if (db->server != NULL)
        return (DbFault)db_server_fault(db->server, ret_words);
    const int extended = db->lite != NULL && sqlite3_errcode(db->lite) == rc
                             ? sqlite3_extended_errcode(db->lite)
                             : rc;
    *ret_words = db->lite != NULL ? sqlite3_errmsg(db->lite) : sqlite3_errstr(rc);
    switch (extended & 0xff) {
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM: {
        const int number = sqlite3_system_errno(db->lite);
        *ret_words = number != 0 ? i18n_errno(number) : sqlite3_errstr(extended);
        return fault_io(extended, number);
    }
    case SQLITE_CONSTRAINT:
        return fault_constraint(extended);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return DB_FAULT_BUSY;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
        return DB_FAULT_DAMAGED;
    case SQLITE_NOMEM:
        return DB_FAULT_MEMORY;
    case SQLITE_TOOBIG:
        return DB_FAULT_TOO_LONG;
    case SQLITE_INTERRUPT:
        return DB_FAULT_STOPPED;
    default:
        return DB_FAULT_OTHER;
    }
}
