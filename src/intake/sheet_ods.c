/* ODS (OpenDocument 1.3, part 3, 9): content.xml, tables of rows of cells. What repeats is written
 * as often as it repeats when it says something, and costs nothing when it is empty: programs fill
 * a sheet to its last row with one repeated empty one. */
#include "base/i18n.h"
#include "base/limits.h"
#include "intake/sheet_private.h"

#include <string.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlTextReader, xmlFreeTextReader)

static guint repeated(xmlTextReaderPtr reader, const char *attribute)
{
    g_autofree char *times = sheet_attribute(reader, attribute);
    gint64 n = times != NULL ? g_ascii_strtoll(times, NULL, 10) : 1;
    return (guint)CLAMP(n, 1, SHEET_ROWS_MAX);
}

/* "PT14H30M00S" as "14:30:00"; what is written otherwise stays. Transfers. */
static char *clock_time(const char *duration)
{
    int hours, minutes;
    double seconds;
    char end;
    if (sscanf(duration, "PT%dH%dM%lf%c", &hours, &minutes, &seconds, &end) == 4 && end == 'S' &&
        hours >= 0 && minutes >= 0 && minutes < 60 && seconds >= 0 && seconds < 60)
        return g_strdup_printf("%02d:%02d:%02d", hours, minutes, (int)seconds);
    return g_strdup(duration);
}

/* The value that the file states for machines; else the text that is shown. Transfers. */
static char *cell_value(xmlTextReaderPtr reader)
{
    g_autofree char *type = sheet_attribute(reader, "value-type");
    static const char *const VALUES[][2] = {{"float", "value"},        {"percentage", "value"},
                                            {"currency", "value"},     {"date", "date-value"},
                                            {"time", "time-value"},    {"boolean", "boolean-value"},
                                            {"string", "string-value"}};
    char *stated = NULL;
    for (gsize i = 0; type != NULL && stated == NULL && i < G_N_ELEMENTS(VALUES); i++)
        if (strcmp(type, VALUES[i][0]) == 0)
            stated = sheet_attribute(reader, VALUES[i][1]);
    g_autofree char *shown = sheet_text(reader, "annotation");
    if (stated == NULL)
        return g_steal_pointer(&shown);
    if (strcmp(type, "time") == 0) {
        char *clock = clock_time(stated);
        g_free(stated);
        return clock;
    }
    if (strcmp(type, "boolean") == 0) {
        char *word = g_ascii_strup(stated, -1);
        g_free(stated);
        return word;
    }
    if (strcmp(type, "date") == 0 && g_str_has_suffix(stated, "T00:00:00"))
        stated[strlen(stated) - strlen("T00:00:00")] = '\0';
    return stated;
}

static bool is_cell(xmlTextReaderPtr reader)
{
    return sheet_at(reader, "table-cell") || sheet_at(reader, "covered-table-cell");
}

/* One row; the reader stands on its element and is left at its end. */
static void read_row(xmlTextReaderPtr reader, SheetTable *table)
{
    guint times = repeated(reader, "number-rows-repeated");
    int depth = xmlTextReaderDepth(reader);
    guint column = 0;
    bool more = xmlTextReaderIsEmptyElement(reader) != 1 && xmlTextReaderRead(reader) == 1;
    while (more && xmlTextReaderDepth(reader) > depth) {
        if (is_cell(reader)) {
            guint wide = repeated(reader, "number-columns-repeated");
            g_autofree char *value = cell_value(reader);
            for (guint i = 0; value[0] != '\0' && i < MIN(wide, LIMIT_COLUMNS + 1); i++)
                sheet_table_set(table, column + i, g_strdup(value));
            column = MIN(column + wide, LIMIT_COLUMNS + 1);
        }
        more = xmlTextReaderRead(reader) == 1;
    }
    sheet_table_end_row(table, times);
}

static bool read_table(xmlTextReaderPtr reader, guint number, IntakePartFound found, void *context,
                       GError **error)
{
    g_autofree char *name = sheet_attribute(reader, "name");
    if (name == NULL)
        name = g_strdup_printf("%u", number);
    g_autoptr(SheetTable) table = sheet_table_new();
    int depth = xmlTextReaderDepth(reader);
    bool more = xmlTextReaderIsEmptyElement(reader) != 1 && xmlTextReaderRead(reader) == 1;
    while (more && xmlTextReaderDepth(reader) > depth && !table->full) {
        if (sheet_at(reader, "table-row"))
            read_row(reader, table);
        more = xmlTextReaderRead(reader) == 1;
    }
    return sheet_table_pass(table, name, found, context, error);
}

bool sheet_read_ods(GHashTable *members, IntakePartFound found, void *context, GError **error)
{
    g_autoptr(xmlTextReader) reader = sheet_member_open(members, "content.xml");
    if (reader == NULL) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                            _("This ODS spreadsheet has no content; save it once more, as CSV."));
        return false;
    }
    guint number = 0;
    int result;
    while ((result = xmlTextReaderRead(reader)) == 1)
        if (sheet_at(reader, "table") && !read_table(reader, ++number, found, context, error))
            return false;
    if (result == 0 && number > 0)
        return true;
    g_autofree char *sheets = i18n_integer(number);
    g_autofree char *problem =
        g_strdup_printf(_("The spreadsheet is damaged after its sheet %s and was not read to its "
                          "end. Open it in a spreadsheet program and save it as CSV."),
                        sheets);
    return found(context, &(IntakePart){.problem = problem}, error);
}
