/* Write without an account. What is sent is sealed to the inbox's key before this function returns:
 * neither this server nor the case's passphrase opens it again (intake/inbox.h). A codename, shown
 * once, lets the sender come back, read what was asked, and go on. Nothing here is kept in a
 * cookie. */
#include "intake/inbox.h"
#include "web/forms.h"
#include "web/page.h"
#include <string.h>

enum { SHOWN = 50 };

static const FormField NEW_FIELDS[] = {
    {"text", N_("Your message"),
     N_("what, when, where, how you know of it; no name of yours is needed"), FORM_AREA, true,
     20000, NULL},
};
const Form FORM_SEND = {"/send", N_("Send it"), NEW_FIELDS, G_N_ELEMENTS(NEW_FIELDS)};

static const FormField BACK_FIELDS[] = {
    {"codename", N_("Your codename"), N_("24 digits"), FORM_LINE, true, 60, NULL},
};
const Form FORM_SEND_BACK = {"/send/back", N_("Come back"), BACK_FIELDS, G_N_ELEMENTS(BACK_FIELDS)};

static const FormField MORE_FIELDS[] = {
    {"codename", N_("Your codename"), NULL, FORM_HIDDEN, true, 60, NULL},
    {"text", N_("Your message"), NULL, FORM_AREA, true, 20000, NULL},
};
const Form FORM_SEND_MORE = {"/send/more", N_("Send it"), MORE_FIELDS, G_N_ELEMENTS(MORE_FIELDS)};

/* ---- what strangers may ask of the server ---- */

/* Open routes have no connection of their own. */
static Store *open_case(const WebRequest *request, StoreMode mode, GError **error)
{
    const Web *web = request->app;
    return evidence_open_with_keys(web->folder, web->keys, mode, error);
}

static bool is_open(const WebRequest *request)
{
    guint8 key[32];
    g_autoptr(Store) store = open_case(request, STORE_READ, NULL);
    return store != NULL && inbox_public(store, key, NULL);
}

static void shut(const WebRequest *request, WebResponse *response)
{
    page_sentence(request, response, 404, _("Send a message"), _("This case takes no messages."));
}

static void busy(const WebRequest *request, WebResponse *response)
{
    response->retry_after = 5;
    page_sentence(request, response, 503, _("Send a message"),
                  _("Many people are writing. Nothing was kept: wait a few seconds and send it "
                    "again."));
}

/* Deriving a key costs memory and time: strangers do so one at a time, none waits. */
static bool identify(const WebRequest *request, Store *store, const char *codename,
                     InboxIdentity *identity, GError **error)
{
    Web *web = request->app;
    if (!g_mutex_trylock(&web->hashing[0])) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_BUSY, "busy");
        return false;
    }
    const bool done = inbox_identity(store, codename, identity, error);
    g_mutex_unlock(&web->hashing[0]);
    return done;
}

/* ---- pages ---- */

static void draw(const WebRequest *request, WebResponse *response, guint status,
                 const char *sentence)
{
    Page page;
    page_begin_said(&page, request, response, PAGE_NO_SECTION, _("Send a message"), status,
                    sentence);
    page_paragraph(
        &page, "lead",
        _("What you write is sealed at once. Whoever runs or takes this server cannot read it "
          "again; those who document open it elsewhere. Use Tor Browser, not the network of "
          "your work, and a device that is yours. You need not say who you are."));
    page_heading(&page, "new", _("For the first time"));
    form_draw(&page, &FORM_SEND, NULL, status != 200 ? request->form : NULL);
    page_heading(&page, "back", _("You have a codename"));
    form_draw(&page, &FORM_SEND_BACK, NULL, NULL);
    page_end(&page);
}

void page_send(const WebRequest *request, WebResponse *response)
{
    if (is_open(request))
        draw(request, response, 200, NULL);
    else
        shut(request, response);
}

static void draw_codename(const WebRequest *request, WebResponse *response, const char *codename)
{
    Page page;
    page_begin(&page, request, response, PAGE_NO_SECTION, _("Sent"));
    page_paragraph(
        &page, "banner",
        _("Your message is sealed and kept. This is your codename; it is shown this once and "
          "nobody can tell it to you again. Write it down where only you find it, or learn it:"));
    html_begin(page.html, "p", NULL);
    g_autofree char *shown = i18n_digits(codename);
    html_put(page.html, "code", shown, "class", "codename", NULL);
    html_end(page.html, "p");
    page_paragraph(
        &page, NULL,
        _("Come back with it in a few days: there may be a question for you. Then close this "
          "window; in Tor Browser choose a new identity."));
    page_end(&page);
}

