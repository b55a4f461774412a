/* The tree of keys: known answers, every set of leaves taken out of a small tree. */
#include "store/seal_tree.h"

#include <sodium.h>
#include <string.h>

/* Worked out by another hand (Python):
 *     def child(node, i):
 *         return hashlib.blake2b(b"", digest_size=32, key=node, salt=i.to_bytes(8, "little") +
 * bytes(8), person=b"zenharst" + bytes(8)).digest() def leaf(node, n): for d in range(31): node =
 * child(node, (n >> (2 * (30 - d))) & 3) return node leaf(bytes(range(32)), n).hex() */
static const struct {
    guint64 leaf;
    const char *key;
} KNOWN[] = {
    {0, "8effba13bff16cefc362a2c8f06dba7d7a623dcceca86892d98e03014cc055b6"},
    {1, "5120b96599bc613833be2af8d0179a2e241034cd9f7b1ae0e84a94a7ed7e625c"},
    {81985529216486895, "7281de54f8bf5ed6e182de81c9f073694384e62cb24a8a9270a6aef15efec8a2"},
    {4611686018427387903, "5504af116219e895f0c9600244fe36f312a8229f7e6f080274568a7b5d09c1c7"},
};

static SealNode root(void)
{
    SealNode node = {0};
    for (guint8 i = 0; i < SEAL_TREE_KEY_BYTES; i++)
        node.key[i] = i;
    return node;
}

static void assert_key(const guint8 *key, const char *hex)
{
    char text[2 * SEAL_TREE_KEY_BYTES + 1];
    sodium_bin2hex(text, sizeof text, key, SEAL_TREE_KEY_BYTES);
    g_assert_cmpstr(text, ==, hex);
}

static void leaves_are_as_another_hand_has_them(void)
{
    const SealNode top = root();
    SealNode node;
    SealPath path;
    seal_path_begin(&path, &top);
    seal_node_descend(&top, seal_tree_width(1) * 2, 1, &node);
    assert_key(node.key, "b035d7c1172a49d0d39c2b74c5ef9c1a5d89dcfd9224cfaf570c5f26b51e5c6d");
    for (gsize i = 0; i < G_N_ELEMENTS(KNOWN); i++) {
        seal_node_descend(&top, KNOWN[i].leaf, SEAL_TREE_DEPTH, &node);
        assert_key(node.key, KNOWN[i].key);
        assert_key(seal_path_leaf(&path, KNOWN[i].leaf), KNOWN[i].key);
    }
}

/* The way that is kept is the way gone anew, whatever was asked before. */
static void the_way_that_is_kept_is_right(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(7);
    const SealNode top = root();
    SealNode from, node;
    SealPath path;
    guint64 leaf = 0;
    seal_node_descend(&top, 81985529216486895, 12, &from);
    seal_path_begin(&path, &from);
    for (int i = 0; i < 2000; i++) {
        const guint8 depth = (guint8)g_rand_int_range(rand, 13, SEAL_TREE_DEPTH + 1);
        const guint64 random = (guint64)g_rand_int(rand) << 32 | g_rand_int(rand);
        leaf = from.first + (leaf + 1 + random % seal_tree_width(depth)) % seal_tree_width(12);
        seal_node_descend(&top, leaf, SEAL_TREE_DEPTH, &node);
        g_assert_cmpmem(seal_path_leaf(&path, leaf), 32, node.key, 32);
    }
}

typedef struct {
    SealNode nodes[64];
    gsize n;
} Set;

static gssize find(const Set *set, guint64 leaf)
{
    for (gsize i = 0; i < set->n; i++)
        if (seal_node_covers(&set->nodes[i], leaf))
            return (gssize)i;
    return -1;
}

