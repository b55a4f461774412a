/* The table of erasures; the plan of one; setting to none. */
#include "store/erasure.h"

#include "base/i18n.h"
#include "store/report.h"
#include "store/seals_private.h"
#include "store/server.h"

#include <string.h>

static const StoreField store_erasure_fields[] = {
    FIELD_TO(StoreErasure, person_id, STORE_KIND_PERSON),
    FIELD(StoreErasure, reason, .constraint = "NOT NULL"),
    FIELD_TO(StoreErasure, user_id, STORE_KIND_USER, .rare = true),
    FIELD(StoreErasure, records),
    FIELD_OF(StoreErasure, created, FIELD_TIME),
};
STORE_ENTITY_DEFINE(StoreErasure, store_erasure, STORE_KIND_ERASURE, .since = 8, .add_only = true)

/* ---- which records were erased ---- */

struct StoreErased {
    GPtrArray *erasures;
    GHashTable *by_record; /* kind << 48 | id → StoreErasure */
};

static gpointer key_of(StoreKind kind, gint64 id)
{
    return (gpointer)(guintptr)((guint64)kind << 48 | (guint64)id);
}

void store_erased_free(StoreErased *erased)
{
    if (erased == NULL)
        return;
    g_hash_table_unref(erased->by_record);
    g_ptr_array_unref(erased->erasures);
    g_free(erased);
}

StoreErased *store_erased_load(Store *store, GError **error)
{
    GPtrArray *erasures = store_erasure_list(store, NULL, error);
    if (erasures == NULL)
        return NULL;
    StoreErased *erased = g_new0(StoreErased, 1);
    erased->erasures = erasures;
    erased->by_record = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < erasures->len; i++) {
        StoreErasure *erasure = erasures->pdata[i];
        g_auto(GStrv) words = g_strsplit(erasure->records != NULL ? erasure->records : "", " ", -1);
        for (gsize k = 0; words[k] != NULL; k++) {
            StoreKind kind;
            gint64 id;
            if (store_id_parse(words[k], &kind, &id))
                g_hash_table_insert(erased->by_record, key_of(kind, id), erasure);
        }
    }
    return erased;
}

const StoreErasure *store_erased_find(const StoreErased *erased, StoreKind kind, gint64 id)
{
    return g_hash_table_lookup(erased->by_record, key_of(kind, id));
}

StoreErasure *store_erasure_of(Store *store, StoreKind kind, gint64 id, GError **error)
{
    g_autoptr(StoreErased) erased = store_erased_load(store, error);
    const StoreErasure *found = erased != NULL ? store_erased_find(erased, kind, id) : NULL;
    return found != NULL ? store_erasure_load(store, found->id, error) : NULL;
}

/* ---- the plan ---- */

typedef struct {
    Store *store;
    GArray *items;
    GString *persons, *acts, *statements, *reports; /* "1,2,3" */
    GError **error;
} Plan;

static void plan_clear(Plan *plan)
{
    GString **lists[] = {&plan->persons, &plan->acts, &plan->statements, &plan->reports};
    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
        if (*lists[i] != NULL)
            g_string_free(*lists[i], TRUE);
    if (plan->items != NULL)
        g_array_unref(plan->items);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Plan, plan_clear)

static void add_number(GString *list, gint64 id)
{
    g_string_append_printf(list, "%s%" G_GINT64_FORMAT, list->len > 0 ? "," : "", id);
}

static void add_item(Plan *plan, StoreKind kind, gint64 id, StoreEraseFate fate, gint64 others)
{
    const StoreEraseItem item = {kind, id, fate, others};
    g_array_append_val(plan->items, item);
}

/* Rows of kind, number and a count; `list` (NULL: none) gets the numbers. Not cached: lists of
 * numbers stand in it. */
