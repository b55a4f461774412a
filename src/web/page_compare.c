/* Two versions of the assessment side by side: for each factor and indicator that differs its
 * level, why, in whose name, what evidence came and what left; decisions in between. */
#include "assess/assess.h"
#include "assess/compare.h"
#include "assess/judge.h"
#include "web/page.h"
#include "web/record.h"
#include "web/words.h"
#include <string.h>

enum { MOST_VERSIONS = 100, SHOWN_EVIDENCE = 8 };

/* ---- which two ---- */

static char *version_title(const Page *page, const StoreAssessment *version)
{
    char id[STORE_ID_MAX];
    g_autofree char *made = page_time(version->created);
    return g_strdup_printf(_("%s, made %s, %s"),
                           store_id_format(STORE_KIND_ASSESSMENT, version->id, id), made,
                           words_status(version->status));
}

static void draw_choice(const Page *page, const GPtrArray *versions, const char *name,
                        const char *title, gint64 chosen)
{
    Html *html = page->html;
    html_begin(html, "label", NULL);
    html_text(html, title);
    html_begin(html, "select", "name", name, NULL);
    for (guint i = 0; i < versions->len; i++) {
        const StoreAssessment *version = versions->pdata[i];
        char id[STORE_ID_MAX];
        g_autofree char *words = version_title(page, version);
        html_put(html, "option", words, "value",
                 store_id_format(STORE_KIND_ASSESSMENT, version->id, id), "selected",
                 version->id == chosen ? "" : NULL, NULL);
    }
    html_end(html, "select");
    html_end(html, "label");
}

static void draw_form(const Page *page, const GPtrArray *versions, gint64 before, gint64 now)
{
    Html *html = page->html;
    g_autofree char *path = page_path(page, "/compare");
    html_begin(html, "form", "method", "get", "action", path, "class", "search", NULL);
    draw_choice(page, versions, "before", _("The older version"), before);
    draw_choice(page, versions, "now", _("The newer version"), now);
    html_put(html, "button", _("Put them side by side"), NULL);
    html_end(html, "form");
}

/* The version that a query names; 0 when it names none. False with error set. */
static bool asked(const WebRequest *request, const char *name, gint64 *ret_id, GError **error)
{
    const char *text = web_query(request, name);
    StoreKind kind;
    *ret_id = 0;
    return text[0] == '\0' || store_id_read(text, STORE_KIND_ASSESSMENT, &kind, ret_id, error);
}

/* ---- side by side ---- */

static void level(const Page *page, gint32 value)
{
    g_autofree char *class_name = g_strdup_printf("level level%d", (int)CLAMP(value, -1, 3) + 1);
    html_put(page->html, "span", assess_level_title(value, page->language), "class", class_name,
             NULL);
}

/* What stands over a column. */
static void head_cell(const Page *page, const StoreAssessment *version, const char *words,
                      bool dated)
{
    html_begin(page->html, "th", "scope", "col", NULL);
    html_text(page->html, words);
    html_text(page->html, " ");
    page_record_link(page, STORE_KIND_ASSESSMENT, version->id);
    if (dated) {
        g_autofree char *made = page_time(version->created);
        html_text(page->html, " ");
        html_put(page->html, "span", made, "class", "soft", NULL);
    }
    html_end(page->html, "th");
}

/* name: for who does not see what stands above it. */
static void table_begin(const Page *page, const AssessComparison *comparison, const char *name,
                        const char *caption, const char *first, bool dated)
{
    Html *html = page->html;
    html_begin(html, "div", "class", "wide", "tabindex", "0", "role", "region", "aria-label", name,
               NULL);
    html_begin(html, "table", "class", "sides", NULL);
    html_put(html, "caption", caption, NULL);
    html_begin(html, "thead", NULL);
    html_begin(html, "tr", NULL);
    html_put(html, "th", first, "scope", "col", NULL);
    head_cell(page, comparison->before, _("Older:"), dated);
    head_cell(page, comparison->now, _("Newer:"), dated);
    html_end(html, "tr");
    html_end(html, "thead");
    html_begin(html, "tbody", NULL);
}

