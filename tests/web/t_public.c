/* What is published: a folder that holds nothing else of the case, and a server that serves it
 * without one: cacheable, without cookies, by the names of its list alone. */
#include "appeal/appeal.h"
#include "appeal/sign.h"
#include "case.h"
#include "render/public.h"
#include "web/public.h"
#include <glib/gstdio.h>
#include <unistd.h>

static char *site;
static PublicWeb *server;
static gint64 letter;

static void publish(Store *store, gint64 whole, bool done)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) letters = g_array_new(FALSE, FALSE, sizeof(gint64));
    if (whole != 0)
        g_array_append_val(letters, whole);
    const RenderPublic options = {.letters = letters, .day = G_MININT32};
    const bool published = render_public(store, &options, site, &error);
    if (done)
        must(published, error);
    else
        g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA);
}

static bool is_there(const char *name)
{
    g_autofree char *path = g_build_filename(site, name, NULL);
    return g_file_test(path, G_FILE_TEST_EXISTS);
}

/* One with the bundled facts and a letter that one named and one nameless signatory signed. */
static void letter_make(Store *store)
{
    g_autoptr(GError) error = NULL;
    guint unconfirmed;
    AppealOptions options = appeal_options();
    g_autoptr(GArray) offices = appeal_recipients_of(store, "all", 20400, &error);
    g_assert_no_error(error);
    options.recipient_id = g_array_index(offices, gint64, 0);
    options.day = 20400;
    letter = appeal_compose(store, &options, &error);
    g_assert_no_error(error);
    must(appeal_seal(store, letter, false, &unconfirmed, &error), error);
    for (int unnamed = 0; unnamed < 2; unnamed++) {
        gint64 id;
        g_autofree char *secret =
            appeal_sign_invite(store, letter, unnamed ? NULL : "A named group", NULL, unnamed,
                               unnamed ? NULL : SECRET, 7, &id, &error);
        g_assert_no_error(error);
        g_assert_cmpint(appeal_sign_by_link(store, secret, &error), >, 0);
    }
}

static void ask(const char *method, const char *path, const char *headers, RawAnswer *answer)
{
    raw_request(public_port(server), method, path, headers, NULL, answer);
}

/* ---- the folder ---- */

static void nothing_else_of_the_case_is_in_it(void)
{
    g_autoptr(GDir) dir = g_dir_open(site, 0, NULL);
    guint n = 0;
    for (const char *name; (name = g_dir_read_name(dir)) != NULL; n++) {
        g_autofree char *path = g_build_filename(site, name, NULL);
        gsize length;
        g_autofree char *text = test_read_file(path, &length);
        g_assert_null(memmem(text, length, SECRET, strlen(SECRET)));
        if (!g_str_has_suffix(name, ".html"))
            continue;
        g_assert_null(strstr(text, "<script"));
        g_assert_null(strstr(text, "<style")); /* the headers of the server forbid it */
        g_assert_null(strstr(text, "style=\""));
        g_assert_true(strstr(text, "SYNTHETIC") != NULL || strstr(text, "ساختگی") != NULL);
    }
    g_assert_cmpuint(n, ==, 12);
}

