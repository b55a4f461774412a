/* COMMAND: demo
 * SUMMARY: the main job on the bundled case and on synthetic reports, then the web page
 *
 * zenhar demo [--out FOLDER] [--no-serve] [--reports 5000] [--seed 1] [--port N]
 *
 * Makes two cases in FOLDER (default: demo) and drives both through everything: import,
 * linking, series and alarms, estimates, risk factors, letters, situation report, alert, charts,
 * verification. Then shows them in a browser.
 *
 *   iran-2025.zenhar    public facts only, each with its source
 *   synthetic.zenhar    invented reports about invented persons, marked as such on every page
 *
 * Beside each case lies a folder with its PDFs, SVGs, the CAP alert, CSV and JSON;
 * FOLDER/passphrase opens both. A folder that an earlier demo made is made anew; another one that
 * is not empty is left alone.
 *
 *   --no-serve     stop after writing
 *   --reports N    how many synthetic reports (default 5000)
 *   --seed N       of the synthetic reports and of everything drawn at random (default 1)
 *   --port N       first port of the web pages (default: free ones)
 */
#include "appeal/appeal.h"
#include "assess/assess.h"
#include "base/data.h"
#include "base/edtf.h"
#include "base/folder.h"
#include "cli/report_files.h"
#include "commands.h"
#include "evidence/evidence.h"
#include "evidence/original.h"
#include "intake/generate.h"
#include "intake/import.h"
#include "intake/invented.h"
#include "intake/join.h"
#include "store/appeal.h"
#include "store/assessment.h"
#include "store/body.h"
#include "store/link.h"
#include "store/user.h"
#include "web/web.h"
#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

static const char MARKER[] = ".zenhar-demo";

/* The synthetic reports tell of seven years, up to this day; the assessment looks from there. */
enum { FIRST_YEAR = 2019, LAST_YEAR = 2026, LAST_MONTH = 3, LAST_DAY = 31 };

typedef struct {
    CliContext *cli;
    const char *out;
    char *passphrase; /* guarded memory */
    guint64 seed, n_reports;
    guint16 port;
    gint64 started; /* microseconds */
} Demo;

/* One of the two cases. */
typedef struct {
    const char *name; /* of its folder */
    const char *title, *title_fa;
    const char *label; /* NULL: public facts */
    char *folder;      /* NAME.zenhar */
    Store *store;
} DemoCase;

static void say_step(Demo *demo, const char *words)
{
    g_autofree char *seconds =
        i18n_decimal((double)(g_get_monotonic_time() - demo->started) / 1e6, 1);
    cli_say(demo->cli, _("%6s s  %s"), seconds, words);
}

/* ---- the folder ---- */

static bool is_empty(const char *folder)
{
    g_autoptr(GDir) children = g_dir_open(folder, 0, NULL);
    return children != NULL && g_dir_read_name(children) == NULL;
}

/* Only what a demo made is ever removed: the marker says so. */
static bool prepare_folder(Demo *demo, GError **error)
{
    static const char *const ours[] = {"passphrase",       "iran-2025.zenhar", "iran-2025",
                                       "synthetic.zenhar", "synthetic",        "synthetic-reports"};
    g_autofree char *marker = g_build_filename(demo->out, MARKER, NULL);
    if (g_file_test(demo->out, G_FILE_TEST_EXISTS) && !g_file_test(marker, G_FILE_TEST_EXISTS) &&
        !is_empty(demo->out)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("%s is there already and no demo made it; name another folder with --out."),
                    demo->out);
        return false;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(ours); i++) {
        g_autoptr(GFile) file = g_file_new_build_filename(demo->out, ours[i], NULL);
        if (g_file_query_exists(file, NULL) && !folder_remove(file, error))
            return false;
    }
    if (g_mkdir_with_parents(demo->out, 0700) != 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("The folder %s cannot be made: %s."),
                    demo->out, i18n_errno(errno));
        return false;
    }
    return g_file_set_contents(marker, "", 0, error);
}

/* A random passphrase of 128 bits, written where only the owner reads it. */
static bool make_passphrase(Demo *demo, GError **error)
{
    guint8 bytes[16];
    demo->passphrase = sodium_malloc(2 * sizeof bytes + 2);
    if (demo->passphrase == NULL) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_MEMORY, "%s",
                    _("No guarded memory for the passphrase."));
        return false;
    }
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2hex(demo->passphrase, 2 * sizeof bytes + 1, bytes, sizeof bytes);
    sodium_memzero(bytes, sizeof bytes);
    g_autofree char *path = g_build_filename(demo->out, "passphrase", NULL);
    g_autofree char *line = g_strconcat(demo->passphrase, "\n", NULL);
    bool done =
        g_file_set_contents_full(path, line, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
    sodium_memzero(line, strlen(line));
    return done;
}

