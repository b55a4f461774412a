/* cli/assess_common.c: what the sub-commands of `zenhar assess` share: days, and CSV that is
 * written. */
#include "cli/assess_sub.h"

#include "base/csv.h"
#include "base/edtf.h"

bool assess_read_day(const char *option, const char *text, bool last, gint32 *ret_day,
                     GError **error)
{
    *ret_day = G_MININT32;
    if (text == NULL)
        return true;
    Edtf edtf;
    gint32 begin, end;
    g_autoptr(GError) why = NULL;
    if (!edtf_parse(text, CALENDAR_GREGORIAN, &edtf, &why)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE, "%s: %s", option, why->message);
        return false;
    }
    edtf_bounds(&edtf, &begin, &end);
    *ret_day = last ? end : begin;
    if (*ret_day != G_MAXINT32 && *ret_day != G_MININT32)
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE, _("%s wants a day, such as 2025-06-28."),
                option);
    return false;
}

bool assess_write_csv(const char *path, const GString *text, GError **error)
{
    CliOutput *output = cli_output_open(path, error);
    if (output == NULL)
        return false;
    cli_output_write(output, text->str, text->len);
    return cli_output_close(output, error);
}

void assess_append_day(GString *text, gint32 day)
{
    if (day == G_MININT32 || day == G_MAXINT32) {
        csv_append(text, "");
        return;
    }
    int year, month, of_month;
    edtf_day_to_gregorian(day, &year, &month, &of_month);
    g_autofree char *plain = g_strdup_printf("%04d-%02d-%02d", year, month, of_month);
    csv_append(text, plain);
}
