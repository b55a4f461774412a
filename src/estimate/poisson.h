/* estimate/poisson.h: Poisson regression with a log link.
 *
 * Iteratively reweighted least squares (McCullagh and Nelder 1989), begun at
 * y + 0.1 and ended when the deviance moves by less than 1e-8 of itself or
 * after 25 rounds: the start and the end that R's glm documents, so that a
 * table with zero margins, whose estimate lies at infinity, stops where R
 * stops. Each round is a Householder QR; a column that the ones before it
 * explain (to 1e-11 of its length) is left out, as R does. */
#pragma once
#include <glib.h>
#include <stdbool.h>

typedef struct {
    gsize n, p;
    double *coefficients; /**< p; NaN where the column was left out */
    double *covariance;   /**< p × p, column by column; NaN where left out */
    double *fitted;       /**< n */
    double deviance, aic; /**< aic: -2 log-likelihood + 2 rank */
    gsize rank;
    guint rounds;
    bool converged;
} EstimatePoisson;

/** Fits y (n values, not negative) on x (n × p, column by column; the constant
 *  is one of the columns). False: no memory; *fit untouched. Free with
 *  estimate_poisson_clear. Cost: rounds × 2 n p² flops. */
bool estimate_poisson_fit(gsize n, gsize p, const double *x, const double *y, EstimatePoisson *fit);
void estimate_poisson_clear(EstimatePoisson *fit);
