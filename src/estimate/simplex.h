/* estimate/simplex.h: a small dense linear program.
 *
 * maximize cost · v  subject to  A v = right,  v ≥ 0,  right ≥ 0.
 * Two-phase tableau simplex with Bland's rule (no cycles). Meant for some tens
 * of rows and some hundreds of columns. */
#pragma once
#include <glib.h>
#include <stdbool.h>

/** columns: n_columns × n_rows, one column of A after the other. *ret_best: the
 *  maximum; -infinity where nothing satisfies the constraints; infinity where
 *  it has no end. False: no memory. */
bool simplex_maximize(gsize n_rows, gsize n_columns, const double *columns, const double *right,
                      const double *cost, double *ret_best);
