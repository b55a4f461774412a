/* Exports for other programs, held against what those programs say of their own formats: never
 * against our writer. */
#include "cases.h"

#include "base/csv.h"
#include "base/edtf.h"
#include "handover/follow.h"
#include "handover/span.h"
#include "handover/uwazi.h"

/* ---- FollowTheMoney ---- */

/* Facts of github.com/alephdata/followthemoney, followthemoney/schema/NAME.yaml at c70a89f
 * (27 June 2025): the schema in which a property is declared, its name, its type ("entity:RANGE");
 * a property without a type there is a string. */
static const struct {
    const char *schema, *property, *type;
} PROPERTIES[] = {
    {"Thing", "name", "name"},
    {"Thing", "summary", "text"},
    {"Thing", "description", "text"},
    {"Thing", "country", "country"},
    {"Thing", "alias", "name"},
    {"Thing", "sourceUrl", "url"},
    {"Thing", "publisher", "string"},
    {"Thing", "keywords", "string"},
    {"Thing", "notes", "text"},
    {"Thing", "proof", "entity:Document"},
    {"LegalEntity", "status", "string"},
    {"LegalEntity", "classification", "string"},
    {"Person", "fatherName", "string"},
    {"Person", "birthDate", "date"},
    {"Person", "gender", "gender"},
    {"Interval", "startDate", "date"},
    {"Interval", "endDate", "date"},
    {"Interval", "date", "date"},
    {"Event", "location", "address"},
    {"Event", "involved", "entity:LegalEntity"},
    {"Document", "title", "string"},
    {"Document", "fileName", "string"},
    {"Document", "bodyText", "text"},
    {"Document", "mimeType", "mimetype"},
    {"Document", "language", "language"},
    {"Document", "publishedAt", "date"},
    {"Interest", "role", "string"},
    {"Documentation", "document", "entity:Document"},
    {"Documentation", "entity", "entity:Thing"},
};
/* "extends", from there to the root; and "required". */
static const struct {
    const char *schema, *extends[6], *required[3];
} SCHEMATA[] = {
    {"Person", {"Person", "LegalEntity", "Thing"}, {"name"}},
    {"Organization", {"Organization", "LegalEntity", "Thing"}, {"name"}},
    {"Event", {"Event", "Interval", "Analyzable", "Thing"}, {"name"}},
    {"PlainText", {"PlainText", "Document", "Thing", "Analyzable"}, {"fileName"}},
    {"Documentation", {"Documentation", "Interest", "Interval"}, {"document", "entity"}},
};

static gsize schema_of(const char *name)
{
    gsize i = 0;
    while (i < G_N_ELEMENTS(SCHEMATA) && strcmp(SCHEMATA[i].schema, name) != 0)
        i++;
    if (i == G_N_ELEMENTS(SCHEMATA))
        g_error("no schema %s", name);
    return i;
}

static bool is_a(const char *schema, const char *ancestor)
{
    const gsize i = schema_of(schema);
    for (gsize k = 0; k < 6 && SCHEMATA[i].extends[k] != NULL; k++)
        if (strcmp(SCHEMATA[i].extends[k], ancestor) == 0)
            return true;
    return false;
}

static const char *type_of(const char *schema, const char *property)
{
    for (gsize i = 0; i < G_N_ELEMENTS(PROPERTIES); i++)
        if (strcmp(PROPERTIES[i].property, property) == 0 && is_a(schema, PROPERTIES[i].schema))
            return PROPERTIES[i].type;
    g_error("%s has no property %s", schema, property);
}

/* followthemoney/types/date.py: a prefix of ISO 8601, UTC. */
static bool is_date(const char *text)
{
    return g_regex_match_simple("^\\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\\d|3[01])"
                                "(T\\d{2}(:\\d{2}(:\\d{2})?)?Z?)?)?)?$",
                                text, 0, 0);
}

