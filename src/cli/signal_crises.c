/* `zenhar signal crises`: rate ratios after crises. */
#include "cli/signal_commands.h"
#include "signal/crises.h"
#include <math.h>
#include <string.h>

typedef struct {
    char *crises, *windows, *calendar, *out;
    gboolean fill_gaps, no_trend, no_season;
    int around;
    double level;
} Arguments;

static void arguments_clear(Arguments *a)
{
    char *texts[] = {a->crises, a->windows, a->calendar, a->out};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Arguments, arguments_clear)

typedef struct {
    gint32 day;
    const char *name; /* borrowed from the table */
} Crisis;

static int by_day(gconstpointer a, gconstpointer b)
{
    const Crisis *x = a, *y = b;
    return (x->day > y->day) - (x->day < y->day);
}

/* "0-3,4-7" */
static bool parse_windows(const char *text, SignalCrisesOptions *o, GError **error)
{
    if (text == NULL)
        return true;
    g_auto(GStrv) parts = g_strsplit(text, ",", -1);
    o->n_windows = 0;
    for (char **part = parts; *part != NULL; part++) {
        g_auto(GStrv) ends = g_strsplit(*part, "-", 2);
        gint64 from, to;
        if (ends[0] == NULL || !csv_parse_integer(ends[0], &from) ||
            !csv_parse_integer(ends[1] != NULL ? ends[1] : ends[0], &to) || from < 0 || to < from ||
            to > 10000 || o->n_windows == SIGNAL_MAX_WINDOWS) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                        _("--windows %s: write up to %d windows such as 0-3,4-7, counted in "
                          "intervals after the crisis."),
                        text, (int)SIGNAL_MAX_WINDOWS);
            return false;
        }
        o->from[o->n_windows] = (guint)from;
        o->to[o->n_windows++] = (guint)to;
    }
    return true;
}

static GArray *read_crises(const CsvTable *table, const char *path, Calendar calendar,
                           GError **error)
{
    gssize date = signal_need_column(table, path, "date", error), name;
    if (date < 0)
        return NULL;
    name = csv_table_column(table, "name");
    if (name < 0)
        name = csv_table_column(table, "crisis");
    g_autoptr(GArray) crises = g_array_new(FALSE, FALSE, sizeof(Crisis));
    for (gsize row = 0; row < table->n_rows; row++) {
        Crisis one;
        const char *text = csv_table_cell(table, row, date);
        if (!signal_parse_day(text, calendar, &one.day, error)) {
            g_prefix_error(error, _("%s, line %" G_GUINT64_FORMAT ", column date: "), path,
                           table->lines[row]);
            return NULL;
        }
        one.name = name >= 0 ? csv_table_cell(table, row, name) : text;
        g_array_append_val(crises, one);
    }
    g_array_sort(crises, by_day);
    return g_steal_pointer(&crises);
}

/* The interval of each crisis that the series holds; crises in one interval count once. */
static gsize place_crises(CliContext *context, const SignalTable *table, const GArray *crises,
                          gsize *positions, const char **names)
{
    gsize n = 0;
    for (guint k = 0; k < crises->len; k++) {
        const Crisis *one = &g_array_index(crises, Crisis, k);
        gsize at = table->n;
        while (at > 0 && table->days[at - 1] > one->day)
            at--;
        gint32 end = table->days[table->n - 1] + (gint32)(365 / table->freq);
        if (at == 0 || one->day > end) {
            cli_say(context, _("%s lies outside the series and is left out."), one->name);
        } else if (n > 0 && positions[n - 1] == at - 1) {
            cli_say(context, _("%s falls in the same interval as %s and is counted with it."),
                    one->name, names[n - 1]);
        } else if (n < SIGNAL_MAX_CRISES) {
            positions[n] = at - 1;
            names[n++] = one->name;
        } else {
            cli_say(context, _("%s is left out: at most %d crises are studied at once."), one->name,
                    (int)SIGNAL_MAX_CRISES);
        }
    }
    return n;
}

/* who: what the sentence is about; NULL: all crises together. */
static void append_effect(GString *out, const SignalTableSeries *series, const char *scope,
                          const char *name, const char *who, const char *window,
                          const SignalEffect *e, const char *extra)
{
    static const char *const VERDICTS[] = {"higher", "lower", "alike", "cannot-tell"};
    signal_append_series(out, series);
    csv_append(out, scope);
    csv_append(out, name);
    csv_append(out, window);
    const double values[] = {e->observed, e->expected, e->ratio, e->low, e->high, e->p_value};
    for (gsize i = 0; i < G_N_ELEMENTS(values); i++)
        csv_append_double(out, values[i]);
    csv_append(out, VERDICTS[e->verdict]);
    g_autofree char *reason = signal_effect_reason(e, who);
    g_autofree char *whole = extra != NULL ? g_strjoin(" ", reason, extra, NULL) : g_strdup(reason);
    csv_append(out, whole);
    csv_append_end(out);
}

