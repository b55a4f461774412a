/* Measures on strings, normalizing, sound keys, dates. */
#include "link/compare.h"
#include "link/levels_inline.h"
#include "link/link.h"
#include "link/normal.h"
#include "support.h"

#include "base/random.h"

#include <math.h>
#include <string.h>

static double jaro_winkler(const char *a, const char *b)
{
    uint8_t x[LINK_MAX_LENGTH] = {0}, y[LINK_MAX_LENGTH] = {0};
    memcpy(x, a, strlen(a));
    memcpy(y, b, strlen(b));
    return link_jaro_winkler(x, (unsigned)strlen(a), y, (unsigned)strlen(b));
}

static unsigned damerau(const char *a, const char *b)
{
    uint8_t x[LINK_MAX_LENGTH] = {0}, y[LINK_MAX_LENGTH] = {0};
    memcpy(x, a, strlen(a));
    memcpy(y, b, strlen(b));
    return link_damerau_levenshtein(x, (unsigned)strlen(a), y, (unsigned)strlen(b));
}

/* Winkler 1994, "Advanced methods for record linkage", table of string comparators: the
 * Jaro–Winkler column, where the plain prefix rule applies (three decimals as printed there). */
static void winklers_published_values(void)
{
    static const struct {
        const char *a, *b;
        double expected;
    } CASES[] = {
        {"SHACKLEFORD", "SHACKELFORD", 0.982},
        {"DUNNINGHAM", "CUNNIGHAM", 0.896},
        {"NICHLESON", "NICHULSON", 0.956},
        {"JONES", "JOHNSON", 0.832},
        {"MASSEY", "MASSIE", 0.933},
        {"ABROMS", "ABRAMS", 0.922},
        {"JERALDINE", "GERALDINE", 0.926},
        {"MARHTA", "MARTHA", 0.961},
        {"MICHELLE", "MICHAEL", 0.921},
        {"JULIES", "JULIUS", 0.933},
        {"TANYA", "TONYA", 0.880},
        {"DWAYNE", "DUANE", 0.840},
        {"SEAN", "SUSAN", 0.805},
        {"JON", "JOHN", 0.933},
        {"DIXON", "DICKSONX", 0.813},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(CASES); i++) {
        double got = jaro_winkler(CASES[i].a, CASES[i].b);
        if (fabs(got - CASES[i].expected) > 0.0006)
            g_error("%s %s: %.4f, published %.3f", CASES[i].a, CASES[i].b, got, CASES[i].expected);
    }
}

static void empty_and_unlike_are_the_ends(void)
{
    g_assert_cmpfloat(jaro_winkler("", ""), ==, 1);
    g_assert_cmpfloat(jaro_winkler("a", ""), ==, 0);
    g_assert_cmpfloat(jaro_winkler("abc", "xyz"), ==, 0);
    g_assert_cmpfloat(jaro_winkler("abc", "abc"), ==, 1);
}

/* Damerau 1964's four single errors; optimal string alignment's own: CA to ABC is 3. */
static void damerau_counts_a_swap_once(void)
{
    static const struct {
        const char *a, *b;
        unsigned expected;
    } CASES[] = {
        {"", "", 0},
        {"", "abc", 3},
        {"abc", "", 3},
        {"abcd", "acbd", 1},
        {"abcd", "abd", 1},
        {"abcd", "abxcd", 1},
        {"abcd", "abxd", 1},
        {"ca", "abc", 3},
        {"kitten", "sitting", 3},
        {"a cat", "an act", 2},
        {"19450931", "19459031", 1},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(CASES); i++)
        g_assert_cmpuint(damerau(CASES[i].a, CASES[i].b), ==, CASES[i].expected);
}

/* The textbook table, for strings made at random. */
static unsigned plain_distance(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b);
    unsigned d[70][70];
    for (size_t i = 0; i <= n; i++)
        for (size_t j = 0; j <= m; j++) {
            if (i == 0 || j == 0) {
                d[i][j] = (unsigned)(i + j);
                continue;
            }
            unsigned best = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            best = MIN(best, d[i - 1][j] + 1);
            best = MIN(best, d[i][j - 1] + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                best = MIN(best, d[i - 2][j - 2] + 1);
            d[i][j] = best;
        }
    return d[n][m];
}

static void bits_agree_with_the_table_and_are_symmetric(void)
{
    Random random;
    random_start(&random, 5, 0);
    for (unsigned round = 0; round < 20000; round++) {
        char a[65] = {0}, b[65] = {0};
        size_t n = random_below(&random, round % 10 == 0 ? 65 : 12), m = random_below(&random, 12);
        for (size_t i = 0; i < n; i++)
            a[i] = (char)('a' + random_below(&random, 4));
        for (size_t i = 0; i < m; i++)
            b[i] = (char)('a' + random_below(&random, 4));
        g_assert_cmpuint(damerau(a, b), ==, plain_distance(a, b));
        g_assert_cmpuint(damerau(a, b), ==, damerau(b, a));
        g_assert_cmpfloat(jaro_winkler(a, b), ==, jaro_winkler(b, a));
        g_assert_true(jaro_winkler(a, b) >= 0 && jaro_winkler(a, b) <= 1);
    }
}