static void row_begin(const Page *page, const char *title)
{
    html_begin(page->html, "tr", NULL);
    html_put(page->html, "th", title, "scope", "row", NULL);
}

static void draw_levels(const Page *page, const AssessDifference *row)
{
    const AssessSide *const sides[] = {&row->before, &row->now};
    row_begin(page, _("Level"));
    for (int i = 0; i < 2; i++) {
        html_begin(page->html, "td", NULL);
        level(page, sides[i]->level);
        if (sides[i]->trend != NULL) {
            html_text(page->html, " ");
            html_text(page->html, assess_trend_title(sides[i]->trend, page->language));
        }
        html_end(page->html, "td");
    }
    html_end(page->html, "tr");
}

static void draw_whys(const Page *page, const AssessDifference *row)
{
    const AssessSide *const sides[] = {&row->before, &row->now};
    if (sides[0]->why[0] == '\0' && sides[1]->why[0] == '\0')
        return;
    row_begin(page, _("Why"));
    for (int i = 0; i < 2; i++)
        if (i == 1 && !row->why)
            html_put(page->html, "td", _("the same"), "class", "soft", NULL);
        else if (sides[i]->why[0] == '\0')
            html_put(page->html, "td", "–", NULL);
        else
            page_cell(page, sides[i]->why); /* of the page's language, whatever name begins it */
    html_end(page->html, "tr");
}

static void draw_raters(const Page *page, const AssessDifference *row)
{
    const AssessSide *const sides[] = {&row->before, &row->now};
    if (row->indicator == NULL) /* a factor follows its indicators */
        return;
    row_begin(page, _("Rated by"));
    for (int i = 0; i < 2; i++) {
        const StoreRating *rating = sides[i]->rating;
        html_begin(page->html, "td", NULL);
        if (sides[i]->by[0] != '\0')
            html_name(page->html, sides[i]->by, NULL);
        else
            html_text(page->html, rating == NULL || rating->level < 0
                                      ? "–"
                                      : _("the rules, not judged by a person"));
        html_end(page->html, "td");
    }
    html_end(page->html, "tr");
}

static void draw_records(const Page *page, const AssessDifference *row)
{
    const AssessSide *const sides[] = {&row->before, &row->now};
    if (!row->evidence)
        return;
    row_begin(page, _("Evidence"));
    for (int i = 0; i < 2; i++) {
        html_begin(page->html, "td", NULL);
        if (sides[i]->records->len == 0) {
            html_put(page->html, "span", i == 0 ? _("none was taken away") : _("none was added"),
                     "class", "soft", NULL);
        } else {
            html_put(page->html, "strong", i == 0 ? _("Taken away since:") : _("Added since:"),
                     NULL);
            record_draw_steps(page, STORE_KIND_RATING, sides[i]->rating->id, sides[i]->records,
                              SHOWN_EVIDENCE);
        }
        html_end(page->html, "td");
    }
    html_end(page->html, "tr");
}

static void draw_common(const Page *page, const AssessDifference *row)
{
    if (!row->evidence || row->n_common == 0)
        return;
    g_autofree char *number = i18n_integer(row->n_common);
    g_autofree char *words =
        g_strdup_printf(i18n_plural("%s further record stands behind both.",
                                    "%s further records stand behind both.", row->n_common),
                        number);
    page_paragraph(page, "soft", words);
}

