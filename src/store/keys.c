/* The keys of a case, from passphrase to seal (the file they lie in: keys_file.c). Secrets live in
 * sodium_malloc'ed memory (guard pages, not swapped, wiped at free); derived keys are the caller's
 * to wipe. */
#include "base/error.h"
#include "base/i18n.h"
#include "store/keys_private.h"
#include "store/seal_tree.h"

#include <pthread.h>
#include <string.h>

enum { POOL_NONCES = 128 };

bool keys_ready(GError **error)
{
    if (sodium_init() >= 0)
        return true;
    g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_IO,
                        _("The cryptographic library could not be started: this machine gives no "
                          "random numbers."));
    return false;
}

StoreKeys *keys_new(GError **error)
{
    Secrets *secrets = sodium_malloc(sizeof(Secrets));
    if (secrets == NULL) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_MEMORY,
                            _("There is no memory that can be locked for the keys of the case."));
        return NULL;
    }
    sodium_memzero(secrets, sizeof *secrets);
    StoreKeys *keys = g_new0(StoreKeys, 1);
    keys->references = 1;
    keys->secrets = secrets;
    return keys;
}

StoreKeys *store_keys_ref(StoreKeys *keys)
{
    g_atomic_int_inc(&keys->references);
    return keys;
}

void store_keys_unref(StoreKeys *keys)
{
    if (keys == NULL || !g_atomic_int_dec_and_test(&keys->references))
        return;
    sodium_free(keys->secrets);
    g_free(keys);
}

/* ---- wrapping ---- */

void keys_bound(const char *what, const guint8 *case_id, guint8 ret_bound[BOUND_BYTES])
{
    memset(ret_bound, 0, BOUND_BYTES);
    g_strlcpy((char *)ret_bound, what, BOUND_BYTES - STORE_CASE_ID_BYTES);
    memcpy(ret_bound + BOUND_BYTES - STORE_CASE_ID_BYTES, case_id, STORE_CASE_ID_BYTES);
}

void keys_bound_more(const char *what, const void *more, gsize length, const guint8 *case_id,
                     guint8 ret_bound[BOUND_BYTES])
{
    const gsize hash_bytes = 32, at = BOUND_BYTES - STORE_CASE_ID_BYTES - hash_bytes;
    g_assert(strlen(what) < at);
    keys_bound(what, case_id, ret_bound);
    crypto_generichash(ret_bound + at, hash_bytes, more, length, NULL, 0);
}

void keys_check_of(const guint8 *key, const guint8 *case_id, guint8 ret_check[CHECK_BYTES])
{
    guint8 bound[BOUND_BYTES];
    keys_bound("zenhar key check", case_id, bound);
    crypto_generichash(ret_check, CHECK_BYTES, bound, sizeof bound, key, STORE_KEY_BYTES);
}

void keys_wrap(const guint8 bound[BOUND_BYTES], const guint8 *key, const guint8 *plain,
               gsize length, guint8 *ret_wrapped)
{
    randombytes_buf(ret_wrapped, NONCE_BYTES);
    crypto_aead_xchacha20poly1305_ietf_encrypt(ret_wrapped + NONCE_BYTES, NULL, plain, length,
                                               bound, BOUND_BYTES, NULL, ret_wrapped, key);
}

bool keys_unwrap_bytes(const guint8 bound[BOUND_BYTES], const guint8 *key, const guint8 *wrapped,
                       gsize wrapped_length, guint8 *ret_plain)
{
    return crypto_aead_xchacha20poly1305_ietf_decrypt(ret_plain, NULL, NULL, wrapped + NONCE_BYTES,
                                                      wrapped_length - NONCE_BYTES, bound,
                                                      BOUND_BYTES, wrapped, key) == 0;
}

bool keys_stretch(const char *passphrase, const StoreKeyCost *cost, const guint8 *salt,
                  guint8 ret_key[STORE_KEY_BYTES], GError **error)
{
    if (crypto_pwhash(ret_key, STORE_KEY_BYTES, passphrase, strlen(passphrase), salt, cost->passes,
                      cost->memory_bytes, crypto_pwhash_ALG_ARGON2ID13) == 0)
        return true;
    g_autofree char *mebibytes = i18n_integer((gint64)(cost->memory_bytes >> 20));
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_MEMORY,
                _("Opening this case takes %s MiB of memory, which are not free. Close other "
                  "programs and try again."),
                mebibytes);
    return false;
}

