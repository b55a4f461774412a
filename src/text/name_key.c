/* Keys of single words. Both scripts are brought to one row of sounds, then reduced:
 *
 *   sounds   b p t s j c h x d z r S q f k g l m n  consonants (c ch, x kh, S sh, q gh)
 *            y long i or the consonant, v و, 'a' any other vowel (dropped at the end)
 *
 * Latin digraphs are read before letters; an apostrophe keeps "t'h" from being one. */
#include "text/names.h"

#include "text/utf8.h"
#include <unicode/unorm2.h>

enum { ROW_MAX = 64 };

typedef struct {
    char at[ROW_MAX + 8];
    gsize n;
} Row;

static void put(Row *row, char c)
{
    if (row->n < ROW_MAX)
        row->at[row->n++] = c;
}

/* ---- Persian ---- */

static char persian_sound(guint32 c)
{
    switch (c) {
    case 0x628:
        return 'b';
    case 0x67E:
        return 'p';
    case 0x62A:
    case 0x637:
        return 't';
    case 0x62B:
    case 0x633:
    case 0x635:
        return 's';
    case 0x62C:
    case 0x698:
        return 'j';
    case 0x686:
        return 'c';
    case 0x62D:
    case 0x647:
    case 0x629:
    case 0x6C0:
    case 0x6C1:
    case 0x6BE:
    case 0x6C3:
    case 0x6D5:
        return 'h';
    case 0x62E:
        return 'x';
    case 0x62F:
    case 0x688:
        return 'd';
    case 0x630:
    case 0x632:
    case 0x636:
    case 0x638:
        return 'z';
    case 0x631:
    case 0x695:
        return 'r';
    case 0x634:
        return 'S';
    case 0x63A:
    case 0x642:
        return 'q';
    case 0x641:
        return 'f';
    case 0x643:
    case 0x6A9:
    case 0x6AA:
        return 'k';
    case 0x6AF:
        return 'g';
    case 0x644:
    case 0x6B5:
        return 'l';
    case 0x645:
        return 'm';
    case 0x646:
        return 'n';
    case 0x648:
    case 0x6C6:
    case 0x6CB:
        return 'v';
    case 0x624:
        return 'a';
    case 0x64A:
    case 0x649:
    case 0x6CC:
    case 0x6CE:
    case 0x6D0:
        return 'y';
    case 0x627:
    case 0x622:
    case 0x623:
    case 0x625:
    case 0x671:
        return 'A';
    case 0x639:
        return 'e';
    case 0x626:
        return 'i';
    default:
        return 0;
    }
}

/* Words that end in ی but sound ā (alef maqsura), as rows without their ی. */
static const char *const MAQSURA[] = {"eys", "mvs", "mstf", "yhy", "mrtz", "mjtb",
                                      "lyl", "kbr", "sqr",  "hd",  "slm",  "bSr",
                                      "ezm", "tvb", "ysr",  "ksr", "nd"};

static void persian_row(const char *text, const char *end, Row *raw)
{
    while (text < end) {
        guint32 c = 0;
        unsigned bytes = utf8_decode(text, end, &c);
        char sound = bytes == 0 ? 0 : persian_sound(c);
        /* h is silent before a half-space: خامنه‌ای is Khamenei */
        bool silent = c == 0x647 && (gsize)(end - text) >= bytes + strlen(UTF8_ZWNJ_BYTES) &&
                      memcmp(text + bytes, UTF8_ZWNJ_BYTES, strlen(UTF8_ZWNJ_BYTES)) == 0;
        if (bytes > 0 && silent)
            sound = 0;
        /* Presentation forms and the like do not come here: callers normalize. */
        if (sound != 0)
            put(raw, sound);
        text += bytes == 0 ? 1 : bytes;
    }
    Row *r = raw;
    /* alef maqsura */
    if (r->n > 1 && r->at[r->n - 1] == 'y')
        for (gsize i = 0; i < G_N_ELEMENTS(MAQSURA); i++)
            if (strlen(MAQSURA[i]) == r->n - 1 && memcmp(MAQSURA[i], r->at, r->n - 1) == 0)
                r->at[r->n - 1] = 'A';
    for (gsize i = 0; i < r->n; i++) {
        /* ئ is a glide before ی (رضائی) and silent else (قائم). */
        if (r->at[i] == 'i')
            r->at[i] = 'a';
        /* خوا is xā */
        if (r->at[i] == 'x' && i + 2 < r->n && r->at[i + 1] == 'v' && r->at[i + 2] == 'A')
            r->at[i + 1] = 'a';
        /* The article: الدین is od-din; عبدالر is abdor-r. */
        if (r->at[i] == 'A' && i > 0 && i + 2 < r->n && r->at[i + 1] == 'l') {
            bool din =
                r->at[i + 2] == 'd' && i + 4 < r->n && r->at[i + 3] == 'y' && r->at[i + 4] == 'n';
            bool abd =
                i == 3 && memcmp(r->at, "ebd", 3) == 0 && strchr("tdrzsSn", r->at[i + 2]) != NULL;
            if (din || abd)
                r->at[i + 1] = 'a';
        }
    }
    /* How it begins: ایـ اوـ عیـ عو and plain vowels are one vowel; یا and وا begin with a
     * consonant. */
    if (r->n > 1 && (r->at[0] == 'A' || r->at[0] == 'e') && (r->at[1] == 'y' || r->at[1] == 'v') &&
        r->n > 2 && strchr("Aaeyv", r->at[2]) == NULL)
        r->at[1] = 'a';
    for (gsize i = 0; i < r->n; i++)
        if (r->at[i] == 'A' || r->at[i] == 'e')
            r->at[i] = 'a';
}

