/* estimate/pool_private.h: between estimate.c and pool.c. */
#pragma once
#include "estimate/estimate.h"

/** A result without an answer yet; NULL without memory. */
EstimateResult *estimate_result_new(const EstimateOptions *options);
/** Where in the distribution value i of `spread` stands. */
double estimate_spread_probability(gsize i);
