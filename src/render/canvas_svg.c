/* A canvas as SVG by libxml2's writer: text stays text, groups carry their names as <title>,
 * colours are classes with a dark variant (prefers-color-scheme). */
#include "render/canvas_svg.h"

#include <math.h>
#include <string.h>

/* The same inks on a dark page, in order of CanvasInk. */
static const char *const DARK[CANVAS_N_INKS] = {
    [INK_TEXT] = "#e8eaed",   [INK_QUIET] = "#b4bac2",  [INK_GRID] = "#3a4048",
    [INK_PAPER] = "#16191d",  [INK_MAIN] = "#7db8e8",   [INK_SECOND] = "#f0a94a",
    [INK_THIRD] = "#4cc9a7",  [INK_FOURTH] = "#d99cc2", [INK_BAND] = "#2a3948",
    [INK_ALARM] = "#ff7f50",  [INK_STEP_0] = "#20262d", [INK_STEP_1] = "#2b3f52",
    [INK_STEP_2] = "#3a5a77", [INK_STEP_3] = "#5c8db5", [INK_STEP_4] = "#8bbbe0",
    [INK_STEP_5] = "#c9e2f6", [INK_ON_DARK] = "#0b1118"};

/* Classes are two letters: i + ink; f fill, s stroke. */
void canvas_svg_styles(GString *css)
{
    g_string_append(css, "text{font-family:Vazirmatn,Tahoma,'Segoe UI',Roboto,sans-serif}\n");
    for (int dark = 0; dark <= 1; dark++) {
        if (dark)
            g_string_append(css, "@media (prefers-color-scheme:dark){\n");
        for (int ink = INK_TEXT; ink < CANVAS_N_INKS; ink++) {
            double rgb[3];
            canvas_ink_rgb((CanvasInk)ink, rgb);
            g_autofree char *light =
                g_strdup_printf("#%02x%02x%02x", (guint)lround(rgb[0] * 255),
                                (guint)lround(rgb[1] * 255), (guint)lround(rgb[2] * 255));
            const char *colour = dark ? DARK[ink] : light;
            g_string_append_printf(css, ".f%d{fill:%s}.s%d{stroke:%s}\n", ink, colour, ink, colour);
        }
        if (dark)
            g_string_append(css, "}\n");
    }
}

static void attribute(xmlTextWriter *writer, const char *name, const char *value)
{
    xmlTextWriterWriteAttribute(writer, BAD_CAST name, BAD_CAST value);
}

/* Two decimals at most, without trailing zeros, "." in every locale. */
static const char *format_number(double x, char text[32])
{
    char buffer[32];
    g_ascii_formatd(buffer, sizeof buffer, "%.2f", x);
    gsize length = strlen(buffer);
    while (length > 0 && buffer[length - 1] == '0')
        length--;
    if (length > 0 && buffer[length - 1] == '.')
        length--;
    buffer[length] = '\0';
    g_strlcpy(text, strcmp(buffer, "-0") == 0 ? "0" : buffer, 32);
    return text;
}

static void number(xmlTextWriter *writer, const char *name, double x)
{
    char text[32];
    attribute(writer, name, format_number(x, text));
}

static void start(xmlTextWriter *writer, const char *name)
{
    xmlTextWriterStartElement(writer, BAD_CAST name);
}

static void end(xmlTextWriter *writer)
{
    xmlTextWriterEndElement(writer);
}

static void inks(xmlTextWriter *writer, CanvasInk fill, CanvasInk stroke)
{
    char text[32];
    if (fill != INK_NONE && stroke != INK_NONE)
        g_snprintf(text, sizeof text, "f%d s%d", fill, stroke);
    else if (fill != INK_NONE)
        g_snprintf(text, sizeof text, "f%d", fill);
    else
        g_snprintf(text, sizeof text, "s%d", stroke);
    attribute(writer, "class", text);
    if (fill == INK_NONE)
        attribute(writer, "fill", "none");
}

