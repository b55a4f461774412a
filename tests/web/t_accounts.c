/* Accounts: passwords, the second factor against RFC 6238, throttling that shuts nobody out,
 * sessions. */
#include "case.h"
#include "session.h"

/* RFC 6238, appendix B, SHA-1: the secret is "12345678901234567890". */
static void totp_gives_the_numbers_of_the_rfc(void)
{
    static const struct {
        gint64 time;
        guint32 number;
    } ROWS[] = {{59, 94287082},         {1111111109, 7081804},  {1111111111, 14050471},
                {1234567890, 89005924}, {2000000000, 69279037}, {20000000000, 65353130}};
    const char *secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        guint32 number;
        g_assert_true(account_totp_number(secret, (guint64)ROWS[i].time / 30, 8, &number));
        g_assert_cmpuint(number, ==, ROWS[i].number);
    }
    guint32 number;
    g_assert_false(account_totp_number("not base32!", 1, 6, &number));
    g_assert_false(account_totp_number("", 1, 6, &number));
}

static void totp_takes_a_step_of_slack_and_each_code_once(void)
{
    g_autofree char *secret = account_totp_new();
    const gint64 now = 1800000000;
    const guint64 step = (guint64)now / 30;
    guint64 used = 0;
    for (int off = -3; off <= 3; off++) {
        guint32 number;
        g_assert_true(account_totp_number(secret, step + (guint64)off, 6, &number));
        g_autofree char *code = g_strdup_printf("%06u", number);
        g_assert_true(account_totp_fits(secret, code, now, 0, &used) == (ABS(off) <= 1));
    }
    guint32 number;
    account_totp_number(secret, step, 6, &number);
    g_autofree char *code = g_strdup_printf("%03u %03u", number / 1000, number % 1000);
    g_assert_true(account_totp_fits(secret, code, now, 0, &used));
    g_assert_cmpuint(used, ==, step);
    g_assert_false(account_totp_fits(secret, code, now, used, &used)); /* seen over a shoulder */
    g_assert_false(account_totp_fits(secret, "12345", now, 0, &used));
    g_assert_false(account_totp_fits(secret, "1234567", now, 0, &used));
    g_assert_false(account_totp_fits(secret, "abcdef", now, 0, &used));
}

/* Within one second too: the first of 16 was just used, so the second goes for the 17th. */
static void the_longest_silent_session_gives_way(void)
{
    WebSessions *sessions = sessions_new();
    const WebIdentity identity = {7, (char *)"sara", WEB_ANALYST};
    char *ids[SESSION_MAX_USER + 1];
    for (int i = 0; i <= SESSION_MAX_USER; i++) {
        if (i == SESSION_MAX_USER)
            session_unref(sessions_find(sessions, ids[0]));
        ids[i] = sessions_open(sessions, &identity);
    }
    for (int i = 0; i <= SESSION_MAX_USER; i++) {
        WebSession *session = sessions_find(sessions, ids[i]);
        g_assert_true((session != NULL) == (i != 1));
        if (session != NULL)
            session_unref(session);
        g_free(ids[i]);
    }
    sessions_free(sessions);
}

static void bad_accounts_are_refused(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = evidence_open_with_keys(folder, web->keys, STORE_WRITE, &error);
    static const struct {
        const char *name, *role, *password;
    } ROWS[] = {{"a", "reader", PASSWORD},
                {"with blank", "reader", PASSWORD},
                {"<b>", "reader", PASSWORD},
                {"sara", "queen", PASSWORD},
                {"reader1", "reader", PASSWORD},
                {"sara", "reader", "short"},
                {"sara", "reader", "i am SARA of tehran"}};
    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        g_assert_cmpint(
            account_add(store, ROWS[i].name, ROWS[i].role, I18N_ENGLISH, ROWS[i].password, &error),
            ==, 0);
        g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE);
        g_clear_error(&error);
    }
    g_assert_cmpint(store_user_count(store, &error), ==, WEB_N_ROLES);
}

