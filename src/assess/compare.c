/* assess/compare.c: two versions of an assessment side by side; see compare.h.
 *
 * Decisions since the older are those made on any version between the two: the newer's chain of
 * previous versions down to the older. Where the older is none of its ancestors (two copies of a
 * case merged), those on the newer alone. */
#include "assess/compare.h"

#include "assess/assess.h"
#include "assess/judge.h"
#include "assess/private.h"
#include "store/link.h"
#include <string.h>

static void side_clear(AssessSide *side)
{
    g_free(side->why);
    g_free(side->by);
    if (side->records != NULL)
        g_array_unref(side->records);
}

static void difference_free(gpointer data)
{
    AssessDifference *difference = data;
    side_clear(&difference->before);
    side_clear(&difference->now);
    g_ptr_array_unref(difference->judgements);
    g_free(difference);
}

void assess_comparison_free(AssessComparison *comparison)
{
    if (comparison == NULL)
        return;
    store_assessment_free(comparison->before);
    store_assessment_free(comparison->now);
    GPtrArray *const lists[] = {comparison->rows, comparison->judgements, comparison->ratings[0],
                                comparison->ratings[1]};
    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
        if (lists[i] != NULL)
            g_ptr_array_unref(lists[i]);
    g_free(comparison);
}

/* ---- one side ---- */

static const StoreRating *rating_in(const GPtrArray *ratings, const char *factor,
                                    const char *indicator)
{
    for (guint i = 0; i < ratings->len; i++) {
        const StoreRating *rating = ratings->pdata[i];
        if (g_strcmp0(rating->factor, factor) == 0 && g_strcmp0(rating->indicator, indicator) == 0)
            return rating;
    }
    return NULL;
}

/* Whose ratings it combines: the rows of its reason "analysts". */
static char *analysts_of(const StoreRating *rating)
{
    g_autoptr(GString) names = g_string_new(NULL);
    json_t *reasons = rating->rationale != NULL ? json_loads(rating->rationale, 0, NULL) : NULL;
    for (gsize i = 0; json_is_array(reasons) && i < json_array_size(reasons); i++) {
        const json_t *rows = json_object_get(json_array_get(reasons, i), "rows");
        if (g_strcmp0(assess_json_text(json_array_get(reasons, i), "rule"), "analysts") != 0)
            continue;
        for (gsize k = 0; k < json_array_size(rows); k++) {
            const char *name = assess_json_text(json_array_get(rows, k), "analyst");
            if (name != NULL)
                g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "", name);
        }
    }
    json_decref(reasons);
    return g_strdup(names->str);
}

static bool records_of(Store *store, const StoreRating *rating, GArray *records, GError **error)
{
    if (rating == NULL || rating->indicator == NULL) /* a factor's are those of its indicators */
        return true;
    g_autoptr(GPtrArray) links =
        store_link_list_from(store, STORE_KIND_RATING, rating->id, NULL, error);
    for (guint i = 0; links != NULL && i < links->len; i++) {
        const StoreLink *link = links->pdata[i];
        const StoreTraceStep record = {(StoreKind)link->to_kind, link->to_id,
                                       g_strcmp0(link->role, "contradicts") == 0 ? "contradicts"
                                                                                 : "evidence"};
        g_array_append_val(records, record);
    }
    return links != NULL;
}

static bool holds(const GArray *records, const StoreTraceStep *wanted)
{
    for (guint i = 0; i < records->len; i++) {
        const StoreTraceStep *one = &g_array_index(records, StoreTraceStep, i);
        if (one->kind == wanted->kind && one->id == wanted->id &&
            strcmp(one->role, wanted->role) == 0)
            return true;
    }
    return false;
}

/* Those of `all` that `other` has not; how many it has. */
static GArray *only_in(const GArray *all, const GArray *other, guint *ret_common)
{
    GArray *own = g_array_new(FALSE, FALSE, sizeof(StoreTraceStep));
    *ret_common = 0;
    for (guint i = 0; i < all->len; i++) {
        const StoreTraceStep *one = &g_array_index(all, StoreTraceStep, i);
        if (holds(other, one))
            (*ret_common)++;
        else
            g_array_append_vals(own, one, 1);
    }
    return own;
}

