/* Records to rows and back, by the field tables: one engine for all kinds.
 *
 * On the way in, one pass over a record makes three things of the same values: the bound
 * parameters, the sealed fields, and the canonical form that the evidence log hashes. Nothing is
 * allocated for a record: the two buffers are the store's and keep their size. */
#include "base/i18n.h"
#include "store/canonical.h"
#include "store/seals_private.h"

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

char store_field_letter(FieldType type)
{
    switch (type) {
    case FIELD_REAL:
        return 'r';
    case FIELD_CHAR:
    case FIELD_TEXT:
        return 't';
    case FIELD_BLOB:
    case FIELD_BYTES:
    case FIELD_SEALED:
        return 'b';
    default:
        return 'i';
    }
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

/* *ret_opened false: its leaf was taken out. */
static bool open_sealed(Store *store, const StoreEntity *entity, gsize i, DbStatement *row,
                        guint8 *text, bool *ret_opened, GError **error)
{
    const int column = FIRST_COLUMN + (int)i;
    const guint8 kind = (guint8)entity->kind, number = (guint8)(i + 1);
    const void *sealed = db_blob(row, column);
    const gsize length = (gsize)db_bytes(row, column);
    const guint64 leaf = store_keys_leaf_of(sealed, length);
    const guint8 *key = NULL;
    if (leaf != 0 && !store_seals_leaf(store, leaf, &key, error))
        return false;
    *ret_opened = (key != NULL && store_keys_open_leaf(key, kind, number, sealed, length, text)) ||
                  store_keys_open(store->keys, kind, number, sealed, length, text);
    return *ret_opened || (leaf != 0 && key == NULL) ||
           seal_broken(entity, &entity->fields[i], db_int64(row, 0), error);
}

/* In `scratch` when it is given (room was made), else in memory of its own. */
static bool read_sealed(Store *store, const StoreEntity *entity, gsize i, DbStatement *row,
                        GByteArray *scratch, gsize *used, char **ret_text, GError **error)
{
    const int column = FIRST_COLUMN + (int)i;
    *ret_text = NULL;
    if (!store->unsealed || db_type(row, column) == DB_NULL)
        return true;
    const gsize length = (gsize)db_bytes(row, column);
    if (length < STORE_SEAL_EXTRA_BYTES)
        return seal_broken(entity, &entity->fields[i], db_int64(row, 0), error);
    const gsize n = length - STORE_SEAL_EXTRA_BYTES;
    char *text = scratch != NULL ? (char *)scratch->data + *used : g_malloc(n + 1);
    bool opened = false;
    const bool done = open_sealed(store, entity, i, row, (guint8 *)text, &opened, error);
    if (!opened) {
        if (scratch == NULL)
            g_free(text);
        return done;
    }
    text[n] = '\0';
    *used += n + 1;
    *ret_text = text;
    return true;
}

static void read_bytes(const StoreField *field, DbStatement *row, int column, void *record)
{
    const void *bytes = db_blob(row, column);
    if (bytes != NULL && db_bytes(row, column) == field->size)
        memcpy((char *)record + field->offset, bytes, field->size);
}

static char *read_text(DbStatement *row, int column, bool borrow)
{
    const char *text = db_text(row, column);
    if (text == NULL || borrow)
        return (char *)(gpointer)text;
    const gsize length = (gsize)db_bytes(row, column);
    char *copy = g_malloc(length + 1);
    memcpy(copy, text, length + 1);
    return copy;
}

static GBytes *read_blob(DbStatement *row, int column, bool borrow)
{
    if (db_type(row, column) == DB_NULL)
        return NULL;
    const void *bytes = db_blob(row, column);
    const gsize length = (gsize)db_bytes(row, column);
    return borrow ? g_bytes_new_static(bytes, length) : g_bytes_new(bytes, length);
}

/* Fills an initialized record. With scratch, text is borrowed from the row and sealed text from
 * scratch; else all is the record's. */
bool store_row_read(Store *store, const StoreEntity *entity, DbStatement *row, GByteArray *scratch,
                    void *record, GError **error)
{
    gsize used = 0;
    *(gint64 *)record = db_int64(row, 0);
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
        if (db_type(row, column) == DB_NULL)
            continue;
        if (field->type == FIELD_INT32)
            MEMBER(record, field, gint32) = db_int(row, column);
        else if (field->type == FIELD_BOOL)
            MEMBER(record, field, bool) = db_int(row, column) != 0;
        else if (field->type == FIELD_CHAR)
            MEMBER(record, field, char) = (char)db_text(row, column)[0];
        else if (field->type == FIELD_REAL)
            MEMBER(record, field, double) = db_real(row, column);
        else if (field->type == FIELD_BLOB)
            MEMBER(record, field, GBytes *) = read_blob(row, column, scratch != NULL);
        else if (field->type == FIELD_BYTES)
            read_bytes(field, row, column, record);
        else
            MEMBER(record, field, gint64) = db_int64(row, column);
    }
    return true;
}

/* ---- records to rows ---- */

