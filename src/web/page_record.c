/* Any record: what it is, what it rests on, step by step down to the sealed originals. */
#include "store/link.h"
#include "web/page.h"
#include "web/proof.h"
#include "web/record.h"

enum { SHOWN_STEPS = 200 };

void page_record(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    StoreKind kind;
    gint64 id;
    g_autoptr(GArray) steps = NULL;
    if (store_id_read(request->rest, STORE_KIND_NONE, &kind, &id, &error) &&
        store_log_position(request->store, kind, id, &error) >= 0)
        steps = store_trace_step(request->store, kind, id, 0, &error);
    if (steps == NULL) {
        page_fail(request, response, error);
        return;
    }
    char printed[STORE_ID_MAX];
    store_id_format(kind, id, printed);
    g_autofree char *title = g_strdup_printf("%s %s", store_kind_title(kind), printed);
    Page page;
    page_begin(&page, request, response, PAGE_NO_SECTION, title);
    g_autofree char *line = record_title(&page, kind, id);
    page_foreign(&page, "p", "lead", line, NULL);
    if (kind == STORE_KIND_SERIES) {
        g_autofree char *chart = page_path(&page, "/series/%s.svg", printed);
        page_chart(&page, chart, line);
    }
    page_heading(&page, "rests", _("What it rests on"));
    if (steps->len == 0)
        page_paragraph(&page, "soft", _("On nothing below it in this case."));
    record_draw_steps(&page, kind, id, steps, SHOWN_STEPS);
    proof_draw(&page, kind, id);
    page_end(&page);
}
