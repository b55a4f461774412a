/* Risk factors with what they rest on, what follows crises, how many are on no list, asks. */
#include "base/edtf.h"
#include "render/situation.h"
#include "store/link.h"
#include <math.h>
#include <string.h>

/* ---- risk factors ---- */

enum { EVIDENCE_SHOWN = 6 };

static bool put_evidence(Report *report, DocumentText *cell, const StoreRating *rating,
                         GError **error)
{
    g_autoptr(GPtrArray) links =
        store_link_list_from(report->store, STORE_KIND_RATING, rating->id, NULL, error);
    if (links == NULL)
        return false;
    char id[STORE_ID_MAX];
    situation_id(cell, STORE_KIND_RATING, rating->id);
    for (guint i = 0; i < MIN(links->len, EVIDENCE_SHOWN); i++) {
        const StoreLink *link = g_ptr_array_index(links, i);
        document_text_add(cell, DOCUMENT_PLAIN, i == 0 ? _(" Rests on ") : " ");
        document_text_add(cell, DOCUMENT_CODE,
                          store_id_format((StoreKind)link->to_kind, link->to_id, id));
    }
    if (links->len > EVIDENCE_SHOWN) {
        g_autofree char *more = situation_number(links->len - EVIDENCE_SHOWN);
        document_text_printf(cell, 0, _(" and %s more"), more);
    }
    return true;
}

/* A row for each indicator rated; for a factor that a person rated as a whole, for that. */
static bool rating_row(Report *report, DocumentTable *table, const StoreRating *rating,
                       GError **error)
{
    I18nLanguage language = i18n_language();
    const AssessIndicator *indicator =
        rating->indicator != NULL ? assess_indicator_find(rating->indicator) : NULL;
    DocumentText *name = document_cell(table, NULL);
    g_autofree char *number = rating->indicator != NULL
                                  ? i18n_digits(rating->indicator)
                                  : i18n_integer(assess_factor_number(rating->factor) + 1);
    document_text_add(name, DOCUMENT_BOLD, number);
    document_text_add(name, DOCUMENT_PLAIN, " ");
    document_text_add(name, DOCUMENT_PLAIN,
                      indicator != NULL ? assess_indicator_title(indicator, language)
                                        : assess_factor_title(rating->factor, language));
    document_cell(table, assess_level_title(rating->level, language));
    g_autofree char *why = assess_rating_sentence(rating, language);
    return put_evidence(report, document_cell(table, why), rating, error);
}

static bool has_indicator(const GPtrArray *ratings, const char *factor)
{
    for (guint i = 0; i < ratings->len; i++) {
        const StoreRating *rating = g_ptr_array_index(ratings, i);
        if (rating->indicator != NULL && rating->level >= 0 &&
            g_strcmp0(rating->factor, factor) == 0)
            return true;
    }
    return false;
}

static void put_forecast(Report *report)
{
    const StoreAssessment *assessment = report->picture->overview->assessment;
    if (isnan(assessment->probability))
        return;
    g_autofree char *p = i18n_decimal(assessment->probability * 100, 1);
    DocumentText *text = document_paragraph(report->document, NULL);
    document_text_printf(text, 0, _("Forecast: %s per cent"), p);
    if (!isnan(assessment->probability_low) && !isnan(assessment->probability_high)) {
        g_autofree char *low = i18n_decimal(assessment->probability_low * 100, 1);
        g_autofree char *high = i18n_decimal(assessment->probability_high * 100, 1);
        document_text_printf(text, 0, _(" (%s to %s)"), low, high);
    }
    if (assessment->forecast_method != NULL)
        document_text_printf(text, 0, _(", by %s."), assessment->forecast_method);
}

bool situation_factors(Report *report, GError **error)
{
    const Picture *p = report->picture;
    if (p->overview->assessment == NULL)
        return true;
    document_heading(report->document, 1, _("Risk factors"));
    document_paragraph(
        report->document,
        _("By the Framework of Analysis for Atrocity Crimes of the United Nations (2014). Rules "
          "propose a level only where the case holds evidence; a factor without evidence is left "
          "unrated, which does not mean that it is absent. A person must judge these proposals "
          "before they are used."));
    Canvas *canvas = draw_framework(p);
    if (canvas != NULL)
        situation_id(document_figure(report->document, canvas,
                                     _("Levels proposed from the evidence in this case.")),
                     STORE_KIND_ASSESSMENT, p->overview->assessment->id);
    DocumentTable *table = document_table(report->document, 3, _("What each rating rests on"));
    table->small = true;
    document_table_column(table, 0, 3.4, false, _("Indicator"));
    document_table_column(table, 1, 1.5, false, _("Level"));
    document_table_column(table, 2, 6, false, _("Why, and the evidence"));
    for (guint i = 0; i < p->ratings->len; i++) {
        const StoreRating *rating = g_ptr_array_index(p->ratings, i);
        bool whole = rating->indicator == NULL;
        if (rating->level < 0 || (whole && has_indicator(p->ratings, rating->factor)))
            continue;
        if (!rating_row(report, table, rating, error))
            return false;
    }
    put_forecast(report);
    return true;
}

/* ---- crises ---- */

static const char *choose(const char *english, const char *persian)
{
    return i18n_language() == I18N_PERSIAN && persian != NULL && persian[0] != '\0' ? persian
                                                                                    : english;
}

