#include "handover/follow.h"

#include "base/i18n.h"
#include "base/progress.h"
#include "handover/span.h"
#include "intake/acts.h"
#include "store/person.h"
#include "store/report.h"
#include "store/user.h"
#include <string.h>

enum { PROOFS_MOST = 100 }; /* of one event; Documentation has them all */

typedef struct {
    Outlet *outlet;
    RecordsWrite write;
    void *context;
    RecordsDone *done;
    char *country; /* ISO 3166-1, small letters; NULL unknown */
    char dataset[24];
} Follow;

/* ---- entities ---- */

static json_t *entity_new(const char *schema)
{
    return json_pack("{s:s, s:{}}", "schema", schema, "properties");
}

static void add(json_t *entity, const char *property, const char *text)
{
    if (text == NULL || text[0] == '\0')
        return;
    json_t *properties = json_object_get(entity, "properties");
    json_t *list = json_object_get(properties, property);
    if (list == NULL) {
        list = json_array();
        json_object_set_new(properties, property, list);
    }
    for (gsize i = 0; i < json_array_size(list); i++) /* values are a set */
        if (strcmp(json_string_value(json_array_get(list, i)), text) == 0)
            return;
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    json_array_append_new(list, json_string(valid));
}

static void add_entity(const Follow *follow, json_t *entity, const char *property, StoreKind kind,
                       gint64 id)
{
    char name[OUTLET_ID_CHARS + 1];
    if (id == 0)
        return;
    outlet_id(follow->outlet, kind, id, name);
    add(entity, property, name);
}

static void add_dates(json_t *entity, const Span *span)
{
    if (span->date[0] != '\0') {
        add(entity, "date", span->date);
        return;
    }
    add(entity, "startDate", span->first);
    add(entity, "endDate", span->last);
}

