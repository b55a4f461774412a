#include "store/box_key.h"

#include "base/error.h"
#include "base/i18n.h"
#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static bool fail(GError **error, ZenharErrorCode code, const char *sentence)
{
    g_set_error_literal(error, ZENHAR_ERROR, (int)code, sentence);
    return false;
}

static void put_hex(json_t *object, const char *name, const void *bytes, gsize n)
{
    g_autofree char *hex = g_malloc(2 * n + 1);
    sodium_bin2hex(hex, 2 * n + 1, bytes, n);
    json_object_set_new(object, name, json_string(hex));
}

static bool get_hex(const json_t *object, const char *name, guint8 *bytes, gsize n)
{
    const char *hex = json_string_value(json_object_get(object, name));
    gsize got = 0;
    return hex != NULL && sodium_hex2bin(bytes, n, hex, strlen(hex), NULL, &got, NULL) == 0 &&
           got == n;
}

enum { WRAPPED = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + 32 };

static bool derive(const char *passphrase, const guint8 salt[16], guint64 passes, gsize memory,
                   guint8 key[32], GError **error)
{
    return crypto_pwhash(key, 32, passphrase, strlen(passphrase), salt, passes, memory,
                         crypto_pwhash_ALG_ARGON2ID13) == 0 ||
           fail(error, ZENHAR_ERROR_IO, _("There is not enough memory to hash a passphrase."));
}

char *box_key_wrap(const char *passphrase, const StoreKeyCost *cost,
                   const guint8 public_key[BOX_KEY_BYTES], const guint8 secret_key[BOX_KEY_BYTES],
                   GError **error)
{
    guint8 salt[16], key[32], wrapped[WRAPPED];
    const guint64 passes = cost != NULL && cost->passes != 0 ? cost->passes : 3;
    const gsize memory =
        cost != NULL && cost->memory_bytes != 0 ? cost->memory_bytes : (gsize)128 << 20;
    randombytes_buf(salt, sizeof salt);
    if (!derive(passphrase, salt, passes, memory, key, error))
        return NULL;
    randombytes_buf(wrapped, crypto_secretbox_NONCEBYTES);
    crypto_secretbox_easy(wrapped + crypto_secretbox_NONCEBYTES, secret_key, 32, wrapped, key);
    sodium_memzero(key, sizeof key);
    json_t *object = json_object();
    json_object_set_new(object, "version", json_integer(1));
    json_object_set_new(object, "passes", json_integer((json_int_t)passes));
    json_object_set_new(object, "memory_bytes", json_integer((json_int_t)memory));
    put_hex(object, "salt", salt, sizeof salt);
    put_hex(object, "public_key", public_key, 32);
    put_hex(object, "wrapped", wrapped, sizeof wrapped);
    char *dumped = json_dumps(object, JSON_INDENT(1));
    char *text = g_strdup(dumped);
    free(dumped); /* jansson's own allocator */
    json_decref(object);
    return text;
}

bool box_key_save(const char *path, const char *passphrase, const StoreKeyCost *cost,
                  const guint8 public_key[BOX_KEY_BYTES], const guint8 secret_key[BOX_KEY_BYTES],
                  GError **error)
{
    g_autofree char *text = box_key_wrap(passphrase, cost, public_key, secret_key, error);
    g_autoptr(GError) why = NULL;
    if (text == NULL ||
        g_file_set_contents_full(path, text, -1,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                 &why))
        return text != NULL;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, "%s", why->message);
    return false;
}

static bool no_key(const char *path, GError **error)
{
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND,
                _("%s is not there, or is no key that `zenhar recipient` made."), path);
    return false;
}

bool box_key_public(const char *path, guint8 ret_public[BOX_KEY_BYTES], GError **error)
{
    json_t *object = json_load_file(path, 0, NULL);
    const bool whole = get_hex(object, "public_key", ret_public, BOX_KEY_BYTES);
    json_decref(object);
    return whole || no_key(path, error);
}

/* The object is given away; `name` is what is told. */
static guint8 *open_object(json_t *object, const char *name, const char *passphrase,
                           guint8 ret_public[BOX_KEY_BYTES], GError **error)
{
    guint8 salt[16], key[32], wrapped[WRAPPED];
    const json_int_t passes = json_integer_value(json_object_get(object, "passes"));
    const json_int_t memory = json_integer_value(json_object_get(object, "memory_bytes"));
    const bool whole = get_hex(object, "salt", salt, sizeof salt) &&
                       get_hex(object, "wrapped", wrapped, sizeof wrapped) && passes >= 1 &&
                       passes <= 64 && memory >= 8192 && memory <= (json_int_t)1 << 32;
    json_decref(object);
    if (!whole) {
        no_key(name, error);
        return NULL;
    }
    if (!derive(passphrase, salt, (guint64)passes, (gsize)memory, key, error))
        return NULL;
    guint8 *secret = sodium_malloc(BOX_KEY_BYTES);
    const bool fits =
        secret != NULL &&
        crypto_secretbox_open_easy(secret, wrapped + crypto_secretbox_NONCEBYTES,
                                   sizeof wrapped - crypto_secretbox_NONCEBYTES, wrapped, key) == 0;
    sodium_memzero(key, sizeof key);
    if (fits) { /* the public half follows from it; what the file says of it is not believed */
        guint8 public_key[BOX_KEY_BYTES];
        crypto_scalarmult_base(ret_public != NULL ? ret_public : public_key, secret);
        return secret;
    }
    sodium_free(secret);
    fail(error, ZENHAR_ERROR_PASSPHRASE, _("This is not the key's passphrase."));
    return NULL;
}

guint8 *box_key_open(const char *path, const char *passphrase, guint8 ret_public[BOX_KEY_BYTES],
                     GError **error)
{
    return open_object(json_load_file(path, 0, NULL), path, passphrase, ret_public, error);
}

guint8 *box_key_unwrap(const char *text, const char *passphrase, guint8 ret_public[BOX_KEY_BYTES],
                       GError **error)
{
    return open_object(json_loads(text, 0, NULL), "?", passphrase, ret_public, error);
}
