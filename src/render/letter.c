/* A letter as appeal/ drafted it, set as an office expects it: letterhead, dates, addressee,
 * subject, text, asks by number, signature. All notes with their sources and records stand in the
 * annex behind the signature: a desk reads the letter first and checks it then. */
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
            if (note->number != part->calls[c].number)
                continue;
            document_text_note(document, text, note->text);
            if (note->unconfirmed) /* said where it is read, not pages later */
                document_text_add(text, DOCUMENT_QUIET, _(" (not fully confirmed)"));
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

/* Rows that rest on one original, in the order of its first. */
static bool is_first_of_original(const AppealLetter *letter, guint row)
{
    const AppealAnnexRow *own = g_ptr_array_index(letter->annex, row);
    for (guint i = 0; i < row; i++)
        if (((const AppealAnnexRow *)g_ptr_array_index(letter->annex, i))->original_id ==
            own->original_id)
            return false;
    return true;
}

static void put_records(DocumentText *text, const AppealLetter *letter, gint64 original_id)
{
    char id[STORE_ID_MAX];
    bool any = false;
    for (guint i = 0; i < letter->annex->len; i++) {
        const AppealAnnexRow *row = g_ptr_array_index(letter->annex, i);
        if (row->original_id != original_id)
            continue;
        document_text_add(text, DOCUMENT_PLAIN, any ? " " : "");
        document_text_add(text, DOCUMENT_CODE, store_id_format(row->kind, row->id, id));
        any = true;
    }
}

static void put_originals(Document *document, const AppealLetter *letter)
{
    document_heading(document, 2, _("Records, by the file each of them came in"));
    document_paragraph(document,
                       _("What this letter rests on. Each record is kept with the file it came in; "
                         "the SHA-256 of that file as it came shows whether a copy is the same. "
                         "Whoever holds the case can prove that a record stood in it when its log "
                         "was signed."));
    DocumentTable *table = document_table(document, 2, NULL);
    table->small = true;
    document_table_column(table, 0, 3.2, false, _("Records"));
    document_table_column(table, 1, 7.5, false, _("Original, SHA-256"));
    for (guint i = 0; i < letter->annex->len; i++) {
        const AppealAnnexRow *row = g_ptr_array_index(letter->annex, i);
        if (!is_first_of_original(letter, i))
            continue;
        char id[STORE_ID_MAX];
        put_records(document_cell(table, NULL), letter, row->original_id);
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

static void put_annex(Document *document, const AppealLetter *letter)
{
    bool notes = document->notes->len > 0,
         records = letter->annex != NULL && letter->annex->len > 0;
    if (!notes && !records)
        return;
    document_new_page(document);
    document_heading(document, 1, letter->annex_title != NULL ? letter->annex_title : _("Annex"));
    if (notes) {
        document_heading(document, 2, _("Notes and sources"));
        document_put_notes(document);
    }
    if (records)
        put_originals(document, letter);
}

static Document *letter_document(Store *store, const AppealLetter *letter)
{
    g_autoptr(Document) document = document_new(letter->language, letter->subject);
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
    document_keep(document); /* no signature alone on a page */
    document_gap(document);
    document_keep(document);
    document_line(document, DOCUMENT_START, letter->closing);
    document_keep(document);
    document_gap(document);
    document_keep(document);
    put_lines(document, letter->signature, DOCUMENT_START, DOCUMENT_PLAIN);
    put_annex(document, letter);
    return g_steal_pointer(&document);
}

static void free_document(gpointer document)
{
    document_free(document);
}

/* In the letter's own language. */
static Document *load_document(Store *store, gint64 appeal_id, GError **error)
{
    g_autoptr(AppealLetter) letter = appeal_letter_load(store, appeal_id, error);
    if (letter == NULL)
        return NULL;
    const I18nLanguage saved = i18n_language();
    i18n_set_language(letter->language);
    Document *document = letter_document(store, letter);
    i18n_set_language(saved);
    return document;
}

GBytes *render_letters_batch(Store *store, const GArray *appeal_ids, GError **error)
{
    g_autoptr(GPtrArray) documents = g_ptr_array_new_with_free_func(free_document);
    for (guint i = 0; i < appeal_ids->len; i++) {
        Document *document = load_document(store, g_array_index(appeal_ids, gint64, i), error);
        if (document == NULL)
            return NULL;
        g_ptr_array_add(documents, document);
    }
    return typeset_batch_pdf((const Document *const *)documents->pdata, documents->len, NULL,
                             error);
}

GBytes *render_draw_letters(void *context, Store *store, const GArray *appeal_ids, GError **error)
{
    (void)context;
    return render_letters_batch(store, appeal_ids, error);
}

GBytes *render_draw_letter(void *context, Store *store, gint64 appeal_id, GError **error)
{
    (void)context;
    g_autoptr(GArray) one = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_array_append_val(one, appeal_id);
    return render_letters_batch(store, one, error);
}

bool render_letter_pdf(Store *store, gint64 appeal_id, const char *path, GError **error)
{
    g_autoptr(GBytes) pdf = render_draw_letter(NULL, store, appeal_id, error);
    gsize length;
    const void *bytes = pdf != NULL ? g_bytes_get_data(pdf, &length) : NULL;
    return bytes != NULL && output_bytes(path, bytes, length, error);
}
