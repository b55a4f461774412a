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
