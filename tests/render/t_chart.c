/* Charts as SVG: well-formed, readable without sight, turned round in Persian, honest. */
#include "base/edtf.h"
#include "render/chart.h"
#include "render/chart_file.h"
#include "render/frame.h"
#include "support.h"
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>
#include <math.h>
#include <string.h>

static xmlDoc *parse(const char *svg)
{
    xmlDoc *doc = xmlReadMemory(svg, (int)strlen(svg), "chart.svg", NULL,
                                XML_PARSE_NONET | XML_PARSE_NOERROR);
    g_assert_nonnull(doc);
    return doc;
}

/* How many nodes an XPath finds; s: is SVG. */
static int count(xmlDoc *doc, const char *path)
{
    xmlXPathContext *context = xmlXPathNewContext(doc);
    xmlXPathRegisterNs(context, BAD_CAST "s", BAD_CAST "http://www.w3.org/2000/svg");
    xmlXPathObject *found = xmlXPathEvalExpression(BAD_CAST path, context);
    g_assert_nonnull(found);
    int n = found->nodesetval != NULL ? found->nodesetval->nodeNr : 0;
    xmlXPathFreeObject(found);
    xmlXPathFreeContext(context);
    return n;
}

static Canvas *weeks(I18nLanguage language, const char *title)
{
    i18n_set_language(language);
    StoreSeriesPoint points[60];
    gint32 first = edtf_day_from_gregorian(2025, 1, 4);
    for (int i = 0; i < 60; i++)
        points[i] = (StoreSeriesPoint){first + 7.0 * i,
                                       10 + i % 5 + (i == 50 ? 30 : 0),
                                       NAN,
                                       NAN,
                                       NAN,
                                       i < 10 ? NAN : 12,
                                       i < 10 ? NAN : 20,
                                       i == 50};
    return chart_series(&(ChartSeries){title, 7, 60, points});
}

static void series_shows_each_week_and_alarm(gconstpointer data)
{
    I18nLanguage language = GPOINTER_TO_INT(data) ? I18N_PERSIAN : I18N_ENGLISH;
    g_autoptr(Canvas) canvas = weeks(language, "T");
    g_autofree char *svg = canvas_to_svg(canvas);
    xmlDoc *doc = parse(svg);
    g_assert_cmpint(count(doc, "/s:svg/s:title"), ==, 1);
    g_assert_cmpint(count(doc, "/s:svg/s:desc[string-length(.) > 40]"), ==, 1);
    g_assert_cmpint(count(doc, "//s:g/s:title"), ==, 60);      /* each week has its words */
    g_assert_cmpint(count(doc, "//s:g[count(*) = 3]"), ==, 1); /* title, bar, alarm mark */
    g_assert_cmpint(count(doc, language == I18N_PERSIAN ? "/s:svg[@direction = 'rtl']"
                                                        : "/s:svg[@direction = 'ltr']"),
                    ==, 1);
    g_assert_cmpint(count(doc, "//s:text"), >, 8); /* text is text */
    xmlFreeDoc(doc);
}

/* Time runs in the direction of reading. */
static void persian_is_turned_round(void)
{
    gsize n;
    double left[2], last[2];
    for (int l = 0; l < 2; l++) {
        g_autoptr(Canvas) canvas = weeks(l ? I18N_PERSIAN : I18N_ENGLISH, "T");
        const CanvasItem *items = canvas_items(canvas, &n);
        gsize k = 0;
        for (gsize i = 0; i < n; i++)
            if (items[i].operation == CANVAS_BEGIN) {
                if (k == 0)
                    left[l] = items[i + 1].x + items[i + 1].width / 2;
                last[l] = items[i + 1].x + items[i + 1].width / 2;
                k++;
            }
    }
    g_assert_cmpfloat(left[0], <, last[0]);
    g_assert_cmpfloat(left[1], >, last[1]);
    test_assert_close(left[0], CHART_WIDTH - left[1], 1e-9);
}

static void hostile_words_stay_words(void)
{
    g_autoptr(Canvas) canvas = weeks(I18N_ENGLISH, "<script>alert(1)</script> & \"x\" \x02 \xff");
    g_autofree char *svg = canvas_to_svg(canvas);
    xmlDoc *doc = parse(svg);
    g_assert_cmpint(count(doc, "//s:script | //script"), ==, 0);
    xmlFreeDoc(doc);
    g_assert_null(strstr(svg, "<script"));
}

static void same_chart_same_bytes(void)
{
    g_autoptr(Canvas) a = weeks(I18N_PERSIAN, "T"), b = weeks(I18N_PERSIAN, "T");
    g_autofree char *x = canvas_to_svg(a), *y = canvas_to_svg(b);
    g_assert_cmpstr(x, ==, y);
}