static void draw_judgements(const Page *page, const GPtrArray *judgements)
{
    Html *html = page->html;
    if (judgements->len == 0)
        return;
    html_begin(html, "ul", "class", "plain", NULL);
    for (guint i = 0; i < judgements->len; i++) {
        const StoreJudgement *judgement = judgements->pdata[i];
        g_autofree char *when = page_time(judgement->created);
        html_begin(html, "li", NULL);
        page_record_link(page, STORE_KIND_JUDGEMENT, judgement->id);
        html_text(html, " ");
        html_put(html, "span", when, "class", "soft", NULL);
        html_text(html, " ");
        html_name(html, judgement->analyst, NULL);
        html_text(html, " ");
        html_text(html, judge_decision_title(judgement->decision, page->language));
        html_text(html, " ");
        level(page, judgement->level);
        if (judgement->confidence != NULL) {
            html_text(html, " ");
            html_text(html, judge_confidence_title(judgement->confidence, page->language));
        }
        if (judgement->reason != NULL && judgement->reason[0] != '\0') {
            html_text(html, page->language == I18N_PERSIAN ? "؛ " : "; ");
            html_name(html, judgement->reason, NULL);
        }
        html_end(html, "li");
    }
    html_end(html, "ul");
}

static char *row_title(const Page *page, const AssessDifference *row)
{
    if (row->indicator == NULL) {
        g_autofree char *number = i18n_digits(row->factor + strlen("RF"));
        return g_strdup_printf(_("Factor %s as a whole"), number);
    }
    g_autofree char *number = i18n_digits(row->indicator->id);
    return g_strdup_printf("%s %s", number, assess_indicator_title(row->indicator, page->language));
}

/* What of it differs, in a line. */
static char *row_words(const AssessDifference *row)
{
    const struct {
        bool is;
        const char *words;
    } PARTS[] = {
        {row->level, N_("the level changed")},
        {row->trend, N_("the trend changed")},
        {row->evidence, N_("evidence changed")},
        {row->why && !row->level, N_("the reason changed")},
        {row->judgements->len > 0, N_("a person decided")},
    };
    g_autoptr(GString) words = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(PARTS); i++)
        if (PARTS[i].is)
            g_string_append_printf(words, "%s%s",
                                   words->len == 0                   ? ""
                                   : i18n_language() == I18N_PERSIAN ? "، "
                                                                     : ", ",
                                   i18n_get(PARTS[i].words));
    return g_strdup(words->str);
}

static void draw_difference(const Page *page, const AssessComparison *comparison,
                            const AssessDifference *row)
{
    g_autofree char *title = row_title(page, row), *words = row_words(row);
    g_autofree char *name = g_strdup_printf("%s: %s", title, words);
    html_put(page->html, "h3", title, NULL);
    table_begin(page, comparison, name, words, _("What"), false);
    draw_levels(page, row);
    draw_whys(page, row);
    draw_raters(page, row);
    draw_records(page, row);
    page_table_end(page);
    draw_common(page, row);
    draw_judgements(page, row->judgements);
}

static guint rows_of(const AssessComparison *comparison, const char *factor)
{
    guint n = 0;
    for (guint i = 0; i < comparison->rows->len; i++)
        n += strcmp(((const AssessDifference *)comparison->rows->pdata[i])->factor, factor) == 0;
    return n;
}

/* All factors, those too that are the same: a reader sees what did not move. */
static void draw_factors(const Page *page, const AssessComparison *comparison,
                         const AssessFramework *framework)
{
    const char *caption = _("The 14 risk factors in both versions");
    table_begin(page, comparison, caption, caption, _("Factor"), true);
    for (gsize f = 0; f < ASSESS_N_FACTORS; f++) {
        const char *code = framework->factors[f].code;
        const guint n = rows_of(comparison, code);
        g_autofree char *number = i18n_digits(code + strlen("RF"));
        g_autofree char *title =
            g_strdup_printf("%s. %s", number, assess_factor_title(code, page->language));
        g_autofree char *anchor = g_strdup_printf("#%s", code);
        html_begin(page->html, "tr", NULL);
        html_begin(page->html, "th", "scope", "row", NULL);
        if (n > 0)
            page_link(page, anchor, title);
        else
            html_text(page->html, title);
        html_end(page->html, "th");
        for (int side = 0; side < 2; side++) {
            html_begin(page->html, "td", NULL);
            level(page, comparison->levels[f][side]);
            html_end(page->html, "td");
        }
        html_end(page->html, "tr");
    }
    page_table_end(page);
}

