#include "handover/taker.h"

#include "base/i18n.h"
#include "evidence/original.h"
#include "intake/search.h"
#include "store/person.h"
#include "store/record_write.h"
#include "store/user.h"
#include <sodium.h>
#include <string.h>

#define KEPT_FORMAT "zenhar taken 1"
#define KEPT_ORIGIN "zenhar import"

/* A reference to a record that had not come yet. */
typedef struct {
    StoreKind kind, ref;
    gint64 ours, theirs; /* whose field; what it names, there */
    gsize column;
} Later;

struct Taker {
    Store *store;
    char *tag;
    gint64 original_id, import_id;
    GHashTable *map; /* theirs → ours */
    GArray *fresh;   /* keys of `map` that are of this import, in order */
    GArray *later;
    TakeDone done;
};

gint64 take_done_added(const TakeDone *done)
{
    gint64 n = 0;
    for (int kind = 0; kind < STORE_N_KINDS; kind++)
        n += done->added[kind];
    return n;
}

gint64 take_done_known(const TakeDone *done)
{
    gint64 n = 0;
    for (int kind = 0; kind < STORE_N_KINDS; kind++)
        n += done->known[kind];
    return n;
}

static guint64 key_of(StoreKind kind, gint64 id)
{
    return (guint64)kind << 48 | (guint64)id;
}

static gpointer pointer_of(guint64 key)
{
    return (gpointer)(guintptr)key;
}

gint64 taker_ours(const Taker *taker, StoreKind kind, gint64 theirs)
{
    return (gint64)(guintptr)g_hash_table_lookup(taker->map, pointer_of(key_of(kind, theirs)));
}

void taker_map(Taker *taker, StoreKind kind, gint64 theirs, gint64 ours)
{
    const guint64 key = key_of(kind, theirs);
    if (!g_hash_table_contains(taker->map, pointer_of(key)))
        g_array_append_val(taker->fresh, key);
    g_hash_table_insert(taker->map, pointer_of(key), (gpointer)(guintptr)ours);
}

/* ---- what earlier imports kept ---- */

static char *setting_prefix(const Taker *taker)
{
    return g_strdup_printf("taken/%s/", taker->tag);
}

static bool load_pairs(Taker *taker, const json_t *list)
{
    gsize i;
    json_t *pair;
    json_array_foreach((json_t *)list, i, pair)
    {
        StoreKind kind, same;
        gint64 theirs, ours;
        if (!store_id_parse(json_string_value(json_array_get(pair, 0)), &kind, &theirs) ||
            !store_id_parse(json_string_value(json_array_get(pair, 1)), &same, &ours) ||
            kind != same)
            return false;
        g_hash_table_insert(taker->map, pointer_of(key_of(kind, theirs)), (gpointer)(guintptr)ours);
    }
    return json_is_array(list);
}

static bool load_kept(Taker *taker, const StoreSetting *setting, GError **error)
{
    StoreKind kind = STORE_KIND_NONE;
    gint64 original_id = 0;
    g_autoptr(GBytes) bytes = setting->value != NULL &&
                                      store_id_parse(setting->value, &kind, &original_id) &&
                                      kind == STORE_KIND_ORIGINAL
                                  ? evidence_original_load(taker->store, original_id, 0, 0, error)
                                  : NULL;
    gsize n = 0;
    const char *text = bytes != NULL ? g_bytes_get_data(bytes, &n) : NULL;
    json_t *object = text != NULL ? json_loadb(text, n, 0, NULL) : NULL;
    const bool fits = load_pairs(taker, json_object_get(object, "records"));
    json_decref(object);
    if (!fits && (error == NULL || *error == NULL))
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY,
                    _("%s is not what an earlier import of this case's records kept."),
                    setting->value != NULL ? setting->value : setting->name);
    return fits;
}

Taker *taker_new(Store *store, const char *tag, GError **error)
{
    g_autoptr(Taker) taker = g_new0(Taker, 1);
    taker->store = store;
    taker->tag = g_strdup(tag);
    taker->map = g_hash_table_new(NULL, NULL);
    taker->fresh = g_array_new(FALSE, FALSE, sizeof(guint64));
    taker->later = g_array_new(FALSE, FALSE, sizeof(Later));
    g_autofree char *prefix = setting_prefix(taker);
    g_autoptr(GPtrArray) settings = store_setting_list(store, NULL, error);
    for (guint i = 0; settings != NULL && i < settings->len; i++) {
        const StoreSetting *setting = settings->pdata[i];
        if (g_str_has_prefix(setting->name, prefix) && !load_kept(taker, setting, error))
            return NULL;
    }
    return settings != NULL ? g_steal_pointer(&taker) : NULL;
}

