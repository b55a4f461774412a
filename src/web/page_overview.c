/* What came in, what rang, how the risk factors stand, what each reporter counted, what was asked
 * and who has answered: one screen each, every figure a link to what it rests on. */
#include "appeal/appeal.h"
#include "assess/assess.h"
#include "store/appeal.h"
#include "store/query_web.h"
#include "web/page.h"
#include "web/words.h"
#include <string.h>

enum { SHOWN_ALARMS = 6, SHOWN_SOURCES = 8, SHOWN_KINDS = 8, SHOWN_WEEKS = 8 };

typedef struct {
    StoreWebTotals totals;
    AssessOverview *overview;
    GPtrArray *sources, *kinds, *weeks; /* StoreWebCount */
    GPtrArray *asks;                    /* AppealClockRow; NULL: no letter was sent */
} Overview;

static void overview_clear(Overview *data)
{
    g_clear_pointer(&data->overview, assess_overview_free);
    g_clear_pointer(&data->sources, g_ptr_array_unref);
    g_clear_pointer(&data->kinds, g_ptr_array_unref);
    g_clear_pointer(&data->weeks, g_ptr_array_unref);
    g_clear_pointer(&data->asks, g_ptr_array_unref);
}

static bool overview_load(Store *store, Overview *data, GError **error)
{
    *data = (Overview){0};
    if (!store_web_totals(store, &data->totals, error))
        return false;
    data->overview = assess_overview(store, error);
    if (data->overview == NULL)
        return false;
    data->sources = store_web_count_sources(store, SHOWN_SOURCES, error);
    if (data->sources == NULL)
        return false;
    data->kinds = store_web_count_kinds(store, SHOWN_KINDS, error);
    if (data->kinds == NULL)
        return false;
    data->weeks = store_web_count_weeks(store, SHOWN_WEEKS, error);
    if (data->weeks == NULL)
        return false;
    data->asks = appeal_clock(store, 0, G_MININT32, NULL);
    return true;
}

/* ---- counts ---- */

static void draw_count(const Page *page, const char *name, gint64 count, const char *path)
{
    if (count < 0)
        return;
    Html *html = page->html;
    g_autofree char *number = i18n_integer(count);
    html_begin(html, "div", NULL);
    html_put(html, "dt", name, NULL);
    html_begin(html, "dd", NULL);
    if (path != NULL && count > 0)
        page_link(page, path, number);
    else
        html_text(html, number);
    html_end(html, "dd");
    html_end(html, "div");
}

static void draw_counts(const Page *page, const Overview *data)
{
    const StoreWebTotals *totals = &data->totals;
    g_autofree char *reports = page_path(page, "/reports");
    g_autofree char *alarms = page_path(page, "/alarms");
    html_begin(page->html, "dl", "class", "figures", NULL);
    draw_count(page, _("Reports"), totals->reports, reports);
    draw_count(page, _("Statements in them"), totals->statements, NULL);
    draw_count(page, _("Sources"), totals->sources, NULL);
    draw_count(page, _("Sealed originals"), totals->originals, NULL);
    draw_count(page, _("Persons, by code"), totals->persons, NULL);
    draw_count(page, _("Acts"), totals->acts, NULL);
    draw_count(page, _("Alarms nobody has looked at"), data->overview->n_new, alarms);
    draw_count(page, _("Records in quarantine"), totals->quarantined, NULL);
    html_end(page->html, "dl");
}

/* ---- alarms ---- */

