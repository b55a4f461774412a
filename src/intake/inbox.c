#include "intake/inbox.h"

#include "base/error.h"
#include "base/i18n.h"
#include "intake/import.h"
#include "store/beside.h"
#include "store/box_key.h"
#include "store/report.h"
#include "store/user.h"
#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static bool fail(GError **error, ZenharErrorCode code, const char *sentence)
{
    g_set_error_literal(error, ZENHAR_ERROR, (int)code, sentence);
    return false;
}

/* ---- the inbox's own key pair ---- */

bool inbox_public(Store *store, guint8 ret_key[32], GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autofree char *hex = store_setting_get(store, "inbox_public_key", &why);
    gsize n = 0;
    if (why != NULL) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    return hex != NULL && sodium_hex2bin(ret_key, 32, hex, strlen(hex), NULL, &n, NULL) == 0 &&
           n == 32;
}

bool inbox_make(Store *store, const char *passphrase, const StoreKeyCost *cost, GError **error)
{
    guint8 public_key[32], secret_key[32], known[32];
    g_autoptr(GError) why = NULL;
    if (inbox_public(store, known, &why))
        return fail(error, ZENHAR_ERROR_USAGE, _("The case has an inbox already."));
    if (why != NULL) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    crypto_box_keypair(public_key, secret_key);
    g_autofree char *wrapped = box_key_wrap(passphrase, cost, public_key, secret_key, error);
    sodium_memzero(secret_key, sizeof secret_key);
    const bool done =
        wrapped != NULL && store_beside_save(store, STORE_BESIDE_INBOX, wrapped, error);
    char hex[65];
    sodium_bin2hex(hex, sizeof hex, public_key, sizeof public_key);
    return done && store_setting_set(store, "inbox_public_key", hex, error);
}

guint8 *inbox_unlock(Store *store, const char *passphrase, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autofree char *wrapped = store_beside_load(store, STORE_BESIDE_INBOX, &why);
    guint8 *secret = wrapped != NULL ? box_key_unwrap(wrapped, passphrase, NULL, &why) : NULL;
    if (secret != NULL)
        return secret;
    if (why == NULL || g_error_matches(why, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND))
        fail(error, ZENHAR_ERROR_NOT_FOUND,
             _("The case has no inbox, or its inbox.json is not whole."));
    else if (g_error_matches(why, ZENHAR_ERROR, ZENHAR_ERROR_PASSPHRASE))
        fail(error, ZENHAR_ERROR_PASSPHRASE, _("This is not the inbox's passphrase."));
    else
        g_propagate_error(error, g_steal_pointer(&why));
    return NULL;
}

/* ---- codenames ---- */

char *inbox_codename_new(void)
{
    GString *name = g_string_new(NULL);
    for (int i = 0; i < INBOX_CODENAME_DIGITS; i++) {
        if (i > 0 && i % 4 == 0)
            g_string_append_c(name, ' ');
        g_string_append_c(name, (char)('0' + randombytes_uniform(10)));
    }
    return g_string_free(name, FALSE);
}

static bool digits_of(const char *codename, char digits[INBOX_CODENAME_DIGITS + 1])
{
    int n = 0;
    for (const char *p = codename; *p != '\0'; p = g_utf8_next_char(p)) {
        const gunichar c = g_utf8_get_char(p);
        const int digit = g_unichar_digit_value(c);
        if (digit >= 0 && n < INBOX_CODENAME_DIGITS)
            digits[n++] = (char)('0' + digit);
        else if (digit >= 0 || (!g_unichar_isspace(c) && c != '-' && c != 0x200C))
            return false;
    }
    digits[n] = '\0';
    return n == INBOX_CODENAME_DIGITS;
}

