/* base/csv.c: whole tables, and writing. The streaming reader is csv_reader.c. */
#include "base/csv.h"

#include "base/error.h"
#include "base/i18n.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

CsvTable *csv_table_load(CsvReader *reader, GError **error)
{
    g_autoptr(CsvTable) table = g_new0(CsvTable, 1);
    g_autoptr(GPtrArray) cells = g_ptr_array_new();
    g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(guint64));
    CsvResult result;
    bool header = true, done = false;
    while ((result = csv_reader_next(reader, error)) == CSV_RECORD) {
        gsize n = csv_reader_n_fields(reader);
        if (header) {
            table->n_columns = n;
            table->columns = g_new0(char *, n + 1);
            for (gsize i = 0; i < n; i++)
                table->columns[i] = g_strdup(csv_reader_field(reader, i, NULL));
            header = false;
            continue;
        }
        guint64 line = csv_reader_line(reader);
        if (n > table->n_columns) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                        _("Line %lu has %lu fields, the heading has %lu."), line, n,
                        table->n_columns);
            result = CSV_BAD;
            break;
        }
        for (gsize i = 0; i < table->n_columns; i++)
            g_ptr_array_add(cells, g_strdup(i < n ? csv_reader_field(reader, i, NULL) : ""));
        g_array_append_val(lines, line);
    }
    done = result == CSV_END;
    if (done && header) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT, "%s",
                    _("The table is empty: not even a heading stands in it."));
        done = false;
    }
    table->n_rows = lines->len;
    table->cells = (char **)g_ptr_array_free(g_steal_pointer(&cells), FALSE);
    table->lines = (guint64 *)(void *)g_array_free(g_steal_pointer(&lines), FALSE);
    return done ? g_steal_pointer(&table) : NULL;
}

void csv_table_free(CsvTable *table)
{
    if (table == NULL)
        return;
    for (gsize i = 0; i < table->n_rows * table->n_columns; i++)
        g_free(table->cells[i]);
    g_free(table->cells);
    for (gsize i = 0; i < table->n_columns; i++)
        g_free(table->columns[i]);
    g_free(table->columns);
    g_free(table->lines);
    g_free(table);
}

gssize csv_table_column(const CsvTable *table, const char *name)
{
    for (gsize i = 0; i < table->n_columns; i++)
        if (strcmp(table->columns[i], name) == 0)
            return (gssize)i;
    return -1;
}

const char *csv_table_cell(const CsvTable *table, gsize row, gssize column)
{
    g_assert(row < table->n_rows);
    if (column < 0 || (gsize)column >= table->n_columns)
        return "";
    return table->cells[row * table->n_columns + (gsize)column];
}

/* ---- writing ---- */

static bool at_line_start(const GString *line)
{
    return line->len == 0 || line->str[line->len - 1] == '\n';
}

void csv_append(GString *line, const char *field)
{
    if (!at_line_start(line))
        g_string_append_c(line, ',');
    bool first_and_empty = at_line_start(line) && field[0] == '\0';
    gsize length = strlen(field);
    bool plain = !first_and_empty && strpbrk(field, ",\"\r\n;\t|") == NULL &&
                 (length == 0 || (field[0] != ' ' && field[length - 1] != ' '));
    if (plain) {
        g_string_append_len(line, field, (gssize)length);
        return;
    }
    g_string_append_c(line, '"');
    for (const char *at = field; *at != '\0'; at++) {
        if (*at == '"')
            g_string_append_c(line, '"');
        g_string_append_c(line, *at);
    }
    g_string_append_c(line, '"');
}

void csv_append_end(GString *line)
{
    g_string_append_c(line, '\n');
}

void csv_append_double(GString *line, double x)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    if (!isfinite(x)) {
        csv_append(line, "");
        return;
    }
    if (x == 0)
        x = 0; /* no "-0" */
    for (int digits = 15; digits <= 17; digits++) {
        char format[8];
        g_snprintf(format, sizeof format, "%%.%dg", digits);
        g_ascii_formatd(number, sizeof number, format, x);
        if (g_ascii_strtod(number, NULL) == x)
            break;
    }
    csv_append(line, number);
}

void csv_append_integer(GString *line, gint64 n)
{
    char number[24];
    g_snprintf(number, sizeof number, "%" G_GINT64_FORMAT, n);
    csv_append(line, number);
}

bool csv_parse_double(const char *field, double *ret_x)
{
    if (field[0] == '\0' || g_ascii_isspace(field[0]))
        return false;
    /* "0x1p3", "inf" and "nan" are numbers to strtod, not to a table. */
    for (const char *at = field; *at != '\0'; at++)
        if (!g_ascii_isdigit(*at) && strchr("+-.eE", *at) == NULL)
            return false;
    char *end;
    double x = g_ascii_strtod(field, &end);
    if (end == field || *end != '\0' || !isfinite(x))
        return false;
    *ret_x = x;
    return true;
}

bool csv_parse_integer(const char *field, gint64 *ret_n)
{
    if (!g_ascii_isdigit(field[0]) && field[0] != '-' && field[0] != '+')
        return false;
    char *end;
    errno = 0;
    gint64 n = g_ascii_strtoll(field, &end, 10);
    if (end == field || *end != '\0' || errno != 0)
        return false;
    *ret_n = n;
    return true;
}
