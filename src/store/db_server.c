/* Statements and rows of a PostgreSQL connection. A step of a small statement costs a round trip
 * (about 0.1 ms on one machine); a row read costs what it does in a file. */
#include "store/db_server_private.h"

#include "base/error.h"
#include "base/i18n.h"

#include <string.h>

enum { OID_BOOL = 16, OID_BYTEA = 17, OID_INT8 = 20, OID_INT2 = 21, OID_INT4 = 23, OID_TEXT = 25 };
enum { OID_OID = 26, OID_FLOAT4 = 700, OID_FLOAT8 = 701, OID_NUMERIC = 1700 };
enum { STREAM_ROWS = 1000 };

/* ---- failures ---- */

int db_server_failed(DbServer *server, const PGresult *result)
{
    const DbPq *pq = server->pq;
    const char *state = result != NULL ? pq->PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    const char *words =
        result != NULL ? pq->PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    g_strlcpy(server->state, state != NULL ? state : "", sizeof server->state);
    g_free(server->words);
    server->words = g_strdup(words != NULL ? words : pq->PQerrorMessage(server->conn));
    g_strchomp(server->words);
    if (pq->PQstatus(server->conn) == CONNECTION_BAD)
        g_strlcpy(server->state, "08006", sizeof server->state);
    return DB_FAILED;
}

int db_server_fault(const DbServer *server, const char **ret_words)
{
    static const struct {
        const char *state; /* a class, or a whole SQLSTATE */
        DbFault fault;
    } FAULTS[] = {
        {"23503", DB_FAULT_REFERENCE}, {"23505", DB_FAULT_UNIQUE},  {"23", DB_FAULT_VALUE},
        {"22", DB_FAULT_VALUE},        {"55P03", DB_FAULT_BUSY},    {"40", DB_FAULT_BUSY},
        {"53100", DB_FAULT_DISK_FULL}, {"53200", DB_FAULT_MEMORY},  {"42501", DB_FAULT_DENIED},
        {"25006", DB_FAULT_DENIED},    {"57014", DB_FAULT_STOPPED}, {"57", DB_FAULT_LOST},
        {"08", DB_FAULT_LOST},         {"54", DB_FAULT_TOO_LONG},   {"XX", DB_FAULT_DAMAGED},
    };
    *ret_words = server->words != NULL ? server->words : "";
    for (gsize i = 0; i < G_N_ELEMENTS(FAULTS); i++)
        if (g_str_has_prefix(server->state, FAULTS[i].state))
            return (int)FAULTS[i].fault;
    return DB_FAULT_OTHER;
}

/* Runs text that has no parameters; the result is the caller's, NULL after a failure. */
static PGresult *exec(DbServer *server, const char *sql)
{
    PGresult *result = server->pq->PQexec(server->conn, sql);
    const ExecStatusType status = server->pq->PQresultStatus(result);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_COPY_IN)
        return result;
    db_server_failed(server, result);
    server->pq->PQclear(result);
    return NULL;
}

static bool starts(const char *sql, const char *word)
{
    while (g_ascii_isspace(*sql))
        sql++;
    return g_ascii_strncasecmp(sql, word, strlen(word)) == 0;
}

/* Begun or ended by this text? What runs within a transaction never runs outside of it after a
 * connection was lost. */
static void note_transaction(DbServer *server, const char *sql)
{
    if (starts(sql, "BEGIN"))
        server->began = true;
    else if (starts(sql, "COMMIT") || (starts(sql, "ROLLBACK") && !starts(sql, "ROLLBACK TO")))
        server->began = false;
}

static bool is_lost(const DbServer *server)
{
    return server->pq->PQstatus(server->conn) != CONNECTION_OK;
}

int db_server_run(DbServer *server, const char *sql)
{
    const bool was_begun = server->began;
    note_transaction(server, sql);
    PGresult *result = exec(server, sql);
    if (result == NULL && is_lost(server) && !was_begun && starts(sql, "BEGIN") &&
        db_server_revive(server) == DB_OK)
        result = exec(server, sql);
    if (result == NULL)
        return DB_FAILED;
    server->pq->PQclear(result);
    return DB_OK;
}

