/* COMMAND: report
 * SUMMARY: situation report, alert, charts and letters as files
 *
 * zenhar report --case FOLDER --out DIR [--kind WHAT] [--lang fa|en|both]
 * zenhar report --case FOLDER --out DIR letter AP12 ...
 *
 * Writes from what the case holds; `zenhar assess run` should have been run after
 * the last import.
 *
 * --kind situation  situation-fa.pdf, situation-en.pdf: figures as each reporter
 *                   gave them, alarms, risk factors with their evidence, estimates,
 *                   asks and answers, methods, sources, originals with SHA-256; the
 *                   same as .html, what is new as a feed (.atom); beside them
 *                   situation.csv and situation.json
 * --kind brief      brief-fa.pdf, brief-en.pdf: the situation on one page; and .html
 * --kind alert      alert.xml: CAP 1.2 in both languages; status Exercise when the
 *                   case is labelled synthetic; the same as alert.json and, in each
 *                   language, .pdf, .html, .atom
 * --kind charts     series, curve, executions, provinces, framework, response,
 *                   overlaps and unseen in each language, where the case has
 *                   something to draw
 * --charts-as LIST  svg (the default), pdf, png, with commas between
 * --kind all        all of these (the default)
 * letter AP12 ...   letter-AP12.pdf in the letter's own language
 * --format          of letters: pdf (the default), html, txt, odt
 * --previous ALERT  with --kind alert: alert-update.xml, which follows an earlier
 *                   alert by a new identifier and references; with --cancel
 *                   alert-cancel.xml, which takes it back
 * --since TIME      what is new in the case since then, as CSV; nothing is written
 * --lang            fa, en or both (the default) for the PDFs and charts
 * --now TIME        the day or time of the report, as 2026-02-01 or
 *                   2026-02-01T12:00Z; the same case and time give the same bytes
 *
 * The folder is made when it is missing; files of the same names are replaced.
 * Example: zenhar report --case june.zenhar --out june-report --lang fa
 */
#include "base/edtf.h"
#include "cli/case.h"
#include "cli/report_files.h"
#include "commands.h"

#include <string.h>

static void tell(void *context, const char *path, const char *missing)
{
    if (path != NULL)
        cli_say(context, _("Written: %s"), path);
    else
        cli_say(context, "%s", missing);
}

static bool write_letters(ReportFiles *files, char **ids, int n_ids, GError **error)
{
    for (int i = 0; i < n_ids; i++) {
        StoreKind kind;
        gint64 id;
        if (!store_id_read(ids[i], STORE_KIND_APPEAL, &kind, &id, error) ||
            !report_files_letter(files, id, error))
            return false;
    }
    return true;
}

static bool run(ReportFiles *files, const char *what, char **letters, int n_letters, GError **error)
{
    bool all = strcmp(what, "all") == 0;
    if (n_letters > 0)
        return write_letters(files, letters, n_letters, error);
    if ((all || strcmp(what, "situation") == 0) && !report_files_situation(files, error))
        return false;
    if ((all || strcmp(what, "brief") == 0) && !report_files_brief(files, error))
        return false;
    if ((all || strcmp(what, "alert") == 0) && !report_files_alert(files, !all, error))
        return false;
    return !(all || strcmp(what, "charts") == 0) || report_files_charts(files, error);
}

static bool read_now(const char *text, gint64 *ret_now, GError **error)
{
    Edtf edtf;
    if (!edtf_parse(text, CALENDAR_GREGORIAN, &edtf, error))
        return false;
    const EdtfPoint *at = &edtf.start;
    if (edtf.interval || at->kind != EDTF_POINT_DATE || at->precision < EDTF_DAY) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("--now and --since take a day or a time, as 2026-02-01 or 2026-02-01T12:00Z, "
                      "not '%s'."),
                    text);
        return false;
    }
    *ret_now = (gint64)edtf_day_from_gregorian(at->year, at->month, at->day) * 86400;
    if (at->hour >= 0)
        *ret_now += at->hour * 3600 + MAX(0, at->minute) * 60 + MAX(0, at->second) -
                    (at->has_offset ? at->offset_minutes * 60 : 0);
    return true;
}

static bool known_kind(const char *what)
{
    return strcmp(what, "all") == 0 || strcmp(what, "situation") == 0 ||
           strcmp(what, "brief") == 0 || strcmp(what, "alert") == 0 || strcmp(what, "charts") == 0;
}

static bool known_formats(const char *formats)
{
    g_auto(GStrv) each = g_strsplit(formats, ",", -1);
    for (char **format = each; *format != NULL; format++)
        if (strcmp(*format, "svg") != 0 && strcmp(*format, "pdf") != 0 &&
            strcmp(*format, "png") != 0)
            return false;
    return each[0] != NULL;
}

