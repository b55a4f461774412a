/* RFC 6962 trees. Known answers: the reference tests of the Certificate Transparency project
 * (google/certificate-transparency, cpp/merkletree/merkle_tree_test.cc; google/certificate-
 * transparency-go), 8 leaves, published since 2012. */
#include "evidence/merkle.h"
#include "support.h"

#include <string.h>

enum { MOST = 300 };

static const struct {
    const char *bytes;
    gsize length;
} INPUTS[8] = {
    {"", 0},
    {"\x00", 1},
    {"\x10", 1},
    {"\x20\x21", 2},
    {"\x30\x31", 2},
    {"\x40\x41\x42\x43", 4},
    {"\x50\x51\x52\x53\x54\x55\x56\x57", 8},
    {"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16},
};
static const char *const ROOTS[9] = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};
/* Inclusion: leaf index, size. Consistency: old size, new size. */
static const struct Known {
    const char *claim;
    guint64 first, size;
    const char *path[4];
} INCLUSION[] =
    {
        {"one_leaf_is_its_own_root", 0, 1, {NULL}},
        {"first_of_eight",
         0,
         8,
         {"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
          "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
          "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}},
        {"sixth_of_eight",
         5,
         8,
         {"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
          "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
          "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}},
        {"third_of_three",
         2,
         3,
         {"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"}},
        {"second_of_five",
         1,
         5,
         {"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
          "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
          "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"}},
},
  CONSISTENCY[] = {
      {"one_with_itself", 1, 1, {NULL}},
      {"one_with_eight",
       1,
       8,
       {"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}},
      {"six_with_eight",
       6,
       8,
       {"0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}},
      {"two_with_five",
       2,
       5,
       {"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"}},
};

static MerkleHash leaves[MOST];

static void assert_hash(const MerkleHash *hash, const char *hex)
{
    GString *found = g_string_new(NULL);
    for (int i = 0; i < MERKLE_HASH_BYTES; i++)
        g_string_append_printf(found, "%02x", hash->bytes[i]);
    g_assert_cmpstr(found->str, ==, hex);
    g_string_free(found, TRUE);
}

/* The definition, word by word: MTH(D[n]) = H(0x01 ‖ MTH(D[0:k]) ‖ MTH(D[k:n])). */
static MerkleHash by_definition(const MerkleHash *from, gsize n)
{
    MerkleHash root;
    if (n == 0) {
        merkle_sha256("", 0, &root);
        return root;
    }
    if (n == 1)
        return from[0];
    gsize k = 1;
    while (k * 2 < n)
        k *= 2;
    MerkleHash left = by_definition(from, k), right = by_definition(from + k, n - k);
    merkle_node_hash(&left, &right, &root);
    return root;
}

static bool subtree(void *context, int level, guint64 index, MerkleHash *ret_hash, GError **error)
{
    const guint64 size = *(guint64 *)context; /* nothing beyond the tree may be asked for */
    g_assert_cmpuint((index + 1) << level, <=, size);
    *ret_hash = by_definition(leaves + (index << level), (gsize)1 << level);
    return true;
}

static void use_vectors(void)
{
    for (gsize i = 0; i < 8; i++)
        merkle_leaf_hash(INPUTS[i].bytes, INPUTS[i].length, &leaves[i]);
}

static void use_numbers(void)
{
    for (guint32 i = 0; i < MOST; i++)
        merkle_leaf_hash(&i, sizeof i, &leaves[i]);
}

static void test_roots(void)
{
    use_vectors();
    for (gsize n = 0; n <= 8; n++) {
        MerkleHash root;
        guint64 size = n;
        merkle_root(leaves, n, &root);
        assert_hash(&root, ROOTS[n]);
        g_assert_true(merkle_root_of(subtree, &size, n, &root, NULL));
        assert_hash(&root, ROOTS[n]);
    }
}

static void assert_path(const MerkleHash *path, gsize n_path, const struct Known *known)
{
    gsize n = 0;
    for (; n < 4 && known->path[n] != NULL; n++) {
        g_assert_cmpuint(n, <, n_path);
        assert_hash(&path[n], known->path[n]);
    }
    g_assert_cmpuint(n, ==, n_path);
}

static void test_known_inclusion(gconstpointer data)
{
    const struct Known *known = data;
    use_vectors();
    MerkleHash path[MERKLE_PATH_MAX], root;
    gsize n_path = 0;
    guint64 size = known->size;
    g_assert_true(merkle_inclusion(subtree, &size, known->first, size, path, &n_path, NULL));
    assert_path(path, n_path, known);
    merkle_root(leaves, size, &root);
    g_assert_true(
        merkle_check_inclusion(&leaves[known->first], known->first, size, path, n_path, &root));
}

static void test_known_consistency(gconstpointer data)
{
    const struct Known *known = data;
    use_vectors();
    MerkleHash path[MERKLE_PATH_MAX + 1], old_root, new_root;
    gsize n_path = 0;
    guint64 size = known->size;
    g_assert_true(merkle_consistency(subtree, &size, known->first, size, path, &n_path, NULL));
    assert_path(path, n_path, known);
    merkle_root(leaves, known->first, &old_root);
    merkle_root(leaves, size, &new_root);
    g_assert_true(merkle_check_consistency(known->first, size, path, n_path, &old_root, &new_root));
}

static void test_growing(void)
{
    use_numbers();
    MerkleFrontier frontier = {0};
    for (guint64 n = 0; n <= MOST; n++) {
        MerkleHash grown, defined = by_definition(leaves, n);
        merkle_frontier_root(&frontier, &grown);
        g_assert_cmpmem(&grown, sizeof grown, &defined, sizeof defined);
        MerkleFrontier loaded;
        g_assert_true(merkle_frontier_load(subtree, &n, n, &loaded, NULL));
        merkle_frontier_root(&loaded, &grown);
        g_assert_cmpmem(&grown, sizeof grown, &defined, sizeof defined);
        if (n == MOST)
            break;
        MerkleHash completed[MERKLE_PATH_MAX];
        int level = merkle_frontier_append(&frontier, &leaves[n], completed);
        g_assert_cmpint(level, ==, __builtin_ctzll(n + 1));
        for (; level >= 0; level--) {
            defined = by_definition(leaves + n + 1 - ((gsize)1 << level), (gsize)1 << level);
            g_assert_cmpmem(&completed[level], sizeof defined, &defined, sizeof defined);
        }
    }
}

/* Every leaf of every size: its path checks; with one bit flipped anywhere, one hash more or less,
 * another index or size, it does not. */
static void test_inclusion(void)
{
    use_numbers();
    for (guint64 size = 1; size <= MOST; size++) {
        MerkleHash root = by_definition(leaves, size), path[MERKLE_PATH_MAX];
        for (guint64 i = 0; i < size; i++) {
            gsize n = 0;
            g_assert_true(merkle_inclusion(subtree, &size, i, size, path, &n, NULL));
            g_assert_cmpuint(n, <=, 9);
            g_assert_true(merkle_check_inclusion(&leaves[i], i, size, path, n, &root));
            if ((i + size) % 7 != 0) /* enough; the whole table takes long */
                continue;
            g_assert_false(
                merkle_check_inclusion(&leaves[(i + 1) % MOST], i, size, path, n, &root));
            g_assert_false(merkle_check_inclusion(&leaves[i], i + size, size, path, n, &root));
            if (size > 1)
                g_assert_false(merkle_check_inclusion(&leaves[i], i ^ 1, size, path, n, &root));
            path[n] = root;
            g_assert_false(merkle_check_inclusion(&leaves[i], i, size, path, n + 1, &root));
            if (n > 0)
                g_assert_false(merkle_check_inclusion(&leaves[i], i, size, path, n - 1, &root));
            for (gsize k = 0; k < n; k++) {
                path[k].bytes[k] ^= 0x10;
                g_assert_false(merkle_check_inclusion(&leaves[i], i, size, path, n, &root));
                path[k].bytes[k] ^= 0x10;
            }
        }
    }
}

static void test_consistency(void)
{
    use_numbers();
    static MerkleHash roots[MOST + 1];
    for (gsize n = 0; n <= MOST; n++)
        roots[n] = by_definition(leaves, n);
    for (guint64 size = 0; size <= MOST; size++) {
        for (guint64 old = 0; old <= size; old++) {
            MerkleHash path[MERKLE_PATH_MAX + 1];
            gsize n = 0;
            g_assert_true(merkle_consistency(subtree, &size, old, size, path, &n, NULL));
            g_assert_cmpint(merkle_check_consistency(old, size, path, n, &roots[old], &roots[size]),
                            ==, old > 0);
            if ((old + size) % 5 != 0 || old == 0 || old == size)
                continue;
            g_assert_false(
                merkle_check_consistency(old, size, path, n, &roots[old - 1], &roots[size]));
            g_assert_false(
                merkle_check_consistency(old, size, path, n, &roots[old], &roots[size - 1]));
            g_assert_false(merkle_check_consistency(size, old, path, n, &roots[size], &roots[old]));
            g_assert_false(
                merkle_check_consistency(old, size, path, n - 1, &roots[old], &roots[size]));
            for (gsize k = 0; k < n; k++) {
                path[k].bytes[31 - k] ^= 1;
                g_assert_false(
                    merkle_check_consistency(old, size, path, n, &roots[old], &roots[size]));
                path[k].bytes[31 - k] ^= 1;
            }
        }
    }
}

static bool unreadable(void *context, int level, guint64 index, MerkleHash *ret_hash,
                       GError **error)
{
    g_set_error(error, g_quark_from_static_string("test"), 1, "unreadable");
    return false;
}

static void test_unreadable(void)
{
    MerkleHash root, path[MERKLE_PATH_MAX + 1];
    gsize n = 77;
    g_autoptr(GError) error = NULL;
    g_assert_false(merkle_root_of(unreadable, NULL, 5, &root, &error));
    g_assert_nonnull(error);
    g_clear_error(&error);
    g_assert_false(merkle_inclusion(unreadable, NULL, 2, 5, path, &n, &error));
    g_assert_nonnull(error);
    g_clear_error(&error);
    g_assert_false(merkle_consistency(unreadable, NULL, 2, 5, path, &n, &error));
    g_assert_nonnull(error);
    g_assert_cmpuint(n, ==, 77);
}

/* ---- published vectors ---- */

/* What is no hash of 32 bytes ("garbage") is filled with zeros: our hashes have no other length. A
 * root or leaf of no bytes at all cannot be given to our checks: the type refuses it. */
static void vector_hash(const char *hex, MerkleHash *ret_hash)
{
    memset(ret_hash, 0, sizeof *ret_hash);
    for (gsize i = 0; strcmp(hex, "-") != 0 && hex[2 * i] != '\0' && i < sizeof ret_hash->bytes;
         i++)
        ret_hash->bytes[i] =
            (guint8)(g_ascii_xdigit_value(hex[2 * i]) << 4 | g_ascii_xdigit_value(hex[2 * i + 1]));
}

static bool vector_fits(char **fields)
{
    const guint64 first = g_ascii_strtoull(fields[2], NULL, 10),
                  size = g_ascii_strtoull(fields[3], NULL, 10);
    MerkleHash one, other, path[MERKLE_PATH_MAX + 1];
    g_auto(GStrv) hashes = g_strsplit(fields[6], ",", -1);
    gsize n = strcmp(fields[6], "none") == 0 ? 0 : g_strv_length(hashes);
    g_assert_cmpuint(n, <=, G_N_ELEMENTS(path));
    for (gsize i = 0; i < n; i++)
        vector_hash(hashes[i], &path[i]);
    if (strcmp(fields[4], "-") == 0 || strcmp(fields[5], "-") == 0)
        return false;
    vector_hash(fields[4], &one);
    vector_hash(fields[5], &other);
    return fields[0][0] == 'i' ? merkle_check_inclusion(&one, first, size, path, n, &other)
                               : merkle_check_consistency(first, size, path, n, &one, &other);
}

/* Each right one holds, each wrong one is refused; and the right ones of the eight leaves are what
 * our own engine makes. */
static void test_vectors(gconstpointer data)
{
    const bool wanted = data != NULL;
    guint met = 0;
    g_autofree char *path = test_source_path("tests/evidence/vectors/rfc6962.txt");
    g_autofree char *text = test_read_file(path, NULL);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (gsize i = 0; lines[i] != NULL; i++) {
        g_auto(GStrv) fields = g_strsplit(lines[i], " ", 7);
        if (lines[i][0] == '#' || g_strv_length(fields) != 7 ||
            (strcmp(fields[1], "ok") == 0) != wanted)
            continue;
        met++;
        if (vector_fits(fields) != wanted)
            g_error("%s: %s", fields[0], wanted ? "refused" : "taken");
    }
    g_assert_cmpuint(met, ==, wanted ? 12 : 172);
}

static void test_vectors_made(void)
{
    use_vectors();
    guint met = 0;
    g_autofree char *name = test_source_path("tests/evidence/vectors/rfc6962.txt");
    g_autofree char *text = test_read_file(name, NULL);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (gsize i = 0; lines[i] != NULL; i++) {
        g_auto(GStrv) fields = g_strsplit(lines[i], " ", 7);
        if (!g_str_has_suffix(g_strv_length(fields) == 7 ? fields[0] : "", "/happy-path"))
            continue;
        guint64 first = g_ascii_strtoull(fields[2], NULL, 10),
                size = g_ascii_strtoull(fields[3], NULL, 10);
        MerkleHash path[MERKLE_PATH_MAX + 1];
        gsize n = 0;
        g_assert_true(fields[0][0] == 'i'
                          ? merkle_inclusion(subtree, &size, first, size, path, &n, NULL)
                          : merkle_consistency(subtree, &size, first, size, path, &n, NULL));
        g_auto(GStrv) hashes = g_strsplit(fields[6], ",", -1);
        g_assert_cmpuint(n, ==, strcmp(fields[6], "none") == 0 ? 0 : g_strv_length(hashes));
        for (gsize k = 0; k < n; k++)
            assert_hash(&path[k], hashes[k]);
        met++;
    }
    g_assert_cmpuint(met, ==, 10);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/evidence/merkle/roots_of_the_reference_trees", test_roots);
    for (gsize i = 0; i < G_N_ELEMENTS(INCLUSION); i++) {
        g_autofree char *name =
            g_strconcat("/evidence/merkle/reference_inclusion/", INCLUSION[i].claim, NULL);
        g_test_add_data_func(name, &INCLUSION[i], test_known_inclusion);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(CONSISTENCY); i++) {
        g_autofree char *name =
            g_strconcat("/evidence/merkle/reference_consistency/", CONSISTENCY[i].claim, NULL);
        g_test_add_data_func(name, &CONSISTENCY[i], test_known_consistency);
    }
    g_test_add_func("/evidence/merkle/a_growing_tree_has_the_defined_root", test_growing);
    g_test_add_func("/evidence/merkle/every_leaf_is_proven_and_nothing_else", test_inclusion);
    g_test_add_func("/evidence/merkle/every_growth_is_proven_and_nothing_else", test_consistency);
    g_test_add_func("/evidence/merkle/what_cannot_be_read_is_told", test_unreadable);
    g_test_add_data_func("/evidence/merkle/published_vectors/right_proofs_hold", "ok",
                         test_vectors);
    g_test_add_data_func("/evidence/merkle/published_vectors/wrong_proofs_are_refused", NULL,
                         test_vectors);
    g_test_add_func("/evidence/merkle/published_vectors/are_what_we_make", test_vectors_made);
    return g_test_run();
}