static void draw_alarms(const Page *page, const Overview *data)
{
    Html *html = page->html;
    const AssessOverview *overview = data->overview;
    html_begin(html, "section", "aria-labelledby", "alarms", NULL);
    page_heading(page, "alarms", _("Alarms"));
    if (overview->alarms->len > SHOWN_ALARMS)
        page_paragraph(page, "soft", _("The newest and the highest of each series, newest first."));
    if (overview->alarms->len == 0) {
        page_paragraph(page, "soft",
                       overview->n_series > 0
                           ? _("No week was above what was to be expected.")
                           : _("No series has been computed yet: `zenhar assess run` does it."));
    } else {
        g_autoptr(GPtrArray) told = assess_alarms_to_tell(overview->alarms, SHOWN_ALARMS);
        html_begin(html, "ul", "class", "plain", NULL);
        for (guint i = 0; i < told->len; i++) {
            const StoreAlarm *alarm = g_ptr_array_index(told, i);
            g_autofree char *sentence = assess_alarm_sentence(page->store, alarm, page->language);
            html_begin(html, "li", NULL);
            page_record_link(page, STORE_KIND_ALARM, alarm->id);
            html_text(html, " ");
            html_text(html, sentence);
            html_end(html, "li");
        }
        html_end(html, "ul");
        g_autofree char *path = page_path(page, "/alarms");
        g_autofree char *number = i18n_integer(overview->n_alarms);
        g_autofree char *words = g_strdup_printf(_("All alarms (%s)"), number);
        html_begin(html, "p", NULL);
        page_link(page, path, words);
        html_end(html, "p");
    }
    if (overview->series_id != 0) {
        g_autoptr(StoreSeries) series = store_series_load(page->store, overview->series_id, NULL);
        if (series != NULL) {
            g_autofree char *title = assess_series_title(page->store, series, page->language);
            g_autofree char *path =
                page_path(page, "/series/SE%" G_GINT64_FORMAT ".svg", series->id);
            page_chart(page, path, title);
        }
    }
    html_end(html, "section");
}

/* ---- risk factors ---- */

static void draw_factors(const Page *page, const Overview *data)
{
    Html *html = page->html;
    html_begin(html, "section", "aria-labelledby", "factors", NULL);
    page_heading(page, "factors", _("Risk factors"));
    if (data->overview->assessment == NULL) {
        page_paragraph(page, "soft",
                       _("There is no assessment yet: `zenhar assess run` makes one."));
        html_end(html, "section");
        return;
    }
    page_paragraph(page, "soft",
                   _("The 14 factors of the UN Framework of Analysis for Atrocity Crimes. A level "
                     "is a proposal from evidence in this case; a factor without evidence is not "
                     "rated."));
    const char *const columns[] = {_("Factor"), _("Level"), _("Trend"), _("Indicators rated")};
    static const char *const CLASSES[] = {NULL, NULL, NULL, "number"};
    page_table_begin(page, _("Risk factors and their levels"), columns, CLASSES, 4);
    for (guint i = 0; i < ASSESS_N_FACTORS; i++) {
        const AssessFactorLevel *factor = &data->overview->factors[i];
        g_autofree char *anchor = page_path(page, "/assessment#%s", factor->code);
        g_autofree char *rated = i18n_integer((gint64)factor->n_rated);
        g_autofree char *all = i18n_integer((gint64)factor->n_indicators);
        g_autofree char *both = g_strdup_printf(_("%s of %s"), rated, all);
        g_autofree char *class_name =
            g_strdup_printf("level level%d", (int)CLAMP(factor->level, -1, 3) + 1);
        html_begin(html, "tr", NULL);
        html_begin(html, "th", "scope", "row", NULL);
        page_link(page, anchor, assess_factor_title(factor->code, page->language));
        html_end(html, "th");
        html_begin(html, "td", NULL);
        html_put(html, "span", assess_level_title(factor->level, page->language), "class",
                 class_name, NULL);
        html_end(html, "td");
        page_cell(page, assess_trend_title(factor->trend, page->language));
        html_put(html, "td", both, "class", "number", NULL);
        html_end(html, "tr");
    }
    page_table_end(page);
    html_end(html, "section");
}

/* ---- what came in ---- */

