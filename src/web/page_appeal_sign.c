/* Who signs a letter: asked by a one-time link, listed as each stands against the text, taken off
 * again. The link is shown once, to whoever made it, and kept nowhere. */
#include "appeal/appeal.h"
#include "appeal/invite.h"
#include "appeal/sign.h"
#include "web/appeals.h"
#include "web/forms.h"
#include "web/words.h"
#include <sodium.h>
#include <string.h>

static const FormChoice NAMED[] = {
    {"named", N_("named in the letter's list")},
    {"unnamed", N_("counted without a name: none is kept")},
    {NULL, NULL},
};
static const FormChoice DAYS[] = {
    {"14", N_("two weeks")},
    {"7", N_("a week")},
    {"30", N_("a month")},
    {NULL, NULL},
};
static const FormField INVITE[] = {
    {"how", N_("Signs"), NULL, FORM_CHOICE, true, 0, NAMED},
    {"name", N_("Name of the organisation"), N_("empty for one that is counted without a name"),
     FORM_LINE, false, 200, NULL},
    {"name_fa", N_("Its name in Persian"), NULL, FORM_LINE, false, 200, NULL},
    {"days", N_("The link is good for"), NULL, FORM_CHOICE, true, 0, DAYS},
};
static FormAct invite, sign_by_key, withdraw;
const Form FORM_INVITE = {"/signatories/*", N_("Make a one-time link"), INVITE,
                          G_N_ELEMENTS(INVITE), .act = invite};

static const FormField KEYED[] = {
    {"how", N_("Signs"), NULL, FORM_CHOICE, true, 0, NAMED},
    {"name", N_("Name of the organisation"), N_("empty for one that is counted without a name"),
     FORM_LINE, false, 200, NULL},
    {"name_fa", N_("Its name in Persian"), NULL, FORM_LINE, false, 200, NULL},
    {"key", N_("Its public key"),
     N_("an OpenPGP key block, or 64 hexadecimal digits of an Ed25519 key"), FORM_AREA, true, 16000,
     NULL},
    {"signature", N_("Its signature"),
     N_("an OpenPGP signature block (detached), or 128 hexadecimal digits"), FORM_AREA, true, 8000,
     NULL},
};
const Form FORM_KEYED = {"/keyed/*", N_("Check it and write it down"), KEYED, G_N_ELEMENTS(KEYED),
                         .act = sign_by_key};

static const FormField WITHDRAW[] = {
    {"reason", N_("Why"), N_("stays in the audit trail; write no names of persons here"), FORM_LINE,
     true, 300, NULL},
};
const Form FORM_WITHDRAW = {"/withdraw/*", N_("Withdraw it"), WITHDRAW, G_N_ELEMENTS(WITHDRAW),
                            .act = withdraw};

/* ---- the list ---- */

static const char *method_words(const char *method)
{
    static const struct {
        const char *method, *words;
    } METHODS[] = {
        {"link", N_("by a one-time link")},
        {"ed25519", N_("by an Ed25519 key")},
        {"openpgp", N_("by an OpenPGP key")},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(METHODS); i++)
        if (g_strcmp0(method, METHODS[i].method) == 0)
            return i18n_get(METHODS[i].words);
    return "–";
}

static void draw_row(const Page *page, const AppealSignatory *one)
{
    Html *html = page->html;
    char id[STORE_ID_MAX];
    store_id_format(STORE_KIND_SIGNATORY, one->id, id);
    g_autofree char *when = page_date(one->verified);
    const bool stands =
        g_strcmp0(one->status, "pending") == 0 || g_strcmp0(one->status, "verified") == 0;
    html_begin(html, "tr", NULL);
    html_begin(html, "th", "scope", "row", NULL);
    page_record_link(page, STORE_KIND_SIGNATORY, one->id);
    html_text(html, " ");
    html_name(html, one->name != NULL ? one->name : _("counted without a name"), NULL);
    html_end(html, "th");
    html_begin(html, "td", NULL);
    html_text(html, words_status(one->status));
    if (one->reason != NULL) {
        html_text(html, ": ");
        html_text(html, one->reason);
    }
    html_end(html, "td");
    page_cell(page, method_words(one->method));
    html_put(html, "td", when, "class", "when", NULL);
    html_begin(html, "td", NULL);
    if (stands && app_may(page->request, WEB_WRITES_LETTERS)) {
        g_autofree char *path = page_path(page, "/withdraw/%s", id);
        g_autofree char *label = g_strdup_printf(_("Withdraw %s"), id);
        html_put(html, "a", _("Withdraw"), "href", path, "aria-label", label, NULL);
    }
    html_end(html, "td");
    html_end(html, "tr");
}

