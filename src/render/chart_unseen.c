/* How many are on no list: who overlaps with whom (after UpSet, Lex and others 2014), the
 * distribution of the total, and totals with their intervals side by side. */
#include "render/chart.h"

#include "render/frame.h"
#include <math.h>

#define LABELS       178.0 /* width of the names at the left */
#define LIST_NAME    7.8   /* size of a list's name */
#define LIST_COUNT   88.0  /* what stands behind it: the number and its bar */
#define NAMES_MOST   200.0 /* a longer name is cut */
#define COLUMN_LEAST 12.0  /* three digits fit above a bar */

/* Cuts a label to a width, at a letter, with "…". Transfers. */
static char *cut(const char *text, double size, double width)
{
    if (canvas_text_width(size, text) <= width)
        return g_strdup(text);
    glong length = g_utf8_strlen(text, -1);
    for (glong keep = length - 1; keep > 0; keep--) {
        g_autofree char *head = g_utf8_substring(text, 0, keep);
        g_autofree char *shorter = g_strconcat(head, "…", NULL);
        if (canvas_text_width(size, shorter) <= width)
            return g_steal_pointer(&shorter);
    }
    return g_strdup("…");
}

static char *whole(double number)
{
    return isfinite(number) ? i18n_integer((gint64)llround(number)) : g_strdup("∞");
}

/* ---- overlaps ---- */

typedef struct {
    Canvas *canvas;
    const ChartOverlaps *overlaps;
    double labels, left, column, bars_top, bars_bottom, rows_top, row;
    double most; /* the largest pattern */
} Upset;

static char *pattern_words(const ChartOverlaps *overlaps, const ChartOverlap *pattern)
{
    g_autoptr(GString) names = g_string_new(NULL);
    for (gsize j = 0; j < overlaps->n_lists; j++)
        if (pattern->lists >> j & 1)
            g_string_append_printf(names, "%s%s", names->len > 0 ? _(", ") : "",
                                   overlaps->lists[j]);
    g_autofree char *count = whole(pattern->count);
    /* translators: who is on exactly these lists */
    return g_strdup_printf(_("%s, and no other list: %s"), names->str, count);
}

static void put_pattern(const Upset *upset, gsize at)
{
    const ChartOverlap *pattern = &upset->overlaps->patterns[at];
    double x = upset->left + upset->column * ((double)at + 0.5);
    double height = (upset->bars_bottom - upset->bars_top - 12) * pattern->count / upset->most;
    double wide = MIN(upset->column * 0.62, 16);
    g_autofree char *words = pattern_words(upset->overlaps, pattern),
                    *count = whole(pattern->count);
    canvas_begin(upset->canvas, words);
    canvas_rectangle(upset->canvas, INK_MAIN, INK_NONE, x - wide / 2, upset->bars_bottom - height,
                     wide, MAX(height, 0.6));
    canvas_text(upset->canvas, INK_TEXT, 6.8, false, ANCHOR_MIDDLE, x,
                upset->bars_bottom - height - 3, count);
    double first = NAN, last = NAN;
    for (gsize j = 0; j < upset->overlaps->n_lists; j++) {
        double y = upset->rows_top + upset->row * ((double)j + 0.5);
        bool on = pattern->lists >> j & 1;
        if (on) {
            first = isnan(first) ? y : first;
            last = y;
        }
        canvas_mark(upset->canvas, MARK_CIRCLE, on ? INK_MAIN : INK_GRID, on, on ? 6.4 : 4.4, x, y);
    }
    if (last > first)
        canvas_line(upset->canvas, INK_MAIN, 1.6, 0, x, first, x, last);
    canvas_end(upset->canvas);
    canvas_describe(upset->canvas, words);
    canvas_describe(upset->canvas, ".");
}