static void check_value(GHashTable *schemata, const char *type, const char *value)
{
    static const char *const GENDERS[] = {"male", "female", "other", NULL}; /* types/gender.py */
    static const char *const LANGUAGES[] = {"eng", "fra", "deu", "rus", "ara",
                                            "tur", "fas", "aze", NULL}; /* types/language.py */
    if (g_str_has_prefix(type, "entity:")) {
        const char *schema = g_hash_table_lookup(schemata, value);
        g_assert_nonnull(schema);
        g_assert_true(is_a(schema, type + strlen("entity:")));
    } else if (strcmp(type, "date") == 0) {
        g_assert_true(is_date(value));
    } else if (strcmp(type, "gender") == 0) {
        g_assert_true(g_strv_contains(GENDERS, value));
    } else if (strcmp(type, "language") == 0) {
        g_assert_true(g_strv_contains(LANGUAGES, value));
    } else if (strcmp(type, "country") == 0) {
        g_assert_true(g_regex_match_simple("^[a-z]{2}$", value, 0, 0));
    } else if (strcmp(type, "url") == 0) {
        g_assert_true(g_str_has_prefix(value, "http"));
    } else if (strcmp(type, "mimetype") == 0) {
        g_assert_cmpstr(value, ==, "text/plain");
    }
}

/* Every line as an object; in order. */
static GPtrArray *entities_of(const char *text)
{
    GPtrArray *list = g_ptr_array_new_with_free_func((GDestroyNotify)json_decref);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; (*line)[0] != '\0'; line++) {
        json_t *object = json_loads(*line, JSON_REJECT_DUPLICATES, NULL);
        g_assert_true(json_is_object(object));
        g_ptr_array_add(list, object);
    }
    return list;
}

static const char *text_of(const json_t *object, const char *member)
{
    return json_string_value(json_object_get(object, member));
}

static char *follow_of(Store *store, OutletDegree degree)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Outlet) outlet = outlet_of(store, degree, OUTLET_SEND);
    RecordsDone done = {0};
    GString *out = g_string_new(NULL);
    follow_write(outlet, keep_bytes, out, &done, &error);
    g_assert_no_error(error);
    return g_string_free(out, FALSE);
}

static void test_follow_schema(void)
{
    g_autofree char *folder = test_folder_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = generated_case(folder, "a.zenhar", 300, 9);
    g_assert_true(store_setting_set(store, "country", "IR", &error));
    import(store, "one.csv", "id,date,city,act,name,source\nnew-1,2025-06,Tehran,arrest,,HRANA\n");
    g_autofree char *text = follow_of(store, OUTLET_REDACTED);
    g_autoptr(GPtrArray) entities = entities_of(text);
    g_autoptr(GHashTable) schemata = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < entities->len; i++) {
        const char *id = text_of(entities->pdata[i], "id");
        g_assert_true(g_regex_match_simple("^[0-9a-f]{32}(-[pe])?$", id, 0, 0));
        g_assert_true(g_hash_table_insert(schemata, (gpointer)id,
                                          (gpointer)text_of(entities->pdata[i], "schema")));
    }
    guint seen[G_N_ELEMENTS(SCHEMATA)] = {0};
    for (guint i = 0; i < entities->len; i++) {
        const char *schema = text_of(entities->pdata[i], "schema"), *property;
        json_t *properties = json_object_get(entities->pdata[i], "properties"), *list;
        const gsize s = schema_of(schema);
        seen[s]++;
        for (gsize k = 0; k < 3 && SCHEMATA[s].required[k] != NULL; k++)
            g_assert_cmpuint(json_array_size(json_object_get(properties, SCHEMATA[s].required[k])),
                             >, 0);
        json_object_foreach(properties, property, list)
        {
            const char *type = type_of(schema, property);
            g_assert_cmpuint(json_array_size(list), >, 0);
            for (gsize k = 0; k < json_array_size(list); k++) {
                const char *value = json_string_value(json_array_get(list, k));
                g_assert_true(value != NULL && value[0] != '\0');
                check_value(schemata, type, value);
            }
        }
    }
    for (gsize s = 0; s < G_N_ELEMENTS(SCHEMATA); s++)
        g_assert_cmpuint(seen[s], >, 0);
    g_assert_cmpuint(seen[schema_of("Person")], ==, store_person_count(store, &error));
    g_assert_cmpuint(seen[schema_of("PlainText")], ==, store_report_count(store, &error));
}

/* As often as wanted the same; of another case all different, though its records are the same. */
static void test_follow_ids(void)
{
    g_autofree char *folder = test_folder_new();
    g_autoptr(Store) one = generated_case(folder, "a.zenhar", 50, 9);
    g_autoptr(Store) other = generated_case(folder, "b.zenhar", 50, 9);
    g_autofree char *first = follow_of(one, OUTLET_REDACTED);
    g_autofree char *second = follow_of(one, OUTLET_REDACTED);
    g_autofree char *elsewhere = follow_of(other, OUTLET_REDACTED);
    g_assert_cmpstr(first, ==, second);
    g_autoptr(GPtrArray) entities = entities_of(first);
    for (guint i = 0; i < entities->len; i++)
        g_assert_null(strstr(elsewhere, text_of(entities->pdata[i], "id")));
}

