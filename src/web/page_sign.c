/* A signatory's own page: the text it is asked to sign, whole, and a button. Open to whoever has
 * the secret of the link, and to nobody else; nothing else of the case is shown. A link is opened
 * first and spent by a button: what looks at links ahead of the reader cannot sign. */
#include "appeal/appeal.h"
#include "appeal/sign.h"
#include "web/page.h"
#include <string.h>

static Store *open_case(const WebRequest *request, StoreMode mode, GError **error)
{
    const Web *web = request->app;
    return evidence_open_with_keys(web->folder, web->keys, mode, error);
}

static void refuse(const WebRequest *request, WebResponse *response, const GError *error)
{
    const bool dead = g_error_matches(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY);
    page_sentence(request, response, dead ? 403 : 503, _("Signing a letter"),
                  dead ? error->message : web_status_sentence(request->language, 503));
}

/* Line by line, in the letter's own language and direction. */
static void draw_text(const Page *page, const AppealLetter *letter)
{
    const bool persian = letter->language == I18N_PERSIAN;
    g_autofree char *text = appeal_letter_text(letter);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    html_begin(page->html, "article", "class", "letter", "lang", i18n_tag(letter->language), "dir",
               persian ? "rtl" : "ltr", NULL);
    for (gsize i = 0; lines[i] != NULL; i++)
        if (lines[i][0] != '\0')
            html_put(page->html, "p", lines[i], NULL);
    html_end(page->html, "article");
}

static void draw_exact(const Page *page, const StoreAppeal *appeal)
{
    g_autofree char *text = appeal_signed_text(appeal);
    html_begin(page->html, "details", NULL);
    html_put(page->html, "summary", _("The exact bytes that the hash covers"), NULL);
    html_put(page->html, "pre", text, "dir", "auto", NULL);
    html_end(page->html, "details");
}

static void draw_button(const Page *page, const StoreSignatory *signatory)
{
    Html *html = page->html;
    const char *name = page_pick(page, signatory->name, signatory->name_fa);
    g_autofree char *path = page_path(page, "%s", page->request->path);
    g_autofree char *until = page_date(signatory->expires);
    html_begin(html, "dl", "class", "facts", NULL);
    page_fact_name(page, _("Signs as"),
                   signatory->unnamed ? _("one who is counted and not named") : name);
    page_fact(page, _("The link is good until"), until);
    page_fact_begin(page, _("SHA-256 of the text"));
    html_put(html, "code", signatory->sha256, "class", "hash", NULL);
    page_fact_end(page);
    html_end(html, "dl");
    html_begin(html, "form", "method", "post", "action", path, "class", "search", NULL);
    html_put(html, "button", _("Sign this letter"), NULL);
    html_end(html, "form");
    page_paragraph(page, "lead",
                   _("Whoever does not agree closes the page: nothing is signed by looking. A "
                     "signature can be withdrawn later by those who hold the case."));
}

void page_sign(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = open_case(request, STORE_READ, &error);
    g_autoptr(StoreSignatory) signatory = NULL;
    g_autoptr(StoreAppeal) appeal = NULL;
    g_autoptr(AppealLetter) letter = NULL;
    if (store == NULL || !appeal_sign_look(store, request->rest, &signatory, &appeal, &error) ||
        (letter = appeal_letter_load(store, appeal->id, &error)) == NULL) {
        refuse(request, response, error);
        return;
    }
    Page page;
    page_begin(&page, request, response, PAGE_NO_SECTION, _("Signing a letter"));
    page_paragraph(
        &page, "lead",
        _("You are asked to sign the letter below. Read all of it: its text is fixed, and "
          "a change of one letter would void the signature."));
    draw_text(&page, letter);
    draw_exact(&page, appeal);
    draw_button(&page, signatory);
    page_end(&page);
}

void page_sign_post(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = open_case(request, STORE_WRITE, &error);
    if (store == NULL || appeal_sign_by_link(store, request->rest, &error) == 0) {
        refuse(request, response, error);
        return;
    }
    page_sentence(request, response, 200, _("Signing a letter"),
                  _("Signed. Thank you. The link is spent; you can close this page."));
}