static void put_list(const Upset *upset, gsize j, double largest)
{
    double y = upset->rows_top + upset->row * (double)j;
    double size = upset->overlaps->sizes[j], length = 44 * size / largest;
    g_autofree char *name = cut(upset->overlaps->lists[j], LIST_NAME, upset->labels - LIST_COUNT);
    g_autofree char *count = whole(size);
    g_autofree char *words = g_strdup_printf(_("%s: %s"), upset->overlaps->lists[j], count);
    if (j % 2 == 0)
        canvas_rectangle(upset->canvas, INK_STEP_0, INK_NONE, 0, y, CHART_WIDTH, upset->row);
    canvas_begin(upset->canvas, words);
    canvas_text(upset->canvas, INK_TEXT, LIST_NAME, false, ANCHOR_START, 2,
                y + upset->row / 2 + 2.7, name);
    canvas_text(upset->canvas, INK_QUIET, 7.2, false, ANCHOR_END, upset->labels - 52,
                y + upset->row / 2 + 2.6, count);
    canvas_rectangle(upset->canvas, INK_SECOND, INK_NONE, upset->labels - 48,
                     y + upset->row / 2 - 3.2, MAX(length, 0.6), 6.4);
    canvas_end(upset->canvas);
    canvas_describe(upset->canvas, words);
    canvas_describe(upset->canvas, ".");
}

/* As wide as the names ask for, within bounds. */
static double room_for_names(const ChartOverlaps *overlaps)
{
    double widest = LABELS - LIST_COUNT;
    for (gsize j = 0; j < overlaps->n_lists; j++)
        widest = MAX(widest, canvas_text_width(LIST_NAME, overlaps->lists[j]));
    return MIN(widest + 6, NAMES_MOST) + LIST_COUNT;
}

Canvas *chart_overlaps(const ChartOverlaps *overlaps)
{
    if (overlaps->n_patterns == 0 || overlaps->n_lists == 0)
        return NULL;
    double labels = room_for_names(overlaps), room = CHART_WIDTH - labels - 8;
    gsize shown = MIN(MIN(overlaps->n_patterns, CHART_OVERLAPS), (gsize)(room / COLUMN_LEAST));
    const double row = 15, rows_top = 166;
    double bottom = rows_top + row * (double)overlaps->n_lists;
    bool more = shown < overlaps->n_patterns;
    Canvas *canvas =
        canvas_new(i18n_language(), CHART_WIDTH, bottom + (more ? 24 : 10), overlaps->title, NULL);
    double top = frame_title(canvas, overlaps->title);
    double largest = 1, rest = 0;
    for (gsize j = 0; j < overlaps->n_lists; j++)
        largest = MAX(largest, overlaps->sizes[j]);
    for (gsize i = shown; i < overlaps->n_patterns; i++)
        rest += overlaps->patterns[i].count;
    double column = MIN(room / (double)shown, 26);
    Upset upset = {canvas, overlaps,     labels,   labels + 8, column,
                   top,    rows_top - 8, rows_top, row,        1};
    for (gsize i = 0; i < shown; i++)
        upset.most = MAX(upset.most, overlaps->patterns[i].count);
    canvas_text(canvas, INK_QUIET, 7.5, false, ANCHOR_START, 2, rows_top - 8,
                _("persons on each list"));
    canvas_text(canvas, INK_QUIET, 7.5, false, ANCHOR_START, 2, rows_top - 20,
                _("above: on exactly the lists marked"));
    for (gsize j = 0; j < overlaps->n_lists; j++)
        put_list(&upset, j, largest);
    canvas_line(canvas, INK_QUIET, 0.8, 0, upset.left, upset.bars_bottom,
                upset.left + column * (double)shown, upset.bars_bottom);
    for (gsize i = 0; i < shown; i++)
        put_pattern(&upset, i);
    if (more) {
        g_autofree char *n = i18n_integer((gint64)(overlaps->n_patterns - shown));
        g_autofree char *persons = whole(rest);
        g_autofree char *words =
            g_strdup_printf(_("not drawn: %s rarer combinations with %s persons"), n, persons);
        canvas_text(canvas, INK_QUIET, 7.5, false, ANCHOR_START, 2, bottom + 14, words);
        canvas_describe(canvas, words);
    }
    return canvas;
}

/* ---- totals along x ---- */

