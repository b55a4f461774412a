/* Asks and letters by page: what each form does and what it refuses. A letter goes only sealed,
 * once, and only as it was shown; a reader changes nothing. The mails go to a server of the test's
 * own. */
#include "appeal/appeal.h"
#include "appeal/sign.h"
#include "letters.h"
#include "session.h"
#include "store/link.h"
#include <arpa/inet.h>
#include <sodium.h>
#include <sys/socket.h>
#include <unistd.h>

static void assert_last_audit(const char *action)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = reading();
    const StorePage last = {.limit = 1, .descending = true};
    g_autoptr(GPtrArray) entries = store_audit_list(store, &last, &error);
    g_assert_no_error(error);
    const StoreAudit *entry = entries->pdata[0];
    g_assert_cmpstr(entry->action, ==, action);
    g_assert_cmpint(entry->user_id, ==, 4); /* the advocate */
}

/* The value of a hidden field on a page. Transfers. */
static char *hidden(const char *path, const char *name)
{
    g_autofree char *token = NULL, *header = session_of(WEB_ADVOCATE, &token);
    g_autofree char *before = g_strdup_printf("name=\"%s\" value=\"", name);
    RawAnswer answer;
    get(path, header, &answer);
    g_assert_cmpuint(answer.status, ==, 200);
    const char *at = strstr(answer.text, before);
    char *value = at != NULL ? g_strndup(at + strlen(before), strcspn(at + strlen(before), "\""))
                             : g_strdup("");
    raw_clear(&answer);
    return value;
}

static StoreAppeal *letter_load(gint64 id)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = reading();
    StoreAppeal *letter = store_appeal_load(store, id, &error);
    g_assert_no_error(error);
    return letter;
}

/* Composed by form, for two of the asks, each on a day of its own: the same letter is not written
 * twice. Its id. */
static gint64 compose(gint64 office, const char *language)
{
    static int day;
    g_autofree char *text = NULL;
    g_autofree char *fields =
        g_strdup_printf("to=RC%" G_GINT64_FORMAT "&asks.AK2=yes&asks.AK4=yes&language=%s&"
                        "voice=case&date=2025-11-%02d",
                        office, language, ++day);
    g_assert_cmpuint(post("/en/compose", WEB_ADVOCATE, fields, &text), ==, 303);
    const char *at = strstr(text, "/en/seal/AP");
    g_assert_nonnull(at);
    g_assert_nonnull(strstr(at, "?voice=case"));
    return g_ascii_strtoll(at + strlen("/en/seal/AP"), NULL, 10);
}

static guint seal(gint64 id, char **ret_text)
{
    g_autofree char *path = g_strdup_printf("/en/seal/AP%" G_GINT64_FORMAT, id);
    g_autofree char *seen = hidden(path, "text");
    g_autofree char *fields = g_strdup_printf("text=%s&strict=no", seen);
    return post(path, WEB_ADVOCATE, fields, ret_text);
}

static gint64 sealed(gint64 office, const char *language)
{
    const gint64 id = compose(office, language);
    g_autofree char *text = NULL;
    if (seal(id, &text) != 303)
        g_error("%s", text);
    return id;
}

static gint64 delivery_of(gint64 letter, char **ret_status)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = reading();
    g_autoptr(GPtrArray) list = store_delivery_list_by_appeal(store, letter, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(list->len, ==, 1);
    const StoreDelivery *delivery = list->pdata[0];
    if (ret_status != NULL)
        *ret_status = g_strdup(delivery->status);
    return delivery->id;
}

/* ---- asks, letters ---- */

