/* What the assessment asks of statements; counted by the same rules as store_statement_tally. */
#include "store/query_assess.h"

#include "store/private.h"
#include <string.h>

/* Each act once (its first statement that is counted at all), on single days; or all of them. */
static const char SINGLE_SQL[] =
    "SELECT s.id, s.report_id, coalesce(r.source_id, 0), s.first_day, s.count_min,"
    " coalesce(s.place_id, 0)"
    " FROM statement s JOIN report r ON r.id = s.report_id"
    " WHERE s.act_kind = ?1 AND s.first_day BETWEEN ?2 AND ?3 AND s.first_day = "
    "s.last_day" STORE_COUNTED(
        "r") " AND (s.act_id IS NULL OR s.id = (SELECT min(t.id) FROM statement t JOIN report q"
             " ON q.id = t.report_id WHERE t.act_id = s.act_id" STORE_COUNTED("q") "))"
                                                                                   " ORDER BY s.id";
static const char SPAN_SQL[] =
    "SELECT s.id, s.report_id, coalesce(r.source_id, 0), s.first_day, s.count_min,"
    " coalesce(s.place_id, 0)"
    " FROM statement s JOIN report r ON r.id = s.report_id"
    " WHERE s.act_kind = ?1 AND s.first_day BETWEEN ?2 AND ?3" STORE_COUNTED("r") " ORDER BY s.id";

static bool holds(const GArray *places, gint64 place)
{
    for (guint i = 0; places != NULL && i < places->len; i++)
        if (g_array_index(places, gint64, i) == place)
            return true;
    return places == NULL;
}

GArray *store_statement_behind(Store *store, const char *act_kind, const GArray *places,
                               gint32 from_day, gint32 to_day, bool single_day, GError **error)
{
    g_assert(act_kind != NULL);
    DbStatement *row = store_prepare(store, single_day ? SINGLE_SQL : SPAN_SQL, error);
    const StoreBind binds[] = {{.type = 't', .p = act_kind, .n = strlen(act_kind)},
                               {.type = 'i', .i = from_day},
                               {.type = 'i', .i = to_day}};
    if (row == NULL || !store_bind(store, row, 1, binds, G_N_ELEMENTS(binds), error))
        return NULL;
    g_autoptr(GArray) behind = g_array_new(FALSE, FALSE, sizeof(StoreBehind));
    int found = 0;
    while ((found = store_step(store, row, error)) == 1) {
        const StoreBehind one = {
            .statement_id = db_int64(row, 0),
            .report_id = db_int64(row, 1),
            .source_id = db_int64(row, 2),
            .day = db_int(row, 3),
            .count_min = db_int(row, 4),
        };
        if (holds(places, db_int64(row, 5)))
            g_array_append_val(behind, one);
    }
    return found == 0 ? g_steal_pointer(&behind) : NULL;
}

static const char COUNTED_SQL[] =
    "SELECT s.id, s.report_id, coalesce(r.source_id, 0), coalesce(r.import_id, 0),"
    " coalesce(s.place_id, 0), coalesce(s.victim_id, 0), s.first_day,"
    " (r.received - ((r.received % 86400) + 86400) % 86400) / 86400,"
    " (coalesce(i.started, r.received) - ((coalesce(i.started, r.received) % 86400) + 86400) % "
    "86400)"
    " / 86400, s.count_min, s.victim_name IS NOT NULL, s.act_kind"
    " FROM statement s JOIN report r ON r.id = s.report_id"
    " LEFT JOIN \"import\" i ON i.id = r.import_id"
    " WHERE s.first_day > -2147483648 AND s.first_day = s.last_day AND s.act_kind IS NOT "
    "NULL" STORE_COUNTED(
        "r") " AND (s.act_id IS NULL OR s.id = (SELECT min(t.id) FROM statement t JOIN report q"
             " ON q.id = t.report_id WHERE t.act_id = s.act_id" STORE_COUNTED(
                 "q") "))"
                      " ORDER BY s.first_day, s.id";

