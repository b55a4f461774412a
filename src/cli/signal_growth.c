/* `zenhar signal growth` and `zenhar signal spread`. */
#include "cli/signal_commands.h"
#include "signal/growth.h"
#include <math.h>
#include <string.h>

typedef struct {
    char *range, *calendar, *out;
    gboolean fill_gaps;
    gint64 seed;
    double level;
} Arguments;

static void arguments_clear(Arguments *a)
{
    g_free(a->range);
    g_free(a->calendar);
    g_free(a->out);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Arguments, arguments_clear)

static bool parse(CliContext *context, Arguments *a, int *argc, char ***argv, int *status)
{
    const GOptionEntry entries[] = {
        {"range", 0, 0, G_OPTION_ARG_STRING, &a->range, NULL, NULL},
        {"calendar", 0, 0, G_OPTION_ARG_STRING, &a->calendar, NULL, NULL},
        {"out", 'o', 0, G_OPTION_ARG_FILENAME, &a->out, NULL, NULL},
        {"fill-gaps", 0, 0, G_OPTION_ARG_NONE, &a->fill_gaps, NULL, NULL},
        {"seed", 0, 0, G_OPTION_ARG_INT64, &a->seed, NULL, NULL},
        {"level", 0, 0, G_OPTION_ARG_DOUBLE, &a->level, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    if (!cli_parse(context, entries, argc, argv, status))
        return false;
    if (*argc == 2 && a->level > 0 && a->level < 1 && a->seed >= 0)
        return true;
    *status = *argc != 2 ? cli_usage(context, _("Name one CSV file of counts, or “-” for standard "
                                                "input."))
                         : cli_usage(context, _("--level lies between 0 and 1, --seed from 0 on."));
    return false;
}

static SignalTable *load(const Arguments *a, const char *path, gsize *ret_first, gsize *ret_last,
                         GError **error)
{
    Calendar calendar;
    if (!signal_parse_calendar(a->calendar, &calendar, error))
        return NULL;
    const SignalTableOptions reading = {calendar, a->fill_gaps, NULL};
    g_autoptr(SignalTable) table = signal_table_load(path, &reading, error);
    if (table == NULL)
        return NULL;
    *ret_first = 1;
    *ret_last = table->n;
    if (a->range == NULL)
        return g_steal_pointer(&table);
    g_auto(GStrv) ends = g_strsplit(a->range, ":", 2);
    if (g_strv_length(ends) != 2) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("--range wants two ends with a colon between them, such as 105:209."));
        return NULL;
    }
    if ((ends[0][0] != '\0' &&
         (*ret_first = signal_table_position(table, ends[0], calendar, error)) == 0) ||
        (ends[1][0] != '\0' &&
         (*ret_last = signal_table_position(table, ends[1], calendar, error)) == 0))
        return NULL;
    if (*ret_first <= *ret_last)
        return g_steal_pointer(&table);
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE, _("--range %s ends before it begins."),
                a->range);
    return NULL;
}

/* One series' row; when it cannot be told the reason says why and the figures stay empty. */
static void append_growth(GString *out, const SignalTable *table, gsize s, gsize first, gsize last,
                          const Arguments *a)
{
    const double *counts = table->series[s].counts + first - 1;
    gsize n = last - first + 1;
    SignalGrowth growth = {0};
    SignalOnset onset;
    g_autoptr(GError) why = NULL;
    signal_append_series(out, &table->series[s]);
    csv_append(out, table->labels[first - 1]);
    csv_append(out, table->labels[last - 1]);
    bool grown = signal_growth(counts, n, a->level, &growth, &why);
    const double values[] = {growth.events,        growth.rate,     growth.rate_low,
                             growth.rate_high,     growth.doubling, growth.doubling_low,
                             growth.doubling_high, growth.p_value};
    for (gsize i = 0; i < G_N_ELEMENTS(values); i++)
        csv_append_double(out, grown ? values[i] : NAN);
    if (signal_onset(counts, n, 999, (guint64)a->seed, &onset, NULL)) {
        csv_append(out, onset.found ? table->labels[first - 1 + onset.onset] : "");
        csv_append(out, onset.found ? table->labels[first - 1 + onset.onset_low] : "");
        csv_append(out, onset.found ? table->labels[first - 1 + onset.onset_high] : "");
        csv_append_double(out, onset.before);
        csv_append_double(out, onset.after);
        csv_append_double(out, onset.p_value);
    } else {
        for (int i = 0; i < 6; i++)
            csv_append(out, "");
    }
    g_autofree char *reason =
        grown ? signal_growth_reason(&growth, signal_unit_name(table)) : g_strdup(why->message);
    csv_append(out, reason);
    csv_append_end(out);
}

