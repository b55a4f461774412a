/* How fast CSV reports come into the encrypted case, the whole road: original sealed, read back,
 * parsed, matched, masked, folded; rows, statements, full-text index and evidence log written and
 * synced. And the parser's side alone. Prints Markdown. ZENHAR_BENCH_REPORTS sets how many
 * (200,000). */
#include "base/csv.h"
#include "base/random.h"
#include "evidence/evidence.h"
#include "intake/reader.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static const char *const NAMES_FA[] = {"رضا",  "مریم",  "حسین",  "زهرا", "علی",
                                       "سارا", "محمود", "نسرین", "کاوه", "لیلا"};
static const char *const FAMILIES_FA[] = {
    "احمدی", "کریمی‌نژاد", "رضایی", "موسوی", "قاسمی", "نوری", "صادقی", "عباسی", "مرادی",
    "شریفی"};
static const char *const NAMES_EN[] = {"Reza", "Maryam", "Hossein", "Zahra", "Ali"};
static const char *const FAMILIES_EN[] = {"Ahmadi", "Karimi", "Rezaei", "Mousavi", "Moradi"};
static const char *const PLACES_FA[] = {"تهران", "شیراز",  "تبریز", "سنندج", "مشهد",
                                        "اهواز", "زاهدان", "رشت",   "کرج",   "اراک"};
static const char *const PLACES_EN[] = {"Tehran", "Shiraz", "Tabriz", "Sanandaj", "Mashhad"};
static const char *const ACTS_FA[] = {"بازداشت", "احضار", "محکومیت", "آزادی"};
static const char *const ACTS_EN[] = {"arrest", "summons", "sentence", "release"};
static const char *const WORDS_FA[] = {"مأموران",
                                       "وزارت اطلاعات",
                                       "به",
                                       "منزل",
                                       "شخصی",
                                       "او",
                                       "رفتند",
                                       "و",
                                       "وسایل",
                                       "را",
                                       "ضبط",
                                       "کردند",
                                       "خانواده‌اش",
                                       "از",
                                       "محل",
                                       "نگهداری",
                                       "بی‌خبر",
                                       "است",
                                       "وکیل",
                                       "پرونده"};
static const char *const WORDS_EN[] = {"agents", "of",     "the",     "intelligence", "ministry",
                                       "came",   "to",     "home",    "and",          "seized",
                                       "phones", "family", "without", "news",         "lawyer"};
#define PICK(random, list) ((list)[random_below((random), G_N_ELEMENTS(list))])

static void add_words(GString *text, Random *random, const char *const *words, guint n, guint bytes)
{
    gsize end = text->len + bytes;
    while (text->len < end) {
        if (random_below(random, 4) == 0) /* rarer words: names, numbers of streets */
            g_string_append_printf(text, "%s%u ", words[0], (guint)random_below(random, 20000));
        else
            g_string_append_printf(text, "%s ", words[random_below(random, n)]);
    }
}

static void make_record(Random *random, gsize number, GString *csv)
{
    bool persian = random_below(random, 3) > 0;
    guint year = 2019 + (guint)random_below(random, 7), month = 1 + (guint)random_below(random, 12),
          day = 1 + (guint)random_below(random, 28);
    g_autoptr(GString) text = g_string_new(NULL);
    add_words(text, random, persian ? WORDS_FA : WORDS_EN,
              persian ? G_N_ELEMENTS(WORDS_FA) : G_N_ELEMENTS(WORDS_EN), persian ? 200 : 160);
    if (random_below(random, 20) == 0)
        g_string_append(text, "0912 345 6789");
    g_string_append_printf(csv, "B-%06zu,Source %u,%04u-%02u-%02u,", number,
                           (guint)random_below(random, 12), year, month, MIN(day + 1, 28));
    if (persian)
        g_string_append_printf(csv, "%u/%02u/%02u,%s %s,%s,13%02u,%s,%s,,%s,", year - 621, month,
                               day, PICK(random, NAMES_FA), PICK(random, FAMILIES_FA),
                               PICK(random, NAMES_FA), 30 + (guint)random_below(random, 60),
                               random_below(random, 2) > 0 ? "زن" : "مرد", PICK(random, PLACES_FA),
                               PICK(random, ACTS_FA));
    else
        g_string_append_printf(csv, "%04u-%02u-%02u,%s %s,%s,19%02u,%s,%s,,%s,", year, month, day,
                               PICK(random, NAMES_EN), PICK(random, FAMILIES_EN),
                               PICK(random, NAMES_EN), 50 + (guint)random_below(random, 50),
                               random_below(random, 2) > 0 ? "female" : "male",
                               PICK(random, PLACES_EN), PICK(random, ACTS_EN));
    g_string_append_printf(csv, "\"%s\",%s,%c,%u\n", text->str, persian ? "fa" : "en",
                           'A' + (char)random_below(random, 6), 1 + (guint)random_below(random, 6));
}

static GString *make_csv(gsize n)
{
    Random random;
    random_start(&random, 7, 0);
    GString *csv = g_string_sized_new(n * 400);
    g_string_append(csv, "report_id,source,received,event_date,person_name,father_name,birth_year,"
                         "gender,place,province,act,text,language,reliability,credibility\n");
    for (gsize i = 0; i < n; i++)
        make_record(&random, i, csv);
    return csv;
}

