#include "signal/crises.h"
#include "base/i18n.h"
#include "signal/dist.h"
#include "signal/regression.h"
#include "signal/series.h"
#include "signal/surge_private.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Fewer events than this, seen and expected, decide nothing. */
static const double LEAST_EVENTS = 10;

SignalCrisesOptions signal_crises_options(guint freq)
{
    return (SignalCrisesOptions){.freq = freq,
                                 .harmonics = 1,
                                 .trend = true,
                                 .nowruz = true,
                                 .n_windows = 3,
                                 .from = {0, 4, 8},
                                 .to = {3, 7, 12},
                                 .around = 26,
                                 .level = 0.95};
}

typedef struct {
    const double *counts;
    const gint32 *starts;
    const gsize *crises;
    gsize n, n_crises, base; /* base: columns before the windows */
    const SignalCrisesOptions *o;
    double z;
    double *x;        /* n · (base + most columns) */
    int *window, *of; /* n: window and crisis of each interval; -1 none */
    double *mean;     /* n: expected without crises, of a model without them */
    double *offset;   /* n: log of what is expected without crises, of the pooled model */
} Study;

static bool check(const double *counts, gsize n, const gsize *crises, gsize n_crises,
                  const SignalCrisesOptions *o, GError **error)
{
    if (n_crises == 0 || n_crises > SIGNAL_MAX_CRISES || o->n_windows == 0 ||
        o->n_windows > SIGNAL_MAX_WINDOWS || o->harmonics > 6 || o->freq == 0 ||
        !(o->level > 0 && o->level < 1)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("From 1 to %d crises and from 1 to %d windows can be studied at once."),
                    (int)SIGNAL_MAX_CRISES, (int)SIGNAL_MAX_WINDOWS);
        return false;
    }
    for (gsize w = 0; w < o->n_windows; w++)
        if (o->to[w] < o->from[w] || (w > 0 && o->from[w] <= o->to[w - 1])) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                        _("Windows must follow one another: %u to %u does not."), o->from[w],
                        o->to[w]);
            return false;
        }
    if (o->to[o->n_windows - 1] >= n) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                    _("The series has %" G_GSIZE_FORMAT " intervals, and the windows reach %u "
                      "intervals past a crisis: a longer series, or shorter windows."),
                    n, o->to[o->n_windows - 1]);
        return false;
    }
    for (gsize i = 0; i < n; i++)
        if (!(counts[i] >= 0 && counts[i] <= 1e12)) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                        _("Interval %" G_GSIZE_FORMAT " of the series holds no count."), i + 1);
            return false;
        }
    double total = 0;
    for (gsize i = 0; i < n; i++)
        total += counts[i];
    if (total == 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                    _("Nothing is counted in the whole series: what follows a crisis cannot be "
                      "told from it."));
        return false;
    }
    for (gsize k = 0; k < n_crises; k++)
        if (crises[k] >= n || (k > 0 && crises[k] <= crises[k - 1])) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                        _("Crisis %" G_GSIZE_FORMAT
                          " lies outside the series, or in the same interval as another one."),
                        k + 1);
            return false;
        }
    return true;
}

/* Marks each interval with its window after the latest crisis. */
static void mark(const Study *s, gsize shift)
{
    for (gsize i = 0; i < s->n; i++)
        s->window[i] = s->of[i] = -1;
    for (gsize k = 0; k < s->n_crises; k++)
        for (gsize w = 0; w < s->o->n_windows; w++)
            for (gsize d = s->o->from[w]; d <= s->o->to[w]; d++) {
                gsize at = s->crises[k] + d;
                if (shift == 0 && at >= s->n)
                    break;
                at = (at + shift) % s->n;
                s->window[at] = (int)w;
                s->of[at] = (int)k;
            }
}

