/* intake/search.h: full-text search as people type it. The index holds folded words (text_fold, as
 * the import writes them); here the query is folded by the same function. */
#pragma once
#include "store/report.h"
#include "store/search.h"

/** Appends to `words` what the index holds of a report, before folding. `act`: the act as its
 * source wrote it; NULL where it is not known any more. What is sealed or masked stays out. */
void intake_search_words(const StoreReport *report, const char *act, GString *words);
/** Indexes a report anew by what stands in it now; after a correction, or when it came from another
 * case. act: as above. */
bool intake_search_put(Store *store, const StoreReport *report, const char *act, GError **error);
/** The query as the index knows its words, for store_search and its neighbours. Transfers. */
char *intake_search_fold(const char *query);
/** A window of about max_bytes of a text around the first words found; NULL: the query has no
 *  word. Transfers. */
StoreSnippet *intake_search_snippet(const char *text, const char *folded_query, gsize max_bytes);
