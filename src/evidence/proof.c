/* evidence/proof.c: proofs for a stranger: this record stands in that tree; the old tree is a part
 * of the new one. A proof reads a tile or two a level and checks what it
 * says itself: about 0.25 ms. */
#include "evidence/private.h"

#include "base/i18n.h"
#include <string.h>

/* The record as it stands, its entry and its place. */
static bool proof_record(EvidenceProof *proof, Store *store, EvidenceTiles *tiles, GError **error)
{
    char id[STORE_ID_MAX];
    store_id_format(proof->kind, proof->id, id);
    proof->position = store_log_position(store, proof->kind, proof->id, error);
    if (proof->position < 0)
        return false;
    g_autoptr(GBytes) record = store_log_record(store, proof->kind, proof->id, error);
    if (record == NULL)
        return false;
    MerkleHash hash;
    merkle_sha256(g_bytes_get_data(record, NULL), g_bytes_get_size(record), &hash);
    memcpy(proof->record_hash, hash.bytes, sizeof proof->record_hash);

    const guint8 *entry = evidence_tiles_entry(tiles, proof->position, error);
    if (entry == NULL)
        return false;
    guint8 expected[STORE_LOG_ENTRY_BYTES];
    evidence_entry_write(proof->kind, (StoreOperation)entry[1], proof->id, hash.bytes, expected);
    if (memcmp(entry, expected, sizeof expected) != 0) {
        g_autofree char *position = i18n_integer(proof->position);
        evidence_misfit(error,
                        _("%s does not fit entry %s of the log: it was changed from outside."), id,
                        position);
        return false;
    }
    proof->operation = (StoreOperation)entry[1];
    merkle_leaf_hash(entry, STORE_LOG_ENTRY_BYTES, &proof->leaf_hash);
    return true;
}

bool evidence_proof_make(EvidenceProof *proof, Store *store, EvidenceTiles *tiles, GError **error)
{
    if (!proof_record(proof, store, tiles, error))
        return false;
    char id[STORE_ID_MAX];
    store_id_format(proof->kind, proof->id, id);
    g_autofree char *number = i18n_integer(proof->head.number);
    if (proof->position >= proof->head.size) {
        evidence_misfit(error, _("%s: its entry lies beyond signed head %s."), id, number);
        return false;
    }
    if (!merkle_inclusion(evidence_tiles_subtree, tiles, (guint64)proof->position,
                          (guint64)proof->head.size, proof->path, &proof->n_path, error))
        return false;
    StoreKeys *keys = store_keys(store);
    if (evidence_head_check(store_keys_public(keys), store_keys_case_id(keys), &proof->head) &&
        evidence_proof_check(proof))
        return true;
    evidence_misfit(error, _("%s: its path does not lead to signed head %s of the log."), id,
                    number);
    return false;
}

bool evidence_head_needed(Store *store, gint64 number, StoreLogHead *ret_head, GError **error)
{
    g_autoptr(GError) inner = NULL;
    if (store_log_head_load(store, number, ret_head, &inner))
        return true;
    if (inner != NULL) {
        g_propagate_error(error, g_steal_pointer(&inner));
    } else if (number == 0) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND,
                            _("Nothing was written to this case yet: its log is empty."));
    } else {
        g_autofree char *text = i18n_integer(number);
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND, _("The log has no head %s."),
                    text);
    }
    return false;
}

EvidenceProof *evidence_prove(Store *store, StoreKind kind, gint64 id, GError **error)
{
    /* One view of record, tiles and head, where no transaction gives one already. */
    bool own = store_depth(store) == 0;
    if (own && !store_read_begin(store, error))
        return NULL;
    g_autofree EvidenceTiles *tiles = evidence_tiles_new(store);
    g_autofree EvidenceProof *proof = g_new0(EvidenceProof, 1);
    proof->kind = kind;
    proof->id = id;
    bool made = evidence_head_needed(store, 0, &proof->head, error) &&
                evidence_proof_make(proof, store, tiles, error);
    if (own)
        store_read_end(store);
    return made ? g_steal_pointer(&proof) : NULL;
}

EvidenceProof *evidence_prove_report(Store *store, gint64 report_id, GError **error)
{
    return evidence_prove(store, STORE_KIND_REPORT, report_id, error);
}

bool evidence_proof_check(const EvidenceProof *proof)
{
    guint8 entry[STORE_LOG_ENTRY_BYTES];
    MerkleHash leaf, root;
    evidence_entry_write(proof->kind, proof->operation, proof->id, proof->record_hash, entry);
    merkle_leaf_hash(entry, sizeof entry, &leaf);
    memcpy(root.bytes, proof->head.root, sizeof root.bytes);
    return memcmp(leaf.bytes, proof->leaf_hash.bytes, sizeof leaf.bytes) == 0 &&
           merkle_check_inclusion(&leaf, (guint64)proof->position, (guint64)proof->head.size,
                                  proof->path, proof->n_path, &root);
}

GArray *evidence_prove_consistency(Store *store, gint64 old_number, gint64 new_number,
                                   GError **error)
{
    bool own = store_depth(store) == 0;
    if (own && !store_read_begin(store, error))
        return NULL;
    StoreLogHead old_head, new_head;
    MerkleHash path[MERKLE_PATH_MAX + 1];
    gsize n_path = 0;
    g_autofree EvidenceTiles *tiles = evidence_tiles_new(store);
    bool made = evidence_head_needed(store, old_number, &old_head, error) &&
                evidence_head_needed(store, new_number, &new_head, error);
    if (made && old_head.size > new_head.size) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                            _("Give the older of the two heads first."));
        made = false;
    }
    made = made && merkle_consistency(evidence_tiles_subtree, tiles, (guint64)old_head.size,
                                      (guint64)new_head.size, path, &n_path, error);
    if (own)
        store_read_end(store);
    if (!made)
        return NULL;
    GArray *proof = g_array_sized_new(FALSE, FALSE, sizeof(MerkleHash), (guint)n_path);
    return g_array_append_vals(proof, path, (guint)n_path);
}
