/* web/http.h: HTTP on libmicrohttpd, with everything checked before a page sees it.
 *
 * libmicrohttpd 0.9.75 lets through what a proxy in front may read otherwise
 * (two lengths, two hosts, both length and encoding, a space before a colon):
 * that is request smuggling. So the first thing done with a request is to walk
 * all its headers and answer 400 and close on any doubt; then method and path
 * are held against the route table before any body is read. Paths, queries and
 * forms are decoded here from the bytes that came, by one reader.
 *
 * A request that takes longer to arrive than request_seconds is cut off, however
 * steadily its bytes drip. */
#pragma once
#include "base/error.h"
#include "base/i18n.h"
#include "web/session.h"
#include <glib.h>
#include <stdbool.h>

enum {
    WEB_MAX_BODY = 64 * 1024,          /**< bytes of a form */
    WEB_MAX_UPLOAD = 32 * 1024 * 1024, /**< bytes of a form with files */
    WEB_MAX_UPLOADS = 4,               /**< such forms arriving at a time */
    WEB_MAX_TARGET = 4096,             /**< bytes of a path with its query */
    WEB_MAX_FIELDS = 64,               /**< fields of a form or a query */
    WEB_MAX_CONNECTIONS = 512,         /**< in all */
    WEB_MAX_PER_ADDRESS = 64,          /**< from one address; no limit behind a proxy, or when
                                            only this machine can connect */
    WEB_MAX_STREAMS = 16,          /**< downloads at a time; each holds a connection to the case */
    WEB_IDLE_SECONDS = 20,         /**< of silence on a connection */
    WEB_REQUEST_SECONDS = 60,      /**< for a whole request to arrive */
    WEB_CONNECTION_MEMORY = 32768, /**< bytes libmicrohttpd keeps a connection */
};

typedef struct WebServer WebServer;
struct WebRoute;

/** A file of a form. */
typedef struct {
    char *field, *name; /**< of the form; as the browser calls it */
    GByteArray *bytes;
} WebFile;

/** A form with files that is arriving: bytes so far, and as announced. */
typedef struct {
    guint64 received, total;
} WebProgress;

/** One request, already vetted. Borrowed for the call. */
typedef struct {
    WebServer *server;
    gpointer app;                /**< WebServerOptions.app */
    const char *path;            /**< below the language: "/reports/R12" */
    const char *rest;            /**< what the route's '*' stands for; "" without */
    const char *query_text;      /**< the query as it came, without "?"; "" without */
    I18nLanguage language;       /**< also set for the thread */
    bool has_language;           /**< the path named it; else Accept-Language did */
    GHashTable *query;           /**< name → value, UTF-8; last one wins */
    GHashTable *form;            /**< likewise, from a POST */
    GPtrArray *files;            /**< WebFile of a WEB_UPLOAD route; NULL else */
    WebSession *session;         /**< NULL when not logged in */
    const WebIdentity *identity; /**< who asks: the session's, or a program's; NULL a stranger */
    gint64 token_id;             /**< of the program's token; 0: no program */
    gpointer store;   /**< the thread's own connection to the case; NULL on open routes */
    const char *body; /**< of a WEB_RAW route, as it came; "" else */
    gsize body_length;
    gpointer connection; /**< for web_header */
    const struct WebRoute *route;
} WebRequest;

/** Bytes that are sent as they are read. */
typedef struct {
    gpointer reader;
    gssize (*read)(gpointer reader, void *buffer, gsize size, GError **error); /**< 0: the end */
    void (*free)(gpointer reader);
    guint64 length; /**< of all */
} WebStream;

/** The answer a page fills. Starts as 200, text/html, empty. */
typedef struct {
    guint status;
    const char *content_type; /**< static */
    GString *body;
    GBytes *bytes;     /**< sent instead of body; owned */
    WebStream stream;  /**< sent instead of both when it has a reader; owned */
    char *location;    /**< of a redirect; owned */
    char *cookie;      /**< Set-Cookie; owned */
    char *device;      /**< one more Set-Cookie; owned */
    char *disposition; /**< Content-Disposition; owned */
    guint retry_after; /**< seconds; 0: no word of it */
    guint refresh;     /**< the browser asks again after so many seconds; 0: it does not */
    bool cacheable;    /**< only for what is the same for everyone (the style sheet) */
    char *etag;        /**< ETag with its quotes; owned */
    char *modified;    /**< Last-Modified; owned */
} WebResponse;

typedef void WebPage(const WebRequest *request, WebResponse *response);

