/* Records to rows and back, by the field tables: one engine for all kinds.
 *
 * A write makes three things of the same values in one pass: the bound parameters, the sealed
 * fields, and the canonical form that the evidence log hashes. Nothing is allocated for a record:
 * the two buffers are the store's and keep their size. */
#include "base/i18n.h"
#include "store/canonical.h"
#include "store/link.h"
#include "store/log.h"
#include "store/private.h"

#include <math.h>
#include <sodium.h>
#include <string.h>

enum { FIRST_COLUMN = 2, FIRST_PARAMETER = 3 }; /* after id and leaf */

#define MEMBER(record, field, Type) (*(Type *)(void *)((char *)(record) + (field)->offset))
#define MEMBER_CONST(record, field, Type)                                                          \
    (*(const Type *)(const void *)((const char *)(record) + (field)->offset))

/* ---- memory ---- */

void store_entity_init(const StoreEntity *entity, void *record)
{
    memset(record, 0, entity->size);
    for (gsize i = 0; i < entity->n_fields; i++) {
        const StoreField *field = &entity->fields[i];
        if (field->type == FIELD_REAL)
            MEMBER(record, field, double) = NAN;
        else if (field->type == FIELD_INT || field->type == FIELD_TIME)
            MEMBER(record, field, gint64) = field->initial;
        else if (field->type == FIELD_INT32)
            MEMBER(record, field, gint32) = field->initial;
    }
}

void *store_entity_new(const StoreEntity *entity)
{
    void *record = g_malloc(entity->size);
    store_entity_init(entity, record);
    return record;
}

void store_entity_clear(const StoreEntity *entity, void *record)
{
    for (gsize i = 0; i < entity->n_fields; i++) {
        const StoreField *field = &entity->fields[i];
        if (field->type == FIELD_TEXT) {
            g_clear_pointer(&MEMBER(record, field, char *), g_free);
        } else if (field->type == FIELD_BLOB) {
            g_clear_pointer(&MEMBER(record, field, GBytes *), g_bytes_unref);
        } else if (field->type == FIELD_SEALED) {
            char *text = MEMBER(record, field, char *);
            if (text != NULL)
                sodium_memzero(text, strlen(text));
            g_clear_pointer(&MEMBER(record, field, char *), g_free);
        }
    }
}

void store_entity_free(const StoreEntity *entity, void *record)
{
    if (record == NULL)
        return;
    store_entity_clear(entity, record);
    g_free(record);
}

/* ---- rows to records ---- */

static bool seal_broken(const StoreEntity *entity, const StoreField *field, gint64 id,
                        GError **error)
{
    char text[STORE_ID_MAX];
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY,
                _("The sealed field %s of %s does not open: it was changed from outside. Run "
                  "“zenhar verify”."),
                field->name, store_id_format(entity->kind, id, text));
    return false;
}

/* In `scratch` when it is given (room was made), else in memory of its own. */
static bool read_sealed(Store *store, const StoreEntity *entity, gsize i, sqlite3_stmt *row,
                        GByteArray *scratch, gsize *used, char **ret_text, GError **error)
{
    const int column = FIRST_COLUMN + (int)i;
    *ret_text = NULL;
    if (!store->unsealed || sqlite3_column_type(row, column) == SQLITE_NULL)
        return true;
    const void *sealed = sqlite3_column_blob(row, column);
    const gsize length = (gsize)sqlite3_column_bytes(row, column);
    if (length < STORE_SEAL_EXTRA_BYTES)
        return seal_broken(entity, &entity->fields[i], sqlite3_column_int64(row, 0), error);
    const gsize n = length - STORE_SEAL_EXTRA_BYTES;
    char *text = scratch != NULL ? (char *)scratch->data + *used : g_malloc(n + 1);
    if (!store_keys_open(store->keys, (guint8)entity->kind, (guint8)(i + 1), sealed, length,
                         (guint8 *)text)) {
        if (scratch == NULL)
            g_free(text);
        return seal_broken(entity, &entity->fields[i], sqlite3_column_int64(row, 0), error);
    }
    text[n] = '\0';
    *used += n + 1;
    *ret_text = text;
    return true;
}

static void read_bytes(const StoreField *field, sqlite3_stmt *row, int column, void *record)
{
    const void *bytes = sqlite3_column_blob(row, column);
    if (bytes != NULL && sqlite3_column_bytes(row, column) == field->size)
        memcpy((char *)record + field->offset, bytes, field->size);
}

