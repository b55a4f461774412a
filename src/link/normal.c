#include "link/normal.h"

#include "base/edtf.h"
#include "text/names.h"

#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Arabic-script letters, spelling variants made one. Joiners, marks and tatweel vanish (0). */
static uint8_t arabic_letter(gunichar c)
{
    switch (c) {
    case 0x0622:
    case 0x0623:
    case 0x0625:
    case 0x0671:
    case 0x0627:
        return 0x80; /* ا */
    case 0x0628:
        return 0x81;
    case 0x067e:
        return 0x82; /* پ */
    case 0x062a:
        return 0x83;
    case 0x062b:
        return 0x84;
    case 0x062c:
        return 0x85;
    case 0x0686:
        return 0x86; /* چ */
    case 0x062d:
        return 0x87;
    case 0x062e:
        return 0x88;
    case 0x062f:
        return 0x89;
    case 0x0630:
        return 0x8a;
    case 0x0631:
        return 0x8b;
    case 0x0632:
        return 0x8c;
    case 0x0698:
        return 0x8d; /* ژ */
    case 0x0633:
        return 0x8e;
    case 0x0634:
        return 0x8f;
    case 0x0635:
        return 0x90;
    case 0x0636:
        return 0x91;
    case 0x0637:
        return 0x92;
    case 0x0638:
        return 0x93;
    case 0x0639:
        return 0x94;
    case 0x063a:
        return 0x95;
    case 0x0641:
        return 0x96;
    case 0x0642:
        return 0x97;
    case 0x0643:
    case 0x06a9:
    case 0x06aa:
        return 0x98; /* ک */
    case 0x06af:
        return 0x99; /* گ */
    case 0x0644:
        return 0x9a;
    case 0x0645:
        return 0x9b;
    case 0x0646:
        return 0x9c;
    case 0x0624:
    case 0x0648:
    case 0x06c6:
    case 0x06c7:
    case 0x06c8:
        return 0x9d; /* و */
    case 0x0629:
    case 0x0647:
    case 0x06c0:
    case 0x06c1:
    case 0x06be:
    case 0x06d5:
        return 0x9e; /* ه */
    case 0x0626:
    case 0x0649:
    case 0x064a:
    case 0x06cc:
    case 0x06ce:
    case 0x06d2:
        return 0x9f; /* ی */
    case 0x0695:
        return 0x8b; /* Kurdish ڕ */
    case 0x06b5:
        return 0x9a; /* Kurdish ڵ */
    case 0x06a4:
        return 0xa0; /* ڤ */
    default:
        return 0;
    }
}

/* 0 falls away, ' ' ends a word, else a letter or digit of the alphabet. */
static uint8_t fold(gunichar c, bool *ret_arabic)
{
    if (c < 128)
        return g_ascii_isalnum((char)c) ? (uint8_t)g_ascii_tolower((char)c)
               : c == '\'' || c == '`'  ? 0
                                        : ' ';
    int digit = g_unichar_digit_value(c);
    if (digit >= 0)
        return (uint8_t)('0' + digit);
    uint8_t arabic = arabic_letter(c);
    if (arabic != 0) {
        *ret_arabic = true;
        return arabic;
    }
    if (c == 0x2019 || c == 0x2018 || c == 0x02bc || c == 0x02bb || c == 0x02bf || c == 0x0640 ||
        c == 0x0621 || g_unichar_ismark(c) || g_unichar_iszerowidth(c))
        return 0;
    if (!g_unichar_isalpha(c))
        return ' ';
    gunichar base[4];
    if (g_unichar_fully_decompose(c, TRUE, base, G_N_ELEMENTS(base)) > 0 && base[0] != c)
        return fold(base[0], ret_arabic);
    static const struct {
        gunichar c;
        char letter;
    } LATIN[] = {
        {0x00df, 's'}, {0x00e6, 'a'}, {0x00c6, 'a'}, {0x00f8, 'o'}, {0x00d8, 'o'}, {0x0131, 'i'},
        {0x0142, 'l'}, {0x0141, 'l'}, {0x0111, 'd'}, {0x0110, 'd'}, {0x0259, 'a'}, {0x018f, 'a'},
        {0x0153, 'o'}, {0x0152, 'o'}, {0x00f0, 'd'}, {0x00fe, 't'},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(LATIN); i++)
        if (LATIN[i].c == c)
            return (uint8_t)LATIN[i].letter;
    return (uint8_t)(0xc0 + g_unichar_tolower(c) % 61);
}

