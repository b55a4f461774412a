#include "web/http.h"

#include "base/workers.h"
#include "web/answer.h"
#include "web/log.h"
#include "web/upload.h"
#include "web/vet.h"
#include <arpa/inet.h>
#include <microhttpd.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { STOP_WAIT_MILLISECONDS = 5000, STREAM_BLOCK = 64 * 1024 };

struct WebServer {
    struct MHD_Daemon *daemon;
    WebServerOptions options;
    char cookie_name[32];
    WebSessions *sessions;
    GMutex lock;          /* holds what follows */
    GCond changed;        /* a request ended, or the watch shall end */
    GPtrArray *stores;    /* idle connections to the case */
    GHashTable *arrivals; /* Arrival of each open connection */
    guint under_way;      /* requests being answered */
    Uploads *uploads;     /* forms with files arriving */
    guint streams;        /* downloads being sent */
    bool stopping;
    GThread *watch;
};

/* One connection, for the watch that cuts off what never becomes a request. */
typedef struct {
    int fd;
    gint64 since;   /* monotonic µs: when the connection was opened or the last answer ended */
    bool answering; /* headers and body are here; the time is ours now */
} Arrival;

/* What one request keeps between libmicrohttpd's calls. */
typedef struct {
    char *target; /* as it came */
    bool seen;    /* its headers were vetted */
    bool counted; /* in under_way */
    Upload *upload;
    const WebRoute *route;
    char *path; /* decoded, with its language */
    const char *below, *rest, *query_text;
    const char *allow; /* methods, for 405 */
    I18nLanguage language;
    bool has_language;
    guint refuse; /* status to answer with; 0: go on */
    GByteArray *body;
    const char *method; /* for observe, as what follows */
    gint64 since;       /* monotonic µs of its headers */
    guint status;
    guint64 bytes;
} Pending;

/* ---- a thread's connection to the case ---- */

static gpointer store_take(WebServer *server, GError **error)
{
    gpointer store = NULL;
    g_mutex_lock(&server->lock);
    if (server->stores->len > 0)
        store = g_ptr_array_steal_index_fast(server->stores, server->stores->len - 1);
    g_mutex_unlock(&server->lock);
    return store != NULL ? store : server->options.open_store(server->options.app, error);
}

static void store_give_back(WebServer *server, gpointer store)
{
    if (store == NULL)
        return;
    g_mutex_lock(&server->lock);
    g_ptr_array_add(server->stores, store);
    g_mutex_unlock(&server->lock);
}

/* ---- answers ---- */

static void draw_error(WebServer *server, WebSession *session, I18nLanguage language, guint status,
                       WebResponse *response)
{
    answer_clear(response);
    *response = answer_new();
    response->status = status;
    if (server->options.draw_error != NULL) {
        i18n_set_language(language);
        server->options.draw_error(server->options.app, session, language, status, response);
        return;
    }
    response->content_type = "text/plain; charset=utf-8";
    g_string_append(response->body, web_status_sentence(language, status));
    g_string_append_c(response->body, '\n');
}

void web_respond_error(const WebRequest *request, WebResponse *response, guint status)
{
    draw_error(request->server, request->session, request->language, status, response);
}

char *web_cookie(WebServer *server, const char *session_id)
{
    return g_strdup_printf("%s=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%d%s",
                           server->cookie_name, session_id != NULL ? session_id : "",
                           session_id != NULL ? SESSION_SECONDS : 0,
                           server->options.behind_tls ? "; Secure" : "");
}

/* A download under way: it keeps the connection to the case that it reads from. */
typedef struct {
    WebServer *server;
    gpointer store;
    WebStream stream;
} Download;

static ssize_t download_read(void *context, guint64 position, char *buffer, size_t size)
{
    (void)position; /* libmicrohttpd asks in order */
    Download *download = context;
    g_autoptr(GError) error = NULL;
    gssize n = download->stream.read(download->stream.reader, buffer, size, &error);
    if (n > 0)
        return n;
    if (n < 0)
        web_log_error("download", error);
    return n == 0 ? MHD_CONTENT_READER_END_OF_STREAM : MHD_CONTENT_READER_END_WITH_ERROR;
}

