#include "support.h"

#include "base/folder.h"

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
