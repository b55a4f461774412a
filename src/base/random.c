#include "base/random.h"

#include <math.h>

static uint64_t splitmix(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

void random_start(Random *random, uint64_t seed, uint64_t stream)
{
    uint64_t state = seed;
    uint64_t mixed = splitmix(&state) ^ (stream * 0xd1342543de82ef95u);
    for (int i = 0; i < 4; i++)
        random->s[i] = splitmix(&mixed);
}

static uint64_t rotate(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

uint64_t random_bits(Random *random)
{
    uint64_t *s = random->s;
    uint64_t result = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

double random_uniform(Random *random)
{
    return (double)(random_bits(random) >> 11) * 0x1p-53;
}

uint64_t random_below(Random *random, uint64_t below)
{
    g_assert(below > 0);
    __extension__ typedef unsigned __int128 Wide;
    Wide product = (Wide)random_bits(random) * below;
    uint64_t low = (uint64_t)product;
    if (low < below) {
        uint64_t least = (0 - below) % below;
        while (low < least) {
            product = (Wide)random_bits(random) * below;
            low = (uint64_t)product;
        }
    }
    return (uint64_t)(product >> 64);
}

double random_normal(Random *random)
{
    /* Marsaglia's polar method; the second value is dropped, so that a stream's
     * position depends on nothing but the calls made. */
    for (;;) {
        double u = 2 * random_uniform(random) - 1, v = 2 * random_uniform(random) - 1;
        double s = u * u + v * v;
        if (s > 0 && s < 1)
            return u * sqrt(-2 * log(s) / s);
    }
}

double random_gamma(Random *random, double shape)
{
    g_assert(shape > 0);
    if (shape < 1) {
        double u = 1 - random_uniform(random);
        return random_gamma(random, shape + 1) * pow(u, 1 / shape);
    }
    double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);
    for (;;) {
        double x = random_normal(random), v = 1 + c * x;
        if (v <= 0)
            continue;
        v = v * v * v;
        double u = 1 - random_uniform(random);
        if (log(u) < 0.5 * x * x + d - d * v + d * log(v))
            return d * v;
    }
}

double random_beta(Random *random, double a, double b)
{
    double x = random_gamma(random, a), y = random_gamma(random, b);
    return x + y > 0 ? x / (x + y) : (a > b ? 1.0 : 0.0);
}

uint64_t random_binomial(Random *random, uint64_t n, double p)
{
    /* Halving by the beta distribution of order statistics (Devroye 1986, X.4) until few are
     * left to throw one by one. */
    uint64_t successes = 0;
    while (n > 32) {
        uint64_t i = (n + 1) / 2;
        double x = random_beta(random, (double)i, (double)(n + 1 - i));
        if (x <= p) {
            successes += i;
            n -= i;
            p = x < 1 ? (p - x) / (1 - x) : 0;
        } else {
            n = i - 1;
            p = p / x;
        }
    }
    for (uint64_t k = 0; k < n; k++)
        successes += random_uniform(random) < p;
    return successes;
}

uint64_t random_poisson(Random *random, double mean)
{
    g_assert(mean >= 0);
    /* Reduction by gamma waiting times (Ahrens and Dieter 1974), then Knuth's product. */
    uint64_t count = 0;
    while (mean > 24) {
        uint64_t m = (uint64_t)(mean * 7 / 8);
        double waited = random_gamma(random, (double)m);
        if (waited > mean)
            return count + random_binomial(random, m - 1, mean / waited);
        count += m;
        mean -= waited;
    }
    double limit = exp(-mean), product = random_uniform(random);
    while (product > limit) {
        count++;
        product *= random_uniform(random);
    }
    return count;
}
