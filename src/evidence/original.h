/* evidence/original.h: originals: sealed and logged before anything reads them.
 *
 * A sealed file is libsodium's secretstream (XChaCha20-Poly1305) in chunks of 64 KiB under the
 * originals key. Its name is a keyed hash of the SHA-256 of its contents, so that a thief cannot
 * ask the folder whether a known document is in it. */
#pragma once
#include "store/report.h"

/** Reads fd to its end, seals, fsyncs, renames into place, adds the row and its log entry (in a
 *  transaction of its own, or in the caller's). A file that is there already adds nothing
 *  (*ret_known true). *ret_id is the original. At most LIMIT_ORIGINAL_BYTES. name, media_type,
 *  origin may be NULL. Errors: IO (disk full, unreadable), LIMIT. */
bool evidence_original_add(Store *store, int fd, const char *name, const char *media_type,
                           const char *origin, gint64 *ret_id, bool *ret_known, GError **error);
bool evidence_original_add_bytes(Store *store, const void *bytes, gsize length, const char *name,
                                 const char *media_type, const char *origin, gint64 *ret_id,
                                 bool *ret_known, GError **error);

/** Gives up to `size` bytes; 0 at the end, -1 with error set. */
typedef gssize (*EvidenceSource)(void *context, void *buffer, gsize size, GError **error);
/** Likewise whatever a source gives. */
bool evidence_original_add_from(Store *store, EvidenceSource source, void *context,
                                const char *name, const char *media_type, const char *origin,
                                gint64 *ret_id, bool *ret_known, GError **error);

/** Another case's original, sealed anew here under the given row (its id is kept if not 0), within
 * the caller's transaction. INTEGRITY when it does not open there or is not what the row says. */
bool evidence_original_take(Store *store, Store *from, gint64 from_id, StoreOriginal *row,
                            GError **error);

/** One that was sealed by the one key of originals, as before each had a leaf of the tree of keys:
 *  sealed anew under its leaf, in the place of the old file, synced; at any moment one of the two
 *  is there. *ret_done false: it had a leaf already. Not within a transaction. */
bool evidence_original_reseal(Store *store, gint64 id, bool *ret_done, GError **error);

/** Reading back: bytes come only after their seal was checked. */
typedef struct EvidenceReader EvidenceReader;
/** Was it erased? Then with a sentence that says when, DENIED. */
bool evidence_original_erased(Store *store, gint64 id, GError **ret_why);
bool evidence_original_file_there(Store *store, const StoreOriginal *original, bool *ret_there,
                                  GError **error);
/** Overwrites and removes the sealed file of that content; true when there is none. For an original
 * that was erased: its row stays. */
bool evidence_original_remove_file(Store *store, const guint8 sha256[32], GError **error);

/** Errors: NOT_FOUND, INTEGRITY (file missing, seal broken), IO. */
EvidenceReader *evidence_original_open(Store *store, gint64 id, GError **error);
/** Up to `size` bytes; 0 at the end, -1 with error set (INTEGRITY when cut short or changed).
 *  Fits CsvSource. */
gssize evidence_reader_read(void *reader, void *buffer, gsize size, GError **error);
/** Is its file sealed by the one key of originals, not by a leaf? */
bool evidence_reader_is_old(const EvidenceReader *reader);
/** Skips to a byte offset at or after where the reader stands. */
bool evidence_reader_skip_to(EvidenceReader *reader, guint64 offset, GError **error);
void evidence_reader_free(EvidenceReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EvidenceReader, evidence_reader_free)
/** A part of an original (a report's own bytes): offset and length; length 0: to the end. */
GBytes *evidence_original_load(Store *store, gint64 id, guint64 offset, guint64 length,
                               GError **error);

/** Unseals and hashes one original against its row; INTEGRITY names it. */
bool evidence_original_check(Store *store, const StoreOriginal *original, GError **error);
