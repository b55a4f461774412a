#include "intake/fetch.h"

#include "base/i18n.h"
#include "base/progress.h"
#include "intake/warc.h"
#include <arpa/inet.h>
#include <curl/curl.h>
#include <string.h>
#include <time.h>

enum {
    DEFAULT_SECONDS = 60,
    DEFAULT_BYTES = 50 << 20,
    DEFAULT_REDIRECTS = 5,
    MAX_HEAD = 256 << 10
};
/* Names no program, so that the request says nothing about who reads. */
static const char USER_AGENT[] = "Mozilla/5.0 (compatible)";

/* ---- addresses ---- */

static bool is_private_v4(const guint8 a[4])
{
    return a[0] == 0 || a[0] == 10 || a[0] == 127 || a[0] >= 224 ||
           (a[0] == 100 && (a[1] & 0xc0) == 64) || (a[0] == 169 && a[1] == 254) ||
           (a[0] == 172 && (a[1] & 0xf0) == 16) || (a[0] == 192 && a[1] == 168) ||
           (a[0] == 192 && a[1] == 0 && a[2] == 0) || (a[0] == 198 && (a[1] & 0xfe) == 18);
}

static bool is_private_v6(const guint8 a[16])
{
    static const guint8 ZERO[16] = {0}, MAPPED[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff},
                        NAT64[12] = {0, 0x64, 0xff, 0x9b};
    if (memcmp(a, MAPPED, 12) == 0 || memcmp(a, NAT64, 12) == 0 || memcmp(a, ZERO, 12) == 0)
        return is_private_v4(a + 12); /* :: and ::1 are 0.0.0.0 and 0.0.0.1 here */
    if (a[0] == 0x20 && a[1] == 0x02)
        return is_private_v4(a + 2);
    return (a[0] & 0xfe) == 0xfc || a[0] == 0xff || (a[0] == 0xfe && a[1] >= 0x80);
}

bool intake_fetch_is_private(const char *text)
{
    guint8 v4[4], v6[16];
    if (inet_pton(AF_INET, text, v4) == 1)
        return is_private_v4(v4);
    return inet_pton(AF_INET6, text, v6) == 1 && is_private_v6(v6);
}

static bool is_private_host(const char *host)
{
    static const char *const ENDINGS[] = {"localhost", ".localhost", ".local", ".internal",
                                          ".lan",      ".home.arpa", ".home"};
    gsize n = strlen(host);
    g_autofree char *bare = n > 2 && host[0] == '[' ? g_strndup(host + 1, n - 2) : g_strdup(host);
    char *zone = strchr(bare, '%');
    if (zone != NULL)
        *zone = '\0';
    n = strlen(bare);
    if (n > 1 && bare[n - 1] == '.')
        bare[n - 1] = '\0';
    if (intake_fetch_is_private(bare))
        return true;
    g_autofree char *lower = g_ascii_strdown(bare, -1);
    for (gsize i = 0; i < G_N_ELEMENTS(ENDINGS); i++)
        if (ENDINGS[i][0] == '.' ? g_str_has_suffix(lower, ENDINGS[i])
                                 : strcmp(lower, ENDINGS[i]) == 0)
            return true;
    return false;
}

/* ---- one hop ---- */

typedef struct {
    const IntakeFetchOptions *options;
    guint64 max_bytes;
    GByteArray *request, *head, *body;
    GBytes *post; /* NULL: GET */
    struct curl_slist *fields;
    char address[64];
    bool refused, too_large;
} Hop;

