/* What must be refused is refused, over a real socket, byte by byte as it came. The traps of
 * libmicrohttpd 0.9.75 (shared/design.md) are rows of REFUSED. */
#include "raw.h"
#include "web/http.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- a small application ---- */

static gint stores_open, pages_called;

static gpointer store_open(gpointer app, GError **error)
{
    (void)app;
    (void)error;
    g_atomic_int_inc(&stores_open);
    return g_new0(int, 1);
}

static void store_close(gpointer store)
{
    g_atomic_int_add(&stores_open, -1);
    g_free(store);
}

static void page_echo(const WebRequest *request, WebResponse *response)
{
    g_atomic_int_inc(&pages_called);
    g_string_append_printf(response->body, "path=%s rest=%s q=%s v=%s lang=%s", request->path,
                           request->rest, web_query(request, "q"), web_form(request, "v"),
                           i18n_tag(i18n_language()));
}

static void page_login(const WebRequest *request, WebResponse *response)
{
    g_autofree char *id =
        sessions_login(web_server_sessions(request->server), web_form(request, "token"));
    if (id == NULL) {
        web_respond_error(request, response, 403);
        return;
    }
    response->cookie = web_cookie(request->server, id);
    web_redirect(response, "/en");
}

static void page_logout(const WebRequest *request, WebResponse *response)
{
    sessions_end(web_server_sessions(request->server), request->session);
    response->cookie = web_cookie(request->server, NULL);
    web_redirect(response, "/en");
}

static void page_token(const WebRequest *request, WebResponse *response)
{
    g_string_append(response->body, web_session_form_token(request->session));
}

typedef struct {
    guint64 left;
} Zeros;

static gssize zeros_read(gpointer reader, void *buffer, gsize size, GError **error)
{
    (void)error;
    Zeros *zeros = reader;
    gsize n = MIN(size, zeros->left);
    memset(buffer, '0', n);
    zeros->left -= n;
    return (gssize)n;
}

static void page_stream(const WebRequest *request, WebResponse *response)
{
    guint64 length = g_ascii_strtoull(web_query(request, "n"), NULL, 10);
    Zeros *zeros = g_new0(Zeros, 1);
    zeros->left = length;
    response->content_type = "application/octet-stream";
    response->stream = (WebStream){zeros, zeros_read, g_free, length};
}

static void page_slow(const WebRequest *request, WebResponse *response)
{
    (void)request;
    g_usleep(300000);
    g_string_append(response->body, "slow but whole");
}

static const WebRoute ROUTES[] = {
    {"/", WEB_GET, page_echo},
    {"/item/*", WEB_GET, page_echo},
    {"/form", WEB_POST, page_echo},
    {"/form", WEB_GET, page_echo},
    {"/only-form", WEB_POST, page_echo},
    {"/token", WEB_GET, page_token},
    {"/login", WEB_POST | WEB_OPEN, page_login},
    {"/logout", WEB_POST, page_logout},
    {"/open", WEB_GET | WEB_OPEN, page_echo},
    {"/stream", WEB_GET, page_stream},
    {"/slow", WEB_GET | WEB_OPEN, page_slow},
    {"/plain", WEB_GET | WEB_OPEN | WEB_PLAIN, page_echo},
    {NULL, 0, NULL},
};

static WebServer *server_start_at(const char *address, guint idle_seconds, guint request_seconds)
{
    WebServerOptions options = {
        .address = address,
        .threads = 2,
        .idle_seconds = idle_seconds,
        .request_seconds = request_seconds,
        .routes = ROUTES,
        .open_store = store_open,
        .close_store = store_close,
    };
    g_autoptr(GError) error = NULL;
    WebServer *server = web_server_start(&options, &error);
    g_assert_no_error(error);
    return server;
}

static WebServer *server_start(guint idle_seconds, guint request_seconds)
{
    return server_start_at("127.0.0.1", idle_seconds, request_seconds);
}

static WebServer *server; /* for the tables */

/* ---- refused ---- */

#define HOST   "Host: 127.0.0.1\r\n"
#define HIDDEN "GET /en/open?q=hidden HTTP/1.1\r\n" HOST "\r\n"

