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
                               .max_p = 0.99};
}

typedef struct {
    gsize n_places, n_intervals, n_cases, windows;
    const SignalScanOptions *o;
    double total;      /* cases */
    guint32 *near;     /* neighbours of each place, nearest first */
    gsize *near_start; /* n_places + 1 */
    double *distance;  /* likewise */
    double *weight;    /* n_places · windows: expected of a place in the last w + 1 intervals */
    double *log_count; /* n_cases + 1 */
    double *log_mean, *log_rest; /* of each cylinder: near · windows */
    double *mean;
    guint32 *case_place, *case_time; /* n_cases: for the permutation */
    double *cell_sum;                /* places · intervals + 1: cumulative expected (Poisson) */
    double *highest;                 /* of each replication */
    bool failed;
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

static double chord(const double *latitude, const double *longitude, gsize a, gsize b)
{
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
            row[p] = (Neighbour){chord(latitude, longitude, c, p), (guint32)p};
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

/* Means of all cylinders and their logs; none changes from one replication to the next. */
static bool prepare_cylinders(Scan *s, GError **error)
{
    gsize cylinders = s->near_start[s->n_places] * s->windows;
    double *d = surge_allocate(3 * cylinders + s->n_cases + 1, sizeof(double), error);
    if (d == NULL)
        return false;
    s->mean = d;
    s->log_mean = d + cylinders;
    s->log_rest = d + 2 * cylinders;
    s->log_count = d + 3 * cylinders;
    for (gsize i = 1; i <= s->n_cases; i++)
        s->log_count[i] = log((double)i);
    for (gsize c = 0; c < s->n_places; c++)
        for (gsize w = 0; w < s->windows; w++) {
            double sum = 0;
            for (gsize k = s->near_start[c]; k < s->near_start[c + 1]; k++) {
                sum += s->weight[s->near[k] * s->windows + w];
                gsize at = k * s->windows + w;
                s->mean[at] = sum;
                s->log_mean[at] = log(sum);
                s->log_rest[at] = log(s->total - sum);
            }
        }
    return true;
}

static double statistic(const Scan *s, gsize at, double count)
{
    double rest = s->total - count;
    double value = count * (s->log_count[(gsize)count] - s->log_mean[at]);
    if (rest > 0)
        value += rest * (s->log_count[(gsize)rest] - s->log_rest[at]);
    return value;
}

/* Highest cylinder of one centre, from the cases of each place in each window. */
static double best_of(const Scan *s, gsize centre, const double *cases, double *sums, gsize *ret_at)
{
    double best = 0;
    memset(sums, 0, s->windows * sizeof(double));
    for (gsize k = s->near_start[centre]; k < s->near_start[centre + 1]; k++) {
        const double *own = cases + s->near[k] * s->windows;
        for (gsize w = 0; w < s->windows; w++) {
            sums[w] += own[w];
            gsize at = k * s->windows + w;
            if (w + 1 < s->o->min_window || sums[w] < s->o->min_cases || sums[w] <= s->mean[at])
                continue;
            double value = statistic(s, at, sums[w]);
            if (value > best) {
                best = value;
                *ret_at = at;
            }
        }
    }
    return best;
}

/* Cases of each place in the last w + 1 intervals, from one case's place and time. */
static void count_case(const Scan *s, double *cases, gsize place, gsize time)
{
    gsize age = s->n_intervals - 1 - time;
    for (gsize w = age; w < s->windows; w++)
        cases[place * s->windows + w]++;
}

static void draw_permutation(const Scan *s, Random *random, double *cases, guint32 *times)
{
    memcpy(times, s->case_time, s->n_cases * sizeof(guint32));
    for (gsize i = s->n_cases; i > 1; i--) {
        gsize j = random_below(random, i);
        guint32 swap = times[i - 1];
        times[i - 1] = times[j];
        times[j] = swap;
    }
    for (gsize i = 0; i < s->n_cases; i++)
        count_case(s, cases, s->case_place[i], times[i]);
}

static void draw_poisson(const Scan *s, Random *random, double *cases)
{
    gsize cells = s->n_places * s->n_intervals;
    for (gsize i = 0; i < s->n_cases; i++) {
        double at = random_uniform(random) * s->cell_sum[cells];
        gsize low = 0, high = cells;
        while (high - low > 1) {
            gsize middle = (low + high) / 2;
            if (s->cell_sum[middle] <= at)
                low = middle;
            else
                high = middle;
        }
        count_case(s, cases, low / s->n_intervals, low % s->n_intervals);
    }
}

static void replicate(gsize task, guint worker, void *context)
{
    Scan *s = context;
    Random random;
    random_start(&random, s->o->seed, task);
    double *cases = calloc((s->n_places + 1) * s->windows, sizeof(double));
    guint32 *times = calloc(s->n_cases, sizeof(guint32));
    if (cases == NULL || times == NULL) {
        s->failed = true; /* only ever set */
    } else {
        if (s->o->model == SIGNAL_SCAN_PERMUTATION)
            draw_permutation(s, &random, cases, times);
        else
            draw_poisson(s, &random, cases);
        double best = 0;
        gsize unused;
        for (gsize c = 0; c < s->n_places; c++)
            best = fmax(best, best_of(s, c, cases, cases + s->n_places * s->windows, &unused));
        s->highest[task] = best;
    }
    free(cases);
    free(times);
}

static bool check(const double *latitude, const double *longitude, gsize n_places,
                  const double *counts, const double *expected, gsize n_intervals,
                  const SignalScanOptions *o, double *ret_total, GError **error)
{
    if (n_places < 2 || n_places > SIGNAL_SCAN_MAX_PLACES || n_intervals < 2 ||
        o->max_window < o->min_window || o->min_window < 1 || o->max_window >= n_intervals ||
        !(o->max_radius_km >= 0) || !(o->max_share > 0 && o->max_share <= 1) ||
        o->replications > 1000000) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("A scan wants from 2 to %d places, and a longest window that is shorter than "
                      "the %" G_GSIZE_FORMAT " intervals of the series."),
                    (int)SIGNAL_SCAN_MAX_PLACES, n_intervals);
        return false;
    }
    for (gsize p = 0; p < n_places; p++)
        if (!(fabs(latitude[p]) <= 90 && fabs(longitude[p]) <= 360)) {
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

/* Expected of each place in each window, and the share of each place. */
static bool prepare_weights(Scan *s, const double *counts, const double *expected,
                            double **ret_share, double **ret_cases, GError **error)
{
    gsize n = s->n_places, m = s->n_intervals, w = s->windows;
    double *share = *ret_share = surge_allocate(n, sizeof(double), error);
    double *cases = share != NULL ? surge_allocate((n + 1) * w, sizeof(double), error) : NULL;
    *ret_cases = cases;
    s->weight = cases != NULL ? surge_allocate(n * w, sizeof(double), error) : NULL;
    s->case_place =
        s->weight != NULL ? surge_allocate(2 * s->n_cases, sizeof(guint32), error) : NULL;
    s->cell_sum = s->case_place != NULL ? surge_allocate(n * m + 1, sizeof(double), error) : NULL;
    if (s->cell_sum == NULL)
        return false;
    s->case_time = s->case_place + s->n_cases;
    gsize at = 0;
    double sum = 0;
    for (gsize p = 0; p < n; p++)
        for (gsize t = 0; t < m; t++) {
            for (double k = 0; k < counts[p * m + t]; k++) {
                s->case_place[at] = (guint32)p;
                s->case_time[at++] = (guint32)t;
                count_case(s, cases, p, t);
            }
            double e = expected != NULL ? expected[p * m + t] : counts[p * m + t];
            share[p] += e;
            sum += e;
            s->cell_sum[p * m + t + 1] = sum;
        }
    for (gsize p = 0; p < n; p++) {
        share[p] /= sum;
        for (gsize k = 0; k < w; k++) {
            double recent = 0; /* permutation: cases of all places in the window */
            if (expected == NULL)
                for (gsize i = 0; i < s->n_cases; i++)
                    recent += s->case_time[i] + k + 1 >= m;
            else
                recent = s->cell_sum[p * m + m] - s->cell_sum[p * m + m - k - 1];
            s->weight[p * w + k] = expected == NULL ? share[p] * recent : recent / sum * s->total;
        }
    }
    return true;
}

typedef struct {
    double value;
    gsize at, centre, n_places;
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
    return (x->centre > y->centre) - (x->centre < y->centre);
}

static bool add_cluster(const Scan *s, const double *cases, const Candidate *candidate,
                        SignalScan *scan, GError **error)
{
    gsize w = candidate->at % s->windows, last = candidate->at / s->windows;
    gsize first = s->near_start[candidate->centre], n = last - first + 1;
    SignalScanCluster *c = &scan->clusters[scan->n_clusters];
    gsize *places = surge_allocate(n, sizeof(gsize), error);
    if (places == NULL)
        return false;
    double count = 0, above = 1;
    for (gsize k = 0; k < n; k++) {
        places[k] = s->near[first + k];
        count += cases[places[k] * s->windows + w];
    }
    for (gsize r = 0; r < s->o->replications; r++)
        above += s->highest[r] >= candidate->value * (1 - 1e-12);
    double mean = s->mean[candidate->at], inside = count / mean;
    double rest = (s->total - count) / (s->total - mean);
    *c = (SignalScanCluster){
        .centre = candidate->centre,
        .n_places = n,
        .places = places,
        .radius_km = s->distance[last],
        .first = s->n_intervals - 1 - w,
        .cases = count,
        .expected = mean,
        .ratio = s->o->model == SIGNAL_SCAN_PERMUTATION || !(rest > 0) ? inside : inside / rest,
        .statistic = candidate->value,
        .p_value = above / (s->o->replications + 1.0)};
    c->recurrence = 1 / c->p_value;
    scan->n_clusters++;
    return true;
}

/* The best cylinder of each centre, the highest first, none sharing a place with one before. */
static bool report(const Scan *s, const double *cases, SignalScan *scan, GError **error)
{
    gsize n = s->n_places, found = 0;
    Candidate *candidates = surge_allocate(n, sizeof *candidates, error);
    bool *taken = candidates != NULL ? surge_allocate(n, sizeof(bool), error) : NULL;
    double *sums = taken != NULL ? surge_allocate(s->windows, sizeof(double), error) : NULL;
    bool done = sums != NULL;
    for (gsize c = 0; done && c < n; c++) {
        Candidate *one = &candidates[found];
        one->value = best_of(s, c, cases, sums, &one->at);
        one->centre = c;
        one->n_places = one->value > 0 ? one->at / s->windows - s->near_start[c] + 1 : 0;
        found += one->value > 0;
    }
    if (done)
        qsort(candidates, found, sizeof *candidates, by_value);
    for (gsize i = 0; done && i < found && scan->n_clusters < s->o->max_clusters; i++) {
        gsize first = s->near_start[candidates[i].centre], last = candidates[i].at / s->windows;
        bool overlaps = false;
        for (gsize k = first; k <= last; k++)
            overlaps = overlaps || taken[s->near[k]];
        if (overlaps)
            continue;
        for (gsize k = first; k <= last; k++)
            taken[s->near[k]] = true;
        done = add_cluster(s, cases, &candidates[i], scan, error);
        if (done && scan->clusters[scan->n_clusters - 1].p_value > s->o->max_p) {
            free(scan->clusters[--scan->n_clusters].places);
            break; /* the statistic only falls from here */
        }
    }
    free(candidates);
    free(taken);
    free(sums);
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

static SignalScan *run(Scan *s, const double *cases, GError **error)
{
    s->highest = surge_allocate(s->o->replications, sizeof(double), error);
    SignalScan *scan = s->highest != NULL ? surge_allocate(1, sizeof *scan, error) : NULL;
    if (scan == NULL)
        return NULL;
    workers_run(s->o->replications, s->o->threads, replicate, s);
    scan->replications = s->o->replications;
    scan->cases = s->total;
    scan->clusters = surge_allocate(s->o->max_clusters, sizeof *scan->clusters, error);
    if (s->failed && scan->clusters != NULL)
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_MEMORY,
                    _("There is not enough memory for a scan of this size."));
    if (scan->clusters != NULL && !s->failed && report(s, cases, scan, error))
        return scan;
    signal_scan_free(scan);
    return NULL;
}

SignalScan *signal_scan(const double *latitude, const double *longitude, gsize n_places,
                        const double *counts, const double *expected, gsize n_intervals,
                        const SignalScanOptions *options, GError **error)
{
    Scan s = {.n_places = n_places,
              .n_intervals = n_intervals,
              .windows = options->max_window,
              .o = options};
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
    double *share = NULL, *cases = NULL;
    SignalScan *scan = NULL;
    if (prepare_weights(&s, counts, expected, &share, &cases, error) &&
        find_neighbours(&s, latitude, longitude, share, error) && prepare_cylinders(&s, error))
        scan = run(&s, cases, error);
    free(share);
    free(cases);
    free(s.weight);
    free(s.case_place);
    free(s.cell_sum);
    free(s.near);
    free(s.near_start);
    free(s.distance);
    free(s.mean);
    free(s.highest);
    return scan;
}
