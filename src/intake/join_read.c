/* Statements of the case as records to compare. */
#include "intake/join_private.h"
#include "store/query_join.h"

#include <string.h>

void join_records_free(JoinRecords *records)
{
    if (records == NULL)
        return;
    g_free(records->records);
    g_string_chunk_free(records->strings);
    g_hash_table_unref(records->places);
    g_free(records);
}

static const StoreReportHead *head_of(const GArray *heads, gint64 id)
{
    gsize low = 0, high = heads->len;
    while (low < high) {
        gsize middle = (low + high) / 2;
        const StoreReportHead *head = &g_array_index(heads, StoreReportHead, middle);
        if (head->id == id)
            return head;
        if (head->id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static const char *keep(JoinRecords *records, const char *text)
{
    return text != NULL && text[0] != '\0' ? g_string_chunk_insert_const(records->strings, text)
                                           : NULL;
}

static JoinRecord record_of(JoinRecords *records, const StoreStatement *s,
                            const StoreReportHead *head)
{
    return (JoinRecord){
        .statement = s->id,
        .report = s->report_id,
        .source = head->source_id,
        .person = s->victim_id,
        .act = s->act_id,
        .name = keep(records, s->victim_name),
        .father = keep(records, s->victim_father),
        .birth = keep(records, s->victim_birth),
        .gender = keep(records, s->victim_gender),
        .national_id = keep(records, s->victim_national_id),
        .group = keep(records, s->victim_group),
        .kind = keep(records, s->act_kind),
        .perpetrator = keep(records, s->perpetrator),
        .event_date = keep(records, s->event_date),
        .place_text = keep(records, s->place_text),
        .place = s->place_id,
        .first_day = s->first_day,
        .last_day = s->last_day,
        .age = s->victim_age,
        .synthetic = head->synthetic,
    };
}

static bool read_places(Store *store, JoinRecords *records, GError **error)
{
    g_autoptr(GPtrArray) places = store_place_list(store, NULL, error);
    if (places == NULL)
        return false;
    g_ptr_array_set_free_func(places, NULL); /* the table owns them now */
    for (guint i = 0; i < places->len; i++) {
        StorePlace *place = g_ptr_array_index(places, i);
        g_hash_table_insert(records->places, &place->id, place);
    }
    return true;
}

JoinRecords *join_records_read(Store *store, GError **error)
{
    g_autoptr(GArray) heads = store_report_heads(store, error);
    if (heads == NULL)
        return NULL;
    g_autoptr(JoinRecords) records = g_new0(JoinRecords, 1);
    records->strings = g_string_chunk_new(1 << 16);
    records->places = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL,
                                            (GDestroyNotify)(void (*)(void))store_place_free);
    g_autoptr(GArray) known = g_array_new(FALSE, FALSE, sizeof(JoinRecord)),
                      fresh = g_array_new(FALSE, FALSE, sizeof(JoinRecord));
    g_autoptr(StoreCursor) cursor = store_statement_cursor(store, NULL, error);
    g_autoptr(GError) stopped = NULL;
    const StoreStatement *s = NULL;
    while (cursor != NULL && (s = store_statement_next(cursor, &stopped)) != NULL) {
        const StoreReportHead *head = head_of(heads, s->report_id);
        if (head == NULL || !head->counted)
            continue;
        if (s->victim_name == NULL || s->count_max > 1) {
            records->nameless++;
            continue;
        }
        JoinRecord record = record_of(records, s, head);
        g_array_append_val(s->victim_id != 0 ? known : fresh, record);
    }
    if (stopped != NULL)
        g_propagate_error(error, g_steal_pointer(&stopped));
    else if (cursor != NULL && read_places(store, records, error)) {
        records->n_known = known->len;
        g_array_append_vals(known, fresh->data, fresh->len);
        records->n = known->len;
        records->records = (JoinRecord *)(void *)g_array_free(g_steal_pointer(&known), FALSE);
        return g_steal_pointer(&records);
    }
    return NULL;
}