int signal_command_growth(CliContext *context, int argc, char **argv)
{
    int status = CLI_DONE;
    g_auto(Arguments) a = {.level = 0.95, .seed = 1};
    if (!parse(context, &a, &argc, &argv, &status))
        return status;
    g_autoptr(GError) error = NULL;
    gsize first, last;
    g_autoptr(SignalTable) table = load(&a, argv[1], &first, &last, &error);
    if (table == NULL)
        return cli_fail(context, error);
    g_autoptr(GString) out = g_string_new(NULL);
    signal_append_series_head(out, &table->series[0]);
    static const char *const HEADS[] = {
        "from",       "to",           "events",        "rate",         "rate_low", "rate_high",
        "doubling",   "doubling_low", "doubling_high", "pvalue",       "onset",    "onset_low",
        "onset_high", "mean_before",  "mean_after",    "onset_pvalue", "reason"};
    for (gsize i = 0; i < G_N_ELEMENTS(HEADS); i++)
        csv_append(out, HEADS[i]);
    csv_append_end(out);
    for (gsize s = 0; s < table->n_series; s++)
        append_growth(out, table, s, first, last, &a);
    return signal_write(a.out, out, &error) ? CLI_DONE : cli_fail(context, error);
}

/* Places are the series' places, or the columns of a wide file; kinds are joined. */
static void append_spread(GString *out, const SignalTable *table, gsize first, gsize last)
{
    gsize n = last - first + 1;
    g_autoptr(GHashTable) places = g_hash_table_new(g_str_hash, g_str_equal);
    for (gsize s = 0; s < table->n_series; s++) {
        const SignalTableSeries *one = &table->series[s];
        const char *name = one->place != NULL ? one->place : one->unit;
        if (!g_hash_table_contains(places, name))
            g_hash_table_insert(places, (gpointer)name,
                                GUINT_TO_POINTER(g_hash_table_size(places)));
    }
    gsize n_places = g_hash_table_size(places);
    g_autofree double *counts = g_new0(double, n_places *n);
    for (gsize s = 0; s < table->n_series; s++) {
        const SignalTableSeries *one = &table->series[s];
        const char *name = one->place != NULL ? one->place : one->unit;
        gsize p = GPOINTER_TO_UINT(g_hash_table_lookup(places, name));
        for (gsize i = 0; i < n; i++)
            counts[p * n + i] += one->counts[first - 1 + i];
    }
    g_autofree guint *fresh = g_new(guint, 3 * n);
    guint *reached = fresh + n, *active = reached + n;
    signal_spread(counts, n_places, n, fresh, reached, active);
    csv_append(out, table->by_date ? "date" : "index");
    g_string_append(out, ",new_places,reached,active,places,events\n");
    for (gsize i = 0; i < n; i++) {
        double events = 0;
        for (gsize p = 0; p < n_places; p++)
            events += counts[p * n + i];
        csv_append(out, table->labels[first - 1 + i]);
        csv_append_integer(out, fresh[i]);
        csv_append_integer(out, reached[i]);
        csv_append_integer(out, active[i]);
        csv_append_integer(out, (gint64)n_places);
        csv_append_double(out, events);
        csv_append_end(out);
    }
}

int signal_command_spread(CliContext *context, int argc, char **argv)
{
    int status = CLI_DONE;
    g_auto(Arguments) a = {.level = 0.95, .seed = 1};
    if (!parse(context, &a, &argc, &argv, &status))
        return status;
    g_autoptr(GError) error = NULL;
    gsize first, last;
    g_autoptr(SignalTable) table = load(&a, argv[1], &first, &last, &error);
    if (table == NULL)
        return cli_fail(context, error);
    if (table->series[0].place == NULL && table->series[0].unit == NULL)
        return cli_usage(context,
                         _("spread needs places: a column “place”, or one column a place."));
    g_autoptr(GString) out = g_string_new(NULL);
    append_spread(out, table, first, last);
    return signal_write(a.out, out, &error) ? CLI_DONE : cli_fail(context, error);
}