/* What is new since then, as a table on standard output. */
static int print_since(CliContext *context, const char *since)
{
    g_autoptr(GError) error = NULL;
    gint64 seconds = 0;
    guint n = 0;
    g_autoptr(GString) out = g_string_new(NULL);
    if (!read_now(since, &seconds, &error))
        return cli_fail(context, error);
    g_autoptr(Store) store = cli_case_open(context, STORE_READ, &error);
    if (store == NULL || !report_since(store, seconds, out, &n, &error))
        return cli_fail(context, error);
    CliOutput *output = cli_output_open(NULL, &error);
    if (output == NULL)
        return cli_fail(context, error);
    cli_output_write(output, out->str, out->len);
    if (!cli_output_close(output, &error))
        return cli_fail(context, error);
    g_autofree char *all = i18n_integer(n);
    cli_say(context, _("New since then: %s records."), all);
    return CLI_DONE;
}

int cmd_report(CliContext *context, int argc, char **argv)
{
    g_autofree char *folder = NULL, *what = NULL, *language = NULL, *now = NULL, *since = NULL,
                    *format = NULL, *previous = NULL, *charts_as = NULL;
    gboolean cancel = FALSE;
    const GOptionEntry OPTIONS[] = {
        {"out", 'o', 0, G_OPTION_ARG_FILENAME, &folder, NULL, "DIR"},
        {"kind", 0, 0, G_OPTION_ARG_STRING, &what, NULL, "WHAT"},
        {"lang", 0, 0, G_OPTION_ARG_STRING, &language, NULL, "fa|en|both"},
        {"now", 0, 0, G_OPTION_ARG_STRING, &now, NULL, "TIME"},
        {"since", 0, 0, G_OPTION_ARG_STRING, &since, NULL, "TIME"},
        {"format", 0, 0, G_OPTION_ARG_STRING, &format, NULL, "pdf|html|txt|odt"},
        {"charts-as", 0, 0, G_OPTION_ARG_STRING, &charts_as, NULL, "LIST"},
        {"previous", 0, 0, G_OPTION_ARG_FILENAME, &previous, NULL, "ALERT"},
        {"cancel", 0, 0, G_OPTION_ARG_NONE, &cancel, NULL, NULL},
        {NULL},
    };
    int status = CLI_DONE;
    if (!cli_parse(context, OPTIONS, &argc, &argv, &status))
        return status;
    bool letter = argc > 1 && strcmp(argv[1], "letter") == 0;
    I18nLanguage one = I18N_ENGLISH;
    bool both = language == NULL || strcmp(language, "both") == 0;
    if (since != NULL)
        return print_since(context, since);
    if (cancel && previous == NULL)
        return cli_usage(context, "%s", _("Say which alert is taken back: --previous ALERT."));
    if (folder == NULL)
        return cli_usage(context, "%s", _("Say where to write: --out DIR."));
    if (argc > 1 && !letter)
        return cli_usage(context, _("'%s' is not understood; see `zenhar report --help`."),
                         argv[1]);
    if (letter && (argc < 3 || what != NULL))
        return cli_usage(context, "%s",
                         _("Name the letters: zenhar report --out DIR letter AP12."));
    if (!both && !i18n_parse_language(language, &one))
        return cli_usage(context, _("--lang takes fa, en or both, not '%s'."), language);
    if (!both)
        i18n_set_language(one); /* what is said on the way, too */
    if (charts_as != NULL && !known_formats(charts_as))
        return cli_usage(context,
                         _("--charts-as takes svg, pdf and png, with commas between, not "
                           "'%s'."),
                         charts_as);
    if (what != NULL && !known_kind(what))
        return cli_usage(context,
                         _("--kind takes situation, brief, alert, charts or all, not '%s'."), what);

    g_autoptr(GError) error = NULL;
    gint64 seconds = 0;
    if (now != NULL && !read_now(now, &seconds, &error))
        return cli_fail(context, error);
    g_autoptr(Store) store = cli_case_open(context, STORE_READ, &error);
    if (store == NULL)
        return cli_fail(context, error);
    if (seconds != 0)
        store_set_now(store, seconds);
    ReportFiles files = {.store = store,
                         .folder = folder,
                         .languages = {both || one == I18N_ENGLISH, both || one == I18N_PERSIAN},
                         .letter_format = format,
                         .previous = previous,
                         .cancel = cancel,
                         .formats = charts_as,
                         .tell = tell,
                         .context = context};
    if (!report_files_begin(&files, &error) ||
        !run(&files, what != NULL ? what : "all", argv + 2, letter ? argc - 2 : 0, &error))
        return cli_fail(context, error);
    return CLI_DONE;
}
