/* appeal/facts_votes.c: sessions, votes and how each state voted, with what must hold of them:
 * no more votes than seats, no state twice, no voter that was no member, no more names under a
 * choice than the vote's own number, and as many where the list is said to be whole. */
#include "appeal/facts.h"

#include "base/edtf.h"
#include "base/i18n.h"
#include <string.h>

static char *text_key(gint64 id, const char *text)
{
    return g_strdup_printf("%" G_GINT64_FORMAT "/%s", id, text);
}

/* ---- sessions ---- */

bool facts_load_sessions(Facts *facts, GError **error)
{
    g_auto(FactsTable) table = {0};
    bool there;
    if (!facts_open_case(facts, "sessions.csv", "body name date status agenda requested_by source",
                         &table, &there, error))
        return false;
    if (!there)
        return true;
    g_autoptr(GHashTable) known = facts_keys_new();
    g_autoptr(GPtrArray) old = store_session_list(facts->store, NULL, error);
    if (old == NULL)
        return false;
    for (guint i = 0; i < old->len; i++) {
        const StoreSession *session = old->pdata[i];
        facts_keys_put(known, text_key(session->body_id, session->name), session->id);
    }
    for (gsize row = 0; row < table.table->n_rows; row++) {
        const StoreBody *body = facts_body(facts, &table, row, "body", error);
        if (body == NULL)
            return false;
        g_autoptr(StoreSession) session = store_session_new();
        session->body_id = body->id;
        session->name = facts_copy(&table, row, "name");
        session->status = facts_copy(&table, row, "status");
        session->source = facts_copy(&table, row, "source");
        const char *agenda = facts_cell(&table, row, "agenda");
        const char *requested = facts_cell(&table, row, "requested_by");
        session->agenda = requested[0] != '\0'
                              ? g_strdup_printf("%s\nRequested by: %s", agenda, requested)
                              : g_strdup(agenda);
        if (session->name == NULL) {
            facts_fail(&table, row, "name", error, _("A session needs a name."));
            return false;
        }
        if (!facts_date(&table, row, "date", NULL, &session->first_day, &session->last_day, error))
            return false;
        g_autofree char *key = text_key(body->id, session->name);
        if (!FACTS_PUT(facts, &table, StoreSession, store_session, STORE_KIND_SESSION, session,
                       facts_keys_get(known, key), error))
            return false;
    }
    return true;
}

/* ---- votes ---- */

static char *vote_key(gint64 body_id, const char *resolution, const char *date)
{
    return g_strdup_printf("%" G_GINT64_FORMAT "/%s/%s", body_id,
                           resolution != NULL ? resolution : "", date);
}

static bool read_numbers(const FactsTable *table, gsize row, const StoreBody *body, StoreVote *vote,
                         GError **error)
{
    const struct {
        const char *column;
        gint32 *value;
    } numbers[] = {{"in_favour", &vote->in_favour},
                   {"against", &vote->against},
                   {"abstained", &vote->abstained},
                   {"absent", &vote->absent}};
    gint64 sum = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++) {
        if (!facts_integer(table, row, numbers[i].column, -1, numbers[i].value, error))
            return false;
        if (*numbers[i].value < -1) {
            facts_fail(table, row, numbers[i].column, error, _("A number of votes is below zero."));
            return false;
        }
        sum += MAX(*numbers[i].value, 0);
    }
    if (body->seats > 0 && sum > body->seats) {
        facts_fail(table, row, NULL, error,
                   _("the votes on %s add up to %" G_GINT64_FORMAT ", but the %s has %d seats."),
                   vote->resolution != NULL ? vote->resolution : vote->event_date, sum,
                   body->name_en, body->seats);
        return false;
    }
    return true;
}

/* The session held on the vote's day by the same body. */
static bool find_session(Facts *facts, StoreVote *vote, GError **error)
{
    g_autoptr(GPtrArray) sessions =
        store_session_list_by_body(facts->store, vote->body_id, NULL, error);
    if (sessions == NULL)
        return false;
    for (guint i = 0; i < sessions->len; i++) {
        const StoreSession *session = sessions->pdata[i];
        if (session->first_day <= vote->first_day && vote->last_day <= session->last_day)
            vote->session_id = session->id;
    }
    return true;
}

