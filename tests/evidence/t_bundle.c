/* Bundles: what is written is checked with the folder and a key alone; whatever is changed, also by
 * somebody who can sign the manifest anew, is found and named. */
#include "bundle_cases.h"

#include "base/folder.h"
#include <glib/gstdio.h>
#include <sodium.h>
#include <stdlib.h>
#include <unistd.h>

static char *fresh(const char *name)
{
    g_autofree char *top = test_folder_new();
    return g_build_filename(top, name, NULL);
}

static char *read_file(const char *folder, const char *name, gsize *ret_length)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    char *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, ret_length, NULL));
    return text;
}

static void write_file(const char *folder, const char *name, const char *bytes, gsize length)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_assert_true(g_file_set_contents(path, bytes, (gssize)length, NULL));
}

static void assert_says(BundleCase *own, const char *folder, const char *words)
{
    g_autofree char *said = bundle_says(own, folder);
    if (words == NULL)
        g_assert_cmpstr(said, ==, NULL);
    else if (said == NULL || strstr(said, words) == NULL)
        g_error("'%s' does not say '%s'", said != NULL ? said : "(fits)", words);
}

static void test_round(void)
{
    BundleCase own;
    EvidenceBundleReport report;
    g_autoptr(GError) error = NULL;
    bundle_case_new(&own);
    g_autofree char *folder = fresh("b");
    g_assert_true(bundle_write_to(&own, folder, 0, false, true, &report, &error));
    g_assert_no_error(error);
    /* alarm, link, statement, report, source, original */
    g_assert_cmpint(report.records, ==, 6);
    g_assert_cmpint(report.withheld, ==, 2);
    g_assert_cmpint(report.originals, ==, 1);
    g_assert_cmpint(report.original_bytes, ==, 70000);
    g_assert_cmpint(report.heads, ==, 3);
    EvidenceBundleReport checked;
    const EvidenceBundleCheck check = {.public_key = store_keys_public(store_keys(own.store))};
    g_assert_true(evidence_bundle_check(folder, &check, &checked, &error));
    g_assert_no_error(error);
    g_assert_cmpmem(&checked, sizeof checked, &report, sizeof report);
    bundle_case_end(&own);
}

/* The same head and choice: the same bytes; and no identity among them. */
static void test_same_bytes(void)
{
    BundleCase own;
    EvidenceBundleReport report;
    bundle_case_new(&own);
    g_autofree char *one = fresh("b"), *two = fresh("b");
    g_assert_true(bundle_write_to(&own, one, 20, false, true, &report, NULL));
    add_settings(own.store, "later", 3);
    g_assert_true(bundle_write_to(&own, two, 20, false, true, &report, NULL));
    static const char *const NAMES[] = {"bundle.json",  "records.jsonl", "manifest-sha256.txt",
                                        "manifest.sig", "log.bin",       "README.txt",
                                        "heads/20.bin", "heads/9.sig",   "originals/O1.csv"};
    for (gsize i = 0; i < G_N_ELEMENTS(NAMES); i++) {
        gsize n, m;
        g_autofree char *a = read_file(one, NAMES[i], &n), *b = read_file(two, NAMES[i], &m);
        assert_bytes(a, n, b, m);
        g_assert_null(g_strstr_len(a, (gssize)n, "Test Person"));
        g_assert_null(g_strstr_len(a, (gssize)n, "Test source"));
    }
    bundle_case_end(&own);
}

/* A statement shown whole carries the ciphertext of its name, never the name. */
static void test_with_sealed(void)
{
    BundleCase own;
    EvidenceBundleReport report;
    gsize n;
    bundle_case_new(&own);
    g_autofree char *folder = fresh("b");
    g_assert_true(bundle_write_to(&own, folder, 0, true, false, &report, NULL));
    g_assert_cmpint(report.withheld, ==, 1);
    g_autofree char *lines = read_file(folder, "records.jsonl", &n);
    g_assert_nonnull(strstr(lines, "\"victim_name\":{\"sealed\":51}"));
    g_assert_null(strstr(lines, "54657374205065")); /* "Test Pe" */
    assert_says(&own, folder, NULL);
    bundle_case_end(&own);
}

