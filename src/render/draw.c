#include "render/draw.h"

#include "assess/judge.h"
#include "base/data.h"
#include "base/edtf.h"
#include "render/chart.h"
#include <jansson.h>
#include <math.h>
#include <string.h>

static char *first_upper(char *text)
{
    if (text != NULL && g_ascii_islower(text[0]))
        text[0] = g_ascii_toupper(text[0]);
    return text;
}

Canvas *draw_series(Store *store, const Picture *picture, gint64 series_id, GError **error)
{
    gint64 id = series_id != 0 ? series_id : picture->overview->series_id;
    if (id == 0)
        return NULL;
    g_autoptr(StoreSeries) series = store_series_load(store, id, error);
    if (series == NULL)
        return NULL;
    g_autofree char *whole = first_upper(assess_series_title(store, series, i18n_language()));
    g_autofree char *title = NULL;
    ChartSeries chart = {.interval_days = series->interval_days};
    chart.points = store_series_points(series, &chart.n_points);
    /* Long quiet years before the last three would flatten what is to be seen. */
    const gsize most = 3 * 364 / (gsize)CLAMP(series->interval_days, 1, 364);
    if (series->interval_days <= 31 && chart.n_points > most) {
        chart.points += chart.n_points - most;
        chart.n_points = most;
        title = g_strdup_printf(_("%s, the last three years"), whole);
    }
    chart.title = title != NULL ? title : whole;
    return chart_series(&chart);
}

/* ---- what came in ---- */

/* The Saturday on or before a day: weeks as they are counted in Iran. */
static gint32 week_start(gint32 day)
{
    return day - (edtf_weekday(day) + 1) % 7;
}

typedef struct {
    const char *kind;
    gint64 n;
} KindCount;

static gint most_first(gconstpointer a, gconstpointer b)
{
    const KindCount *x = a, *y = b;
    return x->n != y->n ? (x->n < y->n ? 1 : -1) : g_strcmp0(x->kind, y->kind);
}

static GArray *kinds_of(const StoreTally *tally, gint32 from)
{
    GArray *kinds = g_array_new(FALSE, TRUE, sizeof(KindCount));
    for (gsize i = 0; i < tally->n_rows; i++) {
        const StoreTallyRow *row = &tally->rows[i];
        if (row->day < from)
            continue;
        guint k = 0;
        while (k < kinds->len && g_strcmp0(g_array_index(kinds, KindCount, k).kind, row->act_kind))
            k++;
        if (k == kinds->len) {
            KindCount fresh = {row->act_kind, 0};
            g_array_append_val(kinds, fresh);
        }
        g_array_index(kinds, KindCount, k).n += row->statements;
    }
    g_array_sort(kinds, most_first);
    return kinds;
}

Canvas *draw_curve(const Picture *picture)
{
    const StoreTally *tally = picture->tally;
    if (tally->n_rows == 0)
        return NULL;
    gint32 last = week_start(MIN(picture->last_day, picture->today));
    gint32 from = MAX(week_start(picture->first_day), last - 7 * 52 * 5);
    if (last < from)
        return NULL;
    g_autoptr(GArray) kinds = kinds_of(tally, from);
    gsize n_weeks = (gsize)(last - from) / 7 + 1;
    ChartCurve chart = {
        .title = _("Reported acts, by the week in which they began"),
        .first_day = from,
        .n_weeks = n_weeks,
        .n_kinds = MIN(kinds->len, CHART_KINDS),
    };
    for (gsize k = 0; k < chart.n_kinds; k++)
        chart.kinds[k] =
            k == CHART_KINDS - 1 && kinds->len > CHART_KINDS
                ? _("other acts")
                : assess_kind_title(g_array_index(kinds, KindCount, k).kind, i18n_language());
    g_autofree double *counts = g_new0(double, n_weeks *MAX(1, chart.n_kinds));
    for (gsize i = 0; i < tally->n_rows; i++) {
        const StoreTallyRow *row = &tally->rows[i];
        if (row->day < from || row->day >= last + 7)
            continue;
        gsize k = 0;
        while (k < chart.n_kinds - 1 &&
               g_strcmp0(g_array_index(kinds, KindCount, k).kind, row->act_kind) != 0)
            k++;
        counts[(gsize)(row->day - from) / 7 * chart.n_kinds + k] += (double)row->statements;
    }
    chart.counts = counts;
    g_autofree double *told = g_new0(double, n_weeks);
    bool late = false;
    for (gsize i = 0; i < tally->n_rows; i++) {
        const StoreTallyRow *row = &tally->rows[i];
        if (row->day < from || row->day >= last + 7)
            continue;
        late = late || row->received_day != row->day;
        if (row->received_day >= last + 7)
            chart.told_later += (double)row->statements;
        else if (row->received_day >= from)
            told[(gsize)(row->received_day - from) / 7] += (double)row->statements;
    }
    chart.told = late ? told : NULL;
    return chart_curve(&chart);
}

