/* assess/judge_combine.c: ratings as rules and analysts leave them together.
 *
 * A rating's reasons are a list: what each rule saw, then, once somebody judged, one entry
 * "analysts" with the level that was proposed and each analyst's own. */
#include "assess/judge_private.h"

#include <math.h>
#include <string.h>

static const char ANALYSTS[] = "analysts";

static json_t *reasons_of(const StoreRating *rating)
{
    json_t *reasons = rating->rationale != NULL ? json_loads(rating->rationale, 0, NULL) : NULL;
    if (json_is_array(reasons))
        return reasons;
    json_decref(reasons);
    return json_array();
}

/* Place of the entry of analysts, or the list's length. */
static gsize analysts_at(const json_t *reasons)
{
    gsize at = 0;
    while (at < json_array_size(reasons) &&
           g_strcmp0(assess_json_text(json_array_get(reasons, at), "rule"), ANALYSTS) != 0)
        at++;
    return at;
}

gint32 judge_proposal(const StoreRating *rating)
{
    if (rating == NULL || rating->method == NULL || !g_str_has_prefix(rating->method, "rules"))
        return -1;
    json_t *reasons = reasons_of(rating);
    const json_t *entry = json_array_get(reasons, analysts_at(reasons));
    gint32 level = entry != NULL ? (gint32)json_integer_value(json_object_get(entry, "proposed"))
                                 : rating->level;
    json_decref(reasons);
    return level;
}

static bool same_indicator(const StoreJudgement *judgement, const char *indicator)
{
    return g_strcmp0(judgement->indicator, indicator) == 0;
}

static json_t *row_of(const StoreJudgement *j)
{
    json_t *row = json_pack("{s:s, s:i, s:s, s:I}", "analyst", j->analyst, "level", (int)j->level,
                            "decision", j->decision, "judgement", (json_int_t)j->id);
    if (j->confidence != NULL)
        json_object_set_new(row, "confidence", json_string(j->confidence));
    if (j->trend != NULL)
        json_object_set_new(row, "trend", json_string(j->trend));
    if (j->reason != NULL)
        json_object_set_new(row, "reason", json_string(j->reason));
    return row;
}

/* The trend all of them give, or none. */
static const char *common_trend(const GPtrArray *own)
{
    const char *trend = ((const StoreJudgement *)g_ptr_array_index(own, 0))->trend;
    for (guint i = 1; i < own->len; i++)
        if (g_strcmp0(((const StoreJudgement *)g_ptr_array_index(own, i))->trend, trend) != 0)
            return NULL;
    return trend;
}

void judge_combine(StoreRating *rating, const GPtrArray *in_force)
{
    g_autoptr(GPtrArray) own = g_ptr_array_new();
    for (guint i = 0; i < in_force->len; i++)
        if (same_indicator(g_ptr_array_index(in_force, i), rating->indicator))
            g_ptr_array_add(own, g_ptr_array_index(in_force, i));
    gint32 proposed = judge_proposal(rating);
    json_t *reasons = reasons_of(rating);
    gsize at = analysts_at(reasons);
    bool rules = rating->method != NULL && g_str_has_prefix(rating->method, "rules");
    json_array_remove(reasons, at);
    rating->level = proposed;
    if (own->len > 0) {
        json_t *rows = json_array();
        rating->level = -1;
        for (guint i = 0; i < own->len; i++) {
            const StoreJudgement *judgement = g_ptr_array_index(own, i);
            rating->level = MAX(rating->level, judgement->level);
            json_array_append_new(rows, row_of(judgement));
        }
        json_array_append_new(reasons, json_pack("{s:s, s:i, s:o}", "rule", ANALYSTS, "proposed",
                                                 (int)proposed, "rows", rows));
        g_free(rating->trend);
        rating->trend = g_strdup(common_trend(own));
    }
    if (!rules) {
        g_free(rating->method);
        rating->method = g_strdup(own->len > 0 ? ANALYSTS : "no evidence");
    }
    g_free(rating->rationale);
    rating->rationale =
        json_array_size(reasons) > 0 ? assess_json_write(json_incref(reasons)) : NULL;
    json_decref(reasons);
}

bool judge_range(const StoreRating *rating, gint32 *ret_low, gint32 *ret_high, guint *ret_analysts)
{
    json_t *reasons = reasons_of(rating);
    const json_t *rows = json_object_get(json_array_get(reasons, analysts_at(reasons)), "rows");
    *ret_low = *ret_high = rating->level;
    *ret_analysts = (guint)json_array_size(rows);
    for (gsize i = 0; i < json_array_size(rows); i++) {
        gint32 level =
            (gint32)json_integer_value(json_object_get(json_array_get(rows, i), "level"));
        *ret_low = i == 0 ? level : MIN(*ret_low, level);
        *ret_high = i == 0 ? level : MAX(*ret_high, level);
    }
    json_decref(reasons);
    return *ret_low != *ret_high;
}

