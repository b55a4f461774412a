/* store/keys.h: the keys of a case, in libsodium's guarded memory.
 *
 *     passphrase ──Argon2id──▶ wrapping key ──XChaCha20-Poly1305──▶ data key (random)
 *     data key ──BLAKE2b KDF──▶ database key, originals key, file-name key, field key,
 *                               key that wraps the Ed25519 signing key
 *
 *     a passphrase of a role ──Argon2id──▶ wrapping key ──▶ the keys of that role
 *
 *     k of n shares ──Shamir──▶ recovery key (random) ──▶ the keys of a role
 *
 * case.json keeps the parameters, the salt, the wrapped keys and the public key.
 * A change of passphrase wraps the same data key anew; nothing else is rewritten.
 * Counted references; safe from any thread. */
#pragma once
#include "store/share.h"

#include <glib.h>
#include <stdbool.h>

enum {
    STORE_KEY_BYTES = 32,
    STORE_PUBLIC_KEY_BYTES = 32, /**< Ed25519 */
    STORE_CASE_ID_BYTES = 16,
    STORE_SEAL_EXTRA_BYTES = 40, /**< a sealed field is this much longer: nonce 24, tag 16 */
};

typedef struct StoreKeys StoreKeys;

typedef enum {
    STORE_KEY_DATABASE = 1,
    STORE_KEY_ORIGINALS = 2,
    STORE_KEY_FIELDS = 3,
    STORE_KEY_SIGNING_WRAP = 4,
    STORE_KEY_NAMES = 5, /**< names of sealed files, so that they tell a thief nothing */
    STORE_KEY_PURPOSES = 5,
} StoreKeyPurpose;

enum { STORE_SLOTS_MAX = 16, STORE_SLOT_NAME_MAX = 64, STORE_SLOT_ROLE_MAX = 24 };

/** How costly the passphrase is to guess; zeros are the defaults (3 passes, 128 MiB). */
typedef struct {
    guint64 passes;
    gsize memory_bytes;
} StoreKeyCost;

/** Reads case.json in `folder` and unwraps. Errors: PASSPHRASE, NOT_FOUND (no such folder),
 *  NOT_A_CASE, NEWER, IO. Transfers one reference. */
StoreKeys *store_keys_load(const char *folder, const char *passphrase, GError **error);
StoreKeys *store_keys_ref(StoreKeys *keys);
/** Is case.json, byte by byte, what Zenhar writes? What is read without a seal (letters of hex,
 * names and blanks) could change unseen otherwise. INTEGRITY names the file. Needs no key. */
bool store_keys_check(const char *folder, GError **error);
void store_keys_unref(StoreKeys *keys);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreKeys, store_keys_unref)

/** Wraps the data key by a new passphrase and puts case.json in place (written beside,
 *  fsynced, renamed): at any moment the old or the new passphrase opens the case. */
bool store_keys_change_passphrase(const char *folder, const char *old_passphrase,
                                  const char *new_passphrase, const StoreKeyCost *cost,
                                  GError **error);

/** One more passphrase for somebody, wrapping the keys of a role; nothing else is rewritten.
 *  administrator, documenter, advocate hold every key. analyst and reader hold the database's
 *  alone: no sealed field, no original opens, and the case opens for reading only. `passphrase`
 *  must hold every key. Errors: USAGE (name taken or no name, unknown role, no place left),
 *  PASSPHRASE, IO. */
bool store_keys_slot_add(const char *folder, const char *passphrase, const char *name,
                         const char *role, const char *new_passphrase, const StoreKeyCost *cost,
                         GError **error);
/** Takes it away. Copies of case.json made before still open with it. NOT_FOUND: no such name. */
bool store_keys_slot_remove(const char *folder, const char *passphrase, const char *name,
                            GError **error);
typedef struct {
    char name[STORE_SLOT_NAME_MAX], role[STORE_SLOT_ROLE_MAX];
} StoreKeySlot;
/** Who has a passphrase of their own, without opening anything. GArray of StoreKeySlot. */
GArray *store_keys_slots(const char *folder, GError **error);
/* ---- recovery by shares (store/share.h) ---- */

enum { STORE_RECOVERIES_MAX = 8 };
/** One split: what is in case.json of it, readable to whoever has the file. */
typedef struct {
    guint8 split[STORE_SPLIT_BYTES];
    char role[STORE_SLOT_ROLE_MAX];
    guint8 threshold, shares;
    gint64 made; /**< seconds since 1970 UTC */
} StoreRecovery;

