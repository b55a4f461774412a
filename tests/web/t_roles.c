/* Each route as each role; each form with each field missing, too long, or full of markup. The
 * tables of routes and forms make the tests. */
#include "case.h"
#include "multipart.h"
#include "sample.h"
#include "session.h"
#include "store/appeal.h"
#include "store/joining.h"
#include "web/forms.h"
#include <unistd.h>

/* ---- routes ---- */

typedef struct {
    const WebRoute *route;
    WebRole role;
} RoleCase;

static void route_as_role(gconstpointer data)
{
    const RoleCase *row = data;
    const guint roles = row->route->roles != 0 ? row->route->roles : WEB_EVERYBODY;
    const bool may = (roles & row->role) != 0;
    const bool post = (row->route->flags & WEB_POST) != 0;
    g_autofree char *token = NULL, *header = session_of(row->role, &token);
    g_autofree char *sample = sample_of(row->route);
    g_autofree char *path = g_strconcat("/en", sample, NULL);
    g_autofree char *body = g_strdup_printf("form_token=%s", token);
    const gint64 before = log_size();
    RawAnswer answer;
    raw_request(web_port(web), post ? "POST" : "GET", path, header, post ? body : NULL, &answer);
    g_test_message("%s %s as %s: %u", post ? "POST" : "GET", path, web_role_word(row->role),
                   answer.status);
    if (may)
        g_assert_cmpuint(answer.status, !=, 403);
    else if (!may)
        g_assert_cmpuint(answer.status, ==, 403);
    if (!may)
        g_assert_cmpint(log_size(), ==, before); /* nothing happened */
    g_assert_null(strstr(answer.text, SECRET));
    raw_clear(&answer);
}

/* The role may, but the form's token is missing, made up, or of another session of the same
 * account. */
static void route_without_its_token(gconstpointer data)
{
    const RoleCase *row = data;
    const guint roles = row->route->roles != 0 ? row->route->roles : WEB_EVERYBODY;
    /* The other first: an account's oldest session ends when it has too many. */
    g_autofree char *other = NULL;
    g_free(session_of(row->role, &other));
    g_autofree char *token = NULL, *header = session_of(row->role, &token);
    g_autofree char *made_up = g_strnfill(strlen(token), '0');
    g_autofree char *sample = sample_of(row->route);
    g_autofree char *path = g_strconcat("/en", sample, NULL);
    const char *const TOKENS[] = {NULL, "", made_up, other};
    const gint64 before = log_size();
    for (gsize i = 0; i < G_N_ELEMENTS(TOKENS); i++) {
        g_autofree char *body =
            TOKENS[i] != NULL ? g_strdup_printf("form_token=%s", TOKENS[i]) : g_strdup("a=b");
        RawAnswer answer;
        raw_request(web_port(web), "POST", path, header, body, &answer);
        g_assert_cmpuint(answer.status, ==, (roles & row->role) != 0 ? 400 : 403);
        g_assert_null(strstr(answer.text, SECRET));
        raw_clear(&answer);
    }
    g_assert_cmpint(log_size(), ==, before);
    g_auto(GStrv) parts = g_strsplit(g_strchomp(header), "=", 2);
    WebSession *still = sessions_find(web_server_sessions(web->server), parts[1]);
    g_assert_nonnull(still); /* a forged logout did not end it */
    session_unref(still);
}

/* GET (and HEAD) or POST: which of them has no route at this path. */
static bool has_route(const char *path, bool post)
{
    for (const WebRoute *route = WEB_ROUTES; route->path != NULL; route++)
        if (strcmp(route->path, path) == 0 && ((route->flags & WEB_POST) != 0) == post)
            return true;
    return false;
}

/* Logged in, with the session's own form token: each method that the path does not know is refused
 * to every role alike, told which there are, and nothing happened. */
