/* What was asked of whom, how long ago, and who has answered; letters in this case. */
#include "appeal/appeal.h"
#include "store/appeal.h"
#include "store/body.h"
#include "web/appeals.h"
#include "web/record.h"
#include "web/words.h"
#include <string.h>

enum { SHOWN_LETTERS = 100, SHOWN_VOTES = 100 };

/* ---- asks with their clock ---- */

static void draw_steps(const Page *page, const AppealClockRow *row)
{
    if (row->steps->len == 0)
        return;
    Html *html = page->html;
    html_begin(html, "ul", "class", "plain", NULL);
    for (guint i = 0; i < row->steps->len; i++) {
        const AppealClockStep *step = g_ptr_array_index(row->steps, i);
        g_autofree char *day = page_date((gint64)step->day * 86400);
        g_autofree char *days = i18n_integer(step->days);
        g_autofree char *after = g_strdup_printf(
            i18n_plural("%s, after %s day", "%s, after %s days", (guint64)MAX(step->days, 0)), day,
            days);
        html_begin(html, "li", NULL);
        page_record_link(page, STORE_KIND_RESPONSE, step->response_id);
        html_text(html, " ");
        html_put(html, "span", words_response_kind(step->kind), "class", "tag", NULL);
        html_text(html, " ");
        html_text(html, after);
        html_text(html, ": ");
        html_put(html, "bdi", step->text, "dir", "auto", NULL);
        if (step->recipient_id != 0 && app_may(page->request, WEB_WRITES_LETTERS)) {
            char id[STORE_ID_MAX];
            g_autofree char *judge = page_path(
                page, "/judge/%s", store_id_format(STORE_KIND_RESPONSE, step->response_id, id));
            html_text(html, " ");
            page_link(page, judge, _("say what it says"));
        }
        html_end(html, "li");
    }
    html_end(html, "ul");
}

/* "SG SC HRC": the bodies of those codes by their names; other words as they are. */
static void draw_addressees(const Page *page, const char *codes)
{
    if (codes == NULL || codes[0] == '\0')
        return;
    g_auto(GStrv) words = g_strsplit(codes, " ", -1);
    page_fact_begin(page, _("Asked of"));
    for (gsize i = 0; words[i] != NULL; i++) {
        g_autoptr(StoreBody) body = store_body_find(page->store, words[i], NULL);
        if (i > 0)
            html_text(page->html, page->language == I18N_PERSIAN ? "، " : ", ");
        const char *name = body != NULL ? page_pick(page, body->name_en, body->name_fa) : words[i];
        html_name(page->html, strcmp(words[i], "States") == 0 ? _("States") : name, NULL);
    }
    page_fact_end(page);
}

static void draw_clock_row(const Page *page, const AppealClockRow *row)
{
    Html *html = page->html;
    char printed[STORE_ID_MAX];
    store_id_format(STORE_KIND_ASK, row->ask_id, printed);
    g_autoptr(StoreAsk) ask = store_ask_load(page->store, row->ask_id, NULL);
    html_begin(html, "li", "id", printed, NULL);
    html_begin(html, "h3", NULL);
    html_name(html, row->title, NULL);
    html_text(html, " ");
    page_record_link(page, STORE_KIND_ASK, row->ask_id);
    html_end(html, "h3");
    page_paragraph(page, NULL, row->sentence);
    if (ask != NULL) {
        const char *text = page_pick(page, ask->text, ask->text_fa);
        const char *basis = page_pick(page, ask->basis, ask->basis_fa);
        html_begin(html, "dl", "class", "facts", NULL);
        page_fact_name(page, _("What is asked"), text);
        draw_addressees(page, ask->addressee);
        page_fact_name(page, _("Legal basis"), basis);
        page_fact(page, _("State"), words_status(ask->status));
        html_end(html, "dl");
    }
    draw_steps(page, row);
    if (app_may(page->request, WEB_WRITES_LETTERS)) {
        g_autofree char *respond = page_path(page, "/respond/%s", printed);
        html_begin(html, "p", NULL);
        page_link(page, respond, _("A body took a step on it"));
        html_end(html, "p");
    }
    html_end(html, "li");
}

