#include "intake/mail_words.h"

#include "intake/decode.h"
#include <string.h>

/* ---- RFC 2047 ---- */

typedef struct {
    const char *charset, *text, *after; /* after: behind the word */
    gsize n_charset, n_text;
    char encoding;
} EncodedWord;

/* =?charset?encoding?text?= at `at`. */
static bool word_find(const char *at, EncodedWord *word)
{
    if (at[0] != '=' || at[1] != '?')
        return false;
    word->charset = at + 2;
    const char *mark = strchr(word->charset, '?');
    if (mark == NULL || mark == word->charset || mark - word->charset > 60 || mark[1] == '\0' ||
        mark[2] != '?')
        return false;
    word->n_charset = (gsize)(mark - word->charset);
    word->encoding = g_ascii_toupper(mark[1]);
    word->text = mark + 3;
    const char *end = strstr(word->text, "?=");
    if (end == NULL || (word->encoding != 'B' && word->encoding != 'Q'))
        return false;
    for (const char *c = word->charset; c < mark; c++)
        if (g_ascii_isspace(*c))
            return false;
    word->n_text = (gsize)(end - word->text);
    word->after = end + 2;
    return true;
}

static void word_decode(const EncodedWord *word, GByteArray *into)
{
    if (word->encoding == 'B') {
        g_autofree guchar *bytes = g_malloc(word->n_text / 4 * 3 + 3);
        int state = 0;
        guint save = 0;
        gsize n = g_base64_decode_step(word->text, word->n_text, bytes, &state, &save);
        g_byte_array_append(into, bytes, (guint)n);
        return;
    }
    for (gsize i = 0; i < word->n_text; i++) {
        guint8 byte = (guint8)word->text[i];
        if (byte == '=' && i + 2 < word->n_text + 0 && g_ascii_isxdigit(word->text[i + 1]) &&
            g_ascii_isxdigit(word->text[i + 2])) {
            byte = (guint8)(16 * g_ascii_xdigit_value(word->text[i + 1]) +
                            g_ascii_xdigit_value(word->text[i + 2]));
            i += 2;
        } else if (byte == '_') {
            byte = ' ';
        }
        g_byte_array_append(into, &byte, 1);
    }
}

/* Bytes of one encoding that are not yet text. */
typedef struct {
    GString *out;
    GByteArray *bytes;
    char charset[64];
} Pending;

static void pending_flush(Pending *p)
{
    if (p->bytes->len == 0)
        return;
    char *language = strchr(p->charset, '*'); /* RFC 2231: charset*language */
    if (language != NULL)
        *language = '\0';
    g_autofree char *text = intake_decode(p->charset[0] != '\0' ? p->charset : NULL, p->bytes->data,
                                          p->bytes->len, NULL);
    g_string_append(p->out, text);
    g_byte_array_set_size(p->bytes, 0);
}

static void pending_charset(Pending *p, const char *charset, gsize n)
{
    char name[sizeof p->charset] = "";
    memcpy(name, charset, MIN(n, sizeof name - 1));
    if (g_ascii_strcasecmp(name, p->charset) == 0)
        return;
    pending_flush(p);
    g_strlcpy(p->charset, name, sizeof p->charset);
}

char *mail_header_text(const char *raw, gsize max)
{
    if (raw == NULL)
        return NULL;
    Pending p = {.out = g_string_new(NULL), .bytes = g_byte_array_new()};
    bool after_word = false;
    for (const char *at = raw; *at != '\0';) {
        const char *next = at;
        while (after_word && g_ascii_isspace(*next))
            next++;
        EncodedWord word;
        if (word_find(next, &word)) { /* space between two encoded words is not part of the text */
            pending_charset(&p, word.charset, word.n_charset);
            word_decode(&word, p.bytes);
            at = word.after;
            after_word = true;
            continue;
        }
        if (after_word || p.charset[0] != '\0')
            pending_charset(&p, "", 0);
        after_word = false;
        g_byte_array_append(p.bytes, (const guint8 *)at, 1);
        at++;
    }
    pending_flush(&p);
    char *line = intake_one_line(p.out->str, max);
    g_string_free(p.out, TRUE);
    g_byte_array_unref(p.bytes);
    return line;
}

/* ---- lines ---- */

