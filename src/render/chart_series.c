/* Charts along days: a watched series, and the epidemic curve of what came in. */
#include "render/chart.h"

#include "base/edtf.h"
#include "render/frame.h"
#include <math.h>

/* One peak far above the other weeks would press them flat. */
static bool has_lone_peak(const ChartSeries *series, double top)
{
    double sum = 0;
    guint n = 0;
    for (gsize i = 0; i < series->n_points; i++)
        if (isfinite(series->points[i].observed)) {
            sum += series->points[i].observed;
            n++;
        }
    return n > 0 && top > 50 && top > 20 * sum / n;
}

static double highest(const ChartSeries *series)
{
    double top = 0;
    for (gsize i = 0; i < series->n_points; i++) {
        const StoreSeriesPoint *p = &series->points[i];
        const double values[] = {p->observed, p->nowcast_high, p->nowcast, p->expected, p->upper};
        for (gsize k = 0; k < G_N_ELEMENTS(values); k++)
            if (isfinite(values[k]))
                top = MAX(top, values[k]);
    }
    return top;
}

/* What was expected, up to the bound: one area for each stretch that has both. */
static void draw_band(const Frame *frame, const ChartSeries *series)
{
    g_autoptr(GArray) area = g_array_new(FALSE, FALSE, sizeof(CanvasPoint));
    for (gsize from = 0; from < series->n_points;) {
        gsize to = from;
        while (to < series->n_points && isfinite(series->points[to].upper) &&
               isfinite(series->points[to].expected))
            to++;
        if (to > from) {
            g_array_set_size(area, 0);
            for (gsize i = from; i < to; i++) {
                CanvasPoint p = {frame_x(frame, series->points[i].first_day),
                                 frame_y(frame, series->points[i].upper)};
                g_array_append_val(area, p);
            }
            for (gsize i = to; i > from; i--) {
                CanvasPoint p = {frame_x(frame, series->points[i - 1].first_day),
                                 frame_y(frame, 0)};
                g_array_append_val(area, p);
            }
            canvas_polygon(frame->canvas, INK_BAND, area->len,
                           (const CanvasPoint *)(void *)area->data);
        }
        from = MAX(to, from + 1);
    }
}

static void draw_line(const Frame *frame, const ChartSeries *series, gsize offset, CanvasInk ink,
                      double width, double dash)
{
    g_autofree CanvasPoint *line = g_new(CanvasPoint, series->n_points);
    for (gsize i = 0; i < series->n_points; i++) {
        double y = G_STRUCT_MEMBER(double, &series->points[i], offset);
        line[i] = (CanvasPoint){frame_x(frame, series->points[i].first_day),
                                isfinite(y) ? frame_y(frame, y) : NAN};
    }
    canvas_polyline(frame->canvas, ink, width, dash, series->n_points, line);
}

static char *point_words(const StoreSeriesPoint *p)
{
    g_autofree char *day = edtf_describe_day((gint32)p->first_day);
    g_autofree char *count = i18n_integer((gint64)llround(p->observed));
    if (!isfinite(p->expected) || !isfinite(p->upper))
        return g_strdup_printf(_("%s: %s"), day, count);
    g_autofree char *expected = i18n_decimal(p->expected, 1);
    g_autofree char *upper = i18n_decimal(p->upper, 1);
    return g_strdup_printf(_("%s: %s; expected %s, bound %s"), day, count, expected, upper);
}

static void draw_point(const Frame *frame, const StoreSeriesPoint *p, double bar)
{
    bool alarm = p->alarm > 0;
    g_autofree char *words = point_words(p);
    double x = frame_x(frame, p->first_day), y = frame_y(frame, p->observed);
    canvas_begin(frame->canvas, words);
    canvas_rectangle(frame->canvas, alarm ? INK_ALARM : INK_MAIN, INK_NONE, x - bar / 2, y, bar,
                     frame->bottom - y);
    double above = y;
    if (isfinite(p->nowcast) && p->nowcast > p->observed + 0.5) {
        double high = frame_y(frame, isfinite(p->nowcast_high) ? p->nowcast_high : p->nowcast);
        double low = frame_y(frame, isfinite(p->nowcast_low) ? p->nowcast_low : p->nowcast);
        canvas_line(frame->canvas, INK_THIRD, 1.1, 0, x, low, x, high);
        canvas_mark(frame->canvas, MARK_CIRCLE, INK_THIRD, false, 4.5, x,
                    frame_y(frame, p->nowcast));
        above = high - 2;
    }
    if (alarm)
        canvas_mark(frame->canvas, MARK_TRIANGLE_DOWN, INK_ALARM, true, 6, x, above - 6);
    canvas_end(frame->canvas);
}

