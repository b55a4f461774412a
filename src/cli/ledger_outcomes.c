/* cli/ledger_outcomes.c: what happened, from a list of events, a table of units and years, or
 * counts. */
#include "assess/ledger.h"
#include "base/edtf.h"
#include "cli/assess_sub.h"
#include "cli/ledger_files.h"
#include <math.h>
#include <string.h>

const char *ledger_target(const LedgerArguments *a)
{
    return a->target != NULL ? a->target : "onset of mass killing";
}

CsvTable *ledger_table(const char *path, GError **error)
{
    g_autoptr(CsvReader) reader = csv_reader_new_file(path, NULL, error);
    return reader != NULL ? csv_table_load(reader, error) : NULL;
}

gssize ledger_unit_column(const CsvTable *table, const char *wanted)
{
    static const char *const NAMES[] = {"ewp_name", "country", "unit", "country_name", "name"};
    if (wanted != NULL)
        return csv_table_column(table, wanted);
    gssize column = -1;
    for (gsize i = 0; i < G_N_ELEMENTS(NAMES) && column < 0; i++)
        column = csv_table_column(table, NAMES[i]);
    return column;
}

bool ledger_missing(const char *field)
{
    return field[0] == '\0' || strcmp(field, "NA") == 0 || strcmp(field, "NaN") == 0;
}

/* ---- outcomes ---- */

typedef struct {
    Store *store;
    const LedgerArguments *a;
    const CsvTable *table;
    GPtrArray *known;
    gssize unit;
    gsize events, fresh;
} Outcomes;

static bool same_outcome(const StoreOutcome *x, const StoreOutcome *y)
{
    return g_strcmp0(x->target, y->target) == 0 && g_strcmp0(x->unit, y->unit) == 0 &&
           x->first_day == y->first_day && x->last_day == y->last_day &&
           (x->value == y->value || (isnan(x->value) && isnan(y->value)));
}

static bool add_outcome(Outcomes *o, const char *unit, gint32 first, gint32 last, double value,
                        GError **error)
{
    g_autoptr(StoreOutcome) outcome = store_outcome_new();
    outcome->target = g_strdup(ledger_target(o->a));
    outcome->unit = g_strdup(unit);
    outcome->first_day = first;
    outcome->last_day = last;
    outcome->value = value;
    outcome->source = g_strdup(o->a->source);
    outcome->verified = g_strdup("read");
    for (guint i = 0; i < o->known->len; i++)
        if (same_outcome(g_ptr_array_index(o->known, i), outcome))
            return true;
    if (!store_outcome_add(o->store, outcome, error))
        return false;
    o->fresh++;
    g_ptr_array_add(o->known, g_steal_pointer(&outcome));
    return true;
}

static bool read_year(const Outcomes *o, gsize row, gssize column, int *ret_year, GError **error)
{
    gint64 year;
    const char *cell = csv_table_cell(o->table, row, column);
    if (csv_parse_integer(cell, &year) && year > 1000 && year < 10000) {
        *ret_year = (int)year;
        return true;
    }
    return zenhar_error_input(error, _("Line %" G_GUINT64_FORMAT ": “%s” is no year."),
                              o->table->lines[row], cell);
}

static bool add_year(Outcomes *o, const char *unit, int year, double value, GError **error)
{
    o->events += value > 0;
    return add_outcome(o, unit, edtf_day_from_gregorian(year, 1, 1),
                       edtf_day_from_gregorian(year, 12, 31), value, error);
}

/* From when to when nothing is missing: units that are not named had no event. */
static bool cover(Outcomes *o, int first, int last, GError **error)
{
    return last < first || add_outcome(o, "*", edtf_day_from_gregorian(first, 1, 1),
                                       edtf_day_from_gregorian(last, 12, 31), NAN, error);
}

