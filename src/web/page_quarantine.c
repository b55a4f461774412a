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
const Form FORM_MEND = {"/quarantine/*", N_("Do it"), FIELDS, G_N_ELEMENTS(FIELDS)};

static void draw_row(const Page *page, const StoreQuarantine *row)
{
    char id[STORE_ID_MAX];
    g_autofree char *path =
        page_path(page, "/quarantine/%s", store_id_format(STORE_KIND_QUARANTINE, row->id, id));
    html_begin(page->html, "tr", NULL);
    html_begin(page->html, "th", "scope", "row", NULL);
    html_put(page->html, "a", id, "class", "id", "href", path, NULL);
    html_end(page->html, "th");
    html_begin(page->html, "td", NULL);
    html_name(page->html, row->file, NULL);
    html_end(page->html, "td");
    page_cell_number(page, row->line);
    html_begin(page->html, "td", NULL);
    html_name(page->html, row->reason, NULL);
    html_end(page->html, "td");
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
        const char *const columns[] = {_("Record"), _("File"), _("Line"), _("Why")};
        static const char *const CLASSES[] = {NULL, NULL, "number", NULL};
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

static void mend(const WebRequest *request, WebResponse *response, Store *store,
                 const StoreQuarantine *row)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = form_lines(request->form, "text");
    gint64 report = 0;
    const bool done =
        store_begin(store, &error) && intake_replay(store, row->id, text, &report, &error);
    const AppChange change = {"mend", report != 0 ? STORE_KIND_REPORT : STORE_KIND_QUARANTINE,
                              report != 0 ? report : row->id, request->rest,
                              report != 0 ? NULL : "not yet"};
    if (!app_change_end(store, request, done, &change, &error)) {
        page_fail(request, response, error);
        return;
    }
    g_autoptr(StoreQuarantine) now = store_quarantine_load(store, row->id, &error);
    if (now == NULL) {
        page_fail(request, response, error);
        return;
    }
    if (report == 0) {
        draw(request, response, now, 422, _("It can still not be read; the reason stands below."));
        return;
    }
    char id[STORE_ID_MAX];
    g_autofree char *path = g_strdup_printf("/%s/reports/%s", i18n_tag(request->language),
                                            store_id_format(STORE_KIND_REPORT, report, id));
    web_redirect(response, path);
}

void page_quarantined_post(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *problem = NULL;
    g_autoptr(StoreQuarantine) row = row_of(request, &error);
    g_autoptr(Store) store = row != NULL ? app_store_write(request, &error) : NULL;
    if (store == NULL) {
        page_fail(request, response, error);
        return;
    }
    if (!form_check(&FORM_MEND, request->form, &problem) || g_strcmp0(row->state, "waiting") != 0) {
        draw(request, response, row, 400, problem);
        return;
    }
    if (strcmp(web_form(request, "what"), "mend") == 0) {
        mend(request, response, store, row);
        return;
    }
    g_free(row->state);
    row->state = g_strdup("dropped");
    const AppChange change = {"drop", STORE_KIND_QUARANTINE, row->id, NULL, NULL};
    const bool done = store_begin(store, &error) && store_quarantine_update(store, row, &error);
    if (!app_change_end(store, request, done, &change, &error)) {
        page_fail(request, response, error);
        return;
    }
    g_autofree char *path = g_strdup_printf("/%s/quarantine", i18n_tag(request->language));
    web_redirect(response, path);
}
