/* What a merge keeps: their log since the fork, their records as they stood, who became whom. One
 * JSON text, sealed as an original; docs/formats.md draws it. */
#include "intake/merge_private.h"

#include "base/i18n.h"
#include "evidence/original.h"
#include "store/user.h"
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static char *hex_of(const guint8 *bytes, gsize n)
{
    char *text = g_malloc(2 * n + 1);
    sodium_bin2hex(text, 2 * n + 1, bytes, n);
    return text;
}

static void set_hex(json_t *object, const char *name, const guint8 *bytes, gsize n)
{
    g_autofree char *text = hex_of(bytes, n);
    json_object_set_new(object, name, json_string(text));
}

static bool get_hex(const json_t *object, const char *name, guint8 *bytes, gsize n)
{
    const char *text = json_string_value(json_object_get(object, name));
    gsize length = 0;
    return text != NULL && strlen(text) == 2 * n &&
           sodium_hex2bin(bytes, n, text, 2 * n, NULL, &length, NULL) == 0 && length == n;
}

static gint64 get_integer(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

/* ---- writing ---- */

static json_t *heads_json(const GArray *heads)
{
    json_t *list = json_array();
    for (guint i = 0; i < heads->len; i++) {
        const StoreLogHead *head = &g_array_index(heads, StoreLogHead, i);
        json_t *one = json_pack("{s:I, s:I, s:I}", "number", (json_int_t)head->number, "size",
                                (json_int_t)head->size, "time", (json_int_t)head->time);
        set_hex(one, "root", head->root, sizeof head->root);
        set_hex(one, "previous", head->previous, sizeof head->previous);
        set_hex(one, "signature", head->signature, sizeof head->signature);
        json_array_append_new(list, one);
    }
    return list;
}

/* Their record as it stands there, so that its entry's hash can be recomputed; NULL: it is gone. */
static bool add_canonical(IntakeMerge *merge, const IntakeMergeItem *item, json_t *one,
                          GError **error)
{
    if (!item->there)
        return true;
    set_hex(one, "seen", item->seen, sizeof item->seen);
    if (item->untouched) /* its entry stands in what both logs have */
        return true;
    g_autoptr(GBytes) bytes = store_log_record(merge->theirs, item->kind, item->theirs, error);
    if (bytes == NULL)
        return false;
    gsize n = 0;
    const guint8 *data = g_bytes_get_data(bytes, &n);
    set_hex(one, "record", data, n);
    return true;
}

static const char *word_of(const IntakeMergeItem *item)
{
    if (item->conflict != INTAKE_MERGE_NONE)
        return item->take ? "theirs" : "ours";
    if (item->worked_out)
        return "worked_out";
    return item->step == INTAKE_MERGE_SAME ? "same" : item->kept ? "kept" : "taken";
}

static json_t *records_json(IntakeMerge *merge, GError **error)
{
    json_t *list = json_array();
    for (guint i = 0; i < merge->items->len; i++) {
        const IntakeMergeItem *item = &g_array_index(merge->items, IntakeMergeItem, i);
        char theirs[STORE_ID_MAX], ours[STORE_ID_MAX];
        json_t *one = json_pack(
            "{s:s, s:s, s:s}", "theirs", store_id_format(item->kind, item->theirs, theirs), "ours",
            store_id_format(item->kind, item->ours, ours), "decided", word_of(item));
        json_array_append_new(list, one);
        if (!add_canonical(merge, item, one, error)) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

char *merge_bundle_make(IntakeMerge *merge, EvidenceForeign *log, GError **error)
{
    if (!evidence_foreign_take(merge->theirs, merge->fork_number, merge->fork_size, log, error))
        return NULL;
    json_t *records = records_json(merge, error);
    if (records == NULL)
        return NULL;
    json_t *object =
        json_pack("{s:s, s:I, s:I}", "format", "zenhar merge 1", "fork_number",
                  (json_int_t)log->fork_number, "fork_size", (json_int_t)log->fork_size);
    set_hex(object, "case_id", log->case_id, sizeof log->case_id);
    set_hex(object, "public_key", log->public_key, sizeof log->public_key);
    json_object_set_new(object, "heads", heads_json(log->heads));
    set_hex(object, "entries", log->entries->data, log->entries->len);
    json_object_set_new(object, "records", records);
    char *dumped = json_dumps(object, JSON_COMPACT);
    json_decref(object);
    char *text = g_strdup(dumped);
    free(dumped); /* jansson's own allocator */
    return text;
}

char *merge_setting_make(const EvidenceForeign *log, const StoreLogHead *head, gint64 original_id)
{
    json_t *object = json_pack("{s:I, s:I, s:I}", "number", (json_int_t)head->number, "size",
                               (json_int_t)head->size, "original", (json_int_t)original_id);
    set_hex(object, "case_id", log->case_id, sizeof log->case_id);
    set_hex(object, "root", head->root, sizeof head->root);
    char *dumped = json_dumps(object, JSON_COMPACT);
    json_decref(object);
    char *text = g_strdup(dumped);
    free(dumped);
    return text;
}

/* ---- reading ---- */

static const char *named(gint64 original_id, char text[STORE_ID_MAX])
{
    return store_id_format(STORE_KIND_ORIGINAL, original_id, text);
}

static json_t *bundle_load(Store *store, gint64 original_id, GError **error)
{
    char name[STORE_ID_MAX];
    g_autoptr(GBytes) bytes = evidence_original_load(store, original_id, 0, 0, error);
    gsize n = 0;
    const char *text = bytes != NULL ? g_bytes_get_data(bytes, &n) : NULL;
    if (text == NULL)
        return NULL;
    json_t *object = json_loadb(text, n, 0, NULL);
    if (object != NULL &&
        g_strcmp0(json_string_value(json_object_get(object, "format")), "zenhar merge 1") == 0)
        return object;
    json_decref(object);
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY,
                _("%s of the case %s is no log that a merge kept."), named(original_id, name),
                store_folder(store));
    return NULL;
}

typedef struct {
    gint64 position; /* in our log */
    gint64 original_id;
    bool inverse;
} Merged;

static gint by_position(gconstpointer a, gconstpointer b)
{
    const Merged *x = a, *y = b;
    return x->position < y->position ? -1 : x->position > y->position;
}

/* Merges that `store` has made of the log that `other` has. */
static bool find_merges(Store *store, Store *other, bool inverse, GArray *merges, GError **error)
{
    g_autoptr(GPtrArray) settings = store_setting_list(store, NULL, error);
    for (guint i = 0; settings != NULL && i < settings->len; i++) {
        const StoreSetting *setting = settings->pdata[i];
        guint8 id[STORE_CASE_ID_BYTES], root[32];
        StoreLogHead head;
        if (!g_str_has_prefix(setting->name, MERGE_SETTING) || setting->value == NULL)
            continue;
        json_t *value = json_loads(setting->value, 0, NULL);
        const bool fits = get_hex(value, "case_id", id, sizeof id) &&
                          get_hex(value, "root", root, sizeof root) &&
                          memcmp(id, store_keys_case_id(store_keys(other)), sizeof id) == 0 &&
                          store_log_head_load(other, get_integer(value, "number"), &head, NULL) &&
                          memcmp(head.root, root, sizeof root) == 0;
        Merged merged = {.original_id = get_integer(value, "original"),
                         .inverse = inverse,
                         .position = get_integer(value, "size")};
        json_decref(value);
        if (!inverse) /* the place of our own entry */
            merged.position = store_log_position(store, STORE_KIND_SETTING, setting->id, error) + 1;
        if (merged.position <= 0 && !inverse)
            return false;
        if (fits)
            g_array_append_val(merges, merged);
    }
    return settings != NULL;
}

static bool read_base(IntakeMerge *merge, const json_t *record, bool inverse)
{
    StoreKind kind, kind_ours;
    gint64 theirs, ours;
    if (!store_id_parse(json_string_value(json_object_get(record, "theirs")), &kind, &theirs) ||
        !store_id_parse(json_string_value(json_object_get(record, "ours")), &kind_ours, &ours) ||
        kind != kind_ours)
        return false;
    MergeBase *base = g_new0(MergeBase, 1);
    base->inverse = inverse;
    base->there = json_object_get(record, "seen") != NULL;
    const bool fits = !base->there || get_hex(record, "seen", base->seen, sizeof base->seen);
    if (inverse) {
        const gint64 swap = theirs;
        theirs = ours;
        ours = swap;
    }
    base->ours = ours;
    g_hash_table_insert(merge->bases, merge_key(kind, theirs), base);
    g_hash_table_insert(merge->to_ours, merge_key(kind, theirs), (gpointer)(guintptr)ours);
    g_hash_table_insert(merge->to_theirs, merge_key(kind, ours), (gpointer)(guintptr)theirs);
    return fits;
}

bool merge_bases_load(IntakeMerge *merge, GError **error)
{
    g_autoptr(GArray) merges = g_array_new(FALSE, FALSE, sizeof(Merged));
    if (!find_merges(merge->ours, merge->theirs, false, merges, error) ||
        !find_merges(merge->theirs, merge->ours, true, merges, error))
        return false;
    g_array_sort(merges, by_position);
    for (guint i = 0; i < merges->len; i++) {
        const Merged *merged = &g_array_index(merges, Merged, i);
        Store *store = merged->inverse ? merge->theirs : merge->ours;
        json_t *bundle = bundle_load(store, merged->original_id, error);
        if (bundle == NULL)
            return false;
        gsize n;
        json_t *record;
        char name[STORE_ID_MAX];
        bool fits = true;
        json_array_foreach(json_object_get(bundle, "records"), n, record) fits =
            fits && read_base(merge, record, merged->inverse);
        json_decref(bundle);
        if (!fits) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY,
                        _("%s of the case %s is no log that a merge kept."),
                        named(merged->original_id, name), store_folder(store));
            return false;
        }
    }
    return true;
}

