/* Copies that met others before they meet: who is whose partner through a third log.
 *
 *   1. we merged B; theirs was copied from B before that: what B had made by then has its number
 * there
 *   2. theirs merged B; we were copied from B: likewise, the other way round
 *   3. both merged B: what came from B is here and there
 *
 * The logs that merges kept tell how far they are the same, and so which numbers mean one record.
 * What was last common of such a pair is not known for both sides: when both differ, it is a
 * conflict. */
#include "intake/merge_private.h"

#include <string.h>

typedef struct {
    MergeLog log;
    GHashTable *made; /* records first put in by its entries → position + 1 */
} Third;

static void third_free(gpointer data)
{
    Third *third = data;
    merge_log_clear(&third->log);
    g_hash_table_unref(third->made);
    g_free(third);
}

static Third *third_new(const MergeLog *log)
{
    Third *third = g_new0(Third, 1);
    third->log = *log;
    third->made = g_hash_table_new(NULL, NULL);
    const GByteArray *entries = log->foreign.entries;
    for (guint at = 0; at < entries->len; at += STORE_LOG_ENTRY_BYTES) {
        StoreKind kind;
        StoreOperation operation;
        gint64 id;
        evidence_entry_read(entries->data + at, &kind, &operation, &id);
        const gpointer key = merge_key(kind, id);
        if (operation == STORE_INSERT && !g_hash_table_contains(third->made, key))
            g_hash_table_insert(
                third->made, key,
                GSIZE_TO_POINTER((gsize)log->foreign.fork_size + at / STORE_LOG_ENTRY_BYTES + 1));
    }
    return third;
}

static bool was_made_before(const Third *third, StoreKind kind, gint64 id, gint64 size)
{
    const gsize made = GPOINTER_TO_SIZE(g_hash_table_lookup(third->made, merge_key(kind, id)));
    return made > 0 && (gint64)made <= size;
}

/* So much of a third log stands in a case's own; 0: nothing beyond the third's fork. */
static gint64 common_with_case(const Third *third, Store *store)
{
    const GArray *heads = third->log.foreign.heads;
    for (guint i = heads->len; i > 0; i--) {
        const StoreLogHead *head = &g_array_index(heads, StoreLogHead, i - 1);
        StoreLogHead own;
        if (store_log_head_load(store, head->number, &own, NULL) &&
            memcmp(own.signature, head->signature, sizeof own.signature) == 0)
            return head->size;
    }
    return 0;
}

static gint64 common_of(const Third *a, const Third *b)
{
    const GArray *x = a->log.foreign.heads, *y = b->log.foreign.heads;
    for (guint i = x->len; i > 0; i--) {
        const StoreLogHead *head = &g_array_index(x, StoreLogHead, i - 1);
        const gint64 at = head->number - b->log.foreign.fork_number - 1;
        if (at >= 0 && at < (gint64)y->len &&
            memcmp(g_array_index(y, StoreLogHead, at).signature, head->signature,
                   sizeof head->signature) == 0)
            return head->size;
    }
    return 0;
}

static void pair(IntakeMerge *merge, const MergeBase *base, StoreKind kind, gint64 theirs)
{
    const gpointer key = merge_key(kind, theirs);
    if (g_hash_table_contains(merge->bases, key) ||
        g_hash_table_contains(merge->to_theirs, merge_key(kind, base->ours)))
        return;
    g_hash_table_insert(merge->bases, key, g_memdup2(base, sizeof *base));
    g_hash_table_insert(merge->to_ours, key, GSIZE_TO_POINTER((gsize)base->ours));
    g_hash_table_insert(merge->to_theirs, merge_key(kind, base->ours),
                        GSIZE_TO_POINTER((gsize)theirs));
}

/* 1: of our merge of B; theirs has B's numbers. */
static void through_ours(IntakeMerge *merge, const Third *third)
{
    const gint64 common = common_with_case(third, merge->theirs);
    for (guint i = 0; common > 0 && i < third->log.records->len; i++) {
        const MergeKept *kept = &g_array_index(third->log.records, MergeKept, i);
        const MergeBase base = {.ours = kept->ours, .unsure = true, .common = common};
        if (was_made_before(third, kept->kind, kept->theirs, common))
            pair(merge, &base, kept->kind, kept->theirs);
    }
}

/* 2: of their merge of B; we have B's numbers. */
static void through_theirs(IntakeMerge *merge, const Third *third)
{
    const gint64 common = common_with_case(third, merge->ours);
    for (guint i = 0; common > 0 && i < third->log.records->len; i++) {
        const MergeKept *kept = &g_array_index(third->log.records, MergeKept, i);
        MergeBase base = {
            .ours = kept->theirs, .unsure = true, .inverse = true, .there = kept->there};
        memcpy(base.seen, kept->seen, sizeof base.seen);
        if (was_made_before(third, kept->kind, kept->theirs, common))
            pair(merge, &base, kept->kind, kept->ours);
    }
}

/* 3: both merged it. */
static void through_both(IntakeMerge *merge, const Third *ours, const Third *theirs)
{
    const gint64 common = common_of(ours, theirs);
    g_autoptr(GHashTable) here = g_hash_table_new(NULL, NULL);
    for (guint i = 0; common > 0 && i < ours->log.records->len; i++) {
        const MergeKept *kept = &g_array_index(ours->log.records, MergeKept, i);
        g_hash_table_insert(here, merge_key(kept->kind, kept->theirs), (gpointer)kept);
    }
    for (guint i = 0; common > 0 && i < theirs->log.records->len; i++) {
        const MergeKept *kept = &g_array_index(theirs->log.records, MergeKept, i);
        const MergeKept *ours_kept = g_hash_table_lookup(here, merge_key(kept->kind, kept->theirs));
        if (ours_kept == NULL || !was_made_before(theirs, kept->kind, kept->theirs, common))
            continue;
        MergeBase base = {
            .ours = ours_kept->ours, .unsure = true, .inverse = true, .there = kept->there};
        memcpy(base.seen, kept->seen, sizeof base.seen);
        pair(merge, &base, kept->kind, kept->ours);
    }
}

static bool load(Store *store, GPtrArray *thirds, GError **error)
{
    g_autoptr(GArray) originals = merge_logs_find(store, error);
    for (guint i = 0; originals != NULL && i < originals->len; i++) {
        MergeLog log = {0};
        if (!merge_log_load(store, g_array_index(originals, gint64, i), &log, error)) {
            merge_log_clear(&log);
            return false;
        }
        g_ptr_array_add(thirds, third_new(&log));
    }
    return originals != NULL;
}

bool merge_chains_load(IntakeMerge *merge, GError **error)
{
    if (memcmp(store_keys_case_id(store_keys(merge->ours)),
               store_keys_case_id(store_keys(merge->theirs)), STORE_CASE_ID_BYTES) != 0)
        return true;
    g_autoptr(GPtrArray) ours = g_ptr_array_new_with_free_func(third_free);
    g_autoptr(GPtrArray) theirs = g_ptr_array_new_with_free_func(third_free);
    if (!load(merge->ours, ours, error) || !load(merge->theirs, theirs, error))
        return false;
    for (guint i = 0; i < ours->len; i++)
        through_ours(merge, ours->pdata[i]);
    for (guint i = 0; i < theirs->len; i++)
        through_theirs(merge, theirs->pdata[i]);
    for (guint i = 0; i < ours->len; i++)
        for (guint k = 0; k < theirs->len; k++)
            through_both(merge, ours->pdata[i], theirs->pdata[k]);
    return true;
}