static bool create_case(Demo *demo, DemoCase *one, GError **error)
{
    g_autofree char *name = g_strconcat(one->name, ".zenhar", NULL);
    one->folder = g_build_filename(demo->out, name, NULL);
    one->store = evidence_create(one->folder, demo->passphrase, NULL, error);
    if (one->store == NULL)
        return false;
    return store_begin(one->store, error) &&
           store_setting_set(one->store, "title", one->title, error) &&
           store_setting_set(one->store, "title_fa", one->title_fa, error) &&
           store_setting_set(one->store, "country", "IR", error) &&
           (one->label == NULL || store_setting_set(one->store, "label", one->label, error)) &&
           store_commit(one->store, error);
}

/* ---- what comes in ---- */

/* The synthetic case takes the offices and the asks, but no figure and no crisis of the world:
 * what is invented and what is reported never stand in one table. */
static bool load_facts(Demo *demo, DemoCase *one, GError **error)
{
    bool real = one->label == NULL;
    if ((real && !assess_load_facts(one->store, "iran-2025", error)) ||
        !appeal_load_facts(one->store, real ? "iran-2025" : NULL, error))
        return false;
    gint64 figures = store_figure_count(one->store, error);
    gint64 votes = store_vote_count(one->store, error);
    gint64 offices = store_recipient_count(one->store, error);
    if (figures < 0 || votes < 0 || offices < 0)
        return false;
    g_autofree char *n_figures = i18n_integer(figures);
    g_autofree char *n_votes = i18n_integer(votes);
    g_autofree char *n_offices = i18n_integer(offices);
    g_autofree char *words =
        g_strdup_printf(_("public facts: %s figures by reporter, %s votes, %s holders of offices"),
                        n_figures, n_votes, n_offices);
    say_step(demo, words);
    return true;
}

static void say_import(Demo *demo, const IntakeSummary *summary)
{
    g_autofree char *added = i18n_integer((gint64)summary->added);
    g_autofree char *files = i18n_integer((gint64)summary->files);
    g_autofree char *bad = i18n_integer((gint64)summary->quarantined);
    g_autofree char *twice = i18n_integer((gint64)summary->duplicates);
    g_autofree char *words =
        g_strdup_printf(i18n_plural("import: %s reports from %s file; %s known already; %s in "
                                    "quarantine",
                                    "import: %s reports from %s files; %s known already; %s in "
                                    "quarantine",
                                    (guint64)summary->files),
                        added, files, twice, bad);
    say_step(demo, words);
}

static bool import_bundled(Demo *demo, DemoCase *one, GError **error)
{
    g_autoptr(GBytes) bytes = data_load("cases/iran-2025/reports.csv", error);
    if (bytes == NULL)
        return false;
    const IntakeOptions options = {.format = INTAKE_FORMAT_CSV};
    IntakeSummary summary = {0};
    gsize length = 0;
    const void *text = g_bytes_get_data(bytes, &length);
    bool done = intake_import_bytes(one->store, text, length, "cases/iran-2025/reports.csv",
                                    &options, &summary, error);
    if (done)
        say_import(demo, &summary);
    intake_summary_clear(&summary);
    return done;
}

typedef struct {
    const char *folder;
    FILE *files[GENERATE_N_TEXTS];
} Writer;

static bool write_piece(void *context, GenerateText text, const char *bytes, gsize length,
                        GError **error)
{
    Writer *writer = context;
    if (writer->files[text] == NULL) {
        g_autofree char *path = g_build_filename(writer->folder, generate_file_name(text), NULL);
        g_autofree char *folder = g_path_get_dirname(path);
        g_mkdir_with_parents(folder, 0700);
        writer->files[text] = g_fopen(path, "we");
    }
    if (writer->files[text] == NULL || fwrite(bytes, 1, length, writer->files[text]) != length) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("%s cannot be written: %s."),
                    generate_file_name(text), i18n_errno(errno));
        return false;
    }
    return true;
}

