/* Keys as people hand them over, or keep them. */
#include "evidence/bundle.h"

#include "base/i18n.h"
#include "evidence/proof_json.h"
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sodium.h>
#include <string.h>

enum { KEY_FILE_MOST = 64 << 10 };

static bool read_pem(const char *text, gsize length, guint8 ret_key[STORE_PUBLIC_KEY_BYTES])
{
    size_t n = STORE_PUBLIC_KEY_BYTES;
    BIO *in = BIO_new_mem_buf(text, (int)length);
    EVP_PKEY *key = PEM_read_bio_PUBKEY(in, NULL, NULL, NULL);
    const bool read = key != NULL && EVP_PKEY_id(key) == EVP_PKEY_ED25519 &&
                      EVP_PKEY_get_raw_public_key(key, ret_key, &n) == 1;
    EVP_PKEY_free(key);
    BIO_free(in);
    return read;
}

static bool read_json(const char *text, gsize length, guint8 ret_key[STORE_PUBLIC_KEY_BYTES])
{
    json_t *object = json_loadb(text, length, 0, NULL);
    const bool read = evidence_hex_read(json_string_value(json_object_get(object, "public_key")),
                                        ret_key, STORE_PUBLIC_KEY_BYTES);
    json_decref(object);
    return read;
}

bool evidence_public_key_read(const char *text, guint8 ret_key[STORE_PUBLIC_KEY_BYTES],
                              GError **error)
{
    g_autofree char *contents = NULL;
    gsize length = 0;
    if (evidence_hex_read(text, ret_key, STORE_PUBLIC_KEY_BYTES))
        return true;
    if (!g_file_get_contents(text, &contents, &length, NULL)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND,
                    _("%s is neither a file that can be read nor a public key of 64 hexadecimal "
                      "digits."),
                    text);
        return false;
    }
    g_autofree char *bare = g_strstrip(g_strndup(contents, length));
    if (length <= KEY_FILE_MOST &&
        (evidence_hex_read(bare, ret_key, STORE_PUBLIC_KEY_BYTES) ||
         read_pem(contents, length, ret_key) || read_json(contents, length, ret_key)))
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                _("%s holds no public key: 64 hexadecimal digits, an Ed25519 key in PEM or JSON "
                  "with a member public_key is awaited."),
                text);
    return false;
}

static bool read_secret_pem(const char *text, gsize length, guint8 ret_seed[32])
{
    size_t n = 32;
    BIO *in = BIO_new_mem_buf(text, (int)length);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(in, NULL, NULL, (char[]){""});
    const bool read = key != NULL && EVP_PKEY_id(key) == EVP_PKEY_ED25519 &&
                      EVP_PKEY_get_raw_private_key(key, ret_seed, &n) == 1;
    EVP_PKEY_free(key);
    BIO_free(in);
    return read;
}

bool evidence_secret_seed_read(const char *file, guint8 ret_seed[32], GError **error)
{
    char *contents = NULL;
    gsize length = 0;
    bool read = false;
    if (!g_file_get_contents(file, &contents, &length, NULL)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND, _("%s cannot be read."), file);
        return false;
    }
    if (length <= KEY_FILE_MOST) {
        char bare[65] = "";
        gsize end = length;
        while (end > 0 && g_ascii_isspace(contents[end - 1]))
            end--;
        if (end == 64)
            memcpy(bare, contents, end);
        read = evidence_hex_read(bare, ret_seed, 32) || read_secret_pem(contents, length, ret_seed);
        sodium_memzero(bare, sizeof bare);
    }
    sodium_memzero(contents, length);
    g_free(contents);
    if (!read)
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    _("%s holds no secret key: 64 hexadecimal digits, or an Ed25519 key in PEM "
                      "without a passphrase is awaited."),
                    file);
    return read;
}
