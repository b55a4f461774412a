/* Figures: each reporter's own, with its range and where it was read; never averaged. Crises with
 * what was reported of them and what bodies did. */
#include "assess/assess.h"
#include "store/assessment.h"
#include "store/body.h"
#include "web/page.h"
#include "web/words.h"
#include <string.h>

static void draw_figure_rows(const Page *page, const GPtrArray *figures, gint64 crisis_id,
                             guint *ret_drawn)
{
    Html *html = page->html;
    *ret_drawn = 0;
    for (guint i = 0; i < figures->len; i++) {
        const StoreFigure *figure = g_ptr_array_index(figures, i);
        if (figure->crisis_id != crisis_id)
            continue;
        if ((*ret_drawn)++ == 0) {
            const char *const columns[] = {_("Record"),   _("What"),   _("When"),
                                           _("Reporter"), _("Figure"), _("Where it was read")};
            static const char *const CLASSES[] = {NULL, NULL, NULL, NULL, "number", NULL};
            page_table_begin(page, _("Figures, each reporter's own"), columns, CLASSES, 6);
        }
        char printed[STORE_ID_MAX];
        g_autofree char *date = page_edtf(figure->event_date);
        g_autofree char *range = page_range(figure->low, figure->high, figure->at_least);
        store_id_format(STORE_KIND_FIGURE, figure->id, printed);
        html_begin(html, "tr", "id", printed, NULL);
        html_begin(html, "td", NULL);
        page_record_link(page, STORE_KIND_FIGURE, figure->id);
        html_end(html, "td");
        page_cell(page, assess_kind_title(figure->kind, page->language));
        html_put(html, "td", date, "class", "when", NULL);
        html_begin(html, "td", NULL);
        html_name(html, assess_reporter_title(figure->reporter, page->language), NULL);
        html_end(html, "td");
        html_put(html, "td", range, "class", "number", NULL);
        html_begin(html, "td", "class", "source", NULL);
        html_name(html, figure->source, "en");
        const char *remark = words_verified(figure->verified);
        if (remark != NULL)
            html_put(html, "span", remark, "class", "tag warn", NULL);
        if (figure->note != NULL && figure->note[0] != '\0') {
            html_begin(html, "div", "class", "soft", NULL);
            html_name(html, assess_remark_title(figure->note, page->language), NULL);
            html_end(html, "div");
        }
        html_end(html, "td");
        html_end(html, "tr");
    }
    if (*ret_drawn > 0)
        page_table_end(page);
}

static void draw_told(const Page *page, const char *name, const char *english, const char *persian)
{
    const char *text = page_pick(page, english, persian);
    if (text == NULL || text[0] == '\0')
        return;
    Html *html = page->html;
    html_begin(html, "p", NULL);
    if (name != NULL) {
        html_put(html, "strong", name, NULL);
        html_text(html, " ");
    }
    html_put(html, "bdi", text, "lang", page_pick_lang(page, english, persian), NULL);
    html_end(html, "p");
}

static void draw_crisis(const Page *page, const StoreCrisis *crisis, const GPtrArray *figures)
{
    Html *html = page->html;
    char printed[STORE_ID_MAX];
    store_id_format(STORE_KIND_CRISIS, crisis->id, printed);
    g_autofree char *date = page_edtf(crisis->event_date);
    html_begin(html, "section", "class", "crisis", "aria-labelledby", printed, NULL);
    html_begin(html, "h2", "id", printed, NULL);
    html_put(html, "bdi", page_pick(page, crisis->name, crisis->name_fa), "lang",
             page_pick_lang(page, crisis->name, crisis->name_fa), NULL);
    html_end(html, "h2");
    html_begin(html, "p", "class", "meta", NULL);
    page_record_link(page, STORE_KIND_CRISIS, crisis->id);
    page_meta(page, date);
    const char *remark = words_verified(crisis->verified);
    if (remark != NULL)
        html_put(html, "span", remark, "class", "tag warn", NULL);
    html_end(html, "p");
    draw_told(page, NULL, crisis->text, crisis->text_fa);
    draw_told(page, _("What bodies did:"), crisis->response, crisis->response_fa);
    draw_told(page, _("What was found of accountability:"), crisis->accountability,
              crisis->accountability_fa);
    if (crisis->source != NULL && crisis->source[0] != '\0') {
        html_begin(html, "p", "class", "soft", NULL);
        html_text(html, _("Source:"));
        html_text(html, " ");
        html_name(html, crisis->source, "en");
        html_end(html, "p");
    }
    guint drawn;
    draw_figure_rows(page, figures, crisis->id, &drawn);
    html_end(html, "section");
}

static int newest_crisis_first(gconstpointer a, gconstpointer b)
{
    const StoreCrisis *x = *(StoreCrisis *const *)a, *y = *(StoreCrisis *const *)b;
    return x->first_day != y->first_day ? (x->first_day > y->first_day ? -1 : 1)
                                        : (x->id < y->id ? -1 : x->id > y->id);
}

static int newest_figure_first(gconstpointer a, gconstpointer b)
{
    const StoreFigure *x = *(StoreFigure *const *)a, *y = *(StoreFigure *const *)b;
    if (x->first_day != y->first_day)
        return x->first_day > y->first_day ? -1 : 1;
    int reporters = g_strcmp0(x->reporter, y->reporter);
    return reporters != 0 ? reporters : (x->id < y->id ? -1 : x->id > y->id);
}

void page_figures(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) crises = store_crisis_list(request->store, NULL, &error);
    g_autoptr(GPtrArray) figures =
        crises != NULL ? store_figure_list(request->store, NULL, &error) : NULL;
    if (figures == NULL) {
        page_fail(request, response, error);
        return;
    }
    g_ptr_array_sort(crises, newest_crisis_first);
    g_ptr_array_sort(figures, newest_figure_first);
    Page page;
    page_begin(&page, request, response, PAGE_FIGURES, _("Figures"));
    page_paragraph(&page, "lead",
                   _("Counts differ by who counts and how. Each stands here as its reporter gave "
                     "it, with its range and source; nothing is averaged."));
    if (crises->len == 0 && figures->len == 0)
        page_paragraph(&page, "soft", _("There are no figures in this case."));
    if (figures->len > 0) {
        g_autofree char *chart = page_path(&page, "/charts/executions.svg");
        html_begin(page.html, "section", "aria-labelledby", "by-year", NULL);
        page_heading(&page, "by-year", _("By year and reporter"));
        page_chart(&page, chart, _("Executions a year, each reporter's own figure"));
        guint drawn;
        draw_figure_rows(&page, figures, 0, &drawn);
        html_end(page.html, "section");
    }
    for (guint i = 0; i < crises->len; i++)
        draw_crisis(&page, g_ptr_array_index(crises, i), figures);
    page_end(&page);
}
