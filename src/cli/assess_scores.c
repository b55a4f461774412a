/* cli/assess_scores.c: `zenhar assess scores`: forecasts against outcomes in one table. */
#include "cli/assess_sub.h"

#include "base/csv.h"
#include "estimate/scores.h"
#include <math.h>
#include <string.h>

static const char HELP[] =
    N_("zenhar assess scores FILE --outcome COL (--probability COL | --samples PREFIX)\n"
       "                     [--metric NAME,…] [-o FILE]\n"
       "\n"
       "Scores each row's forecast against its outcome; CSV metric,value,lower,upper,n,events.\n"
       "  --probability COL  the probability of an event (outcome 0 or 1): auc, brier, log-score, "
       "aupr\n"
       "  --samples PREFIX   samples of a count in all columns of that beginning: crps, ignorance\n"
       "                     (with the bins of the ViEWS prediction challenge), interval (95 %)\n"
       "  --metric           which of them; all that fit by default. An unknown one is an error\n"
       "Rows without an outcome or a forecast are left out and counted.\n");

typedef struct {
    char *outcome, *probability, *samples, *metric, *output;
    gboolean help;
} Arguments;

static void arguments_clear(Arguments *a)
{
    char *texts[] = {a->outcome, a->probability, a->samples, a->metric, a->output};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Arguments, arguments_clear)

GArray *assess_read_metrics(const char *names, bool of_probability, GError **error)
{
    g_autoptr(GArray) metrics = g_array_new(FALSE, FALSE, sizeof(ScoreMetric));
    for (int metric = 0; names == NULL && metric < SCORE_N; metric++) {
        const ScoreMetric one = (ScoreMetric)metric;
        if (score_is_of_probability(one) == of_probability)
            g_array_append_val(metrics, one);
    }
    g_auto(GStrv) parts = g_strsplit(names != NULL ? names : "", ",", -1);
    for (char **part = parts; *part != NULL; part++) {
        ScoreMetric one;
        if (!score_parse_metric(g_strstrip(*part), &one, error))
            return NULL;
        g_array_append_val(metrics, one);
    }
    return g_steal_pointer(&metrics);
}

typedef struct {
    const CsvTable *table;
    const char *path;
    gssize outcome;
    GArray *columns;              /* gssize: of the probability, or of the samples */
    GArray *outcomes, *forecasts; /* double */
    gsize left_out;
} Rows;

static bool is_missing(const char *field)
{
    return field[0] == '\0' || strcmp(field, "NA") == 0 || strcmp(field, "NaN") == 0;
}

static bool number(const Rows *rows, gsize row, gssize column, double *ret, GError **error)
{
    const char *field = csv_table_cell(rows->table, row, column);
    if (csv_parse_double(field, ret) && isfinite(*ret))
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                _("%s, line %" G_GUINT64_FORMAT ", column %s: “%s” is no number."), rows->path,
                rows->table->lines[row], rows->table->columns[column], field);
    return false;
}

static bool read_rows(Rows *rows, GError **error)
{
    for (gsize row = 0; row < rows->table->n_rows; row++) {
        bool missing = is_missing(csv_table_cell(rows->table, row, rows->outcome));
        for (guint k = 0; k < rows->columns->len; k++)
            missing = missing || is_missing(csv_table_cell(
                                     rows->table, row, g_array_index(rows->columns, gssize, k)));
        if (missing) {
            rows->left_out++;
            continue;
        }
        double x;
        if (!number(rows, row, rows->outcome, &x, error))
            return false;
        g_array_append_val(rows->outcomes, x);
        for (guint k = 0; k < rows->columns->len; k++) {
            if (!number(rows, row, g_array_index(rows->columns, gssize, k), &x, error))
                return false;
            g_array_append_val(rows->forecasts, x);
        }
    }
    return true;
}

static bool no_column(const char *path, const char *name, GError **error)
{
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT, _("%s has no column “%s”."), path, name);
    return false;
}