/* The way in tells what there is, in both languages, whether a letter is named or not. */
static void the_index_is_one(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *name = g_strdup_printf("AP%" G_GINT64_FORMAT ".html", letter);
    g_autofree char *path = g_build_filename(site, "index.html", NULL);
    g_autofree char *text = test_read_file(path, NULL);
    static const char *const WORDS[] = {"What was asked, and who has answered",
                                        "چه خواسته شد و چه کسی پاسخ داد",
                                        "No public answer was found from:",
                                        "en.html#AK",
                                        "fa.html#AK",
                                        "clock-fa.atom",
                                        "clock-en.json"};
    for (gsize i = 0; i < G_N_ELEMENTS(WORDS); i++) {
        g_test_message("%s", WORDS[i]);
        g_assert_nonnull(strstr(text, WORDS[i]));
    }
    g_assert_nonnull(strstr(text, name));
    g_assert_null(strstr(text, "word for word"));
    /* each ask that it leads to is there */
    g_autofree char *clock_path = g_build_filename(site, "en.html", NULL);
    g_autofree char *clock = test_read_file(clock_path, NULL);
    const char *at = text;
    guint n = 0;
    for (; (at = strstr(at, "en.html#")) != NULL; n++) {
        at += strlen("en.html#");
        g_autofree char *id = g_strndup(at, strcspn(at, "\""));
        g_autofree char *anchor = g_strdup_printf("id=\"%s\"", id);
        g_assert_nonnull(strstr(clock, anchor));
    }
    g_assert_cmpuint(n, >=, 3);
    /* no letter named: it says so, and which one is meant */
    g_autofree char *other = test_folder_new();
    g_autoptr(Store) store = evidence_open_with_keys(folder, web->keys, STORE_READ, &error);
    const RenderPublic options = {.day = 20500};
    must(render_public(store, &options, other, &error), error);
    g_autofree char *bare_path = g_build_filename(other, "index.html", NULL);
    g_autofree char *bare = test_read_file(bare_path, NULL);
    g_assert_nonnull(strstr(bare, "No letter is published here word for word."));
    g_assert_nonnull(
        strstr(bare, "متن هیچ نامه‌ای در اینجا منتشر نشده است."));
    g_assert_null(strstr(bare, ".pdf"));
}

static void who_signed_is_named_as_they_want(void)
{
    g_autofree char *name = g_strdup_printf("AP%" G_GINT64_FORMAT ".html", letter);
    g_autofree char *path = g_build_filename(site, name, NULL);
    g_autofree char *text = test_read_file(path, NULL);
    g_assert_nonnull(strstr(text, "A named group"));
    g_assert_nonnull(strstr(text, "و ۱ امضاکننده که نامشان نمی‌آید"));
}

static void a_draft_is_not_published(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = evidence_open_with_keys(folder, web->keys, STORE_READ, &error);
    g_autofree char *list = g_build_filename(site, RENDER_PUBLIC_LIST, NULL);
    g_autofree char *before = test_read_file(list, NULL);
    publish(store, 1, false); /* AP1 is the draft of case.h */
    g_autofree char *after = test_read_file(list, NULL);
    g_assert_cmpstr(before, ==, after);
    g_assert_false(is_there("AP1.html"));
}

