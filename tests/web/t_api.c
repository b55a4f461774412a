/* The JSON API: tokens with roles and scopes; each line of its table as each role and scope; its
 * description against its table; nothing sealed leaves. */
#include "case.h"
#include "sample.h"
#include "web/api.h"

static char *bearer(const char *role, const char *scopes, gint64 expires, gint64 *ret_id)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = evidence_open_with_keys(folder, web->keys, STORE_WRITE, &error);
    g_autofree char *secret =
        api_token_new(store, "test", role, scopes, expires, 0, ret_id, &error);
    g_assert_no_error(error);
    return g_strdup_printf("Authorization: Bearer %s\r\nContent-Type: application/json\r\n",
                           secret);
}

static guint ask(const char *method, const char *path, const char *header, const char *body,
                 json_t **ret_answer)
{
    RawAnswer answer;
    raw_request(web_port(web), method, path, header, body, &answer);
    const guint status = answer.status;
    g_assert_null(strstr(answer.text, SECRET));
    if (ret_answer != NULL) {
        *ret_answer = json_loads(answer.body, 0, NULL);
        g_assert_nonnull(*ret_answer);
    }
    raw_clear(&answer);
    return status;
}

static gint64 log_size(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = evidence_open_with_keys(folder, web->keys, STORE_READ, &error);
    return app_log_size(store, &error);
}

/* Each line as each role, with either scope. */
static void each_line_as_each_role_and_scope(void)
{
    static const char *const SCOPES[] = {"read", "read write"};
    for (const ApiRoute *route = API_ROUTES; route->path != NULL; route++)
        for (int r = 0; r < WEB_N_ROLES; r++)
            for (gsize s = 0; s < G_N_ELEMENTS(SCOPES); s++) {
                gint64 id;
                const guint roles = api_roles(route) != 0 ? api_roles(route) : WEB_EVERYBODY;
                const bool may = (roles & (1u << r)) != 0 && (!route->post || s == 1);
                g_autofree char *header =
                    bearer(web_role_word((WebRole)(1 << r)), SCOPES[s], 0, &id);
                const WebRoute like = {route->path, WEB_GET, NULL, 0};
                g_autofree char *path = sample_of(&like);
                const gint64 before = log_size();
                json_t *answer;
                const guint status = ask(route->post ? "POST" : "GET", path, header,
                                         route->post ? "{}" : NULL, &answer);
                g_test_message("%s %s: %u", path, web_role_word((WebRole)(1 << r)), status);
                if (!may)
                    g_assert_cmpuint(status, ==, 403);
                else if (route->post)
                    g_assert_cmpuint(status, ==, 400); /* an empty body, or an id that is none */
                else /* no letter was sent in this case: the clock says so */
                    g_assert_true(status == 200 || g_str_has_suffix(path, "/clock"));
                g_assert_true(status == 200 || json_object_get(answer, "error") != NULL);
                g_assert_cmpint(log_size(), ==, before);
                json_decref(answer);
            }
}

static void dead_tokens_open_nothing(void)
{
    g_autoptr(GError) error = NULL;
    gint64 id;
    g_autofree char *late = bearer("reader", "read", 1000, &id);
    g_assert_cmpuint(ask("GET", "/api/overview", late, NULL, NULL), ==, 401);
    g_autofree char *good = bearer("reader", "read", 0, &id);
    g_assert_cmpuint(ask("GET", "/api/overview", good, NULL, NULL), ==, 200);
    g_autofree char *forged = g_strdup(good);
    char *last = strchr(forged, '\r') - 1;
    *last = *last == '0' ? '1' : '0';
    g_assert_cmpuint(ask("GET", "/api/overview", forged, NULL, NULL), ==, 401);
    g_assert_cmpuint(
        ask("GET", "/api/overview", "Authorization: Bearer zenhar_TK1_\r\n", NULL, NULL), ==, 401);
    g_assert_cmpuint(ask("GET", "/api/overview", "Authorization: Basic eDp5\r\n", NULL, NULL), ==,
                     401);
    g_autoptr(Store) store = evidence_open_with_keys(folder, web->keys, STORE_WRITE, &error);
    g_autoptr(StoreApiToken) token = store_api_token_load(store, id, &error);
    token->revoked = 1;
    must(store_api_token_update(store, token, &error), error);
    g_assert_cmpuint(ask("GET", "/api/overview", good, NULL, NULL), ==, 401);
}

static void lists_go_page_by_page(void)
{
    gint64 id;
    g_autofree char *header = bearer("analyst", "read", 0, &id);
    gint64 after = 0, n = 0;
    for (;;) {
        g_autofree char *path =
            g_strdup_printf("/api/lists/report?limit=7&after=%" G_GINT64_FORMAT, after);
        json_t *answer;
        g_assert_cmpuint(ask("GET", path, header, NULL, &answer), ==, 200);
        const json_t *records = json_object_get(answer, "records");
        n += (gint64)json_array_size(records);
        const json_t *first = json_array_get(records, 0);
        if (first != NULL) {
            g_assert_cmpstr(json_string_value(json_object_get(first, "kind")), ==, "report");
            g_assert_null(json_object_get(first, "text")); /* may name people */
        }
        after = json_integer_value(json_object_get(answer, "next"));
        const bool more = json_is_integer(json_object_get(answer, "next"));
        json_decref(answer);
        if (!more)
            break;
    }
    g_assert_cmpint(n, >=, 62);
    RawAnswer csv;
    raw_request(web_port(web), "GET", "/api/lists/statement?format=csv&limit=1000", header, NULL,
                &csv);
    g_assert_cmpuint(csv.status, ==, 200);
    g_assert_true(g_str_has_prefix(csv.body, "id,report_id,"));
    g_assert_null(strstr(csv.text, SECRET));
    g_assert_null(strstr(csv.text, "victim_name"));
    raw_clear(&csv);
    static const char *const SHUT[] = {"user",    "audit",   "token", "sender",
                                       "message", "setting", "x"};
    for (gsize i = 0; i < G_N_ELEMENTS(SHUT); i++) {
        g_autofree char *path = g_strconcat("/api/lists/", SHUT[i], NULL);
        g_assert_cmpuint(ask("GET", path, header, NULL, NULL), ==, 404);
    }
    g_autofree char *administrator = bearer("administrator", "read", 0, &id);
    RawAnswer users;
    raw_request(web_port(web), "GET", "/api/lists/user", administrator, NULL, &users);
    g_assert_cmpuint(users.status, ==, 200);
    g_assert_null(strstr(users.text, "argon2"));
    raw_clear(&users);
}

