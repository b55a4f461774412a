#include "web/hook.h"

#include "base/i18n.h"
#include "evidence/evidence.h"
#include "intake/sms.h"
#include "web/http.h"
#include "web/log.h"
#include <sodium.h>
#include <string.h>

/* So many per minute, in a burst or evenly: a bucket that fills by itself. */
typedef struct {
    double tokens, most;
    gint64 filled; /* monotonic µs */
} Bucket;

struct WebHook {
    char *name, *header, *time_header, *certificate, *key, *source, *language;
    guint8 *secret; /* sodium_malloc */
    gsize secret_length;
    bool hmac;
    IntakeOptions options;
    void (*came)(void *context);
    void *came_context;
    WebServer *server;
    GMutex lock; /* holds what follows; messages are written one at a time */
    Store *store;
    Bucket messages, wrong;
    guint64 taken, refused;
};

static bool bucket_take(Bucket *bucket, double n)
{
    gint64 now = g_get_monotonic_time();
    double minutes = (double)(now - bucket->filled) / (60.0 * G_USEC_PER_SEC);
    bucket->filled = now;
    bucket->tokens = MIN(bucket->most, bucket->tokens + minutes * bucket->most);
    if (bucket->tokens < n)
        return false;
    bucket->tokens -= n;
    return true;
}

/* ---- who sends ---- */

/* Neither how long the secret is nor where it differs shows in the time this takes. */
static bool same_secret(const WebHook *hook, const char *given)
{
    guint8 a[32], b[32];
    crypto_generichash(a, sizeof a, hook->secret, hook->secret_length, NULL, 0);
    crypto_generichash(b, sizeof b, (const guint8 *)given, strlen(given), NULL, 0);
    return sodium_memcmp(a, b, sizeof a) == 0;
}

static bool read_signature(const char *text, guint8 signature[crypto_auth_hmacsha256_BYTES])
{
    enum { HEX = 2 * crypto_auth_hmacsha256_BYTES };
    gsize length = 0;
    if (g_ascii_strncasecmp(text, "sha256=", 7) == 0)
        text += 7;
    int failed = strlen(text) == HEX ? sodium_hex2bin(signature, crypto_auth_hmacsha256_BYTES, text,
                                                      HEX, NULL, &length, NULL)
                                     : sodium_base642bin(signature, crypto_auth_hmacsha256_BYTES,
                                                         text, strlen(text), NULL, &length, NULL,
                                                         sodium_base64_VARIANT_ORIGINAL);
    return failed == 0 && length == crypto_auth_hmacsha256_BYTES;
}

static bool is_of_now(const char *time)
{
    gint64 seconds;
    if (!g_ascii_string_to_signed(time, 10, 0, G_MAXINT64, &seconds, NULL))
        return false;
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    return seconds >= now - WEB_HOOK_SKEW_SECONDS && seconds <= now + WEB_HOOK_SKEW_SECONDS;
}

static bool is_signed(const WebHook *hook, const WebRequest *request)
{
    guint8 given[crypto_auth_hmacsha256_BYTES], ours[crypto_auth_hmacsha256_BYTES];
    const char *time = hook->time_header != NULL ? web_header(request, hook->time_header) : "";
    if (!read_signature(web_header(request, hook->header), given) ||
        (hook->time_header != NULL && !is_of_now(time)))
        return false;
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, hook->secret, hook->secret_length);
    crypto_auth_hmacsha256_update(&state, (const guint8 *)request->body, request->body_length);
    crypto_auth_hmacsha256_update(&state, (const guint8 *)time, strlen(time));
    crypto_auth_hmacsha256_final(&state, ours);
    sodium_memzero(&state, sizeof state);
    return sodium_memcmp(given, ours, sizeof ours) == 0;
}

static bool may_send(const WebHook *hook, const WebRequest *request)
{
    if (hook->hmac)
        return is_signed(hook, request);
    const char *given = web_header(request, hook->header);
    if (g_ascii_strcasecmp(hook->header, "Authorization") == 0 &&
        g_ascii_strncasecmp(given, "Bearer ", 7) == 0)
        given += 7;
    return same_secret(hook, given);
}

/* ---- one request ---- */

/* In the form that SMSSync looks for; the others look at the status alone. */
static void say(WebResponse *response, guint status, const char *why)
{
    response->status = status;
    response->content_type = "application/json; charset=utf-8";
    response->retry_after = status == 429 ? 60 : status == 503 ? 10 : 0;
    g_string_truncate(response->body, 0);
    if (why == NULL)
        g_string_append(response->body, "{\"payload\":{\"success\":true,\"error\":null}}\n");
    else
        g_string_append_printf(response->body,
                               "{\"payload\":{\"success\":false,\"error\":\"%s\"}}\n", why);
}

/* With the lock held. */
static void take(WebHook *hook, const GPtrArray *messages, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    IntakeSmsSummary summary = {0};
    IntakeOptions options = hook->options;
    if (!bucket_take(&hook->messages, messages->len)) {
        say(response, 429, "too many messages");
    } else if (intake_sms_take(hook->store, hook->name, messages, &options, &summary, &error)) {
        hook->taken += summary.added + summary.quarantined;
        say(response, 200, NULL);
    } else {
        /* No word of the message in a log: what went wrong is the case's. */
        web_log_error("hook", error);
        say(response, 503, "not kept; send it again");
    }
}

