/* handover/bag_records.c: the log in a bag, and each record and proof against it. */
#include "handover/bag_check.h"

#include "base/i18n.h"
#include "base/jsonl.h"
#include "base/limits.h"
#include "evidence/merkle.h"
#include <sodium.h>
#include <string.h>

enum { LINE_MOST = 8 * LIMIT_RECORD_BYTES, TOLD_MOST = 5 /* lines at fault of one file */ };

static bool get_hex(const json_t *object, const char *name, guint8 *bytes, gsize n)
{
    const char *text = json_string_value(json_object_get(object, name));
    gsize got = 0;
    return text != NULL && strlen(text) == 2 * n &&
           sodium_hex2bin(bytes, n, text, 2 * n, NULL, &got, NULL) == 0 && got == n;
}

static gint64 get_integer(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return json_is_integer(value) ? (gint64)json_integer_value(value) : -1;
}

static guint64 key_of(StoreKind kind, gint64 id)
{
    return (guint64)kind << 48 | (guint64)id;
}

/* ---- lines as they pass ---- */

typedef bool (*TakeLine)(BagChecked *checked, const json_t *object, const char **ret_why);

static bool read_lines(BagChecked *checked, const char *name, BagTee *tee, TakeLine take,
                       GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(JsonlReader) reader = jsonl_reader_new(name, bag_tee_read, tee, LINE_MOST);
    json_t *object = NULL;
    CsvResult result;
    guint told = 0;
    while ((result = jsonl_reader_next(reader, &object, &why)) != CSV_END) {
        const char *reason = NULL;
        if (result == CSV_FAILED) {
            g_propagate_error(error, g_steal_pointer(&why));
            return false;
        }
        if (result == CSV_BAD)
            reason = why->message;
        else if (take(checked, object, &reason))
            continue;
        if (++told <= TOLD_MOST)
            bag_fault(checked, _("%s, line %lu: %s"), name, jsonl_reader_line(reader), reason);
        else
            checked->n_faults++;
        g_clear_error(&why);
    }
    return true;
}

/* ---- records ---- */

static bool same_value(StoreKind kind, const void *record, gsize i, const StoreColumn *column,
                       const char *told)
{
    g_autofree char *own = store_record_plain(kind, record, i);
    double a, b;
    if (column->type == STORE_VALUE_REAL && own != NULL && told != NULL)
        return csv_parse_double(own, &a) && csv_parse_double(told, &b) && a == b;
    return g_strcmp0(own, told) == 0;
}

/* The canonical form is of the hash that its line gives, and says what its fields say. */
static const char *check_canonical(const BagRecord *found, const json_t *object, const char *hex)
{
    const gsize n = strlen(hex) / 2;
    g_autofree guint8 *bytes = g_malloc(n + 1);
    TakerFields fields = {.fields = json_object_get(object, "fields")};
    MerkleHash hash;
    if (!get_hex(object, "record", bytes, n))
        return _("its canonical form is no hexadecimal number.");
    merkle_sha256(bytes, n, &hash);
    if (memcmp(hash.bytes, found->hash, sizeof hash.bytes) != 0)
        return _("its canonical form does not have the hash that stands beside it.");
    void *record = store_record_from_canonical(found->kind, bytes, n);
    if (record == NULL || store_record_id(record) != found->id) {
        store_record_free(found->kind, record);
        return _("its canonical form is not of that record.");
    }
    bool same = true;
    for (gsize i = 0; same && i < store_kind_n_columns(found->kind); i++) {
        const StoreColumn column = store_kind_column(found->kind, i);
        if (!column.sealed)
            same = same_value(found->kind, record, i, &column, taker_field(&fields, column.name));
    }
    g_free(fields.room);
    store_record_free(found->kind, record);
    return same ? NULL : _("its fields do not say what its canonical form says.");
}

static bool kind_of_bag(const char *name, StoreKind *ret)
{
    for (const StoreKind *kind = bag_kinds(); *kind != STORE_KIND_NONE; kind++)
        if (g_strcmp0(store_kind_name(*kind), name) == 0) {
            *ret = *kind;
            return true;
        }
    return false;
}

