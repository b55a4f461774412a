/* estimate/diagnostics.h: whether chains agree, and how much they know.
 *
 * Vehtari, Gelman, Simpson, Carpenter and Bürkner 2021: rank-normalized split
 * R-hat (the larger of plain and folded), effective sample size of the bulk
 * and of the tails (5 % and 95 %), with Geyer's initial monotone sequence. */
#pragma once
#include <glib.h>
#include <stdbool.h>

typedef struct {
    double r_hat;    /**< 1 when chains cannot be told apart; NaN when nothing moves */
    double ess_bulk; /**< draws that are worth as much for the centre */
    double ess_tail; /**< likewise for the 5 % and 95 % quantiles, the worse one */
    bool converged;  /**< r_hat < 1.01 and both sizes at least 400, as the paper advises */
} EstimateDiagnostics;

/** draws: n_chains × n_draws, chain by chain; n_draws ≥ 4. False: no memory. */
bool estimate_diagnose(gsize n_chains, gsize n_draws, const double *draws,
                       EstimateDiagnostics *ret_diagnostics);

/** Sorts in place, ascending. */
void estimate_sort(gsize n, double *values);
/** Quantile of sorted values, linear between order statistics (R's type 7). */
double estimate_quantile(gsize n, const double *sorted, double probability);
