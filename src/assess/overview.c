/* assess/overview.c: what the first page shows. */
#include "assess/private.h"

#include "base/edtf.h"
#include <math.h>
#include <string.h>

void assess_overview_free(AssessOverview *overview)
{
    if (overview == NULL)
        return;
    store_assessment_free(overview->assessment);
    if (overview->alarms != NULL)
        g_ptr_array_unref(overview->alarms);
    g_free(overview);
}

static const char *trend_static(const char *trend)
{
    static const char *const TRENDS[] = {"rising", "steady", "falling"};
    for (gsize i = 0; i < G_N_ELEMENTS(TRENDS); i++)
        if (g_strcmp0(TRENDS[i], trend) == 0)
            return TRENDS[i];
    return NULL;
}

static bool fill_factors(Store *store, AssessOverview *overview, GError **error)
{
    const AssessFramework *framework = assess_framework(error);
    if (framework == NULL)
        return false;
    for (gsize f = 0; f < ASSESS_N_FACTORS; f++)
        overview->factors[f] =
            (AssessFactorLevel){.code = framework->factors[f].code,
                                .level = -1,
                                .n_indicators = framework->factors[f].n_indicators};
    if (overview->assessment == NULL)
        return true;
    g_autoptr(GPtrArray) ratings =
        store_rating_list_by_assessment(store, overview->assessment->id, NULL, error);
    if (ratings == NULL)
        return false;
    for (guint i = 0; i < ratings->len; i++) {
        const StoreRating *rating = g_ptr_array_index(ratings, i);
        int f = assess_factor_number(rating->factor);
        if (f < 0)
            continue;
        AssessFactorLevel *level = &overview->factors[f];
        if (rating->indicator != NULL) {
            level->n_rated += rating->level >= 0;
            continue;
        }
        level->level = rating->level;
        level->trend = trend_static(rating->trend);
        level->rating_id = rating->id;
    }
    return true;
}

bool assess_alarm_stands(const StoreAlarm *alarm)
{
    return g_strcmp0(alarm->status, "dismissed") != 0 && g_strcmp0(alarm->status, "ceased") != 0;
}

static int latest_first(gconstpointer a, gconstpointer b)
{
    const StoreAlarm *x = *(const StoreAlarm *const *)a, *y = *(const StoreAlarm *const *)b;
    if (x->first_day != y->first_day)
        return x->first_day < y->first_day ? 1 : -1;
    if (x->score != y->score && !isnan(x->score) && !isnan(y->score))
        return x->score < y->score ? 1 : -1;
    return (x->id > y->id) - (x->id < y->id);
}

/* How far above its bound: a rare event in an empty series has a high score all the same. */
static double height(const StoreAlarm *alarm)
{
    double excess = alarm->observed - alarm->threshold;
    return isnan(excess) ? 0 : excess;
}

static int highest_first(gconstpointer a, gconstpointer b)
{
    const StoreAlarm *x = *(const StoreAlarm *const *)a, *y = *(const StoreAlarm *const *)b;
    if (height(x) < height(y) || height(x) > height(y))
        return height(x) < height(y) ? 1 : -1;
    return latest_first(a, b);
}

/* The first of each series that is not taken yet and was not dismissed. */
static void take_one_a_series(GPtrArray *sorted, guint n, GPtrArray *taken)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_int64_hash, g_int64_equal);
    for (guint i = 0; i < sorted->len && taken->len < n; i++) {
        StoreAlarm *alarm = g_ptr_array_index(sorted, i);
        if (assess_alarm_stands(alarm) && g_hash_table_add(seen, &alarm->series_id) &&
            !g_ptr_array_find(taken, alarm, NULL))
            g_ptr_array_add(taken, alarm);
    }
}