/* Two reporters of the same year keep their two marks, at their two heights. */
static void reporters_are_never_merged(void)
{
    i18n_set_language(I18N_ENGLISH);
    const ChartYear years[] = {
        {0, 2023, 834, 834, false, false, "2023, A: 834"},
        {1, 2023, 853, 853, false, false, "2023, B: 853"},
        {0, 2024, 975, NAN, false, false, "2024, A: at least 975"},
        {1, 2024, 972, 1100, false, true, "2024, B: 972 to 1,100"},
    };
    const char *const names[] = {"A", "B"};
    g_autoptr(Canvas) canvas = chart_years(&(ChartYears){"Executions", 2, names, 4, years});
    gsize n;
    const CanvasItem *items = canvas_items(canvas, &n);
    double y[4];
    bool filled[4];
    gsize found = 0;
    for (gsize i = 0; i < n; i++)
        if (items[i].operation == CANVAS_BEGIN) {
            gsize mark = i;
            while (items[mark].operation != CANVAS_MARK)
                mark++;
            y[found] = items[mark].y;
            filled[found++] = items[mark].filled;
        }
    g_assert_cmpuint(found, ==, 4);
    g_assert_cmpfloat(y[0], >, y[1]); /* 834 stands below 975 (y grows downward) … */
    g_assert_cmpfloat(y[2], >, y[3]); /* … and 853 below 972 */
    g_assert_true(filled[0] && filled[1] && filled[2]);
    g_assert_false(filled[3]); /* not confirmed: hollow */
    g_assert_nonnull(strstr(canvas_description(canvas), "2024, B: 972 to 1,100"));
}

static void provinces_lie_where_they_lie(void)
{
    double tehran[2], kurdistan[2];
    for (int l = 0; l < 2; l++) {
        i18n_set_language(l ? I18N_PERSIAN : I18N_ENGLISH);
        const ChartProvince p[] = {{"IR-23", "Tehran", 12}, {"IR-12", "Kurdistan", 3}};
        g_autoptr(Canvas) canvas = chart_provinces(&(ChartProvinces){"T", "u", 2, p, NAN});
        g_autofree char *svg = canvas_to_svg(canvas);
        xmlDoc *doc = parse(svg);
        g_assert_cmpint(count(doc, "//s:g"), ==, 31); /* all 31, also the silent ones */
        xmlFreeDoc(doc);
        gsize n;
        const CanvasItem *items = canvas_items(canvas, &n);
        for (gsize i = 0; i < n; i++)
            if (items[i].operation == CANVAS_BEGIN) {
                if (g_str_has_prefix(items[i].text, "Tehran"))
                    tehran[l] = items[i + 1].x;
                if (g_str_has_prefix(items[i].text, "Kurdistan"))
                    kurdistan[l] = items[i + 1].x;
            }
    }
    g_assert_cmpfloat(kurdistan[0], <, tehran[0]); /* west is left … */
    g_assert_cmpfloat(kurdistan[1], <, tehran[1]); /* … in Persian too */
}

static void unknown_ratio_is_said_to_be_unknown(void)
{
    i18n_set_language(I18N_ENGLISH);
    const ChartRatio ratios[] = {{"weeks 0 to 3", false, 4.2, 2.2, 8.8, NULL},
                                 {"weeks 4 to 7", false, NAN, NAN, NAN, NULL}};
    g_autoptr(Canvas) canvas = chart_forest(&(ChartForest){"T", 2, ratios});
    g_assert_nonnull(strstr(canvas_description(canvas), "weeks 4 to 7: cannot tell"));
    g_assert_nonnull(strstr(canvas_description(canvas), "4.20 (2.20–8.80)"));
}

/* WCAG 2.2: text at least 4.5 to 1, signs at least 3 to 1, on paper. */
static double luminance(CanvasInk ink)
{
    double rgb[3], sum = 0;
    static const double PART[] = {0.2126, 0.7152, 0.0722};
    canvas_ink_rgb(ink, rgb);
    for (int i = 0; i < 3; i++)
        sum += PART[i] * (rgb[i] <= 0.04045 ? rgb[i] / 12.92 : pow((rgb[i] + 0.055) / 1.055, 2.4));
    return sum;
}

static double contrast(CanvasInk a, CanvasInk b)
{
    double x = luminance(a), y = luminance(b);
    return (MAX(x, y) + 0.05) / (MIN(x, y) + 0.05);
}

