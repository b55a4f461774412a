/* appeal/facts_bodies.c: bodies with their rules and calendar, members, asks, measures, offices. */
#include "appeal/facts.h"

#include "base/i18n.h"
#include <jansson.h>
#include <string.h>

/* ---- bodies ---- */

/* Adds each row of a table to the array `part` of its body's JSON object. */
static bool gather(const FactsTable *table, GHashTable *rules, const char *part,
                   const char *const *columns, GError **error)
{
    for (gsize row = 0; row < table->table->n_rows; row++) {
        const char *code = facts_cell(table, row, "body");
        json_t *object = g_hash_table_lookup(rules, code);
        if (object == NULL) {
            facts_fail(table, row, "body", error, _("“%s” is no body of r2p/bodies.csv."), code);
            return false;
        }
        json_t *item = json_object();
        for (gsize i = 0; columns[i] != NULL; i++) {
            const char *cell = facts_cell(table, row, columns[i]);
            gint64 number;
            if (cell[0] == '\0')
                continue;
            json_object_set_new(item, columns[i],
                                csv_parse_integer(cell, &number) ? json_integer(number)
                                                                 : json_string(cell));
        }
        json_t *list = json_object_get(object, part);
        if (list == NULL) {
            list = json_array();
            json_object_set_new(object, part, list);
        }
        json_array_append_new(list, item);
    }
    return true;
}

static void free_json(gpointer json)
{
    json_decref(json);
}

static bool put_body(Facts *facts, const FactsTable *table, gsize row, json_t *rules,
                     GHashTable *known, GError **error)
{
    g_autoptr(StoreBody) body = store_body_new();
    body->code = facts_copy(table, row, "code");
    body->name_en = facts_copy(table, row, "name_en");
    body->name_fa = facts_copy(table, row, "name_fa");
    body->kind = facts_copy(table, row, "kind");
    body->source = facts_copy(table, row, "source");
    if (body->code == NULL || !facts_integer(table, row, "seats", 0, &body->seats, error)) {
        if (body->code == NULL)
            facts_fail(table, row, "code", error, _("A body needs a code."));
        return false;
    }
    const char *parent = facts_cell(table, row, "parent");
    const StoreBody *above =
        parent[0] != '\0' ? facts_body(facts, table, row, "parent", error) : NULL;
    if (parent[0] != '\0' && above == NULL)
        return false;
    body->parent_id = above != NULL ? above->id : 0;
    if (json_object_size(rules) > 0) {
        char *text = json_dumps(rules, JSON_COMPACT | JSON_PRESERVE_ORDER);
        body->rules = g_strdup(text);
        free(text);
    }
    if (!FACTS_PUT(facts, table, StoreBody, store_body, STORE_KIND_BODY, body,
                   facts_keys_get(known, body->code), error))
        return false;
    char *code = g_strdup(body->code);
    g_hash_table_replace(facts->bodies, code, g_steal_pointer(&body));
    return true;
}

bool facts_load_bodies(Facts *facts, GError **error)
{
    static const char *const RULES[] = {"rule", "number", "of", "note", "source", "verified", NULL};
    static const char *const CALENDAR[] = {"item", "when", "rule", "source", "verified", NULL};
    g_auto(FactsTable) table = {0}, rules = {0}, calendar = {0};
    if (!facts_open(facts, "r2p/bodies.csv", "code name_en name_fa kind parent seats source",
                    &table, error) ||
        !facts_open(facts, "r2p/rules.csv", "body rule number of note source verified", &rules,
                    error) ||
        !facts_open(facts, "r2p/deadlines.csv", "body item when rule source verified", &calendar,
                    error))
        return false;
    table.known = table.known && rules.known && calendar.known;

    g_autoptr(GHashTable) parts = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_json);
    for (gsize row = 0; row < table.table->n_rows; row++)
        g_hash_table_insert(parts, (gpointer)facts_cell(&table, row, "code"), json_object());
    if (!gather(&rules, parts, "rules", RULES, error) ||
        !gather(&calendar, parts, "calendar", CALENDAR, error))
        return false;

    g_autoptr(GHashTable) known = facts_keys_new();
    g_autoptr(GPtrArray) there = store_body_list(facts->store, NULL, error);
    if (there == NULL)
        return false;
    for (guint i = 0; i < there->len; i++) {
        const StoreBody *body = there->pdata[i];
        facts_keys_put(known, g_strdup(body->code), body->id);
    }
    for (gsize row = 0; row < table.table->n_rows; row++) {
        json_t *own = g_hash_table_lookup(parts, facts_cell(&table, row, "code"));
        if (!put_body(facts, &table, row, own, known, error))
            return false;
        const StoreBody *body = g_hash_table_lookup(facts->bodies, facts_cell(&table, row, "code"));
        if ((json_object_get(own, "rules") != NULL &&
             !facts_link(facts, &rules, STORE_KIND_BODY, body->id, error)) ||
            (json_object_get(own, "calendar") != NULL &&
             !facts_link(facts, &calendar, STORE_KIND_BODY, body->id, error)))
            return false;
    }
    return true;
}

