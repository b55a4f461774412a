/* Ways onto an agenda: what each needs, who has stood where, how likely the votes are; one way with
 * its states; and what would be if members voted as one supposes. Nothing here is kept. */
#include "appeal/agenda.h"
#include "appeal/appeal.h"
#include "base/csv.h"
#include "store/body.h"
#include "web/appeals.h"
#include "web/forms.h"
#include <math.h>
#include <string.h>

static const FormField WHAT_IF[] = {
    {"positions", N_("What members would do"),
     N_("a member a line: its name, a comma, and in favour, against, abstained or absent"),
     FORM_AREA, true, 4000, NULL},
    {"day", N_("As of"), N_("empty: today; only earlier votes count"), FORM_DAY, false, 0, NULL},
};
const Form FORM_WHAT_IF = {"/agenda", N_("Reckon"), WHAT_IF, G_N_ELEMENTS(WHAT_IF)};

static const struct {
    const char *choice, *words;
} CHOICES[] = {
    {"in favour", N_("in favour")},
    {"against", N_("against")},
    {"abstained", N_("abstained")},
    {"absent", N_("absent")},
};

static const AgendaOptions AS_IT_IS = {.day = G_MININT32, .seed = 1};

/* ---- the ways ---- */

static char *interval(const AgendaRoad *road)
{
    if (isnan(road->probability))
        return g_strdup("–");
    g_autofree char *p = agenda_percent(road->probability), *low = agenda_percent(road->low),
                    *high = agenda_percent(road->high);
    return g_strdup_printf(_("%s (%s to %s)"), p, low, high);
}

static void draw_row(const Page *page, const AgendaRoad *road, const AgendaRoad *before)
{
    Html *html = page->html;
    g_autofree char *path = page_path(page, "/agenda/%s", road->code);
    g_autofree char *chance = interval(road);
    html_begin(html, "tr", NULL);
    html_begin(html, "th", "scope", "row", NULL);
    page_link(page, path, road->title);
    if (!road->confirmed)
        html_put(html, "span", _("rule not checked at its source"), "class", "tag warn", NULL);
    html_end(html, "th");
    html_begin(html, "td", NULL);
    html_name(html, road->needs, NULL);
    html_end(html, "td");
    const gint64 numbers[] = {road->n_for, road->n_against, road->n_silent, road->missing};
    for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++)
        if (road->states->len > 0)
            page_cell_number(page, numbers[i]);
        else
            html_put(html, "td", "–", "class", "number", NULL); /* no list of members */
    if (before != NULL) {
        g_autofree char *was = interval(before);
        page_cell(page, was);
    }
    page_cell(page, chance);
    html_end(html, "tr");
}

static const AgendaRoad *road_of(GPtrArray *roads, const char *code)
{
    for (guint i = 0; roads != NULL && i < roads->len; i++)
        if (g_ascii_strcasecmp(((const AgendaRoad *)roads->pdata[i])->code, code) == 0)
            return roads->pdata[i];
    return NULL;
}

/* before: as it is, beside what is supposed; NULL: roads are as it is. */
static void draw_roads(const Page *page, GPtrArray *roads, GPtrArray *before)
{
    const char *const columns[] = {
        _("Way"),
        _("What it needs"),
        _("For"),
        _("Against"),
        _("Neither"),
        _("Missing"),
        _("Probability, with its interval of 90 per cent"),
    };
    const char *const supposed[] = {
        _("Way"),     _("What it needs"), _("For"),          _("Against"),
        _("Neither"), _("Missing"),       _("As it stands"), _("As supposed"),
    };
    static const char *const CLASSES[] = {NULL,     NULL,     "number", "number",
                                          "number", "number", NULL,     NULL};
    page_table_begin(page, _("By the newest comparable vote of each member"),
                     before != NULL ? supposed : columns, CLASSES, before != NULL ? 8 : 7);
    for (guint i = 0; i < roads->len; i++) {
        const AgendaRoad *road = roads->pdata[i];
        draw_row(page, road, road_of(before, road->code));
    }
    page_table_end(page);
}

