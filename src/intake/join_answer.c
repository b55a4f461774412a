/* What people say of statements, taken up at once; and linkages taken back.
 *
 * An answer touches the persons of its two statements alone: they become one, or the one becomes
 * two, each other statement going to the side it fits better. Everything else waits for the next
 * run, which learns from the answer. */
#include "intake/join_change.h"

#include "base/i18n.h"
#include "store/id.h"
#include "store/query_join.h"
#include <math.h>
#include <string.h>

static void change_clear(JoinChange *change)
{
    join_state_free(change->state);
    join_records_free(change->records);
    g_free(change->clusters);
    g_free(change->persons);
    g_free(change->acts);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(JoinChange, change_clear)

/* ---- regrouping the statements of a few persons ---- */

static gint64 count_persons(const JoinRecords *records)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_int64_hash, g_int64_equal);
    for (gsize i = 0; i < records->n; i++)
        g_hash_table_add(seen, &records->records[i].person);
    return g_hash_table_size(seen);
}

static gssize find_record(const void *context, gint64 statement)
{
    return join_records_find(context, statement);
}

void join_change_name(guint32 *clusters, gsize n)
{
    g_autofree guint32 *first = g_new(guint32, n + 1);
    memset(first, 0xff, (n + 1) * sizeof *first);
    for (gsize i = 0; i < n; i++) {
        if (first[clusters[i]] == G_MAXUINT32)
            first[clusters[i]] = (guint32)i;
        clusters[i] = first[clusters[i]];
    }
}

static void unite(guint32 *clusters, gsize n, guint32 from, guint32 into)
{
    for (gsize i = 0; from != into && i < n; i++)
        if (clusters[i] == from)
            clusters[i] = into;
}

/* Mean weight in bits between two sets of records, both named by their number in `of`; a pair that
 * was not kept weighs as one that nearly never is the same. */
static double weight_between(const JoinChange *change, const guint32 *of, guint32 a, guint32 b)
{
    const double unkept = -6.6, clip = 12;
    double sum = 0;
    gsize n = 0;
    for (gsize i = 0; i < change->records->n; i++)
        for (gsize k = 0; of[i] == a && k < change->records->n; k++) {
            if (of[k] != b)
                continue;
            const JoinPair *pair =
                join_pairs_find(change->state->pairs, change->records->records[i].statement,
                                change->records->records[k].statement);
            sum += pair != NULL ? CLAMP((double)pair->weight_bits, -clip, clip) : unkept;
            n++;
        }
    return n > 0 ? sum / (double)n : unkept;
}

static bool forbidden(const GArray *ties, const guint32 *of, guint32 a, guint32 b)
{
    for (guint i = 0; i < ties->len; i++) {
        const LinkConstraint *tie = &g_array_index(ties, LinkConstraint, i);
        if (tie->verdict != LINK_DIFFERENT)
            continue;
        guint32 x = of[tie->left], y = of[tie->right];
        if ((x == a && y == b) || (x == b && y == a))
            return true;
    }
    return false;
}

/* One step: of all pieces outside the groups, the one that fits a group best joins it; one that
 * may join none becomes a group. False when nothing is outside. */
static bool place_one(const JoinChange *change, const GArray *ties, bool *is_group)
{
    gsize n = change->records->n;
    guint32 best = G_MAXUINT32, into = 0;
    double most = -INFINITY;
    for (guint32 piece = 0; piece < n; piece++) {
        if (change->clusters[piece] != piece || is_group[piece])
            continue;
        guint32 home = G_MAXUINT32;
        double fit = -INFINITY;
        for (guint32 group = 0; group < n; group++) {
            if (!is_group[group] || forbidden(ties, change->clusters, piece, group))
                continue;
            double weight = weight_between(change, change->clusters, piece, group);
            if (weight > fit) {
                fit = weight;
                home = group;
            }
        }
        if (home == G_MAXUINT32) {
            is_group[piece] = true;
            return true;
        }
        if (best == G_MAXUINT32 || fit > most) {
            most = fit;
            best = piece;
            into = home;
        }
    }
    if (best == G_MAXUINT32)
        return false;
    unite(change->clusters, n, best, into);
    return true;
}

