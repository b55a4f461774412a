/* From prepared records to clusters: learn, walk the pairs, set the prior by what
 * was found, cluster. */
#include "link/block.h"
#include "link/train.h"
#include "link/walk.h"

#include "base/i18n.h"
#include "base/workers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

LinkOptions link_options_default(void)
{
    return (LinkOptions){.threshold = 0.5, .keep = 0.01, .seed = 1};
}

static double bits_of(double probability)
{
    return log2(probability / (1 - probability));
}

static float probability_of(double bits)
{
    return (float)(1 / (1 + exp2(-bits)));
}

/* What a pair must weigh to be found: enough to be kept, or to count for the prior. */
static double least_bits(double keep)
{
    return MIN(bits_of(CLAMP(keep, 1e-6, 0.999)), -7.0);
}

/* ---- Walking ---------------------------------------------------------------------- */

typedef struct {
    LinkPair *pairs;
    size_t n, size;
    uint64_t compared;
    bool failed;
} Found;

typedef struct {
    const LinkPrepared *prepared;
    const LinkTask *tasks;
    Found *found; /* by task */
    LinkScale scale;
    size_t n_known;
} Walk;

static void visit(void *context, size_t task, const uint32_t *left, const uint32_t *right,
                  uint64_t wanted, const uint8_t *levels, const float *sums)
{
    const Walk *walk = context;
    Found *found = &walk->found[task];
    for (; wanted != 0; wanted &= wanted - 1) {
        unsigned k = (unsigned)__builtin_ctzll(wanted);
        if (sums[k] < walk->scale.least)
            continue;
        if (found->n == found->size) {
            size_t size = found->size * 2 + 64;
            LinkPair *pairs = realloc(found->pairs, size * sizeof *pairs);
            if (pairs == NULL) {
                found->failed = true;
                return;
            }
            found->pairs = pairs;
            found->size = size;
        }
        LinkPair *pair = &found->pairs[found->n++];
        *pair = (LinkPair){MIN(left[k], right[k]), MAX(left[k], right[k]), sums[k], 0, 0};
        for (unsigned f = 0; f < walk->prepared->n_fields; f++)
            pair->levels |= (uint64_t)levels[f * LINK_BATCH + k] << (3 * f);
    }
}

static void walk_task(gsize task, guint worker, void *context)
{
    Walk *walk = context;
    walk->found[task].compared = link_walk_visit(walk->prepared, walk->tasks, task, walk->n_known,
                                                 &walk->scale, visit, walk);
}

/* All pairs worth keeping; the tasks' findings end to end. */
static bool walk_pairs(Walk *walk, const LinkOptions *options, LinkResult *result, GError **error)
{
    size_t n_tasks = 0, total = 0;
    LinkTask *tasks = link_walk_tasks(walk->prepared, &n_tasks);
    if (tasks == NULL)
        return link_no_memory(error);
    walk->tasks = tasks;
    walk->found = calloc(n_tasks + 1, sizeof *walk->found);
    bool ok = walk->found != NULL, stopped = false;
    /* In runs, so that progress can be told from this thread. */
    size_t run = options->progress != NULL ? 64 : n_tasks;
    for (size_t first = 0; ok && !stopped && first < n_tasks; first += run) {
        Walk part = *walk;
        part.tasks += first;
        part.found += first;
        workers_run(MIN(run, n_tasks - first), options->threads, walk_task, &part);
        stopped = options->progress != NULL &&
                  !options->progress(options->progress_context, MIN(first + run, n_tasks), n_tasks);
    }
    for (size_t t = 0; ok && !stopped && t < n_tasks; t++) {
        ok = !walk->found[t].failed;
        total += walk->found[t].n;
        result->n_compared += walk->found[t].compared;
    }
    if (ok && !stopped) {
        total += options->n_known_pairs;
        result->pairs = malloc((total + 1) * sizeof *result->pairs);
        ok = result->pairs != NULL;
    }
    for (size_t t = 0; ok && !stopped && t < n_tasks; t++) {
        if (walk->found[t].n > 0)
            memcpy(result->pairs + result->n_pairs, walk->found[t].pairs,
                   walk->found[t].n * sizeof *result->pairs);
        result->n_pairs += walk->found[t].n;
    }
    for (size_t t = 0; walk->found != NULL && t < n_tasks; t++)
        free(walk->found[t].pairs);
    free(walk->found);
    free(tasks);
    walk->found = NULL;
    if (stopped)
        g_set_error_literal(
            error, ZENHAR_ERROR, ZENHAR_ERROR_INTERRUPTED,
            _("Linking was stopped before it was done; nothing was changed. Run it again "
              "to start over."));
    return !stopped && (ok || link_no_memory(error));
}

enum { BINS_A_BIT = 1024, LOWEST_BITS = -64 };

bool link_weights_init(LinkWeights *weights)
{
    weights->bins = calloc(LINK_WEIGHT_BINS, sizeof *weights->bins);
    return weights->bins != NULL;
}

void link_weights_clear(LinkWeights *weights)
{
    free(weights->bins);
    weights->bins = NULL;
}