/* ---- checking ---- */

static bool read_heads(const json_t *list, GArray *heads)
{
    gsize i;
    json_t *one;
    json_array_foreach((json_t *)list, i, one)
    {
        StoreLogHead head = {.number = get_integer(one, "number"),
                             .size = get_integer(one, "size"),
                             .time = get_integer(one, "time")};
        if (!get_hex(one, "root", head.root, sizeof head.root) ||
            !get_hex(one, "previous", head.previous, sizeof head.previous) ||
            !get_hex(one, "signature", head.signature, sizeof head.signature))
            return false;
        g_array_append_val(heads, head);
    }
    return true;
}

static bool read_log(const json_t *bundle, EvidenceForeign *log)
{
    const char *text = json_string_value(json_object_get(bundle, "entries"));
    const gsize n = text != NULL ? strlen(text) / 2 : 0;
    log->fork_number = get_integer(bundle, "fork_number");
    log->fork_size = get_integer(bundle, "fork_size");
    log->heads = g_array_new(FALSE, FALSE, sizeof(StoreLogHead));
    log->entries = g_byte_array_sized_new((guint)n);
    g_byte_array_set_size(log->entries, (guint)n);
    return text != NULL && n % STORE_LOG_ENTRY_BYTES == 0 &&
           get_hex(bundle, "entries", log->entries->data, n) &&
           get_hex(bundle, "case_id", log->case_id, sizeof log->case_id) &&
           get_hex(bundle, "public_key", log->public_key, sizeof log->public_key) &&
           read_heads(json_object_get(bundle, "heads"), log->heads);
}