static void inks_can_be_told_apart(void)
{
    g_assert_cmpfloat(contrast(INK_TEXT, INK_PAPER), >, 7);
    g_assert_cmpfloat(contrast(INK_QUIET, INK_PAPER), >, 4.5);
    const CanvasInk signs[] = {INK_MAIN, INK_SECOND, INK_THIRD, INK_FOURTH, INK_ALARM};
    for (gsize i = 0; i < G_N_ELEMENTS(signs); i++)
        g_assert_cmpfloat(contrast(signs[i], INK_PAPER), >, 3);
    for (int s = INK_STEP_0; s < INK_STEP_5; s++) /* a scale that a grey print keeps */
        g_assert_cmpfloat(luminance((CanvasInk)s), >, luminance((CanvasInk)(s + 1)) * 1.1);
    for (int s = INK_STEP_3; s <= INK_STEP_5; s++)
        g_assert_cmpfloat(contrast(INK_ON_DARK, (CanvasInk)s), >, 3);
}

static void axis_ends_at_round_numbers(void)
{
    static const double CASES[][2] = {{0, 1},    {7, 8},       {43, 60},
                                      {99, 100}, {1000, 1000}, {1234, 1500}};
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++)
        test_assert_close(frame_round_up(CASES[i][0]), CASES[i][1], 1e-9);
}

static void overlaps_name_each_combination(gconstpointer data)
{
    i18n_set_language(GPOINTER_TO_INT(data) ? I18N_PERSIAN : I18N_ENGLISH);
    static const char *const LISTS[] = {"EXH", "ABA", "<OSCE>"};
    const double sizes[] = {30, 20, 10};
    const ChartOverlap patterns[] = {{1, 1234}, {3, 15}, {7, 5}};
    g_autoptr(Canvas) canvas = chart_overlaps(&(ChartOverlaps){"T", 3, LISTS, sizes, 3, patterns});
    g_autofree char *svg = canvas_to_svg(canvas);
    xmlDoc *doc = parse(svg);
    g_assert_cmpint(count(doc, "//s:g/s:title"), ==, 6); /* three lists, three combinations */
    g_assert_cmpint(count(doc, "//s:g/s:title[contains(., 'EXH') and contains(., '<OSCE>')]"), ==,
                    1);
    g_assert_nonnull(strstr(svg, GPOINTER_TO_INT(data) ? "۱٬۲۳۴" : "1,234"));
    xmlFreeDoc(doc);
    i18n_set_language(I18N_ENGLISH);
}

static void rare_combinations_are_told_in_words(void)
{
    static const char *const LISTS[] = {"A", "B", "C", "D", "E"};
    const double sizes[] = {5, 4, 3, 2, 1};
    ChartOverlap patterns[31];
    for (guint32 i = 0; i < 31; i++)
        patterns[i] = (ChartOverlap){i + 1, 31 - i};
    g_autoptr(Canvas) canvas = chart_overlaps(&(ChartOverlaps){"T", 5, LISTS, sizes, 31, patterns});
    g_autofree char *svg = canvas_to_svg(canvas);
    g_assert_nonnull(strstr(svg, "9 rarer combinations with 45 persons")); /* 1 + … + 9 */
    g_assert_null(chart_overlaps(&(ChartOverlaps){"T", 5, LISTS, sizes, 0, patterns}));
}

static void totals_show_middle_and_ends(void)
{
    const double shares[] = {0.1, 0.4, 0.3, 0.2};
    g_autoptr(Canvas) canvas =
        chart_total(&(ChartTotal){"T", 4400, 10356, 9002, 12122, 8000, 14000, 4, shares});
    g_autofree char *svg = canvas_to_svg(canvas);
    g_assert_nonnull(strstr(svg, "middle 10,356 (95 %: 9,002 to 12,122)"));
    g_assert_nonnull(strstr(svg, "on at least one list: 4,400"));
    g_assert_null(chart_total(&(ChartTotal){"T", 1, 1, 1, 1, 5, 5, 4, shares}));
}

static void intervals_say_what_cannot_be_told(void)
{
    const ChartInterval rows[] = {
        {"all", 100, 90, 120, NULL, true, false},
        {"without A", NAN, NAN, NAN, NULL, false, false},
        {"without B", 110, 80, INFINITY, NULL, false, false},
    };
    g_autoptr(Canvas) canvas = chart_intervals(&(ChartIntervals){"T", 60, 3, rows});
    g_autofree char *svg = canvas_to_svg(canvas);
    xmlDoc *doc = parse(svg);
    g_assert_cmpint(count(doc, "//s:g/s:title"), ==, 3);
    g_assert_nonnull(strstr(svg, "without A: cannot tell"));
    g_assert_nonnull(strstr(svg, "110 (80–∞)"));
    xmlFreeDoc(doc);
}