static void an_ask_stands_in_both_languages(void)
{
    const char *fields = "title=Access&title_fa=%D8%AF%D8%B3%D8%AA%D8%B1%D8%B3%DB%8C"
                         "&text=Let+them+in&text_fa=%D8%B1%D8%A7%D9%87+%D8%AF%D9%87%DB%8C%D8%AF"
                         "&basis=S-35/1&offices=States&rests=FG1";
    g_assert_cmpuint(post("/fa/ask", WEB_ADVOCATE, fields, NULL), ==, 303);
    assert_last_audit("ask");
    g_autoptr(Store) store = reading();
    const StorePage last = {.limit = 1, .descending = true};
    g_autoptr(GPtrArray) asks = store_ask_list(store, &last, NULL);
    const StoreAsk *ask = asks->pdata[0];
    g_assert_cmpstr(ask->text, ==, "Let them in");
    g_assert_cmpstr(ask->text_fa, ==, "راه دهید");
    g_assert_cmpstr(ask->title_fa, ==, "دسترسی");
    g_assert_null(ask->basis_fa);
}

static void a_letter_asks_for_what_was_chosen(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *none = NULL, *nobody = NULL;
    g_autofree char *without =
        g_strdup_printf("to=RC%" G_GINT64_FORMAT "&language=fa&voice=appeal", by_mail);
    const gint64 before = log_size();
    g_assert_cmpuint(post("/en/compose", WEB_ADVOCATE, without, &none), ==, 400);
    g_assert_cmpuint(post("/en/compose", WEB_ADVOCATE,
                          "to=RC999&asks.AK2=yes&language=fa&voice=appeal", &nobody),
                     ==, 400);
    g_assert_nonnull(strstr(nobody, "RC999"));
    g_assert_cmpuint(post("/en/compose", WEB_READER, without, NULL), ==, 403);
    g_assert_cmpint(log_size(), ==, before);
    const gint64 id = compose(by_mail, "en");
    assert_last_audit("compose");
    g_autoptr(Store) store = reading();
    g_autoptr(GPtrArray) links = store_link_list_from(store, STORE_KIND_APPEAL, id, NULL, &error);
    guint asks = 0;
    for (guint i = 0; i < links->len; i++) {
        const StoreLink *link = links->pdata[i];
        if (link->to_kind != STORE_KIND_ASK)
            continue;
        g_assert_true(link->to_id == 2 || link->to_id == 4);
        asks++;
    }
    g_assert_cmpuint(asks, ==, 2);
}

/* One that has Persian alone is told before an English letter carries it. */
static void an_ask_without_english_is_told(void)
{
    const char *ask = "text_fa=%D8%AE%D9%88%D8%A7%D8%B3%D8%AA%D9%87&basis=S-35/1&offices=States&"
                      "rests=FG1";
    g_assert_cmpuint(post("/fa/ask", WEB_ADVOCATE, ask, NULL), ==, 303);
    g_autoptr(Store) store = reading();
    const StorePage last = {.limit = 1, .descending = true};
    g_autoptr(GPtrArray) asks = store_ask_list(store, &last, NULL);
    const gint64 id = ((const StoreAsk *)asks->pdata[0])->id;
    for (int persian = 0; persian < 2; persian++) {
        g_autofree char *text = NULL;
        g_autofree char *fields = g_strdup_printf(
            "to=RC%" G_GINT64_FORMAT "&asks=AK%" G_GINT64_FORMAT "&language=%s&voice=appeal",
            by_mail, id, persian ? "fa" : "en");
        g_assert_cmpuint(post("/en/compose", WEB_ADVOCATE, fields, &text), ==, persian ? 303 : 400);
        g_assert_true(persian || strstr(text, "has no text in English") != NULL);
    }
}

static void only_what_was_read_is_sealed(void)
{
    const gint64 id = compose(by_mail, "fa");
    g_autofree char *path = g_strdup_printf("/en/seal/AP%" G_GINT64_FORMAT, id), *text = NULL;
    g_autofree char *other = g_strnfill(64, '0');
    g_autofree char *fields = g_strdup_printf("text=%s&strict=no", other);
    g_assert_cmpuint(post(path, WEB_ADVOCATE, fields, &text), ==, 400);
    g_assert_nonnull(strstr(text, "no longer the one"));
    g_assert_cmpuint(post(path, WEB_READER, fields, NULL), ==, 403);
    g_autoptr(StoreAppeal) draft = letter_load(id);
    g_assert_cmpstr(draft->status, ==, "draft");
    g_assert_cmpuint(seal(id, NULL), ==, 303);
    assert_last_audit("seal");
    g_autoptr(StoreAppeal) letter = letter_load(id);
    g_assert_cmpstr(letter->status, ==, "sealed");
    g_assert_cmpuint(strlen(letter->sha256), ==, 64);
}

