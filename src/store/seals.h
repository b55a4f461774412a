/* store/seals.h: seals of records: each record's by a leaf of the case's tree of keys
 * (store/seal_tree.h), so that one record's can be taken out for good.
 *
 * What the case keeps is a set of nodes (table seal_node), each sealed under the field key; at
 * first the root. A sealed value says in its nonce which leaf it is of; values of schema 7 and
 * older are under the field key itself. Numbers are drawn: a run begins at a random one and counts
 * on, so that copies of a case that were apart give no number twice. */
#pragma once
#include "store/store.h"

typedef struct StoreSealer StoreSealer;
/** Gives new leaves and their keys to one thread, without asking the store again. */
StoreSealer *store_sealer_new(Store *store, GError **error);
void store_sealer_free(StoreSealer *sealer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreSealer, store_sealer_free)
