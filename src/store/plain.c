/* Fields as plain text, by the kinds' tables of fields. */
#include "store/plain.h"

#include "base/csv.h"
#include "base/edtf.h"
#include "base/i18n.h"
#include "store/canonical.h"
#include "store/private.h"
#include <sodium.h>
#include <string.h>

/* audit.target_kind, link.from_kind: a StoreKind as a number. */
static bool names_kind(const StoreColumn *column)
{
    return column->type == STORE_VALUE_INTEGER && g_str_has_suffix(column->name, "_kind");
}

static char *real_plain(double x)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    /* 0.25, not 0.25000000000000000: the shortest that reads back equal. */
    for (int digits = 15; digits <= 17; digits++) {
        char format[8];
        g_snprintf(format, sizeof format, "%%.%dg", digits);
        g_ascii_formatd(text, sizeof text, format, x);
        if (g_ascii_strtod(text, NULL) == x)
            break;
    }
    return g_strdup(text);
}

static char *day_plain(gint64 day)
{
    int year, month, of_month;
    edtf_day_to_gregorian((gint32)day, &year, &month, &of_month);
    return g_strdup_printf("%04d-%02d-%02d", year, month, of_month);
}

static char *time_plain(gint64 seconds)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(seconds);
    return time != NULL ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ") : g_strdup("");
}

static char *hex_plain(const guint8 *bytes, gsize n)
{
    char *text = g_malloc(2 * n + 1);
    return sodium_bin2hex(text, 2 * n + 1, bytes, n);
}

char *store_record_plain(StoreKind kind, const void *record, gsize i)
{
    const StoreColumn column = store_kind_column(kind, i);
    const StoreValue value = store_record_value(kind, record, i);
    char id[STORE_ID_MAX];
    if (value.none)
        return NULL;
    switch (column.type) {
    case STORE_VALUE_INTEGER:
        if (names_kind(&column))
            return g_strdup(value.integer > 0 && value.integer < STORE_N_KINDS
                                ? store_kind_name((StoreKind)value.integer)
                                : "");
        return g_strdup_printf("%" G_GINT64_FORMAT, value.integer);
    case STORE_VALUE_BOOLEAN:
        return g_strdup(value.integer != 0 ? "true" : "false");
    case STORE_VALUE_REAL:
        return real_plain(value.real);
    case STORE_VALUE_TEXT:
        return g_strdup(value.text);
    case STORE_VALUE_LETTER:
        return g_strdup_printf("%c", (char)value.integer);
    case STORE_VALUE_BYTES:
        return hex_plain(value.bytes, value.n_bytes);
    case STORE_VALUE_RECORD:
        return g_strdup(store_id_format(column.ref, value.integer, id));
    case STORE_VALUE_DAY:
        return day_plain(value.integer);
    case STORE_VALUE_TIME:
        return time_plain(value.integer);
    }
    g_assert_not_reached();
}

void *store_record_new(StoreKind kind)
{
    const StoreEntity *entity = store_entity_of(kind);
    g_assert(entity != NULL);
    return store_entity_new(entity);
}

/* "2025-06-28"; years of more than four digits and before 0 as day_plain writes them. */
static bool day_read(const char *text, gint64 *ret)
{
    char *end = NULL;
    const gint64 year = g_ascii_strtoll(text, &end, 10);
    if (end == text || year < -5000000 || year > 5000000 || *end != '-' || strlen(end) != 6 ||
        end[3] != '-')
        return false;
    int parts[2];
    for (int i = 0; i < 2; i++) {
        const char *digits = end + 1 + 3 * i;
        if (!g_ascii_isdigit(digits[0]) || !g_ascii_isdigit(digits[1]))
            return false;
        parts[i] = 10 * (digits[0] - '0') + (digits[1] - '0');
    }
    if (parts[0] < 1 || parts[0] > 12 || parts[1] < 1 ||
        parts[1] > edtf_month_length(CALENDAR_GREGORIAN, (int)year, parts[0]))
        return false;
    *ret = edtf_day_from_gregorian((int)year, parts[0], parts[1]);
    return true;
}

static bool time_read(const char *text, gint64 *ret)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(text, NULL);
    *ret = time != NULL ? g_date_time_to_unix(time) : 0;
    return time != NULL;
}

static bool kind_read(const char *text, gint64 *ret)
{
    for (StoreKind kind = 1; kind < STORE_N_KINDS; kind++)
        if (strcmp(store_kind_name(kind), text) == 0) {
            *ret = (gint64)kind;
            return true;
        }
    return text[0] == '\0';
}

/* A whole number in whichever of its forms the column has. */
static bool integer_read(const StoreColumn *column, const char *text, gint64 *ret)
{
    StoreKind kind;
    switch (column->type) {
    case STORE_VALUE_BOOLEAN:
        *ret = strcmp(text, "true") == 0;
        return *ret != 0 || strcmp(text, "false") == 0;
    case STORE_VALUE_LETTER:
        *ret = text[0];
        return g_ascii_isalpha(text[0]) && text[1] == '\0';
    case STORE_VALUE_RECORD:
        return store_id_parse(text, &kind, ret) && kind == column->ref;
    case STORE_VALUE_DAY:
        return day_read(text, ret);
    case STORE_VALUE_TIME:
        return time_read(text, ret);
    default:
        return names_kind(column) ? kind_read(text, ret) : csv_parse_integer(text, ret);
    }
}

