#include "web/session.h"

#include <sodium.h>
#include <string.h>

enum { ID_BYTES = 32, KEY_BYTES = 16 };

struct WebSession {
    char key[KEY_BYTES * 2 + 1]; /* hash of its id, as in the table */
    char form_token[ID_BYTES * 2 + 1];
    gint64 begun, seen; /* monotonic seconds */
    guint64 use;        /* which use of the table it was seen by last: finer than a second */
    gint references;
    gint shared; /* kept elsewhere as well */
    WebIdentity identity;
};

struct WebSessions {
    GMutex lock;
    gint64 clock_offset;
    guint64 uses;
    GHashTable *tokens;   /* hash of the token → Token */
    GHashTable *sessions; /* hash of the id → WebSession */
};

typedef struct {
    gint64 ends;
    char name[SESSION_NAME_BYTES + 1]; /* for whom; "" */
} Token;

static gint64 now_of(const WebSessions *sessions)
{
    return g_get_monotonic_time() / G_USEC_PER_SEC + sessions->clock_offset;
}

static void random_hex(char hex[ID_BYTES * 2 + 1])
{
    unsigned char bytes[ID_BYTES];
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2hex(hex, ID_BYTES * 2 + 1, bytes, sizeof bytes);
    sodium_memzero(bytes, sizeof bytes);
}

void sessions_key(const char *id, char hex[KEY_BYTES * 2 + 1])
{
    unsigned char hash[KEY_BYTES];
    crypto_generichash(hash, sizeof hash, (const unsigned char *)id, strlen(id), NULL, 0);
    sodium_bin2hex(hex, KEY_BYTES * 2 + 1, hash, sizeof hash);
}

static void session_unref_any(gpointer session)
{
    session_unref(session);
}

void session_unref(WebSession *session)
{
    if (session == NULL || !g_atomic_int_dec_and_test(&session->references))
        return;
    g_free(session->identity.name);
    sodium_memzero(session, sizeof *session);
    g_free(session);
}

WebSessions *sessions_new(void)
{
    WebSessions *sessions = g_new0(WebSessions, 1);
    g_mutex_init(&sessions->lock);
    sessions->tokens = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    sessions->sessions = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, session_unref_any);
    return sessions;
}

void sessions_free(WebSessions *sessions)
{
    if (sessions == NULL)
        return;
    g_hash_table_unref(sessions->tokens);
    g_hash_table_unref(sessions->sessions);
    g_mutex_clear(&sessions->lock);
    g_free(sessions);
}

static gboolean token_is_over(gpointer key, gpointer token, gpointer now)
{
    (void)key;
    return ((const Token *)token)->ends < *(const gint64 *)now;
}

static gboolean session_is_over(gpointer key, gpointer value, gpointer user_data)
{
    (void)key;
    const WebSession *session = value;
    gint64 now = *(const gint64 *)user_data;
    return now - session->begun > SESSION_SECONDS || now - session->seen > SESSION_IDLE_SECONDS;
}

static void drop_oldest_token(GHashTable *tokens)
{
    GHashTableIter at;
    gpointer key, value, oldest = NULL;
    gint64 first = G_MAXINT64;
    g_hash_table_iter_init(&at, tokens);
    while (g_hash_table_iter_next(&at, &key, &value))
        if (((const Token *)value)->ends < first) {
            first = ((const Token *)value)->ends;
            oldest = key;
        }
    if (oldest != NULL)
        g_hash_table_remove(tokens, oldest);
}

char *sessions_token_new(WebSessions *sessions, const char *name)
{
    char token[ID_BYTES * 2 + 1], key[KEY_BYTES * 2 + 1];
    random_hex(token);
    sessions_key(token, key);
    gint64 now = now_of(sessions);
    Token *kept = g_new0(Token, 1);
    kept->ends = now + SESSION_TOKEN_SECONDS;
    g_assert(strlen(name) <= SESSION_NAME_BYTES);
    g_strlcpy(kept->name, name, sizeof kept->name);
    g_mutex_lock(&sessions->lock);
    g_hash_table_foreach_remove(sessions->tokens, token_is_over, &now);
    if (g_hash_table_size(sessions->tokens) >= SESSION_MAX_TOKENS)
        drop_oldest_token(sessions->tokens);
    g_hash_table_insert(sessions->tokens, g_strdup(key), kept);
    g_mutex_unlock(&sessions->lock);
    return g_strdup(token);
}

