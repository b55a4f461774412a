/* render/canvas.h: one drawing, to SVG (as text, for the web) and to a PDF page.
 *
 * A chart draws once, as if its reader read from left to right: x grows in the direction of
 * reading, "start" is where a line of text begins. In Persian the canvas turns it round, so that
 * axes, legends and time run from right to left, and nothing in a chart asks for the language.
 * Units are points. Colours are named by what they mean; each differs from the others in
 * lightness too, so that a grey print and a colour-blind eye read the same (after Okabe and Ito
 * 2008), and no meaning hangs on colour alone: see the marks. */
#pragma once
#include "base/i18n.h"
#include <cairo.h>
#include <glib.h>
#include <pango/pango.h>
#include <stdbool.h>

typedef enum {
    INK_NONE,
    INK_TEXT,
    INK_QUIET, /**< labels of axes */
    INK_GRID,
    INK_PAPER,
    INK_MAIN,   /**< dark blue */
    INK_SECOND, /**< orange */
    INK_THIRD,  /**< bluish green */
    INK_FOURTH, /**< reddish purple */
    INK_BAND,   /**< light: what was expected */
    INK_ALARM,  /**< vermilion */
    INK_STEP_0, /**< a scale from nearly paper (0) to dark (5) */
    INK_STEP_1,
    INK_STEP_2,
    INK_STEP_3,
    INK_STEP_4,
    INK_STEP_5,
    INK_ON_DARK, /**< text on INK_STEP_3 and darker */
    CANVAS_N_INKS
} CanvasInk;

typedef enum {
    MARK_CIRCLE,
    MARK_SQUARE,
    MARK_TRIANGLE,
    MARK_DIAMOND,
    MARK_TRIANGLE_DOWN,
    MARK_CROSS,
    CANVAS_N_MARKS
} CanvasMark;

typedef enum { ANCHOR_START, ANCHOR_MIDDLE, ANCHOR_END } CanvasAnchor;

typedef struct {
    double x, y; /**< a NaN in y breaks a line */
} CanvasPoint;

typedef struct Canvas Canvas;

/** title and description are for those who do not see it; both are copied. */
Canvas *canvas_new(I18nLanguage language, double width, double height, const char *title,
                   const char *description);
void canvas_free(Canvas *canvas);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Canvas, canvas_free)
double canvas_width(const Canvas *canvas);
double canvas_height(const Canvas *canvas);
I18nLanguage canvas_language(const Canvas *canvas);
const char *canvas_title(const Canvas *canvas); /**< borrowed */
/** A line below the drawing, framed, for what must never be left out ("synthetic data"); the canvas
 *  grows by its height. Also said in the description. */
void canvas_label(Canvas *canvas, const char *label);
/** Appends to the description. */
void canvas_describe(Canvas *canvas, const char *sentence);

/** dash 0: a whole line. */
void canvas_line(Canvas *canvas, CanvasInk ink, double width, double dash, double x0, double y0,
                 double x1, double y1);
void canvas_polyline(Canvas *canvas, CanvasInk ink, double width, double dash, gsize n_points,
                     const CanvasPoint points[]);
void canvas_polygon(Canvas *canvas, CanvasInk fill, gsize n_points, const CanvasPoint points[]);
/** stroke INK_NONE: no edge. */
void canvas_rectangle(Canvas *canvas, CanvasInk fill, CanvasInk stroke, double x, double y,
                      double width, double height);
void canvas_mark(Canvas *canvas, CanvasMark mark, CanvasInk ink, bool filled, double size, double x,
                 double y);
/** y is the baseline. */
void canvas_text(Canvas *canvas, CanvasInk ink, double size, bool bold, CanvasAnchor anchor,
                 double x, double y, const char *text);
/** What is drawn until the end is one thing with a name of its own (a bar, a tile): shown by the
 *  web as a tip, read by screen readers. */
void canvas_begin(Canvas *canvas, const char *name);
void canvas_end(Canvas *canvas);

/** Roughly how wide a text is (the typeface's mean; exact enough for legends). */
double canvas_text_width(double size, const char *text);

/** An SVG document. Transfers. */
char *canvas_to_svg(const Canvas *canvas);
/** Onto a page with its upper left corner at (x, y), by a context of the typeface. Returns how
 *  many characters had no glyph. */
guint canvas_draw(const Canvas *canvas, cairo_t *cr, PangoContext *context, double x, double y,
                  double scale);

/** Red, green, blue (0–1) of an ink on paper. */
void canvas_ink_rgb(CanvasInk ink, double ret_rgb[3]);

/* ---- for the two writers (canvas_svg.c, canvas.c) ---- */
typedef enum {
    CANVAS_LINE, /**< open path */
    CANVAS_AREA, /**< closed path, filled */
    CANVAS_RECTANGLE,
    CANVAS_MARK,
    CANVAS_TEXT,
    CANVAS_BEGIN,
    CANVAS_END
} CanvasOperation;

typedef struct {
    CanvasOperation operation;
    CanvasInk ink, stroke;
    CanvasMark mark;
    int anchor; /**< of a text on the page: -1 its left end is at x, 0 its middle, 1 its right end
                 */
    bool filled, bold;
    double x, y, width, height, size, dash; /**< of the page: turned round already */
    gsize first_point, n_points;
    char *text;
} CanvasItem;

const CanvasItem *canvas_items(const Canvas *canvas, gsize *ret_n);
const CanvasPoint *canvas_points(const Canvas *canvas);
const char *canvas_description(const Canvas *canvas);
