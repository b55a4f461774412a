#include "base/data.h"

#include "base/error.h"
#include "base/i18n.h"
#include "base/resource.h"
#include <string.h>

GBytes *data_load(const char *name, GError **error)
{
    const char *folder = g_getenv("ZENHAR_DATA");
    if (folder != NULL && folder[0] != '\0' && strstr(name, "..") == NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        char *contents;
        gsize length;
        g_autoptr(GError) why = NULL;
        if (g_file_get_contents(path, &contents, &length, &why))
            return g_bytes_new_take(contents, length);
        /* A file that stands there and cannot be read is not silently replaced. */
        if (!g_error_matches(why, G_FILE_ERROR, G_FILE_ERROR_NOENT) &&
            !g_error_matches(why, G_FILE_ERROR, G_FILE_ERROR_NOTDIR)) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("%s cannot be read: %s."), path,
                        why->message);
            return NULL;
        }
    }
    g_autofree char *resource_path = g_strconcat("/zenhar/", name, NULL);
    GBytes *bytes = g_resource_lookup_data(resource_peek(), resource_path, 0, NULL);
    if (bytes == NULL)
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND,
                    _("There is no data file '%s' in this program, nor below $ZENHAR_DATA."), name);
    return bytes;
}

CsvTable *data_load_table(const char *name, GError **error)
{
    g_autoptr(GBytes) bytes = data_load(name, error);
    if (bytes == NULL)
        return NULL;
    gsize length;
    const void *data = g_bytes_get_data(bytes, &length);
    g_autoptr(CsvReader) reader =
        csv_reader_new_bytes(name, data, length, &(CsvOptions){.separator = ','});
    return csv_table_load(reader, error);
}
