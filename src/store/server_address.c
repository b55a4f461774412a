#include "store/server_address.h"

#include "base/error.h"
#include "base/i18n.h"
#include "store/db_server_private.h"

#include <string.h>

enum { NAME_MAX_BYTES = 63, SERVER_VERSION_MIN = 150000 };

bool store_address_is(const char *place)
{
    return place != NULL && (g_ascii_strncasecmp(place, "postgresql:", 11) == 0 ||
                             g_ascii_strncasecmp(place, "postgres:", 9) == 0);
}

void store_address_clear(StoreAddress *address)
{
    g_clear_pointer(&address->server, g_free);
    g_clear_pointer(&address->name, g_free);
}

static bool unreadable(GError **error)
{
    g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                        _("The address of the case cannot be read. Write it as "
                          "postgresql://USER@HOST/DATABASE/CASE; the name of a case is made of "
                          "letters, digits, “-” and “_”."));
    return false;
}

static bool is_name(const char *name)
{
    if (name[0] == '\0' || strlen(name) > NAME_MAX_BYTES)
        return false;
    for (const char *at = name; *at != '\0'; at++)
        if (!g_ascii_isalnum(*at) && *at != '-' && *at != '_')
            return false;
    return true;
}

/* A password between the first ':' and the '@' of user and host, or as an option. */
static bool has_password(const char *authority, const char *options)
{
    const gsize n = strcspn(authority, "/?");
    const char *at = memchr(authority, '@', n);
    const char *colon = memchr(authority, ':', n);
    return (at != NULL && colon != NULL && colon < at) ||
           (options != NULL && strstr(options, "password=") != NULL);
}

bool store_address_read(const char *place, StoreAddress *ret_address, GError **error)
{
    g_assert(store_address_is(place));
    const char *authority = strstr(place, "://");
    if (authority == NULL)
        return unreadable(error);
    authority += 3;
    const char *options = strchr(authority, '?');
    if (has_password(authority, options)) {
        g_set_error_literal(
            error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
            _("The address of the case holds a password. It is not repeated here, but it may stand "
              "in your shell's history: change it, and put the new one into ~/.pgpass or a service "
              "file."));
        return false;
    }
    g_autofree char *before =
        options != NULL ? g_strndup(place, (gsize)(options - place)) : g_strdup(place);
    char *path = strchr(before + (authority - place), '/');
    char *name = path != NULL ? strchr(path + 1, '/') : NULL;
    if (path == NULL || path[1] == '\0' || path[1] == '/')
        return unreadable(error);
    if (name != NULL)
        *name++ = '\0';
    if (name != NULL && !is_name(name))
        return unreadable(error);
    ret_address->server = g_strconcat(before, options, NULL);
    ret_address->name = g_strdup(name != NULL ? name : "case");
    return true;
}

/* ---- connecting ---- */

static bool is_local_host(const char *host)
{
    return host[0] == '\0' || host[0] == '/' || host[0] == '@' ||
           g_ascii_strcasecmp(host, "localhost") == 0 || g_str_has_prefix(host, "127.") ||
           strcmp(host, "::1") == 0;
}

/* Each of a list of hosts; without one libpq takes PGHOST, else a socket. A service file may name
 * any host: it counts as far away. */
static bool is_local(const PQconninfoOption *options)
{
    const char *hosts = NULL, *addresses = NULL, *service = g_getenv("PGSERVICE");
    for (const PQconninfoOption *option = options; option->keyword != NULL; option++) {
        if (option->val == NULL)
            continue;
        if (strcmp(option->keyword, "host") == 0)
            hosts = option->val;
        else if (strcmp(option->keyword, "hostaddr") == 0)
            addresses = option->val;
        else if (strcmp(option->keyword, "service") == 0)
            service = option->val;
    }
    if (addresses == NULL)
        addresses = g_getenv("PGHOSTADDR");
    if (hosts == NULL && service != NULL)
        return false;
    if (hosts == NULL)
        hosts = g_getenv("PGHOST");
    g_auto(GStrv) all = g_strsplit(hosts != NULL ? hosts : "", ",", -1);
    g_auto(GStrv) numbers = g_strsplit(addresses != NULL ? addresses : "", ",", -1);
    bool local = true;
    for (gsize i = 0; all[i] != NULL; i++)
        local = local && is_local_host(all[i]);
    for (gsize i = 0; numbers[i] != NULL; i++)
        local = local && is_local_host(numbers[i]);
    return local;
}

typedef struct {
    GPtrArray *names, *values; /* ended by NULL; strings are the options' or literals */
    bool local, weak;          /* weak: a lesser sslmode was asked for */
} Target;

