/* render/draw.h: the charts of a case: from what was read (picture.h) to arrays (chart.h).
 * Each gives NULL without error when the case has nothing for it yet. The thread's language is
 * the chart's. */
#pragma once
#include "render/canvas.h"
#include "render/picture.h"
#include "render/unseen.h"

/** A series by its id (0: the one with the latest alarm, else the longest). NULL with error set
 *  when it cannot be read. */
Canvas *draw_series(Store *store, const Picture *picture, gint64 series_id, GError **error);
Canvas *draw_curve(const Picture *picture);
Canvas *draw_executions(const Picture *picture);
/** act_kind NULL: all kinds. */
Canvas *draw_provinces(const Picture *picture, const char *act_kind);
Canvas *draw_framework(const Picture *picture);
Canvas *draw_response(const Picture *picture);
/** Of the newest estimate of the unseen. */
Canvas *draw_unseen(const Picture *picture, UnseenChart chart);
/** "at least 975", "1,000 to 1,500", "up to …": a figure in words. Transfers. */
char *draw_figure_words(const StoreFigure *figure);
