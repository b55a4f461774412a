/* estimate/decomposable.c: chordal graphs, and the posterior over them and the unseen. */
#include "estimate/decomposable.h"

#include "base/i18n.h"
#include "base/workers.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_SETS = 1 << ESTIMATE_DECOMPOSABLE_LISTS,
    MAX_EDGES = ESTIMATE_DECOMPOSABLE_LISTS * (ESTIMATE_DECOMPOSABLE_LISTS - 1) / 2,
    BLOCK = 512, /* numbers of unseen a task looks at */
};

/* Scores this far below the best of their number are nothing: exp(-50) = 2e-22. */
static const double NEGLIGIBLE = 50;

typedef struct {
    guint n_cliques, n_separators; /* separators: not empty ones only */
    uint32_t cliques[ESTIMATE_DECOMPOSABLE_LISTS];
    uint32_t separators[ESTIMATE_DECOMPOSABLE_LISTS];
} Graph;

/* Maximum cardinality search (Tarjan and Yannakakis 1984); a clique ends where the number of
 * visited neighbours stops growing (Blair and Peyton 1993). False: not chordal. */
static bool analyse(guint n, const uint32_t *neighbours, Graph *graph)
{
    uint32_t visited = 0;
    int before = -1;
    uint32_t clique = 0;
    *graph = (Graph){0};
    for (guint step = 0; step < n; step++) {
        guint best = 0;
        int most = -1;
        for (guint v = 0; v < n; v++) {
            int seen = __builtin_popcount(neighbours[v] & visited);
            if (!(visited >> v & 1) && seen > most) {
                most = seen;
                best = v;
            }
        }
        uint32_t earlier = neighbours[best] & visited;
        for (uint32_t rest = earlier; rest != 0; rest &= rest - 1) {
            uint32_t one = rest & -rest;
            if ((earlier & ~one) & ~neighbours[__builtin_ctz(rest)])
                return false;
        }
        if (step > 0 && most <= before) {
            graph->cliques[graph->n_cliques++] = clique;
            if (earlier != 0)
                graph->separators[graph->n_separators++] = earlier;
        }
        clique = earlier | (uint32_t)1 << best;
        before = most;
        visited |= (uint32_t)1 << best;
    }
    graph->cliques[graph->n_cliques++] = clique;
    return true;
}

static gsize list_graphs(guint n, Graph *graphs)
{
    guint n_edges = n * (n - 1) / 2;
    gsize count = 0;
    for (uint32_t edges = 0; edges < (uint32_t)1 << n_edges; edges++) {
        uint32_t neighbours[ESTIMATE_DECOMPOSABLE_LISTS] = {0};
        guint edge = 0;
        for (guint i = 0; i < n; i++)
            for (guint j = i + 1; j < n; j++, edge++)
                if (edges >> edge & 1) {
                    neighbours[i] |= (uint32_t)1 << j;
                    neighbours[j] |= (uint32_t)1 << i;
                }
        if (analyse(n, neighbours, &graphs[count]))
            count++;
    }
    return count;
}

static void write_cliques(guint n, const Graph *graph, char *name, gsize size)
{
    GString *text = g_string_new("[");
    for (guint length = n; length >= 1; length--)
        for (uint32_t first = 0; first < (uint32_t)1 << n; first++) {
            /* Lists in order: compare from the lowest list by reversing the bits. */
            uint32_t set = 0;
            for (guint j = 0; j < n; j++)
                set |= (first >> (n - 1 - j) & 1) << j;
            set = ((uint32_t)1 << n) - 1 - set;
            for (guint c = 0; c < graph->n_cliques; c++) {
                if (graph->cliques[c] != set || (guint)__builtin_popcount(set) != length)
                    continue;
                if (text->len > 1)
                    g_string_append_c(text, ',');
                for (guint j = 0; j < n; j++)
                    if (set >> j & 1)
                        g_string_append_printf(text, "%u", j + 1);
            }
        }
    g_string_append_c(text, ']');
    g_strlcpy(name, text->str, size);
    g_string_free(text, TRUE);
}

static double log_gamma(double x)
{
    int sign;
    return lgamma_r(x, &sign);
}

