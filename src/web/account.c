#include "web/account.h"

#include <sodium.h>
#include <string.h>

static bool fail(GError **error, const char *sentence)
{
    g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE, sentence);
    return false;
}

/* ---- names and passwords ---- */

static bool name_is_good(const char *name)
{
    if (name == NULL || !g_utf8_validate(name, -1, NULL))
        return false;
    const glong length = g_utf8_strlen(name, -1);
    for (const char *p = name; *p != '\0'; p = g_utf8_next_char(p)) {
        const gunichar c = g_utf8_get_char(p);
        if (!g_unichar_isalnum(c) && c != '.' && c != '-' && c != '_')
            return false;
    }
    return length >= 2 && length <= 32;
}

static bool role_is_good(const char *role, GError **error)
{
    WebRole parsed;
    if (role != NULL && web_role_parse(role, &parsed))
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                _("“%s” is no role: administrator, documenter, analyst, advocate, reader."),
                role != NULL ? role : "");
    return false;
}

static bool password_is_good(const char *name, const char *password, GError **error)
{
    if (password == NULL || !g_utf8_validate(password, -1, NULL) ||
        strlen(password) > ACCOUNT_PASSWORD_MOST)
        return fail(error, _("A password is text of at most 256 bytes."));
    if (g_utf8_strlen(password, -1) < ACCOUNT_PASSWORD_LEAST)
        return fail(error, _("The password is too short: at least 12 characters; four words are "
                             "good."));
    g_autofree char *folded = g_utf8_casefold(password, -1), *own = g_utf8_casefold(name, -1);
    if (strstr(folded, own) != NULL)
        return fail(error, _("The password holds the account's name."));
    return true;
}

static bool set_hash(StoreUser *user, const char *password, GError **error)
{
    char hash[crypto_pwhash_STRBYTES];
    if (crypto_pwhash_str(hash, password, strlen(password), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                          crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_IO,
                            _("There is not enough memory to hash a password."));
        return false;
    }
    g_free(user->password_hash);
    user->password_hash = g_strdup(hash);
    return true;
}

gint64 account_add(Store *store, const char *name, const char *role, I18nLanguage language,
                   const char *password, GError **error)
{
    if (!name_is_good(name)) {
        fail(error, _("An account's name has 2 to 32 letters, digits, full stops, hyphens or low "
                      "lines, and no blank."));
        return 0;
    }
    if (!role_is_good(role, error))
        return 0;
    g_autoptr(StoreUser) taken = store_user_find(store, name, NULL);
    if (taken != NULL) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE, _("The name “%s” is taken."), name);
        return 0;
    }
    g_autoptr(StoreUser) user = store_user_new();
    user->name = g_strdup(name);
    user->role = g_strdup(role);
    user->language = g_strdup(i18n_tag(language));
    return password_is_good(name, password, error) && set_hash(user, password, error) &&
                   store_user_add(store, user, error)
               ? user->id
               : 0;
}

bool account_set_password(Store *store, gint64 user_id, const char *password, GError **error)
{
    g_autoptr(StoreUser) user = store_user_load(store, user_id, error);
    return user != NULL && password_is_good(user->name, password, error) &&
           set_hash(user, password, error) && store_user_update(store, user, error);
}

char *account_password_new(void)
{
    static const char LETTERS[] = "abcdefghjkmnpqrstuvwxyz23456789";
    GString *password = g_string_new(NULL);
    for (int i = 0; i < 20; i++) {
        if (i > 0 && i % 5 == 0)
            g_string_append_c(password, '-');
        g_string_append_c(password, LETTERS[randombytes_uniform(sizeof LETTERS - 1)]);
    }
    return g_string_free(password, FALSE);
}

bool account_set_role(Store *store, gint64 user_id, const char *role, GError **error)
{
    g_autoptr(StoreUser) user =
        role_is_good(role, error) ? store_user_load(store, user_id, error) : NULL;
    if (user == NULL)
        return false;
    g_free(user->role);
    user->role = g_strdup(role);
    return store_user_update(store, user, error);
}

WebRole account_role(const StoreUser *user)
{
    WebRole role;
    return web_role_parse(user->role, &role) ? role : WEB_READER;
}

bool account_set_disabled(Store *store, gint64 user_id, bool disabled, GError **error)
{
    g_autoptr(StoreUser) user = store_user_load(store, user_id, error);
    if (user == NULL)
        return false;
    user->disabled = disabled;
    return store_user_update(store, user, error);
}

guint64 account_password_mark(const StoreUser *user)
{
    const char *hash = user->password_hash != NULL ? user->password_hash : "";
    guint8 bytes[crypto_generichash_BYTES_MIN];
    guint64 mark;
    crypto_generichash(bytes, sizeof bytes, (const guint8 *)hash, strlen(hash), NULL, 0);
    memcpy(&mark, bytes, sizeof mark);
    return GUINT64_FROM_LE(mark) | 1;
}