/* Who of those written to has answered. */
static void draw_addressees_table(const Page *page)
{
    g_autoptr(GPtrArray) list = appeal_addressees(page->store, 0, G_MININT32, NULL);
    if (list == NULL || list->len == 0)
        return;
    Html *html = page->html;
    const char *const columns[] = {_("Office"), _("Holder written to"), _("Answer"), _("Evidence"),
                                   _("To do")};
    const bool writes = app_may(page->request, WEB_WRITES_LETTERS);
    page_table_begin(page, _("Who was written to"), columns, NULL, writes ? 5 : 4);
    for (guint i = 0; i < list->len; i++) {
        const AppealAddressee *one = list->pdata[i];
        const char *const cells[] = {one->office, one->name, one->sentence, one->evidence};
        html_begin(html, "tr", NULL);
        for (gsize k = 0; k < G_N_ELEMENTS(cells); k++) {
            html_begin(html, "td", NULL);
            html_name(html, cells[k] != NULL ? cells[k] : "–", NULL);
            html_end(html, "td");
        }
        if (writes) {
            char id[STORE_ID_MAX];
            g_autofree char *path = page_path(
                page, "/respond/%s", store_id_format(STORE_KIND_DELIVERY, one->delivery_id, id));
            html_begin(html, "td", NULL);
            if (one->sent_day != 0)
                page_link(page, path, _("An answer came"));
            html_end(html, "td");
        }
        html_end(html, "tr");
    }
    page_table_end(page);
}

static void draw_clock(const Page *page)
{
    g_autoptr(GPtrArray) rows = appeal_clock(page->store, 0, G_MININT32, NULL);
    Html *html = page->html;
    html_begin(html, "section", "aria-labelledby", "clock", NULL);
    page_heading(page, "clock", _("What was asked, and who has answered"));
    if (rows == NULL || rows->len == 0) {
        page_paragraph(page, "soft", _("Nothing has been asked yet."));
    } else {
        const AppealClockRow *first = g_ptr_array_index(rows, 0);
        g_autofree char *asked = page_date((gint64)first->asked_day * 86400);
        g_autofree char *days = i18n_integer(first->days);
        g_autofree char *words = g_strdup_printf(
            _("Asked on %s: %s days ago. An answer counts when it is public and in this case."),
            asked, days);
        page_paragraph(page, "lead", words);
        html_begin(html, "ol", "class", "statements", NULL);
        for (guint i = 0; i < rows->len; i++)
            draw_clock_row(page, g_ptr_array_index(rows, i));
        html_end(html, "ol");
        draw_addressees_table(page);
    }
    html_end(html, "section");
}

/* ---- letters ---- */

static void draw_letters(const Page *page)
{
    const StorePage of = {.limit = SHOWN_LETTERS, .descending = true};
    g_autoptr(GPtrArray) letters = store_appeal_list(page->store, &of, NULL);
    if (letters == NULL)
        return;
    Html *html = page->html;
    html_begin(html, "section", "aria-labelledby", "letters", NULL);
    page_heading(page, "letters", _("Letters"));
    if (letters->len == 0) {
        page_paragraph(page, "soft",
                       _("There is no letter yet. One is composed from asks; a draft is never sent "
                         "by itself."));
        html_end(html, "section");
        return;
    }
    const char *const columns[] = {_("Letter"),   _("Subject"), _("Date"),
                                   _("Language"), _("State"),   _("As PDF")};
    page_table_begin(page, _("Letters, newest first"), columns, NULL, 6);
    for (guint i = 0; i < letters->len; i++) {
        const StoreAppeal *letter = g_ptr_array_index(letters, i);
        char printed[STORE_ID_MAX];
        store_id_format(STORE_KIND_APPEAL, letter->id, printed);
        g_autofree char *day = page_date((gint64)letter->day * 86400);
        g_autofree char *pdf = page_path(page, "/letter-pdf/%s.pdf", printed);
        g_autofree char *label = g_strdup_printf(_("%s as PDF"), printed);
        html_begin(html, "tr", NULL);
        html_begin(html, "th", "scope", "row", NULL);
        page_record_link(page, STORE_KIND_APPEAL, letter->id);
        html_end(html, "th");
        html_begin(html, "td", NULL);
        html_put(html, "bdi", letter->title != NULL ? letter->title : letter->subject, "lang",
                 letter->language, NULL); /* to whom: letters of one case share their subject */
        html_end(html, "td");
        page_cell(page, day);
        page_cell(page, words_language(letter->language));
        page_cell(page, words_status(letter->status));
        html_begin(html, "td", NULL);
        html_put(html, "a", "PDF", "href", pdf, "aria-label", label, NULL);
        html_end(html, "td");
        html_end(html, "tr");
    }
    page_table_end(page);
    html_end(html, "section");
}

