/* COMMAND: estimate
 * SUMMARY: how many are on no list (multiple systems estimation)
 *
 * zenhar estimate LISTS.csv [options]        ("-": standard input)
 * zenhar estimate --case FOLDER --method NAME [--by year,province,kind] [options]
 * zenhar estimate --case FOLDER              the estimates kept in a case, as CSV
 *
 * LISTS.csv has a column of 0 and 1 for each list, and a column `count`, or one
 * row a person. Of a case, the lists are its sources, and who is on them follows
 * from the linkage of reports to persons. The result is JSON on standard output,
 * with plain sentences in Persian and English: what it says, what it assumes,
 * what would break it.
 *
 *   --method NAME       lcmcr (default), loglinear, sparse, dga, chao, m0, mt,
 *                       mb, mbh, mh, mth, mh-poisson, mth-darroch, ...
 *   --lists A,B,C       the columns to use (default: every column of 0 and 1)
 *   --count COLUMN      the column of counts
 *   --by COLUMN         one estimate for each value of the column (year, place),
 *                       and the sum of all
 *   --draws COLUMN      the column numbers draws of plausible matchings: each is
 *                       estimated, and one interval covers them all
 *   --leave-one-out     the estimate without each list in turn
 *   --charts FOLDER     overlaps, distribution and sensitivity (groups: their
 *                       totals side by side) as SVG, in Persian and English
 *   --published FILE    figures of others to stand beside ours: a CSV with
 *                       label, estimate, lower, upper, source
 *   --models            print every model as CSV in place of JSON (loglinear;
 *                       or, with a closed-population method, all of those)
 *   -o, --output FILE   write there
 *
 * Of a case:
 *   --by year,province,kind   strata (any of them; solar-year: the Iranian year)
 *   --kind KIND         only acts of this kind (arrest, execution, ...)
 *   --lists A,B         sources to use, by name or id (default: of each stratum
 *                       the five largest that tell of ten persons or more)
 *   --draws N           plausible linkages to go through (default 20; 0: take the
 *                       linkage as it stands, and the interval is too narrow)
 *
 * lcmcr:      --k 10 --a-alpha 0.25 --b-alpha 0.25 --burnin 20000
 *             --samples 10000 --thin 50 --chains 4 --seed 1
 * loglinear:  --order 2 --stepwise --average
 * sparse:     --threshold 0.02 --bootstrap 1000 --seed 1
 * dga:        --delta (2^-lists) --max-unseen (20 times the observed)
 *
 * Exit status: 0 done, 1 a result that is marked unreliable or a group without
 * one, 2 wrong usage, 3 cannot go on.
 */
#include "commands.h"

#include "base/progress.h"
#include "cli/estimate_sub.h"

