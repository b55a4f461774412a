/* store/keys_private.h: what keys.c and keys_slots.c share. */
#pragma once
#include "store/private.h"

#include <jansson.h>
#include <sodium.h>

#define CASE_FILE "case.json"
enum {
    NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG_BYTES = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    SALT_BYTES = crypto_pwhash_SALTBYTES,
    WRAPPED_MAX = NONCE_BYTES + crypto_sign_SECRETKEYBYTES + TAG_BYTES,
    CASE_FILE_BYTES_MAX = 64 << 10,
    BOUND_BYTES = 64, /* associated data of every wrapping */
    CHECK_BYTES = 16,
};
G_STATIC_ASSERT(NONCE_BYTES + TAG_BYTES == STORE_SEAL_EXTRA_BYTES);

/* What a hostile case.json may ask of the machine that opens it. */
#define COST_PASSES_MAX ((guint64)64)
#define COST_MEMORY_MAX ((gsize)4 << 30)

typedef struct {
    guint8 data_key[STORE_KEY_BYTES];                    /* zeros where the slot does not hold it */
    guint8 derived[STORE_KEY_PURPOSES][STORE_KEY_BYTES]; /* [purpose - 1]; zeros where not held */
    guint8 signing_key[crypto_sign_SECRETKEYBYTES];
} Secrets;

struct StoreKeys {
    gint references;
    Secrets *secrets;
    guint8 public_key[STORE_PUBLIC_KEY_BYTES];
    guint8 case_id[STORE_CASE_ID_BYTES];
    guint held;                     /* bit purpose: that key is held; bit 0: the data key */
    char name[STORE_SLOT_NAME_MAX]; /* of the slot that opened; empty: the owner's passphrase */
    char role[STORE_SLOT_ROLE_MAX];
};

/* What one more passphrase opens: the keys of its role, wrapped. */
enum { SLOT_PLAIN_BYTES = STORE_KEY_BYTES * (1 + STORE_KEY_PURPOSES) + 1 };
typedef struct {
    char name[STORE_SLOT_NAME_MAX];
    char role[STORE_SLOT_ROLE_MAX];
    StoreKeyCost cost;
    guint8 salt[SALT_BYTES];
    bool old_binding;          /* of case.json 2: name and role are not bound to the wrapping */
    guint8 check[CHECK_BYTES]; /* that the passphrase is this slot's; not in the old binding */
    guint8 wrapped[NONCE_BYTES + SLOT_PLAIN_BYTES + TAG_BYTES];
} KeySlot;

/* What a split of the key opens: the keys of its role, wrapped by a random key of its own that
 * stands nowhere; the shares give it. */
typedef struct {
    StoreRecovery about;
    guint8 check[CHECK_BYTES];                          /* that the shares gave the right key */
    guint8 share_checks[STORE_SHARES_MAX][CHECK_BYTES]; /* that a share is as it was given */
    guint8 wrapped[NONCE_BYTES + SLOT_PLAIN_BYTES + TAG_BYTES];
} KeyRecovery;

/* case.json as read. */
typedef struct {
    StoreKeyCost cost;
    guint8 salt[SALT_BYTES];
    guint8 case_id[STORE_CASE_ID_BYTES];
    guint8 public_key[STORE_PUBLIC_KEY_BYTES];
    guint8 data_key[NONCE_BYTES + STORE_KEY_BYTES + TAG_BYTES];
    guint8 signing_key[NONCE_BYTES + crypto_sign_SECRETKEYBYTES + TAG_BYTES];
    guint n_slots;
    KeySlot slots[STORE_SLOTS_MAX];
    guint n_recoveries;
    KeyRecovery recoveries[STORE_RECOVERIES_MAX];
} CaseFile;
G_STATIC_ASSERT(sizeof(((CaseFile *)0)->signing_key) == WRAPPED_MAX);

/* keys.c */
bool keys_ready(GError **error);
/* Nothing held yet. */
StoreKeys *keys_new(GError **error);
bool keys_passphrase_fits(const char *passphrase, GError **error);
bool keys_cost_settle(const StoreKeyCost *cost, StoreKeyCost *ret_cost, GError **error);
/* Argon2id. */
bool keys_stretch(const char *passphrase, const StoreKeyCost *cost, const guint8 *salt,
                  guint8 ret_key[STORE_KEY_BYTES], GError **error);
