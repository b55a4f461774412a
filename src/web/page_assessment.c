/* The newest assessment: 14 risk factors, their indicators, and for each rating the evidence it
 * rests on; estimates of what is on no list, with their assumptions. */
#include "assess/assess.h"
#include "store/link.h"
#include "web/page.h"
#include "web/record.h"
#include "web/words.h"
#include <math.h>
#include <string.h>

enum { SHOWN_EVIDENCE = 6, MAX_ESTIMATES = 20 };

static void draw_level(const Page *page, gint32 level)
{
    g_autofree char *class_name = g_strdup_printf("level level%d", (int)CLAMP(level, -1, 3) + 1);
    html_put(page->html, "span", assess_level_title(level, page->language), "class", class_name,
             NULL);
}

/* The rating of one indicator of a factor (indicator NULL: the factor as a whole), or NULL. */
static const StoreRating *find_rating(const GPtrArray *ratings, const char *factor,
                                      const char *indicator)
{
    for (guint i = 0; i < ratings->len; i++) {
        const StoreRating *rating = g_ptr_array_index(ratings, i);
        if (g_strcmp0(rating->factor, factor) == 0 && g_strcmp0(rating->indicator, indicator) == 0)
            return rating;
    }
    return NULL;
}

static void draw_rating(const Page *page, const StoreRating *rating)
{
    g_autofree char *sentence = assess_rating_sentence(rating, page->language);
    if (sentence != NULL && sentence[0] != '\0')
        page_foreign(page, "p", NULL, sentence, NULL);
    record_draw_evidence(page, STORE_KIND_RATING, rating->id, SHOWN_EVIDENCE);
}

static void draw_indicator_title(const Page *page, const AssessIndicator *indicator)
{
    g_autofree char *number = i18n_digits(indicator->id);
    html_text(page->html, number);
    html_text(page->html, " ");
    html_text(page->html, assess_indicator_title(indicator, page->language));
    if (!indicator->confirmed)
        html_put(page->html, "span", _("wording not confirmed"), "class", "tag", NULL);
}

/* Indicators with a rating first; the others, folded, so that a reader sees what is not known. */
static void draw_indicators(const Page *page, const AssessFactor *factor, const GPtrArray *ratings)
{
    Html *html = page->html;
    gsize n_open = 0;
    for (gsize i = 0; i < factor->n_indicators; i++) {
        const AssessIndicator *indicator = &factor->indicators[i];
        const StoreRating *rating = find_rating(ratings, factor->code, indicator->id);
        if (rating == NULL) {
            n_open++;
            continue;
        }
        html_begin(html, "div", "class", "indicator", NULL);
        html_begin(html, "h3", NULL);
        draw_indicator_title(page, indicator);
        html_text(html, " ");
        draw_level(page, rating->level);
        html_end(html, "h3");
        draw_rating(page, rating);
        html_end(html, "div");
    }
    if (n_open == 0)
        return;
    g_autofree char *number = i18n_integer((gint64)n_open);
    g_autofree char *words =
        g_strdup_printf(i18n_plural("%s indicator without evidence in this case",
                                    "%s indicators without evidence in this case", n_open),
                        number);
    html_begin(html, "details", NULL);
    html_put(html, "summary", words, NULL);
    html_begin(html, "ul", NULL);
    for (gsize i = 0; i < factor->n_indicators; i++) {
        const AssessIndicator *indicator = &factor->indicators[i];
        if (find_rating(ratings, factor->code, indicator->id) != NULL)
            continue;
        html_begin(html, "li", NULL);
        draw_indicator_title(page, indicator);
        html_end(html, "li");
    }
    html_end(html, "ul");
    html_end(html, "details");
}

static void draw_factor(const Page *page, const AssessFactor *factor, const GPtrArray *ratings)
{
    Html *html = page->html;
    const StoreRating *whole = find_rating(ratings, factor->code, NULL);
    g_autofree char *number = i18n_digits(factor->code + strlen("RF"));
    g_autofree char *title =
        g_strdup_printf("%s. %s", number, assess_factor_title(factor->code, page->language));
    html_begin(html, "section", "class", "factor", "aria-labelledby", factor->code, NULL);
    html_begin(html, "h2", "id", factor->code, NULL);
    html_text(html, title);
    html_text(html, " ");
    draw_level(page, whole != NULL ? whole->level : -1);
    html_end(html, "h2");
    html_begin(html, "p", "class", "soft", NULL);
    html_text(html, assess_crime_title(factor->crime, page->language));
    if (whole != NULL && whole->trend != NULL) {
        html_text(html, " · ");
        html_text(html, assess_trend_title(whole->trend, page->language));
    }
    html_end(html, "p");
    if (whole != NULL)
        draw_rating(page, whole);
    draw_indicators(page, factor, ratings);
    html_end(html, "section");
}

