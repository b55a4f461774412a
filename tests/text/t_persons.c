/* Persons that a message names. All are invented. */
#include "text/persons.h"

#include <string.h>

/* "name/father/year/sex; …" of all persons. */
static char *found_in(const char *text)
{
    g_auto(TextPersons) persons = {0};
    g_autoptr(GError) error = NULL;
    g_assert_true(text_persons_find(text, strlen(text), &persons, &error));
    g_assert_no_error(error);
    GString *out = g_string_new(NULL);
    for (gsize i = 0; i < persons.n; i++) {
        const TextPerson *p = &persons.persons[i];
        g_assert_true(strncmp(text + p->start, p->name, p->end - p->start) == 0);
        if (p->father != NULL)
            g_assert_true(
                strncmp(text + p->father_start, p->father, p->father_end - p->father_start) == 0);
        g_string_append_printf(out, "%s%s/%s/%d/%s", i > 0 ? "; " : "", p->name,
                               p->father != NULL ? p->father : "", p->birth_year,
                               p->female ? "f"
                               : p->male ? "m"
                                         : "");
    }
    return g_string_free(out, FALSE);
}

static void test_found(void)
{
    /* clang-format off */
    static const char *const CASES[][2] = {
        {"ADLIRAN\nجناب آقای محمدرضا کریم‌زاده فرزند حسن، ابلاغیه احضار به شماره ۱۴۰۰ از شعبه "
         "۳",
         "محمدرضا کریم‌زاده/حسن/0/m"},
        {"سرکار خانم زهرا نوری، برای شما ابلاغیه‌ای صادر "
         "شد",
         "زهرا نوری//0/f"},
        {"سلام. علی رضایی اصل فرزند محمد حسین، متولد ۱۳۶۴، را دیروز در شیراز بازداشت کردند.",
         "علی رضایی اصل/محمد حسین/1364/"},
        {"برادرم کاوه رستمی را ۷ تیر ۱۴۰۴ در سنندج بازداشت کردند", "کاوه رستمی//0/m"},
        {"شخصی به نام پرویز صالحی، متولد سال ۱۳۵۰ در رشت احضار شد", "پرویز صالحی//1350/"},
        {"نام و نام خانوادگی: سارا نوری\nنام پدر: احمد", "سارا نوری//0/"},
        {"My brother Mohammad-Reza Karimi, born in 1985, was arrested in Shiraz.",
         "Mohammad-Reza Karimi//1985/m"},
        {"Mr. A. Karimi was summoned", "A. Karimi//0/m"},
        {"Ali Rezaei son of Hassan was arrested", "Ali Rezaei/Hassan/0/"},
        {"آقای علی رضایی و خانم زهرا نوری بازداشت شدند", "علی رضایی//0/m; زهرا نوری//0/f"},
        {"آقای علی رضایی آزاد شد. آقای علی رضایی فرزند حسن است.", "علی رضایی/حسن/0/m"},
    };
    /* clang-format on */
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autofree char *found = found_in(CASES[i][0]);
        g_assert_cmpstr(found, ==, CASES[i][1]);
    }
}

/* What names nobody: better none than a person who is none. */
static void test_not_found(void)
{
    static const char *const CASES[] = {
        "",
        "دو دانشجو را دیروز در تهران بازداشت کردند",
        "دختر ۱۷ ساله در سقز بازداشت شد",
        "خانم محترم، بستهٔ پستی شما رسید",
        "آقای رضایی را بازداشت کردند", /* one word is no name to link by */
        "نیروهای امنیتی به خانهٔ او آمدند",
        "a son of the city was arrested in Shiraz",
        "My brother was arrested.",
        "فرزند",
        "جناب",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autofree char *found = found_in(CASES[i]);
        g_assert_cmpstr(found, ==, "");
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/text/persons/names_by_the_words_around_them", test_found);
    g_test_add_func("/text/persons/what_names_nobody_gives_nobody", test_not_found);
    return g_test_run();
}
