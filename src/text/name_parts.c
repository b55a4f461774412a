/* Whole names: titles, patronymics, compounds, given and family names. */
#include "text/names.h"

#include "text/normalize.h"
#include "text/utf8.h"
#include <stdlib.h>

enum { WORDS_MAX = 24 };

typedef struct {
    const char *at;
    gsize length;
    char folded[48]; /* text_fold of it, cut */
    bool comma;      /* a comma follows */
} Word;

/* Folded spellings (see text_fold: no hamza, no half-space). */
static const char TITLES[] = "|اقا|اقای|اقایان|خانم|بانو|سرکار|جناب|عالیجناب|دکتر|مهندس|سید|سیده|"
                             "سادات!|حاج|حاجی|حاجیه|حجتالاسلام|حجه|والمسلمین|ایتالله|"
                             "شیخ|ملا|کربلایی|مشهدی!|استاد|پروفسور|سرهنگ|سرتیپ|سردار|سرلشکر|سرگرد|"
                             "سروان|ستوان|شهید|مرحوم|مرحومه|زندهیاد|شادروان|جاویدنام|"
                             "mr|mrs|ms|miss|mx|dr|prof|professor|eng|engineer|seyed|seyyed|sayyed|"
                             "sayyid|sayed|syed|said!|seyyedeh|seyedeh|haj|hajj|haji|"
                             "hojatoleslam|hojjatoleslam|ayatollah|sheikh|shaikh|sheykh|mullah|"
                             "molla|martyr|sir|madam|general|colonel|col|gen|capt|captain|";
static const char SON_OF[] = "|فرزند|پسر|دختر|بن|بنت|ابن|ولد|bin|ibn|ben|bint|binti|farzand|walad|";
static const char ALIAS[] = "|ملقب|مشهور|معروف|متخلص|alias|aka|nicknamed|";

static bool listed(const char *list, const char *folded)
{
    char needle[64];
    gsize n = strlen(folded);
    if (n == 0 || n + 3 > sizeof needle)
        return false;
    needle[0] = '|';
    memcpy(needle + 1, folded, n);
    needle[n + 1] = '|';
    needle[n + 2] = '\0';
    return strstr(list, needle) != NULL;
}

static gsize fold_word(const char *at, gsize length, char *out, gsize room)
{
    char folded[3 * 60 + 8];
    gsize n = text_fold_into(at, MIN(length, 60), folded);
    n = MIN(n, room - 1);
    memcpy(out, folded, n);
    out[n] = '\0';
    return n;
}

bool text_name_is_title(const char *token, gsize length)
{
    char folded[48];
    fold_word(token, length, folded, sizeof folded);
    return listed(TITLES, folded);
}

static bool parts_words(guint32 c)
{
    return c <= ' ' || c == '-' || c == ',' || c == '.' || c == '/' || c == ';' || c == '_' ||
           c == 0x60C || c == UTF8_ZWNJ || c == 0xA0 || (c >= 0x2000 && c <= 0x200A) ||
           (c >= 0x2010 && c <= 0x2015) || c == 0x202F || c == '"' || c == 0xAB || c == 0xBB;
}

/* The ending of خامنه‌ای belongs to its word. */
static bool ends_in_i(const char *at, const char *end)
{
    static const char ENDING[] = UTF8_ZWNJ_BYTES "ای";
    gsize n = sizeof ENDING - 1;
    guint32 c = 0;
    if ((gsize)(end - at) < n || memcmp(at, ENDING, n) != 0)
        return false;
    return at + n == end || utf8_decode(at + n, end, &c) == 0 || !utf8_is_arabic_letter(c);
}

static gsize split_words(const char *name, const char *end, Word *words)
{
    gsize n = 0;
    for (const char *at = name; at < end && n < WORDS_MAX;) {
        guint32 c = 0;
        unsigned bytes = utf8_decode(at, end, &c);
        if (bytes == 0 || parts_words(c)) {
            if ((c == ',' || c == 0x60C) && n > 0)
                words[n - 1].comma = true;
            at += bytes == 0 ? 1 : bytes;
            continue;
        }
        const char *start = at;
        while (at < end) {
            bytes = utf8_decode(at, end, &c);
            if (bytes == 0 || (parts_words(c) && !ends_in_i(at, end)))
                break;
            at += bytes;
        }
        Word *word = &words[n++];
        *word = (Word){.at = start, .length = (gsize)(at - start)};
        fold_word(start, word->length, word->folded, sizeof word->folded);
        /* «آیت الله», «حجت الاسلام», «زنده یاد» written apart are one title. */
        if (n > 1 && !words[n - 2].comma) {
            char both[96];
            g_snprintf(both, sizeof both, "%s%s", words[n - 2].folded, word->folded);
            if (strcmp(both, "ایتالله") == 0 || strcmp(both, "حجتالاسلام") == 0 ||
                strcmp(both, "زندهیاد") == 0 || strcmp(both, "جاویدنام") == 0) {
                words[n - 2].length = (gsize)(at - words[n - 2].at);
                g_strlcpy(words[n - 2].folded, both, sizeof words[n - 2].folded);
                n--;
            }
        }
    }
    return n;
}