typedef enum {
    WEB_GET = 0,         /**< HEAD goes with it */
    WEB_POST = 1 << 0,   /**< forms; the form token is checked before the page is called */
    WEB_OPEN = 1 << 1,   /**< may be seen without a session; gets no store */
    WEB_PLAIN = 1 << 2,  /**< has no language in its path ("/style.css") */
    WEB_RAW = 1 << 3,    /**< with POST: no form; the page reads the body and says who may send */
    WEB_UPLOAD = 1 << 5, /**< with POST: a form with files (multipart/form-data), of WEB_MAX_UPLOAD
                            at most; session and role are asked for before the body is read */
    WEB_TOKEN = 1 << 4, /**< for programs: no session; the page asks for a token, and has a store */
} WebRouteFlags;

typedef struct WebRoute {
    const char *path; /**< "/reports", or "/reports/" + "*" */
    WebRouteFlags flags;
    WebPage *page;
    guint roles; /**< WebRole bits of who may; 0: everybody with a session */
} WebRoute;

/** A request that has ended. */
typedef struct {
    const WebRoute *route; /**< NULL: it fitted none */
    const char *method;    /**< GET, HEAD, POST or other; static */
    guint status;          /**< 0: cut off before it was answered */
    double seconds;        /**< from its headers to the end of its answer */
    guint64 bytes;         /**< of the answer's body */
} WebObserved;

typedef struct {
    const char *address;                   /**< IPv4 */
    guint16 port;                          /**< 0: a free one */
    guint threads;                         /**< 0: the default */
    guint idle_seconds;                    /**< 0: WEB_IDLE_SECONDS */
    guint request_seconds;                 /**< 0: WEB_REQUEST_SECONDS */
    bool behind_tls;                       /**< cookies carry Secure */
    const char *tls_certificate, *tls_key; /**< PEM, borrowed until the end; NULL: no TLS here */
    const WebRoute *routes;                /**< ends with a NULL path; must outlive the server */
    gpointer app;                          /**< for the pages */
    /** Opens one more connection to the case for a thread; the server closes them. */
    gpointer (*open_store)(gpointer app, GError **error);
    void (*close_store)(gpointer store);
    /** Does the session go on? False: it ends. NULL: nobody asks. */
    bool (*still_in)(gpointer app, gpointer store, WebSession *session);
    /** A session that another server of the same app opened; referenced, NULL none. NULL: there
     *  are no others. */
    WebSession *(*find_session)(gpointer app, gpointer store, const char *id);
    /** What cookies are called after; copied. NULL: the port. */
    const char *cookie_tag;
    /** Is told of each request that has ended; from the server's threads. NULL: nobody. */
    void (*observe)(gpointer app, const WebObserved *what);
    /** Draws the page for a refused request. NULL: a line of plain text. */
    void (*draw_error)(gpointer app, WebSession *session, I18nLanguage language, guint status,
                       WebResponse *response);
} WebServerOptions;

/** The forms with files that the request's session is sending; `ret` of WEB_MAX_UPLOADS. */
guint web_uploads(const WebRequest *request, WebProgress *ret);
/** Starts the server's threads. NULL with error set: USAGE, IO. */
WebServer *web_server_start(const WebServerOptions *options, GError **error);
guint16 web_server_port(const WebServer *server);
WebSessions *web_server_sessions(WebServer *server); /**< borrowed */
/** Ends it: no new connections, requests under way are finished (for up to 5 s). */
void web_server_stop(WebServer *server);

/** Set-Cookie for a session's id; NULL: the one that takes it away. Transfers.
 *  The cookie's name holds the port, or the tag of servers that share it: browsers keep one jar for
 *  all ports of a host. */
char *web_cookie(WebServer *server, const char *session_id);

/** The value of another cookie of this server ("device"); NULL none. Transfers. */
char *web_other_cookie(const WebRequest *request, const char *name);
/** Set-Cookie for it, for so many seconds. Transfers. */
char *web_other_cookie_set(WebServer *server, const char *name, const char *value, guint seconds);

/** The sentence for a status, in a language. Static. */
const char *web_status_sentence(I18nLanguage language, guint status);
/** Makes the answer the error page of that status. */
void web_respond_error(const WebRequest *request, WebResponse *response, guint status);
/** 303 to a path. Copies it. */
void web_redirect(WebResponse *response, const char *path);
/** A query value, or "" */
const char *web_query(const WebRequest *request, const char *name);
/** A form value, or "" */
const char *web_form(const WebRequest *request, const char *name);
/** A header's value, or ""; borrowed for the call. */
const char *web_header(const WebRequest *request, const char *name);
/** Reads application/x-www-form-urlencoded; false when it is not well made. */
bool web_fields_read(const char *text, gsize length, GHashTable *fields);
