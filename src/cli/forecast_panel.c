/* cli/forecast_panel.c: rows of unit and time as numbers; one origin's fit and forecasts. */
#include "cli/forecast_panel.h"

#include "base/i18n.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

void forecast_panel_free(ForecastPanel *panel)
{
    if (panel == NULL)
        return;
    csv_table_free(panel->table);
    g_strfreev(panel->names);
    g_free(panel->year);
    g_free(panel->x);
    g_free(panel->outcome);
    g_free(panel->onset);
    g_free(panel->complete);
    g_free(panel);
}

static bool is_missing(const char *field)
{
    return field[0] == '\0' || strcmp(field, "NA") == 0 || strcmp(field, "NaN") == 0;
}

static bool find_column(const ForecastPanel *panel, const char *path, const char *name,
                        gssize *ret_column, GError **error)
{
    *ret_column = csv_table_column(panel->table, name);
    if (*ret_column >= 0)
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT, _("%s has no column “%s”."), path, name);
    return false;
}

static bool read_number(const ForecastPanel *panel, const char *path, gsize row, gssize column,
                        double *ret_value, GError **error)
{
    const char *field = csv_table_cell(panel->table, row, column);
    if (is_missing(field)) {
        *ret_value = NAN;
        return true;
    }
    if (csv_parse_double(field, ret_value) && isfinite(*ret_value))
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                _("%s, line %" G_GUINT64_FORMAT ", column %s: “%s” is no number."), path,
                panel->table->lines[row], panel->table->columns[column], field);
    return false;
}

static bool read_rows(ForecastPanel *panel, const ForecastArguments *a, const gssize *columns,
                      gssize outcome, gssize onset, const GArray *complete, GError **error)
{
    for (gsize row = 0; row < panel->n_rows; row++) {
        double year;
        if (!read_number(panel, a->train, row, panel->time, &year, error))
            return false;
        panel->year[row] = isfinite(year) ? (int)year : G_MININT;
        for (gsize j = 0; j < panel->p; j++)
            if (!read_number(panel, a->train, row, columns[j], &panel->x[row * panel->p + j],
                             error))
                return false;
        if (!read_number(panel, a->train, row, outcome, &panel->outcome[row], error))
            return false;
        if (!isnan(panel->outcome[row]) && panel->outcome[row] != 0 && panel->outcome[row] != 1) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                        _("%s, line %" G_GUINT64_FORMAT ", column %s: the outcome must be 0 or 1."),
                        a->train, panel->table->lines[row], a->outcome);
            return false;
        }
        if (onset >= 0 && !read_number(panel, a->train, row, onset, &panel->onset[row], error))
            return false;
        panel->complete[row] = !isnan(panel->outcome[row]);
        for (guint k = 0; k < complete->len; k++)
            if (is_missing(csv_table_cell(panel->table, row, g_array_index(complete, gssize, k))))
                panel->complete[row] = false;
    }
    return true;
}

ForecastPanel *forecast_panel_load(const ForecastArguments *a, GError **error)
{
    g_autoptr(ForecastPanel) panel = g_new0(ForecastPanel, 1);
    g_autoptr(CsvReader) reader = csv_reader_new_file(a->train, NULL, error);
    if (reader == NULL || (panel->table = csv_table_load(reader, error)) == NULL)
        return NULL;
    panel->names = g_strsplit(a->predictors, ",", -1);
    panel->p = g_strv_length(panel->names);
    panel->n_rows = panel->table->n_rows;
    gssize outcome, onset = -1;
    if (!find_column(panel, a->train, a->unit, &panel->unit, error) ||
        !find_column(panel, a->train, a->time, &panel->time, error) ||
        !find_column(panel, a->train, a->outcome, &outcome, error) ||
        (a->onset != NULL && !find_column(panel, a->train, a->onset, &onset, error)))
        return NULL;
    g_autofree gssize *columns = g_new(gssize, panel->p + 1);
    for (gsize j = 0; j < panel->p; j++)
        if (!find_column(panel, a->train, panel->names[j], &columns[j], error))
            return NULL;
    g_autoptr(GArray) complete = g_array_new(FALSE, FALSE, sizeof(gssize));
    g_auto(GStrv) names = g_strsplit(a->complete != NULL ? a->complete : "", ",", -1);
    for (gsize k = 0; names[k] != NULL; k++) {
        gssize column;
        if (names[k][0] == '\0')
            continue;
        if (!find_column(panel, a->train, names[k], &column, error))
            return NULL;
        g_array_append_val(complete, column);
    }
    panel->year = g_new(int, panel->n_rows + 1);
    panel->x = g_new(double, panel->n_rows * panel->p + 1);
    panel->outcome = g_new(double, panel->n_rows + 1);
    panel->onset = onset >= 0 ? g_new(double, panel->n_rows + 1) : NULL;
    panel->complete = g_new(bool, panel->n_rows + 1);
    if (!read_rows(panel, a, columns, outcome, onset, complete, error))
        return NULL;
    return g_steal_pointer(&panel);
}

static bool has_all(const ForecastPanel *panel, gsize row)
{
    for (gsize j = 0; j < panel->p; j++)
        if (isnan(panel->x[row * panel->p + j]))
            return false;
    return true;
}

/* ---- one origin ---- */

