/* evidence/verify.c: everything recomputed, the first misfit named.
 *
 * In this order, so that the first thing told is the nearest to the cause:
 *   1. the database's structure (SQLite's own check); case.json, byte by byte;
 *   2. the log: every entry, tile by tile; each entry a possible next step of its record (put in
 *      once, then changed or removed); each tile's root in the tile above; each head's size, root,
 *      signature and link to the head before; nothing beyond the newest head;
 *   3. the records: each as its newest entry has it; none without an entry, none missing;
 *   4. the originals: each unsealed and hashed.
 *
 * Memory: 8 bytes a record ever written, and one tile a level. Time: about 1.5 µs a record with its
 * entry, 2 ms a megabyte of originals. */
#include "evidence/newest.h"
#include "evidence/original.h"
#include "evidence/private.h"
#include "store/erasure.h"

#include "base/i18n.h"
#include "base/progress.h"
#include <string.h>

/* Of one record: position of its newest entry in the low bits. */
#define LATEST_GONE     (G_GUINT64_CONSTANT(1) << 63) /* that entry removed it */
#define LATEST_SEEN     (G_GUINT64_CONSTANT(1) << 62) /* met in its table */
#define LATEST_NONE     G_MAXUINT64                   /* never written */
#define LATEST_POSITION (LATEST_SEEN - 1)

/* Ids are given out one after the other; a wild one (only in a forged log) goes to `wild`. */
typedef struct {
    GArray *dense;    /* guint64, by id */
    GHashTable *wild; /* id → guint64, both allocated */
} Latest;

typedef struct {
    Store *store;
    EvidenceReport *report;
    EvidenceTiles *tiles;
    Latest latest[STORE_N_KINDS];
    MerkleFrontier frontier;
    StoreLogHead head; /* the last one fitted; number 0 before the first */
    Progress *progress;
} Verify;

static bool interrupted(GError **error)
{
    return progress_stopped(_("Stopped before everything was checked. Run it again."), error);
}

/* ---- what the log says of each record ---- */

static void latest_free(Latest *latest)
{
    for (int kind = 0; kind < STORE_N_KINDS; kind++) {
        if (latest[kind].dense != NULL)
            g_array_unref(latest[kind].dense);
        if (latest[kind].wild != NULL)
            g_hash_table_unref(latest[kind].wild);
    }
}

/* The cell of a record; NULL when it has none and `make` is false. */
static guint64 *latest_cell(Latest *latest, gint64 id, gsize most, bool make)
{
    if (id > 0 && (guint64)id <= most) {
        if (latest->dense == NULL)
            latest->dense = g_array_new(FALSE, FALSE, sizeof(guint64));
        if (make && latest->dense->len <= (guint64)id) {
            guint old = latest->dense->len;
            guint grown = (guint)MIN(MAX((guint64)id + 1, (guint64)old * 2), most + 1);
            g_array_set_size(latest->dense, grown);
            memset(&g_array_index(latest->dense, guint64, old), 0xff,
                   (gsize)(grown - old) * sizeof(guint64));
        }
        return (guint64)id < latest->dense->len ? &g_array_index(latest->dense, guint64, id) : NULL;
    }
    if (latest->wild == NULL)
        latest->wild = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    guint64 *cell = g_hash_table_lookup(latest->wild, &id);
    if (cell == NULL && make) {
        cell = g_new(guint64, 1);
        *cell = LATEST_NONE;
        g_hash_table_insert(latest->wild, g_memdup2(&id, sizeof id), cell);
    }
    return cell;
}

static gsize dense_most(const Verify *verify)
{
    return (gsize)MIN(4 * (guint64)verify->report->entries + 4096, (guint64)G_MAXINT32);
}

/* ---- the log ---- */

static bool entry_misfit(GError **error, gint64 position, const char *why)
{
    g_autofree char *number = i18n_integer(position);
    evidence_misfit(error, _("Entry %s of the log: %s."), number, why);
    return false;
}

