/* Originals: sealed, found again, read back only when their seal holds. */
#include "cases.h"

#include "evidence/sealed.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static guint8 *made_bytes(gsize length)
{
    guint8 *bytes = g_malloc(length + 1);
    guint32 state = 20250628;
    for (gsize i = 0; i < length; i++) {
        state = state * 1664525 + 1013904223;
        bytes[i] = (guint8)(state >> 24);
    }
    return bytes;
}

static gint64 add(Store *store, const void *bytes, gsize length, bool *ret_known)
{
    g_autoptr(GError) error = NULL;
    gint64 id = 0;
    evidence_original_add_bytes(store, bytes, length, "file.bin", "application/octet-stream",
                                "a test", &id, ret_known, &error);
    g_assert_no_error(error);
    return id;
}

static char *path_of(Store *store, gint64 id)
{
    g_autoptr(StoreOriginal) original = store_original_load(store, id, NULL);
    return sealed_path(store, original->sha256);
}

static const gsize LENGTHS[] = {0, 1, 65535, 65536, 65537, 131072, 200000, 1 << 20};

static void test_lengths(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(Store) store = case_new(&folder);
    g_autoptr(GError) error = NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(LENGTHS); i++) {
        g_autofree guint8 *bytes = made_bytes(LENGTHS[i]);
        bool known = true;
        gint64 id = add(store, bytes, LENGTHS[i], &known);
        g_assert_false(known);
        g_autoptr(GBytes) back = evidence_original_load(store, id, 0, 0, &error);
        g_assert_no_error(error);
        assert_bytes(g_bytes_get_data(back, NULL), g_bytes_get_size(back), bytes, LENGTHS[i]);
        g_autoptr(StoreOriginal) row = store_original_load(store, id, &error);
        guint8 sha256[32];
        crypto_hash_sha256(sha256, bytes, LENGTHS[i]);
        assert_bytes(row->sha256, 32, sha256, 32);
        g_assert_cmpint(row->bytes, ==, (gint64)LENGTHS[i]);
        g_autofree char *path = sealed_path(store, row->sha256);
        struct stat info;
        g_assert_cmpint(g_stat(path, &info), ==, 0);
        g_assert_cmpuint((guint64)info.st_size, ==, sealed_size(LENGTHS[i]));
        g_assert_cmpuint(info.st_mode & 0777, ==, 0600);
    }
    EvidenceReport report;
    assert_fits(store, &report);
    g_assert_cmpint(report.originals, ==, (gint64)G_N_ELEMENTS(LENGTHS));
}

