/* evidence/proof_json.h: a proof as a stranger gets it: one JSON object that needs no case to be
 * checked (docs/formats.md). */
#pragma once
#include "evidence/evidence.h"
#include <jansson.h>

/** {"number", "size", "time", "time_seconds", "root", "previous", "signature"}. New reference. */
json_t *evidence_head_json(const StoreLogHead *head);
/** {"id", "operation", "position", "record_hash", "entry", "leaf_hash", "path", "head", "case_id",
 *  "public_key"}. New reference. */
json_t *evidence_proof_json(Store *store, const EvidenceProof *proof);
