/* COMMAND: fetch
 * SUMMARY: keep a web page as its server gave it, and its text as a report
 *
 * zenhar fetch URL... --case FOLDER [options]
 *
 * Asks for each address once and keeps what went over the wire, request and answer
 * with all headers, as a WARC 1.1 file with SHA-256 digests: sealed and logged as an
 * original, before its main text becomes a report. Redirects are followed and kept
 * too. Only the page itself is fetched: no picture, no script, no cookie, no
 * referrer. Addresses that stand in reports are never fetched by themselves.
 *
 * Whoever runs the server, or watches the way to it, sees who asks. --proxy with Tor
 * hides it; then names are looked up by Tor too (socks5h).
 *
 *   --proxy ADDRESS      socks5h://127.0.0.1:9050 (Tor), http://... (none else is
 *                        used, whatever the environment says)
 *   --user-agent TEXT    what the request calls itself (default: no program's name)
 *   --max-size MIB       of an answer (default 50)
 *   --timeout SECONDS    for each address (default 60)
 *   --redirects N        at most so many (default 5; 0 none)
 *   --allow-private      addresses of this machine and of private networks too
 *   --source NAME        who tells (default: as the page says, else the site)
 *   --reliability A-F    of the source
 *   --credibility 1-6    of the information
 *   --json               one JSON object for each page on standard output
 *
 * Exit status: 0 done, 1 a page was kept but gave no report, 2 wrong usage,
 * 3 cannot go on.
 */
#include "commands.h"

#include "base/progress.h"
#include "cli/case.h"
#include "intake/fetch.h"
#include "intake/import.h"
#include "intake/summary.h"
#include <jansson.h>
#include <string.h>

typedef struct {
    char *proxy, *user_agent, *source, *reliability;
    int max_size, timeout, redirects, credibility;
    gboolean allow_private, json;
} Arguments;

static void arguments_clear(Arguments *a)
{
    g_free(a->proxy);
    g_free(a->user_agent);
    g_free(a->source);
    g_free(a->reliability);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Arguments, arguments_clear)

static bool read_options(CliContext *context, const Arguments *a, IntakeFetchOptions *fetch,
                         IntakeOptions *options, int *status)
{
    enum { MAX_MIB = 1024, MAX_SECONDS = 3600, MAX_REDIRECTS = 20 };
    char grade = a->reliability != NULL ? g_ascii_toupper(a->reliability[0]) : 0;
    if (a->reliability != NULL && (grade < 'A' || grade > 'F' || a->reliability[1] != '\0')) {
        *status = cli_usage(context, _("--reliability %s: the grades are A to F."), a->reliability);
        return false;
    }
    if (a->credibility < 0 || a->credibility > 6) {
        *status = cli_usage(context, _("--credibility %d: the grades are 1 to 6."), a->credibility);
        return false;
    }
    if (a->max_size < 1 || a->max_size > MAX_MIB || a->timeout < 1 || a->timeout > MAX_SECONDS ||
        a->redirects < 0 || a->redirects > MAX_REDIRECTS) {
        *status = cli_usage(context, "%s",
                            _("--max-size is 1 to 1024 MiB, --timeout 1 to 3600 seconds, "
                              "--redirects 0 to 20."));
        return false;
    }
    *fetch = (IntakeFetchOptions){
        .proxy = a->proxy,
        .user_agent = a->user_agent,
        .seconds = (guint)a->timeout,
        .max_bytes = (guint64)a->max_size << 20,
        .max_redirects = a->redirects == 0 ? G_MAXUINT : (guint)a->redirects,
        .allow_private = a->allow_private,
    };
    *options =
        (IntakeOptions){.source = a->source, .reliability = grade, .credibility = a->credibility};
    return true;
}

/* "news.example-2025.warc": what the original is called. */
static char *file_name(const char *url)
{
    g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_PARSE_RELAXED, NULL);
    const char *host = uri != NULL ? g_uri_get_host(uri) : NULL;
    return g_strdup_printf("%s.warc", host != NULL && host[0] != '\0' ? host : "page");
}

