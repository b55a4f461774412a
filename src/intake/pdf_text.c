#include "intake/pdf_text.h"

#include <string.h>

enum { EMBED_LEFT = 0x202A, EMBED_RIGHT = 0x202B, POP = 0x202C };

typedef struct {
    GString *text;
    bool blank_behind;
} Word;

static void word_clear(gpointer data)
{
    g_string_free(((Word *)data)->text, TRUE);
}

static bool is_right_to_left(gunichar letter)
{
    return g_unichar_isalpha(letter) &&
           ((letter >= 0x0590 && letter <= 0x08FF) || (letter >= 0xFB1D && letter <= 0xFEFC));
}

bool intake_pdf_is_right_to_left(const char *text)
{
    gsize right = 0, other = 0;
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar letter = g_utf8_get_char(at);
        if (g_unichar_isalpha(letter))
            *(is_right_to_left(letter) ? &right : &other) += 1;
    }
    return right > other;
}

static bool is_mark(gunichar letter)
{
    return (letter >= EMBED_LEFT && letter <= 0x202E) || letter == 0x200E || letter == 0x200F;
}

/* Words of one line, each with whether a blank follows it. */
static GArray *split(const char *line, gsize length)
{
    GArray *words = g_array_new(FALSE, FALSE, sizeof(Word));
    g_array_set_clear_func(words, word_clear);
    int depth = 0;
    for (const char *at = line; at < line + length; at = g_utf8_next_char(at)) {
        gunichar letter = g_utf8_get_char(at);
        if (letter == EMBED_RIGHT || letter == EMBED_LEFT) {
            if (depth++ == 0)
                g_array_append_vals(words, &(Word){g_string_new(NULL), false}, 1);
        } else if (letter == POP)
            depth -= depth > 0;
        else if (!is_mark(letter) && words->len > 0) {
            Word *word = &g_array_index(words, Word, words->len - 1);
            if (depth == 0 && letter == ' ')
                word->blank_behind = true;
            else
                g_string_append_unichar(word->text, letter);
        }
    }
    return words;
}

static bool has_latin(const char *text, bool *ret_neutral)
{
    bool latin = false;
    *ret_neutral = true; /* digits of the West and signs go with Latin neighbours */
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar letter = g_utf8_get_char(at);
        latin = latin || (g_unichar_isalpha(letter) && !is_right_to_left(letter));
        if (is_right_to_left(letter) || (letter >= 0x0660 && letter <= 0x06F9))
            *ret_neutral = false;
    }
    return latin && *ret_neutral;
}

/* Turns the words first … end round, with the gaps between them. */
static void turn(GArray *words, bool *gap_before, guint first, guint end)
{
    Word *word = &g_array_index(words, Word, 0);
    for (guint i = first, j = end - 1; i < j; i++, j--) {
        Word kept = word[i];
        word[i] = word[j];
        word[j] = kept;
    }
    for (guint i = first + 1, j = end - 1; i < j; i++, j--) {
        bool kept = gap_before[i];
        gap_before[i] = gap_before[j];
        gap_before[j] = kept;
    }
}

/* Runs of words in Latin letters are told backwards: turned round, digits between them too. */
static void turn_latin(GArray *words, bool *gap_before)
{
    for (guint i = 0; i < words->len;) {
        guint end = i, n_latin = 0;
        bool neutral = true;
        while (end < words->len) {
            n_latin += has_latin(g_array_index(words, Word, end).text->str, &neutral);
            if (!neutral || g_array_index(words, Word, end).text->len == 0)
                break;
            end++;
        }
        if (n_latin > 0)
            turn(words, gap_before, i, end);
        i = end + 1;
    }
}

static void add_line(GString *text, const char *line, gsize length, guint *single, guint *all)
{
    bool marked = length >= 3 && g_utf8_get_char(line) == EMBED_RIGHT;
    if (!marked) {
        g_string_append_len(text, line, (gssize)length);
        return;
    }
    g_autoptr(GArray) words = split(line, length);
    for (guint i = words->len; i-- > 0;) { /* words that were marks alone; their blank stays */
        Word *word = &g_array_index(words, Word, i);
        if (word->text->len > 0)
            continue;
        if (i + 1 < words->len && word->blank_behind)
            g_array_index(words, Word, i + 1).blank_behind = true;
        g_array_remove_index(words, i);
    }
    g_autofree bool *gap_before = g_new0(bool, words->len + 1);
    for (guint i = 0; i < words->len; i++) {
        const Word *word = &g_array_index(words, Word, i);
        /* Behind the last word of a line poppler puts none: a word has one before it, a sign or a
         * single letter has not. */
        bool last = i + 1 == words->len && g_utf8_strlen(word->text->str, -1) > 1 &&
                    (g_unichar_isalnum(g_utf8_get_char(word->text->str)) ||
                     strchr("([{", word->text->str[0]) != NULL);
        gap_before[i] = i > 0 && (word->blank_behind || last);
        *single += g_utf8_strlen(word->text->str, -1) == 1;
        ++*all;
    }
    turn_latin(words, gap_before);
    for (guint i = 0; i < words->len; i++) {
        if (gap_before[i])
            g_string_append_c(text, ' ');
        g_string_append(text, g_array_index(words, Word, i).text->str);
    }
}

char *intake_pdf_in_order(const char *raw, bool *ret_fragmented)
{
    GString *text = g_string_sized_new(strlen(raw));
    guint single = 0, all = 0;
    for (const char *line = raw;;) {
        const char *end = strchr(line, '\n');
        gsize length = end != NULL ? (gsize)(end - line) : strlen(line);
        add_line(text, line, length, &single, &all);
        if (end == NULL)
            break;
        g_string_append_c(text, '\n');
        line = end + 1;
    }
    *ret_fragmented = all > 10 && single * 2 > all;
    return g_string_free(text, FALSE);
}
