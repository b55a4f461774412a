/* Persons and acts of a case, written from what the matching found. */
#include "intake/join.h"

#include "base/edtf.h"
#include "base/i18n.h"
#include "intake/join_private.h"
#include "store/id.h"
#include "store/link.h"
#include "store/query_join.h"
#include "store/user.h"
#include "text/normalize.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define MODEL_SETTING "link_model"

IntakeJoinOptions intake_join_options_default(void)
{
    return (IntakeJoinOptions){.threshold = 0.5, .seed = 1, .days_between = 7};
}

typedef struct {
    Store *store;
    const JoinRecords *records;
    const JoinMatch *match;
    gint32 days_between;
    IntakeJoinSummary *summary;
} Join;

typedef struct {
    gsize n;
    const guint32 *members; /* records of one person, in order */
} Group;

/* ---- one person ---- */

typedef const char *Getter(const JoinRecord *record);
static const char *get_name(const JoinRecord *record)
{
    return record->name;
}
static const char *get_father(const JoinRecord *record)
{
    return record->father;
}
static const char *get_birth(const JoinRecord *record)
{
    return record->birth;
}
static const char *get_gender(const JoinRecord *record)
{
    return record->gender;
}
static const char *get_group(const JoinRecord *record)
{
    return record->group;
}

static bool is_latin(const char *text)
{
    for (; *text != '\0'; text = g_utf8_next_char(text))
        if (g_unichar_isalpha(g_utf8_get_char(text)))
            return g_ascii_isalpha(*text) || (guchar)*text < 0xd0; /* Latin, accents included */
    return false;
}

enum { ANY_SCRIPT, OWN_SCRIPT, LATIN };

/* A text without what spelling changes: Arabic letters, case, spaces, half-spaces, hyphens. */
static char *bare(const char *text)
{
    char *folded = text_fold(text, -1, NULL), *out = folded;
    for (const char *at = folded; *at != '\0'; at++)
        if (*at != ' ' && *at != '-')
            *out++ = *at;
    *out = '\0';
    return folded;
}

/* What most records say, spelling aside; of equals the longest (an initial is no name), then the
 * first, as first written. NULL when none says anything. */
static const char *most_say(const Join *join, const Group *group, Getter *get, int script)
{
    const char *best = NULL;
    gsize most = 0, longest = 0;
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    for (gsize i = 0; i < group->n; i++) {
        const char *text = get(&join->records->records[group->members[i]]);
        bool counts = text != NULL && (script == ANY_SCRIPT || is_latin(text) == (script == LATIN));
        g_ptr_array_add(texts, counts ? bare(text) : NULL);
    }
    for (gsize i = 0; i < group->n; i++) {
        const char *own = texts->pdata[i];
        gsize votes = 0;
        for (gsize k = i; own != NULL && k < group->n; k++)
            votes += g_strcmp0(texts->pdata[k], own) == 0;
        if (votes == 0 || votes < most || (votes == most && strlen(own) <= longest))
            continue;
        best = get(&join->records->records[group->members[i]]);
        most = votes;
        longest = strlen(own);
    }
    return best;
}

static void fill(char **field, const char *text)
{
    if (*field == NULL && text != NULL)
        *field = g_strdup(text);
}

static int birth_year(const char *birth)
{
    Edtf edtf;
    gint32 first, last;
    int year = 0, month, day;
    if (birth == NULL || !edtf_parse(birth, CALENDAR_GREGORIAN, &edtf, NULL))
        return 0;
    edtf_bounds(&edtf, &first, &last);
    if (first != G_MININT32 && last != G_MAXINT32 && last - first < 400)
        edtf_day_to_gregorian(first + (last - first) / 2, &year, &month, &day);
    return year;
}