/* The bound that spares most comparisons never says "too few" of a pair that is similar. */
static void the_bound_is_never_above_what_is_there(void)
{
    Random random;
    random_start(&random, 6, 0);
    for (unsigned round = 0; round < 20000; round++) {
        char a[17] = {0}, b[17] = {0};
        size_t n = 1 + random_below(&random, 10), m = 1 + random_below(&random, 10), prefix = 0;
        for (size_t i = 0; i < n; i++)
            a[i] = (char)('a' + random_below(&random, 5));
        for (size_t i = 0; i < m; i++)
            b[i] = random_below(&random, 3) > 0 && i < n ? a[i]
                                                         : (char)('a' + random_below(&random, 5));
        unsigned counts_a[5] = {0}, counts_b[5] = {0}, common = 0;
        for (size_t i = 0; i < n; i++)
            counts_a[a[i] - 'a']++;
        for (size_t i = 0; i < m; i++)
            counts_b[b[i] - 'a']++;
        for (unsigned c = 0; c < 5; c++)
            common += MIN(counts_a[c], counts_b[c]);
        while (prefix < 4 && prefix < n && prefix < m && a[prefix] == b[prefix])
            prefix++;
        if (jaro_winkler(a, b) >= 0.82)
            g_assert_cmpuint(
                common, >=,
                link_jaro_winkler_need((unsigned)n, (unsigned)m, (unsigned)prefix, 0.82));
    }
}

static char *normal(const char *text)
{
    uint8_t out[LINK_NORMAL_MAX + 1];
    bool arabic;
    size_t n = link_normal_text(text, out, &arabic);
    return g_strndup((const char *)out, n);
}

static void same_text(const char *a, const char *b)
{
    g_autofree char *x = normal(a), *y = normal(b);
    g_assert_cmpstr(x, ==, y);
}

static void spellings_of_one_letter_are_one(void)
{
    same_text("علي", "علی");   /* Arabic and Persian yeh */
    same_text("كريم", "کریم"); /* kaf */
    same_text("O'Brien", "obrien");
    same_text("  José  García ", "jose garcia");
    same_text("Müller-Lüdenscheidt", "muller ludenscheidt");
    same_text("۱۴۰۴", "1404");
    same_text("٤", "4");
    same_text("رضـا", "رضا"); /* tatweel */
}

static void any_bytes_are_read(void)
{
    uint8_t out[LINK_NORMAL_MAX];
    bool arabic;
    char bytes[600];
    Random random;
    random_start(&random, 7, 0);
    for (unsigned round = 0; round < 2000; round++) {
        size_t n = random_below(&random, sizeof bytes - 1);
        for (size_t i = 0; i < n; i++)
            bytes[i] = (char)(1 + random_below(&random, 255));
        bytes[n] = '\0';
        g_assert_cmpuint(link_normal_text(bytes, out, &arabic), <=, LINK_NORMAL_MAX);
        g_assert_cmpuint(link_normal_sound(bytes, out), <=, LINK_NORMAL_MAX);
        LinkDate date;
        link_normal_date(bytes, true, &date);
    }
}

