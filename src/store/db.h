/* store/db.h: one database connection, whichever it is; for the .c files of store/ only.
 *
 * What a statement is, how values go in and rows come out. SQLite's calls stand inline here: a
 * branch that is always taken is all that the second driver costs (bench_intake shows none). A
 * server's statement has `lite` NULL and goes to the functions of db_server.h.
 *
 * Results of calls are DB_OK, DB_ROW, DB_DONE, or a code of the driver's own that only db_fault
 * reads. What a row lends (text, blob) lives until the next step or reset of its statement; what
 * is bound is borrowed until the step. Not for two threads at once. */
#pragma once
#include "store/db_server.h"
#include <glib.h>
#include <sqlite3.h>
#include <stdbool.h>

enum { DB_OK = SQLITE_OK, DB_ROW = SQLITE_ROW, DB_DONE = SQLITE_DONE, DB_FAILED = SQLITE_ERROR };

typedef enum {
    DB_INTEGER = SQLITE_INTEGER,
    DB_REAL = SQLITE_FLOAT,
    DB_TEXT = SQLITE_TEXT,
    DB_BLOB = SQLITE_BLOB,
    DB_NULL = SQLITE_NULL,
} DbType;

typedef struct {
    sqlite3 *lite;    /* NULL: not open, or a server */
    DbServer *server; /* NULL: a file, or not open */
} Db;

struct DbStatement {
    sqlite3_stmt *lite; /* NULL: a server's */
    char *sql;
};

/* What went wrong, in the terms in which a sentence is said. */
typedef enum {
    DB_FAULT_OTHER,
    DB_FAULT_DISK_FULL,
    DB_FAULT_READ_ONLY,
    DB_FAULT_IO,
    DB_FAULT_REFERENCE, /* a foreign key */
    DB_FAULT_UNIQUE,
    DB_FAULT_VALUE, /* another constraint */
    DB_FAULT_BUSY,
    DB_FAULT_DAMAGED,
    DB_FAULT_MEMORY,
    DB_FAULT_TOO_LONG,
    DB_FAULT_STOPPED,
    DB_FAULT_LOST,   /* the connection to a server */
    DB_FAULT_DENIED, /* by a server's rules of access */
} DbFault;

/* The words are the database's own, borrowed until its next call. */
DbFault db_fault(const Db *db, int rc, const char **ret_words);

/* db.c */
/* Transfers; NULL with *ret_rc set. */
DbStatement *db_prepare(Db *db, const char *sql, int *ret_rc);
void db_finalize(DbStatement *statement);
int db_run(Db *db, const char *sql);
void db_close(Db *db);
bool db_is_open(const Db *db);
/* The code of the last failure. */
int db_error(const Db *db);
/* The tokenizer of fts.c, for FTS5. */
int db_sqlite_tokenizer(sqlite3 *db);

/* ---- steps ---- */

static inline int db_step(DbStatement *statement)
{
    return G_LIKELY(statement->lite != NULL) ? sqlite3_step(statement->lite)
                                             : db_server_step(statement);
}
static inline void db_reset(DbStatement *statement)
{
    if (G_LIKELY(statement->lite != NULL))
        sqlite3_reset(statement->lite);
    else
        db_server_reset(statement);
}
static inline void db_clear(DbStatement *statement)
{
    if (G_LIKELY(statement->lite != NULL))
        sqlite3_clear_bindings(statement->lite);
    else
        db_server_clear(statement);
}
/* Rows that the last write changed. */
static inline gint64 db_changes(const Db *db)
{
    return G_LIKELY(db->lite != NULL) ? sqlite3_changes64(db->lite) : db_server_changes(db->server);
}
/* The id that the last insert gave; a file's alone: on a server it is given beforehand. */
static inline gint64 db_last_id(const Db *db)
{
    return sqlite3_last_insert_rowid(db->lite);
}
static inline bool db_in_transaction(const Db *db)
{
    return G_LIKELY(db->lite != NULL) ? sqlite3_get_autocommit(db->lite) == 0
                                      : db_server_in_transaction(db->server);
}

/* ---- values in; numbered from 1 ---- */

static inline int db_bind_int64(DbStatement *statement, int number, gint64 value)
{
    return G_LIKELY(statement->lite != NULL)
               ? sqlite3_bind_int64(statement->lite, number, value)
               : db_server_bind(statement, number, 'i', &value, sizeof value);
}
static inline int db_bind_real(DbStatement *statement, int number, double value)
{
    return G_LIKELY(statement->lite != NULL)
               ? sqlite3_bind_double(statement->lite, number, value)
               : db_server_bind(statement, number, 'r', &value, sizeof value);
}
static inline int db_bind_text(DbStatement *statement, int number, const char *text, gsize length)
{
    return G_LIKELY(statement->lite != NULL)
               ? sqlite3_bind_text64(statement->lite, number, text, length, SQLITE_STATIC,
                                     SQLITE_UTF8)
               : db_server_bind(statement, number, 't', text, length);
}
static inline int db_bind_blob(DbStatement *statement, int number, const void *bytes, gsize length)
{
    return G_LIKELY(statement->lite != NULL)
               ? sqlite3_bind_blob64(statement->lite, number, bytes, length, SQLITE_STATIC)
               : db_server_bind(statement, number, 'b', bytes, length);
}
static inline int db_bind_null(DbStatement *statement, int number)
{
    return G_LIKELY(statement->lite != NULL) ? sqlite3_bind_null(statement->lite, number)
                                             : db_server_bind(statement, number, 'n', NULL, 0);
}

/* ---- values out, of the row in hand; numbered from 0 ---- */

static inline DbType db_type(DbStatement *row, int column)
{
    return (DbType)(G_LIKELY(row->lite != NULL) ? sqlite3_column_type(row->lite, column)
                                                : db_server_type(row, column));
}
static inline gint64 db_int64(DbStatement *row, int column)
{
    return G_LIKELY(row->lite != NULL) ? sqlite3_column_int64(row->lite, column)
                                       : db_server_int64(row, column);
}
static inline int db_int(DbStatement *row, int column)
{
    return G_LIKELY(row->lite != NULL) ? sqlite3_column_int(row->lite, column)
                                       : (int)db_server_int64(row, column);
}
static inline double db_real(DbStatement *row, int column)
{
    return G_LIKELY(row->lite != NULL) ? sqlite3_column_double(row->lite, column)
                                       : db_server_real(row, column);
}
/* NULL where the value is NULL; ends with a NUL. */
static inline const char *db_text(DbStatement *row, int column)
{
    return G_LIKELY(row->lite != NULL) ? (const char *)sqlite3_column_text(row->lite, column)
                                       : db_server_text(row, column);
}
static inline const void *db_blob(DbStatement *row, int column)
{
    return G_LIKELY(row->lite != NULL) ? sqlite3_column_blob(row->lite, column)
                                       : db_server_blob(row, column);
}
/* Bytes of a text or blob. */
static inline int db_bytes(DbStatement *row, int column)
{
    return G_LIKELY(row->lite != NULL) ? sqlite3_column_bytes(row->lite, column)
                                       : db_server_bytes(row, column);
}
