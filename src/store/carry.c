/* Rows of one database written into another as they stand.
 *
 * On a server a record must not name one that is not there yet: kinds go in an order in which what
 * is named comes first. What cannot be (a place within a place, an answer that undoes a joining
 * that followed from an answer) is left out at first and put in afterwards. A folder checks its
 * references at the end. Cost: about what an import takes without its parsing. */
#include "store/carry_private.h"

#include "base/i18n.h"
#include "base/progress.h"
#include "store/copy.h"
#include "store/log.h"
#include "store/moved.h"
#include "store/server.h"

#include <string.h>

enum { CHUNK_ROWS = 5000, CHUNK_BYTES = 8 << 20 };

/* A table whose rows have one whole number as their key. */
typedef struct {
    const char *name, *columns, *types; /* of StoreBind; the key is the first */
    const bool *later;                  /* by column: left out at first; NULL none */
} Table;

static const Table BESIDE[] = {
    {.name = "log_tile", .columns = "\"id\",\"bytes\"", .types = "ib"},
    {.name = "log_head",
     .columns = "\"number\",\"size\",\"time\",\"root\",\"previous\",\"signature\"",
     .types = "iiibbb"},
    {.name = "job",
     .columns =
         "\"id\",\"kind\",\"parent\",\"part\",\"priority\",\"tries\",\"tries_most\",\"state\","
         "\"added\",\"ready\",\"started\",\"ended\",\"lease\",\"worker\",\"claim\",\"digest\","
         "\"failure\",\"payload\",\"result\"",
     .types = "itiiiiiiiiiiitbbbbb"},
};

/* ---- the order of kinds ---- */

typedef struct {
    StoreKind kinds[STORE_N_KINDS];
    int place[STORE_N_KINDS]; /* in `kinds`; -1 not yet, -2 on the way */
    int n;
} Order;

static void order_visit(Order *order, StoreKind kind)
{
    const StoreEntity *entity = store_entity_of(kind);
    if (entity == NULL || order->place[kind] != -1)
        return;
    order->place[kind] = -2;
    for (gsize i = 0; i < entity->n_fields; i++)
        if (entity->fields[i].type == FIELD_REF)
            order_visit(order, entity->fields[i].ref);
    order->place[kind] = order->n;
    order->kinds[order->n++] = kind;
}

static void order_make(Order *order)
{
    memset(order, 0, sizeof *order);
    for (int kind = 0; kind < STORE_N_KINDS; kind++)
        order->place[kind] = -1;
    for (int kind = STORE_KIND_NONE + 1; kind < STORE_N_KINDS; kind++)
        order_visit(order, (StoreKind)kind);
}

/* Does the field name a record that may come only after this one? */
static bool is_later(const Order *order, const StoreEntity *entity, const StoreField *field)
{
    return field->type == FIELD_REF && order->place[field->ref] >= order->place[entity->kind];
}

/* ---- a table ---- */

static StoreBind value_of(DbStatement *row, int column)
{
    switch (db_type(row, column)) {
    case DB_INTEGER:
        return (StoreBind){.type = 'i', .i = db_int64(row, column)};
    case DB_REAL:
        return (StoreBind){.type = 'r', .r = db_real(row, column)};
    case DB_TEXT:
        return (StoreBind){
            .type = 't', .p = db_text(row, column), .n = (gsize)db_bytes(row, column)};
    case DB_BLOB: {
        const void *bytes = db_blob(row, column);
        return (StoreBind){
            .type = 'b', .p = bytes != NULL ? bytes : "", .n = (gsize)db_bytes(row, column)};
    }
    case DB_NULL:
        break;
    }
    return (StoreBind){.type = 'n'};
}

static char *insert_sql(const Table *table)
{
    GString *sql = g_string_new(NULL);
    g_string_printf(sql, "INSERT INTO \"%s\"(%s) VALUES(", table->name, table->columns);
    for (gsize i = 0; table->types[i] != '\0'; i++)
        g_string_append_printf(sql, "%s?%d", i > 0 ? "," : "", (int)i + 1);
    g_string_append_c(sql, ')');
    return g_string_free(sql, FALSE);
}

