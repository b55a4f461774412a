/* store/record.h: any record, field by field, for faces that show every kind alike (list, show,
 * export). Fields stand in the order of the kind's table (docs/formats.md). */
#pragma once
#include "store/entity.h"

typedef enum {
    STORE_VALUE_INTEGER,
    STORE_VALUE_BOOLEAN,
    STORE_VALUE_REAL,
    STORE_VALUE_TEXT,
    STORE_VALUE_LETTER, /**< one ASCII letter, in integer */
    STORE_VALUE_BYTES,
    STORE_VALUE_RECORD, /**< id of another record, of kind `ref` */
    STORE_VALUE_DAY,    /**< days since 1970-01-01 */
    STORE_VALUE_TIME,   /**< seconds since 1970-01-01 UTC */
} StoreValueType;

/** A field of a kind. */
typedef struct {
    const char *name; /**< static */
    StoreValueType type;
    bool sealed; /**< TEXT that reads as none until store_unseal() */
    StoreKind ref;
} StoreColumn;

/** A field's value in one record; borrowed from the record. */
typedef struct {
    bool none; /**< no value: 0 of ids, days, times and letters; NULL; NaN; an open day;
                *   -1 where that is "unknown" */
    gint64 integer;
    double real;
    const char *text;
    const guint8 *bytes;
    gsize n_bytes;
} StoreValue;

/** How many fields a kind has beside its id; 0: it has no table. */
gsize store_kind_n_columns(StoreKind kind);
/** Column i of a kind. */
StoreColumn store_kind_column(StoreKind kind, gsize i);
/** The column of that name; -1 none. */
gssize store_kind_column_find(StoreKind kind, const char *name);

/** A record of any kind; free with store_record_free. NULL with NOT_FOUND or another error. */
void *store_record_load(Store *store, StoreKind kind, gint64 id, GError **error);
void store_record_free(StoreKind kind, void *record);
gint64 store_record_id(const void *record);
/** Value of column i; record may come from load, from next, or be any struct of that kind. */
StoreValue store_record_value(StoreKind kind, const void *record, gsize i);
/** Text of a field by name; NULL when the kind has no such field or it is none. Borrowed. */
const char *store_record_text(StoreKind kind, const void *record, const char *name);
/** Likewise a whole number, day, time or id; 0. */
gint64 store_record_integer(StoreKind kind, const void *record, const char *name);

/** One after the other, as STORE_ENTITY's cursor. */
StoreCursor *store_record_cursor(Store *store, StoreKind kind, const StorePage *page,
                                 GError **error);
const void *store_record_next(StoreCursor *cursor, StoreKind kind, GError **error);
