/* estimate/lcmcr.c: the Gibbs sampler over latent classes.
 *
 * A sweep, for J lists, K classes and M observed patterns:
 *
 *   weight[k][m] = size_k prod_j lambda_jk^x (1 - lambda_jk)^(1-x)    about 2^J K products
 *   rest[k][m]   = weight[k][m] + rest[k+1][m]
 *   persons of pattern m go class by class: binomial(left, rest[k+1]/rest[k]), four patterns
 *   side by side (draw_lanes.h)
 *   lambda, sizes: betas; an empty class needs only uniforms
 *   unseen: gamma and Poisson; their classes are drawn with all others'; alpha: a gamma
 *
 * Weights are kept as plain products, not logarithms: with J ≤ 16 and betas no
 * smaller than 1e-16 / persons they stay above 1e-300 except where size_k
 * itself is below 1e-40, and such a class is empty for the sweep. */
#include "estimate/lcmcr.h"

#include "base/i18n.h"
#include "base/workers.h"
#include "estimate/draw_lanes.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

const EstimateLcmcrOptions ESTIMATE_LCMCR_DEFAULTS = {
    .classes = 10,
    .a_alpha = 0.25,
    .b_alpha = 0.25,
    .burn_in = 20000,
    .samples = 10000,
    .thin = 50,
    .chains = 4,
    .seed = 1,
};

static const double SMALLEST_SIZE = 1e-40;
enum { NONE = 0, WARM_UP = 500, TICK = 5000, K_MAX = ESTIMATE_LCMCR_CLASSES };

typedef struct {
    Draw draw;
    DrawLanes lanes;
    guint n_lists, n_classes;
    gsize n_cells; /* the cell "on no list", the observed patterns, padding to full vectors */
    const uint32_t *masks; /* n_cells; padding has mask 0 */
    const double *persons; /* n_cells */
    const double *on_cell; /* n_lists rows of n_cells: 1 where the pattern is on the list */
    uint64_t observed, bound;
    bool by_doubling;               /* all 2^J products are cheaper than M × J */
    gsize row;                      /* doubles a row of rest */
    double *weight;                 /* by_doubling: 2^J of one class */
    double *rest;                   /* (K + 1) rows */
    double *left, *further, *taken; /* n_cells each */
    double *shape, *gamma;          /* 2 K (J + 1), padded: of one sweep */
    const double *next_gamma;
    double a_alpha, b_alpha, alpha, log_last_size;
    double size[K_MAX];
    double on[ESTIMATE_MAX_LISTS][K_MAX], off[ESTIMATE_MAX_LISTS][K_MAX];
    double in_class[K_MAX];                    /* whole numbers, both */
    double on_list[ESTIMATE_MAX_LISTS][K_MAX]; /* persons of class k on list j */
    guint active;                              /* classes 0 … active - 1 have a size */
    uint64_t unseen;
    guint used;
} Chain;

/* rest[k][m] = sum of weights of classes k … for each pattern m. */
DRAW_WIDE static void weigh_cells(Chain *chain)
{
    gsize cells = chain->n_cells;
    memset(chain->rest + chain->active * chain->row, 0, cells * sizeof(double));
    for (guint k = chain->active; k-- > 0;) {
        double *restrict weight = chain->weight;
        const double *restrict above = chain->rest + (k + 1) * chain->row;
        double *restrict rest = chain->rest + k * chain->row;
        if (chain->by_doubling) {
            /* Lists 0 and 1 by hand, the others four products at a time. */
            double on_0 = chain->size[k] * chain->on[0][k],
                   off_0 = chain->size[k] * chain->off[0][k];
            weight[0] = off_0 * chain->off[1][k];
            weight[1] = on_0 * chain->off[1][k];
            weight[2] = off_0 * chain->on[1][k];
            weight[3] = on_0 * chain->on[1][k];
            for (guint j = 2; j < chain->n_lists; j++) {
                gsize half = (gsize)1 << j;
                double on = chain->on[j][k], off = chain->off[j][k];
                for (gsize i = 0; i < half; i += DRAW_LANES) {
                    DrawReals before = *(const DrawReals *)(weight + i);
                    *(DrawReals *)(weight + half + i) = before * on;
                    *(DrawReals *)(weight + i) = before * off;
                }
            }
            for (gsize m = 0; m < cells; m++)
                rest[m] = weight[chain->masks[m]] + above[m];
        } else {
            for (gsize m = 0; m < cells; m++) {
                double product = chain->size[k];
                for (guint j = 0; j < chain->n_lists; j++)
                    product *= chain->masks[m] >> j & 1 ? chain->on[j][k] : chain->off[j][k];
                rest[m] = product + above[m];
            }
        }
    }
}

