/* tests/assess/t_framework.c: the framework as data. */
#include "case.h"

static const AssessFramework *framework(void)
{
    g_autoptr(GError) error = NULL;
    const AssessFramework *found = assess_framework(&error);
    g_assert_no_error(error);
    return found;
}

/* A/70/741–S/2016/71: factors 1 to 8 are common; 9 and 10 genocide; 11 and 12 crimes against
 * humanity; 13 and 14 war crimes. */
static void fourteen_factors(void)
{
    const AssessFramework *f = framework();
    static const char *const CRIMES[ASSESS_N_FACTORS] = {"common",
                                                         "common",
                                                         "common",
                                                         "common",
                                                         "common",
                                                         "common",
                                                         "common",
                                                         "common",
                                                         "genocide",
                                                         "genocide",
                                                         "crimes_against_humanity",
                                                         "crimes_against_humanity",
                                                         "war_crimes",
                                                         "war_crimes"};
    gsize n = 0;
    for (gsize i = 0; i < ASSESS_N_FACTORS; i++) {
        g_autofree char *code = g_strdup_printf("RF%zu", i + 1);
        g_assert_cmpstr(f->factors[i].code, ==, code);
        g_assert_cmpint(assess_factor_number(code), ==, (int)i);
        g_assert_cmpstr(f->factors[i].crime, ==, CRIMES[i]);
        n += f->factors[i].n_indicators;
    }
    g_assert_cmpuint(n, ==, 141);
    g_assert_cmpuint(f->n_indicators, ==, 141);
    g_assert_cmpint(assess_factor_number("RF15"), ==, -1);
    g_assert_cmpint(assess_factor_number("7"), ==, -1);
}

static bool is_persian(const char *text)
{
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at))
        if (g_unichar_isalpha(g_utf8_get_char(at)))
            return g_utf8_get_char(at) >= 0x600;
    return false;
}

static void each_indicator_speaks_both_languages_and_names_its_source(void)
{
    const AssessFramework *f = framework();
    gsize confirmed = 0;
    for (gsize i = 0; i < ASSESS_N_FACTORS; i++) {
        g_assert_true(is_persian(f->factors[i].title_fa));
        g_assert_false(is_persian(f->factors[i].title_en));
        for (gsize k = 0; k < f->factors[i].n_indicators; k++) {
            const AssessIndicator *indicator = &f->factors[i].indicators[k];
            g_autofree char *id = g_strdup_printf("%zu.%zu", i + 1, k + 1);
            g_assert_cmpstr(indicator->id, ==, id);
            g_assert_true(assess_indicator_find(id) == indicator);
            g_assert_true(is_persian(indicator->title_fa));
            g_assert_nonnull(strstr(indicator->source, "2014"));
            confirmed += indicator->confirmed;
        }
    }
    g_assert_cmpuint(confirmed, ==, 37);
    g_assert_null(assess_indicator_find("15.1"));
}

static void unconfirmed_wording_is_said(void)
{
    g_autoptr(StoreRating) rating = store_rating_new();
    rating->factor = g_strdup("RF11");
    rating->indicator = g_strdup("11.1");
    rating->level = 2;
    rating->rationale = g_strdup("Seen by hand.");
    g_autofree char *sentence = assess_rating_sentence(rating, I18N_ENGLISH);
    g_assert_cmpstr(sentence, ==,
                    "Seen by hand. The framework's wording of this indicator is not confirmed.");
    g_free(rating->indicator);
    rating->indicator = g_strdup("7.8");
    g_autofree char *plain = assess_rating_sentence(rating, I18N_ENGLISH);
    g_assert_cmpstr(plain, ==, "Seen by hand.");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/assess/framework/fourteen_factors", fourteen_factors);
    g_test_add_func("/assess/framework/each_indicator_speaks_both_languages_and_names_its_source",
                    each_indicator_speaks_both_languages_and_names_its_source);
    g_test_add_func("/assess/framework/unconfirmed_wording_is_said", unconfirmed_wording_is_said);
    return g_test_run();
}
