#include "render/typeset_private.h"

#include "render/font.h"
#include "render/glyphs.h"
#include "render/pdf.h"
#include <math.h>
#include <string.h>

enum { HEAD_SIZES = 4 };
static const double HEADING_SIZE[HEAD_SIZES] = {19, 14, 11.5, 10.5};

/* ---- pages and pieces ---- */

static void clear_piece(void *data)
{
    Piece *piece = data;
    g_clear_pointer(&piece->line, pango_layout_line_unref);
    g_clear_object(&piece->layout);
    g_free(piece->text);
}

static void page_free(void *data)
{
    Page *page = data;
    g_array_unref(page->pieces);
    g_free(page);
}

Piece *flow_add(Flow *flow, PieceKind kind, double x, double y)
{
    Piece piece = {.kind = kind, .x = x, .y = y};
    g_array_append_val(flow->page->pieces, piece);
    return &g_array_index(flow->page->pieces, Piece, flow->page->pieces->len - 1);
}

static void add_tag(Flow *flow, PieceKind kind, const char *tag)
{
    flow_add(flow, kind, 0, 0)->tag = tag;
}

void flow_open(Flow *flow, const char *tag)
{
    g_assert(flow->n_open < G_N_ELEMENTS(flow->open));
    flow->open[flow->n_open++] = tag;
    add_tag(flow, PIECE_BEGIN, tag);
}

void flow_close(Flow *flow)
{
    g_assert(flow->n_open > 0);
    add_tag(flow, PIECE_END, flow->open[--flow->n_open]);
}

static void put_foot(Flow *flow);

/* A tag that is open at a page's end is closed there and opened again on the next. */
static void end_page(Flow *flow)
{
    for (guint i = flow->n_open; i > 0; i--)
        add_tag(flow, PIECE_END, flow->open[i - 1]);
    put_foot(flow);
}

void flow_new_page(Flow *flow)
{
    if (flow->page != NULL)
        end_page(flow);
    flow->page = g_new0(Page, 1);
    flow->page->pieces = g_array_new(FALSE, TRUE, sizeof(Piece));
    g_array_set_clear_func(flow->page->pieces, clear_piece);
    g_ptr_array_add(flow->pages, flow->page);
    flow->y = MARGIN_TOP;
    flow->bottom = TEXT_BOTTOM;
    for (guint i = 0; i < flow->n_open; i++)
        add_tag(flow, PIECE_BEGIN, flow->open[i]);
}

bool flow_fits(const Flow *flow, double height)
{
    return flow->y + height <= flow->bottom + 0.01;
}

static bool at_top(const Flow *flow)
{
    return flow->y <= MARGIN_TOP + 0.01;
}

static void skip(Flow *flow, double height)
{
    if (!at_top(flow))
        flow->y += height;
}

/* ---- a text as lines ---- */

static void set_attributes(Flow *flow, PangoLayout *layout, const DocumentText *text, double size)
{
    PangoAttrList *list = pango_attr_list_new();
    for (guint i = 0; i < text->spans->len; i++) {
        const DocumentSpan *span = &g_array_index(text->spans, DocumentSpan, i);
        PangoAttribute *made[5];
        guint n = 0;
        if ((span->style & DOCUMENT_BOLD) != 0)
            made[n++] = pango_attr_weight_new(PANGO_WEIGHT_BOLD);
        if ((span->style & (DOCUMENT_QUIET | DOCUMENT_NOTE)) != 0) {
            double rgb[3];
            canvas_ink_rgb((span->style & DOCUMENT_NOTE) != 0 ? INK_MAIN : INK_QUIET, rgb);
            made[n++] = pango_attr_foreground_new((guint16)lround(rgb[0] * 65535),
                                                  (guint16)lround(rgb[1] * 65535),
                                                  (guint16)lround(rgb[2] * 65535));
        }
        double scale = (span->style & DOCUMENT_NOTE) != 0                      ? 0.78
                       : (span->style & (DOCUMENT_SMALL | DOCUMENT_CODE)) != 0 ? 0.9
                                                                               : 1;
        if (scale < 1)
            made[n++] = pango_attr_size_new((int)lround(size * scale * PANGO_SCALE));
        if ((span->style & DOCUMENT_NOTE) != 0)
            made[n++] = pango_attr_rise_new((int)lround(size * 0.22 * PANGO_SCALE));
        /* An id stays in one piece; a hash may have to break. */
        if ((span->style & DOCUMENT_CODE) != 0 && span->end - span->start < 30)
            made[n++] = pango_attr_allow_breaks_new(FALSE);
        for (guint k = 0; k < n; k++) {
            made[k]->start_index = (guint)span->start;
            made[k]->end_index = (guint)span->end;
            pango_attr_list_insert(list, made[k]);
        }
    }
    /* A hyphen put into a broken hash would be a wrong hash. */
    pango_attr_list_insert(list, pango_attr_insert_hyphens_new(FALSE));
    pango_layout_set_attributes(layout, list);
    pango_attr_list_unref(list);
}

