/* web/session.h: login tokens that work once, and the sessions they open. Safe from any thread.
 *
 * Tokens and session ids are 32 random bytes in hexadecimal. The tables keep only their BLAKE2b
 * hash, so that how long a look-up takes tells nothing about an id. A session ends after an hour
 * of silence, after eight hours in any case, at logout, when its account's password changes, and
 * with the process; one that several servers of a case share (shared.h) with none of them. */
#pragma once
#include "web/role.h"
#include <glib.h>
#include <stdbool.h>

enum {
    SESSION_ID_CHARS = 64,
    SESSION_TOKEN_SECONDS = 3600, /**< a login link is good for */
    SESSION_SECONDS = 8 * 3600,   /**< a session lasts at most */
    SESSION_IDLE_SECONDS = 3600,  /**< a session outlives silence by */
    SESSION_MAX = 256,            /**< at a time */
    SESSION_MAX_USER = 16,        /**< of one account; its longest silent one ends for a new one */
    SESSION_MAX_TOKENS = 64,      /**< unspent at a time; the oldest goes first */
    SESSION_NAME_BYTES = 128,     /**< of for whom a link was made */
};

/** Who is at the browser. */
typedef struct {
    gint64 user_id; /**< StoreUser; 0: whoever had the server's login link */
    char *name;     /**< of the account, or for whom the link was made; "" a nameless link's */
    WebRole role;
    guint64 password; /**< mark of the password that it was opened by (account_password_mark); 0 of
                       *   a link */
} WebIdentity;

typedef struct WebSession WebSession;

/** A session as it is kept elsewhere. */
typedef struct {
    char key[33];        /**< hash of its id, in hexadecimal */
    char form_token[65]; /**< in hexadecimal */
    WebIdentity identity;
    gint64 age, silent; /**< seconds since it began, and since it was used last */
} WebSessionState;
typedef struct WebSessions WebSessions;

WebSessions *sessions_new(void);
void sessions_free(WebSessions *sessions);

/** A token that logs in once, made for `name` ("" nobody in particular). Transfers. */
char *sessions_token_new(WebSessions *sessions, const char *name);
/** For whom it was made, if it is good still; NULL when it is not. Does not spend it. Transfers. */
char *sessions_token_name(WebSessions *sessions, const char *token);
/** Spends a token: the new session's id, or NULL. The link's session is an administrator's: whoever
 *  started the server holds the case. Transfers. */
char *sessions_login(WebSessions *sessions, const char *token);
/** A session for an account; its id, or NULL when there are too many. Transfers. */
char *sessions_open(WebSessions *sessions, const WebIdentity *identity);
/** Ends all sessions of an account but one (NULL: all). */
void sessions_end_user(WebSessions *sessions, gint64 user_id, const WebSession *but);
/** The living session of that id, referenced; NULL when there is none. */
WebSession *sessions_find(WebSessions *sessions, const char *id);
void sessions_end(WebSessions *sessions, WebSession *session);
void session_unref(WebSession *session);

/** Borrowed from the session. */
const WebIdentity *web_session_identity(const WebSession *session);
/** Seconds until it ends, if nothing is done, and in any case. */
void web_session_left(WebSessions *sessions, const WebSession *session, gint64 *ret_idle,
                      gint64 *ret_whole);
/** What every form of the session carries, against forged requests. Borrowed. */
const char *web_session_form_token(const WebSession *session);
/** Compares without telling by time where they differ; false for NULL. */
bool session_form_token_fits(const WebSession *session, const char *form_token);

/** The hash by which the tables know an id or token. */
void sessions_key(const char *id, char key[33]);
/** What a session is; its name is borrowed from the session. */
void web_session_state(WebSessions *sessions, const WebSession *session, WebSessionState *ret);
/** Takes in a session that another server opened, or `session` was used there since. Referenced;
 *  NULL: it has ended, or there are too many. */
WebSession *sessions_adopt(WebSessions *sessions, const WebSessionState *state);
/** Is it kept elsewhere as well? */
bool web_session_shared(const WebSession *session);
void web_session_set_shared(WebSession *session);
/** The mark of its account's password, changed by the session itself. */
guint64 web_session_password(WebSessions *sessions, const WebSession *session);
void web_session_set_password(WebSessions *sessions, WebSession *session, guint64 mark);

/** Moves the clock by so many seconds; tests only. */
void sessions_advance_clock(WebSessions *sessions, gint64 seconds);
