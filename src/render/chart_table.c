/* Charts that are tables at heart: the 14 risk factors; ratios with their intervals. */
#include "render/chart.h"

#include "render/frame.h"
#include <math.h>

/* Cuts a label to a width, at a word, with "…". Transfers. */
static char *fit(const char *text, double size, double width)
{
    if (canvas_text_width(size, text) <= width)
        return g_strdup(text);
    glong keep = (glong)(width / canvas_text_width(size, "x")) - 1;
    const char *end = g_utf8_offset_to_pointer(text, MAX(keep, 1));
    const char *space = end;
    while (space > text && *space != ' ')
        space--;
    g_autofree char *cut = g_strndup(text, (gsize)((space > text ? space : end) - text));
    return g_strconcat(cut, "…", NULL);
}

/* ---- risk factors ---- */

#define LEVEL_X     298.0
#define LEVEL_WIDTH 68.0
#define TREND_X     376.0

static void put_trend(Canvas *canvas, const ChartFactor *factor, double x, double y)
{
    if (factor->trend == NULL)
        return;
    if (g_strcmp0(factor->trend, "rising") == 0)
        canvas_mark(canvas, MARK_TRIANGLE, INK_ALARM, true, 6, x + 4, y - 3);
    else if (g_strcmp0(factor->trend, "falling") == 0)
        canvas_mark(canvas, MARK_TRIANGLE_DOWN, INK_MAIN, true, 6, x + 4, y - 3);
    else
        canvas_line(canvas, INK_QUIET, 1.8, 0, x, y - 3, x + 8, y - 3);
    canvas_text(canvas, INK_TEXT, 7.5, false, ANCHOR_START, x + 13, y, factor->trend_words);
}

static void put_factor(Canvas *canvas, const ChartFactor *factor, double y, double height)
{
    static const CanvasInk SHADES[] = {INK_PAPER, INK_STEP_0, INK_STEP_2, INK_STEP_4, INK_STEP_5};
    const double evidence_x = CHART_WIDTH;
    double base = y + height / 2 + 2.8;
    CanvasInk shade = SHADES[CLAMP(factor->level + 1, 0, 4)];
    g_autofree char *number =
        i18n_digits(g_str_has_prefix(factor->code, "RF") ? factor->code + 2 : factor->code);
    g_autofree char *words =
        g_strdup_printf(_("%s %s: %s"), number, factor->title, factor->level_words);
    g_autofree char *name = fit(factor->title, 7.8, LEVEL_X - 36);
    canvas_begin(canvas, words);
    canvas_text(canvas, INK_QUIET, 7.8, false, ANCHOR_START, 0, base, number);
    canvas_text(canvas, INK_TEXT, 7.8, false, ANCHOR_START, 30, base, name);
    canvas_rectangle(canvas, shade, factor->level <= 0 ? INK_QUIET : INK_NONE, LEVEL_X, y + 1.2,
                     LEVEL_WIDTH, height - 2.4);
    canvas_text(canvas, factor->level >= 2 ? INK_ON_DARK : INK_TEXT, 7.8, factor->level >= 2,
                ANCHOR_MIDDLE, LEVEL_X + LEVEL_WIDTH / 2, base, factor->level_words);
    put_trend(canvas, factor, TREND_X, base);
    g_autofree char *rated = i18n_integer((gint64)factor->n_rated);
    g_autofree char *of = i18n_integer((gint64)factor->n_indicators);
    /* translators: 3 of 8 indicators */
    g_autofree char *share = g_strdup_printf(_("%s of %s"), rated, of);
    canvas_text(canvas, INK_TEXT, 7.8, false, ANCHOR_END, evidence_x, base, share);
    canvas_end(canvas);
    canvas_describe(canvas, words);
    canvas_describe(canvas, ".");
}

Canvas *chart_framework(const ChartFramework *framework)
{
    if (framework->n_factors == 0)
        return NULL;
    const double row = 17.5;
    Canvas *canvas = canvas_new(i18n_language(), CHART_WIDTH,
                                42 + row * (double)framework->n_factors, framework->title, NULL);
    double y = frame_title(canvas, framework->title) + 8;
    canvas_text(canvas, INK_QUIET, 7.5, false, ANCHOR_START, 30, y, _("risk factor"));
    canvas_text(canvas, INK_QUIET, 7.5, false, ANCHOR_MIDDLE, LEVEL_X + LEVEL_WIDTH / 2, y,
                _("level"));
    canvas_text(canvas, INK_QUIET, 7.5, false, ANCHOR_START, TREND_X, y, _("trend"));
    canvas_text(canvas, INK_QUIET, 7.5, false, ANCHOR_END, CHART_WIDTH, y, _("indicators rated"));
    y += 5;
    for (gsize i = 0; i < framework->n_factors; i++) {
        put_factor(canvas, &framework->factors[i], y, row);
        canvas_line(canvas, INK_GRID, 0.5, 0, 0, y + row, CHART_WIDTH, y + row);
        y += row;
    }
    return canvas;
}

/* ---- ratios ---- */

