/* One's own account: password, second factor, when the session ends. */
#include "web/account.h"
#include "web/forms.h"
#include "web/page.h"
#include "web/shared.h"
#include <string.h>

static const FormField PASSWORD_FIELDS[] = {
    {"old", N_("Password now"), NULL, FORM_PASSWORD, true, 256, NULL},
    {"new", N_("New password"), N_("at least 12 characters; four words are good"), FORM_PASSWORD,
     true, 256, NULL},
    {"again", N_("New password once more"), NULL, FORM_PASSWORD, true, 256, NULL},
};
const Form FORM_PASSWORD_CHANGE = {"/account/password", N_("Change the password"), PASSWORD_FIELDS,
                                   G_N_ELEMENTS(PASSWORD_FIELDS)};

static const FormField TOTP_FIELDS[] = {
    {"secret", N_("Secret"), NULL, FORM_HIDDEN, true, 64, NULL},
    {"password", N_("Password now"), NULL, FORM_PASSWORD, true, 256, NULL},
    {"code", N_("Code that the authenticator shows"), NULL, FORM_LINE, true, 16, NULL},
};
const Form FORM_TOTP = {"/account/totp", N_("Turn the second factor on"), TOTP_FIELDS,
                        G_N_ELEMENTS(TOTP_FIELDS)};

static void draw_session(const Page *page)
{
    const WebSession *session = page->request->session;
    const WebIdentity *identity = web_session_identity(session);
    gint64 idle, whole;
    web_session_left(web_server_sessions(page->request->server), session, &idle, &whole);
    g_autofree char *minutes = i18n_integer(MAX(0, MIN(idle, whole)) / 60);
    g_autofree char *hours = i18n_integer(MAX(0, whole) / 60);
    g_autofree char *ends = g_strdup_printf(
        _("after %s minutes without a click, in any case in %s minutes"), minutes, hours);
    html_begin(page->html, "dl", "class", "facts", NULL);
    page_fact_name(page, _("Account"),
                   identity->name[0] != '\0' ? identity->name
                                             : _("the login link of whoever started the server"));
    if (identity->user_id == 0 && identity->name[0] != '\0')
        page_fact(page, _("How you came in"), _("by a login link made for that name"));
    page_fact(page, _("Role"), web_role_title(identity->role));
    page_fact(page, _("This session ends"), ends);
    html_end(page->html, "dl");
}

static void draw_totp(const Page *page, const StoreUser *user, const char *secret)
{
    g_autofree char *uri = account_totp_uri(user->name, secret);
    page_heading(page, "totp", _("Second factor"));
    page_paragraph(
        page, NULL,
        _("An authenticator (on a phone that nobody else opens) shows six digits that "
          "change every half minute. Type this secret into it as a time-based code, then "
          "enter what it shows. Whoever reads your password alone does not get in."));
    html_begin(page->html, "dl", "class", "facts", NULL);
    page_fact_begin(page, _("Secret"));
    html_put(page->html, "code", secret, "class", "hash", NULL);
    page_fact_end(page);
    page_fact_begin(page, _("The same as an address"));
    html_put(page->html, "code", uri, "class", "hash", NULL);
    page_fact_end(page);
    html_end(page->html, "dl");
    g_autoptr(GHashTable) values = g_hash_table_new(g_str_hash, g_str_equal);
    g_hash_table_insert(values, (gpointer) "secret", (gpointer)secret);
    form_draw(page, &FORM_TOTP, NULL, values);
}

static void draw(const WebRequest *request, WebResponse *response, guint status,
                 const char *sentence)
{
    g_autoptr(GError) error = NULL;
    const gint64 id = app_user_id(request);
    g_autoptr(StoreUser) user = id != 0 ? store_user_load(request->store, id, &error) : NULL;
    if (id != 0 && user == NULL) {
        page_fail(request, response, error);
        return;
    }
    Page page;
    page_begin_said(&page, request, response, PAGE_NO_SECTION, _("Your account"), status, sentence);
    draw_session(&page);
    if (user != NULL) {
        page_heading(&page, "password", _("Password"));
        form_draw(&page, &FORM_PASSWORD_CHANGE, NULL, NULL);
        g_autofree char *secret = account_totp_new();
        const char *sent = web_form(request, "secret"); /* the same again after a wrong code */
        draw_totp(&page, user, sent[0] != '\0' && status != 200 ? sent : secret);
    }
    page_end(&page);
}

