/* One step of a trace: what a record rests on, by rows of `link` and by the fields of records. */
#include "store/link.h"
#include "store/private.h"

/* A field that says what rests on what. Down: the record's own field names what it rests on.
 * Up: the record rests on those that name it (an act on its statements). */
typedef struct {
    StoreKind kind, to;
    const char *column;
    bool up;
} Step;

static const Step STEPS[] = {
    {STORE_KIND_STATEMENT, STORE_KIND_REPORT, "report_id", false},
    {STORE_KIND_REPORT, STORE_KIND_ORIGINAL, "original_id", false},
    {STORE_KIND_REPORT, STORE_KIND_SOURCE, "source_id", false},
    {STORE_KIND_IMPORT, STORE_KIND_ORIGINAL, "original_id", false},
    {STORE_KIND_QUARANTINE, STORE_KIND_ORIGINAL, "original_id", false},
    {STORE_KIND_ACT, STORE_KIND_STATEMENT, "act_id", true},
    {STORE_KIND_PERSON, STORE_KIND_STATEMENT, "victim_id", true},
    {STORE_KIND_PERSON, STORE_KIND_JOINING, "person_id", true},
    {STORE_KIND_PERSON, STORE_KIND_JOINING, "other_id", true},
    {STORE_KIND_JOINING, STORE_KIND_STATEMENT, "left_id", false},
    {STORE_KIND_JOINING, STORE_KIND_STATEMENT, "right_id", false},
    {STORE_KIND_JOINING, STORE_KIND_VERDICT, "verdict_id", false},
    {STORE_KIND_VERDICT, STORE_KIND_STATEMENT, "left_id", false},
    {STORE_KIND_VERDICT, STORE_KIND_STATEMENT, "right_id", false},
    {STORE_KIND_VERDICT, STORE_KIND_VERDICT, "withdraws", false},
    {STORE_KIND_ALARM, STORE_KIND_SERIES, "series_id", false},
    {STORE_KIND_ASSESSMENT, STORE_KIND_RATING, "assessment_id", true},
    {STORE_KIND_FIGURE, STORE_KIND_SOURCE, "source_id", false},
    {STORE_KIND_JUDGEMENT, STORE_KIND_RATING, "rating_id", false},
    {STORE_KIND_ASK, STORE_KIND_ASSESSMENT, "assessment_id", false},
    {STORE_KIND_ASK, STORE_KIND_CRISIS, "crisis_id", false},
    {STORE_KIND_APPEAL, STORE_KIND_ASSESSMENT, "assessment_id", false},
    {STORE_KIND_DELIVERY, STORE_KIND_APPEAL, "appeal_id", false},
    {STORE_KIND_DELIVERY, STORE_KIND_ORIGINAL, "original_id", false},
    {STORE_KIND_RESPONSE, STORE_KIND_DELIVERY, "delivery_id", false},
    {STORE_KIND_RESPONSE, STORE_KIND_ASK, "ask_id", false},
    {STORE_KIND_RESPONSE, STORE_KIND_ORIGINAL, "original_id", false},
    {STORE_KIND_SIGNATORY, STORE_KIND_APPEAL, "appeal_id", false},
    {STORE_KIND_BALLOT, STORE_KIND_VOTE, "vote_id", false},
    {STORE_KIND_ERASURE, STORE_KIND_PERSON, "person_id", false},
};

static char *step_sql(StoreKind kind)
{
    GString *sql = g_string_new("SELECT to_kind, to_id, coalesce(role, '') FROM link"
                                " WHERE from_kind = ?1 AND from_id = ?2"
                                " AND coalesce(role, '') NOT IN ('undone', 'version')"); /* joinings
                                 taken back; a draft's earlier texts */
    for (gsize i = 0; i < G_N_ELEMENTS(STEPS); i++) {
        const Step *step = &STEPS[i];
        if (step->kind != kind)
            continue;
        if (step->up)
            g_string_append_printf(sql, " UNION SELECT %d, id, '' FROM \"%s\" WHERE \"%s\" = ?2",
                                   (int)step->to, store_kind_name(step->to), step->column);
        else
            g_string_append_printf(sql,
                                   " UNION SELECT %d, \"%s\", '' FROM \"%s\" WHERE id = ?2 AND "
                                   "\"%s\" IS NOT NULL",
                                   (int)step->to, step->column, store_kind_name(kind),
                                   step->column);
    }
    g_string_append(sql, " ORDER BY 1, 2, 3 LIMIT ?3");
    return g_string_free(sql, FALSE);
}

GArray *store_trace_step(Store *store, StoreKind kind, gint64 id, gsize limit, GError **error)
{
    g_autofree char *sql = step_sql(kind);
    DbStatement *row = store_prepare(store, sql, error);
    const StoreBind binds[] = {{.type = 'i', .i = kind},
                               {.type = 'i', .i = id},
                               {.type = 'i', .i = limit != 0 ? (gint64)limit : G_MAXINT64}};
    if (row == NULL || !store_bind(store, row, 1, binds, G_N_ELEMENTS(binds), error))
        return NULL;
    g_autoptr(GArray) steps = g_array_new(FALSE, FALSE, sizeof(StoreTraceStep));
    int found = 0;
    while ((found = store_step(store, row, error)) == 1) {
        const StoreTraceStep step = {
            .kind = (StoreKind)db_int(row, 0),
            .id = db_int64(row, 1),
            .role = g_intern_string(db_text(row, 2)),
        };
        g_array_append_val(steps, step);
    }
    return found == 0 ? g_steal_pointer(&steps) : NULL;
}
