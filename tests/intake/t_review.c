/* What people say of a linkage: answers, undoing, the queue; and linkages as they could be. */
#include "joined.h"

#include "intake/join_private.h"
#include "store/link.h"
#include "store/user.h"

#include <math.h>

static const IntakeSayer SARA = {.by = "Sara", .reason = "seen both papers"};

/* Three of one person in two scripts, and one each of two others. */
static const char FEW[] =
    "report_id,source,event_date,person_name,father_name,birth_year,place,act\n"
    "1,A (test),1403-04-10,محمدرضا کریمی,حسن,1364,شیراز,بازداشت\n"
    "2,B (test),2024-06-30,Mohammad-Reza Karimi,Hasan,1985,Shiraz,arrest\n"
    "3,C (test),2024-07-01,محمد رضا كريمي,,,شیراز,بازداشت\n"
    "4,A (test),2024-06-30,سارا نوری,احمد,1372,تبریز,احضار\n"
    "5,B (test),2023-01-05,Parviz Salehi,Karim,1951,Rasht,sentence\n";

static Store *few_case(const char *folder)
{
    Store *store = new_case(folder, "a.zenhar");
    import(store, "a.csv", FEW);
    join_with(store, 0);
    g_autofree char *made = assignment(store);
    g_assert_cmpstr(made, ==, "1/1 1/1 1/1 2/2 3/3 ");
    return store;
}

static IntakeEffect answer(Store *store, gint64 left, gint64 right, IntakeAnswer given)
{
    g_autoptr(GError) error = NULL;
    IntakeEffect effect = {0};
    intake_join_answer(store, left, right, given, &SARA, &effect, &error);
    g_assert_no_error(error);
    return effect;
}

static IntakeEffect undo(Store *store, StoreKind kind, gint64 id)
{
    g_autoptr(GError) error = NULL;
    IntakeEffect effect = {0};
    intake_join_undo(store, kind, id, &SARA, &effect, &error);
    g_assert_no_error(error);
    return effect;
}

static void again(Store *store)
{
    g_autoptr(GError) error = NULL;
    IntakeJoinOptions options = intake_join_options_default();
    options.again = true;
    intake_join(store, &options, NULL, &error);
    g_assert_no_error(error);
}

static void is(Store *store, const char *wanted)
{
    g_autofree char *now = assignment(store);
    g_assert_cmpstr(now, ==, wanted);
}

static void verifies(Store *store)
{
    EvidenceReport report;
    g_autoptr(GError) error = NULL;
    evidence_verify(store, &report, &error);
    g_assert_no_error(error);
}

static void refused(Store *store, gint64 left, gint64 right, IntakeAnswer given, const char *names)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *before = assignment(store);
    gint64 size = entries(store);
    g_assert_false(intake_join_answer(store, left, right, given, &SARA, NULL, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE);
    if (strstr(error->message, names) == NULL)
        g_error("'%s' does not name %s", error->message, names);
    is(store, before);
    g_assert_cmpint(entries(store), <=, size + 1); /* the look at sealed names, nothing else */
    g_assert_false(store_unsealed(store));
}

/* ---- answers ---- */

