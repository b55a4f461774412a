/* Two languages in one process: each thread its own, numbers in its digits. */
#include "base/data.h"
#include "base/error.h"
#include "base/i18n.h"
#include "support.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

static void test_look_up(void)
{
    g_assert_cmpstr(i18n_get("June"), ==, "June");
    g_assert_cmpstr(i18n_get_in(I18N_PERSIAN, "June"), ==, "ژوئن");
    i18n_set_language(I18N_PERSIAN);
    g_assert_cmpstr(_("June"), ==, "ژوئن");
    /* First and last of the sorted table too: every month is found. */
    static const char *const MONTHS[] = {"April", "September", "Farvardin", "Esfand", "winter"};
    for (gsize i = 0; i < G_N_ELEMENTS(MONTHS); i++)
        g_assert_cmpstr(i18n_get(MONTHS[i]), !=, MONTHS[i]);
    g_assert_cmpstr(i18n_get("no such message, before all"), ==, "no such message, before all");
    g_assert_cmpstr(i18n_get("\x01"), ==, "\x01");
    g_assert_cmpstr(i18n_get("\xff"), ==, "\xff");
    /* The catalogue's head stands under the empty id and is no message. */
    g_assert_cmpstr(i18n_get(""), ==, "");
    i18n_set_language(I18N_ENGLISH);
}

static void test_tags(void)
{
    static const struct {
        const char *tag;
        bool known;
        I18nLanguage language;
    } TAGS[] = {
        {"fa", true, I18N_PERSIAN},       {"fa_IR.UTF-8", true, I18N_PERSIAN},
        {"FA-ir", true, I18N_PERSIAN},    {"fas", true, I18N_PERSIAN},
        {"en", true, I18N_ENGLISH},       {"en_GB.UTF-8", true, I18N_ENGLISH},
        {"C", false, I18N_ENGLISH},       {"", false, I18N_ENGLISH},
        {"fat", false, I18N_ENGLISH},     {"de_DE", false, I18N_ENGLISH},
        {"english", false, I18N_ENGLISH},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(TAGS); i++) {
        I18nLanguage language = I18N_ENGLISH;
        g_assert_true(i18n_parse_language(TAGS[i].tag, &language) == TAGS[i].known);
        g_assert_true(language == TAGS[i].language);
    }
    g_assert_cmpstr(i18n_tag(I18N_PERSIAN), ==, "fa");
    g_assert_cmpstr(i18n_tag(I18N_ENGLISH), ==, "en");
}

typedef char *Write(void);
static char *integer_0(void)
{
    return i18n_integer(0);
}
static char *integer_999(void)
{
    return i18n_integer(999);
}
static char *integer_1000(void)
{
    return i18n_integer(1000);
}
static char *integer_12345(void)
{
    return i18n_integer(-1234567);
}
static char *integer_least(void)
{
    return i18n_integer(G_MININT64);
}
static char *decimal_quarter(void)
{
    return i18n_decimal(0.25, 2);
}
static char *decimal_whole(void)
{
    return i18n_decimal(3, 0);
}
static char *decimal_negative(void)
{
    return i18n_decimal(-1.5, 1);
}
static char *decimal_no_minus_zero(void)
{
    return i18n_decimal(-0.001, 2);
}
static char *decimal_nan(void)
{
    return i18n_decimal(NAN, 2);
}
static char *decimal_infinite(void)
{
    return i18n_decimal(-INFINITY, 2);
}
static char *digits(void)
{
    return i18n_digits("tel 0123456789, نه");
}

static const struct {
    const char *claim;
    Write *write;
    const char *english, *persian;
} NUMBERS[] = {
    {"zero", integer_0, "0", "۰"},
    {"three_digits", integer_999, "999", "۹۹۹"},
    {"thousand", integer_1000, "1,000", "۱٬۰۰۰"},
    {"negative", integer_12345, "−1,234,567", "−۱٬۲۳۴٬۵۶۷"},
    {"least", integer_least, "−9,223,372,036,854,775,808", "−۹٬۲۲۳٬۳۷۲٬۰۳۶٬۸۵۴٬۷۷۵٬۸۰۸"},
    {"quarter", decimal_quarter, "0.25", "۰٫۲۵"},
    {"no_decimals", decimal_whole, "3", "۳"},
    {"negative_decimal", decimal_negative, "−1.5", "−۱٫۵"},
    {"no_minus_zero", decimal_no_minus_zero, "0.00", "۰٫۰۰"},
    {"nan_is_a_dash", decimal_nan, "–", "–"},
    {"infinity_is_a_dash", decimal_infinite, "–", "–"},
    {"digits", digits, "tel 0123456789, نه", "tel ۰۱۲۳۴۵۶۷۸۹, نه"},
};

