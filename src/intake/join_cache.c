/* Records kept from run to run: a run after an import of a few reports reads the few, not the case.
 *
 * Each run leaves its records, sealed, and the position of the log at which it ended. What the log
 * holds behind that position is all that can have changed: those statements are read from the case,
 * the others from here. A record is
 *
 *     Fixed                 numbers, days
 *     N_TEXTS texts         each with its NUL; empty where there is none
 *
 * and stands in the byte order of the machine: another machine reads the case anew. */
#include "intake/join_private.h"

#include "evidence/evidence.h"
#include "store/cache.h"
#include "store/user.h"
#include <string.h>

#define RECORDS_NAME  "join records 1"
#define WORDS_NAME    "join words 1"
#define POSITION_NAME "join position 1"
#define STATE_SETTING "link_state"

enum { RAW_TEXTS = 10, N_TEXTS = RAW_TEXTS + JOIN_COLUMNS, MOST_PARTS = 64, MOST_CHANGES = 50000 };

typedef struct {
    gint64 statement, report, source, person, act, place;
    gint32 first_day, last_day, age, synthetic;
} Fixed;

/* ---- texts of a record, in order ---- */

static const char **text_of(JoinRecord *record, gsize t)
{
    const char **const raw[RAW_TEXTS] = {
        &record->name,        &record->father,     &record->birth, &record->gender,
        &record->national_id, &record->group,      &record->kind,  &record->perpetrator,
        &record->event_date,  &record->place_text,
    };
    return t < RAW_TEXTS ? raw[t] : &record->told[t - RAW_TEXTS];
}

static void add_record(GByteArray *out, const JoinRecord *record)
{
    JoinRecord copy = *record;
    const Fixed fixed = {
        .statement = record->statement,
        .report = record->report,
        .source = record->source,
        .person = record->person,
        .act = record->act,
        .place = record->place,
        .first_day = record->first_day,
        .last_day = record->last_day,
        .age = record->age,
        .synthetic = record->synthetic,
    };
    g_byte_array_append(out, (const guint8 *)&fixed, sizeof fixed);
    for (gsize t = 0; t < N_TEXTS; t++) {
        const char *text = *text_of(&copy, t);
        g_byte_array_append(out, (const guint8 *)(text != NULL ? text : ""),
                            (guint)(text != NULL ? strlen(text) : 0) + 1);
    }
}

/* Reads one record at *at; false at the end, or where it is cut off. Texts stay where they are. */
static bool read_record(const GByteArray *bytes, gsize *at, JoinRecord *ret_record)
{
    Fixed fixed;
    if (bytes->len - *at < sizeof fixed)
        return false;
    memcpy(&fixed, bytes->data + *at, sizeof fixed);
    *at += sizeof fixed;
    *ret_record = (JoinRecord){
        .statement = fixed.statement,
        .report = fixed.report,
        .source = fixed.source,
        .person = fixed.person,
        .act = fixed.act,
        .place = fixed.place,
        .first_day = fixed.first_day,
        .last_day = fixed.last_day,
        .age = fixed.age,
        .synthetic = fixed.synthetic != 0,
    };
    for (gsize t = 0; t < N_TEXTS; t++) {
        const char *text = (const char *)bytes->data + *at;
        const char *end = memchr(text, 0, bytes->len - *at);
        if (end == NULL)
            return false;
        if (t >= RAW_TEXTS || end != text)
            *text_of(ret_record, t) = text;
        *at += (gsize)(end - text) + 1;
    }
    return true;
}

/* ---- what has changed ---- */

static bool read_position(Store *store, gint64 *ret_position, GError **error)
{
    g_autoptr(GByteArray) bytes = store_cache_read(store, POSITION_NAME, NULL, error);
    *ret_position = -1;
    if (bytes != NULL && bytes->len == sizeof *ret_position)
        memcpy(ret_position, bytes->data, sizeof *ret_position);
    return bytes != NULL;
}

static bool concerns(const EvidenceChange *change)
{
    return change->kind == STORE_KIND_STATEMENT || change->kind == STORE_KIND_REPORT;
}

bool join_cache_changed(Store *store, bool *ret_known, bool *ret_changed, GError **error)
{
    gint64 position = -1;
    *ret_known = *ret_changed = false;
    if (!read_position(store, &position, error))
        return false;
    if (position < 0)
        return true;
    g_autoptr(GArray) changes = evidence_changes(store, position, error);
    for (guint i = 0; changes != NULL && i < changes->len; i++)
        *ret_changed |= concerns(&g_array_index(changes, EvidenceChange, i));
    *ret_known = true;
    return changes != NULL;
}

/* Statements that are to be read from the case, as a set. NULL without error: too much has changed,
 * or something went. */
static GHashTable *changed_statements(Store *store, gint64 position, GError **error)
{
    g_autoptr(GArray) changes = evidence_changes(store, position, error);
    g_autoptr(GHashTable)
        statements = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL),
        reports = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    for (guint i = 0; changes != NULL && i < changes->len; i++) {
        const EvidenceChange *change = &g_array_index(changes, EvidenceChange, i);
        if (!concerns(change))
            continue;
        if (change->operation == STORE_REMOVE || changes->len > MOST_CHANGES)
            return NULL;
        if (change->kind == STORE_KIND_STATEMENT)
            g_hash_table_add(statements, g_memdup2(&change->id, sizeof change->id));
        else if (change->operation == STORE_UPDATE)
            g_hash_table_add(reports, g_memdup2(&change->id, sizeof change->id));
    }
    if (changes == NULL)
        return NULL;
    GHashTableIter iter;
    gpointer key;
    g_hash_table_iter_init(&iter, reports);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        g_autoptr(GPtrArray) list =
            store_statement_list_by_report(store, *(const gint64 *)key, NULL, error);
        if (list == NULL)
            return NULL;
        for (guint i = 0; i < list->len; i++) {
            const StoreStatement *statement = g_ptr_array_index(list, i);
            g_hash_table_add(statements, g_memdup2(&statement->id, sizeof statement->id));
        }
    }
    return g_steal_pointer(&statements);
}

