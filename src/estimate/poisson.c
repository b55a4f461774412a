/* estimate/poisson.c: iteratively reweighted least squares; the header says how and why. */
#include "estimate/poisson.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double SMALLEST_MEAN = 2.220446049250313e-16; /* as R's log link bounds it */
static const double COLUMN_TOLERANCE = 1e-11;
static const double DEVIANCE_TOLERANCE = 1e-8;
enum { MAX_ROUNDS = 25 };

/* What one fit works in: one block of memory. */
typedef struct {
    gsize n, p;
    double *qr;      /* n × p: R above the diagonal, reflectors below */
    double *scale;   /* p: Householder factors */
    double *length;  /* p: norm of each weighted column before any step */
    double *z;       /* n: working response */
    double *eta, *w; /* n */
    gsize *order;    /* p: column of x behind each column of qr */
    gsize rank;
} Work;

static double column_norm(const double *column, gsize from, gsize n)
{
    double sum = 0;
    for (gsize i = from; i < n; i++)
        sum += column[i] * column[i];
    return sqrt(sum);
}

static void reflect(const double *reflector, double factor, gsize from, gsize n, double *column)
{
    double dot = 0;
    for (gsize i = from; i < n; i++)
        dot += reflector[i] * column[i];
    dot *= factor;
    for (gsize i = from; i < n; i++)
        column[i] -= dot * reflector[i];
}

/* QR of work->qr in place and Qᵀz; columns without new content go to the end. The diagonal
 * of R is kept in `diagonal`, since the reflector needs the place. */
static void factorize(Work *work, double *diagonal)
{
    gsize n = work->n, usable = work->p;
    for (gsize k = 0; k < usable && k < n;) {
        double *column = work->qr + k * n;
        double norm = column_norm(column, k, n);
        if (norm <= COLUMN_TOLERANCE * work->length[k]) {
            /* Rotate column k to the end. */
            gsize name = work->order[k];
            for (gsize i = 0; i < n; i++) {
                double value = column[i];
                for (gsize j = k; j + 1 < work->p; j++)
                    work->qr[j * n + i] = work->qr[(j + 1) * n + i];
                work->qr[(work->p - 1) * n + i] = value;
            }
            double length = work->length[k];
            for (gsize j = k; j + 1 < work->p; j++) {
                work->order[j] = work->order[j + 1];
                work->length[j] = work->length[j + 1];
            }
            work->order[work->p - 1] = name;
            work->length[work->p - 1] = length;
            usable--;
            continue;
        }
        double alpha = column[k] > 0 ? -norm : norm;
        column[k] -= alpha;
        double squares = 0;
        for (gsize i = k; i < n; i++)
            squares += column[i] * column[i];
        work->scale[k] = squares > 0 ? 2 / squares : 0;
        diagonal[k] = alpha;
        for (gsize j = k + 1; j < work->p; j++)
            reflect(column, work->scale[k], k, n, work->qr + j * n);
        reflect(column, work->scale[k], k, n, work->z);
        k++;
    }
    work->rank = MIN(usable, n);
}

static void solve_upper(const Work *work, const double *diagonal, double *solution)
{
    for (gsize k = work->rank; k-- > 0;) {
        double value = solution[k];
        for (gsize j = k + 1; j < work->rank; j++)
            value -= work->qr[j * work->n + k] * solution[j];
        solution[k] = value / diagonal[k];
    }
}

static double unit_deviance(double y, double mu)
{
    return 2 * ((y > 0 ? y * log(y / mu) : 0) - (y - mu));
}

static double total_deviance(gsize n, const double *y, const double *mu)
{
    double sum = 0;
    for (gsize i = 0; i < n; i++)
        sum += unit_deviance(y[i], mu[i]);
    return sum;
}