char *sessions_token_name(WebSessions *sessions, const char *token)
{
    char key[KEY_BYTES * 2 + 1];
    sessions_key(token, key);
    g_mutex_lock(&sessions->lock);
    const Token *kept = g_hash_table_lookup(sessions->tokens, key);
    const bool good = kept != NULL && now_of(sessions) <= kept->ends;
    char *name = good ? g_strdup(kept->name) : NULL;
    g_mutex_unlock(&sessions->lock);
    return name;
}

/* An account cannot fill the table: its longest silent session gives way. With the lock held. */
static void make_room(WebSessions *sessions, gint64 user_id)
{
    GHashTableIter iter;
    gpointer key, value, oldest = NULL;
    guint64 use = G_MAXUINT64;
    guint n = 0;
    g_hash_table_iter_init(&iter, sessions->sessions);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        const WebSession *session = value;
        if (session->identity.user_id != user_id)
            continue;
        n++;
        if (session->use < use) {
            use = session->use;
            oldest = key;
        }
    }
    if (user_id != 0 && n >= SESSION_MAX_USER)
        g_hash_table_remove(sessions->sessions, oldest);
}

/* One more in the table; NULL: there are too many. With the lock held. Borrowed. */
static WebSession *add_session(WebSessions *sessions, const char *key, const WebIdentity *identity,
                               gint64 now)
{
    g_hash_table_foreach_remove(sessions->sessions, session_is_over, &now);
    make_room(sessions, identity->user_id);
    if (g_hash_table_size(sessions->sessions) >= SESSION_MAX)
        return NULL;
    WebSession *session = g_new0(WebSession, 1);
    g_strlcpy(session->key, key, sizeof session->key);
    session->begun = session->seen = now;
    session->use = ++sessions->uses;
    session->references = 1;
    session->identity = *identity;
    session->identity.name = g_strdup(identity->name);
    g_hash_table_insert(sessions->sessions, session->key, session);
    return session;
}

/* With the lock held. */
static char *open_session(WebSessions *sessions, const WebIdentity *identity, gint64 now)
{
    char key[KEY_BYTES * 2 + 1];
    g_autofree char *id = g_malloc0(ID_BYTES * 2 + 1);
    random_hex(id);
    sessions_key(id, key);
    WebSession *session = add_session(sessions, key, identity, now);
    if (session == NULL)
        return NULL;
    random_hex(session->form_token);
    return g_steal_pointer(&id);
}

WebSession *sessions_adopt(WebSessions *sessions, const WebSessionState *state)
{
    g_mutex_lock(&sessions->lock);
    const gint64 now = now_of(sessions);
    WebSession *session = NULL;
    if (state->age <= SESSION_SECONDS && state->silent <= SESSION_IDLE_SECONDS) {
        session = g_hash_table_lookup(sessions->sessions, state->key);
        if (session == NULL)
            session = add_session(sessions, state->key, &state->identity, now);
    }
    if (session != NULL) {
        g_strlcpy(session->form_token, state->form_token, sizeof session->form_token);
        session->begun = now - state->age;
        session->seen = now - state->silent;
        session->identity.password = state->identity.password;
        g_atomic_int_set(&session->shared, 1);
        g_atomic_int_inc(&session->references);
    }
    g_mutex_unlock(&sessions->lock);
    return session;
}

void web_session_state(WebSessions *sessions, const WebSession *session, WebSessionState *ret)
{
    g_mutex_lock(&sessions->lock);
    const gint64 now = now_of(sessions);
    *ret = (WebSessionState){
        .identity = session->identity, .age = now - session->begun, .silent = now - session->seen};
    g_strlcpy(ret->key, session->key, sizeof ret->key);
    g_strlcpy(ret->form_token, session->form_token, sizeof ret->form_token);
    g_mutex_unlock(&sessions->lock);
}

bool web_session_shared(const WebSession *session)
{
    return g_atomic_int_get(&session->shared) != 0;
}

