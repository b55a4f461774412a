/* COMMAND: move
 * SUMMARY: move a case from a folder to a server, or back
 *
 * zenhar move [--no-cache] FROM TO
 * zenhar move --reopen CASE
 * zenhar move --remove ADDRESS
 *
 * FROM and TO are folders or addresses of cases on a PostgreSQL server
 * (postgresql://USER@HOST/DATABASE/CASE); TO must not be there yet. The case stays the
 * same: ids, the log with its heads and proofs, sealed originals, settings, jobs,
 * passphrases and recovery shares. At the end both are compared and TO is verified,
 * every original included. On a server the text of reports lies plain in its tables;
 * names, contacts and originals are sealed as before (docs/security.md).
 *
 * From the beginning FROM can be read, but not written, and TO opens for nobody before
 * it is whole: no moment has two copies that are both written. What was cut off (a kill,
 * Ctrl-C, a lost connection) goes on where it stood: run the same command again.
 * Afterwards FROM stays as it is, read only, until you remove it. If TO does not verify,
 * FROM is open again and TO is not.
 *
 * --no-cache   leaves out what `zenhar link` keeps to save time; it is made again
 * --reopen     opens a case for writing that was moved away, or whose move is given up.
 *              When both copies were written, `zenhar merge` brings them together
 * --remove     takes a case off its server that was moved away, or that is half moved
 *              there; a folder is removed as any other
 *
 * Exit status: 0 done, 1 it does not verify, 2 wrong usage, 3 cannot go on.
 *
 * Example: zenhar move june.zenhar postgresql://owner@db.example.org/coalition/june
 */
#include "commands.h"

#include "base/progress.h"
#include "cli/case.h"
#include "evidence/move.h"
#include <sodium.h>

/* The keys of the case that the words name; --case is not asked for. */
static StoreKeys *open_keys(CliContext *context, const char *place, GError **error)
{
    g_free(context->case_path);
    context->case_path = g_strdup(place);
    if (!cli_case_named(context, error))
        return NULL;
    char *passphrase = cli_passphrase(context, false, error);
    StoreKeys *keys = passphrase != NULL ? store_keys_load(place, passphrase, error) : NULL;
    sodium_free(passphrase);
    return keys;
}

static void say_moved(CliContext *context, const char *from, const char *to,
                      const EvidenceMove *moved)
{
    if (moved->known) {
        cli_say(context, _("The case was moved to %s before; nothing was to be done."), to);
        return;
    }
    g_autofree char *originals = i18n_integer(moved->originals);
    g_autofree char *carried = i18n_integer(moved->carried);
    g_autofree char *entries = i18n_integer(moved->report.entries);
    g_autofree char *records = i18n_integer(moved->report.records);
    if (moved->resumed)
        cli_say(context, "%s", _("A move that was cut off was gone on with."));
    cli_say(context,
            _("The case stands in %s: the same newest head, %s entries of the log, %s "
              "records, verified."),
            to, entries, records);
    cli_say(context, _("%s originals, %s of them carried now."), originals, carried);
    cli_say(context, _("%s stays as it is, read only, until you remove it."), from);
}

static int reopen(CliContext *context, const char *place)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *other = NULL;
    g_autoptr(StoreKeys) keys = open_keys(context, place, &error);
    if (keys == NULL || !evidence_move_reopen(place, keys, &other, &error))
        return cli_fail(context, error);
    cli_say(context,
            _("The case %s is open for writing again. If the copy in %s is whole and is written, "
              "too, `zenhar merge` brings both together."),
            place, other);
    return CLI_DONE;
}

static int take_off(CliContext *context, const char *place)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreKeys) keys = open_keys(context, place, &error);
    if (keys == NULL || !evidence_move_remove(place, keys, &error))
        return cli_fail(context, error);
    cli_say(context, _("The case %s is not on the server any more."), place);
    return CLI_DONE;
}

int cmd_move(CliContext *context, int argc, char **argv)
{
    gboolean no_cache = FALSE, again = FALSE, off = FALSE;
    const GOptionEntry entries[] = {
        {"no-cache", 0, 0, G_OPTION_ARG_NONE, &no_cache, NULL, NULL},
        {"reopen", 0, 0, G_OPTION_ARG_NONE, &again, NULL, NULL},
        {"remove", 0, 0, G_OPTION_ARG_NONE, &off, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    int status = CLI_DONE;
    if (!cli_parse_folders(context, entries, &argc, &argv, &status))
        return status;
    if (again || off) {
        if (argc != 2 || (again && off))
            return cli_usage(context, "%s", _("Name the one case: its folder or its address."));
        return again ? reopen(context, argv[1]) : take_off(context, argv[1]);
    }
    if (argc != 3)
        return cli_usage(context, "%s",
                         _("Name two places: where the case is, and where it is to be."));
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreKeys) keys = open_keys(context, argv[1], &error);
    if (keys == NULL)
        return cli_fail(context, error);
    progress_catch_interrupt();
    const EvidenceMoveOptions options = {.without_cache = no_cache};
    EvidenceMove moved;
    if (!evidence_move(argv[1], keys, argv[2], &options, &moved, &error)) {
        if (g_error_matches(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY))
            g_prefix_error(&error, "%s",
                           _("The case does not fit there, and stays where it was. `zenhar verify` "
                             "tells whether it fits here. "));
        return cli_fail(context, error);
    }
    say_moved(context, argv[1], argv[2], &moved);
    return CLI_DONE;
}
