/* The case's set of nodes, and the keys of leaves made of it. */
#include "store/seals_private.h"

#include "base/i18n.h"

#include <sodium.h>
#include <string.h>

/* Kind 0 is no record's: what is sealed here opens nowhere else. */
enum { NODE_KIND = 0, NODE_FIELD = 2 };
enum {
    PLAIN_BYTES = SEAL_TREE_KEY_BYTES + 9, /* key, first, depth: a node opens in its own place */
    SEALED_BYTES = PLAIN_BYTES + STORE_SEAL_EXTRA_BYTES,
    BLOCK_DEPTH = SEAL_TREE_DEPTH - 13, /* what a sealer takes its numbers from: 67 million */
    STEP = 4096,                        /* runs begin at a multiple */
};

const char STORE_SEALS_SCHEMA[] =
    "CREATE TABLE IF NOT EXISTS seal_node(first INTEGER PRIMARY KEY, depth INTEGER NOT NULL,"
    " sealed BLOB NOT NULL) STRICT;";

/* Opened in memory that is not swapped, and wiped. */
struct StoreSealer {
    SealPath path;
    guint64 next; /* from the top's first */
};

struct StoreSeals {
    StoreSealer *own; /* NULL */
    SealPath *path;   /* NULL */
};

static void *guarded(gsize n, GError **error)
{
    void *memory = sodium_malloc(n);
    if (memory == NULL)
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_MEMORY,
                            _("There is no memory that can be locked for the keys of the case."));
    else
        sodium_memzero(memory, n);
    return memory;
}

/* ---- nodes in the table ---- */

static void node_plain(const SealNode *node, guint8 plain[PLAIN_BYTES])
{
    const guint64 first = GUINT64_TO_LE(node->first);
    memcpy(plain, node->key, SEAL_TREE_KEY_BYTES);
    memcpy(plain + SEAL_TREE_KEY_BYTES, &first, sizeof first);
    plain[PLAIN_BYTES - 1] = node->depth;
}

/* Does nothing when there is one in its place. */
static bool node_put(Store *store, const SealNode *node, GError **error)
{
    guint8 plain[PLAIN_BYTES], sealed[SEALED_BYTES];
    node_plain(node, plain);
    store_keys_seal(store->keys, NODE_KIND, NODE_FIELD, plain, sizeof plain, sealed);
    sodium_memzero(plain, sizeof plain);
    const StoreBind binds[] = {{.type = 'i', .i = (gint64)node->first},
                               {.type = 'i', .i = node->depth},
                               {.type = 'b', .p = sealed, .n = sizeof sealed}};
    DbStatement *statement =
        store_prepare(store,
                      "INSERT INTO seal_node(first, depth, sealed) VALUES(?1, ?2, ?3)"
                      " ON CONFLICT DO NOTHING",
                      error);
    return statement != NULL &&
           store_bind(store, statement, 1, binds, G_N_ELEMENTS(binds), error) &&
           store_step(store, statement, error) == 0;
}

static bool node_broken(const Store *store, GError **error)
{
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY,
                _("The keys of sealed fields of the case %s were changed from outside. Put back a "
                  "copy from a backup."),
                store->folder);
    return false;
}

static bool node_read(Store *store, DbStatement *row, SealNode *ret_node, GError **error)
{
    guint8 plain[PLAIN_BYTES], wanted[PLAIN_BYTES];
    const gint64 first = db_int64(row, 0), depth = db_int64(row, 1);
    if (first < 0 || depth < 0 || depth > SEAL_TREE_DEPTH ||
        !seal_node_fits((guint64)first, (guint8)depth) || db_bytes(row, 2) != SEALED_BYTES ||
        !store_keys_open(store->keys, NODE_KIND, NODE_FIELD, db_blob(row, 2), SEALED_BYTES, plain))
        return node_broken(store, error);
    ret_node->first = (guint64)first;
    ret_node->depth = (guint8)depth;
    memcpy(ret_node->key, plain, sizeof ret_node->key);
    node_plain(ret_node, wanted);
    const bool fits = memcmp(plain, wanted, sizeof plain) == 0;
    sodium_memzero(plain, sizeof plain);
    sodium_memzero(wanted, sizeof wanted);
    return fits || node_broken(store, error);
}

