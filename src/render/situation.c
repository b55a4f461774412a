/* The situation report: what a person at a UN desk needs on one sheet first, then what it rests
 * on. Every figure carries its record's id; whoever doubts it walks down from there. */
#include "render/situation.h"

#include "base/edtf.h"
#include "render/output.h"
#include "render/render.h"
#include <string.h>

void situation_id(DocumentText *text, StoreKind kind, gint64 id)
{
    char printed[STORE_ID_MAX + 2];
    printed[0] = '[';
    store_id_format(kind, id, printed + 1);
    g_strlcat(printed, "]", sizeof printed);
    document_text_add(text, DOCUMENT_PLAIN, " ");
    document_text_add(text, DOCUMENT_CODE | DOCUMENT_QUIET, printed);
}

void situation_unconfirmed(DocumentText *text, const char *verified)
{
    if (!picture_confirmed(verified))
        document_text_add(text, DOCUMENT_BOLD, _(" – not confirmed at its source"));
}

char *situation_number(gint64 n)
{
    return i18n_integer(n);
}

Document *situation_new(const Picture *picture)
{
    g_autofree char *date = edtf_describe_day(picture->today);
    g_autofree char *title = g_strdup_printf(_("Situation report: %s"), picture_title(picture));
    Document *document = document_new(i18n_language(), title);
    document->subject = g_strdup_printf(_("As of %s"), date);
    document->author = g_strdup("Zenhar");
    document->label = g_strdup(picture_label(picture));
    document->foot = g_strdup(document->subject);
    document->created = picture->now;
    return document;
}

void situation_head(Report *report)
{
    Document *document = report->document;
    document_heading(document, 0, document->title);
    DocumentText *line = document_paragraph(document, NULL);
    document_text_add(line, DOCUMENT_BOLD, document->subject);
    document_text_add(line, DOCUMENT_PLAIN, ". ");
    document_text_add(line, DOCUMENT_PLAIN,
                      _("What stands here was reported by the bodies named and was not established "
                        "by a court. Figures are each reporter's own and are not added up. Marks "
                        "such as [R12] name records of the case."));
    if (report->picture->synthetic)
        document_text_add(
            document_notice(document, NULL), DOCUMENT_BOLD,
            _("This case is invented, for exercise and tests. No person, event or figure in it is "
              "real. Nothing of it may be sent or published as a report."));
}

Document *situation_document(Store *store, GError **error)
{
    g_autoptr(Picture) picture = picture_load(store, error);
    if (picture == NULL)
        return NULL;
    g_autoptr(Document) document = situation_new(picture);
    Report report = {store, picture, document};
    situation_head(&report);
    situation_summary(&report);
    situation_figures(&report);
    situation_came_in(&report);
    if (!situation_alarms(&report, error) || !situation_factors(&report, error))
        return NULL;
    situation_crises(&report);
    situation_estimates(&report);
    situation_asks(&report);
    situation_methods(&report);
    situation_sources(&report);
    if (!situation_annex(&report, error))
        return NULL;
    return g_steal_pointer(&document);
}

bool render_situation_pdf(Store *store, I18nLanguage language, const char *path, GError **error)
{
    return render_situation_file(store, "pdf", language, path, error);
}
