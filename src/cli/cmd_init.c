/* COMMAND: init
 * SUMMARY: make an empty case: a folder with an encrypted database
 *
 * zenhar init [--title T] [--title-fa T] [--country IR] [--label L] FOLDER
 * zenhar init --tables ADDRESS
 *
 * Makes FOLDER (or the folder that --case or ZENHAR_CASE names) and an empty
 * case in it, under a new passphrase. Nothing can open the case without it, and
 * nobody can give it back to you. A folder that holds anything is refused.
 * In place of FOLDER stands postgresql://USER@HOST/DATABASE/CASE for a case on a
 * PostgreSQL server, which every machine that works on it reaches; its tables are
 * made where there are none. The password comes from ~/.pgpass or a service file.
 *
 * --title, --title-fa  the case's title in English and in Persian
 * --country            ISO 3166-1 code of the country it is about
 * --label              a word that stands on every page and paper of the case,
 *                      such as "synthetic"
 * --tables             makes the tables of a server's database and no case: for an
 *                      administrator who lays parts of them on other servers, or lets
 *                      other roles make cases, before the first one
 *
 * Example: zenhar init --title "Arrests, June 2025" --country IR june.zenhar
 */
#include "commands.h"

#include "evidence/evidence.h"
#include "store/server_address.h"
#include "store/user.h"
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>

typedef struct {
    char *title, *title_fa, *country, *label;
    gboolean tables;
} InitOptions;

static void options_clear(InitOptions *options)
{
    g_free(options->title);
    g_free(options->title_fa);
    g_free(options->country);
    g_free(options->label);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(InitOptions, options_clear)

static bool write_settings(Store *store, const InitOptions *options, GError **error)
{
    const struct {
        const char *name, *value;
    } SETTINGS[] = {{"title", options->title},
                    {"title_fa", options->title_fa},
                    {"country", options->country},
                    {"label", options->label}};
    if (!store_begin(store, error))
        return false;
    for (gsize i = 0; i < G_N_ELEMENTS(SETTINGS); i++) {
        if (SETTINGS[i].value != NULL &&
            !store_setting_set(store, SETTINGS[i].name, SETTINGS[i].value, error)) {
            store_rollback(store);
            return false;
        }
    }
    return store_commit(store, error);
}

/* The case that could not be finished is taken away again; what else is in the folder stays. */
static void undo(const char *folder)
{
    static const char *const NAMES[] = {"case.db", "case.db-wal", "case.db-shm", "case.json"};
    for (gsize i = 0; i < G_N_ELEMENTS(NAMES); i++) {
        g_autofree char *path = g_build_filename(folder, NAMES[i], NULL);
        g_unlink(path);
    }
    g_autofree char *originals = g_build_filename(folder, "originals", NULL);
    g_rmdir(originals);
    g_rmdir(folder);
}

/* Before anybody thinks of a passphrase. store_create checks it again. */
static bool is_free(const char *folder, GError **error)
{
    if (store_address_is(folder)) /* store_create asks the server */
        return true;
    if (!g_file_test(folder, G_FILE_TEST_EXISTS))
        return true;
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    if (dir != NULL && g_dir_read_name(dir) == NULL)
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                _("%s is there already and not empty. Nothing was changed; choose another folder."),
                folder);
    return false;
}

static int make_tables(CliContext *context, GError **error)
{
    if (!store_tables_make(context->case_path, error))
        return cli_fail(context, *error);
    cli_say(context, "%s", _("The tables are there; no case was made."));
    return CLI_DONE;
}

static bool check_country(char *country, GError **error)
{
    for (char *at = country; at != NULL && *at != '\0'; at++)
        *at = g_ascii_toupper(*at);
    if (country == NULL ||
        (strlen(country) == 2 && g_ascii_isalpha(country[0]) && g_ascii_isalpha(country[1])))
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                _("--country %s: give the two letters of ISO 3166-1, such as IR."), country);
    return false;
}

static Store *create(CliContext *context, const InitOptions *options, GError **error)
{
    const char *folder = context->case_path;
    if (!check_country(options->country, error) || !is_free(folder, error))
        return NULL;
    char *passphrase = cli_passphrase(context, true, error);
    if (passphrase == NULL)
        return NULL;
    Store *store = evidence_create(folder, passphrase, NULL, error);
    sodium_free(passphrase);
    if (store != NULL && !write_settings(store, options, error)) {
        g_clear_pointer(&store, store_close);
        undo(folder);
    }
    return store;
}

int cmd_init(CliContext *context, int argc, char **argv)
{
    g_auto(InitOptions) options = {0};
    const GOptionEntry entries[] = {
        {"title", 0, 0, G_OPTION_ARG_STRING, &options.title, NULL, NULL},
        {"title-fa", 0, 0, G_OPTION_ARG_STRING, &options.title_fa, NULL, NULL},
        {"country", 0, 0, G_OPTION_ARG_STRING, &options.country, NULL, NULL},
        {"tables", 0, 0, G_OPTION_ARG_NONE, &options.tables, NULL, NULL},
        {"label", 0, 0, G_OPTION_ARG_STRING, &options.label, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    int status = CLI_DONE;
    if (!cli_parse_folders(context, entries, &argc, &argv, &status))
        return status;
    if (argc > 2)
        return cli_usage(context, _("One folder at a time; '%s' is too many."), argv[2]);
    if (argc == 2) {
        g_free(context->case_path);
        context->case_path = g_strdup(argv[1]);
    }
    if (context->case_path == NULL)
        return cli_usage(context, "%s", _("Name the folder of the new case."));
    g_autoptr(GError) error = NULL;
    if (options.tables)
        return make_tables(context, &error);
    g_autoptr(Store) store = create(context, &options, &error);
    if (store == NULL)
        return cli_fail(context, error);
    cli_say(context,
            _("An empty case was made in %s. Keep its passphrase: nothing opens the case "
              "without it."),
            context->case_path);
    return CLI_DONE;
}
