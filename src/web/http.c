#include "web/http.h"

#include "base/workers.h"
#include "web/vet.h"
#include <arpa/inet.h>
#include <microhttpd.h>
#include <sodium.h>
#include <string.h>

enum {
    TOKEN_BYTES = 32,
    TOKEN_SECONDS = 3600,
    SESSION_SECONDS = 8 * 3600,
    SESSION_IDLE_SECONDS = 3600,
    MAX_SESSIONS = 256,
};

struct WebSession {
    char id[TOKEN_BYTES * 2 + 1];
    char form_token[TOKEN_BYTES * 2 + 1];
    gint64 begun, seen; /* monotonic seconds */
    bool ended;
    gint references;
};

struct WebServer {
    struct MHD_Daemon *daemon;
    WebOptions options;
    WebStoreOpen *open;
    WebStoreClose *close;
    gpointer context;
    GMutex lock;          /* holds what follows */
    GHashTable *tokens;   /* login token → monotonic second it ends, boxed */
    GHashTable *sessions; /* id → WebSession */
    GPtrArray *stores;    /* idle connections to the case */
};

/* What one request keeps between libmicrohttpd's calls. */
typedef struct {
    const WebRoute *route;
    char *path; /* below the language */
    const char *rest;
    I18nLanguage language;
    guint refuse; /* status to answer with; 0: go on */
    GByteArray *body;
} Pending;

static gint64 now_seconds(void)
{
    return g_get_monotonic_time() / G_USEC_PER_SEC;
}

static void random_hex(char hex[TOKEN_BYTES * 2 + 1])
{
    unsigned char bytes[TOKEN_BYTES];
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2hex(hex, TOKEN_BYTES * 2 + 1, bytes, sizeof bytes);
    sodium_memzero(bytes, sizeof bytes);
}

/* ---- sessions ---- */

static void session_unref(gpointer data)
{
    WebSession *session = data;
    if (g_atomic_int_dec_and_test(&session->references)) {
        sodium_memzero(session, sizeof *session);
        g_free(session);
    }
}

char *web_login_token_new(WebServer *server)
{
    char token[TOKEN_BYTES * 2 + 1];
    random_hex(token);
    gint64 *ends = g_new(gint64, 1);
    *ends = now_seconds() + TOKEN_SECONDS;
    g_mutex_lock(&server->lock);
    g_hash_table_insert(server->tokens, g_strdup(token), ends);
    g_mutex_unlock(&server->lock);
    return g_strdup(token);
}

static gboolean session_is_over(gpointer key, gpointer value, gpointer user_data)
{
    (void)key;
    const WebSession *session = value;
    gint64 now = *(const gint64 *)user_data;
    return session->ended || now - session->begun > SESSION_SECONDS ||
           now - session->seen > SESSION_IDLE_SECONDS;
}

char *web_login(WebServer *server, const char *token)
{
    gint64 now = now_seconds();
    char *cookie = NULL;
    g_mutex_lock(&server->lock);
    const gint64 *ends = g_hash_table_lookup(server->tokens, token);
    bool fits = ends != NULL && now <= *ends;
    if (ends != NULL)
        g_hash_table_remove(server->tokens, token);
    g_hash_table_foreach_remove(server->sessions, session_is_over, &now);
    if (fits && g_hash_table_size(server->sessions) < MAX_SESSIONS) {
        WebSession *session = g_new0(WebSession, 1);
        random_hex(session->id);
        random_hex(session->form_token);
        session->begun = session->seen = now;
        session->references = 1;
        g_hash_table_insert(server->sessions, session->id, session);
        cookie = g_strdup_printf("zenhar=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%d%s",
                                 session->id, SESSION_SECONDS,
                                 server->options.behind_tls ? "; Secure" : "");
    }
    g_mutex_unlock(&server->lock);
    return cookie;
}

void web_logout(WebServer *server, WebSession *session)
{
    g_mutex_lock(&server->lock);
    session->ended = true;
    g_mutex_unlock(&server->lock);
}

const char *web_session_form_token(const WebSession *session)
{
    return session->form_token;
}

/* The session a cookie names, referenced; NULL when there is none alive. */
static WebSession *session_find(WebServer *server, const char *id)
{
    WebSession *session = NULL;
    gint64 now = now_seconds();
    g_mutex_lock(&server->lock);
    if (id != NULL)
        session = g_hash_table_lookup(server->sessions, id);
    if (session != NULL && session_is_over(NULL, session, &now)) {
        g_hash_table_remove(server->sessions, id);
        session = NULL;
    }
    if (session != NULL) {
        session->seen = now;
        g_atomic_int_inc(&session->references);
    }
    g_mutex_unlock(&server->lock);
    return session;
}

