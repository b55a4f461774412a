/* A report written into a form, or pasted as it came. Both become originals first, sealed as they
 * were sent, and are read by the readers of every other file: what cannot be read waits in the
 * quarantine. */
#include "intake/import.h"
#include "web/forms.h"
#include "web/page.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const FormChoice KINDS[] = {
    {"arrest", N_("arrest")},
    {"summons", N_("summons")},
    {"sentence", N_("sentence")},
    {"execution", N_("execution")},
    {"killing", N_("killing")},
    {"death_in_custody", N_("death in custody")},
    {"enforced_disappearance", N_("enforced disappearance")},
    {"torture", N_("torture")},
    {"injury", N_("injury")},
    {NULL, NULL},
};
static const FormField ADD_FIELDS[] = {
    {"date", N_("When it happened"), N_("2025-06-28, 2025-06, or 1404-04-07"), FORM_LINE, true, 40,
     NULL},
    {"place", N_("Where"), NULL, FORM_LINE, true, 200, NULL},
    {"kind", N_("What happened"), NULL, FORM_CHOICE, true, 0, KINDS},
    {"name", N_("Name of the person"),
     N_("is sealed; empty when it is not known or not to be kept"), FORM_LINE, false, 120, NULL},
    {"father", N_("Father's name"), N_("is sealed"), FORM_LINE, false, 120, NULL},
    {"count", N_("How many persons"), N_("empty: one"), FORM_LINE, false, 8, NULL},
    {"text", N_("What is told"), NULL, FORM_AREA, true, 20000, NULL},
    {"source", N_("Source"), N_("who tells it: an organisation, or a code for a person"), FORM_LINE,
     true, 120, NULL},
    {"grade", N_("Grade"), N_("such as B2; empty when you cannot tell"), FORM_LINE, false, 4, NULL},
};
const Form FORM_ADD = {"/add", N_("Add the report"), ADD_FIELDS, G_N_ELEMENTS(ADD_FIELDS)};

static const FormField PASTE_FIELDS[] = {
    {"text", N_("The message"), N_("as it came; a line of --- parts several"), FORM_AREA, true,
     50000, NULL},
    {"source", N_("Source"), N_("who sent it on: an organisation, or a code for a person"),
     FORM_LINE, true, 120, NULL},
};
const Form FORM_PASTE = {"/paste", N_("Add what was pasted"), PASTE_FIELDS,
                         G_N_ELEMENTS(PASTE_FIELDS)};

static const FormField UPLOAD_FIELDS[] = {
    {"file", N_("A file"),
     N_("a table, messages, a mail, a PDF, a picture, an archive; 32 MB at most"), FORM_FILE, true,
     0, NULL},
    {"source", N_("Source"), N_("who it comes from: an organisation, or a code for a person"),
     FORM_LINE, true, 120, NULL},
};
const Form FORM_UPLOAD = {"/upload", N_("Add the file"), UPLOAD_FIELDS,
                          G_N_ELEMENTS(UPLOAD_FIELDS)};

static void draw(const WebRequest *request, WebResponse *response, guint status,
                 const char *sentence, const Form *sent)
{
    Page page;
    page_begin_said(&page, request, response, PAGE_ADD, _("Add a report"), status, sentence);
    page_paragraph(
        &page, "lead",
        _("What is sent here is sealed as it came before anything reads it. Names, contacts and "
          "numbers are kept apart under a key of their own. An address in a text is never "
          "opened."));
    page_heading(&page, "form", _("One report"));
    form_draw(&page, &FORM_ADD, NULL, sent == &FORM_ADD ? request->form : NULL);
    page_heading(&page, "paste", _("Messages as they came"));
    form_draw(&page, &FORM_PASTE, NULL, sent == &FORM_PASTE ? request->form : NULL);
    page_heading(&page, "file", _("A file as it came"));
    form_draw(&page, &FORM_UPLOAD, NULL, sent == &FORM_UPLOAD ? request->form : NULL);
    g_autofree char *progress = page_path(&page, "/uploading");
    html_begin(page.html, "p", NULL);
    html_put(page.html, "a", _("See how far it has come"), "href", progress, "target", "_blank",
             "rel", "noopener", NULL);
    html_text(page.html, _(" (opens beside this page; a slow line may need minutes)"));
    html_end(page.html, "p");
    page_end(&page);
}

void page_add(const WebRequest *request, WebResponse *response)
{
    draw(request, response, 200, NULL, NULL);
}

/* What became of it, in a sentence. */
static char *outcome(const IntakeSummary *summary)
{
    g_autofree char *added = i18n_integer((gint64)summary->added),
                    *known = i18n_integer((gint64)summary->duplicates),
                    *waits = i18n_integer((gint64)summary->quarantined);
    if (summary->known_files > 0 && summary->added == 0)
        return g_strdup(_("Exactly this was added before. Nothing was added twice."));
    return g_strdup_printf(_("Reports added: %s; known before: %s; in the quarantine, because they "
                             "cannot be read: %s."),
                           added, known, waits);
}

/* A form's text and its line of the audit trail are one change. A file may take minutes to read,
 * too long for everybody else to wait: its line is entered before. */