void page_send_post(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *problem = NULL;
    if (!form_check(&FORM_SEND, request->form, &problem)) {
        draw(request, response, 400, problem);
        return;
    }
    g_autoptr(Store) store = open_case(request, STORE_WRITE, &error);
    g_autofree char *codename = inbox_codename_new();
    InboxIdentity identity = {0};
    gint64 sent = 0;
    if (store != NULL && identify(request, store, codename, &identity, &error))
        sent = inbox_send(store, &identity, web_form(request, "text"), &error);
    inbox_identity_clear(&identity);
    if (sent != 0)
        draw_codename(request, response, codename);
    else if (g_error_matches(error, ZENHAR_ERROR, ZENHAR_ERROR_BUSY))
        busy(request, response);
    else if (g_error_matches(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND))
        shut(request, response);
    else
        draw(request, response, 400, error->message);
}

/* ---- coming back ---- */

static bool draw_messages(const Page *page, Store *store, const InboxIdentity *identity,
                          GError **error)
{
    g_autoptr(StoreSender) sender = store_sender_find(store, identity->lookup, error);
    const StorePage newest = {.limit = SHOWN, .descending = true};
    g_autoptr(GPtrArray) messages =
        sender != NULL ? store_message_list_by_sender(store, sender->id, &newest, error) : NULL;
    if (messages == NULL)
        return false;
    guint n = 0;
    html_begin(page->html, "ul", "class", "plain", NULL);
    for (guint i = 0; i < messages->len; i++) {
        const StoreMessage *message = messages->pdata[i];
        g_autofree char *when = page_date(message->created);
        g_autofree char *text = message->outward ? inbox_read(store, message, identity->public_key,
                                                              identity->secret_key, NULL, NULL)
                                                 : NULL;
        html_begin(page->html, "li", NULL);
        html_put(page->html, "strong", message->outward ? _("To you") : _("From you"), NULL);
        html_text(page->html, " · ");
        html_text(page->html, when);
        html_begin(page->html, "p", "class", "original", "dir", "auto", NULL);
        html_text(page->html, text != NULL       ? text
                              : message->outward ? _("(does not open)")
                                                 : _("(sealed: you cannot read it here either)"));
        html_end(page->html, "p");
        html_end(page->html, "li");
        n += message->outward;
    }
    html_end(page->html, "ul");
    if (n == 0)
        page_paragraph(page, NULL, _("Nothing was written to you yet."));
    return true;
}

static void draw_back(const WebRequest *request, WebResponse *response, Store *store,
                      const InboxIdentity *identity, const char *sentence)
{
    g_autoptr(GError) error = NULL;
    Page page;
    page_begin(&page, request, response, PAGE_NO_SECTION, _("Your messages"));
    if (sentence != NULL)
        page_paragraph(&page, "banner", sentence);
    if (!draw_messages(&page, store, identity, &error))
        page_paragraph(&page, "banner", error->message);
    page_heading(&page, "more", _("Write more"));
    g_autoptr(GHashTable) values = g_hash_table_new(g_str_hash, g_str_equal);
    g_hash_table_insert(values, (gpointer) "codename", (gpointer)web_form(request, "codename"));
    form_draw(&page, &FORM_SEND_MORE, NULL, values);
    page_end(&page);
}

static void come_back(const WebRequest *request, WebResponse *response, const Form *form)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *problem = NULL;
    const bool more = form == &FORM_SEND_MORE;
    if (!form_check(form, request->form, &problem)) {
        draw(request, response, 400, problem);
        return;
    }
    g_autoptr(Store) store = open_case(request, STORE_WRITE, &error);
    InboxIdentity identity = {0};
    bool known = false;
    if (store != NULL &&
        identify(request, store, web_form(request, "codename"), &identity, &error)) {
        g_autoptr(StoreSender) sender = store_sender_find(store, identity.lookup, &error);
        known = sender != NULL &&
                (!more || inbox_send(store, &identity, web_form(request, "text"), &error) != 0);
    }
    if (known)
        draw_back(request, response, store, &identity,
                  more ? _("Your message is sealed and kept.") : NULL);
    else if (g_error_matches(error, ZENHAR_ERROR, ZENHAR_ERROR_BUSY))
        busy(request, response);
    else
        draw(request, response, 403, error->message);
    inbox_identity_clear(&identity);
}

void page_send_back_post(const WebRequest *request, WebResponse *response)
{
    come_back(request, response, &FORM_SEND_BACK);
}

void page_send_more_post(const WebRequest *request, WebResponse *response)
{
    come_back(request, response, &FORM_SEND_MORE);
}
