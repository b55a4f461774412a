/* tests/web/session.h: accounts' sessions and forms sent in them. */
#pragma once
#include "case.h"

/* A session of an account, as the header to send; its form token. */
static inline char *session_of_user(gint64 user_id, WebRole role, char **ret_form_token)
{
    const WebIdentity identity = {user_id, (char *)web_role_word(role), role};
    WebSessions *sessions = web_server_sessions(web->server);
    g_autofree char *id = sessions_open(sessions, &identity);
    g_assert_nonnull(id);
    WebSession *session = sessions_find(sessions, id);
    *ret_form_token = g_strdup(web_session_form_token(session));
    session_unref(session);
    g_autofree char *set = web_cookie(web->server, id);
    return g_strdup_printf("Cookie: %.*s\r\n", (int)strcspn(set, ";"), set);
}

/* Of the account of that role. */
static inline char *session_of(WebRole role, char **ret_form_token)
{
    gint64 user_id = 1;
    while ((1 << (user_id - 1)) != (int)role)
        user_id++;
    return session_of_user(user_id, role, ret_form_token);
}

/* By one connection of the test's own: a new one each time was half the time of a run on a server.
 */
static inline gint64 log_size(void)
{
    static Store *store;
    g_autoptr(GError) error = NULL;
    if (store == NULL)
        store = evidence_open_with_keys(folder, web->keys, STORE_READ, &error);
    g_assert_no_error(error);
    const gint64 size = app_log_size(store, &error);
    g_assert_no_error(error);
    return size;
}

/* Sends a form; its status. ret_text: NULL, or the page (transfers). */
static inline guint post_as(const char *path, const char *header, const char *token,
                            const char *fields, char **ret_text)
{
    g_autofree char *body = g_strdup_printf("form_token=%s&%s", token, fields);
    RawAnswer answer;
    raw_request(web_port(web), "POST", path, header, body, &answer);
    const guint status = answer.status;
    if (ret_text != NULL)
        *ret_text = g_strdup(answer.text);
    raw_clear(&answer);
    return status;
}

/* Likewise as the account of that role, in a session of its own. */
static inline guint post(const char *path, WebRole role, const char *fields, char **ret_text)
{
    g_autofree char *token = NULL, *header = session_of(role, &token);
    return post_as(path, header, token, fields, ret_text);
}