/** Keeps the shares (prints, writes them); false with error set: the split is not made. */
typedef bool (*StoreSharesKeep)(const StoreShare *shares, gsize n, void *context, GError **error);
/** A new random key wraps the keys of `role`, and is split: any `threshold` of `n` shares give it.
 *  No passphrase hangs on it, none changes it. `keep` gets the shares, once, in locked memory that
 *  is wiped after the call; case.json is written when it succeeds. `passphrase` must hold every
 *  key. Errors: USAGE (numbers, role, too many splits), PASSPHRASE, IO, those of `keep`. */
bool store_keys_split(const char *folder, const char *passphrase, const char *role,
                      guint8 threshold, guint8 n, StoreSharesKeep keep, void *context,
                      GError **error);
/** Shares of it open nothing any more; copies of case.json made before still do. NOT_FOUND. */
bool store_keys_split_revoke(const char *folder, const char *passphrase, const char *split,
                             GError **error);
/** GArray of StoreRecovery, without opening anything. */
GArray *store_keys_splits(const char *folder, GError **error);
/** Is it a share of this case, of a split in force, as it was given? INTEGRITY or USAGE say what
 *  is wrong. */
bool store_keys_share_check(const char *folder, const StoreShare *share, GError **error);
/** The keys that the shares give, proven: they unwrap, and what holds every key signs what the
 *  case's public key checks. Nothing is written. Errors: USAGE (too few, of two splits, of another
 *  case, one twice), INTEGRITY (mistyped or forged; case.json changed), IO. */
StoreKeys *store_keys_recover(const char *folder, const StoreShare *shares, gsize n,
                              GError **error);
/** A passphrase for keys that were recovered: a new slot for `name` of their role, or, with name
 *  NULL, the owner's in place of the lost one (keys must be whole; the old one opens no more).
 *  case.json is put in place as by store_keys_change_passphrase. */
bool store_keys_recovered_save(const char *folder, const StoreKeys *keys, const char *name,
                               const char *passphrase, const StoreKeyCost *cost, GError **error);

/** Does it hold this key, and every key (the data key itself)? */
bool store_keys_hold(const StoreKeys *keys, StoreKeyPurpose purpose);
bool store_keys_whole(const StoreKeys *keys);
/** Of the slot that opened the case; "" for the owner's passphrase. Borrowed. */
const char *store_keys_name(const StoreKeys *keys);
const char *store_keys_role(const StoreKeys *keys);

/** A key derived for one purpose, which must be held; wipe it with sodium_memzero. */
void store_keys_derive(const StoreKeys *keys, StoreKeyPurpose purpose,
                       guint8 ret_key[STORE_KEY_BYTES]);
/** Ed25519 detached signature by the case's key. */
void store_keys_sign(const StoreKeys *keys, const void *message, gsize length,
                     guint8 ret_signature[64]);
/** Borrowed from keys. */
const guint8 *store_keys_public(const StoreKeys *keys);
const guint8 *store_keys_case_id(const StoreKeys *keys);

/** Seals a short text (a name, a number) under the field key, bound to the kind and field:
 *  a sealed name cannot be moved to another column. ret_sealed has length + STORE_SEAL_EXTRA_BYTES.
 */
void store_keys_seal(const StoreKeys *keys, guint8 kind, guint8 field, const void *text,
                     gsize length, guint8 *ret_sealed);
/** Likewise under a leaf of the tree of keys (store/seal_tree.h), whose number stands in the nonce.
 */
void store_keys_seal_leaf(const guint8 key[STORE_KEY_BYTES], guint64 leaf, guint8 kind,
                          guint8 field, const void *text, gsize length, guint8 *ret_sealed);
bool store_keys_open_leaf(const guint8 key[STORE_KEY_BYTES], guint8 kind, guint8 field,
                          const void *sealed, gsize length, guint8 *ret_text);
/** The leaf that a sealed text says it is of; 0: none, it is under the field key. One in 2^32 of
 *  those says so by chance: what opens by no leaf is tried by the field key, too. */
guint64 store_keys_leaf_of(const void *sealed, gsize length);
/** False when it does not open; else length - STORE_SEAL_EXTRA_BYTES bytes in ret_text. */
bool store_keys_open(const StoreKeys *keys, guint8 kind, guint8 field, const void *sealed,
                     gsize length, guint8 *ret_text);
