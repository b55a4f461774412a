/* Values are lines of text; each of them opens under its own name alone. */
#include "web/shared.h"

#include "evidence/evidence.h"
#include "store/server_address.h"
#include "store/shared.h"
#include "store/user.h"
#include "web/account.h"
#include "web/log.h"

#include <sodium.h>
#include <string.h>

enum { NAME_BYTES = 16, TAG_BYTES = 4, TRIES = 8, CODE_SECONDS = 300 };
enum { NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES };
enum { TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES };
G_STATIC_ASSERT((int)STORE_KEY_BYTES == (int)crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

static const char SESSION[] = "session", LINK[] = "link", CODE[] = "code", GUESS[] = "guess";

bool shared_on(const Web *web)
{
    return store_address_is(web->folder);
}

/* By it guesses are counted: a test moves the throttle's clock. */
static gint64 guess_now(const Web *web)
{
    return g_get_real_time() / G_USEC_PER_SEC + throttle_clock_offset(web->throttle);
}

static gint64 wall_now(void)
{
    return g_get_real_time() / G_USEC_PER_SEC;
}

/* A key of this file's own, from the case's; wiped by the caller. */
static void key_for(const Web *web, const char *what, guint8 key[STORE_KEY_BYTES])
{
    guint8 base[STORE_KEY_BYTES];
    store_keys_derive(web->keys, STORE_KEY_DATABASE, base);
    crypto_generichash(key, STORE_KEY_BYTES, (const guint8 *)what, strlen(what), base, sizeof base);
    sodium_memzero(base, sizeof base);
}

char *shared_cookie_tag(const Web *web)
{
    guint8 key[STORE_KEY_BYTES];
    char *hex = g_malloc0(TAG_BYTES * 2 + 1);
    key_for(web, "zenhar shared 1 cookie", key);
    sodium_bin2hex(hex, TAG_BYTES * 2 + 1, key, TAG_BYTES);
    sodium_memzero(key, sizeof key);
    return hex;
}

/* "web/KIND/HASH". Transfers. */
static char *name_of(const Web *web, const char *kind, const char *plain)
{
    guint8 key[STORE_KEY_BYTES], hash[NAME_BYTES];
    char hex[NAME_BYTES * 2 + 1];
    key_for(web, kind, key);
    crypto_generichash(hash, sizeof hash, (const guint8 *)plain, strlen(plain), key, sizeof key);
    sodium_memzero(key, sizeof key);
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    return g_strconcat("web/", kind, "/", hex, NULL);
}

static GBytes *seal(const Web *web, const char *name, const char *text)
{
    guint8 key[STORE_KEY_BYTES];
    const gsize n = strlen(text);
    guint8 *sealed = g_malloc(NONCE + n + TAG);
    key_for(web, "zenhar shared 1 values", key);
    randombytes_buf(sealed, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + NONCE, NULL, (const guint8 *)text, n,
                                               (const guint8 *)name, strlen(name), NULL, sealed,
                                               key);
    sodium_memzero(key, sizeof key);
    return g_bytes_new_take(sealed, NONCE + n + TAG);
}

/* NULL: none of ours. Transfers. */
static char *open_value(const Web *web, const char *name, GBytes *value)
{
    gsize n = 0;
    const guint8 *sealed = value != NULL ? g_bytes_get_data(value, &n) : NULL;
    if (n < NONCE + TAG)
        return NULL;
    guint8 key[STORE_KEY_BYTES];
    g_autofree char *text = g_malloc0(n - NONCE - TAG + 1);
    key_for(web, "zenhar shared 1 values", key);
    const bool good = crypto_aead_xchacha20poly1305_ietf_decrypt(
                          (guint8 *)text, NULL, NULL, sealed + NONCE, n - NONCE,
                          (const guint8 *)name, strlen(name), sealed, key) == 0;
    sodium_memzero(key, sizeof key);
    return good ? g_steal_pointer(&text) : NULL;
}

static Store *open_write(const Web *web, GError **error)
{
    return evidence_open_with_keys(web->folder, web->keys, STORE_WRITE, error);
}

/* *ret_text NULL: there is none; *ret_value (may be NULL) what stands there. Both transfer. */
static bool get(const Web *web, Store *store, const char *name, char **ret_text, GBytes **ret_value,
                GError **error)
{
    g_autoptr(GBytes) value = NULL;
    if (!store_shared_get(store, name, &value, error))
        return false;
    *ret_text = open_value(web, name, value);
    if (ret_value != NULL)
        *ret_value = g_steal_pointer(&value);
    return true;
}

static bool swap(const Web *web, Store *store, const char *name, GBytes *old, const char *text,
                 gint64 ends, bool *ret_done, GError **error)
{
    g_autoptr(GBytes) value = seal(web, name, text);
    return store_shared_swap(store, name, old, value, ends, ret_done, error);
}

/* ---- sessions ---- */

/* KEY, form token, account, role, mark of the password, begun, seen last (seconds since 1970). */
static char *session_text(const WebSessionState *state, gint64 now)
{
    return g_strdup_printf("%s\n%s\n%" G_GINT64_FORMAT "\n%s\n%" G_GUINT64_FORMAT
                           "\n%" G_GINT64_FORMAT "\n%" G_GINT64_FORMAT "\n%s",
                           state->key, state->form_token, state->identity.user_id,
                           web_role_word(state->identity.role), state->identity.password,
                           now - state->age, now - state->silent, state->identity.name);
}

/* The name lies in *parts, which transfer. */
static bool session_read(const char *text, WebSessionState *ret, char ***ret_parts)
{
    g_auto(GStrv) parts = g_strsplit(text, "\n", 8);
    WebRole role;
    if (g_strv_length(parts) != 8 || !web_role_parse(parts[3], &role))
        return false;
    const gint64 now = wall_now();
    *ret = (WebSessionState){
        .identity = {.user_id = g_ascii_strtoll(parts[2], NULL, 10),
                     .name = parts[7],
                     .role = role,
                     .password = g_ascii_strtoull(parts[4], NULL, 10)},
        .age = now - g_ascii_strtoll(parts[5], NULL, 10),
        .silent = MAX(now - g_ascii_strtoll(parts[6], NULL, 10), 0),
    };
    g_strlcpy(ret->key, parts[0], sizeof ret->key);
    g_strlcpy(ret->form_token, parts[1], sizeof ret->form_token);
    *ret_parts = g_steal_pointer(&parts);
    return true;
}

static char *session_name(const Web *web, const WebSessionState *state)
{
    return name_of(web, SESSION, state->key);
}

static void state_of(Web *web, const WebSession *session, WebSessionState *ret)
{
    web_session_state(web_server_sessions(web->server), session, ret);
}

bool shared_session_put(Web *web, Store *store, WebSession *session, GError **error)
{
    WebSessionState state;
    if (!shared_on(web))
        return true;
    state_of(web, session, &state);
    g_autofree char *name = session_name(web, &state), *text = session_text(&state, wall_now());
    for (int i = 0; i < TRIES; i++) {
        g_autofree char *before = NULL;
        g_autoptr(GBytes) old = NULL;
        bool done = false;
        if (!get(web, store, name, &before, &old, error) ||
            !swap(web, store, name, old, text, wall_now() - state.age + SESSION_SECONDS, &done,
                  error))
            return false;
        if (done)
            break;
    }
    web_session_set_shared(session);
    return store_shared_forget(store, wall_now(), error);
}

WebSession *shared_session_find(Web *web, Store *store, const char *id)
{
    WebSessionState asked = {0}, state;
    g_autofree char *text = NULL;
    g_auto(GStrv) parts = NULL;
    g_autoptr(GError) error = NULL;
    sessions_key(id, asked.key);
    g_autofree char *name = session_name(web, &asked);
    if (!get(web, store, name, &text, NULL, &error)) {
        web_log_error("session", error);
        return NULL;
    }
    if (text == NULL || !session_read(text, &state, &parts))
        return NULL;
    return sessions_adopt(web_server_sessions(web->server), &state);
}

/* Best done, and no matter if not: the session then ends earlier elsewhere. */
static void touch(const Web *web, const char *name, GBytes *old, WebSessionState *state)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = open_write(web, &error);
    state->silent = 0;
    g_autofree char *text = session_text(state, wall_now());
    if (store != NULL)
        swap(web, store, name, old, text, wall_now() - state->age + SESSION_SECONDS, NULL, NULL);
}

