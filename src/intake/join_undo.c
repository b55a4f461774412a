/* Linkages taken back. What a person was made of before stands in the rows that made it; so a
 * merger that is undone gives each statement its person and its act back. */
#include "intake/join_change.h"

#include "base/i18n.h"
#include "store/id.h"
#include "store/query_join.h"
#include <string.h>

static char *list_of(const JoinRecords *records, const guint32 *clusters, guint32 cluster)
{
    GString *list = g_string_new(NULL);
    char text[STORE_ID_MAX];
    for (gsize i = 0; i < records->n; i++)
        if (clusters[i] == cluster)
            g_string_append_printf(
                list, "%s%s", list->len > 0 ? " " : "",
                store_id_format(STORE_KIND_STATEMENT, records->records[i].statement, text));
    return g_string_free(list, FALSE);
}

static bool nothing_left(StoreKind kind, gint64 id, GError **error)
{
    char text[STORE_ID_MAX];
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                _("There is nothing left of %s to take back: its statements have other persons "
                  "now."),
                store_id_format(kind, id, text));
    return false;
}

/* Which records are to leave, and to which acts; how many. */
static gsize mark_moved(JoinChange *change, const GArray *moved, bool *moves)
{
    const gint64(*pairs)[2] = (const gint64(*)[2])(const void *)moved->data;
    gsize n_moved = 0;
    for (guint m = 0; m < moved->len; m++) {
        gssize at = join_records_find(change->records, pairs[m][0]);
        if (at < 0 || moves[at])
            continue;
        moves[at] = true;
        change->acts[at] = pairs[m][1];
        n_moved++;
    }
    return n_moved;
}

/* One statement of those who leave, one of those who stay: the two of `sides`, where they fit. */
static void choose_sides(const JoinChange *change, const bool *moves, gint64 *sides)
{
    gssize at[2] = {join_records_find(change->records, sides[0]),
                    join_records_find(change->records, sides[1])};
    if (at[0] >= 0 && at[1] >= 0 && moves[at[0]] != moves[at[1]]) {
        if (moves[at[0]])
            return;
        gint64 swap = sides[0];
        sides[0] = sides[1];
        sides[1] = swap;
        return;
    }
    for (gsize i = change->records->n; i-- > 0;)
        sides[moves[i] ? 0 : 1] = change->records->records[i].statement;
}

/* `moved` (list of statement and former act) leave `person` for `other` (0: a new one). The two
 * statements of `sides` stand for both parts. said: that they differ is to hold from now on. */
static bool part(JoinChange *change, const GArray *moved, gint64 person, gint64 other, bool said,
                 StoreKind kind, gint64 id, gint64 *sides, GError **error)
{
    if (!join_change_load(change, person, person, error))
        return false;
    gsize n = change->records->n;
    g_autofree bool *moves = g_new0(bool, n + 1);
    change->clusters = g_new0(guint32, n + 1);
    change->persons = g_new0(gint64, n + 1);
    change->acts = g_new0(gint64, n + 1);
    gsize n_moved = mark_moved(change, moved, moves);
    if (n_moved == 0 || n_moved == n)
        return nothing_left(kind, id, error);
    for (gsize i = 0; i < n; i++)
        change->clusters[i] = moves[i];
    choose_sides(change, moves, sides);
    g_autofree char *out = list_of(change->records, change->clusters, 1),
                    *in = list_of(change->records, change->clusters, 0);
    join_change_name(change->clusters, n);
    for (gsize i = 0; i < n; i++)
        if (change->clusters[i] == i)
            change->persons[i] = moves[i] ? other : person;
    if (said) {
        bool turned = sides[0] > sides[1];
        gint64 left = MIN(sides[0], sides[1]), right = MAX(sides[0], sides[1]);
        if (!join_verdicts_allow(change->state->verdicts, left, right, false, error) ||
            !join_change_say(change, "different", left, right, turned ? in : out, turned ? out : in,
                             0, error))
            return false;
    }
    return join_change_write(change, error);
}

