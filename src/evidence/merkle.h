/* evidence/merkle.h: RFC 6962 Merkle trees: hashes, proofs, their checks. Pure.
 *
 * SHA-256; leaf hash = H(0x00 ‖ leaf), node hash = H(0x01 ‖ left ‖ right); RFC 6962 section 2.1,
 * checks as RFC 9162 section 2.1.3.2 and 2.1.4.2. Cannot fail but where said. Safe from any thread.
 */
#pragma once
#include <glib.h>
#include <stdbool.h>

enum { MERKLE_HASH_BYTES = 32, MERKLE_PATH_MAX = 64 };
typedef struct {
    guint8 bytes[MERKLE_HASH_BYTES];
} MerkleHash;

void merkle_sha256(const void *bytes, gsize length, MerkleHash *ret_hash);
void merkle_leaf_hash(const void *leaf, gsize length, MerkleHash *ret_hash);
void merkle_node_hash(const MerkleHash *left, const MerkleHash *right, MerkleHash *ret_hash);

/** Root of n leaf hashes; n = 0 gives H(""). */
void merkle_root(const MerkleHash *leaves, gsize n_leaves, MerkleHash *ret_root);

/** A tree that grows leaf by leaf: the roots of its perfect subtrees, one for each bit of size.
 *  Begins with zeros. A leaf costs one node hash on average, a root one for each bit set. */
typedef struct {
    guint64 size;
    MerkleHash peaks[MERKLE_PATH_MAX]; /**< [level]: valid where that bit of size is set */
} MerkleFrontier;
/** completed (or NULL): [0] the leaf, [k] the root of the subtree of 2^k leaves that it completes;
 *  the highest such k is returned. */
int merkle_frontier_append(MerkleFrontier *frontier, const MerkleHash *leaf_hash,
                           MerkleHash completed[MERKLE_PATH_MAX]);
void merkle_frontier_root(const MerkleFrontier *frontier, MerkleHash *ret_root);

/** Gives the root of the full subtree of 2^level leaves that begins at leaf index << level; false
 *  with error set when it cannot be read. */
typedef bool (*MerkleSubtree)(void *context, int level, guint64 index, MerkleHash *ret_hash,
                              GError **error);
/** The frontier of the first `size` leaves. */
bool merkle_frontier_load(MerkleSubtree subtree, void *context, guint64 size,
                          MerkleFrontier *ret_frontier, GError **error);
/** Root of the first `size` leaves. */
bool merkle_root_of(MerkleSubtree subtree, void *context, guint64 size, MerkleHash *ret_root,
                    GError **error);
/** Audit path of leaf `index` in the tree of `size` leaves, leaf to root; index < size. */
bool merkle_inclusion(MerkleSubtree subtree, void *context, guint64 index, guint64 size,
                      MerkleHash path[MERKLE_PATH_MAX], gsize *ret_n_path, GError **error);
/** Consistency proof between trees of old_size ≤ new_size leaves. */
bool merkle_consistency(MerkleSubtree subtree, void *context, guint64 old_size, guint64 new_size,
                        MerkleHash path[MERKLE_PATH_MAX + 1], gsize *ret_n_path, GError **error);

bool merkle_check_inclusion(const MerkleHash *leaf_hash, guint64 index, guint64 size,
                            const MerkleHash *path, gsize n_path, const MerkleHash *root);
/** False also of old_size 0, as the reference implementations: nothing would be proven. */
bool merkle_check_consistency(guint64 old_size, guint64 new_size, const MerkleHash *path,
                              gsize n_path, const MerkleHash *old_root, const MerkleHash *new_root);
