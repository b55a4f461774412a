/* Writing and loading records of any kind: SQL made from the field table, one place that tells
 * the hook. */
#include "base/i18n.h"
#include "store/canonical.h"
#include "store/link.h"
#include "store/log.h"
#include "store/server.h"

#include <string.h>

/* ---- SQL of a kind ---- */

static char *columns_make(const StoreEntity *entity)
{
    GString *columns = g_string_new("\"id\",\"leaf\"");
    for (gsize i = 0; i < entity->n_fields; i++)
        g_string_append_printf(columns, ",\"%s\"", entity->fields[i].name);
    return g_string_free(columns, FALSE);
}

const char *store_entity_columns(const StoreEntity *entity)
{
    static gpointer known[STORE_N_KINDS];
    const char *columns = g_atomic_pointer_get(&known[entity->kind]);
    if (columns == NULL) {
        g_autofree char *made = columns_make(entity);
        columns = g_intern_string(made);
        g_atomic_pointer_set(&known[entity->kind], (gpointer)(guintptr)columns);
    }
    return columns;
}

static char *sql_make(const StoreEntity *entity, int which)
{
    const char *table = store_kind_name(entity->kind);
    if (which == SQL_LOAD)
        return g_strdup_printf("SELECT %s FROM \"%s\" WHERE \"id\"=?1",
                               store_entity_columns(entity), table);
    if (which == SQL_DELETE)
        return g_strdup_printf("DELETE FROM \"%s\" WHERE \"id\"=?1", table);
    GString *sql = g_string_new(NULL);
    if (which == SQL_UPDATE) {
        g_string_append_printf(sql, "UPDATE \"%s\" SET \"leaf\"=?2", table);
        for (gsize i = 0; i < entity->n_fields; i++)
            g_string_append_printf(sql, ",\"%s\"=?%d", entity->fields[i].name,
                                   FIRST_PARAMETER + (int)i);
        g_string_append(sql, " WHERE \"id\"=?1");
        return g_string_free(sql, FALSE);
    }
    g_string_append_printf(sql, "INSERT INTO \"%s\"(%s) VALUES(?1,?2", table,
                           store_entity_columns(entity));
    for (gsize i = 0; i < entity->n_fields; i++)
        g_string_append_printf(sql, ",?%d", FIRST_PARAMETER + (int)i);
    g_string_append(sql, which == SQL_INSERT_NEW ? ") ON CONFLICT DO NOTHING" : ")");
    return g_string_free(sql, FALSE);
}

/* On a server, in bulk, its rows go over by COPY. */
static void copies(DbStatement *statement, const StoreEntity *entity)
{
    GString *types = g_string_new("ii");
    for (gsize i = 0; i < entity->n_fields; i++)
        g_string_append_c(types, store_field_letter(entity->fields[i].type));
    db_server_copies(statement, store_kind_name(entity->kind), store_entity_columns(entity),
                     types->str);
    g_string_free(types, TRUE);
}

static DbStatement *entity_statement(Store *store, const StoreEntity *entity, int which,
                                     GError **error)
{
    DbStatement **slot = &store->entity_sql[entity->kind][which];
    if (*slot == NULL) {
        g_autofree char *sql = sql_make(entity, which);
        int rc = DB_OK;
        *slot = db_prepare(&store->db, sql, &rc);
        if (*slot == NULL)
            store_fail(store, rc, error);
        else if (which == SQL_INSERT && store_on_server(store))
            copies(*slot, entity);
    }
    return *slot;
}

/* ---- loading ---- */

static void no_such_record(StoreKind kind, gint64 id, GError **error)
{
    char text[STORE_ID_MAX];
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND, _("There is no %s %s."),
                store_kind_title(kind), store_id_format(kind, id, text));
}

void *store_entity_load(Store *store, const StoreEntity *entity, gint64 id, GError **error)
{
    DbStatement *row = entity_statement(store, entity, SQL_LOAD, error);
    if (row == NULL)
        return NULL;
    db_bind_int64(row, 1, id);
    const int found = store_step(store, row, error);
    if (found == 0)
        no_such_record(entity->kind, id, error);
    if (found != 1)
        return NULL;
    void *record = store_entity_new(entity);
    if (!store_row_read(store, entity, row, NULL, record, error)) {
        store_entity_free(entity, record);
        record = NULL;
    }
    db_reset(row);
    return record;
}

/* ---- writing ---- */