/* Two persons become one (again). */
static bool unite_persons(JoinChange *change, gint64 person, gint64 other, bool said, gint64 *sides,
                          GError **error)
{
    if (!join_change_load(change, person, other, error))
        return false;
    gsize n = change->records->n;
    change->clusters = g_new0(guint32, n + 1);
    if (said && (!join_verdicts_allow(change->state->verdicts, sides[0], sides[1], true, error) ||
                 !join_change_say(change, "same", MIN(sides[0], sides[1]), MAX(sides[0], sides[1]),
                                  NULL, NULL, 0, error)))
        return false;
    change->persons = g_new0(gint64, n + 1);
    if (n > 0)
        change->persons[0] = person;
    return join_change_write(change, error);
}

static gint64 person_of(const JoinState *state, gint64 statement)
{
    gssize at = join_state_find(state, statement);
    return at >= 0 ? g_array_index(state->heads, StoreJoinHead, at).person_id : 0;
}

/* Whose statements these mostly are now. */
static gint64 holder(const JoinState *state, const GArray *statements)
{
    gint64 best = 0;
    guint most = 0;
    const gint64(*pairs)[2] = (const gint64(*)[2])(const void *)statements->data;
    for (guint i = 0; i < statements->len; i++) {
        gint64 person = person_of(state, pairs[i][0]);
        guint votes = 0;
        for (guint k = i; person != 0 && k < statements->len; k++)
            votes += person_of(state, pairs[k][0]) == person;
        if (votes > most) {
            most = votes;
            best = person;
        }
    }
    return best;
}

/* said: what is undone is to stay undone; else the weights decide again. */
static bool undo_joining(JoinChange *change, const StoreJoining *joining, bool said, gint64 *sides,
                         GError **error)
{
    g_autoptr(GArray) moved = join_list_parse(joining->statements);
    gint64 now = holder(change->state, moved);
    sides[0] = joining->left_id;
    sides[1] = joining->right_id;
    change->undoes = joining->id;
    if (strcmp(joining->action, "merge") == 0) {
        if (now == 0 || now == joining->other_id)
            return nothing_left(STORE_KIND_JOINING, joining->id, error);
        return part(change, moved, now, joining->other_id, said, STORE_KIND_JOINING, joining->id,
                    sides, error);
    }
    const gint64(*pairs)[2] = (const gint64(*)[2])(const void *)moved->data;
    g_autoptr(StorePerson) person = store_person_load(change->store, joining->person_id, error);
    for (int steps = 0; person != NULL && person->merged_into != 0 && steps < 64; steps++) {
        gint64 into = person->merged_into;
        store_person_free(g_steal_pointer(&person));
        person = store_person_load(change->store, into, error);
    }
    if (person == NULL)
        return false;
    if (now == 0 || now == person->id)
        return nothing_left(STORE_KIND_JOINING, joining->id, error);
    if (sides[0] == 0 || person_of(change->state, sides[0]) == person_of(change->state, sides[1])) {
        g_autoptr(GPtrArray) stayed =
            store_statement_list_by_victim(change->store, person->id, NULL, error);
        if (stayed == NULL)
            return false;
        if (stayed->len == 0)
            return nothing_left(STORE_KIND_JOINING, joining->id, error);
        sides[0] = pairs[0][0];
        sides[1] = ((const StoreStatement *)g_ptr_array_index(stayed, 0))->id;
    }
    return unite_persons(change, person->id, now, said, sides, error);
}

static bool undo_link(JoinChange *change, gint64 id, gint64 *sides, GError **error)
{
    g_autoptr(StoreLink) link = store_link_load(change->store, id, error);
    if (link == NULL)
        return false;
    if (link->from_kind != STORE_KIND_PERSON || link->to_kind != STORE_KIND_STATEMENT ||
        g_strcmp0(link->role, "part") != 0) {
        char text[STORE_ID_MAX];
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("%s joins no statement to a person, or was taken back already."),
                    store_id_format(STORE_KIND_LINK, id, text));
        return false;
    }
    g_autoptr(GArray) moved = g_array_new(FALSE, FALSE, 2 * sizeof(gint64));
    gint64 one[2] = {link->to_id, 0};
    g_array_append_val(moved, one);
    gint64 person = person_of(change->state, link->to_id);
    sides[0] = link->to_id;
    sides[1] = 0;
    return person == 0 ? nothing_left(STORE_KIND_LINK, id, error)
                       : part(change, moved, person, 0, true, STORE_KIND_LINK, id, sides, error);
}

