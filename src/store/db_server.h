/* store/db_server.h: a connection to PostgreSQL, under db.h; for the .c files of store/ only.
 *
 * libpq is opened only when a case on a server is named: who keeps a case in a folder neither
 * needs it nor waits for it. Values travel in binary both ways. A statement is prepared at its
 * first step, under a name, with the types of what is bound; `?1` is `$1` there.
 *
 * Rows of a statement come whole, except where db_server_stream said that they may be many: then
 * by thousands from a cursor of the server, so that other statements run between (libpq's single
 * rows would hold the connection).
 *
 * Within a transaction a write is guarded by a savepoint: one that is refused leaves the
 * transaction good, as in a file. In bulk (db_server_bulk) rows of a kind are gathered, go over by
 * COPY, and a failure takes the whole batch back. */
#pragma once
#include <glib.h>
#include <stdbool.h>

typedef struct DbServer DbServer;
typedef struct DbStatement DbStatement;

/* ---- what db.h calls ---- */

int db_server_step(DbStatement *statement);
void db_server_reset(DbStatement *statement);
void db_server_clear(DbStatement *statement);
/* type: 'i' gint64, 'r' double, both copied; 't', 'b' borrowed until the step; 'n'. */
int db_server_bind(DbStatement *statement, int number, char type, const void *value, gsize length);
int db_server_type(DbStatement *row, int column); /* a DbType */
gint64 db_server_int64(DbStatement *row, int column);
double db_server_real(DbStatement *row, int column);
const char *db_server_text(DbStatement *row, int column);
const void *db_server_blob(DbStatement *row, int column);
int db_server_bytes(DbStatement *row, int column);
gint64 db_server_changes(const DbServer *server);
bool db_server_in_transaction(const DbServer *server);
DbStatement *db_server_prepare(DbServer *server, const char *sql);
void db_server_finalize(DbStatement *statement);
/* Is one open, whole or failed? A failed one can be taken back to a savepoint. */
bool db_server_has_transaction(const DbServer *server);
/* Statements separated by ';', without parameters. */
int db_server_run(DbServer *server, const char *sql);
/* A DbFault. */
int db_server_fault(const DbServer *server, const char **ret_words);
void db_server_close(DbServer *server);

/* ---- more than a file needs ---- */

/* Connects and says what must hold of the session; nothing of a case is named yet. `address` as
 * server_address.h reads it. */
DbServer *db_server_open(const char *address, GError **error);
/* What is run anew whenever the connection was made again. Copied. */
void db_server_set_session(DbServer *server, const char *sql);
/* A lost connection is made again, outside transactions; DB_OK or a failure. */
int db_server_revive(DbServer *server);
/* The statement's rows may be many. Before its first step. */
void db_server_stream(DbStatement *statement);
/* Begins a transaction that holds the lock of that number until its end. */
int db_server_begin_locked(DbServer *server, gint64 lock);

/* From now on what is inserted by statements of db_server_copies is gathered. */
void db_server_bulk(DbServer *server);
/* The statement inserts into `table` the columns named, $1 the first of them; their types as
 * letters of db_server_bind. */
void db_server_copies(DbStatement *statement, const char *table, const char *columns,
                      const char *types);
/* Sends what was gathered, if `send`, in the order in which the tables came first; ends it. */
int db_server_bulk_end(DbServer *server, bool send);
