/* `adaptive`: our own detector. README.md says what it was measured against.
 *
 * Where Farrington takes five years and a factor of ten levels for the season,
 * this takes up to HISTORY years and a smooth season of two harmonics: fewer unknowns, more weeks,
 * a steadier mean and variance; and two years are enough to begin. Past outbreaks weigh less by
 * their Anscombe residuals, as there. 0.2 ms a week with eleven years. */
#include "signal/dist.h"
#include "signal/surge_private.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 6, HARMONICS = 2, HISTORY = 11, STEPS = 30 };
typedef struct {
    gsize n;
    double *x, *weight, *mean; /* n · COLUMNS, n, n */
    const double *y;
    double beta[COLUMNS], phi;
    gsize columns;
} Model;

static bool solve_normal(double a[COLUMNS][COLUMNS], double b[COLUMNS], gsize p)
{
    for (gsize j = 0; j < p; j++) {
        double d = a[j][j], own = d;
        for (gsize k = 0; k < j; k++)
            d -= a[j][k] * a[j][k];
        if (!(d > 1e-12 * own))
            return false;
        a[j][j] = d = sqrt(d);
        for (gsize i = j + 1; i < p; i++) {
            double s = a[i][j];
            for (gsize k = 0; k < j; k++)
                s -= a[i][k] * a[j][k];
            a[i][j] = s / d;
        }
    }
    for (gsize i = 0; i < p; i++) {
        for (gsize k = 0; k < i; k++)
            b[i] -= a[i][k] * b[k];
        b[i] /= a[i][i];
    }
    for (gsize i = p; i-- > 0;) {
        for (gsize k = i + 1; k < p; k++)
            b[i] -= a[k][i] * b[k];
        b[i] /= a[i][i];
    }
    return true;
}

/* Weighted quasi-Poisson from the present coefficients. */
static bool fit(Model *m)
{
    gsize p = m->columns;
    for (int step = 0; step < STEPS; step++) {
        double a[COLUMNS][COLUMNS] = {{0}}, b[COLUMNS] = {0}, most = 0;
        for (gsize i = 0; i < m->n; i++) {
            const double *row = m->x + i * COLUMNS;
            double eta = 0;
            for (gsize j = 0; j < p; j++)
                eta += row[j] * m->beta[j];
            double mu = m->mean[i] = exp(fmin(fmax(eta, -30), 30)), w = m->weight[i];
            for (gsize j = 0; j < p; j++) {
                b[j] += w * (m->y[i] - mu) * row[j];
                for (gsize k = 0; k <= j; k++)
                    a[j][k] += w * mu * row[j] * row[k];
            }
        }
        /* A little ridge keeps a season of zeros from running away. */
        for (gsize j = 0; j < p; j++)
            a[j][j] += 1e-3, b[j] -= j > 0 ? 1e-3 * m->beta[j] : 0;
        if (!solve_normal(a, b, p))
            return false;
        for (gsize j = 0; j < p; j++) {
            double move = fmax(-2, fmin(2, b[j]));
            m->beta[j] += move;
            most = fmax(most, fabs(move));
        }
        if (most < 1e-6)
            return true;
    }
    return false;
}

static double pearson(const Model *m)
{
    double sum = 0, total = 0;
    for (gsize i = 0; i < m->n; i++) {
        double r = m->y[i] - m->mean[i];
        sum += m->weight[i] * r * r / m->mean[i];
        total += m->weight[i];
    }
    return fmax(sum / (total - (double)m->columns), 1);
}

static void weigh(Model *m, double threshold)
{
    for (gsize i = 0; i < m->n; i++) {
        double s = 1.5 * (pow(m->y[i], 2.0 / 3) * pow(m->mean[i], -1.0 / 6) - sqrt(m->mean[i])) /
                   sqrt(m->phi);
        m->weight[i] = s > threshold ? threshold * threshold / (s * s) * 0.1 : 1;
    }
}

static void fill_row(double *row, double t, double freq)
{
    row[0] = 1;
    for (int h = 1; h <= HARMONICS; h++) {
        row[2 * h - 1] = cos(2 * M_PI * h * t / freq);
        row[2 * h] = sin(2 * M_PI * h * t / freq);
    }
    row[COLUMNS - 1] = t / freq;
}

static void judge(const SurgeRun *run, const Model *m, SignalPoint *point)
{
    double row[COLUMNS], eta = 0;
    fill_row(row, 0, run->options->freq);
    for (gsize j = 0; j < m->columns; j++)
        eta += row[j] * m->beta[j];
    double mean = exp(fmin(eta, 30));
    point->mean = point->expected = mean;
    point->phi = m->phi;
    point->trend = m->columns == COLUMNS;
    point->upper = dist_nb_upper(run->options->alpha, mean, m->phi);
    point->p_value = dist_nb_tail(point->count, mean, m->phi);
    point->alarm = point->count > point->upper;
    point->score = (point->count - mean) / (point->upper + 1 - mean);
}

static bool judge_week(const SurgeRun *run, Model *m, gsize k, SignalPoint *point)
{
    const SignalSurgeOptions *o = run->options;
    gsize last = k - 1 - o->exclude_recent, most = (gsize)HISTORY * o->freq;
    gsize first = last > most ? last - most : 0;
    m->n = last - first;
    m->y = run->counts + first;
    point->baseline_weeks = (double)m->n;
    double total = 0;
    for (gsize i = 0; i < m->n; i++) {
        fill_row(m->x + i * COLUMNS, (double)(first + i + 1) - (double)k, o->freq);
        m->weight[i] = 1;
        total += m->y[i];
    }
    m->columns = o->trend && m->n >= 3 * (gsize)o->freq ? COLUMNS : COLUMNS - 1;
    memset(m->beta, 0, sizeof m->beta);
    m->beta[0] = log((total + 0.1) / (double)m->n);
    if (!fit(m))
        return false;
    m->phi = pearson(m);
    if (o->reweight)
        for (int round = 0; round < 2; round++) {
            weigh(m, o->weights_threshold);
            if (!fit(m))
                return false;
            m->phi = pearson(m);
        }
    judge(run, m, point);
    return true;
}

bool surge_adaptive(const SurgeRun *run, GError **error)
{
    Model m = {0};
    double *memory = surge_allocate(run->n * (COLUMNS + 2), sizeof(double), error);
    if (memory == NULL)
        return false;
    m.x = memory;
    m.weight = memory + run->n * COLUMNS;
    m.mean = m.weight + run->n;
    for (gsize k = run->first; k <= run->last; k++) {
        SignalPoint *point = &run->points[k - run->first];
        if (!judge_week(run, &m, k, point))
            point->gap = SIGNAL_GAP_NO_FIT;
    }
    free(memory);
    return true;
}
