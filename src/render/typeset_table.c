/* Tables: columns by their shares, the head on every page, rows whole where they can be. */
#include "render/typeset_private.h"

#include <math.h>

#define CELL_GAP 8.0

typedef struct {
    const DocumentTable *table;
    double size, pitch;
    double *x, *width; /* n_columns */
} Grid;

static void grid_init(Grid *grid, const Flow *flow, const DocumentTable *table)
{
    double scale = table->small ? 0.78 : 0.88;
    *grid = (Grid){
        .table = table,
        .size = flow->size * scale,
        .pitch = flow->pitch * scale,
        .x = g_new(double, table->n_columns),
        .width = g_new(double, table->n_columns),
    };
    double sum = 0, x = 0;
    for (gsize i = 0; i < table->n_columns; i++)
        sum += table->shares[i];
    double room = TEXT_WIDTH - CELL_GAP * (double)(table->n_columns - 1);
    for (gsize i = 0; i < table->n_columns; i++) {
        grid->x[i] = x;
        grid->width[i] = room * table->shares[i] / sum;
        x += grid->width[i] + CELL_GAP;
    }
}

static void grid_clear(Grid *grid)
{
    g_free(grid->x);
    g_free(grid->width);
}

/* A row as blocks; returns the number of lines of the tallest. */
static guint row_init(Flow *flow, const Grid *grid, Block *blocks, DocumentText *const *texts,
                      gsize n, bool bold)
{
    guint lines = 1;
    for (gsize i = 0; i < n; i++) {
        /* Figures stand at the right edge, in either direction of reading. */
        DocumentAlign align =
            grid->table->numeric[i] && !flow->persian ? DOCUMENT_END : DOCUMENT_START;
        block_init(flow, &blocks[i], texts[i], grid->size, grid->pitch, bold, grid->x[i],
                   grid->width[i], align);
        lines = MAX(lines, blocks[i].n_lines);
    }
    return lines;
}

static void put_rule(Flow *flow, double y, double thickness, CanvasInk ink)
{
    Piece *rule = flow_add(flow, PIECE_RULE, MARGIN_SIDE, y);
    rule->width = TEXT_WIDTH;
    rule->height = thickness;
    rule->ink = ink;
}

/* Lines [from, to) of a row at the flow's height. */
static void put_row(Flow *flow, const Grid *grid, const Block *blocks, gsize n, guint from,
                    guint to, const char *cell_tag)
{
    flow_open(flow, "TR");
    for (gsize i = 0; i < n; i++) {
        flow_open(flow, cell_tag);
        if (from < blocks[i].n_lines)
            block_put(flow, &blocks[i], from, MIN(to, blocks[i].n_lines), flow->y + 2.5);
        flow_close(flow);
    }
    flow_close(flow);
    flow->y += (to - from) * grid->pitch + 5;
}

static void put_head(Flow *flow, const Grid *grid, Block *head, guint lines)
{
    put_rule(flow, flow->y, 0.9, INK_TEXT);
    flow->y += 1;
    put_row(flow, grid, head, grid->table->n_columns, 0, lines, "TH");
    put_rule(flow, flow->y, 0.6, INK_TEXT);
    flow->y += 1;
}

static DocumentText **head_texts(const DocumentTable *table)
{
    DocumentText **texts = g_new(DocumentText *, table->n_columns);
    for (gsize i = 0; i < table->n_columns; i++) {
        texts[i] = g_new0(DocumentText, 1);
        texts[i]->text = g_string_new(table->titles[i]);
        texts[i]->spans = g_array_new(FALSE, TRUE, sizeof(DocumentSpan));
    }
    return texts;
}

static void head_texts_free(DocumentText **texts, gsize n)
{
    for (gsize i = 0; i < n; i++) {
        g_string_free(texts[i]->text, TRUE);
        g_array_unref(texts[i]->spans);
        g_free(texts[i]);
    }
    g_free(texts);
}

static void clear_blocks(Block *blocks, gsize n)
{
    for (gsize i = 0; i < n; i++)
        block_clear(&blocks[i]);
}

double table_head_height(Flow *flow, const DocumentTable *table)
{
    Grid grid;
    grid_init(&grid, flow, table);
    g_autofree Block *head = g_new0(Block, table->n_columns);
    DocumentText **texts = head_texts(table);
    guint lines = row_init(flow, &grid, head, texts, table->n_columns, true);
    double height = lines * grid.pitch + 7;
    clear_blocks(head, table->n_columns);
    head_texts_free(texts, table->n_columns);
    grid_clear(&grid);
    return height;
}

/* One row, over pages when it is taller than a third of one. */
static void flow_row(Flow *flow, const Grid *grid, Block *head, guint head_lines, gsize first)
{
    const DocumentTable *table = grid->table;
    gsize n = MIN(table->n_columns, table->cells->len - first);
    g_autofree Block *row = g_new0(Block, table->n_columns);
    guint lines =
        row_init(flow, grid, row, (DocumentText *const *)(table->cells->pdata + first), n, false);
    guint from = 0;
    while (from < lines) {
        double left = flow->bottom - flow->y - 6;
        guint fit = left > 0 ? (guint)(left / grid->pitch) : 0;
        bool tall = (lines - from) * grid->pitch > (TEXT_BOTTOM - MARGIN_TOP) / 3;
        guint now = MIN(fit, lines - from);
        if (now < lines - from && (!tall || now < 3)) {
            flow_new_page(flow);
            put_head(flow, grid, head, head_lines);
            fit = (guint)MAX(1, (flow->bottom - flow->y - 6) / grid->pitch);
            now = MIN(fit, lines - from);
        }
        put_row(flow, grid, row, n, from, from + now, "TD");
        from += now;
    }
    put_rule(flow, flow->y, 0.4, INK_GRID);
    flow->y += 0.5;
    clear_blocks(row, n);
}

void table_flow(Flow *flow, const DocumentTable *table)
{
    Grid grid;
    grid_init(&grid, flow, table);
    g_autofree Block *head = g_new0(Block, table->n_columns);
    DocumentText **texts = head_texts(table);
    guint head_lines = row_init(flow, &grid, head, texts, table->n_columns, true);
    if (!flow_fits(flow, head_lines * grid.pitch + 12 + 1.5 * grid.pitch))
        flow_new_page(flow);
    flow_open(flow, "Table");
    put_head(flow, &grid, head, head_lines);
    for (gsize first = 0; first < table->cells->len; first += table->n_columns)
        flow_row(flow, &grid, head, head_lines, first);
    flow_close(flow);
    put_rule(flow, flow->y - 0.5, 0.9, INK_TEXT);
    clear_blocks(head, table->n_columns);
    head_texts_free(texts, table->n_columns);
    grid_clear(&grid);
}
