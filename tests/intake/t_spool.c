/* A list linked in parts gives link_run's answer to the last bit: for any size of parts, any number
 * of workers, and after workers were killed. */
#include "base/error.h"
#include "base/random.h"
#include "intake/spool.h"
#include "support.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

/* ---- A list ----------------------------------------------------------------------------- */

enum { COLUMNS = 8 };
static const char *const NAMES[COLUMNS] = {"given_name", "surname", "father_name", "birth_date",
                                           "phone",      "address", "city",        "state"};
typedef struct {
    const char *fa, *en;
} Word;
static const Word GIVEN[] = {{"آرش", "Arash"},    {"بهار", "Bahar"}, {"کاوه", "Kaveh"},
                             {"مینا", "Mina"},    {"نوید", "Navid"}, {"پریسا", "Parisa"},
                             {"شیرین", "Shirin"}, {"علی", "Ali"},    {"زهرا", "Zahra"},
                             {"سیاوش", "Siavash"}};
static const Word STEM[] = {{"کریم", "Karim"}, {"رحیم", "Rahim"},  {"نادر", "Nader"},
                            {"جعفر", "Jafar"}, {"رستم", "Rostam"}, {"اکبر", "Akbar"}};
static const Word END[] = {{"ی", "i"}, {"زاده", "zadeh"}, {"پور", "pour"}, {"نژاد", "nejad"}};
static const char *const STREET[] = {"Azadi", "Enghelab", "Bahar", "Laleh", "Golestan", "Sahel"};
static const char *const CITY[] = {"Tehran", "Shiraz", "Tabriz", "Ahvaz", "Sanandaj", "Zahedan"};

/* One person of so many is written in Latin letters. */
static unsigned latin_each = 3, persons_in_ten = 3;

static void make(unsigned i, unsigned n_persons, char text[COLUMNS][64])
{
    unsigned person = i < n_persons ? i : (i - n_persons) * 11 % n_persons;
    Random random, slips;
    random_start(&random, 5, person);
    random_start(&slips, 6, i);
    bool latin = (person % latin_each == 0) !=
                 (latin_each < 10 && i >= n_persons && random_below(&slips, 4) == 0);
#define OF(list)                                                                                   \
    (latin ? (list)[random_below(&random, G_N_ELEMENTS(list))].en                                  \
           : (list)[random_below(&random, G_N_ELEMENTS(list))].fa)
    g_strlcpy(text[0], OF(GIVEN), 64);
    const char *stem = OF(STEM);
    g_snprintf(text[1], 64, "%s%s", stem, OF(END));
    g_strlcpy(text[2], OF(GIVEN), 64);
#undef OF
    g_snprintf(text[3], 64, "%02u/%02u/%u", 1 + (unsigned)random_below(&random, 28),
               1 + (unsigned)random_below(&random, 12), 1940 + (unsigned)random_below(&random, 60));
    g_snprintf(text[4], 64, "0900%07u", (unsigned)random_below(&random, 10000000));
    g_snprintf(text[5], 64, "%u %s street, %s", 1 + (unsigned)random_below(&random, 90),
               STREET[random_below(&random, 6)], STREET[random_below(&random, 6)]);
    unsigned city = (unsigned)random_below(&random, 6);
    g_strlcpy(text[6], CITY[city], 64);
    g_strlcpy(text[7], city < 3 ? "north" : "south", 64);
    for (unsigned c = 0; i >= n_persons && c < COLUMNS; c++)
        if (random_below(&slips, 100) < 14)
            text[c][0] = '\0';
    if (i >= n_persons && random_below(&slips, 20) == 0) {
        char other[64];
        memcpy(other, text[0], 64);
        memcpy(text[0], text[1], 64);
        memcpy(text[1], other, 64);
    }
}

typedef struct {
    LinkTable *table;
    LinkConfig *config;
    LinkResult *result;
    LinkPrepared *prepared;
    unsigned n;
    bool between, one_to_one;
} List;