/* Groups around the statements answered about; whoever said something is heard. */
static void regroup(JoinChange *change, const JoinVerdicts *verdicts, gint64 left, gint64 right)
{
    gsize n = change->records->n;
    change->clusters = g_new(guint32, n + 1);
    for (gsize i = 0; i < n; i++)
        change->clusters[i] = (guint32)i;
    g_autoptr(GArray) ties =
        join_verdicts_constraints(verdicts, false, find_record, change->records);
    for (guint i = 0; i < ties->len; i++) {
        const LinkConstraint *tie = &g_array_index(ties, LinkConstraint, i);
        guint32 a = change->clusters[tie->left], b = change->clusters[tie->right];
        if (tie->verdict == LINK_SAME)
            unite(change->clusters, n, MAX(a, b), MIN(a, b));
    }
    join_change_name(change->clusters, n);
    g_autofree bool *is_group = g_new0(bool, n + 1);
    gssize l = join_records_find(change->records, left),
           r = join_records_find(change->records, right);
    is_group[change->clusters[l]] = is_group[change->clusters[r]] = true;
    while (place_one(change, ties, is_group))
        continue;
    join_change_name(change->clusters, n);
}

/* ---- writing ---- */

/* Writes persons and acts as change->clusters says, and tells what it did. */
bool join_change_write(JoinChange *change, GError **error)
{
    IntakeJoinSummary summary = {0};
    change->effect->persons_before = count_persons(change->records);
    const JoinWrite write = {.store = change->store,
                             .records = change->records,
                             .clusters = change->clusters,
                             .columns = change->state->model.columns,
                             .pairs = change->state->pairs,
                             .persons = change->persons,
                             .acts = change->acts,
                             .verdict = change->verdict,
                             .undoes = change->undoes,
                             .days_between = 7,
                             .summary = &summary};
    if (!join_write(&write, error))
        return false;
    change->effect->persons_after = count_persons(change->records);
    return true;
}

bool join_change_say(JoinChange *change, const char *answer, gint64 left, gint64 right,
                     const char *all_left, const char *all_right, gint64 withdraws, GError **error)
{
    const JoinPair *pair = left != 0 ? join_pairs_find(change->state->pairs, left, right) : NULL;
    g_autoptr(StoreVerdict) verdict = store_verdict_new();
    verdict->user_id = change->sayer->user_id;
    verdict->said_by = g_strdup(change->sayer->by);
    verdict->answer = g_strdup(answer);
    verdict->left_id = left;
    verdict->right_id = right;
    verdict->left = g_strdup(all_left);
    verdict->right = g_strdup(all_right);
    verdict->reason = g_strdup(change->sayer->reason);
    verdict->withdraws = withdraws;
    verdict->undoes_id = change->undoes;
    if (pair != NULL) {
        verdict->weight_bits = (double)pair->weight_bits;
        verdict->probability = (double)join_probability((double)pair->weight_bits);
        verdict->fields = join_pair_fields(pair, change->state->model.columns);
    }
    if (!store_verdict_add(change->store, verdict, error))
        return false;
    change->effect->verdict = change->verdict = verdict->id;
    return true;
}

bool join_change_load(JoinChange *change, gint64 one, gint64 two, GError **error)
{
    const gint64 persons[] = {one, two};
    change->records = join_records_of(change->store, one == two ? 1 : 2, persons, error);
    return change->records != NULL;
}

/* Begins a further change inside the same transaction. */
bool join_change_next(JoinChange *change, GError **error)
{
    join_state_free(g_steal_pointer(&change->state));
    join_records_free(g_steal_pointer(&change->records));
    g_clear_pointer(&change->clusters, g_free);
    g_clear_pointer(&change->persons, g_free);
    g_clear_pointer(&change->acts, g_free);
    change->state = join_state_load(change->store, error);
    return change->state != NULL;
}

/* ---- answers ---- */

/* Statements that can be answered about: two, of counted reports, that name somebody. */
static const StoreJoinHead *head_of(const JoinState *state, gint64 statement, GError **error)
{
    gssize at = join_state_find(state, statement);
    char text[STORE_ID_MAX];
    if (at < 0)
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("%s is no statement that names a person in a report that counts."),
                    store_id_format(STORE_KIND_STATEMENT, statement, text));
    return at < 0 ? NULL : &g_array_index(state->heads, StoreJoinHead, at);
}