static void persian_and_latin_sound_alike(void)
{
    static const char *const PAIRS[][2] = {
        {"محمد", "Mohammad"},
        {"حسین", "Hossein"},
        {"رضا", "Reza"},
        {"مهدی", "Mehdi"},
        {"شیرین", "Shirin"},
        {"خسرو", "Khosrow"},
        {"قاسم", "Ghasem"},
        {"ژاله", "Zhaleh"},
        {"سارا", "Sarah"},
        {"علی", "Ali"},
        {"جواد", "Javad"},
        {"یوسف", "Yousef"},
        {"محمدرضا", "Mohammad-Reza"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(PAIRS); i++) {
        uint8_t a[LINK_NORMAL_MAX + 1] = {0}, b[LINK_NORMAL_MAX + 1] = {0};
        link_normal_sound(PAIRS[i][0], a);
        link_normal_sound(PAIRS[i][1], b);
        g_assert_cmpstr((char *)a, ==, (char *)b);
    }
}

static void dates_in_every_notation_and_both_calendars(void)
{
    static const struct {
        const char *text;
        int year, month, day;
    } CASES[] = {
        {"1990-01-31", 1990, 1, 31}, {"19900131", 1990, 1, 31},
        {"31/01/1990", 1990, 1, 31}, {"01/31/1990", 1990, 1, 31},
        {"31.1.90", 1990, 1, 31},    {"1990-01", 1990, 1, 0},
        {"1990", 1990, 0, 0},        {"1404-04-07", 2025, 6, 28},
        {"۱۴۰۴/۰۴/۰۷", 2025, 6, 28}, {"1403-12-30", 2025, 3, 20},
        {"1404", 2025, 0, 0},        {"2025-06-28T14:30:00Z", 2025, 6, 28},
        {"199X", 1990, 0, 0},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(CASES); i++) {
        LinkDate date;
        g_assert_true(link_normal_date(CASES[i].text, true, &date));
        g_assert_cmpint(date.year, ==, CASES[i].year);
        g_assert_cmpint(date.month, ==, CASES[i].month);
        g_assert_cmpint(date.day, ==, CASES[i].day);
    }
    LinkDate date;
    g_assert_false(link_normal_date("yesterday", true, &date));
    g_assert_false(link_normal_date("", true, &date));
}

/* Codes are compared in their words, names only as far as they may be similar: the same answers as
 * letter by letter. Half of the pairs are slips of one another. */
static void short_ways_give_the_same_answers(void)
{
    static uint8_t need[33 * 33 * 5];
    for (unsigned a = 1; a <= 32; a++)
        for (unsigned b = 1; b <= 32; b++)
            for (unsigned p = 0; p < 5; p++)
                need[(a * 33 + b) * 5 + p] = (uint8_t)link_jaro_winkler_need(a, b, p, LINK_SIMILAR);
    Random random;
    random_start(&random, 9, 1);
    unsigned near = 0, similar = 0;
    for (unsigned round = 0; round < 200000; round++) {
        uint8_t a[48] = {0}, b[48] = {0};
        unsigned letters = 2 + (unsigned)random_below(&random, 9);
        unsigned length_a = 3 + (unsigned)random_below(&random, 14), length_b = length_a;
        for (unsigned i = 0; i < length_a; i++)
            b[i] = a[i] = (uint8_t)random_below(&random, letters);
        for (unsigned slips = (unsigned)random_below(&random, 5); slips > 0; slips--) {
            unsigned at = (unsigned)random_below(&random, length_b - 1);
            uint8_t letter = (uint8_t)random_below(&random, letters), kept = b[at];
            switch (random_below(&random, 4)) {
            case 0:
                b[at] = letter;
                break;
            case 1:
                b[at] = b[at + 1];
                b[at + 1] = kept;
                break;
            case 2:
                if (length_b > 2)
                    memmove(b + at, b + at + 1, --length_b - at), b[length_b] = 0;
                break;
            default:
                if (length_b < 16) {
                    memmove(b + at + 1, b + at, length_b++ - at);
                    b[at] = letter;
                }
            }
        }
        double exact = compare_jaro_winkler(a, length_a, b, length_b);
        double above = similarity_above(need, a, length_a, b, length_b);
        g_assert_true(exact >= LINK_SIMILAR ? above == exact : above < LINK_SIMILAR);
        similar += exact < LINK_SIMILAR;
        if (length_a > length_b + 2 || length_b > length_a + 2)
            continue;
        unsigned distance = compare_damerau_levenshtein(a, length_a, b, length_b);
        for (unsigned bits = 4; bits <= 8; bits += 4) {
            if (bits == 8 && MAX(length_a, length_b) > 8)
                continue;
            uint64_t x = 0, y = 0;
            for (unsigned i = 0; i < 64 / bits; i++) {
                x |= (uint64_t)a[i] << (bits * i);
                y |= (uint64_t)b[i] << (bits * i);
            }
            g_assert_cmpint(two_edits(x, length_a, y, length_b, bits), ==, distance <= 2);
        }
        near += distance <= 2;
    }
    g_assert_cmpuint(near, >, 50000); /* both answers came often */
    g_assert_cmpuint(near, <, 190000);
    g_assert_cmpuint(similar, >, 10000);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/link/compare/winklers_published_values", winklers_published_values);
    g_test_add_func("/link/compare/empty_and_unlike_are_the_ends", empty_and_unlike_are_the_ends);
    g_test_add_func("/link/compare/damerau_counts_a_swap_once", damerau_counts_a_swap_once);
    g_test_add_func("/link/compare/bits_agree_with_the_table_and_are_symmetric",
                    bits_agree_with_the_table_and_are_symmetric);
    g_test_add_func("/link/compare/the_bound_is_never_above_what_is_there",
                    the_bound_is_never_above_what_is_there);
    g_test_add_func("/link/compare/short_ways_give_the_same_answers",
                    short_ways_give_the_same_answers);
    g_test_add_func("/link/normal/spellings_of_one_letter_are_one",
                    spellings_of_one_letter_are_one);
    g_test_add_func("/link/normal/any_bytes_are_read", any_bytes_are_read);
    g_test_add_func("/link/normal/persian_and_latin_sound_alike", persian_and_latin_sound_alike);
    g_test_add_func("/link/normal/dates_in_every_notation_and_both_calendars",
                    dates_in_every_notation_and_both_calendars);
    return g_test_run();
}