static List list_new(unsigned n, bool between, bool one_to_one)
{
    g_autoptr(GError) error = NULL;
    List list = {.n = n, .between = between, .one_to_one = one_to_one};
    list.table = link_table_new(COLUMNS, NAMES);
    for (unsigned i = 0; i < n; i++) {
        char text[COLUMNS][64];
        const char *fields[COLUMNS];
        make(i, n * persons_in_ten / 10, text);
        for (unsigned c = 0; c < COLUMNS; c++)
            fields[c] = text[c];
        g_assert_true(link_table_add(list.table, (i / 3 + i) % 3, fields, &error));
    }
    list.config = link_config_decide(list.table, NULL, &error);
    g_assert_no_error(error);
    /* As an own config may say: a place of two columns. */
    for (unsigned f = 0; f < list.config->n_fields; f++)
        if (list.config->fields[f].parts[0] == 6) {
            list.config->fields[f].kind = LINK_PLACE;
            list.config->fields[f].n_parts = 2;
            list.config->fields[f].parts[1] = 7;
        }
    return list;
}

static void list_link(List *list)
{
    g_autoptr(GError) error = NULL;
    list->prepared = link_prepare(list->table, list->config, list->between, 2, &error);
    g_assert_no_error(error);
    LinkOptions options = link_options_default();
    options.one_to_one = list->one_to_one;
    list->result = link_run(list->prepared, &options, &error);
    g_assert_no_error(error);
}

static void list_clear(List *list)
{
    link_result_free(list->result);
    link_prepared_free(list->prepared);
    link_config_free(list->config);
    link_table_free(list->table);
}

/* ---- In parts ---------------------------------------------------------------------------- */

static IntakeSpool *spool_new(const List *list, const LinkConfig *config, const char *folder,
                              guint chunk, guint parts)
{
    g_autoptr(GError) error = NULL;
    IntakeSpoolOptions options = intake_spool_options_default();
    options.chunk_records = chunk;
    options.parts = parts;
    options.between = list->between;
    options.one_to_one = list->one_to_one;
    IntakeSpool *spool = intake_spool_new(folder, list->table, config, &options, &error);
    g_assert_no_error(error);
    for (gsize r = 0; r < list->n; r++) {
        const char *fields[COLUMNS];
        g_autofree char *label = g_strdup_printf("r%" G_GSIZE_FORMAT, r);
        for (unsigned c = 0; c < COLUMNS; c++)
            fields[c] = link_table_text(list->table, r, c);
        intake_spool_add(spool, link_table_source(list->table, r), fields, label, &error);
        g_assert_no_error(error);
    }
    intake_spool_close(spool, 3, &error);
    g_assert_no_error(error);
    return spool;
}

typedef struct {
    const List *list;
    gsize n;
} Against;

static void compare_pair(void *context, const LinkPair *pair, const float *rarities)
{
    Against *against = context;
    const LinkResult *result = against->list->result;
    g_assert_cmpuint(against->n, <, result->n_pairs);
    g_assert_cmpmem(pair, sizeof *pair, &result->pairs[against->n], sizeof *pair);
    double bits[LINK_MAX_FIELDS];
    link_explain(against->list->prepared, &result->model, pair, bits);
    for (unsigned f = 0; f < result->model.n_fields; f++)
        g_assert_true(link_model_weight(&result->model, f, link_pair_level(pair, f)) +
                          (double)rarities[f] ==
                      bits[f]);
    against->n++;
}

static void compare_label(void *context, guint64 record, const char *label)
{
    Against *against = context;
    g_autofree char *right = g_strdup_printf("r%" G_GUINT64_FORMAT, record);
    g_assert_cmpstr(label, ==, right);
    g_assert_cmpuint(record, ==, against->n++);
}

