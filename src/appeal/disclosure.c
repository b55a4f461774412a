#include "appeal/disclosure.h"

#include "appeal/redact.h"
#include "appeal/submission.h"
#include "evidence/fields.h"
#include "store/appeal.h"
#include "store/intake.h"
#include "store/link.h"
#include "store/person.h"
#include "store/report.h"
#include <string.h>

struct Disclosure {
    Store *store;
    Store *names; /* a connection that reads sealed fields, to look for them in texts */
    DisclosureOptions options;
    GHashTable *persons;    /* id → Will as a pointer */
    GHashTable *quarantine; /* ids of originals with records that were not read; NULL not looked */
};

/* What a person said of being spoken of. */
typedef enum { WILL_UNKNOWN, WILL_ASKED_NOTHING, WILL_REFUSED, WILL_MASKED, WILL_NAMED } Will;

Disclosure *disclosure_new(Store *store, const DisclosureOptions *options, GError **error)
{
    g_autoptr(Disclosure) disclosure = g_new0(Disclosure, 1);
    disclosure->store = store;
    disclosure->options = *options;
    disclosure->persons = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    if (options->reveal)
        return g_steal_pointer(&disclosure);
    disclosure->names =
        evidence_open_with_keys(store_folder(store), store_keys(store), STORE_READ, error);
    return disclosure->names != NULL && store_unseal(disclosure->names, 0, "export", error)
               ? g_steal_pointer(&disclosure)
               : NULL;
}

void disclosure_free(Disclosure *disclosure)
{
    if (disclosure == NULL)
        return;
    g_hash_table_unref(disclosure->persons);
    g_clear_pointer(&disclosure->quarantine, g_hash_table_unref);
    store_close(disclosure->names);
    g_free(disclosure);
}

/* ---- consents ---- */

static bool will_of(Disclosure *disclosure, gint64 person, Will *ret_will, GError **error)
{
    *ret_will = (Will)GPOINTER_TO_INT(g_hash_table_lookup(disclosure->persons, &person));
    if (*ret_will != WILL_UNKNOWN)
        return true;
    Consents consents;
    if (!consents_load(disclosure->store, person, disclosure->options.day, &consents, error))
        return false;
    *ret_will = !consents.asked[0]                   ? WILL_ASKED_NOTHING
                : !consents.send                     ? WILL_REFUSED
                : consents.name == CONSENT_FULL_NAME ? WILL_NAMED
                                                     : WILL_MASKED;
    g_hash_table_insert(disclosure->persons, g_memdup2(&person, sizeof person),
                        GINT_TO_POINTER(*ret_will));
    return true;
}

static bool refused(Disclosure *disclosure, gint64 person, bool *ret_refused, GError **error)
{
    Will will = WILL_UNKNOWN;
    *ret_refused = false;
    if (person == 0)
        return true;
    if (!will_of(disclosure, person, &will, error))
        return false;
    *ret_refused = will == WILL_REFUSED;
    return true;
}

static bool report_refused(Disclosure *disclosure, gint64 report, bool *ret_refused, GError **error)
{
    g_autoptr(GPtrArray) statements =
        store_statement_list_by_report(disclosure->store, report, NULL, error);
    *ret_refused = false;
    for (guint i = 0; statements != NULL && i < statements->len && !*ret_refused; i++) {
        const StoreStatement *statement = g_ptr_array_index(statements, i);
        if (!refused(disclosure, statement->victim_id, ret_refused, error))
            return false;
    }
    return statements != NULL;
}

/* ---- names in texts ---- */

static bool add_person(Disclosure *disclosure, Redactor *redactor, gint64 id, GError **error)
{
    if (id == 0)
        return true;
    g_autoptr(StorePerson) person = store_person_load(disclosure->names, id, error);
    if (person == NULL)
        return false;
    redactor_add(redactor, person->name);
    redactor_add(redactor, person->name_latin);
    redactor_add(redactor, person->father);
    redactor_add(redactor, person->contact);
    return true;
}

