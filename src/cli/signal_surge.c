/* `zenhar signal surge`. */
#include "base/csv.h"
#include "base/workers.h"
#include "cli/signal_commands.h"
#include "cli/signal_table.h"
#include "render/chart.h"
#include "render/chart_file.h"
#include "signal/surge.h"
#include <math.h>
#include <string.h>

typedef struct {
    char *method, *range, *threshold, *power, *transform, *calendar, *start, *out, *returned,
        *chart, *population;
    int freq, years_back, half_window, periods, exclude_recent, limit_weeks, baseline, threads;
    double alpha, weights_threshold, trend_p, limit_cases, min_sigma, cusum_k, cusum_h, mean;
    double dispersion, glr_limit;
    gboolean no_reweight, no_trend, reset, no_current_year, current_year, alarms, fill_gaps,
        by_position;
} Arguments;

static void arguments_clear(Arguments *a)
{
    char *texts[] = {a->method, a->range, a->threshold, a->power, a->transform, a->calendar,
                     a->start,  a->out,   a->returned,  a->chart, a->population};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Arguments, arguments_clear)

/* Options not given keep these. */
static const int UNSET = G_MININT;
static const double UNSET_REAL = -1e300;

static bool parse(CliContext *context, Arguments *a, int *argc, char ***argv, int *status)
{
    *a = (Arguments){.freq = UNSET,
                     .years_back = UNSET,
                     .half_window = UNSET,
                     .periods = UNSET,
                     .exclude_recent = UNSET,
                     .limit_weeks = UNSET,
                     .baseline = UNSET,
                     .alpha = UNSET_REAL,
                     .weights_threshold = UNSET_REAL,
                     .trend_p = UNSET_REAL,
                     .limit_cases = UNSET_REAL,
                     .min_sigma = UNSET_REAL,
                     .cusum_k = UNSET_REAL,
                     .cusum_h = UNSET_REAL,
                     .mean = UNSET_REAL,
                     .dispersion = UNSET_REAL,
                     .glr_limit = UNSET_REAL};
    const GOptionEntry entries[] = {
        {"method", 'm', 0, G_OPTION_ARG_STRING, &a->method, NULL, NULL},
        {"range", 0, 0, G_OPTION_ARG_STRING, &a->range, NULL, NULL},
        {"threshold-method", 0, 0, G_OPTION_ARG_STRING, &a->threshold, NULL, NULL},
        {"power", 0, 0, G_OPTION_ARG_STRING, &a->power, NULL, NULL},
        {"transform", 0, 0, G_OPTION_ARG_STRING, &a->transform, NULL, NULL},
        {"calendar", 0, 0, G_OPTION_ARG_STRING, &a->calendar, NULL, NULL},
        {"start", 0, 0, G_OPTION_ARG_STRING, &a->start, NULL, NULL},
        {"return", 0, 0, G_OPTION_ARG_STRING, &a->returned, NULL, NULL},
        {"out", 'o', 0, G_OPTION_ARG_FILENAME, &a->out, NULL, NULL},
        {"freq", 0, 0, G_OPTION_ARG_INT, &a->freq, NULL, NULL},
        {"years-back", 0, 0, G_OPTION_ARG_INT, &a->years_back, NULL, NULL},
        {"half-window", 0, 0, G_OPTION_ARG_INT, &a->half_window, NULL, NULL},
        {"periods", 0, 0, G_OPTION_ARG_INT, &a->periods, NULL, NULL},
        {"exclude-recent", 0, 0, G_OPTION_ARG_INT, &a->exclude_recent, NULL, NULL},
        {"limit-weeks", 0, 0, G_OPTION_ARG_INT, &a->limit_weeks, NULL, NULL},
        {"baseline", 0, 0, G_OPTION_ARG_INT, &a->baseline, NULL, NULL},
        {"threads", 0, 0, G_OPTION_ARG_INT, &a->threads, NULL, NULL},
        {"alpha", 0, 0, G_OPTION_ARG_DOUBLE, &a->alpha, NULL, NULL},
        {"weights-threshold", 0, 0, G_OPTION_ARG_DOUBLE, &a->weights_threshold, NULL, NULL},
        {"trend-p", 0, 0, G_OPTION_ARG_DOUBLE, &a->trend_p, NULL, NULL},
        {"limit-cases", 0, 0, G_OPTION_ARG_DOUBLE, &a->limit_cases, NULL, NULL},
        {"min-sigma", 0, 0, G_OPTION_ARG_DOUBLE, &a->min_sigma, NULL, NULL},
        {"cusum-k", 0, 0, G_OPTION_ARG_DOUBLE, &a->cusum_k, NULL, NULL},
        {"cusum-h", 0, 0, G_OPTION_ARG_DOUBLE, &a->cusum_h, NULL, NULL},
        {"mean", 0, 0, G_OPTION_ARG_DOUBLE, &a->mean, NULL, NULL},
        {"dispersion", 0, 0, G_OPTION_ARG_DOUBLE, &a->dispersion, NULL, NULL},
        {"glr-limit", 0, 0, G_OPTION_ARG_DOUBLE, &a->glr_limit, NULL, NULL},
        {"no-reweight", 0, 0, G_OPTION_ARG_NONE, &a->no_reweight, NULL, NULL},
        {"no-trend", 0, 0, G_OPTION_ARG_NONE, &a->no_trend, NULL, NULL},
        {"reset", 0, 0, G_OPTION_ARG_NONE, &a->reset, NULL, NULL},
        {"no-current-year", 0, 0, G_OPTION_ARG_NONE, &a->no_current_year, NULL, NULL},
        {"current-year", 0, 0, G_OPTION_ARG_NONE, &a->current_year, NULL, NULL},
        {"chart", 0, 0, G_OPTION_ARG_FILENAME, &a->chart, NULL, NULL},
        {"population", 0, 0, G_OPTION_ARG_FILENAME, &a->population, NULL, NULL},
        {"alarms", 0, 0, G_OPTION_ARG_NONE, &a->alarms, NULL, NULL},
        {"fill-gaps", 0, 0, G_OPTION_ARG_NONE, &a->fill_gaps, NULL, NULL},
        {"by-position", 0, 0, G_OPTION_ARG_NONE, &a->by_position, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    return cli_parse(context, entries, argc, argv, status);
}

/* ---- options ---- */

static bool choose(const char *option, const char *value, const char *const *names, int *ret_choice,
                   GError **error)
{
    if (value == NULL)
        return true;
    for (int i = 0; names[i] != NULL; i++)
        if (g_ascii_strcasecmp(value, names[i]) == 0) {
            *ret_choice = i;
            return true;
        }
    g_autofree char *all = g_strjoinv(", ", (char **)names);
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE, _("%s %s is not known; there are: %s."),
                option, value, all);
    return false;
}

static bool set_whole(guint *to, const char *name, int value, GError **error)
{
    if (value == UNSET)
        return true;
    if (value < 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("%s %d is negative; it counts intervals."), name, value);
        return false;
    }
    *to = (guint)value;
    return true;
}

