#include "cli/signal_table.h"
#include "base/error.h"
#include "base/i18n.h"
#include <math.h>
#include <string.h>

enum { MOST_INTERVALS = 1 << 20 };

void signal_table_free(SignalTable *table)
{
    if (table == NULL)
        return;
    for (gsize s = 0; s < table->n_series; s++) {
        g_free(table->series[s].unit);
        g_free(table->series[s].place);
        g_free(table->series[s].kind);
        g_free(table->series[s].counts);
    }
    for (gsize i = 0; i < table->n && table->labels != NULL; i++)
        g_free(table->labels[i]);
    g_free(table->labels);
    g_free(table->days);
    g_free(table->series);
    g_free(table);
}

G_GNUC_PRINTF(6, 7)
static bool bad(GError **error, const CsvTable *csv, const char *path, gsize row,
                const char *column, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *what = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                _("%s, line %" G_GUINT64_FORMAT ", column %s: %s"), path, csv->lines[row], column,
                what);
    return false;
}

/* ---- one file while it is read ---- */

typedef struct {
    const CsvTable *csv;
    const char *path;
    const SignalTableOptions *options;
    gssize index, date, count, place, kind;
    gint32 *row_days; /* of each row */
    gint32 first, last;
    gint32 step; /* days; 0: Gregorian months; -1: Solar Hijri months */
} Reading;

static bool read_count(const Reading *r, gsize row, gssize column, double *ret_count,
                       GError **error)
{
    const char *text = csv_table_cell(r->csv, row, column), *name = r->csv->columns[column];
    double x;
    if (text[0] == '\0')
        return bad(error, r->csv, r->path, row, name,
                   _("the count is missing; write 0 where nothing was reported."));
    if (!csv_parse_double(text, &x) || !isfinite(x))
        return bad(error, r->csv, r->path, row, name, _("“%s” is no number."), text);
    if (x < 0)
        return bad(error, r->csv, r->path, row, name,
                   _("%s is negative; a count cannot be. Correct the figure."), text);
    if ((x != floor(x) && !r->options->people) || x > 1e12)
        return bad(error, r->csv, r->path, row, name,
                   _("%s is not a whole number; give counts of events, not rates."), text);
    *ret_count = x;
    return true;
}

static bool read_day(const char *text, Calendar calendar, gint32 *ret_day, GError **error)
{
    Edtf edtf;
    gint32 last;
    if (!edtf_parse(text, calendar, &edtf, error))
        return false;
    edtf_bounds(&edtf, ret_day, &last);
    if (edtf.interval || edtf.start.kind != EDTF_POINT_DATE || edtf_precision(&edtf) < EDTF_MONTH) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    _("“%s” is neither a day nor a month."), text);
        return false;
    }
    return true;
}

static gint64 month_of(gint32 day, bool solar, int *ret_day)
{
    int year, month;
    if (solar)
        edtf_day_to_solar_hijri(day, &year, &month, ret_day);
    else
        edtf_day_to_gregorian(day, &year, &month, ret_day);
    return (gint64)year * 12 + month - 1;
}

static gint32 month_start(gint64 month, bool solar)
{
    int year = (int)(month / 12), in_year = (int)(month % 12) + 1;
    return solar ? edtf_day_from_solar_hijri(year, in_year, 1)
                 : edtf_day_from_gregorian(year, in_year, 1);
}

static int compare_days(gconstpointer a, gconstpointer b)
{
    gint32 x = *(const gint32 *)a, y = *(const gint32 *)b;
    return (x > y) - (x < y);
}

/* The commonest distance tells days from weeks; first days of months tell months. */
static bool find_step(Reading *r, GError **error)
{
    gsize n = r->csv->n_rows;
    g_autofree gint32 *sorted = g_memdup2(r->row_days, n * sizeof(gint32));
    qsort(sorted, n, sizeof *sorted, compare_days);
    r->first = sorted[0];
    r->last = sorted[n - 1];
    bool gregorian = true, solar = true, weekly = true;
    gsize distinct = 1;
    for (gsize i = 0; i < n; i++) {
        int day;
        month_of(sorted[i], false, &day);
        gregorian = gregorian && day == 1;
        month_of(sorted[i], true, &day);
        solar = solar && day == 1;
        weekly = weekly && (sorted[i] - r->first) % 7 == 0;
        distinct += i > 0 && sorted[i] != sorted[i - 1];
    }
    if (distinct < 2) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                    _("%s holds one date only; a series needs more."), r->path);
        return false;
    }
    r->step = gregorian ? 0 : solar ? -1 : weekly ? 7 : 1;
    return true;
}

static gsize position_of(const Reading *r, gint32 day)
{
    int unused;
    if (r->step > 0)
        return (gsize)((day - r->first) / r->step);
    bool solar = r->step < 0;
    return (gsize)(month_of(day, solar, &unused) - month_of(r->first, solar, &unused));
}

static gint32 day_at(const Reading *r, gsize position)
{
    int unused;
    if (r->step > 0)
        return r->first + (gint32)position * r->step;
    bool solar = r->step < 0;
    return month_start(month_of(r->first, solar, &unused) + (gint64)position, solar);
}