bool inbox_identity(Store *store, const char *codename, InboxIdentity *ret_identity, GError **error)
{
    char digits[INBOX_CODENAME_DIGITS + 1];
    guint8 salt[16], keys[64];
    if (!g_utf8_validate(codename, -1, NULL) || !digits_of(codename, digits))
        return fail(error, ZENHAR_ERROR_USAGE,
                    _("A codename is 24 digits, in six groups of four."));
    const guint8 *case_id = store_keys_case_id(store_keys(store));
    crypto_generichash(salt, sizeof salt, case_id, STORE_CASE_ID_BYTES,
                       (const guint8 *)"zenhar inbox 1 codename", 23);
    const bool derived =
        crypto_pwhash(keys, sizeof keys, digits, strlen(digits), salt,
                      crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE,
                      crypto_pwhash_ALG_ARGON2ID13) == 0;
    sodium_memzero(digits, sizeof digits);
    if (!derived)
        return fail(error, ZENHAR_ERROR_IO, _("There is not enough memory to hash a passphrase."));
    crypto_box_seed_keypair(ret_identity->public_key, ret_identity->secret_key, keys);
    crypto_generichash(ret_identity->lookup, 32, keys + 32, 32, NULL, 0);
    sodium_memzero(keys, sizeof keys);
    return true;
}

void inbox_identity_clear(InboxIdentity *identity)
{
    sodium_memzero(identity, sizeof *identity);
}

/* ---- messages ---- */

/* {"time":…,"text":…}, padded to the next 1 KiB so that its length tells little, sealed. */
static GBytes *seal(const char *text, gint64 now, const guint8 public_key[32])
{
    json_t *object = json_pack("{s:I, s:s}", "time", (json_int_t)now, "text", text);
    char *dumped = json_dumps(object, JSON_COMPACT);
    const gsize length = strlen(dumped), padded = (length / 1024 + 1) * 1024;
    g_autofree guint8 *plain = g_malloc(padded);
    memcpy(plain, dumped, length);
    memset(plain + length, ' ', padded - length);
    guint8 *sealed = g_malloc(padded + crypto_box_SEALBYTES);
    crypto_box_seal(sealed, plain, padded, public_key);
    sodium_memzero(plain, padded);
    sodium_memzero(dumped, length);
    free(dumped); /* jansson's own allocator */
    json_decref(object);
    return g_bytes_new_take(sealed, padded + crypto_box_SEALBYTES);
}

static bool text_is_good(const char *text, GError **error)
{
    if (text[strspn(text, " \t\r\n")] == '\0')
        return fail(error, ZENHAR_ERROR_USAGE, _("The message is empty."));
    if (strlen(text) > INBOX_TEXT_MOST || !g_utf8_validate(text, -1, NULL))
        return fail(error, ZENHAR_ERROR_USAGE,
                    _("The message is too long, or no text: at most 50,000 bytes."));
    return true;
}

static gint64 add_message(Store *store, gint64 sender_id, bool outward, const char *text,
                          const guint8 public_key[32], GError **error)
{
    g_autoptr(StoreMessage) message = store_message_new();
    message->sender_id = sender_id;
    message->outward = outward;
    message->sealed = seal(text, store_now(store), public_key);
    return store_message_add(store, message, error) ? message->id : 0;
}

static gint64 sender_of(Store *store, const InboxIdentity *identity, GError **error)
{
    g_autoptr(GError) missing = NULL;
    g_autoptr(StoreSender) sender = store_sender_find(store, identity->lookup, &missing);
    if (sender != NULL) {
        sender->seen = store_now(store);
        return store_sender_update(store, sender, error) ? sender->id : 0;
    }
    if (!g_error_matches(missing, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND)) {
        g_propagate_error(error, g_steal_pointer(&missing));
        return 0;
    }
    sender = store_sender_new();
    memcpy(sender->lookup, identity->lookup, sizeof sender->lookup);
    memcpy(sender->public_key, identity->public_key, sizeof sender->public_key);
    sender->seen = store_now(store);
    return store_sender_add(store, sender, error) ? sender->id : 0;
}

