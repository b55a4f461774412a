/* COMMAND: link
 * SUMMARY: find the records that are one person or one event (record linkage)
 *
 * zenhar link A.csv [B.csv ...] [options]        ("-": standard input)
 * zenhar link --case CASE [--again] [--threshold P] [--truth COLUMN] [--seed N]
 * zenhar link review --case CASE [options] [PAIR]
 * zenhar link undo --case CASE ID --reason WHY [--by NAME]
 *
 * Looks at the columns, decides what to compare and how, learns from the records
 * themselves how much each agreement says (Fellegi and Sunter, EM), and joins
 * records into clusters. What was decided is printed as a config that can be
 * edited and given back. Names are compared across scripts, dates in either
 * calendar; columns of places of Iran by town and province (two columns more in
 * the config, "NAME (place)" and "NAME (region)").
 *
 *   --id COLUMN          names the records in the outputs (default: a column
 *                        called id, rec_id, ...; else the row number); where the
 *                        files call it differently: one a file, --id nr,rec_id
 *   --config FILE        compare as this file says
 *   --out-config FILE    write the config there ("-": standard output)
 *   --dedupe             compare within files too (default for one file)
 *   --between            compare only across files (default for more); columns are
 *                        joined by name, or by meaning (surname, last_name)
 *   --one-to-one         no cluster holds two records of one file
 *   --threshold P        probability at which a pair links (default 0.5)
 *   --out-pairs FILE     source_l,id_l,source_r,id_r,match_weight,
 *                        match_probability and weight_FIELD of each field (bits)
 *   --out-clusters FILE  source,record_id,cluster_id
 *   --truth COLUMN       names the true entity; used for nothing but the figures,
 *                        one JSON object on standard output
 *   --truth-pattern RE   the first group of this regular expression is the entity;
 *                        without it the whole value is, or, when all values look
 *                        like rec-12-org and rec-12-dup-0, what stands before
 *                        -org and -dup
 *   --report FILE.html   the blocking, the model, charts, doubtful pairs by id: one
 *                        page without script
 *   --seed N             (default 1)
 *   --spool FOLDER       a list larger than memory: linked in parts that lie sealed in
 *                        this folder (made, and removed at the end) by --workers N
 *                        processes (default: as many as processors); the answer is the
 *                        same, byte for byte. --chunk N: records that one process holds
 *                        (default 200000, about 0.8 KiB each); --parts N: of each rule.
 *                        What is compared is decided on the first million records (see
 *                        docs/scale.md); no --report, no --truth. A run that was stopped
 *                        or killed goes on with the same command: same files, config and
 *                        options, --workers aside, else the folder does not open
 *   --jobs               with --spool and --case: the parts are jobs of that case, done
 *                        by this process and by every `zenhar work` on any machine that
 *                        sees the folder under the same path; the case's records are
 *                        not touched
 *
 * On a case (no files named), the statements that name a person are linked: persons
 * and acts are written, each joining with its weight; what is linked stays so, and
 * running it again adds nothing. --truth then names a column kept with the reports
 * (truth_id of `zenhar generate`).
 *
 *   --again              learn, compare and group all anew; persons keep their
 *                        numbers, and what people said or undid holds
 *
 * zenhar link review shows what a human look is worth most: both statements side by
 * side, the weight of each field, and asks: one person, two, or can't tell? Answers
 * hold at once and in every run, are kept with name and time, and teach the model.
 * On a terminal it asks; else it prints the first pair. A PAIR is T4-T9.
 *
 *   --next, --limit N    the first pair, or the first N
 *   --csv, --json        the queue as a table or as JSON Lines
 *   --unlinkable         statements that say too little to be compared
 *   --svg FILE           the weights of the (first) pair as a drawing
 *   --answer PAIR WORD   WORD is same, different or unsure
 *   --answers FILE       many: CSV (as --csv writes it, with the column answer filled
 *                        in) or .jsonl ("pair", "answer", "reason")
 *   --ask                asks though this is no terminal
 *   --by NAME            who answers (default: the name of the login)
 *   --reason WHY         why; write no names of persons there
 *   --reveal             shows sealed fields too; needs --reason, is written down
 *
 * zenhar link undo takes back a joining of a statement to a person (LK), a merger or
 * a split of persons (JN) or an answer (VD). What is undone stays undone.
 *
 * Exit status: 0 done, 1 done but some lines could not be read or ids repeat,
 * 2 wrong usage, 3 cannot go on.
 */
#include "commands.h"

#include "base/csv.h"
#include "base/progress.h"
#include "cli/link_case.h"
#include "cli/link_files.h"
#include "cli/link_report.h"
#include "cli/link_review.h"
#include "cli/link_spool.h"

