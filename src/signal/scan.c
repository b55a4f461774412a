#include "signal/scan.h"
#include "base/i18n.h"
#include "base/random.h"
#include "base/workers.h"
#include "signal/surge_private.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Kilometres; the radius that SaTScan's manual gives. */
static const double EARTH = 6367;
enum { MOST_CASES = 10000000 };

SignalScanOptions signal_scan_options(void)
{
    return (SignalScanOptions){.model = SIGNAL_SCAN_PERMUTATION,
                               .max_radius_km = INFINITY,
                               .max_share = 0.5,
                               .min_window = 1,
                               .max_window = 7,
                               .min_cases = 2,
                               .replications = 999,
                               .seed = 1,
                               .max_clusters = 20,
                               .max_p = 0.998};
}

typedef struct {
    guint32 first, last;
} Window;

/* What one thread needs to go through one replication. */
typedef struct {
    guint32 *cells;   /* n_places · n_intervals: cases */
    guint32 *cases;   /* (n_places + 1) · windows; the last row for the sums of a circle */
    double *mean;     /* windows: likewise */
    guint32 *times;   /* n_cases */
    double *least;    /* n_cases + 1: the smallest expected number seen with so many cases */
    guint32 *touched; /* n_cases + 1: which of them */
} Scratch;

typedef struct {
    gsize n_places, n_intervals, n_cases, windows;
    const SignalScanOptions *o;
    double total;                    /* cases */
    guint32 *near;                   /* neighbours of each place, nearest first */
    gsize *near_start;               /* n_places + 1 */
    double *distance;                /* likewise */
    Window *window;                  /* windows */
    double *weight;                  /* n_places · windows: expected of a place */
    double *log_count;               /* n_cases + 1 */
    guint32 *case_place, *case_time; /* n_cases: for the permutation */
    double *cell_sum;                /* places · intervals + 1: cumulative expected (Poisson) */
    guint32 *guide;                  /* places · intervals + 1: where to look in cell_sum */
    Scratch *scratch;                /* threads */
    guint threads;
    double *highest; /* of each replication */
} Scan;

typedef struct {
    double distance;
    guint32 place;
} Neighbour;

static int by_distance(const void *a, const void *b)
{
    const Neighbour *x = a, *y = b;
    if (x->distance != y->distance)
        return x->distance < y->distance ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

static double distance_of(const double *latitude, const double *longitude, gsize a, gsize b,
                          bool cartesian)
{
    if (cartesian)
        return hypot(latitude[a] - latitude[b], longitude[a] - longitude[b]);
    const double r = M_PI / 180;
    double h = sin((latitude[a] - latitude[b]) * r / 2),
           l = sin((longitude[a] - longitude[b]) * r / 2);
    double s = h * h + cos(latitude[a] * r) * cos(latitude[b] * r) * l * l;
    return 2 * EARTH * asin(fmin(1, sqrt(s)));
}

/* Circles about each place: nearest first, up to the radius and the share. */
static bool find_neighbours(Scan *s, const double *latitude, const double *longitude,
                            const double *share, GError **error)
{
    gsize n = s->n_places, all = 0;
    Neighbour *row = surge_allocate(n, sizeof *row, error);
    s->near_start = row != NULL ? surge_allocate(n + 1, sizeof(gsize), error) : NULL;
    s->near = s->near_start != NULL ? surge_allocate(n * n, sizeof(guint32), error) : NULL;
    s->distance = s->near != NULL ? surge_allocate(n * n, sizeof(double), error) : NULL;
    for (gsize c = 0; s->distance != NULL && c < n; c++) {
        for (gsize p = 0; p < n; p++)
            row[p] =
                (Neighbour){distance_of(latitude, longitude, c, p, s->o->cartesian), (guint32)p};
        qsort(row, n, sizeof *row, by_distance);
        double reached = 0;
        for (gsize p = 0; p < n && row[p].distance <= s->o->max_radius_km; p++) {
            reached += share[row[p].place];
            if (reached > s->o->max_share)
                break;
            s->near[all] = row[p].place;
            s->distance[all++] = row[p].distance;
        }
        s->near_start[c + 1] = all;
    }
    free(row);
    return s->distance != NULL;
}

/* All windows of the kind, by length and then by begin. */
static bool find_windows(Scan *s, GError **error)
{
    const SignalScanOptions *o = s->o;
    gsize m = s->n_intervals, from = o->min_window, to = MIN((gsize)o->max_window, m);
    bool whole = o->kind == SIGNAL_SCAN_SPATIAL, any = o->kind == SIGNAL_SCAN_RETROSPECTIVE;
    if (whole)
        from = to = m;
    s->window = surge_allocate(any ? (to - from + 1) * m : to - from + 1, sizeof(Window), error);
    if (s->window == NULL)
        return false;
    for (gsize length = from; length <= to; length++)
        for (gsize first = any ? 0 : m - length; first + length <= m; first++)
            s->window[s->windows++] = (Window){(guint32)first, (guint32)(first + length - 1)};
    if (s->windows * (s->n_places + 1) <= SIGNAL_SCAN_MAX_SUMS)
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_LIMIT,
                _("%" G_GSIZE_FORMAT " places and %" G_GSIZE_FORMAT
                  " windows are too many: use a shorter --max-window or longer intervals."),
                s->n_places, s->windows);
    return false;
}

