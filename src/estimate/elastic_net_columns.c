/* estimate/elastic_net_columns.c: predictors as columns, and sums over them. */
#include "estimate/elastic_net_private.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A gather costs about four times a load in order. */
static const double SPARSE_BELOW = 0.3;

/* Compiled for wider vectors too, and chosen when the program starts. Lanes are written out, and
 * products are never fused with sums: the bytes do not depend on the choice. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) &&                             \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define WIDE __attribute__((target_clones("avx2", "default")))
#else
#define WIDE
#endif

/* ---- sums in sixteen lanes: enough to hide the latency of an addition ---- */

enum { LANES = 16 };

static inline double join(const double lane[LANES])
{
    double sum = 0;
    for (int k = 0; k < LANES / 2; k++)
        sum += lane[k] + lane[k + LANES / 2];
    return sum;
}

/* Four numbers side by side, wherever they lie. */
typedef double Four __attribute__((vector_size(32), aligned(8)));

WIDE static double dot(gsize n, const double *restrict a, const double *restrict b)
{
    double lane[LANES] = {0}, sum = 0;
    gsize i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int k = 0; k < LANES; k++)
            lane[k] += a[i + k] * b[i + k];
    for (; i < n; i++)
        sum += a[i] * b[i];
    return sum + join(lane);
}

/* y += b x. */
WIDE static void add(gsize n, double b, const double *restrict x, double *restrict y)
{
    for (gsize i = 0; i < n; i++)
        y[i] += b * x[i];
}

WIDE static double gather_dot(const Column *column, const double *restrict a)
{
    const guint32 *restrict where = column->where;
    const double *restrict value = column->value;
    double lane[4] = {0};
    gsize i = 0, n = column->n_exceptions;
    for (; i + 4 <= n; i += 4)
        for (int k = 0; k < 4; k++)
            lane[k] += a[where[i + k]] * value[i + k];
    double sum = 0;
    for (; i < n; i++)
        sum += a[where[i]] * value[i];
    return sum + (lane[0] + lane[1]) + (lane[2] + lane[3]);
}

/* ---- columns ---- */

/* The value that more than half of the rows have, where there is one (Boyer and Moore 1981), and
 * how many have it. */
static double commonest(gsize n, const double *x, gsize *ret_count)
{
    double candidate = x[0];
    gsize votes = 0, count = 0;
    for (gsize i = 0; i < n; i++) {
        if (votes == 0)
            candidate = x[i];
        votes = x[i] == candidate ? votes + 1 : votes - 1;
    }
    for (gsize i = 0; i < n; i++)
        count += x[i] == candidate;
    *ret_count = count;
    return candidate;
}

static bool make_dense(gsize n, const double *x, Column *column)
{
    column->dense = malloc(n * sizeof *column->dense);
    if (column->dense == NULL)
        return false;
    double mean = 0, squares = 0;
    for (gsize i = 0; i < n; i++)
        mean += x[i] / (double)n;
    for (gsize i = 0; i < n; i++) {
        column->dense[i] = x[i] - mean;
        squares += column->dense[i] * column->dense[i] / (double)n;
    }
    column->mean = mean;
    column->deviation = sqrt(squares);
    for (gsize i = 0; i < n; i++)
        column->dense[i] /= column->deviation;
    return true;
}

static bool make_sparse(gsize n, const double *x, Column *column)
{
    gsize count = column->n_exceptions;
    column->where = malloc((count + 1) * sizeof *column->where);
    column->value = malloc((count + 1) * sizeof *column->value);
    if (column->where == NULL || column->value == NULL)
        return false;
    double sum = 0, squares = 0;
    gsize at = 0;
    for (gsize i = 0; i < n; i++) {
        double e = x[i] - column->common;
        if (e == 0)
            continue;
        column->where[at] = (guint32)i;
        column->value[at++] = e;
        sum += e;
    }
    column->mean = sum / (double)n;
    for (gsize i = 0; i < count; i++)
        squares += (column->value[i] - column->mean) * (column->value[i] - column->mean);
    squares += (double)(n - count) * column->mean * column->mean;
    column->deviation = sqrt(squares / (double)n);
    return true;
}

