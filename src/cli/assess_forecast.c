/* cli/assess_forecast.c: `zenhar assess forecast`: rows of unit and time in, risks out. */
#include "cli/assess_sub.h"

#include "base/csv.h"
#include "base/workers.h"
#include "cli/forecast_panel.h"
#include "estimate/scores.h"
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char HELP[] = N_(
    "zenhar assess forecast --train F.csv --unit COL --time COL --outcome COL\n"
    "       --predictors A,B,… --through YEAR --predict YEAR (--lambda X | --cv K)\n"
    "\n"
    "Elastic-net logistic regression (glmnet's standardization, path and deviance). Trains on the\n"
    "rows up to --through that are complete, gives each unit of --predict its risk and rank as\n"
    "CSV (unit,risk,rank) on standard output; counts and scores as words.\n"
    "\n"
    "  --train FILE        rows of unit and time; an empty field or NA is missing\n"
    "  --complete A,B,…    further columns that a training row must have\n"
    "  --alpha 0.5         1 lasso … 0 ridge\n"
    "  --lambda X          the penalty; a number, or\n"
    "  --cv K [--seed N]   chosen by K-fold cross-validation\n"
    "  --impute mean       missing predictors become the training mean (said, and counted);\n"
    "                      otherwise rows with a missing predictor are left out and counted\n"
    "  --coefficients FILE write name,coefficient,odds_ratio,standardized\n"
    "  --explain UNIT      which factors push this unit's risk up or down, against the mean\n"
    "  --bootstrap N       an interval for each risk, columns low and high: units drawn anew N "
    "times\n"
    "  --keep              with --case: into the ledger, with the hash of the data it saw; with\n"
    "                      --explain UNIT that unit's risk into the assessment. --horizon YEARS\n"
    "  --rolling FILE      many origins: a CSV with last_train_year, predict_from, lambda_min;\n"
    "                      the output is then unit,predict_from,risk,rank\n"
    "  --onset COL         with --rolling: score each unit and year against this column; in force\n"
    "                      in a year is the higher of the forecasts made one and two years before\n"
    "  --scores FILE       write the scores as JSON\n"
    "  --calibration FILE  draw the reliability curve as SVG (out of sample with --rolling)\n"
    "  -o, --output FILE   write the forecast there\n");

static void arguments_clear(ForecastArguments *a)
{
    char *texts[] = {a->train,      a->unit,   a->time,         a->outcome, a->complete,
                     a->predictors, a->impute, a->coefficients, a->explain, a->rolling,
                     a->onset,      a->scores, a->calibration,  a->output,  a->lambda_text};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ForecastArguments, arguments_clear)

/* ---- what is told ---- */

static const char *unit_of(const ForecastPanel *panel, gsize row)
{
    return csv_table_cell(panel->table, row, panel->unit);
}

static bool write_file(const char *path, const GString *text, GError **error)
{
    CliOutput *output = cli_output_open(path, error);
    if (output == NULL)
        return false;
    cli_output_write(output, text->str, text->len);
    return cli_output_close(output, error);
}

static void say_origin(CliContext *context, const ForecastOrigin *origin)
{
    cli_say(context,
            _("Trained on %" G_GSIZE_FORMAT " rows through %d, %" G_GSIZE_FORMAT
              " of them with the outcome; %" G_GSIZE_FORMAT " rows left out as incomplete."),
            origin->n_train, origin->through, origin->n_events, origin->left_out);
    if (origin->imputed > 0)
        cli_say(context, _("%" G_GSIZE_FORMAT " missing predictors were set to their mean."),
                origin->imputed);
    if (origin->units_left_out > 0)
        cli_say(context, _("%" G_GSIZE_FORMAT " units lack a predictor and have no forecast."),
                origin->units_left_out);
    if (origin->path->n_constant > 0)
        cli_say(context,
                _("%" G_GSIZE_FORMAT " predictors have one value throughout and say nothing."),
                origin->path->n_constant);
    double last = origin->path->lambdas[origin->path->n_lambdas - 1];
    if (origin->lambda < last * (1 - 1e-9))
        cli_say(context,
                _("! The path ends at lambda %g, above the one asked for: that one is used."),
                last);
    double explained = origin->path->deviance_ratio[origin->path->n_lambdas - 1];
    if (explained > 0.95)
        cli_say(context,
                _("! The predictors separate the outcomes (%.0f %% of the deviance "
                  "explained): the risks are too sure of themselves."),
                100 * explained);
    cli_say(context, _("lambda %.17g"), origin->lambda);
}

