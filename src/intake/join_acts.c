/* Statements of one person that speak of one act: the same kind, on days that can be the same. */
#include "intake/join_private.h"

#include <string.h>

bool join_happens_once(const char *kind)
{
    static const char *const ONCE[] = {"execution", "killing", "death_in_custody"};
    for (gsize i = 0; i < G_N_ELEMENTS(ONCE); i++)
        if (g_strcmp0(kind, ONCE[i]) == 0)
            return true;
    return false;
}

gint64 join_gap(const JoinRecord *a, const JoinRecord *b)
{
    if (a->first_day > b->last_day)
        return (gint64)a->first_day - b->last_day;
    return b->first_day > a->last_day ? (gint64)b->first_day - a->last_day : 0;
}

static gint64 span_of(const JoinRecord *record)
{
    return (gint64)record->last_day - record->first_day;
}

guint32 join_act_date(const JoinRecords *records, gsize n, const guint32 *members)
{
    guint32 best = members[0];
    gsize most = 0;
    for (gsize i = 0; i < n; i++) {
        const JoinRecord *record = &records->records[members[i]], *chosen = &records->records[best];
        gsize votes = 0;
        for (gsize k = 0; k < n; k++) {
            const JoinRecord *other = &records->records[members[k]];
            votes += other->first_day == record->first_day && other->last_day == record->last_day;
        }
        gint64 narrower = span_of(record) - span_of(chosen);
        bool better = most == 0 || narrower < 0 || (narrower == 0 && votes > most);
        if (better) {
            best = members[i];
            most = votes;
        }
    }
    return best;
}

/* How far a record's day is from an act: from the nearest day that a record of it gives, those
 * with the narrowest span first. G_MAXINT64 when the act is none that it can speak of. */
static gint64 distance(const JoinRecords *records, const JoinRecord *record, gsize n,
                       const guint32 *members, const guint32 *acts, guint32 act)
{
    gint64 nearest = G_MAXINT64, narrowest = G_MAXINT64;
    for (gsize k = 0; k < n; k++) {
        if (acts[k] != act)
            continue;
        const JoinRecord *other = &records->records[members[k]];
        if (record->act != 0 && record->act == other->act)
            return -1; /* together before, together now */
        /* Acts that a run or a person told apart stay apart, unless they were two persons'. */
        if (g_strcmp0(other->kind, record->kind) != 0 ||
            (record->act != 0 && other->act != 0 && record->person == other->person))
            return G_MAXINT64;
        gint64 span = span_of(other), gap = join_gap(record, other);
        if (span < narrowest || (span == narrowest && gap < nearest)) {
            narrowest = span;
            nearest = gap;
        }
    }
    return nearest;
}

/* In which order members choose: linked ones, then those whose day is surest, then as they came. */
static void order_members(const JoinRecords *records, gsize n, const guint32 *members, gsize *order)
{
    for (gsize i = 0; i < n; i++) {
        gsize at = i;
        const JoinRecord *record = &records->records[members[i]];
        while (at > 0) {
            const JoinRecord *before = &records->records[members[order[at - 1]]];
            bool known = record->act != 0, before_known = before->act != 0;
            bool earlier =
                known != before_known ? known : !known && span_of(record) < span_of(before);
            if (!earlier)
                break;
            order[at] = order[at - 1];
            at--;
        }
        order[at] = i;
    }
}

gsize join_acts(const JoinRecords *records, gsize n_members, const guint32 *members,
                gint32 days_between, guint32 *acts)
{
    g_autofree gsize *order = g_new(gsize, n_members + 1);
    g_autofree guint32 *sorted = g_new(guint32, n_members + 1), /* members in order */
        *own = g_new(guint32, n_members + 1);                   /* their acts */
    order_members(records, n_members, members, order);
    gsize n_acts = 0;
    for (gsize i = 0; i < n_members; i++) {
        sorted[i] = members[order[i]];
        const JoinRecord *record = &records->records[sorted[i]];
        gint64 nearest = G_MAXINT64;
        guint32 found = G_MAXUINT32;
        for (guint32 act = 0; act < n_acts; act++) {
            gint64 gap = distance(records, record, i, sorted, own, act);
            if (gap < nearest) {
                nearest = gap;
                found = act;
            }
        }
        bool fits =
            found != G_MAXUINT32 && (nearest <= days_between || join_happens_once(record->kind));
        own[i] = fits ? found : (guint32)n_acts++;
    }
    /* Numbers in order of the members as given. */
    g_autofree guint32 *number = g_new(guint32, n_acts + 1);
    memset(number, 0xff, (n_acts + 1) * sizeof *number);
    for (gsize i = 0; i < n_members; i++)
        acts[order[i]] = own[i];
    gsize n = 0;
    for (gsize i = 0; i < n_members; i++) {
        if (number[acts[i]] == G_MAXUINT32)
            number[acts[i]] = (guint32)n++;
        acts[i] = number[acts[i]];
    }
    return n_acts;
}
