/* Ways into a case, and what stands in the way: each a sentence, and the case unchanged. */
#include "case.h"
#include "store/report.h"
#include "store/user.h"
#include "support.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void replace_in_case_file(const char *folder, const char *old, const char *new)
{
    g_autofree char *path = g_build_filename(folder, "case.json", NULL);
    g_autofree char *text = test_read_file(path, NULL);
    g_autoptr(GString) changed = g_string_new(text);
    g_assert_cmpuint(g_string_replace(changed, old, new, 1), ==, 1);
    g_assert_true(g_file_set_contents(path, changed->str, -1, NULL));
}

static void wrong_passphrase(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(GError) error = NULL;
    store_close(case_new(&folder));
    g_assert_null(store_open(folder, "correct horse batteri", STORE_READ, &error));
    assert_error(&error, ZENHAR_ERROR_PASSPHRASE, folder);
    g_assert_null(store_open(folder, "", STORE_READ, &error));
    assert_error(&error, ZENHAR_ERROR_PASSPHRASE, NULL);
    g_assert_null(store_create("/nowhere/x", "", &CHEAP, &error));
    assert_error(&error, ZENHAR_ERROR_USAGE, "empty");
}

static void no_case_there(void)
{
    g_autofree char *folder = test_folder_new();
    g_autofree char *missing = g_build_filename(folder, "missing.zenhar", NULL);
    g_autofree char *text = g_build_filename(folder, "case.json", NULL);
    g_autoptr(GError) error = NULL;
    g_assert_null(store_open(missing, PASSPHRASE, STORE_READ, &error));
    assert_error(&error, ZENHAR_ERROR_NOT_FOUND, missing);
    g_assert_null(store_open(folder, PASSPHRASE, STORE_READ, &error));
    assert_error(&error, ZENHAR_ERROR_NOT_A_CASE, folder);
    static const char *const NOT_CASES[] = {"", "{}", "[1]", "not JSON", "{\"format\":\"other\"}"};
    for (gsize i = 0; i < G_N_ELEMENTS(NOT_CASES); i++) {
        g_assert_true(g_file_set_contents(text, NOT_CASES[i], -1, NULL));
        g_assert_null(store_open(folder, PASSPHRASE, STORE_READ, &error));
        assert_error(&error, ZENHAR_ERROR_NOT_A_CASE, folder);
    }
    g_assert_null(store_open(text, PASSPHRASE, STORE_READ, &error)); /* a file, not a folder */
    assert_error(&error, ZENHAR_ERROR_NOT_A_CASE, text);
}

static void a_folder_with_something_in_it_is_left_alone(void)
{
    g_autofree char *folder = test_folder_new();
    g_autofree char *file = g_build_filename(folder, "mine.txt", NULL);
    g_autoptr(GError) error = NULL;
    g_assert_true(g_file_set_contents(file, "mine", -1, NULL));
    g_assert_null(store_create(folder, PASSPHRASE, &CHEAP, &error));
    assert_error(&error, ZENHAR_ERROR_USAGE, folder);
    g_assert_null(store_create(file, PASSPHRASE, &CHEAP, &error));
    assert_error(&error, ZENHAR_ERROR_USAGE, file);
    g_autofree char *below = g_build_filename(folder, "no", "such", "parent", NULL);
    g_assert_null(store_create(below, PASSPHRASE, &CHEAP, &error));
    assert_error(&error, ZENHAR_ERROR_IO, below);
    g_autofree char *text = test_read_file(file, NULL);
    g_assert_cmpstr(text, ==, "mine");
}

static void files_are_the_owners_alone(void)
{
    static const char *const NAMES[] = {"case.db", "case.json"};
    g_autofree char *folder = NULL;
    const mode_t before = umask(0);
    Store *store = case_new(&folder);
    umask(before);
    for (gsize i = 0; i < G_N_ELEMENTS(NAMES); i++) {
        g_autofree char *path = g_build_filename(folder, NAMES[i], NULL);
        GStatBuf facts;
        g_assert_cmpint(g_stat(path, &facts), ==, 0);
        g_assert_cmpuint(facts.st_mode & 0777, ==, 0600);
    }
    store_close(store);
}

