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
    g_clear_pointer(&records->cached, g_byte_array_unref);
    g_free(records->learned);
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
        .dirty = true,
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

static JoinRecords *records_new(void)
{
    JoinRecords *records = g_new0(JoinRecords, 1);
    records->strings = g_string_chunk_new(1 << 12);
    records->places = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL,
                                            (GDestroyNotify)(void (*)(void))store_place_free);
    return records;
}

/* Statements by number, within each of the two parts. */
gssize join_records_find(const JoinRecords *records, gint64 statement)
{
    for (int part = 0; part < 2; part++) {
        gsize low = part == 0 ? 0 : records->n_known,
              high = part == 0 ? records->n_known : records->n, end = high;
        while (low < high) {
            gsize middle = low + (high - low) / 2;
            if (records->records[middle].statement < statement)
                low = middle + 1;
            else
                high = middle;
        }
        if (low < end && records->records[low].statement == statement)
            return (gssize)low;
    }
    return -1;
}

static int by_statement(gconstpointer a, gconstpointer b)
{
    const JoinRecord *x = a, *y = b;
    return x->statement < y->statement ? -1 : x->statement > y->statement;
}

bool join_record_load(Store *store, JoinRecords *records, const StoreStatement *statement,
                      JoinRecord *ret_record, bool *ret_use, GError **error)
{
    g_autoptr(StoreReport) report = store_report_load(store, statement->report_id, error);
    if (report == NULL)
        return false;
    *ret_use = !report->withdrawn && report->status != STORE_REPORT_REJECTED &&
               statement->victim_name != NULL && statement->count_max <= 1;
    const StoreReportHead head = {
        .id = report->id, .source_id = report->source_id, .synthetic = report->synthetic};
    if (*ret_use)
        *ret_record = record_of(records, statement, &head);
    return true;
}

static bool add_person(Store *store, JoinRecords *records, GArray *list, gint64 person,
                       GError **error)
{
    g_autoptr(GPtrArray) statements = store_statement_list_by_victim(store, person, NULL, error);
    for (guint i = 0; statements != NULL && i < statements->len; i++) {
        JoinRecord record;
        bool use = false;
        if (!join_record_load(store, records, g_ptr_array_index(statements, i), &record, &use,
                              error))
            return false;
        if (use)
            g_array_append_val(list, record);
    }
    return statements != NULL;
}

JoinRecords *join_records_of(Store *store, gsize n, const gint64 *persons, GError **error)
{
    g_autoptr(JoinRecords) records = records_new();
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(JoinRecord));
    for (gsize i = 0; i < n; i++)
        if (!add_person(store, records, list, persons[i], error))
            return NULL;
    g_array_sort(list, by_statement);
    records->n = records->n_known = list->len;
    records->records = (JoinRecord *)(void *)g_array_free(g_steal_pointer(&list), FALSE);
    return g_steal_pointer(&records);
}

static bool read_all(Store *store, JoinRecords *records, GArray *known, GArray *fresh,
                     GError **error)
{
    g_autoptr(GArray) heads = store_report_heads(store, error);
    g_autoptr(StoreCursor) cursor =
        heads != NULL ? store_statement_cursor(store, NULL, error) : NULL;
    if (cursor == NULL)
        return false;
    g_autoptr(GError) stopped = NULL;
    const StoreStatement *s = NULL;
    while ((s = store_statement_next(cursor, &stopped)) != NULL) {
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
    return s == NULL && (error == NULL || *error == NULL);
}

JoinRecords *join_records_read(Store *store, bool whole, GError **error)
{
    g_autoptr(JoinRecords) records = records_new();
    g_autoptr(GArray) known = g_array_new(FALSE, FALSE, sizeof(JoinRecord)),
                      fresh = g_array_new(FALSE, FALSE, sizeof(JoinRecord));
    bool found = false;
    if (!whole && !join_cache_read(store, records, known, fresh, &found, error))
        return NULL;
    if (!found && !read_all(store, records, known, fresh, error))
        return NULL;
    if (!read_places(store, records, error))
        return NULL;
    records->n_known = known->len;
    g_array_append_vals(known, fresh->data, fresh->len);
    records->n = known->len;
    records->records = (JoinRecord *)(void *)g_array_free(g_steal_pointer(&known), FALSE);
    return g_steal_pointer(&records);
}
