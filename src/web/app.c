#include "web/app.h"

#include "evidence/evidence.h"
#include "store/user.h"
#include "web/account.h"
#include "web/log.h"
#include "web/metrics.h"
#include "web/shared.h"
#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

enum { MAX_DRAWN = 256, LINK_NAME_MOST = SESSION_NAME_BYTES / 4 /* characters */ };

GBytes *app_drawn_get(Web *web, const char *key, gint64 log_size)
{
    g_mutex_lock(&web->lock);
    GBytes *bytes = NULL;
    if (web->drawn_size == log_size)
        bytes = g_hash_table_lookup(web->drawn, key);
    if (bytes != NULL)
        g_bytes_ref(bytes);
    g_mutex_unlock(&web->lock);
    return bytes;
}

void app_drawn_put(Web *web, const char *key, gint64 log_size, GBytes *bytes)
{
    g_mutex_lock(&web->lock);
    if (web->drawn_size < log_size || g_hash_table_size(web->drawn) >= MAX_DRAWN)
        g_hash_table_remove_all(web->drawn);
    if (web->drawn_size <= log_size) {
        web->drawn_size = log_size;
        g_hash_table_replace(web->drawn, g_strdup(key), g_bytes_ref(bytes));
    }
    g_mutex_unlock(&web->lock);
}

gint64 app_log_size(Store *store, GError **error)
{
    StoreLogHead head;
    g_autoptr(GError) inner = NULL;
    if (evidence_head(store, &head, &inner))
        return head.size;
    if (inner == NULL)
        return 0;
    g_propagate_error(error, g_steal_pointer(&inner));
    return -1;
}

/* ---- who writes ---- */

Store *app_store_write(const WebRequest *request, GError **error)
{
    const Web *web = request->app;
    Store *store = evidence_open_with_keys(web->folder, web->keys, STORE_WRITE, error);
    g_autofree char *program = app_program_actor(request);
    if (store != NULL && program != NULL)
        store_act_as(store, program);
    else if (store != NULL && request->identity != NULL)
        app_act(store, request->identity);
    return store;
}

void app_act(Store *store, const WebIdentity *identity)
{
    g_autofree char *actor = g_strconcat(APP_LINK_ACTOR, identity->name, NULL);
    store_act_as(store, identity->user_id == 0 ? actor : NULL);
}

char *app_program_actor(const WebRequest *request)
{
    char id[STORE_ID_MAX];
    return request->token_id == 0
               ? NULL
               : g_strconcat(APP_PROGRAM_ACTOR,
                             store_id_format(STORE_KIND_TOKEN, request->token_id, id), NULL);
}

const char *app_name(const WebRequest *request)
{
    return request->identity->name[0] != '\0' ? request->identity->name : "administrator";
}

gint64 app_user_id(const WebRequest *request)
{
    return request->identity != NULL ? request->identity->user_id : 0;
}

bool app_may(const WebRequest *request, guint roles)
{
    return request->identity != NULL && (request->identity->role & roles) != 0;
}

bool app_audit(Store *store, const WebRequest *request, const char *action, StoreKind kind,
               gint64 id, const char *field, const char *reason, GError **error)
{
    g_autoptr(StoreAudit) entry = store_audit_new();
    entry->user_id = app_user_id(request);
    entry->actor = app_program_actor(request);
    entry->action = g_strdup(action);
    entry->target_kind = (gint32)kind;
    entry->target_id = id;
    entry->field = g_strdup(field);
    entry->reason = g_strdup(reason);
    return store_audit_add(store, entry, error);
}

bool app_change_end(Store *store, const WebRequest *request, bool done, const AppChange *change,
                    GError **error)
{
    if (done && app_audit(store, request, change->action, change->kind, change->id, change->field,
                          change->reason, error))
        return store_commit(store, error);
    if (store_depth(store) > 0) /* else it could not even begin */
        store_rollback(store);
    return false;
}

/* ---- start and end ---- */

/* What a large case needs seconds for is drawn before the first reader comes. */
static void app_warm(Web *web)
{
    for (int l = 0; l < 2; l++) {
        page_overview_warm(web, (I18nLanguage)l);
        page_reports_warm(web, (I18nLanguage)l);
    }
}

static gpointer open_store(gpointer app, GError **error)
{
    Web *web = app;
    return evidence_open_with_keys(web->folder, web->keys, STORE_READ, error);
}

/* An account may be shut, given another role or another password from elsewhere (`zenhar user`, a
 * server beside this one): its sessions end. */
static bool account_stands(Web *web, Store *store, const WebSession *session)
{
    const WebIdentity *identity = web_session_identity(session);
    if (identity->user_id == 0)
        return true;
    const guint64 password = web_session_password(web_server_sessions(web->server), session);
    g_autoptr(StoreUser) user = store_user_load(store, identity->user_id, NULL);
    return user != NULL && !user->disabled && account_role(user) == identity->role &&
           (password == 0 || password == account_password_mark(user));
}

static bool still_in(gpointer app, gpointer store, WebSession *session)
{
    Web *web = app;
    if (web->trusts_sessions)
        return true;
    if (!shared_session_check(web, store, session))
        return false;
    if (account_stands(web, store, session))
        return true;
    g_autoptr(GError) error = NULL;
    if (!shared_session_end(web, session, &error))
        web_log_error("session", error);
    return false;
}

static WebSession *find_session(gpointer app, gpointer store, const char *id)
{
    return shared_session_find(app, store, id);
}

static void close_store(gpointer store)
{
    store_close(store);
}