bool shared_session_check(Web *web, Store *store, WebSession *session)
{
    WebSessionState state, kept;
    g_autofree char *text = NULL;
    g_autoptr(GBytes) value = NULL;
    g_auto(GStrv) parts = NULL;
    g_autoptr(GError) error = NULL;
    if (!shared_on(web) || !web_session_shared(session))
        return true;
    state_of(web, session, &state);
    g_autofree char *name = session_name(web, &state);
    if (!get(web, store, name, &text, &value, &error)) {
        web_log_error("session", error); /* the page will fare no better */
        return true;
    }
    if (text == NULL || !session_read(text, &kept, &parts))
        return false;
    web_session_set_password(web_server_sessions(web->server), session, kept.identity.password);
    if (kept.silent >= SHARED_TOUCH_SECONDS)
        touch(web, name, value, &kept);
    return true;
}

bool shared_session_end(Web *web, WebSession *session, GError **error)
{
    WebSessionState state;
    state_of(web, session, &state);
    sessions_end(web_server_sessions(web->server), session);
    if (!shared_on(web) || !web_session_shared(session))
        return true;
    g_autoptr(Store) store = open_write(web, error);
    g_autofree char *name = session_name(web, &state);
    return store != NULL && store_shared_remove(store, name, NULL, error);
}