static void set_grade(char reliability, gint32 credibility)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = writing();
    g_autoptr(StoreReport) report = store_report_load(store, 5, &error);
    g_assert_no_error(error);
    report->reliability = reliability;
    report->credibility = credibility;
    must(store_report_update(store, report, &error), error);
}

static void a_letter_whose_finding_no_longer_holds_is_not_sealed(void)
{
    const gint64 id = compose(by_mail, "en");
    g_autofree char *text = NULL;
    set_grade('E', 5); /* counted nowhere from now on */
    const guint status = seal(id, &text);
    set_grade('B', 2);
    g_assert_cmpuint(status, ==, 400);
    g_assert_nonnull(strstr(text, "no longer holds"));
    g_autoptr(StoreAppeal) letter = letter_load(id);
    g_assert_cmpstr(letter->status, ==, "draft");
    g_assert_null(letter->sha256);
}

/* ---- signatories ---- */

static void a_link_signs_once_and_is_shown_once(void)
{
    const gint64 id = sealed(by_mail, "fa");
    g_autofree char *path = g_strdup_printf("/en/signatories/AP%" G_GINT64_FORMAT, id);
    g_autofree char *text = NULL, *nameless = NULL, *list = NULL;
    g_assert_cmpuint(post(path, WEB_ADVOCATE, "how=named&days=14", &nameless), ==, 400);
    g_assert_cmpuint(post(path, WEB_READER, "how=unnamed&days=14", NULL), ==, 403);
    g_assert_cmpuint(post(path, WEB_ADVOCATE, "how=named&name=A+group&days=14", &text), ==, 200);
    assert_last_audit("invite");
    g_assert_nonnull(strstr(text, "Cache-Control: no-store"));
    g_assert_nonnull(strstr(text, "How to hand it over"));
    g_assert_nonnull(strstr(text, "It leads to this machine alone")); /* as a browser here asked */
    const char *at = strstr(text, "/fa/sign/");                       /* in the letter's language */
    g_assert_nonnull(at);
    g_autofree char *link = g_strndup(at, strspn(at, "/fasign0123456789bcde"));
    RawAnswer answer;
    get(link, NULL, &answer); /* without a session */
    g_assert_cmpuint(answer.status, ==, 200);
    raw_clear(&answer);
    raw_request(web_port(web), "POST", link, NULL, "a=b", &answer);
    g_assert_cmpuint(answer.status, ==, 200);
    raw_clear(&answer);
    get(path, cookie, &answer);
    g_assert_nonnull(strstr(answer.text, "A group"));
    g_assert_nonnull(strstr(answer.text, "by a one-time link"));
    g_assert_null(strstr(answer.text, link)); /* shown once */
    at = strstr(answer.text, "/en/withdraw/SG");
    g_assert_nonnull(at);
    g_autofree char *withdraw = g_strndup(at, strcspn(at, "\""));
    raw_clear(&answer);
    g_assert_cmpuint(post(withdraw, WEB_ADVOCATE, "reason=", NULL), ==, 400);
    g_assert_cmpuint(post(withdraw, WEB_ANALYST, "reason=x", NULL), ==, 403);
    g_assert_cmpuint(post(withdraw, WEB_ADVOCATE, "reason=they+ask", NULL), ==, 303);
    assert_last_audit("withdraw");
    g_assert_cmpuint(post(path, WEB_ADVOCATE, "how=unnamed&name=Kept+nowhere&days=7", &list), ==,
                     200);
    g_assert_null(strstr(list, "Kept nowhere"));
    g_assert_nonnull(strstr(list, "withdrawn"));
}

static char *hex_of(const guint8 *bytes, gsize n)
{
    char *hex = g_malloc(2 * n + 1);
    sodium_bin2hex(hex, 2 * n + 1, bytes, n);
    return hex;
}

