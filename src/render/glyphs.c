#include "render/glyphs.h"

#include "render/font.h"
#include <hb.h>
#include <string.h>
#include <unicode/uchar.h>

enum { HALF_SPACE = 0x200C };

/* One run on its way to cairo: glyphs, clusters and the clusters' text, from left to right.
 *
 * What readers do with it (poppler 22, mupdf 1.21, pdf.js): characters are placed from left to
 * right in the order of the file, several of one glyph side by side, and stretches of Persian are
 * then turned round. So in a run to the left every character needs a glyph of its own: of a
 * ligature (لا) or a letter with a mark the visible glyphs carry the last one, the others hang on
 * empty glyphs at the right edge. And where direction changes, neutral signs at the border
 * (spaces, brackets) would be taken for the other side: direction marks (U+200E, U+200F), which
 * draw nothing, stand there in the text; likewise beside signs that numbers have (: . ، ٪),
 * which are taken for numbers. */
typedef struct {
    cairo_glyph_t *glyphs;
    cairo_text_cluster_t *clusters;
    GString *text;
    int n_glyphs, n_clusters;
    cairo_glyph_t *marks; /* above and below letters: drawn last, without text */
    int n_marks;
    guint32 half_space, empty; /* glyphs that draw nothing */
    double y;
    int text_end; /* of the line, without the spaces it was broken at */
    guint missing;
} Run;

static guint32 nominal_glyph(PangoFont *font, hb_codepoint_t character)
{
    hb_codepoint_t glyph = 0;
    return hb_font_get_nominal_glyph(pango_font_get_hb_font(font), character, &glyph) ? glyph : 0;
}

static void run_init(Run *run, const PangoGlyphItem *item, double y, int text_end)
{
    gsize room = (gsize)item->glyphs->num_glyphs + 4 * (gsize)item->item->length + 8;
    PangoFont *font = item->item->analysis.font;
    *run = (Run){
        .glyphs = g_new(cairo_glyph_t, room),
        .clusters = g_new(cairo_text_cluster_t, room),
        .marks = g_new(cairo_glyph_t, room),
        .text = g_string_sized_new((gsize)item->item->length + 16),
        .half_space = nominal_glyph(font, HALF_SPACE),
        .empty = nominal_glyph(font, 0x200D),
        .y = y,
        .text_end = text_end,
    };
    if (run->empty == 0)
        run->empty = run->half_space;
}

static void run_clear(Run *run)
{
    g_free(run->glyphs);
    g_free(run->clusters);
    g_free(run->marks);
    g_string_free(run->text, TRUE);
}

static void add_glyph(Run *run, guint32 glyph, double x, double y)
{
    run->glyphs[run->n_glyphs++] = (cairo_glyph_t){.index = glyph, .x = x, .y = y};
}

static void add_cluster(Run *run, const char *text, gsize n_bytes, int n_glyphs)
{
    run->clusters[run->n_clusters++] =
        (cairo_text_cluster_t){.num_bytes = (int)n_bytes, .num_glyphs = n_glyphs};
    g_string_append_len(run->text, text, (gssize)n_bytes);
}

