/* estimate/closed.h: the classical models of a closed population.
 *
 * Otis and others 1978; as log-linear models Cormack 1989, Rivest and
 * Lévesque 2001, Rivest and Baillargeon 2007 (the family of Rcapture's
 * closedp). Lists play the part of capture occasions:
 *
 *   M0   every list the same chance         Mt   a chance for each list
 *   Mb   a chance before and after the first list (lists in order of time)
 *   Mbh  Mb, the first list apart
 *   Mh   chances differ between persons     Mth  Mh and Mt together
 *
 * Heterogeneity is a column h(k) of how many lists (k) a person is on: Chao's
 * lower bound (max(k - j, 0), a column each for j = 2 …, negative ones
 * dropped), Poisson (2^k - 1), Darroch (k²/2), Gamma (-log(1 + k/3.5)). The
 * four agree on the data and differ on the unseen: their spread is the honest
 * width. */
#pragma once
#include "estimate/loglinear.h"

typedef enum {
    ESTIMATE_M0,
    ESTIMATE_MT,
    ESTIMATE_MH_CHAO,
    ESTIMATE_MH_POISSON,
    ESTIMATE_MH_DARROCH,
    ESTIMATE_MH_GAMMA,
    ESTIMATE_MTH_CHAO,
    ESTIMATE_MTH_POISSON,
    ESTIMATE_MTH_DARROCH,
    ESTIMATE_MTH_GAMMA,
    ESTIMATE_MB,
    ESTIMATE_MBH,
    ESTIMATE_N_CLOSED,
} EstimateClosedModel;

/** "M0", "Mh Chao (LB)", … as Rcapture writes them. Static. */
const char *estimate_closed_name(EstimateClosedModel model);

/** Fits one. Heterogeneity and Mbh need three lists (error DATA). Of *ret_model
 *  there are no terms; `bias` is NaN-free only where the abundance is
 *  observed + exp(b0) (all but Mb and Mbh, whose bias refers to exp(b0)). */
bool estimate_closed_fit(const EstimateLists *lists, EstimateClosedModel which,
                         EstimateModel *ret_model, GError **error);

/** Interval at `level`: by profile likelihood, or for Mb and Mbh log-normal. False: no memory. */
bool estimate_closed_interval(const EstimateLists *lists, EstimateClosedModel which, double level,
                              double *ret_lower, double *ret_upper);
