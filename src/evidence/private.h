/* evidence/private.h: what the files of evidence/ share. */
#pragma once
#include "evidence/evidence.h"

enum { EVIDENCE_TILE_LEVELS = 8, EVIDENCE_TILE_CACHE = 64 };

/* Tiles read back, decoded to hashes; the latest of each slot are kept. The `context` of
 * evidence_tiles_subtree. Begin with zeros and the store; no freeing. */
typedef struct {
    int level;
    gint64 index;
    gsize n; /* hashes; 0: slot empty */
    MerkleHash hashes[STORE_LOG_TILE_ENTRIES];
    guint8 entries[STORE_LOG_TILE_ENTRIES][STORE_LOG_ENTRY_BYTES]; /* level 0 */
} EvidenceTile;
typedef struct {
    Store *store;
    EvidenceTile slots[EVIDENCE_TILE_CACHE];
} EvidenceTiles;
EvidenceTiles *evidence_tiles_new(Store *store);
/* Borrowed until the next call. NULL with INTEGRITY when it is not there or no whole tile. */
const EvidenceTile *evidence_tiles_get(EvidenceTiles *tiles, int level, gint64 index,
                                       GError **error);
/* MerkleSubtree over the tiles. */
bool evidence_tiles_subtree(void *tiles, int level, guint64 index, MerkleHash *ret_hash,
                            GError **error);
/* The entry at a position; borrowed. NULL with INTEGRITY. */
const guint8 *evidence_tiles_entry(EvidenceTiles *tiles, gint64 position, GError **error);

/* Of proof->kind and proof->id to proof->head, both set before. */
bool evidence_proof_make(EvidenceProof *proof, Store *store, EvidenceTiles *tiles, GError **error);
/* store_log_head_load; NOT_FOUND with a sentence when there is no such head. */
bool evidence_head_needed(Store *store, gint64 number, StoreLogHead *ret_head, GError **error);

/* The hook that evidence_open sets; its context is the store's hook context. */
extern const StoreHook evidence_log_hook;

/* SHA-256 of a head's message: what the next head names. */
void evidence_head_hash(const guint8 case_id[STORE_CASE_ID_BYTES], const StoreLogHead *head,
                        guint8 ret_hash[32]);

/* A sealed file put in place within the open transaction: synced before it commits, removed if it
 * does not and nothing was there under that name before. Paths are copied. */
void evidence_log_file_placed(Store *store, const char *path, bool was_there);
/* True at the first call for a connection. */
bool evidence_log_sweep_once(Store *store);
/* Makes a file and its folder last. */
bool evidence_sync_file(const char *path, GError **error);

/* An INTEGRITY sentence. */
void evidence_misfit(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* move.c: the sealed file that lies in pieces under that name, written to `path` (its folder is
 * made), not synced. */
bool evidence_pieces_write(Store *store, const char *name, const char *path, guint64 *ret_bytes,
                           GError **error);