static bool lay_beside(ElasticNetFit *fit)
{
    for (gsize j = 0; j < fit->p; j++)
        if (fit->columns[j].dense != NULL)
            fit->dense[fit->n_dense++] = j;
    fit->beside_width = (fit->n_dense + 3) / 4 * 4;
    fit->beside = calloc(fit->n * fit->beside_width + 1, sizeof *fit->beside);
    if (fit->beside == NULL)
        return false;
    for (gsize k = 0; k < fit->n_dense; k++)
        for (gsize i = 0; i < fit->n; i++)
            fit->beside[i * fit->beside_width + k] = fit->columns[fit->dense[k]].dense[i];
    return true;
}

bool elastic_net_make_columns(const ElasticNetData *data, ElasticNetFit *fit)
{
    for (gsize j = 0; j < data->p; j++) {
        const double *x = data->x + j * data->n;
        Column *column = &fit->columns[j];
        gsize most;
        column->common = commonest(data->n, x, &most);
        column->n_exceptions = data->n - most;
        if (column->n_exceptions == 0) {
            column->constant = true;
        } else if ((double)column->n_exceptions < SPARSE_BELOW * (double)data->n) {
            if (!make_sparse(data->n, x, column))
                return false;
        } else if (!make_dense(data->n, x, column)) {
            return false;
        }
    }
    return lay_beside(fit);
}

void elastic_net_clear_columns(ElasticNetFit *fit)
{
    for (gsize j = 0; fit->columns != NULL && j < fit->p; j++) {
        free(fit->columns[j].dense);
        free(fit->columns[j].where);
        free(fit->columns[j].value);
    }
    for (gsize j = 0; fit->pairs != NULL && j < fit->p * fit->p; j++) {
        free(fit->pairs[j].where);
        free(fit->pairs[j].value);
    }
    free(fit->columns);
    free(fit->pairs);
    free(fit->beside);
}

void elastic_net_add(const ElasticNetFit *fit, gsize j, double b, double *eta)
{
    const Column *column = &fit->columns[j];
    if (column->dense != NULL) {
        add(fit->n, b, column->dense, eta);
        return;
    }
    double step = b / column->deviation;
    for (gsize i = 0; i < column->n_exceptions; i++)
        eta[column->where[i]] += step * column->value[i];
}

double elastic_net_gradient(const ElasticNetFit *fit, gsize j)
{
    const Column *column = &fit->columns[j];
    if (column->dense != NULL)
        return dot(fit->n, fit->residual, column->dense);
    return (gather_dot(column, fit->residual) - column->mean * fit->sum_residual) /
           column->deviation;
}

/* ---- rows of the weighted products ---- */

/* Rows where both of two sparse columns have exceptions, found once: they are few. False: no
 * memory. */
static bool meet(ElasticNetFit *fit, gsize j, gsize k, const Pair **ret_pair)
{
    Pair *pair = &fit->pairs[MAX(j, k) * fit->p + MIN(j, k)];
    *ret_pair = pair;
    if (pair->known)
        return true;
    const Column *a = &fit->columns[j], *b = &fit->columns[k];
    gsize room = MIN(a->n_exceptions, b->n_exceptions) + 1;
    pair->where = malloc(room * sizeof *pair->where);
    pair->value = malloc(room * sizeof *pair->value);
    if (pair->where == NULL || pair->value == NULL)
        return false;
    for (gsize i = 0, l = 0; i < a->n_exceptions && l < b->n_exceptions;) {
        if (a->where[i] == b->where[l]) {
            pair->where[pair->n_exceptions] = a->where[i];
            pair->value[pair->n_exceptions++] = a->value[i++] * b->value[l++];
        } else if (a->where[i] < b->where[l]) {
            i++;
        } else {
            l++;
        }
    }
    pair->known = true;
    return true;
}

/* Sum of v e, the exceptions themselves. */
static double raw_linear(const ElasticNetFit *fit, gsize j)
{
    return fit->linear[j] * fit->columns[j].deviation + fit->columns[j].mean * fit->sum_weight;
}