/* ---- Latin ---- */

/* Lower-case ASCII letters and "'" of a Latin word. */
static gsize latin_plain(const char *text, const char *end, char *out, gsize room)
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfd = unorm2_getNFDInstance(&status);
    gsize n = 0;
    while (text < end && n + 3 < room) {
        guint32 c;
        unsigned bytes = utf8_decode(text, end, &c);
        text += bytes == 0 ? 1 : bytes;
        if (bytes == 0)
            continue;
        if (c < 0x80) {
            if (g_ascii_isalpha((char)c))
                out[n++] = g_ascii_tolower((char)c);
            else if ((c == '\'' || c == '`') && n > 0)
                out[n++] = '\'';
            continue;
        }
        switch (c) {
        case 0x2018:
        case 0x2019:
        case 0x2BC:
        case 0x2BF:
        case 0x2BE:
        case 0xB4:
            if (n > 0)
                out[n++] = '\'';
            continue;
        case 0x15F:
        case 0x15E:
        case 0x161:
        case 0x160: /* ş š */
            out[n++] = 's';
            out[n++] = 'h';
            continue;
        case 0xE7:
        case 0xC7:
        case 0x10D:
        case 0x10C: /* ç č */
            out[n++] = 'c';
            out[n++] = 'h';
            continue;
        case 0x17E:
        case 0x17D: /* ž */
            out[n++] = 'z';
            out[n++] = 'h';
            continue;
        case 0x11F:
        case 0x11E:
        case 0x121: /* ğ ġ */
            out[n++] = 'g';
            out[n++] = 'h';
            continue;
        case 0x1E2B:
        case 0x1E2A: /* ḫ */
            out[n++] = 'k';
            out[n++] = 'h';
            continue;
        case 0x131:
            out[n++] = 'i';
            continue;
        case 0xF8:
        case 0xD8:
            out[n++] = 'o';
            continue;
        case 0xDF:
            out[n++] = 's';
            continue;
        default:
            break;
        }
        UChar parts[16];
        UErrorCode each = U_ZERO_ERROR;
        int32_t length =
            U_SUCCESS(status) ? unorm2_getDecomposition(nfd, (UChar32)c, parts, 16, &each) : 0;
        if (length > 0 && U_SUCCESS(each) && parts[0] < 0x80 && g_ascii_isalpha((char)parts[0]))
            out[n++] = g_ascii_tolower((char)parts[0]);
    }
    out[n] = '\0';
    return n;
}

static bool is_vowel(char c)
{
    return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u';
}

