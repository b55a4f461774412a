/* estimate/scores.h: how good forecasts were, once the outcome is known.
 *
 * For probabilities of an event:
 *   auc          area under the ROC curve (Mann and Whitney 1947; interval DeLong 1988)
 *   brier        mean squared difference (Brier 1950)
 *   log-score    mean of -log of the probability given to what happened (Good 1952)
 *   aupr         average precision: the area under the precision-recall curve by steps
 * For samples of a count:
 *   crps         continuous ranked probability score (Gneiting and Raftery 2007)
 *   ignorance    -log2 of the share of samples in the outcome's bin, with ViEWS' bins
 *                0, 1-2, 3-5, 6-10, 11-25, 26-50, 51-100, 101-250, 251-500, 501-1000,
 *                above, and one further sample in each (ViEWS prediction challenge 2023/24)
 *   interval     interval score of the central 95 % of the samples (Gneiting and Raftery 2007)
 * All but auc and aupr: lower is better. */
#pragma once
#include "base/error.h"
#include <glib.h>
#include <stdbool.h>

typedef enum {
    SCORE_AUC,
    SCORE_BRIER,
    SCORE_LOG,
    SCORE_AUPR,
    SCORE_CRPS,
    SCORE_IGNORANCE,
    SCORE_INTERVAL,
    SCORE_N,
} ScoreMetric;

/** "auc", "brier", "log-score", "aupr", "crps", "ignorance", "interval". An
 *  unknown name is an error (USAGE) that lists them. */
bool score_parse_metric(const char *name, ScoreMetric *ret_metric, GError **error);
const char *score_metric_name(ScoreMetric metric);
/** Is the metric one of probabilities (else of samples)? */
bool score_is_of_probability(ScoreMetric metric);

typedef struct {
    double value;
    double lower, upper; /**< 95 %; NaN where the metric has no interval */
    gsize n, n_events;
} Score;

/** n forecasts and outcomes (0 or 1). DATA when there is nothing to score, an
 *  outcome is neither, a probability lies outside [0, 1], or (auc, aupr) one
 *  outcome is missing; USAGE for a metric of samples. */
bool score_probabilities(ScoreMetric metric, gsize n, const double *probabilities,
                         const double *outcomes, Score *ret_score, GError **error);
/** n outcomes with n_samples samples each (n × n_samples, one outcome after the
 *  other); the mean score. */
bool score_samples(ScoreMetric metric, gsize n, gsize n_samples, const double *samples,
                   const double *outcomes, Score *ret_score, GError **error);

/** Wilson's (1927) 95 % interval of a share k/n; n > 0. */
void score_share_interval(double k, double n, double *ret_lower, double *ret_upper);

/** Reliability: forecasts in n_bins groups of equal number, lowest first. Arrays
 *  of n_bins. Returns how many groups there are (fewer when n < n_bins). */
gsize score_reliability(gsize n, const double *probabilities, const double *outcomes, gsize n_bins,
                        double *ret_forecast, double *ret_observed, double *ret_count);
