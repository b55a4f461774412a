/* appeal/redact.c: words compared after folding; a word is a run of letters and digits, half-spaces
 * inside it taken out. A name's part of one letter hides nothing and is left. */
#include "appeal/redact.h"

#include <string.h>

void redactor_init(Redactor *redactor)
{
    redactor->words = g_ptr_array_new_with_free_func(g_free);
}

void redactor_clear(Redactor *redactor)
{
    if (redactor->words != NULL)
        g_ptr_array_unref(redactor->words);
    redactor->words = NULL;
}

static bool silent(gunichar c)
{
    return c == 0x200C || c == 0x200D || c == 0x640 || (c >= 0x200E && c <= 0x200F) ||
           g_unichar_ismark(c);
}

static bool word_char(gunichar c)
{
    return g_unichar_isalnum(c) || silent(c);
}

/* Letters and digits of a word in one form. */
static char *fold(const char *start, const char *end)
{
    g_autofree char *word = g_strndup(start, (gsize)(end - start));
    g_autofree char *apart = g_utf8_normalize(word, -1, G_NORMALIZE_ALL);
    GString *out = g_string_new(NULL);
    for (const char *p = apart; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_unichar_tolower(g_utf8_get_char(p));
        if (silent(c))
            continue;
        if (g_unichar_isdigit(c))
            c = (gunichar)('0' + g_unichar_digit_value(c));
        else if (c == 0x64A || c == 0x649)
            c = 0x6CC;
        else if (c == 0x643)
            c = 0x6A9;
        else if (c == 0x6C0 || c == 0x6D5 || c == 0x629)
            c = 0x647;
        g_string_append_unichar(out, c);
    }
    return g_string_free(out, FALSE);
}

/* The next word at or after *at; false at the end. */
static bool next_word(const char **at, const char **ret_end)
{
    const char *p = *at;
    while (*p != '\0' && !word_char(g_utf8_get_char(p)))
        p = g_utf8_next_char(p);
    *at = p;
    while (*p != '\0' && word_char(g_utf8_get_char(p)))
        p = g_utf8_next_char(p);
    *ret_end = p;
    return p > *at;
}

void redactor_add(Redactor *redactor, const char *identity)
{
    if (identity == NULL)
        return;
    g_autofree char *valid = g_utf8_make_valid(identity, -1);
    const char *end;
    for (const char *at = valid; next_word(&at, &end); at = end) {
        g_autofree char *word = fold(at, end);
        if (g_utf8_strlen(word, -1) >= 2)
            g_ptr_array_add(redactor->words, g_steal_pointer(&word));
    }
}

/* A word that is, or is made with, one of theirs: «رضایی‌ها», "Rezaei's". */
static bool gives_away(const Redactor *redactor, const char *word)
{
    for (guint i = 0; i < redactor->words->len; i++) {
        const char *part = redactor->words->pdata[i];
        bool longer = g_utf8_strlen(part, -1) >= 4;
        if (strcmp(word, part) == 0 || (longer && strstr(word, part) != NULL))
            return true;
    }
    return false;
}

char *redactor_apply(const Redactor *redactor, const char *text, bool *ret_any)
{
    g_autofree char *valid = g_utf8_make_valid(text != NULL ? text : "", -1);
    GString *out = g_string_new(NULL);
    const char *from = valid, *end;
    bool any = false, marked = false;
    for (const char *at = valid; next_word(&at, &end); at = end) {
        g_autofree char *word = fold(at, end);
        bool hide = gives_away(redactor, word);
        bool only_space = marked && strspn(from, " ") == (gsize)(at - from);
        if (!(hide && only_space)) { /* marks side by side become one */
            g_string_append_len(out, from, at - from);
            if (hide)
                g_string_append(out, REDACT_MARK);
        }
        if (!hide)
            g_string_append_len(out, at, end - at);
        any |= hide;
        marked = hide;
        from = end;
    }
    g_string_append(out, from);
    if (ret_any != NULL)
        *ret_any = any;
    return g_string_free(out, FALSE);
}

char *redact_initials(const char *name)
{
    g_autofree char *valid = g_utf8_make_valid(name != NULL ? name : "", -1);
    GString *out = g_string_new(NULL);
    const char *end;
    for (const char *at = valid; next_word(&at, &end); at = end) {
        gunichar c = g_utf8_get_char(at);
        g_string_append_printf(out, "%s", out->len > 0 ? " " : "");
        g_string_append_unichar(out, g_unichar_toupper(c));
        g_string_append_c(out, '.');
    }
    return g_string_free(out, FALSE);
}