bool db_server_in_transaction(const DbServer *server)
{
    const PGTransactionStatusType status = server->pq->PQtransactionStatus(server->conn);
    return status == PQTRANS_INTRANS || status == PQTRANS_ACTIVE;
}

bool db_server_has_transaction(const DbServer *server)
{
    return db_server_in_transaction(server) ||
           server->pq->PQtransactionStatus(server->conn) == PQTRANS_INERROR;
}

gint64 db_server_changes(const DbServer *server)
{
    return server->changes;
}

int db_server_begin_locked(DbServer *server, gint64 lock)
{
    g_autofree char *sql = g_strdup_printf(
        "BEGIN; SET LOCAL lock_timeout = %d; SELECT pg_advisory_xact_lock(%" G_GINT64_FORMAT ");"
        " SET LOCAL lock_timeout = 0",
        DB_SERVER_WAIT_MILLISECONDS, lock);
    if (db_server_run(server, sql) == DB_OK)
        return DB_OK;
    /* What failed is what is told, not the end of the transaction. */
    g_autofree char *words = g_strdup(server->words);
    char state[sizeof server->state];
    memcpy(state, server->state, sizeof state);
    db_server_run(server, "ROLLBACK");
    memcpy(server->state, state, sizeof state);
    g_free(server->words);
    server->words = g_steal_pointer(&words);
    return DB_FAILED;
}

/* ---- statements ---- */

static ServerStatement *of(DbStatement *statement)
{
    g_assert(statement->lite == NULL);
    return (ServerStatement *)(void *)statement;
}

/* `?12` as `$12`, outside of quotes; counts them. */
static char *dollars(const char *sql, int *ret_n)
{
    GString *out = g_string_new(NULL);
    char quote = 0;
    for (const char *at = sql; *at != '\0'; at++) {
        if (quote != 0)
            quote = *at == quote ? 0 : quote;
        else if (*at == '\'' || *at == '"')
            quote = *at;
        const bool parameter = quote == 0 && *at == '?' && g_ascii_isdigit(at[1]);
        g_string_append_c(out, parameter ? '$' : *at);
        if (parameter)
            *ret_n = MAX(*ret_n, (int)g_ascii_strtoll(at + 1, NULL, 10));
    }
    return g_string_free(out, FALSE);
}

DbStatement *db_server_prepare(DbServer *server, const char *sql)
{
    ServerStatement *made = g_new0(ServerStatement, 1);
    made->base.sql = g_strdup(sql);
    made->server = server;
    made->sql = dollars(sql, &made->n_params);
    made->params = g_new0(ServerParam, (gsize)MAX(made->n_params, 1));
    for (int i = 0; i < made->n_params; i++)
        made->params[i].type = 'n';
    made->signature = g_new0(char, (gsize)made->n_params + 1);
    made->reads = starts(sql, "SELECT") || starts(sql, "WITH");
    made->plain =
        !made->reads && !starts(sql, "INSERT") && !starts(sql, "UPDATE") && !starts(sql, "DELETE");
    return &made->base;
}

static void close_cursor(ServerStatement *statement)
{
    if (!statement->cursor_open)
        return;
    statement->cursor_open = false;
    char sql[48];
    g_snprintf(sql, sizeof sql, "CLOSE cursor_%u", statement->number);
    /* Gone with its transaction, maybe. */
    if (statement->server->pq->PQtransactionStatus(statement->server->conn) != PQTRANS_INERROR)
        statement->server->pq->PQclear(statement->server->pq->PQexec(statement->server->conn, sql));
}

void db_server_reset(DbStatement *base)
{
    ServerStatement *statement = of(base);
    g_clear_pointer(&statement->result, statement->server->pq->PQclear);
    if (statement->cursor_open &&
        (!statement->in_transaction || db_server_in_transaction(statement->server)))
        close_cursor(statement);
    statement->cursor_open = false;
    statement->row = statement->n_rows = 0;
    statement->stepping = false;
}

void db_server_clear(DbStatement *base)
{
    ServerStatement *statement = of(base);
    for (int i = 0; i < statement->n_params; i++)
        statement->params[i].type = 'n';
}

