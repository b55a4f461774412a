/* The pages of a flow as a PDF: pieces, running heads, outline, links. */
#include "render/typeset_private.h"

#include "base/error.h"
#include "render/glyphs.h"
#include <cairo-pdf.h>
#include <math.h>
#include <string.h>

typedef struct {
    Flow *flow;
    cairo_t *cr;
    cairo_surface_t *surface;
    GArray *targets; /* Target: notes by number - 1 */
    guint before;    /* pages of the PDF before this document's first */
    int parents[4];  /* outline items by level */
} Drawing;

typedef struct {
    guint page; /* from 1; 0: nowhere */
    double x, y;
} Target;

static cairo_status_t append_bytes(void *closure, const unsigned char *data, unsigned int length)
{
    g_byte_array_append(closure, data, length);
    return CAIRO_STATUS_SUCCESS;
}

static void set_ink(cairo_t *cr, CanvasInk ink)
{
    double rgb[3];
    canvas_ink_rgb(ink, rgb);
    cairo_set_source_rgb(cr, rgb[0], rgb[1], rgb[2]);
}

static void find_targets(Drawing *drawing)
{
    g_array_set_size(drawing->targets, drawing->flow->document->notes->len);
    for (guint p = 0; p < drawing->flow->pages->len; p++) {
        const Page *page = drawing->flow->pages->pdata[p];
        for (guint i = 0; i < page->pieces->len; i++) {
            const Piece *piece = &g_array_index(page->pieces, Piece, i);
            if (piece->kind == PIECE_TARGET)
                g_array_index(drawing->targets, Target, piece->number - 1) =
                    (Target){drawing->before + p + 1, piece->x, piece->y};
        }
    }
}

static char *destination(guint page, double x, double y)
{
    char fx[32], fy[32];
    g_ascii_formatd(fx, sizeof fx, "%.1f", x);
    g_ascii_formatd(fy, sizeof fy, "%.1f", MAX(0, y - 8));
    return g_strdup_printf("page=%u pos=[%s %s]", page, fx, fy);
}

static void draw_link(Drawing *drawing, const Piece *piece)
{
    Target target = g_array_index(drawing->targets, Target, piece->number - 1);
    if (target.page == 0)
        return;
    char x[32], y[32], width[32], height[32];
    g_ascii_formatd(x, sizeof x, "%.1f", piece->x);
    g_ascii_formatd(y, sizeof y, "%.1f", piece->y);
    g_ascii_formatd(width, sizeof width, "%.1f", piece->width);
    g_ascii_formatd(height, sizeof height, "%.1f", piece->height);
    g_autofree char *to = destination(target.page, target.x, target.y);
    g_autofree char *attributes = g_strdup_printf("rect=[%s %s %s %s] %s", x, y, width, height, to);
    cairo_tag_begin(drawing->cr, CAIRO_TAG_LINK, attributes);
    cairo_tag_end(drawing->cr, CAIRO_TAG_LINK);
}

static void add_outline(Drawing *drawing, const Piece *piece, guint page)
{
    guint level = MIN(piece->number, 3);
    int parent = CAIRO_PDF_OUTLINE_ROOT;
    for (guint i = 1; i < level; i++) /* the title is no parent: chapters stand at the root */
        if (drawing->parents[i] != 0)
            parent = drawing->parents[i];
    g_autofree char *to = destination(drawing->before + page, piece->x, piece->y);
    drawing->parents[level] = cairo_pdf_surface_add_outline(
        drawing->surface, parent, piece->text, to, level <= 1 ? CAIRO_PDF_OUTLINE_FLAG_OPEN : 0);
    for (guint i = level + 1; i < 4; i++)
        drawing->parents[i] = 0;
}

