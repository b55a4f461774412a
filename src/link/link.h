/* link/link.h: one person counted once: probabilistic record linkage.
 *
 * The model of Fellegi and Sunter (1969) with levels of agreement (Winkler
 * 1990): each field of a pair of records falls on a level (missing, different,
 * … equal); a level weighs log2(m/u) bits, m its probability among pairs that
 * are the same person, u among all others. u is counted on random pairs, m and
 * the prior by EM on the pairs of several blocking rules (Dempster, Laird and
 * Rubin 1977; the sessions as in Splink, Linacre et al. 2022). Equal values
 * weigh more the rarer they are (term frequencies, Winkler 2000).
 *
 * Use, top to bottom:
 *
 *     table    = link_table_new(...); link_table_add(table, ...) for each record;
 *     config   = link_config_decide(table, ...)      or link_config_parse(...)
 *     prepared = link_prepare(table, config, ...)    features, rules and their counts
 *     result   = link_run(prepared, options, ...)    model, pairs, clusters
 *
 * Pure: arrays in, arrays out. Equal input, config and seed give equal results
 * on any number of threads. Objects may be read from several threads, changed
 * by one. Errors: ZENHAR_ERROR_DATA, _INPUT, _LIMIT, _MEMORY; outputs are
 * untouched on failure.
 *
 * Size (bytes a record, seven fields): 28 raw ids, 112 a row of features,
 * 4 a blocking rule; 100 to 200 a distinct value. A million records: about
 * 1 GiB. Cost: about 50 ns a pair compared. */
#pragma once
#include "base/error.h"
#include <stddef.h>
#include <stdint.h>

enum {
    LINK_MAX_FIELDS = 21, /**< a pair's levels are 3 bits each in one 64-bit word */
    LINK_MAX_LEVELS = 8,
    LINK_MAX_RULES = 32,
    LINK_MAX_RULE_KEYS = 3,
    LINK_MAX_PARTS = 3, /**< columns that make up one field */
};

/* ---- Records ------------------------------------------------------------ */

/** Records column by column; each distinct text is kept once. */
typedef struct LinkTable LinkTable;

/** Copies the names. Transfers. */
LinkTable *link_table_new(size_t n_columns, const char *const *columns);
void link_table_free(LinkTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LinkTable, link_table_free)

/** Appends a record of a source (0 … 255). fields: one NUL-terminated UTF-8 text a column, NULL or
 *  "" where missing; copied. False with ZENHAR_ERROR_MEMORY or _LIMIT (2^31 records). */
bool link_table_add(LinkTable *table, unsigned source, const char *const *fields, GError **error);

enum { LINK_PLACE_MAX = 96 };
/** One name for a place, however it is written, and the region it lies in; false when the text
 *  names no place that is known. */
typedef bool LinkPlaceOf(void *context, const char *text, char town[LINK_PLACE_MAX],
                         char region[LINK_PLACE_MAX]);
/** Makes two columns of one, once all records are there (none can be added after): "NAME (place)"
 *  and "NAME (region)"; link_config_decide then compares the column as a place. What is not known
 *  stays as written. False with ZENHAR_ERROR_MEMORY. */
bool link_table_add_place(LinkTable *table, size_t column, LinkPlaceOf *place_of, void *context,
                          GError **error);

size_t link_table_n_records(const LinkTable *table);
size_t link_table_n_columns(const LinkTable *table);
const char *link_table_column(const LinkTable *table, size_t column); /**< borrowed */
const char *link_table_text(const LinkTable *table, size_t record,
                            size_t column); /**< borrowed; "" */
unsigned link_table_source(const LinkTable *table, size_t record);
unsigned link_table_n_sources(const LinkTable *table);
/** Distinct texts of a column other than "". */
size_t link_table_n_distinct(const LinkTable *table, size_t column);

/* ---- What is compared, and how ------------------------------------------ */

