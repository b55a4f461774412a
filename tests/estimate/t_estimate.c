/* tests/estimate/t_estimate.c: one call for all, sparse tables, draws of lists, words. */
#include "base/i18n.h"
#include "estimate/estimate.h"
#include "estimate/simplex.h"
#include "tables.h"

static EstimateOptions options_for(const char *method)
{
    EstimateOptions options = estimate_options();
    g_autoptr(GError) error = NULL;
    g_assert_true(estimate_parse_method(method, &options, &error));
    options.lcmcr.burn_in = 5000;
    options.lcmcr.samples = 2000;
    options.lcmcr.thin = 10;
    options.sparse.replicates = 200;
    return options;
}

static void test_every_method(void)
{
    static const char *const METHODS[] = {"lcmcr", "loglinear", "sparse", "dga", "chao",      "mt",
                                          "mb",    "mth",       "m0",     "mbh", "mh-darroch"};
    g_autoptr(EstimateLists) lists = table_make(4, KOSOVO);
    for (gsize i = 0; i < G_N_ELEMENTS(METHODS); i++) {
        EstimateOptions options = options_for(METHODS[i]);
        g_autoptr(GError) error = NULL;
        g_autoptr(EstimateResult) result = estimate_run(lists, &options, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(estimate_method_name(&result->options), ==, METHODS[i]);
        g_assert_cmpfloat(result->observed, ==, 4400);
        for (gsize q = 0; q + 1 < ESTIMATE_N_QUANTILES; q++)
            g_assert_cmpfloat(result->quantiles[q], <=, result->quantiles[q + 1]);
        for (gsize k = 0; k + 1 < ESTIMATE_SPREAD; k++)
            g_assert_cmpfloat(result->spread[k], <=, result->spread[k + 1]);
        g_assert_cmpfloat(result->quantiles[0], >=, 4400);
        g_assert_true(result->estimate >= result->quantiles[0] &&
                      result->estimate <= result->quantiles[4]);
    }
}

static void test_unknown_method(void)
{
    EstimateOptions options = estimate_options();
    g_autoptr(GError) error = NULL;
    g_assert_false(estimate_parse_method("guess", &options, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE);
    g_assert_nonnull(strstr(error->message, "loglinear"));
}

static void test_short_chains(void)
{
    g_autoptr(EstimateLists) lists = table_make(4, KOSOVO);
    EstimateOptions options = options_for("lcmcr");
    options.lcmcr.burn_in = 0;
    options.lcmcr.samples = 50;
    options.lcmcr.thin = 1;
    g_autoptr(EstimateResult) result = estimate_run(lists, &options, NULL);
    g_assert_false(result->diagnostics.converged);
    g_assert_false(result->reliable);
    g_autofree char *says = estimate_say_result(result);
    g_assert_nonnull(strstr(says, "cannot be given"));
}

static void test_draws_widen(void)
{
    /* Plausible linkages: one in which 60 matches more were found, one with 60 fewer. */
    uint64_t fewer[16], more[16];
    memcpy(fewer, KOSOVO, sizeof fewer);
    memcpy(more, KOSOVO, sizeof more);
    fewer[3] -= 60, fewer[1] += 60, fewer[2] += 60;
    more[3] += 60, more[1] -= 60, more[2] -= 60;
    g_autoptr(EstimateLists) a = table_make(4, fewer);
    g_autoptr(EstimateLists) b = table_make(4, KOSOVO);
    g_autoptr(EstimateLists) c = table_make(4, more);
    const EstimateLists *draws[] = {a, b, c};
    EstimateOptions options = options_for("mt");
    g_autoptr(EstimateResult) one = estimate_run(b, &options, NULL);
    g_autoptr(EstimateResult) all = estimate_run_draws(draws, 3, &options, NULL);
    g_assert_cmpuint(all->n_draws, ==, 3);
    g_assert_cmpfloat(all->quantiles[4] - all->quantiles[0], >,
                      1.5 * (one->quantiles[4] - one->quantiles[0]));
    g_assert_cmpfloat(all->observed_low, ==, 4340);
    g_assert_cmpfloat(all->observed_high, ==, 4460);
    /* The order of draws does not matter. */
    const EstimateLists *turned[] = {c, a, b};
    g_autoptr(EstimateResult) again = estimate_run_draws(turned, 3, &options, NULL);
    g_assert_cmpmem(all->spread, sizeof all->spread, again->spread, sizeof again->spread);
    g_autofree char *says = estimate_say_weakness(all);
    g_assert_nonnull(strstr(says, "3 plausible"));
}

static void test_leave_one_out(void)
{
    g_autoptr(EstimateLists) lists = table_make(4, KOSOVO);
    EstimateOptions options = options_for("mt");
    EstimateResult *results[4];
    g_assert_true(estimate_leave_one_out(lists, &options, results, NULL));
    for (guint j = 0; j < 4; j++) {
        g_assert_nonnull(results[j]);
        g_assert_cmpuint(results[j]->n_lists, ==, 3);
        g_assert_cmpfloat(results[j]->observed, <, 4400);
        estimate_result_free(results[j]);
    }
}

static void test_unusable(void)
{
    const uint64_t counts[8] = {0, 5, 6, 0, 7, 0, 0, 0};
    g_autoptr(EstimateLists) lists = table_make(3, counts);
    EstimateOptions options = options_for("lcmcr");
    g_autoptr(GError) error = NULL;
    g_assert_null(estimate_run(lists, &options, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA);
}

static void test_sentences(void)
{
    g_autoptr(EstimateLists) lists = table_make(4, KOSOVO);
    EstimateOptions options = options_for("loglinear");
    g_autoptr(EstimateResult) result = estimate_run(lists, &options, NULL);
    json_t *json = estimate_result_json(result);
    json_t *sentences = json_object_get(json, "sentences");
    const char *english =
        json_string_value(json_object_get(json_object_get(sentences, "en"), "says"));
    const char *persian =
        json_string_value(json_object_get(json_object_get(sentences, "fa"), "says"));
    g_assert_nonnull(strstr(english, "14,342"));
    g_assert_nonnull(strstr(persian, "۱۴٬۳۴۲"));
    g_assert_null(strstr(persian, "persons"));
    g_assert_cmpint(i18n_language(), ==, I18N_ENGLISH);
    static const char *const KEYS[] = {"method",   "options", "seed", "observed",
                                       "estimate", "q025",    "q25",  "q50",
                                       "q75",      "q975",    "sd",   "diagnostics"};
    for (gsize i = 0; i < G_N_ELEMENTS(KEYS); i++)
        g_assert_nonnull(json_object_get(json, KEYS[i]));
    json_t *distribution = json_object_get(json, "distribution");
    json_t *shares = json_object_get(distribution, "shares");
    double sum = json_real_value(json_object_get(distribution, "below")) +
                 json_real_value(json_object_get(distribution, "above"));
    g_assert_cmpuint(json_array_size(shares), ==, 50);
    for (gsize i = 0; i < 50; i++)
        sum += json_real_value(json_array_get(shares, i));
    test_assert_close(sum, 1, 1e-9);
    json_decref(json);
    json_t *overlaps = estimate_overlaps_json(lists);
    g_assert_cmpuint(json_array_size(overlaps), ==, 15);
    g_assert_cmpint(json_integer_value(json_object_get(json_array_get(overlaps, 0), "count")), ==,
                    1131);
    json_decref(overlaps);
}

/* ---- sparse ---- */

static void test_simplex(void)
{
    /* maximize 3x + 2y, x + y + s = 4, x + 3y + t = 6: 12 at x = 4 (a textbook programme). */
    const double columns[] = {1, 1, 1, 3, 1, 0, 0, 1}, right[] = {4, 6}, cost[] = {3, 2, 0, 0};
    double best;
    g_assert_true(simplex_maximize(2, 4, columns, right, cost, &best));
    test_assert_close(best, 12, 1e-12);
    /* No end: x alone is free. */
    const double free_column[] = {1, -1}, zero[] = {0}, up[] = {1, 1};
    g_assert_true(simplex_maximize(1, 2, free_column, zero, up, &best));
    g_assert_true(isinf(best) && best > 0);
    /* Nothing satisfies -x = 1. */
    const double negative[] = {-1}, one[] = {1};
    g_assert_true(simplex_maximize(1, 1, negative, one, one, &best));
    g_assert_true(isinf(best) && best < 0);
}

static void test_artificial_three(void)
{
    /* Chan, Silverman and Vincent 2021, section 2: lists A and B share nobody. With A:B and no
     * other pair the estimate does not exist; with all pairs it is not determined; with the main
     * effects alone it is fine. The counts are of that shape. */
    const uint64_t counts[8] = {0, 27, 37, 0, 19, 4, 1, 0};
    g_autoptr(EstimateLists) lists = table_make(3, counts);
    bool exists, identified;
    g_assert_true(estimate_sparse_check(lists, NULL, 0, &exists, &identified));
    g_assert_true(exists && identified);
    const uint32_t all[] = {3, 5, 6};
    g_assert_true(estimate_sparse_check(lists, all, 3, &exists, &identified));
    g_assert_false(identified);
}

static const struct {
    const char *set;
    guint n_pairs;
    uint32_t pairs[8]; /* as SparseMSE lists them; empty ones are not in its list */
} SPARSE[] = {
    {"kosovo", 5, {6, 12, 5, 3, 9}},  {"HIV", 0, {0}},
    {"lesbian", 4, {9, 12, 10, 6}},   {"Western", 1, {17}},
    {"Ned_5", 5, {17, 20, 12, 5, 3}}, {"Ned", 6, {36, 40, 33, 24, 12, 6}},
};

/* The reference's column `estimate` is the 2.5 % point of the log-normal of the unseen (the first
 * of estimatepopulation.0's sorted quantiles), not the point estimate: both sides of it, total
 * and deviation, are checked by it. */
static void test_sparse_parity(void)
{
    g_autoptr(CsvTable) table = shared_csv("sparsemse.csv");
    if (table == NULL)
        return;
    for (gsize row = 0; row < table->n_rows; row++) {
        const char *set = csv_table_cell(table, row, csv_table_column(table, "data"));
        gsize known = 0;
        while (strcmp(SPARSE[known].set, set) != 0)
            g_assert_cmpuint(++known, <, G_N_ELEMENTS(SPARSE));
        g_autoptr(EstimateLists) lists = shared_lists(set);
        EstimateSparseOptions options = ESTIMATE_SPARSE_DEFAULTS;
        bool interval = cell_number(table, row, "nboot") > 0;
        options.replicates = interval ? 1000 : 0;
        g_autoptr(EstimateSparse) result = estimate_sparse(lists, &options, NULL);
        double unseen = result->total - (double)lists->observed;
        test_assert_close((double)lists->observed +
                              unseen * exp(-1.959963984540054 * result->log_deviation),
                          cell_number(table, row, "estimate"), 1e-6);
        guint met = 0;
        for (guint k = 0; k < result->n_pairs; k++)
            if (estimate_lists_overlap(lists, result->pairs[k]) > 0)
                g_assert_cmpuint(result->pairs[k], ==, SPARSE[known].pairs[met++]);
        g_assert_cmpuint(met, ==, SPARSE[known].n_pairs);
        if (interval) {
            /* Another random generator, 1,000 replicates: a tenth of the interval's width. */
            double low = cell_number(table, row, "bca025"),
                   high = cell_number(table, row, "bca975");
            g_assert_cmpfloat(fabs(estimate_sparse_quantile(result, 0.025) - low), <,
                              0.1 * (high - low));
            g_assert_cmpfloat(fabs(estimate_sparse_quantile(result, 0.975) - high), <,
                              0.1 * (high - low));
        }
    }
}

static void test_bootstrap_threads(void)
{
    g_autoptr(EstimateLists) lists = table_make(4, KOSOVO);
    EstimateSparseOptions options = ESTIMATE_SPARSE_DEFAULTS;
    options.replicates = 60;
    options.threads = 1;
    g_autoptr(EstimateSparse) one = estimate_sparse(lists, &options, NULL);
    options.threads = 3;
    g_autoptr(EstimateSparse) three = estimate_sparse(lists, &options, NULL);
    g_assert_cmpmem(one->replicates, 60 * sizeof(double), three->replicates, 60 * sizeof(double));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/estimate/run/every_method_answers_in_order", test_every_method);
    g_test_add_func("/estimate/run/an_unknown_method_names_the_known", test_unknown_method);
    g_test_add_func("/estimate/run/short_chains_are_not_called_converged", test_short_chains);
    g_test_add_func("/estimate/run/draws_of_lists_widen_the_interval", test_draws_widen);
    g_test_add_func("/estimate/run/each_list_can_be_left_out", test_leave_one_out);
    g_test_add_func("/estimate/run/lists_that_never_overlap_are_refused", test_unusable);
    g_test_add_func("/estimate/words/both_languages_and_every_field", test_sentences);
    g_test_add_func("/estimate/simplex/textbook_programmes", test_simplex);
    g_test_add_func("/estimate/sparse/all_pairs_with_an_empty_one_are_not_determined",
                    test_artificial_three);
    g_test_add_func("/estimate/sparse/parity", test_sparse_parity);
    g_test_add_func("/estimate/sparse/threads_do_not_change_the_bootstrap", test_bootstrap_threads);
    return g_test_run();
}
