/* link/features.h: what is known of each value and record before any pair is
 * looked at; for this folder.
 *
 * A cell is one field of one record, 16 bytes; a record's cells lie side by
 * side (seven fields: 112 bytes). Most pairs are told apart by their cells
 * alone; only look-alikes go to the domain's letters.
 *
 *   kind      id      key                         signature
 *   lettered  value   sound | nickname << 30      first 4 letters, letter set (26),
 *                     | arabic << 31              length (6)
 *   place     value   parent << 12 | top          likewise
 *   worded    value   words in any order          bigrams present (64 hash bits)
 *   code      value   length | digits << 31       16 digits of 4 bits, or 8 letters, or
 *                                                 the first 4 and the last 4
 *   category  value   length                      likewise
 *   date      value   d5 m4 hd5 hm4 year14        the 8 digits yyyymmdd (h: Solar Hijri)
 *   email     value   user part                   as lettered, of the user part
 *   number    value   -                           the number, a double's bits
 *
 * lettered: given name, surname, string. worded: full name, text, set. */
#pragma once
#include "link/compare.h"
#include "link/intern.h"
#include "link/link.h"
#include "link/part.h"
#include "link/table.h"

typedef struct {
    uint32_t id; /**< LINK_NO_ID: missing */
    uint32_t key;
    uint64_t signature;
} LinkCell;

#define LINK_CACHE_BITS 15
#define LINK_FREQUENT   512u
#define LINK_ARABIC     (UINT32_C(1) << 31)
#define LINK_NICK       (UINT32_C(1) << 30) /* a name that is short for others, or has a short form */
#define LINK_SOUND_KEY  (LINK_NICK - 1)
#define LINK_DIGITS     (UINT32_C(1) << 31)
#define LINK_HIJRI_YEAR 14 /* in place of a month: a Solar Hijri year and no more */

/** The distinct values of one field (or of two names that may be swapped). */
typedef struct {
    LinkIntern values; /**< normalized */
    LinkIntern sounds; /**< keys; for text, the sorted words */
    uint8_t *letters;  /**< n * stride, padded with 0; what is compared letter by letter */
    unsigned stride;
    uint8_t *lengths;
    uint8_t *sound_letters; /**< n * stride, only where both scripts occur; else NULL */
    uint8_t *sound_lengths;
    LinkCell *cells;      /**< of each value */
    uint32_t *word_start; /**< n + 1; words of a text value, ascending ids; else NULL */
    uint32_t *words;
    float *word_weight;       /**< by word: -log2 of the share of records that hold it */
    uint32_t *nickname_start; /**< n + 1, into nicknames; given names only */
    uint8_t *nicknames;       /**< ascending numbers of the names a value may be short for */
    uint32_t *whole;          /**< block keys, by value: of the value itself, its sound, its head */
    uint32_t *sound;          /**< and its tail. Made of the bytes alone, never of ids: the same */
    uint32_t *head;           /**< value has the same key in any part of a list */
    uint32_t *tail;
    uint64_t *cache;   /**< levels of pairs of values met before; 2^LINK_CACHE_BITS; see levels.c */
    uint8_t *frequent; /**< levels of pairs of the first values, LINK_FREQUENT by LINK_FREQUENT */
    uint32_t *sound_of;  /**< by value: number among sounds */
    uint64_t *word_hash; /**< by word */
    uint32_t n_words;
    bool any_arabic, any_latin; /**< scripts among its values */
} LinkDomain;

typedef struct {
    LinkKind kind;
    int partner;
    unsigned domain;
    float *rarity; /**< by value: log2(mean share / share of this value); NULL without */
    float
        *sound_rarity; /**< by value: likewise of its sound, for pairs that sound alike; or NULL */
    uint64_t known;    /**< records of the list that have a value */
    double same_value; /**< probability that two random records have the same value */
    double same_crossed; /**< that one's value is the other's of the partner field */
} LinkColumn;

/** Pairs looked at together. */
#define LINK_BATCH 64u

/** What the pair loop weighs by, in bits. */
typedef struct {
    float bits[LINK_MAX_FIELDS][LINK_MAX_LEVELS];
    float best[LINK_MAX_FIELDS]; /**< the most that a look at the letters can still find */
    float prior;                 /**< where a pair starts */
    float least;                 /**< what weighs less is not wanted */
} LinkScale;

/** Levels of up to LINK_BATCH pairs, levels[field * LINK_BATCH + k]. With a scale, sums[k] is the
 *  weight in bits, and pairs that cannot reach the least, whatever their letters say, are left
 *  there: the set of bits returned are the others (their levels and sums are whole). Without one
 *  every pair is looked at to the end. */
