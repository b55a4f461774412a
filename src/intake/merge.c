/* The plan: who is whose partner, and what was changed where. Memory: some 40 bytes a record that
 * both had at the fork, 80 a record written since. Time: about 3 µs an entry of both logs, and two
 * loads a record that theirs wrote since. */
#include "intake/merge_private.h"

#include "base/i18n.h"
#include "store/report.h"
#include "store/user.h"
#include <string.h>

GArray *intake_merge_items(IntakeMerge *merge)
{
    return merge->items;
}

void intake_merge_free(IntakeMerge *merge)
{
    if (merge == NULL)
        return;
    store_read_end(merge->theirs);
    store_read_end(merge->ours);
    g_hash_table_unref(merge->before);
    g_hash_table_unref(merge->touched_ours);
    g_hash_table_unref(merge->bases);
    g_hash_table_unref(merge->to_ours);
    g_hash_table_unref(merge->to_theirs);
    g_hash_table_unref(merge->positions);
    g_hash_table_unref(merge->twins);
    g_hash_table_unref(merge->by_content);
    g_array_unref(merge->items);
    store_erased_free(merge->erased_ours);
    store_erased_free(merge->erased_theirs);
    g_free(merge);
}

/* ---- numbers ---- */

static gint64 mapped(const IntakeMerge *merge, GHashTable *table, StoreKind kind, gint64 id)
{
    const gpointer found = g_hash_table_lookup(table, merge_key(kind, id));
    if (found != NULL)
        return (gint64)(guintptr)found;
    return g_hash_table_contains(merge->before, merge_key(kind, id)) ? id : 0;
}

gint64 merge_to_ours(void *merge, StoreKind kind, gint64 id)
{
    return mapped(merge, ((IntakeMerge *)merge)->to_ours, kind, id);
}

gint64 merge_to_theirs(void *merge, StoreKind kind, gint64 id)
{
    return mapped(merge, ((IntakeMerge *)merge)->to_theirs, kind, id);
}

static void pair(IntakeMerge *merge, StoreKind kind, gint64 theirs, gint64 ours)
{
    g_hash_table_insert(merge->to_ours, merge_key(kind, theirs), (gpointer)(guintptr)ours);
    g_hash_table_insert(merge->to_theirs, merge_key(kind, ours), (gpointer)(guintptr)theirs);
}

void *merge_load(Store *store, StoreKind kind, gint64 id, GError **error)
{
    g_autoptr(GError) why = NULL;
    void *record = id > 0 ? store_record_load(store, kind, id, &why) : NULL;
    if (record == NULL && why != NULL &&
        !g_error_matches(why, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND))
        g_propagate_error(error, g_steal_pointer(&why));
    return record;
}

void *intake_merge_record(IntakeMerge *merge, const IntakeMergeItem *item, bool theirs,
                          GError **error)
{
    if (!theirs)
        return merge_load(merge->ours, item->kind, item->ours, error);
    void *record = merge_load(merge->theirs, item->kind, item->theirs, error);
    if (record != NULL)
        store_record_remap(item->kind, record, merge_to_ours, merge);
    return record;
}

/* ---- what was written since ---- */

/* Settings that speak of one case's own log, its last run or its mailbox. */
static bool is_own_setting(const char *name)
{
    static const char *const NAMES[] = {MERGE_SETTING,    "link_state", "link_model",
                                        "signal.notices", "mailbox",    "timestamp",
                                        "cosignature/",   "witnessed/"};
    for (gsize i = 0; name != NULL && i < G_N_ELEMENTS(NAMES); i++)
        if (g_str_has_prefix(name, NAMES[i]))
            return true;
    return false;
}

/* Where a case's own programs stand, and a merge's bookkeeping, stay where they were made; their
 * log, which is kept, still tells of them. Of the watch only what was read goes along. */
static bool is_bookkeeping(StoreKind kind, const void *record)
{
    const char *key = kind == STORE_KIND_WATCHED ? store_record_text(kind, record, "key") : NULL;
    const char *name = kind == STORE_KIND_SETTING ? store_record_text(kind, record, "name") : NULL;
    const char *origin =
        kind == STORE_KIND_ORIGINAL ? store_record_text(kind, record, "origin") : NULL;
    const char *reason =
        kind == STORE_KIND_AUDIT ? store_record_text(kind, record, "reason") : NULL;
    return is_own_setting(name) ||
           (key != NULL && !g_str_has_prefix(key, "file/") && !g_str_has_prefix(key, "sms/")) ||
           g_strcmp0(origin, MERGE_ORIGIN) == 0 || g_strcmp0(reason, MERGE_REASON) == 0;
}

