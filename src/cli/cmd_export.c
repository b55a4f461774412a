/* COMMAND: export
 * SUMMARY: hand a case over: a sealed bag, records with proofs, tables; redacted by default
 *
 * zenhar export --case FOLDER --format FORMAT [--out PATH] [--what KINDS]
 *               [--with-identities --reason WHY [--use USE]]
 * zenhar export --case FOLDER --bagit PATH --to KEY.pub [--to …] | --plain
 *               [--with-identities … | --whole --reason WHY]
 *               [--contact NAME] [--contact-mail ADDRESS] [--without-proofs]
 * zenhar export --case FOLDER --bundle TARGET [--originals] [--with-sealed]
 *               [--reveal --reason WHY] [--head N] [--older N]... [--log] ID...
 *
 *   jsonl   one object a line, on standard output or in the file PATH
 *   csv     a folder PATH with a table for each kind, or, of one kind alone, that
 *           table on standard output; `zenhar import` reads both of them back
 *   ftm     FollowTheMoney entities (Aleph, OpenSanctions …), one a line: Person, Event,
 *           PlainText, Organization, Documentation; on standard output or in the file
 *   uwazi   a folder PATH with a table for each template: Source, Person, Report, Event
 *
 * --bagit makes a bag (RFC 8493, manifests of SHA-256 and SHA-512): the records, the whole
 * evidence log with its signed heads and the proof of each record, and the chain of custody:
 * who held it, who looked, what was changed. It is a tar archive sealed to the keys that
 * --to names (`zenhar recipient new`); with --plain a folder, or, if PATH ends in .tar, an archive.
 * `zenhar import --bagit` checks all of it and takes it in.
 *
 * Redacted by default: names, telephones, numbers and notes that are sealed stay here;
 * free texts go out without the names and numbers of the persons they are about; of a
 * day of birth the year is left. Each record says which of its fields were redacted; how
 * many in all is told on standard error and at the end of the output.
 *
 * --what KINDS        reports, statements, persons, acts, sources, places, with commas
 *                     between (default: all of them); for jsonl and csv
 * --with-identities   names as far as each person's consents go, in full or as initials;
 *                     needs a passphrase that opens names. Telephones, national numbers
 *                     and numbers of cases stay here all the same. Every name that goes
 *                     out is entered in the case's log, with the reason, before it goes.
 * --reason WHY        why names are needed; kept in the log
 * --use USE           what they go out for, to which a consent must stand: send (default),
 *                     government, summary; see `zenhar appeal consent`
 * --whole             of a bag, for a court: every name and number, and the originals as they
 *                     came; needs a passphrase that opens all, and --reason
 * --contact, --contact-mail  who answers questions, in bag-info.txt
 * --without-proofs    the log's entries prove as much, with more work for who checks
 *
 * --bundle writes to the new folder TARGET each record named (AP3 a letter, FG12 a
 * figure, AL5 an alarm, R100 a report) and all that it rests on, down to the originals:
 * its bytes as the evidence log hashed them, its path to a signed head, older heads that
 * left the house with the proof that they were only added to, time stamps and
 * cosignatures. `zenhar verify --bundle TARGET --key KEY` checks it without the case and
 * without a passphrase; docs/bundle.md tells how to write another program that does.
 * No identity goes along: a record with sealed values, of somebody who said no, of an
 * account or the program's own is withheld; its hash stands for it, so that every proof
 * holds, and the record says why (sealed, named, consent, withdrawn, unnamed, source,
 * path, private). That a bundle was written is entered in the case.
 *
 * --originals         the files too, as they came: those whose every report speaks only
 *                     of people who consented to sending and to their full name; the
 *                     SHA-256 of the others goes along
 * --with-sealed       records with sealed values go whole, their names and contacts as
 *                     ciphertext that this case alone opens
 * --reveal            whatever consents say, originals with --originals; each record is
 *                     written down in the case with the reason
 * --head NUMBER       prove to that signed head, not the newest: the same head and
 *                     choice give the same bytes
 * --older NUMBER      prove that head a beginning of it too; may be repeated
 * --log               the whole log too, 40 bytes an entry: kinds, numbers and hashes of
 *                     all records there ever were
 *
 * One JSON object tells what went along in a bundle, what was withheld and why, the head,
 * and the public key. Give the key to whoever checks by another way than the bundle.
 *
 * Exit status: 0 done, 1 something in the case does not fit, 2 wrong usage, 3 cannot go
 * on.
 *
 * Examples: zenhar export --case june.zenhar --bagit june.bag --to archive.key.pub
 *           zenhar export --case june.zenhar --bundle letter-3 --originals AP3
 */
#include "commands.h"

#include "cli/case.h"
#include "cli/export_bag.h"
#include "cli/export_bundle.h"
#include "evidence/evidence.h"
#include "handover/follow.h"
#include "handover/records.h"
#include "handover/uwazi.h"
#include <sodium.h>
#include <string.h>

typedef struct {
    char *format, *out, *what, *reason, *use;
    char *contact, *contact_mail;
    gboolean identities, whole, without_proofs;
    guint64 kinds;
    ExportBag bag; /* path NULL: none */
} ExportOptions;

