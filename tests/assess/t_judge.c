/* tests/assess/t_judge.c: what analysts decide, what follows from it, and what cannot be changed.
 */
#include "assess/compare.h"
#include "assess/judge.h"
#include "assess/ledger.h"
#include "case.h"
#include <math.h>

enum { TODAY = 20000 };

/* A case whose rules propose 7.6 (a shutdown by two sources: present) and 1.1 (a war: present). */
static Store *made_case(void)
{
    g_autoptr(GError) error = NULL;
    Store *store = case_new(TODAY);
    for (int i = 0; i < 2; i++) {
        g_autofree char *name = g_strdup_printf("Source %d", i);
        gint64 source = case_source(store, name);
        case_statement(store, source, "internet_shutdown", TODAY - 20, TODAY - 19, 0, 1, 0);
    }
    g_autoptr(StoreCrisis) war = store_crisis_new();
    war->name = g_strdup("A war made for a test");
    war->kind = g_strdup("war");
    war->first_day = TODAY - 200;
    war->last_day = TODAY - 190;
    g_assert_true(store_crisis_add(store, war, &error));
    AssessSummary summary = case_run(store);
    g_assert_cmpint(summary.assessment_id, ==, 1);
    assess_summary_clear(&summary);
    return store;
}

static const JudgeEvidence ONE_REPORT[] = {{STORE_KIND_REPORT, 1, false}};

static JudgeRating rating(const char *analyst, const char *indicator, JudgeDecision decision,
                          gint32 level)
{
    return (JudgeRating){.analyst = analyst,
                         .indicator = indicator,
                         .decision = decision,
                         .level = level,
                         .confidence = "grounds",
                         .reason = "what a test thinks"};
}

static gint64 must_add(Store *store, const JudgeRating *rating)
{
    g_autoptr(GError) error = NULL;
    gint64 id = 0;
    g_assert_true(judge_add(store, rating, &id, &error));
    g_assert_no_error(error);
    return id;
}

