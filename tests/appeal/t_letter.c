/* Letters: what stands in them, what must not, and that they read back as they were drafted. */
#include "appeal/appeal.h"
#include "appeal/case.h"
#include "appeal/letter.h"
#include "assess/assess.h"
#include "base/edtf.h"
#include "store/appeal.h"
#include "store/body.h"
#include "store/link.h"
#include "store/report.h"
#include "store/user.h"

enum { NOW = 1795600000 }; /* 25 November 2026 */

/* One case for all claims that only read. */
static Store *whole_case(void)
{
    static Store *store;
    g_autoptr(GError) error = NULL;
    if (store != NULL)
        return store;
    store = test_case_new(NOW);
    assess_load_facts(store, "iran-2025", &error);
    g_assert_no_error(error);
    appeal_load_facts(store, "iran-2025", &error);
    g_assert_no_error(error);
    return store;
}

static gint64 holder(Store *store, const char *office, const char *name)
{
    g_autoptr(StoreBody) body = store_body_find(store, office, NULL);
    g_autoptr(GPtrArray) list = store_recipient_list_by_body(store, body->id, NULL, NULL);
    for (guint i = 0; i < list->len; i++)
        if (g_strcmp0(((StoreRecipient *)list->pdata[i])->name, name) == 0)
            return ((StoreRecipient *)list->pdata[i])->id;
    g_assert_not_reached();
}

static AppealLetter *drafted(Store *store, const char *office, const char *name,
                             I18nLanguage language, gint32 day)
{
    g_autoptr(GError) error = NULL;
    AppealOptions options = appeal_options();
    options.recipient_id = holder(store, office, name);
    options.language = language;
    options.day = day;
    gint64 id = appeal_compose(store, &options, &error);
    g_assert_no_error(error);
    g_assert_cmpint(id, >, 0);
    AppealLetter *letter = appeal_letter_load(store, id, &error);
    g_assert_no_error(error);
    return letter;
}

static bool says(const AppealLetter *letter, const char *text)
{
    g_autofree char *whole = appeal_letter_text(letter);
    return strstr(whole, text) != NULL;
}

/* ---- the claims ---- */

static void it_is_a_draft_in_both_calendars(void)
{
    gint32 day = edtf_day_from_gregorian(2025, 6, 28);
    g_autoptr(AppealLetter) en = drafted(whole_case(), "SG", "António Guterres", I18N_ENGLISH, day);
    g_autoptr(AppealLetter) fa = drafted(whole_case(), "SG", "António Guterres", I18N_PERSIAN, day);
    g_assert_cmpstr(en->date, ==, "28 June 2025 (7 Tir 1404)");
    g_assert_cmpstr(fa->date, ==, "۷ تیر ۱۴۰۴ (۲۸ ژوئن ۲۰۲۵)");
    g_assert_nonnull(strstr(en->notice, "DRAFT"));
    g_assert_nonnull(strstr(fa->notice, "پیش‌نویس"));
    g_assert_null(en->label);
    g_assert_cmpstr(en->addressee[0], ==, "His Excellency Mr. António Guterres");
    g_assert_cmpstr(fa->addressee[0], ==, "عالی‌جناب آقای آنتونیو گوترش");
    g_assert_cmpstr(en->salutation, ==, "Excellency,");
    g_assert_cmpstr(fa->salutation, ==, "عالی‌جناب،");
    g_assert_nonnull(strstr(en->closing, "highest consideration"));
}

static void a_rapporteur_is_no_excellency(void)
{
    gint32 day = edtf_day_from_gregorian(2025, 6, 28);
    g_autoptr(AppealLetter) en = drafted(whole_case(), "SR-IRAN", "Mai Sato", I18N_ENGLISH, day);
    g_assert_cmpstr(en->salutation, ==, "Dear Ms. Sato,");
    g_assert_cmpstr(en->closing, ==, "Yours sincerely,");
    g_assert_true(says(en, "urgent appeals"));
    g_assert_false(says(en, "Article 99"));
}

