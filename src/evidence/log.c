/* evidence/log.c: the log itself: entries gathered while a transaction runs, appended to the tiles
 * and closed by a signed head just before it commits.
 *
 *     change ──▶ entry (40 bytes) ──▶ pending ──before commit──▶ tile 0 ──256──▶ tile 1 ──▶ …
 *                                                         └─▶ root ──Ed25519──▶ head
 *
 * Savepoints cut `pending`; nothing else has to be undone. The tree's frontier and the unfinished
 * tiles stay in memory from one commit to the next and are read anew when another process has
 * written meanwhile. An entry with the hash of a record of 480 bytes costs about 1.1 µs in commits
 * of thousands; a commit by itself about 0.5 ms, most of it the database's pages (bench_evidence).
 */
#include "evidence/newest.h"
#include "evidence/private.h"

#include "base/i18n.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

/* Up to so many files are synced one by one, more by one call for the whole file system. */
enum { SYNC_ONE_BY_ONE = 8 };

typedef struct {
    Store *store;
    int note; /* file of the newest head's note; -1 not open */
    gint64
        noted;   /* number of the newest head that was noted; -1: a note before was not looked at */
    gint64 own;  /* number of the newest head that a commit of this process signed; 0 none */
    bool ready;  /* the four below were compared with the store in this transaction */
    bool loaded; /* they hold what is committed */
    bool has_head;
    StoreLogHead head; /* newest committed */
    MerkleFrontier frontier;
    GByteArray *tiles[EVIDENCE_TILE_LEVELS]; /* unfinished ones */
    GByteArray *pending;                     /* entries of this transaction */
    GPtrArray *files;                        /* Placed in this transaction */
    bool committing;                         /* the commit was asked for; how it ended is unknown */
    bool swept;                              /* leftovers of originals were looked for */
} EvidenceLog;

void evidence_misfit(GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *sentence = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY, sentence);
}

/* ---- entries and heads as bytes ---- */

static void put_big_endian(guint8 *bytes, gsize n, guint64 value)
{
    for (gsize i = 0; i < n; i++)
        bytes[i] = (guint8)(value >> (8 * (n - 1 - i)));
}

void evidence_entry_write(StoreKind kind, StoreOperation operation, gint64 id,
                          const guint8 record_hash[32], guint8 ret_entry[STORE_LOG_ENTRY_BYTES])
{
    ret_entry[0] = (guint8)kind;
    ret_entry[1] = (guint8)operation;
    put_big_endian(ret_entry + 2, 6, (guint64)id);
    memcpy(ret_entry + 8, record_hash, 32);
}

void evidence_entry_read(const guint8 entry[STORE_LOG_ENTRY_BYTES], StoreKind *ret_kind,
                         StoreOperation *ret_operation, gint64 *ret_id)
{
    *ret_kind = (StoreKind)entry[0];
    *ret_operation = (StoreOperation)entry[1];
    gint64 id = 0;
    for (int i = 2; i < 8; i++)
        id = id << 8 | entry[i];
    *ret_id = id;
}

void evidence_head_message(const guint8 case_id[STORE_CASE_ID_BYTES], const StoreLogHead *head,
                           guint8 ret_message[EVIDENCE_HEAD_BYTES])
{
    static const char TAG[24] = "zenhar tree head 1";
    guint8 *at = ret_message;
    memcpy(at, TAG, sizeof TAG);
    memcpy(at + 24, case_id, STORE_CASE_ID_BYTES);
    put_big_endian(at + 40, 8, (guint64)head->number);
    put_big_endian(at + 48, 8, (guint64)head->size);
    put_big_endian(at + 56, 8, (guint64)head->time);
    memcpy(at + 64, head->root, 32);
    memcpy(at + 96, head->previous, 32);
}

void evidence_head_hash(const guint8 case_id[STORE_CASE_ID_BYTES], const StoreLogHead *head,
                        guint8 ret_hash[32])
{
    guint8 message[EVIDENCE_HEAD_BYTES];
    MerkleHash hash;
    evidence_head_message(case_id, head, message);
    merkle_sha256(message, sizeof message, &hash);
    memcpy(ret_hash, hash.bytes, 32);
}

