/* tests/estimate/t_loglinear.c: log-linear and closed models against Rcapture. */
#include "estimate/closed.h"
#include "estimate/loglinear.h"
#include "tables.h"

/* Rcapture 1.4-4, closedpMS.t(kosovo, maxorder = 2): some of its 64 rows. */
static const struct {
    const char *name;
    double abundance, standard_error, deviance, aic, bic;
    int degrees;
} KOSOVO_MODELS[] = {
    {"[12,13,14,23,34]", 14341.6638004271, 1018.28639722406, 39.8936435554086, 161.317648272942,
     225.211246472006, 5},
    {"[23,24,34,1]", 8113.43596106259, 195.040388808197, 153.040594033197, 264.59647074963,
     321.579477309981, 7},
    {"[13,14,23]", 8646.01804884366, 281.5034302386, 181.129755140477, 298.55375985801,
     349.668638417261, 7},
};

/* Rcapture 1.4-4, closedp.t(kosovo): abundance, standard error, deviance. */
static const double KOSOVO_CLOSED[ESTIMATE_N_CLOSED][3] = {
    [ESTIMATE_M0] = {7608.36764386632, 136.617507986356, 1104.00196556671},
    [ESTIMATE_MT] = {7394.58666230024, 129.62539096441, 245.938736426073},
    [ESTIMATE_MH_CHAO] = {8787.24283045646, 222.620495636766, 986.921830603471},
    [ESTIMATE_MH_POISSON] = {9402.95249440673, 310.853265758052, 1019.51743277766},
    [ESTIMATE_MH_DARROCH] = {12448.3854112025, 777.966746155413, 1001.92516684325},
    [ESTIMATE_MH_GAMMA] = {17102.6386574211, 1707.27074034839, 996.5301628306},
    [ESTIMATE_MTH_CHAO] = {8591.18363762447, 213.549023011717, 105.496794500927},
    [ESTIMATE_MTH_POISSON] = {9327.76133243999, 306.26612763206, 139.18761778367},
    [ESTIMATE_MTH_DARROCH] = {12797.3434416827, 814.834219181211, 119.448430866961},
    [ESTIMATE_MTH_GAMMA] = {18387.1457545364, 1892.87648510407, 113.78367225816},
    [ESTIMATE_MB] = {5189.66517094221, 62.8691600283452, 744.22730084623},
    [ESTIMATE_MBH] = {5075.44867076686, 86.0526002558025, 739.997905721887},
};

static const EstimateModel *find(const EstimateModels *models, const char *name)
{
    for (gsize i = 0; i < models->n_models; i++)
        if (strcmp(models->models[i].name, name) == 0)
            return &models->models[i];
    g_error("no model %s", name);
}

static void test_kosovo_models(void)
{
    g_autoptr(EstimateLists) lists = table_make(4, KOSOVO);
    g_autoptr(EstimateModels) models = estimate_loglinear(lists, 2, false, 1, NULL);
    g_assert_cmpuint(models->n_models, ==, 64);
    for (gsize i = 0; i < G_N_ELEMENTS(KOSOVO_MODELS); i++) {
        const EstimateModel *model = find(models, KOSOVO_MODELS[i].name);
        test_assert_close(model->abundance, KOSOVO_MODELS[i].abundance, 1e-9);
        test_assert_close(model->standard_error, KOSOVO_MODELS[i].standard_error, 1e-9);
        test_assert_close(model->deviance, KOSOVO_MODELS[i].deviance, 1e-9);
        test_assert_close(model->bic, KOSOVO_MODELS[i].bic, 1e-9);
        g_assert_cmpint(model->degrees_of_freedom, ==, KOSOVO_MODELS[i].degrees);
    }
    g_assert_cmpstr(models->models[0].name, ==, "[12,13,14,23,34]");
}

static void test_number_of_models(void)
{
    /* With every list's own term in: 8 of three lists, 113 of four, 6893 of five (Dedekind-like
     * counts of simplicial complexes on all vertices, without the full simplex: OEIS A006126
     * counts 9, 114, 6894 with it). */
    static const struct {
        guint lists;
        gsize models;
    } KNOWN[] = {{3, 8}, {4, 113}, {5, 6893}};
    for (gsize i = 0; i < G_N_ELEMENTS(KNOWN); i++) {
        g_autoptr(EstimateLists) lists = estimate_lists_new(KNOWN[i].lists, NULL, NULL);
        for (uint32_t mask = 1; mask < lists->n_patterns; mask++)
            estimate_lists_add(lists, mask, 10 + mask % 7, NULL);
        g_autoptr(EstimateModels) models =
            estimate_loglinear(lists, KNOWN[i].lists - 1, false, 0, NULL);
        g_assert_cmpuint(models->n_models, ==, KNOWN[i].models);
    }
}