static void estimate_arguments_clear(EstimateArguments *arguments)
{
    g_free(arguments->method);
    g_free(arguments->lists);
    g_free(arguments->count);
    g_free(arguments->by);
    g_free(arguments->draws);
    g_free(arguments->kind);
    g_free(arguments->charts);
    g_free(arguments->published);
    g_free(arguments->output);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(EstimateArguments, estimate_arguments_clear)

static bool parse(CliContext *context, EstimateArguments *a, int *argc, char ***argv, int *status)
{
    const EstimateOptions defaults = estimate_options();
    a->k = (int)defaults.lcmcr.classes;
    a->burn_in = (int)defaults.lcmcr.burn_in;
    a->samples = (int)defaults.lcmcr.samples;
    a->thin = (int)defaults.lcmcr.thin;
    a->chains = (int)defaults.lcmcr.chains;
    a->seed = (gint64)defaults.lcmcr.seed;
    a->a_alpha = defaults.lcmcr.a_alpha;
    a->b_alpha = defaults.lcmcr.b_alpha;
    a->order = (int)defaults.order;
    a->threshold = defaults.sparse.threshold;
    a->bootstrap = (int)defaults.sparse.replicates;
    const GOptionEntry entries[] = {
        {"method", 'm', 0, G_OPTION_ARG_STRING, &a->method, NULL, NULL},
        {"lists", 0, 0, G_OPTION_ARG_STRING, &a->lists, NULL, NULL},
        {"count", 0, 0, G_OPTION_ARG_STRING, &a->count, NULL, NULL},
        {"by", 0, 0, G_OPTION_ARG_STRING, &a->by, NULL, NULL},
        {"draws", 0, 0, G_OPTION_ARG_STRING, &a->draws, NULL, NULL},
        {"kind", 0, 0, G_OPTION_ARG_STRING, &a->kind, NULL, NULL},
        {"charts", 0, 0, G_OPTION_ARG_FILENAME, &a->charts, NULL, NULL},
        {"published", 0, 0, G_OPTION_ARG_FILENAME, &a->published, NULL, NULL},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &a->output, NULL, NULL},
        {"leave-one-out", 0, 0, G_OPTION_ARG_NONE, &a->leave_one_out, NULL, NULL},
        {"models", 0, 0, G_OPTION_ARG_NONE, &a->models, NULL, NULL},
        {"stepwise", 0, 0, G_OPTION_ARG_NONE, &a->stepwise, NULL, NULL},
        {"average", 0, 0, G_OPTION_ARG_NONE, &a->average, NULL, NULL},
        {"k", 0, 0, G_OPTION_ARG_INT, &a->k, NULL, NULL},
        {"burnin", 0, 0, G_OPTION_ARG_INT, &a->burn_in, NULL, NULL},
        {"samples", 0, 0, G_OPTION_ARG_INT, &a->samples, NULL, NULL},
        {"thin", 0, 0, G_OPTION_ARG_INT, &a->thin, NULL, NULL},
        {"chains", 0, 0, G_OPTION_ARG_INT, &a->chains, NULL, NULL},
        {"order", 0, 0, G_OPTION_ARG_INT, &a->order, NULL, NULL},
        {"bootstrap", 0, 0, G_OPTION_ARG_INT, &a->bootstrap, NULL, NULL},
        {"seed", 0, 0, G_OPTION_ARG_INT64, &a->seed, NULL, NULL},
        {"max-unseen", 0, 0, G_OPTION_ARG_INT64, &a->max_unseen, NULL, NULL},
        {"a-alpha", 0, 0, G_OPTION_ARG_DOUBLE, &a->a_alpha, NULL, NULL},
        {"b-alpha", 0, 0, G_OPTION_ARG_DOUBLE, &a->b_alpha, NULL, NULL},
        {"threshold", 0, 0, G_OPTION_ARG_DOUBLE, &a->threshold, NULL, NULL},
        {"delta", 0, 0, G_OPTION_ARG_DOUBLE, &a->delta, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    return cli_parse(context, entries, argc, argv, status);
}

/* Moves the numbers to where they count; false after telling what is wrong. */
static bool settle(CliContext *context, EstimateArguments *a, int *status)
{
    g_autoptr(GError) error = NULL;
    EstimateOptions *options = &a->options;
    *options = estimate_options();
    if (!estimate_parse_method(a->method != NULL ? a->method : "lcmcr", options, &error)) {
        *status = cli_usage(context, "%s", error->message);
        return false;
    }
    const struct {
        const char *name;
        gint64 value, least, most;
    } whole[] = {
        {"--k", a->k, 2, ESTIMATE_LCMCR_CLASSES},
        {"--burnin", a->burn_in, 0, G_MAXINT},
        {"--samples", a->samples, 4, 100000000},
        {"--thin", a->thin, 1, 1000000},
        {"--chains", a->chains, 1, 1000},
        {"--order", a->order, 1, ESTIMATE_MAX_LISTS},
        {"--bootstrap", a->bootstrap, 0, 1000000},
        {"--seed", a->seed, 0, G_MAXINT64},
        {"--max-unseen", a->max_unseen, 0, (gint64)100 * ESTIMATE_MAX_PERSONS},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(whole); i++)
        if (whole[i].value < whole[i].least || whole[i].value > whole[i].most) {
            *status = cli_usage(context,
                                _("%s %" G_GINT64_FORMAT " is out of range: from %" G_GINT64_FORMAT
                                  " to %" G_GINT64_FORMAT "."),
                                whole[i].name, whole[i].value, whole[i].least, whole[i].most);
            return false;
        }
    options->lcmcr.classes = (guint)a->k;
    options->lcmcr.burn_in = (guint)a->burn_in;
    options->lcmcr.samples = (guint)a->samples;
    options->lcmcr.thin = (guint)a->thin;
    options->lcmcr.chains = (guint)a->chains;
    options->lcmcr.seed = (guint64)a->seed;
    options->lcmcr.a_alpha = a->a_alpha;
    options->lcmcr.b_alpha = a->b_alpha;
    options->order = (guint)a->order;
    options->stepwise = a->stepwise;
    options->average = a->average;
    options->sparse.threshold = a->threshold;
    options->sparse.replicates = (guint)a->bootstrap;
    options->sparse.seed = (guint64)a->seed;
    options->dga.delta = a->delta;
    options->dga.max_unseen = (guint64)a->max_unseen;
    return true;
}

static bool wants_new(const EstimateArguments *a)
{
    return a->method != NULL || a->by != NULL || a->draws != NULL || a->kind != NULL ||
           a->lists != NULL || a->charts != NULL || a->leave_one_out || a->published != NULL;
}

int cmd_estimate(CliContext *context, int argc, char **argv)
{
    int status = CLI_DONE;
    g_auto(EstimateArguments) arguments = {0};
    if (!parse(context, &arguments, &argc, &argv, &status) || !settle(context, &arguments, &status))
        return status;
    progress_catch_interrupt();
    if (argc == 1 && context->case_path != NULL) {
        if (arguments.models || arguments.count != NULL)
            return cli_usage(context, _("--models and --count go with a file of lists, not with a "
                                        "case."));
        return wants_new(&arguments) ? estimate_case(context, &arguments)
                                     : estimate_print_case(context);
    }
    if (argc != 2)
        return cli_usage(context, _("Name one CSV file of lists, or “-” for standard input."));
    if (arguments.kind != NULL)
        return cli_usage(context, _("--kind goes with a case; of a file, choose rows before."));
    if (arguments.models && arguments.options.method != ESTIMATE_LOGLINEAR &&
        arguments.options.method != ESTIMATE_CLOSED)
        return cli_usage(context, _("--models goes with --method loglinear or a closed-population "
                                    "method such as mt."));
    if (arguments.models && (arguments.by != NULL || arguments.draws != NULL))
        return cli_usage(context, _("--models takes one table: leave out --by and --draws."));
    return estimate_tables(context, &arguments, argv[1]);
}