/* What became of a person: by the newest act that changes it. */
static const char *person_status(const Join *join, const Group *group)
{
    static const struct {
        const char *kind, *status;
    } STATUS[] = {
        {"arrest", "detained"},    {"release", "released"},
        {"execution", "executed"}, {"death_in_custody", "killed"},
        {"killing", "killed"},     {"enforced_disappearance", "disappeared"},
    };
    const char *status = NULL;
    gint32 newest = G_MININT32;
    for (gsize i = 0; i < group->n; i++) {
        const JoinRecord *record = &join->records->records[group->members[i]];
        for (gsize k = 0; k < G_N_ELEMENTS(STATUS); k++) {
            if (g_strcmp0(record->kind, STATUS[k].kind) != 0)
                continue;
            gint32 day = join_happens_once(record->kind) ? G_MAXINT32 : record->first_day;
            if (status == NULL || day > newest) {
                newest = day;
                status = STATUS[k].status;
            }
        }
    }
    return status;
}

/* Fields that nobody filled yet; what stands there stays. */
static void describe(const Join *join, const Group *group, StorePerson *person)
{
    const char *own = most_say(join, group, get_name, OWN_SCRIPT);
    const char *latin = most_say(join, group, get_name, LATIN);
    const char *father = most_say(join, group, get_father, OWN_SCRIPT);
    fill(&person->kind, "victim");
    fill(&person->name, own != NULL ? own : latin);
    fill(&person->name_latin, latin);
    fill(&person->father, father != NULL ? father : most_say(join, group, get_father, ANY_SCRIPT));
    fill(&person->birth_date, most_say(join, group, get_birth, ANY_SCRIPT));
    fill(&person->gender, most_say(join, group, get_gender, ANY_SCRIPT));
    fill(&person->group, most_say(join, group, get_group, ANY_SCRIPT));
    if (person->birth_year == 0)
        person->birth_year = birth_year(person->birth_date);
    const char *status = person_status(join, group);
    if (status != NULL && g_strcmp0(person->status, status) != 0) {
        g_free(person->status);
        person->status = g_strdup(status);
    }
    bool synthetic = true;
    for (gsize i = 0; i < group->n; i++)
        synthetic &= join->records->records[group->members[i]].synthetic;
    person->synthetic = synthetic;
}

/* What the joining rests on: the statement it fits best, and what each field said. */
static char *reason_note(const Join *join, guint32 record)
{
    const JoinReason *reason = &join->match->reasons[record];
    char with[STORE_ID_MAX];
    store_id_format(STORE_KIND_STATEMENT, join->records->records[reason->other].statement, with);
    json_t *fields = json_object(), *note = json_object();
    for (unsigned f = 0; f < join->match->n_fields; f++)
        if (reason->bits[f] != 0)
            json_object_set_new(fields, join->match->fields[f], json_real(reason->bits[f]));
    json_object_set_new(note, "with", json_string(with));
    json_object_set_new(note, "weight_bits", json_real((double)reason->weight_bits));
    json_object_set_new(note, "probability", json_real((double)reason->probability));
    json_object_set_new(note, "fields", fields);
    char *dump = json_dumps(note, JSON_COMPACT | JSON_REAL_PRECISION(6)), *text = g_strdup(dump);
    free(dump);
    json_decref(note);
    return text;
}

static bool add_link(const Join *join, gint64 person, StoreKind kind, gint64 id, const char *note,
                     GError **error)
{
    g_autoptr(StoreLink) link = store_link_new();
    link->from_kind = STORE_KIND_PERSON;
    link->from_id = person;
    link->to_kind = (gint32)kind;
    link->to_id = id;
    link->role = g_strdup("part");
    link->note = g_strdup(note);
    return store_link_add(join->store, link, error);
}

/* Each new statement that another one brought here. */
static bool log_merges(const Join *join, const Group *group, gint64 person, GError **error)
{
    for (gsize i = 0; i < group->n; i++) {
        guint32 record = group->members[i];
        if (record < join->records->n_known || join->match->reasons[record].other == record)
            continue;
        g_autofree char *note = reason_note(join, record);
        if (!add_link(join, person, STORE_KIND_STATEMENT, join->records->records[record].statement,
                      note, error))
            return false;
        join->summary->merges++;
    }
    return true;
}