static void set_gram(ElasticNetFit *fit, gsize j, gsize k, double value)
{
    fit->gram[j * fit->p + k] = fit->gram[k * fit->p + j] = value;
}

/* All sums of the strong dense columns, a chunk of rows after the other: the chunk's columns stay
 * in the nearest cache while each meets each, four at a time. Row j of gram is summed here for the
 * columns from j on; then square, linear and gradient are read off. The residual and the ones
 * take part as two columns more. */
WIDE static void weigh_dense(ElasticNetFit *fit, const gsize *dense, gsize d, Four *sums)
{
    enum { CHUNK = 128 };
    double product[CHUNK] = {0};
    gsize width = d + 5; /* d columns, ones, residual's gradient; then room for a group of four */
    static const Four zero = {0, 0, 0, 0};
    for (gsize i = 0; i < d * width; i++)
        sums[i] = zero;
    for (gsize begin = 0; begin < fit->n; begin += CHUNK) {
        gsize size = MIN(CHUNK, fit->n - begin), whole = size / 8 * 8;
        const double *v = fit->weight + begin, *r = fit->residual + begin;
        for (gsize a = 0; a < d; a++) {
            const double *x = fit->columns[dense[a]].dense + begin;
            Four *row = sums + a * width, ones = row[d], towards = row[d + 1];
            for (gsize i = 0; i < whole; i += 4) {
                Four now = *(const Four *)(x + i), with_v = *(const Four *)(v + i) * now;
                *(Four *)(product + i) = with_v;
                ones += with_v;
                towards += *(const Four *)(r + i) * now;
            }
            for (gsize i = whole; i < size; i++) {
                product[i] = v[i] * x[i];
                ones[0] += product[i];
                towards[0] += r[i] * x[i];
            }
            row[d] = ones;
            row[d + 1] = towards;
            for (gsize c = a; c < d; c += 4) {
                const double *x0 = fit->columns[dense[c]].dense + begin;
                const double *x1 = fit->columns[dense[MIN(c + 1, d - 1)]].dense + begin;
                const double *x2 = fit->columns[dense[MIN(c + 2, d - 1)]].dense + begin;
                const double *x3 = fit->columns[dense[MIN(c + 3, d - 1)]].dense + begin;
                Four l0 = zero, l1 = zero, l2 = zero, l3 = zero;
                Four m0 = zero, m1 = zero, m2 = zero, m3 = zero;
                for (gsize i = 0; i < whole; i += 8) {
                    Four p = *(const Four *)(product + i), q = *(const Four *)(product + i + 4);
                    l0 += p * *(const Four *)(x0 + i);
                    l1 += p * *(const Four *)(x1 + i);
                    l2 += p * *(const Four *)(x2 + i);
                    l3 += p * *(const Four *)(x3 + i);
                    m0 += q * *(const Four *)(x0 + i + 4);
                    m1 += q * *(const Four *)(x1 + i + 4);
                    m2 += q * *(const Four *)(x2 + i + 4);
                    m3 += q * *(const Four *)(x3 + i + 4);
                }
                for (gsize i = whole; i < size; i++) {
                    l0[0] += product[i] * x0[i];
                    l1[0] += product[i] * x1[i];
                    l2[0] += product[i] * x2[i];
                    l3[0] += product[i] * x3[i];
                }
                row[c] += l0 + m0;
                if (c + 1 < d)
                    row[c + 1] += l1 + m1;
                if (c + 2 < d)
                    row[c + 2] += l2 + m2;
                if (c + 3 < d)
                    row[c + 3] += l3 + m3;
            }
        }
    }
    for (gsize a = 0; a < d; a++) {
        const Four *row = sums + a * width;
        gsize j = dense[a];
        fit->linear[j] = (row[d][0] + row[d][1]) + (row[d][2] + row[d][3]);
        fit->gradient[j] = (row[d + 1][0] + row[d + 1][1]) + (row[d + 1][2] + row[d + 1][3]);
        for (gsize c = a; c < d; c++)
            set_gram(fit, j, dense[c], (row[c][0] + row[c][1]) + (row[c][2] + row[c][3]));
        fit->square[j] = fit->gram[j * fit->p + j];
    }
}

