/* cli/appeal_send.c: `zenhar appeal send|mailbox|deliveries|key`. */
#include "cli/appeal_sub.h"

#include "appeal/deliver.h"
#include "appeal/mail.h"
#include "appeal/settings.h"
#include "base/progress.h"
#include "cli/case.h"
#include "cli/cells.h"
#include "render/render.h"
#include <string.h>

/* ---- send ---- */

static void tell(void *context, const AppealDeliveryNews *news)
{
    char delivery[STORE_ID_MAX], appeal[STORE_ID_MAX];
    const StoreRecipient *to = news->recipient;
    bool persian = i18n_language() == I18N_PERSIAN;
    const char *office = persian && to->office_fa != NULL ? to->office_fa : to->office;
    cli_say(context, _("%s (letter %s to %s, %s): %s"),
            store_id_format(STORE_KIND_DELIVERY, news->delivery->id, delivery),
            store_id_format(STORE_KIND_APPEAL, news->appeal->id, appeal), office,
            to->email != NULL ? to->email : "–", news->sentence);
}

static bool go_on(void *context)
{
    return !progress_interrupted();
}

typedef struct {
    char *letter, *settings;
    gboolean dry_run, again;
} Words;

static void words_clear(Words *words)
{
    g_free(words->letter);
    g_free(words->settings);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Words, words_clear)