GArray *merge_logs_find(Store *store, GError **error)
{
    g_autoptr(GPtrArray) settings = store_setting_list(store, NULL, error);
    g_autoptr(GArray) originals = g_array_new(FALSE, FALSE, sizeof(gint64));
    for (guint i = 0; settings != NULL && i < settings->len; i++) {
        const StoreSetting *setting = settings->pdata[i];
        guint8 id[STORE_CASE_ID_BYTES];
        if (!g_str_has_prefix(setting->name, MERGE_SETTING) || setting->value == NULL)
            continue;
        json_t *value = json_loads(setting->value, 0, NULL);
        const gint64 original_id = get_integer(value, "original");
        if (get_hex(value, "case_id", id, sizeof id) &&
            memcmp(id, store_keys_case_id(store_keys(store)), sizeof id) == 0)
            g_array_append_val(originals, original_id);
        json_decref(value);
    }
    return settings != NULL ? g_steal_pointer(&originals) : NULL;
}

void merge_log_clear(MergeLog *log)
{
    evidence_foreign_clear(&log->foreign);
    g_clear_pointer(&log->records, g_array_unref);
}

bool merge_log_load(Store *store, gint64 original_id, MergeLog *ret, GError **error)
{
    char name[STORE_ID_MAX];
    json_t *bundle = bundle_load(store, original_id, error);
    if (bundle == NULL)
        return false;
    gsize i;
    json_t *record;
    bool fits = read_log(bundle, &ret->foreign);
    ret->records = g_array_new(FALSE, FALSE, sizeof(MergeKept));
    json_array_foreach(json_object_get(bundle, "records"), i, record)
    {
        MergeKept kept = {.there = json_object_get(record, "seen") != NULL};
        StoreKind kind = STORE_KIND_NONE;
        fits =
            fits &&
            store_id_parse(json_string_value(json_object_get(record, "theirs")), &kept.kind,
                           &kept.theirs) &&
            store_id_parse(json_string_value(json_object_get(record, "ours")), &kind, &kept.ours) &&
            kind == kept.kind &&
            (!kept.there || get_hex(record, "seen", kept.seen, sizeof kept.seen));
        g_array_append_val(ret->records, kept);
    }
    json_decref(bundle);
    if (!fits)
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY,
                    _("%s of the case %s is no log that a merge kept."), named(original_id, name),
                    store_folder(store));
    return fits;
}