typedef struct {
    double square, linear, towards; /* of v e², v e and r e */
} Alone;

/* Sums of a sparse column alone and with `fours` times four dense ones, whose values lie beside
 * each other row by row. With a constant for `fours` the sums stay in registers. */
static inline __attribute__((always_inline)) Alone
sum_rows(const ElasticNetFit *fit, const Column *column, const gsize fours, Four *restrict sums)
{
    Alone alone = {0, 0, 0};
    gsize n = column->n_exceptions, width = fit->beside_width;
    for (gsize k = 0; k < fours; k++)
        sums[k] = (Four){0, 0, 0, 0};
    for (gsize i = 0; i < n; i++) {
        gsize row = column->where[i];
        double value = column->value[i], product = fit->weight[row] * value;
        alone.linear += product;
        alone.square += product * value;
        alone.towards += fit->residual[row] * value;
        const double *x = fit->beside + row * width;
        for (gsize k = 0; k < fours; k++)
            sums[k] += product * *(const Four *)(x + 4 * k);
    }
    return alone;
}

WIDE static void weigh_sparse(ElasticNetFit *fit, gsize j)
{
    const Column *column = &fit->columns[j];
    double m = column->mean, s = column->deviation, *sums = fit->product;
    Alone alone;
#define ROWS(fours)                                                                                \
    case fours: {                                                                                  \
        Four held[fours];                                                                          \
        alone = sum_rows(fit, column, fours, held);                                                \
        memcpy(sums, held, sizeof held);                                                           \
        break;                                                                                     \
    }
    switch (fit->beside_width / 4) {
        ROWS(1)
        ROWS(2)
        ROWS(3)
        ROWS(4)
        ROWS(5)
        ROWS(6)
        ROWS(7)
        ROWS(8)
    default:
        alone = sum_rows(fit, column, fit->beside_width / 4, (Four *)sums);
    }
#undef ROWS
    double square = alone.square, linear = alone.linear, towards = alone.towards;
    fit->square[j] = (square - 2 * m * linear + m * m * fit->sum_weight) / (s * s);
    fit->linear[j] = (linear - m * fit->sum_weight) / s;
    fit->gradient[j] = (towards - m * fit->sum_residual) / s;
    for (gsize k = 0; k < fit->n_dense; k++) {
        gsize other = fit->dense[k];
        if (fit->strong[other])
            set_gram(fit, j, other, (sums[k] - m * fit->linear[other]) / s);
    }
}

static bool meet_sparse(ElasticNetFit *fit, gsize j, gsize k)
{
    const Column *a = &fit->columns[j], *b = &fit->columns[k];
    const Pair *pair;
    if (!meet(fit, j, k, &pair))
        return false;
    const Column both = {
        .n_exceptions = pair->n_exceptions, .where = pair->where, .value = pair->value};
    set_gram(fit, j, k,
             (gather_dot(&both, fit->weight) - a->mean * raw_linear(fit, k) -
              b->mean * raw_linear(fit, j) + a->mean * b->mean * fit->sum_weight) /
                 (a->deviation * b->deviation));
    return true;
}

bool elastic_net_weigh(ElasticNetFit *fit)
{
    gsize d = 0;
    memset(fit->gram, 0, fit->p * fit->p * sizeof *fit->gram);
    for (gsize k = 0; k < fit->n_dense; k++)
        if (fit->strong[fit->dense[k]])
            fit->wanted[d++] = fit->dense[k];
    if (d > 0)
        weigh_dense(fit, fit->wanted, d, (Four *)fit->sums);
    for (gsize j = 0; j < fit->p; j++) {
        if (!fit->strong[j] || fit->columns[j].dense != NULL)
            continue;
        weigh_sparse(fit, j);
        fit->gram[j * fit->p + j] = fit->square[j];
        for (gsize k = 0; k < j; k++)
            if (fit->strong[k] && fit->columns[k].dense == NULL && !meet_sparse(fit, j, k))
                return false;
    }
    return true;
}

