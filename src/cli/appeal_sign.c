/* cli/appeal_sign.c: `zenhar appeal seal|sign|signatories`: the text is fixed, organisations sign.
 */
#include "cli/appeal_sub.h"

#include "appeal/invite.h"
#include "appeal/mail.h"
#include "appeal/settings.h"
#include "base/csv.h"
#include "cli/case.h"
#include "render/render.h"
#include <string.h>

typedef struct {
    char *letter, *name, *name_fa, *token, *key, *signature, *withdraw;
    char *mail, *link, *settings;
    gboolean strict, show, unnamed, invite;
    gint days;
    gint64 appeal_id, signatory_id;
} Words;

static void words_clear(Words *words)
{
    g_free(words->letter);
    g_free(words->name);
    g_free(words->name_fa);
    g_free(words->token);
    g_free(words->key);
    g_free(words->signature);
    g_free(words->withdraw);
    g_free(words->mail);
    g_free(words->link);
    g_free(words->settings);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Words, words_clear)

static bool parse(CliContext *context, int *argc, char ***argv, Words *words, int *status)
{
    const GOptionEntry entries[] = {
        {"letter", 0, 0, G_OPTION_ARG_STRING, &words->letter, NULL, NULL},
        {"name", 0, 0, G_OPTION_ARG_STRING, &words->name, NULL, NULL},
        {"name-fa", 0, 0, G_OPTION_ARG_STRING, &words->name_fa, NULL, NULL},
        {"token", 0, 0, G_OPTION_ARG_STRING, &words->token, NULL, NULL},
        {"key", 0, 0, G_OPTION_ARG_FILENAME, &words->key, NULL, NULL},
        {"signature", 0, 0, G_OPTION_ARG_FILENAME, &words->signature, NULL, NULL},
        {"withdraw", 0, 0, G_OPTION_ARG_STRING, &words->withdraw, NULL, NULL},
        {"days", 0, 0, G_OPTION_ARG_INT, &words->days, NULL, NULL},
        {"mail", 0, 0, G_OPTION_ARG_STRING, &words->mail, NULL, NULL},
        {"link", 0, 0, G_OPTION_ARG_STRING, &words->link, NULL, NULL},
        {"settings", 0, 0, G_OPTION_ARG_FILENAME, &words->settings, NULL, NULL},
        {"strict", 0, 0, G_OPTION_ARG_NONE, &words->strict, NULL, NULL},
        {"show", 0, 0, G_OPTION_ARG_NONE, &words->show, NULL, NULL},
        {"unnamed", 0, 0, G_OPTION_ARG_NONE, &words->unnamed, NULL, NULL},
        {"invite", 0, 0, G_OPTION_ARG_NONE, &words->invite, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    words->days = 14;
    if (!cli_parse(context, entries, argc, argv, status))
        return false;
    StoreKind kind;
    g_autoptr(GError) error = NULL;
    if (*argc > 1) {
        *status = cli_usage(context, _("“%s” is not understood here."), (*argv)[1]);
        return false;
    }
    if ((words->letter != NULL &&
         !store_id_read(words->letter, STORE_KIND_APPEAL, &kind, &words->appeal_id, &error)) ||
        (words->withdraw != NULL && !store_id_read(words->withdraw, STORE_KIND_SIGNATORY, &kind,
                                                   &words->signatory_id, &error))) {
        *status = cli_usage(context, "%s", error->message);
        return false;
    }
    if (words->appeal_id == 0 && words->token == NULL && words->signatory_id == 0) {
        *status = cli_usage(context, _("Say of which letter: --letter AP1."));
        return false;
    }
    return true;
}

int appeal_seal_command(CliContext *context, int argc, char **argv)
{
    g_auto(Words) words = {0};
    int status = CLI_DONE;
    g_autoptr(GError) error = NULL;
    if (!parse(context, &argc, &argv, &words, &status))
        return status;
    guint unconfirmed = 0;
    g_autoptr(Store) store = cli_case_open(context, STORE_WRITE, &error);
    if (store == NULL || !appeal_seal(store, words.appeal_id, words.strict, &unconfirmed, &error))
        return cli_fail(context, error);
    g_autoptr(StoreAppeal) appeal = store_appeal_load(store, words.appeal_id, &error);
    if (appeal == NULL)
        return cli_fail(context, error);
    g_autofree char *n = i18n_integer(unconfirmed);
    cli_say(context,
            _("Sealed: every figure holds. The letter rests on rows that nobody has checked "
              "at their source: %s."),
            n);
    g_autoptr(GString) out = g_string_new(appeal->sha256);
    g_string_append_c(out, '\n');
    return appeal_print(out, &error) ? CLI_DONE : cli_fail(context, error);
}

/* What is signed: the text, then the line that keys sign. */
static int show(CliContext *context, Store *store, gint64 appeal_id)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreAppeal) appeal = store_appeal_load(store, appeal_id, &error);
    if (appeal == NULL)
        return cli_fail(context, error);
    g_autofree char *text = appeal_signed_text(appeal), *hash = appeal_signed_hash(appeal),
                    *message = appeal_signed_message(hash);
    cli_say(context, "%s", text);
    g_autoptr(GString) out = g_string_new(message);
    return appeal_print(out, &error) ? CLI_DONE : cli_fail(context, error);
}

