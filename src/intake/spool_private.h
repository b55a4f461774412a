/* intake/spool_private.h: inside a run in parts; for spool*.c alone.
 *
 * file    sealed sections in one file, whole or not there
 * rows    records as they are written, and read into a small list
 * plan    what a run is; what its stages found out
 * count   count, merge, choose
 * spread  spread, tally
 * learn   learn, model
 * score   score, settle, gather
 * group   join, regroup, cluster
 * run     stages, processes, the answer
 * again   the key made of files, who drives, a run taken up
 *
 * A file of a unit is called STAGE-NUMBER; a file is
 *
 *   "ZSPOOL1\n"   8
 *   blobs         one after another
 *   index         24 a blob, by a, b and position: a (4), b (4), position (8), length (8)
 *   n (8)  position of the index (8)  "ZSPOOLX\n" (8)
 *
 * in the byte order of the machine (all workers of a run are of one kind; the plan says so). A
 * section is all blobs of the same a and b, in order. A sealed blob is a nonce (24) and the
 * ciphertext; the file's name, a and b are bound to it. */
#pragma once
#include "intake/spool.h"
#include "link/part.h"

#include <sodium.h>

/* ---- plan ---- */

enum { SPOOL_MAX_COLUMNS = 3 * LINK_MAX_FIELDS, SPOOL_NAME = 128 };

/* Written as it lies in memory: size and version must fit. */
typedef struct {
    guint32 size, version;
    guint64 n_records, n_chunks, chunk_records, parts, seed, n_unread;
    guint64 by_source[256];
    gint64 day_first[LINK_MAX_FIELDS]; /* sums */
    double threshold, keep;
    guint8 between, one_to_one;
    guint32 n_columns; /* kept */
    guint32 n_fields, n_rules;
    LinkKind kinds[LINK_MAX_FIELDS];
    guint32 n_parts[LINK_MAX_FIELDS], columns[LINK_MAX_FIELDS][LINK_MAX_PARTS];
    gint32 partner[LINK_MAX_FIELDS];
    guint8 frequency[LINK_MAX_FIELDS];
    LinkRule rules[LINK_MAX_RULES];
} SpoolPlan;

/* What `choose` finds out. Rules are spread: those records are compared by, then those the model
 * learns on that are not among them. */
typedef struct {
    LinkTotals totals[LINK_MAX_FIELDS];
    guint8 both_scripts[LINK_MAX_FIELDS];
    guint32 n_rules, n_spread, n_teachers;
    LinkRule rules[2 * LINK_MAX_RULES];
    guint32 teachers[LINK_MOST_LESSONS]; /* among the rules */
} SpoolFigures;

typedef struct {
    LinkModel model;
    double shift; /* by settle */
} SpoolModel;

struct IntakeSpool {
    char *folder;
    guint8 key[INTAKE_SPOOL_KEY_BYTES];
    SpoolPlan plan;
    LinkConfig *config; /* fields over the kept columns; rules once they are chosen */
    char **names;       /* of the kept columns */
    gsize n_given;      /* while records come in: columns of the caller's table */
    gsize *given;       /* of them, which is kept at which place */
    GByteArray *rows, *labels;
    guint32 in_chunk;
    SpoolFigures figures;
    SpoolModel model, settled;
    bool has_figures, has_model, has_settled;
    int lock; /* descriptor + 1 of the file that says who drives; 0: not this process */
};

/* Reads what the stages before have left, where it is not here yet. */
bool spool_need_figures(IntakeSpool *spool, GError **error);
bool spool_need_model(IntakeSpool *spool, bool settled, GError **error);
/* One value as a file of its own. */
bool spool_save(IntakeSpool *spool, const char *name, const void *value, gsize n, GError **error);
bool spool_load(IntakeSpool *spool, const char *name, void *value, gsize n, GError **error);

/* ---- again ---- */

/* This process drives the run from now on, until it frees it or dies. */
bool spool_hold(IntakeSpool *spool, GError **error);
/* What tells a run's folder from any other. */
bool spool_mark(IntakeSpool *spool, GError **error);

/* ---- file ---- */

typedef struct SpoolWriter SpoolWriter;
SpoolWriter *spool_writer_new(const IntakeSpool *spool, const char *stage, gint64 unit,
                              GError **error);
/* Appends to a section. */
bool spool_writer_put(SpoolWriter *writer, guint32 a, guint32 b, bool sealed, gconstpointer bytes,
                      gsize n, GError **error);
/* The file stands under its name; the writer is freed, done or not. */
bool spool_writer_close(SpoolWriter *writer, GError **error);
void spool_writer_free(SpoolWriter *writer); /* what was written is forgotten */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SpoolWriter, spool_writer_free)

