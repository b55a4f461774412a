/* What is worth a look: the pairs whose answer is open and changes most. */
#include "intake/join_private.h"

#include "store/query_join.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Less doubt than at a probability of one in a hundred is no question. */
#define LEAST_UNCERTAINTY 0.08

void intake_join_review_free(IntakeReview *review)
{
    if (review == NULL)
        return;
    g_free(review->pairs);
    g_free(review);
}

static bool is_unsure(const JoinState *state, gint64 left, gint64 right)
{
    for (guint i = 0; i < state->verdicts->unsure->len; i++) {
        const JoinTie *tie = &g_array_index(state->verdicts->unsure, JoinTie, i);
        if ((tie->left == left && tie->right == right) ||
            (tie->left == right && tie->right == left))
            return true;
    }
    return false;
}

/* Pairs that nobody could tell are asked no more: as if judged, but with no bearing on groups. */
static void add_unsure(const JoinState *state, GArray *labels)
{
    for (guint i = 0; i < state->verdicts->unsure->len; i++) {
        const JoinTie *tie = &g_array_index(state->verdicts->unsure, JoinTie, i);
        gssize left = join_state_find(state, tie->left), right = join_state_find(state, tie->right);
        LinkConstraint label = {(guint32)MIN(left, right), (guint32)MAX(left, right),
                                LINK_DIFFERENT};
        if (left >= 0 && right >= 0)
            g_array_append_val(labels, label);
    }
}

/* Reviews in order, those that wait alone. */
static LinkReview *waiting_reviews(const JoinState *state, gsize *ret_n, GError **error)
{
    LinkOptions options = state->options;
    g_autoptr(GArray) labels = g_array_copy(state->labels);
    add_unsure(state, labels);
    options.labels = (const LinkConstraint *)(const void *)labels->data;
    options.n_labels = labels->len;
    const LinkResult result = {.model = state->model.model,
                               .pairs = state->links,
                               .n_pairs = state->pairs->len,
                               .n_records = state->heads->len,
                               .clusters = state->clusters};
    gsize n = 0, kept = 0;
    LinkReview *reviews = link_review(&result, &options, state->pairs->len, &n, error);
    for (gsize i = 0; reviews != NULL && i < n; i++) {
        const JoinPair *pair = &g_array_index(state->pairs, JoinPair, reviews[i].pair);
        if (reviews[i].uncertainty >= LEAST_UNCERTAINTY &&
            !is_unsure(state, pair->left, pair->right))
            reviews[kept++] = reviews[i];
    }
    *ret_n = kept;
    return reviews;
}

gint64 join_state_waiting(const JoinState *state, GError **error)
{
    gsize n = 0;
    LinkReview *reviews = waiting_reviews(state, &n, error);
    if (reviews == NULL)
        return -1;
    free(reviews);
    return (gint64)n;
}

static void fill_pair(const JoinState *state, gint64 left, gint64 right, const JoinPair *pair,
                      IntakeReviewPair *out)
{
    gssize l = join_state_find(state, left), r = join_state_find(state, right);
    *out = (IntakeReviewPair){
        .left = left,
        .right = right,
        .left_person = l >= 0 ? g_array_index(state->heads, StoreJoinHead, l).person_id : 0,
        .right_person = r >= 0 ? g_array_index(state->heads, StoreJoinHead, r).person_id : 0,
        .weight_bits = NAN,
        .probability = NAN,
        .prior_bits = NAN,
        .uncertainty = NAN,
        .effect = NAN,
        .worth = NAN,
    };
    if (pair == NULL)
        return;
    out->weight_bits = (double)pair->weight_bits;
    out->probability = (double)join_probability(out->weight_bits);
    double prior = state->model.model.prior;
    out->prior_bits = log2(prior / (1 - prior));
    g_auto(GStrv) names = g_strsplit(state->model.columns, " ", -1);
    for (guint f = 0; f < INTAKE_REVIEW_FIELDS && names[f] != NULL; f++) {
        unsigned level = pair->levels >> (3 * f) & 7;
        out->fields[f] = g_intern_string(names[f]);
        out->levels[f] = level > 0 ? link_level_name(join_field_kind(names[f]), level) : NULL;
        out->bits[f] = (double)pair->bits[f] / JOIN_BITS;
        out->n_fields++;
    }
}

IntakeReview *intake_join_review(Store *store, gsize most, GError **error)
{
    g_autoptr(JoinState) state = join_state_load(store, error);
    gsize n = 0;
    LinkReview *reviews = state != NULL ? waiting_reviews(state, &n, error) : NULL;
    if (reviews == NULL)
        return NULL;
    IntakeReview *review = g_new0(IntakeReview, 1);
    review->waiting = (gint64)n;
    review->n = most == 0 ? n : MIN(n, most);
    review->pairs = g_new(IntakeReviewPair, review->n + 1);
    for (gsize i = 0; i < review->n; i++) {
        const JoinPair *pair = &g_array_index(state->pairs, JoinPair, reviews[i].pair);
        IntakeReviewPair *out = &review->pairs[i];
        fill_pair(state, pair->left, pair->right, pair, out);
        out->uncertainty = reviews[i].uncertainty;
        out->effect = reviews[i].effect;
        out->worth = reviews[i].worth;
    }
    free(reviews);
    return review;
}

bool intake_join_pair(Store *store, gint64 left, gint64 right, IntakeReviewPair *ret_pair,
                      GError **error)
{
    g_autoptr(JoinState) state = join_state_load(store, error);
    if (state == NULL)
        return false;
    fill_pair(state, left, right, join_pairs_find(state->pairs, left, right), ret_pair);
    return true;
}