/* ---- executions ---- */

char *draw_figure_words(const StoreFigure *figure)
{
    g_autofree char *low = isnan(figure->low) ? NULL : i18n_integer((gint64)llround(figure->low));
    g_autofree char *high =
        isnan(figure->high) ? NULL : i18n_integer((gint64)llround(figure->high));
    if (low == NULL && high == NULL)
        return g_strdup(_("no number"));
    if (low == NULL)
        return g_strdup_printf(_("up to %s"), high);
    if (high == NULL || figure->low == figure->high)
        return figure->at_least || high == NULL ? g_strdup_printf(_("at least %s"), low)
                                                : g_strdup(low);
    return g_strdup_printf(_("%s to %s"), low, high);
}

static bool is_yearly_execution(const Picture *picture, const StoreFigure *figure)
{
    const StorePlace *place = picture_place(picture, figure->place_id);
    bool country = place == NULL || g_strcmp0(place->kind, "country") == 0;
    return g_strcmp0(figure->kind, "execution") == 0 && figure->crisis_id == 0 && country &&
           figure->first_day > G_MININT32 && figure->last_day < G_MAXINT32 && !isnan(figure->low) &&
           figure->last_day - figure->first_day <= 366;
}

static guint reporter_index(GPtrArray *reporters, GArray *counts, const char *name)
{
    guint r = 0;
    while (r < reporters->len && strcmp(g_ptr_array_index(reporters, r), name) != 0)
        r++;
    if (r == reporters->len) {
        guint none = 0;
        g_ptr_array_add(reporters, (void *)name);
        g_array_append_val(counts, none);
    }
    g_array_index(counts, guint, r)++;
    return r;
}

/* New places of the reporters: most figures first, then by name. */
static void order_reporters(GPtrArray *reporters, const GArray *counts, ChartYear *years, gsize n)
{
    g_autofree gsize *place = g_new(gsize, reporters->len);
    g_autoptr(GPtrArray) old = g_ptr_array_copy(reporters, NULL, NULL);
    for (guint a = 0; a < old->len; a++) {
        place[a] = 0;
        for (guint b = 0; b < old->len; b++) {
            guint x = g_array_index(counts, guint, a), y = g_array_index(counts, guint, b);
            place[a] += y > x || (y == x &&
                                  strcmp(g_ptr_array_index(old, b), g_ptr_array_index(old, a)) < 0);
        }
        reporters->pdata[place[a]] = old->pdata[a];
    }
    for (gsize i = 0; i < n; i++)
        years[i].reporter = place[years[i].reporter];
}

static gint by_year(gconstpointer a, gconstpointer b)
{
    const ChartYear *x = a, *y = b;
    return (x->year > y->year) - (x->year < y->year);
}

Canvas *draw_executions(const Picture *picture)
{
    g_autoptr(GPtrArray) reporters = g_ptr_array_new(),
                         words = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GArray) counts = g_array_new(FALSE, TRUE, sizeof(guint));
    g_autoptr(GArray) years = g_array_new(FALSE, TRUE, sizeof(ChartYear));
    for (guint i = 0; i < picture->figures->len; i++) {
        const StoreFigure *figure = g_ptr_array_index(picture->figures, i);
        if (!is_yearly_execution(picture, figure))
            continue;
        int year, month, day;
        edtf_day_to_gregorian(figure->first_day, &year, &month, &day);
        g_autofree char *number = draw_figure_words(figure);
        g_autofree char *plain = g_strdup_printf("%d", year);
        g_autofree char *shown = i18n_digits(plain);
        char id[STORE_ID_MAX];
        store_id_format(STORE_KIND_FIGURE, figure->id, id);
        g_ptr_array_add(words, g_strdup_printf(_("%s, %s: %s [%s]."), shown,
                                               picture_reporter(figure->reporter), number, id));
        ChartYear row = {
            .reporter = reporter_index(reporters, counts, picture_reporter(figure->reporter)),
            .year = year,
            .low = figure->low,
            .high = figure->high,
            .part = figure->event_date == NULL || strlen(figure->event_date) != 4,
            .unconfirmed = !picture_confirmed(figure->verified),
            .words = g_ptr_array_index(words, words->len - 1),
        };
        g_array_append_val(years, row);
    }
    order_reporters(reporters, counts, (ChartYear *)(void *)years->data, years->len);
    g_array_sort(years, by_year);
    ChartYears chart = {
        .title = _("Executions a year in Iran, as each reporter gave them"),
        .n_reporters = reporters->len,
        .reporters = (const char *const *)reporters->pdata,
        .n_years = years->len,
        .years = (const ChartYear *)(void *)years->data,
    };
    return chart_years(&chart);
}