/* ---- members ---- */

static char *member_key(gint64 body_id, gint32 year, const char *state)
{
    return g_strdup_printf("%" G_GINT64_FORMAT "/%d/%s", body_id, year, state);
}

static bool put_member(Facts *facts, const FactsTable *table, gsize row, GHashTable *known,
                       GHashTable *counts, GError **error)
{
    const StoreBody *body = facts_body(facts, table, row, "body", error);
    if (body == NULL)
        return false;
    g_autoptr(StoreMember) member = store_member_new();
    member->body_id = body->id;
    if (!facts_integer(table, row, "year", 0, &member->year, error))
        return false;
    member->state = facts_copy(table, row, "state");
    member->state_code = facts_copy(table, row, "code");
    member->regional_group = facts_copy(table, row, "regional_group");
    member->permanent = strcmp(facts_cell(table, row, "permanent"), "yes") == 0;
    member->note = facts_copy(table, row, "note");
    if (strcmp(facts_cell(table, row, "verified"), "yes") != 0) {
        char *note =
            g_strdup_printf("%s%sunconfirmed: %s", member->note != NULL ? member->note : "",
                            member->note != NULL ? "; " : "", facts_cell(table, row, "verified"));
        g_free(member->note);
        member->note = note;
    }
    member->source = facts_copy(table, row, "source");
    if (member->state == NULL || member->year == 0) {
        facts_fail(table, row, "state", error, _("A member needs a state and a year."));
        return false;
    }
    g_autofree char *key = member_key(body->id, member->year, member->state);
    if (g_hash_table_contains(facts->members, key)) {
        facts_fail(table, row, "state", error, _("%s is a member of the %s in %d twice."),
                   member->state, body->name_en, member->year);
        return false;
    }
    g_autofree char *year = g_strdup_printf("%" G_GINT64_FORMAT "/%d", body->id, member->year);
    guint n = GPOINTER_TO_UINT(g_hash_table_lookup(counts, year)) + 1;
    if (body->seats > 0 && n > (guint)body->seats) {
        facts_fail(table, row, "state", error, _("The %s has %d seats; this is member %u of %d."),
                   body->name_en, body->seats, n, member->year);
        return false;
    }
    g_hash_table_replace(counts, g_strdup(year), GUINT_TO_POINTER(n));
    g_hash_table_add(facts->members, g_strdup(key));
    if (n == (guint)body->seats) /* only then does absence from the list say anything */
        g_hash_table_add(facts->members, g_strdup(year));
    return FACTS_PUT(facts, table, StoreMember, store_member, STORE_KIND_MEMBER, member,
                     facts_keys_get(known, key), error);
}

bool facts_load_members(Facts *facts, GError **error)
{
    g_auto(FactsTable) table = {0};
    if (!facts_open(facts, "r2p/members.csv",
                    "body year state code regional_group permanent source verified note", &table,
                    error))
        return false;
    g_autoptr(GHashTable) known = facts_keys_new();
    g_autoptr(GPtrArray) there = store_member_list(facts->store, NULL, error);
    if (there == NULL)
        return false;
    for (guint i = 0; i < there->len; i++) {
        const StoreMember *member = there->pdata[i];
        facts_keys_put(known, member_key(member->body_id, member->year, member->state), member->id);
    }
    g_autoptr(GHashTable) counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (gsize row = 0; row < table.table->n_rows; row++)
        if (!put_member(facts, &table, row, known, counts, error))
            return false;
    return true;
}

/* ---- asks and measures ---- */