static double processor_seconds(clockid_t clock)
{
    struct timespec at;
    clock_gettime(clock, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

typedef struct {
    const GString *csv;
    gsize at;
} Memory;

static gssize read_memory(void *context, void *buffer, gsize size, GError **error)
{
    Memory *memory = context;
    gsize n = MIN(size, memory->csv->len - memory->at);
    memcpy(buffer, memory->csv->str + memory->at, n);
    memory->at += n;
    return (gssize)n;
}

static double bench_parser(const GString *csv, gsize n)
{
    g_autoptr(GError) error = NULL;
    const IntakeGazetteer *gazetteer = intake_gazetteer_peek(&error);
    g_assert_no_error(error);
    IntakeOptions options = {.source = "bench"};
    Memory memory = {csv, 0};
    double start = processor_seconds(CLOCK_THREAD_CPUTIME_ID);
    g_autoptr(IntakeContext) context = intake_context_new(gazetteer, &options, NULL);
    IntakeReader *reader = intake_reader_new(&(IntakeReaderSetup){.name = "bench",
                                                                  .source = read_memory,
                                                                  .source_context = &memory,
                                                                  .format = INTAKE_FORMAT_CSV,
                                                                  .context = context});
    gsize read = 0, bad = 0;
    for (bool last = false; !last;) {
        IntakeBatch *batch = intake_reader_next(reader, 4000);
        read += batch->items->len;
        bad += batch->bad->len;
        last = batch->last;
        intake_batch_free(batch);
    }
    intake_reader_free(reader);
    g_assert_cmpuint(read, ==, n);
    g_assert_cmpuint(bad, ==, 0);
    return processor_seconds(CLOCK_THREAD_CPUTIME_ID) - start;
}

typedef struct {
    double wall, writer, process, seal, optimize, verify;
    gint64 case_bytes;
} Import;

static gint64 folder_bytes(const char *folder)
{
    gint64 sum = 0;
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        GStatBuf about;
        if (g_stat(path, &about) == 0)
            sum += g_file_test(path, G_FILE_TEST_IS_DIR) ? folder_bytes(path) : about.st_size;
    }
    return sum;
}

static void remove_folder(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        if (g_file_test(path, G_FILE_TEST_IS_DIR))
            remove_folder(path);
        else
            g_unlink(path);
    }
    g_rmdir(folder);
}

static void bench_import(const GString *csv, gsize n, Import *ret)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *parent = g_dir_make_tmp("zenhar-bench-XXXXXX", &error);
    g_assert_no_error(error);
    g_autofree char *folder = g_build_filename(parent, "bench.zenhar", NULL);
    StoreKeyCost cost = {1, 8 << 20};
    g_autoptr(Store) store = evidence_create(folder, "bench", &cost, &error);
    g_assert_no_error(error);
    IntakeSummary summary = {0};
    IntakeOptions options = {.format = INTAKE_FORMAT_CSV};
    gint64 wall = g_get_monotonic_time();
    double writer = processor_seconds(CLOCK_THREAD_CPUTIME_ID);
    double process = processor_seconds(CLOCK_PROCESS_CPUTIME_ID);
    intake_import_bytes(store, csv->str, csv->len, "bench.csv", &options, &summary, &error);
    g_assert_no_error(error);
    ret->wall = (double)(g_get_monotonic_time() - wall) / 1e6;
    ret->writer = processor_seconds(CLOCK_THREAD_CPUTIME_ID) - writer;
    ret->process = processor_seconds(CLOCK_PROCESS_CPUTIME_ID) - process;
    g_assert_cmpuint(summary.added, ==, n);
    intake_summary_clear(&summary);
    wall = g_get_monotonic_time();
    store_optimize(store, &error);
    g_assert_no_error(error);
    ret->optimize = (double)(g_get_monotonic_time() - wall) / 1e6;
    ret->case_bytes = folder_bytes(folder);
    wall = g_get_monotonic_time();
    EvidenceReport report;
    evidence_verify(store, &report, &error);
    g_assert_no_error(error);
    ret->verify = (double)(g_get_monotonic_time() - wall) / 1e6;
    store_close(g_steal_pointer(&store));
    remove_folder(parent);
}

int main(void)
{
    const char *wanted = g_getenv("ZENHAR_BENCH_REPORTS");
    gsize n = wanted != NULL ? (gsize)g_ascii_strtoull(wanted, NULL, 10) : 200000;
    GString *csv = make_csv(n);
    double size = (double)csv->len / (double)n, count = (double)n;
    double parser = bench_parser(csv, n);
    Import import = {0};
    bench_import(csv, n, &import);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double rate = count / import.wall, others = import.process - import.writer;

    printf("## intake: CSV reports into the encrypted case\n\n");
    printf("%zu reports of %.0f bytes (Persian and English), %.1f MB, one statement each.\n\n", n,
           size, (double)csv->len / 1e6);
    printf("| what | figure |\n|---|---|\n");
    printf("| whole import (originals, full text, log) | %.0f reports/s, %.2f s |\n", rate,
           import.wall);
    printf("| parser alone, one core | %.0f reports/s, %.1f µs each |\n", count / parser,
           parser / count * 1e6);
    printf("| writer's thread | %.2f s of processor, %.1f µs a report |\n", import.writer,
           import.writer / count * 1e6);
    printf("| other threads (parser, log) | %.2f s of processor |\n", others);
    printf("| bound by | %s |\n", import.writer > 0.85 * import.wall ? "the writer's thread"
                                  : others > 0.85 * import.wall
                                      ? "the parser's thread"
                                      : "the disk's syncs, or other work on the machine");
    printf("| closing merge of the full-text index (store_optimize) | %.2f s |\n", import.optimize);
    printf("| case on disk | %.0f bytes a report |\n", (double)import.case_bytes / count);
    printf("| verification of all of it | %.2f s |\n", import.verify);
    printf("| peak memory, input of %.0f MB included | %.0f MB |\n", (double)csv->len / 1e6,
           (double)usage.ru_maxrss / 1024);
    g_string_free(csv, TRUE);
    return 0;
}
