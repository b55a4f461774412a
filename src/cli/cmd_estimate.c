/* COMMAND: estimate
 * SUMMARY: how many are on no list (multiple systems estimation)
 *
 * zenhar estimate LISTS.csv [options]        ("-": standard input)
 *
 * zenhar estimate --case FOLDER              the estimates of a case, as CSV
 *
 * LISTS.csv has a column of 0 and 1 for each list, and a column `count`, or one
 * row a person. The result is JSON on standard output, with plain sentences in
 * Persian and English: what it says, what it assumes, what would break it.
 *
 *   --method NAME       lcmcr (default), loglinear, sparse, dga, chao, m0, mt,
 *                       mb, mbh, mh, mth, mh-poisson, mth-darroch, ...
 *   --lists A,B,C       the columns to use (default: every column of 0 and 1)
 *   --count COLUMN      the column of counts
 *   --by COLUMN         one estimate for each value of the column (year, place)
 *   --draws COLUMN      the column numbers draws of plausible matchings: each is
 *                       estimated, and one interval covers them all
 *   --leave-one-out     the estimate without each list in turn
 *   --published FILE    figures of others to stand beside ours: a CSV with
 *                       label, estimate, lower, upper, source
 *   --models            print every model as CSV in place of JSON (loglinear;
 *                       or, with a closed-population method, all of those)
 *   -o, --output FILE   write there
 *
 * lcmcr:      --k 10 --a-alpha 0.25 --b-alpha 0.25 --burnin 20000
 *             --samples 10000 --thin 50 --chains 4 --seed 1
 * loglinear:  --order 2 --stepwise --average
 * sparse:     --threshold 0.02 --bootstrap 1000 --seed 1
 * dga:        --delta (2^-lists) --max-unseen (20 times the observed)
 *
 * Exit status: 0 done, 1 a result that is marked unreliable or a group without
 * one, 2 wrong usage, 3 cannot go on.
 */
#include "commands.h"

#include "base/csv.h"
#include "base/progress.h"
#include "cli/estimate_case.h"
#include "estimate/estimate.h"
#include <math.h>
#include <string.h>

typedef struct {
    EstimateOptions options;
    char *method, *lists, *count, *by, *draws, *published, *output;
    gboolean leave_one_out, models, stepwise, average;
    int k, burn_in, samples, thin, chains, order, bootstrap;
    gint64 seed, max_unseen;
    double a_alpha, b_alpha, threshold, delta;
} Arguments;

static void arguments_clear(Arguments *arguments)
{
    g_free(arguments->method);
    g_free(arguments->lists);
    g_free(arguments->count);
    g_free(arguments->by);
    g_free(arguments->draws);
    g_free(arguments->published);
    g_free(arguments->output);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Arguments, arguments_clear)

