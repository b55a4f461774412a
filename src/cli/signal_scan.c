/* `zenhar signal scan`: clusters in space and time. */
#include "cli/signal_commands.h"
#include "signal/scan.h"
#include "signal/series.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    char *places, *model, *from, *to, *interval, *calendar, *out;
    int max_window, min_window, min_cases, replications, threads;
    gint64 seed;
    double max_radius, max_share, max_p;
} Arguments;

static void arguments_clear(Arguments *a)
{
    char *texts[] = {a->places, a->model, a->from, a->to, a->interval, a->calendar, a->out};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Arguments, arguments_clear)

typedef struct {
    CsvTable *csv;
    gsize n;
    double *latitude, *longitude, *population; /* population: NULL when the column is missing */
    gssize name;
    GHashTable *by_name; /* name to row + 1 */
} Places;

static void places_clear(Places *p)
{
    csv_table_free(p->csv);
    g_free(p->latitude);
    g_free(p->longitude);
    g_free(p->population);
    if (p->by_name != NULL)
        g_hash_table_unref(p->by_name);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Places, places_clear)

/* SaTScan's own files have no heading and blanks between the fields: .cas (place, count, day as
 * 2001/11/22, further columns that are not read) and .geo (place, latitude, longitude). They become
 * the CSV that they say. NULL when it is none of them. */
static const char *satscan_heading(const char *path)
{
    return g_str_has_suffix(path, ".cas")   ? "place,count,date\n"
           : g_str_has_suffix(path, ".geo") ? "place,latitude,longitude\n"
                                            : NULL;
}

static CsvTable *load_satscan(const char *path, const char *heading, GError **error)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) why = NULL;
    if (!g_file_get_contents(path, &text, NULL, &why)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("%s cannot be read: %s."), path,
                    why->message);
        return NULL;
    }
    g_autoptr(GString) csv = g_string_new(heading);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        g_auto(GStrv) words = g_strsplit_set(g_strstrip(*line), " \t,", -1);
        int n = 0, year, month, day;
        for (char **word = words; *word != NULL && n < 3; word++) {
            if (**word == '\0')
                continue;
            if (n == 2 && sscanf(*word, "%d/%d/%d", &year, &month, &day) == 3) {
                g_autofree char *iso = g_strdup_printf("%04d-%02d-%02d", year, month, day);
                csv_append(csv, iso);
            } else {
                csv_append(csv, *word);
            }
            n++;
        }
        /* an empty line too: the lines keep their numbers, and the reader passes over it */
        g_string_append_c(csv, '\n');
    }
    g_autoptr(CsvReader) reader = csv_reader_new_bytes(path, csv->str, csv->len, NULL);
    return csv_table_load(reader, error);
}

static CsvTable *load_table(const char *path, GError **error)
{
    const char *heading = satscan_heading(path);
    return heading != NULL ? load_satscan(path, heading, error) : signal_load_csv(path, error);
}

static bool read_number(const CsvTable *csv, const char *path, gsize row, gssize column, double *to,
                        GError **error)
{
    if (csv_parse_double(csv_table_cell(csv, row, column), to) && isfinite(*to))
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                _("%s, line %" G_GUINT64_FORMAT ", column %s: “%s” is no number."), path,
                csv->lines[row], csv->columns[column], csv_table_cell(csv, row, column));
    return false;
}

static bool load_places(Places *p, const char *path, GError **error)
{
    p->csv = load_table(path, error);
    if (p->csv == NULL)
        return false;
    gssize latitude, longitude, population = csv_table_column(p->csv, "population");
    if ((p->name = signal_need_column(p->csv, path, "place", error)) < 0 ||
        (latitude = signal_need_column(p->csv, path, "latitude", error)) < 0 ||
        (longitude = signal_need_column(p->csv, path, "longitude", error)) < 0)
        return false;
    p->n = p->csv->n_rows;
    p->latitude = g_new0(double, p->n + 1);
    p->longitude = g_new0(double, p->n + 1);
    p->population = population >= 0 ? g_new0(double, p->n + 1) : NULL;
    p->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    for (gsize row = 0; row < p->n; row++) {
        if (!read_number(p->csv, path, row, latitude, &p->latitude[row], error) ||
            !read_number(p->csv, path, row, longitude, &p->longitude[row], error) ||
            (population >= 0 &&
             !read_number(p->csv, path, row, population, &p->population[row], error)))
            return false;
        if (!g_hash_table_insert(p->by_name, (gpointer)csv_table_cell(p->csv, row, p->name),
                                 GSIZE_TO_POINTER(row + 1))) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                        _("%s, line %" G_GUINT64_FORMAT ": %s stands here twice."), path,
                        p->csv->lines[row], csv_table_cell(p->csv, row, p->name));
            return false;
        }
    }
    return true;
}