static void draw_summary(const Page *page, const AssessComparison *comparison)
{
    g_autofree char *levels = i18n_integer(comparison->n_levels),
                    *rows = i18n_integer(comparison->rows->len),
                    *same = i18n_integer(comparison->n_same),
                    *decisions = i18n_integer(comparison->judgements->len);
    g_autofree char *words = g_strdup_printf(
        _("Levels that differ: %s. Factors and indicators with any difference: %s. The same in "
          "both: %s. Decisions by people in between: %s."),
        levels, rows, same, decisions);
    page_paragraph(page, "lead", words);
}

static void draw_comparison(const Page *page, const AssessComparison *comparison,
                            const AssessFramework *framework)
{
    Html *html = page->html;
    draw_summary(page, comparison);
    draw_factors(page, comparison, framework);
    for (gsize f = 0; f < ASSESS_N_FACTORS; f++) {
        const char *code = framework->factors[f].code;
        if (rows_of(comparison, code) == 0)
            continue;
        g_autofree char *number = i18n_digits(code + strlen("RF"));
        g_autofree char *title =
            g_strdup_printf("%s. %s", number, assess_factor_title(code, page->language));
        html_begin(html, "section", "aria-labelledby", code, NULL);
        html_put(html, "h2", title, "id", code, NULL);
        for (guint i = 0; i < comparison->rows->len; i++) {
            const AssessDifference *row = comparison->rows->pdata[i];
            if (strcmp(row->factor, code) == 0)
                draw_difference(page, comparison, row);
        }
        html_end(html, "section");
    }
}

/* ---- the page ---- */

/* The newest and the one before it, where the query names none. */
static bool choose(const WebRequest *request, const GPtrArray *versions, gint64 *ret_before,
                   gint64 *ret_now, GError **error)
{
    if (!asked(request, "before", ret_before, error) || !asked(request, "now", ret_now, error))
        return false;
    if (versions->len < 2)
        return true;
    const StoreAssessment *newest = versions->pdata[0], *next = versions->pdata[1];
    if (*ret_now == 0)
        *ret_now = newest->id;
    if (*ret_before == 0)
        *ret_before = newest->previous_id != 0 ? newest->previous_id : next->id;
    return true;
}

void page_compare(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    const StorePage newest = {.limit = MOST_VERSIONS, .descending = true};
    const AssessFramework *framework = assess_framework(&error);
    g_autoptr(GPtrArray) versions =
        framework != NULL ? store_assessment_list(request->store, &newest, &error) : NULL;
    g_autoptr(AssessComparison) comparison = NULL;
    gint64 before = 0, now = 0;
    const bool chosen = versions != NULL && choose(request, versions, &before, &now, &error);
    if (chosen && before != 0 && now != 0)
        comparison = assess_compare(request->store, before, now, request->language, &error);
    if (error != NULL) {
        page_fail(request, response, error);
        return;
    }
    Page page;
    page_begin(&page, request, response, PAGE_ASSESSMENT, _("Compare versions"));
    if (versions->len < 2) {
        page_paragraph(&page, "lead",
                       _("There is one version of the assessment at most: nothing to compare yet. "
                         "A new version is made when the evidence changed (`zenhar assess run`), "
                         "or when somebody judges after one was made final."));
    } else {
        draw_form(&page, versions, before, now);
        if (comparison->before->id == comparison->now->id)
            page_paragraph(&page, NULL, _("Both are the same version: choose another."));
        else
            draw_comparison(&page, comparison, framework);
    }
    page_end(&page);
}
