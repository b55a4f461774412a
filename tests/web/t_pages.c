/* The application on a real case: each route without a session, with the wrong method, in both
 * languages; what came from outside stays text on every page; identities are nowhere. */
#include "evidence/evidence.h"
#include "evidence/original.h"
#include "intake/search.h"
#include "raw.h"
#include "store/appeal.h"
#include "store/assessment.h"
#include "store/body.h"
#include "store/person.h"
#include "store/search.h"
#include "store/signal.h"
#include "store/user.h"
#include "support.h"
#include "web/app.h"
#include "web/web.h"
#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* Markup in every field that comes from outside; the number tells which one broke through. */
#define ATTACK "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&amp;"
#define SECRET "Parvaneh-Sealed-Name"

static Web *web;
static char *folder, *cookie;

/* ---- a case with one of each ---- */

static char *attack(const char *field)
{
    return g_strdup_printf("%s " ATTACK " \u202e\x01", field);
}

static void must(bool done, GError *error)
{
    g_assert_no_error(error);
    g_assert_true(done);
}

static void add_report(Store *store, gint64 source_id, gint64 original_id, gint64 place_id,
                       gint64 person_id, gint64 act_id, guint number)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreReport) report = store_report_new();
    report->source_id = source_id;
    report->original_id = original_id;
    report->original_length = 10;
    report->received = 1750000000 + (gint64)number * 86400;
    report->event_date = g_strdup("2025-06-28");
    report->first_day = report->last_day = 20267;
    report->place_id = place_id;
    report->place_text = attack("place");
    report->title = attack("title");
    report->text = number == 0 ? attack("در تهران بازداشت‌شدگان")
                               : g_strdup("بيست نفر در تهران بازداشت شدند. Twenty people.");
    report->language = g_strdup(number == 0 ? "\"><script>" : "fa");
    report->kind = number == 0 ? attack("kind") : g_strdup("arrest");
    report->external_id = attack("external");
    report->reliability = 'B';
    report->credibility = 2;
    must(store_report_add(store, report, &error), error);
    g_autofree char *folded = intake_search_fold(report->text);
    must(store_search_put(store, report->id, folded, &error), error);

    g_autoptr(StoreStatement) statement = store_statement_new();
    statement->report_id = report->id;
    statement->act_id = act_id;
    statement->act_kind = number == 0 ? attack("act") : g_strdup("arrest");
    statement->victim_id = person_id;
    statement->victim_name = g_strdup(SECRET);
    statement->victim_father = g_strdup(SECRET);
    statement->victim_group = attack("group");
    statement->perpetrator = attack("perpetrator");
    statement->event_date = g_strdup(number == 0 ? "<b>" : "2025-06-28");
    statement->first_day = statement->last_day = 20267;
    statement->place_text = attack("where");
    statement->according_to = attack("according");
    statement->charge = attack("charge");
    statement->outcome = attack("outcome");
    statement->case_number = g_strdup(SECRET);
    statement->method = attack("method");
    statement->text_offset = 0;
    statement->text_length = 4;
    must(store_statement_add(store, statement, &error), error);
}

static gint64 add_people(Store *store, gint64 place_id, gint64 *ret_act)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StorePerson) person = store_person_new();
    person->name = g_strdup(SECRET);
    person->name_latin = g_strdup(SECRET);
    person->contact = g_strdup(SECRET);
    person->note = g_strdup(SECRET);
    person->group = attack("group");
    person->status = attack("status");
    must(store_person_add(store, person, &error), error);
    g_autoptr(StoreAct) act = store_act_new();
    act->kind = attack("kind");
    act->victim_id = person->id;
    act->perpetrator = attack("perpetrator");
    act->event_date = g_strdup("2025-06-28");
    act->place_id = place_id;
    must(store_act_add(store, act, &error), error);
    *ret_act = act->id;
    return person->id;
}

