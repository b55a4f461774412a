/* What people judged, what a look is worth, and linkages drawn by chance. */
#include "link/link.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static LinkPair pair_of(uint32_t left, uint32_t right, double bits)
{
    return (LinkPair){left, right, (float)bits, (float)(1 / (1 + exp2(-bits))), 0};
}

/* ---- Learning from judged pairs ---- */

/* One field, two patterns. EM alone keeps the share it is started with; judged pairs say what each
 * pattern is. */
static void em_counts_judged_pairs_as_known(void)
{
    LinkPattern patterns[2] = {{.levels = 7, .count = 100}, {.levels = 1, .count = 900}};
    const bool used[1] = {true};
    double u[1][LINK_MAX_LEVELS] = {{0, 0.9, 0, 0, 0, 0, 0, 0.1}}, plain = 0, taught = 0;
    for (unsigned round = 0; round < 2; round++) {
        double m[1][LINK_MAX_LEVELS] = {{0, 0.2, 0, 0, 0, 0, 0, 0.8}}, share = 0.1;
        patterns[1].same = round == 0 ? 0 : 500; /* many of the same person differ here */
        patterns[1].different = round == 0 ? 0 : 20;
        link_em(patterns, 2, 1, used, INFINITY, u, m, &share);
        *(round == 0 ? &plain : &taught) = m[0][1];
        g_assert_cmpfloat_with_epsilon(m[0][1] + m[0][7], 1, 1e-9);
        g_assert_cmpfloat(share, >, 0);
        g_assert_cmpfloat(share, <, 1);
    }
    g_assert_cmpfloat(taught, >, plain + 0.2);
}

/* Judged pairs alone: m is what they show, smoothed by the belief before. */
static void em_of_judged_pairs_alone_is_counting(void)
{
    const LinkPattern patterns[] = {{.levels = 7, .same = 600}, {.levels = 4, .same = 392}};
    const bool used[1] = {true};
    double u[1][LINK_MAX_LEVELS] = {{0, 0.9, 0, 0, 0.05, 0, 0, 0.05}};
    double m[1][LINK_MAX_LEVELS] = {{0, 0.25, 0, 0, 0.25, 0, 0, 0.5}}, share = 0.2;
    const LinkPattern other = {.levels = 1, .count = 1};
    LinkPattern all[3] = {patterns[0], patterns[1], other};
    link_em(all, 3, 1, used, INFINITY, u, m, &share);
    g_assert_cmpfloat_with_epsilon(m[0][7], 0.604, 0.005); /* (600 + 8 * 0.5) / 1000 */
    g_assert_cmpfloat_with_epsilon(m[0][4], 0.394, 0.005);
}

static LinkTable *two_lists(void)
{
    static const char *const COLUMNS[] = {"given_name", "surname", "birth_date", "city"};
    static const char *const GIVEN[] = {"arash", "bahar", "cyrus", "dorsa", "elnaz", "farid",
                                        "hamid", "iraj",  "jaleh", "kiana", "laleh", "mina"};
    static const char *const SURNAME[] = {"karimi",  "rahimi",  "salimi",   "naderi", "akbari",
                                          "jafari",  "rostami", "shahabi",  "moradi", "zamani",
                                          "sharifi", "taheri",  "mansouri", "davoudi"};
    static const char *const CITY[] = {"tehran", "shiraz", "tabriz", "mashhad", "ahvaz",
                                       "rasht",  "karaj",  "yazd",   "zahedan", "sari"};
    LinkTable *table = link_table_new(4, COLUMNS);
    for (unsigned i = 0; i < 600; i++) {
        unsigned person = i % 400;
        char birth[16];
        g_snprintf(birth, sizeof birth, "%u-%02u-%02u", 1950 + person * 7 % 45, 1 + person * 5 % 12,
                   1 + person * 11 % 28);
        /* Every third repeated record tells of another city: the person moved. */
        unsigned city = i >= 400 && i % 3 == 0 ? (person + 3) % 10 : person % 10;
        const char *fields[] = {GIVEN[person % 12], SURNAME[person * 13 % 14], birth, CITY[city]};
        g_assert_true(link_table_add(table, i >= 400, fields, NULL));
    }
    return table;
}

