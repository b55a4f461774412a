/* The bundled facts: known answers about votes, councils and terms; what must be refused. */
#include "appeal/appeal.h"
#include "appeal/case.h"
#include "base/edtf.h"
#include "store/appeal.h"
#include "store/body.h"
#include "store/link.h"
#include <glib/gstdio.h>

static Store *loaded(void)
{
    Store *store = test_case_new(1769212800);
    g_autoptr(GError) error = NULL;
    appeal_load_facts(store, "iran-2025", &error);
    g_assert_no_error(error);
    return store;
}

/* UN Geneva meeting summaries of 24 November 2022 and 23 January 2026; VOA, 4 April 2024;
 * payvand.com copy of the UN's summary of March 2019; HRANA, March 2016. */
static const struct {
    const char *claim, *resolution;
    gint32 in_favour, against, abstained, ballots;
} VOTES[] = {
    {"the_mission_of_2022_was_made_by_25_6_16", "S-35/1", 25, 6, 16, 47},
    {"the_renewal_of_2024_was_24_8_15", "55/19", 24, 8, 15, 22},
    {"the_special_session_of_2026_was_25_7_14", "S-39/1", 25, 7, 14, 47},
    {"the_renewal_of_2019_was_22_7_18", "40/18", 22, 7, 18, 47},
    {"the_renewal_of_2016_was_20_15_11", "31/19", 20, 15, 11, 0},
    {"what_was_not_read_is_unknown_not_zero", "28/21", 20, -1, -1, 20},
};

static void vote_is_known(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    g_autoptr(Store) store = loaded();
    g_autoptr(GPtrArray) votes = store_vote_list(store, NULL, NULL);
    const StoreVote *vote = NULL;
    for (guint k = 0; k < votes->len; k++)
        if (g_strcmp0(((StoreVote *)votes->pdata[k])->resolution, VOTES[i].resolution) == 0)
            vote = votes->pdata[k];
    g_assert_nonnull(vote);
    g_assert_cmpint(vote->in_favour, ==, VOTES[i].in_favour);
    g_assert_cmpint(vote->against, ==, VOTES[i].against);
    g_assert_cmpint(vote->abstained, ==, VOTES[i].abstained);
    g_autoptr(GPtrArray) ballots = store_ballot_list_by_vote(store, vote->id, NULL, NULL);
    g_assert_cmpint((gint32)ballots->len, ==, VOTES[i].ballots);
}

/* OHCHR: 47 members; African 13, Asia-Pacific 13, Latin America and Caribbean 8, Western 7,
 * Eastern European 6. Charter, Article 23: 15 members, 5 of them permanent. */
static void councils_have_their_seats_and_groups(void)
{
    g_autoptr(Store) store = loaded();
    static const struct {
        const char *code;
        gint32 year;
        const char *group;
        guint members;
    } GROUPS[] = {
        {"HRC", 2025, NULL, 47},
        {"HRC", 2026, NULL, 47},
        {"SC", 2025, NULL, 15},
        {"SC", 2026, NULL, 15},
        {"SC", 2027, NULL, 15},
        {"HRC", 2026, "African States", 13},
        {"HRC", 2026, "Asia-Pacific States", 13},
        {"HRC", 2026, "Latin American and Caribbean States", 8},
        {"HRC", 2026, "Western European and other States", 7},
        {"HRC", 2026, "Eastern European States", 6},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(GROUPS); i++) {
        g_autoptr(StoreBody) body = store_body_find(store, GROUPS[i].code, NULL);
        g_autoptr(GPtrArray) members = store_member_list_by_body(store, body->id, NULL, NULL);
        guint n = 0, permanent = 0;
        for (guint k = 0; k < members->len; k++) {
            const StoreMember *member = members->pdata[k];
            bool counts =
                member->year == GROUPS[i].year &&
                (GROUPS[i].group == NULL || strcmp(member->regional_group, GROUPS[i].group) == 0);
            n += counts;
            permanent += counts && member->permanent;
        }
        g_assert_cmpuint(n, ==, GROUPS[i].members);
        if (strcmp(GROUPS[i].code, "SC") == 0)
            g_assert_cmpuint(permanent, ==, 5);
    }
}

/* The roll call of S-39/1 names exactly the members of 2026 (KAS Geneva map of the month). */
static void who_voted_in_2026_is_who_sat_in_2026(void)
{
    g_autoptr(Store) store = loaded();
    g_autoptr(StoreBody) council = store_body_find(store, "HRC", NULL);
    g_autoptr(GPtrArray) members = store_member_list_by_body(store, council->id, NULL, NULL);
    g_autoptr(GHashTable) sat = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < members->len; i++)
        if (((StoreMember *)members->pdata[i])->year == 2026)
            g_hash_table_add(sat, ((StoreMember *)members->pdata[i])->state);
    g_autoptr(GPtrArray) ballots = store_ballot_list(store, NULL, NULL);
    g_autoptr(GPtrArray) votes = store_vote_list(store, NULL, NULL);
    guint n = 0;
    for (guint i = 0; i < votes->len; i++)
        for (guint k = 0; k < ballots->len; k++) {
            const StoreVote *vote = votes->pdata[i];
            const StoreBallot *ballot = ballots->pdata[k];
            if (ballot->vote_id != vote->id || g_strcmp0(vote->resolution, "S-39/1") != 0)
                continue;
            g_assert_true(g_hash_table_contains(sat, ballot->state));
            n++;
        }
    g_assert_cmpuint(n, ==, g_hash_table_size(sat));
}