static char *key_of(const Table *table)
{
    return g_strndup(table->columns, strcspn(table->columns, ","));
}

typedef struct {
    Store *from, *to;
    Progress *progress;
} Carry;

/* One row, as it is in hand; -1 with error set, else its bytes. */
static gssize put_row(Carry *carry, const Table *table, DbStatement *row, DbStatement *insert,
                      GError **error)
{
    StoreBind binds[STORE_MAX_FIELDS + 2];
    const gsize n = strlen(table->types);
    gssize bytes = 0;
    g_assert(n <= G_N_ELEMENTS(binds));
    for (gsize i = 0; i < n; i++) {
        binds[i] = table->later != NULL && table->later[i] ? (StoreBind){.type = 'n'}
                                                           : value_of(row, (int)i);
        bytes += (gssize)binds[i].n + 8;
    }
    return store_bind(carry->to, insert, 1, binds, n, error) &&
                   store_step(carry->to, insert, error) == 0
               ? bytes
               : -1;
}

/* Rows behind *last, at most a chunk; *last moves on; *ret_more false: there are none left. */
static bool put_chunk(Carry *carry, const Table *table, DbStatement *row, DbStatement *insert,
                      gint64 *last, bool *ret_more, GError **error)
{
    gsize bytes = 0;
    guint n = 0;
    int found;
    db_bind_int64(row, 1, *last);
    db_bind_int64(row, 2, CHUNK_ROWS);
    while ((found = store_step(carry->from, row, error)) == 1) {
        const gssize put = put_row(carry, table, row, insert, error);
        if (put < 0)
            break;
        *last = db_int64(row, 0);
        n++;
        bytes += (gsize)put;
        if (bytes >= CHUNK_BYTES)
            break;
    }
    const bool done = found == 0 || (found == 1 && bytes >= CHUNK_BYTES);
    db_reset(row);
    *ret_more = n > 0;
    progress_add(carry->progress, n);
    return done;
}

static bool carry_table(Carry *carry, const Table *table, GError **error)
{
    g_autofree char *key = key_of(table), *into = insert_sql(table);
    g_autofree char *out =
        g_strdup_printf("SELECT %s FROM \"%s\" WHERE %s > ?1 ORDER BY %s LIMIT ?2", table->columns,
                        table->name, key, key);
    g_autofree char *newest =
        g_strdup_printf("SELECT coalesce(max(%s), -1) FROM \"%s\"", key, table->name);
    gint64 last = -1;
    DbStatement *row = store_prepare(carry->from, out, error);
    DbStatement *insert = row != NULL ? store_prepare(carry->to, into, error) : NULL;
    if (insert == NULL || !store_query_int(carry->to, newest, NULL, 0, &last, NULL, error))
        return false;
    if (store_on_server(carry->to))
        db_server_copies(insert, table->name, table->columns, table->types);
    for (bool more = true; more;) {
        if (!store_carry_begin(carry->to, error))
            return false;
        const bool done = put_chunk(carry, table, row, insert, &last, &more, error);
        if (!store_carry_end(carry->to, done, error))
            return false;
    }
    return true;
}

/* ---- records ---- */

static bool carry_kind(Carry *carry, const Order *order, StoreKind kind, GError **error)
{
    const StoreEntity *entity = store_entity_of(kind);
    char types[STORE_MAX_FIELDS + 3] = "ii";
    bool later[STORE_MAX_FIELDS + 2] = {false};
    for (gsize i = 0; i < entity->n_fields; i++) {
        types[FIRST_COLUMN + i] = store_field_letter(entity->fields[i].type);
        later[FIRST_COLUMN + i] = is_later(order, entity, &entity->fields[i]);
    }
    const Table table = {.name = store_kind_name(kind),
                         .columns = store_entity_columns(entity),
                         .types = types,
                         .later = later};
    return carry_table(carry, &table, error);
}