static void add_figures(Store *store)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreCrisis) crisis = store_crisis_new();
    crisis->name = attack("name");
    crisis->text = attack("text");
    crisis->response = attack("response");
    crisis->source = attack("source");
    crisis->event_date = g_strdup("2025-06-13/2025-06-24");
    crisis->verified = g_strdup("memory");
    must(store_crisis_add(store, crisis, &error), error);
    g_autoptr(StoreFigure) figure = store_figure_new();
    figure->crisis_id = crisis->id;
    figure->reporter = attack("reporter");
    figure->kind = attack("kind");
    figure->event_date = g_strdup("2025");
    figure->low = 972;
    figure->high = 1001;
    figure->note = attack("note");
    figure->source = attack("source");
    figure->verified = g_strdup("memory");
    must(store_figure_add(store, figure, &error), error);
    g_autoptr(StoreVote) vote = store_vote_new();
    vote->resolution = attack("resolution");
    vote->title = attack("title");
    vote->in_favour = 25;
    vote->against = 6;
    vote->abstained = 16;
    must(store_vote_add(store, vote, &error), error);
}

static void add_alarm(Store *store)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreSeries) series = store_series_new();
    series->name = attack("name");
    series->act_kind = attack("kind");
    series->interval_days = 7;
    StoreSeriesPoint points[60];
    for (gsize i = 0; i < G_N_ELEMENTS(points); i++)
        points[i] = (StoreSeriesPoint){.first_day = 20000 + 7 * (double)i,
                                       .observed = (double)(i % 5),
                                       .expected = 2,
                                       .upper = 6};
    store_series_set_points(series, points, G_N_ELEMENTS(points));
    must(store_series_add(store, series, &error), error);
    g_autoptr(StoreAlarm) alarm = store_alarm_new();
    alarm->series_id = series->id;
    alarm->first_day = 20260;
    alarm->last_day = 20266;
    alarm->method = attack("method");
    alarm->observed = 40;
    alarm->expected = 2;
    alarm->threshold = 6;
    alarm->status = attack("status");
    alarm->reason = attack("reason");
    must(store_alarm_add(store, alarm, &error), error);
    g_autoptr(StoreAssessment) assessment = store_assessment_new();
    assessment->title = attack("title");
    assessment->framework = attack("framework");
    assessment->summary = attack("summary");
    assessment->author = attack("author");
    must(store_assessment_add(store, assessment, &error), error);
    g_autoptr(StoreRating) rating = store_rating_new();
    rating->assessment_id = assessment->id;
    rating->factor = g_strdup("RF1");
    rating->level = 2;
    rating->trend = attack("trend");
    rating->rationale = attack("rationale");
    rating->method = g_strdup("by hand");
    must(store_rating_add(store, rating, &error), error);
}

static void case_make(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *parent = test_folder_new();
    folder = g_build_filename(parent, "case.zenhar", NULL);
    const StoreKeyCost cheap = {.passes = 1, .memory_bytes = 1 << 20};
    g_autoptr(Store) store = evidence_create(folder, "secret", &cheap, &error);
    g_assert_no_error(error);
    must(store_begin(store, &error), error);
    g_autofree char *title = attack("title");
    must(store_setting_set(store, "title", title, &error), error);
    must(store_setting_set(store, "label", "synthetic", &error), error);
    gint64 original_id;
    bool known;
    g_autofree char *name = attack("file");
    must(evidence_original_add_bytes(store, "an original \0 of bytes", 21, name, "text/html", name,
                                     &original_id, &known, &error),
         error);
    g_autoptr(StoreSource) source = store_source_new();
    source->name = attack("source");
    source->kind = attack("kind");
    must(store_source_add(store, source, &error), error);
    g_autoptr(StorePlace) place = store_place_new();
    place->name_en = attack("Tehran");
    place->name_fa = attack("تهران");
    must(store_place_add(store, place, &error), error);
    gint64 act_id;
    gint64 person_id = add_people(store, place->id, &act_id);
    for (guint i = 0; i < 60; i++)
        add_report(store, source->id, original_id, place->id, person_id, act_id, i);
    add_figures(store);
    add_alarm(store);
    must(store_commit(store, &error), error);

    const WebStart start = {.folder = folder, .keys = store_keys(store), .threads = 2};
    web = web_start(&start, &error);
    g_assert_no_error(error);
}

/* ---- asking ---- */

static void get(const char *path, const char *headers, RawAnswer *answer)
{
    raw_request(web_port(web), "GET", path, headers, NULL, answer);
}