static void test_refused(void)
{
    BundleCase own;
    EvidenceBundleReport report;
    g_autoptr(GError) error = NULL;
    bundle_case_new(&own);
    g_autofree char *folder = fresh("b");
    g_assert_false(bundle_write_to(&own, folder, 10, false, false, &report, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE); /* the alarm came later */
    g_clear_error(&error);
    g_assert_false(bundle_write_to(&own, folder, 9999, false, false, &report, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_assert_false(g_file_test(folder, G_FILE_TEST_EXISTS));
    g_assert_true(bundle_write_to(&own, folder, 0, false, false, &report, &error));
    g_assert_false(bundle_write_to(&own, folder, 0, false, false, &report, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE); /* it is there already */
    g_autofree char *top = g_path_get_dirname(folder);
    g_autoptr(GDir) dir = g_dir_open(top, 0, NULL);
    g_assert_cmpstr(g_dir_read_name(dir), ==, "b"); /* nothing half-made lies beside it */
    g_assert_null(g_dir_read_name(dir));
    guint8 other[32] = {1};
    const EvidenceBundleCheck check = {.public_key = other};
    g_clear_error(&error);
    g_assert_false(evidence_bundle_check(folder, &check, &report, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY);
    bundle_case_end(&own);
}

/* ---- forged by somebody who can sign ---- */

static void sign_anew(BundleCase *own, const char *folder)
{
    gsize n;
    guint8 signature[64];
    g_autofree char *old = read_file(folder, "manifest-sha256.txt", &n);
    g_auto(GStrv) lines = g_strsplit(old, "\n", -1);
    g_autoptr(GString) text = g_string_new(NULL);
    for (gsize i = 0; lines[i][0] != '\0'; i++) {
        gsize length;
        g_autofree char *path = g_build_filename(folder, lines[i] + 66, NULL);
        if (!g_file_test(path, G_FILE_TEST_EXISTS))
            continue;
        g_autofree char *bytes = read_file(folder, lines[i] + 66, &length);
        g_autofree char *sum =
            g_compute_checksum_for_data(G_CHECKSUM_SHA256, (guint8 *)bytes, length);
        g_string_append_printf(text, "%s  %s\n", sum, lines[i] + 66);
    }
    store_keys_sign(store_keys(own->store), text->str, text->len, signature);
    write_file(folder, "manifest-sha256.txt", text->str, text->len);
    write_file(folder, "manifest.sig", (const char *)signature, sizeof signature);
}

static const struct Forgery {
    const char *claim, *file;
    const char *before, *after; /* the first place where `before` stands, changed; NULL: a byte of
                                 * the file's middle */
    const char *says;           /* with the manifest signed anew; NULL: nothing is wrong then */
} FORGERIES[] = {
    {"a_record", "records.jsonl", "\"record\":\"010301", "\"record\":\"010302", "(R1): its bytes"},
    {"a_field", "records.jsonl", "\"title\":\"گزارش", "\"title\":\"گزارس", "(R1): its fields"},
    {"an_id", "records.jsonl", "{\"id\":\"R1\"", "{\"id\":\"R2\"", "its entry is another"},
    {"an_operation", "records.jsonl", "\"insert\"", "\"update\"", "another operation"},
    {"a_position", "records.jsonl", "\"position\":", "\"position\":1", "does not lead"},
    {"a_path", "records.jsonl", "\"path\":[\"", "\"path\":[\"0000", "missing or unreadable"},
    {"an_entry", "records.jsonl", "\"entry\":\"0301", "\"entry\":\"0302", "another operation"},
    {"a_withheld_word", "records.jsonl", "\"withheld\":\"source\"", "\"withheld\":7",
     "neither shown"},
    {"a_link", "records.jsonl", "\"by\":\"original_id\"", "\"by\":\"source_id\"", "does not rest"},
    {"a_link_row", "records.jsonl", "\"by\":\"LK1\"", "\"by\":\"LK9\"", "does not rest"},
    {"a_rest", "records.jsonl", "\"rests_on\":[{\"id\":\"R1\"", "\"rests_on\":[{\"id\":\"R7\"",
     "does not hold"},
    {"a_file_name", "records.jsonl", "originals/O1.csv", "originals/O2.csv", "another record's"},
    {"a_line_twice", "records.jsonl", "\n", "\n{}\n", "line 2"},
    {"json", "records.jsonl", "\"position\":", "\"position\"=", "no JSON"},
    {"a_head_size", "bundle.json", "\"size\":", "\"size\":1", "signature is not"},
    {"a_head_time", "bundle.json", "\"time_seconds\":", "\"time_seconds\":1", "cannot be read"},
    {"a_case", "bundle.json", "\"case_id\":\"", "\"case_id\":\"zz", "case_id"},
    {"a_format", "bundle.json", "zenhar bundle 1", "zenhar bundle 2", "newer version"},
    {"no_format", "bundle.json", "zenhar bundle 1", "something else!", "begins with"},
    {"a_consistency", "bundle.json", "\"consistency\":[\"", "\"consistency\":[\"z", "continuation"},
    {"a_count", "bundle.json", "\"records\":6", "\"records\":5", "another number of records"},
    {"a_log_flag", "bundle.json", "\"log\":true", "\"log\":null", "log"},
    {"a_head_file", "heads/9.bin", NULL, NULL, "heads/9.bin"},
    {"a_signature", "heads/3.sig", NULL, NULL, "heads/3.sig"},
    {"an_original", "originals/O1.csv", NULL, NULL, "originals/O1.csv"},
    {"the_log", "log.bin", NULL, NULL, "log.bin"},
    {"the_readme", "README.txt", NULL, NULL, NULL},
};

static void forge(const char *folder, const struct Forgery *forgery)
{
    gsize n;
    g_autofree char *bytes = read_file(folder, forgery->file, &n);
    if (forgery->before == NULL) {
        bytes[n / 2] ^= 4;
        write_file(folder, forgery->file, bytes, n);
        return;
    }
    const char *at = strstr(bytes, forgery->before);
    g_assert_nonnull(at);
    g_autofree char *head = g_strndup(bytes, (gsize)(at - bytes));
    g_autofree char *text = g_strconcat(head, forgery->after, at + strlen(forgery->before), NULL);
    write_file(folder, forgery->file, text, strlen(text));
}

static BundleCase shared; /* by all forgeries */

static void test_forgery(gconstpointer data)
{
    const struct Forgery *forgery = data;
    EvidenceBundleReport report;
    if (shared.store == NULL)
        bundle_case_new(&shared);
    g_autofree char *folder = fresh("b");
    g_assert_true(bundle_write_to(&shared, folder, 0, false, true, &report, NULL));
    forge(folder, forgery);
    g_autofree char *said = bundle_says(&shared, folder);
    g_assert_nonnull(said);
    sign_anew(&shared, folder);
    assert_says(&shared, folder, forgery->says);
}

/* One hash of a path, of the whole length it had. */
static void test_path_hash(void)
{
    BundleCase own;
    EvidenceBundleReport report;
    gsize n;
    static const char *const FROM[] = {"\"path\":[\"", "\"leaf_hash\":\"", "\"consistency\":[\"",
                                       "\"root\":\"",  "\"signature\":\"", "\"previous\":\""};
    static const char *const SAYS[] = {"path does not lead", "leaf hash",
                                       "continuation",       "signature is not",
                                       "signature is not",   "signature is not"};
    bundle_case_new(&own);
    for (gsize i = 0; i < G_N_ELEMENTS(FROM); i++) {
        const char *file = i < 2 ? "records.jsonl" : "bundle.json";
        g_autofree char *folder = fresh("b");
        g_assert_true(bundle_write_to(&own, folder, 0, false, true, &report, NULL));
        g_autofree char *bytes = read_file(folder, file, &n);
        char *at = strstr(bytes, FROM[i]) + strlen(FROM[i]);
        *at = *at == '0' ? '1' : '0';
        write_file(folder, file, bytes, n);
        sign_anew(&own, folder);
        assert_says(&own, folder, SAYS[i]);
    }
    bundle_case_end(&own);
}

/* ---- what lies in the folder ---- */

static void test_folder(void)
{
    BundleCase own;
    EvidenceBundleReport report;
    bundle_case_new(&own);
    g_autofree char *folder = fresh("b");
    g_assert_true(bundle_write_to(&own, folder, 0, false, true, &report, NULL));
    write_file(folder, "more.txt", "x", 1);
    assert_says(&own, folder, "more.txt does not belong");
    g_autofree char *more = g_build_filename(folder, "more.txt", NULL);
    g_unlink(more);
    g_assert_cmpint(symlink("/etc/passwd", more), ==, 0);
    assert_says(&own, folder, "more.txt does not belong");
    g_unlink(more);
    g_assert_cmpint(g_mkdir_with_parents(more, 0700), ==, 0);
    g_autofree char *deep = g_build_filename(more, "deep", NULL);
    g_assert_cmpint(g_mkdir_with_parents(deep, 0700), ==, 0);
    assert_says(&own, folder, "more.txt/deep does not belong");
    g_rmdir(deep);
    g_rmdir(more);
    assert_says(&own, folder, NULL);
    static const char *const NAMES[] = {"bundle.json",  "records.jsonl",   "manifest-sha256.txt",
                                        "manifest.sig", "log.bin",         "README.txt",
                                        "heads/9.bin",  "originals/O1.csv"};
    for (gsize i = 0; i < G_N_ELEMENTS(NAMES); i++) {
        g_autofree char *path = g_build_filename(folder, NAMES[i], NULL);
        g_autofree char *away = g_strconcat(folder, ".away", NULL);
        g_autofree char *wanted = g_strconcat(NAMES[i], " is missing", NULL);
        g_assert_cmpint(g_rename(path, away), ==, 0);
        assert_says(&own, folder, wanted);
        g_assert_cmpint(symlink(away, path), ==, 0);
        g_autofree char *link = g_strconcat(NAMES[i], " is a link", NULL);
        assert_says(&own, folder, link);
        g_unlink(path);
        g_assert_cmpint(g_rename(away, path), ==, 0);
    }
    assert_says(&own, folder, NULL);
    assert_says(&own, "/nowhere/at/all", "There is no folder");
    g_autofree char *empty = test_folder_new();
    assert_says(&own, empty, "bundle.json is missing");
    bundle_case_end(&own);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    if (sodium_init() < 0)
        return 1;
    g_test_add_func("/evidence/bundle/is_written_and_checked_with_a_key_alone", test_round);
    g_test_add_func("/evidence/bundle/same_head_same_bytes_and_no_identity", test_same_bytes);
    g_test_add_func("/evidence/bundle/sealed_values_go_as_ciphertext", test_with_sealed);
    g_test_add_func("/evidence/bundle/what_cannot_be_is_refused_and_leaves_nothing", test_refused);
    for (gsize i = 0; i < G_N_ELEMENTS(FORGERIES); i++) {
        g_autofree char *name =
            g_strconcat("/evidence/bundle/found_though_signed_anew/", FORGERIES[i].claim, NULL);
        g_test_add_data_func(name, &FORGERIES[i], test_forgery);
    }
    g_test_add_func("/evidence/bundle/found_though_signed_anew/each_hash", test_path_hash);
    g_test_add_func("/evidence/bundle/nothing_missing_nothing_besides", test_folder);
    const int ended = g_test_run();
    if (shared.store != NULL)
        bundle_case_end(&shared);
    return ended;
}
