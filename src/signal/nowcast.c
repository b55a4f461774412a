#include "signal/nowcast.h"
#include "base/i18n.h"
#include "base/random.h"
#include "signal/surge_private.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LEAST_REPORTS = 20, LEAST_SPAN = 3, MOST_DELAY = 2000, MOST_DRAWS = 100000, NEWTON = 30 };

SignalNowcastOptions signal_nowcast_options(void)
{
    return (SignalNowcastOptions){.max_delay = 15,
                                  .draws = 2000,
                                  .seed = 1,
                                  .level = 0.95,
                                  .drift = 0.25,
                                  .frailty = 8,
                                  .prior = 10};
}

typedef struct {
    gsize n, delays; /* event intervals start … now; max_delay + 1 */
    gint32 start;
    double *known; /* n: reported by now */
    double *with,
        *within;   /* delays: weighted reports with this delay; within it; both observable */
    double *share; /* delays: F(age) of a draw */
    double *rate;  /* n: log rate */
    double *gradient, *diagonal, *below; /* n */
    void *memory;
} Work;

static bool check(const gint32 *events, const gint32 *reports, gsize n, gint32 now,
                  const SignalNowcastOptions *o, gint32 first, gint32 last, GError **error)
{
    if (o->max_delay < 1 || o->max_delay > MOST_DELAY || o->draws < 100 || o->draws > MOST_DRAWS ||
        !(o->level > 0 && o->level < 1) || !(o->drift > 0 && o->drift < 10) || !(o->frailty > 0) ||
        !(o->memory >= 0)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("A setting of the nowcast is out of range: delays from 1 to %d, draws from "
                      "100 to %d, level between 0 and 1, drift, frailty above 0."),
                    (int)MOST_DELAY, (int)MOST_DRAWS);
        return false;
    }
    if (first > last || last > now) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("The nowcast can reach no further than the interval that is “now”."));
        return false;
    }
    for (gsize i = 0; i < n; i++)
        if (reports[i] < events[i]) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                        _("Record %" G_GSIZE_FORMAT
                          " is reported before it happened; correct one of its dates."),
                        i + 1);
            return false;
        }
    return true;
}

static bool work_new(Work *w, gsize n, gsize delays, GError **error)
{
    double *d = w->memory = surge_allocate(5 * n + 3 * delays, sizeof(double), error);
    if (d == NULL)
        return false;
    w->n = n;
    w->delays = delays;
    double **columns[] = {&w->known, &w->rate, &w->gradient, &w->diagonal, &w->below};
    for (gsize c = 0; c < G_N_ELEMENTS(columns); c++, d += n)
        *columns[c] = d;
    w->with = d;
    w->within = d + delays;
    w->share = d + 2 * delays;
    return true;
}

/* The interval in which reporting began: that by which two in a hundred of the known reports had
 * come. -1 before any. `by_report` has room for the intervals start … now. */
static gint32 reporting_start(const gint32 *reports, gsize n, gint32 now, gint32 earliest,
                              double *by_report)
{
    double known = 0, sum = 0;
    for (gsize i = 0; i < n; i++)
        if (reports[i] <= now) {
            by_report[MAX(reports[i], earliest) - earliest]++;
            known++;
        }
    for (gint32 r = earliest; r <= now; r++) {
        sum += by_report[r - earliest];
        if (sum >= 0.02 * known)
            return r;
    }
    return now;
}

/* Counts what is known at `now`; false with a sentence when that is too little.
 *
 * Delays are learnt only from events since reporting began: an event from before
 * had to wait for it, so that its delay tells of the beginning and not of how
 * reports travel. */
static bool gather(Work *w, const gint32 *events, const gint32 *reports, gsize n, gint32 now,
                   const SignalNowcastOptions *o, gint32 first, GError **error)
{
    gint32 earliest = now, delays = (gint32)o->max_delay + 1;
    gsize known = 0, usable = 0;
    for (gsize i = 0; i < n; i++)
        if (reports[i] <= now) {
            known++;
            earliest = MIN(earliest, events[i]);
        }
    gint32 start = MIN(MAX(earliest, now - 20 * delays), first);
    if ((gint64)now - start > SIGNAL_MAX_POINTS) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_LIMIT,
                    _("The nowcast reaches back too far."));
        return false;
    }
    if (!work_new(w, (gsize)(now - start) + 1, (gsize)delays, error))
        return false;
    w->start = start;
    gint32 begun = reporting_start(reports, n, now, start, w->gradient);
    memset(w->gradient, 0, w->n * sizeof(double));
    for (gsize i = 0; i < n; i++) {
        if (reports[i] > now || events[i] < start)
            continue;
        gint32 delay = MIN(reports[i] - events[i], delays - 1), age = now - events[i];
        w->known[events[i] - start]++;
        if (events[i] < begun)
            continue;
        usable++;
        double weight = o->memory > 0 ? exp(-(double)(now - reports[i]) / o->memory) : 1;
        w->with[delay] += weight;
        for (gint32 d = delay; d <= MIN(age, delays - 1); d++)
            w->within[d] += weight;
    }
    if (usable >= LEAST_REPORTS && now - begun >= LEAST_SPAN)
        return true;
    g_set_error(
        error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
        _("The history is too short for a nowcast: %" G_GSIZE_FORMAT
          " reports are known, of which %" G_GSIZE_FORMAT
          " are of events since reporting began, %d intervals ago; at least %d such reports "
          "and %d intervals are needed. Wait, or give more history."),
        known, usable, (int)(now - begun), (int)LEAST_REPORTS, (int)LEAST_SPAN);
    return false;
}

