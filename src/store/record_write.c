/* Any record by its kind's table of fields. */
#include "store/record_write.h"

#include "base/i18n.h"
#include "store/link.h"
#include "store/server.h"

#include <sodium.h>
#include <string.h>

static const StoreEntity *entity_of(StoreKind kind)
{
    const StoreEntity *entity = store_entity_of(kind);
    g_assert(entity != NULL);
    return entity;
}

bool store_record_add(Store *store, StoreKind kind, void *record, GError **error)
{
    return store_entity_add(store, entity_of(kind), record, error);
}

bool store_record_update(Store *store, StoreKind kind, const void *record, GError **error)
{
    return store_entity_update(store, entity_of(kind), record, error);
}

bool store_record_remove(Store *store, StoreKind kind, gint64 id, GError **error)
{
    return store_entity_remove(store, entity_of(kind), id, error);
}

bool store_record_exists(Store *store, StoreKind kind, gint64 id, GError **error)
{
    char sql[96];
    bool found = false;
    gint64 value = 0;
    const StoreBind bind = {.type = 'i', .i = id};
    g_snprintf(sql, sizeof sql, "SELECT 1 FROM \"%s\" WHERE \"id\" = ?1", store_kind_name(kind));
    return store_query_int(store, sql, &bind, 1, &value, &found, error) && found;
}

bool store_record_next_id(Store *store, StoreKind kind, gint64 *ret_id, GError **error)
{
    return store_entity_next_id(store, kind, ret_id, error);
}

/* ---- ids in a record ---- */

/* A kind and a number side by side, without a foreign key. */
static const struct {
    StoreKind kind;
    const char *of_kind, *of_id;
} PAIRS[] = {
    {STORE_KIND_LINK, "from_kind", "from_id"},
    {STORE_KIND_LINK, "to_kind", "to_id"},
    {STORE_KIND_PREDICTION, "subject_kind", "subject_id"},
    {STORE_KIND_AUDIT, "target_kind", "target_id"},
    {STORE_KIND_NOTICE, "subject_kind", "subject_id"},
};
/* Texts that are lists of ids: "T4 T9", "T4/A2 T9/A7". */
static const struct {
    StoreKind kind;
    const char *field;
} LISTS[] = {
    {STORE_KIND_VERDICT, "left"},
    {STORE_KIND_VERDICT, "right"},
    {STORE_KIND_JOINING, "statements"},
    {STORE_KIND_ERASURE, "records"},
};

static const StoreField *field_named(const StoreEntity *entity, const char *name)
{
    for (gsize i = 0; i < entity->n_fields; i++)
        if (strcmp(entity->fields[i].name, name) == 0)
            return &entity->fields[i];
    g_assert_not_reached();
}

bool store_kind_remaps_all(StoreKind kind)
{
    const StoreEntity *entity = entity_of(kind);
    for (gsize i = 0; i < entity->n_fields; i++) {
        const StoreField *field = &entity->fields[i];
        bool known = field->type != FIELD_INT || !g_str_has_suffix(field->name, "_id");
        for (gsize k = 0; !known && k < G_N_ELEMENTS(PAIRS); k++)
            known = PAIRS[k].kind == kind && strcmp(PAIRS[k].of_id, field->name) == 0;
        if (!known)
            return false;
    }
    return true;
}

static char *remap_list(const char *text, StoreRemap map, void *context)
{
    GString *out = g_string_new(NULL);
    while (*text != '\0') {
        const gsize n = strcspn(text, " /");
        g_autofree char *word = g_strndup(text, n);
        StoreKind kind;
        gint64 id;
        char mapped[STORE_ID_MAX];
        if (store_id_parse(word, &kind, &id))
            g_string_append(out, store_id_format(kind, map(context, kind, id), mapped));
        else
            g_string_append(out, word);
        text += n;
        if (*text != '\0')
            g_string_append_c(out, *text++);
    }
    return g_string_free(out, FALSE);
}

