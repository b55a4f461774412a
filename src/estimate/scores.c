/* estimate/scores.c: scores of forecasts; the header names the sources. */
#include "estimate/scores.h"

#include "base/i18n.h"
#include "estimate/diagnostics.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const NAMES[SCORE_N] = {"auc",  "brier",     "log-score", "aupr",
                                           "crps", "ignorance", "interval"};
/* A forecast of 0 that comes true scores as this, not infinity (as scikit-learn bounds it). */
static const double SMALLEST_PROBABILITY = 1e-15;
static const double Z95 = 1.959963984540054;
static const double VIEWS_EDGES[] = {0.5, 2.5, 5.5, 10.5, 25.5, 50.5, 100.5, 250.5, 500.5, 1000.5};

bool score_parse_metric(const char *name, ScoreMetric *ret_metric, GError **error)
{
    for (int metric = 0; metric < SCORE_N; metric++)
        if (strcmp(NAMES[metric], name) == 0) {
            *ret_metric = (ScoreMetric)metric;
            return true;
        }
    g_autoptr(GString) known = g_string_new(NULL);
    for (int metric = 0; metric < SCORE_N; metric++)
        g_string_append_printf(known, "%s%s", metric == 0 ? "" : ", ", NAMES[metric]);
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                _("There is no score “%s”; the scores are: %s."), name, known->str);
    return false;
}

const char *score_metric_name(ScoreMetric metric)
{
    return NAMES[metric];
}

bool score_is_of_probability(ScoreMetric metric)
{
    return metric <= SCORE_AUPR;
}

typedef struct {
    double value;
    bool event;
} Ranked;

static int ascending(const void *a, const void *b)
{
    double x = ((const Ranked *)a)->value, y = ((const Ranked *)b)->value;
    return (x > y) - (x < y);
}

static bool no_memory(GError **error)
{
    g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_MEMORY,
                        _("There is not enough memory for the scores."));
    return false;
}

static bool data_error(GError **error, const char *sentence)
{
    g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA, sentence);
    return false;
}

/* Each forecast's placement among the other outcome's: the mean is the area, the variances over
 * events and over the rest give DeLong's standard error. `sorted` ascends. */
static void area(gsize n, const Ranked *sorted, gsize n_events, Score *score)
{
    double m = (double)n_events, k = (double)(n - n_events);
    double events_below = 0, others_below = 0;
    double sum = 0, squares_events = 0, squares_others = 0;
    for (gsize i = 0; i < n;) {
        gsize end = i;
        double events = 0, others = 0;
        while (end < n && sorted[end].value == sorted[i].value) {
            events += sorted[end].event;
            others += !sorted[end].event;
            end++;
        }
        double placed_event = (others_below + 0.5 * others) / k;
        double placed_other = (m - events_below - 0.5 * events) / m;
        sum += events * placed_event;
        squares_events += events * placed_event * placed_event;
        squares_others += others * placed_other * placed_other;
        events_below += events;
        others_below += others;
        i = end;
    }
    double auc = sum / m;
    double variance = 0;
    if (m > 1)
        variance += (squares_events / m - auc * auc) / (m - 1);
    if (k > 1)
        variance += (squares_others / k - auc * auc) / (k - 1);
    score->value = auc;
    double error = sqrt(fmax(0, variance));
    score->lower = fmax(0, auc - Z95 * error);
    score->upper = fmin(1, auc + Z95 * error);
}

/* Precision at each threshold, weighed by the recall it adds. */
static double average_precision(gsize n, const Ranked *sorted, gsize n_events)
{
    double found = 0, taken = 0, sum = 0;
    for (gsize i = n; i > 0;) {
        gsize end = i;
        double events = 0;
        while (i > 0 && sorted[i - 1].value == sorted[end - 1].value)
            events += sorted[--i].event;
        found += events;
        taken += (double)(end - i);
        sum += events * found / taken;
    }
    return sum / (double)n_events;
}

static bool check_outcomes(gsize n, const double *probabilities, const double *outcomes,
                           gsize *ret_events, GError **error)
{
    gsize events = 0;
    if (n == 0)
        return data_error(error, _("There is nothing to score: no forecast has an outcome yet."));
    for (gsize i = 0; i < n; i++) {
        if (!(probabilities[i] >= 0 && probabilities[i] <= 1))
            return data_error(error, _("A forecast lies outside 0 … 1: it is no probability."));
        if (outcomes[i] != 0 && outcomes[i] != 1)
            return data_error(error, _("An outcome is neither 0 nor 1."));
        events += outcomes[i] == 1;
    }
    *ret_events = events;
    return true;
}

