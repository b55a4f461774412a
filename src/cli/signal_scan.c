/* `zenhar signal scan`: clusters in space and time. */
#include "cli/signal_commands.h"
#include "cli/signal_satscan.h"
#include "signal/scan.h"
#include "signal/series.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    char *places, *population, *prm, *kind, *model, *from, *to, *interval, *calendar, *out;
    int max_window, min_window, min_cases, replications, threads;
    gint64 seed;
    double max_radius, max_share, max_p;
} Arguments;

static void arguments_clear(Arguments *a)
{
    char *texts[] = {a->places, a->population, a->prm,      a->kind,     a->model,
                     a->from,   a->to,         a->interval, a->calendar, a->out};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Arguments, arguments_clear)

/* SaTScan's own files have no heading and blanks between the fields: .cas (place, count, day as
 * 2001/11/22, further columns that are not read) and .geo (place, latitude, longitude); .pop
 * (place, date, population). They become the CSV that they say; groups of people count with --prm
 * alone. NULL when it is none of them. */
static const char *satscan_heading(const char *path)
{
    return g_str_has_suffix(path, ".cas")   ? "place,count,date\n"
           : g_str_has_suffix(path, ".pop") ? "place,date,population\n"
           : g_str_has_suffix(path, ".geo") ? "place,latitude,longitude\n"
                                            : NULL;
}

