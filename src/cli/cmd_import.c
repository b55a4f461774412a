/* COMMAND: import
 * SUMMARY: bring reports into the case: tables, JSON, letters, forwarded messages, folders
 *
 * zenhar import FILE... --case FOLDER [options]      ("-": standard input)
 * zenhar import --bagit BAG [--key FILE] --case FOLDER
 * zenhar import --bagit BAG [--key FILE] --check
 *
 * Each file is sealed and logged as it came before anything reads it. What it is
 * is seen by its contents and its name:
 *
 *   csv, jsonl      tables (CSV, TSV) and JSON (one object a line, or one list),
 *                   matched by the names of their columns, in Persian or English
 *   uwazi, acled, ucdp, ftm
 *                   tables of Uwazi, ACLED and UCDP GED; FollowTheMoney entities
 *   telegram, whatsapp
 *                   exports of chats: Telegram Desktop's JSON, WhatsApp's text
 *   mail, feed, html
 *                   mail (.eml, mbox) with attachments; RSS and Atom; web pages
 *   pdf, image, sheet
 *                   PDF, pictures and scans (read by the machine), XLSX, ODS
 *   archive         ZIP, 7-Zip, TAR and packed ones
 *   warc            pages as `zenhar fetch` and web archives keep them
 *   text            everything else: a letter, a report, or forwarded messages, parted
 *                   by lines of three dashes (---); lines "From:" and "Date:" at the
 *                   head of a message are understood
 *
 * A file inside a file (an attachment, a file of an archive) is sealed as one of its
 * own, tied to the one it came in, and read in turn. A folder is every file below it.
 * Who sent a mail or a chat's message goes to a sealed field, unless it is a channel.
 * Telephone, national and case numbers go to sealed fields; the text that the case
 * shows has ••• in their place.
 *
 * What `zenhar export` wrote (JSON Lines, or a folder of tables) is known as such: its
 * records come in as they are, whole or not at all.
 *
 * --bagit takes in a bag of `zenhar export --bagit`, a folder, an archive, or one sealed to
 * the key FILE (`zenhar recipient new`). First all of it is checked: the manifests both ways, names
 * and links, the log's root from its entries, heads and their signatures, each record against
 * its entry, each proof, each original; every fault is told with the file, and then nothing is
 * taken in (exit status 1). --check ends there and needs no case.
 *
 * What cannot be read goes to the quarantine with its reason, and holds up nothing.
 * The same file twice adds nothing. After a break, the same command goes on.
 *
 *   --source NAME        who tells, where a record does not say (default: the file)
 *   --reliability A-F    of the source: A reliable, F cannot be judged
 *   --credibility 1-6    of the information: 1 confirmed, 6 cannot be judged
 *   --mapping FILE       CSV with the columns column,field: what a column means
 *                        (field "ignore": nothing)
 *   --format NAME        one of the names above (default: by contents and name)
 *   --language CODE      of texts whose language cannot be seen (fa, en ...)
 *   --synthetic          every record is invented, and marked so
 *   --fields             lists the fields and the names of columns, and ends
 *   --json               one JSON object on standard output
 *   --key-passphrase-file, --key-passphrase-fd  of the key
 *
 * Exit status: 0 done, 1 done but something is in quarantine or a file of a folder
 * could not be read, 2 wrong usage, 3 cannot go on.
 */
#include "commands.h"

#include "base/progress.h"
#include "cli/case.h"
#include "cli/import_bag.h"
#include "handover/take.h"
#include "intake/formats.h"
#include "intake/import.h"
#include "intake/summary.h"
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    char *source, *reliability, *mapping, *format, *language;
    char *mapping_text;
    IntakeMapping *map;
    int credibility;
    gboolean synthetic, fields, json;
    ImportBag bag; /* path NULL: none */
} Arguments;

static void arguments_clear(Arguments *a)
{
    g_free(a->source);
    g_free(a->reliability);
    g_free(a->mapping);
    g_free(a->format);
    g_free(a->language);
    g_free(a->mapping_text);
    intake_mapping_free(a->map);
    g_free(a->bag.path);
    g_free(a->bag.key);
    g_free(a->bag.passphrase_file);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Arguments, arguments_clear)

static void print_fields(void)
{
    for (int i = 0; i < INTAKE_N_FIELDS; i++) {
        g_auto(GStrv) names = g_strsplit(intake_field_synonyms((IntakeField)i), "|", -1);
        g_autofree char *list = g_strjoinv(_(", "), names);
        g_print("%s\n    %s\n    %s\n", intake_field_name((IntakeField)i),
                intake_field_title((IntakeField)i), list);
    }
    g_print("%s\n", _("Letter case, spaces, half-spaces and marks in a column's name do not "
                      "matter."));
}

static bool read_options(CliContext *context, Arguments *a, IntakeOptions *options, int *status)
{
    *options = (IntakeOptions){.source = a->source,
                               .credibility = a->credibility,
                               .language = a->language,
                               .synthetic = a->synthetic};
    if (a->reliability != NULL) {
        char grade = g_ascii_toupper(a->reliability[0]);
        if (grade < 'A' || grade > 'F' || a->reliability[1] != '\0') {
            *status =
                cli_usage(context, _("--reliability %s: the grades are A to F."), a->reliability);
            return false;
        }
        options->reliability = grade;
    }
    if (a->credibility < 0 || a->credibility > 6) {
        *status = cli_usage(context, _("--credibility %d: the grades are 1 to 6."), a->credibility);
        return false;
    }
    options->format = intake_format_parse(a->format != NULL ? a->format : "auto");
    if (options->format == INTAKE_N_FORMATS) {
        g_autofree char *names = intake_format_names();
        *status = cli_usage(context, _("--format %s: the formats are %s."), a->format, names);
        return false;
    }
    if (a->language != NULL && intake_language_parse(a->language) != NULL)
        options->language = intake_language_parse(a->language);
    return true;
}

