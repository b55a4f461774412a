/* What was decided, written in one transaction: new and changed records first, in any order
 * (references are checked once all stand), then removals in the order in which they were made
 * there. */
#include "intake/merge_private.h"

#include "base/i18n.h"
#include "evidence/original.h"
#include "intake/erase.h"
#include "intake/search.h"
#include "store/person.h"
#include "store/report.h"
#include "store/user.h"
#include "store/watch.h"
#include <string.h>

typedef struct {
    IntakeMerge *merge;
    Store *store;
    IntakeMergeDone *done;
    GHashTable *written; /* of ours, in this transaction */
    GHashTable *planned; /* of ours, that come anyway */
    GArray *wanted;      /* references met in the record in hand: of theirs */
    bool erases;         /* an erasure of theirs was done here */
} Apply;

typedef struct {
    StoreKind kind;
    gint64 id;
} Reference;

/* ---- one record ---- */

static gint64 note_reference(void *context, StoreKind kind, gint64 id)
{
    Apply *apply = context;
    const Reference reference = {kind, id};
    g_array_append_val(apply->wanted, reference);
    return merge_to_ours(apply->merge, kind, id);
}

/* Names that follow a record's number or round: a person's code, the key under which a watch told
 * something. */
static char **own_name(StoreKind kind, void *record)
{
    switch (kind) {
    case STORE_KIND_PERSON:
        return &((StorePerson *)record)->code;
    case STORE_KIND_NOTICE:
        return &((StoreNotice *)record)->key;
    case STORE_KIND_DISPATCH:
        return &((StoreDispatch *)record)->key;
    default:
        return NULL;
    }
}

/* A record that is here keeps its own; one that comes gets another where its own is taken. */
static bool free_name(Apply *apply, StoreKind kind, void *record, bool there, GError **error)
{
    char **name = own_name(kind, record);
    if (name == NULL)
        return true;
    if (there) {
        void *old = store_record_load(apply->store, kind, store_record_id(record), error);
        if (old == NULL)
            return false;
        g_free(*name);
        *name = g_strdup(*own_name(kind, old));
        store_record_free(kind, old);
        return true;
    }
    const gint64 taken = store_record_find_name(apply->store, kind, *name, error);
    if (taken < 0)
        return false;
    if (taken > 0 && kind == STORE_KIND_PERSON) {
        g_clear_pointer(name, g_free); /* adding makes one of the number */
    } else if (taken > 0) {
        char *other =
            g_strdup_printf("%s/merged-%" G_GINT64_FORMAT, *name, store_record_id(record));
        g_free(*name);
        *name = other;
    }
    return true;
}

static bool write_record(Apply *apply, StoreKind kind, gint64 theirs, void *record, GError **error)
{
    const gint64 id = store_record_id(record);
    g_autoptr(GError) why = NULL;
    const bool there = store_record_exists(apply->store, kind, id, &why);
    if (why != NULL) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    g_hash_table_add(apply->written, merge_key(kind, id));
    if (!free_name(apply, kind, record, there, error))
        return false;
    bool done;
    if (there)
        done = store_record_update(apply->store, kind, record, error);
    else if (kind == STORE_KIND_ORIGINAL &&
             store_erased_find(apply->merge->erased_theirs, kind, theirs) ==
                 NULL) /* else it has no file */
        done = evidence_original_take(apply->store, apply->merge->theirs, theirs, record, error);
    else
        done = (kind != STORE_KIND_ORIGINAL ||
                store_erase_original(apply->store, ((StoreOriginal *)record)->sha256, error)) &&
               store_record_add(apply->store, kind, record, error);
    if (done && kind == STORE_KIND_REPORT)
        done = intake_search_put(apply->store, record, NULL, error);
    if (!done) {
        char text[STORE_ID_MAX];
        g_prefix_error(error, _("%s of the other case cannot be taken over: "),
                       store_id_format(kind, theirs, text));
    }
    return done;
}

static bool take_record(Apply *apply, StoreKind kind, gint64 theirs, GError **error);

/* Noted among the items: later merges begin from what both have of it now. */
static bool put_back(Apply *apply, Reference wanted, gint64 ours, GError **error)
{
    IntakeMergeItem item = {.kind = wanted.kind,
                            .theirs = wanted.id,
                            .ours = ours,
                            .take = true,
                            .there = true,
                            .untouched = true};
    void *record = intake_merge_record(apply->merge, &item, true, error);
    if (record == NULL)
        return false;
    store_record_digest(item.kind, record, false, item.seen);
    store_record_free(item.kind, record);
    apply->done->put_back++;
    bool known = false;
    for (guint i = 0; !known && i < apply->merge->items->len; i++) {
        const IntakeMergeItem *other = &g_array_index(apply->merge->items, IntakeMergeItem, i);
        known = other->kind == item.kind && other->theirs == item.theirs;
    }
    if (!known)
        g_array_append_val(apply->merge->items, item);
    return take_record(apply, wanted.kind, wanted.id, error);
}

