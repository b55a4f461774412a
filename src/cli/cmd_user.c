/* COMMAND: user
 * SUMMARY: accounts of those who work on a case in the browser
 *
 * zenhar user list --case FOLDER
 *   who has an account, in which role, whether it is open, as CSV.
 * zenhar user add --case FOLDER --role ROLE [--language fa|en] [--why TEXT] NAME
 *   makes an account and prints its password, this once; its holder should change it at
 *   the first login. ROLE is administrator, documenter, analyst, advocate or reader.
 * zenhar user password --case FOLDER [--why TEXT] NAME
 *   gives it a new password, printed this once.
 * zenhar user role --case FOLDER --role ROLE [--why TEXT] NAME
 *   another role; sessions in the old one end.
 * zenhar user shut --case FOLDER [--why TEXT] NAME
 * zenhar user open --case FOLDER [--why TEXT] NAME
 *   nobody gets in by an account that is shut, and its sessions end.
 * zenhar user factor-off --case FOLDER [--why TEXT] NAME
 *   turns the second factor off, for somebody who lost the phone.
 *
 * NAME has 2 to 32 letters, digits, full stops, hyphens or low lines; no real name is
 * needed. Each change is a line of the audit trail, with the reason. A server that runs
 * takes changes up at the next request. Passphrases of the case are something else: see
 * `zenhar passphrase`.
 *
 * Example: zenhar user add --case june.zenhar --role documenter lale
 */
#include "commands.h"

#include "cli/case.h"
#include "cli/cells.h"
#include "web/account.h"
#include <sodium.h>
#include <string.h>

typedef struct {
    const char *verb, *name;
    char *role, *language, *why;
} Wanted;

static void wanted_clear(Wanted *wanted)
{
    g_free(wanted->role);
    g_free(wanted->language);
    g_free(wanted->why);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Wanted, wanted_clear)

static bool list(Store *store, GError **error)
{
    g_autoptr(GPtrArray) users = store_user_list(store, NULL, error);
    CliOutput *output = users != NULL ? cli_output_open(NULL, error) : NULL;
    if (output == NULL)
        return false;
    g_autoptr(GString) out = g_string_new("id,name,role,state,language\n");
    for (guint i = 0; i < users->len; i++) {
        const StoreUser *user = users->pdata[i];
        cli_append_id(out, STORE_KIND_USER, user->id);
        cli_append_text(out, user->name);
        cli_append_text(out, user->role);
        cli_append_text(out, user->disabled ? "shut" : "open");
        cli_append_text(out, user->language);
        csv_append_end(out);
    }
    cli_output_write(output, out->str, out->len);
    return cli_output_close(output, error);
}

/* ---- changes ---- */

/* What is entered beside a change: the same words as the browser's. */
static const char *field_of(const Wanted *wanted)
{
    static const char *const FIELDS[][2] = {{"add", "new"},     {"password", "password"},
                                            {"role", "role"},   {"shut", "disable"},
                                            {"open", "enable"}, {"factor-off", "totp"}};
    for (gsize i = 0; i < G_N_ELEMENTS(FIELDS); i++)
        if (strcmp(FIELDS[i][0], wanted->verb) == 0)
            return FIELDS[i][1];
    return NULL;
}

/* The account's number; 0 with error set. ret_password: set when there is a new one. */
static gint64 change(Store *store, const Wanted *wanted, char **ret_password, GError **error)
{
    const char *verb = wanted->verb;
    if (strcmp(verb, "add") == 0) {
        I18nLanguage language = i18n_language();
        if (wanted->language != NULL && !i18n_parse_language(wanted->language, &language)) {
            g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                                _("--language is fa or en."));
            return 0;
        }
        *ret_password = account_password_new();
        return account_add(store, wanted->name, wanted->role, language, *ret_password, error);
    }
    g_autoptr(StoreUser) user = store_user_find(store, wanted->name, error);
    if (user == NULL)
        return 0;
    bool done = false;
    if (strcmp(verb, "password") == 0) {
        *ret_password = account_password_new();
        done = account_set_password(store, user->id, *ret_password, error);
    } else if (strcmp(verb, "role") == 0) {
        done = account_set_role(store, user->id, wanted->role, error);
    } else if (strcmp(verb, "factor-off") == 0) {
        done = store_unseal(store, 0, "second factor off", error) &&
               account_set_totp(store, user->id, NULL, error);
    } else {
        done = account_set_disabled(store, user->id, strcmp(verb, "shut") == 0, error);
    }
    return done ? user->id : 0;
}

/* The change and its line of the audit trail, or neither. */
static bool change_and_enter(Store *store, const Wanted *wanted, char **ret_password,
                             GError **error)
{
    if (!store_begin(store, error))
        return false;
    const gint64 id = change(store, wanted, ret_password, error);
    g_autoptr(StoreAudit) entry = store_audit_new();
    entry->action = g_strdup("account");
    entry->target_kind = STORE_KIND_USER;
    entry->target_id = id;
    entry->field = g_strdup(field_of(wanted));
    entry->reason = g_strdup(wanted->why != NULL ? wanted->why : wanted->role);
    if (id != 0 && store_audit_add(store, entry, error))
        return store_commit(store, error);
    store_rollback(store);
    return false;
}

static int run(CliContext *context, const Wanted *wanted)
{
    g_autoptr(GError) error = NULL;
    char *password = NULL;
    const bool lists = strcmp(wanted->verb, "list") == 0;
    g_autoptr(Store) store = cli_case_open(context, lists ? STORE_READ : STORE_WRITE, &error);
    const bool done = store != NULL && (lists ? list(store, &error)
                                              : change_and_enter(store, wanted, &password, &error));
    if (done && password != NULL) {
        cli_say(context, "%s",
                _("The password stands below; it is not kept and is shown this once. Give it to "
                  "its holder by a safe way."));
        g_print("%s\n", password);
    }
    if (password != NULL)
        sodium_memzero(password, strlen(password));
    g_free(password);
    return done ? CLI_DONE : cli_fail(context, error);
}

int cmd_user(CliContext *context, int argc, char **argv)
{
    static const char *const VERBS[] = {"list", "add",  "password",   "role",
                                        "shut", "open", "factor-off", NULL};
    g_auto(Wanted) wanted = {0};
    const GOptionEntry entries[] = {
        {"role", 0, 0, G_OPTION_ARG_STRING, &wanted.role, NULL, NULL},
        {"language", 0, 0, G_OPTION_ARG_STRING, &wanted.language, NULL, NULL},
        {"why", 0, 0, G_OPTION_ARG_STRING, &wanted.why, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    int status = CLI_DONE;
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    wanted.verb = argc > 1 ? argv[1] : "list";
    if (!g_strv_contains(VERBS, wanted.verb))
        return cli_usage(context,
                         _("There is no '%s'; there are list, add, password, role, shut, open, "
                           "factor-off."),
                         wanted.verb);
    const bool lists = strcmp(wanted.verb, "list") == 0;
    const bool roles = strcmp(wanted.verb, "add") == 0 || strcmp(wanted.verb, "role") == 0;
    if (argc != (lists ? MIN(argc, 2) : 3))
        return cli_usage(context, "%s", _("Name one account."));
    if (roles != (wanted.role != NULL))
        return cli_usage(context, "%s", _("--role ROLE goes with add and role, and they need it."));
    wanted.name = lists ? NULL : argv[2];
    return run(context, &wanted);
}