static bool parse(CliContext *context, Arguments *a, int *argc, char ***argv, int *status)
{
    const EstimateOptions defaults = estimate_options();
    a->k = (int)defaults.lcmcr.classes;
    a->burn_in = (int)defaults.lcmcr.burn_in;
    a->samples = (int)defaults.lcmcr.samples;
    a->thin = (int)defaults.lcmcr.thin;
    a->chains = (int)defaults.lcmcr.chains;
    a->seed = (gint64)defaults.lcmcr.seed;
    a->a_alpha = defaults.lcmcr.a_alpha;
    a->b_alpha = defaults.lcmcr.b_alpha;
    a->order = (int)defaults.order;
    a->threshold = defaults.sparse.threshold;
    a->bootstrap = (int)defaults.sparse.replicates;
    const GOptionEntry entries[] = {
        {"method", 'm', 0, G_OPTION_ARG_STRING, &a->method, NULL, NULL},
        {"lists", 0, 0, G_OPTION_ARG_STRING, &a->lists, NULL, NULL},
        {"count", 0, 0, G_OPTION_ARG_STRING, &a->count, NULL, NULL},
        {"by", 0, 0, G_OPTION_ARG_STRING, &a->by, NULL, NULL},
        {"draws", 0, 0, G_OPTION_ARG_STRING, &a->draws, NULL, NULL},
        {"published", 0, 0, G_OPTION_ARG_FILENAME, &a->published, NULL, NULL},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &a->output, NULL, NULL},
        {"leave-one-out", 0, 0, G_OPTION_ARG_NONE, &a->leave_one_out, NULL, NULL},
        {"models", 0, 0, G_OPTION_ARG_NONE, &a->models, NULL, NULL},
        {"stepwise", 0, 0, G_OPTION_ARG_NONE, &a->stepwise, NULL, NULL},
        {"average", 0, 0, G_OPTION_ARG_NONE, &a->average, NULL, NULL},
        {"k", 0, 0, G_OPTION_ARG_INT, &a->k, NULL, NULL},
        {"burnin", 0, 0, G_OPTION_ARG_INT, &a->burn_in, NULL, NULL},
        {"samples", 0, 0, G_OPTION_ARG_INT, &a->samples, NULL, NULL},
        {"thin", 0, 0, G_OPTION_ARG_INT, &a->thin, NULL, NULL},
        {"chains", 0, 0, G_OPTION_ARG_INT, &a->chains, NULL, NULL},
        {"order", 0, 0, G_OPTION_ARG_INT, &a->order, NULL, NULL},
        {"bootstrap", 0, 0, G_OPTION_ARG_INT, &a->bootstrap, NULL, NULL},
        {"seed", 0, 0, G_OPTION_ARG_INT64, &a->seed, NULL, NULL},
        {"max-unseen", 0, 0, G_OPTION_ARG_INT64, &a->max_unseen, NULL, NULL},
        {"a-alpha", 0, 0, G_OPTION_ARG_DOUBLE, &a->a_alpha, NULL, NULL},
        {"b-alpha", 0, 0, G_OPTION_ARG_DOUBLE, &a->b_alpha, NULL, NULL},
        {"threshold", 0, 0, G_OPTION_ARG_DOUBLE, &a->threshold, NULL, NULL},
        {"delta", 0, 0, G_OPTION_ARG_DOUBLE, &a->delta, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    return cli_parse(context, entries, argc, argv, status);
}

/* Moves the numbers to where they count; false after telling what is wrong. */
static bool settle(CliContext *context, Arguments *a, int *status)
{
    g_autoptr(GError) error = NULL;
    EstimateOptions *options = &a->options;
    *options = estimate_options();
    if (!estimate_parse_method(a->method != NULL ? a->method : "lcmcr", options, &error)) {
        *status = cli_usage(context, "%s", error->message);
        return false;
    }
    const struct {
        const char *name;
        gint64 value, least, most;
    } whole[] = {
        {"--k", a->k, 2, ESTIMATE_LCMCR_CLASSES},
        {"--burnin", a->burn_in, 0, G_MAXINT},
        {"--samples", a->samples, 4, 100000000},
        {"--thin", a->thin, 1, 1000000},
        {"--chains", a->chains, 1, 1000},
        {"--order", a->order, 1, ESTIMATE_MAX_LISTS},
        {"--bootstrap", a->bootstrap, 0, 1000000},
        {"--seed", a->seed, 0, G_MAXINT64},
        {"--max-unseen", a->max_unseen, 0, (gint64)100 * ESTIMATE_MAX_PERSONS},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(whole); i++)
        if (whole[i].value < whole[i].least || whole[i].value > whole[i].most) {
            *status = cli_usage(context,
                                _("%s %" G_GINT64_FORMAT " is out of range: from %" G_GINT64_FORMAT
                                  " to %" G_GINT64_FORMAT "."),
                                whole[i].name, whole[i].value, whole[i].least, whole[i].most);
            return false;
        }
    options->lcmcr.classes = (guint)a->k;
    options->lcmcr.burn_in = (guint)a->burn_in;
    options->lcmcr.samples = (guint)a->samples;
    options->lcmcr.thin = (guint)a->thin;
    options->lcmcr.chains = (guint)a->chains;
    options->lcmcr.seed = (guint64)a->seed;
    options->lcmcr.a_alpha = a->a_alpha;
    options->lcmcr.b_alpha = a->b_alpha;
    options->order = (guint)a->order;
    options->stepwise = a->stepwise;
    options->average = a->average;
    options->sparse.threshold = a->threshold;
    options->sparse.replicates = (guint)a->bootstrap;
    options->sparse.seed = (guint64)a->seed;
    options->dga.delta = a->delta;
    options->dga.max_unseen = (guint64)a->max_unseen;
    return true;
}

/* ---- progress from many threads ---- */

typedef struct {
    GMutex mutex;
    Progress *progress;
} Watch;

static bool go_on(void *context, guint64 sweeps_done)
{
    Watch *watch = context;
    g_mutex_lock(&watch->mutex);
    progress_add(watch->progress, sweeps_done);
    g_mutex_unlock(&watch->mutex);
    return !progress_interrupted();
}

/* ---- output ---- */

static void append_model(GString *out, const EstimateModel *model)
{
    const double numbers[] = {model->abundance, model->standard_error, model->deviance};
    for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++)
        csv_append_double(out, numbers[i]);
    csv_append_integer(out, model->degrees_of_freedom);
    csv_append_double(out, model->aic);
    csv_append_double(out, model->bic);
    csv_append_double(out, model->corrected_abundance);
    csv_append_double(out, model->weight);
    csv_append_integer(out, model->usable);
    csv_append(out, model->name);
    csv_append_end(out);
}

