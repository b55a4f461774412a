#include "render/canvas.h"

#include "render/font.h"
#include "render/glyphs.h"
#include <math.h>
#include <pango/pangocairo.h>
#include <string.h>

struct Canvas {
    I18nLanguage language;
    double width, height;
    char *title;
    GString *description;
    GArray *items;  /* CanvasItem */
    GArray *points; /* CanvasPoint */
};

static const double INKS[CANVAS_N_INKS][3] = {
    [INK_NONE] = {0, 0, 0},
    [INK_TEXT] = {0.10, 0.11, 0.13},
    [INK_QUIET] = {0.35, 0.37, 0.40},
    [INK_GRID] = {0.86, 0.87, 0.88},
    [INK_PAPER] = {1, 1, 1},
    [INK_MAIN] = {0.05, 0.27, 0.45},
    [INK_SECOND] = {0.80, 0.47, 0.05},
    [INK_THIRD] = {0.00, 0.55, 0.42},
    [INK_FOURTH] = {0.72, 0.38, 0.57},
    [INK_BAND] = {0.84, 0.89, 0.94},
    [INK_ALARM] = {0.76, 0.22, 0.04},
    [INK_STEP_0] = {0.95, 0.96, 0.97},
    [INK_STEP_1] = {0.84, 0.89, 0.94},
    [INK_STEP_2] = {0.65, 0.77, 0.86},
    [INK_STEP_3] = {0.38, 0.56, 0.71},
    [INK_STEP_4] = {0.17, 0.38, 0.56},
    [INK_STEP_5] = {0.04, 0.19, 0.34},
    [INK_ON_DARK] = {1, 1, 1},
};

static void clear_item(void *data)
{
    CanvasItem *item = data;
    g_free(item->text);
}

/* Text that XML and a page may hold: valid, without control characters. Transfers. */
static char *clean_text(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text != NULL ? text : "", -1);
    g_autoptr(GString) clean = g_string_new(NULL);
    for (const char *p = valid; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (g_unichar_type(c) != G_UNICODE_CONTROL && c != 0xFFFE && c != 0xFFFF)
            g_string_append_unichar(clean, c);
        else if (c == '\n' || c == '\t')
            g_string_append_c(clean, ' ');
    }
    return g_string_free(g_steal_pointer(&clean), FALSE);
}

Canvas *canvas_new(I18nLanguage language, double width, double height, const char *title,
                   const char *description)
{
    Canvas *canvas = g_new0(Canvas, 1);
    canvas->language = language;
    canvas->width = width;
    canvas->height = height;
    canvas->title = clean_text(title);
    canvas->description = g_string_new(NULL);
    canvas->items = g_array_new(FALSE, TRUE, sizeof(CanvasItem));
    g_array_set_clear_func(canvas->items, clear_item);
    canvas->points = g_array_new(FALSE, FALSE, sizeof(CanvasPoint));
    if (description != NULL)
        canvas_describe(canvas, description);
    return canvas;
}

void canvas_free(Canvas *canvas)
{
    if (canvas == NULL)
        return;
    g_free(canvas->title);
    g_string_free(canvas->description, TRUE);
    g_array_unref(canvas->items);
    g_array_unref(canvas->points);
    g_free(canvas);
}

double canvas_width(const Canvas *canvas)
{
    return canvas->width;
}

double canvas_height(const Canvas *canvas)
{
    return canvas->height;
}

I18nLanguage canvas_language(const Canvas *canvas)
{
    return canvas->language;
}

const char *canvas_title(const Canvas *canvas)
{
    return canvas->title;
}

const char *canvas_description(const Canvas *canvas)
{
    return canvas->description->str;
}

void canvas_describe(Canvas *canvas, const char *sentence)
{
    if (canvas->description->len > 0)
        g_string_append_c(canvas->description, ' ');
    g_autofree char *clean = clean_text(sentence);
    g_string_append(canvas->description, clean);
}

void canvas_label(Canvas *canvas, const char *label)
{
    const double height = 15;
    canvas_rectangle(canvas, INK_STEP_1, INK_TEXT, 0.5, canvas->height + 0.5, canvas->width - 1,
                     height);
    canvas_text(canvas, INK_TEXT, 8, true, ANCHOR_MIDDLE, canvas->width / 2, canvas->height + 11,
                label);
    canvas->height += height + 1;
    canvas_describe(canvas, label);
}

const CanvasItem *canvas_items(const Canvas *canvas, gsize *ret_n)
{
    *ret_n = canvas->items->len;
    return (const CanvasItem *)(void *)canvas->items->data;
}

const CanvasPoint *canvas_points(const Canvas *canvas)
{
    return (const CanvasPoint *)(void *)canvas->points->data;
}