static bool take_record(BagChecked *checked, const json_t *object, const char **ret_why)
{
    BagRecord found = {.position = get_integer(object, "position")};
    StoreKind kind = STORE_KIND_NONE;
    const char *hex = json_string_value(json_object_get(object, "record"));
    const json_t *fields = json_object_get(object, "fields");
    if (!kind_of_bag(json_string_value(json_object_get(object, "kind")), &found.kind) ||
        !store_id_parse(json_string_value(json_object_get(object, "id")), &kind, &found.id) ||
        kind != found.kind || found.position < 0 || !json_is_object(fields) ||
        !get_hex(object, "hash", found.hash, sizeof found.hash)) {
        *ret_why = _("this is no record of a bag.");
        return false;
    }
    if (found.kind == STORE_KIND_ORIGINAL) {
        found.bytes = get_integer(fields, "bytes");
        if (!get_hex(fields, "sha256", found.sha256, sizeof found.sha256)) {
            *ret_why = _("this original has no digest.");
            return false;
        }
    }
    *ret_why = hex != NULL ? check_canonical(&found, object, hex) : NULL;
    if (*ret_why != NULL)
        return false;
    found.open = hex != NULL;
    if (found.kind == STORE_KIND_ORIGINAL) {
        found.name = g_strdup(json_string_value(json_object_get(fields, "name")));
        found.media_type = g_strdup(json_string_value(json_object_get(fields, "media_type")));
    }
    checked->n_open += found.open;
    g_array_append_val(checked->records, found);
    return true;
}

bool bag_read_records(BagChecked *checked, const char *name, BagTee *tee, GError **error)
{
    return read_lines(checked, name, tee, take_record, error);
}

/* ---- the log ---- */

static bool read_head(const json_t *object, StoreLogHead *head)
{
    head->number = get_integer(object, "number");
    head->size = get_integer(object, "size");
    head->time = get_integer(object, "time_seconds");
    return head->number > 0 && head->size >= 0 && get_hex(object, "root", head->root, 32) &&
           get_hex(object, "previous", head->previous, 32) &&
           get_hex(object, "signature", head->signature, 64);
}

static bool read_heads(const GString *text, GArray *heads)
{
    g_autoptr(JsonlReader) reader = jsonl_reader_new_bytes("", text->str, text->len);
    json_t *object = NULL;
    CsvResult result;
    while ((result = jsonl_reader_next(reader, &object, NULL)) == CSV_RECORD) {
        StoreLogHead head;
        if (!read_head(object, &head))
            return false;
        g_array_append_val(heads, head);
    }
    return result == CSV_END && heads->len > 0;
}

/* The newest head stands in case.json, too: a log that was cut at a head shows. */
static bool is_newest(const json_t *about, const GArray *heads)
{
    StoreLogHead told;
    const StoreLogHead *last = &g_array_index(heads, StoreLogHead, heads->len - 1);
    return read_head(json_object_get(about, "head"), &told) && told.number == last->number &&
           told.size == last->size && memcmp(told.root, last->root, 32) == 0 &&
           memcmp(told.signature, last->signature, 64) == 0;
}

bool bag_read_log(const GString *about_text, const GString *heads, const GString *entries,
                  EvidenceForeign *ret, char **ret_tag, char **ret_degree)
{
    json_t *about = json_loadb(about_text->str, about_text->len, JSON_REJECT_DUPLICATES, NULL);
    const char *tag = json_string_value(json_object_get(about, "case"));
    const char *degree = json_string_value(json_object_get(about, "degree"));
    const char *format = json_string_value(json_object_get(about, "format"));
    ret->heads = g_array_new(FALSE, FALSE, sizeof(StoreLogHead));
    ret->entries = g_byte_array_new();
    bool whole = g_strcmp0(format, BAG_FORMAT) == 0 && degree != NULL && tag != NULL &&
                 strlen(tag) == OUTLET_ID_CHARS && strspn(tag, "0123456789abcdef") == strlen(tag) &&
                 get_hex(about, "case_id", ret->case_id, sizeof ret->case_id) &&
                 get_hex(about, "public_key", ret->public_key, sizeof ret->public_key) &&
                 entries->len % STORE_LOG_ENTRY_BYTES == 0 && entries->len < G_MAXUINT &&
                 read_heads(heads, ret->heads) && is_newest(about, ret->heads);
    if (whole) {
        g_byte_array_append(ret->entries, (const guint8 *)entries->str, (guint)entries->len);
        *ret_tag = g_strdup(tag);
        *ret_degree = g_strdup(degree);
    }
    json_decref(about);
    return whole;
}

static const GString *text_of(BagChecked *checked, const char *name)
{
    return g_hash_table_lookup(checked->texts, name);
}

/* As soon as its files have passed; they stand before records and proofs. */
static bool log_of(BagChecked *checked)
{
    const GString *about = text_of(checked, "data/case.json");
    const GString *heads = text_of(checked, "data/log/heads.jsonl");
    const GString *entries = text_of(checked, "data/log/entries.bin");
    return checked->log.heads != NULL ||
           (about != NULL && heads != NULL && entries != NULL &&
            bag_read_log(about, heads, entries, &checked->log, &checked->tag, &checked->degree));
}