static char *read_text(sqlite3_stmt *row, int column, bool borrow)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    if (text == NULL || borrow)
        return (char *)(gpointer)text;
    const gsize length = (gsize)sqlite3_column_bytes(row, column);
    char *copy = g_malloc(length + 1);
    memcpy(copy, text, length + 1);
    return copy;
}

static GBytes *read_blob(sqlite3_stmt *row, int column, bool borrow)
{
    if (sqlite3_column_type(row, column) == SQLITE_NULL)
        return NULL;
    const void *bytes = sqlite3_column_blob(row, column);
    const gsize length = (gsize)sqlite3_column_bytes(row, column);
    return borrow ? g_bytes_new_static(bytes, length) : g_bytes_new(bytes, length);
}

/* Fills an initialized record. With scratch, text is borrowed from the row and sealed text from
 * scratch; else all is the record's. */
static bool read_row(Store *store, const StoreEntity *entity, sqlite3_stmt *row,
                     GByteArray *scratch, void *record, GError **error)
{
    gsize used = 0;
    *(gint64 *)record = sqlite3_column_int64(row, 0);
    for (gsize i = 0; i < entity->n_fields; i++) {
        const StoreField *field = &entity->fields[i];
        const int column = FIRST_COLUMN + (int)i;
        if (field->type == FIELD_TEXT) {
            MEMBER(record, field, char *) = read_text(row, column, scratch != NULL);
            continue;
        }
        if (field->type == FIELD_SEALED) {
            if (!read_sealed(store, entity, i, row, scratch, &used, &MEMBER(record, field, char *),
                             error))
                return false;
            continue;
        }
        if (sqlite3_column_type(row, column) == SQLITE_NULL)
            continue;
        if (field->type == FIELD_INT32)
            MEMBER(record, field, gint32) = sqlite3_column_int(row, column);
        else if (field->type == FIELD_BOOL)
            MEMBER(record, field, bool) = sqlite3_column_int(row, column) != 0;
        else if (field->type == FIELD_CHAR)
            MEMBER(record, field, char) = (char)sqlite3_column_text(row, column)[0];
        else if (field->type == FIELD_REAL)
            MEMBER(record, field, double) = sqlite3_column_double(row, column);
        else if (field->type == FIELD_BLOB)
            MEMBER(record, field, GBytes *) = read_blob(row, column, scratch != NULL);
        else if (field->type == FIELD_BYTES)
            read_bytes(field, row, column, record);
        else
            MEMBER(record, field, gint64) = sqlite3_column_int64(row, column);
    }
    return true;
}

/* ---- records to rows ---- */

static gsize sealed_length(const StoreField *field, const void *record, sqlite3_stmt *old,
                           int column)
{
    const char *text = MEMBER_CONST(record, field, char *);
    if (text != NULL)
        return strlen(text) + STORE_SEAL_EXTRA_BYTES;
    return old != NULL ? (gsize)sqlite3_column_bytes(old, column) : 0;
}

/* Seals all sealed fields one behind the other into store->scratch; lengths 0 for NULL. `old`
 * (NULL: none) is the row whose seals stay where the record has no text. */
static void seal_fields(Store *store, const StoreEntity *entity, const void *record,
                        sqlite3_stmt *old, gsize lengths[STORE_MAX_FIELDS])
{
    gsize total = 0, used = 0;
    for (gsize i = 0; i < entity->n_fields; i++) {
        if (entity->fields[i].type == FIELD_SEALED) {
            lengths[i] = sealed_length(&entity->fields[i], record, old, FIRST_COLUMN + (int)i);
            total += lengths[i];
        }
    }
    if (total == 0)
        return;
    g_byte_array_set_size(store->scratch, (guint)total);
    for (gsize i = 0; i < entity->n_fields; i++) {
        if (entity->fields[i].type != FIELD_SEALED || lengths[i] == 0)
            continue;
        guint8 *place = store->scratch->data + used;
        const char *text = MEMBER_CONST(record, &entity->fields[i], char *);
        if (text != NULL)
            store_keys_seal(store->keys, (guint8)entity->kind, (guint8)(i + 1), text,
                            lengths[i] - STORE_SEAL_EXTRA_BYTES, place);
        else
            memcpy(place, sqlite3_column_blob(old, FIRST_COLUMN + (int)i), lengths[i]);
        used += lengths[i];
    }
}

