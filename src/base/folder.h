/* base/folder.h: folders as a whole. */
#pragma once
#include <gio/gio.h>
#include <stdbool.h>

/** Deletes a file, or a folder with all that is in it; never follows a symbolic link. False with
 *  GIO's error at the first that cannot be deleted; what was deleted before stays deleted. */
bool folder_remove(GFile *file, GError **error);
