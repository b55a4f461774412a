/* store/record.c: the tables of fields, read from outside. */
#include "store/record.h"

#include "store/private.h"
#include <math.h>
#include <string.h>

static const StoreField *field_of(StoreKind kind, gsize i)
{
    const StoreEntity *entity = store_entity_of(kind);
    g_assert(entity != NULL && i < entity->n_fields);
    return &entity->fields[i];
}

gsize store_kind_n_columns(StoreKind kind)
{
    const StoreEntity *entity = store_entity_of(kind);
    return entity != NULL ? entity->n_fields : 0;
}

/* Whole numbers that are days are told by their names: first_day, due_day; "day". */
static bool is_day(const StoreField *field)
{
    return field->type == FIELD_INT32 &&
           (strcmp(field->name, "day") == 0 || g_str_has_suffix(field->name, "_day"));
}

/* Seconds that add does not set by itself. */
static bool is_time(const StoreField *field)
{
    static const char *const NAMES[] = {"received", "started", "finished", "ended",
                                        "next",     "sent",    "time",     "created"};
    for (gsize i = 0; field->type == FIELD_INT && i < G_N_ELEMENTS(NAMES); i++)
        if (strcmp(field->name, NAMES[i]) == 0)
            return true;
    return field->type == FIELD_TIME;
}

static StoreValueType type_of(const StoreField *field)
{
    if (is_day(field))
        return STORE_VALUE_DAY;
    if (is_time(field))
        return STORE_VALUE_TIME;
    switch (field->type) {
    case FIELD_INT:
    case FIELD_INT32:
        return STORE_VALUE_INTEGER;
    case FIELD_BOOL:
        return STORE_VALUE_BOOLEAN;
    case FIELD_CHAR:
        return STORE_VALUE_LETTER;
    case FIELD_REAL:
        return STORE_VALUE_REAL;
    case FIELD_TEXT:
    case FIELD_SEALED:
        return STORE_VALUE_TEXT;
    case FIELD_BLOB:
    case FIELD_BYTES:
        return STORE_VALUE_BYTES;
    case FIELD_REF:
        return STORE_VALUE_RECORD;
    case FIELD_TIME:
        return STORE_VALUE_TIME;
    }
    g_assert_not_reached();
}

StoreColumn store_kind_column(StoreKind kind, gsize i)
{
    const StoreField *field = field_of(kind, i);
    return (StoreColumn){
        .name = field->name,
        .type = type_of(field),
        .sealed = field->type == FIELD_SEALED,
        .ref = field->ref,
    };
}

gssize store_kind_column_find(StoreKind kind, const char *name)
{
    for (gsize i = 0; i < store_kind_n_columns(kind); i++)
        if (strcmp(field_of(kind, i)->name, name) == 0)
            return (gssize)i;
    return -1;
}

void *store_record_load(Store *store, StoreKind kind, gint64 id, GError **error)
{
    const StoreEntity *entity = store_entity_of(kind);
    g_assert(entity != NULL);
    return store_entity_load(store, entity, id, error);
}

void store_record_free(StoreKind kind, void *record)
{
    if (record != NULL)
        store_entity_free(store_entity_of(kind), record);
}

gint64 store_record_id(const void *record)
{
    return *(const gint64 *)record;
}

static void read_bytes(const StoreField *field, const guint8 *place, StoreValue *value)
{
    if (field->type == FIELD_BYTES) {
        value->bytes = place;
        value->n_bytes = field->size;
        value->none = true;
        for (gsize i = 0; i < field->size; i++)
            if (place[i] != 0)
                value->none = false;
        return;
    }
    GBytes *bytes = *(GBytes *const *)(const void *)place;
    value->none = bytes == NULL;
    if (bytes != NULL)
        value->bytes = g_bytes_get_data(bytes, &value->n_bytes);
}

StoreValue store_record_value(StoreKind kind, const void *record, gsize i)
{
    const StoreField *field = field_of(kind, i);
    const void *place = (const char *)record + field->offset;
    StoreValue value = {.real = NAN};
    switch (field->type) {
    case FIELD_INT:
    case FIELD_REF:
    case FIELD_TIME:
        value.integer = *(const gint64 *)place;
        value.none = (value.integer == 0 && type_of(field) != STORE_VALUE_INTEGER) ||
                     (value.integer == -1 && field->initial == -1);
        break;
    case FIELD_INT32: {
        gint32 number = *(const gint32 *)place;
        value.integer = number;
        /* Where an open day is G_MININT32, day 0 is 1 January 1970; elsewhere it is none. */
        value.none = (number == -1 && field->initial == -1) ||
                     (is_day(field) && (number == G_MININT32 || number == G_MAXINT32 ||
                                        (number == 0 && field->initial == 0)));
        break;
    }
    case FIELD_BOOL:
        value.integer = *(const bool *)place;
        break;
    case FIELD_CHAR:
        value.integer = *(const char *)place;
        value.none = value.integer == 0;
        break;
    case FIELD_REAL:
        value.real = *(const double *)place;
        value.none = isnan(value.real);
        break;
    case FIELD_TEXT:
    case FIELD_SEALED:
        value.text = *(char *const *)place;
        value.none = value.text == NULL;
        break;
    case FIELD_BLOB:
    case FIELD_BYTES:
        read_bytes(field, place, &value);
        break;
    }
    return value;
}

const char *store_record_text(StoreKind kind, const void *record, const char *name)
{
    gssize i = store_kind_column_find(kind, name);
    return i >= 0 ? store_record_value(kind, record, (gsize)i).text : NULL;
}

gint64 store_record_integer(StoreKind kind, const void *record, const char *name)
{
    gssize i = store_kind_column_find(kind, name);
    if (i < 0)
        return 0;
    StoreValue value = store_record_value(kind, record, (gsize)i);
    return value.none ? 0 : value.integer;
}

StoreCursor *store_record_cursor(Store *store, StoreKind kind, const StorePage *page,
                                 GError **error)
{
    const StoreEntity *entity = store_entity_of(kind);
    g_assert(entity != NULL);
    return store_cursor_new(store, entity, NULL, NULL, 0, page, error);
}

const void *store_record_next(StoreCursor *cursor, StoreKind kind, GError **error)
{
    return store_cursor_next(cursor, store_entity_of(kind), error);
}
