/* COMMAND: inbox
 * SUMMARY: messages from people without an account, sealed so that no server can read them
 *
 * zenhar inbox make --case FOLDER [--inbox-passphrase-file FILE] [--inbox-passphrase-fd N]
 *   opens a box: `zenhar serve` then has a page /send where somebody writes without an
 *   account and gets a codename, 24 digits, to come back with. The box has a passphrase
 *   of its own: what comes in is sealed at once to the box's key, and neither the server
 *   nor the case's passphrase opens it. Keep the box's passphrase on another machine.
 * zenhar inbox list --case FOLDER
 *   senders and messages, as CSV, without their words.
 * zenhar inbox read --case FOLDER MG3
 *   one message.
 * zenhar inbox take --case FOLDER [MG3 ...]
 *   brings messages (none named: all that wait) in as reports, under the source
 *   “sender SD1”; what cannot be read waits in the quarantine.
 * zenhar inbox answer --case FOLDER SD1 TEXT
 *   a question or an answer, sealed to the sender alone, who sees it when the codename is
 *   used next.
 *
 * read and take ask for the box's passphrase, or read it from --inbox-passphrase-file or
 * --inbox-passphrase-fd.
 *
 * Example: zenhar inbox take --case june.zenhar
 */
#include "commands.h"

#include "cli/case.h"
#include "cli/cells.h"
#include "intake/inbox.h"
#include <sodium.h>
#include <string.h>

typedef struct {
    CliContext *context;
    CliContext box; /* where the box's passphrase comes from */
    Store *store;
} Inbox;

static guint8 *unlock(Inbox *inbox, GError **error)
{
    char *passphrase = cli_passphrase(&inbox->box, false, error);
    guint8 *key = passphrase != NULL ? inbox_unlock(inbox->store, passphrase, error) : NULL;
    sodium_free(passphrase);
    return key;
}

static bool make(Inbox *inbox, GError **error)
{
    char *passphrase = cli_passphrase(&inbox->box, true, error);
    const bool done = passphrase != NULL && inbox_make(inbox->store, passphrase, NULL, error);
    sodium_free(passphrase);
    if (done)
        cli_say(inbox->context, "%s",
                _("The box is open: `zenhar serve` has the page /send for it. Whoever loses its "
                  "passphrase loses what comes in."));
    return done;
}

static void append_time(GString *out, gint64 seconds)
{
    g_autoptr(GDateTime) time = seconds != 0 ? g_date_time_new_from_unix_utc(seconds) : NULL;
    g_autofree char *text = time != NULL ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ") : NULL;
    cli_append_text(out, text);
}

static bool list(Inbox *inbox, GError **error)
{
    g_autoptr(GPtrArray) messages = store_message_list(inbox->store, NULL, error);
    CliOutput *output = messages != NULL ? cli_output_open(NULL, error) : NULL;
    if (output == NULL)
        return false;
    g_autoptr(GString) out = g_string_new("id,sender,direction,created,taken,report\n");
    for (guint i = 0; i < messages->len; i++) {
        const StoreMessage *message = messages->pdata[i];
        cli_append_id(out, STORE_KIND_MESSAGE, message->id);
        cli_append_id(out, STORE_KIND_SENDER, message->sender_id);
        cli_append_text(out, message->outward ? "out" : "in");
        append_time(out, message->created);
        append_time(out, message->taken);
        cli_append_id(out, STORE_KIND_REPORT, message->report_id);
        csv_append_end(out);
    }
    cli_output_write(output, out->str, out->len);
    return cli_output_close(output, error);
}

static bool read_one(Inbox *inbox, const char *word, GError **error)
{
    StoreKind kind;
    gint64 id;
    if (!store_id_read(word, STORE_KIND_MESSAGE, &kind, &id, error))
        return false;
    g_autoptr(StoreMessage) message = store_message_load(inbox->store, id, error);
    guint8 *key = message != NULL ? unlock(inbox, error) : NULL;
    if (key == NULL)
        return false;
    guint8 public_key[32];
    crypto_scalarmult_base(public_key, key);
    g_autofree char *text = inbox_read(inbox->store, message, public_key, key, NULL, error);
    sodium_free(key);
    if (text != NULL)
        g_print("%s\n", text);
    return text != NULL;
}