static char *log_in(void)
{
    g_autofree char *link = web_login_link(web, I18N_ENGLISH);
    g_autofree char *body = g_strdup(strstr(link, "token="));
    RawAnswer answer;
    raw_request(web_port(web), "POST", "/en/login", NULL, body, &answer);
    g_assert_cmpuint(answer.status, ==, 303);
    g_autofree char *header = raw_header(&answer, "Set-Cookie");
    raw_clear(&answer);
    return g_strdup_printf("Cookie: %.*s\r\n", (int)strcspn(header, ";"), header);
}

/* A path that the route answers with 200 in this case. */
static char *sample_of(const WebRoute *route)
{
    static const struct {
        const char *route, *rest;
    } RESTS[] = {
        {"/reports/*", "R1"},     {"/originals/*", "O1"}, {"/downloads/*", "O1"},
        {"/proofs/*", "R1"},      {"/persons/*", "P1"},   {"/acts/*", "A1"},
        {"/records/*", "FG1"},    {"/alarms/*", "AL1"},   {"/charts/*", "curve.svg"},
        {"/series/*", "SE1.svg"},
    };
    if (!g_str_has_suffix(route->path, "*"))
        return g_strdup(route->path);
    for (gsize i = 0; i < G_N_ELEMENTS(RESTS); i++)
        if (strcmp(RESTS[i].route, route->path) == 0)
            return g_strdup_printf("%.*s%s", (int)strlen(route->path) - 1, route->path,
                                   RESTS[i].rest);
    return g_strdup_printf("%.*sX", (int)strlen(route->path) - 1, route->path);
}

/* ---- routes ---- */

typedef struct {
    const WebRoute *route;
    char *path;
} RouteCase;

static void test_route_without_session(gconstpointer data)
{
    const RouteCase *row = data;
    bool open = (row->route->flags & WEB_OPEN) != 0;
    bool post = (row->route->flags & WEB_POST) != 0;
    RawAnswer answer;
    raw_request(web_port(web), post ? "POST" : "GET", row->path, NULL, post ? "a=b" : NULL,
                &answer);
    bool secret = strcmp(row->route->path, "/sign/*") == 0; /* open to who has the link's */
    if (open && !post && !secret)
        g_assert_cmpuint(answer.status, <, 400);
    else
        g_assert_cmpuint(answer.status, ==, 403);
    g_assert_null(strstr(answer.text, "alert(1)")); /* not even the case's title */
    raw_clear(&answer);
}

static void test_route_with_wrong_method(gconstpointer data)
{
    const RouteCase *row = data;
    static const char *const METHODS[] = {"PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"};
    for (gsize i = 0; i < G_N_ELEMENTS(METHODS); i++) {
        RawAnswer answer;
        raw_request(web_port(web), METHODS[i], row->path, cookie, NULL, &answer);
        g_assert_cmpuint(answer.status, ==, 405);
        g_autofree char *allow = raw_header(&answer, "Allow");
        g_assert_cmpstr(allow, !=, "");
        raw_clear(&answer);
    }
}

static void assert_is_safe_page(const RawAnswer *answer)
{
    g_assert_null(strstr(answer->text, SECRET));
    g_autofree char *type = raw_header(answer, "Content-Type");
    if (strstr(type, "html") == NULL || answer->status == 303)
        return;
    g_assert_null(strstr(answer->text, "<script"));
    g_assert_null(strstr(answer->text, "<img src=x"));
    g_assert_null(strstr(answer->text, "onerror=alert(1)>")); /* its ">" is never one */
    g_assert_null(strstr(answer->text, "\u202e"));
    g_assert_null(strchr(answer->body, '\x01'));
    g_assert_null(strstr(answer->text, " style="));
    g_assert_true(g_utf8_validate(answer->text, -1, NULL));
    g_assert_nonnull(strstr(answer->text, "lang=\""));
    g_assert_nonnull(strstr(answer->text, "href=\"#main\""));
    g_assert_nonnull(strstr(answer->text, "<main id=\"main\""));
    g_assert_cmpuint(answer->length, <, 100 * 1024);
}