static void draw_error(gpointer app, WebSession *session, I18nLanguage language, guint status,
                       WebResponse *response)
{
    WebRequest request = {.app = app,
                          .language = language,
                          .session = session,
                          .identity = session != NULL ? web_session_identity(session) : NULL,
                          .path = "/"};
    app_draw_error(&request, response, status);
}

static void observe(gpointer app, const WebObserved *what)
{
    const Web *web = app;
    if (web->metrics != NULL)
        metrics_observe(web->metrics, what);
    web_log_request(what);
}

/* A listener of its own: what it tells is for those who run the server, not for those who use it.
 */
static bool start_metrics(Web *web, const WebStart *start, GError **error)
{
    if (start->metrics_address == NULL)
        return true;
    const WebServerOptions options = {
        .address = start->metrics_address,
        .port = start->metrics_port,
        .threads = 2,
        .routes = METRICS_ROUTES,
        .app = web,
        .open_store = open_store,
        .close_store = close_store,
    };
    web->metrics = metrics_new();
    web->metrics_server = web_server_start(&options, error);
    if (web->metrics_server == NULL)
        return false;
    web->metrics_address = g_strdup_printf("http://%s:%u/metrics", start->metrics_address,
                                           (guint)web_server_port(web->metrics_server));
    return true;
}

Web *web_start(const WebStart *start, GError **error)
{
    g_assert(start->folder != NULL && start->keys != NULL);
    /* A case that does not open is told now, not at the first page. */
    g_autoptr(Store) probe = evidence_open_with_keys(start->folder, start->keys, STORE_READ, error);
    if (probe == NULL)
        return NULL;
    Web *web = g_new0(Web, 1);
    web->folder = g_strdup(start->folder);
    web->keys = store_keys_ref(start->keys);
    web->behind_tls = start->behind_tls;
    web->mail = g_strdup(start->mail);
    g_mutex_init(&web->sending);
    g_mutex_init(&web->lock);
    web->drawn =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
    web->kept = app_kept_new();
    web->throttle = throttle_new();
    for (gsize i = 0; i < G_N_ELEMENTS(web->hashing); i++)
        g_mutex_init(&web->hashing[i]);
    g_autofree char *tag = shared_on(web) ? shared_cookie_tag(web) : NULL;
    WebServerOptions options = {
        .cookie_tag = tag,
        .find_session = shared_on(web) ? find_session : NULL,
        .address = start->address != NULL ? start->address : "127.0.0.1",
        .port = start->port,
        .threads = start->threads,
        .behind_tls = start->behind_tls,
        .routes = WEB_ROUTES,
        .app = web,
        .open_store = open_store,
        .still_in = still_in,
        .close_store = close_store,
        .draw_error = draw_error,
        .observe = observe,
    };
    if (start_metrics(web, start, error))
        web->server = web_server_start(&options, error);
    if (web->server == NULL) {
        web_stop(web);
        return NULL;
    }
    web->address = g_strdup_printf("http://%s:%u", options.address, (guint)web_port(web));
    app_warm(web);
    return web;
}

const char *web_address(const Web *web)
{
    return web->address;
}

const char *web_metrics_address(const Web *web)
{
    return web->metrics_address;
}

guint16 web_port(const Web *web)
{
    return web_server_port(web->server);
}

bool web_link_name_fits(const char *name)
{
    if (!g_utf8_validate(name, -1, NULL) || name[strspn(name, " ")] == '\0' ||
        g_utf8_strlen(name, -1) > LINK_NAME_MOST)
        return false;
    for (const char *p = name; *p != '\0'; p = g_utf8_next_char(p)) {
        const gunichar c = g_utf8_get_char(p);
        if (g_unichar_iscntrl(c) || c == 0x202D || c == 0x202E || c == 0x2028 || c == 0x2029)
            return false;
    }
    return true;
}

char *web_login_link(Web *web, I18nLanguage language, const char *name)
{
    g_assert(name[0] == '\0' || web_link_name_fits(name));
    g_autofree char *token = shared_link_new(web, name);
    return g_strdup_printf("%s/%s/login?token=%s", web->address, i18n_tag(language), token);
}

void web_stop(Web *web)
{
    if (web == NULL)
        return;
    web_server_stop(web->server);
    web_server_stop(web->metrics_server);
    metrics_free(web->metrics);
    app_kept_stop(web);
    g_hash_table_unref(web->kept);
    store_keys_unref(web->keys);
    g_hash_table_unref(web->drawn);
    throttle_free(web->throttle);
    for (gsize i = 0; i < G_N_ELEMENTS(web->hashing); i++)
        g_mutex_clear(&web->hashing[i]);
    g_mutex_clear(&web->lock);
    g_mutex_clear(&web->sending);
    g_free(web->mail);
    g_free(web->folder);
    g_free(web->address);
    g_free(web->metrics_address);
    g_free(web);
}

/* ---- the signal to stop ---- */

static int stop_pipe[2] = {-1, -1};

static void on_stop(int signal_number)
{
    int kept = errno;
    const char byte = 's';
    if (write(stop_pipe[1], &byte, 1) < 0) {
        /* The pipe is full of the same word. */
    }
    signal(signal_number, SIG_DFL);
    errno = kept;
}

void web_catch_stop(void)
{
    if (stop_pipe[0] < 0 && !g_unix_open_pipe(stop_pipe, FD_CLOEXEC, NULL))
        return;
    struct sigaction action = {.sa_handler = on_stop};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

void web_wait_for_stop(void)
{
    if (stop_pipe[0] < 0)
        web_catch_stop();
    char byte;
    while (stop_pipe[0] >= 0 && read(stop_pipe[0], &byte, 1) < 0 && errno == EINTR)
        continue;
}
