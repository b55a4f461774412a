#include "handover/outlet.h"

#include "appeal/redact.h"
#include "base/i18n.h"
#include "evidence/evidence.h"
#include "store/person.h"
#include "store/report.h"
#include "store/user.h"
#include <sodium.h>
#include <string.h>

enum { LOOKS_MOST = 4096 };

/* How far a person's identity may go. */
typedef enum { IDENTITY_NONE, IDENTITY_INITIALS, IDENTITY_FULL } Identity;

typedef struct {
    StoreKind kind;
    gint64 id;
} Look;

struct Outlet {
    OutletPolicy policy;
    char *what, *reason;
    Store *store; /* a snapshot, unsealed where the keys do it */
    Store *log;   /* for the looks; NULL: these keys cannot write */
    bool has_keys, reading;
    guint8 id_key[crypto_generichash_KEYBYTES];
    GArray *looks;
    GHashTable *files;  /* what originals are called, without folders */
    GHashTable *names;  /* of sources and places, by kind << 48 | id and language */
    GHashTable *counts; /* "kind.field" → gint64 */
    gint64 records_redacted, fields_redacted;
    /* of the report in hand: what its texts must not say */
    gint64 report_id;
    Redactor redactor;
};

const char *outlet_use_name(OutletUse use)
{
    static const char *const NAMES[] = {"send", "government", "summary"};
    return use < OUTLET_N_USES ? NAMES[use] : NULL;
}

const char *outlet_degree_name(OutletDegree degree)
{
    static const char *const NAMES[] = {"redacted", "consented", "whole"};
    return NAMES[degree];
}

/* ---- opening ---- */

static bool denied(GError **error, const char *sentence)
{
    g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_DENIED, sentence);
    return false;
}

static bool enter(Outlet *outlet, GError **error)
{
    g_autoptr(StoreAudit) entry = store_audit_new();
    entry->action = g_strdup("export");
    entry->field =
        g_strdup_printf("%s, %s", outlet->what, outlet_degree_name(outlet->policy.degree));
    entry->reason = g_strdup(outlet->reason);
    const bool added = store_audit_add(outlet->log, entry, error);
    const bool unsealed =
        added && (!outlet->has_keys ||
                  store_unseal(outlet->log, 0,
                               outlet->reason != NULL ? outlet->reason
                                                      : "export: names are taken out of texts",
                               error));
    store_unseal_end(outlet->log);
    return unsealed;
}

static bool load_files(Outlet *outlet, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(StoreCursor) cursor = store_original_cursor(outlet->store, NULL, error);
    if (cursor == NULL)
        return false;
    for (const StoreOriginal *original; (original = store_original_next(cursor, &why)) != NULL;)
        if (original->name != NULL)
            g_hash_table_add(outlet->files, g_path_get_basename(original->name));
    if (why == NULL)
        return true;
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}

static bool open_both(Outlet *outlet, const char *folder, StoreKeys *keys, GError **error)
{
    const bool names = outlet->policy.degree != OUTLET_REDACTED;
    g_autoptr(GError) why = NULL;
    outlet->has_keys = store_keys_hold(keys, STORE_KEY_FIELDS);
    if (names && !outlet->has_keys)
        return denied(error, _("This passphrase's role may not see names: nothing was exported. "
                               "Without --with-identities the export is redacted."));
    if (outlet->policy.degree == OUTLET_WHOLE && !store_keys_hold(keys, STORE_KEY_ORIGINALS))
        return denied(error, _("This passphrase's role opens no original: nothing was exported."));
    if (store_keys_whole(keys) || outlet->has_keys)
        outlet->log = evidence_open_with_keys(folder, keys, STORE_WRITE, &why);
    if (outlet->log == NULL && (names || g_error_matches(why, ZENHAR_ERROR, ZENHAR_ERROR_BUSY))) {
        if (why != NULL)
            g_propagate_error(error, g_steal_pointer(&why));
        else
            denied(error, _("This passphrase cannot write down who looked: nothing was exported."));
        return false;
    }
    if (outlet->log != NULL && !enter(outlet, error))
        return false;
    outlet->store = evidence_open_with_keys(folder, keys, STORE_READ, error);
    if (outlet->store == NULL || !store_read_begin(outlet->store, error))
        return false;
    outlet->reading = true;
    return load_files(outlet, error) &&
           (!outlet->has_keys || store_unseal(outlet->store, 0, "export", error));
}

