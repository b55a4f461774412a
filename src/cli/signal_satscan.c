/* SaTScan's files: .prm (settings as KEY=VALUE), .cas (place, cases, date, groups), .geo
 * (place, latitude, longitude), .pop (place, date, people, groups). Their fields are
 * separated by blanks, tabs or commas;
 * https://www.satscan.org/cgi-bin/satscan/register.pl/SaTScan_Users_Guide.pdf */
#include "cli/signal_satscan.h"

#include "base/edtf.h"
#include "base/error.h"
#include "base/i18n.h"
#include "cli/cli.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- what a scan reads ---- */

void scan_input_start(ScanInput *input)
{
    *input = (ScanInput){.names = g_ptr_array_new_with_free_func(g_free),
                         .by_name = g_hash_table_new(g_str_hash, g_str_equal),
                         .latitude = g_array_new(FALSE, FALSE, sizeof(double)),
                         .longitude = g_array_new(FALSE, FALSE, sizeof(double))};
}

void scan_input_clear(ScanInput *input)
{
    g_clear_pointer(&input->by_name, g_hash_table_unref);
    g_clear_pointer(&input->names, g_ptr_array_unref);
    g_clear_pointer(&input->latitude, g_array_unref);
    g_clear_pointer(&input->longitude, g_array_unref);
    g_free(input->starts);
    g_free(input->counts);
    g_free(input->expected);
}

bool scan_input_add(ScanInput *input, const char *name, double latitude, double longitude,
                    const char *path, guint64 line, GError **error)
{
    char *own = g_strdup(name);
    if (g_hash_table_contains(input->by_name, own)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    _("%s, line %" G_GUINT64_FORMAT ": %s stands here twice."), path, line, own);
        g_free(own);
        return false;
    }
    g_ptr_array_add(input->names, own);
    g_array_append_val(input->latitude, latitude);
    g_array_append_val(input->longitude, longitude);
    g_hash_table_insert(input->by_name, own, GSIZE_TO_POINTER(++input->n_places));
    return true;
}

gssize scan_input_place(const ScanInput *input, const char *name, const char *path, guint64 line,
                        GError **error)
{
    gssize at = (gssize)GPOINTER_TO_SIZE(g_hash_table_lookup(input->by_name, name)) - 1;
    if (at < 0)
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    _("%s, line %" G_GUINT64_FORMAT ": the place “%s” has no coordinates."), path,
                    line, name);
    return at;
}

bool satscan_parse_day(const char *text, gint32 *ret_day)
{
    int year, month = 7, day = 1, end = 0;
    char separator;
    if (sscanf(text, "%d%n", &year, &end) != 1 || year < 0 || year > 9999)
        return false;
    if (end <= 2) /* two digits: from 1930 to 2029 */
        year += year < 30 ? 2000 : 1900;
    if (text[end] != '\0') {
        int more = 0, last = 0;
        int n =
            sscanf(text + end, "%c%d%n%c%d%n", &separator, &month, &more, &separator, &day, &last);
        if (n == 2) {
            day = 15;
            last = more;
        }
        if ((n != 2 && n != 4) || text[end + last] != '\0' ||
            (separator != '/' && separator != '-'))
            return false;
    }
    if (month < 1 || month > 12 || day < 1 ||
        day > edtf_month_length(CALENDAR_GREGORIAN, year, month))
        return false;
    *ret_day = edtf_day_from_gregorian(year, month, day);
    return true;
}

/* ---- files ---- */

typedef struct {
    const char *path;
    guint64 line;
    char **words; /* of the present line */
    guint n_words;
} Row;

typedef bool RowFunc(const Row *row, void *context, GError **error);

static bool bad_row(GError **error, const Row *row, const char *what)
{
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT, _("%s, line %" G_GUINT64_FORMAT ": %s."),
                row->path, row->line, what);
    return false;
}

