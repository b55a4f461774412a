/* appeal/rests.c: what asks, findings and steps rest on. */
#include "appeal/rests.h"

#include "store/record.h"
#include <string.h>

bool appeal_rest_on(Store *store, StoreKind kind, gint64 id, const char *ids, guint *ret_n,
                    GError **error)
{
    g_auto(GStrv) words = g_strsplit_set(ids != NULL ? ids : "", " ,", -1);
    *ret_n = 0;
    for (gsize i = 0; words[i] != NULL; i++) {
        StoreKind to;
        gint64 number;
        if (words[i][0] == '\0')
            continue;
        if (!store_id_read(words[i], STORE_KIND_NONE, &to, &number, error))
            return false;
        void *record = store_record_load(store, to, number, error);
        if (record == NULL)
            return false;
        store_record_free(to, record);
        if (!store_link_join(store, kind, id, to, number, "evidence", error))
            return false;
        (*ret_n)++;
    }
    return true;
}

GArray *appeal_rests(Store *store, StoreKind kind, gint64 id, GError **error)
{
    g_autoptr(GPtrArray) links = store_link_list_from(store, kind, id, NULL, error);
    if (links == NULL)
        return NULL;
    GArray *records = g_array_new(FALSE, TRUE, sizeof(StoreTraceStep));
    for (guint i = 0; i < links->len; i++) {
        const StoreLink *link = links->pdata[i];
        const StoreTraceStep step = {(StoreKind)link->to_kind, link->to_id, "evidence"};
        if (g_strcmp0(link->role, "evidence") == 0 && link->to_kind != STORE_KIND_ORIGINAL)
            g_array_append_val(records, step);
    }
    return records;
}

char *appeal_rests_text(Store *store, StoreKind kind, gint64 id, GError **error)
{
    g_autoptr(GArray) records = appeal_rests(store, kind, id, error);
    if (records == NULL)
        return NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < records->len; i++) {
        const StoreTraceStep *record = &g_array_index(records, StoreTraceStep, i);
        char word[STORE_ID_MAX];
        g_string_append_printf(text, "%s%s", i > 0 ? " " : "",
                               store_id_format(record->kind, record->id, word));
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

GArray *appeal_ids_read(const char *ids, StoreKind kind, GError **error)
{
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_auto(GStrv) words = g_strsplit_set(ids, " ,", -1);
    for (gsize i = 0; words[i] != NULL; i++) {
        StoreKind found;
        gint64 id;
        if (words[i][0] == '\0')
            continue;
        if (!store_id_read(words[i], kind, &found, &id, error))
            return NULL;
        g_array_append_val(list, id);
    }
    return g_steal_pointer(&list);
}
