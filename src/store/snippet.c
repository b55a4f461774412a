/* A window of a text around the first words found. */
#include "store/private.h"
#include "store/search.h"

#include <string.h>

typedef struct {
    const char *word;
    gsize length;
    bool prefix;
} Wanted;

typedef struct {
    gsize start, length;
} Span;

static GArray *wanted_words(const char *query)
{
    GArray *wanted = g_array_new(FALSE, FALSE, sizeof(Wanted));
    const gsize length = strlen(query);
    gsize position = 0, start = 0, n = 0;
    while (store_token_next(query, length, &position, &start, &n)) {
        const Wanted word = {.word = query + start, .length = n, .prefix = query[position] == '*'};
        g_array_append_val(wanted, word);
    }
    return wanted;
}

static bool is_wanted(const GArray *wanted, const char *folded)
{
    const gsize length = strlen(folded);
    for (guint i = 0; i < wanted->len; i++) {
        const Wanted *word = &g_array_index(wanted, Wanted, i);
        if ((word->prefix ? length >= word->length : length == word->length) &&
            memcmp(folded, word->word, word->length) == 0)
            return true;
    }
    return false;
}

/* Spans of the text's words that match, up to `reach` bytes beyond the first of them. */
static GArray *matching_spans(const char *text, gsize length, const GArray *wanted, gsize reach,
                              StoreFoldFunc fold, gpointer data)
{
    GArray *spans = g_array_new(FALSE, FALSE, sizeof(Span));
    gsize position = 0, start = 0, n = 0;
    while (wanted->len > 0 && store_token_next(text, length, &position, &start, &n)) {
        if (spans->len > 0 && start > g_array_index(spans, Span, 0).start + reach)
            break;
        g_autofree char *word = g_strndup(text + start, n);
        g_autofree char *folded = fold != NULL ? fold(word, data) : NULL;
        if (is_wanted(wanted, folded != NULL ? folded : word)) {
            const Span span = {start, n};
            g_array_append_val(spans, span);
        }
    }
    return spans;
}

/* To the next beginning of a character, and on to the beginning of a word when one is near. */
static gsize word_boundary(const char *text, gsize length, gsize at, bool forward)
{
    const gsize near = 40;
    gsize found = at;
    while (found < length && ((guint8)text[found] & 0xC0) == 0x80)
        found += forward ? 1 : (gsize)-1;
    for (gsize i = 0; i < near; i++) {
        const gsize look = forward ? found + i : found - i;
        if (look == 0 || look >= length)
            return look == 0 ? 0 : MIN(look, length);
        if (g_ascii_isspace(text[look]))
            return forward ? look + 1 : look;
    }
    return found;
}

static void window_of(const char *text, gsize length, gsize max_bytes, const GArray *spans,
                      gsize *ret_from, gsize *ret_to)
{
    gsize from = 0, to = length;
    if (length > max_bytes) {
        const gsize first = spans->len > 0 ? g_array_index(spans, Span, 0).start : 0;
        if (first > max_bytes / 3)
            from = MIN(word_boundary(text, length, first - max_bytes / 3, true), first);
        if (length - from > max_bytes)
            to = word_boundary(text, length, from + max_bytes, false);
        if (to <= from) /* one word as long as the window */
            to = length;
    }
    *ret_from = from;
    *ret_to = to;
}

StoreSnippet *store_search_snippet(const char *text, const char *folded_query, gsize max_bytes,
                                   StoreFoldFunc fold, gpointer data)
{
    static const char CUT[] = "…";
    const gsize length = strlen(text);
    g_autoptr(GArray) wanted = wanted_words(folded_query);
    g_autoptr(GArray) spans = matching_spans(text, length, wanted, max_bytes, fold, data);
    g_autoptr(GArray) marks = g_array_new(FALSE, FALSE, sizeof(StoreSnippetMark));
    gsize from = 0, to = 0;
    window_of(text, length, max_bytes, spans, &from, &to);
    GString *out = g_string_new(from > 0 ? CUT : NULL);
    const gsize shift = out->len;
    for (gsize i = from; i < to; i++)
        g_string_append_c(out, g_ascii_iscntrl(text[i]) ? ' ' : text[i]);
    if (to < length)
        g_string_append(out, CUT);
    for (guint i = 0; i < spans->len; i++) {
        const Span *span = &g_array_index(spans, Span, i);
        if (span->start < from || span->start + span->length > to)
            continue;
        const StoreSnippetMark mark = {span->start - from + shift, span->length};
        g_array_append_val(marks, mark);
    }
    StoreSnippet *snippet = g_new0(StoreSnippet, 1);
    snippet->text = g_string_free(out, FALSE);
    snippet->n_marks = marks->len;
    snippet->marks = (StoreSnippetMark *)(void *)g_array_free(g_steal_pointer(&marks), FALSE);
    return snippet;
}

void store_snippet_free(StoreSnippet *snippet)
{
    if (snippet == NULL)
        return;
    g_free(snippet->text);
    g_free(snippet->marks);
    g_free(snippet);
}
