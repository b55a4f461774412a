/* estimate/loglinear_private.h: what the files of log-linear models share. */
#pragma once
#include "estimate/loglinear.h"
#include "estimate/poisson.h"

/** Asymptotic bias of exp(b0) (Rivest and Lévesque 2001, for a canonical link: half of the
 *  second-order terms). */
double estimate_asymptotic_bias(gsize n, gsize p, const double *x, const double *covariance,
                                const double *fitted, double intercept);

/** Sets the memory error; always false. */
bool estimate_no_memory(GError **error);
/** For qsort: by size, then by lists in order. */
int estimate_term_compare(const void *a, const void *b);
/** Writes "[12,13,4]" into name (ESTIMATE_MODEL_NAME bytes). */
void estimate_model_write_name(guint n_lists, const uint32_t *terms, guint n_terms, char *name);
/** Constant, lists, terms; rows are patterns 1 … 2^n - 1, then extra rows "on
 *  no list". Column by column; malloc'd; NULL without memory. */
double *estimate_design(guint n_lists, const uint32_t *terms, guint n_terms, gsize extra_rows,
                        gsize *ret_rows, gsize *ret_columns);
/** Fills abundance … usable of *model from a fit whose first column is the constant. */
void estimate_model_take(EstimateModel *model, const EstimatePoisson *fit, const double *x,
                         double observed);
/** Profile likelihood of total N (observed ≤ N) under a design with one extra row of "on no
 *  list"; x has rows = n_cells + 1. y has room for the extra one. NaN: no memory. */
double estimate_profile_likelihood(gsize rows, gsize columns, const double *x, double *y,
                                   double observed, double total);
/** The interval from such a design; maximum near `guess`. */
bool estimate_profile_interval(gsize rows, gsize columns, const double *x, double *y,
                               double observed, double guess, double level, double *ret_lower,
                               double *ret_upper);
