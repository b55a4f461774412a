/* One flipped bit anywhere in a case: found, and named. Database, sealed originals, case.json, in
 * turn; likewise in a bundle. ZENHAR_SOAK: 10,000 trials. ZENHAR_SEED and ZENHAR_TRIALS choose
 * others. */
#include "../evidence/bundle_cases.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SHORT_TRIALS = 240, SOAK_TRIALS = 10000, SETTINGS = 300, ORIGINALS = 6 };
#define PASSPHRASE "a test's passphrase"

/* Pages that were freed (a large batch that was taken out again), a log, originals of all sizes. */
static char *sample(GPtrArray *files)
{
    g_autofree char *folder = NULL;
    g_autoptr(GError) error = NULL;
    Store *store = case_new(&folder);
    g_assert_true(store_begin(store, &error));
    add_settings(store, "s", SETTINGS);
    g_assert_true(store_commit(store, &error));
    g_assert_true(store_begin(store, &error));
    for (gint64 id = 100; id <= SETTINGS; id++)
        g_assert_true(store_setting_remove(store, id, &error));
    g_assert_true(store_commit(store, &error));
    for (int i = 0; i < ORIGINALS; i++) {
        g_autofree char *text = g_strnfill(i == 0 ? 0 : (gsize)30 << (2 * i), (char)('a' + i));
        gint64 id;
        g_assert_true(evidence_original_add_bytes(store, text, strlen(text), "note.txt", NULL, NULL,
                                                  &id, NULL, &error));
    }
    g_assert_true(store_optimize(store, &error));
    assert_fits(store, NULL);
    store_close(store);
    g_ptr_array_add(files, g_build_filename(folder, "case.db", NULL));
    g_ptr_array_add(files, g_build_filename(folder, "case.json", NULL));
    g_autofree char *originals = g_build_filename(folder, "originals", NULL);
    g_autoptr(GDir) outer = g_dir_open(originals, 0, NULL);
    for (const char *name; (name = g_dir_read_name(outer)) != NULL;) {
        g_autofree char *below = g_build_filename(originals, name, NULL);
        g_autoptr(GDir) inner = g_dir_open(below, 0, NULL);
        for (const char *file; (file = g_dir_read_name(inner)) != NULL;)
            g_ptr_array_add(files, g_build_filename(below, file, NULL));
    }
    g_assert_cmpuint(files->len, ==, 2 + ORIGINALS);
    return g_steal_pointer(&folder);
}

static gint64 file_size(const char *path)
{
    struct stat facts;
    g_assert_cmpint(stat(path, &facts), ==, 0);
    return facts.st_size;
}

static void flip(const char *path, gint64 bit)
{
    guint8 byte = 0;
    const int fd = open(path, O_RDWR | O_CLOEXEC);
    g_assert_true(fd >= 0 && pread(fd, &byte, 1, bit / 8) == 1);
    byte ^= (guint8)(1u << (bit % 8));
    g_assert_cmpint(pwrite(fd, &byte, 1, bit / 8), ==, 1);
    close(fd);
}

/* What opening and verifying say; NULL when they find nothing. case.json is read anew when it is
 * what was changed, by the passphrase. Transfers. */
static char *found(const char *folder, StoreKeys *keys, bool by_passphrase)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = by_passphrase
                                 ? evidence_open(folder, PASSPHRASE, STORE_READ, &error)
                                 : evidence_open_with_keys(folder, keys, STORE_READ, &error);
    if (store != NULL && evidence_verify(store, NULL, &error))
        return NULL;
    g_assert_nonnull(error);
    return g_strdup(error->message);
}

static guint32 number_of(const char *variable, guint32 otherwise)
{
    const char *text = g_getenv(variable);
    return text != NULL ? (guint32)strtoul(text, NULL, 10) : otherwise;
}