static const char *first_value(const json_t *entity, const char *property)
{
    const json_t *list = json_object_get(json_object_get(entity, "properties"), property);
    return json_string_value(json_array_get(list, 0));
}

/* Entities read by `zenhar import`, which knows FollowTheMoney by itself. */
static void test_follow_back(void)
{
    g_autofree char *folder = test_folder_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = generated_case(folder, "a.zenhar", 120, 9);
    g_autoptr(Store) copy = new_case(folder, "b.zenhar");
    g_autofree char *text = follow_of(store, OUTLET_REDACTED);
    IntakeSummary summary = {0};
    intake_import_bytes(copy, text, strlen(text), "entities.ftm.json", &(IntakeOptions){0},
                        &summary, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(summary.quarantined, ==, 0);
    g_autoptr(GPtrArray) reports = store_report_list(copy, NULL, &error);
    g_autoptr(GHashTable) by_id = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < reports->len; i++)
        g_hash_table_insert(by_id, ((StoreReport *)reports->pdata[i])->external_id,
                            reports->pdata[i]);
    g_autoptr(GPtrArray) entities = entities_of(text);
    guint events = 0, persons = 0, texts = 0;
    g_assert_true(store_unseal(copy, 0, "a test", &error));
    for (guint i = 0; i < entities->len; i++) {
        const json_t *entity = entities->pdata[i];
        const char *schema = text_of(entity, "schema");
        const StoreReport *report = g_hash_table_lookup(by_id, text_of(entity, "id"));
        if (strcmp(schema, "Documentation") == 0 || strcmp(schema, "Organization") == 0) {
            g_assert_null(report);
            continue;
        }
        g_assert_nonnull(report);
        if (strcmp(schema, "Event") == 0) {
            events++;
            g_assert_cmpstr(report->title, ==, first_value(entity, "name"));
            if (first_value(entity, "date") != NULL)
                g_assert_cmpstr(report->event_date, ==, first_value(entity, "date"));
        } else if (strcmp(schema, "Person") == 0) {
            persons++;
            g_autoptr(GPtrArray) statements =
                store_statement_list_by_report(copy, report->id, NULL, &error);
            g_assert_cmpuint(statements->len, ==, 1);
            const StoreStatement *statement = statements->pdata[0];
            g_assert_cmpstr(statement->victim_name, ==, first_value(entity, "name"));
            g_assert_cmpstr(statement->victim_gender, ==, first_value(entity, "gender"));
        } else {
            texts++;
            if (first_value(entity, "bodyText") != NULL) /* else a name for it is made up there */
                g_assert_cmpstr(report->text, ==, first_value(entity, "bodyText"));
        }
    }
    g_assert_cmpuint(events, >, 50);
    g_assert_cmpuint(persons, >, 50);
    g_assert_cmpuint(texts, >, 50);
}

static void test_follow_redacted(void)
{
    g_autofree char *folder = test_folder_new();
    g_autoptr(Store) store = new_case(folder, "a.zenhar");
    g_autoptr(GError) error = NULL;
    import(
        store, "a.csv",
        "id,date,city,act,name,father,phone,text\n"
        "1,2025-06-01,Tehran,arrest,Zarrin Qobadi,Nowruz,09121234567,Zarrin Qobadi: 09121234567\n");
    join_with(store, 1);
    g_autoptr(StoreSource) source = store_source_load(store, 1, &error);
    g_free(source->kind);
    source->kind = g_strdup("person");
    g_free(source->name);
    source->name = g_strdup("Teller Someone");
    g_assert_true(store_source_update(store, source, &error));
    g_autofree char *redacted = follow_of(store, OUTLET_REDACTED);
    static const char *const HIDDEN[] = {"Zarrin", "Qobadi", "Nowruz", "9121234567", "Teller"};
    for (gsize i = 0; i < G_N_ELEMENTS(HIDDEN); i++)
        g_assert_null(strstr(redacted, HIDDEN[i]));
    g_autofree char *whole = follow_of(store, OUTLET_WHOLE);
    g_assert_nonnull(strstr(whole, "\"name\":[\"Zarrin Qobadi\"]"));
}

/* ---- spans ---- */

