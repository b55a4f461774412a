/* store/seals.h: seals of records: each record's by a leaf of the case's tree of keys
 * (store/seal_tree.h), so that one record's can be taken out for good.
 *
 * What the case keeps is a set of nodes (table seal_node), each sealed under the field key; at
 * first the root. A sealed value says in its nonce which leaf it is of; values of schema 7 and
 * older are under the field key itself. Numbers are drawn: a run begins at a random one and counts
 * on, so that copies of a case that were apart give no number twice. */
#pragma once
#include "store/store.h"

/** The leaf of an original, by the SHA-256 of its contents: keyed, so that its number tells
 *  nothing, and the same in every copy of the case, so that a file that two copies took in by
 *  themselves, or one that was lost and came back, is shut everywhere once it is taken out. */
guint64 store_seals_original_leaf(const Store *store, const guint8 sha256[32]);
/** The key made of that leaf, of the originals' key and of the SHA-256; wipe it. *ret_there false:
 *  the leaf was taken out. What other processes took out meanwhile is seen. */
bool store_seals_original(Store *store, const guint8 sha256[32], guint8 ret_key[32],
                          bool *ret_there, GError **error);

typedef struct StoreSealer StoreSealer;
/** Gives new leaves and their keys to one thread, without asking the store again. */
StoreSealer *store_sealer_new(Store *store, GError **error);
void store_sealer_free(StoreSealer *sealer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreSealer, store_sealer_free)
