/* signal/glm.h: quasi-Poisson regression on groups and a straight line in
 * time, private to signal.
 *
 * Model: log mean = a(group) + b·time. Iteratively reweighted least squares
 * step by step as R's glm() takes it (start at y + 0.1, at most 25 steps,
 * relative change of the deviance below 1e-8), because Farrington's bounds
 * depend on where the steps end. The normal equations of groups and one
 * slope solve in closed form, and within a run of consecutive weeks of one
 * group the mean is a geometric row, whose sums have closed forms too (glm_runs.c).
 *
 * 300 observations in 60 runs: about 0.5 µs a step. */
#pragma once
#include <glib.h>
#include <stdbool.h>

/** A week whose weight is not the usual one. */
typedef struct {
    guint run, at; /* in run_start; weeks behind its begin */
    double more;   /* weight beyond the usual one; negative */
} GlmOdd;

/** Scratch of glm_runs.c. */
typedef struct {
    double *count, *moment;     /* n; of a run: sums of weight · count, and · weeks since begin */
    double *mean, *mean_before; /* n; of a run: its first mean, in this step and the one before */
    double *power, *power_before; /* n + 1 */
    double *sum[3];               /* n + 1 */
    double *group_mean;           /* a group */
    GlmOdd *odd;                  /* n */
    gsize n_odd, longest;         /* longest run, in weeks */
    double usual, saturated;      /* the usual weight; sum of weight · saturated[] */
} GlmRuns;

typedef struct {
    gsize n, n_runs;      /* observations; runs of consecutive weeks of one group */
    gsize n_groups;       /* numbered 0 … n_groups - 1; may be empty */
    gsize *run_start;     /* n_runs + 1 */
    guint *run_group;     /* n_runs */
    double *time;         /* n; of an observation */
    double *count;        /* n */
    double *log_start;    /* n; log(count + 0.1) */
    double *count_power;  /* n; count^(2/3) */
    double *saturated;    /* n; count log count - count */
    const double *offset; /* n; added to log mean; NULL: none */
    double *weight;       /* n; prior weights */
    double *mean;         /* n; fitted */
    double *working;      /* n; working weights of the last step */
    double *residual;     /* n; Anscombe */
    double *sums;         /* 5 a group */
    double *level;        /* a of each group */
    double slope;
    bool even; /* times in a run are one apart */
    bool with_slope, weighted, converged;
    gsize rank;
    double *group_weight, *group_time; /* of the last step: total and mean time */
    double time_spread;                /* of the last step: weighted, within groups */
    GlmRuns runs;
} Glm;

/** Runs the steps. False when no deviance is finite. `weighted`: weight[] counts. */
bool glm_fit(Glm *glm, bool with_slope, bool weighted);
/** Pearson's estimate: working weights and working residuals over n - rank. */
double glm_dispersion(const Glm *glm);
/** Likewise with the prior weights in place of the working weights. */
double glm_prior_dispersion(const Glm *glm);
/** Standardised Anscombe residuals into residual[]. False when one is not a number. */
bool glm_anscombe(Glm *glm, double phi);
/** Linear predictor at (group, time), and its variance for dispersion 1. */
double glm_predict(const Glm *glm, guint group, double time, double *ret_variance);