/* What a wrapped key is for is bound to it: neither can stand in the other's place, or in
 * another case. `what`: at most 47 bytes. */
void keys_bound(const char *what, const guint8 *case_id, guint8 ret_bound[BOUND_BYTES]);
/* Likewise with the BLAKE2b of `more`; `what`: at most 15 bytes. */
void keys_bound_more(const char *what, const void *more, gsize length, const guint8 *case_id,
                     guint8 ret_bound[BOUND_BYTES]);
void keys_wrap(const guint8 bound[BOUND_BYTES], const guint8 *key, const guint8 *plain,
               gsize length, guint8 *ret_wrapped);
bool keys_unwrap_bytes(const guint8 bound[BOUND_BYTES], const guint8 *key, const guint8 *wrapped,
                       gsize wrapped_length, guint8 *ret_plain);
/* Tells whether `key` is the one that wrapped, before anything else is believed. */
void keys_check_of(const guint8 *key, const guint8 *case_id, guint8 ret_check[CHECK_BYTES]);
bool keys_wrap_data_key(const char *passphrase, const guint8 *data_key, CaseFile *file,
                        GError **error);
/* From the data key to all others, the signing key unwrapped and held against the public one. */
bool keys_open_all(StoreKeys *keys, const CaseFile *file, const char *folder, GError **error);
/* keys_file.c */
json_t *keys_json_hex(const guint8 *bytes, gsize length);
bool keys_read_hex(const json_t *object, const char *name, guint8 *ret_bytes, gsize length);
bool keys_read_cost(const json_t *passphrase, StoreKeyCost *ret_cost);
/* The version that case.json needs: the lowest that can say what is in it. */
int keys_file_version(const CaseFile *file);
bool keys_file_load(const char *folder, CaseFile *ret_file, GError **error);
bool keys_file_save(const char *folder, const CaseFile *file, GError **error);
/* The same for a case that is being made. */
bool keys_file_make(const char *folder, const CaseFile *file, GError **error);
/* The file (or row) as it is, and put in place again; is_new: there is none yet. */
char *keys_file_text(const char *place, GError **error);
bool keys_file_put(const char *place, const char *text, bool is_new, GError **error);
/* keys_slots.c: the array "slots" of case.json; NULL where there is none. */
json_t *keys_slots_json(const CaseFile *file);
bool keys_slots_read(const json_t *root, CaseFile *file);
/* The keys of the first slot that the passphrase opens; *ret_opened false: none. INTEGRITY: it is
 * a slot's passphrase, and what stands beside it was changed. */
bool keys_slots_open(const CaseFile *file, const char *passphrase, StoreKeys *keys,
                     bool *ret_opened, GError **error);
/* The keys of a role as they are wrapped (SLOT_PLAIN_BYTES), and back. */
void keys_plain_fill(const StoreKeys *keys, guint held, guint8 *ret_plain);
void keys_plain_take(StoreKeys *keys, const guint8 *plain);
/* In locked memory, zeros; NULL with MEMORY. */
guint8 *keys_plain_new(GError **error);
/* The keys, whole, and the file they came from; the slot that opened is bound anew in `file` when
 * it is of the old binding. */
StoreKeys *keys_to_share(const char *folder, const char *passphrase, CaseFile *file,
                         GError **error);
/* One more slot in `file`, of what `keys` hold. */
bool keys_slot_put(const StoreKeys *keys, CaseFile *file, const char *name, const char *role,
                   const char *passphrase, const StoreKeyCost *cost, GError **error);
/* keys_recovery.c: the array "recoveries" of case.json. */
json_t *keys_recoveries_json(const CaseFile *file);
bool keys_recoveries_read(const json_t *root, CaseFile *file);
/* Derives all keys from the data key. */
void keys_derive_all(StoreKeys *keys);
/* bit purpose, as in StoreKeys.held; 0: no such role */
guint keys_of_role(const char *role);
/* Wraps the keys of its role anew for the slot of that name, name and role bound to them. */
bool keys_slot_wrap(const StoreKeys *keys, CaseFile *file, const char *name, const char *passphrase,
                    const StoreKeyCost *cost, GError **error);
