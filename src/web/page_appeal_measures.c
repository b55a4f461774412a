/* Measures that states can take under the Responsibility to Protect: the catalogue, which state was
 * asked, promised, refused, took; and a step written down. */
#include "appeal/measures.h"
#include "web/appeals.h"
#include "web/forms.h"
#include "web/words.h"
#include <string.h>

static const FormChoice STATUSES[] = {
    {"asked", N_("it was asked to")},
    {"promised", N_("it promised to")},
    {"refused", N_("it refused to")},
    {"taken", N_("it did it")},
    {NULL, NULL},
};
static const FormField STEP[] = {
    {"state", N_("Member state"), NULL, FORM_PICK, true, 100, NULL},
    {"measure", N_("Measure"), NULL, FORM_PICK, true, 20, NULL},
    {"status", N_("What of it"), NULL, FORM_CHOICE, true, 0, STATUSES},
    {"day", N_("On which day"), NULL, FORM_DAY, true, 0, NULL},
    {"text", N_("In a sentence, in English"), N_("neutral; one language is enough"), FORM_AREA,
     false, 2000, NULL},
    {"text_fa", N_("In a sentence, in Persian"), NULL, FORM_AREA, false, 2000, NULL},
    {"source", N_("Where it can be read"), N_("title, publisher, date; or name records below"),
     FORM_LINE, false, 500, NULL},
    {"rests", N_("Rests on"), N_("records that show it, by their ids: O3, FG12"), FORM_LINE, false,
     200, NULL},
    {"letter", N_("The letter that asked"), N_("by its id: AP2; may stay empty"), FORM_LINE, false,
     20, NULL},
};
static FormAct step;
const Form FORM_STEP = {"/measures", N_("Write the step down"), STEP, G_N_ELEMENTS(STEP),
                        .act = step};

static bool checked(const StoreMeasure *measure)
{
    return g_strcmp0(measure->verified, "yes") == 0;
}

/* ---- who stands where ---- */

static void draw_stand(const Page *page, const StoreCommitment *step)
{
    Html *html = page->html;
    const AppealStand stand = appeal_stand_of(step);
    html_begin(html, "td", NULL);
    if (step != NULL && stand != APPEAL_NONE) {
        g_autofree char *path = page_record_path(page, STORE_KIND_COMMITMENT, step->id);
        html_begin(html, "a", "href", path, "class",
                   stand == APPEAL_TAKEN     ? "good"
                   : stand == APPEAL_REFUSED ? "alarm"
                                             : NULL,
                   NULL);
        html_text(html, appeal_stand_title(stand));
        html_end(html, "a");
    } else {
        html_text(html, "–");
    }
    html_end(html, "td");
}

static void draw_matrix(const Page *page, const AppealMatrix *matrix)
{
    Html *html = page->html;
    page_heading(page, "states", _("Which state stands where"));
    if (matrix->states->len == 0) {
        page_paragraph(page, "soft", _("No state was asked for anything yet."));
        return;
    }
    const gsize n = matrix->measures->len;
    g_autofree const char **columns = g_new0(const char *, n + 2);
    columns[0] = _("Member state");
    for (gsize m = 0; m < n; m++)
        columns[m + 1] = ((const StoreMeasure *)matrix->measures->pdata[m])->code;
    page_table_begin(page,
                     _("The newest step of each state; measures by their codes, listed below"),
                     columns, NULL, n + 1);
    for (guint s = 0; s < matrix->states->len; s++) {
        g_autofree char *name =
            appeal_country_title(matrix->states->pdata[s], matrix->codes->pdata[s]);
        html_begin(html, "tr", NULL);
        html_begin(html, "th", "scope", "row", NULL);
        html_name(html, name, NULL);
        html_end(html, "th");
        for (gsize m = 0; m < n; m++)
            draw_stand(page, matrix->last[s * n + m]);
        html_end(html, "tr");
    }
    page_table_end(page);
}

/* ---- the catalogue ---- */

static void draw_measure(const Page *page, const AppealMatrix *matrix, const StoreMeasure *measure)
{
    Html *html = page->html;
    html_begin(html, "li", "id", measure->code, NULL);
    html_begin(html, "strong", NULL);
    html_name(html, page_pick(page, measure->title, measure->title_fa), NULL);
    html_end(html, "strong");
    html_text(html, " ");
    html_put(html, "code", measure->code, NULL);
    html_text(html, " ");
    page_record_link(page, STORE_KIND_MEASURE, measure->id);
    if (!checked(measure))
        html_put(html, "span", _("not checked at its source"), "class", "tag warn", NULL);
    html_begin(html, "dl", "class", "facts", NULL);
    page_fact_name(page, _("Who"), measure->who);
    page_fact_name(page, _("Legal basis"), measure->legal_basis);
    page_fact_name(page, _("What it needs"), measure->needs);
    for (int stand = APPEAL_ASKED; stand < APPEAL_N_STANDS; stand++) {
        g_autofree char *names = appeal_matrix_states(matrix, measure->id, (AppealStand)stand);
        page_fact_name(page, appeal_stand_title((AppealStand)stand), names);
    }
    html_end(html, "dl");
    html_end(html, "li");
}