static void test_fd(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(Store) store = case_new(&folder);
    g_autoptr(GError) error = NULL;
    gsize length = 300000;
    g_autofree guint8 *bytes = made_bytes(length);
    int pipes[2];
    g_assert_cmpint(pipe(pipes), ==, 0);
    if (fork() == 0) { /* a pipe gives short reads */
        for (gsize at = 0; at < length;) {
            ssize_t n = write(pipes[1], bytes + at, MIN(length - at, (gsize)777));
            at += n > 0 ? (gsize)n : 0;
        }
        _exit(0);
    }
    close(pipes[1]);
    gint64 id;
    bool known;
    g_assert_true(
        evidence_original_add(store, pipes[0], NULL, NULL, "standard input", &id, &known, &error));
    close(pipes[0]);
    g_autoptr(GBytes) back = evidence_original_load(store, id, 0, 0, &error);
    assert_bytes(g_bytes_get_data(back, NULL), g_bytes_get_size(back), bytes, length);

    int unreadable = open(folder, O_RDONLY);
    g_assert_false(
        evidence_original_add(store, unreadable, "a folder", NULL, NULL, &id, &known, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO);
    close(unreadable);
    assert_fits(store, NULL);
}

static void test_parts(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(Store) store = case_new(&folder);
    g_autoptr(GError) error = NULL;
    gsize length = 200000;
    g_autofree guint8 *bytes = made_bytes(length);
    gint64 id = add(store, bytes, length, NULL);
    static const gsize PARTS[][2] = {{0, 1},      {65535, 2},  {65536, 65536}, {70000, 1},
                                     {131071, 3}, {199999, 1}, {100, 150000},  {200000, 0}};
    for (gsize i = 0; i < G_N_ELEMENTS(PARTS); i++) {
        g_autoptr(GBytes) part =
            evidence_original_load(store, id, PARTS[i][0], PARTS[i][1], &error);
        g_assert_no_error(error);
        assert_bytes(g_bytes_get_data(part, NULL), g_bytes_get_size(part), bytes + PARTS[i][0],
                     PARTS[i][1]);
    }
    g_assert_null(evidence_original_load(store, id, 199999, 2, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT);
    g_clear_error(&error);
    g_assert_null(evidence_original_load(store, id, 200001, 0, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT);
    g_clear_error(&error);
    g_assert_null(evidence_original_load(store, 99, 0, 0, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND);
    g_clear_error(&error);

    /* Reading and skipping in turn; never back. */
    g_autoptr(EvidenceReader) reader = evidence_original_open(store, id, &error);
    guint8 ten[10];
    for (guint64 at = 0; at + 10 < length; at += 33333) {
        g_assert_true(evidence_reader_skip_to(reader, at, &error));
        for (gsize n = 0; n < 10;) {
            gssize got = evidence_reader_read(reader, ten + n, 10 - n, &error);
            g_assert_cmpint(got, >, 0);
            n += (gsize)got;
        }
        assert_bytes(ten, 10, bytes + at, 10);
    }
    g_assert_false(evidence_reader_skip_to(reader, 5, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT);
    g_clear_error(&error);
    g_assert_true(evidence_reader_skip_to(reader, length, &error));
    g_assert_cmpint(evidence_reader_read(reader, ten, 10, &error), ==, 0);
    g_assert_cmpint(evidence_reader_read(reader, ten, 10, &error), ==, 0);
}

static void test_twice(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(Store) store = case_new(&folder);
    g_autoptr(GError) error = NULL;
    bool known = true;
    gint64 first = add(store, "abc", 3, &known);
    g_assert_false(known);
    gint64 again = add(store, "abc", 3, &known);
    g_assert_true(known);
    g_assert_cmpint(again, ==, first);
    g_assert_cmpint(store_original_count(store, &error), ==, 1);
    StoreLogHead head;
    g_assert_true(evidence_head(store, &head, &error));
    g_assert_cmpint(head.size, ==, 1);

    /* A known file that was lost comes back. */
    g_autofree char *path = path_of(store, first);
    g_assert_cmpint(g_unlink(path), ==, 0);
    assert_names(store, "Original O1 (file.bin): its sealed file is missing");
    add(store, "abc", 3, &known);
    g_assert_true(known);
    assert_fits(store, NULL);
}

static gsize files_in(const char *folder)
{
    gsize n = 0;
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        n += g_file_test(path, G_FILE_TEST_IS_DIR) ? files_in(path) : 1;
    }
    return n;
}

static void test_transaction(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(Store) store = case_new(&folder);
    g_autofree char *originals = g_build_filename(folder, "originals", NULL);
    g_autoptr(GError) error = NULL;
    g_assert_true(store_begin(store, &error));
    for (int i = 0; i < 20; i++)
        add(store, &i, sizeof i, NULL);
    g_assert_cmpuint(files_in(originals), ==, 20);
    store_rollback(store);
    g_assert_cmpuint(files_in(originals), ==, 0);
    g_assert_cmpint(store_original_count(store, &error), ==, 0);

    g_assert_true(store_begin(store, &error));
    for (int i = 0; i < 20; i++) {
        gint64 id = add(store, &i, sizeof i, NULL);
        g_autoptr(GBytes) back = evidence_original_load(store, id, 0, 0, &error);
        g_assert_no_error(error); /* readable before the commit */
        assert_bytes(g_bytes_get_data(back, NULL), g_bytes_get_size(back), &i, sizeof i);
    }
    g_assert_true(store_commit(store, &error));
    g_assert_cmpuint(files_in(originals), ==, 20);
    assert_fits(store, NULL);
}

/* What a killed process left half written goes; what another one is writing stays. */
static void test_leftover(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(Store) store = case_new(&folder);
    add(store, "a", 1, NULL);
    g_autofree char *dead = g_build_filename(folder, "originals", "part-AAAAAA", NULL);
    g_assert_true(g_file_set_contents(dead, "half", 4, NULL));
    g_autofree char *live = g_build_filename(folder, "originals", "part-BBBBBB", NULL);
    int fd = g_open(live, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    g_assert_cmpint(flock(fd, LOCK_EX), ==, 0);
    g_autoptr(Store) next = case_again(store);
    add(next, "b", 1, NULL);
    g_assert_true(g_file_test(live, G_FILE_TEST_EXISTS));
    close(fd);
    g_assert_false(g_file_test(dead, G_FILE_TEST_EXISTS));
}

static void test_name(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(Store) store = case_new(&folder);
    g_autoptr(GError) error = NULL;
    gint64 id;
    g_assert_true(
        evidence_original_add_bytes(store, "x", 1, "\xff\xfe.txt", NULL, NULL, &id, NULL, &error));
    g_autoptr(StoreOriginal) row = store_original_load(store, id, &error);
    g_assert_true(g_utf8_validate(row->name, -1, NULL));
}

/* Nothing of the contents or of their hash can be read in the folder. */
static void test_secret(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(Store) store = case_new(&folder);
    const char *text = "a sentence that must not be found in the folder";
    gint64 id = add(store, text, strlen(text), NULL);
    g_autofree char *path = path_of(store, id);
    gsize length;
    g_autofree char *bytes = test_read_file(path, &length);
    g_assert_null(g_strstr_len(bytes, (gssize)length, "sentence"));
    guint8 sha256[32];
    char hex[65];
    crypto_hash_sha256(sha256, (const guint8 *)text, strlen(text));
    sodium_bin2hex(hex, sizeof hex, sha256, 32);
    hex[12] = '\0';
    g_assert_null(strstr(path, hex + 2));
}

/* ---- damage ---- */

static void rewrite(const char *path, const void *bytes, gsize length)
{
    g_autoptr(GError) error = NULL;
    g_file_set_contents(path, bytes, (gssize)length, &error);
    g_assert_no_error(error);
}

static void test_flips(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(Store) store = case_new(&folder);
    gsize length = 150000, size;
    g_autofree guint8 *bytes = made_bytes(length);
    gint64 id = add(store, bytes, length, NULL);
    g_autofree char *path = path_of(store, id);
    g_autofree char *whole = test_read_file(path, &size);
    static const struct {
        gsize at;
        const char *named;
    } FLIPS[] = {
        {0, "O1 (file.bin): the label"},   {9, "O1 (file.bin): the label"},
        {40, "O1 (file.bin): the label"},  {60, "O1 (file.bin): another file"},
        {70, "O1 (file.bin): the label"},  {111, "O1 (file.bin): the label"},
        {112, "chunk 1 does not open"},    {65000, "chunk 1 does not open"},
        {66000, "chunk 2 does not open"},  {150000, "chunk 3 does not open"},
        {150162, "chunk 3 does not open"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(FLIPS); i++) {
        g_assert_cmpuint(FLIPS[i].at, <, size);
        whole[FLIPS[i].at] ^= 4;
        rewrite(path, whole, size);
        assert_names(store, FLIPS[i].named);
        whole[FLIPS[i].at] ^= 4;
    }
    rewrite(path, whole, size);
    assert_fits(store, NULL);

    /* A byte before the flip may be read; none of the chunk that holds it, nor after. */
    whole[66000] ^= 4;
    rewrite(path, whole, size);
    g_autoptr(GError) error = NULL;
    g_autoptr(EvidenceReader) reader = evidence_original_open(store, id, &error);
    guint8 *buffer = g_malloc(length);
    gssize got = evidence_reader_read(reader, buffer, length, &error);
    g_assert_cmpint(got, ==, SEALED_CHUNK);
    for (int i = 0; i < 2; i++) {
        g_assert_cmpint(evidence_reader_read(reader, buffer, length, &error), ==, -1);
        g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY);
        g_clear_error(&error);
    }
    g_free(buffer);
}

static void test_cut(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(Store) store = case_new(&folder);
    gsize length = 2 * SEALED_CHUNK, size;
    g_autofree guint8 *bytes = made_bytes(length);
    gint64 id = add(store, bytes, length, NULL);
    g_autofree char *path = path_of(store, id);
    g_autofree char *whole = test_read_file(path, &size);
    static const gsize CUTS[] = {0, 50, 112, 112 + SEALED_CHUNK + SEALED_EXTRA, 100000};
    for (gsize i = 0; i < G_N_ELEMENTS(CUTS); i++) {
        rewrite(path, whole, CUTS[i]);
        assert_names(store, "O1 (file.bin): its sealed file was cut short");
        g_assert_null(evidence_original_load(store, id, 0, 10, NULL));
    }
    g_autofree char *longer = g_malloc(size + 1);
    memcpy(longer, whole, size);
    longer[size] = 0;
    rewrite(path, longer, size + 1);
    assert_names(store, "O1 (file.bin): its sealed file grew");
}

/* Chunks in another order, and another whole original in its place. */
static void test_swaps(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(Store) store = case_new(&folder);
    gsize length = 2 * SEALED_CHUNK, size, chunk = SEALED_CHUNK + SEALED_EXTRA;
    g_autofree guint8 *bytes = made_bytes(length);
    gint64 first = add(store, bytes, length, NULL);
    bytes[0] ^= 1;
    gint64 second = add(store, bytes, length, NULL);
    g_autofree char *first_path = path_of(store, first), *second_path = path_of(store, second);
    g_autofree char *whole = test_read_file(first_path, &size);
    g_autofree char *other = test_read_file(second_path, &size);
    g_autofree char *turned = g_memdup2(whole, size);
    memcpy(turned + SEALED_AT_CHUNKS, whole + SEALED_AT_CHUNKS + chunk, chunk);
    memcpy(turned + SEALED_AT_CHUNKS + chunk, whole + SEALED_AT_CHUNKS, chunk);
    rewrite(first_path, turned, size);
    assert_names(store, "chunk 1 does not open");
    rewrite(first_path, other, size);
    assert_names(store, "O1 (file.bin): another file stands in the place of its own");
    /* The label of the right file before the stream of another. */
    memcpy(other, whole, SEALED_AT_CHUNKS);
    rewrite(first_path, other, size);
    assert_names(store, "chunk 1 does not open");
}

/* The row says another hash, with the record's entry made to fit by the store itself. */
static void test_row(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(Store) store = case_new(&folder);
    add(store, "abc", 3, NULL);
    raw(store, "UPDATE original SET bytes = 4 WHERE id = 1");
    assert_names(store, "O1 does not fit entry 0");
}

static void test_reading_only(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(Store) store = case_new(&folder);
    gint64 id = add(store, "abc", 3, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) reading =
        evidence_open_with_keys(folder, store_keys(store), STORE_READ, &error);
    g_autoptr(GBytes) back = evidence_original_load(reading, id, 0, 0, &error);
    g_assert_cmpuint(g_bytes_get_size(back), ==, 3);
    g_assert_false(
        evidence_original_add_bytes(reading, "d", 1, NULL, NULL, NULL, &id, NULL, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    if (sodium_init() < 0)
        return 1;
    g_test_add_func("/evidence/original/every_length_comes_back", test_lengths);
    g_test_add_func("/evidence/original/a_pipe_is_read_to_its_end", test_fd);
    g_test_add_func("/evidence/original/any_part_can_be_read", test_parts);
    g_test_add_func("/evidence/original/a_known_one_adds_nothing", test_twice);
    g_test_add_func("/evidence/original/a_rollback_leaves_no_file", test_transaction);
    g_test_add_func("/evidence/original/leftovers_are_swept", test_leftover);
    g_test_add_func("/evidence/original/a_name_that_is_no_text_is_kept_as_text", test_name);
    g_test_add_func("/evidence/original/neither_contents_nor_hash_can_be_read", test_secret);
    g_test_add_func("/evidence/original/a_flipped_bit_is_named", test_flips);
    g_test_add_func("/evidence/original/a_cut_or_grown_file_is_named", test_cut);
    g_test_add_func("/evidence/original/swapped_chunks_and_files_are_named", test_swaps);
    g_test_add_func("/evidence/original/a_changed_row_is_named", test_row);
    g_test_add_func("/evidence/original/reading_only_reads_only", test_reading_only);
    return g_test_run();
}
