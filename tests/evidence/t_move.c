/* A case that moves from folder to folder: what a server needs is tried by tests/cli/t_move.sh. */
#include "cases.h"
#include "evidence/move.h"
#include "store/carry.h"
#include "store/moved.h"
#include "store/person.h"

#include <glib/gstdio.h>

static char *beside(const Store *store, const char *name)
{
    g_autofree char *top = g_path_get_dirname(store_folder(store));
    return g_build_filename(top, name, NULL);
}

static bool move(Store *store, const char *to, GError **error)
{
    EvidenceMove moved;
    const EvidenceMoveOptions options = {0};
    return evidence_move(store_folder(store), store_keys(store), to, &options, &moved, error);
}

static Store *open_again(const char *folder, StoreKeys *keys, StoreMode mode)
{
    g_autoptr(GError) error = NULL;
    Store *store = evidence_open_with_keys(folder, keys, mode, &error);
    g_assert_no_error(error);
    return store;
}

static void assert_says(GError **error, int code, const char *words)
{
    g_assert_error(*error, ZENHAR_ERROR, code);
    if (strstr((*error)->message, words) == NULL)
        g_error("'%s' does not say '%s'", (*error)->message, words);
    g_clear_error(error);
}

/* A table that a later schema brings is carried, or this says so. */
static void no_table_is_forgotten(void)
{
    g_autofree char *folder = NULL, *names = store_carry_tables();
    g_autoptr(Store) store = case_new(&folder);
    g_auto(GStrv) known = g_strsplit(names, "\n", -1);
    sqlite3_stmt *row = NULL;
    guint n = 0;
    g_assert_cmpint(sqlite3_prepare_v2(store->db.lite,
                                       "SELECT name FROM sqlite_schema WHERE type = 'table' AND"
                                       " name NOT LIKE 'sqlite_%' AND name NOT LIKE 'search_%'",
                                       -1, &row, NULL),
                    ==, SQLITE_OK);
    for (; sqlite3_step(row) == SQLITE_ROW; n++) {
        const char *name = (const char *)sqlite3_column_text(row, 0);
        if (!g_strv_contains((const char *const *)known, name))
            g_error("the table %s is not carried by a move (store/carry.c)", name);
    }
    sqlite3_finalize(row);
    g_assert_cmpuint(n, ==, g_strv_length(known) - 1);
}

/* What names something that comes after it, numbers that were removed, an empty log's beginning. */
static void what_names_what_comes_later_is_there_afterwards(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = NULL;
    g_autoptr(Store) store = case_new(&folder);
    g_autofree char *to = beside(store, "there.zenhar");
    for (int i = 0; i < 3; i++) {
        g_autoptr(StorePerson) person = store_person_new();
        store_person_add(store, person, &error);
    }
    g_autoptr(StorePerson) first = store_person_load(store, 1, &error);
    first->merged_into = 2;
    g_assert_true(store_person_update(store, first, &error));
    g_assert_true(store_person_remove(store, 3, &error));
    add_settings(store, "setting", 700); /* more than two tiles of the log */
    g_assert_true(move(store, to, &error));
    g_assert_no_error(error);
    g_autoptr(Store) there = open_again(to, store_keys(store), STORE_WRITE);
    g_autoptr(StorePerson) moved = store_person_load(there, 1, &error);
    g_assert_cmpint(moved->merged_into, ==, 2);
    g_autoptr(StorePerson) next = store_person_new();
    g_assert_true(store_person_add(there, next, &error));
    g_assert_cmpint(next->id, ==, 4); /* 3 was given */
    assert_fits(there, NULL);
    g_autofree char *mark = g_build_filename(to, STORE_MOVED_FILE, NULL);
    g_assert_false(g_file_test(mark, G_FILE_TEST_EXISTS));
}

static void a_connection_that_was_open_before_does_not_write_either(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = NULL;
    g_autoptr(Store) store = case_new(&folder);
    g_autofree char *to = beside(store, "there.zenhar");
    g_autofree char *other = beside(store, "other.zenhar");
    add_settings(store, "setting", 3);
    g_assert_true(move(store, to, &error));
    g_autoptr(StoreSetting) setting = store_setting_new();
    setting->name = g_strdup("late");
    g_assert_false(store_setting_add(store, setting, &error));
    assert_says(&error, ZENHAR_ERROR_DENIED, "was moved to");
    g_autoptr(Store) reads = open_again(folder, store_keys(store), STORE_READ);
    assert_fits(reads, NULL);
    g_assert_false(move(store, other, &error));
    assert_says(&error, ZENHAR_ERROR_USAGE, "--reopen");
    g_assert_true(evidence_move_reopen(folder, store_keys(store), NULL, &error));
    g_assert_true(store_setting_add(store, setting, &error));
    assert_fits(store, NULL);
}

/* The target is altered just before it is compared: it opens for nobody, the source is as before.
 */
static void what_does_not_verify_opens_for_nobody(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = NULL;
    g_autoptr(Store) store = case_new(&folder);
    g_autofree char *to = beside(store, "there.zenhar");
    add_settings(store, "setting", 3);
    raw(store, "UPDATE setting SET value = 'forged' WHERE id = 2"); /* and goes over as it is */
    g_assert_false(move(store, to, &error));
    assert_says(&error, ZENHAR_ERROR_INTEGRITY, "ST2");
    g_assert_null(evidence_open_with_keys(to, store_keys(store), STORE_READ, &error));
    assert_says(&error, ZENHAR_ERROR_DENIED, "not whole");
    add_settings(store, "later", 1);
    raw(store, "UPDATE setting SET value = 'value 1' WHERE id = 2");
    g_assert_true(move(store, to, &error)); /* begun anew: the source has gone on */
    g_assert_no_error(error);
    g_autoptr(Store) there = open_again(to, store_keys(store), STORE_READ);
    assert_fits(there, NULL);
    g_assert_cmpint(store_count(there, STORE_KIND_SETTING, &error), ==, 4);
}

static void a_mark_that_cannot_be_read_is_told(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = NULL;
    g_autoptr(Store) store = case_new(&folder);
    g_autofree char *mark = g_build_filename(folder, STORE_MOVED_FILE, NULL);
    for (gsize i = 0; i < 3; i++) {
        static const char *const LINES[] = {"", "away", "sideways 1 00 /x"};
        g_assert_true(g_file_set_contents(mark, LINES[i], -1, NULL));
        g_assert_null(evidence_open_with_keys(folder, store_keys(store), STORE_READ, &error));
        assert_says(&error, ZENHAR_ERROR_INTEGRITY, "mark");
    }
    g_unlink(mark);
    add_settings(store, "setting", 1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define TEST(name) g_test_add_func("/evidence/move/" #name, name)
    TEST(no_table_is_forgotten);
    TEST(what_names_what_comes_later_is_there_afterwards);
    TEST(a_connection_that_was_open_before_does_not_write_either);
    TEST(what_does_not_verify_opens_for_nobody);
    TEST(a_mark_that_cannot_be_read_is_told);
    return g_test_run();
}
