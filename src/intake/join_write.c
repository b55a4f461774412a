/* Persons written: which number a group of statements keeps, who is merged, who is split off, and
 * the evidence of each.
 *
 * A person belongs to the group that holds most of its statements (of equals, the earliest). A
 * group is the eldest of its persons; the others are merged into it. Statements whose person went
 * elsewhere are split off. */
#include "intake/join_private.h"

#include "store/id.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* A person's statements in one group. */
typedef struct {
    gint64 person;
    guint32 cluster, first, n; /* first: position of the first record */
    bool owner;                /* the person goes with this group */
} Part;

typedef struct {
    const JoinWrite *w;
    GArray *parts;            /* Part, by person, then cluster */
    gint64 *person;           /* by cluster's first record: the person it is; 0 new */
    gint64 *was;              /* by record: its person before */
    guint32 *start, *order;   /* records in order of cluster: start[c] … start[c + 1] */
    bool *changed, *lost;     /* by cluster's first record */
    bool *split;              /* by record: its person went with another group */
    const JoinPair **loudest; /* by part; NULL none */
} Plan;

static void plan_clear(Plan *plan)
{
    g_array_unref(plan->parts);
    g_free(plan->person);
    g_free(plan->was);
    g_free(plan->start);
    g_free(plan->order);
    g_free(plan->changed);
    g_free(plan->lost);
    g_free(plan->split);
    g_free(plan->loudest);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Plan, plan_clear)

static JoinGroup group_of(const Plan *plan, gsize cluster)
{
    return (JoinGroup){plan->start[cluster + 1] - plan->start[cluster],
                       plan->order + plan->start[cluster]};
}

/* ---- who is who ---- */

static int by_person(gconstpointer a, gconstpointer b)
{
    const Part *x = a, *y = b;
    if (x->person != y->person)
        return x->person < y->person ? -1 : 1;
    if (x->cluster != y->cluster)
        return x->cluster < y->cluster ? -1 : 1;
    return x->first < y->first ? -1 : x->first > y->first;
}

/* Records in order of cluster: a counting sort keeps their order within. */
static void order_records(Plan *plan, gsize n)
{
    const guint32 *clusters = plan->w->clusters;
    plan->start = g_new0(guint32, n + 2);
    plan->order = g_new0(guint32, n + 1);
    for (gsize i = 0; i < n; i++)
        plan->start[clusters[i] + 1]++;
    for (gsize c = 0; c < n; c++)
        plan->start[c + 1] += plan->start[c];
    g_autofree guint32 *at = g_memdup2(plan->start, (n + 2) * sizeof *at);
    for (gsize i = 0; i < n; i++)
        plan->order[at[clusters[i]]++] = (guint32)i;
}

static void find_parts(Plan *plan, gsize n)
{
    GArray *parts = g_array_new(FALSE, FALSE, sizeof(Part));
    for (gsize i = 0; i < n; i++) {
        Part part = {plan->w->records->records[i].person, plan->w->clusters[i], (guint32)i, 1,
                     false};
        if (part.person != 0)
            g_array_append_val(parts, part);
    }
    g_array_sort(parts, by_person);
    guint kept = 0;
    for (guint i = 0; i < parts->len; i++) {
        Part part = g_array_index(parts, Part, i),
             *last = kept > 0 ? &g_array_index(parts, Part, kept - 1) : NULL;
        if (last != NULL && last->person == part.person && last->cluster == part.cluster)
            last->n++;
        else
            g_array_index(parts, Part, kept++) = part;
    }
    g_array_set_size(parts, kept);
    plan->parts = parts;
}

/* What was asked for stands above numbers. */
static bool goes_before(const Plan *plan, const Part *a, const Part *b)
{
    const gint64 *wanted = plan->w->persons;
    if (wanted != NULL) {
        bool a_asked = wanted[a->cluster] == a->person, b_asked = wanted[b->cluster] == b->person;
        if (a_asked != b_asked)
            return a_asked;
    }
    return a->n != b->n ? a->n > b->n : a->first < b->first;
}

static void choose_persons(Plan *plan, gsize n)
{
    plan->person = g_new0(gint64, n + 1);
    for (guint i = 0; i < plan->parts->len;) {
        Part *best = &g_array_index(plan->parts, Part, i);
        gint64 person = best->person;
        for (i++; i < plan->parts->len && g_array_index(plan->parts, Part, i).person == person; i++)
            if (goes_before(plan, &g_array_index(plan->parts, Part, i), best))
                best = &g_array_index(plan->parts, Part, i);
        best->owner = true;
        if (plan->person[best->cluster] == 0) /* parts come in order of person: the eldest */
            plan->person[best->cluster] = person;
    }
    for (gsize c = 0; plan->w->persons != NULL && c < n; c++)
        if (plan->w->persons[c] != 0)
            plan->person[c] = plan->w->persons[c];
}