static void write_path(xmlTextWriter *writer, const CanvasPoint *points, const CanvasItem *item)
{
    g_autoptr(GString) path = g_string_new(NULL);
    char text[32];
    bool pen_down = false;
    for (gsize i = 0; i < item->n_points; i++) {
        if (isnan(points[i].y)) {
            pen_down = false;
            continue;
        }
        g_string_append_c(path, pen_down ? 'L' : 'M');
        g_string_append(path, format_number(points[i].x, text));
        g_string_append_c(path, ' ');
        g_string_append(path, format_number(points[i].y, text));
        pen_down = true;
    }
    if (path->len == 0)
        return;
    bool area = item->operation == CANVAS_AREA;
    if (area)
        g_string_append_c(path, 'Z');
    start(writer, "path");
    inks(writer, area ? item->ink : INK_NONE, area ? INK_NONE : item->stroke);
    if (!area) {
        number(writer, "stroke-width", item->size);
        attribute(writer, "stroke-linejoin", "round");
    }
    if (item->dash > 0)
        number(writer, "stroke-dasharray", item->dash);
    attribute(writer, "d", path->str);
    end(writer);
}

static void write_mark(xmlTextWriter *writer, const CanvasItem *item)
{
    double x = item->x, y = item->y, r = item->size / 2;
    if (item->mark == MARK_CIRCLE) {
        start(writer, "circle");
        number(writer, "cx", x);
        number(writer, "cy", y);
        number(writer, "r", r);
    } else {
        /* Corners in units of r. */
        static const struct {
            int n;
            double corners[4][2];
        } SHAPES[CANVAS_N_MARKS] = {
            [MARK_SQUARE] = {4, {{-0.88, -0.88}, {0.88, -0.88}, {0.88, 0.88}, {-0.88, 0.88}}},
            [MARK_TRIANGLE] = {3, {{0, -1.1}, {1.05, 0.8}, {-1.05, 0.8}}},
            [MARK_TRIANGLE_DOWN] = {3, {{0, 1.1}, {1.05, -0.8}, {-1.05, -0.8}}},
            [MARK_DIAMOND] = {4, {{0, -1.2}, {1.2, 0}, {0, 1.2}, {-1.2, 0}}},
            [MARK_CROSS] = {4, {{-1, -1}, {1, 1}, {-1, 1}, {1, -1}}},
        };
        g_autoptr(GString) path = g_string_new(NULL);
        char text[32];
        for (int i = 0; i < SHAPES[item->mark].n; i++) {
            bool move = i == 0 || (item->mark == MARK_CROSS && i == 2);
            g_string_append_c(path, move ? 'M' : 'L');
            g_string_append(path, format_number(x + r * SHAPES[item->mark].corners[i][0], text));
            g_string_append_c(path, ' ');
            g_string_append(path, format_number(y + r * SHAPES[item->mark].corners[i][1], text));
        }
        if (item->mark != MARK_CROSS)
            g_string_append_c(path, 'Z');
        start(writer, "path");
        attribute(writer, "d", path->str);
    }
    CanvasInk fill = item->mark == MARK_CROSS ? INK_NONE : item->filled ? item->ink : INK_PAPER;
    inks(writer, fill, item->ink);
    attribute(writer, "stroke-width", item->mark == MARK_CROSS ? "1.4" : "1.1");
    end(writer);
}

static void write_text(xmlTextWriter *writer, const CanvasItem *item, bool persian)
{
    /* In SVG an anchor is where the text's own direction starts. */
    int side = persian ? -item->anchor : item->anchor;
    start(writer, "text");
    inks(writer, item->ink, INK_NONE);
    number(writer, "x", item->x);
    number(writer, "y", item->y);
    number(writer, "font-size", item->size);
    if (item->bold)
        attribute(writer, "font-weight", "bold");
    attribute(writer, "text-anchor", side < 0 ? "start" : side > 0 ? "end" : "middle");
    xmlTextWriterWriteString(writer, BAD_CAST item->text);
    end(writer);
}