void page_account(const WebRequest *request, WebResponse *response)
{
    draw(request, response, 200, NULL);
}

/* The account behind the session, its password shown again; NULL with a problem. */
static StoreUser *confirmed(const WebRequest *request, Store *store, const char *password,
                            const char **ret_problem)
{
    g_autoptr(StoreUser) user =
        app_user_id(request) != 0 ? store_user_load(store, app_user_id(request), NULL) : NULL;
    Web *web = request->app;
    *ret_problem = NULL;
    if (user == NULL) {
        *ret_problem = _("A login link has no account to change.");
        return NULL;
    }
    g_autofree char *key = g_strdup_printf("own %" G_GINT64_FORMAT, user->id);
    if (shared_wait(web, store, key) > 0) {
        *ret_problem = _("Too many tries. Wait a little.");
        return NULL;
    }
    if (!account_password_fits(user, password)) {
        shared_failed(web, key);
        *ret_problem = _("The password does not fit. Nothing was changed.");
        return NULL;
    }
    shared_forgive(web, key);
    return g_steal_pointer(&user);
}

void page_account_password_post(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *problem = NULL;
    const char *why = NULL;
    g_autoptr(Store) store = app_store_write(request, &error);
    if (store == NULL) {
        page_fail(request, response, error);
        return;
    }
    if (!form_check(&FORM_PASSWORD_CHANGE, request->form, &problem)) {
        draw(request, response, 400, problem);
        return;
    }
    if (strcmp(web_form(request, "new"), web_form(request, "again")) != 0) {
        draw(request, response, 400, _("The new password was not written twice alike."));
        return;
    }
    g_autoptr(StoreUser) user = confirmed(request, store, web_form(request, "old"), &why);
    if (user == NULL) {
        draw(request, response, 403, why);
        return;
    }
    const AppChange change = {"password", STORE_KIND_USER, user->id, NULL, NULL};
    const bool done = store_begin(store, &error) &&
                      account_set_password(store, user->id, web_form(request, "new"), &error);
    if (!app_change_end(store, request, done, &change, &error)) {
        draw(request, response, 400, error->message);
        return;
    }
    if (!shared_sessions_end_user(request->app, user->id, request->session, &error)) {
        page_fail(request, response, error);
        return;
    }
    draw(request, response, 200,
         _("The password is changed. Your sessions in other browsers have ended."));
}

void page_account_totp_post(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *problem = NULL;
    const char *why = NULL;
    guint64 step;
    g_autoptr(Store) store = app_store_write(request, &error);
    if (store == NULL) {
        page_fail(request, response, error);
        return;
    }
    if (!form_check(&FORM_TOTP, request->form, &problem)) {
        draw(request, response, 400, problem);
        return;
    }
    g_autoptr(StoreUser) user = confirmed(request, store, web_form(request, "password"), &why);
    if (user == NULL) {
        draw(request, response, 403, why);
        return;
    }
    if (!account_totp_fits(web_form(request, "secret"), web_form(request, "code"),
                           g_get_real_time() / G_USEC_PER_SEC, 0, &step)) {
        draw(request, response, 400,
             _("The code does not fit the secret. Is the clock of the phone right?"));
        return;
    }
    const AppChange change = {"second factor", STORE_KIND_USER, user->id, "on", NULL};
    const bool done = store_begin(store, &error) &&
                      account_set_totp(store, user->id, web_form(request, "secret"), &error);
    if (!app_change_end(store, request, done, &change, &error)) {
        page_fail(request, response, error);
        return;
    }
    draw(request, response, 200, _("The second factor is on from the next login."));
}