/* Bytes of a field's text or blob; 0 for NULL and for numbers. `old`: see store_row_bind. */
static gsize field_length(const StoreField *field, const void *record, DbStatement *old, int column)
{
    if (field->type == FIELD_TEXT) {
        const char *text = MEMBER_CONST(record, field, char *);
        return text != NULL ? strlen(text) : 0;
    }
    if (field->type == FIELD_SEALED) {
        const char *text = MEMBER_CONST(record, field, char *);
        if (text != NULL)
            return strlen(text) + STORE_SEAL_EXTRA_BYTES;
        return old != NULL ? (gsize)db_bytes(old, column) : 0;
    }
    if (field->type == FIELD_BLOB) {
        GBytes *bytes = MEMBER_CONST(record, field, gpointer);
        return bytes != NULL ? g_bytes_get_size(bytes) : 0;
    }
    return field->type == FIELD_BYTES ? field->size : 0;
}

static void room(GByteArray *buffer, gsize n)
{
    g_assert(n < G_MAXUINT / 2);
    if (buffer->len < n)
        g_byte_array_set_size(buffer, (guint)n);
}

guint64 store_row_seal_of(const StoreEntity *entity, DbStatement *row)
{
    for (gsize i = 0; i < entity->n_fields; i++) {
        const int column = FIRST_COLUMN + (int)i;
        if (entity->fields[i].type != FIELD_SEALED || db_type(row, column) == DB_NULL)
            continue;
        const guint64 leaf = store_keys_leaf_of(db_blob(row, column), (gsize)db_bytes(row, column));
        if (leaf != 0)
            return leaf;
    }
    return 0;
}

/* A record keeps its leaf for life: what was sealed by it before goes with it. */
static bool leaf_settle(Store *store, guint64 *leaf, const guint8 **ret_key, GError **error)
{
    *ret_key = NULL;
    if (*leaf != 0 && !store_seals_leaf(store, *leaf, ret_key, error))
        return false;
    if (*ret_key != NULL)
        return true;
    StoreSealer *sealer = store_seals_own(store, error);
    if (sealer == NULL)
        return false;
    *leaf = store_sealer_take(sealer);
    *ret_key = store_sealer_key(sealer, *leaf);
    return true;
}

/* Seals all sealed fields one behind the other into store->scratch. */
static bool seal_fields(Store *store, const StoreEntity *entity, const void *record,
                        DbStatement *old, guint64 leaf, const gsize lengths[STORE_MAX_FIELDS],
                        GError **error)
{
    gsize used = 0;
    const guint8 *key = NULL;
    for (gsize i = 0; i < entity->n_fields; i++) {
        if (entity->fields[i].type != FIELD_SEALED || lengths[i] == 0)
            continue;
        guint8 *place = store->scratch->data + used;
        const char *text = MEMBER_CONST(record, &entity->fields[i], char *);
        if (text != NULL && key == NULL && !leaf_settle(store, &leaf, &key, error))
            return false;
        if (text != NULL)
            store_keys_seal_leaf(key, leaf, (guint8)entity->kind, (guint8)(i + 1), text,
                                 lengths[i] - STORE_SEAL_EXTRA_BYTES, place);
        else
            memcpy(place, db_blob(old, FIRST_COLUMN + (int)i), lengths[i]);
        used += lengths[i];
    }
    return true;
}

gsize store_row_seal(StoreSealer *sealer, const StoreEntity *entity, const void *record,
                     guint8 *room)
{
    gsize used = 0;
    guint64 leaf = 0;
    for (gsize i = 0; i < entity->n_fields; i++) {
        if (entity->fields[i].type != FIELD_SEALED)
            continue;
        const char *text = MEMBER_CONST(record, &entity->fields[i], char *);
        if (text == NULL)
            continue;
        const gsize length = strlen(text);
        if (sealer != NULL && leaf == 0)
            leaf = store_sealer_take(sealer);
        if (sealer != NULL)
            store_keys_seal_leaf(store_sealer_key(sealer, leaf), leaf, (guint8)entity->kind,
                                 (guint8)(i + 1), text, length, room + used);
        used += length + STORE_SEAL_EXTRA_BYTES;
    }
    return used;
}

/* Where the values of a record go; parameters that are NULL were cleared beforehand. */
typedef struct {
    DbStatement *statement;
    guint8 *at; /* in the canonical form */
    const guint8 *sealed;
    int rc;
} Sink;

static void put_int(Sink *sink, gsize i, gint64 value)
{
    sink->rc |= db_bind_int64(sink->statement, FIRST_PARAMETER + (int)i, value);
    sink->at = canonical_int(sink->at, (guint8)(i + 1), value);
}

static void put_real(Sink *sink, gsize i, double value)
{
    value += 0.0; /* SQLite keeps no negative zero */
    sink->rc |= db_bind_real(sink->statement, FIRST_PARAMETER + (int)i, value);
    sink->at = canonical_real(sink->at, (guint8)(i + 1), value);
}