void canvas_ink_rgb(CanvasInk ink, double ret_rgb[3])
{
    memcpy(ret_rgb, INKS[ink], sizeof INKS[ink]);
}

/* ---- what charts call: turned round here, once ---- */

static bool turned(const Canvas *canvas)
{
    return canvas->language == I18N_PERSIAN;
}

static double turn(const Canvas *canvas, double x)
{
    return turned(canvas) ? canvas->width - x : x;
}

static void add_path(Canvas *canvas, CanvasItem item, gsize n_points, const CanvasPoint points[])
{
    item.first_point = canvas->points->len;
    item.n_points = n_points;
    for (gsize i = 0; i < n_points; i++) {
        CanvasPoint point = {turn(canvas, points[i].x), points[i].y};
        g_array_append_val(canvas->points, point);
    }
    g_array_append_val(canvas->items, item);
}

void canvas_polyline(Canvas *canvas, CanvasInk ink, double width, double dash, gsize n_points,
                     const CanvasPoint points[])
{
    add_path(canvas,
             (CanvasItem){.operation = CANVAS_LINE, .stroke = ink, .size = width, .dash = dash},
             n_points, points);
}

void canvas_line(Canvas *canvas, CanvasInk ink, double width, double dash, double x0, double y0,
                 double x1, double y1)
{
    canvas_polyline(canvas, ink, width, dash, 2, (CanvasPoint[]){{x0, y0}, {x1, y1}});
}

void canvas_polygon(Canvas *canvas, CanvasInk fill, gsize n_points, const CanvasPoint points[])
{
    add_path(canvas, (CanvasItem){.operation = CANVAS_AREA, .ink = fill}, n_points, points);
}

void canvas_rectangle(Canvas *canvas, CanvasInk fill, CanvasInk stroke, double x, double y,
                      double width, double height)
{
    CanvasItem item = {.operation = CANVAS_RECTANGLE,
                       .ink = fill,
                       .stroke = stroke,
                       .x = turned(canvas) ? canvas->width - x - width : x,
                       .y = y,
                       .width = width,
                       .height = height};
    g_array_append_val(canvas->items, item);
}

void canvas_mark(Canvas *canvas, CanvasMark mark, CanvasInk ink, bool filled, double size, double x,
                 double y)
{
    CanvasItem item = {.operation = CANVAS_MARK,
                       .mark = mark,
                       .ink = ink,
                       .filled = filled,
                       .size = size,
                       .x = turn(canvas, x),
                       .y = y};
    g_array_append_val(canvas->items, item);
}

void canvas_text(Canvas *canvas, CanvasInk ink, double size, bool bold, CanvasAnchor anchor,
                 double x, double y, const char *text)
{
    int side = (int)anchor - 1;
    CanvasItem item = {.operation = CANVAS_TEXT,
                       .ink = ink,
                       .size = size,
                       .bold = bold,
                       .anchor = turned(canvas) ? -side : side,
                       .x = turn(canvas, x),
                       .y = y,
                       .text = clean_text(text)};
    g_array_append_val(canvas->items, item);
}

void canvas_begin(Canvas *canvas, const char *name)
{
    CanvasItem item = {.operation = CANVAS_BEGIN, .text = clean_text(name)};
    g_array_append_val(canvas->items, item);
}

void canvas_end(Canvas *canvas)
{
    CanvasItem item = {.operation = CANVAS_END};
    g_array_append_val(canvas->items, item);
}

double canvas_text_width(double size, const char *text)
{
    double ems = 0;
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (g_unichar_ismark(c) || c == 0x200C)
            continue;
        bool narrow = c == ' ' || c == 'i' || c == 'l' || c == '.' || c == ',' || c == 0x0627;
        bool arabic = c >= 0x0600 && c < 0x0700;
        ems += narrow ? 0.26 : arabic ? 0.50 : g_unichar_isupper(c) ? 0.64 : 0.53;
    }
    return ems * size;
}

/* ---- onto a page ---- */

static void set_ink(cairo_t *cr, CanvasInk ink)
{
    cairo_set_source_rgb(cr, INKS[ink][0], INKS[ink][1], INKS[ink][2]);
}

static void draw_path(const Canvas *canvas, cairo_t *cr, const CanvasItem *item)
{
    const CanvasPoint *points = canvas_points(canvas) + item->first_point;
    bool pen_down = false;
    for (gsize i = 0; i < item->n_points; i++) {
        if (isnan(points[i].y)) {
            pen_down = false;
            continue;
        }
        if (pen_down)
            cairo_line_to(cr, points[i].x, points[i].y);
        else
            cairo_move_to(cr, points[i].x, points[i].y);
        pen_down = true;
    }
    if (item->operation == CANVAS_AREA) {
        cairo_close_path(cr);
        set_ink(cr, item->ink);
        cairo_fill(cr);
        return;
    }
    set_ink(cr, item->stroke);
    cairo_set_line_width(cr, item->size);
    double dashes[2] = {item->dash, item->dash};
    cairo_set_dash(cr, dashes, item->dash > 0 ? 2 : 0, 0);
    cairo_stroke(cr);
    cairo_set_dash(cr, NULL, 0, 0);
}

