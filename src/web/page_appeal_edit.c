/* The text of a draft: changed, looked at before it is kept, held against the case beside; the
 * texts it has had, two of them line by line. */
#include "appeal/edit.h"
#include "appeal/sign.h"
#include "web/appeals.h"
#include "web/forms.h"
#include <string.h>

static const FormField DRAFT[] = {
    {"seen", N_("The text that was changed"), NULL, FORM_HIDDEN, true, 64, NULL},
    {"subject", N_("Subject"), NULL, FORM_LINE, true, 300, NULL},
    {"salutation", N_("Salutation"), NULL, FORM_LINE, false, 200, NULL},
    {"text", N_("Text"),
     N_("a line is a paragraph; “# ” before it makes a heading, “1) ” an ask, “- ” an item of a "
        "list; [^3] calls note 3"),
     FORM_AREA, true, 60000, NULL},
    {"closing", N_("Closing words"), NULL, FORM_LINE, false, 200, NULL},
    {"signature", N_("Signature"), N_("lines below the closing words"), FORM_AREA, false, 500,
     NULL},
    {"letterhead", N_("Letterhead"),
     N_("name and address of the sender, a line each; may stay open"), FORM_AREA, false, 500, NULL},
    {"reason", N_("Why it is changed"), N_("kept with the version, with your account's name"),
     FORM_LINE, true, 300, NULL},
};
static FormAct edit;
const Form FORM_DRAFT = {
    "/draft/*", N_("Keep this text"), DRAFT, G_N_ELEMENTS(DRAFT), N_("See how it reads"), true,
    edit};

/* ---- the text as a form and back ---- */

static GHashTable *values_of(const AppealText *text, const char *seen)
{
    GHashTable *values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    const struct {
        const char *name, *value;
    } FIELDS[] = {{"seen", seen},
                  {"subject", text->subject},
                  {"salutation", text->salutation},
                  {"text", text->text},
                  {"closing", text->closing},
                  {"signature", text->signature},
                  {"letterhead", text->letterhead}};
    for (gsize i = 0; i < G_N_ELEMENTS(FIELDS); i++)
        g_hash_table_insert(values, g_strdup(FIELDS[i].name),
                            g_strdup(FIELDS[i].value != NULL ? FIELDS[i].value : ""));
    return values;
}

static void text_sent(const WebRequest *request, AppealText *ret_text)
{
    *ret_text = (AppealText){.letterhead = form_lines(request->form, "letterhead"),
                             .subject = g_strdup(web_form(request, "subject")),
                             .salutation = g_strdup(web_form(request, "salutation")),
                             .text = form_lines(request->form, "text"),
                             .closing = g_strdup(web_form(request, "closing")),
                             .signature = form_lines(request->form, "signature")};
}

/* ---- line by line ---- */

static void draw_line(const Page *page, const AppealLine *line, const char *language)
{
    const bool gone = line->kind == APPEAL_LINE_GONE;
    html_begin(page->html, "tr", "class", gone ? "gone" : "new", NULL);
    html_put(page->html, "th", gone ? _("taken out") : _("new"), "scope", "row", NULL);
    html_begin(page->html, "td", NULL);
    html_begin(page->html, gone ? "del" : "ins", NULL);
    html_name(page->html, line->text, language);
    html_end(page->html, gone ? "del" : "ins");
    html_end(page->html, "td");
    html_end(page->html, "tr");
}

/* What is different; the lines that both have are counted alone. */
static void draw_compared(const Page *page, const AppealText *before, const AppealText *now,
                          const char *caption, const char *language)
{
    g_autoptr(GPtrArray) lines = appeal_text_compare(before, now);
    const char *const columns[] = {_("Change"), _("Line")};
    guint same = 0;
    for (guint i = 0; i < lines->len; i++)
        same += ((const AppealLine *)lines->pdata[i])->kind == APPEAL_LINE_SAME;
    if (same == lines->len) {
        page_paragraph(page, NULL, _("Both texts are the same."));
        return;
    }
    page_table_begin(page, caption, columns, NULL, 2);
    for (guint i = 0; i < lines->len; i++) {
        const AppealLine *line = lines->pdata[i];
        if (line->kind != APPEAL_LINE_SAME)
            draw_line(page, line, language);
    }
    page_table_end(page);
    g_autofree char *number = i18n_integer(same);
    g_autofree char *words =
        g_strdup_printf(i18n_plural("%s further line of the text is the same in both.",
                                    "%s further lines of the text are the same in both.", same),
                        number);
    page_paragraph(page, "soft", words);
}