static void throttle_waits_longer_and_forgets(void)
{
    Throttle *throttle = throttle_new();
    for (int i = 0; i < THROTTLE_FREE - 1; i++) {
        throttle_failed(throttle, "a");
        g_assert_cmpuint(throttle_wait(throttle, "a"), ==, 0);
    }
    guint last = 0;
    for (int i = 0; i < 12; i++) {
        throttle_failed(throttle, "a");
        const guint wait = throttle_wait(throttle, "a");
        g_assert_cmpuint(wait + 1, >=, MIN(2 * last, (guint)THROTTLE_LONGEST));
        last = wait;
    }
    g_assert_cmpuint(last, >=, THROTTLE_LONGEST - 1);
    g_assert_cmpuint(throttle_wait(throttle, "b"), ==, 0);
    throttle_advance_clock(throttle, THROTTLE_LONGEST + 1);
    g_assert_cmpuint(throttle_wait(throttle, "a"), ==, 0);
    throttle_advance_clock(throttle, THROTTLE_FORGET);
    throttle_failed(throttle, "a");
    g_assert_cmpuint(throttle_wait(throttle, "a"), ==, 0);
    for (int i = 0; i < THROTTLE_MOST + 100; i++) { /* many names do not fill the memory */
        g_autofree char *key = g_strdup_printf("name %d", i);
        throttle_failed(throttle, key);
    }
    throttle_free(throttle);
}

/* ---- over HTTP ---- */

/* cookies: "" or the header to send. ret_cookies: both cookies as a header (transfers). */
static guint enter(const char *name, const char *password, const char *code, const char *cookies,
                   char **ret_cookies)
{
    g_autofree char *body = g_strdup_printf("name=%s&password=%s&code=%s", name, password, code);
    for (char *at = body; *at != '\0'; at++)
        if (*at == ' ')
            *at = '+';
    RawAnswer answer;
    raw_request(web_port(web), "POST", "/en/enter", cookies, body, &answer);
    if (ret_cookies != NULL) {
        g_autoptr(GString) header = g_string_new("Cookie: ");
        for (const char *at = answer.text; (at = strstr(at, "Set-Cookie: ")) != NULL;) {
            at += strlen("Set-Cookie: ");
            g_string_append_printf(header, "%.*s; ", (int)strcspn(at, ";"), at);
        }
        g_string_append(header, "\r\n");
        *ret_cookies = g_string_free(g_steal_pointer(&header), FALSE);
    }
    const guint status = answer.status;
    raw_clear(&answer);
    return status;
}

static guint status_of(const char *path, const char *cookies)
{
    RawAnswer answer;
    get(path, cookies, &answer);
    const guint status = answer.status;
    raw_clear(&answer);
    return status;
}

static void name_and_password_open_a_session(void)
{
    g_autofree char *cookies = NULL;
    g_assert_cmpuint(enter("analyst1", "wrong password", "", NULL, NULL), ==, 403);
    g_assert_cmpuint(enter("nobody", PASSWORD, "", NULL, NULL), ==, 403);
    g_assert_cmpuint(enter("analyst1", PASSWORD, "", NULL, &cookies), ==, 303);
    g_assert_cmpuint(status_of("/en/", cookies), ==, 200);
    g_assert_cmpuint(status_of("/en/users", cookies), ==, 403);
    g_assert_cmpuint(status_of("/en/rate", cookies), ==, 200);
}

/* Guessing slows down strangers; who was in before gets in meanwhile. */
static void guessing_shuts_nobody_out(void)
{
    g_autofree char *cookies = NULL, *again = NULL;
    g_assert_cmpuint(enter("advocate1", PASSWORD, "", NULL, &cookies), ==, 303);
    guint status = 0;
    for (int i = 0; i < 12 && status != 429; i++)
        status = enter("advocate1", "a guess of somebody", "", NULL, NULL);
    g_assert_cmpuint(status, ==, 429);
    /* Four more, each after its wait: the next is 16 s, longer than a slow machine needs below. */
    for (int i = 0; i < 4; i++) {
        throttle_advance_clock(web->throttle, THROTTLE_LONGEST);
        g_assert_cmpuint(enter("advocate1", "a guess of somebody", "", NULL, NULL), ==, 403);
    }
    g_assert_cmpuint(enter("advocate1", PASSWORD, "", NULL, NULL), ==, 429); /* a stranger waits */
    g_assert_cmpuint(enter("advocate1", PASSWORD, "", cookies, &again), ==, 303);
    g_assert_cmpuint(status_of("/en/", again), ==, 200);
    /* The cookie of another account helps nobody. */
    g_autofree char *others = NULL;
    g_assert_cmpuint(enter("reader1", PASSWORD, "", NULL, &others), ==, 303);
    g_assert_cmpuint(enter("advocate1", PASSWORD, "", others, NULL), ==, 429);
    throttle_advance_clock(web->throttle, THROTTLE_FORGET);
    g_assert_cmpuint(enter("advocate1", PASSWORD, "", NULL, NULL), ==, 303);
}