static void test_saturated_bias(void)
{
    /* Two lists, independence: N = n1 n2 / m (Lincoln and Petersen 1930); Chapman's (1951) nearly
     * unbiased (n1+1)(n2+1)/(m+1) - 1 is within the next order of the asymptotic correction. */
    const uint64_t counts[4] = {0, 400, 300, 200};
    g_autoptr(EstimateLists) lists = table_make(2, counts);
    EstimateModel model;
    g_assert_true(estimate_loglinear_fit(lists, NULL, 0, &model, NULL));
    test_assert_close(model.abundance, 600.0 * 500 / 200, 1e-8);
    test_assert_close(model.corrected_abundance, 601.0 * 501 / 201 - 1, 1e-4);
    estimate_model_clear(&model);
}

static void test_interval_holds_estimate(void)
{
    g_autoptr(EstimateLists) lists = table_make(4, KOSOVO);
    g_autoptr(EstimateModels) models = estimate_loglinear(lists, 2, false, 1, NULL);
    double lower, upper, wide_lower, wide_upper;
    const EstimateModel *best = &models->models[0];
    g_assert_true(estimate_loglinear_interval(lists, best, 0.95, &lower, &upper));
    g_assert_true(estimate_loglinear_interval(lists, best, 0.99, &wide_lower, &wide_upper));
    g_assert_cmpfloat(wide_lower, <, lower);
    g_assert_cmpfloat(lower, <, best->abundance);
    g_assert_cmpfloat(best->abundance, <, upper);
    g_assert_cmpfloat(upper, <, wide_upper);
    /* Near the normal interval of so large a table. */
    test_assert_close(upper - lower, 2 * 1.96 * best->standard_error, 0.05);
}

static void test_steps_find_the_best(void)
{
    g_autoptr(EstimateLists) lists = table_make(4, KOSOVO);
    g_autoptr(EstimateModels) all = estimate_loglinear(lists, 2, false, 1, NULL);
    g_autoptr(EstimateModels) steps = estimate_loglinear(lists, 2, true, 2, NULL);
    g_assert_cmpstr(all->models[0].name, ==, steps->models[0].name);
    g_assert_cmpuint(steps->n_models, <, all->n_models);
    g_assert_true(steps->searched);
}

static void test_average_between_models(void)
{
    g_autoptr(EstimateLists) lists = table_make(4, KOSOVO);
    g_autoptr(EstimateModels) models = estimate_loglinear(lists, 2, false, 1, NULL);
    double weights = 0, mean, deviation;
    for (gsize i = 0; i < models->n_models; i++)
        weights += models->models[i].weight;
    test_assert_close(weights, 1, 1e-12);
    estimate_models_average(models, &mean, &deviation);
    double low = estimate_models_quantile(models, lists->observed, 0.025);
    double high = estimate_models_quantile(models, lists->observed, 0.975);
    g_assert_true(low < mean && mean < high && deviation > 0);
}

