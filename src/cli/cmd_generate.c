/* COMMAND: generate
 * SUMMARY: make synthetic reports about invented persons, with the truth about them
 *
 * zenhar generate N --out DIR [--seed S] [--from DATE] [--to DATE]
 * zenhar generate N --files single [--seed S] [> records.csv]
 *
 * For trying things out, for tests and for measuring: N reports from five invented
 * sources, in Persian and English, in both calendars, with the slips, gaps, repeats,
 * delays and broken records that real lists have. Each source knows a part of the
 * persons; a few invented crises raise the numbers. Every record says that it is
 * synthetic and carries the number of its person (truth_id).
 *
 *   --out DIR       DIR/reports/ with one file a source (CSV, JSON Lines, text):
 *                   `zenhar import --synthetic DIR/reports`; and DIR/truth.csv: persons,
 *                   counts by month, crises, sources
 *   --files single  one CSV of N records on standard output, columns
 *                   id,given,family,father,birth,city,phone,truth_id, for
 *                   `zenhar link - --truth truth_id`
 *   --seed S        (default 1) the same seed gives the same bytes everywhere
 *   --from DATE     first and last day of the events, as 2019-01-01 or 1397-10-11
 *   --to DATE       (default 2019-01-01 to 2026-03-31)
 *
 * Exit status: 0 done, 2 wrong usage, 3 cannot go on.
 */
#include "commands.h"

#include "base/csv.h"
#include "base/edtf.h"
#include "base/progress.h"
#include "intake/generate.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

typedef struct {
    char *out, *files, *from, *to;
    gint64 seed;
} Arguments;

static void arguments_clear(Arguments *arguments)
{
    g_free(arguments->out);
    g_free(arguments->files);
    g_free(arguments->from);
    g_free(arguments->to);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Arguments, arguments_clear)

typedef struct {
    CliOutput *outputs[GENERATE_N_TEXTS + 1]; /* NULL: that text is not written */
} Outputs;

static bool take(void *context, GenerateText text, const char *bytes, gsize length, GError **error)
{
    Outputs *outputs = context;
    if (progress_interrupted()) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_INTERRUPTED,
                            _("Stopped before all reports were made; no file was put in place."));
        return false;
    }
    if (outputs->outputs[text] != NULL)
        cli_output_write(outputs->outputs[text], bytes, length);
    return true;
}

static bool make_folder(const char *out, GError **error)
{
    g_autofree char *reports = g_build_filename(out, "reports", NULL);
    if (g_mkdir_with_parents(reports, 0777) == 0)
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("The folder %s cannot be made: %s"),
                reports, i18n_errno(errno));
    return false;
}

static bool open_outputs(const Arguments *a, Outputs *outputs, GError **error)
{
    if (a->out == NULL) {
        outputs->outputs[GENERATE_SINGLE] = cli_output_open("-", error);
        return outputs->outputs[GENERATE_SINGLE] != NULL;
    }
    if (!make_folder(a->out, error))
        return false;
    for (int t = 0; t < GENERATE_N_TEXTS; t++) {
        g_autofree char *path = g_build_filename(a->out, generate_file_name((GenerateText)t), NULL);
        outputs->outputs[t] = cli_output_open(path, error);
        if (outputs->outputs[t] == NULL)
            return false;
    }
    return true;
}

static bool close_outputs(Outputs *outputs, GError **error)
{
    bool ok = true;
    for (int t = 0; t <= GENERATE_SINGLE; t++)
        if (outputs->outputs[t] != NULL)
            ok = cli_output_close(outputs->outputs[t], ok ? error : NULL) && ok;
    return ok;
}

/* A day of either calendar: a year below 1600 is Solar Hijri. */
static bool parse_day(const char *text, gint32 *ret_day)
{
    Edtf edtf;
    Calendar calendar =
        g_ascii_strtoll(text, NULL, 10) < 1600 ? CALENDAR_SOLAR_HIJRI : CALENDAR_GREGORIAN;
    gint32 last;
    if (!edtf_parse(text, calendar, &edtf, NULL) || edtf_precision(&edtf) < EDTF_DAY)
        return false;
    edtf_bounds(&edtf, ret_day, &last);
    return *ret_day == last;
}

static void say_summary(CliContext *context, const Arguments *a, const GenerateSummary *sums)
{
    guint64 n = 0;
    for (gsize s = 0; s < GENERATE_N_SOURCES; s++)
        n += sums->reports[s];
    g_autofree char *reports = i18n_integer((gint64)n),
                    *persons = i18n_integer((gint64)sums->persons),
                    *reported = i18n_integer((gint64)sums->reported),
                    *acts = i18n_integer((gint64)sums->acts);
    cli_say(context,
            _("%s synthetic reports about %s of %s invented persons, to whom %s acts were done."),
            reports, reported, persons, acts);
    if (a->out == NULL)
        return;
    g_autofree char *broken = i18n_integer((gint64)sums->broken),
                    *repeated = i18n_integer((gint64)sums->repeated);
    cli_say(context, _("%s of them are broken on purpose, %s are repeated byte for byte."), broken,
            repeated);
    cli_say(context, _("Reports: %s/reports; the truth about them: %s/truth.csv"), a->out, a->out);
}

static int run(CliContext *context, const Arguments *a, const GenerateOptions *options)
{
    g_autoptr(GError) error = NULL;
    Outputs outputs = {{NULL}};
    GenerateSummary sums;
    progress_catch_interrupt();
    bool ok = open_outputs(a, &outputs, &error) &&
              generate_reports(options, take, &outputs, &sums, &error);
    if (!ok) { /* what is half written must not take a file's place */
        for (int t = 0; t <= GENERATE_SINGLE; t++)
            cli_output_discard(outputs.outputs[t]);
        return cli_fail(context, error);
    }
    if (!close_outputs(&outputs, &error))
        return cli_fail(context, error);
    say_summary(context, a, &sums);
    return CLI_DONE;
}

int cmd_generate(CliContext *context, int argc, char **argv)
{
    g_auto(Arguments) a = {.seed = 1};
    const GOptionEntry entries[] = {
        {"out", 0, 0, G_OPTION_ARG_FILENAME, &a.out, NULL, NULL},
        {"files", 0, 0, G_OPTION_ARG_STRING, &a.files, NULL, NULL},
        {"seed", 0, 0, G_OPTION_ARG_INT64, &a.seed, NULL, NULL},
        {"from", 0, 0, G_OPTION_ARG_STRING, &a.from, NULL, NULL},
        {"to", 0, 0, G_OPTION_ARG_STRING, &a.to, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    int status = CLI_DONE;
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    gint64 n;
    if (argc != 2 || !csv_parse_integer(argv[1], &n) || n < 1)
        return cli_usage(context, _("Say how many reports: zenhar generate 5000 --out DIR"));
    GenerateOptions options = {.n_reports = (guint64)n, .seed = (guint64)a.seed};
    options.single = g_strcmp0(a.files, "single") == 0;
    if (a.files != NULL && !options.single)
        return cli_usage(context, _("--files knows only 'single'."));
    if (options.single == (a.out != NULL))
        return cli_usage(context, _("Give either --out DIR or --files single."));
    if ((a.from == NULL) != (a.to == NULL))
        return cli_usage(context, _("--from and --to belong together."));
    if (a.from != NULL &&
        (!parse_day(a.from, &options.first_day) || !parse_day(a.to, &options.last_day)))
        return cli_usage(context, _("--from and --to take a day, as 2019-01-01 or 1397-10-11."));
    return run(context, &a, &options);
}