/* ---- votes ---- */

static int newest_vote_first(gconstpointer a, gconstpointer b)
{
    const StoreVote *x = *(StoreVote *const *)a, *y = *(StoreVote *const *)b;
    return x->first_day != y->first_day ? (x->first_day > y->first_day ? -1 : 1)
                                        : (x->id < y->id ? -1 : x->id > y->id);
}

static char *vote_count(gint32 count)
{
    return count < 0 ? g_strdup("–") : i18n_integer(count);
}

static void draw_votes(const Page *page)
{
    g_autoptr(GPtrArray) votes = store_vote_list(page->store, NULL, NULL);
    if (votes == NULL || votes->len == 0)
        return;
    g_ptr_array_sort(votes, newest_vote_first);
    Html *html = page->html;
    html_begin(html, "section", "aria-labelledby", "votes", NULL);
    page_heading(page, "votes", _("How bodies voted"));
    const char *const columns[] = {_("Vote"),    _("When"),      _("What on"), _("In favour"),
                                   _("Against"), _("Abstained"), _("Outcome")};
    static const char *const CLASSES[] = {NULL, NULL, NULL, "number", "number", "number", NULL};
    page_table_begin(page, _("Votes, newest first"), columns, CLASSES, 7);
    for (guint i = 0; i < MIN(votes->len, SHOWN_VOTES); i++) {
        const StoreVote *vote = g_ptr_array_index(votes, i);
        g_autofree char *date = page_edtf(vote->event_date);
        g_autofree char *in_favour = vote_count(vote->in_favour);
        g_autofree char *against = vote_count(vote->against);
        g_autofree char *abstained = vote_count(vote->abstained);
        html_begin(html, "tr", NULL);
        html_begin(html, "th", "scope", "row", NULL);
        page_record_link(page, STORE_KIND_VOTE, vote->id);
        html_text(html, " ");
        html_name(html, vote->resolution, NULL);
        html_end(html, "th");
        html_put(html, "td", date, "class", "when", NULL);
        html_begin(html, "td", NULL);
        html_put(html, "bdi", page_pick(page, vote->title, vote->title_fa), "lang",
                 page_pick_lang(page, vote->title, vote->title_fa), NULL);
        const char *remark = words_verified(vote->verified);
        if (remark != NULL)
            html_put(html, "span", remark, "class", "tag warn", NULL);
        html_end(html, "td");
        html_put(html, "td", in_favour, "class", "number", NULL);
        html_put(html, "td", against, "class", "number", NULL);
        html_put(html, "td", abstained, "class", "number", NULL);
        page_cell(page, words_status(vote->outcome));
        html_end(html, "tr");
    }
    page_table_end(page);
    html_end(html, "section");
}

void page_asks(const WebRequest *request, WebResponse *response)
{
    Page page;
    page_begin(&page, request, response, PAGE_ASKS, _("Asks and letters"));
    appeals_links(&page);
    draw_clock(&page);
    draw_letters(&page);
    draw_votes(&page);
    page_end(&page);
}
