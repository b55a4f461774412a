/* Records as JSON and CSV for programs: plain values, nothing sealed, nothing secret. */
#include "web/api.h"

#include "base/csv.h"
#include "base/edtf.h"
#include "store/record.h"
#include "store/report.h"
#include <math.h>
#include <string.h>

bool api_kind_is_open(StoreKind kind, WebRole role)
{
    static const StoreKind SHUT[] = {STORE_KIND_TOKEN,   STORE_KIND_SENDER,   STORE_KIND_MESSAGE,
                                     STORE_KIND_WATCHED, STORE_KIND_DISPATCH, STORE_KIND_DETAIL,
                                     STORE_KIND_CONSENT, STORE_KIND_SETTING};
    static const StoreKind ADMINISTRATORS[] = {STORE_KIND_USER, STORE_KIND_AUDIT,
                                               STORE_KIND_ERASURE};
    for (gsize i = 0; i < G_N_ELEMENTS(SHUT); i++)
        if (SHUT[i] == kind)
            return false;
    for (gsize i = 0; i < G_N_ELEMENTS(ADMINISTRATORS); i++)
        if (ADMINISTRATORS[i] == kind)
            return role == WEB_ADMINISTRATOR;
    return store_kind_n_columns(kind) > 0;
}

/* Secrets that are no sealed fields, and what is the program's own. */
static bool is_secret(const char *name)
{
    static const char *const NAMES[] = {"password_hash", "token",  "content_key", "raw",
                                        "mended",        "sealed", "public_key",  "signature"};
    for (gsize i = 0; i < G_N_ELEMENTS(NAMES); i++)
        if (strcmp(NAMES[i], name) == 0)
            return true;
    return false;
}

/* Texts of reports and letters may name people: not in lists. */
static bool is_long(const char *name)
{
    return strcmp(name, "text") == 0 || strcmp(name, "body") == 0 || strcmp(name, "extra") == 0 ||
           strcmp(name, "title") == 0;
}

static bool leaves(StoreKind kind, const StoreColumn *column, bool whole)
{
    const bool report = kind == STORE_KIND_REPORT || kind == STORE_KIND_APPEAL;
    return !column->sealed && !is_secret(column->name) && column->type != STORE_VALUE_BYTES &&
           (whole || !report || !is_long(column->name));
}

static char *day_text(gint32 day)
{
    int year, month, date;
    edtf_day_to_gregorian(day, &year, &month, &date);
    return g_strdup_printf("%04d-%02d-%02d", year, month, date);
}

static char *time_text(gint64 seconds)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(seconds);
    return time != NULL ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ") : g_strdup("");
}

static json_t *string_of(char *text)
{
    g_autofree char *owned = text;
    g_autofree char *valid = g_utf8_make_valid(owned, -1);
    return json_string(valid);
}

static json_t *value_json(const StoreColumn *column, const StoreValue *value)
{
    char id[STORE_ID_MAX];
    if (value->none)
        return json_null();
    switch (column->type) {
    case STORE_VALUE_INTEGER:
        return json_integer(value->integer);
    case STORE_VALUE_BOOLEAN:
        return json_boolean(value->integer != 0);
    case STORE_VALUE_REAL:
        return isfinite(value->real) ? json_real(value->real) : json_null();
    case STORE_VALUE_LETTER:
        return string_of(g_strdup_printf("%c", (char)value->integer));
    case STORE_VALUE_RECORD:
        return json_string(store_id_format(column->ref, value->integer, id));
    case STORE_VALUE_DAY:
        return string_of(day_text((gint32)value->integer));
    case STORE_VALUE_TIME:
        return string_of(time_text(value->integer));
    case STORE_VALUE_TEXT:
        return string_of(g_strdup(value->text));
    case STORE_VALUE_BYTES:
        break;
    }
    return json_null();
}

json_t *api_record(StoreKind kind, const void *record, bool whole)
{
    char id[STORE_ID_MAX];
    json_t *object = json_object();
    json_object_set_new(object, "id",
                        json_string(store_id_format(kind, store_record_id(record), id)));
    json_object_set_new(object, "kind", json_string(store_kind_name(kind)));
    for (gsize i = 0; i < store_kind_n_columns(kind); i++) {
        const StoreColumn column = store_kind_column(kind, i);
        const StoreValue value = store_record_value(kind, record, i);
        /* The record's own kind stands above: a column of that name has another. */
        const char *name = strcmp(column.name, "kind") == 0 ? "type" : column.name;
        if (leaves(kind, &column, whole))
            json_object_set_new(object, name, value_json(&column, &value));
    }
    return object;
}

static void csv_value(GString *out, json_t *value)
{
    if (json_is_string(value))
        csv_append(out, json_string_value(value));
    else if (json_is_integer(value))
        csv_append_integer(out, json_integer_value(value));
    else if (json_is_real(value))
        csv_append_double(out, json_real_value(value));
    else
        csv_append(out, json_is_true(value) ? "true" : json_is_false(value) ? "false" : "");
    json_decref(value);
}

static void csv_head(GString *out, StoreKind kind)
{
    csv_append(out, "id");
    for (gsize i = 0; i < store_kind_n_columns(kind); i++) {
        const StoreColumn column = store_kind_column(kind, i);
        if (leaves(kind, &column, false))
            csv_append(out, column.name);
    }
    csv_append_end(out);
}

static void csv_row(GString *out, StoreKind kind, const void *record)
{
    char id[STORE_ID_MAX];
    csv_append(out, store_id_format(kind, store_record_id(record), id));
    for (gsize i = 0; i < store_kind_n_columns(kind); i++) {
        const StoreColumn column = store_kind_column(kind, i);
        const StoreValue value = store_record_value(kind, record, i);
        if (leaves(kind, &column, false))
            csv_value(out, value_json(&column, &value));
    }
    csv_append_end(out);
}

bool api_list_csv(Store *store, StoreKind kind, const StorePage *page, GString *out, GError **error)
{
    g_autoptr(GError) problem = NULL;
    g_autoptr(StoreCursor) cursor = store_record_cursor(store, kind, page, error);
    if (cursor == NULL)
        return false;
    csv_head(out, kind);
    for (const void *record; (record = store_record_next(cursor, kind, &problem)) != NULL;)
        csv_row(out, kind, record);
    if (problem == NULL)
        return true;
    g_propagate_error(error, g_steal_pointer(&problem));
    return false;
}

bool api_reports_csv(Store *store, const GArray *ids, GString *out, GError **error)
{
    csv_head(out, STORE_KIND_REPORT);
    for (guint i = 0; i < ids->len; i++) {
        g_autoptr(StoreReport) report =
            store_report_load(store, g_array_index(ids, gint64, i), error);
        if (report == NULL)
            return false;
        csv_row(out, STORE_KIND_REPORT, report);
    }
    return true;
}
