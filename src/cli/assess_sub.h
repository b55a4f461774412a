/* cli/assess_sub.h: the sub-commands of `zenhar assess`, one file assess_NAME.c each, and what they
 * share (assess_common.c). */
#pragma once
#include "cli/cli.h"
#include "estimate/scores.h"

CliFunc assess_forecast, assess_run_case, assess_show, assess_indicators, assess_triggers,
    assess_rate, assess_accept, assess_reject, assess_withdraw, assess_proposals, assess_judgements,
    assess_agreement, assess_what_changed, assess_final, assess_ledger, assess_scores,
    assess_report;

/** Metrics by their names, comma-separated; NULL: all of probabilities, or of samples. GArray of
 *  ScoreMetric, transfers; NULL with error set for an unknown one. */
GArray *assess_read_metrics(const char *names, bool of_probability, GError **error);
/** Appends metric,value,lower,upper,n,events. */
void assess_append_score(GString *text, ScoreMetric metric, const Score *score);
/** The first or last day of a date given with an option; G_MININT32 when text is NULL. */
bool assess_read_day(const char *option, const char *text, bool last, gint32 *ret_day,
                     GError **error);
/** Writes to a file, or standard output when path is NULL. */
bool assess_write_csv(const char *path, const GString *text, GError **error);
/** Appends "2025-06-28" as a field; an open or unknown day is an empty one. */
void assess_append_day(GString *text, gint32 day);
