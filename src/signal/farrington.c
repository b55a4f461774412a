/* Farrington flexible (Noufaily, Enki, Farrington, Garthwaite, Andrews and
 * Charlett 2013, Statistics in Medicine 32) and the original (Farrington,
 * Andrews, Beale and Catchpole 1996), with the numbers of R's `surveillance`.
 *
 * Where R's code does other than the papers, R is followed and the place is
 * marked "as R": who compares must find the same figures. */
#include "base/edtf.h"
#include "base/i18n.h"
#include "signal/dist.h"
#include "signal/glm.h"
#include "signal/surge_private.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>

typedef struct {
    Glm glm;
    double *log_start, *count_power, *saturated; /* of each week of the series */
    double *log_population, *offset;             /* of each week; of each observation */
    guint *block;                                /* of each week: 0 none, else 1 … periods */
    void *memory;
    double phi;
} Fit;

static bool fit_new(Fit *fit, const SurgeRun *run, GError **error)
{
    gsize n = run->n, groups = run->options->periods + 2;
    gsize doubles = 14 * n + 10 * groups + 9 * (n + 1);
    gsize bytes = doubles * sizeof(double) + (n + 2) * sizeof(gsize) + n * sizeof(GlmOdd) +
                  (2 * n + 4) * sizeof(guint);
    double *d = fit->memory = surge_allocate(bytes, 1, error);
    if (d == NULL)
        return false;
    double **columns[] = {&fit->log_start,  &fit->count_power,     &fit->saturated,
                          &fit->glm.time,   &fit->glm.count,       &fit->glm.log_start,
                          &fit->glm.weight, &fit->glm.count_power, &fit->glm.saturated,
                          &fit->glm.mean,   &fit->glm.working,     &fit->glm.residual,
                          &fit->offset,     &fit->log_population};
    for (gsize c = 0; c < G_N_ELEMENTS(columns); c++, d += n)
        *columns[c] = d;
    fit->glm.sums = d;
    fit->glm.level = d + 5 * groups;
    fit->glm.group_weight = d + 7 * groups;
    fit->glm.group_time = d + 8 * groups;
    fit->glm.runs.group_mean = d + 9 * groups;
    d += 10 * groups;
    GlmRuns *runs = &fit->glm.runs;
    double **of_runs[] = {&runs->count,       &runs->moment, &runs->mean,
                          &runs->mean_before, &runs->power,  &runs->power_before,
                          &runs->sum[0],      &runs->sum[1], &runs->sum[2]};
    for (gsize c = 0; c < G_N_ELEMENTS(of_runs); c++, d += n + 1)
        *of_runs[c] = d;
    runs->odd = (GlmOdd *)d;
    fit->glm.run_start = (gsize *)(runs->odd + n);
    fit->glm.run_group = (guint *)(fit->glm.run_start + n + 2);
    fit->block = fit->glm.run_group + n + 2;
    for (gsize i = 0; i < n; i++) {
        double y = run->counts[i];
        fit->log_start[i] = log(y + 0.1);
        fit->count_power[i] = pow(y, 2.0 / 3);
        fit->saturated[i] = (y > 0 ? y * log(y) : 0) - y;
        if (run->options->population != NULL)
            fit->log_population[i] = log(run->options->population[i]);
    }
    return true;
}

/* The same week `years` years before position k, 1-based; 0 or less where there is
 * none. With days: the same date of that year, moved to the nearest day that
 * falls on the same day of the week (weekly series); 29 February becomes 1 March. */
