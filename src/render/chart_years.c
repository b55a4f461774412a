/* Figures a year, each reporter's own: never joined across reporters, never averaged. */
#include "render/chart.h"

#include "render/frame.h"
#include <math.h>

enum { STYLES = 12 };
static const struct {
    CanvasMark mark;
    CanvasInk ink;
} STYLE[STYLES] = {
    /* six shapes, then the same again, dark where they were light and light where they were dark */
    {MARK_CIRCLE, INK_MAIN},          {MARK_SQUARE, INK_SECOND}, {MARK_TRIANGLE, INK_THIRD},
    {MARK_DIAMOND, INK_FOURTH},       {MARK_CROSS, INK_TEXT},    {MARK_TRIANGLE_DOWN, INK_ALARM},
    {MARK_SQUARE, INK_TEXT},          {MARK_DIAMOND, INK_TEXT},  {MARK_CROSS, INK_SECOND},
    {MARK_TRIANGLE_DOWN, INK_STEP_2}, {MARK_TRIANGLE, INK_TEXT}, {MARK_CIRCLE, INK_SECOND},
};

static double top_of(const ChartYear *y)
{
    return isfinite(y->high) ? y->high : y->low;
}

/* A line through the figures of whole years of one reporter, broken where a year is missing. */
static void draw_line(const Frame *frame, const ChartYears *years, gsize reporter, double shift)
{
    g_autoptr(GArray) line = g_array_new(FALSE, FALSE, sizeof(CanvasPoint));
    double last = NAN;
    for (gsize i = 0; i < years->n_years; i++) {
        const ChartYear *y = &years->years[i];
        if (y->reporter != reporter || y->part || !isfinite(y->low))
            continue;
        CanvasPoint gap = {0, NAN};
        if (isfinite(last) && y->year > last + 1.01)
            g_array_append_val(line, gap);
        CanvasPoint p = {frame_x(frame, y->year) + shift, frame_y(frame, y->low)};
        g_array_append_val(line, p);
        last = y->year;
    }
    if (line->len > 1)
        canvas_polyline(frame->canvas, STYLE[reporter % STYLES].ink, 0.8, 0, line->len,
                        (const CanvasPoint *)(void *)line->data);
}

static void draw_year(const Frame *frame, const ChartYear *y, double shift)
{
    CanvasInk ink = STYLE[y->reporter % STYLES].ink;
    double x = frame_x(frame, y->year) + shift, low = frame_y(frame, y->low);
    canvas_begin(frame->canvas, y->words);
    if (isfinite(y->high) && y->high > y->low) {
        double high = frame_y(frame, y->high);
        canvas_line(frame->canvas, ink, 1.3, 0, x, low, x, high);
        canvas_line(frame->canvas, ink, 1.3, 0, x - 2.5, high, x + 2.5, high);
    }
    canvas_mark(frame->canvas, STYLE[y->reporter % STYLES].mark, ink, !y->part && !y->unconfirmed,
                5.6, x, low);
    canvas_end(frame->canvas);
}

Canvas *chart_years(const ChartYears *years)
{
    if (years->n_years == 0)
        return NULL;
    double most = 0, first = G_MAXDOUBLE, last = -G_MAXDOUBLE;
    bool hollow = false;
    for (gsize i = 0; i < years->n_years; i++) {
        const ChartYear *y = &years->years[i];
        most = MAX(most, top_of(y));
        first = MIN(first, floor(y->year));
        last = MAX(last, ceil(y->year));
        hollow = hollow || y->part || y->unconfirmed;
    }
    Canvas *canvas = canvas_new(i18n_language(), CHART_WIDTH, 236, years->title, NULL);
    for (gsize i = 0; i < years->n_years; i++)
        canvas_describe(canvas, years->years[i].words);
    g_autofree FrameKey *keys = g_new0(FrameKey, years->n_reporters + 1);
    for (gsize r = 0; r < years->n_reporters; r++)
        keys[r] = (FrameKey){KEY_MARK, STYLE[r % STYLES].mark, STYLE[r % STYLES].ink,
                             years->reporters[r]};
    gsize n_keys = years->n_reporters;
    if (hollow)
        keys[n_keys++] = (FrameKey){KEY_HOLLOW_MARK, MARK_CIRCLE, INK_QUIET,
                                    _("part of a year, or not confirmed")};
    double top =
        frame_legend(canvas, 0, frame_title(canvas, years->title), CHART_WIDTH, n_keys, keys);
    Frame frame = {
        .canvas = canvas,
        .left = 34,
        .right = CHART_WIDTH - 6,
        .top = top + 4,
        .bottom = 216,
        .x_first = first - 0.5,
        .x_last = last + 0.5,
        .y_last = frame_round_up(most),
    };
    frame_value_axis(&frame, true);
    frame_year_axis(&frame);
    double apart = (frame.right - frame.left) / (last - first + 1) * 0.6 /
                   (double)MAX(1, years->n_reporters - 1);
    apart = MIN(apart, 4);
    for (gsize r = 0; r < years->n_reporters; r++) {
        double shift = ((double)r - (double)(years->n_reporters - 1) / 2) * apart;
        draw_line(&frame, years, r, shift);
        for (gsize i = 0; i < years->n_years; i++)
            if (years->years[i].reporter == r && isfinite(years->years[i].low))
                draw_year(&frame, &years->years[i], shift);
    }
    return canvas;
}