static void the_letter_has_19_organisations_and_three_asks(void)
{
    g_autoptr(Store) store = loaded();
    g_assert_cmpint(store_signatory_count(store, NULL), ==, 19);
    g_assert_cmpint(store_ask_count(store, NULL), ==, 3);
    g_autoptr(GPtrArray) appeals = store_appeal_list(store, NULL, NULL);
    g_assert_cmpuint(appeals->len, ==, 1);
    const StoreAppeal *letter = appeals->pdata[0];
    g_assert_cmpint(letter->day, ==, edtf_day_from_gregorian(2025, 6, 28));
    g_autoptr(GPtrArray) signatories =
        store_signatory_list_by_appeal(store, letter->id, NULL, NULL);
    g_assert_cmpuint(signatories->len, ==, 19);
    for (guint i = 0; i < signatories->len; i++) {
        const StoreSignatory *one = signatories->pdata[i];
        g_assert_nonnull(one->name_fa);
        g_assert_null(one->contact);
    }
}

static void every_fact_rests_on_its_table(void)
{
    g_autoptr(Store) store = loaded();
    static const StoreKind KINDS[] = {
        STORE_KIND_BODY,      STORE_KIND_MEMBER,   STORE_KIND_VOTE,      STORE_KIND_BALLOT,
        STORE_KIND_MEASURE,   STORE_KIND_ASK,      STORE_KIND_RECIPIENT, STORE_KIND_SESSION,
        STORE_KIND_SIGNATORY, STORE_KIND_RESPONSE, STORE_KIND_DELIVERY};
    for (gsize i = 0; i < G_N_ELEMENTS(KINDS); i++) {
        gint64 n = store_count(store, KINDS[i], NULL);
        g_assert_cmpint(n, >, 0);
        for (gint64 id = 1; id <= n; id++) {
            g_autoptr(GArray) steps = store_trace_step(store, KINDS[i], id, 0, NULL);
            bool original = false;
            for (guint k = 0; k < steps->len; k++)
                original |= g_array_index(steps, StoreTraceStep, k).kind == STORE_KIND_ORIGINAL;
            g_assert_true(original);
        }
    }
}

static void twice_adds_nothing(void)
{
    g_autoptr(Store) store = loaded();
    gint64 before[STORE_N_KINDS] = {0};
    StoreLogHead first, second;
    for (int kind = 1; kind < STORE_N_KINDS; kind++)
        before[kind] = store_count(store, (StoreKind)kind, NULL);
    g_assert_true(evidence_head(store, &first, NULL));
    g_assert_true(appeal_load_facts(store, "iran-2025", NULL));
    g_assert_true(evidence_head(store, &second, NULL));
    for (int kind = 1; kind < STORE_N_KINDS; kind++)
        g_assert_cmpint(store_count(store, (StoreKind)kind, NULL), ==, before[kind]);
    g_assert_cmpint(first.size, ==, second.size); /* the log has no new entry */
}

static void the_knowledge_base_loads_without_a_case(void)
{
    g_autoptr(Store) store = test_case_new(1769212800);
    g_assert_true(appeal_load_facts(store, NULL, NULL));
    g_assert_cmpint(store_vote_count(store, NULL), ==, 0);
    g_assert_cmpint(store_ask_count(store, NULL), ==, 3);
    g_assert_cmpint(store_measure_count(store, NULL), ==, 62);
}

static void what_nobody_checked_is_marked(void)
{
    g_autoptr(Store) store = loaded();
    g_autoptr(GPtrArray) votes = store_vote_list(store, NULL, NULL);
    for (guint i = 0; i < votes->len; i++)
        g_assert_cmpstr(((StoreVote *)votes->pdata[i])->verified, !=, "memory");
    g_autoptr(GPtrArray) recipients = store_recipient_list(store, NULL, NULL);
    for (guint i = 0; i < recipients->len; i++)
        g_assert_nonnull(((StoreRecipient *)recipients->pdata[i])->source);
}

/* ---- what is refused ---- */

