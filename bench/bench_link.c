/* bench_link: the table of linkage: cost per comparison and how it grows, 10 thousand to 1 million
 * records; then files as large as you wish.
 *
 *   bench_link                    the table, in Markdown
 *   bench_link --write N FILE     the N made-up records as CSV (truth in column `person`)
 *   bench_link N...               the table for these sizes
 *   bench_link --billion          a billion comparisons, learning and clusters included
 *
 * Records are made here, from a seed: Persian names in either script, 30 % of the records repeat a
 * person with slips of the pen, missing fields, another script, a swapped name. */
#include "base/random.h"
#include "link/link.h"
#include "link/train.h"
#include "link/walk.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

typedef struct {
    const char *fa, *en;
} Word;

static const Word GIVEN[] = {
    {"علی", "Ali"},      {"محمد", "Mohammad"}, {"حسین", "Hossein"},  {"رضا", "Reza"},
    {"مهدی", "Mehdi"},   {"امیر", "Amir"},     {"فاطمه", "Fatemeh"}, {"زهرا", "Zahra"},
    {"مریم", "Maryam"},  {"سارا", "Sara"},     {"نرگس", "Narges"},   {"الهام", "Elham"},
    {"پریسا", "Parisa"}, {"شیرین", "Shirin"},  {"آرش", "Arash"},     {"بهرام", "Bahram"},
    {"کاوه", "Kaveh"},   {"سیاوش", "Siavash"}, {"فرهاد", "Farhad"},  {"جواد", "Javad"},
    {"حسن", "Hassan"},   {"سعید", "Saeed"},    {"نوید", "Navid"},    {"پویا", "Pouya"},
    {"ژاله", "Zhaleh"},  {"گلناز", "Golnaz"},  {"خسرو", "Khosrow"},  {"شهرام", "Shahram"},
    {"قاسم", "Ghasem"},  {"یوسف", "Yousef"},   {"لیلا", "Leila"},    {"مینا", "Mina"},
    {"نیما", "Nima"},    {"وحید", "Vahid"},    {"هادی", "Hadi"},     {"بابک", "Babak"},
    {"روژین", "Rojin"},  {"سوران", "Soran"},   {"دیاکو", "Diako"},   {"آیدا", "Aida"},
};
static const Word STEMS[] = {
    {"احمد", "Ahmad"},      {"محمد", "Mohammad"}, {"حسین", "Hossein"}, {"کریم", "Karim"},
    {"رحیم", "Rahim"},      {"صادق", "Sadegh"},   {"جعفر", "Jafar"},   {"اکبر", "Akbar"},
    {"اسد", "Asad"},        {"بهرام", "Bahram"},  {"رستم", "Rostam"},  {"فرهاد", "Farhad"},
    {"خسرو", "Khosrow"},    {"سلیم", "Salim"},    {"نظر", "Nazar"},    {"مراد", "Morad"},
    {"شریف", "Sharif"},     {"یعقوب", "Yaghoub"}, {"قنبر", "Ghanbar"}, {"طاهر", "Taher"},
    {"کاظم", "Kazem"},      {"منصور", "Mansour"}, {"نادر", "Nader"},   {"داود", "Davoud"},
    {"ابراهیم", "Ebrahim"}, {"حیدر", "Heydar"},   {"عباس", "Abbas"},   {"سلطان", "Soltan"},
    {"میرزا", "Mirza"},     {"زمان", "Zaman"},
};
static const Word ENDINGS[] = {
    {"ی", "i"},    {"زاده", "zadeh"}, {"پور", "pour"}, {"نژاد", "nejad"}, {"یان", "ian"},
    {"لو", "lou"}, {"فر", "far"},     {"وند", "vand"}, {"نیا", "nia"},    {"خانی", "khani"},
};
static const Word PLACES[] = {
    {"تهران", "Tehran"},   {"شیراز", "Shiraz"},   {"تبریز", "Tabriz"},
    {"اصفهان", "Isfahan"}, {"مشهد", "Mashhad"},   {"سنندج", "Sanandaj"},
    {"زاهدان", "Zahedan"}, {"اهواز", "Ahvaz"},    {"کرج", "Karaj"},
    {"رشت", "Rasht"},      {"ارومیه", "Urmia"},   {"کرمان", "Kerman"},
    {"یزد", "Yazd"},       {"مهاباد", "Mahabad"}, {"بوکان", "Bukan"},
    {"سقز", "Saqqez"},     {"همدان", "Hamadan"},  {"قزوین", "Qazvin"},
    {"اراک", "Arak"},      {"ساری", "Sari"},      {"گرگان", "Gorgan"},
    {"بوشهر", "Bushehr"},  {"ایلام", "Ilam"},     {"خرم‌آباد", "Khorramabad"},
};

enum { FIELDS = 8, PERSON = 7 };
static const char *const COLUMNS[FIELDS] = {"given_name",  "family_name", "father_name",
                                            "birth_date",  "city",        "phone",
                                            "case_number", "person"};

typedef struct {
    char fields[FIELDS][96];
} Record;

static unsigned skewed(Random *random, size_t n)
{
    double x = random_uniform(random);
    return (unsigned)(x * x * (double)n);
}