static void test_route_with_session(gconstpointer data)
{
    const RouteCase *row = data;
    if ((row->route->flags & WEB_POST) != 0) {
        RawAnswer answer; /* no form token */
        raw_request(web_port(web), "POST", row->path, cookie, "a=b", &answer);
        g_assert_cmpuint(answer.status, ==, (row->route->flags & WEB_OPEN) != 0 ? 403 : 400);
        raw_clear(&answer);
        return;
    }
    RawAnswer answer;
    get(row->path, cookie, &answer);
    bool letter = strstr(row->path, "letter") != NULL; /* there is none in this case */
    bool secret = strcmp(row->route->path, "/sign/*") == 0;
    if (letter || secret)
        g_assert_cmpuint(answer.status, ==, letter ? 404 : 403);
    else
        g_assert_cmpuint(answer.status, <, 400);
    assert_is_safe_page(&answer);
    raw_clear(&answer);
}

static void test_unknown_records_are_told(void)
{
    static const char *const PATHS[] = {
        "/en/reports/R999",  "/en/reports/S1",     "/fa/reports/nonsense", "/en/originals/O99",
        "/en/downloads/R1",  "/en/proofs/R99",     "/en/persons/P99",      "/fa/acts/A99",
        "/en/alarms/AL99",   "/en/records/Z1",     "/en/letters/AP7",      "/en/charts/none.svg",
        "/en/series/R1.svg", "/en/series/SE9.svg", "/en/nowhere",          "/nowhere",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(PATHS); i++) {
        RawAnswer answer;
        get(PATHS[i], cookie, &answer);
        g_test_message("%s: %u", PATHS[i], answer.status);
        g_assert_cmpuint(answer.status, ==, 404);
        assert_is_safe_page(&answer);
        raw_clear(&answer);
    }
}

/* ---- what the pages say ---- */

static void assert_says(const char *path, const char *words)
{
    RawAnswer answer;
    get(path, cookie, &answer);
    g_assert_cmpuint(answer.status, ==, 200);
    if (strstr(answer.body, words) == NULL)
        g_error("%s does not say “%s”", path, words);
    raw_clear(&answer);
}

static void test_both_languages(void)
{
    assert_says("/en/", "<html lang=\"en\" dir=\"ltr\">");
    assert_says("/fa/", "<html lang=\"fa\" dir=\"rtl\">");
    assert_says("/en/about", "Skip to the contents");
    assert_says("/fa/about", "رفتن به محتوای صفحه");
    /* the other language keeps the page, its query and filters */
    assert_says("/fa/reports?q=%D8%AA%D9%87%D8%B1%D8%A7%D9%86&kind=arrest",
                "href=\"/en/reports?q=%D8%AA%D9%87%D8%B1%D8%A7%D9%86&amp;kind=arrest\"");
    assert_says("/en/reports/R2", "href=\"/fa/reports/R2\"");
}

static void test_label_stands_on_pages(void)
{
    assert_says("/en/", "Synthetic case.");
    assert_says("/en/reports", "Synthetic case.");
    assert_says("/fa/reports/R1", "پروندهٔ ساختگی.");
}

static void test_report_page(void)
{
    assert_says("/en/reports/R2", "28 June 2025 (7 Tir 1404)");
    assert_says("/fa/reports/R2", "۷ تیر ۱۴۰۴ (۲۸ ژوئن ۲۰۲۵)");
    assert_says("/en/reports/R2", "B: usually reliable");
    assert_says("/en/reports/R2", "leads to the signed root");
    assert_says("/en/reports/R2", "zenhar verify --case case.zenhar --proof R2");
    guint8 hash[32];
    char hex[65];
    crypto_hash_sha256(hash, (const guint8 *)"an original \0 of bytes", 21);
    assert_says("/en/reports/R2", sodium_bin2hex(hex, sizeof hex, hash, sizeof hash));
}

static void test_person_is_a_code(void)
{
    RawAnswer answer;
    get("/en/persons/P1", cookie, &answer);
    g_assert_cmpuint(answer.status, ==, 200);
    g_assert_nonnull(strstr(answer.body, "Person ZH-"));
    g_assert_null(strstr(answer.body, SECRET));
    raw_clear(&answer);
}

static guint count_rows(const char *path)
{
    RawAnswer answer;
    get(path, cookie, &answer);
    g_assert_cmpuint(answer.status, ==, 200);
    guint rows = 0;
    for (const char *at = answer.body; (at = strstr(at, "<p class=\"meta\">")) != NULL; at++)
        rows++;
    raw_clear(&answer);
    return rows;
}

