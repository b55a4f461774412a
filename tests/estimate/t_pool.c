/* tests/estimate/t_pool.c: many draws in one answer, lists left out, strata added up. */
#include "base/i18n.h"
#include "estimate/estimate.h"
#include "tables.h"
#include <gsl/gsl_cdf.h>

static EstimateOptions options_for(const char *method)
{
    EstimateOptions options = estimate_options();
    g_assert_true(estimate_parse_method(method, &options, NULL));
    options.lcmcr.burn_in = 2000;
    options.lcmcr.samples = 400;
    options.lcmcr.thin = 5;
    options.sparse.replicates = 100;
    return options;
}

/* Kosovo with `moved` matches of the first two lists undone. */
static EstimateLists *unmatched(guint64 moved)
{
    uint64_t counts[16];
    memcpy(counts, KOSOVO, sizeof counts);
    counts[3] -= moved;
    counts[1] += moved;
    counts[2] += moved;
    return table_make(4, counts);
}

static void variances_add_up(void)
{
    g_autoptr(EstimateLists) a = unmatched(0), b = unmatched(30), c = unmatched(60);
    const EstimateLists *draws[] = {a, b, c};
    EstimateOptions options = options_for("mt");
    g_autoptr(EstimateResult) all = estimate_run_draws(draws, 3, &options, NULL);
    double mean = 0, within = 0, between = 0, means[3];
    for (int k = 0; k < 3; k++) {
        g_autoptr(EstimateResult) one = estimate_run(draws[k], &options, NULL);
        means[k] = one->mean;
        mean += one->mean / 3;
        within += one->deviation * one->deviation / 3;
    }
    for (int k = 0; k < 3; k++)
        between += (means[k] - mean) * (means[k] - mean) / 3;
    test_assert_close(all->mean, mean, 1e-12);
    test_assert_close(all->within, within, 1e-12);
    test_assert_close(all->between, between, 1e-12);
    test_assert_close(all->deviation, sqrt(within + between), 1e-12);
    g_assert_cmpfloat(all->between, >, 0);
}

static void alike_draws_change_nothing(void)
{
    g_autoptr(EstimateLists) a = unmatched(0);
    const EstimateLists *draws[] = {a, a, a, a};
    EstimateOptions options = options_for("loglinear");
    g_autoptr(EstimateResult) one = estimate_run(a, &options, NULL);
    g_autoptr(EstimateResult) all = estimate_run_draws(draws, 4, &options, NULL);
    for (gsize q = 0; q < ESTIMATE_N_QUANTILES; q++) /* 2,000 points stand for the curve */
        test_assert_close(all->quantiles[q], one->quantiles[q], 1e-3);
    g_assert_cmpfloat(all->between, <, 1e-9 * all->within);
    g_assert_cmpuint(all->n_chosen, ==, 1);
    g_assert_cmpuint(all->chosen[0].draws, ==, 4);
    g_assert_cmpstr(all->chosen[0].model, ==, one->model);
}

static void threads_do_not_matter(gconstpointer method)
{
    g_autoptr(EstimateLists) a = unmatched(0), b = unmatched(40);
    const EstimateLists *draws[] = {a, b, a};
    EstimateOptions options = options_for(method);
    options.threads = 1;
    g_autoptr(EstimateResult) one = estimate_run_draws(draws, 3, &options, NULL);
    options.threads = 3;
    g_autoptr(EstimateResult) three = estimate_run_draws(draws, 3, &options, NULL);
    g_assert_cmpmem(one->spread, sizeof one->spread, three->spread, sizeof three->spread);
}