typedef struct {
    sqlite3_stmt *statement;
    GByteArray *bytes; /* the canonical form */
    int rc;
} Sink;

static void put_int(Sink *sink, gsize i, gint64 value)
{
    sink->rc |= sqlite3_bind_int64(sink->statement, FIRST_PARAMETER + (int)i, value);
    canonical_int(sink->bytes, (guint8)(i + 1), value);
}

static void put_text(Sink *sink, gsize i, const char *text, gsize length)
{
    sink->rc |= sqlite3_bind_text64(sink->statement, FIRST_PARAMETER + (int)i, text, length,
                                    SQLITE_STATIC, SQLITE_UTF8);
    canonical_text(sink->bytes, (guint8)(i + 1), text, length);
}

static void put_blob(Sink *sink, gsize i, const void *bytes, gsize length)
{
    /* A NULL pointer would be bound as NULL, not as an empty value. */
    sink->rc |= sqlite3_bind_blob64(sink->statement, FIRST_PARAMETER + (int)i,
                                    bytes != NULL ? bytes : "", length, SQLITE_STATIC);
    canonical_blob(sink->bytes, (guint8)(i + 1), bytes, length);
}

static void put_real(Sink *sink, gsize i, double value)
{
    value += 0.0; /* SQLite keeps no negative zero */
    sink->rc |= sqlite3_bind_double(sink->statement, FIRST_PARAMETER + (int)i, value);
    canonical_real(sink->bytes, (guint8)(i + 1), value);
}

static void put_null(Sink *sink, gsize i)
{
    sink->rc |= sqlite3_bind_null(sink->statement, FIRST_PARAMETER + (int)i);
}

static void put_text_or_null(Sink *sink, gsize i, const char *text)
{
    if (text != NULL)
        put_text(sink, i, text, strlen(text));
    else
        put_null(sink, i);
}

static void put_bytes_or_null(Sink *sink, gsize i, const StoreField *field, const void *record)
{
    const guint8 *bytes = (const guint8 *)record + field->offset;
    if (sodium_is_zero(bytes, field->size))
        put_null(sink, i);
    else
        put_blob(sink, i, bytes, field->size);
}

static void put_gbytes_or_null(Sink *sink, gsize i, GBytes *value)
{
    gsize length = 0;
    const void *bytes = value != NULL ? g_bytes_get_data(value, &length) : NULL;
    if (value != NULL)
        put_blob(sink, i, bytes, length);
    else
        put_null(sink, i);
}

static void put_field(Sink *sink, gsize i, const StoreField *field, const void *record)
{
    switch (field->type) {
    case FIELD_INT:
    case FIELD_TIME:
        put_int(sink, i, MEMBER_CONST(record, field, gint64));
        break;
    case FIELD_INT32:
        put_int(sink, i, MEMBER_CONST(record, field, gint32));
        break;
    case FIELD_BOOL:
        put_int(sink, i, MEMBER_CONST(record, field, bool));
        break;
    case FIELD_REF:
        if (MEMBER_CONST(record, field, gint64) != 0)
            put_int(sink, i, MEMBER_CONST(record, field, gint64));
        else
            put_null(sink, i);
        break;
    case FIELD_CHAR:
        if (MEMBER_CONST(record, field, char) != 0)
            put_text(sink, i, (const char *)record + field->offset, 1);
        else
            put_null(sink, i);
        break;
    case FIELD_REAL:
        if (!isnan(MEMBER_CONST(record, field, double)))
            put_real(sink, i, MEMBER_CONST(record, field, double));
        else
            put_null(sink, i);
        break;
    case FIELD_TEXT:
        put_text_or_null(sink, i, MEMBER_CONST(record, field, char *));
        break;
    case FIELD_BLOB:
        put_gbytes_or_null(sink, i, MEMBER_CONST(record, field, gpointer));
        break;
    case FIELD_BYTES:
        put_bytes_or_null(sink, i, field, record);
        break;
    case FIELD_SEALED:
        g_assert_not_reached(); /* by bind_record */
    }
}