static void download_free(void *context)
{
    Download *download = context;
    WebServer *server = download->server;
    download->stream.free(download->stream.reader);
    store_give_back(server, download->store);
    g_mutex_lock(&server->lock);
    server->streams--;
    g_cond_broadcast(&server->changed);
    g_mutex_unlock(&server->lock);
    g_free(download);
}

static void bytes_unref(void *bytes)
{
    g_bytes_unref(bytes);
}

/* Takes what the answer holds (and the store, when it is a download) into libmicrohttpd's keep. */
static struct MHD_Response *response_make(WebServer *server, WebResponse *answer, gpointer *store)
{
    if (answer->stream.reader != NULL) {
        Download *download = g_new0(Download, 1);
        download->server = server;
        download->store = g_steal_pointer(store);
        download->stream = answer->stream;
        answer->stream.reader = NULL;
        return MHD_create_response_from_callback(download->stream.length, STREAM_BLOCK,
                                                 download_read, download, download_free);
    }
    GBytes *bytes = answer->bytes != NULL ? g_steal_pointer(&answer->bytes)
                                          : g_string_free_to_bytes(g_steal_pointer(&answer->body));
    gsize length;
    const void *data = g_bytes_get_data(bytes, &length);
    return MHD_create_response_from_buffer_with_free_callback_cls(length, (void *)data, bytes_unref,
                                                                  bytes);
}

static guint64 answer_bytes(const WebResponse *answer)
{
    return answer->stream.reader != NULL ? answer->stream.length
           : answer->bytes != NULL       ? g_bytes_get_size(answer->bytes)
                                         : answer->body->len;
}

static enum MHD_Result send_response(WebServer *server, struct MHD_Connection *connection,
                                     Pending *pending, WebResponse *answer, gpointer *store,
                                     const char *allow, bool close_after)
{
    pending->status = answer->status;
    pending->bytes = answer_bytes(answer);
    struct MHD_Response *response = response_make(server, answer, store);
    answer_headers(response, answer, server->options.behind_tls, allow, close_after);
    enum MHD_Result queued = MHD_queue_response(connection, answer->status, response);
    MHD_destroy_response(response);
    answer_clear(answer);
    return queued;
}

static enum MHD_Result refuse(WebServer *server, struct MHD_Connection *connection,
                              WebSession *session, Pending *pending, guint status)
{
    WebResponse answer = answer_new();
    draw_error(server, session, pending->language, status, &answer);
    return send_response(server, connection, pending, &answer, NULL,
                         status == MHD_HTTP_METHOD_NOT_ALLOWED ? pending->allow : NULL,
                         (status != MHD_HTTP_NOT_FOUND && status != MHD_HTTP_FORBIDDEN) ||
                             (pending->body != NULL && pending->body->len > 0));
}

/* ---- routes ---- */

static bool route_fits(const WebRoute *route, const char *path, const char **ret_rest)
{
    gsize length = strlen(route->path);
    if (route->path[length - 1] == '*') {
        if (strncmp(path, route->path, length - 1) != 0 || path[length - 1] == '\0' ||
            strchr(path + length - 1, '/') != NULL)
            return false;
        *ret_rest = path + length - 1;
        return true;
    }
    *ret_rest = "";
    return strcmp(path, route->path) == 0;
}

/* The language that the reader's browser asks for first; English when it says none of ours. */
static I18nLanguage language_of(struct MHD_Connection *connection)
{
    const char *accept =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Accept-Language");
    const char *persian = accept != NULL ? strstr(accept, "fa") : NULL;
    const char *english = accept != NULL ? strstr(accept, "en") : NULL;
    return persian != NULL && (english == NULL || persian < english) ? I18N_PERSIAN : I18N_ENGLISH;
}

