/* Measures by states: a mark where a state was asked, promised, refused or took one. Each stand has
 * a mark of its own, so that it is read without colour. */
#include "render/chart.h"

#include "render/frame.h"

enum { ROW = 17, LINE = 13, STATES_MOST = 120 };
#define NAMES  112.0
#define COLUMN 36.0 /* a code fits above it */

typedef struct {
    CanvasMark mark;
    CanvasInk ink;
    bool filled;
} Look;

/* Hollow where nothing has come of it yet, full where something was done. */
static const Look LOOKS[CHART_N_STANDS] = {
    [CHART_ASKED] = {MARK_CIRCLE, INK_MAIN, false},
    [CHART_PROMISED] = {MARK_DIAMOND, INK_SECOND, true},
    [CHART_REFUSED] = {MARK_CROSS, INK_ALARM, true},
    [CHART_TAKEN] = {MARK_SQUARE, INK_THIRD, true},
};

static void put_mark(Canvas *canvas, ChartStand stand, double x, double y)
{
    const Look *look = &LOOKS[stand];
    canvas_mark(canvas, look->mark, look->ink, look->filled, 8, x, y);
}

static void put_legend(Canvas *canvas, const ChartMeasures *chart, double y)
{
    double x = 6;
    for (int stand = CHART_ASKED; stand < CHART_N_STANDS; stand++) {
        put_mark(canvas, (ChartStand)stand, x, y - 2.5);
        canvas_text(canvas, INK_TEXT, 8, false, ANCHOR_START, x + 8, y, chart->stands[stand]);
        x += canvas_text_width(8, chart->stands[stand]) + 34;
    }
}

/* The rows of one panel: columns `first` … of the table. */
static void put_panel(Canvas *canvas, const ChartMeasures *chart, gsize rows, gsize first,
                      gsize columns, double y)
{
    for (gsize m = 0; m < columns; m++)
        canvas_text(canvas, INK_QUIET, 7, true, ANCHOR_MIDDLE, NAMES + COLUMN * ((double)m + 0.5),
                    y, chart->short_names[first + m]);
    y += 5;
    for (gsize s = 0; s < rows; s++, y += ROW) {
        if (s % 2 == 0)
            canvas_rectangle(canvas, INK_STEP_0, INK_NONE, 0, y, CHART_WIDTH, ROW);
        canvas_text(canvas, INK_TEXT, 8, false, ANCHOR_START, 2, y + ROW / 2.0 + 2.8,
                    chart->states[s]);
        for (gsize m = first; m < first + columns; m++) {
            ChartStand stand = chart->cells[s * chart->n_measures + m];
            if (stand == CHART_NO_STAND)
                continue;
            g_autofree char *words = g_strdup_printf(_("%s, %s: %s"), chart->states[s],
                                                     chart->measures[m], chart->stands[stand]);
            canvas_begin(canvas, words);
            put_mark(canvas, stand, NAMES + COLUMN * ((double)(m - first) + 0.5), y + ROW / 2.0);
            canvas_end(canvas);
            canvas_describe(canvas, words);
            canvas_describe(canvas, ".");
        }
    }
    y += 14;
    for (gsize m = first; m < first + columns; m++, y += LINE) {
        canvas_text(canvas, INK_QUIET, 7.5, true, ANCHOR_START, 2, y, chart->short_names[m]);
        canvas_text(canvas, INK_TEXT, 7.5, false, ANCHOR_START, 42, y, chart->measures[m]);
    }
}

Canvas *chart_measures(const ChartMeasures *chart)
{
    if (chart->n_states == 0 || chart->n_measures == 0)
        return NULL;
    const gsize fit = (gsize)((CHART_WIDTH - NAMES) / COLUMN);
    const gsize rows = MIN(chart->n_states, (gsize)STATES_MOST);
    const gsize n_panels = (chart->n_measures + fit - 1) / fit;
    const bool less = rows < chart->n_states;
    double panel = 5 + ROW * (double)rows + 14 + 14;
    double height =
        50 + panel * (double)n_panels + LINE * (double)chart->n_measures + (less ? LINE : 0);
    Canvas *canvas = canvas_new(i18n_language(), CHART_WIDTH, height, chart->title, NULL);
    double y = frame_title(canvas, chart->title) + 12;
    put_legend(canvas, chart, y);
    y += 18;
    for (gsize first = 0; first < chart->n_measures; first += fit) {
        gsize columns = MIN(fit, chart->n_measures - first);
        put_panel(canvas, chart, rows, first, columns, y);
        y += panel + LINE * (double)columns;
    }
    if (less)
        canvas_text(canvas, INK_QUIET, 7.5, false, ANCHOR_START, 2, y,
                    _("The table holds more than fits here."));
    return canvas;
}