/* Who did not go further than class k: their number, and how many of them are on each list. */
static inline __attribute__((always_inline)) void count_class(Chain *chain, guint k)
{
    double *restrict taken = chain->taken, *restrict left = chain->left;
    const double *restrict further = chain->further;
    DrawReals total = {0};
    for (gsize m = 0; m < chain->n_cells; m += DRAW_LANES) {
        DrawReals go_on = *(const DrawReals *)(further + m);
        DrawReals stay = *(const DrawReals *)(left + m) - go_on;
        *(DrawReals *)(taken + m) = stay;
        *(DrawReals *)(left + m) = go_on;
        total += stay;
    }
    double here = (total[0] + total[1]) + (total[2] + total[3]);
    chain->in_class[k] = here;
    for (guint j = 0; j < chain->n_lists; j++) {
        const double *restrict on = chain->on_cell + j * chain->n_cells;
        DrawReals sum = {0};
        for (gsize m = 0; here > 0 && m < chain->n_cells; m += DRAW_LANES)
            sum += *(const DrawReals *)(taken + m) * *(const DrawReals *)(on + m);
        chain->on_list[j][k] = (sum[0] + sum[1]) + (sum[2] + sum[3]);
    }
}

/* Every cell's persons, those on no list among them (the weights are still those by which they were
 * drawn), go class by class: those who do not stay in k go further. */
DRAW_WIDE static void draw_classes(Chain *chain)
{
    memcpy(chain->left, chain->persons, chain->n_cells * sizeof(double));
    chain->left[NONE] = (double)chain->unseen;
    for (guint k = 0; k < chain->n_classes; k++) {
        if (k >= chain->active) {
            chain->in_class[k] = 0;
            for (guint j = 0; j < chain->n_lists; j++)
                chain->on_list[j][k] = 0;
            continue;
        }
        if (k + 1 < chain->active)
            draw_split_cells(&chain->lanes, &chain->draw, chain->n_cells, chain->left,
                             chain->rest + k * chain->row, chain->rest + (k + 1) * chain->row,
                             chain->further);
        else
            memset(chain->further, 0, chain->n_cells * sizeof(double));
        count_class(chain, k);
    }
}

/* Betas are made of two gammas each, and all gammas of a sweep at once: first the shapes of the
 * lambdas of occupied classes, then those of the stick. */
static void draw_all_gammas(Chain *chain)
{
    double *shape = chain->shape;
    for (guint k = 0; k < chain->n_classes; k++)
        for (guint j = 0; chain->in_class[k] > 0 && j < chain->n_lists; j++) {
            *shape++ = 1 + chain->on_list[j][k];
            *shape++ = 1 + (chain->in_class[k] - chain->on_list[j][k]);
        }
    double later = (double)(chain->observed + chain->unseen);
    for (guint k = 0; k + 1 < chain->n_classes && later > chain->in_class[k]; k++) {
        later -= chain->in_class[k];
        *shape++ = 1 + chain->in_class[k];
        *shape++ = chain->alpha + later;
    }
    gsize n = (gsize)(shape - chain->shape);
    while (n % DRAW_LANES != 0)
        chain->shape[n++] = 1;
    draw_gammas(&chain->lanes, &chain->draw, n, chain->shape, chain->gamma);
    chain->next_gamma = chain->gamma;
}

static void draw_lambda(Chain *chain)
{
    const double *gamma = chain->next_gamma;
    for (guint k = 0; k < chain->n_classes; k++)
        for (guint j = 0; j < chain->n_lists; j++) {
            if (chain->in_class[k] == 0) {
                double u = draw_uniform(&chain->draw);
                chain->on[j][k] = u;
                chain->off[j][k] = 1 - u;
                continue;
            }
            double a = *gamma++, b = *gamma++, inverse = 1 / (a + b);
            chain->on[j][k] = a * inverse;
            chain->off[j][k] = b * inverse;
        }
    chain->next_gamma = gamma;
}

