/* assess/judge_private.h: what judge*.c and run.c share. */
#pragma once
#include "assess/judge.h"
#include "assess/private.h"

/* Puts the judgements in force of a rating's indicator into it: level, trend, reasons. Without any,
 * it is the proposal again. */
void judge_combine(StoreRating *rating, const GPtrArray *in_force);
/* Links the rating to what those judgements rest on. */
bool judge_link(Store *store, const StoreRating *rating, const GPtrArray *in_force, GError **error);
/* The factor's own row after its indicators: as high as the highest. ret_level NULL: not wanted. */
bool judge_rate_factor(Store *store, gint64 assessment_id, const char *factor, gint32 *ret_level,
                       GError **error);