gint64 inbox_send(Store *store, const InboxIdentity *identity, const char *text, GError **error)
{
    guint8 key[32];
    g_autoptr(GError) why = NULL;
    if (!inbox_public(store, key, &why)) {
        if (why != NULL)
            g_propagate_error(error, g_steal_pointer(&why));
        else
            fail(error, ZENHAR_ERROR_NOT_FOUND, _("This case takes no messages."));
        return 0;
    }
    if (!text_is_good(text, error) || !store_begin(store, error))
        return 0;
    const gint64 sender = sender_of(store, identity, error);
    const gint64 message = sender != 0 ? add_message(store, sender, false, text, key, error) : 0;
    if (message == 0) {
        store_rollback(store);
        return 0;
    }
    return store_commit(store, error) ? message : 0;
}

gint64 inbox_answer(Store *store, gint64 sender_id, const char *text, GError **error)
{
    g_autoptr(StoreSender) sender = store_sender_load(store, sender_id, error);
    return sender != NULL && text_is_good(text, error)
               ? add_message(store, sender_id, true, text, sender->public_key, error)
               : 0;
}

char *inbox_read(Store *store, const StoreMessage *message, const guint8 public_key[32],
                 const guint8 secret_key[32], gint64 *ret_time, GError **error)
{
    gsize length = 0;
    const guint8 *sealed =
        message->sealed != NULL ? g_bytes_get_data(message->sealed, &length) : NULL;
    json_t *object = NULL;
    if (length > crypto_box_SEALBYTES) {
        g_autofree guint8 *plain = g_malloc(length - crypto_box_SEALBYTES);
        if (crypto_box_seal_open(plain, sealed, length, public_key, secret_key) == 0)
            object = json_loadb((const char *)plain, length - crypto_box_SEALBYTES, 0, NULL);
        sodium_memzero(plain, length - crypto_box_SEALBYTES);
    }
    char *text = g_strdup(json_string_value(json_object_get(object, "text")));
    if (ret_time != NULL)
        *ret_time = json_integer_value(json_object_get(object, "time"));
    json_decref(object);
    if (text == NULL)
        fail(error, ZENHAR_ERROR_INTEGRITY,
             _("The message does not open: it is sealed to another key, or not whole."));
    return text;
}

gint64 inbox_take(Store *store, gint64 message_id, const guint8 secret_key[32], GError **error)
{
    guint8 public_key[32];
    gint64 when = 0;
    g_autoptr(StoreMessage) message = store_message_load(store, message_id, error);
    crypto_scalarmult_base(public_key, secret_key);
    g_autofree char *text =
        message != NULL ? inbox_read(store, message, public_key, secret_key, &when, error) : NULL;
    if (text == NULL)
        return -1;
    char sender[STORE_ID_MAX], id[STORE_ID_MAX];
    g_autofree char *source = g_strdup_printf(
        "sender %s", store_id_format(STORE_KIND_SENDER, message->sender_id, sender));
    g_autofree char *name =
        g_strdup_printf("message-%s.txt", store_id_format(STORE_KIND_MESSAGE, message->id, id));
    const IntakeOptions options = {.format = INTAKE_FORMAT_TEXT, .source = source, .when = when};
    IntakeSummary summary = {0};
    const gint64 before = store_report_count(store, NULL);
    const bool brought =
        intake_import_bytes(store, text, strlen(text), name, &options, &summary, error);
    intake_summary_clear(&summary);
    sodium_memzero(text, strlen(text));
    if (!brought)
        return -1;
    if (store_report_count(store, NULL) > before) {
        const StorePage last = {.limit = 1, .descending = true};
        g_autoptr(GPtrArray) newest = store_report_list(store, &last, error);
        if (newest == NULL)
            return -1;
        message->report_id = newest->len > 0 ? ((const StoreReport *)newest->pdata[0])->id : 0;
    }
    message->taken = store_now(store);
    return store_message_update(store, message, error) ? message->report_id : -1;
}