Outlet *outlet_new(const char *folder, StoreKeys *keys, const OutletPolicy *policy, GError **error)
{
    g_autoptr(Outlet) outlet = g_new0(Outlet, 1);
    outlet->policy = *policy;
    outlet->policy.what = outlet->what = g_strdup(policy->what);
    outlet->policy.reason = outlet->reason = g_strdup(policy->reason);
    outlet->looks = g_array_new(FALSE, FALSE, sizeof(Look));
    outlet->files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    outlet->names = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    outlet->counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    redactor_init(&outlet->redactor);
    /* A key that every role holds, so that all exports of a case give a record one name. */
    static const char PURPOSE[] = "zenhar names of records in exports 1";
    guint8 key[STORE_KEY_BYTES];
    store_keys_derive(keys, STORE_KEY_DATABASE, key);
    crypto_generichash(outlet->id_key, sizeof outlet->id_key, (const guint8 *)PURPOSE,
                       sizeof PURPOSE - 1, key, sizeof key);
    sodium_memzero(key, sizeof key);
    return open_both(outlet, folder, keys, error) ? g_steal_pointer(&outlet) : NULL;
}

void outlet_free(Outlet *outlet)
{
    if (outlet == NULL)
        return;
    if (outlet->reading)
        store_read_end(outlet->store);
    store_close(outlet->store);
    store_close(outlet->log);
    redactor_clear(&outlet->redactor);
    g_clear_pointer(&outlet->looks, g_array_unref);
    g_clear_pointer(&outlet->counts, g_hash_table_unref);
    g_clear_pointer(&outlet->names, g_hash_table_unref);
    g_clear_pointer(&outlet->files, g_hash_table_unref);
    sodium_memzero(outlet->id_key, sizeof outlet->id_key);
    g_free(outlet->what);
    g_free(outlet->reason);
    g_free(outlet);
}

Store *outlet_store(Outlet *outlet)
{
    return outlet->store;
}

const OutletPolicy *outlet_policy(const Outlet *outlet)
{
    return &outlet->policy;
}

bool outlet_has_keys(const Outlet *outlet)
{
    return outlet->has_keys;
}

bool outlet_is_logged(const Outlet *outlet)
{
    return outlet->log != NULL;
}

void outlet_id(const Outlet *outlet, StoreKind kind, gint64 id, char ret[OUTLET_ID_CHARS + 1])
{
    guint8 hash[OUTLET_ID_CHARS / 2];
    char name[STORE_ID_MAX] = "case";
    if (id != 0)
        store_id_format(kind, id, name);
    crypto_generichash(hash, sizeof hash, (const guint8 *)name, strlen(name), outlet->id_key,
                       sizeof outlet->id_key);
    sodium_bin2hex(ret, OUTLET_ID_CHARS + 1, hash, sizeof hash);
}

/* ---- whose identity may go ---- */

static bool identity_of(Outlet *outlet, gint64 person_id, Identity *ret, GError **error)
{
    const OutletPolicy *policy = &outlet->policy;
    *ret = policy->degree == OUTLET_WHOLE ? IDENTITY_FULL : IDENTITY_NONE;
    if (policy->degree != OUTLET_CONSENTED || person_id == 0)
        return true;
    Consents consents;
    if (!consents_load(outlet->store, person_id, policy->day, &consents, error))
        return false;
    const bool use = policy->use == OUTLET_SEND         ? consents.send
                     : policy->use == OUTLET_GOVERNMENT ? consents.government
                                                        : consents.summary;
    if (use && consents.name == CONSENT_FULL_NAME)
        *ret = IDENTITY_FULL;
    else if (use && consents.name == CONSENT_INITIALS)
        *ret = IDENTITY_INITIALS;
    return true;
}

/* ---- what free texts must not say ---- */

static bool hide_person(Outlet *outlet, Redactor *redactor, gint64 person_id, GError **error)
{
    Identity identity;
    if (person_id == 0)
        return true;
    if (!identity_of(outlet, person_id, &identity, error))
        return false;
    g_autoptr(StorePerson) person =
        identity == IDENTITY_FULL ? NULL : store_person_load(outlet->store, person_id, error);
    if (person == NULL)
        return identity == IDENTITY_FULL;
    const char *const IDENTITY[] = {person->name, person->name_latin, person->father,
                                    person->contact};
    for (gsize i = 0; i < G_N_ELEMENTS(IDENTITY); i++)
        redactor_add(redactor, IDENTITY[i]);
    return true;
}