/* ---- provinces ---- */

Canvas *draw_provinces(const Picture *picture, const char *act_kind)
{
    g_autoptr(CsvTable) table = data_load_table("geo/provinces.csv", NULL);
    if (table == NULL)
        return NULL;
    gssize iso = csv_table_column(table, "iso"),
           name = csv_table_column(table, i18n_language() == I18N_PERSIAN ? "name_fa" : "name_en");
    g_autofree ChartProvince *provinces = g_new0(ChartProvince, table->n_rows);
    for (gsize i = 0; i < table->n_rows; i++)
        provinces[i] =
            (ChartProvince){csv_table_cell(table, i, iso), csv_table_cell(table, i, name), NAN};
    double elsewhere = 0;
    for (gsize i = 0; i < picture->tally->n_rows; i++) {
        const StoreTallyRow *row = &picture->tally->rows[i];
        if (act_kind != NULL && g_strcmp0(row->act_kind, act_kind) != 0)
            continue;
        const char *code = picture_province(picture, row->place_id);
        gsize p = 0;
        while (code != NULL && p < table->n_rows && strcmp(provinces[p].iso, code) != 0)
            p++;
        if (code == NULL || p == table->n_rows)
            elsewhere += (double)row->statements;
        else
            provinces[p].value =
                (isnan(provinces[p].value) ? 0 : provinces[p].value) + (double)row->statements;
    }
    g_autofree char *title = act_kind == NULL
                                 ? g_strdup(_("Reported acts by province"))
                                 : g_strdup_printf(_("Reported acts by province: %s"),
                                                   assess_kind_title(act_kind, i18n_language()));
    ChartProvinces chart = {
        .title = title,
        .unit = _("Acts reported, each once however many reports; tiles stand roughly where the "
                  "provinces lie"),
        .n_provinces = table->n_rows,
        .provinces = provinces,
        .elsewhere = elsewhere,
    };
    return chart_provinces(&chart);
}

/* ---- risk factors ---- */

/* Levels of a factor's indicators, and where analysts differ; -1 where nobody rated. */
static void take_levels(const Picture *picture, const AssessFactor *factor, gint32 *levels,
                        bool *differ)
{
    for (gsize i = 0; i < factor->n_indicators; i++) {
        levels[i] = -1;
        differ[i] = false;
        for (guint r = 0; r < picture->ratings->len; r++) {
            const StoreRating *rating = g_ptr_array_index(picture->ratings, r);
            gint32 low, high;
            guint analysts;
            if (g_strcmp0(rating->indicator, factor->indicators[i].id) != 0)
                continue;
            levels[i] = rating->level;
            differ[i] = judge_range(rating, &low, &high, &analysts);
        }
    }
}