static void make(Record *record, uint64_t person, uint64_t version)
{
    Random random, slips;
    random_start(&random, 77, person);
    random_start(&slips, 78, person * 64 + version);
    bool latin = (person % 3 == 0) != (version > 0 && random_below(&slips, 10) < 3);
    const Word *given = &GIVEN[skewed(&random, G_N_ELEMENTS(GIVEN))];
    const Word *father = &GIVEN[skewed(&random, G_N_ELEMENTS(GIVEN))];
    const Word *stem = &STEMS[skewed(&random, G_N_ELEMENTS(STEMS))];
    const Word *ending = &ENDINGS[skewed(&random, G_N_ELEMENTS(ENDINGS))];
    bool from = random_below(&random, 2) == 0;
    const Word *origin = &PLACES[random_below(&random, G_N_ELEMENTS(PLACES))];
    const Word *city = &PLACES[skewed(&random, G_N_ELEMENTS(PLACES))];
    char(*f)[96] = record->fields;
#define OF(word) (latin ? (word)->en : (word)->fa)
    snprintf(f[0], 96, "%s", OF(given));
    snprintf(f[1], 96, "%s%s%s%s%s", OF(stem), OF(ending), from ? " " : "", from ? OF(origin) : "",
             from ? (latin ? "i" : "ی") : "");
    snprintf(f[2], 96, "%s", OF(father));
    snprintf(f[3], 96, "%d-%02d-%02d", 1940 + (int)random_below(&random, 66),
             1 + (int)random_below(&random, 12), 1 + (int)random_below(&random, 28));
    snprintf(f[4], 96, "%s", OF(city));
    snprintf(f[5], 96, "0900%07" PRIu64, random_below(&random, 10000000));
    snprintf(f[6], 96, "9%09" PRIu64, random_below(&random, 1000000000));
    snprintf(f[7], 96, "%" PRIu64, person);
    if (version == 0)
        return;
    for (unsigned i = 0; i < PERSON; i++) {
        uint64_t slip = random_below(&slips, 100);
        size_t n = strlen(f[i]), at = n > 2 ? 1 + random_below(&slips, n - 2) : 0;
        if (slip < 12) {
            f[i][0] = '\0';
        } else if (slip < 24 && n > 3 && (unsigned char)f[i][at] < 128 &&
                   (unsigned char)f[i][at + 1] < 128) {
            if (i == 3 || i >= 5)
                f[i][at] = f[i][at] == '-' ? '-' : (char)('0' + random_below(&slips, 10));
            else
                memmove(f[i] + at, f[i] + at + 1, n - at);
        }
    }
    if (random_below(&slips, 30) == 0) {
        char other[96];
        memcpy(other, f[0], 96);
        memcpy(f[0], f[1], 96);
        memcpy(f[1], other, 96);
    }
}

static void make_nth(Record *record, uint64_t i, uint64_t n)
{
    /* Seven of ten records are first sights; the others repeat one of them, most of them once. */
    uint64_t firsts = n * 7 / 10;
    if (i < firsts)
        make(record, i, 0);
    else
        make(record, (i - firsts) * UINT64_C(7919) % firsts, i);
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Of this thread alone: what else the machine does must not count as the price of a pair. */
static double processor_seconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int write_file(uint64_t n, const char *path)
{
    FILE *out = fopen(path, "w");
    if (out == NULL)
        return 1;
    fprintf(out, "id");
    for (unsigned f = 0; f < FIELDS; f++)
        fprintf(out, ",%s", COLUMNS[f]);
    fprintf(out, "\n");
    for (uint64_t i = 0; i < n; i++) {
        Record record;
        make_nth(&record, i, n);
        fprintf(out, "%" PRIu64, i);
        for (unsigned f = 0; f < FIELDS; f++)
            fprintf(out, ",%s", record.fields[f]);
        fprintf(out, "\n");
    }
    return fclose(out) != 0;
}

typedef struct {
    double total;
    uint64_t kept;
} Sink;

static void weigh(void *context, size_t task, const uint32_t *left, const uint32_t *right,
                  uint64_t wanted, const uint8_t *levels, const float *sums)
{
    Sink *sink = context;
    for (; wanted != 0; wanted &= wanted - 1) {
        sink->total += (double)sums[__builtin_ctzll(wanted)];
        sink->kept++;
    }
}

/* Pairs once more on this core, 5 to 20 million, nothing kept: as a run compares them (a pair is
 * left as soon as nothing can lift it to 0.01), or every field of every pair to the end. */
static uint64_t again(const LinkPrepared *prepared, const LinkModel *model,
                      const LinkOptions *options, bool as_run, double *ret_seconds)
{
    LinkScale scale;
    Sink sink = {0};
    size_t n_tasks = 0;
    LinkTask *tasks = link_walk_tasks(prepared, &n_tasks);
    link_scale_fill(prepared, model, as_run ? log2(options->keep) : -INFINITY, &scale);
    uint64_t compared = 0;
    double began = processor_seconds();
    while (compared < 5000000) /* small files several times over, else the clock's ticks show */
        for (size_t t = 0; t < n_tasks && compared < 20000000; t++)
            compared += link_walk_visit(prepared, tasks, t, 0, &scale, weigh, &sink);
    *ret_seconds = processor_seconds() - began;
    free(tasks);
    g_assert(as_run || sink.kept == compared);
    return compared;
}

static bool run(uint64_t n)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LinkTable) table = link_table_new(PERSON, COLUMNS);
    double t0 = now();
    for (uint64_t i = 0; i < n; i++) {
        Record record;
        make_nth(&record, i, n);
        const char *fields[PERSON];
        for (unsigned f = 0; f < PERSON; f++)
            fields[f] = record.fields[f];
        if (!link_table_add(table, 0, fields, &error))
            return false;
    }
    double t1 = now();
    g_autoptr(LinkConfig) config = link_config_decide(table, NULL, &error);
    g_autoptr(LinkPrepared) prepared =
        config != NULL ? link_prepare(table, config, false, 0, &error) : NULL;
    double t2 = now();
    LinkOptions options = link_options_default();
    g_autoptr(LinkResult) first = prepared != NULL ? link_run(prepared, &options, &error) : NULL;
    if (first == NULL) {
        fprintf(stderr, "bench_link: %s\n", error->message);
        return false;
    }
    double t3 = now();
    double settled = 0, whole = 0;
    uint64_t compared = again(prepared, &first->model, &options, true, &settled);
    uint64_t to_the_end = again(prepared, &first->model, &options, false, &whole);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("| %" PRIu64 " | %u | %" PRIu64 " | %.2f | %.2f | %.2f | %.0f | %.1f | %.0f | %.1f | "
           "%ld |\n",
           n, config->n_fields, first->n_compared, t1 - t0, t2 - t1, t3 - t2,
           settled / (double)compared * 1e9, (double)compared / settled / 1e6,
           whole / (double)to_the_end * 1e9, (double)to_the_end / whole / 1e6,
           usage.ru_maxrss / 1024);
    fflush(stdout);
    return true;
}