static int newest_first(gconstpointer a, gconstpointer b)
{
    const StoreJoining *x = *(StoreJoining *const *)a, *y = *(StoreJoining *const *)b;
    return x->id > y->id ? -1 : x->id < y->id;
}

static bool undo_verdict(JoinChange *change, gint64 id, gint64 *sides, GError **error)
{
    g_autoptr(StoreVerdict) verdict = store_verdict_load(change->store, id, error);
    g_autoptr(GPtrArray) followed =
        verdict != NULL ? store_joining_list_by_verdict(change->store, id, NULL, error) : NULL;
    if (followed == NULL)
        return false;
    for (guint i = 0; i < change->state->verdicts->all->len; i++) {
        const StoreVerdict *other = g_ptr_array_index(change->state->verdicts->all, i);
        if (verdict->withdraws != 0 || other->withdraws == id) {
            char text[STORE_ID_MAX];
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                        _("%s is no answer that holds now: it was taken back, or takes one back."),
                        store_id_format(STORE_KIND_VERDICT, id, text));
            return false;
        }
    }
    sides[0] = verdict->left_id;
    sides[1] = verdict->right_id;
    if (!join_change_say(change, "withdrawn", 0, 0, NULL, NULL, id, error))
        return false;
    gint64 withdrawal = change->verdict;
    g_ptr_array_sort(followed, newest_first);
    gint64 before = 0, after = 0;
    for (guint i = 0; i < followed->len; i++) {
        gint64 unused[2];
        g_autoptr(GError) gone = NULL;
        if (!join_change_next(change, error))
            return false;
        change->verdict = withdrawal;
        if (!undo_joining(change, g_ptr_array_index(followed, i), false, unused, &gone)) {
            if (g_error_matches(gone, ZENHAR_ERROR, ZENHAR_ERROR_USAGE))
                continue; /* nothing left of it: others have changed it since */
            g_propagate_error(error, g_steal_pointer(&gone));
            return false;
        }
        before += change->effect->persons_before;
        after += change->effect->persons_after;
    }
    change->effect->persons_before = before;
    change->effect->persons_after = after;
    return true;
}

typedef struct {
    StoreKind kind;
    gint64 id;
} Target;

static bool work_undo(JoinChange *change, gint64 *sides, const void *what, GError **error)
{
    const Target *target = what;
    if (target->kind == STORE_KIND_LINK)
        return undo_link(change, target->id, sides, error);
    if (target->kind == STORE_KIND_VERDICT)
        return undo_verdict(change, target->id, sides, error);
    g_autoptr(StoreJoining) joining = store_joining_load(change->store, target->id, error);
    if (joining == NULL)
        return false;
    if (joining->verdict_id == 0)
        return undo_joining(change, joining, true, sides, error);
    g_autoptr(StoreVerdict) verdict = store_verdict_load(change->store, joining->verdict_id, error);
    if (verdict == NULL)
        return false;
    /* It follows from what somebody said: that is taken back. Where it follows from an answer that
     * was taken back, the weights did it. */
    return verdict->withdraws != 0 ? undo_joining(change, joining, true, sides, error)
                                   : undo_verdict(change, verdict->id, sides, error);
}

bool intake_join_undo(Store *store, StoreKind kind, gint64 id, const IntakeSayer *sayer,
                      IntakeEffect *ret_effect, GError **error)
{
    gint64 sides[2] = {0, 0};
    const Target target = {kind, id};
    if (sayer->reason == NULL || sayer->reason[strspn(sayer->reason, " ")] == '\0') {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                            _("Taking back needs a reason: --reason \"why\"; it is written down in "
                              "the case."));
        return false;
    }
    if (kind != STORE_KIND_LINK && kind != STORE_KIND_JOINING && kind != STORE_KIND_VERDICT) {
        char text[STORE_ID_MAX];
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("%s is nothing that linking did: name a link (LK…), a joining (JN…) or an "
                      "answer (VD…)."),
                    store_id_format(kind, id, text));
        return false;
    }
    return join_change_run(store, sayer, "taking back a linkage", work_undo, sides, &target,
                           ret_effect, error);
}
