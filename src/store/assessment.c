/* The tables of assessments, ratings, judgements, predictions, crises and figures. */
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

static const StoreField store_judgement_fields[] = {
    FIELD_TO(StoreJudgement, assessment_id, STORE_KIND_ASSESSMENT),
    FIELD_TO(StoreJudgement, rating_id, STORE_KIND_RATING),
    FIELD(StoreJudgement, factor),
    FIELD(StoreJudgement, indicator),
    FIELD(StoreJudgement, analyst),
    FIELD_TO(StoreJudgement, user_id, STORE_KIND_USER),
    FIELD(StoreJudgement, decision),
    FIELD(StoreJudgement, proposed, .initial = -1),
    FIELD(StoreJudgement, level, .initial = -1),
    FIELD(StoreJudgement, trend),
    FIELD(StoreJudgement, confidence),
    FIELD(StoreJudgement, reason),
    FIELD_OF(StoreJudgement, created, FIELD_TIME),
};
STORE_ENTITY_DEFINE(StoreJudgement, store_judgement, STORE_KIND_JUDGEMENT, .since = 2,
                    .add_only = true)
STORE_ENTITY_BY_DEFINE(StoreJudgement, store_judgement, assessment)

static const StoreField store_prediction_fields[] = {
    FIELD(StorePrediction, kind),
    FIELD(StorePrediction, title),
    FIELD(StorePrediction, target),
    FIELD(StorePrediction, made_day, .initial = G_MININT32),
    FIELD(StorePrediction, first_day, .initial = G_MININT32),
    FIELD(StorePrediction, last_day, .initial = G_MAXINT32),
    FIELD(StorePrediction, content),
    FIELD(StorePrediction, content_hash),
    FIELD(StorePrediction, data_hash),
    FIELD(StorePrediction, method),
    FIELD(StorePrediction, subject_kind),
    FIELD(StorePrediction, subject_id),
    FIELD(StorePrediction, author),
    FIELD(StorePrediction, source),
    FIELD(StorePrediction, verified),
    FIELD(StorePrediction, synthetic),
    FIELD_OF(StorePrediction, created, FIELD_TIME),
};
STORE_ENTITY_DEFINE(StorePrediction, store_prediction, STORE_KIND_PREDICTION, .since = 2,
                    .add_only = true)

static const StoreField store_outcome_fields[] = {
    FIELD(StoreOutcome, target),
    FIELD(StoreOutcome, unit),
    FIELD(StoreOutcome, first_day, .initial = G_MININT32),
    FIELD(StoreOutcome, last_day, .initial = G_MAXINT32),
    FIELD(StoreOutcome, value),
    FIELD(StoreOutcome, note),
    FIELD(StoreOutcome, source),
    FIELD(StoreOutcome, verified),
    FIELD_OF(StoreOutcome, created, FIELD_TIME),
};
STORE_ENTITY_DEFINE(StoreOutcome, store_outcome, STORE_KIND_OUTCOME, .since = 2, .add_only = true)

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
