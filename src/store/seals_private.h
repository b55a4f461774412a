/* store/seals_private.h: the tree of keys of an open case; for the .c files of store/ only. */
#pragma once
#include "store/private.h"
#include "store/seal_tree.h"
#include "store/seals.h"

extern const char STORE_SEALS_SCHEMA[];

/* A new leaf's number; never 0. */
guint64 store_sealer_take(StoreSealer *sealer);
/* The key of a leaf that take gave; borrowed until the next call. */
const guint8 *store_sealer_key(StoreSealer *sealer, guint64 leaf);

/* In a case that has no node yet, the root: random. After opening for writing. */
bool store_seals_ready(Store *store, GError **error);
/* The store's own, for records that are written one by one; borrowed. */
StoreSealer *store_seals_own(Store *store, GError **error);
/* The key of a leaf; *ret_key NULL: it was taken out. Borrowed until the next call. */
bool store_seals_leaf(Store *store, guint64 leaf, const guint8 **ret_key, GError **error);
/* What others changed is seen again: at each transaction, each look at sealed fields. */
void store_seals_forget(Store *store);
void store_seals_end(Store *store);
/* Takes leaves out, inside an open write; those that are out already are passed by. */
bool store_seals_take_out(Store *store, const guint64 *leaves, gsize n, GError **error);
