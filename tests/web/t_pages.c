/* The application on a real case: each route without a session, with the wrong method, in both
 * languages; what came from outside stays text on every page; identities are nowhere. */
#include "case.h"
#include "sample.h"
#include <jansson.h>
#include <stdlib.h>

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
    if ((row->route->flags & WEB_TOKEN) != 0) { /* for programs: t_api.c */
        g_assert_cmpuint(answer.status, ==, 401);
        raw_clear(&answer);
        return;
    }
    bool secret = strcmp(row->route->path, "/sign/*") == 0; /* open to who has the link's */
    if (open && !post && !secret)
        g_assert_cmpuint(answer.status, <, 400);
    else if (g_str_has_prefix(row->route->path, "/send"))
        g_assert_cmpuint(answer.status, ==, 400); /* open to everybody, with an empty message */
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
    if ((row->route->flags & WEB_TOKEN) !=
        0) { /* a session is no token: nothing rides on a cookie */
        RawAnswer api;
        raw_request(web_port(web), (row->route->flags & WEB_POST) != 0 ? "POST" : "GET", row->path,
                    cookie, (row->route->flags & WEB_POST) != 0 ? "{}" : NULL, &api);
        g_assert_cmpuint(api.status, ==, 401);
        raw_clear(&api);
        return;
    }
    if ((row->route->flags & WEB_POST) != 0) {
        RawAnswer answer; /* no form token */
        raw_request(web_port(web), "POST", row->path, cookie, "a=b", &answer);
        const bool send = g_str_has_prefix(row->route->path, "/send");
        g_assert_cmpuint(answer.status, ==,
                         (row->route->flags & WEB_OPEN) != 0 && !send ? 403 : 400);
        raw_clear(&answer);
        return;
    }
    RawAnswer answer;
    get(row->path, cookie, &answer);
    bool road = strstr(row->path, "/agenda/") != NULL; /* its bodies have no members here */
    bool secret = strcmp(row->route->path, "/sign/*") == 0;
    if (road || secret)
        g_assert_cmpuint(answer.status, ==, road ? 404 : 403);
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
    assert_says("/en/reports/R2", test_on_server() ? "zenhar verify --case $ZENHAR_CASE --proof R2"
                                                   : "zenhar verify --case case.zenhar --proof R2");
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
    g_assert_cmpstr(second, ==, "/en/reports?q=twenty&kind=arrest&older=R36");
    g_assert_cmpstr(third, ==, "/en/reports?q=twenty&kind=arrest&older=R11");
    g_assert_cmpuint(count_rows(third), ==, 9); /* 59 of 60 hold the word */
    g_assert_cmpstr(back, ==, "/en/reports?q=twenty&kind=arrest&newer=R10");
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
    g_autofree char *link = web_login_link(web, I18N_PERSIAN, "");
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