static bool find_columns(const Arguments *a, Rows *rows, GError **error)
{
    rows->outcome = csv_table_column(rows->table, a->outcome);
    if (rows->outcome < 0)
        return no_column(rows->path, a->outcome, error);
    for (gsize c = 0; c < rows->table->n_columns; c++) {
        const char *name = rows->table->columns[c];
        gssize column = (gssize)c;
        bool wanted = a->probability != NULL ? strcmp(name, a->probability) == 0
                                             : g_str_has_prefix(name, a->samples);
        if (wanted && column != rows->outcome)
            g_array_append_val(rows->columns, column);
    }
    return rows->columns->len > 0 ||
           no_column(rows->path, a->probability != NULL ? a->probability : a->samples, error);
}

void assess_append_score(GString *text, ScoreMetric metric, const Score *score)
{
    csv_append(text, score_metric_name(metric));
    csv_append_double(text, score->value);
    csv_append_double(text, score->lower);
    csv_append_double(text, score->upper);
    csv_append_integer(text, (gint64)score->n);
    csv_append_integer(text, (gint64)score->n_events);
}

static bool score(CliContext *context, const Arguments *a, const char *path, GError **error)
{
    g_autoptr(GArray) metrics = assess_read_metrics(a->metric, a->probability != NULL, error);
    g_autoptr(CsvReader) reader = metrics != NULL ? csv_reader_new_file(path, NULL, error) : NULL;
    g_autoptr(CsvTable) table = reader != NULL ? csv_table_load(reader, error) : NULL;
    if (table == NULL)
        return false;
    g_autoptr(GArray) columns = g_array_new(FALSE, FALSE, sizeof(gssize));
    g_autoptr(GArray) outcomes = g_array_new(FALSE, FALSE, sizeof(double));
    g_autoptr(GArray) forecasts = g_array_new(FALSE, FALSE, sizeof(double));
    Rows rows = {.table = table,
                 .path = path,
                 .columns = columns,
                 .outcomes = outcomes,
                 .forecasts = forecasts};
    if (!find_columns(a, &rows, error) || !read_rows(&rows, error))
        return false;
    g_autoptr(GString) text = g_string_new("metric,value,lower,upper,n,events\n");
    const double *y = (const double *)(const void *)outcomes->data;
    const double *x = (const double *)(const void *)forecasts->data;
    for (guint m = 0; m < metrics->len; m++) {
        ScoreMetric metric = g_array_index(metrics, ScoreMetric, m);
        Score one;
        if (!(a->probability != NULL
                  ? score_probabilities(metric, outcomes->len, x, y, &one, error)
                  : score_samples(metric, outcomes->len, columns->len, x, y, &one, error)))
            return false;
        assess_append_score(text, metric, &one);
        csv_append_end(text);
    }
    if (rows.left_out > 0) {
        g_autofree char *n = i18n_integer((gint64)rows.left_out);
        cli_say(context, _("%s rows lack an outcome or a forecast and are left out."), n);
    }
    return assess_write_csv(a->output, text, error);
}

int assess_scores(CliContext *context, int argc, char **argv)
{
    int status = CLI_DONE;
    g_auto(Arguments) a = {0};
    const GOptionEntry entries[] = {
        {"outcome", 0, 0, G_OPTION_ARG_STRING, &a.outcome, NULL, NULL},
        {"probability", 0, 0, G_OPTION_ARG_STRING, &a.probability, NULL, NULL},
        {"samples", 0, 0, G_OPTION_ARG_STRING, &a.samples, NULL, NULL},
        {"metric", 0, 0, G_OPTION_ARG_STRING, &a.metric, NULL, NULL},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &a.output, NULL, NULL},
        {"help", 'h', 0, G_OPTION_ARG_NONE, &a.help, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    if (a.help) {
        g_print("%s", i18n_get(HELP));
        return CLI_DONE;
    }
    if (argc != 2 || a.outcome == NULL || (a.probability == NULL) == (a.samples == NULL))
        return cli_usage(context, _("Name a file, --outcome, and --probability or --samples "
                                    "(zenhar assess scores --help)."));
    g_autoptr(GError) error = NULL;
    return score(context, &a, argv[1], &error) ? CLI_DONE : cli_fail(context, error);
}