static void test_spans(void)
{
    static const struct {
        const char *event_date;
        gint32 first, last; /* days since 1970-01-01 */
        const char *date, *from, *to;
    } CASES[] = {
        {"2025-06-28", 20267, 20267, "2025-06-28", "2025-06-28", "2025-06-28"},
        {"2025-06", 20240, 20269, "2025-06", "2025-06-01", "2025-06-30"},
        {"2025", 20089, 20453, "2025", "2025-01-01", "2025-12-31"},
        {"2025-06-28?", 20267, 20267, "", "2025-06-28", "2025-06-28"}, /* not surer than it was */
        {"2025-06-28~", 20267, 20267, "", "2025-06-28", "2025-06-28"},
        {"2025-21", 20148, 20239, "", "2025-03-01", "2025-05-31"}, /* a season is no month */
        {"2025-06-13/2025-06-24", 20252, 20263, "", "2025-06-13", "2025-06-24"},
        {"2025-06-13/..", 20252, G_MAXINT32, "", "2025-06-13", ""},
        {NULL, 20267, 20267, "2025-06-28", "2025-06-28", "2025-06-28"},
        {NULL, G_MININT32, G_MAXINT32, "", "", ""},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        Span span;
        span_of(CASES[i].event_date, CASES[i].first, CASES[i].last, &span);
        g_assert_cmpstr(span.date, ==, CASES[i].date);
        g_assert_cmpstr(span.first, ==, CASES[i].from);
        g_assert_cmpstr(span.last, ==, CASES[i].to);
    }
}

/* ---- Uwazi ---- */

/* Facts of github.com/huridocs/uwazi, app/api/csv at 849f7d9 (24 October 2024): csvDefinitions.ts
 * (| between values, __ before a language, : in a span that is imported), validateColumns.ts (no
 * column both with and without a language; the languages' columns are of these types; the default
 * language has one), typeParsers/geolocation.ts ("lat|lon", column NAME_geolocation). */
static void check_columns(const CsvTable *table)
{
    static const char *const TRANSLATED[] = {"Title", "Kind", "Place", "Gender", NULL};
    for (gsize i = 0; i < table->n_columns; i++) {
        const char *mark = strstr(table->columns[i], "__");
        if (mark == NULL)
            continue;
        g_autofree char *name = g_strndup(table->columns[i], (gsize)(mark - table->columns[i]));
        g_autofree char *english = g_strconcat(name, "__en", NULL);
        g_assert_true(strcmp(mark, "__en") == 0 || strcmp(mark, "__fa") == 0);
        g_assert_true(g_strv_contains(TRANSLATED, name));
        g_assert_cmpint(csv_table_column(table, name), ==, -1);
        g_assert_cmpint(csv_table_column(table, english), >=, 0);
    }
}

static CsvTable *table_of(const char *folder, const char *name)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autoptr(CsvReader) reader = csv_reader_new_file(path, NULL, &error);
    CsvTable *table = csv_table_load(reader, &error);
    g_assert_no_error(error);
    check_columns(table);
    return table;
}

#define UCELL(table, row, name) csv_table_cell(table, row, csv_table_column(table, name))

static GHashTable *titles_of(const CsvTable *table)
{
    GHashTable *titles = g_hash_table_new(g_str_hash, g_str_equal);
    for (gsize row = 0; row < table->n_rows; row++) {
        const char *title = UCELL(table, row, "Title");
        g_assert_cmpstr(title, !=, "");
        g_assert_null(strchr(title, '|'));
        g_assert_true(g_hash_table_add(titles, (gpointer)title));
    }
    return titles;
}

static void check_related(GHashTable *titles, const char *cell)
{
    g_auto(GStrv) values = g_strsplit(cell, "|", -1);
    for (char **value = values; *value != NULL; value++)
        g_assert_true(g_hash_table_contains(titles, *value));
}

