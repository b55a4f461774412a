/* Clusters that do not hang on one thread.
 *
 * Pairs join their groups in order of weight. Two groups join only when, over
 * all pairs across them, the mean weight speaks for it: one strong pair between
 * two groups that otherwise contradict each other is a weak bridge, left out and
 * told. (Greedy average linkage; compare correlation clustering, Bansal, Blum
 * and Chawla 2004.) What a person decided comes first and is never undone. */
#include "link/kept.h"

#include "base/i18n.h"
#include "link/intern.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ACROSS = 1024 }; /* pairs weighed across two groups; evenly spread beyond */

typedef struct {
    uint32_t *parent; /* union-find, the smallest record at the root */
    uint32_t *next;   /* circular list of a group's members */
    uint32_t *size;
    const uint8_t *sources;
    const LinkOptions *options;
    uint32_t *forbidden_start; /* records that must stay apart, by record */
    uint32_t *forbidden;
} Groups;

static bool no_memory(GError **error)
{
    g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_MEMORY,
                        _("There is not enough memory to cluster."));
    return false;
}

static uint32_t root_of(Groups *groups, uint32_t record)
{
    while (groups->parent[record] != record)
        record = groups->parent[record] = groups->parent[groups->parent[record]];
    return record;
}

static void join(Groups *groups, uint32_t a, uint32_t b)
{
    uint32_t low = a < b ? a : b, high = a < b ? b : a, next = groups->next[low];
    groups->parent[high] = low;
    groups->size[low] += groups->size[high];
    groups->next[low] = groups->next[high];
    groups->next[high] = next;
}

static bool source_is_unique(const Groups *groups, unsigned source)
{
    return groups->options->one_to_one ||
           (groups->options->source_unique != NULL && groups->options->source_unique[source]);
}

static bool may_join(Groups *groups, uint32_t a, uint32_t b)
{
    uint32_t small = groups->size[a] <= groups->size[b] ? a : b, large = small == a ? b : a,
             at = small;
    if (groups->forbidden_start != NULL)
        do {
            for (uint32_t i = groups->forbidden_start[at]; i < groups->forbidden_start[at + 1]; i++)
                if (root_of(groups, groups->forbidden[i]) == large)
                    return false;
            at = groups->next[at];
        } while (at != small);
    if (groups->sources == NULL ||
        (!groups->options->one_to_one && groups->options->source_unique == NULL))
        return true;
    uint64_t seen[4] = {0};
    do {
        seen[groups->sources[at] / 64] |= UINT64_C(1) << groups->sources[at] % 64;
        at = groups->next[at];
    } while (at != small);
    at = large;
    do {
        unsigned source = groups->sources[at];
        if ((seen[source / 64] >> source % 64 & 1) != 0 && source_is_unique(groups, source))
            return false;
        at = groups->next[at];
    } while (at != large);
    return true;
}

/* Mean weight across two groups, in bits. */
static double across(Groups *groups, uint32_t a, uint32_t b,
                     double (*weigh)(void *context, size_t left, size_t right), void *context)
{
    uint64_t pairs = (uint64_t)groups->size[a] * groups->size[b], step = pairs / MOST_ACROSS + 1,
             n = 0;
    double sum = 0;
    uint64_t counted = 0;
    uint32_t i = a;
    do {
        uint32_t j = b;
        do {
            if (n++ % step == 0) {
                sum += CLAMP(weigh(context, MIN(i, j), MAX(i, j)), -LINK_CLIP_BITS, LINK_CLIP_BITS);
                counted++;
            }
            j = groups->next[j];
        } while (j != b);
        i = groups->next[i];
    } while (i != a);
    return sum / (double)counted;
}