static void split_path(Pending *pending)
{
    const char *path = pending->path;
    pending->below = path;
    pending->has_language = path[0] == '/' &&
                            (strncmp(path + 1, "fa", 2) == 0 || strncmp(path + 1, "en", 2) == 0) &&
                            (path[3] == '\0' || path[3] == '/');
    if (pending->has_language) {
        pending->language = path[1] == 'f' ? I18N_PERSIAN : I18N_ENGLISH;
        pending->below = path[3] == '\0' ? "/" : path + 3;
    }
}

/* The route of a method and a path; else the status to refuse with. */
static void find_route(const WebServer *server, Pending *pending, const char *method)
{
    bool post = strcmp(method, "POST") == 0;
    bool get = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
    pending->refuse = MHD_HTTP_NOT_FOUND;
    bool takes_get = false, takes_post = false;
    for (const WebRoute *route = server->options.routes; route->path != NULL; route++) {
        bool plain = (route->flags & WEB_PLAIN) != 0;
        if (plain == pending->has_language || !route_fits(route, pending->below, &pending->rest))
            continue;
        bool route_posts = (route->flags & WEB_POST) != 0;
        if ((route_posts && post) || (!route_posts && get)) {
            pending->route = route;
            pending->refuse = 0;
            return;
        }
        takes_get |= !route_posts;
        takes_post |= route_posts;
        pending->refuse = MHD_HTTP_METHOD_NOT_ALLOWED;
    }
    pending->allow = takes_get && takes_post ? "GET, HEAD, POST" : takes_get ? "GET, HEAD" : "POST";
}

/* ---- one request ---- */

char *web_other_cookie(const WebRequest *request, const char *name)
{
    g_autofree char *whole = g_strdup_printf("%s-%s", request->server->cookie_name, name);
    return answer_cookie_value(whole, request->connection);
}

char *web_other_cookie_set(WebServer *server, const char *name, const char *value, guint seconds)
{
    return g_strdup_printf("%s-%s=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%u%s",
                           server->cookie_name, name, value, seconds,
                           server->options.behind_tls ? "; Secure" : "");
}

/* A browser tells when another site sent its user here with a form. */
static bool comes_from_elsewhere(struct MHD_Connection *connection)
{
    const char *site = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Sec-Fetch-Site");
    return site != NULL && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0;
}

static bool stream_may_begin(WebServer *server)
{
    g_mutex_lock(&server->lock);
    bool may = server->streams < WEB_MAX_STREAMS;
    if (may)
        server->streams++;
    g_mutex_unlock(&server->lock);
    return may;
}

/* Of the browser's cookie, opened here or at another server. Referenced; NULL. */
static WebSession *session_of(WebServer *server, struct MHD_Connection *connection)
{
    g_autofree char *cookie = answer_cookie_value(server->cookie_name, connection);
    WebSession *session = sessions_find(server->sessions, cookie);
    if (session != NULL || server->options.find_session == NULL || cookie == NULL ||
        strlen(cookie) != SESSION_ID_CHARS)
        return session;
    gpointer store = store_take(server, NULL);
    if (store == NULL)
        return NULL;
    session = server->options.find_session(server->options.app, store, cookie);
    store_give_back(server, store);
    return session;
}

/* The page is called: session, fields and store are here. */
static enum MHD_Result call_page(WebServer *server, struct MHD_Connection *connection,
                                 Pending *pending, WebRequest *request)
{
    gpointer store = NULL;
    if ((pending->route->flags & WEB_OPEN) == 0) {
        g_autoptr(GError) error = NULL;
        store = store_take(server, &error);
        if (store == NULL) {
            web_log_error("open_case", error);
            return refuse(server, connection, request->session, pending,
                          MHD_HTTP_INTERNAL_SERVER_ERROR);
        }
    }
    if (store != NULL && request->session != NULL && server->options.still_in != NULL &&
        !server->options.still_in(server->options.app, store, request->session)) {
        sessions_end(server->sessions, request->session);
        store_give_back(server, store);
        return refuse(server, connection, NULL, pending, MHD_HTTP_FORBIDDEN);
    }
    request->store = store;
    WebResponse response = answer_new();
    i18n_set_language(pending->language);
    pending->route->page(request, &response);
    if (response.stream.reader != NULL && !stream_may_begin(server))
        draw_error(server, request->session, pending->language, MHD_HTTP_SERVICE_UNAVAILABLE,
                   &response);
    /* After a form the connection ends: where its body ended is nobody's guess. */
    bool posted = (pending->route->flags & WEB_POST) != 0;
    enum MHD_Result queued =
        send_response(server, connection, pending, &response, &store, NULL, posted);
    store_give_back(server, store);
    return queued;
}

