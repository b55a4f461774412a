/* intake/fetch.h: one page, kept as the server gave it, only when somebody asks for it by name.
 *
 * No address that stands in what came in is ever fetched: this is called by `zenhar fetch` alone;
 * `zenhar seal` posts to the authority that it is told. By http and https; no cookie, no referrer,
 * no other file of the page, no script; environment variables that name proxies are not looked at,
 * so that nothing goes past the one that was given. Each hop of a redirect is looked at anew. An
 * address of this machine or of a private network is refused when the connection is made, whatever
 * name led to it. */
#pragma once
#include "base/error.h"
#include <glib.h>
#include <stdbool.h>

typedef struct {
    const char *proxy;      /**< "socks5h://127.0.0.1:9050", "http://…"; NULL none */
    const char *user_agent; /**< NULL: one that names no program */
    guint seconds;          /**< for each hop; 0: 60 */
    guint64 max_bytes;      /**< of one answer; 0: 50 MiB */
    guint max_redirects;    /**< 0: 5; none: G_MAXUINT */
    bool allow_private;     /**< addresses of this machine and of private networks too */
} IntakeFetchOptions;

typedef struct {
    GByteArray *warc; /**< warcinfo, then for each hop request, response, metadata */
    char *final_url;  /**< after redirects */
    char *media_type; /**< of the last answer; NULL unknown */
    char *sha256;     /**< of its payload as sent, hexadecimal */
    int status;       /**< of the last answer */
    guint redirects;
    guint64 bytes; /**< of the last answer's payload */
} IntakeFetched;

/** True when a server answered, whatever it said. Errors: USAGE (not an address by http or https,
 *  one with a password, a proxy of another kind), DENIED (private), LIMIT (too large, too many
 *  redirects), INTERRUPTED, IO (no answer; the sentence says why). */
bool intake_fetch(const char *url, const IntakeFetchOptions *options, IntakeFetched *ret_fetched,
                  GError **error);
void intake_fetched_clear(IntakeFetched *fetched);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(IntakeFetched, intake_fetched_clear)

/** Sends `body` by POST to an address that the user gave, and gives the payload of the answer
 *  (*ret_answer, transfers). The same rules; no redirect is followed: what is sent is for that
 *  address alone. Errors as intake_fetch, and IO when the answer's status is not 200. */
bool intake_fetch_post(const char *url, const char *media_type, GBytes *body,
                       const IntakeFetchOptions *options, GBytes **ret_answer, GError **error);

/** Is it an address of this machine, of a private or link-local network, or of no host at all?
 *  `text` as 127.0.0.1 or ::1; false for what is no address. IPv4 within IPv6 is looked into. */
bool intake_fetch_is_private(const char *text);
