/* estimate/draw.c: tables and the rarer branches of the variates. */
#include "estimate/draw.h"

#include <glib.h>

/* 128 layers of equal area under exp(-x²/2): the last edge and the area (Doornik 2005). */
static const double LAST_EDGE = 3.442619855899, LAYER_AREA = 9.91256303526217e-3;

static double log_factorial(const Draw *draw, double k)
{
    if (k < DRAW_FACTORIALS)
        return draw->log_factorial[(unsigned)k];
    /* Stirling's series; the next term is below 1e-18 here. */
    double inverse = 1 / (k + 1), square = inverse * inverse;
    return (k + 0.5) * log(k + 1) - (k + 1) + 0.91893853320467274178 +
           inverse * (1.0 / 12 - square * (1.0 / 360 - square / 1260));
}

void draw_start(Draw *draw, uint64_t seed, uint64_t stream)
{
    random_start(&draw->random, seed, stream);
    double f = exp(-0.5 * LAST_EDGE * LAST_EDGE);
    draw->edge[0] = LAYER_AREA / f;
    draw->edge[1] = LAST_EDGE;
    draw->edge[DRAW_LAYERS] = 0;
    for (unsigned i = 2; i < DRAW_LAYERS; i++) {
        double x = sqrt(-2 * log(LAYER_AREA / draw->edge[i - 1] + f));
        draw->edge[i] = x;
        f = exp(-0.5 * x * x);
    }
    for (unsigned i = 0; i < DRAW_LAYERS; i++)
        draw->ratio[i] = draw->edge[i + 1] / draw->edge[i];
    int sign;
    for (unsigned i = 0; i < DRAW_FACTORIALS; i++)
        draw->log_factorial[i] = lgamma_r(i + 1.0, &sign);
    for (unsigned i = 0; i < G_N_ELEMENTS(draw->inverse); i++)
        draw->inverse[i] = 1.0 / (i + 1);
}

double draw_normal_slow(Draw *draw, unsigned layer, double u)
{
    for (;;) {
        if (layer == 0) {
            /* The tail beyond the last edge (Marsaglia 1964). */
            double x, y;
            do {
                x = log(draw_uniform(draw)) / LAST_EDGE;
                y = log(draw_uniform(draw));
            } while (-2 * y < x * x);
            return u < 0 ? x - LAST_EDGE : LAST_EDGE - x;
        }
        double x = u * draw->edge[layer];
        double above = exp(-0.5 * (draw->edge[layer] * draw->edge[layer] - x * x));
        double below = exp(-0.5 * (draw->edge[layer + 1] * draw->edge[layer + 1] - x * x));
        if (below + draw_uniform(draw) * (above - below) < 1)
            return x;
        uint64_t bits = draw_bits(draw);
        layer = bits & (DRAW_LAYERS - 1);
        u = ((double)(int64_t)bits) * 0x1p-63;
        if (fabs(u) < draw->ratio[layer])
            return u * draw->edge[layer];
    }
}

/* log(f(k) / f(mode)) by factorials: the last resort. */
static double log_ratio(const Draw *draw, const DrawHat *hat, double k)
{
    return log_factorial(draw, hat->mode) + log_factorial(draw, hat->n - hat->mode) -
           log_factorial(draw, k) - log_factorial(draw, hat->n - k) +
           (k - hat->mode) * log(hat->p / (1 - hat->p));
}

/* Is height (uniform under the hat) at most f(k) / f(mode)? By factorials while they are in the
 * table; else between two bounds of its logarithm, which leave one in a hundred to them
 * (Hörmann 1993, algorithm BTRD, step 3.2; Kachitvichyanukul and Schmeiser 1988). */
static bool under_curve(const Draw *draw, const DrawHat *hat, double k, double height)
{
    double away = fabs(k - hat->mode);
    double log_height = log(height);
    if (hat->n >= DRAW_FACTORIALS && away > 15 && away < hat->variance / 2 - 1) {
        double slack =
            away / hat->variance * ((away * (away / 3 + 0.625) + 1.0 / 6) / hat->variance + 0.5);
        double middle = -away * away / (2 * hat->variance);
        if (log_height < middle - slack)
            return true;
        if (log_height > middle + slack)
            return false;
    }
    return log_height <= log_ratio(draw, hat, k);
}

/* Likewise by the ratio of neighbours, step by step: exact, and near the mode without a logarithm
 * (Hörmann 1993, BTRD, step 3.1). At most 15 factors below 1e9. */
static bool under_steps(const DrawHat *hat, double k, double height)
{
    double odds = hat->p / (1 - hat->p), up = 1, down = 1;
    double from = k > hat->mode ? hat->mode : k, to = k > hat->mode ? k : hat->mode;
    for (double i = from + 1; i <= to; i++) {
        up *= (hat->n - i + 1) * odds;
        down *= i;
    }
    return k > hat->mode ? height * down <= up : height * up <= down;
}

/* BTRS: a table mountain as hat, squeezed by a rectangle that takes nine draws of ten. */
double draw_binomial_decide(Draw *draw, const DrawHat *hat, double u, double v)
{
    for (;; v = draw_uniform(draw), u = draw_uniform(draw)) {
        double away = u - 0.5, us = 0.5 - fabs(away);
        double k = floor((2 * hat->a / us + hat->b) * away + (hat->n * hat->p + 0.5));
        if (us >= 0.07 && v <= hat->inside)
            return k;
        if (k < 0 || k > hat->n)
            continue;
        double height = v * hat->alpha / (hat->a / (us * us) + hat->b);
        if (fabs(k - hat->mode) <= 15 ? under_steps(hat, k, height)
                                      : under_curve(draw, hat, k, height))
            return k;
    }
}

uint64_t draw_binomial_large(Draw *draw, uint64_t n, double p)
{
    DrawHat hat = {.n = (double)n, .p = p};
    hat.variance = hat.n * p * (1 - p);
    double spread = sqrt(hat.variance);
    hat.b = 1.15 + 2.53 * spread;
    hat.a = -0.0873 + 0.0248 * hat.b + 0.01 * p;
    hat.alpha = (2.83 + 5.1 / hat.b) * spread;
    hat.inside = 0.92 - 4.2 / hat.b;
    hat.mode = floor((hat.n + 1) * p);
    double v = draw_uniform(draw), u = draw_uniform(draw);
    return (uint64_t)draw_binomial_decide(draw, &hat, u, v);
}

uint64_t draw_poisson(Draw *draw, double mean)
{
    if (mean < 10) {
        double u = draw_uniform(draw), term = exp(-mean);
        uint64_t x = 0;
        while (u > term && term > 1e-300) {
            u -= term;
            x++;
            term *= mean / (double)x;
        }
        return x;
    }
    double b = 0.931 + 2.53 * sqrt(mean), a = -0.059 + 0.02483 * b;
    double inside = 0.9277 - 3.6224 / (b - 2), log_mean = log(mean);
    for (;;) {
        double v = draw_uniform(draw), u = draw_uniform(draw) - 0.5;
        double us = 0.5 - fabs(u), k = floor((2 * a / us + b) * u + mean + 0.43);
        if (us >= 0.07 && v <= inside)
            return (uint64_t)k;
        if (k < 0 || (us < 0.013 && v > us))
            continue;
        double alpha = 1.1239 + 1.1328 / (b - 3.4);
        if (log(v * alpha / (a / (us * us) + b)) <= -mean + k * log_mean - log_factorial(draw, k))
            return (uint64_t)k;
    }
}
