/* The steps of glm.c where they cost a run of weeks, not a week.
 *
 * Within a run the mean is a geometric row, m f^j, so that its sums over j, of 1, j and j², are
 * m times sums that depend on the run's length alone: one table of them a step. A run begins
 * where the one before ends, so that its first mean comes from that table too, and a step
 * has one exp() a group. Weeks that carry another weight than the rest, a handful, are added
 * one by one. Counts come in as two sums a run, once a fit.
 *
 * Not for all: where a mean sinks below R's floor, or a count is so large that the
 * deviance of sums would lose what the stopping rule looks at, the caller goes week by week. */
#include "signal/glm_private.h"
#include <float.h>
#include <math.h>
#include <string.h>

/* Above it sums of y log y cancel. */
static const double LARGEST_COUNT = 1e6;

/* sum[0 … 2][length]: of f^j, j f^j, j² f^j over j < length; power[j] = f^j. */
static void fill_tables(GlmRuns *runs, double factor)
{
    double power = 1, s0 = 0, s1 = 0, s2 = 0;
    for (gsize j = 0; j <= runs->longest; j++) {
        runs->power[j] = power;
        runs->sum[0][j] = s0;
        runs->sum[1][j] = s1;
        runs->sum[2][j] = s2;
        s0 += power;
        s1 += (double)j * power;
        s2 += (double)j * (double)j * power;
        power *= factor;
    }
}

/* The usual weight is the largest: past outbreaks weigh less. False: not for this way. */
static bool set_usual(Glm *glm)
{
    double most = 0, usual = 0;
    for (gsize i = 0; i < glm->n; i++) {
        most = glm->count[i] > most ? glm->count[i] : most;
        usual = glm->weight[i] > usual ? glm->weight[i] : usual;
    }
    glm->runs.usual = usual;
    return glm->even && glm->offset == NULL && most <= LARGEST_COUNT;
}

bool glm_runs_begin(Glm *glm)
{
    GlmRuns *runs = &glm->runs;
    if (!set_usual(glm))
        return false;
    runs->longest = 0;
    runs->n_odd = 0;
    double saturated = 0, usual = runs->usual;
    for (gsize r = 0; r < glm->n_runs; r++) {
        gsize from = glm->run_start[r], length = glm->run_start[r + 1] - from;
        double y = 0, moment = 0, rest = 0;
        const double *count = glm->count + from, *weight = glm->weight + from;
        for (gsize j = 0; j < length; j++) {
            y += count[j];
            moment += count[j] * (double)j;
            rest += glm->saturated[from + j];
        }
        y *= usual;
        moment *= usual;
        rest *= usual;
        for (gsize j = 0; j < length; j++) {
            if (weight[j] == usual)
                continue;
            double more = weight[j] - usual;
            y += more * count[j];
            moment += more * count[j] * (double)j;
            rest += more * glm->saturated[from + j];
            runs->odd[runs->n_odd++] = (GlmOdd){(guint)r, (guint)j, more};
        }
        runs->count[r] = y;
        runs->moment[r] = moment;
        saturated += rest;
        runs->longest = MAX(runs->longest, length);
    }
    runs->saturated = saturated;
    return true;
}

bool glm_runs_evaluate(Glm *glm, double *ret_deviance)
{
    GlmRuns *runs = &glm->runs;
    double *swap = runs->mean;
    runs->mean = runs->mean_before;
    runs->mean_before = swap;
    swap = runs->power;
    runs->power = runs->power_before;
    runs->power_before = swap;
    fill_tables(runs, exp(glm->slope));
    for (gsize g = 0; g < glm->n_groups; g++)
        runs->group_mean[g] = exp(glm->level[g]);
    double half = runs->saturated, growth = 1, before = 0;
    for (gsize r = 0; r < glm->n_runs; r++) {
        gsize length = glm->run_start[r + 1] - glm->run_start[r];
        guint g = glm->run_group[r];
        double begin = glm->time[glm->run_start[r]], step = begin - before;
        growth = r > 0 && step <= (double)runs->longest ? growth * runs->power[(gsize)step]
                                                        : exp(glm->slope * begin);
        before = begin;
        double mean = runs->group_mean[g] * growth;
        runs->mean[r] = mean;
        if (!(mean > DBL_EPSILON) || !(mean * runs->power[length - 1] > DBL_EPSILON))
            return false;
        half += runs->usual * mean * runs->sum[0][length] - runs->count[r] * glm->level[g] -
                glm->slope * (begin * runs->count[r] + runs->moment[r]);
    }
    for (gsize i = 0; i < runs->n_odd; i++) {
        const GlmOdd *odd = &runs->odd[i];
        half += odd->more * runs->mean[odd->run] * runs->power[odd->at];
    }
    *ret_deviance = 2 * half;
    return isfinite(half);
}

void glm_runs_accumulate(Glm *glm)
{
    const GlmRuns *runs = &glm->runs;
    memset(glm->sums, 0, GLM_SUMS * glm->n_groups * sizeof(double));
    for (gsize r = 0; r < glm->n_runs; r++) {
        guint g = glm->run_group[r];
        gsize length = glm->run_start[r + 1] - glm->run_start[r];
        double *s = glm->sums + GLM_SUMS * g, d = glm->time[glm->run_start[r]] - glm->group_time[g];
        double w = runs->usual * runs->mean[r];
        double s0 = w * runs->sum[0][length], s1 = w * runs->sum[1][length];
        s[GLM_W] += s0;
        s[GLM_WT] += d * s0 + s1;
        s[GLM_WTT] += d * (d * s0 + 2 * s1) + w * runs->sum[2][length];
        s[GLM_WZ] += runs->count[r]; /* of the counts alone, so far */
        s[GLM_WTZ] += d * runs->count[r] + runs->moment[r];
    }
    for (gsize i = 0; i < runs->n_odd; i++) {
        const GlmOdd *odd = &runs->odd[i];
        guint g = glm->run_group[odd->run];
        double *s = glm->sums + GLM_SUMS * g;
        double t = glm->time[glm->run_start[odd->run] + odd->at] - glm->group_time[g];
        double w = odd->more * runs->mean[odd->run] * runs->power[odd->at];
        s[GLM_W] += w;
        s[GLM_WT] += w * t;
        s[GLM_WTT] += w * t * t;
    }
    for (gsize g = 0; g < glm->n_groups; g++) { /* weight · (mean · eta + count - mean) */
        double *s = glm->sums + GLM_SUMS * g;
        double eta = glm->level[g] + glm->slope * glm->group_time[g] - 1;
        s[GLM_WZ] += s[GLM_W] * eta + glm->slope * s[GLM_WT];
        s[GLM_WTZ] += s[GLM_WT] * eta + glm->slope * s[GLM_WTT];
    }
}

void glm_runs_end(Glm *glm, bool stepped)
{
    const GlmRuns *runs = &glm->runs;
    for (gsize r = 0; r < glm->n_runs; r++) {
        gsize from = glm->run_start[r], length = glm->run_start[r + 1] - from;
        for (gsize j = 0; j < length; j++)
            glm->mean[from + j] = runs->mean[r] * runs->power[j];
        for (gsize j = 0; stepped && j < length; j++)
            glm->working[from + j] =
                glm->weight[from + j] * runs->mean_before[r] * runs->power_before[j];
    }
}