/* Ticks of persons along x, where their labels have room. */
static void persons_axis(const Frame *frame)
{
    double raw = (frame->x_last - frame->x_first) / (frame->right - frame->left) * 62;
    double power = pow(10, floor(log10(MAX(raw, 1)))), rest = MAX(raw, 1) / power;
    double step = power * (rest <= 1 ? 1 : rest <= 2 ? 2 : rest <= 5 ? 5 : 10);
    double ended = -1000;
    canvas_line(frame->canvas, INK_QUIET, 0.9, 0, frame->left, frame->bottom, frame->right,
                frame->bottom);
    for (double x = step * ceil(frame->x_first / step); x <= frame->x_last; x += step) {
        g_autofree char *label = whole(x);
        double at = frame_x(frame, x), half = canvas_text_width(7.5, label) / 2;
        canvas_line(frame->canvas, INK_GRID, 0.6, 0, at, frame->top, at, frame->bottom + 3);
        if (at - half < ended + 6 || at + half > CHART_WIDTH)
            continue;
        ended = at + half;
        canvas_text(frame->canvas, INK_QUIET, 7.5, false, ANCHOR_MIDDLE, at, frame->bottom + 11.5,
                    label);
    }
}

/* A vertical line with its number; the words stand beside it where there is room. */
static void put_mark(const Frame *frame, double x, double y, CanvasInk ink, double dash,
                     const char *words)
{
    double at = frame_x(frame, x), width = canvas_text_width(7.5, words);
    canvas_begin(frame->canvas, words);
    canvas_line(frame->canvas, ink, 1.3, dash, at, y - 2, at, frame->bottom);
    if (at + width + 5 <= CHART_WIDTH)
        canvas_text(frame->canvas, INK_TEXT, 7.5, false, ANCHOR_START, at + 4, y + 5, words);
    else
        canvas_text(frame->canvas, INK_TEXT, 7.5, false, ANCHOR_END, at - 4, y + 5, words);
    canvas_end(frame->canvas);
    canvas_describe(frame->canvas, words);
    canvas_describe(frame->canvas, ".");
}

Canvas *chart_total(const ChartTotal *total)
{
    if (total->n_shares == 0 || !(total->to > total->from))
        return NULL;
    Canvas *canvas = canvas_new(i18n_language(), CHART_WIDTH, 216, total->title, NULL);
    double top = frame_title(canvas, total->title);
    const FrameKey keys[] = {
        {KEY_AREA, 0, INK_MAIN, _("inside the interval (95 %)")},
        {KEY_AREA, 0, INK_BAND, _("outside")},
        {KEY_LINE, 0, INK_ALARM, _("middle")},
        {KEY_DASHES, 0, INK_TEXT, _("on at least one list")},
    };
    top = frame_legend(canvas, 0, top, CHART_WIDTH, G_N_ELEMENTS(keys), keys) + 26;
    double span = total->to - MIN(total->observed, total->from), most = 0;
    for (gsize i = 0; i < total->n_shares; i++)
        most = MAX(most, total->shares[i]);
    Frame frame = {
        .canvas = canvas,
        .left = 6,
        .right = CHART_WIDTH - 6,
        .top = top,
        .bottom = 188,
        .x_first = MIN(total->observed, total->from) - 0.02 * span,
        .x_last = total->to + 0.02 * span,
        .y_last = most * 1.04,
    };
    persons_axis(&frame);
    canvas_text(canvas, INK_QUIET, 7.5, false, ANCHOR_MIDDLE, CHART_WIDTH / 2, 210,
                _("persons in all; the height says how likely each number is"));
    double width = (total->to - total->from) / (double)total->n_shares;
    for (gsize i = 0; i < total->n_shares; i++) {
        double x = total->from + width * (double)i;
        bool inside = x + width / 2 >= total->low && x + width / 2 <= total->high;
        double left = frame_x(&frame, x), right = frame_x(&frame, x + width);
        double y = frame_y(&frame, total->shares[i]);
        canvas_rectangle(canvas, inside ? INK_MAIN : INK_BAND, INK_NONE, left, y,
                         MAX(0.5, right - left - 0.4), frame.bottom - y);
    }
    g_autofree char *observed = whole(total->observed), *middle = whole(total->middle);
    g_autofree char *low = whole(total->low), *high = whole(total->high);
    g_autofree char *observed_words = g_strdup_printf(_("on at least one list: %s"), observed);
    g_autofree char *words = g_strdup_printf(_("middle %s (95 %%: %s to %s)"), middle, low, high);
    put_mark(&frame, total->observed, top - 22, INK_TEXT, 3, observed_words);
    put_mark(&frame, total->middle, top - 10, INK_ALARM, 0, words);
    return canvas;
}