static char *label_of(gint32 day, bool month)
{
    int y, m, d;
    edtf_day_to_gregorian(day, &y, &m, &d);
    return month ? g_strdup_printf("%04d-%02d", y, m) : g_strdup_printf("%04d-%02d-%02d", y, m, d);
}

static bool set_dates(SignalTable *table, Reading *r, GError **error)
{
    for (gsize row = 0; row < r->csv->n_rows; row++) {
        g_autoptr(GError) why = NULL;
        const char *text = csv_table_cell(r->csv, row, r->date);
        if (row > 0 && strcmp(text, csv_table_cell(r->csv, row - 1, r->date)) == 0) {
            r->row_days[row] = r->row_days[row - 1];
            continue;
        }
        if (!read_day(text, r->options->calendar, &r->row_days[row], &why))
            return bad(error, r->csv, r->path, row, r->csv->columns[r->date], "%s", why->message);
    }
    if (!find_step(r, error))
        return false;
    table->n = position_of(r, r->last) + 1;
    if (table->n > MOST_INTERVALS) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_LIMIT,
                    _("%s reaches over more than a million intervals; look for a mistyped date."),
                    r->path);
        return false;
    }
    table->by_date = true;
    table->freq = r->step == 7 ? 52 : r->step == 1 ? 365 : 12;
    table->solar_months = r->step < 0;
    table->days = g_new(gint32, table->n);
    table->labels = g_new0(char *, table->n);
    for (gsize i = 0; i < table->n; i++) {
        table->days[i] = day_at(r, i);
        table->labels[i] = label_of(table->days[i], r->step == 0);
    }
    return true;
}

static bool set_index(SignalTable *table, Reading *r, GError **error)
{
    table->n = r->csv->n_rows;
    table->labels = g_new0(char *, table->n);
    gint64 before = 0;
    for (gsize row = 0; row < table->n; row++) {
        gint64 index;
        const char *text = csv_table_cell(r->csv, row, r->index);
        if (!csv_parse_integer(text, &index))
            return bad(error, r->csv, r->path, row, "index", _("“%s” is no whole number."), text);
        if (row > 0 && index != before + 1)
            return bad(error, r->csv, r->path, row, "index",
                       index == before
                           ? _("%" G_GINT64_FORMAT " stands here twice; join the two rows or drop "
                               "one.")
                           : _("%" G_GINT64_FORMAT " does not follow the one before; a series has "
                               "no gaps: write 0 where nothing was reported."),
                       index);
        before = index;
        table->labels[row] = g_strdup(text);
    }
    if (r->options->start != NULL) {
        gint32 first;
        if (!read_day(r->options->start, r->options->calendar, &first, error))
            return false;
        table->freq = 52;
        table->days = g_new(gint32, table->n);
        for (gsize i = 0; i < table->n; i++)
            table->days[i] = first + 7 * (gint32)i;
    }
    return true;
}

/* Puts the counts of one column into a series, row by row. */
static bool set_counts(SignalTable *table, const Reading *r, gssize column, double *counts,
                       GError **error)
{
    g_autofree bool *seen = g_new0(bool, table->n);
    for (gsize row = 0; row < r->csv->n_rows; row++) {
        gsize at = table->by_date ? position_of(r, r->row_days[row]) : row;
        if (seen[at])
            return bad(error, r->csv, r->path, row, r->csv->columns[r->date],
                       _("%s stands here twice; join the two rows or drop one."),
                       table->labels[at]);
        seen[at] = true;
        if (!read_count(r, row, column, &counts[at], error))
            return false;
    }
    for (gsize i = 0; i < table->n; i++) {
        if (seen[i])
            continue;
        if (!r->options->fill_gaps) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                        _("%s has no row for %s: write 0 if nothing was reported then, or give "
                          "--fill-gaps to count such gaps as 0."),
                        r->path, table->labels[i]);
            return false;
        }
        table->filled += column == r->count;
    }
    return true;
}

/* The series of a row's place and kind, made where it is new. name: room for the key. */
static guint series_of(const SignalTable *table, const Reading *r, gsize row, GHashTable *by_name,
                       GString *name, GArray *series, GPtrArray *seen)
{
    const char *place = csv_table_cell(r->csv, row, r->place);
    const char *kind = csv_table_cell(r->csv, row, r->kind);
    g_string_assign(name, place);
    g_string_append_c(name, '\x1f');
    g_string_append(name, kind);
    gpointer found;
    if (g_hash_table_lookup_extended(by_name, name->str, NULL, &found))
        return GPOINTER_TO_UINT(found);
    const SignalTableSeries one = {.place = r->place >= 0 ? g_strdup(place) : NULL,
                                   .kind = r->kind >= 0 ? g_strdup(kind) : NULL,
                                   .counts = g_new0(double, table->n)};
    g_hash_table_insert(by_name, g_strdup(name->str), GUINT_TO_POINTER(series->len));
    g_array_append_val(series, one);
    g_ptr_array_add(seen, g_new0(bool, table->n));
    return series->len - 1;
}