static bool set_choices(SignalSurgeOptions *o, const Arguments *a, GError **error)
{
    static const char *const THRESHOLDS[] = {"delta", "nbPlugin", "muan", NULL};
    static const char *const POWERS[] = {"2/3", "1/2", "none", NULL};
    static const char *const TRANSFORMS[] = {"standard",      "rossi", "anscombe", "anscombe2nd",
                                             "pearsonNegBin", "none",  NULL};
    static const char *const RETURNS[] = {"cases", "value", NULL};
    int threshold = o->threshold, power = o->power, transform = o->transform, value = 0;
    if (!choose("--threshold-method", a->threshold, THRESHOLDS, &threshold, error) ||
        !choose("--power", a->power, POWERS, &power, error) ||
        !choose("--transform", a->transform, TRANSFORMS, &transform, error) ||
        !choose("--return", a->returned, RETURNS, &value, error))
        return false;
    o->threshold = (SignalThreshold)threshold;
    o->power = (SignalPower)power;
    o->transform = (SignalCusumTransform)transform;
    o->glr_value = value == 1;
    return true;
}

static bool set_options(SignalSurgeOptions *o, const Arguments *a, GError **error)
{
    const struct {
        guint *to;
        const char *name;
        int value;
    } whole[] = {
        {&o->freq, "--freq", a->freq},
        {&o->years_back, "--years-back", a->years_back},
        {&o->half_window, "--half-window", a->half_window},
        {&o->periods, "--periods", a->periods},
        {&o->exclude_recent, "--exclude-recent", a->exclude_recent},
        {&o->limit_weeks, "--limit-weeks", a->limit_weeks},
        {&o->baseline, "--baseline", a->baseline},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(whole); i++)
        if (!set_whole(whole[i].to, whole[i].name, whole[i].value, error))
            return false;
    if (a->exclude_recent == UNSET && o->method == SIGNAL_FARRINGTON_FLEXIBLE)
        o->exclude_recent = o->half_window;
    const struct {
        double *to, value;
    } real[] = {
        {&o->alpha, a->alpha},           {&o->weights_threshold, a->weights_threshold},
        {&o->trend_p, a->trend_p},       {&o->limit_cases, a->limit_cases},
        {&o->min_sigma, a->min_sigma},   {&o->cusum_k, a->cusum_k},
        {&o->cusum_h, a->cusum_h},       {&o->mean, a->mean},
        {&o->dispersion, a->dispersion}, {&o->glr_limit, a->glr_limit},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(real); i++)
        if (real[i].value != UNSET_REAL)
            *real[i].to = real[i].value;
    o->reweight = !a->no_reweight;
    o->trend = !a->no_trend;
    o->cusum_reset = a->reset;
    o->use_current_year = (o->use_current_year || a->current_year) && !a->no_current_year;
    return set_choices(o, a, error) && signal_surge_check(o, error);
}