/* Their records written since the fork, each once, at the place of its newest entry. */
static bool read_logs(IntakeMerge *merge, GError **error)
{
    g_autoptr(GArray) theirs = evidence_changes(merge->theirs, 0, error);
    g_autoptr(GArray) ours = theirs != NULL ? evidence_changes(merge->ours, 0, error) : NULL;
    if (ours == NULL)
        return false;
    merge->ours_size = ours->len;
    for (guint i = 0; i < ours->len; i++) {
        const EvidenceChange *change = &g_array_index(ours, EvidenceChange, i);
        const gpointer key = merge_key(change->kind, change->id);
        merge->last[change->kind] = MAX(merge->last[change->kind], change->id);
        if ((gint64)i >= merge->fork_size)
            g_hash_table_add(merge->touched_ours, key);
        else if (change->operation == STORE_REMOVE)
            g_hash_table_remove(merge->before, key);
        else
            g_hash_table_add(merge->before, key);
    }
    g_autoptr(GHashTable) met = g_hash_table_new(NULL, NULL);
    for (guint i = theirs->len; (gint64)i > merge->fork_size; i--) {
        const EvidenceChange *change = &g_array_index(theirs, EvidenceChange, i - 1);
        if (!g_hash_table_add(met, merge_key(change->kind, change->id)))
            continue;
        g_hash_table_insert(merge->positions, merge_key(change->kind, change->id),
                            GSIZE_TO_POINTER((gsize)i));
        const IntakeMergeItem item = {.kind = change->kind, .theirs = change->id, .take = true};
        g_array_append_val(merge->items, item);
    }
    for (guint i = 0; i < merge->items->len / 2; i++) {
        IntakeMergeItem *a = &g_array_index(merge->items, IntakeMergeItem, i);
        IntakeMergeItem *b =
            &g_array_index(merge->items, IntakeMergeItem, merge->items->len - 1 - i);
        const IntakeMergeItem swap = *a;
        *a = *b;
        *b = swap;
    }
    return true;
}

/* ---- partners ---- */

/* The record here with the same key, unless it is another one's partner. */
static bool by_key(IntakeMerge *merge, IntakeMergeItem *item, void *record, GError **error)
{
    const gint64 found = store_record_find_same(merge->ours, item->kind, record, error);
    if (found < 0)
        return false;
    if (found == 0 || g_hash_table_contains(merge->to_theirs, merge_key(item->kind, found)))
        return true;
    if (g_hash_table_contains(merge->before, merge_key(item->kind, found))) {
        g_autoptr(GError) why = NULL;
        if (store_record_exists(merge->theirs, item->kind, found, &why) || why != NULL)
            return why == NULL || (g_propagate_error(error, g_steal_pointer(&why)), false);
    }
    item->ours = found;
    item->conflict = INTAKE_MERGE_ADDED_BOTH; /* unless they turn out to be the same */
    return true;
}

/* ---- those that say the same ---- */

static GBytes *content_key(StoreKind kind, const void *record)
{
    guint8 key[1 + STORE_DIGEST_BYTES] = {(guint8)kind};
    store_record_digest(kind, record, true, key + 1);
    return g_bytes_new(key, sizeof key);
}

/* Records that were added here since the fork, by what they say. */
static bool index_contents(IntakeMerge *merge, GError **error)
{
    GHashTableIter at;
    gpointer key;
    g_autoptr(GError) why = NULL;
    g_hash_table_iter_init(&at, merge->touched_ours);
    while (g_hash_table_iter_next(&at, &key, NULL)) {
        const StoreKind kind = (StoreKind)((guint64)(guintptr)key >> 48);
        const gint64 id = (gint64)((guint64)(guintptr)key & ((G_GUINT64_CONSTANT(1) << 48) - 1));
        if (g_hash_table_contains(merge->before, key))
            continue;
        void *record = merge_load(merge->ours, kind, id, &why);
        if (why != NULL) {
            g_propagate_error(error, g_steal_pointer(&why));
            return false;
        }
        if (record == NULL)
            continue;
        GBytes *content = content_key(kind, record);
        GArray *ids = g_hash_table_lookup(merge->by_content, content);
        if (ids == NULL) {
            ids = g_array_new(FALSE, FALSE, sizeof id);
            g_hash_table_insert(merge->by_content, g_bytes_ref(content), ids);
        }
        g_array_append_val(ids, id);
        g_bytes_unref(content);
        store_record_free(kind, record);
    }
    return true;
}