static const struct Bad {
    const char *claim, *file, *text, *says;
} BAD[] = {
    {"more_votes_than_seats", "cases/iran-2025/hrc-votes.csv",
     "date,body,resolution,title_en,title_fa,in_favour,against,abstained,absent,outcome,source,"
     "verified,note\n2024-04-04,HRC,55/19,t,t,24,8,15,0,adopted,s,yes,\n"
     "2026-01-23,HRC,S-39/1,t,t,25,17,14,,adopted,s,yes,\n",
     "hrc-votes.csv, line 3: the votes on S-39/1 add up to 56, but the Human Rights Council has "
     "47 seats."},
    {"a_state_twice", "cases/iran-2025/hrc-rollcalls.csv",
     "resolution,state,vote,list,source,verified\nS-39/1,France,in favour,part,s,yes\n"
     "S-39/1,France,against,part,s,yes\n",
     "hrc-rollcalls.csv, line 3, column state: France votes on S-39/1 twice."},
    {"a_state_that_was_no_member", "cases/iran-2025/hrc-rollcalls.csv",
     "resolution,state,vote,list,source,verified\nS-39/1,France,in favour,part,s,yes\n"
     "S-39/1,Norway,in favour,part,s,yes\n",
     "hrc-rollcalls.csv, line 3, column state: Norway was no member in 2026, so it cannot have "
     "voted on S-39/1."},
    {"a_whole_list_that_is_not_whole", "cases/iran-2025/hrc-rollcalls.csv",
     "resolution,state,vote,list,source,verified\nS-39/1,France,in favour,all,s,yes\n",
     "1 states are named as “in favour” on S-39/1, the vote counts 25"},
    {"a_vote_that_is_none", "cases/iran-2025/hrc-rollcalls.csv",
     "resolution,state,vote,list,source,verified\nS-39/1,France,yes,part,s,yes\n",
     "line 2, column vote: “yes” is no vote"},
    {"a_date_that_is_none", "cases/iran-2025/ga-votes.csv",
     "date,body,resolution,title_en,title_fa,in_favour,against,abstained,absent,outcome,source,"
     "verified,note\n2025-02-30,GA,x,t,t,1,2,3,,adopted,s,yes,\n",
     "ga-votes.csv, line 2, column date"},
    {"a_body_that_is_unknown", "cases/iran-2025/ga-votes.csv",
     "date,body,resolution,title_en,title_fa,in_favour,against,abstained,absent,outcome,source,"
     "verified,note\n2025-02-03,XX,x,t,t,1,2,3,,adopted,s,yes,\n",
     "column body: “XX” is no body"},
    {"one_member_too_many", "r2p/members.csv",
     "body,year,state,code,regional_group,permanent,source,verified,note\n"
     "SC,2025,A,,g,no,s,yes,\nSC,2025,A,,g,no,s,yes,\n",
     "line 3, column state: A is a member of the Security Council in 2025 twice."},
};

static void is_refused_by_name(gconstpointer data)
{
    const struct Bad *bad = data;
    g_autofree char *folder = test_folder_new();
    g_autofree char *path = g_build_filename(folder, bad->file, NULL);
    g_autofree char *parent = g_path_get_dirname(path);
    g_assert_cmpint(g_mkdir_with_parents(parent, 0700), ==, 0);
    g_assert_true(g_file_set_contents(path, bad->text, -1, NULL));
    g_autoptr(Store) store = test_case_new(1769212800);
    g_setenv("ZENHAR_DATA", folder, TRUE);
    g_autoptr(GError) error = NULL;
    bool done = appeal_load_facts(store, "iran-2025", &error);
    g_unsetenv("ZENHAR_DATA");
    g_assert_false(done);
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT);
    g_test_message("%s", error->message);
    g_assert_nonnull(strstr(error->message, bad->says));
    g_assert_cmpint(store_body_count(store, NULL), ==, 0); /* the case is as it was */
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(VOTES); i++) {
        g_autofree char *path = g_strconcat("/appeal/facts/", VOTES[i].claim, NULL);
        g_test_add_data_func(path, GSIZE_TO_POINTER(i), vote_is_known);
    }
    g_test_add_func("/appeal/facts/councils_have_their_seats_and_groups",
                    councils_have_their_seats_and_groups);
    g_test_add_func("/appeal/facts/who_voted_in_2026_is_who_sat_in_2026",
                    who_voted_in_2026_is_who_sat_in_2026);
    g_test_add_func("/appeal/facts/the_letter_has_19_organisations_and_three_asks",
                    the_letter_has_19_organisations_and_three_asks);
    g_test_add_func("/appeal/facts/every_fact_rests_on_its_table", every_fact_rests_on_its_table);
    g_test_add_func("/appeal/facts/twice_adds_nothing", twice_adds_nothing);
    g_test_add_func("/appeal/facts/the_knowledge_base_loads_without_a_case",
                    the_knowledge_base_loads_without_a_case);
    g_test_add_func("/appeal/facts/what_nobody_checked_is_marked", what_nobody_checked_is_marked);
    for (gsize i = 0; i < G_N_ELEMENTS(BAD); i++) {
        g_autofree char *path = g_strconcat("/appeal/facts/refuses_", BAD[i].claim, NULL);
        g_test_add_data_func(path, &BAD[i], is_refused_by_name);
    }
    return g_test_run();
}
