/* estimate/draw_lanes.c: four binomials, or four gammas, side by side. */
#include "estimate/draw_lanes.h"

#include <glib.h>

#define WIDE DRAW_WIDE

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

/* xoshiro256** in every lane. */
#define NEXT_BITS(s, result)                                                                       \
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
        result = x_;                                                                               \
    } while (0)

/* Uniforms in (0, 1) of 52 bits. */
#define NEXT_UNIFORM(s, result)                                                                    \
    do {                                                                                           \
        DrawBits y_;                                                                               \
        NEXT_BITS(s, y_);                                                                          \
        result = (DrawReals)((y_ >> 12) | 0x3ff0000000000000u) - (1 - 0x1p-53);                    \
    } while (0)

/* The largest whole number not above x, by rounding to whole and stepping back. */
#define FLOOR(x, result)                                                                           \
    do {                                                                                           \
        const double shift_ = 0x1.8p52;                                                            \
        result = ((x) + shift_) - shift_;                                                          \
        result -= CHOOSE(result > (x), one, zero);                                                 \
    } while (0)

/* Two vectors go side by side, so that neither waits for its own products: PAIR does a thing to
 * each. */
enum { PAIRED = 2 };
#define PAIR _Pragma("GCC unroll 2") for (int h = 0; h < PAIRED; h++)

/* (1 - p)^n by squaring, all lanes. The count as a whole number: the low bits of 2^52 + n. */
#define POWER(power, q, n)                                                                         \
    do {                                                                                           \
        DrawReals base_[PAIRED];                                                                   \
        DrawBits whole_[PAIRED], all_ = {0};                                                       \
        PAIR                                                                                       \
        {                                                                                          \
            base_[h] = (q)[h];                                                                     \
            (power)[h] = one;                                                                      \
            whole_[h] = (DrawBits)((n)[h] + 0x1p52) & 0xfffffffffffffu;                            \
            all_ |= whole_[h];                                                                     \
        }                                                                                          \
        for (uint64_t bits_ = ANY(all_); bits_ != 0; bits_ >>= 1)                                  \
            PAIR                                                                                   \
            {                                                                                      \
                Mask odd_ = (Mask)(-(whole_[h] & 1));                                              \
                (power)[h] *= CHOOSE(odd_, base_[h], one);                                         \
                base_[h] *= base_[h];                                                              \
                whole_[h] >>= 1;                                                                   \
            }                                                                                      \
    } while (0)

WIDE void draw_split_cells(DrawLanes *lanes, Draw *draw, gsize n_cells, const double *left,
                           const double *here, const double *after, double *further)
{
    DrawBits s[4] = {ALL(lanes->state)};
    const DrawReals zero = SPLAT(0.0), one = SPLAT(1.0), half = SPLAT(0.5);
    const DrawReals absolute = (DrawReals)(DrawBits){INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX};
    for (gsize m = 0; m < n_cells; m += PAIRED * DRAW_LANES) {
        DrawReals n[PAIRED], p[PAIRED], q[PAIRED], mean[PAIRED], u[PAIRED], count[PAIRED];
        Mask occupied[PAIRED], turned[PAIRED], large[PAIRED], inverted[PAIRED];
        const gsize at[PAIRED] = {m, m + DRAW_LANES};
        PAIR
        {
            n[h] = *(const DrawReals *)(left + at[h]);
            occupied[h] = n[h] > zero;
        }
        Mask some = occupied[0] | occupied[1];
        if (!ANY(some)) {
            PAIR *(DrawReals *)(further + at[h]) = zero;
            continue;
        }
        PAIR
        {
            DrawReals all = *(const DrawReals *)(here + at[h]);
            DrawReals later = *(const DrawReals *)(after + at[h]);
            /* The rarer way is drawn: p ≤ 1/2 is the chance of it. */
            DrawReals share = later / CHOOSE(all > zero, all, one);
            share = CHOOSE(all > zero, share, one);
            turned[h] = share > half;
            p[h] = CHOOSE(turned[h], one - share, share);
            q[h] = one - p[h];
            mean[h] = n[h] * p[h];
            count[h] = zero;
            NEXT_UNIFORM(s, u[h]);
            large[h] = mean[h] >= SPLAT(LARGE);
            inverted[h] = (u[h] >= one - mean[h]) & ~large[h] & occupied[h];
        }
        Mask any_inverted = inverted[0] | inverted[1];
        if (ANY(any_inverted)) {
            /* The distribution from 0 upward. Four steps between looks, each from the same term, so
             * that they wait for one product and not for each other; a step too many changes
             * nothing. */
            DrawReals room[PAIRED], term[PAIRED], odds[PAIRED], sum[PAIRED];
            Mask steps[PAIRED];
            PAIR
            {
                room[h] = CHOOSE(inverted[h], n[h], zero);
                odds[h] = p[h] / q[h];
                sum[h] = zero;
                steps[h] = (Mask){0};
            }
            POWER(term, q, room);
            for (int x = 0; x < LONGEST; x += 4) {
                const double *inverse = draw->inverse + x;
                Mask go_on = {0};
                PAIR
                {
                    DrawReals f1 = odds[h] * room[h] * inverse[0];
                    DrawReals f2 = odds[h] * (room[h] - 1.0) * inverse[1];
                    DrawReals f3 = odds[h] * (room[h] - 2.0) * inverse[2];
                    DrawReals f4 = odds[h] * (room[h] - 3.0) * inverse[3];
                    DrawReals f12 = f1 * f2, t1 = term[h] * f1, t2 = term[h] * f12;
                    DrawReals t3 = term[h] * (f12 * f3);
                    DrawReals s1 = term[h] + t1, s2 = s1 + t2, s3 = s2 + t3;
                    steps[h] -= (u[h] > sum[h] + term[h]);
                    steps[h] -= (u[h] > sum[h] + s1);
                    steps[h] -= (u[h] > sum[h] + s2);
                    sum[h] += s3;
                    Mask beyond = (u[h] > sum[h]) & inverted[h];
                    steps[h] -= beyond;
                    term[h] *= f12 * (f3 * f4);
                    room[h] -= 4.0;
                    go_on |= beyond;
                }
                if (!ANY(go_on))
                    break;
            }
            PAIR
            {
                /* A whole number below 2^52 becomes a double by its bits. */
                count[h] = (DrawReals)((DrawBits)steps[h] | 0x4330000000000000u) - 0x1p52;
                count[h] = CHOOSE(inverted[h], count[h], zero);
                count[h] = CHOOSE(count[h] > n[h], n[h], count[h]);
            }
        }
        Mask any_large = large[0] | large[1];
        if (ANY(any_large))
            PAIR
            {
                if (!ANY(large[h]))
                    continue;
                /* BTRS (draw.c): four proposals; what the inner rectangle does not take is decided
                 * lane by lane. */
                DrawReals v, variance = n[h] * p[h] * q[h], spread = zero;
                NEXT_UNIFORM(s, v);
                for (int k = 0; k < DRAW_LANES; k++)
                    spread[k] = sqrt(variance[k]);
                DrawReals b = 1.15 + 2.53 * spread, inverse = one / b;
                DrawReals a = -0.0873 + 0.0248 * b + 0.01 * p[h], inside = 0.92 - 4.2 * inverse;
                DrawReals away = u[h] - half;
                DrawReals us = half - (DrawReals)((Mask)away & (Mask)absolute);
                DrawReals k = (2.0 * a / us + b) * away + (mean[h] + half), drawn;
                FLOOR(k, drawn);
                Mask open = large[h] & ~((us >= SPLAT(0.07)) & (v <= inside));
                if (ANY(open)) {
                    DrawReals alpha = (2.83 + 5.1 * inverse) * spread, peak = (n[h] + one) * p[h];
                    DrawReals mode;
                    FLOOR(peak, mode);
                    for (int lane = 0; lane < DRAW_LANES; lane++) {
                        if (!open[lane])
                            continue;
                        const DrawHat hat = {n[h][lane], p[h][lane],  variance[lane], b[lane],
                                             a[lane],    alpha[lane], inside[lane],   mode[lane]};
                        drawn[lane] = draw_binomial_decide(draw, &hat, u[h][lane], v[lane]);
                    }
                }
                count[h] = CHOOSE(large[h], drawn, count[h]);
            }
        PAIR *(DrawReals *)(further + at[h]) = CHOOSE(turned[h], n[h] - count[h], count[h]);
    }
    for (unsigned word = 0; word < 4; word++)
        lanes->state[word] = s[word];
}

