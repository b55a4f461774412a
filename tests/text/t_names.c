/* One person, many spellings: one key. */
#include "text/names.h"

#include "support.h"
#include "text/normalize.h"
#include <stdlib.h>
#include <string.h>

static const struct Row {
    const char *claim, *left, *right;
    bool same;
} ROWS[] = {
    {"joined_and_apart", "محمدرضا احمدی", "محمد رضا احمدی", true},
    {"latin_hyphen", "محمدرضا", "Mohammad-Reza", true},
    {"latin_one_m", "محمدرضا", "Mohamad Reza", true},
    {"latin_turkish", "محمدرضا", "Muhammed Riza", true},
    {"latin_joined", "محمدرضا", "Mohammadreza", true},
    {"arabic_letters", "علي كريمي", "علی کریمی", true},
    {"half_space_in_family", "علی‌زاده", "علیزاده", true},
    {"zadeh_apart", "سارا علیزاده", "Sara Ali Zadeh", true},
    {"pour_joined", "مریم تهرانی پور", "Maryam Tehranipour", true},
    {"title_left_out", "آقای دکتر سید حسن امینی", "Hassan Amini", true},
    {"title_with_dot", "Dr. Hassan Amini", "حسن امینی", true},
    {"ayatollah_apart", "آیت الله حسن امینی", "حسن امینی", true},
    {"patronymic_left_out", "رضا کمالی فرزند حسین", "Reza Kamali", true},
    {"son_of_left_out", "Reza Kamali, son of Hossein", "رضا کمالی", true},
    {"abd_ol_reza", "عبدالرضا", "Abdol Reza", true},
    {"abd_or_reza", "عبدالرضا", "Abdorreza", true},
    {"abd_al_reza", "عبدالرضا", "Abd al-Reza", true},
    {"oddin", "نورالدین", "Nooreddin", true},
    {"aldin", "نورالدین", "Nuraldin", true},
    {"khw_is_x", "خواجه", "Khajeh", true},
    {"maqsura", "مصطفی", "Mostafa", true},
    {"umlaut", "حسین", "Hüseyin", true},
    {"s_cedilla", "شیرین", "Şirin", true},
    {"hassan_is_not_hossein", "حسن", "حسین", false},
    {"karim_is_not_akram", "کریم", "اکرم", false},
    {"ahmadi_is_not_ahmad", "احمدی", "احمد", false},
    {"zahra_is_not_sara", "زهرا", "سارا", false},
};

static void test_row(gconstpointer data)
{
    const struct Row *row = data;
    g_autofree char *left = text_name_key(row->left), *right = text_name_key(row->right);
    if (row->same)
        g_assert_cmpstr(left, ==, right);
    else
        g_assert_cmpstr(left, !=, right);
}

static void test_order_does_not_matter_when_sorted(void)
{
    g_autofree char *left = text_name_key_sorted("Rezaei, Ali"),
                    *right = text_name_key_sorted("علی رضایی");
    g_assert_cmpstr(left, ==, right);
    g_assert_cmpuint(strlen(left), >, 3);
}

static void test_levels_nest(void)
{
    char a[TEXT_NAME_KEY_MAX], b[TEXT_NAME_KEY_MAX];
    text_name_token_key("محمد", -1, TEXT_NAME_SOUND, a);
    text_name_token_key("محمود", -1, TEXT_NAME_SOUND, b);
    g_assert_cmpstr(a, !=, b);
    text_name_token_key("حسن", -1, TEXT_NAME_SKELETON, a);
    text_name_token_key("Hossein", -1, TEXT_NAME_SKELETON, b);
    g_assert_cmpstr(a, ==, b);
    g_assert_cmpuint(text_name_token_key("!?", -1, TEXT_NAME_TOKEN, a), ==, 0);
    g_assert_cmpuint(text_name_token_key("", -1, TEXT_NAME_TOKEN, a), ==, 0);
}

static void test_long_words_are_cut(void)
{
    g_autofree char *word = g_strnfill(5000, 'b');
    char key[TEXT_NAME_KEY_MAX];
    for (int i = 0; i < 5000; i++)
        word[i] = "bdfgklm"[i % 7];
    g_assert_cmpuint(text_name_token_key(word, -1, TEXT_NAME_TOKEN, key), <, TEXT_NAME_KEY_MAX);
}