static void draw_sources(const Page *page, const GPtrArray *sources)
{
    const char *const columns[] = {_("Source"), _("Reports"), _("Newest")};
    static const char *const CLASSES[] = {NULL, "number", NULL};
    page_table_begin(page, _("Reports by source, most first"), columns, CLASSES, 3);
    for (guint i = 0; i < sources->len; i++) {
        const StoreWebCount *row = g_ptr_array_index(sources, i);
        g_autofree char *path = page_path(page, "/reports?source=S%" G_GINT64_FORMAT, row->id);
        g_autofree char *newest = page_date(row->last);
        html_begin(page->html, "tr", NULL);
        html_begin(page->html, "th", "scope", "row", NULL);
        html_begin(page->html, "a", "href", row->id != 0 ? path : NULL, NULL);
        html_name(page->html,
                  row->name != NULL ? assess_reporter_title(row->name, page->language)
                                    : _("no source named"),
                  NULL);
        html_end(page->html, "a");
        html_end(page->html, "th");
        page_cell_number(page, row->count);
        page_cell(page, newest);
        html_end(page->html, "tr");
    }
    page_table_end(page);
}

static void draw_kinds(const Page *page, const GPtrArray *kinds)
{
    const char *const columns[] = {_("What is reported"), _("Statements")};
    static const char *const CLASSES[] = {NULL, "number"};
    page_table_begin(page, _("Statements by kind of act"), columns, CLASSES, 2);
    for (guint i = 0; i < kinds->len; i++) {
        const StoreWebCount *row = g_ptr_array_index(kinds, i);
        g_autofree char *coded = g_uri_escape_string(row->name != NULL ? row->name : "", "", FALSE);
        g_autofree char *path = page_path(page, "/reports?kind=%s", coded);
        html_begin(page->html, "tr", NULL);
        html_begin(page->html, "th", "scope", "row", NULL);
        html_put(page->html, "a",
                 row->name != NULL ? assess_kind_title(row->name, page->language)
                                   : _("kind not told"),
                 "href", row->name != NULL ? path : NULL, NULL);
        html_end(page->html, "th");
        page_cell_number(page, row->count);
        html_end(page->html, "tr");
    }
    page_table_end(page);
}

static void draw_weeks(const Page *page, const GPtrArray *weeks)
{
    const char *const columns[] = {_("Week that begins on"), _("Reports received")};
    static const char *const CLASSES[] = {NULL, "number"};
    page_table_begin(page, _("Reports by week in which they were received"), columns, CLASSES, 2);
    for (guint i = weeks->len; i > 0; i--) {
        const StoreWebCount *row = g_ptr_array_index(weeks, i - 1);
        g_autofree char *day = page_date((gint64)row->day * 86400);
        html_begin(page->html, "tr", NULL);
        html_put(page->html, "th", day, "scope", "row", NULL);
        page_cell_number(page, row->count);
        html_end(page->html, "tr");
    }
    page_table_end(page);
}

static void draw_what_came_in(const Page *page, const Overview *data)
{
    Html *html = page->html;
    html_begin(html, "section", "aria-labelledby", "came-in", NULL);
    page_heading(page, "came-in", _("What came in"));
    if (data->totals.reports == 0) {
        page_paragraph(page, "soft", _("No report yet: `zenhar import FILE` brings them in."));
        html_end(html, "section");
        return;
    }
    g_autofree char *curve = page_path(page, "/charts/curve.svg");
    page_chart(page, curve, _("Reports by the week of what they tell of"));
    html_begin(html, "div", "class", "columns", NULL);
    html_begin(html, "div", NULL);
    draw_sources(page, data->sources);
    html_end(html, "div");
    html_begin(html, "div", NULL);
    draw_kinds(page, data->kinds);
    draw_weeks(page, data->weeks);
    html_end(html, "div");
    html_end(html, "div");
    html_end(html, "section");
}

/* ---- figures and asks ---- */