static CsvTable *load_satscan(const char *path, const char *heading, GError **error)
{
    g_autofree char *text = NULL;
    if (!cli_read(path, &text, NULL, error))
        return NULL;
    g_autoptr(GString) csv = g_string_new(heading);
    int date = strstr(heading, ",date,") != NULL ? 1 : strstr(heading, ",date") != NULL ? 2 : -1;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        g_auto(GStrv) words = g_strsplit_set(g_strstrip(*line), " \t,", -1);
        int n = 0;
        for (char **word = words; *word != NULL && n < 3; word++) {
            if (**word == '\0')
                continue;
            gint32 day;
            if (n == date && satscan_parse_day(*word, &day)) {
                g_autofree char *iso = signal_format_day(day);
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

/* A whole number from 0 on. */
static bool read_count(const CsvTable *csv, const char *path, gsize row, gssize column, double *to,
                       GError **error)
{
    if (!read_number(csv, path, row, column, to, error))
        return false;
    if (*to >= 0 && *to == floor(*to))
        return true;
    const char *text = csv_table_cell(csv, row, column);
    g_autofree char *what =
        g_strdup_printf(*to < 0 ? _("%s is negative; a count cannot be. Correct the figure.")
                                : _("%s is not a whole number; give counts of events, not rates."),
                        text);
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                _("%s, line %" G_GUINT64_FORMAT ", column %s: %s"), path, csv->lines[row],
                csv->columns[column], what);
    return false;
}

/* ret_people: of each place, where the file tells them; else NULL. */
static bool load_places(ScanInput *input, const char *path, GArray **ret_people, GError **error)
{
    g_autoptr(CsvTable) csv = load_table(path, error);
    gssize name, latitude, longitude;
    if (csv == NULL || (name = signal_need_column(csv, path, "place", error)) < 0 ||
        (latitude = signal_need_column(csv, path, "latitude", error)) < 0 ||
        (longitude = signal_need_column(csv, path, "longitude", error)) < 0)
        return false;
    gssize population = csv_table_column(csv, "population");
    g_autoptr(GArray) people = g_array_new(FALSE, FALSE, sizeof(double));
    for (gsize row = 0; row < csv->n_rows; row++) {
        double x, y, n = 0;
        if (!read_number(csv, path, row, latitude, &x, error) ||
            !read_number(csv, path, row, longitude, &y, error) ||
            (population >= 0 && !read_number(csv, path, row, population, &n, error)) ||
            !scan_input_add(input, csv_table_cell(csv, row, name), x, y, path, csv->lines[row],
                            error))
            return false;
        g_array_append_val(people, n);
    }
    if (population >= 0)
        *ret_people = g_steal_pointer(&people);
    return true;
}

static bool read_day(const CsvTable *csv, const char *path, gsize row, gssize column,
                     Calendar calendar, gint32 *ret_day, GError **error)
{
    if (signal_parse_day(csv_table_cell(csv, row, column), calendar, ret_day, error))
        return true;
    g_prefix_error(error, _("%s, line %" G_GUINT64_FORMAT ", column date: "), path,
                   csv->lines[row]);
    return false;
}

/* Cases as events: day, place and weight of each row; then counts of intervals. */
static bool load_cases(ScanInput *input, const Arguments *a, const char *path, Calendar calendar,
                       SignalInterval interval, GError **error)
{
    g_autoptr(CsvTable) csv = load_table(path, error);
    gssize date, place;
    if (csv == NULL || (date = signal_need_column(csv, path, "date", error)) < 0 ||
        (place = signal_need_column(csv, path, "place", error)) < 0)
        return false;
    gssize count = csv_table_column(csv, "count");
    gsize n = csv->n_rows;
    g_autofree gint32 *days = g_new(gint32, n + 1);
    g_autofree double *weights = g_new(double, n + 1);
    g_autofree guint *groups = g_new(guint, n + 1);
    gint32 first = G_MAXINT32, last = G_MININT32;
    for (gsize row = 0; row < n; row++) {
        gssize at =
            scan_input_place(input, csv_table_cell(csv, row, place), path, csv->lines[row], error);
        weights[row] = 1;
        if (at < 0 || (count >= 0 && !read_count(csv, path, row, count, &weights[row], error)) ||
            !read_day(csv, path, row, date, calendar, &days[row], error))
            return false;
        groups[row] = (guint)at;
        first = MIN(first, days[row]);
        last = MAX(last, days[row]);
    }
    if (n == 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA, _("%s holds no rows."), path);
        return false;
    }
    if ((a->from != NULL && !signal_parse_day(a->from, calendar, &first, error)) ||
        (a->to != NULL && !signal_parse_day(a->to, calendar, &last, error)))
        return false;
    g_autoptr(SignalSeries) series =
        signal_series_new(interval, days, weights, groups, n, input->n_places, first, last, error);
    if (series == NULL)
        return false;
    input->n_intervals = series->n;
    input->outside = series->outside;
    input->starts = g_new(gint32, series->n + 1);
    memcpy(input->starts, series->starts, series->n * sizeof(gint32));
    input->starts[series->n] = signal_interval_next(interval, series->starts[series->n - 1]);
    input->counts = g_memdup2(series->counts, input->n_places * series->n * sizeof(double));
    return true;
}

/* Expected numbers from --population (place, date, population), or from the places' own people. */
static bool load_expected(ScanInput *input, const Arguments *a, const GArray *people,
                          Calendar calendar, GError **error)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(SignalScanPopulation));
    for (guint p = 0; a->population == NULL && p < people->len; p++) {
        SignalScanPopulation one = {p, 0, input->starts[0], g_array_index(people, double, p)};
        g_array_append_val(rows, one);
    }
    g_autoptr(CsvTable) csv = NULL;
    gssize date = -1, place = -1, population = -1;
    if (a->population != NULL &&
        ((csv = load_table(a->population, error)) == NULL ||
         (place = signal_need_column(csv, a->population, "place", error)) < 0 ||
         (date = signal_need_column(csv, a->population, "date", error)) < 0 ||
         (population = signal_need_column(csv, a->population, "population", error)) < 0))
        return false;
    for (gsize row = 0; csv != NULL && row < csv->n_rows; row++) {
        SignalScanPopulation one = {0};
        gssize at = scan_input_place(input, csv_table_cell(csv, row, place), a->population,
                                     csv->lines[row], error);
        if (at < 0 || !read_day(csv, a->population, row, date, calendar, &one.day, error) ||
            !read_number(csv, a->population, row, population, &one.population, error))
            return false;
        one.place = (guint)at;
        g_array_append_val(rows, one);
    }
    for (guint i = 0; i < rows->len; i++)
        if (!(g_array_index(rows, SignalScanPopulation, i).population >= 0)) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA, _("A population is negative."));
            return false;
        }
    gsize cells = input->n_places * input->n_intervals;
    double cases = 0;
    for (gsize i = 0; i < cells; i++)
        cases += input->counts[i];
    input->expected = g_new0(double, cells + 1);
    return signal_scan_expected((SignalScanPopulation *)(void *)rows->data, rows->len, &cases, 1,
                                input->n_places, input->starts, input->n_intervals, input->expected,
                                error);
}

