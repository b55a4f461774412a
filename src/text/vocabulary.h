/* text/vocabulary.h: the words that this room itself knows (numbers, dates, asks), so that a text's
 * word is looked up once, when the text is split, and not once a list. Private to src/text.
 *
 * Built at the first use, then only read: safe from any thread. */
#pragma once
#include "text/tokens.h"
#include <string.h>

typedef struct DateWord DateWord; /* dates_private.h */

/** Lists that are asked for at every word of a text. */
enum {
    VOCABULARY_NUMBER = 1 << 0, /**< can begin a number in words */
    VOCABULARY_ASK = 1 << 1,    /**< asks for something: درخواست, urge */
};

typedef struct {
    const char *word; /**< folded */
    guint8 length;    /**< bytes */
    guint8 lists;
    const DateWord *date;     /**< NULL: none of the words of dates */
    const NumberWord *number; /**< NULL: no number */
} VocabularyWord;

enum { VOCABULARY_WORDS = 640, VOCABULARY_SLOTS = 2048, VOCABULARY_WORD_MAX = 32 };

typedef struct {
    VocabularyWord words[VOCABULARY_WORDS]; /**< [0] holds nothing */
    gsize n;
    guint16 slots[VOCABULARY_SLOTS]; /**< open addressing: index of a word, 0: free */
    guint64 act_starts[4];           /**< bits of the hash of the first four bytes of acts' stems */
    guint8 arabic[256];              /**< class of U+0600–U+06FF by its low byte (tokens.c) */
} Vocabulary;

/** Borrowed, static. */
const Vocabulary *vocabulary_peek(void);

/** Eight bytes behind `word` can be read. */
static inline guint32 vocabulary_hash(const char *word, gsize length)
{
    guint64 first, last;
    memcpy(&first, word, 8);
    memcpy(&last, word + (length > 8 ? length - 8 : 0), 8);
    if (length < 8)
        first = last = first & ((1ull << (8 * length)) - 1);
    guint64 hash = (first ^ length) * 0x9E3779B97F4A7C15ull ^ last * 0xC2B2AE3D27D4EB4Full;
    return (guint32)(hash >> 40);
}

/** Index of a folded word, 0 when it is not known. Eight bytes behind `word` can be read. */
static inline guint16 vocabulary_find(const Vocabulary *v, const char *word, gsize length)
{
    if (length > VOCABULARY_WORD_MAX)
        return 0;
    for (guint32 at = vocabulary_hash(word, length);; at++) {
        guint16 index = v->slots[at & (VOCABULARY_SLOTS - 1)];
        if (index == 0 ||
            (v->words[index].length == length && memcmp(v->words[index].word, word, length) == 0))
            return index;
    }
}

static inline guint8 vocabulary_start(const char *word)
{
    guint32 start;
    memcpy(&start, word, 4);
    return (guint8)(start * 0x9E3779B1u >> 24);
}

/** Whether a folded word of at least four bytes could begin as an act's stem does. */
static inline bool vocabulary_act_like(const Vocabulary *v, const char *word)
{
    guint8 start = vocabulary_start(word);
    return v->act_starts[start >> 6] >> (start & 63) & 1;
}