void bag_check_log(BagChecked *checked)
{
    static const char *const NEEDED[] = {"data/case.json", "data/log/heads.jsonl",
                                         "data/log/entries.bin"};
    g_autoptr(GError) why = NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(NEEDED); i++)
        if (text_of(checked, NEEDED[i]) == NULL) {
            bag_fault(checked, _("%s is missing: this is no bag that Zenhar made of a case."),
                      NEEDED[i]);
            return;
        }
    if (!log_of(checked))
        bag_fault(checked, _("%s, %s and %s do not belong together, or cannot be read."), NEEDED[0],
                  NEEDED[1], NEEDED[2]);
    else if (!evidence_foreign_check(NULL, &checked->log, &why))
        bag_fault(checked, _("%s: the log does not hold: %s"), "data/log", why->message);
}

/* ---- proofs ---- */

static bool newest_root(BagChecked *checked, const GString *heads, MerkleHash *ret)
{
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(StoreLogHead));
    if (!checked->has_root && read_heads(heads, list)) {
        memcpy(checked->root.bytes, g_array_index(list, StoreLogHead, list->len - 1).root, 32);
        checked->has_root = true;
    }
    *ret = checked->root;
    return checked->has_root;
}

/* Checked as they pass, so that a hundred thousand paths need no memory: against the log, which an
 * archive has before them. */
static const char *check_proof(BagChecked *checked, const json_t *object)
{
    const json_t *path = json_object_get(object, "path");
    const gint64 position = get_integer(object, "position");
    const GString *entries = text_of(checked, "data/log/entries.bin");
    const GString *heads = text_of(checked, "data/log/heads.jsonl");
    MerkleHash hashes[MERKLE_PATH_MAX], leaf, root;
    const gsize n = json_array_size(path);
    if (entries == NULL || heads == NULL)
        return _("the log must stand before the proofs.");
    const gint64 size = (gint64)(entries->len / STORE_LOG_ENTRY_BYTES);
    if (!json_is_array(path) || n > MERKLE_PATH_MAX || position < 0 || position >= size)
        return _("this is no proof.");
    const guint8 *entry = (const guint8 *)entries->str + position * STORE_LOG_ENTRY_BYTES;
    for (gsize i = 0; i < n; i++) {
        const char *hex = json_string_value(json_array_get(path, i));
        gsize got = 0;
        if (hex == NULL || strlen(hex) != 64 ||
            sodium_hex2bin(hashes[i].bytes, 32, hex, 64, NULL, &got, NULL) != 0 || got != 32)
            return _("this is no proof.");
    }
    StoreKind kind, told;
    StoreOperation operation;
    gint64 id, of;
    evidence_entry_read(entry, &kind, &operation, &id);
    if (!store_id_parse(json_string_value(json_object_get(object, "id")), &told, &of) ||
        told != kind || of != id)
        return _("this proof is of another record.");
    merkle_leaf_hash(entry, STORE_LOG_ENTRY_BYTES, &leaf);
    if (!newest_root(checked, heads, &root) ||
        !merkle_check_inclusion(&leaf, (guint64)position, (guint64)size, hashes, n, &root))
        return _("this proof does not lead to the newest root.");
    return NULL;
}

static bool take_proof(BagChecked *checked, const json_t *object, const char **ret_why)
{
    *ret_why = check_proof(checked, object);
    checked->n_proofs += *ret_why == NULL;
    return *ret_why == NULL;
}

bool bag_read_proofs(BagChecked *checked, const char *name, BagTee *tee, GError **error)
{
    return read_lines(checked, name, tee, take_proof, error);
}

/* ---- records against the log ---- */

static bool is_handed_over(StoreKind kind)
{
    for (const StoreKind *one = bag_kinds(); *one != STORE_KIND_NONE; one++)
        if (*one == kind)
            return true;
    return false;
}

/* Position + 1 of the newest entry of each record that the log says is there. */
static GHashTable *newest_entries(const BagChecked *checked)
{
    GHashTable *newest = g_hash_table_new(NULL, NULL);
    const GByteArray *entries = checked->log.entries;
    for (gsize at = 0; at < entries->len; at += STORE_LOG_ENTRY_BYTES) {
        StoreKind kind;
        StoreOperation operation;
        gint64 id;
        evidence_entry_read(entries->data + at, &kind, &operation, &id);
        if (!is_handed_over(kind))
            continue;
        const gpointer key = (gpointer)(guintptr)key_of(kind, id);
        if (operation == STORE_REMOVE)
            g_hash_table_remove(newest, key);
        else
            g_hash_table_insert(newest, key, (gpointer)(guintptr)(at / STORE_LOG_ENTRY_BYTES + 1));
    }
    return newest;
}

