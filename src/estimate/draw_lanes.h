/* estimate/draw_lanes.h: binomials for many cells at once, gammas for many shapes.
 *
 * The Gibbs sweep of lcmcr.c splits every cell of the table between "this
 * class" and "a later one": some ninety binomials a sweep, one after the other
 * mostly waiting for mispredicted branches. Here four cells go side by side in
 * the lanes of a vector; every lane has its own stream of random numbers. The
 * methods are those of draw.h (inversion below a mean of 18, where it pays in
 * vectors, BTRS above) and exact to the last bits of a double. Lanes never mix, and nothing depends
 * on how wide the machine's vectors are. */
#pragma once
#include "estimate/draw.h"

/* Compiled for wider vectors too, and chosen when the program starts; the bytes are the same. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) &&                             \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define DRAW_WIDE __attribute__((target_clones("avx2", "default")))
#else
#define DRAW_WIDE
#endif

enum { DRAW_LANES = 4, DRAW_CELLS = 2 * DRAW_LANES };

typedef uint64_t DrawBits __attribute__((vector_size(32), aligned(8)));
typedef double DrawReals __attribute__((vector_size(32), aligned(8)));

typedef struct {
    DrawBits state[4];
} DrawLanes;

/** Lane k is stream 4 · stream + k of a seed made from `seed`. */
void draw_lanes_start(DrawLanes *lanes, uint64_t seed, uint64_t stream);

/** For n cells (a multiple of DRAW_CELLS; pad with left = 0, here = 1):
 *  further[m] ~ Binomial(left[m], after[m] / here[m]). 0 ≤ after ≤ here; where
 *  here is 0 all go further. left and further hold whole numbers. */
void draw_split_cells(DrawLanes *lanes, Draw *draw, gsize n, const double *left, const double *here,
                      const double *after, double *further);

/** Fills values[i] with Gamma(shapes[i]), shapes at least 1; n a multiple of DRAW_LANES (pad with
 * 1). Ziggurat normals and Marsaglia–Tsang's rejection four at a time; a lane in a hundred that is
 * not taken at once goes on by itself with `draw`. */
void draw_gammas(DrawLanes *lanes, Draw *draw, gsize n, const double *shapes, double *values);
