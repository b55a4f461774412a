/* What could not be read: why, the record as it came, a mended text tried again. */
#include "intake/import.h"
#include "store/intake.h"
#include "store/user.h"
#include "web/forms.h"
#include "web/page.h"
#include <string.h>

enum { ROWS = 50, SHOWN_BYTES = 20000 };

static const FormChoice WHAT[] = {
    {"mend", N_("try it as it stands here")},
    {"drop", N_("drop it: it is no report")},
    {NULL, NULL},
};
static const FormField FIELDS[] = {
    {"text", N_("The record"), N_("mend what the reason names; the original stays as it came"),
     FORM_AREA, false, SHOWN_BYTES, NULL},
    {"what", N_("What to do"), NULL, FORM_CHOICE, true, 0, WHAT},
};
static FormAct settle;
const Form FORM_MEND = {"/quarantine/*", N_("Do it"), FIELDS, G_N_ELEMENTS(FIELDS), .act = settle};

static void draw_row(const Page *page, const StoreQuarantine *row)
{
    char id[STORE_ID_MAX];
    g_autofree char *path =
        page_path(page, "/quarantine/%s", store_id_format(STORE_KIND_QUARANTINE, row->id, id));
    html_begin(page->html, "tr", NULL);
    html_begin(page->html, "th", "scope", "row", NULL);
    html_put(page->html, "a", id, "class", "id", "href", path, NULL);
    html_end(page->html, "th");
    html_begin(page->html, "td", NULL); /* first: a phone shows no more than two columns */
    html_name(page->html, row->reason, NULL);
    html_end(page->html, "td");
    html_begin(page->html, "td", NULL);
    html_name(page->html, row->file, NULL);
    html_end(page->html, "td");
    page_cell_number(page, row->line);
    html_end(page->html, "tr");
}

void page_quarantine(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    const StorePage wanted = {.after = g_ascii_strtoll(web_query(request, "after"), NULL, 10),
                              .limit = ROWS};
    g_autoptr(GPtrArray) rows =
        store_quarantine_list_state(request->store, "waiting", &wanted, &error);
    if (rows == NULL) {
        page_fail(request, response, error);
        return;
    }
    Page page;
    page_begin(&page, request, response, PAGE_QUARANTINE, _("Quarantine"));
    page_paragraph(&page, "lead",
                   _("Records that could not be read wait here with the reason. Nothing of them is "
                     "lost."));
    if (rows->len == 0) {
        page_paragraph(&page, NULL, _("Nothing waits."));
    } else {
        const char *const columns[] = {_("Record"), _("Why"), _("File"), _("Line")};
        static const char *const CLASSES[] = {NULL, NULL, NULL, "number"};
        page_table_begin(&page, _("Oldest first"), columns, CLASSES, 4);
        for (guint i = 0; i < rows->len; i++)
            draw_row(&page, rows->pdata[i]);
        page_table_end(&page);
    }
    if (rows->len == ROWS) {
        const StoreQuarantine *last = rows->pdata[ROWS - 1];
        g_autofree char *path = page_path(&page, "/quarantine?after=%" G_GINT64_FORMAT, last->id);
        html_begin(page.html, "p", "class", "pages", NULL);
        page_link(&page, path, _("Newer"));
        html_end(page.html, "p");
    }
    page_end(&page);
}

/* ---- one ---- */

static StoreQuarantine *row_of(const WebRequest *request, GError **error)
{
    StoreKind kind;
    gint64 id;
    return store_id_read(request->rest, STORE_KIND_QUARANTINE, &kind, &id, error)
               ? store_quarantine_load(request->store, id, error)
               : NULL;
}

