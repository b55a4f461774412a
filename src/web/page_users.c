/* Accounts, for administrators: who has one, in which role; new ones, changes. */
#include "web/account.h"
#include "web/forms.h"
#include "web/page.h"
#include "web/shared.h"
#include <string.h>

static const FormChoice ROLES[] = {
    {"documenter", N_("documenter")},       {"analyst", N_("analyst")},
    {"advocate", N_("advocate")},           {"reader", N_("reader")},
    {"administrator", N_("administrator")}, {NULL, NULL},
};
static const FormField NEW_FIELDS[] = {
    {"name", N_("Name"), N_("2 to 32 letters, digits, . - _; no real name is needed"), FORM_LINE,
     true, 32, NULL},
    {"role", N_("Role"), NULL, FORM_CHOICE, true, 0, ROLES},
};
const Form FORM_USER_NEW = {"/users", N_("Make the account"), NEW_FIELDS, G_N_ELEMENTS(NEW_FIELDS)};

static const FormChoice CHANGES[] = {
    {"password", N_("give it a new password")},
    {"totp", N_("turn its second factor off")},
    {"disable", N_("shut it")},
    {"enable", N_("open it again")},
    {NULL, NULL},
};
static const FormField CHANGE_FIELDS[] = {
    {"what", N_("Change"), NULL, FORM_CHOICE, true, 0, CHANGES},
    {"reason", N_("Why"), N_("stays in the audit trail"), FORM_LINE, true, 300, NULL},
};
const Form FORM_USER_CHANGE = {"/users/*", N_("Change the account"), CHANGE_FIELDS,
                               G_N_ELEMENTS(CHANGE_FIELDS)};

static const char *role_words(const StoreUser *user)
{
    WebRole role;
    return web_role_parse(user->role, &role) ? web_role_title(role) : "–";
}

static void draw_row(const Page *page, const StoreUser *user)
{
    char id[STORE_ID_MAX];
    g_autofree char *path =
        page_path(page, "/users/%s", store_id_format(STORE_KIND_USER, user->id, id));
    g_autofree char *created = page_date(user->created);
    html_begin(page->html, "tr", NULL);
    html_begin(page->html, "th", "scope", "row", NULL);
    html_begin(page->html, "a", "href", path, NULL);
    html_name(page->html, user->name, NULL);
    html_end(page->html, "a");
    html_end(page->html, "th");
    page_cell(page, role_words(user));
    page_cell(page, user->disabled ? _("shut") : _("open"));
    page_cell(page, created);
    html_end(page->html, "tr");
}

/* sentence, password: NULL none. The password is shown this once. */
static void draw(const WebRequest *request, WebResponse *response, guint status,
                 const char *sentence, const char *password)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) users = store_user_list(request->store, NULL, &error);
    if (users == NULL) {
        page_fail(request, response, error);
        return;
    }
    Page page;
    page_begin_said(&page, request, response, PAGE_NO_SECTION, _("Accounts"), status, sentence);
    if (password != NULL) {
        html_begin(page.html, "p", NULL);
        html_put(page.html, "code", password, "class", "hash", NULL);
        html_end(page.html, "p");
    }
    if (users->len == 0) {
        page_paragraph(&page, NULL,
                       _("Nobody has an account yet: the server's login links are the only way "
                         "in."));
    } else {
        const char *const columns[] = {_("Name"), _("Role"), _("State"), _("Since")};
        page_table_begin(&page, _("Who has an account"), columns, NULL, 4);
        for (guint i = 0; i < users->len; i++)
            draw_row(&page, users->pdata[i]);
        page_table_end(&page);
    }
    page_heading(&page, "new", _("A new account"));
    form_draw(&page, &FORM_USER_NEW, NULL, status == 200 ? NULL : request->form);
    page_end(&page);
}

void page_users(const WebRequest *request, WebResponse *response)
{
    draw(request, response, 200, NULL, NULL);
}