static void options_clear(ExportOptions *options)
{
    g_free(options->format);
    g_free(options->out);
    g_free(options->what);
    g_free(options->reason);
    g_free(options->use);
    g_free(options->contact);
    g_free(options->contact_mail);
    g_free(options->bag.path);
    g_strfreev(options->bag.to);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ExportOptions, options_clear)

static bool is_blank(const char *text)
{
    return text == NULL || text[strspn(text, " ")] == '\0';
}

static bool read_policy(CliContext *context, const ExportOptions *options, OutletPolicy *policy,
                        int *status)
{
    *policy = (OutletPolicy){.what = options->bag.path != NULL ? "bag" : options->format,
                             .reason = options->reason};
    if ((options->use != NULL && !options->identities) ||
        (options->reason != NULL && !options->identities && !options->whole)) {
        *status = cli_usage(context, "%s",
                            _("--use goes with --with-identities, --reason with that or --whole."));
        return false;
    }
    if (options->whole && (options->identities || options->bag.path == NULL)) {
        *status = cli_usage(context, "%s",
                            _("--whole is for --bagit, and has all that --with-identities has."));
        return false;
    }
    if (!options->identities && !options->whole)
        return true;
    policy->degree = options->whole ? OUTLET_WHOLE : OUTLET_CONSENTED;
    while (options->use != NULL && policy->use < OUTLET_N_USES &&
           strcmp(options->use, outlet_use_name(policy->use)) != 0)
        policy->use++;
    if (policy->use == OUTLET_N_USES) {
        *status =
            cli_usage(context, _("--use %s: choose send, government or summary."), options->use);
        return false;
    }
    if (is_blank(options->reason)) {
        *status = cli_usage(context, "%s",
                            _("Names need --reason \"why\": it is written down in the case."));
        return false;
    }
    return true;
}

static bool write_output(void *context, const char *bytes, gsize length, GError **error)
{
    cli_output_write(context, bytes, length);
    return true;
}

static void is_single(guint64 kinds, StoreKind *ret_kind)
{
    for (const StoreKind *kind = records_kinds(); *kind != STORE_KIND_NONE; kind++)
        if (kinds == G_GUINT64_CONSTANT(1) << *kind)
            *ret_kind = *kind;
}

static bool write_file(Outlet *outlet, const ExportOptions *options, StoreKind table,
                       RecordsDone *done, GError **error)
{
    CliOutput *output = cli_output_open(options->out, error);
    if (output == NULL)
        return false;
    const bool written =
        strcmp(options->format, "ftm") == 0
            ? follow_write(outlet, write_output, output, done, error)
        : table != STORE_KIND_NONE
            ? records_write_table(outlet, table, write_output, output, done, error)
            : records_write_jsonl(outlet, options->kinds, write_output, output, done, error);
    if (written)
        return cli_output_close(output, error);
    cli_output_discard(output);
    return false;
}

static bool write_any(CliContext *context, ExportOptions *options, Outlet *outlet,
                      RecordsDone *done, GError **error)
{
    StoreKind single = STORE_KIND_NONE;
    if (options->bag.path != NULL)
        return export_bag(context, outlet, &options->bag, done, error);
    const bool table = strcmp(options->format, "csv") == 0;
    if (strcmp(options->format, "uwazi") == 0)
        return uwazi_write(outlet, options->out, done, error);
    if (table && options->out != NULL)
        return records_write_folder(outlet, options->kinds, options->out, done, error);
    if (table)
        is_single(options->kinds, &single);
    return write_file(outlet, options, single, done, error);
}

static int export(CliContext *context, ExportOptions *options, const OutletPolicy *policy,
                  Store *store)
{
    g_autoptr(GError) error = NULL;
    OutletPolicy today = *policy;
    today.day = (gint32)(store_now(store) / 86400);
    g_autoptr(Outlet) outlet = outlet_new(context->case_path, store_keys(store), &today, &error);
    if (outlet == NULL)
        return cli_fail(context, error);
    RecordsDone done = {0};
    if (!write_any(context, options, outlet, &done, &error))
        return cli_fail(context, error);
    g_autofree char *n = i18n_integer(done.total);
    g_autofree char *redacted = outlet_describe(outlet);
    cli_say(context, _("Records exported: %s. %s"), n, redacted);
    return CLI_DONE;
}

