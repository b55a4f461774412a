/* evidence/proof_json.h: a proof as a stranger gets it: one JSON object that needs no case to be
 * checked (docs/formats.md). */
#pragma once
#include "evidence/evidence.h"
#include <jansson.h>

/** Bytes as a JSON text of hexadecimal digits. New reference. */
json_t *evidence_hex_json(const guint8 *bytes, gsize n);
/** n bytes from a text of exactly 2n hexadecimal digits; false when it is none (NULL too). */
bool evidence_hex_read(const char *text, guint8 *ret_bytes, gsize n);
/** "insert", "update", "remove"; "" for none of them. Static. */
const char *evidence_operation_name(StoreOperation operation);
/** {"number", "size", "time", "time_seconds", "root", "previous", "signature"}. New reference. */
json_t *evidence_head_json(const StoreLogHead *head);
/** {"id", "operation", "position", "record_hash", "entry", "leaf_hash", "path", "head", "case_id",
 *  "public_key"}. New reference. */
json_t *evidence_proof_json(Store *store, const EvidenceProof *proof);