static void compare(const List *list, IntakeSpool *spool)
{
    g_autoptr(GError) error = NULL;
    g_autofree guint32 *clusters = NULL;
    IntakeSpoolSummary summary;
    intake_spool_clusters(spool, &clusters, &summary, &error);
    g_assert_no_error(error);
    const LinkResult *result = list->result;
    const LinkConfig *config = intake_spool_config(spool);
    g_assert_cmpuint(config->n_rules, ==, list->config->n_rules);
    for (unsigned r = 0; r < config->n_rules; r++) {
        g_assert_cmpuint(config->rules[r].pairs, ==, list->config->rules[r].pairs);
        g_assert_cmpuint(config->rules[r].largest, ==, list->config->rules[r].largest);
        g_assert_cmpuint(config->rules[r].largest_record, ==,
                         list->config->rules[r].largest_record);
    }
    for (unsigned f = 0; f < result->model.n_fields; f++)
        for (unsigned level = 0; level < LINK_MAX_LEVELS; level++) {
            g_assert_true(summary.model.m[f][level] == result->model.m[f][level]);
            g_assert_true(summary.model.u[f][level] == result->model.u[f][level]);
        }
    g_assert_true(summary.model.prior == result->model.prior);
    g_assert_cmpuint(summary.model.iterations, ==, result->model.iterations);
    g_assert_cmpuint(summary.n_compared, ==, result->n_compared);
    g_assert_cmpuint(summary.n_clusters, ==, result->n_clusters);
    g_assert_cmpuint(summary.n_bridges, ==, result->n_bridges);
    g_assert_true(memcmp(clusters, result->clusters, list->n * sizeof *clusters) == 0);
    Against against = {list, 0};
    intake_spool_each_pair(spool, compare_pair, &against, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(against.n, ==, result->n_pairs);
    against.n = 0;
    intake_spool_each_label(spool, compare_label, &against, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(against.n, ==, list->n);
}

typedef struct {
    unsigned chunk, parts, workers;
} Cut;

static void run_cut(const List *list, const LinkConfig *config, const Cut *cut,
                    IntakeSpoolBegun *begun, void *context)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_dir_make_tmp("zenhar-spool-XXXXXX", NULL);
    g_autofree char *run = g_build_filename(folder, "run", NULL);
    g_autoptr(IntakeSpool) spool = spool_new(list, config, run, cut->chunk, cut->parts);
    intake_spool_run(spool, cut->workers, begun, NULL, context, &error);
    g_assert_no_error(error);
    compare(list, spool);
    g_assert_true(intake_spool_remove(spool, &error));
    g_assert_no_error(error);
    g_assert_cmpint(g_rmdir(folder), ==, 0);
}

/* The config as it was before rules were chosen for it. */
static LinkConfig without_rules(const LinkConfig *config)
{
    LinkConfig plain = *config;
    plain.n_rules = 0;
    return plain;
}

static void test_same(void)
{
    static const Cut CUTS[] = {{1300, 1, 1}, {450, 2, 2}, {600, 3, 3}, {300, 7, 7}};
    List list = list_new(1300, false, false);
    list_link(&list);
    g_assert_cmpuint(list.result->n_clusters, <, 700); /* there was something to find */
    g_assert_cmpuint(list.result->n_pairs, >, 600);
    LinkConfig plain = without_rules(list.config);
    for (gsize i = 0; i < G_N_ELEMENTS(CUTS); i++)
        run_cut(&list, &plain, &CUTS[i], NULL, NULL);
    list_clear(&list);
}

static void test_between(void)
{
    static const Cut CUTS[] = {{300, 2, 2}};
    List list = list_new(1000, true, true);
    list_link(&list);
    g_assert_cmpuint(list.result->n_bridges, >, 0);
    LinkConfig plain = without_rules(list.config);
    run_cut(&list, &plain, &CUTS[0], NULL, NULL);
    list_clear(&list);
}

/* Two records of one source stay apart, though nobody else is near. */
static void test_one_to_one(void)
{
    const Cut cut = {400, 2, 2};
    persons_in_ten = 7; /* most are told of once or twice */
    List list = list_new(1000, false, true);
    persons_in_ten = 3;
    list_link(&list);
    g_assert_cmpuint(list.result->n_bridges, >, 0);
    LinkConfig plain = without_rules(list.config);
    run_cut(&list, &plain, &cut, NULL, NULL);
    list_clear(&list);
}

/* Hardly anybody is written in Latin letters: most parts see none, and yet compare as if. */
static void test_scripts(void)
{
    const Cut cut = {100, 3, 2};
    latin_each = 4000;
    List list = list_new(1200, false, false);
    latin_each = 3;
    list.config->n_rules = 2; /* first letters: of both scripts, or of the one there is */
    list.config->rules[0] = (LinkRule){.n_keys = 2, .keys = {{0, LINK_HEAD}, {3, LINK_WHOLE}}};
    list.config->rules[1] = (LinkRule){.n_keys = 2, .keys = {{1, LINK_HEAD}, {6, LINK_WHOLE}}};
    list_link(&list);
    run_cut(&list, list.config, &cut, NULL, NULL);
    list_clear(&list);
}

/* Rules of one's own: the model learns on others, which are spread besides. */
static void test_own_rules(void)
{
    List list = list_new(1000, false, false);
    list.config->n_rules = 2;
    list.config->rules[0] = (LinkRule){.n_keys = 1, .keys = {{4, LINK_WHOLE}}};
    list.config->rules[1] = (LinkRule){.n_keys = 2, .keys = {{1, LINK_SOUND}, {6, LINK_HEAD}}};
    list_link(&list);
    const Cut cut = {400, 2, 2};
    run_cut(&list, list.config, &cut, NULL, NULL);
    list_clear(&list);
}

/* Few records all meet each other: one block, one part. */
static void test_few(void)
{
    static const Cut CUTS[] = {{100, 2, 2}};
    List list = list_new(150, false, false);
    list_link(&list);
    LinkConfig plain = without_rules(list.config);
    run_cut(&list, &plain, &CUTS[0], NULL, NULL);
    list_clear(&list);
}

/* Every fifth process is killed as it begins, once: its unit is done again. */
static void kill_some(void *context, GPid pid, guint stage, gint64 unit)
{
    GHashTable *killed = context;
    gpointer key = GSIZE_TO_POINTER((gsize)stage * 1000 + (gsize)unit + 1);
    if ((stage + unit) % 5 == 0 && g_hash_table_add(killed, key))
        kill(pid, SIGKILL);
}

static void test_killed(void)
{
    g_autoptr(GHashTable) killed = g_hash_table_new(NULL, NULL);
    List list = list_new(1200, false, false);
    list_link(&list);
    LinkConfig plain = without_rules(list.config);
    const Cut cut = {500, 2, 3};
    run_cut(&list, &plain, &cut, kill_some, killed);
    g_assert_cmpuint(g_hash_table_size(killed), >, 8);
    list_clear(&list);
}

static bool stop_soon(void *context, guint64 done, guint64 total)
{
    return done < 30;
}

/* The one who drives dies, and another goes on with the folder and the key; units done by hand, as
 * a worker of another machine does them. */
static void test_goes_on(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_dir_make_tmp("zenhar-spool-XXXXXX", NULL);
    g_autofree char *run = g_build_filename(folder, "run", NULL);
    List list = list_new(1200, false, false);
    list_link(&list);
    LinkConfig plain = without_rules(list.config);
    guint8 key[INTAKE_SPOOL_KEY_BYTES];
    {
        g_autoptr(IntakeSpool) first = spool_new(&list, &plain, run, 400, 3);
        memcpy(key, intake_spool_key(first), sizeof key);
        g_assert_false(intake_spool_run(first, 2, NULL, stop_soon, NULL, &error));
        g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTERRUPTED);
        g_clear_error(&error);
    }
    for (guint stage = 0; stage < intake_spool_n_stages(); stage++) {
        g_autoptr(IntakeSpool) worker = intake_spool_open(run, key, &error);
        g_assert_no_error(error);
        gint64 n = intake_spool_n_units(worker, stage, &error);
        g_assert_no_error(error);
        for (gint64 unit = n; unit-- > 0;) { /* in no order */
            g_assert_true(intake_spool_unit(worker, stage, unit, &error));
            g_assert_no_error(error);
            g_assert_true(intake_spool_unit_done(worker, stage, unit));
        }
        g_assert_false(intake_spool_unit(worker, stage, n, &error));
        g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND);
        g_clear_error(&error);
    }
    g_autoptr(IntakeSpool) reader = intake_spool_open(run, key, &error);
    g_assert_no_error(error);
    compare(&list, reader);
    g_assert_true(intake_spool_remove(reader, &error));
    g_rmdir(folder);
    list_clear(&list);
}