/* Intercept, trend, season, Nowruz. */
static void fill_base(Study *s, gsize columns)
{
    for (gsize i = 0; i < s->n; i++) {
        double *row = s->x + i * columns, t = (double)i;
        gsize c = 0;
        row[c++] = 1;
        if (s->o->trend)
            row[c++] = (t - (double)s->n / 2) / (double)s->o->freq;
        for (guint h = 1; h <= s->o->harmonics; h++) {
            row[c++] = cos(2 * M_PI * h * t / s->o->freq);
            row[c++] = sin(2 * M_PI * h * t / s->o->freq);
        }
        if (s->o->nowruz && s->starts != NULL) {
            gint32 end =
                i + 1 < s->n ? s->starts[i + 1] - 1 : s->starts[i] + (gint32)(365 / s->o->freq) - 1;
            row[c++] = signal_is_nowruz(s->starts[i], MAX(end, s->starts[i]));
        }
    }
}

static gsize base_columns(const Study *s)
{
    return 1 + (gsize)s->o->trend + 2 * s->o->harmonics + (s->o->nowruz && s->starts != NULL);
}

static SignalVerdict verdict_of(const SignalEffect *e)
{
    if (e->observed + e->expected < LEAST_EVENTS || !(e->expected > 0))
        return SIGNAL_CANNOT_TELL;
    if (e->low > 1)
        return SIGNAL_HIGHER;
    if (e->high < 1)
        return SIGNAL_LOWER;
    return e->low > 0.5 && e->high < 2 ? SIGNAL_ALIKE : SIGNAL_CANNOT_TELL;
}

static void add_totals(const Study *s, const double *mean, const double *x, gsize columns, gsize c,
                       double ratio, SignalEffect *e)
{
    for (gsize i = 0; i < s->n; i++)
        if (x[i * columns + c] == 1) {
            e->observed += s->counts[i];
            e->expected += ratio > 0 ? mean[i] / ratio : s->mean[i];
        }
}

/* Effects of the columns from `base` on. A column without any event has ratio 0 and, for its
 * upper end, the mean that gives no event with probability (1 - level) / 2. */
static bool fit_effects(Study *s, gsize columns, SignalEffect *effects, double *ret_theta,
                        double *ret_dispersion, GError **error)
{
    gsize n = s->n, used = s->base, lag = (gsize)(4 * pow((double)n / 100, 2.0 / 9));
    gsize map[SIGNAL_MAX_COLUMNS];
    bool empty[SIGNAL_MAX_COLUMNS] = {false};
    for (gsize c = s->base; c < columns; c++) {
        double sum = 0;
        for (gsize i = 0; i < n; i++)
            sum += s->x[i * columns + c] == 1 ? s->counts[i] : 0;
        empty[c] = sum == 0;
        map[c] = empty[c] ? 0 : used++;
    }
    double *x = surge_allocate(n * used, sizeof(double), error);
    if (x == NULL)
        return false;
    for (gsize i = 0; i < n; i++)
        for (gsize c = 0; c < columns; c++)
            if (c < s->base || !empty[c])
                x[i * used + (c < s->base ? c : map[c])] = s->x[i * columns + c];
    SignalRegression *fit = signal_regression_new(s->counts, x, NULL, n, used, false, error);
    for (gsize c = s->base; fit != NULL && c < columns; c++) {
        SignalEffect *e = &effects[c - s->base];
        *e = (SignalEffect){.p_value = NAN};
        if (empty[c]) {
            add_totals(s, fit->mean, s->x, columns, c, 0, e);
            e->high = e->expected > 1e-6 ? -log((1 - s->o->level) / 2) / e->expected : INFINITY;
        } else {
            double b = fit->beta[map[c]];
            double se = signal_regression_robust_error(fit, s->counts, x, map[c], lag);
            e->ratio = exp(b);
            e->low = exp(b - s->z * se);
            e->high = exp(b + s->z * se);
            e->p_value = 2 * dist_normal_tail(fabs(b) / se);
            add_totals(s, fit->mean, s->x, columns, c, e->ratio, e);
        }
        e->verdict = verdict_of(e);
    }
    if (fit != NULL && ret_theta != NULL) { /* the pooled model: one window column */
        double b = empty[s->base] ? 0 : fit->beta[map[s->base]];
        for (gsize i = 0; i < n; i++)
            s->offset[i] = log(fit->mean[i]) - (s->x[i * columns + s->base] == 1 ? b : 0);
        *ret_theta = fit->theta;
        *ret_dispersion = fit->dispersion;
    }
    free(x);
    bool done = fit != NULL;
    signal_regression_free(fit);
    return done;
}

typedef enum { BY_ALL, BY_WINDOW, BY_CRISIS } Grouping;

