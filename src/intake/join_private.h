/* intake/join_private.h: inside the joining; for join*.c alone.
 *
 * read      statements of the case as records
 * cache     records kept from run to run, so that a run costs what is new
 * fields    what is compared, and which pairs
 * match     records that speak of one person (pure)
 * model     what was learned, kept for the next run
 * acts      statements of one person that speak of one act (pure)
 * verdicts  what people said, as constraints
 * pairs     the weights of pairs, kept for review and draws
 * person    what is known of a person, from its statements
 * write     persons: made, merged, split
 * settle    their acts, and the links of statements
 * join      a run: read, match, write
 * state     a linked case without its names
 * answer    what people say, taken up at once
 * undo      what is taken back
 * review    what is worth a look
 * draw      linkages as they could be */
#pragma once
#include "intake/join.h"
#include "store/link.h"
#include "store/person.h"

enum { JOIN_LEAST_TO_LEARN = 200, JOIN_COLUMNS = 9 };

/* ---- read ---- */

/* One statement that names a victim. Texts live in JoinRecords.strings. */
typedef struct {
    gint64 statement, report, source;
    gint64 person, act; /* linked before; 0 */
    const char *name, *father, *birth, *gender, *national_id, *group, *kind, *perpetrator;
    const char *event_date, *place_text;
    gint64 place; /* 0 unknown */
    gint32 first_day, last_day, age;
    bool synthetic;
    bool dirty; /* differs from what the cache holds */
    /* What is compared, made of the above; told[0] NULL: not yet. */
    const char *told[JOIN_COLUMNS];
} JoinRecord;

typedef struct {
    gsize n, n_known; /* those linked before stand first; each part in order of statement */
    JoinRecord *records;
    gint64 nameless;
    GStringChunk *strings;
    GHashTable *places; /* id of place → StorePlace */
    GByteArray *cached; /* where texts of cached records live; NULL: none are */
    char *learned;      /* what names taught (join_names_learned); NULL: nothing yet */
} JoinRecords;

/* Needs an unsealed store. NULL with error set. */
/* whole: not from the cache. */
JoinRecords *join_records_read(Store *store, bool whole, GError **error);
/* Those of some persons alone, all known; without places. */
JoinRecords *join_records_of(Store *store, gsize n, const gint64 *persons, GError **error);
void join_records_free(JoinRecords *records);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(JoinRecords, join_records_free)
/* Position of a statement's record; -1. Statements of each part ascend. */
gssize join_records_find(const JoinRecords *records, gint64 statement);

/* ---- cache ---- */

/* Records as the last run left them, brought up to date by what the log says has changed since;
 * false without error when there is no cache that can be used. Fills known and fresh (of
 * JoinRecord, in order of statement) and nameless, cached, learned. */
bool join_cache_read(Store *store, JoinRecords *records, GArray *known, GArray *fresh,
                     bool *ret_found, GError **error);
/* At the end of a run, inside its transaction. anew: in place of all that is kept. */
bool join_cache_write(Store *store, const JoinRecords *records, bool anew, GError **error);
/* Whether a statement or a report came, changed or went since the last run. *ret_known false: no
 * run has left a mark. */
bool join_cache_changed(Store *store, bool *ret_known, bool *ret_changed, GError **error);
/* One statement as a record, for the cache and for single persons; *ret_use false when it names
 * nobody or its report does not count. */
bool join_record_load(Store *store, JoinRecords *records, const StoreStatement *statement,
                      JoinRecord *ret_record, bool *ret_use, GError **error);

/* ---- fields ---- */

/* anew: also what was told before is told again, as all names now teach. */
LinkTable *join_table_new(JoinRecords *records, bool anew, GError **error);
/* rare: rare values weigh more. *ret_columns: the fields compared, "given family …". */
LinkConfig *join_config_new(const LinkTable *table, bool rare, char **ret_columns);
LinkModel join_plain_model(const LinkConfig *config, gsize n_records);
LinkKind join_field_kind(const char *name);

