#include "text/vocabulary.h"

#include "text/acts.h"
#include "text/dates_private.h"

/* Words of numbers that are neither a digit's nor a ten's name. */
static const char *const NUMBER_STARTS[] = {
    "هزار",     "یکهزار",    "میلیون",   "هزاران", "صدها",   "دهها",    "میلیونها",
    "thousand", "thousands", "hundreds", "dozens", "scores", "millions"};

static const char *const ASKS[] = {"درخواست", "خواستار", "میخواهیم", "تقاضا", "فرامیخوانیم", "urge",
                                   "urges",   "request", "call",     "ask",   "demand"};

static VocabularyWord *take(Vocabulary *v, const char *word)
{
    char padded[VOCABULARY_WORD_MAX + 16] = {0};
    gsize length = strlen(word);
    g_assert(length <= VOCABULARY_WORD_MAX && v->n < VOCABULARY_WORDS);
    memcpy(padded, word, length);
    guint16 index = vocabulary_find(v, padded, length);
    if (index == 0) {
        guint32 at = vocabulary_hash(padded, length);
        while (v->slots[at & (VOCABULARY_SLOTS - 1)] != 0)
            at++;
        index = (guint16)v->n++;
        v->slots[at & (VOCABULARY_SLOTS - 1)] = index;
        v->words[index] = (VocabularyWord){.word = word, .length = (guint8)length};
    }
    return &v->words[index];
}

static void fill(Vocabulary *v)
{
    gsize n;
    v->n = 1;
    const DateWord *dates = date_words_peek(&n);
    for (gsize i = 0; i < n; i++)
        take(v, dates[i].word)->date = &dates[i];
    const NumberWord *numbers = token_number_words_peek(&n);
    for (gsize i = 0; i < n; i++) {
        VocabularyWord *word = take(v, numbers[i].word);
        word->number = &numbers[i];
        word->lists |= VOCABULARY_NUMBER;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(NUMBER_STARTS); i++)
        take(v, NUMBER_STARTS[i])->lists |= VOCABULARY_NUMBER;
    for (gsize i = 0; i < G_N_ELEMENTS(ASKS); i++)
        take(v, ASKS[i])->lists |= VOCABULARY_ASK;
    const char *stem;
    for (gsize i = 0; (stem = text_act_stem(i)) != NULL; i++) {
        char start[4] = {0};
        memcpy(start, stem, MIN(strlen(stem), sizeof start));
        guint8 bit = vocabulary_start(start);
        v->act_starts[bit >> 6] |= 1ull << (bit & 63);
    }
    for (guint32 low = 0; low < 256; low++)
        v->arabic[low] = token_classify(0x600 + low);
}

const Vocabulary *vocabulary_peek(void)
{
    static Vocabulary vocabulary;
    static gsize filled;
    if (g_once_init_enter(&filled)) {
        fill(&vocabulary);
        g_once_init_leave(&filled, 1);
    }
    return &vocabulary;
}