static bool add(const WebRequest *request, Store *store, const Form *form, const char *bytes,
                gsize length, const char *name, const char *audited, const IntakeOptions *options,
                IntakeSummary *summary, GError **error)
{
    if (form == &FORM_UPLOAD)
        return app_audit(store, request, "upload", STORE_KIND_NONE, 0, audited, NULL, error) &&
               intake_import_bytes(store, bytes, length, name, options, summary, error);
    const AppChange change = {"add", STORE_KIND_NONE, 0, audited, NULL};
    const bool done = store_begin(store, error) &&
                      intake_import_bytes(store, bytes, length, name, options, summary, error);
    return app_change_end(store, request, done, &change, error);
}

static void take(const WebRequest *request, WebResponse *response, const Form *form,
                 const char *bytes, gsize length, const char *name, const char *audited,
                 const IntakeOptions *options)
{
    g_autoptr(GError) error = NULL;
    IntakeSummary summary = {0};
    g_autoptr(Store) store = app_store_write(request, &error);
    if (store == NULL ||
        !add(request, store, form, bytes, length, name, audited, options, &summary, &error)) {
        intake_summary_clear(&summary);
        draw(request, response, 400, error->message, form);
        return;
    }
    g_autofree char *words = outcome(&summary);
    const bool whole = summary.quarantined == 0;
    intake_summary_clear(&summary);
    draw(request, response, whole ? 200 : 422, words, whole ? NULL : form);
}

void page_add_post(const WebRequest *request, WebResponse *response)
{
    static const struct {
        const char *form, *column;
    } COLUMNS[] = {{"date", "date"}, {"place", "place"},   {"kind", "kind"},
                   {"name", "name"}, {"father", "father"}, {"count", "count"},
                   {"text", "text"}, {"source", "source"}};
    g_autofree char *problem = NULL;
    if (!form_check(&FORM_ADD, request->form, &problem)) {
        draw(request, response, 400, problem, &FORM_ADD);
        return;
    }
    json_t *object = json_object();
    for (gsize i = 0; i < G_N_ELEMENTS(COLUMNS); i++) {
        const char *value = web_form(request, COLUMNS[i].form);
        if (value[0] != '\0')
            json_object_set_new(object, COLUMNS[i].column, json_string(value));
    }
    const char *grade = web_form(request, "grade");
    if (grade[0] != '\0') {
        const char letter[2] = {grade[0], '\0'};
        json_object_set_new(object, "reliability", json_string(letter));
        if (grade[1] != '\0')
            json_object_set_new(object, "credibility", json_string(grade + 1));
    }
    char *dumped = json_dumps(object, JSON_COMPACT);
    g_autofree char *line = g_strconcat(dumped, "\n", NULL);
    free(dumped); /* jansson's own allocator */
    json_decref(object);
    const IntakeOptions options = {.format = INTAKE_FORMAT_JSONL,
                                   .source = web_form(request, "source")};
    take(request, response, &FORM_ADD, line, strlen(line), "form.jsonl", "form.jsonl", &options);
}

void page_paste_post(const WebRequest *request, WebResponse *response)
{
    g_autofree char *problem = NULL;
    if (!form_check(&FORM_PASTE, request->form, &problem)) {
        draw(request, response, 400, problem, &FORM_PASTE);
        return;
    }
    g_autofree char *text = form_lines(request->form, "text");
    const IntakeOptions options = {.format = INTAKE_FORMAT_TEXT,
                                   .source = web_form(request, "source")};
    take(request, response, &FORM_PASTE, text, strlen(text), "pasted.txt", "pasted.txt", &options);
}

void page_upload_post(const WebRequest *request, WebResponse *response)
{
    g_autofree char *problem = NULL;
    const WebFile *file = NULL;
    for (guint i = 0; i < request->files->len && file == NULL; i++) {
        const WebFile *at = request->files->pdata[i];
        if (strcmp(at->field, "file") == 0 && at->bytes->len > 0)
            file = at;
    }
    if (!form_check(&FORM_UPLOAD, request->form, &problem) || file == NULL) {
        draw(request, response, 400,
             problem != NULL ? problem : _("No file was chosen, or it is empty."), &FORM_UPLOAD);
        return;
    }
    const IntakeOptions options = {.source = web_form(request, "source")};
    /* a file's name may name a person: not for the audit trail */
    take(request, response, &FORM_UPLOAD, (const char *)file->bytes->data, file->bytes->len,
         file->name, "upload", &options);
}

void page_uploading(const WebRequest *request, WebResponse *response)
{
    Page page;
    WebProgress under_way[WEB_MAX_UPLOADS];
    const guint n = web_uploads(request, under_way);
    page_begin(&page, request, response, PAGE_ADD, _("Files on their way"));
    for (guint i = 0; i < n; i++) {
        g_autofree char *here = i18n_integer((gint64)(under_way[i].received / 1024)),
                        *all = i18n_integer((gint64)(under_way[i].total / 1024)),
                        *words = g_strdup_printf(_("%s of %s KB have come."), here, all),
                        *value = g_strdup_printf("%" G_GUINT64_FORMAT, under_way[i].received),
                        *most = g_strdup_printf("%" G_GUINT64_FORMAT, under_way[i].total);
        page_paragraph(&page, NULL, words);
        html_put(page.html, "progress", "", "aria-label", words, "value", value, "max", most, NULL);
    }
    page_paragraph(&page, n == 0 ? "lead" : NULL,
                   n == 0
                       ? _("None of your files is on its way. What became of the last one stands "
                           "on the page that sent it.")
                       : _("This page looks again by itself, every two seconds."));
    response->refresh = n > 0 ? 2 : 0;
    page_end(&page);
}
