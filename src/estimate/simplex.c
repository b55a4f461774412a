/* estimate/simplex.c: tableau simplex.
 *
 *   rows 0 … m-1:  [ A | I (artificial) | right ]
 *   row m:         reduced costs of the phase, last place minus the objective */
#include "estimate/simplex.h"

#include <math.h>
#include <stdlib.h>

static const double ZERO = 1e-9;

typedef struct {
    gsize m, width; /* width: columns + artificials + 1 */
    double *cells;  /* (m + 1) × width */
    gsize *basis;   /* m: column of each row */
} Tableau;

static double *row_of(const Tableau *t, gsize row)
{
    return t->cells + row * t->width;
}

static void pivot(Tableau *t, gsize row, gsize column)
{
    double *with = row_of(t, row), scale = 1 / with[column];
    for (gsize j = 0; j < t->width; j++)
        with[j] *= scale;
    with[column] = 1;
    for (gsize i = 0; i <= t->m; i++) {
        double *other = row_of(t, i), factor = other[column];
        if (i == row || factor == 0)
            continue;
        for (gsize j = 0; j < t->width; j++)
            other[j] -= factor * with[j];
        other[column] = 0;
    }
    t->basis[row] = column;
}

/* Improves until no reduced cost among the first `usable` columns is positive. False: unbounded. */
static bool improve(Tableau *t, gsize usable)
{
    for (;;) {
        gsize enter = usable;
        for (gsize j = 0; j < usable && enter == usable; j++)
            if (row_of(t, t->m)[j] > ZERO)
                enter = j;
        if (enter == usable)
            return true;
        gsize leave = t->m;
        double least = INFINITY;
        for (gsize i = 0; i < t->m; i++) {
            double step = row_of(t, i)[enter];
            if (step <= ZERO)
                continue;
            double ratio = row_of(t, i)[t->width - 1] / step;
            if (ratio < least - ZERO ||
                (ratio < least + ZERO && leave < t->m && t->basis[i] < t->basis[leave])) {
                least = fmin(least, ratio);
                leave = i;
            }
        }
        if (leave == t->m)
            return false;
        pivot(t, leave, enter);
    }
}

bool simplex_maximize(gsize n_rows, gsize n_columns, const double *columns, const double *right,
                      const double *cost, double *ret_best)
{
    Tableau t = {.m = n_rows, .width = n_columns + n_rows + 1};
    t.cells = calloc((n_rows + 1) * t.width, sizeof *t.cells);
    t.basis = malloc(n_rows * sizeof *t.basis);
    if (t.cells == NULL || t.basis == NULL) {
        free(t.cells);
        free(t.basis);
        return false;
    }
    double scale = 1;
    for (gsize i = 0; i < n_rows; i++)
        scale = fmax(scale, right[i]);
    for (gsize i = 0; i < n_rows; i++) {
        double *row = row_of(&t, i);
        for (gsize j = 0; j < n_columns; j++)
            row[j] = columns[j * n_rows + i];
        row[n_columns + i] = 1;
        row[t.width - 1] = right[i] / scale;
        t.basis[i] = n_columns + i;
        /* Phase one maximizes minus the sum of artificials. */
        for (gsize j = 0; j < n_columns; j++)
            row_of(&t, n_rows)[j] += row[j];
        row_of(&t, n_rows)[t.width - 1] += row[t.width - 1];
    }
    *ret_best = -INFINITY;
    if (improve(&t, n_columns) && row_of(&t, n_rows)[t.width - 1] <= 1e-7) {
        /* An artificial still in the basis stands at 0: swap it for any column of its row. */
        for (gsize i = 0; i < n_rows; i++) {
            if (t.basis[i] < n_columns)
                continue;
            for (gsize j = 0; j < n_columns; j++)
                if (fabs(row_of(&t, i)[j]) > 1e-7) {
                    pivot(&t, i, j);
                    break;
                }
        }
        double *objective = row_of(&t, n_rows);
        for (gsize j = 0; j < t.width; j++)
            objective[j] = j < n_columns ? cost[j] : 0;
        for (gsize i = 0; i < n_rows; i++) {
            double price = t.basis[i] < n_columns ? cost[t.basis[i]] : 0;
            for (gsize j = 0; price != 0 && j < t.width; j++)
                objective[j] -= price * row_of(&t, i)[j];
        }
        *ret_best = improve(&t, n_columns) ? -objective[t.width - 1] * scale : INFINITY;
    }
    free(t.cells);
    free(t.basis);
    return true;
}
