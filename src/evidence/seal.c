/* What goes out about a head to authorities and witnesses, and what comes back. */
#include "evidence/kept.h"
#include "evidence/private.h"

#include "base/i18n.h"
#include <string.h>

/* ---- time stamps ---- */

GBytes *evidence_timestamp_ask(Store *store, gint64 number, GError **error)
{
    StoreLogHead head;
    guint8 hash[32];
    gsize n = 0;
    if (!evidence_head_needed(store, number, &head, error))
        return NULL;
    evidence_head_hash(store_keys_case_id(store_keys(store)), &head, hash);
    g_autoptr(GBytes) query = evidence_timestamp_request(hash, error);
    const void *bytes = query != NULL ? g_bytes_get_data(query, &n) : NULL;
    return query != NULL && evidence_kept_add(store, EVIDENCE_KEPT_REQUEST, head.number, bytes, n,
                                              NULL, error)
               ? g_steal_pointer(&query)
               : NULL;
}

/* Does it ask for that hash? */
static bool asks_for(const EvidenceKept *kept, const guint8 hash[32])
{
    guint8 asked[32];
    return kept->kind == EVIDENCE_KEPT_REQUEST && evidence_timestamp_asked(kept->bytes, asked) &&
           memcmp(asked, hash, sizeof asked) == 0;
}

/* The query that it answers; NULL with the sentence of the last one tried. */
static const EvidenceKept *answered(const GPtrArray *list, GBytes *response, const guint8 hash[32],
                                    const char *ca_file, EvidenceTimestamp *ret, GError **error)
{
    g_autoptr(GError) why = NULL;
    for (guint i = 0; i < list->len; i++) {
        const EvidenceKept *kept = g_ptr_array_index(list, i);
        if (!asks_for(kept, hash))
            continue;
        g_clear_error(&why);
        evidence_timestamp_clear(ret);
        if (evidence_timestamp_answers(response, kept->bytes, ca_file, ret, &why))
            return kept;
    }
    if (why != NULL)
        g_propagate_error(error, g_steal_pointer(&why));
    else
        evidence_misfit(error, "%s",
                        _("The time stamp is of another head than those that this case asked "
                          "about; ask with --timestamp-request first."));
    return NULL;
}

bool evidence_timestamp_take(Store *store, GBytes *response, const char *ca_file, gint64 *ret_head,
                             EvidenceTimestamp *ret, GError **error)
{
    guint8 hash[32];
    gsize n = 0;
    const void *bytes = g_bytes_get_data(response, &n);
    if (!evidence_timestamp_stamped(response,
                                    hash)) /* refused, or nothing of the kind: say which */
        return evidence_timestamp_check(response, (const guint8[32]){0}, ca_file, ret, error) &&
               false;
    g_autoptr(GPtrArray) list = evidence_kept_list(store, error);
    const EvidenceKept *query =
        list != NULL ? answered(list, response, hash, ca_file, ret, error) : NULL;
    if (query == NULL)
        return false;
    *ret_head = query->head;
    if (!store_begin(store, error))
        return false;
    if (evidence_kept_add(store, EVIDENCE_KEPT_TIMESTAMP, query->head, bytes, n, NULL, error) &&
        evidence_kept_remove(store, query, error))
        return store_commit(store, error);
    store_rollback(store);
    return false;
}

/* ---- witnesses ---- */

/* The head that covers exactly so many entries; false without error when there is none. */
static bool head_of_size(Store *store, gint64 size, StoreLogHead *ret_head, GError **error)
{
    StoreLogHead newest;
    g_autoptr(GError) why = NULL;
    gint64 low = 1, high = 0;
    if (evidence_head(store, &newest, &why))
        high = newest.number;
    while (why == NULL && low <= high) { /* sizes rise with numbers */
        const gint64 middle = low + (high - low) / 2;
        if (!store_log_head_load(store, middle, ret_head, &why))
            break;
        if (ret_head->size == size)
            return true;
        if (ret_head->size < size)
            low = middle + 1;
        else
            high = middle - 1;
    }
    if (why != NULL)
        g_propagate_error(error, g_steal_pointer(&why));
    return false;
}

