/* What a human look is worth, pair by pair.
 *
 * Worth is how doubtful the joining is times how many pairs of records hang on it. Within a
 * cluster the kept pairs are followed from the weightiest down, as in Kruskal's tree: a pair that
 * first brings two parts together is the thread these hang on, and "different" would tear there.
 * Between two clusters it is the weightiest of the pairs across. Doubt is the entropy of the
 * probability halfway between what the pair says and what all pairs across say: they may
 * contradict each other, and then a look is worth most. */
#include "link/kept.h"
#include "link/table.h"

#include "base/i18n.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ACROSS = 1024 }; /* pairs asked across two parts; evenly spread beyond */

bool link_kept_fill(LinkKept *kept, size_t n_records, const LinkPair *pairs, size_t n_pairs,
                    double keep, GError **error)
{
    double least = CLAMP(keep, 1e-6, 0.5);
    *kept =
        (LinkKept){pairs, calloc(n_records + 2, sizeof *kept->start), log2(least / (1 - least))};
    if (kept->start == NULL)
        return link_no_memory(error);
    for (size_t p = 0; p < n_pairs; p++) {
        const LinkPair *before = p > 0 ? &pairs[p - 1] : NULL;
        if (pairs[p].left >= pairs[p].right || pairs[p].right >= n_records ||
            (before != NULL &&
             (before->left > pairs[p].left ||
              (before->left == pairs[p].left && before->right >= pairs[p].right)))) {
            g_autofree char *number = i18n_integer((gint64)p + 1);
            link_kept_clear(kept);
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                        _("Pair %s is not in its place: pairs go by their first "
                          "record, then by their second, each once."),
                        number);
            return false;
        }
        kept->start[pairs[p].left + 1]++;
    }
    for (size_t r = 0; r < n_records; r++)
        kept->start[r + 1] += kept->start[r];
    return true;
}

void link_kept_clear(LinkKept *kept)
{
    free(kept->start);
    kept->start = NULL;
}

double link_kept_weigh(void *context, size_t left, size_t right)
{
    const LinkKept *kept = context;
    size_t low = kept->start[left], high = kept->start[left + 1];
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (kept->pairs[middle].right < right)
            low = middle + 1;
        else
            high = middle;
    }
    return low < kept->start[left + 1] && kept->pairs[low].right == right
               ? (double)kept->pairs[low].weight_bits
               : kept->missing_bits;
}

/* Parts of clusters, growing. */
typedef struct {
    uint32_t *parent, *next, *size; /* union-find, and each part's members in a ring */
    LinkKept kept;
} Parts;

static uint32_t root_of(Parts *parts, uint32_t record)
{
    while (parts->parent[record] != record)
        record = parts->parent[record] = parts->parent[parts->parent[record]];
    return record;
}

static void join(Parts *parts, uint32_t a, uint32_t b)
{
    if (a == b)
        return;
    uint32_t next = parts->next[a];
    parts->parent[b] = a;
    parts->size[a] += parts->size[b];
    parts->next[a] = parts->next[b];
    parts->next[b] = next;
}

static double mean_across(Parts *parts, uint32_t a, uint32_t b)
{
    uint64_t pairs = (uint64_t)parts->size[a] * parts->size[b], step = pairs / MOST_ACROSS + 1,
             n = 0, counted = 0;
    double sum = 0;
    uint32_t i = a;
    do {
        uint32_t j = b;
        do {
            if (n++ % step == 0) {
                sum += CLAMP(link_kept_weigh(&parts->kept, MIN(i, j), MAX(i, j)), -LINK_CLIP_BITS,
                             LINK_CLIP_BITS);
                counted++;
            }
            j = parts->next[j];
        } while (j != b);
        i = parts->next[i];
    } while (i != a);
    return sum / (double)counted;
}

static double entropy(double p)
{
    return p <= 0 || p >= 1 ? 0 : -p * log2(p) - (1 - p) * log2(1 - p);
}

static LinkReview review_of(Parts *parts, const LinkPair *pairs, size_t pair, uint32_t a,
                            uint32_t b, bool joined)
{
    double together = 1 / (1 + exp2(-mean_across(parts, a, b)));
    LinkReview review = {.pair = pair, .joined = joined};
    review.uncertainty = entropy(((double)pairs[pair].probability + together) / 2);
    review.effect = (double)parts->size[a] * parts->size[b];
    review.worth = review.uncertainty * review.effect;
    return review;
}

typedef struct {
    uint32_t low, high; /* two clusters */
    float weight;
    size_t pair; /* SIZE_MAX: somebody judged these two */
} Between;

static int by_clusters(const void *a, const void *b)
{
    const Between *x = a, *y = b;
    if (x->low != y->low)
        return x->low < y->low ? -1 : 1;
    if (x->high != y->high)
        return x->high < y->high ? -1 : 1;
    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    return x->pair < y->pair ? -1 : x->pair > y->pair;
}