void taker_free(Taker *taker)
{
    if (taker == NULL)
        return;
    g_free(taker->tag);
    g_hash_table_unref(taker->map);
    g_array_unref(taker->fresh);
    g_array_unref(taker->later);
    g_free(taker);
}

void taker_from(Taker *taker, gint64 original_id, gint64 import_id)
{
    taker->original_id = original_id;
    taker->import_id = import_id;
}

/* ---- one record ---- */

static bool put_reference(Taker *taker, StoreKind kind, void *record, gsize i,
                          const StoreColumn *column, const char *text, GArray *later,
                          GError **error)
{
    StoreKind ref;
    gint64 theirs;
    char mapped[STORE_ID_MAX];
    if (!store_id_parse(text, &ref, &theirs) || ref != column->ref)
        return store_record_set_plain(kind, record, i, text, error); /* gives the sentence */
    const gint64 ours = taker_ours(taker, ref, theirs);
    if (ours != 0)
        return store_record_set_plain(kind, record, i, store_id_format(ref, ours, mapped), error);
    if (ref == STORE_KIND_ORIGINAL || ref == STORE_KIND_IMPORT)
        return true; /* where it came in from is ours to say */
    const Later wait = {.kind = kind, .ref = ref, .theirs = theirs, .column = i};
    g_array_append_val(later, wait);
    return true;
}

static bool fill(Taker *taker, StoreKind kind, void *record, TakerValue value, void *context,
                 GArray *later, GError **error)
{
    for (gsize i = 0; i < store_kind_n_columns(kind); i++) {
        const StoreColumn column = store_kind_column(kind, i);
        const char *text = value(context, column.name);
        if (text == NULL)
            continue;
        if (!(column.type == STORE_VALUE_RECORD
                  ? put_reference(taker, kind, record, i, &column, text, later, error)
                  : store_record_set_plain(kind, record, i, text, error)))
            return false;
    }
    return true;
}

/* Without the hash of all fields (names among them, it stays with their case) a report is known by
 * their case and its number. */
static void key_report(const Taker *taker, StoreReport *report, gint64 theirs)
{
    if (!sodium_is_zero(report->content_key, sizeof report->content_key))
        return;
    g_autofree char *text =
        g_strdup_printf("zenhar export %s R%" G_GINT64_FORMAT, taker->tag, theirs);
    crypto_generichash(report->content_key, sizeof report->content_key, (const guint8 *)text,
                       strlen(text), NULL, 0);
}

static bool complete(Taker *taker, StoreKind kind, void *record, gint64 theirs, guint64 offset,
                     guint64 length, GError **error)
{
    if (kind == STORE_KIND_REPORT) {
        StoreReport *report = record;
        if (report->original_id == 0) { /* else its own came with it */
            report->original_id = taker->original_id;
            report->original_offset = (gint64)offset;
            report->original_length = (gint64)length;
        }
        report->import_id = taker->import_id;
        key_report(taker, report, theirs);
    } else if (kind == STORE_KIND_SOURCE && ((StoreSource *)record)->name == NULL) {
        ((StoreSource *)record)->name =
            g_strdup_printf("S%" G_GINT64_FORMAT "@%.8s", theirs, taker->tag);
    } else if (kind == STORE_KIND_PERSON) {
        char **code = &((StorePerson *)record)->code;
        const gint64 taken = store_record_find_name(taker->store, kind, *code, error);
        if (taken < 0)
            return false;
        if (taken > 0)
            g_clear_pointer(code, g_free); /* adding makes one of the number */
    }
    return true;
}

static bool add_new(Taker *taker, StoreKind kind, gint64 theirs, void *record, GArray *later,
                    GError **error)
{
    const gint64 same = store_record_find_same(taker->store, kind, record, error);
    if (same < 0)
        return false;
    if (same > 0) {
        taker->done.known[kind]++;
        taker_map(taker, kind, theirs, same);
        return true;
    }
    if (!store_record_add(taker->store, kind, record, error) ||
        (kind == STORE_KIND_REPORT && !intake_search_put(taker->store, record, NULL, error)))
        return false;
    const gint64 ours = store_record_id(record);
    taker->done.added[kind]++;
    taker_map(taker, kind, theirs, ours);
    for (guint i = 0; i < later->len; i++)
        g_array_index(later, Later, i).ours = ours;
    g_array_append_vals(taker->later, later->data, later->len);
    return true;
}