/* The next code point of text, which may be any bytes. */
static gunichar next_point(const char **text)
{
    unsigned char first = (unsigned char)**text;
    if (first < 128) {
        (*text)++;
        return first;
    }
    gunichar c = g_utf8_get_char_validated(*text, -1);
    if (c == (gunichar)-1 || c == (gunichar)-2) {
        (*text)++;
        return 0xfffd;
    }
    *text = g_utf8_next_char(*text);
    return c;
}

size_t link_normal_text(const char *text, uint8_t out[LINK_NORMAL_MAX], bool *ret_arabic)
{
    size_t n = 0;
    bool gap = false;
    *ret_arabic = false;
    while (*text != '\0' && n + 1 < LINK_NORMAL_MAX) {
        gunichar c = next_point(&text);
        uint8_t letter = fold(c, ret_arabic);
        if (letter == ' ')
            gap = n > 0;
        else if (letter != 0) {
            if (gap)
                out[n++] = ' ';
            gap = false;
            out[n++] = letter;
        }
    }
    return n;
}

size_t link_normal_code(const char *text, uint8_t out[LINK_NORMAL_MAX])
{
    bool arabic;
    size_t n = link_normal_text(text, out, &arabic), kept = 0;
    for (size_t i = 0; i < n; i++)
        if (out[i] != ' ')
            out[kept++] = out[i];
    return kept;
}

bool link_normal_missing(const char *text)
{
    static const char *const WORDS[] = {
        "NA",      "N/A",     "n/a", "NULL", "null", "NaN", "nan", "None",    "none",   "unknown",
        "Unknown", "UNKNOWN", "-",   "--",   "?",    "??",  ".",   "نامعلوم", "نامشخص", "ندارد",
    };
    while (*text == ' ')
        text++;
    if (*text == '\0')
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(WORDS); i++)
        if (strcmp(text, WORDS[i]) == 0)
            return true;
    return false;
}

bool link_normal_number(const char *text, double *ret_number)
{
    char ascii[64];
    size_t n = 0;
    bool grouped = false;
    while (*text == ' ')
        text++;
    while (*text != '\0' && n + 1 < sizeof ascii) {
        gunichar c = next_point(&text);
        int digit = g_unichar_digit_value(c);
        if (digit >= 0)
            ascii[n++] = (char)('0' + digit);
        else if (c == 0x066b) /* ٫ */
            ascii[n++] = '.';
        else if ((c == ',' || c == 0x066c) && n > 0)
            grouped = true;
        else if (c < 128)
            ascii[n++] = (char)c;
        else
            return false;
    }
    /* cppcheck-suppress uninitvar ; what stands before n was written */
    while (n > 0 && ascii[n - 1] == ' ')
        n--;
    ascii[n] = '\0';
    char *end = NULL;
    double number = g_ascii_strtod(ascii, &end);
    if (end == ascii || *end != '\0' || !isfinite(number) ||
        (grouped && strchr(ascii, 'e') != NULL))
        return false;
    *ret_number = number;
    return true;
}

/* ---- Sound -------------------------------------------------------------------
 *
 * Consonants only, in classes that Persian and Latin spellings share: Persian
 * writes one sound with several letters (س ث ص), Latin several sounds with two
 * letters (kh, sh). Vowels stand only at the head ("A"). Until a richer key is
 * at hand this is what a Persian and a Latin spelling have in common. */

