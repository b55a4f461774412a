/* `zenhar signal nowcast`: a line list of event and report dates. */
#include "cli/signal_commands.h"
#include "signal/nowcast.h"
#include "signal/series.h"
#include <math.h>
#include <string.h>

typedef struct {
    char *now, *from, *to, *interval, *calendar, *out;
    int max_delay, draws;
    gint64 seed;
    double level;
} Arguments;

static void arguments_clear(Arguments *a)
{
    char *texts[] = {a->now, a->from, a->to, a->interval, a->calendar, a->out};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Arguments, arguments_clear)

/* Days from and to interval numbers. */
static gint32 number_of(SignalInterval interval, gint32 day)
{
    int y, m, d;
    switch (interval) {
    case SIGNAL_WEEKLY:
    case SIGNAL_WEEKLY_SOLAR:
        return (gint32)floor(
            (double)(signal_interval_start(interval, day) - signal_interval_start(interval, 0)) /
            7);
    case SIGNAL_MONTHLY:
        edtf_day_to_gregorian(day, &y, &m, &d);
        return y * 12 + m - 1;
    case SIGNAL_MONTHLY_SOLAR:
        edtf_day_to_solar_hijri(day, &y, &m, &d);
        return y * 12 + m - 1;
    default:
        return day;
    }
}

static gint32 day_of(SignalInterval interval, gint32 number)
{
    switch (interval) {
    case SIGNAL_WEEKLY:
    case SIGNAL_WEEKLY_SOLAR:
        return signal_interval_start(interval, 0) + 7 * number;
    case SIGNAL_MONTHLY:
        return edtf_day_from_gregorian(number / 12, number % 12 + 1, 1);
    case SIGNAL_MONTHLY_SOLAR:
        return edtf_day_from_solar_hijri(number / 12, number % 12 + 1, 1);
    default:
        return number;
    }
}

/* Events and reports of each row; a row without an event date is an error, one without a report
 * date counts as not yet reported. */
static bool read_rows(const CsvTable *table, const char *path, Calendar calendar,
                      SignalInterval interval, gint32 *events, gint32 *reports, gint32 *ret_latest,
                      GError **error)
{
    gssize event = csv_table_column(table, "event"), report = csv_table_column(table, "report");
    if (event < 0)
        event = csv_table_column(table, "event_date");
    if (report < 0)
        report = csv_table_column(table, "report_date");
    if (event < 0 || report < 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    _("%s needs the columns “event” and “report”: one row an event."), path);
        return false;
    }
    *ret_latest = G_MININT32;
    for (gsize row = 0; row < table->n_rows; row++) {
        gint32 day;
        const char *text = csv_table_cell(table, row, event);
        if (!signal_parse_day(text, calendar, &day, error)) {
            g_prefix_error(error, _("%s, line %" G_GUINT64_FORMAT ", column event: "), path,
                           table->lines[row]);
            return false;
        }
        events[row] = number_of(interval, day);
        text = csv_table_cell(table, row, report);
        reports[row] = G_MAXINT32;
        if (text[0] == '\0')
            continue;
        gint32 told;
        if (!signal_parse_day(text, calendar, &told, error)) {
            g_prefix_error(error, _("%s, line %" G_GUINT64_FORMAT ", column report: "), path,
                           table->lines[row]);
            return false;
        }
        if (told < day) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                        _("%s, line %" G_GUINT64_FORMAT ": reported on %s, before it happened; "
                          "correct one of the dates."),
                        path, table->lines[row], text);
            return false;
        }
        reports[row] = number_of(interval, told);
        *ret_latest = MAX(*ret_latest, told);
    }
    return true;
}

static void append_points(GString *out, const SignalNowcastPoint *points, gsize n,
                          SignalInterval interval)
{
    g_string_append(out, "date,reported,nowcast,lower,upper,mean,share\n");
    for (gsize i = 0; i < n; i++) {
        const SignalNowcastPoint *p = &points[i];
        g_autofree char *day = signal_format_day(day_of(interval, p->interval));
        csv_append(out, day);
        const double values[] = {p->reported, p->median, p->lower, p->upper, p->mean, p->share};
        for (gsize k = 0; k < G_N_ELEMENTS(values); k++)
            csv_append_double(out, values[k]);
        csv_append_end(out);
    }
}

