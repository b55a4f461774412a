/* Many reports in one transaction: the road of an import.
 *
 * Costs, a report with one statement: two rows with their indexes, the words, two entries of the
 * log. All statements stay prepared, the buffers are reused, and nothing is allocated. */
#include "store/report.h"
#include "store/server.h"
#include <sodium.h>

extern const StoreEntity store_report_entity, store_statement_entity;

/* `known` (NULL: the table is asked): content keys of the case and of this batch, and whose. */
static bool add_report(Store *store, StoreReportItem *item, GHashTable *known, GError **error)
{
    bool added = false;
    StoreReport *report = &item->report;
    const gint64 given = report->id;
    if (known == NULL) {
        if (!store_entity_insert(store, &store_report_entity, report, true, &added, error))
            return false;
        if (added)
            return true;
        report->id = given;
        item->duplicate = true;
        item->duplicate_of = store_report_find(store, report->content_key, error);
        return item->duplicate_of >= 0;
    }
    const gint64 *same = g_hash_table_lookup(known, report->content_key);
    item->duplicate = same != NULL;
    item->duplicate_of = same != NULL ? *same : 0;
    if (same != NULL)
        return true;
    if (!store_entity_insert(store, &store_report_entity, report, false, &added, error))
        return false;
    if (!sodium_is_zero(report->content_key, sizeof report->content_key))
        g_hash_table_insert(known, g_memdup2(report->content_key, sizeof report->content_key),
                            g_memdup2(&report->id, sizeof report->id));
    return true;
}

static bool add_item(Store *store, StoreReportItem *item, GHashTable *known, GError **error)
{
    item->duplicate = false;
    item->duplicate_of = 0;
    if (!add_report(store, item, known, error))
        return false;
    if (item->duplicate)
        return true;
    const StoreReport *report = &item->report;
    bool done = true, added = false;
    store->seals = item->seals;
    for (gsize i = 0; i < item->n_statements && done; i++) {
        item->statements[i].report_id = report->id;
        done = store_entity_insert(store, &store_statement_entity, &item->statements[i], false,
                                   &added, error);
    }
    store->seals = NULL;
    if (!done)
        return false;
    return item->search_text == NULL ||
           store_search_add(store, report->id, item->search_text, error);
}

gsize store_report_item_seal(StoreSealer *sealer, const StoreReportItem *item, guint8 *room)
{
    gsize used = 0;
    for (gsize i = 0; i < item->n_statements; i++)
        used += store_row_seal(sealer, &store_statement_entity, &item->statements[i],
                               room != NULL ? room + used : NULL);
    return used;
}

static GHashTable *keys_known(Store *store, const StoreReportItem *items, gsize n, GError **error)
{
    g_autofree const guint8 **keys = g_new(const guint8 *, MAX(n, 1));
    for (gsize i = 0; i < n; i++)
        keys[i] = items[i].report.content_key;
    return store_server_keys_known(store, keys, n, error);
}

/* `bulk`: on a server all go over at once, and a refusal names none of them. */
static bool add_items(Store *store, StoreReportItem *items, gsize n_items, bool bulk,
                      gsize *ret_added, gsize *ret_bad, GError **error)
{
    const bool there = store_on_server(store);
    g_autoptr(GHashTable) known = there ? keys_known(store, items, n_items, error) : NULL;
    bool done = !there || known != NULL;
    if (done && there && bulk)
        db_server_bulk(store->db.server);
    for (gsize i = 0; done && i < n_items; i++) {
        done = add_item(store, &items[i], known, error);
        *ret_added += done && !items[i].duplicate;
        if (!done && ret_bad != NULL)
            *ret_bad = i;
    }
    if (!there || !bulk || known == NULL)
        return done;
    const int rc = db_server_bulk_end(store->db.server, done);
    return done && (rc == DB_OK || store_fail(store, rc, error));
}

static bool add_batch(Store *store, StoreReportItem *items, gsize n_items, bool bulk,
                      gsize *ret_added, gsize *ret_bad, GError **error)
{
    gsize n_added = 0;
    if (!store_begin(store, error))
        return false;
    const bool done = add_items(store, items, n_items, bulk, &n_added, ret_bad, error);
    if (!store_write_end(store, true, done, error)) {
        for (gsize i = 0; i < n_items; i++) {
            items[i].report.id = 0;
            items[i].duplicate = false;
            for (gsize k = 0; k < items[i].n_statements; k++)
                items[i].statements[k].id = 0;
        }
        return false;
    }
    if (ret_added != NULL)
        *ret_added = n_added;
    return true;
}

bool store_report_add_batch(Store *store, StoreReportItem *items, gsize n_items, gsize *ret_added,
                            gsize *ret_bad, GError **error)
{
    g_autoptr(GError) why = NULL;
    gsize bad = n_items;
    bool done = add_batch(store, items, n_items, true, ret_added, &bad, &why);
    if (!done && bad == n_items && store_on_server(store) && ret_bad != NULL &&
        g_error_matches(why, ZENHAR_ERROR, ZENHAR_ERROR_USAGE)) {
        g_clear_error(&why); /* once more, one by one: which was it? */
        done = add_batch(store, items, n_items, false, ret_added, &bad, &why);
    }
    if (done)
        return true;
    if (ret_bad != NULL && bad < n_items)
        *ret_bad = bad;
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}
