/* Questions of the web pages: one list of reports by words and filters, counts for the overview.
 * Cost: the list stops at its limit (from the newest number down); the counts walk one index or
 * table each, about 0.2 µs a row, so the overview keeps what it drew while the log stands. */
#include "store/query_web.h"

#include "store/find_private.h"
#include "store/server.h"
#include <string.h>

enum { WEEK = 7, MONDAY = 4 /* 1970-01-05 */, DAY_SECONDS = 86400 };

/* Reports of a span of days by two indexes: those that begin in it, and those of several days that
 * began before it. More than so many are better walked from the newest down: a list ends soon. */
enum { NARROW_MOST = 100000, NARROW_DEEP = 400000 };
#define SPAN_SQL                                                                                   \
    "SELECT id FROM report WHERE first_day >= ?%d AND first_day <= ?%d UNION ALL"                  \
    " SELECT id FROM report WHERE last_day >= ?%d AND first_day < ?%d AND " STORE_REPORT_SPANS

void store_find_clear(Find *find)
{
    g_string_free(find->with, TRUE);
    g_string_free(find->from, TRUE);
    g_string_free(find->where, TRUE);
    g_free(find->match);
}

int store_find_int(Find *find, gint64 value)
{
    g_assert(find->n < FIND_BINDS_MAX);
    find->binds[find->n] = (StoreBind){.type = 'i', .i = value};
    return (int)++find->n;
}

static int bind_text(Find *find, const char *text)
{
    g_assert(find->n < FIND_BINDS_MAX);
    find->binds[find->n] = (StoreBind){.type = 't', .p = text, .n = strlen(text)};
    return (int)++find->n;
}

static bool is_set(const char *text)
{
    return text != NULL && text[0] != '\0';
}

/* Likewise those that say a kind of themselves, and those that have a statement of it. */
#define KIND_SQL                                                                                   \
    "SELECT id FROM report WHERE kind = ?%d UNION ALL SELECT report_id FROM statement WHERE"       \
    " act_kind = ?%d"

/* Whether a list of numbers is short. A question that fails here fails in the list itself, and says
 * why there. */
static bool is_narrow(Store *store, const char *numbers, int most, const StoreBind *binds, gsize n)
{
    gint64 count = 0;
    g_autofree char *sql =
        g_strdup_printf("SELECT count(*) FROM (%s LIMIT %d) counted", numbers, most + 1);
    return store_query_int(store, sql, binds, n, &count, NULL, NULL) && count <= most;
}

static bool span_is_narrow(Store *store, const StoreWebFind *wanted)
{
    const StoreBind binds[] = {{.type = 'i', .i = wanted->from_day},
                               {.type = 'i', .i = wanted->to_day}};
    g_autofree char *numbers = g_strdup_printf(SPAN_SQL, 1, 2, 1, 1);
    return is_narrow(store, numbers, NARROW_MOST, binds, G_N_ELEMENTS(binds));
}

/* The two lists of numbers are all that has the kind; of one that is frequent the newest are soon
 * met from the newest down, and a list of few rows ends sooner than one of thousands. */
static void find_kind(Store *store, Find *find, const char *kind)
{
    const StoreBind bind = {.type = 't', .p = kind, .n = strlen(kind)};
    g_autofree char *numbers = g_strdup_printf(KIND_SQL, 1, 1);
    const int at = bind_text(find, kind);
    if (find->match == NULL &&
        is_narrow(store, numbers, find->deep ? NARROW_DEEP : NARROW_MOST, &bind, 1))
        g_string_append_printf(find->where, " AND r.id IN (" KIND_SQL ")", at, at);
    else
        g_string_append_printf(find->where,
                               " AND (r.kind = ?%d OR EXISTS(SELECT 1 FROM statement s WHERE"
                               " s.report_id = r.id AND s.act_kind = ?%d))",
                               at, at);
}

/* A report whose day nobody knows is in no span. "+": where the indexes are of use is said by the
 * list of numbers; a wide span would be fetched row by row in order of days. */
static void find_span(Store *store, Find *find, const StoreWebFind *wanted)
{
    const int from = store_find_int(find, wanted->from_day),
              to = store_find_int(find, wanted->to_day);
    g_string_append_printf(find->where,
                           " AND +r.last_day >= ?%d AND +r.first_day <= ?%d AND"
                           " (r.first_day > -2147483648 OR r.last_day < 2147483647)",
                           from, to);
    if (find->match == NULL && span_is_narrow(store, wanted))
        g_string_append_printf(find->where, " AND r.id IN (" SPAN_SQL ")", from, to, from, from);
}

