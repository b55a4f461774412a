/* estimate/loglinear.h: hierarchical log-linear models of list overlap.
 *
 * Fienberg 1972; Bishop, Fienberg and Holland 1975, chapter 6. A model is a
 * set of terms closed downward: with "lists 1, 2 and 3 together" it holds each
 * pair and each list of them. The expected count of pattern s is
 * exp(b0 + sum of b_t over the model's terms t inside s), so that exp(b0) is
 * the expected number on no list.
 *
 * A model is written by its largest terms, as Rcapture writes it:
 * "[12,13,4]" holds 1, 2, 3, 4, 12 and 13. All lists' own terms are always in. */
#pragma once
#include "estimate/lists.h"

enum {
    ESTIMATE_MODEL_NAME = 256,
    ESTIMATE_MAX_MODELS = 40000, /**< above it, stepwise search */
    ESTIMATE_LOGLINEAR_LISTS = 9,
};

/** More persons than there are on Earth: a fit that runs off, however small its bias is said to be.
 */
#define ESTIMATE_LARGEST 1e10

typedef struct {
    guint n_terms;
    uint32_t *terms; /**< masks of two lists or more, by size and then by lists; the lists' own are
                        implied */
    char name[ESTIMATE_MODEL_NAME];
    double abundance;      /**< observed + exp(b0) */
    double standard_error; /**< delta method, with Poisson variance of the unseen */
    double deviance;
    int degrees_of_freedom;
    double aic, bic;
    double bias;                /**< asymptotic, of the abundance (Rivest and Lévesque 2001) */
    double corrected_abundance; /**< abundance - bias; never below observed */
    bool converged;
    bool identified; /**< the design has full rank: the abundance is determined */
    bool usable; /**< converged, identified, |bias| ≤ abundance / 10, at most ESTIMATE_LARGEST */
    double weight; /**< share in the BIC-weighted average */
} EstimateModel;

typedef struct {
    gsize n_models;
    EstimateModel *models; /**< by BIC, best first; unusable ones last */
    bool searched;         /**< found by stepwise search, not all models were fitted */
    guint order;
} EstimateModels;
void estimate_models_free(EstimateModels *models);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EstimateModels, estimate_models_free)

/** Fits every hierarchical model with terms of up to `order` lists (1 … n - 1),
 *  or, when there are more than ESTIMATE_MAX_MODELS of them or `stepwise`, the
 *  models met by adding and removing one term at a time while BIC falls,
 *  from independence. `threads` 0: the default. NULL with error set.
 *  Cost: about 20 us a model of four lists, 300 us of six. */
EstimateModels *estimate_loglinear(const EstimateLists *lists, guint order, bool stepwise,
                                   guint threads, GError **error);

/** Fits one model given by its terms (closed downward by this call). Transfers
 *  `*ret_model` (free with estimate_model_clear). */
bool estimate_loglinear_fit(const EstimateLists *lists, const uint32_t *terms, guint n_terms,
                            EstimateModel *ret_model, GError **error);
void estimate_model_clear(EstimateModel *model);

/** Interval of a model's abundance by profile likelihood (multinomial; Cormack
 *  1992; as Rcapture's closedpCI): all totals N that a likelihood-ratio test at
 *  `level` (0.95) does not reject. *ret_upper is infinity when the likelihood
 *  stays flat. False: no memory. */
bool estimate_loglinear_interval(const EstimateLists *lists, const EstimateModel *model,
                                 double level, double *ret_lower, double *ret_upper);

/** Quantile of the BIC-weighted mixture of the usable models, each as a
 *  log-normal of the unseen (Burnham and others 1987) with the model's
 *  estimate as its median. probability in (0, 1). NaN without usable models. */
double estimate_models_quantile(const EstimateModels *models, uint64_t observed,
                                double probability);
/** BIC-weighted mean of the abundances, and the standard deviation within and
 *  between models (Buckland and others 1997). NaN without usable models. */
void estimate_models_average(const EstimateModels *models, double *ret_mean, double *ret_deviation);

/** Quantile of one log-normal: observed + (abundance - observed) exp(z s). */
double estimate_log_normal_quantile(double observed, double abundance, double standard_error,
                                    double probability);