static enum MHD_Result answer(WebServer *server, struct MHD_Connection *connection,
                              Pending *pending)
{
    g_autoptr(GHashTable) query = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GHashTable) form = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GPtrArray) files = upload_files_new();
    bool raw = (pending->route->flags & WEB_RAW) != 0;
    bool post = (pending->route->flags & WEB_POST) != 0 && !raw;
    WebSession *session = session_of(server, connection);
    WebRequest request = {
        .server = server,
        .app = server->options.app,
        .path = pending->below,
        .rest = pending->rest,
        .query_text = pending->query_text,
        .language = pending->language,
        .has_language = pending->has_language,
        .query = query,
        .form = form,
        .files = files,
        .session = session,
        .identity = session != NULL ? web_session_identity(session) : NULL,
        .body = raw && pending->body->len > 0 ? (const char *)pending->body->data : "",
        .body_length = raw ? pending->body->len : 0,
        .connection = connection,
        .route = pending->route,
    };
    const bool stranger = (pending->route->flags & (WEB_OPEN | WEB_TOKEN)) != 0;
    guint status = 0;
    const bool upload = (pending->route->flags & WEB_UPLOAD) != 0;
    if (!web_fields_read(pending->query_text, strlen(pending->query_text), query) ||
        (upload && !upload_read(connection, pending->body, form, files)) ||
        (post && !upload &&
         !web_fields_read((const char *)pending->body->data, pending->body->len, form)))
        status = MHD_HTTP_BAD_REQUEST;
    else if (session == NULL && !stranger)
        status = MHD_HTTP_FORBIDDEN;
    else if (session != NULL && pending->route->roles != 0 &&
             (web_session_identity(session)->role & pending->route->roles) == 0)
        status = MHD_HTTP_FORBIDDEN;
    else if (post && comes_from_elsewhere(connection))
        status = MHD_HTTP_BAD_REQUEST;
    else if (post && !stranger &&
             !session_form_token_fits(session, web_form(&request, "form_token")))
        status = MHD_HTTP_BAD_REQUEST;
    enum MHD_Result queued = status != 0 ? refuse(server, connection, session, pending, status)
                                         : call_page(server, connection, pending, &request);
    session_unref(session);
    return queued;
}

static enum MHD_Result vet_header(void *context, enum MHD_ValueKind kind, const char *name,
                                  gsize name_size, const char *value, gsize value_size)
{
    (void)kind;
    vet_add(context, name, name_size, value, value_size);
    return MHD_YES;
}

static gsize most_bytes(const WebRoute *route)
{
    return (route->flags & WEB_UPLOAD) != 0 ? WEB_MAX_UPLOAD : WEB_MAX_BODY;
}

guint web_uploads(const WebRequest *request, WebProgress *ret)
{
    return uploads_under_way(request->server->uploads, request->session, ret);
}

/* Large forms are for those who are in, in a role that may, a few at a time. The status; 0 welcome.
 */
static guint upload_refused(WebServer *server, struct MHD_Connection *connection, Pending *pending,
                            guint64 length)
{
    WebSession *session = session_of(server, connection);
    const bool may =
        session != NULL && (pending->route->roles == 0 ||
                            (web_session_identity(session)->role & pending->route->roles) != 0);
    if (!may) {
        session_unref(session);
        return MHD_HTTP_FORBIDDEN;
    }
    pending->upload = upload_begin(server->uploads, session, length);
    return pending->upload != NULL ? 0 : MHD_HTTP_SERVICE_UNAVAILABLE;
}

