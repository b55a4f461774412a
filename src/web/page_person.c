/* Persons by their code, and acts: what happened in its order, who says what, where they differ,
 * and how a person was put together. */
#include "assess/assess.h"
#include "assess/claims.h"
#include "store/joining.h"
#include "store/link.h"
#include "store/person.h"
#include "web/page.h"
#include "web/proof.h"
#include "web/record.h"
#include "web/words.h"
#include <jansson.h>
#include <math.h>
#include <string.h>

enum { SHOWN_STATEMENTS = 200, SHOWN_WITNESSES = 12, PAGE_ROWS = 50 };

static bool may_join(const Page *page)
{
    return app_may(page->request, WEB_KEEPS_REPORTS | WEB_ANALYSES);
}

/* ---- statements that speak of a person or an act ---- */

/* How sure the joining was: "98.2 %"; NULL when the note does not say. Transfers. */
static char *joined_by(const StoreLink *link)
{
    json_t *note = link->note != NULL ? json_loads(link->note, 0, NULL) : NULL;
    const json_t *probability = json_object_get(note, "probability");
    g_autofree char *number =
        json_is_number(probability) ? i18n_decimal(100 * json_number_value(probability), 1) : NULL;
    json_decref(note);
    return number != NULL ? g_strdup_printf(_("%s%%"), number) : NULL;
}

static const StoreLink *link_to(const GPtrArray *links, gint64 statement_id)
{
    for (guint i = 0; links != NULL && i < links->len; i++) {
        const StoreLink *link = links->pdata[i];
        if (link->to_kind == STORE_KIND_STATEMENT && link->to_id == statement_id &&
            strcmp(link->role != NULL ? link->role : "", "part") == 0)
            return link;
    }
    return NULL;
}

static void draw_joining(const Page *page, const StoreLink *link)
{
    html_begin(page->html, "td", NULL);
    if (link != NULL) {
        g_autofree char *sure = joined_by(link);
        char id[STORE_ID_MAX];
        g_autofree char *path =
            page_path(page, "/undo/%s", store_id_format(STORE_KIND_LINK, link->id, id));
        html_text(page->html, sure != NULL ? sure : "–");
        if (may_join(page)) {
            html_text(page->html, " ");
            page_link(page, path, _("not this person"));
        }
    }
    html_end(page->html, "td");
}

/* `links` of the person; NULL for an act's page. */
static void draw_statement(const Page *page, const StoreStatement *statement,
                           const GPtrArray *links)
{
    Html *html = page->html;
    g_autoptr(StoreReport) report = store_report_load(page->store, statement->report_id, NULL);
    g_autofree char *date = page_edtf(statement->event_date);
    g_autofree char *place = page_place(page, statement->place_id, statement->place_text);
    g_autofree char *source = page_source_name(page, report != NULL ? report->source_id : 0);
    html_begin(html, "tr", NULL);
    html_begin(html, "td", NULL);
    page_record_link(page, STORE_KIND_STATEMENT, statement->id);
    html_end(html, "td");
    page_cell(page, assess_kind_title(statement->act_kind, page->language));
    page_cell(page, date);
    html_begin(html, "td", NULL);
    html_name(html, place, NULL);
    html_end(html, "td");
    html_begin(html, "td", NULL);
    page_record_link(page, STORE_KIND_REPORT, statement->report_id);
    if (report != NULL && !store_report_counted(report))
        html_put(html, "span", _("not counted"), "class", "tag", NULL);
    html_end(html, "td");
    html_begin(html, "td", NULL);
    html_name(html, source, NULL);
    html_end(html, "td");
    if (links != NULL)
        draw_joining(page, link_to(links, statement->id));
    html_end(html, "tr");
}