static bool find(Plan *plan, char *sql, StoreEraseFate fate, GString *list)
{
    g_autofree char *owned = sql;
    int rc = DB_OK, found = 0;
    DbStatement *row = db_prepare(&plan->store->db, owned, &rc);
    if (row == NULL)
        return store_fail(plan->store, rc, plan->error);
    while ((found = store_step(plan->store, row, plan->error)) == 1) {
        add_item(plan, (StoreKind)db_int(row, 0), db_int64(row, 1), fate, db_int64(row, 2));
        if (list != NULL)
            add_number(list, db_int64(row, 1));
    }
    db_finalize(row);
    return found == 0;
}

/* A list of no number fits nothing. */
static const char *in(const GString *list)
{
    return list->len > 0 ? list->str : "0";
}

static bool find_person(Plan *plan, gint64 person)
{
    const StoreBind bind = {.type = 'i', .i = person};
    gint64 into = 0;
    bool found = false;
    char one[STORE_ID_MAX], other[STORE_ID_MAX];
    if (!store_query_int(plan->store, "SELECT coalesce(merged_into, 0) FROM person WHERE id = ?1",
                         &bind, 1, &into, &found, plan->error))
        return false;
    if (!found)
        g_set_error(plan->error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND, _("There is no %s %s."),
                    store_kind_title(STORE_KIND_PERSON),
                    store_id_format(STORE_KIND_PERSON, person, one));
    else if (into != 0)
        g_set_error(plan->error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("%s turned out to be %s: erase that one, or part the two first (“zenhar "
                      "link undo”)."),
                    store_id_format(STORE_KIND_PERSON, person, one),
                    store_id_format(STORE_KIND_PERSON, into, other));
    return found && into == 0 &&
           find(plan,
                g_strdup_printf("WITH RECURSIVE same(id) AS (SELECT CAST(%" G_GINT64_FORMAT
                                " AS bigint)"
                                " UNION SELECT p.id FROM person p JOIN same ON p.merged_into ="
                                " same.id) SELECT %d, id, 0 FROM same ORDER BY id",
                                person, STORE_KIND_PERSON),
                STORE_ERASE_GOES, plan->persons);
}

static bool find_tied(Plan *plan)
{
    const char *persons = in(plan->persons);
    return find(plan,
                g_strdup_printf("SELECT %d, id, 0 FROM statement WHERE victim_id IN (%s)"
                                " ORDER BY id",
                                STORE_KIND_STATEMENT, persons),
                STORE_ERASE_GOES, plan->statements) &&
           find(plan,
                g_strdup_printf("SELECT %d, id, 0 FROM act WHERE victim_id IN (%s) ORDER BY id",
                                STORE_KIND_ACT, persons),
                STORE_ERASE_GOES, plan->acts) &&
           find(plan,
                g_strdup_printf("SELECT %d, id, 0 FROM consent WHERE person_id IN (%s) ORDER BY id",
                                STORE_KIND_CONSENT, persons),
                STORE_ERASE_GOES, NULL) &&
           find(plan,
                g_strdup_printf("SELECT %d, id, 0 FROM detail WHERE person_id IN (%s) ORDER BY id",
                                STORE_KIND_DETAIL, persons),
                STORE_ERASE_GOES, NULL) &&
           find(plan,
                g_strdup_printf("SELECT %d, id, 0 FROM verdict WHERE (left_id IN (%s) OR right_id"
                                " IN (%s)) ORDER BY id",
                                STORE_KIND_VERDICT, in(plan->statements), in(plan->statements)),
                STORE_ERASE_GOES, NULL);
}

static bool is_among(const GArray *numbers, gint64 id)
{
    for (guint i = 0; numbers != NULL && i < numbers->len; i++)
        if (g_array_index(numbers, gint64, i) == id)
            return true;
    return false;
}

