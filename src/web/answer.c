#include "web/answer.h"

#include <microhttpd.h>
#include <string.h>

void web_redirect(WebResponse *response, const char *path)
{
    response->status = MHD_HTTP_SEE_OTHER;
    g_free(response->location);
    response->location = g_strdup(path);
    g_string_truncate(response->body, 0);
}

const char *web_status_sentence(I18nLanguage language, guint status)
{
    const char *sentence = N_("Something went wrong here. Nothing was changed.");
    switch (status) {
    case MHD_HTTP_BAD_REQUEST:
        sentence = N_("This request cannot be understood. Nothing was changed.");
        break;
    case MHD_HTTP_FORBIDDEN:
        sentence = N_("This page needs a login. Ask for a new login link on the machine that runs "
                      "Zenhar: `zenhar serve` prints one.");
        break;
    case MHD_HTTP_NOT_FOUND:
        sentence = N_("There is no such page.");
        break;
    case MHD_HTTP_METHOD_NOT_ALLOWED:
        sentence = N_("This page cannot be used in that way.");
        break;
    case MHD_HTTP_LENGTH_REQUIRED:
    case MHD_HTTP_CONTENT_TOO_LARGE:
        sentence = N_("That is more than this form takes.");
        break;
    case MHD_HTTP_SERVICE_UNAVAILABLE:
        sentence = N_("Too many downloads are under way. Wait a minute, then try again.");
        break;
    default:
        break;
    }
    return i18n_get_in(language, sentence);
}

WebResponse answer_new(void)
{
    return (WebResponse){
        .status = MHD_HTTP_OK,
        .content_type = "text/html; charset=utf-8",
        .body = g_string_sized_new(16384),
    };
}

void answer_clear(WebResponse *response)
{
    if (response->body != NULL)
        g_string_free(response->body, TRUE);
    if (response->stream.reader != NULL)
        response->stream.free(response->stream.reader);
    g_clear_pointer(&response->bytes, g_bytes_unref);
    g_free(response->location);
    g_free(response->cookie);
    g_free(response->device);
    g_free(response->disposition);
    g_free(response->etag);
    g_free(response->modified);
}

void answer_headers(struct MHD_Response *response, const WebResponse *answer, bool behind_tls,
                    const char *allow, bool close_after)
{
    g_autofree char *wait =
        answer->retry_after > 0 ? g_strdup_printf("%u", answer->retry_after) : NULL;
    g_autofree char *again = answer->refresh > 0 ? g_strdup_printf("%u", answer->refresh) : NULL;
    const struct {
        const char *name, *value;
    } headers[] = {
        {"Content-Type", answer->content_type},
        {"Content-Security-Policy",
         "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; "
         "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"},
        {"X-Content-Type-Options", "nosniff"},
        {"X-Frame-Options", "DENY"},
        {"Referrer-Policy", "no-referrer"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Cache-Control", answer->cacheable ? "public, max-age=3600" : "no-store"},
        {"ETag", answer->etag},
        {"Last-Modified", answer->modified},
        {"Strict-Transport-Security", behind_tls ? "max-age=31536000" : NULL},
        {"Location", answer->location},
        {"Set-Cookie", answer->cookie},
        {"Set-Cookie", answer->device},
        {"Content-Disposition", answer->disposition},
        {"Retry-After", wait},
        {"Refresh", again},
        {"Allow", allow},
        {"Connection", close_after ? "close" : NULL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(headers); i++)
        if (headers[i].value != NULL)
            MHD_add_response_header(response, headers[i].name, headers[i].value);
}

/* ---- what a request carries ---- */

/* The value of a cookie of ours among those sent; transfers. */
char *answer_cookie_value(const char *name, struct MHD_Connection *connection)
{
    const char *header = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Cookie");
    if (header == NULL)
        return NULL;
    g_auto(GStrv) cookies = g_strsplit(header, ";", WEB_MAX_FIELDS);
    gsize length = strlen(name);
    for (gsize i = 0; cookies[i] != NULL; i++) {
        const char *cookie = g_strstrip(cookies[i]);
        if (strncmp(cookie, name, length) == 0 && cookie[length] == '=')
            return g_strdup(cookie + length + 1);
    }
    return NULL;
}

const char *web_query(const WebRequest *request, const char *name)
{
    const char *value = g_hash_table_lookup(request->query, name);
    return value != NULL ? value : "";
}

const char *web_form(const WebRequest *request, const char *name)
{
    const char *value = g_hash_table_lookup(request->form, name);
    return value != NULL ? value : "";
}

const char *web_header(const WebRequest *request, const char *name)
{
    const char *value = MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
    return value != NULL ? value : "";
}
