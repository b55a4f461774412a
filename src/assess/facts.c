/* assess/facts.c: the bundled public facts of a case: each file a sealed original, each row a
 * record that rests on it. A file that is in the case already is not read again; a corrected
 * file becomes a further original, its crises and series replace the earlier, new figures join. */
#include "assess/private.h"

#include "base/data.h"
#include "base/edtf.h"
#include "evidence/original.h"
#include <math.h>
#include <string.h>

typedef struct {
    Store *store;
    const char *case_name;
    gint64 original_id;
    char *file;
    CsvTable *table;
} Facts;

static bool row_error(const Facts *facts, gsize row, GError **error, const char *what)
{
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT, _("%s, line %" G_GUINT64_FORMAT ": %s"),
                facts->file, facts->table->lines[row], what);
    return false;
}

static const char *cell(const Facts *facts, gsize row, const char *column)
{
    return csv_table_cell(facts->table, row, csv_table_column(facts->table, column));
}

static char *cell_copy(const Facts *facts, gsize row, const char *column)
{
    const char *text = cell(facts, row, column);
    return text[0] != '\0' ? g_strdup(text) : NULL;
}

/* "title, date" and the address in one, as a reader wants to cite it. */
static char *source_of(const Facts *facts, gsize row)
{
    const char *source = cell(facts, row, "source"), *url = cell(facts, row, "url");
    return url[0] != '\0' ? g_strdup_printf("%s, %s", source, url) : g_strdup(source);
}

static bool span_of(const Facts *facts, gsize row, const char *text, gint32 *first, gint32 *last,
                    GError **error)
{
    Edtf edtf;
    g_autoptr(GError) why = NULL;
    if (!edtf_parse(text, CALENDAR_GREGORIAN, &edtf, &why))
        return row_error(facts, row, error, why->message);
    edtf_bounds(&edtf, first, last);
    return true;
}

/* Every row must say where it was read, and nothing from memory is shipped. */
static bool check_rows(const Facts *facts, GError **error)
{
    for (gsize row = 0; row < facts->table->n_rows; row++) {
        if (cell(facts, row, "source")[0] == '\0')
            return row_error(facts, row, error, _("a fact without a source is not taken in."));
        const char *verified = cell(facts, row, "verified");
        if (verified[0] == '\0' || strcmp(verified, "memory") == 0)
            return row_error(facts, row, error, _("a fact from memory is not taken in."));
    }
    return true;
}

static gint64 place_of(const Facts *facts, gsize row, const char *iso, GError **error)
{
    if (iso[0] == '\0' || strchr(iso, '-') == NULL)
        return 0; /* the country as a whole */
    g_autoptr(GError) missing = NULL;
    g_autoptr(StorePlace) place = store_place_find(facts->store, iso, &missing);
    if (place != NULL)
        return place->id;
    if (!g_error_matches(missing, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND)) {
        g_propagate_error(error, g_steal_pointer(&missing));
        return -1;
    }
    g_autoptr(CsvTable) provinces = data_load_table("geo/provinces.csv", error);
    if (provinces == NULL)
        return -1;
    for (gsize i = 0; i < provinces->n_rows; i++) {
        if (strcmp(csv_table_cell(provinces, i, csv_table_column(provinces, "iso")), iso) != 0)
            continue;
        place = store_place_new();
        place->iso = g_strdup(iso);
        place->kind = g_strdup("province");
        place->name_fa =
            g_strdup(csv_table_cell(provinces, i, csv_table_column(provinces, "name_fa")));
        place->name_en =
            g_strdup(csv_table_cell(provinces, i, csv_table_column(provinces, "name_en")));
        csv_parse_double(csv_table_cell(provinces, i, csv_table_column(provinces, "lat")),
                         &place->latitude);
        csv_parse_double(csv_table_cell(provinces, i, csv_table_column(provinces, "lon")),
                         &place->longitude);
        place->source = g_strdup("data/geo/provinces.csv");
        return store_place_add(facts->store, place, error) ? place->id : -1;
    }
    row_error(facts, row, error, _("there is no province of this code."));
    return -1;
}

/* ---- crises ---- */

static StoreCrisis *crisis_find(GPtrArray *crises, const char *code)
{
    for (guint i = 0; i < crises->len; i++) {
        StoreCrisis *crisis = g_ptr_array_index(crises, i);
        if (g_strcmp0(crisis->code, code) == 0)
            return crisis;
    }
    return NULL;
}

static void replace(char **field, char *text)
{
    g_free(*field);
    *field = text;
}