static gint64 next_position(Store *store, GError **error)
{
    return store->hook->position != NULL ? store->hook->position(store->hook_context, store, error)
                                         : 0;
}

/* Tells the hook; when that fails the row stands without its entry, so nothing of this
 * transaction may be committed. */
static bool tell(Store *store, StoreKind kind, StoreOperation operation, gint64 id, GError **error)
{
    const bool there = operation != STORE_REMOVE;
    const StoreChange change = {.kind = kind,
                                .operation = operation,
                                .id = id,
                                .bytes = there ? store->canonical->data : NULL,
                                .length = there ? store->canonical_length : 0};
    if (store->hook->changed == NULL ||
        store->hook->changed(store->hook_context, store, &change, error))
        return true;
    store_write_broken(store);
    return false;
}

void store_write_broken(Store *store)
{
    if (store->failed == 0)
        store->failed = store->depth;
}

bool store_entity_next_id(Store *store, StoreKind kind, gint64 *ret_id, GError **error)
{
    char sql[64];
    gint64 last = 0;
    if (store_on_server(store)) {
        if (store->depth == 0 && !store_server_counters_load(store, error))
            return false;
        *ret_id = store->removed[kind] + 1;
        return true;
    }
    g_snprintf(sql, sizeof sql, "SELECT max(\"id\") FROM \"%s\"", store_kind_name(kind));
    if (!store_query_int(store, sql, NULL, 0, &last, NULL, error))
        return false;
    *ret_id = MAX(last, store->removed[kind]) + 1;
    return true;
}

static bool fill_new(Store *store, const StoreEntity *entity, void *record, GError **error)
{
    for (gsize i = 0; i < entity->n_fields; i++) {
        const StoreField *field = &entity->fields[i];
        if (field->type == FIELD_TIME && MEMBER(record, field, gint64) == 0)
            MEMBER(record, field, gint64) = store_now(store);
    }
    gint64 *id = record;
    if (*id == 0 && (store_on_server(store) || store->removed[entity->kind] != 0) &&
        !store_entity_next_id(store, entity->kind, id, error))
        return false;
    return entity->prepare == NULL || entity->prepare(store, record, error);
}

/* Numbers are given here on a server, by its table in a file. */
static void number_given(Store *store, const StoreEntity *entity, gint64 *id)
{
    if (!store_on_server(store))
        *id = db_last_id(&store->db);
    else if (*id > store->removed[entity->kind])
        store->removed[entity->kind] = *id;
}

bool store_entity_insert(Store *store, const StoreEntity *entity, void *record, bool only_new,
                         bool *ret_added, GError **error)
{
    DbStatement *statement =
        entity_statement(store, entity, only_new ? SQL_INSERT_NEW : SQL_INSERT, error);
    if (statement == NULL || !fill_new(store, entity, record, error))
        return false;
    const gint64 leaf = next_position(store, error);
    if (leaf < 0 || !store_row_bind(store, entity, statement, record, leaf, NULL, 0, error) ||
        store_step(store, statement, error) != 0)
        return false;
    *ret_added = !only_new || db_changes(&store->db) > 0;
    if (!*ret_added)
        return true;
    gint64 *id = record;
    number_given(store, entity, id);
    canonical_set_id(store->canonical->data, *id);
    return tell(store, entity->kind, STORE_INSERT, *id, error);
}

bool store_entity_add_new(Store *store, const StoreEntity *entity, void *record, bool *ret_added,
                          GError **error)
{
    bool own = false, done = false;
    if (!store_write_begin(store, &own, error))
        return false;
    done = store_entity_insert(store, entity, record, true, ret_added, error);
    return store_write_end(store, own, done, error);
}

bool store_entity_add(Store *store, const StoreEntity *entity, void *record, GError **error)
{
    const gint64 given = *(gint64 *)record;
    bool own = false, added = false;
    g_assert(given >= 0);
    if (!store_write_begin(store, &own, error))
        return false;
    bool done = store_entity_insert(store, entity, record, false, &added, error);
    done = store_write_end(store, own, done, error);
    if (!done)
        *(gint64 *)record = given;
    return done;
}

static bool add_only(const StoreEntity *entity, GError **error)
{
    if (!entity->add_only)
        return false;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DENIED,
                _("Records of this kind (%s) are only added, never changed or removed."),
                store_kind_title(entity->kind));
    return true;
}

