/* The newest head, noted beside the database: a log that does not reach it is told, and nothing
 * else is. */
#include "cases.h"
#include "evidence/newest.h"

#include <glib/gstdio.h>

static char *path_in(const char *folder, const char *name)
{
    return g_build_filename(folder, name, NULL);
}

static void copy_in(const char *folder, const char *from, const char *to)
{
    g_autofree char *old = path_in(folder, from), *new = path_in(folder, to);
    gsize length = 0;
    g_autofree char *bytes = test_read_file(old, &length);
    g_assert_true(g_file_set_contents(new, bytes, (gssize)length, NULL));
}

static void assert_says(Store *store, const char *words)
{
    g_autoptr(GError) error = NULL;
    const bool fits = evidence_newest_check(store, &error);
    g_autoptr(GError) verified = NULL;
    g_assert_cmpint(evidence_verify(store, NULL, &verified), ==, fits);
    if (words == NULL) {
        g_assert_no_error(error);
        return;
    }
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY);
    if (strstr(error->message, words) == NULL)
        g_error("does not say “%s”: %s", words, error->message);
    g_assert_cmpstr(verified->message, ==, error->message);
}

/* A case of `before` commits in one file, kept aside as old.db, then `after` more. Closed. */
static char *case_gone_on(int before, int after, StoreKeys **ret_keys)
{
    g_autoptr(GError) error = NULL;
    char *folder = NULL;
    Store *store = case_new(&folder);
    *ret_keys = store_keys_ref(store_keys(store));
    add_settings(store, "before", before);
    g_assert_true(store_optimize(store, &error)); /* all of it in case.db */
    copy_in(folder, "case.db", "old.db");
    add_settings(store, "after", after);
    assert_says(store, NULL);
    store_close(store);
    return folder;
}

static Store *open_again(const char *folder, StoreKeys *keys, StoreMode mode)
{
    g_autoptr(GError) error = NULL;
    Store *store = evidence_open_with_keys(folder, keys, mode, &error);
    g_assert_no_error(error);
    return store;
}

static void an_older_database_is_told(void)
{
    g_autoptr(StoreKeys) keys = NULL;
    g_autofree char *folder = case_gone_on(5, 3, &keys);
    copy_in(folder, "old.db", "case.db");
    Store *store = open_again(folder, keys, STORE_READ);
    assert_says(store, "head 8");
    assert_says(store, "the newest now is 5");
    store_close(store);
    /* It stays told when the log goes on, also beyond the head that was lost. */
    store = open_again(folder, keys, STORE_WRITE);
    add_settings(store, "later", 1);
    assert_says(store, "the newest now is 6");
    add_settings(store, "still later", 5);
    assert_says(store, "something else at head 8");
    store_close(store);
    g_autofree char *lost = path_in(folder, EVIDENCE_NEWEST_LOST_FILE);
    g_assert_cmpint(g_unlink(lost), ==, 0);
    store = open_again(folder, keys, STORE_WRITE);
    assert_says(store, NULL);
    add_settings(store, "last", 1);
    assert_says(store, NULL);
    g_assert_false(g_file_test(lost, G_FILE_TEST_EXISTS));
    store_close(store);
}

static void a_log_that_was_taken_away_whole_is_told(void)
{
    g_autoptr(StoreKeys) keys = NULL;
    g_autofree char *folder = case_gone_on(0, 3, &keys);
    copy_in(folder, "old.db", "case.db");
    Store *store = open_again(folder, keys, STORE_READ);
    assert_says(store, "the newest now is 0");
    store_close(store);
}

/* Another copy of the case went on and was put in this one's place: as long, and not the same. */
static void a_log_that_says_something_else_is_told(void)
{
    g_autoptr(StoreKeys) keys = NULL;
    g_autofree char *folder = case_gone_on(5, 3, &keys);
    copy_in(folder, EVIDENCE_NEWEST_FILE, "noted");
    copy_in(folder, "old.db", "case.db");
    g_autofree char *note = path_in(folder, EVIDENCE_NEWEST_FILE);
    g_assert_cmpint(g_unlink(note), ==, 0);
    Store *store = open_again(folder, keys, STORE_WRITE);
    add_settings(store, "others", 4);
    assert_says(store, NULL);
    copy_in(folder, "noted", EVIDENCE_NEWEST_FILE);
    assert_says(store, "something else at head 8");
    store_close(store);
}