void link_weights_add(LinkWeights *weights, float bits)
{
    double bin = floor(((double)bits - LOWEST_BITS) * BINS_A_BIT);
    weights->bins[(size_t)CLAMP(bin, 0, LINK_WEIGHT_BINS - 1)]++;
}

/* Each pair counts by its probability under the prior, until they agree. Whole numbers, added up in
 * order of weight: in whatever order the pairs were found, the sum is the same. */
double link_weights_settle(const LinkWeights *weights, uint64_t n_possible, LinkModel *model)
{
    double before = bits_of(model->prior), possible = (double)n_possible;
    bool any = false;
    for (size_t b = 0; !any && b < LINK_WEIGHT_BINS; b++)
        any = weights->bins[b] > 0;
    for (unsigned round = 0; round < 30 && any; round++) {
        double shift = bits_of(model->prior) - before, sum = 0;
        for (size_t b = 0; b < LINK_WEIGHT_BINS; b++) {
            if (weights->bins[b] == 0)
                continue;
            double bits = ((double)b + 0.5) / BINS_A_BIT + LOWEST_BITS;
            sum += (double)weights->bins[b] / (1 + exp2(-(bits + shift)));
        }
        double next = CLAMP(sum / possible, 1e-12, 0.5), moved = fabs(next - model->prior) / next;
        model->prior = next;
        if (moved < 1e-4)
            break;
    }
    return bits_of(model->prior) - before;
}

static bool settle_prior(const LinkPrepared *prepared, LinkResult *result, double *ret_shift)
{
    LinkWeights weights;
    if (!link_weights_init(&weights))
        return false;
    for (size_t p = 0; p < result->n_pairs; p++)
        link_weights_add(&weights, result->pairs[p].weight_bits);
    *ret_shift = link_weights_settle(&weights, prepared->n_possible, &result->model);
    link_weights_clear(&weights);
    return true;
}

bool link_part_settle(LinkPair *pair, double shift, double keep)
{
    pair->weight_bits += (float)shift;
    pair->probability = probability_of((double)pair->weight_bits);
    return (double)pair->probability >= keep;
}

static int by_records(const void *a, const void *b)
{
    const LinkPair *x = a, *y = b;
    if (x->left != y->left)
        return x->left < y->left ? -1 : 1;
    return x->right < y->right ? -1 : x->right > y->right;
}

/* ---- One pair ---------------------------------------------------------------------- */

/* Two records' weight and, where asked for, levels, whatever the weight. */
static float weigh_two(const LinkPrepared *prepared, const LinkScale *scale, uint32_t left,
                       uint32_t right, uint8_t levels[LINK_MAX_FIELDS * LINK_BATCH])
{
    float sums[LINK_BATCH];
    const LinkCell *row_left = link_row(prepared, left), *row_right = link_row(prepared, right);
    prepared->levels(prepared, &row_left, &row_right, 1, scale, levels, sums);
    return sums[0];
}

LinkPair link_compare(const LinkPrepared *prepared, const LinkModel *model, size_t left,
                      size_t right)
{
    LinkScale scale;
    link_scale_fill(prepared, model, -INFINITY, &scale);
    uint8_t levels[LINK_MAX_FIELDS * LINK_BATCH];
    LinkPair pair = {(uint32_t)MIN(left, right), (uint32_t)MAX(left, right), 0, 0, 0};
    pair.weight_bits = weigh_two(prepared, &scale, pair.left, pair.right, levels);
    pair.probability = probability_of((double)pair.weight_bits);
    for (unsigned f = 0; f < prepared->n_fields; f++)
        pair.levels |= (uint64_t)levels[f * LINK_BATCH] << (3 * f);
    return pair;
}

void link_explain(const LinkPrepared *prepared, const LinkModel *model, const LinkPair *pair,
                  double *bits)
{
    for (unsigned f = 0; f < prepared->n_fields; f++) {
        unsigned level = link_pair_level(pair, f);
        bits[f] = link_model_weight(model, f, level);
        bits[f] +=
            (double)link_rarity(&prepared->columns[f], level, link_row(prepared, pair->left)[f].id,
                                link_row(prepared, pair->right)[f].id);
    }
}

typedef struct {
    const LinkPrepared *prepared;
    LinkScale scale;
} Weigher;

static double weigh_pair(void *context, size_t left, size_t right)
{
    const Weigher *weigher = context;
    uint8_t levels[LINK_MAX_FIELDS * LINK_BATCH];
    return (double)weigh_two(weigher->prepared, &weigher->scale, (uint32_t)left, (uint32_t)right,
                             levels);
}

/* ---- The whole ----------------------------------------------------------------------- */

static bool are_records(const LinkPrepared *prepared, const LinkConstraint *judged, size_t n)
{
    for (size_t c = 0; c < n; c++)
        if (judged[c].left >= prepared->n_records || judged[c].right >= prepared->n_records ||
            judged[c].left == judged[c].right)
            return false;
    return true;
}

