/* cli/forecast_scores.c: how well forecasts tell onsets apart, and how right their numbers are. */
#include "cli/forecast_panel.h"

#include "base/i18n.h"
#include "estimate/scores.h"
#include "render/render.h"
#include <math.h>

enum { BINS = 10 };

static json_t *score_json(const Score *score)
{
    json_t *object = json_object();
    json_object_set_new(object, "value", json_real(score->value));
    json_object_set_new(object, "lower",
                        isnan(score->lower) ? json_null() : json_real(score->lower));
    json_object_set_new(object, "upper",
                        isnan(score->upper) ? json_null() : json_real(score->upper));
    return object;
}

static bool put_score(CliContext *context, ScoreMetric metric, gsize n, const double *risks,
                      const double *outcomes, json_t *scores, GError **error)
{
    Score score;
    if (!score_probabilities(metric, n, risks, outcomes, &score, error))
        return false;
    json_object_set_new(scores, score_metric_name(metric), score_json(&score));
    if (metric != SCORE_AUC) {
        cli_say(context, "%s %.5f", score_metric_name(metric), score.value);
        return true;
    }
    json_object_set_new(scores, "n", json_integer((json_int_t)n));
    json_object_set_new(scores, "onsets", json_integer((json_int_t)score.n_events));
    cli_say(context,
            _("AUC %.3f (95 %% interval %.3f to %.3f; %" G_GSIZE_FORMAT
              " onsets in %" G_GSIZE_FORMAT ")"),
            score.value, score.lower, score.upper, score.n_events, n);
    return true;
}

bool forecast_discrimination(CliContext *context, gsize n, const double *risks,
                             const double *outcomes, json_t *scores, GError **error)
{
    return put_score(context, SCORE_AUC, n, risks, outcomes, scores, error) &&
           put_score(context, SCORE_AUPR, n, risks, outcomes, scores, error);
}

bool forecast_calibration(CliContext *context, const ForecastArguments *a, gsize n,
                          const double *risks, const double *outcomes, json_t *scores,
                          GError **error)
{
    double forecast[BINS], observed[BINS], count[BINS], low[BINS], high[BINS];
    if (!put_score(context, SCORE_BRIER, n, risks, outcomes, scores, error) ||
        !put_score(context, SCORE_LOG, n, risks, outcomes, scores, error))
        return false;
    gsize bins = score_reliability(n, risks, outcomes, BINS, forecast, observed, count);
    json_t *curve = json_array();
    double mean_forecast = 0, mean_observed = 0;
    for (gsize bin = 0; bin < bins; bin++) {
        score_share_interval(observed[bin] * count[bin], count[bin], &low[bin], &high[bin]);
        mean_forecast += forecast[bin] * count[bin] / (double)n;
        mean_observed += observed[bin] * count[bin] / (double)n;
        json_array_append_new(curve, json_pack("{s:f, s:f, s:f, s:f, s:f}", "forecast",
                                               forecast[bin], "observed", observed[bin], "count",
                                               count[bin], "lower", low[bin], "upper", high[bin]));
    }
    json_object_set_new(scores, "reliability", curve);
    cli_say(context, _("mean forecast %.4f, came true %.4f; the highest tenth %.4f and %.4f"),
            mean_forecast, mean_observed, bins > 0 ? forecast[bins - 1] : 0,
            bins > 0 ? observed[bins - 1] : 0);
    return a->calibration == NULL ||
           render_reliability_file(bins, forecast, observed, low, high, count, a->rolling == NULL,
                                   a->calibration, error);
}
