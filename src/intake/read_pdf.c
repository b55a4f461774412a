/* PDF: text page by page in the order of reading, as poppler puts it (half-spaces where the file
 * states them, by ActualText); pages without text are drawn at 300 dpi and read optically. Files
 * attached to a PDF are parts of their own. */
#include "base/i18n.h"
#include "intake/ocr.h"
#include "intake/paper.h"
#include "intake/pdf_text.h"

#include <cairo.h>
#include <math.h>
#include <poppler.h>
#include <string.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PopplerPage, g_object_unref)

enum {
    PAGES_MAX = 5000,
    DRAWN_MAX = 300, /* pages read optically */
    DPI = 300,
    CONFIDENCE_SURE = 75,
    LETTERS_OF_A_TEXT = 8,   /* fewer: a page number, a stamp; the page may be a picture */
    LETTERS_OF_A_PAGE = 100, /* fewer, and a picture on the page: the picture is looked at too */
};

typedef struct {
    PopplerDocument *document;
    const char *name;
    IntakePart model; /* title, sender, day of every page */
    IntakeOcr *ocr;   /* when the first page needs it */
    bool no_ocr;      /* it was told why */
    guint n_drawn, n_parts;
    IntakePartFound found;
    void *context;
} Pdf;

static bool pass(Pdf *pdf, const IntakePart *part, GError **error)
{
    pdf->n_parts++;
    return pdf->found(pdf->context, part, error);
}

static bool tell(Pdf *pdf, const char *name, const char *problem, GError **error)
{
    return pass(pdf, &(IntakePart){.name = name, .problem = problem}, error);
}

/* The page in grey on white; as large as OCR_PIXELS_READ allows. Transfers; NULL: no memory. */
static PIX *draw(PopplerPage *page, guint *ret_dpi)
{
    double width, height;
    poppler_page_get_size(page, &width, &height);
    width = CLAMP(width, 1, 20000);
    height = CLAMP(height, 1, 20000);
    double scale = MIN(DPI / 72.0, sqrt(OCR_PIXELS_READ / (width * height)));
    int columns = MAX((int)(width * scale), 1), rows = MAX((int)(height * scale), 1);
    *ret_dpi = (guint)(scale * 72 + 0.5);
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, columns, rows);
    cairo_t *cairo = cairo_create(surface);
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_paint(cairo);
    cairo_scale(cairo, scale, scale);
    poppler_page_render(page, cairo);
    cairo_destroy(cairo);
    cairo_surface_flush(surface);
    const guint8 *pixels = cairo_image_surface_get_data(surface);
    PIX *picture = pixels != NULL ? pixCreate(columns, rows, 8) : NULL;
    gsize stride = (gsize)cairo_image_surface_get_stride(surface);
    for (int y = 0; picture != NULL && y < rows; y++) {
        const guint32 *row = (const guint32 *)(const void *)(pixels + (gsize)y * stride);
        l_uint32 *line = pixGetData(picture) + (gsize)y * (gsize)pixGetWpl(picture);
        for (int x = 0; x < columns; x++) {
            guint32 grey =
                ((row[x] >> 16 & 255) * 77 + (row[x] >> 8 & 255) * 151 + (row[x] & 255) * 28) >> 8;
            SET_DATA_BYTE(line, x, (l_uint8)grey);
        }
    }
    cairo_surface_destroy(surface);
    return picture;
}

/* Whether pictures cover half of the page or more. */
static bool is_pictured(PopplerPage *page)
{
    double width, height, covered = 0;
    poppler_page_get_size(page, &width, &height);
    GList *images = poppler_page_get_image_mapping(page);
    for (GList *at = images; at != NULL; at = at->next) {
        const PopplerImageMapping *image = at->data;
        covered += (image->area.x2 - image->area.x1) * (image->area.y2 - image->area.y1);
    }
    poppler_page_free_image_mapping(images);
    return covered > width * height / 2;
}

/* Told once, when the last page is reached that is read optically. */
static bool tell_enough(Pdf *pdf, const char *name, GError **error)
{
    g_autofree char *most = i18n_integer(DRAWN_MAX);
    g_autofree char *problem = g_strdup_printf(_("More than %s pages of “%s” are pictures; "
                                                 "pictures after %s were not read. Split the file "
                                                 "and import its parts."),
                                               most, pdf->name, name);
    pdf->no_ocr = true;
    return tell(pdf, name, problem, error);
}