static bool verify_entry(Verify *verify, const guint8 *entry, gint64 position, GError **error)
{
    StoreKind kind;
    StoreOperation operation;
    gint64 id;
    evidence_entry_read(entry, &kind, &operation, &id);
    if (kind >= STORE_N_KINDS || !store_kind_has_table(kind) || id <= 0)
        return entry_misfit(error, position, _("it names no record"));
    guint64 *cell = latest_cell(&verify->latest[kind], id, dense_most(verify), true);
    bool there = *cell != LATEST_NONE && (*cell & LATEST_GONE) == 0;
    if (operation < STORE_INSERT || operation > STORE_REMOVE ||
        there != (operation != STORE_INSERT)) {
        char text[STORE_ID_MAX];
        g_autofree char *why = g_strdup_printf(there ? _("it puts in %s, which was there already")
                                                     : _("it changes %s, which was not there"),
                                               store_id_format(kind, id, text));
        return entry_misfit(error, position, why);
    }
    *cell = (guint64)position | (operation == STORE_REMOVE ? LATEST_GONE : 0);
    return true;
}

/* A head covers the tree as it stands now. */
static bool verify_head(Verify *verify, const StoreLogHead *head, GError **error)
{
    StoreKeys *keys = store_keys(verify->store);
    const guint8 *case_id = store_keys_case_id(keys);
    guint8 previous[32] = {0};
    if (verify->head.number > 0)
        evidence_head_hash(case_id, &verify->head, previous);
    MerkleHash root;
    merkle_frontier_root(&verify->frontier, &root);
    g_autofree char *number = i18n_integer(head->number);
    const char *why = NULL;
    if (head->number != verify->head.number + 1)
        why = _("Head %s of the log: the head before it is missing.");
    else if (memcmp(previous, head->previous, sizeof previous) != 0)
        why = _("Head %s of the log does not continue the head before it.");
    else if (memcmp(root.bytes, head->root, sizeof head->root) != 0)
        why = _("Head %s of the log has another root than the entries below it.");
    else if (!evidence_head_check(store_keys_public(keys), case_id, head))
        why = _("Head %s of the log: its signature is not this case's.");
    if (why != NULL) {
        evidence_misfit(error, why, number);
        return false;
    }
    verify->head = *head;
    verify->report->heads++;
    return true;
}

/* A full tile's root stands in the tile above. */
static bool verify_parent(Verify *verify, int level, gint64 index, const MerkleHash *root,
                          GError **error)
{
    const EvidenceTile *tile =
        evidence_tiles_get(verify->tiles, level, index / STORE_LOG_TILE_ENTRIES, error);
    if (tile == NULL)
        return false;
    gsize place = (gsize)(index % STORE_LOG_TILE_ENTRIES);
    if (place >= tile->n || memcmp(&tile->hashes[place], root, sizeof *root) != 0) {
        g_autofree char *number = i18n_integer(index / STORE_LOG_TILE_ENTRIES);
        evidence_misfit(error, _("Tile %s of level %d of the log does not fit the tiles below it."),
                        number, level);
        return false;
    }
    return true;
}

/* The next tile of entries, as far as the heads go. */
static bool verify_tile(Verify *verify, gint64 index, gsize n, GError **error)
{
    const EvidenceTile *tile = evidence_tiles_get(verify->tiles, 0, index, error);
    if (tile == NULL)
        return false;
    if (tile->n != n) {
        g_autofree char *number = i18n_integer(index);
        evidence_misfit(error, _("Tile %s of the log holds %lu entries where its heads say %lu."),
                        number, (unsigned long)tile->n, (unsigned long)n);
        return false;
    }
    return true;
}

/* Appends entries up to a head's size. */
static bool verify_up_to(Verify *verify, gint64 size, gint64 total, GError **error)
{
    while ((gint64)verify->frontier.size < size) {
        gint64 position = (gint64)verify->frontier.size, index = position / STORE_LOG_TILE_ENTRIES;
        gsize place = (gsize)(position % STORE_LOG_TILE_ENTRIES);
        gsize n = (gsize)MIN(total - index * STORE_LOG_TILE_ENTRIES, STORE_LOG_TILE_ENTRIES);
        if (place == 0 && (interrupted(error) || !verify_tile(verify, index, n, error)))
            return false;
        const EvidenceTile *tile = evidence_tiles_get(verify->tiles, 0, index, error);
        if (tile == NULL)
            return false;
        MerkleHash completed[MERKLE_PATH_MAX];
        if (!verify_entry(verify, tile->entries[place], position, error))
            return false;
        int top = merkle_frontier_append(&verify->frontier, &tile->hashes[place], completed) / 8;
        for (int level = 1; level <= top; level++) {
            if (!verify_parent(verify, level, index, &completed[8 * level], error))
                return false;
            index /= STORE_LOG_TILE_ENTRIES;
        }
        progress_add(verify->progress, 1);
    }
    return true;
}

