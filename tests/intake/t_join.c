/* Statements become persons and acts. */
#include "evidence/evidence.h"
#include "intake/generate.h"
#include "intake/import.h"
#include "intake/join.h"
#include "intake/join_names.h"
#include "intake/join_private.h"
#include "joined.h"
#include "store/link.h"
#include "store/user.h"

#include <jansson.h>
#include <string.h>

/* ---- names ---- */

static void test_names(void)
{
    /* What the words are used for is learned from these. */
    static const char *const NAMES[] = {
        "حمید کریمی",
        "حمید نوری",
        "اکبر رضایی",
        "اکبر سلیمی",
        "علی رنجبر",
        "حمید رنجبر",
        "زهرا کریمی",
        "زهرا نوری",
        "زهرا سلیمی",
        "سارا رضایی",
        "رضا کریمی",
        "محمد رضایی",
        "محمد کریمی",
        "محمد نوری",
        "زهرا رضایی",
        "شیرین رضایی",
        "شیرین کریمی",
        "شیرین نوری",
        "شیرین سلیمی",
        "زهرا مهدی‌پور",
        "رضا مهدی‌پور",
        /* and these are looked at */
        "حمید اکبر رنجبر",
        "حمیداکبر رنجبر",
        "ملک زاده شیرین",
        "Malek-Zadeh, Shirin",
        "رضایی زهرا",
        "مهدی پور رضا",
        "محمدرضا کریمی",
        "Mohammad Reza Karimi",
        "M. Karimi",
        "سارا",
        "",
    };
    enum { FROM = 21 };
    static const char *const PARTS[][2] = {
        {"حمید اکبر", "رنجبر"},
        {"حمیداکبر", "رنجبر"},
        {"شیرین", "ملکزاده"},
        {"Shirin", "MalekZadeh"},
        {"زهرا", "رضایی"},
        {"رضا", "مهدیپور"},
        {"محمدرضا", "کریمی"},
        {"Mohammad Reza", "Karimi"},
        {"", "Karimi"},
        {"", "سارا"},
        {"", ""},
    };
    gsize n = G_N_ELEMENTS(NAMES);
    g_assert_cmpuint(n, ==, FROM + G_N_ELEMENTS(PARTS));
    g_autoptr(JoinNames) names = join_names_new(n, NAMES, NULL);
    for (gsize i = FROM; i < n; i++) {
        g_assert_cmpstr(join_names_given(names, i), ==, PARTS[i - FROM][0]);
        g_assert_cmpstr(join_names_family(names, i), ==, PARTS[i - FROM][1]);
    }
}

/* ---- acts ---- */

static JoinRecord record(const char *kind, gint32 first, gint32 last, gint64 act)
{
    return (JoinRecord){
        .kind = kind, .first_day = first, .last_day = last, .act = act, .person = act != 0 ? 1 : 0};
}