/* The import masks the names and numbers it knows; what was linked or corrected later may have
 * brought more. A text cannot be cut here, its hash is that of the whole. */
static bool report_names(Disclosure *disclosure, const StoreReport *report, bool *ret_names,
                         GError **error)
{
    g_auto(Redactor) redactor = {0};
    redactor_init(&redactor);
    g_autoptr(GPtrArray) statements =
        store_statement_list_by_report(disclosure->names, report->id, NULL, error);
    for (guint i = 0; statements != NULL && i < statements->len; i++) {
        const StoreStatement *statement = g_ptr_array_index(statements, i);
        Will will = WILL_ASKED_NOTHING;
        if (statement->victim_id != 0 && !will_of(disclosure, statement->victim_id, &will, error))
            return false;
        redactor_add(&redactor, statement->victim_national_id);
        redactor_add(&redactor, statement->victim_contact);
        redactor_add(&redactor, statement->case_number);
        if (will == WILL_NAMED) /* consent to a name is none to numbers */
            continue;
        redactor_add(&redactor, statement->victim_name);
        redactor_add(&redactor, statement->victim_father);
        if (!add_person(disclosure, &redactor, statement->victim_id, error))
            return false;
    }
    const char *const TEXTS[] = {report->title, report->text, report->place_text,
                                 report->external_id, report->extra};
    *ret_names = false;
    for (gsize i = 0; statements != NULL && i < G_N_ELEMENTS(TEXTS) && !*ret_names; i++)
        if (TEXTS[i] != NULL)
            g_free(redactor_apply(&redactor, TEXTS[i], ret_names));
    return statements != NULL;
}

/* ---- originals ---- */

static bool statement_is_sealed(Store *store, gint64 id, bool *ret_sealed, GError **error)
{
    g_autoptr(GBytes) record = store_log_record(store, STORE_KIND_STATEMENT, id, error);
    gsize n = 0;
    const guint8 *bytes = record != NULL ? g_bytes_get_data(record, &n) : NULL;
    *ret_sealed = record != NULL && evidence_fields_sealed(bytes, n);
    return record != NULL;
}

/* Has everybody whom the report names consented to it, by name? */
static bool report_named(Disclosure *disclosure, gint64 report, bool *ret_may, GError **error)
{
    g_autoptr(GPtrArray) statements =
        store_statement_list_by_report(disclosure->store, report, NULL, error);
    *ret_may = true;
    for (guint i = 0; statements != NULL && i < statements->len && *ret_may; i++) {
        const StoreStatement *statement = g_ptr_array_index(statements, i);
        bool sealed = false;
        Will will = WILL_ASKED_NOTHING;
        if (!statement_is_sealed(disclosure->store, statement->id, &sealed, error) ||
            (statement->victim_id != 0 && !will_of(disclosure, statement->victim_id, &will, error)))
            return false;
        *ret_may = will == WILL_NAMED || (!sealed && will != WILL_REFUSED);
    }
    return statements != NULL;
}

static bool look_at_quarantine(Disclosure *disclosure, GError **error)
{
    if (disclosure->quarantine != NULL)
        return true;
    StoreCursor *cursor = store_quarantine_cursor(disclosure->store, NULL, error);
    if (cursor == NULL)
        return false;
    disclosure->quarantine = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    g_autoptr(GError) inner = NULL;
    for (const StoreQuarantine *row; (row = store_quarantine_next(cursor, &inner)) != NULL;)
        g_hash_table_add(disclosure->quarantine, g_memdup2(&row->original_id, sizeof(gint64)));
    store_cursor_free(cursor);
    if (inner == NULL)
        return true;
    g_clear_pointer(&disclosure->quarantine, g_hash_table_unref);
    g_propagate_error(error, g_steal_pointer(&inner));
    return false;
}

