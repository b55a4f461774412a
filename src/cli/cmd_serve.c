/* COMMAND: serve
 * SUMMARY: show the case in a web browser, in Persian and English
 *
 * zenhar serve --case FOLDER [--port N] [--bind ADDRESS] [--threads N] [--behind-tls]
 *              [--metrics ADDRESS:PORT] [--log text|json] [--mail FILE]
 *              [--login-link NAME]…
 * zenhar serve --public DIR [--port N] [--bind ADDRESS] [--threads N] [--behind-tls]
 *              [--log text|json]
 *
 * Starts a web server on the case and prints its address and a login link on
 * standard output, one a line: address, Persian link, English link. Each link
 * lets in one browser, once, within an hour, as an administrator, who can make
 * accounts for others: documenters add and correct reports, analysts answer alarms
 * and rate, advocates see what letters need, readers read. Each look at a sealed
 * field or an original is entered in the audit trail. Who has a one-time link to a
 * letter (zenhar appeal sign --invite) signs there. Ctrl-C ends it.
 *
 * With --public it serves, to everybody, what zenhar appeal publish wrote into a
 * folder, and nothing else: no case is opened and no passphrase asked; there is no
 * login, no form, no cookie; what it answers may be kept by caches. It can run on
 * another machine than the case. A new publication is taken up by itself. Its
 * address is the one line on standard output.
 *
 * --port N        the port to listen on (default 0: a free one)
 * --bind ADDRESS  the IPv4 address to listen on (default 127.0.0.1: this machine
 *                 alone). Others on the network can read along when it is another
 *                 address: put a proxy that speaks TLS in front, and say --behind-tls
 * --threads N     how many threads answer (default: as many as processors)
 * --behind-tls    a proxy in front speaks TLS: cookies are sent over TLS alone
 * --metrics ADDRESS:PORT  a second listener for those who run the server, with /metrics
 *                 (Prometheus text format: requests by route and status, durations,
 *                 size of the log, last verification, imports, alarms) and /health; its
 *                 address is one more line on standard output. No name stands in it, but
 *                 whoever reaches it sees how much is done: keep it to this machine
 * --log json      one JSON object a line on standard error for each request: route,
 *                 method, status, time, size; no address, name, number or word that
 *                 anybody sent (default text: only what goes wrong, in words)
 * --login-link NAME  for whom a link is: what is done by it stands under that name in
 *                 the audit trail, so that two administrators are told apart. May be
 *                 given again and again; each NAME gets two links of its own (Persian,
 *                 English), in that order. No account has that name (zenhar user)
 * --mail FILE     settings of the mail server ([send], as of zenhar appeal send) by which
 *                 advocates send sealed letters from the browser, after they were shown
 *                 what would go to whom (default: nothing is sent from the browser)
 *
 * Example: zenhar serve --case june.zenhar --port 8080
 */
#include "commands.h"

#include "appeal/settings.h"
#include "cli/case.h"
#include "store/user.h"
#include "web/log.h"
#include "web/public.h"
#include "web/web.h"
#include <stdio.h>
#include <string.h>

typedef struct {
    int port, threads;
    char *bind, *metrics, *log, *mail, *public;
    char *metrics_address;
    char **names; /* for whom links are made; NULL: one that is nobody's */
    guint16 metrics_port;
    gboolean behind_tls;
} ServeOptions;

static void options_clear(ServeOptions *options)
{
    g_free(options->bind);
    g_free(options->metrics);
    g_free(options->log);
    g_free(options->mail);
    g_free(options->public);
    g_free(options->metrics_address);
    g_strfreev(options->names);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ServeOptions, options_clear)

/* "127.0.0.1:9090" */
static bool split_metrics(ServeOptions *options)
{
    const char *colon = options->metrics != NULL ? strrchr(options->metrics, ':') : NULL;
    guint64 port = 0;
    if (options->metrics == NULL)
        return true;
    if (colon == NULL || !g_ascii_string_to_unsigned(colon + 1, 10, 0, 65535, &port, NULL))
        return false;
    options->metrics_address = g_strndup(options->metrics, (gsize)(colon - options->metrics));
    options->metrics_port = (guint16)port;
    return true;
}

static int check(CliContext *context, ServeOptions *options, int argc)
{
    if (argc > 1)
        return cli_usage(context, "%s",
                         _("This command takes no files; name the case with --case."));
    if (options->port < 0 || options->port > 65535)
        return cli_usage(context, _("--port %d: a port is a number from 0 to 65535."),
                         options->port);
    if (options->threads < 0 || options->threads > 64)
        return cli_usage(context, _("--threads %d: choose 1 to 64."), options->threads);
    if (!split_metrics(options))
        return cli_usage(context, _("--metrics %s: give an address and a port, as 127.0.0.1:9090."),
                         options->metrics);
    if (options->log != NULL && strcmp(options->log, "json") != 0 &&
        strcmp(options->log, "text") != 0)
        return cli_usage(context, _("--log %s: there are text and json."), options->log);
    return CLI_DONE;
}

/* A link is made out to somebody who is no account: else two would stand under one name. */
static bool check_names(Store *store, char *const *names, GError **error)
{
    for (gsize i = 0; names != NULL && names[i] != NULL; i++) {
        g_autoptr(GError) none = NULL;
        if (!web_link_name_fits(names[i])) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                        _("--login-link “%s”: a name is 1 to 32 characters on one line."),
                        names[i]);
            return false;
        }
        g_autoptr(StoreUser) user = store_user_find(store, names[i], &none);
        if (user != NULL) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                        _("--login-link %s: there is an account of that name, which logs in by its "
                          "password. Choose another name for the link."),
                        names[i]);
            return false;
        }
        for (gsize k = 0; k < i; k++)
            if (strcmp(names[k], names[i]) == 0) {
                g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                            _("--login-link %s stands there twice."), names[i]);
                return false;
            }
    }
    return true;
}

