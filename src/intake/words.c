#include "intake/words.h"

#include "text/normalize.h"
#include <string.h>

char *intake_words_fold(const char *text)
{
    g_autofree char *folded = text_fold(text, -1, NULL);
    GString *words = g_string_sized_new(strlen(folded));
    bool gap = false;
    for (const char *at = folded; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        if (g_unichar_isalnum(c) || g_unichar_ismark(c)) {
            if (gap && words->len > 0)
                g_string_append_c(words, ' ');
            gap = false;
            g_string_append_unichar(words, c);
        } else {
            gap = true;
        }
    }
    return g_string_free(words, FALSE);
}

bool intake_words_has(const char *list, const char *word, gsize length)
{
    for (const char *at = list;;) {
        const char *end = strchrnul(at, '|');
        if ((gsize)(end - at) == length && memcmp(at, word, length) == 0)
            return true;
        if (*end == '\0')
            return false;
        at = end + 1;
    }
}