static void check_record(BagChecked *checked, GHashTable *newest, const BagRecord *record)
{
    char id[STORE_ID_MAX];
    const gpointer key = (gpointer)(guintptr)key_of(record->kind, record->id);
    const gsize at = GPOINTER_TO_SIZE(g_hash_table_lookup(newest, key));
    store_id_format(record->kind, record->id, id);
    if (at == 0) {
        bag_fault(checked, _("%s in %s: the log knows no such record, or it stands there twice."),
                  id, "data/records");
        return;
    }
    const guint8 *entry = checked->log.entries->data + (at - 1) * STORE_LOG_ENTRY_BYTES;
    if ((gint64)at - 1 != record->position || memcmp(entry + 8, record->hash, 32) != 0)
        bag_fault(checked, _("%s in %s is not the one of its newest entry in the log."), id,
                  "data/records");
    g_hash_table_remove(newest, key);
}

/* ---- originals ---- */

static BagFile *file_of_original(BagChecked *checked, GHashTable *by_id, gint64 id)
{
    return g_hash_table_lookup(by_id, (gpointer)(guintptr)id);
}

/* data/originals/O3/…: by number; what is called otherwise is a fault. */
static GHashTable *files_of_originals(BagChecked *checked)
{
    GHashTable *by_id = g_hash_table_new(NULL, NULL);
    GHashTableIter iter;
    gpointer name, value;
    g_hash_table_iter_init(&iter, checked->files);
    while (g_hash_table_iter_next(&iter, &name, &value)) {
        StoreKind kind = STORE_KIND_NONE;
        gint64 id = 0;
        if (!g_str_has_prefix(name, "data/originals/"))
            continue;
        g_auto(GStrv) parts = g_strsplit((char *)name + strlen("data/originals/"), "/", -1);
        if (g_strv_length(parts) != 2 || !store_id_parse(parts[0], &kind, &id) ||
            kind != STORE_KIND_ORIGINAL || g_hash_table_contains(by_id, (gpointer)(guintptr)id))
            bag_fault(checked, _("%s is the file of no original."), (char *)name);
        else
            g_hash_table_insert(by_id, (gpointer)(guintptr)id, value);
    }
    return by_id;
}

static void check_originals(BagChecked *checked)
{
    g_autoptr(GHashTable) by_id = files_of_originals(checked);
    const bool whole = g_strcmp0(checked->degree, "whole") == 0;
    for (guint i = 0; i < checked->records->len; i++) {
        const BagRecord *record = &g_array_index(checked->records, BagRecord, i);
        char id[STORE_ID_MAX];
        if (record->kind != STORE_KIND_ORIGINAL)
            continue;
        BagFile *file = file_of_original(checked, by_id, record->id);
        store_id_format(STORE_KIND_ORIGINAL, record->id, id);
        if (file == NULL && whole)
            bag_fault(checked, _("The file of original %s is missing from %s."), id,
                      "data/originals");
        if (file == NULL)
            continue;
        if (file->size != (guint64)record->bytes || memcmp(file->sha256, record->sha256, 32) != 0)
            bag_fault(checked, _("%s is not the original %s that its record tells of."), file->name,
                      id);
        file->matched = true;
    }
    GHashTableIter iter;
    gpointer id, value;
    g_hash_table_iter_init(&iter, by_id);
    while (g_hash_table_iter_next(&iter, &id, &value))
        if (!((BagFile *)value)->matched)
            bag_fault(checked, _("%s is the file of no original."), ((BagFile *)value)->name);
}

void bag_check_records(BagChecked *checked)
{
    if (checked->log.heads == NULL || checked->tag == NULL)
        return;
    g_autoptr(GHashTable) newest = newest_entries(checked);
    for (guint i = 0; i < checked->records->len; i++)
        check_record(checked, newest, &g_array_index(checked->records, BagRecord, i));
    GHashTableIter iter;
    gpointer key;
    g_hash_table_iter_init(&iter, newest);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        char id[STORE_ID_MAX];
        const guint64 of = (guint64)(guintptr)key;
        bag_fault(checked, _("%s is missing from %s: the log tells of it."),
                  store_id_format((StoreKind)(of >> 48),
                                  (gint64)(of & ((G_GUINT64_CONSTANT(1) << 48) - 1)), id),
                  "data/records");
    }
    check_originals(checked);
}