static bool read_rows(const char *path, RowFunc *take, void *context, GError **error)
{
    g_autofree char *text = NULL;
    if (!cli_read(path, &text, NULL, error))
        return false;
    if (!g_utf8_validate(text, -1, NULL)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT, _("%s is not text in UTF-8."), path);
        return false;
    }
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    Row row = {.path = path};
    bool done = true;
    for (char **line = lines; done && *line != NULL; line++) {
        row.line++;
        g_auto(GStrv) parts = g_strsplit_set(g_strstrip(*line), " \t,", -1);
        g_autoptr(GPtrArray) words = g_ptr_array_new();
        for (char **part = parts; *part != NULL; part++)
            if (**part != '\0')
                g_ptr_array_add(words, *part);
        if (words->len == 0)
            continue;
        row.n_words = words->len;
        g_ptr_array_add(words, NULL);
        row.words = (char **)words->pdata;
        done = take(&row, context, error);
    }
    return done;
}

typedef struct {
    gsize cell; /* place · n_intervals + interval */
    guint category;
    double cases;
} Cases;

typedef struct {
    ScanInput *input;
    bool timed;             /* the case file has dates */
    GHashTable *categories; /* words that tell a group to its number + 1 */
    GArray *category_cases; /* double */
    GArray *population;     /* SignalScanPopulation */
    GArray *cases;          /* Cases */
} Job;

/* The group of the words from `first` on. */
static guint category_of(Job *job, const Row *row, guint first)
{
    g_autoptr(GString) name = g_string_new(NULL);
    for (guint i = first; i < row->n_words; i++)
        g_string_append_printf(name, "\x1f%s", row->words[i]);
    guint at = GPOINTER_TO_UINT(g_hash_table_lookup(job->categories, name->str));
    if (at == 0) {
        const double none = 0;
        g_array_append_val(job->category_cases, none);
        at = job->category_cases->len;
        g_hash_table_insert(job->categories, g_strdup(name->str), GUINT_TO_POINTER(at));
    }
    return at - 1;
}

static bool take_place(const Row *row, void *context, GError **error)
{
    Job *job = context;
    double latitude, longitude;
    if (row->n_words < 3 || !csv_parse_double(row->words[1], &latitude) ||
        !csv_parse_double(row->words[2], &longitude))
        return bad_row(error, row, _("a place wants its name and two coordinates"));
    return scan_input_add(job->input, row->words[0], latitude, longitude, row->path, row->line,
                          error);
}

static bool take_population(const Row *row, void *context, GError **error)
{
    Job *job = context;
    SignalScanPopulation one = {0};
    gssize place = scan_input_place(job->input, row->words[0], row->path, row->line, error);
    if (place < 0)
        return false;
    if (row->n_words < 3 || !satscan_parse_day(row->words[1], &one.day) ||
        !csv_parse_double(row->words[2], &one.population) || !(one.population >= 0) ||
        !isfinite(one.population))
        return bad_row(error, row,
                       _("a population wants its place, a date and a number that is not negative"));
    one.place = (guint)place;
    one.category = category_of(job, row, 3);
    g_array_append_val(job->population, one);
    return true;
}

/* The interval that holds a day; -1: none. */
static gssize interval_of(const ScanInput *input, gint32 day)
{
    if (day < input->starts[0] || day >= input->starts[input->n_intervals])
        return -1;
    gsize low = 0, high = input->n_intervals;
    while (high - low > 1) {
        gsize middle = (low + high) / 2;
        if (input->starts[middle] <= day)
            low = middle;
        else
            high = middle;
    }
    return (gssize)low;
}

static bool take_case(const Row *row, void *context, GError **error)
{
    Job *job = context;
    ScanInput *input = job->input;
    double cases;
    gint32 day = input->starts[0];
    gssize place = scan_input_place(input, row->words[0], row->path, row->line, error);
    if (place < 0)
        return false;
    if (row->n_words < (job->timed ? 3u : 2u) || !csv_parse_double(row->words[1], &cases) ||
        !(cases >= 0) || cases != floor(cases) ||
        (job->timed && !satscan_parse_day(row->words[2], &day)))
        return bad_row(error, row,
                       _("a row of cases wants its place, a whole number from 0 on and a date"));
    gssize t = interval_of(input, day);
    if (t < 0) {
        input->outside += (gsize)cases;
        return true;
    }
    const Cases one = {(gsize)place * input->n_intervals + (gsize)t,
                       category_of(job, row, job->timed ? 3 : 2), cases};
    g_array_append_val(job->cases, one);
    g_array_index(job->category_cases, double, one.category) += cases;
    return true;
}

/* ---- settings ---- */

typedef struct {
    GHashTable *values;
    const char *path;
} Settings;

