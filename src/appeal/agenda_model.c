/* appeal/agenda_model.c: Dirichlet choices shrunk to the group, a common swing, exact counting.
 *
 * Size: a draw of 47 states is a table of 95 sums filled 47 times (for minus against); 400 draws
 * cost about 5 ms. */
#include "appeal/agenda_model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_STATES = 256 };

static const double STRENGTH = 2.0; /* votes that the group's shares are worth */

static void count(const Model *model, const char *group, double counts[AGENDA_N_CHOICES])
{
    for (gsize c = 0; c < AGENDA_N_CHOICES; c++)
        counts[c] = 0;
    for (gsize i = 0; i < model->n_ballots; i++) {
        const ModelBallot *ballot = &model->ballots[i];
        if ((gssize)ballot->vote != model->left_out && (group == NULL || ballot->group == group))
            counts[ballot->choice] += 1;
    }
}

void model_group_shares(const Model *model, const char *group, double shares[AGENDA_N_CHOICES])
{
    double all[AGENDA_N_CHOICES], own[AGENDA_N_CHOICES], n = 0, m = 0;
    count(model, NULL, all);
    for (gsize c = 0; c < AGENDA_N_CHOICES; c++)
        n += all[c] + 1; /* one of each: no choice is impossible */
    for (gsize c = 0; c < AGENDA_N_CHOICES; c++)
        shares[c] = (all[c] + 1) / n;
    if (group == NULL || group[0] == '\0')
        return;
    count(model, group, own);
    for (gsize c = 0; c < AGENDA_N_CHOICES; c++)
        m += own[c];
    for (gsize c = 0; c < AGENDA_N_CHOICES; c++)
        shares[c] = (own[c] + STRENGTH * shares[c]) / (m + STRENGTH);
}

void model_fit(const Model *model, ModelState *states, gsize n)
{
    for (gsize i = 0; i < n; i++) {
        double shares[AGENDA_N_CHOICES];
        model_group_shares(model, states[i].group, shares);
        for (gsize c = 0; c < AGENDA_N_CHOICES; c++)
            states[i].alpha[c] = STRENGTH * shares[c];
        for (gsize b = 0; b < model->n_ballots; b++)
            if (model->ballots[b].state == states[i].state &&
                (gssize)model->ballots[b].vote != model->left_out)
                states[i].alpha[model->ballots[b].choice] += 1;
    }
}

double model_swing(const gint32 *in_favour, const gint32 *against, gsize n, gssize left_out,
                   double fallback)
{
    double sum = 0, squares = 0;
    gsize m = 0;
    for (gsize i = 0; i < n; i++) {
        if ((gssize)i == left_out || in_favour[i] < 0 || against[i] < 0)
            continue;
        double x = log((in_favour[i] + 0.5) / (against[i] + 0.5));
        sum += x;
        squares += x * x;
        m++;
    }
    if (m < 3)
        return fallback;
    double mean = sum / (double)m;
    return sqrt(fmax(0, (squares - (double)m * mean * mean) / (double)(m - 1)));
}

/* One draw of a state's probabilities, swung. */
static void draw_state(const ModelState *state, double swing, Random *random,
                       double p[AGENDA_N_CHOICES])
{
    double sum = 0;
    for (gsize c = 0; c < AGENDA_N_CHOICES; c++) {
        p[c] = random_gamma(random, state->alpha[c]);
        if (state->fixed >= 0)
            p[c] = state->fixed == (gssize)c;
        else if (c == AGENDA_FOR)
            p[c] *= exp(swing / 2);
        else if (c == AGENDA_AGAINST)
            p[c] *= exp(-swing / 2);
        sum += p[c];
    }
    for (gsize c = 0; c < AGENDA_N_CHOICES; c++)
        p[c] = sum > 0 ? p[c] / sum : 1.0 / AGENDA_N_CHOICES;
}

/* Probability that for exceeds against. */
static double more_for(double (*p)[AGENDA_N_CHOICES], gsize n)
{
    double sums[2 * MOST_STATES + 1] = {0}, next[2 * MOST_STATES + 1];
    sums[MOST_STATES] = 1;
    for (gsize i = 0; i < n; i++) {
        memset(next, 0, sizeof next);
        for (gsize d = MOST_STATES - i; d <= MOST_STATES + i; d++) {
            next[d + 1] += sums[d] * p[i][AGENDA_FOR];
            next[d - 1] += sums[d] * p[i][AGENDA_AGAINST];
            next[d] += sums[d] * p[i][AGENDA_ABSTAINED];
        }
        memcpy(sums, next, sizeof sums);
    }
    double above = 0;
    for (gsize d = MOST_STATES + 1; d <= 2 * MOST_STATES; d++)
        above += sums[d];
    return above;
}