static void target_put(Target *target, const char *name, const char *value)
{
    g_ptr_array_add(target->names, (gpointer)(guintptr)name);
    g_ptr_array_add(target->values, (gpointer)(guintptr)value);
}

static void target_fill(Target *target, const PQconninfoOption *options)
{
    target->local = is_local(options);
    const char *mode = NULL;
    bool timeout = false;
    for (const PQconninfoOption *option = options; option->keyword != NULL; option++) {
        if (option->val == NULL)
            continue;
        if (strcmp(option->keyword, "sslmode") == 0)
            mode = option->val;
        timeout = timeout || strcmp(option->keyword, "connect_timeout") == 0;
        target_put(target, option->keyword, option->val);
    }
    if (!target->local) {
        if (mode == NULL)
            mode = g_getenv("PGSSLMODE");
        target->weak = mode != NULL && strcmp(mode, "verify-full") != 0;
        target_put(target, "sslmode", "verify-full"); /* the last of a name counts */
        target_put(target, "gssencmode", "disable");
    }
    if (!timeout)
        target_put(target, "connect_timeout", "10");
    target_put(target, "client_encoding", "UTF8");
    target_put(target, "application_name", "zenhar");
    target_put(target, NULL, NULL);
}

static bool refuse_weak(GError **error)
{
    g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                        _("A server on another machine is reached by TLS with its certificate "
                          "verified (sslmode=verify-full); nothing less is taken."));
    return false;
}

static void silent(void *context, const char *words)
{
}

static bool session_fits(const DbServer *server, bool local, GError **error)
{
    const DbPq *pq = server->pq;
    const char *encoding = pq->PQparameterStatus(server->conn, "server_encoding");
    if (!local && pq->PQsslInUse(server->conn) == 0)
        return refuse_weak(error);
    if (pq->PQserverVersion(server->conn) < SERVER_VERSION_MIN) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                            _("The server is older than PostgreSQL 15; a case needs 15 or later."));
        return false;
    }
    if (g_strcmp0(encoding, "UTF8") != 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("The database's encoding is %s. Make one with the encoding UTF8."),
                    encoding != NULL ? encoding : "?");
        return false;
    }
    return true;
}

static bool connect(DbServer *server, const PQconninfoOption *options, GError **error)
{
    Target target = {.names = g_ptr_array_new(), .values = g_ptr_array_new()};
    target_fill(&target, options);
    bool done = !target.weak || refuse_weak(error);
    if (done) {
        server->conn = server->pq->PQconnectdbParams((const char *const *)target.names->pdata,
                                                     (const char *const *)target.values->pdata, 0);
        done = server->pq->PQstatus(server->conn) == CONNECTION_OK;
        if (!done) {
            g_autofree char *words = g_strdup(server->pq->PQerrorMessage(server->conn));
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO,
                        _("The server of the case cannot be reached: %s."), g_strstrip(words));
        }
    }
    done = done && session_fits(server, target.local, error);
    g_ptr_array_unref(target.names);
    g_ptr_array_unref(target.values);
    return done;
}

DbServer *db_server_open(const char *address, GError **error)
{
    const DbPq *pq = db_pq(error);
    if (pq == NULL)
        return NULL;
    char *words = NULL;
    PQconninfoOption *options = pq->PQconninfoParse(address, &words);
    if (options == NULL) {
        pq->PQfreemem(words); /* may repeat what was given */
        unreadable(error);
        return NULL;
    }
    DbServer *server = g_new0(DbServer, 1);
    server->pq = pq;
    server->epoch = 1;
    const bool done = connect(server, options, error);
    pq->PQconninfoFree(options);
    if (!done) {
        db_server_close(server);
        return NULL;
    }
    pq->PQsetNoticeProcessor(server->conn, silent, NULL);
    return server;
}

void db_server_close(DbServer *server)
{
    if (server == NULL)
        return;
    db_server_bulk_end(server, false);
    server->pq->PQfinish(server->conn);
    g_free(server->session);
    g_free(server->words);
    g_free(server);
}

void db_server_set_session(DbServer *server, const char *sql)
{
    g_free(server->session);
    server->session = g_strdup(sql);
}

int db_server_revive(DbServer *server)
{
    const DbPq *pq = server->pq;
    if (pq->PQstatus(server->conn) == CONNECTION_OK) {
        if (pq->PQtransactionStatus(server->conn) == PQTRANS_INERROR)
            db_server_run(server, "ROLLBACK");
        return DB_OK;
    }
    pq->PQreset(server->conn);
    server->epoch++; /* what was prepared is gone */
    if (pq->PQstatus(server->conn) != CONNECTION_OK)
        return db_server_failed(server, NULL);
    return server->session != NULL ? db_server_run(server, server->session) : DB_OK;
}