static void page_sms(const WebRequest *request, WebResponse *response)
{
    WebHook *hook = request->app;
    g_autoptr(GError) error = NULL;
    i18n_set_language(I18N_ENGLISH);
    if (!may_send(hook, request)) {
        g_mutex_lock(&hook->lock);
        hook->refused++;
        bool more = bucket_take(&hook->wrong, 1);
        g_mutex_unlock(&hook->lock);
        say(response, more ? 401 : 429, more ? "not signed by a gateway of ours" : "too many");
        return;
    }
    g_autoptr(GPtrArray) messages = intake_sms_read(web_header(request, "Content-Type"),
                                                    request->body, request->body_length, &error);
    if (messages == NULL) {
        say(response, 400, "no message in UTF-8, as a form or JSON");
        return;
    }
    g_mutex_lock(&hook->lock);
    take(hook, messages, response);
    bool came = response->status == 200 && hook->came != NULL;
    g_mutex_unlock(&hook->lock);
    if (came)
        hook->came(hook->came_context);
}

static const WebRoute ROUTES[] = {
    {"/sms", WEB_POST | WEB_OPEN | WEB_PLAIN | WEB_RAW, page_sms},
    {NULL, 0, NULL},
};

/* ---- start and end ---- */

static bool check(const WebHookStart *start, GError **error)
{
    const char *address = start->address != NULL ? start->address : "127.0.0.1";
    if (start->secret == NULL || strlen(start->secret) < WEB_HOOK_LEAST_SECRET) {
        g_autofree char *least = i18n_integer(WEB_HOOK_LEAST_SECRET);
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("The secret of the gateway %s is too short: give it at least %s characters, "
                      "for example those of `openssl rand -hex 32`."),
                    start->name, least);
        return false;
    }
    if (strncmp(address, "127.", 4) != 0 && !start->behind_tls && start->tls_certificate == NULL) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("The gateway %s would be heard by all on the network at %s: give it a "
                      "certificate, or put a proxy that speaks TLS in front and say so."),
                    start->name, address);
        return false;
    }
    return true;
}

static void keep_options(WebHook *hook, const WebHookStart *start)
{
    hook->options = start->options;
    hook->options.source = hook->source = g_strdup(start->options.source);
    hook->options.language = hook->language = g_strdup(start->options.language);
}

WebHook *web_hook_start(const WebHookStart *start, GError **error)
{
    if (!check(start, error))
        return NULL;
    WebHook *hook = g_new0(WebHook, 1);
    g_mutex_init(&hook->lock);
    hook->name = g_strdup(start->name);
    hook->hmac = start->hmac;
    hook->header = g_strdup(start->header != NULL ? start->header
                            : start->hmac         ? "X-Signature"
                                                  : "X-Zenhar-Secret");
    hook->time_header = g_strdup(start->time_header);
    hook->certificate = g_strdup(start->tls_certificate);
    hook->key = g_strdup(start->tls_key);
    hook->came = start->came;
    hook->came_context = start->came_context;
    keep_options(hook, start);
    hook->secret_length = strlen(start->secret);
    hook->secret = sodium_malloc(hook->secret_length);
    memcpy(hook->secret, start->secret, hook->secret_length);
    double most = start->per_minute > 0 ? start->per_minute : WEB_HOOK_PER_MINUTE;
    gint64 now = g_get_monotonic_time();
    hook->messages = (Bucket){most, most, now};
    hook->wrong = (Bucket){WEB_HOOK_WRONG_PER_MINUTE, WEB_HOOK_WRONG_PER_MINUTE, now};
    hook->store = evidence_open_with_keys(start->folder, start->keys, STORE_WRITE, error);
    if (hook->store != NULL)
        hook->server = web_server_start(
            &(WebServerOptions){.address = start->address != NULL ? start->address : "127.0.0.1",
                                .port = start->port,
                                .threads = 2,
                                .behind_tls = start->behind_tls,
                                .tls_certificate = hook->certificate,
                                .tls_key = hook->key,
                                .routes = ROUTES,
                                .app = hook},
            error);
    if (hook->server == NULL) {
        web_hook_stop(hook);
        return NULL;
    }
    return hook;
}

guint16 web_hook_port(const WebHook *hook)
{
    return web_server_port(hook->server);
}

guint64 web_hook_taken(WebHook *hook, guint64 *ret_refused)
{
    g_mutex_lock(&hook->lock);
    guint64 taken = hook->taken;
    if (ret_refused != NULL)
        *ret_refused = hook->refused;
    g_mutex_unlock(&hook->lock);
    return taken;
}

void web_hook_stop(WebHook *hook)
{
    if (hook == NULL)
        return;
    web_server_stop(hook->server);
    store_close(hook->store);
    sodium_free(hook->secret);
    g_mutex_clear(&hook->lock);
    g_free(hook->name);
    g_free(hook->header);
    g_free(hook->time_header);
    g_free(hook->certificate);
    g_free(hook->key);
    g_free(hook->source);
    g_free(hook->language);
    g_free(hook);
}