static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    Hop *hop = context;
    char text[INET6_ADDRSTRLEN] = "";
    const struct sockaddr *raw = &address->addr;
    if (raw->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)raw)->sin_addr, text,
                  sizeof text);
    else if (raw->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)raw)->sin6_addr, text,
                  sizeof text);
    /* A proxy may well stand on this machine; what lies behind it only it knows. */
    if (hop->options->proxy == NULL && !hop->options->allow_private &&
        (text[0] == '\0' || intake_fetch_is_private(text))) {
        hop->refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t on_head(char *bytes, size_t size, size_t n, void *context)
{
    Hop *hop = context;
    n *= size;
    if (n > 5 && memcmp(bytes, "HTTP/", 5) == 0) /* after a 100 Continue */
        g_byte_array_set_size(hop->head, 0);
    if (hop->head->len + n > MAX_HEAD) {
        hop->too_large = true;
        return 0;
    }
    g_byte_array_append(hop->head, (const guint8 *)bytes, (guint)n);
    return n;
}

static size_t on_body(char *bytes, size_t size, size_t n, void *context)
{
    Hop *hop = context;
    n *= size;
    if (hop->body->len + n > hop->max_bytes) {
        hop->too_large = true;
        return 0;
    }
    g_byte_array_append(hop->body, (const guint8 *)bytes, (guint)n);
    return n;
}

/* The request as it left; what was said to the proxy alone, a password perhaps, stays out. */
static int on_debug(CURL *curl, curl_infotype type, char *bytes, size_t n, void *context)
{
    Hop *hop = context;
    if (type != CURLINFO_HEADER_OUT || (n > 8 && memcmp(bytes, "CONNECT ", 8) == 0))
        return 0;
    g_byte_array_set_size(hop->request, 0);
    for (size_t at = 0; at < n;) {
        const char *end = memchr(bytes + at, '\n', n - at);
        size_t line = end != NULL ? (size_t)(end - bytes) + 1 - at : n - at;
        if (g_ascii_strncasecmp(bytes + at, "Proxy-", MIN(line, (size_t)6)) != 0 || line < 6)
            g_byte_array_append(hop->request, (const guint8 *)bytes + at, (guint)line);
        at += line;
    }
    return 0;
}

static int on_progress(void *context, curl_off_t total, curl_off_t now, curl_off_t up_total,
                       curl_off_t up)
{
    return progress_interrupted() ? 1 : 0;
}

static void set_up(CURL *curl, const char *url, Hop *hop, char message[CURL_ERROR_SIZE])
{
    const IntakeFetchOptions *o = hop->options;
    long seconds = o->seconds > 0 ? (long)o->seconds : DEFAULT_SECONDS;
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    /* Raw bytes of HTTP/1.1, as they are kept. */
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_HTTP_TRANSFER_DECODING, 0L);
    curl_easy_setopt(curl, CURLOPT_HTTP_CONTENT_DECODING, 0L);
    curl_easy_setopt(curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, o->proxy != NULL ? o->proxy : "");
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "");
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, o->user_agent != NULL ? o->user_agent : USER_AGENT);
    curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, seconds);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, MIN(seconds, 30L));
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, hop);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_head);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, hop);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, hop);
    curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, on_debug);
    curl_easy_setopt(curl, CURLOPT_DEBUGDATA, hop);
    curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, message);
    if (hop->post == NULL)
        return;
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)g_bytes_get_size(hop->post));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, g_bytes_get_data(hop->post, NULL));
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, hop->fields);
}

static void set_private_error(const char *host, GError **error)
{
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DENIED,
                _("%s is an address of this machine or of a private network. --allow-private "
                  "fetches it all the same."),
                host);
}

/* Fetches one hop; true when there is an answer. *ret_next: where it redirects to, or NULL. */
static bool hop_run(Hop *hop, const char *url, const char *host, char **ret_next, GError **error)
{
    char message[CURL_ERROR_SIZE] = "";
    CURL *curl = curl_easy_init();
    if (curl == NULL) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_MEMORY, _("There is no memory to fetch %s."),
                    url);
        return false;
    }
    set_up(curl, url, hop, message);
    CURLcode code = curl_easy_perform(curl);
    const char *text = NULL;
    if (curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &text) == CURLE_OK)
        *ret_next = g_strdup(text);
    if (hop->options->proxy == NULL &&
        curl_easy_getinfo(curl, CURLINFO_PRIMARY_IP, &text) == CURLE_OK)
        g_strlcpy(hop->address, text != NULL ? text : "", sizeof hop->address);
    curl_easy_cleanup(curl);
    if (code == CURLE_OK)
        return true;
    if (hop->refused) {
        set_private_error(host, error);
    } else if (hop->too_large) {
        g_autofree char *most = i18n_integer((gint64)(hop->max_bytes >> 20));
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_LIMIT,
                    _("%s is larger than %s MiB. --max-size takes more."), url, most);
    } else if (code == CURLE_ABORTED_BY_CALLBACK) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTERRUPTED,
                    _("Stopped; %s was not fetched."), url);
    } else {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("%s could not be fetched: %s."), url,
                    message[0] != '\0' ? message : curl_easy_strerror(code));
    }
    return false;
}

