#include "support.h"

#include "base/folder.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <math.h>
#include <stdlib.h>

char *test_source_path(const char *relative)
{
    return g_build_filename(g_getenv("G_TEST_SRCDIR"), relative, NULL);
}

char *test_shared_path(const char *relative)
{
    const char *shared = g_getenv("ZENHAR_SHARED");
    char *path = g_build_filename(shared != NULL ? shared : "../shared", relative, NULL);
    if (g_file_test(path, G_FILE_TEST_EXISTS))
        return path;
    g_free(path);
    g_autofree char *why = g_strdup_printf("reference file %s is not here", relative);
    g_test_skip(why);
    return NULL;
}

static GPtrArray *folders_to_remove;

static void remove_folders(void)
{
    for (guint i = 0; i < folders_to_remove->len; i++) {
        g_autoptr(GFile) file = g_file_new_for_path(g_ptr_array_index(folders_to_remove, i));
        folder_remove(file, NULL);
    }
    g_ptr_array_unref(folders_to_remove);
}

char *test_folder_new(void)
{
    g_autoptr(GError) error = NULL;
    char *path = g_dir_make_tmp("zenhar-test-XXXXXX", &error);
    g_assert_no_error(error);
    if (folders_to_remove == NULL) {
        folders_to_remove = g_ptr_array_new_with_free_func(g_free);
        atexit(remove_folders);
    }
    g_ptr_array_add(folders_to_remove, g_strdup(path));
    return path;
}

/* ---- cases on a server: tests/server.sh starts one for the process ---- */

static char *server_root;

bool test_on_server(void)
{
    return g_strcmp0(g_getenv("ZENHAR_TEST_STORE"), "postgresql") == 0;
}

/* Words of tests/server.sh; did they succeed? */
static bool server_run(const char *words)
{
    g_autofree char *script = test_source_path("tests/server.sh");
    g_autofree char *line = g_strdup_printf(". '%s' && %s", script, words);
    const char *const command[] = {"/bin/sh", "-c", line, NULL};
    int status = 0;
    return g_spawn_sync(NULL, (char **)command, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL,
                        &status, NULL) &&
           g_spawn_check_wait_status(status, NULL);
}

/* Before GLib says how many tests there are. */
__attribute__((constructor)) static void skip_all(void)
{
    const char *why = NULL;
    if (!test_on_server())
        return;
    if (g_getenv("ZENHAR_TEST_SOAK") != NULL && g_getenv("ZENHAR_SOAK") == NULL)
        why = "on a server in a soak alone (ZENHAR_SOAK=1)";
    else if (!server_run("server_there"))
        why = "PostgreSQL's server is not installed";
    if (why == NULL)
        return;
    g_print("1..0 # SKIP %s\n", why);
    exit(0);
}

bool test_skip_on_server(void)
{
    if (test_on_server())
        g_test_skip("of a case in a folder");
    return test_on_server();
}

/* A shell that starts the server, tells where it is, and ends it when this process is gone, however
 * it ended: then nobody holds the other end of its input. */
static const char SERVER_KEEPER[] =
    ". '%s' && folder=$(mktemp -d) && server_start >&2 && echo \"$server_root\" && exec >&2"
    " && cat >/dev/null; server_stop; rm -rf \"$folder\"";

static void server_begin(void)
{
    g_autofree char *script = test_source_path("tests/server.sh"), *folder = test_folder_new();
    g_autofree char *state = g_build_filename(folder, "state", NULL);
    g_autofree char *words = g_strdup_printf(SERVER_KEEPER, script);
    const char *const command[] = {"/bin/sh", "-c", words, NULL};
    g_autoptr(GError) error = NULL;
    int input = -1, output = -1;
    g_setenv("XDG_STATE_HOME", state, TRUE); /* notes of cases on a server lie with the user */
    g_spawn_async_with_pipes(NULL, (char **)command, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL,
                             NULL, &input, &output, NULL, &error);
    g_assert_no_error(error);
    GIOChannel *said = g_io_channel_unix_new(output);
    g_io_channel_read_line(said, &server_root, NULL, NULL, &error);
    g_io_channel_unref(said);
    g_assert_no_error(error);
    if (server_root == NULL)
        g_error("PostgreSQL's server does not start");
    g_strchomp(server_root);
    g_assert_cmpint(fcntl(input, F_SETFD, FD_CLOEXEC), ==, 0); /* no child keeps it */
}

char *test_case_place(const char *name)
{
    static int number;
    if (!test_on_server()) {
        g_autofree char *folder = test_folder_new();
        return g_build_filename(folder, name, NULL);
    }
    if (server_root == NULL)
        server_begin();
    return g_strdup_printf("postgresql://owner@/coalition/case_%d?host=%s", ++number, server_root);
}

char *test_read_file(const char *path, gsize *ret_length)
{
    g_autoptr(GError) error = NULL;
    char *contents = NULL;
    g_file_get_contents(path, &contents, ret_length, &error);
    g_assert_no_error(error);
    return contents;
}

void test_assert_close(double a, double b, double relative)
{
    double scale = fmax(fabs(a), fabs(b));
    if (!(fabs(a - b) <= relative * scale))
        g_error("%.12g and %.12g differ by more than %.3g relative", a, b, relative);
}