/* Cases as events: day, place and weight of each row. */
static SignalSeries *load_cases(const Arguments *a, const char *path, const Places *places,
                                Calendar calendar, SignalInterval interval, GError **error)
{
    g_autoptr(CsvTable) csv = load_table(path, error);
    gssize date, place, count;
    if (csv == NULL || (date = signal_need_column(csv, path, "date", error)) < 0 ||
        (place = signal_need_column(csv, path, "place", error)) < 0)
        return NULL;
    count = csv_table_column(csv, "count");
    gsize n = csv->n_rows;
    g_autofree gint32 *days = g_new(gint32, n + 1);
    g_autofree double *weights = g_new(double, n + 1);
    g_autofree guint *groups = g_new(guint, n + 1);
    gint32 first = G_MAXINT32, last = G_MININT32;
    for (gsize row = 0; row < n; row++) {
        const char *name = csv_table_cell(csv, row, place);
        gsize at = GPOINTER_TO_SIZE(g_hash_table_lookup(places->by_name, name));
        if (at == 0) {
            g_set_error(
                error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                _("%s, line %" G_GUINT64_FORMAT ": the place “%s” has no coordinates in %s."), path,
                csv->lines[row], name, a->places);
            return NULL;
        }
        groups[row] = (guint)(at - 1);
        weights[row] = 1;
        if (count >= 0 && !read_number(csv, path, row, count, &weights[row], error))
            return NULL;
        if (!signal_parse_day(csv_table_cell(csv, row, date), calendar, &days[row], error)) {
            g_prefix_error(error, _("%s, line %" G_GUINT64_FORMAT ", column date: "), path,
                           csv->lines[row]);
            return NULL;
        }
        first = MIN(first, days[row]);
        last = MAX(last, days[row]);
    }
    if (n == 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA, _("%s holds no rows."), path);
        return NULL;
    }
    if ((a->from != NULL && !signal_parse_day(a->from, calendar, &first, error)) ||
        (a->to != NULL && !signal_parse_day(a->to, calendar, &last, error)))
        return NULL;
    return signal_series_new(interval, days, weights, groups, n, places->n, first, last, error);
}

static void append_clusters(GString *out, const SignalScan *scan, const Places *places,
                            const SignalSeries *series)
{
    g_string_append(out, "cluster,centre,places,radius_km,from,to,cases,expected,ratio,statistic,"
                         "pvalue,recurrence_intervals,reason\n");
    g_autofree char *to = signal_format_day(
        signal_interval_next(series->interval, series->starts[series->n - 1]) - 1);
    for (gsize i = 0; i < scan->n_clusters; i++) {
        const SignalScanCluster *c = &scan->clusters[i];
        g_autoptr(GString) names = g_string_new(NULL);
        for (gsize k = 0; k < c->n_places; k++)
            g_string_append_printf(names, "%s%s", k > 0 ? "; " : "",
                                   csv_table_cell(places->csv, c->places[k], places->name));
        g_autofree char *from = signal_format_day(series->starts[c->first]);
        csv_append_integer(out, (gint64)i + 1);
        csv_append(out, csv_table_cell(places->csv, c->centre, places->name));
        csv_append(out, names->str);
        csv_append_double(out, c->radius_km);
        csv_append(out, from);
        csv_append(out, to);
        const double values[] = {c->cases,     c->expected, c->ratio,
                                 c->statistic, c->p_value,  c->recurrence};
        for (gsize k = 0; k < G_N_ELEMENTS(values); k++)
            csv_append_double(out, values[k]);
        g_autofree char *cases = i18n_integer((gint64)c->cases);
        g_autofree char *expected = i18n_decimal(c->expected, 1);
        g_autofree char *n = i18n_integer((gint64)c->n_places);
        g_autofree char *recurrence = i18n_integer((gint64)c->recurrence);
        g_autofree char *reason = g_strdup_printf(
            _("%s reported in %s places where %s were expected; by chance alone something like "
              "this appears once in about %s intervals."),
            cases, n, expected, recurrence);
        csv_append(out, reason);
        csv_append_end(out);
    }
}

static bool set_options(SignalScanOptions *o, const Arguments *a, GError **error)
{
    if (a->model != NULL && strcmp(a->model, "poisson") != 0 &&
        strcmp(a->model, "permutation") != 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("--model %s is not known; there are permutation and poisson."), a->model);
        return false;
    }
    if (a->max_window < 1 || a->min_window < 1 || a->min_cases < 1 || a->replications < 1 ||
        a->seed < 0 || a->threads < 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("Windows, --min-cases and --replications are whole numbers from 1 on."));
        return false;
    }
    *o = signal_scan_options();
    o->model = a->model != NULL && strcmp(a->model, "poisson") == 0 ? SIGNAL_SCAN_POISSON
                                                                    : SIGNAL_SCAN_PERMUTATION;
    o->max_window = (guint)a->max_window;
    o->min_window = (guint)a->min_window;
    o->min_cases = (guint)a->min_cases;
    o->replications = (guint)a->replications;
    o->seed = (guint64)a->seed;
    o->threads = (guint)a->threads;
    if (a->max_radius >= 0)
        o->max_radius_km = a->max_radius;
    o->max_share = a->max_share;
    o->max_p = a->max_p;
    return true;
}

