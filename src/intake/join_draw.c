/* Linkages as they could be. */
#include "intake/join_private.h"

#include "store/query_join.h"
#include <stdlib.h>
#include <string.h>

void intake_join_draws_free(IntakeJoinDraws *draws)
{
    if (draws == NULL)
        return;
    g_free(draws->statements);
    g_free(draws->reports);
    g_free(draws->sources);
    g_free(draws->persons);
    g_free(draws->n_persons);
    g_free(draws);
}

IntakeJoinDraws *intake_join_draw(Store *store, guint n_draws, guint64 seed, GError **error)
{
    g_autoptr(JoinState) state = join_state_load(store, error);
    if (state == NULL)
        return NULL;
    gsize n = state->heads->len;
    g_autoptr(IntakeJoinDraws) draws = g_new0(IntakeJoinDraws, 1);
    draws->n_statements = n;
    draws->n_draws = n_draws;
    draws->statements = g_new(gint64, n + 1);
    draws->reports = g_new(gint64, n + 1);
    draws->sources = g_new(gint64, n + 1);
    draws->persons = g_new(guint32, n * n_draws + 1);
    draws->n_persons = g_new0(gsize, n_draws + 1);
    for (gsize i = 0; i < n; i++) {
        const StoreJoinHead *head = &g_array_index(state->heads, StoreJoinHead, i);
        draws->statements[i] = head->id;
        draws->reports[i] = head->report_id;
        draws->sources[i] = head->source_id;
    }
    for (guint d = 0; d < n_draws; d++)
        if (!link_draw(n, state->links, state->pairs->len, &state->options, NULL, seed, d,
                       draws->persons + d * n, &draws->n_persons[d], error))
            return NULL;
    return g_steal_pointer(&draws);
}

static int by_person(gconstpointer a, gconstpointer b)
{
    const IntakeJoinListed *x = a, *y = b;
    if (x->person != y->person)
        return x->person < y->person ? -1 : 1;
    return x->source < y->source ? -1 : x->source > y->source;
}

GArray *intake_join_draw_listed(const IntakeJoinDraws *draws, guint draw)
{
    g_assert(draw < draws->n_draws);
    GArray *listed =
        g_array_sized_new(FALSE, FALSE, sizeof(IntakeJoinListed), (guint)draws->n_statements);
    for (gsize i = 0; i < draws->n_statements; i++) {
        IntakeJoinListed one = {draws->persons[draw * draws->n_statements + i], draws->sources[i]};
        g_array_append_val(listed, one);
    }
    g_array_sort(listed, by_person);
    guint kept = 0;
    for (guint i = 0; i < listed->len; i++) {
        IntakeJoinListed one = g_array_index(listed, IntakeJoinListed, i);
        if (kept == 0 || by_person(&one, &g_array_index(listed, IntakeJoinListed, kept - 1)) != 0)
            g_array_index(listed, IntakeJoinListed, kept++) = one;
    }
    g_array_set_size(listed, kept);
    return listed;
}