static uint8_t sound_of_arabic(uint8_t letter)
{
    /* ا ب پ ت ث ج چ ح خ د ذ ر ز ژ س ش ص ض ط ظ ع غ ف ق ک گ ل م ن و ه ی ڤ */
    static const char TABLE[] = "AbptsjChXdzrzjsSsztzAQfQkglmnvhyv";
    size_t at = (size_t)letter - 0x80;
    return at < sizeof TABLE - 1 ? (uint8_t)TABLE[at] : letter;
}

/* The one place where names are keyed across scripts. Spaces go: محمدرضا is Mohammad Reza. */
static size_t sound(const char *text, bool sorted, uint8_t out[LINK_NORMAL_MAX])
{
    char *key = sorted ? text_name_key_sorted(text) : text_name_key(text);
    size_t n = 0;
    for (const char *at = key; at != NULL && *at != '\0' && n < LINK_NORMAL_MAX; at++)
        if (*at != ' ')
            out[n++] = (uint8_t)*at;
    free(key);
    if (n > 0)
        return n;
    uint8_t normal[LINK_NORMAL_MAX];
    bool arabic;
    return link_normal_sound_of(normal, link_normal_text(text, normal, &arabic), out);
}

size_t link_normal_sound(const char *text, uint8_t out[LINK_NORMAL_MAX])
{
    return sound(text, false, out);
}

size_t link_normal_sound_sorted(const char *text, uint8_t out[LINK_NORMAL_MAX])
{
    return sound(text, true, out);
}

size_t link_normal_sound_of(const uint8_t *normal, size_t length, uint8_t out[LINK_NORMAL_MAX])
{
    uint8_t word[LINK_NORMAL_MAX + 1];
    size_t n = 0;
    /* cppcheck-suppress uninitvar ; length bytes of it were written */
    memcpy(word, normal, length);
    word[length] = 0;
    bool head = true;
    for (size_t i = 0; i < length; i++) {
        uint8_t c = word[i], next = word[i + 1], sound;
        if (c == ' ') {
            head = true;
            continue;
        }
        bool last = next == 0 || next == ' ';
        if (c >= 0x80) {
            sound = c < 0xc0 ? sound_of_arabic(c) : c;
        } else {
            switch (c) {
            case 'a':
            case 'e':
            case 'i':
            case 'o':
            case 'u':
                sound = 'A';
                break;
            case 'c':
                sound = next == 'h' ? 'C' : next == 'e' || next == 'i' ? 's' : 'k';
                break;
            case 's':
                sound = next == 'h' ? 'S' : 's';
                break;
            case 'k':
                sound = next == 'h' ? 'X' : 'k';
                break;
            case 'g':
                sound = next == 'h' ? 'Q' : 'g';
                break;
            case 'z':
                sound = next == 'h' ? 'j' : 'z';
                break;
            case 'p':
                sound = next == 'h' ? 'f' : 'p';
                break;
            case 't':
                sound = 't';
                break;
            case 'q':
                sound = 'Q';
                break;
            case 'w':
                sound = 'v';
                break;
            case 'x':
                sound = 'X';
                break;
            default:
                sound = c;
            }
            if (next == 'h' && strchr("cskgzpt", c) != NULL)
                i++;
            last = word[i + 1] == 0 || word[i + 1] == ' ';
        }
        bool vowel = sound == 'A' || ((sound == 'y' || sound == 'v') && !head) ||
                     (sound == 'h' && last && !head);
        if (vowel && head)
            sound = 'A';
        if ((!vowel || head) && (n == 0 || out[n - 1] != sound) && n < LINK_NORMAL_MAX)
            out[n++] = sound;
        head = false;
    }
    return n;
}

/* ---- Dates ------------------------------------------------------------------- */