void db_server_finalize(DbStatement *base)
{
    ServerStatement *statement = of(base);
    db_server_reset(base);
    if (statement->prepared &&
        statement->server->pq->PQstatus(statement->server->conn) == CONNECTION_OK &&
        statement->epoch == statement->server->epoch &&
        statement->server->pq->PQtransactionStatus(statement->server->conn) != PQTRANS_INERROR) {
        char sql[48];
        g_snprintf(sql, sizeof sql, "DEALLOCATE s%u", statement->number);
        db_server_run(statement->server, sql);
    }
    g_free(statement->sql);
    g_free(statement->base.sql);
    g_free(statement->params);
    g_free(statement->signature);
    g_free(statement->copy_table);
    g_free(statement->copy_columns);
    g_free(statement->copy_types);
    g_free(statement);
}

void db_server_stream(DbStatement *base)
{
    of(base)->streams = true;
}

int db_server_bind(DbStatement *base, int number, char type, const void *value, gsize length)
{
    ServerStatement *statement = of(base);
    if (number < 1 || number > statement->n_params)
        return DB_OK; /* a parameter that the text does not name, as SQLite has it */
    ServerParam *param = &statement->params[number - 1];
    param->type = type;
    param->bytes = value;
    param->length = length;
    if (type == 'i' || type == 'r') {
        guint64 bits;
        memcpy(&bits, value, sizeof bits);
        param->network = GUINT64_TO_BE(bits);
        param->bytes = NULL;
    } else if (type != 'n' && value == NULL) {
        param->type = 'n';
    }
    return length > G_MAXINT32 / 2 ? DB_FAILED : DB_OK;
}

static Oid oid_of(char type)
{
    return type == 'i'   ? OID_INT8
           : type == 'r' ? OID_FLOAT8
           : type == 't' ? OID_TEXT
           : type == 'b' ? OID_BYTEA
                         : 0;
}

/* The types that are bound fit those that were prepared? A NULL fits any. */
static bool signature_fits(const ServerStatement *statement)
{
    for (int i = 0; i < statement->n_params; i++)
        if (statement->params[i].type != 'n' &&
            statement->params[i].type != statement->signature[i])
            return false;
    return true;
}

typedef struct {
    Oid types[DB_SERVER_PARAMS_MAX];
    const char *values[DB_SERVER_PARAMS_MAX];
    int lengths[DB_SERVER_PARAMS_MAX], formats[DB_SERVER_PARAMS_MAX];
} Arguments;

static void arguments_fill(ServerStatement *statement, Arguments *arguments)
{
    g_assert(statement->n_params <= DB_SERVER_PARAMS_MAX);
    for (int i = 0; i < statement->n_params; i++) {
        ServerParam *param = &statement->params[i];
        const bool number = param->type == 'i' || param->type == 'r';
        if (param->type != 'n')
            statement->signature[i] = param->type;
        else if (statement->signature[i] == 0)
            statement->signature[i] = 'n';
        arguments->types[i] = oid_of(statement->signature[i]);
        arguments->values[i] = param->type == 'n' ? NULL
                               : number           ? (const char *)&param->network
                                                  : param->bytes;
        arguments->lengths[i] = number ? 8 : (int)param->length;
        arguments->formats[i] = 1;
    }
}

static PGresult *run_prepared(ServerStatement *statement)
{
    DbServer *server = statement->server;
    Arguments arguments;
    char name[24];
    const bool fits =
        statement->prepared && statement->epoch == server->epoch && signature_fits(statement);
    arguments_fill(statement, &arguments);
    if (!fits) {
        if (statement->prepared && statement->epoch == server->epoch) {
            char sql[48];
            g_snprintf(sql, sizeof sql, "DEALLOCATE s%u", statement->number);
            if (db_server_run(server, sql) != DB_OK)
                return NULL;
        }
        statement->number = ++server->n_statements;
        statement->prepared = false;
        g_snprintf(name, sizeof name, "s%u", statement->number);
        PGresult *made = server->pq->PQprepare(server->conn, name, statement->sql,
                                               statement->n_params, arguments.types);
        if (server->pq->PQresultStatus(made) != PGRES_COMMAND_OK)
            return made;
        server->pq->PQclear(made);
        statement->prepared = true;
        statement->epoch = server->epoch;
    }
    g_snprintf(name, sizeof name, "s%u", statement->number);
    return server->pq->PQexecPrepared(server->conn, name, statement->n_params, arguments.values,
                                      arguments.lengths, arguments.formats, 1);
}

