/* In by name and password, and a code where the account has a second factor.
 *
 * A browser that got in once carries a device cookie "USER.NONCE.MAC", the MAC under a key derived
 * from the case's, so that it holds over a restart. Its wrong guesses are counted apart from
 * strangers' (web/throttle.h): nobody can shut somebody out by guessing. */
#include "web/account.h"
#include "web/page.h"
#include "web/shared.h"
#include <sodium.h>
#include <string.h>

enum { DEVICE_SECONDS = 180 * 86400, NONCE_BYTES = 16, MAC_BYTES = 32 };

/* ---- the device cookie ---- */

static void mac_of(const Web *web, gint64 user_id, const char *nonce, char hex[MAC_BYTES * 2 + 1])
{
    guint8 key[STORE_KEY_BYTES], mac[MAC_BYTES];
    store_keys_derive(web->keys, STORE_KEY_DATABASE, key);
    g_autofree char *message =
        g_strdup_printf("zenhar device 1 %" G_GINT64_FORMAT " %s", user_id, nonce);
    crypto_generichash(mac, sizeof mac, (const guint8 *)message, strlen(message), key, sizeof key);
    sodium_memzero(key, sizeof key);
    sodium_bin2hex(hex, MAC_BYTES * 2 + 1, mac, sizeof mac);
}

static char *device_new(const Web *web, gint64 user_id)
{
    guint8 random[NONCE_BYTES];
    char nonce[NONCE_BYTES * 2 + 1], mac[MAC_BYTES * 2 + 1];
    randombytes_buf(random, sizeof random);
    sodium_bin2hex(nonce, sizeof nonce, random, sizeof random);
    mac_of(web, user_id, nonce, mac);
    return g_strdup_printf("%" G_GINT64_FORMAT ".%s.%s", user_id, nonce, mac);
}

/* The nonce of a device that this account got in with; NULL: a stranger. Transfers. */
static char *device_of(const WebRequest *request, gint64 user_id)
{
    g_autofree char *cookie = web_other_cookie(request, "device");
    g_auto(GStrv) parts = g_strsplit(cookie != NULL ? cookie : "", ".", 4);
    if (g_strv_length(parts) != 3 || strlen(parts[1]) != NONCE_BYTES * 2 ||
        strlen(parts[2]) != MAC_BYTES * 2 || g_ascii_strtoll(parts[0], NULL, 10) != user_id)
        return NULL;
    char mac[MAC_BYTES * 2 + 1];
    mac_of(request->app, user_id, parts[1], mac);
    return sodium_memcmp(mac, parts[2], MAC_BYTES * 2) == 0 ? g_strdup(parts[1]) : NULL;
}

/* ---- checking ---- */

typedef struct {
    StoreUser *user; /* NULL: no such account */
    char *key;       /* of the throttle */
    bool known;      /* the browser was in before */
} Attempt;

static void attempt_clear(Attempt *attempt)
{
    store_user_free(attempt->user);
    g_free(attempt->key);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Attempt, attempt_clear)

static void attempt_begin(Attempt *attempt, const WebRequest *request, Store *store,
                          const char *name)
{
    attempt->user = store_user_find(store, name, NULL);
    g_autofree char *device = attempt->user != NULL ? device_of(request, attempt->user->id) : NULL;
    attempt->known = device != NULL;
    g_autofree char *folded = g_utf8_casefold(name, MIN((gssize)strlen(name), 64));
    attempt->key =
        device != NULL ? g_strconcat("device ", device, NULL) : g_strconcat("name ", folded, NULL);
}

/* A code is good once, at whichever server of the case. False with error set: it could not be
 * asked. */
static bool code_fits(Web *web, Store *store, const StoreUser *user, const char *code,
                      GError **error)
{
    guint64 step = 0, used = 0;
    bool taken = false;
    if (user->totp_secret == NULL || user->totp_secret[0] == '\0')
        return true;
    return shared_code_used(web, store, user->id, &used, error) &&
           account_totp_fits(user->totp_secret, code, g_get_real_time() / G_USEC_PER_SEC, used,
                             &step) &&
           shared_code_take(web, user->id, step, &taken, error) && taken;
}