static void route_by_wrong_methods(gconstpointer data)
{
    const RoleCase *row = data;
    const bool get = has_route(row->route->path, false), post = has_route(row->route->path, true);
    const char *const METHODS[] = {"PUT",
                                   "DELETE",
                                   "PATCH",
                                   "TRACE",
                                   "BREW",
                                   get ? "MKCOL" : "GET",
                                   get ? "LINK" : "HEAD",
                                   post ? "SEARCH" : "POST"};
    g_autofree char *token = NULL, *header = session_of(row->role, &token);
    g_autofree char *sample = sample_of(row->route);
    g_autofree char *path = g_strconcat("/en", sample, NULL);
    g_autofree char *body = g_strdup_printf("form_token=%s", token);
    const gint64 before = log_size();
    for (gsize i = 0; i < G_N_ELEMENTS(METHODS); i++) {
        const bool sends = strcmp(METHODS[i], "POST") == 0;
        RawAnswer answer;
        raw_request(web_port(web), METHODS[i], path, header, sends ? body : NULL, &answer);
        g_test_message("%s %s as %s: %u", METHODS[i], path, web_role_word(row->role),
                       answer.status);
        g_assert_cmpuint(answer.status, ==, 405);
        g_autofree char *allow = raw_header(&answer, "Allow");
        g_assert_cmpstr(allow, ==, get && post ? "GET, HEAD, POST" : get ? "GET, HEAD" : "POST");
        g_assert_null(strstr(answer.text, SECRET));
        raw_clear(&answer);
    }
    g_assert_cmpint(log_size(), ==, before);
    g_auto(GStrv) parts = g_strsplit(g_strchomp(header), "=", 2);
    WebSession *still = sessions_find(web_server_sessions(web->server), parts[1]);
    g_assert_nonnull(still); /* nor did it end the session */
    session_unref(still);
}

static void add_routes(void)
{
    for (const WebRoute *route = WEB_ROUTES; route->path != NULL; route++) {
        if ((route->flags & (WEB_OPEN | WEB_TOKEN)) != 0)
            continue;
        for (int i = 0; i < WEB_N_ROLES; i++) {
            RoleCase *row = g_new0(RoleCase, 1); /* lives as long as the program */
            *row = (RoleCase){route, (WebRole)(1 << i)};
            g_autofree char *name =
                g_strdup_printf("/web/role/%s/%s%s", web_role_word(row->role),
                                (route->flags & WEB_POST) != 0 ? "post" : "get",
                                strcmp(route->path, "/") == 0 ? "/root" : route->path);
            g_test_add_data_func(name, row, route_as_role);
            g_autofree char *token_name =
                g_strconcat("/web/token", name + strlen("/web/role"), NULL);
            if ((route->flags & WEB_POST) != 0)
                g_test_add_data_func(token_name, row, route_without_its_token);
            if ((route->flags & WEB_POST) != 0 && has_route(route->path, false))
                continue; /* both methods of a path are tried at once */
            g_autofree char *method_name =
                g_strconcat("/web/method/", web_role_word(row->role),
                            strcmp(route->path, "/") == 0 ? "/root" : route->path, NULL);
            g_test_add_data_func(method_name, row, route_by_wrong_methods);
        }
    }
}

/* ---- forms ---- */

static bool has_file(const Form *form)
{
    for (gsize i = 0; i < form->n_fields; i++)
        if (form->fields[i].kind == FORM_FILE)
            return true;
    return form->lengthy;
}

/* The form's body; the field `at` with another value (NULL: left out). */
static char *body_of(const Form *form, const char *token, gsize at, const char *value)
{
    GString *body = g_string_new("form_token=");
    g_string_append(body, token);
    for (gsize i = 0; i < form->n_fields; i++) {
        const char *sent = i == at ? value : good_value(&form->fields[i]);
        g_autofree char *coded = sent != NULL ? g_uri_escape_string(sent, NULL, FALSE) : NULL;
        if (sent != NULL)
            g_string_append_printf(body, "&%s=%s", form->fields[i].name, coded);
    }
    return g_string_free(body, FALSE);
}

static guint send_form(const Form *form, gsize at, const char *value, char **ret_text)
{
    g_autofree char *token = NULL, *header = session_of(WEB_ADMINISTRATOR, &token);
    const WebRoute route = {form->path, WEB_POST, NULL, 0};
    g_autofree char *sample = sample_of(&route);
    g_autofree char *path = g_strconcat("/fa", sample, NULL);
    const bool file = has_file(form);
    g_autofree char *body =
        file ? multipart_of(form, token, at, value) : body_of(form, token, at, value);
    g_autofree char *headers = g_strconcat(header, file ? MULTIPART : "", NULL);
    RawAnswer answer;
    raw_request(web_port(web), "POST", path, headers, body, &answer);
    const guint status = answer.status;
    *ret_text = g_strdup(answer.text);
    raw_clear(&answer);
    return status;
}

typedef struct {
    const Form *form;
    gsize field;
} FieldCase;