static void three_asks_each_with_a_legal_basis(void)
{
    g_autoptr(AppealLetter) letter =
        drafted(whole_case(), "SG", "António Guterres", I18N_ENGLISH, G_MININT32);
    guint asks = 0, bases = 0;
    for (guint i = 0; i < letter->parts->len; i++) {
        const AppealPart *part = letter->parts->pdata[i];
        if (part->kind == APPEAL_ASK)
            g_assert_cmpuint(part->number, ==, ++asks);
    }
    for (guint i = 0; i < letter->notes->len; i++)
        bases += g_str_has_prefix(((AppealNote *)letter->notes->pdata[i])->text, "Legal basis: ");
    g_assert_cmpuint(asks, ==, 3);
    g_assert_cmpuint(bases, ==, 3);
    g_assert_true(says(letter, "Article 99"));
}

/* HRANA, 9 February 2026, by Hands Off Cain: 6,964 confirmed and 11,730 under review;
 * Foundation of Martyrs, 21 January 2026, by AFP: 3,117. */
static void figures_stay_each_reporters_own(void)
{
    g_autoptr(AppealLetter) en =
        drafted(whole_case(), "SG", "António Guterres", I18N_ENGLISH, G_MININT32);
    g_assert_true(says(en, "HRANA: between 6,964 and 18,694"));
    g_assert_true(says(en, "Foundation of Martyrs and Veterans Affairs: 3,117"));
    g_assert_true(says(en, "Hussein-Ali Montazeri (memoirs): between 2,800 and 3,800"));
    g_assert_true(says(en, "Government of Iran (Rafsanjani): fewer than 1,000"));
    g_autoptr(AppealLetter) fa =
        drafted(whole_case(), "SG", "António Guterres", I18N_PERSIAN, G_MININT32);
    g_assert_true(says(fa, "هرانا: بین ۶٬۹۶۴ و ۱۸٬۶۹۴"));
    g_assert_true(says(fa, "بنیاد شهید و امور ایثارگران: ۳٬۱۱۷"));
    g_assert_false(says(fa, "Hengaw:"));
}

/* Every number of a figure in the text is followed by a note that names its record. */
static void every_figure_has_its_note_and_link(void)
{
    Store *store = whole_case();
    g_autoptr(AppealLetter) letter =
        drafted(store, "SG", "António Guterres", I18N_ENGLISH, G_MININT32);
    guint figures = 0;
    for (guint i = 0; i < letter->notes->len; i++) {
        const AppealNote *note = letter->notes->pdata[i];
        g_assert_cmpuint(note->number, ==, i + 1);
        if (note->kind == STORE_KIND_NONE)
            continue;
        char id[STORE_ID_MAX];
        g_autofree char *bracket =
            g_strdup_printf("[%s]", store_id_format(note->kind, note->id, id));
        g_assert_true(g_str_has_suffix(note->text, bracket));
        figures += note->kind == STORE_KIND_FIGURE;
        bool called = false;
        for (guint k = 0; k < letter->parts->len; k++)
            for (gsize c = 0; c < ((AppealPart *)letter->parts->pdata[k])->n_calls; c++)
                called |= ((AppealPart *)letter->parts->pdata[k])->calls[c].number == note->number;
        g_assert_true(called);
        g_autoptr(GPtrArray) links =
            store_link_list_from(store, STORE_KIND_APPEAL, letter->appeal_id, NULL, NULL);
        bool linked = false;
        for (guint k = 0; k < links->len; k++) {
            const StoreLink *link = links->pdata[k];
            linked |= link->to_kind == (gint32)note->kind && link->to_id == note->id;
        }
        g_assert_true(linked);
    }
    g_assert_cmpuint(figures, >, 20);
}

static void the_annex_names_the_sealed_originals(void)
{
    Store *store = whole_case();
    g_autoptr(AppealLetter) letter =
        drafted(store, "SG", "António Guterres", I18N_ENGLISH, G_MININT32);
    g_assert_cmpuint(letter->annex->len, >, 20);
    for (guint i = 0; i < letter->annex->len; i++) {
        const AppealAnnexRow *row = letter->annex->pdata[i];
        g_assert_cmpint(row->original_id, >, 0);
        g_autoptr(StoreOriginal) original = store_original_load(store, row->original_id, NULL);
        char hex[65] = "";
        for (gsize k = 0; k < 32; k++)
            g_snprintf(hex + 2 * k, 3, "%02x", original->sha256[k]);
        g_assert_cmpstr(row->sha256, ==, hex);
    }
}

