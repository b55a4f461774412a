/* The 31 provinces as tiles of one size: small provinces with many people are seen too. */
#include "render/chart.h"

#include "render/frame.h"
#include <math.h>
#include <string.h>

/* Where each tile stands, from the west and from the north: neighbours stay neighbours. */
static const struct {
    char iso[6];
    int column, row;
} TILES[] = {
    {"IR-04", 0, 0}, {"IR-03", 1, 0}, {"IR-24", 2, 0}, {"IR-01", 3, 0}, {"IR-02", 4, 0},
    {"IR-27", 5, 0}, {"IR-28", 6, 0}, {"IR-12", 0, 1}, {"IR-19", 1, 1}, {"IR-26", 2, 1},
    {"IR-30", 3, 1}, {"IR-23", 4, 1}, {"IR-20", 5, 1}, {"IR-09", 6, 1}, {"IR-05", 0, 2},
    {"IR-13", 1, 2}, {"IR-00", 2, 2}, {"IR-25", 3, 2}, {"IR-10", 4, 2}, {"IR-21", 5, 2},
    {"IR-29", 6, 2}, {"IR-16", 0, 3}, {"IR-15", 1, 3}, {"IR-14", 2, 3}, {"IR-17", 3, 3},
    {"IR-07", 4, 3}, {"IR-08", 5, 3}, {"IR-11", 6, 3}, {"IR-06", 1, 4}, {"IR-18", 3, 4},
    {"IR-22", 5, 4},
};
enum { COLUMNS = 7, ROWS = 5, STEPS = 6 };

static const ChartProvince *find(const ChartProvinces *provinces, const char *iso)
{
    for (gsize i = 0; i < provinces->n_provinces; i++)
        if (g_strcmp0(provinces->provinces[i].iso, iso) == 0)
            return &provinces->provinces[i];
    return NULL;
}

/* Lower ends of the shades: 0, then growing alike by a factor, in round numbers. */
static void thresholds(double most, double ret_from[STEPS])
{
    double ratio = pow(MAX(most, 1), 1.0 / (STEPS - 1));
    ret_from[0] = 0;
    for (int s = 1; s < STEPS; s++) {
        double raw = pow(ratio, s - 1);
        double power = raw < 10 ? 1 : pow(10, floor(log10(raw)) - 1 + (raw < 100 ? 0 : 0.0));
        ret_from[s] = MAX(ret_from[s - 1] + 1, power * floor(raw / power));
    }
}

static int shade(double value, const double from[STEPS])
{
    int step = 0;
    for (int s = 1; s < STEPS; s++)
        if (value >= from[s])
            step = s;
    return step;
}

/* A name in one line, or in two broken at a space near its middle. */
static void put_name(Canvas *canvas, CanvasInk ink, double x, double y, double width,
                     const char *name)
{
    const double size = 6.8;
    if (canvas_text_width(size, name) <= width) {
        canvas_text(canvas, ink, size, false, ANCHOR_MIDDLE, x, y + 3, name);
        return;
    }
    const char *best = NULL;
    double half = (double)strlen(name) / 2;
    for (const char *p = name; *p != '\0'; p++)
        if (*p == ' ' &&
            (best == NULL || fabs((double)(p - name) - half) < fabs((double)(best - name) - half)))
            best = p;
    if (best == NULL)
        best = name + strlen(name);
    g_autofree char *first = g_strndup(name, (gsize)(best - name));
    canvas_text(canvas, ink, size, false, ANCHOR_MIDDLE, x, y - 1, first);
    if (*best != '\0')
        canvas_text(canvas, ink, size, false, ANCHOR_MIDDLE, x, y + 7.5, best + 1);
}

