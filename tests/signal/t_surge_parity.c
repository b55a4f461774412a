/* Every figure of R `surveillance` 1.20.3 in shared/reference/surveillance: bounds, expected
 * values, scores and p-values to 1e-6, empty exactly where R's are, the same alarms. */
#include "base/csv.h"
#include "base/edtf.h"
#include "signal/surge.h"
#include "support.h"
#include <math.h>
#include <string.h>

static const double TOLERANCE = 1e-6;

static CsvTable *load(const char *relative)
{
    g_autofree char *path = test_shared_path(relative);
    if (path == NULL)
        return NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(CsvReader) reader = csv_reader_new_file(path, NULL, &error);
    g_assert_no_error(error);
    CsvTable *table = csv_table_load(reader, &error);
    g_assert_no_error(error);
    return table;
}

static double number(const CsvTable *table, gsize row, const char *column)
{
    double x;
    return csv_parse_double(csv_table_cell(table, row, csv_table_column(table, column)), &x) ? x
                                                                                             : NAN;
}

static const char *text(const CsvTable *table, gsize row, const char *column)
{
    return csv_table_cell(table, row, csv_table_column(table, column));
}

/* As README.md of the reference says. */
static SignalSurgeOptions standard_farrington(const char *threshold, double years)
{
    SignalSurgeOptions o = signal_surge_options(SIGNAL_FARRINGTON_FLEXIBLE);
    o.periods = 10;
    o.exclude_recent = 26;
    o.trend_p = 1;
    o.alpha = 0.01;
    o.years_back = (guint)years;
    o.threshold = g_str_has_prefix(threshold, "delta")      ? SIGNAL_THRESHOLD_DELTA
                  : g_str_has_prefix(threshold, "nbPlugin") ? SIGNAL_THRESHOLD_NB_PLUGIN
                                                            : SIGNAL_THRESHOLD_MUAN;
    return o;
}

/* False: a method not compared here. */
static bool options_of(const char *method, double years, SignalSurgeOptions *o)
{
    if (g_str_has_prefix(method, "farrington-flexible:")) {
        *o = standard_farrington(strchr(method, ':') + 1, years);
        if (strstr(method, "noPeriods=1,") != NULL) {
            o->periods = 1;
            o->weights_threshold = 1;
            o->trend_p = 0.05;
            o->exclude_recent = o->half_window;
        } else if (strstr(method, "noPeriods=5") != NULL) {
            o->alpha = 0.05;
            o->periods = 5;
            o->half_window = 2;
        } else if (strstr(method, "reweight=F") != NULL) {
            o->reweight = o->trend = false;
            o->limit_cases = 0;
            o->limit_weeks = 1;
        }
        return true;
    }
    static const struct {
        const char *prefix;
        SignalMethod method;
    } OTHERS[] = {
        {"farrington-original", SIGNAL_FARRINGTON},
        {"ears-C1", SIGNAL_EARS_C1},
        {"ears-C2", SIGNAL_EARS_C2},
        {"ears-C3", SIGNAL_EARS_C3},
        {"cusum", SIGNAL_CUSUM},
        {"glr-pois", SIGNAL_GLR_POISSON},
        {"glr-nb", SIGNAL_GLR_NB},
        {"bayes", SIGNAL_BAYES},
        {"rki", SIGNAL_RKI},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(OTHERS); i++) {
        if (!g_str_has_prefix(method, OTHERS[i].prefix))
            continue;
        *o = signal_surge_options(OTHERS[i].method);
        if (strstr(method, "ret=cases") != NULL)
            return false;
        o->glr_value = true;
        if (strstr(method, "minSigma=0.5") != NULL)
            o->min_sigma = 0.5;
        if (OTHERS[i].method == SIGNAL_FARRINGTON) {
            o->years_back = (guint)years;
            o->alpha = 0.01;
        }
        if (OTHERS[i].method == SIGNAL_BAYES && strstr(method, "w=4") != NULL) {
            o->half_window = 4;
            o->years_back = (guint)years;
            o->use_current_year = false;
        }
        if (OTHERS[i].method == SIGNAL_RKI) {
            o->years_back = 0;
            o->half_window = 6;
            o->use_current_year = true;
        }
        return true;
    }
    g_error("a method of the reference is not known here: %s", method);
}

/* A residual of nothing but rounding has no digits to agree on. */
static const double ROUNDING = 1e-10;

