/* Reports of a case: the bundled public facts, and a small case with a label. */
#include "appeal/appeal.h"
#include "assess/assess.h"
#include "base/csv.h"
#include "case.h"
#include "evidence/evidence.h"
#include "render/render.h"
#include "store/assessment.h"
#include "store/link.h"
#include "store/person.h"
#include "store/report.h"
#include "store/user.h"
#include "words.h"
#include <jansson.h>
#include <libxml/parser.h>
#include <libxml/relaxng.h>
#include <math.h>

static void situation_says_what_the_case_holds(gconstpointer data)
{
    bool persian = GPOINTER_TO_INT(data);
    Store *store = iran();
    g_autofree char *folder = test_folder_new();
    g_autofree char *path = written(folder, "situation.pdf");
    g_autoptr(GError) error = NULL;
    i18n_set_language(I18N_ENGLISH);
    g_assert_true(render_situation_pdf(store, persian ? I18N_PERSIAN : I18N_ENGLISH, path, &error));
    g_assert_no_error(error);
    g_assert_cmpint(i18n_language(), ==, I18N_ENGLISH); /* put back */
    const char *check[] = {"qpdf", "--check", path, NULL};
    G_GNUC_UNUSED g_autofree char *sound = run_program(check);
    g_autofree char *taken = pdf_words(path, 0, 0);
    g_autofree char *plain = plain_words(taken);
    /* Each of these is in cases/iran-2025: an execution figure of 2025, a vote, a crisis. */
    static const char *const ENGLISH[] = {"Situation report: Iran 2025",
                                          "2 February 2026",
                                          "Amnesty International",
                                          "Figures, as each reporter gave them",
                                          "at least 1,500",
                                          "War of June 2025",
                                          "(factor 7)",
                                          "SHA-256"};
    static const char *const FARSI[] = {
        "گزارش وضعیت: ایران ۲۰۲۵",
        "۱۳ بهمن ۱۴۰۴",
        "عفو بین‌الملل",
        "رقم‌ها، چنان‌که هر گزارشگر گفته است",
        "دست‌کم ۱٬۵۰۰",
        "جنگ خرداد و تیر ۱۴۰۴",
        "(عامل ۷)",
        "SHA-256"};
    for (gsize i = 0; i < G_N_ELEMENTS(ENGLISH); i++) {
        const char *wanted = persian ? FARSI[i] : ENGLISH[i];
        if (strstr(plain, wanted) == NULL)
            g_error("'%s' is missing", wanted);
    }
    /* The signed root of the evidence log stands in it, whole. */
    StoreLogHead head;
    g_assert_true(evidence_head(store, &head, &error));
    g_autoptr(GString) root = g_string_new(NULL);
    for (int i = 0; i < 32; i++)
        g_string_append_printf(root, "%02x", head.root[i]);
    g_autofree char *joined = g_strdelimit(g_strdup(plain), " ", '\n');
    g_auto(GStrv) parts = g_strsplit(joined, "\n", -1);
    g_autofree char *glued = g_strjoinv("", parts);
    g_assert_nonnull(strstr(glued, root->str));
}

static void unconfirmed_rows_are_shown_as_such(void)
{
    Store *store = iran();
    g_autofree char *folder = test_folder_new();
    g_autofree char *path = written(folder, "a.pdf"), *table = written(folder, "a.csv");
    g_autoptr(GError) error = NULL;
    g_assert_true(render_situation_pdf(store, I18N_ENGLISH, path, &error));
    g_autofree char *taken = pdf_words(path, 0, 0);
    g_autofree char *plain = plain_words(taken);
    g_assert_nonnull(strstr(plain, "not confirmed at its source"));
    g_assert_true(render_situation_csv(store, table, &error));
    g_autofree char *csv = test_read_file(table, NULL);
    guint unconfirmed = 0, marked = 0;
    g_autoptr(GPtrArray) figures = store_figure_list(store, NULL, &error);
    for (guint i = 0; i < figures->len; i++) {
        const StoreFigure *f = g_ptr_array_index(figures, i);
        unconfirmed += f->verified != NULL && strcmp(f->verified, "read") != 0 &&
                       strcmp(f->verified, "yes") != 0;
    }
    g_assert_cmpuint(unconfirmed, >, 0);
    for (const char *at = csv; (at = strstr(at, "not confirmed at its source")) != NULL; at++)
        marked++;
    g_assert_cmpuint(marked, ==, unconfirmed);
}