static bool print_models(const EstimateLists *lists, const EstimateOptions *options, GString *out,
                         GError **error)
{
    static const char *const HEAD[] = {"abundance", "stderr",    "deviance", "df",     "AIC",
                                       "BIC",       "corrected", "weight",   "usable", "model"};
    for (gsize i = 0; i < G_N_ELEMENTS(HEAD); i++)
        csv_append(out, HEAD[i]);
    csv_append_end(out);
    if (options->method == ESTIMATE_LOGLINEAR) {
        g_autoptr(EstimateModels) models =
            estimate_loglinear(lists, options->order, options->stepwise || lists->n_lists > 5,
                               options->threads, error);
        for (gsize i = 0; models != NULL && i < models->n_models; i++)
            append_model(out, &models->models[i]);
        return models != NULL;
    }
    for (int which = 0; which < ESTIMATE_N_CLOSED; which++) {
        EstimateModel model;
        g_autoptr(GError) skipped = NULL;
        if (estimate_closed_fit(lists, (EstimateClosedModel)which, &model, &skipped))
            append_model(out, &model);
        else if (!g_error_matches(skipped, ZENHAR_ERROR, ZENHAR_ERROR_DATA) ||
                 lists->observed == 0) {
            g_propagate_error(error, g_steal_pointer(&skipped));
            return false;
        }
    }
    return true;
}

static json_t *read_published(const char *path, GError **error)
{
    g_autoptr(CsvReader) reader = csv_reader_new_file(path, NULL, error);
    g_autoptr(CsvTable) table = reader != NULL ? csv_table_load(reader, error) : NULL;
    if (table == NULL)
        return NULL;
    static const char *const NUMBERS[] = {"estimate", "lower", "upper"};
    json_t *rows = json_array();
    for (gsize row = 0; row < table->n_rows; row++) {
        json_t *object = json_object();
        json_object_set_new(
            object, "label",
            json_string(csv_table_cell(table, row, csv_table_column(table, "label"))));
        for (gsize k = 0; k < G_N_ELEMENTS(NUMBERS); k++) {
            double value;
            const char *field = csv_table_cell(table, row, csv_table_column(table, NUMBERS[k]));
            bool known = csv_parse_double(field, &value);
            if (!known && field[0] != '\0') {
                g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                            _("%s, line %" G_GUINT64_FORMAT ", column %s: “%s” is no number."),
                            path, table->lines[row], NUMBERS[k], field);
                json_decref(object);
                json_decref(rows);
                return NULL;
            }
            json_object_set_new(object, NUMBERS[k], known ? json_real(value) : json_null());
        }
        json_object_set_new(
            object, "source",
            json_string(csv_table_cell(table, row, csv_table_column(table, "source"))));
        json_array_append_new(rows, object);
    }
    return rows;
}

static bool add_sensitivity(json_t *object, const EstimateLists *lists,
                            const EstimateOptions *options, GError **error)
{
    EstimateResult *results[ESTIMATE_MAX_LISTS];
    if (!estimate_leave_one_out(lists, options, results, error))
        return false;
    json_t *rows = json_array();
    for (guint j = 0; j < lists->n_lists; j++) {
        json_t *row = json_object();
        json_object_set_new(row, "without", json_string(lists->names[j]));
        const EstimateResult *result = results[j];
        json_object_set_new(row, "observed",
                            result != NULL ? json_real(result->observed) : json_null());
        json_object_set_new(row, "reliable", json_boolean(result != NULL && result->reliable));
        static const struct {
            const char *name;
            gsize quantile;
        } SHOWN[] = {{"q025", 0}, {"q50", 2}, {"q975", 4}};
        json_object_set_new(row, "estimate",
                            result != NULL ? json_real(result->estimate) : json_null());
        for (gsize k = 0; k < G_N_ELEMENTS(SHOWN); k++) {
            double value = result != NULL ? result->quantiles[SHOWN[k].quantile] : INFINITY;
            json_object_set_new(row, SHOWN[k].name,
                                isfinite(value) ? json_real(value) : json_null());
        }
        json_array_append_new(rows, row);
        estimate_result_free(results[j]);
    }
    json_object_set_new(object, "leave_one_out", rows);
    return true;
}