/* The session by which its own account was changed goes on under the password of now. */
static bool goes_on(Web *web, Store *store, gint64 user_id, WebSession *session, GError **error)
{
    if (web_session_identity(session)->user_id != user_id)
        return true;
    g_autoptr(StoreUser) user = store_user_load(store, user_id, error);
    if (user == NULL)
        return false;
    web_session_set_password(web_server_sessions(web->server), session,
                             account_password_mark(user));
    return !web_session_shared(session) || shared_session_put(web, store, session, error);
}

bool shared_sessions_end_user(Web *web, gint64 user_id, WebSession *but, GError **error)
{
    WebSessionState spared = {0};
    sessions_end_user(web_server_sessions(web->server), user_id, but);
    g_autoptr(Store) store = open_write(web, error);
    if (store == NULL || (but != NULL && !goes_on(web, store, user_id, but, error)))
        return false;
    if (!shared_on(web))
        return true;
    if (but != NULL)
        state_of(web, but, &spared);
    g_autoptr(GHashTable) all = store_shared_list(store, "web/session/", error);
    if (all == NULL)
        return false;
    GHashTableIter at;
    gpointer name, value;
    g_hash_table_iter_init(&at, all);
    while (g_hash_table_iter_next(&at, &name, &value)) {
        WebSessionState state;
        g_auto(GStrv) parts = NULL;
        g_autofree char *text = open_value(web, name, value);
        if (text != NULL && session_read(text, &state, &parts) &&
            state.identity.user_id == user_id && strcmp(state.key, spared.key) != 0 &&
            !store_shared_remove(store, name, NULL, error))
            return false;
    }
    return true;
}

/* ---- login links ---- */

char *shared_link_new(Web *web, const char *name)
{
    WebSessions *sessions = web_server_sessions(web->server);
    g_autoptr(GError) error = NULL;
    bool done = false;
    g_autoptr(Store) store = shared_on(web) ? open_write(web, &error) : NULL;
    if (store != NULL) {
        guint8 bytes[SESSION_ID_CHARS / 2];
        char token[SESSION_ID_CHARS + 1];
        randombytes_buf(bytes, sizeof bytes);
        sodium_bin2hex(token, sizeof token, bytes, sizeof bytes);
        g_autofree char *row = name_of(web, LINK, token);
        const gint64 ends = wall_now() + SESSION_TOKEN_SECONDS;
        g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT "\n%s", ends, name);
        if (swap(web, store, row, NULL, text, ends, &done, &error) && done)
            return g_strdup(token);
    }
    return sessions_token_new(sessions, name); /* a role that only reads: this process' own */
}

/* The name in a link's value, if its time is not over; NULL. Transfers. */
static char *link_read(const char *text)
{
    const char *line = text != NULL ? strchr(text, '\n') : NULL;
    return line != NULL && g_ascii_strtoll(text, NULL, 10) >= wall_now() ? g_strdup(line + 1)
                                                                         : NULL;
}

char *shared_link_name(Web *web, const char *token)
{
    char *own = sessions_token_name(web_server_sessions(web->server), token);
    if (own != NULL || !shared_on(web) || strlen(token) != SESSION_ID_CHARS)
        return own;
    g_autofree char *name = name_of(web, LINK, token), *text = NULL;
    g_autoptr(Store) store = evidence_open_with_keys(web->folder, web->keys, STORE_READ, NULL);
    return store != NULL && get(web, store, name, &text, NULL, NULL) ? link_read(text) : NULL;
}