Canvas *draw_framework(const Picture *picture)
{
    const AssessFramework *framework = assess_framework(NULL);
    if (picture->overview->assessment == NULL || framework == NULL)
        return NULL;
    I18nLanguage language = i18n_language();
    ChartFactor factors[ASSESS_N_FACTORS];
    g_autofree gint32 *levels = g_new(gint32, framework->n_indicators + 1);
    g_autofree bool *differ = g_new(bool, framework->n_indicators + 1);
    gsize at = 0;
    for (gsize f = 0; f < ASSESS_N_FACTORS; f++) {
        const AssessFactorLevel *level = &picture->overview->factors[f];
        take_levels(picture, &framework->factors[f], levels + at, differ + at);
        factors[f] = (ChartFactor){
            .code = level->code,
            .title = assess_factor_title(level->code, language),
            .level = level->level,
            .level_words = assess_level_title(level->level, language),
            .trend = level->trend,
            .trend_words = assess_trend_title(level->trend, language),
            .n_rated = level->n_rated,
            .n_indicators = level->n_indicators,
            .levels = levels + at,
            .differ = differ + at,
        };
        at += framework->factors[f].n_indicators;
    }
    ChartFramework chart = {.title = _("The 14 risk factors of atrocity crimes, as rated"),
                            .n_factors = ASSESS_N_FACTORS,
                            .factors = factors};
    for (gint32 level = -1; level <= 3; level++)
        chart.level_names[level + 1] = assess_level_title(level, language);
    return chart_framework(&chart);
}

/* ---- after crises ---- */

static double real_of(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

static char *window_words(const json_t *window, const char *unit)
{
    g_autofree char *from = i18n_integer((gint64)llround(real_of(window, "from")));
    g_autofree char *to = i18n_integer((gint64)llround(real_of(window, "to")));
    bool year = g_strcmp0(unit, "year") == 0;
    if (strcmp(from, to) == 0)
        return g_strdup_printf(year ? _("year %s after") : _("week %s after"), from);
    return g_strdup_printf(year ? _("years %s to %s after") : _("weeks %s to %s after"), from, to);
}

static void add_response(GArray *ratios, GPtrArray *words, const StoreEstimate *estimate)
{
    json_t *settings = json_loads(estimate->settings != NULL ? estimate->settings : "{}", 0, NULL);
    const char *about = json_string_value(
        json_object_get(settings, i18n_language() == I18N_PERSIAN ? "about_fa" : "about_en"));
    const char *unit = json_string_value(json_object_get(settings, "unit"));
    const json_t *windows = json_object_get(settings, "windows");
    bool told = false;
    for (gsize i = 0; i < json_array_size(windows); i++)
        told = told || isfinite(real_of(json_array_get(windows, i), "ratio"));
    if (about != NULL && told) {
        char id[STORE_ID_MAX];
        store_id_format(STORE_KIND_ESTIMATE, estimate->id, id);
        g_autofree char *copy = first_upper(g_strdup(about));
        g_ptr_array_add(words, g_strdup_printf("%s [%s]", copy, id));
        ChartRatio heading = {.label = g_ptr_array_index(words, words->len - 1), .heading = true};
        g_array_append_val(ratios, heading);
        for (gsize i = 0; i < json_array_size(windows); i++) {
            const json_t *window = json_array_get(windows, i);
            g_ptr_array_add(words, window_words(window, unit));
            ChartRatio row = {
                .label = g_ptr_array_index(words, words->len - 1),
                .ratio = real_of(window, "ratio"),
                .low = real_of(window, "low"),
                .high = real_of(window, "high"),
            };
            g_array_append_val(ratios, row);
        }
    }
    json_decref(settings);
}

Canvas *draw_response(const Picture *picture)
{
    g_autoptr(GArray) ratios = g_array_new(FALSE, TRUE, sizeof(ChartRatio));
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < picture->estimates->len; i++) {
        const StoreEstimate *estimate = g_ptr_array_index(picture->estimates, i);
        if (g_strcmp0(estimate->method, "crisis_response") == 0)
            add_response(ratios, words, estimate);
    }
    ChartForest chart = {_("After crises: counted against what trend and season explain"),
                         ratios->len, (const ChartRatio *)(void *)ratios->data};
    return chart_forest(&chart);
}

/* ---- how many are on no list ---- */

Canvas *draw_unseen(const Picture *picture, UnseenChart chart)
{
    const StoreEstimate *newest = NULL;
    for (guint i = 0; i < picture->estimates->len; i++) {
        const StoreEstimate *estimate = g_ptr_array_index(picture->estimates, i);
        if (g_strcmp0(estimate->method, "crisis_response") != 0 && estimate->settings != NULL)
            newest = estimate;
    }
    json_t *answer = newest != NULL ? json_loads(newest->settings, 0, NULL) : NULL;
    if (answer == NULL)
        return NULL;
    if (newest->lists != NULL)
        json_object_set_new(answer, "overlaps", json_loads(newest->lists, 0, NULL));
    Canvas *canvas = unseen_draw(answer, chart);
    json_decref(answer);
    return canvas;
}
