/* COMMAND: watch
 * SUMMARY: watch unattended: read folders and feeds, detect, tell people once
 *
 * zenhar watch --case FOLDER --config FILE [--once] [--json] [--log text|json]
 * zenhar watch --case FOLDER --config FILE --status
 * zenhar watch --config FILE --check
 *
 * Reads watched folders, feeds and a gateway of short messages as they change,
 * links what is new, detects surges on a schedule, checks the user's rules
 * (zenhar assess triggers), notices sources that are silent beyond their habit,
 * and tells each alarm once, with its evidence: by mail, as a CAP, Atom or JSON
 * file, or to a command of the user's. Only addresses in FILE are fetched, none
 * that stands in what came in. Ctrl-C or SIGTERM ends it at a safe point; killed
 * anywhere, the next start goes on and tells nothing twice.
 *
 *   --config FILE   what is watched and who is told (docs/watch.md)
 *   --once          one look at everything, then end: for a timer. Without it the
 *                   watch goes on, and the gateway's door is open
 *   --check         only reads FILE, says what it understood, and ends
 *   --status        only tells what waits to be sent, what was sent, what failed
 *   --json          one JSON object for each look on standard output
 *   --log json      one JSON object a line on standard error in place of words: what was
 *                   done, in counts, and kinds of errors; no name, file or message
 *
 * A file of FILE:
 *
 *   [watch]                          [gateway phone]
 *   read = 1 minute                  listen = 127.0.0.1:8081
 *   detect = 1 hour                  secret-file = /etc/zenhar/sms.secret
 *   rules = /etc/zenhar/rules.txt
 *                                    [mail desk]
 *   [folder inbox]                   server = smtps://mail.example.org
 *   path = /srv/zenhar/inbox         from = watch@example.org
 *   moved = /srv/zenhar/inbox/read   to = desk@example.org, night@example.org
 *                                    user = watch
 *   [feed hrana]                     password-file = /etc/zenhar/mail.secret
 *   url = https://example.org/feed
 *   every = 30 minutes               [command pager]
 *   reliability = B                  run = /usr/local/bin/page --urgent
 *
 * Exit status: 0 done, 1 done but something could not be read or sent, or it is
 * not known whether it arrived, 2 wrong usage, 3 cannot go on.
 */
#include "commands.h"

#include "base/progress.h"
#include "cli/case.h"
#include "cli/watch_door.h"
#include "store/watch.h"
#include "watch/watch.h"
#include "web/log.h"
#include <jansson.h>
#include <string.h>

typedef struct {
    char *config, *log;
    gboolean once, check, status, json;
} Arguments;

static void arguments_clear(Arguments *a)
{
    g_free(a->config);
    g_free(a->log);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Arguments, arguments_clear)

static void say(void *context, const char *sentence)
{
    cli_say(context, "%s", sentence);
}

/* ---- what was done ---- */

static void print_json(const WatchDone *done)
{
    json_t *object = json_pack(
        "{s:I, s:I, s:I, s:I, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i}", "files",
        (json_int_t)done->files, "added", (json_int_t)done->added, "quarantined",
        (json_int_t)done->quarantined, "linked", (json_int_t)done->linked, "feeds",
        (int)done->feeds, "unchanged", (int)done->unchanged, "notices", (int)done->notices,
        "alarms", (int)done->alarms, "sent", (int)done->sent, "waiting", (int)done->waiting,
        "unsure", (int)done->unsure, "failed", (int)done->failed, "faults", (int)done->faults);
    char *text = json_dumps(object, JSON_COMPACT | JSON_PRESERVE_ORDER);
    g_print("%s\n", text);
    free(text);
    json_decref(object);
}

static bool is_quiet(const WatchDone *done)
{
    return done->files + done->added + done->quarantined + done->linked == 0 &&
           done->notices + done->sent + done->unsure + done->failed + done->faults == 0;
}

static void log_done(const WatchDone *done)
{
    const WebLogCount counts[] = {
        {"files", (gint64)done->files},
        {"added", (gint64)done->added},
        {"quarantined", (gint64)done->quarantined},
        {"linked", (gint64)done->linked},
        {"feeds", done->feeds},
        {"notices", done->notices},
        {"alarms", done->alarms},
        {"sent", done->sent},
        {"waiting", done->waiting},
        {"unsure", done->unsure},
        {"failed_to_send", done->failed},
        {"faults", done->faults},
    };
    web_log_counts("look", counts, G_N_ELEMENTS(counts));
}