typedef struct {
    IntakeMerge *merge;
    bool hangs;
} Hanging;

static gint64 note_twin(void *context, StoreKind kind, gint64 id)
{
    Hanging *hanging = context;
    if (g_hash_table_contains(hanging->merge->twins, merge_key(kind, id)))
        hanging->hangs = true;
    return merge_to_ours(hanging->merge, kind, id);
}

static gint by_number(gconstpointer a, gconstpointer b)
{
    const gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;
    return x < y ? -1 : x > y;
}

/* A record that hangs on one that both sides made (a statement of the same report), or a place, and
 * says the same is the same. `record` is in our numbers. */
static void by_content(IntakeMerge *merge, IntakeMergeItem *item, const void *record, bool hangs)
{
    if (!hangs && item->kind != STORE_KIND_PLACE)
        return;
    g_autoptr(GBytes) content = content_key(item->kind, record);
    GArray *ids = g_hash_table_lookup(merge->by_content, content);
    if (ids == NULL)
        return;
    g_array_sort(ids, by_number);
    for (guint i = 0; i < ids->len; i++) {
        const gint64 id = g_array_index(ids, gint64, i);
        if (g_hash_table_contains(merge->to_theirs, merge_key(item->kind, id)))
            continue;
        item->ours = id;
        item->conflict = INTAKE_MERGE_ADDED_BOTH;
        return;
    }
}

static bool find_partner(IntakeMerge *merge, IntakeMergeItem *item, bool *ret_drop, GError **error)
{
    const gpointer key = merge_key(item->kind, item->theirs);
    const MergeBase *base = g_hash_table_lookup(merge->bases, key);
    g_autoptr(GError) why = NULL;
    void *record = merge_load(merge->theirs, item->kind, item->theirs, &why);
    if (why != NULL) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    item->there = record != NULL;
    *ret_drop = record != NULL && is_bookkeeping(item->kind, record);
    bool done = true;
    if (base != NULL) {
        item->ours = base->ours;
    } else if (g_hash_table_contains(merge->before, key)) {
        item->ours = item->theirs;
    } else if (record != NULL && !*ret_drop) {
        Hanging hanging = {.merge = merge};
        store_record_remap(item->kind, record, note_twin, &hanging);
        done = by_key(merge, item, record, error);
        if (done && item->ours == 0)
            by_content(merge, item, record, hanging.hangs);
        if (item->conflict == INTAKE_MERGE_ADDED_BOTH)
            g_hash_table_add(merge->twins, key);
        if (done && item->ours == 0)
            item->ours = ++merge->last[item->kind];
    }
    if (done && item->ours != 0)
        pair(merge, item->kind, item->theirs, item->ours);
    store_record_free(item->kind, record);
    return done;
}

/* Links last: all that they name has its number by then. */
static bool find_partners(IntakeMerge *merge, GError **error)
{
    g_autoptr(GArray) items = g_array_new(FALSE, TRUE, sizeof(IntakeMergeItem));
    for (int links = 0; links < 2; links++) {
        for (guint i = 0; i < merge->items->len; i++) {
            IntakeMergeItem item = g_array_index(merge->items, IntakeMergeItem, i);
            bool drop = false;
            if ((item.kind == STORE_KIND_LINK) != (links == 1))
                continue;
            if (!find_partner(merge, &item, &drop, error))
                return false;
            if (!drop && item.ours != 0) /* else it came and went there, and was never here */
                g_array_append_val(items, item);
        }
    }
    GArray *old = merge->items;
    merge->items = g_steal_pointer(&items);
    g_array_unref(old);
    return true;
}

/* ---- what is to be done ---- */