static void draw_assessment_facts(const Page *page, const StoreAssessment *assessment)
{
    g_autofree char *days = page_days(assessment->first_day, assessment->last_day);
    g_autofree char *made = page_time(assessment->created);
    html_begin(page->html, "dl", "class", "facts", NULL);
    page_fact_begin(page, _("Assessment"));
    page_record_link(page, STORE_KIND_ASSESSMENT, assessment->id);
    page_fact_end(page);
    page_fact(page, _("Span looked at"), days);
    page_fact_name(page, _("Framework"), assessment->framework);
    page_fact_name(page, _("By"), assessment->author);
    page_fact(page, _("Made"), made);
    page_fact(page, _("State"), words_status(assessment->status));
    if (assessment->previous_id != 0) {
        page_fact_begin(page, _("Replaces"));
        page_record_link(page, STORE_KIND_ASSESSMENT, assessment->previous_id);
        page_fact_end(page);
    }
    html_end(page->html, "dl");
    if (assessment->summary != NULL && assessment->summary[0] != '\0')
        page_foreign(page, "p", NULL, assessment->summary, NULL);
}

static void draw_estimates(const Page *page)
{
    const StorePage of = {.limit = MAX_ESTIMATES, .descending = true};
    g_autoptr(GPtrArray) estimates = store_estimate_list(page->store, &of, NULL);
    if (estimates == NULL || estimates->len == 0)
        return;
    Html *html = page->html;
    html_begin(html, "section", "aria-labelledby", "estimates", NULL);
    page_heading(page, "estimates", _("Estimates"));
    for (guint i = 0; i < estimates->len; i++) {
        const StoreEstimate *estimate = g_ptr_array_index(estimates, i);
        g_autofree char *title = assess_estimate_title(estimate, page->language);
        g_autofree char *sentence = assess_estimate_sentence(estimate, page->language);
        g_autofree char *weakness = assess_estimate_weakness(estimate, page->language);
        html_begin(html, "div", "class", "indicator", NULL);
        html_begin(html, "h3", NULL);
        html_text(html, title);
        html_text(html, " ");
        page_record_link(page, STORE_KIND_ESTIMATE, estimate->id);
        html_end(html, "h3");
        page_paragraph(page, NULL, sentence);
        if (weakness != NULL && weakness[0] != '\0') {
            html_begin(html, "p", "class", "soft", NULL);
            html_put(html, "strong", _("What would make it wrong:"), NULL);
            html_text(html, " ");
            html_text(html, weakness);
            html_end(html, "p");
        }
        html_end(html, "div");
    }
    html_end(html, "section");
}

/* Jumps to the factors: on a phone the page is long. */
static void draw_jumps(const Page *page, const AssessFramework *framework)
{
    Html *html = page->html;
    html_begin(html, "nav", "class", "jumps", "aria-label", _("Risk factors"), NULL);
    for (gsize i = 0; i < ASSESS_N_FACTORS; i++) {
        const char *code = framework->factors[i].code;
        g_autofree char *anchor = g_strdup_printf("#%s", code);
        g_autofree char *number = i18n_digits(code + strlen("RF"));
        html_put(html, "a", number, "href", anchor, "title",
                 assess_factor_title(code, page->language), NULL);
    }
    html_end(html, "nav");
}

void page_assessment(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(AssessOverview) overview = assess_overview(request->store, &error);
    const AssessFramework *framework = overview != NULL ? assess_framework(&error) : NULL;
    g_autoptr(GPtrArray) ratings = NULL;
    if (framework != NULL)
        ratings = overview->assessment == NULL
                      ? g_ptr_array_new()
                      : store_rating_list_by_assessment(request->store, overview->assessment->id,
                                                        NULL, &error);
    if (ratings == NULL) {
        page_fail(request, response, error);
        return;
    }
    Page page;
    page_begin(&page, request, response, PAGE_ASSESSMENT, _("Risk factors"));
    page_paragraph(&page, "lead",
                   _("The UN Framework of Analysis for Atrocity Crimes (2014) names 14 risk "
                     "factors. Each level below is proposed by a rule from evidence in this case, "
                     "for a person to judge. Not rated means not known, not absent."));
    if (overview->assessment == NULL) {
        page_paragraph(&page, "soft",
                       _("There is no assessment yet: `zenhar assess run` makes one."));
    } else {
        draw_assessment_facts(&page, overview->assessment);
        draw_jumps(&page, framework);
        g_autofree char *rate = page_path(&page, "/rate");
        g_autofree char *compare = page_path(&page, "/compare");
        html_begin(page.html, "p", "class", "pages", NULL);
        if (app_may(request, WEB_ANALYSES))
            page_link(&page, rate, _("Rate an indicator"));
        page_link(&page, compare, _("Compare versions"));
        html_end(page.html, "p");
        g_autofree char *chart = page_path(&page, "/charts/framework.svg");
        page_chart(&page, chart, _("Levels of the 14 risk factors"));
        for (gsize i = 0; i < ASSESS_N_FACTORS; i++)
            draw_factor(&page, &framework->factors[i], ratings);
    }
    draw_estimates(&page);
    page_end(&page);
}