static bool write_coefficients(const ForecastPanel *panel, const ForecastOrigin *origin,
                               const char *path, GError **error)
{
    g_autoptr(GString) text = g_string_new("name,coefficient,odds_ratio,standardized\n");
    for (gsize j = 0; j <= panel->p; j++) {
        double b = j == 0 ? origin->intercept : origin->coefficients[j - 1];
        csv_append(text, j == 0 ? "(Intercept)" : panel->names[j - 1]);
        csv_append_double(text, b);
        csv_append_double(text, exp(b));
        csv_append_double(text, j == 0 ? NAN : b * origin->deviations[j - 1]);
        csv_append_end(text);
    }
    return write_file(path, text, error);
}

typedef struct {
    double push;
    gsize predictor;
} Push;

static int stronger(const void *a, const void *b)
{
    double x = fabs(((const Push *)a)->push), y = fabs(((const Push *)b)->push);
    return (x < y) - (x > y);
}

static bool explain(CliContext *context, const ForecastPanel *panel, const ForecastOrigin *origin,
                    const char *unit, GError **error)
{
    for (gsize i = 0; i < origin->n_units; i++) {
        if (strcmp(unit_of(panel, origin->rows[i]), unit) != 0)
            continue;
        g_autofree Push *pushes = g_new(Push, panel->p + 1);
        for (gsize j = 0; j < panel->p; j++) {
            double value = panel->x[origin->rows[i] * panel->p + j];
            pushes[j].predictor = j;
            pushes[j].push =
                isnan(value) ? 0 : origin->coefficients[j] * (value - origin->means[j]);
        }
        qsort(pushes, panel->p, sizeof *pushes, stronger);
        cli_say(context,
                _("%s: risk %.4f, rank %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT ". Against "
                  "the mean of the training rows, on the scale of log odds:"),
                unit, origin->risks[i], origin->ranks[i], origin->n_units);
        for (gsize k = 0; k < panel->p && k < 10 && pushes[k].push != 0; k++)
            cli_say(context, "  %+.3f  %s", pushes[k].push, panel->names[pushes[k].predictor]);
        return true;
    }
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND, _("There is no forecast for “%s”."),
                unit);
    return false;
}

/* ---- scores ---- */

static bool write_scores(const char *path, json_t *scores, GError **error)
{
    char *dumped = json_dumps(scores, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
    g_autoptr(GString) text = g_string_new(dumped);
    g_string_append_c(text, '\n');
    free(dumped);
    return write_file(path, text, error);
}

/* ---- the rolling origin ---- */

typedef struct {
    const ForecastArguments *arguments;
    const ForecastPanel *panel;
    ForecastOrigin *origins;
    gsize n_origins;
} Rolling;

static void run_task(gsize task, guint worker, void *context)
{
    Rolling *rolling = context;
    ForecastOrigin *origin = &rolling->origins[task];
    forecast_origin_run(rolling->arguments, rolling->panel, 1, origin, &origin->error);
    /* The rows are not needed again, and thirty copies of them are much. */
    g_clear_pointer(&origin->x, g_free);
}

static bool read_origins(const ForecastArguments *a, Rolling *rolling, GError **error)
{
    g_autoptr(CsvReader) reader = csv_reader_new_file(a->rolling, NULL, error);
    g_autoptr(CsvTable) table = reader != NULL ? csv_table_load(reader, error) : NULL;
    if (table == NULL)
        return false;
    gssize lambda_column = csv_table_column(table, "lambda_min");
    if (lambda_column < 0)
        lambda_column = csv_table_column(table, "lambda");
    rolling->n_origins = table->n_rows;
    rolling->origins = g_new0(ForecastOrigin, table->n_rows + 1);
    for (gsize row = 0; row < table->n_rows; row++) {
        gint64 through, from;
        double lambda = 0;
        const char *text = csv_table_cell(table, row, lambda_column);
        if (!csv_parse_integer(
                csv_table_cell(table, row, csv_table_column(table, "last_train_year")), &through) ||
            !csv_parse_integer(csv_table_cell(table, row, csv_table_column(table, "predict_from")),
                               &from) ||
            (text[0] != '\0' && !(csv_parse_double(text, &lambda) && lambda > 0)) ||
            (text[0] == '\0' && a->folds == 0) || ABS(through) > 100000 || ABS(from) > 100000) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                        _("%s, line %" G_GUINT64_FORMAT ": an origin needs last_train_year, "
                          "predict_from and a lambda_min above 0 (or --cv)."),
                        a->rolling, table->lines[row]);
            return false;
        }
        rolling->origins[row].through = (int)through;
        rolling->origins[row].predict = (int)from;
        rolling->origins[row].lambda = lambda;
    }
    return true;
}

