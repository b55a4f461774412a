/* store/appeal.h: asks, letters, recipients, signatories, deliveries, responses. */
#pragma once
#include "store/entity.h"

typedef struct {
    gint64 id;
    char *code; /**< "a", "b" … in the letter it came from */
    char *title;
    char *text;
    char *addressee; /**< body or office asked */
    char *measure;   /**< code of the measure it asks for */
    char *basis;     /**< legal basis */
    char *status;    /**< open, acknowledged, taken_up, met, refused */
    gint32 priority; /**< 1 first; 0 none */
    gint32 due_day;  /**< the clock; 0 none */
    gint64 crisis_id;
    gint64 assessment_id;
    char *source;
    gint64 created;
    char *title_fa, *text_fa, *basis_fa;
} StoreAsk; /* which findings it rests on: store_link, role "evidence" */
STORE_ENTITY(StoreAsk, store_ask)

/** Which asks and evidence it carries: store_link from the appeal. */
typedef struct {
    gint64 id;
    char *title;
    char *reference; /**< our number */
    char *language;  /**< fa, en */
    char *subject;
    char *body;   /**< paragraphs, one a line */
    gint32 day;   /**< date of the letter; 0 none */
    char *status; /**< draft, signed, sent */
    gint64 assessment_id;
    gint64 previous_id;
    bool synthetic;
    gint64 created;
    char *sha256;       /**< hex, of the text that is signed (appeal/sign.h); NULL: not sealed */
    gint64 sealed;      /**< seconds; 0 */
    gint64 original_id; /**< that text as a sealed original; 0 */
} StoreAppeal;
STORE_ENTITY(StoreAppeal, store_appeal)

typedef struct {
    gint64 id;
    gint64 body_id;
    char *name; /**< the holder; NULL: the office alone */
    char *office;
    char *office_fa;
    char *salutation, *salutation_fa;
    char *address; /**< lines */
    char *email;
    char *language;          /**< letters wanted in */
    gint32 from_day, to_day; /**< in office; 0 unknown */
    char *note;              /**< warnings: vacancy, succession */
    char *source;
    char *name_fa;
    char *address_fa;
    char *note_fa;
    gint32 seen_day; /**< last day on which a source shows the holder in office; 0 */
    char *verified;  /**< yes, memory */
    char *pgp_key;   /**< armoured public key of the office; NULL none known */
} StoreRecipient;
STORE_ENTITY(StoreRecipient, store_recipient)
STORE_ENTITY_BY(StoreRecipient, store_recipient, body)

typedef struct {
    gint64 id;
    gint64 appeal_id;
    char *name;
    char *name_fa;
    char *kind;      /**< organisation, person */
    char *country;   /**< ISO 3166-1 */
    char *status;    /**< asked, agreed, declined; pending, verified, withdrawn, void */
    char *contact;   /**< SEALED */
    char *consent;   /**< how and when it was given */
    gint32 day;      /**< of consent; 0 */
    gint32 position; /**< in the letter */
    char *source;
    char *method;     /**< link, ed25519, openpgp; NULL not yet */
    char *sha256;     /**< hex, of the text signed */
    char *public_key; /**< hex (ed25519) or armoured (openpgp) */
    char *signature;  /**< hex or armoured */
    char *token;      /**< hex SHA-256 of the one-time link's secret; NULL: used or none */
    gint64 expires;   /**< of the link; seconds */
    gint64 verified;  /**< seconds; 0 */
    bool unnamed;     /**< counts without being named: signs from inside the country */
} StoreSignatory;
STORE_ENTITY(StoreSignatory, store_signatory)
STORE_ENTITY_BY(StoreSignatory, store_signatory, appeal)

typedef struct {
    gint64 id;
    gint64 appeal_id;
    gint64 recipient_id;
    gint64 original_id; /**< the letter as sent, sealed; 0 */
    char *channel;      /**< post, email, portal, hand */
    char *status;       /**< prepared, printed, sending, unsure, sent, failed, bounced, received:
                             appeal/deliver.h, appeal/printing.h */
    char *message_id;
    gint64 sent; /**< seconds; 0 not yet */
    char *note;
    gint64 created;
    gint32 attempts;
    gint64 next_try; /**< seconds; 0 at once */
} StoreDelivery;
STORE_ENTITY(StoreDelivery, store_delivery)
STORE_ENTITY_BY(StoreDelivery, store_delivery, appeal)

typedef struct {
    gint64 id;
    gint64 delivery_id;
    gint64 ask_id;
    gint64 recipient_id;
    gint64 original_id; /**< the answer, sealed; 0 */
    char *kind;         /**< acknowledged, supports, refuses, acts, none */
    char *text;
    gint64 received; /**< seconds */
    gint64 created;
    char *text_fa;
    char *source; /**< where it was read; NULL: the original itself */
} StoreResponse;
STORE_ENTITY(StoreResponse, store_response)
STORE_ENTITY_BY(StoreResponse, store_response, ask)
STORE_ENTITY_BY(StoreResponse, store_response, delivery)
