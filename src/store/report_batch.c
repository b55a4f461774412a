/* Many reports in one transaction: the road of an import.
 *
 * Costs, a report with one statement: two rows with their indexes, the words, two entries of the
 * log. All statements stay prepared, the buffers are reused, and nothing is allocated. */
#include "store/private.h"
#include "store/report.h"

extern const StoreEntity store_report_entity, store_statement_entity;

static bool add_item(Store *store, StoreReportItem *item, GError **error)
{
    bool added = false;
    StoreReport *report = &item->report;
    const gint64 given = report->id;
    item->duplicate = false;
    item->duplicate_of = 0;
    if (!store_entity_insert(store, &store_report_entity, report, true, &added, error))
        return false;
    if (!added) {
        report->id = given;
        item->duplicate = true;
        item->duplicate_of = store_report_find(store, report->content_key, error);
        return item->duplicate_of >= 0;
    }
    bool done = true;
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

gsize store_report_item_seal(const StoreKeys *keys, const StoreReportItem *item, guint8 *room)
{
    gsize used = 0;
    for (gsize i = 0; i < item->n_statements; i++)
        used += store_row_seal(keys, &store_statement_entity, &item->statements[i],
                               room != NULL ? room + used : NULL);
    return used;
}

bool store_report_add_batch(Store *store, StoreReportItem *items, gsize n_items, gsize *ret_added,
                            gsize *ret_bad, GError **error)
{
    gsize n_added = 0;
    bool done = true;
    if (!store_begin(store, error))
        return false;
    for (gsize i = 0; done && i < n_items; i++) {
        done = add_item(store, &items[i], error);
        n_added += done && !items[i].duplicate;
        if (!done && ret_bad != NULL)
            *ret_bad = i;
    }
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