static bool hide_statement(Outlet *outlet, Redactor *redactor, const StoreStatement *statement,
                           GError **error)
{
    Identity identity;
    if (!identity_of(outlet, statement->victim_id, &identity, error))
        return false;
    /* Consent to a name is none to numbers. */
    const char *const NUMBERS[] = {statement->victim_national_id, statement->victim_contact,
                                   statement->case_number};
    for (gsize i = 0; i < G_N_ELEMENTS(NUMBERS); i++)
        redactor_add(redactor, NUMBERS[i]);
    if (identity == IDENTITY_FULL)
        return true;
    redactor_add(redactor, statement->victim_name);
    redactor_add(redactor, statement->victim_father);
    return hide_person(outlet, redactor, statement->victim_id, error);
}

static bool hide_statements(Outlet *outlet, Redactor *redactor, GPtrArray *statements,
                            GError **error)
{
    if (statements == NULL)
        return false;
    for (guint i = 0; i < statements->len; i++)
        if (!hide_statement(outlet, redactor, statements->pdata[i], error))
            return false;
    return true;
}

static void restart(Redactor *redactor)
{
    redactor_clear(redactor);
    redactor_init(redactor);
}

/* The names and numbers that the texts of a record must not say: of the report that it is of, of
 * the person that it is about. */
static bool prepare(Outlet *outlet, StoreKind kind, const void *record, GError **error)
{
    const gint64 report_id = kind == STORE_KIND_REPORT ? store_record_id(record)
                             : kind == STORE_KIND_STATEMENT
                                 ? ((const StoreStatement *)record)->report_id
                                 : 0;
    if (!outlet->has_keys || outlet->policy.degree == OUTLET_WHOLE)
        return true;
    if (report_id != 0 && report_id == outlet->report_id)
        return true;
    restart(&outlet->redactor);
    outlet->report_id = report_id;
    g_autoptr(GPtrArray) statements = NULL;
    switch (kind) {
    case STORE_KIND_REPORT:
    case STORE_KIND_STATEMENT:
        if (report_id == 0)
            return hide_statement(outlet, &outlet->redactor, record, error);
        statements = store_statement_list_by_report(outlet->store, report_id, NULL, error);
        return hide_statements(outlet, &outlet->redactor, statements, error);
    case STORE_KIND_ACT:
        statements =
            store_statement_list_by_act(outlet->store, store_record_id(record), NULL, error);
        return hide_statements(outlet, &outlet->redactor, statements, error) &&
               hide_person(outlet, &outlet->redactor, ((const StoreAct *)record)->victim_id, error);
    case STORE_KIND_PERSON:
        return hide_person(outlet, &outlet->redactor, store_record_id(record), error);
    case STORE_KIND_CONSENT:
        return hide_person(outlet, &outlet->redactor,
                           store_record_integer(kind, record, "person_id"), error);
    default:
        return true;
    }
}

/* ---- columns ---- */

typedef enum {
    COLUMN_OPEN,
    COLUMN_FREE,   /* words that somebody wrote: without names */
    COLUMN_NAME,   /* a sealed name: as consents go */
    COLUMN_CLOSED, /* goes out whole or not at all */
    COLUMN_BIRTH,  /* a date: its year */
    COLUMN_OURS,   /* the program's own: a hash of all fields would let names be guessed */
} ColumnRule;

static const struct {
    StoreKind kind;
    const char *name;
    ColumnRule rule;
} RULES[] = {
    {STORE_KIND_REPORT, "place_text", COLUMN_FREE},
    {STORE_KIND_REPORT, "title", COLUMN_FREE},
    {STORE_KIND_REPORT, "text", COLUMN_FREE},
    {STORE_KIND_REPORT, "external_id", COLUMN_FREE},
    {STORE_KIND_REPORT, "extra", COLUMN_FREE},
    {STORE_KIND_REPORT, "content_key", COLUMN_OURS},
    {STORE_KIND_REPORT, "import_id", COLUMN_OURS},
    {STORE_KIND_STATEMENT, "victim_name", COLUMN_NAME},
    {STORE_KIND_STATEMENT, "victim_father", COLUMN_NAME},
    {STORE_KIND_STATEMENT, "victim_birth", COLUMN_BIRTH},
    {STORE_KIND_STATEMENT, "victim_group", COLUMN_FREE},
    {STORE_KIND_STATEMENT, "perpetrator", COLUMN_FREE},
    {STORE_KIND_STATEMENT, "place_text", COLUMN_FREE},
    {STORE_KIND_STATEMENT, "according_to", COLUMN_FREE},
    {STORE_KIND_STATEMENT, "charge", COLUMN_FREE},
    {STORE_KIND_STATEMENT, "outcome", COLUMN_FREE},
    {STORE_KIND_PERSON, "name", COLUMN_NAME},
    {STORE_KIND_PERSON, "name_latin", COLUMN_NAME},
    {STORE_KIND_PERSON, "father", COLUMN_NAME},
    {STORE_KIND_PERSON, "birth_date", COLUMN_NAME},
    {STORE_KIND_PERSON, "group", COLUMN_FREE},
    {STORE_KIND_ACT, "perpetrator", COLUMN_FREE},
    {STORE_KIND_ACT, "title", COLUMN_FREE},
    {STORE_KIND_ORIGINAL, "name", COLUMN_CLOSED},
    {STORE_KIND_ORIGINAL, "origin", COLUMN_CLOSED},
    {STORE_KIND_CONSENT, "how", COLUMN_FREE},
};