static void draw_list(const Page *page, gint64 appeal_id)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) list = appeal_signatories(page->store, appeal_id, page->language, &error);
    page_heading(page, "list", _("Who signs"));
    if (list == NULL) {
        page_paragraph(page, "banner", error->message);
        return;
    }
    if (list->len == 0) {
        page_paragraph(page, "soft", _("Nobody was asked to sign yet."));
        return;
    }
    const char *const columns[] = {_("Signatory"), _("State"), _("How"), _("When"), _("To do")};
    page_table_begin(page, _("In order of name; those without a name last"), columns, NULL, 5);
    for (guint i = 0; i < list->len; i++)
        draw_row(page, list->pdata[i]);
    page_table_end(page);
}

/* ---- asking ---- */

/* An address that no other machine reaches. */
static bool is_here(const char *host)
{
    return g_str_has_prefix(host, "127.") || g_str_has_prefix(host, "localhost") ||
           g_str_has_prefix(host, "[::1]");
}

static void draw_link(const Page *page, const char *link)
{
    page_heading(page, "link", _("The link, shown this once"));
    page_paragraph(page, NULL,
                   _("Give it to the signatory by a way you trust. Whoever has it can read the "
                     "letter and sign it, once. It is kept nowhere: lost, it is withdrawn and "
                     "another is made."));
    html_begin(page->html, "p", NULL);
    html_put(page->html, "code", link, "class", "hash", NULL);
    html_end(page->html, "p");
    if (is_here(web_header(page->request, "Host")))
        page_paragraph(page, "banner",
                       _("It leads to this machine alone: nobody elsewhere can open it. Withdraw "
                         "it, open Zenhar by the address that the signatory can reach, and make "
                         "the link there."));
    static const char *const RULES[] = {
        N_("By a messenger that encrypts from end to end, to one person, with messages that "
           "disappear; or read out. Not by ordinary mail, not into a group."),
        N_("Say beforehand, by another way, that it comes and what it is for; then nobody opens a "
           "false one."),
        N_("An address that ends in .onion opens in Tor Browser alone."),
        N_("When the signatory says that it was used already and did not sign, somebody else did: "
           "withdraw it here."),
    };
    html_put(page->html, "h3", _("How to hand it over"), NULL);
    html_begin(page->html, "ul", NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(RULES); i++)
        html_put(page->html, "li", i18n_get(RULES[i]), NULL);
    html_end(page->html, "ul");
}

static void draw_ask(const Page *page, const StoreAppeal *appeal, guint status)
{
    if (!app_may(page->request, WEB_WRITES_LETTERS))
        return;
    page_heading(page, "invite", _("Ask somebody to sign"));
    if (appeal->sha256 == NULL) {
        g_autofree char *seal = page_path(page, "/seal/%s", page->request->rest);
        html_begin(page->html, "p", NULL);
        html_text(page->html, _("A draft cannot be signed: all have to sign the same text. "));
        page_link(page, seal, _("Read it and seal it"));
        html_end(page->html, "p");
        return;
    }
    form_draw(page, &FORM_INVITE, page->request->rest, status == 200 ? NULL : page->request->form);
    g_autofree char *keyed = page_path(page, "/keyed/%s", page->request->rest);
    page_heading(page, "keyed", _("Somebody signed with a key"));
    html_begin(page->html, "p", NULL);
    page_link(page, keyed, _("Show the line to sign, and enter the signature that came"));
    html_end(page->html, "p");
    page_paragraph(page, "soft",
                   _("Links are not sent by mail from here: the mail server would read them. "
                     "`zenhar appeal sign --invite --mail` sends one, if you decide so."));
}