static void print_json(const char *url, const IntakeFetched *page, const IntakeSummary *summary)
{
    json_t *object = json_pack(
        "{s:s, s:s, s:i, s:s?, s:I, s:i, s:s, s:I, s:I}", "url", url, "final_url", page->final_url,
        "status", page->status, "media_type", page->media_type, "bytes", (json_int_t)page->bytes,
        "redirects", (int)page->redirects, "payload_sha256", page->sha256, "reports",
        (json_int_t)summary->added, "quarantined", (json_int_t)summary->quarantined);
    char *text = json_dumps(object, JSON_COMPACT);
    g_print("%s\n", text);
    free(text);
    json_decref(object);
}

static void say(CliContext *context, const IntakeFetched *page, const IntakeSummary *summary)
{
    g_autofree char *bytes = i18n_integer((gint64)page->bytes);
    g_autofree char *status = i18n_integer(page->status);
    cli_say(context, _("%s: the server answered %s, %s bytes; kept as it came (SHA-256 %s)."),
            page->final_url, status, bytes, page->sha256);
    if (page->redirects > 0) {
        g_autofree char *n = i18n_integer(page->redirects);
        cli_say(context, _("Redirected on the way: %s; all of it is kept."), n);
    }
    g_autofree char *words = intake_summary_describe(summary);
    cli_say(context, "%s", words);
}

static bool fetch_one(CliContext *context, Store *store, const char *url, const Arguments *a,
                      const IntakeFetchOptions *fetch, const IntakeOptions *options, int *status,
                      GError **error)
{
    g_auto(IntakeFetched) page = {0};
    if (!intake_fetch(url, fetch, &page, error))
        return false;
    IntakeSummary summary = {0};
    g_autofree char *name = file_name(page.final_url);
    bool done = intake_import_fetched(store, page.warc->data, page.warc->len, name,
                                      "application/warc", url, options, &summary, error);
    if (done && a->json)
        print_json(url, &page, &summary);
    if (done)
        say(context, &page, &summary);
    if (summary.quarantined > 0 || summary.added + summary.duplicates == 0)
        *status = CLI_INCOMPLETE;
    intake_summary_clear(&summary);
    return done;
}

int cmd_fetch(CliContext *context, int argc, char **argv)
{
    int status = CLI_DONE;
    g_auto(Arguments) a = {.max_size = 50, .timeout = 60, .redirects = 5};
    const GOptionEntry entries[] = {
        {"proxy", 0, 0, G_OPTION_ARG_STRING, &a.proxy, NULL, NULL},
        {"user-agent", 0, 0, G_OPTION_ARG_STRING, &a.user_agent, NULL, NULL},
        {"max-size", 0, 0, G_OPTION_ARG_INT, &a.max_size, NULL, NULL},
        {"timeout", 0, 0, G_OPTION_ARG_INT, &a.timeout, NULL, NULL},
        {"redirects", 0, 0, G_OPTION_ARG_INT, &a.redirects, NULL, NULL},
        {"allow-private", 0, 0, G_OPTION_ARG_NONE, &a.allow_private, NULL, NULL},
        {"source", 0, 0, G_OPTION_ARG_STRING, &a.source, NULL, NULL},
        {"reliability", 0, 0, G_OPTION_ARG_STRING, &a.reliability, NULL, NULL},
        {"credibility", 0, 0, G_OPTION_ARG_INT, &a.credibility, NULL, NULL},
        {"json", 0, 0, G_OPTION_ARG_NONE, &a.json, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    if (argc < 2)
        return cli_usage(context, "%s", _("Name the address of at least one page."));
    IntakeFetchOptions fetch;
    IntakeOptions options;
    if (!read_options(context, &a, &fetch, &options, &status))
        return status;
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = cli_case_open(context, STORE_WRITE, &error);
    if (store == NULL)
        return cli_fail(context, error);
    progress_catch_interrupt();
    if (a.proxy != NULL && g_str_has_prefix(a.proxy, "socks5://"))
        cli_say(context, "%s",
                _("socks5:// looks names up on this machine, for all on the way to see; socks5h:// "
                  "leaves it to the proxy."));
    for (int i = 1; i < argc; i++)
        if (!fetch_one(context, store, argv[i], &a, &fetch, &options, &status, &error))
            return cli_fail(context, error);
    return status;
}