/* ---- parts ---- */

/* First words of compound given names and what may follow them, as TOKEN keys. */
static const char FIRSTS[] =
    "|mhmd|ly|myr|hsyn|hsn|qlm|mhdy|bd|shybl|sdt|ftm|zhr|nr|Shr|gl|sydmhmd|";
static const char SECONDS[] =
    "|rz|ly|hsyn|hsn|mhdy|jd|sdq|bqr|tqy|nqy|hmyd|myn|mhsn|tr|qsm|kzm|brhym|smyl|mrtz|mstf|mjtb|yn|"
    "hdy|krym|rhym|ysf|jfr|mhmd|bs|kbr|sqr|zhr|ftm|msm|rsl|slh|hdr|hydr|prs|rf|rSd|mytm|yhy|";
/* Endings of family names that are written joined or apart, as TOKEN keys. */
static const char *const FAMILY_ENDINGS[] = {"zd", "njd", "pr"};

static char *join_words(const Word *words, gsize n)
{
    gsize length = 1;
    for (gsize i = 0; i < n; i++)
        length += words[i].length + 1;
    char *text = malloc(length), *out = text;
    if (text == NULL)
        return NULL;
    for (gsize i = 0; i < n; i++) {
        if (i > 0)
            *out++ = ' ';
        memcpy(out, words[i].at, words[i].length);
        out += words[i].length;
    }
    *out = '\0';
    return text;
}

typedef struct {
    Word titles[WORDS_MAX], rest[WORDS_MAX], father[WORDS_MAX], alias[WORDS_MAX];
    gsize n_titles, n_rest, n_father, n_alias;
    gsize n_given; /* of rest, after ordering given before family */
} Parts;

static gsize count_given(const Word *words, gsize n)
{
    if (n < 3)
        return n == 0 ? 0 : 1;
    char first[TEXT_NAME_KEY_MAX], second[TEXT_NAME_KEY_MAX];
    text_name_token_key(words[0].at, (gssize)words[0].length, TEXT_NAME_TOKEN, first);
    text_name_token_key(words[1].at, (gssize)words[1].length, TEXT_NAME_TOKEN, second);
    return listed(FIRSTS, first) && listed(SECONDS, second) ? 2 : 1;
}

static void take_apart(const char *name, Parts *parts)
{
    Word words[WORDS_MAX];
    const char *end = name + strlen(name);
    /* What stands in brackets is another name. */
    const char *open = memchr(name, '(', (gsize)(end - name));
    const char *close = open != NULL ? memchr(open, ')', (gsize)(end - open)) : NULL;
    memset(parts, 0, sizeof *parts);
    if (close != NULL)
        parts->n_alias = split_words(open + 1, close, parts->alias);
    gsize n = split_words(name, close != NULL ? open : end, words);
    if (close != NULL && n == 0)
        n = split_words(close + 1, end, words);
    enum { NAME, FATHER, OTHER } where = NAME;
    gssize comma = -1;
    for (gsize i = 0; i < n; i++) {
        const Word *word = &words[i];
        if (listed(SON_OF, word->folded) && parts->n_rest > 0) {
            where = FATHER;
            continue;
        }
        if ((strcmp(word->folded, "son") == 0 || strcmp(word->folded, "daughter") == 0) &&
            i + 1 < n && strcmp(words[i + 1].folded, "of") == 0) {
            where = FATHER;
            i++;
            continue;
        }
        if (listed(ALIAS, word->folded) && parts->n_rest > 0) {
            where = OTHER;
            if (i + 1 < n &&
                (strcmp(words[i + 1].folded, "به") == 0 || strcmp(words[i + 1].folded, "as") == 0))
                i++;
            continue;
        }
        /* A title stands before the name (سید may stand within it: "میر سید علی"). */
        if (where != OTHER && listed(TITLES, word->folded) && i + 1 < n) {
            if (where == NAME)
                parts->titles[parts->n_titles++] = *word;
            continue;
        }
        if (where == FATHER && strcmp(word->folded, "e") == 0)
            continue;
        if (where == NAME) {
            if (word->comma && comma < 0)
                comma = (gssize)parts->n_rest + 1;
            parts->rest[parts->n_rest++] = *word;
        } else if (where == FATHER) {
            parts->father[parts->n_father++] = *word;
        } else if (parts->n_alias < WORDS_MAX) {
            parts->alias[parts->n_alias++] = *word;
        }
    }
    if (comma > 0 && (gsize)comma < parts->n_rest) { /* Family, Given */
        Word turned[WORDS_MAX];
        gsize given = parts->n_rest - (gsize)comma;
        memcpy(turned, parts->rest + comma, given * sizeof *turned);
        memcpy(turned + given, parts->rest, (gsize)comma * sizeof *turned);
        memcpy(parts->rest, turned, parts->n_rest * sizeof *turned);
        parts->n_given = given;
    } else {
        parts->n_given = count_given(parts->rest, parts->n_rest);
    }
}