/* The record of theirs, in our numbers, and what it names that was removed here: put back. */
static bool take_record(Apply *apply, StoreKind kind, gint64 theirs, GError **error)
{
    g_autoptr(GError) why = NULL;
    void *record = merge_load(apply->merge->theirs, kind, theirs, &why);
    if (record == NULL) { /* named, and gone on their side, too */
        if (why == NULL)
            return true;
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    const guint first = apply->wanted->len;
    store_record_remap(kind, record, note_reference, apply);
    bool done = write_record(apply, kind, theirs, record, error);
    store_record_free(kind, record);
    for (guint i = first; done && i < apply->wanted->len; i++) {
        const Reference wanted = g_array_index(apply->wanted, Reference, i);
        const gint64 ours = merge_to_ours(apply->merge, wanted.kind, wanted.id);
        if (ours == 0 || g_hash_table_contains(apply->written, merge_key(wanted.kind, ours)) ||
            g_hash_table_contains(apply->planned, merge_key(wanted.kind, ours)) ||
            store_record_exists(apply->store, wanted.kind, ours, NULL))
            continue;
        done = put_back(apply, wanted, ours, error);
    }
    g_array_set_size(apply->wanted, first);
    return done;
}

/* ---- all of them ---- */

static bool write_all(Apply *apply, GError **error)
{
    GArray *items = apply->merge->items;
    const guint n = items->len; /* what is put back comes behind */
    for (guint i = 0; i < n; i++) {
        const IntakeMergeItem *item = &g_array_index(items, IntakeMergeItem, i);
        if (item->take && item->step == INTAKE_MERGE_ADD)
            g_hash_table_add(apply->planned, merge_key(item->kind, item->ours));
    }
    for (guint i = 0; i < n; i++) {
        const IntakeMergeItem *item = &g_array_index(items, IntakeMergeItem, i);
        apply->done->conflicts += item->conflict != INTAKE_MERGE_NONE;
        apply->done->same += item->step == INTAKE_MERGE_SAME;
        apply->done->worked_out += item->worked_out;
        if (!item->take || (item->step != INTAKE_MERGE_ADD && item->step != INTAKE_MERGE_CHANGE))
            continue;
        *(item->step == INTAKE_MERGE_ADD ? &apply->done->added : &apply->done->changed) += 1;
        if (!g_hash_table_contains(apply->written, merge_key(item->kind, item->ours)) &&
            !take_record(apply, item->kind, item->theirs, error))
            return false;
    }
    return store_references_check(apply->store, error);
}

/* What was decided to stay as it is here. */
static bool stays(const Apply *apply, StoreKind kind, gint64 ours)
{
    for (guint i = 0; i < apply->merge->items->len; i++) {
        const IntakeMergeItem *item = &g_array_index(apply->merge->items, IntakeMergeItem, i);
        if (item->kind == kind && item->ours == ours)
            return item->conflict != INTAKE_MERGE_NONE && !item->take;
    }
    return false;
}

/* Who was erased there is erased here: leaves, words, files; not the fields alone. */
static bool erase_some(Apply *apply, GError **error)
{
    for (guint i = 0; i < apply->merge->items->len; i++) {
        const IntakeMergeItem *item = &g_array_index(apply->merge->items, IntakeMergeItem, i);
        if (item->kind != STORE_KIND_ERASURE || item->step != INTAKE_MERGE_ADD || !item->take)
            continue;
        StoreErasure *erasure = intake_merge_record(apply->merge, item, true, error);
        if (erasure == NULL)
            return false;
        g_autoptr(GString) records = g_string_new(NULL);
        g_auto(GStrv) words = g_strsplit(erasure->records != NULL ? erasure->records : "", " ", -1);
        for (gsize k = 0; words[k] != NULL; k++) {
            StoreKind kind;
            gint64 id;
            if (store_id_parse(words[k], &kind, &id) && !stays(apply, kind, id))
                g_string_append_printf(records, "%s%s", records->len > 0 ? " " : "", words[k]);
        }
        g_free(erasure->records);
        erasure->records = g_strdup(records->str);
        const bool done = intake_erase_follow(apply->store, erasure, error);
        store_erasure_free(erasure);
        if (!done)
            return false;
        apply->erases = true;
    }
    return true;
}

/* Nothing rests on these; they go first, since one that was written anew there has the same key,
 * and since a record that a link leads to is not removed. */
static bool is_leaf(StoreKind kind)
{
    return kind == STORE_KIND_LINK || kind == STORE_KIND_SETTING || kind == STORE_KIND_WATCHED;
}

/* What something here rests on stays, and is told. */
static bool remove_some(Apply *apply, bool leaves, GError **error)
{
    GArray *items = apply->merge->items;
    for (guint i = 0; i < items->len; i++) {
        IntakeMergeItem *item = &g_array_index(items, IntakeMergeItem, i);
        g_autoptr(GError) why = NULL;
        if (!item->take || item->step != INTAKE_MERGE_REMOVE || is_leaf(item->kind) != leaves)
            continue;
        if (store_record_remove(apply->store, item->kind, item->ours, &why) ||
            g_error_matches(why, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND)) {
            apply->done->removed++;
        } else if (g_error_matches(why, ZENHAR_ERROR, ZENHAR_ERROR_USAGE)) {
            item->kept = true;
            apply->done->kept++;
        } else {
            g_propagate_error(error, g_steal_pointer(&why));
            return false;
        }
    }
    return true;
}

static bool keep_log(Apply *apply, GError **error)
{
    EvidenceForeign log = {0};
    StoreLogHead head;
    char name[64];
    g_autofree char *text = merge_bundle_make(apply->merge, &log, error);
    bool done = text != NULL && evidence_head(apply->merge->theirs, &head, error);
    if (done) {
        g_snprintf(name, sizeof name, "merge-%08x.json",
                   GUINT32_FROM_BE(*(const guint32 *)(const void *)head.root));
        done =
            evidence_original_add_bytes(apply->store, text, strlen(text), name, "application/json",
                                        MERGE_ORIGIN, &apply->done->original_id, NULL, error);
    }
    if (done) {
        g_autofree char *value = merge_setting_make(&log, &head, apply->done->original_id);
        g_autoptr(GString) setting = g_string_new(MERGE_SETTING);
        for (int i = 0; i < 16; i++)
            g_string_append_printf(setting, "%02x", head.root[i]);
        done = store_setting_set(apply->store, setting->str, value, error);
    }
    evidence_foreign_clear(&log);
    return done;
}

static bool still_as_planned(const Apply *apply, GError **error)
{
    StoreLogHead head = {0};
    g_autoptr(GError) why = NULL;
    if (!evidence_head(apply->store, &head, &why) && why != NULL) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    if (head.size == apply->merge->ours_size)
        return true;
    g_set_error(
        error, ZENHAR_ERROR, ZENHAR_ERROR_BUSY,
        _("The case %s was written to while the two were compared. Nothing was changed; run "
          "it again."),
        store_folder(apply->store));
    return false;
}

static bool is_needed(const IntakeMerge *merge)
{
    for (guint i = 0; i < merge->items->len; i++)
        if (g_array_index(merge->items, IntakeMergeItem, i).step != INTAKE_MERGE_SAME)
            return true;
    return false;
}

bool intake_merge_apply(IntakeMerge *merge, Store *ours, IntakeMergeDone *ret, GError **error)
{
    memset(ret, 0, sizeof *ret);
    ret->same = merge->items->len;
    if (!is_needed(merge))
        return true;
    ret->same = 0;
    for (guint i = 0; i < merge->items->len; i++) {
        const IntakeMergeItem *item = &g_array_index(merge->items, IntakeMergeItem, i);
        g_assert(item->conflict == INTAKE_MERGE_NONE || item->decided);
    }
    Apply apply = {.merge = merge, .store = ours, .done = ret};
    if (!store_begin(ours, error))
        return false;
    apply.written = g_hash_table_new(NULL, NULL);
    apply.planned = g_hash_table_new(NULL, NULL);
    apply.wanted = g_array_new(FALSE, FALSE, sizeof(Reference));
    bool done = still_as_planned(&apply, error) && store_unseal(ours, 0, MERGE_REASON, error) &&
                store_references_defer(ours, error) && remove_some(&apply, true, error) &&
                erase_some(&apply, error) && write_all(&apply, error) &&
                remove_some(&apply, false, error) && keep_log(&apply, error);
    g_hash_table_unref(apply.written);
    g_hash_table_unref(apply.planned);
    g_array_unref(apply.wanted);
    if (done)
        done = store_commit(ours, error);
    else
        store_rollback(ours);
    store_unseal_end(ours);
    ret->erased = done && apply.erases;
    if (ret->erased)
        done = intake_erase_files(ours, error);
    return done;
}