static bool run(CliContext *context, const Arguments *a, const char *path, GError **error)
{
    Calendar calendar;
    SignalInterval interval = SIGNAL_DAILY;
    if (!signal_parse_calendar(a->calendar, &calendar, error))
        return false;
    if (a->interval != NULL && !signal_interval_parse(a->interval, &interval)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("--interval %s is not known; there are daily, weekly, weekly-solar-hijri, "
                      "monthly and monthly-solar-hijri."),
                    a->interval);
        return false;
    }
    g_autoptr(CsvTable) table = signal_load_csv(path, error);
    if (table == NULL)
        return false;
    g_autofree gint32 *events = g_new(gint32, table->n_rows + 1);
    g_autofree gint32 *reports = g_new(gint32, table->n_rows + 1);
    gint32 latest, day;
    if (!read_rows(table, path, calendar, interval, events, reports, &latest, error))
        return false;
    if (a->now != NULL && !signal_parse_day(a->now, calendar, &latest, error))
        return false;
    if (latest == G_MININT32) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA, _("%s holds no report."), path);
        return false;
    }
    SignalNowcastOptions options = signal_nowcast_options();
    if (a->max_delay < 1 || a->draws < 1 || a->seed < 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("--max-delay and --draws are from 1 on, --seed from 0 on."));
        return false;
    }
    options.max_delay = (guint)a->max_delay;
    options.draws = (guint)a->draws;
    options.seed = (guint64)a->seed;
    options.level = a->level;
    gint32 now = number_of(interval, latest), first = now - a->max_delay, last = now;
    if (a->from != NULL) {
        if (!signal_parse_day(a->from, calendar, &day, error))
            return false;
        first = number_of(interval, day);
    }
    if (a->to != NULL) {
        if (!signal_parse_day(a->to, calendar, &day, error))
            return false;
        last = number_of(interval, day);
    }
    if (first > last || last > now) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("--from and --to must lie in order, and not after --now."));
        return false;
    }
    gsize n = (gsize)((gint64)last - first + 1);
    if (n > 100000) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_LIMIT, _("--from lies too far back."));
        return false;
    }
    g_autofree SignalNowcastPoint *points = g_new(SignalNowcastPoint, n);
    if (!signal_nowcast(events, reports, table->n_rows, now, &options, first, last, points, error))
        return false;
    double known = 0, middle = 0;
    for (gsize i = 0; i < n; i++) {
        known += points[i].reported;
        middle += points[i].mean;
    }
    g_autofree char *seen = i18n_decimal(known, 0);
    g_autofree char *likely = i18n_decimal(middle, 0);
    cli_say(context,
            _("%s are reported in this span; about %s is likely once the late reports are in. It "
              "would be wrong if reporting has just become faster or slower."),
            seen, likely);
    g_autoptr(GString) out = g_string_new(NULL);
    append_points(out, points, n, interval);
    return signal_write(a->out, out, error);
}

int signal_command_nowcast(CliContext *context, int argc, char **argv)
{
    int status = CLI_DONE;
    const SignalNowcastOptions defaults = signal_nowcast_options();
    g_auto(Arguments) a = {.max_delay = (int)defaults.max_delay,
                           .draws = (int)defaults.draws,
                           .seed = (gint64)defaults.seed,
                           .level = defaults.level};
    const GOptionEntry entries[] = {
        {"now", 0, 0, G_OPTION_ARG_STRING, &a.now, NULL, NULL},
        {"from", 0, 0, G_OPTION_ARG_STRING, &a.from, NULL, NULL},
        {"to", 0, 0, G_OPTION_ARG_STRING, &a.to, NULL, NULL},
        {"interval", 0, 0, G_OPTION_ARG_STRING, &a.interval, NULL, NULL},
        {"calendar", 0, 0, G_OPTION_ARG_STRING, &a.calendar, NULL, NULL},
        {"out", 'o', 0, G_OPTION_ARG_FILENAME, &a.out, NULL, NULL},
        {"max-delay", 0, 0, G_OPTION_ARG_INT, &a.max_delay, NULL, NULL},
        {"draws", 0, 0, G_OPTION_ARG_INT, &a.draws, NULL, NULL},
        {"seed", 0, 0, G_OPTION_ARG_INT64, &a.seed, NULL, NULL},
        {"level", 0, 0, G_OPTION_ARG_DOUBLE, &a.level, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    if (argc != 2)
        return cli_usage(context, _("Name one CSV file of events, or “-” for standard input."));
    g_autoptr(GError) error = NULL;
    return run(context, &a, argv[1], &error) ? CLI_DONE : cli_fail(context, error);
}