/* ---- a thread's connection to the case ---- */

static gpointer store_take(WebServer *server, GError **error)
{
    gpointer store = NULL;
    g_mutex_lock(&server->lock);
    if (server->stores->len > 0)
        store = g_ptr_array_steal_index_fast(server->stores, server->stores->len - 1);
    g_mutex_unlock(&server->lock);
    return store != NULL ? store : server->open(server->context, error);
}

static void store_give_back(WebServer *server, gpointer store)
{
    g_mutex_lock(&server->lock);
    g_ptr_array_add(server->stores, store);
    g_mutex_unlock(&server->lock);
}

/* ---- answers ---- */

void web_redirect(WebResponse *response, const char *path)
{
    response->status = MHD_HTTP_SEE_OTHER;
    g_free(response->location);
    response->location = g_strdup(path);
    g_string_truncate(response->body, 0);
}

void web_respond_error(WebResponse *response, I18nLanguage language, guint status)
{
    const char *sentence = N_("Something went wrong here. Nothing was changed.");
    switch (status) {
    case MHD_HTTP_BAD_REQUEST:
        sentence = N_("This request cannot be understood. Nothing was changed.");
        break;
    case MHD_HTTP_FORBIDDEN:
        sentence = N_("This page needs a login. Ask for a new login link on the machine that runs "
                      "Zenhar: `zenhar serve` prints one.");
        break;
    case MHD_HTTP_NOT_FOUND:
        sentence = N_("There is no such page.");
        break;
    case MHD_HTTP_METHOD_NOT_ALLOWED:
        sentence = N_("This page cannot be used in that way.");
        break;
    case MHD_HTTP_CONTENT_TOO_LARGE:
        sentence = N_("That is more than this form takes.");
        break;
    default:
        break;
    }
    response->status = status;
    response->content_type = "text/plain; charset=utf-8";
    g_string_assign(response->body, i18n_get_in(language, sentence));
    g_string_append_c(response->body, '\n');
}

const char *web_query(const WebRequest *request, const char *name)
{
    const char *value = g_hash_table_lookup(request->query, name);
    return value != NULL ? value : "";
}

static enum MHD_Result send_response(struct MHD_Connection *connection, WebResponse *answer,
                                     bool close_after)
{
    gsize length = answer->body->len;
    char *bytes = g_string_free(answer->body, FALSE);
    answer->body = NULL;
    struct MHD_Response *response =
        MHD_create_response_from_buffer_with_free_callback(length, bytes, g_free);
    MHD_add_response_header(response, "Content-Type", answer->content_type);
    MHD_add_response_header(response, "Content-Security-Policy",
                            "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src "
                            "'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'");
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    MHD_add_response_header(response, "X-Frame-Options", "DENY");
    MHD_add_response_header(response, "Referrer-Policy", "no-referrer");
    MHD_add_response_header(response, "Cross-Origin-Opener-Policy", "same-origin");
    MHD_add_response_header(response, "Cross-Origin-Resource-Policy", "same-origin");
    MHD_add_response_header(response, "Cache-Control",
                            answer->cacheable ? "public, max-age=3600" : "no-store");
    if (answer->location != NULL)
        MHD_add_response_header(response, "Location", answer->location);
    if (answer->cookie != NULL)
        MHD_add_response_header(response, "Set-Cookie", answer->cookie);
    if (answer->disposition != NULL)
        MHD_add_response_header(response, "Content-Disposition", answer->disposition);
    if (close_after)
        MHD_add_response_header(response, "Connection", "close");
    enum MHD_Result queued = MHD_queue_response(connection, answer->status, response);
    MHD_destroy_response(response);
    g_clear_pointer(&answer->location, g_free);
    g_clear_pointer(&answer->cookie, g_free);
    g_clear_pointer(&answer->disposition, g_free);
    return queued;
}

static WebResponse response_new(void)
{
    return (WebResponse){
        .status = MHD_HTTP_OK,
        .content_type = "text/html; charset=utf-8",
        .body = g_string_sized_new(16384),
    };
}

