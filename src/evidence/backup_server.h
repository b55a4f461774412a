/* evidence/backup_server.h: what backup.c does otherwise when the case lies on a server, or is to
 * lie there. */
#pragma once
#include "evidence/backup.h"

/* A database of its own in the folder `part` that says what the open snapshot of `from` says: rows
 * as they stand, words, keys. What was begun with the same head goes on. */
bool backup_server_database(Store *from, const StoreLogHead *head, const char *part,
                            GError **error);
/* Bytes that it takes, by the number of reports; -1 with error set. */
gint64 backup_server_bytes(Store *from, GError **error);
/* Small texts beside the records, into the folder. */
bool backup_server_beside(Store *from, const char *folder, GError **error);
/* evidence_restore to an address. */
bool backup_server_restore(Store *backup, const char *address, EvidenceBackup *ret, GError **error);
