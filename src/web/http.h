/* web/http.h: HTTP on libmicrohttpd, with everything checked before a page sees it.
 *
 * libmicrohttpd 0.9.75 lets through what a proxy in front may read otherwise
 * (two lengths, two hosts, both length and encoding, a space before a colon):
 * that is request smuggling. So the first thing done with a request is to walk
 * all its headers and answer 400 and close on any doubt; then method and path
 * are held against the route table before any body is read. */
#pragma once
#include "base/error.h"
#include "base/i18n.h"
#include <glib.h>
#include <stdbool.h>

enum {
    WEB_MAX_BODY = 64 * 1024,      /**< bytes of a form */
    WEB_MAX_PATH = 2048,           /**< bytes of a path */
    WEB_MAX_FIELDS = 64,           /**< fields of a form or a query */
    WEB_MAX_CONNECTIONS = 512,     /**< in all */
    WEB_MAX_PER_ADDRESS = 64,      /**< from one address; a proxy's own address counts as one */
    WEB_TIMEOUT_SECONDS = 20,      /**< of silence on a connection */
    WEB_CONNECTION_MEMORY = 32768, /**< bytes libmicrohttpd keeps a connection */
};

typedef struct WebServer WebServer;
typedef struct WebSession WebSession;

/** One request, already vetted. Borrowed for the call. */
typedef struct {
    WebServer *server;
    bool post;
    const char *path;      /**< below the language: "/reports/R12" */
    const char *rest;      /**< what the route's '*' stands for; "" without */
    I18nLanguage language; /**< also set for the thread */
    GHashTable *query;     /**< name → value, UTF-8; last one wins */
    GHashTable *form;      /**< likewise, from a POST */
    WebSession *session;   /**< NULL when not logged in */
    const char *host;      /**< Host header; NULL in HTTP/1.0 */
    gpointer store;        /**< the thread's own connection to the case */
} WebRequest;

/** The answer a page fills. Starts as 200, text/html, empty. */
typedef struct {
    guint status;
    const char *content_type; /**< static */
    GString *body;
    char *location;    /**< of a redirect; owned */
    char *cookie;      /**< Set-Cookie; owned */
    char *disposition; /**< Content-Disposition; owned */
    bool cacheable;    /**< only for what is the same for everyone (the style sheet) */
} WebResponse;

typedef void WebPage(const WebRequest *request, WebResponse *response);

typedef struct {
    const char *path; /**< "/reports", or "/reports/" + "*" */
    bool post;        /**< POST; else GET (HEAD goes with it) */
    bool open;        /**< may be seen without a session */
    bool plain;       /**< has no language in its path ("/style.css") */
    WebPage *page;
} WebRoute;

/** The route table; ends with a NULL path. */
extern const WebRoute WEB_ROUTES[];

typedef struct {
    const char *address; /**< "127.0.0.1" */
    guint16 port;        /**< 0: a free one */
    guint threads;       /**< 0: the default */
    bool behind_tls;     /**< cookies carry Secure */
} WebOptions;

/** Opens one more connection to the case for a thread; the server closes them. */
typedef gpointer WebStoreOpen(gpointer context, GError **error);
typedef void WebStoreClose(gpointer store);

/** Starts the server's threads. NULL with error set. */
WebServer *web_server_start(const WebOptions *options, WebStoreOpen *open, WebStoreClose *close,
                            gpointer context, GError **error);
guint16 web_server_port(const WebServer *server);
/** Ends it: no new requests, those under way are finished. */
void web_server_stop(WebServer *server);

/** A token that logs in once, within the hour: 64 hexadecimal digits. Transfers. */
char *web_login_token_new(WebServer *server);
/** Spends a token: a session and its cookie value, or NULL. Transfers the cookie. */
char *web_login(WebServer *server, const char *token);
void web_logout(WebServer *server, WebSession *session);
/** The token that every form of a session carries against forged requests. Borrowed. */
const char *web_session_form_token(const WebSession *session);

/** Fills a plain page with a status and a sentence, in the request's language. */
void web_respond_error(WebResponse *response, I18nLanguage language, guint status);
/** 303 to a path. */
void web_redirect(WebResponse *response, const char *path);
/** A query value, or "" */
const char *web_query(const WebRequest *request, const char *name);