static void test_flips(void)
{
    const guint32 n =
        number_of("ZENHAR_TRIALS", g_getenv("ZENHAR_SOAK") != NULL ? SOAK_TRIALS : SHORT_TRIALS);
    g_autoptr(GRand) random = g_rand_new_with_seed(number_of("ZENHAR_SEED", 20261126));
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *folder = sample(files);
    g_autoptr(GError) error = NULL;
    StoreKeys *keys = store_keys_load(folder, PASSPHRASE, &error);
    g_assert_no_error(error);
    guint database = 0, json = 0, originals = 0, missed = 0;
    for (guint32 i = 0; i < n; i++) {
        /* Six of ten in the database, three in an original, one in case.json. */
        const int which = g_rand_int_range(random, 0, 10);
        const guint file = which < 6    ? 0
                           : which == 6 ? 1
                                        : 2 + (guint)g_rand_int_range(random, 0, ORIGINALS);
        const char *path = g_ptr_array_index(files, file);
        const gint64 bits = file_size(path) * 8;
        const gint64 bit = (gint64)(g_rand_double(random) * (double)bits);
        flip(path, bit);
        g_autofree char *words = found(folder, keys, file == 1);
        flip(path, bit);
        database += file == 0;
        json += file == 1;
        originals += file >= 2;
        const char *named = file == 0 ? "database" : file == 1 ? NULL : "Original O";
        if (words == NULL || (named != NULL && strstr(words, named) == NULL)) {
            g_test_message("trial %u: byte %" G_GINT64_FORMAT " bit %d of %s: %s", i, bit / 8,
                           (int)(bit % 8), path, words != NULL ? words : "not found");
            missed++;
        }
    }
    g_test_message("database %u, case.json %u, originals %u: %u missed", database, json, originals,
                   missed);
    g_assert_cmpuint(missed, ==, 0);
    g_autofree char *words = found(folder, keys, true);
    g_assert_cmpstr(words, ==, NULL);
    store_keys_unref(keys);
}

/* ---- bundles ---- */

/* Names of all files below, relative. */
static void list_files(const char *folder, const char *below, GPtrArray *names)
{
    g_autofree char *path = g_build_filename(folder, below, NULL);
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    g_assert_nonnull(dir);
    for (const char *entry; (entry = g_dir_read_name(dir)) != NULL;) {
        g_autofree char *name =
            below[0] != '\0' ? g_build_filename(below, entry, NULL) : g_strdup(entry);
        g_autofree char *whole = g_build_filename(folder, name, NULL);
        if (g_file_test(whole, G_FILE_TEST_IS_DIR))
            list_files(folder, name, names);
        else
            g_ptr_array_add(names, g_steal_pointer(&name));
    }
}

/* Does the sentence lead to the file? A head stands in bundle.json, which of them is said by its
 * number; what rests on what, and another entry than the log's, are told by the record. */
static bool leads_to(const char *words, const char *name)
{
    static const struct {
        const char *name, *words;
    } OTHERWISE[] = {
        {"manifest-sha256.txt", "manifest"},
        {"manifest.sig", "manifest"},
        {"bundle.json", "ead "},
        {"bundle.json", "The bundle names another"},
        {"records.jsonl", " rests on "},
        {"records.jsonl", " rest on "},
        {"log.bin", "the log holds"},
    };
    bool leads = strstr(words, name) != NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(OTHERWISE); i++)
        leads = leads ||
                (strcmp(OTHERWISE[i].name, name) == 0 && strstr(words, OTHERWISE[i].words) != NULL);
    return leads;
}

/* Every other trial in the files where most can go wrong. */
static void test_bundle_flips(void)
{
    const guint32 n =
        number_of("ZENHAR_TRIALS", g_getenv("ZENHAR_SOAK") != NULL ? SOAK_TRIALS : SHORT_TRIALS);
    g_autoptr(GRand) random = g_rand_new_with_seed(number_of("ZENHAR_SEED", 20261127));
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    BundleCase own;
    EvidenceBundleReport report;
    bundle_case_new(&own);
    g_autofree char *top = test_folder_new();
    g_autofree char *folder = g_build_filename(top, "bundle", NULL);
    g_assert_true(bundle_write_to(&own, folder, 0, false, true, &report, NULL));
    list_files(folder, "", names);
    g_assert_cmpuint(names->len, ==, 13);
    guint missed = 0;
    for (guint32 i = 0; i < n; i++) {
        const char *name =
            i % 4 == 0 ? "records.jsonl"
            : i % 4 == 1
                ? "bundle.json"
                : g_ptr_array_index(names, g_rand_int_range(random, 0, (gint32)names->len));
        g_autofree char *path = g_build_filename(folder, name, NULL);
        const gint64 bit = (gint64)(g_rand_double(random) * (double)(file_size(path) * 8));
        flip(path, bit);
        g_autofree char *words = bundle_says(&own, folder);
        flip(path, bit);
        if (words == NULL || !leads_to(words, name)) {
            g_test_message("trial %u: byte %" G_GINT64_FORMAT " bit %d of %s: %s", i, bit / 8,
                           (int)(bit % 8), name, words != NULL ? words : "not found");
            missed++;
        }
    }
    g_test_message("bundle: %u trials, %u missed", n, missed);
    g_assert_cmpuint(missed, ==, 0);
    g_autofree char *words = bundle_says(&own, folder);
    g_assert_cmpstr(words, ==, NULL);
    bundle_case_end(&own);
}

/* ---- a write-ahead log that a crash left ---- */

enum { LOG_COMMITS = 24, LOG_SHORT_TRIALS = 120, LOG_SOAK_TRIALS = 5000 };

