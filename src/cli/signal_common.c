/* What the sub-commands of `zenhar signal` share. */
#include "cli/signal_commands.h"
#include <string.h>

bool signal_parse_day(const char *text, Calendar calendar, gint32 *ret_day, GError **error)
{
    Edtf edtf;
    gint32 last;
    if (!edtf_parse(text, calendar, &edtf, error))
        return false;
    edtf_bounds(&edtf, ret_day, &last);
    if (*ret_day > G_MININT32 && *ret_day < G_MAXINT32)
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT, _("“%s” names no day."), text);
    return false;
}

bool signal_parse_calendar(const char *text, Calendar *ret_calendar, GError **error)
{
    if (text == NULL || strcmp(text, "gregorian") == 0)
        *ret_calendar = CALENDAR_GREGORIAN;
    else if (strcmp(text, "solar-hijri") == 0)
        *ret_calendar = CALENDAR_SOLAR_HIJRI;
    else {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("--calendar %s is not known; there are gregorian and solar-hijri."), text);
        return false;
    }
    return true;
}

char *signal_format_day(gint32 day)
{
    int y, m, d;
    edtf_day_to_gregorian(day, &y, &m, &d);
    return g_strdup_printf("%04d-%02d-%02d", y, m, d);
}

bool signal_write(const char *path, const GString *text, GError **error)
{
    CliOutput *output = cli_output_open(path, error);
    if (output == NULL)
        return false;
    cli_output_write(output, text->str, text->len);
    return cli_output_close(output, error);
}

CsvTable *signal_load_csv(const char *path, GError **error)
{
    g_autoptr(CsvReader) reader = csv_reader_new_file(path, NULL, error);
    return reader != NULL ? csv_table_load(reader, error) : NULL;
}

gssize signal_need_column(const CsvTable *table, const char *path, const char *name, GError **error)
{
    gssize column = csv_table_column(table, name);
    if (column < 0)
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT, _("%s has no column “%s”."), path,
                    name);
    return column;
}

const char *signal_unit_name(const SignalTable *table)
{
    return table->freq == 365  ? _("days")
           : table->freq == 52 ? _("weeks")
           : table->freq == 12 ? _("months")
                               : _("intervals");
}

void signal_append_series(GString *out, const SignalTableSeries *series)
{
    const char *const names[] = {series->unit, series->place, series->kind};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        if (names[i] != NULL)
            csv_append(out, names[i]);
}

void signal_append_series_head(GString *out, const SignalTableSeries *series)
{
    const char *const names[] = {series->unit, series->place, series->kind};
    static const char *const HEADS[] = {"unit", "place", "kind"};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        if (names[i] != NULL)
            csv_append(out, HEADS[i]);
}