static bool parse(CliContext *context, int *argc, char ***argv, Words *words, gint64 *ret_appeal,
                  int *status)
{
    const GOptionEntry entries[] = {
        {"letter", 0, 0, G_OPTION_ARG_STRING, &words->letter, NULL, NULL},
        {"settings", 0, 0, G_OPTION_ARG_FILENAME, &words->settings, NULL, NULL},
        {"dry-run", 0, 0, G_OPTION_ARG_NONE, &words->dry_run, NULL, NULL},
        {"again", 0, 0, G_OPTION_ARG_NONE, &words->again, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    if (!cli_parse(context, entries, argc, argv, status))
        return false;
    StoreKind kind;
    g_autoptr(GError) error = NULL;
    if (words->letter != NULL &&
        !store_id_read(words->letter, STORE_KIND_APPEAL, &kind, ret_appeal, &error)) {
        *status = cli_usage(context, "%s", error->message);
        return false;
    }
    return true;
}

static int summarise(CliContext *context, const AppealSendSummary *summary, bool dry)
{
    g_autofree char *sent = i18n_integer(summary->sent), *waiting = i18n_integer(summary->waiting),
                    *refused = i18n_integer(summary->refused),
                    *unsure = i18n_integer(summary->unsure), *post = i18n_integer(summary->by_post),
                    *closed = i18n_integer(summary->not_open);
    cli_say(
        context,
        dry ? _("Would be sent: %s. To be tried later: %s. Refused: %s. Unsure: %s. By post: %s. "
                "Not ready: %s.")
            : _("Sent: %s. To be tried later: %s. Refused: %s. Unsure: %s. By post: %s. Not "
                "ready: %s."),
        sent, waiting, refused, unsure, post, closed);
    return summary->waiting + summary->refused + summary->unsure > 0 ? CLI_INCOMPLETE : CLI_DONE;
}

int appeal_send(CliContext *context, int argc, char **argv)
{
    g_auto(Words) words = {0};
    int status = CLI_DONE;
    gint64 appeal_id = 0;
    if (!parse(context, &argc, &argv, &words, &appeal_id, &status))
        return status;
    if (argc > 1)
        return cli_usage(context, _("“%s” is not understood here."), argv[1]);
    if (words.settings == NULL && !words.dry_run)
        return cli_usage(context,
                         _("Say by which mail server: --settings FILE; or --dry-run to see "
                           "what would go to whom."));
    g_autoptr(GError) error = NULL;
    g_auto(AppealSettings) settings = {0};
    if (words.settings != NULL && !appeal_settings_read(words.settings, "send", &settings, &error))
        return cli_fail(context, error);
    if (words.settings != NULL && !appeal_mail_address(settings.from))
        return cli_usage(context, _("%s names no sender in [send]: from=desk@example.org"),
                         words.settings);
    g_autoptr(Store) store =
        cli_case_open(context, words.dry_run ? STORE_READ : STORE_WRITE, &error);
    if (store == NULL)
        return cli_fail(context, error);
    progress_catch_interrupt();
    const AppealSendOptions options = {.server = words.dry_run ? NULL : &settings.server,
                                       .from = settings.from,
                                       .from_name = settings.from_name,
                                       .per_minute = settings.per_minute,
                                       .again = words.again,
                                       .draw = render_draw_letter,
                                       .tell = tell,
                                       .go_on = go_on,
                                       .context = context};
    AppealSendSummary summary;
    if (!appeal_deliver(store, appeal_id, &options, &summary, &error))
        return cli_fail(context, error);
    return summarise(context, &summary, words.dry_run);
}

/* ---- mailbox ---- */

static void tell_reply(void *context, const char *sentence)
{
    cli_say(context, "%s", sentence);
}

int appeal_mailbox_command(CliContext *context, int argc, char **argv)
{
    g_auto(Words) words = {0};
    int status = CLI_DONE;
    gint64 appeal_id = 0;
    if (!parse(context, &argc, &argv, &words, &appeal_id, &status))
        return status;
    if (argc > 1)
        return cli_usage(context, _("“%s” is not understood here."), argv[1]);
    if (words.settings == NULL)
        return cli_usage(context, _("Say which mailbox: --settings FILE."));
    g_autoptr(GError) error = NULL;
    g_auto(AppealSettings) settings = {0};
    if (!appeal_settings_read(words.settings, "mailbox", &settings, &error))
        return cli_fail(context, error);
    g_autoptr(Store) store = cli_case_open(context, STORE_WRITE, &error);
    AppealMailboxSummary summary;
    if (store == NULL ||
        !appeal_mailbox(store, &settings.server, tell_reply, context, &summary, &error))
        return cli_fail(context, error);
    g_autofree char *replies = i18n_integer(summary.replies),
                    *automatic = i18n_integer(summary.automatic),
                    *bounces = i18n_integer(summary.bounces);
    cli_say(context, _("New replies: %s; automatic ones: %s; letters that did not arrive: %s."),
            replies, automatic, bounces);
    return CLI_DONE;
}

/* ---- what is known ---- */

static void append_time(GString *out, gint64 seconds)
{
    g_autoptr(GDateTime) time = seconds != 0 ? g_date_time_new_from_unix_utc(seconds) : NULL;
    g_autofree char *text = time != NULL ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ") : NULL;
    cli_append_text(out, text);
}

int appeal_deliveries(CliContext *context, int argc, char **argv)
{
    g_auto(Words) words = {0};
    int status = CLI_DONE;
    gint64 appeal_id = 0;
    if (!parse(context, &argc, &argv, &words, &appeal_id, &status))
        return status;
    if (argc > 1)
        return cli_usage(context, _("“%s” is not understood here."), argv[1]);
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = cli_case_open(context, STORE_READ, &error);
    g_autoptr(GPtrArray) list = store == NULL ? NULL
                                : appeal_id != 0
                                    ? store_delivery_list_by_appeal(store, appeal_id, NULL, &error)
                                    : store_delivery_list(store, NULL, &error);
    if (list == NULL)
        return cli_fail(context, error);
    g_autoptr(GString) out =
        g_string_new("id,letter,office,to,status,sent,attempts,next_try,message_id,mail,note\n");
    for (guint i = 0; i < list->len; i++) {
        const StoreDelivery *delivery = list->pdata[i];
        g_autoptr(StoreRecipient) to = store_recipient_load(store, delivery->recipient_id, &error);
        if (to == NULL)
            return cli_fail(context, error);
        cli_append_id(out, STORE_KIND_DELIVERY, delivery->id);
        cli_append_id(out, STORE_KIND_APPEAL, delivery->appeal_id);
        cli_append_text(out, to->office);
        cli_append_text(out, to->email);
        cli_append_text(out, delivery->status);
        append_time(out, delivery->sent);
        csv_append_integer(out, delivery->attempts);
        append_time(out, delivery->next_try);
        cli_append_text(out, delivery->message_id);
        cli_append_id(out, STORE_KIND_ORIGINAL, delivery->original_id);
        cli_append_text(out, delivery->note);
        csv_append_end(out);
    }
    return appeal_print(out, &error) ? CLI_DONE : cli_fail(context, error);
}

/* ---- keys ---- */

int appeal_key(CliContext *context, int argc, char **argv)
{
    int status = CLI_DONE;
    if (!cli_parse(context, NULL, &argc, &argv, &status))
        return status;
    StoreKind kind;
    gint64 id = 0;
    g_autoptr(GError) error = NULL;
    if (argc != 3 || !store_id_read(argv[1], STORE_KIND_RECIPIENT, &kind, &id, &error))
        return cli_usage(context,
                         _("Name the office's record and the file with its armoured OpenPGP "
                           "public key: RC1 key.asc"));
    g_autofree char *key = appeal_read_text(argv[2], &error);
    if (key == NULL)
        return cli_fail(context, error);
    if (strstr(key, "-----BEGIN PGP PUBLIC KEY BLOCK-----") == NULL) {
        g_set_error(&error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    _("%s holds no armoured OpenPGP public key."), argv[2]);
        return cli_fail(context, error);
    }
    g_autoptr(Store) store = cli_case_open(context, STORE_WRITE, &error);
    g_autoptr(StoreRecipient) office =
        store != NULL ? store_recipient_load(store, id, &error) : NULL;
    if (office == NULL)
        return cli_fail(context, error);
    g_free(office->pgp_key);
    office->pgp_key = g_steal_pointer(&key);
    if (!store_begin(store, &error) || !store_recipient_update(store, office, &error) ||
        !store_commit(store, &error))
        return cli_fail(context, error);
    return CLI_DONE;
}