void web_session_set_shared(WebSession *session)
{
    g_atomic_int_set(&session->shared, 1);
}

guint64 web_session_password(WebSessions *sessions, const WebSession *session)
{
    g_mutex_lock(&sessions->lock);
    const guint64 mark = session->identity.password;
    g_mutex_unlock(&sessions->lock);
    return mark;
}

void web_session_set_password(WebSessions *sessions, WebSession *session, guint64 mark)
{
    g_mutex_lock(&sessions->lock);
    session->identity.password = mark;
    g_mutex_unlock(&sessions->lock);
}

char *sessions_open(WebSessions *sessions, const WebIdentity *identity)
{
    g_mutex_lock(&sessions->lock);
    char *id = open_session(sessions, identity, now_of(sessions));
    g_mutex_unlock(&sessions->lock);
    return id;
}

char *sessions_login(WebSessions *sessions, const char *token)
{
    char key[KEY_BYTES * 2 + 1];
    sessions_key(token, key);
    gint64 now = now_of(sessions);
    char *id = NULL;
    g_mutex_lock(&sessions->lock);
    Token *kept = g_hash_table_lookup(sessions->tokens, key);
    if (kept != NULL && now <= kept->ends) {
        const WebIdentity holder = {.name = kept->name, .role = WEB_ADMINISTRATOR};
        id = open_session(sessions, &holder, now);
    }
    g_hash_table_remove(sessions->tokens, key);
    g_mutex_unlock(&sessions->lock);
    return id;
}

WebSession *sessions_find(WebSessions *sessions, const char *id)
{
    if (id == NULL || strlen(id) != SESSION_ID_CHARS)
        return NULL;
    char key[KEY_BYTES * 2 + 1];
    sessions_key(id, key);
    g_mutex_lock(&sessions->lock);
    gint64 now = now_of(sessions);
    WebSession *session = g_hash_table_lookup(sessions->sessions, key);
    if (session != NULL && session_is_over(NULL, session, &now)) {
        g_hash_table_remove(sessions->sessions, key);
        session = NULL;
    }
    if (session != NULL) {
        session->seen = now;
        session->use = ++sessions->uses;
        g_atomic_int_inc(&session->references);
    }
    g_mutex_unlock(&sessions->lock);
    return session;
}

void sessions_end(WebSessions *sessions, WebSession *session)
{
    g_mutex_lock(&sessions->lock);
    g_hash_table_remove(sessions->sessions, session->key);
    g_mutex_unlock(&sessions->lock);
}

typedef struct {
    gint64 user_id;
    const WebSession *but;
} Ending;

static gboolean is_users(gpointer key, gpointer value, gpointer data)
{
    (void)key;
    const WebSession *session = value;
    const Ending *ending = data;
    return session->identity.user_id == ending->user_id && session != ending->but;
}

void sessions_end_user(WebSessions *sessions, gint64 user_id, const WebSession *but)
{
    Ending ending = {user_id, but};
    g_mutex_lock(&sessions->lock);
    g_hash_table_foreach_remove(sessions->sessions, is_users, &ending);
    g_mutex_unlock(&sessions->lock);
}

const WebIdentity *web_session_identity(const WebSession *session)
{
    return &session->identity;
}

void web_session_left(WebSessions *sessions, const WebSession *session, gint64 *ret_idle,
                      gint64 *ret_whole)
{
    g_mutex_lock(&sessions->lock);
    const gint64 now = now_of(sessions);
    *ret_idle = SESSION_IDLE_SECONDS - (now - session->seen);
    *ret_whole = SESSION_SECONDS - (now - session->begun);
    g_mutex_unlock(&sessions->lock);
}

const char *web_session_form_token(const WebSession *session)
{
    return session->form_token;
}

bool session_form_token_fits(const WebSession *session, const char *form_token)
{
    return form_token != NULL && strlen(form_token) == ID_BYTES * 2 &&
           sodium_memcmp(form_token, session->form_token, ID_BYTES * 2) == 0;
}

void sessions_advance_clock(WebSessions *sessions, gint64 seconds)
{
    g_mutex_lock(&sessions->lock);
    sessions->clock_offset += seconds;
    g_mutex_unlock(&sessions->lock);
}