/* Risk and rank of a unit from the origin that predicts from `year`; false: none. */
static bool find_forecast(const Rolling *rolling, GHashTable *index, const char *unit, int year,
                          double *ret_risk, gsize *ret_rank)
{
    g_autofree char *key = g_strdup_printf("%d\t%s", year, unit);
    gpointer place;
    if (!g_hash_table_lookup_extended(index, key, NULL, &place))
        return false;
    gsize o = GPOINTER_TO_SIZE(place) >> 32, i = GPOINTER_TO_SIZE(place) & G_MAXUINT32;
    *ret_risk = rolling->origins[o].risks[i];
    *ret_rank = rolling->origins[o].ranks[i];
    return true;
}

/* Calibration: a risk of an onset within the outcome's horizon meets that outcome, not the onset of
 * one year, or every forecast would look twice as high as it is. */
static bool score_own_horizon(CliContext *context, const Rolling *rolling, json_t *scores,
                              GError **error)
{
    const ForecastPanel *panel = rolling->panel;
    gsize n = 0, most = 0;
    for (gsize o = 0; o < rolling->n_origins; o++)
        most += rolling->origins[o].n_units;
    g_autofree double *risks = g_new(double, most + 1), *outcomes = g_new(double, most + 1);
    for (gsize o = 0; o < rolling->n_origins; o++)
        for (gsize i = 0; i < rolling->origins[o].n_units; i++) {
            double outcome = panel->outcome[rolling->origins[o].rows[i]];
            if (isnan(outcome))
                continue; /* its horizon is not over */
            risks[n] = rolling->origins[o].risks[i];
            outcomes[n++] = outcome;
        }
    if (n == 0)
        return true;
    cli_say(context,
            _("Each forecast against its own outcome, %s (%" G_GSIZE_FORMAT
              " forecasts whose horizon is over):"),
            rolling->arguments->outcome, n);
    json_t *own = json_object();
    json_object_set_new(scores, "own_horizon", own);
    return forecast_discrimination(context, n, risks, outcomes, own, error) &&
           forecast_calibration(context, rolling->arguments, n, risks, outcomes, own, error);
}

/* Horizon and outcome are matched here and nowhere else: an onset in year Y meets the forecasts
 * made with the data of Y - 1 and of Y - 2, whose two-year horizons hold it; in force is the
 * higher risk, and the better rank. */
