/* signal/regression.h: negative binomial regression with a log link.
 *
 * Lawless 1987; fitted as MASS::glm.nb (Venables and Ripley 2002): weighted
 * least squares for the coefficients, Newton for theta, in turn, until the
 * log likelihood stands. variance = m + m²/theta; theta infinite is the
 * Poisson, which is also what a series without excess variance gets. */
#pragma once
#include "base/error.h"
#include <glib.h>

enum { SIGNAL_MAX_COLUMNS = 128 };

typedef struct {
    gsize n, p;
    double *beta;       /**< p coefficients */
    double *covariance; /**< p · p of the coefficients */
    double *mean;       /**< n fitted */
    double theta;       /**< may be infinite */
    double log_likelihood;
    double dispersion; /**< Pearson's; about 1 when the model holds */
    bool converged;
} SignalRegression;

/** @param y       n counts
 *  @param x       n · p, row by row
 *  @param offset  n on the log scale, or NULL
 *  @param poisson true: theta stays infinite and the covariance is scaled by the dispersion where
 *                 that is above 1 (quasi-Poisson)
 *  NULL with error set when columns depend on each other or the fit runs away. */
SignalRegression *signal_regression_new(const double *y, const double *x, const double *offset,
                                        gsize n, gsize p, bool poisson, GError **error);
void signal_regression_free(SignalRegression *fit);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SignalRegression, signal_regression_free)
/** Standard error of coefficient j. */
double signal_regression_error(const SignalRegression *fit, gsize j);
/** Standard error of coefficient j that stands when neighbours in time are alike
 *  (Newey and West 1987, Bartlett weights over `lag` intervals); rows in time order. */
double signal_regression_robust_error(const SignalRegression *fit, const double *y, const double *x,
                                      gsize j, gsize lag);