static bool fit_grouped(Study *s, Grouping by, gsize groups, SignalEffect *effects,
                        double *ret_theta, double *ret_dispersion, GError **error)
{
    gsize columns = s->base + groups;
    fill_base(s, columns);
    for (gsize i = 0; i < s->n; i++) {
        int group = s->window[i] < 0  ? -1
                    : by == BY_ALL    ? 0
                    : by == BY_WINDOW ? s->window[i]
                                      : s->of[i];
        for (gsize c = 0; c < groups; c++)
            s->x[i * columns + s->base + c] = group == (int)c;
    }
    return fit_effects(s, columns, effects, ret_theta, ret_dispersion, error);
}

/* Expected counts of a model without crises, for the placement test. */
static bool fit_baseline(Study *s, GError **error)
{
    fill_base(s, s->base);
    SignalRegression *fit =
        signal_regression_new(s->counts, s->x, NULL, s->n, s->base, false, error);
    if (fit == NULL)
        return false;
    memcpy(s->mean, fit->mean, s->n * sizeof(double));
    signal_regression_free(fit);
    return true;
}

static double window_ratio(const Study *s)
{
    double observed = 0, expected = 0;
    for (gsize i = 0; i < s->n; i++)
        if (s->window[i] >= 0) {
            observed += s->counts[i];
            expected += s->mean[i];
        }
    return expected > 0 ? observed / expected : 0;
}

static void place(Study *s, SignalCrises *ret)
{
    mark(s, 0);
    double here = window_ratio(s);
    gsize as_high = 1;
    for (gsize shift = 1; shift < s->n; shift++) {
        mark(s, shift);
        as_high += window_ratio(s) >= here * (1 - 1e-12);
    }
    mark(s, 0);
    ret->placements = s->n - 1;
    ret->placement_p = (double)as_high / (double)s->n;
}

/* Weeks around each crisis against its own windows; one level a crisis, trend and season as known.
 */
static bool case_series(Study *s, SignalEffect *e, GError **error)
{
    gsize last = s->o->to[s->o->n_windows - 1], span = 2 * s->o->around + last + 1;
    gsize rows = 0, columns = s->n_crises + 1;
    double *y = surge_allocate(s->n_crises * span * (columns + 2), sizeof(double), error);
    if (y == NULL)
        return false;
    double *offset = y + s->n_crises * span, *x = offset + s->n_crises * span;
    gsize strata = 0;
    double inside = 0, outside = 0;
    for (gsize k = 0; k < s->n_crises; k++) {
        gsize begin = rows;
        double total = 0, own_inside = 0;
        for (gsize j = 0; j < span; j++) {
            gint64 at = (gint64)s->crises[k] - s->o->around + (gint64)j;
            if (at < 0 || at >= (gint64)s->n || (s->of[at] >= 0 && s->of[at] != (int)k))
                continue;
            double *row = x + rows * columns;
            memset(row, 0, columns * sizeof(double));
            row[0] = s->of[at] == (int)k;
            row[1 + strata] = 1;
            offset[rows] = s->offset[at];
            y[rows++] = s->counts[at];
            total += s->counts[at];
            own_inside += row[0] == 1 ? s->counts[at] : 0;
        }
        if (total == 0) {
            rows = begin;
            continue;
        }
        strata++;
        inside += own_inside;
        outside += total - own_inside;
    }
    *e = (SignalEffect){.ratio = NAN,
                        .low = NAN,
                        .high = NAN,
                        .p_value = NAN,
                        .observed = inside,
                        .expected = NAN,
                        .verdict = SIGNAL_CANNOT_TELL};
    SignalRegression *fit = NULL;
    if (strata > 0 && inside > 0 && outside > 0) {
        /* Close the ranks: only the strata that have events. */
        gsize used = strata + 1;
        for (gsize i = 0; i < rows; i++)
            memmove(x + i * used, x + i * columns, used * sizeof(double));
        fit = signal_regression_new(y, x, offset, rows, used, true, NULL);
    }
    if (fit != NULL) {
        double b = fit->beta[0], se = signal_regression_error(fit, 0);
        e->ratio = exp(b);
        e->low = exp(b - s->z * se);
        e->high = exp(b + s->z * se);
        e->p_value = 2 * dist_normal_tail(fabs(b) / se);
        e->expected = inside / e->ratio;
        e->verdict = verdict_of(e);
    }
    signal_regression_free(fit);
    free(y);
    return true;
}