/* ---- the address ---- */

/* As it is asked for, without a fragment; NULL with error set. */
static char *vet(const char *url, const IntakeFetchOptions *options, char **ret_host,
                 GError **error)
{
    CURLU *parts = curl_url();
    char *scheme = NULL, *host = NULL, *user = NULL, *whole = NULL, *vetted = NULL;
    bool parsed = g_utf8_validate(url, -1, NULL) && strlen(url) <= 8000 &&
                  curl_url_set(parts, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
                  curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
                  curl_url_get(parts, CURLUPART_HOST, &host, 0) == CURLUE_OK;
    curl_url_get(parts, CURLUPART_USER, &user, 0);
    curl_url_set(parts, CURLUPART_FRAGMENT, NULL, 0);
    if (!parsed || (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0) ||
        curl_url_get(parts, CURLUPART_URL, &whole, 0) != CURLUE_OK)
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("'%s' is no address of a web page: it must begin with https:// or http://."),
                    url);
    else if (user != NULL)
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("The address of %s holds a name or a password; it would be kept with the "
                      "page. Leave it out."),
                    host);
    else if (g_str_has_suffix(host, ".onion") && options->proxy == NULL)
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("%s is an address within Tor: give --proxy socks5h://127.0.0.1:9050."), host);
    else if (!options->allow_private && is_private_host(host))
        set_private_error(host, error);
    else {
        vetted = g_strdup(whole);
        *ret_host = g_strdup(host);
    }
    curl_free(scheme);
    curl_free(host);
    curl_free(user);
    curl_free(whole);
    curl_url_cleanup(parts);
    return vetted;
}

static bool vet_proxy(const char *proxy, GError **error)
{
    static const char *const KINDS[] = {"socks5h://", "socks5://", "socks4a://", "http://",
                                        "https://"};
    for (gsize i = 0; proxy != NULL && i < G_N_ELEMENTS(KINDS); i++)
        if (g_str_has_prefix(proxy, KINDS[i]))
            return true;
    if (proxy == NULL)
        return true;
    g_set_error(
        error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
        _("'%s' is no proxy: socks5h://HOST:PORT (Tor: socks5h://127.0.0.1:9050), socks5://, "
          "socks4a://, http:// and https:// are known."),
        proxy);
    return false;
}

/* ---- WARC ---- */

static void write_info(GByteArray *warc, const char *id, gint64 now)
{
    g_autofree char *fields = g_strdup_printf(
        "software: Zenhar/%s\r\nformat: WARC File Format 1.1\r\nconformsTo: "
        "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n",
        ZENHAR_VERSION);
    IntakeWarcRecord record = {
        .type = "warcinfo", .id = id, .content_type = "application/warc-fields", .when = now};
    intake_warc_write(warc, &record, fields, strlen(fields));
}