/* (RᵀR)⁻¹ spread to the places of the columns kept. */
static void write_covariance(const Work *work, const double *diagonal, double *scratch,
                             EstimatePoisson *fit)
{
    gsize p = work->p, rank = work->rank;
    for (gsize k = 0; k < p * p; k++)
        fit->covariance[k] = NAN;
    /* scratch: R⁻¹, column by column. */
    for (gsize j = 0; j < rank; j++) {
        double *column = scratch + j * p;
        memset(column, 0, p * sizeof *column);
        column[j] = 1;
        solve_upper(work, diagonal, column);
    }
    for (gsize a = 0; a < rank; a++)
        for (gsize b = 0; b < rank; b++) {
            double sum = 0;
            for (gsize j = MAX(a, b); j < rank; j++)
                sum += scratch[j * p + a] * scratch[j * p + b];
            fit->covariance[work->order[b] * p + work->order[a]] = sum;
        }
}

static void iterate(Work *work, const double *x, const double *y, double *diagonal, double *scratch,
                    EstimatePoisson *fit)
{
    gsize n = work->n, p = work->p;
    double *mu = fit->fitted;
    for (gsize i = 0; i < n; i++) {
        mu[i] = y[i] + 0.1;
        work->eta[i] = log(mu[i]);
    }
    double before = total_deviance(n, y, mu);
    for (fit->rounds = 1; fit->rounds <= MAX_ROUNDS; fit->rounds++) {
        for (gsize i = 0; i < n; i++) {
            work->w[i] = sqrt(mu[i]);
            work->z[i] = (work->eta[i] + (y[i] - mu[i]) / mu[i]) * work->w[i];
        }
        for (gsize j = 0; j < p; j++) {
            work->order[j] = j;
            for (gsize i = 0; i < n; i++)
                work->qr[j * n + i] = x[j * n + i] * work->w[i];
            work->length[j] = column_norm(work->qr + j * n, 0, n);
        }
        factorize(work, diagonal);
        solve_upper(work, diagonal, work->z);
        for (gsize j = 0; j < p; j++)
            fit->coefficients[work->order[j]] = j < work->rank ? work->z[j] : NAN;
        for (gsize i = 0; i < n; i++) {
            double eta = 0;
            for (gsize j = 0; j < work->rank; j++)
                eta += x[work->order[j] * n + i] * work->z[j];
            work->eta[i] = eta;
            mu[i] = fmax(exp(eta), SMALLEST_MEAN);
        }
        fit->deviance = total_deviance(n, y, mu);
        if (!isfinite(fit->deviance))
            break;
        if (fabs(fit->deviance - before) / (0.1 + fabs(fit->deviance)) < DEVIANCE_TOLERANCE) {
            fit->converged = true;
            break;
        }
        before = fit->deviance;
    }
    fit->rank = work->rank;
    write_covariance(work, diagonal, scratch, fit);
    double log_likelihood = 0;
    int sign;
    for (gsize i = 0; i < n; i++)
        log_likelihood += (y[i] > 0 ? y[i] * log(mu[i]) : 0) - mu[i] - lgamma_r(y[i] + 1, &sign);
    fit->aic = -2 * log_likelihood + 2 * (double)fit->rank;
}

bool estimate_poisson_fit(gsize n, gsize p, const double *x, const double *y, EstimatePoisson *fit)
{
    g_assert(n > 0 && p > 0);
    EstimatePoisson made = {.n = n, .p = p};
    made.coefficients = malloc((p + p * p + n) * sizeof(double));
    double *block = malloc((n * p + 3 * p + 3 * n + p * p) * sizeof(double));
    gsize *order = malloc(p * sizeof *order);
    bool ok = made.coefficients != NULL && block != NULL && order != NULL;
    if (ok) {
        made.covariance = made.coefficients + p;
        made.fitted = made.covariance + p * p;
        Work work = {.n = n, .p = p, .qr = block, .order = order};
        work.scale = work.qr + n * p;
        work.length = work.scale + p;
        double *diagonal = work.length + p;
        work.z = diagonal + p;
        work.eta = work.z + n;
        work.w = work.eta + n;
        iterate(&work, x, y, diagonal, work.w + n, &made);
        *fit = made;
    } else {
        free(made.coefficients);
    }
    free(block);
    free(order);
    return ok;
}

void estimate_poisson_clear(EstimatePoisson *fit)
{
    free(fit->coefficients); /* covariance and fitted are in the same block */
    *fit = (EstimatePoisson){0};
}
