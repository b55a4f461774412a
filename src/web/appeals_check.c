/* What is held against a letter before anybody signs it: its figures, its words; for a draft that
 * is kept and for one that is being written. */
#include "appeal/sign.h"
#include "web/appeals.h"
#include <string.h>

static void draw_unconfirmed(const Page *page, const AppealLetter *letter)
{
    guint n = 0;
    for (guint i = 0; i < letter->notes->len; i++)
        n += ((const AppealNote *)letter->notes->pdata[i])->unconfirmed;
    g_autofree char *number = i18n_integer(n), *all = i18n_integer(letter->notes->len);
    g_autofree char *words = g_strdup_printf(
        _("Notes that rest on rows nobody has checked at their source: %s of %s."), number, all);
    page_paragraph(page, NULL, words);
}

void appeals_draw_figures(const Page *page, const AppealLetter *letter)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) sentences = appeal_verify_letter(page->store, letter, false, &error);
    page_heading(page, "figures", _("Its figures, held against the case"));
    if (sentences == NULL) {
        page_paragraph(page, "banner", error->message);
        return;
    }
    if (sentences->len == 0) {
        page_paragraph(page, "good", _("Every figure and every finding holds."));
        draw_unconfirmed(page, letter);
        return;
    }
    page_paragraph(page, "alarm", _("It cannot be sealed as it stands:"));
    html_begin(page->html, "ul", NULL);
    for (guint i = 0; i < sentences->len; i++)
        html_put(page->html, "li", sentences->pdata[i], "dir", "auto", NULL);
    html_end(page->html, "ul");
}

static void draw_rows(const Page *page, GPtrArray *findings, const char *language)
{
    const char *const columns[] = {_("Sentence"), _("Found"), _("Why it is asked about")};
    page_table_begin(page, _("Words to look at again"), columns, NULL, 3);
    for (guint i = 0; i < findings->len; i++) {
        const LintFinding *finding = findings->pdata[i];
        html_begin(page->html, "tr", NULL);
        html_begin(page->html, "td", NULL);
        html_name(page->html, finding->text, language);
        html_end(page->html, "td");
        html_begin(page->html, "td", NULL);
        html_name(page->html, finding->pattern, language);
        html_end(page->html, "td");
        page_cell(page, finding->says);
        html_end(page->html, "tr");
    }
    page_table_end(page);
}

void appeals_draw_words(const Page *page, const AppealLetter *letter, LintVoice voice)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = appeal_letter_text(letter);
    g_autoptr(GPtrArray) findings = lint_text(text, voice, &error);
    page_heading(page, "words",
                 voice == LINT_CASE ? _("Its words, read as a case file")
                                    : _("Its words, read as an appeal"));
    if (findings == NULL)
        page_paragraph(page, "banner", error->message);
    else if (findings->len == 0)
        page_paragraph(page, "good",
                       _("Nothing to say: no sentence is one that such a letter may "
                         "not carry."));
    else
        draw_rows(page, findings, i18n_tag(letter->language));
}
