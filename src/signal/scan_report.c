/* Which cylinders are told: the highest of each centre that overlap none before. */
#include "signal/scan_private.h"
#include "signal/surge_private.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    double value;
    gsize window, end, centre, n_places; /* end: its last place in near[] */
} Candidate;

static int by_value(const void *a, const void *b)
{
    const Candidate *x = a, *y = b;
    /* The same cases seen from several centres: the circle with the fewest places, whatever
     * the last bits of its sums. */
    double a_value = nearbyint(x->value * 1e10), b_value = nearbyint(y->value * 1e10);
    if (a_value != b_value)
        return a_value > b_value ? -1 : 1;
    if (x->n_places != y->n_places)
        return x->n_places < y->n_places ? -1 : 1;
    if (x->centre != y->centre)
        return x->centre < y->centre ? -1 : 1;
    return (x->window > y->window) - (x->window < y->window);
}

static bool add_cluster(const Scan *s, const Candidate *candidate, SignalScan *scan, GError **error)
{
    gsize w = candidate->window, last = candidate->end;
    gsize first = s->near_start[candidate->centre], n = candidate->n_places;
    SignalScanCluster *c = &scan->clusters[scan->n_clusters];
    gsize *places = surge_allocate(n, sizeof(gsize), error);
    if (places == NULL)
        return false;
    double count = 0, mean = 0, above = 1;
    for (gsize k = 0; k < n; k++) {
        places[k] = s->near[first + k];
        count += s->scratch[0].cases[places[k] * s->windows + w];
        mean += s->weight[places[k] * s->windows + w];
    }
    for (gsize r = 0; r < s->o->replications; r++)
        above += s->highest[r] >= candidate->value * (1 - 1e-12);
    double inside = count / mean, rest = (s->total - count) / (s->total - mean);
    *c = (SignalScanCluster){
        .centre = candidate->centre,
        .n_places = n,
        .places = places,
        .radius_km = s->distance[last],
        .first = s->window[w].first,
        .last = s->window[w].last,
        .cases = count,
        .expected = mean,
        .ratio = s->o->model == SIGNAL_SCAN_PERMUTATION || !(rest > 0) ? inside : inside / rest,
        .statistic = candidate->value,
        .p_value = above / (s->o->replications + 1.0)};
    c->recurrence = s->o->kind == SIGNAL_SCAN_PROSPECTIVE ? 1 / c->p_value : NAN;
    scan->n_clusters++;
    return true;
}

/* The highest window of one centre within intervals from … end - 1, and then, where windows may
 * lie anywhere, what is highest before and after it: one place may be struck twice. As SaTScan
 * 10.3.2 for such further ones: above 1, an interval away from the first, and not to the very end.
 */
static void add_candidates(const Scan *s, gsize centre, const double *best, const gsize *ends,
                           gint64 from, gint64 end, double above, GArray *candidates)
{
    gssize top = -1;
    for (gsize w = 0; w < s->windows; w++)
        if (s->window[w].first >= from && s->window[w].last < end && best[w] > above &&
            (top < 0 || best[w] > best[top]))
            top = (gssize)w;
    if (top < 0)
        return;
    gsize w = (gsize)top;
    const Candidate one = {best[w], w, ends[w], centre, ends[w] - s->near_start[centre] + 1};
    g_array_append_val(candidates, one);
    if (s->o->kind != SIGNAL_SCAN_RETROSPECTIVE)
        return;
    end = MIN(end, (gint64)s->n_intervals - 1);
    add_candidates(s, centre, best, ends, from, (gint64)s->window[w].first - 1, 1, candidates);
    add_candidates(s, centre, best, ends, (gint64)s->window[w].last + 2, end, 1, candidates);
}

/* Shares a place with a cluster of times that overlap or, as SaTScan 10.3.2, touch. */
static bool overlaps(const Scan *s, const Candidate *one, const SignalScan *scan)
{
    ScanWindow own = s->window[one->window];
    for (gsize i = 0; i < scan->n_clusters; i++) {
        const SignalScanCluster *c = &scan->clusters[i];
        if (c->first > own.last + 1 || c->last + 1 < own.first)
            continue;
        for (gsize a = 0; a < c->n_places; a++)
            for (gsize k = s->near_start[one->centre]; k <= one->end; k++)
                if (c->places[a] == s->near[k])
                    return true;
    }
    return false;
}

/* The highest first, none overlapping one before. */
bool scan_report(const Scan *s, SignalScan *scan, GError **error)
{
    double *best = surge_allocate(s->windows, sizeof(double), error);
    gsize *ends = best != NULL ? surge_allocate(s->windows, sizeof(gsize), error) : NULL;
    g_autoptr(GArray) candidates = g_array_new(FALSE, FALSE, sizeof(Candidate));
    bool done = ends != NULL;
    for (gsize c = 0; done && c < s->n_places; c++) {
        scan_best_circles(s, c, &s->scratch[0], best, ends);
        add_candidates(s, c, best, ends, 0, (gint64)s->n_intervals, 0, candidates);
    }
    free(best);
    free(ends);
    g_array_sort(candidates, by_value);
    for (guint i = 0; done && i < candidates->len && scan->n_clusters < s->o->max_clusters; i++) {
        const Candidate *one = &g_array_index(candidates, Candidate, i);
        if (overlaps(s, one, scan))
            continue;
        done = add_cluster(s, one, scan, error);
        if (done && scan->clusters[scan->n_clusters - 1].p_value > s->o->max_p) {
            free(scan->clusters[--scan->n_clusters].places);
            break; /* the statistic only falls from here */
        }
    }
    return done;
}
