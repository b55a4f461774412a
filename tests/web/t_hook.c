/* The door for gateways of short messages, over a real socket: who may send, what is answered,
 * and what is in the case afterwards. */
#include "evidence/evidence.h"
#include "raw.h"
#include "store/report.h"
#include "support.h"
#include "web/hook.h"

#include <sodium.h>
#include <string.h>

static const StoreKeyCost CHEAP = {1, 8 << 20};
#define SECRET "a secret of the test, long enough"
#define MESSAGE                                                                                    \
    "{\"from\":\"+989120000001\",\"id\":\"%d\",\"text\":\"در شیراز سه نفر بازداشت شدند\"}"

static Store *store;
static char *folder;

static WebHook *hook_start(const WebHookStart *asked)
{
    g_autoptr(GError) error = NULL;
    WebHookStart start = *asked;
    start.name = "phone";
    start.folder = folder;
    start.keys = store_keys(store);
    start.secret = SECRET;
    WebHook *hook = web_hook_start(&start, &error);
    g_assert_no_error(error);
    return hook;
}

static gint64 reports(void)
{
    g_autoptr(GError) error = NULL;
    gint64 n = store_report_count(store, &error);
    g_assert_no_error(error);
    return n;
}

static guint post(WebHook *hook, const char *headers, const char *body)
{
    RawAnswer answer;
    raw_request(web_hook_port(hook), "POST", "/sms", headers, body, &answer);
    guint status = answer.status;
    if (status == 429 || status == 503) {
        g_autofree char *wait = raw_header(&answer, "Retry-After");
        g_assert_cmpstr(wait, !=, "");
    }
    g_assert_null(strstr(answer.text, SECRET));
    raw_clear(&answer);
    return status;
}

static char *message(int id)
{
    return g_strdup_printf(MESSAGE, id);
}

#define JSON "Content-Type: application/json\r\n"
#define KEY  "X-Zenhar-Secret: " SECRET "\r\n"

static void test_a_message_is_kept_and_comes_once(void)
{
    WebHook *hook = hook_start(&(WebHookStart){0});
    gint64 before = reports();
    g_autofree char *body = message(1);
    g_assert_cmpuint(post(hook, JSON KEY, body), ==, 200);
    g_assert_cmpint(reports(), ==, before + 1);
    g_assert_cmpuint(post(hook, JSON KEY, body), ==, 200);
    g_assert_cmpint(reports(), ==, before + 1);
    g_assert_cmpuint(post(hook, "Content-Type: application/x-www-form-urlencoded\r\n" KEY,
                          "From=%2B989120000001&Body=%D8%B3%D9%84%D8%A7%D9%85&MessageSid=SM2"),
                     ==, 200);
    g_assert_cmpint(reports(), ==, before + 2);
    guint64 refused;
    g_assert_cmpuint(web_hook_taken(hook, &refused), ==, 2);
    g_assert_cmpuint(refused, ==, 0);
    web_hook_stop(hook);
}

static const struct {
    const char *claim, *method, *target, *headers, *body;
    guint status;
} REFUSED[] = {
    {"no_secret", "POST", "/sms", JSON, "{\"text\":\"a\"}", 401},
    {"wrong_secret", "POST", "/sms", JSON "X-Zenhar-Secret: a secret of the test, long enougH\r\n",
     "{\"text\":\"a\"}", 401},
    {"a_beginning_of_the_secret", "POST", "/sms", JSON "X-Zenhar-Secret: a secret\r\n",
     "{\"text\":\"a\"}", 401},
    {"secret_in_the_address", "POST", "/sms?secret=a+secret+of+the+test%2C+long+enough", JSON,
     "{\"text\":\"a\"}", 401},
    {"no_message", "POST", "/sms", JSON KEY, "{\"from\":\"1\"}", 400},
    {"no_json", "POST", "/sms", JSON KEY, "{", 400},
    {"no_utf8", "POST", "/sms", JSON KEY, "{\"text\":\"\xD3\"}", 400},
    {"nothing", "POST", "/sms", JSON KEY, "", 400},
    {"get", "GET", "/sms", KEY, NULL, 405},
    {"put", "PUT", "/sms", JSON KEY, "{\"text\":\"a\"}", 405},
    {"elsewhere", "POST", "/", JSON KEY, "{\"text\":\"a\"}", 404},
    {"pages_of_the_case_are_not_here", "GET", "/fa/reports", KEY, NULL, 404},
};

