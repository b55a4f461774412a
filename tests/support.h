/* tests/support.h: what every test may use: where files are, and known answers
 * that live outside the project. */
#pragma once
#include <glib.h>
#include <stdbool.h>

/** Path of a file below the project's root. Transfers. */
char *test_source_path(const char *relative);

/** Path of a file below the shared folder ($ZENHAR_SHARED or ../shared), or
 *  NULL after marking the running test as skipped with a line that names the
 *  file. Transfers. */
char *test_shared_path(const char *relative);

/** A fresh private folder, removed with its contents when the process ends.
 *  Transfers. */
char *test_folder_new(void);

/** Where the test's next case is to be made: NAME in a fresh folder; with
 * ZENHAR_TEST_STORE=postgresql a case of its own on a server that the process starts and ends.
 * Transfers. */
char *test_case_place(const char *name);
/** Do cases lie on a server? */
bool test_on_server(void);
/** For what looks into a case's folder or asks SQLite: true, the test being skipped, on a server.
 */
bool test_skip_on_server(void);

/** Whole contents of a file; ends the test when it cannot be read. Transfers. */
char *test_read_file(const char *path, gsize *ret_length);

/** Asserts that a and b differ by at most `relative` times the larger. */
void test_assert_close(double a, double b, double relative);
