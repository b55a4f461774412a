/* COMMAND: job
 * SUMMARY: work on a case that workers take up: import, link, scan, report
 *
 * zenhar job add import --case CASE [options of import] FILE...
 * zenhar job add link --case CASE [--again]
 * zenhar job add scan|report --case CASE [--lang fa|en]
 *   puts work into the queue of the case and prints the number of each job. Files are
 *   sealed into the case at once, so that a worker on any machine can read them. What
 *   waits there already is not put in twice.
 * zenhar job list --case CASE [--all]
 *   jobs that wait, run or failed, as CSV; with --all those that are done or were
 *   cancelled, too.
 * zenhar job result --case CASE [--out FILE] NUMBER
 *   what a job gave: of report the situation report (PDF), else one JSON object.
 * zenhar job cancel|retry --case CASE NUMBER...
 *   takes jobs out (a worker that has one stops at its next safe point); queues what
 *   failed or was cancelled again.
 * zenhar job forget --case CASE [--days N]
 *   forgets jobs that ended N days ago or before (default 30; 0: all that ended).
 *
 * Jobs are done by `zenhar work`, on as many machines as you like. Each is given to one
 * worker at a time; of a worker that died it goes to the next. A job that failed is tried
 * again, later each time, at most five times; then it stands in the list with a
 * sentence. link finds who is one person, scan counts and looks for alarms (as `zenhar
 * assess run`), report draws the situation report in the language of --lang.
 *
 *   --again             link: learn, compare and group all anew
 *   --source NAME, --reliability A-F, --credibility 1-6, --format NAME,
 *   --language CODE, --synthetic
 *                       import: as in `zenhar import`
 *   --priority N        higher first (default 0)
 *
 * Exit status: 0 done, 2 wrong usage, 3 cannot go on.
 *
 * Example: zenhar job add import --case $CASE june.csv july.csv
 */
#include "commands.h"

#include "base/csv.h"
#include "cli/case.h"
#include "cli/cells.h"
#include "cli/work.h"
#include "evidence/original.h"
#include "handover/take.h"
#include "intake/formats.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <jansson.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    char *source, *reliability, *format, *language, *out;
    int credibility, priority, days;
    gboolean synthetic, again, all;
} Arguments;

static void arguments_clear(Arguments *a)
{
    g_free(a->source);
    g_free(a->reliability);
    g_free(a->format);
    g_free(a->language);
    g_free(a->out);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Arguments, arguments_clear)

static const char *state_name(StoreJobState state)
{
    static const char *const NAMES[STORE_JOB_STATES] = {"queued", "running", "done", "failed",
                                                        "cancelled"};
    return NAMES[state];
}

/* ---- adding ---- */

static bool add_one(CliContext *context, Store *store, const Arguments *a, const char *kind,
                    const char *payload, GError **error)
{
    gint64 id = 0;
    bool known = false;
    const StoreJobNew job = {.kind = kind,
                             .priority = a->priority,
                             .payload = payload,
                             .n_payload = payload != NULL ? strlen(payload) : 0};
    if (!store_job_add(store, &job, &id, &known, error))
        return false;
    g_print("%" G_GINT64_FORMAT "\n", id);
    if (known)
        cli_say(context, _("Job %" G_GINT64_FORMAT " waits for the same already."), id);
    return true;
}

/* NULL with error set. */
static char *import_options(const Arguments *a, GError **error)
{
    const char grade = a->reliability != NULL ? g_ascii_toupper(a->reliability[0]) : 'A';
    const char *format = a->format != NULL ? a->format : "auto";
    const char *wrong = NULL;
    if (grade < 'A' || grade > 'F' || (a->reliability != NULL && a->reliability[1] != '\0'))
        wrong = "--reliability";
    else if (a->credibility < 0 || a->credibility > 6)
        wrong = "--credibility";
    else if (intake_format_parse(format) == INTAKE_N_FORMATS)
        wrong = "--format";
    if (wrong != NULL) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("%s: there is no such value; see `zenhar import --help`."), wrong);
        return NULL;
    }
    const char *language = a->language != NULL ? intake_language_parse(a->language) : NULL;
    const char letter[] = {grade, '\0'};
    json_t *object = json_pack(
        "{s:s, s:s*, s:s*, s:i, s:s*, s:b}", "format", format, "source", a->source, "reliability",
        a->reliability != NULL ? letter : NULL, "credibility", a->credibility, "language",
        language != NULL ? language : a->language, "synthetic", (int)a->synthetic);
    char *text = json_dumps(object, JSON_COMPACT), *copy = g_strdup(text);
    free(text);
    json_decref(object);
    return copy;
}

