#include "cli/case_person.h"

#include "cli/case_record.h"
#include "cli/link_pair.h"
#include "store/id.h"
#include "store/report.h"

#include <math.h>
#include <string.h>

static char *weight_words(double bits, double probability)
{
    g_autofree char *size = i18n_decimal(fabs(bits), 1),
                    *percent = i18n_decimal(100 * probability, 1);
    return g_strdup_printf(_("%s%s bits, %s%%"), bits < 0 ? "−" : "+", size, percent);
}

char *case_link_words(const StoreLink *link)
{
    json_t *note = link->note != NULL ? json_loads(link->note, 0, NULL) : NULL;
    const char *with = json_string_value(json_object_get(note, "with"));
    char *words = NULL;
    if (with != NULL) {
        g_autofree char *weight =
            weight_words(json_number_value(json_object_get(note, "weight_bits")),
                         json_number_value(json_object_get(note, "probability")));
        words = g_strdup_printf(_("fits %s: %s"), with, weight);
    }
    json_decref(note);
    return words;
}

json_t *case_link_json(const StoreLink *link)
{
    char id[STORE_ID_MAX];
    json_t *note = link->note != NULL ? json_loads(link->note, 0, NULL) : NULL;
    if (!json_is_object(note)) {
        json_decref(note);
        note = json_object();
    }
    json_object_set_new(note, "link", json_string(store_id_format(STORE_KIND_LINK, link->id, id)));
    return note;
}

char *case_joining_words(const StoreJoining *joining)
{
    char person[STORE_ID_MAX], other[STORE_ID_MAX], left[STORE_ID_MAX], right[STORE_ID_MAX],
        verdict[STORE_ID_MAX], undoes[STORE_ID_MAX];
    store_id_format(STORE_KIND_PERSON, joining->person_id, person);
    store_id_format(STORE_KIND_PERSON, joining->other_id, other);
    bool merge = strcmp(joining->action, "merge") == 0;
    g_autoptr(GString) words = g_string_new(NULL);
    g_string_append_printf(words, merge ? _("%s went into %s") : _("%s left %s"), other, person);
    if (joining->undoes_id != 0)
        g_string_append_printf(words, _("; takes back %s"),
                               store_id_format(STORE_KIND_JOINING, joining->undoes_id, undoes));
    if (joining->verdict_id != 0)
        g_string_append_printf(words, _("; because of %s"),
                               store_id_format(STORE_KIND_VERDICT, joining->verdict_id, verdict));
    if (joining->left_id != 0 && joining->right_id != 0) {
        g_autofree char *weight = weight_words(joining->weight_bits, joining->probability);
        g_string_append_printf(words, _("; %s and %s weigh %s"),
                               store_id_format(STORE_KIND_STATEMENT, joining->left_id, left),
                               store_id_format(STORE_KIND_STATEMENT, joining->right_id, right),
                               weight);
    }
    return g_string_free(g_steal_pointer(&words), FALSE);
}

char *case_verdict_words(const StoreVerdict *verdict)
{
    char left[STORE_ID_MAX], right[STORE_ID_MAX];
    g_autoptr(GString) words = g_string_new(NULL);
    if (verdict->withdraws != 0)
        g_string_append_printf(words, _("%s is taken back"),
                               store_id_format(STORE_KIND_VERDICT, verdict->withdraws, left));
    else
        g_string_append_printf(words,
                               strcmp(verdict->answer, "same") == 0 ? _("%s and %s are one person")
                               : strcmp(verdict->answer, "different") == 0
                                   ? _("%s and %s are two persons")
                                   : _("%s and %s: cannot be told"),
                               store_id_format(STORE_KIND_STATEMENT, verdict->left_id, left),
                               store_id_format(STORE_KIND_STATEMENT, verdict->right_id, right));
    if (verdict->said_by != NULL)
        g_string_append_printf(words, _("; said by %s"), verdict->said_by);
    if (!isnan(verdict->weight_bits)) {
        g_autofree char *weight = weight_words(verdict->weight_bits, verdict->probability);
        g_string_append_printf(words, _("; the weights said %s"), weight);
    }
    if (verdict->reason != NULL)
        g_string_append_printf(words, _("; because: %s"), verdict->reason);
    return g_string_free(g_steal_pointer(&words), FALSE);
}

/* ---- a person's story ---- */

static void add_line(GString *out, StoreKind kind, gint64 id, const char *words)
{
    char text[STORE_ID_MAX];
    g_string_append_printf(out, "  %s %s\n", store_id_format(kind, id, text), words);
}