static void draw(const WebRequest *request, WebResponse *response, const StoreAppeal *appeal,
                 guint status, const char *sentence, const char *link)
{
    g_autofree char *title =
        appeals_title(_("Signatories of letter %s"), STORE_KIND_APPEAL, appeal->id);
    Page page;
    page_begin_said(&page, request, response, PAGE_ASKS, title, status, sentence);
    appeals_draw_letter(&page, appeal, _("the letter"));
    if (link != NULL)
        draw_link(&page, link);
    draw_list(&page, appeal->id);
    draw_ask(&page, appeal, status);
    page_end(&page);
}

void page_signatories(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreAppeal) appeal = appeals_letter(request, &error);
    if (appeal == NULL)
        page_fail(request, response, error);
    else
        draw(request, response, appeal, 200, NULL, NULL);
}

/* The link as the browser that asks for it reaches this server. */
static bool invite(const WebRequest *request, Store *store, FormDone *ret_done, GError **error)
{
    const Web *web = request->app;
    gint64 id = 0;
    guint64 days = 0;
    I18nLanguage language = I18N_ENGLISH;
    g_autoptr(StoreAppeal) appeal = appeals_letter(request, error);
    if (appeal == NULL ||
        !g_ascii_string_to_unsigned(web_form(request, "days"), 10, 1, 365, &days, error))
        return false;
    i18n_parse_language(appeal->language != NULL ? appeal->language : "en", &language);
    g_autofree char *base =
        g_strdup_printf("http%s://%s", web->behind_tls ? "s" : "", web_header(request, "Host"));
    char *secret = appeal_sign_invite(
        store, appeal->id, form_given(request->form, "name"), form_given(request->form, "name_fa"),
        strcmp(web_form(request, "how"), "unnamed") == 0, NULL, (int)days, &id, error);
    if (secret != NULL) {
        ret_done->secret = appeal_sign_link(base, secret, language, error);
        sodium_memzero(secret, strlen(secret));
    }
    g_free(secret);
    ret_done->change =
        (AppChange){"invite", STORE_KIND_SIGNATORY, id, web_form(request, "how"), NULL};
    return ret_done->secret != NULL;
}

void page_signatories_post(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *problem = NULL;
    g_auto(FormDone) done = {0};
    g_autoptr(StoreAppeal) appeal = appeals_letter(request, &error);
    g_autoptr(Store) store = appeal != NULL ? app_store_write(request, &error) : NULL;
    if (store == NULL)
        page_fail(request, response, error);
    else if (!form_run(&FORM_INVITE, request, store, &done, &problem, &error))
        draw(request, response, appeal, 400, problem != NULL ? problem : error->message, NULL);
    else
        draw(request, response, appeal, 200, NULL, done.secret);
}

/* ---- by a key ---- */

static void draw_keyed(const WebRequest *request, WebResponse *response, const StoreAppeal *appeal,
                       guint status, const char *sentence)
{
    g_autofree char *title =
        appeals_title(_("A signature by key on letter %s"), STORE_KIND_APPEAL, appeal->id);
    Page page;
    page_begin_said(&page, request, response, PAGE_ASKS, title, status, sentence);
    appeals_draw_letter(&page, appeal, _("the letter"));
    if (appeal->sha256 == NULL) {
        page_paragraph(&page, NULL,
                       _("A draft cannot be signed: all have to sign the same text. "));
        page_end(&page);
        return;
    }
    g_autofree char *line = appeal_signed_message(appeal->sha256);
    g_strchomp(line);
    page_heading(&page, "line", _("The line to sign"));
    page_paragraph(&page, NULL,
                   _("Send it to the signatory with the letter, not secret. It is put into a file "
                     "by itself, ended by one line break, and signed there; what comes back is "
                     "entered below. It is kept only when the signature is one of that key over "
                     "this line."));
    html_put(page.html, "pre", line, "class", "hash", NULL);
    page_paragraph(&page, "soft",
                   _("With GnuPG: gpg --armor --detach-sign FILE, and gpg --armor --export for the "
                     "key."));
    page_heading(&page, "enter", _("Enter what came"));
    form_draw(&page, &FORM_KEYED, request->rest, status == 200 ? NULL : request->form);
    page_end(&page);
}

void page_keyed(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreAppeal) appeal = appeals_letter(request, &error);
    if (appeal == NULL)
        page_fail(request, response, error);
    else
        draw_keyed(request, response, appeal, 200, NULL);
}