static void tables_hold_every_figure(void)
{
    Store *store = iran();
    g_autofree char *folder = test_folder_new();
    g_autofree char *csv = written(folder, "a.csv"), *json = written(folder, "a.json");
    g_autoptr(GError) error = NULL;
    g_assert_true(render_situation_csv(store, csv, &error));
    g_assert_true(render_situation_json(store, json, &error));
    g_assert_no_error(error);
    g_autoptr(CsvReader) reader = csv_reader_new_file(csv, NULL, &error);
    g_autoptr(CsvTable) table = csv_table_load(reader, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(table->n_columns, ==, 10);
    json_t *object = json_load_file(json, 0, NULL);
    g_assert_nonnull(object);
    gsize rows = 0;
    for (gsize i = 0; i < table->n_rows; i++)
        rows += strcmp(csv_table_cell(table, i, 0), "figure") == 0;
    g_assert_cmpint((gint64)rows, ==, store_figure_count(store, &error));
    g_assert_cmpuint(json_array_size(json_object_get(object, "figure")), ==, rows);
    /* "at least" leaves the upper end open in both. */
    const json_t *first = json_array_get(json_object_get(object, "figure"), 0);
    g_autoptr(StoreFigure) figure = store_figure_load(store, 1, &error);
    g_assert_true(figure->at_least);
    test_assert_close(json_number_value(json_object_get(first, "low")), figure->low, 1e-12);
    g_assert_true(json_is_null(json_object_get(first, "high")));
    json_decref(object);
}

static void same_case_and_time_same_bytes(void)
{
    Store *store = iran();
    g_autofree char *folder = test_folder_new();
    g_autoptr(GError) error = NULL;
    static const char *const NAMES[] = {"a", "b"};
    g_autofree char *pdf[2] = {NULL, NULL}, *cap[2] = {NULL, NULL}, *svg[2] = {NULL, NULL};
    gsize length[2] = {0, 0};
    for (int i = 0; i < 2; i++) {
        g_autofree char *path = written(folder, NAMES[i]);
        g_assert_true(render_situation_pdf(store, I18N_PERSIAN, path, &error));
        pdf[i] = test_read_file(path, &length[i]);
        g_assert_true(render_alert_cap(store, 0, path, &error));
        cap[i] = test_read_file(path, NULL);
        svg[i] = render_chart_svg(store, RENDER_CHART_SERIES, I18N_PERSIAN, &error);
        g_assert_no_error(error);
    }
    g_assert_cmpuint(length[0], ==, length[1]);
    g_assert_true(memcmp(pdf[0], pdf[1], length[0]) == 0);
    g_assert_cmpstr(cap[0], ==, cap[1]);
    g_assert_cmpstr(svg[0], ==, svg[1]);
    g_free(pdf[1]);
    g_free(cap[1]);
    g_free(svg[1]);
}

/* ---- CAP ---- */

static void assert_cap_valid(const char *path)
{
    g_autofree char *schema = test_source_path("tests/render/cap-1.2.rng");
    xmlRelaxNGParserCtxt *reading = xmlRelaxNGNewParserCtxt(schema);
    xmlRelaxNG *grammar = xmlRelaxNGParse(reading);
    g_assert_nonnull(grammar);
    xmlDoc *doc = xmlReadFile(path, NULL, XML_PARSE_NONET);
    g_assert_nonnull(doc);
    xmlRelaxNGValidCtxt *valid = xmlRelaxNGNewValidCtxt(grammar);
    g_assert_cmpint(xmlRelaxNGValidateDoc(valid, doc), ==, 0);
    xmlRelaxNGFreeValidCtxt(valid);
    xmlFreeDoc(doc);
    xmlRelaxNGFree(grammar);
    xmlRelaxNGFreeParserCtxt(reading);
}

static void alert_is_cap_in_both_languages(void)
{
    Store *store = iran();
    g_autofree char *folder = test_folder_new();
    g_autofree char *path = written(folder, "alert.xml");
    g_autoptr(GError) error = NULL;
    g_assert_true(render_alert_cap(store, NOW + 3600, path, &error));
    g_assert_no_error(error);
    assert_cap_valid(path);
    g_autofree char *xml = test_read_file(path, NULL);
    g_assert_nonnull(strstr(xml, "<language>fa-IR</language>"));
    g_assert_nonnull(strstr(xml, "<language>en</language>"));
    g_assert_nonnull(strstr(xml, "<status>Draft</status>")); /* nobody has made it final */
    g_assert_nonnull(strstr(xml, "<sent>2026-02-02T01:00:00-00:00</sent>"));
    g_assert_nonnull(strstr(xml, "<valueName>ISO 3166-1</valueName>"));
    g_assert_nonnull(strstr(xml, "نقض گستردهٔ حقوق بشر"));
    g_assert_null(strstr(xml, "<certainty>Observed"));
    /* each language asks in its own words */
    g_assert_nonnull(strstr(xml, "Monitoring and public reporting"));
    g_assert_nonnull(strstr(xml, "پایش و گزارش‌دهی علنی"));
}

/* A case with a label and one alarm on a series of Tehran that rests on two reports. */
static Store *labelled(guint n_sources, const char *kind)
{
    Store *store = case_new("Exercise & <drill>", "تمرین", "synthetic");
    g_autoptr(GError) error = NULL;
    g_autoptr(StorePlace) place = store_place_new();
    place->iso = g_strdup("IR-23");
    place->kind = g_strdup("province");
    place->name_en = g_strdup("Tehran");
    place->name_fa = g_strdup("تهران");
    store_place_add(store, place, &error);
    g_autoptr(StoreSeries) series = store_series_new();
    series->name = g_strdup("arrests");
    series->act_kind = g_strdup(kind);
    series->place_id = place->id;
    series->interval_days = 7;
    StoreSeriesPoint points[20];
    gint32 today = NOW / 86400;
    for (int i = 0; i < 20; i++)
        points[i] = (StoreSeriesPoint){today - 7.0 * (20 - i), 2, NAN, NAN, NAN, 2, 6, 0};
    points[19].observed = 15;
    points[19].alarm = 1;
    store_series_set_points(series, points, 20);
    store_series_add(store, series, &error);
    g_autoptr(StoreAlarm) alarm = store_alarm_new();
    alarm->series_id = series->id;
    alarm->first_day = today - 7;
    alarm->last_day = today - 1;
    alarm->method = g_strdup("farrington-flexible");
    alarm->observed = 15;
    alarm->expected = 2;
    alarm->threshold = 6;
    alarm->p_value = 0.0001;
    alarm->status = g_strdup("new");
    store_alarm_add(store, alarm, &error);
    for (guint i = 0; i < n_sources; i++) {
        g_autoptr(StoreSource) source = store_source_new();
        source->name = g_strdup_printf("source %u", i);
        store_source_add(store, source, &error);
        g_autoptr(StoreReport) report = store_report_new();
        report->source_id = source->id;
        store_report_add(store, report, &error);
        g_autoptr(StoreStatement) statement = store_statement_new();
        statement->report_id = report->id;
        statement->act_kind = g_strdup(kind);
        statement->first_day = statement->last_day = today - 5;
        statement->place_id = place->id;
        store_statement_add(store, statement, &error);
        store_link_join(store, STORE_KIND_ALARM, alarm->id, STORE_KIND_STATEMENT, statement->id,
                        "evidence", &error);
    }
    g_assert_no_error(error);
    return store;
}

static void alert_says_no_more_than_the_data(void)
{
    static const struct {
        guint sources;
        const char *kind, *severity, *certainty;
    } CASES[] = {{1, "arrest", "Severe", "Possible"},
                 {2, "arrest", "Severe", "Likely"},
                 {2, "killing", "Extreme", "Likely"},
                 {2, "summons", "Moderate", "Likely"}};
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autoptr(Store) store = labelled(CASES[i].sources, CASES[i].kind);
        g_autofree char *folder = test_folder_new();
        g_autofree char *path = written(folder, "alert.xml");
        g_autoptr(GError) error = NULL;
        g_assert_true(render_alert_cap(store, 0, path, &error));
        assert_cap_valid(path);
        g_autofree char *xml = test_read_file(path, NULL);
        g_autofree char *severity = g_strdup_printf("<severity>%s</severity>", CASES[i].severity);
        g_autofree char *certainty =
            g_strdup_printf("<certainty>%s</certainty>", CASES[i].certainty);
        g_assert_nonnull(strstr(xml, severity));
        g_assert_nonnull(strstr(xml, certainty));
        g_assert_nonnull(strstr(xml, "<status>Exercise</status>"));
        g_assert_nonnull(strstr(xml, "<urgency>Expected</urgency>"));
        g_assert_nonnull(strstr(xml, "<value>IR-23</value>"));
        g_assert_nonnull(strstr(xml, "Exercise &amp; &lt;drill&gt;"));
    }
}

