/* intake/search.h: full-text search as people type it. The index holds folded words (text_fold, as
 * the import writes them); here the query is folded by the same function. */
#pragma once
#include "store/search.h"

/** The query as the index knows its words, for store_search and its neighbours. Transfers. */
char *intake_search_fold(const char *query);
/** A window of about max_bytes of a text around the first words found; NULL: the query has no
 *  word. Transfers. */
StoreSnippet *intake_search_snippet(const char *text, const char *folded_query, gsize max_bytes);