StoreCountedList *store_statement_counted(Store *store, GError **error)
{
    DbStatement *row = store_prepare(store, COUNTED_SQL, error);
    if (row == NULL)
        return NULL;
    g_autoptr(StoreCountedList) list = g_new0(StoreCountedList, 1);
    g_autoptr(GArray) rows = g_array_new(FALSE, TRUE, sizeof(StoreCounted));
    list->strings = g_string_chunk_new(256);
    int found = 0;
    while ((found = store_step(store, row, error)) == 1) {
        const StoreCounted one = {
            .statement_id = db_int64(row, 0),
            .report_id = db_int64(row, 1),
            .source_id = db_int64(row, 2),
            .import_id = db_int64(row, 3),
            .place_id = db_int64(row, 4),
            .victim_id = db_int64(row, 5),
            .day = db_int(row, 6),
            .received_day = db_int(row, 7),
            .entered_day = db_int(row, 8),
            .count_min = db_int(row, 9),
            .named = db_int(row, 10) != 0,
            .act_kind = g_string_chunk_insert_const(list->strings, db_text(row, 11)),
        };
        g_array_append_val(rows, one);
    }
    if (found != 0)
        return NULL;
    list->n = rows->len;
    list->rows = (StoreCounted *)(void *)g_array_free(g_steal_pointer(&rows), FALSE);
    return g_steal_pointer(&list);
}

void store_counted_free(StoreCountedList *list)
{
    if (list == NULL)
        return;
    g_free(list->rows);
    if (list->strings != NULL)
        g_string_chunk_free(list->strings);
    g_free(list);
}

char *store_report_words(Store *store, gint64 report_id, GError **error)
{
    DbStatement *row = store_prepare(
        store, "SELECT coalesce(title, '') || ' ' || coalesce(text, '') FROM report WHERE id = ?1",
        error);
    if (row == NULL)
        return NULL;
    db_bind_int64(row, 1, report_id);
    char *words = NULL;
    int found = store_step(store, row, error);
    if (found == 1) {
        words = g_strdup(db_text(row, 0));
        while ((found = store_step(store, row, error)) == 1)
            ;
    } else if (found == 0) {
        words = g_strdup("");
    }
    if (found != 0)
        g_clear_pointer(&words, g_free);
    return words;
}

GArray *store_statement_again(Store *store, gint64 statement_id, GError **error)
{
    DbStatement *row =
        store_prepare(store,
                      "SELECT t.id FROM statement s JOIN statement t ON t.act_id = s.act_id"
                      " WHERE s.id = ?1 AND t.id <> s.id ORDER BY t.id",
                      error);
    if (row == NULL)
        return NULL;
    db_bind_int64(row, 1, statement_id);
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    int found = 0;
    while ((found = store_step(store, row, error)) == 1) {
        const gint64 id = db_int64(row, 0);
        g_array_append_val(ids, id);
    }
    return found == 0 ? g_steal_pointer(&ids) : NULL;
}

static const char WOMEN_CHILDREN_SQL[] =
    "SELECT s.id, s.report_id, coalesce(r.source_id, 0), s.first_day, s.count_min"
    " FROM statement s JOIN report r ON r.id = s.report_id"
    " WHERE s.act_kind IN ('killing', 'torture', 'injury', 'death_in_custody',"
    " 'enforced_disappearance', 'execution')"
    " AND (s.victim_gender = 'female' OR s.victim_age BETWEEN 0 AND 17)"
    " AND s.first_day BETWEEN ?1 AND ?2 AND s.first_day = s.last_day" STORE_COUNTED(
        "r") " AND (s.act_id IS NULL OR s.id = (SELECT min(t.id) FROM statement t JOIN report q"
             " ON q.id = t.report_id WHERE t.act_id = s.act_id" STORE_COUNTED("q") "))"
                                                                                   " ORDER BY s.id";

