/* assess/multiple.c: many series a week: which of their alarms hold.
 *
 * Benjamini and Hochberg (1995) over all kinds and places judged in one week: of those that ring,
 * at most the share `discovery_rate` is expected to be false. It holds for series that depend on
 * each other positively, as a province's and the country's do (Benjamini and Yekutieli 2001). */
#include "assess/private.h"

#include <math.h>
#include <stdlib.h>

typedef struct {
    gint32 day;
    double p, q;
    AssessSeries *series;
    gsize at;
} Judged;

static int by_day_and_p(const void *a, const void *b)
{
    const Judged *x = a, *y = b;
    if (x->day != y->day)
        return x->day < y->day ? -1 : 1;
    return (x->p > y->p) - (x->p < y->p);
}

/* EARS gives a bound alone: mean and bound say how many deviations the count lies above. */
static double p_of(const AssessSeries *series, const SignalPoint *point)
{
    if (!isnan(point->p_value) || series->options.method != SIGNAL_EARS_C2)
        return point->p_value;
    double room = point->upper - point->mean;
    if (!(room > 0))
        return NAN;
    const double bound = 3.0902323061678132; /* the normal's upper 0.001 */
    double z = (point->count - point->mean) / room * bound;
    return 0.5 * erfc(z / M_SQRT2);
}

static void adjust(Judged *of_week, gsize n)
{
    double least = 1;
    for (gsize i = n; i-- > 0;) {
        least = fmin(least, of_week[i].p * (double)n / (double)(i + 1));
        of_week[i].q = least;
    }
}

void assess_discovery_rate(AssessRun *run)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(Judged));
    for (guint s = 0; s < run->series->len; s++) {
        AssessSeries *series = g_ptr_array_index(run->series, s);
        if (series->points == NULL)
            continue;
        series->q_values = g_new(double, series->n - series->first + 1);
        for (gsize i = series->first; i < series->n; i++) {
            const Judged one = {.day = series->starts[i],
                                .p = p_of(series, &series->points[i - series->first]),
                                .series = series,
                                .at = i - series->first};
            series->q_values[one.at] = NAN;
            if (!isnan(one.p))
                g_array_append_val(all, one);
        }
    }
    g_array_sort(all, by_day_and_p);
    Judged *judged = (Judged *)(void *)all->data;
    for (gsize from = 0, to; from < all->len; from = to) {
        for (to = from; to < all->len && judged[to].day == judged[from].day; to++)
            ;
        adjust(judged + from, to - from);
        for (gsize i = from; i < to; i++) {
            AssessSeries *series = judged[i].series;
            series->q_values[judged[i].at] = judged[i].q;
            if (judged[i].q > run->options.discovery_rate)
                series->points[judged[i].at].alarm = false;
        }
    }
}