static int invite_by_mail(CliContext *context, Store *store, const Words *words, gint64 id,
                          const char *secret)
{
    g_autoptr(GError) error = NULL;
    g_auto(AppealSettings) settings = {0};
    PostOutcome outcome = POST_WENT;
    const bool readable = appeal_settings_read(words->settings, "send", &settings, &error);
    const AppealInvite invite = {.server = &settings.server,
                                 .from = settings.from != NULL ? settings.from : "",
                                 .from_name = settings.from_name,
                                 .to = words->mail,
                                 .link = words->link,
                                 .draw = render_draw_letter};
    if (!readable) {
        appeal_sign_withdraw(store, id, NULL);
        return cli_fail(context, error);
    }
    if (!appeal_invite_mail(store, id, secret, &invite, &outcome, &error))
        return cli_fail(context, error);
    char name[STORE_ID_MAX];
    store_id_format(STORE_KIND_SIGNATORY, id, name);
    cli_say(context,
            outcome == POST_UNSURE
                ? _("%s: the link may have gone to %s: the connection ended while it was handed "
                    "over. Ask, or withdraw it and invite again.")
                : _("%s: the link went to %s. It is not kept here."),
            name, words->mail);
    return CLI_DONE;
}

static int invite(CliContext *context, Store *store, const Words *words)
{
    g_autoptr(GError) error = NULL;
    gint64 id = 0;
    char name[STORE_ID_MAX];
    g_autofree char *secret =
        appeal_sign_invite(store, words->appeal_id, words->name, words->name_fa, words->unnamed,
                           words->mail, words->days, &id, &error);
    if (secret == NULL)
        return cli_fail(context, error);
    if (words->mail != NULL)
        return invite_by_mail(context, store, words, id, secret);
    cli_say(context,
            _("%s: the secret of the one-time link stands below; it is not kept and is "
              "shown this once."),
            store_id_format(STORE_KIND_SIGNATORY, id, name));
    g_autoptr(GString) out = g_string_new(secret);
    g_string_append_c(out, '\n');
    return appeal_print(out, &error) ? CLI_DONE : cli_fail(context, error);
}

static gint64 by_key(Store *store, const Words *words, GError **error)
{
    g_autofree char *key = appeal_read_text(words->key, error);
    g_autofree char *signature = key != NULL ? appeal_read_text(words->signature, error) : NULL;
    return signature != NULL
               ? appeal_sign_by_key(store, words->appeal_id, words->name, words->name_fa,
                                    words->unnamed, key, signature, error)
               : 0;
}

int appeal_sign(CliContext *context, int argc, char **argv)
{
    g_auto(Words) words = {0};
    int status = CLI_DONE;
    g_autoptr(GError) error = NULL;
    if (!parse(context, &argc, &argv, &words, &status))
        return status;
    bool key = words.key != NULL && words.signature != NULL;
    if (words.show + words.invite + (words.token != NULL) + key + (words.withdraw != NULL) != 1)
        return cli_usage(context, _("One of: --show, --invite, --token, --key with --signature, "
                                    "--withdraw."));
    if (words.mail != NULL && (!words.invite || words.link == NULL || words.settings == NULL))
        return cli_usage(context, "%s",
                         _("A link by mail needs --invite, --link (where the case is served: "
                           "https://sign.example.org) and --settings."));
    if (words.mail != NULL && !appeal_mail_address(words.mail))
        return cli_usage(context, _("“%s” is no mail address."), words.mail);
    g_autoptr(Store) store = cli_case_open(context, words.show ? STORE_READ : STORE_WRITE, &error);
    if (store == NULL)
        return cli_fail(context, error);
    if (words.show)
        return show(context, store, words.appeal_id);
    if (words.invite)
        return invite(context, store, &words);
    gint64 id = words.token != NULL ? appeal_sign_by_link(store, words.token, &error)
                : key               ? by_key(store, &words, &error)
                : appeal_sign_withdraw(store, words.signatory_id, &error) ? words.signatory_id
                                                                          : 0;
    if (id == 0)
        return cli_fail(context, error);
    char name[STORE_ID_MAX];
    cli_say(context, words.withdraw != NULL ? _("%s: withdrawn.") : _("%s: verified."),
            store_id_format(STORE_KIND_SIGNATORY, id, name));
    return CLI_DONE;
}

int appeal_signatories_table(CliContext *context, int argc, char **argv)
{
    g_auto(Words) words = {0};
    int status = CLI_DONE;
    g_autoptr(GError) error = NULL;
    if (!parse(context, &argc, &argv, &words, &status))
        return status;
    g_autoptr(Store) store = cli_case_open(context, STORE_READ, &error);
    g_autoptr(GPtrArray) list =
        store != NULL ? appeal_signatories(store, words.appeal_id, i18n_language(), &error) : NULL;
    if (list == NULL)
        return cli_fail(context, error);
    g_autoptr(GString) out = g_string_new("id,name,status,method,reason\n");
    guint unnamed = 0, gone = 0;
    for (guint i = 0; i < list->len; i++) {
        const AppealSignatory *one = list->pdata[i];
        char id[STORE_ID_MAX];
        csv_append(out, store_id_format(STORE_KIND_SIGNATORY, one->id, id));
        csv_append(out, one->name != NULL ? one->name : "");
        csv_append(out, one->status != NULL ? one->status : "");
        csv_append(out, one->method != NULL ? one->method : "");
        csv_append(out, one->reason != NULL ? one->reason : "");
        csv_append_end(out);
        unnamed += one->name == NULL;
        gone += g_strcmp0(one->status, "void") == 0;
    }
    g_autofree char *all = i18n_integer(list->len), *n = i18n_integer(unnamed),
                    *v = i18n_integer(gone);
    cli_say(context, _("Signatories: %s, of them counted without a name: %s; void: %s."), all, n,
            v);
    if (!appeal_print(out, &error))
        return cli_fail(context, error);
    return gone > 0 ? CLI_INCOMPLETE : CLI_DONE;
}
