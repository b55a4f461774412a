/* Roads onto an agenda: rules by known outcomes, positions by row, the model against the past. */
#include "appeal/agenda.h"
#include "appeal/appeal.h"
#include "appeal/case.h"
#include "base/edtf.h"
#include "store/body.h"
#include <math.h>

/* Known outcomes and what the rules say. Security Council: Charter, Article 27; the DPRK item of
 * 22 December 2014 passed 11-2-2 with two permanent members against. Human Rights Council:
 * S-35/1 (24 November 2022), its oral amendment, S-39/1 (23 January 2026); resolution 60/251. */
static const struct {
    const char *claim;
    AgendaRule rule;
    gint32 number, seats, in_favour, against, abstained, absent, permanent;
    bool passes;
} VOTES[] = {
    {"fifteen_askers_of_47_are_too_few", AGENDA_REQUEST, 16, 47, 15, 0, 32, 0, 0, false},
    {"sixteen_askers_of_47_suffice", AGENDA_REQUEST, 16, 47, 16, 0, 31, 0, 0, true},
    {"nine_six_on_procedure_knows_no_veto", AGENDA_PROCEDURAL, 9, 15, 9, 6, 0, 0, 1, true},
    {"nine_six_on_substance_is_vetoed", AGENDA_SUBSTANTIVE, 9, 15, 9, 6, 0, 0, 1, false},
    {"nine_six_on_substance_without_a_veto", AGENDA_SUBSTANTIVE, 9, 15, 9, 6, 0, 0, 0, true},
    {"an_abstaining_permanent_member_vetoes_nothing", AGENDA_SUBSTANTIVE, 9, 15, 9, 0, 6, 0, 0,
     true},
    {"eight_are_too_few_on_procedure", AGENDA_PROCEDURAL, 9, 15, 8, 0, 7, 0, 0, false},
    {"dprk_agenda_2014", AGENDA_PROCEDURAL, 9, 15, 11, 2, 2, 0, 2, true},
    {"one_vote_and_46_abstentions_adopt", AGENDA_MAJORITY, 0, 47, 1, 0, 46, 0, 0, true},
    {"23_against_24_reject", AGENDA_MAJORITY, 0, 47, 23, 24, 0, 0, 0, false},
    {"a_tie_rejects", AGENDA_MAJORITY, 0, 47, 20, 20, 7, 0, 0, false},
    {"s35_1_was_adopted", AGENDA_MAJORITY, 0, 47, 25, 6, 16, 0, 0, true},
    {"s39_1_was_adopted", AGENDA_MAJORITY, 0, 47, 25, 7, 14, 1, 0, true},
    {"s35_1_oral_amendment_was_rejected", AGENDA_MAJORITY, 0, 47, 6, 25, 15, 1, 0, false},
};

static void is_decided(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    AgendaTally tally = {VOTES[i].in_favour, VOTES[i].against, VOTES[i].abstained, VOTES[i].absent,
                         VOTES[i].permanent};
    bool passes = !VOTES[i].passes;
    g_autoptr(GError) error = NULL;
    g_assert_true(
        agenda_decide(VOTES[i].rule, VOTES[i].number, VOTES[i].seats, &tally, &passes, &error));
    g_assert_no_error(error);
    g_assert_cmpint(passes, ==, VOTES[i].passes);
}

static void numbers_beyond_the_seats_are_refused(void)
{
    static const struct {
        gint32 seats;
        AgendaTally tally;
    } ROWS[] = {{47, {25, 7, 14, 2, 0}},
                {193, {80, 60, 50, 4, 0}},
                {15, {-1, 0, 0, 0, 0}},
                {15, {9, 1, 5, 0, 2}}};
    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        g_autoptr(GError) error = NULL;
        bool passes;
        g_assert_false(
            agenda_decide(AGENDA_MAJORITY, 0, ROWS[i].seats, &ROWS[i].tally, &passes, &error));
        g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT);
    }
}

static Store *loaded(void)
{
    static Store *store;
    g_autoptr(GError) error = NULL;
    if (store == NULL) {
        store = test_case_new(1795651200); /* 25 November 2026 */
        appeal_load_facts(store, "iran-2025", &error);
        g_assert_no_error(error);
    }
    return store;
}

static GPtrArray *roads_on(Store *store, gint32 day, const char *positions)
{
    AgendaOptions options = {
        .day = day, .seed = 1, .positions = positions, .positions_name = "said.csv"};
    g_autoptr(GError) error = NULL;
    GPtrArray *roads = agenda_roads(store, &options, &error);
    g_assert_no_error(error);
    return roads;
}

static const AgendaRoad *road(GPtrArray *roads, const char *code)
{
    for (guint i = 0; i < roads->len; i++)
        if (strcmp(((AgendaRoad *)roads->pdata[i])->code, code) == 0)
            return roads->pdata[i];
    g_assert_not_reached();
}

