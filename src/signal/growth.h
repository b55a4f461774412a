/* signal/growth.h: how fast a series grows, since when, and how far it has spread.
 *
 * Growth rate by negative binomial regression on time; onset as the one change of
 * level that explains the series best, its p-value by permutation (which takes
 * neighbouring intervals as exchangeable: slow waves make it too small). */
#pragma once
#include "base/error.h"
#include <glib.h>

typedef struct {
    double rate, rate_low, rate_high;             /**< growth of the log mean an interval */
    double doubling, doubling_low, doubling_high; /**< intervals; negative: halving; NaN ends where
                                                     the rate's interval holds 0 */
    double p_value;                               /**< of no growth */
    double theta; /**< of the negative binomial; infinite: Poisson */
    double events;
    bool told; /**< the interval of the rate does not hold 0 */
} SignalGrowth;

/** Over n ≥ 5 intervals with at least 10 events. level: 0.95. */
bool signal_growth(const double *counts, gsize n, double level, SignalGrowth *ret, GError **error);
/** In the thread's language; unit: a translated plural ("weeks"). Transfers. */
char *signal_growth_reason(const SignalGrowth *growth, const char *unit);

typedef struct {
    gsize onset, onset_low, onset_high; /**< 0-based first interval of the new level */
    double before, after;               /**< mean an interval */
    double p_value;                     /**< by permutation */
    bool found;                         /**< p ≤ 0.05 */
} SignalOnset;

/** n ≥ 8. permutations: 999; seeded. */
bool signal_onset(const double *counts, gsize n, guint permutations, guint64 seed, SignalOnset *ret,
                  GError **error);

/** Places reached: counts of n_places · n intervals, place by place; for each interval the number
 *  reached for the first time, reached so far and active in it. */
void signal_spread(const double *counts, gsize n_places, gsize n, guint *fresh, guint *reached,
                   guint *active);
