#include "cli/text_input.h"

#include "base/data.h"
#include "base/error.h"
#include "base/i18n.h"
#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

enum { PARAGRAPH_PIECES = 8 };

/* Where to cut `length` bytes. */
static gsize cut(const char *text, gsize length, bool paragraphs)
{
    const char *found = paragraphs ? g_strrstr_len(text, (gssize)length, "\n\n") : NULL;
    if (found != NULL)
        return (gsize)(found - text) + 2;
    found = memrchr(text, '\n', length);
    if (found == NULL)
        found = memrchr(text, ' ', length);
    if (found != NULL)
        return (gsize)(found - text) + 1;
    gsize at = length; /* between two letters */
    while (at > 0 && length - at < 4 && ((guint8)text[at - 1] & 0xC0) == 0x80)
        at--;
    if (at > 0 && (guint8)text[at - 1] >= 0xC0)
        at--;
    return at > 0 ? at : length;
}

bool text_input_read(const char *path, gsize chunk, bool paragraphs, TextInputFunc *function,
                     void *data, GError **error)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : g_fopen(path, "re");
    if (file == NULL) {
        g_set_error(error, ZENHAR_ERROR, errno == ENOENT ? ZENHAR_ERROR_NOT_FOUND : ZENHAR_ERROR_IO,
                    _("%s cannot be read: %s."), path, i18n_errno(errno));
        return false;
    }
    g_autofree char *buffer = g_malloc(chunk);
    gsize held = 0;
    guint64 offset = 0;
    bool done = true, end = false;
    while (done && !end) {
        gsize n = fread(buffer + held, 1, chunk - held, file);
        if (n == 0 && ferror(file)) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("%s cannot be read: %s."), path,
                        i18n_errno(errno));
            done = false;
            break;
        }
        held += n;
        end = n == 0 || feof(file);
        if (!end && held < chunk)
            continue;
        gsize piece = end ? held : cut(buffer, held, paragraphs);
        if (piece > 0)
            done = function(data, buffer, piece, offset, error);
        memmove(buffer, buffer + piece, held - piece);
        held -= piece;
        offset += piece;
    }
    if (file != stdin)
        fclose(file);
    return done;
}

TextLexicon *text_input_lexicon(GError **error)
{
    g_autoptr(GBytes) bytes = data_load("persian/forms.csv", error);
    if (bytes == NULL)
        return NULL;
    gsize length;
    const char *csv = g_bytes_get_data(bytes, &length);
    TextLexicon *lexicon = text_lexicon_new(csv, length, error);
    if (lexicon == NULL)
        g_prefix_error(error, "persian/forms.csv: ");
    return lexicon;
}