/** How a field is compared. The levels of each kind are in link_level_name(). */
typedef enum {
    LINK_GIVEN,   /**< given name: letters, sound across scripts, initials, swapped with surname */
    LINK_SURNAME, /**< family name: likewise */
    LINK_NAME,    /**< full name: likewise by words in any order */
    LINK_STRING,  /**< one word or a few: letters, sound (a town, a father's name) */
    LINK_TEXT,    /**< many words: an address, an organisation */
    LINK_CODE,    /**< digits and letters where each one counts: phone, national number, postcode */
    LINK_CATEGORY, /**< few values: sex, state */
    LINK_NUMBER,   /**< a quantity: age, height */
    LINK_DATE,     /**< EDTF or a usual notation, in either calendar */
    LINK_EMAIL,
    LINK_SET,   /**< several values in one field, separated by ; or | */
    LINK_PLACE, /**< two or three columns, finest first: town, county, province */
    LINK_N_KINDS
} LinkKind;

typedef struct {
    char *name;
    LinkKind kind;
    unsigned n_parts;
    size_t parts[LINK_MAX_PARTS]; /**< columns; LINK_DATE may have three: year, month, day */
    int partner;         /**< field of the other name where the two may be swapped, or -1 */
    bool term_frequency; /**< rare values weigh more */
} LinkField;

/** What of a field must be equal for a pair to be compared. */
typedef enum {
    LINK_WHOLE, /**< the normalized value */
    LINK_SOUND, /**< the key across scripts and spellings; words in any order */
    LINK_HEAD,  /**< first letters: 1 of a name, 4 of a code; the year of a date */
    LINK_TAIL,  /**< last word of a text, last 4 of a code; month and day of a date */
} LinkPart;

typedef struct {
    unsigned n_keys; /**< 0: every pair */
    struct {
        unsigned field;
        LinkPart part;
    } keys[LINK_MAX_RULE_KEYS];
    uint64_t pairs;          /**< out, by link_prepare: pairs with equal keys, other rules aside */
    uint32_t largest;        /**< out: records in its largest block */
    uint32_t largest_record; /**< out: one of them */
} LinkRule;

typedef struct {
    unsigned n_fields;
    LinkField fields[LINK_MAX_FIELDS];
    unsigned n_rules; /**< 0: link_prepare chooses */
    LinkRule rules[LINK_MAX_RULES];
    size_t n_columns;
    char **ignored; /**< n_columns: why a column is not compared, or NULL; owned */
} LinkConfig;

/** Looks at the columns and decides fields. skip: n_columns flags of columns not to look at
 *  (ids, the truth); may be NULL. NULL with error set when nothing can be compared. Transfers. */
LinkConfig *link_config_decide(const LinkTable *table, const bool *skip, GError **error);
/** beginning: the table is the beginning of a longer list, in which a value may come back later. */
LinkConfig *link_config_decide_by(const LinkTable *table, const bool *skip, bool beginning,
                                  GError **error);
/** Reads what link_config_format wrote, perhaps edited. NULL with the line or group named.
 *  Transfers. */
LinkConfig *link_config_parse(const char *text, const LinkTable *table, GError **error);
/** The config as text, with its rules' counts and what was left out as comments. Transfers. */
char *link_config_format(const LinkConfig *config, const LinkTable *table);
/** A rule's keys as they stand in a config: "surname:sound;city;". Transfers. */
char *link_config_format_keys(const LinkConfig *config, const LinkRule *rule);
void link_config_free(LinkConfig *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LinkConfig, link_config_free)

const char *link_kind_name(LinkKind kind); /**< "given name" …; static, untranslated */
const char *link_part_name(LinkPart part); /**< "whole", "sound", "head", "tail" */
/** What a level means, best is the highest; NULL where the kind has no such level. Level 0 is
 *  "missing". Static; a message id for translation. */
const char *link_level_name(LinkKind kind, unsigned level);

/* ---- Preparation ---------------------------------------------------------- */

typedef struct LinkPrepared LinkPrepared;

/** Features of every record, and the blocking rules with the pairs each would compare. Borrows
 *  table and config until freed; fills config's rules. between: only pairs of different sources.
 *  threads 0: the default. NULL with error set. Transfers. */
LinkPrepared *link_prepare(const LinkTable *table, LinkConfig *config, bool between,
                           unsigned threads, GError **error);
void link_prepared_free(LinkPrepared *prepared);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LinkPrepared, link_prepared_free)

/** A rule that does what the number rule-th of the config does with fewer pairs: a key more, the
 * one that loses least. False when no other field helps, or the rule is no trouble. */