/* Headers have been read, the body has not: the time to refuse. Sets pending->refuse. */
static void vet_request(WebServer *server, struct MHD_Connection *connection, Pending *pending,
                        const char *method, const char *version)
{
    Vet vet = {0};
    pending->refuse = MHD_HTTP_BAD_REQUEST;
    pending->language = language_of(connection);
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, vet_header, &vet);
    if (!vet_passes(&vet, version) || pending->target == NULL ||
        !vet_target(pending->target, WEB_MAX_TARGET))
        return;
    char *mark = strchr(pending->target, '?');
    pending->query_text = mark != NULL ? mark + 1 : "";
    pending->path = g_uri_unescape_segment(pending->target, mark, NULL);
    if (pending->path == NULL || !vet_path(pending->path))
        return;
    split_path(pending);
    find_route(server, pending, method);
    if (pending->refuse != 0)
        return;
    if ((pending->route->flags & WEB_POST) == 0)
        pending->refuse = vet.has_body ? MHD_HTTP_BAD_REQUEST : 0;
    else if (vet.encodings > 0)
        pending->refuse = MHD_HTTP_LENGTH_REQUIRED;
    else if (vet.length > most_bytes(pending->route))
        pending->refuse = MHD_HTTP_CONTENT_TOO_LARGE;
    else if ((pending->route->flags & WEB_UPLOAD) != 0)
        pending->refuse = upload_refused(server, connection, pending, vet.length);
}

static void mark_answering(WebServer *server, struct MHD_Connection *connection, Pending *pending)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    Arrival *arrival = info != NULL ? info->socket_context : NULL;
    g_mutex_lock(&server->lock);
    if (arrival != NULL)
        arrival->answering = true;
    server->under_way++;
    pending->counted = true;
    g_mutex_unlock(&server->lock);
}

static void still_arriving(WebServer *server, struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    Arrival *arrival = info != NULL ? info->socket_context : NULL;
    g_mutex_lock(&server->lock);
    if (arrival != NULL)
        arrival->since = g_get_monotonic_time();
    g_mutex_unlock(&server->lock);
}

/* One of ours: a method is a word that a stranger chose. */
static const char *method_word(const char *method)
{
    static const char *const WORDS[] = {"GET", "HEAD", "POST"};
    for (gsize i = 0; i < G_N_ELEMENTS(WORDS); i++)
        if (strcmp(method, WORDS[i]) == 0)
            return WORDS[i];
    return "other";
}

static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload_data,
                              size_t *upload_size, void **request_context)
{
    (void)url; /* decoded by libmicrohttpd; ours is decoded from the target */
    WebServer *server = context;
    Pending *pending = *request_context;
    if (pending == NULL)
        pending = *request_context = g_new0(Pending, 1);
    if (!pending->seen) {
        pending->seen = true;
        pending->since = g_get_monotonic_time();
        pending->method = method_word(method);
        vet_request(server, connection, pending, method, version);
        if (pending->refuse != 0) {
            mark_answering(server, connection, pending);
            return refuse(server, connection, NULL, pending, pending->refuse);
        }
        pending->body = g_byte_array_new();
        return MHD_YES;
    }
    if (*upload_size > 0) {
        if (pending->body->len + *upload_size > most_bytes(pending->route))
            return MHD_NO;
        const gsize size = *upload_size;
        g_byte_array_append(pending->body, (const guint8 *)upload_data, (guint)size);
        *upload_size = 0;
        if (pending->upload != NULL) { /* who is in may take their time over a slow line */
            upload_came(pending->upload, size);
            still_arriving(server, connection);
        }
        return MHD_YES;
    }
    mark_answering(server, connection, pending);
    return answer(server, connection, pending);
}

