/* One letter, as it would be typeset, and its PDF. */
#include "appeal/edit.h"
#include "render/render.h"
#include "store/appeal.h"
#include "web/appeals.h"
#include "web/proof.h"
#include "web/words.h"
#include <string.h>

static void draw_lines(const Page *page, const char *class_name, char **lines)
{
    if (lines == NULL || lines[0] == NULL)
        return;
    html_begin(page->html, "p", "class", class_name, NULL);
    for (gsize i = 0; lines[i] != NULL; i++) {
        if (i > 0)
            html_void(page->html, "br", NULL);
        html_name(page->html, lines[i], NULL);
    }
    html_end(page->html, "p");
}

/* The text with its notes' numbers as links where they stand. */
static void draw_part_text(const Page *page, const AppealPart *part)
{
    Html *html = page->html;
    gsize at = 0, length = strlen(part->text);
    for (gsize i = 0; i < part->n_calls; i++) {
        gsize offset = MIN(part->calls[i].offset, length);
        g_autofree char *plain = g_strdup_printf("%u", part->calls[i].number);
        g_autofree char *number = i18n_digits(plain);
        g_autofree char *anchor = g_strdup_printf("#note-%u", part->calls[i].number);
        html_text_length(html, part->text + at, offset - at);
        html_put(html, "a", number, "class", "call", "href", anchor, NULL);
        at = offset;
    }
    html_text(html, part->text + at);
}

static void draw_part(const Page *page, const AppealPart *part)
{
    Html *html = page->html;
    switch (part->kind) {
    case APPEAL_HEADING:
        html_begin(html, "h3", NULL);
        draw_part_text(page, part);
        html_end(html, "h3");
        break;
    case APPEAL_ASK: {
        g_autofree char *plain = g_strdup_printf("%u. ", part->number);
        g_autofree char *number = i18n_digits(plain);
        html_begin(html, "p", "class", "ask", NULL);
        html_text(html, number);
        draw_part_text(page, part);
        html_end(html, "p");
        break;
    }
    case APPEAL_ITEM:
        html_begin(html, "p", "class", "ask", NULL);
        html_text(html, "– ");
        draw_part_text(page, part);
        html_end(html, "p");
        break;
    case APPEAL_PARAGRAPH:
        html_begin(html, "p", NULL);
        draw_part_text(page, part);
        html_end(html, "p");
        break;
    }
}

static void draw_notes(const Page *page, const AppealLetter *letter)
{
    Html *html = page->html;
    html_begin(html, "ol", "class", "notes", NULL);
    for (guint i = 0; i < letter->notes->len; i++) {
        const AppealNote *note = g_ptr_array_index(letter->notes, i);
        g_autofree char *id = g_strdup_printf("note-%u", note->number);
        html_begin(html, "li", "id", id, NULL);
        html_name(html, note->text, NULL);
        if (note->id != 0) {
            html_text(html, " ");
            page_record_link(page, note->kind, note->id);
        }
        html_end(html, "li");
    }
    html_end(html, "ol");
}

static void draw_annex(const Page *page, const AppealLetter *letter)
{
    if (letter->annex->len == 0)
        return;
    const char *const columns[] = {_("Record"), _("What"), _("SHA-256 of the original behind it")};
    page_table_begin(page, letter->annex_title, columns, NULL, 3);
    for (guint i = 0; i < letter->annex->len; i++) {
        const AppealAnnexRow *row = g_ptr_array_index(letter->annex, i);
        html_begin(page->html, "tr", NULL);
        html_begin(page->html, "td", NULL);
        page_record_link(page, row->kind, row->id);
        html_end(page->html, "td");
        html_begin(page->html, "td", NULL);
        html_name(page->html, row->what, NULL);
        html_end(page->html, "td");
        html_begin(page->html, "td", NULL);
        html_put(page->html, "code", row->sha256, "class", "hash", NULL);
        html_end(page->html, "td");
        html_end(page->html, "tr");
    }
    page_table_end(page);
}

void appeals_draw_text(const Page *page, const AppealLetter *letter, bool whole)
{
    Html *html = page->html;
    bool persian = letter->language == I18N_PERSIAN;
    html_begin(html, "article", "class", "letter", "lang", i18n_tag(letter->language), "dir",
               persian ? "rtl" : "ltr", NULL);
    if (letter->label != NULL)
        page_paragraph(page, "banner", letter->label);
    if (letter->notice != NULL)
        page_paragraph(page, "banner", letter->notice);
    draw_lines(page, "letterhead", letter->letterhead);
    page_paragraph(page, NULL, letter->date);
    if (letter->reference != NULL)
        page_paragraph(page, NULL, letter->reference);
    draw_lines(page, NULL, letter->addressee);
    html_put(html, "h2", letter->subject, NULL);
    page_paragraph(page, NULL, letter->salutation);
    /* Numbers in the letter are in the letter's language, whatever the page's. */
    i18n_set_language(letter->language);
    for (guint i = 0; i < letter->parts->len; i++)
        draw_part(page, g_ptr_array_index(letter->parts, i));
    i18n_set_language(page->language);
    page_paragraph(page, NULL, letter->closing);
    draw_lines(page, NULL, letter->signature);
    if (whole) {
        draw_notes(page, letter);
        draw_annex(page, letter);
    }
    html_end(html, "article");
}

