/* evidence/last_verify.h: a note beside the case of how its last verification ended, for who
 * watches over servers. It is no evidence: whoever can write to the folder can write it. Of a case
 * on a server it lies with the user who verified (note_place.h). */
#pragma once
#include <glib.h>
#include <stdbool.h>

#define EVIDENCE_LAST_VERIFY_FILE "last-verify.json"

typedef struct {
    gint64 time; /**< seconds */
    gint64 head; /**< number of the newest signed head then; 0 none */
    bool fits;
} EvidenceLastVerify;

/** `folder` is an address, too. Writes it if the place can be written; says nothing if not. */
void evidence_last_verify_save(const char *folder, const EvidenceLastVerify *last);
/** False when there is none, or none that can be read. */
bool evidence_last_verify_load(const char *folder, EvidenceLastVerify *ret);
