/* base/folder.h: folders as a whole. */
#pragma once
#include <gio/gio.h>
#include <stdbool.h>

/** Deletes a file, or a folder with all that is in it; never follows a symbolic link. False with
 *  GIO's error at the first that cannot be deleted; what was deleted before stays deleted. */
bool folder_remove(GFile *file, GError **error);

/** Whether something stands there that is no regular file: a device such as /dev/null, a pipe, a
 * socket. A file is written beside its name and renamed; that would put a file in the place of such
 * a thing. */
bool path_is_special(const char *path);