static bool check_options(const LinkPrepared *prepared, const LinkOptions *options, GError **error)
{
    bool ok = options->n_known <= prepared->n_records && options->threshold > 0 &&
              options->threshold <= 1 &&
              are_records(prepared, options->constraints, options->n_constraints) &&
              are_records(prepared, options->labels, options->n_labels);
    for (size_t p = 0; ok && p < options->n_known_pairs; p++)
        ok = options->known_pairs[p].left < options->known_pairs[p].right &&
             options->known_pairs[p].right < prepared->n_records;
    ok = ok && (options->model == NULL || options->model->n_fields == prepared->n_fields);
    if (!ok)
        g_set_error_literal(
            error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
            _("Linking was asked for records, a threshold or a model that do not fit the input."));
    return ok;
}

static bool note_bridges(LinkResult *result, const bool *flags)
{
    for (size_t p = 0; p < result->n_pairs; p++)
        result->n_bridges += flags[p];
    result->bridges = malloc((result->n_bridges + 1) * sizeof *result->bridges);
    if (result->bridges == NULL)
        return false;
    size_t n = 0;
    for (size_t p = 0; p < result->n_pairs; p++)
        if (flags[p])
            result->bridges[n++] = p;
    return true;
}

bool link_part_score(LinkPrepared *prepared, const LinkModel *model, unsigned rule, double keep,
                     LinkPair **ret_pairs, size_t *ret_n, uint64_t *ret_compared, GError **error)
{
    if (!link_block_group_one(prepared, rule))
        return link_no_memory(error);
    LinkOptions options = link_options_default();
    LinkResult found = {0};
    Walk walk = {.prepared = prepared};
    options.threads = 1;
    link_scale_fill(prepared, model, least_bits(keep), &walk.scale);
    if (!walk_pairs(&walk, &options, &found, error))
        return false;
    qsort(found.pairs, found.n_pairs, sizeof *found.pairs, by_records);
    *ret_pairs = found.pairs;
    *ret_n = found.n_pairs;
    *ret_compared = found.n_compared;
    return true;
}

void link_part_rarities(const LinkPrepared *prepared, const LinkPair *pair, float *bits)
{
    for (unsigned f = 0; f < prepared->n_fields; f++)
        bits[f] = link_rarity(&prepared->columns[f], link_pair_level(pair, f),
                              link_row(prepared, pair->left)[f].id,
                              link_row(prepared, pair->right)[f].id);
}

bool link_part_cluster(const LinkPrepared *prepared, const LinkModel *model,
                       const LinkOptions *options, const LinkPair *pairs, size_t n_pairs,
                       uint32_t *clusters, GError **error)
{
    size_t n_clusters = 0;
    Weigher weigher = {.prepared = prepared};
    link_scale_fill(prepared, model, -INFINITY, &weigher.scale);
    return link_cluster(prepared->n_records, pairs, n_pairs, options, prepared->table->sources,
                        weigh_pair, &weigher, clusters, NULL, &n_clusters, error);
}

LinkResult *link_run(const LinkPrepared *prepared, const LinkOptions *options, GError **error)
{
    if (!check_options(prepared, options, error))
        return NULL;
    g_autoptr(LinkResult) result = g_new0(LinkResult, 1);
    result->n_records = prepared->n_records;
    if (options->model != NULL)
        result->model = *options->model;
    else if (!link_train(prepared, options, &result->model, error))
        return NULL;
    Walk walk = {.prepared = prepared, .n_known = options->n_known};
    link_scale_fill(prepared, &result->model, least_bits(options->keep), &walk.scale);
    if (!walk_pairs(&walk, options, result, error))
        return NULL;
    double shift = 0;
    if (options->model == NULL && !settle_prior(prepared, result, &shift)) {
        link_no_memory(error);
        return NULL;
    }
    size_t kept = 0;
    for (size_t p = 0; p < result->n_pairs; p++) {
        LinkPair pair = result->pairs[p];
        if (link_part_settle(&pair, shift, options->keep))
            result->pairs[kept++] = pair;
    }
    if (options->n_known_pairs > 0)
        memcpy(result->pairs + kept, options->known_pairs,
               options->n_known_pairs * sizeof *result->pairs);
    result->n_pairs = kept + options->n_known_pairs;
    qsort(result->pairs, result->n_pairs, sizeof *result->pairs, by_records);
    Weigher weigher = {.prepared = prepared};
    link_scale_fill(prepared, &result->model, -INFINITY, &weigher.scale);
    bool *flags = calloc(result->n_pairs + 1, sizeof *flags);
    result->clusters = malloc((prepared->n_records + 1) * sizeof *result->clusters);
    bool ok = flags != NULL && result->clusters != NULL;
    if (!ok)
        link_no_memory(error);
    ok = ok && link_cluster(prepared->n_records, result->pairs, result->n_pairs, options,
                            prepared->table->sources, weigh_pair, &weigher, result->clusters, flags,
                            &result->n_clusters, error);
    if (ok && !note_bridges(result, flags))
        ok = link_no_memory(error);
    free(flags);
    return ok ? g_steal_pointer(&result) : NULL;
}

void link_result_free(LinkResult *result)
{
    if (result == NULL)
        return;
    free(result->pairs);
    free(result->clusters);
    free(result->bridges);
    g_free(result);
}