/* ---- reading ---- */

static int by_statement(gconstpointer a, gconstpointer b)
{
    const JoinRecord *x = a, *y = b;
    return x->statement < y->statement ? -1 : x->statement > y->statement;
}

/* Parts follow one another: of a statement that stands in several, the last holds. Read into known
 * and thinned out in place: this is most of what a run after a small import costs. */
static void take_cached(JoinRecords *records, gint64 n_parts, GHashTable *changed, GArray *known,
                        GArray *fresh)
{
    g_autoptr(GHashTable) last = g_hash_table_new(g_int64_hash, g_int64_equal);
    const guint likely = records->cached->len / 160;
    g_array_set_size(known, likely);
    g_array_set_size(known, 0);
    JoinRecord record;
    for (gsize at = 0; read_record(records->cached, &at, &record);)
        g_array_append_val(known, record);
    JoinRecord *all = (JoinRecord *)(void *)known->data;
    for (guint i = 0; n_parts > 1 && i < known->len; i++)
        g_hash_table_replace(last, &all[i].statement, GUINT_TO_POINTER(i));
    g_autofree bool *holds = g_new(bool, known->len + 1);
    for (guint i = 0; i < known->len; i++)
        holds[i] =
            (n_parts <= 1 || GPOINTER_TO_UINT(g_hash_table_lookup(last, &all[i].statement)) == i) &&
            !g_hash_table_contains(changed, &all[i].statement);
    guint kept = 0;
    for (guint i = 0; i < known->len; i++) {
        if (holds[i] && all[i].person == 0)
            g_array_append_val(fresh, all[i]);
        else if (holds[i] && kept++ != i)
            all[kept - 1] = all[i];
    }
    g_array_set_size(known, kept);
}

static bool take_changed(Store *store, JoinRecords *records, GHashTable *changed, GArray *known,
                         GArray *fresh, GError **error)
{
    GHashTableIter iter;
    gpointer key;
    g_hash_table_iter_init(&iter, changed);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        g_autoptr(StoreStatement) statement =
            store_statement_load(store, *(const gint64 *)key, error);
        JoinRecord record;
        bool use = false;
        if (statement == NULL || !join_record_load(store, records, statement, &record, &use, error))
            return false;
        if (use)
            g_array_append_val(record.person != 0 ? known : fresh, record);
    }
    g_array_sort(known, by_statement);
    g_array_sort(fresh, by_statement);
    return true;
}

bool join_cache_read(Store *store, JoinRecords *records, GArray *known, GArray *fresh,
                     bool *ret_found, GError **error)
{
    gint64 position = -1, n_parts = 0;
    *ret_found = false;
    if (!read_position(store, &position, error))
        return false;
    if (position < 0)
        return true;
    g_autoptr(GError) why = NULL;
    g_autoptr(GHashTable) changed = changed_statements(store, position, &why);
    g_autoptr(GByteArray) words = NULL;
    if (changed != NULL)
        records->cached = store_cache_read(store, RECORDS_NAME, &n_parts, &why);
    if (records->cached != NULL)
        words = store_cache_read(store, WORDS_NAME, NULL, &why);
    if (why != NULL) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    if (words == NULL || records->cached->len == 0) {
        g_clear_pointer(&records->cached, g_byte_array_unref);
        return true;
    }
    records->learned = g_strndup((const char *)words->data, words->len);
    take_cached(records, n_parts, changed, known, fresh);
    *ret_found = true;
    return take_changed(store, records, changed, known, fresh, error);
}

/* ---- writing ---- */

/* A row of the case that is written last: the log's position behind it is where this run ended. */
static bool mark_position(Store *store, GError **error)
{
    StoreLogHead head = {0};
    evidence_head(store, &head, NULL);
    g_autofree char *state = g_strdup_printf("%" G_GINT64_FORMAT, head.size);
    if (!store_setting_set(store, STATE_SETTING, state, error))
        return false;
    g_autoptr(GPtrArray) settings = store_setting_list(store, NULL, error);
    for (guint i = 0; settings != NULL && i < settings->len; i++) {
        const StoreSetting *setting = g_ptr_array_index(settings, i);
        if (strcmp(setting->name, STATE_SETTING) != 0)
            continue;
        gint64 position = store_log_position(store, STORE_KIND_SETTING, setting->id, error);
        if (position < 0)
            return false;
        position++;
        return store_cache_clear(store, POSITION_NAME, error) &&
               store_cache_append(store, POSITION_NAME, false, &position, sizeof position, error);
    }
    return false;
}

bool join_cache_write(Store *store, const JoinRecords *records, bool anew, GError **error)
{
    gint64 parts = 0;
    if (!store_cache_parts(store, RECORDS_NAME, &parts, error))
        return false;
    anew |= parts == 0 || parts >= MOST_PARTS;
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    for (gsize i = 0; i < records->n; i++)
        if (anew || records->records[i].dirty)
            add_record(bytes, &records->records[i]);
    const char *words = records->learned != NULL ? records->learned : "";
    return (!anew || store_cache_clear(store, RECORDS_NAME, error)) &&
           store_cache_append(store, RECORDS_NAME, true, bytes->data, bytes->len, error) &&
           store_cache_clear(store, WORDS_NAME, error) &&
           store_cache_append(store, WORDS_NAME, true, words, strlen(words), error) &&
           mark_position(store, error);
}
