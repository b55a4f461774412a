/* One answer of `zenhar estimate`: progress, words, JSON, what others published, charts. */
#include "base/csv.h"
#include "base/progress.h"
#include "cli/estimate_sub.h"
#include "render/unseen.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <stdlib.h>

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

static char *figure(const json_t *row, const char *name)
{
    const json_t *value = json_object_get(row, name);
    return json_is_number(value) ? i18n_integer(llround(json_number_value(value)))
                                 : g_strdup(_("not given"));
}

static void say_published(CliContext *context, const json_t *row)
{
    g_autofree char *estimate = figure(row, "estimate"), *lower = figure(row, "lower"),
                    *upper = figure(row, "upper");
    cli_say(context, _("Published by others: %s: %s (%s to %s), %s"),
            json_string_value(json_object_get(row, "label")), estimate, lower, upper,
            json_string_value(json_object_get(row, "source")));
}

static bool add_sensitivity(json_t *object, const EstimateLists *const *tables, gsize n_tables,
                            const EstimateOptions *options, GError **error)
{
    const EstimateLists *lists = tables[0];
    EstimateResult *results[ESTIMATE_MAX_LISTS];
    if (!estimate_leave_one_out_draws(tables, n_tables, options, results, error))
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

static void say_chains(CliContext *context, const EstimateResult *result)
{
    if (!result->has_diagnostics)
        return;
    const EstimateDiagnostics *found = &result->diagnostics;
    g_autofree char *r_hat = i18n_decimal(found->r_hat, 3);
    g_autofree char *middle = i18n_integer(llround(found->ess_bulk));
    g_autofree char *tails = i18n_integer(llround(found->ess_tail));
    cli_say(context,
            found->converged
                ? _("The chains agree: R-hat %s, %s effective samples in the middle, %s in the "
                    "tails.")
                : _("The chains do NOT agree: R-hat %s, %s effective samples in the middle, %s in "
                    "the tails."),
            r_hat, middle, tails);
}

static void say(CliContext *context, const EstimateResult *result, bool brief)
{
    g_autofree char *says = estimate_say_result(result);
    g_autofree char *assumes = estimate_say_assumption(result);
    g_autofree char *breaks = estimate_say_weakness(result);
    for (guint i = 0; i < result->warnings->len; i++)
        cli_say(context, "! %s", (const char *)result->warnings->pdata[i]);
    cli_say(context, "%s", says);
    say_chains(context, result);
    if (brief)
        return;
    cli_say(context, _("It assumes: %s"), assumes);
    cli_say(context, _("What would break it: %s"), breaks);
}

json_t *estimate_answer(CliContext *context, const EstimateArguments *arguments,
                        const EstimateLists *const *tables, gsize n_tables, bool brief,
                        EstimateResult **ret_result, GError **error)
{
    Watch watch = {.progress = NULL};
    EstimateOptions options = arguments->options;
    if (options.method == ESTIMATE_LCMCR) {
        guint64 runs =
            1 + (arguments->leave_one_out && tables[0]->n_lists > 2 ? tables[0]->n_lists : 0);
        guint64 sweeps =
            (options.lcmcr.burn_in + (guint64)options.lcmcr.samples * options.lcmcr.thin) *
            options.lcmcr.chains * n_tables * runs;
        g_mutex_init(&watch.mutex);
        if (!context->quiet)
            watch.progress = progress_new(_("Sampling"), _("sweeps"), sweeps);
        options.lcmcr.go_on = go_on;
        options.lcmcr.context = &watch;
    }
    g_autoptr(EstimateResult) result = estimate_run_draws(tables, n_tables, &options, error);
    json_t *object = result != NULL ? estimate_result_json(result) : NULL;
    if (object != NULL) {
        json_object_set_new(object, "overlaps", estimate_overlaps_json(tables[0]));
        if (arguments->leave_one_out && !add_sensitivity(object, tables, n_tables, &options, error))
            g_clear_pointer(&object, json_decref);
    }
    progress_free(watch.progress);
    if (object == NULL)
        return NULL;
    say(context, result, brief);
    if (ret_result != NULL)
        *ret_result = g_steal_pointer(&result);
    return object;
}

/* ---- charts ---- */

static bool write_chart(const EstimateArguments *arguments, const json_t *object, UnseenChart chart,
                        guint group, const char *label, guint *written, GError **error)
{
    for (int language = 0; language < 2; language++) {
        g_autofree char *number = group > 0 ? g_strdup_printf("-%u", group) : g_strdup("");
        g_autofree char *name = g_strdup_printf("%s%s-%s.svg", unseen_chart_name(chart), number,
                                                i18n_tag((I18nLanguage)language));
        g_autofree char *path = g_build_filename(arguments->charts, name, NULL);
        bool drawn;
        if (!unseen_file(object, chart, (I18nLanguage)language, label, path, &drawn, error))
            return false;
        *written += drawn;
    }
    return true;
}

/* Of one table its three; of groups the strata, and the two of each group by its number. */
static bool write_charts(const EstimateArguments *arguments, const json_t *whole, const char *label,
                         guint *written, GError **error)
{
    if (g_mkdir_with_parents(arguments->charts, 0700) != 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO,
                    _("The folder %s cannot be made: %s. Name another for --charts."),
                    arguments->charts, i18n_errno(errno));
        return false;
    }
    const json_t *groups = json_object_get(whole, "groups");
    if (groups == NULL) {
        for (int chart = UNSEEN_OVERLAPS; chart <= UNSEEN_SENSITIVITY; chart++)
            if (!write_chart(arguments, whole, (UnseenChart)chart, 0, label, written, error))
                return false;
        return true;
    }
    if (!write_chart(arguments, whole, UNSEEN_STRATA, 0, label, written, error))
        return false;
    for (guint i = 0; i < json_array_size(groups); i++)
        for (int chart = UNSEEN_OVERLAPS; chart <= UNSEEN_SENSITIVITY; chart++)
            if (!write_chart(arguments, json_array_get(groups, i), (UnseenChart)chart, i + 1, label,
                             written, error))
                return false;
    return true;
}

/* ---- writing ---- */

bool estimate_answer_text(const EstimateArguments *arguments, const GString *text, GError **error)
{
    CliOutput *output = cli_output_open(arguments->output, error);
    if (output == NULL)
        return false;
    cli_output_write(output, text->str, text->len);
    return cli_output_close(output, error);
}

bool estimate_answer_write(CliContext *context, const EstimateArguments *arguments, json_t *whole,
                           const char *label, GError **error)
{
    bool ok = true;
    if (arguments->published != NULL) {
        json_t *published = read_published(arguments->published, error);
        ok = published != NULL;
        if (ok)
            json_object_set_new(whole, "published", published);
        for (gsize i = 0; ok && i < json_array_size(published); i++)
            say_published(context, json_array_get(published, i));
    }
    if (ok) {
        g_autoptr(GString) text = g_string_new(NULL);
        char *dumped = json_dumps(whole, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
        g_string_append_printf(text, "%s\n", dumped);
        free(dumped);
        ok = estimate_answer_text(arguments, text, error);
    }
    if (ok && arguments->charts != NULL) {
        guint written = 0;
        ok = write_charts(arguments, whole, label, &written, error);
        if (ok)
            cli_say(context, _("%u charts are in %s."), written, arguments->charts);
    }
    json_decref(whole);
    return ok;
}