static void describe(Canvas *canvas, const ChartSeries *series)
{
    const StoreSeriesPoint *first = &series->points[0],
                           *last = &series->points[series->n_points - 1];
    const StoreSeriesPoint *most = first;
    guint alarms = 0;
    for (gsize i = 0; i < series->n_points; i++) {
        if (series->points[i].observed > most->observed || !isfinite(most->observed))
            most = &series->points[i];
        alarms += series->points[i].alarm > 0;
    }
    g_autofree char *from = edtf_describe_day((gint32)first->first_day);
    g_autofree char *to = edtf_describe_day((gint32)last->first_day + series->interval_days - 1);
    g_autofree char *peak = edtf_describe_day((gint32)most->first_day);
    g_autofree char *count = i18n_integer((gint64)llround(most->observed));
    g_autofree char *n = i18n_integer(alarms);
    g_autofree char *words = g_strdup_printf(
        _("From %s to %s. The highest count is %s, in the interval that began on %s. Alarms: %s."),
        from, to, count, peak, n);
    canvas_describe(canvas, words);
}

Canvas *chart_series(const ChartSeries *series)
{
    if (series->n_points == 0)
        return NULL;
    Canvas *canvas = canvas_new(i18n_language(), CHART_WIDTH, 196, series->title, NULL);
    describe(canvas, series);
    bool bound = false, nowcast = false;
    for (gsize i = 0; i < series->n_points; i++) {
        bound = bound || isfinite(series->points[i].upper);
        nowcast = nowcast || (isfinite(series->points[i].nowcast) &&
                              series->points[i].nowcast > series->points[i].observed + 0.5);
    }
    FrameKey keys[5] = {{KEY_AREA, 0, INK_MAIN, _("reported")}};
    gsize n = 1;
    if (bound) {
        keys[n++] = (FrameKey){KEY_DASHES, 0, INK_TEXT, _("expected")};
        keys[n++] = (FrameKey){KEY_AREA, 0, INK_BAND, _("up to the bound")};
        keys[n++] = (FrameKey){KEY_MARK, MARK_TRIANGLE_DOWN, INK_ALARM, _("alarm")};
    }
    if (nowcast)
        keys[n++] =
            (FrameKey){KEY_HOLLOW_MARK, MARK_CIRCLE, INK_THIRD, _("with reports still to come")};
    double top = frame_legend(canvas, 0, frame_title(canvas, series->title), CHART_WIDTH, n, keys);
    double half = series->interval_days / 2.0, most = highest(series);
    bool root = has_lone_peak(series, most);
    if (root) {
        canvas_text(canvas, INK_QUIET, 7.5, false, ANCHOR_END, CHART_WIDTH - 6, top,
                    _("heights by square root"));
        canvas_describe(canvas, _("Heights grow with the square root of the counts."));
        top += 4;
    }
    Frame frame = {
        .canvas = canvas,
        .left = 34,
        .right = CHART_WIDTH - 6,
        .top = top + 6,
        .bottom = 170,
        .x_first = series->points[0].first_day - half,
        .x_last = series->points[series->n_points - 1].first_day + half,
        .y_last = frame_round_up(most * 1.06),
        .root = root,
    };
    draw_band(&frame, series);
    frame_value_axis(&frame, true);
    frame_day_axis(&frame);
    double step = (frame.right - frame.left) / (double)series->n_points;
    for (gsize i = 0; i < series->n_points; i++)
        if (isfinite(series->points[i].observed))
            draw_point(&frame, &series->points[i], CLAMP(step * 0.72, 0.6, 14));
    draw_line(&frame, series, G_STRUCT_OFFSET(StoreSeriesPoint, upper), INK_QUIET, 0.7, 0);
    draw_line(&frame, series, G_STRUCT_OFFSET(StoreSeriesPoint, expected), INK_TEXT, 1.1, 3);
    return canvas;
}

/* ---- what came in ---- */

/* Told apart by their lightness alone: in grey print 45, 191, 130 and 225 of 255. */
static const CanvasInk SHADES[CHART_KINDS] = {INK_STEP_5, INK_STEP_2, INK_SECOND, INK_STEP_1};

static double week_sum(const ChartCurve *curve, gsize week)
{
    double sum = 0;
    for (gsize k = 0; k < curve->n_kinds; k++)
        sum += curve->counts[week * curve->n_kinds + k];
    return sum;
}

