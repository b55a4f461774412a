/* Reliability: what was forecast against what came, in groups of equal size, each with its
 * interval. On the line a forecast of p per cent comes true in p of 100 cases. */
#include "render/chart.h"

#include "render/frame.h"
#include "render/output.h"
#include "render/render.h"
#include <math.h>
#include <string.h>

#define LEFT   52.0
#define RIGHT  (LEFT + 300.0)
#define HEIGHT 300.0

static char *per_cent(double x, int decimals)
{
    g_autofree char *number = i18n_decimal(x * 100, decimals);
    return g_strdup_printf(_("%s %%"), number);
}

static double step_of(double top)
{
    static const double STEPS[] = {0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25};
    for (gsize i = 0; i < G_N_ELEMENTS(STEPS); i++)
        if (top / STEPS[i] <= 6)
            return STEPS[i];
    return 0.25;
}

static void put_axes(Canvas *canvas, double top_y, double most)
{
    double bottom = top_y + HEIGHT, step = step_of(most);
    for (double v = 0; v <= most * 1.0001; v += step) {
        double share = v / most, x = LEFT + share * (RIGHT - LEFT), y = bottom - share * HEIGHT;
        g_autofree char *label = per_cent(v, step < 0.01 ? 1 : 0);
        canvas_line(canvas, INK_GRID, 0.6, 0, LEFT, y, RIGHT, y);
        canvas_line(canvas, INK_GRID, 0.6, 0, x, top_y, x, bottom);
        canvas_text(canvas, INK_QUIET, 7.5, false, ANCHOR_END, LEFT - 5, y + 3, label);
        canvas_text(canvas, INK_QUIET, 7.5, false, ANCHOR_MIDDLE, x, bottom + 11, label);
    }
    canvas_line(canvas, INK_QUIET, 1, 3, LEFT, bottom, RIGHT, top_y);
    canvas_text(canvas, INK_TEXT, 8, false, ANCHOR_MIDDLE, (LEFT + RIGHT) / 2, bottom + 25,
                _("forecast, mean of the group"));
    canvas_text(canvas, INK_TEXT, 8, false, ANCHOR_START, RIGHT + 10, top_y + 8,
                _("up: what came true, with"));
    canvas_text(canvas, INK_TEXT, 8, false, ANCHOR_START, RIGHT + 10, top_y + 20,
                _("its 95 per cent interval"));
    canvas_text(canvas, INK_QUIET, 8, false, ANCHOR_START, RIGHT + 10, top_y + 38,
                _("dashes: as forecast"));
}

Canvas *chart_reliability(const ChartReliability *r)
{
    if (r->n == 0)
        return NULL;
    double most = 0;
    for (gsize i = 0; i < r->n; i++) {
        most = fmax(most, fmax(r->forecast[i], r->high[i]));
    }
    double step = step_of(most);
    most = fmin(1, ceil(most / step) * step);
    Canvas *canvas = canvas_new(i18n_language(), CHART_WIDTH, HEIGHT + 70, r->title, NULL);
    double top = frame_title(canvas, r->title) + 6, bottom = top + HEIGHT;
    put_axes(canvas, top, most);
    for (gsize i = 0; i < r->n; i++) {
        double x = LEFT + r->forecast[i] / most * (RIGHT - LEFT);
        g_autofree char *forecast = per_cent(r->forecast[i], 2);
        g_autofree char *observed = per_cent(r->observed[i], 2);
        g_autofree char *n = i18n_integer((gint64)r->count[i]);
        g_autofree char *words =
            g_strdup_printf(_("forecast %s, came true %s of %s"), forecast, observed, n);
        canvas_begin(canvas, words);
        canvas_line(canvas, INK_MAIN, 1.2, 0, x, bottom - r->low[i] / most * HEIGHT, x,
                    bottom - r->high[i] / most * HEIGHT);
        canvas_mark(canvas, MARK_CIRCLE, INK_MAIN, true, 6, x,
                    bottom - r->observed[i] / most * HEIGHT);
        canvas_end(canvas);
        canvas_describe(canvas, words);
        canvas_describe(canvas, ".");
    }
    return canvas;
}

bool render_reliability_file(gsize n, const double *forecast, const double *observed,
                             const double *low, const double *high, const double *count,
                             bool in_sample, const char *path, GError **error)
{
    const ChartReliability chart = {.title = in_sample
                                                 ? _("Calibration on the training rows (too kind)")
                                                 : _("Calibration out of sample"),
                                    .n = n,
                                    .forecast = forecast,
                                    .observed = observed,
                                    .low = low,
                                    .high = high,
                                    .count = count};
    g_autoptr(Canvas) canvas = chart_reliability(&chart);
    if (canvas == NULL) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                            _("There is nothing to draw: no forecast has an outcome yet."));
        return false;
    }
    g_autofree char *svg = canvas_to_svg(canvas);
    return output_bytes(path, svg, strlen(svg), error);
}
