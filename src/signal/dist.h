/* signal/dist.h: Poisson and negative binomial tails, private to signal.
 *
 * The negative binomial is given by its mean m and phi = variance / mean; phi
 * = 1 is the Poisson. Probabilities by Loader's saddle-point form (2000) and
 * summed from the end that is small, so that tails keep their digits; above
 * a mean of 1e5 by the continued fraction of the incomplete beta function. */
#pragma once
#include <stdbool.h>

/** P(Y = x). */
double dist_nb_density(double x, double mean, double phi);
/** P(Y >= x), x whole. */
double dist_nb_tail(double x, double mean, double phi);
/** Smallest x with P(Y > x) <= alpha. Infinity when the mean is. */
double dist_nb_upper(double alpha, double mean, double phi);
/** Regularised incomplete beta function I_x(a, b). */
double dist_beta(double x, double a, double b);
/** P(|T| >= |t|), Student with df degrees of freedom. */
double dist_t_two_sided(double t, double df);
/** P(Z >= z) and its inverse. */
double dist_normal_tail(double z);
double dist_normal_upper(double alpha);
/** log of the density of NB(size, mean) at x; whole x. */
double dist_nb_log_density(double x, double mean, double size);