static void judged_pairs_move_the_model(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LinkTable) table = two_lists();
    g_autoptr(LinkConfig) config = link_config_decide(table, NULL, &error);
    g_assert_no_error(error);
    g_autoptr(LinkPrepared) prepared = link_prepare(table, config, false, 1, &error);
    g_assert_no_error(error);
    LinkOptions options = link_options_default();
    g_autoptr(LinkResult) before = link_run(prepared, &options, &error);
    g_assert_no_error(error);
    LinkConstraint labels[60];
    for (unsigned l = 0; l < 60; l++) /* all of persons who moved */
        labels[l] = (LinkConstraint){2 + 3 * l, 402 + 3 * l, LINK_SAME};
    options.labels = labels;
    options.n_labels = 60;
    options.label_pairs = 4;
    g_autoptr(LinkResult) after = link_run(prepared, &options, &error);
    g_assert_no_error(error);
    g_assert_cmpfloat(after->model.m[3][1], >, before->model.m[3][1] + 0.1);
    labels[0].right = 999999;
    g_assert_null(link_run(prepared, &options, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT);
}

/* ---- What a look is worth ---- */

/* Cluster 0 1 2 is sure, 3 4 hang together by a hair, 5 stands alone but may belong to 0 1 2 (even
 * odds), and 6 7 surely differ. */
static const uint32_t CLUSTERS[] = {0, 0, 0, 3, 3, 5, 6, 7};
static void result_for_review(LinkResult *result, LinkPair pairs[7])
{
    const LinkPair all[7] = {pair_of(0, 1, 11),  pair_of(0, 2, 11),  pair_of(0, 5, 0),
                             pair_of(1, 2, 11),  pair_of(1, 5, 0.0), pair_of(3, 4, 0.3),
                             pair_of(6, 7, -5.5)};
    memcpy(pairs, all, sizeof all);
    *result = (LinkResult){.pairs = pairs, .n_pairs = 7, .n_records = 8};
    result->clusters = g_memdup2(CLUSTERS, sizeof CLUSTERS);
    result->n_clusters = 5;
}

static void review_puts_what_matters_first(void)
{
    LinkResult result;
    LinkPair pairs[7];
    result_for_review(&result, pairs);
    LinkOptions options = link_options_default();
    size_t n = 0;
    LinkReview *reviews = link_review(&result, &options, 100, &n, NULL);
    g_assert_nonnull(reviews);
    /* Two threads hold 0 1 2, one holds 3 4; across clusters: 5 with 0 1 2 (once), 6 with 7. */
    g_assert_cmpuint(n, ==, 5);
    g_assert_cmpuint(reviews[0].pair, ==, 2); /* three pairs of records hang on it */
    g_assert_false(reviews[0].joined);
    g_assert_cmpfloat(reviews[0].effect, ==, 3);
    g_assert_cmpuint(reviews[1].pair, ==, 5);
    g_assert_true(reviews[1].joined);
    g_assert_cmpfloat(reviews[1].uncertainty, >, 0.98);
    for (size_t i = 1; i < n; i++)
        g_assert_cmpfloat(reviews[i].worth, <=, reviews[i - 1].worth);
    g_assert_cmpfloat(reviews[4].worth, <, 0.02); /* the sure ones come last */
    free(reviews);
    g_free(result.clusters);
}

static void what_was_judged_is_not_asked_again(void)
{
    LinkResult result;
    LinkPair pairs[7];
    result_for_review(&result, pairs);
    LinkOptions options = link_options_default();
    /* 1 and 5 differ: then nobody needs to look at 0 and 5. 3 and 4 are the same. */
    const LinkConstraint judged[] = {{1, 5, LINK_DIFFERENT}, {3, 4, LINK_SAME}};
    options.constraints = judged;
    options.n_constraints = 2;
    size_t n = 0;
    LinkReview *reviews = link_review(&result, &options, 100, &n, NULL);
    g_assert_cmpuint(n, ==, 3);
    for (size_t i = 0; i < n; i++)
        g_assert_true(reviews[i].pair != 2 && reviews[i].pair != 4 && reviews[i].pair != 5);
    free(reviews);
    reviews = link_review(&result, &options, 1, &n, NULL);
    g_assert_cmpuint(n, ==, 1);
    free(reviews);
    g_free(result.clusters);
}

/* ---- Draws ---- */

enum { DRAWS = 4000 };

static double share_together(const LinkPair *pairs, size_t n_pairs, const LinkOptions *options,
                             const uint8_t *sources, uint32_t a, uint32_t b)
{
    unsigned together = 0;
    for (uint64_t draw = 0; draw < DRAWS; draw++) {
        uint32_t clusters[6];
        size_t n = 0;
        g_assert_true(link_draw(6, pairs, n_pairs, options, sources, 7, draw, clusters, &n, NULL));
        together += clusters[a] == clusters[b];
    }
    return together / (double)DRAWS;
}