static void crisis_row(Report *report, DocumentTable *table, const StoreCrisis *crisis)
{
    Edtf edtf;
    g_autofree char *when = crisis->event_date != NULL &&
                                    edtf_parse(crisis->event_date, CALENDAR_GREGORIAN, &edtf, NULL)
                                ? edtf_describe(&edtf)
                                : g_strdup("–");
    char id[STORE_ID_MAX];
    DocumentText *name = document_cell(table, choose(crisis->name, crisis->name_fa));
    if (crisis->source != NULL) {
        g_autofree char *note = g_strdup_printf("%s [%s]", crisis->source,
                                                store_id_format(STORE_KIND_CRISIS, crisis->id, id));
        document_text_note(report->document, name, note);
    }
    situation_unconfirmed(name, crisis->verified);
    document_cell(table, when);
    const char *response = choose(crisis->response, crisis->response_fa);
    document_cell(table, response != NULL && response[0] != '\0' ? response : "–");
}

void situation_crises(Report *report)
{
    const Picture *p = report->picture;
    Canvas *canvas = draw_response(p);
    if (p->crises->len == 0 && canvas == NULL)
        return;
    document_heading(report->document, 1, _("Crises, and what followed them"));
    if (p->crises->len > 0) {
        DocumentTable *table = document_table(report->document, 3, _("Wars and unrest"));
        table->small = true;
        document_table_column(table, 0, 3.2, false, _("Crisis"));
        document_table_column(table, 1, 4, false, _("Period"));
        document_table_column(table, 2, 5, false, _("What bodies did"));
        for (guint i = 0; i < p->crises->len; i++)
            crisis_row(report, table, g_ptr_array_index(p->crises, i));
    }
    if (canvas != NULL)
        document_figure(
            report->document, canvas,
            _("A ratio above 1 means more than trend and season explain; the line is the "
              "95 per cent interval. Filled squares: the interval leaves out 1. It shows "
              "that one followed the other, not that one caused the other."));
    g_autofree char *weakness = NULL;
    for (guint i = 0; i < p->estimates->len; i++) {
        const StoreEstimate *estimate = g_ptr_array_index(p->estimates, i);
        if (g_strcmp0(estimate->method, "crisis_response") != 0)
            continue;
        g_autofree char *sentence = assess_estimate_sentence(estimate, i18n_language());
        situation_id(document_item(report->document, NULL, sentence), STORE_KIND_ESTIMATE,
                     estimate->id);
        if (weakness == NULL)
            weakness = assess_estimate_weakness(estimate, i18n_language());
    }
    if (weakness != NULL)
        document_text_add(document_paragraph(report->document, NULL), DOCUMENT_QUIET, weakness);
}

/* ---- how many are on no list ---- */

void situation_estimates(Report *report)
{
    const GPtrArray *estimates = report->picture->estimates;
    bool any = false;
    for (guint i = 0; i < estimates->len; i++) {
        const StoreEstimate *estimate = g_ptr_array_index(estimates, i);
        if (g_strcmp0(estimate->method, "crisis_response") == 0)
            continue;
        if (!any)
            document_heading(report->document, 1, _("How many are on no list"));
        any = true;
        g_autofree char *sentence = assess_estimate_sentence(estimate, i18n_language());
        DocumentText *text = document_paragraph(report->document, sentence);
        situation_id(text, STORE_KIND_ESTIMATE, estimate->id);
        g_autofree char *weakness = assess_estimate_weakness(estimate, i18n_language());
        document_text_add(document_paragraph(report->document, NULL), DOCUMENT_QUIET, weakness);
    }
    Canvas *overlaps = any ? draw_unseen(report->picture, UNSEEN_OVERLAPS) : NULL;
    if (overlaps != NULL)
        document_figure(report->document, overlaps, _("Who is told of by which sources"));
    Canvas *total = any ? draw_unseen(report->picture, UNSEEN_TOTAL) : NULL;
    if (total != NULL)
        document_figure(report->document, total,
                        _("How many in all, with those told of by no source"));
}

/* ---- asks ---- */

static void ask_row(DocumentTable *table, const AppealClockRow *row, guint number)
{
    DocumentText *ask = document_cell(table, NULL);
    g_autofree char *mark = situation_number(number);
    document_text_printf(ask, DOCUMENT_BOLD, "%s. ", mark);
    document_text_add(ask, DOCUMENT_PLAIN, row->title);
    situation_id(ask, STORE_KIND_ASK, row->ask_id);
    DocumentText *answer = document_cell(table, row->sentence);
    for (guint i = 0; i < row->steps->len; i++) {
        const AppealClockStep *step = g_ptr_array_index(row->steps, i);
        g_autofree char *day = edtf_describe_day(step->day);
        document_text_add(answer, DOCUMENT_PLAIN, "\n");
        document_text_add(answer, DOCUMENT_BOLD, day);
        document_text_printf(answer, 0, _(": %s"), step->text != NULL ? step->text : step->kind);
        situation_id(answer, STORE_KIND_RESPONSE, step->response_id);
    }
}

void situation_asks(Report *report)
{
    const GPtrArray *clock = report->picture->clock;
    if (clock->len == 0)
        return;
    const AppealClockRow *first = g_ptr_array_index(clock, 0);
    g_autofree char *day = edtf_describe_day(first->asked_day);
    g_autofree char *days = situation_number(first->days);
    document_heading(report->document, 1, _("What was asked, and who has answered"));
    document_text_printf(document_paragraph(report->document, NULL), 0,
                         _("Sent on %s, %s days before this report. A step by a body is listed "
                           "whether or not it was meant as an answer."),
                         day, days);
    DocumentTable *table = document_table(report->document, 2, _("Asks and steps"));
    table->small = true;
    document_table_column(table, 0, 4, false, _("Ask"));
    document_table_column(table, 1, 6, false, _("Answers and steps"));
    for (guint i = 0; i < clock->len; i++)
        ask_row(table, g_ptr_array_index(clock, i), i + 1);
}
