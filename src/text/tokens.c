#include "text/tokens.h"

#include "text/normalize.h"
#include "text/utf8.h"
#include "text/vocabulary.h"
#include <stdlib.h>
#include <unicode/uchar.h>

void text_tokens_clear(TextTokens *tokens)
{
    free(tokens->tokens);
    free(tokens->folded);
    *tokens = (TextTokens){0};
}

static int digit_value(guint32 c)
{
    if (c >= '0' && c <= '9')
        return (int)(c - '0');
    if (c >= 0x6F0 && c <= 0x6F9)
        return (int)(c - 0x6F0);
    if (c >= 0x660 && c <= 0x669)
        return (int)(c - 0x660);
    return -1;
}

guint8 token_classify(guint32 c)
{
    if (c < 0x80) {
        if (g_ascii_isalpha((char)c))
            return TOKEN_OF_LETTER;
        if (g_ascii_isdigit((char)c))
            return TOKEN_OF_DIGIT;
        return c == '\n' ? TOKEN_OF_LINE : c <= ' ' || c == 0x7F ? TOKEN_OF_SPACE : TOKEN_OF_OTHER;
    }
    if (c >= 0x600 && c < 0x700) {
        if (digit_value(c) >= 0)
            return TOKEN_OF_DIGIT;
        if (utf8_is_arabic_letter(c) || utf8_is_arabic_mark(c) || c == 0x640)
            return TOKEN_OF_LETTER;
        return c == 0x61C ? TOKEN_OF_NOTHING : TOKEN_OF_OTHER;
    }
    if (c == UTF8_ZWNJ || c == 0x200D)
        return TOKEN_OF_LETTER;
    if (c == 0xA0 || (c >= 0x2000 && c <= 0x200B) || c == 0x202F || c == 0x3000)
        return TOKEN_OF_SPACE;
    if (c == 0x2028 || c == 0x2029 || c == 0x85)
        return TOKEN_OF_LINE;
    if (c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
        (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || c == 0xAD)
        return TOKEN_OF_NOTHING;
    return u_isalpha((UChar32)c) || u_charType((UChar32)c) == U_NON_SPACING_MARK ? TOKEN_OF_LETTER
                                                                                 : TOKEN_OF_OTHER;
}

static bool joined_word(const char *word, gint64 *ret_value, bool *ret_ordinal);

static Token *add(TextTokens *t, gsize *room)
{
    if (t->n + 1 >= *room) {
        *room = *room * 2 + 64;
        Token *tokens = realloc(t->tokens, *room * sizeof *tokens);
        if (tokens == NULL)
            return NULL;
        t->tokens = tokens;
    }
    Token *token = &t->tokens[t->n];
    memset(token, 0, sizeof *token);
    return token;
}

/* A word: its bytes up to `end` into `out`, folded; both cursors move on. What is neither ASCII nor
 * of the Arabic block (and no half-space) is left to text_fold_into. */
static const char *read_word(const Vocabulary *v, const char *start, const char *end, char **out)
{
    char *to = *out;
    const char *at = start;
    bool plain = true;
    while (at < end) {
        guint8 byte = (guint8)*at;
        if (byte >= 0xD8 && byte <= 0xDB && at + 1 < end && ((guint8)at[1] & 0xC0) == 0x80) {
            guint8 low = (guint8)((byte & 3u) << 6 | ((guint8)at[1] & 0x3F));
            if (v->arabic[low] != TOKEN_OF_LETTER)
                break;
            guint16 folded = TEXT_FOLD_ARABIC[low];
            if (folded == 1)
                folded = (guint16)(0x600 + low);
            to[0] = (char)(0xC0 | folded >> 6);
            to[1] = (char)(0x80 | (folded & 0x3F));
            to += folded == 0 ? 0 : 2;
            at += 2;
        } else if (byte < 0x80) {
            if (!g_ascii_isalpha((char)byte))
                break;
            *to++ = (char)(byte | 0x20);
            at++;
        } else {
            guint32 c;
            unsigned bytes = utf8_decode(at, end, &c);
            if (bytes == 0 || token_classify(c) != TOKEN_OF_LETTER)
                break;
            plain = plain && c == UTF8_ZWNJ;
            at += bytes;
        }
    }
    if (!plain)
        to = *out + text_fold_into(start, (gsize)(at - start), *out);
    *out = to;
    return at;
}

static guint8 class_of(const Vocabulary *v, guint32 c)
{
    return c >= 0x600 && c < 0x700 ? v->arabic[c - 0x600] : token_classify(c);
}

static bool could_be_number(const Vocabulary *v, guint16 known, const char *word, gsize length)
{
    gint64 value;
    bool ordinal;
    return (v->words[known].lists & VOCABULARY_NUMBER) != 0 ||
           (length >= 12 && joined_word(word, &value, &ordinal));
}

bool text_tokens_new(const char *text, gsize length, TextTokens *ret_tokens)
{
    const Vocabulary *v = vocabulary_peek();
    TextTokens t = {0};
    gsize room = length / 8 + 16;
    t.tokens = malloc(room * sizeof *t.tokens);
    /* Words and the NUL behind each: no word grows but those of rare presentation forms, which the
     * bound of text_fold counts thrice. */
    t.folded = malloc(text_fold_bound(length) + length + 16);
    if (t.tokens == NULL || t.folded == NULL) {
        text_tokens_clear(&t);
        return false;
    }
    char *folded = t.folded;
    bool gap = false;
    for (const char *at = text, *end = text + length; at < end;) {
        guint32 c = 0xFFFD;
        unsigned bytes = utf8_decode(at, end, &c);
        if (bytes == 0)
            bytes = 1;
        guint8 class = class_of(v, c);
        if (class == TOKEN_OF_SPACE || class == TOKEN_OF_NOTHING) {
            gap |= class == TOKEN_OF_SPACE;
            at += bytes;
            continue;
        }
        Token *token = add(&t, &room);
        if (token == NULL) {
            text_tokens_clear(&t);
            return false;
        }
        const char *start = at;
        token->gap = gap;
        at += bytes;
        if (class == TOKEN_OF_LINE) {
            token->kind = TOKEN_LINE;
        } else if (class == TOKEN_OF_OTHER) {
            token->kind = TOKEN_SIGN;
            token->sign = c;
        } else if (class == TOKEN_OF_DIGIT) {
            token->kind = TOKEN_NUMBER;
            gint64 value = digit_value(c);
            unsigned digits = 1;
            while (at < end && (bytes = utf8_decode(at, end, &c)) != 0 && digit_value(c) >= 0) {
                value = digits < 15 ? value * 10 + digit_value(c) : -1;
                digits = MIN(digits + 1, 255u);
                at += bytes;
            }
            token->value = digits > 15 ? -1 : value;
            token->digits = (guint8)digits;
        } else {
            char *word = folded;
            token->kind = TOKEN_WORD;
            at = read_word(v, start, end, &folded);
            gsize written = (gsize)(folded - word);
            memset(folded, 0, 8); /* a look-up reads eight bytes */
            folded++;
            token->folded = (guint32)(word - t.folded);
            token->folded_length = (guint16)MIN(written, G_MAXUINT16);
            token->known = vocabulary_find(v, word, written);
            token->digits = could_be_number(v, token->known, word, written);
        }
        token->start = (guint32)(start - text);
        token->end = (guint32)(at - text);
        gap = class == TOKEN_OF_LINE;
        t.n++;
    }
    t.tokens[t.n] =
        (Token){.kind = TOKEN_END, .start = (guint32)length, .end = (guint32)length, .gap = true};
    *ret_tokens = t;
    return true;
}

bool token_listed(const char *list, const char *word)
{
    char first = word[0], second = word[0] == '\0' ? '\0' : word[1];
    if (first == '\0')
        return false;
    for (const char *at = list; *at != '\0'; at++) {
        if (*at != '|' || at[1] != first || (at[2] != second && second != '\0'))
            continue;
        const char *w = word, *l = at + 1;
        while (*w != '\0' && *w == *l) {
            w++;
            l++;
        }
        if (*w == '\0' && *l == '|')
            return true;
    }
    return false;
}

/* ---- numbers ---- */

/* Folded spelling, in order of bytes. */
static const NumberWord NUMBER_WORDS[] = {
    {"eight", 8, false},       {"eighteen", 18, false},  {"eighteenth", 18, true},
    {"eighth", 8, true},       {"eighty", 80, false},    {"eleven", 11, false},
    {"eleventh", 11, true},    {"fifteen", 15, false},   {"fifteenth", 15, true},
    {"fifth", 5, true},        {"fifty", 50, false},     {"first", 1, true},
    {"five", 5, false},        {"forty", 40, false},     {"four", 4, false},
    {"fourteen", 14, false},   {"fourteenth", 14, true}, {"fourth", 4, true},
    {"nine", 9, false},        {"nineteen", 19, false},  {"nineteenth", 19, true},
    {"ninety", 90, false},     {"ninth", 9, true},       {"one", 1, false},
    {"second", 2, true},       {"seven", 7, false},      {"seventeen", 17, false},
    {"seventeenth", 17, true}, {"seventh", 7, true},     {"seventy", 70, false},
    {"six", 6, false},         {"sixteen", 16, false},   {"sixteenth", 16, true},
    {"sixth", 6, true},        {"sixty", 60, false},     {"ten", 10, false},
    {"tenth", 10, true},       {"third", 3, true},       {"thirteen", 13, false},
    {"thirteenth", 13, true},  {"thirtieth", 30, true},  {"thirty", 30, false},
    {"three", 3, false},       {"twelfth", 12, true},    {"twelve", 12, false},
    {"twentieth", 20, true},   {"twenty", 20, false},    {"two", 2, false},
    {"اول", 1, true},          {"بیست", 20, false},      {"بیستم", 20, true},
    {"ده", 10, false},         {"دهم", 10, true},        {"دو", 2, false},
    {"دوازده", 12, false},     {"دوازدهم", 12, true},    {"دوم", 2, true},
    {"دویست", 200, false},     {"سه", 3, false},         {"سوم", 3, true},
    {"سی", 30, false},         {"سیام", 30, true},       {"سیزده", 13, false},
    {"سیزدهم", 13, true},      {"سیصد", 300, false},     {"سیم", 30, true},
    {"شانزده", 16, false},     {"شانزدهم", 16, true},    {"شش", 6, false},
    {"ششصد", 600, false},      {"ششم", 6, true},         {"شصت", 60, false},
    {"شصتم", 60, true},        {"صد", 100, false},       {"صفر", 0, false},
    {"نخست", 1, true},         {"نه", 9, false},         {"نهصد", 900, false},
    {"نهم", 9, true},          {"نود", 90, false},       {"نودم", 90, true},
    {"نوزده", 19, false},      {"نوزدهم", 19, true},     {"هجده", 18, false},
    {"هجدهم", 18, true},       {"هشت", 8, false},        {"هشتاد", 80, false},
    {"هشتادم", 80, true},      {"هشتصد", 800, false},    {"هشتم", 8, true},
    {"هفت", 7, false},         {"هفتاد", 70, false},     {"هفتادم", 70, true},
    {"هفتصد", 700, false},     {"هفتم", 7, true},        {"هفده", 17, false},
    {"هفدهم", 17, true},       {"هیجده", 18, false},     {"هیجدهم", 18, true},
    {"پانزده", 15, false},     {"پانزدهم", 15, true},    {"پانصد", 500, false},
    {"پنج", 5, false},         {"پنجاه", 50, false},     {"پنجاهم", 50, true},
    {"پنجم", 5, true},         {"چهار", 4, false},       {"چهارده", 14, false},
    {"چهاردهم", 14, true},     {"چهارصد", 400, false},   {"چهارم", 4, true},
    {"چهل", 40, false},        {"چهلم", 40, true},       {"یازده", 11, false},
    {"یازدهم", 11, true},      {"یک", 1, false},         {"یکصد", 100, false},
    {"یکم", 1, true}};

static const NumberWord *number_word(const char *word)
{
    gsize n = strlen(word);
    if (n < 3 || n > 20)
        return NULL;
    gsize low = 0, high = G_N_ELEMENTS(NUMBER_WORDS);
    while (low < high) {
        gsize middle = (low + high) / 2;
        int order = strcmp(word, NUMBER_WORDS[middle].word);
        if (order == 0)
            return &NUMBER_WORDS[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

/* "بیستوهشتم", "سیویکم": written together with half-spaces. */
static bool joined_word(const char *word, gint64 *ret_value, bool *ret_ordinal)
{
    static const struct {
        const char *start;
        int value;
    } TENS[] = {{"بیستو", 20}, {"سیو", 30},    {"چهلو", 40},   {"پنجاهو", 50},
                {"شصتو", 60},  {"هفتادو", 70}, {"هشتادو", 80}, {"نودو", 90}};
    for (gsize i = 0; i < G_N_ELEMENTS(TENS); i++)
        if (word[0] == TENS[i].start[0] && word[1] == TENS[i].start[1] &&
            g_str_has_prefix(word, TENS[i].start)) {
            const NumberWord *unit = number_word(word + strlen(TENS[i].start));
            if (unit == NULL || unit->value >= 10)
                return false;
            *ret_value = TENS[i].value + unit->value;
            *ret_ordinal = unit->ordinal;
            return true;
        }
    return false;
}

const NumberWord *token_number_words_peek(gsize *ret_n)
{
    *ret_n = G_N_ELEMENTS(NUMBER_WORDS);
    return NUMBER_WORDS;
}

gsize token_number(const TextTokens *t, gsize i, gint64 *ret_value, bool *ret_words,
                   bool *ret_ordinal)
{
    const Token *token = &t->tokens[i];
    *ret_ordinal = false;
    *ret_words = false;
    if (i < t->n && token->kind == TOKEN_NUMBER) {
        gint64 value = token->value;
        gsize n = 1;
        if (value < 0)
            return 0;
        /* 1,234,567 and ۱٬۲۳۴ */
        while (token->digits <= 3 && i + n + 1 < t->n && t->tokens[i + n].kind == TOKEN_SIGN &&
               !t->tokens[i + n].gap &&
               (t->tokens[i + n].sign == ',' || t->tokens[i + n].sign == 0x66C ||
                t->tokens[i + n].sign == 0x60C) &&
               t->tokens[i + n + 1].kind == TOKEN_NUMBER && !t->tokens[i + n + 1].gap &&
               t->tokens[i + n + 1].digits == 3 && value < 1000000000) {
            value = value * 1000 + t->tokens[i + n + 1].value;
            n += 2;
        }
        const char *after = token_word(t, i + n);
        if (!t->tokens[i + n].gap && token_listed("|th|st|nd|rd|م|ام|امین|مین|", after)) {
            *ret_ordinal = true;
            n++;
        } else if (value < 1000000000 &&
                   (strcmp(after, "هزار") == 0 || strcmp(after, "thousand") == 0)) {
            value *= 1000;
            n++;
        } else if (value < 1000000000 &&
                   (strcmp(after, "میلیون") == 0 || strcmp(after, "million") == 0)) {
            value *= 1000000;
            n++;
        }
        *ret_value = value;
        return n;
    }
    if (i >= t->n || token->kind != TOKEN_WORD || token->digits == 0)
        return 0;
    /* Words: sums of falling parts, with هزار, thousand, hundred, million as factors. */
    gint64 total = 0, part = 0, last = 1000;
    gsize n = 0, at = i;
    bool any = false;
    while (at < t->n) {
        const char *word = token_word(t, at);
        gint64 value;
        bool ordinal = false;
        const NumberWord *found = vocabulary_peek()->words[t->tokens[at].known].number;
        if (found != NULL) {
            value = found->value;
            ordinal = found->ordinal;
        } else if (!joined_word(word, &value, &ordinal)) {
            if (token_listed("|هزار|یکهزار|thousand|", word) && part < 1000 && total == 0 &&
                (any || word[0] != 't')) {
                total = (part == 0 ? 1 : part) * 1000;
                part = 0;
                last = 1000;
                any = true;
                n = ++at - i;
            } else if (any && strcmp(word, "hundred") == 0 && part > 0 && part < 100) {
                part *= 100;
                last = 100;
                n = ++at - i;
            } else {
                break;
            }
            word = token_word(t, at);
            if (strcmp(word, "و") == 0 || strcmp(word, "and") == 0)
                at++;
            continue;
        }
        /* Falling: hundreds, tens, units; nothing may be said twice. */
        gint64 rank = value >= 100 ? 100 : value >= 20 ? 10 : 1;
        if (rank >= last || (value >= 10 && value < 20 && last <= 10))
            break;
        part += value;
        last = rank == 1 ? 0 : rank;
        any = true;
        n = ++at - i;
        if (ordinal) {
            *ret_ordinal = true;
            break;
        }
        word = token_word(t, at);
        if (strcmp(word, "و") == 0 || strcmp(word, "and") == 0)
            at++;
        else if (at < t->n && t->tokens[at].kind == TOKEN_SIGN && t->tokens[at].sign == '-' &&
                 !t->tokens[at].gap && value >= 20 && value < 100)
            at++;
        else if (word[0] == '\0' || !(g_ascii_isalpha(word[0]) || token_listed("|هزار|", word) ||
                                      g_str_has_prefix(word, "یکم") /* سی یکم is rare */))
            break;
    }
    if (!any)
        return 0;
    *ret_value = total + part;
    *ret_words = true;
    return n;
}