/* What came by mail is entered: only a signature of that key over this letter's line is kept. */
static void a_signature_by_key_is_checked_first(void)
{
    const gint64 id = sealed(by_mail, "en");
    g_autofree char *path = g_strdup_printf("/en/keyed/AP%" G_GINT64_FORMAT, id);
    g_autofree char *list = g_strdup_printf("/en/signatories/AP%" G_GINT64_FORMAT, id);
    g_autoptr(StoreAppeal) letter = letter_load(id);
    g_autofree char *line = appeal_signed_message(letter->sha256);
    guint8 public[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES],
        signature[crypto_sign_BYTES];
    crypto_sign_keypair(public, secret);
    RawAnswer answer;
    get(path, cookie, &answer);
    g_assert_nonnull(strstr(answer.text, g_strchomp(line)));
    raw_clear(&answer);
    const char *const TEXTS[] = {"another line\n", NULL};
    for (gsize i = 0; i < G_N_ELEMENTS(TEXTS); i++) {
        g_autofree char *signed_text =
            TEXTS[i] != NULL ? g_strdup(TEXTS[i]) : appeal_signed_message(letter->sha256);
        crypto_sign_detached(signature, NULL, (const guint8 *)signed_text, strlen(signed_text),
                             secret);
        g_autofree char *key = hex_of(public, sizeof public),
                        *sign = hex_of(signature, sizeof signature), *text = NULL;
        g_autofree char *fields = g_strdup_printf(
            "how=named&name=Holder+of+a+key&key=%s%%0D%%0A&signature=%s", key, sign);
        const gint64 before = log_size();
        g_assert_cmpuint(post(path, WEB_READER, fields, NULL), ==, 403);
        g_assert_cmpuint(post(path, WEB_ADVOCATE, fields, &text), ==, TEXTS[i] != NULL ? 400 : 303);
        g_assert_true((log_size() == before) == (TEXTS[i] != NULL));
    }
    assert_last_audit("keyed");
    get(list, cookie, &answer);
    g_assert_nonnull(strstr(answer.text, "Holder of a key"));
    g_assert_nonnull(strstr(answer.text, "by an Ed25519 key"));
    raw_clear(&answer);
    sodium_memzero(secret, sizeof secret);
}

static void a_draft_is_not_signed(void)
{
    const gint64 id = compose(by_post, "fa");
    g_autofree char *path = g_strdup_printf("/en/signatories/AP%" G_GINT64_FORMAT, id);
    g_autofree char *text = NULL;
    g_assert_cmpuint(post(path, WEB_ADVOCATE, "how=unnamed&days=7", &text), ==, 400);
    g_assert_nonnull(strstr(text, "not sealed yet"));
}

/* ---- sending ---- */

/* A mail server of the test's own: says yes to everything, keeps what it was given. */
typedef struct {
    int listening;
    GString *mail;
    guint n;
    GMutex lock;
} Post;
static Post post_office;

static gboolean say(int fd, const char *line)
{
    return send(fd, line, strlen(line), MSG_NOSIGNAL) == (ssize_t)strlen(line);
}

static void serve_mail(int fd)
{
    g_autoptr(GString) got = g_string_new(NULL);
    bool data = false;
    char buffer[4096];
    say(fd, "220 test\r\n");
    for (ssize_t n; (n = recv(fd, buffer, sizeof buffer, 0)) > 0;) {
        g_string_append_len(got, buffer, n);
        for (char *end; (end = strstr(got->str, data ? "\r\n.\r\n" : "\r\n")) != NULL;) {
            const gsize length = (gsize)(end - got->str);
            if (data) {
                g_mutex_lock(&post_office.lock);
                g_string_assign(post_office.mail, got->str);
                post_office.n++;
                g_mutex_unlock(&post_office.lock);
            }
            const bool begins = !data && g_ascii_strncasecmp(got->str, "DATA", 4) == 0;
            const bool quit = !data && g_ascii_strncasecmp(got->str, "QUIT", 4) == 0;
            g_string_erase(got, 0, (gssize)(length + (data ? 5 : 2)));
            data = begins;
            if (!say(fd, begins ? "354 go on\r\n" : quit ? "221 bye\r\n" : "250 yes\r\n") || quit)
                return;
        }
    }
}

