/* What the evidence log costs: an entry with its record's hash, a commit, a proof, a verification;
 * sealing and reading originals. Processor time of one thread; Markdown on standard output. */
#include "evidence/evidence.h"
#include "evidence/original.h"
#include "evidence/private.h"
#include "store/user.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { ENTRIES = 400000, BATCH = 8000, RECORD_BYTES = 480, SETTINGS = 100000, PROOFS = 2000 };

static double cpu_seconds(void)
{
    struct timespec spent;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
    return (double)spent.tv_sec + (double)spent.tv_nsec / 1e9;
}

static void need(bool done, const GError *error)
{
    if (!done)
        g_error("%s", error != NULL ? error->message : "it failed");
}

static Store *bench_case(const char *top, const char *name)
{
    g_autoptr(GError) error = NULL;
    const StoreKeyCost cheap = {.passes = 1, .memory_bytes = 1 << 20};
    g_autofree char *folder = g_build_filename(top, name, NULL);
    Store *store = evidence_create(folder, "bench", &cheap, &error);
    need(store != NULL, error);
    return store;
}

/* The hook alone, as the store drives it, without rows; commits of so many entries. */
static void bench_entries(Store *store, int batch, int total)
{
    g_autoptr(GError) error = NULL;
    guint8 record[RECORD_BYTES];
    memset(record, 7, sizeof record);
    StoreChange change = {.kind = STORE_KIND_REPORT,
                          .operation = STORE_INSERT,
                          .bytes = record,
                          .length = sizeof record};
    void *log = store_hook_context(store);
    double hashing = 0, all = cpu_seconds();
    for (int done = 0; done < total; done += batch) {
        need(store_begin(store, &error), error);
        double begun = cpu_seconds();
        for (int i = 0; i < batch; i++) {
            change.id = done + i + 1;
            memcpy(record, &change.id, sizeof change.id);
            need(evidence_log_hook.position(log, store, &error) >= 0 &&
                     evidence_log_hook.changed(log, store, &change, &error),
                 error);
        }
        hashing += cpu_seconds() - begun;
        need(store_commit(store, &error), error);
    }
    all = cpu_seconds() - all;
    printf("| %d entries a commit | %.2f | %.2f | %.0f |\n", batch, 1e6 * hashing / total,
           1e6 * (all - hashing) / total, 1e6 * (all - hashing) / (total / batch));
}

static void bench_check(Store *store)
{
    g_autoptr(GError) error = NULL;
    for (int i = 0; i < SETTINGS;) {
        need(store_begin(store, &error), error);
        for (int end = i + BATCH; i < end && i < SETTINGS; i++) {
            g_autoptr(StoreSetting) setting = store_setting_new();
            setting->name = g_strdup_printf("name of setting %d", i);
            setting->value = g_strdup_printf("value of setting %d", i);
            need(store_setting_add(store, setting, &error), error);
        }
        need(store_commit(store, &error), error);
    }
    EvidenceReport report;
    double begun = cpu_seconds();
    need(evidence_verify(store, &report, &error), error);
    double verify = cpu_seconds() - begun;
    begun = cpu_seconds();
    for (int i = 0; i < PROOFS; i++) {
        g_autofree EvidenceProof *proof =
            evidence_prove(store, STORE_KIND_SETTING, 1 + (gint64)i * (SETTINGS / PROOFS), &error);
        need(proof != NULL, error);
    }
    printf("\n%d records verified in %.2f s: %.2f us each. A proof: %.0f us.\n", SETTINGS, verify,
           1e6 * verify / SETTINGS, 1e6 * (cpu_seconds() - begun) / PROOFS);
}

static void bench_originals(Store *store)
{
    g_autoptr(GError) error = NULL;
    const gsize length = 64u << 20;
    g_autofree guint8 *bytes = g_malloc(length);
    randombytes_buf(bytes, length);
    gint64 id;
    double begun = cpu_seconds();
    need(evidence_original_add_bytes(store, bytes, length, "large", NULL, NULL, &id, NULL, &error),
         error);
    double seal = cpu_seconds() - begun;
    g_autoptr(StoreOriginal) original = store_original_load(store, id, &error);
    begun = cpu_seconds();
    need(evidence_original_check(store, original, &error), error);
    double check = cpu_seconds() - begun;
    printf("\nOriginals: sealed and hashed at %.0f MB/s, checked at %.0f MB/s.\n",
           (double)length / 1e6 / seal, (double)length / 1e6 / check);

    enum { SMALL = 2000 };
    begun = cpu_seconds();
    gint64 wall = g_get_monotonic_time();
    need(store_begin(store, &error), error);
    for (int i = 0; i < SMALL; i++)
        need(evidence_original_add_bytes(store, &i, sizeof i, "small", NULL, NULL, &id, NULL,
                                         &error),
             error);
    need(store_commit(store, &error), error);
    printf("%d small originals in one transaction: %.0f us each (%.0f on the clock).\n", SMALL,
           1e6 * (cpu_seconds() - begun) / SMALL, (double)(g_get_monotonic_time() - wall) / SMALL);
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
    g_autoptr(GError) error = NULL;
    g_autofree char *top = g_dir_make_tmp("zenhar-bench-XXXXXX", &error);
    need(top != NULL, error);
    printf("## evidence\n\n"
           "| records of %d bytes | us an entry: hashing | us an entry: tiles, head, commit | us a "
           "commit |\n|---|---|---|---|\n",
           RECORD_BYTES);
    g_autoptr(Store) entries = bench_case(top, "entries.zenhar");
    bench_entries(entries, BATCH, ENTRIES);
    bench_entries(entries, 100, 20000);
    bench_entries(entries, 1, 200);
    g_autoptr(Store) checked = bench_case(top, "checked.zenhar");
    bench_check(checked);
    bench_originals(checked);
    const char *argv[] = {"rm", "-rf", top, NULL};
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                 NULL);
    return 0;
}