static void say_done(CliContext *context, const WatchDone *done)
{
    log_done(done);
    g_autofree char *files = i18n_integer((gint64)done->files),
                    *added = i18n_integer((gint64)done->added),
                    *bad = i18n_integer((gint64)done->quarantined),
                    *notices = i18n_integer(done->notices), *sent = i18n_integer(done->sent),
                    *waiting = i18n_integer(done->waiting);
    cli_say(context,
            _("Files read: %s. Reports added: %s; in quarantine: %s. New notices: %s. Sent: %s; "
              "waiting: %s."),
            files, added, bad, notices, sent, waiting);
    if (done->unsure > 0) {
        g_autofree char *unsure = i18n_integer(done->unsure);
        cli_say(context,
                _("Not known whether they arrived: %s. They are not sent again by themselves."),
                unsure);
    }
}

static int status_of(const WatchDone *done)
{
    return done->quarantined + done->faults + done->unsure + done->failed > 0 ? CLI_INCOMPLETE
                                                                              : CLI_DONE;
}

/* ---- once, or until it is ended ---- */

static int run_once(CliContext *context, Watch *watch, const Arguments *a, GError **error)
{
    WatchDone done = {0};
    if (!watch_once(watch, &done, error))
        return CLI_CANNOT;
    if (a->json)
        print_json(&done);
    say_done(context, &done);
    return status_of(&done);
}

/* One look of the lasting watch. What the case refuses now is tried at the next look. */
static void look(CliContext *context, Watch *watch, const Arguments *a, bool *ret_detect)
{
    WatchDone done = {0};
    g_autoptr(GError) error = NULL;
    bool read = watch_read(watch, false, &done, &error);
    bool due = read && !progress_interrupted() && watch_detect_is_due(watch, &error);
    bool went = read && error == NULL && (!due || watch_detect(watch, &done, &error)) &&
                watch_send(watch, &done, &error);
    if (!went && error != NULL && web_log_is_json())
        web_log_error("look", error);
    else if (!went && error != NULL)
        cli_say(context, "%s", error->message);
    if (!is_quiet(&done)) {
        if (a->json)
            print_json(&done);
        say_done(context, &done);
    }
    *ret_detect = due;
}

static int run_on(CliContext *context, Store *store, Watch *watch, const WatchConfig *config,
                  const Arguments *a, GError **error)
{
    g_autoptr(WatchDoors) doors = watch_doors_open(store, config, error);
    if (doors == NULL)
        return CLI_CANNOT;
    watch_doors_say(doors, context);
    cli_say(context, "%s", _("The watch has begun. Ctrl-C ends it."));
    while (!progress_interrupted()) {
        bool detected;
        look(context, watch, a, &detected);
        fflush(stdout);
        for (guint second = 0; second < config->read && !progress_interrupted(); second++)
            g_usleep(G_USEC_PER_SEC);
    }
    cli_say(context, "%s", _("The watch has ended; the next one goes on where it was."));
    return CLI_DONE;
}

/* ---- telling only ---- */

static int check(CliContext *context, const Arguments *a)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(WatchConfig) config = watch_config_load(a->config, false, &error);
    if (config == NULL)
        return cli_fail(context, error);
    for (guint i = 0; i < config->folders->len; i++) {
        const WatchFolder *folder = g_ptr_array_index(config->folders, i);
        g_print("folder,%s,%s\n", folder->name, folder->path);
    }
    for (guint i = 0; i < config->feeds->len; i++) {
        const WatchFeed *feed = g_ptr_array_index(config->feeds, i);
        g_print("feed,%s,%s\n", feed->name, feed->url);
    }
    for (guint i = 0; i < config->gateways->len; i++) {
        const WatchGateway *gateway = g_ptr_array_index(config->gateways, i);
        g_print("gateway,%s,%s:%u\n", gateway->name, gateway->address, (guint)gateway->port);
    }
    for (guint i = 0; i < config->channels->len; i++) {
        const WatchChannel *channel = g_ptr_array_index(config->channels, i);
        g_print("%s,%s,%s\n", watch_channel_kind_name(channel->kind), channel->name,
                channel->kind == WATCH_MAIL      ? channel->server
                : channel->kind == WATCH_COMMAND ? channel->run[0]
                                                 : channel->path);
    }
    if (config->channels->len == 0)
        cli_say(context, "%s",
                _("Nobody is told: the file names no mail, cap, atom, json or "
                  "command."));
    return CLI_DONE;
}