static double worst;

static void same(double ours, double theirs, const char *what, const char *series,
                 const char *method, gsize index)
{
    if (theirs == 1e99)
        return;
    if (isnan(theirs) != isnan(ours) ||
        (!isnan(ours) && fabs(ours - theirs) > TOLERANCE * fmax(fabs(ours), fabs(theirs)) &&
         fabs(ours - theirs) > ROUNDING)) {
        g_test_message("%s %s at %" G_GSIZE_FORMAT ": %s is %.17g, R has %.17g", series, method,
                       index, what, ours, theirs);
        g_test_fail();
    } else if (!isnan(ours) && ours != theirs) {
        worst = fmax(worst, fabs(ours - theirs) / fmax(fabs(ours), fabs(theirs)));
    }
}

/* Rows from … to of a reference table, all of one series and method, in order. */
static void compare(const double *counts, gsize n, const CsvTable *reference, gsize from, gsize to,
                    const char *series)
{
    const char *method = text(reference, from, "method");
    SignalSurgeOptions options;
    double years = csv_table_column(reference, "b") >= 0 ? number(reference, from, "b") : 5;
    if (!options_of(method, years, &options))
        return;
    if (csv_table_column(reference, "b") < 0)
        options.alpha = options.method == SIGNAL_FARRINGTON_FLEXIBLE ? 0.005 : 0.001;
    /* The folder `more` gives C3 R's alpha for C1 and C2. */
    if (csv_table_column(reference, "freq") < 0 && options.method == SIGNAL_EARS_C3 &&
        !g_str_has_prefix(series, "syria"))
        options.alpha = 0.001;
    gsize first = (gsize)number(reference, from, "index");
    gsize last = (gsize)number(reference, to - 1, "index");
    if (csv_table_column(reference, "freq") >= 0)
        options.freq = (guint)number(reference, from, "freq");
    g_assert_cmpuint(last - first + 1, ==, to - from);
    /* Two of R's series carry dates, and R then looks back by the calendar. */
    g_autofree gint32 *days = g_new(gint32, n);
    gint32 begin = g_str_has_prefix(series, "momo") ? edtf_day_from_gregorian(1994, 1, 3)
                                                    : edtf_day_from_gregorian(2004, 1, 1);
    for (gsize i = 0; i < n; i++)
        days[i] = begin + 7 * (gint32)i;
    if (g_str_has_prefix(series, "momo") || g_str_has_prefix(series, "salmNewport"))
        options.days = days;
    g_autoptr(GError) error = NULL;
    g_autofree SignalPoint *points = g_new(SignalPoint, to - from);
    g_assert_true(signal_surge(counts, n, &options, first, last, points, &error));
    g_assert_no_error(error);
    bool full = csv_table_column(reference, "expected") >= 0;
    for (gsize row = from; row < to; row++) {
        const SignalPoint *p = &points[row - from];
        gsize index = first + row - from;
        same(p->upper, number(reference, row, "upperbound"), "upper", series, method, index);
        double alarm = number(reference, row, "alarm");
        if (!isnan(alarm) && (alarm != 0) != p->alarm) {
            g_test_message("%s %s at %" G_GSIZE_FORMAT ": alarm %d, R has %g", series, method,
                           index, p->alarm, alarm);
            g_test_fail();
        }
        if (!full)
            continue;
        if (options.method == SIGNAL_FARRINGTON) /* R's original reports none of these */
            continue;
        same(p->expected, number(reference, row, "expected"), "expected", series, method, index);
        /* One of 14,000: a trend extrapolated to a mean of 1e-10, where R's own digits end; no
         * bound is given there. */
        if (isnan(p->upper) && p->score > 100)
            continue;
        same(p->score, number(reference, row, "score"), "score", series, method, index);
        same(p->p_value, number(reference, row, "pvalue"), "p-value", series, method, index);
    }
}

static gsize block_end(const CsvTable *t, gsize from, const char *unit)
{
    gsize to = from + 1;
    while (to < t->n_rows && strcmp(text(t, to, "method"), text(t, from, "method")) == 0 &&
           strcmp(text(t, to, unit), text(t, from, unit)) == 0 &&
           number(t, to, "index") == number(t, to - 1, "index") + 1)
        to++;
    return to;
}