/* ---- links ---- */

static bool copy_links(Store *store, StoreKind from_kind, gint64 from, gint64 rating_id,
                       GError **error)
{
    g_autoptr(GPtrArray) links = store_link_list_from(store, from_kind, from, NULL, error);
    for (guint i = 0; links != NULL && i < links->len; i++) {
        const StoreLink *link = g_ptr_array_index(links, i);
        if (!store_link_join(store, STORE_KIND_RATING, rating_id, (StoreKind)link->to_kind,
                             link->to_id, link->role, error))
            return false;
    }
    return links != NULL;
}

bool judge_link(Store *store, const StoreRating *rating, const GPtrArray *in_force, GError **error)
{
    for (guint i = 0; i < in_force->len; i++) {
        const StoreJudgement *judgement = g_ptr_array_index(in_force, i);
        if (same_indicator(judgement, rating->indicator) &&
            !copy_links(store, STORE_KIND_JUDGEMENT, judgement->id, rating->id, error))
            return false;
    }
    return true;
}

/* ---- in force ---- */

static gsize place_of(const char *indicator)
{
    const AssessIndicator *found = assess_indicator_find(indicator);
    const AssessFramework *framework = assess_framework(NULL);
    if (found == NULL || framework == NULL)
        return G_MAXSIZE;
    return found->factor * 1000 + (gsize)(found - framework->factors[found->factor].indicators);
}

static int by_indicator(gconstpointer a, gconstpointer b)
{
    const StoreJudgement *x = *(const StoreJudgement *const *)a;
    const StoreJudgement *y = *(const StoreJudgement *const *)b;
    gsize left = place_of(x->indicator), right = place_of(y->indicator);
    if (left != right)
        return left < right ? -1 : 1;
    return g_strcmp0(x->analyst, y->analyst);
}

GPtrArray *judge_in_force(Store *store, gint64 assessment_id, GError **error)
{
    g_autoptr(GPtrArray) all = store_judgement_list(store, NULL, error);
    if (all == NULL)
        return NULL;
    g_autoptr(GPtrArray) last =
        g_ptr_array_new_with_free_func((GDestroyNotify)store_judgement_free);
    g_ptr_array_set_free_func(all, NULL);
    for (guint i = 0; i < all->len; i++) { /* in order of id: later ones replace earlier ones */
        StoreJudgement *judgement = g_ptr_array_index(all, i);
        if (assessment_id != 0 && judgement->assessment_id > assessment_id) {
            store_judgement_free(judgement);
            continue;
        }
        for (guint k = 0; k < last->len; k++) {
            const StoreJudgement *other = g_ptr_array_index(last, k);
            if (same_indicator(other, judgement->indicator) &&
                g_strcmp0(other->analyst, judgement->analyst) == 0) {
                g_ptr_array_remove_index(last, k);
                break;
            }
        }
        g_ptr_array_add(last, judgement);
    }
    for (guint i = last->len; i > 0; i--)
        if (g_strcmp0(((StoreJudgement *)g_ptr_array_index(last, i - 1))->decision, "withdrawn") ==
            0)
            g_ptr_array_remove_index(last, i - 1);
    g_ptr_array_sort(last, by_indicator);
    return g_steal_pointer(&last);
}

/* ---- agreement ---- */

static guint place_in(GPtrArray *names, const char *name)
{
    guint at = 0;
    while (at < names->len && g_strcmp0(g_ptr_array_index(names, at), name) != 0)
        at++;
    if (at == names->len)
        g_ptr_array_add(names, (gpointer)name);
    return at;
}

bool judge_agreement(const GPtrArray *in_force, Agreement *ret_agreement, guint *ret_n_analysts,
                     GError **error)
{
    g_autoptr(GPtrArray) indicators = g_ptr_array_new();
    g_autoptr(GPtrArray) analysts = g_ptr_array_new();
    for (guint i = 0; i < in_force->len; i++) {
        const StoreJudgement *judgement = g_ptr_array_index(in_force, i);
        if (judgement->level < 0)
            continue;
        place_in(indicators, judgement->indicator);
        place_in(analysts, judgement->analyst);
    }
    guint n = indicators->len, raters = *ret_n_analysts = analysts->len;
    g_autofree double *levels = g_new(double, (gsize)n *raters + 1);
    for (gsize i = 0; i < (gsize)n * raters; i++)
        levels[i] = NAN;
    for (guint i = 0; i < in_force->len; i++) {
        const StoreJudgement *judgement = g_ptr_array_index(in_force, i);
        if (judgement->level >= 0)
            levels[(gsize)place_in(indicators, judgement->indicator) * raters +
                   place_in(analysts, judgement->analyst)] = judgement->level;
    }
    return agreement_alpha(AGREEMENT_ORDINAL, n, raters, levels, 1, ret_agreement, error);
}