/* Breaks the stick: V_k ~ Beta(1 + n_k, alpha + n of later classes). */
static void draw_sizes(Chain *chain)
{
    guint n_classes = chain->n_classes;
    double later = (double)(chain->observed + chain->unseen);
    double left = 1, log_left = 0;
    guint k = 0;
    chain->used = 0;
    for (guint c = 0; c < n_classes; c++)
        chain->used += chain->in_class[c] > 0;
    for (; k + 1 < n_classes && later > chain->in_class[k]; k++) {
        later -= chain->in_class[k];
        double a = *chain->next_gamma++, b = *chain->next_gamma++;
        chain->size[k] = left * a / (a + b);
        left *= b / (a + b);
    }
    log_left = log(left);
    if (k + 1 < n_classes && chain->in_class[k] > 0) {
        /* Nobody after this class: b is alpha alone, which may be far below 1. With
         * Beta(1 + n, alpha), 1 - V = G_alpha / (G_alpha + G_(1+n)), and
         * G_alpha = G_(1+alpha) U^(1/alpha). */
        double a = draw_gamma(&chain->draw, 1 + chain->in_class[k]);
        double log_b = log(draw_gamma(&chain->draw, 1 + chain->alpha)) +
                       log(draw_uniform(&chain->draw)) / chain->alpha;
        double b = exp(log_b);
        chain->size[k] = left * a / (a + b);
        log_left += log_b - log(a + b);
        left = exp(log_left);
        k++;
    }
    /* Empty classes to the end: V ~ Beta(1, alpha), log(1 - V) = log(U) / alpha. */
    for (; k + 1 < n_classes && left > SMALLEST_SIZE; k++) {
        log_left += log(draw_uniform(&chain->draw)) / chain->alpha;
        double next = exp(log_left);
        chain->size[k] = left - next;
        left = next;
    }
    chain->active = k;
    if (k + 1 < n_classes) {
        double product = 1; /* at most 63 uniforms in the unit interval: above 1e-300 */
        for (; k + 1 < n_classes; k++) {
            product *= draw_uniform(&chain->draw);
            if (product < 1e-250) {
                log_left += log(product) / chain->alpha;
                product = 1;
            }
        }
        log_left += log(product) / chain->alpha;
    } else if (left > SMALLEST_SIZE) {
        chain->size[k] = left;
        chain->active = n_classes;
    }
    chain->log_last_size = log_left;
}

static void draw_unseen(Chain *chain)
{
    double missed = chain->rest[NONE];
    double odds = missed / (1 - missed);
    for (int tries = 0;; tries++) {
        /* Negative binomial as a Poisson with a gamma mean. */
        double mean = draw_gamma(&chain->draw, (double)chain->observed) * odds;
        if (mean < 2.0 * (double)chain->bound) {
            chain->unseen = draw_poisson(&chain->draw, mean);
            if (chain->unseen <= chain->bound)
                break;
        }
        if (tries == 10000 || !(missed < 1)) {
            chain->unseen = chain->bound; /* all mass lies above the bound */
            break;
        }
    }
}

static void draw_alpha(Chain *chain)
{
    double shape = chain->a_alpha + (double)chain->n_classes - 1;
    double boost = 1;
    if (shape < 1) {
        boost = exp(log(draw_uniform(&chain->draw)) / shape);
        shape += 1;
    }
    chain->alpha =
        boost * draw_gamma(&chain->draw, shape) / (chain->b_alpha - chain->log_last_size);
    chain->alpha = fmax(chain->alpha, 1e-8); /* U^(1/alpha) needs it */
}

/* weigh_cells has run: rest belongs to the sizes and lambdas in force. */
static void sweep(Chain *chain, bool with_alpha)
{
    draw_classes(chain);
    draw_all_gammas(chain);
    draw_lambda(chain);
    draw_sizes(chain);
    weigh_cells(chain);
    draw_unseen(chain);
    if (with_alpha)
        draw_alpha(chain);
}

/* Largest class first, as the stick wants it. Counts only: the next sweep draws the rest. */
static void order_classes(Chain *chain)
{
    for (guint a = 0; a < chain->n_classes; a++) {
        guint best = a;
        for (guint b = a + 1; b < chain->active; b++)
            if (chain->size[b] > chain->size[best])
                best = b;
        if (best == a || best >= chain->active)
            continue;
#define SWAP(array)                                                                                \
    do {                                                                                           \
        __typeof__((array)[a]) kept = (array)[a];                                                  \
        (array)[a] = (array)[best];                                                                \
        (array)[best] = kept;                                                                      \
    } while (0)
        SWAP(chain->size);
        for (guint j = 0; j < chain->n_lists; j++) {
            SWAP(chain->on[j]);
            SWAP(chain->off[j]);
        }
#undef SWAP
    }
    weigh_cells(chain);
}

