/* web/account.h: accounts of the web application: passwords by Argon2id (libsodium), a second
 * factor by TOTP (RFC 6238: HMAC-SHA-1, 30 seconds, six digits), kept sealed. */
#pragma once
#include "base/error.h"
#include "base/i18n.h"
#include "store/user.h"
#include "web/role.h"

enum {
    ACCOUNT_PASSWORD_LEAST = 12, /**< characters */
    ACCOUNT_PASSWORD_MOST = 256, /**< bytes */
    ACCOUNT_TOTP_SECONDS = 30,
    ACCOUNT_TOTP_SLACK = 1, /**< steps before and after now that are taken */
};

/** Writes an account. USAGE: a name that is none (letters, digits, ".", "-", "_" of any script, 2
 * to 32 characters), taken, a role that is none, a password that is too short. */
gint64 account_add(Store *store, const char *name, const char *role, I18nLanguage language,
                   const char *password, GError **error);
/** A new password. USAGE: too short, or it holds the account's name. */
bool account_set_password(Store *store, gint64 user_id, const char *password, GError **error);
/** Words of a password nobody has thought of: 4 groups of 5 letters and digits that are not taken
 * for one another (about 98 bits). Transfers. */
char *account_password_new(void);
/** Another role. USAGE: there is none of that word. */
bool account_set_role(Store *store, gint64 user_id, const char *role, GError **error);
/** The account's role; what this program does not know is a reader. */
WebRole account_role(const StoreUser *user);
bool account_set_disabled(Store *store, gint64 user_id, bool disabled, GError **error);

/** Tells one password of an account from the next, and nothing of either; never 0. */
guint64 account_password_mark(const StoreUser *user);
/** Checks a password. What is checked takes as long for an account that is not there (user NULL).
 */
bool account_password_fits(const StoreUser *user, const char *password);

/** A secret of 20 random bytes in base32. Transfers. */
char *account_totp_new(void);
/** "otpauth://totp/Zenhar:NAME?secret=…&issuer=Zenhar", for an authenticator. Transfers. */
char *account_totp_uri(const char *name, const char *secret);
/** Keeps it (NULL: none); the store must hold the key of sealed fields. */
bool account_set_totp(Store *store, gint64 user_id, const char *secret, GError **error);
/** The number for a step (RFC 6238, section 4; RFC 4226, section 5.3), of `digits` digits. False:
 * the secret is no base32. */
bool account_totp_number(const char *secret, guint64 step, int digits, guint32 *ret_number);
/** Does the code (digits of any script, blanks left out) fit around that time, by a step later than
 *  `used`? ret_step: which. */
bool account_totp_fits(const char *secret, const char *code, gint64 now, guint64 used,
                       guint64 *ret_step);