void store_record_remap(StoreKind kind, void *record, StoreRemap map, void *context)
{
    const StoreEntity *entity = entity_of(kind);
    gint64 *own = record;
    if (*own != 0)
        *own = map(context, kind, *own);
    for (gsize i = 0; i < entity->n_fields; i++) {
        const StoreField *field = &entity->fields[i];
        if (field->type == FIELD_REF && MEMBER(record, field, gint64) != 0)
            MEMBER(record, field, gint64) = map(context, field->ref, MEMBER(record, field, gint64));
    }
    for (gsize i = 0; i < G_N_ELEMENTS(PAIRS); i++) {
        if (PAIRS[i].kind != kind)
            continue;
        const StoreField *id = field_named(entity, PAIRS[i].of_id);
        const gint32 of = MEMBER(record, field_named(entity, PAIRS[i].of_kind), gint32);
        if (MEMBER(record, id, gint64) != 0 && of > STORE_KIND_NONE && of < STORE_N_KINDS)
            MEMBER(record, id, gint64) = map(context, (StoreKind)of, MEMBER(record, id, gint64));
    }
    for (gsize i = 0; i < G_N_ELEMENTS(LISTS); i++) {
        if (LISTS[i].kind != kind)
            continue;
        char **text = &MEMBER(record, field_named(entity, LISTS[i].field), char *);
        if (*text == NULL)
            continue;
        char *mapped = remap_list(*text, map, context);
        g_free(*text);
        *text = mapped;
    }
}

/* ---- sameness ---- */

static void feed(crypto_generichash_state *state, const void *bytes, gsize n)
{
    guint64 length = GUINT64_TO_LE((guint64)n);
    crypto_generichash_update(state, (const guint8 *)&length, sizeof length);
    crypto_generichash_update(state, bytes, n);
}

static bool is_loose(const StoreColumn *column)
{
    return column->type == STORE_VALUE_TIME ||
           (column->type == STORE_VALUE_RECORD &&
            (column->ref == STORE_KIND_PERSON || column->ref == STORE_KIND_ACT));
}

/* The column that follows the id or a round; NULL none. */
static const char *name_column(StoreKind kind)
{
    return kind == STORE_KIND_PERSON                                  ? "code"
           : kind == STORE_KIND_NOTICE || kind == STORE_KIND_DISPATCH ? "key"
                                                                      : NULL;
}

void store_record_digest(StoreKind kind, const void *record, bool loose,
                         guint8 ret[STORE_DIGEST_BYTES])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, STORE_DIGEST_BYTES);
    for (gsize i = 0; i < store_kind_n_columns(kind); i++) {
        const StoreColumn column = store_kind_column(kind, i);
        const StoreValue value = store_record_value(kind, record, i);
        if (value.none || g_strcmp0(column.name, name_column(kind)) == 0 ||
            (loose && is_loose(&column)))
            continue;
        const guint64 number = GUINT64_TO_LE((guint64)i);
        const gint64 integer = GINT64_TO_LE(value.integer);
        crypto_generichash_update(&state, (const guint8 *)&number, sizeof number);
        if (value.text != NULL)
            feed(&state, value.text, strlen(value.text));
        else if (value.bytes != NULL)
            feed(&state, value.bytes, value.n_bytes);
        else if (column.type == STORE_VALUE_REAL)
            feed(&state, &value.real, sizeof value.real);
        else
            feed(&state, &integer, sizeof integer);
    }
    crypto_generichash_final(&state, ret, STORE_DIGEST_BYTES);
}

/* Unique columns are keys; a person's code is made of its number and is none. */
bool store_kind_column_is_key(StoreKind kind, gsize i)
{
    const StoreField *field = &entity_of(kind)->fields[i];
    if (kind == STORE_KIND_LINK)
        return field->type == FIELD_INT || field->type == FIELD_INT32;
    return name_column(kind) == NULL && field->constraint != NULL &&
           strstr(field->constraint, "UNIQUE") != NULL;
}

