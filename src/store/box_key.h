/* store/box_key.h: an X25519 key pair in a file, its secret half wrapped by a passphrase: the
 * inbox's, and those of people to whom cases are handed over.
 *
 *     {"version": 1, "passes", "memory_bytes", "salt", "public_key", "wrapped"}
 *
 * wrapped: nonce (24) and crypto_secretbox of the secret key, under Argon2id of the passphrase. */
#pragma once
#include "store/keys.h"

enum { BOX_KEY_BYTES = 32 };

/** The pair as the text of such a file; transfers. Errors: IO. */
char *box_key_wrap(const char *passphrase, const StoreKeyCost *cost,
                   const guint8 public_key[BOX_KEY_BYTES], const guint8 secret_key[BOX_KEY_BYTES],
                   GError **error);
/** box_key_open of the text. NOT_FOUND: there is no key in it. */
guint8 *box_key_unwrap(const char *text, const char *passphrase, guint8 ret_public[BOX_KEY_BYTES],
                       GError **error);
/** Written beside, synced, renamed, for the user alone. Errors: IO. */
bool box_key_save(const char *path, const char *passphrase, const StoreKeyCost *cost,
                  const guint8 public_key[BOX_KEY_BYTES], const guint8 secret_key[BOX_KEY_BYTES],
                  GError **error);
/** The secret key in guarded memory (free with sodium_free); ret_public may be NULL. Errors:
 *  NOT_FOUND (no such file, or no key in it), PASSPHRASE, IO. */
guint8 *box_key_open(const char *path, const char *passphrase, guint8 ret_public[BOX_KEY_BYTES],
                     GError **error);
/** The public half alone, without a passphrase. NOT_FOUND. */
bool box_key_public(const char *path, guint8 ret_public[BOX_KEY_BYTES], GError **error);