/* ---- totals side by side ---- */

static char *interval_words(const ChartInterval *row)
{
    if (row->words != NULL || !isfinite(row->middle))
        return g_strdup(row->words != NULL ? row->words : _("cannot tell"));
    g_autofree char *middle = whole(row->middle), *low = whole(row->low), *high = whole(row->high);
    return g_strdup_printf(_("%s (%s–%s)"), middle, low, high);
}

static void put_interval(const Frame *frame, const ChartInterval *row, double y)
{
    g_autofree char *numbers = interval_words(row);
    g_autofree char *label = cut(row->label, 7.8, frame->left - 8);
    g_autofree char *words = g_strdup_printf(_("%s: %s"), row->label, numbers);
    bool told = isfinite(row->middle) && row->words == NULL;
    canvas_begin(frame->canvas, words);
    canvas_text(frame->canvas, INK_TEXT, 7.8, row->first, ANCHOR_START, 0, y + 3, label);
    canvas_text(frame->canvas, told ? INK_TEXT : INK_QUIET, 7.6, row->first, ANCHOR_END,
                CHART_WIDTH, y + 3, numbers);
    if (told) {
        CanvasInk ink = row->others ? INK_SECOND : INK_MAIN;
        double low = frame_x(frame, MAX(row->low, frame->x_first));
        double high =
            frame_x(frame, MIN(isfinite(row->high) ? row->high : INFINITY, frame->x_last));
        canvas_line(frame->canvas, ink, row->first ? 2 : 1.3, 0, low, y, high, y);
        canvas_line(frame->canvas, ink, 1.3, 0, low, y - 2.5, low, y + 2.5);
        if (isfinite(row->high) && row->high <= frame->x_last)
            canvas_line(frame->canvas, ink, 1.3, 0, high, y - 2.5, high, y + 2.5);
        if (row->middle <= frame->x_last)
            canvas_mark(frame->canvas, row->others ? MARK_DIAMOND : MARK_SQUARE, ink, true, 6,
                        frame_x(frame, row->middle), y);
    }
    canvas_end(frame->canvas);
    canvas_describe(frame->canvas, words);
    canvas_describe(frame->canvas, ".");
}

Canvas *chart_intervals(const ChartIntervals *chart)
{
    if (chart->n_rows == 0)
        return NULL;
    const double row = 16;
    double least = chart->observed, most = chart->observed + 1, middle = 0;
    for (gsize i = 0; i < chart->n_rows; i++)
        if (isfinite(chart->rows[i].middle) && chart->rows[i].words == NULL)
            middle = MAX(middle, chart->rows[i].middle);
    for (gsize i = 0; i < chart->n_rows; i++) {
        const ChartInterval *one = &chart->rows[i];
        if (!isfinite(one->middle) || one->words != NULL)
            continue;
        least = MIN(least, one->low);
        /* One open or huge interval must not press the others together. */
        most = MAX(most, MIN(isfinite(one->high) ? one->high : INFINITY, 3 * middle));
    }
    Canvas *canvas = canvas_new(i18n_language(), CHART_WIDTH, 54 + row * (double)chart->n_rows,
                                chart->title, NULL);
    double top = frame_title(canvas, chart->title) + 2;
    Frame frame = {
        .canvas = canvas,
        .left = 168,
        .right = CHART_WIDTH - 112,
        .top = top,
        .bottom = top + row * (double)chart->n_rows + 2,
        .x_first = MAX(0, least - 0.04 * (most - least)),
        .x_last = most + 0.04 * (most - least),
        .y_last = 1,
    };
    persons_axis(&frame);
    if (chart->observed > 0) {
        double at = frame_x(&frame, chart->observed);
        canvas_line(canvas, INK_TEXT, 0.9, 3, at, frame.top, at, frame.bottom);
    }
    for (gsize i = 0; i < chart->n_rows; i++)
        put_interval(&frame, &chart->rows[i], top + row * ((double)i + 0.5));
    return canvas;
}