static void begin(Chain *chain, const double *margin)
{
    double left = 1;
    chain->alpha = 0.3 / chain->n_classes;
    for (guint k = 0; k < chain->n_classes; k++) {
        double v = k + 1 < chain->n_classes ? draw_uniform(&chain->draw) : 1;
        chain->size[k] = left * v;
        left *= 1 - v;
        for (guint j = 0; j < chain->n_lists; j++) {
            chain->on[j][k] = margin[j];
            chain->off[j][k] = 1 - margin[j];
        }
    }
    chain->active = chain->n_classes;
    weigh_cells(chain);
    for (int i = 0; i < WARM_UP; i++)
        sweep(chain, false);
    order_classes(chain);
}

typedef struct {
    const EstimateLists *lists;
    const EstimateLcmcrOptions *options;
    gsize n_cells;
    uint32_t *masks;
    double *persons, *on_cell;
    double margin[ESTIMATE_MAX_LISTS];
    double *totals; /* chains × samples */
    double *used;   /* chains: mean of classes used */
    bool *failed, *stopped;
} Run;

static bool chain_new(const Run *run, guint number, Chain **ret_chain)
{
    const EstimateLcmcrOptions *options = run->options;
    Chain *chain = calloc(1, sizeof *chain);
    if (chain == NULL)
        return false;
    chain->n_lists = run->lists->n_lists;
    chain->n_classes = options->classes;
    chain->n_cells = run->n_cells;
    chain->masks = run->masks;
    chain->persons = run->persons;
    chain->observed = run->lists->observed;
    chain->bound = ESTIMATE_LCMCR_BOUND * chain->observed;
    chain->a_alpha = options->a_alpha;
    chain->b_alpha = options->b_alpha;
    chain->on_cell = run->on_cell;
    chain->row = run->n_cells;
    chain->by_doubling = 2 * run->lists->n_patterns <= run->n_cells * chain->n_lists;
    chain->weight = malloc(run->lists->n_patterns * sizeof(double));
    chain->rest = calloc((chain->n_classes + 1) * chain->row, sizeof(double));
    chain->left = calloc(3 * run->n_cells, sizeof(double));
    gsize n_gammas = 2 * (gsize)chain->n_classes * (chain->n_lists + 1) + DRAW_LANES;
    chain->shape = calloc(2 * n_gammas, sizeof(double));
    draw_start(&chain->draw, options->seed, number);
    draw_lanes_start(&chain->lanes, options->seed, number);
    *ret_chain = chain;
    if (chain->weight == NULL || chain->rest == NULL || chain->left == NULL || chain->shape == NULL)
        return false;
    chain->gamma = chain->shape + n_gammas;
    chain->further = chain->left + run->n_cells;
    chain->taken = chain->further + run->n_cells;
    return true;
}

static void chain_free(Chain *chain)
{
    if (chain == NULL)
        return;
    free(chain->weight);
    free(chain->rest);
    free(chain->left);
    free(chain->shape);
    free(chain);
}

static void run_chain(gsize task, guint worker, void *context)
{
    Run *run = context;
    const EstimateLcmcrOptions *options = run->options;
    Chain *chain = NULL;
    run->failed[task] = !chain_new(run, (guint)task, &chain);
    if (run->failed[task]) {
        chain_free(chain);
        return;
    }
    begin(chain, run->margin);
    guint64 n_sweeps = options->burn_in + (guint64)options->samples * options->thin;
    double *totals = run->totals + task * options->samples;
    double used = 0;
    for (guint64 i = 1; i <= n_sweeps; i++) {
        sweep(chain, true);
        if (i > options->burn_in && (i - options->burn_in) % options->thin == 0) {
            *totals++ = (double)(chain->observed + chain->unseen);
            used += chain->used;
        }
        if (i % TICK == 0 && options->go_on != NULL && !options->go_on(options->context, TICK)) {
            run->stopped[task] = true;
            break;
        }
    }
    run->used[task] = used / options->samples;
    chain_free(chain);
}

static bool check_options(const EstimateLists *lists, const EstimateLcmcrOptions *options,
                          GError **error)
{
    const char *problem = NULL;
    if (options->classes < 2 || options->classes > ESTIMATE_LCMCR_CLASSES)
        problem = _("The number of classes (--k) must lie between 2 and 64.");
    else if (!(options->a_alpha > 0 && options->b_alpha > 0 && isfinite(options->a_alpha) &&
               isfinite(options->b_alpha)))
        problem = _("The prior's --a-alpha and --b-alpha must be above 0.");
    else if (options->samples < 4 || options->thin < 1 || options->chains < 1)
        problem = _("There must be at least 4 samples, a thinning of 1 and one chain.");
    else if (options->chains > 1000 || (guint64)options->samples * options->chains > 100000000)
        problem = _("There can be at most 1,000 chains and 100 million draws.");
    if (problem != NULL) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE, problem);
        return false;
    }
    if (lists->observed == 0) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                            _("Nobody is on any list: there is nothing to estimate from."));
        return false;
    }
    return true;
}