/* Nothing may lie beyond what the newest head covers. */
static bool verify_nothing_beyond(Verify *verify, gint64 size, GError **error)
{
    gint64 entries = size;
    for (int level = 0; level < EVIDENCE_TILE_LEVELS; level++) {
        gint64 index = entries / STORE_LOG_TILE_ENTRIES;
        gsize rest = (gsize)(entries % STORE_LOG_TILE_ENTRIES);
        g_autoptr(GError) inner = NULL;
        g_autoptr(GBytes) bytes = store_log_tile_load(verify->store, level, index, &inner);
        if (inner != NULL) {
            g_propagate_error(error, g_steal_pointer(&inner));
            return false;
        }
        gsize one = level == 0 ? STORE_LOG_ENTRY_BYTES : MERKLE_HASH_BYTES;
        if ((bytes != NULL ? g_bytes_get_size(bytes) : 0) != rest * one) {
            g_autofree char *number = i18n_integer(index);
            evidence_misfit(
                error, _("Tile %s of level %d of the log does not end where the newest head does."),
                number, level);
            return false;
        }
        entries = index;
    }
    return true;
}

static bool verify_log(Verify *verify, GError **error)
{
    StoreLogHead newest;
    g_autoptr(GError) inner = NULL;
    bool written = store_log_head_load(verify->store, 0, &newest, &inner);
    if (inner != NULL) {
        g_propagate_error(error, g_steal_pointer(&inner));
        return false;
    }
    gint64 total = written ? newest.size : 0;
    verify->report->entries = total;
    verify->progress = progress_new(_("Checking the log"), _("entries"), (guint64)total);
    for (gint64 after = 0; written && after < newest.number;) {
        g_autoptr(GArray) heads = store_log_head_list(verify->store, after, 1024, error);
        if (heads == NULL)
            return false;
        for (guint i = 0; i < heads->len; i++) {
            const StoreLogHead *head = &g_array_index(heads, StoreLogHead, i);
            if (head->size <= (gint64)verify->frontier.size || head->size > total) {
                g_autofree char *number = i18n_integer(head->number);
                evidence_misfit(
                    error, _("Head %s of the log covers no more than the head before it."), number);
                return false;
            }
            if (!verify_up_to(verify, head->size, total, error) ||
                !verify_head(verify, head, error))
                return false;
            after = head->number;
        }
        if (heads->len == 0)
            break;
    }
    g_clear_pointer(&verify->progress, progress_free);
    return verify_nothing_beyond(verify, total, error);
}

/* ---- the records ---- */

static bool verify_record(void *context, StoreKind kind, gint64 id, gint64 position,
                          const guint8 *bytes, gsize length, GError **error)
{
    Verify *verify = context;
    char text[STORE_ID_MAX];
    store_id_format(kind, id, text);
    if ((verify->report->records++ & 0xfff) == 0 && interrupted(error))
        return false;
    guint64 *cell = latest_cell(&verify->latest[kind], id, dense_most(verify), false);
    if (cell == NULL || *cell == LATEST_NONE) {
        evidence_misfit(error, _("%s has no entry in the log: it was put in from outside."), text);
        return false;
    }
    if ((*cell & LATEST_GONE) != 0) {
        evidence_misfit(error, _("%s was removed according to the log, yet it stands in the case."),
                        text);
        return false;
    }
    guint64 newest = *cell & LATEST_POSITION;
    const guint8 *entry = evidence_tiles_entry(verify->tiles, (gint64)newest, error);
    if (entry == NULL)
        return false;
    MerkleHash hash;
    merkle_sha256(bytes, length, &hash);
    if (position != (gint64)newest || memcmp(entry + 8, hash.bytes, sizeof hash.bytes) != 0) {
        g_autofree char *number = i18n_integer((gint64)newest);
        evidence_misfit(error,
                        _("%s does not fit entry %s of the log: it was changed from outside."),
                        text, number);
        return false;
    }
    *cell |= LATEST_SEEN;
    progress_add(verify->progress, 1);
    return true;
}

static bool missing(guint64 cell)
{
    return cell != LATEST_NONE && (cell & (LATEST_GONE | LATEST_SEEN)) == 0;
}