void forecast_origin_clear(ForecastOrigin *origin)
{
    g_free(origin->x);
    g_free(origin->y);
    g_free(origin->means);
    g_free(origin->deviations);
    g_free(origin->coefficients);
    elastic_net_path_free(origin->path);
    g_free(origin->rows);
    g_free(origin->risks);
    g_free(origin->ranks);
    g_free(origin->lows);
    g_free(origin->highs);
    if (origin->train_rows != NULL)
        g_array_unref(origin->train_rows);
    g_clear_error(&origin->error);
}

static void gather(const ForecastPanel *panel, bool impute, ForecastOrigin *origin)
{
    GArray *rows = origin->train_rows = g_array_new(FALSE, FALSE, sizeof(gsize));
    for (gsize row = 0; row < panel->n_rows; row++) {
        if (panel->year[row] == G_MININT || panel->year[row] > origin->through)
            continue;
        if (!panel->complete[row] || (!impute && !has_all(panel, row)))
            origin->left_out++;
        else
            g_array_append_val(rows, row);
    }
    gsize n = rows->len, p = panel->p;
    origin->n_train = n;
    origin->x = g_new(double, n *p + 1);
    origin->y = g_new(double, n + 1);
    origin->means = g_new0(double, p + 1);
    origin->deviations = g_new0(double, p + 1);
    for (gsize i = 0; i < n; i++) {
        origin->y[i] = panel->outcome[g_array_index(rows, gsize, i)];
        origin->n_events += origin->y[i] == 1;
    }
    for (gsize j = 0; j < p; j++) {
        double *column = origin->x + j * n, sum = 0, known = 0, squares = 0;
        for (gsize i = 0; i < n; i++) {
            column[i] = panel->x[g_array_index(rows, gsize, i) * p + j];
            if (!isnan(column[i])) {
                sum += column[i];
                known++;
            }
        }
        origin->means[j] = known > 0 ? sum / known : 0;
        for (gsize i = 0; i < n; i++) {
            if (isnan(column[i])) {
                column[i] = origin->means[j];
                origin->imputed++;
            }
            squares += (column[i] - origin->means[j]) * (column[i] - origin->means[j]);
        }
        origin->deviations[j] = n > 0 ? sqrt(squares / (double)n) : 0;
    }
}

static int by_risk(const void *a, const void *b, void *context)
{
    const double *risks = context;
    gsize left = *(const gsize *)a, right = *(const gsize *)b;
    if (risks[left] != risks[right])
        return risks[left] > risks[right] ? -1 : 1;
    return (left > right) - (left < right);
}

static void predict(const ForecastPanel *panel, bool impute, ForecastOrigin *origin)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(gsize));
    for (gsize row = 0; row < panel->n_rows; row++) {
        if (panel->year[row] != origin->predict)
            continue;
        if (impute || has_all(panel, row))
            g_array_append_val(rows, row);
        else
            origin->units_left_out++;
    }
    gsize n = origin->n_units = rows->len, p = panel->p;
    origin->rows = g_new(gsize, n + 1);
    origin->risks = g_new(double, n + 1);
    origin->ranks = g_new(gsize, n + 1);
    g_autofree double *x = g_new(double, p + 1);
    g_autofree gsize *order = g_new(gsize, n + 1);
    for (gsize i = 0; i < n; i++) {
        origin->rows[i] = g_array_index(rows, gsize, i);
        for (gsize j = 0; j < p; j++) {
            double value = panel->x[origin->rows[i] * p + j];
            x[j] = isnan(value) ? origin->means[j] : value;
        }
        origin->risks[i] = elastic_net_predict(p, origin->intercept, origin->coefficients, x, 1);
        order[i] = i;
    }
    qsort_r(order, n, sizeof *order, by_risk, origin->risks);
    for (gsize i = 0; i < n; i++) /* equal risks share the better rank */
        origin->ranks[order[i]] = i > 0 && origin->risks[order[i]] == origin->risks[order[i - 1]]
                                      ? origin->ranks[order[i - 1]]
                                      : i + 1;
}

bool forecast_origin_run(const ForecastArguments *a, const ForecastPanel *panel, guint threads,
                         ForecastOrigin *origin, GError **error)
{
    bool impute = a->impute != NULL;
    gather(panel, impute, origin);
    const ElasticNetData data = {origin->n_train, panel->p, origin->x, origin->y};
    /* A path that ends at the lambda asked for: the fits before it are its warm start. */
    ElasticNetOptions options = {.alpha = a->alpha, .stop_at = origin->lambda};
    origin->path = elastic_net_fit(&data, &options, error);
    if (origin->path == NULL)
        return false;
    if (!(origin->lambda > 0)) {
        g_autoptr(ElasticNetCv) cv = elastic_net_cross_validate(
            &data, &options, origin->path, (guint)a->folds, (guint64)a->seed, threads, error);
        if (cv == NULL)
            return false;
        origin->lambda = cv->lambda_min;
    }
    origin->coefficients = g_new(double, panel->p + 1);
    elastic_net_at(origin->path, origin->lambda, &origin->intercept, origin->coefficients);
    predict(panel, impute, origin);
    if (origin->n_units == 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                    _("No unit of %d has every predictor: there is nothing to predict."),
                    origin->predict);
        return false;
    }
    return true;
}