static Between between_of(const LinkResult *result, uint32_t left, uint32_t right)
{
    uint32_t a = result->clusters[left], b = result->clusters[right];
    return (Between){MIN(a, b), MAX(a, b), 0, 0};
}

static int worthiest_first(const void *a, const void *b)
{
    const LinkReview *x = a, *y = b;
    if (x->worth != y->worth)
        return x->worth > y->worth ? -1 : 1;
    return x->pair < y->pair ? -1 : x->pair > y->pair;
}

/* Judged pairs: those of one cluster hold together from the start, those of two are not asked. */
static size_t note_judged(Parts *parts, const LinkResult *result, const LinkConstraint *judged,
                          size_t n_judged, Between *between, size_t n)
{
    for (size_t c = 0; c < n_judged; c++) {
        Between both = between_of(result, judged[c].left, judged[c].right);
        if (both.low != both.high) {
            both.weight = INFINITY;
            both.pair = SIZE_MAX;
            between[n++] = both;
        } else if (judged[c].verdict == LINK_SAME) {
            join(parts, root_of(parts, judged[c].left), root_of(parts, judged[c].right));
        }
    }
    return n;
}

static size_t review_all(Parts *parts, const LinkResult *result, const LinkOptions *options,
                         Between *between, LinkReview *reviews)
{
    size_t n = 0, n_reviews = 0, n_within = 0;
    n = note_judged(parts, result, options->constraints, options->n_constraints, between, n);
    n = note_judged(parts, result, options->labels, options->n_labels, between, n);
    Between *within = between + n; /* first the pairs within clusters, in the same room */
    for (size_t p = 0; p < result->n_pairs; p++)
        if (result->clusters[result->pairs[p].left] == result->clusters[result->pairs[p].right])
            within[n_within++] = (Between){0, 0, result->pairs[p].weight_bits, p};
    qsort(within, n_within, sizeof *within, by_clusters);
    for (size_t i = 0; i < n_within; i++) {
        const LinkPair *pair = &result->pairs[within[i].pair];
        uint32_t a = root_of(parts, pair->left), b = root_of(parts, pair->right);
        if (a == b)
            continue;
        reviews[n_reviews++] = review_of(parts, result->pairs, within[i].pair, a, b, true);
        join(parts, a, b);
    }
    for (size_t r = 0; r < result->n_records; r++) /* what no kept pair holds together */
        join(parts, root_of(parts, result->clusters[r]), root_of(parts, (uint32_t)r));
    for (size_t p = 0; p < result->n_pairs; p++) {
        Between both = between_of(result, result->pairs[p].left, result->pairs[p].right);
        both.weight = result->pairs[p].weight_bits;
        both.pair = p;
        if (both.low != both.high)
            between[n++] = both;
    }
    qsort(between, n, sizeof *between, by_clusters);
    for (size_t i = 0; i < n; i++) {
        bool first = i == 0 || between[i].low != between[i - 1].low ||
                     between[i].high != between[i - 1].high;
        if (first && between[i].pair != SIZE_MAX)
            reviews[n_reviews++] =
                review_of(parts, result->pairs, between[i].pair, root_of(parts, between[i].low),
                          root_of(parts, between[i].high), false);
    }
    return n_reviews;
}

LinkReview *link_review(const LinkResult *result, const LinkOptions *options, size_t most,
                        size_t *ret_n, GError **error)
{
    size_t n = result->n_records, room = result->n_pairs + 1;
    Parts parts = {malloc((n + 1) * sizeof(uint32_t)),
                   malloc((n + 1) * sizeof(uint32_t)),
                   malloc((n + 1) * sizeof(uint32_t)),
                   {0}};
    Between *between =
        malloc((room + options->n_constraints + options->n_labels) * sizeof *between);
    LinkReview *reviews = malloc(room * sizeof *reviews);
    bool ok = parts.parent != NULL && parts.next != NULL && parts.size != NULL && between != NULL &&
              reviews != NULL;
    if (!ok)
        link_no_memory(error);
    ok = ok && link_kept_fill(&parts.kept, n, result->pairs, result->n_pairs, options->keep, error);
    if (ok) {
        for (size_t r = 0; r < n; r++) {
            parts.parent[r] = parts.next[r] = (uint32_t)r;
            parts.size[r] = 1;
        }
        size_t found = review_all(&parts, result, options, between, reviews);
        qsort(reviews, found, sizeof *reviews, worthiest_first);
        *ret_n = MIN(found, most);
    }
    free(parts.parent);
    free(parts.next);
    free(parts.size);
    free(between);
    link_kept_clear(&parts.kept);
    if (!ok) {
        free(reviews);
        return NULL;
    }
    return reviews;
}