static void print_links(CliContext *context, Web *web, const char *name)
{
    g_autofree char *persian = web_login_link(web, I18N_PERSIAN, name);
    g_autofree char *english = web_login_link(web, I18N_ENGLISH, name);
    if (name[0] != '\0')
        cli_say(context, _("For %s:"), name);
    printf("%s\n%s\n", persian, english);
    fflush(stdout);
}

/* Prints where it is and how to get in, waits for Ctrl-C. */
static void serve(CliContext *context, Web *web, const ServeOptions *options)
{
    printf("%s\n", web_address(web));
    fflush(stdout);
    if (options->names == NULL || options->names[0] == NULL)
        print_links(context, web, "");
    for (gsize i = 0; options->names != NULL && options->names[i] != NULL; i++)
        print_links(context, web, options->names[i]);
    if (web_metrics_address(web) != NULL)
        printf("%s\n", web_metrics_address(web));
    fflush(stdout);
    cli_say(context, "%s",
            _("Open one of the two links in a browser: the first in Persian, the second in "
              "English. Each works once, within an hour. Ctrl-C ends the server."));
    if (strncmp(options->bind, "127.", 4) != 0 && !options->behind_tls)
        cli_say(context, "%s",
                _("Warning: others on the network can read along. Put a proxy that speaks TLS in "
                  "front."));
    if (options->metrics_address != NULL && strncmp(options->metrics_address, "127.", 4) != 0)
        cli_say(context, "%s",
                _("Warning: others on the network can read the metrics: how much is done, when."));
    web_wait_for_stop();
    cli_say(context, "%s", _("The server has ended."));
}

/* No case, no passphrase: whoever runs this need not hold either. */
static int serve_public(CliContext *context, const ServeOptions *options)
{
    g_autoptr(GError) error = NULL;
    if (options->metrics != NULL || options->mail != NULL || options->names != NULL)
        return cli_usage(context, "%s",
                         _("--public serves a published folder alone: --metrics, --mail and "
                           "--login-link belong to a case."));
    web_catch_stop();
    if (g_strcmp0(options->log, "json") == 0) {
        context->quiet = true;
        web_log_json();
    }
    const PublicStart start = {.folder = options->public,
                               .address = options->bind,
                               .port = (guint16)options->port,
                               .threads = (guint)options->threads,
                               .behind_tls = options->behind_tls};
    PublicWeb *web = public_start(&start, &error);
    if (web == NULL)
        return cli_fail(context, error);
    web_log_event("start");
    printf("%s\n", public_address(web));
    fflush(stdout);
    cli_say(context, "%s", _("What was published is served to everybody. Ctrl-C ends the server."));
    web_wait_for_stop();
    public_stop(web);
    web_log_event("stop");
    cli_say(context, "%s", _("The server has ended."));
    return CLI_DONE;
}

int cmd_serve(CliContext *context, int argc, char **argv)
{
    g_auto(ServeOptions) options = {0};
    const GOptionEntry entries[] = {
        {"port", 0, 0, G_OPTION_ARG_INT, &options.port, NULL, NULL},
        {"bind", 0, 0, G_OPTION_ARG_STRING, &options.bind, NULL, NULL},
        {"threads", 0, 0, G_OPTION_ARG_INT, &options.threads, NULL, NULL},
        {"metrics", 0, 0, G_OPTION_ARG_STRING, &options.metrics, NULL, NULL},
        {"public", 0, 0, G_OPTION_ARG_FILENAME, &options.public, NULL, NULL},
        {"mail", 0, 0, G_OPTION_ARG_FILENAME, &options.mail, NULL, NULL},
        {"login-link", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.names, NULL, NULL},
        {"log", 0, 0, G_OPTION_ARG_STRING, &options.log, NULL, NULL},
        {"behind-tls", 0, 0, G_OPTION_ARG_NONE, &options.behind_tls, NULL, NULL},
        {NULL},
    };
    int status = CLI_DONE;
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    if (options.bind == NULL)
        options.bind = g_strdup("127.0.0.1");
    status = check(context, &options, argc);
    if (status != CLI_DONE)
        return status;
    if (options.public != NULL)
        return serve_public(context, &options);
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = cli_case_open_newest(context, &error);
    if (store == NULL)
        return cli_fail(context, error);
    if (!check_names(store, options.names, &error))
        return cli_usage(context, "%s", error->message);
    g_auto(AppealSettings) settings = {0}; /* a fault in the file is told now */
    if (options.mail != NULL && !appeal_settings_read(options.mail, "send", &settings, &error))
        return cli_fail(context, error);
    web_catch_stop();
    if (g_strcmp0(options.log, "json") == 0) {
        context->quiet = true; /* words on standard error would stand between the lines */
        web_log_json();
    }
    const WebStart start = {
        .folder = context->case_path,
        .keys = store_keys(store),
        .address = options.bind,
        .port = (guint16)options.port,
        .threads = (guint)options.threads,
        .behind_tls = options.behind_tls,
        .mail = options.mail,
        .metrics_address = options.metrics_address,
        .metrics_port = options.metrics_port,
    };
    web_log_event("start");
    Web *web = web_start(&start, &error);
    if (web == NULL)
        return cli_fail(context, error);
    serve(context, web, &options);
    web_stop(web);
    web_log_event("stop"); /* behind the last request */
    return CLI_DONE;
}