static void a_shut_account_is_out_at_once(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *cookies = NULL;
    g_assert_cmpuint(enter("reader1", PASSWORD, "", NULL, &cookies), ==, 303);
    g_autoptr(Store) store = evidence_open_with_keys(folder, web->keys, STORE_WRITE, &error);
    must(account_set_disabled(store, 5, true, &error), error);
    sessions_end_user(web_server_sessions(web->server), 5, NULL);
    g_assert_cmpuint(status_of("/en/", cookies), ==, 403);
    g_assert_cmpuint(enter("reader1", PASSWORD, "", cookies, NULL), ==, 403);
    must(account_set_disabled(store, 5, false, &error), error);
}

static void the_second_factor_is_asked_for(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *secret = account_totp_new();
    g_autoptr(Store) store = evidence_open_with_keys(folder, web->keys, STORE_WRITE, &error);
    must(account_set_totp(store, 2, secret, &error), error);
    g_assert_cmpuint(enter("documenter1", PASSWORD, "", NULL, NULL), ==, 403);
    g_assert_cmpuint(enter("documenter1", PASSWORD, "000000", NULL, NULL), ==, 403);
    guint32 number;
    account_totp_number(secret, (guint64)(g_get_real_time() / G_USEC_PER_SEC) / 30, 6, &number);
    g_autofree char *code = g_strdup_printf("%06u", number);
    g_assert_cmpuint(enter("documenter1", PASSWORD, code, NULL, NULL), ==, 303);
    g_assert_cmpuint(enter("documenter1", PASSWORD, code, NULL, NULL), ==, 403); /* once */
    /* It is sealed: nobody reads it out of the table. */
    g_autoptr(StoreUser) user = store_user_load(store, 2, &error);
    g_assert_null(user->totp_secret);
    must(account_set_password(store, 2, "another four words", &error), error);
    must(store_unseal(store, 0, "test", &error), error);
    g_autoptr(StoreUser) kept = store_user_load(store, 2, &error);
    g_assert_cmpstr(kept->totp_secret, ==, secret); /* a change of password leaves it */
    must(account_set_totp(store, 2, NULL, &error), error);
    must(account_set_password(store, 2, PASSWORD, &error), error);
}

/* A session by a link made out to that name: its header to send, its form token. */
static char *in_by_link(const char *name, char **ret_token)
{
    g_autofree char *link = web_login_link(web, I18N_ENGLISH, name);
    g_autofree char *body = g_strdup(strstr(link, "token="));
    g_autofree char *page = g_strconcat("/en/login?", body, NULL);
    RawAnswer answer;
    raw_request(web_port(web), "GET", page, NULL, NULL, &answer);
    g_assert_cmpuint(answer.status, ==, 200);
    g_assert_true(name[0] == '\0' || strstr(answer.text, name) != NULL);
    raw_clear(&answer);
    raw_request(web_port(web), "POST", "/en/login", NULL, body, &answer);
    g_assert_cmpuint(answer.status, ==, 303);
    g_autofree char *set = raw_header(&answer, "Set-Cookie");
    raw_clear(&answer);
    g_auto(GStrv) parts = g_strsplit_set(set, "=;", 3);
    WebSession *session = sessions_find(web_server_sessions(web->server), parts[1]);
    g_assert_nonnull(session);
    *ret_token = g_strdup(web_session_form_token(session));
    session_unref(session);
    return g_strdup_printf("Cookie: %.*s\r\n", (int)strcspn(set, ";"), set);
}

