/* The tables of users, audit entries and settings. */
#include "store/user.h"
#include "store/private.h"

#include <string.h>

static const StoreField store_user_fields[] = {
    FIELD(StoreUser, name, .constraint = "NOT NULL UNIQUE"),
    FIELD(StoreUser, role),
    FIELD(StoreUser, password_hash),
    FIELD_OF(StoreUser, totp_secret, FIELD_SEALED),
    FIELD(StoreUser, language),
    FIELD(StoreUser, disabled),
    FIELD_OF(StoreUser, created, FIELD_TIME),
};
STORE_ENTITY_DEFINE(StoreUser, store_user, STORE_KIND_USER)
STORE_ENTITY_FIND_DEFINE(StoreUser, store_user, name)

static const StoreField store_audit_fields[] = {
    FIELD_OF(StoreAudit, time, FIELD_TIME),
    FIELD_TO(StoreAudit, user_id, STORE_KIND_USER),
    FIELD(StoreAudit, action),
    FIELD(StoreAudit, target_kind),
    FIELD(StoreAudit, target_id),
    FIELD(StoreAudit, field),
    FIELD(StoreAudit, reason),
    FIELD(StoreAudit, actor, .since = 8),
};

void store_act_as(Store *store, const char *actor)
{
    g_free(store->actor);
    store->actor = g_strdup(actor);
}

static bool audit_prepare(Store *store, void *record, GError **error)
{
    StoreAudit *entry = record;
    if (entry->actor == NULL)
        entry->actor = g_strdup(store->actor);
    return true;
}
STORE_ENTITY_DEFINE(StoreAudit, store_audit, STORE_KIND_AUDIT, .add_only = true,
                    .prepare = audit_prepare)

static const StoreField store_setting_fields[] = {
    FIELD(StoreSetting, name, .constraint = "NOT NULL UNIQUE"),
    FIELD(StoreSetting, value),
};
STORE_ENTITY_DEFINE(StoreSetting, store_setting, STORE_KIND_SETTING)
bool store_audit_look(Store *store, gint64 user_id, StoreKind kind, gint64 id, const char *field,
                      const char *reason, GError **error)
{
    g_autoptr(StoreAudit) entry = store_audit_new();
    entry->user_id = user_id;
    entry->action = g_strdup("look");
    entry->target_kind = (gint32)kind;
    entry->target_id = id;
    entry->field = g_strdup(field);
    entry->reason = g_strdup(reason);
    return store_audit_add(store, entry, error);
}

static bool setting_load(Store *store, const char *name, StoreSetting **ret_setting, GError **error)
{
    const StoreBind bind = {.type = 't', .p = name, .n = strlen(name)};
    const StorePage first = {.limit = 1};
    *ret_setting = NULL;
    g_autoptr(GPtrArray) list =
        store_entity_list(store, &store_setting_entity, "\"name\" = ?1", &bind, 1, &first, error);
    if (list != NULL && list->len > 0)
        *ret_setting = g_ptr_array_steal_index(list, 0);
    return list != NULL;
}

char *store_setting_get(Store *store, const char *name, GError **error)
{
    g_autoptr(StoreSetting) setting = NULL;
    if (!setting_load(store, name, &setting, error) || setting == NULL)
        return NULL;
    return g_steal_pointer(&setting->value);
}

bool store_setting_set(Store *store, const char *name, const char *value, GError **error)
{
    g_autoptr(StoreSetting) setting = NULL;
    if (!store_begin(store, error))
        return false;
    bool done = setting_load(store, name, &setting, error);
    if (done && setting == NULL && value != NULL) {
        setting = store_setting_new();
        setting->name = g_strdup(name);
        setting->value = g_strdup(value);
        done = store_setting_add(store, setting, error);
    } else if (done && setting != NULL && value == NULL) {
        done = store_setting_remove(store, setting->id, error);
    } else if (done && setting != NULL && g_strcmp0(setting->value, value) != 0) {
        g_free(setting->value);
        setting->value = g_strdup(value);
        done = store_setting_update(store, setting, error);
    }
    return store_write_end(store, true, done, error);
}