GPtrArray *assess_alarms_to_tell(const GPtrArray *alarms, guint n)
{
    GPtrArray *taken = g_ptr_array_new(), *sorted = g_ptr_array_new();
    for (guint i = 0; i < alarms->len; i++)
        g_ptr_array_add(sorted, g_ptr_array_index(alarms, i));
    g_ptr_array_sort(sorted, latest_first);
    take_one_a_series(sorted, (n + 1) / 2, taken);
    g_ptr_array_sort(sorted, highest_first);
    take_one_a_series(sorted, n, taken);
    g_ptr_array_sort(sorted, latest_first);
    for (guint i = 0; i < sorted->len && taken->len < n; i++)
        if (!g_ptr_array_find(taken, g_ptr_array_index(sorted, i), NULL))
            g_ptr_array_add(taken, g_ptr_array_index(sorted, i));
    g_ptr_array_sort(taken, latest_first);
    g_ptr_array_unref(sorted);
    return taken;
}

static bool fill_alarms(Store *store, AssessOverview *overview, GError **error)
{
    overview->alarms = store_alarm_list(store, NULL, error);
    if (overview->alarms == NULL)
        return false;
    overview->n_alarms = overview->alarms->len;
    for (guint i = 0; i < overview->alarms->len; i++) {
        const StoreAlarm *alarm = g_ptr_array_index(overview->alarms, i);
        overview->n_new += g_strcmp0(alarm->status, "new") == 0;
    }
    g_ptr_array_sort(overview->alarms, latest_first);
    if (overview->alarms->len > 0)
        overview->series_id =
            ((const StoreAlarm *)g_ptr_array_index(overview->alarms, 0))->series_id;
    return true;
}

/* Without alarms: the series of most events. */
static bool largest_series(Store *store, AssessOverview *overview, GError **error)
{
    if (overview->series_id != 0)
        return true;
    g_autoptr(GPtrArray) all = store_series_list(store, NULL, error);
    double most = -1;
    for (guint i = 0; all != NULL && i < all->len; i++) {
        const StoreSeries *series = g_ptr_array_index(all, i);
        gsize n;
        const StoreSeriesPoint *points = store_series_points(series, &n);
        double sum = 0;
        for (gsize k = 0; k < n; k++)
            sum += points[k].observed;
        if (sum > most) {
            most = sum;
            overview->series_id = series->id;
        }
    }
    return all != NULL;
}

static bool newest_estimate(Store *store, AssessOverview *overview, GError **error)
{
    const StorePage page = {.descending = true};
    g_autoptr(GPtrArray) all = store_estimate_list(store, &page, error);
    for (guint i = 0; all != NULL && i < all->len; i++) {
        const StoreEstimate *estimate = g_ptr_array_index(all, i);
        if (g_strcmp0(estimate->method, "crisis_response") != 0) {
            overview->estimate_id = estimate->id;
            break;
        }
    }
    return all != NULL;
}

static bool newest_assessment(Store *store, AssessOverview *overview, GError **error)
{
    const StorePage page = {.limit = 1, .descending = true};
    g_autoptr(GPtrArray) list = store_assessment_list(store, &page, error);
    if (list == NULL)
        return false;
    if (list->len > 0) {
        overview->assessment = g_ptr_array_index(list, 0);
        g_ptr_array_set_free_func(list, NULL);
    }
    return true;
}

AssessOverview *assess_overview(Store *store, GError **error)
{
    g_autoptr(AssessOverview) overview = g_new0(AssessOverview, 1);
    if (!newest_assessment(store, overview, error) || !fill_factors(store, overview, error) ||
        !fill_alarms(store, overview, error) || !largest_series(store, overview, error) ||
        !newest_estimate(store, overview, error))
        return NULL;
    overview->n_series = store_series_count(store, error);
    overview->n_figures = overview->n_series >= 0 ? store_figure_count(store, error) : -1;
    overview->n_crises = overview->n_figures >= 0 ? store_crisis_count(store, error) : -1;
    return overview->n_crises >= 0 ? g_steal_pointer(&overview) : NULL;
}

char *assess_assessment_title(const StoreAssessment *assessment, I18nLanguage language)
{
    I18nLanguage saved = assess_speak(language);
    g_autofree char *day = edtf_describe_day(assessment->last_day);
    char *title = g_strdup_printf(_("Assessment of %s"), day);
    i18n_set_language(saved);
    return title;
}