/* Distribution of how many are for: counts[k], k = 0 … n. blocked: without any against where true.
 */
static void count_for(double (*p)[AGENDA_N_CHOICES], const bool *blocked, gsize n,
                      double counts[MOST_STATES + 1])
{
    memset(counts, 0, (MOST_STATES + 1) * sizeof counts[0]);
    counts[0] = 1;
    for (gsize i = 0; i < n; i++) {
        double yes = p[i][AGENDA_FOR];
        double rest = 1 - yes - (blocked != NULL && blocked[i] ? p[i][AGENDA_AGAINST] : 0);
        for (gsize k = i + 1; k > 0; k--)
            counts[k] = counts[k] * rest + counts[k - 1] * yes;
        counts[0] *= rest;
    }
}

static double at_least(const double *counts, gsize n, gint32 number)
{
    double sum = 0;
    for (gsize k = (gsize)MAX(number, 0); k <= n; k++)
        sum += counts[k];
    return fmin(sum, 1);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void summarize(double *draws, const double *mixed, gsize n, ModelResult *result)
{
    double sum = 0, below = 0;
    for (gsize d = 0; d < MODEL_DRAWS; d++)
        sum += draws[d];
    qsort(draws, MODEL_DRAWS, sizeof draws[0], by_size);
    double mean = sum / MODEL_DRAWS;
    /* very skewed draws can have their mean outside their own quantiles */
    *result = (ModelResult){.mean = mean,
                            .low = fmin(mean, draws[MODEL_DRAWS / 20]),
                            .high = fmax(mean, draws[MODEL_DRAWS - 1 - MODEL_DRAWS / 20]),
                            .low_for = -1};
    for (gsize k = 0; k <= n; k++) {
        result->expected_for += (double)k * mixed[k];
        below += mixed[k];
        if (result->low_for < 0 && below > 0.05)
            result->low_for = (double)k;
        if (below <= 0.95)
            result->high_for = (double)(k + 1);
    }
    result->high_for = fmin(result->high_for, (double)n);
}

void model_vote(const Model *model, const ModelState *states, gsize n, AgendaRule rule,
                gint32 number, guint64 seed, guint64 stream, ModelResult *ret_result)
{
    g_assert(n <= MOST_STATES);
    double draws[MODEL_DRAWS], mixed[MOST_STATES + 1] = {0}, counts[MOST_STATES + 1];
    double(*p)[AGENDA_N_CHOICES] = g_malloc_n(n + 1, sizeof *p);
    bool veto[MOST_STATES] = {false};
    Random random;
    random_start(&random, seed, stream);
    for (gsize i = 0; i < n; i++)
        veto[i] = states[i].permanent;
    for (gsize d = 0; d < MODEL_DRAWS; d++) {
        double swing = model->swing * random_normal(&random);
        for (gsize i = 0; i < n; i++)
            draw_state(&states[i], swing, &random, p[i]);
        count_for(p, NULL, n, counts);
        for (gsize k = 0; k <= n; k++)
            mixed[k] += counts[k] / MODEL_DRAWS;
        if (rule == AGENDA_MAJORITY) {
            draws[d] = more_for(p, n);
        } else {
            if (rule == AGENDA_SUBSTANTIVE)
                count_for(p, veto, n, counts);
            draws[d] = at_least(counts, n, number);
        }
    }
    summarize(draws, mixed, n, ret_result);
    g_free(p);
}

void model_request(const double *a, const double *b, gsize n, gint32 number, guint64 seed,
                   guint64 stream, ModelResult *ret_result)
{
    g_assert(n <= MOST_STATES);
    double draws[MODEL_DRAWS], mixed[MOST_STATES + 1] = {0}, counts[MOST_STATES + 1];
    double(*p)[AGENDA_N_CHOICES] = g_malloc_n(n + 1, sizeof *p);
    Random random;
    random_start(&random, seed, stream);
    for (gsize d = 0; d < MODEL_DRAWS; d++) {
        for (gsize i = 0; i < n; i++) {
            p[i][AGENDA_FOR] = random_beta(&random, a[i], b[i]);
            p[i][AGENDA_AGAINST] = 0;
            p[i][AGENDA_ABSTAINED] = 1 - p[i][AGENDA_FOR];
        }
        count_for(p, NULL, n, counts);
        for (gsize k = 0; k <= n; k++)
            mixed[k] += counts[k] / MODEL_DRAWS;
        draws[d] = at_least(counts, n, number);
    }
    summarize(draws, mixed, n, ret_result);
    g_free(p);
}
