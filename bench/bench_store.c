/* How fast reports go into the encrypted case: rows, words, seals and canonical forms, on disk at
 * the end; the evidence log's own hashing is measured by its own benchmark. Prints
 * Markdown. ZENHAR_BENCH_REPORTS sets how many (200,000). */
#include "base/random.h"
#include "store/link.h"
#include "store/report.h"
#include "store/search.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { BATCH = 4000, TEXT_BYTES = 400 };

typedef struct {
    gint64 position;
    gint64 bytes;
} Count;

static gint64 hook_position(void *context, Store *store, GError **error)
{
    return ((Count *)context)->position;
}

static bool hook_changed(void *context, Store *store, const StoreChange *change, GError **error)
{
    Count *count = context;
    count->position++;
    count->bytes += (gint64)change->length;
    return true;
}

static const StoreHook COUNTING = {.position = hook_position, .changed = hook_changed};

static const char *const WORDS[] = {
    "بازداشت",  "تهران",   "مامور",  "خانه",   "شب",      "دانشجو", "وکیل",  "زندان",
    "اوین",     "خانواده", "تماس",   "احضار",  "دادگاه",  "انقلاب", "شیراز", "کرج",
    "arrested", "in",      "home",   "police", "family",  "said",   "court", "prison",
    "night",    "student", "lawyer", "charge", "unknown", "held",   "since", "phone",
};

typedef struct {
    char text[TEXT_BYTES];
    char name[64], father[64], day[16];
    StoreStatement statement;
} Made;

/* About 35 words: common ones and, for a third of them, rarer ones (names, numbers). */
static void make_text(Random *random, char *text)
{
    gsize used = 0;
    while (used < TEXT_BYTES - 150) {
        if (random_below(random, 3) == 0)
            used += (gsize)g_snprintf(text + used, TEXT_BYTES - used, "w%u ",
                                      (guint)random_below(random, 20000));
        else
            used += (gsize)g_snprintf(text + used, TEXT_BYTES - used, "%s ",
                                      WORDS[random_below(random, G_N_ELEMENTS(WORDS))]);
    }
}

static void make_item(Random *random, guint64 number, Made *made, StoreReportItem *item)
{
    memset(item, 0, sizeof *item);
    store_report_init(&item->report);
    store_statement_init(&made->statement);
    make_text(random, made->text);
    g_snprintf(made->name, sizeof made->name, "نام %u نام‌خانوادگی %u",
               (guint)random_below(random, 5000), (guint)random_below(random, 5000));
    g_snprintf(made->father, sizeof made->father, "پدر %u", (guint)random_below(random, 5000));
    g_snprintf(made->day, sizeof made->day, "2025-07-%02u", 1 + (guint)random_below(random, 28));
    StoreReport *report = &item->report;
    report->source_id = 1 + (gint64)random_below(random, 5);
    report->original_offset = (gint64)number * 500;
    report->original_length = 480;
    report->received = 1750000000 + (gint64)number;
    report->event_date = made->day;
    report->first_day = report->last_day = 20270 + (gint32)random_below(random, 28);
    report->place_text = (char *)(gpointer) "تهران";
    report->text = made->text;
    report->language = (char *)(gpointer) "fa";
    report->kind = (char *)(gpointer) "arrest";
    report->credibility = 3;
    const guint64 key[2] = {random_bits(random), random_bits(random)};
    memcpy(report->content_key, key, sizeof key);
    StoreStatement *statement = &made->statement;
    statement->act_kind = (char *)(gpointer) "arrest";
    statement->victim_name = made->name;
    statement->victim_father = made->father;
    statement->event_date = made->day;
    statement->first_day = report->first_day;
    statement->last_day = report->last_day;
    statement->place_text = (char *)(gpointer) "تهران";
    statement->method = (char *)(gpointer) "csv";
    item->statements = statement;
    item->n_statements = 1;
    item->search_text = made->text;
}

static Store *bench_case(const char *folder, Count *count)
{
    g_autoptr(GError) error = NULL;
    const StoreKeyCost cheap = {.passes = 1, .memory_bytes = 1 << 20};
    Store *store = store_create(folder, "bench", &cheap, &error);
    if (store == NULL)
        g_error("%s", error->message);
    store_set_hook(store, &COUNTING, count);
    for (int i = 0; i < 5; i++) {
        g_autoptr(StoreSource) source = store_source_new();
        source->name = g_strdup_printf("source %d", i);
        if (!store_source_add(store, source, &error))
            g_error("%s", error->message);
    }
    return store;
}

static gint64 file_bytes(const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    GStatBuf facts;
    return g_stat(path, &facts) == 0 ? (gint64)facts.st_size : 0;
}

