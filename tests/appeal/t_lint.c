/* Two voices: what a case file may not carry, sentence by sentence. */
#include "appeal/lint.h"
#include "base/error.h"
#include "support.h"
#include <string.h>

static const struct {
    const char *claim, *text, *rule; /* NULL: nothing to say */
} SENTENCES[] = {
    {"a_demand_is_political", "We ask the Council to impose sanctions.", "political"},
    {"an_insult", "The butchers of the prison beat him.", "insult"},
    {"press_alone", "According to media he was beaten.", "press_only"},
    {"press_with_a_witness", "According to media and a witness he was beaten.", NULL},
    {"too_strong", "This clearly was torture.", "too_strong"},
    {"according_to_a_witness", "According to a witness, this clearly hurt.", NULL},
    {"plain", "He was arrested on 3 July 2025 at his home by men in plain clothes.", NULL},
    {"persian_insult", "دژخیمان زندان او را زدند.", "insult"},
    {"a_legal_regime_is_none", "رژیم حقوقی معاهده را شرح دهید.", NULL},
    {"without_half_spaces", "این نشاندهنده نقض است.", "too_strong"},
    {"with_half_spaces", "این نشان‌دهندهٔ نقض است.", "too_strong"},
    {"persian_plain", "او در ۱۲ تیر ۱۴۰۴ در خانهٔ خود بازداشت شد.", NULL},
    {"inside_a_word_is_nothing", "The unclearly written note.", NULL},
};

static void is_told(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) findings = lint_text(SENTENCES[i].text, LINT_CASE, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(findings->len, ==, SENTENCES[i].rule != NULL ? 1 : 0);
    if (SENTENCES[i].rule != NULL)
        g_assert_cmpstr(((LintFinding *)findings->pdata[0])->rule, ==, SENTENCES[i].rule);
}

static void the_founding_letter_is_an_appeal_and_no_case_file(void)
{
    g_autofree char *path = test_shared_path("reference/letter/letter-fa.txt");
    if (path == NULL)
        return;
    g_autofree char *text = test_read_file(path, NULL);
    g_autoptr(GPtrArray) as_case = lint_text(text, LINT_CASE, NULL);
    g_autoptr(GPtrArray) as_appeal = lint_text(text, LINT_APPEAL, NULL);
    g_assert_cmpuint(as_case->len, >=, 3);
    g_assert_cmpuint(as_appeal->len, ==, 0);
    guint political = 0, insult = 0, strong = 0;
    for (guint i = 0; i < as_case->len; i++) {
        const LintFinding *finding = as_case->pdata[i];
        political += strcmp(finding->rule, "political") == 0;
        insult += strcmp(finding->rule, "insult") == 0;
        strong += strcmp(finding->rule, "too_strong") == 0;
        g_assert_cmpuint(finding->line, >, 0);
        g_assert_nonnull(strstr(text, finding->text));
    }
    g_assert_cmpuint(political, >, 0);
    g_assert_cmpuint(insult, >, 0);
    g_assert_cmpuint(strong, >, 0);
}

static void a_call_for_violence_is_no_appeal(void)
{
    g_autoptr(GPtrArray) findings =
        lint_text("First line.\nTake up arms! The end.", LINT_APPEAL, NULL);
    g_assert_cmpuint(findings->len, ==, 1);
    const LintFinding *finding = findings->pdata[0];
    g_assert_cmpstr(finding->rule, ==, "violence");
    g_assert_cmpuint(finding->line, ==, 2);
    g_assert_cmpuint(finding->sentence, ==, 2);
    g_assert_cmpstr(finding->text, ==, "Take up arms!");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(SENTENCES); i++) {
        g_autofree char *path = g_strconcat("/appeal/lint/", SENTENCES[i].claim, NULL);
        g_test_add_data_func(path, GSIZE_TO_POINTER(i), is_told);
    }
    g_test_add_func("/appeal/lint/the_founding_letter_is_an_appeal_and_no_case_file",
                    the_founding_letter_is_an_appeal_and_no_case_file);
    g_test_add_func("/appeal/lint/a_call_for_violence_is_no_appeal",
                    a_call_for_violence_is_no_appeal);
    return g_test_run();
}
