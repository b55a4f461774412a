/* link/part.h: a list linked part by part, when it is too large to be linked at once.
 *
 * Whatever is said of a pair rests on its two records and on a few figures of the whole list: how
 * common each value is, and the model. So any part of the list (the records of some blocks, of some
 * clusters) is a small list by itself once it is told these figures, and says of its pairs to the
 * last bit what link_run says of them. Nothing here depends on the order of parts, nor on what else
 * lies in a part. Figures are whole numbers: those of parts add up to those of the list.
 *
 * What a caller does (intake/spool.h does it over files):
 *
 *   1  each part of the list         link_part_scripts, link_part_count      add up, value by value
 *   2  8,192 records, evenly spaced  link_part_choose                        the blocking rules
 *   3  the blocks of each rule       link_part_session, link_part_draw       what the model learns
 * on 4  (nothing of the list)         link_part_model                         the model 5  the
 * blocks of each rule       link_part_score                         pairs 6  (the pairs' weights)
 * link_weights_settle                     the prior 7  groups that hang together link_part_cluster
 * clusters
 *
 * Pure, as all of this folder. */
#pragma once
#include "link/link.h"

/** Whole numbers of a field over a list; those of its parts add up to them, but for what is counted
 *  across parts (same, alike, crossed), which the counts of all values give. */
typedef struct {
    uint64_t known;   /**< records with a value */
    uint64_t same;    /**< ordered pairs of records with the same value */
    uint64_t alike;   /**< likewise of the same sound */
    uint64_t crossed; /**< ordered pairs: a value here that is the partner field's value there */
} LinkTotals;

/** What is counted of a field. */
typedef enum { LINK_COUNT_VALUES, LINK_COUNT_SOUNDS, LINK_COUNT_WORDS, LINK_N_COUNTS } LinkCount;

/** A value, sound or word, and how many records have it. */
typedef struct {
    uint64_t hash; /**< of its bytes. Two of a hundred million values share one in three lists of
                    *   ten thousand; they then count as one value */
    uint32_t count;
} LinkCounted;

/** What a part must be told of the list. */
typedef struct {
    uint64_t n_records;
    uint64_t by_source[256];
    bool day_first[LINK_MAX_FIELDS];    /**< dates like 3/4/1990: 3 April */
    bool both_scripts[LINK_MAX_FIELDS]; /**< names in Arabic letters and in Latin ones */
    LinkTotals totals[LINK_MAX_FIELDS];
    /** Fills counts[n] of values that some record of the part has; hashes ascend. False: no answer
     *  (the part then fails with ZENHAR_ERROR_IO). NULL: rarity is not asked for. */
    bool (*counts_of)(void *context, unsigned field, LinkCount what, size_t n,
                      const uint64_t *hashes, uint32_t *counts);
    void *context;
} LinkWhole;

/** How many of a field's texts can only be day first, less those that can only be month first; the
 *  sum over all records says which (0 and above: day first). */
int64_t link_part_day_first(const LinkTable *table, const LinkField *field);

/** Features of a part's records (those of the table) and their keys of the config's rules; groups
 *  none. The config's rules stand, even when there are none. NULL with error set. Transfers; table
 *  and config are borrowed until it is freed. */
LinkPrepared *link_part_prepare(const LinkTable *table, LinkConfig *config, bool between,
                                const LinkWhole *whole, GError **error);

/** Ordered by hash; values that no record has are left out. Free; NULL when memory is lacking. */
LinkCounted *link_part_count(const LinkPrepared *prepared, unsigned field, LinkCount what,
                             size_t *ret_n);
/** Whether anything rests on these counts. */
bool link_part_counts(const LinkPrepared *prepared, unsigned field, LinkCount what);
/** Which scripts a field's names are in: 1 Arabic, 2 Latin, or both. */
unsigned link_part_scripts(const LinkPrepared *prepared, unsigned field);

/* ---- Rules ---------------------------------------------------------------- */

enum { LINK_SAMPLE_RECORDS = 8192, LINK_MOST_LESSONS = 10 };
/** The number of the i-th record of the sample of a list. */
uint64_t link_part_sampled(uint64_t n_records, size_t i);
/** Chooses rules for the list, of which prepared is the sample and no more: those the model learns
 *  on, and, if the config has none, those by which records are compared. */