static bool set_range(const SignalTable *table, const Arguments *a, Calendar calendar,
                      const SignalSurgeOptions *o, gsize *ret_first, gsize *ret_last,
                      GError **error)
{
    *ret_first = signal_surge_first(o);
    *ret_last = table->n;
    if (a->range == NULL)
        return true;
    g_auto(GStrv) ends = g_strsplit(a->range, ":", 2);
    if (g_strv_length(ends) != 2) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("--range wants two ends with a colon between them, such as 105:209."));
        return false;
    }
    if (ends[0][0] != '\0' &&
        (*ret_first = signal_table_position(table, ends[0], calendar, error)) == 0)
        return false;
    if (ends[1][0] != '\0' &&
        (*ret_last = signal_table_position(table, ends[1], calendar, error)) == 0)
        return false;
    if (*ret_first <= *ret_last)
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE, _("--range %s ends before it begins."),
                a->range);
    return false;
}

/* ---- all series ---- */

typedef struct {
    const SignalTable *table, *people; /* people: NULL, or of one series for all, or of each */
    const SignalSurgeOptions *options;
    gsize first, last, width;
    SignalPoint *points; /* n_series * width */
    GError **errors;     /* n_series */
} Job;

static void run_one(gsize task, guint worker, void *context)
{
    Job *job = context;
    SignalSurgeOptions options = *job->options;
    if (job->people != NULL)
        options.population = job->people->series[job->people->n_series > 1 ? task : 0].counts;
    signal_surge(job->table->series[task].counts, job->table->n, &options, job->first, job->last,
                 job->points + task * job->width, &job->errors[task]);
}