static const char *const ANSWERS[] = {"same", "different", "unsure"};

static bool take_up(JoinChange *change, const StoreJoinHead *left, const StoreJoinHead *right,
                    IntakeAnswer answer, GError **error)
{
    bool one = left->person_id == right->person_id;
    if (answer == INTAKE_UNSURE || left->person_id == 0 || right->person_id == 0 ||
        one == (answer == INTAKE_SAME))
        return true; /* nothing changes; the answer holds in the next run */
    g_autoptr(JoinVerdicts) verdicts = join_verdicts_read(change->store, error);
    if (verdicts == NULL || !join_change_load(change, left->person_id, right->person_id, error))
        return false;
    regroup(change, verdicts, left->id, right->id);
    return join_change_write(change, error);
}

static bool answer_inside(JoinChange *change, gint64 left, gint64 right, IntakeAnswer answer,
                          GError **error)
{
    const StoreJoinHead *l = head_of(change->state, left, error),
                        *r = l != NULL ? head_of(change->state, right, error) : NULL;
    if (r == NULL)
        return false;
    const StoreVerdict *before = join_verdicts_find(change->state->verdicts, left, right);
    if (before != NULL && strcmp(before->answer, ANSWERS[answer]) == 0) {
        change->effect->verdict = before->id; /* was said before */
        return true;
    }
    if (answer != INTAKE_UNSURE &&
        !join_verdicts_allow(change->state->verdicts, left, right, answer == INTAKE_SAME, error))
        return false;
    return join_change_say(change, ANSWERS[answer], left, right, NULL, NULL, 0, error) &&
           take_up(change, l, r, answer, error);
}

/* The queue before and after, and where the two sides stand now. */
static bool tell_effect(JoinChange *change, gint64 waiting, gint64 left, gint64 right,
                        GError **error)
{
    g_autoptr(JoinState) after = join_state_load(change->store, error);
    gint64 now = after != NULL ? join_state_waiting(after, error) : -1;
    if (now < 0)
        return false;
    gssize l = join_state_find(after, left), r = join_state_find(after, right);
    change->effect->left_queue = waiting - now;
    change->effect->person = l >= 0 ? g_array_index(after->heads, StoreJoinHead, l).person_id : 0;
    change->effect->other = r >= 0 ? g_array_index(after->heads, StoreJoinHead, r).person_id : 0;
    return true;
}

/* One transaction, unsealed for it, with the effect told. sides: in and out, two statements. */
bool join_change_run(Store *store, const IntakeSayer *sayer, const char *why, JoinWork *work,
                     gint64 *sides, const void *what, IntakeEffect *ret_effect, GError **error)
{
    IntakeEffect effect = {0};
    g_auto(JoinChange) change = {.store = store, .sayer = sayer, .effect = &effect};
    change.state = join_state_load(store, error);
    gint64 waiting = change.state != NULL ? join_state_waiting(change.state, error) : -1;
    if (waiting < 0)
        return false;
    bool was_unsealed = store_unsealed(store);
    if (!was_unsealed && !store_unseal(store, sayer->user_id, why, error))
        return false;
    bool ok = store_begin(store, error);
    if (ok) {
        ok = work(&change, sides, what, error) &&
             tell_effect(&change, waiting, sides[0], sides[1], error);
        if (ok)
            ok = store_commit(store, error);
        else
            store_rollback(store);
    }
    if (!was_unsealed)
        store_unseal_end(store);
    if (ok && ret_effect != NULL)
        *ret_effect = effect;
    return ok;
}

static bool work_answer(JoinChange *change, gint64 *sides, const void *what, GError **error)
{
    const IntakeAnswer *answer = what;
    return answer_inside(change, sides[0], sides[1], *answer, error);
}

bool intake_join_answer(Store *store, gint64 left, gint64 right, IntakeAnswer answer,
                        const IntakeSayer *sayer, IntakeEffect *ret_effect, GError **error)
{
    gint64 sides[2] = {MIN(left, right), MAX(left, right)};
    if (left == right) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                            _("A statement is not compared with itself: name two."));
        return false;
    }
    return join_change_run(store, sayer, "taking up an answer about two statements", work_answer,
                           sides, &answer, ret_effect, error);
}