static void test_search_knows_spellings(void)
{
    g_assert_cmpuint(count_rows("/en/reports?q=%D8%A8%DB%8C%D8%B3%D8%AA"), ==, 25); /* بیست: ي */
    g_assert_cmpuint(count_rows("/en/reports?q=TWENTY"), ==, 25);
    g_assert_cmpuint(count_rows("/en/reports?q=twen*"), ==, 25);
    g_assert_cmpuint(count_rows("/en/reports?q=%22people+twenty%22"), ==, 0);
    g_assert_cmpuint(count_rows("/en/reports?q=%22twenty+people%22"), ==, 25);
    g_assert_cmpuint(count_rows("/en/reports?q=nobody"), ==, 0);
    /* signs of the index's own language mean nothing */
    g_assert_cmpuint(count_rows("/en/reports?q=twenty+AND+NOT+%28"), ==, 0);
    g_assert_cmpuint(count_rows("/en/reports?q=%22+%2A+%28%29+%3A"), ==, 0);
    assert_says("/fa/reports?q=TWENTY", "<mark>Twenty</mark>");
}

static void test_filters(void)
{
    g_assert_cmpuint(count_rows("/en/reports?source=S1&kind=arrest&place=PL1"), ==, 25);
    g_assert_cmpuint(count_rows("/en/reports?source=S9"), ==, 0);
    g_assert_cmpuint(count_rows("/en/reports?place=PL9"), ==, 0);
    g_assert_cmpuint(count_rows("/en/reports?kind=execution"), ==, 0);
    g_assert_cmpuint(count_rows("/en/reports?from=2025-06-28&to=2025-06-28"), ==, 25);
    g_assert_cmpuint(count_rows("/en/reports?from=1404-04-07&to=1404-04-07"), ==, 25);
    g_assert_cmpuint(count_rows("/en/reports?from=%DB%B1%DB%B4%DB%B0%DB%B4"), ==, 25); /* ۱۴۰۴ */
    g_assert_cmpuint(count_rows("/en/reports?from=1404-04-08"), ==, 0);
    g_assert_cmpuint(count_rows("/en/reports?to=2025-06-27"), ==, 0);
    assert_says("/en/reports?from=yesterday", "One of the dates cannot be read");
}

/* The address behind a link of that relation; "" when it is not there. */
static char *link_of(const char *path, const char *relation)
{
    RawAnswer answer;
    get(path, cookie, &answer);
    g_autofree char *mark = g_strdup_printf("\" rel=\"%s\"", relation);
    char *end = strstr(answer.body, mark);
    char *address = g_strdup("");
    if (end != NULL) {
        char *begin = end;
        while (begin[-1] != '"')
            begin--;
        g_free(address);
        g_autofree char *coded = g_strndup(begin, (gsize)(end - begin));
        g_auto(GStrv) parts = g_strsplit(coded, "&amp;", -1);
        address = g_strjoinv("&", parts);
    }
    raw_clear(&answer);
    return address;
}

static void test_paging_goes_there_and_back(void)
{
    const char *first = "/en/reports?q=twenty&kind=arrest";
    g_autofree char *second = link_of(first, "next");
    g_autofree char *third = link_of(second, "next");
    g_autofree char *back = link_of(third, "prev");
    g_autofree char *none = link_of(third, "next");
    g_autofree char *before = link_of(first, "prev");
    g_assert_cmpstr(second, ==, "/en/reports?older=R36&q=twenty&kind=arrest");
    g_assert_cmpstr(third, ==, "/en/reports?older=R11&q=twenty&kind=arrest");
    g_assert_cmpuint(count_rows(third), ==, 9); /* 59 of 60 hold the word */
    g_assert_cmpstr(back, ==, "/en/reports?newer=R10&q=twenty&kind=arrest");
    assert_says(back, ">R35</a>");
    assert_says(back, ">R11</a>");
    g_assert_cmpuint(count_rows(back), ==, 25);
    g_assert_cmpstr(none, ==, "");
    g_assert_cmpstr(before, ==, "");
}

static void test_figures_keep_their_range(void)
{
    assert_says("/en/figures", "972–1,001");
    assert_says("/fa/figures", "۹۷۲–۱٬۰۰۱");
    assert_says("/en/figures", "not confirmed at its source yet");
}

/* ---- files ---- */