/* What can be done with it next, in the order of doing. */
static void draw_actions(const Page *page, const StoreAppeal *appeal, const char *printed)
{
    const bool writes = app_may(page->request, WEB_WRITES_LETTERS);
    const bool sealed = appeal->sha256 != NULL;
    const bool draft = !sealed && g_strcmp0(appeal->status, "draft") == 0;
    g_autoptr(GPtrArray) texts = appeal_versions(page->store, appeal->id, NULL);
    const guint versions = texts != NULL ? texts->len : 0;
    const struct {
        const char *path, *title;
        bool shown;
    } ACTIONS[] = {
        {"/draft/", _("Change its text"), writes && draft},
        {"/versions/", _("Earlier texts"), versions > 0},
        {"/seal/", sealed ? _("How it reads") : _("Read it and seal it"), writes},
        {"/signatories/", _("Who signs"), true},
        {"/deliver/", _("See what would go to whom"), writes && sealed},
    };
    g_autofree char *pdf = page_path(page, "/letter-pdf/%s.pdf", printed);
    html_begin(page->html, "nav", "class", "actions", "aria-label", _("What can be done"), NULL);
    html_put(page->html, "a", _("Download as PDF"), "href", pdf, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(ACTIONS); i++) {
        g_autofree char *path = page_path(page, "%s%s", ACTIONS[i].path, printed);
        if (ACTIONS[i].shown)
            html_put(page->html, "a", ACTIONS[i].title, "href", path, NULL);
    }
    html_end(page->html, "nav");
}

static void draw_state(const Page *page, const StoreAppeal *appeal)
{
    g_autoptr(GPtrArray) deliveries =
        store_delivery_list_by_appeal(page->store, appeal->id, NULL, NULL);
    g_autofree char *words =
        g_strdup_printf(_("State of the letter: %s."), words_status(appeal->status));
    page_paragraph(page, "lead", words);
    if (deliveries != NULL)
        appeals_draw_deliveries(page, deliveries, false);
}

void page_letter(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    StoreKind kind;
    gint64 id;
    g_autoptr(AppealLetter) letter = NULL;
    g_autoptr(StoreAppeal) appeal = NULL;
    if (store_id_read(request->rest, STORE_KIND_APPEAL, &kind, &id, &error))
        appeal = store_appeal_load(request->store, id, &error);
    if (appeal != NULL)
        letter = appeal_letter_load(request->store, id, &error);
    if (letter == NULL) {
        page_fail(request, response, error);
        return;
    }
    char printed[STORE_ID_MAX];
    store_id_format(STORE_KIND_APPEAL, id, printed);
    g_autofree char *title = g_strdup_printf(_("Letter %s"), printed);
    Page page;
    page_begin(&page, request, response, PAGE_ASKS, title);
    draw_actions(&page, appeal, printed);
    draw_state(&page, appeal);
    appeals_draw_text(&page, letter, true);
    proof_draw(&page, STORE_KIND_APPEAL, id);
    page_end(&page);
}

/* ---- the PDF ---- */

void page_letter_pdf(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    StoreKind kind;
    gint64 id;
    Web *web = request->app;
    g_autofree char *name = g_str_has_suffix(request->rest, ".pdf")
                                ? g_strndup(request->rest, strlen(request->rest) - 4)
                                : NULL;
    if (name == NULL || !store_id_parse(name, &kind, &id) || kind != STORE_KIND_APPEAL) {
        web_respond_error(request, response, 404);
        return;
    }
    gint64 size = app_log_size(request->store, &error);
    g_autofree char *key = g_strdup_printf("pdf/%" G_GINT64_FORMAT, id);
    GBytes *bytes = size >= 0 ? app_drawn_get(web, key, size) : NULL;
    if (bytes == NULL && size >= 0) {
        bytes = render_draw_letter(NULL, request->store, id, &error);
        if (bytes != NULL)
            app_drawn_put(web, key, size, bytes);
    }
    if (bytes == NULL) {
        page_fail(request, response, error);
        return;
    }
    char printed[STORE_ID_MAX];
    response->bytes = bytes;
    response->content_type = "application/pdf";
    response->disposition = g_strdup_printf("attachment; filename=\"%s.pdf\"",
                                            store_id_format(STORE_KIND_APPEAL, id, printed));
}