GArray *store_statement_women_children(Store *store, gint32 from_day, gint32 to_day, GError **error)
{
    DbStatement *row = store_prepare(store, WOMEN_CHILDREN_SQL, error);
    const StoreBind binds[] = {{.type = 'i', .i = from_day}, {.type = 'i', .i = to_day}};
    if (row == NULL || !store_bind(store, row, 1, binds, G_N_ELEMENTS(binds), error))
        return NULL;
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(StoreBehind));
    int found = 0;
    while ((found = store_step(store, row, error)) == 1) {
        const StoreBehind one = {
            .statement_id = db_int64(row, 0),
            .report_id = db_int64(row, 1),
            .source_id = db_int64(row, 2),
            .day = db_int(row, 3),
            .count_min = db_int(row, 4),
        };
        g_array_append_val(rows, one);
    }
    return found == 0 ? g_steal_pointer(&rows) : NULL;
}

GArray *store_statement_originals(Store *store, const char *act_kind, guint n, GError **error)
{
    DbStatement *row =
        store_prepare(store,
                      "SELECT DISTINCT r.original_id"
                      " FROM statement s JOIN report r ON r.id = s.report_id"
                      " WHERE (?1 IS NULL OR s.act_kind = ?1)"
                      " AND r.original_id IS NOT NULL" STORE_COUNTED("r") " ORDER BY 1 LIMIT ?2",
                      error);
    if (row == NULL)
        return NULL;
    if (act_kind != NULL)
        db_bind_text(row, 1, act_kind, strlen(act_kind));
    else
        db_bind_null(row, 1);
    db_bind_int64(row, 2, n);
    g_autoptr(GArray) originals = g_array_new(FALSE, FALSE, sizeof(gint64));
    int found = 0;
    while ((found = store_step(store, row, error)) == 1) {
        const gint64 id = db_int64(row, 0);
        g_array_append_val(originals, id);
    }
    return found == 0 ? g_steal_pointer(&originals) : NULL;
}

GArray *store_person_sources(Store *store, GError **error)
{
    DbStatement *row =
        store_prepare(store,
                      "SELECT DISTINCT s.victim_id, r.source_id"
                      " FROM statement s JOIN report r ON r.id = s.report_id"
                      " WHERE s.victim_id IS NOT NULL AND r.source_id IS NOT NULL" STORE_COUNTED(
                          "r") " ORDER BY 1, 2",
                      error);
    if (row == NULL)
        return NULL;
    g_autoptr(GArray) pairs = g_array_new(FALSE, FALSE, sizeof(StorePersonSource));
    int found = 0;
    while ((found = store_step(store, row, error)) == 1) {
        const StorePersonSource pair = {db_int64(row, 0), db_int64(row, 1)};
        g_array_append_val(pairs, pair);
    }
    return found == 0 ? g_steal_pointer(&pairs) : NULL;
}

GArray *store_statement_named(Store *store, GError **error)
{
    DbStatement *row = store_prepare(
        store,
        "SELECT s.id, s.victim_id, coalesce(s.act_id, 0), r.source_id,"
        " coalesce(a.kind, s.act_kind), coalesce(a.first_day, s.first_day),"
        " coalesce(a.last_day, s.last_day), coalesce(coalesce(a.place_id, s.place_id), 0)"
        " FROM statement s JOIN report r ON r.id = s.report_id"
        " LEFT JOIN act a ON a.id = s.act_id"
        " WHERE s.victim_id IS NOT NULL AND r.source_id IS NOT NULL" STORE_COUNTED(
            "r") " ORDER BY s.id",
        error);
    if (row == NULL)
        return NULL;
    g_autoptr(GArray) named = g_array_new(FALSE, FALSE, sizeof(StoreNamed));
    int found = 0;
    while ((found = store_step(store, row, error)) == 1) {
        const StoreNamed one = {
            .statement_id = db_int64(row, 0),
            .person_id = db_int64(row, 1),
            .act_id = db_int64(row, 2),
            .source_id = db_int64(row, 3),
            .act_kind = g_intern_string(db_text(row, 4)),
            .first_day = db_int(row, 5),
            .last_day = db_int(row, 6),
            .place_id = db_int64(row, 7),
        };
        g_array_append_val(named, one);
    }
    return found == 0 ? g_steal_pointer(&named) : NULL;
}
