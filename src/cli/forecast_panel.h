/* cli/forecast_panel.h: what `zenhar assess forecast` reads, and one fit of it.
 *
 * A panel is a table of units and years as numbers; an origin is one training
 * span, its fit and the forecasts made from it. */
#pragma once
#include "base/csv.h"
#include "cli/cli.h"
#include "estimate/elastic_net.h"
#include <jansson.h>

/** The words of the call. */
typedef struct {
    char *train, *unit, *time, *outcome, *complete, *predictors, *impute, *coefficients, *explain,
        *rolling, *onset, *scores, *calibration, *output, *lambda_text;
    int through, predict, folds, bootstrap, horizon;
    gboolean keep;
    gint64 seed;
    double alpha, lambda;
} ForecastArguments;

typedef struct {
    CsvTable *table;
    char **names;
    gsize n_rows, p;
    gssize unit, time;
    int *year;
    double *x;       /* n_rows × p, row by row; NaN missing */
    double *outcome; /* NaN missing */
    double *onset;   /* NULL without --onset */
    bool *complete;  /* outcome and --complete columns are there */
} ForecastPanel;

/** Reads --train. NULL with error set (file, line, column). */
ForecastPanel *forecast_panel_load(const ForecastArguments *a, GError **error);
void forecast_panel_free(ForecastPanel *panel);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ForecastPanel, forecast_panel_free)

typedef struct {
    int through, predict;
    double lambda; /* 0: cross-validate */
    gsize n_train, n_events, left_out, imputed;
    GArray *train_rows; /* gsize: rows of the panel, in the order of x and y */
    double *x, *y, *means, *deviations;
    double intercept, *coefficients;
    ElasticNetPath *path;
    gsize n_units;
    gsize *rows; /* of the units predicted */
    double *risks;
    gsize *ranks;
    double *lows, *highs; /* middle 95 of 100 draws of units; NULL without --bootstrap */
    gsize units_left_out;
    GError *error;
} ForecastOrigin;

/** Trains through origin->through and predicts origin->predict; lambda 0 is
 *  chosen by cross-validation and put back. Clear the origin in any case. */
bool forecast_origin_run(const ForecastArguments *a, const ForecastPanel *panel, guint threads,
                         ForecastOrigin *origin, GError **error);
void forecast_origin_clear(ForecastOrigin *origin);
/** Fills lows and highs by a->bootstrap draws of units; the same on any number of threads. */
void forecast_interval(const ForecastArguments *a, const ForecastPanel *panel,
                       ForecastOrigin *origin);
/** The forecast into the case's ledger; with --explain UNIT that unit's risk into the assessment.
 */
bool forecast_keep(CliContext *context, const ForecastArguments *a, const ForecastPanel *panel,
                   const ForecastOrigin *origin, GError **error);

/** AUC with its interval, and AUPR: into an object, and words. */
bool forecast_discrimination(CliContext *context, gsize n, const double *risks,
                             const double *outcomes, json_t *scores, GError **error);
/** Brier, log score, reliability in tenths: likewise; the curve as SVG with --calibration. */
bool forecast_calibration(CliContext *context, const ForecastArguments *a, gsize n,
                          const double *risks, const double *outcomes, json_t *scores,
                          GError **error);