static const struct Parts {
    const char *claim, *name, *titles, *given, *family, *patronymic, *alias;
} PARTS[] = {
    {"plain", "رضا کمالی", "", "رضا", "کمالی", "", ""},
    {"compound_given", "محمد رضا کمالی", "", "محمد رضا", "کمالی", "", ""},
    {"two_family_words", "رضا کمالی نژاد", "", "رضا", "کمالی نژاد", "", ""},
    {"titles", "آقای دکتر سید رضا کمالی", "آقای دکتر سید", "رضا", "کمالی", "", ""},
    {"father", "رضا کمالی فرزند حسن", "", "رضا", "کمالی", "حسن", ""},
    {"bint", "Maryam bint Hassan", "", "Maryam", "", "Hassan", ""},
    {"alias", "رضا کمالی معروف به کاوه", "", "رضا", "کمالی", "", "کاوه"},
    {"alias_in_brackets", "رضا کمالی (کاوه)", "", "رضا", "کمالی", "", "کاوه"},
    {"comma", "Kamali, Reza", "", "Reza", "Kamali", "", ""},
    {"dr", "Dr. Reza Kamali", "Dr", "Reza", "Kamali", "", ""},
    {"one_word", "رضا", "", "رضا", "", "", ""},
    {"nothing", " ", "", "", "", "", ""},
};

static void test_parts(gconstpointer data)
{
    const struct Parts *row = data;
    g_auto(TextName) name = {0};
    g_assert_true(text_name_parse(row->name, &name));
    g_assert_cmpstr(name.titles, ==, row->titles);
    g_assert_cmpstr(name.given, ==, row->given);
    g_assert_cmpstr(name.family, ==, row->family);
    g_assert_cmpstr(name.patronymic, ==, row->patronymic);
    g_assert_cmpstr(name.alias, ==, row->alias);
}

/* name-tokens.csv (iran-memorial, CC BY-SA 4.0): spellings of 1,610 words, by records. */
static void test_spellings_of_memorials(void)
{
    g_autofree char *path = test_shared_path("reference/persian/name-tokens.csv");
    if (path == NULL)
        return;
    g_autofree char *table = test_read_file(path, NULL);
    g_auto(GStrv) lines = g_strsplit(table, "\n", -1);
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    double all = 0, same = 0;
    for (gsize i = 1; lines[i] != NULL && lines[i][0] != '\0'; i++) {
        g_auto(GStrv) cells = g_strsplit(g_strchomp(lines[i]), ",", 3);
        char fa[TEXT_NAME_KEY_MAX], la[TEXT_NAME_KEY_MAX];
        text_name_token_key(cells[0], -1, TEXT_NAME_TOKEN, fa);
        text_name_token_key(cells[1], -1, TEXT_NAME_TOKEN, la);
        double records = g_ascii_strtod(cells[2], NULL);
        all += records;
        if (strcmp(fa, la) == 0)
            same += records;
        else if (g_test_verbose())
            g_test_message("%s %s %s %s %s", cells[2], cells[0], cells[1], fa, la);
        if (words->len == 0 || strcmp(cells[0], words->pdata[words->len - 1]) != 0)
            g_ptr_array_add(words, g_strdup(cells[0]));
    }
    guint64 pairs = 0, shared = 0;
    for (guint i = 0; i < words->len; i += 3)
        for (guint j = i + 1; j < words->len; j += 5) {
            char a[TEXT_NAME_KEY_MAX], b[TEXT_NAME_KEY_MAX];
            if (strcmp(words->pdata[i], words->pdata[j]) == 0)
                continue;
            text_name_token_key(words->pdata[i], -1, TEXT_NAME_TOKEN, a);
            text_name_token_key(words->pdata[j], -1, TEXT_NAME_TOKEN, b);
            pairs++;
            shared += strcmp(a, b) == 0;
        }
    g_test_message("same key: %.4f of records; shared by different words: %.5f", same / all,
                   (double)shared / (double)pairs);
    g_assert_cmpfloat(same / all, >=, 0.95);
    g_assert_cmpfloat((double)shared / (double)pairs, <, 0.02);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        g_autofree char *name = g_strconcat("/text/names/", ROWS[i].claim, NULL);
        g_test_add_data_func(name, &ROWS[i], test_row);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(PARTS); i++) {
        g_autofree char *name = g_strconcat("/text/names/parts/", PARTS[i].claim, NULL);
        g_test_add_data_func(name, &PARTS[i], test_parts);
    }
    g_test_add_func("/text/names/order_does_not_matter_when_sorted",
                    test_order_does_not_matter_when_sorted);
    g_test_add_func("/text/names/levels_nest", test_levels_nest);
    g_test_add_func("/text/names/long_words_are_cut", test_long_words_are_cut);
    g_test_add_func("/text/names/spellings_of_memorials", test_spellings_of_memorials);
    return g_test_run();
}