static enum MHD_Result refuse(struct MHD_Connection *connection, I18nLanguage language,
                              guint status)
{
    WebResponse answer = response_new();
    web_respond_error(&answer, language, status);
    return send_response(connection, &answer, true);
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

/* The route of a method and a path; else the status to refuse with. */
static void find_route(Pending *pending, const char *url, bool post)
{
    const char *path = url;
    bool has_language = false;
    pending->language = I18N_ENGLISH;
    if (g_str_has_prefix(url, "/fa/") || strcmp(url, "/fa") == 0) {
        pending->language = I18N_PERSIAN;
        has_language = true;
    } else if (g_str_has_prefix(url, "/en/") || strcmp(url, "/en") == 0) {
        has_language = true;
    }
    if (has_language)
        path = url[3] == '\0' ? "/" : url + 3;
    pending->path = g_strdup(path);
    pending->refuse = MHD_HTTP_NOT_FOUND;
    for (const WebRoute *route = WEB_ROUTES; route->path != NULL; route++) {
        if (route->plain == has_language || !route_fits(route, pending->path, &pending->rest))
            continue;
        if (route->post == post) {
            pending->route = route;
            pending->refuse = 0;
            return;
        }
        pending->refuse = MHD_HTTP_METHOD_NOT_ALLOWED;
    }
}

/* ---- one request ---- */

static enum MHD_Result collect(void *context, enum MHD_ValueKind kind, const char *name,
                               const char *value)
{
    (void)kind;
    GHashTable *table = context;
    if (name == NULL || g_hash_table_size(table) >= WEB_MAX_FIELDS)
        return MHD_YES;
    if (value == NULL)
        value = "";
    if (g_utf8_validate(name, -1, NULL) && g_utf8_validate(value, -1, NULL))
        g_hash_table_replace(table, g_strdup(name), g_strdup(value));
    return MHD_YES;
}

/* application/x-www-form-urlencoded; false when it is not well made. */
static bool read_form(const GByteArray *body, GHashTable *form)
{
    g_autofree char *text = g_strndup((const char *)body->data, body->len);
    if (strlen(text) != body->len)
        return false;
    g_auto(GStrv) pairs = g_strsplit(text, "&", WEB_MAX_FIELDS + 1);
    if (g_strv_length(pairs) > WEB_MAX_FIELDS)
        return false;
    for (gsize i = 0; pairs[i] != NULL; i++) {
        if (pairs[i][0] == '\0')
            continue;
        for (char *at = pairs[i]; *at != '\0'; at++)
            if (*at == '+')
                *at = ' ';
        char *equals = strchr(pairs[i], '=');
        if (equals == NULL)
            return false;
        *equals = '\0';
        g_autofree char *name = g_uri_unescape_string(pairs[i], NULL);
        g_autofree char *value = g_uri_unescape_string(equals + 1, NULL);
        if (name == NULL || value == NULL || !g_utf8_validate(name, -1, NULL) ||
            !g_utf8_validate(value, -1, NULL))
            return false;
        g_hash_table_replace(form, g_steal_pointer(&name), g_steal_pointer(&value));
    }
    return true;
}

static enum MHD_Result answer(WebServer *server, struct MHD_Connection *connection,
                              const Pending *pending)
{
    g_autoptr(GHashTable) query = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GHashTable) form = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, collect, query);
    if (pending->route->post && !read_form(pending->body, form))
        return refuse(connection, pending->language, MHD_HTTP_BAD_REQUEST);

    const char *cookie = MHD_lookup_connection_value(connection, MHD_COOKIE_KIND, "zenhar");
    WebSession *session = session_find(server, cookie);
    enum MHD_Result queued;
    const char *form_token = g_hash_table_lookup(form, "form_token");
    if (session == NULL && !pending->route->open) {
        queued = refuse(connection, pending->language, MHD_HTTP_FORBIDDEN);
    } else if (session != NULL && pending->route->post &&
               (form_token == NULL || strlen(form_token) != TOKEN_BYTES * 2 ||
                sodium_memcmp(form_token, session->form_token, TOKEN_BYTES * 2) != 0)) {
        queued = refuse(connection, pending->language, MHD_HTTP_BAD_REQUEST);
    } else {
        g_autoptr(GError) error = NULL;
        gpointer store = store_take(server, &error);
        if (store == NULL) {
            g_warning("%s", error->message);
            queued = refuse(connection, pending->language, MHD_HTTP_INTERNAL_SERVER_ERROR);
        } else {
            i18n_set_language(pending->language);
            WebRequest request = {
                .server = server,
                .post = pending->route->post,
                .path = pending->path,
                .rest = pending->rest,
                .language = pending->language,
                .query = query,
                .form = form,
                .session = session,
                .host = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Host"),
                .store = store,
            };
            WebResponse response = response_new();
            pending->route->page(&request, &response);
            store_give_back(server, store);
            queued = send_response(connection, &response, false);
        }
    }
    if (session != NULL)
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