static bool side_changed(const MergeBase *base, bool there, const guint8 *digest)
{
    return there != base->there || (there && memcmp(digest, base->seen, sizeof base->seen) != 0);
}

/* A merge that they made looked at our record in their numbers. */
static void in_their_numbers(IntakeMerge *merge, const IntakeMergeItem *item, void *theirs,
                             void *ours, guint8 digest_theirs[], guint8 digest_ours[])
{
    if (theirs != NULL)
        store_record_digest(item->kind, theirs, false, digest_theirs);
    if (ours != NULL) {
        store_record_remap(item->kind, ours, merge_to_theirs, merge);
        store_record_digest(item->kind, ours, false, digest_ours);
    }
}

static IntakeMergeConflict conflict_of(const IntakeMergeItem *item, bool here)
{
    if (item->conflict == INTAKE_MERGE_ADDED_BOTH)
        return item->conflict;
    return !here          ? INTAKE_MERGE_REMOVED_HERE
           : !item->there ? INTAKE_MERGE_REMOVED_THERE
                          : INTAKE_MERGE_CHANGED_BOTH;
}

/* Both made it: when it came and what a linkage made of it are each side's own. */
static bool says_the_same(const IntakeMergeItem *item, const void *theirs, const void *ours)
{
    guint8 a[STORE_DIGEST_BYTES], b[STORE_DIGEST_BYTES];
    if (item->conflict != INTAKE_MERGE_ADDED_BOTH || theirs == NULL || ours == NULL)
        return false;
    store_record_digest(item->kind, theirs, true, a);
    store_record_digest(item->kind, ours, true, b);
    return memcmp(a, b, sizeof a) == 0;
}

static bool is_answered(const void *alarm)
{
    const char *status = store_record_text(STORE_KIND_ALARM, alarm, "status");
    return g_strcmp0(status, "acknowledged") == 0 || g_strcmp0(status, "dismissed") == 0;
}

/* Worked out of other records, and to be worked out again: a series, an alarm that nobody answered.
 */
static bool is_worked_out(const IntakeMergeItem *item, const void *theirs, const void *ours)
{
    if (theirs == NULL || ours == NULL)
        return false;
    return item->kind == STORE_KIND_SERIES ||
           (item->kind == STORE_KIND_ALARM && !is_answered(theirs) && !is_answered(ours));
}

/* What one side erased the other does not bring back, unless a person says so. */
static void prefer_erased(const IntakeMerge *merge, IntakeMergeItem *item)
{
    const bool ours = store_erased_find(merge->erased_ours, item->kind, item->ours) != NULL;
    const bool theirs = store_erased_find(merge->erased_theirs, item->kind, item->theirs) != NULL;
    if (item->conflict == INTAKE_MERGE_NONE || ours == theirs)
        return;
    item->erased = item->decided = true;
    item->take = theirs;
}

