/* What this is, how to read it, how to check it, what it cannot show. */
#include "web/page.h"
#include "web/proof.h"
#include "web/words.h"

static void draw_grades(const Page *page)
{
    const char *const columns[] = {_("Source"), _("Report")};
    page_heading(page, "grades", _("How reports are graded"));
    page_paragraph(page, NULL,
                   _("By the Admiralty scale: a letter for the source, a number for what it tells, "
                     "given apart from each other."));
    page_table_begin(page, _("The Admiralty scale"), columns, NULL, 2);
    for (gint32 i = 1; i <= 6; i++) {
        html_begin(page->html, "tr", NULL);
        page_cell(page, words_reliability((char)('A' + i - 1)));
        page_cell(page, words_credibility(i));
        html_end(page->html, "tr");
    }
    page_table_end(page);
}

static void draw_evidence(const Page *page)
{
    Html *html = page->html;
    StoreLogHead head;
    page_heading(page, "evidence", _("How to check it"));
    page_paragraph(page, NULL,
                   _("Every original is sealed under its SHA-256 before anything reads it. Every "
                     "change of every record is an entry of an append-only Merkle tree (RFC 6962) "
                     "whose root is signed (Ed25519). Each record's page shows its way to the "
                     "root. Note the root below on paper: if the log is ever cut or replaced, "
                     "`zenhar verify --root` tells."));
    StoreKeys *keys = store_keys(page->store);
    g_autofree char *public_key = proof_hex(store_keys_public(keys), STORE_PUBLIC_KEY_BYTES);
    g_autofree char *case_id = proof_hex(store_keys_case_id(keys), STORE_CASE_ID_BYTES);
    html_begin(html, "dl", "class", "facts", NULL);
    page_fact_begin(page, _("Public key of the case"));
    html_put(html, "code", public_key, "class", "hash", NULL);
    page_fact_end(page);
    page_fact_begin(page, _("Number of the case"));
    html_put(html, "code", case_id, "class", "hash", NULL);
    page_fact_end(page);
    if (evidence_head(page->store, &head, NULL)) {
        g_autofree char *root = proof_hex(head.root, sizeof head.root);
        g_autofree char *size = i18n_integer(head.size);
        g_autofree char *time = page_time(head.time);
        page_fact_begin(page, _("Root of the tree"));
        html_put(html, "code", root, "class", "hash", NULL);
        page_fact_end(page);
        page_fact(page, _("Entries in the tree"), size);
        page_fact(page, _("Signed"), time);
    }
    html_end(html, "dl");
}

void page_about(const WebRequest *request, WebResponse *response)
{
    Page page;
    page_begin(&page, request, response, PAGE_ABOUT, _("About these pages"));
    page_paragraph(&page, "lead",
                   _("Zenhar gathers scattered reports of mass arrests and worse, and turns them "
                     "into evidence, counts, warnings and letters, for those who document and "
                     "those who must act."));
    page_heading(&page, "words", _("How to read it"));
    html_begin(page.html, "dl", "class", "facts", NULL);
    page_fact(&page, _("Report"), _("One record as it was received, from one source."));
    page_fact(&page, _("Statement"),
              _("Who did what to whom, when and where, according to one "
                "report. Nothing here is a finding of a court."));
    page_fact(&page, _("Person"),
              _("One human being, under a code. Names, contacts and papers are "
                "sealed and not shown on any of these pages."));
    page_fact(&page, _("Act"), _("One event, however many statements tell of it."));
    page_fact(&page, _("Alarm"),
              _("A week with more reports than the weeks and years before let "
                "expect. It counts reports, not events: a source that begins "
                "or falls silent can cause or hide one."));
    page_fact(&page, _("Figure"),
              _("A count as one reporter gave it. Different figures stand "
                "beside each other; none is averaged."));
    page_fact(&page, _("Estimate"),
              _("How many are on no list, from how lists overlap. It rests "
                "on assumptions that are named beside it."));
    page_fact(&page, _("Level of a risk factor"),
              _("Proposed by a rule from evidence in the case. "
                "Not rated means not known."));
    html_end(page.html, "dl");
    draw_grades(&page);
    draw_evidence(&page);
    page_heading(&page, "not-shown", _("What these pages do not do"));
    page_paragraph(&page, NULL,
                   _("They change nothing in the case; a download of an original alone is entered "
                     "in its audit trail. They run no program in the browser, ask no other "
                     "machine for anything, and tell no site you go to where you came from. They "
                     "leave nothing in the browser's memory of pages; close the window when you "
                     "go."));
    page_end(&page);
}
