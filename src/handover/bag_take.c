#include "handover/bag_take.h"

#include "base/i18n.h"
#include "base/jsonl.h"
#include "base/limits.h"
#include "base/progress.h"
#include "evidence/original.h"
#include "store/intake.h"
#include "store/user.h"
#include <sodium.h>
#include <string.h>

enum { LINE_MOST = 8 * LIMIT_RECORD_BYTES };

typedef struct {
    Store *store;
    const BagChecked *checked;
    BagTaken *ret;
    Taker *taker;
    gint64 import_id;
    char *origin;          /* of what is sealed: "bag NAME" */
    json_t *kept;          /* name in the bag → original here, of the log and what describes it */
    GHashTable *originals; /* their number → BagRecord */
} Take;

static bool changed(const char *name, GError **error)
{
    g_set_error(
        error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY,
        _("%s is not any more what was checked: the bag changes while it is read. Nothing was "
          "taken in."),
        name);
    return false;
}

/* ---- one file ---- */

/* Seals it under a name; what was sealed is what was checked. */
static bool seal(Take *take, const BagFile *known, const char *name, const char *media_type,
                 BagTee *tee, gint64 *ret_id, GError **error)
{
    BagFile now = {.name = known->name};
    bool was_there;
    const bool done = evidence_original_add_from(take->store, bag_tee_read, tee, name, media_type,
                                                 take->origin, ret_id, &was_there, error);
    if (!bag_tee_end(tee, &now, done ? error : NULL) || !done)
        return false;
    return (now.size == known->size && memcmp(now.sha256, known->sha256, 32) == 0) ||
           changed(known->name, error);
}

static bool take_original(Take *take, const BagFile *known, BagTee *tee, GError **error)
{
    StoreKind kind = STORE_KIND_NONE;
    gint64 theirs = 0, ours = 0;
    g_auto(GStrv) parts = g_strsplit(known->name, "/", -1); /* data/originals/O3/name: checked */
    store_id_parse(parts[2], &kind, &theirs);
    const BagRecord *record = g_hash_table_lookup(take->originals, (gpointer)(guintptr)theirs);
    if (!seal(take, known, record->name, record->media_type, tee, &ours, error))
        return false;
    taker_map(take->taker, STORE_KIND_ORIGINAL, theirs, ours);
    take->ret->originals++;
    return true;
}

/* An original's row comes with its file; without the file there is nothing to seal. */
static bool take_line(Take *take, const json_t *object, guint64 offset, gsize length,
                      GError **error)
{
    StoreKind kind = STORE_KIND_NONE;
    gint64 theirs = 0;
    TakerFields fields = {.fields = json_object_get(object, "fields")};
    const char *id = json_string_value(json_object_get(object, "id"));
    if (!store_id_parse(id, &kind, &theirs) || kind == STORE_KIND_ORIGINAL)
        return true;
    const bool done =
        taker_add(take->taker, kind, theirs, taker_field, &fields, offset, length, error);
    g_free(fields.room);
    if (!done)
        g_prefix_error(error, "%s: ", id);
    return done;
}

static bool take_lines(Take *take, const char *name, gint64 original_id, GError **error)
{
    g_autoptr(EvidenceReader) source = evidence_original_open(take->store, original_id, error);
    if (source == NULL)
        return false;
    g_autoptr(JsonlReader) reader = jsonl_reader_new(name, evidence_reader_read, source, LINE_MOST);
    json_t *object = NULL;
    CsvResult result;
    taker_from(take->taker, original_id, take->import_id);
    while ((result = jsonl_reader_next(reader, &object, error)) == CSV_RECORD) {
        gsize length;
        jsonl_reader_raw(reader, &length);
        if (!take_line(take, object, jsonl_reader_offset(reader), length, error)) {
            g_prefix_error(error, _("%s, line %lu: "), name, jsonl_reader_line(reader));
            return false;
        }
    }
    return result == CSV_END;
}

static bool take_other(Take *take, const BagFile *known, BagTee *tee, GError **error)
{
    static const char *const LOG[] = {"data/case.json", "data/log/heads.jsonl",
                                      "data/log/entries.bin"};
    gint64 id = 0;
    char text[STORE_ID_MAX];
    if (!seal(take, known, known->name, NULL, tee, &id, error))
        return false;
    for (gsize i = 0; i < G_N_ELEMENTS(LOG); i++)
        if (strcmp(LOG[i], known->name) == 0)
            json_object_set_new(take->kept, LOG[i],
                                json_string(store_id_format(STORE_KIND_ORIGINAL, id, text)));
    return !g_str_has_prefix(known->name, "data/records/") ||
           take_lines(take, known->name, id, error);
}

static bool visit(void *context, const TarEntry *entry, CsvSource read, void *file, GError **error)
{
    Take *take = context;
    if (progress_stopped(_("Stopped: nothing was taken in."), error))
        return false;
    if (entry->type == TAR_FOLDER)
        return true;
    const BagFile *known = g_hash_table_lookup(take->checked->files, entry->name);
    if (known == NULL || entry->type != TAR_FILE)
        return changed(entry->name, error);
    if (g_str_has_prefix(known->name, "data/proofs/"))
        return true; /* the entries prove as much */
    BagTee *tee = bag_tee_new(read, file);
    return g_str_has_prefix(known->name, "data/originals/") ? take_original(take, known, tee, error)
                                                            : take_other(take, known, tee, error);
}

/* ---- the whole ---- */