static gpointer answer_mail(gpointer data)
{
    (void)data;
    for (int fd; (fd = accept(post_office.listening, NULL, NULL)) >= 0;) {
        serve_mail(fd);
        close(fd);
    }
    return NULL;
}

static void post_office_open(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    g_mutex_init(&post_office.lock);
    post_office.mail = g_string_new(NULL);
    post_office.listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_assert_cmpint(bind(post_office.listening, (struct sockaddr *)&address, length), ==, 0);
    g_assert_cmpint(listen(post_office.listening, 4), ==, 0);
    getsockname(post_office.listening, (struct sockaddr *)&address, &length);
    g_thread_unref(g_thread_new("post", answer_mail, NULL));
    g_autofree char *settings = g_strdup_printf(
        "[send]\nserver=smtp://127.0.0.1:%d\nplain=true\nfrom=sender@example.org\nseconds=10\n",
        (int)ntohs(address.sin_port));
    g_autofree char *beside = test_folder_new();
    g_autofree char *path = g_build_filename(beside, "settings", NULL);
    g_assert_true(g_file_set_contents(path, settings, -1, NULL));
    web->mail = g_steal_pointer(&path);
}

static guint mails(void)
{
    g_mutex_lock(&post_office.lock);
    const guint n = post_office.n;
    g_mutex_unlock(&post_office.lock);
    return n;
}

static void an_unsealed_letter_cannot_be_sent(void)
{
    const gint64 id = compose(by_mail, "en");
    g_autofree char *path = g_strdup_printf("/en/deliver/AP%" G_GINT64_FORMAT, id);
    g_autofree char *seen = hidden(path, "seen"), *text = NULL, *status = NULL;
    g_assert_cmpstr(seen, ==, ""); /* no button */
    g_autofree char *made_up = g_strnfill(64, 'a');
    g_autofree char *fields = g_strdup_printf("seen=%s&confirm=send", made_up);
    g_assert_cmpuint(post(path, WEB_ADVOCATE, fields, &text), ==, 400);
    delivery_of(id, &status);
    g_assert_cmpstr(status, ==, "prepared");
    g_assert_cmpuint(mails(), ==, 0);
}

static void a_letter_goes_once_and_as_it_was_shown(void)
{
    const gint64 id = sealed(by_mail, "en");
    g_autofree char *path = g_strdup_printf("/en/deliver/AP%" G_GINT64_FORMAT, id);
    g_autofree char *seen = hidden(path, "seen"), *status = NULL, *text = NULL, *late = NULL;
    g_assert_cmpuint(strlen(seen), ==, 64);
    g_autofree char *fields = g_strdup_printf("seen=%s&confirm=send", seen);
    g_autofree char *unsure = g_strdup_printf("seen=%s&confirm=", seen);
    g_assert_cmpuint(post(path, WEB_READER, fields, NULL), ==, 403);
    g_assert_cmpuint(post(path, WEB_ADVOCATE, unsure, NULL), ==, 400);
    /* somebody changes the address between looking and sending */
    g_autoptr(GError) error = NULL;
    for (int back = 0; back < 2; back++) {
        g_autoptr(Store) store = writing();
        g_autoptr(StoreRecipient) office = store_recipient_load(store, by_mail, &error);
        g_free(office->email);
        office->email = g_strdup(back ? "desk@example.org" : "other@example.org");
        must(store_recipient_update(store, office, &error), error);
        if (!back)
            g_assert_cmpuint(post(path, WEB_ADVOCATE, fields, &late), ==, 400);
    }
    g_assert_nonnull(strstr(late, "has changed since"));
    g_assert_cmpuint(mails(), ==, 0);
    g_assert_cmpuint(post(path, WEB_ADVOCATE, fields, &text), ==, 200);
    g_assert_nonnull(strstr(text, "Sent: 1."));
    assert_last_audit("send");
    g_assert_cmpuint(mails(), ==, 1);
    g_assert_nonnull(strstr(post_office.mail->str, "To: "));
    g_assert_nonnull(strstr(post_office.mail->str, "desk@example.org"));
    g_assert_nonnull(strstr(post_office.mail->str, "application/pdf"));
    g_assert_cmpuint(post(path, WEB_ADVOCATE, fields, NULL), ==, 400); /* the same button again */
    g_assert_cmpuint(mails(), ==, 1);
    delivery_of(id, &status);
    g_assert_cmpstr(status, ==, "sent");
    g_autoptr(StoreAppeal) letter = letter_load(id);
    g_assert_cmpstr(letter->status, ==, "sent");
    /* nothing is left: a sentence, no table without rows */
    RawAnswer answer;
    get(path, cookie, &answer);
    g_assert_nonnull(strstr(answer.text, "Nothing of this letter is left to send"));
    g_assert_null(strstr(answer.text, "What would happen"));
    raw_clear(&answer);
}