/* The hash of a password that nobody has, at the same cost. */
static const char *nobodys_hash(void)
{
    static char hash[crypto_pwhash_STRBYTES];
    static gsize made;
    if (g_once_init_enter(&made)) {
        char random[32];
        randombytes_buf(random, sizeof random);
        gsize done =
            crypto_pwhash_str(hash, random, sizeof random, crypto_pwhash_OPSLIMIT_INTERACTIVE,
                              crypto_pwhash_MEMLIMIT_INTERACTIVE) == 0
                ? 1
                : 2;
        g_once_init_leave(&made, done);
    }
    return hash;
}

bool account_password_fits(const StoreUser *user, const char *password)
{
    const char *hash =
        user != NULL && user->password_hash != NULL ? user->password_hash : nobodys_hash();
    const bool fits = strlen(password) <= ACCOUNT_PASSWORD_MOST &&
                      crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
    return fits && user != NULL && !user->disabled;
}

/* ---- the second factor ---- */

static const char BASE32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"; /* RFC 4648, section 6 */

char *account_totp_new(void)
{
    guint8 bytes[20];
    randombytes_buf(bytes, sizeof bytes);
    GString *text = g_string_new(NULL);
    guint buffer = 0, bits = 0;
    for (gsize i = 0; i < sizeof bytes; i++) {
        buffer = buffer << 8 | bytes[i];
        for (bits += 8; bits >= 5; bits -= 5)
            g_string_append_c(text, BASE32[buffer >> (bits - 5) & 31]);
    }
    sodium_memzero(bytes, sizeof bytes);
    return g_string_free(text, FALSE);
}

/* At most 64 bytes; -1: no base32. */
static gssize base32_read(const char *text, guint8 bytes[64])
{
    guint buffer = 0, bits = 0;
    gssize n = 0;
    for (; *text != '\0' && *text != '='; text++) {
        const char *at = strchr(BASE32, g_ascii_toupper(*text));
        if (at == NULL || n == 64)
            return -1;
        buffer = buffer << 5 | (guint)(at - BASE32);
        for (bits += 5; bits >= 8; bits -= 8)
            bytes[n++] = (guint8)(buffer >> (bits - 8));
    }
    return n;
}

char *account_totp_uri(const char *name, const char *secret)
{
    g_autofree char *coded = g_uri_escape_string(name, NULL, FALSE);
    return g_strdup_printf("otpauth://totp/Zenhar:%s?secret=%s&issuer=Zenhar", coded, secret);
}

bool account_set_totp(Store *store, gint64 user_id, const char *secret, GError **error)
{
    g_autoptr(StoreUser) user = store_user_load(store, user_id, error);
    if (user == NULL)
        return false;
    g_free(user->totp_secret);
    user->totp_secret = g_strdup(secret);
    return store_user_update(store, user, error);
}

bool account_totp_number(const char *secret, guint64 step, int digits, guint32 *ret_number)
{
    guint8 key[64], message[8], mac[20];
    gsize length = sizeof mac;
    const gssize n = base32_read(secret, key);
    if (n <= 0)
        return false;
    for (int i = 0; i < 8; i++)
        message[i] = (guint8)(step >> (56 - 8 * i));
    GHmac *hmac = g_hmac_new(G_CHECKSUM_SHA1, key, (gsize)n);
    g_hmac_update(hmac, message, sizeof message);
    g_hmac_get_digest(hmac, mac, &length);
    g_hmac_unref(hmac);
    sodium_memzero(key, sizeof key);
    const guint at = mac[19] & 15;
    const guint32 number = ((guint32)mac[at] & 127) << 24 | (guint32)mac[at + 1] << 16 |
                           (guint32)mac[at + 2] << 8 | mac[at + 3];
    guint32 modulus = 1;
    for (int i = 0; i < digits; i++)
        modulus *= 10;
    *ret_number = number % modulus;
    return true;
}

bool account_totp_fits(const char *secret, const char *code, gint64 now, guint64 used,
                       guint64 *ret_step)
{
    guint32 given = 0;
    int n = 0;
    for (const char *p = code; *p != '\0'; p = g_utf8_next_char(p)) {
        const gunichar c = g_utf8_get_char(p);
        const int digit = g_unichar_digit_value(c);
        if (digit < 0 && !g_unichar_isspace(c))
            return false;
        if (digit >= 0 && ++n <= 6)
            given = given * 10 + (guint32)digit;
    }
    const guint64 step = (guint64)now / ACCOUNT_TOTP_SECONDS;
    bool fits = false;
    for (guint64 at = step - ACCOUNT_TOTP_SLACK; at <= step + ACCOUNT_TOTP_SLACK; at++) {
        guint32 number;
        if (n == 6 && at > used && account_totp_number(secret, at, 6, &number) && number == given &&
            !fits) {
            fits = true;
            *ret_step = at;
        }
    }
    return fits;
}