static int larger_first(const void *a, const void *b, void *context)
{
    const uint64_t *counts = context;
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    if (counts[left] != counts[right])
        return counts[left] > counts[right] ? -1 : 1;
    return (left > right) - (left < right);
}

static bool run_new(Run *run)
{
    const EstimateLists *lists = run->lists;
    guint chains = run->options->chains;
    gsize n_observed = 0;
    for (gsize mask = 1; mask < lists->n_patterns; mask++)
        n_observed += lists->counts[mask] > 0;
    run->n_cells = (n_observed + DRAW_CELLS) / DRAW_CELLS * DRAW_CELLS;
    run->masks = calloc(run->n_cells, sizeof *run->masks);
    run->persons = calloc(run->n_cells, sizeof *run->persons);
    run->on_cell = calloc(run->n_cells * lists->n_lists, sizeof *run->on_cell);
    run->totals = calloc((gsize)chains * run->options->samples, sizeof *run->totals);
    run->used = calloc(chains, sizeof *run->used);
    run->failed = calloc(chains, sizeof *run->failed);
    run->stopped = calloc(chains, sizeof *run->stopped);
    if (run->masks == NULL || run->persons == NULL || run->on_cell == NULL || run->totals == NULL ||
        run->used == NULL || run->failed == NULL || run->stopped == NULL)
        return false;
    gsize m = 1; /* after the cell "on no list" */
    for (uint32_t mask = 1; mask < lists->n_patterns; mask++)
        if (lists->counts[mask] > 0)
            run->masks[m++] = mask;
    /* Cells of like size beside each other: the lanes of a vector then end together. */
    qsort_r(run->masks + 1, n_observed, sizeof *run->masks, larger_first, lists->counts);
    for (m = 1; m <= n_observed; m++) {
        run->persons[m] = (double)lists->counts[run->masks[m]];
        for (guint j = 0; j < lists->n_lists; j++)
            run->on_cell[j * run->n_cells + m] = run->masks[m] >> j & 1;
    }
    double n = (double)lists->observed;
    for (guint j = 0; j < lists->n_lists; j++)
        run->margin[j] = CLAMP((double)estimate_lists_overlap(lists, (uint32_t)1 << j) / n, 0.5 / n,
                               1 - 0.5 / n);
    return true;
}

EstimateLcmcr *estimate_lcmcr(const EstimateLists *lists, const EstimateLcmcrOptions *options,
                              GError **error)
{
    if (!check_options(lists, options, error))
        return NULL;
    Run run = {.lists = lists, .options = options};
    EstimateLcmcr *result = calloc(1, sizeof *result);
    bool ok = result != NULL && run_new(&run), stopped = false;
    if (ok) {
        workers_run(options->chains, options->threads, run_chain, &run);
        double used = 0;
        for (guint c = 0; c < options->chains; c++) {
            ok = ok && !run.failed[c];
            stopped |= run.stopped[c];
            used += run.used[c];
        }
        result->n_chains = options->chains;
        result->n_draws = options->samples;
        result->classes_used = used / options->chains;
        result->totals = run.totals;
        run.totals = NULL;
        double n = (double)lists->observed;
        gsize n_all = result->n_chains * result->n_draws, high = 0;
        for (gsize i = 0; i < n_all; i++)
            high += result->totals[i] - n > 0.9 * ESTIMATE_LCMCR_BOUND * n;
        result->at_bound = (double)high / (double)n_all;
    }
    if (stopped)
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_INTERRUPTED,
                            _("The sampler was stopped before it was done; nothing was kept."));
    else if (!ok)
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_MEMORY,
                            _("There is not enough memory for the estimate."));
    free(run.masks);
    free(run.persons);
    free(run.on_cell);
    free(run.totals);
    free(run.used);
    free(run.failed);
    free(run.stopped);
    if (ok && !stopped)
        return result;
    estimate_lcmcr_free(result);
    return NULL;
}

void estimate_lcmcr_free(EstimateLcmcr *result)
{
    if (result == NULL)
        return;
    free(result->totals);
    free(result);
}