static void draw_statements(const Page *page, const GPtrArray *statements, const GPtrArray *links)
{
    const char *const columns[] = {_("Statement"), _("What"),   _("When"),           _("Where"),
                                   _("Report"),    _("Source"), _("Joined to it by")};
    page_heading(page, "statements", _("What reports say"));
    page_table_begin(page, _("Statements, oldest entry first"), columns, NULL,
                     links != NULL ? 7 : 6);
    for (guint i = 0; i < MIN(statements->len, SHOWN_STATEMENTS); i++)
        draw_statement(page, statements->pdata[i], links);
    page_table_end(page);
    if (statements->len > SHOWN_STATEMENTS) {
        g_autofree char *number = i18n_integer((gint64)statements->len - SHOWN_STATEMENTS);
        g_autofree char *words = g_strdup_printf(_("and %s more"), number);
        page_paragraph(page, "soft", words);
    }
}

/* ---- side by side ---- */

static char *claim_value(const Page *page, const AssessClaimField *field, const AssessClaim *claim)
{
    switch (field->kind) {
    case ASSESS_CLAIM_DATE:
        return page_edtf(claim->value);
    case ASSESS_CLAIM_PLACE:
        return page_place(page, claim->place_id, claim->value);
    case ASSESS_CLAIM_COUNT:
        return page_range(claim->low, claim->high >= G_MAXINT32 ? (double)NAN : claim->high, false);
    case ASSESS_CLAIM_WORD:
        return g_strdup(words_gender(claim->value));
    case ASSESS_CLAIM_TEXT:
        break;
    }
    return g_strdup(claim->value);
}

/* "Group A R1 R7 · Group B R3": each source once, with its reports. */
static void draw_witnesses(const Page *page, const AssessClaim *claim)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_int64_hash, g_int64_equal);
    g_autoptr(GPtrArray) reports =
        g_ptr_array_new_with_free_func((GDestroyNotify)store_report_free);
    for (guint i = 0; i < MIN(claim->statements->len, SHOWN_WITNESSES); i++) {
        const gint64 id = g_array_index(claim->statements, gint64, i);
        g_autoptr(StoreStatement) statement = store_statement_load(page->store, id, NULL);
        StoreReport *report =
            statement != NULL ? store_report_load(page->store, statement->report_id, NULL) : NULL;
        if (report != NULL)
            g_ptr_array_add(reports, report);
    }
    for (guint i = 0; i < reports->len; i++) {
        StoreReport *first = reports->pdata[i];
        if (!g_hash_table_add(seen, &first->source_id))
            continue;
        g_autofree char *source = page_source_name(page, first->source_id);
        html_begin(page->html, "div", NULL);
        html_name(page->html, source, NULL);
        for (guint k = i; k < reports->len; k++) {
            const StoreReport *report = reports->pdata[k];
            if (report->source_id != first->source_id)
                continue;
            html_text(page->html, " ");
            page_record_link(page, STORE_KIND_REPORT, report->id);
        }
        html_end(page->html, "div");
    }
    if (claim->statements->len > SHOWN_WITNESSES) {
        g_autofree char *number = i18n_integer((gint64)claim->statements->len - SHOWN_WITNESSES);
        g_autofree char *words = g_strdup_printf(_("and %s more"), number);
        html_put(page->html, "div", words, "class", "soft", NULL);
    }
}

static const char *agreement_words(AssessAgreement agreement)
{
    switch (agreement) {
    case ASSESS_CLAIMS_ONE:
        return _("all say the same");
    case ASSESS_CLAIMS_FIT:
        return _("all can be so");
    case ASSESS_CLAIMS_WORDS:
        return _("in other words");
    case ASSESS_CLAIMS_CONTRADICT:
        break;
    }
    return _("cannot all be so");
}

