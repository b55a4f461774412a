/* Records to rows and back, by the field tables: one engine for all kinds.
 *
 * On the way in, one pass over a record makes three things of the same values: the bound
 * parameters, the sealed fields, and the canonical form that the evidence log hashes. Nothing is
 * allocated for a record: the two buffers are the store's and keep their size. */
#include "base/i18n.h"
#include "store/canonical.h"
#include "store/private.h"

#include <math.h>
#include <sodium.h>
#include <string.h>

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
bool store_row_read(Store *store, const StoreEntity *entity, sqlite3_stmt *row, GByteArray *scratch,
                    void *record, GError **error)
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
bool store_row_bind(Store *store, const StoreEntity *entity, sqlite3_stmt *statement,
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
