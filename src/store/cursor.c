/* Cursors and lists over records of any kind. */
#include "base/i18n.h"
#include "store/server.h"

#include <sodium.h>

struct StoreCursor {
    Store *store;
    const StoreEntity *entity;
    DbStatement *row;
    GByteArray *scratch;
    void *record;
    bool begun;
};

static StoreCursor *cursor_of(Store *store, const StoreEntity *entity, const char *sql,
                              GError **error)
{
    DbStatement *row = store_statement_take(store, sql, error);
    if (row == NULL)
        return NULL;
    StoreCursor *cursor = g_new0(StoreCursor, 1);
    cursor->store = store;
    cursor->entity = entity;
    cursor->row = row;
    cursor->scratch = g_byte_array_new();
    cursor->record = store_entity_new(entity);
    return cursor;
}

static gint64 limit_of(gsize limit)
{
    return limit != 0 ? (gint64)limit : G_MAXINT64;
}

StoreCursor *store_cursor_new(Store *store, const StoreEntity *entity, const char *where,
                              const StoreBind *binds, gsize n_binds, const StorePage *page,
                              GError **error)
{
    const StorePage all = {0};
    const StorePage *of = page != NULL ? page : &all;
    const int n = (int)n_binds;
    g_autofree char *sql = g_strdup_printf(
        "SELECT %s FROM \"%s\" WHERE %s%s\"id\"%c?%d ORDER BY \"id\"%s LIMIT ?%d OFFSET ?%d",
        store_entity_columns(entity), store_kind_name(entity->kind), where != NULL ? where : "",
        where != NULL ? " AND " : "", of->descending ? '<' : '>', n + 1,
        of->descending ? " DESC" : "", n + 2, n + 3);
    g_autoptr(StoreCursor) cursor = cursor_of(store, entity, sql, error);
    const StoreBind tail[] = {
        {.type = 'i', .i = of->descending && of->after == 0 ? G_MAXINT64 : of->after},
        {.type = 'i', .i = limit_of(of->limit)},
        {.type = 'i', .i = (gint64)of->offset},
    };
    if (cursor == NULL || !store_bind(store, cursor->row, 1, binds, n_binds, error) ||
        !store_bind(store, cursor->row, n + 1, tail, G_N_ELEMENTS(tail), error))
        return NULL;
    return g_steal_pointer(&cursor);
}

StoreCursor *store_cursor_new_ordered(Store *store, const StoreEntity *entity, const char *where,
                                      const char *order, const StoreBind *binds, gsize n_binds,
                                      gsize limit, gsize offset, GError **error)
{
    const int n = (int)n_binds;
    g_autofree char *sql = g_strdup_printf(
        "SELECT %s FROM \"%s\" WHERE %s ORDER BY %s LIMIT ?%d OFFSET ?%d",
        store_entity_columns(entity), store_kind_name(entity->kind), where, order, n + 1, n + 2);
    g_autoptr(StoreCursor) cursor = cursor_of(store, entity, sql, error);
    const StoreBind tail[] = {{.type = 'i', .i = limit_of(limit)},
                              {.type = 'i', .i = (gint64)offset}};
    if (cursor == NULL || !store_bind(store, cursor->row, 1, binds, n_binds, error) ||
        !store_bind(store, cursor->row, n + 1, tail, G_N_ELEMENTS(tail), error))
        return NULL;
    return g_steal_pointer(&cursor);
}

/* Forgets the borrowed record: only its GBytes shells are the cursor's. */
static void cursor_forget(StoreCursor *cursor)
{
    for (gsize i = 0; i < cursor->entity->n_fields; i++) {
        const StoreField *field = &cursor->entity->fields[i];
        if (field->type == FIELD_BLOB)
            g_clear_pointer(&MEMBER(cursor->record, field, GBytes *), g_bytes_unref);
    }
    store_entity_init(cursor->entity, cursor->record);
    if (cursor->scratch->len > 0)
        sodium_memzero(cursor->scratch->data, cursor->scratch->len);
}

void store_cursor_free(StoreCursor *cursor)
{
    if (cursor == NULL)
        return;
    cursor_forget(cursor);
    store_statement_give(cursor->store, cursor->row);
    g_byte_array_unref(cursor->scratch);
    g_free(cursor->record);
    g_free(cursor);
}

static void cursor_make_room(StoreCursor *cursor)
{
    gsize total = 1;
    for (gsize i = 0; cursor->store->unsealed && i < cursor->entity->n_fields; i++) {
        if (cursor->entity->fields[i].type == FIELD_SEALED)
            total += (gsize)db_bytes(cursor->row, FIRST_COLUMN + (int)i) + 1;
    }
    g_byte_array_set_size(cursor->scratch, (guint)total);
}

void *store_cursor_next(StoreCursor *cursor, const StoreEntity *entity, GError **error)
{
    g_assert(cursor->entity == entity);
    cursor_forget(cursor);
    if (!cursor->begun && store_on_server(cursor->store))
        db_server_stream(cursor->row); /* one by one: there may be many */
    cursor->begun = true;
    if (store_step(cursor->store, cursor->row, error) != 1)
        return NULL;
    cursor_make_room(cursor);
    if (!store_row_read(cursor->store, entity, cursor->row, cursor->scratch, cursor->record, error))
        return NULL;
    return cursor->record;
}

GPtrArray *store_cursor_collect(StoreCursor *cursor, GDestroyNotify free_record, GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(free_record);
    int found = 0;
    while ((found = store_step(cursor->store, cursor->row, error)) == 1) {
        void *record = store_entity_new(cursor->entity);
        g_ptr_array_add(list, record);
        if (!store_row_read(cursor->store, cursor->entity, cursor->row, NULL, record, error))
            return NULL;
    }
    return found == 0 ? g_steal_pointer(&list) : NULL;
}

GPtrArray *store_entity_list(Store *store, const StoreEntity *entity, const char *where,
                             const StoreBind *binds, gsize n_binds, const StorePage *page,
                             GError **error)
{
    g_autoptr(StoreCursor) cursor =
        store_cursor_new(store, entity, where, binds, n_binds, page, error);
    return cursor != NULL ? store_cursor_collect(cursor, entity->free_record, error) : NULL;
}

void *store_entity_find(Store *store, const StoreEntity *entity, const char *where,
                        const StoreBind *binds, gsize n_binds, const char *what, GError **error)
{
    const StorePage first = {.limit = 1};
    g_autoptr(GPtrArray) list =
        store_entity_list(store, entity, where, binds, n_binds, &first, error);
    if (list == NULL)
        return NULL;
    if (list->len == 1)
        return g_ptr_array_steal_index(list, 0);
    if (n_binds > 0 && binds[0].type == 't')
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND,
                    _("There is no %s whose %s is “%s”."), store_kind_title(entity->kind), what,
                    (const char *)binds[0].p);
    else
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND, _("There is no %s with that %s."),
                    store_kind_title(entity->kind), what);
    return NULL;
}