static void draw_figures(const Page *page, const Overview *data)
{
    if (data->overview->n_figures == 0 && data->overview->n_crises == 0)
        return;
    Html *html = page->html;
    html_begin(html, "section", "aria-labelledby", "figures", NULL);
    page_heading(page, "figures", _("Figures as each reporter gives them"));
    g_autofree char *chart = page_path(page, "/charts/executions.svg");
    page_chart(page, chart, _("Executions a year, each reporter's own figure"));
    g_autofree char *figures = i18n_integer(data->overview->n_figures);
    g_autofree char *crises = i18n_integer(data->overview->n_crises);
    g_autofree char *words = g_strdup_printf(
        _("%s figures and %s crises, each with its source and range"), figures, crises);
    g_autofree char *path = page_path(page, "/figures");
    html_begin(html, "p", NULL);
    page_link(page, path, words);
    html_end(html, "p");
    html_end(html, "section");
}

static void draw_asks(const Page *page, const Overview *data)
{
    Html *html = page->html;
    html_begin(html, "section", "aria-labelledby", "asks", NULL);
    page_heading(page, "asks", _("What was asked, and who has answered"));
    if (data->asks == NULL || data->asks->len == 0) {
        page_paragraph(page, "soft", _("Nothing has been asked yet."));
        html_end(html, "section");
        return;
    }
    const char *const columns[] = {_("Ask"), _("Days"), _("Answered"), _("How it stands")};
    static const char *const CLASSES[] = {NULL, "number", "number", NULL};
    page_table_begin(page, _("Asks of the letter and the answers to them"), columns, CLASSES, 4);
    for (guint i = 0; i < data->asks->len; i++) {
        const AppealClockRow *row = g_ptr_array_index(data->asks, i);
        g_autofree char *path = page_path(page, "/asks#AK%" G_GINT64_FORMAT, row->ask_id);
        g_autofree char *answered = i18n_integer(row->n_answered);
        g_autofree char *asked = i18n_integer(row->n_written_to);
        g_autofree char *both = g_strdup_printf(_("%s of %s"), answered, asked);
        html_begin(html, "tr", NULL);
        html_begin(html, "th", "scope", "row", NULL);
        html_begin(html, "a", "href", path, NULL);
        html_name(html, row->title, NULL);
        html_end(html, "a");
        html_end(html, "th");
        page_cell_number(page, row->days);
        html_put(html, "td", both, "class", "number", NULL);
        page_cell(page, row->sentence);
        html_end(html, "tr");
    }
    page_table_end(page);
    html_end(html, "section");
}

/* ---- the page ---- */

static void draw_lead(const Page *page, const Overview *data)
{
    if (data->totals.reports == 0)
        return;
    g_autofree char *first = page_date(data->totals.first_received);
    g_autofree char *last = page_date(data->totals.last_received);
    g_autofree char *words = g_strdup_printf(_("Reports received from %s to %s."), first, last);
    page_paragraph(page, "lead", words);
}

static void draw_contents(const Page *page, const Overview *data)
{
    draw_lead(page, data);
    draw_counts(page, data);
    draw_alarms(page, data);
    draw_factors(page, data);
    draw_what_came_in(page, data);
    draw_figures(page, data);
    draw_asks(page, data);
}

/* Counting a large case takes a second: kept.c. */
static void draw_whole(const Page *page)
{
    g_autoptr(GError) error = NULL;
    Overview data = {0};
    if (overview_load(page->store, &data, &error)) {
        draw_contents(page, &data);
        page_kept_time(page);
    } else {
        page_paragraph(page, "banner", error->message);
    }
    overview_clear(&data);
}

void page_overview(const WebRequest *request, WebResponse *response)
{
    Page page;
    page_begin(&page, request, response, PAGE_OVERVIEW, _("Overview"));
    page_kept(&page, "overview", draw_whole);
    page_end(&page);
}

void page_overview_warm(Web *web, I18nLanguage language)
{
    page_kept_warm(web, language, "overview", draw_whole);
}
