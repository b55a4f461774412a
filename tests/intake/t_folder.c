/* A watched folder: whole files are read, once; whatever is killed in between. */
#include "evidence/evidence.h"
#include "intake/folder.h"
#include "store/intake.h"
#include "store/watch.h"
#include "support.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const StoreKeyCost CHEAP = {1, 8 << 20};

typedef struct {
    char *folder, *inbox, *done, *path;
    Store *store;
} Case;

static void case_make(Case *c)
{
    g_autoptr(GError) error = NULL;
    c->folder = test_folder_new();
    c->inbox = g_build_filename(c->folder, "inbox", NULL);
    c->done = g_build_filename(c->folder, "inbox", "read", NULL);
    c->path = g_build_filename(c->folder, "test.zenhar", NULL);
    g_mkdir(c->inbox, 0700);
    c->store = evidence_create(c->path, "test", &CHEAP, &error);
    g_assert_no_error(error);
}

static void case_clear(Case *c)
{
    g_autoptr(GError) error = NULL;
    EvidenceReport report;
    evidence_verify(c->store, &report, &error);
    g_assert_no_error(error);
    store_close(c->store);
    g_free(c->folder);
    g_free(c->inbox);
    g_free(c->done);
    g_free(c->path);
}

static char *put(const Case *c, const char *name, const char *contents)
{
    g_autoptr(GError) error = NULL;
    char *path = g_build_filename(c->inbox, name, NULL);
    g_autofree char *parent = g_path_get_dirname(path);
    g_mkdir_with_parents(parent, 0700);
    g_file_set_contents(path, contents, -1, &error);
    g_assert_no_error(error);
    return path;
}

static void look(Case *c, const char *moved, guint settle, IntakeFolderSummary *summary)
{
    g_autoptr(GError) error = NULL;
    const IntakeFolder folder = {.path = c->inbox,
                                 .moved = moved,
                                 .settle = settle,
                                 .options = {.source = "Inbox", .reliability = 'B'}};
    intake_folder_summary_clear(summary);
    intake_folder_read(c->store, &folder, summary, &error);
    g_assert_no_error(error);
}

static gint64 count(Case *c, StoreKind kind)
{
    g_autoptr(GError) error = NULL;
    gint64 n = store_count(c->store, kind, &error);
    g_assert_no_error(error);
    return n;
}

static const char LETTER[] = "On 28 June 2025 five people were arrested in Shiraz.\n";
static const char TABLE[] =
    "id,date,city,act\n1,2025-06-28,Shiraz,arrest\n2,nonsense,Tehran,arrest\n";

static void test_read_and_remembered(void)
{
    Case c;
    case_make(&c);
    g_auto(IntakeFolderSummary) summary = {0};
    g_free(put(&c, "letter.txt", LETTER));
    g_free(put(&c, "deeper/list.csv", TABLE));
    look(&c, NULL, G_MAXUINT, &summary);
    g_assert_cmpuint(summary.read, ==, 2);
    g_assert_cmpuint(summary.came.added, ==, 2);
    g_assert_cmpuint(summary.came.quarantined, ==, 1); /* waits with its reason, as in any import */
    g_assert_cmpint(count(&c, STORE_KIND_QUARANTINE), ==, 1);
    gint64 entries = count(&c, STORE_KIND_IMPORT);
    for (int again = 0; again < 3; again++) {
        look(&c, NULL, G_MAXUINT, &summary);
        g_assert_cmpuint(summary.read, ==, 0);
        g_assert_cmpuint(summary.known, ==, 2);
    }
    g_assert_cmpint(count(&c, STORE_KIND_IMPORT), ==, entries);
    /* Written anew, it is another file. */
    g_free(put(&c, "letter.txt", "On 29 June 2025 two were released in Tehran.\n"));
    look(&c, NULL, G_MAXUINT, &summary);
    g_assert_cmpuint(summary.read, ==, 1);
    g_assert_cmpuint(summary.came.added, ==, 1);
    case_clear(&c);
}

static void test_moved(void)
{
    Case c;
    case_make(&c);
    g_auto(IntakeFolderSummary) summary = {0};
    g_autofree char *a = put(&c, "letter.txt", LETTER);
    look(&c, c.done, G_MAXUINT, &summary);
    g_assert_cmpuint(summary.read, ==, 1);
    g_assert_false(g_file_test(a, G_FILE_TEST_EXISTS));
    g_autofree char *moved = g_build_filename(c.done, "letter.txt", NULL);
    g_assert_true(g_file_test(moved, G_FILE_TEST_EXISTS));
    /* The same name again does not write over the first. */
    g_free(put(&c, "letter.txt", "On 30 June 2025 three were arrested in Tabriz.\n"));
    look(&c, c.done, G_MAXUINT, &summary);
    g_assert_cmpuint(summary.read, ==, 1);
    g_autofree char *second = g_build_filename(c.done, "letter-2.txt", NULL);
    g_assert_true(g_file_test(second, G_FILE_TEST_EXISTS));
    g_assert_true(g_file_test(moved, G_FILE_TEST_EXISTS));
    /* What was moved lies within the folder and is not looked at. */
    look(&c, c.done, G_MAXUINT, &summary);
    g_assert_cmpuint(summary.read + summary.known + summary.waiting, ==, 0);
    g_assert_cmpint(count(&c, STORE_KIND_REPORT), ==, 2);
    case_clear(&c);
}