/* Those asked for that were not met. */
static bool all_met(Plan *plan, StoreKind kind, const GArray *wanted)
{
    for (guint i = 0; wanted != NULL && i < wanted->len; i++) {
        const gint64 id = g_array_index(wanted, gint64, i);
        bool met = false;
        for (guint k = 0; !met && k < plan->items->len; k++) {
            const StoreEraseItem *item = &g_array_index(plan->items, StoreEraseItem, k);
            met = item->kind == kind && item->id == id;
        }
        if (met)
            continue;
        char text[STORE_ID_MAX];
        g_set_error(plan->error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("%s does not tell of this person. Nothing was changed."),
                    store_id_format(kind, id, text));
        return false;
    }
    return true;
}

/* Others: persons, and names that nobody has been told apart by yet. */
static bool find_reports(Plan *plan, const GArray *wanted)
{
    const guint first = plan->items->len;
    if (!find(plan,
              g_strdup_printf(
                  "SELECT %d, told.report_id, (SELECT count(DISTINCT coalesce(s.victim_id, -s.id))"
                  " FROM statement s WHERE s.report_id = told.report_id AND NOT"
                  " coalesce(s.victim_id, 0) IN (%s) AND (s.victim_id IS NOT NULL OR s.victim_name"
                  " IS NOT NULL)) FROM (SELECT DISTINCT report_id FROM statement WHERE victim_id IN"
                  " (%s) AND report_id IS NOT NULL) told ORDER BY 2",
                  STORE_KIND_REPORT, in(plan->persons), in(plan->persons)),
              STORE_ERASE_GOES, plan->reports))
        return false;
    for (guint i = first; i < plan->items->len; i++) {
        StoreEraseItem *item = &g_array_index(plan->items, StoreEraseItem, i);
        if (item->others > 0 && !is_among(wanted, item->id))
            item->fate = STORE_ERASE_STAYS_OTHERS;
    }
    return all_met(plan, STORE_KIND_REPORT, wanted);
}

/* Links of the letters, asks and findings that rest on the person; for a WHERE. */
static char *tied_links(const Plan *plan)
{
    return g_strdup_printf(
        "from_kind IN (%d, %d, %d) AND ((to_kind = %d AND to_id IN (%s)) OR (to_kind = %d AND to_id"
        " IN (%s)) OR (to_kind = %d AND to_id IN (%s)) OR (to_kind = %d AND to_id IN (%s)))",
        STORE_KIND_ASK, STORE_KIND_APPEAL, STORE_KIND_FINDING, STORE_KIND_PERSON, in(plan->persons),
        STORE_KIND_STATEMENT, in(plan->statements), STORE_KIND_ACT, in(plan->acts),
        STORE_KIND_REPORT, in(plan->reports));
}

static bool find_originals(Plan *plan, const GArray *wanted)
{
    const guint first = plan->items->len;
    g_autofree char *tied = tied_links(plan);
    if (!find(plan,
              g_strdup_printf("SELECT %d, held.id, (SELECT count(*) FROM report o WHERE"
                              " o.original_id = held.id AND o.id NOT IN (%s)) FROM (SELECT DISTINCT"
                              " original_id AS id FROM report WHERE id IN (%s) AND original_id IS"
                              " NOT NULL) held ORDER BY 2",
                              STORE_KIND_ORIGINAL, in(plan->reports), in(plan->reports)),
              STORE_ERASE_STAYS_FILE, NULL) ||
        !find(
            plan,
            g_strdup_printf("SELECT %d, original_id, 0 FROM submission WHERE person_id IN (%s) AND"
                            " original_id IS NOT NULL ORDER BY 2",
                            STORE_KIND_ORIGINAL, in(plan->persons)),
            STORE_ERASE_STAYS_FILE, NULL) ||
        !find(plan,
              g_strdup_printf("WITH letter(kind, id) AS (SELECT DISTINCT from_kind, from_id FROM"
                              " link WHERE %s) SELECT %d, told.id, 0 FROM (SELECT l.to_id AS id"
                              " FROM link l JOIN letter ON l.from_kind = letter.kind AND l.from_id"
                              " = letter.id WHERE l.to_kind = %d UNION SELECT a.original_id FROM"
                              " appeal a JOIN letter ON letter.kind = %d AND letter.id = a.id"
                              " WHERE a.original_id IS NOT NULL) told WHERE NOT told.id IN (SELECT"
                              " original_id FROM report WHERE id IN (%s) AND original_id IS NOT"
                              " NULL) ORDER BY 2",
                              tied, STORE_KIND_ORIGINAL, STORE_KIND_ORIGINAL, STORE_KIND_APPEAL,
                              in(plan->reports)),
              STORE_ERASE_STAYS_FILE, NULL))
        return false;
    for (guint i = first; i < plan->items->len; i++) {
        StoreEraseItem *item = &g_array_index(plan->items, StoreEraseItem, i);
        if (is_among(wanted, item->id))
            item->fate = STORE_ERASE_GOES;
    }
    return all_met(plan, STORE_KIND_ORIGINAL, wanted);
}

