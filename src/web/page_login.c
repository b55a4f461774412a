/* Getting in and out. A link is opened first and spent by a button: what looks at links ahead
 * of the reader (a mail scanner, a browser) cannot spend it. */
#include "web/form.h"
#include "web/forms.h"
#include "web/log.h"
#include "web/page.h"
#include "web/shared.h"

static void draw_form(const Page *page, const char *token, bool good)
{
    Html *html = page->html;
    g_autofree char *path = page_path(page, "/login");
    html_begin(html, "form", "method", "post", "action", path, "class", "search", NULL);
    if (good) {
        html_void(html, "input", "type", "hidden", "name", "token", "value", token, NULL);
        html_put(html, "button", _("Open the case"), "autofocus", "", NULL);
    } else {
        html_begin(html, "label", NULL);
        html_text(html, _("What stands behind “token=” in the link"));
        html_void(html, "input", "name", "token", "required", "", "autocomplete", "off",
                  "spellcheck", "false", "maxlength", "64", "dir", "ltr", NULL);
        html_end(html, "label");
        html_put(html, "button", _("Open the case"), NULL);
    }
    html_end(html, "form");
}

static const FormField ENTER_FIELDS[] = {
    {"name", N_("Name"), NULL, FORM_LINE, true, 64, NULL},
    {"password", N_("Password"), NULL, FORM_PASSWORD, true, 256, NULL},
    {"code", N_("Code"), N_("six digits, if the account has a second factor"), FORM_LINE, false, 16,
     NULL},
};
const Form FORM_ENTER = {"/enter", N_("Log in"), ENTER_FIELDS, G_N_ELEMENTS(ENTER_FIELDS)};

static void draw_login(const WebRequest *request, WebResponse *response, guint status,
                       const char *sentence, const char *token, bool good)
{
    Page page;
    response->status = status;
    page_begin(&page, request, response, PAGE_NO_SECTION, _("Log in"));
    page_paragraph(&page, "lead", sentence);
    draw_form(&page, token, good);
    if (!good) {
        page_heading(&page, "account", _("With an account"));
        form_draw(&page, &FORM_ENTER, NULL, NULL);
    }
    page_end(&page);
}

void page_enter_draw(const WebRequest *request, WebResponse *response, guint status,
                     const char *sentence)
{
    Page page;
    response->status = status;
    page_begin(&page, request, response, PAGE_NO_SECTION, _("Log in"));
    page_paragraph(&page, "lead", sentence);
    form_draw(&page, &FORM_ENTER, NULL, request->form);
    page_end(&page);
}

void page_login(const WebRequest *request, WebResponse *response)
{
    const char *token = web_query(request, "token");
    g_autofree char *name = shared_link_name(request->app, token);
    const char *open =
        _("This link opens the case once, in this browser. Close the window or log out "
          "when you go.");
    if (name != NULL && name[0] != '\0') {
        g_autofree char *words = g_strdup_printf(
            _("It was made for %s: what is done by it stands under that name. If that is not you, "
              "do not open it."),
            name);
        g_autofree char *both = g_strconcat(open, " ", words, NULL);
        draw_login(request, response, 200, both, token, true);
        return;
    }
    const char *sentence =
        name != NULL ? open
        : token[0] != '\0'
            ? _("This link was used already, or is older than an hour. Ask for a new one on the "
                "machine that runs Zenhar: `zenhar serve` prints one.")
            : web_status_sentence(request->language, 403);
    draw_login(request, response, 200, sentence, token, name != NULL);
}

/* A case that cannot be written can still be read; then nobody changes anything either. */
static void enter_login(const WebRequest *request, const char *id)
{
    WebSession *session = sessions_find(web_server_sessions(request->server), id);
    g_autoptr(Store) store = session != NULL ? app_store_write(request, NULL) : NULL;
    if (store != NULL) {
        g_autoptr(GError) error = NULL;
        app_act(store, web_session_identity(session));
        if (!app_audit(store, request, "login", STORE_KIND_NONE, 0, NULL, NULL, &error))
            web_log_error("login", error);
        else if (!shared_session_put(request->app, store, session, &error))
            web_log_error("session", error); /* then it is this server's alone */
    }
    session_unref(session);
}

void page_login_post(const WebRequest *request, WebResponse *response)
{
    g_autofree char *id = shared_link_spend(request->app, web_form(request, "token"));
    if (id == NULL) {
        draw_login(request, response, 403,
                   _("This link was used already, or is older than an hour. Ask for a new one on "
                     "the machine that runs Zenhar: `zenhar serve` prints one."),
                   "", false);
        return;
    }
    enter_login(request, id);
    g_autofree char *home = g_strdup_printf("/%s/", i18n_tag(request->language));
    response->cookie = web_cookie(request->server, id);
    web_redirect(response, home);
}

void page_logout_post(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    if (!shared_session_end(request->app, request->session, &error)) {
        page_fail(request, response, error);
        return;
    }
    g_autofree char *path = g_strdup_printf("/%s/login", i18n_tag(request->language));
    response->cookie = web_cookie(request->server, NULL);
    web_redirect(response, path);
}

void app_draw_error(const WebRequest *request, WebResponse *response, guint status)
{
    const char *sentence = web_status_sentence(request->language, status);
    if (status == 403 && request->session != NULL) {
        const WebRole role = web_session_identity(request->session)->role;
        g_autofree char *words = g_strdup_printf(
            _("This is not for your role (%s). Ask an administrator of the case if you need it."),
            web_role_title(role));
        page_sentence(request, response, status, _("Not for your role"), words);
    } else if (status == 403)
        draw_login(request, response, status, sentence, "", false);
    else
        page_sentence(request, response, status,
                      status == 404 ? _("Not here") : _("This cannot be shown"), sentence);
}
