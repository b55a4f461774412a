/* estimate/agreement.h: how far several people's ratings of the same things agree.
 *
 * Krippendorff's alpha (Krippendorff 2011, Computing Krippendorff's Alpha-Reliability): 1 minus
 * observed by expected disagreement; any number of raters, missing ratings allowed. 1: they always
 * agree; 0: as if they rated by chance; below 0: they differ more than chance would. Pure. */
#pragma once
#include "base/error.h"
#include <glib.h>
#include <stdbool.h>

typedef enum {
    AGREEMENT_NOMINAL,
    AGREEMENT_ORDINAL,
    AGREEMENT_INTERVAL,
    AGREEMENT_RATIO
} AgreementScale;

typedef struct {
    double alpha; /**< NaN: fewer than two pairable ratings, or all ratings alike */
    double lower,
        upper;      /**< 95 %, by drawing units anew (percentiles of 2,000 draws); NaN: not told */
    gsize n_units;  /**< units with two ratings or more */
    gsize n_values; /**< pairable ratings */
} Agreement;

/** Ratings of n_units × n_raters values, unit by unit; NaN: not rated. Draws follow the seed.
 * MEMORY; DATA for a ratio scale with negative values. Cost: n_values² at most, times the draws. */
bool agreement_alpha(AgreementScale scale, gsize n_units, gsize n_raters, const double *values,
                     guint64 seed, Agreement *ret_agreement, GError **error);
