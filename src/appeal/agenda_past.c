/* appeal/agenda_past.c: past votes, ballots and requests of the case, as the model wants them; and
 * the model held against each of them in turn. */
#include "appeal/agenda_past.h"

#include "base/edtf.h"
#include "base/error.h"
#include <math.h>
#include <string.h>

static const double NO_SWING_KNOWN = 0.5;

void past_clear(Past *past)
{
    registry_clear(&past->registry);
    if (past->votes != NULL)
        g_ptr_array_unref(past->votes);
    if (past->comparable != NULL)
        g_array_unref(past->comparable);
    if (past->ballots != NULL)
        g_array_unref(past->ballots);
    if (past->asked != NULL)
        g_hash_table_unref(past->asked);
    *past = (Past){0};
}

static bool mentions_amendment(const char *text)
{
    g_autofree char *small = text != NULL ? g_utf8_strdown(text, -1) : NULL;
    return small != NULL && strstr(small, "amendment") != NULL;
}

bool past_comparable(const StoreVote *vote)
{
    return !mentions_amendment(vote->resolution) && !mentions_amendment(vote->title);
}

const char *past_group(const Past *past, const char *state)
{
    for (guint i = 0; i < past->registry.members->len; i++) {
        const StoreMember *member = past->registry.members->pdata[i];
        if (g_strcmp0(member->state, state) == 0 && member->regional_group != NULL)
            return g_intern_string(member->regional_group);
    }
    return g_intern_static_string("");
}

static gint by_day(gconstpointer a, gconstpointer b)
{
    const PastVote *left = a, *right = b;
    if (left->vote->first_day != right->vote->first_day)
        return left->vote->first_day < right->vote->first_day ? -1 : 1;
    return (left->vote->id > right->vote->id) - (left->vote->id < right->vote->id);
}

static bool choice_of(const char *word, AgendaChoice *ret_choice)
{
    if (g_strcmp0(word, "in favour") == 0)
        *ret_choice = AGENDA_FOR;
    else if (g_strcmp0(word, "against") == 0)
        *ret_choice = AGENDA_AGAINST;
    else if (g_strcmp0(word, "abstained") == 0 || g_strcmp0(word, "absent") == 0)
        *ret_choice = AGENDA_ABSTAINED;
    else
        return false;
    return true;
}

static bool load_ballots(Store *store, Past *past, GError **error)
{
    const StoreBody *council = registry_body(&past->registry, "HRC");
    for (guint v = 0; v < past->comparable->len; v++) {
        PastVote *one = &g_array_index(past->comparable, PastVote, v);
        g_autoptr(GPtrArray) ballots = store_ballot_list_by_vote(store, one->vote->id, NULL, error);
        if (ballots == NULL)
            return false;
        for (guint i = 0; i < ballots->len; i++) {
            const StoreBallot *ballot = ballots->pdata[i];
            AgendaChoice choice;
            if (!choice_of(ballot->choice, &choice))
                continue;
            ModelBallot row = {.state = g_intern_string(ballot->state),
                               .group = past_group(past, ballot->state),
                               .vote = v,
                               .choice = (guint8)choice};
            g_array_append_val(past->ballots, row);
            one->n_named++;
        }
        one->whole = council != NULL && one->n_named == (guint)council->seats;
    }
    return true;
}

/* "…\nRequested by: 21 members and 30 observers: Albania, Bulgaria, …" */
static void read_askers(Past *past, const StoreSession *session)
{
    const char *by = session->agenda != NULL ? strstr(session->agenda, "Requested by: ") : NULL;
    const char *names = by != NULL ? strchr(by + strlen("Requested by: "), ':') : NULL;
    if (names == NULL)
        return;
    g_auto(GStrv) states = g_strsplit(names + 1, ",", -1);
    g_hash_table_remove_all(past->asked);
    for (gsize i = 0; states[i] != NULL; i++)
        g_hash_table_add(past->asked, (gpointer)g_intern_string(g_strstrip(states[i])));
    int month, day;
    edtf_day_to_gregorian(session->first_day, &past->asked_year, &month, &day);
}

static bool load_askers(Store *store, gint32 day, Past *past, GError **error)
{
    const StoreBody *council = registry_body(&past->registry, "HRC");
    g_autoptr(GPtrArray) sessions =
        store_session_list_by_body(store, council != NULL ? council->id : 0, NULL, error);
    if (sessions == NULL)
        return false;
    gint32 newest = G_MININT32;
    for (guint i = 0; i < sessions->len; i++) {
        const StoreSession *session = sessions->pdata[i];
        if (session->first_day < day && session->first_day > newest && session->name != NULL &&
            strstr(session->name, "special") != NULL) {
            gint32 before = past->asked_year;
            read_askers(past, session);
            newest = past->asked_year != before ? session->first_day : newest;
        }
    }
    return true;
}

bool past_load(Store *store, gint32 day, Past *ret_past, GError **error)
{
    g_auto(Past) past = {.day = day,
                         .comparable = g_array_new(FALSE, FALSE, sizeof(PastVote)),
                         .ballots = g_array_new(FALSE, FALSE, sizeof(ModelBallot)),
                         .asked = g_hash_table_new(g_direct_hash, g_direct_equal)};
    if (!registry_load(store, &past.registry, error))
        return false;
    past.votes = store_vote_list(store, NULL, error);
    if (past.votes == NULL)
        return false;
    const StoreBody *council = registry_body(&past.registry, "HRC");
    for (guint i = 0; i < past.votes->len; i++) {
        PastVote row = {.vote = past.votes->pdata[i]};
        if (council != NULL && row.vote->body_id == council->id && row.vote->last_day < day &&
            past_comparable(row.vote))
            g_array_append_val(past.comparable, row);
    }
    g_array_sort(past.comparable, by_day);
    if (!load_ballots(store, &past, error) || !load_askers(store, day, &past, error))
        return false;
    *ret_past = past;
    past = (Past){0};
    return true;
}