/* A source that is a person is one to be protected; one that is called after a file (as an import
 * does where nobody says who tells) may be called after a person. */
static bool is_hidden_source(const Outlet *outlet, const StoreSource *source)
{
    return outlet->policy.degree != OUTLET_WHOLE && source->name != NULL &&
           (g_strcmp0(source->kind, "person") == 0 ||
            g_hash_table_contains(outlet->files, source->name));
}

static ColumnRule rule_of(const Outlet *outlet, StoreKind kind, const StoreColumn *column,
                          const void *record)
{
    for (gsize i = 0; i < G_N_ELEMENTS(RULES); i++)
        if (RULES[i].kind == kind && strcmp(RULES[i].name, column->name) == 0)
            return RULES[i].rule;
    if (column->sealed)
        return COLUMN_CLOSED; /* numbers, contacts, notes */
    if (kind == STORE_KIND_SOURCE && record != NULL &&
        (strcmp(column->name, "name") == 0 || strcmp(column->name, "url") == 0 ||
         strcmp(column->name, "note") == 0) &&
        is_hidden_source(outlet, record))
        return COLUMN_CLOSED;
    return COLUMN_OPEN;
}

bool outlet_column(const Outlet *outlet, StoreKind kind, gsize i)
{
    const StoreColumn column = store_kind_column(kind, i);
    return outlet->policy.degree == OUTLET_WHOLE ||
           rule_of(outlet, kind, &column, NULL) != COLUMN_OURS;
}

/* Whether names go is asked of the person; whose initials are all that may, loses the rest. */
static char *pass_name(Identity identity, const StoreColumn *column, char *value, bool *ret_held)
{
    const bool is_name =
        strstr(column->name, "father") == NULL && strstr(column->name, "name") != NULL;
    *ret_held = identity != IDENTITY_FULL;
    if (identity == IDENTITY_FULL)
        return value;
    char *initials = identity == IDENTITY_INITIALS && is_name ? redact_initials(value) : NULL;
    g_free(value);
    return initials;
}

/* A JSON object of columns that have no place of their own: its texts and numbers without names. */
static json_t *redact_json(const Redactor *redactor, json_t *value, bool *any)
{
    if (json_is_object(value)) {
        json_t *out = json_object(), *member;
        const char *key;
        json_object_foreach(value, key, member)
        {
            bool hit = false;
            g_autofree char *name = redactor_apply(redactor, key, &hit);
            *any |= hit;
            json_object_set_new(out, name, redact_json(redactor, member, any));
        }
        return out;
    }
    if (json_is_array(value)) {
        json_t *out = json_array();
        for (gsize i = 0; i < json_array_size(value); i++)
            json_array_append_new(out, redact_json(redactor, json_array_get(value, i), any));
        return out;
    }
    if (!json_is_string(value) && !json_is_integer(value))
        return json_incref(value);
    bool hit = false;
    g_autofree char *text =
        json_is_string(value) ? g_strdup(json_string_value(value))
                              : g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
    g_autofree char *without = redactor_apply(redactor, text, &hit);
    *any |= hit;
    return hit ? json_string(without) : json_incref(value);
}

