/* store/log.h: rows that the evidence log keeps in the database; for evidence/ only.
 *
 * Tiles: level 0 holds 256 entries of 40 bytes, level k 256 roots (32 bytes) of full tiles of
 * level k-1. Heads: one row for each commit that changed something. */
#pragma once
#include "store/store.h"

enum { STORE_LOG_ENTRY_BYTES = 40, STORE_LOG_TILE_ENTRIES = 256 };

/** NULL without error when there is no such tile. Transfers. */
GBytes *store_log_tile_load(Store *store, int level, gint64 index, GError **error);
bool store_log_tile_put(Store *store, int level, gint64 index, const void *bytes, gsize length,
                        GError **error);

typedef struct {
    gint64 number; /**< 1, 2, … */
    gint64 size;   /**< entries */
    gint64 time;   /**< seconds */
    guint8 root[32];
    guint8 previous[32]; /**< SHA-256 of the head before, as signed; zero for the first */
    guint8 signature[64];
} StoreLogHead;
bool store_log_head_add(Store *store, const StoreLogHead *head, GError **error);
/** number 0: the newest. false without error when there is none. */
bool store_log_head_load(Store *store, gint64 number, StoreLogHead *ret_head, GError **error);
/** Heads above `after`, at most `limit`. GArray of StoreLogHead. */
GArray *store_log_head_list(Store *store, gint64 after, gsize limit, GError **error);

/** Position in the log of a record's newest entry; -1 with error set when it has none. */
gint64 store_log_position(Store *store, StoreKind kind, gint64 id, GError **error);
/** The record's canonical form as it stands in its table now. NULL with error set. */
GBytes *store_log_record(Store *store, StoreKind kind, gint64 id, GError **error);

/** Walks all records of a kind in order of id, in canonical form; false stops with its error. */
typedef bool (*StoreLogVisit)(void *context, StoreKind kind, gint64 id, gint64 position,
                              const guint8 *bytes, gsize length, GError **error);
bool store_log_walk(Store *store, StoreKind kind, StoreLogVisit visit, void *context,
                    GError **error);
/** Do commits not wait for the disk (store_bulk_begin to store_bulk_end)? */
bool store_in_bulk(const Store *store);
/** Did the end of a bulk fail to reach the disk? Then nobody knows which of its commits are there.
 */
bool store_bulk_lost(const Store *store);
/** Which kinds have a table: all but NONE. */
bool store_kind_has_table(StoreKind kind);
