/* signal/crises.h: does repression rise after a crisis?
 *
 * Three answers that fail in different ways. (1) Negative binomial regression of
 * the counts on windows after crises with trend, season and Nowruz, standard
 * errors that allow for neighbours in time. (2) Self-controlled case series
 * (Farrington 1995): each crisis's weeks are compared only with the weeks around
 * it, quasi-Poisson, conditional on each crisis's own level; trend and season are those of (1),
 * or a crisis in a busy season would look like a cause. (3) A placement test: all
 * crises are moved along the series together (circular shift, every shift), and
 * the true place is ranked among the false ones; it assumes no distribution.
 * A verdict needs (1) and (3) to agree; else the data cannot tell. */
#pragma once
#include "base/error.h"
#include <glib.h>

enum { SIGNAL_MAX_WINDOWS = 8, SIGNAL_MAX_CRISES = 60 };

typedef struct {
    guint freq;      /**< intervals a year */
    guint harmonics; /**< of the season: 0, 1, 2 … */
    bool trend;
    bool nowruz; /**< needs starts */
    gsize n_windows;
    guint from[SIGNAL_MAX_WINDOWS], to[SIGNAL_MAX_WINDOWS]; /**< intervals after the crisis's own
                                                               (0), inclusive, ascending */
    guint around; /**< intervals before and after the windows that the case series compares */
    double level; /**< of the intervals: 0.95 */
} SignalCrisesOptions;

/** Windows 0–3, 4–7, 8–12; one harmonic where two years are there; 26 around; 95 %. */
SignalCrisesOptions signal_crises_options(guint freq);

typedef enum {
    SIGNAL_HIGHER, /**< higher after crises */
    SIGNAL_LOWER,
    SIGNAL_ALIKE, /**< the interval lies within a factor of two on both sides of 1 */
    SIGNAL_CANNOT_TELL,
} SignalVerdict;

typedef struct {
    double ratio, low, high;   /**< rate ratio; high may be infinite only when expected is 0 */
    double p_value;            /**< two-sided, of ratio 1; NaN when there is none */
    double observed, expected; /**< in the windows; expected without a crisis */
    SignalVerdict verdict;
    bool elsewhere; /**< the interval is above 1, but crises put elsewhere show as high a ratio */
} SignalEffect;

typedef struct {
    gsize n_crises, n_windows;
    SignalEffect pooled;                      /**< all windows, all crises */
    SignalEffect windows[SIGNAL_MAX_WINDOWS]; /**< each window, all crises */
    SignalEffect crises[SIGNAL_MAX_CRISES];   /**< all windows of each crisis */
    SignalEffect case_series;                 /**< self-controlled, pooled */
    double placement_p;                       /**< share of shifts with as high a ratio; ≥ 1/n */
    gsize placements;
    double theta, dispersion; /**< of the pooled model */
} SignalCrises;

/** @param counts  n intervals
 *  @param starts  n first days, or NULL (then no Nowruz)
 *  @param crises  0-based intervals that hold a crisis's first day, ascending, each below n
 *  False with ZENHAR_ERROR_DATA or _USAGE and a sentence. */
bool signal_crises(const double *counts, const gint32 *starts, gsize n, const gsize *crises,
                   gsize n_crises, const SignalCrisesOptions *options, SignalCrises *ret,
                   GError **error);

/** One sentence for an effect in the thread's language; NULL name: the pooled one. Transfers. */
char *signal_effect_reason(const SignalEffect *effect, const char *name);
/** The placement test in a sentence. Transfers. */
char *signal_crises_placement_reason(const SignalCrises *crises);