typedef struct {
    guint n_lists;
    double observed, delta, all_delta, coefficient;
    guint64 step;
    gsize n_points, n_graphs;
    const Graph *graphs;
    double nowhere[MAX_SETS];  /* observed persons on none of the set's lists */
    double constant[MAX_SETS]; /* of log ML: what does not depend on the unseen */
    double set_delta[MAX_SETS];
    double *log_point; /* n_points: log of the sum over graphs */
    double *block_top; /* n_blocks × n_graphs */
    double *block_sum;
} Posterior;

static void score_block(gsize task, guint worker, void *context)
{
    const Posterior *p = context;
    gsize begin = task * BLOCK, end = MIN(begin + BLOCK, p->n_points);
    double *top = p->block_top + task * p->n_graphs, *sum = p->block_sum + task * p->n_graphs;
    double marginal[MAX_SETS], score[1 << MAX_EDGES];
    guint n_sets = 1u << p->n_lists;
    for (gsize g = 0; g < p->n_graphs; g++) {
        top[g] = -INFINITY;
        sum[g] = 0;
    }
    for (gsize i = begin; i < end; i++) {
        double unseen = 1 + (double)((guint64)i * p->step), total = unseen + p->observed;
        for (guint set = 1; set < n_sets; set++)
            marginal[set] =
                log_gamma(unseen + p->nowhere[set] + p->set_delta[set]) + p->constant[set];
        double scale = log_gamma(p->all_delta) - log_gamma(total + p->all_delta);
        double common = log_gamma(total + 1) - log_gamma(unseen + 1) + p->coefficient - log(total);
        double best = -INFINITY;
        for (gsize g = 0; g < p->n_graphs; g++) {
            const Graph *graph = &p->graphs[g];
            double value = common + scale * ((int)graph->n_cliques - (int)graph->n_separators);
            for (guint c = 0; c < graph->n_cliques; c++)
                value += marginal[graph->cliques[c]];
            for (guint s = 0; s < graph->n_separators; s++)
                value -= marginal[graph->separators[s]];
            score[g] = value;
            best = fmax(best, value);
        }
        double point = 0;
        for (gsize g = 0; g < p->n_graphs; g++) {
            if (score[g] > best - NEGLIGIBLE)
                point += exp(score[g] - best);
            if (score[g] > top[g]) {
                sum[g] = sum[g] * exp(top[g] - score[g]) + 1;
                top[g] = score[g];
            } else if (score[g] > top[g] - NEGLIGIBLE && score[g] > best - NEGLIGIBLE) {
                sum[g] += exp(score[g] - top[g]);
            }
        }
        p->log_point[i] = best + log(point);
    }
}

static void prepare(const EstimateLists *lists, Posterior *p)
{
    p->coefficient = 0;
    for (gsize mask = 1; mask < lists->n_patterns; mask++)
        p->coefficient -= log_gamma((double)lists->counts[mask] + 1);
    for (uint32_t set = 1; set < lists->n_patterns; set++) {
        double count[MAX_SETS] = {0};
        int size = __builtin_popcount(set);
        for (uint32_t mask = 1; mask < lists->n_patterns; mask++)
            count[mask & set] += (double)lists->counts[mask];
        double delta = ldexp(p->delta, (int)p->n_lists - size);
        p->set_delta[set] = delta;
        p->nowhere[set] = count[0];
        p->constant[set] = -ldexp(1, size) * log_gamma(delta);
        for (uint32_t part = set; part != 0; part = (part - 1) & set)
            p->constant[set] += log_gamma(count[part] + delta);
    }
}

static int more_probable(const void *a, const void *b)
{
    const EstimateGraph *x = a, *y = b;
    if (x->probability != y->probability)
        return x->probability > y->probability ? -1 : 1;
    return strcmp(x->name, y->name);
}