static void say(CliContext *context, const EstimateResult *result)
{
    g_autofree char *says = estimate_say_result(result);
    g_autofree char *assumes = estimate_say_assumption(result);
    g_autofree char *breaks = estimate_say_weakness(result);
    for (guint i = 0; i < result->warnings->len; i++)
        cli_say(context, "! %s", (const char *)result->warnings->pdata[i]);
    cli_say(context, "%s", says);
    cli_say(context, _("It assumes: %s"), assumes);
    cli_say(context, _("What would break it: %s"), breaks);
}

/* One table, or the draws of one group. NULL with error set. */
static json_t *estimate_group(CliContext *context, const Arguments *a,
                              const EstimateLists *const *tables, gsize n_tables, bool *reliable,
                              GError **error)
{
    Watch watch = {.progress = NULL};
    EstimateOptions options = a->options;
    if (options.method == ESTIMATE_LCMCR) {
        guint64 sweeps =
            (options.lcmcr.burn_in + (guint64)options.lcmcr.samples * options.lcmcr.thin) *
            options.lcmcr.chains * n_tables;
        g_mutex_init(&watch.mutex);
        if (!context->quiet)
            watch.progress = progress_new(_("Sampling"), _("sweeps"), sweeps);
        options.lcmcr.go_on = go_on;
        options.lcmcr.context = &watch;
    }
    g_autoptr(EstimateResult) result = estimate_run_draws(tables, n_tables, &options, error);
    progress_free(watch.progress);
    watch.progress = NULL;
    if (result == NULL)
        return NULL;
    say(context, result);
    *reliable = result->reliable;
    json_t *object = estimate_result_json(result);
    json_object_set_new(object, "overlaps", estimate_overlaps_json(tables[0]));
    if (a->leave_one_out && !add_sensitivity(object, tables[0], &options, error)) {
        json_decref(object);
        return NULL;
    }
    return object;
}

/* ---- reading: by group, then by draw ---- */

static CsvTable *load(const char *path, GError **error)
{
    g_autoptr(CsvReader) reader = csv_reader_new_file(path, NULL, error);
    return reader != NULL ? csv_table_load(reader, error) : NULL;
}

/* The rows of a table whose column `column` says `value`; borrows the cells. */
static CsvTable *rows_of(const CsvTable *table, gssize column, const char *value)
{
    CsvTable *part = g_new0(CsvTable, 1);
    part->n_columns = table->n_columns;
    part->columns = table->columns;
    part->cells = g_new(char *, table->n_rows * table->n_columns);
    part->lines = g_new(guint64, table->n_rows);
    for (gsize row = 0; row < table->n_rows; row++) {
        if (column >= 0 && strcmp(csv_table_cell(table, row, column), value) != 0)
            continue;
        memcpy(part->cells + part->n_rows * table->n_columns, table->cells + row * table->n_columns,
               table->n_columns * sizeof(char *));
        part->lines[part->n_rows++] = table->lines[row];
    }
    return part;
}

static void rows_free(CsvTable *part)
{
    g_free(part->cells);
    g_free(part->lines);
    g_free(part);
}

static GPtrArray *values_of(const CsvTable *table, gssize column)
{
    GPtrArray *values = g_ptr_array_new();
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (gsize row = 0; row < table->n_rows; row++) {
        const char *value = csv_table_cell(table, row, column);
        if (g_hash_table_add(seen, (gpointer)value))
            g_ptr_array_add(values, (gpointer)value);
    }
    return values;
}