static bool take_events(Outcomes *o, GError **error)
{
    gssize start = csv_table_column(o->table, o->a->start != NULL ? o->a->start : "start_year");
    if (start < 0)
        return zenhar_error_input(error,
                                  _("Which column is the year of the beginning? --start COL"));
    int first = 9999, last = 0;
    for (gsize row = 0; row < o->table->n_rows; row++) {
        int year = 0;
        if (!read_year(o, row, start, &year, error) ||
            !add_year(o, csv_table_cell(o->table, row, o->unit), year, 1, error))
            return false;
        first = MIN(first, year);
        last = MAX(last, year);
    }
    return cover(o, first, o->a->through != 0 ? o->a->through : last, error);
}

static bool take_panel(Outcomes *o, GError **error)
{
    gssize time = csv_table_column(o->table, o->a->time != NULL ? o->a->time : "year");
    gssize outcome = csv_table_column(o->table, o->a->outcome);
    if (time < 0 || outcome < 0)
        return zenhar_error_input(
            error, _("Which columns are the year and the outcome? --time COL --outcome COL"));
    int first = 9999, last = 0, gap = 9999;
    for (gsize row = 0; row < o->table->n_rows; row++) {
        int year = 0;
        double value = 0;
        const char *cell = csv_table_cell(o->table, row, outcome);
        if (!read_year(o, row, time, &year, error))
            return false;
        if (ledger_missing(cell)) {
            gap = MIN(gap, year);
            continue;
        }
        if (!csv_parse_double(cell, &value) || (value != 0 && value != 1))
            return zenhar_error_input(
                error, _("Line %" G_GUINT64_FORMAT ": the outcome “%s” is neither 0 nor 1."),
                o->table->lines[row], cell);
        if (value > 0 && !add_year(o, csv_table_cell(o->table, row, o->unit), year, value, error))
            return false;
        first = MIN(first, year);
        last = MAX(last, year);
    }
    return cover(o, first, MIN(last, gap - 1), error);
}

static bool take_counts(Outcomes *o, GError **error)
{
    gint32 first, last;
    gssize value = csv_table_column(o->table, o->a->value);
    if (!assess_read_day("--first", o->a->first, false, &first, error) ||
        !assess_read_day("--last", o->a->last, true, &last, error))
        return false;
    if (value < 0 || first == G_MININT32 || last < first)
        return zenhar_error_input(error, _("Counts need --value COL --first DAY --last DAY."));
    for (gsize row = 0; row < o->table->n_rows; row++) {
        double count;
        const char *cell = csv_table_cell(o->table, row, value);
        if (!csv_parse_double(cell, &count) || count < 0)
            return zenhar_error_input(
                error, _("Line %" G_GUINT64_FORMAT ": “%s” is no count of 0 or more."),
                o->table->lines[row], cell);
        o->events++;
        if (!add_outcome(o, csv_table_cell(o->table, row, o->unit), first, last, count, error))
            return false;
    }
    return true;
}

bool ledger_load_outcomes(CliContext *context, const LedgerArguments *a, Store *store,
                          const char *path, GError **error)
{
    g_autoptr(CsvTable) table = ledger_table(path, error);
    g_autoptr(GPtrArray) known = table != NULL ? store_outcome_list(store, NULL, error) : NULL;
    if (known == NULL)
        return false;
    Outcomes o = {store, a, table, known, ledger_unit_column(table, a->unit), 0, 0};
    bool done = o.unit >= 0 ||
                zenhar_error_input(error, _("%s: which column names the units? --unit COL"), path);
    done = done && (a->value != NULL     ? take_counts(&o, error)
                    : a->outcome != NULL ? take_panel(&o, error)
                                         : take_events(&o, error));
    g_autofree char *events = i18n_integer((gint64)o.events);
    g_autofree char *fresh = i18n_integer((gint64)o.fresh);
    if (done)
        cli_say(context, _("%s: %s outcomes read, %s records are new."), path, events, fresh);
    return done;
}