/* Names do not lie in the folder as they are, and nothing opens with another key. */
static void test_sealed(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_dir_make_tmp("zenhar-spool-XXXXXX", NULL);
    g_autofree char *run = g_build_filename(folder, "run", NULL);
    List list = list_new(600, false, false);
    LinkConfig plain = without_rules(list.config);
    g_autoptr(IntakeSpool) spool = spool_new(&list, &plain, run, 200, 2);
    g_assert_true(intake_spool_run(spool, 2, NULL, NULL, NULL, &error));
    GDir *files = g_dir_open(run, 0, NULL);
    const char *name;
    gsize n = 0;
    while ((name = g_dir_read_name(files)) != NULL) {
        g_autofree char *path = g_build_filename(run, name, NULL), *text = NULL;
        gsize length = 0;
        g_assert_true(g_file_get_contents(path, &text, &length, NULL));
        g_assert_null(memmem(text, length, "Tehran", 6));
        g_assert_null(memmem(text, length, "Karim", 5));
        g_assert_null(memmem(text, length, "given_name", 10));
        n++;
    }
    g_dir_close(files);
    g_assert_cmpuint(n, >, 20);
    guint8 other[INTAKE_SPOOL_KEY_BYTES] = {1};
    g_assert_null(intake_spool_open(run, other, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY);
    g_clear_error(&error);
    /* A file cut short is told, not believed. */
    g_autofree char *path = g_build_filename(run, "gather-0", NULL);
    g_autofree char *text = NULL;
    gsize length = 0;
    g_assert_true(g_file_get_contents(path, &text, &length, NULL));
    g_assert_true(g_file_set_contents(path, text, (gssize)length - 9, NULL));
    g_autofree guint32 *clusters = NULL;
    IntakeSpoolSummary summary;
    g_assert_false(intake_spool_clusters(spool, &clusters, &summary, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY);
    g_assert_true(intake_spool_remove(spool, NULL));
    g_rmdir(folder);
    list_clear(&list);
}

/* The key of a run is made of all that its answer rests on, and of nothing else. */
static void test_key(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_dir_make_tmp("zenhar-spool-XXXXXX", NULL);
    g_autofree char *a = g_build_filename(folder, "a.csv", NULL),
                    *b = g_build_filename(folder, "b.csv", NULL),
                    *config = g_build_filename(folder, "config", NULL);
    g_file_set_contents(a, "id,name\n1,x\n", -1, NULL);
    g_file_set_contents(b, "id,name\n2,y\n", -1, NULL);
    g_file_set_contents(config, "", -1, NULL);
    char *ab[] = {a, b}, *ba[] = {b, a};
    IntakeSpoolOptions options = intake_spool_options_default(), other[6];
    guint8 keys[13][INTAKE_SPOOL_KEY_BYTES], again[INTAKE_SPOOL_KEY_BYTES];
    for (gsize i = 0; i < G_N_ELEMENTS(other); i++)
        other[i] = options;
    other[0].threshold = 0.75;
    other[1].seed = 2;
    other[2].between = true;
    other[3].one_to_one = true;
    other[4].chunk_records = 100;
    other[5].parts = 3;
    for (gsize i = 0; i < G_N_ELEMENTS(other); i++)
        g_assert_true(intake_spool_key_of(ab, 2, NULL, NULL, &other[i], keys[i], &error));
    g_assert_true(intake_spool_key_of(ab, 2, NULL, NULL, &options, keys[6], &error));
    g_assert_true(intake_spool_key_of(ab, 1, NULL, NULL, &options, keys[7], &error));
    g_assert_true(intake_spool_key_of(ba, 2, NULL, NULL, &options, keys[8], &error));
    g_assert_true(intake_spool_key_of(ab, 2, config, NULL, &options, keys[9], &error));
    g_assert_true(intake_spool_key_of(ab, 2, NULL, "id", &options, keys[10], &error));
    g_assert_true(intake_spool_key_of(ab, 2, NULL, "", &options, keys[11], &error));
    g_assert_true(intake_spool_key_of(ab, 2, NULL, NULL, &options, again, &error));
    g_assert_cmpmem(again, sizeof again, keys[6], sizeof again);
    g_file_set_contents(b, "id,name\n2,z\n", -1, NULL);
    g_assert_true(intake_spool_key_of(ab, 2, NULL, NULL, &options, keys[12], &error));
    g_assert_no_error(error);
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
        for (gsize j = 0; j < i; j++)
            g_assert_cmpint(memcmp(keys[i], keys[j], sizeof again), !=, 0);
    g_unlink(b);
    g_assert_false(intake_spool_key_of(ab, 2, NULL, NULL, &options, again, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO);
    g_unlink(a);
    g_unlink(config);
    g_rmdir(folder);
}

/* What lies in a folder: nothing, a run still being read in, a whole one, one of another key. */
static void test_take_up(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_dir_make_tmp("zenhar-spool-XXXXXX", NULL);
    g_autofree char *run = g_build_filename(folder, "run", NULL);
    List list = list_new(600, false, false);
    list_link(&list);
    LinkConfig plain = without_rules(list.config);
    guint8 key[INTAKE_SPOOL_KEY_BYTES], other[INTAKE_SPOOL_KEY_BYTES] = {1};
    g_assert_null(intake_spool_take_up(run, other, &error));
    g_assert_no_error(error);
    {
        g_autoptr(IntakeSpool) first = spool_new(&list, &plain, run, 200, 2);
        memcpy(key, intake_spool_key(first), sizeof key);
        g_assert_false(intake_spool_run(first, 2, NULL, stop_soon, NULL, &error));
        g_clear_error(&error);
    }
    g_assert_null(intake_spool_take_up(run, other, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO);
    g_clear_error(&error);
    {
        g_autoptr(IntakeSpool) second = intake_spool_take_up(run, key, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(intake_spool_n_unread(second), ==, 3);
        g_assert_true(intake_spool_unit_done(second, 0, 0)); /* not begun anew */
        g_assert_true(intake_spool_run(second, 2, NULL, NULL, NULL, &error));
        compare(&list, second);
    }
    g_autofree char *plan = g_build_filename(run, "plan", NULL);
    g_unlink(plan); /* as if the driver had died while it read */
    g_assert_null(intake_spool_take_up(run, key, &error));
    g_assert_no_error(error);
    g_assert_false(g_file_test(run, G_FILE_TEST_EXISTS));
    g_rmdir(folder);
    list_clear(&list);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/intake/spool/any_parts_any_workers_same_bits", test_same);
    g_test_add_func("/intake/spool/between_sources_one_to_one", test_between);
    g_test_add_func("/intake/spool/one_to_one", test_one_to_one);
    g_test_add_func("/intake/spool/a_script_few_write_in", test_scripts);
    g_test_add_func("/intake/spool/own_rules", test_own_rules);
    g_test_add_func("/intake/spool/few_records", test_few);
    g_test_add_func("/intake/spool/killed_workers_change_nothing", test_killed);
    g_test_add_func("/intake/spool/another_process_goes_on", test_goes_on);
    g_test_add_func("/intake/spool/names_are_sealed", test_sealed);
    g_test_add_func("/intake/spool/its_key_is_made_of_what_the_answer_rests_on", test_key);
    g_test_add_func("/intake/spool/a_folder_is_taken_up_or_refused", test_take_up);
    return g_test_run();
}