static bool bytes_read(const StoreField *field, void *record, const char *text)
{
    const gsize n = strlen(text) / 2;
    g_autofree guint8 *bytes = g_malloc(n + 1);
    gsize got = 0;
    if (strlen(text) % 2 != 0 || sodium_hex2bin(bytes, n, text, 2 * n, NULL, &got, NULL) != 0 ||
        got != n)
        return false;
    if (field->type == FIELD_BLOB) {
        GBytes **place = &MEMBER(record, field, GBytes *);
        g_clear_pointer(place, g_bytes_unref);
        *place = g_bytes_new(bytes, n);
        return true;
    }
    if (n != field->size)
        return false;
    memcpy((guint8 *)record + field->offset, bytes, n);
    return true;
}

static bool value_set(const StoreField *field, const StoreColumn *column, void *record,
                      const char *text)
{
    gint64 number = 0;
    double real;
    switch (field->type) {
    case FIELD_TEXT:
    case FIELD_SEALED: {
        char **place = &MEMBER(record, field, char *);
        if (!g_utf8_validate(text, -1, NULL))
            return false;
        g_free(*place);
        *place = g_strdup(text);
        return true;
    }
    case FIELD_BLOB:
    case FIELD_BYTES:
        return bytes_read(field, record, text);
    case FIELD_REAL:
        if (!csv_parse_double(text, &real))
            return false;
        MEMBER(record, field, double) = real;
        return true;
    default:
        break;
    }
    if (!integer_read(column, text, &number))
        return false;
    switch (field->type) {
    case FIELD_INT32:
        if (number < G_MININT32 || number > G_MAXINT32)
            return false;
        MEMBER(record, field, gint32) = (gint32)number;
        return true;
    case FIELD_BOOL:
        MEMBER(record, field, bool) = number != 0;
        return true;
    case FIELD_CHAR:
        MEMBER(record, field, char) = (char)number;
        return true;
    default:
        MEMBER(record, field, gint64) = number;
        return true;
    }
}

bool store_record_set_plain(StoreKind kind, void *record, gsize i, const char *text, GError **error)
{
    const StoreEntity *entity = store_entity_of(kind);
    g_assert(entity != NULL && i < entity->n_fields);
    const StoreColumn column = store_kind_column(kind, i);
    if (value_set(&entity->fields[i], &column, record, text))
        return true;
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                _("“%.60s” is no value of the field “%s”."), valid, column.name);
    return false;
}

/* ---- out of the canonical form ---- */

static gint64 little_endian(const guint8 *bytes)
{
    guint64 value;
    memcpy(&value, bytes, sizeof value);
    return (gint64)GUINT64_FROM_LE(value);
}

static bool put_number(const StoreField *field, void *record, gint64 value)
{
    switch (field->type) {
    case FIELD_INT32:
        MEMBER(record, field, gint32) = (gint32)value;
        return value >= G_MININT32 && value <= G_MAXINT32;
    case FIELD_BOOL:
        MEMBER(record, field, bool) = value != 0;
        return value == 0 || value == 1;
    case FIELD_INT:
    case FIELD_REF:
    case FIELD_TIME:
        MEMBER(record, field, gint64) = value;
        return true;
    default:
        return false;
    }
}

static bool put_bytes(const StoreField *field, void *record, char type, const guint8 *bytes,
                      gsize n)
{
    if (field->type == FIELD_SEALED)
        return type == 'b';
    if (field->type == FIELD_BYTES) {
        if (type == 'b' && n == field->size)
            memcpy((guint8 *)record + field->offset, bytes, n);
        return type == 'b' && n == field->size;
    }
    if (field->type == FIELD_BLOB) {
        MEMBER(record, field, GBytes *) = g_bytes_new(bytes, n);
        return type == 'b';
    }
    if (type != 't')
        return false;
    if (field->type == FIELD_CHAR) {
        MEMBER(record, field, char) = n == 1 ? (char)bytes[0] : '\0';
        return n == 1;
    }
    if (field->type != FIELD_TEXT || memchr(bytes, '\0', n) != NULL)
        return false;
    MEMBER(record, field, char *) = g_strndup((const char *)bytes, n);
    return true;
}

/* One field at *at, which moves behind it. */
static bool field_read(const StoreEntity *entity, void *record, const guint8 *bytes, gsize length,
                       gsize *at, guint8 *last)
{
    if (length - *at < 2)
        return false;
    const guint8 number = bytes[*at];
    const char type = (char)bytes[*at + 1];
    const guint8 *value = bytes + *at + 2;
    gsize left = length - *at - 2;
    if (number <= *last || number > entity->n_fields)
        return false;
    *last = number;
    const StoreField *field = &entity->fields[number - 1];
    if (type == 'i' || type == 'r') {
        if (left < 8)
            return false;
        *at += 10;
        if (type == 'i')
            return put_number(field, record, little_endian(value));
        if (field->type != FIELD_REAL)
            return false;
        const gint64 bits = little_endian(value);
        memcpy(&MEMBER(record, field, double), &bits, sizeof bits);
        return true;
    }
    guint32 n;
    if ((type != 't' && type != 'b') || left < sizeof n)
        return false;
    memcpy(&n, value, sizeof n);
    n = GUINT32_FROM_LE(n);
    if (n > left - sizeof n)
        return false;
    *at += 2 + sizeof n + n;
    return put_bytes(field, record, type, value + sizeof n, n);
}

void *store_record_from_canonical(StoreKind kind, const guint8 *bytes, gsize length)
{
    const StoreEntity *entity = store_entity_of(kind);
    if (entity == NULL || length < CANONICAL_HEAD_BYTES || bytes[0] != CANONICAL_VERSION ||
        bytes[1] != (guint8)kind)
        return NULL;
    void *record = store_entity_new(entity);
    guint8 last = 0;
    gsize at = CANONICAL_HEAD_BYTES;
    *(gint64 *)record = little_endian(bytes + 2);
    while (at < length)
        if (!field_read(entity, record, bytes, length, &at, &last)) {
            store_entity_free(entity, record);
            return NULL;
        }
    return record;
}