static void test_acts(void)
{
    JoinRecord list[] = {
        record("arrest", 100, 100, 0),
        record("arrest", 101, 101, 0),
        record("arrest", 90, 119, 0), /* some day of that month */
        record("arrest", 300, 300, 0),
        record("release", 100, 100, 0),
        record("execution", 500, 500, 0),
        record("execution", 560, 560, 0),            /* nobody twice */
        record("arrest", G_MININT32, G_MAXINT32, 0), /* day unknown */
        record("arrest", 108, 108, 0),
        record("arrest", 109, 109, 0),
    };
    JoinRecords records = {.n = G_N_ELEMENTS(list), .records = list};
    guint32 members[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, acts[10];
    g_assert_cmpuint(join_acts(&records, 10, members, 7, acts), ==, 4);
    const guint32 wanted[] = {0, 0, 0, 1, 2, 3, 3, 0, 0, 0};
    for (gsize i = 0; i < 10; i++)
        g_assert_cmpuint(acts[i], ==, wanted[i]);
    g_assert_cmpuint(join_acts(&records, 10, members, 0, acts), >, 4);
    /* Acts that stand apart stay apart; a new statement chooses the nearer. */
    JoinRecord known[] = {record("arrest", 100, 100, 7), record("arrest", 104, 104, 8),
                          record("arrest", 103, 103, 0)};
    JoinRecords again = {.n = 3, .n_known = 2, .records = known};
    g_assert_cmpuint(join_acts(&again, 3, members, 7, acts), ==, 2);
    g_assert_cmpuint(acts[2], ==, acts[1]);
    g_assert_cmpuint(acts[0], !=, acts[1]);
    /* The date of an act: the day most give, narrow before wide. */
    JoinRecord dates[] = {record("arrest", 90, 119, 0), record("arrest", 100, 100, 0),
                          record("arrest", 101, 101, 0), record("arrest", 101, 101, 0)};
    JoinRecords dated = {.n = 4, .records = dates};
    g_assert_cmpint(dates[join_act_date(&dated, 4, members)].first_day, ==, 101);
}

/* ---- small cases: nothing to learn from ---- */

static const char SMALL[] =
    "report_id,source,event_date,person_name,father_name,birth_year,place,act\n"
    "1,A (test),1403-04-10,محمدرضا کریمی,حسن,1364,شیراز,بازداشت\n"
    "2,B (test),2024-06-30,Mohammad-Reza Karimi,Hasan,1985,Shiraz,arrest\n"
    "3,C (test),2024-07-01,محمد رضا كريمي,,,شیراز,بازداشت\n"
    "4,A (test),2024-06-30,سارا نوری,احمد,1372,تبریز,احضار\n"
    "5,B (test),2023-01-05,Parviz Salehi,Karim,1951,Rasht,sentence\n";

static void test_small(void)
{
    g_autofree char *folder = test_folder_new();
    g_autoptr(Store) store = new_case(folder, "a.zenhar");
    import(store, "a.csv", SMALL);
    IntakeJoinSummary summary = join_with(store, 0);
    g_assert_cmpint(summary.statements, ==, 5);
    g_assert_cmpint(summary.persons_added, ==, 3);
    g_assert_cmpint(summary.acts_added, ==, 3);
    g_assert_cmpint(summary.merges, ==, 2);
    g_autofree char *first = assignment(store);
    g_assert_cmpstr(first, ==, "1/1 1/1 1/1 2/2 3/3 ");
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreAct) act = store_act_load(store, 1, &error);
    g_assert_no_error(error);
    g_assert_cmpint(act->n_reports, ==, 3);
    g_assert_cmpint(act->n_sources, ==, 3);
    g_assert_cmpstr(act->status, ==, "corroborated");
    g_assert_cmpstr(act->event_date, ==, "2024-06-30");
    g_assert_nonnull(strstr(act->method, "bits"));
    /* Identities are sealed: without a look that is logged they read as nothing. */
    g_autoptr(StorePerson) person = store_person_load(store, 1, &error);
    g_assert_no_error(error);
    g_assert_null(person->name);
    g_assert_null(person->father);
    g_assert_true(g_str_has_prefix(person->code, "ZH-"));
    g_assert_cmpint(person->birth_year, ==, 1985);
    g_assert_cmpstr(person->status, ==, "detained");
    g_assert_true(store_unseal(store, 0, "test", &error));
    g_autoptr(StorePerson) open = store_person_load(store, 1, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(open->name, ==, "محمدرضا کریمی");
    g_assert_cmpstr(open->name_latin, ==, "Mohammad-Reza Karimi");
    g_assert_cmpstr(open->father, ==, "حسن");
    store_unseal_end(store);
}

static void test_again(void)
{
    g_autofree char *folder = test_folder_new();
    g_autoptr(Store) store = new_case(folder, "a.zenhar");
    import(store, "a.csv", SMALL);
    join_with(store, 0);
    g_autofree char *first = assignment(store);
    gint64 before = entries(store);
    IntakeJoinSummary summary = join_with(store, 0);
    g_assert_cmpint(summary.persons_added + summary.acts_added + summary.merges, ==, 0);
    g_assert_cmpint(entries(store), ==, before);
    g_autofree char *second = assignment(store);
    g_assert_cmpstr(first, ==, second);
    EvidenceReport report;
    g_autoptr(GError) error = NULL;
    evidence_verify(store, &report, &error);
    g_assert_no_error(error);
}

/* Two persons by a strict rule; a later statement that fits both makes them one. The younger says
 * into whom it went, its acts go along, and an act that both had is one. */
static void test_bridge(void)
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
    g_autofree char *apart = assignment(store);
    g_assert_cmpstr(apart, ==, "1/1 2/2 2/3 ");
    import(store, "b.csv",
           "report_id,source,event_date,person_name,father_name,birth_year,place,act\n"
           "4,C (test),2024-06-30,کاوه رستمی,حسن,1364,سنندج,بازداشت\n");
    IntakeJoinSummary summary = join_with(store, 0);
    g_assert_cmpint(summary.persons_added, ==, 0);
    g_assert_cmpint(summary.persons_merged, ==, 1);
    g_autofree char *after = assignment(store);
    g_assert_cmpstr(after, ==, "1/1 1/1 1/3 1/1 ");
    g_autoptr(StorePerson) merged = store_person_load(store, 2, &error);
    g_autoptr(StoreAct) act = store_act_load(store, 1, &error),
                        retired = store_act_load(store, 2, &error),
                        sentence = store_act_load(store, 3, &error);
    g_assert_no_error(error);
    g_assert_cmpint(merged->merged_into, ==, 1);
    g_assert_cmpint(act->n_reports, ==, 3);
    g_assert_cmpint(act->n_sources, ==, 3);
    g_assert_cmpstr(retired->status, ==, "merged");
    g_assert_cmpint(retired->n_reports, ==, 0);
    g_assert_cmpint(sentence->victim_id, ==, 1);
    gint64 before = entries(store);
    join_with(store, 0);
    g_assert_cmpint(entries(store), ==, before);
}

