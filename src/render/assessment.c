/* The assessment to read: heat map, what each rating rests on, where analysts differ, what is
 * different from the one before, the forecast with its uncertainty, what would change it. */
#include "assess/judge.h"
#include "base/edtf.h"
#include "render/output.h"
#include "render/render.h"
#include "render/situation.h"
#include <math.h>
#include <string.h>

static Document *document_of(const Picture *picture)
{
    const StoreAssessment *assessment = picture->overview->assessment;
    g_autofree char *day = edtf_describe_day(assessment->last_day);
    g_autofree char *title = g_strdup_printf(_("Risk assessment: %s"), picture_title(picture));
    Document *document = document_new(i18n_language(), title);
    document->subject = g_strdup_printf(_("As of %s"), day);
    document->author = g_strdup("Zenhar");
    document->label = g_strdup(picture_label(picture));
    document->foot = g_strdup(document->subject);
    document->created = picture->now;
    return document;
}

static void put_head(Report *report)
{
    Document *document = report->document;
    const StoreAssessment *assessment = report->picture->overview->assessment;
    document_heading(document, 0, document->title);
    DocumentText *line = document_paragraph(document, NULL);
    document_text_add(line, DOCUMENT_BOLD, document->subject);
    situation_id(line, STORE_KIND_ASSESSMENT, assessment->id);
    if (g_strcmp0(assessment->status, "final") == 0) {
        document_text_printf(line, 0, _(". Made final by %s"),
                             assessment->author != NULL ? assessment->author : "?");
        if (assessment->summary != NULL && assessment->summary[0] != '\0')
            document_text_printf(line, 0, _(": “%s”"), assessment->summary);
        document_text_add(line, DOCUMENT_PLAIN, ".");
    } else {
        document_text_add(document_notice(document, NULL), DOCUMENT_BOLD,
                          _("Draft: levels without an analyst's name are proposals of rules that "
                            "nobody has judged. Not to be cited."));
    }
    if (report->picture->synthetic)
        document_text_add(
            document_notice(document, NULL), DOCUMENT_BOLD,
            _("This case is invented, for exercise and tests. No person, event or figure in it is "
              "real. Nothing of it may be sent or published as a report."));
}

/* ---- analysts ---- */

static bool put_agreement(Report *report, GError **error)
{
    const StoreAssessment *assessment = report->picture->overview->assessment;
    g_autoptr(GPtrArray) in_force = judge_in_force(report->store, assessment->id, error);
    Agreement agreement;
    guint analysts;
    if (in_force == NULL || !judge_agreement(in_force, &agreement, &analysts, error))
        return false;
    document_heading(report->document, 1, _("What the analysts say"));
    if (in_force->len == 0) {
        document_paragraph(
            report->document,
            _("No analyst has judged yet: every level here is a proposal of rules."));
        return true;
    }
    g_autofree char *n = situation_number(analysts);
    g_autofree char *units = situation_number((gint64)agreement.n_units);
    DocumentText *text = document_paragraph(report->document, NULL);
    document_text_printf(text, 0, _("Analysts: %s. Indicators rated by two or more: %s."), n,
                         units);
    if (!isnan(agreement.alpha)) {
        g_autofree char *alpha = i18n_decimal(agreement.alpha, 2);
        document_text_printf(text, 0, _(" Krippendorff's alpha (ordinal): %s"), alpha);
        if (!isnan(agreement.lower)) {
            g_autofree char *lower = i18n_decimal(agreement.lower, 2);
            g_autofree char *upper = i18n_decimal(agreement.upper, 2);
            document_text_printf(text, 0, _(" (%s to %s)"), lower, upper);
        }
        document_text_add(
            text, DOCUMENT_PLAIN,
            _("; 1 is full agreement, 0 what chance would give. Levels that differ are "
              "shown side by side and never averaged."));
    }
    DocumentTable *table = document_table(report->document, 4, _("Each analyst's own rating"));
    table->small = true;
    document_table_column(table, 0, 3, false, _("Indicator"));
    document_table_column(table, 1, 1.6, false, _("Analyst"));
    document_table_column(table, 2, 1.5, false, _("Level"));
    document_table_column(table, 3, 5, false, _("Standard of proof, and why"));
    I18nLanguage language = i18n_language();
    for (guint i = 0; i < in_force->len; i++) {
        const StoreJudgement *j = g_ptr_array_index(in_force, i);
        const AssessIndicator *indicator = assess_indicator_find(j->indicator);
        g_autofree char *number = i18n_digits(j->indicator);
        DocumentText *name = document_cell(table, NULL);
        document_text_add(name, DOCUMENT_BOLD, number);
        document_text_add(name, DOCUMENT_PLAIN, " ");
        document_text_add(name, DOCUMENT_PLAIN,
                          indicator != NULL ? assess_indicator_title(indicator, language) : "");
        document_text_add(document_cell(table, NULL), DOCUMENT_APART, j->analyst);
        document_cell(table, assess_level_title(j->level, language));
        DocumentText *why = document_cell(table, judge_confidence_title(j->confidence, language));
        if (j->reason != NULL && j->reason[0] != '\0') {
            document_text_add(why, DOCUMENT_PLAIN, j->confidence != NULL ? ": " : "");
            document_text_add(why, DOCUMENT_APART, j->reason);
        }
        situation_id(why, STORE_KIND_JUDGEMENT, j->id);
    }
    return true;
}

/* ---- changes ---- */

