/* cli/estimate_sub.h: what the files of `zenhar estimate` share.
 *
 *   cmd_estimate.c      options
 *   estimate_answer.c   one answer: progress, words, JSON, figures of others, charts
 *   estimate_tables.c   tables from a CSV file, by group and draw; every model as CSV
 *   estimate_case.c     tables from a case: sources as lists, by stratum and draw
 */
#pragma once
#include "cli/cli.h"
#include "estimate/estimate.h"

typedef struct {
    EstimateOptions options;
    char *method, *lists, *count, *by, *draws, *kind, *published, *output, *charts;
    gboolean leave_one_out, models, stepwise, average;
    int k, burn_in, samples, thin, chains, order, bootstrap;
    gint64 seed, max_unseen;
    double a_alpha, b_alpha, threshold, delta;
} EstimateArguments;

/** Estimates one table, or the draws of one, with the lists left out where asked; `brief`: says the
 *  number alone, the assumptions were said before. NULL with error set. Transfers both; ret_result
 *  may be NULL if not wanted. */
json_t *estimate_answer(CliContext *context, const EstimateArguments *arguments,
                        const EstimateLists *const *tables, gsize n_tables, bool brief,
                        EstimateResult **ret_result, GError **error);
/** Puts the figures of --published into the answer and writes JSON and --charts; `label`: the
 *  case's (NULL: none). Takes `whole`. */
bool estimate_answer_write(CliContext *context, const EstimateArguments *arguments, json_t *whole,
                           const char *label, GError **error);
/** Writes text to --output. */
bool estimate_answer_text(const EstimateArguments *arguments, const GString *text, GError **error);

/** `zenhar estimate FILE`: exit status. */
int estimate_tables(CliContext *context, const EstimateArguments *arguments, const char *path);

/** `zenhar estimate --case FOLDER` alone: the estimates that the case holds. */
int estimate_print_case(CliContext *context);
/** With a method or --by: new ones, of the case's persons and sources. */
int estimate_case(CliContext *context, const EstimateArguments *arguments);
