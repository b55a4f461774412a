/* assess/ledger.h: what was foretold, when, and the hash of the data it saw; scored once it is
 * known what came.
 *
 * Entries (StorePrediction) are only added: forecasts, ours and others'; final assessments; alarms;
 * firings of triggers. Outcomes (StoreOutcome) likewise. A score is computed from both when
 * somebody asks, so that a late outcome counts, and the entries it is computed from are those of
 * the day.
 *
 * A forecast's content is CSV: unit,probability,rank; or unit,samples with samples of a count,
 * spaces between. Units are matched by name; “Burma/Myanmar” is Myanmar too where no other unit of
 * the table bears that name. A unit counts as one without the event only where a list of outcomes
 * is known to cover all the days that the forecast speaks of. */
#pragma once
#include "base/error.h"
#include "estimate/scores.h"
#include "store/assessment.h"
#include "store/signal.h"

/** The final assessment into the ledger, in an open transaction. */
bool ledger_keep_assessment(Store *store, const StoreAssessment *assessment,
                            gint64 *ret_prediction_id, GError **error);
/** Alarms that are not in it yet, with the hash of the data they saw; in an open transaction. */
bool ledger_keep_alarms(Store *store, const GPtrArray *alarms, const char *data_hash,
                        GError **error);

typedef struct {
    const char *title, *target, *method, *author;
    const char *source, *verified; /**< NULL: our own */
    gint32 made_day, first_day, last_day;
    const char *content;   /**< CSV as above */
    const char *data_hash; /**< NULL: not known */
} LedgerForecast;
/** A forecast into the ledger. One that is there already, by title and content, is not written
 * again; the same title and days with another content is refused (USAGE): what was published stays.
 *  INPUT when the content is none. */
bool ledger_keep_forecast(Store *store, const LedgerForecast *forecast, gint64 *ret_prediction_id,
                          bool *ret_fresh, GError **error);

typedef struct {
    char *unit;
    double probability; /**< NaN: samples */
    guint rank;         /**< 1 the highest; equal ones share the better rank */
    double *samples;    /**< n_samples; NULL */
    gsize n_samples;
    double outcome; /**< 1, 0, a count; NaN: not known yet */
} LedgerUnit;
/** Units of a forecast with what came of them so far. GPtrArray of LedgerUnit, by rank; transfers.
 */
GPtrArray *ledger_units(Store *store, const StorePrediction *prediction, GError **error);

/** Scores the units whose outcome is known. DATA when there are none; USAGE when the metric does
 *  not go with the forecast. */
bool ledger_score(const GPtrArray *units, ScoreMetric metric, Score *ret_score, GError **error);

/** How many of the events lie among the first `top` ranks. */
void ledger_recall(const GPtrArray *units, guint top, guint *ret_found, guint *ret_events);

/** Of entries of a kind (alarm, trigger) whose days are over: how many were followed by a new
 * crisis within them. */
bool ledger_followed(Store *store, const char *kind, guint *ret_closed, guint *ret_followed,
                     GError **error);
