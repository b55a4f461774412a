#include "evidence/proof_json.h"

#include <sodium.h>
#include <string.h>

json_t *evidence_hex_json(const guint8 *bytes, gsize n)
{
    g_autofree char *text = g_malloc(n * 2 + 1);
    sodium_bin2hex(text, n * 2 + 1, bytes, n);
    return json_string(text);
}

bool evidence_hex_read(const char *text, guint8 *ret_bytes, gsize n)
{
    gsize length = 0;
    return text != NULL && strlen(text) == 2 * n &&
           sodium_hex2bin(ret_bytes, n, text, 2 * n, NULL, &length, NULL) == 0 && length == n;
}

const char *evidence_operation_name(StoreOperation operation)
{
    return operation == STORE_INSERT   ? "insert"
           : operation == STORE_UPDATE ? "update"
           : operation == STORE_REMOVE ? "remove"
                                       : "";
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
    json_object_set_new(object, "root", evidence_hex_json(head->root, sizeof head->root));
    json_object_set_new(object, "previous",
                        evidence_hex_json(head->previous, sizeof head->previous));
    json_object_set_new(object, "signature",
                        evidence_hex_json(head->signature, sizeof head->signature));
    return object;
}

json_t *evidence_proof_json(Store *store, const EvidenceProof *proof)
{
    guint8 entry[STORE_LOG_ENTRY_BYTES];
    char printed[STORE_ID_MAX];
    StoreKeys *keys = store_keys(store);
    evidence_entry_write(proof->kind, proof->operation, proof->id, proof->record_hash, entry);
    json_t *path = json_array();
    for (gsize i = 0; i < proof->n_path; i++)
        json_array_append_new(path,
                              evidence_hex_json(proof->path[i].bytes, sizeof proof->path[i].bytes));
    json_t *object = json_object();
    json_object_set_new(object, "id",
                        json_string(store_id_format(proof->kind, proof->id, printed)));
    json_object_set_new(object, "operation",
                        json_string(evidence_operation_name(proof->operation)));
    json_object_set_new(object, "position", json_integer((json_int_t)proof->position));
    json_object_set_new(object, "record_hash",
                        evidence_hex_json(proof->record_hash, sizeof proof->record_hash));
    json_object_set_new(object, "entry", evidence_hex_json(entry, sizeof entry));
    json_object_set_new(object, "leaf_hash",
                        evidence_hex_json(proof->leaf_hash.bytes, sizeof proof->leaf_hash.bytes));
    json_object_set_new(object, "path", path);
    json_object_set_new(object, "head", evidence_head_json(&proof->head));
    json_object_set_new(object, "case_id",
                        evidence_hex_json(store_keys_case_id(keys), STORE_CASE_ID_BYTES));
    json_object_set_new(object, "public_key",
                        evidence_hex_json(store_keys_public(keys), STORE_PUBLIC_KEY_BYTES));
    return object;
}