static bool run_all(Job *job, int threads, GError **error)
{
    gsize n = job->table->n_series;
    job->errors = g_new0(GError *, n);
    workers_run(n, (guint)MAX(threads, 0), run_one, job);
    bool done = true;
    for (gsize s = 0; s < n; s++) {
        if (job->errors[s] == NULL)
            continue;
        if (done) {
            g_propagate_error(error, job->errors[s]);
            const SignalTableSeries *one = &job->table->series[s];
            if (one->unit != NULL)
                g_prefix_error(error, "%s: ", one->unit);
            else if (one->place != NULL || one->kind != NULL)
                g_prefix_error(error, "%s %s: ", one->place != NULL ? one->place : "",
                               one->kind != NULL ? one->kind : "");
        } else {
            g_error_free(job->errors[s]);
        }
        done = false;
    }
    g_free(job->errors);
    return done;
}

/* ---- output ---- */

static void append_row(GString *out, const Job *job, gsize s, gsize at, const double *q)
{
    const SignalTable *table = job->table;
    const SignalPoint *p = &job->points[s * job->width + at];
    if (table->layout == SIGNAL_TABLE_WIDE)
        csv_append(out, table->series[s].unit);
    if (table->series[s].place != NULL)
        csv_append(out, table->series[s].place);
    if (table->series[s].kind != NULL)
        csv_append(out, table->series[s].kind);
    csv_append(out, table->labels[job->first - 1 + at]);
    const double values[] = {p->count, p->expected, p->upper, p->score, p->p_value};
    for (gsize i = 0; i < G_N_ELEMENTS(values); i++)
        csv_append_double(out, values[i]);
    csv_append_integer(out, p->alarm);
    if (p->alarm || p->gap != SIGNAL_GAP_NONE) {
        g_autofree char *reason = signal_surge_reason(p, job->options);
        csv_append(out, reason);
    } else {
        csv_append(out, "");
    }
    if (q != NULL)
        csv_append_double(out, q[s * job->width + at]);
    csv_append_end(out);
}

static void append_head(GString *out, const SignalTable *table, bool q)
{
    if (table->layout == SIGNAL_TABLE_WIDE)
        csv_append(out, "unit");
    if (table->series[0].place != NULL)
        csv_append(out, "place");
    if (table->series[0].kind != NULL)
        csv_append(out, "kind");
    csv_append(out, table->by_date ? "date" : "index");
    static const char *const HEAD[] = {"count",  "expected", "upper", "score",
                                       "pvalue", "alarm",    "reason"};
    for (gsize i = 0; i < G_N_ELEMENTS(HEAD); i++)
        csv_append(out, HEAD[i]);
    if (q)
        csv_append(out, "qvalue");
    csv_append_end(out);
}

/* Alarms with the smallest p first; without p, by how far above the bound. */
typedef struct {
    gsize series, at;
    double p, excess;
} Ranked;

static int by_surety(gconstpointer a, gconstpointer b)
{
    const Ranked *x = a, *y = b;
    if (x->p != y->p)
        return x->p < y->p ? -1 : 1;
    if (x->excess != y->excess)
        return x->excess > y->excess ? -1 : 1;
    if (x->series != y->series)
        return x->series < y->series ? -1 : 1;
    return x->at < y->at ? -1 : x->at > y->at;
}

static void append_alarms(GString *out, const Job *job, const double *q)
{
    g_autoptr(GArray) ranked = g_array_new(FALSE, FALSE, sizeof(Ranked));
    for (gsize s = 0; s < job->table->n_series; s++)
        for (gsize at = 0; at < job->width; at++) {
            const SignalPoint *p = &job->points[s * job->width + at];
            Ranked one = {s, at, isnan(p->p_value) ? 2 : p->p_value,
                          isnan(p->upper) ? 0 : p->count / fmax(p->upper, 1)};
            if (p->alarm)
                g_array_append_val(ranked, one);
        }
    g_array_sort(ranked, by_surety);
    for (guint i = 0; i < ranked->len; i++) {
        const Ranked *one = &g_array_index(ranked, Ranked, i);
        append_row(out, job, one->series, one->at, q);
    }
}

