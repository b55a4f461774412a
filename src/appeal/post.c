/* appeal/post.c: SMTP (RFC 5321) and IMAP (RFC 3501) through libcurl.
 *
 * A server has a mail when it answers 250 to the lone dot; libcurl sends the dot after the reader
 * says that nothing more comes. So "handing" is told there, and nowhere earlier. */
#include "appeal/post.h"

#include "base/i18n.h"
#include <curl/curl.h>
#include <string.h>

enum { MAIL_MOST = 25 << 20, LIST_MOST = 4 << 20 };

static void start_once(void)
{
    static gsize once = 0;
    if (g_once_init_enter(&once)) {
        curl_global_init(CURL_GLOBAL_DEFAULT);
        g_once_init_leave(&once, 1);
    }
}

static void set_server(CURL *curl, const PostServer *server, const char *protocols, char *fault)
{
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, fault);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_URL, server->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, protocols);
    curl_easy_setopt(curl, CURLOPT_PROXY, server->proxy != NULL ? server->proxy : "");
    curl_easy_setopt(curl, CURLOPT_HTTPPROXYTUNNEL, 1L);
    curl_easy_setopt(curl, CURLOPT_USE_SSL,
                     (long)(server->plain ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (server->ca_file != NULL)
        curl_easy_setopt(curl, CURLOPT_CAINFO, server->ca_file);
    if (server->user != NULL)
        curl_easy_setopt(curl, CURLOPT_USERNAME, server->user);
    if (server->password != NULL)
        curl_easy_setopt(curl, CURLOPT_PASSWORD, server->password);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)server->seconds);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)server->seconds);
}

/* ---- SMTP ---- */

typedef struct {
    const char *at;
    gsize left;
    PostHanding *handing;
    void *context;
    bool handed;
} Body;

static size_t give(char *buffer, size_t size, size_t n, void *data)
{
    Body *body = data;
    gsize much = MIN(body->left, size * n);
    if (much == 0) {
        if (!body->handed && body->handing != NULL && !body->handing(body->context))
            return CURL_READFUNC_ABORT;
        body->handed = true;
        return 0;
    }
    memcpy(buffer, body->at, much);
    body->at += much;
    body->left -= much;
    return much;
}

/* 550 to 559: this mail to this recipient will not be taken. Any other answer: later, a wrong
 * password too. Without an answer nothing had gone, or nobody knows. */
static PostOutcome judge(CURLcode result, long answer, bool handed)
{
    if (result == CURLE_OK)
        return POST_WENT;
    if (answer >= 550 && answer < 560 && result != CURLE_LOGIN_DENIED)
        return POST_NEVER;
    if (answer >= 400 && answer < 600)
        return POST_NOT_YET;
    return handed ? POST_UNSURE : POST_NOT_YET;
}

PostOutcome post_send(const PostServer *server, const char *from, const char *to, GBytes *mail,
                      PostHanding *handing, void *context, char **ret_why)
{
    start_once();
    Body body = {.handing = handing, .context = context};
    body.at = g_bytes_get_data(mail, &body.left);
    char fault[CURL_ERROR_SIZE] = "";
    g_autofree char *sender = g_strdup_printf("<%s>", from),
                    *recipient = g_strdup_printf("<%s>", to);
    CURL *curl = curl_easy_init();
    struct curl_slist *recipients = curl_slist_append(NULL, recipient);
    set_server(curl, server, "smtp,smtps", fault);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(curl, CURLOPT_READDATA, &body);
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, sender);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
    CURLcode result = curl_easy_perform(curl);
    long answer = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
    curl_slist_free_all(recipients);
    curl_easy_cleanup(curl);
    if (result != CURLE_OK) {
        const char *words = fault[0] != '\0' ? fault : curl_easy_strerror(result);
        *ret_why = answer >= 400
                       ? g_strdup_printf(_("The mail server %s answered %ld: %s."), server->url,
                                         answer, words)
                       : g_strdup_printf(_("The mail server %s: %s."), server->url, words);
    }
    return judge(result, answer, body.handed);
}

/* ---- IMAP ---- */

typedef struct {
    GByteArray *bytes;
    gsize most;
} Answer;

static size_t keep(char *buffer, size_t size, size_t n, void *data)
{
    Answer *answer = data;
    if (answer->bytes->len + size * n > answer->most)
        return 0;
    g_byte_array_append(answer->bytes, (const guint8 *)buffer, (guint)(size * n));
    return size * n;
}

