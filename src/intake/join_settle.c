/* The acts of a person's statements, and the links of statements to both. */
#include "intake/join_private.h"

#include "store/id.h"
#include <string.h>

static gint32 count_distinct(const JoinWrite *write, const JoinGroup *group, bool sources)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_int64_hash, g_int64_equal);
    for (gsize i = 0; i < group->n; i++) {
        JoinRecord *record = &write->records->records[group->members[i]];
        g_hash_table_add(seen, sources ? &record->source : &record->report);
    }
    return (gint32)g_hash_table_size(seen);
}

/* The place that most records give; of equals the first. */
static gint64 most_place(const JoinWrite *write, const JoinGroup *group)
{
    gint64 best = 0;
    gsize most = 0;
    for (gsize i = 0; i < group->n; i++) {
        gint64 place = write->records->records[group->members[i]].place;
        gsize votes = 0;
        for (gsize k = i; k < group->n; k++)
            votes += write->records->records[group->members[k]].place == place;
        if (place != 0 && votes > most) {
            best = place;
            most = votes;
        }
    }
    return best;
}

static char *act_method(const JoinWrite *write, const JoinGroup *group)
{
    float least = 0, most = 0;
    gsize joined = 0;
    gint64 apart = 0;
    for (gsize i = 0; i < group->n; i++) {
        guint32 record = group->members[i];
        const JoinReason *reason = write->reasons != NULL ? &write->reasons[record] : NULL;
        for (gsize k = 0; k < i; k++)
            apart = MAX(apart, join_gap(&write->records->records[record],
                                        &write->records->records[group->members[k]]));
        if (reason == NULL || record < write->records->n_known || reason->other == record)
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

static void describe_act(const JoinWrite *write, const JoinGroup *group, gint64 person,
                         StoreAct *act)
{
    const JoinRecord *dated =
        &write->records->records[join_act_date(write->records, group->n, group->members)];
    join_replace(&act->kind, dated->kind);
    join_replace(&act->event_date, dated->event_date);
    act->first_day = dated->first_day;
    act->last_day = dated->last_day;
    act->victim_id = person;
    gint64 place = most_place(write, group);
    if (place != 0)
        act->place_id = place;
    act->synthetic = true;
    for (gsize i = 0; i < group->n; i++) {
        const JoinRecord *record = &write->records->records[group->members[i]];
        join_fill(&act->perpetrator, record->perpetrator);
        act->synthetic &= record->synthetic;
    }
    act->n_reports = count_distinct(write, group, false);
    act->n_sources = count_distinct(write, group, true);
    if (act->status == NULL || strcmp(act->status, "reported") == 0 ||
        strcmp(act->status, "merged") == 0)
        join_replace(&act->status, act->n_sources > 1 ? "corroborated" : "reported");
    g_free(act->method);
    act->method = act_method(write, group);
}

static bool link_statements(const JoinWrite *write, const JoinGroup *group, gint64 person,
                            gint64 act, GError **error)
{
    for (gsize i = 0; i < group->n; i++) {
        JoinRecord *record = &write->records->records[group->members[i]];
        if (record->person == person && record->act == act)
            continue;
        if (!store_statement_set_links(write->store, record->statement, person, act, error))
            return false;
        record->act = act;
        record->dirty = true;
    }
    return true;
}

/* An act whose statements all went to another one: kept, so that what pointed to it still does. */
static bool retire_act(const JoinWrite *write, gint64 id, gint64 into, GError **error)
{
    g_autoptr(StoreAct) act = store_act_load(write->store, id, error);
    if (act == NULL)
        return false;
    char same[STORE_ID_MAX];
    store_id_format(STORE_KIND_ACT, into, same);
    act->n_reports = act->n_sources = 0;
    join_replace(&act->status, "merged");
    g_free(act->method);
    act->method = g_strdup_printf("the same act as %s", same);
    write->summary->acts_updated++;
    return store_act_update(write->store, act, error);
}

static bool settle_act(const JoinWrite *write, const JoinGroup *group, gint64 person, bool lost,
                       GError **error)
{
    gint64 eldest = 0;
    bool changed = false;
    for (gsize i = 0; i < group->n; i++) {
        const JoinRecord *record = &write->records->records[group->members[i]];
        if (record->act != 0 && (eldest == 0 || record->act < eldest))
            eldest = record->act;
        changed |= record->act == 0 || record->act != eldest || record->person != person;
    }
    if (!changed && !lost)
        return true;
    g_autoptr(StoreAct) act =
        eldest != 0 ? store_act_load(write->store, eldest, error) : store_act_new();
    if (act == NULL)
        return false;
    if (!changed && act->n_reports == count_distinct(write, group, false))
        return true; /* lost none of its own */
    if (lost && g_strcmp0(act->status, "corroborated") == 0)
        join_replace(&act->status, "reported"); /* told anew */
    describe_act(write, group, person, act);
    if (eldest == 0 ? !store_act_add(write->store, act, error)
                    : !store_act_update(write->store, act, error))
        return false;
    if (eldest == 0)
        write->summary->acts_added++;
    else
        write->summary->acts_updated++;
    for (gint64 retired = MAX(eldest, 0);;) {
        gint64 next = 0;
        for (gsize i = 0; eldest != 0 && i < group->n; i++) {
            gint64 other = write->records->records[group->members[i]].act;
            if (other > retired && (next == 0 || other < next))
                next = other;
        }
        if (next == 0)
            return link_statements(write, group, person, act->id, error);
        if (!retire_act(write, next, act->id, error))
            return false;
        retired = next;
    }
}

bool join_settle_acts(const JoinWrite *write, const JoinGroup *group, gint64 person, bool lost,
                      GError **error)
{
    g_autofree guint32 *acts = g_new(guint32, group->n + 1),
                       *members = g_new(guint32, group->n + 1);
    gsize n_acts = join_acts(write->records, group->n, group->members, write->days_between, acts);
    for (guint32 a = 0; a < n_acts; a++) {
        JoinGroup one = {0, members};
        for (gsize i = 0; i < group->n; i++)
            if (acts[i] == a)
                members[one.n++] = group->members[i];
        if (!settle_act(write, &one, person, lost, error))
            return false;
    }
    return true;
}
