#include "signal/glm_private.h"
#include <float.h>
#include <math.h>
#include <string.h>

enum { STEPS = 25, HALVINGS = 25 };
static const double EPSILON = 1e-8;

static void solve(Glm *glm)
{
    double spread = 0, covariance = 0;
    glm->rank = glm->with_slope;
    for (gsize g = 0; g < glm->n_groups; g++) {
        const double *s = glm->sums + GLM_SUMS * g;
        glm->group_weight[g] = s[GLM_W];
        if (!(s[GLM_W] > 0))
            continue;
        glm->rank++;
        double shift = s[GLM_WT] / s[GLM_W];
        glm->group_time[g] += shift;
        spread += s[GLM_WTT] - s[GLM_WT] * shift;
        covariance += s[GLM_WTZ] - s[GLM_WZ] * shift;
    }
    glm->time_spread = spread;
    glm->slope = glm->with_slope ? covariance / spread : 0;
    for (gsize g = 0; g < glm->n_groups; g++) {
        const double *s = glm->sums + GLM_SUMS * g;
        glm->level[g] = s[GLM_W] > 0 ? s[GLM_WZ] / s[GLM_W] - glm->slope * glm->group_time[g] : 0;
    }
}

static double offset_of(const Glm *glm, gsize i)
{
    return glm->offset != NULL ? glm->offset[i] : 0;
}

/* Fitted means of the present coefficients; gives the deviance. */
static double evaluate(Glm *glm)
{
    double factor = exp(glm->slope), half = 0;
    for (gsize r = 0; r < glm->n_runs; r++) {
        gsize i = glm->run_start[r], end = glm->run_start[r + 1];
        double level = glm->level[glm->run_group[r]], mean = 0;
        for (gsize begin = i; i < end; i++) {
            double eta = level + glm->slope * glm->time[i] + offset_of(glm, i);
            mean = i > begin && glm->even && glm->offset == NULL ? mean * factor : exp(eta);
            double mu = mean > DBL_EPSILON ? mean : DBL_EPSILON;
            glm->mean[i] = mu;
            half += glm->weight[i] * (glm->saturated[i] - glm->count[i] * eta + mu);
        }
    }
    return 2 * half;
}

/* One observation's share in the sums; wz: weight times working response, which is
 * weight · (mean · eta + count - mean) and so needs no division. */
static inline void add(double *s, double w, double t, double wz)
{
    s[GLM_W] += w;
    s[GLM_WT] += w * t;
    s[GLM_WTT] += w * t * t;
    s[GLM_WZ] += wz;
    s[GLM_WTZ] += t * wz;
}

/* Times count from the group's mean time of the step before, so that next to
 * nothing cancels when a few weeks carry all the weight. */
static void accumulate(Glm *glm, bool first)
{
    memset(glm->sums, 0, GLM_SUMS * glm->n_groups * sizeof(double));
    for (gsize r = 0; r < glm->n_runs; r++) {
        guint g = glm->run_group[r];
        double s[GLM_SUMS] = {0}, level = glm->level[g], slope = glm->slope;
        double origin = glm->group_time[g];
        for (gsize i = glm->run_start[r]; i < glm->run_start[r + 1]; i++) {
            double mu = glm->mean[i], w = glm->weight[i] * mu, t = glm->time[i];
            double eta = first ? glm->log_start[i] - offset_of(glm, i) : level + slope * t;
            glm->working[i] = w;
            add(s, w, t - origin, w * eta + glm->weight[i] * (glm->count[i] - mu));
        }
        double *sums = glm->sums + GLM_SUMS * g;
        for (int k = 0; k < GLM_SUMS; k++)
            sums[k] += s[k];
    }
}

/* Means and deviance where the steps start. */
static double start(Glm *glm)
{
    double half = 0;
    glm->converged = false;
    glm->slope = 0;
    memset(glm->group_time, 0, glm->n_groups * sizeof(double));
    for (gsize i = 0; i < glm->n; i++) {
        glm->mean[i] = glm->count[i] + 0.1;
        half +=
            glm->weight[i] * (glm->saturated[i] - glm->count[i] * glm->log_start[i] + glm->mean[i]);
    }
    return 2 * half;
}

static bool settled(Glm *glm, double deviance, double old)
{
    glm->converged = fabs(deviance - old) / (fabs(deviance) + 0.1) < EPSILON;
    return glm->converged;
}

/* The steps by runs; false: not possible. */
static bool step_by_runs(Glm *glm)
{
    if (!glm_runs_begin(glm))
        return false;
    double old = start(glm), deviance;
    int step = 0;
    for (bool done = false; !done && step < STEPS; step++, old = deviance) {
        if (step == 0)
            accumulate(glm, true);
        else
            glm_runs_accumulate(glm);
        solve(glm);
        if (!glm_runs_evaluate(glm, &deviance))
            return false;
        done = settled(glm, deviance, old);
    }
    glm_runs_end(glm, step > 1);
    return true;
}

bool glm_fit(Glm *glm, bool with_slope, bool weighted)
{
    glm->with_slope = with_slope;
    if (!weighted)
        for (gsize i = 0; i < glm->n; i++)
            glm->weight[i] = 1;
    glm->weighted = weighted;
    if (step_by_runs(glm))
        return true;
    double old = start(glm), slope_old = 0, *level_old = glm->level + glm->n_groups;
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
        if (settled(glm, deviance, old))
            return true;
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

/* mean^(-1/6) */
static double anscombe_root(const Glm *glm, guint group, gsize i)
{
    return exp(-(glm->level[group] + glm->slope * glm->time[i] + offset_of(glm, i)) / 6);
}

bool glm_anscombe(Glm *glm, double phi)
{
    double factor = exp(-glm->slope / 6);
    double spread = glm->with_slope ? 1 / glm->time_spread : 0;
    bool numbers = true;
    for (gsize r = 0; r < glm->n_runs; r++) {
        gsize i = glm->run_start[r];
        guint g = glm->run_group[r];
        double root = anscombe_root(glm, g, i);
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
            if (i + 1 < glm->run_start[r + 1])
                root =
                    glm->even && glm->offset == NULL ? root * factor : anscombe_root(glm, g, i + 1);
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