/* ---- the draft ---- */

static void draw_notes(const Page *page, const AppealLetter *letter)
{
    g_autofree char *number = i18n_integer(letter->notes->len);
    g_autofree char *words = g_strdup_printf(_("The notes that can be called (%s)"), number);
    html_begin(page->html, "details", NULL);
    html_put(page->html, "summary", words, NULL);
    page_paragraph(page, "soft",
                   _("A note comes from a record of the case. One that no line calls any more is "
                     "left out, and the others are numbered anew."));
    html_begin(page->html, "ul", "class", "plain", NULL);
    for (guint i = 0; i < letter->notes->len; i++) {
        const AppealNote *note = letter->notes->pdata[i];
        g_autofree char *call = g_strdup_printf("[^%u]", note->number);
        html_begin(page->html, "li", NULL);
        html_put(page->html, "code", call, NULL);
        html_text(page->html, " ");
        html_name(page->html, note->text, NULL);
        html_end(page->html, "li");
    }
    html_end(page->html, "ul");
    html_end(page->html, "details");
}

/* What is drawn around the form. */
typedef struct {
    guint status;
    const char *sentence;        /* NULL: nothing to say */
    const AppealText *text;      /* in the fields */
    const char *seen;            /* the text that they began from */
    const AppealLetter *preview; /* how it would read; NULL: as it stands */
    bool looked;                 /* the preview was asked for: drawn whole */
    const AppealText *theirs;    /* what somebody else kept meanwhile; NULL */
} Draft;

static void draw_beside(const Page *page, const AppealLetter *letter)
{
    html_begin(page->html, "section", "class", "facets", "aria-label", _("What is asked about it"),
               NULL);
    LintVoice voice = LINT_APPEAL;
    lint_voice_parse(web_query(page->request, "voice"), &voice);
    appeals_draw_figures(page, letter);
    appeals_draw_words(page, letter, voice);
    if ((page->request->route->flags & WEB_POST) ==
        0) { /* else the link would drop what was typed */
        g_autofree char *other = page_path(page, "/draft/%s%s", page->request->rest,
                                           voice == LINT_CASE ? "" : "?voice=case");
        html_begin(page->html, "p", NULL);
        page_link(page, other,
                  voice == LINT_CASE ? _("Read it as an appeal") : _("Read it as a case file"));
        html_end(page->html, "p");
    }
    html_end(page->html, "section");
}

static void draw_draft(const WebRequest *request, WebResponse *response, const StoreAppeal *appeal,
                       const Draft *draft)
{
    g_autofree char *title =
        appeals_title(_("Change the text of letter %s"), STORE_KIND_APPEAL, appeal->id);
    g_autoptr(GHashTable) values = values_of(draft->text, draft->seen);
    Page page;
    page_begin_said(&page, request, response, PAGE_ASKS, title, draft->status, draft->sentence);
    appeals_draw_letter(&page, appeal, _("see the letter as it stands"));
    page_paragraph(&page, "lead",
                   _("The text before each change is kept. Write no name of a person at risk: what "
                     "is typed here is not looked through for names. Addressee, date and asks are "
                     "those it was composed for."));
    g_hash_table_insert(values, g_strdup("reason"), g_strdup(web_form(request, "reason")));
    if (draft->theirs != NULL) {
        page_heading(&page, "theirs", _("Their text and yours"));
        draw_compared(&page, draft->theirs, draft->text,
                      _("What would become of their text if you keep yours"), appeal->language);
    }
    if (draft->looked) {
        page_heading(&page, "preview", _("How it would read"));
        page_paragraph(&page, "soft", _("Nothing of it is kept yet."));
        appeals_draw_text(&page, draft->preview, false);
    }
    html_begin(page.html, "div", "class", "writing", NULL);
    html_begin(page.html, "div", NULL);
    form_draw(&page, &FORM_DRAFT, request->rest, values);
    html_end(page.html, "div");
    if (draft->preview != NULL)
        draw_beside(&page, draft->preview);
    html_end(page.html, "div");
    if (draft->preview != NULL)
        draw_notes(&page, draft->preview);
    page_end(&page);
}