static bool find_letters(Plan *plan)
{
    g_autofree char *tied = tied_links(plan);
    return find(plan,
                g_strdup_printf("SELECT %d, id, 0 FROM submission WHERE person_id IN (%s) ORDER BY"
                                " id",
                                STORE_KIND_SUBMISSION, in(plan->persons)),
                STORE_ERASE_STAYS_LETTER, NULL) &&
           find(plan,
                g_strdup_printf("SELECT DISTINCT from_kind, from_id, 0 FROM link WHERE %s"
                                " ORDER BY 1, 2",
                                tied),
                STORE_ERASE_STAYS_LETTER, NULL);
}

GArray *store_erase_plan(Store *store, gint64 person_id, const GArray *reports,
                         const GArray *originals, GError **error)
{
    g_auto(Plan) plan = {.store = store,
                         .items = g_array_new(FALSE, FALSE, sizeof(StoreEraseItem)),
                         .persons = g_string_new(NULL),
                         .acts = g_string_new(NULL),
                         .statements = g_string_new(NULL),
                         .reports = g_string_new(NULL),
                         .error = error};
    if (!find_person(&plan, person_id) || !find_tied(&plan) || !find_reports(&plan, reports) ||
        !find_originals(&plan, originals) || !find_letters(&plan))
        return NULL;
    return g_steal_pointer(&plan.items);
}

/* ---- setting to none ---- */

/* Beside the sealed fields: what says who it was, or is somebody's own words. Kinds, days, places,
 * counts and codes stay, so that figures keep their feet. */
static const struct {
    StoreKind kind;
    const char *columns[6];
} WORDS[] = {
    {STORE_KIND_PERSON, {"birth_year", "consent", "public_identity"}},
    {STORE_KIND_STATEMENT, {"victim_birth", "place_text", "according_to"}},
    {STORE_KIND_REPORT, {"title", "text", "place_text", "extra", "external_id"}},
    {STORE_KIND_CONSENT, {"how"}},
    {STORE_KIND_ACT, {"title"}},
    {STORE_KIND_VERDICT, {"reason"}},
    {STORE_KIND_ORIGINAL, {"name", "origin"}},
};

static bool goes(StoreKind kind, const StoreField *field)
{
    if (field->type == FIELD_SEALED)
        return true;
    for (gsize i = 0; i < G_N_ELEMENTS(WORDS); i++)
        for (gsize k = 0; WORDS[i].kind == kind && k < G_N_ELEMENTS(WORDS[i].columns); k++)
            if (g_strcmp0(WORDS[i].columns[k], field->name) == 0)
                return true;
    return false;
}

static bool is_number(const StoreField *field)
{
    return store_field_letter(field->type) == 'i';
}