static bool begin_run(Take *take, StoreImport *run, bool *ret_again, GError **error)
{
    static const char PURPOSE[] = "zenhar import of a bag";
    g_autoptr(GError) missing = NULL;
    crypto_generichash(run->key, sizeof run->key, take->checked->manifest_key,
                       sizeof take->checked->manifest_key, (const guint8 *)PURPOSE,
                       sizeof PURPOSE - 1);
    g_autoptr(StoreImport) known = store_import_find(take->store, run->key, &missing);
    *ret_again = known != NULL;
    if (known != NULL)
        return true;
    if (!g_error_matches(missing, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND)) {
        g_propagate_error(error, g_steal_pointer(&missing));
        return false;
    }
    run->format = g_strdup("zenhar bag");
    run->state = g_strdup("running");
    run->started = store_now(take->store);
    return store_import_add(take->store, run, error);
}

static bool end_run(Take *take, StoreImport *run, GError **error)
{
    const TakeDone *done = &take->ret->taken;
    g_free(run->state);
    run->state = g_strdup("done");
    run->finished = store_now(take->store);
    run->original_id = done->original_id;
    run->added = done->added[STORE_KIND_REPORT];
    run->duplicates = done->known[STORE_KIND_REPORT];
    run->records = run->added + run->duplicates;
    return store_import_update(take->store, run, error);
}

static bool take_all(Take *take, const BagFrom *from, GError **error)
{
    g_autoptr(StoreImport) run = store_import_new();
    g_autofree char *base = g_path_get_basename(from->path);
    run->name = g_utf8_make_valid(base, -1);
    take->origin = g_strdup_printf("bag %s", run->name);
    if (!begin_run(take, run, &take->ret->again, error) || take->ret->again)
        return take->ret->again;
    take->import_id = run->id;
    take->taker = taker_new(take->store, take->checked->tag, error);
    if (take->taker == NULL || !bag_walk(from, visit, take, error))
        return false;
    json_t *more = json_pack("{s:O}", "log", take->kept);
    return taker_end(take->taker, more, &take->ret->taken, error) && end_run(take, run, error);
}

bool bag_take(Store *store, const BagFrom *from, const BagChecked *checked, BagTaken *ret,
              GError **error)
{
    Take take = {.store = store, .checked = checked, .ret = ret, .kept = json_object()};
    memset(ret, 0, sizeof *ret);
    take.originals = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < checked->records->len; i++) {
        BagRecord *record = &g_array_index(checked->records, BagRecord, i);
        if (record->kind == STORE_KIND_ORIGINAL)
            g_hash_table_insert(take.originals, (gpointer)(guintptr)record->id, record);
    }
    bool done = bag_fault_error(checked, error) && store_bulk_begin(store, error);
    if (done) {
        done = store_begin(store, error);
        if (done && !take_all(&take, from, error)) {
            store_rollback(store);
            done = false;
        } else if (done) {
            done = store_commit(store, error);
        }
        done = store_bulk_end(store, done ? error : NULL) && done;
    }
    taker_free(take.taker);
    g_hash_table_unref(take.originals);
    g_free(take.origin);
    json_decref(take.kept);
    return done;
}

/* ---- what was kept ---- */

static GString *text_of(Store *store, const json_t *log, const char *name, GError **error)
{
    StoreKind kind = STORE_KIND_NONE;
    gint64 id = 0;
    gsize n = 0;
    if (!store_id_parse(json_string_value(json_object_get(log, name)), &kind, &id) ||
        kind != STORE_KIND_ORIGINAL)
        return g_string_new(NULL); /* found to be none by who reads it */
    g_autoptr(GBytes) bytes = evidence_original_load(store, id, 0, 0, error);
    const char *text = bytes != NULL ? g_bytes_get_data(bytes, &n) : NULL;
    return bytes != NULL ? g_string_new_len(text != NULL ? text : "", (gssize)n) : NULL;
}

static bool check_log(Store *store, const StoreSetting *setting, const json_t *log, GError **error)
{
    EvidenceForeign foreign = {0};
    g_autofree char *tag = NULL, *degree = NULL;
    g_autoptr(GString) about = text_of(store, log, "data/case.json", error);
    g_autoptr(GString) heads =
        about != NULL ? text_of(store, log, "data/log/heads.jsonl", error) : NULL;
    g_autoptr(GString) entries =
        heads != NULL ? text_of(store, log, "data/log/entries.bin", error) : NULL;
    if (entries == NULL)
        return false;
    const bool readable = bag_read_log(about, heads, entries, &foreign, &tag, &degree);
    const bool fits = readable && evidence_foreign_check(NULL, &foreign, error);
    evidence_foreign_clear(&foreign);
    if (!readable)
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY,
                    _("The log of a bag that was taken in (%s) cannot be read."), setting->value);
    return fits;
}

bool bag_check_kept(Store *store, gint64 *ret_n, GError **error)
{
    g_autoptr(GPtrArray) settings = store_setting_list(store, NULL, error);
    *ret_n = 0;
    for (guint i = 0; settings != NULL && i < settings->len; i++) {
        const StoreSetting *setting = settings->pdata[i];
        StoreKind kind = STORE_KIND_NONE;
        gint64 id = 0;
        gsize n = 0;
        if (!g_str_has_prefix(setting->name, "taken/") ||
            !store_id_parse(setting->value, &kind, &id))
            continue;
        g_autoptr(GBytes) bytes = evidence_original_load(store, id, 0, 0, error);
        const char *text = bytes != NULL ? g_bytes_get_data(bytes, &n) : NULL;
        if (bytes == NULL)
            return false;
        json_t *object = json_loadb(text != NULL ? text : "", n, 0, NULL);
        const json_t *log = json_object_get(object, "log");
        const bool fits = log == NULL || check_log(store, setting, log, error);
        *ret_n += log != NULL;
        json_decref(object);
        if (!fits)
            return false;
    }
    return settings != NULL;
}