static void proposals_are_accepted_with_their_evidence(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = made_case();
    JudgeRating accept = rating("A", "7.6", JUDGE_ACCEPT, -1);
    accept.reason = NULL;
    gint64 id = must_add(store, &accept);
    g_autoptr(StoreJudgement) judgement = store_judgement_load(store, id, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(judgement->decision, ==, "accepted");
    g_assert_cmpint(judgement->level, ==, 2);
    g_assert_cmpint(judgement->proposed, ==, 2);
    g_assert_cmpuint(case_links(store, STORE_KIND_JUDGEMENT, id), ==, 2); /* both reports */
    g_autoptr(StoreRating) own = case_rating(store, 1, "RF7", "7.6");
    g_assert_cmpint(own->level, ==, 2);
    g_autofree char *sentence = assess_rating_sentence(own, I18N_ENGLISH);
    g_assert_nonnull(strstr(sentence, "A accepted the proposal: present"));
    g_assert_nonnull(strstr(sentence, "reasonable grounds to believe"));
    g_autofree char *persian = assess_rating_sentence(own, I18N_PERSIAN);
    g_assert_null(strstr(persian, "accepted"));
}

static const struct {
    const char *claim, *says;
    JudgeRating rating;
    ZenharErrorCode code;
} REFUSED[] = {
    {"present_without_evidence",
     "no evidence",
     {.analyst = "A",
      .indicator = "5.1",
      .decision = JUDGE_RATE,
      .level = 2,
      .confidence = "grounds",
      .reason = "so"},
     ZENHAR_ERROR_USAGE},
    {"weak_without_evidence",
     "no evidence",
     {.analyst = "A",
      .indicator = "5.1",
      .decision = JUDGE_RATE,
      .level = 1,
      .confidence = "grounds",
      .reason = "so"},
     ZENHAR_ERROR_USAGE},
    {"raising_a_proposal_without_more",
     "no evidence",
     {.analyst = "A",
      .indicator = "7.6",
      .decision = JUDGE_RATE,
      .level = 3,
      .confidence = "grounds",
      .reason = "so"},
     ZENHAR_ERROR_USAGE},
    {"without_reason",
     "reason",
     {.analyst = "A",
      .indicator = "5.1",
      .decision = JUDGE_RATE,
      .level = 0,
      .confidence = "grounds"},
     ZENHAR_ERROR_USAGE},
    {"without_confidence",
     "standard of proof",
     {.analyst = "A", .indicator = "7.6", .decision = JUDGE_ACCEPT},
     ZENHAR_ERROR_USAGE},
    {"without_analyst",
     "who rates",
     {.analyst = " ", .indicator = "7.6", .decision = JUDGE_ACCEPT, .confidence = "grounds"},
     ZENHAR_ERROR_USAGE},
    {"accepting_nothing",
     "nothing to accept",
     {.analyst = "A", .indicator = "5.1", .decision = JUDGE_ACCEPT, .confidence = "grounds"},
     ZENHAR_ERROR_USAGE},
    {"rejecting_nothing",
     "nothing to reject",
     {.analyst = "A", .indicator = "5.1", .decision = JUDGE_REJECT, .reason = "so", .level = -1},
     ZENHAR_ERROR_USAGE},
    {"unknown_indicator",
     "no indicator “7.99”",
     {.analyst = "A", .indicator = "7.99", .decision = JUDGE_ACCEPT},
     ZENHAR_ERROR_USAGE},
    {"level_4",
     "level is needed",
     {.analyst = "A", .indicator = "5.1", .decision = JUDGE_RATE, .level = 4, .reason = "so"},
     ZENHAR_ERROR_USAGE},
    {"a_trend_that_is_none",
     "no trend",
     {.analyst = "A",
      .indicator = "5.1",
      .decision = JUDGE_RATE,
      .level = 0,
      .reason = "so",
      .trend = "up"},
     ZENHAR_ERROR_USAGE},
};

static void refused(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    g_autoptr(Store) store = made_case();
    g_autoptr(GError) error = NULL;
    gint64 before = case_entries(store);
    g_assert_false(judge_add(store, &REFUSED[i].rating, NULL, &error));
    g_assert_error(error, ZENHAR_ERROR, (gint)REFUSED[i].code);
    if (strstr(error->message, REFUSED[i].says) == NULL)
        g_error("“%s” does not say “%s”", error->message, REFUSED[i].says);
    g_assert_cmpint(case_entries(store), ==, before); /* nothing was written */
}

static void evidence_must_exist_and_stand(void)
{
    g_autoptr(Store) store = made_case();
    g_autoptr(GError) error = NULL;
    const JudgeEvidence missing[] = {{STORE_KIND_REPORT, 77, false}};
    const JudgeEvidence letter[] = {{STORE_KIND_APPEAL, 1, false}};
    const JudgeEvidence against[] = {{STORE_KIND_REPORT, 1, true}};
    JudgeRating own = rating("A", "5.1", JUDGE_RATE, 2);
    own.n_evidence = 1;
    own.evidence = missing;
    g_assert_false(judge_add(store, &own, NULL, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND);
    g_clear_error(&error);
    own.evidence = letter;
    g_assert_false(judge_add(store, &own, NULL, &error));
    g_assert_nonnull(strstr(error->message, "is no evidence"));
    g_clear_error(&error);
    own.evidence = against; /* what speaks against it does not carry it */
    g_assert_false(judge_add(store, &own, NULL, &error));
    g_assert_nonnull(strstr(error->message, "no evidence"));
    g_clear_error(&error);
    g_autoptr(StoreReport) report = store_report_load(store, 1, &error);
    report->withdrawn = true;
    g_assert_true(store_report_update(store, report, &error));
    own.evidence = ONE_REPORT;
    g_assert_false(judge_add(store, &own, NULL, &error));
    g_assert_nonnull(strstr(error->message, "withdrawn"));
}

static void analysts_who_differ_are_shown_not_averaged(void)
{
    g_autoptr(Store) store = made_case();
    JudgeRating a = rating("A", "7.6", JUDGE_ACCEPT, -1);
    JudgeRating b = rating("B", "7.6", JUDGE_REJECT, 0);
    JudgeRating c = rating("C", "7.6", JUDGE_RATE, 3);
    c.evidence = ONE_REPORT;
    c.n_evidence = 1;
    must_add(store, &a);
    must_add(store, &b);
    must_add(store, &c);
    g_autoptr(StoreRating) own = case_rating(store, 1, "RF7", "7.6");
    gint32 low, high;
    guint n;
    g_assert_true(judge_range(own, &low, &high, &n));
    g_assert_cmpint(low, ==, 0);
    g_assert_cmpint(high, ==, 3);
    g_assert_cmpuint(n, ==, 3);
    g_assert_cmpint(own->level, ==, 3); /* as a factor keeps its highest indicator */
    g_autofree char *sentence = assess_rating_sentence(own, I18N_ENGLISH);
    g_assert_nonnull(strstr(sentence, "The analysts differ: from not present to strong."));
    g_assert_nonnull(strstr(sentence, "The rules propose: present."));
    g_autoptr(StoreRating) factor = case_rating(store, 1, "RF7", NULL);
    g_assert_cmpint(factor->level, ==, 3);
    g_autofree char *why = assess_rating_sentence(factor, I18N_ENGLISH);
    g_assert_nonnull(strstr(why, "As high as its highest indicator: 7.6."));
}

/* Known answer: levels of two analysts on four indicators, 2-2, 0-1, 3-3, 1-1. Ordinal alpha by
 * hand: values n0 = 1, n1 = 3, n2 = 2, n3 = 2; d01² = (0.5 + 1.5)² = 4; Do = 2·4/8 = 1; De from all
 * pairs. */
static void agreement_is_krippendorffs_alpha(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = made_case();
    static const struct {
        const char *analyst, *indicator;
        gint32 level;
    } RATED[] = {{"A", "5.1", 2}, {"B", "5.1", 2}, {"A", "5.2", 0}, {"B", "5.2", 1},
                 {"A", "5.3", 3}, {"B", "5.3", 3}, {"A", "5.4", 1}, {"B", "5.4", 1}};
    for (gsize i = 0; i < G_N_ELEMENTS(RATED); i++) {
        JudgeRating own = rating(RATED[i].analyst, RATED[i].indicator, JUDGE_RATE, RATED[i].level);
        own.evidence = ONE_REPORT;
        own.n_evidence = 1;
        must_add(store, &own);
    }
    g_autoptr(GPtrArray) in_force = judge_in_force(store, 0, &error);
    g_assert_cmpuint(in_force->len, ==, 8);
    Agreement agreement;
    guint analysts;
    g_assert_true(judge_agreement(in_force, &agreement, &analysts, &error));
    g_assert_cmpuint(analysts, ==, 2);
    const double n[4] = {1, 3, 2, 2};
    double expected = 0;
    for (int c = 0; c < 4; c++)
        for (int k = 0; k < 4; k++) {
            double d = -(n[c] + n[k]) / 2;
            for (int g = MIN(c, k); g <= MAX(c, k); g++)
                d += n[g];
            expected += n[c] * n[k] * d * d / (8.0 * 7.0);
        }
    g_assert_cmpfloat_with_epsilon(agreement.alpha, 1 - 1.0 / expected, 1e-12);
}

static void a_changed_mind_replaces_and_withdrawing_gives_the_proposal_back(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = made_case();
    JudgeRating first = rating("A", "7.6", JUDGE_REJECT, 0),
                then = rating("A", "7.6", JUDGE_ACCEPT, 0);
    JudgeRating last = rating("A", "7.6", JUDGE_WITHDRAW, 0);
    must_add(store, &first);
    must_add(store, &then);
    g_autoptr(GPtrArray) in_force = judge_in_force(store, 0, &error);
    g_assert_cmpuint(in_force->len, ==, 1);
    g_assert_cmpstr(((StoreJudgement *)g_ptr_array_index(in_force, 0))->decision, ==, "accepted");
    must_add(store, &last);
    g_autoptr(StoreRating) own = case_rating(store, 1, "RF7", "7.6");
    g_assert_cmpint(own->level, ==, 2);
    guint n;
    gint32 low, high;
    g_assert_false(judge_range(own, &low, &high, &n));
    g_assert_cmpuint(n, ==, 0);
    g_assert_cmpint(store_judgement_count(store, NULL), ==, 3); /* all of them are kept */
    g_autoptr(StoreJudgement) kept = store_judgement_load(store, 1, NULL);
    g_assert_false(store_judgement_update(store, kept, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DENIED);
}

static void judgements_outlive_new_data(void)
{
    g_autoptr(Store) store = made_case();
    JudgeRating reject = rating("A", "7.6", JUDGE_REJECT, 0);
    JudgeRating own = rating("A", "5.1", JUDGE_RATE, 2);
    own.evidence = ONE_REPORT;
    own.n_evidence = 1;
    must_add(store, &reject);
    must_add(store, &own);
    case_statement(store, case_source(store, "Another"), "internet_shutdown", TODAY - 3, TODAY - 2,
                   0, 1, 0);
    AssessSummary summary = case_run(store);
    g_assert_true(summary.changed);
    gint64 id = summary.assessment_id;
    g_autoptr(StoreRating) judged = case_rating(store, id, "RF7", "7.6");
    g_assert_cmpint(judged->level, ==, 0);
    g_autoptr(StoreRating) unproposed = case_rating(store, id, "RF5", "5.1");
    g_assert_cmpint(unproposed->level, ==, 2);
    g_assert_cmpuint(case_links(store, STORE_KIND_RATING, unproposed->id), ==, 1);
    g_autoptr(StoreRating) factor = case_rating(store, id, "RF5", NULL);
    g_assert_cmpint(factor->level, ==, 2);
    assess_summary_clear(&summary);
}

static void final_is_made_by_a_person_and_stays(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = made_case();
    gint64 assessment, entry;
    g_assert_false(judge_finalize(store, "A", "so", false, NULL, NULL, &error));
    g_assert_nonnull(strstr(error->message, "7.6")); /* nobody judged it */
    g_clear_error(&error);
    static const char *const PROPOSED[] = {"1.1", "7.6", "8.1"};
    for (gsize i = 0; i < G_N_ELEMENTS(PROPOSED); i++) {
        JudgeRating accept = rating("A", PROPOSED[i], JUDGE_ACCEPT, 0);
        must_add(store, &accept);
    }
    g_assert_false(judge_finalize(store, "A", " ", false, NULL, NULL, &error));
    g_clear_error(&error);
    g_assert_true(judge_finalize(store, "A", "all was read", false, &assessment, &entry, &error));
    g_assert_no_error(error);
    g_autoptr(StoreAssessment) final = store_assessment_load(store, assessment, &error);
    g_assert_cmpstr(final->status, ==, "final");
    g_assert_cmpstr(final->author, ==, "A");
    g_autoptr(StorePrediction) kept = store_prediction_load(store, entry, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(kept->kind, ==, "assessment");
    g_assert_cmpstr(kept->data_hash, ==, final->inputs);
    g_assert_nonnull(strstr(kept->content, "RF7,7.6,2,2,2,1,2,"));
    g_assert_false(judge_finalize(store, "A", "again", false, NULL, NULL, &error));
    g_assert_nonnull(strstr(error->message, "final already"));
    g_clear_error(&error);
    /* the next decision opens a draft; the final one stays as it is */
    JudgeRating reject = rating("B", "7.6", JUDGE_REJECT, 0);
    must_add(store, &reject);
    g_autoptr(StoreAssessment) draft = store_assessment_load(store, assessment + 1, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(draft->status, ==, "draft");
    g_assert_cmpint(draft->previous_id, ==, assessment);
    g_autoptr(StoreRating) before = case_rating(store, assessment, "RF7", "7.6");
    gint32 low, high;
    guint n;
    g_assert_false(judge_range(before, &low, &high, &n));
    g_assert_cmpuint(n, ==, 1);
    g_autoptr(StoreRating) after = case_rating(store, draft->id, "RF7", "7.6");
    g_assert_true(judge_range(after, &low, &high, &n));
    g_assert_cmpuint(n, ==, 2);
    g_autofree char *changes = assess_changes(store, draft, I18N_ENGLISH, &error);
    g_assert_no_error(error);
    g_assert_nonnull(strstr(changes, "B rejected the proposal"));
}

static const AssessDifference *row_of(const AssessComparison *comparison, const char *indicator)
{
    for (guint i = 0; i < comparison->rows->len; i++) {
        const AssessDifference *row = comparison->rows->pdata[i];
        if (g_strcmp0(row->indicator != NULL ? row->indicator->id : NULL, indicator) == 0)
            return row;
    }
    return NULL;
}

/* Two versions in either order: what changed, by whom, what evidence came and what left. */
static void versions_are_put_side_by_side(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = made_case();
    JudgeRating first = rating("A", "7.6", JUDGE_ACCEPT, 0); /* on the older: no news since */
    must_add(store, &first);
    gint64 source = case_source(store, "A third source");
    const gint64 report =
        case_statement(store, source, "internet_shutdown", TODAY - 5, TODAY - 5, 0, 1, 0);
    g_assert_cmpint(report, >, 0);
    AssessSummary second = case_run(store);
    g_assert_true(second.changed);
    JudgeRating own = rating("B", "2.5", JUDGE_RATE, 1);
    own.evidence = ONE_REPORT;
    own.n_evidence = 1;
    own.reason = "seen by B";
    must_add(store, &own);
    for (int turned = 0; turned < 2; turned++) {
        const gint64 a = second.previous_id, b = second.assessment_id;
        g_autoptr(AssessComparison) both =
            assess_compare(store, turned ? b : a, turned ? a : b, I18N_ENGLISH, &error);
        g_assert_no_error(error);
        g_assert_cmpint(both->before->id, ==, a);
        g_assert_cmpuint(both->judgements->len, ==, 1);
        const AssessDifference *rated = row_of(both, "2.5"), *told = row_of(both, "7.6");
        g_assert_nonnull(rated);
        g_assert_cmpint(rated->before.level, ==, -1);
        g_assert_cmpint(rated->now.level, ==, 1);
        g_assert_cmpstr(rated->now.by, ==, "B");
        g_assert_cmpuint(rated->judgements->len, ==, 1);
        g_assert_cmpuint(rated->now.records->len, ==, 1);
        g_assert_cmpuint(rated->before.records->len, ==, 0);
        /* one more report stands behind the shutdown, the others still do */
        g_assert_nonnull(told);
        g_assert_false(told->level);
        g_assert_true(told->evidence);
        g_assert_cmpuint(told->judgements->len, ==, 0);
        g_assert_cmpuint(told->now.records->len, ==, 1);
        g_assert_cmpuint(told->n_common, ==, 2);
        g_assert_null(row_of(both, "1.1")); /* the war is the same */
        g_assert_cmpuint(both->n_same, >=, 2);
    }
    g_autoptr(AssessComparison) same = assess_compare(store, 1, 1, I18N_ENGLISH, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(same->rows->len, ==, 0);
    g_assert_cmpuint(same->judgements->len, ==, 0);
    g_autoptr(AssessComparison) none = assess_compare(store, 1, 99, I18N_ENGLISH, &error);
    g_assert_null(none);
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND);
    assess_summary_clear(&second);
}

static void words_of_levels_and_standards(void)
{
    gint32 level;
    const char *code;
    g_autoptr(GError) error = NULL;
    g_assert_true(judge_level_parse("Strong", &level, NULL));
    g_assert_cmpint(level, ==, 3);
    g_assert_true(judge_level_parse("۲", &level, NULL));
    g_assert_cmpint(level, ==, 2);
    g_assert_false(judge_level_parse("huge", &level, &error));
    g_clear_error(&error);
    g_assert_true(judge_confidence_parse("reasonable grounds to believe", &code, NULL));
    g_assert_cmpstr(code, ==, "grounds");
    g_assert_false(judge_confidence_parse("sure", &code, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    i18n_set_language(I18N_ENGLISH);
    for (gsize i = 0; i < G_N_ELEMENTS(REFUSED); i++) {
        g_autofree char *path = g_strconcat("/assess/judge/refuses/", REFUSED[i].claim, NULL);
        g_test_add_data_func(path, GSIZE_TO_POINTER(i), refused);
    }
#define CLAIM(name) g_test_add_func("/assess/judge/" #name, name)
    CLAIM(proposals_are_accepted_with_their_evidence);
    CLAIM(evidence_must_exist_and_stand);
    CLAIM(analysts_who_differ_are_shown_not_averaged);
    CLAIM(agreement_is_krippendorffs_alpha);
    CLAIM(a_changed_mind_replaces_and_withdrawing_gives_the_proposal_back);
    CLAIM(judgements_outlive_new_data);
    CLAIM(final_is_made_by_a_person_and_stays);
    CLAIM(versions_are_put_side_by_side);
    CLAIM(words_of_levels_and_standards);
    return g_test_run();
}