static void test_only_whole_files(void)
{
    Case c;
    case_make(&c);
    g_auto(IntakeFolderSummary) summary = {0};
    g_autofree char *a = put(&c, "letter.txt", LETTER);
    static const char *const ON_THE_WAY[] = {"a.csv.part", "b.CRDOWNLOAD", ".hidden.txt",
                                             "c.txt~",     "d.tmp",        "e.filepart"};
    for (gsize i = 0; i < G_N_ELEMENTS(ON_THE_WAY); i++)
        g_free(put(&c, ON_THE_WAY[i], LETTER));
    look(&c, NULL, 3600, &summary); /* changed a moment ago */
    g_assert_cmpuint(summary.read, ==, 0);
    g_assert_cmpuint(summary.waiting, ==, 1);
    /* Open for writing, however long nothing was written. */
    int fd = g_open(a, O_WRONLY | O_APPEND, 0);
    look(&c, NULL, G_MAXUINT, &summary);
    g_assert_cmpuint(summary.read, ==, 0);
    g_assert_cmpuint(summary.waiting, ==, 1);
    g_assert_cmpint(write(fd, "And one in Tehran.\n", 19), ==, 19);
    close(fd);
    look(&c, NULL, G_MAXUINT, &summary);
    g_assert_cmpuint(summary.read, ==, 1);
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreReport) report = store_report_load(c.store, 1, &error);
    g_assert_nonnull(strstr(report->text, "And one in Tehran."));
    case_clear(&c);
}

/* An old date that was copied along does not make a file whole. */
static void test_settles_by_the_change_not_the_date(void)
{
    Case c;
    case_make(&c);
    g_auto(IntakeFolderSummary) summary = {0};
    g_autofree char *a = put(&c, "letter.txt", LETTER);
    struct timespec old[2] = {{.tv_sec = 1000000000}, {.tv_sec = 1000000000}};
    g_assert_cmpint(utimensat(AT_FDCWD, a, old, 0), ==, 0);
    look(&c, NULL, 2, &summary);
    g_assert_cmpuint(summary.waiting, ==, 1);
    g_usleep(3100000);
    look(&c, NULL, 2, &summary);
    g_assert_cmpuint(summary.read, ==, 1);
    case_clear(&c);
}

static void test_links_and_cases_are_left_alone(void)
{
    Case c;
    case_make(&c);
    g_auto(IntakeFolderSummary) summary = {0};
    g_autofree char *link = g_build_filename(c.inbox, "passwd.txt", NULL);
    g_autofree char *fifo = g_build_filename(c.inbox, "pipe.txt", NULL);
    g_assert_cmpint(symlink("/etc/passwd", link), ==, 0);
    g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
    g_free(put(&c, "old.zenhar/case.json", "{}"));
    g_free(put(&c, "old.zenhar/case.db", "x"));
    look(&c, NULL, G_MAXUINT, &summary);
    g_assert_cmpuint(summary.read + summary.waiting, ==, 0);
    g_assert_cmpint(count(&c, STORE_KIND_ORIGINAL), ==, 0);
    case_clear(&c);
}

static void test_a_missing_folder_is_said(void)
{
    Case c;
    case_make(&c);
    g_autoptr(GError) error = NULL;
    g_auto(IntakeFolderSummary) summary = {0};
    const IntakeFolder folder = {.path = "/nowhere/at/all", .settle = G_MAXUINT};
    g_assert_false(intake_folder_read(c.store, &folder, &summary, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO);
    g_assert_nonnull(strstr(error->message, "/nowhere/at/all"));
    case_clear(&c);
}

/* Killed at any moment: what a child had begun is there once, in the end. */
static void test_killed(void)
{
    Case c;
    case_make(&c);
    enum { FILES = 24 };
    for (int i = 0; i < FILES; i++) {
        g_autofree char *name = g_strdup_printf("letter-%02d.txt", i);
        g_autofree char *text =
            g_strdup_printf("On %d June 2025 %d people were arrested in Shiraz.\n", i + 1, i + 2);
        g_free(put(&c, name, text));
    }
    store_close(c.store);
    for (gulong at = 20000; at <= 320000; at += 60000) {
        pid_t child = fork();
        if (child == 0) {
            c.store = evidence_open(c.path, "test", STORE_WRITE, NULL);
            IntakeFolderSummary summary = {0};
            look(&c, at % 40000 == 0 ? c.done : NULL, G_MAXUINT, &summary);
            _exit(0);
        }
        g_usleep(at);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
    }
    g_autoptr(GError) error = NULL;
    c.store = evidence_open(c.path, "test", STORE_WRITE, &error);
    g_assert_no_error(error);
    g_auto(IntakeFolderSummary) summary = {0};
    look(&c, c.done, G_MAXUINT, &summary);
    g_assert_cmpint(count(&c, STORE_KIND_REPORT), ==, FILES);
    g_assert_cmpint(count(&c, STORE_KIND_ORIGINAL), ==, FILES);
    g_assert_cmpint(count(&c, STORE_KIND_IMPORT), ==, FILES);
    case_clear(&c);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/intake/folder/read_once_and_remembered", test_read_and_remembered);
    g_test_add_func("/intake/folder/read_once_and_moved", test_moved);
    g_test_add_func("/intake/folder/only_whole_files", test_only_whole_files);
    g_test_add_func("/intake/folder/settles_by_the_change_not_the_date",
                    test_settles_by_the_change_not_the_date);
    g_test_add_func("/intake/folder/links_pipes_and_cases_are_left_alone",
                    test_links_and_cases_are_left_alone);
    g_test_add_func("/intake/folder/a_missing_folder_is_said", test_a_missing_folder_is_said);
    g_test_add_func("/intake/folder/killed_anywhere_each_file_is_read_once", test_killed);
    return g_test_run();
}