static double statistic(const Scan *s, double count, double mean)
{
    double rest = s->total - count;
    double value = count * (s->log_count[(gsize)count] - log(mean));
    if (rest > 0)
        value += rest * (s->log_count[(gsize)rest] - log(s->total - mean));
    return value;
}

/* Cases of each place in each window, from those of each interval. */
static void sum_windows(const Scan *s, const guint32 *cells, guint32 *cases)
{
    for (gsize p = 0; p < s->n_places; p++) {
        const guint32 *own = cells + p * s->n_intervals;
        guint32 *to = cases + p * s->windows, before = 0;
        for (gsize w = 0; w < s->windows; w++) {
            Window one = s->window[w];
            /* The window before, moved on or made longer by one interval, shares the most. */
            if (w > 0 && one.last == s->window[w - 1].last &&
                one.first + 1 == s->window[w - 1].first) {
                before += own[one.first];
            } else if (w > 0 && one.first == s->window[w - 1].first + 1 &&
                       one.last == s->window[w - 1].last + 1) {
                before += own[one.last] - own[one.first - 1];
            } else {
                before = 0;
                for (gsize t = one.first; t <= one.last; t++)
                    before += own[t];
            }
            to[w] = before;
        }
    }
}

/* Highest circle of each window about one centre: its statistic, 0 where there is none, and
 * where in near[] it ends. */
static void best_circles(const Scan *s, gsize centre, Scratch *scratch, double *best, gsize *ends)
{
    double *mean = scratch->mean;
    guint32 *sums = scratch->cases + s->n_places * s->windows;
    memset(sums, 0, s->windows * sizeof *sums);
    memset(mean, 0, s->windows * sizeof *mean);
    memset(best, 0, s->windows * sizeof *best);
    for (gsize k = s->near_start[centre]; k < s->near_start[centre + 1]; k++) {
        const guint32 *own = scratch->cases + s->near[k] * s->windows;
        const double *weight = s->weight + s->near[k] * s->windows;
        for (gsize w = 0; w < s->windows; w++) {
            sums[w] += own[w];
            mean[w] += weight[w];
            if (sums[w] < s->o->min_cases || sums[w] <= mean[w])
                continue;
            double value = statistic(s, sums[w], mean[w]);
            if (value > best[w]) {
                best[w] = value;
                ends[w] = k;
            }
        }
    }
}

/* Of cylinders with as many cases the one with the least expected is the highest, for the
 * likelihood ratio falls as the expected number rises towards the cases: so that a cylinder costs a
 * comparison, and only the least of each number of cases a logarithm. As SaTScan. */
