/* base/csv.c: whole tables, and writing. The streaming reader is csv_reader.c. */
#include "base/csv.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/i18n.h"
#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static char *copy_field(CsvTable *table, const CsvReader *reader, gsize field)
{
    gsize length;
    const char *text = csv_reader_field(reader, field, &length);
    char *copy = arena_copy(table->texts, text, length);
    if (copy == NULL)
        g_error("no memory for a table of %s", csv_reader_name(reader));
    return copy;
}

CsvTable *csv_table_load(CsvReader *reader, GError **error)
{
    static char nothing[] = "";
    g_autoptr(CsvTable) table = g_new0(CsvTable, 1);
    table->texts = arena_new("one table");
    g_autoptr(GPtrArray) cells = g_ptr_array_new();
    g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(guint64));
    CsvResult result;
    while ((result = csv_reader_next(reader, error)) == CSV_RECORD) {
        gsize n = csv_reader_n_fields(reader);
        if (table->columns == NULL) {
            table->n_columns = n;
            table->columns = g_new0(char *, n + 1);
            for (gsize i = 0; i < n; i++)
                table->columns[i] = copy_field(table, reader, i);
            continue;
        }
        guint64 line = csv_reader_line(reader);
        if (n > table->n_columns) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                        _("%s, line %lu: it has %lu fields, the heading has %lu."),
                        csv_reader_name(reader), line, n, table->n_columns);
            return NULL;
        }
        for (gsize i = 0; i < table->n_columns; i++)
            g_ptr_array_add(cells, i < n ? copy_field(table, reader, i) : nothing);
        g_array_append_val(lines, line);
    }
    if (result != CSV_END)
        return NULL;
    if (table->columns == NULL) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    _("%s: the table is empty: not even a heading stands in it."),
                    csv_reader_name(reader));
        return NULL;
    }
    table->n_rows = lines->len;
    table->cells = (char **)g_ptr_array_free(g_steal_pointer(&cells), FALSE);
    table->lines = (guint64 *)(void *)g_array_free(g_steal_pointer(&lines), FALSE);
    return g_steal_pointer(&table);
}

void csv_table_free(CsvTable *table)
{
    if (table == NULL)
        return;
    arena_free(table->texts);
    g_free(table->cells);
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
    bool first = at_line_start(line);
    if (!first)
        g_string_append_c(line, ',');
    gsize length = strlen(field);
    /* What a reader would take for something else: an empty line, a byte order mark, the line
     * that names the separator; any separator, since it may be found out; gaps, since they are
     * trimmed. */
    bool plain = strpbrk(field, ",\"\r\n;\t|") == NULL &&
                 (length == 0 || (field[0] != ' ' && field[length - 1] != ' ')) &&
                 !(first && (length == 0 || g_str_has_prefix(field, "\xef\xbb\xbf") ||
                             g_str_has_prefix(field, "sep=")));
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
    /* 15 digits always survive the way through a double, but below the smallest normal one. */
    for (int digits = fabs(x) < DBL_MIN ? 1 : 15; digits <= 17; digits++) {
        char format[8];
        g_snprintf(format, sizeof format, "%%.%dg", digits);
        g_ascii_formatd(number, sizeof number, format, x);
        if (digits == 17 || g_ascii_strtod(number, NULL) == x) /* 17 always do */
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
