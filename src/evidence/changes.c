/* What has changed since a position of the log. */
#include "evidence/evidence.h"

GArray *evidence_changes(Store *store, gint64 from, GError **error)
{
    StoreLogHead head = {0};
    g_autoptr(GError) why = NULL;
    if (!evidence_head(store, &head, &why) && why != NULL) {
        g_propagate_error(error, g_steal_pointer(&why));
        return NULL;
    }
    g_autoptr(GArray) changes = g_array_new(FALSE, FALSE, sizeof(EvidenceChange));
    g_autoptr(GBytes) tile = NULL;
    gint64 loaded = -1;
    for (gint64 at = MAX(from, 0); at < head.size; at++) {
        gint64 index = at / STORE_LOG_TILE_ENTRIES;
        if (index != loaded) {
            g_clear_pointer(&tile, g_bytes_unref);
            tile = store_log_tile_load(store, 0, index, error);
            if (tile == NULL)
                return NULL;
            loaded = index;
        }
        gsize length = 0, offset = (gsize)(at % STORE_LOG_TILE_ENTRIES) * STORE_LOG_ENTRY_BYTES;
        const guint8 *bytes = g_bytes_get_data(tile, &length);
        if (offset + STORE_LOG_ENTRY_BYTES > length)
            break; /* a damaged log is told by zenhar verify */
        EvidenceChange change;
        evidence_entry_read(bytes + offset, &change.kind, &change.operation, &change.id);
        g_array_append_val(changes, change);
    }
    return g_steal_pointer(&changes);
}