static void a_damaged_case_file_is_named(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(GError) error = NULL;
    store_close(case_new(&folder));
    replace_in_case_file(folder, "\"passes\": 1", "\"passes\": 1000000");
    g_assert_null(store_open(folder, PASSPHRASE, STORE_READ, &error));
    assert_error(&error, ZENHAR_ERROR_NOT_A_CASE, "damaged");
    replace_in_case_file(folder, "\"passes\": 1000000", "\"passes\": 1");
    replace_in_case_file(folder, "\"public\": \"", "\"public\": \"00");
    g_assert_null(store_open(folder, PASSPHRASE, STORE_READ, &error));
    assert_error(&error, ZENHAR_ERROR_NOT_A_CASE, "damaged");
}

static void another_public_key_is_refused(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(GError) error = NULL;
    store_close(case_new(&folder));
    g_autofree char *path = g_build_filename(folder, "case.json", NULL);
    g_autofree char *text = test_read_file(path, NULL);
    char *key = strstr(text, "\"public\": \"") + strlen("\"public\": \"");
    key[5] = key[5] == '0' ? '1' : '0';
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    g_assert_null(store_open(folder, PASSPHRASE, STORE_READ, &error));
    assert_error(&error, ZENHAR_ERROR_INTEGRITY, "signing key");
}

static void a_case_of_a_newer_version(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(GError) error = NULL;
    store_close(case_new(&folder));
    replace_in_case_file(folder, "\"version\": 1", "\"version\": 4");
    g_assert_null(store_open(folder, PASSPHRASE, STORE_WRITE, &error));
    assert_error(&error, ZENHAR_ERROR_NEWER, folder);
}

static void a_case_without_its_database(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(GError) error = NULL;
    store_close(case_new(&folder));
    g_autofree char *path = g_build_filename(folder, "case.db", NULL);
    g_assert_cmpint(g_unlink(path), ==, 0);
    g_assert_null(store_open(folder, PASSPHRASE, STORE_WRITE, &error));
    assert_error(&error, ZENHAR_ERROR_NOT_A_CASE, "case.db");
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS)); /* no empty one was made */
}

static void the_database_is_encrypted_and_authenticated(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(GError) error = NULL;
    Store *store = case_new(&folder);
    g_assert_true(store_setting_set(store, "title", "NEEDLE in the haystack", &error));
    store_close(store);
    g_autofree char *path = g_build_filename(folder, "case.db", NULL);
    gsize length = 0;
    g_autofree char *bytes = test_read_file(path, &length);
    g_assert_null(memmem(bytes, length, "NEEDLE", 6));
    g_assert_null(memmem(bytes, length, "SQLite format", 13));
    g_assert_null(memmem(bytes, length, "CREATE TABLE", 12));
    bytes[length / 2] = (char)(bytes[length / 2] ^ 1); /* one bit, anywhere */
    g_assert_true(g_file_set_contents(path, bytes, (gssize)length, NULL));
    store = store_open(folder, PASSPHRASE, STORE_READ, &error);
    if (store != NULL) {
        g_assert_false(store_check(store, &error));
        store_close(store);
    }
    assert_error(&error, ZENHAR_ERROR_INTEGRITY, folder);
}

static void two_cases_do_not_open_each_other(void)
{
    g_autofree char *one = NULL, *two = NULL;
    g_autoptr(GError) error = NULL;
    store_close(case_new(&one));
    store_close(case_new(&two));
    g_autofree char *from = g_build_filename(one, "case.db", NULL);
    g_autofree char *to = g_build_filename(two, "case.db", NULL);
    gsize length = 0;
    g_autofree char *bytes = test_read_file(from, &length);
    g_assert_true(g_file_set_contents(to, bytes, (gssize)length, NULL));
    g_assert_null(store_open(two, PASSPHRASE, STORE_WRITE, &error));
    assert_error(&error, ZENHAR_ERROR_INTEGRITY, two);
}

