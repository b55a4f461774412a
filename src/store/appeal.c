/* The tables of asks, letters, and what became of them. */
#include "store/appeal.h"
#include "store/private.h"

static const StoreField store_ask_fields[] = {
    FIELD(StoreAsk, code),
    FIELD(StoreAsk, title),
    FIELD(StoreAsk, text),
    FIELD(StoreAsk, addressee),
    FIELD(StoreAsk, measure),
    FIELD(StoreAsk, basis),
    FIELD(StoreAsk, status),
    FIELD(StoreAsk, priority),
    FIELD(StoreAsk, due_day),
    FIELD_TO(StoreAsk, crisis_id, STORE_KIND_CRISIS),
    FIELD_TO(StoreAsk, assessment_id, STORE_KIND_ASSESSMENT),
    FIELD(StoreAsk, source),
    FIELD_OF(StoreAsk, created, FIELD_TIME),
    FIELD(StoreAsk, title_fa),
    FIELD(StoreAsk, text_fa),
    FIELD(StoreAsk, basis_fa),
};
STORE_ENTITY_DEFINE(StoreAsk, store_ask, STORE_KIND_ASK)

static const StoreField store_appeal_fields[] = {
    FIELD(StoreAppeal, title),
    FIELD(StoreAppeal, reference),
    FIELD(StoreAppeal, language),
    FIELD(StoreAppeal, subject),
    FIELD(StoreAppeal, body),
    FIELD(StoreAppeal, day),
    FIELD(StoreAppeal, status),
    FIELD_TO(StoreAppeal, assessment_id, STORE_KIND_ASSESSMENT),
    FIELD_TO(StoreAppeal, previous_id, STORE_KIND_APPEAL),
    FIELD(StoreAppeal, synthetic),
    FIELD_OF(StoreAppeal, created, FIELD_TIME),
    FIELD(StoreAppeal, sha256, .since = 3),
    FIELD(StoreAppeal, sealed, .since = 3),
    FIELD_TO(StoreAppeal, original_id, STORE_KIND_ORIGINAL, .since = 3),
};
STORE_ENTITY_DEFINE(StoreAppeal, store_appeal, STORE_KIND_APPEAL)

static const StoreField store_recipient_fields[] = {
    FIELD_TO(StoreRecipient, body_id, STORE_KIND_BODY),
    FIELD(StoreRecipient, name),
    FIELD(StoreRecipient, office),
    FIELD(StoreRecipient, office_fa),
    FIELD(StoreRecipient, salutation),
    FIELD(StoreRecipient, salutation_fa),
    FIELD(StoreRecipient, address),
    FIELD(StoreRecipient, email),
    FIELD(StoreRecipient, language),
    FIELD(StoreRecipient, from_day),
    FIELD(StoreRecipient, to_day),
    FIELD(StoreRecipient, note),
    FIELD(StoreRecipient, source),
    FIELD(StoreRecipient, name_fa),
    FIELD(StoreRecipient, address_fa),
    FIELD(StoreRecipient, note_fa),
    FIELD(StoreRecipient, seen_day),
    FIELD(StoreRecipient, verified),
    FIELD(StoreRecipient, pgp_key, .since = 3),
};
STORE_ENTITY_DEFINE(StoreRecipient, store_recipient, STORE_KIND_RECIPIENT)
STORE_ENTITY_BY_DEFINE(StoreRecipient, store_recipient, body)

static const StoreField store_signatory_fields[] = {
    FIELD_TO(StoreSignatory, appeal_id, STORE_KIND_APPEAL),
    FIELD(StoreSignatory, name),
    FIELD(StoreSignatory, name_fa),
    FIELD(StoreSignatory, kind),
    FIELD(StoreSignatory, country),
    FIELD(StoreSignatory, status),
    FIELD_OF(StoreSignatory, contact, FIELD_SEALED),
    FIELD(StoreSignatory, consent),
    FIELD(StoreSignatory, day),
    FIELD(StoreSignatory, position),
    FIELD(StoreSignatory, source),
    FIELD(StoreSignatory, method, .since = 3),
    FIELD(StoreSignatory, sha256, .since = 3),
    FIELD(StoreSignatory, public_key, .since = 3),
    FIELD(StoreSignatory, signature, .since = 3),
    FIELD(StoreSignatory, token, .since = 3),
    FIELD(StoreSignatory, expires, .since = 3),
    FIELD(StoreSignatory, verified, .since = 3),
    FIELD(StoreSignatory, unnamed, .since = 3),
};
STORE_ENTITY_DEFINE(StoreSignatory, store_signatory, STORE_KIND_SIGNATORY)
STORE_ENTITY_BY_DEFINE(StoreSignatory, store_signatory, appeal)

static const StoreField store_delivery_fields[] = {
    FIELD_TO(StoreDelivery, appeal_id, STORE_KIND_APPEAL),
    FIELD_TO(StoreDelivery, recipient_id, STORE_KIND_RECIPIENT),
    FIELD_TO(StoreDelivery, original_id, STORE_KIND_ORIGINAL),
    FIELD(StoreDelivery, channel),
    FIELD(StoreDelivery, status),
    FIELD(StoreDelivery, message_id),
    FIELD(StoreDelivery, sent),
    FIELD(StoreDelivery, note),
    FIELD_OF(StoreDelivery, created, FIELD_TIME),
    FIELD(StoreDelivery, attempts, .since = 3),
    FIELD(StoreDelivery, next_try, .since = 3),
};
STORE_ENTITY_DEFINE(StoreDelivery, store_delivery, STORE_KIND_DELIVERY)
STORE_ENTITY_BY_DEFINE(StoreDelivery, store_delivery, appeal)

static const StoreField store_response_fields[] = {
    FIELD_TO(StoreResponse, delivery_id, STORE_KIND_DELIVERY),
    FIELD_TO(StoreResponse, ask_id, STORE_KIND_ASK),
    FIELD_TO(StoreResponse, recipient_id, STORE_KIND_RECIPIENT),
    FIELD_TO(StoreResponse, original_id, STORE_KIND_ORIGINAL),
    FIELD(StoreResponse, kind),
    FIELD(StoreResponse, text),
    FIELD(StoreResponse, received),
    FIELD_OF(StoreResponse, created, FIELD_TIME),
    FIELD(StoreResponse, text_fa),
    FIELD(StoreResponse, source),
};
STORE_ENTITY_DEFINE(StoreResponse, store_response, STORE_KIND_RESPONSE)
STORE_ENTITY_BY_DEFINE(StoreResponse, store_response, ask)
STORE_ENTITY_BY_DEFINE(StoreResponse, store_response, delivery)