static void write_hop(GByteArray *warc, const Hop *hop, const char *info, const char *url,
                      const char *via, gint64 when, gint64 milliseconds)
{
    g_autofree char *answer = intake_warc_id(), *request = intake_warc_id(),
                    *metadata = intake_warc_id();
    const char *address = hop->address[0] != '\0' ? hop->address : NULL;
    gsize head = hop->head->len;
    g_autoptr(GByteArray) block = g_byte_array_sized_new((guint)(head + hop->body->len));
    g_byte_array_append(block, hop->head->data, hop->head->len);
    if (hop->body->len > 0)
        g_byte_array_append(block, hop->body->data, hop->body->len);
    IntakeWarcRecord record = {.type = "request",
                               .id = request,
                               .target = url,
                               .content_type = "application/http;msgtype=request",
                               .concurrent = answer,
                               .info = info,
                               .address = address,
                               .when = when};
    intake_warc_write(warc, &record, hop->request->len > 0 ? hop->request->data : (guint8 *)"",
                      hop->request->len);
    record = (IntakeWarcRecord){.type = "response",
                                .id = answer,
                                .target = url,
                                .content_type = "application/http;msgtype=response",
                                .info = info,
                                .address = address,
                                .when = when,
                                .payload = head};
    intake_warc_write(warc, &record, block->data, block->len);
    g_autofree char *hash = g_compute_checksum_for_data(
        G_CHECKSUM_SHA256, hop->body->len > 0 ? hop->body->data : (guint8 *)"", hop->body->len);
    g_autoptr(GString) fields = g_string_new(NULL);
    if (via != NULL)
        g_string_append_printf(fields, "via: %s\r\n", via);
    g_string_append_printf(fields, "fetchTimeMs: %" G_GINT64_FORMAT "\r\npayloadSha256: %s\r\n",
                           milliseconds, hash);
    record = (IntakeWarcRecord){.type = "metadata",
                                .id = metadata,
                                .target = url,
                                .content_type = "application/warc-fields",
                                .concurrent = answer,
                                .info = info,
                                .when = when};
    intake_warc_write(warc, &record, fields->str, fields->len);
}

static bool hop_answer(const Hop *hop, const char *url, IntakeWarcAnswer *ret, GError **error)
{
    g_autoptr(GByteArray) block = g_byte_array_new();
    g_byte_array_append(block, hop->head->data, hop->head->len);
    if (hop->body->len > 0)
        g_byte_array_append(block, hop->body->data, hop->body->len);
    if (intake_warc_answer((const char *)block->data, block->len, ret))
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO,
                _("The server of %s answered in another way than HTTP/1."), url);
    return false;
}

static bool read_answer(const Hop *hop, const char *url, IntakeFetched *fetched, GError **error)
{
    g_auto(IntakeWarcAnswer) answer = {0};
    if (!hop_answer(hop, url, &answer, error))
        return false;
    fetched->status = answer.status;
    fetched->bytes = answer.payload->len;
    g_free(fetched->media_type);
    fetched->media_type = g_steal_pointer(&answer.media_type);
    g_free(fetched->sha256);
    fetched->sha256 = g_compute_checksum_for_data(
        G_CHECKSUM_SHA256, hop->body->len > 0 ? hop->body->data : (guint8 *)"", hop->body->len);
    return true;
}

/* One hop, written; *ret_next NULL: it was the last. */
static bool fetch_hop(const char *url, const char *via, const char *info,
                      const IntakeFetchOptions *options, IntakeFetched *fetched, char **ret_next,
                      GError **error)
{
    g_autofree char *host = NULL;
    g_autofree char *vetted = vet(url, options, &host, error);
    if (vetted == NULL)
        return false;
    if (via != NULL && g_str_has_prefix(via, "https:") && !g_str_has_prefix(vetted, "https:")) {
        g_set_error(
            error, ZENHAR_ERROR, ZENHAR_ERROR_DENIED,
            _("%s leads from https to http, where anyone on the way can change it. Fetch %s "
              "itself if you want it."),
            via, vetted);
        return false;
    }
    Hop hop = {.options = options,
               .max_bytes = options->max_bytes > 0 ? options->max_bytes : DEFAULT_BYTES,
               .request = g_byte_array_new(),
               .head = g_byte_array_new(),
               .body = g_byte_array_new()};
    gint64 when = g_get_real_time() / G_USEC_PER_SEC, begun = g_get_monotonic_time();
    bool done =
        hop_run(&hop, vetted, host, ret_next, error) && read_answer(&hop, vetted, fetched, error);
    if (done)
        write_hop(fetched->warc, &hop, info, vetted, via, when,
                  (g_get_monotonic_time() - begun) / 1000);
    g_free(fetched->final_url);
    fetched->final_url = g_steal_pointer(&vetted);
    g_byte_array_unref(hop.request);
    g_byte_array_unref(hop.head);
    g_byte_array_unref(hop.body);
    return done;
}