static void test_same(void)
{
    g_autofree char *folder = test_folder_new();
    g_autoptr(Store) store = few_case(folder);
    g_autoptr(GError) error = NULL;
    IntakeEffect effect = answer(store, 5, 1, INTAKE_SAME);
    g_assert_cmpint(effect.persons_before, ==, 2);
    g_assert_cmpint(effect.persons_after, ==, 1);
    g_assert_cmpint(effect.person, ==, 1);
    g_assert_cmpint(effect.other, ==, 1);
    is(store, "1/1 1/1 1/1 2/2 1/3 ");
    g_autoptr(StorePerson) merged = store_person_load(store, 3, &error);
    g_assert_cmpint(merged->merged_into, ==, 1);
    g_autoptr(StoreVerdict) verdict = store_verdict_load(store, effect.verdict, &error);
    g_assert_cmpstr(verdict->answer, ==, "same");
    g_assert_cmpstr(verdict->said_by, ==, "Sara");
    g_assert_cmpint(verdict->time, ==, 1750000000);
    g_assert_cmpstr(verdict->reason, ==, "seen both papers");
    g_autoptr(StoreJoining) joining = store_joining_load(store, 1, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(joining->action, ==, "merge");
    g_assert_cmpint(joining->person_id, ==, 1);
    g_assert_cmpint(joining->other_id, ==, 3);
    g_assert_cmpint(joining->verdict_id, ==, effect.verdict);
    g_assert_cmpstr(joining->statements, ==, "T5/A3");
    /* It holds in a run, and in one that begins from nothing. */
    join_with(store, 0);
    again(store);
    is(store, "1/1 1/1 1/1 2/2 1/3 ");
    /* Said once more, nothing is added. */
    gint64 verdicts = store_verdict_count(store, &error);
    answer(store, 1, 5, INTAKE_SAME);
    g_assert_cmpint(store_verdict_count(store, &error), ==, verdicts);
    verifies(store);
}

static void test_different(void)
{
    g_autofree char *folder = test_folder_new();
    g_autoptr(Store) store = few_case(folder);
    g_autoptr(GError) error = NULL;
    IntakeEffect effect = answer(store, 1, 3, INTAKE_DIFFERENT);
    g_assert_cmpint(effect.persons_before, ==, 1);
    g_assert_cmpint(effect.persons_after, ==, 2);
    g_assert_cmpint(effect.person, !=, effect.other);
    g_autofree char *split = assignment(store);
    /* 1 and 2 agree in more; the person keeps its number with them. */
    g_assert_cmpstr(split, ==, "1/1 1/1 4/4 2/2 3/3 ");
    g_autoptr(StoreAct) act = store_act_load(store, 1, &error);
    g_assert_no_error(error);
    g_assert_cmpint(act->n_reports, ==, 2);
    join_with(store, 0);
    is(store, split);
    again(store);
    is(store, split);
    verifies(store);
}

static void test_unsure(void)
{
    g_autofree char *folder = test_folder_new();
    g_autoptr(Store) store = few_case(folder);
    g_autoptr(GError) error = NULL;
    answer(store, 1, 5, INTAKE_UNSURE);
    is(store, "1/1 1/1 1/1 2/2 3/3 ");
    g_autoptr(IntakeReview) review = intake_join_review(store, 0, &error);
    g_assert_no_error(error);
    for (gsize i = 0; i < review->n; i++)
        g_assert_false(review->pairs[i].left == 1 && review->pairs[i].right == 5);
    /* Who could not tell may still find out. */
    answer(store, 1, 5, INTAKE_SAME);
    is(store, "1/1 1/1 1/1 2/2 1/3 ");
}

static void test_contradictions(void)
{
    g_autofree char *folder = test_folder_new();
    g_autoptr(Store) store = few_case(folder);
    answer(store, 1, 2, INTAKE_SAME);      /* VD1 */
    answer(store, 2, 3, INTAKE_SAME);      /* VD2 */
    answer(store, 4, 5, INTAKE_DIFFERENT); /* VD3 */
    refused(store, 1, 2, INTAKE_DIFFERENT, "VD1");
    refused(store, 3, 1, INTAKE_DIFFERENT, "VD2 VD1"); /* follows from two */
    answer(store, 3, 5, INTAKE_SAME);                  /* VD4 */
    refused(store, 1, 4, INTAKE_SAME, "VD3");          /* 1 = 2 = 3 = 5, 5 is not 4 */
    refused(store, 1, 1, INTAKE_SAME, "");
    refused(store, 1, 77, INTAKE_SAME, "T77");
    /* Taken back, it may be said. */
    undo(store, STORE_KIND_VERDICT, 4);
    answer(store, 1, 4, INTAKE_SAME);
    g_autoptr(GError) error = NULL;
    g_assert_false(intake_join_undo(store, STORE_KIND_VERDICT, 4, &SARA, NULL, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE);
    again(store);
    verifies(store);
}

/* "Same" across two persons whose other members were said to differ: those go apart. */
static void test_same_across_different(void)
{
    g_autofree char *folder = test_folder_new();
    g_autoptr(Store) store = few_case(folder);
    answer(store, 2, 5, INTAKE_DIFFERENT);
    answer(store, 1, 5, INTAKE_SAME);
    for (int turn = 0; turn < 2; turn++) {
        g_autofree char *now = assignment(store);
        g_auto(GStrv) each = g_strsplit(now, " ", -1);
        g_assert_cmpint(person_in(each[0]), ==, person_in(each[4]));
        g_assert_cmpint(person_in(each[1]), !=, person_in(each[4]));
        again(store);
    }
    verifies(store);
}

/* ---- undoing ---- */

static gint64 link_of(Store *store, gint64 statement)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) links =
        store_link_list_to(store, STORE_KIND_STATEMENT, statement, NULL, &error);
    g_assert_no_error(error);
    for (guint i = 0; i < links->len; i++) {
        const StoreLink *link = g_ptr_array_index(links, i);
        if (link->from_kind == STORE_KIND_PERSON && g_strcmp0(link->role, "part") == 0)
            return link->id;
    }
    return 0;
}