static void take_out(Set *set, guint64 leaf)
{
    SealNode left[SEAL_TREE_SIBLINGS];
    const gssize at = find(set, leaf);
    g_assert_cmpint(at, >=, 0);
    const gsize n = seal_node_puncture(&set->nodes[at], leaf, left);
    g_assert_cmpuint(n, ==, 3 * (gsize)(SEAL_TREE_DEPTH - set->nodes[at].depth));
    for (gsize i = 0; i < n; i++) {
        g_assert_true(seal_node_fits(left[i].first, left[i].depth));
        g_assert_true(i == 0 || left[i - 1].first < left[i].first);
    }
    set->nodes[at] = set->nodes[--set->n];
    memcpy(set->nodes + set->n, left, n * sizeof left[0]);
    set->n += n;
}

/* Every set of the 16 leaves beneath one node, in a drawn order: those and no others are gone. */
static void whatever_is_taken_out_is_gone_and_the_rest_stays(void)
{
    enum { LEAVES = 16 };
    g_autoptr(GRand) rand = g_rand_new_with_seed(1);
    const SealNode top = root();
    SealNode from, leaves[LEAVES], node;
    seal_node_descend(&top, 81985529216486895, SEAL_TREE_DEPTH - 2, &from);
    for (guint64 i = 0; i < LEAVES; i++)
        seal_node_descend(&top, from.first + i, SEAL_TREE_DEPTH, &leaves[i]);
    for (guint wanted = 0; wanted < 1u << LEAVES; wanted++) {
        Set set = {.nodes = {from}, .n = 1};
        const guint64 turn = (guint64)g_rand_int_range(rand, 0, LEAVES) | 1;
        for (guint64 k = 0; k < LEAVES; k++) {
            const guint64 i = (k * turn + turn) % LEAVES;
            if ((wanted >> i & 1) != 0)
                take_out(&set, from.first + i);
        }
        for (guint64 i = 0; i < LEAVES; i++) {
            const gssize at = find(&set, from.first + i);
            g_assert_true((at >= 0) == ((wanted >> i & 1) == 0));
            if (at < 0)
                continue;
            seal_node_descend(&set.nodes[at], from.first + i, SEAL_TREE_DEPTH, &node);
            g_assert_cmpmem(node.key, 32, leaves[i].key, 32);
        }
    }
}

/* A leaf of the whole tree: 93 siblings, none of them on its way, all others in reach. */
static void a_leaf_of_the_whole_tree(void)
{
    const SealNode top = root();
    SealNode left[SEAL_TREE_SIBLINGS], node, again;
    const guint64 leaf = 81985529216486895;
    const gsize n = seal_node_puncture(&top, leaf, left);
    guint64 covered = 0;
    g_assert_cmpuint(n, ==, SEAL_TREE_SIBLINGS);
    for (gsize i = 0; i < n; i++) {
        g_assert_false(seal_node_covers(&left[i], leaf));
        g_assert_cmpuint(left[i].first, ==, covered + (left[i].first > leaf ? 1 : 0));
        covered += seal_tree_width(left[i].depth);
        seal_node_descend(&top, left[i].first, left[i].depth, &node);
        g_assert_cmpmem(node.key, 32, left[i].key, 32);
        seal_node_descend(&left[i], left[i].first + seal_tree_width(left[i].depth) - 1,
                          SEAL_TREE_DEPTH, &node);
        seal_node_descend(&top, node.first, SEAL_TREE_DEPTH, &again);
        g_assert_cmpmem(node.key, 32, again.key, 32);
    }
    g_assert_cmpuint(covered, ==, SEAL_TREE_LEAVES - 1);
    g_assert_false(seal_node_fits(1, 0));
    g_assert_false(seal_node_fits(SEAL_TREE_LEAVES, SEAL_TREE_DEPTH));
    g_assert_false(seal_node_fits(0, SEAL_TREE_DEPTH + 1));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(sodium_init(), >=, 0);
    g_test_add_func("/seal-tree/known-answers", leaves_are_as_another_hand_has_them);
    g_test_add_func("/seal-tree/path", the_way_that_is_kept_is_right);
    g_test_add_func("/seal-tree/every-set", whatever_is_taken_out_is_gone_and_the_rest_stays);
    g_test_add_func("/seal-tree/whole", a_leaf_of_the_whole_tree);
    return g_test_run();
}