static void element_text(xmlTextWriter *writer, const char *name, const char *id, const char *text)
{
    start(writer, name);
    if (id != NULL)
        attribute(writer, "id", id);
    xmlTextWriterWriteString(writer, BAD_CAST text);
    end(writer);
}

/* Around the drawing: a viewer without our font sets words wider than they were measured. */
#define EDGE 6

static void write_head(xmlTextWriter *writer, const Canvas *canvas, guint figure)
{
    char width[32], height[32], edge[32];
    format_number(canvas_width(canvas) + 2 * EDGE, width);
    format_number(canvas_height(canvas) + 2 * EDGE, height);
    format_number(-EDGE, edge);
    g_autofree char *box = g_strdup_printf("%s %s %s %s", edge, edge, width, height);
    bool persian = canvas_language(canvas) == I18N_PERSIAN;
    start(writer, "svg");
    if (figure == 0)
        attribute(writer, "xmlns", "http://www.w3.org/2000/svg");
    attribute(writer, "viewBox", box);
    attribute(writer, "width", width);
    attribute(writer, "height", height);
    attribute(writer, "role", "img");
    g_autofree char *title = figure == 0 ? g_strdup("t") : g_strdup_printf("t%u", figure);
    g_autofree char *description = figure == 0 ? g_strdup("d") : g_strdup_printf("d%u", figure);
    g_autofree char *labels = g_strdup_printf("%s %s", title, description);
    attribute(writer, "aria-labelledby", labels);
    attribute(writer, "xml:lang", i18n_tag(canvas_language(canvas)));
    attribute(writer, "direction", persian ? "rtl" : "ltr");
    element_text(writer, "title", title, canvas_title(canvas));
    element_text(writer, "desc", description, canvas_description(canvas));
    if (figure == 0) {
        g_autoptr(GString) css = g_string_new(NULL);
        canvas_svg_styles(css);
        element_text(writer, "style", NULL, css->str);
    }
    start(writer, "rect");
    inks(writer, INK_PAPER, INK_NONE);
    attribute(writer, "x", edge);
    attribute(writer, "y", edge);
    attribute(writer, "width", "100%");
    attribute(writer, "height", "100%");
    end(writer);
}

static void write_item(xmlTextWriter *writer, const Canvas *canvas, const CanvasItem *item)
{
    switch (item->operation) {
    case CANVAS_LINE:
    case CANVAS_AREA:
        write_path(writer, canvas_points(canvas) + item->first_point, item);
        break;
    case CANVAS_RECTANGLE:
        start(writer, "rect");
        inks(writer, item->ink, item->stroke);
        number(writer, "x", item->x);
        number(writer, "y", item->y);
        number(writer, "width", item->width);
        number(writer, "height", item->height);
        if (item->stroke != INK_NONE)
            attribute(writer, "stroke-width", "0.7");
        end(writer);
        break;
    case CANVAS_MARK:
        write_mark(writer, item);
        break;
    case CANVAS_TEXT:
        write_text(writer, item, canvas_language(canvas) == I18N_PERSIAN);
        break;
    case CANVAS_BEGIN:
        start(writer, "g");
        element_text(writer, "title", NULL, item->text);
        break;
    case CANVAS_END:
        end(writer);
        break;
    }
}

void canvas_svg_write(const Canvas *canvas, xmlTextWriter *writer, guint figure)
{
    write_head(writer, canvas, figure);
    gsize n;
    const CanvasItem *items = canvas_items(canvas, &n);
    for (gsize i = 0; i < n; i++)
        write_item(writer, canvas, &items[i]);
    end(writer);
}

char *canvas_to_svg(const Canvas *canvas)
{
    Markup markup = markup_new();
    xmlTextWriterStartDocument(markup.writer, NULL, "UTF-8", NULL);
    canvas_svg_write(canvas, markup.writer, 0);
    xmlTextWriterEndDocument(markup.writer);
    return markup_finish(&markup);
}