static void test_undo_link(void)
{
    g_autofree char *folder = test_folder_new();
    g_autoptr(Store) store = few_case(folder);
    g_autoptr(GError) error = NULL;
    gint64 id = link_of(store, 2);
    g_assert_cmpint(id, !=, 0);
    IntakeEffect effect = undo(store, STORE_KIND_LINK, id);
    g_assert_cmpint(effect.persons_after, ==, 2);
    is(store, "1/1 4/4 1/1 2/2 3/3 ");
    g_autoptr(StoreLink) link = store_link_load(store, id, &error);
    g_assert_cmpstr(link->role, ==, "undone");
    g_assert_nonnull(strstr(link->note, "weight_bits")); /* what was believed stays */
    join_with(store, 0);
    again(store);
    is(store, "1/1 4/4 1/1 2/2 3/3 ");
    /* Neither does a new report bring the two together. */
    import(store, "b.csv",
           "report_id,source,event_date,person_name,father_name,birth_year,place,act\n"
           "6,C (test),2024-06-30,Mohammad Reza Karimi,حسن,1985,Shiraz,arrest\n");
    join_with(store, 0);
    g_autofree char *now = assignment(store);
    g_assert_true(g_str_has_prefix(now, "1/1 4/4 1/1 2/2 3/3 "));
    g_clear_error(&error);
    g_assert_false(intake_join_undo(store, STORE_KIND_LINK, id, &SARA, NULL, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE);
    const IntakeSayer silent = {.by = "Sara", .reason = "  "};
    g_clear_error(&error);
    g_assert_false(intake_join_undo(store, STORE_KIND_JOINING, 1, &silent, NULL, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE);
    g_clear_error(&error);
    g_assert_false(intake_join_undo(store, STORE_KIND_PERSON, 1, &SARA, NULL, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE);
    verifies(store);
}

/* A run merged two persons; undone, each has its number and its act again. */
static void test_undo_merger(void)
{
    g_autofree char *folder = test_folder_new();
    g_autoptr(Store) store = new_case(folder, "a.zenhar");
    import(store, "a.csv",
           "report_id,source,event_date,person_name,father_name,birth_year,place,act\n"
           "1,A (test),2024-06-30,کاوه رستمی,حسن,,سنندج,بازداشت\n"
           "2,B (test),2024-07-02,Kaveh Rostami,,1985,Sanandaj,arrest\n"
           "3,B (test),2024-11-20,Kaveh Rostami,,1985,Sanandaj,sentence\n");
    IntakeJoinOptions strict = intake_join_options_default();
    strict.threshold = 0.9999;
    g_autoptr(GError) error = NULL;
    g_assert_true(intake_join(store, &strict, NULL, &error));
    is(store, "1/1 2/2 2/3 ");
    import(store, "b.csv",
           "report_id,source,event_date,person_name,father_name,birth_year,place,act\n"
           "4,C (test),2024-06-30,کاوه رستمی,حسن,1364,سنندج,بازداشت\n");
    join_with(store, 0);
    is(store, "1/1 1/1 1/3 1/1 ");
    g_autoptr(StoreJoining) merger = store_joining_load(store, 1, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(merger->action, ==, "merge");
    g_assert_cmpint(merger->verdict_id, ==, 0);
    g_assert_cmpstr(merger->statements, ==, "T2/A2 T3/A3");
    g_assert_true(merger->weight_bits > 0);
    g_assert_nonnull(strstr(merger->fields, "family"));
    undo(store, STORE_KIND_JOINING, 1);
    is(store, "1/1 2/2 2/3 1/1 ");
    g_autoptr(StorePerson) back = store_person_load(store, 2, &error);
    g_autoptr(StoreAct) act = store_act_load(store, 2, &error);
    g_assert_no_error(error);
    g_assert_cmpint(back->merged_into, ==, 0);
    g_assert_cmpint(act->victim_id, ==, 2);
    g_assert_cmpint(act->n_reports, ==, 1);
    g_assert_cmpstr(act->status, ==, "reported");
    for (int turn = 0; turn < 2; turn++) {
        join_with(store, 0);
        again(store);
        is(store, "1/1 2/2 2/3 1/1 ");
    }
    /* The undoing is itself an answer, and can be taken back: the weights decide again. */
    g_autoptr(GPtrArray) verdicts = store_verdict_list(store, NULL, &error);
    g_assert_cmpuint(verdicts->len, ==, 1);
    undo(store, STORE_KIND_VERDICT, 1);
    is(store, "1/1 1/1 1/3 1/1 ");
    again(store);
    is(store, "1/1 1/1 1/3 1/1 ");
    verifies(store);
}

/* ---- a larger case ---- */

static void test_queue(void)
{
    g_autofree char *folder = test_folder_new();
    Texts texts;
    generate(&texts, 1500, 11);
    g_autoptr(Store) store = new_case(folder, "a.zenhar");
    g_autoptr(GError) error = NULL;
    g_assert_null(intake_join_review(store, 0, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND);
    g_clear_error(&error);
    for (int t = 0; t < GENERATE_N_SOURCES; t++)
        import_text(store, &texts, (GenerateText)t);
    join_with(store, 0);
    g_autoptr(IntakeReview) review = intake_join_review(store, 0, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(review->n, >, 10);
    for (gsize i = 0; i < review->n; i++) {
        const IntakeReviewPair *pair = &review->pairs[i];
        double sum = pair->prior_bits;
        if (i > 0)
            g_assert_cmpfloat(pair->worth, <=, review->pairs[i - 1].worth);
        for (guint f = 0; f < pair->n_fields; f++)
            sum += pair->bits[f];
        g_assert_cmpfloat(fabs(sum - pair->weight_bits), <, 0.05); /* the waterfall ends there */
    }
    gint64 left_queue = 0;
    /* The first ten are answered; each leaves the queue, none comes back. */
    for (gsize i = 0; i < 10; i++) {
        const IntakeReviewPair *pair = &review->pairs[i];
        g_autoptr(GError) refusal = NULL;
        IntakeEffect effect;
        if (intake_join_answer(store, pair->left, pair->right,
                               i % 2 == 0 ? INTAKE_SAME : INTAKE_DIFFERENT, &SARA, &effect,
                               &refusal))
            left_queue += effect.left_queue;
    }
    g_assert_cmpint(left_queue, >, 0); /* single ones may raise new questions */
    IntakeJoinSummary summary = join_with(store, 0);
    g_assert_true(summary.learned); /* from the answers */
    g_assert_cmpint(summary.answers, >, 5);
    g_autoptr(IntakeReview) later = intake_join_review(store, 0, &error);
    for (gsize i = 0; i < later->n; i++)
        for (gsize k = 0; k < 10; k++)
            g_assert_false(later->pairs[i].left == review->pairs[k].left &&
                           later->pairs[i].right == review->pairs[k].right);
    g_assert_false(join_with(store, 0).learned); /* once */
    verifies(store);
    texts_clear(&texts);
}

/* From nothing, with no answers: persons that stay keep their numbers; twice changes nothing. */
static void test_again(void)
{
    g_autofree char *folder = test_folder_new();
    Texts texts;
    generate(&texts, 1500, 12);
    g_autoptr(Store) store = new_case(folder, "a.zenhar");
    for (int t = 0; t < GENERATE_N_SOURCES; t++) {
        import_text(store, &texts, (GenerateText)t);
        join_with(store, 0); /* source by source: other persons than at once */
    }
    g_autofree char *before = assignment(store);
    again(store);
    g_autofree char *once = assignment(store);
    g_auto(GStrv) was = g_strsplit(before, " ", -1), now = g_strsplit(once, " ", -1);
    gsize moved = 0, n = g_strv_length(was);
    for (gsize i = 0; i < n; i++)
        moved += person_in(was[i]) != person_in(now[i]);
    g_assert_cmpuint(moved, <, n / 20);
    g_assert_cmpfloat(score_of(store).f1, >=, 0.96);
    again(store);
    is(store, once);
    verifies(store);
    texts_clear(&texts);
}

static void test_draws(void)
{
    g_autofree char *folder = test_folder_new();
    Texts texts;
    generate(&texts, 1500, 13);
    g_autoptr(Store) store = new_case(folder, "a.zenhar");
    g_autoptr(GError) error = NULL;
    for (int t = 0; t < GENERATE_N_SOURCES; t++)
        import_text(store, &texts, (GenerateText)t);
    gint64 persons = join_with(store, 0).persons_added;
    g_autoptr(IntakeReview) review = intake_join_review(store, 1, &error);
    gint64 left = review->pairs[0].left, right = review->pairs[0].right;
    answer(store, left, right, INTAKE_DIFFERENT);
    g_autoptr(IntakeJoinDraws) draws = intake_join_draw(store, 20, 7, &error),
                               fewer = intake_join_draw(store, 3, 7, &error);
    g_assert_no_error(error);
    for (gsize i = 0; i < 3 * draws->n_statements; i++)
        g_assert_cmpuint(draws->persons[i], ==, fewer->persons[i]);
    gsize least = G_MAXSIZE, most = 0;
    for (guint d = 0; d < draws->n_draws; d++) {
        const guint32 *row = draws->persons + d * draws->n_statements;
        gsize l = 0, r = 0;
        for (gsize i = 0; i < draws->n_statements; i++) {
            g_assert_cmpuint(row[i], <=, i);
            l = draws->statements[i] == left ? i : l;
            r = draws->statements[i] == right ? i : r;
        }
        g_assert_cmpuint(row[l], !=, row[r]); /* what was said holds in each */
        least = MIN(least, draws->n_persons[d]);
        most = MAX(most, draws->n_persons[d]);
        g_autoptr(GArray) listed = intake_join_draw_listed(draws, d);
        g_assert_cmpuint(listed->len, >=, draws->n_persons[d]);
        g_assert_cmpuint(listed->len, <=, draws->n_statements);
    }
    g_assert_cmpuint(most, >, least); /* the linkage is not certain, and the draws say so */
    g_assert_cmpuint(most, <, 11 * (gsize)persons / 10);
    g_assert_cmpuint(least, >, 9 * (gsize)persons / 10);
    texts_clear(&texts);
}

/* ---- edges ---- */

static void test_edges(void)
{
    g_autofree char *folder = test_folder_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) none = new_case(folder, "0.zenhar");
    again(none);
    g_autoptr(IntakeReview) empty = intake_join_review(none, 0, &error);
    g_assert_no_error(error);
    g_assert_cmpint(empty->waiting, ==, 0);
    g_autoptr(IntakeJoinDraws) nobody = intake_join_draw(none, 2, 1, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(nobody->n_statements, ==, 0);
    g_autoptr(Store) one = new_case(folder, "1.zenhar");
    import(one, "a.csv", "report_id,source,event_date,person_name\n1,A (test),2024-06-30,آ ب\n");
    join_with(one, 0);
    again(one);
    is(one, "1/1 ");
    g_autoptr(IntakeReview) alone = intake_join_review(one, 0, &error);
    g_assert_no_error(error);
    g_assert_cmpint(alone->waiting, ==, 0);
    refused(one, 1, 2, INTAKE_SAME, "T2");
}

/* One name a thousand times: told from one another by what else is known, and in a short time. */
static void test_giant(void)
{
    g_autofree char *folder = test_folder_new();
    g_autoptr(Store) store = new_case(folder, "a.zenhar");
    g_autoptr(GString) csv =
        g_string_new("report_id,source,event_date,person_name,father_name,birth_year,place,act\n");
    for (int i = 0; i < 1200; i++) {
        static const char *const PLACES[] = {"شیراز", "تبریز", "رشت", "سنندج"};
        static const char *const FATHERS[] = {"حسن", "احمد", "کریم", "رضا", "بهرام"};
        g_string_append_printf(csv, "%d,%c (test),20%02d-%02d-%02d,علی محمدی,%s,%d,%s,arrest\n", i,
                               'A' + i % 3, 15 + i / 3 % 9, 1 + i / 3 % 12, 1 + i / 3 % 28,
                               FATHERS[i / 3 % 5], 1950 + i / 3 % 50, PLACES[i / 3 % 4]);
    }
    import(store, "a.csv", csv->str);
    IntakeJoinSummary summary = join_with(store, 0);
    g_assert_cmpint(summary.persons_added, >, 50);
    again(store);
    g_autofree char *once = assignment(store);
    again(store);
    is(store, once);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/intake/review/same_makes_two_persons_one_in_every_run", test_same);
    g_test_add_func("/intake/review/different_makes_one_person_two_in_every_run", test_different);
    g_test_add_func("/intake/review/who_cannot_tell_changes_nothing", test_unsure);
    g_test_add_func("/intake/review/contradictions_are_told_with_the_answers_at_fault",
                    test_contradictions);
    g_test_add_func("/intake/review/same_parts_those_who_were_said_to_differ",
                    test_same_across_different);
    g_test_add_func("/intake/review/a_statement_taken_out_stays_out", test_undo_link);
    g_test_add_func("/intake/review/a_merger_undone_gives_back_numbers_and_acts", test_undo_merger);
    g_test_add_func("/intake/review/the_queue_goes_by_worth_and_answers_teach", test_queue);
    g_test_add_func("/intake/review/a_run_from_nothing_keeps_numbers", test_again);
    g_test_add_func("/intake/review/draws_differ_where_the_linkage_is_open", test_draws);
    g_test_add_func("/intake/review/no_report_and_one_report", test_edges);
    g_test_add_func("/intake/review/one_name_a_thousand_times", test_giant);
    return g_test_run();
}