static void *remember_target(void *context, const char *target, struct MHD_Connection *connection)
{
    (void)context;
    (void)connection;
    Pending *pending = g_new0(Pending, 1);
    pending->target = g_strdup(target);
    return pending;
}

static void observe(const WebServer *server, const Pending *pending)
{
    if (server->options.observe == NULL || !pending->seen)
        return;
    const WebObserved what = {
        .route = pending->route,
        .method = pending->method,
        .status = pending->status,
        .seconds = (double)(g_get_monotonic_time() - pending->since) / G_USEC_PER_SEC,
        .bytes = pending->bytes,
    };
    server->options.observe(server->options.app, &what);
}

static void completed(void *context, struct MHD_Connection *connection, void **request_context,
                      enum MHD_RequestTerminationCode code)
{
    (void)code;
    WebServer *server = context;
    Pending *pending = *request_context;
    if (pending == NULL)
        return;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    Arrival *arrival = info != NULL ? info->socket_context : NULL;
    g_mutex_lock(&server->lock);
    if (arrival != NULL) {
        arrival->answering = false;
        arrival->since = g_get_monotonic_time();
    }
    if (pending->counted)
        server->under_way--;
    g_cond_broadcast(&server->changed);
    g_mutex_unlock(&server->lock);
    observe(server, pending);
    upload_end(pending->upload);
    g_free(pending->target);
    g_free(pending->path);
    if (pending->body != NULL)
        g_byte_array_unref(pending->body);
    g_free(pending);
    *request_context = NULL;
}

/* ---- connections that take too long ---- */

static void connection_changed(void *context, struct MHD_Connection *connection,
                               void **socket_context, enum MHD_ConnectionNotificationCode code)
{
    WebServer *server = context;
    g_mutex_lock(&server->lock);
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        Arrival *arrival = g_new0(Arrival, 1);
        arrival->fd = info->connect_fd;
        arrival->since = g_get_monotonic_time();
        *socket_context = arrival;
        g_hash_table_add(server->arrivals, arrival);
    } else {
        /* Before the socket is closed: its number cannot belong to another yet. */
        g_hash_table_remove(server->arrivals, *socket_context);
        *socket_context = NULL;
    }
    g_mutex_unlock(&server->lock);
}

static gpointer watch_arrivals(gpointer data)
{
    WebServer *server = data;
    gint64 limit = (gint64)server->options.request_seconds * G_USEC_PER_SEC;
    g_mutex_lock(&server->lock);
    while (!server->stopping) {
        gint64 now = g_get_monotonic_time();
        GHashTableIter at;
        gpointer key;
        g_hash_table_iter_init(&at, server->arrivals);
        while (g_hash_table_iter_next(&at, &key, NULL)) {
            const Arrival *arrival = key;
            if (!arrival->answering && now - arrival->since > limit)
                shutdown(arrival->fd, SHUT_RDWR);
        }
        gint64 wake = now + G_USEC_PER_SEC / 2;
        while (!server->stopping && g_cond_wait_until(&server->changed, &server->lock, wake))
            continue;
    }
    g_mutex_unlock(&server->lock);
    return NULL;
}

/* ---- the server ---- */