static bool update_row(Store *store, const StoreEntity *entity, const void *record, GError **error)
{
    const gint64 id = *(const gint64 *)record;
    DbStatement *statement = entity_statement(store, entity, SQL_UPDATE, error);
    DbStatement *old = entity_statement(store, entity, SQL_LOAD, error);
    if (statement == NULL || old == NULL)
        return false;
    db_bind_int64(old, 1, id);
    const int found = store_step(store, old, error);
    if (found == 0)
        no_such_record(entity->kind, id, error);
    if (found != 1)
        return false;
    const gint64 leaf = next_position(store, error);
    bool done = leaf >= 0 &&
                store_row_bind(store, entity, statement, record, leaf, store->unsealed ? NULL : old,
                               store_row_seal_of(entity, old), error);
    db_reset(old);
    done = done && store_step(store, statement, error) == 0;
    return done && tell(store, entity->kind, STORE_UPDATE, id, error);
}

bool store_entity_update(Store *store, const StoreEntity *entity, const void *record,
                         GError **error)
{
    bool own = false;
    if (add_only(entity, error) || !store_write_begin(store, &own, error))
        return false;
    const bool done = update_row(store, entity, record, error);
    return store_write_end(store, own, done, error);
}

static bool patch_row(Store *store, const StoreEntity *entity, gint64 id, const char *sql,
                      const StoreBind *binds, gsize n_binds, GError **error)
{
    DbStatement *statement = store_prepare(store, sql, error);
    DbStatement *row = entity_statement(store, entity, SQL_LOAD, error);
    const gint64 leaf = next_position(store, error);
    if (statement == NULL || row == NULL || leaf < 0)
        return false;
    db_bind_int64(statement, 1, id);
    db_bind_int64(statement, 2, leaf);
    if (!store_bind(store, statement, FIRST_PARAMETER, binds, n_binds, error) ||
        store_step(store, statement, error) != 0)
        return false;
    db_bind_int64(row, 1, id);
    const int found = store_step(store, row, error);
    if (found == 0)
        no_such_record(entity->kind, id, error);
    if (found != 1) {
        if (found < 0)
            store_write_broken(store);
        return false;
    }
    store_canonical_row(entity, row, store->canonical);
    store->canonical_length = store->canonical->len;
    db_reset(row);
    return tell(store, entity->kind, STORE_UPDATE, id, error);
}

bool store_entity_patch(Store *store, const StoreEntity *entity, gint64 id, const char *sql,
                        const StoreBind *binds, gsize n_binds, GError **error)
{
    bool own = false;
    if (!store_write_begin(store, &own, error))
        return false;
    const bool done = patch_row(store, entity, id, sql, binds, n_binds, error);
    return store_write_end(store, own, done, error);
}

/* What rests on others is removed with its links; what others rest on is not removed. */
static bool links_allow(Store *store, const StoreEntity *entity, gint64 id, GError **error)
{
    if (entity->kind == STORE_KIND_LINK)
        return true;
    const StorePage first = {.limit = 1};
    g_autoptr(GPtrArray) above = store_link_list_to(store, entity->kind, id, &first, error);
    if (above == NULL)
        return false;
    if (above->len > 0) {
        const StoreLink *link = g_ptr_array_index(above, 0);
        char what[STORE_ID_MAX], from[STORE_ID_MAX];
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("%s cannot be removed: %s rests on it."),
                    store_id_format(entity->kind, id, what),
                    store_id_format((StoreKind)link->from_kind, link->from_id, from));
        return false;
    }
    return store_link_clear_from(store, entity->kind, id, error);
}

static bool remove_row(Store *store, const StoreEntity *entity, gint64 id, GError **error)
{
    DbStatement *statement = entity_statement(store, entity, SQL_DELETE, error);
    if (statement == NULL)
        return false;
    db_bind_int64(statement, 1, id);
    if (store_step(store, statement, error) != 0)
        return false;
    if (db_changes(&store->db) == 0) {
        no_such_record(entity->kind, id, error);
        return false;
    }
    if (!store_removed_put(store, entity->kind, id, error) ||
        (entity->kind == STORE_KIND_REPORT && !store_search_forget(store, id, error))) {
        store_write_broken(store);
        return false;
    }
    return tell(store, entity->kind, STORE_REMOVE, id, error);
}

bool store_entity_remove(Store *store, const StoreEntity *entity, gint64 id, GError **error)
{
    /* Links and row go together or not at all: a savepoint inside a transaction. */
    if (add_only(entity, error) || !store_begin(store, error))
        return false;
    const bool done = links_allow(store, entity, id, error) && remove_row(store, entity, id, error);
    return store_write_end(store, true, done, error);
}
