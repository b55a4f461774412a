/* watch/mail.c: one mail to one recipient by SMTP (RFC 5321) through libcurl.
 *
 * TLS from the first byte (smtps) or by STARTTLS, which must succeed; certificates are checked.
 * A proxy is used when the configuration names one; the environment's is not. The server has the
 * mail when it answers 250 to the lone dot; libcurl sends the dot after the reader says that
 * nothing more comes. So "handing" is told there, and nowhere earlier. */
#include "watch/private.h"
#include <curl/curl.h>
#include <string.h>

typedef struct {
    const char *at;
    gsize left;
    WatchHanding *handing;
    void *context;
    bool handed;
} Body;

static size_t give(char *buffer, size_t size, size_t n, void *data)
{
    Body *body = data;
    gsize much = MIN(body->left, size * n);
    if (much == 0) {
        if (!body->handed && !body->handing(body->context))
            return CURL_READFUNC_ABORT;
        body->handed = true;
        return 0;
    }
    memcpy(buffer, body->at, much);
    body->at += much;
    body->left -= much;
    return much;
}

static void set_options(CURL *curl, const WatchChannel *channel, Body *body, char *fault)
{
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, fault);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_URL, channel->server);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_PROXY, channel->proxy != NULL ? channel->proxy : "");
    curl_easy_setopt(curl, CURLOPT_HTTPPROXYTUNNEL, 1L);
    curl_easy_setopt(curl, CURLOPT_USE_SSL,
                     (long)(channel->plain ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (channel->ca_file != NULL)
        curl_easy_setopt(curl, CURLOPT_CAINFO, channel->ca_file);
    if (channel->user != NULL)
        curl_easy_setopt(curl, CURLOPT_USERNAME, channel->user);
    if (channel->password != NULL)
        curl_easy_setopt(curl, CURLOPT_PASSWORD, channel->password);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)channel->seconds);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)channel->seconds);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(curl, CURLOPT_READDATA, body);
}

/* 550 to 559: this mail to this recipient will not be taken. Any other answer: later, a wrong
 * password too. Without an answer nothing had gone, or nobody knows. */
static WatchOutcome judge(CURLcode result, long answer, bool handed)
{
    if (result == CURLE_OK)
        return WATCH_WENT;
    if (answer >= 550 && answer < 560 && result != CURLE_LOGIN_DENIED)
        return WATCH_NEVER;
    if (answer >= 400 && answer < 600)
        return WATCH_NOT_YET;
    return handed ? WATCH_UNSURE : WATCH_NOT_YET;
}

WatchOutcome watch_mail_send(const WatchChannel *channel, const char *to, GBytes *payload,
                             WatchHanding *handing, void *context, char **ret_why)
{
    static gsize once = 0;
    if (g_once_init_enter(&once)) {
        curl_global_init(CURL_GLOBAL_DEFAULT);
        g_once_init_leave(&once, 1);
    }
    Body body = {.handing = handing, .context = context};
    body.at = g_bytes_get_data(payload, &body.left);
    char fault[CURL_ERROR_SIZE] = "";
    g_autofree char *from = g_strdup_printf("<%s>", channel->from),
                    *recipient = g_strdup_printf("<%s>", to);
    CURL *curl = curl_easy_init();
    struct curl_slist *recipients = curl_slist_append(NULL, recipient);
    set_options(curl, channel, &body, fault);
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
    CURLcode result = curl_easy_perform(curl);
    long answer = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
    curl_slist_free_all(recipients);
    curl_easy_cleanup(curl);
    if (result != CURLE_OK) {
        const char *words = fault[0] != '\0' ? fault : curl_easy_strerror(result);
        *ret_why = answer >= 400
                       ? g_strdup_printf(_("The mail server %s answered %ld: %s."), channel->server,
                                         answer, words)
                       : g_strdup_printf(_("The mail server %s: %s."), channel->server, words);
    }
    return judge(result, answer, body.handed);
}
