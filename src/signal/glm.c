#include "signal/glm.h"
#include <float.h>
#include <math.h>
#include <string.h>

enum { STEPS = 25, HALVINGS = 25 };
static const double EPSILON = 1e-8;

/* Sums of a group: weight, ·time, ·time², ·response, ·time·response. */
enum { W, WT, WTT, WZ, WTZ, N_SUMS };

static void solve(Glm *glm)
{
    double spread = 0, covariance = 0;
    glm->rank = glm->with_slope;
    for (gsize g = 0; g < glm->n_groups; g++) {
        const double *s = glm->sums + N_SUMS * g;
        glm->group_weight[g] = s[W];
        if (!(s[W] > 0))
            continue;
        glm->rank++;
        double shift = s[WT] / s[W];
        glm->group_time[g] += shift;
        spread += s[WTT] - s[WT] * shift;
        covariance += s[WTZ] - s[WZ] * shift;
    }
    glm->time_spread = spread;
    glm->slope = glm->with_slope ? covariance / spread : 0;
    for (gsize g = 0; g < glm->n_groups; g++) {
        const double *s = glm->sums + N_SUMS * g;
        glm->level[g] = s[W] > 0 ? s[WZ] / s[W] - glm->slope * glm->group_time[g] : 0;
    }
}

/* Fitted means of the present coefficients; gives the deviance. */
static double evaluate(Glm *glm)
{
    double factor = exp(glm->slope), half = 0;
    for (gsize r = 0; r < glm->n_runs; r++) {
        gsize i = glm->run_start[r], end = glm->run_start[r + 1];
        double level = glm->level[glm->run_group[r]];
        double eta = level + glm->slope * glm->time[i], mean = exp(eta);
        for (; i < end; i++) {
            double mu = mean > DBL_EPSILON ? mean : DBL_EPSILON;
            glm->mean[i] = mu;
            eta = level + glm->slope * glm->time[i];
            half += glm->weight[i] * (glm->saturated[i] - glm->count[i] * eta + mu);
            mean = glm->even || i + 1 == end ? mean * factor
                                             : exp(level + glm->slope * glm->time[i + 1]);
        }
    }
    return 2 * half;
}

/* One observation's share in the sums; wz: weight times working response, which is
 * weight · (mean · eta + count - mean) and so needs no division. */
static inline void add(double *s, double w, double t, double wz)
{
    s[W] += w;
    s[WT] += w * t;
    s[WTT] += w * t * t;
    s[WZ] += wz;
    s[WTZ] += t * wz;
}

/* Times count from the group's mean time of the step before, so that next to
 * nothing cancels when a few weeks carry all the weight. */
static void accumulate(Glm *glm, bool first)
{
    memset(glm->sums, 0, N_SUMS * glm->n_groups * sizeof(double));
    for (gsize r = 0; r < glm->n_runs; r++) {
        guint g = glm->run_group[r];
        double s[N_SUMS] = {0}, level = glm->level[g], slope = glm->slope;
        double origin = glm->group_time[g];
        for (gsize i = glm->run_start[r]; i < glm->run_start[r + 1]; i++) {
            double mu = glm->mean[i], w = glm->weight[i] * mu, t = glm->time[i];
            double eta = first ? glm->log_start[i] : level + slope * t;
            glm->working[i] = w;
            add(s, w, t - origin, w * eta + glm->weight[i] * (glm->count[i] - mu));
        }
        double *sums = glm->sums + N_SUMS * g;
        for (int k = 0; k < N_SUMS; k++)
            sums[k] += s[k];
    }
}

bool glm_fit(Glm *glm, bool with_slope, bool weighted)
{
    glm->with_slope = with_slope;
    glm->converged = false;
    if (!weighted)
        for (gsize i = 0; i < glm->n; i++)
            glm->weight[i] = 1;
    glm->weighted = weighted;
    glm->slope = 0;
    memset(glm->group_time, 0, glm->n_groups * sizeof(double));
    double old = 0;
    for (gsize i = 0; i < glm->n; i++) {
        glm->mean[i] = glm->count[i] + 0.1;
        old +=
            glm->weight[i] * (glm->saturated[i] - glm->count[i] * glm->log_start[i] + glm->mean[i]);
    }
    old *= 2;
    double slope_old = 0, *level_old = glm->level + glm->n_groups;
    for (int step = 0; step < STEPS; step++) {
        accumulate(glm, step == 0);
        solve(glm);
        double deviance = evaluate(glm);
        for (int k = 0; !isfinite(deviance); k++) {
            if (step == 0 || k == HALVINGS)
                return false;
            glm->slope = (glm->slope + slope_old) / 2;
            for (gsize g = 0; g < glm->n_groups; g++)
                glm->level[g] = (glm->level[g] + level_old[g]) / 2;
            deviance = evaluate(glm);
        }
        if (fabs(deviance - old) / (fabs(deviance) + 0.1) < EPSILON) {
            glm->converged = true;
            return true;
        }
        old = deviance;
        slope_old = glm->slope;
        memcpy(level_old, glm->level, glm->n_groups * sizeof(double));
    }
    return true;
}

static double dispersion(const Glm *glm, const double *weights)
{
    double sum = 0;
    for (gsize i = 0; i < glm->n; i++) {
        double r = (glm->count[i] - glm->mean[i]) / glm->mean[i];
        sum += weights[i] * r * r;
    }
    return sum / ((double)glm->n - (double)glm->rank);
}

double glm_dispersion(const Glm *glm)
{
    return dispersion(glm, glm->working);
}

double glm_prior_dispersion(const Glm *glm)
{
    return dispersion(glm, glm->weight);
}

bool glm_anscombe(Glm *glm, double phi)
{
    double factor = exp(-glm->slope / 6);
    double spread = glm->with_slope ? 1 / glm->time_spread : 0;
    bool numbers = true;
    for (gsize r = 0; r < glm->n_runs; r++) {
        gsize i = glm->run_start[r];
        guint g = glm->run_group[r];
        double root = exp(-(glm->level[g] + glm->slope * glm->time[i]) / 6); /* mean^(-1/6) */
        double lift = 1 / glm->group_weight[g];
        for (; i < glm->run_start[r + 1]; i++) {
            double d = glm->time[i] - glm->group_time[g];
            double hat = glm->working[i] * (lift + d * d * spread);
            if (hat > 1 - 10 * DBL_EPSILON)
                hat = 1;
            double a = 1.5 * (glm->count_power[i] * root - sqrt(glm->mean[i]));
            /* A week alone in its group is met exactly but for rounding. The steps come to it from
             * above, so that R finds minus infinity, or what its last bit says. */
            glm->residual[i] = hat == 1 && a == 0 ? -INFINITY : a / sqrt(phi * (1 - hat));
            root = glm->even || i + 1 == glm->run_start[r + 1]
                       ? root * factor
                       : exp(-(glm->level[g] + glm->slope * glm->time[i + 1]) / 6);
            numbers = numbers && !isnan(glm->residual[i]);
        }
    }
    return numbers;
}

double glm_predict(const Glm *glm, guint group, double time, double *ret_variance)
{
    double variance = 1 / glm->group_weight[group], d = time - glm->group_time[group];
    if (glm->with_slope)
        variance += d * d / glm->time_spread;
    if (ret_variance != NULL)
        *ret_variance = variance;
    return glm->level[group] + glm->slope * time;
}