static bool study(Study *s, SignalCrises *ret, GError **error)
{
    mark(s, 0);
    if (!fit_baseline(s, error) ||
        !fit_grouped(s, BY_ALL, 1, &ret->pooled, &ret->theta, &ret->dispersion, error) ||
        !fit_grouped(s, BY_WINDOW, s->o->n_windows, ret->windows, NULL, NULL, error) ||
        !fit_grouped(s, BY_CRISIS, s->n_crises, ret->crises, NULL, NULL, error) ||
        !case_series(s, &ret->case_series, error))
        return false;
    place(s, ret);
    if (ret->pooled.verdict == SIGNAL_HIGHER && ret->placement_p > 0.05) {
        ret->pooled.verdict = SIGNAL_CANNOT_TELL;
        ret->pooled.elsewhere = true;
    }
    return true;
}

bool signal_crises(const double *counts, const gint32 *starts, gsize n, const gsize *crises,
                   gsize n_crises, const SignalCrisesOptions *options, SignalCrises *ret,
                   GError **error)
{
    if (!check(counts, n, crises, n_crises, options, error))
        return false;
    SignalCrisesOptions settled = *options;
    if (n < 2 * (gsize)options->freq) /* a season seen once is no season */
        settled.harmonics = 0, settled.nowruz = false;
    Study s = {.counts = counts,
               .starts = starts,
               .crises = crises,
               .n = n,
               .n_crises = n_crises,
               .o = &settled,
               .z = dist_normal_upper((1 - options->level) / 2)};
    s.base = base_columns(&s);
    gsize most = s.base + MAX(n_crises, (gsize)SIGNAL_MAX_WINDOWS);
    s.x = surge_allocate(n * (most + 2), sizeof(double), error);
    s.window = s.x != NULL ? surge_allocate(2 * n, sizeof(int), error) : NULL;
    bool done = false;
    *ret = (SignalCrises){.n_crises = n_crises, .n_windows = options->n_windows};
    if (s.window != NULL) {
        s.of = s.window + n;
        s.mean = s.x + n * most;
        s.offset = s.mean + n;
        done = study(&s, ret, error);
    }
    free(s.window);
    free(s.x);
    return done;
}

/* ---- words ---- */

char *signal_effect_reason(const SignalEffect *e, const char *name)
{
    g_autofree char *who = g_strdup(name != NULL ? name : _("all crises together"));
    if (isnan(e->ratio) || !isfinite(e->high))
        return g_strdup_printf(_("%s: there are too few events to compare."), who);
    g_autofree char *ratio = i18n_decimal(e->ratio, 2);
    g_autofree char *low = i18n_decimal(e->low, 2);
    g_autofree char *high = i18n_decimal(e->high, 2);
    switch (e->verdict) {
    case SIGNAL_HIGHER:
        return g_strdup_printf(_("%s: %s times as many as expected (from %s to %s)."), who, ratio,
                               low, high);
    case SIGNAL_LOWER:
        return g_strdup_printf(_("%s: fewer than expected, %s times as many (from %s to %s)."), who,
                               ratio, low, high);
    case SIGNAL_ALIKE:
        return g_strdup_printf(_("%s: no clear change, %s times as many (from %s to %s)."), who,
                               ratio, low, high);
    default:
        return g_strdup_printf(
            e->elsewhere ? _("%s: the data cannot tell: %s times as many (from %s to %s), but "
                             "with the crises put elsewhere as high a ratio is nothing unusual.")
                         : _("%s: the data cannot tell: %s times as many, but anything from %s "
                             "to %s fits."),
            who, ratio, low, high);
    }
}

char *signal_crises_placement_reason(const SignalCrises *crises)
{
    g_autofree char *share = i18n_decimal(100 * crises->placement_p, 1);
    g_autofree char *n = i18n_integer((gint64)crises->placements);
    return g_strdup_printf(
        _("Of the %s ways to move the crises along the series, %s%% show as high "
          "a ratio."),
        n, share);
}