/* `letters_known`: of the text that the page states itself; what is read optically is then told
 * only when it is sure and about as much. *ret_settled: it was told. */
static bool pass_drawn(Pdf *pdf, PopplerPage *page, const char *name, guint letters_known,
                       bool *ret_settled, GError **error)
{
    *ret_settled = false;
    if (pdf->no_ocr)
        return true;
    guint dpi, confidence, letters;
    PIX *picture = draw(page, &dpi);
    if (picture == NULL || intake_ocr_is_blank(picture)) {
        pixDestroy(&picture);
        return true;
    }
    g_autoptr(GError) missing = NULL;
    if (pdf->ocr == NULL)
        pdf->ocr = intake_ocr_new(&missing);
    if (pdf->ocr == NULL) {
        pixDestroy(&picture);
        if (letters_known > 0)
            return true;
        pdf->no_ocr = true;
        return tell(pdf, name, missing->message, error);
    }
    g_autofree char *text = intake_ocr_read(pdf->ocr, picture, dpi, &confidence, &letters);
    pixDestroy(&picture);
    *ret_settled = letters_known == 0 || (confidence >= CONFIDENCE_SURE &&
                                          (guint64)letters * 5 >= (guint64)letters_known * 4);
    pdf->n_parts += *ret_settled;
    if (*ret_settled && !intake_ocr_tell(text, confidence, letters, name, &pdf->model, pdf->found,
                                         pdf->context, error))
        return false;
    return ++pdf->n_drawn < DRAWN_MAX || tell_enough(pdf, name, error);
}

/* As a reader goes: for right-to-left pages the text is taken from the upper right corner to the
 * lower left; from the other corners poppler leaves out half of the first line and of the last. */
static char *page_text(PopplerPage *page, bool *ret_fragmented)
{
    double width, height;
    g_autofree char *raw = poppler_page_get_text(page);
    g_autofree char *valid = g_utf8_make_valid(raw != NULL ? raw : "", -1);
    *ret_fragmented = false;
    if (!intake_pdf_is_right_to_left(valid))
        return intake_ocr_plain(valid);
    poppler_page_get_size(page, &width, &height);
    PopplerRectangle whole = {.x1 = width, .y1 = 0, .x2 = 0, .y2 = height};
    g_autofree char *marked = poppler_page_get_selected_text(page, POPPLER_SELECTION_GLYPH, &whole);
    g_autofree char *right = g_utf8_make_valid(marked != NULL ? marked : "", -1);
    g_autofree char *ordered = intake_pdf_in_order(right, ret_fragmented);
    return intake_ocr_plain(ordered);
}

static bool pass_page(Pdf *pdf, int number, GError **error)
{
    g_autofree char *words = g_strdup_printf(_("page %u"), (guint)number + 1);
    g_autofree char *name = i18n_digits(words);
    g_autoptr(PopplerPage) page = poppler_document_get_page(pdf->document, number);
    if (page == NULL) {
        g_autofree char *problem =
            g_strdup_printf(_("“%s”, %s: the page is damaged and was not read."), pdf->name, name);
        return tell(pdf, name, problem, error);
    }
    bool fragmented;
    g_autofree char *text = page_text(page, &fragmented);
    guint letters = intake_ocr_letters(text);
    bool settled;
    if (fragmented) { /* each letter stands by itself: the eye tells words better */
        if (!pass_drawn(pdf, page, name, letters, &settled, error))
            return false;
        if (settled)
            return true;
    }
    if (letters > 0 && strlen(text) <= INTAKE_PART_TEXT_MAX) {
        IntakePart part = pdf->model;
        part.name = name;
        part.text = text;
        part.length = strlen(text);
        if (!pass(pdf, &part, error))
            return false;
    }
    if (letters >= LETTERS_OF_A_PAGE || (letters >= LETTERS_OF_A_TEXT && !is_pictured(page)))
        return true;
    return pass_drawn(pdf, page, name, 0, &settled, error);
}

typedef struct {
    GByteArray *bytes;
    gsize left;
} Attached;