/* The node above a leaf; *ret_there false: there is none, the leaf was taken out. */
static bool node_above(Store *store, guint64 leaf, SealNode *ret_node, bool *ret_there,
                       GError **error)
{
    *ret_there = false;
    DbStatement *row = store_prepare(store,
                                     "SELECT first, depth, sealed FROM seal_node WHERE first <= ?1"
                                     " ORDER BY first DESC LIMIT 1",
                                     error);
    if (row == NULL)
        return false;
    db_bind_int64(row, 1, (gint64)leaf);
    const int found = store_step(store, row, error);
    if (found != 1)
        return found == 0;
    const bool done = node_read(store, row, ret_node, error);
    db_reset(row);
    *ret_there = done && seal_node_covers(ret_node, leaf);
    return done;
}

bool store_seals_ready(Store *store, GError **error)
{
    gint64 n = 0;
    if (!store_query_int(store, "SELECT count(*) FROM (SELECT 1 FROM seal_node LIMIT 1) one", NULL,
                         0, &n, NULL, error))
        return false;
    if (n > 0)
        return true;
    SealNode root = {0};
    randombytes_buf(root.key, sizeof root.key);
    const bool done = node_put(store, &root, error);
    sodium_memzero(&root, sizeof root);
    return done;
}

/* ---- originals ---- */

guint64 store_seals_original_leaf(const Store *store, const guint8 sha256[32])
{
    static const char PURPOSE[] = "zenhar original leaf";
    guint8 key[STORE_KEY_BYTES], hash[32];
    guint64 leaf = 0;
    crypto_generichash_state state;
    store_keys_derive(store->keys, STORE_KEY_NAMES, key);
    crypto_generichash_init(&state, key, sizeof key, sizeof hash);
    crypto_generichash_update(&state, (const guint8 *)PURPOSE, sizeof PURPOSE - 1);
    crypto_generichash_update(&state, sha256, 32);
    crypto_generichash_final(&state, hash, sizeof hash);
    memcpy(&leaf, hash, sizeof leaf);
    sodium_memzero(key, sizeof key);
    sodium_memzero(&state, sizeof state);
    leaf = GUINT64_FROM_LE(leaf) % SEAL_TREE_LEAVES;
    return leaf != 0 ? leaf : 1;
}

/* Straight down: numbers are scattered, a way that is kept would save nothing. 31 hashes. */
bool store_seals_original(Store *store, const guint8 sha256[32], guint8 ret_key[32],
                          bool *ret_there, GError **error)
{
    static const char PURPOSE[] = "zenhar original";
    const guint64 leaf = store_seals_original_leaf(store, sha256);
    SealNode node;
    if (!node_above(store, leaf, &node, ret_there, error))
        return false;
    if (!*ret_there)
        return true;
    guint8 key[STORE_KEY_BYTES];
    crypto_generichash_state state;
    seal_node_descend(&node, leaf, SEAL_TREE_DEPTH, &node);
    store_keys_derive(store->keys, STORE_KEY_ORIGINALS, key);
    crypto_generichash_init(&state, key, sizeof key, 32);
    crypto_generichash_update(&state, (const guint8 *)PURPOSE, sizeof PURPOSE - 1);
    crypto_generichash_update(&state, node.key, sizeof node.key);
    crypto_generichash_update(&state, sha256, 32);
    crypto_generichash_final(&state, ret_key, 32);
    sodium_memzero(key, sizeof key);
    sodium_memzero(&state, sizeof state);
    sodium_memzero(&node, sizeof node);
    return true;
}

/* ---- new leaves ---- */