/* ---- pairs ---- */

/* A pair of statements as it was weighed. Kept as it stands in memory: the cache is this machine's
 * and can be made anew. */
typedef struct {
    gint64 left, right; /* statements; left is the smaller number */
    float weight_bits;
    guint32 levels;                    /* 3 bits a field */
    gint16 bits[INTAKE_REVIEW_FIELDS]; /* of each field, in 1/JOIN_BITS */
} JoinPair;
enum { JOIN_BITS = 256 };

float join_probability(double weight_bits);
/* In order of left, then right, each pair once (the newest); of statements that are in `heads`
 * (GArray of StoreJoinHead) alone, when it is not NULL. NULL with error set; transfers. *ret_parts
 * 0: nothing is kept. */
GArray *join_pairs_read(Store *store, const GArray *heads, gint64 *ret_parts, GError **error);
bool join_pairs_parts(Store *store, gint64 *ret_parts, GError **error);
/* anew: in place of all that is kept. */
bool join_pairs_write(Store *store, const GArray *pairs, bool anew, GError **error);
/* Likewise the statements that say too little to be compared. */
bool join_unlinkable_write(Store *store, const GArray *statements, GError **error);
/* NULL: not kept. */
const JoinPair *join_pairs_find(const GArray *pairs, gint64 left, gint64 right);
/* {"given":7.5,…} of a pair; columns as in the model. Transfers. */
char *join_pair_fields(const JoinPair *pair, const char *columns);

/* ---- verdicts ---- */

/* Two statements, and what somebody said of them. */
typedef struct {
    gint64 left, right, verdict;
    bool same;
    bool looked_at; /* the two that stood before somebody's eyes: a lesson for the model */
} JoinTie;

typedef struct {
    GPtrArray *all;   /* StoreVerdict, in order */
    GArray *ties;     /* JoinTie, of answers in force */
    GArray *unsure;   /* likewise, of those who could not tell */
    gint64 last;      /* number of the newest row */
    gint64 n_answers; /* same or different, in force */
} JoinVerdicts;