static int month_length(int month)
{
    return month == 2 ? 29 : month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/* Fills the other calendar where the day exists. */
static void complete(LinkDate *date)
{
    bool hijri = date->year >= 1200 && date->year <= 1500;
    if (hijri) {
        date->hijri_year = date->year;
        date->hijri_month = date->month;
        date->hijri_day = date->day;
    }
    if (date->month == 0 || date->day == 0) {
        /* A Solar Hijri year begins in March: most of it lies in year + 621, and most of each
         * month in the Gregorian month three later. */
        if (hijri) {
            date->year += 621 + (date->month > 9 && date->month <= 12);
            if (date->month > 0 && date->month <= 12)
                date->month = (date->month + 2) % 12 + 1;
        }
        return;
    }
    int y = date->year, m = date->month, d = date->day;
    if (hijri) {
        if (m >= 1 && m <= 12 && d >= 1 && d <= edtf_month_length(CALENDAR_SOLAR_HIJRI, y, m))
            edtf_day_to_gregorian(edtf_day_from_solar_hijri(y, m, d), &date->year, &date->month,
                                  &date->day);
        else
            date->year += 621;
    } else if (y >= 1850 && y <= 2100 && m >= 1 && m <= 12 && d >= 1 && d <= month_length(m)) {
        edtf_day_to_solar_hijri(edtf_day_from_gregorian(y, m, d), &date->hijri_year,
                                &date->hijri_month, &date->hijri_day);
    }
}

/* Names of months; of the Gregorian ones in English the first three letters count. */
static const struct {
    const char *name;
    int month;
} MONTHS[] = {
    {"فروردین", 1}, {"اردیبهشت", 2}, {"خرداد", 3},  {"تیر", 4},     {"مرداد", 5},   {"امرداد", 5},
    {"شهریور", 6},  {"مهر", 7},      {"آبان", 8},   {"آذر", 9},     {"دی", 10},     {"بهمن", 11},
    {"اسفند", 12},  {"ژانویه", 1},   {"فوریه", 2},  {"مارس", 3},    {"آوریل", 4},   {"آپریل", 4},
    {"مه", 5},      {"می", 5},       {"ژوئن", 6},   {"ژوئیه", 7},   {"جولای", 7},   {"اوت", 8},
    {"آگوست", 8},   {"سپتامبر", 9},  {"اکتبر", 10}, {"نوامبر", 11}, {"دسامبر", 12},
};

/* 1 … 12; 0: a word that may stand in a date and says nothing; -1: no date. */
static int month_named(const uint8_t *word, size_t length)
{
    static const char ENGLISH[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    static const char *const SILENT[] = {"st",     "nd",   "rd",  "th",  "of",      "the",
                                         "t",      "z",    "ه",   "ق",   "ش",       "م",
                                         "میلادی", "شمسی", "ماه", "سال", "خورشیدی", "هجری"};
    uint8_t normal[LINK_NORMAL_MAX];
    bool arabic;
    if (length >= 3 && word[0] < 0x80)
        for (int m = 0; m < 12; m++)
            if (memcmp(word, ENGLISH + 3 * m, 3) == 0)
                return m + 1;
    for (size_t i = 0; word[0] >= 0x80 && i < G_N_ELEMENTS(MONTHS); i++)
        if (link_normal_text(MONTHS[i].name, normal, &arabic) == length &&
            memcmp(word, normal, length) == 0)
            return MONTHS[i].month;
    for (size_t i = 0; i < G_N_ELEMENTS(SILENT); i++)
        if (link_normal_text(SILENT[i], normal, &arabic) == length &&
            memcmp(word, normal, length) == 0)
            return 0;
    return -1;
}

/* What stands in a date as written: up to three numbers, perhaps a month's name. */
typedef struct {
    int numbers[3];
    unsigned digits[3], n;
    int month; /* named, or 0 */
    bool persian;
} DateParts;

static bool split_date(const char *text, DateParts *parts)
{
    const char *at = text;
    while (*at != '\0') {
        const char *here = at;
        gunichar c = next_point(&at);
        int digit = g_unichar_digit_value(c);
        if (digit >= 0) {
            if (parts->n == 3)
                return true; /* a time of day follows */
            int number = 0;
            unsigned digits = 0;
            for (at = here; *at != '\0'; digits++) {
                const char *next = at;
                c = next_point(&next);
                digit = g_unichar_digit_value(c);
                if (digit < 0 && c == 'X' && digits > 0)
                    digit = 0;
                if (digit < 0)
                    break;
                if (digits == 8)
                    return false;
                parts->persian |= c >= 0x0660;
                number = number * 10 + digit;
                at = next;
            }
            parts->numbers[parts->n] = number;
            parts->digits[parts->n++] = digits;
        } else if (g_unichar_isalpha(c)) {
            char word[64];
            size_t length = 0;
            for (at = here; *at != '\0' && length + 8 < sizeof word;) {
                const char *next = at;
                c = next_point(&next);
                if (!g_unichar_isalpha(c) && c != 0x200c)
                    break;
                memcpy(word + length, at, (size_t)(next - at));
                length += (size_t)(next - at);
                at = next;
            }
            word[length] = '\0';
            uint8_t normal[LINK_NORMAL_MAX];
            bool arabic;
            size_t n = link_normal_text(word, normal, &arabic);
            int month = n > 0 ? month_named(normal, n) : -1;
            if (month < 0 || (month > 0 && parts->month > 0))
                return false;
            parts->month = MAX(parts->month, month);
            if (g_ascii_strcasecmp(word, "t") == 0 && parts->n == 3)
                return true;
        }
    }
    return true;
}

static int full_year(int number, unsigned digits, bool persian)
{
    if (digits != 2)
        return number;
    return number + (persian ? 1300 : number > 30 ? 1900 : 2000);
}

bool link_normal_date(const char *text, bool day_first, LinkDate *ret_date)
{
    DateParts parts = {0};
    if (!split_date(text, &parts))
        return false;
    const int *numbers = parts.numbers;
    const unsigned *digits = parts.digits, n = parts.n;
    LinkDate date = {0};
    if (parts.month > 0) {
        unsigned year = n == 2 && (digits[0] == 4 || numbers[0] > 31) ? 0 : n - 1;
        if (n == 0 || n == 3 || (digits[year] != 4 && (n == 1 || digits[year] != 2)) ||
            (n == 2 && digits[1 - year] > 2))
            return false;
        date.year = full_year(numbers[year], digits[year], parts.persian);
        date.month = parts.month;
        date.day = n == 2 ? numbers[1 - year] : 0;
    } else if (n == 1 && digits[0] == 8) {
        date.year = numbers[0] / 10000;
        date.month = numbers[0] / 100 % 100;
        date.day = numbers[0] % 100;
    } else if (n == 1 && digits[0] == 4) {
        date.year = numbers[0];
    } else if (n == 2 && digits[0] == 4 && digits[1] <= 2) {
        date.year = numbers[0];
        date.month = numbers[1];
    } else if (n == 2 && digits[0] <= 2 && digits[1] == 4) {
        date.year = numbers[1];
        date.month = numbers[0];
    } else if (n == 3 && (digits[0] == 4 || (digits[0] == 2 && numbers[0] > 31)) &&
               digits[1] <= 2 && digits[2] <= 2) {
        date.year = full_year(numbers[0], digits[0], parts.persian);
        date.month = numbers[1];
        date.day = numbers[2];
    } else if (n == 3 && (digits[2] == 4 || digits[2] == 2) && digits[0] <= 2 && digits[1] <= 2) {
        bool swap = numbers[0] > 12 || (numbers[1] <= 12 && day_first);
        date.year = full_year(numbers[2], digits[2], parts.persian);
        date.month = swap ? numbers[1] : numbers[0];
        date.day = swap ? numbers[0] : numbers[1];
    } else {
        return false;
    }
    date.reads_as_date =
        date.year >= 1200 && date.year <= 2100 && date.month <= 12 && date.day <= 31;
    complete(&date);
    *ret_date = date;
    return true;
}