static bool add_file(CliContext *context, Store *store, const Arguments *a, const char *options,
                     const char *path, GError **error)
{
    gint64 id = 0;
    bool known = false;
    const int file = g_open(path, O_RDONLY | O_CLOEXEC, 0);
    if (file < 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("%s cannot be read: %s."), path,
                    i18n_errno(errno));
        return false;
    }
    const bool sealed = evidence_original_add(store, file, path, NULL, path, &id, &known, error);
    close(file);
    g_autofree char *payload = sealed ? work_import_payload(id, path, options) : NULL;
    return sealed && add_one(context, store, a, "import", payload, error);
}

/* All files are looked at before the first is touched. */
static bool check_files(char **files, int n, GError **error)
{
    for (int i = 0; i < n; i++) {
        if (!g_file_test(files[i], G_FILE_TEST_IS_REGULAR) || g_access(files[i], R_OK) != 0)
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND,
                        _("%s is no file that can be read. Nothing was queued."), files[i]);
        else if (take_is_export(files[i]))
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                        _("%s is an export of a case: take it in by `zenhar import`. Nothing was "
                          "queued."),
                        files[i]);
        else
            continue;
        return false;
    }
    return true;
}

static int add(CliContext *context, const Arguments *a, int n_words, char **words)
{
    g_autoptr(GError) error = NULL;
    const char *kind = n_words > 0 ? words[0] : "";
    const bool files = strcmp(kind, "import") == 0;
    const WorkKind *known = work_kind_find(kind);
    if (known == NULL || known->inner)
        return cli_usage(context, _("Say what is to be done: one of %s."), work_kind_names());
    if (files ? n_words < 2 : n_words != 1)
        return cli_usage(context, "%s",
                         files ? _("Name at least one file.") : _("Files go with import alone."));
    g_autofree char *options = import_options(a, &error);
    if (options == NULL)
        return cli_usage(context, "%s", error->message);
    if (files && !check_files(words + 1, n_words - 1, &error))
        return cli_fail(context, error);
    g_autoptr(Store) store = cli_case_open(context, STORE_WRITE, &error);
    if (store == NULL)
        return cli_fail(context, error);
    for (int i = 1; i < n_words; i++)
        if (!add_file(context, store, a, options, words[i], &error))
            return cli_fail(context, error);
    g_autofree char *payload = strcmp(kind, "link") == 0     ? work_link_payload(a->again)
                               : strcmp(kind, "report") == 0 ? work_report_payload(i18n_language())
                                                             : NULL;
    if (!files && !add_one(context, store, a, kind, payload, &error))
        return cli_fail(context, error);
    return CLI_DONE;
}

/* ---- the others ---- */

static void append_time(GString *out, gint64 milliseconds)
{
    g_autoptr(GDateTime) time =
        milliseconds != 0 ? g_date_time_new_from_unix_utc(milliseconds / 1000) : NULL;
    g_autofree char *text = time != NULL ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ") : NULL;
    cli_append_text(out, text);
}

static bool list(Store *store, bool all, GError **error)
{
    const guint states =
        all ? ~0U : 1U << STORE_JOB_QUEUED | 1U << STORE_JOB_RUNNING | 1U << STORE_JOB_FAILED;
    g_autoptr(GPtrArray) jobs = store_job_list(store, 0, states, error);
    CliOutput *output = jobs != NULL ? cli_output_open(NULL, error) : NULL;
    if (output == NULL)
        return false;
    g_autoptr(GString) out =
        g_string_new("job,kind,state,tries,added,ready,started,ended,worker,failure\n");
    for (guint i = 0; i < jobs->len; i++) {
        const StoreJob *job = g_ptr_array_index(jobs, i);
        csv_append_integer(out, job->id);
        csv_append(out, job->kind);
        csv_append(out, state_name(job->state));
        csv_append_integer(out, job->tries);
        append_time(out, job->added);
        append_time(out, job->state == STORE_JOB_QUEUED ? job->ready : 0);
        append_time(out, job->started);
        append_time(out, job->ended);
        cli_append_text(out, job->worker);
        cli_append_text(out, job->failure);
        csv_append_end(out);
    }
    cli_output_write(output, out->str, out->len);
    return cli_output_close(output, error);
}

static bool read_number(const char *word, gint64 *ret_id, GError **error)
{
    guint64 id = 0;
    if (g_ascii_string_to_unsigned(word, 10, 1, G_MAXINT64, &id, NULL)) {
        *ret_id = (gint64)id;
        return true;
    }
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                _("'%s' is no number of a job; `zenhar job list` shows them."), word);
    return false;
}