/* Strangers hash one at a time and do not wait for one another: they cannot keep all threads busy.
 * A browser that was in before waits its turn among its like. */
static bool may_hash(Web *web, const Attempt *attempt)
{
    if (!attempt->known)
        return g_mutex_trylock(&web->hashing[0]);
    g_mutex_lock(&web->hashing[1]);
    return true;
}

static bool fits(Web *web, Store *store, const Attempt *attempt, const char *password,
                 const char *code, GError **error)
{
    const bool good = account_password_fits(attempt->user, password);
    g_mutex_unlock(&web->hashing[attempt->known]);
    return good && code_fits(web, store, attempt->user, code, error);
}

/* ---- the page ---- */

static void refuse(const WebRequest *request, WebResponse *response, guint status, guint wait)
{
    g_autofree char *seconds = i18n_integer(wait);
    g_autofree char *later = g_strdup_printf(
        _("Too many tries. Wait %s seconds; a browser that was in before, or a login link from the "
          "machine that runs Zenhar, need not wait."),
        seconds);
    response->retry_after = wait;
    page_enter_draw(request, response, status,
                    wait > 0 ? later
                             : _("Name, password or code do not fit. Nothing tells which."));
}

static bool enter(const WebRequest *request, WebResponse *response, const StoreUser *user,
                  GError **error)
{
    WebSessions *sessions = web_server_sessions(request->server);
    const WebIdentity identity = {user->id, user->name, account_role(user),
                                  account_password_mark(user)};
    g_autoptr(Store) store = app_store_write(request, error);
    g_autoptr(StoreAudit) entry = store_audit_new();
    entry->user_id = user->id;
    entry->action = g_strdup("login");
    if (store == NULL || !store_audit_add(store, entry, error))
        return false;
    g_autofree char *id = sessions_open(sessions, &identity);
    if (id == NULL) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_BUSY,
                            _("Too many people are in. Try again later."));
        return false;
    }
    WebSession *session = sessions_find(sessions, id);
    const bool shared = session == NULL || shared_session_put(request->app, store, session, error);
    session_unref(session);
    if (!shared)
        return false;
    g_autofree char *device = device_new(request->app, user->id);
    g_autofree char *home = g_strdup_printf("/%s/", i18n_tag(request->language));
    response->cookie = web_cookie(request->server, id);
    response->device = web_other_cookie_set(request->server, "device", device, DEVICE_SECONDS);
    web_redirect(response, home);
    return true;
}

void page_account_login_post(const WebRequest *request, WebResponse *response)
{
    Web *web = request->app;
    g_autoptr(GError) error = NULL;
    const char *name = web_form(request, "name"), *password = web_form(request, "password");
    /* Read only: sealed fields open without an entry; the entry is written when somebody is in. */
    g_autoptr(Store) store = evidence_open_with_keys(web->folder, web->keys, STORE_READ, &error);
    if (store == NULL) {
        page_fail(request, response, error);
        return;
    }
    if (store_keys_hold(web->keys, STORE_KEY_FIELDS))
        store_unseal(store, 0, "login", NULL);
    g_auto(Attempt) attempt = {0};
    attempt_begin(&attempt, request, store, name);
    const guint wait = shared_wait(web, store, attempt.key);
    if (wait > 0) {
        refuse(request, response, 429, wait);
        return;
    }
    if (!may_hash(web, &attempt)) {
        refuse(request, response, 503, 1);
        return;
    }
    if (!fits(web, store, &attempt, password, web_form(request, "code"), &error)) {
        if (error != NULL) {
            page_fail(request, response, error);
            return;
        }
        shared_failed(web, attempt.key);
        refuse(request, response, 403, shared_wait(web, store, attempt.key));
        return;
    }
    shared_forgive(web, attempt.key);
    if (!enter(request, response, attempt.user, &error))
        page_fail(request, response, error);
}