static bool put_vote(Facts *facts, const FactsTable *table, gsize row, GHashTable *known,
                     GError **error)
{
    const StoreBody *body = facts_body(facts, table, row, "body", error);
    if (body == NULL)
        return false;
    g_autoptr(StoreVote) vote = store_vote_new();
    vote->body_id = body->id;
    vote->resolution = facts_copy(table, row, "resolution");
    vote->title = facts_copy(table, row, "title_en");
    vote->title_fa = facts_copy(table, row, "title_fa");
    vote->outcome = facts_copy(table, row, "outcome");
    vote->note = facts_copy(table, row, "note");
    vote->source = facts_copy(table, row, "source");
    vote->verified = facts_copy(table, row, "verified");
    if (!facts_date(table, row, "date", &vote->event_date, &vote->first_day, &vote->last_day,
                    error))
        return false;
    if (vote->event_date == NULL) {
        facts_fail(table, row, "date", error, _("A vote needs a date."));
        return false;
    }
    if (!read_numbers(table, row, body, vote, error) || !find_session(facts, vote, error))
        return false;
    g_autofree char *key = vote_key(body->id, vote->resolution, vote->event_date);
    return FACTS_PUT(facts, table, StoreVote, store_vote, STORE_KIND_VOTE, vote,
                     facts_keys_get(known, key), error);
}

bool facts_load_votes(Facts *facts, const char *file, GError **error)
{
    g_auto(FactsTable) table = {0};
    bool there;
    if (!facts_open_case(facts, file,
                         "date body resolution title_en title_fa in_favour against abstained "
                         "absent outcome source verified note",
                         &table, &there, error))
        return false;
    if (!there)
        return true;
    g_autoptr(GHashTable) known = facts_keys_new();
    g_autoptr(GPtrArray) old = store_vote_list(facts->store, NULL, error);
    if (old == NULL)
        return false;
    for (guint i = 0; i < old->len; i++) {
        const StoreVote *vote = old->pdata[i];
        facts_keys_put(known, vote_key(vote->body_id, vote->resolution, vote->event_date),
                       vote->id);
    }
    for (gsize row = 0; row < table.table->n_rows; row++)
        if (!put_vote(facts, &table, row, known, error))
            return false;
    return true;
}

/* ---- ballots ---- */

enum { N_CHOICES = 4 };
static const char *const CHOICES[N_CHOICES] = {"in favour", "against", "abstained", "absent"};

typedef struct {
    const StoreVote *vote;
    gint32 named[N_CHOICES];
    bool whole[N_CHOICES]; /* the list of that choice is said to be whole */
    gsize last_row;
} Roll;

static gint32 number_of(const StoreVote *vote, int choice)
{
    const gint32 numbers[N_CHOICES] = {vote->in_favour, vote->against, vote->abstained,
                                       vote->absent};
    return numbers[choice];
}

static int choice_of(const FactsTable *table, gsize row, GError **error)
{
    const char *cell = facts_cell(table, row, "vote");
    for (int i = 0; i < N_CHOICES; i++)
        if (strcmp(cell, CHOICES[i]) == 0)
            return i;
    facts_fail(table, row, "vote", error,
               _("“%s” is no vote: write in favour, against, abstained or absent."), cell);
    return -1;
}

/* Was that state a member when it voted? Only known where the year's list is whole. */
static bool check_member(Facts *facts, const FactsTable *table, gsize row, const StoreVote *vote,
                         const char *state, GError **error)
{
    int year, month, day;
    edtf_day_to_gregorian(vote->first_day, &year, &month, &day);
    g_autofree char *whole = g_strdup_printf("%" G_GINT64_FORMAT "/%d", vote->body_id, year);
    g_autofree char *member = g_strdup_printf("%s/%s", whole, state);
    if (!g_hash_table_contains(facts->members, whole) ||
        g_hash_table_contains(facts->members, member))
        return true;
    facts_fail(table, row, "state", error,
               _("%s was no member in %d, so it cannot have voted on %s."), state, year,
               vote->resolution);
    return false;
}