Model past_model(const Past *past, gssize left_out)
{
    gsize n = past->comparable->len;
    g_autofree gint32 *in_favour = g_new(gint32, n + 1), *against = g_new(gint32, n + 1);
    for (gsize i = 0; i < n; i++) {
        const StoreVote *vote = g_array_index(past->comparable, PastVote, i).vote;
        in_favour[i] = vote->in_favour;
        against[i] = vote->against;
    }
    return (Model){.ballots = (const ModelBallot *)(const void *)past->ballots->data,
                   .n_ballots = past->ballots->len,
                   .left_out = left_out,
                   .swing = model_swing(in_favour, against, n, left_out, NO_SWING_KNOWN)};
}

guint past_adopted(const Past *past, const char *body_code, guint *ret_n)
{
    const StoreBody *body = registry_body(&past->registry, body_code);
    guint n = 0, adopted = 0;
    for (guint i = 0; body != NULL && i < past->votes->len; i++) {
        const StoreVote *vote = past->votes->pdata[i];
        if (vote->body_id != body->id || vote->last_day >= past->day || !past_comparable(vote) ||
            vote->outcome == NULL)
            continue;
        n++;
        adopted += strcmp(vote->outcome, "adopted") == 0;
    }
    *ret_n = n;
    return adopted;
}

/* ---- the model held against the past ---- */

void agenda_check_free(AgendaCheck *check)
{
    if (check == NULL)
        return;
    g_free(check->resolution);
    g_free(check);
}

static void free_check(gpointer check)
{
    agenda_check_free(check);
}

static gsize likeliest(const double p[AGENDA_N_CHOICES])
{
    gsize best = 0;
    for (gsize c = 1; c < AGENDA_N_CHOICES; c++)
        if (p[c] > p[best])
            best = c;
    return best;
}

static double squared(const double p[AGENDA_N_CHOICES], guint8 choice)
{
    double sum = 0;
    for (gsize c = 0; c < AGENDA_N_CHOICES; c++)
        sum += (p[c] - (c == choice)) * (p[c] - (c == choice));
    return sum;
}

static AgendaCheck *check_one(const Past *past, guint v, guint64 seed)
{
    const PastVote *one = &g_array_index(past->comparable, PastVote, v);
    Model model = past_model(past, (gssize)v);
    AgendaCheck *check = g_new0(AgendaCheck, 1);
    g_autofree ModelState *states = g_new0(ModelState, one->n_named + 1);
    g_autofree guint8 *actual = g_new0(guint8, one->n_named + 1);
    for (gsize i = 0; i < model.n_ballots; i++) {
        const ModelBallot *ballot = &model.ballots[i];
        if (ballot->vote != v)
            continue;
        actual[check->n_states] = ballot->choice;
        states[check->n_states++] =
            (ModelState){.state = ballot->state, .group = ballot->group, .fixed = -1};
    }
    model_fit(&model, states, check->n_states);
    for (guint i = 0; i < check->n_states; i++) {
        double p[AGENDA_N_CHOICES], shares[AGENDA_N_CHOICES], sum = 0;
        for (gsize c = 0; c < AGENDA_N_CHOICES; c++)
            sum += states[i].alpha[c];
        for (gsize c = 0; c < AGENDA_N_CHOICES; c++)
            p[c] = states[i].alpha[c] / sum;
        model_group_shares(&model, states[i].group, shares);
        check->n_right += likeliest(p) == actual[i];
        check->n_right_by_group += likeliest(shares) == actual[i];
        check->brier += squared(p, actual[i]) / check->n_states;
        check->brier_by_group += squared(shares, actual[i]) / check->n_states;
    }
    ModelResult result;
    model_vote(&model, states, check->n_states, AGENDA_MAJORITY, 0, seed, 1000 + v, &result);
    check->vote_id = one->vote->id;
    check->resolution = g_strdup(one->vote->resolution);
    check->actual_for = one->vote->in_favour;
    check->actual_against = one->vote->against;
    check->expected_for = result.expected_for;
    check->low_for = result.low_for;
    check->high_for = result.high_for;
    check->probability = result.mean;
    check->adopted = g_strcmp0(one->vote->outcome, "adopted") == 0;
    check->covered = check->actual_for >= result.low_for && check->actual_for <= result.high_for;
    return check;
}

GPtrArray *agenda_check(Store *store, const AgendaOptions *options, GError **error)
{
    g_auto(Past) past = {0};
    gint32 day = options->day != G_MININT32 ? options->day : (gint32)(store_now(store) / 86400);
    if (!past_load(store, day, &past, error))
        return NULL;
    g_autoptr(GPtrArray) checks = g_ptr_array_new_with_free_func(free_check);
    for (guint v = 0; v < past.comparable->len; v++)
        if (g_array_index(past.comparable, PastVote, v).whole)
            g_ptr_array_add(checks, check_one(&past, v, options->seed));
    return g_steal_pointer(&checks);
}