/* Keys are the same in all versions; the sections they stand in are not. */
static GHashTable *read_settings(const char *path, GError **error)
{
    g_autofree char *text = NULL;
    if (!cli_read(path, &text, NULL, error))
        return NULL;
    GHashTable *values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        char *equals = strchr(*line, '=');
        if (**line == ';' || equals == NULL)
            continue;
        *equals = '\0';
        g_hash_table_insert(values, g_strdup(g_strstrip(*line)), g_strdup(g_strstrip(equals + 1)));
    }
    return values;
}

static const char *setting(const Settings *s, const char *key)
{
    const char *value = g_hash_table_lookup(s->values, key);
    return value != NULL ? value : "";
}

static double number_of(const Settings *s, const char *key, double usual)
{
    double x;
    return csv_parse_double(setting(s, key), &x) && isfinite(x) ? x : usual;
}

static bool refuse(const Settings *s, const char *key, GError **error)
{
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                _("%s asks for %s=%s, which this scan does not do: it knows high rates in circles, "
                  "by the discrete Poisson and the space-time permutation model, unadjusted."),
                s->path, key, setting(s, key));
    return false;
}

/* Settings that must be absent, or one of these. */
static bool check_settings(const Settings *s, GError **error)
{
    static const struct {
        const char *key, *allowed; /* single letters */
    } CHECKS[] = {{"AnalysisType", "134"},
                  {"ModelType", "02"},
                  {"ScanAreas", "1"},
                  {"TimeAggregationUnits", "0123"},
                  {"CoordinatesType", "01"},
                  {"SpatialWindowShapeType", "0"},
                  {"UseGridFile", "n"},
                  {"IncludePurelySpatial", "n"},
                  {"IncludePurelyTemporal", "n"},
                  {"TimeTrendAdjustmentType", "0"},
                  {"SpatialAdjustmentType", "0"},
                  {"AdjustForWeeklyTrends", "n"},
                  {"UseAdjustmentsByRRFile", "n"},
                  {"AdjustForEarlierAnalyses", "n"},
                  {"IterativeScan", "n"},
                  {"IsotonicScan", "0"},
                  {"UseNeighborsFile", "n"},
                  {"UseMetaLocationsFile", "n"},
                  {"UseLocationsNetworkFile", "n"},
                  {"MultipleCoordinatesType", "0"}};
    for (gsize i = 0; i < G_N_ELEMENTS(CHECKS); i++) {
        const char *value = setting(s, CHECKS[i].key);
        if (*value != '\0' && (value[1] != '\0' || strchr(CHECKS[i].allowed, *value) == NULL))
            return refuse(s, CHECKS[i].key, error);
    }
    if (*setting(s, "CaseFile2") != '\0')
        return refuse(s, "CaseFile2", error);
    return true;
}

/* The intervals are counted from the end, so that the first one may be short. */
static bool set_intervals(const Settings *s, ScanInput *input, GError **error)
{
    gint32 first, last;
    if (!satscan_parse_day(setting(s, "StartDate"), &first) ||
        !satscan_parse_day(setting(s, "EndDate"), &last) || last < first) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    _("%s: StartDate and EndDate must be days such as 2001/11/24, in order."),
                    s->path);
        return false;
    }
    bool whole = number_of(s, "AnalysisType", 4) == 1;
    int unit = (int)number_of(s, "TimeAggregationUnits", 3);
    int length = MAX(1, (int)number_of(s, "TimeAggregationLength", 1));
    g_autoptr(GArray) back = g_array_new(FALSE, FALSE, sizeof(gint32));
    gint32 at = last + 1;
    int year, month, day;
    edtf_day_to_gregorian(at, &year, &month, &day);
    for (int i = 1; at > first; i++) {
        g_array_append_val(back, at);
        int months = year * 12 + month - 1 - i * length * (unit == 1 ? 12 : 1);
        at = whole ? first
             : unit == 3 || unit == 0
                 ? at - length
                 : edtf_day_from_gregorian(
                       months / 12, months % 12 + 1,
                       MIN(day,
                           edtf_month_length(CALENDAR_GREGORIAN, months / 12, months % 12 + 1)));
    }
    input->n_intervals = back->len;
    input->starts = g_new(gint32, back->len + 1);
    input->starts[0] = first;
    for (guint i = 0; i < back->len; i++)
        input->starts[back->len - i] = g_array_index(back, gint32, i);
    return true;
}