static bool daemon_start(WebServer *server, GError **error)
{
    const WebServerOptions *options = &server->options;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(options->port)};
    if (inet_pton(AF_INET, options->address, &address.sin_addr) != 1) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("'%s' is no IPv4 address to listen on; try 127.0.0.1."), options->address);
        return false;
    }
    /* Behind a proxy or an onion service everybody comes from one address: a limit of its own would
     * let one slow client shut out all others. Then only the limit of all holds. */
    const bool one_for_all = options->behind_tls || g_str_has_prefix(options->address, "127.");
    guint threads = options->threads > 0 ? options->threads : MAX(2, workers_default_threads());
    bool tls = options->tls_certificate != NULL;
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | (tls ? MHD_USE_TLS : 0u);
    const struct MHD_OptionItem secured[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)options->tls_certificate},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)options->tls_key},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)"SECURE128:-VERS-TLS1.0:-VERS-TLS1.1"},
        {MHD_OPTION_END, 0, NULL},
    };
    server->daemon = MHD_start_daemon(
        flags, options->port, NULL, NULL, handle, server, MHD_OPTION_SOCK_ADDR,
        (struct sockaddr *)&address, MHD_OPTION_THREAD_POOL_SIZE, (unsigned)threads,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)WEB_MAX_CONNECTIONS,
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, one_for_all ? 0u : (unsigned)WEB_MAX_PER_ADDRESS,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)options->idle_seconds,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)WEB_CONNECTION_MEMORY,
        MHD_OPTION_URI_LOG_CALLBACK, remember_target, server, MHD_OPTION_NOTIFY_COMPLETED,
        completed, server, MHD_OPTION_NOTIFY_CONNECTION, connection_changed, server,
        MHD_OPTION_ARRAY, tls ? secured : &secured[G_N_ELEMENTS(secured) - 1], MHD_OPTION_END);
    if (server->daemon == NULL) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO,
                    _("The web server cannot listen on %s, port %d: it may be in use; choose "
                      "another with --port."),
                    options->address, options->port);
        return false;
    }
    return true;
}

WebServer *web_server_start(const WebServerOptions *options, GError **error)
{
    WebServer *server = g_new0(WebServer, 1);
    server->uploads = uploads_new();
    server->options = *options;
    if (server->options.idle_seconds == 0)
        server->options.idle_seconds = WEB_IDLE_SECONDS;
    if (server->options.request_seconds == 0)
        server->options.request_seconds = WEB_REQUEST_SECONDS;
    g_mutex_init(&server->lock);
    g_cond_init(&server->changed);
    server->sessions = sessions_new();
    server->stores = g_ptr_array_new();
    server->arrivals = g_hash_table_new_full(NULL, NULL, g_free, NULL);
    if (!daemon_start(server, error)) {
        web_server_stop(server);
        return NULL;
    }
    g_autofree char *port = g_strdup_printf("%u", (guint)web_server_port(server));
    g_snprintf(server->cookie_name, sizeof server->cookie_name, "%szenhar-%s",
               options->behind_tls ? "__Host-" : "",
               options->cookie_tag != NULL ? options->cookie_tag : port);
    server->watch = g_thread_new("web-watch", watch_arrivals, server);
    return server;
}

guint16 web_server_port(const WebServer *server)
{
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT);
    return info != NULL ? info->port : server->options.port;
}

WebSessions *web_server_sessions(WebServer *server)
{
    return server->sessions;
}

/* Lets what is being answered go out; downloads are not waited for. */
static void wait_for_answers(WebServer *server)
{
    gint64 until = g_get_monotonic_time() + STOP_WAIT_MILLISECONDS * G_TIME_SPAN_MILLISECOND;
    g_mutex_lock(&server->lock);
    while (server->under_way > server->streams)
        if (!g_cond_wait_until(&server->changed, &server->lock, until))
            break;
    server->stopping = true;
    g_cond_broadcast(&server->changed);
    g_mutex_unlock(&server->lock);
}

void web_server_stop(WebServer *server)
{
    if (server == NULL)
        return;
    if (server->daemon != NULL) {
        MHD_socket listening = MHD_quiesce_daemon(server->daemon);
        wait_for_answers(server);
        g_thread_join(server->watch);
        MHD_stop_daemon(server->daemon);
        if (listening != MHD_INVALID_SOCKET)
            close(listening);
    }
    for (guint i = 0; i < server->stores->len; i++)
        server->options.close_store(g_ptr_array_index(server->stores, i));
    g_ptr_array_unref(server->stores);
    g_hash_table_unref(server->arrivals);
    uploads_free(server->uploads);
    sessions_free(server->sessions);
    g_cond_clear(&server->changed);
    g_mutex_clear(&server->lock);
    g_free(server);
}