static void draw_catalogue(const Page *page, const AppealMatrix *matrix, GPtrArray *measures)
{
    Html *html = page->html;
    guint unchecked = 0;
    for (guint i = 0; i < measures->len; i++)
        unchecked += !checked(measures->pdata[i]);
    page_heading(page, "catalogue", _("The measures there are"));
    if (measures->len == 0) {
        page_paragraph(page, "soft",
                       _("The catalogue is not in this case yet: `zenhar appeal load` brings it."));
        return;
    }
    if (unchecked > 0) {
        g_autofree char *n = i18n_integer(unchecked);
        g_autofree char *words = g_strdup_printf(
            _("Nobody has checked %s of these entries at their source yet. No letter states them "
              "as fact."),
            n);
        page_paragraph(page, "lead", words);
    }
    const char *category = NULL;
    for (guint i = 0; i < measures->len; i++) {
        const StoreMeasure *measure = measures->pdata[i];
        if (i == 0 || g_strcmp0(category, measure->category) != 0) {
            if (i > 0) {
                html_end(html, "ul");
                html_end(html, "details");
            }
            category = measure->category;
            html_begin(html, "details", "open", i == 0 ? "" : NULL, NULL);
            html_begin(html, "summary", NULL);
            html_name(html, words_category(category), NULL);
            html_end(html, "summary");
            html_begin(html, "ul", "class", "plain", NULL);
        }
        draw_measure(page, matrix, measure);
    }
    html_end(html, "ul");
    html_end(html, "details");
}

/* ---- the page ---- */

static gint by_title(gconstpointer a, gconstpointer b)
{
    const FormOffer *left = *(const FormOffer *const *)a, *right = *(const FormOffer *const *)b;
    return g_utf8_collate(left->title, right->title);
}

/* Each state of the tables of members, once, in the page's language. */
static GPtrArray *state_offers(const Page *page)
{
    GPtrArray *states = form_offers_new();
    g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GPtrArray) members = store_member_list(page->store, NULL, NULL);
    for (guint i = 0; members != NULL && i < members->len; i++) {
        const StoreMember *member = members->pdata[i];
        if (member->state == NULL || !g_hash_table_add(known, member->state))
            continue;
        g_autofree char *title = appeal_country_title(member->state, member->state_code);
        form_offer(states, member->state, title);
    }
    g_ptr_array_sort(states, by_title);
    return states;
}

static void draw_form(const Page *page, GPtrArray *measures, guint status)
{
    g_autoptr(GPtrArray) states = state_offers(page);
    g_autoptr(GPtrArray) codes = form_offers_new();
    for (guint i = 0; i < measures->len; i++) {
        const StoreMeasure *measure = measures->pdata[i];
        g_autofree char *title = g_strdup_printf(
            "%s %s", measure->code, page_pick(page, measure->title, measure->title_fa));
        form_offer(codes, measure->code, title);
    }
    const FormOffers offers[] = {{"state", states}, {"measure", codes}, {NULL, NULL}};
    page_heading(page, "step", _("A step of a state"));
    form_draw_offers(page, &FORM_STEP, NULL, status == 200 ? NULL : page->request->form, offers);
}

static gint by_category(gconstpointer a, gconstpointer b)
{
    const StoreMeasure *left = *(const StoreMeasure *const *)a,
                       *right = *(const StoreMeasure *const *)b;
    const int order = g_strcmp0(left->category, right->category);
    return order != 0 ? order : g_strcmp0(left->code, right->code);
}

static void draw(const WebRequest *request, WebResponse *response, guint status,
                 const char *sentence)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) measures = store_measure_list(request->store, NULL, &error);
    g_autoptr(AppealMatrix) matrix =
        measures != NULL ? appeal_matrix_load(request->store, G_MAXINT32, &error) : NULL;
    if (matrix == NULL) {
        page_fail(request, response, error);
        return;
    }
    g_ptr_array_sort(measures, by_category);
    Page page;
    response->status = status;
    page_begin(&page, request, response, PAGE_ASKS, _("Measures by states"));
    appeals_links(&page);
    if (sentence != NULL)
        page_paragraph(&page, "banner", sentence);
    page_paragraph(&page, "lead",
                   _("What states can do under the Responsibility to Protect, and what they were "
                     "asked, promised, refused and did, each step with where it can be read."));
    draw_matrix(&page, matrix);
    if (app_may(request, WEB_WRITES_LETTERS) && measures->len > 0)
        draw_form(&page, measures, status);
    draw_catalogue(&page, matrix, measures);
    page_end(&page);
}

void page_measures(const WebRequest *request, WebResponse *response)
{
    draw(request, response, 200, NULL);
}

static bool step(const WebRequest *request, Store *store, FormDone *ret_done, GError **error)
{
    GHashTable *form = request->form;
    g_autofree char *text = form_lines(form, "text"), *text_fa = form_lines(form, "text_fa");
    const AppealStandInput input = {.state = form_given(form, "state"),
                                    .measure = form_given(form, "measure"),
                                    .status = form_given(form, "status"),
                                    .text = text[0] != '\0' ? text : NULL,
                                    .text_fa = text_fa[0] != '\0' ? text_fa : NULL,
                                    .source = form_given(form, "source"),
                                    .rests_on = form_given(form, "rests"),
                                    .letter = form_given(form, "letter"),
                                    .day = form_day(form, "day")};
    const gint64 id = appeal_stand_add(store, &input, error);
    ret_done->change = (AppChange){"measure", STORE_KIND_COMMITMENT, id,
                                   form_value(form, "measure"), form_value(form, "status")};
    return id != 0;
}

void page_measures_post(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *problem = NULL;
    g_auto(FormDone) done = {0};
    g_autoptr(Store) store = app_store_write(request, &error);
    if (store == NULL) {
        page_fail(request, response, error);
        return;
    }
    if (!form_run(&FORM_STEP, request, store, &done, &problem, &error)) {
        draw(request, response, 400, problem != NULL ? problem : error->message);
        return;
    }
    g_autofree char *path = g_strdup_printf("/%s/measures", i18n_tag(request->language));
    web_redirect(response, path);
}
