/* The model: EM, weights, clusters, constraints, incremental linking. */
#include "link/link.h"
#include "support.h"

#include "base/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Pairs drawn from a known model: EM must give it back. */
static void em_recovers_planted_m_and_share(void)
{
    static const double M[4][3] = {
        {0.05, 0.10, 0.85}, {0.20, 0.10, 0.70}, {0.10, 0.30, 0.60}, {0.15, 0.05, 0.80}};
    static const double U[4][3] = {
        {0.95, 0.04, 0.01}, {0.90, 0.05, 0.05}, {0.80, 0.15, 0.05}, {0.97, 0.02, 0.01}};
    static const unsigned LEVELS[3] = {1, 4, 7};
    enum { PAIRS = 200000 };
    Random random;
    random_start(&random, 11, 0);
    LinkPattern *patterns = calloc(1 << 12, sizeof *patterns);
    double m[4][LINK_MAX_LEVELS] = {{0}}, u[4][LINK_MAX_LEVELS] = {{0}}, share = 0.5;
    for (unsigned i = 0; i < PAIRS; i++) {
        bool match = random_uniform(&random) < 0.08;
        uint64_t levels = 0;
        for (unsigned f = 0; f < 4; f++) {
            const double *p = match ? M[f] : U[f];
            double x = random_uniform(&random);
            unsigned level = x < p[0] ? 0 : x < p[0] + p[1] ? 1 : 2;
            if (random_below(&random, 10) > 0) /* one in ten is missing */
                levels |= (uint64_t)LEVELS[level] << (3 * f);
        }
        patterns[levels].levels = levels;
        patterns[levels].count++;
    }
    for (unsigned f = 0; f < 4; f++)
        for (unsigned level = 0; level < 3; level++) {
            u[f][LEVELS[level]] = U[f][level];
            m[f][LEVELS[level]] = 1.0 / 3;
        }
    const bool used[4] = {true, true, true, true};
    g_assert_cmpuint(link_em(patterns, 1 << 12, 4, used, INFINITY, u, m, &share), >, 2);
    g_assert_cmpfloat_with_epsilon(share, 0.08, 0.004);
    for (unsigned f = 0; f < 4; f++)
        for (unsigned level = 0; level < 3; level++)
            g_assert_cmpfloat_with_epsilon(m[f][LEVELS[level]], M[f][level], 0.02);
    free(patterns);
}

/* Newcombe's and Fellegi and Sunter's example: m 0.9, u 1/12 for the month of birth weighs
 * log2(10.8). */
static void weight_is_log2_of_m_over_u(void)
{
    LinkModel model = {.n_fields = 1};
    model.m[0][7] = 0.9;
    model.u[0][7] = 1.0 / 12;
    model.m[0][1] = 0.1;
    model.u[0][1] = 11.0 / 12;
    g_assert_cmpfloat_with_epsilon(link_model_weight(&model, 0, 7), 3.4330, 1e-4);
    g_assert_cmpfloat_with_epsilon(link_model_weight(&model, 0, 1), -3.1964, 1e-3);
    g_assert_cmpfloat(link_model_weight(&model, 0, 0), ==, 0);
}

/* ---- A small population, linked ---- */

/* g_assert_cmpmem keeps lengths in an int. */
static void assert_same_bytes(const void *a, size_t length_a, const void *b, size_t length_b)
{
    g_assert_cmpuint(length_a, ==, length_b);
    g_assert_true(memcmp(a, b, length_a) == 0);
}

static const char *const COLUMNS[] = {"given_name", "surname", "birth_date", "phone", "city"};
enum { FIELDS = 5 };

