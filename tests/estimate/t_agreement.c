/* tests/estimate/t_agreement.c: Krippendorff's alpha against published values. */
#include "estimate/agreement.h"
#include "support.h"
#include <math.h>

#define X NAN

/* Krippendorff 2011, Computing Krippendorff's Alpha-Reliability, example C: four observers, twelve
 * units, missing values; nominal 0.743, ordinal 0.815, interval 0.849, ratio 0.797. */
static const double EXAMPLE_C[12][4] = {
    {1, 1, X, 1}, {2, 2, 3, 2}, {3, 3, 3, 3}, {3, 3, 3, 3}, {2, 2, 2, 2}, {1, 2, 3, 4},
    {4, 4, 4, 4}, {1, 1, 2, 1}, {2, 2, 2, 2}, {X, 5, 5, 5}, {X, X, 1, 1}, {X, 3, X, X},
};

/* The same, example A: two observers, ten units, yes or no; 0.095. */
static const double EXAMPLE_A[10][2] = {{0, 1}, {1, 1}, {0, 1}, {0, 0}, {0, 0},
                                        {0, 1}, {0, 0}, {0, 0}, {1, 0}, {0, 0}};

/* The encyclopedia's worked example (three coders, fifteen units): nominal 0.691, interval 0.811.
 */
static const double CODERS[15][3] = {
    {X, 1, X}, {X, X, X}, {X, 2, 2}, {X, 1, 1}, {X, 3, 3}, {3, 3, 4}, {4, 4, 4}, {1, 3, X},
    {2, X, 2}, {1, X, 1}, {1, X, 1}, {3, X, 3}, {3, X, 3}, {X, X, X}, {3, X, 4},
};

static const struct {
    const char *claim;
    AgreementScale scale;
    gsize n_units, n_raters;
    const double *values;
    double alpha, within;
    gsize n_pairable;
} PUBLISHED[] = {
    {"example_c_nominal", AGREEMENT_NOMINAL, 12, 4, EXAMPLE_C[0], 0.743, 5e-4, 40},
    {"example_c_ordinal", AGREEMENT_ORDINAL, 12, 4, EXAMPLE_C[0], 0.815, 5e-4, 40},
    {"example_c_interval", AGREEMENT_INTERVAL, 12, 4, EXAMPLE_C[0], 0.849, 5e-4, 40},
    {"example_c_ratio", AGREEMENT_RATIO, 12, 4, EXAMPLE_C[0], 0.797, 5e-4, 40},
    {"example_a_nominal", AGREEMENT_NOMINAL, 10, 2, EXAMPLE_A[0], 0.095, 5e-4, 20},
    {"three_coders_nominal", AGREEMENT_NOMINAL, 15, 3, CODERS[0], 0.691, 5e-4, 26},
    {"three_coders_interval", AGREEMENT_INTERVAL, 15, 3, CODERS[0], 0.811, 5e-4, 26},
};

static void published(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    g_autoptr(GError) error = NULL;
    Agreement agreement;
    g_assert_true(agreement_alpha(PUBLISHED[i].scale, PUBLISHED[i].n_units, PUBLISHED[i].n_raters,
                                  PUBLISHED[i].values, 1, &agreement, &error));
    g_assert_no_error(error);
    g_assert_cmpfloat_with_epsilon(agreement.alpha, PUBLISHED[i].alpha, PUBLISHED[i].within);
    g_assert_cmpuint(agreement.n_values, ==, PUBLISHED[i].n_pairable);
    g_assert_cmpfloat(agreement.lower, <=, agreement.alpha);
    g_assert_cmpfloat(agreement.upper, >=, agreement.alpha);
}

static Agreement alpha_of(gsize n_units, gsize n_raters, const double *values)
{
    Agreement agreement;
    g_autoptr(GError) error = NULL;
    g_assert_true(
        agreement_alpha(AGREEMENT_ORDINAL, n_units, n_raters, values, 1, &agreement, &error));
    g_assert_no_error(error);
    return agreement;
}

static void who_always_agrees_has_one(void)
{
    const double values[] = {0, 0, 1, 1, 3, 3, 2, 2};
    g_assert_cmpfloat(alpha_of(4, 2, values).alpha, ==, 1);
}

static void ratings_all_alike_tell_nothing(void)
{
    const double values[] = {2, 2, 2, 2};
    g_assert_true(isnan(alpha_of(2, 2, values).alpha));
    const double alone[] = {2, X, X, 1};
    Agreement agreement = alpha_of(2, 2, alone);
    g_assert_true(isnan(agreement.alpha));
    g_assert_cmpuint(agreement.n_units, ==, 0);
    g_assert_true(isnan(alpha_of(0, 0, NULL).alpha));
}

/* Neither the order of raters nor of units matters; ordinal alpha knows only the order of values.
 */
static void order_and_names_do_not_matter(void)
{
    const double a[] = {0, 1, 2, 3, 3, 1, 0, 0, 2, 2}, swapped[] = {1, 0, 3, 2, 1, 3, 0, 0, 2, 2};
    const double moved[] = {2, 2, 0, 0, 3, 1, 2, 3, 0, 1};
    const double stretched[] = {0, 10, 11, 500, 500, 10, 0, 0, 11, 11};
    double alpha = alpha_of(5, 2, a).alpha;
    g_assert_cmpfloat_with_epsilon(alpha_of(5, 2, swapped).alpha, alpha, 1e-12);
    g_assert_cmpfloat_with_epsilon(alpha_of(5, 2, moved).alpha, alpha, 1e-12);
    g_assert_cmpfloat_with_epsilon(alpha_of(5, 2, stretched).alpha, alpha, 1e-12);
}

static void ratio_has_no_negative_values(void)
{
    const double values[] = {-1, 2};
    Agreement agreement;
    g_autoptr(GError) error = NULL;
    g_assert_false(agreement_alpha(AGREEMENT_RATIO, 1, 2, values, 1, &agreement, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(PUBLISHED); i++) {
        g_autofree char *path =
            g_strconcat("/estimate/agreement/published/", PUBLISHED[i].claim, NULL);
        g_test_add_data_func(path, GSIZE_TO_POINTER(i), published);
    }
#define CLAIM(name) g_test_add_func("/estimate/agreement/" #name, name)
    CLAIM(who_always_agrees_has_one);
    CLAIM(ratings_all_alike_tell_nothing);
    CLAIM(order_and_names_do_not_matter);
    CLAIM(ratio_has_no_negative_values);
    return g_test_run();
}
