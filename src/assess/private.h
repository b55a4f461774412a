/* assess/private.h: what the files of this room share.
 *
 *   bookkeeping.c  what is counted; new sources, backlogs and copies ring no alarm
 *   notices.c    and are named for what they are
 *   series.c     statements and bundled lists → weekly series, judged
 *   alarms.c     series → alarms with the statements they count
 *   estimates.c  persons × sources, crisis → response
 *   rules.c      facts and alarms → findings, one per indicator
 *   run.c        all of it in one transaction, if anything changed
 */
#pragma once
#include "assess/alarm.h"
#include "assess/assess.h"
#include "signal/series.h"
#include "signal/surge.h"
#include "store/link.h"
#include "store/person.h"
#include "store/query_assess.h"
#include "store/report.h"
#include "store/user.h"
#include <jansson.h>

enum { DAYS_A_YEAR = 365, FIVE_YEARS = 5 * 365 + 1 };
/* Fewer in a week ring no alarm: where the past is nearly all zeros, any model finds one or two
 * cases impossible. */
enum { ASSESS_LEAST_COUNT = 3 };

typedef struct {
    char *key;           /* "statements/arrest/IR-23", "list/azadi_road": the same in each run */
    StoreSeries *record; /* id 0 until written */
    char *kind;          /* act; NULL all */
    gint64 place_id;     /* 0 everywhere */
    GArray *places;      /* gint64: that place and those in it; NULL: everywhere */
    bool from_list;      /* rests on an original, not on statements */
    gsize n;
    gint32 *starts; /* n first days */
    double *counts;
    double *nowcasts;    /* 3 · n: median, low, high; NaN; NULL none */
    SignalPoint *points; /* n - first points from `first` on; NULL: too short for any method */
    gsize first;
    SignalSurgeOptions options;
    double *q_values; /* n - first; NaN; NULL none */
    bool changed;     /* new points, or a new series */
} AssessSeries;
void assess_series_free(AssessSeries *series);

typedef struct {
    Store *store;
    AssessOptions options;
    gint32 today;
    bool synthetic;            /* the case's label */
    SignalInterval interval;   /* weeks from Saturday or Monday */
    StoreCountedList *counted; /* every statement that counts, before copies are left out */
    gsize *copy_of;            /* of each: 1 + the row whose story it repeats; 0: counts itself */
    StoreTally *tally;         /* those that count, a row each; kinds borrowed from counted */
    GHashTable *provinces;     /* place id → id of the province it lies in, or itself */
    GPtrArray *places;         /* StorePlace */
    GPtrArray *series;         /* AssessSeries */
    GPtrArray *alarms;         /* StoreAlarm, all that stand after the run */
    GPtrArray *crises, *figures;
    GArray *estimates; /* gint64 ids that belong to this run */
    GPtrArray *findings;
    GArray *notices;       /* AssessNotice */
    GHashTable *originals; /* act kind ("" all) → GArray of gint64; made when first asked for */
} AssessRun;

/* One reporter's whole years, read at a source. */
typedef struct {
    int year;
    double count; /* the least the reporter gave */
    gint64 figure_id;
} AssessYear;
GArray *assess_years_of(const AssessRun *run, const char *reporter); /* oldest first */
GPtrArray *assess_reporters(const AssessRun *run); /* of executions; borrowed names */

/* bookkeeping.c: what is counted (copies of a story once), and weeks that would ring by it alone.
 */
bool assess_count(AssessRun *run, GError **error);
void assess_bookkeeping(AssessRun *run);
bool assess_bookkeeping_write(AssessRun *run, GError **error); /* once series have their ids */
/* Whether a counted row belongs to a series and a span of days. */
bool assess_series_holds(const AssessSeries *series, const StoreCounted *row, gint32 from,
                         gint32 to);
/* Judges a week anew from other counts, by the series' own method; false too when it cannot. */
bool assess_series_rings(const AssessSeries *series, const double *counts, gsize week);
/* notices.c: names what was found; written as a setting, so that the log has it. */
bool assess_notices_write(AssessRun *run, GError **error);
/* multiple.c: false discovery rate over all series of a week; silences what does not hold. */
void assess_discovery_rate(AssessRun *run);

bool assess_series_build(AssessRun *run, GError **error);
/** Links a record to the originals whose reports were counted for it; act_kind NULL: all kinds. */
bool assess_rest_on_originals(AssessRun *run, StoreKind kind, gint64 id, const char *act_kind,
                              GError **error);
bool assess_series_write(AssessRun *run, GError **error);
bool assess_alarms_write(AssessRun *run, GError **error);
bool assess_estimates_write(AssessRun *run, GArray *pairs, GError **error);

/* Half as much again as when it was told or answered. */
bool assess_alarm_is_another(const StoreAlarm *alarm);

/* What a rule found of one indicator. */
typedef struct {
    const char *indicator; /* static */
    gint32 level;
    const char *trend; /* static; NULL */
    json_t *data;      /* {"rule": …, numbers}: the sentence is made of it (rule_words.c) */
    GArray *evidence;  /* AssessEvidence */
} AssessFinding;
typedef struct {
    StoreKind kind;
    gint64 id;
} AssessEvidence;
void assess_finding_free(AssessFinding *finding);
/* Fills run->findings. */
bool assess_rules_apply(AssessRun *run, GError **error);

/* A series' title as it stands inside a sentence. */
char *assess_series_words(Store *store, const StoreSeries *series, I18nLanguage language);
/* Runs a sentence in a language: *saved gets the thread's own. */
I18nLanguage assess_speak(I18nLanguage language);
/* JSON object of a record's definition or settings; an empty one when there is none. */
json_t *assess_json(const char *text);
const char *assess_json_text(const json_t *object, const char *name);
double assess_json_number(const json_t *object, const char *name); /* NaN when it is none */
/* A JSON number, null for what is no number. */
json_t *assess_json_real(double x);
char *assess_json_write(json_t *object); /* sorted keys; frees the object */