static void draw_mark(cairo_t *cr, const CanvasItem *item)
{
    double x = item->x, y = item->y, r = item->size / 2;
    cairo_new_path(cr);
    switch (item->mark) {
    case MARK_SQUARE:
        cairo_rectangle(cr, x - r * 0.88, y - r * 0.88, r * 1.76, r * 1.76);
        break;
    case MARK_TRIANGLE:
    case MARK_TRIANGLE_DOWN: {
        double up = item->mark == MARK_TRIANGLE ? 1 : -1;
        cairo_move_to(cr, x, y - up * r * 1.1);
        cairo_line_to(cr, x + r * 1.05, y + up * r * 0.8);
        cairo_line_to(cr, x - r * 1.05, y + up * r * 0.8);
        cairo_close_path(cr);
        break;
    }
    case MARK_DIAMOND:
        cairo_move_to(cr, x, y - r * 1.2);
        cairo_line_to(cr, x + r * 1.2, y);
        cairo_line_to(cr, x, y + r * 1.2);
        cairo_line_to(cr, x - r * 1.2, y);
        cairo_close_path(cr);
        break;
    case MARK_CROSS:
        cairo_move_to(cr, x - r, y - r);
        cairo_line_to(cr, x + r, y + r);
        cairo_move_to(cr, x - r, y + r);
        cairo_line_to(cr, x + r, y - r);
        break;
    case MARK_CIRCLE:
    default:
        cairo_arc(cr, x, y, r, 0, 2 * G_PI);
        break;
    }
    if (item->mark != MARK_CROSS) {
        set_ink(cr, item->filled ? item->ink : INK_PAPER);
        cairo_fill_preserve(cr);
    }
    set_ink(cr, item->ink);
    cairo_set_line_width(cr, item->mark == MARK_CROSS ? 1.4 : 1.1);
    cairo_stroke(cr);
}

static guint draw_text(const Canvas *canvas, cairo_t *cr, PangoContext *context,
                       const CanvasItem *item)
{
    g_autoptr(PangoLayout) layout = pango_layout_new(context);
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family_static(font, FONT_FAMILY);
    pango_font_description_set_size(font, (int)lround(item->size * PANGO_SCALE));
    pango_font_description_set_weight(font, item->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_auto_dir(layout, FALSE);
    pango_context_set_base_dir(context, turned(canvas) ? PANGO_DIRECTION_RTL : PANGO_DIRECTION_LTR);
    pango_layout_context_changed(layout);
    pango_layout_set_single_paragraph_mode(layout, TRUE);
    pango_layout_set_text(layout, item->text, -1);
    PangoLayoutLine *line = pango_layout_get_line_readonly(layout, 0);
    PangoRectangle logical;
    pango_layout_line_get_extents(line, NULL, &logical);
    double width = (double)logical.width / PANGO_SCALE;
    set_ink(cr, item->ink);
    return glyphs_show_line(cr, line, item->x - width * (item->anchor + 1) / 2, item->y);
}

guint canvas_draw(const Canvas *canvas, cairo_t *cr, PangoContext *context, double x, double y,
                  double scale)
{
    guint missing = 0;
    cairo_save(cr);
    cairo_translate(cr, x, y);
    cairo_scale(cr, scale, scale);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    for (guint i = 0; i < canvas->items->len; i++) {
        const CanvasItem *item = &g_array_index(canvas->items, CanvasItem, i);
        switch (item->operation) {
        case CANVAS_LINE:
        case CANVAS_AREA:
            draw_path(canvas, cr, item);
            break;
        case CANVAS_RECTANGLE:
            cairo_rectangle(cr, item->x, item->y, item->width, item->height);
            if (item->ink != INK_NONE) {
                set_ink(cr, item->ink);
                cairo_fill_preserve(cr);
            }
            set_ink(cr, item->stroke);
            cairo_set_line_width(cr, 0.7);
            if (item->stroke != INK_NONE)
                cairo_stroke(cr);
            cairo_new_path(cr);
            break;
        case CANVAS_MARK:
            draw_mark(cr, item);
            break;
        case CANVAS_TEXT:
            missing += draw_text(canvas, cr, context, item);
            break;
        case CANVAS_BEGIN:
        case CANVAS_END:
            break;
        }
    }
    cairo_restore(cr);
    return missing;
}