static void draw_field(const Page *page, const AssessClaimField *field)
{
    const bool contradict = field->agreement == ASSESS_CLAIMS_CONTRADICT;
    for (guint i = 0; i < field->claims->len; i++) {
        const AssessClaim *claim = field->claims->pdata[i];
        g_autofree char *value = claim_value(page, field, claim);
        html_begin(page->html, "tr", "class", contradict ? "contradicts" : NULL, NULL);
        html_put(page->html, i == 0 ? "th" : "td", i == 0 ? i18n_get(field->title) : "", "scope",
                 i == 0 ? "row" : NULL, NULL);
        html_begin(page->html, "td", NULL);
        html_name(page->html, value, NULL);
        html_end(page->html, "td");
        html_begin(page->html, "td", NULL);
        draw_witnesses(page, claim);
        html_end(page->html, "td");
        html_begin(page->html, "td", NULL);
        if (i == 0)
            html_put(page->html, contradict ? "strong" : "span", agreement_words(field->agreement),
                     NULL);
        html_end(page->html, "td");
        html_end(page->html, "tr");
    }
}

/* Fields of which more than one answer is given. False: there was none, nothing was drawn. */
static bool draw_differences(const Page *page, const GPtrArray *statements, bool of_person,
                             const char *caption)
{
    g_autoptr(GPtrArray) fields = assess_claims(page->store, statements, of_person, NULL);
    bool begun = false;
    for (guint i = 0; fields != NULL && i < fields->len; i++) {
        const AssessClaimField *field = fields->pdata[i];
        if (field->agreement == ASSESS_CLAIMS_ONE)
            continue;
        const char *const columns[] = {_("Of what"), _("What is said"), _("Who says it"),
                                       _("Together")};
        if (!begun)
            page_table_begin(page, caption, columns, NULL, 4);
        begun = true;
        draw_field(page, field);
    }
    if (begun)
        page_table_end(page);
    return begun;
}

/* Those of `statements` that tell of one act. Transfers; the statements are borrowed. */
static GPtrArray *of_act(const GPtrArray *statements, gint64 act_id)
{
    GPtrArray *some = g_ptr_array_new();
    for (guint i = 0; i < statements->len; i++)
        if (((const StoreStatement *)statements->pdata[i])->act_id == act_id)
            g_ptr_array_add(some, statements->pdata[i]);
    return some;
}

static void draw_person_differences(const Page *page, const GPtrArray *statements,
                                    const GPtrArray *acts)
{
    page_heading(page, "differ", _("Where reports differ"));
    bool any = draw_differences(page, statements, true, _("Of the person"));
    for (guint i = 0; acts != NULL && i < acts->len; i++) {
        const StoreAct *act = acts->pdata[i];
        g_autoptr(GPtrArray) some = of_act(statements, act->id);
        g_autofree char *title = record_title(page, STORE_KIND_ACT, act->id);
        any |= draw_differences(page, some, false, title);
    }
    if (!any)
        page_paragraph(page, "soft", _("They do not: what is said twice is said alike."));
}

/* ---- the course of things ---- */