static void draw_without_answer_is_told(void)
{
    const uint64_t alone[16] = {0, 5, 6, 0, 7, 0, 0, 0, 8}; /* no two lists share anybody */
    g_autoptr(EstimateLists) good = unmatched(0), bad = table_make(4, alone);
    const EstimateLists *draws[30];
    for (int k = 0; k < 30; k++)
        draws[k] = k == 7 ? bad : good;
    EstimateOptions options = options_for("mt");
    g_autoptr(EstimateResult) result = estimate_run_draws(draws, 30, &options, NULL);
    g_assert_nonnull(result);
    g_assert_cmpuint(result->n_doubtful, ==, 1);
    g_assert_true(result->reliable); /* one in thirty */
    const char *last = result->warnings->pdata[result->warnings->len - 1];
    g_assert_nonnull(strstr(last, "1 of 30 draws"));
    draws[8] = bad; /* two in thirty: more than one in twenty */
    g_autoptr(EstimateResult) worse = estimate_run_draws(draws, 30, &options, NULL);
    g_assert_false(worse->reliable);
    const EstimateLists *none[] = {bad, bad};
    g_autoptr(GError) error = NULL;
    g_assert_null(estimate_run_draws(none, 2, &options, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA);
    g_assert_nonnull(strstr(error->message, "Draw 1"));
}

static void unconverged_draws_are_not_called_converged(void)
{
    g_autoptr(EstimateLists) a = unmatched(0), b = unmatched(20);
    const EstimateLists *draws[] = {a, b};
    EstimateOptions options = options_for("lcmcr");
    options.lcmcr.burn_in = 0;
    options.lcmcr.samples = 40;
    options.lcmcr.thin = 1;
    g_autoptr(EstimateResult) result = estimate_run_draws(draws, 2, &options, NULL);
    g_assert_false(result->diagnostics.converged);
    g_assert_false(result->reliable);
    g_autofree char *says = estimate_say_result(result);
    g_assert_nonnull(strstr(says, "cannot be given"));
}

static void warnings_speak_the_reader_s_language(void)
{
    g_autoptr(EstimateLists) a = estimate_lists_new(2, NULL, NULL);
    for (uint32_t mask = 1; mask < 4; mask++)
        estimate_lists_add(a, mask, 50, NULL);
    const EstimateLists *draws[] = {a, a, a};
    EstimateOptions options = options_for("loglinear");
    options.threads = 3;
    i18n_set_language(I18N_PERSIAN);
    g_autoptr(EstimateResult) result = estimate_run_draws(draws, 3, &options, NULL);
    i18n_set_language(I18N_ENGLISH);
    g_assert_cmpuint(result->warnings->len, ==, 1); /* each once */
    g_assert_nonnull(strstr(result->warnings->pdata[0], "فهرست"));
}

static void each_list_is_left_out_of_each_draw(void)
{
    g_autoptr(EstimateLists) a = unmatched(0), b = unmatched(60);
    const EstimateLists *draws[] = {a, b};
    EstimateOptions options = options_for("mt");
    EstimateResult *results[4];
    g_assert_true(estimate_leave_one_out_draws(draws, 2, &options, results, NULL));
    for (guint j = 0; j < 4; j++) {
        g_assert_cmpuint(results[j]->n_draws, ==, 2);
        /* Without the first or the second list the undone matches change nothing in overlaps. */
        if (j >= 2)
            g_assert_cmpfloat(results[j]->between, >, 0);
        estimate_result_free(results[j]);
    }
}

/* ---- strata ---- */

static EstimateResult *normal_result(double middle, double deviation, double observed)
{
    EstimateOptions options = options_for("m0");
    g_autoptr(EstimateLists) lists = unmatched(0);
    EstimateResult *result = estimate_run(lists, &options, NULL);
    for (gsize i = 0; i < ESTIMATE_SPREAD; i++)
        result->spread[i] =
            middle + deviation * gsl_cdf_ugaussian_Pinv(((double)i + 0.5) / ESTIMATE_SPREAD);
    result->mean = middle;
    result->deviation = deviation;
    result->observed = observed;
    result->reliable = true;
    return result;
}

static void independent_strata_add_up(void)
{
    /* 3-4-5: the sum of normals with deviations 30 and 40 has deviation 50. */
    g_autoptr(EstimateResult) a = normal_result(1000, 30, 500), b = normal_result(2000, 40, 900);
    const EstimateResult *results[] = {a, b, NULL};
    const double observed[] = {500, 900, 70};
    EstimateSum sum;
    g_assert_true(estimate_sum(3, results, observed, 1, &sum));
    g_assert_cmpfloat(sum.observed, ==, 1470);
    g_assert_cmpuint(sum.n_without, ==, 1);
    g_assert_cmpfloat(sum.only_observed, ==, 70);
    test_assert_close(sum.mean, 3070, 1e-12);
    test_assert_close(sum.deviation, 50, 1e-12);
    g_assert_cmpfloat(fabs(sum.estimate - 3070), <, 2);
    g_assert_cmpfloat(fabs(sum.quantiles[0] - (3070 - 98)), <, 3);
    g_assert_cmpfloat(fabs(sum.quantiles[4] - (3070 + 98)), <, 3);
    g_autofree char *says = estimate_say_sum(&sum);
    g_assert_nonnull(strstr(says, "70"));
}

static void unreliable_stratum_enters_as_counted(void)
{
    g_autoptr(EstimateResult) a = normal_result(1000, 30, 500), b = normal_result(9000, 40, 900);
    b->reliable = false;
    const EstimateResult *results[] = {a, b};
    const double observed[] = {500, 900};
    EstimateSum sum;
    g_assert_true(estimate_sum(2, results, observed, 1, &sum));
    g_assert_cmpfloat(fabs(sum.estimate - 1900), <, 2);
    a->reliable = false;
    g_assert_false(estimate_sum(2, results, observed, 1, &sum));
}

static void open_upper_end_stays_open(void)
{
    const double values[] = {1, 2, INFINITY, INFINITY};
    g_assert_cmpfloat(estimate_quantile(4, values, 0), ==, 1);
    test_assert_close(estimate_quantile(4, values, 1.0 / 6), 1.5, 1e-12);
    g_assert_true(isinf(estimate_quantile(4, values, 0.5)));
    g_assert_true(isinf(estimate_quantile(4, values, 0.9))); /* no ∞ - ∞ */
}

static void fit_that_runs_off_is_not_used(void)
{
    /* Mbh of Rcapture 1.4-4 gives 3.5e16 persons here, with a bias that is small beside it. */
    g_autoptr(EstimateLists) lists = estimate_lists_new(3, NULL, NULL);
    static const uint64_t COUNTS[8] = {0, 8, 68, 15, 117, 9, 49, 6};
    for (uint32_t mask = 1; mask < 8; mask++)
        estimate_lists_add(lists, mask, COUNTS[mask], NULL);
    EstimateModel model;
    g_assert_true(estimate_closed_fit(lists, ESTIMATE_MBH, &model, NULL));
    g_assert_cmpfloat(model.abundance, >, ESTIMATE_LARGEST);
    g_assert_false(model.usable);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/estimate/pool/variances_add_up", variances_add_up);
    g_test_add_func("/estimate/pool/alike_draws_change_nothing", alike_draws_change_nothing);
    g_test_add_data_func("/estimate/pool/threads_do_not_matter/lcmcr", "lcmcr",
                         threads_do_not_matter);
    g_test_add_data_func("/estimate/pool/threads_do_not_matter/sparse", "sparse",
                         threads_do_not_matter);
    g_test_add_data_func("/estimate/pool/threads_do_not_matter/loglinear", "loglinear",
                         threads_do_not_matter);
    g_test_add_func("/estimate/pool/draw_without_answer_is_told", draw_without_answer_is_told);
    g_test_add_func("/estimate/pool/unconverged_draws_are_not_called_converged",
                    unconverged_draws_are_not_called_converged);
    g_test_add_func("/estimate/pool/warnings_speak_the_reader_s_language",
                    warnings_speak_the_reader_s_language);
    g_test_add_func("/estimate/pool/each_list_is_left_out_of_each_draw",
                    each_list_is_left_out_of_each_draw);
    g_test_add_func("/estimate/pool/independent_strata_add_up", independent_strata_add_up);
    g_test_add_func("/estimate/pool/unreliable_stratum_enters_as_counted",
                    unreliable_stratum_enters_as_counted);
    g_test_add_func("/estimate/pool/open_upper_end_stays_open", open_upper_end_stays_open);
    g_test_add_func("/estimate/pool/fit_that_runs_off_is_not_used", fit_that_runs_off_is_not_used);
    return g_test_run();
}