/* What is asked of one table alone is that table; what it names comes with the others. */
static bool read_kinds(CliContext *context, ExportOptions *options, int *status)
{
    g_autoptr(GError) error = NULL;
    StoreKind kind = STORE_KIND_NONE;
    const bool table = strcmp(options->format, "csv") == 0;
    if (options->what != NULL && !records_read_what(options->what, &options->kinds, &error)) {
        *status = cli_usage(context, "%s", error->message);
        return false;
    }
    if (options->what != NULL && !table && strcmp(options->format, "jsonl") != 0) {
        *status = cli_usage(context, "%s", _("--what goes with --format jsonl and csv."));
        return false;
    }
    if (strcmp(options->format, "uwazi") == 0 && options->out == NULL) {
        *status =
            cli_usage(context, "%s", _("Tables for Uwazi go to a folder: name it with --out."));
        return false;
    }
    if (!table || options->out != NULL)
        return true;
    for (const StoreKind *one = records_kinds(); options->what != NULL && *one != 0; one++) {
        g_autofree char *plural = g_strdup_printf("%ss", store_kind_name(*one));
        if (strcmp(plural, options->what) == 0)
            kind = *one;
    }
    if (kind == STORE_KIND_NONE) {
        *status = cli_usage(context, "%s",
                            _("Tables of several kinds go to a folder: name it with --out, or one "
                              "kind with --what."));
        return false;
    }
    options->kinds = G_GUINT64_CONSTANT(1) << kind;
    return true;
}

/* A bag, or a format; each with its own words. */
static bool read_form(CliContext *context, ExportOptions *options, int *status)
{
    static const char *const FORMATS[] = {"jsonl", "csv", "ftm", "uwazi", NULL};
    const bool bag = options->bag.path != NULL;
    const bool bag_words = options->bag.to != NULL || options->bag.plain ||
                           options->contact != NULL || options->contact_mail != NULL ||
                           options->without_proofs;
    if (bag && (options->format != NULL || options->out != NULL || options->what != NULL)) {
        *status = cli_usage(context, "%s", _("--bagit goes without --format, --out and --what."));
        return false;
    }
    if (bag)
        return export_bag_check(context, &options->bag, status);
    if (bag_words) {
        *status = cli_usage(context, "%s",
                            _("--to, --plain, --contact and --without-proofs go with --bagit."));
        return false;
    }
    if (options->format == NULL || !g_strv_contains(FORMATS, options->format)) {
        *status = cli_usage(context, "%s",
                            _("Say as what: --bagit PATH, or --format jsonl, csv, ftm or uwazi."));
        return false;
    }
    return read_kinds(context, options, status);
}

int cmd_export(CliContext *context, int argc, char **argv)
{
    g_auto(ExportOptions) options = {0};
    g_auto(CliExportBundle) bundle = {0};
    const GOptionEntry entries[] = {
        {"format", 0, 0, G_OPTION_ARG_STRING, &options.format, NULL, NULL},
        {"out", 0, 0, G_OPTION_ARG_FILENAME, &options.out, NULL, NULL},
        {"what", 0, 0, G_OPTION_ARG_STRING, &options.what, NULL, NULL},
        {"with-identities", 0, 0, G_OPTION_ARG_NONE, &options.identities, NULL, NULL},
        {"reason", 0, 0, G_OPTION_ARG_STRING, &options.reason, NULL, NULL},
        {"use", 0, 0, G_OPTION_ARG_STRING, &options.use, NULL, NULL},
        {"bundle", 0, 0, G_OPTION_ARG_FILENAME, &bundle.target, NULL, NULL},
        {"originals", 0, 0, G_OPTION_ARG_NONE, &bundle.originals, NULL, NULL},
        {"with-sealed", 0, 0, G_OPTION_ARG_NONE, &bundle.with_sealed, NULL, NULL},
        {"reveal", 0, 0, G_OPTION_ARG_NONE, &bundle.reveal, NULL, NULL},
        {"head", 0, 0, G_OPTION_ARG_INT64, &bundle.head, NULL, NULL},
        {"older", 0, 0, G_OPTION_ARG_STRING_ARRAY, &bundle.older, NULL, NULL},
        {"log", 0, 0, G_OPTION_ARG_NONE, &bundle.with_log, NULL, NULL},
        {"bagit", 0, 0, G_OPTION_ARG_FILENAME, &options.bag.path, NULL, NULL},
        {"to", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.bag.to, NULL, NULL},
        {"plain", 0, 0, G_OPTION_ARG_NONE, &options.bag.plain, NULL, NULL},
        {"whole", 0, 0, G_OPTION_ARG_NONE, &options.whole, NULL, NULL},
        {"contact", 0, 0, G_OPTION_ARG_STRING, &options.contact, NULL, NULL},
        {"contact-mail", 0, 0, G_OPTION_ARG_STRING, &options.contact_mail, NULL, NULL},
        {"without-proofs", 0, 0, G_OPTION_ARG_NONE, &options.without_proofs, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    int status = CLI_DONE;
    OutletPolicy policy;
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    if (bundle.target != NULL) {
        bundle.reason = options.reason;
        return cli_export_bundle(context, &bundle, argc - 1, argv + 1);
    }
    if (argc > 1)
        return cli_usage(context, _("export takes no file, but '%s' was given."), argv[1]);
    options.bag.options = (BagOptions){.contact_name = options.contact,
                                       .contact_email = options.contact_mail,
                                       .without_proofs = options.without_proofs};
    if (!read_form(context, &options, &status) || !read_policy(context, &options, &policy, &status))
        return status;
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = cli_case_open(context, STORE_READ, &error);
    return store != NULL ? export(context, &options, &policy, store) : cli_fail(context, error);
}