static void test_many_lists(void)
{
    g_autoptr(EstimateLists) lists = estimate_lists_new(10, NULL, NULL);
    estimate_lists_add(lists, 1, 5, NULL);
    g_autoptr(GError) error = NULL;
    g_assert_null(estimate_loglinear(lists, 2, false, 1, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_LIMIT);
}

static void test_closed_kosovo(void)
{
    g_autoptr(EstimateLists) lists = table_make(4, KOSOVO);
    for (int which = 0; which < ESTIMATE_N_CLOSED; which++) {
        EstimateModel model;
        g_assert_true(estimate_closed_fit(lists, which, &model, NULL));
        test_assert_close(model.abundance, KOSOVO_CLOSED[which][0], 1e-9);
        test_assert_close(model.standard_error, KOSOVO_CLOSED[which][1], 1e-9);
        test_assert_close(model.deviance, KOSOVO_CLOSED[which][2], 1e-9);
        double lower, upper;
        g_assert_true(estimate_closed_interval(lists, which, 0.95, &lower, &upper));
        g_assert_true(lower < model.abundance && model.abundance < upper);
    }
}

static void test_closed_two_lists(void)
{
    const uint64_t counts[4] = {0, 40, 30, 20};
    g_autoptr(EstimateLists) lists = table_make(2, counts);
    EstimateModel model;
    g_autoptr(GError) error = NULL;
    g_assert_false(estimate_closed_fit(lists, ESTIMATE_MTH_CHAO, &model, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA);
    g_assert_true(estimate_closed_fit(lists, ESTIMATE_MT, &model, NULL));
    test_assert_close(model.abundance, 60.0 * 50 / 20, 1e-8);
}

/* ---- every row of the reference tables ---- */

static void compare(const CsvTable *table, gsize row, const EstimateModel *model)
{
    test_assert_close(model->abundance, cell_number(table, row, "abundance"), 1e-6);
    test_assert_close(model->standard_error, cell_number(table, row, "stderr"), 1e-6);
    test_assert_close(model->deviance, cell_number(table, row, "deviance"), 1e-6);
    test_assert_close(model->aic, cell_number(table, row, "AIC"), 1e-6);
    test_assert_close(model->bic, cell_number(table, row, "BIC"), 1e-6);
    g_assert_cmpint(model->degrees_of_freedom, ==, (int)cell_number(table, row, "df"));
}

static void test_hierarchical_parity(gconstpointer set)
{
    g_autofree char *name = g_strdup_printf("%s.rcapture-hierarchical.csv", (const char *)set);
    g_autoptr(CsvTable) table = shared_csv(name);
    if (table == NULL)
        return;
    g_autoptr(EstimateLists) lists = shared_lists(set);
    g_autoptr(EstimateModels) models = estimate_loglinear(lists, 2, false, 0, NULL);
    g_assert_cmpuint(models->n_models, ==, table->n_rows);
    for (gsize row = 0; row < table->n_rows; row++)
        compare(table, row,
                find(models, csv_table_cell(table, row, csv_table_column(table, "model"))));
}

static void test_closed_parity(gconstpointer set)
{
    g_autofree char *name = g_strdup_printf("%s.rcapture-closedp.csv", (const char *)set);
    g_autoptr(CsvTable) table = shared_csv(name);
    if (table == NULL)
        return;
    g_autoptr(EstimateLists) lists = shared_lists(set);
    for (gsize row = 0; row < table->n_rows; row++) {
        const char *wanted = csv_table_cell(table, row, csv_table_column(table, "model"));
        int which = 0;
        while (which < ESTIMATE_N_CLOSED && strcmp(estimate_closed_name(which), wanted) != 0)
            which++;
        g_assert_cmpint(which, <, ESTIMATE_N_CLOSED);
        EstimateModel model;
        g_assert_true(estimate_closed_fit(lists, which, &model, NULL));
        compare(table, row, &model);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/estimate/loglinear/kosovo_is_as_rcapture_has_it", test_kosovo_models);
    g_test_add_func("/estimate/loglinear/every_hierarchical_model_is_met_once",
                    test_number_of_models);
    g_test_add_func("/estimate/loglinear/bias_correction_is_chapmans", test_saturated_bias);
    g_test_add_func("/estimate/loglinear/interval_holds_the_estimate_and_grows_with_level",
                    test_interval_holds_estimate);
    g_test_add_func("/estimate/loglinear/steps_find_the_best_of_kosovo", test_steps_find_the_best);
    g_test_add_func("/estimate/loglinear/average_lies_inside_its_interval",
                    test_average_between_models);
    g_test_add_func("/estimate/loglinear/too_many_lists_are_refused", test_many_lists);
    g_test_add_func("/estimate/closed/kosovo_is_as_rcapture_has_it", test_closed_kosovo);
    g_test_add_func("/estimate/closed/two_lists_allow_m0_mt_mb_only", test_closed_two_lists);
    static const char *const SETS[] = {"kosovo", "HIV", "lesbian", "Western", "Ned_5", "Ned"};
    for (gsize i = 0; i < G_N_ELEMENTS(SETS); i++) {
        g_autofree char *closed = g_strdup_printf("/estimate/closed/parity/%s", SETS[i]);
        g_test_add_data_func(closed, SETS[i], test_closed_parity);
        if (i < 3) {
            g_autofree char *all = g_strdup_printf("/estimate/loglinear/parity/%s", SETS[i]);
            g_test_add_data_func(all, SETS[i], test_hierarchical_parity);
        }
    }
    return g_test_run();
}