/* Another person turned out to be this one. */
static bool merge_person(const Join *join, gint64 person, gint64 other, GError **error)
{
    g_autoptr(StorePerson) merged = store_person_load(join->store, other, error);
    g_autoptr(GPtrArray) acts =
        merged != NULL ? store_act_list_by_victim(join->store, other, NULL, error) : NULL;
    if (acts == NULL)
        return false;
    merged->merged_into = person;
    if (!store_person_update(join->store, merged, error))
        return false;
    for (guint i = 0; i < acts->len; i++) {
        StoreAct *act = g_ptr_array_index(acts, i);
        act->victim_id = person;
        if (!store_act_update(join->store, act, error))
            return false;
    }
    join->summary->persons_merged++;
    return add_link(join, person, STORE_KIND_PERSON, other, "{\"merged\":true}", error);
}

/* The person of a group: the eldest of those its statements belong to, or a new one. 0 on error. */
static gint64 settle_person(const Join *join, const Group *group, GError **error)
{
    gint64 eldest = 0;
    for (gsize i = 0; i < group->n; i++) {
        gint64 person = join->records->records[group->members[i]].person;
        if (person != 0 && (eldest == 0 || person < eldest))
            eldest = person;
    }
    g_autoptr(StorePerson) person =
        eldest != 0 ? store_person_load(join->store, eldest, error) : store_person_new();
    if (person == NULL)
        return 0;
    describe(join, group, person);
    if (eldest == 0) {
        if (!store_person_add(join->store, person, error))
            return 0;
        join->summary->persons_added++;
    } else if (!store_person_update(join->store, person, error)) {
        return 0;
    }
    gint64 merged = 0;
    for (;;) { /* the others, in order */
        gint64 next = 0;
        for (gsize i = 0; i < group->n; i++) {
            gint64 other = join->records->records[group->members[i]].person;
            if (other > MAX(eldest, merged) && (next == 0 || other < next))
                next = other;
        }
        if (next == 0)
            break;
        if (!merge_person(join, person->id, next, error))
            return 0;
        merged = next;
    }
    return log_merges(join, group, person->id, error) ? person->id : 0;
}

/* ---- acts ---- */

static gint32 count_distinct(const Join *join, const Group *group, bool sources)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_int64_hash, g_int64_equal);
    for (gsize i = 0; i < group->n; i++) {
        JoinRecord *record = &join->records->records[group->members[i]];
        g_hash_table_add(seen, sources ? &record->source : &record->report);
    }
    return (gint32)g_hash_table_size(seen);
}

/* The place that most records give; of equals the first. */
static gint64 most_place(const Join *join, const Group *group)
{
    gint64 best = 0;
    gsize most = 0;
    for (gsize i = 0; i < group->n; i++) {
        gint64 place = join->records->records[group->members[i]].place;
        gsize votes = 0;
        for (gsize k = i; k < group->n; k++)
            votes += join->records->records[group->members[k]].place == place;
        if (place != 0 && votes > most) {
            best = place;
            most = votes;
        }
    }
    return best;
}