static LinkTable *population(unsigned n, unsigned n_repeated)
{
    static const char *const GIVEN[] = {"arash",  "bahar", "cyrus", "dorsa", "elnaz", "farid",
                                        "golnar", "hamid", "iraj",  "jaleh", "kiana", "laleh",
                                        "mina",   "navid", "omid",  "parisa"};
    static const char *const STEM[] = {"karim", "rahim", "salim",  "nader",
                                       "akbar", "jafar", "rostam", "shahab"};
    static const char *const END[] = {"i", "zadeh", "pour", "nejad", "ian", "far", "vand", "khani"};
    static const char *const CITY[] = {"tehran", "shiraz", "tabriz", "mashhad", "ahvaz", "rasht"};
    LinkTable *table = link_table_new(FIELDS, COLUMNS);
    for (unsigned i = 0; i < n + n_repeated; i++) {
        unsigned person = i < n ? i : (i - n) * 3 % n;
        Random random;
        random_start(&random, 21, person);
        char text[FIELDS][40];
        g_snprintf(text[0], 40, "%s", GIVEN[random_below(&random, 16)]);
        g_snprintf(text[1], 40, "%s%s", STEM[random_below(&random, 8)],
                   END[random_below(&random, 8)]);
        g_snprintf(text[2], 40, "%d-%02d-%02d", 1950 + (int)random_below(&random, 50),
                   1 + (int)random_below(&random, 12), 1 + (int)random_below(&random, 28));
        g_snprintf(text[3], 40, "09%08u", (unsigned)random_below(&random, 100000000));
        g_snprintf(text[4], 40, "%s", CITY[random_below(&random, 6)]);
        if (i >= n) /* one slip each */
            switch (i % 4) {
            case 0:
                text[3][0] = '\0';
                break;
            case 1:
                text[1][2] = 'x';
                break;
            case 2:
                text[2][9] = text[2][9] == '1' ? '2' : '1';
                break;
            default: {
                char swap[40];
                memcpy(swap, text[0], 40);
                memcpy(text[0], text[1], 40);
                memcpy(text[1], swap, 40);
            }
            }
        const char *fields[FIELDS] = {text[0], text[1], text[2], text[3], text[4]};
        g_autoptr(GError) error = NULL;
        g_assert_true(link_table_add(table, i < n ? 0 : 1, fields, &error));
    }
    return table;
}

typedef struct {
    LinkTable *table;
    LinkConfig *config;
    LinkPrepared *prepared;
} Setting;

static Setting set(LinkTable *table, bool between, unsigned threads)
{
    g_autoptr(GError) error = NULL;
    Setting setting = {.table = table};
    setting.config = link_config_decide(table, NULL, &error);
    g_assert_no_error(error);
    setting.prepared = link_prepare(table, setting.config, between, threads, &error);
    g_assert_no_error(error);
    return setting;
}

static void clear(Setting *setting)
{
    link_prepared_free(setting->prepared);
    link_config_free(setting->config);
    link_table_free(setting->table);
}

static LinkResult *run(const Setting *setting, const LinkOptions *options)
{
    g_autoptr(GError) error = NULL;
    LinkResult *result = link_run(setting->prepared, options, &error);
    g_assert_no_error(error);
    return result;
}

static void columns_are_recognized(void)
{
    Setting setting = set(population(500, 100), false, 1);
    static const LinkKind KINDS[FIELDS] = {LINK_GIVEN, LINK_SURNAME, LINK_DATE, LINK_CODE,
                                           LINK_CATEGORY};
    g_assert_cmpuint(setting.config->n_fields, ==, FIELDS);
    for (unsigned f = 0; f < FIELDS; f++)
        g_assert_cmpint(setting.config->fields[f].kind, ==, KINDS[f]);
    g_assert_cmpint(setting.config->fields[0].partner, ==, 1);
    clear(&setting);
}

static unsigned wrong_records(const LinkResult *result, unsigned n, unsigned n_repeated)
{
    unsigned wrong = 0;
    for (unsigned i = 0; i < n + n_repeated; i++)
        wrong += result->clusters[i] != (i < n ? i : (i - n) * 3 % n);
    return wrong;
}

static void repeated_persons_are_found_without_a_config(void)
{
    Setting setting = set(population(1500, 400), false, 1);
    LinkOptions options = link_options_default();
    g_autoptr(LinkResult) result = run(&setting, &options);
    g_assert_cmpuint(wrong_records(result, 1500, 400), <=, 4);
    for (size_t p = 0; p < result->n_pairs; p++) {
        g_assert_true(isfinite(result->pairs[p].weight_bits));
        g_assert_cmpuint(result->pairs[p].left, <, result->pairs[p].right);
    }
    clear(&setting);
}