static void test_refused(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    WebHook *hook = hook_start(&(WebHookStart){0});
    gint64 before = reports();
    RawAnswer answer;
    raw_request(web_hook_port(hook), REFUSED[i].method, REFUSED[i].target, REFUSED[i].headers,
                REFUSED[i].body, &answer);
    g_assert_cmpuint(answer.status, ==, REFUSED[i].status);
    raw_clear(&answer);
    g_assert_cmpint(reports(), ==, before);
    web_hook_stop(hook);
}

static void test_too_long(void)
{
    WebHook *hook = hook_start(&(WebHookStart){0});
    g_autoptr(GString) body = g_string_new("{\"text\":\"");
    while (body->len < 70000)
        g_string_append_c(body, 'a');
    g_string_append(body, "\"}");
    g_assert_cmpuint(post(hook, JSON KEY, body->str), ==, 413);
    web_hook_stop(hook);
}

static void test_bearer(void)
{
    WebHook *hook = hook_start(&(WebHookStart){.header = "Authorization"});
    g_autofree char *body = message(20);
    g_assert_cmpuint(post(hook, JSON "Authorization: Bearer " SECRET "\r\n", body), ==, 200);
    g_assert_cmpuint(post(hook, JSON "Authorization: Bearer\r\n", body), ==, 401);
    web_hook_stop(hook);
}

/* ---- signatures ---- */

/* By OpenSSL's and Python's hmac as well: HMAC-SHA256 under the bytes of the secret. */
static char *sign(const char *body, const char *time, bool base64)
{
    g_autoptr(GHmac) hmac = g_hmac_new(G_CHECKSUM_SHA256, (const guchar *)SECRET, strlen(SECRET));
    g_hmac_update(hmac, (const guchar *)body, (gssize)strlen(body));
    g_hmac_update(hmac, (const guchar *)time, (gssize)strlen(time));
    if (!base64)
        return g_strdup(g_hmac_get_string(hmac));
    guint8 digest[32];
    gsize length = sizeof digest;
    g_hmac_get_digest(hmac, digest, &length);
    return g_base64_encode(digest, length);
}

static guint post_signed(WebHook *hook, const char *name, const char *before, const char *signature,
                         const char *time, const char *body)
{
    g_autoptr(GString) headers = g_string_new(JSON);
    g_string_append_printf(headers, "%s: %s%s\r\n", name, before, signature);
    if (time[0] != '\0')
        g_string_append_printf(headers, "X-Timestamp: %s\r\n", time);
    return post(hook, headers->str, body);
}

static void test_signed(void)
{
    WebHook *hook = hook_start(&(WebHookStart){.hmac = true});
    g_autofree char *body = message(30), *other = message(31);
    g_autofree char *hex = sign(body, "", false), *base64 = sign(body, "", true);
    g_assert_cmpuint(post_signed(hook, "X-Signature", "", hex, "", body), ==, 200);
    g_assert_cmpuint(post_signed(hook, "X-Signature", "sha256=", hex, "", body), ==, 200);
    g_assert_cmpuint(post_signed(hook, "X-Signature", "", base64, "", body), ==, 200);
    g_assert_cmpuint(post_signed(hook, "X-Signature", "", hex, "", other), ==, 401);
    g_assert_cmpuint(post_signed(hook, "X-Signature", "", SECRET, "", body), ==, 401);
    hex[10] = hex[10] == '0' ? '1' : '0';
    g_assert_cmpuint(post_signed(hook, "X-Signature", "", hex, "", body), ==, 401);
    web_hook_stop(hook);
}

static void test_signed_with_time(void)
{
    WebHook *hook = hook_start(&(WebHookStart){.hmac = true, .time_header = "X-Timestamp"});
    g_autofree char *body = message(40);
    gint64 seconds = g_get_real_time() / G_USEC_PER_SEC;
    g_autofree char *now = g_strdup_printf("%" G_GINT64_FORMAT, seconds);
    g_autofree char *old = g_strdup_printf("%" G_GINT64_FORMAT, seconds - 3600);
    g_autofree char *fresh = sign(body, now, false), *stale = sign(body, old, false),
                    *bare = sign(body, "", false);
    g_assert_cmpuint(post_signed(hook, "X-Signature", "", fresh, now, body), ==, 200);
    g_assert_cmpuint(post_signed(hook, "X-Signature", "", stale, old, body), ==, 401);
    g_assert_cmpuint(post_signed(hook, "X-Signature", "", stale, now, body), ==, 401);
    g_assert_cmpuint(post_signed(hook, "X-Signature", "", bare, "", body), ==, 401);
    web_hook_stop(hook);
}

