/* Words of the search index, carried as the index has them.
 *
 * A file's index lists words, and says of each where it stands; a server's row lists the words of a
 * report. From both come a report's words in their order, and from these the other's index. Beyond
 * some 16,000 words of one report a server knows no order. */
#include "store/carry_private.h"

#include "store/copy.h"
#include "store/search.h"
#include "store/server.h"

#include <string.h>

enum { CHUNK_ROWS = 5000, CHUNK_REPORTS = 50000 };

/* ---- a part: one transaction, whose rows go by COPY to a server ---- */

bool store_carry_begin(Store *to, GError **error)
{
    if (store_copy_stopped(error) || !store_begin(to, error))
        return false;
    if (store_on_server(to))
        db_server_bulk(to->db.server);
    return true;
}

bool store_carry_end(Store *to, bool done, GError **error)
{
    if (store_on_server(to)) {
        const int rc = db_server_bulk_end(to->db.server, done);
        done = done && (rc == DB_OK || store_fail(to, rc, error));
    }
    return store_write_end(to, true, done, error);
}

/* ---- words ---- */

/* A word of a report: which one, at which place. */
typedef struct {
    gint64 report;
    guint32 place, word; /* word: its offset in the text of all words */
} Word;

static gint word_compare(gconstpointer left, gconstpointer right)
{
    const Word *a = left, *b = right;
    if (a->report != b->report)
        return a->report < b->report ? -1 : 1;
    return a->place < b->place ? -1 : a->place > b->place;
}

/* The words of the reports above `after` up to `most`, in order. The index lists them by word. */
static GArray *words_of(Store *from, gint64 after, gint64 most, GString *text, GError **error)
{
    DbStatement *row = store_prepare(from,
                                     "SELECT term, doc, \"offset\" FROM temp.words"
                                     " WHERE doc > ?1 AND doc <= ?2",
                                     error);
    if (row == NULL)
        return NULL;
    g_autoptr(GArray) words = g_array_new(FALSE, FALSE, sizeof(Word));
    db_bind_int64(row, 1, after);
    db_bind_int64(row, 2, most);
    int found;
    gsize last = G_MAXSIZE;
    while ((found = store_step(from, row, error)) == 1) {
        const char *term = db_text(row, 0);
        if (last == G_MAXSIZE || strcmp(text->str + last, term) != 0) {
            last = text->len;
            g_string_append_len(text, term, (gssize)strlen(term) + 1);
        }
        const Word word = {
            .report = db_int64(row, 1), .place = (guint32)db_int64(row, 2), .word = (guint32)last};
        g_array_append_val(words, word);
    }
    if (found != 0)
        return NULL;
    g_array_sort(words, word_compare);
    return g_steal_pointer(&words);
}

static bool put_words(Store *to, const GArray *words, const char *text, GError **error)
{
    g_autoptr(GString) line = g_string_new(NULL);
    for (guint i = 0; i < words->len; i++) {
        const Word *word = &g_array_index(words, Word, i);
        if (line->len > 0)
            g_string_append_c(line, ' ');
        g_string_append(line, text + word->word);
        if (i + 1 < words->len && g_array_index(words, Word, i + 1).report == word->report)
            continue;
        if (!store_search_add(to, word->report, line->str, error))
            return false;
        g_string_truncate(line, 0);
    }
    return true;
}

/* The index of a file, as a table of words. */
static bool words_open(Store *store, GError **error)
{
    return store_run(store,
                     "CREATE VIRTUAL TABLE IF NOT EXISTS temp.words USING"
                     " fts5vocab('main', 'search', 'instance')",
                     error);
}

static bool words_of_file(Store *from, Store *to, gint64 after, GError **error)
{
    if (!words_open(from, error))
        return false;
    for (bool more = true; more;) {
        const StoreBind binds[] = {{.type = 'i', .i = after},
                                   {.type = 'i', .i = CHUNK_REPORTS - 1}};
        gint64 most = G_MAXINT64;
        if (!store_query_int(from,
                             "SELECT rowid FROM search WHERE rowid > ?1 ORDER BY rowid"
                             " LIMIT 1 OFFSET ?2",
                             binds, G_N_ELEMENTS(binds), &most, &more, error))
            return false;
        g_autoptr(GString) text = g_string_new(NULL);
        g_autoptr(GArray) words = words_of(from, after, most, text, error);
        if (words == NULL || !store_carry_begin(to, error))
            return false;
        const bool done = put_words(to, words, text->str, error);
        if (!store_carry_end(to, done, error))
            return false;
        after = most;
    }
    return true;
}

static bool words_of_server(Store *from, Store *to, gint64 after, GError **error)
{
    DbStatement *row = store_prepare(
        from,
        "SELECT s.report_id, (SELECT string_agg(u.lexeme, ' ' ORDER BY p.place) FROM"
        " unnest(s.words) AS u, unnest(u.positions) AS p(place)) FROM search s"
        " WHERE s.case_id = reads() AND s.report_id > ?1 ORDER BY s.report_id LIMIT ?2",
        error);
    for (gint64 n = 1; row != NULL && n > 0;) {
        if (!store_carry_begin(to, error))
            return false;
        db_bind_int64(row, 1, after);
        db_bind_int64(row, 2, CHUNK_ROWS);
        bool done = true;
        int found = 0;
        for (n = 0; done && (found = store_step(from, row, error)) == 1; n++) {
            const char *words = db_text(row, 1);
            after = db_int64(row, 0);
            done = store_search_add(to, after, words != NULL ? words : "", error);
        }
        db_reset(row);
        if (!store_carry_end(to, done && found == 0, error))
            return false;
    }
    return row != NULL;
}

bool store_carry_words(Store *from, Store *to, GError **error)
{
    gint64 after = 0;
    bool found = false;
    if (!store_query_int(to,
                         store_sql(to, "SELECT rowid FROM search ORDER BY rowid DESC LIMIT 1",
                                   "SELECT report_id FROM search WHERE case_id = reads()"
                                   " ORDER BY report_id DESC LIMIT 1"),
                         NULL, 0, &after, &found, error) ||
        !store_bulk_begin(to, error))
        return false;
    const bool done = store_on_server(from) ? words_of_server(from, to, after, error)
                                            : words_of_file(from, to, after, error);
    return store_bulk_end(to, done ? error : NULL) && done;
}

/* Reports that have a word in the index. */
bool store_carry_count_found(Store *store, gint64 *ret_n, GError **error)
{
    return (store_on_server(store) || words_open(store, error)) &&
           store_query_int(store,
                           store_sql(store, "SELECT count(DISTINCT doc) FROM temp.words",
                                     "SELECT count(*) FROM search WHERE case_id = reads()"
                                     " AND words <> CAST('' AS tsvector)"),
                           NULL, 0, ret_n, NULL, error);
}