static char *act_method(const Join *join, const Group *group)
{
    float least = 0, most = 0;
    gsize joined = 0;
    gint64 apart = 0;
    for (gsize i = 0; i < group->n; i++) {
        guint32 record = group->members[i];
        const JoinReason *reason = &join->match->reasons[record];
        for (gsize k = 0; k < i; k++)
            apart = MAX(apart, join_gap(&join->records->records[record],
                                        &join->records->records[group->members[k]]));
        if (record < join->records->n_known || reason->other == record)
            continue;
        least = joined == 0 ? reason->weight_bits : MIN(least, reason->weight_bits);
        most = joined == 0 ? reason->weight_bits : MAX(most, reason->weight_bits);
        joined++;
    }
    if (group->n == 1)
        return g_strdup("one statement");
    char low[G_ASCII_DTOSTR_BUF_SIZE], high[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_formatd(low, sizeof low, "%.1f", (double)least);
    g_ascii_formatd(high, sizeof high, "%.1f", (double)most);
    return joined == 0 ? g_strdup_printf("%" G_GSIZE_FORMAT " statements of one person, same kind, "
                                         "days at most %" G_GINT64_FORMAT " apart",
                                         group->n, apart)
                       : g_strdup_printf("%" G_GSIZE_FORMAT " statements of one person (match "
                                         "weights %s to %s bits), same kind, days at most "
                                         "%" G_GINT64_FORMAT " apart",
                                         group->n, low, high, apart);
}

static void replace(char **field, const char *text)
{
    g_free(*field);
    *field = g_strdup(text);
}

static void describe_act(const Join *join, const Group *group, gint64 person, StoreAct *act)
{
    const JoinRecord *dated =
        &join->records->records[join_act_date(join->records, group->n, group->members)];
    replace(&act->kind, dated->kind);
    replace(&act->event_date, dated->event_date);
    act->first_day = dated->first_day;
    act->last_day = dated->last_day;
    act->victim_id = person;
    gint64 place = most_place(join, group);
    if (place != 0)
        act->place_id = place;
    act->synthetic = true;
    for (gsize i = 0; i < group->n; i++) {
        const JoinRecord *record = &join->records->records[group->members[i]];
        fill(&act->perpetrator, record->perpetrator);
        act->synthetic &= record->synthetic;
    }
    act->n_reports = count_distinct(join, group, false);
    act->n_sources = count_distinct(join, group, true);
    if (act->status == NULL || strcmp(act->status, "reported") == 0)
        replace(&act->status, act->n_sources > 1 ? "corroborated" : "reported");
    g_free(act->method);
    act->method = act_method(join, group);
}

static bool link_statements(const Join *join, const Group *group, gint64 person, gint64 act,
                            GError **error)
{
    for (gsize i = 0; i < group->n; i++) {
        const JoinRecord *record = &join->records->records[group->members[i]];
        if (record->person == person && record->act == act)
            continue;
        if (!store_statement_set_links(join->store, record->statement, person, act, error))
            return false;
    }
    return true;
}

/* An act whose statements all went to another one: kept, so that what pointed to it still does. */
static bool retire_act(const Join *join, gint64 id, gint64 into, GError **error)
{
    g_autoptr(StoreAct) act = store_act_load(join->store, id, error);
    if (act == NULL)
        return false;
    char same[STORE_ID_MAX];
    store_id_format(STORE_KIND_ACT, into, same);
    act->n_reports = act->n_sources = 0;
    replace(&act->status, "merged");
    g_free(act->method);
    act->method = g_strdup_printf("the same act as %s", same);
    join->summary->acts_updated++;
    return store_act_update(join->store, act, error);
}

static bool settle_act(const Join *join, const Group *group, gint64 person, GError **error)
{
    gint64 eldest = 0;
    bool changed = false;
    for (gsize i = 0; i < group->n; i++) {
        const JoinRecord *record = &join->records->records[group->members[i]];
        if (record->act != 0 && (eldest == 0 || record->act < eldest))
            eldest = record->act;
        changed |= record->act == 0 || record->act != eldest || record->person != person;
    }
    if (!changed)
        return true;
    g_autoptr(StoreAct) act =
        eldest != 0 ? store_act_load(join->store, eldest, error) : store_act_new();
    if (act == NULL)
        return false;
    describe_act(join, group, person, act);
    if (eldest == 0 ? !store_act_add(join->store, act, error)
                    : !store_act_update(join->store, act, error))
        return false;
    if (eldest == 0)
        join->summary->acts_added++;
    else
        join->summary->acts_updated++;
    if (!link_statements(join, group, person, act->id, error))
        return false;
    for (gint64 retired = MAX(eldest, 0);;) {
        gint64 next = 0;
        for (gsize i = 0; eldest != 0 && i < group->n; i++) {
            gint64 other = join->records->records[group->members[i]].act;
            if (other > retired && (next == 0 || other < next))
                next = other;
        }
        if (next == 0)
            return true;
        if (!retire_act(join, next, act->id, error))
            return false;
        retired = next;
    }
}

static bool settle_acts(const Join *join, const Group *group, gint64 person, GError **error)
{
    g_autofree guint32 *acts = g_new(guint32, group->n + 1),
                       *members = g_new(guint32, group->n + 1);
    gsize n_acts = join_acts(join->records, group->n, group->members, join->days_between, acts);
    for (guint32 a = 0; a < n_acts; a++) {
        Group one = {0, members};
        for (gsize i = 0; i < group->n; i++)
            if (acts[i] == a)
                members[one.n++] = group->members[i];
        if (!settle_act(join, &one, person, error))
            return false;
    }
    return true;
}

/* ---- the whole ---- */

/* Nothing of a group changes when all its statements were linked to one person before. */
static bool is_settled(const Join *join, const Group *group)
{
    gint64 person = join->records->records[group->members[0]].person;
    for (gsize i = 0; i < group->n; i++)
        if (group->members[i] >= join->records->n_known ||
            join->records->records[group->members[i]].person != person)
            return false;
    return true;
}

static bool write_groups(const Join *join, GError **error)
{
    gsize n = join->records->n;
    const guint32 *clusters = join->match->clusters;
    /* Records in order of cluster: a counting sort keeps their order within. */
    g_autofree guint32 *start = g_new0(guint32, n + 2), *order = g_new0(guint32, n + 1);
    for (gsize i = 0; i < n; i++)
        start[clusters[i] + 1]++;
    for (gsize c = 0; c < n; c++)
        start[c + 1] += start[c];
    g_autofree guint32 *fill_at = g_memdup2(start, (n + 2) * sizeof *start);
    for (gsize i = 0; i < n; i++)
        order[fill_at[clusters[i]]++] = (guint32)i;
    for (gsize c = 0; c < n; c++) {
        Group group = {start[c + 1] - start[c], order + start[c]};
        if (group.n == 0 || is_settled(join, &group))
            continue;
        gint64 person = settle_person(join, &group, error);
        if (person == 0 || !settle_acts(join, &group, person, error))
            return false;
    }
    return true;
}

/* The model of an earlier run serves until the case has doubled; then all is compared anew. */
static bool load_model(Store *store, gsize n_records, LinkModel *ret_model, char **ret_columns,
                       bool *ret_found, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autofree char *text = store_setting_get(store, MODEL_SETTING, &why);
    *ret_found = false;
    if (why != NULL) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    gint64 learned_on = 0;
    if (text != NULL && join_model_parse(text, ret_model, ret_columns, &learned_on))
        *ret_found = (gint64)n_records < 2 * learned_on;
    return true;
}

static bool join_unsealed(Store *store, const IntakeJoinOptions *options,
                          IntakeJoinSummary *summary, GError **error)
{
    g_autoptr(JoinRecords) records = join_records_read(store, error);
    if (records == NULL)
        return false;
    summary->statements = (gint64)records->n;
    summary->new_statements = (gint64)(records->n - records->n_known);
    summary->nameless = records->nameless;
    LinkModel model;
    g_autofree char *columns = NULL;
    bool found = false;
    if (!load_model(store, records->n, &model, &columns, &found, error))
        return false;
    g_autoptr(JoinMatch) match =
        join_match(records, options, found ? &model : NULL, columns, error);
    if (match == NULL)
        return false;
    summary->pairs_compared = match->pairs_compared;
    summary->doubtful = match->doubtful;
    if (match->learned) {
        g_autofree char *text = join_model_format(match, records->n);
        if (!store_setting_set(store, MODEL_SETTING, text, error))
            return false;
    }
    Join join = {store, records, match, options->days_between >= 0 ? options->days_between : 7,
                 summary};
    return write_groups(&join, error);
}

bool intake_join(Store *store, const IntakeJoinOptions *options, IntakeJoinSummary *ret_summary,
                 GError **error)
{
    const IntakeJoinOptions plain = intake_join_options_default();
    IntakeJoinSummary summary = {0};
    gint64 waiting = store_statement_count_unjoined(store, error);
    if (waiting < 0)
        return false;
    if (waiting == 0) { /* nobody's name is read for nothing */
        if (ret_summary != NULL)
            *ret_summary = summary;
        return true;
    }
    bool was_unsealed = store_unsealed(store);
    if (!was_unsealed && !store_unseal(store, 0, "linking statements to persons", error))
        return false;
    bool ok = store_begin(store, error);
    if (ok) {
        ok = join_unsealed(store, options != NULL ? options : &plain, &summary, error);
        if (ok)
            ok = store_commit(store, error);
        else
            store_rollback(store);
    }
    if (!was_unsealed)
        store_unseal_end(store);
    if (ok && ret_summary != NULL)
        *ret_summary = summary;
    return ok;
}