/* Two who both hold a link are told apart, by what they see and by what they change. */
static void links_have_names_in_the_audit_trail(void)
{
    g_autoptr(GError) error = NULL;
    static const char *const NAMES[] = {"Field office", "میز شمال", ""};
    for (gsize i = 0; i < G_N_ELEMENTS(NAMES); i++) {
        g_autofree char *token = NULL, *header = in_by_link(NAMES[i], &token);
        g_autofree char *actor = g_strconcat("link:", NAMES[i], NULL);
        RawAnswer answer;
        get("/en/downloads/O1", header, &answer);
        g_assert_cmpuint(answer.status, ==, 200);
        raw_clear(&answer);
        g_assert_cmpuint(post_as("/en/correct/R3", header, token, "title=x&reason=by+link", NULL),
                         ==, 303);
        g_assert_cmpuint(post_as("/en/reveal/T3", header, token, "reason=by+link", NULL), ==, 200);
        g_autoptr(Store) store = evidence_open_with_keys(folder, web->keys, STORE_READ, &error);
        const StorePage last = {.limit = 5, .descending = true};
        g_autoptr(GPtrArray) entries = store_audit_list(store, &last, &error);
        static const char *const ACTIONS[] = {"unseal", "look", "correct", "look", "login"};
        for (guint k = 0; k < entries->len; k++) {
            const StoreAudit *entry = entries->pdata[k];
            g_assert_cmpstr(entry->action, ==, ACTIONS[k]);
            g_assert_cmpint(entry->user_id, ==, 0);
            g_assert_cmpstr(entry->actor, ==, actor);
        }
        get("/en/audit", header, &answer);
        g_assert_nonnull(
            strstr(answer.text, NAMES[i][0] != '\0' ? NAMES[i] : "a login link without a name"));
        raw_clear(&answer);
    }
    /* an account's entry needs none, and the command line's has none */
    const StorePage all = {0};
    g_autoptr(Store) store = evidence_open_with_keys(folder, web->keys, STORE_WRITE, &error);
    g_assert_true(store_audit_look(store, 0, STORE_KIND_REPORT, 1, NULL, "typed", &error));
    g_autoptr(GPtrArray) entries = store_audit_list(store, &all, &error);
    for (guint k = 0; k < entries->len; k++) {
        const StoreAudit *entry = entries->pdata[k];
        g_assert_true(entry->user_id == 0 || entry->actor == NULL);
    }
    g_assert_null(((const StoreAudit *)entries->pdata[entries->len - 1])->actor);
    static const char *const WRONG[] = {"",          "   ",  "a\nb",
                                        "\u202eabc", "\xff", "123456789012345678901234567890123"};
    for (gsize i = 0; i < G_N_ELEMENTS(WRONG); i++)
        g_assert_false(web_link_name_fits(WRONG[i]));
}

static void who_got_in_is_in_the_audit_trail(void)
{
    g_autoptr(GError) error = NULL;
    g_assert_cmpuint(enter("administrator1", PASSWORD, "", NULL, NULL), ==, 303);
    g_autoptr(Store) store = evidence_open_with_keys(folder, web->keys, STORE_READ, &error);
    const StorePage last = {.limit = 1, .descending = true};
    g_autoptr(GPtrArray) entries = store_audit_list(store, &last, &error);
    const StoreAudit *entry = entries->pdata[0];
    g_assert_cmpstr(entry->action, ==, "login");
    g_assert_cmpint(entry->user_id, ==, 1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(sodium_init(), >=, 0);
    case_make();
    cookie = log_in();
    g_test_add_func("/web/accounts/totp_gives_the_numbers_of_the_rfc",
                    totp_gives_the_numbers_of_the_rfc);
    g_test_add_func("/web/accounts/totp_takes_a_step_of_slack_and_each_code_once",
                    totp_takes_a_step_of_slack_and_each_code_once);
    g_test_add_func("/web/accounts/the_longest_silent_session_gives_way",
                    the_longest_silent_session_gives_way);
    g_test_add_func("/web/accounts/bad_accounts_are_refused", bad_accounts_are_refused);
    g_test_add_func("/web/accounts/throttle_waits_longer_and_forgets",
                    throttle_waits_longer_and_forgets);
    g_test_add_func("/web/accounts/name_and_password_open_a_session",
                    name_and_password_open_a_session);
    g_test_add_func("/web/accounts/guessing_shuts_nobody_out", guessing_shuts_nobody_out);
    g_test_add_func("/web/accounts/a_shut_account_is_out_at_once", a_shut_account_is_out_at_once);
    g_test_add_func("/web/accounts/the_second_factor_is_asked_for", the_second_factor_is_asked_for);
    g_test_add_func("/web/accounts/links_have_names_in_the_audit_trail",
                    links_have_names_in_the_audit_trail);
    g_test_add_func("/web/accounts/who_got_in_is_in_the_audit_trail",
                    who_got_in_is_in_the_audit_trail);
    int status = g_test_run();
    web_stop(web);
    g_free(cookie);
    g_free(folder);
    return status;
}