static void records_are_written_in_the_tokens_name(void)
{
    g_autoptr(GError) error = NULL;
    gint64 id;
    json_t *answer;
    g_autofree char *header = bearer("documenter", "read write", 0, &id);
    g_assert_cmpuint(
        ask("POST", "/api/reports", header,
            "{\"date\":\"2025-06-28\",\"place\":\"Tehran\",\"kind\":\"arrest\",\"name\":"
            "\"" SECRET "\",\"text\":\"Taken from home\",\"source\":\"A program\"}",
            &answer),
        ==, 200);
    g_assert_cmpint(json_integer_value(json_object_get(answer, "added")), ==, 1);
    json_decref(answer);
    g_assert_cmpuint(
        ask("POST", "/api/grades/R5", header, "{\"grade\":\"C3\",\"why\":\"checked\"}", NULL), ==,
        200);
    g_assert_cmpuint(ask("POST", "/api/grades/R5", header, "{\"grade\":\"Z\",\"why\":\"x\"}", NULL),
                     ==, 400);
    g_assert_cmpuint(ask("POST", "/api/alarms/AL1", header,
                         "{\"answer\":\"dismissed\",\"reason\":\"an exercise\"}", NULL),
                     ==, 200);
    const char *const BAD[] = {"", "[]", "{", "{\"grade\":5,\"why\":\"x\"}", "\xff\xfe"};
    const gint64 before = log_size();
    for (gsize i = 0; i < G_N_ELEMENTS(BAD); i++)
        g_assert_cmpuint(ask("POST", "/api/grades/R5", header, BAD[i], NULL), ==, 400);
    g_assert_cmpint(log_size(), ==, before);
    g_autoptr(Store) store = evidence_open_with_keys(folder, web->keys, STORE_READ, &error);
    const StorePage last = {.limit = 1, .descending = true};
    g_autoptr(GPtrArray) entries = store_audit_list(store, &last, &error);
    g_autofree char *actor = g_strdup_printf("token:TK%" G_GINT64_FORMAT, id);
    g_assert_cmpstr(((const StoreAudit *)entries->pdata[0])->actor, ==, actor);
}

/* What it says of itself is what it does: every route in it, every path of it a route. */
static void the_description_is_the_table(void)
{
    RawAnswer got;
    get("/api/openapi.json", NULL, &got);
    g_assert_cmpuint(got.status, ==, 200);
    json_t *described = json_loads(got.body, 0, NULL);
    raw_clear(&got);
    g_assert_cmpstr(json_string_value(json_object_get(described, "openapi")), ==, "3.1.0");
    const json_t *paths = json_object_get(described, "paths");
    gsize n = 0;
    for (const WebRoute *route = WEB_ROUTES; route->path != NULL; route++) {
        if ((route->flags & WEB_TOKEN) == 0)
            continue;
        g_autofree char *path = g_strdup(route->path);
        char *star = strchr(path, '*');
        if (star != NULL)
            *star = '\0';
        g_autofree char *whole = g_strconcat(path, star != NULL ? "{id}" : "", NULL);
        const json_t *item = json_object_get(paths, whole);
        const json_t *operation =
            json_object_get(item, (route->flags & WEB_POST) != 0 ? "post" : "get");
        g_assert_nonnull(operation);
        g_assert_nonnull(json_object_get(operation, "responses"));
        g_assert_true(
            (star != NULL) ==
            (json_array_size(json_object_get(operation, "parameters")) > 0 &&
             strcmp(json_string_value(json_object_get(
                        json_array_get(json_object_get(operation, "parameters"), 0), "in")),
                    "path") == 0));
        n++;
    }
    gsize operations = 0;
    const char *path;
    json_t *item;
    json_object_foreach((json_t *)paths, path, item) operations += json_object_size(item);
    g_assert_cmpuint(operations, ==, n);
    gsize table = 0;
    for (const ApiRoute *route = API_ROUTES; route->path != NULL; route++)
        table++;
    g_assert_cmpuint(table, ==, n);
    json_decref(described);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(sodium_init(), >=, 0);
    case_make();
    cookie = log_in();
    g_test_add_func("/web/api/each_line_as_each_role_and_scope", each_line_as_each_role_and_scope);
    g_test_add_func("/web/api/dead_tokens_open_nothing", dead_tokens_open_nothing);
    g_test_add_func("/web/api/lists_go_page_by_page", lists_go_page_by_page);
    g_test_add_func("/web/api/records_are_written_in_the_tokens_name",
                    records_are_written_in_the_tokens_name);
    g_test_add_func("/web/api/the_description_is_the_table", the_description_is_the_table);
    int status = g_test_run();
    web_stop(web);
    g_free(cookie);
    g_free(folder);
    return status;
}
