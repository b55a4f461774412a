/* store/search.h: full text of reports, over folded words.
 *
 * The index holds what the caller folded (letters made uniform, case removed: text/ does it);
 * queries must be folded by the same function. Words are split at spaces, ASCII punctuation,
 * half-spaces and Persian punctuation. FTS5, contentless. */
#pragma once
#include "store/report.h"

/** Puts (anew) a report's folded text; store_report_add_batch does it itself. */
bool store_search_put(Store *store, gint64 report_id, const char *folded_text, GError **error);

/** Ids of reports that hold all words, newest first. A word that ends in '*' is a prefix; words in
 *  "quotes" must stand together. Other signs have no meaning: any text is a valid query.
 *  GArray of gint64, transfers. page->after: ids below that one. page NULL: the first 100. */
GArray *store_search(Store *store, const char *folded_query, const StorePage *page, GError **error);
/** How many, counted up to `limit` (0: all); -1 with error set. */
gint64 store_search_count(Store *store, const char *folded_query, gsize limit, GError **error);

/** A window of a text around the first words found, for lists. `fold` is the folding function
 *  (returns a new text for one word); words of the window that match are told by their byte
 *  range. */
typedef char *(*StoreFoldFunc)(const char *word, gpointer data);
typedef struct {
    gsize offset, length; /**< bytes into the snippet's text */
} StoreSnippetMark;
typedef struct {
    char *text; /**< UTF-8, on one line, "…" where it was cut */
    gsize n_marks;
    StoreSnippetMark *marks;
} StoreSnippet;
StoreSnippet *store_search_snippet(const char *text, const char *folded_query, gsize max_bytes,
                                   StoreFoldFunc fold, gpointer data);
void store_snippet_free(StoreSnippet *snippet);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreSnippet, store_snippet_free)