typedef struct {
    const char *claim;
    guint status;
    const char *request;
    gsize length; /* 0: strlen */
} Refused;

static const Refused REFUSED[] = {
    {"two_different_lengths", 400,
     "POST /en/login HTTP/1.1\r\n" HOST "Content-Length: 0\r\nContent-Length: 52\r\n\r\n" HIDDEN,
     0},
    {"two_equal_lengths", 400,
     "POST /en/login HTTP/1.1\r\n" HOST "Content-Length: 3\r\nContent-Length: 3\r\n\r\nv=1", 0},
    {"length_beside_encoding", 400,
     "POST /en/login HTTP/1.1\r\n" HOST
     "Content-Length: 60\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" HIDDEN,
     0},
    {"encoding_beside_length", 400,
     "POST /en/login HTTP/1.1\r\n" HOST
     "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" HIDDEN,
     0},
    {"unknown_encoding", 400, "POST /en/login HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip\r\n\r\n",
     0},
    {"encoding_in_disguise", 400,
     "POST /en/login HTTP/1.1\r\n" HOST "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 0},
    {"encoding_list", 400,
     "POST /en/login HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 0},
    {"chunked_form_is_too_much", 411,
     "POST /en/login HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 0},
    {"two_hosts", 400, "GET /en/open HTTP/1.1\r\n" HOST "Host: other\r\n\r\n", 0},
    {"no_host", 400, "GET /en/open HTTP/1.1\r\n\r\n", 0},
    {"host_with_path", 400, "GET /en/open HTTP/1.1\r\nHost: a/b\r\n\r\n", 0},
    {"space_before_colon", 400,
     "POST /en/login HTTP/1.1\r\n" HOST "Content-Length : 52\r\n\r\n" HIDDEN, 0},
    {"tab_before_colon", 400,
     "POST /en/login HTTP/1.1\r\n" HOST "Transfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n" HIDDEN, 0},
    {"bad_byte_in_name", 400, "GET /en/open HTTP/1.1\r\n" HOST "X(a): b\r\n\r\n", 0},
    {"high_byte_in_name", 400, "GET /en/open HTTP/1.1\r\n" HOST "X\xff: b\r\n\r\n", 0},
    {"line_without_colon", 400, "GET /en/open HTTP/1.1\r\n" HOST "nonsense\r\n\r\n", 0},
    {"control_byte_in_value", 400, "GET /en/open HTTP/1.1\r\n" HOST "X: a\x01z\r\n\r\n", 0},
    {"bare_return_in_value", 400, "GET /en/open HTTP/1.1\r\n" HOST "X: a\rb\r\n\r\n", 0},
    {"signed_length", 400, "POST /en/login HTTP/1.1\r\n" HOST "Content-Length: +3\r\n\r\nv=1", 0},
    {"hexadecimal_length", 400, "POST /en/login HTTP/1.1\r\n" HOST "Content-Length: 0x3\r\n\r\nv=1",
     0},
    {"endless_length", 413,
     "POST /en/login HTTP/1.1\r\n" HOST "Content-Length: 99999999999999999999\r\n\r\n", 0},
    {"body_with_get", 400, "GET /en/open HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nv=1", 0},
    {"form_too_large", 413, "POST /en/login HTTP/1.1\r\n" HOST "Content-Length: 65537\r\n\r\n", 0},
    {"unknown_version", 400, "GET /en/open HTTP/1.7\r\n" HOST "\r\n", 0},
    {"put", 405, "PUT /en/open HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", 0},
    {"trace", 405, "TRACE /en/open HTTP/1.1\r\n" HOST "\r\n", 0},
    {"options", 405, "OPTIONS /en/open HTTP/1.1\r\n" HOST "\r\n", 0},
    {"unknown_method", 405, "GETT /en/open HTTP/1.1\r\n" HOST "\r\n", 0},
    {"connect", 400, "CONNECT 127.0.0.1:22 HTTP/1.1\r\n" HOST "\r\n", 0},
    {"whole_address_as_target", 400, "GET http://other/en/open HTTP/1.1\r\n" HOST "\r\n", 0},
    {"parent_in_path", 400, "GET /en/../etc/passwd HTTP/1.1\r\n" HOST "\r\n", 0},
    {"coded_parent_in_path", 400, "GET /en/%2e%2e/passwd HTTP/1.1\r\n" HOST "\r\n", 0},
    {"coded_slash_in_path", 400, "GET /en/item%2fa HTTP/1.1\r\n" HOST "\r\n", 0},
    {"coded_backslash_in_path", 400, "GET /en/item/..%5ca HTTP/1.1\r\n" HOST "\r\n", 0},
    {"coded_nul_in_path", 400, "GET /en/open%00.css HTTP/1.1\r\n" HOST "\r\n", 0},
    {"coded_line_end_in_path", 400, "GET /en/item/a%0d%0ab HTTP/1.1\r\n" HOST "\r\n", 0},
    {"half_a_percent", 400, "GET /en/item/a%f HTTP/1.1\r\n" HOST "\r\n", 0},
    {"broken_utf8_in_path", 400, "GET /en/item/%ff%fe HTTP/1.1\r\n" HOST "\r\n", 0},
    {"raw_bytes_in_path", 400, "GET /en/item/\xd8\xa7 HTTP/1.1\r\n" HOST "\r\n", 0},
    {"two_slashes", 400, "GET //en/open HTTP/1.1\r\n" HOST "\r\n", 0},
    {"space_in_path", 400, "GET /en/open a HTTP/1.1\r\n" HOST "\r\n", 0},
    {"broken_query", 400, "GET /en/open?q=%ff HTTP/1.1\r\n" HOST "\r\n", 0},
    {"query_without_equals", 400, "GET /en/open?q HTTP/1.1\r\n" HOST "\r\n", 0},
};

static void test_refused(gconstpointer data)
{
    const Refused *row = data;
    gint before = g_atomic_int_get(&pages_called);
    RawAnswer answer;
    raw_exchange(web_server_port(server), row->request,
                 row->length != 0 ? row->length : strlen(row->request), &answer);
    if (answer.status != 0 || row->status != 400) /* or closed without a word */
        g_assert_cmpuint(answer.status, ==, row->status);
    g_assert_true(answer.closed);
    /* Nothing hidden behind was served. (Answers of libmicrohttpd's own repeat their head.) */
    g_assert_null(strstr(answer.text, "HTTP/1.1 2"));
    g_assert_cmpint(g_atomic_int_get(&pages_called), ==, before);
    raw_clear(&answer);
}

static void test_long_things_are_refused(void)
{
    g_autofree char *many = g_strnfill(6000, 'a');
    g_autofree char *huge = g_strnfill(100000, 'a');
    g_autofree char *requests[] = {
        g_strdup_printf("GET /en/item/%s HTTP/1.1\r\n" HOST "\r\n", many),
        g_strdup_printf("GET /en/open?q=%s HTTP/1.1\r\n" HOST "\r\n", many),
        g_strdup_printf("GET /en/open HTTP/1.1\r\n" HOST "X: %s\r\n\r\n", huge),
        g_strdup_printf("GET /en/item/%s HTTP/1.1\r\n" HOST "\r\n", huge),
        g_strdup_printf("%s /en/open HTTP/1.1\r\n" HOST "\r\n", huge),
    };
    static const guint WANTED[] = {400, 400, 431, 414, 0};
    for (gsize i = 0; i < G_N_ELEMENTS(requests); i++) {
        RawAnswer answer;
        raw_exchange(web_server_port(server), requests[i], strlen(requests[i]), &answer);
        g_test_message("request %zu: %u", i, answer.status);
        g_assert_true(answer.closed);
        g_assert_true(answer.status == WANTED[i] || answer.status == 0 || answer.status >= 400);
        raw_clear(&answer);
        if (i > 0)
            g_free(requests[i]);
    }
}

static void test_too_many_fields(void)
{
    g_autoptr(GString) target = g_string_new("/en/open?");
    for (guint i = 0; i < WEB_MAX_FIELDS + 1; i++)
        g_string_append_printf(target, "a%u=1&", i);
    RawAnswer answer;
    raw_request(web_server_port(server), "GET", target->str, NULL, NULL, &answer);
    g_assert_cmpuint(answer.status, ==, 400);
    raw_clear(&answer);
}

/* ---- served ---- */

static char *login(void) /* the Cookie header */
{
    g_autofree char *token = sessions_token_new(web_server_sessions(server), "");
    g_autofree char *body = g_strconcat("token=", token, NULL);
    RawAnswer answer;
    raw_request(web_server_port(server), "POST", "/en/login", NULL, body, &answer);
    g_assert_cmpuint(answer.status, ==, 303);
    g_autofree char *cookie = raw_header(&answer, "Set-Cookie");
    g_assert_nonnull(strstr(cookie, "HttpOnly"));
    g_assert_nonnull(strstr(cookie, "SameSite=Strict"));
    raw_clear(&answer);
    return g_strdup_printf("Cookie: other=1; %.*s\r\n", (int)strcspn(cookie, ";"), cookie);
}

static char *form_token(const char *cookie)
{
    RawAnswer answer;
    raw_request(web_server_port(server), "GET", "/en/token", cookie, NULL, &answer);
    g_assert_cmpuint(answer.status, ==, 200);
    char *token = g_strdup(answer.body);
    raw_clear(&answer);
    return token;
}

static guint status_of(const char *method, const char *target, const char *headers,
                       const char *body)
{
    RawAnswer answer;
    raw_request(web_server_port(server), method, target, headers, body, &answer);
    guint status = answer.status;
    raw_clear(&answer);
    return status;
}

typedef struct {
    const char *claim, *target, *body;
} Served;

static const Served SERVED[] = {
    {"path_with_language", "/fa/open", "path=/open rest= q= v= lang=fa"},
    {"query_is_decoded", "/en/open?q=%D8%A7%D8%B2+a%26b", "path=/open rest= q=از a&b v= lang=en"},
    {"query_may_hold_a_slash", "/en/open?q=a%2Fb", "path=/open rest= q=a/b v= lang=en"},
    {"last_value_wins", "/en/open?q=1&q=2", "path=/open rest= q=2 v= lang=en"},
    {"plain_path", "/plain", "path=/plain rest= q= v= lang=en"},
};

static void test_served(gconstpointer data)
{
    const Served *row = data;
    RawAnswer answer;
    raw_request(web_server_port(server), "GET", row->target, NULL, NULL, &answer);
    g_assert_cmpuint(answer.status, ==, 200);
    g_assert_cmpstr(answer.body, ==, row->body);
    raw_clear(&answer);
}

static void test_language_of_browser(void)
{
    static const struct {
        const char *header, *lang;
    } ROWS[] = {
        {"Accept-Language: fa-IR,fa;q=0.9,en;q=0.8\r\n", "lang=fa"},
        {"Accept-Language: en-GB,en;q=0.9,fa;q=0.5\r\n", "lang=en"},
        {"Accept-Language: de\r\n", "lang=en"},
        {"Accept-Language: fa\r\n", "lang=fa"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        RawAnswer answer;
        raw_request(web_server_port(server), "GET", "/plain", ROWS[i].header, NULL, &answer);
        g_assert_nonnull(strstr(answer.body, ROWS[i].lang));
        raw_clear(&answer);
    }
}

static void test_safety_headers(void)
{
    static const struct {
        const char *name, *value;
    } ROWS[] = {
        {"Content-Security-Policy",
         "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; "
         "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"},
        {"X-Content-Type-Options", "nosniff"},
        {"Referrer-Policy", "no-referrer"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Cache-Control", "no-store"},
    };
    static const char *const TARGETS[] = {"/en/open", "/en/nowhere", "/en", "/en/%00"};
    for (gsize t = 0; t < G_N_ELEMENTS(TARGETS); t++) {
        RawAnswer answer;
        raw_request(web_server_port(server), "GET", TARGETS[t], NULL, NULL, &answer);
        for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
            g_autofree char *value = raw_header(&answer, ROWS[i].name);
            g_assert_cmpstr(value, ==, ROWS[i].value);
        }
        raw_clear(&answer);
    }
}

static void test_head_sends_no_body(void)
{
    RawAnswer answer;
    raw_request(web_server_port(server), "HEAD", "/en/open", NULL, NULL, &answer);
    g_assert_cmpuint(answer.status, ==, 200);
    g_assert_cmpstr(answer.body, ==, "");
    g_autofree char *length = raw_header(&answer, "Content-Length");
    g_assert_cmpstr(length, ==, "30");
    raw_clear(&answer);
}

static void test_two_requests_on_one_connection(void)
{
    const char *requests = HIDDEN "GET /en/open?q=2 HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n";
    RawAnswer answer;
    raw_exchange(web_server_port(server), requests, strlen(requests), &answer);
    g_assert_cmpuint(answer.answers, ==, 2);
    g_assert_nonnull(strstr(answer.text, "q=hidden"));
    g_assert_nonnull(strstr(answer.text, "q=2"));
    raw_clear(&answer);
}

/* What hides behind a form never gets an answer: the connection ends with the form's. */
static void test_form_ends_its_connection(void)
{
    const char *requests = "POST /en/login HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nv=1" HIDDEN;
    gint before = g_atomic_int_get(&pages_called);
    RawAnswer answer;
    raw_exchange(web_server_port(server), requests, strlen(requests), &answer);
    g_assert_cmpuint(answer.status, ==, 403);
    g_assert_cmpuint(answer.answers, ==, 1);
    g_assert_true(answer.closed);
    g_assert_cmpint(g_atomic_int_get(&pages_called), ==, before);
    raw_clear(&answer);
}

static void test_405_names_the_methods(void)
{
    static const struct {
        const char *method, *target, *allow;
    } ROWS[] = {
        {"DELETE", "/en/form", "GET, HEAD, POST"},
        {"DELETE", "/en/only-form", "POST"},
        {"GET", "/en/only-form", "POST"},
        {"POST", "/en/open", "GET, HEAD"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        RawAnswer answer;
        raw_request(web_server_port(server), ROWS[i].method, ROWS[i].target, NULL, NULL, &answer);
        g_assert_cmpuint(answer.status, ==, 405);
        g_autofree char *allow = raw_header(&answer, "Allow");
        g_assert_cmpstr(allow, ==, ROWS[i].allow);
        raw_clear(&answer);
    }
}

/* ---- sessions ---- */

static void test_session_opens_pages(void)
{
    g_assert_cmpuint(status_of("GET", "/en/item/a", NULL, NULL), ==, 403);
    g_autofree char *cookie = login();
    g_assert_cmpuint(status_of("GET", "/en/item/a", cookie, NULL), ==, 200);
    g_assert_cmpuint(status_of("GET", "/en/item/a/b", cookie, NULL), ==, 404);
    g_assert_cmpuint(status_of("GET", "/en/item/", cookie, NULL), ==, 404);
    g_assert_cmpuint(status_of("GET", "/item/a", cookie, NULL), ==, 404);
    g_assert_cmpuint(status_of("GET", "/en/plain", cookie, NULL), ==, 404);
    g_assert_cmpuint(status_of("GET", "/de/open", cookie, NULL), ==, 404);
}

static void test_token_works_once(void)
{
    g_autofree char *token = sessions_token_new(web_server_sessions(server), "");
    g_autofree char *body = g_strconcat("token=", token, NULL);
    g_assert_cmpuint(status_of("POST", "/en/login", NULL, body), ==, 303);
    g_assert_cmpuint(status_of("POST", "/en/login", NULL, body), ==, 403);
    g_assert_cmpuint(status_of("POST", "/en/login", NULL, "token=00"), ==, 403);
    g_assert_cmpuint(status_of("POST", "/en/login", NULL, ""), ==, 403);
}

static void test_token_grows_old(void)
{
    g_autofree char *token = sessions_token_new(web_server_sessions(server), "");
    g_autofree char *whose = sessions_token_name(web_server_sessions(server), token);
    g_assert_cmpstr(whose, ==, "");
    sessions_advance_clock(web_server_sessions(server), SESSION_TOKEN_SECONDS + 2);
    g_assert_null(sessions_token_name(web_server_sessions(server), token));
    g_autofree char *body = g_strconcat("token=", token, NULL);
    g_assert_cmpuint(status_of("POST", "/en/login", NULL, body), ==, 403);
}

static void test_session_ends(void)
{
    g_autofree char *idle = login();
    sessions_advance_clock(web_server_sessions(server), SESSION_IDLE_SECONDS + 2);
    g_assert_cmpuint(status_of("GET", "/en/item/a", idle, NULL), ==, 403);

    g_autofree char *busy = login();
    for (int hour = 0; hour < 8; hour++) {
        g_assert_cmpuint(status_of("GET", "/en/item/a", busy, NULL), ==, 200);
        sessions_advance_clock(web_server_sessions(server), SESSION_IDLE_SECONDS - 30);
    }
    g_assert_cmpuint(status_of("GET", "/en/item/a", busy, NULL), ==, 200);
    sessions_advance_clock(web_server_sessions(server), 300);
    g_assert_cmpuint(status_of("GET", "/en/item/a", busy, NULL), ==, 403);
}

static void test_logout_ends_the_session(void)
{
    g_autofree char *cookie = login();
    g_autofree char *token = form_token(cookie);
    g_autofree char *body = g_strconcat("form_token=", token, NULL);
    g_assert_cmpuint(status_of("POST", "/en/logout", cookie, ""), ==, 400);
    g_assert_cmpuint(status_of("GET", "/en/item/a", cookie, NULL), ==, 200);
    g_assert_cmpuint(status_of("POST", "/en/logout", cookie, body), ==, 303);
    g_assert_cmpuint(status_of("GET", "/en/item/a", cookie, NULL), ==, 403);
}

static void test_form_needs_its_token(void)
{
    g_autofree char *cookie = login();
    g_autofree char *other = login();
    g_autofree char *token = form_token(cookie);
    g_autofree char *right = g_strconcat("v=1&form_token=", token, NULL);
    g_assert_cmpuint(status_of("POST", "/en/form", NULL, right), ==, 403);
    g_assert_cmpuint(status_of("POST", "/en/form", cookie, "v=1"), ==, 400);
    g_assert_cmpuint(status_of("POST", "/en/form", cookie, "v=1&form_token="), ==, 400);
    g_assert_cmpuint(status_of("POST", "/en/form", other, right), ==, 400);
    g_assert_cmpuint(status_of("POST", "/en/form", cookie, right), ==, 200);
    g_autofree char *elsewhere = g_strconcat(cookie, "Sec-Fetch-Site: cross-site\r\n", NULL);
    g_assert_cmpuint(status_of("POST", "/en/form", elsewhere, right), ==, 400);
    g_autofree char *here = g_strconcat(cookie, "Sec-Fetch-Site: same-origin\r\n", NULL);
    g_assert_cmpuint(status_of("POST", "/en/form", here, right), ==, 200);
}

static void test_guessed_cookies_open_nothing(void)
{
    g_autofree char *zeros = g_strnfill(64, '0');
    g_autofree char *long_one = g_strnfill(5000, 'a');
    const char *const values[] = {"", "0", zeros, long_one, "../../x", "\"quoted\""};
    for (gsize i = 0; i < G_N_ELEMENTS(values); i++) {
        g_autofree char *cookie =
            g_strdup_printf("Cookie: zenhar-%u=%s\r\n", (guint)web_server_port(server), values[i]);
        g_assert_cmpuint(status_of("GET", "/en/item/a", cookie, NULL), ==, 403);
    }
}

/* ---- time and numbers ---- */

static void test_download_is_whole(void)
{
    g_autofree char *cookie = login();
    RawAnswer answer;
    raw_request(web_server_port(server), "GET", "/en/stream?n=3000000", cookie, NULL, &answer);
    g_assert_cmpuint(answer.status, ==, 200);
    g_assert_cmpuint(answer.length - (gsize)(answer.body - answer.text), ==, 3000000);
    raw_clear(&answer);
}

static void test_downloads_are_counted(void)
{
    g_autofree char *cookie = login();
    g_autofree char *request =
        g_strdup_printf("GET /en/stream?n=100000000 HTTP/1.1\r\n" HOST "%s\r\n", cookie);
    int held[WEB_MAX_STREAMS];
    for (gsize i = 0; i < WEB_MAX_STREAMS; i++) {
        held[i] = raw_connect(web_server_port(server));
        int small = 4096; /* so that the download cannot end by itself */
        g_assert_cmpint(setsockopt(held[i], SOL_SOCKET, SO_RCVBUF, &small, sizeof small), ==, 0);
        g_assert_true(raw_send(held[i], request, strlen(request)));
        char first[16];
        g_assert_cmpint(recv(held[i], first, sizeof first, 0), >, 0);
    }
    g_assert_cmpuint(status_of("GET", "/en/stream?n=5", cookie, NULL), ==, 503);
    g_assert_cmpuint(status_of("GET", "/en/item/a", cookie, NULL), ==, 200);
    for (gsize i = 0; i < WEB_MAX_STREAMS; i++)
        close(held[i]);
    guint status = 503;
    for (int tries = 0; tries < 50 && status == 503; tries++) {
        status = status_of("GET", "/en/stream?n=5", cookie, NULL);
        g_usleep(100000);
    }
    g_assert_cmpuint(status, ==, 200);
}

static void test_silent_client_is_cut_off(void)
{
    WebServer *quick = server_start(1, 60);
    int fd = raw_connect(web_server_port(quick));
    raw_send(fd, "GET /en/open HT", 15);
    RawAnswer answer;
    raw_read(fd, 5000, &answer);
    g_assert_true(answer.closed);
    raw_clear(&answer);
    web_server_stop(quick);
}

static void test_dripping_client_is_cut_off(void)
{
    WebServer *quick = server_start(20, 1);
    int fd = raw_connect(web_server_port(quick));
    const char *drip = "GET /en/open HTTP/1.1\r\n" HOST "X: ";
    raw_send(fd, drip, strlen(drip));
    bool open = true;
    for (int i = 0; i < 40 && open; i++) { /* 4 s at most: it is never silent */
        g_usleep(100000);
        open = raw_send(fd, "a", 1);
    }
    g_assert_false(open);
    close(fd);
    /* one that waits between requests is another matter */
    fd = raw_connect(web_server_port(quick));
    RawAnswer answer;
    raw_send(fd, HIDDEN, strlen(HIDDEN));
    raw_read(fd, 500, &answer);
    g_assert_cmpuint(answer.status, ==, 200);
    raw_clear(&answer);
    web_server_stop(quick);
}

/* How many of some connections more than one address may hold are refused. */
static guint refused_at(const char *address)
{
    WebServer *other = server_start_at(address, 20, 60);
    int held[WEB_MAX_PER_ADDRESS + 8];
    guint refused = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(held); i++)
        held[i] = raw_connect(web_server_port(other));
    g_usleep(300000);
    for (gsize i = 0; i < G_N_ELEMENTS(held); i++) {
        char byte;
        if (recv(held[i], &byte, 1, MSG_DONTWAIT) == 0)
            refused++;
        close(held[i]);
    }
    web_server_stop(other);
    return refused;
}

static void test_one_address_cannot_take_all(void)
{
    g_assert_cmpuint(refused_at("0.0.0.0"), >=, 1);
    /* but the address of an onion service is everybody's */
    g_assert_cmpuint(refused_at("127.0.0.1"), ==, 0);
}

static gpointer ask_slowly(gpointer data)
{
    RawAnswer *answer = g_new0(RawAnswer, 1);
    raw_request((guint16)GPOINTER_TO_UINT(data), "GET", "/en/slow", NULL, NULL, answer);
    return answer;
}

static void test_stop_finishes_what_is_under_way(void)
{
    WebServer *other = server_start(20, 60);
    GThread *thread =
        g_thread_new("asks", ask_slowly, GUINT_TO_POINTER((guint)web_server_port(other)));
    g_usleep(100000);
    web_server_stop(other);
    RawAnswer *answer = g_thread_join(thread);
    g_assert_cmpuint(answer->status, ==, 200);
    g_assert_cmpstr(answer->body, ==, "slow but whole");
    raw_clear(answer);
    g_free(answer);
}

static void test_two_servers_do_not_share_sessions(void)
{
    WebServer *first = server;
    WebServer *other = server_start(20, 60);
    g_autofree char *cookie = login();
    server = other;
    g_assert_cmpuint(status_of("GET", "/en/item/a", cookie, NULL), ==, 403);
    g_autofree char *second = login();
    g_assert_cmpuint(status_of("GET", "/en/item/a", second, NULL), ==, 200);
    /* one jar for both: the browser sends the two cookies to each */
    g_autofree char *both =
        g_strdup_printf("Cookie: %.*s; %s", (int)strcspn(cookie + 8, "\r"), cookie + 8, second + 8);
    g_assert_cmpuint(status_of("GET", "/en/item/a", both, NULL), ==, 200);
    server = first;
    g_assert_cmpuint(status_of("GET", "/en/item/a", both, NULL), ==, 200);
    web_server_stop(other);
}

static void test_taken_port_is_a_sentence(void)
{
    WebServerOptions options = {.address = "127.0.0.1",
                                .port = web_server_port(server),
                                .routes = ROUTES,
                                .open_store = store_open,
                                .close_store = store_close};
    g_autoptr(GError) error = NULL;
    g_assert_null(web_server_start(&options, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO);
    g_clear_error(&error);
    options.address = "nowhere";
    g_assert_null(web_server_start(&options, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE);
}

static void test_stores_are_closed(void)
{
    WebServer *other = server_start(20, 60);
    gint before = g_atomic_int_get(&stores_open);
    WebServer *first = server;
    server = other;
    g_autofree char *cookie = login();
    g_assert_cmpuint(status_of("GET", "/en/item/a", cookie, NULL), ==, 200);
    g_assert_cmpint(g_atomic_int_get(&stores_open), ==, before + 1);
    server = first;
    web_server_stop(other);
    g_assert_cmpint(g_atomic_int_get(&stores_open), ==, before);
}

static const struct {
    const char *name;
    GTestFunc run;
} TESTS[] = {
    {"long_things_are_refused", test_long_things_are_refused},
    {"too_many_fields_are_refused", test_too_many_fields},
    {"language_of_browser", test_language_of_browser},
    {"safety_headers_on_every_answer", test_safety_headers},
    {"head_sends_no_body", test_head_sends_no_body},
    {"two_requests_on_one_connection", test_two_requests_on_one_connection},
    {"form_ends_its_connection", test_form_ends_its_connection},
    {"405_names_the_methods", test_405_names_the_methods},
    {"session_opens_pages", test_session_opens_pages},
    {"token_works_once", test_token_works_once},
    {"token_grows_old", test_token_grows_old},
    {"session_ends_after_an_hour_of_silence_and_after_eight", test_session_ends},
    {"logout_ends_the_session", test_logout_ends_the_session},
    {"form_needs_its_token", test_form_needs_its_token},
    {"guessed_cookies_open_nothing", test_guessed_cookies_open_nothing},
    {"download_is_whole", test_download_is_whole},
    {"downloads_are_counted", test_downloads_are_counted},
    {"silent_client_is_cut_off", test_silent_client_is_cut_off},
    {"dripping_client_is_cut_off", test_dripping_client_is_cut_off},
    {"one_address_cannot_take_all", test_one_address_cannot_take_all},
    {"stop_finishes_what_is_under_way", test_stop_finishes_what_is_under_way},
    {"two_servers_do_not_share_sessions", test_two_servers_do_not_share_sessions},
    {"taken_port_is_a_sentence", test_taken_port_is_a_sentence},
    {"stores_are_closed", test_stores_are_closed},
};

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    server = server_start(20, 60);
    for (gsize i = 0; i < G_N_ELEMENTS(REFUSED); i++) {
        g_autofree char *name = g_strconcat("/web/http/refused/", REFUSED[i].claim, NULL);
        g_test_add_data_func(name, &REFUSED[i], test_refused);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(SERVED); i++) {
        g_autofree char *name = g_strconcat("/web/http/served/", SERVED[i].claim, NULL);
        g_test_add_data_func(name, &SERVED[i], test_served);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(TESTS); i++) {
        g_autofree char *name = g_strconcat("/web/http/", TESTS[i].name, NULL);
        g_test_add_func(name, TESTS[i].run);
    }
    int status = g_test_run();
    web_server_stop(server);
    return status;
}