/* ---- a generated case ---- */

/* The person that one is now. */
static gint64 living(Store *store, gint64 id)
{
    g_autoptr(GError) error = NULL;
    for (;;) {
        g_autoptr(StorePerson) person = store_person_load(store, id, &error);
        g_assert_no_error(error);
        if (person->merged_into == 0)
            return id;
        id = person->merged_into;
    }
}

/* Every joining can be read: which statement, how surely, what each field said. */
static void check_notes(Store *store, gint64 merges)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) links = store_link_list(store, NULL, &error);
    g_assert_no_error(error);
    gint64 seen = 0;
    for (guint i = 0; i < links->len; i++) {
        const StoreLink *link = g_ptr_array_index(links, i);
        if (link->from_kind != STORE_KIND_PERSON || link->to_kind != STORE_KIND_STATEMENT)
            continue;
        json_t *note = json_loads(link->note, 0, NULL);
        g_assert_nonnull(note);
        double bits = json_real_value(json_object_get(note, "weight_bits")),
               probability = json_real_value(json_object_get(note, "probability"));
        g_assert_true(probability > 0 && probability <= 1);
        g_assert_true(bits > -30 && bits < 200);
        g_assert_nonnull(json_object_get(note, "fields"));
        StoreKind kind;
        gint64 with;
        g_assert_true(
            store_id_parse(json_string_value(json_object_get(note, "with")), &kind, &with));
        g_autoptr(StoreStatement) own = store_statement_load(store, link->to_id, &error),
                                  other = store_statement_load(store, with, &error);
        g_assert_no_error(error);
        gint64 person = living(store, link->from_id);
        g_assert_cmpint(own->victim_id, ==, person);
        g_assert_cmpint(other->victim_id, ==, person);
        json_decref(note);
        seen++;
    }
    g_assert_cmpint(seen, ==, merges);
}

static void check_acts(Store *store)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) acts = store_act_list(store, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(acts->len, >, 0);
    for (guint i = 0; i < acts->len; i++) {
        const StoreAct *act = g_ptr_array_index(acts, i);
        g_autoptr(GPtrArray) statements = store_statement_list_by_act(store, act->id, NULL, &error);
        g_assert_no_error(error);
        g_assert_cmpint(act->n_reports, ==, (gint)statements->len);
        g_assert_true(act->synthetic);
        for (guint k = 0; k < statements->len; k++) {
            const StoreStatement *s = g_ptr_array_index(statements, k);
            g_assert_cmpint(s->victim_id, ==, act->victim_id);
            g_assert_cmpstr(s->act_kind, ==, act->kind);
        }
    }
}

