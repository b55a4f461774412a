/* web/shared.h: what the web servers of one case must know of one another.
 *
 *                      a case on a server                 a case in a folder
 *     sessions         the case, and each process         the process
 *     login links      the case                           the process
 *     wrong guesses    the case                           the process
 *     codes used       the case                           the case
 *
 * So behind one address several `zenhar serve` are one: in at one is in at all, out at one is out
 * at all, a link or code is good once among them, and guessing is counted together. What stays with
 * each process: files that are arriving, pieces of pages that were drawn, limits of connections.
 *
 * Kept by store/shared.h, sealed and authenticated under a key derived from the case's and bound to
 * the name, so that who keeps the database reads no form token and makes no session; a row that was
 * removed can be put back by them, until it ends. Names are keyed hashes. Clocks of the machines
 * must agree within a minute, as codes need it anyway. A role of the database that only reads
 * shares nothing: then all of it is the process' own, and nobody gets in by a password. */
#pragma once
#include "web/app.h"

enum { SHARED_TOUCH_SECONDS = 60 }; /**< how often a session's use is noted for the others */

/** Do servers share the case's sessions? */
bool shared_on(const Web *web);
/** What cookies of the case are called after, the same at each of its servers. Transfers. */
char *shared_cookie_tag(const Web *web);

/* ---- sessions ---- */

/** Tells the others of a session that began or changed, through a connection that writes. True
 *  without doing anything where nothing is shared. */
bool shared_session_put(Web *web, Store *store, WebSession *session, GError **error);
/** The session of that id which another server opened. Referenced; NULL: none. */
WebSession *shared_session_find(Web *web, Store *store, const char *id);
/** Did it end at another server? Notes its use for the others. True: it goes on. */
bool shared_session_check(Web *web, Store *store, WebSession *session);
/** Ends it everywhere. */
bool shared_session_end(Web *web, WebSession *session, GError **error);
/** Ends all sessions of an account, everywhere, but one (NULL: all), which goes on under the
 *  password that the account has now. */
bool shared_sessions_end_user(Web *web, gint64 user_id, WebSession *but, GError **error);

/* ---- login links ---- */

/** A token that logs in once, at any server of the case. Transfers. */
char *shared_link_new(Web *web, const char *name);
/** For whom it was made; NULL: it is not good any more. Transfers. */
char *shared_link_name(Web *web, const char *token);
/** Spends it: the id of a session, not put yet; NULL when it is not good any more. Transfers. */
char *shared_link_spend(Web *web, const char *token);

/* ---- the second factor, wrong guesses ---- */

/** The last step whose code was used; 0 none. */
bool shared_code_used(Web *web, Store *store, gint64 user_id, guint64 *ret_step, GError **error);
/** Uses it up, in the case. *ret_done false: somebody was faster. */
bool shared_code_take(Web *web, gint64 user_id, guint64 step, bool *ret_done, GError **error);
/** As throttle_wait, throttle_failed and throttle_forget; store: one that reads. */
guint shared_wait(Web *web, Store *store, const char *key);
void shared_failed(Web *web, const char *key);
void shared_forgive(Web *web, const char *key);