static void the_47_names_of_s39_1_are_the_members_of_2026(void)
{
    g_autoptr(GPtrArray) votes = store_vote_list(loaded(), NULL, NULL);
    g_autoptr(GPtrArray) members = store_member_list(loaded(), NULL, NULL);
    g_autoptr(StoreBody) council = store_body_find(loaded(), "HRC", NULL);
    const StoreVote *vote = NULL;
    for (guint i = 0; i < votes->len; i++)
        if (g_strcmp0(((StoreVote *)votes->pdata[i])->resolution, "S-39/1") == 0)
            vote = votes->pdata[i];
    g_autoptr(GPtrArray) ballots = store_ballot_list_by_vote(loaded(), vote->id, NULL, NULL);
    g_assert_cmpuint(ballots->len, ==, 47);
    guint n = 0;
    for (guint i = 0; i < members->len; i++) {
        const StoreMember *member = members->pdata[i];
        if (member->body_id != council->id || member->year != 2026)
            continue;
        n++;
        bool there = false;
        for (guint k = 0; k < ballots->len; k++)
            there |= strcmp(((StoreBallot *)ballots->pdata[k])->state, member->state) == 0;
        g_test_message("%s", member->state);
        g_assert_true(there);
    }
    g_assert_cmpuint(n, ==, 47);
}

static void each_road_has_a_probability_within_its_interval(void)
{
    g_autoptr(GPtrArray) roads = roads_on(loaded(), G_MININT32, NULL);
    g_assert_cmpuint(roads->len, ==, 9);
    for (guint i = 0; i < roads->len; i++) {
        const AgendaRoad *one = roads->pdata[i];
        if (one->rule == AGENDA_OWN) {
            g_assert_true(isnan(one->probability)); /* no vote decides: no number is made up */
            continue;
        }
        g_assert_cmpfloat(one->low, <=, one->probability);
        g_assert_cmpfloat(one->probability, <=, one->high);
        g_assert_cmpfloat(one->low, >=, 0);
        g_assert_cmpfloat(one->high, <=, 1);
        g_assert_nonnull(one->basis);
    }
    /* A permanent member that voted against each time weighs on substance, not on procedure. */
    g_assert_cmpfloat(road(roads, "SC-RESOLUTION")->probability, <, 0.2);
    g_assert_cmpfloat(road(roads, "SC-AGENDA")->probability, >,
                      road(roads, "SC-RESOLUTION")->probability);
    g_assert_cmpfloat(road(roads, "HRC-RESOLUTION")->probability, >, 0.5);
    g_assert_cmpuint(road(roads, "HRC-RESOLUTION")->states->len, ==, 47);
    g_assert_cmpuint(road(roads, "SC-AGENDA")->states->len, ==, 15);
}

static void the_same_seed_gives_the_same_numbers(void)
{
    g_autoptr(GPtrArray) first = roads_on(loaded(), G_MININT32, NULL);
    g_autoptr(GPtrArray) second = roads_on(loaded(), G_MININT32, NULL);
    for (guint i = 0; i < first->len; i++) {
        const AgendaRoad *a = first->pdata[i], *b = second->pdata[i];
        g_assert_cmpmem(&a->probability, sizeof(double), &b->probability, sizeof(double));
    }
}

static void what_came_later_is_not_known_earlier(void)
{
    g_autoptr(GPtrArray) before = roads_on(loaded(), edtf_day_from_gregorian(2026, 1, 23), NULL);
    g_autoptr(GPtrArray) after = roads_on(loaded(), edtf_day_from_gregorian(2026, 1, 24), NULL);
    g_assert_cmpuint(road(before, "HRC-SPECIAL")->n_past, ==, 0); /* no list of askers yet */
    g_assert_cmpuint(road(after, "HRC-SPECIAL")->n_past, ==, 1);
    g_assert_cmpuint(road(after, "HRC-SPECIAL")->n_for, ==, 21); /* of 2026, all still members */
    g_assert_cmpuint(road(after, "HRC-RESOLUTION")->n_past, ==,
                     road(before, "HRC-RESOLUTION")->n_past + 1);
}

