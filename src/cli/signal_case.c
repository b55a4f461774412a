/* cli/signal_case.c: `zenhar signal series`: what the last assessment of a case made. */
#include "assess/assess.h"
#include "base/csv.h"
#include "cli/case.h"
#include "cli/cells.h"
#include "cli/signal_commands.h"
#include <math.h>

static int print(CliContext *context, const GString *text)
{
    g_autoptr(GError) error = NULL;
    if (!signal_write(NULL, text, &error))
        return cli_fail(context, error);
    return CLI_DONE;
}

static void append_day(GString *out, gint32 day)
{
    g_autofree char *text = signal_format_day(day);
    csv_append(out, text);
}

static void list_series(Store *store, GPtrArray *all, GString *out)
{
    g_string_append(out, "id,title,from,to,intervals,total,alarms\n");
    for (guint i = 0; i < all->len; i++) {
        const StoreSeries *series = g_ptr_array_index(all, i);
        gsize n;
        const StoreSeriesPoint *points = store_series_points(series, &n);
        double total = 0, alarms = 0;
        for (gsize k = 0; k < n; k++) {
            total += points[k].observed;
            alarms += points[k].alarm;
        }
        g_autofree char *title = assess_series_title(store, series, i18n_language());
        cli_append_id(out, STORE_KIND_SERIES, series->id);
        csv_append(out, title);
        append_day(out, series->origin_day);
        append_day(out, series->cutoff_day);
        csv_append_integer(out, (gint64)n);
        csv_append_double(out, total);
        csv_append_double(out, alarms);
        csv_append_end(out);
    }
}

static void list_points(const StoreSeries *series, GString *out)
{
    gsize n;
    const StoreSeriesPoint *points = store_series_points(series, &n);
    g_string_append(out, "date,count,nowcast,nowcast_low,nowcast_high,expected,upper,alarm\n");
    for (gsize k = 0; k < n; k++) {
        append_day(out, (gint32)points[k].first_day);
        csv_append_double(out, points[k].observed);
        csv_append_double(out, points[k].nowcast);
        csv_append_double(out, points[k].nowcast_low);
        csv_append_double(out, points[k].nowcast_high);
        csv_append_double(out, points[k].expected);
        csv_append_double(out, points[k].upper);
        csv_append_double(out, points[k].alarm);
        csv_append_end(out);
    }
}

int signal_command_series(CliContext *context, int argc, char **argv)
{
    int status = CLI_DONE;
    if (!cli_parse(context, NULL, &argc, &argv, &status))
        return status;
    StoreKind kind;
    gint64 id = 0;
    g_autoptr(GError) error = NULL;
    if (argc > 2)
        return cli_usage(context, _("“%s” is not understood here."), argv[2]);
    if (argc == 2 && !store_id_read(argv[1], STORE_KIND_SERIES, &kind, &id, &error))
        return cli_fail(context, error);
    g_autoptr(Store) store = cli_case_open(context, STORE_READ, &error);
    if (store == NULL)
        return cli_fail(context, error);
    g_autoptr(GString) out = g_string_new(NULL);
    if (id != 0) {
        g_autoptr(StoreSeries) series = store_series_load(store, id, &error);
        if (series == NULL)
            return cli_fail(context, error);
        list_points(series, out);
    } else {
        g_autoptr(GPtrArray) all = store_series_list(store, NULL, &error);
        if (all == NULL)
            return cli_fail(context, error);
        list_series(store, all, out);
    }
    return print(context, out);
}