/* The ids that were named, or all messages that wait. */
static GArray *wanted(Inbox *inbox, char **words, int n, GError **error)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    for (int i = 0; i < n; i++) {
        StoreKind kind;
        gint64 id;
        if (!store_id_read(words[i], STORE_KIND_MESSAGE, &kind, &id, error))
            return NULL;
        g_array_append_val(ids, id);
    }
    g_autoptr(GPtrArray) messages = n == 0 ? store_message_list(inbox->store, NULL, error) : NULL;
    if (n == 0 && messages == NULL)
        return NULL;
    for (guint i = 0; messages != NULL && i < messages->len; i++) {
        const StoreMessage *message = messages->pdata[i];
        if (!message->outward && message->taken == 0)
            g_array_append_val(ids, message->id);
    }
    return g_steal_pointer(&ids);
}

static bool take(Inbox *inbox, char **words, int n, GError **error)
{
    g_autoptr(GArray) ids = wanted(inbox, words, n, error);
    guint8 *key = ids != NULL ? unlock(inbox, error) : NULL;
    if (key == NULL)
        return false;
    guint reports = 0;
    bool done = true;
    for (guint i = 0; i < ids->len && done; i++) {
        const gint64 report = inbox_take(inbox->store, g_array_index(ids, gint64, i), key, error);
        done = report >= 0;
        reports += report > 0;
    }
    sodium_free(key);
    g_autofree char *taken = i18n_integer(ids->len), *became = i18n_integer(reports);
    if (done)
        cli_say(inbox->context, _("Messages taken: %s; of them new reports: %s."), taken, became);
    return done;
}

static bool answer(Inbox *inbox, const char *word, const char *text, GError **error)
{
    StoreKind kind;
    gint64 id;
    return store_id_read(word, STORE_KIND_SENDER, &kind, &id, error) &&
           inbox_answer(inbox->store, id, text, error) != 0;
}

static bool run(Inbox *inbox, const char *verb, char **words, int n, GError **error)
{
    if (strcmp(verb, "make") == 0)
        return make(inbox, error);
    if (strcmp(verb, "list") == 0)
        return list(inbox, error);
    if (strcmp(verb, "read") == 0)
        return read_one(inbox, words[0], error);
    if (strcmp(verb, "take") == 0)
        return take(inbox, words, n, error);
    return answer(inbox, words[0], words[1], error);
}

int cmd_inbox(CliContext *context, int argc, char **argv)
{
    static const struct {
        const char *verb;
        int least, most;
    } VERBS[] = {
        {"make", 0, 0}, {"list", 0, 0}, {"read", 1, 1}, {"take", 0, 10000}, {"answer", 2, 2}};
    g_autofree char *file = NULL;
    Inbox inbox = {.context = context, .box = {.command = context->command, .passphrase_fd = -1}};
    const GOptionEntry entries[] = {
        {"inbox-passphrase-file", 0, 0, G_OPTION_ARG_FILENAME, &file, NULL, NULL},
        {"inbox-passphrase-fd", 0, 0, G_OPTION_ARG_INT, &inbox.box.passphrase_fd, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    int status = CLI_DONE;
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    inbox.box.passphrase_file = file;
    const char *verb = argc > 1 ? argv[1] : "list";
    const int n = MAX(argc - 2, 0);
    gsize v = 0;
    while (v < G_N_ELEMENTS(VERBS) && strcmp(VERBS[v].verb, verb) != 0)
        v++;
    if (v == G_N_ELEMENTS(VERBS))
        return cli_usage(context, _("There is no '%s'; there are make, list, read, take, answer."),
                         verb);
    if (n < VERBS[v].least || n > VERBS[v].most)
        return cli_usage(
            context, _("`zenhar inbox %s`: see `zenhar inbox --help` for what it needs."), verb);
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store =
        cli_case_open(context, strcmp(verb, "list") == 0 ? STORE_READ : STORE_WRITE, &error);
    inbox.store = store;
    return store != NULL && run(&inbox, verb, argv + 2, n, &error) ? CLI_DONE
                                                                   : cli_fail(context, error);
}
