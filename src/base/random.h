/* base/random.h: seeded random numbers, the same on every machine.
 *
 * xoshiro256** (Blackman and Vigna 2018), seeded by splitmix64. A stream has
 * its own number, so that task k draws the same whatever thread runs it. */
#pragma once
#include <glib.h>
#include <stdint.h>

typedef struct {
    uint64_t s[4];
} Random;

/** The stream's beginning; equal (seed, stream) gives equal numbers. */
void random_start(Random *random, uint64_t seed, uint64_t stream);
uint64_t random_bits(Random *random);
/** Uniform in [0, 1), 53 bits. */
double random_uniform(Random *random);
/** Uniform whole number in [0, below); below > 0; unbiased (Lemire 2019). */
uint64_t random_below(Random *random, uint64_t below);
double random_normal(Random *random);
/** Gamma(shape, 1), shape > 0 (Marsaglia and Tsang 2000). */
double random_gamma(Random *random, double shape);
double random_beta(Random *random, double a, double b);
uint64_t random_poisson(Random *random, double mean);
uint64_t random_binomial(Random *random, uint64_t n, double p);
