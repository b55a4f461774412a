/* tests/render/words.h: what a reader of a PDF gets out of it, and helpers to make one. */
#pragma once
#include "render/typeset.h"
#include "support.h"
#include <gio/gio.h>
#include <string.h>

/* Runs a program and gives its standard output; ends the test when it fails. */
G_GNUC_UNUSED G_NO_INLINE static char *run_program(const char *const *words)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GSubprocess) child = g_subprocess_newv(
        words, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
    g_assert_no_error(error);
    g_autofree char *errors = NULL;
    char *out = NULL;
    g_subprocess_communicate_utf8(child, NULL, NULL, &out, &errors, &error);
    g_assert_no_error(error);
    if (!g_subprocess_get_successful(child))
        g_error("%s: %s", words[0], errors);
    return out;
}

/* Direction marks and embeddings, which readers add and which draw nothing, are left out; all
 * white space becomes one space. Half-spaces stay. */
G_GNUC_UNUSED static char *plain_words(const char *text)
{
    GString *plain = g_string_new(NULL);
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        bool steering = c == 0x200D || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
                        (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
        if (c == '\f' || g_unichar_isspace(c)) {
            if (plain->len > 0 && plain->str[plain->len - 1] != ' ')
                g_string_append_c(plain, ' ');
        } else if (!steering) {
            g_string_append_unichar(plain, c);
        }
    }
    while (plain->len > 0 && plain->str[plain->len - 1] == ' ')
        g_string_truncate(plain, plain->len - 1);
    return g_string_free(plain, FALSE);
}

/* The text of pages first … last (0: all) of a PDF, as pdftotext takes it out. */
G_GNUC_UNUSED static char *pdf_words(const char *path, int first, int last)
{
    g_autofree char *from = g_strdup_printf("%d", MAX(1, first));
    g_autofree char *to = g_strdup_printf("%d", last > 0 ? last : 9999);
    const char *words[] = {"pdftotext", "-enc", "UTF-8", "-f", from, "-l", to, path, "-", NULL};
    return run_program(words);
}

G_GNUC_UNUSED static char *write_pdf(const Document *document, const char *folder, const char *name,
                                     TypesetSummary *summary)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) pdf = typeset_pdf(document, summary, &error);
    g_assert_no_error(error);
    char *path = g_build_filename(folder, name, NULL);
    gsize length;
    const char *bytes = g_bytes_get_data(pdf, &length);
    g_file_set_contents(path, bytes, (gssize)length, &error);
    g_assert_no_error(error);
    return path;
}
