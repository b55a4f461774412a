/* The situation on one page: for whoever reads no more. The full report says what it rests on. */
#include "render/output.h"
#include "render/render.h"
#include "render/situation.h"
#include "render/typeset.h"
#include <string.h>

enum { FIGURES_MOST = 8, FIGURES_WANTED = 4 };

static void figures(Report *report, guint most)
{
    g_autoptr(GPtrArray) chosen = situation_key_figures(report->picture);
    if (chosen->len == 0 || most == 0)
        return;
    DocumentTable *table =
        document_table(report->document, 3, _("Figures for the last twelve months, whole country"));
    table->small = true;
    document_table_column(table, 0, 2, false, _("Kind"));
    document_table_column(table, 1, 3, false, _("According to"));
    document_table_column(table, 2, 3, false, _("Figure"));
    for (guint i = 0; i < MIN(chosen->len, most); i++) {
        const StoreFigure *figure = chosen->pdata[i];
        g_autofree char *number = draw_figure_words(figure);
        document_cell(table, assess_kind_title(figure->kind, i18n_language()));
        document_cell(table, picture_reporter(figure->reporter));
        DocumentText *cell = document_cell(table, NULL);
        document_text_add(cell, DOCUMENT_BOLD, number);
        situation_id(cell, STORE_KIND_FIGURE, figure->id);
        situation_unconfirmed(cell, figure->verified);
    }
    if (chosen->len > most)
        document_text_add(document_paragraph(report->document, NULL), DOCUMENT_QUIET,
                          _("More figures, each with its period and source, stand in the full "
                            "report. Rows must not be added up."));
}

static void asks(Report *report)
{
    const GPtrArray *clock = report->picture->clock;
    if (clock->len == 0)
        return;
    document_heading(report->document, 1, _("What was asked, and who has answered"));
    for (guint i = 0; i < clock->len; i++) {
        const AppealClockRow *row = clock->pdata[i];
        DocumentText *item = document_item(report->document, NULL, NULL);
        document_text_add(item, DOCUMENT_BOLD, row->title);
        document_text_printf(item, 0, ": %s", row->sentence);
    }
}

static void ending(Report *report)
{
    const Picture *p = report->picture;
    if (p->alarms->len > 0) {
        g_autofree char *weakness =
            assess_alarm_weakness(g_ptr_array_index(p->alarms, 0), i18n_language());
        document_text_add(document_paragraph(report->document, NULL), DOCUMENT_QUIET, weakness);
    }
    if (p->has_head) {
        g_autofree char *number = situation_number(p->head.number);
        document_text_printf(document_paragraph(report->document, NULL), DOCUMENT_QUIET,
                             _("From the state of the case that tree head %s signs; the full "
                               "report lists methods, sources and originals with their SHA-256."),
                             number);
    }
}

static Document *brief(Store *store, const Picture *picture, guint n_figures, bool with_asks)
{
    Report report = {store, picture, situation_new(picture)};
    situation_head(&report);
    situation_summary(&report);
    figures(&report, n_figures);
    if (with_asks)
        asks(&report);
    ending(&report);
    return report.document;
}

/* As many figures as leave it on one page; what was asked, in single asks, gives way to them. */
static bool write_brief(Store *store, const Picture *picture, const char *format, const char *path,
                        GError **error)
{
    bool with_asks = true;
    for (guint n = FIGURES_MOST;; n--) {
        if (with_asks && n < FIGURES_WANTED) {
            with_asks = false;
            n = FIGURES_MOST;
        }
        g_autoptr(Document) document = brief(store, picture, n, with_asks);
        if (strcmp(format, "html") == 0)
            return output_html(document, path, error);
        TypesetSummary summary;
        g_autoptr(GBytes) pdf = typeset_pdf(document, &summary, error);
        gsize length;
        if (pdf == NULL)
            return false;
        const void *bytes = g_bytes_get_data(pdf, &length);
        if (summary.n_pages <= 1 || n == 0)
            return output_bytes(path, bytes, length, error);
    }
}

bool render_brief_file(Store *store, const char *format, I18nLanguage language, const char *path,
                       GError **error)
{
    g_assert(strcmp(format, "pdf") == 0 || strcmp(format, "html") == 0);
    I18nLanguage saved = i18n_language();
    i18n_set_language(language);
    g_autoptr(Picture) picture = picture_load(store, error);
    bool done = picture != NULL && write_brief(store, picture, format, path, error);
    i18n_set_language(saved);
    return done;
}