static void label_stands_on_every_page_and_chart(gconstpointer data)
{
    I18nLanguage language = GPOINTER_TO_INT(data) ? I18N_PERSIAN : I18N_ENGLISH;
    g_autoptr(Store) store = labelled(2, "arrest");
    g_autofree char *folder = test_folder_new();
    g_autofree char *path = written(folder, "a.pdf");
    g_autoptr(GError) error = NULL;
    g_assert_true(render_situation_pdf(store, language, path, &error));
    const char *info[] = {"pdfinfo", path, NULL};
    g_autofree char *told = run_program(info);
    const char *label = language == I18N_PERSIAN ? "ساختگی: اشخاص" : "SYNTHETIC: invented";
    int pages = (int)g_ascii_strtoll(strstr(told, "Pages:") + 6, NULL, 10);
    g_assert_cmpint(pages, >, 0);
    for (int p = 1; p <= pages; p++) {
        g_autofree char *taken = pdf_words(path, p, p);
        g_autofree char *plain = plain_words(taken);
        g_assert_nonnull(strstr(plain, label));
    }
    g_autofree char *svg = render_series_svg(store, 1, language, &error);
    g_assert_no_error(error);
    g_assert_nonnull(strstr(svg, label));
}

static void nothing_to_draw_is_told(void)
{
    g_autoptr(Store) store = case_new("Empty", NULL, NULL);
    g_autofree char *folder = test_folder_new();
    g_autofree char *path = written(folder, "a");
    for (int c = 0; c < RENDER_N_CHARTS; c++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(render_chart_svg(store, (RenderChart)c, I18N_ENGLISH, &error));
        g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA);
        RenderChart back;
        g_assert_true(render_chart_parse(render_chart_name((RenderChart)c), &back) &&
                      back == (RenderChart)c);
    }
    g_autoptr(GError) error = NULL;
    g_assert_false(render_alert_cap(store, 0, path, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA);
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    g_clear_error(&error);
    g_assert_false(render_letter_pdf(store, 7, path, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_assert_true(
        render_situation_pdf(store, I18N_ENGLISH, path, &error)); /* says that it is empty */
    g_assert_no_error(error);
    g_assert_false(render_situation_pdf(store, I18N_ENGLISH, "/nowhere/at/all.pdf", &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO);
}

static void letter_is_set_as_it_was_drafted(gconstpointer data)
{
    I18nLanguage language = GPOINTER_TO_INT(data) ? I18N_PERSIAN : I18N_ENGLISH;
    Store *store = iran();
    g_autoptr(GError) error = NULL;
    AppealOptions options = appeal_options();
    options.language = language;
    options.day = NOW / 86400;
    options.recipient_id = 1;
    gint64 id = appeal_compose(store, &options, &error);
    g_assert_no_error(error);
    g_autofree char *folder = test_folder_new();
    g_autofree char *path = written(folder, "letter.pdf");
    g_assert_true(render_letter_pdf(store, id, path, &error));
    g_assert_no_error(error);
    g_autoptr(AppealLetter) letter = appeal_letter_load(store, id, &error);
    g_autofree char *taken = pdf_words(path, 0, 0);
    g_autofree char *plain = plain_words(taken);
    const char *parts[] = {letter->notice, letter->subject,      letter->salutation,
                           letter->date,   letter->addressee[0], letter->closing};
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autofree char *wanted = plain_words(parts[i]);
        if (strstr(plain, wanted) == NULL)
            g_error("'%s' is missing", wanted);
    }
    for (guint i = 0; i < letter->annex->len; i++) {
        const AppealAnnexRow *row = g_ptr_array_index(letter->annex, i);
        if (row->sha256[0] != '\0')
            g_assert_nonnull(strstr(plain, row->sha256)); /* on one line, unbroken */
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/render/situation/says_what_the_case_holds/english", GINT_TO_POINTER(0),
                         situation_says_what_the_case_holds);
    g_test_add_data_func("/render/situation/says_what_the_case_holds/persian", GINT_TO_POINTER(1),
                         situation_says_what_the_case_holds);
    g_test_add_func("/render/situation/unconfirmed_rows_are_shown_as_such",
                    unconfirmed_rows_are_shown_as_such);
    g_test_add_func("/render/situation/tables_hold_every_figure", tables_hold_every_figure);
    g_test_add_func("/render/situation/same_case_and_time_same_bytes",
                    same_case_and_time_same_bytes);
    g_test_add_data_func("/render/situation/label_stands_on_every_page_and_chart/english",
                         GINT_TO_POINTER(0), label_stands_on_every_page_and_chart);
    g_test_add_data_func("/render/situation/label_stands_on_every_page_and_chart/persian",
                         GINT_TO_POINTER(1), label_stands_on_every_page_and_chart);
    g_test_add_func("/render/alert/is_cap_in_both_languages", alert_is_cap_in_both_languages);
    g_test_add_func("/render/alert/says_no_more_than_the_data", alert_says_no_more_than_the_data);
    g_test_add_func("/render/nothing_to_draw_is_told", nothing_to_draw_is_told);
    g_test_add_data_func("/render/letter/set_as_it_was_drafted/english", GINT_TO_POINTER(0),
                         letter_is_set_as_it_was_drafted);
    g_test_add_data_func("/render/letter/set_as_it_was_drafted/persian", GINT_TO_POINTER(1),
                         letter_is_set_as_it_was_drafted);
    int status = g_test_run();
    store_close(iran());
    xmlCleanupParser();
    return status;
}
