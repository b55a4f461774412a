/* estimate/estimate.h: one call for every method, one shape for every answer.
 *
 * The headers of the methods (lcmcr.h, loglinear.h, closed.h, sparse.h,
 * decomposable.h) say what each does; this one runs them alike, pools the
 * answers over draws of plausible lists, leaves one list out at a time, and
 * puts the result into JSON and into plain sentences, Persian and English. */
#pragma once
#include "estimate/closed.h"
#include "estimate/decomposable.h"
#include "estimate/diagnostics.h"
#include "estimate/lcmcr.h"
#include "estimate/lists.h"
#include "estimate/loglinear.h"
#include "estimate/sparse.h"
#include <jansson.h>

typedef enum {
    ESTIMATE_LCMCR,
    ESTIMATE_LOGLINEAR,
    ESTIMATE_SPARSE,
    ESTIMATE_DGA,
    ESTIMATE_CLOSED, /**< one model of closed.h */
} EstimateMethod;

typedef struct {
    EstimateMethod method;
    EstimateClosedModel closed; /**< of ESTIMATE_CLOSED */
    guint order;                /**< of loglinear: lists in the largest term; 0: 2 */
    bool stepwise;              /**< of loglinear; always above 5 lists */
    bool average;               /**< of loglinear: answer with the BIC-weighted average */
    double level;               /**< of likelihood intervals; 0.95 */
    EstimateLcmcrOptions lcmcr;
    EstimateDecomposableOptions dga;
    EstimateSparseOptions sparse;
    guint threads; /**< 0: the default; goes to every method */
} EstimateOptions;

/** Every method's own defaults; ESTIMATE_LCMCR. */
EstimateOptions estimate_options(void);

/** "lcmcr", "loglinear", "sparse", "dga", "chao", "m0", "mt", "mb", "mbh",
 *  "mh" and "mth" (Chao's bound), "mh-poisson", "mth-darroch", … False with a
 *  sentence that names them all. Touches options->method and ->closed only. */
bool estimate_parse_method(const char *name, EstimateOptions *options, GError **error);
/** The name that parses back. Static. */
const char *estimate_method_name(const EstimateOptions *options);

enum { ESTIMATE_SPREAD = 2000, ESTIMATE_N_QUANTILES = 5 };
/** 0.025, 0.25, 0.5, 0.75, 0.975. */
extern const double ESTIMATE_PROBABILITIES[ESTIMATE_N_QUANTILES];

/** How many draws chose a model. */
typedef struct EstimateChosen {
    char model[ESTIMATE_MODEL_NAME];
    gsize draws;
} EstimateChosen;

typedef struct {
    EstimateOptions options;
    guint n_lists;
    double observed;        /**< a mean where lists were drawn many times */
    gsize n_draws;          /**< draws of lists pooled here; 1: one table */
    gsize n_doubtful;       /**< of them without an answer, or unreliable */
    double within, between; /**< variance inside the draws, and between them: their sum is
                               deviation², between is what the matching leaves open */
    double observed_low, observed_high;     /**< over the draws */
    double estimate;                        /**< posterior median, or the chosen model's total */
    double quantiles[ESTIMATE_N_QUANTILES]; /**< of the total; infinity: no upper end */
    double mean, deviation;
    char model[ESTIMATE_MODEL_NAME]; /**< what was chosen; "" where nothing is */
    bool reliable;                   /**< converged, determined, away from every bound */
    GPtrArray *warnings; /**< char *: sentences in the thread's language, of the data and the fit */
    guint data_warnings; /**< EstimateWarning */

    bool has_diagnostics; /**< of LCMCR */
    EstimateDiagnostics diagnostics;
    double classes_used, at_bound; /**< NaN where the method has none */
    EstimateModels *models;        /**< of loglinear; else NULL */
    EstimateGraph *graphs;         /**< of dga: n_graphs, most probable first; else NULL */
    gsize n_graphs;
    EstimateModel model_fit;       /**< of closed; no terms */
    struct EstimateChosen *chosen; /**< of pooled draws: n_chosen models, most often chosen first */
    gsize n_chosen;
    double corrected; /**< bias-corrected total; NaN where the method has none */

    double spread[ESTIMATE_SPREAD]; /**< ascending: equally likely totals, the distribution */
} EstimateResult;

