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
 *                   asks and answers, methods, sources, originals with SHA-256;
 *                   beside them situation.csv and situation.json
 * --kind alert      alert.xml: CAP 1.2 in both languages; status Exercise when the
 *                   case is labelled synthetic
 * --kind charts     series, curve, executions, provinces, framework and response
 *                   as SVG in each language, where the case has something to draw
 * --kind all        all of these (the default)
 * letter AP12 ...   letter-AP12.pdf in the letter's own language
 * --lang            fa, en or both (the default) for the PDFs and charts
 * --now TIME        the day or time of the report, as 2026-02-01 or
 *                   2026-02-01T12:00Z; the same case and time give the same bytes
 *
 * The folder is made when it is missing; files of the same names are replaced.
 * Example: zenhar report --case june.zenhar --out june-report --lang fa
 */
#include "base/edtf.h"
#include "cli/case.h"
#include "commands.h"
#include "render/render.h"

#include <errno.h>
#include <string.h>

typedef struct {
    CliContext *context;
    Store *store;
    const char *folder;
    bool languages[2]; /* by I18nLanguage */
    guint written;
} Job;

typedef bool (*Write)(Store *store, const char *path, GError **error);

static char *path_in(const Job *job, const char *name)
{
    return g_build_filename(job->folder, name, NULL);
}

static void tell(Job *job, const char *path)
{
    job->written++;
    cli_say(job->context, _("Written: %s"), path);
}

static bool write_plain(Job *job, const char *name, Write write, GError **error)
{
    g_autofree char *path = path_in(job, name);
    if (!write(job->store, path, error))
        return false;
    tell(job, path);
    return true;
}

static bool write_situation(Job *job, GError **error)
{
    for (int l = 0; l < 2; l++) {
        if (!job->languages[l])
            continue;
        g_autofree char *name = g_strdup_printf("situation-%s.pdf", i18n_tag((I18nLanguage)l));
        g_autofree char *path = path_in(job, name);
        if (!render_situation_pdf(job->store, (I18nLanguage)l, path, error))
            return false;
        tell(job, path);
    }
    return write_plain(job, "situation.csv", render_situation_csv, error) &&
           write_plain(job, "situation.json", render_situation_json, error);
}

static bool write_cap(Store *store, const char *path, GError **error)
{
    return render_alert_cap(store, 0, path, error);
}

static bool write_chart(Job *job, RenderChart chart, I18nLanguage language, GError **error)
{
    g_autofree char *name =
        g_strdup_printf("%s-%s.svg", render_chart_name(chart), i18n_tag(language));
    g_autofree char *path = path_in(job, name);
    if (!render_chart_file(job->store, chart, language, path, error))
        return false;
    tell(job, path);
    return true;
}

/* Runs one step; nothing to draw is told, and only an error when that alone was asked for. */
static bool optional(Job *job, bool done, bool alone, GError **error)
{
    if (done || alone || !g_error_matches(*error, ZENHAR_ERROR, ZENHAR_ERROR_DATA))
        return done;
    cli_say(job->context, "%s", (*error)->message);
    g_clear_error(error);
    return true;
}

static bool write_charts(Job *job, GError **error)
{
    for (int l = 0; l < 2; l++)
        for (int c = 0; c < RENDER_N_CHARTS && job->languages[l]; c++)
            if (!optional(job, write_chart(job, (RenderChart)c, (I18nLanguage)l, error), false,
                          error))
                return false;
    return true;
}

static bool write_letters(Job *job, char **ids, int n_ids, GError **error)
{
    for (int i = 0; i < n_ids; i++) {
        StoreKind kind;
        gint64 id;
        if (!store_id_read(ids[i], STORE_KIND_APPEAL, &kind, &id, error))
            return false;
        char printed[STORE_ID_MAX];
        g_autofree char *name =
            g_strdup_printf("letter-%s.pdf", store_id_format(STORE_KIND_APPEAL, id, printed));
        g_autofree char *path = path_in(job, name);
        if (!render_letter_pdf(job->store, id, path, error))
            return false;
        tell(job, path);
    }
    return true;
}

static bool run(Job *job, const char *what, char **letters, int n_letters, GError **error)
{
    bool all = strcmp(what, "all") == 0;
    if (n_letters > 0)
        return write_letters(job, letters, n_letters, error);
    if ((all || strcmp(what, "situation") == 0) && !write_situation(job, error))
        return false;
    if ((all || strcmp(what, "alert") == 0) &&
        !optional(job, write_plain(job, "alert.xml", write_cap, error), !all, error))
        return false;
    return !(all || strcmp(what, "charts") == 0) || write_charts(job, error);
}

static bool read_now(const char *text, gint64 *ret_now, GError **error)
{
    Edtf edtf;
    if (!edtf_parse(text, CALENDAR_GREGORIAN, &edtf, error))
        return false;
    const EdtfPoint *at = &edtf.start;
    if (edtf.interval || at->kind != EDTF_POINT_DATE || at->precision < EDTF_DAY) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("--now takes a day or a time, as 2026-02-01 or 2026-02-01T12:00Z, not '%s'."),
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
           strcmp(what, "alert") == 0 || strcmp(what, "charts") == 0;
}

int cmd_report(CliContext *context, int argc, char **argv)
{
    g_autofree char *folder = NULL, *what = NULL, *language = NULL, *now = NULL;
    const GOptionEntry OPTIONS[] = {
        {"out", 'o', 0, G_OPTION_ARG_FILENAME, &folder, NULL, "DIR"},
        {"kind", 0, 0, G_OPTION_ARG_STRING, &what, NULL, "WHAT"},
        {"lang", 0, 0, G_OPTION_ARG_STRING, &language, NULL, "fa|en|both"},
        {"now", 0, 0, G_OPTION_ARG_STRING, &now, NULL, "TIME"},
        {NULL},
    };
    int status = CLI_DONE;
    if (!cli_parse(context, OPTIONS, &argc, &argv, &status))
        return status;
    bool letter = argc > 1 && strcmp(argv[1], "letter") == 0;
    I18nLanguage one = I18N_ENGLISH;
    bool both = language == NULL || strcmp(language, "both") == 0;
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
    if (what != NULL && !known_kind(what))
        return cli_usage(context, _("--kind takes situation, alert, charts or all, not '%s'."),
                         what);

    g_autoptr(GError) error = NULL;
    gint64 seconds = 0;
    if (now != NULL && !read_now(now, &seconds, &error))
        return cli_fail(context, error);
    g_autoptr(Store) store = cli_case_open(context, STORE_READ, &error);
    if (store == NULL)
        return cli_fail(context, error);
    if (seconds != 0)
        store_set_now(store, seconds);
    if (g_mkdir_with_parents(folder, 0700) != 0) {
        g_set_error(&error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("The folder %s cannot be made: %s."),
                    folder, g_strerror(errno));
        return cli_fail(context, error);
    }
    Job job = {.context = context,
               .store = store,
               .folder = folder,
               .languages = {both || one == I18N_ENGLISH, both || one == I18N_PERSIAN}};
    if (!run(&job, what != NULL ? what : "all", argv + 2, letter ? argc - 2 : 0, &error))
        return cli_fail(context, error);
    return CLI_DONE;
}