static bool put_ballot(Facts *facts, const FactsTable *table, gsize row, Roll *roll,
                       GHashTable *voted, GHashTable *known, GError **error)
{
    int choice = choice_of(table, row, error);
    if (choice < 0)
        return false;
    const char *state = facts_cell(table, row, "state");
    g_autofree char *key = text_key(roll->vote->id, state);
    if (state[0] == '\0') {
        facts_fail(table, row, "state", error, _("A ballot needs a state."));
        return false;
    }
    if (!g_hash_table_add(voted, g_strdup(key))) {
        facts_fail(table, row, "state", error, _("%s votes on %s twice."), state,
                   roll->vote->resolution);
        return false;
    }
    if (!check_member(facts, table, row, roll->vote, state, error))
        return false;
    roll->named[choice]++;
    roll->last_row = row;
    roll->whole[choice] |= strcmp(facts_cell(table, row, "list"), "all") == 0;
    gint32 number = number_of(roll->vote, choice);
    if (number >= 0 && roll->named[choice] > number) {
        facts_fail(table, row, "state", error,
                   _("%s is number %d of those who voted “%s” on %s; the vote counts %d."), state,
                   roll->named[choice], CHOICES[choice], roll->vote->resolution, number);
        return false;
    }
    g_autoptr(StoreBallot) ballot = store_ballot_new();
    ballot->vote_id = roll->vote->id;
    ballot->state = g_strdup(state);
    ballot->choice = g_strdup(CHOICES[choice]);
    ballot->source = facts_copy(table, row, "source");
    return FACTS_PUT(facts, table, StoreBallot, store_ballot, STORE_KIND_BALLOT, ballot,
                     facts_keys_get(known, key), error);
}

static bool check_whole(const FactsTable *table, const Roll *roll, GError **error)
{
    for (int i = 0; i < N_CHOICES; i++)
        if (roll->whole[i] && number_of(roll->vote, i) >= 0 &&
            roll->named[i] != number_of(roll->vote, i)) {
            facts_fail(table, roll->last_row, NULL, error,
                       _("%d states are named as “%s” on %s, the vote counts %d, and the list is "
                         "said to be whole."),
                       roll->named[i], CHOICES[i], roll->vote->resolution,
                       number_of(roll->vote, i));
            return false;
        }
    return true;
}

static GHashTable *known_ballots(Facts *facts, GError **error)
{
    g_autoptr(GPtrArray) old = store_ballot_list(facts->store, NULL, error);
    if (old == NULL)
        return NULL;
    GHashTable *known = facts_keys_new();
    for (guint i = 0; i < old->len; i++) {
        const StoreBallot *ballot = old->pdata[i];
        facts_keys_put(known, text_key(ballot->vote_id, ballot->state), ballot->id);
    }
    return known;
}

bool facts_load_ballots(Facts *facts, GError **error)
{
    g_auto(FactsTable) table = {0};
    bool there;
    if (!facts_open_case(facts, "hrc-rollcalls.csv", "resolution state vote list source", &table,
                         &there, error))
        return false;
    if (!there)
        return true;
    const StoreBody *council = g_hash_table_lookup(facts->bodies, "HRC");
    g_autoptr(GPtrArray) votes =
        store_vote_list_by_body(facts->store, council != NULL ? council->id : 0, NULL, error);
    g_autoptr(GHashTable) known = known_ballots(facts, error);
    if (votes == NULL || known == NULL)
        return false;
    g_autofree Roll *rolls = g_new0(Roll, votes->len + 1);
    for (guint i = 0; i < votes->len; i++)
        rolls[i].vote = votes->pdata[i];

    g_autoptr(GHashTable) voted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (gsize row = 0; row < table.table->n_rows; row++) {
        const char *resolution = facts_cell(&table, row, "resolution");
        Roll *roll = NULL;
        for (guint i = 0; i < votes->len; i++)
            if (g_strcmp0(rolls[i].vote->resolution, resolution) == 0)
                roll = &rolls[i];
        if (roll == NULL) {
            facts_fail(&table, row, "resolution", error,
                       _("There is no vote on “%s” in hrc-votes.csv."), resolution);
            return false;
        }
        if (!put_ballot(facts, &table, row, roll, voted, known, error))
            return false;
    }
    for (guint i = 0; i < votes->len; i++)
        if (!check_whole(&table, &rolls[i], error))
            return false;
    return true;
}
