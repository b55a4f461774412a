#include "base/source.h"

#include "base/error.h"
#include "base/i18n.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 1 << 16 };

void source_from_callback(Source *source, const char *name, CsvSource read, void *context)
{
    *source = (Source){.name = g_strdup(name), .read = read, .context = context, .fd = -1};
}

void source_from_bytes(Source *source, const char *name, const void *bytes, gsize length)
{
    *source = (Source){.name = g_strdup(name), .fd = -1, .bytes = bytes, .n_bytes = length};
}

static void set_io_error(GError **error, const char *name, int code)
{
    g_set_error(error, ZENHAR_ERROR, code == ENOENT ? ZENHAR_ERROR_NOT_FOUND : ZENHAR_ERROR_IO,
                _("%s cannot be read: %s."), name, i18n_errno(code));
}

bool source_from_file(Source *source, const char *path, GError **error)
{
    bool standard = strcmp(path, "-") == 0;
    int fd =
        standard ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) : g_open(path, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0) {
        set_io_error(error, standard ? _("standard input") : path, errno);
        return false;
    }
    *source = (Source){.name = g_strdup(standard ? _("standard input") : path), .fd = fd};
    return true;
}

void source_clear(Source *source)
{
    if (source->fd >= 0)
        close(source->fd);
    g_free(source->name);
}

static gssize read_some(Source *source, void *buffer, GError **error)
{
    if (source->read != NULL)
        return source->read(source->context, buffer, CHUNK, error);
    if (source->fd < 0) {
        gsize n = MIN((gsize)CHUNK, source->n_bytes);
        if (n > 0)
            memcpy(buffer, source->bytes, n);
        source->bytes += n;
        source->n_bytes -= n;
        return (gssize)n;
    }
    for (;;) {
        ssize_t n = read(source->fd, buffer, CHUNK);
        if (n >= 0)
            return n;
        if (errno != EINTR) {
            set_io_error(error, source->name, errno);
            return -1;
        }
    }
}

bool source_read(Source *source, GByteArray *into, GError **error)
{
    guint old = into->len;
    g_byte_array_set_size(into, old + CHUNK);
    gssize n = read_some(source, into->data + old, error);
    g_byte_array_set_size(into, old + (guint)MAX(n, 0));
    source->ended = n == 0;
    return n >= 0;
}
