/* estimate/elastic_net.h: logistic regression with an elastic-net penalty.
 *
 * Friedman, Hastie and Tibshirani 2010; strong rules of Tibshirani and others
 * 2012. Minimizes over b0 and b
 *
 *   -(1/n) log-likelihood + lambda [ (1 - alpha)/2 |b|² + alpha |b|₁ ]
 *
 * on predictors standardized to mean 0 and variance 1 (divided by n), down a
 * path of lambdas, each begun at the one before: quadratic approximation, then
 * cyclic coordinate descent on the strong set and the active set. The order of
 * updates, the path, the stopping rules and the meaning of every number are
 * those of the R package glmnet, so that coefficients agree to its own
 * precision. Coefficients are given on the scale the predictors came in.
 *
 * A predictor that mostly has one value is kept as the list of its other
 * values (standardizing does not care which value is called zero). */
#pragma once
#include "base/error.h"
#include <glib.h>
#include <stdbool.h>

typedef struct {
    gsize n, p;
    const double *x; /**< n × p, column by column; finite */
    const double *y; /**< n; 0 or 1 */
} ElasticNetData;

typedef struct {
    double alpha;          /**< 0 ridge … 1 lasso; glmnet's default 1 */
    gsize n_lambdas;       /**< 0: 100 */
    double smallest_ratio; /**< last lambda to first; 0: 1e-4, or 0.01 when n < p */
    double threshold;      /**< of convergence; 0: 1e-7 */
    guint64 max_passes;    /**< over the coordinates; 0: 100,000 */
    double stop_at;        /**< leave the path after the first lambda at or below; 0: never */
    const double *lambdas; /**< given path, decreasing, n_lambdas of them; NULL: computed */
} ElasticNetOptions;

typedef struct {
    gsize n_lambdas, p;
    double *lambdas;        /**< decreasing */
    double *intercepts;     /**< n_lambdas */
    double *coefficients;   /**< n_lambdas × p, one lambda after the other */
    double *deviance_ratio; /**< n_lambdas: share of the null deviance explained */
    double null_deviance;   /**< of all n, -2 log-likelihood */
    gsize n_constant;       /**< predictors with one value: coefficient 0 */
    guint64 passes;
    bool gave_up; /**< max_passes was met: the path ends early */
} ElasticNetPath;

/** Fits the path. NULL with error set: both outcomes are needed (DATA), numbers
 *  that are not finite or options out of range (USAGE), memory. Pure.
 *  Cost: 9,000 × 39 and 67 lambdas about 30 ms. */
ElasticNetPath *elastic_net_fit(const ElasticNetData *data, const ElasticNetOptions *options,
                                GError **error);
void elastic_net_path_free(ElasticNetPath *path);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ElasticNetPath, elastic_net_path_free)

/** Intercept and coefficients (p) at any lambda: linear between path points, the
 *  ends beyond them, as glmnet does. */
void elastic_net_at(const ElasticNetPath *path, double lambda, double *ret_intercept,
                    double *coefficients);

/** Probability for one row: x at row, row + stride, … */
double elastic_net_predict(gsize p, double intercept, const double *coefficients, const double *row,
                           gsize stride);

typedef struct {
    gsize n_lambdas;
    double *deviance;  /**< mean cross-validated deviance of each lambda */
    double *error;     /**< its standard error over folds */
    double lambda_min; /**< least deviance */
    double lambda_1se; /**< largest lambda within one standard error of it */
} ElasticNetCv;

/** K-fold cross-validation over a path's lambdas, folds in threads. Folds are
 *  dealt from `seed`; the same on any number of threads. n_folds 3 … n. NULL
 *  with error set (a fold without both outcomes in the rest: DATA). */
ElasticNetCv *elastic_net_cross_validate(const ElasticNetData *data,
                                         const ElasticNetOptions *options,
                                         const ElasticNetPath *path, guint n_folds, guint64 seed,
                                         guint threads, GError **error);
void elastic_net_cv_free(ElasticNetCv *cv);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ElasticNetCv, elastic_net_cv_free)
