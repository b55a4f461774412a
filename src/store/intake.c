/* The tables of imports and of the quarantine. */
#include "store/intake.h"
#include "store/private.h"

#include <string.h>

static const StoreField store_import_fields[] = {
    FIELD_TO(StoreImport, original_id, STORE_KIND_ORIGINAL),
    FIELD(StoreImport, name),
    FIELD(StoreImport, format),
    FIELD(StoreImport, mapping),
    FIELD(StoreImport, key, .constraint = "NOT NULL UNIQUE"),
    FIELD_TO(StoreImport, source_id, STORE_KIND_SOURCE),
    FIELD(StoreImport, position),
    FIELD(StoreImport, records),
    FIELD(StoreImport, added),
    FIELD(StoreImport, duplicates),
    FIELD(StoreImport, quarantined),
    FIELD(StoreImport, state),
    FIELD(StoreImport, started),
    FIELD(StoreImport, finished),
};
STORE_ENTITY_DEFINE(StoreImport, store_import, STORE_KIND_IMPORT)

static const StoreField store_quarantine_fields[] = {
    FIELD_TO(StoreQuarantine, import_id, STORE_KIND_IMPORT),
    FIELD_TO(StoreQuarantine, original_id, STORE_KIND_ORIGINAL),
    FIELD(StoreQuarantine, file),
    FIELD(StoreQuarantine, line),
    FIELD(StoreQuarantine, offset),
    FIELD(StoreQuarantine, raw),
    FIELD(StoreQuarantine, mended),
    FIELD(StoreQuarantine, column),
    FIELD(StoreQuarantine, reason),
    FIELD(StoreQuarantine, tries),
    FIELD(StoreQuarantine, state),
    FIELD_TO(StoreQuarantine, report_id, STORE_KIND_REPORT),
    FIELD_OF(StoreQuarantine, created, FIELD_TIME),
};
STORE_ENTITY_DEFINE(StoreQuarantine, store_quarantine, STORE_KIND_QUARANTINE,
                    .indexes = "CREATE INDEX \"quarantine_state\" ON \"quarantine\"(\"state\")")
STORE_ENTITY_BY_DEFINE(StoreQuarantine, store_quarantine, import)
StoreImport *store_import_find(Store *store, const guint8 key[16], GError **error)
{
    const StoreBind bind = {.type = 'b', .p = key, .n = 16};
    return store_entity_find(store, &store_import_entity, "\"key\" = ?1", &bind, 1, "key", error);
}

GPtrArray *store_quarantine_list_state(Store *store, const char *state, const StorePage *page,
                                       GError **error)
{
    if (state == NULL)
        return store_quarantine_list(store, page, error);
    const StoreBind bind = {.type = 't', .p = state, .n = strlen(state)};
    return store_entity_list(store, &store_quarantine_entity, "\"state\" = ?1", &bind, 1, page,
                             error);
}

gint64 store_quarantine_count_state(Store *store, const char *state, GError **error)
{
    if (state == NULL)
        return store_quarantine_count(store, error);
    const StoreBind bind = {.type = 't', .p = state, .n = strlen(state)};
    gint64 count = -1;
    return store_query_int(store, "SELECT count(*) FROM quarantine WHERE state = ?1", &bind, 1,
                           &count, NULL, error)
               ? count
               : -1;
}
