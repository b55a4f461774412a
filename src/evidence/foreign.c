#include "evidence/foreign.h"

#include "base/i18n.h"
#include "evidence/private.h"
#include <string.h>

void evidence_foreign_clear(EvidenceForeign *log)
{
    g_clear_pointer(&log->entries, g_byte_array_unref);
    g_clear_pointer(&log->heads, g_array_unref);
}

/* Do both have the head of that number? */
static bool shared(Store *ours, Store *theirs, gint64 number, bool *ret, GError **error)
{
    StoreLogHead a, b;
    g_autoptr(GError) why = NULL;
    *ret = store_log_head_load(ours, number, &a, &why) &&
           store_log_head_load(theirs, number, &b, &why) &&
           memcmp(a.signature, b.signature, sizeof a.signature) == 0 && a.size == b.size;
    if (why == NULL)
        return true;
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}

/* Heads are chained: what both have is a beginning, found by halving. */
bool evidence_fork(Store *ours, Store *theirs, gint64 *ret_number, gint64 *ret_size, GError **error)
{
    StoreLogHead head = {0};
    g_autoptr(GError) why = NULL;
    *ret_number = *ret_size = 0;
    if (memcmp(store_keys_case_id(store_keys(ours)), store_keys_case_id(store_keys(theirs)),
               STORE_CASE_ID_BYTES) != 0 ||
        (!evidence_head(theirs, &head, &why) && why == NULL))
        return true;
    gint64 low = 0, high = head.number;
    while (why == NULL && low < high) {
        const gint64 middle = low + (high - low + 1) / 2;
        bool both = false;
        if (!shared(ours, theirs, middle, &both, &why))
            break;
        if (both)
            low = middle;
        else
            high = middle - 1;
    }
    if (why == NULL && low > 0 && store_log_head_load(ours, low, &head, &why)) {
        *ret_number = low;
        *ret_size = head.size;
    }
    if (why == NULL)
        return true;
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}

static bool take_entries(Store *theirs, gint64 from, gint64 to, GByteArray *entries, GError **error)
{
    g_autofree EvidenceTiles *tiles = evidence_tiles_new(theirs);
    for (gint64 at = from; at < to; at++) {
        const guint8 *entry = evidence_tiles_entry(tiles, at, error);
        if (entry == NULL)
            return false;
        g_byte_array_append(entries, entry, STORE_LOG_ENTRY_BYTES);
    }
    return true;
}

bool evidence_foreign_take(Store *theirs, gint64 fork_number, gint64 fork_size,
                           EvidenceForeign *ret, GError **error)
{
    StoreKeys *keys = store_keys(theirs);
    memcpy(ret->case_id, store_keys_case_id(keys), sizeof ret->case_id);
    memcpy(ret->public_key, store_keys_public(keys), sizeof ret->public_key);
    ret->fork_number = fork_number;
    ret->fork_size = fork_size;
    ret->entries = g_byte_array_new();
    ret->heads = store_log_head_list(theirs, fork_number, 0, error);
    if (ret->heads == NULL)
        return false;
    const gint64 size = ret->heads->len > 0
                            ? g_array_index(ret->heads, StoreLogHead, ret->heads->len - 1).size
                            : fork_size;
    return take_entries(theirs, fork_size, size, ret->entries, error);
}

static bool begin(Store *ours, const EvidenceForeign *log, MerkleFrontier *frontier,
                  guint8 previous[32], GError **error)
{
    memset(previous, 0, 32);
    memset(frontier, 0, sizeof *frontier);
    if (log->fork_number == 0)
        return true;
    StoreLogHead fork;
    if (!store_log_head_load(ours, log->fork_number, &fork, error) || fork.size != log->fork_size) {
        if (error == NULL || *error == NULL)
            evidence_misfit(error, "%s",
                            _("The merged log does not begin at a head of this case's log."));
        return false;
    }
    g_autofree EvidenceTiles *tiles = evidence_tiles_new(ours);
    evidence_head_hash(log->case_id, &fork, previous);
    return merkle_frontier_load(evidence_tiles_subtree, tiles, (guint64)fork.size, frontier, error);
}

bool evidence_foreign_check(Store *ours, const EvidenceForeign *log, GError **error)
{
    MerkleFrontier frontier;
    guint8 previous[32];
    const gint64 n = (gint64)(log->entries->len / STORE_LOG_ENTRY_BYTES);
    if (!begin(ours, log, &frontier, previous, error))
        return false;
    gint64 done = 0;
    for (guint i = 0; i < log->heads->len; i++) {
        const StoreLogHead *head = &g_array_index(log->heads, StoreLogHead, i);
        MerkleHash leaf, root;
        for (; log->fork_size + done < head->size && done < n; done++) {
            merkle_leaf_hash(log->entries->data + done * STORE_LOG_ENTRY_BYTES,
                             STORE_LOG_ENTRY_BYTES, &leaf);
            merkle_frontier_append(&frontier, &leaf, NULL);
        }
        merkle_frontier_root(&frontier, &root);
        if (head->number != log->fork_number + 1 + i || (gint64)frontier.size != head->size ||
            memcmp(root.bytes, head->root, sizeof head->root) != 0 ||
            memcmp(previous, head->previous, sizeof previous) != 0 ||
            !evidence_head_check(log->public_key, log->case_id, head)) {
            g_autofree char *number = i18n_integer(head->number);
            evidence_misfit(error, _("Head %s of a merged log does not fit."), number);
            return false;
        }
        evidence_head_hash(log->case_id, head, previous);
    }
    if (done == n)
        return true;
    evidence_misfit(error, "%s", _("A merged log has entries beyond its newest head."));
    return false;
}