static PGresult *fetch(ServerStatement *statement)
{
    char sql[64];
    g_snprintf(sql, sizeof sql, "FETCH %d FROM cursor_%u", STREAM_ROWS, statement->number);
    return statement->server->pq->PQexecParams(statement->server->conn, sql, 0, NULL, NULL, NULL,
                                               NULL, 1);
}

/* Outside a transaction the server keeps the rows, as they stood, until they were read. */
static PGresult *run_stream(ServerStatement *statement)
{
    DbServer *server = statement->server;
    Arguments arguments;
    arguments_fill(statement, &arguments);
    statement->number = ++server->n_statements;
    statement->in_transaction = db_server_in_transaction(server);
    g_autofree char *sql =
        g_strdup_printf("DECLARE cursor_%u NO SCROLL CURSOR %s HOLD FOR %s", statement->number,
                        statement->in_transaction ? "WITHOUT" : "WITH", statement->sql);
    PGresult *made =
        server->pq->PQexecParams(server->conn, sql, statement->n_params, arguments.types,
                                 arguments.values, arguments.lengths, arguments.formats, 1);
    if (server->pq->PQresultStatus(made) != PGRES_COMMAND_OK)
        return made;
    server->pq->PQclear(made);
    statement->cursor_open = true;
    return fetch(statement);
}

static int take(ServerStatement *statement, PGresult *result)
{
    DbServer *server = statement->server;
    const ExecStatusType status = server->pq->PQresultStatus(result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
        db_server_failed(server, result);
        server->pq->PQclear(result);
        return DB_FAILED;
    }
    server->pq->PQclear(statement->result);
    statement->result = result;
    statement->row = -1;
    statement->n_rows = server->pq->PQntuples(result);
    if (!statement->reads)
        server->changes = g_ascii_strtoll(server->pq->PQcmdTuples(result), NULL, 10);
    return DB_OK;
}

static int run_write(ServerStatement *statement)
{
    DbServer *server = statement->server;
    if (statement->copy_table != NULL && server->bulk != NULL)
        return db_server_gather(statement);
    const bool guard = server->bulk == NULL && db_server_in_transaction(server);
    if (guard && db_server_run(server, "SAVEPOINT zenhar_write") != DB_OK)
        return DB_FAILED;
    const int rc = take(statement, run_prepared(statement));
    if (!guard)
        return rc;
    if (rc == DB_OK) {
        const gint64 changes = server->changes;
        const int released = db_server_run(server, "RELEASE zenhar_write");
        server->changes = changes;
        return released;
    }
    g_autofree char *words = g_strdup(server->words);
    char state[sizeof server->state];
    memcpy(state, server->state, sizeof state);
    db_server_run(server, "ROLLBACK TO zenhar_write; RELEASE zenhar_write");
    g_free(server->words);
    server->words = g_steal_pointer(&words);
    memcpy(server->state, state, sizeof state);
    return DB_FAILED;
}

static PGresult *run_read(ServerStatement *statement)
{
    return statement->streams ? run_stream(statement) : run_prepared(statement);
}

static int run(ServerStatement *statement)
{
    DbServer *server = statement->server;
    if (statement->plain)
        return db_server_run(server, statement->sql);
    if (is_lost(server) && (server->began || db_server_revive(server) != DB_OK))
        return db_server_failed(server, NULL);
    if (!statement->reads)
        return run_write(statement);
    const int rc = take(statement, run_read(statement));
    if (rc == DB_OK || server->began || !is_lost(server) || db_server_revive(server) != DB_OK)
        return rc;
    return take(statement, run_read(statement)); /* the server was started anew */
}

int db_server_step(DbStatement *base)
{
    ServerStatement *statement = of(base);
    if (!statement->stepping) {
        if (run(statement) != DB_OK)
            return DB_FAILED;
        statement->stepping = true;
    }
    if (statement->result == NULL)
        return DB_DONE;
    if (statement->row + 1 >= statement->n_rows && statement->cursor_open &&
        statement->n_rows == STREAM_ROWS && take(statement, fetch(statement)) != DB_OK)
        return DB_FAILED;
    return ++statement->row < statement->n_rows ? DB_ROW : DB_DONE;
}

