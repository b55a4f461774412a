/* cli/forecast_keep.c: how sure a forecast is, and a forecast kept in a case.
 *
 * The interval: units (countries) are drawn anew with all their years, the model is fitted again at
 * the same lambda, each unit predicted again; the middle 95 of 100 draws. Years of one country are
 * alike, so rows are not drawn one by one. It does not hold errors of the data or of the choice of
 * model. */
#include "assess/judge.h"
#include "assess/ledger.h"
#include "base/edtf.h"
#include "base/random.h"
#include "base/workers.h"
#include "cli/assess_sub.h"
#include "cli/case.h"
#include "cli/forecast_panel.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- drawing units anew ---- */

typedef struct {
    const ForecastArguments *arguments;
    const ForecastPanel *panel;
    const ForecastOrigin *origin;
    GPtrArray *units; /* of GArray of guint: places in origin->train_rows */
    double *risks;    /* draws × n_units; NaN: the draw had one outcome only */
} Drawing;

static const char *unit_of(const ForecastPanel *panel, gsize row)
{
    return csv_table_cell(panel->table, row, panel->unit);
}

static GPtrArray *group_units(const ForecastPanel *panel, const ForecastOrigin *origin)
{
    GPtrArray *units = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < origin->train_rows->len; i++) {
        const char *name = unit_of(panel, g_array_index(origin->train_rows, gsize, i));
        GArray *places = g_hash_table_lookup(known, name);
        if (places == NULL) {
            places = g_array_new(FALSE, FALSE, sizeof(guint));
            g_hash_table_insert(known, (gpointer)name, places);
            g_ptr_array_add(units, places);
        }
        g_array_append_val(places, i);
    }
    return units;
}

static GArray *draw_rows(const Drawing *drawing, gsize draw)
{
    Random random;
    random_start(&random, (guint64)drawing->arguments->seed, draw + 1);
    GArray *rows = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint u = 0; u < drawing->units->len; u++) {
        const GArray *unit =
            g_ptr_array_index(drawing->units, (guint)random_below(&random, drawing->units->len));
        g_array_append_vals(rows, unit->data, unit->len);
    }
    return rows;
}

static void predict_again(const Drawing *drawing, const double *coefficients, double intercept,
                          double *risks)
{
    const ForecastPanel *panel = drawing->panel;
    gsize p = panel->p;
    g_autofree double *x = g_new(double, p + 1);
    for (gsize i = 0; i < drawing->origin->n_units; i++) {
        for (gsize j = 0; j < p; j++) {
            double value = panel->x[drawing->origin->rows[i] * p + j];
            x[j] = isnan(value) ? drawing->origin->means[j] : value;
        }
        risks[i] = elastic_net_predict(p, intercept, coefficients, x, 1);
    }
}