JoinVerdicts *join_verdicts_read(Store *store, GError **error);
void join_verdicts_free(JoinVerdicts *verdicts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(JoinVerdicts, join_verdicts_free)
/* False with the answers at fault in the error's sentence. */
bool join_verdicts_allow(const JoinVerdicts *verdicts, gint64 left, gint64 right, bool same,
                         GError **error);
/* The answer in force of exactly these two; NULL. */
const StoreVerdict *join_verdicts_find(const JoinVerdicts *verdicts, gint64 left, gint64 right);
/* Of those ties whose statements `find` knows. GArray of LinkConstraint; transfers. */
typedef gssize JoinFind(const void *context, gint64 statement);
GArray *join_verdicts_constraints(const JoinVerdicts *verdicts, bool looked_at, JoinFind *find,
                                  const void *context);
/* "T4 T9", "T4/A2 T9": numbers. GArray of gint64 pairs (statement, act). Transfers. */
GArray *join_list_parse(const char *text);

/* ---- match ---- */

/* Why a record stands with others. */
typedef struct {
    guint32 other; /* the record it fits best; itself when it is the first of its person */
    float weight_bits, probability;
    double bits[LINK_MAX_FIELDS];
} JoinReason;

typedef struct {
    guint32 *clusters; /* by record: the first record of its person */
    JoinReason *reasons;
    unsigned n_fields;
    const char *const *fields; /* names, for the notes */
    GArray *pairs;             /* JoinPair */
    guint64 pairs_compared;
    GArray *unlinkable; /* gint64: statements that no rule brings together with any other */
    gint64 doubtful;
    LinkModel model; /* as learned or given */
    char *columns;   /* fields compared, for the next run's model: "given family …" */
    bool learned, incremental;
} JoinMatch;

/* model NULL: learn; else compare only what is new by this model, which was made for `columns`
 * (it is learned again when other fields are compared now). NULL with error set. */
JoinMatch *join_match(JoinRecords *records, const JoinVerdicts *verdicts,
                      const IntakeJoinOptions *options, const LinkModel *model, const char *columns,
                      GError **error);
void join_match_free(JoinMatch *match);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(JoinMatch, join_match_free)

/* ---- model ---- */

#define JOIN_MODEL_SETTING "link_model"

typedef struct {
    LinkModel model;
    char *columns;
    gint64 records; /* it was learned on */
    gint64 answers; /* newest row of verdicts it knew */
    double threshold;
} JoinModel;
void join_model_clear(JoinModel *model);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(JoinModel, join_model_clear)
char *join_model_format(const JoinModel *model);
/* False when the text is none of ours. */
bool join_model_parse(const char *text, JoinModel *ret_model);
/* *ret_found false: the case has none. */
bool join_model_load(Store *store, JoinModel *ret_model, bool *ret_found, GError **error);

/* ---- acts ---- */

/* Assigns acts: members are records of one person. acts[i]: number of member i's act, from 0, in
 * order of their first member; members linked to one act before stay together. Returns how many. */
gsize join_acts(const JoinRecords *records, gsize n_members, const guint32 *members,
                gint32 days_between, guint32 *acts);
/* The record whose date stands for an act: the day that most of its records give, else the
 * narrowest span. */
guint32 join_act_date(const JoinRecords *records, gsize n, const guint32 *members);
/* The gap in days between two spans; 0 when they touch; a span that is open on both sides fits
 * everything. */
gint64 join_gap(const JoinRecord *a, const JoinRecord *b);
/* Acts that a person can suffer once. */
bool join_happens_once(const char *kind);

/* ---- person ---- */

typedef struct {
    gsize n;
    const guint32 *members; /* records of one person, in order */
} JoinGroup;

/* Fields that nobody filled yet, from what most statements say; anew: also those that were. */
void join_person_describe(const JoinRecords *records, const JoinGroup *group, bool anew,
                          StorePerson *person);
void join_fill(char **field, const char *text);    /* where it is NULL */
void join_replace(char **field, const char *text); /* always */

/* ---- write ---- */

typedef struct {
    Store *store;
    JoinRecords *records;      /* person is set to what was written */
    const guint32 *clusters;   /* by record: the first record of its person */
    const JoinReason *reasons; /* by record; NULL: none are to be noted */
    const char *columns;       /* fields of reasons and pairs: "given family …" */
    const GArray *pairs;       /* JoinPair, sorted or not: what spoke for mergers and splits */
    const gint64 *persons;     /* by first record: the person that its cluster must be; NULL */
    const gint64 *acts;        /* by record: the act it returns to, if it moves; NULL */
    gint64 verdict, undoes;    /* because of which; 0 */
    gint32 days_between;
    IntakeJoinSummary *summary;
} JoinWrite;

bool join_write(const JoinWrite *write, GError **error);

/* ---- settle ---- */

/* The acts of one person's statements, and its statements' links. lost: statements left it. */
bool join_settle_acts(const JoinWrite *write, const JoinGroup *group, gint64 person, bool lost,
                      GError **error);

/* ---- state ---- */

/* A linked case without its names: statements, persons, weights, answers. */
typedef struct {
    GArray *heads; /* StoreJoinHead, in order of statement */
    GArray *pairs; /* JoinPair, in order */
    JoinModel model;
    JoinVerdicts *verdicts;
    LinkPair *links;   /* of each pair, by position in heads */
    guint32 *clusters; /* of each head: its person's first */
    GArray *constraints, *labels;
    LinkOptions options;
} JoinState;

/* NOT_FOUND when the case was not linked by this version. */
JoinState *join_state_load(Store *store, GError **error);
void join_state_free(JoinState *state);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(JoinState, join_state_free)
/* Position in heads; -1. */
gssize join_state_find(const JoinState *state, gint64 statement);
/* Pairs that wait for a look. */
gint64 join_state_waiting(const JoinState *state, GError **error);