/* Made by the program of what is published, so that nothing in it was ever sealed. */
static bool is_public(const StoreOriginal *original)
{
    static const char *const ORIGINS[] = {"bundled", "letter"};
    for (gsize i = 0; original->origin != NULL && i < G_N_ELEMENTS(ORIGINS); i++)
        if (strcmp(original->origin, ORIGINS[i]) == 0)
            return true;
    return false;
}

/* Its reports, those of what was packed in it. */
static bool look_within(Disclosure *disclosure, gint64 id, guint depth, gsize *reports, bool *may,
                        GError **error)
{
    enum { DEPTH_MOST = 16 };
    if (depth > DEPTH_MOST) {
        *may = false;
        return true;
    }
    g_autoptr(GPtrArray) own = store_report_list_by_original(disclosure->store, id, NULL, error);
    g_autoptr(GPtrArray) packed =
        own != NULL ? store_link_list_to(disclosure->store, STORE_KIND_ORIGINAL, id, NULL, error)
                    : NULL;
    if (packed == NULL)
        return false;
    *reports += own->len;
    for (guint i = 0; i < own->len && *may; i++)
        if (!report_named(disclosure, ((const StoreReport *)g_ptr_array_index(own, i))->id, may,
                          error))
            return false;
    for (guint i = 0; i < packed->len && *may; i++) {
        const StoreLink *link = g_ptr_array_index(packed, i);
        if (link->from_kind == STORE_KIND_ORIGINAL &&
            !look_within(disclosure, link->from_id, depth + 1, reports, may, error))
            return false;
    }
    return true;
}

bool disclosure_original(Disclosure *disclosure, gint64 original_id, bool *ret_may,
                         const char **ret_why, GError **error)
{
    g_autoptr(StoreOriginal) original = store_original_load(disclosure->store, original_id, error);
    gsize reports = 0;
    *ret_may = true;
    *ret_why = NULL;
    if (original == NULL || !look_at_quarantine(disclosure, error))
        return false;
    if (disclosure->options.reveal || is_public(original))
        return true;
    if (!look_within(disclosure, original_id, 0, &reports, ret_may, error))
        return false;
    if (!*ret_may)
        *ret_why = "consent";
    else if (g_hash_table_contains(disclosure->quarantine, &original_id))
        *ret_why = "quarantine";
    else if (reports == 0)
        *ret_why = "unread";
    *ret_may = *ret_why == NULL;
    return true;
}

/* ---- kinds ---- */

/* The program's own, somebody's account, or what an analyst said by name. */
static bool is_private(StoreKind kind)
{
    switch (kind) {
    case STORE_KIND_USER:
    case STORE_KIND_AUDIT:
    case STORE_KIND_QUARANTINE:
    case STORE_KIND_IMPORT:
    case STORE_KIND_SETTING:
    case STORE_KIND_JUDGEMENT:
    case STORE_KIND_CONSENT:
    case STORE_KIND_DETAIL:
    case STORE_KIND_SUBMISSION:
    case STORE_KIND_WATCHED:
    case STORE_KIND_NOTICE:
    case STORE_KIND_DISPATCH:
    case STORE_KIND_VERDICT:
    case STORE_KIND_JOINING:
    case STORE_KIND_TOKEN:
    case STORE_KIND_SENDER:
    case STORE_KIND_MESSAGE:
    case STORE_KIND_ERASURE:
        return true;
    default:
        return false;
    }
}

/* Not even with a reason: they open doors. */
static bool is_secret(StoreKind kind)
{
    return kind == STORE_KIND_USER || kind == STORE_KIND_TOKEN || kind == STORE_KIND_SENDER ||
           kind == STORE_KIND_MESSAGE;
}

static bool is_open_source(const StoreSource *source)
{
    static const char *const KINDS[] = {"organisation", "media", "official", "court", "network"};
    for (gsize i = 0; source->kind != NULL && i < G_N_ELEMENTS(KINDS); i++)
        if (strcmp(source->kind, KINDS[i]) == 0)
            return true;
    return source->synthetic;
}