/* The fields that were left out of a kind's records, in order. */
static bool patch_field(Carry *carry, const StoreEntity *entity, const StoreField *field,
                        GError **error)
{
    const char *table = store_kind_name(entity->kind);
    g_autofree char *out = g_strdup_printf("SELECT \"id\", \"%s\" FROM \"%s\" WHERE \"%s\" IS NOT"
                                           " NULL AND \"id\" > ?1 ORDER BY \"id\" LIMIT ?2",
                                           field->name, table, field->name);
    g_autofree char *in =
        g_strdup_printf("UPDATE \"%s\" SET \"%s\" = ?2 WHERE \"id\" = ?1", table, field->name);
    DbStatement *row = store_prepare(carry->from, out, error);
    DbStatement *update = row != NULL ? store_prepare(carry->to, in, error) : NULL;
    gint64 last = 0;
    int found = 1;
    while (update != NULL && found == 1) {
        if (!store_carry_begin(carry->to, error))
            return false;
        db_bind_int64(row, 1, last);
        db_bind_int64(row, 2, CHUNK_ROWS);
        guint n = 0;
        bool done = true;
        while (done && (found = store_step(carry->from, row, error)) == 1) {
            const StoreBind binds[] = {value_of(row, 0), value_of(row, 1)};
            done = store_bind(carry->to, update, 1, binds, G_N_ELEMENTS(binds), error) &&
                   store_step(carry->to, update, error) == 0;
            last = db_int64(row, 0);
            n++;
        }
        db_reset(row);
        if (!store_carry_end(carry->to, done && found == 0, error))
            return false;
        found = n > 0;
    }
    return update != NULL;
}

static bool patch_kinds(Carry *carry, const Order *order, GError **error)
{
    for (int i = 0; i < order->n; i++) {
        const StoreEntity *entity = store_entity_of(order->kinds[i]);
        for (gsize f = 0; f < entity->n_fields; f++)
            if (is_later(order, entity, &entity->fields[f]) &&
                !patch_field(carry, entity, &entity->fields[f], error))
                return false;
    }
    return true;
}

static bool count_rows(Store *store, gint64 *ret_rows, GError **error)
{
    *ret_rows = 0;
    for (int kind = STORE_KIND_NONE + 1; kind < STORE_N_KINDS; kind++) {
        const gint64 n =
            store_kind_has_table((StoreKind)kind) ? store_count(store, (StoreKind)kind, error) : 0;
        if (n < 0)
            return false;
        *ret_rows += n;
    }
    return true;
}

/* ---- what has keys of more than one part ---- */

/* Small tables, each in one transaction, anew at every run. */
static const struct {
    const char *name, *columns;
    int n_columns;
} WHOLE[] = {
    {"cache", "name, part, sealed, bytes", 4},
    {"seal_node", "first, depth, sealed", 3},
};

static bool carry_whole(Carry *carry, const char *name, const char *columns, int n_columns,
                        GError **error)
{
    g_autoptr(GString) into = g_string_new(NULL);
    g_string_printf(into, "INSERT INTO \"%s\"(%s) VALUES(", name, columns);
    for (int i = 0; i < n_columns; i++)
        g_string_append_printf(into, "%s?%d", i > 0 ? "," : "", i + 1);
    g_string_append_c(into, ')');
    g_autofree char *out = g_strdup_printf("SELECT %s FROM \"%s\"", columns, name);
    g_autofree char *clear = g_strdup_printf("DELETE FROM \"%s\"", name);
    if (!store_begin(carry->to, error))
        return false;
    DbStatement *row = store_statement_take(carry->from, out, error);
    DbStatement *insert = row != NULL ? store_prepare(carry->to, into->str, error) : NULL;
    int found = insert != NULL && store_run(carry->to, clear, error) ? 1 : -1;
    if (found == 1 && store_on_server(carry->from))
        db_server_stream(row);
    while (found == 1 && (found = store_step(carry->from, row, error)) == 1) {
        StoreBind binds[8];
        g_assert(n_columns <= (int)G_N_ELEMENTS(binds));
        for (int i = 0; i < n_columns; i++)
            binds[i] = value_of(row, i);
        if (store_copy_stopped(error) ||
            !store_bind(carry->to, insert, 1, binds, (gsize)n_columns, error) ||
            store_step(carry->to, insert, error) != 0)
            found = -1;
    }
    store_statement_give(carry->from, row);
    return store_write_end(carry->to, true, found == 0, error);
}