static void side_of(const StoreRating *rating, I18nLanguage language, AssessSide *side)
{
    side->rating = rating;
    side->level = rating != NULL ? rating->level : -1;
    side->trend = rating != NULL ? rating->trend : NULL;
    side->why = rating != NULL ? assess_rating_sentence(rating, language) : g_strdup("");
    side->by = rating != NULL ? analysts_of(rating) : g_strdup("");
}

/* ---- rows ---- */

typedef struct {
    Store *store;
    I18nLanguage language;
    AssessComparison *comparison;
} Compare;

static bool compare_one(Compare *compare, const char *factor, const AssessIndicator *indicator,
                        GError **error)
{
    AssessComparison *comparison = compare->comparison;
    const char *id = indicator != NULL ? indicator->id : NULL;
    const StoreRating *was = rating_in(comparison->ratings[0], factor, id);
    const StoreRating *is = rating_in(comparison->ratings[1], factor, id);
    g_autoptr(GArray) before = g_array_new(FALSE, FALSE, sizeof(StoreTraceStep));
    g_autoptr(GArray) now = g_array_new(FALSE, FALSE, sizeof(StoreTraceStep));
    if (!records_of(compare->store, was, before, error) ||
        !records_of(compare->store, is, now, error))
        return false;
    AssessDifference *row = g_new0(AssessDifference, 1);
    row->factor = factor;
    row->indicator = indicator;
    row->judgements = g_ptr_array_new();
    side_of(was, compare->language, &row->before);
    side_of(is, compare->language, &row->now);
    row->before.records = only_in(before, now, &row->n_common);
    row->now.records = only_in(now, before, &row->n_common);
    for (guint i = 0; i < comparison->judgements->len; i++) {
        const StoreJudgement *judgement = comparison->judgements->pdata[i];
        if (g_strcmp0(judgement->factor, factor) == 0 && g_strcmp0(judgement->indicator, id) == 0)
            g_ptr_array_add(row->judgements, (gpointer)judgement);
    }
    row->level = row->before.level != row->now.level;
    row->trend = g_strcmp0(row->before.trend, row->now.trend) != 0;
    row->why = strcmp(row->before.why, row->now.why) != 0;
    row->evidence = row->before.records->len > 0 || row->now.records->len > 0;
    comparison->n_levels += row->level;
    if (row->level || row->trend || row->why || row->evidence || row->judgements->len > 0) {
        g_ptr_array_add(comparison->rows, row);
        return true;
    }
    comparison->n_same += was != NULL && is != NULL;
    difference_free(row);
    return true;
}

static bool compare_all(Compare *compare, GError **error)
{
    const AssessFramework *framework = assess_framework(error);
    if (framework == NULL)
        return false;
    for (gsize f = 0; f < ASSESS_N_FACTORS; f++) {
        const AssessFactor *factor = &framework->factors[f];
        for (int side = 0; side < 2; side++) {
            const StoreRating *whole =
                rating_in(compare->comparison->ratings[side], factor->code, NULL);
            compare->comparison->levels[f][side] = whole != NULL ? whole->level : -1;
        }
        if (!compare_one(compare, factor->code, NULL, error))
            return false;
        for (gsize i = 0; i < factor->n_indicators; i++)
            if (!compare_one(compare, factor->code, &factor->indicators[i], error))
                return false;
    }
    return true;
}

/* ---- decisions since ---- */

static gint by_time(gconstpointer a, gconstpointer b)
{
    const StoreJudgement *left = *(const StoreJudgement *const *)a,
                         *right = *(const StoreJudgement *const *)b;
    return (left->id > right->id) - (left->id < right->id);
}

/* The versions from the newer down to the one behind the older; the newer alone where the older is
 * none of its ancestors. NULL with error set. */
static GArray *versions_since(Store *store, const AssessComparison *comparison, GError **error)
{
    g_autoptr(GArray) versions = g_array_new(FALSE, FALSE, sizeof(gint64));
    gint64 at = comparison->now->id, previous = comparison->now->previous_id;
    while (at != comparison->before->id) {
        g_array_append_val(versions, at);
        if (previous == 0 || previous >= at) {
            g_array_set_size(versions, 1);
            break;
        }
        g_autoptr(StoreAssessment) version = store_assessment_load(store, previous, error);
        if (version == NULL)
            return NULL;
        at = version->id;
        previous = version->previous_id;
    }
    return g_steal_pointer(&versions);
}

