/* Expected numbers from populations at a few dates: indirect standardisation, as SaTScan's user
 * guide describes it. */
#include "base/i18n.h"
#include "signal/scan.h"
#include "signal/surge_private.h"
#include <math.h>
#include <stdlib.h>

static int by_place(const void *a, const void *b)
{
    const SignalScanPopulation *x = a, *y = b;
    if (x->place != y->place)
        return x->place < y->place ? -1 : 1;
    if (x->category != y->category)
        return x->category < y->category ? -1 : 1;
    return (x->day > y->day) - (x->day < y->day);
}

/* Person-days in from … to - 1; straight lines between the dates, level before and after them. */
static double person_days(const SignalScanPopulation *rows, gsize n, gint32 from, gint32 to)
{
    double sum = 0;
    if (from < rows[0].day)
        sum += rows[0].population * (double)(MIN(to, rows[0].day) - from);
    if (to > rows[n - 1].day)
        sum += rows[n - 1].population * (double)(to - MAX(from, rows[n - 1].day));
    for (gsize i = 0; i + 1 < n; i++) {
        gint32 a = MAX(from, rows[i].day), b = MIN(to, rows[i + 1].day);
        if (a >= b)
            continue;
        double slope =
            (rows[i + 1].population - rows[i].population) / (double)(rows[i + 1].day - rows[i].day);
        double middle = (double)(a - rows[i].day) + (double)(b - a) / 2;
        sum += (rows[i].population + slope * middle) * (double)(b - a);
    }
    return sum;
}

/* Rows of one place, category and day become one. */
static gsize join_days(SignalScanPopulation *rows, gsize n)
{
    qsort(rows, n, sizeof *rows, by_place);
    gsize kept = 0;
    for (gsize i = 0; i < n; i++)
        if (kept > 0 && by_place(&rows[kept - 1], &rows[i]) == 0)
            rows[kept - 1].population += rows[i].population;
        else
            rows[kept++] = rows[i];
    return kept;
}

static gsize end_of(const SignalScanPopulation *rows, gsize n, gsize i)
{
    gsize end = i;
    while (end < n && rows[end].place == rows[i].place && rows[end].category == rows[i].category)
        end++;
    return end;
}

bool signal_scan_expected(SignalScanPopulation *rows, gsize n_rows, const double *category_cases,
                          gsize n_categories, gsize n_places, const gint32 *starts,
                          gsize n_intervals, double *expected, GError **error)
{
    double *at_risk = surge_allocate(n_categories, sizeof(double), error);
    if (at_risk == NULL)
        return false;
    n_rows = join_days(rows, n_rows);
    for (gsize i = 0; i < n_places * n_intervals; i++)
        expected[i] = 0;
    for (gsize i = 0, end; i < n_rows; i = end) {
        end = end_of(rows, n_rows, i);
        at_risk[rows[i].category] += person_days(rows + i, end - i, starts[0], starts[n_intervals]);
    }
    bool done = true;
    for (gsize c = 0; done && c < n_categories; c++)
        if (category_cases[c] > 0 && !(at_risk[c] > 0)) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                        _("There are %.0f cases of a group of people whose population is 0 or "
                          "is not given."),
                        category_cases[c]);
            done = false;
        }
    for (gsize i = 0, end; done && i < n_rows; i = end) {
        end = end_of(rows, n_rows, i);
        double cases = category_cases[rows[i].category], all = at_risk[rows[i].category];
        double *to = expected + rows[i].place * n_intervals;
        for (gsize t = 0; t < n_intervals && all > 0; t++)
            to[t] += cases / all * person_days(rows + i, end - i, starts[t], starts[t + 1]);
    }
    free(at_risk);
    return done;
}
