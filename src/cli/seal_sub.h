/* cli/seal_sub.h: the parts of `zenhar seal`. Each gives the command's exit status. */
#pragma once
#include "cli/cli.h"
#include "evidence/checkpoint.h"

typedef struct {
    char *witness, *since, *cosigned, *cosign, *witness_key, *key, *name, *seed;
    char *timestamp, *request, *response, *tsa_ca, *proxy;
    gint64 head;
    int seconds;
    gboolean allow_private;
} SealOptions;

int seal_timestamp(CliContext *context, const SealOptions *options);
int seal_request(CliContext *context, const SealOptions *options);
int seal_response(CliContext *context, const SealOptions *options);
int seal_witness(CliContext *context, const SealOptions *options);
int seal_cosigned(CliContext *context, const SealOptions *options);
int seal_cosign(CliContext *context, const SealOptions *options);

/** A checkpoint from a file; `ret` begins with zeros. */
bool seal_read_note(const char *path, EvidenceCheckpoint *ret, GError **error);
/** A file of at most 1 MiB ("-": standard input). NULL with error set. */
GBytes *seal_read_file(const char *path, GError **error);