typedef struct {
    double left, right, low, high; /* the axis: logarithms of low and high at its ends */
} Axis;

static double axis_x(const Axis *axis, double ratio)
{
    double share = (log(ratio) - axis->low) / (axis->high - axis->low);
    return axis->left + CLAMP(share, 0, 1) * (axis->right - axis->left);
}

static char *ratio_words(const ChartRatio *r)
{
    if (r->words != NULL || !isfinite(r->ratio))
        return g_strdup(r->words != NULL ? r->words : _("cannot tell"));
    g_autofree char *ratio = i18n_decimal(r->ratio, 2);
    g_autofree char *low = i18n_decimal(r->low, 2);
    g_autofree char *high = isfinite(r->high) ? i18n_decimal(r->high, 2) : g_strdup("∞");
    /* translators: a ratio and its interval */
    return g_strdup_printf(_("%s (%s–%s)"), ratio, low, high);
}

static void put_ratio(Canvas *canvas, const Axis *axis, const ChartRatio *r, double y)
{
    if (r->heading) {
        g_autofree char *label = fit(r->label, 8, CHART_WIDTH);
        canvas_rectangle(canvas, INK_PAPER, INK_NONE, 0, y - 6.5,
                         canvas_text_width(8, label) * 1.12 + 4, 13);
        canvas_text(canvas, INK_TEXT, 8, true, ANCHOR_START, 0, y + 3, label);
        return;
    }
    g_autofree char *numbers = ratio_words(r);
    g_autofree char *label = fit(r->label, 7.8, axis->left - 22);
    g_autofree char *words = g_strdup_printf(_("%s: %s"), r->label, numbers);
    canvas_begin(canvas, words);
    canvas_text(canvas, INK_TEXT, 7.8, false, ANCHOR_START, 10, y + 3, label);
    canvas_text(canvas, isfinite(r->ratio) ? INK_TEXT : INK_QUIET, 7.8, false, ANCHOR_END,
                CHART_WIDTH, y + 3, numbers);
    if (isfinite(r->ratio) && r->ratio > 0) {
        bool clear = r->low > 1 || (isfinite(r->high) && r->high < 1);
        double low = axis_x(axis, MAX(r->low, 1e-9)),
               high = axis_x(axis, isfinite(r->high) ? r->high : 1e9);
        canvas_line(canvas, INK_MAIN, 1.2, 0, low, y, high, y);
        canvas_mark(canvas, MARK_SQUARE, clear ? INK_ALARM : INK_MAIN, clear, 6,
                    axis_x(axis, r->ratio), y);
    }
    canvas_end(canvas);
    canvas_describe(canvas, words);
    canvas_describe(canvas, ".");
}

Canvas *chart_forest(const ChartForest *forest)
{
    if (forest->n_ratios == 0)
        return NULL;
    double low = 0.5, high = 2;
    for (gsize i = 0; i < forest->n_ratios; i++) {
        const ChartRatio *r = &forest->ratios[i];
        if (r->heading || !isfinite(r->ratio) || r->ratio <= 0)
            continue;
        low = MIN(low, MAX(0.05, r->low));
        high = MAX(high, MIN(isfinite(r->high) ? r->high : r->ratio * 2, 2000));
    }
    const double row = 15.5;
    Canvas *canvas = canvas_new(i18n_language(), CHART_WIDTH, 62 + row * (double)forest->n_ratios,
                                forest->title, NULL);
    Axis axis = {190, CHART_WIDTH - 96, log(low) - 0.1, log(high) + 0.1};
    double y = frame_title(canvas, forest->title) + 4, bottom = y + row * (double)forest->n_ratios;
    static const double TICKS[] = {0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000};
    for (gsize i = 0; i < G_N_ELEMENTS(TICKS); i++) {
        if (log(TICKS[i]) < axis.low || log(TICKS[i]) > axis.high)
            continue;
        bool one = TICKS[i] == 1;
        double x = axis_x(&axis, TICKS[i]);
        g_autofree char *label = i18n_decimal(TICKS[i], TICKS[i] >= 1     ? 0
                                                        : TICKS[i] > 0.06 ? 1
                                                                          : 2);
        bool wide = axis.high - axis.low < 4;
        if (!one && !wide && TICKS[i] != 0.1 && TICKS[i] != 10 && TICKS[i] != 100 &&
            TICKS[i] != 1000)
            continue;
        canvas_line(canvas, one ? INK_TEXT : INK_GRID, one ? 0.9 : 0.6, 0, x, y - 4, x, bottom);
        canvas_text(canvas, INK_QUIET, 7.5, false, ANCHOR_MIDDLE, x, bottom + 10, label);
    }
    canvas_text(canvas, INK_QUIET, 7.5, false, ANCHOR_START, axis.left, bottom + 21,
                _("fewer than expected"));
    canvas_text(canvas, INK_QUIET, 7.5, false, ANCHOR_END, axis.right, bottom + 21,
                _("more than expected"));
    for (gsize i = 0; i < forest->n_ratios; i++, y += row)
        put_ratio(canvas, &axis, &forest->ratios[i], y + row / 2 - 2);
    return canvas;
}