bool link_prepared_better_rule(const LinkPrepared *prepared, unsigned rule, LinkRule *ret_rule);
/** All pairs there are, compared or not. */
uint64_t link_prepared_n_possible(const LinkPrepared *prepared);
/** Which records some rule brings together with another: n_records flags. Transfers (g_free). */
bool *link_prepared_linkable(const LinkPrepared *prepared);
/** Records that no rule brings together with any other. */
size_t link_prepared_n_unlinkable(const LinkPrepared *prepared);
/** Whether some rule brings the two together. */
bool link_prepared_compares(const LinkPrepared *prepared, size_t left, size_t right);

/* ---- The model ------------------------------------------------------------ */

typedef struct {
    unsigned n_fields;
    double m[LINK_MAX_FIELDS][LINK_MAX_LEVELS]; /**< given that neither value is missing; sum 1 */
    double u[LINK_MAX_FIELDS][LINK_MAX_LEVELS];
    double prior;        /**< probability that two records drawn at random are the same */
    unsigned n_sessions; /**< EM sessions that gave an answer */
    unsigned iterations; /**< of EM, all sessions */
} LinkModel;

/** Weight of a level in bits, without term frequency: log2(m/u); 0 for missing. */
double link_model_weight(const LinkModel *model, unsigned field, unsigned level);

/* ---- Running -------------------------------------------------------------- */

typedef struct {
    uint32_t left, right; /**< records, left < right */
    float weight_bits;    /**< log2 of the odds that they are the same: prior, fields, rarity */
    float probability;
    uint64_t levels; /**< 3 bits a field, field 0 lowest */
} LinkPair;

static inline unsigned link_pair_level(const LinkPair *pair, unsigned field)
{
    return pair->levels >> (3 * field) & 7;
}

typedef enum { LINK_SAME, LINK_DIFFERENT } LinkVerdict;
/** What a person decided; stands above every weight. */
typedef struct {
    uint32_t left, right;
    LinkVerdict verdict;
} LinkConstraint;

typedef struct {
    double threshold; /**< probability at which a pair links */
    double keep;      /**< lowest probability of pairs kept in the result */
    uint64_t seed;
    unsigned threads;                  /**< 0: the default */
    bool one_to_one;                   /**< no cluster holds two records of one source */
    const bool *source_unique;         /**< likewise source by source (256 flags), or NULL */
    const LinkConstraint *constraints; /**< hold in clustering, whatever the weights say */
    size_t n_constraints;
    /** Pairs that somebody looked at and judged. The model learns from them: EM counts each as
     * known beside the pairs it has to guess (semi-supervised EM). They bind the clusters only when
     * they are among the constraints too: what follows from other joins is a constraint, but no
     * lesson. Not looked at when a model is given. */
    const LinkConstraint *labels;
    size_t n_labels;
    double label_pairs;     /**< for how many pairs of EM one label counts; 0: one */
    const LinkModel *model; /**< use this one; NULL: learn it here */
    /** Incremental linking: records below n_known were compared with each other before; only pairs
     *  with a newer record are compared, known_pairs (as an earlier result kept them) take part in
     *  clustering as they are. Give the earlier model too, and nothing old is done again. */
    size_t n_known;
    const LinkPair *known_pairs;
    size_t n_known_pairs;
    /** Hears how far the comparing is, from the thread that called; false stops the run
     *  (ZENHAR_ERROR_INTERRUPTED). NULL: not asked. */
    bool (*progress)(void *context, uint64_t done, uint64_t total);
    void *progress_context;
} LinkOptions;

/** threshold 0.5, keep 0.01, seed 1, nothing else. */
LinkOptions link_options_default(void);

typedef struct {
    LinkModel model;
    uint64_t n_compared;
    LinkPair *pairs; /**< kept ones, by left, then right; known pairs among them */
    size_t n_pairs;
    size_t n_records;
    uint32_t *clusters; /**< n_records: cluster of each record, named by its smallest record */
    size_t n_clusters;
    /** Pairs above the threshold whose records were yet kept apart (a weak bridge between two
     *  groups that otherwise disagree, or a rule of one-to-one): to be looked at. Indices into
     *  pairs, ascending. */
    size_t *bridges;
    size_t n_bridges;
} LinkResult;

