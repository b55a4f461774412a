/* store/db_server_private.h: what the files of db_server share. */
#pragma once
#include "store/db.h"
#include "store/db_pq.h"

enum { DB_SERVER_PARAMS_MAX = 64, DB_SERVER_WAIT_MILLISECONDS = 10000 };

struct DbServer {
    const DbPq *pq;
    PGconn *conn;
    char *session; /* SQL of each new connection; NULL none */
    guint epoch;   /* connections made */
    guint n_statements;
    char state[6]; /* SQLSTATE of the last failure */
    char *words;
    gint64 changes;
    bool began;      /* a transaction was begun and not ended; it may be lost by now */
    GPtrArray *bulk; /* ServerCopy, in the order of their first row; NULL: not in bulk */
};

typedef struct {
    char type;
    const void *bytes;
    gsize length;
    guint64 network; /* a number's eight bytes as they travel */
} ServerParam;

typedef struct {
    DbStatement base; /* .lite NULL */
    DbServer *server;
    char *sql;
    bool reads, plain; /* neither: a write; plain: goes as text */
    bool streams, prepared, stepping, cursor_open, in_transaction;
    guint number, epoch;
    int n_params, row, n_rows;
    ServerParam *params;
    char *signature;
    PGresult *result;
    char *copy_table, *copy_columns, *copy_types; /* db_server_copies */
} ServerStatement;

typedef struct {
    char *table, *columns, *types;
    GByteArray *rows; /* in COPY's binary form */
} ServerCopy;

/* Keeps state and words of a failure; DB_FAILED. */
int db_server_failed(DbServer *server, const PGresult *result);
/* A write in bulk: its row is kept for the COPY. */
int db_server_gather(ServerStatement *statement);
