/* Places in running text: where a name of the gazetteer stands, and what stands beside it. */
#include "text/places.h"

#include "text/utf8.h"

/* Names that are also everyday words or first names: only behind استان, شهر, زندان … */
static const char EVERYDAY[] =
    "|نور|بهار|میانه|سرباز|مهران|سامان|شهریار|پردیس|دنا|جم|دیر|کوثر|گرمی|نیر|زرند|قدس|بهارستان|ری|"
    "کلات|شفت|مرکزی|گلستان|خوی|بم|ایوان|لار|تکاب|سرخه|باوی|کارون|شوش|مهر|نظر|امید|پارس|ارس|راز|"
    "تربت|اسلامیه|قلعه|شهرک|مرز|گل|باغ|نو|علی|حسن|حسین|رضا|محمد|احمد|رامین|بهمن|اذر|سرو|سیب|گز|چاه|"
    "بن|کن|نی|اب|جوان|انار|بستان|فردوس|هرند|تخت|کوار|ارد|ده|راه|شاه|فین|مشهدی|کمال|نجف|سده|بار|مشک|"
    "خور|زاهد|دلبران|ازادی|انقلاب|";
static const char CUES[] = "|استان|شهرستان|شهر|زندان|اهل|ساکن|بخش|دادگاه|دادسرای|province|city|"
                           "county|in|at|from|near|of|prison|";

/* Whether a name in running text is one here: short names and everyday words need a cue. */
static bool is_meant(const TextTokens *t, gsize i, gsize words, gsize bytes)
{
    const char *word = token_word(t, i);
    bool few = (guint8)word[0] < 0x80 ? bytes < 4 : bytes < 6;
    return words > 1 || (!few && !token_listed(EVERYDAY, word)) || token_listed("|قم|", word) ||
           (i > 0 && token_listed(CUES, token_word(t, i - 1)));
}

gsize text_place_at(const TextGazetteer *g, const TextTokens *t, const char *text, gsize i,
                    gint32 day, TextPlaceMatch *ret_match)
{
    const Token *token = &t->tokens[i];
    const char *word = t->folded + token->folded;
    if (token->folded_length < 3 || token->folded_length > 60)
        return 0;
    gsize most = gazetteer_words_from(g, word, token->folded_length);
    bool latin = (guint8)word[0] < 0x80;
    if (most == 0 ||
        (latin && !g_ascii_isupper(text[token->start]) && (guint8)text[token->start] < 0x80))
        return 0;
    char key[PLACE_KEY_MAX];
    gsize ends[6] = {0}, length = 0, words = 0, at = i;
    while (words < MIN(most, G_N_ELEMENTS(ends)) && at < t->n) {
        if (t->tokens[at].kind == TOKEN_SIGN && t->tokens[at].sign == '-' && !t->tokens[at].gap) {
            at++;
            continue;
        }
        if (t->tokens[at].kind != TOKEN_WORD ||
            length + t->tokens[at].folded_length >= PLACE_KEY_MAX)
            break;
        memcpy(key + length, t->folded + t->tokens[at].folded, t->tokens[at].folded_length);
        length += t->tokens[at].folded_length;
        ends[words++] = length;
        at++;
    }
    for (; words > 0; words--) {
        gint32 rows[PLACE_ROWS_MAX];
        gsize n = gazetteer_rows(g, key, ends[words - 1], rows);
        if (n == 0 || !is_meant(t, i, words, ends[words - 1]))
            continue;
        gsize tokens = 0, seen = 0;
        while (seen < words)
            seen += t->tokens[i + tokens++].kind == TOKEN_WORD;
        PlaceContext context = {
            .kind = place_kind_word(i > 0 ? token_word(t, i - 1) : ""), .day = day, .plain = latin};
        for (gsize k = token->start; k < t->tokens[i + tokens - 1].end && context.plain; k++)
            context.plain = (guint8)text[k] < 0x80;
        if (context.kind < 0 && latin)
            context.kind = place_kind_word(token_word(t, i + tokens));
        if (gazetteer_choose(g, rows, n, &context, ret_match))
            return tokens;
    }
    return 0;
}