static bool verify_none_missing(Verify *verify, StoreKind kind, GError **error)
{
    const Latest *latest = &verify->latest[kind];
    gint64 lost = 0;
    for (guint id = 1; latest->dense != NULL && lost == 0 && id < latest->dense->len; id++)
        if (missing(g_array_index(latest->dense, guint64, id)))
            lost = id;
    if (lost == 0 && latest->wild != NULL) {
        GHashTableIter iterator;
        gpointer id, cell;
        g_hash_table_iter_init(&iterator, latest->wild);
        while (g_hash_table_iter_next(&iterator, &id, &cell))
            if (missing(*(guint64 *)cell) && (lost == 0 || *(gint64 *)id < lost))
                lost = *(gint64 *)id;
    }
    if (lost == 0)
        return true;
    char text[STORE_ID_MAX];
    evidence_misfit(error, _("%s is missing: the log has it, the case has not."),
                    store_id_format(kind, lost, text));
    return false;
}

static bool verify_records(Verify *verify, GError **error)
{
    verify->progress = progress_new(_("Checking the records"), _("records"), 0);
    for (StoreKind kind = 1; kind < STORE_N_KINDS; kind++)
        if (store_kind_has_table(kind) &&
            (!store_log_walk(verify->store, kind, verify_record, verify, error) ||
             !verify_none_missing(verify, kind, error)))
            return false;
    g_clear_pointer(&verify->progress, progress_free);
    return true;
}

/* ---- the originals ---- */

/* One that was erased has no sealed file, and is counted apart. */
static bool verify_original(Verify *verify, const StoreErased *erased,
                            const StoreOriginal *original, GError **error)
{
    const StoreErasure *erasure = store_erased_find(erased, STORE_KIND_ORIGINAL, original->id);
    if (erasure == NULL) {
        if (!evidence_original_check(verify->store, original, error))
            return false;
        verify->report->originals++;
        verify->report->original_bytes += original->bytes;
        return true;
    }
    bool there = false;
    if (!evidence_original_file_there(verify->store, original, &there, error))
        return false;
    verify->report->erased++;
    if (!there)
        return true;
    char text[STORE_ID_MAX], by[STORE_ID_MAX];
    g_autofree char *what =
        g_strdup_printf("%s (%s)", store_id_format(STORE_KIND_ORIGINAL, original->id, text),
                        store_id_format(STORE_KIND_ERASURE, erasure->id, by));
    evidence_misfit(error,
                    _("%s was erased, yet its sealed file is there. Run “zenhar erase --yes” for "
                      "the person once more."),
                    what);
    return false;
}

static bool verify_originals(Verify *verify, GError **error)
{
    gint64 n = store_original_count(verify->store, error);
    if (n < 0)
        return false;
    g_autoptr(StoreErased) erased = store_erased_load(verify->store, error);
    if (erased == NULL)
        return false;
    verify->progress = progress_new(_("Checking the originals"), _("originals"), (guint64)n);
    for (StorePage page = {.limit = 256};;) {
        g_autoptr(GPtrArray) originals = store_original_list(verify->store, &page, error);
        if (originals == NULL)
            return false;
        for (guint i = 0; i < originals->len; i++) {
            const StoreOriginal *original = g_ptr_array_index(originals, i);
            if (interrupted(error) || !verify_original(verify, erased, original, error))
                return false;
            page.after = original->id;
            progress_add(verify->progress, 1);
        }
        if (originals->len < page.limit)
            break;
    }
    g_clear_pointer(&verify->progress, progress_free);
    return true;
}

bool evidence_verify(Store *store, EvidenceReport *ret_report, GError **error)
{
    EvidenceReport report = {0};
    Verify verify = {.store = store, .report = &report};
    bool own = store_depth(store) == 0;
    if (!store_check(store, error) || !store_keys_check(store_folder(store), error) ||
        (own && !store_read_begin(store, error)))
        return false;
    verify.tiles = evidence_tiles_new(store);
    bool fits = verify_log(&verify, error) && verify_records(&verify, error) &&
                verify_originals(&verify, error);
    if (own)
        store_read_end(store);
    /* Outside the snapshot: another process may have gone on, and noted it. */
    if (own && fits)
        fits = evidence_newest_check(store, error);
    latest_free(verify.latest);
    progress_free(verify.progress);
    g_free(verify.tiles);
    if (ret_report != NULL)
        *ret_report = report;
    return fits;
}