static bool sign_by_key(const WebRequest *request, Store *store, FormDone *ret_done, GError **error)
{
    g_autofree char *key = form_lines(request->form, "key"),
                    *signature = form_lines(request->form, "signature");
    const bool unnamed = strcmp(web_form(request, "how"), "unnamed") == 0;
    g_autoptr(StoreAppeal) appeal = appeals_letter(request, error);
    const gint64 id = appeal != NULL
                          ? appeal_sign_by_key(store, appeal->id, form_given(request->form, "name"),
                                               form_given(request->form, "name_fa"), unnamed,
                                               g_strstrip(key), g_strstrip(signature), error)
                          : 0;
    ret_done->change =
        (AppChange){"keyed", STORE_KIND_SIGNATORY, id, web_form(request, "how"), NULL};
    return id != 0;
}

void page_keyed_post(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *problem = NULL;
    g_auto(FormDone) done = {0};
    g_autoptr(StoreAppeal) appeal = appeals_letter(request, &error);
    g_autoptr(Store) store = appeal != NULL ? app_store_write(request, &error) : NULL;
    if (store == NULL)
        page_fail(request, response, error);
    else if (!form_run(&FORM_KEYED, request, store, &done, &problem, &error))
        draw_keyed(request, response, appeal, 400, problem != NULL ? problem : error->message);
    else
        appeals_redirect(request, response, "signatories", STORE_KIND_APPEAL, appeal->id);
}

/* ---- withdrawing ---- */

static StoreSignatory *signatory_of(const WebRequest *request, GError **error)
{
    StoreKind kind;
    gint64 id;
    return store_id_read(request->rest, STORE_KIND_SIGNATORY, &kind, &id, error)
               ? store_signatory_load(request->store, id, error)
               : NULL;
}

static void draw_withdraw(const WebRequest *request, WebResponse *response,
                          const StoreSignatory *signatory, guint status, const char *sentence)
{
    g_autofree char *title =
        appeals_title(_("Withdraw signatory %s"), STORE_KIND_SIGNATORY, signatory->id);
    Page page;
    page_begin_said(&page, request, response, PAGE_ASKS, title, status, sentence);
    const char *name = page_pick(&page, signatory->name, signatory->name_fa);
    html_begin(page.html, "dl", "class", "facts", NULL);
    page_fact_name(&page, _("Signatory"),
                   signatory->unnamed || name == NULL ? _("counted without a name") : name);
    page_fact(&page, _("State"), words_status(signatory->status));
    page_fact_begin(&page, _("Letter"));
    page_record_link(&page, STORE_KIND_APPEAL, signatory->appeal_id);
    page_fact_end(&page);
    html_end(page.html, "dl");
    page_paragraph(&page, "lead",
                   _("A link that was not used yet is dead from then on; a signature no longer "
                     "counts. The letter stays as it is."));
    form_draw(&page, &FORM_WITHDRAW, request->rest, status == 200 ? NULL : request->form);
    page_end(&page);
}

void page_withdraw(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreSignatory) signatory = signatory_of(request, &error);
    if (signatory == NULL)
        page_fail(request, response, error);
    else
        draw_withdraw(request, response, signatory, 200, NULL);
}

static bool withdraw(const WebRequest *request, Store *store, FormDone *ret_done, GError **error)
{
    StoreKind kind;
    gint64 id;
    if (!store_id_read(request->rest, STORE_KIND_SIGNATORY, &kind, &id, error))
        return false;
    ret_done->change =
        (AppChange){"withdraw", STORE_KIND_SIGNATORY, id, NULL, web_form(request, "reason")};
    return appeal_sign_withdraw(store, id, error);
}

void page_withdraw_post(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *problem = NULL;
    g_auto(FormDone) done = {0};
    g_autoptr(StoreSignatory) signatory = signatory_of(request, &error);
    g_autoptr(Store) store = signatory != NULL ? app_store_write(request, &error) : NULL;
    if (store == NULL)
        page_fail(request, response, error);
    else if (!form_run(&FORM_WITHDRAW, request, store, &done, &problem, &error))
        draw_withdraw(request, response, signatory, 400,
                      problem != NULL ? problem : error->message);
    else
        appeals_redirect(request, response, "signatories", STORE_KIND_APPEAL, signatory->appeal_id);
}