static bool fill_forbidden(Groups *groups, size_t n, const LinkOptions *options)
{
    size_t count = 0;
    for (size_t c = 0; c < options->n_constraints; c++)
        count += options->constraints[c].verdict == LINK_DIFFERENT;
    if (count == 0)
        return true;
    groups->forbidden_start = calloc(n + 2, sizeof(uint32_t));
    groups->forbidden = malloc(2 * count * sizeof(uint32_t));
    if (groups->forbidden_start == NULL || groups->forbidden == NULL)
        return false;
    uint32_t *start = groups->forbidden_start;
    for (size_t c = 0; c < options->n_constraints; c++)
        if (options->constraints[c].verdict == LINK_DIFFERENT) {
            start[options->constraints[c].left + 2]++;
            start[options->constraints[c].right + 2]++;
        }
    for (size_t r = 2; r < n + 2; r++)
        start[r] += start[r - 1];
    for (size_t c = 0; c < options->n_constraints; c++)
        if (options->constraints[c].verdict == LINK_DIFFERENT) {
            const LinkConstraint *constraint = &options->constraints[c];
            groups->forbidden[start[constraint->left + 1]++] = constraint->right;
            groups->forbidden[start[constraint->right + 1]++] = constraint->left;
        }
    return true;
}

static bool apply_verdicts(Groups *groups, const LinkOptions *options, GError **error)
{
    for (size_t c = 0; c < options->n_constraints; c++) {
        const LinkConstraint *constraint = &options->constraints[c];
        uint32_t a = root_of(groups, constraint->left), b = root_of(groups, constraint->right);
        if (constraint->verdict == LINK_SAME && a != b)
            join(groups, a, b);
    }
    for (size_t c = 0; c < options->n_constraints; c++) {
        const LinkConstraint *constraint = &options->constraints[c];
        if (constraint->verdict == LINK_DIFFERENT &&
            root_of(groups, constraint->left) == root_of(groups, constraint->right)) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                        _("Records %u and %u were decided to be different, yet other decisions "
                          "make them the "
                          "same; take one of these decisions back."),
                        constraint->left + 1, constraint->right + 1);
            return false;
        }
    }
    return true;
}

/* What chance adds to a weight, in bits: logistic, so that a weight with it is above zero as often
 * as its probability says. The same two records, or groups by their first records, always meet the
 * same chance in one draw: to be asked again brings no second try. */
typedef struct {
    uint64_t seed;
} Chance;

static double noise(const Chance *dice, uint32_t a, uint32_t b)
{
    if (dice == NULL)
        return 0;
    uint64_t pair = (uint64_t)MIN(a, b) << 32 | MAX(a, b);
    double x = ((double)(link_mix(link_mix(pair ^ dice->seed) + dice->seed) >> 11) + 0.5) * 0x1p-53;
    return log2(x / (1 - x));
}

typedef struct {
    float weight;
    uint32_t left, right;
    uint32_t pair;
} Edge;

static int heavier_first(const void *a, const void *b)
{
    const Edge *x = a, *y = b;
    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    if (x->left != y->left)
        return x->left < y->left ? -1 : 1;
    return x->right < y->right ? -1 : x->right > y->right;
}

/* How groups are asked whether they belong together. */
typedef struct {
    double (*weigh)(void *context, size_t left, size_t right);
    void *context;
    double cut;         /* least mean weight across two groups */
    const Chance *dice; /* NULL: no chance in it */
} Judge;

static void join_edges(Groups *groups, const Edge *edges, size_t n_edges, const Judge *judge)
{
    for (size_t e = 0; e < n_edges; e++) {
        uint32_t a = root_of(groups, edges[e].left), b = root_of(groups, edges[e].right);
        if (a == b || !may_join(groups, a, b))
            continue;
        bool single = groups->size[a] == 1 && groups->size[b] == 1;
        if (single || judge->weigh == NULL ||
            across(groups, a, b, judge->weigh, judge->context) + noise(judge->dice, a, b) >=
                judge->cut)
            join(groups, a, b);
    }
}

static bool start_groups(Groups *groups, size_t n_records, const uint8_t *sources,
                         const LinkOptions *options, GError **error)
{
    *groups = (Groups){malloc((n_records + 1) * sizeof(uint32_t)),
                       malloc((n_records + 1) * sizeof(uint32_t)),
                       malloc((n_records + 1) * sizeof(uint32_t)),
                       sources,
                       options,
                       NULL,
                       NULL};
    if (groups->parent == NULL || groups->next == NULL || groups->size == NULL ||
        !fill_forbidden(groups, n_records, options))
        return no_memory(error);
    for (size_t r = 0; r < n_records; r++) {
        groups->parent[r] = groups->next[r] = (uint32_t)r;
        groups->size[r] = 1;
    }
    return apply_verdicts(groups, options, error);
}

