/* Any record: what it is, what it rests on, step by step down to the sealed originals; persons by
 * their code and acts with the reports that tell of them. */
#include "assess/assess.h"
#include "store/link.h"
#include "store/person.h"
#include "web/page.h"
#include "web/proof.h"
#include "web/record.h"
#include "web/words.h"
#include <math.h>

enum { SHOWN_STEPS = 200, SHOWN_STATEMENTS = 200 };

static bool id_of(const WebRequest *request, StoreKind wanted, StoreKind *ret_kind, gint64 *ret_id,
                  GError **error)
{
    return store_id_read(request->rest, wanted, ret_kind, ret_id, error);
}

void page_record(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    StoreKind kind;
    gint64 id;
    g_autoptr(GArray) steps = NULL;
    if (id_of(request, STORE_KIND_NONE, &kind, &id, &error) &&
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

/* ---- statements that speak of a person or an act ---- */

static void draw_statements(const Page *page, const GPtrArray *statements)
{
    const char *const columns[] = {_("Statement"), _("What"),   _("When"),
                                   _("Where"),     _("Report"), _("Source")};
    page_heading(page, "statements", _("What reports say"));
    page_table_begin(page, _("Statements, oldest entry first"), columns, NULL, 6);
    for (guint i = 0; i < MIN(statements->len, SHOWN_STATEMENTS); i++) {
        const StoreStatement *statement = g_ptr_array_index(statements, i);
        g_autoptr(StoreReport) report = store_report_load(page->store, statement->report_id, NULL);
        g_autofree char *date = page_edtf(statement->event_date);
        g_autofree char *place = page_place(page, statement->place_id, statement->place_text);
        g_autofree char *source = page_source_name(page, report != NULL ? report->source_id : 0);
        html_begin(page->html, "tr", NULL);
        html_begin(page->html, "td", NULL);
        page_record_link(page, STORE_KIND_STATEMENT, statement->id);
        html_end(page->html, "td");
        page_cell(page, assess_kind_title(statement->act_kind, page->language));
        page_cell(page, date);
        html_begin(page->html, "td", NULL);
        html_name(page->html, place, NULL);
        html_end(page->html, "td");
        html_begin(page->html, "td", NULL);
        page_record_link(page, STORE_KIND_REPORT, statement->report_id);
        html_end(page->html, "td");
        html_begin(page->html, "td", NULL);
        html_name(page->html, source, NULL);
        html_end(page->html, "td");
        html_end(page->html, "tr");
    }
    page_table_end(page);
}

static void draw_acts(const Page *page, const GPtrArray *acts)
{
    if (acts == NULL || acts->len == 0)
        return;
    page_heading(page, "acts", _("Acts"));
    html_begin(page->html, "ul", "class", "plain", NULL);
    for (guint i = 0; i < acts->len; i++) {
        const StoreAct *act = g_ptr_array_index(acts, i);
        g_autofree char *title = record_title(page, STORE_KIND_ACT, act->id);
        html_begin(page->html, "li", NULL);
        page_record_link(page, STORE_KIND_ACT, act->id);
        html_text(page->html, " ");
        html_text(page->html, title);
        html_end(page->html, "li");
    }
    html_end(page->html, "ul");
}

void page_person(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    StoreKind kind;
    gint64 id;
    g_autoptr(StorePerson) person = NULL;
    g_autoptr(GPtrArray) statements = NULL;
    if (id_of(request, STORE_KIND_PERSON, &kind, &id, &error))
        person = store_person_load(request->store, id, &error);
    if (person != NULL)
        statements = store_statement_list_by_victim(request->store, id, NULL, &error);
    if (statements == NULL) {
        page_fail(request, response, error);
        return;
    }
    g_autoptr(GPtrArray) acts = store_act_list_by_victim(request->store, id, NULL, NULL);
    g_autofree char *title = g_strdup_printf(_("Person %s"), person->code);
    g_autofree char *digits =
        person->birth_year != 0 ? g_strdup_printf("%d", person->birth_year) : NULL;
    g_autofree char *birth = digits != NULL ? i18n_digits(digits) : NULL;
    Page page;
    page_begin(&page, request, response, PAGE_NO_SECTION, title);
    page_paragraph(&page, "lead",
                   _("A code stands for the person. Name, contact and papers are sealed; these "
                     "pages do not show them to anyone."));
    html_begin(page.html, "dl", "class", "facts", NULL);
    page_fact(&page, _("Gender"), words_gender(person->gender));
    page_fact(&page, _("Year of birth"), birth);
    page_fact_name(&page, _("Group, as reported"), person->group);
    page_fact(&page, _("How the person fares"), words_status(person->status));
    if (person->merged_into != 0) {
        page_fact_begin(&page, _("Turned out to be"));
        page_record_link(&page, STORE_KIND_PERSON, person->merged_into);
        page_fact_end(&page);
    }
    html_end(page.html, "dl");
    draw_acts(&page, acts);
    draw_statements(&page, statements);
    proof_draw(&page, STORE_KIND_PERSON, person->id);
    page_end(&page);
}

void page_act(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    StoreKind kind;
    gint64 id;
    g_autoptr(StoreAct) act = NULL;
    g_autoptr(GPtrArray) statements = NULL;
    if (id_of(request, STORE_KIND_ACT, &kind, &id, &error))
        act = store_act_load(request->store, id, &error);
    if (act != NULL)
        statements = store_statement_list_by_act(request->store, id, NULL, &error);
    if (statements == NULL) {
        page_fail(request, response, error);
        return;
    }
    Page page;
    char printed[STORE_ID_MAX];
    g_autofree char *title =
        g_strdup_printf("%s %s", assess_kind_title(act->kind, request->language),
                        store_id_format(STORE_KIND_ACT, id, printed));
    page_begin(&page, request, response, PAGE_NO_SECTION, title);
    g_autofree char *date = page_edtf(act->event_date);
    g_autofree char *place = page_place(&page, act->place_id, NULL);
    g_autofree char *victims = page_range(
        act->count_min, act->count_max >= G_MAXINT32 ? (double)NAN : act->count_max, false);
    g_autofree char *reports = i18n_integer(act->n_reports);
    g_autofree char *sources = i18n_integer(act->n_sources);
    html_begin(page.html, "dl", "class", "facts", NULL);
    page_fact(&page, _("When"), date);
    page_fact_name(&page, _("Where"), place);
    page_fact(&page, _("How many"), victims);
    page_fact_name(&page, _("By whom, as reported"), act->perpetrator);
    if (act->victim_id != 0) {
        g_autofree char *code = record_title(&page, STORE_KIND_PERSON, act->victim_id);
        g_autofree char *path = page_record_path(&page, STORE_KIND_PERSON, act->victim_id);
        page_fact_begin(&page, _("Person"));
        page_link(&page, path, code);
        page_fact_end(&page);
    }
    page_fact(&page, _("How sure"), words_status(act->status));
    page_fact(&page, _("Reports that tell of it"), reports);
    page_fact(&page, _("Sources that tell of it"), sources);
    html_end(page.html, "dl");
    draw_statements(&page, statements);
    proof_draw(&page, STORE_KIND_ACT, act->id);
    page_end(&page);
}
