/* assess/trigger_private.h: a rule as it is held in memory; what trigger*.c share. */
#pragma once
#include "assess/private.h"
#include "assess/trigger.h"

typedef enum {
    TRIGGER_COUNT,  /* persons, by act and place */
    TRIGGER_CRISIS, /* a crisis that touches the days */
    TRIGGER_ALARM,  /* standing alarms */
    TRIGGER_LIST,   /* deaths on a public list, by whole weeks */
    TRIGGER_FACTOR, /* level of a factor or an indicator in the newest assessment */
} TriggerSubject;

typedef enum {
    TRIGGER_AT_LEAST,
    TRIGGER_ABOVE,
    TRIGGER_AT_MOST,
    TRIGGER_BELOW,
    TRIGGER_EQUAL
} TriggerOperator;

typedef struct {
    TriggerSubject subject;
    char *kind;  /* act or kind of crisis; NULL any; name of the list; "RF7"; "7.8" */
    char *place; /* as written; NULL everywhere */
    gint32 days;
    TriggerOperator sign;
    double value;
    bool times_expected;
    gsize line;
} TriggerCondition;

typedef struct {
    char *name;
    gsize line;
    GPtrArray *any;            /* of GPtrArray of TriggerCondition: all of one of them must hold */
    TriggerCondition *outcome; /* "followed by"; NULL */
    gint32 quiet;
} TriggerRule;

struct TriggerRules {
    char *name;
    char *text; /* as written */
    GPtrArray *rules;
};

enum {
    TRIGGER_QUIET = 30,
    TRIGGER_AFTER = 90,
    TRIGGER_BASELINE = 365,
    TRIGGER_LEAST_BASELINE = 90
};

/* ---- reading ---- */

typedef enum {
    WORD_OTHER,
    WORD_IN,
    WORD_THE, /* means nothing: a, the, last, of … */
    WORD_AND,
    WORD_OR,
    WORD_DAYS,
    WORD_WEEKS,
    WORD_YEARS,
    WORD_TIMES,
    WORD_EXPECTED,
    WORD_NUMBER,
    WORD_OPERATOR,
} TriggerWordKind;

typedef struct {
    TriggerWordKind kind;
    double number;
    TriggerOperator sign;
    const char *text; /* in the line */
} TriggerWord;

typedef struct {
    TriggerRules *rules;
    TriggerRule *rule; /* the one being read; NULL */
    gsize line;
    GArray *words; /* of the line */
    guint at;
    GError **error;
} TriggerReader;

void trigger_condition_free(gpointer condition);
/* Small letters, one form of each Persian letter, ASCII digits and signs, no half-spaces, no
 * remark. */
char *trigger_plain_line(const char *line);
/* Words of a plain line; signs need no spaces around them. GArray of TriggerWord. */
GArray *trigger_split_words(const char *plain);
bool trigger_bad(TriggerReader *reader, const char *format, ...) G_GNUC_PRINTF(2, 3);
const TriggerWord *trigger_peek(const TriggerReader *reader);
bool trigger_next_is(const TriggerReader *reader, TriggerWordKind kind);
bool trigger_read_span(TriggerReader *reader, gint32 *ret_days);
/* NULL with the reader's error set. */
TriggerCondition *trigger_read_condition(TriggerReader *reader);

/* ---- words ---- */

/* In the thread's language. */
char *trigger_condition_words(const TriggerCondition *condition);
/* "arrests", "a crisis", "alarms": what a condition counts. */
char *trigger_subject_words(const TriggerCondition *condition);

/* ---- the days ---- */

/* A condition day by day, from timeline->first on. */
typedef struct {
    const TriggerCondition *condition;
    double *observed, *expected; /* NaN: cannot be told */
    signed char *holds;          /* 1, 0, -1: cannot be told */
} TriggerTrack;
void trigger_track_free(TriggerTrack *track);

typedef struct {
    Store *store;
    gint32 first, last;   /* days */
    gsize n;              /* last - first + 1 */
    gint32 counted_from;  /* first day of any statement */
    gint32 counted_until; /* last day of which reports tell, or on which one came */
    StoreTally *tally;
    GPtrArray *places, *crises, *alarms, *series, *assessments;
} TriggerTimeline;
bool trigger_timeline_load(Store *store, gint32 first, gint32 last, TriggerTimeline *timeline,
                           GError **error);
void trigger_timeline_clear(TriggerTimeline *timeline);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TriggerTimeline, trigger_timeline_clear)
/* as_known: only what had been received by each day. NULL with error set (a place or list that the
 * case does not know). */
TriggerTrack *trigger_track(const TriggerTimeline *timeline, const TriggerCondition *condition,
                            bool as_known, GError **error);
/* The places that a condition counts, NULL everywhere; false with error set. */
bool trigger_places(const TriggerTimeline *timeline, const TriggerCondition *condition,
                    GArray **ret_places, GError **error);
/* The crisis, alarm, series or rating a track saw on a day, and statements it counted, as links
 * from a record. */
bool trigger_link(const TriggerTimeline *timeline, const TriggerCondition *condition, gint32 day,
                  gint64 prediction_id, GError **error);
/* What stood on a day, as numbers and names; in the thread's language. */
char *trigger_track_words(const TriggerTimeline *timeline, const TriggerTrack *track, gint32 day);