bool store_find_begin(Store *store, Find *find, const StoreWebFind *wanted)
{
    GString *where = find->where;
    find->number = "r.id";
    g_string_append(where, "r.withdrawn = 0 AND r.status <> 2");
    if (is_set(wanted->folded_query)) {
        find->match = store_search_query(store, wanted->folded_query);
        if (find->match == NULL)
            return false;
        if (store_on_server(store)) {
            g_string_append(find->from, "report r");
            g_string_append_printf(where,
                                   " AND r.id IN (SELECT search_reports(CAST(?%d AS tsquery), 0,"
                                   " 9223372036854775807, 9223372036854775807))",
                                   bind_text(find, find->match));
        } else {
            /* The index gives its rows in order of number: the list ends at its limit. */
            find->number = "f.rowid";
            g_string_append(find->from, "search f CROSS JOIN report r ON r.id = f.rowid");
            g_string_append_printf(where, " AND f.search MATCH ?%d", bind_text(find, find->match));
        }
    } else {
        g_string_append(find->from, "report r");
    }
    if (wanted->source_id != 0)
        g_string_append_printf(where, " AND r.source_id = ?%d",
                               store_find_int(find, wanted->source_id));
    if (wanted->place_id != 0) {
        g_string_append_printf(find->with,
                               "WITH RECURSIVE inside(id) AS (VALUES(?%d) UNION SELECT p.id FROM"
                               " place p JOIN inside ON p.parent_id = inside.id) ",
                               store_find_int(find, wanted->place_id));
        g_string_append(where, " AND (r.place_id IN (SELECT id FROM inside) OR EXISTS(SELECT 1 FROM"
                               " statement s WHERE s.report_id = r.id AND s.place_id IN"
                               " (SELECT id FROM inside)))");
    }
    if (is_set(wanted->kind))
        find_kind(store, find, wanted->kind);
    if (wanted->from_day != G_MININT32 || wanted->to_day != G_MAXINT32)
        find_span(store, find, wanted);
    return true;
}

GArray *store_web_find(Store *store, const StoreWebFind *wanted, GError **error)
{
    g_auto(Find) find = FIND_NEW;
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    if (!store_find_begin(store, &find, wanted))
        return g_steal_pointer(&ids);
    const char *number = find.number;
    if (wanted->below != 0)
        g_string_append_printf(find.where, " AND %s < ?%d", number,
                               store_find_int(&find, wanted->below));
    if (wanted->above != 0)
        g_string_append_printf(find.where, " AND %s > ?%d", number,
                               store_find_int(&find, wanted->above));
    g_autofree char *sql = g_strdup_printf("%sSELECT %s FROM %s WHERE %s ORDER BY %s %s LIMIT ?%d",
                                           find.with->str, number, find.from->str, find.where->str,
                                           number, wanted->above != 0 ? "ASC" : "DESC",
                                           store_find_int(&find, (gint64)wanted->limit));
    DbStatement *row = store_prepare(store, sql, error);
    if (row == NULL || !store_bind(store, row, 1, find.binds, find.n, error))
        return NULL;
    int found = 0;
    while ((found = store_step(store, row, error)) == 1) {
        const gint64 id = db_int64(row, 0);
        if (wanted->above != 0)
            g_array_prepend_val(ids, id);
        else
            g_array_append_val(ids, id);
    }
    return found == 0 ? g_steal_pointer(&ids) : NULL;
}

gint64 store_web_find_count(Store *store, const StoreWebFind *wanted, gint64 limit, GError **error)
{
    g_auto(Find) find = FIND_NEW;
    find.deep = true;
    if (!store_find_begin(store, &find, wanted))
        return 0;
    gint64 count = -1;
    g_autofree char *sql = g_strdup_printf(
        "%sSELECT count(*) FROM (SELECT 1 FROM %s WHERE %s LIMIT ?%d) found", find.with->str,
        find.from->str, find.where->str, store_find_int(&find, limit != 0 ? limit : G_MAXINT64));
    return store_query_int(store, sql, find.binds, find.n, &count, NULL, error) ? count : -1;
}

/* ---- counts ---- */

static void count_free(gpointer data)
{
    StoreWebCount *count = data;
    g_free(count->name);
    g_free(count);
}

/* Rows of id, name, count, last. */
static GPtrArray *counts_load(Store *store, const char *sql, gsize limit, GError **error)
{
    g_autoptr(GPtrArray) counts = g_ptr_array_new_with_free_func(count_free);
    const StoreBind bind = {.type = 'i', .i = limit != 0 ? (gint64)limit : G_MAXINT64};
    DbStatement *row = store_prepare(store, sql, error);
    if (row == NULL || !store_bind(store, row, 1, &bind, 1, error))
        return NULL;
    int found = 0;
    while ((found = store_step(store, row, error)) == 1) {
        StoreWebCount *count = g_new0(StoreWebCount, 1);
        count->id = db_int64(row, 0);
        count->name = g_strdup(db_text(row, 1));
        count->count = db_int64(row, 2);
        count->last = db_int64(row, 3);
        g_ptr_array_add(counts, count);
    }
    return found == 0 ? g_steal_pointer(&counts) : NULL;
}

