/* Estimates of the unseen, from JSON to the arrays of chart_unseen.c. */
#include "render/unseen.h"

#include "render/chart.h"
#include "render/output.h"
#include "render/picture.h"
#include <math.h>
#include <string.h>

enum { MOST_LISTS = 32 };

const char *unseen_chart_name(UnseenChart chart)
{
    static const char *const NAMES[UNSEEN_N_CHARTS] = {"overlaps", "total", "sensitivity",
                                                       "strata"};
    return NAMES[chart];
}

static double number_of(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

/* An upper end that is null is none. */
static double upper_of(const json_t *object, const char *name)
{
    double value = number_of(object, name);
    return isnan(value) ? INFINITY : value;
}

/* ---- overlaps ---- */

typedef struct {
    gsize n_lists;
    const char *names[MOST_LISTS];
    double sizes[MOST_LISTS];
    GArray *patterns; /* ChartOverlap */
} Overlaps;

static guint32 bit_of(Overlaps *overlaps, const char *name)
{
    gsize at = 0;
    while (at < overlaps->n_lists && strcmp(overlaps->names[at], name) != 0)
        at++;
    if (at == MOST_LISTS)
        return 0;
    if (at == overlaps->n_lists)
        overlaps->names[overlaps->n_lists++] = name;
    return (guint32)1 << at;
}

static void read_overlaps(const json_t *rows, Overlaps *overlaps)
{
    gsize i, k;
    json_t *row, *name;
    json_array_foreach(rows, i, row)
    {
        ChartOverlap pattern = {0, number_of(row, "count")};
        json_array_foreach(json_object_get(row, "lists"), k, name)
        {
            if (json_is_string(name))
                pattern.lists |= bit_of(overlaps, json_string_value(name));
        }
        for (gsize j = 0; j < overlaps->n_lists; j++)
            overlaps->sizes[j] += pattern.lists >> j & 1 ? pattern.count : 0;
        g_array_append_val(overlaps->patterns, pattern);
    }
}

/* Largest list on top, as the patterns go from the largest. */
static void sort_lists(Overlaps *overlaps)
{
    for (gsize a = 0; a < overlaps->n_lists; a++)
        for (gsize b = a + 1; b < overlaps->n_lists; b++) {
            if (overlaps->sizes[b] <= overlaps->sizes[a])
                continue;
            const char *name = overlaps->names[a];
            double size = overlaps->sizes[a];
            overlaps->names[a] = overlaps->names[b];
            overlaps->sizes[a] = overlaps->sizes[b];
            overlaps->names[b] = name;
            overlaps->sizes[b] = size;
            for (guint i = 0; i < overlaps->patterns->len; i++) {
                guint32 *lists = &g_array_index(overlaps->patterns, ChartOverlap, i).lists;
                guint32 differ = (*lists >> a ^ *lists >> b) & 1;
                *lists ^= differ << a | differ << b;
            }
        }
}

static Canvas *draw_overlaps(const json_t *estimate)
{
    const json_t *rows = json_object_get(estimate, "overlaps");
    Overlaps overlaps = {.patterns = g_array_new(FALSE, FALSE, sizeof(ChartOverlap))};
    read_overlaps(rows, &overlaps);
    sort_lists(&overlaps);
    const ChartOverlaps chart = {
        .title = _("Who is on which lists"),
        .n_lists = overlaps.n_lists,
        .lists = overlaps.names,
        .sizes = overlaps.sizes,
        .n_patterns = overlaps.patterns->len,
        .patterns = (const ChartOverlap *)(const void *)overlaps.patterns->data,
    };
    Canvas *canvas = chart_overlaps(&chart);
    g_array_unref(overlaps.patterns);
    return canvas;
}

/* ---- the distribution ---- */

static bool is_reliable(const json_t *estimate)
{
    return json_is_true(json_object_get(json_object_get(estimate, "diagnostics"), "reliable"));
}

static Canvas *draw_total(const json_t *estimate)
{
    const json_t *distribution = json_object_get(estimate, "distribution");
    const json_t *list = json_object_get(distribution, "shares");
    gsize n = json_array_size(list);
    g_autofree double *shares = g_new0(double, n + 1);
    for (gsize i = 0; i < n; i++)
        shares[i] = json_number_value(json_array_get(list, i));
    const ChartTotal chart = {
        .title = is_reliable(estimate) ? _("How many in all, with those on no list")
                                       : _("How many in all: NOT RELIABLE, see the warnings"),
        .observed = number_of(estimate, "observed"),
        .middle = number_of(estimate, "q50"),
        .low = number_of(estimate, "q025"),
        .high = upper_of(estimate, "q975"),
        .from = number_of(distribution, "from"),
        .to = number_of(distribution, "to"),
        .n_shares = n,
        .shares = shares,
    };
    return isnan(chart.middle) ? NULL : chart_total(&chart);
}

/* ---- intervals ---- */

typedef struct {
    GArray *rows; /* ChartInterval */
    GPtrArray *labels;
} Intervals;

static Intervals intervals_new(void)
{
    return (Intervals){g_array_new(FALSE, TRUE, sizeof(ChartInterval)),
                       g_ptr_array_new_with_free_func(g_free)};
}

/* label: taken. */
static ChartInterval *add_interval(Intervals *intervals, char *label, const json_t *numbers,
                                   bool told)
{
    ChartInterval row = {
        .label = label,
        .middle = told ? number_of(numbers, "q50") : NAN,
        .low = number_of(numbers, "q025"),
        .high = upper_of(numbers, "q975"),
    };
    g_ptr_array_add(intervals->labels, label);
    g_array_append_val(intervals->rows, row);
    return &g_array_index(intervals->rows, ChartInterval, intervals->rows->len - 1);
}

static Canvas *intervals_draw(Intervals *intervals, const char *title, double observed)
{
    const ChartIntervals chart = {title, isnan(observed) ? 0 : observed, intervals->rows->len,
                                  (const ChartInterval *)(const void *)intervals->rows->data};
    Canvas *canvas = intervals->rows->len > 1 ? chart_intervals(&chart) : NULL;
    g_array_unref(intervals->rows);
    g_ptr_array_unref(intervals->labels);
    return canvas;
}

static Canvas *draw_sensitivity(const json_t *estimate)
{
    Intervals intervals = intervals_new();
    gsize i;
    json_t *row;
    add_interval(&intervals, g_strdup(_("all lists")), estimate, is_reliable(estimate))->first =
        true;
    json_array_foreach(json_object_get(estimate, "leave_one_out"), i, row)
    {
        const char *name = json_string_value(json_object_get(row, "without"));
        add_interval(&intervals, g_strdup_printf(_("without %s"), name != NULL ? name : "?"), row,
                     json_is_true(json_object_get(row, "reliable")));
    }
    json_array_foreach(json_object_get(estimate, "published"), i, row)
    {
        const char *name = json_string_value(json_object_get(row, "label"));
        ChartInterval *added = add_interval(
            &intervals, g_strdup_printf(_("published: %s"), name != NULL ? name : "?"), row, true);
        added->middle = number_of(row, "estimate");
        added->low = number_of(row, "lower");
        added->high = upper_of(row, "upper");
        added->others = true;
    }
    return intervals_draw(&intervals, _("What the answer hangs on: persons in all"),
                          number_of(estimate, "observed"));
}

static Canvas *draw_strata(const json_t *estimate)
{
    Intervals intervals = intervals_new();
    gsize i;
    json_t *row;
    const json_t *sum = json_object_get(estimate, "sum");
    if (json_is_object(sum))
        add_interval(&intervals, g_strdup(_("all groups together")), sum, true)->first = true;
    json_array_foreach(json_object_get(estimate, "groups"), i, row)
    {
        const json_t *title = json_object_get(row, "title");
        const char *name = json_string_value(json_is_object(title)
                                                 ? json_object_get(title, i18n_tag(i18n_language()))
                                                 : json_object_get(row, "group"));
        add_interval(&intervals, g_strdup(name != NULL ? name : "?"), row, is_reliable(row));
    }
    return intervals_draw(&intervals, _("Persons in all by group, with those on no list"), NAN);
}

Canvas *unseen_draw(const json_t *estimate, UnseenChart chart)
{
    switch (chart) {
    case UNSEEN_OVERLAPS:
        return draw_overlaps(estimate);
    case UNSEEN_TOTAL:
        return draw_total(estimate);
    case UNSEEN_SENSITIVITY:
        return draw_sensitivity(estimate);
    case UNSEEN_STRATA:
    case UNSEEN_N_CHARTS:
    default:
        return draw_strata(estimate);
    }
}

bool unseen_file(const json_t *estimate, UnseenChart chart, I18nLanguage language,
                 const char *label, const char *path, bool *ret_drawn, GError **error)
{
    I18nLanguage saved = i18n_language();
    i18n_set_language(language);
    g_autoptr(Canvas) canvas = unseen_draw(estimate, chart);
    if (canvas != NULL && label != NULL)
        canvas_label(canvas, picture_label_words(label));
    i18n_set_language(saved);
    *ret_drawn = canvas != NULL;
    if (canvas == NULL)
        return true;
    g_autofree char *svg = canvas_to_svg(canvas);
    return output_bytes(path, svg, strlen(svg), error);
}