bool evidence_head_check(const guint8 public_key[STORE_PUBLIC_KEY_BYTES],
                         const guint8 case_id[STORE_CASE_ID_BYTES], const StoreLogHead *head)
{
    guint8 message[EVIDENCE_HEAD_BYTES];
    evidence_head_message(case_id, head, message);
    return crypto_sign_verify_detached(head->signature, message, sizeof message, public_key) == 0;
}

bool evidence_head(Store *store, StoreLogHead *ret_head, GError **error)
{
    return store_log_head_load(store, 0, ret_head, error);
}

/* ---- tiles read back ---- */

static gsize entry_bytes(int level)
{
    return level == 0 ? STORE_LOG_ENTRY_BYTES : MERKLE_HASH_BYTES;
}

EvidenceTiles *evidence_tiles_new(Store *store)
{
    EvidenceTiles *tiles = g_new0(EvidenceTiles, 1);
    tiles->store = store;
    return tiles;
}

const EvidenceTile *evidence_tiles_get(EvidenceTiles *tiles, int level, gint64 index,
                                       GError **error)
{
    EvidenceTile *tile = &tiles->slots[((guint64)index + (guint64)level * 7) % EVIDENCE_TILE_CACHE];
    if (tile->n > 0 && tile->level == level && tile->index == index)
        return tile;
    tile->n = 0;
    g_autoptr(GError) inner = NULL;
    g_autoptr(GBytes) bytes = store_log_tile_load(tiles->store, level, index, &inner);
    if (inner != NULL) {
        g_propagate_error(error, g_steal_pointer(&inner));
        return NULL;
    }
    gsize length = 0, size = entry_bytes(level);
    const guint8 *data = bytes != NULL ? g_bytes_get_data(bytes, &length) : NULL;
    if (length == 0 || length % size != 0 || length > size * STORE_LOG_TILE_ENTRIES) {
        g_autofree char *number = i18n_integer(index);
        evidence_misfit(error,
                        bytes == NULL ? _("Tile %s of level %d is missing from the log.")
                                      : _("Tile %s of level %d of the log is cut."),
                        number, level);
        return NULL;
    }
    tile->level = level;
    tile->index = index;
    for (gsize i = 0; i < length / size; i++) {
        if (level == 0) {
            memcpy(tile->entries[i], data + i * size, size);
            merkle_leaf_hash(data + i * size, size, &tile->hashes[i]);
        } else {
            memcpy(tile->hashes[i].bytes, data + i * size, size);
        }
    }
    tile->n = length / size;
    return tile;
}

static void beyond_tile(int level, gint64 index, GError **error)
{
    g_autofree char *number = i18n_integer(index);
    evidence_misfit(error, _("Tile %s of level %d of the log holds less than its heads say."),
                    number, level);
}

bool evidence_tiles_subtree(void *tiles, int level, guint64 index, MerkleHash *ret_hash,
                            GError **error)
{
    int tile_level = level / 8;
    guint64 first = index << (level % 8), n = G_GUINT64_CONSTANT(1) << (level % 8);
    gint64 tile_index = (gint64)(first / STORE_LOG_TILE_ENTRIES);
    const EvidenceTile *tile = evidence_tiles_get(tiles, tile_level, tile_index, error);
    if (tile == NULL)
        return false;
    first %= STORE_LOG_TILE_ENTRIES;
    if (first + n > tile->n) {
        beyond_tile(tile_level, tile_index, error);
        return false;
    }
    merkle_root(&tile->hashes[first], n, ret_hash);
    return true;
}

const guint8 *evidence_tiles_entry(EvidenceTiles *tiles, gint64 position, GError **error)
{
    gint64 index = position / STORE_LOG_TILE_ENTRIES;
    gsize place = (gsize)(position % STORE_LOG_TILE_ENTRIES);
    const EvidenceTile *tile = evidence_tiles_get(tiles, 0, index, error);
    if (tile == NULL)
        return NULL;
    if (place >= tile->n) {
        beyond_tile(0, index, error);
        return NULL;
    }
    return tile->entries[place];
}