/* Rows of many series are written on all threads, a batch of series at a time, in order. */
enum { BATCH = 512 };

typedef struct {
    const Job *job;
    const double *q;
    gsize first; /* series of the batch's task 0 */
    GString *rows[BATCH];
} Batch;

static void write_one(gsize task, guint worker, void *context)
{
    Batch *batch = context;
    for (gsize at = 0; at < batch->job->width; at++)
        append_row(batch->rows[task], batch->job, batch->first + task, at, batch->q);
}

static void write_rows(CliOutput *output, const Job *job, const double *q, guint threads)
{
    Batch batch = {.job = job, .q = q};
    gsize n = job->table->n_series, most = MIN(n, (gsize)BATCH);
    for (gsize i = 0; i < most; i++)
        batch.rows[i] = g_string_sized_new(1 << 12);
    for (batch.first = 0; batch.first < n; batch.first += most) {
        gsize now = MIN(most, n - batch.first);
        workers_run(now, threads, write_one, &batch);
        for (gsize i = 0; i < now; i++) {
            cli_output_write(output, batch.rows[i]->str, batch.rows[i]->len);
            g_string_truncate(batch.rows[i], 0);
        }
    }
    for (gsize i = 0; i < most; i++)
        g_string_free(batch.rows[i], TRUE);
}

static bool write_result(const Job *job, const Arguments *a, GError **error)
{
    const SignalTable *table = job->table;
    gsize n = table->n_series * job->width;
    g_autofree double *q = NULL;
    if (table->layout != SIGNAL_TABLE_ONE) {
        g_autofree double *p = g_new(double, n);
        q = g_new(double, n);
        for (gsize i = 0; i < n; i++)
            p[i] = isnan(job->points[i].upper) ? NAN : job->points[i].p_value;
        if (!signal_fdr(p, n, q, error))
            return false;
    }
    CliOutput *output = cli_output_open(a->out, error);
    if (output == NULL)
        return false;
    g_autoptr(GString) out = g_string_sized_new(1 << 12);
    append_head(out, table, q != NULL);
    if (a->alarms)
        append_alarms(out, job, q);
    cli_output_write(output, out->str, out->len);
    if (!a->alarms)
        write_rows(output, job, q, (guint)MAX(a->threads, 0));
    return cli_output_close(output, error);
}

/* The first series with band and alarms, as SVG, PDF or PNG. */
static bool write_chart(const Job *job, const char *path, GError **error)
{
    const SignalTable *table = job->table;
    const SignalTableSeries *one = &table->series[0];
    gint32 step = table->freq == 365 ? 1 : table->freq == 12 ? 30 : 7;
    g_autofree StoreSeriesPoint *points = g_new(StoreSeriesPoint, job->width);
    for (gsize i = 0; i < job->width; i++) {
        const SignalPoint *p = &job->points[i];
        gsize at = job->first - 1 + i;
        double day = table->days != NULL ? table->days[at] : (double)at * step;
        points[i] =
            (StoreSeriesPoint){day, p->count, NAN, NAN, NAN, p->expected, p->upper, p->alarm};
    }
    const char *names[] = {one->unit, one->place, one->kind};
    g_autoptr(GString) title = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        if (names[i] != NULL)
            g_string_append_printf(title, "%s%s", title->len > 0 ? ", " : "", names[i]);
    const ChartSeries chart = {.title = title->len > 0 ? title->str : _("Counts and alarms"),
                               .interval_days = step,
                               .n_points = job->width,
                               .points = points};
    g_autoptr(Canvas) canvas = chart_series(&chart);
    return canvas != NULL && chart_file_write(canvas, 0, path, error);
}