/* A letter whose text is fixed, and where its earlier texts are. */
static void draw_fixed(const WebRequest *request, WebResponse *response, const StoreAppeal *appeal,
                       guint status, const char *sentence)
{
    g_autofree char *title =
        appeals_title(_("Change the text of letter %s"), STORE_KIND_APPEAL, appeal->id);
    Page page;
    page_begin_said(&page, request, response, PAGE_ASKS, title, status, sentence);
    appeals_draw_letter(&page, appeal, _("see the letter as it stands"));
    g_autofree char *path = page_path(&page, "/versions/%s", request->rest);
    g_autofree char *again = page_path(&page, "/compose");
    html_begin(page.html, "p", "class", "pages", NULL);
    page_link(&page, path, _("Earlier texts"));
    page_link(&page, again, _("Compose a letter"));
    html_end(page.html, "p");
    page_end(&page);
}

void page_draft(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_auto(AppealText) text = {0}, earlier = {0};
    g_autofree char *seen = NULL;
    g_autoptr(StoreAppeal) appeal = appeals_letter(request, &error);
    if (appeal == NULL) {
        page_fail(request, response, error);
        return;
    }
    if (!appeal_text_open(request->store, appeal->id, &error)) {
        draw_fixed(request, response, appeal, 200, error->message);
        return;
    }
    const guint from = (guint)CLAMP(g_ascii_strtoll(web_query(request, "from"), NULL, 10), 0, 9999);
    const bool loaded =
        appeal_text_load(request->store, appeal->id, &text, &seen, &error) &&
        (from == 0 || appeal_version_load(request->store, appeal->id, from, &earlier, &error));
    g_autoptr(AppealLetter) letter =
        loaded ? appeal_letter_load(request->store, appeal->id, &error) : NULL;
    if (letter == NULL) {
        page_fail(request, response, error);
        return;
    }
    const Draft draft = {200,
                         from != 0 ? _("An earlier text stands in the fields. It is kept only when "
                                       "you say so.")
                                   : NULL,
                         from != 0 ? &earlier : &text,
                         seen,
                         letter,
                         false,
                         from != 0 ? &text : NULL};
    draw_draft(request, response, appeal, &draft);
}

/* What was typed is shown again, whatever was wrong with it. */
static void draw_again(const WebRequest *request, WebResponse *response, const StoreAppeal *appeal,
                       const AppealText *text, guint status, const char *sentence, bool look)
{
    g_autoptr(GError) error = NULL;
    g_auto(AppealText) theirs = {0};
    g_autofree char *now = NULL;
    const char *began = web_form(request, "seen");
    if (!appeal_text_load(request->store, appeal->id, &theirs, &now, &error)) {
        page_fail(request, response, error);
        return;
    }
    const bool other = strcmp(began, now) != 0;
    g_autoptr(AppealLetter) letter = appeal_text_preview(request->store, appeal->id, text, &error);
    const Draft draft = {status,
                         sentence != NULL ? sentence
                         : letter == NULL ? error->message
                                          : NULL,
                         text,
                         now, /* what they kept is on this page, so it has been seen */
                         letter,
                         look && letter != NULL,
                         other ? &theirs : NULL};
    draw_draft(request, response, appeal, &draft);
}

static bool edit(const WebRequest *request, Store *store, FormDone *ret_done, GError **error)
{
    bool changed = false;
    StoreKind kind;
    gint64 id;
    g_auto(AppealText) text = {0};
    const AppealEdit by = {.seen = web_form(request, "seen"),
                           .by = app_name(request),
                           .reason = web_form(request, "reason")};
    if (!store_id_read(request->rest, STORE_KIND_APPEAL, &kind, &id, error))
        return false;
    text_sent(request, &text);
    ret_done->change = (AppChange){"edit", STORE_KIND_APPEAL, id, NULL, by.reason};
    const bool done = appeal_text_change(store, id, &text, &by, &changed, error);
    ret_done->nothing = !changed;
    return done;
}