/* ---- numbers given ---- */

static bool put_number(Store *to, StoreKind kind, gint64 given, GError **error)
{
    const char *sql = store_sql(to,
                                "INSERT INTO removed(kind, id) VALUES(?1, ?2)"
                                " ON CONFLICT(kind) DO UPDATE SET id = ?2",
                                "INSERT INTO counter(kind, id) VALUES(?1, ?2)"
                                " ON CONFLICT(case_id, kind) DO UPDATE SET id = excluded.id");
    DbStatement *statement = store_prepare(to, sql, error);
    const StoreBind binds[] = {{.type = 'i', .i = kind}, {.type = 'i', .i = given}};
    return statement != NULL && store_bind(to, statement, 1, binds, G_N_ELEMENTS(binds), error) &&
           store_step(to, statement, error) == 0;
}

/* A folder keeps what is beyond its highest row, a server the highest that was given. */
static bool carry_numbers(Store *from, Store *to, GError **error)
{
    if (!store_removed_load(from, error) || !store_begin(to, error))
        return false;
    bool done = true;
    for (int kind = STORE_KIND_NONE + 1; done && kind < STORE_N_KINDS; kind++) {
        gint64 next = 0, there = 0;
        if (!store_kind_has_table((StoreKind)kind))
            continue;
        done = store_entity_next_id(from, (StoreKind)kind, &next, error) &&
               store_entity_next_id(to, (StoreKind)kind, &there, error);
        if (done && next > there)
            done = put_number(to, (StoreKind)kind, next - 1, error);
    }
    /* Jobs are numbered beside the kinds. */
    gint64 jobs = 0;
    bool numbered = false;
    done = done &&
           store_query_int(from,
                           store_sql(from, "SELECT id FROM removed WHERE kind = 0",
                                     "SELECT id FROM counter WHERE kind = 0"),
                           NULL, 0, &jobs, &numbered, error) &&
           (!numbered || put_number(to, STORE_KIND_NONE, jobs, error));
    return store_write_end(to, true, done, error) && store_removed_load(to, error);
}

/* ---- all rows ---- */

static bool carry_rows(Carry *carry, bool with_cache, GError **error)
{
    Order order;
    order_make(&order);
    for (int i = 0; i < order.n; i++)
        if (!carry_kind(carry, &order, order.kinds[i], error))
            return false;
    if (!patch_kinds(carry, &order, error))
        return false;
    for (gsize i = 0; i < G_N_ELEMENTS(BESIDE); i++)
        if (!carry_table(carry, &BESIDE[i], error))
            return false;
    for (gsize i = 0; i < G_N_ELEMENTS(WHOLE); i++)
        if ((with_cache || strcmp(WHOLE[i].name, "cache") != 0) &&
            !carry_whole(carry, WHOLE[i].name, WHOLE[i].columns, WHOLE[i].n_columns, error))
            return false;
    return carry_numbers(carry->from, carry->to, error);
}

bool store_carry_rows(Store *from, Store *to, bool with_cache, GError **error)
{
    gint64 rows = 0;
    Carry carry = {.from = from, .to = to};
    if (!count_rows(from, &rows, error) ||
        (!store_on_server(to) && !store_run(to, "PRAGMA foreign_keys=OFF", error)) ||
        !store_bulk_begin(to, error))
        return false;
    carry.progress = progress_new(_("Moving records"), _("records"), (guint64)rows);
    bool done = carry_rows(&carry, with_cache, error);
    progress_free(carry.progress);
    if (!store_bulk_end(to, done ? error : NULL))
        done = false;
    return (store_on_server(to) || store_run(to, "PRAGMA foreign_keys=ON", done ? error : NULL)) &&
           done;
}

/* ---- beginning anew; comparing ---- */