/* What a row still has of it; its leaves go to `leaves`. */
static bool row_has(Store *store, const StoreEntity *entity, gint64 id, GArray *leaves,
                    bool *ret_has, GError **error)
{
    g_autofree char *sql =
        g_strdup_printf("SELECT %s FROM \"%s\" WHERE \"id\" = ?1", store_entity_columns(entity),
                        store_kind_name(entity->kind));
    DbStatement *row = store_prepare(store, sql, error);
    *ret_has = false;
    if (row == NULL)
        return false;
    db_bind_int64(row, 1, id);
    const int found = store_step(store, row, error);
    if (found != 1)
        return found == 0;
    for (gsize i = 0; i < entity->n_fields; i++) {
        const StoreField *field = &entity->fields[i];
        const int column = FIRST_COLUMN + (int)i;
        if (!goes(entity->kind, field) || db_type(row, column) == DB_NULL ||
            (is_number(field) && db_int64(row, column) == 0))
            continue;
        *ret_has = true;
        const guint64 leaf =
            field->type == FIELD_SEALED
                ? store_keys_leaf_of(db_blob(row, column), (gsize)db_bytes(row, column))
                : 0;
        if (leaf != 0)
            g_array_append_val(leaves, leaf);
    }
    db_reset(row);
    return true;
}

/* One that is still to come from a copy has no row yet; store_erase_original shuts it then. */
static bool original_leaf(Store *store, gint64 id, GArray *leaves, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(StoreOriginal) original = store_original_load(store, id, &why);
    if (original != NULL) {
        const guint64 leaf = store_seals_original_leaf(store, original->sha256);
        g_array_append_val(leaves, leaf);
    } else if (!g_error_matches(why, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND)) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    return true;
}

bool store_erase_original(Store *store, const guint8 sha256[32], GError **error)
{
    const guint64 leaf = store_seals_original_leaf(store, sha256);
    return store_seals_take_out(store, &leaf, 1, error);
}

static bool blank(Store *store, StoreKind kind, gint64 id, GArray *leaves, GError **error)
{
    const StoreEntity *entity = store_entity_of(kind);
    bool has = false;
    if (kind == STORE_KIND_ORIGINAL && !original_leaf(store, id, leaves, error))
        return false;
    if (kind == STORE_KIND_REPORT && !store_search_forget(store, id, error))
        return false;
    if (!row_has(store, entity, id, leaves, &has, error))
        return false;
    if (!has)
        return true;
    g_autoptr(GString) sql = g_string_new(NULL);
    g_string_printf(sql, "UPDATE \"%s\" SET \"leaf\" = ?2", store_kind_name(kind));
    for (gsize i = 0; i < entity->n_fields; i++)
        if (goes(kind, &entity->fields[i]))
            g_string_append_printf(sql, ", \"%s\" = %s", entity->fields[i].name,
                                   is_number(&entity->fields[i]) ? "0" : "NULL");
    g_string_append(sql, " WHERE \"id\" = ?1");
    return store_entity_patch(store, entity, id, sql->str, NULL, 0, error);
}

bool store_erase_records(Store *store, const GArray *items, const GArray *leaves, GError **error)
{
    g_assert(store->depth > 0);
    g_autoptr(GArray) out = g_array_new(FALSE, FALSE, sizeof(guint64));
    if (leaves != NULL)
        g_array_append_vals(out, leaves->data, leaves->len);
    for (guint i = 0; i < items->len; i++) {
        const StoreEraseItem *item = &g_array_index(items, StoreEraseItem, i);
        if (item->fate == STORE_ERASE_GOES && !blank(store, item->kind, item->id, out, error))
            return false;
    }
    return store_seals_take_out(store, (const guint64 *)(const void *)out->data, out->len, error) &&
           store_run(store, "DELETE FROM cache", error);
}

/* Pages that were freed are overwritten by SQLite itself (SECURE_DELETE is compiled in). */
bool store_erase_settle(Store *store, bool *ret_whole, GError **error)
{
    gint64 busy = 1;
    *ret_whole = true;
    if (store_on_server(store))
        return store_run(store,
                         "VACUUM person, statement, consent, detail, report, original, act,"
                         " verdict, search, seal_node, cache, piece",
                         error);
    if (!store_run(store, "INSERT INTO search(search) VALUES('optimize')", error) ||
        !store_query_int(store, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, 0, &busy, NULL, error))
        return false;
    *ret_whole = busy == 0;
    return true;
}