/* A newer table brings new words, not a new course of events. */
static bool keep_ask_status(Facts *facts, gint64 id, StoreAsk *ask, GError **error)
{
    g_autoptr(StoreAsk) old = store_ask_load(facts->store, id, error);
    if (old == NULL)
        return false;
    g_free(ask->status);
    ask->status = g_steal_pointer(&old->status);
    ask->due_day = old->due_day;
    ask->crisis_id = old->crisis_id;
    ask->assessment_id = old->assessment_id;
    ask->created = old->created;
    return true;
}

static bool keep_measure_status(Facts *facts, gint64 id, StoreMeasure *measure, GError **error)
{
    g_autoptr(StoreMeasure) old = store_measure_load(facts->store, id, error);
    if (old == NULL)
        return false;
    g_free(measure->status);
    measure->status = g_steal_pointer(&old->status);
    measure->taken_day = old->taken_day;
    return true;
}

bool facts_load_asks(Facts *facts, GError **error)
{
    g_auto(FactsTable) table = {0};
    if (!facts_open(facts, "r2p/asks.csv",
                    "code priority addressee measure title_en title_fa text_en text_fa basis_en "
                    "basis_fa source",
                    &table, error))
        return false;
    g_autoptr(GHashTable) known = facts_keys_new();
    g_autoptr(GPtrArray) there = store_ask_list(facts->store, NULL, error);
    if (there == NULL)
        return false;
    for (guint i = 0; i < there->len; i++) {
        const StoreAsk *ask = there->pdata[i];
        if (ask->code != NULL)
            facts_keys_put(known, g_strdup(ask->code), ask->id);
    }
    for (gsize row = 0; row < table.table->n_rows; row++) {
        g_autoptr(StoreAsk) ask = store_ask_new();
        ask->code = facts_copy(&table, row, "code");
        ask->title = facts_copy(&table, row, "title_en");
        ask->title_fa = facts_copy(&table, row, "title_fa");
        ask->text = facts_copy(&table, row, "text_en");
        ask->text_fa = facts_copy(&table, row, "text_fa");
        ask->basis = facts_copy(&table, row, "basis_en");
        ask->basis_fa = facts_copy(&table, row, "basis_fa");
        ask->addressee = facts_copy(&table, row, "addressee");
        ask->measure = facts_copy(&table, row, "measure");
        ask->status = g_strdup("open");
        ask->source = facts_copy(&table, row, "source");
        if (ask->code == NULL || ask->text == NULL) {
            facts_fail(&table, row, "code", error, _("An ask needs a code and a text."));
            return false;
        }
        gint64 id = facts_keys_get(known, ask->code);
        if (id != 0 && !table.known && !keep_ask_status(facts, id, ask, error))
            return false;
        if (!facts_integer(&table, row, "priority", 0, &ask->priority, error) ||
            !FACTS_PUT(facts, &table, StoreAsk, store_ask, STORE_KIND_ASK, ask, id, error))
            return false;
        facts_keys_put(facts->asks, g_strdup(ask->code), ask->id);
    }
    return true;
}

bool facts_load_measures(Facts *facts, GError **error)
{
    g_auto(FactsTable) table = {0};
    if (!facts_open(facts, "r2p/measures.csv",
                    "code category title_en title_fa who legal_basis needs asks source verified",
                    &table, error))
        return false;
    g_autoptr(GHashTable) known = facts_keys_new();
    g_autoptr(GPtrArray) there = store_measure_list(facts->store, NULL, error);
    if (there == NULL)
        return false;
    for (guint i = 0; i < there->len; i++) {
        const StoreMeasure *measure = there->pdata[i];
        facts_keys_put(known, g_strdup(measure->code), measure->id);
    }
    for (gsize row = 0; row < table.table->n_rows; row++) {
        g_autoptr(StoreMeasure) measure = store_measure_new();
        measure->code = facts_copy(&table, row, "code");
        measure->category = facts_copy(&table, row, "category");
        measure->title = facts_copy(&table, row, "title_en");
        measure->title_fa = facts_copy(&table, row, "title_fa");
        measure->who = facts_copy(&table, row, "who");
        measure->legal_basis = facts_copy(&table, row, "legal_basis");
        measure->needs = facts_copy(&table, row, "needs");
        measure->status = g_strdup("open");
        measure->source = facts_copy(&table, row, "source");
        measure->verified = facts_copy(&table, row, "verified");
        const char ask[] = {facts_cell(&table, row, "asks")[0], '\0'};
        measure->ask_id = facts_keys_get(facts->asks, ask);
        if (measure->code == NULL) {
            facts_fail(&table, row, "code", error, _("A measure needs a code."));
            return false;
        }
        gint64 id = facts_keys_get(known, measure->code);
        if ((id != 0 && !table.known && !keep_measure_status(facts, id, measure, error)) ||
            !FACTS_PUT(facts, &table, StoreMeasure, store_measure, STORE_KIND_MEASURE, measure, id,
                       error))
            return false;
    }
    return true;
}