/* The police's 21,000 were told on 12 August 2025; the special session was on 23 January 2026. */
static void an_earlier_letter_quotes_nothing_later(void)
{
    g_autoptr(AppealLetter) june = drafted(whole_case(), "SG", "António Guterres", I18N_ENGLISH,
                                           edtf_day_from_gregorian(2025, 6, 28));
    g_assert_false(says(june, "21,000"));
    g_assert_false(says(june, "2026"));
    g_assert_true(says(june, "24 in favour, 8 against, 15 abstentions"));
    g_autoptr(AppealLetter) august = drafted(whole_case(), "SG", "António Guterres", I18N_ENGLISH,
                                             edtf_day_from_gregorian(2025, 8, 31));
    g_assert_true(says(august, "Iran police: 21,000"));
    g_assert_false(says(august, "S-39"));
    g_assert_true(says(august, "64 days have passed since"));
}

static void what_was_not_checked_says_so(void)
{
    g_autoptr(AppealLetter) letter =
        drafted(whole_case(), "SG", "António Guterres", I18N_ENGLISH, G_MININT32);
    guint marked = 0;
    for (guint i = 0; i < letter->notes->len; i++) {
        const AppealNote *note = letter->notes->pdata[i];
        g_assert_true(note->unconfirmed == (strstr(note->text, "confirmed in part only") != NULL ||
                                            strstr(note->text, "not confirmed") != NULL));
        marked += note->unconfirmed;
    }
    g_assert_cmpuint(marked, >, 0);
}

static void the_wording_of_the_open_letter_is_not_copied(void)
{
    g_autofree char *path = test_shared_path("reference/letter/letter-fa.txt");
    if (path == NULL)
        return;
    g_autofree char *theirs = test_read_file(path, NULL);
    g_autoptr(AppealLetter) letter =
        drafted(whole_case(), "SG", "António Guterres", I18N_PERSIAN, G_MININT32);
    g_autofree char *ours = appeal_letter_text(letter);
    /* half-spaces were lost there: compare without them, by runs of eight words */
    g_auto(GStrv) halves = g_strsplit(ours, "\u200c", -1);
    g_autofree char *joined = g_strjoinv("", halves);
    g_auto(GStrv) words = g_strsplit_set(joined, " \n\t", -1);
    g_auto(GStrv) their_words = g_strsplit_set(theirs, " \n\t", -1);
    g_autofree char *flat = g_strjoinv(" ", their_words);
    guint n = g_strv_length(words);
    g_assert_cmpuint(n, >, 500);
    for (guint i = 0; i + 8 <= n; i++) {
        g_autoptr(GString) run = g_string_new(NULL);
        for (guint k = 0; k < 8; k++)
            g_string_append_printf(run, "%s%s", k > 0 ? " " : "", words[i + k]);
        if (strstr(run->str, "  ") == NULL && run->len > 20)
            g_assert_null(strstr(flat, run->str));
    }
}

static void the_same_draft_is_kept_once(void)
{
    Store *store = whole_case();
    gint32 day = edtf_day_from_gregorian(2025, 9, 1);
    g_autoptr(AppealLetter) first = drafted(store, "SG", "António Guterres", I18N_ENGLISH, day);
    gint64 appeals = store_appeal_count(store, NULL), sent = store_delivery_count(store, NULL);
    g_autoptr(AppealLetter) second = drafted(store, "SG", "António Guterres", I18N_ENGLISH, day);
    g_assert_cmpint(first->appeal_id, ==, second->appeal_id);
    g_assert_cmpint(store_appeal_count(store, NULL), ==, appeals);
    g_assert_cmpint(store_delivery_count(store, NULL), ==, sent);
    g_autoptr(GPtrArray) deliveries =
        store_delivery_list_by_appeal(store, first->appeal_id, NULL, NULL);
    g_assert_cmpuint(deliveries->len, ==, 1);
    g_assert_cmpstr(((StoreDelivery *)deliveries->pdata[0])->status, ==, "prepared");
}