static void a_note_that_cannot_be_read_counts_as_none(void)
{
    g_autoptr(StoreKeys) keys = NULL, others = NULL;
    g_autofree char *folder = case_gone_on(5, 3, &keys), *other = case_gone_on(5, 9, &others);
    g_autofree char *note = path_in(folder, EVIDENCE_NEWEST_FILE);
    g_autofree char *theirs = path_in(other, EVIDENCE_NEWEST_FILE);
    gsize length = 0, n = 0;
    g_autofree char *bytes = test_read_file(note, &length), *foreign = test_read_file(theirs, &n);
    g_assert_cmpuint(length, ==, 192);
    copy_in(folder, "old.db", "case.db"); /* so that a note that is believed is told */
    Store *store = open_again(folder, keys, STORE_READ);
    for (gsize cut = 0; cut < length; cut += 17) {
        g_assert_true(g_file_set_contents(note, bytes, (gssize)cut, NULL));
        assert_says(store, NULL);
    }
    for (gsize i = 0; i < length; i += 7) {
        bytes[i] ^= 4;
        g_assert_true(g_file_set_contents(note, bytes, (gssize)length, NULL));
        assert_says(store, NULL);
        bytes[i] ^= 4;
    }
    g_assert_true(g_file_set_contents(note, foreign, (gssize)n, NULL));
    assert_says(store, NULL);
    g_assert_true(g_file_set_contents(note, bytes, (gssize)length, NULL));
    assert_says(store, "head 8");
    store_close(store);
}

static bool noted_is(const char *folder, const char *bytes, gsize length)
{
    g_autofree char *note = path_in(folder, EVIDENCE_NEWEST_FILE);
    gsize n = 0;
    g_autofree char *now = test_read_file(note, &n);
    return n == length && memcmp(now, bytes, n) == 0;
}

/* What a power cut may take back is not noted before it is on the disk. */
static void in_bulk_nothing_is_noted_before_its_end(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = NULL;
    Store *store = case_new(&folder);
    g_autoptr(StoreKeys) keys = store_keys_ref(store_keys(store));
    add_settings(store, "one", 1);
    g_autofree char *note = path_in(folder, EVIDENCE_NEWEST_FILE);
    gsize length = 0;
    g_autofree char *first = test_read_file(note, &length);
    g_assert_true(store_bulk_begin(store, &error));
    add_settings(store, "bulk", 3);
    g_assert_true(noted_is(folder, first, length));
    assert_says(store, NULL);
    g_assert_true(store_bulk_end(store, &error));
    store_close(store);
    g_assert_false(noted_is(folder, first, length));
    store = open_again(folder, keys, STORE_READ);
    assert_says(store, NULL);
    store_close(store);
    g_assert_no_error(error);
}

/* What was rolled back is not noted; two that write in turn note each other's forward. */
static void two_connections_write_in_turn(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = NULL;
    g_autoptr(Store) one = case_new(&folder);
    g_autoptr(Store) two = case_again(one);
    for (int i = 0; i < 20; i++) {
        Store *writer = i % 3 == 0 ? one : two;
        g_autofree char *name = g_strdup_printf("turn %d", i);
        add_settings(writer, name, 1);
        g_assert_true(store_begin(writer, &error));
        add_settings(writer, "gone", 2);
        store_rollback(writer);
        assert_says(i % 2 == 0 ? one : two, NULL);
    }
    g_assert_no_error(error);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/evidence/newest/an_older_database_is_told", an_older_database_is_told);
    g_test_add_func("/evidence/newest/a_log_that_was_taken_away_whole_is_told",
                    a_log_that_was_taken_away_whole_is_told);
    g_test_add_func("/evidence/newest/a_log_that_says_something_else_is_told",
                    a_log_that_says_something_else_is_told);
    g_test_add_func("/evidence/newest/a_note_that_cannot_be_read_counts_as_none",
                    a_note_that_cannot_be_read_counts_as_none);
    g_test_add_func("/evidence/newest/in_bulk_nothing_is_noted_before_its_end",
                    in_bulk_nothing_is_noted_before_its_end);
    g_test_add_func("/evidence/newest/two_connections_write_in_turn",
                    two_connections_write_in_turn);
    return g_test_run();
}
