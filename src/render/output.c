#include "render/output.h"

#include "render/typeset.h"

bool output_bytes(const char *path, const void *bytes, gsize length, GError **error)
{
    g_autoptr(GError) why = NULL;
    if (g_file_set_contents_full(path, bytes, (gssize)length,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                 &why))
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("%s cannot be written: %s."), path,
                why->message);
    return false;
}

bool output_pdf(const Document *document, const char *path, GError **error)
{
    g_autoptr(GBytes) pdf = typeset_pdf(document, NULL, error);
    if (pdf == NULL)
        return false;
    gsize length;
    const void *bytes = g_bytes_get_data(pdf, &length);
    return output_bytes(path, bytes, length, error);
}