static void set_options(const Settings *s, const ScanInput *input, SignalScanOptions *o)
{
    double n = (double)input->n_intervals, longest = number_of(s, "MaxTemporalSize", 50);
    int analysis = (int)number_of(s, "AnalysisType", 4);
    o->kind = analysis == 1   ? SIGNAL_SCAN_SPATIAL
              : analysis == 3 ? SIGNAL_SCAN_RETROSPECTIVE
                              : SIGNAL_SCAN_PROSPECTIVE;
    o->model = number_of(s, "ModelType", 2) == 0 ? SIGNAL_SCAN_POISSON : SIGNAL_SCAN_PERMUTATION;
    o->cartesian = number_of(s, "CoordinatesType", 1) == 0;
    if (number_of(s, "MaxTemporalSizeInterpretation", 0) == 0)
        longest = floor(n * longest / 100 + 1e-9);
    else
        longest = floor(longest / MAX(1, number_of(s, "TimeAggregationLength", 1)));
    o->max_window = (guint)CLAMP(longest, 1, n);
    o->min_window = (guint)CLAMP(number_of(s, "MinimumTemporalClusterSize", 1), 1, n);
    o->max_share = number_of(s, "MaxSpatialSizeInPopulationAtRisk", 50) / 100;
    if (g_ascii_tolower(setting(s, "UseDistanceFromCenterOption")[0]) == 'y')
        o->max_radius_km = number_of(s, "MaxSpatialSizeInDistanceFromCenter", 1);
    o->min_cases = (guint)MAX(1, number_of(s, "MinimumCasesInHighRateClusters", 2));
    o->replications = (guint)CLAMP(number_of(s, "MonteCarloReps", 999), 1, 1e6);
}

static char *beside(const Settings *s, const char *key, GError **error)
{
    const char *name = setting(s, key);
    g_autofree char *folder = g_path_get_dirname(s->path);
    if (*name != '\0')
        return g_path_is_absolute(name) ? g_strdup(name) : g_build_filename(folder, name, NULL);
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT, _("%s names no %s."), s->path, key);
    return NULL;
}

bool satscan_load(const char *path, SignalScanOptions *options, ScanInput *input, GError **error)
{
    g_autoptr(GHashTable) values = read_settings(path, error);
    if (values == NULL)
        return false;
    const Settings s = {values, path};
    g_autofree char *places = beside(&s, "CoordinatesFile", error);
    g_autofree char *cases = places != NULL ? beside(&s, "CaseFile", error) : NULL;
    if (cases == NULL || !check_settings(&s, error) || !set_intervals(&s, input, error))
        return false;
    set_options(&s, input, options);
    g_autoptr(GHashTable) categories = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GArray) category_cases = g_array_new(FALSE, FALSE, sizeof(double));
    g_autoptr(GArray) population = g_array_new(FALSE, FALSE, sizeof(SignalScanPopulation));
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(Cases));
    Job job = {.input = input,
               .cases = rows,
               .timed = number_of(&s, "PrecisionCaseTimes", 3) != 0,
               .categories = categories,
               .category_cases = category_cases};
    if (!read_rows(places, take_place, &job, error))
        return false;
    if (options->model == SIGNAL_SCAN_POISSON) {
        g_autofree char *people = beside(&s, "PopulationFile", error);
        job.population = population;
        if (people == NULL || !read_rows(people, take_population, &job, error))
            return false;
    }
    if (!read_rows(cases, take_case, &job, error))
        return false;
    gsize cells = input->n_places * input->n_intervals;
    options->n_groups = job.population == NULL ? category_cases->len : 1;
    input->counts = g_new0(double, cells *MAX(options->n_groups, 1) + 1);
    for (guint i = 0; i < rows->len; i++) {
        const Cases *one = &g_array_index(rows, Cases, i);
        input->counts[(job.population == NULL ? one->category * cells : 0) + one->cell] +=
            one->cases;
    }
    if (job.population == NULL)
        return true;
    input->expected = g_new0(double, cells + 1);
    return signal_scan_expected((SignalScanPopulation *)(void *)population->data, population->len,
                                (const double *)(const void *)category_cases->data,
                                category_cases->len, input->n_places, input->starts,
                                input->n_intervals, input->expected, error);
}
