/* What is compared: rules chosen, rules mended, places, years; and that leaving a pair early loses
 * nothing. */
#include "link/link.h"
#include "support.h"

#include "base/random.h"

#include <math.h>
#include <string.h>

enum { PERSONS = 2600, RECORDS = 3600 };
static const char *const COLUMNS[] = {"given", "family", "father", "birth", "city"};

/* Persian and Latin spellings of the same persons, years in two calendars, places now by town, now
 * by province. */
static LinkTable *lists(void)
{
    static const struct {
        const char *fa, *en;
    } GIVEN[] = {{"محمد", "Mohammad"}, {"حسین", "Hossein"}, {"رضا", "Reza"},    {"مریم", "Maryam"},
                 {"زهرا", "Zahra"},    {"سارا", "Sara"},    {"کاوه", "Kaveh"},  {"نوید", "Navid"},
                 {"شیرین", "Shirin"},  {"بابک", "Babak"},   {"قاسم", "Ghasem"}, {"یوسف", "Yousef"}},
      STEM[] = {{"احمد", "Ahmad"},  {"کریم", "Karim"},   {"صادق", "Sadegh"}, {"جعفر", "Jafar"},
                {"اکبر", "Akbar"},  {"بهرام", "Bahram"}, {"نظر", "Nazar"},   {"مراد", "Morad"},
                {"شریف", "Sharif"}, {"طاهر", "Taher"}},
      END[] = {{"ی", "i"}, {"زاده", "zadeh"}, {"پور", "pour"}, {"نژاد", "nejad"}, {"وند", "vand"}},
      CITY[] = {{"مشهد", "Mashhad"}, {"شیراز", "Shiraz"}, {"تبریز", "Tabriz"}, {"رشت", "Rasht"}};
    LinkTable *table = link_table_new(G_N_ELEMENTS(COLUMNS), COLUMNS);
    for (unsigned i = 0; i < RECORDS; i++) {
        unsigned person = i < PERSONS ? i : (i - PERSONS) * 2;
        Random random;
        random_start(&random, 5, person);
        bool latin = i >= PERSONS && i % 2 == 0;
        unsigned g = (unsigned)random_below(&random, 12), s = (unsigned)random_below(&random, 10),
                 e = (unsigned)random_below(&random, 5), c = (unsigned)random_below(&random, 4);
        int year = 1320 + (int)random_below(&random, 60);
        char family[64], birth[16];
        g_snprintf(family, sizeof family, "%s%s", latin ? STEM[s].en : STEM[s].fa,
                   latin ? END[e].en : END[e].fa);
        g_snprintf(birth, sizeof birth, "%d", latin ? year + 621 : year);
        const char *given = latin ? GIVEN[g].en : GIVEN[g].fa;
        const char *father = GIVEN[random_below(&random, 12)].fa;
        bool swapped = i >= PERSONS && i % 20 == 5;
        const char *fields[] = {swapped ? family : given, swapped ? given : family,
                                i % 3 == 0 ? "" : father, birth, latin ? CITY[c].en : CITY[c].fa};
        g_assert_true(link_table_add(table, i >= PERSONS, fields, NULL));
    }
    return table;
}

static bool place_of(void *context, const char *text, char town[LINK_PLACE_MAX],
                     char region[LINK_PLACE_MAX])
{
    static const char *const KNOWN[][3] = {{"مشهد", "Mashhad", "IR-09"},
                                           {"Mashhad", "Mashhad", "IR-09"},
                                           {"خراسان رضوی", "0909", "IR-09"},
                                           {"شیراز", "Shiraz", "IR-07"},
                                           {"Shiraz", "Shiraz", "IR-07"}};
    for (gsize i = 0; i < G_N_ELEMENTS(KNOWN); i++)
        if (strcmp(text, KNOWN[i][0]) == 0) {
            g_strlcpy(town, KNOWN[i][1], LINK_PLACE_MAX);
            g_strlcpy(region, KNOWN[i][2], LINK_PLACE_MAX);
            return true;
        }
    return false;
}