static void the_passphrase_can_change(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(GError) error = NULL;
    Store *store = case_new(&folder);
    g_assert_true(store_setting_set(store, "title", "kept", &error));
    store_close(store);
    g_autofree char *path = g_build_filename(folder, "case.db", NULL);
    gsize before_length = 0, after_length = 0;
    g_autofree char *before = test_read_file(path, &before_length);
    g_assert_false(store_keys_change_passphrase(folder, "not it", "new words", &CHEAP, &error));
    assert_error(&error, ZENHAR_ERROR_PASSPHRASE, NULL);
    g_assert_false(store_keys_change_passphrase(folder, PASSPHRASE, "", &CHEAP, &error));
    assert_error(&error, ZENHAR_ERROR_USAGE, NULL);
    g_assert_true(
        store_keys_change_passphrase(folder, PASSPHRASE, "رمز تازه با چند واژه", &CHEAP, &error));
    g_assert_no_error(error);
    g_autofree char *after = test_read_file(path, &after_length);
    g_assert_cmpuint(before_length, ==, after_length);
    g_assert_cmpint(memcmp(before, after, before_length), ==, 0); /* nothing was rewritten */
    g_assert_null(store_open(folder, PASSPHRASE, STORE_READ, &error));
    assert_error(&error, ZENHAR_ERROR_PASSPHRASE, NULL);
    g_autoptr(Store) opened = store_open(folder, "رمز تازه با چند واژه", STORE_READ, &error);
    g_assert_no_error(error);
    g_autofree char *title = store_setting_get(opened, "title", &error);
    g_assert_cmpstr(title, ==, "kept");
}

static void a_reader_writes_nothing(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(GError) error = NULL;
    store_close(case_new(&folder));
    g_autoptr(Store) store = case_open(folder, STORE_READ);
    g_assert_false(store_setting_set(store, "title", "x", &error));
    assert_error(&error, ZENHAR_ERROR_DENIED, "reading only");
    g_assert_false(store_begin(store, &error));
    assert_error(&error, ZENHAR_ERROR_DENIED, NULL);
}

static void without_the_log_nothing_is_written(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(GError) error = NULL;
    store_close(case_new(&folder));
    g_autoptr(Store) store = store_open(folder, PASSPHRASE, STORE_WRITE, &error);
    g_assert_no_error(error);
    g_assert_false(store_setting_set(store, "title", "x", &error));
    assert_error(&error, ZENHAR_ERROR_DENIED, "evidence log");
}

static void two_writers_take_turns(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) one = case_new(&folder);
    g_autoptr(Store) two = store_open_with_keys(folder, store_keys(one), STORE_WRITE, &error);
    g_assert_no_error(error);
    hook_set(two);
    g_assert_true(store_setting_set(one, "title", "one", &error));
    g_assert_true(store_setting_set(two, "title", "two", &error));
    g_assert_no_error(error);
    /* A snapshot stands still while the other writes. */
    g_assert_true(store_read_begin(two, &error));
    g_assert_true(store_setting_set(one, "title", "three", &error));
    g_autofree char *seen = store_setting_get(two, "title", &error);
    g_assert_cmpstr(seen, ==, "two");
    g_assert_false(store_begin(two, &error));
    assert_error(&error, ZENHAR_ERROR_BUSY, NULL);
    store_read_end(two);
    g_autofree char *then = store_setting_get(two, "title", &error);
    g_assert_cmpstr(then, ==, "three");
}

/* ---- in a child ---- */

