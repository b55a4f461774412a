/* estimate/elastic_net_private.h: what the files of the elastic net share. */
#pragma once
#include "estimate/elastic_net.h"

typedef struct {
    double mean, deviation; /* of the exceptions (sparse) or of x (dense) */
    double common;          /* sparse: the value that is called zero */
    double *dense;          /* n standardized values, or NULL */
    gsize n_exceptions;
    guint32 *where; /* rows, ascending */
    double *value;  /* x - common */
    bool constant;
} Column;

/* Where two sparse columns both have exceptions, and the products of these. */
typedef struct {
    bool known;
    gsize n_exceptions;
    guint32 *where;
    double *value;
} Pair;

typedef struct {
    gsize n, p;
    const double *y;
    Column *columns;
    double *vectors;                               /* the block behind all numbers below */
    double *residual, *weight, *eta, *probability; /* n: as the approximation was made */
    double *product;                               /* n + p: scratch */
    double sum_residual, sum_weight;
    double *b, *before, *gradient; /* p: coefficients on the standardized scale; sums of r x */
    double *square, *linear;       /* p: sums of v x² and v x, x standardized */
    double *gram;                  /* p × p: sums of v x_j x_k where both are strong, else 0 */
    double *beside;                /* n rows of beside_width: the dense columns, row by row */
    gsize *dense, n_dense, beside_width;
    double *sums; /* scratch of the dense columns' products */
    bool *strong, *entered;
    Pair *pairs;            /* p × p, j > k; filled when first met */
    gsize *active, *wanted; /* p; active: in order of entry; wanted: scratch */
    gsize n_active;
    double b0, b0_before;
    double null_deviance, threshold, lasso, ridge;
    guint64 passes, max_passes;
    bool no_memory;
} ElasticNetFit;

/** Fills fit->columns. False: no memory. */
bool elastic_net_make_columns(const ElasticNetData *data, ElasticNetFit *fit);
void elastic_net_clear_columns(ElasticNetFit *fit);
/** eta += b x, but for a sparse column's constant -b mean / deviation. */
void elastic_net_add(const ElasticNetFit *fit, gsize j, double b, double *eta);
/** Sum of residual and x_j, the residual as the approximation was made. */
double elastic_net_gradient(const ElasticNetFit *fit, gsize j);
/** Everything the strong columns need under the weights in force: square, linear, gradient and
 *  gram. False: no memory. */
bool elastic_net_weigh(ElasticNetFit *fit);
/** probability, weight and residual from eta (beyond ±farthest: 0 and 1) and their sums. */
void elastic_net_probabilities(ElasticNetFit *fit, double farthest, double *ret_weights,
                               double *ret_residuals);
