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

/* ---- evidence of this week and the one before ----
 *
 * An outbreak of k standard deviations brings about half of itself in its first week and most of
 * the rest in the second (Noufaily et al. 2013 draw them so). The evidence of a count is its mean
 * likelihood ratio over k = 2 … 8 that one began this week, and CARRY times that one began the
 * week before; after a week that rang by itself it is this week's alone, or what an outbreak
 * leaves behind would ring again. Its p-value is exact: summed over both weeks' negative
 * binomials. The count must lie above the mean. */

enum { SIZES = 7, WIDEST = 20000 };
static const double CARRY = 0.5, FIRST_SHARE = 0.5, SECOND_SHARE = 0.42;

typedef struct {
    gint64 low;       /* the count that stands first in the tables */
    gsize n;          /* counts in the tables */
    double *density;  /* n */
    double *tail;     /* n + 1: P(count >= low + i) */
    double *ratio[2]; /* n * SIZES: likelihood ratios of a first and of a second week */
    double *own;      /* n: mean of ratio[0] over the sizes */
    gsize rings;      /* index from which it rings by itself */
} Week;

/* An outbreak keeps variance / mean, so that the ratio rises with the count. */
static void fill_ratio(double *ratio, const Week *week, double mean, double phi, double share)
{
    bool poisson = phi - 1 < 1e-7; /* size and share of the negative binomial would cancel */
    double deviation = sqrt(mean * phi), size = poisson ? INFINITY : mean / (phi - 1);
    for (int k = 0; k < SIZES; k++) {
        double more = mean + share * (k + 2) * deviation;
        double size_more = poisson ? INFINITY : more / (phi - 1);
        gsize middle = week->n / 2; /* there by densities, then from count to count */
        double x = (double)(week->low + (gint64)middle);
        ratio[middle * SIZES + k] =
            exp(dist_nb_log_density(x, more, size_more) - dist_nb_log_density(x, mean, size));
        for (gsize i = middle; i + 1 < week->n; i++) {
            double y = (double)(week->low + (gint64)i);
            double up = poisson ? more / mean : (size_more + y) / (size + y);
            ratio[(i + 1) * SIZES + k] = fmin(ratio[i * SIZES + k] * up, 1e150);
        }
        for (gsize i = middle; i > 0; i--) {
            double y = (double)(week->low + (gint64)i - 1);
            double up = poisson ? more / mean : (size_more + y) / (size + y);
            ratio[(i - 1) * SIZES + k] = ratio[i * SIZES + k] / up;
        }
    }
}

/* Tables of one week's counts; false where they would be too long. memory: 18 doubles a count. */
static bool fill_week(Week *week, double mean, double phi, double alpha, GArray *memory)
{
    double deviation = sqrt(mean * phi);
    week->low = (gint64)fmax(0, floor(mean - 9 * deviation));
    double high = ceil(mean + 14 * deviation + 30 * phi);
    if (!(high - (double)week->low < WIDEST))
        return false;
    week->n = (gsize)(high - (double)week->low) + 1;
    g_array_set_size(memory, (guint)(week->n * (3 + 2 * SIZES) + 1));
    double *at = (double *)(void *)memory->data;
    week->density = at;
    week->tail = at + week->n;
    week->own = week->tail + week->n + 1;
    week->ratio[0] = week->own + week->n;
    week->ratio[1] = week->ratio[0] + week->n * SIZES;
    week->tail[week->n] = 0;
    for (gsize i = week->n; i-- > 0;) {
        week->density[i] = dist_nb_density((double)(week->low + (gint64)i), mean, phi);
        week->tail[i] = fmin(1, week->tail[i + 1] + week->density[i]);
    }
    fill_ratio(week->ratio[0], week, mean, phi, FIRST_SHARE);
    fill_ratio(week->ratio[1], week, mean, phi, SECOND_SHARE);
    week->rings = week->n;
    for (gsize i = week->n; i-- > 0;) {
        double sum = 0;
        for (int k = 0; k < SIZES; k++)
            sum += week->ratio[0][i * SIZES + k];
        week->own[i] = sum / SIZES;
        if (week->tail[i] <= alpha)
            week->rings = i;
    }
    return true;
}

