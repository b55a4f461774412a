/* cli/backup_say.h: what a backup or a restore did, as JSON on stdout and in words. */
#pragma once
#include "cli/cli.h"
#include "evidence/backup.h"

/** Prints one JSON object on standard output. */
bool backup_print(const char *folder, const EvidenceBackup *done, const GError *misfit,
                  GError **error);
/** Says it on stderr; `put` is a whole sentence with the folder, translated. */
void backup_say(CliContext *context, const char *put, const EvidenceBackup *done);
