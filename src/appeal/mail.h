/* appeal/mail.h: a letter as a mail, and a mail that came back read for what it answers. */
#pragma once
#include "base/i18n.h"
#include "intake/parts.h"
#include <glib.h>

/** All borrowed. */
typedef struct {
    const char *from, *from_name; /**< address; name or NULL */
    const char *to, *to_name;
    const char *subject;
    const char *message_id; /**< without the angle brackets */
    gint64 when;            /**< seconds */
    I18nLanguage language;
    const char *text;      /**< the letter in plain words */
    const char *file_name; /**< of the letter as PDF */
    GBytes *file;
    const char *pgp_key; /**< armoured public key: text and file are encrypted to it; NULL: not */
} AppealMail;

/** The mail's bytes (RFC 5322 and 2045, CR LF). Equal input, equal bytes, but for encryption. NULL
 * with error: a name or subject with marks that turn the direction of what stands around it (DATA),
 * an address that is none (INPUT), a key that gpg does not take (INPUT). Transfers. */
GBytes *appeal_mail_build(const AppealMail *mail, GError **error);

/** Whether it is one plain address: something@host, no spaces, brackets or control bytes. */
bool appeal_mail_address(const char *address);

/** A reader for the sandbox: one part of a mail: title the subject, sender, when; external_id every
 *  message id it names (In-Reply-To, References, and of a bounce the mail that came back), by
 * blanks; media_type "bounce" (RFC 3464, action failed), "delayed", "automatic" (RFC 3834) or
 * "reply"; url the bounce's diagnostic. */
bool appeal_read_reply(const char *name, const void *bytes, gsize length, IntakePartFound found,
                       void *context, GError **error);
