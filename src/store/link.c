/* Links: what rests on what. */
#include "store/link.h"
#include "store/private.h"

static const StoreField store_link_fields[] = {
    FIELD(StoreLink, from_kind, .constraint = "NOT NULL"),
    FIELD(StoreLink, from_id, .constraint = "NOT NULL"),
    FIELD(StoreLink, to_kind, .constraint = "NOT NULL"),
    FIELD(StoreLink, to_id, .constraint = "NOT NULL"),
    FIELD(StoreLink, role),
    FIELD(StoreLink, note),
};
STORE_ENTITY_DEFINE(
    StoreLink, store_link, STORE_KIND_LINK,
    .indexes =
        "CREATE UNIQUE INDEX \"link_from\" ON \"link\"(\"from_kind\", \"from_id\", \"to_kind\", "
        "\"to_id\", coalesce(\"role\", '')); "
        "CREATE INDEX \"link_to\" ON \"link\"(\"to_kind\", \"to_id\")")
bool store_link_join(Store *store, StoreKind from_kind, gint64 from_id, StoreKind to_kind,
                     gint64 to_id, const char *role, GError **error)
{
    StoreLink link;
    bool added = false;
    store_link_init(&link);
    link.from_kind = (gint32)from_kind;
    link.from_id = from_id;
    link.to_kind = (gint32)to_kind;
    link.to_id = to_id;
    link.role = (char *)(gpointer)role; /* borrowed: never cleared */
    return store_entity_add_new(store, &store_link_entity, &link, &added, error);
}

static GPtrArray *links(Store *store, const char *where, StoreKind kind, gint64 id,
                        const StorePage *page, GError **error)
{
    const StoreBind binds[] = {{.type = 'i', .i = kind}, {.type = 'i', .i = id}};
    return store_entity_list(store, &store_link_entity, where, binds, G_N_ELEMENTS(binds), page,
                             error);
}

GPtrArray *store_link_list_from(Store *store, StoreKind kind, gint64 id, const StorePage *page,
                                GError **error)
{
    return links(store, "\"from_kind\" = ?1 AND \"from_id\" = ?2", kind, id, page, error);
}

GPtrArray *store_link_list_to(Store *store, StoreKind kind, gint64 id, const StorePage *page,
                              GError **error)
{
    return links(store, "\"to_kind\" = ?1 AND \"to_id\" = ?2", kind, id, page, error);
}

bool store_link_clear_from(Store *store, StoreKind kind, gint64 id, GError **error)
{
    if (!store_begin(store, error))
        return false;
    g_autoptr(GPtrArray) list = store_link_list_from(store, kind, id, NULL, error);
    bool done = list != NULL;
    for (guint i = 0; done && i < list->len; i++) {
        const StoreLink *link = g_ptr_array_index(list, i);
        done = store_link_remove(store, link->id, error);
    }
    return store_write_end(store, true, done, error);
}