/* Takes the entity. The looks are on record before it goes. */
static bool put(Follow *follow, json_t *entity, const char *id, GError **error)
{
    json_object_set_new(entity, "id", json_string(id));
    json_object_set_new(entity, "datasets", json_pack("[s]", follow->dataset));
    char *dump = json_dumps(entity, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(entity);
    g_autofree char *line = g_strconcat(dump, "\n", NULL);
    free(dump); /* jansson's own allocator */
    follow->done->total++;
    return outlet_looked(follow->outlet, error) &&
           follow->write(follow->context, line, strlen(line), error);
}

static bool put_record(Follow *follow, json_t *entity, StoreKind kind, gint64 id, GError **error)
{
    char name[OUTLET_ID_CHARS + 1];
    outlet_id(follow->outlet, kind, id, name);
    follow->done->n[kind]++;
    return put(follow, entity, name, error);
}

/* FollowTheMoney knows languages by ISO 639-3, and these of ours. */
static const char *language_of(const char *code)
{
    static const char *const CODES[][2] = {{"fa", "fas"}, {"en", "eng"}, {"ar", "ara"},
                                           {"tr", "tur"}, {"fr", "fra"}, {"de", "deu"},
                                           {"az", "aze"}, {"ru", "rus"}};
    for (gsize i = 0; code != NULL && i < G_N_ELEMENTS(CODES); i++)
        if (strcmp(CODES[i][0], code) == 0)
            return CODES[i][1];
    return NULL;
}

/* ---- kinds ---- */

static bool put_source(Follow *follow, const OutletRecord *r, const void *record, GError **error)
{
    const char *kind = outlet_value(r, "kind"), *name = outlet_value(r, "name");
    if (name == NULL || g_strcmp0(kind, "person") == 0)
        return true; /* who must not be named has no entity */
    json_t *entity = entity_new("Organization");
    add(entity, "name", name);
    add(entity, "sourceUrl", outlet_value(r, "url"));
    add(entity, "classification", kind);
    return put_record(follow, entity, STORE_KIND_SOURCE, r->id, error);
}

static bool put_person(Follow *follow, const OutletRecord *r, const void *record, GError **error)
{
    json_t *entity = entity_new("Person");
    const char *name = outlet_value(r, "name"), *code = outlet_value(r, "code");
    const char *birth = outlet_value(r, "birth_date");
    add(entity, "name", name != NULL ? name : code);
    add(entity, "alias", outlet_value(r, "name_latin"));
    if (name != NULL)
        add(entity, "alias", code);
    add(entity, "fatherName", outlet_value(r, "father"));
    if (birth != NULL && strspn(birth, "0123456789-") == strlen(birth))
        add(entity, "birthDate", birth);
    else if (outlet_value(r, "birth_year") != NULL &&
             strcmp(outlet_value(r, "birth_year"), "0") != 0)
        add(entity, "birthDate", outlet_value(r, "birth_year"));
    add(entity, "gender", outlet_value(r, "gender"));
    add(entity, "keywords", outlet_value(r, "group"));
    add(entity, "status", outlet_value(r, "status"));
    add(entity, "country", follow->country);
    return put_record(follow, entity, STORE_KIND_PERSON, r->id, error);
}

static bool add_place(Follow *follow, json_t *entity, gint64 place_id, const char *as_written,
                      GError **error)
{
    const char *name =
        place_id != 0 ? outlet_name(follow->outlet, STORE_KIND_PLACE, place_id, error) : "";
    add(entity, "location", as_written != NULL ? as_written : name);
    return name != NULL;
}

static bool add_publisher(Follow *follow, json_t *entity, gint64 report_id, GError **error)
{
    g_autoptr(StoreReport) report =
        store_report_load(outlet_store(follow->outlet), report_id, error);
    const char *name = report == NULL           ? NULL
                       : report->source_id != 0 ? outlet_name(follow->outlet, STORE_KIND_SOURCE,
                                                              report->source_id, error)
                                                : "";
    add(entity, "publisher", name);
    return name != NULL;
}

/* The reports it rests on, and who published them. */
static bool add_proofs(Follow *follow, json_t *entity, gint64 act_id, GError **error)
{
    const StorePage first = {.limit = PROOFS_MOST};
    g_autoptr(GPtrArray) statements =
        store_statement_list_by_act(outlet_store(follow->outlet), act_id, &first, error);
    for (guint i = 0; statements != NULL && i < statements->len; i++) {
        const StoreStatement *statement = statements->pdata[i];
        add_entity(follow, entity, "proof", STORE_KIND_REPORT, statement->report_id);
        if (statement->report_id != 0 &&
            !add_publisher(follow, entity, statement->report_id, error))
            return false;
    }
    return statements != NULL;
}

static void add_count(json_t *entity, gint32 least, gint32 most)
{
    char text[48];
    if (least == 1 && most == 1)
        return;
    if (least == most)
        g_snprintf(text, sizeof text, "victims: %d", least);
    else
        g_snprintf(text, sizeof text, "victims: %d to %d", least, most);
    add(entity, "notes", text);
}

static bool put_act(Follow *follow, const OutletRecord *r, const void *record, GError **error)
{
    const StoreAct *act = record;
    Span span;
    json_t *entity = entity_new("Event");
    span_of(act->event_date, act->first_day, act->last_day, &span);
    add(entity, "name",
        outlet_value(r, "title") != NULL ? outlet_value(r, "title") : intake_act_title(act->kind));
    add(entity, "keywords", act->kind);
    add_dates(entity, &span);
    add(entity, "country", follow->country);
    add_entity(follow, entity, "involved", STORE_KIND_PERSON, act->victim_id);
    add_count(entity, act->count_min, act->count_max);
    if (outlet_value(r, "perpetrator") != NULL) {
        g_autofree char *by = g_strdup_printf("by: %s", outlet_value(r, "perpetrator"));
        add(entity, "notes", by);
    }
    if (!add_place(follow, entity, act->place_id, NULL, error) ||
        !add_proofs(follow, entity, act->id, error)) {
        json_decref(entity);
        return false;
    }
    return put_record(follow, entity, STORE_KIND_ACT, r->id, error);
}

static bool put_report(Follow *follow, const OutletRecord *r, const void *record, GError **error)
{
    const StoreReport *report = record;
    char id[OUTLET_ID_CHARS + 1], file[32];
    json_t *entity = entity_new("PlainText");
    outlet_id(follow->outlet, STORE_KIND_REPORT, r->id, id);
    g_snprintf(file, sizeof file, "report-%.8s.txt", id);
    add(entity, "fileName", file); /* required of documents */
    add(entity, "mimeType", "text/plain");
    add(entity, "title", outlet_value(r, "title"));
    add(entity, "bodyText", outlet_value(r, "text"));
    add(entity, "language", language_of(report->language));
    add(entity, "publishedAt", report->received != 0 ? outlet_value(r, "received") : NULL);
    if (report->source_id != 0 && !add_publisher(follow, entity, r->id, error)) {
        json_decref(entity);
        return false;
    }
    return put_record(follow, entity, STORE_KIND_REPORT, r->id, error);
}

static bool put_link(Follow *follow, const StoreStatement *statement, StoreKind kind, gint64 target,
                     const char *role, GError **error)
{
    char id[OUTLET_ID_CHARS + 1];
    g_autofree char *own = NULL;
    json_t *entity = entity_new("Documentation");
    add_entity(follow, entity, "document", STORE_KIND_REPORT, statement->report_id);
    add_entity(follow, entity, "entity", kind, target);
    add(entity, "role", role);
    outlet_id(follow->outlet, STORE_KIND_STATEMENT, statement->id, id);
    own = g_strdup_printf("%s-%s", id, kind == STORE_KIND_PERSON ? "p" : "e");
    return put(follow, entity, own, error);
}

/* A statement that no act was made of yet is an event of its own. */
static bool put_unlinked(Follow *follow, const OutletRecord *r, const StoreStatement *statement,
                         GError **error)
{
    Span span;
    json_t *entity = entity_new("Event");
    span_of(statement->event_date, statement->first_day, statement->last_day, &span);
    add(entity, "name",
        intake_act_title(statement->act_kind != NULL ? statement->act_kind : "other"));
    add(entity, "keywords", statement->act_kind);
    add_dates(entity, &span);
    add(entity, "country", follow->country);
    add_entity(follow, entity, "involved", STORE_KIND_PERSON, statement->victim_id);
    add_entity(follow, entity, "proof", STORE_KIND_REPORT, statement->report_id);
    add_count(entity, statement->count_min, statement->count_max);
    if (!add_place(follow, entity, statement->place_id, outlet_value(r, "place_text"), error) ||
        (statement->report_id != 0 &&
         !add_publisher(follow, entity, statement->report_id, error))) {
        json_decref(entity);
        return false;
    }
    return put_record(follow, entity, STORE_KIND_STATEMENT, r->id, error);
}

static bool put_statement(Follow *follow, const OutletRecord *r, const void *record, GError **error)
{
    const StoreStatement *statement = record;
    if (statement->act_id == 0 && !put_unlinked(follow, r, statement, error))
        return false;
    if (statement->report_id == 0)
        return true;
    const StoreKind target = statement->act_id != 0 ? STORE_KIND_ACT : STORE_KIND_STATEMENT;
    return put_link(follow, statement, target,
                    statement->act_id != 0 ? statement->act_id : statement->id, statement->act_kind,
                    error) &&
           (statement->victim_id == 0 ||
            put_link(follow, statement, STORE_KIND_PERSON, statement->victim_id, "victim", error));
}

/* ---- all ---- */

typedef bool (*Put)(Follow *follow, const OutletRecord *r, const void *record, GError **error);

static bool put_kind(Follow *follow, StoreKind kind, Put put_one, GError **error)
{
    g_autoptr(StoreCursor) cursor =
        store_record_cursor(outlet_store(follow->outlet), kind, NULL, error);
    g_autoptr(GError) why = NULL;
    if (cursor == NULL)
        return false;
    for (const void *record; (record = store_record_next(cursor, kind, &why)) != NULL;) {
        g_auto(OutletRecord) passed = {.kind = STORE_KIND_NONE};
        if (progress_stopped(_("Stopped: what was written is not whole."), error) ||
            !outlet_pass(follow->outlet, kind, record, &passed, error) ||
            !put_one(follow, &passed, record, error))
            return false;
    }
    if (why == NULL)
        return true;
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}

bool follow_write(Outlet *outlet, RecordsWrite write, void *context, RecordsDone *done,
                  GError **error)
{
    static const struct {
        StoreKind kind;
        Put put;
    } KINDS[] = {{STORE_KIND_SOURCE, put_source},
                 {STORE_KIND_PERSON, put_person},
                 {STORE_KIND_REPORT, put_report},
                 {STORE_KIND_ACT, put_act},
                 {STORE_KIND_STATEMENT, put_statement}};
    Follow follow = {.outlet = outlet, .write = write, .context = context, .done = done};
    char id[OUTLET_ID_CHARS + 1];
    outlet_id(outlet, STORE_KIND_NONE, 0, id);
    g_snprintf(follow.dataset, sizeof follow.dataset, "zenhar_%.8s", id);
    g_autofree char *country = store_setting_get(outlet_store(outlet), "country", NULL);
    follow.country = country != NULL && strlen(country) == 2 ? g_ascii_strdown(country, -1) : NULL;
    bool written = true;
    for (gsize i = 0; written && i < G_N_ELEMENTS(KINDS); i++)
        written = put_kind(&follow, KINDS[i].kind, KINDS[i].put, error);
    g_free(follow.country);
    return written;
}