static bool finish(const Arguments *a, json_t *json, GString *text, GError **error)
{
    CliOutput *output = cli_output_open(a->output, error);
    if (output == NULL)
        return false;
    if (json != NULL) {
        char *dumped = json_dumps(json, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
        cli_output_write(output, dumped, strlen(dumped));
        cli_output_write(output, "\n", 1);
        free(dumped);
    } else {
        cli_output_write(output, text->str, text->len);
    }
    return cli_output_close(output, error);
}

/* All groups; a group that fails is kept with its error. Gives the exit status. */
static int run_groups(CliContext *context, const Arguments *a, const char *path,
                      const CsvTable *table, const EstimateReadOptions *read, GError **error)
{
    gssize by = a->by != NULL ? csv_table_column(table, a->by) : -1;
    if (a->by != NULL && by < 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT, _("%s has no column “%s”."), path,
                    a->by);
        return CLI_CANNOT;
    }
    g_autoptr(GPtrArray) values = values_of(table, by);
    json_t *groups = json_array();
    bool all_reliable = true, failed = false;
    for (guint g = 0; g < values->len && !failed; g++) {
        const char *value = values->pdata[g];
        g_autoptr(GError) problem = NULL;
        g_autoptr(GPtrArray) ignored = g_ptr_array_new_with_free_func(g_free);
        CsvTable *rows = rows_of(table, by, value);
        g_autoptr(GPtrArray) draws = estimate_lists_read(rows, path, read, ignored, &problem);
        rows_free(rows);
        json_t *object = NULL;
        bool reliable = false;
        if (draws != NULL) {
            for (guint i = 0; g == 0 && i < ignored->len; i++)
                if (a->by == NULL || strcmp(ignored->pdata[i], a->by) != 0)
                    cli_say(context, _("The column “%s” is not a list of 0 and 1; it is left out."),
                            (const char *)ignored->pdata[i]);
            if (by >= 0)
                cli_say(context, "— %s", value);
            g_autofree const EstimateLists **tables = g_new(const EstimateLists *, draws->len);
            for (guint k = 0; k < draws->len; k++)
                tables[k] = ((EstimateGroup *)draws->pdata[k])->lists;
            object = estimate_group(context, a, tables, draws->len, &reliable, &problem);
        }
        if (object == NULL &&
            (by < 0 || g_error_matches(problem, ZENHAR_ERROR, ZENHAR_ERROR_INTERRUPTED))) {
            g_propagate_error(error, g_steal_pointer(&problem));
            failed = true;
            break;
        }
        if (object == NULL) {
            cli_say(context, "! %s: %s", value, problem->message);
            object = json_pack("{s:s}", "error", problem->message);
        }
        if (by >= 0)
            json_object_set_new(object, "group", json_string(value));
        all_reliable = all_reliable && reliable;
        json_array_append_new(groups, object);
    }
    int status = CLI_CANNOT;
    if (!failed) {
        json_t *published = a->published != NULL ? read_published(a->published, error) : NULL;
        if (a->published == NULL || published != NULL) {
            json_t *whole = by >= 0 ? json_pack("{s:s, s:O}", "by", a->by, "groups", groups)
                                    : json_incref(json_array_get(groups, 0));
            if (published != NULL)
                json_object_set_new(whole, "published", published);
            if (finish(a, whole, NULL, error))
                status = all_reliable ? CLI_DONE : CLI_INCOMPLETE;
            json_decref(whole);
        }
    }
    json_decref(groups);
    return status;
}

int cmd_estimate(CliContext *context, int argc, char **argv)
{
    int status = CLI_DONE;
    g_auto(Arguments) arguments = {0};
    if (!parse(context, &arguments, &argc, &argv, &status) || !settle(context, &arguments, &status))
        return status;
    if (argc == 1 && context->case_path != NULL)
        return estimate_print_case(context);
    if (argc != 2)
        return cli_usage(context, _("Name one CSV file of lists, or “-” for standard input."));
    if (arguments.models && arguments.options.method != ESTIMATE_LOGLINEAR &&
        arguments.options.method != ESTIMATE_CLOSED)
        return cli_usage(context, _("--models goes with --method loglinear or a closed-population "
                                    "method such as mt."));
    if (arguments.models && (arguments.by != NULL || arguments.draws != NULL))
        return cli_usage(context, _("--models takes one table: leave out --by and --draws."));
    progress_catch_interrupt();
    g_autoptr(GError) error = NULL;
    g_autoptr(CsvTable) table = load(argv[1], &error);
    if (table == NULL)
        return cli_fail(context, error);
    g_auto(GStrv) names = arguments.lists != NULL ? g_strsplit(arguments.lists, ",", -1) : NULL;
    const EstimateReadOptions read = {
        .lists = (const char *const *)names, .count = arguments.count, .group = arguments.draws};
    if (!arguments.models) {
        status = run_groups(context, &arguments, argv[1], table, &read, &error);
        return error != NULL ? cli_fail(context, error) : status;
    }
    g_autoptr(GPtrArray) groups = estimate_lists_read(table, argv[1], &read, NULL, &error);
    g_autoptr(GString) text = g_string_new(NULL);
    if (groups == NULL ||
        !print_models(((EstimateGroup *)groups->pdata[0])->lists, &arguments.options, text,
                      &error) ||
        !finish(&arguments, NULL, text, &error))
        return cli_fail(context, error);
    return CLI_DONE;
}
