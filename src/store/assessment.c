/* The tables of assessments, ratings, crises and figures. */
#include "store/assessment.h"
#include "store/private.h"

static const StoreField store_assessment_fields[] = {
    FIELD(StoreAssessment, title),
    FIELD_TO(StoreAssessment, place_id, STORE_KIND_PLACE),
    FIELD(StoreAssessment, first_day, .initial = G_MININT32),
    FIELD(StoreAssessment, last_day, .initial = G_MAXINT32),
    FIELD(StoreAssessment, framework),
    FIELD(StoreAssessment, summary),
    FIELD(StoreAssessment, author),
    FIELD(StoreAssessment, status),
    FIELD(StoreAssessment, probability),
    FIELD(StoreAssessment, probability_low),
    FIELD(StoreAssessment, probability_high),
    FIELD(StoreAssessment, forecast_method),
    FIELD_TO(StoreAssessment, previous_id, STORE_KIND_ASSESSMENT),
    FIELD(StoreAssessment, synthetic),
    FIELD_OF(StoreAssessment, created, FIELD_TIME),
    FIELD(StoreAssessment, inputs),
};
STORE_ENTITY_DEFINE(StoreAssessment, store_assessment, STORE_KIND_ASSESSMENT)

static const StoreField store_rating_fields[] = {
    FIELD_TO(StoreRating, assessment_id, STORE_KIND_ASSESSMENT),
    FIELD(StoreRating, factor),
    FIELD(StoreRating, indicator),
    FIELD(StoreRating, level, .initial = -1),
    FIELD(StoreRating, trend),
    FIELD(StoreRating, rationale),
    FIELD(StoreRating, method),
};
STORE_ENTITY_DEFINE(StoreRating, store_rating, STORE_KIND_RATING)
STORE_ENTITY_BY_DEFINE(StoreRating, store_rating, assessment)

static const StoreField store_crisis_fields[] = {
    FIELD(StoreCrisis, name),
    FIELD(StoreCrisis, kind),
    FIELD(StoreCrisis, event_date),
    FIELD(StoreCrisis, first_day, .initial = G_MININT32),
    FIELD(StoreCrisis, last_day, .initial = G_MAXINT32),
    FIELD_TO(StoreCrisis, place_id, STORE_KIND_PLACE),
    FIELD(StoreCrisis, text),
    FIELD(StoreCrisis, response),
    FIELD(StoreCrisis, source),
    FIELD(StoreCrisis, code),
    FIELD(StoreCrisis, name_fa),
    FIELD(StoreCrisis, text_fa),
    FIELD(StoreCrisis, response_fa),
    FIELD(StoreCrisis, accountability),
    FIELD(StoreCrisis, accountability_fa),
    FIELD(StoreCrisis, verified),
};
STORE_ENTITY_DEFINE(StoreCrisis, store_crisis, STORE_KIND_CRISIS)

static const StoreField store_figure_fields[] = {
    FIELD_TO(StoreFigure, crisis_id, STORE_KIND_CRISIS),
    FIELD_TO(StoreFigure, source_id, STORE_KIND_SOURCE),
    FIELD(StoreFigure, reporter),
    FIELD(StoreFigure, kind),
    FIELD(StoreFigure, event_date),
    FIELD(StoreFigure, first_day, .initial = G_MININT32),
    FIELD(StoreFigure, last_day, .initial = G_MAXINT32),
    FIELD_TO(StoreFigure, place_id, STORE_KIND_PLACE),
    FIELD(StoreFigure, low),
    FIELD(StoreFigure, high),
    FIELD(StoreFigure, at_least),
    FIELD(StoreFigure, note),
    FIELD(StoreFigure, source),
    FIELD(StoreFigure, verified),
};
STORE_ENTITY_DEFINE(StoreFigure, store_figure, STORE_KIND_FIGURE)
STORE_ENTITY_BY_DEFINE(StoreFigure, store_figure, crisis)
