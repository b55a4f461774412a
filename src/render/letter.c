/* A letter as appeal/ drafted it, set as an office expects it: letterhead, dates, addressee,
 * subject, text with footnotes on their page, asks by number, signature, annex. */
#include "appeal/appeal.h"
#include "render/output.h"
#include "render/render.h"
#include "render/typeset.h"

#include <string.h>

static void put_lines(Document *document, char **lines, DocumentAlign align, guint first_style)
{
    for (gsize i = 0; lines != NULL && lines[i] != NULL; i++) {
        DocumentText *text = document_line(document, align, NULL);
        document_text_add(text, i == 0 ? first_style : DOCUMENT_PLAIN, lines[i]);
        document_keep(document);
    }
}

/* A part's text, with the marks of its notes where they are called. */
static void put_text(Document *document, DocumentText *text, const AppealPart *part,
                     const AppealLetter *letter)
{
    gsize from = 0, length = strlen(part->text);
    for (gsize c = 0; c < part->n_calls; c++) {
        gsize at = MIN(part->calls[c].offset, length);
        g_autofree char *piece = g_strndup(part->text + from, at - MIN(from, at));
        document_text_add(text, DOCUMENT_PLAIN, piece);
        from = at;
        for (guint n = 0; n < letter->notes->len; n++) {
            const AppealNote *note = g_ptr_array_index(letter->notes, n);
            if (note->number == part->calls[c].number)
                document_text_note(document, text, note->text);
        }
    }
    document_text_add(text, DOCUMENT_PLAIN, part->text + from);
}

static void put_parts(Document *document, const AppealLetter *letter)
{
    for (guint i = 0; i < letter->parts->len; i++) {
        const AppealPart *part = g_ptr_array_index(letter->parts, i);
        g_autofree char *number = i18n_integer(part->number);
        g_autofree char *marker = g_strconcat(number, ".", NULL);
        DocumentText *text = NULL;
        switch (part->kind) {
        case APPEAL_HEADING:
            text = document_heading(document, 2, NULL);
            break;
        case APPEAL_ASK:
            text = document_item(document, marker, NULL);
            break;
        case APPEAL_ITEM:
            text = document_item(document, NULL, NULL);
            break;
        case APPEAL_PARAGRAPH:
        default:
            text = document_paragraph(document, NULL);
            break;
        }
        put_text(document, text, part, letter);
    }
}

static void put_annex(Document *document, const AppealLetter *letter)
{
    if (letter->annex == NULL || letter->annex->len == 0)
        return;
    document_new_page(document);
    document_heading(document, 1, letter->annex_title != NULL ? letter->annex_title : _("Annex"));
    document_paragraph(document,
                       _("What this letter rests on. Each record is kept with the file it came in; "
                         "the SHA-256 of that file as it came shows whether a copy is the same. "
                         "Whoever holds the case can prove that a record stood in it when its log "
                         "was signed."));
    DocumentTable *table = document_table(document, 3, NULL);
    table->small = true;
    document_table_column(table, 0, 0.9, false, _("Record"));
    document_table_column(table, 1, 3.2, false, _("What"));
    document_table_column(table, 2, 6.6, false, _("Original, SHA-256"));
    for (guint i = 0; i < letter->annex->len; i++) {
        const AppealAnnexRow *row = g_ptr_array_index(letter->annex, i);
        char id[STORE_ID_MAX];
        document_text_add(document_cell(table, NULL), DOCUMENT_CODE,
                          store_id_format(row->kind, row->id, id));
        document_cell(table, row->what);
        DocumentText *hash = document_cell(table, NULL);
        if (row->original_id != 0) {
            document_text_add(hash, DOCUMENT_CODE,
                              store_id_format(STORE_KIND_ORIGINAL, row->original_id, id));
            document_text_add(hash, DOCUMENT_PLAIN, " ");
        }
        if (row->sha256[0] != '\0')
            document_text_add(hash, DOCUMENT_CODE, row->sha256);
        else
            document_text_add(hash, DOCUMENT_QUIET, "–");
    }
}

static Document *letter_document(Store *store, const AppealLetter *letter)
{
    g_autoptr(Document) document = document_new(letter->language, letter->subject);
    document->footnotes = true;
    document->created = store_now(store);
    document->label = g_strdup(letter->label);
    document->foot = g_strdup(letter->reference);
    document->author = letter->letterhead[0] != NULL ? g_strdup(letter->letterhead[0]) : NULL;
    put_lines(document, letter->letterhead, DOCUMENT_START, DOCUMENT_BOLD);
    document_gap(document);
    if (letter->notice != NULL) {
        DocumentText *notice = document_notice(document, NULL);
        document_text_add(notice, DOCUMENT_BOLD, letter->notice);
    }
    if (letter->reference != NULL)
        document_line(document, DOCUMENT_START, letter->reference);
    document_line(document, DOCUMENT_START, letter->date);
    document_gap(document);
    put_lines(document, letter->addressee, DOCUMENT_START, DOCUMENT_PLAIN);
    document_gap(document);
    document_heading(document, 2, letter->subject);
    document_gap(document);
    document_paragraph(document, letter->salutation);
    put_parts(document, letter);
    document_gap(document);
    document_line(document, DOCUMENT_START, letter->closing);
    document_keep(document);
    document_gap(document);
    document_keep(document);
    put_lines(document, letter->signature, DOCUMENT_START, DOCUMENT_PLAIN);
    put_annex(document, letter);
    return g_steal_pointer(&document);
}

bool render_letter_pdf(Store *store, gint64 appeal_id, const char *path, GError **error)
{
    g_autoptr(AppealLetter) letter = appeal_letter_load(store, appeal_id, error);
    if (letter == NULL)
        return false;
    I18nLanguage saved = i18n_language();
    i18n_set_language(letter->language);
    g_autoptr(Document) document = letter_document(store, letter);
    bool done = output_pdf(document, path, error);
    i18n_set_language(saved);
    return done;
}
