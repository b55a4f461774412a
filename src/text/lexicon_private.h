/* text/lexicon_private.h: the lexicon's inside, for halfspace.c alone. */
#pragma once
#include "text/lexicon.h"

enum {
    LEXICON_WORD_MAX = 96, /**< bytes of a word's letters */
    LEXICON_N_ENDINGS = 25,
    LEXICON_PLURALS = 11, /**< the first endings: plurals */
    LEXICON_SURE = 15,    /**< the first endings stand after a half-space behind any word */
    LEXICON_N_PREFIXES = 15,
};

/** By the last letter of a stem: how endings attach to it. */
typedef enum {
    LEXICON_JOINS,  /**< joins on to the next letter */
    LEXICON_BREAKS, /**< د ذ ر ز ژ: does not */
    LEXICON_HEH,
    LEXICON_YEH,
    LEXICON_VOWEL, /**< ا و */
    LEXICON_N_CLASSES,
} LexiconClass;

/* What a known word needs lies in the first line of the cache. */
typedef struct {
    _Alignas(64) guint64 hash;
    guint64 lost_mask; /**< bit i: a half-space after letter i (marks count as letters) */
    guint32 at;
    guint8 length; /**< bytes; 0: not in the list */
    bool is_tail, is_head, only_tail, only_head;
    float plain, lost, word, head, tail, verb, verb_stem;
    float log_plain, log_word, log_head, log_tail, log_verb, log_lost;
    guint16 head_types, tail_types, head_with, head_without;
    guint16 tail_with[LEXICON_N_CLASSES], tail_without[LEXICON_N_CLASSES];
    float tail_place[LEXICON_N_CLASSES], head_place;
} LexiconNode;

typedef struct {
    guint32 tag;  /**< upper half of the word's hash */
    guint32 node; /**< 0: free */
} LexiconSlot;

struct TextLexicon {
    LexiconNode *nodes; /**< [0] holds nothing; then n */
    gsize n, nodes_room;
    LexiconSlot *slots;
    gsize room; /**< of slots; a power of two */
    char *bytes;
    gsize n_bytes, bytes_room;
    double tokens, verbs;
    bool ending_seen[LEXICON_N_ENDINGS][LEXICON_N_CLASSES];
    float ending_rate[LEXICON_N_ENDINGS][LEXICON_N_CLASSES]; /**< log of how often stems take it */
    float ending_with[LEXICON_N_ENDINGS][LEXICON_N_CLASSES]; /**< log of: with a half-space */
    float ending_without[LEXICON_N_ENDINGS][LEXICON_N_CLASSES]; /**< log of: without */
};

extern const char *const LEXICON_ENDINGS[LEXICON_N_ENDINGS];
extern const char *const LEXICON_PREFIXES[LEXICON_N_PREFIXES];

#define LEXICON_HASH_START 0x9E3779B97F4A7C15ull
/** Goes on from an earlier part's hash; two bytes (a letter) at a time. */
static inline guint64 lexicon_hash(guint64 hash, const char *bytes, gsize length)
{
    for (gsize i = 0; i + 1 < length; i += 2) {
        hash ^= (guint64)(guint8)bytes[i] << 8 | (guint8)bytes[i + 1];
        hash *= 0xFF51AFD7ED558CCDull;
        hash ^= hash >> 29;
    }
    return hash ^ hash >> 32;
}

/** The node of a word by its letters; one of all zeros when it is unknown. */
const LexiconNode *lexicon_find(const TextLexicon *lexicon, const char *word, gsize length);
/** lexicon_find in three steps, for many words at a time: the hash of each (its place in the index
 *  is fetched), then the node (fetched, not looked at), then lexicon_find_hashed. So memory is
 *  waited for once, not once a word. */
static inline guint64 lexicon_fetch(const TextLexicon *lexicon, const char *word, gsize length)
{
    guint64 hash = lexicon_hash(LEXICON_HASH_START, word, length);
    __builtin_prefetch(&lexicon->slots[hash & (lexicon->room - 1)]);
    return hash;
}

static inline void lexicon_fetch_node(const TextLexicon *lexicon, guint64 hash)
{
    __builtin_prefetch(&lexicon->nodes[lexicon->slots[hash & (lexicon->room - 1)].node]);
}

const LexiconNode *lexicon_find_hashed(const TextLexicon *lexicon, guint64 hash, gsize length);

/** Index of an ending or a verb's prefix, or -1. */
int lexicon_ending(const char *part, gsize length);
int lexicon_prefix(const char *part, gsize length);
LexiconClass lexicon_class(const char *stem, gsize length);
/** Length without final marks (hamza above, tanvin). */
gsize lexicon_core(const char *word, gsize length);
/** Whether a word looks like a form of a verb known from elsewhere. */
bool lexicon_verb_like(const TextLexicon *lexicon, const char *word, gsize length);