static void draw_piece(Drawing *drawing, const Piece *piece, guint page)
{
    cairo_t *cr = drawing->cr;
    switch (piece->kind) {
    case PIECE_LINE:
        set_ink(cr, piece->ink);
        glyphs_show_line(cr, piece->line, piece->x, piece->y);
        break;
    case PIECE_RULE:
        set_ink(cr, piece->ink);
        cairo_rectangle(cr, piece->x, piece->y, piece->width, piece->height);
        cairo_fill(cr);
        break;
    case PIECE_BOX:
        cairo_rectangle(cr, piece->x, piece->y, piece->width, piece->height);
        set_ink(cr, piece->ink);
        cairo_fill_preserve(cr);
        set_ink(cr, piece->edge);
        cairo_set_line_width(cr, 0.7);
        cairo_stroke(cr);
        break;
    case PIECE_CANVAS:
        drawing->flow->missing += canvas_draw(piece->canvas, cr, drawing->flow->context, piece->x,
                                              piece->y, piece->height);
        break;
    case PIECE_BEGIN:
        cairo_tag_begin(cr, piece->tag, NULL);
        break;
    case PIECE_END:
        cairo_tag_end(cr, piece->tag);
        break;
    case PIECE_LINK:
        draw_link(drawing, piece);
        break;
    case PIECE_HEADING:
        add_outline(drawing, piece, page);
        break;
    case PIECE_TARGET:
        break;
    }
}

/* One line of small text: start, middle or end of the measure. */
static void draw_margin(Drawing *drawing, const char *text, DocumentAlign align, bool bold,
                        double y)
{
    Flow *flow = drawing->flow;
    DocumentText shown = {g_string_new(text), g_array_new(FALSE, TRUE, sizeof(DocumentSpan))};
    Block block;
    block_init(flow, &block, &shown, flow->size * 0.78, 12, bold, 0, TEXT_WIDTH, align);
    PangoRectangle logical;
    PangoLayoutIter *at = pango_layout_get_iter(block.layout);
    pango_layout_iter_get_line_extents(at, NULL, &logical);
    set_ink(drawing->cr, bold ? INK_TEXT : INK_QUIET);
    glyphs_show_line(drawing->cr, pango_layout_iter_get_line_readonly(at),
                     block.x + (double)logical.x / PANGO_SCALE, y);
    pango_layout_iter_free(at);
    block_clear(&block);
    g_string_free(shown.text, TRUE);
    g_array_unref(shown.spans);
}

/* The label in a frame at the head, on every page: nobody takes an exercise for the truth. */
static void draw_label(Drawing *drawing, const char *label)
{
    cairo_t *cr = drawing->cr;
    cairo_rectangle(cr, MARGIN_SIDE, 22, TEXT_WIDTH, 17);
    set_ink(cr, INK_STEP_1);
    cairo_fill_preserve(cr);
    set_ink(cr, INK_TEXT);
    cairo_set_line_width(cr, 0.8);
    cairo_stroke(cr);
    draw_margin(drawing, label, DOCUMENT_CENTRE, true, 33.6);
}

static void draw_margins(Drawing *drawing, guint page)
{
    const Document *document = drawing->flow->document;
    if (document->label != NULL)
        draw_label(drawing, document->label);
    if (page > 1)
        draw_margin(drawing, document->running != NULL ? document->running : document->title,
                    DOCUMENT_START, false, 53);
    g_autofree char *number = i18n_integer(page);
    g_autofree char *of = i18n_integer(drawing->flow->pages->len);
    /* translators: page 3 of 12 */
    g_autofree char *foot = g_strdup_printf(_("Page %s of %s"), number, of);
    draw_margin(drawing, foot, DOCUMENT_END, false, PAGE_HEIGHT - 36);
    if (document->foot != NULL)
        draw_margin(drawing, document->foot, DOCUMENT_START, false, PAGE_HEIGHT - 36);
}