static void check_event(Store *store, const CsvTable *events, gsize row, gint64 id)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreAct) act = store_act_load(store, id, &error);
    const char *date = UCELL(events, row, "Date"), *span = UCELL(events, row, "Span");
    if (act->first_day == act->last_day) {
        g_assert_cmpint(edtf_day_from_gregorian((int)g_ascii_strtoll(date, NULL, 10),
                                                (int)g_ascii_strtoll(date + 5, NULL, 10),
                                                (int)g_ascii_strtoll(date + 8, NULL, 10)),
                        ==, act->first_day);
    } else if (act->first_day != G_MININT32 || act->last_day != G_MAXINT32) {
        g_auto(GStrv) ends = g_strsplit(span, ":", -1);
        g_assert_cmpuint(g_strv_length(ends), ==, 2);
        g_assert_true(ends[0][0] == '\0' || is_date(ends[0]));
        g_assert_true(ends[1][0] == '\0' || is_date(ends[1]));
        g_assert_cmpint((ends[0][0] == '\0'), ==, act->first_day == G_MININT32);
    }
    if (act->place_id != 0) {
        g_autoptr(StorePlace) place = store_place_load(store, act->place_id, &error);
        g_auto(GStrv) at = g_strsplit(UCELL(events, row, "Geolocation_geolocation"), "|", -1);
        g_assert_cmpuint(g_strv_length(at), ==, 2);
        test_assert_close(g_ascii_strtod(at[0], NULL), place->latitude, 1e-5);
        test_assert_close(g_ascii_strtod(at[1], NULL), place->longitude, 1e-5);
        g_assert_cmpstr(UCELL(events, row, "Place__fa"), ==, place->name_fa);
    }
    g_assert_cmpint(g_ascii_strtoll(UCELL(events, row, "At most"), NULL, 10), ==, act->count_max);
}

static void test_uwazi(void)
{
    g_autofree char *parent = test_folder_new();
    g_autofree char *folder = g_build_filename(parent, "uwazi", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = generated_case(parent, "a.zenhar", 250, 4);
    import(store, "odd.csv",
           "id,date,city,act,name,title,text\n"
           "o1,2025-06/2025-08,Shiraz,arrest,Zarrin Qobadi,A | stroke,\"one|two\nZarrin\"\n");
    join_with(store, 2);
    g_autoptr(Outlet) outlet = outlet_of(store, OUTLET_REDACTED, OUTLET_SEND);
    RecordsDone done = {0};
    uwazi_write(outlet, folder, &done, &error);
    g_assert_no_error(error);
    g_autoptr(CsvTable) sources = table_of(folder, "Source.csv");
    g_autoptr(CsvTable) persons = table_of(folder, "Person.csv");
    g_autoptr(CsvTable) reports = table_of(folder, "Report.csv");
    g_autoptr(CsvTable) events = table_of(folder, "Event.csv");
    g_assert_cmpuint(events->n_rows, ==, store_act_count(store, &error));
    g_assert_cmpuint(reports->n_rows, ==, store_report_count(store, &error));
    g_assert_cmpuint(persons->n_rows, ==, store_person_count(store, &error));
    g_autoptr(GHashTable) of_sources = titles_of(sources);
    g_autoptr(GHashTable) of_persons = titles_of(persons);
    g_autoptr(GHashTable) of_reports = titles_of(reports);
    for (gsize row = 0; row < reports->n_rows; row++) {
        check_related(of_sources, UCELL(reports, row, "Source"));
        g_assert_null(strchr(UCELL(reports, row, "Heading"), '|'));
    }
    for (gsize row = 0; row < events->n_rows; row++) {
        check_related(of_reports, UCELL(events, row, "Reports"));
        if (UCELL(events, row, "Person")[0] != '\0')
            check_related(of_persons, UCELL(events, row, "Person"));
        const char *number = strstr(UCELL(events, row, "Title__en"), "(A");
        check_event(store, events, row, g_ascii_strtoll(number + 2, NULL, 10));
    }
    for (gsize i = 0; i < persons->n_rows; i++)
        g_assert_cmpstr(UCELL(persons, i, "Name"), ==, "");
    g_autofree char *path = g_build_filename(folder, "Report.csv", NULL);
    g_autofree char *text = test_read_file(path, NULL);
    g_assert_null(strstr(text, "Zarrin"));
    g_assert_nonnull(strstr(text, "A / stroke"));
    g_assert_false(uwazi_write(outlet, folder, &done, &error)); /* overwrites nothing */
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/handover/formats/spans_are_no_surer_than_they_were", test_spans);
    g_test_add_func("/handover/formats/entities_fit_followthemoneys_schema", test_follow_schema);
    g_test_add_func("/handover/formats/ids_stay_and_are_each_cases_own", test_follow_ids);
    g_test_add_func("/handover/formats/entities_read_back", test_follow_back);
    g_test_add_func("/handover/formats/entities_are_redacted", test_follow_redacted);
    g_test_add_func("/handover/formats/tables_fit_uwazis_import", test_uwazi);
    return g_test_run();
}