void page_users_post(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *problem = NULL;
    g_autoptr(Store) store = app_store_write(request, &error);
    if (store == NULL) {
        page_fail(request, response, error);
        return;
    }
    if (!form_check(&FORM_USER_NEW, request->form, &problem)) {
        draw(request, response, 400, problem, NULL);
        return;
    }
    g_autofree char *password = account_password_new();
    const char *role = web_form(request, "role");
    const gint64 id = store_begin(store, &error)
                          ? account_add(store, web_form(request, "name"), role, request->language,
                                        password, &error)
                          : 0;
    const AppChange made = {"account", STORE_KIND_USER, id, "new", role};
    if (!app_change_end(store, request, id != 0, &made, &error)) {
        draw(request, response, 400, error->message, NULL);
        return;
    }
    draw(request, response, 200,
         _("The account is made. Give its holder this password by a safe way; it is shown this "
           "once, "
           "and should be changed at the first login:"),
         password);
}

/* ---- one account ---- */

static StoreUser *user_of(const WebRequest *request, GError **error)
{
    StoreKind kind;
    gint64 id;
    return store_id_read(request->rest, STORE_KIND_USER, &kind, &id, error)
               ? store_user_load(request->store, id, error)
               : NULL;
}

static void draw_user(const WebRequest *request, WebResponse *response, const StoreUser *user,
                      guint status, const char *sentence, const char *password)
{
    Page page;
    page_begin_said(&page, request, response, PAGE_NO_SECTION, user->name, status, sentence);
    if (password != NULL) {
        html_begin(page.html, "p", NULL);
        html_put(page.html, "code", password, "class", "hash", NULL);
        html_end(page.html, "p");
    }
    html_begin(page.html, "dl", "class", "facts", NULL);
    page_fact(&page, _("Role"), role_words(user));
    page_fact(&page, _("State"), user->disabled ? _("shut") : _("open"));
    html_end(page.html, "dl");
    page_heading(&page, "change", _("Change the account"));
    form_draw(&page, &FORM_USER_CHANGE, request->rest, status == 200 ? NULL : request->form);
    page_end(&page);
}

void page_user(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreUser) user = user_of(request, &error);
    if (user == NULL)
        page_fail(request, response, error);
    else
        draw_user(request, response, user, 200, NULL, NULL);
}

static bool change(const WebRequest *request, Store *store, const StoreUser *user, const char *what,
                   char **ret_password, GError **error)
{
    if (strcmp(what, "password") == 0) {
        *ret_password = account_password_new();
        return account_set_password(store, user->id, *ret_password, error);
    }
    if (strcmp(what, "totp") == 0)
        return store_unseal(store, app_user_id(request), "second factor off", error) &&
               account_set_totp(store, user->id, NULL, error);
    return account_set_disabled(store, user->id, strcmp(what, "disable") == 0, error);
}

void page_user_post(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *problem = NULL, *password = NULL;
    const char *what = web_form(request, "what");
    g_autoptr(StoreUser) user = user_of(request, &error);
    g_autoptr(Store) store = user != NULL ? app_store_write(request, &error) : NULL;
    if (store == NULL) {
        page_fail(request, response, error);
        return;
    }
    if (!form_check(&FORM_USER_CHANGE, request->form, &problem)) {
        draw_user(request, response, user, 400, problem, NULL);
        return;
    }
    if (user->id == app_user_id(request) && strcmp(what, "disable") == 0) {
        draw_user(request, response, user, 400, _("Nobody shuts their own account."), NULL);
        return;
    }
    const AppChange line = {"account", STORE_KIND_USER, user->id, what,
                            web_form(request, "reason")};
    const bool done =
        store_begin(store, &error) && change(request, store, user, what, &password, &error);
    if (!app_change_end(store, request, done, &line, &error)) {
        page_fail(request, response, error);
        return;
    }
    if (strcmp(what, "enable") != 0 &&
        !shared_sessions_end_user(request->app, user->id, request->session, &error)) {
        page_fail(request, response, error);
        return;
    }
    g_autoptr(StoreUser) now = store_user_load(store, user->id, &error);
    draw_user(request, response, now != NULL ? now : user, 200,
              password != NULL ? _("This is the new password; it is shown this once:")
                               : _("Done. The account's sessions have ended."),
              password);
}
