/* Reports by source, place, kind, day …; statements counted by day, kind and place. */
#include "store/private.h"
#include "store/report.h"

#include <string.h>

extern const StoreEntity store_report_entity;

enum { BINDS_MAX = 12 };

typedef struct {
    GString *where;
    StoreBind binds[BINDS_MAX];
    gsize n;
} Filter;

static void filter_clear(Filter *filter)
{
    g_string_free(filter->where, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Filter, filter_clear)

/* " AND " and a condition whose value is the next parameter; "%d" stands for its number. */
static void filter_int(Filter *filter, const char *condition, gint64 value)
{
    g_assert(filter->n < BINDS_MAX);
    filter->binds[filter->n++] = (StoreBind){.type = 'i', .i = value};
    g_string_append_printf(filter->where, "%s%s?%d", filter->where->len > 0 ? " AND " : "",
                           condition, (int)filter->n);
}

static void filter_text(Filter *filter, const char *condition, const char *text)
{
    filter_int(filter, condition, 0);
    filter->binds[filter->n - 1] = (StoreBind){.type = 't', .p = text, .n = strlen(text)};
}

static void filter_report(Filter *filter, const StoreReportQuery *query)
{
    /* No day before the first that a gint32 holds: always true, and the index by day fits. */
    filter_int(filter, "\"first_day\" >= ",
               query->from_day != 0 || query->to_day != 0 ? query->from_day : G_MININT32);
    if (query->from_day != 0 || query->to_day != 0)
        filter_int(filter, "\"first_day\" <= ", query->to_day);
    if (query->source_id != 0)
        filter_int(filter, "\"source_id\" = ", query->source_id);
    if (query->place_id != 0)
        filter_int(filter, "\"place_id\" = ", query->place_id);
    if (query->import_id != 0)
        filter_int(filter, "\"import_id\" = ", query->import_id);
    if (query->kind != NULL)
        filter_text(filter, "\"kind\" = ", query->kind);
    if (query->status >= 0)
        filter_int(filter, "\"status\" = ", query->status);
    if (!query->with_withdrawn) {
        filter_int(filter, "\"withdrawn\" = ", 0);
        if (query->status != STORE_REPORT_REJECTED)
            filter_int(filter, "\"status\" <> ", STORE_REPORT_REJECTED);
    }
}

StoreCursor *store_report_select_cursor(Store *store, const StoreReportQuery *query, GError **error)
{
    g_auto(Filter) filter = {.where = g_string_new(NULL)};
    filter_report(&filter, query);
    if (!query->by_day)
        return store_cursor_new(store, &store_report_entity, filter.where->str, filter.binds,
                                filter.n, &query->page, error);
    const bool down = query->page.descending;
    if (query->page.after != 0) {
        filter_int(&filter, down ? "(\"first_day\", \"id\") < (" : "(\"first_day\", \"id\") > (",
                   query->after_day);
        filter.binds[filter.n++] = (StoreBind){.type = 'i', .i = query->page.after};
        g_string_append_printf(filter.where, ", ?%d)", (int)filter.n);
    }
    return store_cursor_new_ordered(
        store, &store_report_entity, filter.where->str,
        down ? "\"first_day\" DESC, \"id\" DESC" : "\"first_day\", \"id\"", filter.binds, filter.n,
        query->page.limit, query->page.offset, error);
}

GPtrArray *store_report_select(Store *store, const StoreReportQuery *query, GError **error)
{
    g_autoptr(StoreCursor) cursor = store_report_select_cursor(store, query, error);
    return cursor != NULL ? store_cursor_collect(cursor, store_report_entity.free_record, error)
                          : NULL;
}

gint64 store_report_select_count(Store *store, const StoreReportQuery *query, GError **error)
{
    g_auto(Filter) filter = {.where = g_string_new(NULL)};
    gint64 count = -1;
    filter_report(&filter, query);
    g_autofree char *sql =
        g_strdup_printf("SELECT count(*) FROM report WHERE %s", filter.where->str);
    return store_query_int(store, sql, filter.binds, filter.n, &count, NULL, error) ? count : -1;
}

/* ---- tally ---- */

static char *tally_sql(Filter *filter, const StoreTallyQuery *query)
{
    filter_int(filter, "s.first_day > ", G_MININT32);
    if (query->from_day != 0 || query->to_day != 0) {
        filter_int(filter, "s.first_day >= ", query->from_day);
        filter_int(filter, "s.first_day <= ", query->to_day);
    }
    if (query->act_kind != NULL)
        filter_text(filter, "s.act_kind = ", query->act_kind);
    if (query->place_id != 0)
        filter_int(filter, "s.place_id = ", query->place_id);
    if (query->synthetic >= 0)
        filter_int(filter, "r.synthetic = ", query->synthetic != 0);
    /* An act is counted where its first statement stands that is counted at all. */
    const char *once =
        " AND (s.act_id IS NULL OR s.id = (SELECT min(t.id) FROM statement t JOIN report q"
        " ON q.id = t.report_id WHERE t.act_id = s.act_id" STORE_COUNTED("q") "))";
    return g_strdup_printf(
        "SELECT s.first_day,"
        " (r.received - ((r.received %% 86400) + 86400) %% 86400) / 86400,"
        " coalesce(s.place_id, 0), coalesce(r.source_id, 0), coalesce(s.act_kind, ''), count(*),"
        " sum(s.count_min), sum(s.count_max)"
        " FROM statement s JOIN report r ON r.id = s.report_id WHERE %s" STORE_COUNTED(
            "r") "%s%s"
                 " GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5",
        filter->where->str, query->single_day ? " AND s.first_day = s.last_day" : "",
        query->unlinked_only ? once : "");
}

StoreTally *store_statement_tally(Store *store, const StoreTallyQuery *query, GError **error)
{
    g_auto(Filter) filter = {.where = g_string_new(NULL)};
    g_autofree char *sql = tally_sql(&filter, query);
    DbStatement *row = store_prepare(store, sql, error);
    if (row == NULL || !store_bind(store, row, 1, filter.binds, filter.n, error))
        return NULL;
    g_autoptr(StoreTally) tally = g_new0(StoreTally, 1);
    g_autoptr(GArray) rows = g_array_new(FALSE, TRUE, sizeof(StoreTallyRow));
    tally->strings = g_string_chunk_new(256);
    int found = 0;
    while ((found = store_step(store, row, error)) == 1) {
        const StoreTallyRow counted = {
            .day = db_int(row, 0),
            .received_day = db_int(row, 1),
            .place_id = db_int64(row, 2),
            .source_id = db_int64(row, 3),
            .act_kind = g_string_chunk_insert_const(tally->strings, db_text(row, 4)),
            .statements = db_int64(row, 5),
            .count_min = db_int64(row, 6),
            .count_max = db_int64(row, 7),
        };
        g_array_append_val(rows, counted);
    }
    if (found != 0)
        return NULL;
    tally->n_rows = rows->len;
    tally->rows = (StoreTallyRow *)(void *)g_array_free(g_steal_pointer(&rows), FALSE);
    return g_steal_pointer(&tally);
}

void store_tally_free(StoreTally *tally)
{
    if (tally == NULL)
        return;
    if (tally->strings != NULL)
        g_string_chunk_free(tally->strings);
    g_free(tally->rows);
    g_free(tally);
}
