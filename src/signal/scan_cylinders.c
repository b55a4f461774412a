/* Circles and windows of a scan, and its replications. */
#include "signal/scan_private.h"
#include "signal/surge_private.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

double scan_statistic(const Scan *s, double count, double mean)
{
    double rest = s->total - count;
    double value = count * (s->log_count[(gsize)count] - log(mean));
    if (rest > 0)
        value += rest * (s->log_count[(gsize)rest] - log(s->total - mean));
    return value;
}

/* Cases of each place in each window, from those of each interval. */
void scan_sum_windows(const Scan *s, const guint32 *cells, guint32 *cases)
{
    for (gsize p = 0; p < s->n_places; p++) {
        const guint32 *own = cells + p * s->n_intervals;
        guint32 *to = cases + p * s->windows, before = 0;
        for (gsize w = 0; w < s->windows; w++) {
            ScanWindow one = s->window[w];
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

void scan_best_circles(const Scan *s, gsize centre, ScanScratch *scratch, double *best, gsize *ends)
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
            double value = scan_statistic(s, sums[w], mean[w]);
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
static double highest_of(const Scan *s, ScanScratch *scratch)
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
            best = fmax(best, scan_statistic(s, count, least[count]));
        least[count] = INFINITY;
    }
    return best;
}

static void draw_permutation(const Scan *s, Random *random, ScanScratch *scratch)
{
    guint32 *times = scratch->times;
    memcpy(times, s->case_time, s->n_cases * sizeof(guint32));
    for (gsize g = 0; g < s->n_groups; g++) { /* within each group of people */
        guint32 *own = times + s->group_start[g];
        for (gsize i = s->group_start[g + 1] - s->group_start[g]; i > 1; i--) {
            gsize j = random_below(random, i);
            guint32 swap = own[i - 1];
            own[i - 1] = own[j];
            own[j] = swap;
        }
    }
    for (gsize i = 0; i < s->n_cases; i++)
        scratch->cells[s->case_place[i] * s->n_intervals + times[i]]++;
}

/* By inversion, from a table of where to begin (Chen and Asau 1974). */
static void draw_poisson(const Scan *s, Random *random, ScanScratch *scratch)
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

void scan_replicate(gsize task, guint worker, void *context)
{
    Scan *s = context;
    ScanScratch *scratch = &s->scratch[worker];
    Random random;
    random_start(&random, s->o->seed, task);
    memset(scratch->cells, 0, s->n_places * s->n_intervals * sizeof *scratch->cells);
    if (s->o->model == SIGNAL_SCAN_PERMUTATION)
        draw_permutation(s, &random, scratch);
    else
        draw_poisson(s, &random, scratch);
    scan_sum_windows(s, scratch->cells, scratch->cases);
    s->highest[task] = highest_of(s, scratch);
}

void scan_scratch_clear(ScanScratch *scratch)
{
    free(scratch->cells);
    free(scratch->cases);
    free(scratch->mean);
    free(scratch->times);
    free(scratch->least);
    free(scratch->touched);
}

bool scan_scratch_fill(ScanScratch *scratch, const Scan *s, GError **error)
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
