/* COMMAND: token
 * SUMMARY: let programs into the JSON API of `zenhar serve`
 *
 * zenhar token add --case FOLDER --role ROLE [--scopes read|"read write"] [--days N] NAME
 *   makes a token and prints it, this once: “zenhar_TK1_…”. NAME says what it is for; ROLE
 *   is administrator, documenter, analyst, advocate or reader; --days is how long it lives
 *   (default 90; 0: until it is revoked).
 * zenhar token list --case FOLDER
 *   tokens, as CSV, without their secrets.
 * zenhar token revoke --case FOLDER TK1
 *   from then on it opens nothing.
 *
 * A program sends it as “Authorization: Bearer zenhar_TK1_…”. What the API can do is
 * described by /api/openapi.json (OpenAPI 3.1). Sealed fields never leave by it.
 *
 * Example: zenhar token add --case june.zenhar --role analyst "weekly figures in R"
 */
#include "commands.h"

#include "cli/case.h"
#include "cli/cells.h"
#include "web/api.h"
#include <string.h>

static void append_time(GString *out, gint64 seconds)
{
    g_autoptr(GDateTime) time = seconds != 0 ? g_date_time_new_from_unix_utc(seconds) : NULL;
    g_autofree char *text = time != NULL ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ") : NULL;
    cli_append_text(out, text);
}

static bool list(Store *store, GError **error)
{
    g_autoptr(GPtrArray) tokens = store_api_token_list(store, NULL, error);
    CliOutput *output = tokens != NULL ? cli_output_open(NULL, error) : NULL;
    if (output == NULL)
        return false;
    g_autoptr(GString) out = g_string_new("id,name,role,scopes,created,expires,revoked\n");
    for (guint i = 0; i < tokens->len; i++) {
        const StoreApiToken *token = tokens->pdata[i];
        cli_append_id(out, STORE_KIND_TOKEN, token->id);
        cli_append_text(out, token->name);
        cli_append_text(out, token->role);
        cli_append_text(out, token->scopes);
        append_time(out, token->created);
        append_time(out, token->expires);
        append_time(out, token->revoked);
        csv_append_end(out);
    }
    cli_output_write(output, out->str, out->len);
    return cli_output_close(output, error);
}

static bool revoke_token(Store *store, const char *word, GError **error)
{
    StoreKind kind;
    gint64 id;
    if (!store_id_read(word, STORE_KIND_TOKEN, &kind, &id, error))
        return false;
    g_autoptr(StoreApiToken) token = store_api_token_load(store, id, error);
    if (token == NULL)
        return false;
    token->revoked = store_now(store);
    return store_api_token_update(store, token, error);
}

static bool add(CliContext *context, Store *store, const char *name, const char *role,
                const char *scopes, int days, GError **error)
{
    gint64 id;
    const gint64 expires = days > 0 ? store_now(store) + (gint64)days * 86400 : 0;
    g_autofree char *secret = api_token_new(store, name, role, scopes, expires, 0, &id, error);
    if (secret == NULL)
        return false;
    cli_say(context, "%s", _("The token stands below; it is not kept and is shown this once."));
    g_print("%s\n", secret);
    return true;
}

int cmd_token(CliContext *context, int argc, char **argv)
{
    g_autofree char *role = NULL, *scopes = NULL;
    int status = CLI_DONE, days = 90;
    const GOptionEntry entries[] = {
        {"role", 0, 0, G_OPTION_ARG_STRING, &role, NULL, NULL},
        {"scopes", 0, 0, G_OPTION_ARG_STRING, &scopes, NULL, NULL},
        {"days", 0, 0, G_OPTION_ARG_INT, &days, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    const char *verb = argc > 1 ? argv[1] : "list";
    const bool adds = strcmp(verb, "add") == 0, lists = strcmp(verb, "list") == 0;
    if (!adds && !lists && strcmp(verb, "revoke") != 0)
        return cli_usage(context, _("There is no '%s'; there are add, list, revoke."), verb);
    if (argc != (lists ? MIN(argc, 2) : 3))
        return cli_usage(context, "%s", _("Name one token: what it is for, or its id for revoke."));
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = cli_case_open(context, lists ? STORE_READ : STORE_WRITE, &error);
    const bool done = store != NULL && (lists  ? list(store, &error)
                                        : adds ? add(context, store, argv[2], role,
                                                     scopes != NULL ? scopes : "read", days, &error)
                                               : revoke_token(store, argv[2], &error));
    return done ? CLI_DONE : cli_fail(context, error);
}