/* A lane whose squeeze did not take it: in full, and from anew if need be. */
static double finish_gamma(Draw *draw, double shape, double d, double x, double v, double u)
{
    if (v > 0 && log(u) < 0.5 * x * x + d * (1 - v + log(v)))
        return d * v;
    return draw_gamma(draw, shape);
}

DRAW_WIDE void draw_gammas(DrawLanes *lanes, Draw *draw, gsize n, const double *shapes,
                           double *values)
{
    DrawBits s[4] = {ALL(lanes->state)};
    const DrawReals one = SPLAT(1.0);
    const DrawReals absolute = (DrawReals)(DrawBits){INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX};
    for (gsize i = 0; i < n; i += DRAW_LANES) {
        DrawReals shape = *(const DrawReals *)(shapes + i), d = shape - 1.0 / 3, root = 9.0 * d;
        for (int k = 0; k < DRAW_LANES; k++)
            root[k] = sqrt(root[k]);
        /* Layer and place in it come from bits that have nothing to do with each other. */
        DrawBits bits;
        NEXT_BITS(s, bits);
        DrawReals place = ((DrawReals)((bits >> 12) | 0x3ff0000000000000u) - 1.5) * 2.0;
        const unsigned layer[DRAW_LANES] = {bits[0] % DRAW_LAYERS, bits[1] % DRAW_LAYERS,
                                            bits[2] % DRAW_LAYERS, bits[3] % DRAW_LAYERS};
        DrawReals edge = {draw->edge[layer[0]], draw->edge[layer[1]], draw->edge[layer[2]],
                          draw->edge[layer[3]]};
        DrawReals ratio = {draw->ratio[layer[0]], draw->ratio[layer[1]], draw->ratio[layer[2]],
                           draw->ratio[layer[3]]};
        DrawReals x = place * edge, u;
        Mask beside = (DrawReals)((Mask)place & (Mask)absolute) >= ratio;
        if (ANY(beside))
            for (int k = 0; k < DRAW_LANES; k++)
                if (beside[k])
                    x[k] = draw_normal_slow(draw, layer[k], place[k]);
        NEXT_UNIFORM(s, u);
        DrawReals y = x / root, v = one + y, square = x * x;
        v = v * v * v;
        DrawReals value = d * v, size = (DrawReals)((Mask)y & (Mask)absolute);
        Mask open = (size > SPLAT(0.5)) | (54.0 * d * (one - u) <= square * square);
        if (ANY(open))
            for (int k = 0; k < DRAW_LANES; k++)
                if (open[k])
                    value[k] = finish_gamma(draw, shape[k], d[k], x[k], v[k], u[k]);
        *(DrawReals *)(values + i) = value;
    }
    for (unsigned word = 0; word < 4; word++)
        lanes->state[word] = s[word];
}