/* SVG, PDF and PNG of one drawing; twice the same bytes; another ending is refused in words. */
static void one_drawing_in_three_formats(void)
{
    static const struct {
        const char *name, *begins;
        gsize n;
    } FILES[] = {{"c.svg", "<?xml", 5}, {"c.pdf", "%PDF-1.5", 8}, {"c.PNG", "\x89PNG\r\n", 6}};
    g_autofree char *folder = test_folder_new();
    g_autoptr(Canvas) canvas = weeks(I18N_PERSIAN, "بازداشت‌ها");
    for (gsize i = 0; i < G_N_ELEMENTS(FILES); i++) {
        g_autofree char *path = g_build_filename(folder, FILES[i].name, NULL);
        g_autofree char *first = NULL, *second = NULL;
        gsize n_first, n_second;
        g_assert_true(chart_file_write(canvas, 1, path, NULL));
        g_assert_true(g_file_get_contents(path, &first, &n_first, NULL));
        g_assert_true(chart_file_write(canvas, 1, path, NULL));
        g_assert_true(g_file_get_contents(path, &second, &n_second, NULL));
        g_assert_cmpuint(n_first, >, FILES[i].n);
        g_assert_true(memcmp(first, FILES[i].begins, FILES[i].n) == 0);
        g_assert_true(n_first == n_second && memcmp(first, second, n_first) == 0);
    }
    g_autoptr(GError) error = NULL;
    g_assert_false(chart_file_write(canvas, 1, "c.jpg", &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE);
}

/* The drawing below counts by report; what came after its last week is told in words. */
static void the_curve_shows_when_acts_were_reported(void)
{
    i18n_set_language(I18N_ENGLISH);
    const double counts[4] = {5, 0, 2, 1}, told[4] = {1, 3, 0, 2};
    ChartCurve curve = {.title = "Acts",
                        .first_day = 20000,
                        .n_weeks = 4,
                        .n_kinds = 1,
                        .kinds = {"arrests"},
                        .counts = counts,
                        .told = told,
                        .told_later = 2};
    g_autoptr(Canvas) canvas = chart_curve(&curve);
    g_autofree char *svg = canvas_to_svg(canvas);
    xmlDoc *doc = parse(svg);
    g_assert_cmpint(count(doc, "//s:title[starts-with(., 'Reported in the week from')]"), ==, 3);
    g_assert_cmpint(count(doc, "//s:text[contains(., '2 later')]"), ==, 1);
    xmlFreeDoc(doc);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/render/chart/series_shows_each_week_and_alarm/english",
                         GINT_TO_POINTER(0), series_shows_each_week_and_alarm);
    g_test_add_data_func("/render/chart/series_shows_each_week_and_alarm/persian",
                         GINT_TO_POINTER(1), series_shows_each_week_and_alarm);
    g_test_add_func("/render/chart/one_drawing_in_three_formats", one_drawing_in_three_formats);
    g_test_add_func("/render/chart/the_curve_shows_when_acts_were_reported",
                    the_curve_shows_when_acts_were_reported);
    g_test_add_func("/render/chart/persian_is_turned_round", persian_is_turned_round);
    g_test_add_func("/render/chart/hostile_words_stay_words", hostile_words_stay_words);
    g_test_add_func("/render/chart/same_chart_same_bytes", same_chart_same_bytes);
    g_test_add_func("/render/chart/reporters_are_never_merged", reporters_are_never_merged);
    g_test_add_func("/render/chart/provinces_lie_where_they_lie", provinces_lie_where_they_lie);
    g_test_add_func("/render/chart/unknown_ratio_is_said_to_be_unknown",
                    unknown_ratio_is_said_to_be_unknown);
    g_test_add_func("/render/chart/inks_can_be_told_apart", inks_can_be_told_apart);
    g_test_add_func("/render/chart/axis_ends_at_round_numbers", axis_ends_at_round_numbers);
    g_test_add_data_func("/render/chart/overlaps_name_each_combination/english", GINT_TO_POINTER(0),
                         overlaps_name_each_combination);
    g_test_add_data_func("/render/chart/overlaps_name_each_combination/persian", GINT_TO_POINTER(1),
                         overlaps_name_each_combination);
    g_test_add_func("/render/chart/rare_combinations_are_told_in_words",
                    rare_combinations_are_told_in_words);
    g_test_add_func("/render/chart/totals_show_middle_and_ends", totals_show_middle_and_ends);
    g_test_add_func("/render/chart/intervals_say_what_cannot_be_told",
                    intervals_say_what_cannot_be_told);
    int status = g_test_run();
    xmlCleanupParser();
    return status;
}
