#include "base/folder.h"

#include <sys/stat.h>

static bool remove_children(GFile *folder, GError **error)
{
    g_autoptr(GFileEnumerator) children = g_file_enumerate_children(
        folder, "standard::name", G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL, error);
    if (children == NULL)
        return false;
    for (;;) {
        GFile *child = NULL;
        if (!g_file_enumerator_iterate(children, NULL, &child, NULL, error))
            return false;
        if (child == NULL)
            return true;
        if (!folder_remove(child, error))
            return false;
    }
}

bool folder_remove(GFile *file, GError **error)
{
    GFileType type = g_file_query_file_type(file, G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL);
    if (type == G_FILE_TYPE_DIRECTORY && !remove_children(file, error))
        return false;
    return g_file_delete(file, NULL, error);
}

bool path_is_special(const char *path)
{
    struct stat found;
    return stat(path, &found) == 0 && !S_ISREG(found.st_mode) && !S_ISDIR(found.st_mode);
}
