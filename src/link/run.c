/* From prepared records to clusters: learn, walk the pairs, set the prior by what
 * was found, cluster. */
#include "link/block.h"
#include "link/train.h"

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
    LinkWeights weights;
    float prior, least; /* bits */
    size_t n_known;
} Walk;

/* The weight without the prior; rarity counts where values are equal. */
static float weigh_levels(const LinkPrepared *prepared, const LinkWeights *weights, uint32_t left,
                          const uint8_t *levels, unsigned k)
{
    const LinkCell *row = link_row(prepared, left);
    float sum = 0;
    for (unsigned f = 0; f < prepared->n_fields; f++) {
        unsigned level = levels[f * LINK_BATCH + k];
        sum += weights->bits[f][level];
        if (level == 7 && prepared->columns[f].rarity != NULL)
            sum += prepared->columns[f].rarity[row[f].id];
    }
    return sum;
}

static void visit(void *context, size_t task, const uint32_t *left, const uint32_t *right,
                  unsigned n, const uint8_t *levels)
{
    const Walk *walk = context;
    Found *found = &walk->found[task];
    float sums[LINK_BATCH];
    for (unsigned k = 0; k < n; k++)
        sums[k] = walk->prior;
    for (unsigned f = 0; f < walk->prepared->n_fields; f++) {
        const uint8_t *level = levels + f * LINK_BATCH;
        const float *bits = walk->weights.bits[f], *rarity = walk->prepared->columns[f].rarity;
        for (unsigned k = 0; k < n; k++)
            sums[k] += bits[level[k]];
        if (rarity != NULL)
            for (unsigned k = 0; k < n; k++)
                if (level[k] == 7)
                    sums[k] += rarity[link_row(walk->prepared, left[k])[f].id];
    }
    for (unsigned k = 0; k < n; k++) {
        if (sums[k] < walk->least)
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
    walk->found[task].compared =
        link_block_visit(walk->prepared, walk->tasks, task, walk->n_known, visit, walk);
}

/* All pairs worth keeping; the tasks' findings end to end. */
static bool walk_pairs(Walk *walk, const LinkOptions *options, LinkResult *result, GError **error)
{
    size_t n_tasks = 0, total = 0;
    LinkTask *tasks = link_block_tasks(walk->prepared, &n_tasks);
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

/* The share of matches among all pairs, by the pairs found: each counts by its probability under
 * the prior, until they agree. Returns by how many bits the prior moved. */
static double settle_prior(const LinkPrepared *prepared, LinkModel *model, const LinkPair *pairs,
                           size_t n)
{
    double before = bits_of(model->prior), possible = (double)prepared->n_possible;
    for (unsigned round = 0; round < 30 && n > 0; round++) {
        double shift = bits_of(model->prior) - before, sum = 0;
        for (size_t i = 0; i < n; i++)
            sum += 1 / (1 + exp2(-((double)pairs[i].weight_bits + shift)));
        double next = CLAMP(sum / possible, 1e-12, 0.5), moved = fabs(next - model->prior) / next;
        model->prior = next;
        if (moved < 1e-4)
            break;
    }
    return bits_of(model->prior) - before;
}

static int by_records(const void *a, const void *b)
{
    const LinkPair *x = a, *y = b;
    if (x->left != y->left)
        return x->left < y->left ? -1 : 1;
    return x->right < y->right ? -1 : x->right > y->right;
}

/* ---- One pair ---------------------------------------------------------------------- */

LinkPair link_compare(const LinkPrepared *prepared, const LinkModel *model, size_t left,
                      size_t right)
{
    LinkWeights weights;
    link_weights_fill(model, &weights);
    uint8_t levels[LINK_MAX_FIELDS * LINK_BATCH];
    uint32_t other = (uint32_t)MAX(left, right);
    LinkPair pair = {(uint32_t)MIN(left, right), other, 0, 0, 0};
    link_levels(prepared, &pair.left, &other, 1, levels);
    pair.weight_bits =
        (float)bits_of(model->prior) + weigh_levels(prepared, &weights, pair.left, levels, 0);
    pair.probability = probability_of(pair.weight_bits);
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
        uint32_t id = link_row(prepared, pair->left)[f].id;
        if (level == 7 && prepared->columns[f].rarity != NULL && id != LINK_NO_ID)
            bits[f] += (double)prepared->columns[f].rarity[id];
    }
}

typedef struct {
    const LinkPrepared *prepared;
    LinkWeights weights;
    float prior;
} Scale;

static double weigh_pair(void *context, size_t left, size_t right)
{
    const Scale *scale = context;
    uint8_t levels[LINK_MAX_FIELDS * LINK_BATCH];
    uint32_t self = (uint32_t)left, other = (uint32_t)right;
    link_levels(scale->prepared, &self, &other, 1, levels);
    return (double)(scale->prior +
                    weigh_levels(scale->prepared, &scale->weights, (uint32_t)left, levels, 0));
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
    link_weights_fill(&result->model, &walk.weights);
    walk.prior = (float)bits_of(result->model.prior);
    walk.least = (float)MIN(bits_of(CLAMP(options->keep, 1e-6, 0.999)), -7.0);
    if (!walk_pairs(&walk, options, result, error))
        return NULL;
    double shift = options->model == NULL
                       ? settle_prior(prepared, &result->model, result->pairs, result->n_pairs)
                       : 0;
    size_t kept = 0;
    for (size_t p = 0; p < result->n_pairs; p++) {
        LinkPair pair = result->pairs[p];
        pair.weight_bits += (float)shift;
        pair.probability = probability_of(pair.weight_bits);
        if (pair.probability >= options->keep)
            result->pairs[kept++] = pair;
    }
    if (options->n_known_pairs > 0)
        memcpy(result->pairs + kept, options->known_pairs,
               options->n_known_pairs * sizeof *result->pairs);
    result->n_pairs = kept + options->n_known_pairs;
    qsort(result->pairs, result->n_pairs, sizeof *result->pairs, by_records);
    Scale scale = {prepared, walk.weights, (float)bits_of(result->model.prior)};
    bool *flags = calloc(result->n_pairs + 1, sizeof *flags);
    result->clusters = malloc((prepared->n_records + 1) * sizeof *result->clusters);
    bool ok = flags != NULL && result->clusters != NULL;
    if (!ok)
        link_no_memory(error);
    ok = ok && link_cluster(prepared->n_records, result->pairs, result->n_pairs, options,
                            prepared->table->sources, weigh_pair, &scale, result->clusters, flags,
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
