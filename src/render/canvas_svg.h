/* render/canvas_svg.h: a drawing inside a page of HTML. */
#pragma once
#include "render/canvas.h"
#include "render/markup.h"

/** The rules of its inks, light and dark; once a page. */
void canvas_svg_styles(GString *css);
/** Writes the <svg> element. figure 0: with its namespace and styles, for a file of its own; else a
 *  number of its own in the page, which its ids carry. */
void canvas_svg_write(const Canvas *canvas, xmlTextWriter *writer, guint figure);
