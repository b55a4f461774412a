/* intake/join_private.h: inside the joining; for join*.c alone.
 *
 * read    statements of the case as records
 * match   records that speak of one person (pure)
 * acts    statements of one person that speak of one act (pure)
 * join    persons, acts and their links, written */
#pragma once
#include "intake/join.h"
#include "store/person.h"

/* One statement that names a victim. Texts live in JoinRecords.strings. */
typedef struct {
    gint64 statement, report, source;
    gint64 person, act; /* linked before; 0 */
    const char *name, *father, *birth, *gender, *national_id, *group, *kind, *perpetrator;
    const char *event_date, *place_text;
    gint64 place; /* 0 unknown */
    gint32 first_day, last_day, age;
    bool synthetic;
} JoinRecord;

typedef struct {
    gsize n, n_known; /* those linked before stand first; each part in order of statement */
    JoinRecord *records;
    gint64 nameless;
    GStringChunk *strings;
    GHashTable *places; /* id of place → StorePlace */
} JoinRecords;

/* Needs an unsealed store. NULL with error set. */
JoinRecords *join_records_read(Store *store, GError **error);
void join_records_free(JoinRecords *records);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(JoinRecords, join_records_free)

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
    guint64 pairs_compared;
    gint64 doubtful;
    LinkModel model; /* as learned or given */
    char *columns;   /* fields compared, for the next run's model: "given family …" */
    bool learned;
} JoinMatch;

/* model NULL: learn; else compare only what is new by this model, which was made for `columns`
 * (it is learned again when other fields are compared now). NULL with error set. */
JoinMatch *join_match(const JoinRecords *records, const IntakeJoinOptions *options,
                      const LinkModel *model, const char *columns, GError **error);
void join_match_free(JoinMatch *match);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(JoinMatch, join_match_free)

/* The model as text for a setting, and back; false when the text is none of ours. */
char *join_model_format(const JoinMatch *match, gsize n_records);
bool join_model_parse(const char *text, LinkModel *ret_model, char **ret_columns,
                      gint64 *ret_records);

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