typedef struct SpoolReader SpoolReader;
SpoolReader *spool_reader_new(const IntakeSpool *spool, const char *stage, gint64 unit,
                              GError **error);
/* Appends a section to bytes; nothing where there is none. */
bool spool_reader_get(SpoolReader *reader, guint32 a, guint32 b, bool sealed, GByteArray *bytes,
                      GError **error);
void spool_reader_free(SpoolReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SpoolReader, spool_reader_free)

bool spool_exists(const IntakeSpool *spool, const char *stage, gint64 unit);
/* One section of one file. */
bool spool_get(const IntakeSpool *spool, const char *stage, gint64 unit, guint32 a, guint32 b,
               bool sealed, GByteArray *bytes, GError **error);

/* ---- rows ---- */

/* Before each record's texts, which end with a NUL each. */
typedef struct {
    guint32 record, key, source, length;
} SpoolRow;

/* Some records as a list of their own. */
typedef struct {
    LinkTable *table;
    LinkPrepared *prepared;
    LinkConfig config; /* a copy, for its rules; fields borrowed */
    GArray *records;   /* guint32: their numbers in the list; ascending, unless said otherwise */
} SpoolPart;

void spool_part_init(SpoolPart *part, const IntakeSpool *spool);
void spool_part_clear(SpoolPart *part);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SpoolPart, spool_part_clear)

/* The next row, or false; texts: its bytes (row.length of them). */
bool spool_rows_next(const GByteArray *rows, gsize *at, SpoolRow *ret_row, const char **ret_texts);
void spool_rows_append(GByteArray *rows, const SpoolRow *row, const char *texts);
bool spool_part_add(SpoolPart *part, const SpoolRow *row, const char *texts, GError **error);
/* All of them. */
bool spool_part_add_all(SpoolPart *part, const GByteArray *rows, GError **error);
/* Number of a record within the part; records ascend. */
guint32 spool_part_find(const SpoolPart *part, guint32 record);
/* Features. counted: weights are asked for, so that counts of values are looked up. */
bool spool_part_prepare(SpoolPart *part, IntakeSpool *spool, bool counted, GError **error);

/* ---- counts ---- */

/* A value's count as it lies in a file. */
typedef struct __attribute__((packed)) {
    guint64 hash;
    guint32 count;
} SpoolCounted;

/* As LinkWhole.counts_of; context: the spool. */
bool spool_counts_of(void *context, unsigned field, LinkCount what, size_t n,
                     const uint64_t *hashes, uint32_t *counts);

/* ---- stages ---- */

typedef bool SpoolStage(IntakeSpool *spool, gint64 unit, GError **error);
SpoolStage spool_count, spool_merge, spool_choose, spool_spread, spool_tally, spool_learn,
    spool_model, spool_score, spool_settle, spool_gather, spool_join, spool_regroup, spool_cluster;

/* Sections of count: counts by field, what and range of hash; rows by who asked for them. */
enum { SPOOL_ROWS_SAMPLE = 1000, SPOOL_ROWS_DRAWN, SPOOL_SCRIPTS };
static inline guint32 spool_figure(unsigned field, LinkCount what)
{
    return field * LINK_N_COUNTS + what;
}

/* What tally leaves. */
typedef struct {
    guint64 pairs;
    guint32 largest, largest_record, largest_key, padding;
} SpoolTally;
/* A rule's tally over all parts. */
bool spool_rule_tally(IntakeSpool *spool, guint rule, SpoolTally *ret, GError **error);

/* Units of learn that count random pairs. */
guint spool_n_draws(const IntakeSpool *spool);
/* The drawn pairs of one of them. Free. */
LinkDrawn *spool_draw_of(const IntakeSpool *spool, guint draw, gsize *ret_n, GError **error);

/* A pair as it lies in a file, the rarities of its fields behind it: of an even number, so that
 * each pair begins where a 64-bit word may. */
static inline gsize spool_rarity_bytes(const IntakeSpool *spool)
{
    return (spool->plan.n_fields + 1) / 2 * 2 * sizeof(float);
}
static inline gsize spool_pair_bytes(const IntakeSpool *spool)
{
    return sizeof(LinkPair) + spool_rarity_bytes(spool);
}

/** Pairs of at least that probability, chunk by chunk, until a visit fails. */
typedef bool (*SpoolPairVisit)(void *context, const LinkPair *pair, const float *rarities,
                               GError **error);
bool spool_walk_pairs(IntakeSpool *spool, double least, SpoolPairVisit visit, void *context,
                      GError **error);
/* Sections of score. */
enum { SPOOL_PAIRS, SPOOL_WEIGHTS, SPOOL_COMPARED };
/* Sections of join, by chunk or part. */
enum { SPOOL_ROOTS, SPOOL_WANTED, SPOOL_EDGES };

bool spool_no_memory(GError **error);
