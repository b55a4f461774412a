/* evidence/merkle.c: SHA-256 by OpenSSL, which uses the processor's own instructions where there
 * are any: about 0.10 µs for a leaf of 41 bytes, 0.15 µs for a node (libsodium: 0.24, 0.39). One
 * digest context a thread, since making one costs more than a hash. */
#include "evidence/merkle.h"

#include <openssl/evp.h>
#include <string.h>

/* ---- hashes ---- */

static void context_free(gpointer context)
{
    EVP_MD_CTX_free(context);
}

static EVP_MD_CTX *sha256_begin(void)
{
    static GPrivate contexts = G_PRIVATE_INIT(context_free);
    EVP_MD_CTX *context = g_private_get(&contexts);
    if (context == NULL) {
        context = EVP_MD_CTX_new();
        EVP_MD *sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
        if (context == NULL || sha256 == NULL || EVP_DigestInit_ex(context, sha256, NULL) != 1)
            g_error("OpenSSL gives no SHA-256");
        EVP_MD_free(sha256); /* the context keeps its own reference */
        g_private_set(&contexts, context);
    } else if (EVP_DigestInit_ex(context, NULL, NULL) != 1) {
        g_error("OpenSSL gives no SHA-256");
    }
    return context;
}

static void sha256_add(EVP_MD_CTX *context, const void *bytes, gsize length)
{
    if (EVP_DigestUpdate(context, bytes, length) != 1)
        g_error("OpenSSL cannot hash");
}

static void sha256_end(EVP_MD_CTX *context, MerkleHash *ret_hash)
{
    if (EVP_DigestFinal_ex(context, ret_hash->bytes, NULL) != 1)
        g_error("OpenSSL cannot hash");
}

void merkle_sha256(const void *bytes, gsize length, MerkleHash *ret_hash)
{
    EVP_MD_CTX *context = sha256_begin();
    sha256_add(context, bytes, length);
    sha256_end(context, ret_hash);
}

void merkle_leaf_hash(const void *leaf, gsize length, MerkleHash *ret_hash)
{
    EVP_MD_CTX *context = sha256_begin();
    sha256_add(context, (const guint8[]){0x00}, 1);
    sha256_add(context, leaf, length);
    sha256_end(context, ret_hash);
}

void merkle_node_hash(const MerkleHash *left, const MerkleHash *right, MerkleHash *ret_hash)
{
    guint8 bytes[1 + 2 * MERKLE_HASH_BYTES];
    bytes[0] = 0x01;
    memcpy(bytes + 1, left->bytes, MERKLE_HASH_BYTES);
    memcpy(bytes + 1 + MERKLE_HASH_BYTES, right->bytes, MERKLE_HASH_BYTES);
    merkle_sha256(bytes, sizeof bytes, ret_hash);
}

static bool equal(const MerkleHash *a, const MerkleHash *b)
{
    return memcmp(a->bytes, b->bytes, MERKLE_HASH_BYTES) == 0;
}

/* ---- a growing tree ---- */

int merkle_frontier_append(MerkleFrontier *frontier, const MerkleHash *leaf_hash,
                           MerkleHash completed[MERKLE_PATH_MAX])
{
    MerkleHash hash = *leaf_hash;
    int level = 0;
    if (completed != NULL)
        completed[0] = hash;
    for (guint64 bits = frontier->size; (bits & 1) != 0; bits >>= 1) {
        merkle_node_hash(&frontier->peaks[level++], &hash, &hash);
        if (completed != NULL)
            completed[level] = hash;
    }
    g_assert(level < MERKLE_PATH_MAX);
    frontier->peaks[level] = hash;
    frontier->size++;
    return level;
}

void merkle_frontier_root(const MerkleFrontier *frontier, MerkleHash *ret_root)
{
    if (frontier->size == 0) {
        merkle_sha256("", 0, ret_root);
        return;
    }
    bool first = true;
    MerkleHash root;
    for (int level = 0; level < MERKLE_PATH_MAX; level++) {
        if ((frontier->size >> level & 1) == 0)
            continue;
        if (first)
            root = frontier->peaks[level];
        else
            merkle_node_hash(&frontier->peaks[level], &root, &root);
        first = false;
    }
    *ret_root = root;
}

void merkle_root(const MerkleHash *leaves, gsize n_leaves, MerkleHash *ret_root)
{
    MerkleFrontier frontier = {0};
    for (gsize i = 0; i < n_leaves; i++)
        merkle_frontier_append(&frontier, &leaves[i], NULL);
    merkle_frontier_root(&frontier, ret_root);
}

bool merkle_frontier_load(MerkleSubtree subtree, void *context, guint64 size,
                          MerkleFrontier *ret_frontier, GError **error)
{
    MerkleFrontier frontier = {.size = size};
    for (int level = 0; level < MERKLE_PATH_MAX; level++)
        if ((size >> level & 1) != 0 &&
            !subtree(context, level, (size >> level) - 1, &frontier.peaks[level], error))
            return false;
    *ret_frontier = frontier;
    return true;
}

/* ---- proofs, RFC 6962 section 2.1 ---- */

/* Largest power of two below n, as its exponent; n ≥ 2. */
static int split_level(guint64 n)
{
    return 63 - __builtin_clzll(n - 1);
}