static bool run(CliContext *context, const Arguments *a, const char *path, GError **error)
{
    Calendar calendar;
    SignalInterval interval = SIGNAL_DAILY;
    SignalScanOptions options;
    g_auto(Places) places = {0};
    if (!signal_parse_calendar(a->calendar, &calendar, error) || !set_options(&options, a, error))
        return false;
    if (a->interval != NULL && !signal_interval_parse(a->interval, &interval)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("--interval %s is not known; there are daily, weekly, weekly-solar-hijri, "
                      "monthly and monthly-solar-hijri."),
                    a->interval);
        return false;
    }
    if (!load_places(&places, a->places, error))
        return false;
    if (options.model == SIGNAL_SCAN_POISSON && places.population == NULL) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("--model poisson needs a column “population” in %s."), a->places);
        return false;
    }
    g_autoptr(SignalSeries) series = load_cases(a, path, &places, calendar, interval, error);
    if (series == NULL)
        return false;
    g_autofree double *expected = NULL;
    if (options.model == SIGNAL_SCAN_POISSON) {
        expected = g_new(double, places.n * series->n);
        for (gsize i = 0; i < places.n * series->n; i++)
            expected[i] = places.population[i / series->n];
    }
    g_autoptr(SignalScan) scan = signal_scan(places.latitude, places.longitude, places.n,
                                             series->counts, expected, series->n, &options, error);
    if (scan == NULL)
        return false;
    if (series->outside > 0)
        cli_say(context, _("%" G_GSIZE_FORMAT " rows lie outside the span and are not counted."),
                series->outside);
    g_autoptr(GString) out = g_string_new(NULL);
    append_clusters(out, scan, &places, series);
    return signal_write(a->out, out, error);
}

int signal_command_scan(CliContext *context, int argc, char **argv)
{
    int status = CLI_DONE;
    const SignalScanOptions defaults = signal_scan_options();
    g_auto(Arguments) a = {.max_window = (int)defaults.max_window,
                           .min_window = (int)defaults.min_window,
                           .min_cases = (int)defaults.min_cases,
                           .replications = (int)defaults.replications,
                           .seed = (gint64)defaults.seed,
                           .max_radius = -1,
                           .max_share = defaults.max_share,
                           .max_p = defaults.max_p};
    const GOptionEntry entries[] = {
        {"places", 0, 0, G_OPTION_ARG_FILENAME, &a.places, NULL, NULL},
        {"model", 0, 0, G_OPTION_ARG_STRING, &a.model, NULL, NULL},
        {"from", 0, 0, G_OPTION_ARG_STRING, &a.from, NULL, NULL},
        {"to", 0, 0, G_OPTION_ARG_STRING, &a.to, NULL, NULL},
        {"interval", 0, 0, G_OPTION_ARG_STRING, &a.interval, NULL, NULL},
        {"calendar", 0, 0, G_OPTION_ARG_STRING, &a.calendar, NULL, NULL},
        {"out", 'o', 0, G_OPTION_ARG_FILENAME, &a.out, NULL, NULL},
        {"max-window", 0, 0, G_OPTION_ARG_INT, &a.max_window, NULL, NULL},
        {"min-window", 0, 0, G_OPTION_ARG_INT, &a.min_window, NULL, NULL},
        {"min-cases", 0, 0, G_OPTION_ARG_INT, &a.min_cases, NULL, NULL},
        {"replications", 0, 0, G_OPTION_ARG_INT, &a.replications, NULL, NULL},
        {"threads", 0, 0, G_OPTION_ARG_INT, &a.threads, NULL, NULL},
        {"seed", 0, 0, G_OPTION_ARG_INT64, &a.seed, NULL, NULL},
        {"max-radius", 0, 0, G_OPTION_ARG_DOUBLE, &a.max_radius, NULL, NULL},
        {"max-share", 0, 0, G_OPTION_ARG_DOUBLE, &a.max_share, NULL, NULL},
        {"max-p", 0, 0, G_OPTION_ARG_DOUBLE, &a.max_p, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    if (argc != 2 || a.places == NULL)
        return cli_usage(context,
                         _("Name one CSV file of cases (date, place, count), and the places "
                           "with --places FILE (place, latitude, longitude)."));
    g_autoptr(GError) error = NULL;
    return run(context, &a, argv[1], &error) ? CLI_DONE : cli_fail(context, error);
}