static void append_clusters(GString *out, const SignalScan *scan, const ScanInput *input)
{
    g_string_append(out, "cluster,centre,places,radius_km,from,to,cases,expected,ratio,statistic,"
                         "pvalue,recurrence_intervals,reason\n");
    for (gsize i = 0; i < scan->n_clusters; i++) {
        const SignalScanCluster *c = &scan->clusters[i];
        g_autoptr(GString) names = g_string_new(NULL);
        for (gsize k = 0; k < c->n_places; k++)
            g_string_append_printf(names, "%s%s", k > 0 ? "; " : "",
                                   (char *)input->names->pdata[c->places[k]]);
        g_autofree char *from = signal_format_day(input->starts[c->first]);
        g_autofree char *to = signal_format_day(input->starts[c->last + 1] - 1);
        csv_append_integer(out, (gint64)i + 1);
        csv_append(out, input->names->pdata[c->centre]);
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
        g_autofree char *recurrence = i18n_integer((gint64)round(c->recurrence));
        g_autofree char *chance = i18n_decimal(100 * c->p_value, 1);
        g_autofree char *reason =
            isnan(c->recurrence)
                ? g_strdup_printf(_("%s reported where %s were expected (places: %s); chance alone "
                                    "shows a cluster as clear in %s%% of its tries."),
                                  cases, expected, n, chance)
                : g_strdup_printf(_("%s reported where %s were expected (places: %s); by chance "
                                    "alone something like this appears once in about %s "
                                    "intervals."),
                                  cases, expected, n, recurrence);
        csv_append(out, reason);
        csv_append_end(out);
    }
}

static bool set_kind(SignalScanOptions *o, const char *name, GError **error)
{
    static const char *const KINDS[] = {"prospective", "retrospective", "spatial"};
    for (int i = 0; name != NULL && i < (int)G_N_ELEMENTS(KINDS); i++)
        if (strcmp(name, KINDS[i]) == 0) {
            o->kind = (SignalScanKind)i;
            return true;
        }
    if (name != NULL)
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("--kind %s is not known; there are prospective, retrospective and spatial."),
                    name);
    return name == NULL;
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
    return set_kind(o, a->kind, error);
}

static bool load(ScanInput *input, SignalScanOptions *options, const Arguments *a, const char *path,
                 GError **error)
{
    Calendar calendar;
    SignalInterval interval = SIGNAL_DAILY;
    if (a->prm != NULL)
        return satscan_load(a->prm, options, input, error);
    if (!signal_parse_calendar(a->calendar, &calendar, error))
        return false;
    if (a->interval != NULL && !signal_interval_parse(a->interval, &interval)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("--interval %s is not known; there are daily, weekly, weekly-solar-hijri, "
                      "monthly and monthly-solar-hijri."),
                    a->interval);
        return false;
    }
    g_autoptr(GArray) people = NULL;
    if (!load_places(input, a->places, &people, error))
        return false;
    bool poisson = options->model == SIGNAL_SCAN_POISSON;
    if (poisson && people == NULL && a->population == NULL) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("--model poisson needs a column “population” in %s."), a->places);
        return false;
    }
    return load_cases(input, a, path, calendar, interval, error) &&
           (!poisson || load_expected(input, a, people, calendar, error));
}

static bool run(CliContext *context, const Arguments *a, const char *path, GError **error)
{
    SignalScanOptions options;
    g_auto(ScanInput) input = {0};
    scan_input_start(&input);
    if (!set_options(&options, a, error) || !load(&input, &options, a, path, error))
        return false;
    g_autoptr(SignalScan) scan = signal_scan(
        (const double *)(void *)input.latitude->data, (const double *)(void *)input.longitude->data,
        input.n_places, input.counts, input.expected, input.n_intervals, &options, error);
    if (scan == NULL)
        return false;
    if (input.outside > 0)
        cli_say(context, _("%" G_GSIZE_FORMAT " rows lie outside the span and are not counted."),
                input.outside);
    g_autoptr(GString) out = g_string_new(NULL);
    append_clusters(out, scan, &input);
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
        {"population", 0, 0, G_OPTION_ARG_FILENAME, &a.population, NULL, NULL},
        {"prm", 0, 0, G_OPTION_ARG_FILENAME, &a.prm, NULL, NULL},
        {"kind", 0, 0, G_OPTION_ARG_STRING, &a.kind, NULL, NULL},
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
    if (a.prm != NULL ? argc != 1 : argc != 2 || a.places == NULL)
        return cli_usage(context,
                         _("Name one CSV file of cases (date, place, count), and the places "
                           "with --places FILE (place, latitude, longitude); or a parameter "
                           "file of SaTScan alone, with --prm FILE."));
    g_autoptr(GError) error = NULL;
    return run(context, &a, argc > 1 ? argv[1] : NULL, &error) ? CLI_DONE
                                                               : cli_fail(context, error);
}