/* ---- the hook ---- */

/* What was committed, read anew: frontier and unfinished tiles. */
static bool log_load(EvidenceLog *log, Store *store, GError **error)
{
    guint64 size = log->has_head ? (guint64)log->head.size : 0;
    g_autofree EvidenceTiles *tiles = evidence_tiles_new(store);
    if (!merkle_frontier_load(evidence_tiles_subtree, tiles, size, &log->frontier, error))
        return false;
    guint64 entries = size;
    for (int level = 0; level < EVIDENCE_TILE_LEVELS; level++) {
        GByteArray *tile = log->tiles[level];
        g_byte_array_set_size(tile, 0);
        gsize rest = (gsize)(entries % STORE_LOG_TILE_ENTRIES) * entry_bytes(level);
        gint64 index = (gint64)(entries / STORE_LOG_TILE_ENTRIES);
        entries /= STORE_LOG_TILE_ENTRIES;
        if (rest == 0)
            continue;
        g_autoptr(GError) inner = NULL;
        g_autoptr(GBytes) bytes = store_log_tile_load(store, level, index, &inner);
        if (inner != NULL) {
            g_propagate_error(error, g_steal_pointer(&inner));
            return false;
        }
        if (bytes == NULL || g_bytes_get_size(bytes) != rest) {
            beyond_tile(level, index, error);
            return false;
        }
        g_byte_array_append(tile, g_bytes_get_data(bytes, NULL), (guint)rest);
    }
    return true;
}

/* At the first change of a transaction, under its write lock: is what we remember still so? */
static bool log_prepare(EvidenceLog *log, Store *store, GError **error)
{
    if (log->ready)
        return true;
    StoreLogHead head;
    g_autoptr(GError) inner = NULL;
    bool found = store_log_head_load(store, 0, &head, &inner);
    if (inner != NULL) {
        g_propagate_error(error, g_steal_pointer(&inner));
        return false;
    }
    bool same = log->loaded && log->has_head == found &&
                (!found || memcmp(head.signature, log->head.signature, 64) == 0);
    if (!same) {
        log->loaded = false;
        log->has_head = found;
        if (found)
            log->head = head;
        if (!log_load(log, store, error))
            return false;
        log->loaded = true;
    }
    if (log->noted < 0) {
        evidence_newest_lay_aside(store);
        log->noted = 0;
    }
    log->ready = true;
    return true;
}

static gsize hook_mark(void *context)
{
    return ((EvidenceLog *)context)->pending->len / STORE_LOG_ENTRY_BYTES;
}

static void hook_rewind(void *context, gsize mark)
{
    EvidenceLog *log = context;
    g_assert(mark <= hook_mark(log));
    g_byte_array_set_size(log->pending, (guint)(mark * STORE_LOG_ENTRY_BYTES));
}

static gint64 hook_position(void *context, Store *store, GError **error)
{
    EvidenceLog *log = context;
    if (!log_prepare(log, store, error))
        return -1;
    return (gint64)(log->frontier.size + hook_mark(log));
}

static bool hook_changed(void *context, Store *store, const StoreChange *change, GError **error)
{
    EvidenceLog *log = context;
    if (!log_prepare(log, store, error))
        return false;
    MerkleHash hash;
    guint8 entry[STORE_LOG_ENTRY_BYTES];
    merkle_sha256(change->bytes, change->length, &hash);
    evidence_entry_write(change->kind, change->operation, change->id, hash.bytes, entry);
    g_byte_array_append(log->pending, entry, sizeof entry);
    return true;
}

static bool tile_add(EvidenceLog *log, Store *store, int level, gint64 index, const guint8 *bytes,
                     GError **error)
{
    GByteArray *tile = log->tiles[level];
    gsize size = entry_bytes(level);
    g_byte_array_append(tile, bytes, (guint)size);
    if (tile->len < size * STORE_LOG_TILE_ENTRIES)
        return true;
    bool put = store_log_tile_put(store, level, index, tile->data, tile->len, error);
    g_byte_array_set_size(tile, 0);
    return put;
}

