/* intake/inbox.h: messages from people without an account, sealed at once so that the server that
 * took them cannot read them again.
 *
 *     codename (24 digits, about 80 bits) ──Argon2id, salted by the case──▶ 64 bytes
 *         first half   seed of the sender's X25519 key pair: answers are sealed to it
 *         second half  its BLAKE2b is how the sender's row is found
 *     message ──crypto_box_seal──▶ the inbox's public key
 *     inbox's secret key ──wrapped by a passphrase of its own (Argon2id)──▶ inbox.json
 *
 * The server knows the public key and never the inbox's passphrase: what it took it cannot open,
 * whoever compels it. A message is in its memory while it is sealed, no longer. */
#pragma once
#include "store/door.h"
#include "store/keys.h"

enum {
    INBOX_CODENAME_DIGITS = 24,
    INBOX_TEXT_MOST = 50000, /**< bytes of one message */
};

/** Makes the inbox of a case: a key pair, its secret half in inbox.json beside its records
 * (store/beside.h) under `passphrase`, its public half as the setting "inbox_public_key". USAGE
 * when there is one. */
bool inbox_make(Store *store, const char *passphrase, const StoreKeyCost *cost, GError **error);
/** The public key; false without error when the case has no inbox. */
bool inbox_public(Store *store, guint8 ret_key[32], GError **error);
/** The secret key, into 32 bytes of guarded memory (free with sodium_free). PASSPHRASE; NOT_FOUND.
 */
guint8 *inbox_unlock(Store *store, const char *passphrase, GError **error);

/** Six groups of four digits. Transfers. */
char *inbox_codename_new(void);
/** A codename's key pair and how its row is found. USAGE when it is not 24 digits (of any script;
 * blanks and hyphens are left out). Costs 64 MiB and about 0.1 s. */
typedef struct {
    guint8 public_key[32], secret_key[32], lookup[32];
} InboxIdentity;
bool inbox_identity(Store *store, const char *codename, InboxIdentity *ret_identity,
                    GError **error);
void inbox_identity_clear(InboxIdentity *identity);

/** Seals a text from a sender, who is added when new. Its id; 0 with error set: NOT_FOUND no inbox,
 * USAGE empty or too long. */
gint64 inbox_send(Store *store, const InboxIdentity *identity, const char *text, GError **error);
/** Seals an answer to a sender. */
gint64 inbox_answer(Store *store, gint64 sender_id, const char *text, GError **error);
/** Opens a message: of a sender with the inbox's secret key, an answer with the sender's. Text,
 * transfers; its time in seconds (may be NULL). INTEGRITY: sealed to another key, or not whole. */
char *inbox_read(Store *store, const StoreMessage *message, const guint8 public_key[32],
                 const guint8 secret_key[32], gint64 *ret_time, GError **error);
/** Opens a sender's message and brings it in as a report under the source "sender SD3"; marks it as
 * taken. The report's id (0: it waits in the quarantine or was known); -1 with error set. */
gint64 inbox_take(Store *store, gint64 message_id, const guint8 secret_key[32], GError **error);