static double highest_of(const Scan *s, Scratch *scratch)
{
    gsize windows = s->windows, touched = 0;
    guint32 *sums = scratch->cases + s->n_places * windows;
    double *mean = scratch->mean, *least = scratch->least, best = 0;
    for (gsize c = 0; c < s->n_places; c++) {
        memset(sums, 0, windows * sizeof *sums);
        memset(mean, 0, windows * sizeof *mean);
        for (gsize k = s->near_start[c]; k < s->near_start[c + 1]; k++) {
            const guint32 *own = scratch->cases + s->near[k] * windows;
            const double *weight = s->weight + s->near[k] * windows;
            for (gsize w = 0; w < windows; w++) {
                sums[w] += own[w];
                mean[w] += weight[w];
            }
            for (gsize w = 0; w < windows; w++) {
                double *to = &least[sums[w]];
                if (mean[w] >= *to)
                    continue;
                if (*to == INFINITY)
                    scratch->touched[touched++] = sums[w];
                *to = mean[w];
            }
        }
    }
    for (gsize i = 0; i < touched; i++) {
        guint32 count = scratch->touched[i];
        if (count >= s->o->min_cases && count > least[count])
            best = fmax(best, statistic(s, count, least[count]));
        least[count] = INFINITY;
    }
    return best;
}

static void draw_permutation(const Scan *s, Random *random, Scratch *scratch)
{
    guint32 *times = scratch->times;
    memcpy(times, s->case_time, s->n_cases * sizeof(guint32));
    for (gsize i = s->n_cases; i > 1; i--) {
        gsize j = random_below(random, i);
        guint32 swap = times[i - 1];
        times[i - 1] = times[j];
        times[j] = swap;
    }
    for (gsize i = 0; i < s->n_cases; i++)
        scratch->cells[s->case_place[i] * s->n_intervals + times[i]]++;
}

/* By inversion, from a table of where to begin (Chen and Asau 1974). */
static void draw_poisson(const Scan *s, Random *random, Scratch *scratch)
{
    gsize cells = s->n_places * s->n_intervals;
    for (gsize i = 0; i < s->n_cases; i++) {
        double u = random_uniform(random), at = u * s->cell_sum[cells];
        gsize cell = s->guide[(gsize)(u * (double)cells)];
        while (cell + 1 < cells && s->cell_sum[cell + 1] <= at)
            cell++;
        scratch->cells[cell]++;
    }
}

static void replicate(gsize task, guint worker, void *context)
{
    Scan *s = context;
    Scratch *scratch = &s->scratch[worker];
    Random random;
    random_start(&random, s->o->seed, task);
    memset(scratch->cells, 0, s->n_places * s->n_intervals * sizeof *scratch->cells);
    if (s->o->model == SIGNAL_SCAN_PERMUTATION)
        draw_permutation(s, &random, scratch);
    else
        draw_poisson(s, &random, scratch);
    sum_windows(s, scratch->cells, scratch->cases);
    s->highest[task] = highest_of(s, scratch);
}

static void scratch_clear(Scratch *scratch)
{
    free(scratch->cells);
    free(scratch->cases);
    free(scratch->mean);
    free(scratch->times);
    free(scratch->least);
    free(scratch->touched);
}

static bool scratch_fill(Scratch *scratch, const Scan *s, GError **error)
{
    scratch->cells = surge_allocate(s->n_places * s->n_intervals, sizeof(guint32), error);
    if (scratch->cells != NULL)
        scratch->cases = surge_allocate((s->n_places + 1) * s->windows, sizeof(guint32), error);
    if (scratch->cases != NULL)
        scratch->mean = surge_allocate(s->windows, sizeof(double), error);
    if (scratch->mean != NULL)
        scratch->times = surge_allocate(s->n_cases, sizeof(guint32), error);
    if (scratch->times != NULL)
        scratch->least = surge_allocate(s->n_cases + 1, sizeof(double), error);
    if (scratch->least != NULL)
        scratch->touched = surge_allocate(s->n_cases + 1, sizeof(guint32), error);
    for (gsize i = 0; scratch->touched != NULL && i <= s->n_cases; i++)
        scratch->least[i] = INFINITY;
    return scratch->touched != NULL;
}