static void add_statement(const StoreStatement *statement, const GPtrArray *links, GString *out,
                          json_t *list)
{
    char id[STORE_ID_MAX], link_id[STORE_ID_MAX];
    json_t *object = json_object();
    const StoreLink *own = NULL;
    for (guint i = 0; i < links->len; i++) {
        const StoreLink *link = g_ptr_array_index(links, i);
        if (link->from_kind == STORE_KIND_PERSON && g_strcmp0(link->role, "part") == 0)
            own = link;
    }
    json_object_set_new(object, "statement",
                        json_string(store_id_format(STORE_KIND_STATEMENT, statement->id, id)));
    g_autofree char *weight = own != NULL ? case_link_words(own) : NULL;
    if (own != NULL)
        json_object_set_new(object, "joined_by", case_link_json(own));
    json_array_append_new(list, object);
    g_autofree char *words =
        weight == NULL ? g_strdup(_("stands by itself"))
                       : g_strdup_printf(_("%s (%s)"), weight,
                                         store_id_format(STORE_KIND_LINK, own->id, link_id));
    add_line(out, STORE_KIND_STATEMENT, statement->id, words);
}

static bool add_statements(Store *store, gint64 person, GHashTable *members, GString *out,
                           json_t *list, GError **error)
{
    g_autoptr(GPtrArray) statements = store_statement_list_by_victim(store, person, NULL, error);
    for (guint i = 0; statements != NULL && i < statements->len; i++) {
        const StoreStatement *statement = g_ptr_array_index(statements, i);
        g_autoptr(GPtrArray) links =
            store_link_list_to(store, STORE_KIND_STATEMENT, statement->id, NULL, error);
        if (links == NULL)
            return false;
        g_hash_table_add(members, g_memdup2(&statement->id, sizeof statement->id));
        add_statement(statement, links, out, list);
    }
    return statements != NULL;
}

static bool add_joinings(GPtrArray *joinings, GString *out, json_t *list)
{
    for (guint i = 0; joinings != NULL && i < joinings->len; i++) {
        const StoreJoining *joining = g_ptr_array_index(joinings, i);
        char id[STORE_ID_MAX];
        g_autofree char *words = case_joining_words(joining);
        json_t *object = json_object();
        json_object_set_new(object, "id",
                            json_string(store_id_format(STORE_KIND_JOINING, joining->id, id)));
        json_object_set_new(object, "action", json_string(joining->action));
        json_object_set_new(object, "words", json_string(words));
        json_array_append_new(list, object);
        add_line(out, STORE_KIND_JOINING, joining->id, words);
    }
    return joinings != NULL;
}

static bool add_verdicts(Store *store, GHashTable *members, GString *out, json_t *list,
                         GError **error)
{
    g_autoptr(GPtrArray) verdicts = store_verdict_list(store, NULL, error);
    g_autoptr(GHashTable) told = g_hash_table_new(g_int64_hash, g_int64_equal);
    for (guint i = 0; verdicts != NULL && i < verdicts->len; i++) {
        StoreVerdict *verdict = g_ptr_array_index(verdicts, i);
        if (!g_hash_table_contains(members, &verdict->left_id) &&
            !g_hash_table_contains(members, &verdict->right_id) &&
            !g_hash_table_contains(told, &verdict->withdraws))
            continue;
        char id[STORE_ID_MAX];
        g_autofree char *words = case_verdict_words(verdict);
        g_hash_table_add(told, &verdict->id);
        json_t *object = json_object();
        json_object_set_new(object, "id",
                            json_string(store_id_format(STORE_KIND_VERDICT, verdict->id, id)));
        json_object_set_new(object, "answer", json_string(verdict->answer));
        json_object_set_new(object, "words", json_string(words));
        json_array_append_new(list, object);
        add_line(out, STORE_KIND_VERDICT, verdict->id, words);
    }
    return verdicts != NULL;
}

bool case_person_story(Store *store, gint64 person, GString *out, json_t *object, GError **error)
{
    json_t *statements = json_array(), *joinings = json_array(), *verdicts = json_array();
    json_object_set_new(object, "statements", statements);
    json_object_set_new(object, "joinings", joinings);
    json_object_set_new(object, "verdicts", verdicts);
    g_autoptr(GHashTable) members =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    g_string_append_printf(out, "%s\n", _("How this person came to be:"));
    if (!add_statements(store, person, members, out, statements, error))
        return false;
    g_autoptr(GPtrArray) as_person = store_joining_list_by_person(store, person, NULL, error);
    g_autoptr(GPtrArray) as_other =
        as_person != NULL ? store_joining_list_by_other(store, person, NULL, error) : NULL;
    return add_joinings(as_person, out, joinings) && add_joinings(as_other, out, joinings) &&
           add_verdicts(store, members, out, verdicts, error);
}
