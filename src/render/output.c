#include "render/output.h"

#include "base/folder.h"
#include "render/typeset.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* A device or a pipe is written to, not replaced. */
static bool write_into(const char *path, const char *bytes, gsize length, GError **error)
{
    int file = open(path, O_WRONLY | O_CLOEXEC);
    gsize done = 0;
    while (file >= 0 && done < length) {
        gssize n = write(file, bytes + done, length - done);
        if (n < 0 && errno != EINTR)
            break;
        done += n > 0 ? (gsize)n : 0;
    }
    int why = errno;
    if (file >= 0 && close(file) == 0 && done == length)
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("%s cannot be written: %s."), path,
                i18n_errno(why));
    return false;
}

bool output_bytes(const char *path, const void *bytes, gsize length, GError **error)
{
    g_autoptr(GError) why = NULL;
    if (path_is_special(path))
        return write_into(path, bytes, length, error);
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

bool output_html(const Document *document, const char *path, GError **error)
{
    g_autofree char *html = document_to_html(document);
    return output_bytes(path, html, strlen(html), error);
}