static bool load_crises(Facts *facts, GError **error)
{
    g_autoptr(GPtrArray) known = store_crisis_list(facts->store, NULL, error);
    if (known == NULL)
        return false;
    for (gsize row = 0; row < facts->table->n_rows; row++) {
        const char *code = cell(facts, row, "code");
        StoreCrisis *old = crisis_find(known, code);
        g_autoptr(StoreCrisis) fresh = old == NULL ? store_crisis_new() : NULL;
        StoreCrisis *crisis = old != NULL ? old : fresh;
        const char *from = cell(facts, row, "date_from"), *to = cell(facts, row, "date_to");
        replace(&crisis->code, g_strdup(code));
        replace(&crisis->kind, cell_copy(facts, row, "kind"));
        replace(&crisis->name, cell_copy(facts, row, "name_en"));
        replace(&crisis->name_fa, cell_copy(facts, row, "name_fa"));
        replace(&crisis->text, cell_copy(facts, row, "text_en"));
        replace(&crisis->text_fa, cell_copy(facts, row, "text_fa"));
        replace(&crisis->response, cell_copy(facts, row, "response_en"));
        replace(&crisis->response_fa, cell_copy(facts, row, "response_fa"));
        replace(&crisis->accountability, cell_copy(facts, row, "accountability_en"));
        replace(&crisis->accountability_fa, cell_copy(facts, row, "accountability_fa"));
        replace(&crisis->verified, cell_copy(facts, row, "verified"));
        const char *found = cell(facts, row, "accountability_source");
        replace(&crisis->source, found[0] != '\0'
                                     ? g_strdup_printf("%s; %s", cell(facts, row, "source"), found)
                                     : cell_copy(facts, row, "source"));
        replace(&crisis->event_date, strcmp(from, to) == 0
                                         ? g_strdup(from)
                                         : g_strdup_printf("%s/%s", from, *to ? to : ".."));
        if (!span_of(facts, row, crisis->event_date, &crisis->first_day, &crisis->last_day,
                     error) ||
            !(old != NULL ? store_crisis_update(facts->store, crisis, error)
                          : store_crisis_add(facts->store, crisis, error)) ||
            !store_link_join(facts->store, STORE_KIND_CRISIS, crisis->id, STORE_KIND_ORIGINAL,
                             facts->original_id, "evidence", error))
            return false;
    }
    return true;
}

/* ---- figures ---- */