/* Runs `work` in a child of its own; its exit status. */
static int in_child(int (*work)(const char *folder), const char *folder)
{
    const pid_t child = fork();
    g_assert_cmpint(child, >=, 0);
    if (child == 0)
        _exit(work(folder));
    int status = 0;
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int read_as_nobody(const char *folder)
{
    g_autoptr(GError) error = NULL;
    if (getuid() == 0 &&
        (setresgid(65534, 65534, 65534) != 0 || setresuid(65534, 65534, 65534) != 0))
        return 10;
    Store *writer = store_open(folder, PASSPHRASE, STORE_WRITE, &error);
    if (writer != NULL || !g_error_matches(error, ZENHAR_ERROR, ZENHAR_ERROR_IO))
        return 11;
    g_clear_error(&error);
    Store *store = store_open(folder, PASSPHRASE, STORE_READ, &error);
    if (store == NULL)
        return 12;
    char *title = store_setting_get(store, "title", &error);
    return g_strcmp0(title, "to be read") == 0 ? 0 : 13;
}

static void a_read_only_folder_can_be_read(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(GError) error = NULL;
    Store *store = case_new(&folder);
    g_assert_true(store_setting_set(store, "title", "to be read", &error));
    store_close(store);
    g_autofree char *json = g_build_filename(folder, "case.json", NULL);
    g_autofree char *db = g_build_filename(folder, "case.db", NULL);
    g_autofree char *parent = g_path_get_dirname(folder);
    g_assert_cmpint(g_chmod(json, 0444), ==, 0);
    g_assert_cmpint(g_chmod(db, 0444), ==, 0);
    g_assert_cmpint(g_chmod(folder, 0555), ==, 0);
    g_assert_cmpint(g_chmod(parent, 0755), ==, 0);
    const int status = in_child(read_as_nobody, folder);
    g_assert_cmpint(g_chmod(folder, 0755), ==, 0);
    g_assert_cmpint(status, ==, 0);
}

static bool add_report(Store *store, int number, gsize text_bytes, GError **error)
{
    g_autoptr(StoreReport) report = store_report_new();
    report->title = g_strdup_printf("report %d", number);
    report->text = g_strnfill(text_bytes, 'x');
    return store_report_add(store, report, error);
}

/* No file may grow beyond 1 MiB: writing fails as on a full disk (EFBIG for ENOSPC). */
static int write_until_full(const char *folder)
{
    g_autoptr(GError) error = NULL;
    const struct rlimit limit = {1 << 20, 1 << 20};
    signal(SIGXFSZ, SIG_IGN);
    Store *store = store_open(folder, PASSPHRASE, STORE_WRITE, &error);
    if (store == NULL || setrlimit(RLIMIT_FSIZE, &limit) != 0)
        return 10;
    hook_set(store);
    int acknowledged = 0;
    while (acknowledged < 200 && add_report(store, acknowledged, 20000, &error))
        acknowledged++;
    if (!g_error_matches(error, ZENHAR_ERROR, ZENHAR_ERROR_IO) ||
        strstr(error->message, "full") == NULL || store_depth(store) != 0)
        return 11;
    g_clear_error(&error);
    store_close(store);
    return acknowledged >= 10 && acknowledged < 100 ? 100 + acknowledged : 12;
}

static void a_full_disk_loses_nothing_acknowledged(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(GError) error = NULL;
    store_close(case_new(&folder));
    const int status = in_child(write_until_full, folder);
    g_assert_cmpint(status, >, 100);
    g_autoptr(Store) store = case_open(folder, STORE_WRITE);
    g_assert_true(store_check(store, &error));
    g_assert_no_error(error);
    g_assert_cmpint(store_report_count(store, &error), ==, status - 100);
    g_assert_true(add_report(store, 1000, 20000, &error)); /* and it goes on */
}

static int write_for_ever(const char *folder, int acknowledge, bool bulk)
{
    Store *store = store_open(folder, PASSPHRASE, STORE_WRITE, NULL);
    if (store == NULL)
        return 10;
    hook_set(store);
    if (bulk && !store_bulk_begin(store, NULL))
        return 13;
    for (int i = 0;; i++) {
        if (!store_begin(store, NULL) || !add_report(store, i, 3000, NULL) ||
            !add_report(store, i, 3000, NULL) || !store_commit(store, NULL))
            return 11;
        const char one = 1;
        if (write(acknowledge, &one, 1) != 1)
            return 12;
    }
}

static void kill_9_loses_nothing_acknowledged(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(GError) error = NULL;
    store_close(case_new(&folder));
    gint64 acknowledged = 0;
    for (int round = 0; round < 4; round++) { /* every other one in bulk */
        int ends[2];
        g_assert_cmpint(pipe(ends), ==, 0);
        const pid_t child = fork();
        if (child == 0)
            _exit(write_for_ever(folder, ends[1], round % 2 == 1));
        close(ends[1]);
        char ones[1];
        for (int i = 0; i < 20; i++) {
            g_assert_cmpint(read(ends[0], ones, 1), ==, 1);
            acknowledged++;
        }
        kill(child, SIGKILL);
        while (read(ends[0], ones, 1) == 1)
            acknowledged++;
        close(ends[0]);
        g_assert_cmpint(waitpid(child, NULL, 0), ==, child);
        g_autoptr(Store) store = case_open(folder, STORE_WRITE);
        g_assert_true(store_check(store, &error));
        g_assert_no_error(error);
        const gint64 reports = store_report_count(store, &error);
        g_assert_cmpint(reports % 2, ==, 0); /* whole transactions only */
        g_assert_cmpint(reports / 2, >=, acknowledged);
        g_assert_cmpint(reports / 2, <=, acknowledged + 1); /* one may be synced, not told */
        acknowledged = reports / 2;
    }
}

static void bulk_writing_ends_where_it_says(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = case_new(&folder);
    g_assert_true(store_bulk_begin(store, &error));
    g_assert_true(add_report(store, 1, 100, &error));
    g_autoptr(Store) reader = store_open_with_keys(folder, store_keys(store), STORE_READ, &error);
    g_assert_cmpint(store_report_count(reader, &error), ==, 1); /* seen at once by others */
    g_assert_true(store_bulk_end(store, &error));
    g_assert_true(store_bulk_end(store, &error));
    g_assert_no_error(error);
    g_assert_true(store_bulk_begin(store, &error));
    g_assert_true(add_report(store, 2, 100, &error));
    g_clear_pointer(&store, store_close); /* ends it too */
    store = case_open(folder, STORE_READ);
    g_assert_cmpint(store_report_count(store, &error), ==, 2);
}

static const struct Test {
    const char *claim;
    void (*run)(void);
} TESTS[] = {
    {"wrong_passphrase_is_said", wrong_passphrase},
    {"no_case_there_is_said", no_case_there},
    {"a_folder_with_something_in_it_is_left_alone", a_folder_with_something_in_it_is_left_alone},
    {"files_are_the_owners_alone", files_are_the_owners_alone},
    {"a_damaged_case_file_is_named", a_damaged_case_file_is_named},
    {"another_public_key_is_refused", another_public_key_is_refused},
    {"a_case_of_a_newer_version_is_refused", a_case_of_a_newer_version},
    {"a_case_without_its_database_is_refused", a_case_without_its_database},
    {"the_database_is_encrypted_and_authenticated", the_database_is_encrypted_and_authenticated},
    {"two_cases_do_not_open_each_other", two_cases_do_not_open_each_other},
    {"the_passphrase_can_change", the_passphrase_can_change},
    {"a_reader_writes_nothing", a_reader_writes_nothing},
    {"without_the_log_nothing_is_written", without_the_log_nothing_is_written},
    {"two_writers_take_turns", two_writers_take_turns},
    {"a_read_only_folder_can_be_read", a_read_only_folder_can_be_read},
    {"a_full_disk_loses_nothing_acknowledged", a_full_disk_loses_nothing_acknowledged},
    {"bulk_writing_ends_where_it_says", bulk_writing_ends_where_it_says},
    {"kill_9_loses_nothing_acknowledged", kill_9_loses_nothing_acknowledged},
};

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(TESTS); i++) {
        g_autofree char *path = g_strconcat("/store/open/", TESTS[i].claim, NULL);
        g_test_add_func(path, TESTS[i].run);
    }
    return g_test_run();
}