static bool judge(IntakeMerge *merge, IntakeMergeItem *item, GError **error)
{
    guint8 theirs_raw[INTAKE_MERGE_DIGEST] = {0}, ours_back[INTAKE_MERGE_DIGEST] = {0};
    guint8 ours_digest[INTAKE_MERGE_DIGEST] = {0};
    const gpointer key = merge_key(item->kind, item->theirs);
    const MergeBase *base = g_hash_table_lookup(merge->bases, key);
    g_autoptr(GError) why = NULL;
    void *theirs = merge_load(merge->theirs, item->kind, item->theirs, &why);
    void *ours = why == NULL ? merge_load(merge->ours, item->kind, item->ours, &why) : NULL;
    const bool here = ours != NULL;
    if (why == NULL) {
        if (here)
            store_record_digest(item->kind, ours, false, ours_digest);
        if (base != NULL && base->inverse)
            in_their_numbers(merge, item, theirs, ours, theirs_raw, ours_back);
        if (theirs != NULL) {
            store_record_remap(item->kind, theirs, merge_to_ours, merge);
            store_record_digest(item->kind, theirs, false, item->seen);
        }
        const bool same = (here == item->there &&
                           (!here || memcmp(ours_digest, item->seen, sizeof item->seen) == 0)) ||
                          says_the_same(item, theirs, ours);
        bool theirs_changed = true, ours_changed = true; /* of the same key, with nothing before */
        if (base != NULL && base->unsure) {
            const gsize at = GPOINTER_TO_SIZE(g_hash_table_lookup(merge->positions, key));
            theirs_changed = base->inverse ? side_changed(base, item->there, theirs_raw)
                                           : (gint64)at > base->common;
        } else if (base != NULL && base->inverse) {
            theirs_changed = side_changed(base, item->there, theirs_raw);
            ours_changed = side_changed(base, here, ours_back);
        } else if (base != NULL) {
            theirs_changed = side_changed(base, item->there, item->seen);
            ours_changed = side_changed(base, here, ours_digest);
        } else if (item->conflict != INTAKE_MERGE_ADDED_BOTH) {
            ours_changed = g_hash_table_contains(merge->before, key) &&
                           g_hash_table_contains(merge->touched_ours, key);
        }
        if (!same && theirs_changed) {
            item->step = !item->there ? INTAKE_MERGE_REMOVE
                         : here       ? INTAKE_MERGE_CHANGE
                                      : INTAKE_MERGE_ADD;
            item->conflict = ours_changed ? conflict_of(item, here) : INTAKE_MERGE_NONE;
            item->worked_out =
                item->conflict != INTAKE_MERGE_NONE && is_worked_out(item, theirs, ours);
        }
        if (item->step == INTAKE_MERGE_SAME || item->worked_out) {
            item->step = INTAKE_MERGE_SAME;
            item->conflict = INTAKE_MERGE_NONE;
        }
        item->take = item->conflict == INTAKE_MERGE_NONE;
        prefer_erased(merge, item);
    }
    store_record_free(item->kind, theirs);
    store_record_free(item->kind, ours);
    if (why == NULL)
        return true;
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}

static bool check_keys(Store *store, GError **error)
{
    StoreKeys *keys = store_keys(store);
    if (store_keys_whole(keys))
        return true;
    g_set_error(
        error, ZENHAR_ERROR, ZENHAR_ERROR_PASSPHRASE,
        _("The passphrase of %s does not open everything in %s; merging takes the owner's, or "
          "an administrator's."),
        store_keys_name(keys), store_folder(store));
    return false;
}

IntakeMerge *intake_merge_plan(Store *ours, Store *theirs, GError **error)
{
    if (!check_keys(ours, error) || !check_keys(theirs, error) ||
        !store_unseal(ours, 0, MERGE_REASON, error) ||
        !store_unseal(theirs, 0, MERGE_REASON, error))
        return NULL;
    /* One state of each, whoever writes meanwhile. */
    if (!store_read_begin(ours, error))
        return NULL;
    if (!store_read_begin(theirs, error)) {
        store_read_end(ours);
        return NULL;
    }
    g_autoptr(IntakeMerge) merge = g_new0(IntakeMerge, 1);
    merge->ours = ours;
    merge->theirs = theirs;
    merge->before = g_hash_table_new(NULL, NULL);
    merge->touched_ours = g_hash_table_new(NULL, NULL);
    merge->bases = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    merge->to_ours = g_hash_table_new(NULL, NULL);
    merge->to_theirs = g_hash_table_new(NULL, NULL);
    merge->positions = g_hash_table_new(NULL, NULL);
    merge->twins = g_hash_table_new(NULL, NULL);
    merge->by_content = g_hash_table_new_full(
        g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, (GDestroyNotify)g_array_unref);
    merge->items = g_array_new(FALSE, TRUE, sizeof(IntakeMergeItem));
    merge->erased_ours = store_erased_load(ours, error);
    merge->erased_theirs = merge->erased_ours != NULL ? store_erased_load(theirs, error) : NULL;
    if (merge->erased_theirs == NULL)
        return NULL;
    if (!evidence_fork(ours, theirs, &merge->fork_number, &merge->fork_size, error) ||
        !read_logs(merge, error))
        return NULL;
    merge->last[STORE_KIND_AUDIT]++; /* the look at sealed fields that the writing takes */
    if (!merge_bases_load(merge, error) || !merge_chains_load(merge, error) ||
        !index_contents(merge, error) || !find_partners(merge, error))
        return NULL;
    for (guint i = 0; i < merge->items->len; i++)
        if (!judge(merge, &g_array_index(merge->items, IntakeMergeItem, i), error))
            return NULL;
    return g_steal_pointer(&merge);
}