static void test_download_gives_the_bytes_and_is_logged(void)
{
    RawAnswer answer;
    get("/en/downloads/O1", cookie, &answer);
    g_assert_cmpuint(answer.status, ==, 200);
    g_assert_cmpmem(answer.body, (int)(answer.length - (gsize)(answer.body - answer.text)),
                    "an original \0 of bytes", 21);
    g_autofree char *type = raw_header(&answer, "Content-Type");
    g_autofree char *disposition = raw_header(&answer, "Content-Disposition");
    g_assert_cmpstr(type, ==, "application/octet-stream");
    g_assert_true(g_str_has_prefix(disposition, "attachment; filename=\"O1-"));
    g_assert_null(strpbrk(disposition + strlen("attachment; filename=\""), "<>'&\\/"));
    raw_clear(&answer);

    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = evidence_open(folder, "secret", STORE_READ, &error);
    g_assert_no_error(error);
    g_autoptr(GPtrArray) looks = store_audit_list(store, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(looks->len, >, 0);
    const StoreAudit *look = g_ptr_array_index(looks, looks->len - 1);
    g_assert_cmpint(look->target_kind, ==, STORE_KIND_ORIGINAL);
    g_assert_cmpint(look->target_id, ==, 1);
}

static void test_proof_can_be_checked_by_a_stranger(void)
{
    RawAnswer answer;
    get("/en/proofs/R2", cookie, &answer);
    g_assert_cmpuint(answer.status, ==, 200);
    json_t *proof = json_loads(answer.body, 0, NULL);
    g_assert_nonnull(proof);
    MerkleHash leaf, root, path[MERKLE_PATH_MAX];
    guint8 entry[STORE_LOG_ENTRY_BYTES];
    const char *hex = json_string_value(json_object_get(proof, "entry"));
    g_assert_cmpint(sodium_hex2bin(entry, sizeof entry, hex, strlen(hex), NULL, NULL, NULL), ==, 0);
    merkle_leaf_hash(entry, sizeof entry, &leaf);
    json_t *hashes = json_object_get(proof, "path");
    for (gsize i = 0; i < json_array_size(hashes); i++) {
        hex = json_string_value(json_array_get(hashes, i));
        sodium_hex2bin(path[i].bytes, 32, hex, strlen(hex), NULL, NULL, NULL);
    }
    json_t *head = json_object_get(proof, "head");
    hex = json_string_value(json_object_get(head, "root"));
    sodium_hex2bin(root.bytes, 32, hex, strlen(hex), NULL, NULL, NULL);
    guint64 position = (guint64)json_integer_value(json_object_get(proof, "position"));
    guint64 size = (guint64)json_integer_value(json_object_get(head, "size"));
    g_assert_true(
        merkle_check_inclusion(&leaf, position, size, path, json_array_size(hashes), &root));
    g_assert_false(
        merkle_check_inclusion(&leaf, position ^ 1, size, path, json_array_size(hashes), &root));
    json_decref(proof);
    raw_clear(&answer);
}

static void test_charts_are_kept_while_the_log_stands(void)
{
    GBytes *bytes = g_bytes_new_static("svg", 3);
    app_drawn_put(web, "test", 1000000, bytes);
    GBytes *kept = app_drawn_get(web, "test", 1000000);
    g_assert_true(kept == bytes);
    g_bytes_unref(kept);
    g_assert_null(app_drawn_get(web, "test", 1000001));
    app_drawn_put(web, "test", 1000001, bytes);
    g_assert_null(app_drawn_get(web, "test", 1000000));
    app_drawn_put(web, "late", 1000000, bytes); /* drawn before the change: not kept */
    g_assert_null(app_drawn_get(web, "late", 1000001));
    g_bytes_unref(bytes);
}

static void test_chart_is_svg(void)
{
    RawAnswer answer;
    get("/fa/series/SE1.svg", cookie, &answer);
    g_assert_cmpuint(answer.status, ==, 200);
    g_autofree char *type = raw_header(&answer, "Content-Type");
    g_assert_cmpstr(type, ==, "image/svg+xml");
    g_assert_null(strstr(answer.body, "<script"));
    raw_clear(&answer);
}

static void test_login_link_is_spent_by_the_button_alone(void)
{
    g_autofree char *link = web_login_link(web, I18N_PERSIAN);
    const char *path = strstr(link, "/fa/login");
    for (int i = 0; i < 3; i++) { /* something looks at the link ahead */
        RawAnswer answer;
        get(path, NULL, &answer);
        g_assert_cmpuint(answer.status, ==, 200);
        g_assert_nonnull(strstr(answer.body, "type=\"hidden\" name=\"token\""));
        raw_clear(&answer);
    }
    RawAnswer answer;
    raw_request(web_port(web), "POST", "/fa/login", NULL, strstr(link, "token="), &answer);
    g_assert_cmpuint(answer.status, ==, 303);
    raw_clear(&answer);
    get(path, NULL, &answer);
    g_assert_null(strstr(answer.body, "type=\"hidden\" name=\"token\""));
    raw_clear(&answer);
}

static void test_two_cases_in_one_process(void)
{
    g_autoptr(GError) error = NULL;
    const WebStart start = {.folder = folder, .keys = web->keys, .threads = 1};
    Web *other = web_start(&start, &error);
    g_assert_no_error(error);
    RawAnswer answer;
    raw_request(web_port(other), "GET", "/en/", cookie, NULL, &answer);
    g_assert_cmpuint(answer.status, ==, 403); /* its own sessions */
    raw_clear(&answer);
    raw_request(web_port(other), "GET", "/healthz", NULL, NULL, &answer);
    g_assert_cmpstr(answer.body, ==, "ok\n");
    raw_clear(&answer);
    web_stop(other);
}

static const struct {
    const char *name;
    GTestFunc run;
} TESTS[] = {
    {"unknown_records_are_told", test_unknown_records_are_told},
    {"both_languages", test_both_languages},
    {"label_stands_on_pages", test_label_stands_on_pages},
    {"report_page", test_report_page},
    {"person_is_a_code", test_person_is_a_code},
    {"search_knows_spellings", test_search_knows_spellings},
    {"filters", test_filters},
    {"paging_goes_there_and_back", test_paging_goes_there_and_back},
    {"figures_keep_their_range", test_figures_keep_their_range},
    {"download_gives_the_bytes_and_is_logged", test_download_gives_the_bytes_and_is_logged},
    {"proof_can_be_checked_by_a_stranger", test_proof_can_be_checked_by_a_stranger},
    {"charts_are_kept_while_the_log_stands", test_charts_are_kept_while_the_log_stands},
    {"chart_is_svg", test_chart_is_svg},
    {"login_link_is_spent_by_the_button_alone", test_login_link_is_spent_by_the_button_alone},
    {"two_cases_in_one_process", test_two_cases_in_one_process},
};

static void add_route_tests(const WebRoute *route, const char *language)
{
    g_autofree char *sample = sample_of(route);
    RouteCase *row = g_new0(RouteCase, 1); /* lives as long as the program */
    row->route = route;
    row->path = language[0] == '\0' ? g_strdup(sample) : g_strconcat("/", language, sample, NULL);
    static const struct {
        const char *claim;
        GTestDataFunc run;
    } CLAIMS[] = {
        {"without_session", test_route_without_session},
        {"wrong_method", test_route_with_wrong_method},
        {"with_session", test_route_with_session},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(CLAIMS); i++) {
        g_autofree char *name =
            g_strdup_printf("/web/route/%s/%s%s", CLAIMS[i].claim,
                            (route->flags & WEB_POST) != 0 ? "post" : "get", row->path);
        if (g_str_has_suffix(name, "/"))
            name[strlen(name) - 1] = '\0';
        g_test_add_data_func(name, row, CLAIMS[i].run);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(sodium_init(), >=, 0);
    case_make();
    cookie = log_in();
    for (const WebRoute *route = WEB_ROUTES; route->path != NULL; route++) {
        if ((route->flags & WEB_PLAIN) != 0) {
            add_route_tests(route, "");
            continue;
        }
        add_route_tests(route, "en");
        add_route_tests(route, "fa");
    }
    for (gsize i = 0; i < G_N_ELEMENTS(TESTS); i++) {
        g_autofree char *name = g_strconcat("/web/pages/", TESTS[i].name, NULL);
        g_test_add_func(name, TESTS[i].run);
    }
    int status = g_test_run();
    web_stop(web);
    g_free(cookie);
    g_free(folder);
    return status;
}