bool text_name_parse(const char *name, TextName *ret_name)
{
    Parts parts;
    take_apart(name, &parts);
    TextName out = {
        .titles = join_words(parts.titles, parts.n_titles),
        .given = join_words(parts.rest, parts.n_given),
        .family = join_words(parts.rest + parts.n_given, parts.n_rest - parts.n_given),
        .patronymic = join_words(parts.father, parts.n_father),
        .alias = join_words(parts.alias, parts.n_alias),
    };
    if (out.titles == NULL || out.given == NULL || out.family == NULL || out.patronymic == NULL ||
        out.alias == NULL) {
        text_name_clear(&out);
        return false;
    }
    *ret_name = out;
    return true;
}

void text_name_clear(TextName *name)
{
    free(name->titles);
    free(name->given);
    free(name->family);
    free(name->patronymic);
    free(name->alias);
    *name = (TextName){0};
}

/* ---- keys ---- */

typedef char Key[TEXT_NAME_KEY_MAX];

static void add_key(Key *keys, gsize *n, const char *key, gsize length)
{
    while (length > 1 && key[length - 1] == 'h')
        length--;
    if (length == 0 || *n == 2 * WORDS_MAX)
        return;
    memcpy(keys[*n], key, length);
    keys[*n][length] = '\0';
    (*n)++;
}

/* A word's key, taken apart where it is a compound: "mhmdrz" as "mhmd", "rz". */
static void add_word(Key *keys, gsize *n, const Word *word, TextNameLevel level)
{
    Key token, key;
    gsize length = text_name_token_key(word->at, (gssize)word->length, TEXT_NAME_TOKEN, token);
    gsize whole = text_name_token_key(word->at, (gssize)word->length, level, key);
    if (level != TEXT_NAME_TOKEN) {
        add_key(keys, n, key, whole);
        return;
    }
    for (gsize cut = 2; cut + 2 <= length; cut++) {
        Key first;
        memcpy(first, token, cut);
        first[cut] = '\0';
        if (listed(FIRSTS, first) && listed(SECONDS, token + cut) && !listed(FIRSTS, token)) {
            add_key(keys, n, token, cut);
            add_key(keys, n, token + cut, length - cut);
            return;
        }
    }
    for (gsize i = 0; i < G_N_ELEMENTS(FAMILY_ENDINGS); i++) {
        gsize ending = strlen(FAMILY_ENDINGS[i]);
        if (length >= ending + 2 &&
            memcmp(token + length - ending, FAMILY_ENDINGS[i], ending) == 0) {
            add_key(keys, n, token, length - ending);
            add_key(keys, n, token + length - ending, ending);
            return;
        }
    }
    add_key(keys, n, token, length);
}

static int compare_keys(const void *left, const void *right)
{
    return strcmp(left, right);
}

static char *name_key(const char *name, TextNameLevel level, bool sorted)
{
    Parts parts;
    Key keys[2 * WORDS_MAX];
    gsize n = 0;
    take_apart(name, &parts);
    for (gsize i = 0; i < parts.n_rest; i++) {
        Word word = parts.rest[i];
        /* عبد الرضا, Abdol Reza, Abd al-Reza: the article belongs to both its neighbours. */
        char joined[160];
        if (i + 1 < parts.n_rest) {
            const char *f = word.folded;
            bool abd = strcmp(f, "عبد") == 0 || strcmp(f, "abd") == 0;
            bool abdol = strcmp(f, "عبدال") == 0 || strcmp(f, "abdol") == 0 ||
                         strcmp(f, "abdul") == 0 || strcmp(f, "abdel") == 0 ||
                         strcmp(f, "abdal") == 0;
            gsize take = abdol ? 1 : 0;
            if (abd) {
                const char *next = parts.rest[i + 1].folded;
                bool article = strcmp(next, "al") == 0 || strcmp(next, "ol") == 0 ||
                               strcmp(next, "ul") == 0 || strcmp(next, "el") == 0;
                if (g_str_has_prefix(next, "ال"))
                    take = 1;
                else if (article && i + 2 < parts.n_rest)
                    take = 2;
            }
            if (take > 0) {
                gsize length = 0;
                for (gsize k = i; k <= i + take; k++) {
                    gsize part = MIN(parts.rest[k].length, sizeof joined - length);
                    memcpy(joined + length, parts.rest[k].at, part);
                    length += part;
                }
                word = (Word){.at = joined, .length = length};
                i += take;
            }
        }
        add_word(keys, &n, &word, level);
    }
    if (sorted)
        qsort(keys, n, sizeof keys[0], compare_keys);
    char *text = malloc(n * (TEXT_NAME_KEY_MAX + 1) + 1), *out = text;
    if (text == NULL)
        return NULL;
    for (gsize i = 0; i < n; i++) {
        if (i > 0)
            *out++ = ' ';
        out = stpcpy(out, keys[i]);
    }
    *out = '\0';
    return text;
}

char *text_name_key(const char *name)
{
    return name_key(name, TEXT_NAME_TOKEN, false);
}

char *text_name_key_sorted(const char *name)
{
    return name_key(name, TEXT_NAME_TOKEN, true);
}

char *text_name_key_at(const char *name, TextNameLevel level)
{
    return name_key(name, level, false);
}