static char *pass_free(const Outlet *outlet, const StoreColumn *column, char *value, bool *ret_held)
{
    if (!outlet->has_keys) { /* names in it cannot be looked for */
        *ret_held = true;
        g_free(value);
        return NULL;
    }
    bool any = false;
    char *without = NULL;
    if (strcmp(column->name, "extra") == 0) {
        json_t *object = json_loads(value, 0, NULL);
        json_t *passed = object != NULL ? redact_json(&outlet->redactor, object, &any) : NULL;
        char *dump = any ? json_dumps(passed, JSON_COMPACT) : NULL;
        without = g_strdup(dump);
        free(dump);
        json_decref(passed);
        json_decref(object);
        any |= object == NULL; /* nobody knows what it is */
    } else {
        without = redactor_apply(&outlet->redactor, value, &any);
    }
    *ret_held = any;
    if (!any) {
        g_free(without);
        return value;
    }
    g_free(value);
    return without;
}

static char *pass_birth(Identity identity, char *value, bool *ret_held)
{
    const bool has_year = strspn(value, "0123456789") == 4 && value[4] == '-';
    *ret_held = identity != IDENTITY_FULL && has_year;
    if (*ret_held)
        value[4] = '\0';
    return value;
}

static char *pass_value(const Outlet *outlet, ColumnRule rule, Identity identity,
                        const StoreColumn *column, char *value, bool *ret_held)
{
    *ret_held = false;
    if (value == NULL || outlet->policy.degree == OUTLET_WHOLE)
        return value;
    switch (rule) {
    case COLUMN_OPEN:
        return value;
    case COLUMN_FREE:
        return pass_free(outlet, column, value, ret_held);
    case COLUMN_NAME:
        return pass_name(identity, column, value, ret_held);
    case COLUMN_BIRTH:
        return pass_birth(identity, value, ret_held);
    case COLUMN_CLOSED:
        *ret_held = true;
        break;
    case COLUMN_OURS:
        break;
    }
    g_free(value);
    return NULL;
}

/* ---- names of sources and places ---- */

const char *outlet_name(Outlet *outlet, StoreKind kind, gint64 id, GError **error)
{
    enum { NAMES_MOST = 1 << 14 };
    const bool persian = i18n_language() == I18N_PERSIAN;
    const gpointer key =
        (gpointer)(guintptr)((guint64)kind << 48 | (guint64)id << 1 | (guint64)persian);
    const char *known = g_hash_table_lookup(outlet->names, key);
    if (known != NULL)
        return known;
    char *name = NULL;
    void *record = store_record_load(outlet->store, kind, id, error);
    if (record == NULL)
        return NULL;
    if (kind == STORE_KIND_PLACE) {
        const StorePlace *place = record;
        name = g_strdup(persian && place->name_fa != NULL ? place->name_fa : place->name_en);
    } else if (!is_hidden_source(outlet, record)) {
        name = g_strdup(((StoreSource *)record)->name);
    }
    store_record_free(kind, record);
    if (g_hash_table_size(outlet->names) >= NAMES_MOST)
        g_hash_table_remove_all(outlet->names);
    name = name != NULL ? name : g_strdup("");
    g_hash_table_insert(outlet->names, key, name);
    return name;
}

/* ---- passing ---- */

const char *outlet_value(const OutletRecord *record, const char *field)
{
    const gssize i = store_kind_column_find(record->kind, field);
    g_assert(i >= 0);
    return record->values[i];
}

void outlet_record_clear(OutletRecord *record)
{
    for (gsize i = 0; i < OUTLET_MAX_COLUMNS; i++)
        g_clear_pointer(&record->values[i], g_free);
}

static void count(Outlet *outlet, StoreKind kind, const char *field)
{
    g_autofree char *name = g_strdup_printf("%s.%s", store_kind_name(kind), field);
    gint64 *n = g_hash_table_lookup(outlet->counts, name);
    if (n == NULL) {
        n = g_new0(gint64, 1);
        g_hash_table_insert(outlet->counts, g_steal_pointer(&name), n);
    }
    (*n)++;
}

static gint64 person_of(StoreKind kind, const void *record)
{
    switch (kind) {
    case STORE_KIND_PERSON:
        return store_record_id(record);
    case STORE_KIND_STATEMENT:
        return ((const StoreStatement *)record)->victim_id;
    default:
        return 0;
    }
}

