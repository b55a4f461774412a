/* web/hook.h: the door for a gateway of short messages: POST /sms, form or JSON.
 *
 *   200  on the disk; {"payload":{"success":true,…}}: a gateway may forget its copy
 *   400  no message, or no request that can be read in one way only
 *   401  the secret or the signature does not fit
 *   405 411 413  another method; no length; above 64 KiB
 *   429  more than `per_minute` messages, or too many wrong secrets; Retry-After says when
 *   503  the case cannot be written now: send it again
 *
 * Who may send is shown by a secret in a header, or by an HMAC-SHA256 of the body under it (hex or
 * base64, "sha256=" before it or not), compared in constant time. A message that comes again is
 * known (intake/sms.h) and answered 200. Nothing in a message is opened. One message is written at
 * a time. The server is that of http.h, with all its checks and limits. */
#pragma once
#include "intake/import.h"
#include "store/keys.h"

typedef struct WebHook WebHook;

enum {
    WEB_HOOK_LEAST_SECRET = 16, /**< bytes */
    WEB_HOOK_PER_MINUTE = 120,  /**< messages, the default */
    WEB_HOOK_WRONG_PER_MINUTE = 20,
    WEB_HOOK_SKEW_SECONDS = 300, /**< how old a signed time may be */
};

typedef struct {
    const char *name;    /**< of the gateway; the source of its messages unless options name one */
    const char *folder;  /**< of the case */
    StoreKeys *keys;     /**< the hook takes a reference */
    const char *address; /**< IPv4; NULL: 127.0.0.1. Another one needs TLS here or behind_tls */
    guint16 port;        /**< 0: a free one */
    const char *secret;  /**< copied into guarded memory */
    bool hmac;           /**< the header holds a signature of the body, not the secret */
    const char *header;  /**< NULL: "X-Zenhar-Secret", with hmac "X-Signature". "Authorization":
                              "Bearer SECRET" */
    const char *time_header; /**< with hmac: its value (seconds) is signed behind the body, and
                                  must be of now; NULL: the body alone */
    guint per_minute;        /**< 0: WEB_HOOK_PER_MINUTE */
    bool behind_tls;
    const char *tls_certificate, *tls_key; /**< PEM; NULL: no TLS here; copied */
    IntakeOptions options;                 /**< its texts are copied */
    void (*came)(void *context); /**< after each message, from a thread of the server; NULL */
    void *came_context;
} WebHookStart;

/** NULL with error set: USAGE (a short secret, an open address without TLS), IO, the case's. */
WebHook *web_hook_start(const WebHookStart *start, GError **error);
guint16 web_hook_port(const WebHook *hook);
/** Messages taken since the start; wrong secrets too (NULL: not asked). */
guint64 web_hook_taken(WebHook *hook, guint64 *ret_refused);
/** Finishes what is under way. NULL does nothing. */
void web_hook_stop(WebHook *hook);
