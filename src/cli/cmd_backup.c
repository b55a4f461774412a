/* COMMAND: backup
 * SUMMARY: copy a case while it is in use; the copy is a case itself
 *
 * zenhar backup --case FOLDER [--anew] [--no-verify] TARGET
 *
 * Copies database, originals and keys to the folder TARGET, in one consistent state,
 * while others go on writing; then verifies the copy, every original included. TARGET
 * is encrypted as the case is, opens with the same passphrases and can be used as a
 * case; `zenhar restore` makes a case of it again and checks it first.
 *
 * A TARGET that holds an earlier backup of the same case is brought up to date:
 * originals that it has are not copied again, and the database only if something was
 * written since. A TARGET whose log has entries that the case has not is refused, since
 * it may be the only copy of them. What was cut off goes on where it stood, and a
 * TARGET that was whole before stays whole until the new state is complete. A disk that
 * has not enough room is refused before anything is written. A case of an older
 * version is copied as it is. The backup of a case on a PostgreSQL server is such a
 * folder, too: the rows of one moment, the sealed files, the keys.
 *
 * --anew       copies originals that TARGET has, too (when one of them is damaged)
 * --no-verify  leaves the verification of the copy out
 *
 * Prints one JSON object on standard output: what was copied, and the newest signed
 * head of the log; noted elsewhere, it shows later that nothing was taken out of the
 * backup (zenhar verify --root).
 *
 * Exit status: 0 done, 1 the copy does not verify, 2 wrong usage, 3 cannot go on.
 *
 * Example: zenhar backup --case june.zenhar /media/disk/june.backup
 */
#include "commands.h"

#include "base/progress.h"
#include "cli/backup_say.h"
#include "cli/case.h"
#include "store/copy.h"
#include <sodium.h>

static Store *open_case(CliContext *context, GError **error)
{
    if (!cli_case_named(context, error))
        return NULL;
    char *passphrase = cli_passphrase(context, false, error);
    if (passphrase == NULL)
        return NULL;
    g_autoptr(StoreKeys) keys = store_keys_load(context->case_path, passphrase, error);
    sodium_free(passphrase);
    return keys != NULL ? store_open_as_it_is(context->case_path, keys, error) : NULL;
}

int cmd_backup(CliContext *context, int argc, char **argv)
{
    gboolean anew = FALSE, no_verify = FALSE;
    const GOptionEntry entries[] = {
        {"anew", 0, 0, G_OPTION_ARG_NONE, &anew, NULL, NULL},
        {"no-verify", 0, 0, G_OPTION_ARG_NONE, &no_verify, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    int status = CLI_DONE;
    if (!cli_parse_folders(context, entries, &argc, &argv, &status))
        return status;
    if (argc != 2)
        return cli_usage(context, "%s", _("Name one folder: where the backup is to be."));
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) broken = NULL;
    g_autoptr(Store) store = open_case(context, &error);
    if (store == NULL)
        return cli_fail(context, error);
    progress_catch_interrupt();
    const EvidenceBackupOptions options = {.anew = anew, .unchecked = no_verify};
    EvidenceBackup copied;
    const bool fits = evidence_backup(store, argv[1], &options, &copied, &error);
    if (!fits && !g_error_matches(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY))
        return cli_fail(context, error);
    if (!backup_print(argv[1], &copied, error, &broken))
        return cli_fail(context, broken);
    if (!fits) {
        g_prefix_error(&error, "%s",
                       _("The backup does not fit. `zenhar verify` tells whether the case itself "
                         "does; with --anew all is copied again. "));
        return cli_fail(context, error);
    }
    g_autofree char *put = g_strdup_printf(_("The backup stands in %s."), argv[1]);
    backup_say(context, put, &copied);
    if (copied.schema != STORE_SCHEMA_NEWEST)
        cli_say(context, "%s",
                _("The case was made by another version of Zenhar and was copied as it is."));
    return CLI_DONE;
}
