/* tests/appeal/t_redact.c: names and numbers taken out of free text, however they are written. */
#include "appeal/redact.h"
#include <string.h>

static char *redacted(const char *text)
{
    g_auto(Redactor) redactor;
    redactor_init(&redactor);
    redactor_add(&redactor, "آزرمیدخت کوه‌نشین");
    redactor_add(&redactor, "Azarmidokht Kuhneshin");
    redactor_add(&redactor, "+98 912 123 9876");
    redactor_add(&redactor, "azar@example.org");
    return redactor_apply(&redactor, text, NULL);
}

static void numbers_in_groups(void)
{
    static const char *const SAME[] = {
        "0912 123 98 76",          "0912-123-9876",  "(0912) 1239876",
        "+98 912 123 9876",        "00989121239876", "09121239876",
        "۰۹۱۲ ۱۲۳ ۹۸ ۷۶",          "٠٩١٢-١٢٣٩٨٧٦",   "۰۹۱۲۱۲۳۹۸۷۶",
        "0912.123.9876",           "912 1239876",    "+98-912-123-9876",
        "0912\u00a0123\u00a09876", "0912–123–9876",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(SAME); i++) {
        g_autofree char *text = g_strdup_printf("Call %s at night.", SAME[i]);
        g_autofree char *out = redacted(text);
        g_test_message("%s", out);
        g_assert_nonnull(strstr(out, REDACT_MARK));
        g_assert_true(g_str_has_suffix(out, " at night."));
        for (const char *p = out; *p != '\0'; p = g_utf8_next_char(p))
            g_assert_false(g_unichar_isdigit(g_utf8_get_char(p)));
    }
}

static void other_numbers_stay(void)
{
    static const char *const OTHERS[] = {"On 28 June 2025, 912 persons.",
                                         "Case 0912/140/3344 of branch 26.", "۱۲۳ نفر در ۹۸ روز",
                                         "1404-04-07, 7654321"};
    for (gsize i = 0; i < G_N_ELEMENTS(OTHERS); i++) {
        g_autofree char *out = redacted(OTHERS[i]);
        g_assert_cmpstr(out, ==, OTHERS[i]);
    }
}

static void names_in_any_letters(void)
{
    static const char *const SAME[] = {"آزرميدخت را بردند", "خانم كوهنشين آمد", "AZARMIDOKHT said",
                                       "Kuhneshin's house", "azar@example.org"};
    for (gsize i = 0; i < G_N_ELEMENTS(SAME); i++) {
        g_autofree char *out = redacted(SAME[i]);
        g_assert_nonnull(strstr(out, REDACT_MARK));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/appeal/redact/numbers_in_groups", numbers_in_groups);
    g_test_add_func("/appeal/redact/other_numbers_stay", other_numbers_stay);
    g_test_add_func("/appeal/redact/names_in_any_letters", names_in_any_letters);
    return g_test_run();
}
