/* estimate/draw.h: random variates for the sampler's inner loop.
 *
 * base/random.h answers one variate a call across a library's edge; a Gibbs
 * sweep wants some hundred of them in two microseconds. Here are the same
 * generator (xoshiro256**, on the same state) and the methods that need the
 * fewest logarithms, inlined:
 *
 *   normal     ziggurat, 128 layers (Marsaglia and Tsang 2000; Doornik 2005)
 *   gamma      Marsaglia and Tsang 2000, shape ≥ 1
 *   binomial   inversion below a mean of 10, else BTRS (Hörmann 1993)
 *   Poisson    by inversion below a mean of 10, else PTRS (Hörmann 1993)
 *
 * All are exact. A Draw belongs to one thread. */
#pragma once
#include "base/random.h"
#include <math.h>
#include <stdbool.h>
#include <stdint.h>

enum { DRAW_LAYERS = 128, DRAW_FACTORIALS = 2048 };

typedef struct {
    Random random;
    double edge[DRAW_LAYERS + 1], ratio[DRAW_LAYERS];
    double log_factorial[DRAW_FACTORIALS];
    double inverse[64]; /* 1 / (i + 1) */
} Draw;

/** Starts stream `stream` of `seed` (as random_start) and fills the tables; 20 us. */
void draw_start(Draw *draw, uint64_t seed, uint64_t stream);

/* Rare ways out of the fast paths, out of line. */
double draw_normal_slow(Draw *draw, unsigned layer, double u);
uint64_t draw_binomial_large(Draw *draw, uint64_t n, double p);
/** What BTRS needs for one (n, p): variance n p (1 - p), the hat's b, a and alpha (Hörmann 1993),
 * the largest v of the inner rectangle, the mode floor((n + 1) p). */
typedef struct {
    double n, p, variance, b, a, alpha, inside, mode;
} DrawHat;
/** BTRS for mean ≥ 10, p ≤ 1/2, with its first proposal (u, v uniform) given. */
double draw_binomial_decide(Draw *draw, const DrawHat *hat, double u, double v);
uint64_t draw_poisson(Draw *draw, double mean);

static inline uint64_t draw_bits(Draw *draw)
{
    uint64_t *s = draw->random.s;
    uint64_t x = s[1] * 5, t = s[1] << 17;
    x = ((x << 7) | (x >> 57)) * 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = (s[3] << 45) | (s[3] >> 19);
    return x;
}

/** Uniform in (0, 1): never an end, so that its logarithm is finite. */
static inline double draw_uniform(Draw *draw)
{
    return ((double)(draw_bits(draw) >> 12) + 0.5) * 0x1p-52;
}

static inline double draw_normal(Draw *draw)
{
    uint64_t bits = draw_bits(draw);
    unsigned layer = bits & (DRAW_LAYERS - 1);
    double u = ((double)(int64_t)bits) * 0x1p-63; /* the low bits weigh 1e-16 */
    if (fabs(u) < draw->ratio[layer])
        return u * draw->edge[layer];
    return draw_normal_slow(draw, layer, u);
}

/** Takes log(u) < h, h = x²/2 + d (1 - v + log v), without a logarithm: with y = x / (3 √d) the
 * series of log(1 + y) gives -h ≤ x⁴ / (108 d (1 - |y|)), and u < 1 + h is enough. Hardly anything
 * is left where d is large (Marsaglia and Tsang's 1 - 0.0331 x⁴ leaves a tenth). */
static inline bool draw_gamma_squeeze(double u, double d, double y, double square)
{
    return fabs(y) <= 0.5 && 54 * d * (1 - u) > square * square;
}

static inline double draw_gamma(Draw *draw, double shape)
{
    double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);
    for (;;) {
        double x = draw_normal(draw), y = c * x, v = 1 + y;
        if (v <= 0)
            continue;
        v = v * v * v;
        double u = draw_uniform(draw), square = x * x;
        if (draw_gamma_squeeze(u, d, y, square) || log(u) < 0.5 * square + d * (1 - v + log(v)))
            return d * v;
    }
}

/** Binomial, 0 ≤ p ≤ 1. */
static inline uint64_t draw_binomial(Draw *draw, uint64_t n, double p)
{
    if (n == 0 || p <= 0)
        return 0;
    if (p >= 1)
        return n;
    if (p > 0.5)
        return n - draw_binomial(draw, n, 1 - p);
    double mean = (double)n * p;
    if (mean >= 10)
        return draw_binomial_large(draw, n, p);
    double u = draw_uniform(draw);
    if (u < 1 - mean) /* P(0) = (1 - p)^n is at least this */
        return 0;
    if (n == 1)
        return 1; /* 1 - mean is P(0) itself */
    double q = 1 - p, odds = p / q;
    double term = exp((double)n * log(q));
    uint64_t x = 0;
    while (u > term) {
        u -= term;
        x++;
        if (x > n)
            return n; /* rounding at the far tail */
        double inverse = x <= 64 ? draw->inverse[x - 1] : 1 / (double)x;
        term *= odds * (double)(n - x + 1) * inverse;
        if (term < 1e-300)
            return x;
    }
    return x;
}