bool score_probabilities(ScoreMetric metric, gsize n, const double *probabilities,
                         const double *outcomes, Score *ret_score, GError **error)
{
    Score score = {.n = n, .lower = NAN, .upper = NAN};
    if (!score_is_of_probability(metric)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("The score “%s” needs samples of a count, not one probability."),
                    NAMES[metric]);
        return false;
    }
    if (!check_outcomes(n, probabilities, outcomes, &score.n_events, error))
        return false;
    double sum = 0;
    if (metric == SCORE_BRIER || metric == SCORE_LOG) {
        for (gsize i = 0; i < n; i++) {
            double q = CLAMP(probabilities[i], SMALLEST_PROBABILITY, 1 - SMALLEST_PROBABILITY);
            double away = probabilities[i] - outcomes[i];
            sum += metric == SCORE_BRIER ? away * away : -log(outcomes[i] == 1 ? q : 1 - q);
        }
        score.value = sum / (double)n;
        *ret_score = score;
        return true;
    }
    if (score.n_events == 0 || score.n_events == n)
        return data_error(error, _("Only one of the two outcomes has happened: how well they are "
                                   "told apart cannot be scored."));
    Ranked *sorted = malloc(n * sizeof *sorted);
    if (sorted == NULL)
        return no_memory(error);
    for (gsize i = 0; i < n; i++)
        sorted[i] = (Ranked){probabilities[i], outcomes[i] == 1};
    qsort(sorted, n, sizeof *sorted, ascending);
    if (metric == SCORE_AUC)
        area(n, sorted, score.n_events, &score);
    else
        score.value = average_precision(n, sorted, score.n_events);
    free(sorted);
    *ret_score = score;
    return true;
}

static gsize views_bin(double count)
{
    gsize bin = 0;
    while (bin < G_N_ELEMENTS(VIEWS_EDGES) && count >= VIEWS_EDGES[bin])
        bin++;
    return bin;
}

/* mean |X - y| - mean |X - X'| / 2, the latter from the order statistics. */
static double crps(gsize n, const double *sorted, double outcome)
{
    double away = 0, spread = 0, size = (double)n;
    for (gsize i = 0; i < n; i++) {
        away += fabs(sorted[i] - outcome) / size;
        spread += (2 * ((double)i + 1) - size - 1) * sorted[i];
    }
    return away - spread / (size * size);
}

static double ignorance(gsize n, const double *samples, double outcome)
{
    gsize bin = views_bin(outcome), count = 1;
    for (gsize i = 0; i < n; i++)
        count += views_bin(samples[i]) == bin;
    return -log2((double)count / (double)(n + G_N_ELEMENTS(VIEWS_EDGES) + 1));
}

static double interval_score(gsize n, const double *sorted, double outcome)
{
    const double alpha = 0.05;
    double lower = estimate_quantile(n, sorted, alpha / 2);
    double upper = estimate_quantile(n, sorted, 1 - alpha / 2);
    return upper - lower + 2 / alpha * (fmax(0, lower - outcome) + fmax(0, outcome - upper));
}

bool score_samples(ScoreMetric metric, gsize n, gsize n_samples, const double *samples,
                   const double *outcomes, Score *ret_score, GError **error)
{
    if (score_is_of_probability(metric)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("The score “%s” needs probabilities of an event, not samples of a count."),
                    NAMES[metric]);
        return false;
    }
    if (n == 0 || n_samples == 0)
        return data_error(error, _("There is nothing to score: no forecast has an outcome yet."));
    for (gsize i = 0; i < n * n_samples; i++)
        if (!isfinite(samples[i]) || samples[i] < 0)
            return data_error(error, _("A sample is no count of 0 or more."));
    double *sorted = malloc(n_samples * sizeof *sorted), sum = 0;
    if (sorted == NULL)
        return no_memory(error);
    for (gsize i = 0; i < n; i++) {
        if (!isfinite(outcomes[i]) || outcomes[i] < 0) {
            free(sorted);
            return data_error(error, _("An outcome is no count of 0 or more."));
        }
        memcpy(sorted, samples + i * n_samples, n_samples * sizeof *sorted);
        estimate_sort(n_samples, sorted);
        if (metric == SCORE_CRPS)
            sum += crps(n_samples, sorted, outcomes[i]);
        else if (metric == SCORE_IGNORANCE)
            sum += ignorance(n_samples, sorted, outcomes[i]);
        else
            sum += interval_score(n_samples, sorted, outcomes[i]);
    }
    free(sorted);
    *ret_score = (Score){.value = sum / (double)n, .lower = NAN, .upper = NAN, .n = n};
    return true;
}

void score_share_interval(double k, double n, double *ret_lower, double *ret_upper)
{
    double share = k / n, z2 = Z95 * Z95;
    double centre = (share + z2 / (2 * n)) / (1 + z2 / n);
    double half = Z95 / (1 + z2 / n) * sqrt(share * (1 - share) / n + z2 / (4 * n * n));
    *ret_lower = fmax(0, centre - half);
    *ret_upper = fmin(1, centre + half);
}

gsize score_reliability(gsize n, const double *probabilities, const double *outcomes, gsize n_bins,
                        double *ret_forecast, double *ret_observed, double *ret_count)
{
    Ranked *sorted = malloc(MAX(n, 1) * sizeof *sorted);
    if (sorted == NULL)
        return 0;
    for (gsize i = 0; i < n; i++)
        sorted[i] = (Ranked){probabilities[i], outcomes[i] == 1};
    qsort(sorted, n, sizeof *sorted, ascending);
    gsize bins = MIN(n, n_bins);
    for (gsize bin = 0; bin < bins; bin++) {
        gsize begin = bin * n / bins, end = (bin + 1) * n / bins;
        double forecast = 0, events = 0, count = (double)(end - begin);
        for (gsize i = begin; i < end; i++) {
            forecast += sorted[i].value;
            events += sorted[i].event;
        }
        ret_forecast[bin] = forecast / count;
        ret_observed[bin] = events / count;
        ret_count[bin] = count;
    }
    free(sorted);
    return bins;
}