bool keys_cost_settle(const StoreKeyCost *cost, StoreKeyCost *ret_cost, GError **error)
{
    StoreKeyCost settled = cost != NULL ? *cost : (StoreKeyCost){0};
    if (settled.passes == 0)
        settled.passes = 3;
    if (settled.memory_bytes == 0)
        settled.memory_bytes = (gsize)128 << 20;
    if (settled.passes > COST_PASSES_MAX || settled.memory_bytes > COST_MEMORY_MAX ||
        settled.memory_bytes < crypto_pwhash_MEMLIMIT_MIN) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                            _("The cost of the passphrase must lie between 1 and 64 passes and "
                              "between 8 KiB and 4 GiB of memory."));
        return false;
    }
    settled.memory_bytes -= settled.memory_bytes % 1024; /* as Argon2id does */
    *ret_cost = settled;
    return true;
}

bool keys_passphrase_fits(const char *passphrase, GError **error)
{
    if (passphrase != NULL && passphrase[0] != '\0')
        return true;
    g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                        _("The passphrase is empty. Give one of several words."));
    return false;
}

/* ---- making, opening, changing ---- */

bool keys_wrap_data_key(const char *passphrase, const guint8 *data_key, CaseFile *file,
                        GError **error)
{
    guint8 wrapping[STORE_KEY_BYTES], bound[BOUND_BYTES];
    randombytes_buf(file->salt, sizeof file->salt);
    if (!keys_stretch(passphrase, &file->cost, file->salt, wrapping, error))
        return false;
    keys_bound("zenhar data key", file->case_id, bound);
    keys_wrap(bound, wrapping, data_key, STORE_KEY_BYTES, file->data_key);
    sodium_memzero(wrapping, sizeof wrapping);
    return true;
}

StoreKeys *store_keys_create(const char *passphrase, const StoreKeyCost *cost, GError **error)
{
    CaseFile file = {0};
    if (!keys_ready(error) || !keys_passphrase_fits(passphrase, error) ||
        !keys_cost_settle(cost, &file.cost, error))
        return NULL;
    g_autoptr(StoreKeys) keys = keys_new(error);
    if (keys == NULL)
        return NULL;
    randombytes_buf(keys->secrets->data_key, sizeof keys->secrets->data_key);
    randombytes_buf(keys->case_id, sizeof keys->case_id);
    crypto_sign_keypair(keys->public_key, keys->secrets->signing_key);
    keys_derive_all(keys);
    return g_steal_pointer(&keys);
}

bool store_keys_save(const StoreKeys *keys, const char *folder, const char *passphrase,
                     const StoreKeyCost *cost, GError **error)
{
    CaseFile file = {0};
    if (!keys_passphrase_fits(passphrase, error) || !keys_cost_settle(cost, &file.cost, error))
        return false;
    memcpy(file.case_id, keys->case_id, sizeof file.case_id);
    memcpy(file.public_key, keys->public_key, sizeof file.public_key);
    if (!keys_wrap_data_key(passphrase, keys->secrets->data_key, &file, error))
        return false;
    guint8 wrapping[STORE_KEY_BYTES], bound[BOUND_BYTES];
    store_keys_derive(keys, STORE_KEY_SIGNING_WRAP, wrapping);
    keys_bound("zenhar signing key", file.case_id, bound);
    keys_wrap(bound, wrapping, keys->secrets->signing_key, sizeof keys->secrets->signing_key,
              file.signing_key);
    sodium_memzero(wrapping, sizeof wrapping);
    return keys_file_make(folder, &file, error);
}

static bool keys_unwrap(StoreKeys *keys, const CaseFile *file, const char *folder,
                        const char *passphrase, GError **error)
{
    Secrets *secrets = keys->secrets;
    guint8 wrapping[STORE_KEY_BYTES], bound[BOUND_BYTES];
    if (!keys_stretch(passphrase, &file->cost, file->salt, wrapping, error))
        return false;
    keys_bound("zenhar data key", file->case_id, bound);
    const bool opened = keys_unwrap_bytes(bound, wrapping, file->data_key, sizeof file->data_key,
                                          secrets->data_key);
    sodium_memzero(wrapping, sizeof wrapping);
    memcpy(keys->case_id, file->case_id, sizeof keys->case_id);
    memcpy(keys->public_key, file->public_key, sizeof keys->public_key);
    bool by_slot = false;
    if (!opened && !keys_slots_open(file, passphrase, keys, &by_slot, error))
        return false;
    if (by_slot && !store_keys_whole(keys))
        return true; /* it signs nothing: there is nothing more to open */
    if (!opened && !by_slot) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_PASSPHRASE,
                    _("This passphrase does not open the case %s. Check the keyboard's language "
                      "and capital letters."),
                    folder);
        return false;
    }
    return keys_open_all(keys, file, folder, error);
}

