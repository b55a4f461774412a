/* render/glyphs.h: shaped lines onto a page, so that the text can be taken out of it again.
 *
 * Pango's own renderer drops half-spaces (U+200C) from a PDF's text and writes right-to-left runs
 * as leaps to the left. Here each run is written from left to right as printers do it, each
 * cluster with its characters, a half-space as the typeface's own empty glyph; readers (poppler,
 * mupdf, browsers) then turn it back into the order of writing. */
#pragma once
#include <cairo.h>
#include <pango/pangocairo.h>
#include <stdbool.h>

/** Draws a line with its baseline at y, its left edge (in the layout) at x. Colour: the context's
 *  source, or the run's foreground attribute. Returns how many characters had no glyph. */
guint glyphs_show_line(cairo_t *cr, PangoLayoutLine *line, double x, double y);
/** Poppler reads a page from right to left when more of its letters run so, and takes Persian lines
 *  apart wrongly when it does not: a page of hashes and addresses with some Persian. Lays n
 *  direction marks (U+200F, or U+200E) that draw nothing at (x, y). */
void glyphs_show_marks(cairo_t *cr, PangoContext *context, bool to_the_left, guint n, double x,
                       double y);
/** Letters to the right less letters to the left in some bytes of UTF-8. */
int glyphs_balance(const char *text, gsize length);
/** Characters of a layout that the typeface cannot draw. */
guint glyphs_missing(PangoLayout *layout);
