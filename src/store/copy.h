/* store/copy.h: a case's database copied while others write to it; for evidence/backup.c.
 *
 * SQLite's online backup, read within one snapshot: the copy is the case as it stood when the
 * snapshot was taken, writers wait for nothing, and every page is sealed anew under the same key.
 */
#pragma once
#include "store/store.h"

/** Opens a case whatever the version of its schema, as long as this program knows it or is newer;
 *  for reading only. Only functions of this header and store/log.h may be called on it. */
Store *store_open_as_it_is(const char *folder, StoreKeys *keys, GError **error);
/** The version of its schema, and the one that this program writes; -1 with error set. */
gint64 store_schema_version(Store *store, GError **error);
extern const int STORE_SCHEMA_NEWEST;

/** The user's Ctrl-C while something is copied, as an error. */
bool store_copy_stopped(GError **error);
/** Bytes that a copy takes on disk; -1 with error set. */
gint64 store_copy_bytes(Store *store, GError **error);
/** Copies the database, as it is in the open snapshot (store_read_begin), to a new file that is the
 *  owner's alone. On failure no file is left. The file is not synced. Errors: IO (disk full),
 *  INTERRUPTED (the user's Ctrl-C), INTEGRITY. */
bool store_copy_database(Store *store, const char *path, GError **error);

/** What a copy needs to know of an original. */
typedef struct {
    gint64 id, bytes;
    guint8 sha256[32];
} StoreCopyOriginal;
/** All originals, by id; whatever the schema. GArray of StoreCopyOriginal; transfers. */
GArray *store_copy_originals(Store *store, GError **error);
