#include "intake/erase.h"

#include "base/i18n.h"
#include "base/progress.h"
#include "evidence/original.h"
#include "intake/merge_private.h"
#include "store/copy.h"
#include "store/report.h"
#include "store/user.h"
#include <sodium.h>
#include <string.h>

/* ---- what a copy of the case had ---- */

/* Sealed bytes within a record's canonical form say in their nonce which leaf they are of. What
 * looks like one by chance takes a leaf out that nobody has. */
static void leaves_in(const guint8 *bytes, gsize n, GArray *leaves)
{
    for (gsize i = 0; i + STORE_SEAL_EXTRA_BYTES <= n; i++) {
        const guint64 leaf = store_keys_leaf_of(bytes + i, n - i);
        if (leaf != 0)
            g_array_append_val(leaves, leaf);
    }
}

static bool goes(const GArray *items, StoreKind kind, gint64 id)
{
    for (guint i = 0; i < items->len; i++) {
        const StoreEraseItem *item = &g_array_index(items, StoreEraseItem, i);
        if (item->fate == STORE_ERASE_GOES && item->kind == kind && item->id == id)
            return true;
    }
    return false;
}

/* Records that came by a merge were sealed there by another leaf, and lie so in the log that the
 * merge kept. */
static bool kept_leaves(Store *store, const GArray *items, GArray *leaves, GError **error)
{
    g_autoptr(GArray) logs = merge_logs_find(store, error);
    for (guint i = 0; logs != NULL && i < logs->len; i++) {
        g_autoptr(GBytes) bytes =
            evidence_original_load(store, g_array_index(logs, gint64, i), 0, 0, error);
        gsize n = 0, k = 0;
        const char *text = bytes != NULL ? g_bytes_get_data(bytes, &n) : NULL;
        if (text == NULL)
            return false;
        json_t *bundle = json_loadb(text, n, 0, NULL), *record;
        json_array_foreach(json_object_get(bundle, "records"), k, record)
        {
            StoreKind kind;
            gint64 id;
            const char *hex = json_string_value(json_object_get(record, "record"));
            if (hex == NULL ||
                !store_id_parse(json_string_value(json_object_get(record, "ours")), &kind, &id) ||
                !goes(items, kind, id))
                continue;
            const gsize length = strlen(hex) / 2;
            g_autofree guint8 *form = g_malloc(length + 1);
            if (sodium_hex2bin(form, length, hex, 2 * length, NULL, NULL, NULL) == 0)
                leaves_in(form, length, leaves);
        }
        json_decref(bundle);
    }
    return logs != NULL;
}

/* ---- erasing ---- */

static bool erase_items(Store *store, const GArray *items, GError **error)
{
    g_autoptr(GArray) leaves = g_array_new(FALSE, FALSE, sizeof(guint64));
    return kept_leaves(store, items, leaves, error) &&
           store_erase_records(store, items, leaves, error);
}

static bool erase(Store *store, const IntakeErase *wanted, IntakeErased *ret, GError **error)
{
    g_autoptr(GArray) items =
        store_erase_plan(store, wanted->person_id, wanted->reports, wanted->originals, error);
    if (items == NULL || !erase_items(store, items, error))
        return false;
    g_autoptr(StoreErasure) erasure = store_erasure_new();
    g_autoptr(GString) records = g_string_new(NULL);
    for (guint i = 0; i < items->len; i++) {
        const StoreEraseItem *item = &g_array_index(items, StoreEraseItem, i);
        char text[STORE_ID_MAX];
        if (item->fate != STORE_ERASE_GOES)
            continue;
        g_string_append_printf(records, "%s%s", records->len > 0 ? " " : "",
                               store_id_format(item->kind, item->id, text));
        ret->records++;
    }
    erasure->person_id = wanted->person_id;
    erasure->reason = g_strdup(wanted->reason);
    erasure->user_id = wanted->user_id;
    erasure->records = g_strdup(records->str);
    g_autoptr(StoreAudit) entry = store_audit_new();
    entry->user_id = wanted->user_id;
    entry->action = g_strdup("erase");
    entry->target_kind = STORE_KIND_PERSON;
    entry->target_id = wanted->person_id;
    entry->reason = g_strdup(wanted->reason);
    if (!store_erasure_add(store, erasure, error) || !store_audit_add(store, entry, error))
        return false;
    ret->erasure_id = erasure->id;
    return true;
}

bool intake_erase_files(Store *store, GError **error)
{
    g_autoptr(StoreErased) erased = store_erased_load(store, error);
    g_autoptr(GPtrArray) originals =
        erased != NULL ? store_original_list(store, NULL, error) : NULL;
    for (guint i = 0; originals != NULL && i < originals->len; i++) {
        const StoreOriginal *original = originals->pdata[i];
        if (store_erased_find(erased, STORE_KIND_ORIGINAL, original->id) != NULL &&
            !evidence_original_remove_file(store, original->sha256, error))
            return false;
    }
    return originals != NULL;
}

bool intake_erase_reseal(Store *store, gint64 *ret_n, GError **error)
{
    *ret_n = 0;
    g_autoptr(StoreErased) erased = store_erased_load(store, error);
    g_autoptr(GPtrArray) originals =
        erased != NULL ? store_original_list(store, NULL, error) : NULL;
    if (originals == NULL)
        return false;
    g_autoptr(Progress) progress =
        progress_new(_("Sealing originals anew"), _("originals"), originals->len);
    for (guint i = 0; i < originals->len; i++) {
        const StoreOriginal *original = originals->pdata[i];
        bool done = false;
        if (store_copy_stopped(error))
            return false;
        if (store_erased_find(erased, STORE_KIND_ORIGINAL, original->id) == NULL &&
            !evidence_original_reseal(store, original->id, &done, error))
            return false;
        *ret_n += done;
        progress_add(progress, 1);
    }
    return true;
}

bool intake_erase(Store *store, const IntakeErase *wanted, IntakeErased *ret, GError **error)
{
    memset(ret, 0, sizeof *ret);
    if (!store_begin(store, error))
        return false;
    if (!erase(store, wanted, ret, error)) {
        store_rollback(store);
        return false;
    }
    return store_commit(store, error) && intake_erase_files(store, error) &&
           store_erase_settle(store, &ret->whole, error);
}

bool intake_erase_follow(Store *store, const StoreErasure *theirs, GError **error)
{
    g_autoptr(GArray) items = g_array_new(FALSE, TRUE, sizeof(StoreEraseItem));
    g_auto(GStrv) words = g_strsplit(theirs->records != NULL ? theirs->records : "", " ", -1);
    for (gsize i = 0; words[i] != NULL; i++) {
        StoreEraseItem item = {.fate = STORE_ERASE_GOES};
        if (store_id_parse(words[i], &item.kind, &item.id))
            g_array_append_val(items, item);
    }
    return erase_items(store, items, error);
}