/* Moves what is pending into the tiles; the frontier grows with it. */
static bool log_append(EvidenceLog *log, Store *store, GError **error)
{
    int highest = 0;
    MerkleHash completed[MERKLE_PATH_MAX];
    for (gsize at = 0; at < log->pending->len; at += STORE_LOG_ENTRY_BYTES) {
        const guint8 *entry = log->pending->data + at;
        gint64 index = (gint64)log->frontier.size / STORE_LOG_TILE_ENTRIES;
        MerkleHash leaf;
        merkle_leaf_hash(entry, STORE_LOG_ENTRY_BYTES, &leaf);
        int top = merkle_frontier_append(&log->frontier, &leaf, completed) / 8;
        if (!tile_add(log, store, 0, index, entry, error))
            return false;
        for (int level = 1; level <= top; level++) {
            index /= STORE_LOG_TILE_ENTRIES;
            if (!tile_add(log, store, level, index, completed[8 * level].bytes, error))
                return false;
            highest = MAX(highest, level);
        }
    }
    gint64 entries = (gint64)log->frontier.size;
    for (int level = 0; level <= highest; level++) {
        const GByteArray *tile = log->tiles[level];
        gint64 index = entries / STORE_LOG_TILE_ENTRIES;
        if (tile->len > 0 && !store_log_tile_put(store, level, index, tile->data, tile->len, error))
            return false;
        entries = index;
    }
    return true;
}

/* A sealed file of the open transaction. */
typedef struct {
    bool was_there; /* under that name before: a commit that failed may still need it */
    char path[];
} Placed;

static const char *placed_path(const GPtrArray *files, guint i)
{
    return ((const Placed *)g_ptr_array_index(files, i))->path;
}

static bool files_sync(Store *store, const GPtrArray *files, GError **error)
{
    if (files->len <= SYNC_ONE_BY_ONE) {
        for (guint i = 0; i < files->len; i++)
            if (!evidence_sync_file(placed_path(files, i), error))
                return false;
        return true;
    }
    int fd = g_open(store_folder(store), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    bool synced = fd >= 0 && syncfs(fd) == 0;
    if (!synced)
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("%s cannot be written: %s."),
                    store_folder(store), i18n_errno(errno));
    if (fd >= 0)
        close(fd);
    return synced;
}

static bool hook_before_commit(void *context, Store *store, GError **error)
{
    EvidenceLog *log = context;
    if (!files_sync(store, log->files, error))
        return false;
    if (log->pending->len == 0) {
        log->committing = true;
        return true;
    }
    StoreKeys *keys = store_keys(store);
    const guint8 *case_id = store_keys_case_id(keys);
    StoreLogHead head = {.number = 1, .time = store_now(store)};
    if (log->has_head) {
        head.number = log->head.number + 1;
        evidence_head_hash(case_id, &log->head, head.previous);
    }
    log->loaded = false; /* until the commit is known to have happened */
    if (!log_append(log, store, error))
        return false;
    MerkleHash root;
    guint8 message[EVIDENCE_HEAD_BYTES];
    merkle_frontier_root(&log->frontier, &root);
    memcpy(head.root, root.bytes, sizeof head.root);
    head.size = (gint64)log->frontier.size;
    evidence_head_message(case_id, &head, message);
    store_keys_sign(keys, message, sizeof message, head.signature);
    if (!store_log_head_add(store, &head, error))
        return false;
    log->head = head;
    log->has_head = true;
    log->committing = true;
    return true;
}

/* Once it is on the disk, as a commit of ours that was synced tells: in bulk that is known at the
 * end only. A head that was merely read may be of a commit whose sync failed: it stands in the
 * write-ahead log for whoever reads, and is gone when power is. */