static gint64 reference_of(const SurgeRun *run, gsize k, guint years)
{
    const SignalSurgeOptions *o = run->options;
    if (o->days == NULL || years == 0)
        return (gint64)k - (gint64)years * o->freq;
    int year, month, day;
    gint32 today = o->days[k - 1];
    edtf_day_to_gregorian(today, &year, &month, &day);
    bool leap_day =
        month == 2 && day == 29 && edtf_month_length(CALENDAR_GREGORIAN, year - (int)years, 2) < 29;
    gint32 wanted = leap_day ? edtf_day_from_gregorian(year - (int)years, 3, 1)
                             : edtf_day_from_gregorian(year - (int)years, month, day);
    if (o->freq == 52) {
        /* Sunday is 0: R counts the week from there, and so decides ties. */
        gint32 a = wanted - (edtf_weekday(wanted) % 7 - edtf_weekday(today) % 7);
        gint32 b = a > wanted ? a - 7 : a + 7;
        wanted = abs(a - wanted) > abs(b - wanted) ? b : a;
    }
    gsize low = 0, high = k; /* days ascend */
    while (low < high) {
        gsize middle = (low + high) / 2;
        if (o->days[middle] < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return low < k && o->days[low] == wanted ? (gint64)low + 1 : 0;
}

/* Fills block[] for week k (1-based): the half windows about the same week of
 * earlier years are block `periods`; what lies between two windows is cut into
 * periods - 1 blocks, the first ones longer by one week where it does not
 * divide. A block of no week at all overwrites two, as R. */
static bool mark_blocks(const SurgeRun *run, guint *block, gsize k, gint64 *ret_from,
                        GError **error)
{
    const SignalSurgeOptions *o = run->options;
    gint64 w = o->half_window, p = o->periods, next = (gint64)k;
    *ret_from = MAX(reference_of(run, k, o->years_back) - w, 1);
    for (gint64 i = *ret_from; i <= next; i++)
        block[i] = i < next - w ? 0 : (guint)p;
    for (guint year = 1; year <= o->years_back; year++) {
        gint64 reference = reference_of(run, k, year);
        if (reference - w < 0 && o->method == SIGNAL_FARRINGTON_FLEXIBLE) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                        _("Position %" G_GSIZE_FORMAT " needs the same week of %u years before, "
                          "which the series does not hold: begin the range later or use fewer "
                          "--years-back."),
                        k, year);
            return false;
        }
        for (gint64 j = MAX(reference - w, 1); j <= reference + w; j++)
            block[j] = (guint)p;
        gint64 between = next - 2 * w - 1 - reference;
        if (p > 1 && (between < p - (2 * w + 1) || between < 0)) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                        _("--periods %u is too many for %u intervals a year with a half-window of "
                          "%u: lower --periods or --half-window."),
                        o->periods, o->freq, o->half_window);
            return false;
        }
        gint64 length = p > 1 ? between / (p - 1) : 0, rest = p > 1 ? between % (p - 1) : 0;
        gint64 from = reference + w + 1;
        for (gint64 j = 1; j < p; j++) {
            gint64 span = length + (j <= rest), to = from + span - 1;
            for (gint64 t = MIN(from, to); t <= MAX(from, to); t++)
                block[t] = (guint)j;
            from += span;
        }
        next = reference;
    }
    return true;
}

/* Gathers the observations of week k. */
static bool gather(Fit *fit, const SurgeRun *run, gsize k, GError **error)
{
    const SignalSurgeOptions *o = run->options;
    bool flexible = o->method == SIGNAL_FARRINGTON_FLEXIBLE;
    gint64 from = 1, to = (gint64)k - 1;
    guint *block = fit->block;
    if (!mark_blocks(run, block, k, &from, error))
        return false;
    if (flexible)
        to = MIN(to, (gint64)k - (gint64)o->exclude_recent - 1);
    Glm *glm = &fit->glm;
    gsize n = 0, runs = 0;
    guint before = 0;
    /* The original knows no weeks of this year at all. */
    gint64 end = flexible ? to : reference_of(run, k, 1) + o->half_window;
    double unit = o->days != NULL ? (double)(o->days[1] - o->days[0]) : 1;
    glm->even = o->days == NULL || o->freq == 52;
    glm->offset = o->population != NULL ? fit->offset : NULL;
    for (gint64 i = from; i <= MIN(to, end); i++) {
        guint b = block[i];
        if (b != 0) {
            if (b != before) {
                glm->run_start[runs] = n;
                glm->run_group[runs++] = b;
            }
            glm->time[n] = glm->even ? (double)i - (double)k
                                     : (double)(o->days[i - 1] - o->days[k - 1]) / unit;
            glm->count[n] = run->counts[i - 1];
            glm->log_start[n] = fit->log_start[i - 1];
            glm->count_power[n] = fit->count_power[i - 1];
            fit->offset[n] = fit->log_population[i - 1];
            glm->saturated[n++] = fit->saturated[i - 1];
        }
        before = b;
    }
    glm->run_start[runs] = n;
    glm->n = n;
    glm->n_runs = runs;
    glm->n_groups = o->periods + 1;
    return true;
}