void block_init(Flow *flow, Block *block, const DocumentText *text, double size, double pitch,
                bool bold, double x, double width, DocumentAlign align)
{
    PangoLayout *layout = pango_layout_new(flow->context);
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family_static(font, FONT_FAMILY);
    pango_font_description_set_size(font, (int)lround(size * PANGO_SCALE));
    pango_font_description_set_weight(font, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    /* The document's direction, not that of a text's first letter: "R12: …" stays in line. */
    pango_layout_set_auto_dir(layout, FALSE);
    bool right = flow->persian != (align == DOCUMENT_END);
    pango_layout_set_alignment(layout, align == DOCUMENT_CENTRE ? PANGO_ALIGN_CENTER
                                       : right                  ? PANGO_ALIGN_RIGHT
                                                                : PANGO_ALIGN_LEFT);
    pango_layout_set_width(layout, (int)lround(width * PANGO_SCALE));
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_text(layout, text->text->str, (int)text->text->len);
    set_attributes(flow, layout, text, size);
    flow->missing += glyphs_missing(layout);
    *block = (Block){
        .layout = layout,
        .text = text,
        .n_lines = (guint)pango_layout_get_line_count(layout),
        .pitch = pitch,
        .ascent = pitch / 2 + size * 0.36, /* letters stand in the middle of their line */
        .x = MARGIN_SIDE + (flow->persian ? TEXT_WIDTH - x - width : x),
        .width = width,
    };
}

void block_clear(Block *block)
{
    g_clear_object(&block->layout);
}

double block_height(const Block *block)
{
    return block->n_lines * block->pitch;
}

/* The marks of notes in a line, made links. */
static void put_links(Flow *flow, const Block *block, PangoLayoutLine *line, double x, double y)
{
    for (guint i = 0; i < block->text->spans->len; i++) {
        const DocumentSpan *span = &g_array_index(block->text->spans, DocumentSpan, i);
        if (span->note == 0 || (int)span->start < line->start_index ||
            (int)span->start >= line->start_index + line->length)
            continue;
        int left, right;
        pango_layout_line_index_to_x(line, (int)span->start, FALSE, &left);
        pango_layout_line_index_to_x(line, (int)span->end - 1, TRUE, &right);
        Piece *piece = flow_add(flow, PIECE_LINK, x + (double)MIN(left, right) / PANGO_SCALE,
                                y - block->ascent + 1);
        piece->width = ABS(right - left) / (double)PANGO_SCALE;
        piece->height = block->pitch - 2;
        piece->number = span->note;
    }
}

void block_put(Flow *flow, const Block *block, guint from, guint to, double y)
{
    PangoLayoutIter *at = pango_layout_get_iter(block->layout);
    for (guint i = 0; i < to; i++) {
        if (i >= from) {
            PangoRectangle logical;
            PangoLayoutLine *line = pango_layout_iter_get_line_readonly(at);
            pango_layout_iter_get_line_extents(at, NULL, &logical);
            double x = block->x + (double)logical.x / PANGO_SCALE;
            double baseline = y + (i - from) * block->pitch + block->ascent;
            Piece *piece = flow_add(flow, PIECE_LINE, x, baseline);
            piece->line = pango_layout_line_ref(line);
            piece->layout = g_object_ref(block->layout);
            piece->ink = INK_TEXT;
            put_links(flow, block, line, x, baseline);
        }
        pango_layout_iter_next_line(at);
    }
    pango_layout_iter_free(at);
}

/* ---- notes ---- */

static void note_block(Flow *flow, Block *block, guint number, DocumentText *text)
{
    double size = flow->size * 0.84, pitch = flow->pitch * 0.82;
    g_autofree char *digits = i18n_integer(number);
    g_autofree char *mark = g_strdup_printf("[%s] ", digits);
    text->text = g_string_new(mark);
    text->spans = g_array_new(FALSE, TRUE, sizeof(DocumentSpan));
    DocumentSpan span = {0, text->text->len, DOCUMENT_BOLD, 0};
    g_array_append_val(text->spans, span);
    document_text_add(text, DOCUMENT_PLAIN, flow->document->notes->pdata[number - 1]);
    block_init(flow, block, text, size, pitch, false, 0, TEXT_WIDTH, DOCUMENT_START);
}

static void note_clear(Block *block, DocumentText *text)
{
    block_clear(block);
    g_string_free(text->text, TRUE);
    g_array_unref(text->spans);
}

static bool foot_has(const Flow *flow, guint number)
{
    for (guint i = 0; i < flow->foot->len; i++)
        if (g_array_index(flow->foot, guint, i) == number)
            return true;
    return false;
}

/* Height that line `i` needs at the foot for notes that are not there yet; `take` puts them. */
static double foot_of_line(Flow *flow, const Block *block, guint i, bool take)
{
    if (!flow->document->footnotes)
        return 0;
    PangoLayoutLine *line = pango_layout_get_line_readonly(block->layout, (int)i);
    double height = 0;
    for (guint k = 0; k < block->text->spans->len; k++) {
        const DocumentSpan *span = &g_array_index(block->text->spans, DocumentSpan, k);
        if (span->note == 0 || (int)span->start < line->start_index ||
            (int)span->start >= line->start_index + line->length || foot_has(flow, span->note))
            continue;
        Block note;
        DocumentText text;
        note_block(flow, &note, span->note, &text);
        height += block_height(&note) + (flow->foot->len == 0 && height == 0 ? 12 : 0);
        note_clear(&note, &text);
        if (take)
            g_array_append_val(flow->foot, span->note);
    }
    if (take)
        flow->bottom -= height;
    return height;
}

static void put_foot(Flow *flow)
{
    if (flow->foot->len == 0)
        return;
    double y = flow->bottom + 6;
    Piece *rule =
        flow_add(flow, PIECE_RULE, MARGIN_SIDE + (flow->persian ? TEXT_WIDTH - 120 : 0), y);
    rule->width = 120;
    rule->height = 0.6;
    rule->ink = INK_QUIET;
    y += 6;
    for (guint i = 0; i < flow->foot->len; i++) {
        guint number = g_array_index(flow->foot, guint, i);
        Block note;
        DocumentText text;
        note_block(flow, &note, number, &text);
        flow_add(flow, PIECE_TARGET, note.x, y)->number = number;
        add_tag(flow, PIECE_BEGIN, "Note");
        block_put(flow, &note, 0, note.n_lines, y);
        add_tag(flow, PIECE_END, "Note");
        y += block_height(&note);
        note_clear(&note, &text);
    }
    g_array_set_size(flow->foot, 0);
}

/* ---- flowing text ---- */

/* How many lines from `from` on fit on this page, with their footnotes. */
static guint lines_that_fit(Flow *flow, const Block *block, guint from)
{
    double y = flow->y, bottom = flow->bottom;
    guint fit = 0;
    for (guint i = from; i < block->n_lines; i++, fit++) {
        bottom -= foot_of_line(flow, block, i, false);
        y += block->pitch;
        if (y > bottom + 0.01)
            break;
    }
    return fit;
}

/* How many lines from `from` on go on this page, none left alone on either; 0: none, the next
 * page takes them. */
static guint lines_to_put(Flow *flow, const Block *block, guint from)
{
    guint left = block->n_lines - from, fit = lines_that_fit(flow, block, from);
    if (fit >= left)
        return left;
    if (left - fit < 2)
        fit = left > 3 ? left - 2 : 0; /* no line alone on the next */
    if (fit < 2)
        fit = 0; /* nor on this one */
    return fit == 0 && at_top(flow) ? MAX(1, lines_that_fit(flow, block, from)) : fit;
}

/* Puts a block of text, over as many pages as it takes. */
static void flow_lines(Flow *flow, const Block *block, const char *tag)
{
    guint from = 0;
    flow_open(flow, tag);
    while (from < block->n_lines) {
        guint fit = lines_to_put(flow, block, from);
        if (fit > 0) {
            for (guint i = from; i < from + fit; i++)
                foot_of_line(flow, block, i, true);
            block_put(flow, block, from, from + fit, flow->y);
            flow->y += fit * block->pitch;
            from += fit;
        }
        if (from < block->n_lines)
            flow_new_page(flow);
    }
    flow_close(flow);
}

static void heading_block(Flow *flow, Block *block, const DocumentBlock *heading)
{
    double size = HEADING_SIZE[CLAMP(heading->level, 0, HEAD_SIZES - 1)];
    block_init(flow, block, heading->text, size, size * (flow->persian ? 1.6 : 1.35), true, 0,
               TEXT_WIDTH, DOCUMENT_START);
}

static double heading_gap(const DocumentBlock *heading)
{
    return heading->level == 0 ? 4 : heading->level == 1 ? 20 : 13;
}

/* What is left of a page is not wasted on a figure that nearly fits: it may shrink so far. */
#define SMALLEST_SHARE 0.78

static double figure_scale(const Canvas *canvas)
{
    return MIN(1.0, TEXT_WIDTH / canvas_width(canvas));
}

/* The least height that this block and what must stay with it need at the foot of a page. */
static double least_height(Flow *flow, guint at)
{
    if (at >= flow->document->blocks->len)
        return 0;
    const DocumentBlock *b = flow->document->blocks->pdata[at];
    Block block;
    double height = 0;
    switch (b->kind) {
    case DOCUMENT_HEADING:
        heading_block(flow, &block, b);
        height = heading_gap(b) + block_height(&block) + 4;
        block_clear(&block);
        break;
    case DOCUMENT_FIGURE:
        return canvas_height(b->canvas) * figure_scale(b->canvas) * SMALLEST_SHARE +
               3 * flow->pitch + 10;
    case DOCUMENT_TABLE:
        return 2 * flow->pitch + table_head_height(flow, b->table) + 2.6 * flow->pitch;
    case DOCUMENT_NEW_PAGE:
    case DOCUMENT_NOTES:
        return 2 * flow->pitch;
    default:
        block_init(flow, &block, b->text, flow->size, flow->pitch, false, 0, TEXT_WIDTH,
                   DOCUMENT_START);
        height = MIN(block.n_lines, b->keep ? block.n_lines : 3) * flow->pitch + 4;
        block_clear(&block);
        break;
    }
    return b->keep ? height + least_height(flow, at + 1) : height;
}

static void flow_heading(Flow *flow, const DocumentBlock *b)
{
    static const char *const TAGS[HEAD_SIZES] = {"H1", "H2", "H3", "H4"};
    int level = CLAMP(b->level, 0, HEAD_SIZES - 1);
    Block block;
    heading_block(flow, &block, b);
    skip(flow, heading_gap(b));
    Piece *mark = flow_add(flow, PIECE_HEADING, MARGIN_SIDE, flow->y);
    mark->number = (guint)level;
    mark->text = g_strdup(b->text->text->str);
    flow_lines(flow, &block, TAGS[level]);
    flow->y += level <= 1 ? 5 : 2;
    block_clear(&block);
}

static void flow_item(Flow *flow, const DocumentBlock *b)
{
    Block block, marker;
    DocumentText text = {g_string_new(b->marker != NULL ? b->marker : "•"),
                         g_array_new(FALSE, TRUE, sizeof(DocumentSpan))};
    block_init(flow, &marker, &text, flow->size, flow->pitch, b->marker != NULL, 2, 100,
               DOCUMENT_START);
    PangoRectangle logical;
    pango_layout_get_extents(marker.layout, NULL, &logical);
    double indent = MAX(18, (double)logical.width / PANGO_SCALE + 9);
    block_init(flow, &block, b->text, flow->size, flow->pitch, false, indent, TEXT_WIDTH - indent,
               DOCUMENT_START);
    if (lines_to_put(flow, &block, 0) == 0) /* its mark stays with its text */
        flow_new_page(flow);
    flow_open(flow, "LI");
    flow_open(flow, "Lbl");
    block_put(flow, &marker, 0, 1, flow->y);
    flow_close(flow);
    flow_lines(flow, &block, "LBody");
    flow_close(flow);
    flow->y += 3;
    block_clear(&block);
    block_clear(&marker);
    g_string_free(text.text, TRUE);
    g_array_unref(text.spans);
}

static void flow_notice(Flow *flow, const DocumentBlock *b)
{
    const double pad = 9;
    Block block;
    block_init(flow, &block, b->text, flow->size, flow->pitch, false, pad, TEXT_WIDTH - 2 * pad,
               DOCUMENT_START);
    double height = block_height(&block) + 2 * pad - 4;
    if (!flow_fits(flow, height))
        flow_new_page(flow);
    skip(flow, 4);
    Piece *box = flow_add(flow, PIECE_BOX, MARGIN_SIDE, flow->y);
    box->width = TEXT_WIDTH;
    box->height = height;
    box->ink = INK_STEP_0;
    box->edge = INK_QUIET;
    double bottom = flow->y + height;
    flow->y += pad - 2;
    flow_lines(flow, &block, "P");
    flow->y = MAX(flow->y, bottom) + 8;
    block_clear(&block);
}

static double room_of(const Flow *flow)
{
    return flow->bottom - flow->y;
}

static void flow_figure(Flow *flow, const DocumentBlock *b)
{
    Block caption;
    block_init(flow, &caption, b->text, flow->size * 0.92, flow->pitch * 0.9, false, 0, TEXT_WIDTH,
               DOCUMENT_START);
    double around = 8 + 3 + block_height(&caption) + 2;
    double scale = figure_scale(b->canvas), height = canvas_height(b->canvas);
    if (!flow_fits(flow, around + height * scale)) {
        if (room_of(flow) - around >= height * scale * SMALLEST_SHARE)
            scale = (room_of(flow) - around) / height;
        else
            flow_new_page(flow);
    }
    skip(flow, 8);
    flow_lines(flow, &caption, "Caption");
    flow->y += 3;
    flow_open(flow, "Figure");
    double space = TEXT_WIDTH - canvas_width(b->canvas) * scale;
    Piece *piece = flow_add(flow, PIECE_CANVAS, MARGIN_SIDE + space / 2, flow->y);
    piece->canvas = b->canvas;
    piece->height = scale;
    flow_close(flow);
    flow->y += height * scale + 8;
    block_clear(&caption);
}

/* A figure that does not fit waits for the next page while text that follows fills this one. */
static bool can_wait(Flow *flow, guint at)
{
    const DocumentBlock *b = flow->document->blocks->pdata[at];
    double least =
        canvas_height(b->canvas) * figure_scale(b->canvas) * SMALLEST_SHARE + 3 * flow->pitch;
    if (flow->waiting >= 0 || at + 1 >= flow->document->blocks->len || flow_fits(flow, least))
        return false;
    const DocumentBlock *next = flow->document->blocks->pdata[at + 1];
    return next->kind == DOCUMENT_PARAGRAPH || next->kind == DOCUMENT_ITEM ||
           next->kind == DOCUMENT_TABLE || next->kind == DOCUMENT_FIGURE;
}

static void put_waiting(Flow *flow)
{
    if (flow->waiting < 0)
        return;
    const DocumentBlock *b = flow->document->blocks->pdata[flow->waiting];
    flow->waiting = -1;
    flow_figure(flow, b);
}

static void flow_table(Flow *flow, const DocumentBlock *b)
{
    skip(flow, 6);
    if (b->text->text->len > 0) {
        Block caption;
        block_init(flow, &caption, b->text, flow->size * 0.92, flow->pitch * 0.9, false, 0,
                   TEXT_WIDTH, DOCUMENT_START);
        if (!flow_fits(flow, block_height(&caption) + table_head_height(flow, b->table) +
                                 2 * flow->pitch))
            flow_new_page(flow);
        flow_lines(flow, &caption, "Caption");
        flow->y += 2;
        block_clear(&caption);
    }
    table_flow(flow, b->table);
    flow->y += 9;
}

static void flow_notes(Flow *flow)
{
    for (guint i = 1; i <= flow->document->notes->len; i++) {
        Block note;
        DocumentText text;
        note_block(flow, &note, i, &text);
        if (lines_that_fit(flow, &note, 0) < MIN(2, note.n_lines))
            flow_new_page(flow);
        flow_add(flow, PIECE_TARGET, note.x, flow->y)->number = i;
        flow_lines(flow, &note, "Note");
        flow->y += 2;
        note_clear(&note, &text);
    }
}

static void flow_text(Flow *flow, const DocumentBlock *b)
{
    Block block;
    block_init(flow, &block, b->text, flow->size, flow->pitch, false, 0, TEXT_WIDTH,
               b->kind == DOCUMENT_LINE ? b->align : DOCUMENT_START);
    flow_lines(flow, &block, "P");
    if (b->kind == DOCUMENT_PARAGRAPH)
        flow->y += 6;
    block_clear(&block);
}

static bool is_item(const Flow *flow, guint at)
{
    const GPtrArray *blocks = flow->document->blocks;
    return at < blocks->len && ((DocumentBlock *)blocks->pdata[at])->kind == DOCUMENT_ITEM;
}

static void flow_block(Flow *flow, guint at)
{
    const DocumentBlock *b = flow->document->blocks->pdata[at];
    bool filler =
        b->kind == DOCUMENT_PARAGRAPH || b->kind == DOCUMENT_ITEM || b->kind == DOCUMENT_TABLE;
    if (flow->waiting >= 0 && (!filler || flow->pages->len > flow->waiting_page))
        put_waiting(flow);
    if (b->keep && !at_top(flow) && !flow_fits(flow, least_height(flow, at)))
        flow_new_page(flow);
    switch (b->kind) {
    case DOCUMENT_HEADING:
        flow_heading(flow, b);
        break;
    case DOCUMENT_PARAGRAPH:
    case DOCUMENT_LINE:
        flow_text(flow, b);
        break;
    case DOCUMENT_ITEM:
        if (!is_item(flow, at - 1)) /* wraps round before the first block: no item either */
            flow_open(flow, "L");
        flow_item(flow, b);
        if (!is_item(flow, at + 1))
            flow_close(flow);
        break;
    case DOCUMENT_NOTICE:
        flow_notice(flow, b);
        break;
    case DOCUMENT_TABLE:
        flow_table(flow, b);
        break;
    case DOCUMENT_FIGURE:
        if (can_wait(flow, at)) {
            flow->waiting = (int)at;
            flow->waiting_page = flow->pages->len;
        } else {
            flow_figure(flow, b);
        }
        break;
    case DOCUMENT_GAP:
        skip(flow, flow->pitch * 0.8);
        break;
    case DOCUMENT_NEW_PAGE:
        if (!at_top(flow))
            flow_new_page(flow);
        break;
    case DOCUMENT_NOTES:
        flow_notes(flow);
        break;
    }
}

/* Lays a document out into its pages. */
static void flow_begin(Flow *flow, const Document *document, PangoFontMap *map)
{
    const bool persian = document->language == I18N_PERSIAN;
    *flow = (Flow){
        .document = document,
        .context = font_context_new(map),
        .persian = persian,
        .size = persian ? 10.8 : 10.2,
        .pitch = persian ? 18.5 : 15,
        .pages = g_ptr_array_new_with_free_func(page_free),
        .foot = g_array_new(FALSE, FALSE, sizeof(guint)),
        .waiting = -1,
    };
    pango_context_set_base_dir(flow->context, persian ? PANGO_DIRECTION_RTL : PANGO_DIRECTION_LTR);
    pango_context_set_language(flow->context, pango_language_from_string(persian ? "fa" : "en"));
    flow_new_page(flow);
    for (guint i = 0; i < document->blocks->len; i++)
        flow_block(flow, i);
    put_waiting(flow);
    end_page(flow);
}

static void flow_end(Flow *flow)
{
    g_ptr_array_unref(flow->pages);
    g_array_unref(flow->foot);
    g_object_unref(flow->context);
}

GBytes *typeset_batch_pdf(const Document *const documents[], gsize n, TypesetSummary *summary,
                          GError **error)
{
    PangoFontMap *map = font_map_new(error);
    if (map == NULL)
        return NULL;
    const I18nLanguage saved = i18n_language();
    g_autofree Flow *flows = g_new0(Flow, n);
    for (gsize i = 0; i < n; i++) {
        i18n_set_language(documents[i]->language);
        flow_begin(&flows[i], documents[i], map);
    }
    g_autoptr(GBytes) drawn = typeset_draw(flows, n, error);
    GBytes *pdf = drawn != NULL ? pdf_finish(drawn, documents[0]->language, error) : NULL;
    TypesetSummary all = {0};
    for (gsize i = 0; i < n; i++) {
        all.n_pages += flows[i].pages->len;
        all.missing += flows[i].missing;
        flow_end(&flows[i]);
    }
    if (summary != NULL)
        *summary = all;
    i18n_set_language(saved);
    g_object_unref(map);
    return pdf;
}

GBytes *typeset_pdf(const Document *document, TypesetSummary *summary, GError **error)
{
    return typeset_batch_pdf(&document, 1, summary, error);
}
