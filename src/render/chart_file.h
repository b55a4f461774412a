/* render/chart_file.h: a chart as a file of its own: SVG, PDF or PNG by the name's ending, all
 * three from the same drawing. */
#pragma once
#include "base/error.h"
#include "render/canvas.h"

/** Whether a name ends in .svg, .pdf or .png (any case). */
bool chart_file_known(const char *path);
/** Writes beside the name and puts in place. PNG: 216 dots an inch on white. PDF: one page, as
 *  large as the chart with its margin; `created` (seconds since 1970) is its date, so that the same
 *  drawing gives the same bytes. USAGE for another ending. */
bool chart_file_write(const Canvas *canvas, gint64 created, const char *path, GError **error);