/* ---- probabilities ---- */

typedef int64_t FourBits __attribute__((vector_size(32), aligned(8)));

#define CHOOSE(mask, a, b) ((Four)(((mask) & (FourBits)(a)) | (~(mask) & (FourBits)(b))))

/* exp(x) for |x| < 700 in four lanes: x = k log 2 + r, |r| ≤ log(2) / 2, Taylor's series of exp(r)
 * to the 13th power (the rest is below 1e-17 of it), and k goes into the exponent. Within two
 * units of the last place. A macro: how wide a vector argument travels depends on the machine. */
#define FOUR_EXP(x, result)                                                                        \
    do {                                                                                           \
        Four shifted_ = (x)*1.4426950408889634 + 0x1.8p52, k_ = shifted_ - 0x1.8p52;               \
        Four r_ = ((x)-k_ * 0x1.62e42fefa0000p-1) - k_ * 0x1.cf79abc9e3b3ap-40;                    \
        Four sum_ = r_ * (1.0 / 6227020800.0) + 1.0 / 479001600.0;                                 \
        sum_ = sum_ * r_ + 1.0 / 39916800.0;                                                       \
        sum_ = sum_ * r_ + 1.0 / 3628800.0;                                                        \
        sum_ = sum_ * r_ + 1.0 / 362880.0;                                                         \
        sum_ = sum_ * r_ + 1.0 / 40320.0;                                                          \
        sum_ = sum_ * r_ + 1.0 / 5040.0;                                                           \
        sum_ = sum_ * r_ + 1.0 / 720.0;                                                            \
        sum_ = sum_ * r_ + 1.0 / 120.0;                                                            \
        sum_ = sum_ * r_ + 1.0 / 24.0;                                                             \
        sum_ = sum_ * r_ + 1.0 / 6.0;                                                              \
        sum_ = sum_ * r_ + 0.5;                                                                    \
        sum_ = sum_ * r_ + 1.0;                                                                    \
        sum_ = sum_ * r_ + 1.0;                                                                    \
        /* The low bits of shifted_ are k; they are added to the exponent. */                      \
        result = (Four)((FourBits)sum_ + ((FourBits)shifted_ << 52));                              \
    } while (0)

WIDE void elastic_net_probabilities(ElasticNetFit *fit, double farthest, double *ret_weights,
                                    double *ret_residuals)
{
    double share = 1 / (double)fit->n;
    Four weights = {0, 0, 0, 0}, residuals = weights;
    const Four zero = weights, one = zero + 1.0;
    for (gsize i = 0; i < fit->n; i += 4) {
        Four eta, y, q;
        gsize left = MIN(4, fit->n - i);
        if (left == 4) {
            eta = *(const Four *)(fit->eta + i);
            y = *(const Four *)(fit->y + i);
        } else {
            eta = y = zero; /* what hangs over is certain, and weighs nothing */
            for (gsize k = 0; k < 4; k++) {
                eta[k] = k < left ? fit->eta[i + k] : -2 * farthest;
                y[k] = k < left ? fit->y[i + k] : 0;
            }
        }
        FourBits low = eta<zero - farthest, high = eta> zero + farthest;
        Four bounded = CHOOSE(low | high, zero, eta), grown;
        bounded = zero - bounded;
        FOUR_EXP(bounded, grown);
        q = one / (one + grown);
        q = CHOOSE(low, zero, CHOOSE(high, one, q));
        Four weight = share * q * (one - q), residual = share * (y - q);
        weights += weight;
        residuals += residual;
        if (left == 4) {
            *(Four *)(fit->probability + i) = q;
            *(Four *)(fit->weight + i) = weight;
            *(Four *)(fit->residual + i) = residual;
        } else {
            for (gsize k = 0; k < left; k++) {
                fit->probability[i + k] = q[k];
                fit->weight[i + k] = weight[k];
                fit->residual[i + k] = residual[k];
            }
        }
    }
    *ret_weights = (weights[0] + weights[1]) + (weights[2] + weights[3]);
    *ret_residuals = (residuals[0] + residuals[1]) + (residuals[2] + residuals[3]);
}