/* The people behind the counts: the same intervals, for all series or the same series in order. */
static SignalTable *load_people(const Arguments *a, const SignalTableOptions *reading,
                                const SignalTable *table, GError **error)
{
    SignalTableOptions people = *reading;
    people.people = true;
    g_autoptr(SignalTable) read = signal_table_load(a->population, &people, error);
    if (read == NULL)
        return NULL;
    bool same = read->n == table->n && (read->n_series == 1 || read->n_series == table->n_series);
    for (gsize i = 0; same && i < table->n; i++)
        same = strcmp(read->labels[i], table->labels[i]) == 0;
    for (gsize s = 0; same && read->n_series > 1 && s < table->n_series; s++)
        same = g_strcmp0(read->series[s].unit, table->series[s].unit) == 0 &&
               g_strcmp0(read->series[s].place, table->series[s].place) == 0 &&
               g_strcmp0(read->series[s].kind, table->series[s].kind) == 0;
    if (same)
        return g_steal_pointer(&read);
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                _("%s must have the intervals of the series, and one column “population” or the "
                  "same series in the same order."),
                a->population);
    return NULL;
}

static bool run(CliContext *context, const Arguments *a, const char *path, GError **error)
{
    SignalMethod method = SIGNAL_FARRINGTON_FLEXIBLE;
    if (a->method != NULL && !signal_method_parse(a->method, &method)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("--method %s is not known; see `zenhar signal --help`."), a->method);
        return false;
    }
    static const char *const CALENDARS[] = {"gregorian", "solar-hijri", NULL};
    int calendar = 0;
    if (!choose("--calendar", a->calendar, CALENDARS, &calendar, error))
        return false;
    SignalSurgeOptions options = signal_surge_options(method);
    if (!set_options(&options, a, error))
        return false;
    const SignalTableOptions reading = {(Calendar)calendar, a->fill_gaps, a->start, false};
    g_autoptr(SignalTable) table = signal_table_load(path, &reading, error);
    if (table == NULL)
        return false;
    if (table->freq != 0 && a->freq == UNSET)
        options.freq = table->freq;
    if (method == SIGNAL_ADAPTIVE && a->exclude_recent == UNSET) /* half a year, as in weeks */
        options.exclude_recent = options.freq / 2;
    /* Months are always twelve a year; the rest goes by the calendar. */
    if (!a->by_position && table->freq == options.freq && !table->solar_months)
        options.days = table->days;
    if (a->population != NULL && method != SIGNAL_FARRINGTON_FLEXIBLE) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("--population belongs to farrington-flexible."));
        return false;
    }
    g_autoptr(SignalTable) people = NULL;
    if (a->population != NULL && (people = load_people(a, &reading, table, error)) == NULL)
        return false;
    Job job = {.table = table, .people = people, .options = &options};
    if (!set_range(table, a, (Calendar)calendar, &options, &job.first, &job.last, error))
        return false;
    if (job.first > job.last) /* the engine says why */
        job.width = 1;
    else
        job.width = job.last - job.first + 1;
    if (table->filled > 0)
        cli_say(context, _("%" G_GSIZE_FORMAT " intervals have no row and count 0."),
                table->filled);
    g_autofree SignalPoint *points = g_new(SignalPoint, table->n_series * job.width);
    job.points = points;
    return run_all(&job, a->threads, error) && write_result(&job, a, error) &&
           (a->chart == NULL || write_chart(&job, a->chart, error));
}

int signal_command_surge(CliContext *context, int argc, char **argv)
{
    int status = CLI_DONE;
    g_auto(Arguments) arguments = {0};
    if (!parse(context, &arguments, &argc, &argv, &status))
        return status;
    if (argc != 2)
        return cli_usage(context, _("Name one CSV file of counts, or “-” for standard input."));
    g_autoptr(GError) error = NULL;
    if (!run(context, &arguments, argv[1], &error))
        return cli_fail(context, error);
    return CLI_DONE;
}