static bool score_rolling(CliContext *context, const Rolling *rolling, json_t **ret_scores,
                          GError **error)
{
    enum { TOP = 30 };
    const ForecastPanel *panel = rolling->panel;
    g_autoptr(GHashTable) index = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (gsize o = 0; o < rolling->n_origins; o++)
        for (gsize i = 0; i < rolling->origins[o].n_units; i++)
            g_hash_table_insert(index,
                                g_strdup_printf("%d\t%s", rolling->origins[o].predict,
                                                unit_of(panel, rolling->origins[o].rows[i])),
                                GSIZE_TO_POINTER(o << 32 | i));
    g_autofree double *risks = g_new(double, panel->n_rows + 1);
    g_autofree double *outcomes = g_new(double, panel->n_rows + 1);
    gsize n = 0, onsets = 0, found = 0;
    for (gsize row = 0; row < panel->n_rows; row++) {
        double last_risk, risk = 0;
        gsize last_rank, rank = 0;
        int year = panel->year[row];
        if (isnan(panel->onset[row]) || year == G_MININT ||
            !find_forecast(rolling, index, unit_of(panel, row), year - 1, &risk, &rank))
            continue;
        if (find_forecast(rolling, index, unit_of(panel, row), year - 2, &last_risk, &last_rank)) {
            risk = fmax(risk, last_risk);
            rank = MIN(rank, last_rank);
        }
        risks[n] = risk;
        outcomes[n++] = panel->onset[row];
        onsets += panel->onset[row] == 1;
        found += panel->onset[row] == 1 && rank <= TOP;
    }
    json_t *scores = json_object();
    if (!forecast_discrimination(context, n, risks, outcomes, scores, error)) {
        json_decref(scores);
        return false;
    }
    double lower, upper;
    score_share_interval((double)found, (double)onsets, &lower, &upper);
    cli_say(context,
            _("Recall in the top %d: %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT
              " onsets (95 %% interval %.2f to %.2f)"),
            TOP, found, onsets, lower, upper);
    json_object_set_new(scores, "recall_top30",
                        json_pack("{s:i, s:i, s:f, s:f, s:f}", "found", (int)found, "onsets",
                                  (int)onsets, "value", (double)found / (double)onsets, "lower",
                                  lower, "upper", upper));
    if (!score_own_horizon(context, rolling, scores, error)) {
        json_decref(scores);
        return false;
    }
    *ret_scores = scores;
    return true;
}

static bool forecast_rolling(CliContext *context, const ForecastArguments *a,
                             const ForecastPanel *panel, GError **error)
{
    Rolling rolling = {.arguments = a, .panel = panel};
    bool ok = read_origins(a, &rolling, error);
    if (ok) {
        workers_run(rolling.n_origins, 0, run_task, &rolling);
        for (gsize o = 0; o < rolling.n_origins && ok; o++)
            if (rolling.origins[o].error != NULL) {
                g_propagate_prefixed_error(error, g_steal_pointer(&rolling.origins[o].error),
                                           _("Origin %d: "), rolling.origins[o].predict);
                ok = false;
            }
    }
    if (ok) {
        g_autoptr(GString) text = g_string_new("unit,predict_from,risk,rank\n");
        for (gsize o = 0; o < rolling.n_origins; o++)
            for (gsize i = 0; i < rolling.origins[o].n_units; i++) {
                const ForecastOrigin *origin = &rolling.origins[o];
                csv_append(text, unit_of(panel, origin->rows[i]));
                csv_append_integer(text, origin->predict);
                csv_append_double(text, origin->risks[i]);
                csv_append_integer(text, (gint64)origin->ranks[i]);
                csv_append_end(text);
            }
        cli_say(context, _("%" G_GSIZE_FORMAT " origins were fitted."), rolling.n_origins);
        ok = write_file(a->output, text, error);
    }
    if (ok && panel->onset != NULL) {
        json_t *scores = NULL;
        ok = score_rolling(context, &rolling, &scores, error) &&
             (a->scores == NULL || write_scores(a->scores, scores, error));
        json_decref(scores);
    }
    for (gsize o = 0; o < rolling.n_origins; o++)
        forecast_origin_clear(&rolling.origins[o]);
    g_free(rolling.origins);
    return ok;
}

/* ---- one forecast ---- */

