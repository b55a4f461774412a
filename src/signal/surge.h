/* signal/surge.h: is this week's count higher than the past explains?
 *
 * Detectors over one series of counts, each week judged only by weeks before
 * it. Farrington flexible (Noufaily et al. 2013), Farrington (1996), EARS
 * C1–C3 (Hutwagner et al. 2003; C3 as in Fricker et al. 2008), CUSUM (Rossi et
 * al. 1999), Poisson and negative binomial GLR (Höhle and Paul 2008), Bayes
 * and RKI (Riebler 2004), all with the numbers of R's `surveillance`;
 * and `adaptive`, ours (README.md).
 *
 * Pure; no globals; safe from any thread. Counts are whole numbers ≥ 0; a
 * position is 1-based, as in R. Numbers that do not exist are NaN inside
 * these structures (the faces write an empty field); `gap` says why. */
#pragma once
#include "base/error.h"
#include <glib.h>

typedef enum {
    SIGNAL_FARRINGTON_FLEXIBLE,
    SIGNAL_FARRINGTON,
    SIGNAL_EARS_C1,
    SIGNAL_EARS_C2,
    SIGNAL_EARS_C3,
    SIGNAL_CUSUM,
    SIGNAL_GLR_POISSON,
    SIGNAL_GLR_NB,
    SIGNAL_BAYES,
    SIGNAL_RKI,
    SIGNAL_ADAPTIVE, /**< ours: all the history, a smooth season; two years are enough */
    SIGNAL_N_METHODS
} SignalMethod;

typedef enum {
    SIGNAL_THRESHOLD_DELTA,
    SIGNAL_THRESHOLD_NB_PLUGIN,
    SIGNAL_THRESHOLD_MUAN
} SignalThreshold;

typedef enum { SIGNAL_POWER_TWO_THIRDS, SIGNAL_POWER_HALF, SIGNAL_POWER_NONE } SignalPower;

typedef enum {
    SIGNAL_CUSUM_STANDARD,
    SIGNAL_CUSUM_ROSSI,
    SIGNAL_CUSUM_ANSCOMBE,
    SIGNAL_CUSUM_ANSCOMBE_2,
    SIGNAL_CUSUM_PEARSON_NB,
    SIGNAL_CUSUM_RAW
} SignalCusumTransform;

enum { SIGNAL_MAX_POINTS = 1 << 20, SIGNAL_MAX_PERIODS = 400, SIGNAL_MAX_YEARS = 100 };

/** Settings; the name of R's control option in brackets. Begin with
 *  signal_surge_options(method), which fills in what R would. */
typedef struct {
    SignalMethod method;
    guint freq;                     /**< intervals a year: 52, 12, 365 */
    guint years_back;               /**< [b] */
    guint half_window;              /**< [w] */
    guint periods;                  /**< [noPeriods] */
    guint exclude_recent;           /**< [pastWeeksNotIncluded] */
    bool reweight;                  /**< [reweight] past outbreaks weigh less */
    double weights_threshold;       /**< [weightsThreshold] Anscombe residual above which */
    bool trend;                     /**< [trend] */
    double trend_p;                 /**< [pThresholdTrend] */
    SignalThreshold threshold;      /**< [thresholdMethod] */
    SignalPower power;              /**< [powertrans]; delta only */
    double alpha;                   /**< one-sided false alarm probability of a week */
    double limit_cases;             /**< [limit54[1]] no bound with fewer cases … */
    guint limit_weeks;              /**< [limit54[2]] … in so many weeks, this one included */
    guint baseline;                 /**< [baseline] EARS */
    double min_sigma;               /**< [minSigma] EARS */
    double cusum_k, cusum_h;        /**< [k, h] */
    SignalCusumTransform transform; /**< [trans] */
    bool cusum_reset;               /**< [reset] */
    double mean;       /**< in-control mean of CUSUM and GLR; NaN: of the weeks before the range */
    double dispersion; /**< [alpha of glrnb] variance = m + dispersion·m²; also pearsonNegBin */
    double glr_limit;  /**< [c.ARL] */
    bool glr_value;    /**< [ret = "value"] upper holds the statistic, as in R */
    bool use_current_year; /**< [actY] Bayes, RKI */
    /** First day of each interval, ascending, n of them, borrowed; NULL: the years lie freq
     *  positions apart. With days, Farrington looks back by the calendar [epochAsDate]: the
     *  same date of earlier years, in weekly series (freq 52) the nearest same day of the week. */
    const gint32 *days;
    /** People of each interval, above 0, n of them, borrowed; NULL: not counted. Farrington
     *  alone [populationOffset]. */
    const double *population;
} SignalSurgeOptions;

/** Why a bound is missing. */
typedef enum {
    SIGNAL_GAP_NONE,
    SIGNAL_GAP_FEW_CASES,      /**< limit54 */
    SIGNAL_GAP_NO_FIT,         /**< the regression did not converge */
    SIGNAL_GAP_BOUND_INFINITE, /**< muan: the history is too thin for any bound */
    SIGNAL_GAP_NO_VARIATION,   /**< EARS C3: the baseline does not vary */
} SignalGap;

typedef struct {
    double count;
    double expected; /**< NaN where there is none */
    double upper;    /**< an alarm is a count above it (CUSUM, GLR: at it) */
    double score;    /**< Farrington: exceedance; GLR, CUSUM: the statistic */
    double p_value;  /**< P(at least this count | no surge) */
    double mean,
        phi; /**< of the predictive distribution: mean and variance / mean; NaN where none */
    double baseline_weeks; /**< how many past weeks the bound rests on */
    bool alarm, trend;     /**< trend: the model has one */
    SignalGap gap;
} SignalPoint;

/** Method by its name on the command line ("farrington-flexible", "ears-c1" …). */
bool signal_method_parse(const char *name, SignalMethod *ret_method);
const char *signal_method_name(SignalMethod method);

/** R's defaults of the method; freq 52. */
SignalSurgeOptions signal_surge_options(SignalMethod method);

/** The first position that has enough history, 1-based; may lie behind the series' end. */
gsize signal_surge_first(const SignalSurgeOptions *options);

/** Judges positions first … last of a series.
 *
 *  @param counts  n values, whole numbers ≥ 0
 *  @param first   1-based, inclusive; 0: signal_surge_first
 *  @param last    1-based, inclusive; 0: n
 *  @param points  out, last - first + 1 values; untouched on failure before the first fit
 *  @param error   ZENHAR_ERROR_DATA (history too short, not a count), ZENHAR_ERROR_USAGE
 *                 (an option out of its range), ZENHAR_ERROR_MEMORY
 *  Cost: Farrington flexible about 18 µs a week with b = 5. */
bool signal_surge(const double *counts, gsize n, const SignalSurgeOptions *options, gsize first,
                  gsize last, SignalPoint *points, GError **error);

/** Checks the options alone; false with a sentence. */
bool signal_surge_check(const SignalSurgeOptions *options, GError **error);

/** A sentence for a point in the thread's language: why the alarm, or why no bound;
 *  "" when there is nothing to say. Transfers. */
char *signal_surge_reason(const SignalPoint *point, const SignalSurgeOptions *options);
/** What would make an alarm wrong. Transfers. */
char *signal_surge_weakness(const SignalPoint *point, const SignalSurgeOptions *options);

/** False discovery rate (Benjamini and Hochberg 1995): q-value of each of n p-values;
 *  NaN in, NaN out, and not counted. */
bool signal_fdr(const double *p_values, gsize n, double *q_values, GError **error);