/* Root of leaves [begin, begin + n); begin is a multiple of the power of two at or above n. */
static bool range_root(MerkleSubtree subtree, void *context, guint64 begin, guint64 n,
                       MerkleHash *ret_root, GError **error)
{
    if ((n & (n - 1)) == 0) {
        int level = __builtin_ctzll(n);
        return subtree(context, level, begin >> level, ret_root, error);
    }
    guint64 left = G_GUINT64_CONSTANT(1) << split_level(n);
    MerkleHash a, b;
    if (!range_root(subtree, context, begin, left, &a, error) ||
        !range_root(subtree, context, begin + left, n - left, &b, error))
        return false;
    merkle_node_hash(&a, &b, ret_root);
    return true;
}

bool merkle_root_of(MerkleSubtree subtree, void *context, guint64 size, MerkleHash *ret_root,
                    GError **error)
{
    if (size == 0) {
        merkle_sha256("", 0, ret_root);
        return true;
    }
    return range_root(subtree, context, 0, size, ret_root, error);
}

/* PATH(m, D[n]) from the root down; the way is turned round at the end. */
bool merkle_inclusion(MerkleSubtree subtree, void *context, guint64 index, guint64 size,
                      MerkleHash path[MERKLE_PATH_MAX], gsize *ret_n_path, GError **error)
{
    g_assert(index < size);
    gsize n_path = 0;
    for (guint64 begin = 0, n = size; n > 1;) {
        guint64 left = G_GUINT64_CONSTANT(1) << split_level(n);
        bool goes_left = index - begin < left;
        guint64 other = goes_left ? begin + left : begin, n_other = goes_left ? n - left : left;
        if (!range_root(subtree, context, other, n_other, &path[n_path++], error))
            return false;
        begin = goes_left ? begin : begin + left;
        n = goes_left ? left : n - left;
    }
    for (gsize i = 0; i < n_path / 2; i++) {
        MerkleHash swap = path[i];
        path[i] = path[n_path - 1 - i];
        path[n_path - 1 - i] = swap;
    }
    *ret_n_path = n_path;
    return true;
}

typedef struct {
    MerkleSubtree subtree;
    void *context;
    MerkleHash *path;
    gsize n_path;
} Proof;

/* SUBPROOF(m, D[begin, begin + n), whole). */
static bool subproof(Proof *proof, guint64 m, guint64 begin, guint64 n, bool whole, GError **error)
{
    if (m == n)
        return whole || range_root(proof->subtree, proof->context, begin, n,
                                   &proof->path[proof->n_path++], error);
    guint64 left = G_GUINT64_CONSTANT(1) << split_level(n);
    guint64 other = begin, n_other = left;
    if (m <= left) {
        if (!subproof(proof, m, begin, left, whole, error))
            return false;
        other = begin + left;
        n_other = n - left;
    } else if (!subproof(proof, m - left, begin + left, n - left, false, error)) {
        return false;
    }
    return range_root(proof->subtree, proof->context, other, n_other, &proof->path[proof->n_path++],
                      error);
}

bool merkle_consistency(MerkleSubtree subtree, void *context, guint64 old_size, guint64 new_size,
                        MerkleHash path[MERKLE_PATH_MAX + 1], gsize *ret_n_path, GError **error)
{
    g_assert(old_size <= new_size);
    Proof proof = {.subtree = subtree, .context = context, .path = path};
    if (old_size > 0 && !subproof(&proof, old_size, 0, new_size, true, error))
        return false;
    *ret_n_path = proof.n_path;
    return true;
}

/* ---- checks, RFC 9162 sections 2.1.3.2 and 2.1.4.2 ---- */

bool merkle_check_inclusion(const MerkleHash *leaf_hash, guint64 index, guint64 size,
                            const MerkleHash *path, gsize n_path, const MerkleHash *root)
{
    if (index >= size)
        return false;
    guint64 first = index, last = size - 1;
    MerkleHash hash = *leaf_hash;
    for (gsize i = 0; i < n_path; i++) {
        if (last == 0)
            return false;
        if ((first & 1) != 0 || first == last) {
            merkle_node_hash(&path[i], &hash, &hash);
            while ((first & 1) == 0 && first != 0) {
                first >>= 1;
                last >>= 1;
            }
        } else {
            merkle_node_hash(&hash, &path[i], &hash);
        }
        first >>= 1;
        last >>= 1;
    }
    return last == 0 && equal(&hash, root);
}

bool merkle_check_consistency(guint64 old_size, guint64 new_size, const MerkleHash *path,
                              gsize n_path, const MerkleHash *old_root, const MerkleHash *new_root)
{
    if (old_size == 0 ||
        old_size > new_size) /* the empty tree is a beginning of any: it says nothing */
        return false;
    if (old_size == new_size)
        return n_path == 0 && equal(old_root, new_root);
    /* A tree of 2^k leaves is itself the proof's first hash, which the path then leaves out. */
    bool is_whole = (old_size & (old_size - 1)) == 0;
    if (!is_whole && n_path == 0)
        return false;
    guint64 first = old_size - 1, last = new_size - 1;
    while ((first & 1) != 0) {
        first >>= 1;
        last >>= 1;
    }
    MerkleHash old_hash = is_whole ? *old_root : path[0], new_hash = old_hash;
    for (gsize i = is_whole ? 0 : 1; i < n_path; i++) {
        if (last == 0)
            return false;
        if ((first & 1) != 0 || first == last) {
            merkle_node_hash(&path[i], &old_hash, &old_hash);
            merkle_node_hash(&path[i], &new_hash, &new_hash);
            while ((first & 1) == 0 && first != 0) {
                first >>= 1;
                last >>= 1;
            }
        } else {
            merkle_node_hash(&new_hash, &path[i], &new_hash);
        }
        first >>= 1;
        last >>= 1;
    }
    return last == 0 && equal(&old_hash, old_root) && equal(&new_hash, new_root);
}
