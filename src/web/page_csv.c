/* Lists as tables: each page that lists records leads to the whole of them as CSV, the list of
 * reports to what its filters leave. Nothing sealed, no long text (api_record.c). */
#include "web/api.h"
#include "web/list.h"
#include <string.h>

enum { CSV_MOST = 100000 };

const PageTable PAGE_TABLES[] = {
    {"/reports", STORE_KIND_REPORT},
    {"/persons", STORE_KIND_PERSON},
    {"/persons", STORE_KIND_ACT},
    {"/alarms", STORE_KIND_ALARM},
    {"/quarantine", STORE_KIND_QUARANTINE},
    {"/review", STORE_KIND_VERDICT},
    {"/review", STORE_KIND_JOINING},
    {"/assessment", STORE_KIND_RATING},
    {"/assessment", STORE_KIND_JUDGEMENT},
    {"/figures", STORE_KIND_FIGURE},
    {"/asks", STORE_KIND_ASK},
    {"/asks", STORE_KIND_APPEAL},
    {"/asks", STORE_KIND_RESPONSE},
    {"/deliveries", STORE_KIND_DELIVERY},
    {"/measures", STORE_KIND_MEASURE},
    {"/users", STORE_KIND_USER},
    {"/audit", STORE_KIND_AUDIT},
    {NULL, STORE_KIND_NONE},
};

/* ---- links ---- */

static void draw_table(const Page *page, StoreKind kind)
{
    g_autofree char *list = kind == STORE_KIND_REPORT ? list_path(page, NULL, NULL) : NULL;
    const char *filters = list != NULL ? strchr(list, '?') : NULL;
    g_autofree char *path =
        page_path(page, "/csv/%s%s", store_kind_name(kind), filters != NULL ? filters : "");
    html_text(page->html, " ");
    page_link(page, path, store_kind_title(kind));
}

void page_tables(const Page *page)
{
    const WebRequest *request = page->request;
    if (request->session == NULL || page->response->status >= 400)
        return;
    const WebRole role = web_session_identity(request->session)->role;
    bool begun = false;
    for (const PageTable *table = PAGE_TABLES; table->path != NULL; table++) {
        if (strcmp(table->path, request->route->path) != 0 || !api_kind_is_open(table->kind, role))
            continue;
        if (!begun) {
            g_autofree char *most = i18n_integer(CSV_MOST);
            g_autofree char *words = g_strdup_printf(
                _("As a table (CSV, at most %s rows, nothing sealed in it):"), most);
            html_begin(page->html, "p", "class", "soft tables", NULL);
            html_text(page->html, words);
            begun = true;
        }
        draw_table(page, table->kind);
    }
    if (begun)
        html_end(page->html, "p");
}

/* ---- the file ---- */

static StoreKind kind_of(const char *word)
{
    for (int kind = 1; kind < STORE_N_KINDS; kind++)
        if (strcmp(store_kind_name((StoreKind)kind), word) == 0)
            return (StoreKind)kind;
    return STORE_KIND_NONE;
}

static bool write_table(const WebRequest *request, StoreKind kind, GString *out, GError **error)
{
    if (kind == STORE_KIND_REPORT && list_is_narrowed(request)) {
        g_autoptr(GArray) ids = list_ids(request, CSV_MOST, error);
        return ids != NULL && api_reports_csv(request->store, ids, out, error);
    }
    const StorePage page = {.after = g_ascii_strtoll(web_query(request, "after"), NULL, 10),
                            .limit = CSV_MOST};
    return api_list_csv(request->store, kind, &page, out, error);
}

void page_csv(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    const StoreKind kind = kind_of(request->rest);
    if (kind == STORE_KIND_NONE ||
        !api_kind_is_open(kind, web_session_identity(request->session)->role)) {
        web_respond_error(request, response, 404);
        return;
    }
    if (!write_table(request, kind, response->body, &error)) {
        g_string_truncate(response->body, 0);
        page_fail(request, response, error);
        return;
    }
    response->content_type = "text/csv; charset=utf-8";
    response->disposition = g_strdup_printf("attachment; filename=\"%s.csv\"", request->rest);
}