typedef uint64_t LinkLevels(const LinkPrepared *prepared, const LinkCell *const *left,
                            const LinkCell *const *right, unsigned n, const LinkScale *scale,
                            uint8_t levels[LINK_MAX_FIELDS * LINK_BATCH], float sums[LINK_BATCH]);

struct LinkPrepared {
    LinkLevels *levels; /**< link_levels_any, or a build for this processor */
    const LinkTable *table;
    LinkConfig *config;
    bool between;
    unsigned threads;
    size_t n_records;
    uint64_t n_all; /**< records of the whole list, of which these may be a part */
    unsigned n_fields;
    LinkColumn columns[LINK_MAX_FIELDS];
    LinkDomain domains[LINK_MAX_FIELDS];
    unsigned n_domains;
    LinkCell *cells;   /**< n_records rows of n_fields */
    size_t row_cells;  /**< from row to row: whole cache lines, as a row is fetched at once */
    size_t key_stride; /**< likewise of keys */
    uint64_t n_possible;
    LinkRule teachers[LINK_MAX_RULES]; /**< rules on whose pairs the model learns */
    unsigned n_teachers;
    uint32_t *keys; /**< n_records rows of block keys, a rule each; LINK_NO_ID: in no block */
    uint32_t *sorted_keys[LINK_MAX_RULES]; /**< by rule: n_order keys in the order of `order` */
    uint32_t
        *order[LINK_MAX_RULES]; /**< records by block key, then number; those in none left out */
    size_t n_order[LINK_MAX_RULES];
    uint8_t need[33 * 33 * 5]; /**< link_jaro_winkler_need for the lowest level */
};

/** Fills domains, columns and cells. whole: what the list is of which these records are a part;
 *  NULL: they are all. */
bool link_features_build(LinkPrepared *prepared, const LinkWhole *whole, GError **error);
/** How many of the records have each value (by id), sound (by number) or word. Free; NULL when
 *  memory is lacking. *ret_n: how many there are. */
uint32_t *link_features_count(const LinkPrepared *prepared, unsigned field, LinkCount what,
                              size_t *ret_n);
/** Whether anything of the model rests on these counts of a field. */
bool link_features_counts(const LinkPrepared *prepared, unsigned field, LinkCount what);
/** What names a value, sound or word in any part of a list. */
uint64_t link_features_hash(const LinkPrepared *prepared, unsigned field, LinkCount what, size_t i);
void link_features_clear(LinkPrepared *prepared);
static inline bool link_part_wants_rarity(const LinkWhole *whole)
{
    return whole == NULL || whole->counts_of != NULL;
}
/** A record's block key for one part of a field; LINK_NO_ID where missing. */
uint32_t link_features_part(const LinkPrepared *prepared, size_t record, unsigned field,
                            LinkPart part);

static inline const LinkCell *link_row(const LinkPrepared *prepared, size_t record)
{
    return prepared->cells + record * prepared->row_cells;
}

static inline const uint32_t *link_keys(const LinkPrepared *prepared, size_t record)
{
    return prepared->keys + record * prepared->key_stride;
}

LinkLevels link_levels_any, link_levels_v3;
/** Likewise of records by number, all to the end. */
static inline void link_levels(const LinkPrepared *prepared, const uint32_t *left,
                               const uint32_t *right, unsigned n, uint8_t *levels)
{
    const LinkCell *rows_left[LINK_BATCH], *rows_right[LINK_BATCH];
    rows_left[0] = rows_right[0] = NULL;
    for (unsigned k = 0; k < n; k++) {
        rows_left[k] = link_row(prepared, left[k]);
        rows_right[k] = link_row(prepared, right[k]);
    }
    prepared->levels(prepared, rows_left, rows_right, n, NULL, levels, NULL);
}

/** What the rarity of the values adds to a level's weight, in bits; the same either way round. */
static inline float link_rarity(const LinkColumn *column, unsigned level, uint32_t left,
                                uint32_t right)
{
    if (level == 7 && column->rarity != NULL)
        return column->rarity[left];
    if (level != 5 || column->sound_rarity == NULL)
        return 0;
    float a = column->sound_rarity[left], b = column->sound_rarity[right];
    return a < b ? a : b; /* nicknames: two sounds */
}

/** Similarity at which a level of a name begins. */
#define LINK_CLOSE   0.92
#define LINK_SIMILAR 0.82