static void a_folder_of_other_files_is_left_alone(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = evidence_open_with_keys(folder, web->keys, STORE_READ, &error);
    g_autofree char *other = test_folder_new();
    g_autofree char *own = g_build_filename(other, "own.txt", NULL);
    g_assert_true(g_file_set_contents(own, "mine", -1, NULL));
    const RenderPublic options = {.day = G_MININT32};
    g_assert_false(render_public(store, &options, other, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE);
    g_assert_true(g_file_test(own, G_FILE_TEST_EXISTS));
    g_assert_null(public_start(&(PublicStart){.folder = other}, NULL));
}

/* ---- the server ---- */

static void it_is_cacheable_and_sets_no_cookie(void)
{
    static const struct {
        const char *path, *type;
    } ROWS[] = {
        {"/", "text/html; charset=utf-8"},
        {"/index.html", "text/html; charset=utf-8"},
        {"/fa.html", "text/html; charset=utf-8"},
        {"/en.html", "text/html; charset=utf-8"},
        {"/style.css", "text/css; charset=utf-8"},
        {"/clock-en.atom", "application/atom+xml; charset=utf-8"},
        {"/clock-fa.json", "application/json; charset=utf-8"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        RawAnswer answer;
        ask("GET", ROWS[i].path, "Cookie: zenhar=x\r\n", &answer);
        g_assert_cmpuint(answer.status, ==, 200);
        g_autofree char *type = raw_header(&answer, "Content-Type"),
                        *cache = raw_header(&answer, "Cache-Control"),
                        *cookies = raw_header(&answer, "Set-Cookie"),
                        *etag = raw_header(&answer, "ETag"),
                        *modified = raw_header(&answer, "Last-Modified"),
                        *policy = raw_header(&answer, "Content-Security-Policy"),
                        *sniff = raw_header(&answer, "X-Content-Type-Options"),
                        *referrer = raw_header(&answer, "Referrer-Policy");
        g_assert_cmpstr(type, ==, ROWS[i].type);
        g_assert_cmpstr(cache, ==, "public, max-age=3600");
        g_assert_cmpstr(cookies, ==, "");
        g_assert_cmpuint(strlen(etag), ==, 66);
        g_assert_true(g_str_has_suffix(modified, " GMT"));
        g_assert_true(g_str_has_prefix(policy, "default-src 'none'"));
        g_assert_cmpstr(sniff, ==, "nosniff");
        g_assert_cmpstr(referrer, ==, "no-referrer");
        raw_clear(&answer);

        g_autofree char *same = g_strdup_printf("If-None-Match: \"x\", W/%s\r\n", etag),
                        *since = g_strdup_printf("If-Modified-Since: %s\r\n", modified),
                        *changed = g_strdup_printf("If-None-Match: \"x\"\r\n%s", since);
        const struct {
            const char *headers;
            guint status;
        } KNOWN[] = {{same, 304}, {since, 304}, {changed, 200}};
        for (gsize k = 0; k < G_N_ELEMENTS(KNOWN); k++) {
            ask("GET", ROWS[i].path, KNOWN[k].headers, &answer);
            g_assert_cmpuint(answer.status, ==, KNOWN[k].status);
            if (KNOWN[k].status == 304)
                g_assert_cmpstr(answer.body, ==, "");
            raw_clear(&answer);
        }
    }
}

static void tricks_are_refused(void)
{
    g_autofree char *secret = g_build_filename(site, "secret.html", NULL);
    g_assert_true(g_file_set_contents(secret, SECRET, -1, NULL)); /* not in the list */
    static const char *const PATHS[] = {
        "/secret.html",
        "/published.json",
        "/../settings",
        "/..%2fsettings",
        "/%2e%2e/settings",
        "/./fa.html",
        "//fa.html",
        "/fa.html/",
        "/fa.html%00",
        "/etc/passwd",
        "/fa.html/../x",
        "/FA.HTML",
        "/en/",
        "/fa",
        "/fa/reports",
        "/login",
        "/en/login",
        "/sign/x",
        "/api/lists/report",
        "/.hidden",
        "/%5c..%5csettings",
        "/fa.html%2f..%2f..%2fx",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(PATHS); i++) {
        RawAnswer answer;
        ask("GET", PATHS[i], NULL, &answer);
        g_test_message("%s: %u", PATHS[i], answer.status);
        g_assert_true(answer.status == 404 || answer.status == 400);
        g_assert_null(strstr(answer.text, SECRET));
        g_assert_null(strstr(answer.text, "Set-Cookie"));
        g_autofree char *cache = raw_header(&answer, "Cache-Control");
        g_assert_cmpstr(cache, ==, "no-store");
        raw_clear(&answer);
    }
    static const char *const METHODS[] = {"POST", "PUT", "DELETE", "OPTIONS", "TRACE"};
    for (gsize i = 0; i < G_N_ELEMENTS(METHODS); i++) {
        RawAnswer answer;
        ask(METHODS[i], "/fa.html", NULL, &answer);
        g_assert_cmpuint(answer.status, ==, 405);
        raw_clear(&answer);
    }
    g_unlink(secret);
}

/* What is published anew is served without a new start; half of it never is. */
static void a_new_publication_is_taken_up(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *name = g_strdup_printf("/AP%" G_GINT64_FORMAT ".html", letter);
    g_autofree char *page = g_build_filename(site, "en.html", NULL);
    RawAnswer answer;
    ask("GET", name, NULL, &answer);
    g_assert_cmpuint(answer.status, ==, 200);
    raw_clear(&answer);
    /* a file that is not the published one: neither served nor taken up */
    g_assert_true(g_file_set_contents(page, "changed by somebody", -1, NULL));
    ask("GET", "/en.html", NULL, &answer);
    g_assert_null(strstr(answer.text, "changed by somebody"));
    raw_clear(&answer);
    g_assert_null(public_start(&(PublicStart){.folder = site}, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT);
    g_clear_error(&error);
    g_autoptr(Store) store = evidence_open_with_keys(folder, web->keys, STORE_READ, &error);
    publish(store, 0, true);
    g_assert_false(is_there(name + 1)); /* what is no longer published is gone */
    ask("GET", name, NULL, &answer);
    g_assert_cmpuint(answer.status, ==, 404);
    raw_clear(&answer);
    ask("GET", "/en.html", NULL, &answer);
    g_assert_cmpuint(answer.status, ==, 200);
    raw_clear(&answer);
}

static void a_link_out_of_the_folder_is_not_followed(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *page = g_build_filename(site, "en.html", NULL),
                    *away = g_build_filename(site, "..", "away.html", NULL);
    g_assert_cmpint(g_rename(page, away), ==, 0); /* the same bytes, elsewhere */
    g_assert_cmpint(symlink("../away.html", page), ==, 0);
    g_assert_null(public_start(&(PublicStart){.folder = site}, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT);
}

/* It needs no case: the case is gone while it serves. */
static void it_works_without_a_case(void)
{
    g_autofree char *hidden = g_strconcat(folder, ".away", NULL);
    g_assert_cmpint(g_rename(folder, hidden), ==, 0);
    RawAnswer answer;
    ask("GET", "/fa.html", NULL, &answer);
    g_assert_cmpuint(answer.status, ==, 200);
    raw_clear(&answer);
    PublicWeb *second = public_start(&(PublicStart){.folder = site}, NULL);
    g_assert_nonnull(second);
    public_stop(second);
    g_assert_cmpint(g_rename(hidden, folder), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(sodium_init(), >=, 0);
    g_autoptr(GError) error = NULL;
    case_make();
    cookie = log_in();
    {
        g_autoptr(Store) store = evidence_open_with_keys(folder, web->keys, STORE_WRITE, &error);
        must(appeal_load_facts(store, "iran-2025", &error), error);
        letter_make(store);
        g_autofree char *parent = test_folder_new();
        site = g_build_filename(parent, "site", NULL);
        publish(store, letter, true);
    }
    server = public_start(&(PublicStart){.folder = site, .threads = 2}, &error);
    g_assert_no_error(error);
    g_test_add_func("/public/folder/index", the_index_is_one);
    g_test_add_func("/public/folder/only", nothing_else_of_the_case_is_in_it);
    g_test_add_func("/public/folder/signed", who_signed_is_named_as_they_want);
    g_test_add_func("/public/folder/draft", a_draft_is_not_published);
    g_test_add_func("/public/folder/others", a_folder_of_other_files_is_left_alone);
    g_test_add_func("/public/server/cache", it_is_cacheable_and_sets_no_cookie);
    g_test_add_func("/public/server/tricks", tricks_are_refused);
    g_test_add_func("/public/server/no_case", it_works_without_a_case);
    g_test_add_func("/public/server/new", a_new_publication_is_taken_up);
    g_test_add_func("/public/server/link", a_link_out_of_the_folder_is_not_followed);
    const int status = g_test_run();
    public_stop(server);
    web_stop(web);
    g_free(cookie);
    g_free(folder);
    g_free(site);
    return status;
}
