/* COMMAND: passphrase
 * SUMMARY: change a case's passphrase
 *
 * zenhar passphrase --case FOLDER [--new-passphrase-file FILE]
 *                   [--new-passphrase-fd N]
 *
 * Asks for the passphrase in force and for a new one, or reads them from files
 * or file descriptors. The case's data is not rewritten: the same key is wrapped
 * anew, in an instant, and at any moment one of the two opens the case. A copy of
 * the case made before still opens with the old passphrase.
 */
#include "commands.h"

#include "cli/case.h"
#include <sodium.h>

static bool change(CliContext *context, CliContext *fresh, GError **error)
{
    if (!cli_case_named(context, error))
        return false;
    char *old_passphrase = NULL, *new_passphrase = NULL;
    bool changed = false;
    /* A wrong one is told before a new one is thought of. */
    old_passphrase = cli_passphrase(context, false, error);
    StoreKeys *keys =
        old_passphrase != NULL ? store_keys_load(context->case_path, old_passphrase, error) : NULL;
    if (keys != NULL)
        new_passphrase = cli_passphrase(fresh, true, error);
    if (new_passphrase != NULL)
        changed = store_keys_change_passphrase(context->case_path, old_passphrase, new_passphrase,
                                               NULL, error);
    if (keys != NULL)
        store_keys_unref(keys);
    sodium_free(old_passphrase);
    sodium_free(new_passphrase);
    return changed;
}

int cmd_passphrase(CliContext *context, int argc, char **argv)
{
    CliContext fresh = {.command = context->command, .passphrase_fd = -1};
    const GOptionEntry entries[] = {
        {"new-passphrase-file", 0, 0, G_OPTION_ARG_FILENAME, &fresh.passphrase_file, NULL, NULL},
        {"new-passphrase-fd", 0, 0, G_OPTION_ARG_INT, &fresh.passphrase_fd, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    int status = CLI_DONE;
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    if (argc > 1)
        return cli_usage(context, "%s", _("A passphrase is never given on the command line."));
    g_autoptr(GError) error = NULL;
    bool changed = change(context, &fresh, &error);
    g_free(fresh.passphrase_file);
    if (!changed)
        return cli_fail(context, error);
    cli_say(context, "%s",
            _("The passphrase was changed. Copies made before still open with the old one."));
    return CLI_DONE;
}