#include <jansson.h>
#include <string.h>
#include <sys/resource.h>

typedef struct {
    char *id, *config, *out_config, *out_pairs, *out_clusters, *truth, *truth_pattern, *report;
    char *spool;
    gboolean dedupe, between, one_to_one, again, jobs;
    double threshold;
    gint64 seed, workers, chunk, parts;
} Arguments;

static void arguments_clear(Arguments *arguments)
{
    g_free(arguments->id);
    g_free(arguments->config);
    g_free(arguments->out_config);
    g_free(arguments->out_pairs);
    g_free(arguments->out_clusters);
    g_free(arguments->truth);
    g_free(arguments->truth_pattern);
    g_free(arguments->report);
    g_free(arguments->spool);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Arguments, arguments_clear)

static bool parse(CliContext *context, Arguments *a, int *argc, char ***argv, int *status)
{
    a->threshold = 0.5;
    a->seed = 1;
    const GOptionEntry entries[] = {
        {"id", 0, 0, G_OPTION_ARG_STRING, &a->id, NULL, NULL},
        {"config", 0, 0, G_OPTION_ARG_FILENAME, &a->config, NULL, NULL},
        {"out-config", 0, 0, G_OPTION_ARG_FILENAME, &a->out_config, NULL, NULL},
        {"out-pairs", 0, 0, G_OPTION_ARG_FILENAME, &a->out_pairs, NULL, NULL},
        {"out-clusters", 0, 0, G_OPTION_ARG_FILENAME, &a->out_clusters, NULL, NULL},
        {"truth", 0, 0, G_OPTION_ARG_STRING, &a->truth, NULL, NULL},
        {"truth-pattern", 0, 0, G_OPTION_ARG_STRING, &a->truth_pattern, NULL, NULL},
        {"report", 0, 0, G_OPTION_ARG_FILENAME, &a->report, NULL, NULL},
        {"dedupe", 0, 0, G_OPTION_ARG_NONE, &a->dedupe, NULL, NULL},
        {"between", 0, 0, G_OPTION_ARG_NONE, &a->between, NULL, NULL},
        {"one-to-one", 0, 0, G_OPTION_ARG_NONE, &a->one_to_one, NULL, NULL},
        {"again", 0, 0, G_OPTION_ARG_NONE, &a->again, NULL, NULL},
        {"threshold", 0, 0, G_OPTION_ARG_DOUBLE, &a->threshold, NULL, NULL},
        {"seed", 0, 0, G_OPTION_ARG_INT64, &a->seed, NULL, NULL},
        {"spool", 0, 0, G_OPTION_ARG_FILENAME, &a->spool, NULL, NULL},
        {"jobs", 0, 0, G_OPTION_ARG_NONE, &a->jobs, NULL, NULL},
        {"workers", 0, 0, G_OPTION_ARG_INT64, &a->workers, NULL, NULL},
        {"chunk", 0, 0, G_OPTION_ARG_INT64, &a->chunk, NULL, NULL},
        {"parts", 0, 0, G_OPTION_ARG_INT64, &a->parts, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    return cli_parse(context, entries, argc, argv, status);
}

static void hear(void *context, const char *sentence)
{
    cli_say(context, "! %s", sentence);
}

/* One block that makes most of a rule's pairs: told before they are compared, with what to do. */
static void warn_of_giants(CliContext *context, const LinkFiles *files,
                           const LinkPrepared *prepared, const LinkConfig *config)
{
    for (unsigned r = 0; r < config->n_rules; r++) {
        const LinkRule *rule = &config->rules[r];
        guint64 own = (guint64)rule->largest * (rule->largest - (rule->largest > 0)) / 2;
        if (rule->n_keys == 0 || own < 1000000 || own * 3 < rule->pairs)
            continue;
        g_autoptr(GString) shared = g_string_new(NULL);
        for (unsigned k = 0; k < rule->n_keys; k++) {
            gsize column = config->fields[rule->keys[k].field].parts[0];
            g_string_append_printf(shared, _("%s'%s' in column '%s'"), k > 0 ? ", " : "",
                                   link_table_text(files->table, rule->largest_record, column),
                                   link_table_column(files->table, column));
        }
        g_autofree char *pairs = i18n_integer((gint64)rule->pairs),
                        *records = i18n_integer(rule->largest),
                        *number = i18n_integer((gint64)r + 1);
        cli_say(context, _("! Rule %s compares %s pairs: %s records share %s."), number, pairs,
                records, shared->str);
        LinkRule better;
        if (link_prepared_better_rule(prepared, r, &better)) {
            g_autofree char *keys = link_config_format_keys(config, &better),
                            *fewer = i18n_integer((gint64)better.pairs);
            cli_say(context,
                    _("  Better: keys=%s (about %s pairs), or no [rule] at all: zenhar "
                      "then chooses."),
                    keys, fewer);
        } else {
            cli_say(context, _("  Better: a second key in this rule, or no [rule] at all: zenhar "
                               "then chooses."));
        }
    }
}

static void say_blocking(CliContext *context, const LinkPrepared *prepared,
                         const LinkConfig *config)
{
    guint64 sum = 0;
    for (unsigned r = 0; r < config->n_rules; r++)
        sum += config->rules[r].pairs;
    g_autofree char *pairs = i18n_integer((gint64)sum),
                    *possible = i18n_integer((gint64)link_prepared_n_possible(prepared));
    cli_say(context, _("%u blocking rules bring together at most %s of %s pairs."), config->n_rules,
            pairs, possible);
}

static double peak_megabytes(void)
{
    struct rusage usage = {0};
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss / 1024;
}

static void print_figures(const LinkScore *score, const LinkResult *result, gint64 began)
{
    json_t *figures = json_object();
    json_object_set_new(figures, "precision", json_real(score->precision));
    json_object_set_new(figures, "recall", json_real(score->recall));
    json_object_set_new(figures, "f1", json_real(score->f1));
    json_object_set_new(figures, "pairs_compared", json_integer((json_int_t)result->n_compared));
    json_object_set_new(figures, "blocking_recall", json_real(score->blocking_recall));
    json_object_set_new(figures, "clusters", json_integer((json_int_t)result->n_clusters));
    json_object_set_new(figures, "seconds",
                        json_real((double)(g_get_monotonic_time() - began) / 1e6));
    json_object_set_new(figures, "peak_mb", json_real(peak_megabytes()));
    char *text = json_dumps(figures, JSON_REAL_PRECISION(6));
    g_print("%s\n", text);
    free(text);
    json_decref(figures);
}

static bool finish(CliContext *context, const Arguments *a, const LinkFiles *files,
                   const LinkPrepared *prepared, const LinkConfig *config, const LinkResult *result,
                   bool between, gint64 began, GError **error)
{
    LinkScore score = {0};
    bool ok = true, told = a->truth != NULL;
    if (told)
        ok = link_files_score(files, prepared, result, between, a->truth_pattern, &score, error);
    if (ok && a->out_clusters != NULL)
        ok = link_files_write_clusters(files, result, a->out_clusters, error);
    if (ok && a->out_pairs != NULL)
        ok = link_files_write_pairs(files, prepared, config, result, a->threshold, a->out_pairs,
                                    error);
    if (ok && a->report != NULL)
        ok = link_report_write(files, prepared, config, result, told ? &score : NULL, a->threshold,
                               a->report, error);
    if (ok && told)
        print_figures(&score, result, began);
    g_free(score.entities);
    return ok;
}

static int run(CliContext *context, const Arguments *a, char **paths, unsigned n_paths)
{
    gint64 began = g_get_monotonic_time();
    g_autoptr(GError) error = NULL;
    g_autoptr(LinkFiles) files =
        link_files_read(paths, n_paths, a->id, a->truth, hear, context, &error);
    if (files == NULL)
        return cli_fail(context, error);
    bool between = a->between || (!a->dedupe && n_paths > 1);
    g_autoptr(LinkConfig) config = link_files_config(files, a->config, false, &error);
    g_autoptr(LinkPrepared) prepared =
        config != NULL ? link_prepare(files->table, config, between, 0, &error) : NULL;
    if (prepared == NULL)
        return cli_fail(context, error);
    say_blocking(context, prepared, config);
    warn_of_giants(context, files, prepared, config);
    /* Standard output belongs to the figures or to an output that asked for it. */
    bool taken = a->truth != NULL || g_strcmp0(a->out_pairs, "-") == 0 ||
                 g_strcmp0(a->out_clusters, "-") == 0 || g_strcmp0(a->report, "-") == 0;
    if (!link_files_write_config(context, files->table, config, a->out_config, taken, &error))
        return cli_fail(context, error);
    LinkOptions options = link_options_default();
    ProgressWatch watch = {.what = _("Comparing"), .units = _("tasks")};
    options.threshold = a->threshold;
    options.keep = MIN(options.keep, a->threshold);
    options.seed = (uint64_t)a->seed;
    options.one_to_one = a->one_to_one;
    watch.quiet = context->quiet;
    options.progress = progress_watch;
    options.progress_context = &watch;
    progress_catch_interrupt();
    g_autoptr(LinkResult) result = link_run(prepared, &options, &error);
    progress_free(watch.progress);
    if (result == NULL ||
        !finish(context, a, files, prepared, config, result, between, began, &error))
        return cli_fail(context, error);
    g_autofree char *records = i18n_integer((gint64)result->n_records),
                    *clusters = i18n_integer((gint64)result->n_clusters),
                    *pairs = i18n_integer((gint64)result->n_compared);
    cli_say(context, _("%s records are %s clusters; %s pairs compared."), records, clusters, pairs);
    if (result->n_bridges > 0)
        cli_say(context,
                _("%" G_GSIZE_FORMAT
                  " pairs above the threshold were kept apart because their groups disagree; "
                  "look at them in the report."),
                result->n_bridges);
    if (files->n_bad > 10)
        cli_say(context,
                _("! %" G_GSIZE_FORMAT " lines could not be read; the first ten are told above."),
                files->n_bad);
    return files->n_bad > 0 || files->n_repeated_ids > 0 ? CLI_INCOMPLETE : CLI_DONE;
}

static int run_in_parts(CliContext *context, const Arguments *a, char **paths, unsigned n_paths)
{
    if (a->workers < 0 || a->workers > 256 || a->chunk < 0 || a->chunk > G_MAXINT32 ||
        a->parts < 0 || a->parts > 65536)
        return cli_usage(context, _("--workers goes to 256, --chunk to 2147483647, --parts to "
                                    "65536; all are whole numbers above 0."));
    const LinkSpoolArguments spool = {.paths = paths,
                                      .n_paths = n_paths,
                                      .folder = a->spool,
                                      .id = a->id,
                                      .config = a->config,
                                      .out_config = a->out_config,
                                      .out_pairs = a->out_pairs,
                                      .out_clusters = a->out_clusters,
                                      .between = a->between || (!a->dedupe && n_paths > 1),
                                      .one_to_one = a->one_to_one,
                                      .threshold = a->threshold,
                                      .seed = (guint64)a->seed,
                                      .workers = (guint)a->workers,
                                      .chunk = (guint)a->chunk,
                                      .parts = (guint)a->parts,
                                      .jobs = a->jobs};
    return link_spool_run(context, &spool);
}

int cmd_link(CliContext *context, int argc, char **argv)
{
    g_auto(Arguments) arguments = {0};
    int status = CLI_DONE;
    if (argc > 1 && strcmp(argv[1], "review") == 0)
        return link_case_review(context, argc - 1, argv + 1);
    if (argc > 1 && strcmp(argv[1], "undo") == 0)
        return link_case_undo(context, argc - 1, argv + 1);
    if (!parse(context, &arguments, &argc, &argv, &status))
        return status;
    bool on_case = argc < 2 && context->case_path != NULL;
    if (argc < 2 && !on_case)
        return cli_usage(context, _("Name one CSV file or more, or a case (--case)."));
    if (argc > 257)
        return cli_usage(context, _("At most 256 files can be linked at once."));
    if (arguments.dedupe && arguments.between)
        return cli_usage(context, _("--dedupe and --between exclude each other."));
    if (arguments.between && argc == 2)
        return cli_usage(context, _("--between needs two files or more."));
    if (!(arguments.threshold > 0 && arguments.threshold <= 1))
        return cli_usage(context, _("--threshold must be above 0 and at most 1."));
    if (arguments.truth_pattern != NULL && arguments.truth == NULL)
        return cli_usage(context, _("--truth-pattern needs --truth."));
    if (arguments.again && !on_case)
        return cli_usage(context, _("--again is for a case (--case)."));
    if (arguments.spool == NULL &&
        (arguments.workers != 0 || arguments.chunk != 0 || arguments.parts != 0 || arguments.jobs))
        return cli_usage(context, _("--workers, --chunk, --parts and --jobs belong to --spool."));
    if (arguments.jobs && (arguments.workers != 0 || context->case_path == NULL))
        return cli_usage(context, _("--jobs needs a case, whose workers do the parts (`zenhar "
                                    "work --case CASE`), and no --workers."));
    if (arguments.spool != NULL && (on_case || arguments.report != NULL || arguments.truth != NULL))
        return cli_usage(context, _("--spool is for files, without --report and --truth."));
    if (on_case) {
        LinkCaseOptions on = {arguments.threshold, arguments.seed, arguments.truth,
                              arguments.again};
        return link_case_run(context, &on);
    }
    if (arguments.spool != NULL)
        return run_in_parts(context, &arguments, argv + 1, (unsigned)argc - 1);
    return run(context, &arguments, argv + 1, (unsigned)argc - 1);
}
