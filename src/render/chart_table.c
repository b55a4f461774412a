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

#define TITLE_X     17.0
#define TITLE_WIDTH 152.0
#define CELLS_X     197.0
#define CELL        9.2
#define LEVEL_X     365.0
#define LEVEL_WIDTH 54.0
#define TREND_X     422.0
#define ROW         19.0

static const CanvasInk SHADES[] = {INK_PAPER, INK_STEP_0, INK_STEP_2, INK_STEP_4, INK_STEP_5};

static CanvasInk shade_of(gint32 level)
{
    return SHADES[CLAMP(level + 1, 0, 4)];
}

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
    g_autofree char *words = fit(factor->trend_words, 6.6, CHART_WIDTH - x - 10);
    canvas_text(canvas, INK_TEXT, 6.6, false, ANCHOR_START, x + 10, y, words);
}

/* One line where it fits, else two, cut at a word. */
static void put_factor_title(Canvas *canvas, const char *title, double y)
{
    const double size = 7.4;
    if (canvas_text_width(size, title) <= TITLE_WIDTH) {
        canvas_text(canvas, INK_TEXT, size, false, ANCHOR_START, TITLE_X, y + ROW / 2 + 2.6, title);
        return;
    }
    const char *cut = title;
    for (const char *at = title; *at != '\0'; at++) {
        if (*at != ' ')
            continue;
        g_autofree char *head = g_strndup(title, (gsize)(at - title));
        if (canvas_text_width(size, head) > TITLE_WIDTH)
            break;
        cut = at;
    }
    g_autofree char *first = g_strndup(title, (gsize)(cut - title));
    g_autofree char *second = fit(*cut == ' ' ? cut + 1 : cut, size, TITLE_WIDTH);
    canvas_text(canvas, INK_TEXT, size, false, ANCHOR_START, TITLE_X, y + 7.8, first);
    canvas_text(canvas, INK_TEXT, size, false, ANCHOR_START, TITLE_X, y + 16.2, second);
}

/* A square in the shade of its level: not rated is an empty frame, absent a frame with a line in
 * it. */
static void put_square(Canvas *canvas, gint32 level, double x, double y, double size)
{
    canvas_rectangle(canvas, shade_of(level),
                     level < 0    ? INK_GRID
                     : level == 0 ? INK_TEXT
                                  : INK_NONE,
                     x, y, size, size);
    if (level == 0)
        canvas_line(canvas, INK_TEXT, 0.8, 0, x + 2, y + size / 2, x + size - 2, y + size / 2);
}

/* A cell an indicator; a dot where the analysts differ. */
static void put_cells(Canvas *canvas, const ChartFactor *factor, double y)
{
    for (gsize i = 0; factor->levels != NULL && i < factor->n_indicators; i++) {
        double x = CELLS_X + CELL * (double)i;
        put_square(canvas, factor->levels[i], x + 0.6, y + (ROW - CELL) / 2 + 0.6, CELL - 1.2);
        if (factor->differ != NULL && factor->differ[i])
            canvas_mark(canvas, MARK_CIRCLE, factor->levels[i] >= 2 ? INK_ON_DARK : INK_TEXT, true,
                        3, x + CELL / 2, y + ROW / 2);
    }
}

static char *factor_words(const ChartFactor *factor)
{
    g_autofree char *number =
        i18n_digits(g_str_has_prefix(factor->code, "RF") ? factor->code + 2 : factor->code);
    g_autofree char *rated = i18n_integer((gint64)factor->n_rated);
    g_autofree char *of = i18n_integer((gint64)factor->n_indicators);
    /* translators: 3 of 8 indicators */
    g_autofree char *share = g_strdup_printf(_("%s of %s"), rated, of);
    g_autofree char *words =
        g_strdup_printf(_("%s %s: %s"), number, factor->title, factor->level_words);
    const char *trend = factor->trend != NULL ? factor->trend_words : NULL;
    return trend != NULL ? g_strdup_printf("%s, %s (%s)", words, trend, share)
                         : g_strdup_printf("%s (%s)", words, share);
}

static void put_factor(Canvas *canvas, const ChartFactor *factor, double y)
{
    double base = y + ROW / 2 + 2.6;
    g_autofree char *number =
        i18n_digits(g_str_has_prefix(factor->code, "RF") ? factor->code + 2 : factor->code);
    g_autofree char *words = factor_words(factor);
    g_autofree char *level = fit(factor->level_words, 7.4, LEVEL_WIDTH - 4);
    canvas_begin(canvas, words);
    canvas_text(canvas, INK_QUIET, 7.4, false, ANCHOR_START, 0, base, number);
    put_factor_title(canvas, factor->title, y);
    put_cells(canvas, factor, y);
    canvas_rectangle(canvas, shade_of(factor->level),
                     factor->level < 0    ? INK_GRID
                     : factor->level == 0 ? INK_TEXT
                                          : INK_NONE,
                     LEVEL_X, y + 2, LEVEL_WIDTH, ROW - 4);
    canvas_text(canvas, factor->level >= 2 ? INK_ON_DARK : INK_TEXT, 7.4, factor->level >= 2,
                ANCHOR_MIDDLE, LEVEL_X + LEVEL_WIDTH / 2, base, level);
    put_trend(canvas, factor, TREND_X, base);
    canvas_end(canvas);
    canvas_describe(canvas, words);
    canvas_describe(canvas, ".");
}

/* What the shades and marks mean. */
static void put_legend(Canvas *canvas, const ChartFramework *framework, double y)
{
    double x = 0;
    for (gint32 level = -1; level <= 3; level++) {
        const char *words = framework->level_names[level + 1];
        put_square(canvas, level, x, y - 7, 8);
        canvas_text(canvas, INK_TEXT, 7, false, ANCHOR_START, x + 11, y, words);
        x += 11 + canvas_text_width(7, words) * 1.1 + 12;
    }
    canvas_mark(canvas, MARK_CIRCLE, INK_TEXT, true, 3, x + 4, y - 3);
    canvas_text(canvas, INK_TEXT, 7, false, ANCHOR_START, x + 11, y, _("analysts differ"));
}

Canvas *chart_framework(const ChartFramework *framework)
{
    if (framework->n_factors == 0)
        return NULL;
    bool legend = framework->level_names[0] != NULL;
    Canvas *canvas = canvas_new(i18n_language(), CHART_WIDTH,
                                42 + (legend ? 16 : 0) + ROW * (double)framework->n_factors,
                                framework->title, NULL);
    double y = frame_title(canvas, framework->title) + 8;
    canvas_text(canvas, INK_QUIET, 7.2, false, ANCHOR_START, TITLE_X, y, _("risk factor"));
    canvas_text(canvas, INK_QUIET, 7.2, false, ANCHOR_START, CELLS_X, y,
                _("its indicators, in the framework's order"));
    canvas_text(canvas, INK_QUIET, 7.2, false, ANCHOR_MIDDLE, LEVEL_X + LEVEL_WIDTH / 2, y,
                _("level"));
    canvas_text(canvas, INK_QUIET, 7.2, false, ANCHOR_START, TREND_X, y, _("trend"));
    y += 5;
    for (gsize i = 0; i < framework->n_factors; i++) {
        put_factor(canvas, &framework->factors[i], y);
        canvas_line(canvas, INK_GRID, 0.5, 0, 0, y + ROW, CHART_WIDTH, y + ROW);
        y += ROW;
    }
    if (legend)
        put_legend(canvas, framework, y + 13);
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