static bool same_number(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static const StoreFigure *figure_find(GPtrArray *figures, const StoreFigure *wanted)
{
    for (guint i = 0; i < figures->len; i++) {
        const StoreFigure *f = g_ptr_array_index(figures, i);
        if (g_strcmp0(f->reporter, wanted->reporter) == 0 &&
            g_strcmp0(f->kind, wanted->kind) == 0 &&
            g_strcmp0(f->event_date, wanted->event_date) == 0 &&
            g_strcmp0(f->note, wanted->note) == 0 && f->place_id == wanted->place_id &&
            same_number(f->low, wanted->low) && same_number(f->high, wanted->high))
            return f;
    }
    return NULL;
}

static bool number_of(const Facts *facts, gsize row, const char *column, double *ret,
                      GError **error)
{
    const char *text = cell(facts, row, column);
    *ret = NAN;
    if (text[0] == '\0' || csv_parse_double(text, ret))
        return true;
    return row_error(facts, row, error, _("this is no number."));
}

static bool add_figure(Facts *facts, gsize row, GPtrArray *known, StoreFigure *figure,
                       GError **error)
{
    figure->reporter = cell_copy(facts, row, "reporter");
    figure->event_date = cell_copy(facts, row, "event_date");
    figure->at_least = strcmp(cell(facts, row, "at_least"), "yes") == 0;
    figure->note = cell_copy(facts, row, "note");
    figure->source = source_of(facts, row);
    figure->verified = cell_copy(facts, row, "verified");
    if (!span_of(facts, row, cell(facts, row, "event_date"), &figure->first_day, &figure->last_day,
                 error))
        return false;
    const StoreFigure *old = figure_find(known, figure);
    if (old != NULL)
        return store_link_join(facts->store, STORE_KIND_FIGURE, old->id, STORE_KIND_ORIGINAL,
                               facts->original_id, "evidence", error);
    return store_figure_add(facts->store, figure, error) &&
           store_link_join(facts->store, STORE_KIND_FIGURE, figure->id, STORE_KIND_ORIGINAL,
                           facts->original_id, "evidence", error);
}

static bool load_executions(Facts *facts, GError **error)
{
    g_autoptr(GPtrArray) known = store_figure_list(facts->store, NULL, error);
    if (known == NULL)
        return false;
    for (gsize row = 0; row < facts->table->n_rows; row++) {
        g_autoptr(StoreFigure) figure = store_figure_new();
        figure->kind = g_strdup("execution");
        if (!number_of(facts, row, "executions", &figure->low, error))
            return false;
        figure->high = figure->low;
        if (!add_figure(facts, row, known, figure, error))
            return false;
    }
    return true;
}

static bool load_counts(Facts *facts, GError **error)
{
    g_autoptr(GPtrArray) known = store_figure_list(facts->store, NULL, error);
    g_autoptr(GPtrArray) crises = store_crisis_list(facts->store, NULL, error);
    if (known == NULL || crises == NULL)
        return false;
    for (gsize row = 0; row < facts->table->n_rows; row++) {
        g_autoptr(StoreFigure) figure = store_figure_new();
        figure->kind = cell_copy(facts, row, "kind");
        const StoreCrisis *crisis = crisis_find(crises, cell(facts, row, "crisis"));
        figure->crisis_id = crisis != NULL ? crisis->id : 0;
        figure->place_id = place_of(facts, row, cell(facts, row, "place"), error);
        if (figure->place_id < 0 || !number_of(facts, row, "count_min", &figure->low, error) ||
            !number_of(facts, row, "count_max", &figure->high, error) ||
            !add_figure(facts, row, known, figure, error))
            return false;
    }
    return true;
}

/* ---- lists of deaths by day ---- */

/* Days that a list gives where it does not know: 1 January and 21 March up to a year, and
 * spans of its own ("2024-01-01/2024-01-31;…"). */
static bool left_out(gint32 day, int year_only_until, const char *spans)
{
    int year, month, of_month;
    edtf_day_to_gregorian(day, &year, &month, &of_month);
    if (year <= year_only_until &&
        ((month == 1 && of_month == 1) || (month == 3 && of_month == 21)))
        return true;
    g_auto(GStrv) each = g_strsplit(spans, ";", -1);
    for (char **span = each; *span != NULL; span++) {
        Edtf edtf;
        gint32 first, last;
        if (**span == '\0' || !edtf_parse(*span, CALENDAR_GREGORIAN, &edtf, NULL))
            continue;
        edtf_bounds(&edtf, &first, &last);
        if (day >= first && day <= last)
            return true;
    }
    return false;
}

static StoreSeries *series_find(GPtrArray *all, const char *key)
{
    for (guint i = 0; i < all->len; i++) {
        StoreSeries *series = g_ptr_array_index(all, i);
        json_t *definition = assess_json(series->definition);
        bool same = g_strcmp0(assess_json_text(definition, "key"), key) == 0;
        json_decref(definition);
        if (same)
            return series;
    }
    return NULL;
}

static char *list_definition(const Facts *facts, const CsvTable *lists, gsize row, const char *key,
                             gint64 excluded)
{
    json_t *object = json_pack("{s:s, s:s, s:I}", "key", key, "file", facts->file, "left_out",
                               (json_int_t)excluded);
    static const char *const TEXTS[] = {"name_en", "name_fa", "note_en", "note_fa",
                                        "licence", "source",  "verified"};
    for (gsize i = 0; i < G_N_ELEMENTS(TEXTS); i++)
        json_object_set_new(
            object, TEXTS[i],
            json_string(csv_table_cell(lists, row, csv_table_column(lists, TEXTS[i]))));
    return assess_json_write(object);
}

static bool load_list(Facts *facts, const CsvTable *lists, gsize list, gint64 lists_original,
                      GPtrArray *known, GError **error)
{
    const char *column = csv_table_cell(lists, list, csv_table_column(lists, "column"));
    const char *spans = csv_table_cell(lists, list, csv_table_column(lists, "left_out"));
    gint64 until = 0, excluded = 0;
    csv_parse_integer(csv_table_cell(lists, list, csv_table_column(lists, "year_only_until")),
                      &until);
    gssize of = csv_table_column(facts->table, column);
    gsize n = facts->table->n_rows, n_events = 0;
    g_autofree gint32 *days = g_new(gint32, n);
    g_autofree double *weights = g_new(double, n);
    gint32 last_day = G_MININT32;
    for (gsize row = 0; row < n; row++) {
        gint64 count;
        gint32 first, last;
        if (!span_of(facts, row, cell(facts, row, "date"), &first, &last, error))
            return false;
        if (of < 0 || !csv_parse_integer(csv_table_cell(facts->table, row, of), &count))
            return row_error(facts, row, error, _("this is no number."));
        last_day = MAX(last_day, last);
        if (count == 0)
            continue;
        if (left_out(first, (int)until, spans)) {
            excluded += count;
            continue;
        }
        days[n_events] = first;
        weights[n_events++] = (double)count;
    }
    if (n_events == 0)
        return true;
    g_autofree char *country = store_setting_get(facts->store, "country", NULL);
    SignalInterval interval = g_strcmp0(country, "IR") == 0 ? SIGNAL_WEEKLY_SOLAR : SIGNAL_WEEKLY;
    /* The last week counts once it is over. */
    gint32 end = signal_interval_start(interval, last_day + 1) - 1;
    gint32 begin = signal_interval_start(interval, days[0]);
    g_autoptr(SignalSeries) weeks =
        signal_series_new(interval, days, weights, NULL, n_events, 1, begin, end, error);
    if (weeks == NULL)
        return false;
    g_autofree char *key = g_strdup_printf("list/%s", column);
    StoreSeries *old = series_find(known, key);
    g_autoptr(StoreSeries) fresh = old == NULL ? store_series_new() : NULL;
    StoreSeries *series = old != NULL ? old : fresh;
    replace(&series->name,
            g_strdup_printf("Deaths by day on the list %s, by week",
                            csv_table_cell(lists, list, csv_table_column(lists, "name_en"))));
    replace(&series->act_kind, g_strdup("killing"));
    replace(&series->definition, list_definition(facts, lists, list, key, excluded));
    series->interval_days = 7;
    series->origin_day = weeks->starts[0];
    series->cutoff_day = end;
    g_autofree StoreSeriesPoint *points = g_new(StoreSeriesPoint, weeks->n);
    for (gsize i = 0; i < weeks->n; i++)
        points[i] =
            (StoreSeriesPoint){weeks->starts[i], weeks->counts[i], NAN, NAN, NAN, NAN, NAN, 0};
    store_series_set_points(series, points, weeks->n);
    return (old != NULL ? store_series_update(facts->store, series, error)
                        : store_series_add(facts->store, series, error)) &&
           store_link_join(facts->store, STORE_KIND_SERIES, series->id, STORE_KIND_ORIGINAL,
                           facts->original_id, "evidence", error) &&
           store_link_join(facts->store, STORE_KIND_SERIES, series->id, STORE_KIND_ORIGINAL,
                           lists_original, "evidence", error);
}

/* ---- one file ---- */

/* Seals the file; *ret_fresh: its rows are not in the case yet. */
static bool begin_file(Facts *facts, const char *name, bool *ret_fresh, GError **error)
{
    g_clear_pointer(&facts->table, csv_table_free);
    g_free(facts->file);
    facts->file = g_strdup_printf("cases/%s/%s", facts->case_name, name);
    g_autoptr(GBytes) bytes = data_load(facts->file, error);
    if (bytes == NULL)
        return false;
    gsize length;
    const void *data = g_bytes_get_data(bytes, &length);
    bool known;
    if (!evidence_original_add_bytes(facts->store, data, length, name, "text/csv", facts->file,
                                     &facts->original_id, &known, error))
        return false;
    const StorePage one = {.limit = 1};
    g_autoptr(GPtrArray) rest =
        store_link_list_to(facts->store, STORE_KIND_ORIGINAL, facts->original_id, &one, error);
    if (rest == NULL)
        return false;
    *ret_fresh = rest->len == 0;
    facts->table = data_load_table(facts->file, error);
    return facts->table != NULL;
}

static bool load_file(Facts *facts, const char *name, bool (*rows)(Facts *, GError **),
                      GError **error)
{
    bool fresh;
    if (!begin_file(facts, name, &fresh, error))
        return false;
    return !fresh || (check_rows(facts, error) && rows(facts, error));
}

static bool load_lists(Facts *facts, GError **error)
{
    bool fresh, fresh_lists;
    if (!begin_file(facts, "memorial-lists.csv", &fresh_lists, error) || !check_rows(facts, error))
        return false;
    g_autoptr(CsvTable) lists = g_steal_pointer(&facts->table);
    gint64 lists_original = facts->original_id;
    if (!begin_file(facts, "memorial-deaths-by-day.csv", &fresh, error))
        return false;
    if (!fresh && !fresh_lists)
        return true;
    g_autoptr(GPtrArray) known = store_series_list(facts->store, NULL, error);
    if (known == NULL)
        return false;
    for (gsize list = 0; list < lists->n_rows; list++)
        if (!load_list(facts, lists, list, lists_original, known, error))
            return false;
    return true;
}

bool assess_load_facts(Store *store, const char *case_name, GError **error)
{
    g_assert(case_name != NULL);
    if (!store_begin(store, error))
        return false;
    Facts facts = {.store = store, .case_name = case_name};
    bool done = load_file(&facts, "crises.csv", load_crises, error) &&
                load_file(&facts, "executions-per-year.csv", load_executions, error) &&
                load_file(&facts, "reported-counts.csv", load_counts, error) &&
                load_lists(&facts, error);
    csv_table_free(facts.table);
    g_free(facts.file);
    if (!done) {
        store_rollback(store);
        return false;
    }
    return store_commit(store, error);
}
