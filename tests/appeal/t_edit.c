/* A draft's text changed: what stood there is kept, notes and annex follow the text, the asks stay,
 * and nothing of a sealed letter changes. */
#include "appeal/case.h"
#include "appeal/edit.h"
#include "appeal/sign.h"
#include "assess/assess.h"
#include "store/link.h"

enum { NOW = 1795600000 }; /* 25 November 2026 */

static Store *store;

static gint64 drafted(gint32 day)
{
    g_autoptr(GError) error = NULL;
    AppealOptions options = appeal_options();
    g_autoptr(GArray) offices = appeal_recipients_of(store, "SG", day, &error);
    g_assert_no_error(error);
    options.recipient_id = g_array_index(offices, gint64, 0);
    options.language = I18N_ENGLISH;
    options.day = day;
    const gint64 id = appeal_compose(store, &options, &error);
    g_assert_no_error(error);
    return id;
}

static char *loaded(gint64 id, AppealText *text)
{
    g_autoptr(GError) error = NULL;
    char *hash = NULL;
    appeal_text_load(store, id, text, &hash, &error);
    g_assert_no_error(error);
    return hash;
}

static bool change(gint64 id, const AppealText *text, const char *seen, GError **error)
{
    bool changed = false;
    const AppealEdit edit = {.seen = seen, .by = "an advocate", .reason = "clearer"};
    const bool done = appeal_text_change(store, id, text, &edit, &changed, error);
    return done && changed;
}

static char *replaced(const char *text, const char *from, const char *to)
{
    g_assert_nonnull(strstr(text, from));
    g_auto(GStrv) parts = g_strsplit(text, from, 2);
    return g_strjoinv(to, parts);
}

