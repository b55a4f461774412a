/* web/web.h: the web application on one case; `zenhar serve` and `zenhar demo` call this.
 *
 *     web_catch_stop();                         before the first thread starts
 *     Web *web = web_start(&options, &error);   one a case; several in one process are fine
 *     g_autofree char *login = web_login_link(web, I18N_PERSIAN, "");
 *     web_wait_for_stop();                      until SIGINT or SIGTERM
 *     web_stop(web);
 *
 * Every thread of the server opens its own connection to the case, for reading only, through
 * evidence_open_with_keys; what a form changes goes through a connection of its own, opened for
 * that one request after its session, role and form token were held against the route. Nobody gets
 * in but by a login link, which works once, within the hour, or by an account (account.h). */
#pragma once
#include "base/error.h"
#include "base/i18n.h"
#include "store/keys.h"
#include <glib.h>
#include <stdbool.h>

typedef struct Web Web;

typedef struct {
    const char *folder;  /**< NAME.zenhar; copied */
    StoreKeys *keys;     /**< of the open case (store_keys); the server takes its own reference */
    const char *address; /**< IPv4 to listen on; NULL: 127.0.0.1; copied */
    guint16 port;        /**< 0: a free one */
    guint threads;       /**< 0: as many as processors, at least two */
    bool behind_tls;     /**< a proxy in front speaks TLS: cookies carry Secure */
    const char *mail;    /**< settings file by which letters are sent (appeal/settings.h);
                            NULL: none are sent by page; copied */
    const char *metrics_address; /**< IPv4 of a listener for /metrics and /health; NULL: none */
    guint16 metrics_port;        /**< 0: a free one */
} WebStart;

/** Starts the server; its threads run until web_stop. NULL with error set: USAGE (an address that
 *  is none), IO (the port is taken), or why the case does not open. */
Web *web_start(const WebStart *start, GError **error);
/** "http://127.0.0.1:8080". Borrowed from web. */
const char *web_address(const Web *web);
guint16 web_port(const Web *web);
/** "http://127.0.0.1:9090/metrics"; NULL without a listener for it. Borrowed. */
const char *web_metrics_address(const Web *web);
/** A link that logs in once: "http://127.0.0.1:8080/fa/login?token=…". name: for whom it is, as the
 *  audit trail then says (web_link_name_fits); "" nobody in particular. Transfers. */
char *web_login_link(Web *web, I18nLanguage language, const char *name);
/** May a link be made out to that name? 1 to 32 characters on one line, none of them a control or
 *  an override of direction. */
bool web_link_name_fits(const char *name);
/** Finishes what is under way, closes the case. NULL does nothing. */
void web_stop(Web *web);

/** From now on SIGINT and SIGTERM only wake web_wait_for_stop; a second one ends the process. */
void web_catch_stop(void);
/** Waits for SIGINT or SIGTERM. */
void web_wait_for_stop(void);
