/* The tables of tokens, senders and what was sent. */
#include "store/door.h"
#include "base/error.h"
#include "base/i18n.h"
#include "store/private.h"

static const StoreField store_api_token_fields[] = {
    FIELD(StoreApiToken, name),
    FIELD(StoreApiToken, role),
    FIELD(StoreApiToken, scopes),
    FIELD(StoreApiToken, sha256, .constraint = "NOT NULL UNIQUE"),
    FIELD(StoreApiToken, expires),
    FIELD(StoreApiToken, revoked),
    FIELD_TO(StoreApiToken, user_id, STORE_KIND_USER),
    FIELD_OF(StoreApiToken, created, FIELD_TIME),
};
STORE_ENTITY_DEFINE(StoreApiToken, store_api_token, STORE_KIND_TOKEN, .since = 7)

static const StoreField store_sender_fields[] = {
    FIELD(StoreSender, lookup, .constraint = "NOT NULL UNIQUE"),
    FIELD(StoreSender, public_key),
    FIELD_OF(StoreSender, created, FIELD_TIME),
    FIELD(StoreSender, seen),
};
STORE_ENTITY_DEFINE(StoreSender, store_sender, STORE_KIND_SENDER, .since = 7)

static const StoreField store_message_fields[] = {
    FIELD_TO(StoreMessage, sender_id, STORE_KIND_SENDER),
    FIELD(StoreMessage, outward),
    FIELD(StoreMessage, sealed),
    FIELD(StoreMessage, name),
    FIELD_OF(StoreMessage, created, FIELD_TIME),
    FIELD(StoreMessage, taken),
    FIELD_TO(StoreMessage, report_id, STORE_KIND_REPORT),
};
STORE_ENTITY_DEFINE(StoreMessage, store_message, STORE_KIND_MESSAGE, .since = 7)
STORE_ENTITY_BY_DEFINE(StoreMessage, store_message, sender)

StoreSender *store_sender_find(Store *store, const guint8 lookup[32], GError **error)
{
    const StoreBind bind = {.type = 'b', .p = lookup, .n = 32};
    const StorePage first = {.limit = 1};
    g_autoptr(GPtrArray) list =
        store_entity_list(store, &store_sender_entity, "\"lookup\" = ?1", &bind, 1, &first, error);
    if (list == NULL)
        return NULL;
    if (list->len > 0)
        return g_ptr_array_steal_index(list, 0);
    g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND,
                        _("No sender has this codename."));
    return NULL;
}
