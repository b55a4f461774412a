#include "intake/search.h"

#include "text/normalize.h"

char *intake_search_fold(const char *query)
{
    char *folded = text_fold(query, -1, NULL);
    return folded != NULL ? folded : g_strdup("");
}

static char *fold_word(const char *word, gpointer data)
{
    (void)data;
    return intake_search_fold(word);
}

StoreSnippet *intake_search_snippet(const char *text, const char *folded_query, gsize max_bytes)
{
    return store_search_snippet(text, folded_query, max_bytes, fold_word, NULL);
}
