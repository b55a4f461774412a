/* signal/scan_private.h: one scan while it runs. scan.c prepares it and runs the replications,
 * scan_cylinders.c goes through circles and windows, scan_report.c tells the clusters. */
#pragma once
#include "base/random.h"
#include "signal/scan.h"

typedef struct {
    guint32 first, last;
} ScanWindow;

/* What one thread needs to go through one replication. */
typedef struct {
    guint32 *cells;   /* n_places · n_intervals: cases */
    guint32 *cases;   /* (n_places + 1) · windows; the last row for the sums of a circle */
    double *mean;     /* windows: likewise */
    guint32 *times;   /* n_cases */
    double *least;    /* n_cases + 1: the smallest expected number seen with so many cases */
    guint32 *touched; /* n_cases + 1: which of them */
} ScanScratch;

typedef struct {
    gsize n_places, n_intervals, n_cases, windows;
    const SignalScanOptions *o;
    double total;                    /* cases */
    guint32 *near;                   /* neighbours of each place, nearest first */
    gsize *near_start;               /* n_places + 1 */
    double *distance;                /* likewise */
    ScanWindow *window;              /* windows */
    double *weight;                  /* n_places · windows: expected of a place */
    double *log_count;               /* n_cases + 1 */
    guint32 *case_place, *case_time; /* n_cases, group by group: for the permutation */
    gsize *group_start;              /* n_groups + 1: into the cases */
    gsize n_groups;
    double *cell_sum;     /* places · intervals + 1: cumulative expected (Poisson) */
    guint32 *guide;       /* places · intervals + 1: where to look in cell_sum */
    ScanScratch *scratch; /* threads */
    guint threads;
    double *highest; /* of each replication */
} Scan;

/** Log likelihood ratio of a cylinder. */
double scan_statistic(const Scan *scan, double count, double mean);
/** Cases of each place in each window, from those of each interval. */
void scan_sum_windows(const Scan *scan, const guint32 *cells, guint32 *cases);
/** Highest circle of each window about one centre, from the first scratch or another: its
 *  statistic, 0 where there is none, and where in near[] it ends. */
void scan_best_circles(const Scan *scan, gsize centre, ScanScratch *scratch, double *best,
                       gsize *ends);
/** One replication; a WorkersFunc. */
void scan_replicate(gsize task, guint worker, void *scan);
bool scan_scratch_fill(ScanScratch *scratch, const Scan *scan, GError **error);
void scan_scratch_clear(ScanScratch *scratch);
/** Clusters from the cases in the first scratch. */
bool scan_report(const Scan *s, SignalScan *scan, GError **error);