static void note_newest(EvidenceLog *log)
{
    if (!log->loaded || !log->has_head || log->head.number <= log->noted ||
        log->head.number != log->own || store_in_bulk(log->store) || store_bulk_lost(log->store))
        return;
    evidence_newest_note(log->store, &log->note, &log->head);
    log->noted = log->head.number;
}

/* A commit that failed in its sync may stand whole in the write-ahead log and be found there after
 * a crash: its files stay. Left without a row they are taken up when that content comes again. */
static void hook_ended(void *context, bool committed)
{
    EvidenceLog *log = context;
    if (committed && log->pending->len > 0) {
        log->loaded = true;
        log->own = log->head.number;
        note_newest(log);
    }
    for (guint i = 0; !committed && !log->committing && i < log->files->len; i++)
        if (!((const Placed *)g_ptr_array_index(log->files, i))->was_there)
            g_unlink(placed_path(log->files, i));
    log->committing = false;
    g_ptr_array_set_size(log->files, 0);
    g_byte_array_set_size(log->pending, 0);
    log->ready = false;
}

static void hook_free(void *context)
{
    EvidenceLog *log = context;
    if (log->noted >= 0)
        note_newest(log);
    if (log->note >= 0)
        close(log->note);
    for (int level = 0; level < EVIDENCE_TILE_LEVELS; level++)
        g_byte_array_unref(log->tiles[level]);
    g_byte_array_unref(log->pending);
    g_ptr_array_unref(log->files);
    g_free(log);
}

const StoreHook evidence_log_hook = {
    .position = hook_position,
    .changed = hook_changed,
    .mark = hook_mark,
    .rewind = hook_rewind,
    .before_commit = hook_before_commit,
    .ended = hook_ended,
    .free = hook_free,
};

/* ---- files of the transaction ---- */

bool evidence_log_sweep_once(Store *store)
{
    EvidenceLog *log = store_hook_context(store);
    bool first = !log->swept;
    log->swept = true;
    return first;
}

void evidence_log_file_placed(Store *store, const char *path, bool was_there)
{
    EvidenceLog *log = store_hook_context(store);
    g_assert(log != NULL && store_depth(store) > 0);
    const gsize size = strlen(path) + 1;
    Placed *placed = g_malloc(sizeof *placed + size);
    placed->was_there = was_there;
    memcpy(placed->path, path, size);
    g_ptr_array_add(log->files, placed);
}

static bool sync_path(const char *path, int flags, GError **error)
{
    int fd = g_open(path, flags | O_RDONLY | O_CLOEXEC, 0);
    bool synced = fd >= 0 && fsync(fd) == 0;
    if (!synced)
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("%s cannot be written: %s."), path,
                    i18n_errno(errno));
    if (fd >= 0)
        close(fd);
    return synced;
}

bool evidence_sync_file(const char *path, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *above = g_path_get_dirname(folder);
    return sync_path(path, 0, error) && sync_path(folder, O_DIRECTORY, error) &&
           sync_path(above, O_DIRECTORY, error);
}

/* ---- ways in ---- */

static Store *attach(Store *store)
{
    if (store == NULL)
        return NULL;
    EvidenceLog *log = g_new0(EvidenceLog, 1);
    log->store = store;
    log->note = -1;
    log->noted = -1;
    for (int level = 0; level < EVIDENCE_TILE_LEVELS; level++)
        log->tiles[level] = g_byte_array_new();
    log->pending = g_byte_array_new();
    log->files = g_ptr_array_new_with_free_func(g_free);
    store_set_hook(store, &evidence_log_hook, log);
    return store;
}

Store *evidence_create(const char *folder, const char *passphrase, const StoreKeyCost *cost,
                       GError **error)
{
    return attach(store_create(folder, passphrase, cost, error));
}

Store *evidence_open(const char *folder, const char *passphrase, StoreMode mode, GError **error)
{
    return attach(store_open(folder, passphrase, mode, error));
}

Store *evidence_open_with_keys(const char *folder, StoreKeys *keys, StoreMode mode, GError **error)
{
    return attach(store_open_with_keys(folder, keys, mode, error));
}