bool store_carry_empty(Store *to, GError **error)
{
    Order order;
    g_autoptr(GString) sql = g_string_new(NULL);
    order_make(&order);
    if (store_on_server(to))
        g_string_append(sql, "DELETE FROM search WHERE case_id = writes();"
                             "DELETE FROM counter;");
    else
        g_string_append(sql, "INSERT INTO search(search) VALUES('delete-all');"
                             "DELETE FROM removed;");
    for (int i = order.n - 1; i >= 0; i--)
        g_string_append_printf(sql, "DELETE FROM \"%s\";", store_kind_name(order.kinds[i]));
    for (gsize i = 0; i < G_N_ELEMENTS(BESIDE); i++)
        g_string_append_printf(sql, "DELETE FROM \"%s\";", BESIDE[i].name);
    for (gsize i = 0; i < G_N_ELEMENTS(WHOLE); i++)
        g_string_append_printf(sql, "DELETE FROM \"%s\";", WHOLE[i].name);
    g_string_truncate(sql, sql->len - 1);
    if (!store_begin(to, error))
        return false;
    const bool done =
        store_run(to, store_sql(to, "PRAGMA defer_foreign_keys=ON", "SET CONSTRAINTS ALL DEFERRED"),
                  error) &&
        store_run(to, sql->str, error);
    return store_write_end(to, true, done, error) && store_removed_load(to, error);
}

/* Its own rules let nobody write to a case that was moved away: it is half moved from now on. */
bool store_carry_remove(Store *store, GError **error)
{
    const StoreMoved half = {.state = STORE_MOVED_COMING, .place = (char *)"nowhere"};
    g_autofree char *sql =
        g_strdup_printf("DELETE FROM piece; DELETE FROM zenhar.cases WHERE id = %" G_GINT64_FORMAT,
                        store->case_number);
    g_assert(store_on_server(store));
    if (!store_moved_set(store, &half, error) || !store_carry_empty(store, error) ||
        !store_begin(store, error))
        return false;
    return store_write_end(store, true, store_run(store, sql, error), error);
}

static bool differs(const char *table, GError **error)
{
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY,
                _("The two places do not hold the same in the table “%s”."), table);
    return false;
}

static bool same_count(Store *from, Store *to, const char *table, GError **error)
{
    gint64 here = 0, there = 0;
    g_autofree char *sql = g_strdup_printf("SELECT count(*) FROM \"%s\"", table);
    return store_query_int(from, sql, NULL, 0, &here, NULL, error) &&
           store_query_int(to, sql, NULL, 0, &there, NULL, error) &&
           (here == there || differs(table, error));
}

bool store_carry_same(Store *from, Store *to, GError **error)
{
    if (!store_removed_load(from, error) || !store_removed_load(to, error))
        return false;
    for (int i = STORE_KIND_NONE + 1; i < STORE_N_KINDS; i++) {
        const StoreKind kind = (StoreKind)i;
        gint64 next[2] = {0};
        if (!store_kind_has_table(kind))
            continue;
        const gint64 here = store_count(from, kind, error), there = store_count(to, kind, error);
        if (here < 0 || there < 0 || !store_entity_next_id(from, kind, &next[0], error) ||
            !store_entity_next_id(to, kind, &next[1], error))
            return false;
        if (here != there || next[0] != next[1])
            return differs(store_kind_name(kind), error);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(BESIDE); i++)
        if (!same_count(from, to, BESIDE[i].name, error))
            return false;
    for (gsize i = 0; i < G_N_ELEMENTS(WHOLE); i++)
        if (strcmp(WHOLE[i].name, "cache") != 0 && !same_count(from, to, WHOLE[i].name, error))
            return false;
    gint64 here = 0, there = 0;
    return store_carry_count_found(from, &here, error) &&
           store_carry_count_found(to, &there, error) &&
           (here == there || differs("search", error));
}

char *store_carry_tables(void)
{
    GString *names = g_string_new("search\nremoved\n");
    for (int kind = STORE_KIND_NONE + 1; kind < STORE_N_KINDS; kind++)
        if (store_kind_has_table((StoreKind)kind))
            g_string_append_printf(names, "%s\n", store_kind_name((StoreKind)kind));
    for (gsize i = 0; i < G_N_ELEMENTS(BESIDE); i++)
        g_string_append_printf(names, "%s\n", BESIDE[i].name);
    for (gsize i = 0; i < G_N_ELEMENTS(WHOLE); i++)
        g_string_append_printf(names, "%s\n", WHOLE[i].name);
    return g_string_free(names, FALSE);
}
