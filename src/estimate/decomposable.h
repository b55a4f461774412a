/* estimate/decomposable.h: averaging over decomposable graphs.
 *
 * Madigan and York 1997 (Biometrika 84), as in the package dga of Johndrow,
 * Lum and Ball: lists are the vertices of a chordal graph, an edge is
 * dependence, the cell probabilities have a hyper-Dirichlet prior, and the
 * posterior of the unseen is a sum over all such graphs in closed form:
 *
 *   log p(graph, u) = sum over cliques - sum over separators of log ML(margin, u)
 *                     + log multinomial coefficient - log(observed + u)
 *
 * There are 8 graphs of three lists, 61 of four, 822 of five. */
#pragma once
#include "estimate/lists.h"

typedef struct {
    double delta;       /**< prior persons a cell; 0: 2^-lists, as dga advises */
    guint64 max_unseen; /**< the largest number considered; 0: 20 times the observed */
    guint threads;      /**< 0: the default */
} EstimateDecomposableOptions;

enum { ESTIMATE_DECOMPOSABLE_LISTS = 5, ESTIMATE_DECOMPOSABLE_POINTS = 400000 };

typedef struct {
    char name[64];      /**< cliques: "[12,13,4]" */
    double probability; /**< posterior */
} EstimateGraph;

typedef struct {
    double delta;
    guint64 max_unseen;
    gsize n_points;         /**< unseen 1, 1 + step, … up to max_unseen (dga begins at 1) */
    guint64 step;           /**< 1 up to ESTIMATE_DECOMPOSABLE_POINTS numbers */
    double *probability;    /**< n_points: posterior of each, sums to 1 */
    double mean, deviation; /**< of the total */
    gsize n_graphs;
    EstimateGraph *graphs; /**< most probable first */
    double at_bound;       /**< posterior above 0.9 max_unseen */
} EstimateDecomposable;

/** 2 to 5 lists (else LIMIT), somebody observed (else DATA). NULL with error set.
 *  Cost: graphs × points × about 5 ns. */
EstimateDecomposable *estimate_decomposable(const EstimateLists *lists,
                                            const EstimateDecomposableOptions *options,
                                            GError **error);
void estimate_decomposable_free(EstimateDecomposable *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EstimateDecomposable, estimate_decomposable_free)

/** Smallest total whose posterior probability reaches `probability`. */
double estimate_decomposable_quantile(const EstimateDecomposable *result, uint64_t observed,
                                      double probability);