static void without_a_mail_server_nothing_is_sent(void)
{
    const gint64 id = sealed(by_mail, "fa");
    g_autofree char *path = g_strdup_printf("/en/deliver/AP%" G_GINT64_FORMAT, id);
    g_autofree char *seen = hidden(path, "seen"), *text = NULL, *status = NULL;
    g_autofree char *fields = g_strdup_printf("seen=%s&confirm=send", seen);
    char *mail = g_steal_pointer(&web->mail);
    g_assert_cmpuint(post(path, WEB_ADVOCATE, fields, &text), ==, 400);
    web->mail = mail;
    g_assert_nonnull(strstr(text, "zenhar serve --mail FILE"));
    delivery_of(id, &status);
    g_assert_cmpstr(status, ==, "prepared");
}

#define RECEIPT                                                                                    \
    "--apart\r\nContent-Disposition: form-data; name=\"form_token\"\r\n\r\n%s\r\n"                 \
    "--apart\r\nContent-Disposition: form-data; name=\"day\"\r\n\r\n%s\r\n"                        \
    "--apart\r\nContent-Disposition: form-data; name=\"file\"; filename=\"r.txt\"\r\n\r\n"         \
    "posted in one piece\r\n--apart--\r\n"

static guint receive(const char *path, WebRole role, const char *day)
{
    g_autofree char *token = NULL, *header = session_of(role, &token);
    g_autofree char *headers =
        g_strconcat(header, "Content-Type: multipart/form-data; boundary=apart\r\n", NULL);
    g_autofree char *body = g_strdup_printf(RECEIPT, token, day);
    RawAnswer answer;
    raw_request(web_port(web), "POST", path, headers, body, &answer);
    const guint status = answer.status;
    raw_clear(&answer);
    return status;
}

static void a_printed_letter_is_posted_with_its_receipt(void)
{
    const gint64 id = sealed(by_post, "fa");
    g_autofree char *pdf = NULL, *status = NULL, *nothing = NULL, *sent = NULL;
    g_assert_cmpuint(post("/en/print", WEB_READER, "again=no", NULL), ==, 403);
    g_assert_cmpuint(post("/en/print", WEB_ADVOCATE, "again=no", &pdf), ==, 200);
    g_assert_nonnull(strstr(pdf, "Content-Type: application/pdf"));
    assert_last_audit("print");
    const gint64 delivery = delivery_of(id, &status);
    g_assert_cmpstr(status, ==, "printed");
    const gint64 before = log_size();
    g_assert_cmpuint(post("/en/print", WEB_ADVOCATE, "again=no", &nothing), ==, 200);
    g_assert_nonnull(strstr(nothing, "nothing to print"));
    g_assert_cmpint(log_size(), ==, before);
    g_autofree char *path = g_strdup_printf("/en/receipts/DL%" G_GINT64_FORMAT, delivery);
    g_assert_cmpuint(receive(path, WEB_READER, "2026-01-01"), ==, 403);
    g_assert_cmpuint(receive(path, WEB_ADVOCATE, "1999-01-01"), ==, 400); /* before its own day */
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *today = g_date_time_format(now, "%Y-%m-%d");
    g_assert_cmpuint(receive(path, WEB_ADVOCATE, today), ==, 303);
    assert_last_audit("receipt");
    delivery_of(id, &sent);
    g_assert_cmpstr(sent, ==, "sent");
    g_assert_cmpuint(receive(path, WEB_ADVOCATE, today), ==, 400); /* once */
}