/* Fit, weigh down past outbreaks, fit again. False: no result. */
static bool fit_model(Fit *fit, const SignalSurgeOptions *o, bool trend)
{
    Glm *glm = &fit->glm;
    if (!glm_fit(glm, trend, false))
        return false;
    if (!glm->converged && trend && !glm_fit(glm, trend = false, false))
        return false;
    if (!glm->converged)
        return false;
    fit->phi = fmax(glm_dispersion(glm), 1);
    if (o->reweight) {
        if (!glm_anscombe(glm, fit->phi))
            return false;
        double sum = 0;
        for (gsize i = 0; i < glm->n; i++) {
            double s = glm->residual[i];
            sum += s > o->weights_threshold ? 1 / (s * s) : 1;
        }
        double gamma = (double)glm->n / sum;
        for (gsize i = 0; i < glm->n; i++) {
            double s = glm->residual[i];
            glm->weight[i] = s > o->weights_threshold ? gamma / (s * s) : gamma;
        }
        if (!glm_fit(glm, trend, true))
            return false;
        fit->phi = fmax(glm_dispersion(glm), 1);
    }
    return isfinite(fit->phi);
}

/* The dispersion that R's predict() and summary() see: farringtonFlexible has
 * put the prior weights in the place of the working weights by then. As R. */
static double seen_dispersion(const Fit *fit, const SignalSurgeOptions *o)
{
    return o->method == SIGNAL_FARRINGTON_FLEXIBLE && o->reweight ? glm_prior_dispersion(&fit->glm)
                                                                  : glm_dispersion(&fit->glm);
}

static void bound_delta(SignalPoint *point, const SignalSurgeOptions *o, double mean, double se)
{
    double tau = point->phi + se * se / mean, sd, exponent;
    switch (o->power) {
    case SIGNAL_POWER_NONE:
        sd = sqrt(mean * tau);
        exponent = 1;
        break;
    case SIGNAL_POWER_HALF:
        sd = sqrt(tau / 4);
        exponent = 0.5;
        break;
    default:
        sd = sqrt(4.0 / 9 * cbrt(mean) * tau);
        exponent = 2.0 / 3;
    }
    double centre = pow(mean, exponent);
    double alpha = o->method == SIGNAL_FARRINGTON ? o->alpha / 2 : o->alpha;
    point->upper = pow(centre + dist_normal_upper(alpha) * sd, 1 / exponent);
    point->p_value = dist_normal_tail((pow(point->count, exponent) - centre) / sd);
    point->score = (point->count - mean) / (point->upper - mean);
}

static void bound_nb(SignalPoint *point, const SignalSurgeOptions *o, double eta, double se)
{
    double mean = exp(eta);
    if (o->threshold == SIGNAL_THRESHOLD_MUAN)
        mean = exp(eta + dist_normal_upper(o->alpha) * se);
    if (!isfinite(mean)) {
        point->gap = SIGNAL_GAP_BOUND_INFINITE;
        return;
    }
    point->mean = mean;
    point->upper = dist_nb_upper(o->alpha, mean, point->phi);
    point->p_value = dist_nb_tail(point->count, mean, point->phi);
    /* On the scale of the linear predictor, as R. */
    point->score = (point->count - eta) / (point->upper - eta);
}

