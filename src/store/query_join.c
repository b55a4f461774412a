#include "store/query_join.h"

#include "store/private.h"
#include "store/report.h"

GArray *store_report_heads(Store *store, GError **error)
{
    DbStatement *row =
        store_prepare(store,
                      "SELECT id, coalesce(source_id, 0),"
                      " 1 = 1" STORE_COUNTED("r") ","
                                                  " synthetic FROM report r ORDER BY id",
                      error);
    if (row == NULL)
        return NULL;
    g_autoptr(GArray) heads = g_array_new(FALSE, TRUE, sizeof(StoreReportHead));
    int found;
    while ((found = store_step(store, row, error)) == 1) {
        const StoreReportHead head = {
            .id = db_int64(row, 0),
            .source_id = db_int64(row, 1),
            .counted = db_int(row, 2) != 0,
            .synthetic = db_int(row, 3) != 0,
        };
        g_array_append_val(heads, head);
    }
    return found == 0 ? g_steal_pointer(&heads) : NULL;
}

GArray *store_join_heads(Store *store, GError **error)
{
    DbStatement *row = store_prepare(
        store,
        "SELECT s.id, s.report_id, coalesce(r.source_id, 0),"
        " coalesce(s.victim_id, 0), coalesce(s.act_id, 0)"
        " FROM statement s JOIN report r ON r.id = s.report_id"
        " WHERE s.victim_name IS NOT NULL AND s.count_max <= 1" STORE_COUNTED("r") " ORDER BY s.id",
        error);
    if (row == NULL)
        return NULL;
    g_autoptr(GArray) heads = g_array_new(FALSE, TRUE, sizeof(StoreJoinHead));
    int found;
    while ((found = store_step(store, row, error)) == 1) {
        const StoreJoinHead head = {
            .id = db_int64(row, 0),
            .report_id = db_int64(row, 1),
            .source_id = db_int64(row, 2),
            .person_id = db_int64(row, 3),
            .act_id = db_int64(row, 4),
        };
        g_array_append_val(heads, head);
    }
    return found == 0 ? g_steal_pointer(&heads) : NULL;
}

gint64 store_statement_count_unjoined(Store *store, GError **error)
{
    gint64 count = -1;
    bool ok =
        store_query_int(store,
                        "SELECT count(*) FROM statement s JOIN report r"
                        " ON r.id = s.report_id WHERE s.victim_id IS NULL"
                        " AND s.victim_name IS NOT NULL AND s.count_max <= 1" STORE_COUNTED("r"),
                        NULL, 0, &count, NULL, error);
    return ok ? count : -1;
}
