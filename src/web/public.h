/* web/public.h: a published folder (render/public.h) served to everybody.
 *
 * A server of its own: no case, no passphrase, no session, no cookie, no form; GET and HEAD alone.
 * It answers with the files that the folder's list names, by their names there and by nothing
 * else, so there is no path to play tricks with; a file whose bytes are not those of the list is
 * not served. Everything is read into memory when the list changes, and may be kept by caches:
 * ETag, Last-Modified and Cache-Control as in RFC 9110 and RFC 9111. */
#pragma once
#include "web/http.h"

enum {
    PUBLIC_MAX_FILES = 1000,
    PUBLIC_MAX_BYTES = 256 * 1024 * 1024, /**< of all files together */
};

typedef struct PublicWeb PublicWeb;

typedef struct {
    const char *folder;  /**< written by `zenhar appeal publish`; copied */
    const char *address; /**< IPv4 to listen on; copied */
    guint16 port;        /**< 0: a free one */
    guint threads;       /**< 0: the default */
    bool behind_tls;     /**< a proxy in front speaks TLS */
} PublicStart;

/** Starts it. NULL with error set: INPUT (no list, or one that does not fit its files), IO, USAGE.
 */
PublicWeb *public_start(const PublicStart *start, GError **error);
const char *public_address(const PublicWeb *web); /**< "http://127.0.0.1:8080"; borrowed */
guint16 public_port(const PublicWeb *web);
void public_stop(PublicWeb *web); /**< NULL does nothing */