static void draw_method(const Page *page)
{
    g_autoptr(GPtrArray) checks = agenda_check(page->store, &AS_IT_IS, NULL);
    g_autofree char *words = checks != NULL ? agenda_check_sentence(checks) : NULL;
    page_heading(page, "method", _("How it is reckoned, and what would make it wrong"));
    page_paragraph(page, NULL,
                   _("Each member's choice is drawn from how it voted on comparable texts, pulled "
                     "towards its regional group; all members of a vote swing together as far as "
                     "past totals did; whether it passes is then counted exactly. It is wrong when "
                     "the text is unlike those voted on, when members never voted on the country, "
                     "or when blocs make a deal."));
    page_paragraph(page, NULL, words);
}

static void draw(const WebRequest *request, WebResponse *response, guint status,
                 const char *sentence, GPtrArray *supposed)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) roads = agenda_roads(request->store, &AS_IT_IS, &error);
    Page page;
    response->status = status;
    page_begin(&page, request, response, PAGE_ASKS, _("Ways onto an agenda"));
    appeals_links(&page);
    if (sentence != NULL)
        page_paragraph(&page, "banner", sentence);
    page_paragraph(&page, "lead",
                   _("Which ways lead there, what each needs, and whether the votes are there."));
    if (roads == NULL)
        page_paragraph(&page, "soft", error->message);
    else
        draw_roads(&page, supposed != NULL ? supposed : roads, supposed != NULL ? roads : NULL);
    if (roads != NULL) {
        page_heading(&page, "what-if", _("What if"));
        page_paragraph(&page, "lead",
                       _("Suppose what members would do and see what becomes of it. Nothing of "
                         "this is kept."));
        form_draw(&page, &FORM_WHAT_IF, NULL, request->form);
        draw_method(&page);
    }
    page_end(&page);
}

void page_agenda(const WebRequest *request, WebResponse *response)
{
    draw(request, response, 200, NULL, NULL);
}

/* A member's English name by the name that the page's language has for it; NULL: no member. */
static const char *english_state(GPtrArray *members, const char *name)
{
    for (guint i = 0; members != NULL && i < members->len; i++) {
        const StoreMember *member = members->pdata[i];
        g_autofree char *own = appeal_state_name(member->state, member->state_code);
        if (strcmp(own, name) == 0 || g_ascii_strcasecmp(member->state, name) == 0 ||
            g_strcmp0(member->state_code, name) == 0)
            return member->state;
    }
    return NULL;
}

static const char *english_choice(const char *words)
{
    for (gsize i = 0; i < G_N_ELEMENTS(CHOICES); i++)
        if (strcmp(i18n_get(CHOICES[i].words), words) == 0)
            return CHOICES[i].choice;
    return words;
}

/* "China, against" a line, in the page's language or in English: as a table. NULL with error. */
static char *as_table(Store *store, const char *text, GError **error)
{
    g_autoptr(GPtrArray) members = store_member_list(store, NULL, NULL);
    g_autoptr(GString) table = g_string_new("state,vote\n");
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (gsize i = 0; lines[i] != NULL; i++) {
        g_auto(GStrv) words = g_strsplit(lines[i], "،", -1);
        g_autofree char *line = g_strjoinv(",", words);
        g_auto(GStrv) cells = g_strsplit(line, ",", 2);
        if (cells[0] == NULL || g_strstrip(cells[0])[0] == '\0' ||
            g_ascii_strcasecmp(cells[0], "state") == 0)
            continue;
        const char *state = english_state(members, cells[0]);
        if (state == NULL) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                        _("“%s” is no member of any body of the case: write its name as the page "
                          "of a way has it."),
                        cells[0]);
            return NULL;
        }
        csv_append(table, state);
        csv_append(table, english_choice(cells[1] != NULL ? g_strstrip(cells[1]) : ""));
        csv_append_end(table);
    }
    return g_string_free(g_steal_pointer(&table), FALSE);
}