static bool check(const double *latitude, const double *longitude, gsize n_places,
                  const double *counts, const double *expected, gsize n_intervals,
                  const SignalScanOptions *o, double *ret_total, GError **error)
{
    bool spatial = o->kind == SIGNAL_SCAN_SPATIAL;
    if (spatial && o->model == SIGNAL_SCAN_PERMUTATION) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("The permutation scan compares times: scan places alone with --model poisson "
                      "and populations."));
        return false;
    }
    bool window = o->min_window >= 1 && o->min_window <= o->max_window &&
                  o->max_window < n_intervals && n_intervals >= 2;
    if (n_places < 2 || n_places > SIGNAL_SCAN_MAX_PLACES || n_intervals < 1 ||
        !(window || spatial) || !(o->max_radius_km >= 0) ||
        !(o->max_share > 0 && o->max_share <= 1) || o->replications > 1000000) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("A scan wants from 2 to %d places, and a longest window that is shorter than "
                      "the %" G_GSIZE_FORMAT " intervals of the series."),
                    (int)SIGNAL_SCAN_MAX_PLACES, n_intervals);
        return false;
    }
    for (gsize p = 0; p < n_places; p++)
        if (o->cartesian ? !isfinite(latitude[p]) || !isfinite(longitude[p])
                         : !(fabs(latitude[p]) <= 90 && fabs(longitude[p]) <= 360)) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                        _("Place %" G_GSIZE_FORMAT " has no usable latitude and longitude."),
                        p + 1);
            return false;
        }
    double total = 0, sum = 0;
    for (gsize i = 0; i < n_places * n_intervals; i++) {
        if (!(counts[i] >= 0) || counts[i] != floor(counts[i]) ||
            (expected != NULL && !(expected[i] >= 0 && isfinite(expected[i])))) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                        _("Interval %" G_GSIZE_FORMAT " of place %" G_GSIZE_FORMAT
                          " holds no whole number of cases, or no expected number."),
                        i % n_intervals + 1, i / n_intervals + 1);
            return false;
        }
        total += counts[i];
        sum += expected != NULL ? expected[i] : 1;
    }
    if (total < 2 || total > MOST_CASES || !(sum > 0)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                    _("There are %.0f cases: a scan needs at least 2, at most %d, and something "
                      "expected."),
                    total, (int)MOST_CASES);
        return false;
    }
    *ret_total = total;
    return true;
}

static void fill_guide(Scan *s)
{
    gsize cells = s->n_places * s->n_intervals, at = 0;
    for (gsize i = 0; i < cells; i++) {
        /* a little before, for u · cells rounds */
        double u = ((double)i - 1e-6) / (double)cells;
        while (at + 1 < cells && s->cell_sum[at + 1] <= u * s->cell_sum[cells])
            at++;
        s->guide[i] = (guint32)at;
    }
}

/* Expected of each place in each window, and the share of each place. */
static bool prepare_weights(Scan *s, const double *counts, const double *expected,
                            double **ret_share, GError **error)
{
    gsize n = s->n_places, m = s->n_intervals, w = s->windows, at = 0;
    double *share = *ret_share = surge_allocate(n, sizeof(double), error);
    s->weight = share != NULL ? surge_allocate(n * w, sizeof(double), error) : NULL;
    s->case_place =
        s->weight != NULL ? surge_allocate(2 * s->n_cases, sizeof(guint32), error) : NULL;
    s->cell_sum = s->case_place != NULL ? surge_allocate(n * m + 1, sizeof(double), error) : NULL;
    s->guide = s->cell_sum != NULL ? surge_allocate(n * m + 1, sizeof(guint32), error) : NULL;
    s->log_count = s->guide != NULL ? surge_allocate(s->n_cases + 1, sizeof(double), error) : NULL;
    if (s->log_count == NULL)
        return false;
    for (gsize i = 1; i <= s->n_cases; i++)
        s->log_count[i] = log((double)i);
    s->case_time = s->case_place + s->n_cases;
    double sum = 0;
    for (gsize p = 0; p < n; p++)
        for (gsize t = 0; t < m; t++) {
            for (double k = 0; k < counts[p * m + t]; k++) {
                s->case_place[at] = (guint32)p;
                s->case_time[at++] = (guint32)t;
            }
            double e = expected != NULL ? expected[p * m + t] : counts[p * m + t];
            share[p] += e;
            sum += e;
            s->cell_sum[p * m + t + 1] = sum;
        }
    fill_guide(s);
    for (gsize k = 0; k < w; k++) {
        Window window = s->window[k];
        double recent = 0; /* permutation: cases of all places in the window */
        for (gsize p = 0; p < n; p++)
            for (gsize t = window.first; t <= window.last && expected == NULL; t++)
                recent += counts[p * m + t];
        for (gsize p = 0; p < n; p++) {
            double own = s->cell_sum[p * m + window.last + 1] - s->cell_sum[p * m + window.first];
            s->weight[p * w + k] =
                expected == NULL ? share[p] / sum * recent : own / sum * s->total;
        }
    }
    for (gsize p = 0; p < n; p++)
        share[p] /= sum;
    return true;
}

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
    c->recurrence = 1 / c->p_value;
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