static void two_records_are_joined_as_often_as_their_probability_says(void)
{
    static const double BITS[] = {-5, -2, -0.5, 0, 1, 3, 6};
    LinkOptions options = link_options_default();
    for (size_t i = 0; i < G_N_ELEMENTS(BITS); i++) {
        const LinkPair pairs[] = {pair_of(1, 4, BITS[i])};
        double p = (double)pairs[0].probability;
        g_assert_cmpfloat_with_epsilon(share_together(pairs, 1, &options, NULL, 1, 4), p,
                                       4 * sqrt(p * (1 - p) / DRAWS) + 1e-3);
    }
}

static void groups_are_joined_as_often_as_the_mean_across_them_says(void)
{
    LinkOptions options = link_options_default();
    /* 0 1 surely one; 2 agrees with both at odds of 3 to 1. */
    const LinkPair pairs[] = {pair_of(0, 1, 30), pair_of(0, 2, log2(3)), pair_of(1, 2, log2(3))};
    g_assert_cmpfloat_with_epsilon(share_together(pairs, 3, &options, NULL, 0, 2), 0.75, 0.04);
    g_assert_cmpfloat(share_together(pairs, 3, &options, NULL, 0, 1), ==, 1);
}

static void decisions_and_one_to_one_hold_in_every_draw(void)
{
    static const uint8_t SOURCES[] = {0, 1, 1, 2, 2, 2};
    LinkOptions options = link_options_default();
    const LinkPair pairs[] = {pair_of(0, 1, 1), pair_of(0, 2, 1), pair_of(1, 2, 5),
                              pair_of(3, 4, -9)};
    const LinkConstraint judged[] = {{3, 4, LINK_SAME}, {0, 1, LINK_DIFFERENT}};
    options.constraints = judged;
    options.n_constraints = 2;
    g_assert_cmpfloat(share_together(pairs, 4, &options, SOURCES, 3, 4), ==, 1);
    g_assert_cmpfloat(share_together(pairs, 4, &options, SOURCES, 0, 1), ==, 0);
    options.n_constraints = 0;
    options.one_to_one = true;
    g_assert_cmpfloat(share_together(pairs, 4, &options, SOURCES, 1, 2), ==, 0);
}

static void equal_seed_and_draw_give_equal_clusters(void)
{
    LinkOptions options = link_options_default();
    LinkPair pairs[200];
    for (uint32_t i = 0; i < 200; i++)
        pairs[i] = pair_of(2 * i, 2 * i + 1, 0);
    uint32_t a[400], b[400], c[400];
    size_t n = 0;
    g_assert_true(link_draw(400, pairs, 200, &options, NULL, 1, 3, a, &n, NULL));
    g_assert_true(link_draw(400, pairs, 200, &options, NULL, 1, 3, b, &n, NULL));
    g_assert_true(link_draw(400, pairs, 200, &options, NULL, 1, 4, c, &n, NULL));
    g_assert_true(memcmp(a, b, sizeof a) == 0);
    g_assert_true(memcmp(a, c, sizeof a) != 0);
}

static void pairs_out_of_order_are_told(void)
{
    LinkOptions options = link_options_default();
    const LinkPair pairs[] = {pair_of(2, 3, 0), pair_of(0, 1, 0)};
    uint32_t clusters[6];
    size_t n = 0;
    g_autoptr(GError) error = NULL;
    g_assert_false(link_draw(6, pairs, 2, &options, NULL, 1, 1, clusters, &n, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT);
    g_assert_nonnull(strstr(error->message, "2"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define TEST(path, name) g_test_add_func("/link/" path "/" #name, name)
    TEST("em", em_counts_judged_pairs_as_known);
    TEST("em", em_of_judged_pairs_alone_is_counting);
    TEST("run", judged_pairs_move_the_model);
    TEST("review", review_puts_what_matters_first);
    TEST("review", what_was_judged_is_not_asked_again);
    TEST("draw", two_records_are_joined_as_often_as_their_probability_says);
    TEST("draw", groups_are_joined_as_often_as_the_mean_across_them_says);
    TEST("draw", decisions_and_one_to_one_hold_in_every_draw);
    TEST("draw", equal_seed_and_draw_give_equal_clusters);
    TEST("draw", pairs_out_of_order_are_told);
    return g_test_run();
}