/** NULL with error set. Transfers. */
LinkResult *link_run(const LinkPrepared *prepared, const LinkOptions *options, GError **error);
void link_result_free(LinkResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LinkResult, link_result_free)

/** One pair's levels and weight, compared now; whatever the rules say. */
LinkPair link_compare(const LinkPrepared *prepared, const LinkModel *model, size_t left,
                      size_t right);
/** The weight each field adds, rarity included; bits[model->n_fields]. Their sum and the prior's
 *  log2 odds are pair->weight_bits (up to rounding). */
void link_explain(const LinkPrepared *prepared, const LinkModel *model, const LinkPair *pair,
                  double *bits);

/* ---- Looking and doubting ------------------------------------------------- */

/** A pair that is worth a look, and why. */
typedef struct {
    size_t pair;        /**< index into the result's pairs */
    bool joined;        /**< its records are in one cluster now: "different" would split it */
    double uncertainty; /**< bits, 1 at even odds: the pair's own probability and that of its two
                         *   groups (or of the two parts its cluster would fall into), halfway */
    double effect;      /**< pairs of records that the other answer would join or take apart */
    double worth;       /**< uncertainty times effect */
} LinkReview;

/** The pairs in the order of what a look is worth, most first; of the pairs between the same two
 *  groups only the one worth most; none that options' constraints or labels have judged. At most
 *  `most`. Transfers (free); NULL with error set when memory is lacking. *ret_n: how many. */
LinkReview *link_review(const LinkResult *result, const LinkOptions *options, size_t most,
                        size_t *ret_n, GError **error);

/** One plausible linkage, drawn: clusters as they could be, given what the pairs' probabilities
 *  leave open. Two records alone are joined as often as their probability says; groups as often as
 *  the mean weight across them says; constraints, one_to_one and source_unique hold in every draw.
 *  For what rests on the clusters (counts, estimates): do it once for each of some draws and see
 *  how far the answers lie apart. pairs: by left, then right, as a result keeps them, with those
 *  of low probability too (options->keep, which a pair not among them is taken to weigh); of the
 *  options, constraints, one_to_one, source_unique and keep are read. Equal seed and draw, equal
 *  clusters. sources: n_records, or NULL. Fills clusters[n_records] (named by their smallest
 *  record). False with error set. Cost: about that of link_cluster. */
bool link_draw(size_t n_records, const LinkPair *pairs, size_t n_pairs, const LinkOptions *options,
               const uint8_t *sources, uint64_t seed, uint64_t draw, uint32_t *clusters,
               size_t *ret_n_clusters, GError **error);

/* ---- Pieces that stand alone ---------------------------------------------- */

/** Clusters from pairs alone. weigh gives the log2 odds of any two records (also of pairs that no
 *  rule compared) and may be NULL: then only the pairs speak. Fills clusters[n_records] (named by
 *  their smallest record) and *ret_bridges (n_pairs flags; NULL if not wanted). */
bool link_cluster(size_t n_records, const LinkPair *pairs, size_t n_pairs,
                  const LinkOptions *options, const uint8_t *sources,
                  double (*weigh)(void *context, size_t left, size_t right), void *context,
                  uint32_t *clusters, bool *bridges, size_t *ret_n_clusters, GError **error);

/** A pattern of levels and how many pairs show it. */
typedef struct {
    uint64_t levels;
    double count;           /**< of whom nothing is known */
    double same, different; /**< beside those: pairs that somebody judged */
} LinkPattern;

/** EM for m and the share of matches (in: the start; out: the estimate). used: fields that take
 * part. u: what strangers do; held fixed when u_pairs is INFINITY, else in as a belief worth
 * u_pairs pairs and out as found among these patterns. Judged pairs take part as what they are; the
 * share is that of the others alone, for people judge no random choice. Returns the iterations.
 * Cannot fail. */
unsigned link_em(const LinkPattern *patterns, size_t n_patterns, unsigned n_fields,
                 const bool *used, double u_pairs, double (*u)[LINK_MAX_LEVELS],
                 double (*m)[LINK_MAX_LEVELS], double *share);