void page_agenda_post(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *problem = NULL;
    if (!form_check(&FORM_WHAT_IF, request->form, &problem)) {
        draw(request, response, 400, problem, NULL);
        return;
    }
    g_autofree char *table = as_table(request->store, web_form(request, "positions"), &error);
    if (table == NULL) {
        draw(request, response, 400, error->message, NULL);
        return;
    }
    const AgendaOptions options = {.day = form_day(request->form, "day"),
                                   .seed = AS_IT_IS.seed,
                                   .positions = table,
                                   .positions_name = _("What members would do")};
    g_autoptr(GPtrArray) supposed = agenda_roads(request->store, &options, &error);
    if (supposed == NULL)
        draw(request, response, 400, error->message, NULL);
    else
        draw(request, response, 200, NULL, supposed);
}

/* ---- one way with its states ---- */

static const char *choice_words(const char *choice)
{
    for (gsize i = 0; i < G_N_ELEMENTS(CHOICES); i++)
        if (g_strcmp0(choice, CHOICES[i].choice) == 0)
            return i18n_get(CHOICES[i].words);
    return "–";
}

static void draw_state(const Page *page, const AgendaRoad *road, const AgendaState *state)
{
    Html *html = page->html;
    const bool asks = road->rule == AGENDA_REQUEST;
    g_autofree char *name = appeal_state_name(state->state, state->code);
    g_autofree char *when =
        state->last_day != 0 ? page_date((gint64)state->last_day * 86400) : g_strdup("–");
    g_autofree char *in_favour = agenda_percent(asks ? state->p_ask : state->p[AGENDA_FOR]);
    g_autofree char *against = agenda_percent(asks ? NAN : state->p[AGENDA_AGAINST]);
    html_begin(html, "tr", NULL);
    html_begin(html, "th", "scope", "row", NULL);
    html_name(html, name, NULL);
    if (state->permanent)
        html_put(html, "span", _("permanent"), "class", "tag", NULL);
    html_end(html, "th");
    html_begin(html, "td", NULL);
    html_name(html, state->group != NULL ? appeal_group_name(state->group) : "–", NULL);
    html_end(html, "td");
    page_cell(page, choice_words(state->last));
    html_begin(html, "td", NULL);
    html_name(html, state->last_on != NULL ? state->last_on : "–", NULL);
    html_end(html, "td");
    html_put(html, "td", when, "class", "when", NULL);
    page_cell_number(page, state->n_votes);
    html_put(html, "td", in_favour, "class", "number", NULL);
    html_put(html, "td", against, "class", "number", NULL);
    html_end(html, "tr");
}

static void draw_road(const Page *page, const AgendaRoad *road)
{
    g_autofree char *sentence = agenda_road_sentence(road);
    page_paragraph(page, "lead", sentence);
    html_begin(page->html, "dl", "class", "facts", NULL);
    page_fact_name(page, _("What it needs"), road->needs);
    page_fact_name(page, _("Source"), road->source);
    html_end(page->html, "dl");
    if (road->states->len == 0) {
        page_paragraph(page, "soft", _("The case holds no list of members for this body."));
        return;
    }
    const char *const columns[] = {
        _("Member state"),
        _("Group"),
        _("Newest vote"),
        _("On"),
        _("When"),
        _("Votes"),
        road->rule == AGENDA_REQUEST ? _("Would ask") : _("In favour"),
        _("Against"),
    };
    static const char *const CLASSES[] = {NULL, NULL,     NULL,     NULL,
                                          NULL, "number", "number", "number"};
    page_table_begin(page, _("Its members"), columns, CLASSES, 8);
    for (guint i = 0; i < road->states->len; i++)
        draw_state(page, road, road->states->pdata[i]);
    page_table_end(page);
}

void page_road(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) roads = agenda_roads(request->store, &AS_IT_IS, &error);
    const AgendaRoad *road = road_of(roads, request->rest);
    if (road == NULL) {
        if (error == NULL)
            g_set_error_literal(&error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND,
                                _("There is no such way onto an agenda."));
        page_fail(request, response, error);
        return;
    }
    Page page;
    page_begin(&page, request, response, PAGE_ASKS, road->title);
    appeals_links(&page);
    draw_road(&page, road);
    page_end(&page);
}
