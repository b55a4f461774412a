#include "base/i18n.h"
#include "base/workers.h"
#include "signal/scan_private.h"
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
    s->window =
        surge_allocate(any ? (to - from + 1) * m : to - from + 1, sizeof(ScanWindow), error);
    if (s->window == NULL)
        return false;
    for (gsize length = from; length <= to; length++)
        for (gsize first = any ? 0 : m - length; first + length <= m; first++)
            s->window[s->windows++] = (ScanWindow){(guint32)first, (guint32)(first + length - 1)};
    if (s->windows * (s->n_places + 1) <= SIGNAL_SCAN_MAX_SUMS)
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_LIMIT,
                _("%" G_GSIZE_FORMAT " places and %" G_GSIZE_FORMAT
                  " windows are too many: use a shorter --max-window or longer intervals."),
                s->n_places, s->windows);
    return false;
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
    gsize cells = n_places * n_intervals;
    for (gsize i = 0; i < cells * MAX(o->n_groups, 1); i++) {
        if (!(counts[i] >= 0) || counts[i] != floor(counts[i]) ||
            (expected != NULL && !(expected[i % cells] >= 0 && isfinite(expected[i % cells])))) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                        _("Interval %" G_GSIZE_FORMAT " of place %" G_GSIZE_FORMAT
                          " holds no whole number of cases, or no expected number."),
                        i % n_intervals + 1, i % cells / n_intervals + 1);
            return false;
        }
        total += counts[i];
        sum += expected != NULL && i < cells ? expected[i] : expected == NULL;
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

/* Place and time as if independent within each group: cases of the place times cases of the
 * window over all cases. */
static void weigh_permutation(Scan *s, const double *counts)
{
    gsize n = s->n_places, m = s->n_intervals;
    for (gsize g = 0; g < s->n_groups; g++) {
        const double *own = counts + g * n * m;
        double all = (double)(s->group_start[g + 1] - s->group_start[g]);
        for (gsize k = 0; k < s->windows && all > 0; k++) {
            ScanWindow window = s->window[k];
            double recent = 0;
            for (gsize p = 0; p < n; p++)
                for (gsize t = window.first; t <= window.last; t++)
                    recent += own[p * m + t];
            for (gsize p = 0; p < n; p++) {
                double here = 0;
                for (gsize t = 0; t < m; t++)
                    here += own[p * m + t];
                s->weight[p * s->windows + k] += here / all * recent;
            }
        }
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
    s->group_start =
        s->guide != NULL ? surge_allocate(s->n_groups + 1, sizeof(gsize), error) : NULL;
    s->log_count =
        s->group_start != NULL ? surge_allocate(s->n_cases + 1, sizeof(double), error) : NULL;
    if (s->log_count == NULL)
        return false;
    for (gsize i = 1; i <= s->n_cases; i++)
        s->log_count[i] = log((double)i);
    s->case_time = s->case_place + s->n_cases;
    for (gsize g = 0; g < s->n_groups; g++) {
        for (gsize i = 0; i < n * m; i++)
            for (double k = 0; k < counts[g * n * m + i]; k++) {
                s->case_place[at] = (guint32)(i / m);
                s->case_time[at++] = (guint32)(i % m);
            }
        s->group_start[g + 1] = at;
    }
    double sum = 0;
    for (gsize p = 0; p < n; p++)
        for (gsize t = 0; t < m; t++) {
            double e = expected != NULL ? expected[p * m + t] : 0;
            for (gsize g = 0; expected == NULL && g < s->n_groups; g++)
                e += counts[(g * n + p) * m + t];
            share[p] += e;
            sum += e;
            s->cell_sum[p * m + t + 1] = sum;
        }
    fill_guide(s);
    if (expected == NULL)
        weigh_permutation(s, counts);
    for (gsize k = 0; expected != NULL && k < w; k++)
        for (gsize p = 0; p < n; p++) {
            double own = s->cell_sum[p * m + s->window[k].last + 1] -
                         s->cell_sum[p * m + s->window[k].first];
            s->weight[p * w + k] = own / sum * s->total;
        }
    for (gsize p = 0; p < n; p++)
        share[p] /= sum;
    return true;
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
        if (s->scratch == NULL || !scan_scratch_fill(&s->scratch[i], s, error))
            return NULL;
    workers_run(s->o->replications, s->threads, scan_replicate, s);
    SignalScan *scan = surge_allocate(1, sizeof *scan, error);
    if (scan == NULL)
        return NULL;
    gsize cells = s->n_places * s->n_intervals;
    memset(s->scratch[0].cells, 0, cells * sizeof(guint32));
    for (gsize i = 0; i < cells * s->n_groups; i++)
        s->scratch[0].cells[i % cells] += (guint32)counts[i];
    scan_sum_windows(s, s->scratch[0].cells, s->scratch[0].cases);
    scan->replications = s->o->replications;
    scan->cases = s->total;
    scan->clusters = surge_allocate(s->o->max_clusters, sizeof *scan->clusters, error);
    if (scan->clusters != NULL && scan_report(s, scan, error))
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
              .n_groups = MAX(options->n_groups, 1),
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
    double *share = NULL;
    SignalScan *scan = NULL;
    if (find_windows(&s, error) && prepare_weights(&s, counts, expected, &share, error) &&
        find_neighbours(&s, latitude, longitude, share, error))
        scan = run(&s, counts, error);
    for (guint i = 0; s.scratch != NULL && i < s.threads; i++)
        scan_scratch_clear(&s.scratch[i]);
    free(share);
    free(s.scratch);
    free(s.window);
    free(s.weight);
    free(s.log_count);
    free(s.case_place);
    free(s.cell_sum);
    free(s.guide);
    free(s.group_start);
    free(s.near);
    free(s.near_start);
    free(s.distance);
    free(s.highest);
    return scan;
}