GPtrArray *store_web_count_sources(Store *store, gsize limit, GError **error)
{
    return counts_load(
        store,
        "SELECT coalesce(c.id, 0), c.name, n, last FROM (SELECT source_id, count(*)"
        " AS n, max(received) AS last FROM report WHERE withdrawn = 0 AND"
        " status <> 2 GROUP BY source_id) counted LEFT JOIN source c ON c.id = source_id"
        " ORDER BY n DESC, c.id LIMIT ?1",
        limit, error);
}

GPtrArray *store_web_count_kinds(Store *store, gsize limit, GError **error)
{
    return counts_load(store,
                       "SELECT 0, act_kind, count(*) AS n, 0 FROM statement GROUP BY act_kind"
                       " ORDER BY n DESC, act_kind LIMIT ?1",
                       limit, error);
}

/* In order of the index of what is counted first: of a million rows none is sorted. */
GPtrArray *store_web_count_places(Store *store, gsize limit, GError **error)
{
    return counts_load(store,
                       "SELECT place_id, NULL, CAST(sum(n) AS bigint) AS total, max(last) FROM"
                       " (SELECT source_id, place_id, count(*) AS n, max(received) AS last FROM"
                       " report r WHERE +place_id IS NOT NULL" STORE_COUNTED(
                           "r") " GROUP BY source_id, place_id) counted"
                                " GROUP BY place_id ORDER BY total DESC, place_id LIMIT ?1",
                       limit, error);
}

/* The Monday on or before a day. */
static gint64 week_of(gint64 day)
{
    gint64 rest = (day - MONDAY) % WEEK;
    return day - (rest < 0 ? rest + WEEK : rest);
}

/* All weeks in one pass. Grouping by the week would sort the rows. */
static bool weeks_fill(Store *store, GPtrArray *counts, GError **error)
{
    g_autoptr(GString) sql = g_string_new("SELECT 0");
    for (guint i = 0; i < counts->len; i++) {
        const gint64 from = (gint64)((StoreWebCount *)counts->pdata[i])->day * DAY_SECONDS;
        g_string_append_printf(
            sql,
            ", count(CASE WHEN received >= %1$" G_GINT64_FORMAT
            " AND received < %2$" G_GINT64_FORMAT
            " THEN 1 END), coalesce(max(CASE WHEN received >= %1$" G_GINT64_FORMAT
            " AND received < %2$" G_GINT64_FORMAT " THEN received END), 0)",
            from, from + WEEK * DAY_SECONDS);
    }
    g_string_append(sql, " FROM report WHERE withdrawn = 0 AND status <> 2");
    DbStatement *row = store_prepare(store, sql->str, error);
    if (row == NULL || store_step(store, row, error) != 1)
        return false;
    for (guint i = 0; i < counts->len; i++) {
        StoreWebCount *count = counts->pdata[i];
        count->count = db_int64(row, (int)(1 + 2 * i));
        count->last = db_int64(row, (int)(2 + 2 * i));
    }
    db_reset(row);
    return true;
}

GPtrArray *store_web_count_weeks(Store *store, guint weeks, GError **error)
{
    gint64 newest = 0;
    bool found_any = false;
    if (!store_query_int(store,
                         "SELECT max(received) FROM report WHERE withdrawn = 0 AND status <> 2",
                         NULL, 0, &newest, &found_any, error))
        return NULL;
    g_autoptr(GPtrArray) counts = g_ptr_array_new_with_free_func(count_free);
    if (newest == 0)
        return g_steal_pointer(&counts);
    const gint64 last = week_of(newest / DAY_SECONDS), first = last - (gint64)(weeks - 1) * WEEK;
    for (gint64 day = first; day <= last; day += WEEK) {
        StoreWebCount *count = g_new0(StoreWebCount, 1);
        count->day = (gint32)day;
        g_ptr_array_add(counts, count);
    }
    return weeks_fill(store, counts, error) ? g_steal_pointer(&counts) : NULL;
}

bool store_web_totals(Store *store, StoreWebTotals *ret_totals, GError **error)
{
    *ret_totals = (StoreWebTotals){0};
    const struct {
        const char *sql;
        gint64 *value;
    } QUESTIONS[] = {
        {"SELECT count(*) FROM report", &ret_totals->reports},
        {"SELECT count(*) FROM statement", &ret_totals->statements},
        {"SELECT count(*) FROM source", &ret_totals->sources},
        {"SELECT count(*) FROM original", &ret_totals->originals},
        {"SELECT count(*) FROM person WHERE merged_into IS NULL", &ret_totals->persons},
        {"SELECT count(*) FROM act", &ret_totals->acts},
        {"SELECT count(*) FROM quarantine WHERE state = 'waiting'", &ret_totals->quarantined},
        {"SELECT coalesce(min(received), 0) FROM report WHERE received <> 0 AND withdrawn = 0"
         " AND status <> 2",
         &ret_totals->first_received},
        {"SELECT coalesce(max(received), 0) FROM report WHERE withdrawn = 0 AND status <> 2",
         &ret_totals->last_received},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(QUESTIONS); i++)
        if (!store_query_int(store, QUESTIONS[i].sql, NULL, 0, QUESTIONS[i].value, NULL, error))
            return false;
    return true;
}
