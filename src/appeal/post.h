/* appeal/post.h: the post office: a mail to one recipient by SMTP, mails of a mailbox by IMAP.
 *
 * By libcurl, TLS from the first byte (smtps, imaps) or by STARTTLS, which must succeed;
 * certificates are checked. A proxy is used when one is named; the environment's is not. Knows no
 * case. */
#pragma once
#include "base/error.h"
#include <glib.h>
#include <stdbool.h>

/** All borrowed. */
typedef struct {
    const char *url;             /**< smtps://host:465, smtp://host:587; imaps://host/INBOX */
    const char *user, *password; /**< NULL: none */
    const char *ca_file;         /**< PEM; NULL: the system's */
    const char *proxy;           /**< socks5h://localhost:9050; NULL: none */
    bool plain;                  /**< without TLS: for a server on this machine */
    guint seconds;               /**< for all of one mail */
} PostServer;

/** How one try went. */
typedef enum {
    POST_WENT,
    POST_NOT_YET, /**< it did not go; later */
    POST_NEVER,   /**< it did not go and will not: this recipient is refused */
    POST_UNSURE,  /**< it may have gone */
} PostOutcome;

/** Called when the next step may make the mail go (before the lone dot of RFC 5321); false: stop.
 * May be NULL.
 */
typedef bool PostHanding(void *context);

/** Hands one mail (bytes of RFC 5322, lines end in CR LF) over. *ret_why: a sentence, unless it
 * went. Transfers. */
PostOutcome post_send(const PostServer *server, const char *from, const char *to, GBytes *mail,
                      PostHanding *handing, void *context, char **ret_why);

/** Numbers (UID) of the mails in a mailbox that hold `word` and come after `after`, ascending; a
 * mailbox whose UIDVALIDITY is not *validity begins anew (and *validity is set). Nothing else is
 * looked at. NULL with a sentence: no connection, certificate, login, no such mailbox (IO).
 * Transfers. */
GArray *post_box_search(const PostServer *server, const char *word, guint32 after,
                        guint32 *validity, GError **error);
/** One mail, at most 25 MiB. NULL with error set. */
GBytes *post_box_fetch(const PostServer *server, guint32 uid, GError **error);