/* F(age) = product of (1 - hazard) over longer delays. Hazards from their Beta posterior
 * (random NULL: its mean); the prior, worth `prior` reports each, is that of delays spread evenly.
 */
static void draw_share(Work *w, const SignalNowcastOptions *o, Random *random)
{
    double share = 1;
    for (gsize d = w->delays; d-- > 0;) {
        w->share[d] = share;
        double prior = o->prior / ((double)d + 1);
        double a = w->with[d] + prior, b = w->within[d] - w->with[d] + o->prior - prior;
        double hazard = random == NULL ? a / (a + b) : random_beta(random, a, fmax(b, 1e-3));
        share *= d > 0 ? 1 - hazard : 1;
    }
}

static double share_of(const Work *w, gsize t)
{
    gsize age = w->n - 1 - t;
    return age < w->delays ? w->share[age] : 1;
}

/* Newton for the log rates under a random walk; leaves the Cholesky factor of the
 * precision (bidiagonal: diagonal, below). Effective information of a day is that
 * of a negative binomial with the frailty. */
static void fit_rate(Work *w, const SignalNowcastOptions *o)
{
    gsize n = w->n;
    double tight = 1 / (o->drift * o->drift), k = o->frailty;
    for (int step = 0; step < NEWTON; step++) {
        for (gsize t = 0; t < n; t++) {
            double m = exp(w->rate[t]) * share_of(w, t), y = w->known[t];
            w->gradient[t] = (y - m) * k / (k + m);
            /* expected information: always positive */
            w->diagonal[t] = m * k / (k + m) + 1e-6;
            w->below[t] = -tight;
        }
        for (gsize t = 0; t + 1 < n; t++) {
            double gap = w->rate[t + 1] - w->rate[t];
            w->gradient[t] += tight * gap;
            w->gradient[t + 1] -= tight * gap;
            w->diagonal[t] += tight;
            w->diagonal[t + 1] += tight;
        }
        for (gsize t = 0; t < n; t++) {
            if (t > 0)
                w->diagonal[t] -= w->below[t - 1] * w->below[t - 1];
            w->diagonal[t] = sqrt(w->diagonal[t]);
            w->below[t] /= w->diagonal[t];
        }
        for (gsize t = 0; t < n; t++) {
            if (t > 0)
                w->gradient[t] -= w->below[t - 1] * w->gradient[t - 1];
            w->gradient[t] /= w->diagonal[t];
        }
        double most = 0;
        for (gsize t = n; t-- > 0;) {
            if (t + 1 < n)
                w->gradient[t] -= w->below[t] * w->gradient[t + 1];
            w->gradient[t] /= w->diagonal[t];
            double move = fmax(-2, fmin(2, w->gradient[t]));
            w->rate[t] = fmax(-20, fmin(25, w->rate[t] + move));
            most = fmax(most, fabs(move));
        }
        if (most < 1e-4)
            return;
    }
}

/* One draw of every final number from `from` on into finals (n - from). */
static void draw_finals(Work *w, const SignalNowcastOptions *o, Random *random, gsize from,
                        double *finals)
{
    draw_share(w, o, random);
    fit_rate(w, o);
    double next = 0;
    for (gsize t = w->n; t-- > from;) {
        double noise = random_normal(random);
        if (t + 1 < w->n)
            noise -= w->below[t] * next;
        next = noise / w->diagonal[t];
        double mean = exp(fmin(w->rate[t] + next, 25)), share = share_of(w, t), k = o->frailty;
        /* Gamma factor of this interval given what is known, then what is still to come. */
        double own = random_gamma(random, k + w->known[t]) / (k / mean + share);
        finals[t - from] = w->known[t] + (double)random_poisson(random, own * (1 - share));
    }
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

bool signal_nowcast(const gint32 *events, const gint32 *reports, gsize n, gint32 now,
                    const SignalNowcastOptions *options, gint32 first, gint32 last,
                    SignalNowcastPoint *points, GError **error)
{
    Work w = {0};
    if (!check(events, reports, n, now, options, first, last, error))
        return false;
    if (!gather(&w, events, reports, n, now, options, first, error)) {
        free(w.memory);
        return false;
    }
    gsize from = (gsize)(first - w.start), width = (gsize)(last - first) + 1,
          draws = options->draws;
    gsize all = w.n - from;
    double *finals = surge_allocate(draws * all, sizeof(double), error);
    double *column = finals != NULL ? surge_allocate(draws, sizeof(double), error) : NULL;
    if (column != NULL) {
        Random random;
        random_start(&random, options->seed, 0);
        double total = 0;
        for (gsize t = 0; t < w.n; t++)
            total += w.known[t];
        for (gsize t = 0; t < w.n; t++)
            w.rate[t] = log(total / (double)w.n + 0.1);
        for (gsize r = 0; r < draws; r++)
            draw_finals(&w, options, &random, from, finals + r * all);
        draw_share(&w, options, NULL);
        for (gsize t = 0; t < width; t++) {
            double sum = 0, tail = (1 - options->level) / 2;
            for (gsize r = 0; r < draws; r++)
                sum += column[r] = finals[r * all + t];
            qsort(column, draws, sizeof(double), compare);
            points[t] = (SignalNowcastPoint){
                .interval = first + (gint32)t,
                .reported = w.known[from + t],
                .median = column[draws / 2],
                .mean = sum / (double)draws,
                .lower = column[(gsize)(tail * (double)draws)],
                .upper = column[MIN((gsize)ceil((1 - tail) * (double)draws), draws) - 1],
                .share = share_of(&w, from + t)};
        }
    }
    bool done = column != NULL;
    free(column);
    free(finals);
    free(w.memory);
    return done;
}