static void years_and_names_are_recognized(void)
{
    g_autoptr(LinkTable) table = lists();
    g_autoptr(GError) error = NULL;
    g_autoptr(LinkConfig) config = link_config_decide(table, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(config->n_fields, ==, 5);
    g_assert_cmpint(config->fields[0].kind, ==, LINK_GIVEN);
    g_assert_cmpint(config->fields[1].kind, ==, LINK_SURNAME);
    g_assert_cmpint(config->fields[3].kind, ==, LINK_DATE); /* years alone, in two calendars */
}

/* Every pair once more, one by one and to its end: the run has kept the same, with the same
 * weights. */
static void a_pair_left_early_would_not_have_been_kept(void)
{
    g_autoptr(LinkTable) table = lists();
    g_autoptr(GError) error = NULL;
    g_autoptr(LinkConfig) config = link_config_decide(table, NULL, &error);
    g_autoptr(LinkPrepared) prepared = link_prepare(table, config, false, 2, &error);
    g_assert_no_error(error);
    LinkOptions options = link_options_default();
    g_autoptr(LinkResult) result = link_run(prepared, &options, &error);
    g_assert_no_error(error);
    gsize at = 0, wrong = 0, worth = 0;
    for (uint32_t i = 0; i < RECORDS; i++)
        for (uint32_t j = i + 1; j < RECORDS; j++) {
            bool kept =
                at < result->n_pairs && result->pairs[at].left == i && result->pairs[at].right == j;
            if (!link_prepared_compares(prepared, i, j)) {
                wrong += kept;
                continue;
            }
            LinkPair pair = link_compare(prepared, &result->model, i, j);
            worth += pair.probability >= 0.011f;
            wrong += pair.probability >= 0.011f && !kept;
            wrong += kept && (pair.levels != result->pairs[at].levels ||
                              fabsf(pair.weight_bits - result->pairs[at].weight_bits) > 1e-3f);
            at += kept;
        }
    g_assert_cmpuint(at, ==, result->n_pairs);
    g_assert_cmpuint(worth, >, 500);
    g_assert_cmpuint(wrong, ==, 0);
}

/* Names that changed places are found: both names by sound, in either order, are one rule. */
static void swapped_names_share_a_block_and_a_cluster(void)
{
    g_autoptr(LinkTable) table = lists();
    g_autoptr(GError) error = NULL;
    g_autoptr(LinkConfig) config = link_config_decide(table, NULL, &error);
    g_autoptr(LinkPrepared) prepared = link_prepare(table, config, false, 2, &error);
    LinkOptions options = link_options_default();
    g_autoptr(LinkResult) result = link_run(prepared, &options, &error);
    g_assert_no_error(error);
    unsigned swapped = 0, met = 0, joined = 0;
    for (unsigned i = PERSONS; i < RECORDS; i++)
        if (i % 20 == 5) {
            unsigned person = (i - PERSONS) * 2;
            if (person >= PERSONS)
                continue;
            swapped++;
            met += link_prepared_compares(prepared, person, i);
            joined += result->clusters[i] == result->clusters[person];
        }
    g_assert_cmpuint(swapped, >=, 40);
    g_assert_cmpuint(met, ==, swapped);
    g_assert_cmpuint(joined * 10, >=, swapped * 8);
}

static void a_place_is_its_town_within_its_region(void)
{
    static const char *const NAMES[] = {"city"};
    static const char *const CITIES[] = {"مشهد", "Mashhad", "خراسان رضوی", "شیراز", "nowhere"};
    static const unsigned LEVELS[] = {7, 7, 3, 1, 1}; /* against the first */
    g_autoptr(LinkTable) table = link_table_new(1, NAMES);
    for (gsize i = 0; i < G_N_ELEMENTS(CITIES); i++)
        g_assert_true(link_table_add(table, 0, &CITIES[i], NULL));
    g_autoptr(GError) error = NULL;
    g_assert_true(link_table_add_place(table, 0, place_of, NULL, &error));
    g_assert_cmpuint(link_table_n_columns(table), ==, 3);
    g_autoptr(LinkConfig) config = link_config_decide(table, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpint(config->fields[0].kind, ==, LINK_PLACE);
    g_autofree char *text = link_config_format(config, table);
    g_autoptr(LinkConfig) again = link_config_parse(text, table, &error);
    g_assert_no_error(error);
    g_autoptr(LinkPrepared) prepared = link_prepare(table, again, false, 1, &error);
    LinkModel model = {.n_fields = 1, .prior = 0.5};
    for (gsize i = 1; i < G_N_ELEMENTS(CITIES); i++) {
        LinkPair pair = link_compare(prepared, &model, 0, i);
        g_assert_cmpuint(link_pair_level(&pair, 0), ==, LEVELS[i]);
    }
}

static void a_giant_block_gets_a_better_rule(void)
{
    g_autoptr(LinkTable) table = lists();
    g_autoptr(GError) error = NULL;
    g_autoptr(LinkConfig) config = link_config_decide(table, NULL, &error);
    config->n_rules = 2;
    config->rules[0] = (LinkRule){.n_keys = 1, .keys = {{4, LINK_WHOLE}}}; /* one of four cities */
    config->rules[1] = (LinkRule){.n_keys = 2, .keys = {{0, LINK_WHOLE}, {1, LINK_WHOLE}}};
    g_autoptr(LinkPrepared) prepared = link_prepare(table, config, false, 1, &error);
    g_assert_no_error(error);
    LinkRule better;
    g_assert_true(link_prepared_better_rule(prepared, 0, &better));
    g_assert_cmpuint(better.n_keys, ==, 2);
    g_assert_cmpuint(better.keys[0].field, ==, 4);
    g_assert_cmpuint(better.keys[1].field, !=, 4);
    g_assert_cmpuint(better.pairs * 4, <, config->rules[0].pairs);
    g_assert_false(link_prepared_better_rule(prepared, 1, &better)); /* no trouble */
}

/* A rule taken twice would cost a rule that catches something else. */
static void no_rule_is_taken_twice(void)
{
    g_autoptr(LinkTable) table = lists();
    g_autoptr(GError) error = NULL;
    g_autoptr(LinkConfig) config = link_config_decide(table, NULL, &error);
    g_autoptr(LinkPrepared) prepared = link_prepare(table, config, false, 1, &error);
    g_assert_no_error(error);
    g_assert_nonnull(prepared);
    g_assert_cmpuint(config->n_rules, >, 3);
    for (unsigned a = 0; a < config->n_rules; a++)
        for (unsigned b = 0; b < a; b++) {
            g_autofree char *x = link_config_format_keys(config, &config->rules[a]);
            g_autofree char *y = link_config_format_keys(config, &config->rules[b]);
            g_assert_cmpstr(x, !=, y);
        }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define TEST(path, name) g_test_add_func("/link/" path "/" #name, name)
    TEST("decide", years_and_names_are_recognized);
    TEST("decide", a_place_is_its_town_within_its_region);
    TEST("run", a_pair_left_early_would_not_have_been_kept);
    TEST("run", swapped_names_share_a_block_and_a_cluster);
    TEST("choose", a_giant_block_gets_a_better_rule);
    TEST("choose", no_rule_is_taken_twice);
    return g_test_run();
}