static bool forecast_once(CliContext *context, const ForecastArguments *a,
                          const ForecastPanel *panel, ForecastOrigin *origin, GError **error)
{
    if (!forecast_origin_run(a, panel, 0, origin, error))
        return false;
    say_origin(context, origin);
    if (a->bootstrap > 0)
        forecast_interval(a, panel, origin);
    g_autoptr(GString) text =
        g_string_new(a->bootstrap > 0 ? "unit,risk,rank,low,high\n" : "unit,risk,rank\n");
    for (gsize rank = 1; rank <= origin->n_units; rank++)
        for (gsize i = 0; i < origin->n_units; i++)
            if (origin->ranks[i] == rank) {
                csv_append(text, unit_of(panel, origin->rows[i]));
                csv_append_double(text, origin->risks[i]);
                csv_append_integer(text, (gint64)rank);
                if (origin->lows != NULL) {
                    csv_append_double(text, origin->lows[i]);
                    csv_append_double(text, origin->highs[i]);
                }
                csv_append_end(text);
            }
    if (!write_file(a->output, text, error) ||
        (a->keep && !forecast_keep(context, a, panel, origin, error)) ||
        (a->coefficients != NULL && !write_coefficients(panel, origin, a->coefficients, error)) ||
        (a->explain != NULL && !explain(context, panel, origin, a->explain, error)))
        return false;
    /* In-sample, and said so: out of sample is --rolling. */
    g_autofree double *fitted = g_new(double, origin->n_train + 1);
    for (gsize i = 0; i < origin->n_train; i++)
        fitted[i] = elastic_net_predict(panel->p, origin->intercept, origin->coefficients,
                                        origin->x + i, origin->n_train);
    cli_say(context,
            _("On the training rows themselves (too kind; --rolling scores out of sample):"));
    json_t *scores = json_object();
    if (!forecast_discrimination(context, origin->n_train, fitted, origin->y, scores, error) ||
        !forecast_calibration(context, a, origin->n_train, fitted, origin->y, scores, error)) {
        json_decref(scores);
        return false;
    }
    json_object_set_new(scores, "in_sample", json_true());
    json_object_set_new(scores, "lambda", json_real(origin->lambda));
    bool ok = a->scores == NULL || write_scores(a->scores, scores, error);
    json_decref(scores);
    return ok;
}