static bool grown(Store *store, const EvidenceCheckpoint *checkpoint, const StoreLogHead *newest,
                  MerkleHash path[MERKLE_PATH_MAX + 1], gsize *ret_n_path, GError **error)
{
    MerkleHash root, new_root;
    g_autofree EvidenceTiles *tiles = evidence_tiles_new(store);
    g_autofree char *size = i18n_integer(checkpoint->size), *ours = i18n_integer(newest->size);
    if (checkpoint->size < 1 || checkpoint->size > newest->size) {
        evidence_misfit(
            error,
            _("The checkpoint tells of %s entries, the log has %s: it was rolled back or "
              "replaced since."),
            size, ours);
        return false;
    }
    if (!merkle_root_of(evidence_tiles_subtree, tiles, (guint64)checkpoint->size, &root, error))
        return false;
    memcpy(new_root.bytes, newest->root, sizeof newest->root);
    if (memcmp(&root, &checkpoint->root, sizeof root) != 0) {
        evidence_misfit(error,
                        _("The first %s entries of the log have another root than the checkpoint: "
                          "the log was rewritten since."),
                        size);
        return false;
    }
    if (!merkle_consistency(evidence_tiles_subtree, tiles, (guint64)checkpoint->size,
                            (guint64)newest->size, path, ret_n_path, error))
        return false;
    if (merkle_check_consistency((guint64)checkpoint->size, (guint64)newest->size, path,
                                 *ret_n_path, &checkpoint->root, &new_root))
        return true;
    evidence_misfit(error, "%s", _("The newest head is not a continuation of the checkpoint."));
    return false;
}

bool evidence_since(Store *store, const EvidenceCheckpoint *checkpoint, bool is_signed,
                    MerkleHash path[MERKLE_PATH_MAX + 1], gsize *ret_n_path, gint64 *ret_head,
                    GError **error)
{
    StoreKeys *keys = store_keys(store);
    StoreLogHead newest, head;
    g_autofree char *origin = evidence_origin(store_keys_case_id(keys));
    g_autoptr(GError) why = NULL;
    *ret_head = 0;
    if (is_signed && strcmp(origin, checkpoint->origin) != 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    _("The checkpoint is of another case (%s)."), checkpoint->origin);
        return false;
    }
    if (is_signed &&
        !evidence_checkpoint_check(checkpoint, store_keys_case_id(keys), store_keys_public(keys))) {
        evidence_misfit(error, "%s", _("The checkpoint does not carry this case's signature."));
        return false;
    }
    if (!evidence_head_needed(store, 0, &newest, error) ||
        !grown(store, checkpoint, &newest, path, ret_n_path, error))
        return false;
    if (head_of_size(store, checkpoint->size, &head, &why))
        *ret_head = head.number;
    if (why == NULL)
        return true;
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}

bool evidence_cosignature_take(Store *store, const char *note, gsize length,
                               const EvidenceWitness *witness, gint64 *ret_head, gint64 *ret_time,
                               GError **error)
{
    g_auto(EvidenceCheckpoint) checkpoint = {0};
    MerkleHash path[MERKLE_PATH_MAX + 1];
    gsize n_path = 0;
    if (!evidence_checkpoint_read(note, length, &checkpoint, error) ||
        !evidence_since(store, &checkpoint, true, path, &n_path, ret_head, error))
        return false;
    if (!evidence_checkpoint_cosigned(&checkpoint, witness, ret_time)) {
        evidence_misfit(error, _("The note carries no cosignature of %s that holds."),
                        witness->name);
        return false;
    }
    g_autofree char *key = evidence_witness_write(witness);
    g_autoptr(GString) text = g_string_new(key);
    g_string_append_c(text, '\n');
    g_string_append_len(text, note, (gssize)length);
    if (*ret_head > 0)
        return evidence_kept_add(store, EVIDENCE_KEPT_COSIGNATURE, *ret_head, text->str, text->len,
                                 NULL, error);
    evidence_misfit(error, "%s", _("The log has no head of that size."));
    return false;
}