/* Characters that steer and draw nothing: they stay out of the page. */
static bool is_steering(gunichar c)
{
    return c == 0x200D || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

/* A character on an empty glyph. */
static void add_empty(Run *run, gunichar c, double x)
{
    char text[6];
    int length = g_unichar_to_utf8(c, text);
    guint32 glyph = c == HALF_SPACE ? run->half_space : run->empty;
    if (glyph == 0)
        return;
    add_glyph(run, glyph, x, run->y);
    add_cluster(run, text, (gsize)length, 1);
}

/* The visible characters of a cluster's text, and how many half-spaces are in it. */
static void split_cluster(const char *text, int length, GString *shown, guint *ret_half_spaces)
{
    *ret_half_spaces = 0;
    g_string_truncate(shown, 0);
    for (const char *p = text; p < text + length; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (c == HALF_SPACE)
            ++*ret_half_spaces;
        else if (!is_steering(c))
            g_string_append_unichar(shown, c);
    }
}

/* Appends the visible glyphs of a cluster, their left edge at x (Pango units): the widest goes
 * with the text, the others, and all without width, to the marks. Returns the width; *ret_shown
 * tells whether a glyph waits for its text. */
static int add_visible(Run *run, const PangoGlyphItemIter *at, double line_x, int x,
                       bool *ret_shown)
{
    const PangoGlyphString *glyphs = at->glyph_item->glyphs;
    int first = MIN(at->start_glyph, at->end_glyph + 1);
    int end = MAX(at->start_glyph + 1, at->end_glyph), pen = x, widest = -1;
    for (int i = first; i < end; i++)
        if (glyphs->glyphs[i].glyph != PANGO_GLYPH_EMPTY && glyphs->glyphs[i].geometry.width > 0 &&
            (widest < 0 ||
             glyphs->glyphs[i].geometry.width > glyphs->glyphs[widest].geometry.width))
            widest = i;
    for (int i = first; i < end; i++) {
        const PangoGlyphInfo *info = &glyphs->glyphs[i];
        bool unknown = (info->glyph & PANGO_GLYPH_UNKNOWN_FLAG) != 0;
        cairo_glyph_t glyph = {
            .index = unknown ? 0 : info->glyph,
            .x = line_x + (double)(pen + info->geometry.x_offset) / PANGO_SCALE,
            .y = run->y + (double)info->geometry.y_offset / PANGO_SCALE,
        };
        run->missing += unknown;
        if (i == widest)
            run->glyphs[run->n_glyphs++] = glyph;
        else if (info->glyph != PANGO_GLYPH_EMPTY)
            run->marks[run->n_marks++] = glyph;
        pen += info->geometry.width;
    }
    *ret_shown = widest >= 0;
    return pen - x;
}

/* A cluster of a run to the left. A mark (without width) stands left of its letter, and was
 * written after it: its text waits in `shown` for the letter. Returns the width. */
static int put_backward(Run *run, const PangoGlyphItemIter *at, GString *shown, double line_x,
                        int x)
{
    bool visible;
    int width = add_visible(run, at, line_x, x, &visible);
    if (!visible || shown->len == 0)
        return width;
    const char *end = shown->str + shown->len;
    const char *last = g_utf8_prev_char(end);
    add_cluster(run, last, (gsize)(end - last), 1);
    while (last > shown->str) {
        last = g_utf8_prev_char(last);
        add_empty(run, g_utf8_get_char(last), line_x + (double)(x + width) / PANGO_SCALE);
    }
    g_string_truncate(shown, 0);
    return width;
}

/* A cluster of a run to the right. Returns its width. */
static int put_forward(Run *run, const PangoGlyphItemIter *at, const GString *shown, double line_x,
                       int x)
{
    bool visible;
    int width = add_visible(run, at, line_x, x, &visible);
    if (visible)
        add_cluster(run, shown->str, shown->len, 1);
    else
        for (const char *p = shown->str; *p != '\0'; p = g_utf8_next_char(p))
            add_empty(run, g_utf8_get_char(p), line_x + (double)x / PANGO_SCALE);
    return width;
}

/* Signs that readers take for parts of numbers, though they stand among letters. */
static bool is_number_sign(gunichar c)
{
    switch (u_charDirection((UChar32)c)) {
    case U_EUROPEAN_NUMBER:
    case U_EUROPEAN_NUMBER_SEPARATOR:
    case U_EUROPEAN_NUMBER_TERMINATOR:
    case U_ARABIC_NUMBER:
    case U_COMMON_NUMBER_SEPARATOR:
        return true;
    default:
        return false;
    }
}

static bool is_letter_to_the_left(const char *at)
{
    UCharDirection d =
        *at == '\0' ? U_OTHER_NEUTRAL : u_charDirection((UChar32)g_utf8_get_char(at));
    return d == U_RIGHT_TO_LEFT || d == U_RIGHT_TO_LEFT_ARABIC;
}

/* Which sides of a cluster of a run to the left need a direction mark. */
static void guard_sides(const Run *run, const char *text, const PangoGlyphItemIter *at,
                        bool *ret_before, bool *ret_after)
{
    const char *start = text + at->start_index, *end = text + at->end_index;
    bool sign = is_number_sign(g_utf8_get_char(start));
    *ret_before = sign && start > text && !is_letter_to_the_left(g_utf8_prev_char(start));
    *ret_after = sign && at->end_index < run->text_end && !is_letter_to_the_left(end);
}

static void set_colour(cairo_t *cr, const PangoItem *item)
{
    for (GSList *l = item->analysis.extra_attrs; l != NULL; l = l->next) {
        const PangoAttribute *attribute = l->data;
        if (attribute->klass->type == PANGO_ATTR_FOREGROUND) {
            const PangoColor *c = &((const PangoAttrColor *)attribute)->color;
            cairo_set_source_rgb(cr, c->red / 65535.0, c->green / 65535.0, c->blue / 65535.0);
        }
    }
}

/* Direction marks at the edges of a run that goes against its line. A reader takes a line apart
 * from where it begins: what is neutral stays with the stretch before until a letter of the other
 * direction comes. So the edge that is met first needs a mark of the run's own direction where the
 * run has a neutral sign there, the other edge one of the line's direction where a neutral sign
 * follows. In a line to the left that is right and left, in a line to the right the other way
 * round; the marks are U+200E at the right and U+200F at the left in both. */
typedef struct {
    bool left, right;
} Edges;

static bool runs_left(const PangoGlyphItem *item)
{
    return (item->item->analysis.level & 1) != 0;
}

static bool is_neutral(const char *at)
{
    gunichar c = g_utf8_get_char(at);
    return *at == '\0' || !(g_unichar_isalnum(c) || g_unichar_ismark(c));
}

/* Text [start, end) of the runs that go against the line without a break, from `first` on. */
static void stretch_of(const GSList *first, bool line_left, const char *text,
                       const char **ret_start, const char **ret_end)
{
    int start = G_MAXINT, end = 0;
    for (const GSList *l = first; l != NULL; l = l->next) {
        const PangoGlyphItem *item = l->data;
        if (runs_left(item) == line_left)
            break;
        start = MIN(start, item->item->offset);
        end = MAX(end, item->item->offset + item->item->length);
    }
    *ret_start = text + start;
    *ret_end = text + end;
}

/* What a stretch of text needs at its edges. */
static Edges edges_of(const char *text, const char *start, const char *end, bool line_left)
{
    bool last = is_neutral(g_utf8_prev_char(end));
    if (line_left)
        return (Edges){.left = *end != '\0' && is_neutral(end), .right = last};
    return (Edges){.left = last, .right = start == text || is_neutral(g_utf8_prev_char(start))};
}

/* Fills `run` from the clusters of a run to the left, from its left edge. */
static int fill_backward(Run *run, PangoGlyphItem *item, const char *text, double line_x, int x)
{
    g_autoptr(GString) shown = g_string_new(NULL), waiting = g_string_new(NULL);
    PangoGlyphItemIter at;
    /* Clusters come in the order of writing; from left to right it is the other way round. */
    for (bool more = pango_glyph_item_iter_init_end(&at, item, text); more;
         more = pango_glyph_item_iter_prev_cluster(&at)) {
        guint n_half = 0;
        bool guard_before, guard_after;
        if (at.start_index >= run->text_end)
            continue;
        split_cluster(text + at.start_index, at.end_index - at.start_index, shown, &n_half);
        guard_sides(run, text, &at, &guard_before, &guard_after);
        double left = line_x + (double)x / PANGO_SCALE;
        if (guard_after)
            add_empty(run, 0x200F, left);
        /* Half-spaces were written after their letter: to its left. */
        for (guint i = 0; i < n_half; i++)
            add_empty(run, HALF_SPACE, left);
        g_string_prepend(waiting, shown->str);
        x += put_backward(run, &at, waiting, line_x, x);
        if (guard_before)
            add_empty(run, 0x200F, line_x + (double)x / PANGO_SCALE);
    }
    return x;
}

/* Fills `run` from a run to the right. */
static int fill_forward(Run *run, PangoGlyphItem *item, const char *text, double line_x, int x,
                        Edges edges)
{
    g_autoptr(GString) shown = g_string_new(NULL);
    PangoGlyphItemIter at;
    bool more = pango_glyph_item_iter_init_start(&at, item, text);
    for (bool first = true; more; first = false) {
        PangoGlyphItemIter now = at;
        more = pango_glyph_item_iter_next_cluster(&at);
        guint n_half = 0;
        split_cluster(text + now.start_index, now.end_index - now.start_index, shown, &n_half);
        if (edges.left && first)
            g_string_prepend(shown, "\u200F");
        if (edges.right && !more)
            g_string_append(shown, "\u200E");
        x += put_forward(run, &now, shown, line_x, x);
        for (guint i = 0; i < n_half; i++)
            add_empty(run, HALF_SPACE, line_x + (double)x / PANGO_SCALE);
    }
    return x;
}

static void put_run(cairo_t *cr, Run *run, const PangoItem *item)
{
    for (int i = 0; i < run->n_marks; i++) {
        run->glyphs[run->n_glyphs++] = run->marks[i];
        add_cluster(run, "", 0, 1);
    }
    if (run->n_glyphs == 0)
        return;
    cairo_save(cr);
    set_colour(cr, item);
    cairo_set_scaled_font(cr,
                          pango_cairo_font_get_scaled_font(PANGO_CAIRO_FONT(item->analysis.font)));
    cairo_show_text_glyphs(cr, run->text->str, (int)run->text->len, run->glyphs, run->n_glyphs,
                           run->clusters, run->n_clusters, 0);
    cairo_restore(cr);
}

/* One run of a line, from x (Pango units). */
static guint show_run(cairo_t *cr, PangoGlyphItem *item, const char *text, double line_x, int x,
                      double y, Edges edges, int text_end)
{
    Run run;
    run_init(&run, item, y, text_end);
    if (!runs_left(item)) {
        fill_forward(&run, item, text, line_x, x, edges);
    } else {
        if (edges.left)
            add_empty(&run, 0x200F, line_x + (double)x / PANGO_SCALE);
        x = fill_backward(&run, item, text, line_x, x);
        if (edges.right)
            add_empty(&run, 0x200E, line_x + (double)x / PANGO_SCALE);
    }
    put_run(cr, &run, item->item);
    guint missing = run.missing;
    run_clear(&run);
    return missing;
}

guint glyphs_show_line(cairo_t *cr, PangoLayoutLine *line, double x, double y)
{
    const char *text = pango_layout_get_text(line->layout);
    bool line_left = line->resolved_dir == PANGO_DIRECTION_RTL, within = false;
    Edges stretch = {false, false};
    int text_end = line->start_index + line->length;
    while (text_end > line->start_index && text[text_end - 1] == ' ')
        text_end--;
    guint missing = 0;
    int pen = 0;
    for (GSList *l = line->runs; l != NULL; l = l->next) {
        PangoGlyphItem *item = l->data;
        Edges edges = {false, false};
        if (runs_left(item) != line_left) {
            if (!within) {
                const char *start, *end;
                stretch_of(l, line_left, text, &start, &end);
                stretch = edges_of(text, start, end, line_left);
            }
            edges.left = stretch.left && !within;
            edges.right =
                stretch.right && (l->next == NULL || runs_left(l->next->data) == line_left);
            within = true;
        } else {
            within = false;
        }
        missing += show_run(cr, item, text, x, pen + item->start_x_offset,
                            y - (double)item->y_offset / PANGO_SCALE, edges, text_end);
        pen +=
            pango_glyph_string_get_width(item->glyphs) + item->start_x_offset + item->end_x_offset;
    }
    return missing;
}

void glyphs_show_marks(cairo_t *cr, PangoContext *context, bool to_the_left, guint n, double x,
                       double y)
{
    PangoFontDescription *description = pango_font_description_from_string(FONT_FAMILY " 8");
    PangoFont *font = pango_context_load_font(context, description);
    pango_font_description_free(description);
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < n; i++)
        g_string_append(text, to_the_left ? "\u200F" : "\u200E");
    cairo_glyph_t glyph = {.index = nominal_glyph(font, HALF_SPACE), .x = x, .y = y};
    cairo_text_cluster_t cluster = {.num_bytes = (int)text->len, .num_glyphs = 1};
    if (n > 0 && glyph.index != 0) {
        cairo_set_scaled_font(cr, pango_cairo_font_get_scaled_font(PANGO_CAIRO_FONT(font)));
        cairo_show_text_glyphs(cr, text->str, (int)text->len, &glyph, 1, &cluster, 1, 0);
    }
    g_object_unref(font);
}

int glyphs_balance(const char *text, gsize length)
{
    int balance = 0;
    for (const char *p = text; p < text + length; p = g_utf8_next_char(p)) {
        UCharDirection d = u_charDirection((UChar32)g_utf8_get_char(p));
        if (d == U_LEFT_TO_RIGHT)
            balance++;
        else if (d == U_RIGHT_TO_LEFT || d == U_RIGHT_TO_LEFT_ARABIC)
            balance--;
    }
    return balance;
}

guint glyphs_missing(PangoLayout *layout)
{
    return (guint)MAX(0, pango_layout_get_unknown_glyphs_count(layout));
}