bool keys_open_all(StoreKeys *keys, const CaseFile *file, const char *folder, GError **error)
{
    Secrets *secrets = keys->secrets;
    guint8 wrapping[STORE_KEY_BYTES], bound[BOUND_BYTES];
    keys_derive_all(keys);
    store_keys_derive(keys, STORE_KEY_SIGNING_WRAP, wrapping);
    keys_bound("zenhar signing key", file->case_id, bound);
    const bool signing = keys_unwrap_bytes(bound, wrapping, file->signing_key,
                                           sizeof file->signing_key, secrets->signing_key);
    sodium_memzero(wrapping, sizeof wrapping);
    guint8 public_key[STORE_PUBLIC_KEY_BYTES];
    if (!signing || crypto_sign_ed25519_sk_to_pk(public_key, secrets->signing_key) != 0 ||
        memcmp(public_key, file->public_key, sizeof public_key) != 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY,
                    _("The signing key in %s of the case %s was changed or does not belong to it. "
                      "Put back a copy of the file from a backup."),
                    CASE_FILE, folder);
        return false;
    }
    memcpy(keys->public_key, public_key, sizeof public_key);
    memcpy(keys->case_id, file->case_id, sizeof keys->case_id);
    return true;
}

StoreKeys *store_keys_load(const char *folder, const char *passphrase, GError **error)
{
    g_assert(folder != NULL && passphrase != NULL);
    CaseFile file = {0};
    if (!keys_ready(error) || !keys_file_load(folder, &file, error))
        return NULL;
    g_autoptr(StoreKeys) keys = keys_new(error);
    if (keys == NULL || !keys_unwrap(keys, &file, folder, passphrase, error))
        return NULL;
    return g_steal_pointer(&keys);
}

bool store_keys_change_passphrase(const char *folder, const char *old_passphrase,
                                  const char *new_passphrase, const StoreKeyCost *cost,
                                  GError **error)
{
    CaseFile file = {0};
    StoreKeyCost settled;
    if (!keys_passphrase_fits(new_passphrase, error) || !keys_cost_settle(cost, &settled, error))
        return false;
    g_autoptr(StoreKeys) keys = store_keys_load(folder, old_passphrase, error);
    if (keys == NULL || !keys_file_load(folder, &file, error))
        return false;
    if (store_keys_name(keys)[0] != '\0')
        return keys_slot_wrap(keys, &file, store_keys_name(keys), new_passphrase, &settled,
                              error) &&
               keys_file_save(folder, &file, error);
    file.cost = settled;
    if (!keys_wrap_data_key(new_passphrase, keys->secrets->data_key, &file, error))
        return false;
    return keys_file_save(folder, &file, error);
}

/* ---- using ---- */

void keys_derive_all(StoreKeys *keys)
{
    for (guint purpose = 1; purpose <= STORE_KEY_PURPOSES; purpose++)
        crypto_kdf_derive_from_key(keys->secrets->derived[purpose - 1], STORE_KEY_BYTES, purpose,
                                   "zenharv1", keys->secrets->data_key);
    keys->held = (1u << (STORE_KEY_PURPOSES + 1)) - 1;
}

bool store_keys_hold(const StoreKeys *keys, StoreKeyPurpose purpose)
{
    return (keys->held >> purpose & 1) != 0;
}

bool store_keys_whole(const StoreKeys *keys)
{
    return (keys->held & 1) != 0;
}

const char *store_keys_name(const StoreKeys *keys)
{
    return keys->name;
}

const char *store_keys_role(const StoreKeys *keys)
{
    return keys->role;
}

void store_keys_derive(const StoreKeys *keys, StoreKeyPurpose purpose,
                       guint8 ret_key[STORE_KEY_BYTES])
{
    g_assert(store_keys_hold(keys, purpose));
    memcpy(ret_key, keys->secrets->derived[purpose - 1], STORE_KEY_BYTES);
}

void store_keys_sign(const StoreKeys *keys, const void *message, gsize length,
                     guint8 ret_signature[64])
{
    g_assert(store_keys_whole(keys));
    crypto_sign_detached(ret_signature, NULL, message, length, keys->secrets->signing_key);
}