static void begin_once(void)
{
    static gsize once = 0;
    if (g_once_init_enter(&once)) {
        curl_global_init(CURL_GLOBAL_DEFAULT);
        g_once_init_leave(&once, 1);
    }
}

/* The payload of an answer that says yes; NULL with error set. */
static GBytes *post_answer(const Hop *hop, const char *url, GError **error)
{
    g_auto(IntakeWarcAnswer) answer = {0};
    if (!hop_answer(hop, url, &answer, error))
        return NULL;
    if (answer.status == 200)
        return g_bytes_new(answer.payload->data, answer.payload->len);
    g_autofree char *status = i18n_integer(answer.status);
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("The server of %s answered %s."), url,
                status);
    return NULL;
}

bool intake_fetch_post(const char *url, const char *media_type, GBytes *body,
                       const IntakeFetchOptions *options, GBytes **ret_answer, GError **error)
{
    begin_once();
    g_autofree char *host = NULL, *next = NULL;
    g_autofree char *vetted =
        vet_proxy(options->proxy, error) ? vet(url, options, &host, error) : NULL;
    if (vetted == NULL)
        return false;
    g_autofree char *type = g_strconcat("Content-Type: ", media_type, NULL);
    Hop hop = {.options = options,
               .max_bytes = options->max_bytes > 0 ? options->max_bytes : DEFAULT_BYTES,
               .request = g_byte_array_new(),
               .head = g_byte_array_new(),
               .body = g_byte_array_new(),
               .post = body,
               .fields = curl_slist_append(curl_slist_append(NULL, type), "Expect:")};
    *ret_answer =
        hop_run(&hop, vetted, host, &next, error) ? post_answer(&hop, vetted, error) : NULL;
    curl_slist_free_all(hop.fields);
    g_byte_array_unref(hop.request);
    g_byte_array_unref(hop.head);
    g_byte_array_unref(hop.body);
    return *ret_answer != NULL;
}

bool intake_fetch(const char *url, const IntakeFetchOptions *options, IntakeFetched *ret_fetched,
                  GError **error)
{
    begin_once();
    *ret_fetched = (IntakeFetched){.warc = g_byte_array_new()};
    guint most = options->max_redirects == 0           ? DEFAULT_REDIRECTS
                 : options->max_redirects == G_MAXUINT ? 0
                                                       : options->max_redirects;
    g_autofree char *info = intake_warc_id(), *at = g_strdup(url), *via = NULL;
    bool done = vet_proxy(options->proxy, error);
    if (done)
        write_info(ret_fetched->warc, info, g_get_real_time() / G_USEC_PER_SEC);
    while (done) {
        g_autofree char *next = NULL;
        done = fetch_hop(at, via, info, options, ret_fetched, &next, error);
        if (!done || next == NULL)
            break;
        if (++ret_fetched->redirects > most) {
            g_autofree char *number = i18n_integer(most);
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_LIMIT,
                        _("%s leads on more than %s times; the last address was %s."), url, number,
                        next);
            done = false;
        }
        g_free(via);
        via = g_steal_pointer(&at);
        at = g_steal_pointer(&next);
    }
    if (!done)
        intake_fetched_clear(ret_fetched);
    return done;
}

void intake_fetched_clear(IntakeFetched *fetched)
{
    g_clear_pointer(&fetched->warc, g_byte_array_unref);
    g_free(fetched->final_url);
    g_free(fetched->media_type);
    g_free(fetched->sha256);
    memset(fetched, 0, sizeof *fetched);
}
