#include "evidence/kept.h"

#include "base/i18n.h"
#include "evidence/private.h"
#include "store/user.h"
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static const char *const PREFIXES[] = {
    [EVIDENCE_KEPT_TIMESTAMP] = "timestamp/",
    [EVIDENCE_KEPT_COSIGNATURE] = "cosignature/",
    [EVIDENCE_KEPT_REQUEST] = "timestamp-request/",
    [EVIDENCE_KEPT_WITNESSED] = "witnessed/",
};

void evidence_kept_free(EvidenceKept *kept)
{
    if (kept == NULL)
        return;
    g_clear_pointer(&kept->bytes, g_bytes_unref);
    g_free(kept);
}

static char *name_of(EvidenceKeptKind kind, gint64 head, const void *bytes, gsize length)
{
    if (kind == EVIDENCE_KEPT_WITNESSED)
        return g_strdup_printf("%s%" G_GINT64_FORMAT, PREFIXES[kind], head);
    MerkleHash hash;
    char hex[17];
    merkle_sha256(bytes, length, &hash);
    sodium_bin2hex(hex, sizeof hex, hash.bytes, 8);
    return g_strdup_printf("%s%" G_GINT64_FORMAT "/%s", PREFIXES[kind], head, hex);
}

static bool is_binary(EvidenceKeptKind kind)
{
    return kind == EVIDENCE_KEPT_TIMESTAMP || kind == EVIDENCE_KEPT_REQUEST;
}

static bool is_kept(const char *name, EvidenceKeptKind *ret_kind)
{
    for (gsize i = 0; name != NULL && i < G_N_ELEMENTS(PREFIXES); i++)
        if (g_str_has_prefix(name, PREFIXES[i])) {
            *ret_kind = (EvidenceKeptKind)i;
            return true;
        }
    return false;
}

static EvidenceKept *kept_read(EvidenceKeptKind kind, const StoreSetting *setting)
{
    EvidenceKept *kept = g_new0(EvidenceKept, 1);
    const char *value = setting->value != NULL ? setting->value : "";
    gsize n = strlen(value);
    kept->kind = kind;
    kept->head = strtoll(setting->name + strlen(PREFIXES[kind]), NULL, 10);
    guchar *decoded = is_binary(kind) ? g_base64_decode(value, &n) : NULL;
    kept->bytes = decoded != NULL ? g_bytes_new_take(decoded, n) : g_bytes_new(value, n);
    g_autofree char *name = name_of(kind, kept->head, g_bytes_get_data(kept->bytes, NULL), n);
    if (strcmp(name, setting->name) == 0)
        return kept;
    evidence_kept_free(kept);
    return NULL;
}

static gint compare(gconstpointer left, gconstpointer right)
{
    const EvidenceKept *a = *(EvidenceKept *const *)left, *b = *(EvidenceKept *const *)right;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->head != b->head)
        return a->head < b->head ? -1 : 1;
    return g_bytes_compare(a->bytes, b->bytes);
}

GPtrArray *evidence_kept_list(Store *store, GError **error)
{
    g_autoptr(GPtrArray) settings = store_setting_list(store, NULL, error);
    if (settings == NULL)
        return NULL;
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)evidence_kept_free);
    for (guint i = 0; i < settings->len; i++) {
        const StoreSetting *setting = g_ptr_array_index(settings, i);
        EvidenceKeptKind kind;
        if (!is_kept(setting->name, &kind))
            continue;
        EvidenceKept *kept = kept_read(kind, setting);
        if (kept == NULL) {
            evidence_misfit(error, _("What is kept as %s is not what its name says."),
                            setting->name);
            return NULL;
        }
        g_ptr_array_add(list, kept);
    }
    g_ptr_array_sort(list, compare);
    return g_steal_pointer(&list);
}

bool evidence_kept_add(Store *store, EvidenceKeptKind kind, gint64 head, const void *bytes,
                       gsize length, bool *ret_known, GError **error)
{
    g_autofree char *name = name_of(kind, head, bytes, length);
    g_autofree char *value = is_binary(kind) ? g_base64_encode(bytes, length)
                                             : g_strndup(length > 0 ? bytes : "", length);
    g_autoptr(GError) inner = NULL;
    g_autofree char *there = store_setting_get(store, name, &inner);
    if (inner != NULL) {
        g_propagate_error(error, g_steal_pointer(&inner));
        return false;
    }
    if (ret_known != NULL)
        *ret_known = there != NULL;
    return there != NULL || store_setting_set(store, name, value, error);
}