static void who_is_not_in_office_is_not_written_to(void)
{
    Store *store = whole_case();
    g_autoptr(GError) error = NULL;
    AppealOptions options = appeal_options();
    options.language = I18N_ENGLISH;
    options.recipient_id = holder(store, "SA-R2P", "George Okoth-Obbo");
    options.day = edtf_day_from_gregorian(2025, 6, 28);
    g_assert_cmpint(appeal_compose(store, &options, &error), ==, 0);
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA);
    g_assert_nonnull(strstr(error->message, "Mô Bleeker did"));
    g_assert_cmpint(i18n_language(), ==, I18N_ENGLISH);
}

static void a_case_without_asks_or_facts_says_what_to_do(void)
{
    g_autoptr(Store) store = test_case_new(NOW);
    g_autoptr(GError) error = NULL;
    AppealOptions options = appeal_options();
    options.recipient_id = 7;
    g_assert_cmpint(appeal_compose(store, &options, &error), ==, 0);
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_autoptr(StoreRecipient) one = store_recipient_new();
    one->office = g_strdup("An office");
    one->name = g_strdup("N");
    one->from_day = 1;
    g_assert_true(store_recipient_add(store, one, NULL));
    options.recipient_id = one->id;
    g_assert_cmpint(appeal_compose(store, &options, &error), ==, 0);
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA);
}

static void a_synthetic_case_is_labelled(void)
{
    g_autoptr(Store) store = test_case_new(NOW);
    g_assert_true(store_setting_set(store, "label", "synthetic", NULL));
    g_assert_true(appeal_load_facts(store, NULL, NULL));
    g_autoptr(AppealLetter) en = drafted(store, "SR-IRAN", "Mai Sato", I18N_ENGLISH, G_MININT32);
    g_assert_true(en->synthetic);
    g_assert_nonnull(strstr(en->label, "SYNTHETIC"));
    g_autoptr(AppealLetter) fa = drafted(store, "SR-IRAN", "Mai Sato", I18N_PERSIAN, G_MININT32);
    g_assert_nonnull(strstr(fa->label, "ساختگی"));
    g_autoptr(StoreAppeal) appeal = store_appeal_load(store, fa->appeal_id, NULL);
    g_assert_true(appeal->synthetic);
}

static void a_risk_picture_of_later_is_not_drawn_on(void)
{
    Store *store = whole_case();
    AssessOptions options = assess_options();
    g_autoptr(GError) error = NULL;
    AssessSummary summary = {0};
    g_assert_true(assess_run(store, &options, &summary, &error));
    assess_summary_clear(&summary);
    g_autoptr(AppealLetter) now =
        drafted(store, "HC", "Volker Türk", I18N_ENGLISH, edtf_day_from_gregorian(2026, 10, 1));
    g_assert_false(says(now, "risk factors")); /* it was made on 25 November 2026 */
    g_autoptr(AppealLetter) later = drafted(store, "SR-IRAN", "Mai Sato", I18N_ENGLISH, G_MININT32);
    g_assert_true(says(later, "risk factors"));
    g_assert_true(says(later, "It would be wrong if"));
}

/* ---- the form in which it is kept ---- */