char *shared_link_spend(Web *web, const char *token)
{
    WebSessions *sessions = web_server_sessions(web->server);
    char *own = sessions_login(sessions, token);
    if (own != NULL || !shared_on(web) || strlen(token) != SESSION_ID_CHARS)
        return own;
    g_autoptr(Store) store = open_write(web, NULL);
    g_autofree char *row = name_of(web, LINK, token), *text = NULL;
    bool taken = false;
    if (store == NULL || !get(web, store, row, &text, NULL, NULL) ||
        !store_shared_remove(store, row, &taken, NULL) || !taken)
        return NULL;
    g_autofree char *name = link_read(text);
    const WebIdentity holder = {.name = name, .role = WEB_ADMINISTRATOR};
    return name != NULL ? sessions_open(sessions, &holder) : NULL;
}

/* ---- the second factor ---- */

static char *code_name(const Web *web, gint64 user_id)
{
    g_autofree char *plain = g_strdup_printf("%" G_GINT64_FORMAT, user_id);
    return name_of(web, CODE, plain);
}

bool shared_code_used(Web *web, Store *store, gint64 user_id, guint64 *ret_step, GError **error)
{
    g_autofree char *name = code_name(web, user_id), *text = NULL;
    if (!get(web, store, name, &text, NULL, error))
        return false;
    *ret_step = text != NULL ? g_ascii_strtoull(text, NULL, 10) : 0;
    return true;
}

bool shared_code_take(Web *web, gint64 user_id, guint64 step, bool *ret_done, GError **error)
{
    g_autoptr(Store) store = open_write(web, error);
    g_autofree char *name = code_name(web, user_id), *before = NULL;
    g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT, step);
    g_autoptr(GBytes) old = NULL;
    *ret_done = false;
    if (store == NULL || !get(web, store, name, &before, &old, error))
        return false;
    if (before != NULL && g_ascii_strtoull(before, NULL, 10) >= step)
        return true;
    return swap(web, store, name, old, text, wall_now() + CODE_SECONDS, ret_done, error);
}

/* ---- wrong guesses ---- */

/* How many, and when the last was; both 0 for none. */
static bool guesses_read(const Web *web, Store *store, const char *name, guint *ret_failures,
                         gint64 *ret_last, GBytes **ret_value)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    *ret_failures = 0;
    *ret_last = 0;
    if (!get(web, store, name, &text, ret_value, &error)) {
        web_log_error("guesses", error);
        return false;
    }
    char *rest = NULL;
    if (text != NULL) {
        *ret_failures = (guint)g_ascii_strtoull(text, &rest, 10);
        *ret_last = g_ascii_strtoll(rest, NULL, 10);
    }
    return true;
}

guint shared_wait(Web *web, Store *store, const char *key)
{
    const guint own = throttle_wait(web->throttle, key);
    guint failures;
    gint64 last;
    if (store == NULL || !shared_on(web))
        return own;
    g_autofree char *name = name_of(web, GUESS, key);
    if (!guesses_read(web, store, name, &failures, &last, NULL))
        return own;
    const gint64 left = last + throttle_seconds(failures) - guess_now(web);
    return MAX(own, (guint)CLAMP(left, 0, THROTTLE_LONGEST));
}

static bool failed_in_case(Web *web, const char *key)
{
    g_autoptr(Store) store = shared_on(web) ? open_write(web, NULL) : NULL;
    g_autofree char *name = name_of(web, GUESS, key);
    for (int i = 0; store != NULL && i < TRIES; i++) {
        guint failures;
        gint64 last;
        bool done = false;
        g_autoptr(GBytes) old = NULL;
        const gint64 now = guess_now(web);
        if (!guesses_read(web, store, name, &failures, &last, &old))
            return false;
        failures = now - last > THROTTLE_FORGET ? 1 : failures + 1;
        g_autofree char *text = g_strdup_printf("%u %" G_GINT64_FORMAT, failures, now);
        if (!swap(web, store, name, old, text, now + THROTTLE_FORGET, &done, NULL))
            return false;
        if (done)
            return true;
    }
    return false;
}

void shared_failed(Web *web, const char *key)
{
    if (!failed_in_case(web, key))
        throttle_failed(web->throttle, key);
}

void shared_forgive(Web *web, const char *key)
{
    throttle_forget(web->throttle, key);
    g_autoptr(Store) store = shared_on(web) ? open_write(web, NULL) : NULL;
    g_autofree char *name = name_of(web, GUESS, key);
    if (store != NULL)
        store_shared_remove(store, name, NULL, NULL);
}
