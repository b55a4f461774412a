/* A case file to a mechanism, field by field, as the form has them. Names stand in it as far as
 * appeal/submission.h let them through: nothing is taken from the case here. */
#include "appeal/submission.h"
#include "base/edtf.h"
#include "render/output.h"
#include "render/render.h"

static Document *submission_document(const Submission *submission)
{
    g_autofree char *title = g_strdup_printf("%s – %s", submission->title, submission->person_code);
    g_autofree char *day = edtf_describe_day(submission->day);
    g_autoptr(Document) document = document_new(submission->language, title);
    document->created = (gint64)submission->day * 86400;
    document_heading(document, 0, submission->title);
    document_line(document, DOCUMENT_START, day);
    DocumentText *procedure = document_line(document, DOCUMENT_START, NULL);
    document_text_printf(procedure, DOCUMENT_PLAIN, "%s: %s", _("Procedure"),
                         submission->procedure);
    if (submission->n_missing > 0 || submission->refused != NULL)
        document_notice(document, submission->refused != NULL
                                      ? submission->refused
                                      : _("Not complete: nothing is sent while a required field is "
                                          "missing."));
    DocumentTable *table = document_table(document, 2, NULL);
    document_table_column(table, 0, 3, false, _("Field"));
    document_table_column(table, 1, 7, false, _("Answer"));
    for (guint i = 0; i < submission->fields->len; i++) {
        const SubmissionField *field = submission->fields->pdata[i];
        document_cell(table, field->title);
        DocumentText *answer = document_cell(table, NULL);
        if (field->missing)
            document_text_add(answer, DOCUMENT_BOLD, _("(missing)"));
        else
            document_text_add(answer, DOCUMENT_APART,
                              field->answer[0] != '\0' ? field->answer : "–");
    }
    document_paragraph(document, submission->redaction);
    return g_steal_pointer(&document);
}

bool render_submission_pdf(const Submission *submission, const char *path, GError **error)
{
    I18nLanguage saved = i18n_language();
    i18n_set_language(submission->language);
    g_autoptr(Document) document = submission_document(submission);
    bool done = output_pdf(document, path, error);
    i18n_set_language(saved);
    return done;
}