bool outlet_pass(Outlet *outlet, StoreKind kind, const void *record, OutletRecord *ret,
                 GError **error)
{
    Identity identity;
    bool looked = false;
    memset(ret, 0, sizeof *ret);
    ret->kind = kind;
    ret->id = store_record_id(record);
    g_assert(store_kind_n_columns(kind) <= OUTLET_MAX_COLUMNS);
    if (!identity_of(outlet, person_of(kind, record), &identity, error) ||
        !prepare(outlet, kind, record, error))
        return false;
    for (gsize i = 0; i < store_kind_n_columns(kind); i++) {
        const StoreColumn column = store_kind_column(kind, i);
        const ColumnRule rule = rule_of(outlet, kind, &column, record);
        if (!outlet_column(outlet, kind, i))
            continue;
        ret->values[i] = pass_value(outlet, rule, identity, &column,
                                    store_record_plain(kind, record, i), &ret->redacted[i]);
        looked |= column.sealed && ret->values[i] != NULL;
        if (!ret->redacted[i])
            continue;
        ret->n_redacted++;
        count(outlet, kind, column.name);
    }
    outlet->records_redacted += ret->n_redacted > 0;
    outlet->fields_redacted += ret->n_redacted;
    const Look look = {kind, ret->id};
    if (looked)
        g_array_append_val(outlet->looks, look);
    return outlet->looks->len < LOOKS_MOST || outlet_looked(outlet, error);
}

bool outlet_looked(Outlet *outlet, GError **error)
{
    if (outlet->looks->len == 0)
        return true;
    g_assert(outlet->log != NULL);
    if (!store_begin(outlet->log, error))
        return false;
    for (guint i = 0; i < outlet->looks->len; i++) {
        const Look *look = &g_array_index(outlet->looks, Look, i);
        if (!store_audit_look(outlet->log, 0, look->kind, look->id, outlet->what, outlet->reason,
                              error)) {
            store_rollback(outlet->log);
            return false;
        }
    }
    g_array_set_size(outlet->looks, 0);
    return store_commit(outlet->log, error);
}

/* ---- what was held back ---- */

gint64 outlet_records_redacted(const Outlet *outlet)
{
    return outlet->records_redacted;
}

gint64 outlet_fields_redacted(const Outlet *outlet)
{
    return outlet->fields_redacted;
}

static void count_free(gpointer data)
{
    OutletCount *one = data;
    g_free(one->field);
    g_free(one);
}

static gint by_field(gconstpointer a, gconstpointer b)
{
    return strcmp((*(OutletCount *const *)a)->field, (*(OutletCount *const *)b)->field);
}

GPtrArray *outlet_counts(const Outlet *outlet)
{
    GPtrArray *list = g_ptr_array_new_with_free_func(count_free);
    GHashTableIter iter;
    gpointer field, n;
    g_hash_table_iter_init(&iter, outlet->counts);
    while (g_hash_table_iter_next(&iter, &field, &n)) {
        OutletCount *one = g_new(OutletCount, 1);
        *one = (OutletCount){g_strdup(field), *(gint64 *)n};
        g_ptr_array_add(list, one);
    }
    g_ptr_array_sort(list, by_field);
    return list;
}

json_t *outlet_counts_json(const Outlet *outlet)
{
    g_autoptr(GPtrArray) list = outlet_counts(outlet);
    json_t *object = json_object();
    for (guint i = 0; i < list->len; i++) {
        const OutletCount *one = list->pdata[i];
        json_object_set_new(object, one->field, json_integer((json_int_t)one->n));
    }
    return object;
}

char *outlet_describe(const Outlet *outlet)
{
    g_autoptr(GPtrArray) list = outlet_counts(outlet);
    g_autoptr(GString) out = g_string_new(NULL);
    g_autofree char *fields = i18n_integer(outlet->fields_redacted);
    g_autofree char *records = i18n_integer(outlet->records_redacted);
    if (outlet->policy.degree == OUTLET_WHOLE)
        g_string_append(out, _("Nothing was redacted: the export is whole, with every identity."));
    else if (list->len == 0)
        g_string_append(out, _("Nothing was redacted: nothing in it is sealed or names a person."));
    else
        g_string_append_printf(out, _("Redacted: %s fields in %s records"), fields, records);
    for (guint i = 0; i < list->len; i++) {
        const OutletCount *one = list->pdata[i];
        g_autofree char *n = i18n_integer(one->n);
        g_string_append_printf(out, "%s%s %s", i == 0 ? _(": ") : _(", "), one->field, n);
    }
    if (list->len > 0)
        g_string_append(out, ".");
    if (!outlet->has_keys)
        g_string_append(out, _(" Names in free texts cannot be looked for with this passphrase, so "
                               "these texts were left out."));
    if (outlet->log == NULL)
        g_string_append(out, _(" This passphrase cannot write: the case's log does not know of the "
                               "export."));
    return g_string_free(g_steal_pointer(&out), FALSE);
}