/* ---- the clock ---- */

static void the_clock_is_answered(void)
{
    g_autoptr(GError) error = NULL;
    gint64 delivery = 0, appeal = 0;
    {
        g_autoptr(Store) store = reading();
        g_autoptr(GPtrArray) list = appeal_addressees(store, 0, G_MININT32, &error);
        g_assert_no_error(error);
        const AppealAddressee *first = list->pdata[0];
        delivery = first->delivery_id;
        g_autoptr(StoreDelivery) one = store_delivery_load(store, delivery, &error);
        appeal = one->appeal_id;
        g_assert_cmpint(first->response_id, ==, 0);
    }
    g_autofree char *path = g_strdup_printf("/en/respond/DL%" G_GINT64_FORMAT, delivery);
    g_autofree char *unread = NULL, *future = NULL;
    g_assert_cmpuint(
        post(path, WEB_ADVOCATE, "kind=supports&day=2025-08-01&text=x&source=", &unread), ==, 400);
    g_assert_cmpuint(
        post(path, WEB_ADVOCATE, "kind=supports&day=2999-08-01&text=x&source=y", &future), ==, 400);
    g_assert_nonnull(strstr(future, "future"));
    g_assert_cmpuint(post(path, WEB_ADVOCATE, "kind=supports&day=2001-08-01&text=x&source=y", NULL),
                     ==, 400); /* before the letter */
    g_assert_cmpuint(
        post(path, WEB_DOCUMENTER, "kind=supports&day=2025-08-01&text=x&source=y", NULL), ==, 403);
    g_assert_cmpuint(post(path, WEB_ADVOCATE,
                          "kind=supports&day=2025-08-01&asks.AK2=yes&text=It+was+welcomed&"
                          "source=Press+release",
                          NULL),
                     ==, 303);
    assert_last_audit("respond");
    g_autoptr(Store) store = reading();
    g_autoptr(GPtrArray) list = appeal_addressees(store, appeal, G_MININT32, &error);
    const AppealAddressee *first = list->pdata[0];
    g_assert_cmpint(first->response_id, >, 0);
    g_assert_cmpstr(first->state, ==, "answered");
    g_autofree char *judge = g_strdup_printf("/en/judge/RS%" G_GINT64_FORMAT, first->response_id);
    g_assert_cmpuint(post(judge, WEB_ADVOCATE, "says=refuses", NULL), ==, 303);
    assert_last_audit("judge answer");
    g_assert_cmpuint(post(judge, WEB_ADVOCATE, "says=perhaps", NULL), ==, 400);
    /* a step of a body is no answer of an addressee */
    g_assert_cmpuint(post("/en/respond/AK2", WEB_ADVOCATE,
                          "kind=acts&day=2025-09-01&text=A+debate+was+held&source=UN+News", NULL),
                     ==, 303);
    g_autoptr(Store) after = reading();
    g_autoptr(GPtrArray) still = appeal_addressees(after, appeal, G_MININT32, &error);
    guint answered = 0;
    for (guint i = 0; i < still->len; i++)
        answered += ((const AppealAddressee *)still->pdata[i])->response_id != 0;
    g_assert_cmpuint(answered, ==, 1);
}

/* ---- agenda and measures ---- */