static void clear_groups(Groups *groups)
{
    free(groups->parent);
    free(groups->next);
    free(groups->size);
    free(groups->forbidden_start);
    free(groups->forbidden);
}

/* Pairs that link by themselves, the weightiest first. */
static Edge *edges_of(const LinkPair *pairs, size_t n_pairs, double threshold, const Chance *dice,
                      size_t *ret_n)
{
    Edge *edges = malloc((n_pairs + 1) * sizeof *edges);
    size_t n = 0;
    for (size_t p = 0; edges != NULL && p < n_pairs; p++) {
        float weight = pairs[p].weight_bits + (float)noise(dice, pairs[p].left, pairs[p].right);
        if (dice != NULL ? weight >= 0 : (double)pairs[p].probability >= threshold)
            edges[n++] = (Edge){weight, pairs[p].left, pairs[p].right, (uint32_t)p};
    }
    if (edges != NULL)
        qsort(edges, n, sizeof *edges, heavier_first);
    *ret_n = n;
    return edges;
}

static size_t name_clusters(Groups *groups, size_t n_records, uint32_t *clusters)
{
    size_t n_clusters = 0;
    for (size_t r = 0; r < n_records; r++) {
        clusters[r] = root_of(groups, (uint32_t)r);
        n_clusters += clusters[r] == r;
    }
    return n_clusters;
}

bool link_cluster(size_t n_records, const LinkPair *pairs, size_t n_pairs,
                  const LinkOptions *options, const uint8_t *sources,
                  double (*weigh)(void *context, size_t left, size_t right), void *context,
                  uint32_t *clusters, bool *bridges, size_t *ret_n_clusters, GError **error)
{
    Groups groups;
    size_t n_edges = 0;
    double p = CLAMP(options->threshold, 1e-9, 1 - 1e-9);
    const Judge judge = {weigh, context, MIN(log2(p / (1 - p)), 0.0), NULL};
    bool ok = start_groups(&groups, n_records, sources, options, error);
    Edge *edges = ok ? edges_of(pairs, n_pairs, options->threshold, NULL, &n_edges) : NULL;
    if (ok && edges == NULL)
        ok = no_memory(error);
    if (ok) {
        join_edges(&groups, edges, n_edges, &judge);
        /* Groups that have grown since may now speak for a pair that was left out. */
        join_edges(&groups, edges, n_edges, &judge);
        *ret_n_clusters = name_clusters(&groups, n_records, clusters);
        if (bridges != NULL)
            for (size_t i = 0; i < n_pairs; i++)
                bridges[i] = (double)pairs[i].probability >= options->threshold &&
                             clusters[pairs[i].left] != clusters[pairs[i].right];
    }
    free(edges);
    clear_groups(&groups);
    return ok;
}

bool link_draw(size_t n_records, const LinkPair *pairs, size_t n_pairs, const LinkOptions *options,
               const uint8_t *sources, uint64_t seed, uint64_t draw, uint32_t *clusters,
               size_t *ret_n_clusters, GError **error)
{
    LinkKept kept;
    Groups groups;
    size_t n_edges = 0;
    const Chance dice = {link_mix(seed ^ link_mix(draw + 1))};
    const Judge judge = {link_kept_weigh, &kept, 0, &dice};
    if (!link_kept_fill(&kept, n_records, pairs, n_pairs, options->keep, error))
        return false;
    bool ok = start_groups(&groups, n_records, sources, options, error);
    Edge *edges = ok ? edges_of(pairs, n_pairs, 0, &dice, &n_edges) : NULL;
    if (ok && edges == NULL)
        ok = no_memory(error);
    if (ok) {
        join_edges(&groups, edges, n_edges, &judge);
        *ret_n_clusters = name_clusters(&groups, n_records, clusters);
    }
    free(edges);
    clear_groups(&groups);
    link_kept_clear(&kept);
    return ok;
}
