#include "evidence/fields.h"

#include "evidence/proof_json.h"
#include "store/canonical.h"
#include "store/record.h"
#include <math.h>

static guint64 little_endian(const guint8 *bytes, gsize n)
{
    guint64 value = 0;
    for (gsize i = n; i-- > 0;)
        value = value << 8 | bytes[i];
    return value;
}

bool evidence_fields_begin(const guint8 *record, gsize length, StoreKind *ret_kind, gint64 *ret_id,
                           EvidenceFields *ret_fields)
{
    if (length < CANONICAL_HEAD_BYTES || record[0] != CANONICAL_VERSION)
        return false;
    *ret_kind = (StoreKind)record[1];
    *ret_id = (gint64)little_endian(record + 2, 8);
    *ret_fields = (EvidenceFields){.at = record + CANONICAL_HEAD_BYTES, .end = record + length};
    return record[1] != 0 && *ret_id > 0;
}

static bool is_canonical_real(double value, guint64 bits)
{
    return !isnan(value) && bits != G_GUINT64_CONSTANT(1) << 63; /* -0 */
}

int evidence_fields_next(EvidenceFields *fields, EvidenceField *ret_field)
{
    const guint8 *at = fields->at;
    gsize left = (gsize)(fields->end - at);
    if (left == 0)
        return 0;
    *ret_field = (EvidenceField){.number = at[0]};
    if (left < 6 || at[0] <= fields->last)
        return -1;
    ret_field->type = (char)at[1];
    fields->last = at[0];
    if (at[1] == 'i' || at[1] == 'r') {
        if (left < CANONICAL_FIELD_BYTES)
            return -1;
        const guint64 bits = little_endian(at + 2, 8);
        ret_field->integer = (gint64)bits;
        memcpy(&ret_field->real, &bits, sizeof bits);
        fields->at = at + CANONICAL_FIELD_BYTES;
        return at[1] == 'i' || is_canonical_real(ret_field->real, bits) ? 1 : -1;
    }
    ret_field->bytes = at + 6;
    ret_field->length = (gsize)little_endian(at + 2, 4);
    if ((at[1] != 't' && at[1] != 'b') || ret_field->length > left - 6)
        return -1;
    fields->at = at + 6 + ret_field->length;
    return 1;
}

/* Column of a field, if this version knows it. */
static bool column_of(StoreKind kind, guint8 number, StoreColumn *ret_column)
{
    if (kind >= STORE_N_KINDS || number == 0 || number > store_kind_n_columns(kind))
        return false;
    *ret_column = store_kind_column(kind, (gsize)number - 1);
    return true;
}

bool evidence_fields_sealed(const guint8 *record, gsize length)
{
    StoreKind kind;
    gint64 id;
    EvidenceFields fields;
    EvidenceField field;
    int found = -1;
    if (!evidence_fields_begin(record, length, &kind, &id, &fields))
        return true;
    while ((found = evidence_fields_next(&fields, &field)) == 1) {
        StoreColumn column;
        if (!column_of(kind, field.number, &column) || column.sealed)
            return true;
    }
    return found != 0;
}

/* ---- as JSON ---- */

static json_t *bytes_json(const EvidenceField *field)
{
    return json_pack("{s:o}", "hex", evidence_hex_json(field->bytes, field->length));
}

/* Years 1 to 9999 as ISO 8601; otherwise the number. */
static json_t *time_json(gint64 seconds, const char *format)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(seconds);
    g_autofree char *text = time != NULL ? g_date_time_format(time, format) : NULL;
    return text != NULL ? json_string(text) : json_integer((json_int_t)seconds);
}

static json_t *day_json(gint64 day)
{
    enum { YEAR_1 = -719162, YEAR_9999 = 2932896 };
    if (day < YEAR_1 || day > YEAR_9999)
        return json_integer((json_int_t)day);
    return time_json(day * 86400, "%Y-%m-%d");
}

static json_t *integer_json(const StoreColumn *column, gint64 value)
{
    char id[STORE_ID_MAX];
    switch (column->type) {
    case STORE_VALUE_BOOLEAN:
        return json_boolean(value != 0);
    case STORE_VALUE_LETTER: {
        const char letter[2] = {(char)value, '\0'};
        return value > ' ' && value < 0x7f ? json_string(letter) : json_integer((json_int_t)value);
    }
    case STORE_VALUE_RECORD:
        return value > 0 && value < G_GINT64_CONSTANT(1) << 48
                   ? json_string(store_id_format(column->ref, value, id))
                   : json_integer((json_int_t)value);
    case STORE_VALUE_DAY:
        return day_json(value);
    case STORE_VALUE_TIME:
        return time_json(value, "%Y-%m-%dT%H:%M:%SZ");
    default:
        return json_integer((json_int_t)value);
    }
}

static json_t *real_json(double value)
{
    return isfinite(value) ? json_real(value) : json_string(value > 0 ? "inf" : "-inf");
}

static json_t *field_json(const EvidenceField *field, const StoreColumn *column)
{
    const StoreColumn unknown = {.type = STORE_VALUE_INTEGER};
    json_t *text = NULL;
    if (column != NULL && column->sealed)
        return json_pack("{s:I}", "sealed", (json_int_t)field->length);
    switch (field->type) {
    case 'i':
        return integer_json(column != NULL ? column : &unknown, field->integer);
    case 'r':
        return real_json(field->real);
    case 't':
        if (field->bytes != NULL && memchr(field->bytes, '\0', field->length) == NULL)
            text = json_stringn((const char *)field->bytes, field->length);
        return text != NULL ? text : bytes_json(field);
    default:
        return bytes_json(field);
    }
}

json_t *evidence_fields_json(const guint8 *record, gsize length)
{
    StoreKind kind;
    gint64 id;
    EvidenceFields fields;
    EvidenceField field;
    if (!evidence_fields_begin(record, length, &kind, &id, &fields))
        return NULL;
    json_t *object = json_object();
    int found;
    while ((found = evidence_fields_next(&fields, &field)) == 1) {
        StoreColumn column;
        char name[16];
        const bool known = column_of(kind, field.number, &column);
        g_snprintf(name, sizeof name, "column %d", field.number);
        json_object_set_new(object, known ? column.name : name,
                            field_json(&field, known ? &column : NULL));
    }
    if (found == 0)
        return object;
    json_decref(object);
    return NULL;
}

json_t *evidence_fields_columns(StoreKind kind)
{
    static const char *const TYPES[] = {
        [STORE_VALUE_INTEGER] = "integer", [STORE_VALUE_BOOLEAN] = "boolean",
        [STORE_VALUE_REAL] = "real",       [STORE_VALUE_TEXT] = "text",
        [STORE_VALUE_LETTER] = "letter",   [STORE_VALUE_BYTES] = "bytes",
        [STORE_VALUE_RECORD] = "record",   [STORE_VALUE_DAY] = "day",
        [STORE_VALUE_TIME] = "time",
    };
    json_t *columns = json_array();
    for (gsize i = 0; i < store_kind_n_columns(kind); i++) {
        const StoreColumn column = store_kind_column(kind, i);
        json_t *row =
            json_pack("[s, s]", column.name, column.sealed ? "sealed" : TYPES[column.type]);
        if (column.type == STORE_VALUE_RECORD)
            json_array_append_new(row, json_string(store_kind_prefix(column.ref)));
        json_array_append_new(columns, row);
    }
    return columns;
}