/** Runs one method on one table. NULL with error set: data no method can use
 *  (DATA, with what is wrong), options, memory. A result that cannot be
 *  trusted is returned with reliable = false and the reason in warnings. */
EstimateResult *estimate_run(const EstimateLists *lists, const EstimateOptions *options,
                             GError **error);
void estimate_result_free(EstimateResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EstimateResult, estimate_result_free)

/** The estimate over draws of the lists (each draw is one plausible way to join reports to
 *  persons, link/link.h). Each draw is estimated by itself and the distributions are mixed with
 *  equal weight, so that the interval holds both uncertainties (Sadinle 2018 proceeds alike); the
 *  variance is the mean of the draws' variances and the variance of their means. Draw k of LCMCR
 *  and of the bootstrap uses seed + k. A draw that gives no answer is left out and told; when more
 *  than one in twenty is doubtful, or a sampler has not converged, the whole is unreliable. Draws
 *  run side by side; equal on any number of threads. NULL with error set when none gives an answer.
 */
EstimateResult *estimate_run_draws(const EstimateLists *const *draws, gsize n_draws,
                                   const EstimateOptions *options, GError **error);

/** One result for each list left out, in order; a table that cannot be used
 *  without that list gives NULL in its place. `ret_results` has n_lists places.
 *  False only without memory. Two lists: all NULL. */
bool estimate_leave_one_out(const EstimateLists *lists, const EstimateOptions *options,
                            EstimateResult **ret_results, GError **error);
/** Likewise, each over the same draws. */
bool estimate_leave_one_out_draws(const EstimateLists *const *draws, gsize n_draws,
                                  const EstimateOptions *options, EstimateResult **ret_results,
                                  GError **error);

/** The sum over strata: totals of groups that share no person, each estimated by itself. */
typedef struct {
    gsize n_strata, n_without; /**< all; of them unreliable or without an answer (NULL) */
    double observed, estimate; /**< the latter the median */
    double quantiles[ESTIMATE_N_QUANTILES];
    double mean, deviation;
    double only_observed; /**< persons of those without: they enter as counted, not estimated, and
                            the sum is too low by all whom their lists miss */
} EstimateSum;
/** Adds up independent distributions by drawing from each (`seed`). results: NULL where a stratum
 *  has no answer; observed: persons of each stratum. False without memory, or when none has one. */
bool estimate_sum(gsize n_strata, const EstimateResult *const *results, const double *observed,
                  guint64 seed, EstimateSum *ret_sum);

/** Plain sentences in the thread's language: what it says, what it assumes,
 *  what would break it. Each transfers. */
char *estimate_say_result(const EstimateResult *result);
char *estimate_say_assumption(const EstimateResult *result);
char *estimate_say_weakness(const EstimateResult *result);
char *estimate_say_sum(const EstimateSum *sum);

/** The result as JSON: method, options, seed, observed, estimate, q025 q25 q50
 *  q75 q975, sd, diagnostics, `distribution` (50 shares between `from` and `to`,
 *  for a plot), sentences in both languages. Numbers that do not exist are null. Transfers; NULL
 * without memory. */
json_t *estimate_result_json(const EstimateResult *result);
/** The sum over groups likewise, its sentence in both languages. Transfers. */
json_t *estimate_sum_json(const EstimateSum *sum);
/** The table of overlaps: [{"lists": ["A","C"], "count": 12}, …], largest first
 *  (what an UpSet plot shows). Transfers. */
json_t *estimate_overlaps_json(const EstimateLists *lists);