static void draw_once(gsize draw, guint worker, void *context)
{
    (void)worker;
    const Drawing *drawing = context;
    const ForecastOrigin *origin = drawing->origin;
    gsize p = drawing->panel->p, n_units = origin->n_units;
    double *risks = drawing->risks + draw * n_units;
    g_autoptr(GArray) rows = draw_rows(drawing, draw);
    gsize n = rows->len;
    g_autofree double *x = g_new(double, n *p + 1), *y = g_new(double, n + 1);
    g_autofree double *coefficients = g_new(double, p + 1);
    for (gsize i = 0; i < n; i++) {
        guint from = g_array_index(rows, guint, i);
        y[i] = origin->y[from];
        for (gsize j = 0; j < p; j++)
            x[j * n + i] = origin->x[j * origin->n_train + from];
    }
    const ElasticNetData data = {n, p, x, y};
    const ElasticNetOptions options = {.alpha = drawing->arguments->alpha,
                                       .stop_at = origin->lambda};
    g_autoptr(ElasticNetPath) path = elastic_net_fit(&data, &options, NULL);
    if (path == NULL) {
        for (gsize i = 0; i < n_units; i++)
            risks[i] = NAN;
        return;
    }
    double intercept;
    elastic_net_at(path, origin->lambda, &intercept, coefficients);
    predict_again(drawing, coefficients, intercept, risks);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void forecast_interval(const ForecastArguments *a, const ForecastPanel *panel,
                       ForecastOrigin *origin)
{
    gsize n = origin->n_units, draws = (gsize)a->bootstrap;
    g_autoptr(GPtrArray) units = group_units(panel, origin);
    g_autofree double *risks = g_new(double, n *draws + 1);
    Drawing drawing = {a, panel, origin, units, risks};
    workers_run(draws, 0, draw_once, &drawing);
    origin->lows = g_new(double, n + 1);
    origin->highs = g_new(double, n + 1);
    g_autofree double *sorted = g_new(double, draws + 1);
    for (gsize i = 0; i < n; i++) {
        gsize told = 0;
        for (gsize d = 0; d < draws; d++)
            if (!isnan(risks[d * n + i]))
                sorted[told++] = risks[d * n + i];
        qsort(sorted, told, sizeof *sorted, ascending);
        double last = told > 0 ? (double)(told - 1) : 0;
        origin->lows[i] = told > 0 ? sorted[(gsize)(0.025 * last)] : (double)NAN;
        origin->highs[i] = told > 0 ? sorted[(gsize)(0.975 * last + 0.5)] : (double)NAN;
    }
}

/* ---- into the case ---- */

static char *hash_file(const char *path, const ForecastArguments *a, GError **error)
{
    g_autofree char *bytes = NULL;
    gsize length;
    if (!cli_read(path, &bytes, &length, error))
        return NULL;
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(sum, (const guchar *)bytes, (gssize)length);
    g_autofree char *settings =
        g_strdup_printf("\n%s\n%s\n%s\n%d\n%d\n", a->predictors, a->outcome,
                        a->complete != NULL ? a->complete : "", a->through, a->predict);
    g_checksum_update(sum, (const guchar *)settings, (gssize)strlen(settings));
    return g_strdup(g_checksum_get_string(sum));
}

static GString *content_of(const ForecastPanel *panel, const ForecastOrigin *origin)
{
    GString *text = g_string_new("unit,probability,low,high\n");
    for (gsize i = 0; i < origin->n_units; i++) {
        csv_append(text, unit_of(panel, origin->rows[i]));
        csv_append_double(text, origin->risks[i]);
        csv_append_double(text, origin->lows != NULL ? origin->lows[i] : (double)NAN);
        csv_append_double(text, origin->highs != NULL ? origin->highs[i] : (double)NAN);
        csv_append_end(text);
    }
    return text;
}

static gssize find_unit(const ForecastPanel *panel, const ForecastOrigin *origin, const char *name)
{
    for (gsize i = 0; name != NULL && i < origin->n_units; i++)
        if (strcmp(unit_of(panel, origin->rows[i]), name) == 0)
            return (gssize)i;
    return -1;
}

static bool keep(const ForecastArguments *a, const ForecastPanel *panel,
                 const ForecastOrigin *origin, Store *store, gint64 *ret_id, GError **error)
{
    g_autofree char *hash = hash_file(a->train, a, error);
    if (hash == NULL)
        return false;
    int years = a->horizon > 0 ? a->horizon : g_str_has_suffix(a->outcome, "1or2") ? 2 : 1;
    g_autofree char *name = g_path_get_basename(a->train);
    g_autofree char *title =
        g_strdup_printf("%s, %s, %d to %d", name, a->outcome, a->predict + 1, a->predict + years);
    g_autofree char *method = g_strdup_printf(
        "elastic-net logistic regression (alpha %g, lambda %.6g) on %" G_GSIZE_FORMAT
        " country-years through %d, %" G_GSIZE_FORMAT " with the outcome",
        a->alpha, origin->lambda, origin->n_train, origin->through, origin->n_events);
    g_autoptr(GString) content = content_of(panel, origin);
    bool killing = g_str_has_prefix(a->outcome, "mk_onset");
    const LedgerForecast forecast = {
        .title = title,
        .target = killing ? "onset of mass killing" : a->outcome,
        .method = method,
        .author = "zenhar",
        .made_day = G_MININT32,
        .first_day = edtf_day_from_gregorian(a->predict + 1, 1, 1),
        .last_day = edtf_day_from_gregorian(a->predict + years, 12, 31),
        .content = content->str,
        .data_hash = hash,
    };
    bool fresh;
    if (!ledger_keep_forecast(store, &forecast, ret_id, &fresh, error))
        return false;
    gssize unit = find_unit(panel, origin, a->explain);
    if (unit < 0)
        return true;
    g_autofree char *words = g_strdup_printf(
        "%s: %s; rank %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " (PN%" G_GINT64_FORMAT ")", title,
        method, origin->ranks[unit], origin->n_units, *ret_id);
    return judge_set_forecast(
        store, origin->risks[unit], origin->lows != NULL ? origin->lows[unit] : (double)NAN,
        origin->highs != NULL ? origin->highs[unit] : (double)NAN, words, error);
}

bool forecast_keep(CliContext *context, const ForecastArguments *a, const ForecastPanel *panel,
                   const ForecastOrigin *origin, GError **error)
{
    g_autoptr(Store) store = cli_case_open(context, STORE_WRITE, error);
    gint64 id = 0;
    if (store == NULL || !store_begin(store, error))
        return false;
    if (!keep(a, panel, origin, store, &id, error)) {
        store_rollback(store);
        return false;
    }
    if (!store_commit(store, error))
        return false;
    char printed[STORE_ID_MAX];
    cli_say(context, _("The forecast stands in the ledger as %s."),
            store_id_format(STORE_KIND_PREDICTION, id, printed));
    return true;
}