static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload_data,
                              size_t *upload_size, void **request_context)
{
    WebServer *server = context;
    Pending *pending = *request_context;
    if (pending == NULL) {
        /* Headers have been read, the body has not: the time to refuse. */
        pending = g_new0(Pending, 1);
        pending->rest = "";
        *request_context = pending;
        Vet vet = {0};
        MHD_get_connection_values_n(connection, MHD_HEADER_KIND, vet_header, &vet);
        bool get = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
        bool post = strcmp(method, "POST") == 0;
        if (!vet_passes(&vet, version) || strlen(url) > WEB_MAX_PATH || !vet_path(url)) {
            pending->refuse = MHD_HTTP_BAD_REQUEST;
        } else if (!get && !post) {
            pending->refuse = MHD_HTTP_METHOD_NOT_ALLOWED;
        } else {
            find_route(pending, url, post);
            if (pending->refuse == 0 && vet.length > WEB_MAX_BODY)
                pending->refuse = MHD_HTTP_CONTENT_TOO_LARGE;
            if (pending->refuse == 0 && get && vet.has_body)
                pending->refuse = MHD_HTTP_BAD_REQUEST;
        }
        if (pending->refuse != 0)
            return refuse(connection, pending->language, pending->refuse);
        pending->body = g_byte_array_new();
        return MHD_YES;
    }
    if (*upload_size > 0) {
        if (pending->body->len + *upload_size > WEB_MAX_BODY)
            pending->refuse = MHD_HTTP_CONTENT_TOO_LARGE;
        else
            g_byte_array_append(pending->body, (const guint8 *)upload_data, (guint)*upload_size);
        *upload_size = 0;
        return MHD_YES;
    }
    if (pending->refuse != 0)
        return refuse(connection, pending->language, pending->refuse);
    return answer(server, connection, pending);
}

static void completed(void *context, struct MHD_Connection *connection, void **request_context,
                      enum MHD_RequestTerminationCode code)
{
    (void)context;
    (void)connection;
    (void)code;
    Pending *pending = *request_context;
    if (pending == NULL)
        return;
    g_free(pending->path);
    if (pending->body != NULL)
        g_byte_array_unref(pending->body);
    g_free(pending);
    *request_context = NULL;
}

/* ---- the server ---- */

WebServer *web_server_start(const WebOptions *options, WebStoreOpen *open, WebStoreClose *close,
                            gpointer context, GError **error)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(options->port)};
    if (inet_pton(AF_INET, options->address, &address.sin_addr) != 1) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("'%s' is no IPv4 address to listen on; try 127.0.0.1."), options->address);
        return NULL;
    }
    WebServer *server = g_new0(WebServer, 1);
    server->options = *options;
    server->open = open;
    server->close = close;
    server->context = context;
    g_mutex_init(&server->lock);
    server->tokens = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    server->sessions = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, session_unref);
    server->stores = g_ptr_array_new();
    guint threads = options->threads > 0 ? options->threads : MAX(2, workers_default_threads());
    server->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ERROR_LOG, options->port, NULL, NULL, handle,
        server, MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address, MHD_OPTION_THREAD_POOL_SIZE,
        (unsigned)threads, MHD_OPTION_CONNECTION_LIMIT, (unsigned)WEB_MAX_CONNECTIONS,
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, (unsigned)WEB_MAX_PER_ADDRESS,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)WEB_TIMEOUT_SECONDS,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)WEB_CONNECTION_MEMORY,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_NOTIFY_COMPLETED, completed, NULL,
        MHD_OPTION_END);
    if (server->daemon == NULL) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO,
                    _("The web server cannot listen on %s, port %d: it may be in use; choose "
                      "another with --port."),
                    options->address, options->port);
        web_server_stop(server);
        return NULL;
    }
    return server;
}

guint16 web_server_port(const WebServer *server)
{
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT);
    return info != NULL ? info->port : server->options.port;
}

void web_server_stop(WebServer *server)
{
    if (server == NULL)
        return;
    if (server->daemon != NULL)
        MHD_stop_daemon(server->daemon);
    for (guint i = 0; i < server->stores->len; i++)
        server->close(g_ptr_array_index(server->stores, i));
    g_ptr_array_unref(server->stores);
    g_hash_table_unref(server->tokens);
    g_hash_table_unref(server->sessions);
    g_mutex_clear(&server->lock);
    g_free(server);
}