char *mail_unflow(const char *text, bool delete_space)
{
    GString *out = g_string_sized_new(strlen(text));
    while (*text != '\0') {
        const char *end = strchr(text, '\n');
        gsize n = end != NULL ? (gsize)(end - text) : strlen(text);
        bool signature = n == 3 && memcmp(text, "-- ", 3) == 0;
        bool soft = n > 0 && text[n - 1] == ' ' && !signature && end != NULL;
        gsize stuffed = n > 0 && text[0] == ' '; /* section 4.4 */
        g_string_append_len(out, text + stuffed, (gssize)(n - stuffed));
        if (soft && delete_space && out->len > 0)
            g_string_truncate(out, out->len - 1);
        if (end == NULL)
            break;
        if (!soft)
            g_string_append_c(out, '\n');
        text = end + 1;
    }
    return g_string_free(out, FALSE);
}

char *mail_unquote_from(const char *text)
{
    GString *out = g_string_sized_new(strlen(text));
    for (bool line_start = true; *text != '\0'; text++) {
        if (line_start && *text == '>') {
            gsize n = strspn(text, ">");
            if (g_str_has_prefix(text + n, "From "))
                text++;
        }
        line_start = *text == '\n';
        if (*text != '\0')
            g_string_append_c(out, *text);
    }
    return g_string_free(out, FALSE);
}

/* ---- mbox ---- */

/* "From sender Sat Jun 28 10:00:00 2025": a time of day and a year. */
static bool is_parting(const char *line, gsize n)
{
    if (n < 5 || memcmp(line, "From ", 5) != 0 || n > 500)
        return false;
    bool clock = false, year = false;
    for (gsize i = 5; i + 3 < n; i++) {
        if (g_ascii_isdigit(line[i]) && line[i + 1] == ':' && g_ascii_isdigit(line[i + 2]))
            clock = true;
        if (line[i - 1] == ' ' && (line[i] == '1' || line[i] == '2') &&
            g_ascii_isdigit(line[i + 1]) && g_ascii_isdigit(line[i + 2]) &&
            g_ascii_isdigit(line[i + 3]))
            year = true;
    }
    return clock && year;
}

static gsize line_length(const char *bytes, gsize length, gsize at)
{
    const char *end = memchr(bytes + at, '\n', length - at);
    return end != NULL ? (gsize)(end - bytes) - at : length - at;
}

/* Where the next parting line begins at or after `at`; length when there is none. */
static gsize find_parting(const char *bytes, gsize length, gsize at)
{
    bool empty_before = at == 0 || (at >= 2 && bytes[at - 1] == '\n' &&
                                    (bytes[at - 2] == '\n' || bytes[at - 2] == '\r'));
    while (at < length) {
        gsize n = line_length(bytes, length, at);
        if (empty_before && is_parting(bytes + at, n))
            return at;
        empty_before = n == 0 || (n == 1 && bytes[at] == '\r');
        at += n + 1;
    }
    return length;
}

/* What stands before the year's end in words: "Sat Jun 28 10:00:00 2025" as RFC 5322 has it. */
static char *parting_date(const char *line, gsize n)
{
    g_autofree char *text = g_strndup(line, n);
    g_auto(GStrv) words = g_strsplit_set(g_strstrip(text), " \t", -1);
    g_autoptr(GPtrArray) filled = g_ptr_array_new();
    for (char **word = words; *word != NULL; word++)
        if (**word != '\0')
            g_ptr_array_add(filled, *word);
    for (guint i = 0; i + 3 < filled->len; i++) {
        char **w = (char **)filled->pdata + i;
        if (!g_ascii_isalpha(w[0][0]) || strlen(w[0]) != 3 || strlen(w[1]) > 2 ||
            !g_ascii_isdigit(w[1][0]) || strchr(w[2], ':') == NULL)
            continue;
        const char *year = filled->pdata[filled->len - 1], *zone = "";
        for (guint k = i + 3; k < filled->len; k++) {
            const char *word = filled->pdata[k];
            if (strlen(word) == 4 && g_ascii_isdigit(word[0]))
                year = word;
            else
                zone = word;
        }
        return g_strdup_printf("%s %s %s %s %s", w[1], w[0], year, w[2], zone);
    }
    return NULL;
}

bool mail_mbox_next(const char *bytes, gsize length, gsize at, MailSlice *ret_slice)
{
    gsize start = at <= length ? find_parting(bytes, length, at) : length;
    if (start >= length)
        return false;
    gsize n = line_length(bytes, length, start);
    ret_slice->start = start;
    ret_slice->headers = MIN(start + n + 1, length);
    ret_slice->end = find_parting(bytes, length, ret_slice->headers);
    ret_slice->date = parting_date(bytes + start, n);
    return true;
}