static void put_text(Sink *sink, gsize i, const char *text, gsize length)
{
    sink->rc |= db_bind_text(sink->statement, FIRST_PARAMETER + (int)i, text, length);
    sink->at = canonical_bytes(sink->at, (guint8)(i + 1), 't', text, length);
}

static void put_blob(Sink *sink, gsize i, const void *bytes, gsize length)
{
    /* A NULL pointer would be bound as NULL, not as an empty value. */
    sink->rc |=
        db_bind_blob(sink->statement, FIRST_PARAMETER + (int)i, bytes != NULL ? bytes : "", length);
    sink->at = canonical_bytes(sink->at, (guint8)(i + 1), 'b', bytes, length);
}

static void put_field(Sink *sink, gsize i, const StoreField *field, const void *record,
                      gsize length)
{
    const char *place = (const char *)record + field->offset;
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
        break;
    case FIELD_CHAR:
        if (*place != 0)
            put_text(sink, i, place, 1);
        break;
    case FIELD_REAL:
        if (!isnan(MEMBER_CONST(record, field, double)))
            put_real(sink, i, MEMBER_CONST(record, field, double));
        break;
    case FIELD_TEXT:
        if (MEMBER_CONST(record, field, char *) != NULL)
            put_text(sink, i, MEMBER_CONST(record, field, char *), length);
        break;
    case FIELD_BLOB:
        if (MEMBER_CONST(record, field, gpointer) != NULL)
            put_blob(sink, i, g_bytes_get_data(MEMBER_CONST(record, field, gpointer), NULL),
                     length);
        break;
    case FIELD_BYTES:
        if (!sodium_is_zero((const guint8 *)place, field->size))
            put_blob(sink, i, place, length);
        break;
    case FIELD_SEALED:
        if (length != 0)
            put_blob(sink, i, sink->sealed, length);
        sink->sealed += length;
        break;
    }
}

bool store_row_bind(Store *store, const StoreEntity *entity, DbStatement *statement,
                    const void *record, gint64 leaf, DbStatement *old, guint64 seal, GError **error)
{
    gsize lengths[STORE_MAX_FIELDS];
    gsize total = CANONICAL_HEAD_BYTES + entity->n_fields * CANONICAL_FIELD_BYTES, sealed = 0;
    const gint64 id = *(const gint64 *)record;
    for (gsize i = 0; i < entity->n_fields; i++) {
        lengths[i] = field_length(&entity->fields[i], record, old, FIRST_COLUMN + (int)i);
        total += lengths[i];
        if (entity->fields[i].type == FIELD_SEALED)
            sealed += lengths[i];
    }
    room(store->canonical, total);
    const guint8 *seals = store->seals;
    if (seals != NULL) {
        g_assert(old == NULL);
        store->seals += sealed;
    } else {
        room(store->scratch, sealed);
        if (!seal_fields(store, entity, record, old, seal, lengths, error))
            return false;
        seals = store->scratch->data;
    }

    db_clear(statement);
    Sink sink = {.statement = statement,
                 .at = canonical_begin(store->canonical->data, entity->kind, id),
                 .sealed = seals};
    if (id != 0)
        sink.rc |= db_bind_int64(statement, 1, id);
    sink.rc |= db_bind_int64(statement, 2, leaf);
    for (gsize i = 0; i < entity->n_fields; i++)
        put_field(&sink, i, &entity->fields[i], record, lengths[i]);
    store->canonical_length = (gsize)(sink.at - store->canonical->data);
    return sink.rc == DB_OK || store_fail(store, db_error(&store->db), error);
}

static guint8 *row_value(DbStatement *row, int column, guint8 number, guint8 *at)
{
    switch (db_type(row, column)) {
    case DB_INTEGER:
        return canonical_int(at, number, db_int64(row, column));
    case DB_REAL:
        return canonical_real(at, number, db_real(row, column));
    case DB_TEXT: {
        const void *text = db_text(row, column);
        return canonical_bytes(at, number, 't', text, (gsize)db_bytes(row, column));
    }
    case DB_BLOB: {
        const void *blob = db_blob(row, column);
        return canonical_bytes(at, number, 'b', blob, (gsize)db_bytes(row, column));
    }
    default:
        return at; /* NULL is left out */
    }
}

void store_canonical_row(const StoreEntity *entity, DbStatement *row, GByteArray *bytes)
{
    gsize total = CANONICAL_HEAD_BYTES + entity->n_fields * CANONICAL_FIELD_BYTES;
    for (gsize i = 0; i < entity->n_fields; i++) {
        const int type = db_type(row, FIRST_COLUMN + (int)i);
        if (type == DB_TEXT || type == DB_BLOB)
            total += (gsize)db_bytes(row, FIRST_COLUMN + (int)i);
    }
    g_assert(total < G_MAXUINT / 2);
    g_byte_array_set_size(bytes, (guint)total);
    guint8 *at = canonical_begin(bytes->data, entity->kind, db_int64(row, 0));
    for (gsize i = 0; i < entity->n_fields; i++)
        at = row_value(row, FIRST_COLUMN + (int)i, (guint8)(i + 1), at);
    g_byte_array_set_size(bytes, (guint)(at - bytes->data));
}
