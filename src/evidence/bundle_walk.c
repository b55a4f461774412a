/* Which records a bundle takes along: those that were asked for and all that they rest on, with the
 * links that say so. */
#include "evidence/bundle_private.h"

#include "base/i18n.h"
#include "base/progress.h"
#include "store/link.h"

struct EvidenceBundleChoice {
    Store *store;
    EvidenceBundleRule rule;
    void *context;
    GArray *items;   /* EvidenceBundleItem */
    GHashTable *met; /* printed id */
};

EvidenceBundleChoice *evidence_bundle_choice_new(Store *store, EvidenceBundleRule rule,
                                                 void *context)
{
    EvidenceBundleChoice *choice = g_new0(EvidenceBundleChoice, 1);
    choice->store = store;
    choice->rule = rule;
    choice->context = context;
    choice->items = g_array_new(FALSE, FALSE, sizeof(EvidenceBundleItem));
    choice->met = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return choice;
}

void evidence_bundle_choice_free(EvidenceBundleChoice *choice)
{
    if (choice == NULL)
        return;
    g_array_unref(choice->items);
    g_hash_table_unref(choice->met);
    g_free(choice);
}

/* Adds it unless it is there; *ret_linked: what it rests on is to be walked. */
static bool take(EvidenceBundleChoice *choice, StoreKind kind, gint64 id, bool *ret_linked,
                 GError **error)
{
    char text[STORE_ID_MAX];
    *ret_linked = false;
    if (!g_hash_table_add(choice->met, g_strdup(store_id_format(kind, id, text))))
        return true;
    EvidenceBundleItem item = {.kind = kind, .id = id};
    g_autoptr(GBytes) record = store_log_record(choice->store, kind, id, error);
    if (record == NULL || !choice->rule(choice->context, choice->store, record, &item, error))
        return false;
    *ret_linked = item.linked;
    g_array_append_val(choice->items, item);
    return true;
}

/* The rows of `link` that a record's steps come from. */
static bool take_links(EvidenceBundleChoice *choice, StoreKind kind, gint64 id, GError **error)
{
    g_autoptr(GPtrArray) links = store_link_list_from(choice->store, kind, id, NULL, error);
    for (guint i = 0; links != NULL && i < links->len; i++) {
        const StoreLink *link = g_ptr_array_index(links, i);
        bool ignored;
        if (g_strcmp0(link->role, "undone") != 0 && g_strcmp0(link->role, "version") != 0 &&
            !take(choice, STORE_KIND_LINK, link->id, &ignored, error))
            return false;
    }
    return links != NULL;
}

bool evidence_bundle_choose(EvidenceBundleChoice *choice, StoreKind kind, gint64 id, GError **error)
{
    g_autoptr(GArray) waiting = g_array_new(FALSE, FALSE, sizeof(StoreTraceStep));
    const StoreTraceStep first = {.kind = kind, .id = id};
    g_array_append_val(waiting, first);
    while (waiting->len > 0) {
        const StoreTraceStep step = g_array_index(waiting, StoreTraceStep, waiting->len - 1);
        g_array_set_size(waiting, waiting->len - 1);
        bool linked;
        if (progress_stopped(_("Stopped; no bundle was written."), error) ||
            !take(choice, step.kind, step.id, &linked, error))
            return false;
        if (!linked)
            continue;
        g_autoptr(GArray) steps = store_trace_step(choice->store, step.kind, step.id, 0, error);
        if (steps == NULL || !take_links(choice, step.kind, step.id, error))
            return false;
        g_array_append_vals(waiting, steps->data, steps->len);
    }
    return true;
}

static gint compare(gconstpointer left, gconstpointer right)
{
    const EvidenceBundleItem *a = left, *b = right;
    return a->kind != b->kind ? (a->kind < b->kind ? -1 : 1) : (a->id > b->id) - (a->id < b->id);
}

GArray *evidence_bundle_chosen(EvidenceBundleChoice *choice)
{
    g_array_sort(choice->items, compare);
    return choice->items;
}
