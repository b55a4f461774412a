/* A linked case without its names: what review, draws and answers work on. */
#include "intake/join_private.h"

#include "base/i18n.h"
#include "store/query_join.h"
#include <string.h>

void join_state_free(JoinState *state)
{
    if (state == NULL)
        return;
    g_clear_pointer(&state->heads, g_array_unref);
    g_clear_pointer(&state->pairs, g_array_unref);
    join_model_clear(&state->model);
    join_verdicts_free(state->verdicts);
    g_free(state->links);
    g_free(state->clusters);
    g_clear_pointer(&state->constraints, g_array_unref);
    g_clear_pointer(&state->labels, g_array_unref);
    g_free(state);
}

gssize join_state_find(const JoinState *state, gint64 statement)
{
    gsize low = 0, high = state->heads->len;
    while (low < high) {
        gsize middle = low + (high - low) / 2;
        gint64 id = g_array_index(state->heads, StoreJoinHead, middle).id;
        if (id == statement)
            return (gssize)middle;
        if (id < statement)
            low = middle + 1;
        else
            high = middle;
    }
    return -1;
}

static gssize find_head(const void *context, gint64 statement)
{
    return join_state_find(context, statement);
}

static void fill_clusters(JoinState *state)
{
    gsize n = state->heads->len;
    g_autoptr(GHashTable) first = g_hash_table_new(g_int64_hash, g_int64_equal);
    state->clusters = g_new(guint32, n + 1);
    for (gsize i = 0; i < n; i++) {
        StoreJoinHead *head = &g_array_index(state->heads, StoreJoinHead, i);
        state->clusters[i] = (guint32)i;
        if (head->person_id == 0)
            continue;
        gsize before = GPOINTER_TO_SIZE(g_hash_table_lookup(first, &head->person_id));
        if (before > 0)
            state->clusters[i] = (guint32)before - 1;
        else
            g_hash_table_insert(first, &head->person_id, GSIZE_TO_POINTER(i + 1));
    }
}

static void fill_links(JoinState *state)
{
    state->links = g_new(LinkPair, state->pairs->len + 1);
    for (guint p = 0; p < state->pairs->len; p++) {
        const JoinPair *pair = &g_array_index(state->pairs, JoinPair, p);
        state->links[p] =
            (LinkPair){(guint32)join_state_find(state, pair->left),
                       (guint32)join_state_find(state, pair->right), pair->weight_bits,
                       join_probability((double)pair->weight_bits), pair->levels};
    }
}

JoinState *join_state_load(Store *store, GError **error)
{
    g_autoptr(JoinState) state = g_new0(JoinState, 1);
    bool found = false;
    gint64 parts = 0;
    state->heads = store_join_heads(store, error);
    state->pairs =
        state->heads != NULL ? join_pairs_read(store, state->heads, &parts, error) : NULL;
    state->verdicts = state->pairs != NULL ? join_verdicts_read(store, error) : NULL;
    if (state->verdicts == NULL || !join_model_load(store, &state->model, &found, error))
        return NULL;
    if (!found || parts == 0) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND,
                            _("The statements of this case are not linked yet, or were linked by "
                              "an older version: run zenhar link --case first."));
        return NULL;
    }
    fill_clusters(state);
    fill_links(state);
    state->constraints = join_verdicts_constraints(state->verdicts, false, find_head, state);
    state->labels = join_verdicts_constraints(state->verdicts, true, find_head, state);
    state->options = link_options_default();
    state->options.threshold = state->model.threshold;
    state->options.keep = MIN(state->options.keep, state->options.threshold);
    state->options.constraints = (const LinkConstraint *)(const void *)state->constraints->data;
    state->options.n_constraints = state->constraints->len;
    return g_steal_pointer(&state);
}
