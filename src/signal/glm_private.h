/* signal/glm_private.h: the sums of a step, and the steps by runs (glm_runs.c). */
#pragma once
#include "signal/glm.h"

/* Sums of a group: weight, ·time, ·time², ·response, ·time·response. */
enum { GLM_W, GLM_WT, GLM_WTT, GLM_WZ, GLM_WTZ, GLM_SUMS };

/** Prepares a fit with the present weight[]; false: it must go week by week. */
bool glm_runs_begin(Glm *glm);
/** Means of the present coefficients; their deviance. False: go week by week from the start. */
bool glm_runs_evaluate(Glm *glm, double *ret_deviance);
/** Sums of a step but the first. */
void glm_runs_accumulate(Glm *glm);
/** Fills mean[]; and working[] where more than the first step was taken. */
void glm_runs_end(Glm *glm, bool stepped);