static void draw_week(const Frame *frame, const ChartCurve *curve, gsize week, double bar)
{
    gint32 day = curve->first_day + (gint32)week * 7;
    g_autoptr(GString) words = g_string_new(NULL);
    g_autofree char *date = edtf_describe_day(day);
    g_string_append_printf(words, _("Week from %s"), date);
    for (gsize k = 0; k < curve->n_kinds; k++) {
        g_autofree char *n =
            i18n_integer((gint64)llround(curve->counts[week * curve->n_kinds + k]));
        g_string_append_printf(words, "; %s: %s", curve->kinds[k], n);
    }
    canvas_begin(frame->canvas, words->str);
    double below = 0, x = frame_x(frame, day + 3.5);
    for (gsize k = 0; k < curve->n_kinds; k++) {
        double count = curve->counts[week * curve->n_kinds + k];
        double y = frame_y(frame, below + count), base = frame_y(frame, below);
        if (count > 0)
            canvas_rectangle(frame->canvas, SHADES[k], bar > 4 ? INK_PAPER : INK_NONE, x - bar / 2,
                             y, bar, base - y);
        below += count;
    }
    canvas_end(frame->canvas);
}

enum { TOLD_HEIGHT = 104 };

/* The same acts below, by when they were reported: a hill to the right of the one above is delay.
 */
static void draw_told(Canvas *canvas, const ChartCurve *curve, double bar)
{
    double most = 1;
    for (gsize w = 0; w < curve->n_weeks; w++)
        most = fmax(most, curve->told[w]);
    Frame frame = {
        .canvas = canvas,
        .left = 34,
        .right = CHART_WIDTH - 6,
        .top = 186 + 22,
        .bottom = 186 + TOLD_HEIGHT - 26,
        .x_first = curve->first_day,
        .x_last = curve->first_day + 7.0 * (double)curve->n_weeks,
        .y_last = frame_round_up(most),
    };
    g_autofree char *later = i18n_integer((gint64)llround(curve->told_later));
    g_autofree char *title =
        curve->told_later > 0
            ? g_strdup_printf(_("The same acts, by the week in which they were reported; %s later"),
                              later)
            : g_strdup(_("The same acts, by the week in which they were reported"));
    canvas_text(canvas, INK_TEXT, 8.5, true, ANCHOR_START, 0, 186 + 8, title);
    canvas_describe(canvas, title);
    frame_value_axis(&frame, true);
    frame_day_axis(&frame);
    for (gsize w = 0; w < curve->n_weeks; w++) {
        if (!(curve->told[w] > 0))
            continue;
        gint32 day = curve->first_day + (gint32)w * 7;
        g_autofree char *date = edtf_describe_day(day);
        g_autofree char *n = i18n_integer((gint64)llround(curve->told[w]));
        g_autofree char *words = g_strdup_printf(_("Reported in the week from %s: %s"), date, n);
        double y = frame_y(&frame, curve->told[w]);
        canvas_begin(canvas, words);
        canvas_rectangle(canvas, INK_QUIET, bar > 4 ? INK_PAPER : INK_NONE,
                         frame_x(&frame, day + 3.5) - bar / 2, y, bar, frame.bottom - y);
        canvas_end(canvas);
    }
}

Canvas *chart_curve(const ChartCurve *curve)
{
    if (curve->n_weeks == 0 || curve->n_kinds == 0)
        return NULL;
    Canvas *canvas = canvas_new(i18n_language(), CHART_WIDTH,
                                curve->told != NULL ? 186 + TOLD_HEIGHT : 186, curve->title, NULL);
    double most = 0, all = 0;
    gsize peak = 0;
    for (gsize w = 0; w < curve->n_weeks; w++) {
        double sum = week_sum(curve, w);
        all += sum;
        if (sum > most) {
            most = sum;
            peak = w;
        }
    }
    g_autofree char *total = i18n_integer((gint64)llround(all));
    g_autofree char *top_count = i18n_integer((gint64)llround(most));
    g_autofree char *top_week = edtf_describe_day(curve->first_day + (gint32)peak * 7);
    g_autofree char *words =
        g_strdup_printf(_("%s in all; most in the week from %s: %s."), total, top_week, top_count);
    canvas_describe(canvas, words);
    FrameKey keys[CHART_KINDS];
    for (gsize k = 0; k < curve->n_kinds; k++)
        keys[k] = (FrameKey){KEY_AREA, 0, SHADES[k], curve->kinds[k]};
    double top = frame_legend(canvas, 0, frame_title(canvas, curve->title), CHART_WIDTH,
                              curve->n_kinds, keys);
    Frame frame = {
        .canvas = canvas,
        .left = 34,
        .right = CHART_WIDTH - 6,
        .top = top + 4,
        .bottom = 160,
        .x_first = curve->first_day,
        .x_last = curve->first_day + 7.0 * (double)curve->n_weeks,
        .y_last = frame_round_up(most),
    };
    frame_value_axis(&frame, true);
    frame_day_axis(&frame);
    double bar = CLAMP((frame.right - frame.left) / (double)curve->n_weeks * 0.86, 0.6, 16);
    for (gsize w = 0; w < curve->n_weeks; w++)
        if (week_sum(curve, w) > 0)
            draw_week(&frame, curve, w, bar);
    if (curve->told != NULL)
        draw_told(canvas, curve, bar);
    return canvas;
}