static void a_draft_reads_back_as_it_was_written(void)
{
    g_autoptr(LetterDraft) draft = letter_draft_new();
    letter_draft_head(draft, "To", "A\nB");
    letter_draft_head(draft, "Subject", "S: with a colon");
    const char *one = letter_draft_note(draft, STORE_KIND_FIGURE, 12, "source", false);
    const char *two = letter_draft_note(draft, STORE_KIND_NONE, 0, "a text", true);
    g_assert_cmpstr(one, ==, "[^1]");
    g_assert_cmpstr(two, ==, "[^2]");
    g_assert_true(letter_draft_note(draft, STORE_KIND_FIGURE, 12, "source", false) == one);
    g_autofree char *text = g_strdup_printf("در ایران ۲۱٬۰۰۰%s، و%s\nدیگر", one, two);
    letter_draft_part(draft, APPEAL_HEADING, 0, "H");
    letter_draft_part(draft, APPEAL_PARAGRAPH, 0, text);
    letter_draft_part(draft, APPEAL_ASK, 2, "ask");
    letter_draft_part(draft, APPEAL_ITEM, 0, "item");
    letter_draft_annex(draft, STORE_KIND_FIGURE, 12, 3,
                       "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "w x");
    letter_draft_annex(draft, STORE_KIND_VOTE, 2, 0, NULL, "y");
    g_autofree char *body = letter_draft_finish(draft);

    g_autoptr(Store) store = test_case_new(NOW);
    g_autoptr(StoreAppeal) appeal = store_appeal_new();
    appeal->body = g_strdup(body);
    appeal->language = g_strdup("en");
    appeal->status = g_strdup("signed");
    g_assert_true(store_appeal_add(store, appeal, NULL));
    g_autoptr(AppealLetter) letter = appeal_letter_load(store, appeal->id, NULL);
    g_assert_nonnull(letter);
    g_assert_null(letter->notice); /* signed: no draft */
    g_assert_cmpstr(letter->addressee[1], ==, "B");
    g_assert_cmpstr(letter->subject, ==, "S: with a colon");
    g_assert_cmpuint(letter->parts->len, ==, 4);
    const AppealPart *part = letter->parts->pdata[1];
    g_assert_cmpstr(part->text, ==, "در ایران ۲۱٬۰۰۰، و دیگر");
    g_assert_cmpuint(part->n_calls, ==, 2);
    g_assert_cmpuint(part->calls[0].offset, ==, strlen("در ایران ۲۱٬۰۰۰"));
    g_assert_cmpuint(((AppealPart *)letter->parts->pdata[2])->number, ==, 2);
    const AppealNote *note = letter->notes->pdata[0];
    g_assert_cmpstr(note->text, ==, "source [FG12]");
    g_assert_true(((AppealNote *)letter->notes->pdata[1])->unconfirmed);
    const AppealAnnexRow *row = letter->annex->pdata[0];
    g_assert_cmpint(row->original_id, ==, 3);
    g_assert_cmpstr(row->what, ==, "w x");
    g_assert_cmpstr(((AppealAnnexRow *)letter->annex->pdata[1])->sha256, ==, "");
}

static void any_text_is_a_letter_or_an_error(void)
{
    static const char *const TEXTS[] = {
        "",     "\n\n",          "[^1]: FG12 x", "[^2]: FG1 x", "[@]: FG1",   "[@]: XX - - y",
        "[^x]", "99999999) a",   "- ",           "#",           "To:",        "[^1",
        "[^1]", "a[^0]b[^9]c[^", "[^1]: ",       "[@]: ",       "\xd9\x87[^", NULL};
    g_autoptr(Store) store = test_case_new(NOW);
    for (gsize i = 0; i < G_N_ELEMENTS(TEXTS); i++) {
        g_autoptr(StoreAppeal) appeal = store_appeal_new();
        appeal->body = g_strdup(TEXTS[i]);
        g_assert_true(store_appeal_add(store, appeal, NULL));
        g_autoptr(GError) error = NULL;
        g_autoptr(AppealLetter) letter = appeal_letter_load(store, appeal->id, &error);
        g_assert_true((letter == NULL) == (error != NULL));
        G_GNUC_UNUSED g_autofree char *text = letter != NULL ? appeal_letter_text(letter) : NULL;
    }
    g_autoptr(GError) error = NULL;
    g_assert_null(appeal_letter_load(store, 999, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CLAIM(name) g_test_add_func("/appeal/letter/" #name, name)
    CLAIM(it_is_a_draft_in_both_calendars);
    CLAIM(a_rapporteur_is_no_excellency);
    CLAIM(three_asks_each_with_a_legal_basis);
    CLAIM(figures_stay_each_reporters_own);
    CLAIM(every_figure_has_its_note_and_link);
    CLAIM(the_annex_names_the_sealed_originals);
    CLAIM(an_earlier_letter_quotes_nothing_later);
    CLAIM(what_was_not_checked_says_so);
    CLAIM(the_wording_of_the_open_letter_is_not_copied);
    CLAIM(the_same_draft_is_kept_once);
    CLAIM(who_is_not_in_office_is_not_written_to);
    CLAIM(a_case_without_asks_or_facts_says_what_to_do);
    CLAIM(a_synthetic_case_is_labelled);
    CLAIM(a_risk_picture_of_later_is_not_drawn_on);
    CLAIM(a_draft_reads_back_as_it_was_written);
    CLAIM(any_text_is_a_letter_or_an_error);
    int status = g_test_run();
    store_close(whole_case());
    return status;
}