static bool is_path(const char *text)
{
    return text != NULL && (text[0] == '/' || text[0] == '~' || strstr(text, "..") != NULL ||
                            strchr(text, '\\') != NULL);
}

/* Of a kind with a rule of its own; *ret_why stays NULL when nothing speaks against it. */
static bool look(Disclosure *disclosure, StoreKind kind, gint64 id, const char **ret_why,
                 GError **error)
{
    Store *store = disclosure->store;
    bool no = false, looked = true;
    if (kind == STORE_KIND_SOURCE) {
        g_autoptr(StoreSource) source = store_source_load(store, id, error);
        looked = source != NULL;
        *ret_why = looked && !is_open_source(source) ? "source" : NULL;
    } else if (kind == STORE_KIND_ORIGINAL) {
        g_autoptr(StoreOriginal) original = store_original_load(store, id, error);
        looked = original != NULL;
        *ret_why = looked && (is_path(original->name) || is_path(original->origin)) ? "path" : NULL;
    } else if (kind == STORE_KIND_REPORT) {
        g_autoptr(StoreReport) report = store_report_load(store, id, error);
        bool names = false;
        looked = report != NULL && report_refused(disclosure, id, &no, error) &&
                 report_names(disclosure, report, &names, error);
        *ret_why = !looked             ? NULL
                   : report->withdrawn ? "withdrawn"
                   : no                ? "consent"
                   : names             ? "named"
                                       : NULL;
    } else if (kind == STORE_KIND_STATEMENT) {
        g_autoptr(StoreStatement) statement = store_statement_load(store, id, error);
        looked = statement != NULL && refused(disclosure, statement->victim_id, &no, error);
        *ret_why = no ? "consent" : NULL;
    } else if (kind == STORE_KIND_ACT) {
        g_autoptr(StoreAct) act = store_act_load(store, id, error);
        looked = act != NULL && refused(disclosure, act->victim_id, &no, error);
        *ret_why = no ? "consent" : NULL;
    } else if (kind == STORE_KIND_PERSON) {
        looked = refused(disclosure, id, &no, error);
        *ret_why = no ? "consent" : NULL;
    } else if (kind == STORE_KIND_SIGNATORY) {
        g_autoptr(StoreSignatory) signatory = store_signatory_load(store, id, error);
        looked = signatory != NULL;
        *ret_why = !looked              ? NULL
                   : signatory->unnamed ? "unnamed"
                   : g_strcmp0(signatory->status, "agreed") != 0 &&
                           g_strcmp0(signatory->status, "verified") != 0
                       ? "consent"
                       : NULL;
    }
    return looked;
}

bool disclosure_rule(void *context, Store *store, GBytes *record, EvidenceBundleItem *item,
                     GError **error)
{
    Disclosure *disclosure = context;
    const DisclosureOptions *options = &disclosure->options;
    gsize n = 0;
    const guint8 *bytes = g_bytes_get_data(record, &n);
    g_assert(store == disclosure->store);
    if (is_secret(item->kind) || (is_private(item->kind) && !options->reveal))
        item->withheld = "private";
    else if (!options->reveal && !look(disclosure, item->kind, item->id, &item->withheld, error))
        return false;
    if (item->withheld == NULL && !options->with_sealed && !options->reveal &&
        evidence_fields_sealed(bytes, n))
        item->withheld = "sealed";
    /* A statement that is withheld for its names alone still leads on to its report. */
    item->linked = item->withheld == NULL ||
                   (item->kind == STORE_KIND_STATEMENT && strcmp(item->withheld, "sealed") == 0);
    return item->kind != STORE_KIND_ORIGINAL || !options->with_originals ||
           item->withheld != NULL ||
           disclosure_original(disclosure, item->id, &item->with_original, &item->original_withheld,
                               error);
}