/* ---- limits ---- */

static void test_rate(void)
{
    WebHook *hook = hook_start(&(WebHookStart){.per_minute = 5});
    for (int i = 0; i < 5; i++) {
        g_autofree char *body = message(50 + i);
        g_assert_cmpuint(post(hook, JSON KEY, body), ==, 200);
    }
    gint64 before = reports();
    g_autofree char *body = message(60);
    g_assert_cmpuint(post(hook, JSON KEY, body), ==, 429);
    g_assert_cmpint(reports(), ==, before);
    web_hook_stop(hook);
}

/* Who guesses is slowed; who knows the secret is not kept out by it. */
static void test_guessing(void)
{
    WebHook *hook = hook_start(&(WebHookStart){0});
    guint last = 0;
    for (int i = 0; i <= WEB_HOOK_WRONG_PER_MINUTE; i++)
        last = post(hook, JSON "X-Zenhar-Secret: guess\r\n", "{\"text\":\"a\"}");
    g_assert_cmpuint(last, ==, 429);
    g_autofree char *body = message(70);
    g_assert_cmpuint(post(hook, JSON KEY, body), ==, 200);
    web_hook_stop(hook);
}

static void test_busy(void)
{
    WebHook *hook = hook_start(&(WebHookStart){0});
    g_autoptr(GError) error = NULL;
    g_assert_true(store_begin(store, &error)); /* another writer, for longer than 10 s */
    g_test_expect_message("zenhar", G_LOG_LEVEL_WARNING, "*Another program is writing*");
    g_autofree char *body = message(80);
    g_assert_cmpuint(post(hook, JSON KEY, body), !=, 200);
    web_hook_stop(hook); /* waits for its answer, that it was not kept */
    g_test_assert_expected_messages();
    store_rollback(store);
    hook = hook_start(&(WebHookStart){0});
    gint64 before = reports();
    g_assert_cmpuint(post(hook, JSON KEY, body), ==, 200);
    g_assert_cmpint(reports(), ==, before + 1);
    web_hook_stop(hook);
}

static void test_not_started(void)
{
    g_autoptr(GError) error = NULL;
    WebHookStart start = {
        .name = "phone", .folder = folder, .keys = store_keys(store), .secret = "short"};
    g_assert_null(web_hook_start(&start, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE);
    g_clear_error(&error);
    start.secret = SECRET;
    start.address = "0.0.0.0";
    g_assert_null(web_hook_start(&start, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_autoptr(GError) error = NULL;
    g_autofree char *parent = test_folder_new();
    folder = g_build_filename(parent, "test.zenhar", NULL);
    store = evidence_create(folder, "test", &CHEAP, &error);
    g_assert_no_error(error);
    g_test_add_func("/web/hook/a_message_is_kept_and_comes_once",
                    test_a_message_is_kept_and_comes_once);
    for (gsize i = 0; i < G_N_ELEMENTS(REFUSED); i++) {
        g_autofree char *name = g_strconcat("/web/hook/refused/", REFUSED[i].claim, NULL);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_refused);
    }
    g_test_add_func("/web/hook/refused/too_long", test_too_long);
    g_test_add_func("/web/hook/a_bearer_is_known", test_bearer);
    g_test_add_func("/web/hook/a_signature_of_the_body_is_known", test_signed);
    g_test_add_func("/web/hook/a_signed_time_must_be_now", test_signed_with_time);
    g_test_add_func("/web/hook/too_many_messages_wait", test_rate);
    g_test_add_func("/web/hook/guessing_is_slowed_and_keeps_nobody_out", test_guessing);
    g_test_add_func("/web/hook/what_is_not_kept_is_not_acknowledged", test_busy);
    g_test_add_func("/web/hook/no_door_without_a_secret_or_open_to_all", test_not_started);
    int status = g_test_run();
    EvidenceReport report;
    g_assert_true(evidence_verify(store, &report, &error));
    store_close(store);
    g_free(folder);
    return status;
}