static bool take_judgements(Store *store, AssessComparison *comparison, GError **error)
{
    g_autoptr(GArray) versions = versions_since(store, comparison, error);
    comparison->judgements = g_ptr_array_new_with_free_func((GDestroyNotify)store_judgement_free);
    for (guint i = 0; versions != NULL && i < versions->len; i++) {
        g_autoptr(GPtrArray) own = store_judgement_list_by_assessment(
            store, g_array_index(versions, gint64, i), NULL, error);
        if (own == NULL)
            return false;
        while (own->len > 0)
            g_ptr_array_add(comparison->judgements, g_ptr_array_steal_index(own, own->len - 1));
    }
    g_ptr_array_sort(comparison->judgements, by_time);
    return versions != NULL;
}

AssessComparison *assess_compare(Store *store, gint64 one, gint64 other, I18nLanguage language,
                                 GError **error)
{
    g_autoptr(AssessComparison) comparison = g_new0(AssessComparison, 1);
    comparison->before = store_assessment_load(store, MIN(one, other), error);
    if (comparison->before != NULL)
        comparison->now = store_assessment_load(store, MAX(one, other), error);
    if (comparison->now == NULL || !take_judgements(store, comparison, error))
        return NULL;
    comparison->rows = g_ptr_array_new_with_free_func(difference_free);
    for (int side = 0; side < 2; side++) {
        const StoreAssessment *version = side == 0 ? comparison->before : comparison->now;
        comparison->ratings[side] =
            store_rating_list_by_assessment(store, version->id, NULL, error);
        if (comparison->ratings[side] == NULL)
            return NULL;
    }
    Compare compare = {store, language, comparison};
    I18nLanguage saved = assess_speak(language);
    const bool done = compare_all(&compare, error);
    i18n_set_language(saved);
    return done ? g_steal_pointer(&comparison) : NULL;
}

/* ---- in a line ---- */

char *assess_difference_sentence(const AssessDifference *difference, I18nLanguage language)
{
    const bool trend = difference->trend && difference->now.trend != NULL;
    if (!difference->level && !trend)
        return g_strdup("");
    I18nLanguage saved = assess_speak(language);
    const AssessIndicator *indicator = difference->indicator;
    g_autofree char *number = i18n_digits(indicator != NULL ? indicator->id : difference->factor);
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_append_printf(text, _("%s, %s: was %s, is %s."), number,
                           indicator != NULL ? assess_indicator_title(indicator, language)
                                             : assess_factor_title(difference->factor, language),
                           assess_level_title(difference->before.level, language),
                           assess_level_title(difference->now.level, language));
    if (trend)
        g_string_append_printf(text, _(" Trend: %s."),
                               assess_trend_title(difference->now.trend, language));
    if (indicator != NULL && difference->now.rating != NULL)
        g_string_append_printf(text, _(" Why: %s"), difference->now.why);
    i18n_set_language(saved);
    return g_strdup(text->str);
}

char *assess_judgement_sentence(const StoreJudgement *judgement, I18nLanguage language)
{
    I18nLanguage saved = assess_speak(language);
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *number =
        i18n_digits(judgement->indicator != NULL ? judgement->indicator : judgement->factor);
    g_string_append_printf(text, _("%s: %s %s: %s"), number, judgement->analyst,
                           judge_decision_title(judgement->decision, language),
                           assess_level_title(judgement->level, language));
    if (judgement->reason != NULL && judgement->reason[0] != '\0')
        g_string_append_printf(text, _(" (“%s”)"), judgement->reason);
    g_string_append_c(text, '.');
    i18n_set_language(saved);
    return g_strdup(text->str);
}

char *assess_changes(Store *store, const StoreAssessment *assessment, I18nLanguage language,
                     GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    if (assessment->previous_id == 0)
        return g_strdup("");
    g_autoptr(AssessComparison) comparison =
        assess_compare(store, assessment->previous_id, assessment->id, language, error);
    if (comparison == NULL)
        return NULL;
    for (guint i = 0; i < comparison->rows->len; i++) {
        g_autofree char *line = assess_difference_sentence(comparison->rows->pdata[i], language);
        g_string_append_printf(text, "%s%s", line, line[0] != '\0' ? "\n" : "");
    }
    for (guint i = 0; i < comparison->judgements->len; i++) {
        g_autofree char *line =
            assess_judgement_sentence(comparison->judgements->pdata[i], language);
        g_string_append_printf(text, "%s\n", line);
    }
    return g_strdup(text->str);
}
