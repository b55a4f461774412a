/* store/seal_tree.h: keys that can be taken out one by one, for good.
 *
 * A tree of keys, 31 levels deep, four children a node (Goldreich, Goldwasser and Micali 1986); its
 * 2^62 leaves are numbered from the left. A child's key is made of its parent's:
 *
 *     child i of node = crypto_kdf_derive_from_key(i, "zenharst", node)      (BLAKE2b)
 *
 * Who has a node has all leaves beneath it, and nothing else. A leaf is taken out by keeping, in
 * place of the node above it, the siblings of the way down (at most 93): all other leaves stay in
 * reach, this one is in nobody's. No I/O; the caller wipes what it was given. */
#pragma once
#include <glib.h>
#include <stdbool.h>

enum {
    SEAL_TREE_DEPTH = 31, /**< of a leaf; the root's is 0 */
    SEAL_TREE_SIBLINGS = 3 * SEAL_TREE_DEPTH,
    SEAL_TREE_KEY_BYTES = 32,
};
#define SEAL_TREE_LEAVES (G_GUINT64_CONSTANT(1) << 2 * SEAL_TREE_DEPTH)

typedef struct {
    guint64 first; /**< leftmost leaf beneath it */
    guint8 depth;
    guint8 key[SEAL_TREE_KEY_BYTES];
} SealNode;

/** Leaves beneath a node of that depth. */
guint64 seal_tree_width(guint8 depth);
bool seal_node_fits(guint64 first, guint8 depth); /**< is there such a node? */
bool seal_node_covers(const SealNode *node, guint64 leaf);
/** The node `depth` deep on the way to a leaf beneath `from`. */
void seal_node_descend(const SealNode *from, guint64 leaf, guint8 depth, SealNode *ret_node);
/** What is left of a node when a leaf beneath it is taken out: siblings from the left to the right;
 *  gives their number. */
gsize seal_node_puncture(const SealNode *node, guint64 leaf, SealNode ret_left[SEAL_TREE_SIBLINGS]);

/** The way down to the last leaf asked for: the next one in a row costs 1.3 hashes. */
typedef struct {
    SealNode top;
    guint64 leaf;
    bool known;                                            /**< keys are those of `leaf` */
    guint8 keys[SEAL_TREE_DEPTH + 1][SEAL_TREE_KEY_BYTES]; /**< [depth], from the top's */
} SealPath;
void seal_path_begin(SealPath *path, const SealNode *top);
/** The key of a leaf beneath the top. Borrowed until the next call. */
const guint8 *seal_path_leaf(SealPath *path, guint64 leaf);