static void test_number(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    g_autofree char *english = NUMBERS[i].write();
    i18n_set_language(I18N_PERSIAN);
    g_autofree char *persian = NUMBERS[i].write();
    i18n_set_language(I18N_ENGLISH);
    g_assert_cmpstr(english, ==, NUMBERS[i].english);
    g_assert_cmpstr(persian, ==, NUMBERS[i].persian);
}

static gpointer read_as(gpointer language)
{
    i18n_set_language(GPOINTER_TO_INT(language));
    const char *expected = GPOINTER_TO_INT(language) == I18N_PERSIAN ? "تیر" : "Tir";
    for (int i = 0; i < 20000; i++)
        if (strcmp(_("Tir"), expected) != 0)
            return (gpointer) "the other thread's language was heard";
    return NULL;
}

static void test_each_thread_its_language(void)
{
    GThread *threads[4];
    for (int i = 0; i < 4; i++)
        threads[i] = g_thread_new("reader", read_as,
                                  GINT_TO_POINTER(i % 2 == 0 ? I18N_PERSIAN : I18N_ENGLISH));
    for (int i = 0; i < 4; i++)
        g_assert_cmpstr(g_thread_join(threads[i]), ==, NULL);
    g_assert_true(i18n_language() == I18N_ENGLISH);
}

/* ---- the data files that travel inside ---- */

static void test_bundled_data(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CsvTable) table = data_load_table("persian/forms.csv", &error);
    g_assert_no_error(error);
    g_assert_cmpint(csv_table_column(table, "form"), ==, 0);
    g_assert_null(data_load("no/such/file.csv", &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND);
    g_assert_nonnull(strstr(error->message, "no/such/file.csv"));
}

static void test_own_data_take_the_bundled_ones_place(void)
{
    g_autofree char *folder = test_folder_new();
    g_autofree char *below = g_build_filename(folder, "persian", NULL);
    g_autofree char *file = g_build_filename(below, "forms.csv", NULL);
    g_assert_cmpint(g_mkdir(below, 0700), ==, 0);
    g_assert_true(g_file_set_contents(file, "form,count\nآزمون,1\n", -1, NULL));
    g_setenv("ZENHAR_DATA", folder, TRUE);
    g_autoptr(CsvTable) table = data_load_table("persian/forms.csv", NULL);
    g_autoptr(GBytes) other = data_load("README.txt", NULL);
    /* Something stands there and cannot be read: it is told, not passed over. */
    g_unlink(file);
    g_mkdir(file, 0700);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) unreadable = data_load("persian/forms.csv", &error);
    g_unsetenv("ZENHAR_DATA");
    g_assert_nonnull(table);
    g_assert_cmpuint(table->n_rows, ==, 1);
    g_assert_cmpstr(csv_table_cell(table, 0, 0), ==, "آزمون");
    g_assert_nonnull(other);
    g_assert_null(unreadable);
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO);
}

/* A refusal of the system's inside a Persian sentence is Persian, whatever the C library speaks. */
static void test_refusals(void)
{
    static const int MET[] = {ENOENT, EACCES, EPERM, EEXIST, EISDIR, ENOTDIR, ENOSPC, EROFS, EIO};
    i18n_set_language(I18N_PERSIAN);
    for (gsize i = 0; i < G_N_ELEMENTS(MET); i++) {
        const char *words = i18n_errno(MET[i]);
        g_assert_cmpuint(g_utf8_get_char(words), >=, 0x600);
        g_assert_cmpuint(g_utf8_get_char(words), <, 0x700);
    }
    g_assert_cmpstr(i18n_errno(EDOM), ==, g_strerror(EDOM)); /* rare: the C library's */
    g_autofree char *none = NULL;
    g_autoptr(GError) error = NULL;
    g_assert_false(g_file_get_contents("/nowhere/at/all", &none, NULL, &error));
    g_assert_cmpstr(i18n_file_error(error), ==, "چنین فایل یا پوشه‌ای نیست");
    i18n_set_language(I18N_ENGLISH);
    g_assert_cmpstr(i18n_file_error(error), ==, "there is no such file or folder");
    g_clear_error(&error);
    zenhar_error_input(&error, "%s", "another kind");
    g_assert_null(i18n_file_error(error));
    g_assert_null(i18n_file_error(NULL));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/base/i18n/look_up", test_look_up);
    g_test_add_func("/base/i18n/tags", test_tags);
    for (gsize i = 0; i < G_N_ELEMENTS(NUMBERS); i++) {
        g_autofree char *name = g_strconcat("/base/i18n/number/", NUMBERS[i].claim, NULL);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_number);
    }
    g_test_add_func("/base/i18n/refusals_of_the_system_are_in_the_language", test_refusals);
    g_test_add_func("/base/i18n/each_thread_its_language", test_each_thread_its_language);
    g_test_add_func("/base/data/bundled", test_bundled_data);
    g_test_add_func("/base/data/own_data_take_the_bundled_ones_place",
                    test_own_data_take_the_bundled_ones_place);
    return g_test_run();
}