/* In favour of the oral amendment of S-35 was against the Fact-Finding Mission. */
static void the_oral_amendment_is_never_counted_as_support(void)
{
    g_autoptr(Store) store = test_case_new(1795651200);
    g_assert_true(appeal_load_facts(store, "iran-2025", NULL));
    g_autoptr(GPtrArray) before = roads_on(store, G_MININT32, NULL);
    g_autoptr(GPtrArray) votes = store_vote_list(store, NULL, NULL);
    for (guint i = 0; i < votes->len; i++) {
        const StoreVote *vote = votes->pdata[i];
        if (strstr(vote->resolution != NULL ? vote->resolution : "", "oral amendment") == NULL)
            continue;
        static const char *const STATES[] = {"China", "Cuba", "Pakistan"};
        for (gsize k = 0; k < G_N_ELEMENTS(STATES); k++) {
            g_autoptr(StoreBallot) ballot = store_ballot_new();
            ballot->vote_id = vote->id;
            ballot->state = g_strdup(STATES[k]);
            ballot->choice = g_strdup("in favour");
            g_assert_true(store_ballot_add(store, ballot, NULL));
        }
    }
    g_autoptr(GPtrArray) after = roads_on(store, G_MININT32, NULL);
    for (guint i = 0; i < before->len; i++) {
        const AgendaRoad *a = before->pdata[i], *b = after->pdata[i];
        g_assert_cmpuint(a->n_for, ==, b->n_for);
        g_assert_cmpmem(&a->probability, sizeof(double), &b->probability, sizeof(double));
    }
}

static void announced_positions_decide(void)
{
    g_autoptr(GPtrArray) roads =
        roads_on(loaded(), G_MININT32,
                 "state,vote\nChina,abstained\nRussian Federation,abstained\nFrance,in favour\n");
    g_autoptr(GPtrArray) without = roads_on(loaded(), G_MININT32, NULL);
    g_assert_cmpfloat(road(roads, "SC-RESOLUTION")->probability, >,
                      road(without, "SC-RESOLUTION")->probability);
    g_autoptr(GPtrArray) veto = roads_on(loaded(), G_MININT32, "state,vote\nChina,against\n");
    g_assert_cmpfloat(road(veto, "SC-RESOLUTION")->high, ==, 0);
    g_assert_cmpfloat(road(veto, "SC-AGENDA")->high, >, 0);
}

static void wrong_positions_are_refused_with_their_row(void)
{
    static const struct {
        const char *text, *says;
    } ROWS[] = {
        {"state,vote\nFrance,in favour\nFrance,against\n", "line 3: “France” stands there twice"},
        {"state,vote\nAtlantis,in favour\n", "line 2: “Atlantis” is no member"},
        {"state,vote\nFrance,perhaps\n", "line 2: “perhaps” is no vote"},
        {"country,vote\nFrance,against\n", "needs the columns state and vote"}};
    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        AgendaOptions options = {
            .day = G_MININT32, .positions = ROWS[i].text, .positions_name = "said.csv"};
        g_autoptr(GError) error = NULL;
        g_assert_null(agenda_roads(loaded(), &options, &error));
        g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT);
        g_assert_nonnull(strstr(error->message, ROWS[i].says));
    }
}

/* Each vote with all its names, predicted from the others: better than its regional groups alone,
 * and the interval holds the truth nearly always. */
static void left_out_votes_are_told_better_than_by_groups(void)
{
    AgendaOptions options = {.day = G_MININT32, .seed = 1};
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) checks = agenda_check(loaded(), &options, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(checks->len, >=, 4);
    double brier = 0, group = 0;
    guint covered = 0;
    for (guint i = 0; i < checks->len; i++) {
        const AgendaCheck *check = checks->pdata[i];
        g_test_message("%s: %d in favour, expected %.1f (%.0f to %.0f), Brier %.3f, groups %.3f",
                       check->resolution, check->actual_for, check->expected_for, check->low_for,
                       check->high_for, check->brier, check->brier_by_group);
        g_assert_cmpstr(check->resolution, !=, "S-35/1 oral amendment");
        brier += check->brier;
        group += check->brier_by_group;
        covered += check->covered;
    }
    g_assert_cmpfloat(brier, <, group);
    g_assert_cmpuint(covered, >=, checks->len - 1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(VOTES); i++) {
        g_autofree char *path = g_strconcat("/appeal/agenda/", VOTES[i].claim, NULL);
        g_test_add_data_func(path, GSIZE_TO_POINTER(i), is_decided);
    }
#define CLAIM(name) g_test_add_func("/appeal/agenda/" #name, name)
    CLAIM(numbers_beyond_the_seats_are_refused);
    CLAIM(the_47_names_of_s39_1_are_the_members_of_2026);
    CLAIM(each_road_has_a_probability_within_its_interval);
    CLAIM(the_same_seed_gives_the_same_numbers);
    CLAIM(what_came_later_is_not_known_earlier);
    CLAIM(the_oral_amendment_is_never_counted_as_support);
    CLAIM(announced_positions_decide);
    CLAIM(wrong_positions_are_refused_with_their_row);
    CLAIM(left_out_votes_are_told_better_than_by_groups);
    int status = g_test_run();
    store_close(loaded());
    return status;
}