/* More letters of the other direction than of the document's, on this page. */
static int page_balance(const Drawing *drawing, const Page *page)
{
    int balance = 0;
    for (guint i = 0; i < page->pieces->len; i++) {
        const Piece *piece = &g_array_index(page->pieces, Piece, i);
        if (piece->kind == PIECE_LINE)
            balance +=
                glyphs_balance(pango_layout_get_text(piece->layout) + piece->line->start_index,
                               (gsize)piece->line->length);
    }
    return drawing->flow->persian ? balance : -balance;
}

enum { SLACK = 40, MOST_MARKS = 2000 };

static void draw_balance(Drawing *drawing, const Page *page)
{
    int marks = page_balance(drawing, page) + SLACK; /* page numbers, charts */
    if (marks > 0 && marks < MOST_MARKS)
        glyphs_show_marks(drawing->cr, drawing->flow->context, drawing->flow->persian, (guint)marks,
                          PAGE_WIDTH / 2, PAGE_HEIGHT - 12);
}

static void set_metadata(cairo_surface_t *surface, const Document *document)
{
    const struct {
        cairo_pdf_metadata_t what;
        const char *value;
    } TEXTS[] = {
        {CAIRO_PDF_METADATA_TITLE, document->title},
        {CAIRO_PDF_METADATA_AUTHOR, document->author},
        {CAIRO_PDF_METADATA_SUBJECT, document->subject},
        {CAIRO_PDF_METADATA_KEYWORDS, document->keywords},
        {CAIRO_PDF_METADATA_CREATOR, "Zenhar " ZENHAR_VERSION},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(TEXTS); i++)
        if (TEXTS[i].value != NULL)
            cairo_pdf_surface_set_metadata(surface, TEXTS[i].what, TEXTS[i].value);
    g_autoptr(GDateTime) created = g_date_time_new_from_unix_utc(document->created);
    g_autofree char *date =
        created != NULL ? g_date_time_format(created, "%Y-%m-%dT%H:%M:%SZ") : NULL;
    if (date != NULL)
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, date);
}

static void draw_pages(Drawing *drawing)
{
    find_targets(drawing);
    memset(drawing->parents, 0, sizeof drawing->parents);
    for (guint p = 0; p < drawing->flow->pages->len; p++) {
        const Page *page = drawing->flow->pages->pdata[p];
        draw_margins(drawing, p + 1);
        for (guint i = 0; i < page->pieces->len; i++)
            draw_piece(drawing, &g_array_index(page->pieces, Piece, i), p + 1);
        draw_balance(drawing, page);
        cairo_show_page(drawing->cr);
    }
    drawing->before += drawing->flow->pages->len;
}

GBytes *typeset_draw(Flow *flows, gsize n, GError **error)
{
    GByteArray *bytes = g_byte_array_new();
    cairo_surface_t *surface =
        cairo_pdf_surface_create_for_stream(append_bytes, bytes, PAGE_WIDTH, PAGE_HEIGHT);
    cairo_pdf_surface_restrict_to_version(surface, CAIRO_PDF_VERSION_1_5);
    set_metadata(surface, flows[0].document);
    Drawing drawing = {
        .cr = cairo_create(surface),
        .surface = surface,
        .targets = g_array_new(FALSE, TRUE, sizeof(Target)),
    };
    for (gsize i = 0; i < n; i++) {
        if (drawing.before % 2 == 1) {
            cairo_show_page(drawing.cr);
            drawing.before++;
        }
        drawing.flow = &flows[i];
        i18n_set_language(flows[i].document->language);
        g_array_set_size(drawing.targets, 0);
        draw_pages(&drawing);
    }
    cairo_status_t status = cairo_status(drawing.cr);
    cairo_destroy(drawing.cr);
    cairo_surface_finish(surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    g_array_unref(drawing.targets);
    if (status != CAIRO_STATUS_SUCCESS) {
        g_byte_array_unref(bytes);
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("The PDF cannot be drawn: %s."),
                    cairo_status_to_string(status));
        return NULL;
    }
    return g_byte_array_free_to_bytes(bytes);
}
