#include "intake/search.h"

#include "text/normalize.h"

void intake_search_words(const StoreReport *report, const char *act, GString *words)
{
    const char *const parts[] = {report->title, report->text, report->place_text, act,
                                 report->external_id};
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
        if (parts[i] != NULL && parts[i][0] != '\0') {
            if (words->len > 0)
                g_string_append_c(words, '\n');
            g_string_append(words, parts[i]);
        }
}

bool intake_search_put(Store *store, const StoreReport *report, const char *act, GError **error)
{
    g_autoptr(GString) words = g_string_new(NULL);
    intake_search_words(report, act, words);
    g_autofree char *folded = intake_search_fold(words->str);
    return store_search_put(store, report->id, folded, error);
}

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
