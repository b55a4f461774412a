/* COMMAND: restore
 * SUMMARY: make a case of a backup, verified
 *
 * zenhar restore [--damaged] [--no-verify] BACKUP FOLDER
 *
 * Copies BACKUP, made by `zenhar backup`, to the folder FOLDER, which must not exist or
 * be empty; brings it to this program's version and verifies everything, every
 * original included, before it counts as a case. The passphrase is that of the case.
 * BACKUP is only read. What was cut off goes on where it stood: run it again.
 * In place of FOLDER stands postgresql://USER@HOST/DATABASE/CASE for a case on a server;
 * there --damaged and --no-verify do not count: what does not fit opens for nobody.
 *
 * --damaged    a backup in which something does not fit is put in place all the same;
 *              what does not fit is named, and the exit status is 1
 * --no-verify  leaves the verification out
 *
 * Exit status: 0 done, 1 something does not fit, 2 wrong usage, 3 cannot go on.
 *
 * Example: zenhar restore /media/disk/june.backup june.zenhar
 */
#include "commands.h"

#include "base/progress.h"
#include "cli/backup_say.h"
#include "cli/case.h"
#include "store/server_address.h"
#include <sodium.h>

/* The backup is a case like any other; --case is not asked for. */
static StoreKeys *open_keys(CliContext *context, const char *backup, GError **error)
{
    g_free(context->case_path);
    context->case_path = g_strdup(backup);
    if (!cli_case_named(context, error))
        return NULL;
    char *passphrase = cli_passphrase(context, false, error);
    StoreKeys *keys = passphrase != NULL ? store_keys_load(backup, passphrase, error) : NULL;
    sodium_free(passphrase);
    return keys;
}

int cmd_restore(CliContext *context, int argc, char **argv)
{
    gboolean damaged = FALSE, no_verify = FALSE;
    const GOptionEntry entries[] = {
        {"damaged", 0, 0, G_OPTION_ARG_NONE, &damaged, NULL, NULL},
        {"no-verify", 0, 0, G_OPTION_ARG_NONE, &no_verify, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    int status = CLI_DONE;
    if (!cli_parse_folders(context, entries, &argc, &argv, &status))
        return status;
    if (argc != 3)
        return cli_usage(context, "%s",
                         _("Name two folders: the backup, and the case that is to be made of it."));
    if (store_address_is(argv[1]))
        return cli_usage(context, "%s",
                         _("A backup is a folder; what is on a server goes by `zenhar move`."));
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) broken = NULL;
    g_autoptr(StoreKeys) keys = open_keys(context, argv[1], &error);
    if (keys == NULL)
        return cli_fail(context, error);
    progress_catch_interrupt();
    const EvidenceBackupOptions options = {.damaged = damaged, .unchecked = no_verify};
    EvidenceBackup restored;
    const bool fits = evidence_restore(argv[1], keys, argv[2], &options, &restored, &error);
    if (!fits && !g_error_matches(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY))
        return cli_fail(context, error);
    if (!backup_print(argv[2], &restored, error, &broken))
        return cli_fail(context, broken);
    if (!fits) {
        g_prefix_error(&error, "%s",
                       damaged ? _("The case was put in place, but something does not fit. ")
                               : _("The backup does not fit, and no case was made of it; with "
                                   "--damaged one is made of what there is. "));
        return cli_fail(context, error);
    }
    g_autofree char *put = g_strdup_printf(_("The case stands in %s."), argv[2]);
    backup_say(context, put, &restored);
    return CLI_DONE;
}
