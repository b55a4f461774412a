#include "cli/case.h"

#include "evidence/newest.h"
#include "store/server_address.h"
#include <sodium.h>

bool cli_case_named(CliContext *context, GError **error)
{
    if (context->case_path == NULL) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                            _("Name the case: --case FOLDER, or set ZENHAR_CASE."));
        return false;
    }
    if (store_address_is(context->case_path)) /* the server says whether there is one */
        return true;
    g_autofree char *file = g_build_filename(context->case_path, "case.json", NULL);
    if (!g_file_test(context->case_path, G_FILE_TEST_EXISTS)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND,
                    _("There is no folder %s. `zenhar init %s` makes a case there."),
                    context->case_path, context->case_path);
        return false;
    }
    if (!g_file_test(file, G_FILE_TEST_EXISTS)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_A_CASE,
                    _("%s is no case: a case is a folder with a file case.json in it."),
                    context->case_path);
        return false;
    }
    return true;
}

/* A reader of a case of an older version is refused (USAGE): `upgrade` writes once first. */
static Store *open_case(const CliContext *context, const char *passphrase, StoreMode mode,
                        bool upgrade, GError **error)
{
    g_autoptr(GError) why = NULL;
    Store *store = evidence_open(context->case_path, passphrase, mode, &why);
    if (store != NULL || !upgrade || !g_error_matches(why, ZENHAR_ERROR, ZENHAR_ERROR_USAGE)) {
        if (why != NULL)
            g_propagate_error(error, g_steal_pointer(&why));
        return store;
    }
    g_autoptr(Store) writer = evidence_open(context->case_path, passphrase, STORE_WRITE, error);
    return writer != NULL ? evidence_open(context->case_path, passphrase, mode, error) : NULL;
}

static Store *open_told(CliContext *context, StoreMode mode, bool upgrade, GError **error)
{
    if (!cli_case_named(context, error))
        return NULL;
    char *passphrase = cli_passphrase(context, false, error);
    if (passphrase == NULL)
        return NULL;
    Store *store = open_case(context, passphrase, mode, upgrade, error);
    sodium_free(passphrase);
    /* Told, and gone on with: what is left must stay in reach. */
    g_autoptr(GError) shorter = NULL;
    if (store != NULL && !evidence_newest_check(store, &shorter))
        g_printerr("zenhar %s: %s\n", context->command, shorter->message);
    return store;
}

Store *cli_case_open(CliContext *context, StoreMode mode, GError **error)
{
    return open_told(context, mode, false, error);
}

Store *cli_case_open_newest(CliContext *context, GError **error)
{
    return open_told(context, STORE_READ, true, error);
}
