/* How the report was made, its sources, and the records and originals it rests on. */
#include "base/edtf.h"
#include "render/situation.h"
#include <string.h>

void situation_methods(Report *report)
{
    Document *document = report->document;
    document_heading(document, 1, _("How this was made"));
    const struct {
        const char *lead, *text;
    } PARTS[] = {
        {N_("Evidence. "),
         N_("Each file was sealed and logged as it came before anything read it; each change of "
            "the "
            "case is an entry of an append-only log whose heads are signed (RFC 6962, Ed25519).")},
        {N_("Counting. "),
         N_("Reports are matched by names, dates and places (Fellegi and Sunter 1969); acts and "
            "persons are counted once as far as the match allows. Wrong if namesakes were taken "
            "for "
            "one person, or one person for two.")},
        {N_("Alarms. "),
         N_("Weekly counts are held against what past weeks lead to expect (Farrington flexible, "
            "Noufaily et al. 2013). Wrong if the way of reporting changed.")},
        {N_("Risk factors. "),
         N_("UN Framework of Analysis for Atrocity Crimes (A/70/741–S/2016/71); rules propose "
            "levels, each tied to its evidence. Wrong if the reports are.")},
        {N_("After crises. "),
         N_("Rate ratios in windows after wars and unrest, against trend and season. Wrong if "
            "something else began at the same time.")},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(PARTS); i++) {
        DocumentText *text = document_item(document, NULL, NULL);
        document_text_add(text, DOCUMENT_BOLD, i18n_get(PARTS[i].lead));
        document_text_add(text, DOCUMENT_PLAIN, i18n_get(PARTS[i].text));
    }
}

void situation_sources(Report *report)
{
    if (report->document->notes->len == 0)
        return;
    document_heading(report->document, 1, _("Sources"));
    document_put_notes(report->document);
}

static void hex_of(const guint8 bytes[32], char text[65])
{
    for (int i = 0; i < 32; i++)
        g_snprintf(text + 2 * i, 3, "%02x", bytes[i]);
}

static void put_head(Report *report)
{
    const Picture *p = report->picture;
    if (!p->has_head)
        return;
    char root[65];
    hex_of(p->head.root, root);
    g_autofree char *size = situation_number(p->head.size);
    g_autofree char *number = situation_number(p->head.number);
    DocumentText *text = document_paragraph(report->document, NULL);
    document_text_printf(
        text, 0,
        _("State of the evidence log: head %s over %s entries, signed by the case's "
          "key. Root: "),
        number, size);
    document_text_add(text, DOCUMENT_CODE, root);
    document_text_add(text, DOCUMENT_PLAIN, _(". Whoever holds the case can check it with "));
    document_text_add(text, DOCUMENT_CODE, "zenhar verify");
    document_text_add(text, DOCUMENT_PLAIN, _(" and follow any record down with "));
    document_text_add(text, DOCUMENT_CODE, "zenhar trace ID");
    document_text_add(text, DOCUMENT_PLAIN, ".");
}

enum { ORIGINALS_SHOWN = 60 };

/* Names are given as the file was called, without the folders of somebody's machine. */
static const char *base_name(const char *name)
{
    const char *slash = name != NULL ? strrchr(name, '/') : NULL;
    return slash != NULL ? slash + 1 : name != NULL ? name : "–";
}

bool situation_annex(Report *report, GError **error)
{
    const GPtrArray *originals = report->picture->originals;
    document_heading(report->document, 1, _("Annex: originals"));
    put_head(report);
    if (originals->len == 0)
        return true;
    DocumentTable *table =
        document_table(report->document, 4, _("Files as they came, with their SHA-256"));
    table->small = true;
    document_table_column(table, 0, 0.7, false, _("Record"));
    document_table_column(table, 1, 2.3, false, _("File"));
    document_table_column(table, 2, 1.0, true, _("Bytes"));
    document_table_column(table, 3, 7.4, false, "SHA-256");
    for (guint i = 0; i < MIN(originals->len, ORIGINALS_SHOWN); i++) {
        const StoreOriginal *original = g_ptr_array_index(originals, i);
        char id[STORE_ID_MAX], hash[65];
        hex_of(original->sha256, hash);
        g_autofree char *bytes = situation_number(original->bytes);
        document_text_add(document_cell(table, NULL), DOCUMENT_CODE,
                          store_id_format(STORE_KIND_ORIGINAL, original->id, id));
        document_text_add(document_cell(table, NULL), DOCUMENT_CODE, base_name(original->name));
        document_cell(table, bytes);
        document_text_add(document_cell(table, NULL), DOCUMENT_CODE, hash);
    }
    if (originals->len > ORIGINALS_SHOWN) {
        g_autofree char *more = situation_number(originals->len - ORIGINALS_SHOWN);
        document_text_printf(document_paragraph(report->document, NULL), DOCUMENT_QUIET,
                             _("and %s more originals; `zenhar list original` names them all."),
                             more);
    }
    return true;
}