/* Binds id, leaf and all fields; leaves the canonical form in store->canonical. */
static bool bind_record(Store *store, const StoreEntity *entity, sqlite3_stmt *statement,
                        const void *record, gint64 leaf, sqlite3_stmt *old, GError **error)
{
    gsize lengths[STORE_MAX_FIELDS] = {0};
    gsize used = 0;
    const gint64 id = *(const gint64 *)record;
    Sink sink = {.statement = statement, .bytes = store->canonical};
    seal_fields(store, entity, record, old, lengths);
    canonical_begin(store->canonical, entity->kind, id);
    sink.rc = id != 0 ? sqlite3_bind_int64(statement, 1, id) : sqlite3_bind_null(statement, 1);
    sink.rc |= sqlite3_bind_int64(statement, 2, leaf);
    for (gsize i = 0; i < entity->n_fields; i++) {
        if (entity->fields[i].type != FIELD_SEALED) {
            put_field(&sink, i, &entity->fields[i], record);
        } else if (lengths[i] != 0) {
            put_blob(&sink, i, store->scratch->data + used, lengths[i]);
            used += lengths[i];
        } else {
            put_null(&sink, i);
        }
    }
    return sink.rc == SQLITE_OK || store_fail(store, sqlite3_errcode(store->db), error);
}

void store_canonical_row(const StoreEntity *entity, sqlite3_stmt *row, GByteArray *bytes)
{
    canonical_begin(bytes, entity->kind, sqlite3_column_int64(row, 0));
    for (gsize i = 0; i < entity->n_fields; i++) {
        const int column = FIRST_COLUMN + (int)i;
        const guint8 number = (guint8)(i + 1);
        switch (sqlite3_column_type(row, column)) {
        case SQLITE_INTEGER:
            canonical_int(bytes, number, sqlite3_column_int64(row, column));
            break;
        case SQLITE_FLOAT:
            canonical_real(bytes, number, sqlite3_column_double(row, column));
            break;
        case SQLITE_TEXT: {
            const unsigned char *text = sqlite3_column_text(row, column);
            canonical_text(bytes, number, (const char *)text,
                           (gsize)sqlite3_column_bytes(row, column));
            break;
        }
        case SQLITE_BLOB: {
            const void *blob = sqlite3_column_blob(row, column);
            canonical_blob(bytes, number, blob, (gsize)sqlite3_column_bytes(row, column));
            break;
        }
        default:
            break; /* NULL is left out */
        }
    }
}

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