/* A million records under rules so wide that they bring together a billion pairs and more. */
static bool run_billion(void)
{
    enum { RECORDS = 1000000 };
    g_autoptr(GError) error = NULL;
    g_autoptr(LinkTable) table = link_table_new(PERSON, COLUMNS);
    for (uint64_t i = 0; i < RECORDS; i++) {
        Record record;
        make_nth(&record, i, RECORDS);
        const char *fields[PERSON];
        for (unsigned f = 0; f < PERSON; f++)
            fields[f] = record.fields[f];
        if (!link_table_add(table, 0, fields, &error))
            return false;
    }
    g_autoptr(LinkConfig) config = link_config_decide(table, NULL, &error);
    if (config == NULL)
        return false;
    const LinkRule rules[] = {
        {.n_keys = 2, .keys = {{2, LINK_SOUND}, {4, LINK_SOUND}}}, /* father's name and city */
        {.n_keys = 2, .keys = {{1, LINK_SOUND}, {0, LINK_HEAD}}},
        {.n_keys = 1, .keys = {{3, LINK_WHOLE}}},
    };
    config->n_rules = G_N_ELEMENTS(rules);
    memcpy(config->rules, rules, sizeof rules);
    double t0 = now();
    g_autoptr(LinkPrepared) prepared = link_prepare(table, config, false, 0, &error);
    LinkOptions options = link_options_default();
    g_autoptr(LinkResult) result = prepared != NULL ? link_run(prepared, &options, &error) : NULL;
    if (result == NULL) {
        fprintf(stderr, "bench_link: %s\n", error->message);
        return false;
    }
    double wall = now() - t0, used;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    used = (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6;
    printf("\n| comparisons of seven fields | s, wall, all cores | s, processor time of all | "
           "asked, s "
           "wall | peak MiB |\n|--:|--:|--:|--:|--:|\n| %" PRIu64 " | %.1f | %.1f | 120 | %ld |\n",
           result->n_compared, wall, used, usage.ru_maxrss / 1024);
    return true;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--billion") == 0)
        return run_billion() ? 0 : 1;
    if (argc == 4 && strcmp(argv[1], "--write") == 0)
        return write_file(strtoull(argv[2], NULL, 10), argv[3]);
    printf("| records | fields | pairs | make and load s | prepare s | learn, compare, cluster s | "
           "ns a pair, processor time of one core | million pairs/s, one core | ns a pair, all "
           "fields to the end | million pairs/s | peak MiB "
           "|\n|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n");
    static const uint64_t SIZES[] = {10000, 100000, 1000000};
    bool ok = true;
    if (argc > 1)
        for (int i = 1; i < argc; i++)
            ok &= run(strtoull(argv[i], NULL, 10));
    else
        for (unsigned i = 0; i < G_N_ELEMENTS(SIZES); i++)
            ok &= run(SIZES[i]);
    if (argc == 1) {
        printf("\nAsked: 10 million pairs a second on one core, at every size; a million records "
               "end to "
               "end (the three columns of seconds) in 45 s and 2,048 MiB on two cores.\n");
        ok &= run_billion();
    }
    return ok ? 0 : 1;
}