static void what_stood_there_is_kept(void)
{
    g_autoptr(GError) error = NULL;
    const gint64 id = drafted(20782);
    g_auto(AppealText) was = {0}, now = {0}, kept = {0}, read = {0};
    g_autofree char *seen = loaded(id, &was);
    g_free(loaded(id, &now));
    g_free(now.subject);
    now.subject = g_strdup("  Another subject ");
    g_autofree char *longer = g_strconcat("A first paragraph.\r\n\r\n", now.text, NULL);
    g_free(now.text);
    now.text = g_steal_pointer(&longer);
    g_assert_true(change(id, &now, seen, &error));
    g_assert_no_error(error);
    g_autoptr(StoreAppeal) appeal = store_appeal_load(store, id, &error);
    g_assert_cmpstr(appeal->subject, ==, "Another subject");
    g_autoptr(AppealLetter) letter = appeal_letter_load(store, id, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(letter->subject, ==, "Another subject");
    g_assert_cmpstr(((const AppealPart *)letter->parts->pdata[0])->text, ==, "A first paragraph.");
    g_autoptr(GPtrArray) versions = appeal_versions(store, id, &error);
    g_assert_cmpuint(versions->len, ==, 1);
    const AppealVersion *version = versions->pdata[0];
    g_assert_cmpstr(version->by, ==, "an advocate");
    g_assert_cmpstr(version->reason, ==, "clearer");
    g_assert_cmpint(version->until, ==, NOW);
    g_assert_true(appeal_version_load(store, id, 1, &kept, &error));
    g_assert_cmpstr(kept.text, ==, was.text);
    g_assert_cmpstr(kept.subject, ==, was.subject);
    g_assert_cmpstr(kept.closing, ==, was.closing);
    /* line by line: one is new, and the subject's */
    g_free(loaded(id, &read));
    g_autoptr(GPtrArray) lines = appeal_text_compare(&kept, &read);
    guint gone = 0, new = 0;
    for (guint i = 0; i < lines->len; i++) {
        gone += ((const AppealLine *)lines->pdata[i])->kind == APPEAL_LINE_GONE;
        new += ((const AppealLine *)lines->pdata[i])->kind == APPEAL_LINE_NEW;
    }
    g_assert_cmpuint(gone, ==, 1);
    g_assert_cmpuint(new, ==, 2);
    g_assert_false(appeal_version_load(store, id, 2, &kept, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND);
}

/* Whoever writes Persian types "۱) " and "[^۲]". */
static void persian_digits_are_digits(void)
{
    g_autoptr(GError) error = NULL;
    const gint64 id = drafted(20790);
    g_auto(AppealText) text = {0};
    g_autofree char *seen = loaded(id, &text);
    g_autofree char *ask = replaced(text.text, "\n1) ", "\nA line.\n۱) ");
    g_free(text.text);
    text.text = replaced(ask, "[^2]", "[^۲]");
    g_assert_true(change(id, &text, seen, &error));
    g_assert_no_error(error);
    g_auto(AppealText) now = {0};
    g_free(loaded(id, &now));
    g_assert_nonnull(strstr(now.text, "\n1) "));
    g_assert_nonnull(strstr(now.text, "[^2]"));
    g_assert_null(strstr(now.text, "۱) "));
}

static void the_same_text_writes_nothing(void)
{
    g_autoptr(GError) error = NULL;
    const gint64 id = drafted(20783);
    g_auto(AppealText) text = {0};
    g_autofree char *seen = loaded(id, &text);
    g_assert_false(change(id, &text, seen, &error));
    g_assert_no_error(error);
    g_autoptr(GPtrArray) versions = appeal_versions(store, id, &error);
    g_assert_cmpuint(versions->len, ==, 0);
}

/* Records that the letter rests on, by its links. */
static bool rests_on(gint64 id, StoreKind kind, gint64 record)
{
    g_autoptr(GPtrArray) links = store_link_list_from(store, STORE_KIND_APPEAL, id, NULL, NULL);
    for (guint i = 0; i < links->len; i++) {
        const StoreLink *link = links->pdata[i];
        if (link->to_kind == (gint32)kind && link->to_id == record)
            return true;
    }
    return false;
}

static bool in_annex(const AppealLetter *letter, StoreKind kind, gint64 record)
{
    for (guint i = 0; i < letter->annex->len; i++) {
        const AppealAnnexRow *row = letter->annex->pdata[i];
        if (row->kind == kind && row->id == record)
            return true;
    }
    return false;
}

/* The line that calls note 4 is taken out: its notes, their rows of the annex and the letter's
 * links go with it, and the others are numbered without a gap, in order of reading. */
static void notes_follow_the_text(void)
{
    g_autoptr(GError) error = NULL;
    const gint64 id = drafted(20784);
    g_autoptr(AppealLetter) before = appeal_letter_load(store, id, &error);
    g_assert_cmpuint(before->notes->len, >, 10);
    g_auto(AppealText) text = {0};
    g_autofree char *seen = loaded(id, &text);
    g_auto(GStrv) lines = g_strsplit(text.text, "\n", -1);
    g_autoptr(GString) out = g_string_new(NULL);
    for (gsize i = 0; lines[i] != NULL; i++)
        if (strstr(lines[i], "[^4]") == NULL)
            g_string_append_printf(out, "%s\n", lines[i]);
    g_free(text.text);
    text.text = g_strdup(out->str);
    g_assert_true(change(id, &text, seen, &error));
    g_autoptr(AppealLetter) now = appeal_letter_load(store, id, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(now->notes->len, <, before->notes->len);
    guint next = 1;
    for (guint i = 0; i < now->parts->len; i++) {
        const AppealPart *part = now->parts->pdata[i];
        for (gsize k = 0; k < part->n_calls; k++) {
            g_assert_cmpuint(part->calls[k].number, <=, next);
            next = MAX(next, part->calls[k].number + 1);
        }
    }
    g_assert_cmpuint(next, ==, now->notes->len + 1);
    const AppealNote *fourth = before->notes->pdata[3];
    bool still = false;
    for (guint i = 0; i < now->notes->len; i++) {
        const AppealNote *note = now->notes->pdata[i];
        still |= note->kind == fourth->kind && note->id == fourth->id;
        if (note->id != 0) {
            g_assert_true(in_annex(now, note->kind, note->id));
            g_assert_true(rests_on(id, note->kind, note->id));
        }
    }
    g_assert_false(still);
    g_assert_true(in_annex(before, fourth->kind, fourth->id));
    g_assert_false(in_annex(now, fourth->kind, fourth->id));
    g_assert_false(rests_on(id, fourth->kind, fourth->id));
    /* what is left is still held against the case */
    g_autoptr(GPtrArray) sentences = appeal_verify_figures(store, id, false, &error);
    g_assert_cmpuint(sentences->len, ==, 0);
}

static void a_figure_written_otherwise_is_told_before_sealing(void)
{
    g_autoptr(GError) error = NULL;
    const gint64 id = drafted(20785);
    g_auto(AppealText) text = {0};
    g_autofree char *seen = loaded(id, &text);
    g_autofree char *other = replaced(text.text, "3,117", "4,117");
    g_free(text.text);
    text.text = g_steal_pointer(&other);
    g_assert_true(change(id, &text, seen, &error));
    g_autoptr(GPtrArray) sentences = appeal_verify_figures(store, id, false, &error);
    g_assert_cmpuint(sentences->len, ==, 1);
    guint unconfirmed;
    g_assert_false(appeal_seal(store, id, false, &unconfirmed, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA);
}

static void what_no_letter_can_hold_is_refused(void)
{
    static const struct {
        const char *claim, *text;
    } ROWS[] = {
        {"a note that is not there", "A line.[^999]"},
        {"a note written by hand", "[^1]: FG1 made up"},
        {"a row of the annex", "[@]: FG1 O1 - made up"},
        {"no text", " \n\r\n\t"},
        {"an ask left out", "Only a paragraph."},
        {"an ask too many", NULL},
        {"signs that turn the order around", "A line \u202ebackwards."},
        {"control signs", "A line \x01."},
    };
    const gint64 id = drafted(20786);
    g_autoptr(StoreAppeal) before = store_appeal_load(store, id, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        g_autoptr(GError) error = NULL;
        g_auto(AppealText) text = {0};
        g_autofree char *seen = loaded(id, &text);
        char *more = ROWS[i].text != NULL ? g_strdup(ROWS[i].text)
                                          : g_strconcat(text.text, "\n\n9) A further ask.", NULL);
        if (ROWS[i].text != NULL && strstr(ROWS[i].claim, "ask") == NULL &&
            strcmp(ROWS[i].claim, "no text") != 0) {
            char *with = g_strconcat(text.text, "\n", more, NULL);
            g_free(more);
            more = with;
        }
        g_free(text.text);
        text.text = more;
        g_test_message("%s", ROWS[i].claim);
        g_assert_false(change(id, &text, seen, &error));
        g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT);
        g_autoptr(GError) why = NULL;
        g_autoptr(AppealLetter) letter = appeal_text_preview(store, id, &text, &why);
        g_assert_null(letter);
        g_assert_error(why, ZENHAR_ERROR, ZENHAR_ERROR_INPUT);
    }
    g_autoptr(StoreAppeal) after = store_appeal_load(store, id, NULL);
    g_assert_cmpstr(before->body, ==, after->body);
    g_autoptr(GPtrArray) versions = appeal_versions(store, id, NULL);
    g_assert_cmpuint(versions->len, ==, 0);
}

static void who_was_faster_is_not_overwritten(void)
{
    g_autoptr(GError) error = NULL;
    const gint64 id = drafted(20787);
    g_auto(AppealText) mine = {0}, theirs = {0};
    g_autofree char *seen = loaded(id, &mine);
    g_free(loaded(id, &theirs));
    g_free(theirs.closing);
    theirs.closing = g_strdup("With regards,");
    g_assert_true(change(id, &theirs, seen, &error));
    g_free(mine.closing);
    mine.closing = g_strdup("Sincerely,");
    g_assert_false(change(id, &mine, seen, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA);
    g_auto(AppealText) stands = {0};
    g_autofree char *newer = loaded(id, &stands);
    g_assert_cmpstr(stands.closing, ==, "With regards,");
    g_clear_error(&error);
    g_assert_true(change(id, &mine, newer, &error)); /* knowingly */
}

static void a_sealed_letter_stays(void)
{
    g_autoptr(GError) error = NULL;
    const gint64 id = drafted(20788);
    guint unconfirmed;
    g_assert_true(appeal_seal(store, id, false, &unconfirmed, &error));
    g_auto(AppealText) text = {0};
    g_autofree char *seen = loaded(id, &text);
    g_free(text.closing);
    text.closing = g_strdup("With regards,");
    g_assert_false(appeal_text_open(store, id, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA);
    g_clear_error(&error);
    g_assert_false(change(id, &text, seen, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA);
    g_autoptr(StoreAppeal) appeal = store_appeal_load(store, id, NULL);
    g_autofree char *hash = appeal_signed_hash(appeal);
    g_assert_cmpstr(hash, ==, appeal->sha256);
}

/* A letter rests on its records, not on what it said earlier. */
static void earlier_texts_are_not_walked(void)
{
    g_autoptr(GError) error = NULL;
    const gint64 id = drafted(20789);
    g_auto(AppealText) text = {0};
    g_autofree char *seen = loaded(id, &text);
    g_free(text.closing);
    text.closing = g_strdup("With regards,");
    g_assert_true(change(id, &text, seen, &error));
    g_autoptr(GPtrArray) versions = appeal_versions(store, id, &error);
    const gint64 original = ((const AppealVersion *)versions->pdata[0])->original_id;
    g_autoptr(GArray) steps = store_trace_step(store, STORE_KIND_APPEAL, id, 0, &error);
    g_assert_cmpuint(steps->len, >, 0);
    for (guint i = 0; i < steps->len; i++) {
        const StoreTraceStep *step = &g_array_index(steps, StoreTraceStep, i);
        g_assert_false(step->kind == STORE_KIND_ORIGINAL && step->id == original);
    }
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_test_init(&argc, &argv, NULL);
    store = test_case_new(NOW);
    assess_load_facts(store, "iran-2025", &error);
    g_assert_no_error(error);
    appeal_load_facts(store, "iran-2025", &error);
    g_assert_no_error(error);
    g_test_add_func("/appeal/edit/what_stood_there_is_kept", what_stood_there_is_kept);
    g_test_add_func("/appeal/edit/the_same_text_writes_nothing", the_same_text_writes_nothing);
    g_test_add_func("/appeal/edit/persian_digits_are_digits", persian_digits_are_digits);
    g_test_add_func("/appeal/edit/notes_follow_the_text", notes_follow_the_text);
    g_test_add_func("/appeal/edit/a_figure_written_otherwise_is_told_before_sealing",
                    a_figure_written_otherwise_is_told_before_sealing);
    g_test_add_func("/appeal/edit/what_no_letter_can_hold_is_refused",
                    what_no_letter_can_hold_is_refused);
    g_test_add_func("/appeal/edit/who_was_faster_is_not_overwritten",
                    who_was_faster_is_not_overwritten);
    g_test_add_func("/appeal/edit/a_sealed_letter_stays", a_sealed_letter_stays);
    g_test_add_func("/appeal/edit/earlier_texts_are_not_walked", earlier_texts_are_not_walked);
    const int status = g_test_run();
    store_close(store);
    return status;
}