static bool generate(Demo *demo, const char *folder, GError **error)
{
    Writer writer = {.folder = folder};
    const GenerateOptions options = {
        .n_reports = demo->n_reports,
        .seed = demo->seed,
        .first_day = edtf_day_from_gregorian(FIRST_YEAR, 1, 1),
        .last_day = edtf_day_from_gregorian(LAST_YEAR, LAST_MONTH, LAST_DAY),
    };
    GenerateSummary summary = {0};
    bool done = generate_reports(&options, write_piece, &writer, &summary, error);
    for (gsize i = 0; i < G_N_ELEMENTS(writer.files); i++) {
        if (writer.files[i] != NULL && fclose(writer.files[i]) != 0 && done) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("%s cannot be written: %s."),
                        generate_file_name((GenerateText)i), i18n_errno(errno));
            done = false;
        }
    }
    if (done) {
        g_autofree char *reports = i18n_integer((gint64)demo->n_reports);
        g_autofree char *persons = i18n_integer((gint64)summary.persons);
        g_autofree char *words = g_strdup_printf(
            _("generated: %s synthetic reports about %s invented persons"), reports, persons);
        say_step(demo, words);
    }
    return done;
}

static bool import_synthetic(Demo *demo, DemoCase *one, GError **error)
{
    g_autofree char *folder = g_build_filename(demo->out, "synthetic-reports", NULL);
    g_autofree char *reports = g_build_filename(folder, "reports", NULL);
    g_autofree char *truth = g_build_filename(folder, generate_file_name(GENERATE_TRUTH), NULL);
    if (!generate(demo, folder, error) || !invented_crises_load(one->store, truth, error))
        return false;
    const IntakeOptions options = {.format = INTAKE_FORMAT_AUTO, .synthetic = true};
    IntakeSummary summary = {0};
    bool done = intake_import(one->store, reports, &options, &summary, error);
    if (done)
        say_import(demo, &summary);
    intake_summary_clear(&summary);
    return done;
}

/* ---- through the engines ---- */

static bool join_and_assess(Demo *demo, DemoCase *one, GError **error)
{
    IntakeJoinOptions join = intake_join_options_default();
    join.seed = demo->seed;
    IntakeJoinSummary joined = {0};
    if (!intake_join(one->store, &join, &joined, error))
        return false;
    g_autofree char *statements = i18n_integer(joined.statements);
    g_autofree char *persons = i18n_integer(joined.persons_added);
    g_autofree char *words = g_strdup_printf(_("linking: %s statements that name somebody are %s "
                                               "persons"),
                                             statements, persons);
    say_step(demo, words);

    AssessOptions options = assess_options();
    options.seed = demo->seed;
    if (one->label != NULL)
        options.today = edtf_day_from_gregorian(LAST_YEAR, LAST_MONTH, LAST_DAY);
    AssessSummary assessed = {0};
    bool done = assess_run(one->store, &options, &assessed, error);
    if (done) {
        g_autofree char *series = i18n_integer((gint64)assessed.n_series);
        g_autofree char *alarms = i18n_integer((gint64)assessed.n_alarms);
        g_autofree char *estimates = i18n_integer((gint64)assessed.n_estimates);
        g_autofree char *rated = i18n_integer((gint64)assessed.n_rated);
        g_autofree char *more = g_strdup_printf(
            _("assessment: %s series, %s alarms, %s estimates, %s of 14 risk factors rated"),
            series, alarms, estimates, rated);
        say_step(demo, more);
    }
    assess_summary_clear(&assessed);
    return done;
}

static bool write_outputs(Demo *demo, DemoCase *one, GError **error)
{
    g_autofree char *folder = g_build_filename(demo->out, one->name, NULL);
    ReportFiles written = {.store = one->store, .folder = folder, .languages = {true, true}};
    if (!report_files_begin(&written, error) || !report_files_draft_letters(&written, error) ||
        !report_files_situation(&written, error) || !report_files_brief(&written, error) ||
        !report_files_alert(&written, false, error) || !report_files_charts(&written, error))
        return false;
    g_autofree char *files = i18n_integer(written.written);
    g_autofree char *words =
        g_strdup_printf(_("written: %s files (PDF, SVG, CAP, CSV, JSON) in %s"), files, folder);
    say_step(demo, words);
    return true;
}

static bool verify(Demo *demo, DemoCase *one, GError **error)
{
    EvidenceReport report;
    if (!evidence_verify(one->store, &report, error))
        return false;
    g_autofree char *entries = i18n_integer(report.entries);
    g_autofree char *originals = i18n_integer(report.originals);
    g_autofree char *words =
        g_strdup_printf(_("verified: %s log entries and %s originals fit the signed tree head"),
                        entries, originals);
    say_step(demo, words);
    return true;
}