static bool enough_cases(const SurgeRun *run, gsize k)
{
    double sum = 0;
    for (gsize i = 0; i < run->options->limit_weeks && i < k; i++)
        sum += run->counts[k - 1 - i];
    return sum >= run->options->limit_cases;
}

static void judge(SignalPoint *point, const SurgeRun *run, gsize k, double eta, double variance,
                  double dispersion)
{
    const SignalSurgeOptions *o = run->options;
    double se = sqrt(dispersion * variance), mean = exp(eta);
    if (o->threshold == SIGNAL_THRESHOLD_DELTA || o->method == SIGNAL_FARRINGTON) {
        mean = fmax(mean, DBL_EPSILON); /* as R's log link */
        bound_delta(point, o, mean, se * mean);
    }
    point->mean = mean;
    if (o->threshold != SIGNAL_THRESHOLD_DELTA && o->method != SIGNAL_FARRINGTON)
        bound_nb(point, o, eta, se);
    if (isnan(point->upper))
        point->gap = SIGNAL_GAP_BOUND_INFINITE;
    else
        point->expected = mean;
    point->alarm = point->score > 1 && point->count != 0;
    if (!enough_cases(run, k)) {
        point->alarm = false;
        /* 0 in the original, as R: there is no bound. */
        point->upper = o->method == SIGNAL_FARRINGTON ? 0 : NAN;
        point->expected = NAN;
        point->gap = SIGNAL_GAP_FEW_CASES;
    }
}

static bool judge_week(Fit *fit, const SurgeRun *run, gsize k, SignalPoint *point, GError **error)
{
    const SignalSurgeOptions *o = run->options;
    if (!gather(fit, run, k, error))
        return false;
    Glm *glm = &fit->glm;
    guint group = o->periods;
    point->baseline_weeks = (double)glm->n;
    if (!fit_model(fit, o, o->trend)) {
        point->gap = SIGNAL_GAP_NO_FIT;
        return true;
    }
    double people = fit->log_population[k - 1]; /* 0 without populations */
    double variance, eta = people + glm_predict(glm, group, 0, &variance),
                     dispersion = seen_dispersion(fit, o);
    if (glm->with_slope) {
        double most = 0, se = sqrt(dispersion / glm->time_spread);
        for (gsize i = 0; i < glm->n; i++)
            most = glm->count[i] > most ? glm->count[i] : most;
        double p = dist_t_two_sided(glm->slope / se, (double)(glm->n - glm->rank));
        /* With --trend-p 1 a trend always counts; a slope of exactly 0 would else hang on
         * the last bit of p. */
        bool significant = p < o->trend_p || o->trend_p >= 1;
        point->trend = o->years_back >= 3 && significant && fmax(exp(eta), DBL_EPSILON) <= most;
        if (!point->trend) {
            if (!fit_model(fit, o, false)) {
                point->gap = SIGNAL_GAP_NO_FIT;
                return true;
            }
            eta = people + glm_predict(glm, group, 0, &variance);
            dispersion = seen_dispersion(fit, o);
        }
    }
    if (o->method == SIGNAL_FARRINGTON)
        dispersion = fit->phi;
    point->phi = fit->phi;
    judge(point, run, k, eta, variance, dispersion);
    return true;
}

bool surge_farrington(const SurgeRun *run, GError **error)
{
    Fit fit = {0};
    if (!fit_new(&fit, run, error))
        return false;
    bool done = true;
    for (gsize k = run->first; done && k <= run->last; k++)
        done = judge_week(&fit, run, k, &run->points[k - run->first], error);
    free(fit.memory);
    return done;
}
