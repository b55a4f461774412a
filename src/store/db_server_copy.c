/* Rows gathered in bulk and sent by COPY. COPY itself is not allowed where rows are guarded by
 * policies (RLS), so that a batch goes into a temporary table and from there, by one statement that
 * the policies see, into its own. */
#include "store/db_server_private.h"

#include <string.h>

void db_server_copies(DbStatement *base, const char *table, const char *columns, const char *types)
{
    ServerStatement *statement = (ServerStatement *)(void *)base;
    g_assert(base->lite == NULL && (int)strlen(types) == statement->n_params);
    if (statement->copy_table != NULL)
        return;
    statement->copy_table = g_strdup(table);
    statement->copy_columns = g_strdup(columns);
    statement->copy_types = g_strdup(types);
}

static void copy_free(gpointer data)
{
    ServerCopy *copy = data;
    g_free(copy->table);
    g_free(copy->columns);
    g_free(copy->types);
    g_byte_array_unref(copy->rows);
    g_free(copy);
}

void db_server_bulk(DbServer *server)
{
    g_assert(server->bulk == NULL);
    server->bulk = g_ptr_array_new_with_free_func(copy_free);
}

static ServerCopy *copy_of(DbServer *server, const ServerStatement *statement)
{
    for (guint i = 0; i < server->bulk->len; i++) {
        ServerCopy *copy = g_ptr_array_index(server->bulk, i);
        if (strcmp(copy->table, statement->copy_table) == 0)
            return copy;
    }
    static const guint8 HEAD[19] = "PGCOPY\n\377\r\n"; /* and zeros: a NUL, flags, no extension */
    ServerCopy *copy = g_new0(ServerCopy, 1);
    copy->table = g_strdup(statement->copy_table);
    copy->columns = g_strdup(statement->copy_columns);
    copy->types = g_strdup(statement->copy_types);
    copy->rows = g_byte_array_new();
    g_byte_array_append(copy->rows, HEAD, sizeof HEAD);
    g_ptr_array_add(server->bulk, copy);
    return copy;
}

static void append_int(GByteArray *rows, guint32 value, gsize bytes)
{
    const guint32 network = GUINT32_TO_BE(value);
    g_byte_array_append(rows, (const guint8 *)&network + (sizeof network - bytes), (guint)bytes);
}

int db_server_gather(ServerStatement *statement)
{
    ServerCopy *copy = copy_of(statement->server, statement);
    append_int(copy->rows, (guint32)statement->n_params, 2);
    for (int i = 0; i < statement->n_params; i++) {
        const ServerParam *param = &statement->params[i];
        const bool number = param->type == 'i' || param->type == 'r';
        if (param->type == 'n') {
            append_int(copy->rows, G_MAXUINT32, 4);
            continue;
        }
        append_int(copy->rows, number ? 8 : (guint32)param->length, 4);
        g_byte_array_append(copy->rows, number ? (const guint8 *)&param->network : param->bytes,
                            number ? 8 : (guint)param->length);
    }
    statement->server->changes = 1;
    return DB_OK;
}

/* The temporary table: "id" bigint, …; `select`: the columns as they go on from there. */
static void table_sql(const ServerCopy *copy, GString *make, GString *select)
{
    g_auto(GStrv) names = g_strsplit(copy->columns, ",", -1);
    for (gsize i = 0; names[i] != NULL; i++) {
        const char type = copy->types[i];
        g_string_append_printf(make, "%s%s %s", i > 0 ? ", " : "", names[i],
                               type == 'i'   ? "bigint"
                               : type == 'r' ? "double precision"
                               : type == 'b' ? "bytea"
                                             : "text");
        g_string_append_printf(select, "%s%s%s", i > 0 ? ", " : "", names[i],
                               type == 'v' ? "::tsvector" : "");
    }
}

static int copy_rows(DbServer *server, const ServerCopy *copy)
{
    static const guint8 END[2] = {0xFF, 0xFF};
    const DbPq *pq = server->pq;
    g_byte_array_append(copy->rows, END, sizeof END);
    g_autofree char *sql =
        g_strdup_printf("COPY pg_temp.\"copy_%s\" FROM STDIN (FORMAT binary)", copy->table);
    PGresult *result = pq->PQexec(server->conn, sql);
    const bool open = pq->PQresultStatus(result) == PGRES_COPY_IN;
    if (!open)
        db_server_failed(server, result);
    pq->PQclear(result);
    if (!open)
        return DB_FAILED;
    bool sent = true;
    for (guint at = 0; sent && at < copy->rows->len;) {
        const guint n = MIN(copy->rows->len - at, 1U << 20);
        sent = pq->PQputCopyData(server->conn, (const char *)copy->rows->data + at, (int)n) == 1;
        at += n;
    }
    sent = pq->PQputCopyEnd(server->conn, sent ? NULL : "not whole") == 1 && sent;
    int rc = sent ? DB_OK : db_server_failed(server, NULL);
    while ((result = pq->PQgetResult(server->conn)) != NULL) {
        if (pq->PQresultStatus(result) != PGRES_COMMAND_OK && rc == DB_OK)
            rc = db_server_failed(server, result);
        pq->PQclear(result);
    }
    return rc;
}

static int copy_send(DbServer *server, const ServerCopy *copy)
{
    g_autoptr(GString) make = g_string_new(NULL);
    g_autoptr(GString) select = g_string_new(NULL);
    table_sql(copy, make, select);
    g_autofree char *first =
        g_strdup_printf("CREATE TEMP TABLE IF NOT EXISTS \"copy_%s\"(%s) ON COMMIT DELETE ROWS",
                        copy->table, make->str);
    g_autofree char *last =
        g_strdup_printf("INSERT INTO \"%s\"(%s) SELECT %s FROM pg_temp.\"copy_%s\" ORDER BY 1;"
                        "TRUNCATE pg_temp.\"copy_%s\"",
                        copy->table, copy->columns, select->str, copy->table, copy->table);
    if (db_server_run(server, first) != DB_OK || copy_rows(server, copy) != DB_OK)
        return DB_FAILED;
    return db_server_run(server, last);
}

int db_server_bulk_end(DbServer *server, bool send)
{
    g_autoptr(GPtrArray) copies = g_steal_pointer(&server->bulk);
    int rc = DB_OK;
    for (guint i = 0; copies != NULL && send && rc == DB_OK && i < copies->len; i++)
        rc = copy_send(server, g_ptr_array_index(copies, i));
    return rc;
}