static int show_status(CliContext *context, GError **error)
{
    g_autoptr(Store) store = cli_case_open(context, STORE_READ, error);
    g_autoptr(GPtrArray) all = store != NULL ? store_dispatch_list_state(store, NULL, error) : NULL;
    if (all == NULL)
        return CLI_CANNOT;
    guint waiting = 0, unsure = 0, failed = 0;
    g_print("id,channel,round,state,tries,name,reason\n");
    for (guint i = 0; i < all->len; i++) {
        const StoreDispatch *d = g_ptr_array_index(all, i);
        char id[STORE_ID_MAX];
        g_autoptr(GString) reason = g_string_new(d->reason);
        g_string_replace(reason, "\"", "\"\"", 0);
        g_print("%s,%s,%" G_GINT64_FORMAT ",%s,%d,%s,\"%s\"\n",
                store_id_format(STORE_KIND_DISPATCH, d->id, id), d->channel, d->round, d->state,
                d->tries, d->name, reason->str);
        waiting += strcmp(d->state, "waiting") == 0 || strcmp(d->state, "sending") == 0;
        unsure += strcmp(d->state, "unsure") == 0 || strcmp(d->state, "handing") == 0;
        failed += strcmp(d->state, "failed") == 0;
    }
    g_autofree char *n = i18n_integer(waiting), *m = i18n_integer(unsure),
                    *k = i18n_integer(failed);
    cli_say(context, _("Waiting to be sent: %s. Not known whether they arrived: %s. Failed: %s."),
            n, m, k);
    return unsure + failed > 0 ? CLI_INCOMPLETE : CLI_DONE;
}

/* A machine that reads the log gets no sentence: it may name a file. */
static int fail(CliContext *context, const GError *error)
{
    if (!web_log_is_json())
        return cli_fail(context, error);
    web_log_error("watch", error);
    return zenhar_error_exit_status(error);
}

int cmd_watch(CliContext *context, int argc, char **argv)
{
    int status = CLI_DONE;
    g_auto(Arguments) a = {0};
    const GOptionEntry entries[] = {
        {"config", 0, 0, G_OPTION_ARG_FILENAME, &a.config, NULL, NULL},
        {"once", 0, 0, G_OPTION_ARG_NONE, &a.once, NULL, NULL},
        {"check", 0, 0, G_OPTION_ARG_NONE, &a.check, NULL, NULL},
        {"status", 0, 0, G_OPTION_ARG_NONE, &a.status, NULL, NULL},
        {"json", 0, 0, G_OPTION_ARG_NONE, &a.json, NULL, NULL},
        {"log", 0, 0, G_OPTION_ARG_STRING, &a.log, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    if (argc > 1)
        return cli_usage(context, "%s",
                         _("This command takes no files; name the case with --case."));
    if (a.config == NULL && !a.status)
        return cli_usage(context, "%s", _("Name what is watched and who is told: --config FILE."));
    if (a.log != NULL && strcmp(a.log, "json") != 0 && strcmp(a.log, "text") != 0)
        return cli_usage(context, _("--log %s: there are text and json."), a.log);
    if (a.check)
        return check(context, &a);
    g_autoptr(GError) error = NULL;
    if (a.status) {
        status = show_status(context, &error);
        return error != NULL ? cli_fail(context, error) : status;
    }
    g_autoptr(WatchConfig) config = watch_config_load(a.config, true, &error);
    g_autoptr(Store) store = config != NULL ? cli_case_open(context, STORE_WRITE, &error) : NULL;
    if (store == NULL)
        return cli_fail(context, error);
    progress_catch_interrupt();
    if (g_strcmp0(a.log, "json") == 0) {
        context->quiet = true;
        web_log_json();
    }
    g_autoptr(Watch) watch = watch_new(store, config, say, context, &error);
    if (watch == NULL)
        return fail(context, error);
    web_log_event("start");
    status = a.once ? run_once(context, watch, &a, &error)
                    : run_on(context, store, watch, config, &a, &error);
    web_log_event("stop");
    return error != NULL ? fail(context, error) : status;
}
