/* estimate/sparse.h: log-linear models of sparse tables.
 *
 * Chan, Silverman and Vincent 2021 (JASA 116), as in SparseMSE. Where two
 * lists share nobody, the estimate of their term is minus infinity: its cells
 * are left out of the fit and the rest is fitted without the term. A model is
 * used only when its estimate exists and is determined, which a linear
 * program decides (Fienberg and Rinaldo 2012). Terms of pairs enter forward,
 * the one whose overlap is least likely under the model so far first, while
 * that probability is below a threshold; the interval is a BCa bootstrap in
 * which every replicate chooses its model anew. */
#pragma once
#include "estimate/lists.h"

typedef struct {
    double threshold; /**< p-value below which a pair enters; 0.02 */
    guint replicates; /**< bootstrap replicates; 0: no interval */
    guint64 seed;
    guint threads; /**< 0: the default */
} EstimateSparseOptions;

extern const EstimateSparseOptions ESTIMATE_SPARSE_DEFAULTS; /**< 0.02, 1000, seed 1 */

typedef struct {
    guint n_pairs;
    uint32_t
        pairs[ESTIMATE_MAX_LISTS * (ESTIMATE_MAX_LISTS - 1) / 2]; /**< masks, in order of entry */
    guint n_empty;                /**< how many of them share nobody */
    double total, standard_error; /**< the latter by the delta method, for orientation */
    double log_deviation;         /**< standard deviation of the logarithm of the unseen */
    gsize n_replicates;
    double *replicates; /**< totals, sorted; a replicate without a finite total is infinite */
    double acceleration, bias; /**< of BCa */
} EstimateSparse;

/** At most ESTIMATE_LOGLINEAR_LISTS lists. NULL with error set. Free after use. */
EstimateSparse *estimate_sparse(const EstimateLists *lists, const EstimateSparseOptions *options,
                                GError **error);
void estimate_sparse_free(EstimateSparse *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EstimateSparse, estimate_sparse_free)

/** BCa quantile (DiCiccio and Efron 1996) of the total; NaN without replicates. */
double estimate_sparse_quantile(const EstimateSparse *result, double probability);

/** Does the (extended) maximum likelihood estimate of a model of pairs exist,
 *  and is it determined? pairs: masks of two lists each. False in *ret_exists
 *  or *ret_identified says no. False: no memory. */
bool estimate_sparse_check(const EstimateLists *lists, const uint32_t *pairs, guint n_pairs,
                           bool *ret_exists, bool *ret_identified);