static bool bind_value(const StoreField *field, const void *record, StoreBind *bind)
{
    switch (field->type) {
    case FIELD_INT:
    case FIELD_REF:
    case FIELD_TIME:
        *bind = (StoreBind){.type = 'i', .i = MEMBER_CONST(record, field, gint64)};
        return true;
    case FIELD_INT32:
        *bind = (StoreBind){.type = 'i', .i = MEMBER_CONST(record, field, gint32)};
        return true;
    case FIELD_TEXT: {
        const char *text = MEMBER_CONST(record, field, gpointer);
        *bind = (StoreBind){.type = 't', .p = text, .n = text != NULL ? strlen(text) : 0};
        return text != NULL;
    }
    case FIELD_BYTES: {
        const guint8 *bytes = (const guint8 *)record + field->offset;
        *bind = (StoreBind){.type = 'b', .p = bytes, .n = field->size};
        return !sodium_is_zero(bytes, field->size);
    }
    case FIELD_BLOB: {
        GBytes *bytes = MEMBER_CONST(record, field, gpointer);
        bind->type = 'b';
        bind->p = bytes != NULL ? g_bytes_get_data(bytes, &bind->n) : NULL;
        return bytes != NULL;
    }
    default:
        return false;
    }
}

gint64 store_record_find_same(Store *store, StoreKind kind, const void *record, GError **error)
{
    const StoreEntity *entity = entity_of(kind);
    StoreBind binds[8];
    gsize n = 0;
    g_autoptr(GString) sql = g_string_new(NULL);
    g_string_printf(sql, "SELECT \"id\" FROM \"%s\" WHERE ", store_kind_name(kind));
    for (gsize i = 0; i < entity->n_fields && n < G_N_ELEMENTS(binds); i++) {
        if (!store_kind_column_is_key(kind, i) ||
            !bind_value(&entity->fields[i], record, &binds[n]))
            continue;
        n++;
        g_string_append_printf(sql, "%s\"%s\" = ?%d", n > 1 ? " AND " : "", entity->fields[i].name,
                               (int)n);
    }
    if (n == 0)
        return 0;
    gint64 id = 0;
    bool found = false;
    if (!store_query_int(store, sql->str, binds, n, &id, &found, error))
        return -1;
    return found ? id : 0;
}

gint64 store_record_find_name(Store *store, StoreKind kind, const char *name, GError **error)
{
    g_assert(name_column(kind) != NULL);
    if (name == NULL)
        return 0;
    char sql[96];
    gint64 id = 0;
    bool found = false;
    const StoreBind bind = {.type = 't', .p = name, .n = strlen(name)};
    g_snprintf(sql, sizeof sql, "SELECT \"id\" FROM \"%s\" WHERE \"%s\" = ?1",
               store_kind_name(kind), name_column(kind));
    if (!store_query_int(store, sql, &bind, 1, &id, &found, error))
        return -1;
    return found ? id : 0;
}

/* ---- references ---- */

bool store_references_defer(Store *store, GError **error)
{
    g_assert(store->depth > 0);
    return store_run(
        store, store_sql(store, "PRAGMA defer_foreign_keys=ON", "SET CONSTRAINTS ALL DEFERRED"),
        error);
}

bool store_references_check(Store *store, GError **error)
{
    if (store_on_server(store))
        return store_run(store, "SET CONSTRAINTS ALL IMMEDIATE", error);
    DbStatement *row = store_prepare(store, "PRAGMA foreign_key_check", error);
    if (row == NULL)
        return false;
    const int found = store_step(store, row, error);
    if (found == 1) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("A record of the kind %s, number %s, names another one that is not in the "
                      "case. Nothing was changed."),
                    db_text(row, 0), db_text(row, 1));
        db_reset(row);
    }
    return found == 0 && store_run(store, "PRAGMA defer_foreign_keys=OFF", error);
}