static void mark_changes(Plan *plan, gsize n)
{
    const JoinRecords *records = plan->w->records;
    plan->was = g_new0(gint64, n + 1);
    plan->changed = g_new0(bool, n + 1);
    plan->lost = g_new0(bool, n + 1);
    plan->split = g_new0(bool, n + 1);
    g_autoptr(GHashTable) owners = g_hash_table_new(g_int64_hash, g_int64_equal);
    for (guint i = 0; i < plan->parts->len; i++) {
        Part *part = &g_array_index(plan->parts, Part, i);
        if (part->owner)
            g_hash_table_insert(owners, &part->person, part);
    }
    for (gsize i = 0; i < n; i++) {
        guint32 cluster = plan->w->clusters[i];
        plan->was[i] = records->records[i].person;
        if (plan->was[i] == plan->person[cluster] && plan->was[i] != 0)
            continue;
        plan->changed[cluster] = true;
        const Part *owner = g_hash_table_lookup(owners, &plan->was[i]);
        plan->split[i] = owner != NULL && owner->cluster != cluster;
        if (plan->split[i])
            plan->changed[owner->cluster] = plan->lost[owner->cluster] = true;
    }
}

/* ---- evidence ---- */

static gssize find_part(const Plan *plan, gint64 person, guint32 cluster)
{
    const Part key = {.person = person, .cluster = cluster};
    gsize low = 0, high = plan->parts->len;
    while (low < high) {
        gsize middle = low + (high - low) / 2;
        const Part *part = &g_array_index(plan->parts, Part, middle);
        if (part->person == key.person && part->cluster == key.cluster)
            return (gssize)middle;
        if (by_person(part, &key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return -1;
}

/* By part, the pair that speaks loudest between its statements and others: of a merger those of the
 * person it goes into, of a split those that stay behind. */
static void find_loudest(Plan *plan)
{
    const JoinWrite *w = plan->w;
    plan->loudest = g_new0(const JoinPair *, plan->parts->len + 1);
    for (guint p = 0; w->pairs != NULL && p < w->pairs->len; p++) {
        const JoinPair *pair = &g_array_index(w->pairs, JoinPair, p);
        gssize ends[2] = {join_records_find(w->records, pair->left),
                          join_records_find(w->records, pair->right)};
        for (int side = 0; ends[0] >= 0 && ends[1] >= 0 && side < 2; side++) {
            gssize own = ends[side], other = ends[1 - side];
            gssize at = find_part(plan, plan->was[own], w->clusters[own]);
            if (at < 0)
                continue;
            bool one_person = plan->was[own] == plan->was[other],
                 one_group = w->clusters[own] == w->clusters[other],
                 owner = g_array_index(plan->parts, Part, at).owner;
            const JoinPair **best = &plan->loudest[at];
            if (owner ? one_group && !one_person : one_person && !one_group)
                if (*best == NULL || pair->weight_bits > (*best)->weight_bits)
                    *best = pair;
        }
    }
}

static char *list_statements(const Plan *plan, const Part *part)
{
    GString *list = g_string_new(NULL);
    JoinGroup group = group_of(plan, part->cluster);
    for (gsize i = 0; i < group.n; i++) {
        const JoinRecord *record = &plan->w->records->records[group.members[i]];
        char statement[STORE_ID_MAX], act[STORE_ID_MAX];
        if (plan->was[group.members[i]] != part->person)
            continue;
        store_id_format(STORE_KIND_STATEMENT, record->statement, statement);
        g_string_append_printf(list, "%s%s", list->len > 0 ? " " : "", statement);
        if (record->act != 0)
            g_string_append_printf(list, "/%s", store_id_format(STORE_KIND_ACT, record->act, act));
    }
    return g_string_free(list, FALSE);
}

static bool note_joining(const Plan *plan, const Part *part, GError **error)
{
    const JoinWrite *w = plan->w;
    const JoinPair *pair = plan->loudest[(gsize)(part - &g_array_index(plan->parts, Part, 0))];
    gint64 now = plan->person[part->cluster];
    g_autoptr(StoreJoining) joining = store_joining_new();
    joining->action = g_strdup(part->owner ? "merge" : "split");
    joining->person_id = part->owner ? now : part->person;
    joining->other_id = part->owner ? part->person : now;
    joining->statements = list_statements(plan, part);
    joining->verdict_id = w->verdict;
    joining->undoes_id = w->undoes;
    if (pair != NULL) {
        joining->left_id = pair->left;
        joining->right_id = pair->right;
        joining->weight_bits = (double)pair->weight_bits;
        joining->probability = (double)join_probability((double)pair->weight_bits);
        joining->fields = join_pair_fields(pair, w->columns);
    }
    return store_joining_add(w->store, joining, error);
}

/* What the joining rests on: the statement it fits best, and what each field said. */
static char *reason_note(const JoinWrite *w, guint32 record)
{
    const JoinReason *reason = &w->reasons[record];
    char with[STORE_ID_MAX];
    store_id_format(STORE_KIND_STATEMENT, w->records->records[reason->other].statement, with);
    g_auto(GStrv) names = g_strsplit(w->columns, " ", -1);
    json_t *fields = json_object(), *note = json_object();
    for (unsigned f = 0; f < LINK_MAX_FIELDS && names[f] != NULL; f++)
        if (reason->bits[f] != 0)
            json_object_set_new(fields, names[f], json_real(reason->bits[f]));
    json_object_set_new(note, "with", json_string(with));
    json_object_set_new(note, "weight_bits", json_real((double)reason->weight_bits));
    json_object_set_new(note, "probability", json_real((double)reason->probability));
    json_object_set_new(note, "fields", fields);
    char *dump = json_dumps(note, JSON_COMPACT | JSON_REAL_PRECISION(6)), *text = g_strdup(dump);
    free(dump);
    json_decref(note);
    return text;
}

static StoreLink *part_link(gint64 person, gint64 statement)
{
    StoreLink *link = store_link_new();
    link->from_kind = STORE_KIND_PERSON;
    link->from_id = person;
    link->to_kind = STORE_KIND_STATEMENT;
    link->to_id = statement;
    link->role = g_strdup("part");
    return link;
}

/* A joining that holds no more: its row stays, as what was believed. */
static bool retire_links(const Plan *plan, guint32 record, gint64 person, GError **error)
{
    Store *store = plan->w->store;
    g_autoptr(GPtrArray) links = store_link_list_to(
        store, STORE_KIND_STATEMENT, plan->w->records->records[record].statement, NULL, error);
    if (links == NULL)
        return false;
    for (guint i = 0; i < links->len; i++) {
        StoreLink *link = g_ptr_array_index(links, i);
        if (link->from_kind != STORE_KIND_PERSON || g_strcmp0(link->role, "part") != 0 ||
            link->from_id == person)
            continue;
        bool before = false;
        for (guint k = 0; k < links->len; k++) {
            const StoreLink *other = g_ptr_array_index(links, k);
            before |= other->from_kind == STORE_KIND_PERSON && other->from_id == link->from_id &&
                      g_strcmp0(other->role, "undone") == 0;
        }
        join_replace(&link->role, "undone");
        if (before ? !store_link_remove(store, link->id, error)
                   : !store_link_update(store, link, error))
            return false;
    }
    return true;
}

/* Each statement that another one brought here. */
static bool link_members(const Plan *plan, const JoinGroup *group, gint64 person, GError **error)
{
    const JoinWrite *w = plan->w;
    for (gsize i = 0; w->reasons != NULL && i < group->n; i++) {
        guint32 record = group->members[i];
        bool fresh = plan->was[record] == 0;
        if ((!fresh && !plan->split[record]) || w->reasons[record].other == record)
            continue;
        g_autoptr(StoreLink) link = part_link(person, w->records->records[record].statement);
        link->note = reason_note(w, record);
        if (!store_link_add(w->store, link, error))
            return false;
        w->summary->merges += fresh;
    }
    return true;
}

/* ---- persons ---- */

static bool settle_person(Plan *plan, guint32 cluster, GError **error)
{
    const JoinWrite *w = plan->w;
    JoinGroup group = group_of(plan, cluster);
    gint64 id = plan->person[cluster];
    g_autoptr(StorePerson) person =
        id != 0 ? store_person_load(w->store, id, error) : store_person_new();
    if (person == NULL)
        return false;
    bool back = person->merged_into != 0;
    person->merged_into = 0;
    join_person_describe(w->records, &group, plan->lost[cluster] || back, person);
    if (id == 0 ? !store_person_add(w->store, person, error)
                : !store_person_update(w->store, person, error))
        return false;
    w->summary->persons_added += id == 0;
    plan->person[cluster] = person->id;
    return true;
}

/* Another person turned out to be this one. */
static bool merge_person(const Plan *plan, const Part *part, GError **error)
{
    const JoinWrite *w = plan->w;
    gint64 into = plan->person[part->cluster];
    g_autoptr(StorePerson) merged = store_person_load(w->store, part->person, error);
    g_autoptr(GPtrArray) acts =
        merged != NULL ? store_act_list_by_victim(w->store, part->person, NULL, error) : NULL;
    if (acts == NULL)
        return false;
    merged->merged_into = into;
    if (!store_person_update(w->store, merged, error))
        return false;
    for (guint i = 0; i < acts->len; i++) {
        StoreAct *act = g_ptr_array_index(acts, i);
        act->victim_id = into;
        if (!store_act_update(w->store, act, error))
            return false;
    }
    w->summary->persons_merged++;
    return store_link_join(w->store, STORE_KIND_PERSON, into, STORE_KIND_PERSON, part->person,
                           "part", error);
}

/* A person that was merged and is one of its own again is no part of the other. */
static bool forget_merger(const JoinWrite *w, gint64 person, GError **error)
{
    g_autoptr(GPtrArray) links =
        store_link_list_to(w->store, STORE_KIND_PERSON, person, NULL, error);
    for (guint i = 0; links != NULL && i < links->len; i++) {
        const StoreLink *link = g_ptr_array_index(links, i);
        if (link->from_kind == STORE_KIND_PERSON && g_strcmp0(link->role, "part") == 0 &&
            !store_link_remove(w->store, link->id, error))
            return false;
    }
    return links != NULL;
}

/* Statements of a person that is another group's now. */
static bool split_person(const Plan *plan, const Part *part, GError **error)
{
    const JoinWrite *w = plan->w;
    gint64 now = plan->person[part->cluster];
    JoinGroup group = group_of(plan, part->cluster);
    if (!note_joining(plan, part, error) || !forget_merger(w, now, error))
        return false;
    for (gsize i = 0; i < group.n; i++)
        if (plan->was[group.members[i]] == part->person &&
            !retire_links(plan, group.members[i], now, error))
            return false;
    w->summary->persons_split++;
    return true;
}

static bool note_parts(const Plan *plan, GError **error)
{
    for (guint i = 0; i < plan->parts->len; i++) {
        const Part *part = &g_array_index(plan->parts, Part, i);
        if (part->person == plan->person[part->cluster])
            continue;
        if (part->owner ? !note_joining(plan, part, error) || !merge_person(plan, part, error)
                        : !split_person(plan, part, error))
            return false;
    }
    return true;
}

/* ---- acts ---- */

/* An act stays with those who stay; of those who leave, with the first group that takes it. */
static void part_acts(const Plan *plan, gsize n)
{
    const JoinWrite *w = plan->w;
    JoinRecord *records = w->records->records;
    g_autoptr(GHashTable) taken = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    for (int leaving = 0; leaving < 2; leaving++)
        for (gsize i = 0; i < n; i++) {
            gsize cluster = w->clusters[i];
            gint64 act = records[i].act;
            if (act == 0 || (plan->was[i] != plan->person[cluster]) != (leaving == 1))
                continue;
            gpointer owner = g_hash_table_lookup(taken, &act);
            if (owner == NULL)
                g_hash_table_insert(taken, g_memdup2(&act, sizeof act),
                                    GSIZE_TO_POINTER(cluster + 1));
            else if (GPOINTER_TO_SIZE(owner) != cluster + 1)
                records[i].act = 0;
        }
    for (gsize i = 0; w->acts != NULL && i < n; i++)
        if (plan->was[i] != plan->person[w->clusters[i]])
            records[i].act = w->acts[i];
}

/* ---- the whole ---- */

bool join_write(const JoinWrite *write, GError **error)
{
    gsize n = write->records->n;
    g_auto(Plan) plan = {.w = write};
    order_records(&plan, n);
    find_parts(&plan, n);
    choose_persons(&plan, n);
    mark_changes(&plan, n);
    for (gsize c = 0; c < n; c++)
        if (plan.changed[c] && !settle_person(&plan, (guint32)c, error))
            return false;
    find_loudest(&plan);
    if (!note_parts(&plan, error))
        return false;
    part_acts(&plan, n);
    for (gsize c = 0; c < n; c++) {
        JoinGroup group = group_of(&plan, c);
        if (plan.changed[c] &&
            (!link_members(&plan, &group, plan.person[c], error) ||
             !join_settle_acts(write, &group, plan.person[c], plan.lost[c], error)))
            return false;
    }
    for (gsize i = 0; i < n; i++)
        write->records->records[i].person = plan.person[write->clusters[i]];
    return true;
}