static double *column(const CsvTable *table, const char *name)
{
    g_assert_cmpint(csv_table_column(table, name), >=, 0);
    double *counts = g_new(double, table->n_rows);
    for (gsize i = 0; i < table->n_rows; i++)
        counts[i] = number(table, i, name);
    return counts;
}

static void test_series(gconstpointer data)
{
    g_autofree char *series_name =
        g_strdup_printf("reference/surveillance/%s.series.csv", (const char *)data);
    g_autofree char *reference_name =
        g_strdup_printf("reference/surveillance/%s.reference.csv", (const char *)data);
    g_autoptr(CsvTable) series = load(series_name);
    if (series == NULL)
        return;
    g_autoptr(CsvTable) reference = load(reference_name);
    g_autofree double *counts = column(series, "count");
    for (gsize from = 0, to; from < reference->n_rows; from = to) {
        to = block_end(reference, from, "method");
        compare(counts, series->n_rows, reference, from, to, data);
    }
    g_test_message("largest relative difference %.3g", worst);
}

static void test_many(gconstpointer data)
{
    g_autofree char *series_name =
        g_strdup_printf("reference/surveillance/more/%s.series.csv", (const char *)data);
    g_autofree char *reference_name =
        g_strdup_printf("reference/surveillance/more/%s.reference.csv", (const char *)data);
    g_autoptr(CsvTable) series = load(series_name);
    if (series == NULL)
        return;
    g_autoptr(CsvTable) reference = load(reference_name);
    for (gsize from = 0, to; from < reference->n_rows; from = to) {
        to = block_end(reference, from, "unit");
        g_autofree double *counts = column(series, text(reference, from, "unit"));
        g_autofree char *name =
            g_strdup_printf("%s/%s", (const char *)data, text(reference, from, "unit"));
        compare(counts, series->n_rows, reference, from, to, name);
    }
}

static void test_detectors(void)
{
    g_autoptr(CsvTable) reference = load("reference/surveillance/more/detectors.reference.csv");
    if (reference == NULL)
        return;
    for (gsize from = 0, to; from < reference->n_rows; from = to) {
        to = block_end(reference, from, "series");
        g_autofree char *name = g_strdup_printf("reference/surveillance/%s.series.csv",
                                                text(reference, from, "series"));
        g_autoptr(CsvTable) series = load(name);
        g_autofree double *counts = column(series, "count");
        compare(counts, series->n_rows, reference, from, to, text(reference, from, "series"));
    }
}

static void test_simulated(void)
{
    g_autoptr(CsvTable) series = load("reference/surveillance/more/simulated.series.csv");
    if (series == NULL)
        return;
    g_autoptr(CsvTable) reference = load("reference/surveillance/more/simulated.reference.csv");
    g_autofree double *counts = column(series, "count");
    g_autoptr(GHashTable) starts = g_hash_table_new(g_str_hash, g_str_equal);
    for (gsize row = 0; row < series->n_rows; row++)
        if (number(series, row, "index") == 1)
            g_hash_table_insert(starts, (gpointer)text(series, row, "id"), GSIZE_TO_POINTER(row));
    for (gsize from = 0, to; from < reference->n_rows; from = to) {
        to = block_end(reference, from, "id");
        const char *id = text(reference, from, "id");
        gsize start = GPOINTER_TO_SIZE(g_hash_table_lookup(starts, id));
        compare(counts + start, 624, reference, from, to, id);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    static const char *const SERIES[] = {
        "campyDE", "k1", "m1", "m3", "n1", "rotaBB", "s2", "salmNewport.agg", "salmonella.agona"};
    for (gsize i = 0; i < G_N_ELEMENTS(SERIES); i++) {
        g_autofree char *name = g_strdup_printf("/signal/surge/as_r_on_%s", SERIES[i]);
        g_test_add_data_func(name, SERIES[i], test_series);
    }
    static const char *const MANY[] = {"ha", "momo", "fluBYBW40", "syria-ged"};
    for (gsize i = 0; i < G_N_ELEMENTS(MANY); i++) {
        g_autofree char *name = g_strdup_printf("/signal/surge/as_r_on_all_of_%s", MANY[i]);
        g_test_add_data_func(name, MANY[i], test_many);
    }
    g_test_add_func("/signal/surge/other_detectors_and_settings_as_r", test_detectors);
    g_test_add_func("/signal/surge/simulated_outbreaks_as_r", test_simulated);
    return g_test_run();
}