bool evidence_kept_remove(Store *store, const EvidenceKept *kept, GError **error)
{
    gsize n = 0;
    const void *bytes = g_bytes_get_data(kept->bytes, &n);
    g_autofree char *name = name_of(kept->kind, kept->head, bytes, n);
    return store_setting_set(store, name, NULL, error);
}

/* ---- checked ---- */

static bool check_stamp(Store *store, const EvidenceKept *kept, const StoreLogHead *head,
                        const char *tsa_ca, EvidenceKeptVisit visit, void *context, GError **error)
{
    guint8 hash[32];
    g_auto(EvidenceTimestamp) stamp = {0};
    evidence_head_hash(store_keys_case_id(store_keys(store)), head, hash);
    if (!evidence_timestamp_check(kept->bytes, hash, tsa_ca, &stamp, error)) {
        g_autofree char *number = i18n_integer(kept->head);
        g_prefix_error(error, _("Head %s: "), number);
        return false;
    }
    visit(context, kept->head, &stamp, NULL, stamp.time);
    return true;
}

/* "KEY newline NOTE" as it is kept. */
static bool read_cosigned(const EvidenceKept *kept, EvidenceWitness *ret_witness,
                          EvidenceCheckpoint *ret_note, GError **error)
{
    gsize n = 0;
    const char *text = g_bytes_get_data(kept->bytes, &n);
    const char *end = n > 0 ? memchr(text, '\n', n) : NULL;
    g_autofree char *key = end != NULL ? g_strndup(text, (gsize)(end - text)) : g_strdup("");
    return evidence_witness_read(key, ret_witness, error) &&
           evidence_checkpoint_read(end + 1, n - (gsize)(end + 1 - text), ret_note, error);
}

static bool is_of(const EvidenceCheckpoint *note, const StoreLogHead *head)
{
    return note->size == head->size && memcmp(note->root.bytes, head->root, sizeof head->root) == 0;
}

static bool check_cosigned(Store *store, const EvidenceKept *kept, const StoreLogHead *head,
                           EvidenceKeptVisit visit, void *context, GError **error)
{
    StoreKeys *keys = store_keys(store);
    g_auto(EvidenceWitness) witness = {0};
    g_auto(EvidenceCheckpoint) note = {0};
    gint64 time = 0;
    if (read_cosigned(kept, &witness, &note, NULL) && is_of(&note, head) &&
        evidence_checkpoint_check(&note, store_keys_case_id(keys), store_keys_public(keys)) &&
        evidence_checkpoint_cosigned(&note, &witness, &time)) {
        visit(context, kept->head, NULL, witness.name, time);
        return true;
    }
    g_autofree char *number = i18n_integer(kept->head);
    evidence_misfit(error, _("Head %s: a cosignature kept of it does not hold."), number);
    return false;
}

bool evidence_kept_check(Store *store, const char *tsa_ca, EvidenceKeptVisit visit, void *context,
                         GError **error)
{
    g_autoptr(GPtrArray) list = evidence_kept_list(store, error);
    bool fits = list != NULL;
    for (guint i = 0; fits && i < list->len; i++) {
        const EvidenceKept *kept = g_ptr_array_index(list, i);
        StoreLogHead head;
        g_autoptr(GError) why = NULL;
        if (!store_log_head_load(store, kept->head, &head, &why)) {
            g_autofree char *number = i18n_integer(kept->head);
            evidence_misfit(error, _("Head %s is missing, though somebody said something of it."),
                            number);
            return false;
        }
        if (kept->kind == EVIDENCE_KEPT_TIMESTAMP)
            fits = check_stamp(store, kept, &head, tsa_ca, visit, context, error);
        else if (kept->kind == EVIDENCE_KEPT_COSIGNATURE)
            fits = check_cosigned(store, kept, &head, visit, context, error);
    }
    return fits;
}