static void latin_row(const char *text, const char *end, Row *row)
{
    static const struct {
        const char *letters;
        char sound;
    } DIGRAPHS[] = {{"tch", 'c'}, {"sch", 'S'}, {"kh", 'x'}, {"gh", 'q'}, {"ch", 'c'},
                    {"sh", 'S'},  {"zh", 'j'},  {"dj", 'j'}, {"ph", 'f'}, {"ck", 'k'}};
    char word[3 * ROW_MAX];
    gsize n = latin_plain(text, end, word, sizeof word - 1);
    char row1[3 * ROW_MAX];
    gsize m = 0;
    for (gsize i = 0; i < n;) {
        bool found = false;
        for (gsize k = 0; k < G_N_ELEMENTS(DIGRAPHS) && !found; k++) {
            gsize length = strlen(DIGRAPHS[k].letters);
            if (strncmp(word + i, DIGRAPHS[k].letters, length) == 0) {
                row1[m++] = DIGRAPHS[k].sound;
                i += length;
                found = true;
            }
        }
        if (found)
            continue;
        char c = word[i++];
        if (c == '\'')
            continue;
        if (c == 'w')
            c = 'v';
        if (c == 'c') /* Latin names: soft before e and i */
            c = i < n && (word[i] == 'e' || word[i] == 'i') ? 's' : 'k';
        row1[m++] = c;
    }
    row1[m] = '\0';
    /* khw is x */
    for (gsize i = 1; i + 1 < m; i++)
        if (row1[i - 1] == 'x' && row1[i] == 'v' && is_vowel(row1[i + 1]))
            row1[i] = 'a';
    /* The article before a letter of the sun: abdolreza = abdorreza; …eddin, …aldin. */
    for (gsize i = 1; i + 2 < m; i++) {
        if (row1[i] != 'l' || !is_vowel(row1[i - 1]))
            continue;
        bool abd = i == 4 && memcmp(row1, "abd", 3) == 0 && strchr("tdrzsSn", row1[5]) != NULL;
        bool din = i > 2 && row1[i + 1] == 'd' &&
                   (row1[i + 2] == 'd' || row1[i + 2] == 'i' || row1[i + 2] == 'e') && m - i <= 7 &&
                   memchr(row1 + i, 'n', m - i) != NULL;
        if (abd || din)
            row1[i] = 'a';
    }
    gsize i = 0;
    if (is_vowel(row1[0])) { /* one vowel to begin with, whatever it is */
        bool consonant =
            (row1[0] == 'i' && m > 1 && (row1[1] == 'a' || row1[1] == 'o' || row1[1] == 'u')) &&
            row1[1] != '\0';
        if (consonant) {
            put(row, 'y');
        } else {
            while (i < m && is_vowel(row1[i]))
                i++;
            if (i < m && row1[i] == 'y' && (i + 1 == m || !is_vowel(row1[i + 1])))
                i++;
            put(row, 'a');
        }
    }
    for (; i < m; i++) {
        char c = row1[i];
        char next = i + 1 < m ? row1[i + 1] : '\0';
        if ((c == 'a' || c == 'e') && (next == 'i' || next == 'y')) {
            put(row, 'y');
            i++;
        } else if (c == 'e' && next == 'e') {
            put(row, 'y');
            i++;
        } else if (c == 'i' || c == 'y') {
            put(row, 'y');
        } else if (c == 'o' && (next == 'u' || next == 'o')) {
            put(row, 'v');
            i++;
        } else if (c == 'u' || c == 'v') {
            put(row, 'v');
        } else if (is_vowel(c)) {
            put(row, 'a');
        } else {
            put(row, c);
        }
    }
}

/* ---- both ---- */

static char near(char c)
{
    switch (c) {
    case 'q':
    case 'g':
    case 'k':
        return 'k';
    case 'z':
    case 's':
        return 's';
    case 'j':
    case 'c':
    case 'S':
        return 'j';
    case 'b':
    case 'p':
        return 'b';
    case 'd':
    case 't':
        return 't';
    default:
        return c;
    }
}

static gsize reduce(const Row *row, TextNameLevel level, char *out)
{
    gsize n = 0;
    for (gsize i = 0; i < row->n && n + 1 < TEXT_NAME_KEY_MAX; i++) {
        char c = row->at[i];
        bool first = i == 0;
        if (c == 'a')
            continue;
        if (c == 'v' && !first && level != TEXT_NAME_SOUND)
            continue;
        if (level == TEXT_NAME_SKELETON) {
            if (c == 'y' || c == 'v' || c == 'h')
                continue;
            c = near(c);
        }
        if (n > 0 && out[n - 1] == c)
            continue;
        out[n++] = c;
    }
    /* A final h is written or not (Fatemeh, Fateme), and so is sounded or not. */
    while (n > 1 && out[n - 1] == 'h')
        n--;
    out[n] = '\0';
    /* Turkish, Urdu and Arabic habits write i for the short vowel of a few frequent names. */
    static const char *const SAME[][2] = {
        {"ryz", "rz"},   {"hykmt", "hkmt"}, {"rySd", "rSyd"},  {"ryd", "rz"},     {"ftym", "ftm"},
        {"sdyq", "sdq"}, {"qsym", "qsm"},   {"kzym", "kzm"},   {"mjhyd", "mjhd"}, {"xlyd", "xld"},
        {"hSym", "hSm"}, {"htym", "htm"},   {"zhyd", "zhd"},   {"tryq", "trq"},   {"Skyr", "Skr"},
        {"dyl", "dl"},   {"mnsyf", "mnsf"}, {"mhsyn", "mhsn"}, {"mxlys", "mxls"}, {"myhdy", "mhdy"},
    };
    for (gsize k = 0; k < G_N_ELEMENTS(SAME); k++)
        if (strcmp(out, SAME[k][0]) == 0) {
            n = strlen(SAME[k][1]);
            memcpy(out, SAME[k][1], n + 1); /* never longer than what it replaces */
        }
    return n;
}

gsize text_name_token_key(const char *token, gssize length, TextNameLevel level,
                          char out[TEXT_NAME_KEY_MAX])
{
    const char *end = token + (length < 0 ? strlen(token) : (gsize)length);
    Row row = {.n = 0};
    bool persian = false;
    for (const char *at = token; at < end && !persian;) {
        guint32 c;
        unsigned bytes = utf8_decode(at, end, &c);
        persian = bytes != 0 && utf8_is_arabic_letter(c);
        at += bytes == 0 ? 1 : bytes;
    }
    if (persian)
        persian_row(token, end, &row);
    else
        latin_row(token, end, &row);
    return reduce(&row, level, out);
}