static bool block_draw(Store *store, StoreSealer *sealer, GError **error)
{
    bool there = false;
    SealNode node;
    for (int i = 0; i < 64 && !there; i++) {
        guint64 number = 0;
        randombytes_buf(&number, sizeof number);
        number = number % SEAL_TREE_LEAVES - number % STEP;
        if (!node_above(store, number, &node, &there, error))
            return false;
        if (!there)
            continue;
        if (node.depth < BLOCK_DEPTH)
            seal_node_descend(&node, number, BLOCK_DEPTH, &node);
        seal_path_begin(&sealer->path, &node);
        sealer->next = number - node.first;
    }
    sodium_memzero(&node, sizeof node);
    return there || node_broken(store, error);
}

StoreSealer *store_sealer_new(Store *store, GError **error)
{
    StoreSealer *sealer = guarded(sizeof *sealer, error);
    if (sealer != NULL && !block_draw(store, sealer, error))
        g_clear_pointer(&sealer, store_sealer_free);
    return sealer;
}

void store_sealer_free(StoreSealer *sealer)
{
    sodium_free(sealer);
}

guint64 store_sealer_take(StoreSealer *sealer)
{
    const SealNode *top = &sealer->path.top;
    const guint64 leaf = top->first + ++sealer->next % seal_tree_width(top->depth);
    return leaf != 0 ? leaf : store_sealer_take(sealer);
}

const guint8 *store_sealer_key(StoreSealer *sealer, guint64 leaf)
{
    return seal_path_leaf(&sealer->path, leaf);
}

/* ---- of an open case ---- */

static StoreSeals *seals_of(Store *store)
{
    if (store->seal_tree == NULL)
        store->seal_tree = g_new0(StoreSeals, 1);
    return store->seal_tree;
}

void store_seals_forget(Store *store)
{
    StoreSeals *seals = store->seal_tree;
    if (seals != NULL && seals->path != NULL)
        sodium_free(g_steal_pointer(&seals->path));
}

void store_seals_end(Store *store)
{
    StoreSeals *seals = store->seal_tree;
    if (seals == NULL)
        return;
    store_seals_forget(store);
    store_sealer_free(seals->own);
    g_clear_pointer(&store->seal_tree, g_free);
}

StoreSealer *store_seals_own(Store *store, GError **error)
{
    StoreSeals *seals = seals_of(store);
    if (seals->own == NULL)
        seals->own = store_sealer_new(store, error);
    return seals->own;
}

bool store_seals_leaf(Store *store, guint64 leaf, const guint8 **ret_key, GError **error)
{
    StoreSeals *seals = seals_of(store);
    *ret_key = NULL;
    if (seals->path == NULL || !seal_node_covers(&seals->path->top, leaf)) {
        SealNode node;
        bool there = false;
        if (!node_above(store, leaf, &node, &there, error))
            return false;
        if (!there)
            return true;
        if (seals->path == NULL && (seals->path = guarded(sizeof *seals->path, error)) == NULL)
            return false;
        seal_path_begin(seals->path, &node);
        sodium_memzero(&node, sizeof node);
    }
    *ret_key = seal_path_leaf(seals->path, leaf);
    return true;
}

static bool take_out(Store *store, guint64 leaf, GError **error)
{
    SealNode node, left[SEAL_TREE_SIBLINGS];
    bool there = false;
    if (!node_above(store, leaf, &node, &there, error))
        return false;
    if (!there)
        return true;
    DbStatement *statement = store_prepare(store, "DELETE FROM seal_node WHERE first = ?1", error);
    if (statement == NULL)
        return false;
    db_bind_int64(statement, 1, (gint64)node.first);
    bool done = store_step(store, statement, error) == 0;
    const gsize n = seal_node_puncture(&node, leaf, left);
    for (gsize i = 0; done && i < n; i++)
        done = node_put(store, &left[i], error);
    sodium_memzero(left, sizeof left);
    sodium_memzero(&node, sizeof node);
    return done;
}

bool store_seals_take_out(Store *store, const guint64 *leaves, gsize n, GError **error)
{
    g_assert(store->depth > 0);
    store_seals_end(store);
    for (gsize i = 0; i < n; i++)
        if (!take_out(store, leaves[i], error))
            return false;
    return true;
}