static sqlite3_stmt *entity_statement(Store *store, const StoreEntity *entity, int which,
                                      GError **error)
{
    sqlite3_stmt **slot = &store->entity_sql[entity->kind][which];
    if (*slot == NULL) {
        g_autofree char *sql = sql_make(entity, which);
        const int rc =
            sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, slot, NULL);
        if (rc != SQLITE_OK)
            store_fail(store, rc, error);
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
    sqlite3_stmt *row = entity_statement(store, entity, SQL_LOAD, error);
    if (row == NULL)
        return NULL;
    sqlite3_bind_int64(row, 1, id);
    const int found = store_step(store, row, error);
    if (found == 0)
        no_such_record(entity->kind, id, error);
    if (found != 1)
        return NULL;
    void *record = store_entity_new(entity);
    if (!read_row(store, entity, row, NULL, record, error)) {
        store_entity_free(entity, record);
        record = NULL;
    }
    sqlite3_reset(row);
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
static bool tell(Store *store, StoreKind kind, StoreOperation operation, gint64 id,
                 const GByteArray *bytes, GError **error)
{
    const StoreChange change = {.kind = kind,
                                .operation = operation,
                                .id = id,
                                .bytes = bytes != NULL ? bytes->data : NULL,
                                .length = bytes != NULL ? bytes->len : 0};
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
    if (*id == 0 && store->removed[entity->kind] != 0 &&
        !store_entity_next_id(store, entity->kind, id, error))
        return false;
    return entity->prepare == NULL || entity->prepare(store, record, error);
}

bool store_entity_insert(Store *store, const StoreEntity *entity, void *record, bool only_new,
                         bool *ret_added, GError **error)
{
    sqlite3_stmt *statement =
        entity_statement(store, entity, only_new ? SQL_INSERT_NEW : SQL_INSERT, error);
    if (statement == NULL || !fill_new(store, entity, record, error))
        return false;
    const gint64 leaf = next_position(store, error);
    if (leaf < 0 || !bind_record(store, entity, statement, record, leaf, NULL, error) ||
        store_step(store, statement, error) != 0)
        return false;
    *ret_added = !only_new || sqlite3_changes(store->db) > 0;
    if (!*ret_added)
        return true;
    gint64 *id = record;
    *id = sqlite3_last_insert_rowid(store->db);
    canonical_set_id(store->canonical, *id);
    return tell(store, entity->kind, STORE_INSERT, *id, store->canonical, error);
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
    sqlite3_stmt *statement = entity_statement(store, entity, SQL_UPDATE, error);
    sqlite3_stmt *old = entity_statement(store, entity, SQL_LOAD, error);
    if (statement == NULL || old == NULL)
        return false;
    sqlite3_bind_int64(old, 1, id);
    const int found = store_step(store, old, error);
    if (found == 0)
        no_such_record(entity->kind, id, error);
    if (found != 1)
        return false;
    const gint64 leaf = next_position(store, error);
    bool done = leaf >= 0 && bind_record(store, entity, statement, record, leaf,
                                         store->unsealed ? NULL : old, error);
    sqlite3_reset(old);
    done = done && store_step(store, statement, error) == 0;
    return done && tell(store, entity->kind, STORE_UPDATE, id, store->canonical, error);
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
    sqlite3_stmt *statement = store_prepare(store, sql, error);
    sqlite3_stmt *row = entity_statement(store, entity, SQL_LOAD, error);
    const gint64 leaf = next_position(store, error);
    if (statement == NULL || row == NULL || leaf < 0)
        return false;
    sqlite3_bind_int64(statement, 1, id);
    sqlite3_bind_int64(statement, 2, leaf);
    if (!store_bind(store, statement, FIRST_PARAMETER, binds, n_binds, error) ||
        store_step(store, statement, error) != 0)
        return false;
    sqlite3_bind_int64(row, 1, id);
    const int found = store_step(store, row, error);
    if (found == 0)
        no_such_record(entity->kind, id, error);
    if (found != 1) {
        if (found < 0)
            store_write_broken(store);
        return false;
    }
    store_canonical_row(entity, row, store->canonical);
    sqlite3_reset(row);
    return tell(store, entity->kind, STORE_UPDATE, id, store->canonical, error);
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
    sqlite3_stmt *statement = entity_statement(store, entity, SQL_DELETE, error);
    if (statement == NULL)
        return false;
    sqlite3_bind_int64(statement, 1, id);
    if (store_step(store, statement, error) != 0)
        return false;
    if (sqlite3_changes(store->db) == 0) {
        no_such_record(entity->kind, id, error);
        return false;
    }
    if (!store_removed_put(store, entity->kind, id, error) ||
        (entity->kind == STORE_KIND_REPORT && !store_search_forget(store, id, error))) {
        store_write_broken(store);
        return false;
    }
    return tell(store, entity->kind, STORE_REMOVE, id, NULL, error);
}

bool store_entity_remove(Store *store, const StoreEntity *entity, gint64 id, GError **error)
{
    /* Links and row go together or not at all: a savepoint inside a transaction. */
    if (add_only(entity, error) || !store_begin(store, error))
        return false;
    const bool done = links_allow(store, entity, id, error) && remove_row(store, entity, id, error);
    return store_write_end(store, true, done, error);
}

/* ---- cursors and lists ---- */

struct StoreCursor {
    Store *store;
    const StoreEntity *entity;
    sqlite3_stmt *row;
    GByteArray *scratch;
    void *record;
};

static StoreCursor *cursor_of(Store *store, const StoreEntity *entity, const char *sql,
                              GError **error)
{
    sqlite3_stmt *row = store_statement_take(store, sql, error);
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
    return limit != 0 ? (gint64)limit : -1;
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
            total += (gsize)sqlite3_column_bytes(cursor->row, FIRST_COLUMN + (int)i) + 1;
    }
    g_byte_array_set_size(cursor->scratch, (guint)total);
}

void *store_cursor_next(StoreCursor *cursor, const StoreEntity *entity, GError **error)
{
    g_assert(cursor->entity == entity);
    cursor_forget(cursor);
    if (store_step(cursor->store, cursor->row, error) != 1)
        return NULL;
    cursor_make_room(cursor);
    if (!read_row(cursor->store, entity, cursor->row, cursor->scratch, cursor->record, error))
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
        if (!read_row(cursor->store, cursor->entity, cursor->row, NULL, record, error))
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