static bool run_case(Demo *demo, DemoCase *one, GError **error)
{
    g_autofree char *heading = g_strdup_printf(
        "%s: %s", one->name, i18n_language() == I18N_PERSIAN ? one->title_fa : one->title);
    say_step(demo, heading);
    return create_case(demo, one, error) && load_facts(demo, one, error) &&
           (one->label != NULL ? import_synthetic(demo, one, error)
                               : import_bundled(demo, one, error)) &&
           join_and_assess(demo, one, error) && write_outputs(demo, one, error) &&
           store_optimize(one->store, error) && verify(demo, one, error);
}

/* ---- the web page ---- */

static bool serve(Demo *demo, DemoCase *cases, gsize n_cases, GError **error)
{
    Web *webs[2] = {NULL};
    g_assert(n_cases <= G_N_ELEMENTS(webs));
    bool done = true;
    web_catch_stop();
    for (gsize i = 0; done && i < n_cases; i++) {
        const WebStart start = {
            .folder = cases[i].folder,
            .keys = store_keys(cases[i].store),
            .port = demo->port != 0 ? (guint16)(demo->port + i) : 0,
        };
        webs[i] = web_start(&start, error);
        done = webs[i] != NULL;
    }
    for (gsize i = 0; done && i < n_cases; i++) {
        g_autofree char *login = web_login_link(webs[i], i18n_language(), "");
        g_print("%s  %s\n", cases[i].name, login);
    }
    if (done) {
        cli_say(demo->cli, "%s", _("Each link opens its case once, within the hour. Ctrl-C ends."));
        web_wait_for_stop();
    }
    for (gsize i = 0; i < n_cases; i++)
        web_stop(webs[i]);
    return done;
}

int cmd_demo(CliContext *context, int argc, char **argv)
{
    g_autofree char *out = NULL;
    gboolean no_serve = FALSE;
    gint64 reports = 5000, seed = 1;
    int port = 0;
    const GOptionEntry entries[] = {
        {"out", 0, 0, G_OPTION_ARG_FILENAME, &out, NULL, NULL},
        {"no-serve", 0, 0, G_OPTION_ARG_NONE, &no_serve, NULL, NULL},
        {"reports", 0, 0, G_OPTION_ARG_INT64, &reports, NULL, NULL},
        {"seed", 0, 0, G_OPTION_ARG_INT64, &seed, NULL, NULL},
        {"port", 0, 0, G_OPTION_ARG_INT, &port, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    int status = CLI_DONE;
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    if (argc > 1)
        return cli_usage(context, _("demo takes no file: '%s'."), argv[1]);
    if (reports < 1 || reports > 10000000 || seed < 0 || port < 0 || port > 65534)
        return cli_usage(context, "%s",
                         _("--reports is from 1 to 10,000,000, --seed from 0 on, --port up to "
                           "65534."));
    Demo demo = {
        .cli = context,
        .out = out != NULL ? out : "demo",
        .seed = (guint64)seed,
        .n_reports = (guint64)reports,
        .port = (guint16)port,
        .started = g_get_monotonic_time(),
    };
    DemoCase cases[] = {
        {.name = "iran-2025",
         .title = "Iran 2025: public facts",
         .title_fa = "ایران ۱۴۰۴: داده‌های همگانی"},
        {.name = "synthetic",
         .title = "Synthetic case: invented persons",
         .title_fa = "پروندهٔ ساختگی: اشخاص خیالی",
         .label = "synthetic"},
    };
    g_autoptr(GError) error = NULL;
    bool done = prepare_folder(&demo, &error) && make_passphrase(&demo, &error);
    for (gsize i = 0; done && i < G_N_ELEMENTS(cases); i++)
        done = run_case(&demo, &cases[i], &error);
    if (done)
        cli_say(context,
                _("Look into %s: PDFs, charts and the alert of both cases; the passphrase "
                  "of both is in %s/passphrase."),
                demo.out, demo.out);
    if (done && !no_serve)
        done = serve(&demo, cases, G_N_ELEMENTS(cases), &error);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        store_close(cases[i].store);
        g_free(cases[i].folder);
    }
    sodium_free(demo.passphrase);
    return done ? CLI_DONE : cli_fail(context, error);
}
