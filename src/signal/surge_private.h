/* signal/surge_private.h: the detectors behind signal_surge, one each. Positions
 * are 1-based and already checked; points hold count and NaN elsewhere. */
#pragma once
#include "signal/surge.h"

typedef struct {
    const double *counts; /**< n */
    gsize n, first, last;
    const SignalSurgeOptions *options;
    SignalPoint *points;
} SurgeRun;

bool surge_farrington(const SurgeRun *run, GError **error);
bool surge_ears(const SurgeRun *run, GError **error);
bool surge_cusum(const SurgeRun *run, GError **error);
bool surge_glr(const SurgeRun *run, GError **error);
bool surge_adaptive(const SurgeRun *run, GError **error);
bool surge_bayes(const SurgeRun *run, GError **error);

/** count zeroed bytes times size, or NULL with error set; free() it. */
void *surge_allocate(gsize count, gsize size, GError **error);