static bool read_mapping(Arguments *a, IntakeOptions *options, GError **error)
{
    if (a->mapping == NULL)
        return true;
    a->map = intake_mapping_load(a->mapping, error);
    if (a->map == NULL)
        return false;
    if (!cli_read(a->mapping, &a->mapping_text, NULL, error))
        return false;
    options->mapping = a->map;
    options->mapping_text = a->mapping_text;
    return true;
}

/* All files are there before the first is touched. */
static bool check_files(char **files, int n, GError **error)
{
    for (int i = 0; i < n; i++)
        if (strcmp(files[i], "-") != 0 && g_access(files[i], R_OK) != 0) {
            int why = errno;
            if (why == ENOENT)
                g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND,
                            _("There is no file %s. Nothing was imported."), files[i]);
            else
                g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO,
                            _("%s cannot be read: %s. Nothing was imported."), files[i],
                            i18n_errno(why));
            return false;
        }
    return true;
}

/* What `zenhar export` wrote has its records, with who is who, not columns to be understood. */
static bool import_export(CliContext *context, Store *store, const char *path, GError **error)
{
    TakeDone done;
    if (!take_import(store, path, &done, error))
        return false;
    if (done.original_id == 0) {
        cli_say(context, _("%s was taken in before; nothing was added."), path);
        return true;
    }
    g_autofree char *added = i18n_integer(take_done_added(&done));
    g_autofree char *known = i18n_integer(take_done_known(&done));
    cli_say(context,
            _("%s, an export of a case: records taken in: %s; known here, left as they "
              "are: %s."),
            path, added, known);
    return true;
}

static int import_files(CliContext *context, Store *store, char **files, int n,
                        const IntakeOptions *options, bool json, GError **error)
{
    IntakeSummary summary = {0};
    bool done = true;
    progress_catch_interrupt();
    for (int i = 0; i < n && done; i++)
        done = options->format == INTAKE_FORMAT_AUTO && take_is_export(files[i])
                   ? import_export(context, store, files[i], error)
                   : intake_import(store, files[i], options, &summary, error);
    if (json) {
        g_autofree char *object = intake_summary_json(&summary);
        g_print("%s\n", object);
    }
    if (summary.files > 0 || summary.failed != NULL) {
        g_autofree char *words = intake_summary_describe(&summary);
        cli_say(context, "%s", words);
    }
    int status = summary.quarantined > 0 || summary.failed != NULL ? CLI_INCOMPLETE : CLI_DONE;
    intake_summary_clear(&summary);
    return status;
}

int cmd_import(CliContext *context, int argc, char **argv)
{
    int status = CLI_DONE;
    g_auto(Arguments) a = {.bag.passphrase_fd = -1};
    const GOptionEntry entries[] = {
        {"source", 0, 0, G_OPTION_ARG_STRING, &a.source, NULL, NULL},
        {"reliability", 0, 0, G_OPTION_ARG_STRING, &a.reliability, NULL, NULL},
        {"credibility", 0, 0, G_OPTION_ARG_INT, &a.credibility, NULL, NULL},
        {"mapping", 0, 0, G_OPTION_ARG_FILENAME, &a.mapping, NULL, NULL},
        {"format", 0, 0, G_OPTION_ARG_STRING, &a.format, NULL, NULL},
        {"language", 0, 0, G_OPTION_ARG_STRING, &a.language, NULL, NULL},
        {"synthetic", 0, 0, G_OPTION_ARG_NONE, &a.synthetic, NULL, NULL},
        {"fields", 0, 0, G_OPTION_ARG_NONE, &a.fields, NULL, NULL},
        {"json", 0, 0, G_OPTION_ARG_NONE, &a.json, NULL, NULL},
        {"bagit", 0, 0, G_OPTION_ARG_FILENAME, &a.bag.path, NULL, NULL},
        {"key", 0, 0, G_OPTION_ARG_FILENAME, &a.bag.key, NULL, NULL},
        {"key-passphrase-file", 0, 0, G_OPTION_ARG_FILENAME, &a.bag.passphrase_file, NULL, NULL},
        {"key-passphrase-fd", 0, 0, G_OPTION_ARG_INT, &a.bag.passphrase_fd, NULL, NULL},
        {"check", 0, 0, G_OPTION_ARG_NONE, &a.bag.check, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    if (a.fields) {
        print_fields();
        return CLI_DONE;
    }
    if (a.bag.path == NULL && (a.bag.key != NULL || a.bag.check))
        return cli_usage(context, "%s", _("--key and --check go with --bagit."));
    if (a.bag.path != NULL)
        return argc > 1 ? cli_usage(context, "%s", _("--bagit takes in one bag and no other file."))
                        : import_bag(context, &a.bag);
    if (argc < 2)
        return cli_usage(context, "%s",
                         _("Name at least one file, a folder, or - for standard "
                           "input."));
    IntakeOptions options;
    if (!read_options(context, &a, &options, &status))
        return status;
    g_autoptr(GError) error = NULL;
    if (!read_mapping(&a, &options, &error) || !check_files(argv + 1, argc - 1, &error))
        return cli_fail(context, error);
    g_autoptr(Store) store = cli_case_open(context, STORE_WRITE, &error);
    if (store == NULL)
        return cli_fail(context, error);
    status = import_files(context, store, argv + 1, argc - 1, &options, a.json, &error);
    return error != NULL ? cli_fail(context, error) : status;
}