static void what_if_is_reckoned_and_not_kept(void)
{
    const gint64 before = log_size();
    g_autofree char *english = NULL, *persian = NULL, *stranger = NULL;
    g_assert_cmpuint(post("/en/agenda", WEB_READER,
                          "positions=China%2C+in+favour%0D%0ARussian+Federation%2C+in+favour",
                          &english),
                     ==, 200);
    g_assert_nonnull(strstr(english, "As supposed"));
    g_assert_cmpuint(post("/fa/agenda", WEB_READER,
                          "positions=%DA%86%DB%8C%D9%86%D8%8C+%D9%85%D9%88%D8%A7%D9%81%D9%82",
                          &persian),
                     ==, 200);
    g_assert_nonnull(strstr(persian, "بنا بر فرض"));
    g_assert_cmpuint(post("/en/agenda", WEB_READER, "positions=Atlantis%2C+against", &stranger), ==,
                     400);
    g_assert_nonnull(strstr(stranger, "Atlantis"));
    g_assert_cmpint(log_size(), ==, before);
    RawAnswer answer;
    get("/en/agenda/SC-MEETING", cookie, &answer);
    g_assert_cmpuint(answer.status, ==, 200);
    g_assert_nonnull(strstr(answer.text, "permanent"));
    g_assert_nonnull(strstr(answer.text, "African States"));
    raw_clear(&answer);
    get("/fa/agenda/SC-MEETING", cookie, &answer);
    static const char *const GROUPS[] = {"کشورهای آفریقا", "کشورهای آسیا و اقیانوسیه",
                                         "کشورهای اروپای شرقی", "کشورهای آمریکای لاتین و کارائیب",
                                         "کشورهای اروپای غربی و دیگر کشورها"};
    for (gsize i = 0; i < G_N_ELEMENTS(GROUPS); i++)
        g_assert_nonnull(strstr(answer.text, GROUPS[i]));
    g_assert_null(strstr(answer.text, " States"));
    raw_clear(&answer);
}

static void a_step_of_a_state_rests_on_something(void)
{
    const char *step = "state=France&measure=DIP-17&status=taken&day=2025-10-01&text=Recalled";
    g_autofree char *sourced = g_strconcat(step, "&source=Ministry,+2025-10-01", NULL);
    g_assert_cmpuint(post("/en/measures", WEB_ADVOCATE, step, NULL), ==, 400);
    g_assert_cmpuint(post("/en/measures", WEB_READER, sourced, NULL), ==, 403);
    g_assert_cmpuint(post("/en/measures", WEB_ADVOCATE, sourced, NULL), ==, 303);
    assert_last_audit("measure");
    RawAnswer answer;
    get("/en/measures", cookie, &answer);
    g_assert_nonnull(strstr(answer.text, "France"));
    raw_clear(&answer);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(sodium_init(), >=, 0);
    case_make();
    facts_load();
    post_office_open();
    cookie = log_in();
    g_test_add_func("/web/appeals/ask", an_ask_stands_in_both_languages);
    g_test_add_func("/web/appeals/compose", a_letter_asks_for_what_was_chosen);
    g_test_add_func("/web/appeals/english", an_ask_without_english_is_told);
    g_test_add_func("/web/appeals/seal", only_what_was_read_is_sealed);
    g_test_add_func("/web/appeals/finding", a_letter_whose_finding_no_longer_holds_is_not_sealed);
    g_test_add_func("/web/appeals/sign", a_link_signs_once_and_is_shown_once);
    g_test_add_func("/web/appeals/sign/draft", a_draft_is_not_signed);
    g_test_add_func("/web/appeals/by-key", a_signature_by_key_is_checked_first);
    g_test_add_func("/web/appeals/send/draft", an_unsealed_letter_cannot_be_sent);
    g_test_add_func("/web/appeals/send/once", a_letter_goes_once_and_as_it_was_shown);
    g_test_add_func("/web/appeals/send/unset", without_a_mail_server_nothing_is_sent);
    g_test_add_func("/web/appeals/print", a_printed_letter_is_posted_with_its_receipt);
    g_test_add_func("/web/appeals/clock", the_clock_is_answered);
    g_test_add_func("/web/appeals/agenda", what_if_is_reckoned_and_not_kept);
    g_test_add_func("/web/appeals/measures", a_step_of_a_state_rests_on_something);
    const int status = g_test_run();
    web_stop(web);
    g_free(cookie);
    g_free(folder);
    return status;
}