static void copy_file(const char *from, const char *to)
{
    gsize length = 0;
    g_autofree char *bytes = test_read_file(from, &length);
    g_assert_true(g_file_set_contents(to, bytes, (gssize)length, NULL));
}

/* The folder as it lies there while its writer is killed: nothing moved from the log yet. */
static char *killed(const char *folder)
{
    static const char *const NAMES[] = {"case.json", "case.db", "case.db-wal", "newest-head"};
    g_autofree char *top = test_folder_new();
    char *left = g_build_filename(top, "left.zenhar", NULL);
    g_assert_cmpint(g_mkdir(left, 0700), ==, 0);
    for (gsize i = 0; i < G_N_ELEMENTS(NAMES); i++) {
        g_autofree char *from = g_build_filename(folder, NAMES[i], NULL);
        g_autofree char *to = g_build_filename(left, NAMES[i], NULL);
        copy_file(from, to);
    }
    return left;
}

/* SQLite ends the log at the frame that does not fit and says nothing. Each flip is told, or every
 * commit is there. */
static void test_log_flips(void)
{
    const guint32 n = number_of(
        "ZENHAR_TRIALS", g_getenv("ZENHAR_SOAK") != NULL ? LOG_SOAK_TRIALS : LOG_SHORT_TRIALS);
    g_autoptr(GRand) random = g_rand_new_with_seed(number_of("ZENHAR_SEED", 20261127));
    g_autofree char *folder = NULL;
    g_autoptr(Store) writer = case_new(&folder);
    g_autoptr(StoreKeys) keys = store_keys_ref(store_keys(writer));
    g_autoptr(GError) opening = NULL;
    g_assert_true(store_optimize(writer, &opening)); /* the tables are in case.db */
    add_settings(writer, "s", LOG_COMMITS);
    g_autofree char *left = killed(folder), *log = g_build_filename(left, "case.db-wal", NULL);
    g_autofree char *whole = g_build_filename(folder, "case.db-wal", NULL);
    g_autofree char *shared = g_build_filename(left, "case.db-shm", NULL);
    guint shorter = 0, otherwise = 0, unharmed = 0, missed = 0;
    for (guint32 i = 0; i < n; i++) {
        copy_file(whole, log);
        g_unlink(shared);
        const gint64 bit = (gint64)(g_rand_double(random) * (double)(file_size(log) * 8));
        flip(log, bit);
        g_autofree char *words = found(left, keys, false);
        if (words != NULL) {
            shorter += strstr(words, "shorter than it was") != NULL;
            otherwise += strstr(words, "shorter than it was") == NULL;
            continue;
        }
        g_autoptr(GError) error = NULL;
        g_autoptr(Store) store = evidence_open_with_keys(left, keys, STORE_READ, &error);
        const gint64 there = store_count(store, STORE_KIND_SETTING, &error);
        unharmed += there == LOG_COMMITS;
        if (there != LOG_COMMITS) {
            g_test_message("trial %u: bit %" G_GINT64_FORMAT ": %" G_GINT64_FORMAT " of %d", i, bit,
                           there, LOG_COMMITS);
            missed++;
        }
    }
    g_test_message("told as shorter %u, told otherwise %u, every commit there %u, missed %u",
                   shorter, otherwise, unharmed, missed);
    g_assert_cmpuint(missed, ==, 0);
    g_assert_cmpuint(shorter, >, n / 2); /* without the note these would be silent */
}

/* Damage at the head of a log that holds the tables too: no empty case is made of it. */
static void test_all_lost(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) writer = case_new(&folder);
    g_autoptr(StoreKeys) keys = store_keys_ref(store_keys(writer));
    add_settings(writer, "s", 3);
    g_autofree char *left = killed(folder), *log = g_build_filename(left, "case.db-wal", NULL);
    flip(log, 8 * 64);
    for (StoreMode mode = STORE_READ; mode <= STORE_WRITE; mode++) {
        g_assert_null(evidence_open_with_keys(left, keys, mode, &error));
        g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY);
        g_assert_nonnull(strstr(error->message, "is empty"));
        g_clear_error(&error);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    if (sodium_init() < 0)
        return 1;
    g_test_add_func("/faults/flips/one_flipped_bit_is_found_and_named", test_flips);
    g_test_add_func("/faults/flips/one_flipped_bit_of_a_bundle_is_found_and_named",
                    test_bundle_flips);
    g_test_add_func("/faults/flips/a_log_that_a_crash_left_does_not_end_early_unseen",
                    test_log_flips);
    g_test_add_func("/faults/flips/a_log_that_held_all_is_told", test_all_lost);
    return g_test_run();
}
