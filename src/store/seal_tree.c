/* The tree of keys: going down, taking a leaf out. */
#include "store/seal_tree.h"

#include <sodium.h>
#include <string.h>

guint64 seal_tree_width(guint8 depth)
{
    return G_GUINT64_CONSTANT(1) << 2 * (SEAL_TREE_DEPTH - depth);
}

bool seal_node_fits(guint64 first, guint8 depth)
{
    return depth <= SEAL_TREE_DEPTH && first < SEAL_TREE_LEAVES &&
           first % seal_tree_width(depth) == 0;
}

bool seal_node_covers(const SealNode *node, guint64 leaf)
{
    return leaf >= node->first && leaf - node->first < seal_tree_width(node->depth);
}

/* Which child of a node of that depth leads to the leaf. */
static guint64 digit(guint64 leaf, guint8 depth)
{
    return leaf >> 2 * (SEAL_TREE_DEPTH - 1 - depth) & 3;
}

static void child_key(const guint8 *node, guint64 which, guint8 *ret_key)
{
    crypto_kdf_derive_from_key(ret_key, SEAL_TREE_KEY_BYTES, which, "zenharst", node);
}

void seal_node_descend(const SealNode *from, guint64 leaf, guint8 depth, SealNode *ret_node)
{
    g_assert(seal_node_covers(from, leaf) && depth >= from->depth && depth <= SEAL_TREE_DEPTH);
    SealNode node = *from;
    guint8 key[SEAL_TREE_KEY_BYTES];
    for (; node.depth < depth; node.depth++) {
        child_key(node.key, digit(leaf, node.depth), key);
        memcpy(node.key, key, sizeof key);
    }
    node.first = leaf - leaf % seal_tree_width(depth);
    *ret_node = node;
    sodium_memzero(key, sizeof key);
    sodium_memzero(&node, sizeof node);
}

gsize seal_node_puncture(const SealNode *node, guint64 leaf, SealNode ret_left[SEAL_TREE_SIBLINGS])
{
    gsize n = 0;
    SealNode at;
    g_assert(seal_node_covers(node, leaf));
    at = *node;
    /* Siblings on the left going down, those on the right afterwards: in order of their leaves. */
    SealNode right[SEAL_TREE_SIBLINGS];
    gsize n_right = 0;
    while (at.depth < SEAL_TREE_DEPTH) {
        const guint64 way = digit(leaf, at.depth), width = seal_tree_width(at.depth + 1);
        SealNode children[4];
        for (guint64 i = 0; i < 4; i++) {
            children[i].depth = at.depth + 1;
            children[i].first = at.first + i * width;
            child_key(at.key, i, children[i].key);
        }
        for (guint64 i = 0; i < way; i++)
            ret_left[n++] = children[i];
        for (guint64 i = 3; i > way; i--)
            right[n_right++] = children[i];
        at = children[way];
        sodium_memzero(children, sizeof children);
    }
    while (n_right > 0)
        ret_left[n++] = right[--n_right];
    sodium_memzero(right, sizeof right);
    sodium_memzero(&at, sizeof at);
    return n;
}

void seal_path_begin(SealPath *path, const SealNode *top)
{
    path->top = *top;
    path->known = false;
    memcpy(path->keys[top->depth], top->key, sizeof top->key);
}

const guint8 *seal_path_leaf(SealPath *path, guint64 leaf)
{
    g_assert(seal_node_covers(&path->top, leaf));
    guint8 depth = path->top.depth;
    if (path->known) /* what both ways have in common stands */
        while (depth < SEAL_TREE_DEPTH && digit(leaf, depth) == digit(path->leaf, depth))
            depth++;
    for (; depth < SEAL_TREE_DEPTH; depth++)
        child_key(path->keys[depth], digit(leaf, depth), path->keys[depth + 1]);
    path->leaf = leaf;
    path->known = true;
    return path->keys[SEAL_TREE_DEPTH];
}