static void append_result(CliContext *context, GString *out, const SignalTable *table,
                          const SignalTableSeries *series, const SignalCrises *result,
                          const SignalCrisesOptions *o, const char *const *names)
{
    g_autofree char *whole = g_strdup_printf("%u-%u", o->from[0], o->to[o->n_windows - 1]);
    g_autofree char *placement = signal_crises_placement_reason(result);
    append_effect(out, series, "pooled", "", NULL, whole, &result->pooled, placement);
    for (gsize w = 0; w < result->n_windows; w++) {
        g_autofree char *window = g_strdup_printf("%u-%u", o->from[w], o->to[w]);
        g_autofree char *from = i18n_integer(o->from[w]), *to = i18n_integer(o->to[w]);
        g_autofree char *who =
            g_strdup_printf(_("%s %s to %s after a crisis"), signal_unit_name(table), from, to);
        append_effect(out, series, "window", "", who, window, &result->windows[w], NULL);
    }
    append_effect(out, series, "case-series", "",
                  _("against what surrounds each crisis, with trend and season"), whole,
                  &result->case_series, NULL);
    SignalEffect moved = {.ratio = NAN,
                          .low = NAN,
                          .high = NAN,
                          .p_value = result->placement_p,
                          .observed = result->pooled.observed,
                          .expected = NAN,
                          .verdict =
                              result->placement_p <= 0.05 ? SIGNAL_HIGHER : SIGNAL_CANNOT_TELL};
    signal_append_series(out, series);
    const char *const fields[] = {"placement", "", whole};
    for (gsize i = 0; i < G_N_ELEMENTS(fields); i++)
        csv_append(out, fields[i]);
    csv_append_double(out, moved.observed);
    for (int i = 0; i < 4; i++)
        csv_append(out, "");
    csv_append_double(out, moved.p_value);
    csv_append(out, moved.verdict == SIGNAL_HIGHER ? "higher" : "cannot-tell");
    csv_append(out, placement);
    csv_append_end(out);
    for (gsize k = 0; k < result->n_crises; k++)
        append_effect(out, series, "crisis", names[k], names[k], whole, &result->crises[k], NULL);
    g_autofree char *reason = signal_effect_reason(&result->pooled, NULL);
    cli_say(context, "%s %s", reason, placement);
}

static bool run(CliContext *context, const Arguments *a, const char *path, GError **error)
{
    Calendar calendar;
    if (!signal_parse_calendar(a->calendar, &calendar, error))
        return false;
    const SignalTableOptions reading = {calendar, a->fill_gaps, NULL};
    g_autoptr(SignalTable) table = signal_table_load(path, &reading, error);
    g_autoptr(CsvTable) list = table != NULL ? signal_load_csv(a->crises, error) : NULL;
    g_autoptr(GArray) crises = list != NULL ? read_crises(list, a->crises, calendar, error) : NULL;
    if (crises == NULL)
        return false;
    if (table->days == NULL) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("%s has no dates; crises can only be placed on dates."), path);
        return false;
    }
    SignalCrisesOptions options = signal_crises_options(table->freq);
    options.trend = !a->no_trend;
    if (a->no_season)
        options.harmonics = 0, options.nowruz = false;
    options.level = a->level;
    options.around = (guint)MAX(a->around, 1);
    if (!parse_windows(a->windows, &options, error))
        return false;
    gsize positions[SIGNAL_MAX_CRISES];
    const char *names[SIGNAL_MAX_CRISES];
    gsize n = place_crises(context, table, crises, positions, names);
    if (n == 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                    _("No crisis of %s lies within the series."), a->crises);
        return false;
    }
    g_autoptr(GString) out = g_string_new(NULL);
    signal_append_series_head(out, &table->series[0]);
    static const char *const HEADS[] = {"scope",    "crisis",  "window", "observed",
                                        "expected", "ratio",   "low",    "high",
                                        "pvalue",   "verdict", "reason"};
    for (gsize i = 0; i < G_N_ELEMENTS(HEADS); i++)
        csv_append(out, HEADS[i]);
    csv_append_end(out);
    for (gsize s = 0; s < table->n_series; s++) {
        SignalCrises result;
        g_autoptr(GError) why = NULL;
        if (signal_crises(table->series[s].counts, table->days, table->n, positions, n, &options,
                          &result, &why)) {
            append_result(context, out, table, &table->series[s], &result, &options, names);
        } else if (table->n_series == 1) {
            g_propagate_error(error, g_steal_pointer(&why));
            return false;
        } else {
            SignalEffect none = {.ratio = NAN,
                                 .low = NAN,
                                 .high = NAN,
                                 .p_value = NAN,
                                 .observed = NAN,
                                 .expected = NAN,
                                 .verdict = SIGNAL_CANNOT_TELL};
            append_effect(out, &table->series[s], "pooled", "", NULL, "", &none, why->message);
        }
    }
    return signal_write(a->out, out, error);
}

int signal_command_crises(CliContext *context, int argc, char **argv)
{
    int status = CLI_DONE;
    g_auto(Arguments) a = {.level = 0.95, .around = 26};
    const GOptionEntry entries[] = {
        {"crises", 0, 0, G_OPTION_ARG_FILENAME, &a.crises, NULL, NULL},
        {"windows", 0, 0, G_OPTION_ARG_STRING, &a.windows, NULL, NULL},
        {"calendar", 0, 0, G_OPTION_ARG_STRING, &a.calendar, NULL, NULL},
        {"out", 'o', 0, G_OPTION_ARG_FILENAME, &a.out, NULL, NULL},
        {"fill-gaps", 0, 0, G_OPTION_ARG_NONE, &a.fill_gaps, NULL, NULL},
        {"no-trend", 0, 0, G_OPTION_ARG_NONE, &a.no_trend, NULL, NULL},
        {"no-season", 0, 0, G_OPTION_ARG_NONE, &a.no_season, NULL, NULL},
        {"around", 0, 0, G_OPTION_ARG_INT, &a.around, NULL, NULL},
        {"level", 0, 0, G_OPTION_ARG_DOUBLE, &a.level, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    if (argc != 2 || a.crises == NULL)
        return cli_usage(context, _("Name one CSV file of counts, and the crises with --crises "
                                    "FILE (columns date, name)."));
    if (!(a.level > 0 && a.level < 1))
        return cli_usage(context, _("--level lies between 0 and 1."));
    g_autoptr(GError) error = NULL;
    return run(context, &a, argv[1], &error) ? CLI_DONE : cli_fail(context, error);
}