static void put_tile(Canvas *canvas, const ChartProvince *province, double x, double y,
                     double width, double height, const double from[STEPS])
{
    bool none = !isfinite(province->value);
    int step = none ? 0 : shade(province->value, from);
    g_autofree char *number = none ? g_strdup("–") : i18n_integer((gint64)llround(province->value));
    g_autofree char *words = g_strdup_printf(_("%s: %s"), province->name, number);
    CanvasInk ink = step >= 3 ? INK_ON_DARK : INK_TEXT;
    canvas_begin(canvas, words);
    canvas_rectangle(canvas, none ? INK_PAPER : (CanvasInk)(INK_STEP_0 + step),
                     none ? INK_QUIET : INK_NONE, x, y, width, height);
    put_name(canvas, ink, x + width / 2, y + 12, width - 4, province->name);
    canvas_text(canvas, ink, 9.5, true, ANCHOR_MIDDLE, x + width / 2, y + height - 6, number);
    canvas_end(canvas);
}

static void put_key(Canvas *canvas, double y, const double from[STEPS], double most)
{
    double x = 0;
    for (int s = 0; s < STEPS; s++) {
        double to = s + 1 < STEPS ? from[s + 1] - 1 : most;
        if (from[s] > most)
            break;
        g_autofree char *a = i18n_integer((gint64)from[s]);
        g_autofree char *b = i18n_integer((gint64)to);
        g_autofree char *label = to > from[s] ? g_strdup_printf(_("%s–%s"), a, b) : g_strdup(a);
        canvas_rectangle(canvas, (CanvasInk)(INK_STEP_0 + s), INK_GRID, x, y - 8, 14, 10);
        canvas_text(canvas, INK_TEXT, 7.5, false, ANCHOR_START, x + 18, y, label);
        x += 34 + canvas_text_width(7.5, label);
    }
    canvas_rectangle(canvas, INK_PAPER, INK_QUIET, x, y - 8, 14, 10);
    canvas_text(canvas, INK_TEXT, 7.5, false, ANCHOR_START, x + 18, y, _("nothing reported"));
}

Canvas *chart_provinces(const ChartProvinces *provinces)
{
    double most = 0;
    guint with = 0;
    const ChartProvince *top = NULL;
    for (gsize i = 0; i < provinces->n_provinces; i++) {
        const ChartProvince *p = &provinces->provinces[i];
        with += p->value > 0;
        if (p->value > most) {
            most = p->value;
            top = p;
        }
    }
    if (top == NULL)
        return NULL;
    bool elsewhere = provinces->elsewhere > 0;
    Canvas *canvas =
        canvas_new(i18n_language(), CHART_WIDTH, elsewhere ? 290 : 276, provinces->title, NULL);
    g_autofree char *number = i18n_integer(with);
    g_autofree char *count = i18n_integer((gint64)llround(most));
    g_autofree char *words =
        g_strdup_printf(_("%s of 31 provinces appear; most in %s: %s."), number, top->name, count);
    canvas_describe(canvas, words);
    double from[STEPS];
    thresholds(most, from);
    double y = frame_title(canvas, provinces->title);
    canvas_text(canvas, INK_QUIET, 7.5, false, ANCHOR_START, 0, y, provinces->unit);
    put_key(canvas, y + 14, from, most);
    y += 24;
    const double gap = 2.5, width = (CHART_WIDTH - (COLUMNS - 1) * gap) / COLUMNS, height = 40;
    for (gsize i = 0; i < G_N_ELEMENTS(TILES); i++) {
        const ChartProvince *p = find(provinces, TILES[i].iso);
        const ChartProvince missing = {TILES[i].iso, TILES[i].iso, NAN};
        /* West is left in every language: the canvas turns x round, so it is turned back here. */
        int column =
            i18n_language() == I18N_PERSIAN ? COLUMNS - 1 - TILES[i].column : TILES[i].column;
        put_tile(canvas, p != NULL ? p : &missing, column * (width + gap),
                 y + TILES[i].row * (height + gap), width, height, from);
    }
    if (elsewhere) {
        g_autofree char *n = i18n_integer((gint64)llround(provinces->elsewhere));
        g_autofree char *line =
            g_strdup_printf(_("Counted for the whole country or an unknown place: %s"), n);
        canvas_text(canvas, INK_QUIET, 7.5, false, ANCHOR_START, 0, y + ROWS * (height + gap) + 9,
                    line);
        canvas_describe(canvas, line);
    }
    return canvas;
}