static void draw(const WebRequest *request, WebResponse *response, const StoreQuarantine *row,
                 guint status, const char *sentence)
{
    char id[STORE_ID_MAX];
    g_autofree char *title =
        g_strdup_printf(_("Quarantine %s"), store_id_format(STORE_KIND_QUARANTINE, row->id, id));
    Page page;
    page_begin_said(&page, request, response, PAGE_QUARANTINE, title, status, sentence);
    html_begin(page.html, "dl", "class", "facts", NULL);
    page_fact_name(&page, _("Why"), row->reason);
    page_fact_name(&page, _("File"), row->file);
    page_fact_name(&page, _("Column"), row->column);
    html_end(page.html, "dl");
    if (g_strcmp0(row->state, "waiting") != 0) {
        page_paragraph(&page, NULL, _("It waits no longer."));
    } else {
        gsize length = 0;
        const char *raw = row->raw != NULL ? g_bytes_get_data(row->raw, &length) : "";
        g_autofree char *text = row->mended != NULL
                                    ? g_strdup(row->mended)
                                    : g_utf8_make_valid(raw, (gssize)MIN(length, SHOWN_BYTES));
        g_autoptr(GHashTable) values = g_hash_table_new(g_str_hash, g_str_equal);
        const char *sent = web_form(request, "text");
        g_hash_table_insert(values, (gpointer) "text",
                            (gpointer)(status != 200 && sent[0] != '\0' ? sent : text));
        form_draw(&page, &FORM_MEND, request->rest, values);
    }
    page_end(&page);
}

/* A record as it came holds names: the look is entered. */
static bool enter_look(const WebRequest *request, gint64 id, GError **error)
{
    g_autoptr(Store) store = app_store_write(request, error);
    return store != NULL && store_audit_look(store, app_user_id(request), STORE_KIND_QUARANTINE, id,
                                             "raw", "quarantine", error);
}

void page_quarantined(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreQuarantine) row = row_of(request, &error);
    if (row == NULL || !enter_look(request, row->id, &error))
        page_fail(request, response, error);
    else
        draw(request, response, row, 200, NULL);
}

static bool mend(const WebRequest *request, Store *store, gint64 id, FormDone *ret_done,
                 GError **error)
{
    g_autofree char *text = form_lines(request->form, "text");
    gint64 report = 0;
    if (!intake_replay(store, id, text, &report, error))
        return false;
    ret_done->change =
        report != 0 ? (AppChange){"mend", STORE_KIND_REPORT, report, request->rest, NULL}
                    : (AppChange){"mend", STORE_KIND_QUARANTINE, id, request->rest, "not yet"};
    return true;
}

static bool settle(const WebRequest *request, Store *store, FormDone *ret_done, GError **error)
{
    g_autoptr(StoreQuarantine) row = row_of(request, error);
    if (row == NULL)
        return false;
    if (g_strcmp0(row->state, "waiting") != 0) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA, _("It waits no longer."));
        return false;
    }
    if (strcmp(web_form(request, "what"), "mend") == 0)
        return mend(request, store, row->id, ret_done, error);
    g_free(row->state);
    row->state = g_strdup("dropped");
    ret_done->change = (AppChange){"drop", STORE_KIND_QUARANTINE, row->id, NULL, NULL};
    return store_quarantine_update(store, row, error);
}

/* It was tried and can still not be read: with the new reason. */
static void draw_still(const WebRequest *request, WebResponse *response, Store *store, gint64 id)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreQuarantine) now = store_quarantine_load(store, id, &error);
    if (now == NULL)
        page_fail(request, response, error);
    else
        draw(request, response, now, 422, _("It can still not be read; the reason stands below."));
}

void page_quarantined_post(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *problem = NULL;
    g_auto(FormDone) done = {0};
    g_autoptr(StoreQuarantine) row = row_of(request, &error);
    g_autoptr(Store) store = row != NULL ? app_store_write(request, &error) : NULL;
    if (store == NULL) {
        page_fail(request, response, error);
        return;
    }
    if (!form_run(&FORM_MEND, request, store, &done, &problem, &error)) {
        draw(request, response, row, 400, problem != NULL ? problem : error->message);
        return;
    }
    const char *tag = i18n_tag(request->language);
    const bool report = done.change.kind == STORE_KIND_REPORT;
    if (!report && strcmp(web_form(request, "what"), "mend") == 0) {
        draw_still(request, response, store, row->id);
        return;
    }
    char id[STORE_ID_MAX];
    g_autofree char *path =
        report ? g_strdup_printf("/%s/reports/%s", tag,
                                 store_id_format(STORE_KIND_REPORT, done.change.id, id))
               : g_strdup_printf("/%s/quarantine", tag);
    web_redirect(response, path);
}