static bool parse(CliContext *context, ForecastArguments *a, int *argc, char ***argv, int *status)
{
    gboolean help = FALSE;
    a->alpha = 0.5;
    a->seed = 1;
    a->through = a->predict = G_MININT;
    const GOptionEntry entries[] = {
        {"train", 0, 0, G_OPTION_ARG_FILENAME, &a->train, NULL, NULL},
        {"unit", 0, 0, G_OPTION_ARG_STRING, &a->unit, NULL, NULL},
        {"time", 0, 0, G_OPTION_ARG_STRING, &a->time, NULL, NULL},
        {"outcome", 0, 0, G_OPTION_ARG_STRING, &a->outcome, NULL, NULL},
        {"complete", 0, 0, G_OPTION_ARG_STRING, &a->complete, NULL, NULL},
        {"predictors", 0, 0, G_OPTION_ARG_STRING, &a->predictors, NULL, NULL},
        {"through", 0, 0, G_OPTION_ARG_INT, &a->through, NULL, NULL},
        {"predict", 0, 0, G_OPTION_ARG_INT, &a->predict, NULL, NULL},
        {"alpha", 0, 0, G_OPTION_ARG_DOUBLE, &a->alpha, NULL, NULL},
        {"lambda", 0, 0, G_OPTION_ARG_STRING, &a->lambda_text, NULL, NULL},
        {"cv", 0, 0, G_OPTION_ARG_INT, &a->folds, NULL, NULL},
        {"seed", 0, 0, G_OPTION_ARG_INT64, &a->seed, NULL, NULL},
        {"impute", 0, 0, G_OPTION_ARG_STRING, &a->impute, NULL, NULL},
        {"coefficients", 0, 0, G_OPTION_ARG_FILENAME, &a->coefficients, NULL, NULL},
        {"explain", 0, 0, G_OPTION_ARG_STRING, &a->explain, NULL, NULL},
        {"bootstrap", 0, 0, G_OPTION_ARG_INT, &a->bootstrap, NULL, NULL},
        {"horizon", 0, 0, G_OPTION_ARG_INT, &a->horizon, NULL, NULL},
        {"keep", 0, 0, G_OPTION_ARG_NONE, &a->keep, NULL, NULL},
        {"rolling", 0, 0, G_OPTION_ARG_FILENAME, &a->rolling, NULL, NULL},
        {"onset", 0, 0, G_OPTION_ARG_STRING, &a->onset, NULL, NULL},
        {"scores", 0, 0, G_OPTION_ARG_FILENAME, &a->scores, NULL, NULL},
        {"calibration", 0, 0, G_OPTION_ARG_FILENAME, &a->calibration, NULL, NULL},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &a->output, NULL, NULL},
        {"help", 'h', 0, G_OPTION_ARG_NONE, &help, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    /* --help here is of the sub-command; cli_parse would print that of `assess`. */
    if (!cli_parse(context, entries, argc, argv, status))
        return false;
    if (!help)
        return true;
    g_print("%s", i18n_get(HELP));
    *status = CLI_DONE;
    return false;
}

/* NULL: all is well; else a sentence. */
static char *settle(ForecastArguments *a)
{
    const struct {
        const char *name, *value;
    } needed[] = {{"--train", a->train},
                  {"--unit", a->unit},
                  {"--time", a->time},
                  {"--outcome", a->outcome},
                  {"--predictors", a->predictors}};
    for (gsize i = 0; i < G_N_ELEMENTS(needed); i++)
        if (needed[i].value == NULL || needed[i].value[0] == '\0')
            return g_strdup_printf(_("%s is needed."), needed[i].name);
    if (a->lambda_text != NULL &&
        !(csv_parse_double(a->lambda_text, &a->lambda) && a->lambda > 0 && isfinite(a->lambda)))
        return g_strdup_printf(_("--lambda %s is no number above 0."), a->lambda_text);
    if (a->impute != NULL && strcmp(a->impute, "mean") != 0)
        return g_strdup_printf(_("--impute %s: the one way is mean."), a->impute);
    if (a->lambda_text != NULL && a->folds != 0)
        return g_strdup(_("Give --lambda or --cv, not both."));
    if (a->folds != 0 && a->folds < 3)
        return g_strdup_printf(_("--cv %d: folds number 3 or more."), a->folds);
    if (a->bootstrap != 0 && (a->bootstrap < 20 || a->bootstrap > 100000))
        return g_strdup(_("--bootstrap takes 20 to 100,000 draws."));
    if (a->rolling != NULL && (a->keep || a->bootstrap != 0))
        return g_strdup(_("--keep and --bootstrap are of one forecast, not of --rolling."));
    if (a->rolling != NULL)
        return NULL;
    if (a->lambda_text == NULL && a->folds == 0)
        return g_strdup(_("The penalty is needed: --lambda X, or --cv K to choose it."));
    if (a->through == G_MININT || a->predict == G_MININT)
        return g_strdup(_("--through and --predict are needed (or --rolling FILE)."));
    if (a->onset != NULL)
        return g_strdup(_("--onset goes with --rolling."));
    return NULL;
}

int assess_forecast(CliContext *context, int argc, char **argv)
{
    int status = CLI_DONE;
    g_auto(ForecastArguments) a = {0};
    if (!parse(context, &a, &argc, &argv, &status))
        return status;
    g_autofree char *problem = settle(&a);
    if (problem != NULL)
        return cli_usage(context, "%s", problem);
    if (argc > 1)
        return cli_usage(context, _("“%s” is not expected here."), argv[1]);
    g_autoptr(GError) error = NULL;
    g_autoptr(ForecastPanel) panel = forecast_panel_load(&a, &error);
    if (panel == NULL)
        return cli_fail(context, error);
    if (a.rolling != NULL)
        return forecast_rolling(context, &a, panel, &error) ? CLI_DONE : cli_fail(context, error);
    ForecastOrigin origin = {.through = a.through, .predict = a.predict, .lambda = a.lambda};
    bool ok = forecast_once(context, &a, panel, &origin, &error);
    forecast_origin_clear(&origin);
    return ok ? CLI_DONE : cli_fail(context, error);
}