static double evidence(const Week *before, gsize x, const Week *now, gsize y)
{
    if (x >= before->rings)
        return now->own[y];
    double sum = 0;
    for (int k = 0; k < SIZES; k++)
        sum += before->ratio[0][x * SIZES + k] * now->ratio[1][y * SIZES + k];
    return now->own[y] + CARRY * sum / SIZES;
}

/* P(evidence as strong as `strength`, this week's count at `least` or above). The more the week
 * before had, the less this one needs, up to where it rang by itself. */
static double chance(const Week *before, const Week *now, double strength, gsize least)
{
    double sum = 0;
    gsize need = now->n;
    for (gsize x = 0; x < before->n; x++) {
        if (x == before->rings)
            need = now->n;
        while (need > least && evidence(before, x, now, need - 1) >= strength)
            need--;
        sum += before->density[x] * now->tail[need];
    }
    return fmin(sum, 1);
}

static gsize index_of(const Week *week, double count)
{
    return (gsize)fmin(fmax(count - (double)week->low, 0), (double)(week->n - 1));
}

typedef struct {
    GArray *before, *now; /* of double: room for the tables */
} Room;

/* p-value and bound from both weeks; false where the tables would be too long. */
static bool judge_two(const SurgeRun *run, SignalPoint *point, double count_before,
                      double mean_before, const Room *room)
{
    Week before, now;
    double alpha = run->options->alpha, phi = point->phi;
    if (!fill_week(&before, mean_before, phi, alpha, room->before) ||
        !fill_week(&now, point->mean, phi, alpha, room->now))
        return false;
    gsize x = index_of(&before, count_before), y = index_of(&now, point->count);
    gsize least = index_of(&now, floor(point->mean) + 1);
    gsize low = least, high = now.n; /* the first count whose evidence is rare enough */
    while (low < high) {
        gsize middle = (low + high) / 2;
        if (chance(&before, &now, evidence(&before, x, &now, middle), least) <= alpha)
            high = middle;
        else
            low = middle + 1;
    }
    point->upper = (double)now.low + (double)low - 1;
    point->p_value =
        y < least ? now.tail[y] : chance(&before, &now, evidence(&before, x, &now, y), least);
    if (point->count > (double)now.low + (double)now.n - 1)
        point->p_value = fmin(point->p_value, dist_nb_tail(point->count, point->mean, phi));
    return true;
}

static double mean_at(const SurgeRun *run, const Model *m, double t)
{
    double row[COLUMNS], eta = 0;
    fill_row(row, t, run->options->freq);
    for (gsize j = 0; j < m->columns; j++)
        eta += row[j] * m->beta[j];
    return exp(fmin(eta, 30));
}

static void judge(const SurgeRun *run, const Model *m, gsize k, SignalPoint *point,
                  const Room *room)
{
    double mean = mean_at(run, m, 0);
    point->mean = point->expected = mean;
    point->phi = m->phi;
    point->trend = m->columns == COLUMNS;
    if (!(mean > 1e-8) || !judge_two(run, point, run->counts[k - 2], mean_at(run, m, -1), room)) {
        point->upper = dist_nb_upper(run->options->alpha, mean, m->phi);
        point->p_value = dist_nb_tail(point->count, mean, m->phi);
    }
    point->alarm = point->count > point->upper;
    point->score = (point->count - mean) / (point->upper + 1 - mean);
}

static bool judge_week(const SurgeRun *run, Model *m, gsize k, SignalPoint *point, const Room *room)
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
    judge(run, m, k, point, room);
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
    const Room room = {g_array_new(FALSE, FALSE, sizeof(double)),
                       g_array_new(FALSE, FALSE, sizeof(double))};
    for (gsize k = run->first; k <= run->last; k++) {
        SignalPoint *point = &run->points[k - run->first];
        if (!judge_week(run, &m, k, point, &room))
            point->gap = SIGNAL_GAP_NO_FIT;
    }
    g_array_unref(room.before);
    g_array_unref(room.now);
    free(memory);
    return true;
}
