#include "render/pdf.h"

#include "base/error.h"
#include <string.h>

/* The last occurrence of a word in bytes. */
static const char *find_last(const char *bytes, gsize length, const char *word)
{
    gsize n = strlen(word);
    for (gsize i = length >= n ? length - n + 1 : 0; i > 0; i--)
        if (memcmp(bytes + i - 1, word, n) == 0)
            return bytes + i - 1;
    return NULL;
}

/* The whole number after `key` in text, or -1. */
static gint64 number_after(const char *text, const char *key)
{
    const char *at = strstr(text, key);
    return at == NULL ? -1 : g_ascii_strtoll(at + strlen(key), NULL, 10);
}

/* The dictionary of the catalogue, without its closing brackets. */
static char *catalogue(const char *text, gint64 root)
{
    g_autofree char *head = g_strdup_printf("\n%" G_GINT64_FORMAT " 0 obj\n", root);
    const char *at = strstr(text, head);
    const char *end = at == NULL ? NULL : strstr(at, "endobj");
    if (end == NULL)
        return NULL;
    at += strlen(head);
    while (end > at && end[-1] != '>')
        end--;
    return end - at < 4 ? NULL : g_strndup(at, (gsize)(end - at - 2));
}

/* A copy in which strstr sees past zero bytes of streams. */
static char *searchable(const char *bytes, gsize length)
{
    char *copy = g_malloc(length + 1);
    for (gsize i = 0; i < length; i++)
        copy[i] = bytes[i] == '\0' ? ' ' : bytes[i];
    copy[length] = '\0';
    return copy;
}

GBytes *pdf_finish(GBytes *drawn, I18nLanguage language, GError **error)
{
    gsize length;
    const char *bytes = g_bytes_get_data(drawn, &length);
    g_autofree char *text = searchable(bytes, length);
    const char *trailer = find_last(text, length, "\ntrailer");
    const char *start = find_last(text, length, "\nstartxref");
    gint64 root = -1, size = -1, info = -1, previous = -1;
    if (trailer != NULL && start != NULL) {
        root = number_after(trailer, "/Root ");
        size = number_after(trailer, "/Size ");
        info = number_after(trailer, "/Info ");
        previous = number_after(start, "startxref\n");
    }
    g_autofree char *old = root < 0 ? NULL : catalogue(text, root);
    if (old == NULL || size < 0 || info < 0 || previous < 0) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_IO,
                            _("The PDF that was drawn is not whole: was there enough memory?"));
        return NULL;
    }
    GString *out = g_string_new_len(bytes, (gssize)length);
    if (out->len > 0 && out->str[out->len - 1] != '\n')
        g_string_append_c(out, '\n');
    gsize offset = out->len;
    g_string_append_printf(out, "%" G_GINT64_FORMAT " 0 obj\n%s\n", root, old);
    if (strstr(old, "/Lang") == NULL)
        g_string_append_printf(out, "   /Lang (%s)\n",
                               language == I18N_PERSIAN ? "fa-IR" : "en-GB");
    g_string_append_printf(out,
                           "   /ViewerPreferences << /DisplayDocTitle true /Direction /%s >>\n",
                           language == I18N_PERSIAN ? "R2L" : "L2R");
    if (strstr(old, "/MarkInfo") == NULL)
        g_string_append(out, "   /MarkInfo << /Marked true >>\n");
    g_string_append(out, ">>\nendobj\n");
    gsize table = out->len;
    g_string_append_printf(out, "xref\n%" G_GINT64_FORMAT " 1\n%010" G_GSIZE_FORMAT " 00000 n \n",
                           root, offset);
    g_string_append_printf(out,
                           "trailer\n<< /Size %" G_GINT64_FORMAT " /Root %" G_GINT64_FORMAT
                           " 0 R /Info %" G_GINT64_FORMAT " 0 R /Prev %" G_GINT64_FORMAT
                           " >>\nstartxref\n%" G_GSIZE_FORMAT "\n%%%%EOF\n",
                           size, root, info, previous, table);
    return g_string_free_to_bytes(out);
}