void page_draft_post(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *problem = NULL;
    g_auto(FormDone) done = {0};
    g_auto(AppealText) text = {0};
    g_autoptr(StoreAppeal) appeal = appeals_letter(request, &error);
    if (appeal == NULL) {
        page_fail(request, response, error);
        return;
    }
    if (!appeal_text_open(request->store, appeal->id, &error)) {
        draw_fixed(request, response, appeal, 400, error->message);
        return;
    }
    text_sent(request, &text);
    const bool look = strcmp(web_form(request, "look"), "yes") == 0;
    if (look) {
        draw_again(request, response, appeal, &text, 200, NULL, true);
        return;
    }
    g_autoptr(Store) store = app_store_write(request, &error);
    if (store == NULL)
        page_fail(request, response, error);
    else if (!form_run(&FORM_DRAFT, request, store, &done, &problem, &error))
        draw_again(request, response, appeal, &text, 400,
                   problem != NULL ? problem : error->message, false);
    else if (done.nothing)
        draw_again(request, response, appeal, &text, 200,
                   _("It says what it said before: nothing was written."), false);
    else
        appeals_redirect(request, response, "letters", STORE_KIND_APPEAL, appeal->id);
}

/* ---- its versions ---- */

static void draw_version(const Page *page, const AppealVersion *version, bool open)
{
    Html *html = page->html;
    g_autofree char *number = i18n_integer(version->number), *until = page_time(version->until);
    g_autofree char *beside =
        page_path(page, "/versions/%s?of=%u", page->request->rest, version->number);
    g_autofree char *again =
        page_path(page, "/draft/%s?from=%u", page->request->rest, version->number);
    html_begin(html, "tr", NULL);
    html_put(html, "th", number, "scope", "row", NULL);
    html_put(html, "td", until, "class", "when", NULL);
    html_begin(html, "td", NULL);
    if (version->by[0] != '\0')
        html_name(html, version->by, NULL);
    else
        html_text(html, _("the command line"));
    html_end(html, "td");
    html_begin(html, "td", "class", "why", NULL);
    html_name(html, version->reason, NULL);
    html_end(html, "td");
    html_begin(html, "td", NULL);
    page_record_link(page, STORE_KIND_ORIGINAL, version->original_id);
    html_end(html, "td");
    html_begin(html, "td", NULL);
    page_link(page, beside, _("what changed since"));
    if (open && app_may(page->request, WEB_WRITES_LETTERS)) {
        html_text(html, " · ");
        page_link(page, again, _("take it up again"));
    }
    html_end(html, "td");
    html_end(html, "tr");
}

static void draw_versions(const Page *page, const StoreAppeal *appeal, const GPtrArray *versions)
{
    const char *const columns[] = {_("Version"), _("Stood until"), _("Changed by"),
                                   _("Why"),     _("Original"),    _("To do")};
    const bool open = appeal_text_open(page->store, appeal->id, NULL);
    if (versions->len == 0) {
        page_paragraph(page, NULL, _("Its text was never changed since it was composed."));
        return;
    }
    page_table_begin(page, _("Its texts before the one that stands, newest first"), columns, NULL,
                     6);
    for (guint i = versions->len; i-- > 0;)
        draw_version(page, versions->pdata[i], open);
    page_table_end(page);
}

void page_versions(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_auto(AppealText) before = {0}, now = {0};
    g_autoptr(StoreAppeal) appeal = appeals_letter(request, &error);
    g_autoptr(GPtrArray) versions =
        appeal != NULL ? appeal_versions(request->store, appeal->id, &error) : NULL;
    const guint of = (guint)CLAMP(g_ascii_strtoll(web_query(request, "of"), NULL, 10), 0, 9999);
    if (versions == NULL ||
        (of != 0 && (!appeal_version_load(request->store, appeal->id, of, &before, &error) ||
                     !appeal_version_load(request->store, appeal->id, 0, &now, &error)))) {
        page_fail(request, response, error);
        return;
    }
    g_autofree char *title =
        appeals_title(_("Earlier texts of letter %s"), STORE_KIND_APPEAL, appeal->id);
    Page page;
    page_begin(&page, request, response, PAGE_ASKS, title);
    appeals_draw_letter(&page, appeal, _("see the letter as it stands"));
    draw_versions(&page, appeal, versions);
    if (of != 0) {
        g_autofree char *number = i18n_integer(of);
        g_autofree char *words =
            g_strdup_printf(_("What changed between version %s and the text that stands"), number);
        page_heading(&page, "compared", words);
        draw_compared(&page, &before, &now, words, appeal->language);
    }
    page_end(&page);
}