static double cpu_seconds(void)
{
    struct timespec spent;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
    return (double)spent.tv_sec + (double)spent.tv_nsec / 1e9;
}

static void fill(Store *store, guint64 n_reports, double *ret_seconds, double *ret_cpu,
                 double *ret_slowest)
{
    g_autofree Made *made = g_new0(Made, BATCH);
    g_autofree StoreReportItem *items = g_new0(StoreReportItem, BATCH);
    g_autoptr(GError) error = NULL;
    Random random;
    random_start(&random, 1, 0);
    gint64 spent = 0, slowest = 0;
    if (!store_bulk_begin(store, &error))
        g_error("%s", error->message);
    for (guint64 done = 0; done < n_reports; done += BATCH) {
        for (guint64 i = 0; i < BATCH; i++)
            make_item(&random, done + i, &made[i], &items[i]);
        const gint64 began = g_get_monotonic_time();
        const double began_cpu = cpu_seconds();
        if (!store_report_add_batch(store, items, BATCH, NULL, NULL, &error))
            g_error("%s", error->message);
        const gint64 took = g_get_monotonic_time() - began;
        spent += took;
        *ret_cpu += cpu_seconds() - began_cpu;
        slowest = MAX(slowest, took);
    }
    const gint64 ending = g_get_monotonic_time();
    if (!store_bulk_end(store, &error))
        g_error("%s", error->message);
    spent += g_get_monotonic_time() - ending;
    *ret_seconds = (double)spent / 1e6;
    *ret_slowest = (double)slowest / 1e3;
}

static void search(Store *store, const char *query)
{
    g_autoptr(GError) error = NULL;
    const gint64 began = g_get_monotonic_time();
    g_autoptr(GArray) ids = store_search(store, query, NULL, &error);
    if (ids == NULL)
        g_error("%s", error->message);
    printf("| search %s (first 100) | %u found, %.2f ms |\n", query, ids->len,
           (double)(g_get_monotonic_time() - began) / 1e3);
}

int main(void)
{
    const char *wanted = g_getenv("ZENHAR_BENCH_REPORTS");
    const guint64 n = wanted != NULL ? g_ascii_strtoull(wanted, NULL, 10) : 200000;
    const guint64 n_reports = (n + BATCH - 1) / BATCH * BATCH;
    g_autoptr(GError) error = NULL;
    g_autofree char *parent = g_dir_make_tmp("zenhar-bench-XXXXXX", &error);
    if (parent == NULL)
        g_error("%s", error->message);
    g_autofree char *folder = g_build_filename(parent, "bench.zenhar", NULL);
    Count count = {0};
    Store *store = bench_case(folder, &count);
    double seconds = 0, cpu = 0, slowest = 0;
    fill(store, n_reports, &seconds, &cpu, &slowest);
    printf("## store\n\n| what | figure |\n|---|---|\n");
    printf("| reports added (one statement, two seals, words of 250 bytes; batches of %d) | %.0f a "
           "second, %.1f µs each |\n",
           BATCH, (double)n_reports / seconds, seconds / (double)n_reports * 1e6);
    printf("| of it computing, the rest waiting for the disk or for a processor | %.1f µs each |\n",
           cpu / (double)n_reports * 1e6);
    printf("| slowest batch, with its sync and checkpoint | %.0f ms |\n", slowest);
    const gint64 began = g_get_monotonic_time();
    if (!store_optimize(store, &error))
        g_error("%s", error->message);
    printf("| store_optimize | %.2f s |\n", (double)(g_get_monotonic_time() - began) / 1e6);
    printf("| database | %.0f bytes a report |\n",
           (double)file_bytes(folder, "case.db") / (double)n_reports);
    search(store, "w77");
    search(store, "بازداشت تهران");
    search(store, "\"بازداشت تهران\"");
    const StoreTallyQuery query = {.synthetic = -1, .unlinked_only = true};
    const gint64 counting = g_get_monotonic_time();
    g_autoptr(StoreTally) tally = store_statement_tally(store, &query, &error);
    if (tally == NULL)
        g_error("%s", error->message);
    printf("| store_statement_tally of all | %.2f s |\n",
           (double)(g_get_monotonic_time() - counting) / 1e6);
    store_close(store);
    static const char *const NAMES[] = {"case.json", "case.db"};
    for (gsize i = 0; i < G_N_ELEMENTS(NAMES); i++) {
        g_autofree char *path = g_build_filename(folder, NAMES[i], NULL);
        g_unlink(path);
    }
    g_rmdir(folder);
    g_rmdir(parent);
    return 0;
}
