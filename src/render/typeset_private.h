/* render/typeset_private.h: pages on their way: typeset.c (flow), typeset_table.c, typeset_draw.c.
 *
 * The flow puts pieces on pages; when all pages are known they are drawn in one go. Lengths are
 * points, y grows downward. */
#pragma once
#include "render/typeset.h"

#include <cairo.h>
#include <pango/pangocairo.h>

#define PAGE_WIDTH    595.28
#define PAGE_HEIGHT   841.89
#define MARGIN_SIDE   62.0
#define MARGIN_TOP    70.0
#define MARGIN_BOTTOM 66.0
#define TEXT_WIDTH    (PAGE_WIDTH - 2 * MARGIN_SIDE)
#define TEXT_BOTTOM   (PAGE_HEIGHT - MARGIN_BOTTOM)

typedef enum {
    PIECE_LINE,   /**< a line of a layout, baseline at y */
    PIECE_RULE,   /**< from (x, y), `width` long, `height` thick */
    PIECE_BOX,    /**< filled, with an edge */
    PIECE_CANVAS, /**< at (x, y), scaled by `height` */
    PIECE_BEGIN,  /**< of a tag of the structure */
    PIECE_END,
    PIECE_LINK,    /**< area of a note's mark: to the note `number` */
    PIECE_TARGET,  /**< note `number` stands here */
    PIECE_HEADING, /**< of the outline: `number` is its level, `text` its title */
} PieceKind;

typedef struct {
    PieceKind kind;
    double x, y, width, height;
    PangoLayout *layout;   /* owned: a line does not live without it */
    PangoLayoutLine *line; /* owned */
    const Canvas *canvas;
    const char *tag; /* static */
    char *text;
    guint number;
    CanvasInk ink, edge;
} Piece;

typedef struct {
    GArray *pieces; /* Piece */
} Page;

/** A text broken into lines of one width. */
typedef struct {
    PangoLayout *layout;
    const DocumentText *text;
    guint n_lines;
    double pitch;  /**< from baseline to baseline */
    double ascent; /**< from the top of a line to its baseline */
    double x, width;
} Block;

typedef struct {
    const Document *document;
    PangoContext *context;
    bool persian;
    double size, pitch; /* of the body */
    GPtrArray *pages;   /* Page */
    Page *page;
    double y;            /* next free height */
    double bottom;       /* where this page's text must end: above its footnotes */
    GArray *foot;        /* guint: notes at the foot of this page */
    const char *open[8]; /* tags that go on over a page's end */
    guint n_open;
    guint missing;
    int waiting; /* block: a figure for the next page; -1 none */
    guint waiting_page;
} Flow;

/* typeset.c */
void flow_new_page(Flow *flow);
bool flow_fits(const Flow *flow, double height);
Piece *flow_add(Flow *flow, PieceKind kind, double x, double y);
void flow_open(Flow *flow, const char *tag);
void flow_close(Flow *flow);
/** x is where reading begins, from the margin; the block is turned round for Persian. */
void block_init(Flow *flow, Block *block, const DocumentText *text, double size, double pitch,
                bool bold, double x, double width, DocumentAlign align);
void block_clear(Block *block);
double block_height(const Block *block);
/** Lines [from, to) with their top at y. */
void block_put(Flow *flow, const Block *block, guint from, guint to, double y);

/* typeset_table.c */
double table_head_height(Flow *flow, const DocumentTable *table);
void table_flow(Flow *flow, const DocumentTable *table);

/* typeset_draw.c */
/** One after the other, each beginning on a front side; the thread's language is set to each one's.
 */
GBytes *typeset_draw(Flow *flows, gsize n, GError **error);
