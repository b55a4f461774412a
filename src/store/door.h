/* store/door.h: who comes in without an account: programs with a token, senders with a codename. */
#pragma once
#include "store/entity.h"

/** A token of the JSON API. Its secret is shown once; its hash is kept. */
typedef struct {
    gint64 id;
    char *name;        /**< what it is for */
    char *role;        /**< as of an account */
    char *scopes;      /**< "read", or "read write" */
    guint8 sha256[32]; /**< of the secret */
    gint64 expires;    /**< seconds; 0 never */
    gint64 revoked;    /**< seconds; 0 not */
    gint64 user_id;    /**< who made it; 0 the command line */
    gint64 created;
} StoreApiToken;
STORE_ENTITY(StoreApiToken, store_api_token)

/** Somebody who sends without an account, known by what a codename derives (intake/inbox.h). */
typedef struct {
    gint64 id;
    guint8 lookup[32];     /**< BLAKE2b of the derived key */
    guint8 public_key[32]; /**< X25519: answers are sealed to it */
    gint64 created;
    gint64 seen; /**< seconds: the last time the codename was used */
} StoreSender;
STORE_ENTITY(StoreSender, store_sender)
/** NULL with NOT_FOUND. */
StoreSender *store_sender_find(Store *store, const guint8 lookup[32], GError **error);

/** One message from a sender, or to one: sealed so that only the other side can read it. */
typedef struct {
    gint64 id;
    gint64 sender_id;
    bool outward;   /**< to the sender */
    GBytes *sealed; /**< crypto_box_seal of it */
    char *name;     /**< of a file; NULL a message */
    gint64 created;
    gint64 taken;     /**< seconds: when it was opened, or read; 0 not yet */
    gint64 report_id; /**< what became of it; 0 */
} StoreMessage;
STORE_ENTITY(StoreMessage, store_message)
STORE_ENTITY_BY(StoreMessage, store_message, sender)