/* What went wrong, and what can be done about it. */
static void explain(CURLcode result, const char *url, const char *fault, GError **error)
{
    const char *words = fault[0] != '\0' ? fault : curl_easy_strerror(result);
    const char *advice =
        result == CURLE_LOGIN_DENIED ? _("The user or the password was not taken.")
        : result == CURLE_PEER_FAILED_VERIFICATION || result == CURLE_SSL_CACERT_BADFILE
            ? _("Its certificate is not trusted: name its authority with ca-file.")
        : result == CURLE_REMOTE_FILE_NOT_FOUND || result == CURLE_QUOTE_ERROR
            ? _("There is no such mailbox, or it cannot be opened.")
        : result == CURLE_USE_SSL_FAILED     ? _("It offers no TLS; nothing was sent in the clear.")
        : result == CURLE_OPERATION_TIMEDOUT ? _("It did not answer in time.")
                                             : _("Is the address right, and can it be reached?");
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("The mailbox %s: %s. %s"), url, words,
                advice);
}

/* One command, or the fetching of the URL. The answer as a text or bytes. */
static GByteArray *ask(const PostServer *server, const char *url, const char *command, gsize most,
                       GError **error)
{
    start_once();
    char fault[CURL_ERROR_SIZE] = "";
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    Answer answer = {bytes, most};
    PostServer here = *server;
    here.url = url;
    CURL *curl = curl_easy_init();
    set_server(curl, &here, "imap,imaps", fault);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
    if (command != NULL)
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, command);
    CURLcode result = curl_easy_perform(curl);
    curl_easy_cleanup(curl);
    if (result != CURLE_OK) {
        explain(result, server->url, fault, error);
        return NULL;
    }
    return g_steal_pointer(&bytes);
}

/* "imaps://host:993/" and "INBOX" of "imaps://host:993/INBOX". */
static char *host_of(const char *url, char **ret_box)
{
    const char *host = strstr(url, "://");
    const char *slash = host != NULL ? strchr(host + 3, '/') : NULL;
    *ret_box = g_strdup(slash != NULL && slash[1] != '\0' ? slash + 1 : "INBOX");
    return slash != NULL ? g_strndup(url, (gsize)(slash + 1 - url)) : g_strconcat(url, "/", NULL);
}

static bool read_validity(const PostServer *server, guint32 *ret_validity, GError **error)
{
    g_autofree char *box = NULL, *host = host_of(server->url, &box);
    g_autofree char *command = g_strdup_printf("STATUS \"%s\" (UIDVALIDITY)", box);
    g_autoptr(GByteArray) answer = ask(server, host, command, LIST_MOST, error);
    if (answer == NULL)
        return false;
    g_byte_array_append(answer, (const guint8 *)"", 1);
    const char *at = strstr((const char *)answer->data, "UIDVALIDITY ");
    *ret_validity = at != NULL ? (guint32)g_ascii_strtoull(at + 12, NULL, 10) : 0;
    return true;
}

static gint ascending(gconstpointer a, gconstpointer b)
{
    guint32 left = *(const guint32 *)a, right = *(const guint32 *)b;
    return (left > right) - (left < right);
}

GArray *post_box_search(const PostServer *server, const char *word, guint32 after,
                        guint32 *validity, GError **error)
{
    guint32 now = 0;
    if (!read_validity(server, &now, error))
        return NULL;
    if (now != *validity)
        after = 0; /* the server counts anew */
    *validity = now;
    g_autofree char *command = g_strdup_printf("UID SEARCH UID %u:* TEXT \"%s\"", after + 1, word);
    g_autoptr(GByteArray) answer = ask(server, server->url, command, LIST_MOST, error);
    if (answer == NULL)
        return NULL;
    g_byte_array_append(answer, (const guint8 *)"", 1);
    GArray *uids = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_auto(GStrv) words = g_strsplit_set((const char *)answer->data, " \r\n", -1);
    for (gsize i = 0; words[i] != NULL; i++) {
        guint64 uid;
        /* "n:*" names the last mail even when it comes before n */
        if (g_ascii_string_to_unsigned(words[i], 10, 1, G_MAXUINT32, &uid, NULL) && uid > after) {
            guint32 one = (guint32)uid;
            g_array_append_val(uids, one);
        }
    }
    g_array_sort(uids, ascending);
    return uids;
}

GBytes *post_box_fetch(const PostServer *server, guint32 uid, GError **error)
{
    g_autofree char *box = NULL, *host = host_of(server->url, &box);
    g_autofree char *url = g_strdup_printf("%s%s/;UID=%u", host, box, uid);
    GByteArray *mail = ask(server, url, NULL, MAIL_MOST, error);
    return mail != NULL ? g_byte_array_free_to_bytes(mail) : NULL;
}