static void field_weights_add_up(void)
{
    Setting setting = set(population(600, 200), false, 1);
    LinkOptions options = link_options_default();
    g_autoptr(LinkResult) result = run(&setting, &options);
    g_assert_cmpuint(result->n_pairs, >, 100);
    for (size_t p = 0; p < result->n_pairs; p++) {
        double bits[LINK_MAX_FIELDS], sum = log2(result->model.prior / (1 - result->model.prior));
        link_explain(setting.prepared, &result->model, &result->pairs[p], bits);
        for (unsigned f = 0; f < setting.config->n_fields; f++)
            sum += bits[f];
        g_assert_cmpfloat_with_epsilon(sum, (double)result->pairs[p].weight_bits, 1e-3);
        LinkPair again = link_compare(setting.prepared, &result->model, result->pairs[p].right,
                                      result->pairs[p].left);
        g_assert_cmpfloat_with_epsilon((double)again.weight_bits,
                                       (double)result->pairs[p].weight_bits, 1e-3);
        g_assert_cmpuint(again.levels, ==, result->pairs[p].levels);
    }
    clear(&setting);
}

static void any_number_of_threads_gives_the_same_bytes(void)
{
    Setting one = set(population(3000, 900), false, 1), four = set(population(3000, 900), false, 4);
    LinkOptions options = link_options_default();
    options.threads = 1;
    g_autoptr(LinkResult) a = run(&one, &options);
    options.threads = 4;
    g_autoptr(LinkResult) b = run(&four, &options);
    assert_same_bytes(&a->model, sizeof a->model, &b->model, sizeof b->model);
    assert_same_bytes(a->pairs, a->n_pairs * sizeof *a->pairs, b->pairs,
                      b->n_pairs * sizeof *b->pairs);
    assert_same_bytes(a->clusters, a->n_records * sizeof *a->clusters, b->clusters,
                      b->n_records * sizeof *b->clusters);
    clear(&one);
    clear(&four);
}

static void no_pair_is_compared_twice_and_counts_are_told_before(void)
{
    Setting setting = set(population(3000, 900), false, 1);
    uint64_t promised = 0, union_of_rules = 0;
    for (unsigned r = 0; r < setting.config->n_rules; r++)
        promised += setting.config->rules[r].pairs;
    for (size_t i = 0; i < 3900; i++)
        for (size_t j = i + 1; j < 3900; j++)
            union_of_rules += link_prepared_compares(setting.prepared, i, j);
    LinkOptions options = link_options_default();
    g_autoptr(LinkResult) result = run(&setting, &options);
    g_assert_cmpuint(setting.config->n_rules, >, 1);
    g_assert_cmpuint(result->n_compared, ==, union_of_rules);
    g_assert_cmpuint(result->n_compared, <=, promised);
    clear(&setting);
}

static void new_records_join_without_starting_over(void)
{
    Setting setting = set(population(900, 300), false, 1);
    LinkOptions options = link_options_default();
    g_autoptr(LinkResult) whole = run(&setting, &options);
    /* The first 1000 as an earlier run kept them: its pairs and its model. */
    g_autofree LinkPair *known = g_new(LinkPair, whole->n_pairs + 1);
    size_t n_known = 0;
    for (size_t p = 0; p < whole->n_pairs; p++)
        if (whole->pairs[p].right < 1000)
            known[n_known++] = whole->pairs[p];
    options.model = &whole->model;
    options.n_known = 1000;
    options.known_pairs = known;
    options.n_known_pairs = n_known;
    g_autoptr(LinkResult) later = run(&setting, &options);
    g_assert_cmpuint(later->n_compared, <, whole->n_compared / 2);
    assert_same_bytes(later->clusters, later->n_records * sizeof(uint32_t), whole->clusters,
                      whole->n_records * sizeof(uint32_t));
    clear(&setting);
}

