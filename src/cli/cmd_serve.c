/* COMMAND: serve
 * SUMMARY: show the case in a web browser, in Persian and English
 *
 * zenhar serve --case FOLDER [--port N] [--bind ADDRESS] [--threads N] [--behind-tls]
 *
 * Starts a web server on the case and prints its address and a login link on
 * standard output, one a line: address, Persian link, English link. Each link
 * lets in one browser, once, within an hour, as an administrator, who can make
 * accounts for others: documenters add and correct reports, analysts answer alarms
 * and rate, advocates see what letters need, readers read. Each look at a sealed
 * field or an original is entered in the audit trail. Who has a one-time link to a
 * letter (zenhar appeal sign --invite) signs there. Ctrl-C ends it.
 *
 * --port N        the port to listen on (default 0: a free one)
 * --bind ADDRESS  the IPv4 address to listen on (default 127.0.0.1: this machine
 *                 alone). Others on the network can read along when it is another
 *                 address: put a proxy that speaks TLS in front, and say --behind-tls
 * --threads N     how many threads answer (default: as many as processors)
 * --behind-tls    a proxy in front speaks TLS: cookies are sent over TLS alone
 *
 * Example: zenhar serve --case june.zenhar --port 8080
 */
#include "commands.h"

#include "cli/case.h"
#include "web/web.h"
#include <stdio.h>
#include <string.h>

typedef struct {
    int port, threads;
    char *bind;
    gboolean behind_tls;
} ServeOptions;

static int check(CliContext *context, const ServeOptions *options, int argc)
{
    if (argc > 1)
        return cli_usage(context, "%s",
                         _("This command takes no files; name the case with --case."));
    if (options->port < 0 || options->port > 65535)
        return cli_usage(context, _("--port %d: a port is a number from 0 to 65535."),
                         options->port);
    if (options->threads < 0 || options->threads > 64)
        return cli_usage(context, _("--threads %d: choose 1 to 64."), options->threads);
    return CLI_DONE;
}

/* Prints where it is and how to get in, waits for Ctrl-C. */
static void serve(CliContext *context, Web *web, const ServeOptions *options)
{
    g_autofree char *persian = web_login_link(web, I18N_PERSIAN);
    g_autofree char *english = web_login_link(web, I18N_ENGLISH);
    printf("%s\n%s\n%s\n", web_address(web), persian, english);
    fflush(stdout);
    cli_say(context, "%s",
            _("Open one of the two links in a browser: the first in Persian, the second in "
              "English. Each works once, within an hour. Ctrl-C ends the server."));
    if (strncmp(options->bind, "127.", 4) != 0 && !options->behind_tls)
        cli_say(context, "%s",
                _("Warning: others on the network can read along. Put a proxy that speaks TLS in "
                  "front."));
    web_wait_for_stop();
    cli_say(context, "%s", _("The server has ended."));
}

int cmd_serve(CliContext *context, int argc, char **argv)
{
    ServeOptions options = {0};
    const GOptionEntry entries[] = {
        {"port", 0, 0, G_OPTION_ARG_INT, &options.port, NULL, NULL},
        {"bind", 0, 0, G_OPTION_ARG_STRING, &options.bind, NULL, NULL},
        {"threads", 0, 0, G_OPTION_ARG_INT, &options.threads, NULL, NULL},
        {"behind-tls", 0, 0, G_OPTION_ARG_NONE, &options.behind_tls, NULL, NULL},
        {NULL},
    };
    int status = CLI_DONE;
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    if (options.bind == NULL)
        options.bind = g_strdup("127.0.0.1");
    status = check(context, &options, argc);
    g_autofree char *bind = options.bind;
    if (status != CLI_DONE)
        return status;
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = cli_case_open(context, STORE_READ, &error);
    if (store == NULL)
        return cli_fail(context, error);
    web_catch_stop();
    const WebStart start = {
        .folder = context->case_path,
        .keys = store_keys(store),
        .address = bind,
        .port = (guint16)options.port,
        .threads = (guint)options.threads,
        .behind_tls = options.behind_tls,
    };
    Web *web = web_start(&start, &error);
    if (web == NULL)
        return cli_fail(context, error);
    serve(context, web, &options);
    web_stop(web);
    return CLI_DONE;
}
