/* appeal/redact.c: words compared after folding; a word is a run of letters and digits, half-spaces
 * inside it taken out. A name's part of one letter hides nothing and is left. */
#include "appeal/redact.h"

#include <string.h>

/* A number is known by its last seven digits: the code of country and town may be there or not. */
enum { LAST_DIGITS = 7, GAP_MOST = 3 };

void redactor_init(Redactor *redactor)
{
    redactor->words = g_ptr_array_new_with_free_func(g_free);
    redactor->numbers = g_ptr_array_new_with_free_func(g_free);
}

void redactor_clear(Redactor *redactor)
{
    if (redactor->words != NULL)
        g_ptr_array_unref(redactor->words);
    if (redactor->numbers != NULL)
        g_ptr_array_unref(redactor->numbers);
    redactor->words = redactor->numbers = NULL;
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

/* What may stand between the groups of one number: "0912 123 45 67", "(021) 22-33-44". */
static bool groups(gunichar c)
{
    return silent(c) || c == 0xA0 || c == 0x202F || c == 0x2009 || c == 0x2011 || c == 0x2013 ||
           (c < 0x80 && strchr(" -./()", (int)c) != NULL);
}

/* A number written in groups: begins at `start` with a digit, ends behind its last digit. Its
 * digits are appended as ASCII. NULL: no digit there. */
static const char *next_number(const char *start, GString *digits)
{
    const char *end = NULL;
    int gap = 0;
    for (const char *p = start; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (g_unichar_isdigit(c)) {
            g_string_append_c(digits, (char)('0' + g_unichar_digit_value(c)));
            end = g_utf8_next_char(p);
            gap = 0;
        } else if (end == NULL || !groups(c) || ++gap > GAP_MOST) {
            break;
        }
    }
    return end;
}

static const char *last_digits(const GString *digits)
{
    return digits->len >= LAST_DIGITS ? digits->str + digits->len - LAST_DIGITS : NULL;
}

/* True when there is a long one (a telephone): its groups by themselves, 912 or 98, give nobody
 * away. */
static bool add_numbers(Redactor *redactor, const char *text)
{
    enum { LONG = 9 };
    bool any = false;
    for (const char *p = text; *p != '\0';) {
        g_autoptr(GString) digits = g_string_new(NULL);
        const char *end = next_number(p, digits);
        if (last_digits(digits) != NULL)
            g_ptr_array_add(redactor->numbers, g_strdup(last_digits(digits)));
        any = any || digits->len >= LONG;
        p = end != NULL ? end : g_utf8_next_char(p);
    }
    return any;
}

/* Behind a grouped number that gives the person away; NULL when there is none at `start`. */
static const char *given_away_to(const Redactor *redactor, const char *start)
{
    g_autoptr(GString) digits = g_string_new(NULL);
    const char *end = next_number(start, digits);
    for (guint i = 0; end != NULL && i < redactor->numbers->len; i++)
        if (strstr(digits->str, redactor->numbers->pdata[i]) != NULL)
            return end;
    return NULL;
}

void redactor_add(Redactor *redactor, const char *identity)
{
    if (identity == NULL)
        return;
    g_autofree char *valid = g_utf8_make_valid(identity, -1);
    const char *end;
    bool telephone = add_numbers(redactor, valid);
    for (const char *at = valid; next_word(&at, &end); at = end) {
        g_autofree char *word = fold(at, end);
        bool group =
            telephone && strspn(word, "0123456789") == strlen(word) && strlen(word) < LAST_DIGITS;
        if (g_utf8_strlen(word, -1) >= 2 && !group)
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
        const char *number = given_away_to(redactor, at);
        if (number != NULL)
            end = MAX(end, number);
        g_autofree char *word = fold(at, end);
        bool hide = number != NULL || gives_away(redactor, word);
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
