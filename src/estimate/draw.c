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

/* BTRS: a table mountain as hat, squeezed by a rectangle that takes nine draws of ten. */
uint64_t draw_binomial_large(Draw *draw, uint64_t n_whole, double p)
{
    double n = (double)n_whole, q = 1 - p, spread = sqrt(n * p * q);
    double b = 1.15 + 2.53 * spread, a = -0.0873 + 0.0248 * b + 0.01 * p;
    double centre = n * p + 0.5, inside = 0.92 - 4.2 / b;
    double mode = -1, at_mode = 0, log_odds = 0, alpha = 0;
    for (;;) {
        double v = draw_uniform(draw), u = draw_uniform(draw) - 0.5;
        double us = 0.5 - fabs(u), k = floor((2 * a / us + b) * u + centre);
        if (us >= 0.07 && v <= inside)
            return (uint64_t)k;
        if (k < 0 || k > n)
            continue;
        if (mode < 0) {
            alpha = (2.83 + 5.1 / b) * spread;
            log_odds = log(p / q);
            mode = floor((n + 1) * p);
            at_mode = log_factorial(draw, mode) + log_factorial(draw, n - mode);
        }
        v = log(v * alpha / (a / (us * us) + b));
        if (v <=
            at_mode - log_factorial(draw, k) - log_factorial(draw, n - k) + (k - mode) * log_odds)
            return (uint64_t)k;
    }
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