static gint by_day(gconstpointer a, gconstpointer b)
{
    const StoreAct *x = *(StoreAct *const *)a, *y = *(StoreAct *const *)b;
    const bool x_open = x->first_day == G_MININT32, y_open = y->first_day == G_MININT32;
    if (x_open != y_open)
        return x_open ? 1 : -1; /* nobody says when: last */
    if (x->first_day != y->first_day)
        return x->first_day < y->first_day ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

static void draw_timeline(const Page *page, GPtrArray *acts)
{
    Html *html = page->html;
    if (acts == NULL || acts->len == 0)
        return;
    g_ptr_array_sort(acts, by_day);
    page_heading(page, "acts", _("What happened, in its order"));
    html_begin(html, "ol", "class", "timeline", NULL);
    for (guint i = 0; i < acts->len; i++) {
        const StoreAct *act = acts->pdata[i];
        g_autofree char *date = page_edtf(act->event_date);
        g_autofree char *place = page_place(page, act->place_id, NULL);
        g_autofree char *reports = i18n_integer(act->n_reports);
        g_autofree char *sources = i18n_integer(act->n_sources);
        g_autofree char *told = g_strdup_printf(_("reports: %s; sources: %s"), reports, sources);
        html_begin(html, "li", NULL);
        html_put(html, "strong", assess_kind_title(act->kind, page->language), NULL);
        html_begin(html, "p", "class", "meta", NULL);
        page_record_link(page, STORE_KIND_ACT, act->id);
        page_meta(page, date);
        page_meta(page, place);
        page_meta(page, words_status(act->status));
        page_meta(page, told);
        html_end(html, "p");
        html_end(html, "li");
    }
    html_end(html, "ol");
}

/* ---- how the person was put together ---- */

static bool was_undone(const GPtrArray *joinings, gint64 id)
{
    for (guint i = 0; i < joinings->len; i++)
        if (((const StoreJoining *)joinings->pdata[i])->undoes_id == id)
            return true;
    return false;
}

/* The answer that it follows from; NULL: the weights alone (also once an answer was withdrawn). */
static StoreVerdict *verdict_of(const Page *page, const StoreJoining *joining)
{
    g_autoptr(StoreVerdict) verdict =
        joining->verdict_id != 0 ? store_verdict_load(page->store, joining->verdict_id, NULL)
                                 : NULL;
    if (verdict == NULL || strcmp(verdict->answer, "withdrawn") == 0)
        return NULL;
    return g_steal_pointer(&verdict);
}

static void draw_history_row(const Page *page, const StoreJoining *joining,
                             const GPtrArray *joinings)
{
    Html *html = page->html;
    char id[STORE_ID_MAX];
    g_autofree char *time = page_time(joining->time);
    g_autoptr(StoreVerdict) verdict = verdict_of(page, joining);
    const char *who = verdict == NULL            ? _("the weights")
                      : verdict->said_by != NULL ? verdict->said_by
                                                 : _("an account");
    g_autofree char *path =
        page_path(page, "/undo/%s", store_id_format(STORE_KIND_JOINING, joining->id, id));
    html_begin(html, "tr", NULL);
    page_cell(page, id);
    page_cell(page, time);
    html_begin(html, "td", NULL);
    page_record_link(page, STORE_KIND_PERSON, joining->other_id);
    html_text(html, strcmp(joining->action, "merge") == 0 ? _(" turned out to be ")
                                                          : _(" was taken out of "));
    page_record_link(page, STORE_KIND_PERSON, joining->person_id);
    html_end(html, "td");
    html_begin(html, "td", NULL);
    html_name(html, who, NULL);
    html_end(html, "td");
    html_begin(html, "td", NULL);
    if (was_undone(joinings, joining->id))
        html_text(html, _("taken back"));
    else if (may_join(page))
        page_link(page, path, _("take it back"));
    html_end(html, "td");
    html_end(html, "tr");
}

static void draw_history(const Page *page, gint64 person_id)
{
    g_autoptr(GPtrArray) as_person =
        store_joining_list_by_person(page->store, person_id, NULL, NULL);
    g_autoptr(GPtrArray) as_other = store_joining_list_by_other(page->store, person_id, NULL, NULL);
    if (as_person == NULL || as_other == NULL || as_person->len + as_other->len == 0)
        return;
    const char *const columns[] = {_("Record"), _("When"), _("What became of whom"), _("By whom"),
                                   ""};
    page_heading(page, "history", _("How this person was put together"));
    page_table_begin(page, _("Persons that became one, or two; oldest first"), columns, NULL, 5);
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    g_ptr_array_extend(all, as_person, NULL, NULL);
    g_ptr_array_extend(all, as_other, NULL, NULL);
    for (guint i = 0; i < all->len; i++)
        draw_history_row(page, all->pdata[i], all);
    page_table_end(page);
}

/* "Is this the same as …": leads to both, side by side. */
static void draw_same_form(const Page *page, const StorePerson *person)
{
    Html *html = page->html;
    if (!may_join(page) || person->merged_into != 0)
        return;
    char id[STORE_ID_MAX];
    g_autofree char *path = page_path(page, "/same");
    page_heading(page, "same", _("Is this somebody else in the case?"));
    html_begin(html, "form", "method", "get", "action", path, "class", "form", NULL);
    html_void(html, "input", "type", "hidden", "name", "person", "value",
              store_id_format(STORE_KIND_PERSON, person->id, id), NULL);
    html_begin(html, "label", NULL);
    html_text(html, _("The other person's code or number"));
    html_void(html, "input", "name", "other", "type", "text", "maxlength", "20", "dir", "ltr",
              "required", "", "autocomplete", "off", NULL);
    html_put(html, "span", _("ZH-4K7Q or P12; both are shown side by side before anything changes"),
             "class", "hint", NULL);
    html_end(html, "label");
    html_put(html, "button", _("Put side by side"), NULL);
    html_end(html, "form");
}

/* ---- the pages ---- */

static void draw_person_facts(const Page *page, const StorePerson *person)
{
    g_autofree char *digits =
        person->birth_year != 0 ? g_strdup_printf("%d", person->birth_year) : NULL;
    g_autofree char *birth = digits != NULL ? i18n_digits(digits) : NULL;
    html_begin(page->html, "dl", "class", "facts", NULL);
    page_fact(page, _("Gender"), words_gender(person->gender));
    page_fact(page, _("Year of birth"), birth);
    page_fact_name(page, _("Group, as reported"), person->group);
    page_fact(page, _("How the person fares"), words_status(person->status));
    if (person->merged_into != 0) {
        page_fact_begin(page, _("Turned out to be"));
        page_record_link(page, STORE_KIND_PERSON, person->merged_into);
        page_fact_end(page);
    }
    html_end(page->html, "dl");
}

void page_person(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    StoreKind kind;
    gint64 id;
    g_autoptr(StorePerson) person = NULL;
    g_autoptr(GPtrArray) statements = NULL, acts = NULL, links = NULL;
    if (store_id_read(request->rest, STORE_KIND_PERSON, &kind, &id, &error))
        person = store_person_load(request->store, id, &error);
    if (person != NULL)
        statements = store_statement_list_by_victim(request->store, id, NULL, &error);
    if (statements != NULL)
        acts = store_act_list_by_victim(request->store, id, NULL, &error);
    if (acts != NULL)
        links = store_link_list_from(request->store, STORE_KIND_PERSON, id, NULL, &error);
    if (links == NULL) {
        page_fail(request, response, error);
        return;
    }
    g_autofree char *title = g_strdup_printf(_("Person %s"), person->code);
    Page page;
    page_begin(&page, request, response, PAGE_PERSONS, title);
    page_paragraph(&page, "lead",
                   _("A code stands for the person. Name, contact and papers are sealed; these "
                     "pages do not show them to anyone."));
    draw_person_facts(&page, person);
    draw_timeline(&page, acts);
    draw_person_differences(&page, statements, acts);
    draw_statements(&page, statements, links);
    draw_history(&page, id);
    draw_same_form(&page, person);
    proof_draw(&page, STORE_KIND_PERSON, person->id);
    page_end(&page);
}

static void draw_act_facts(const Page *page, const StoreAct *act)
{
    g_autofree char *date = page_edtf(act->event_date);
    g_autofree char *place = page_place(page, act->place_id, NULL);
    g_autofree char *victims = page_range(
        act->count_min, act->count_max >= G_MAXINT32 ? (double)NAN : act->count_max, false);
    g_autofree char *reports = i18n_integer(act->n_reports);
    g_autofree char *sources = i18n_integer(act->n_sources);
    html_begin(page->html, "dl", "class", "facts", NULL);
    page_fact(page, _("When"), date);
    page_fact_name(page, _("Where"), place);
    page_fact(page, _("How many"), victims);
    page_fact_name(page, _("By whom, as reported"), act->perpetrator);
    if (act->victim_id != 0) {
        g_autofree char *code = record_title(page, STORE_KIND_PERSON, act->victim_id);
        g_autofree char *path = page_record_path(page, STORE_KIND_PERSON, act->victim_id);
        page_fact_begin(page, _("Person"));
        page_link(page, path, code);
        page_fact_end(page);
    }
    page_fact(page, _("How sure"), words_status(act->status));
    page_fact(page, _("Reports that tell of it"), reports);
    page_fact(page, _("Sources that tell of it"), sources);
    html_end(page->html, "dl");
}

void page_act(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    StoreKind kind;
    gint64 id;
    g_autoptr(StoreAct) act = NULL;
    g_autoptr(GPtrArray) statements = NULL;
    if (store_id_read(request->rest, STORE_KIND_ACT, &kind, &id, &error))
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
    page_begin(&page, request, response, PAGE_PERSONS, title);
    draw_act_facts(&page, act);
    page_heading(&page, "differ", _("Where reports differ"));
    if (!draw_differences(&page, statements, false, title))
        page_paragraph(&page, "soft", _("They do not: what is said twice is said alike."));
    draw_statements(&page, statements, NULL);
    proof_draw(&page, STORE_KIND_ACT, act->id);
    page_end(&page);
}

/* ---- all persons ---- */

static void draw_person_row(const Page *page, const StorePerson *person)
{
    Html *html = page->html;
    g_autofree char *path = page_record_path(page, STORE_KIND_PERSON, person->id);
    g_autoptr(GPtrArray) acts = store_act_list_by_victim(page->store, person->id, NULL, NULL);
    if (acts != NULL)
        g_ptr_array_sort(acts, by_day);
    const StoreAct *first = acts != NULL && acts->len > 0 ? acts->pdata[0] : NULL;
    g_autofree char *date = page_edtf(first != NULL ? first->event_date : NULL);
    g_autofree char *place = page_place(page, first != NULL ? first->place_id : 0, NULL);
    html_begin(html, "tr", NULL);
    html_begin(html, "td", NULL);
    html_put(html, "a", person->code, "href", path, "class", "id", NULL);
    html_end(html, "td");
    page_cell(page, first != NULL ? assess_kind_title(first->kind, page->language) : "–");
    page_cell(page, date);
    html_begin(html, "td", NULL);
    html_name(html, place, NULL);
    html_end(html, "td");
    page_cell_number(page, acts != NULL ? acts->len : 0);
    html_begin(html, "td", NULL);
    if (person->merged_into != 0) {
        html_text(html, _("turned out to be "));
        page_record_link(page, STORE_KIND_PERSON, person->merged_into);
    } else {
        html_text(html, words_status(person->status));
    }
    html_end(html, "td");
    html_end(html, "tr");
}

/* The person of a code or a number; 0 with error set. */
static gint64 person_of(Store *store, const char *text, GError **error)
{
    StoreKind kind;
    gint64 id;
    if (store_id_parse(text, &kind, &id) && kind == STORE_KIND_PERSON) {
        g_autoptr(StorePerson) person = store_person_load(store, id, error);
        return person != NULL ? id : 0;
    }
    g_autofree char *upper = g_ascii_strup(text, -1);
    g_autoptr(StorePerson) person = store_person_find(store, g_strstrip(upper), error);
    return person != NULL ? person->id : 0;
}

static void draw_code_form(const Page *page)
{
    Html *html = page->html;
    g_autofree char *path = page_path(page, "/persons");
    html_begin(html, "form", "method", "get", "action", path, "class", "search", "role", "search",
               NULL);
    html_begin(html, "label", NULL);
    html_put(html, "span", _("A person's code or number"), NULL);
    html_void(html, "input", "name", "code", "dir", "ltr", "maxlength", "20", "placeholder",
              "ZH-4K7Q", "autocomplete", "off", NULL);
    html_end(html, "label");
    html_put(html, "button", _("Go to it"), NULL);
    html_end(html, "form");
}

/* ids beyond `older`, newest first: the list's own pages by key. */
static void draw_older(const Page *page, gint64 last)
{
    char id[STORE_ID_MAX];
    g_autofree char *path =
        page_path(page, "/persons?older=%s", store_id_format(STORE_KIND_PERSON, last, id));
    html_begin(page->html, "nav", "class", "pages", "aria-label", _("Pages of the list"), NULL);
    html_put(page->html, "a", _("Older"), "href", path, "rel", "next", NULL);
    html_end(page->html, "nav");
}

void page_persons(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    const char *code = web_query(request, "code");
    const gint64 wanted = code[0] != '\0' ? person_of(request->store, code, &error) : 0;
    if (wanted != 0) {
        g_autofree char *path =
            g_strdup_printf("/%s/persons/P%" G_GINT64_FORMAT, i18n_tag(request->language), wanted);
        web_redirect(response, path);
        return;
    }
    StoreKind kind;
    gint64 older = 0;
    if (!store_id_parse(web_query(request, "older"), &kind, &older) || kind != STORE_KIND_PERSON)
        older = 0;
    const StorePage rows = {.limit = PAGE_ROWS + 1, .descending = true, .after = older};
    g_autofree char *trouble = error != NULL ? g_strdup(error->message) : NULL;
    g_clear_error(&error);
    g_autoptr(GPtrArray) persons = store_person_list(request->store, &rows, &error);
    if (persons == NULL) {
        page_fail(request, response, error);
        return;
    }
    Page page;
    page_begin(&page, request, response, PAGE_PERSONS, _("Persons"));
    if (trouble != NULL)
        html_put(page.html, "p", trouble, "class", "banner", "role", "alert", NULL);
    page_paragraph(&page, "lead",
                   _("A code stands for each person. What linked statements tell of them; names "
                     "are sealed."));
    draw_code_form(&page);
    const char *const columns[] = {_("Person"), _("First told of"), _("When"),
                                   _("Where"),  _("Acts"),          _("Status")};
    static const char *const CLASSES[] = {NULL, NULL, NULL, NULL, "number", NULL};
    page_table_begin(&page, _("Persons, newest first"), columns, CLASSES, 6);
    const guint shown = MIN(persons->len, PAGE_ROWS);
    for (guint i = 0; i < shown; i++)
        draw_person_row(&page, persons->pdata[i]);
    page_table_end(&page);
    if (persons->len > PAGE_ROWS)
        draw_older(&page, ((const StorePerson *)persons->pdata[shown - 1])->id);
    page_end(&page);
}

/* The first statements of both, side by side with their weights. */
void page_same(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    const char *const NAMES[] = {"person", "other"};
    gint64 persons[2], statements[2] = {0};
    for (int i = 0; i < 2; i++) {
        persons[i] = person_of(request->store, web_query(request, NAMES[i]), &error);
        const StorePage first = {.limit = 1};
        g_autoptr(GPtrArray) list =
            persons[i] != 0
                ? store_statement_list_by_victim(request->store, persons[i], &first, &error)
                : NULL;
        if (list == NULL) {
            page_fail(request, response, error);
            return;
        }
        statements[i] = list->len > 0 ? ((const StoreStatement *)list->pdata[0])->id : 0;
    }
    if (persons[0] == persons[1] || statements[0] == 0 || statements[1] == 0) {
        page_sentence(request, response, 400, _("Is this somebody else in the case?"),
                      persons[0] == persons[1]
                          ? _("Both are one person already.")
                          : _("One of them has no statements any more: it turned out to be "
                              "somebody else."));
        return;
    }
    g_autofree char *path = g_strdup_printf(
        "/%s/pairs/T%" G_GINT64_FORMAT "-T%" G_GINT64_FORMAT "?person=P%" G_GINT64_FORMAT,
        i18n_tag(request->language), MIN(statements[0], statements[1]),
        MAX(statements[0], statements[1]), persons[0]);
    web_redirect(response, path);
}