/* Each record that is kept is the one of its newest entry. */
static bool records_fit(const json_t *bundle, const EvidenceForeign *log)
{
    g_autoptr(GHashTable) newest = g_hash_table_new(NULL, NULL);
    for (guint at = 0; at < log->entries->len; at += STORE_LOG_ENTRY_BYTES) {
        StoreKind kind;
        StoreOperation operation;
        gint64 id;
        evidence_entry_read(log->entries->data + at, &kind, &operation, &id);
        g_hash_table_insert(newest, merge_key(kind, id), log->entries->data + at);
    }
    gsize i;
    json_t *record;
    json_array_foreach(json_object_get(bundle, "records"), i, record)
    {
        StoreKind kind;
        gint64 id;
        const char *hex = json_string_value(json_object_get(record, "record"));
        if (!store_id_parse(json_string_value(json_object_get(record, "theirs")), &kind, &id))
            return false;
        const guint8 *entry = g_hash_table_lookup(newest, merge_key(kind, id));
        if (entry == NULL) {
            if (hex != NULL)
                return false;
            continue;
        }
        const bool removed = entry[1] == STORE_REMOVE;
        if (hex == NULL || removed) {
            if (removed != (hex == NULL))
                return false;
            continue;
        }
        const gsize n = strlen(hex) / 2;
        g_autofree guint8 *bytes = g_malloc(n + 1);
        MerkleHash hash;
        if (!get_hex(record, "record", bytes, n))
            return false;
        merkle_sha256(bytes, n, &hash);
        if (memcmp(hash.bytes, entry + 8, sizeof hash.bytes) != 0)
            return false;
    }
    return true;
}

static bool check_one(Store *store, gint64 original_id, GError **error)
{
    json_t *bundle = bundle_load(store, original_id, error);
    if (bundle == NULL)
        return false;
    char name[STORE_ID_MAX];
    EvidenceForeign log = {0};
    bool fits = read_log(bundle, &log);
    const bool readable = fits && records_fit(bundle, &log);
    fits = readable && evidence_foreign_check(store, &log, error);
    evidence_foreign_clear(&log);
    json_decref(bundle);
    if (!readable)
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY,
                    _("%s, a log that a merge kept: a record is not the one of its entry."),
                    named(original_id, name));
    return fits;
}

bool intake_merge_check_logs(Store *store, gint64 *ret_n, GError **error)
{
    g_autoptr(GPtrArray) settings = store_setting_list(store, NULL, error);
    *ret_n = 0;
    for (guint i = 0; settings != NULL && i < settings->len; i++) {
        const StoreSetting *setting = settings->pdata[i];
        if (!g_str_has_prefix(setting->name, MERGE_SETTING) || setting->value == NULL)
            continue;
        json_t *value = json_loads(setting->value, 0, NULL);
        const gint64 original_id = get_integer(value, "original");
        json_decref(value);
        if (!check_one(store, original_id, error))
            return false;
        (*ret_n)++;
    }
    return settings != NULL;
}