/* Shares a place with a cluster of times that overlap. */
static bool overlaps(const Scan *s, const Candidate *one, const SignalScan *scan)
{
    Window own = s->window[one->window];
    for (gsize i = 0; i < scan->n_clusters; i++) {
        const SignalScanCluster *c = &scan->clusters[i];
        if (c->first > own.last || c->last < own.first)
            continue;
        for (gsize a = 0; a < c->n_places; a++)
            for (gsize k = s->near_start[one->centre]; k <= one->end; k++)
                if (c->places[a] == s->near[k])
                    return true;
    }
    return false;
}

/* The highest first, none overlapping one before. */
static bool report(const Scan *s, SignalScan *scan, GError **error)
{
    double *best = surge_allocate(s->windows, sizeof(double), error);
    gsize *ends = best != NULL ? surge_allocate(s->windows, sizeof(gsize), error) : NULL;
    g_autoptr(GArray) candidates = g_array_new(FALSE, FALSE, sizeof(Candidate));
    bool done = ends != NULL;
    for (gsize c = 0; done && c < s->n_places; c++) {
        best_circles(s, c, &s->scratch[0], best, ends);
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

void signal_scan_free(SignalScan *scan)
{
    if (scan == NULL)
        return;
    for (gsize i = 0; i < scan->n_clusters; i++)
        free(scan->clusters[i].places);
    free(scan->clusters);
    free(scan);
}

/* The replications, and then the observed cases through the first scratch. */
static SignalScan *run(Scan *s, const double *counts, GError **error)
{
    s->highest = surge_allocate(s->o->replications, sizeof(double), error);
    s->threads = s->o->threads > 0 ? s->o->threads : workers_default_threads();
    s->scratch = s->highest != NULL ? surge_allocate(s->threads, sizeof *s->scratch, error) : NULL;
    for (guint i = 0; i < s->threads; i++)
        if (s->scratch == NULL || !scratch_fill(&s->scratch[i], s, error))
            return NULL;
    workers_run(s->o->replications, s->threads, replicate, s);
    SignalScan *scan = surge_allocate(1, sizeof *scan, error);
    if (scan == NULL)
        return NULL;
    for (gsize i = 0; i < s->n_places * s->n_intervals; i++)
        s->scratch[0].cells[i] = (guint32)counts[i];
    sum_windows(s, s->scratch[0].cells, s->scratch[0].cases);
    scan->replications = s->o->replications;
    scan->cases = s->total;
    scan->clusters = surge_allocate(s->o->max_clusters, sizeof *scan->clusters, error);
    if (scan->clusters != NULL && report(s, scan, error))
        return scan;
    signal_scan_free(scan);
    return NULL;
}

SignalScan *signal_scan(const double *latitude, const double *longitude, gsize n_places,
                        const double *counts, const double *expected, gsize n_intervals,
                        const SignalScanOptions *options, GError **error)
{
    Scan s = {.n_places = n_places, .n_intervals = n_intervals, .o = options};
    if ((expected != NULL) != (options->model == SIGNAL_SCAN_POISSON)) {
        g_set_error(
            error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
            _("The Poisson scan needs expected numbers, and the permutation scan has none."));
        return NULL;
    }
    if (!check(latitude, longitude, n_places, counts, expected, n_intervals, options, &s.total,
               error))
        return NULL;
    s.n_cases = (gsize)s.total;
    double *share = NULL;
    SignalScan *scan = NULL;
    if (find_windows(&s, error) && prepare_weights(&s, counts, expected, &share, error) &&
        find_neighbours(&s, latitude, longitude, share, error))
        scan = run(&s, counts, error);
    for (guint i = 0; s.scratch != NULL && i < s.threads; i++)
        scratch_clear(&s.scratch[i]);
    free(share);
    free(s.scratch);
    free(s.window);
    free(s.weight);
    free(s.log_count);
    free(s.case_place);
    free(s.cell_sum);
    free(s.guide);
    free(s.near);
    free(s.near_start);
    free(s.distance);
    free(s.highest);
    return scan;
}