static bool set_long(SignalTable *table, const Reading *r, GError **error)
{
    g_autoptr(GHashTable) by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) seen = g_ptr_array_new_with_free_func(g_free); /* bool: table->n each */
    g_autoptr(GArray) series = g_array_new(FALSE, TRUE, sizeof(SignalTableSeries));
    g_autoptr(GString) name = g_string_new(NULL);
    bool done = true;
    gsize rows = 0;
    for (gsize row = 0; done && row < r->csv->n_rows; row++, rows++) {
        guint one = series_of(table, r, row, by_name, name, series, seen);
        gsize at = position_of(r, r->row_days[row]);
        bool *there = g_ptr_array_index(seen, one);
        if (there[at])
            done = bad(error, r->csv, r->path, row, r->csv->columns[r->date],
                       _("%s stands here twice for the same place and kind; join the two rows or "
                         "drop one."),
                       table->labels[at]);
        else
            done = read_count(r, row, r->count,
                              &g_array_index(series, SignalTableSeries, one).counts[at], error);
        there[at] = true;
    }
    table->filled = series->len * table->n - rows;
    table->n_series = series->len;
    table->series = (SignalTableSeries *)g_array_free(g_steal_pointer(&series), FALSE);
    return done;
}

static bool set_wide(SignalTable *table, const Reading *r, GError **error)
{
    table->series = g_new0(SignalTableSeries, r->csv->n_columns);
    for (gsize c = 0; c < r->csv->n_columns; c++) {
        if ((gssize)c == r->index || (gssize)c == r->date)
            continue;
        SignalTableSeries *one = &table->series[table->n_series++];
        one->unit = g_strdup(r->csv->columns[c]);
        one->counts = g_new0(double, table->n);
        if (!set_counts(table, r, (gssize)c, one->counts, error))
            return false;
    }
    if (table->n_series > 0)
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT, _("%s has no column of counts."), r->path);
    return false;
}

static bool fill(SignalTable *table, Reading *r, GError **error)
{
    if (r->index < 0 && r->date < 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    _("%s has neither a column “date” nor a column “index”."), r->path);
        return false;
    }
    if (r->csv->n_rows == 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA, _("%s holds no rows."), r->path);
        return false;
    }
    bool is_long = r->count >= 0 && (r->place >= 0 || r->kind >= 0);
    if (is_long && r->date < 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    _("%s has places or kinds, but no column “date”."), r->path);
        return false;
    }
    if (is_long || r->index < 0 ? !set_dates(table, r, error) : !set_index(table, r, error))
        return false;
    table->layout = is_long         ? SIGNAL_TABLE_LONG
                    : r->count >= 0 ? SIGNAL_TABLE_ONE
                                    : SIGNAL_TABLE_WIDE;
    if (is_long)
        return set_long(table, r, error);
    if (r->count < 0)
        return set_wide(table, r, error);
    table->series = g_new0(SignalTableSeries, 1);
    table->n_series = 1;
    table->series[0].counts = g_new0(double, table->n);
    return set_counts(table, r, r->count, table->series[0].counts, error);
}

SignalTable *signal_table_load(const char *path, const SignalTableOptions *options, GError **error)
{
    g_autoptr(CsvReader) reader = csv_reader_new_file(path, NULL, error);
    g_autoptr(CsvTable) csv = reader != NULL ? csv_table_load(reader, error) : NULL;
    if (csv == NULL)
        return NULL;
    g_autoptr(SignalTable) table = g_new0(SignalTable, 1);
    g_autofree gint32 *row_days = g_new0(gint32, csv->n_rows + 1);
    Reading r = {.csv = csv,
                 .path = path,
                 .options = options,
                 .index = csv_table_column(csv, "index"),
                 .date = csv_table_column(csv, "date"),
                 .count = csv_table_column(csv, options->people ? "population" : "count"),
                 .place = csv_table_column(csv, "place"),
                 .kind = csv_table_column(csv, "kind"),
                 .row_days = row_days};
    if (r.date < 0)
        r.date = csv_table_column(csv, "week_start");
    return fill(table, &r, error) ? g_steal_pointer(&table) : NULL;
}

gsize signal_table_position(const SignalTable *table, const char *text, Calendar calendar,
                            GError **error)
{
    gint64 position;
    if (csv_parse_integer(text, &position) && (position < 1000 || !table->by_date)) {
        if (position >= 1 && (gsize)position <= table->n)
            return (gsize)position;
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("--range: there is no position %s; the series has %" G_GSIZE_FORMAT "."),
                    text, table->n);
        return 0;
    }
    if (table->days == NULL) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("--range: “%s” is no position, and the series has no dates."), text);
        return 0;
    }
    gint32 day;
    if (!read_day(text, calendar, &day, error)) {
        g_prefix_error(error, "--range: ");
        return 0;
    }
    for (gsize i = table->n; i > 0; i--)
        if (table->days[i - 1] <= day)
            return i;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                _("--range: %s lies before the series begins."), text);
    return 0;
}
