#include "evidence/proof_json.h"

#include <sodium.h>

static json_t *json_hex(const guint8 *bytes, gsize n)
{
    g_autofree char *text = g_malloc(n * 2 + 1);
    sodium_bin2hex(text, n * 2 + 1, bytes, n);
    return json_string(text);
}

json_t *evidence_head_json(const StoreLogHead *head)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(head->time);
    g_autofree char *printed = time != NULL ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ") : NULL;
    json_t *object = json_object();
    json_object_set_new(object, "number", json_integer((json_int_t)head->number));
    json_object_set_new(object, "size", json_integer((json_int_t)head->size));
    json_object_set_new(object, "time", json_string(printed != NULL ? printed : ""));
    json_object_set_new(object, "time_seconds", json_integer((json_int_t)head->time));
    json_object_set_new(object, "root", json_hex(head->root, sizeof head->root));
    json_object_set_new(object, "previous", json_hex(head->previous, sizeof head->previous));
    json_object_set_new(object, "signature", json_hex(head->signature, sizeof head->signature));
    return object;
}

json_t *evidence_proof_json(Store *store, const EvidenceProof *proof)
{
    static const char *const OPERATIONS[] = {"", "insert", "update", "remove"};
    guint8 entry[STORE_LOG_ENTRY_BYTES];
    char printed[STORE_ID_MAX];
    StoreKeys *keys = store_keys(store);
    evidence_entry_write(proof->kind, proof->operation, proof->id, proof->record_hash, entry);
    json_t *path = json_array();
    for (gsize i = 0; i < proof->n_path; i++)
        json_array_append_new(path, json_hex(proof->path[i].bytes, sizeof proof->path[i].bytes));
    json_t *object = json_object();
    json_object_set_new(object, "id",
                        json_string(store_id_format(proof->kind, proof->id, printed)));
    json_object_set_new(object, "operation", json_string(OPERATIONS[proof->operation]));
    json_object_set_new(object, "position", json_integer((json_int_t)proof->position));
    json_object_set_new(object, "record_hash",
                        json_hex(proof->record_hash, sizeof proof->record_hash));
    json_object_set_new(object, "entry", json_hex(entry, sizeof entry));
    json_object_set_new(object, "leaf_hash",
                        json_hex(proof->leaf_hash.bytes, sizeof proof->leaf_hash.bytes));
    json_object_set_new(object, "path", path);
    json_object_set_new(object, "head", evidence_head_json(&proof->head));
    json_object_set_new(object, "case_id", json_hex(store_keys_case_id(keys), STORE_CASE_ID_BYTES));
    json_object_set_new(object, "public_key",
                        json_hex(store_keys_public(keys), STORE_PUBLIC_KEY_BYTES));
    return object;
}