static bool print_result(Store *store, const char *word, const char *path, GError **error)
{
    gint64 id = 0;
    g_autoptr(StoreJob) job =
        read_number(word, &id, error) ? store_job_load(store, id, error) : NULL;
    if (job == NULL)
        return false;
    if (!store_keys_hold(store_keys(store), STORE_KEY_FIELDS)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_PASSPHRASE,
                    _("The passphrase of %s does not open what jobs gave."),
                    store_keys_name(store_keys(store)));
        return false;
    }
    if (job->result == NULL) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND,
                    _("Job %" G_GINT64_FORMAT " has given nothing yet: it is %s."), id,
                    state_name(job->state));
        return false;
    }
    gsize n = 0;
    const char *bytes = g_bytes_get_data(job->result, &n);
    CliOutput *output = cli_output_open(path, error);
    if (output == NULL)
        return false;
    cli_output_write(output, bytes, n);
    if (n > 0 && bytes[0] == '{')
        cli_output_write(output, "\n", 1);
    return cli_output_close(output, error);
}

static bool change(CliContext *context, Store *store, bool cancels, int n, char **words,
                   GError **error)
{
    for (int i = 0; i < n; i++) {
        gint64 id = 0;
        bool changed = false;
        if (!read_number(words[i], &id, error) ||
            !(cancels ? store_job_cancel(store, id, &changed, error)
                      : store_job_retry(store, id, &changed, error)))
            return false;
        if (!changed)
            cli_say(context,
                    cancels ? _("Job %" G_GINT64_FORMAT " has ended before.")
                            : _("Job %" G_GINT64_FORMAT " has neither failed nor been cancelled."),
                    id);
    }
    return true;
}

static bool forget(CliContext *context, Store *store, int days, GError **error)
{
    gint64 n = 0;
    if (!store_job_forget(store, (gint64)days * 86400, &n, error))
        return false;
    g_autofree char *jobs = i18n_integer(n);
    cli_say(context, _("Jobs forgotten: %s."), jobs);
    return true;
}

static int act(CliContext *context, const Arguments *a, const char *verb, int n, char **words)
{
    g_autoptr(GError) error = NULL;
    const bool lists = strcmp(verb, "list") == 0, result = strcmp(verb, "result") == 0;
    const bool forgets = strcmp(verb, "forget") == 0, cancels = strcmp(verb, "cancel") == 0;
    if (lists || forgets ? n != 0 : result ? n != 1 : n < 1)
        return cli_usage(context, "%s",
                         _("Name jobs by their numbers; list and forget take none."));
    if (a->days < 0)
        return cli_usage(context, "%s", _("--days is a whole number from 0 on."));
    g_autoptr(Store) store =
        cli_case_open(context, lists || result ? STORE_READ : STORE_WRITE, &error);
    const bool done =
        store != NULL && (lists     ? list(store, a->all, &error)
                          : result  ? print_result(store, words[0], a->out, &error)
                          : forgets ? forget(context, store, a->days, &error)
                                    : change(context, store, cancels, n, words, &error));
    return done ? CLI_DONE : cli_fail(context, error);
}

int cmd_job(CliContext *context, int argc, char **argv)
{
    static const char *const VERBS[] = {"add", "list", "result", "cancel", "retry", "forget", NULL};
    g_auto(Arguments) a = {.days = 30};
    const GOptionEntry entries[] = {
        {"source", 0, 0, G_OPTION_ARG_STRING, &a.source, NULL, NULL},
        {"reliability", 0, 0, G_OPTION_ARG_STRING, &a.reliability, NULL, NULL},
        {"credibility", 0, 0, G_OPTION_ARG_INT, &a.credibility, NULL, NULL},
        {"format", 0, 0, G_OPTION_ARG_STRING, &a.format, NULL, NULL},
        {"language", 0, 0, G_OPTION_ARG_STRING, &a.language, NULL, NULL},
        {"synthetic", 0, 0, G_OPTION_ARG_NONE, &a.synthetic, NULL, NULL},
        {"again", 0, 0, G_OPTION_ARG_NONE, &a.again, NULL, NULL},
        {"priority", 0, 0, G_OPTION_ARG_INT, &a.priority, NULL, NULL},
        {"all", 0, 0, G_OPTION_ARG_NONE, &a.all, NULL, NULL},
        {"out", 'o', 0, G_OPTION_ARG_FILENAME, &a.out, NULL, NULL},
        {"days", 0, 0, G_OPTION_ARG_INT, &a.days, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    int status = CLI_DONE;
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    const char *verb = argc > 1 ? argv[1] : "list";
    if (!g_strv_contains(VERBS, verb))
        return cli_usage(context,
                         _("There is no '%s'; there are add, list, result, cancel, retry, forget."),
                         verb);
    const int n = MAX(argc - 2, 0);
    return strcmp(verb, "add") == 0 ? add(context, &a, n, argv + 2)
                                    : act(context, &a, verb, n, argv + 2);
}