static bool put_changes(Report *report, GError **error)
{
    const StoreAssessment *assessment = report->picture->overview->assessment;
    if (assessment->previous_id == 0)
        return true;
    g_autofree char *changes = assess_changes(report->store, assessment, i18n_language(), error);
    if (changes == NULL)
        return false;
    document_heading(report->document, 1, _("What has changed since the last one, and why"));
    if (changes[0] == '\0') {
        document_paragraph(report->document, _("No level is different."));
        return true;
    }
    g_auto(GStrv) lines = g_strsplit(changes, "\n", -1);
    for (char **line = lines; *line != NULL; line++)
        if (**line != '\0')
            document_item(report->document, NULL, *line);
    return true;
}

/* ---- forecast ---- */

static void put_no_forecast(Report *report)
{
    document_paragraph(
        report->document,
        _("The case holds no statistical forecast. One is made from a table of countries "
          "and years: zenhar assess forecast … --keep."));
}

static void put_forecast(Report *report)
{
    const StoreAssessment *assessment = report->picture->overview->assessment;
    document_heading(report->document, 1, _("The forecast, and how sure it is"));
    if (isnan(assessment->probability)) {
        put_no_forecast(report);
        return;
    }
    g_autofree char *p = i18n_decimal(assessment->probability * 100, 1);
    DocumentText *text = document_paragraph(report->document, NULL);
    document_text_printf(text, DOCUMENT_BOLD, _("Forecast: %s per cent"), p);
    if (!isnan(assessment->probability_low) && !isnan(assessment->probability_high)) {
        g_autofree char *low = i18n_decimal(assessment->probability_low * 100, 1);
        g_autofree char *high = i18n_decimal(assessment->probability_high * 100, 1);
        document_text_printf(text, DOCUMENT_BOLD, _(" (%s to %s)"), low, high);
    }
    document_text_add(text, DOCUMENT_PLAIN, ". ");
    if (assessment->forecast_method != NULL)
        document_text_add(text, DOCUMENT_APART, assessment->forecast_method);
    document_paragraph(
        report->document,
        _("It is a share of country-years like this one in which mass killing began, not "
          "a statement about what anybody intends. The interval comes from drawing "
          "countries anew; it does not hold errors in the data or in the choice of "
          "model. Such onsets are rare: most countries with a high rank see none."));
}

/* ---- what would change it ---- */

static void put_what_would_change(Report *report)
{
    const Picture *p = report->picture;
    document_heading(report->document, 1, _("What would change this assessment"));
    gint64 rated = 0;
    for (guint i = 0; i < p->ratings->len; i++) {
        const StoreRating *rating = g_ptr_array_index(p->ratings, i);
        if (rating->indicator == NULL || rating->level < 0)
            continue;
        rated++;
        g_autofree char *words = assess_rating_changes(rating, i18n_language());
        const AssessIndicator *indicator = assess_indicator_find(rating->indicator);
        g_autofree char *number = i18n_digits(rating->indicator);
        DocumentText *item = document_item(report->document, NULL, NULL);
        document_text_add(item, DOCUMENT_BOLD, number);
        document_text_add(item, DOCUMENT_PLAIN, " ");
        if (indicator != NULL)
            document_text_add(item, DOCUMENT_PLAIN,
                              assess_indicator_title(indicator, i18n_language()));
        document_text_printf(item, DOCUMENT_PLAIN, _(" (now %s). "),
                             assess_level_title(rating->level, i18n_language()));
        document_text_add(item, DOCUMENT_PLAIN, words);
    }
    const AssessFramework *framework = assess_framework(NULL);
    if (framework == NULL)
        return;
    g_autofree char *open = situation_number((gint64)framework->n_indicators - rated);
    DocumentText *rest = document_paragraph(report->document, NULL);
    document_text_printf(
        rest, 0,
        _("The other %s indicators are not rated: any report that speaks to one of "
          "them can raise its factor. Not rated means not known."),
        open);
}

static void put_wording(Report *report)
{
    const AssessFramework *framework = assess_framework(NULL);
    gint64 confirmed = 0;
    for (gsize f = 0; framework != NULL && f < ASSESS_N_FACTORS; f++)
        for (gsize i = 0; i < framework->factors[f].n_indicators; i++)
            confirmed += framework->factors[f].indicators[i].confirmed;
    if (framework == NULL || confirmed == (gint64)framework->n_indicators)
        return;
    g_autofree char *n = situation_number(confirmed);
    g_autofree char *of = situation_number((gint64)framework->n_indicators);
    DocumentText *text = document_paragraph(report->document, NULL);
    document_text_printf(
        text, DOCUMENT_QUIET,
        _("Words of the indicators are our own short ones. Those of %s of %s were checked "
          "at a copy of the framework (A/70/741–S/2016/71); of the others number and "
          "wording are not confirmed, and each rating says so."),
        n, of);
}

static Document *assessment_document(Store *store, GError **error)
{
    g_autoptr(Picture) picture = picture_load(store, error);
    if (picture == NULL)
        return NULL;
    if (picture->overview->assessment == NULL) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                    _("There is no assessment in this case yet. Make one: zenhar assess run."));
        return NULL;
    }
    g_autoptr(Document) document = document_of(picture);
    Report report = {store, picture, document};
    put_head(&report);
    if (!situation_factors(&report, error))
        return NULL;
    put_wording(&report);
    if (!put_agreement(&report, error) || !put_changes(&report, error))
        return NULL;
    put_forecast(&report);
    put_what_would_change(&report);
    situation_sources(&report);
    return g_steal_pointer(&document);
}

bool render_assessment_pdf(Store *store, I18nLanguage language, const char *path, GError **error)
{
    I18nLanguage saved = i18n_language();
    i18n_set_language(language);
    g_autoptr(Document) document = assessment_document(store, error);
    bool done = document != NULL && output_pdf(document, path, error);
    i18n_set_language(saved);
    return done;
}
