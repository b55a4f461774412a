/* store/assessment.h: risk pictures by the UN Framework of Analysis for Atrocity Crimes,
 * crises, and reported figures, each reporter's own. */
#pragma once
#include "store/entity.h"

typedef struct {
    gint64 id;
    char *title;
    gint64 place_id;
    gint32 first_day, last_day; /**< the span looked at */
    char *framework;            /**< version of the framework */
    char *summary;
    char *author;
    char *status;       /**< draft, final */
    double probability; /**< forecast of onset, 0–1; NaN none */
    double probability_low, probability_high;
    char *forecast_method;
    gint64 previous_id; /**< the assessment it replaces; 0 */
    bool synthetic;
    gint64 created;
    char *inputs; /**< SHA-256, hex, of all it was computed from; NULL by hand */
} StoreAssessment;
STORE_ENTITY(StoreAssessment, store_assessment)

/** Evidence is attached by store_link: from the rating to reports, acts, alarms, figures. */
typedef struct {
    gint64 id;
    gint64 assessment_id;
    char *factor;    /**< RF1 … RF14 */
    char *indicator; /**< "7.3"; NULL: the factor as a whole */
    gint32 level;    /**< 0 not present, 1 some signs, 2 present, 3 strong; -1 not known (new) */
    char *trend;     /**< rising, steady, falling */
    char *rationale;
    char *method; /**< by hand, or the rule that proposed it */
} StoreRating;
STORE_ENTITY(StoreRating, store_rating)
STORE_ENTITY_BY(StoreRating, store_rating, assessment)

/** One analyst's rating of one indicator, or of a factor as a whole. Add only: who thinks otherwise
 *  later adds a further one, and the last of each analyst is in force. Evidence is attached by
 *  store_link, role "evidence" or "contradicts". */
typedef struct {
    gint64 id;
    gint64 assessment_id; /**< on which it was made */
    gint64 rating_id;     /**< the rules' proposal it answers; 0 none */
    char *factor;         /**< RF1 … RF14 */
    char *indicator;      /**< "7.3"; NULL: the factor as a whole */
    char *analyst;        /**< the name under which the analyst rates */
    gint64 user_id;       /**< 0: the command line */
    char *decision;       /**< accepted, changed, rejected (a proposal); own (there was none);
                             withdrawn: the analyst no longer rates it */
    gint32 proposed;      /**< level that the rules proposed; -1 none */
    gint32 level;         /**< 0 absent, 1 weak, 2 present, 3 strong; -1 not rated */
    char *trend;          /**< rising, steady, falling */
    char *confidence;     /**< standard of proof: assess/judge.h */
    char *reason;
    gint64 created;
} StoreJudgement;
STORE_ENTITY(StoreJudgement, store_judgement)
STORE_ENTITY_BY(StoreJudgement, store_judgement, assessment)

/** What was foretold, when, and the hash of the data it saw. Add only: the ledger. */
typedef struct {
    gint64 id;
    char *kind;                 /**< forecast, assessment, alarm, trigger */
    char *title;                /**< as it was published */
    char *target;               /**< what is foretold: "onset of mass killing", … */
    gint32 made_day;            /**< when it was published */
    gint32 first_day, last_day; /**< the days it speaks of */
    char *content;              /**< CSV: unit,probability,rank or unit,samples (assess/ledger.h) */
    char *content_hash;         /**< SHA-256 of content, hex */
    char *data_hash; /**< SHA-256 of the data it saw, hex; NULL: not known (others' forecasts) */
    char *method;
    gint32 subject_kind; /**< StoreKind of the record it is of; 0 none */
    gint64 subject_id;
    char *author;
    char *source;   /**< where it was read; NULL: our own */
    char *verified; /**< read, memory, …; NULL: our own */
    bool synthetic;
    gint64 created;
} StorePrediction;
STORE_ENTITY(StorePrediction, store_prediction)

/** What happened to a unit, for scoring. Add only. */
typedef struct {
    gint64 id;
    char *target; /**< as in the prediction */
    char *unit;
    gint32 first_day, last_day; /**< when it happened, or the days that were counted */
    double value;               /**< 1 it happened, 0 it did not; or a count */
    char *note;
    char *source, *verified;
    gint64 created;
} StoreOutcome;
STORE_ENTITY(StoreOutcome, store_outcome)

typedef struct {
    gint64 id;
    char *name;
    char *kind;
    char *event_date; /**< EDTF interval */
    gint32 first_day, last_day;
    gint64 place_id;
    char *text;     /**< what happened, in neutral words */
    char *response; /**< what bodies did, when */
    char *source;
    char *code; /**< of the bundled row ("1988"); NULL */
    char *name_fa, *text_fa, *response_fa;
    char *accountability, *accountability_fa; /**< what a UN mandate found of impunity; NULL */
    char *verified;                           /**< read, part, … */
} StoreCrisis;
STORE_ENTITY(StoreCrisis, store_crisis)

/** Executions in a year, arrests since a day: as one reporter gave it. Never averaged. */
typedef struct {
    gint64 id;
    gint64 crisis_id;
    gint64 source_id;
    char *reporter;
    char *kind;       /**< execution, arrest, killing, … */
    char *event_date; /**< EDTF */
    gint32 first_day, last_day;
    gint64 place_id;
    double low, high; /**< equal: one figure; NaN: open to that side */
    bool at_least;    /**< the reporter says "at least" */
    char *note;
    char *source;   /**< where it was read, with its date */
    char *verified; /**< read, part, memory, … */
} StoreFigure;
STORE_ENTITY(StoreFigure, store_figure)
STORE_ENTITY_BY(StoreFigure, store_figure, crisis)