static void summarize(const Posterior *p, gsize n_blocks, EstimateDecomposable *result)
{
    double top = -INFINITY, sum = 0;
    for (gsize i = 0; i < p->n_points; i++)
        top = fmax(top, p->log_point[i]);
    for (gsize i = 0; i < p->n_points; i++)
        sum += result->probability[i] = exp(p->log_point[i] - top);
    double mean = 0, squares = 0;
    for (gsize i = 0; i < p->n_points; i++) {
        double share = result->probability[i] /= sum;
        double unseen = 1 + (double)((guint64)i * p->step);
        mean += share * unseen;
        squares += share * unseen * unseen;
        if (unseen > 0.9 * (double)result->max_unseen)
            result->at_bound += share;
    }
    result->mean = p->observed + mean;
    result->deviation = sqrt(fmax(0, squares - mean * mean));
    for (gsize g = 0; g < p->n_graphs; g++) {
        double share = 0;
        for (gsize block = 0; block < n_blocks; block++)
            share += p->block_sum[block * p->n_graphs + g] *
                     exp(p->block_top[block * p->n_graphs + g] - top);
        result->graphs[g].probability = share / sum;
        write_cliques(p->n_lists, &p->graphs[g], result->graphs[g].name,
                      sizeof result->graphs[g].name);
    }
    qsort(result->graphs, result->n_graphs, sizeof *result->graphs, more_probable);
}

static bool check(const EstimateLists *lists, const EstimateDecomposableOptions *options,
                  GError **error)
{
    if (lists->n_lists > ESTIMATE_DECOMPOSABLE_LISTS) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_LIMIT,
                    _("Decomposable graphs take at most %d lists; there are %u. Choose some with "
                      "--lists, or use --method lcmcr."),
                    ESTIMATE_DECOMPOSABLE_LISTS, lists->n_lists);
        return false;
    }
    if (options->delta < 0 || !isfinite(options->delta)) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                            _("The prior's --delta must be above 0."));
        return false;
    }
    if (lists->observed == 0) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                            _("Nobody is on any list: there is nothing to estimate from."));
        return false;
    }
    return true;
}

EstimateDecomposable *estimate_decomposable(const EstimateLists *lists,
                                            const EstimateDecomposableOptions *options,
                                            GError **error)
{
    if (!check(lists, options, error))
        return NULL;
    Posterior p = {.n_lists = lists->n_lists, .observed = (double)lists->observed};
    p.delta = options->delta > 0 ? options->delta : ldexp(1, -(int)lists->n_lists);
    p.all_delta = ldexp(p.delta, (int)lists->n_lists);
    guint64 max_unseen = options->max_unseen > 0 ? options->max_unseen : 20 * lists->observed;
    p.step = (max_unseen + ESTIMATE_DECOMPOSABLE_POINTS - 1) / ESTIMATE_DECOMPOSABLE_POINTS;
    p.n_points = (gsize)((max_unseen - 1) / p.step + 1);
    prepare(lists, &p);

    gsize n_blocks = (p.n_points + BLOCK - 1) / BLOCK;
    Graph *graphs = malloc(((gsize)1 << MAX_EDGES) * sizeof *graphs);
    EstimateDecomposable *result = calloc(1, sizeof *result);
    bool ok = graphs != NULL && result != NULL;
    if (ok) {
        p.n_graphs = list_graphs(lists->n_lists, graphs);
        p.graphs = graphs;
        p.log_point = malloc(p.n_points * sizeof(double));
        p.block_top = malloc(2 * n_blocks * p.n_graphs * sizeof(double));
        result->delta = p.delta;
        result->max_unseen = max_unseen;
        result->n_points = p.n_points;
        result->step = p.step;
        result->n_graphs = p.n_graphs;
        result->probability = malloc(p.n_points * sizeof(double));
        result->graphs = calloc(p.n_graphs, sizeof *result->graphs);
        ok = p.log_point != NULL && p.block_top != NULL && result->probability != NULL &&
             result->graphs != NULL;
    }
    if (ok) {
        p.block_sum = p.block_top + n_blocks * p.n_graphs;
        workers_run(n_blocks, options->threads, score_block, &p);
        summarize(&p, n_blocks, result);
    } else {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_MEMORY,
                            _("There is not enough memory for the estimate."));
        estimate_decomposable_free(result);
        result = NULL;
    }
    free(graphs);
    free(p.log_point);
    free(p.block_top);
    return result;
}

void estimate_decomposable_free(EstimateDecomposable *result)
{
    if (result == NULL)
        return;
    free(result->probability);
    free(result->graphs);
    free(result);
}

double estimate_decomposable_quantile(const EstimateDecomposable *result, uint64_t observed,
                                      double probability)
{
    double sum = 0;
    for (gsize i = 0; i < result->n_points; i++) {
        sum += result->probability[i];
        if (sum >= probability || i + 1 == result->n_points)
            return (double)observed + 1 + (double)((guint64)i * result->step);
    }
    return NAN;
}
