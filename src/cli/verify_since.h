/* cli/verify_since.h: a head that left the house, held against the log of a case; what others said.
 */
#pragma once
#include "cli/cli.h"
#include "evidence/kept.h"
#include <jansson.h>

/** A checkpoint in a file, or JSON with a head (size, root) that verify or export printed. */
typedef struct {
    EvidenceCheckpoint checkpoint;
    bool is_signed;
} CliSince;
void cli_since_clear(CliSince *since);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CliSince, cli_since_clear)
bool cli_since_read(const char *path, CliSince *ret, GError **error);
/** *ret_object: {"head", "size", "consistency"}; what `evidence_since` finds as a sentence
 * otherwise. New reference. */
bool cli_since_check(Store *store, const CliSince *since, json_t **ret_object, GError **error);

/** What authorities and witnesses said of heads, checked: {"timestamps": […], "cosignatures": […]};
 *  what fits so far when it is false. New reference. */
bool cli_said_check(Store *store, const char *tsa_ca, json_t **ret_object, GError **error);
/** In words: who said what when. */
void cli_said_say(CliContext *context, const json_t *said);
