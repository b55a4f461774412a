/* `zenhar estimate FILE`: tables of lists from CSV, by group, then by draw. */
#include "base/csv.h"
#include "cli/estimate_sub.h"

#include <math.h>
#include <string.h>

/* ---- every model as CSV ---- */

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

/* All groups; a group that fails is kept with its error. Gives the exit status. */
static int run_groups(CliContext *context, const EstimateArguments *a, const char *path,
                      const CsvTable *table, const EstimateReadOptions *read, GError **error)
{
    gssize by = a->by != NULL ? csv_table_column(table, a->by) : -1;
    if (a->by != NULL && by < 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT, _("%s has no column “%s”."), path,
                    a->by);
        return CLI_CANNOT;
    }
    g_autoptr(GPtrArray) values = values_of(table, by);
    g_autofree EstimateResult **results = g_new0(EstimateResult *, values->len + 1);
    g_autofree double *observed = g_new0(double, values->len + 1);
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
            observed[g] = (double)((EstimateGroup *)draws->pdata[0])->lists->observed;
            for (guint i = 0; g == 0 && i < ignored->len; i++)
                if (a->by == NULL || strcmp(ignored->pdata[i], a->by) != 0)
                    cli_say(context, _("The column “%s” is not a list of 0 and 1; it is left out."),
                            (const char *)ignored->pdata[i]);
            if (by >= 0)
                cli_say(context, "— %s", value);
            g_autofree const EstimateLists **tables = g_new(const EstimateLists *, draws->len);
            for (guint k = 0; k < draws->len; k++)
                tables[k] = ((EstimateGroup *)draws->pdata[k])->lists;
            object = estimate_answer(context, a, tables, draws->len, g > 0, &results[g], &problem);
            reliable = object != NULL && results[g]->reliable;
        }
        if (object == NULL &&
            (by < 0 || g_error_matches(problem, ZENHAR_ERROR, ZENHAR_ERROR_INTERRUPTED))) {
            g_propagate_error(error, g_steal_pointer(&problem));
            failed = true;
            break;
        }
        if (object == NULL) {
            cli_say(context, "! %s: %s", value, problem->message);
            object = json_pack("{s:s, s:f}", "error", problem->message, "observed", observed[g]);
        }
        if (by >= 0)
            json_object_set_new(object, "group", json_string(value));
        all_reliable = all_reliable && reliable;
        json_array_append_new(groups, object);
    }
    int status = CLI_CANNOT;
    if (!failed) {
        json_t *whole = by >= 0 ? json_pack("{s:s, s:O}", "by", a->by, "groups", groups)
                                : json_incref(json_array_get(groups, 0));
        EstimateSum sum;
        if (by >= 0 && values->len > 1 &&
            estimate_sum(values->len, (const EstimateResult *const *)results, observed,
                         (guint64)a->seed, &sum)) {
            g_autofree char *says = estimate_say_sum(&sum);
            json_object_set_new(whole, "sum", estimate_sum_json(&sum));
            cli_say(context, "%s", says);
        }
        if (estimate_answer_write(context, a, whole, NULL, error))
            status = all_reliable ? CLI_DONE : CLI_INCOMPLETE;
    }
    for (guint g = 0; g < values->len; g++)
        estimate_result_free(results[g]);
    json_decref(groups);
    return status;
}

int estimate_tables(CliContext *context, const EstimateArguments *arguments, const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CsvTable) table = load(path, &error);
    if (table == NULL)
        return cli_fail(context, error);
    g_auto(GStrv) names = arguments->lists != NULL ? g_strsplit(arguments->lists, ",", -1) : NULL;
    const EstimateReadOptions read = {
        .lists = (const char *const *)names, .count = arguments->count, .group = arguments->draws};
    if (!arguments->models) {
        int status = run_groups(context, arguments, path, table, &read, &error);
        return error != NULL ? cli_fail(context, error) : status;
    }
    g_autoptr(GPtrArray) groups = estimate_lists_read(table, path, &read, NULL, &error);
    g_autoptr(GString) text = g_string_new(NULL);
    if (groups == NULL ||
        !print_models(((EstimateGroup *)groups->pdata[0])->lists, &arguments->options, text,
                      &error) ||
        !estimate_answer_text(arguments, text, &error))
        return cli_fail(context, error);
    return CLI_DONE;
}
