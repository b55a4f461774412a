/* cli/report_since.c: what is new in a case since a day: records that came or were made since. */
#include "cli/report_files.h"

#include "base/csv.h"
#include "base/edtf.h"
#include "store/record.h"
#include <string.h>

static const StoreKind TOLD[] = {STORE_KIND_REPORT,    STORE_KIND_ACT,        STORE_KIND_ALARM,
                                 STORE_KIND_ESTIMATE,  STORE_KIND_ASSESSMENT, STORE_KIND_APPEAL,
                                 STORE_KIND_DELIVERY,  STORE_KIND_RESPONSE,   STORE_KIND_FINDING,
                                 STORE_KIND_COMMITMENT};

static gint64 time_of(StoreKind kind, const void *record)
{
    gint64 received = store_record_integer(kind, record, "received");
    return received != 0 ? received : store_record_integer(kind, record, "created");
}

/* A few words that name no person: sealed fields read as none, texts of reports are not told. */
static const char *words_of(StoreKind kind, const void *record)
{
    static const char *const FIELDS[] = {"title", "kind", "status", "method"};
    for (gsize i = 0; i < G_N_ELEMENTS(FIELDS); i++) {
        const char *text = store_record_text(kind, record, FIELDS[i]);
        if (text != NULL && !(kind == STORE_KIND_REPORT && i == 0))
            return text;
    }
    return "";
}

static bool tell_kind(Store *store, StoreKind kind, gint64 since, GString *out, guint *n,
                      GError **error)
{
    GError *problem = NULL;
    g_autoptr(StoreCursor) cursor = store_record_cursor(store, kind, NULL, error);
    if (cursor == NULL)
        return false;
    for (const void *record; (record = store_record_next(cursor, kind, &problem)) != NULL;) {
        gint64 when = time_of(kind, record);
        if (when < since)
            continue;
        char id[STORE_ID_MAX];
        g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(when);
        g_autofree char *text =
            time != NULL ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ") : g_strdup("");
        csv_append(out, store_kind_name(kind));
        csv_append(out, store_id_format(kind, store_record_id(record), id));
        csv_append(out, text);
        csv_append(out, words_of(kind, record));
        csv_append_end(out);
        (*n)++;
    }
    if (problem == NULL)
        return true;
    g_propagate_error(error, problem);
    return false;
}

bool report_since(Store *store, gint64 since, GString *out, guint *ret_n, GError **error)
{
    *ret_n = 0;
    g_string_append(out, "kind,id,time,what\n");
    for (gsize i = 0; i < G_N_ELEMENTS(TOLD); i++)
        if (!tell_kind(store, TOLD[i], since, out, ret_n, error))
            return false;
    return true;
}