void link_part_choose(LinkPrepared *prepared, LinkRule teachers[LINK_MAX_RULES],
                      unsigned *ret_n_teachers);
/** A record's key of a rule: equal ones share a block; UINT32_MAX: it is in none. */
uint32_t link_part_key(const LinkPrepared *prepared, const LinkRule *rule, size_t record);
/* ---- Learning ------------------------------------------------------------- */

/** What the pairs of one rule teach. */
typedef struct {
    LinkRule rule;
    uint64_t pairs; /**< of the whole rule */
    uint64_t drawn; /**< of them looked at */
    LinkPattern *patterns;
    size_t n_patterns;
} LinkLesson;
void link_lesson_clear(LinkLesson *lesson);

/** Two records drawn at random, by number in the list (or in the part, once they are looked at). */
typedef struct {
    uint32_t left, right;
} LinkDrawn;
typedef struct {
    uint64_t n[LINK_MAX_FIELDS][LINK_MAX_LEVELS];
} LinkLevelCounts;

/** Whether the block of this key is looked at, of a rule of so many pairs. */
bool link_part_teaches(uint32_t key, uint64_t pairs, uint64_t seed);
/** A lesson from a part that holds at least all records of the blocks that teach. rule->pairs: of
 *  the list. Of the options, seed and labels (numbers in the part) are read. */
bool link_part_session(const LinkPrepared *prepared, const LinkOptions *options,
                       const LinkRule *rule, LinkLesson *ret_lesson, GError **error);
/** How many pairs are drawn at random from a list of n_all, and which: the first n of them. */
size_t link_part_n_drawn(uint64_t n_all);
void link_part_drawn(uint64_t n_all, uint64_t seed, size_t n, LinkDrawn *ret_drawn);
/** Adds the levels of drawn pairs, whose records are numbered within the part. */
void link_part_draw(const LinkPrepared *prepared, const LinkDrawn *drawn, size_t n,
                    LinkLevelCounts *counts);
/** The model. prepared: any part, for the fields and figures of the list. */
void link_part_model(const LinkPrepared *prepared, const LinkLesson *lessons, unsigned n_lessons,
                     const LinkLevelCounts *counts, unsigned threads, LinkModel *ret_model);

/* ---- Pairs ---------------------------------------------------------------- */

/** How many pairs have which weight, to the 1,024th of a bit. */
typedef struct {
    uint64_t *bins; /**< LINK_WEIGHT_BINS */
} LinkWeights;
enum { LINK_WEIGHT_BINS = 1 << 18 };
bool link_weights_init(LinkWeights *weights);
void link_weights_clear(LinkWeights *weights);
void link_weights_add(LinkWeights *weights, float bits);
/** Sets the model's prior so that it is the share of matches that the pairs' weights speak for,
 *  among n_possible; gives by how many bits it moved. */
double link_weights_settle(const LinkWeights *weights, uint64_t n_possible, LinkModel *model);

/** All pairs of one rule of the config within the part that no earlier rule has and that weigh
 *  enough for the prior or for `keep`; by left, then right; without the settled prior. Free. */
bool link_part_score(LinkPrepared *prepared, const LinkModel *model, unsigned rule, double keep,
                     LinkPair **ret_pairs, size_t *ret_n, uint64_t *ret_compared, GError **error);
/** The pair once the prior has moved by shift bits; false when it is not to be kept. */
bool link_part_settle(LinkPair *pair, double shift, double keep);
/** What the rarity of values adds to each field of a pair, in bits. */
void link_part_rarities(const LinkPrepared *prepared, const LinkPair *pair, float *bits);

/** Clusters of a part that holds whole groups of records that pairs hang together. pairs and
 *  options' constraints by number in the part. Fills clusters[n_records]. */
bool link_part_cluster(const LinkPrepared *prepared, const LinkModel *model,
                       const LinkOptions *options, const LinkPair *pairs, size_t n_pairs,
                       uint32_t *clusters, GError **error);