const guint8 *store_keys_public(const StoreKeys *keys)
{
    return keys->public_key;
}

const guint8 *store_keys_case_id(const StoreKeys *keys)
{
    return keys->case_id;
}

/* Nonces by the pool: a system call for each sealed name would cost as much as the sealing. A
 * forked child must not go on with its parent's pool: two texts would share a nonce. */
static _Thread_local struct {
    guint8 bytes[POOL_NONCES][NONCE_BYTES];
    guint left;
    guint generation;
} nonces;
static guint fork_generation = 1;

static void forked(void)
{
    fork_generation++;
}

static void nonce_take(guint8 *ret_nonce)
{
    static gsize once = 0;
    if (g_once_init_enter(&once)) {
        pthread_atfork(NULL, NULL, forked);
        g_once_init_leave(&once, 1);
    }
    if (nonces.left == 0 || nonces.generation != fork_generation) {
        randombytes_buf(nonces.bytes, sizeof nonces.bytes);
        nonces.left = POOL_NONCES;
        nonces.generation = fork_generation;
    }
    guint8 *taken = nonces.bytes[--nonces.left];
    memcpy(ret_nonce, taken, NONCE_BYTES);
    memset(taken, 0, NONCE_BYTES);
}

/* bound: kind and field; the nonce stands in front already. */
static void seal_by(const guint8 *key, guint8 kind, guint8 field, const void *text, gsize length,
                    guint8 *sealed)
{
    const guint8 bound[2] = {kind, field};
    crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + NONCE_BYTES, NULL, text, length, bound,
                                               sizeof bound, NULL, sealed, key);
}

void store_keys_seal(const StoreKeys *keys, guint8 kind, guint8 field, const void *text,
                     gsize length, guint8 *ret_sealed)
{
    nonce_take(ret_sealed);
    seal_by(keys->secrets->derived[STORE_KEY_FIELDS - 1], kind, field, text, length, ret_sealed);
}

bool store_keys_open(const StoreKeys *keys, guint8 kind, guint8 field, const void *sealed,
                     gsize length, guint8 *ret_text)
{
    return store_keys_open_leaf(keys->secrets->derived[STORE_KEY_FIELDS - 1], kind, field, sealed,
                                length, ret_text);
}

/* The nonce under a leaf: mark, number (little-endian), 12 random bytes. A leaf seals a few texts.
 */
static const guint8 LEAF_MARK[4] = {'z', 's', 1, 0};
enum { LEAF_AT = sizeof LEAF_MARK, LEAF_RANDOM_AT = LEAF_AT + 8 };

void store_keys_seal_leaf(const guint8 key[STORE_KEY_BYTES], guint64 leaf, guint8 kind,
                          guint8 field, const void *text, gsize length, guint8 *ret_sealed)
{
    const guint64 number = GUINT64_TO_LE(leaf);
    nonce_take(ret_sealed);
    memcpy(ret_sealed, LEAF_MARK, sizeof LEAF_MARK);
    memcpy(ret_sealed + LEAF_AT, &number, sizeof number);
    G_STATIC_ASSERT(NONCE_BYTES - LEAF_RANDOM_AT == 12);
    seal_by(key, kind, field, text, length, ret_sealed);
}

bool store_keys_open_leaf(const guint8 key[STORE_KEY_BYTES], guint8 kind, guint8 field,
                          const void *sealed, gsize length, guint8 *ret_text)
{
    const guint8 bound[2] = {kind, field};
    const guint8 *bytes = sealed;
    if (length < STORE_SEAL_EXTRA_BYTES)
        return false;
    return crypto_aead_xchacha20poly1305_ietf_decrypt(ret_text, NULL, NULL, bytes + NONCE_BYTES,
                                                      length - NONCE_BYTES, bound, sizeof bound,
                                                      bytes, key) == 0;
}

guint64 store_keys_leaf_of(const void *sealed, gsize length)
{
    guint64 number = 0;
    if (length < STORE_SEAL_EXTRA_BYTES || memcmp(sealed, LEAF_MARK, sizeof LEAF_MARK) != 0)
        return 0;
    memcpy(&number, (const guint8 *)sealed + LEAF_AT, sizeof number);
    number = GUINT64_FROM_LE(number);
    return number < SEAL_TREE_LEAVES ? number : 0;
}