static void test_generated(void)
{
    g_autofree char *folder = test_folder_new();
    Texts texts;
    generate(&texts, 2500, 20250628);
    g_autoptr(Store) one = new_case(folder, "1.zenhar"), three = new_case(folder, "3.zenhar");
    for (int t = 0; t < GENERATE_N_SOURCES; t++) {
        import_text(one, &texts, (GenerateText)t);
        import_text(three, &texts, (GenerateText)t);
    }
    IntakeJoinSummary summary = join_with(one, 1);
    join_with(three, 3);
    g_autofree char *a = assignment(one), *b = assignment(three);
    g_assert_cmpstr(a, ==, b);
    IntakeJoinScore score = score_of(one);
    g_test_message("F1 %.4f, precision %.4f, recall %.4f", score.f1, score.precision, score.recall);
    g_assert_cmpfloat(score.f1, >=, 0.97);
    check_notes(one, summary.merges);
    check_acts(one);
    texts_clear(&texts);
}

static void test_incremental(void)
{
    g_autofree char *folder = test_folder_new();
    Texts texts;
    generate(&texts, 2500, 7);
    g_autoptr(Store) store = new_case(folder, "a.zenhar");
    import_text(store, &texts, GENERATE_LIST_A);
    import_text(store, &texts, GENERATE_LIST_B);
    import_text(store, &texts, GENERATE_LIST_C);
    IntakeJoinSummary first = join_with(store, 0);
    g_autofree char *before = assignment(store);
    import_text(store, &texts, GENERATE_MEDIA);
    IntakeJoinSummary second = join_with(store, 0);
    g_assert_cmpint(second.statements, ==, first.statements + second.new_statements);
    g_assert_cmpint(second.merges, >, second.new_statements / 2);
    g_assert_cmpuint(second.pairs_compared, <, first.pairs_compared);
    g_assert_cmpfloat(score_of(store).f1, >=, 0.96);
    check_notes(store, first.merges + second.merges);
    /* What was linked stays with its person, unless that one was merged. */
    g_autofree char *after = assignment(store);
    g_auto(GStrv) was = g_strsplit(before, " ", -1), is = g_strsplit(after, " ", -1);
    gsize moved = 0;
    for (gsize i = 0; was[i][0] != '\0'; i++)
        moved += strcmp(was[i], is[i]) != 0;
    g_assert_cmpuint(moved, <=, 4 * (gsize)second.persons_merged);
    texts_clear(&texts);
}

static bool stop(void *context, guint64 done, guint64 total)
{
    return false;
}

static void test_stopped(void)
{
    g_autofree char *folder = test_folder_new();
    g_autoptr(Store) store = new_case(folder, "a.zenhar");
    import(store, "a.csv", SMALL);
    g_autofree char *before = assignment(store);
    IntakeJoinOptions options = intake_join_options_default();
    options.progress = stop;
    g_autoptr(GError) error = NULL;
    g_assert_false(intake_join(store, &options, NULL, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTERRUPTED);
    g_autofree char *after = assignment(store);
    g_assert_cmpstr(before, ==, after);
    g_assert_false(store_unsealed(store));
    g_clear_error(&error);
    IntakeJoinScore score;
    g_assert_false(intake_join_score(store, "truth_id", &score, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/intake/join/names_are_told_apart_by_how_others_use_the_words", test_names);
    g_test_add_func("/intake/join/acts_are_one_when_their_days_can_be_the_same", test_acts);
    g_test_add_func("/intake/join/three_reports_of_one_person_two_scripts_two_calendars",
                    test_small);
    g_test_add_func("/intake/join/a_second_run_adds_nothing", test_again);
    g_test_add_func("/intake/join/a_later_statement_makes_two_persons_one", test_bridge);
    g_test_add_func("/intake/join/generated_case_f1_of_97_percent_on_any_threads", test_generated);
    g_test_add_func("/intake/join/new_reports_are_compared_with_what_is_linked", test_incremental);
    g_test_add_func("/intake/join/a_stopped_run_changes_nothing", test_stopped);
    return g_test_run();
}
