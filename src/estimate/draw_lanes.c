/* estimate/draw_lanes.c: four binomials side by side. */
#include "estimate/draw_lanes.h"

#include <glib.h>

/* Compiled for wider vectors too, and chosen when the program starts; the bytes are the same. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) &&                             \
    !defined(__SANITIZE_ADDRESS__)
#define WIDE __attribute__((target_clones("avx2", "default")))
#else
#define WIDE
#endif

typedef int64_t Mask __attribute__((vector_size(32), aligned(8)));

static const double LARGE = 18;
enum { LONGEST = 64 }; /* inversion: beyond it lies less than 1e-15 when the mean is below 18 */

void draw_lanes_start(DrawLanes *lanes, uint64_t seed, uint64_t stream)
{
    for (unsigned k = 0; k < DRAW_LANES; k++) {
        Random random;
        random_start(&random, seed ^ 0x9e3779b97f4a7c15u, DRAW_LANES * stream + k);
        for (unsigned word = 0; word < 4; word++)
            lanes->state[word][k] = random.s[word];
    }
}

/* Vectors are passed by name, not by value: how wide they travel depends on the machine. */
#define ALL(x)             (x)[0], (x)[1], (x)[2], (x)[3]
#define ANY(mask)          (((mask)[0] | (mask)[1]) | ((mask)[2] | (mask)[3]))
#define CHOOSE(mask, a, b) ((DrawReals)(((mask) & (Mask)(a)) | (~(mask) & (Mask)(b))))
#define SPLAT(x)           ((DrawReals){(x), (x), (x), (x)})

/* xoshiro256** in every lane; uniforms in (0, 1) of 52 bits. */
#define NEXT_UNIFORM(s, result)                                                                    \
    do {                                                                                           \
        DrawBits x_ = (s[1] << 2) + s[1], t_ = s[1] << 17;                                         \
        x_ = (x_ << 7) | (x_ >> 57);                                                               \
        x_ = (x_ << 3) + x_;                                                                       \
        s[2] ^= s[0];                                                                              \
        s[3] ^= s[1];                                                                              \
        s[1] ^= s[2];                                                                              \
        s[0] ^= s[3];                                                                              \
        s[2] ^= t_;                                                                                \
        s[3] = (s[3] << 45) | (s[3] >> 19);                                                        \
        result = (DrawReals)((x_ >> 12) | 0x3ff0000000000000u) - (1 - 0x1p-53);                    \
    } while (0)

/* The proposal (u, v) of BTRS that the squeeze did not take, decided in full; see draw.c. */
static double finish_large(Draw *draw, double n, double p, double u, double v)
{
    return (double)draw_binomial_decide(draw, (uint64_t)n, p, u, v);
}

WIDE void draw_split_cells(DrawLanes *lanes, Draw *draw, gsize n_cells, const double *left,
                           const double *here, const double *after, double *further)
{
    DrawBits s[4] = {ALL(lanes->state)};
    const DrawReals zero = SPLAT(0.0), one = SPLAT(1.0), half = SPLAT(0.5);
    const DrawReals absolute = (DrawReals)(DrawBits){INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX};
    for (gsize m = 0; m < n_cells; m += DRAW_LANES) {
        DrawReals n = *(const DrawReals *)(left + m), all = *(const DrawReals *)(here + m);
        DrawReals later = *(const DrawReals *)(after + m);
        Mask occupied = n > zero;
        if (!ANY(occupied)) {
            *(DrawReals *)(further + m) = zero;
            continue;
        }
        /* The rarer way is drawn: p ≤ 1/2 is the chance of it. */
        DrawReals share = later / CHOOSE(all > zero, all, one);
        share = CHOOSE(all > zero, share, one);
        Mask turned = share > half;
        DrawReals p = CHOOSE(turned, one - share, share);
        DrawReals q = one - p, mean = n * p, u, count = zero;
        NEXT_UNIFORM(s, u);
        Mask large = mean >= SPLAT(LARGE);
        Mask inverted = (u >= one - mean) & ~large & occupied;
        if (ANY(inverted)) {
            /* (1 - p)^n by squaring, then the distribution from 0 upward. */
            DrawReals power = one, base = q;
            /* The count as a whole number: the low bits of 2^52 + n. */
            DrawBits whole = (DrawBits)(CHOOSE(large, zero, n) + 0x1p52) & 0xfffffffffffffu;
            uint64_t bits = ANY(whole);
            for (; bits != 0; bits >>= 1) {
                Mask odd = (Mask)(-(whole & 1));
                power = CHOOSE(odd, power * base, power);
                base *= base;
                whole >>= 1;
            }
            /* Four steps between looks, each from the same term, so that they wait for one product
             * and not for each other; a step too many changes nothing. */
            DrawReals odds = p / q, term = power, sum = zero, room = n;
            Mask steps = {0};
            for (int x = 0; x < LONGEST; x += 4) {
                const double *inverse = draw->inverse + x;
                DrawReals f1 = odds * room * inverse[0], f2 = odds * (room - 1.0) * inverse[1];
                DrawReals f3 = odds * (room - 2.0) * inverse[2];
                DrawReals f4 = odds * (room - 3.0) * inverse[3];
                DrawReals f12 = f1 * f2, t1 = term * f1, t2 = term * f12, t3 = term * (f12 * f3);
                DrawReals s1 = term + t1, s2 = s1 + t2, s3 = s2 + t3;
                steps -= (u > sum + term);
                steps -= (u > sum + s1);
                steps -= (u > sum + s2);
                sum += s3;
                Mask beyond = (u > sum) & inverted;
                steps -= beyond;
                term *= f12 * (f3 * f4);
                room -= 4.0;
                if (!ANY(beyond))
                    break;
            }
            /* A whole number below 2^52 becomes a double by its bits. */
            count = (DrawReals)((DrawBits)steps | 0x4330000000000000u) - 0x1p52;
            count = CHOOSE(inverted, count, zero);
            count = CHOOSE(count > n, n, count);
        }
        if (ANY(large)) {
            DrawReals v, spread2 = n * p * q, spread = zero;
            NEXT_UNIFORM(s, v);
            for (int k = 0; k < DRAW_LANES; k++)
                spread[k] = sqrt(spread2[k]);
            DrawReals b = 1.15 + 2.53 * spread, a = -0.0873 + 0.0248 * b + 0.01 * p;
            DrawReals away = u - half, us = half - (DrawReals)((Mask)away & (Mask)absolute);
            DrawReals k = (2.0 * a / us + b) * away + (mean + half);
            /* The floor, by rounding to whole and stepping back. */
            const double shift = 0x1.8p52;
            DrawReals rounded = (k + shift) - shift;
            rounded -= CHOOSE(rounded > k, one, zero);
            Mask taken = (us >= SPLAT(0.07)) & (v <= 0.92 - 4.2 / b);
            for (int lane = 0; lane < DRAW_LANES; lane++)
                if (large[lane] && !taken[lane])
                    rounded[lane] = finish_large(draw, n[lane], p[lane], u[lane], v[lane]);
            count = CHOOSE(large, rounded, count);
        }
        *(DrawReals *)(further + m) = CHOOSE(turned, n - count, count);
    }
    for (unsigned word = 0; word < 4; word++)
        lanes->state[word] = s[word];
}