/* ---- values ---- */

typedef struct {
    Oid type;
    const guint8 *bytes; /* NULL: NULL */
    int length;
} Cell;

static Cell cell_of(DbStatement *base, int column)
{
    ServerStatement *statement = of(base);
    const DbPq *pq = statement->server->pq;
    Cell cell = {.type = pq->PQftype(statement->result, column)};
    if (statement->row < 0 || statement->row >= statement->n_rows ||
        pq->PQgetisnull(statement->result, statement->row, column) == 1)
        return cell;
    cell.bytes = (const guint8 *)pq->PQgetvalue(statement->result, statement->row, column);
    cell.length = pq->PQgetlength(statement->result, statement->row, column);
    return cell;
}

static bool is_whole(Oid type)
{
    return type == OID_INT8 || type == OID_INT4 || type == OID_INT2 || type == OID_BOOL ||
           type == OID_NUMERIC || type == OID_OID;
}

int db_server_type(DbStatement *row, int column)
{
    const Cell cell = cell_of(row, column);
    return cell.bytes == NULL                                   ? DB_NULL
           : is_whole(cell.type)                                ? DB_INTEGER
           : cell.type == OID_FLOAT8 || cell.type == OID_FLOAT4 ? DB_REAL
           : cell.type == OID_BYTEA                             ? DB_BLOB
                                                                : DB_TEXT;
}

static guint64 big_endian(const guint8 *bytes, int n)
{
    guint64 value = 0;
    for (int i = 0; i < n; i++)
        value = value << 8 | bytes[i];
    return value;
}

/* A sum of whole numbers comes as numeric: digits of ten thousands, the first of the given weight.
 */
static gint64 numeric_int64(const Cell *cell)
{
    if (cell->length < 8)
        return 0;
    const int n = (int)big_endian(cell->bytes, 2);
    const int weight = (gint16)big_endian(cell->bytes + 2, 2);
    gint64 value = 0;
    for (int i = 0; i <= weight; i++) {
        const int digit = i < n && 8 + 2 * i + 2 <= cell->length
                              ? (int)big_endian(cell->bytes + 8 + (gsize)i * 2, 2)
                              : 0;
        if (value > (G_MAXINT64 - digit) / 10000)
            return G_MAXINT64;
        value = value * 10000 + digit;
    }
    return big_endian(cell->bytes + 4, 2) == 0x4000 ? -value : value;
}

gint64 db_server_int64(DbStatement *row, int column)
{
    const Cell cell = cell_of(row, column);
    if (cell.bytes == NULL)
        return 0;
    switch (cell.type) {
    case OID_INT8:
        return (gint64)big_endian(cell.bytes, 8);
    case OID_INT4:
        return (gint32)big_endian(cell.bytes, 4);
    case OID_INT2:
        return (gint16)big_endian(cell.bytes, 2);
    case OID_OID:
        return (gint64)big_endian(cell.bytes, 4);
    case OID_BOOL:
        return cell.bytes[0] != 0;
    case OID_NUMERIC:
        return numeric_int64(&cell);
    case OID_FLOAT8:
        return (gint64)db_server_real(row, column);
    default:
        return 0;
    }
}

double db_server_real(DbStatement *row, int column)
{
    const Cell cell = cell_of(row, column);
    if (cell.bytes == NULL)
        return 0;
    if (cell.type == OID_FLOAT8) {
        const guint64 bits = big_endian(cell.bytes, 8);
        double value;
        memcpy(&value, &bits, sizeof value);
        return value;
    }
    return (double)db_server_int64(row, column);
}

const char *db_server_text(DbStatement *row, int column)
{
    return (const char *)cell_of(row, column).bytes; /* libpq ends each value with a NUL */
}

const void *db_server_blob(DbStatement *row, int column)
{
    const Cell cell = cell_of(row, column);
    return cell.length > 0 ? cell.bytes : NULL; /* an empty blob, as SQLite has it */
}

int db_server_bytes(DbStatement *row, int column)
{
    return cell_of(row, column).length;
}