const char *taker_field(void *context, const char *name)
{
    TakerFields *fields = context;
    const json_t *value = json_object_get(fields->fields, name);
    if (value == NULL || json_is_string(value))
        return json_string_value(value);
    if (json_is_boolean(value))
        return json_is_true(value) ? "true" : "false";
    char *dump = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(17));
    g_free(fields->room);
    fields->room = g_strdup(dump);
    free(dump); /* jansson's own allocator */
    return fields->room;
}

bool taker_add(Taker *taker, StoreKind kind, gint64 theirs, TakerValue value, void *context,
               guint64 offset, guint64 length, GError **error)
{
    if (taker_ours(taker, kind, theirs) != 0) {
        taker->done.known[kind]++;
        return true;
    }
    g_autoptr(GArray) later = g_array_new(FALSE, FALSE, sizeof(Later));
    void *record = store_record_new(kind);
    const bool done = fill(taker, kind, record, value, context, later, error) &&
                      complete(taker, kind, record, theirs, offset, length, error) &&
                      add_new(taker, kind, theirs, record, later, error);
    store_record_free(kind, record);
    return done;
}

/* ---- the end ---- */

static bool join_later(Taker *taker, GError **error)
{
    for (guint i = 0; i < taker->later->len; i++) {
        const Later *wait = &g_array_index(taker->later, Later, i);
        const gint64 ours = taker_ours(taker, wait->ref, wait->theirs);
        char text[STORE_ID_MAX];
        if (ours == 0) {
            taker->done.unnamed++;
            continue;
        }
        void *record = store_record_load(taker->store, wait->kind, wait->ours, error);
        const bool done = record != NULL &&
                          store_record_set_plain(wait->kind, record, wait->column,
                                                 store_id_format(wait->ref, ours, text), error) &&
                          store_record_update(taker->store, wait->kind, record, error);
        store_record_free(wait->kind, record);
        if (!done)
            return false;
    }
    return true;
}

static char *kept_text(const Taker *taker, json_t *more)
{
    json_t *object = more != NULL ? more : json_object();
    json_t *records = json_array();
    for (guint i = 0; i < taker->fresh->len; i++) {
        const guint64 key = g_array_index(taker->fresh, guint64, i);
        const StoreKind kind = (StoreKind)(key >> 48);
        const gint64 theirs = (gint64)(key & ((G_GUINT64_CONSTANT(1) << 48) - 1));
        char one[STORE_ID_MAX], other[STORE_ID_MAX];
        json_array_append_new(
            records, json_pack("[s, s]", store_id_format(kind, theirs, one),
                               store_id_format(kind, taker_ours(taker, kind, theirs), other)));
    }
    json_object_set_new(object, "format", json_string(KEPT_FORMAT));
    json_object_set_new(object, "case", json_string(taker->tag));
    json_object_set_new(object, "records", records);
    char *dump = json_dumps(object, JSON_COMPACT);
    json_decref(object);
    char *text = g_strdup(dump);
    free(dump); /* jansson's own allocator */
    return text;
}

bool taker_end(Taker *taker, json_t *more, TakeDone *ret, GError **error)
{
    gint64 kept = 0;
    char id[STORE_ID_MAX];
    bool known;
    if (!join_later(taker, error)) {
        json_decref(more);
        return false;
    }
    g_autofree char *text = kept_text(taker, more);
    g_autofree char *name = g_strdup_printf("taken-%.8s.json", taker->tag);
    if (!evidence_original_add_bytes(taker->store, text, strlen(text), name, "application/json",
                                     KEPT_ORIGIN, &kept, &known, error))
        return false;
    g_autofree char *prefix = setting_prefix(taker);
    g_autofree char *setting = g_strdup_printf("%s%" G_GINT64_FORMAT, prefix, kept);
    *ret = taker->done;
    ret->original_id = taker->original_id;
    return store_setting_set(taker->store, setting, store_id_format(STORE_KIND_ORIGINAL, kept, id),
                             error);
}