/* ---- offices ---- */

/* Address lines: who (with form of address), the office, then the place. */
static char *address_lines(const char *style, const char *office, const char *address)
{
    g_autofree char *place = g_strdup(address);
    g_strdelimit(place, "|", '\n');
    return g_strdup_printf("%s%s%s\n%s", style, style[0] != '\0' ? "\n" : "", office, place);
}

static bool put_recipient(Facts *facts, const FactsTable *table, gsize row, GHashTable *known,
                          GError **error)
{
    const StoreBody *body = facts_body(facts, table, row, "office", error);
    if (body == NULL)
        return false;
    g_autoptr(StoreRecipient) recipient = store_recipient_new();
    recipient->body_id = body->id;
    recipient->name = facts_copy(table, row, "name");
    recipient->name_fa = facts_copy(table, row, "name_fa");
    recipient->office = facts_copy(table, row, "office_en");
    recipient->office_fa = facts_copy(table, row, "office_fa");
    recipient->salutation = facts_copy(table, row, "salutation_en");
    recipient->salutation_fa = facts_copy(table, row, "salutation_fa");
    recipient->address =
        address_lines(facts_cell(table, row, "style_en"), facts_cell(table, row, "office_en"),
                      facts_cell(table, row, "address_en"));
    recipient->address_fa =
        address_lines(facts_cell(table, row, "style_fa"), facts_cell(table, row, "office_fa"),
                      facts_cell(table, row, "address_fa"));
    recipient->email = facts_copy(table, row, "email");
    recipient->language = facts_copy(table, row, "languages");
    recipient->note = facts_copy(table, row, "note_en");
    recipient->note_fa = facts_copy(table, row, "note_fa");
    recipient->source = facts_copy(table, row, "source");
    recipient->verified = facts_copy(table, row, "verified");
    if (recipient->office == NULL) {
        facts_fail(table, row, "office_en", error, _("A recipient needs an office."));
        return false;
    }
    if (!facts_date(table, row, "from", NULL, &recipient->from_day, NULL, error) ||
        !facts_date(table, row, "to", NULL, NULL, &recipient->to_day, error) ||
        !facts_date(table, row, "seen", NULL, NULL, &recipient->seen_day, error))
        return false;
    if (recipient->from_day != 0 && recipient->to_day != 0 &&
        recipient->from_day > recipient->to_day) {
        facts_fail(table, row, "to", error, _("The term ends before it begins."));
        return false;
    }
    g_autofree char *key =
        g_strdup_printf("%" G_GINT64_FORMAT "/%s/%d", body->id,
                        recipient->name != NULL ? recipient->name : "", recipient->from_day);
    return FACTS_PUT(facts, table, StoreRecipient, store_recipient, STORE_KIND_RECIPIENT, recipient,
                     facts_keys_get(known, key), error);
}

bool facts_load_recipients(Facts *facts, GError **error)
{
    g_auto(FactsTable) table = {0};
    if (!facts_open(facts, "r2p/recipients.csv",
                    "office name name_fa style_en style_fa office_en office_fa salutation_en "
                    "salutation_fa address_en address_fa from to seen source verified",
                    &table, error))
        return false;
    g_autoptr(GHashTable) known = facts_keys_new();
    g_autoptr(GPtrArray) there = store_recipient_list(facts->store, NULL, error);
    if (there == NULL)
        return false;
    for (guint i = 0; i < there->len; i++) {
        const StoreRecipient *recipient = there->pdata[i];
        facts_keys_put(known,
                       g_strdup_printf("%" G_GINT64_FORMAT "/%s/%d", recipient->body_id,
                                       recipient->name != NULL ? recipient->name : "",
                                       recipient->from_day),
                       recipient->id);
    }
    for (gsize row = 0; row < table.table->n_rows; row++)
        if (!put_recipient(facts, &table, row, known, error))
            return false;
    return true;
}
