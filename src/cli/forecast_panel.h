/* cli/forecast_panel.h: what `zenhar assess forecast` reads, and one fit of it.
 *
 * A panel is a table of units and years as numbers; an origin is one training
 * span, its fit and the forecasts made from it. */
#pragma once
#include "base/csv.h"
#include "estimate/elastic_net.h"

/** The words of the call. */
typedef struct {
    char *train, *unit, *time, *outcome, *complete, *predictors, *impute, *coefficients, *explain,
        *rolling, *onset, *scores, *output, *lambda_text;
    int through, predict, folds;
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
    double *x, *y, *means, *deviations;
    double intercept, *coefficients;
    ElasticNetPath *path;
    gsize n_units;
    gsize *rows; /* of the units predicted */
    double *risks;
    gsize *ranks;
    gsize units_left_out;
    GError *error;
} ForecastOrigin;

/** Trains through origin->through and predicts origin->predict; lambda 0 is
 *  chosen by cross-validation and put back. Clear the origin in any case. */
bool forecast_origin_run(const ForecastArguments *a, const ForecastPanel *panel, guint threads,
                         ForecastOrigin *origin, GError **error);
void forecast_origin_clear(ForecastOrigin *origin);