static void a_decision_stands_above_every_weight(void)
{
    Setting setting = set(population(900, 300), false, 1);
    const LinkConstraint decided[] = {{0, 900, LINK_DIFFERENT}, {5, 17, LINK_SAME}};
    LinkOptions options = link_options_default();
    g_autoptr(LinkResult) before = run(&setting, &options);
    g_assert_cmpuint(before->clusters[900], ==, before->clusters[0]);
    g_assert_cmpuint(before->clusters[17], !=, before->clusters[5]);
    options.constraints = decided;
    options.n_constraints = 2;
    g_autoptr(LinkResult) after = run(&setting, &options);
    g_assert_cmpuint(after->clusters[900], !=, after->clusters[0]);
    g_assert_cmpuint(after->clusters[17], ==, after->clusters[5]);
    const LinkConstraint contrary[] = {
        {1, 2, LINK_SAME}, {2, 3, LINK_SAME}, {1, 3, LINK_DIFFERENT}};
    options.constraints = contrary;
    options.n_constraints = 3;
    g_autoptr(GError) error = NULL;
    g_assert_null(link_run(setting.prepared, &options, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA);
    clear(&setting);
}

/* ---- Clusters from pairs alone ---- */

typedef struct {
    double weights[8][8];
} Weights;

static double weigh(void *context, size_t left, size_t right)
{
    const Weights *weights = context;
    return weights->weights[left][right];
}

static LinkPair pair_of(uint32_t left, uint32_t right, double bits)
{
    return (LinkPair){left, right, (float)bits, (float)(1 / (1 + exp2(-bits))), 0};
}

static void a_weak_bridge_does_not_join_two_families(void)
{
    /* 0 1 2 and 3 4 5 are sure; 2–3 agrees a little, all others across disagree. */
    Weights weights;
    for (unsigned i = 0; i < 8; i++)
        for (unsigned j = 0; j < 8; j++)
            weights.weights[i][j] = i / 3 == j / 3 ? 9 : -9;
    weights.weights[2][3] = weights.weights[3][2] = 2;
    const LinkPair pairs[] = {pair_of(0, 1, 9), pair_of(1, 2, 9), pair_of(2, 3, 2),
                              pair_of(3, 4, 9), pair_of(4, 5, 9)};
    uint32_t clusters[6];
    bool bridges[5];
    size_t n = 0;
    LinkOptions options = link_options_default();
    g_assert_true(
        link_cluster(6, pairs, 5, &options, NULL, weigh, &weights, clusters, bridges, &n, NULL));
    g_assert_cmpuint(n, ==, 2);
    g_assert_true(bridges[2]);
    g_assert_false(bridges[0] || bridges[1] || bridges[3] || bridges[4]);
    /* Pairs alone cannot say so: connected components. */
    g_assert_true(link_cluster(6, pairs, 5, &options, NULL, NULL, NULL, clusters, NULL, &n, NULL));
    g_assert_cmpuint(n, ==, 1);
}

static void one_to_one_gives_the_record_to_the_best(void)
{
    const LinkPair pairs[] = {pair_of(0, 2, 5), pair_of(0, 3, 7), pair_of(1, 2, 3)};
    const uint8_t sources[] = {0, 0, 1, 1};
    uint32_t clusters[4];
    size_t n = 0;
    LinkOptions options = link_options_default();
    options.one_to_one = true;
    g_assert_true(
        link_cluster(4, pairs, 3, &options, sources, NULL, NULL, clusters, NULL, &n, NULL));
    g_assert_cmpuint(clusters[3], ==, 0);
    g_assert_cmpuint(clusters[2], ==, 1);
    g_assert_cmpuint(n, ==, 2);
}

static void config_survives_the_round_trip(void)
{
    Setting setting = set(population(3000, 100), false, 1);
    g_autofree char *text = link_config_format(setting.config, setting.table);
    g_autoptr(GError) error = NULL;
    g_autoptr(LinkConfig) again = link_config_parse(text, setting.table, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(again->n_rules, ==, setting.config->n_rules);
    for (unsigned r = 0; r < again->n_rules; r++) { /* counts are comments */
        again->rules[r].pairs = setting.config->rules[r].pairs;
        again->rules[r].largest = setting.config->rules[r].largest;
    }
    g_autofree char *twice = link_config_format(again, setting.table);
    g_assert_cmpstr(twice, ==, text);
    clear(&setting);
}

static void bad_configs_are_told_by_group(void)
{
    static const struct {
        const char *text, *word;
    } CASES[] = {
        {"[field a]\ncolumns=nowhere;\ncompare=code\n", "nowhere"},
        {"[field a]\ncolumns=phone;\ncompare=magic\n", "magic"},
        {"[field a]\ncolumns=phone;\ncompare=code\n[rule 1]\nkeys=b;\n", "b"},
        {"[field a]\ncolumns=phone;\ncompare=code\n[rule 1]\nkeys=a:middle;\n", "middle"},
        {"[fields]\n", "fields"},
        {"", "field"},
        {"not a config", ""},
    };
    g_autoptr(LinkTable) table = population(10, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(link_config_parse(CASES[i].text, table, &error));
        g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT);
        g_assert_nonnull(strstr(error->message, CASES[i].word));
    }
}

static bool stop(void *context, uint64_t done, uint64_t total)
{
    g_assert_cmpuint(done, <=, total);
    ++*(unsigned *)context;
    return false;
}

static void a_run_can_be_stopped(void)
{
    Setting setting = set(population(900, 300), false, 1);
    LinkOptions options = link_options_default();
    unsigned asked = 0;
    options.progress = stop;
    options.progress_context = &asked;
    g_autoptr(GError) error = NULL;
    g_assert_null(link_run(setting.prepared, &options, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTERRUPTED);
    g_assert_cmpuint(asked, ==, 1);
    clear(&setting);
}

static void none_and_one_record_are_no_trouble(void)
{
    for (unsigned n = 0; n < 4; n++) {
        g_autoptr(LinkTable) table = population(n, 0);
        g_autoptr(GError) error = NULL;
        g_autoptr(LinkConfig) config =
            link_config_parse("[field given_name]\ncolumns=given_name;\ncompare=given-name\n"
                              "[field birth_date]\ncolumns=birth_date;\ncompare=date\n",
                              table, &error);
        g_assert_no_error(error);
        g_autoptr(LinkPrepared) prepared = link_prepare(table, config, false, 1, &error);
        g_assert_no_error(error);
        LinkOptions options = link_options_default();
        g_autoptr(LinkResult) result = link_run(prepared, &options, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(result->n_records, ==, n);
    }
}

static void constant_and_empty_columns_are_left_out_with_a_reason(void)
{
    static const char *const NAMES[] = {"constant", "empty", "serial"};
    g_autoptr(LinkTable) table = link_table_new(3, NAMES);
    for (unsigned i = 0; i < 50; i++) {
        char serial[8];
        g_snprintf(serial, sizeof serial, "%u", 1000 + i);
        const char *fields[] = {"same", NULL, serial};
        g_assert_true(link_table_add(table, 0, fields, NULL));
    }
    g_autoptr(GError) error = NULL;
    g_assert_null(link_config_decide(table, NULL, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA);
}

/* ---- Levels of single pairs ---- */

static unsigned level_of(const char *kind, const char *a, const char *b)
{
    static const char *const NAMES[] = {"value"};
    g_autoptr(LinkTable) table = link_table_new(1, NAMES);
    const char *other[] = {"zzzz", "قققق"};
    g_assert_true(link_table_add(table, 0, &a, NULL) && link_table_add(table, 0, &b, NULL));
    for (unsigned i = 0; i < 2; i++)
        g_assert_true(link_table_add(table, 0, &other[i], NULL));
    g_autofree char *text = g_strdup_printf("[field value]\ncolumns=value;\ncompare=%s\n", kind);
    g_autoptr(LinkConfig) config = link_config_parse(text, table, NULL);
    g_autoptr(LinkPrepared) prepared = link_prepare(table, config, false, 1, NULL);
    LinkModel model = {.n_fields = 1, .prior = 0.5};
    LinkPair pair = link_compare(prepared, &model, 0, 1),
             back = link_compare(prepared, &model, 1, 0);
    g_assert_cmpuint(pair.levels, ==, back.levels);
    return link_pair_level(&pair, 0);
}

static void levels_say_what_they_mean(void)
{
    static const struct {
        const char *kind, *a, *b;
        unsigned level;
    } CASES[] = {
        {"surname", "karimi", "Karimi ", 7},
        {"surname", "karimi", "", 0},
        {"surname", "karimi", "NA", 0},
        {"surname", "martha", "marhta", 4},
        {"surname", "karimi", "zamani", 1},
        {"given-name", "maryam", "m", 3},
        {"given-name", "محمد", "Mohammad", 5},
        {"given-name", "محمد", "Shirin", 1},
        {"given-name", "M.", "محمد", 3}, /* an initial in the other script */
        {"given-name", "R.", "محمد", 1},
        {"given-name", "William", "Bill", 5}, /* short for it */
        {"given-name", "Will", "bill", 5},    /* both short for a third */
        {"given-name", "William", "Bob", 1},
        {"given-name", "فاطمه", "فاطی", 5},
        {"given-name", "محمد", "Mamad", 5},
        {"surname", "William", "Bill", 1}, /* surnames have no short forms */
        {"code", "09121234567", "09121234567", 7},
        {"code", "09121234567", "09121234657", 4}, /* neighbours swapped */
        {"code", "09121234567", "0912123456", 4},
        {"code", "09121234567", "00989121234567", 3},
        {"code", "۰۹۱۲۱۲۳۴۵۶۷", "0912 123 45 67", 7},
        {"code", "6988048", "7364009", 1},
        {"date", "1990-03-05", "5/3/1990", 7},
        {"date", "1990-03-05", "1990-05-03", 5},
        {"date", "1990-03-05", "1990-03-06", 4},
        {"date", "1990-03-05", "1990", 3},
        {"date", "1990-03-05", "1990-03", 3},
        {"date", "1990-03-05", "1990-11-27", 2},
        {"date", "2025-06-28", "1404-04-07", 7}, /* one day, two calendars */
        {"date", "2025-06-28", "2025-04-07",
         6}, /* its Solar Hijri month and day beside a Gregorian year */
        {"date", "1990-03-05", "1971-11-27", 1},
        {"date", "5 March 1990", "1990-03-05", 7},
        {"date", "Mar 5, 1990", "1990-03-05", 7},
        {"date", "۷ تیر ۱۴۰۴", "2025-06-28", 7},
        {"date", "۱۳۶۵/۱۱/۲۰", "1987-02-09", 7},
        {"date", "۱۳۴۵", "1345", 7},
        {"date", "۱۳۴۵", "1966", 6}, /* a Solar Hijri year lies in two */
        {"date", "۱۳۴۵", "1967", 6},
        {"date", "۱۳۴۵", "1969", 4},
        {"date", "۱۳۴۵", "1985", 1},
        {"date", "1365", "1987-02-09", 3}, /* Bahman of that year */
        {"date", "1365", "1986-02-09", 1}, /* Bahman of the year before */
        {"date", "65-3-21", "1965-03-21", 7},
        {"email", "mina@example.org", "mina@example.com", 5},
        {"text", "12 azadi street shiraz", "shiraz 12 azadi street", 5},
        {"text", "12 azadi street shiraz", "9 enghelab square tabriz", 1},
        {"number", "100", "101", 4},
        {"number", "100", "150", 1},
        {"number", "۱۲۳٫۵", "123.5", 7},
        {"number", "۱٬۲۳۴", "1234", 7},
        {"set", "arrest;torture", "torture; arrest", 5},
        {"category", "male", "female", 1},
        {"category", "vic", "vci", 4},
    };
    unsigned wrong = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(CASES); i++) {
        unsigned level = level_of(CASES[i].kind, CASES[i].a, CASES[i].b);
        if (level != CASES[i].level)
            g_test_message("%s '%s' '%s': level %u, not %u", CASES[i].kind, CASES[i].a, CASES[i].b,
                           level, CASES[i].level);
        wrong += level != CASES[i].level;
    }
    g_assert_cmpuint(wrong, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define TEST(path, name) g_test_add_func("/link/" path "/" #name, name)
    TEST("em", em_recovers_planted_m_and_share);
    TEST("model", weight_is_log2_of_m_over_u);
    TEST("decide", columns_are_recognized);
    TEST("decide", constant_and_empty_columns_are_left_out_with_a_reason);
    TEST("config", config_survives_the_round_trip);
    TEST("config", bad_configs_are_told_by_group);
    TEST("levels", levels_say_what_they_mean);
    TEST("block", no_pair_is_compared_twice_and_counts_are_told_before);
    TEST("run", repeated_persons_are_found_without_a_config);
    TEST("run", field_weights_add_up);
    TEST("run", any_number_of_threads_gives_the_same_bytes);
    TEST("run", new_records_join_without_starting_over);
    TEST("run", a_decision_stands_above_every_weight);
    TEST("run", a_run_can_be_stopped);
    TEST("run", none_and_one_record_are_no_trouble);
    TEST("cluster", a_weak_bridge_does_not_join_two_families);
    TEST("cluster", one_to_one_gives_the_record_to_the_best);
    return g_test_run();
}