static void a_missing_field_is_told_and_changes_nothing(gconstpointer data)
{
    const FieldCase *row = data;
    const FormField *field = &row->form->fields[row->field];
    if (!field->required) {
        g_test_skip("not required");
        return;
    }
    const char *const VALUES[] = {NULL, "", "  \t "};
    const gsize n_values = field->kind == FORM_FILE ? 2 : 3; /* a file may hold blanks */
    for (gsize i = 0; i < n_values; i++) {
        const gint64 before = log_size();
        g_autofree char *text = NULL;
        g_assert_cmpuint(send_form(row->form, row->field, VALUES[i], &text), ==, 400);
        g_assert_cmpint(log_size(), ==, before);
    }
}

static void what_is_too_long_or_no_choice_is_told(gconstpointer data)
{
    const FieldCase *row = data;
    const FormField *field = &row->form->fields[row->field];
    if (field->kind == FORM_FILE) {
        g_test_skip("a file: see /web/upload");
        return;
    }
    const guint most = field->most != 0 ? field->most : 1000;
    const gint64 before = log_size();
    g_autofree char *text = NULL, *long_value = g_strnfill(most + 1, 'y');
    g_assert_cmpuint(send_form(row->form, row->field, long_value, &text), ==, 400);
    g_assert_cmpint(log_size(), ==, before);
    if (field->kind == FORM_AREA)
        return;
    g_autofree char *lines = NULL;
    g_assert_cmpuint(send_form(row->form, row->field, "a\r\nb", &lines), ==, 400);
    g_assert_cmpint(log_size(), ==, before);
}

static void markup_stays_text(gconstpointer data)
{
    const FieldCase *row = data;
    const FormField *field = &row->form->fields[row->field];
    g_autofree char *text = NULL;
    g_autofree char *value = g_strndup(ATTACK, field->most != 0 ? field->most : 1000);
    send_form(row->form, row->field, value, &text);
    g_assert_null(strstr(text, "<script"));
    g_assert_null(strstr(text, "<img src=x"));
    if (row->form != &FORM_REVEAL &&
        row->form != &FORM_REVIEW_NAMES) /* a reason was given: it shows what it is for */
        g_assert_null(strstr(text, SECRET));
}

static void add_forms(void)
{
    static const struct {
        const char *claim;
        GTestDataFunc run;
    } CLAIMS[] = {
        {"missing", a_missing_field_is_told_and_changes_nothing},
        {"too_long", what_is_too_long_or_no_choice_is_told},
        {"markup", markup_stays_text},
    };
    for (gsize f = 0; WEB_FORMS[f] != NULL; f++) {
        if (WEB_FORMS[f] == &FORM_ENTER) /* says nothing about its fields: t_accounts.c */
            continue;
        for (gsize i = 0; i < WEB_FORMS[f]->n_fields; i++)
            for (gsize c = 0; c < G_N_ELEMENTS(CLAIMS); c++) {
                FieldCase *row = g_new0(FieldCase, 1);
                *row = (FieldCase){WEB_FORMS[f], i};
                g_autofree char *name =
                    g_strdup_printf("/web/form/%s%s/%s", CLAIMS[c].claim, WEB_FORMS[f]->path,
                                    WEB_FORMS[f]->fields[i].name);
                g_test_add_data_func(name, row, CLAIMS[c].run);
            }
    }
}

/* Every form has a route that takes it, and every route that takes a form and a session is one of
 * them. */
static void forms_and_routes_agree(void)
{
    for (gsize f = 0; WEB_FORMS[f] != NULL; f++) {
        bool found = false;
        for (const WebRoute *route = WEB_ROUTES; route->path != NULL; route++)
            found |= (route->flags & WEB_POST) != 0 && strcmp(route->path, WEB_FORMS[f]->path) == 0;
        g_assert_true(found);
    }
    for (const WebRoute *route = WEB_ROUTES; route->path != NULL; route++) {
        bool found = (route->flags & WEB_POST) == 0 || strcmp(route->path, "/logout") == 0 ||
                     strcmp(route->path, "/login") == 0 || (route->flags & WEB_TOKEN) != 0 ||
                     strcmp(route->path, "/sign/*") == 0;
        for (gsize f = 0; WEB_FORMS[f] != NULL && !found; f++)
            found = strcmp(route->path, WEB_FORMS[f]->path) == 0;
        g_test_message("%s", route->path);
        g_assert_true(found);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(sodium_init(), >=, 0);
    case_make();
    cookie = log_in();
    add_routes();
    g_test_add_func("/web/form/routes/agree", forms_and_routes_agree);
    add_forms();
    int status = g_test_run();
    web_stop(web);
    g_free(cookie);
    g_free(folder);
    return status;
}
