/* The full-text index of reports: an FTS5 table without contents (the text stands in `report`),
 * so that it costs the index alone; rows are forgotten by number. */
#include "store/search.h"

#include "store/server.h"

#include <string.h>

const char STORE_SEARCH_SCHEMA[] =
    "CREATE VIRTUAL TABLE search USING fts5(text, content='', contentless_delete=1,"
    " tokenize='zenhar');"
    /* One leaf fills a page; a batch of an import stays in memory until its commit; segments are
     * merged by sixteens (and all into one by store_optimize). */
    "INSERT INTO search(search, rank) VALUES('pgsz', 8000);"
    "INSERT INTO search(search, rank) VALUES('hashsize', 16000000);"
    "INSERT INTO search(search, rank) VALUES('automerge', 16);";

bool store_search_add(Store *store, gint64 report_id, const char *folded, GError **error)
{
    DbStatement *statement =
        store_prepare(store,
                      store_sql(store, "INSERT INTO search(rowid, text) VALUES(?1, ?2)",
                                "INSERT INTO search(report_id, words) VALUES(?1,"
                                " CAST(?2 AS tsvector))"),
                      error);
    g_autofree char *words = store_on_server(store) ? store_server_words(folded) : NULL;
    if (words != NULL)
        folded = words;
    if (statement != NULL && words != NULL)
        db_server_copies(statement, "search", "report_id,words", "iv");
    const StoreBind binds[] = {{.type = 'i', .i = report_id},
                               {.type = 't', .p = folded, .n = strlen(folded)}};
    return statement != NULL &&
           store_bind(store, statement, 1, binds, G_N_ELEMENTS(binds), error) &&
           store_step(store, statement, error) == 0;
}

bool store_search_forget(Store *store, gint64 report_id, GError **error)
{
    DbStatement *statement = store_prepare(
        store,
        store_sql(store, "DELETE FROM search WHERE rowid = ?1",
                  /* not left to the rule of rows, which the owner of the table passes by */
                  "DELETE FROM search WHERE case_id = writes() AND report_id = ?1"),
        error);
    if (statement == NULL)
        return false;
    db_bind_int64(statement, 1, report_id);
    return store_step(store, statement, error) == 0;
}

bool store_search_put(Store *store, gint64 report_id, const char *folded_text, GError **error)
{
    if (!store_begin(store, error))
        return false;
    const bool done = store_search_forget(store, report_id, error) &&
                      store_search_add(store, report_id, folded_text, error);
    return store_write_end(store, true, done, error);
}

/* ---- queries ---- */

/* Each word or "phrase" quoted, so that no sign of FTS5's language is left; NULL: no words. */
static char *query_make(const char *folded)
{
    g_autoptr(GString) query = g_string_new(NULL);
    const gsize length = strlen(folded);
    gsize position = 0, start = 0, n = 0, seen = 0;
    bool in_phrase = false, open = false;
    while (store_token_next(folded, length, &position, &start, &n)) {
        for (; seen < start; seen++) {
            if (folded[seen] == '"')
                in_phrase = !in_phrase;
            if (open && folded[seen] == '"') { /* a phrase ends, or a new one begins */
                g_string_append_c(query, '"');
                open = false;
            }
        }
        seen = start + n;
        if (!open)
            g_string_append(query, query->len > 0 ? " \"" : "\"");
        else
            g_string_append_c(query, ' ');
        open = in_phrase && memchr(folded + position, '"', length - position) != NULL;
        g_string_append_len(query, folded + start, (gssize)store_token_cut(folded + start, n));
        if (!open) {
            in_phrase = false;
            g_string_append(query, folded[position] == '*' ? "\"*" : "\"");
        }
    }
    if (open)
        g_string_append_c(query, '"');
    return query->len > 0 ? g_strdup(query->str) : NULL;
}

char *store_search_query(const Store *store, const char *folded)
{
    char *query = query_make(folded);
    if (query == NULL || !store_on_server(store))
        return query;
    char *there = store_server_query(query);
    g_free(query);
    return there;
}

GArray *store_search(Store *store, const char *folded_query, const StorePage *page, GError **error)
{
    const StorePage first = {.limit = 100};
    const StorePage *of = page != NULL ? page : &first;
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_autofree char *query = store_search_query(store, folded_query);
    if (query == NULL)
        return g_steal_pointer(&ids);
    DbStatement *row =
        store_prepare(store,
                      store_sql(store,
                                "SELECT rowid FROM search WHERE search MATCH ?1 AND"
                                " rowid < ?2 ORDER BY rowid DESC LIMIT ?3 OFFSET ?4",
                                "SELECT * FROM search_reports(CAST(?1 AS tsquery), 0,"
                                " ?2, 9223372036854775807) LIMIT ?3 OFFSET ?4"),
                      error);
    const StoreBind binds[] = {
        {.type = 't', .p = query, .n = strlen(query)},
        {.type = 'i', .i = of->after != 0 ? of->after : G_MAXINT64},
        {.type = 'i', .i = of->limit != 0 ? (gint64)of->limit : G_MAXINT64},
        {.type = 'i', .i = (gint64)of->offset},
    };
    if (row == NULL || !store_bind(store, row, 1, binds, G_N_ELEMENTS(binds), error))
        return NULL;
    int found = 0;
    while ((found = store_step(store, row, error)) == 1) {
        const gint64 id = db_int64(row, 0);
        g_array_append_val(ids, id);
    }
    return found == 0 ? g_steal_pointer(&ids) : NULL;
}

gint64 store_search_count(Store *store, const char *folded_query, gsize limit, GError **error)
{
    g_autofree char *query = store_search_query(store, folded_query);
    gint64 count = -1;
    if (query == NULL)
        return 0;
    const StoreBind binds[] = {{.type = 't', .p = query, .n = strlen(query)},
                               {.type = 'i', .i = limit != 0 ? (gint64)limit : G_MAXINT64}};
    return store_query_int(store,
                           store_sql(store,
                                     "SELECT count(*) FROM (SELECT 1 FROM search WHERE search"
                                     " MATCH ?1 LIMIT ?2)",
                                     "SELECT count(*) FROM search_reports(CAST(?1 AS tsquery), 0,"
                                     " 9223372036854775807, ?2)"),
                           binds, G_N_ELEMENTS(binds), &count, NULL, error)
               ? count
               : -1;
}
