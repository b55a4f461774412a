/* The text of a letter, read by anybody, against who held which office on its day. */
#include "appeal/appeal.h"
#include "appeal/case.h"
#include "base/edtf.h"

/* As the open letter of 28 June 2025 names its addressees (public offices), without its words. */
static const char *const OURS =
    "جورج اوکوت-اوبو – مشاور ویژه\nلیندا توماس -گرینفیلد – هیئت نمایندگی ایالات متحده\n"
    "دیم باربارا وودوارد\nمای ساتو – گزارشگر ویژه\n28 ژوئن 2025\nعالیجناب آنتونیو گوترش\n"
    "دبیرکل سازمان ملل متحد\nعالیجناب،\nدستور کار شورای امنیت و شورای حقوق بشر\n";

static GPtrArray *check(const char *text, gint32 day)
{
    g_autoptr(GError) error = NULL;
    gint32 taken = 0;
    GPtrArray *findings = appeal_check_text(NULL, text, day, &taken, &error);
    g_assert_no_error(error);
    if (day == G_MININT32)
        g_assert_cmpint(taken, ==, edtf_day_from_gregorian(2025, 6, 28));
    return findings;
}

static const AppealRecipientFinding *of(GPtrArray *findings, const char *code)
{
    for (guint i = 0; i < findings->len; i++) {
        const AppealRecipientFinding *finding = findings->pdata[i];
        if (g_strcmp0(finding->code, code) == 0)
            return finding;
    }
    return NULL;
}

static guint count(GPtrArray *findings, AppealVerdict verdict)
{
    guint n = 0;
    for (guint i = 0; i < findings->len; i++)
        n += ((const AppealRecipientFinding *)findings->pdata[i])->verdict == verdict;
    return n;
}

static void assert_two_out_of_office(GPtrArray *findings)
{
    g_assert_cmpuint(count(findings, APPEAL_OUT_OF_OFFICE), ==, 2);
    g_assert_cmpuint(count(findings, APPEAL_IN_OFFICE), ==, 3);
    const AppealRecipientFinding *adviser = of(findings, "SA-R2P"),
                                 *mission = of(findings, "PR-US");
    g_assert_cmpint(adviser->verdict, ==, APPEAL_OUT_OF_OFFICE);
    g_assert_cmpstr(adviser->holder, ==, "Mô Bleeker");
    g_assert_cmpint(mission->verdict, ==, APPEAL_OUT_OF_OFFICE);
    g_assert_cmpstr(mission->holder, ==, "Dorothy Shea");
    static const char *const LEFT_OUT[] = {"HC", "FFMI", "SA-GP", "SR-EJE"};
    for (gsize i = 0; i < G_N_ELEMENTS(LEFT_OUT); i++)
        g_assert_cmpint(of(findings, LEFT_OUT[i])->verdict, ==, APPEAL_LEFT_OUT);
    g_assert_cmpuint(g_strv_length(of(findings, "SC")->missing), ==, 13);
    g_assert_cmpuint(g_strv_length(of(findings, "HRC")->missing), ==, 47);
    g_assert_true(g_strv_contains((const char *const *)of(findings, "SC")->missing, "Denmark"));
}

static void the_letter_names_exactly_two_who_were_out_of_office(void)
{
    g_autofree char *path = test_shared_path("reference/letter/letter-fa.txt");
    if (path == NULL)
        return;
    g_autofree char *text = test_read_file(path, NULL);
    g_autoptr(GPtrArray) findings = check(text, G_MININT32);
    assert_two_out_of_office(findings);
}

static void so_does_a_letter_with_the_same_addressees(void)
{
    g_autoptr(GPtrArray) findings = check(OURS, G_MININT32);
    assert_two_out_of_office(findings);
}

/* On 15 January 2024 his successor was not appointed (SG/A/2271 is of 5 March 2024). */
static void in_january_2024_the_adviser_is_not_flagged(void)
{
    g_autoptr(GPtrArray) findings = check(OURS, edtf_day_from_gregorian(2024, 1, 15));
    g_assert_cmpint(of(findings, "SA-R2P")->verdict, !=, APPEAL_OUT_OF_OFFICE);
    g_assert_cmpint(of(findings, "PR-US")->verdict, ==, APPEAL_IN_OFFICE);
    g_autoptr(GPtrArray) after = check(OURS, edtf_day_from_gregorian(2024, 3, 5));
    g_assert_cmpint(of(after, "SA-R2P")->verdict, ==, APPEAL_OUT_OF_OFFICE);
}

static void in_2027_the_secretary_general_is_flagged(void)
{
    g_autoptr(GPtrArray) last = check(OURS, edtf_day_from_gregorian(2026, 12, 31));
    g_assert_cmpint(of(last, "SG")->verdict, ==, APPEAL_IN_OFFICE);
    g_autoptr(GPtrArray) after = check(OURS, edtf_day_from_gregorian(2027, 1, 2));
    g_assert_cmpint(of(after, "SG")->verdict, ==, APPEAL_OUT_OF_OFFICE);
}

static void a_letter_in_english_is_read_too(void)
{
    g_autoptr(GPtrArray) findings =
        check("28 June 2025\nMs. Mo Bleeker\nHigh Commissioner for Human Rights\nExcellency,\n"
              "We ask that the Security Council … as António Guterres has said.",
              G_MININT32);
    g_assert_cmpint(of(findings, "SA-R2P")->verdict, ==, APPEAL_IN_OFFICE);
    g_assert_cmpint(of(findings, "HC")->verdict, ==, APPEAL_IN_OFFICE);
    g_assert_cmpint(of(findings, "SG")->verdict, ==, APPEAL_LEFT_OUT); /* quoted, not written to */
    g_assert_cmpuint(g_strv_length(of(findings, "SC")->missing), ==, 15);
    g_assert_null(of(findings, "HRC"));
}

static void a_text_without_a_date_or_an_addressee_is_refused(void)
{
    static const char *const TEXTS[] = {"Mai Sato\nDear Ms. Sato,",
                                        "28 June 2025\nMr. Nobody\nSir,"};
    for (gsize i = 0; i < G_N_ELEMENTS(TEXTS); i++) {
        g_autoptr(GError) error = NULL;
        gint32 day;
        g_assert_null(appeal_check_text(NULL, TEXTS[i], G_MININT32, &day, &error));
        g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CLAIM(name) g_test_add_func("/appeal/check/" #name, name)
    CLAIM(the_letter_names_exactly_two_who_were_out_of_office);
    CLAIM(so_does_a_letter_with_the_same_addressees);
    CLAIM(in_january_2024_the_adviser_is_not_flagged);
    CLAIM(in_2027_the_secretary_general_is_flagged);
    CLAIM(a_letter_in_english_is_read_too);
    CLAIM(a_text_without_a_date_or_an_addressee_is_refused);
    return g_test_run();
}