static gboolean take_attached(const char *bytes, gsize length, gpointer data, GError **error)
{
    Attached *attached = data;
    if (length > attached->left) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_LIMIT,
                            _("This file inside is larger than 256 MiB and was not taken in."));
        return FALSE;
    }
    attached->left -= length;
    g_byte_array_append(attached->bytes, (const guint8 *)bytes, (guint)length);
    return TRUE;
}

static bool pass_attached(Pdf *pdf, GError **error)
{
    GList *list = poppler_document_get_attachments(pdf->document);
    bool passed = true;
    gsize all = INTAKE_PARTS_BYTES_MAX;
    for (GList *at = list; at != NULL && passed; at = at->next) {
        PopplerAttachment *attachment = at->data;
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        Attached attached = {bytes, MIN(all, (gsize)INTAKE_PART_BYTES_MAX)};
        g_autoptr(GError) refused = NULL;
        g_autofree char *name =
            g_utf8_make_valid(attachment->name != NULL ? attachment->name : "?", -1);
        if (!poppler_attachment_save_to_callback(attachment, take_attached, &attached, &refused))
            passed = tell(pdf, name,
                          refused != NULL ? refused->message
                                          : _("A file attached to this PDF is damaged."),
                          error);
        else if (bytes->len > 0)
            passed =
                pass(pdf, &(IntakePart){.name = name, .bytes = bytes->data, .n_bytes = bytes->len},
                     error);
        all -= bytes->len;
    }
    g_list_free_full(list, g_object_unref);
    return passed;
}

static bool pass_all(Pdf *pdf, GError **error)
{
    int n_pages = poppler_document_get_n_pages(pdf->document);
    for (int i = 0; i < MIN(n_pages, PAGES_MAX); i++)
        if (!pass_page(pdf, i, error))
            return false;
    if (n_pages > PAGES_MAX) {
        g_autofree char *most = i18n_integer(PAGES_MAX);
        g_autofree char *problem = g_strdup_printf(
            _("“%s” has more than %s pages; those after were not read."), pdf->name, most);
        if (!tell(pdf, pdf->name, problem, error))
            return false;
    }
    if (!pass_attached(pdf, error))
        return false;
    if (pdf->n_parts > 0)
        return true;
    g_autofree char *problem =
        g_strdup_printf(_("“%s” has no page on which anything stands."), pdf->name);
    return tell(pdf, pdf->name, problem, error);
}

static char *filled(char *text)
{
    g_autofree char *owned = text;
    return owned != NULL && g_strstrip(owned)[0] != '\0' ? g_utf8_make_valid(owned, -1) : NULL;
}

bool intake_paper_read_pdf(const char *name, const void *bytes, gsize length, IntakePartFound found,
                           void *context, GError **error)
{
    g_assert(found != NULL && (bytes != NULL || length == 0));
    g_autoptr(GBytes) copy = g_bytes_new_static(bytes, length);
    g_autoptr(GError) refused = NULL;
    Pdf pdf = {.name = name != NULL ? name : _("the PDF"), .found = found, .context = context};
    pdf.document = poppler_document_new_from_bytes(copy, NULL, &refused);
    if (pdf.document == NULL) {
        if (g_error_matches(refused, POPPLER_ERROR, POPPLER_ERROR_ENCRYPTED)) {
            g_autofree char *problem = g_strdup_printf(
                _("“%s” is locked by a password. Open it where the password is known, print it to "
                  "a PDF without one and import that."),
                pdf.name);
            return tell(&pdf, name, problem, error);
        }
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    _("“%s” is no PDF that can be opened (%s)."), pdf.name,
                    refused != NULL ? refused->message : "?");
        return false;
    }
    g_autofree char *title = filled(poppler_document_get_title(pdf.document));
    g_autofree char *author = filled(poppler_document_get_author(pdf.document));
    g_autoptr(GDateTime) made = poppler_document_get_creation_date_time(pdf.document);
    pdf.model = (IntakePart){
        .title = title, .sender = author, .when = made != NULL ? g_date_time_to_unix(made) : 0};
    bool passed = pass_all(&pdf, error);
    intake_ocr_free(pdf.ocr);
    g_object_unref(pdf.document);
    return passed;
}
