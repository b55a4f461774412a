/* The text of a draft changed by page: looked at first, kept with who and why, held against the
 * case; who was faster is shown beside; nothing of a sealed letter changes; a long Persian text
 * arrives. */
#include "appeal/appeal.h"
#include "appeal/edit.h"
#include "appeal/sign.h"
#include "assess/assess.h"
#include "multipart.h"
#include "session.h"

static gint64 drafted(gint32 day, I18nLanguage language)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = evidence_open_with_keys(folder, web->keys, STORE_WRITE, &error);
    g_assert_no_error(error);
    AppealOptions options = appeal_options();
    g_autoptr(GArray) offices = appeal_recipients_of(store, "SG", day, &error);
    g_assert_no_error(error);
    options.recipient_id = g_array_index(offices, gint64, 0);
    options.language = language;
    options.day = day;
    g_autoptr(GArray) asks = g_array_new(FALSE, FALSE, sizeof(gint64));
    const gint64 wanted[] = {2, 3};
    g_array_append_vals(asks, wanted, G_N_ELEMENTS(wanted));
    options.ask_ids = asks;
    const gint64 id = appeal_compose(store, &options, &error);
    g_assert_no_error(error);
    return id;
}

static char *loaded(gint64 id, AppealText *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = evidence_open_with_keys(folder, web->keys, STORE_READ, &error);
    char *hash = NULL;
    g_assert_true(appeal_text_load(store, id, text, &hash, &error));
    /* the case is full of signs that no letter may carry */
    g_autoptr(GString) clean = g_string_new(text->text);
    g_string_replace(clean, "\u202e", "", 0);
    g_string_replace(clean, "\x01", "", 0);
    g_free(text->text);
    text->text = g_strdup(clean->str);
    return hash;
}

/* As a browser sends the form. */
static guint send(gint64 id, const char *tag, WebRole role, const AppealText *text,
                  const char *seen, bool look, char **ret_text)
{
    g_autofree char *token = NULL, *header = session_of(role, &token);
    g_autofree char *path = g_strdup_printf("/%s/draft/AP%" G_GINT64_FORMAT, tag, id);
    g_autoptr(GString) body = g_string_new(NULL);
    add_part(body, "form_token", NULL, token);
    add_part(body, "seen", NULL, seen);
    add_part(body, "subject", NULL, text->subject);
    add_part(body, "salutation", NULL, text->salutation);
    add_part(body, "text", NULL, text->text);
    add_part(body, "closing", NULL, text->closing);
    add_part(body, "signature", NULL, text->signature);
    add_part(body, "letterhead", NULL, text->letterhead);
    add_part(body, "reason", NULL, look ? "" : "clearer words");
    if (look)
        add_part(body, "look", NULL, "yes");
    g_string_append(body, "--" BOUNDARY "--\r\n");
    g_autofree char *headers = g_strconcat(header, MULTIPART, NULL);
    RawAnswer answer;
    raw_request(web_port(web), "POST", path, headers, body->str, &answer);
    const guint status = answer.status;
    if (ret_text != NULL)
        *ret_text = g_strdup(answer.text);
    raw_clear(&answer);
    return status;
}

static void say(AppealText *text, const char *line)
{
    char *longer = g_strconcat(line, "\n\n", text->text, NULL);
    g_free(text->text);
    text->text = longer;
}

static guint n_versions(gint64 id)
{
    g_autoptr(Store) store = evidence_open_with_keys(folder, web->keys, STORE_READ, NULL);
    g_autoptr(GPtrArray) versions = appeal_versions(store, id, NULL);
    return versions->len;
}

static void what_is_looked_at_is_not_kept(void)
{
    const gint64 id = drafted(20700, I18N_ENGLISH);
    g_auto(AppealText) text = {0};
    g_autofree char *seen = loaded(id, &text), *page = NULL, *strange = NULL;
    say(&text, "Take up arms, all of you. <b>bold</b>");
    const gint64 before = log_size();
    g_assert_cmpuint(send(id, "en", WEB_ADVOCATE, &text, seen, true, &page), ==, 200);
    g_assert_nonnull(strstr(page, "Nothing of it is kept yet."));
    g_assert_nonnull(strstr(page, "<p>Take up arms, all of you. &lt;b&gt;"));
    g_assert_nonnull(strstr(page, "Words to look at again")); /* the lint, beside it */
    g_assert_cmpint(log_size(), ==, before);
    g_assert_cmpuint(send(id, "en", WEB_READER, &text, seen, true, NULL), ==, 403);
    /* what cannot be is told, and what was typed is still there */
    say(&text, "A line with a note.[^999]");
    g_assert_cmpuint(send(id, "en", WEB_ADVOCATE, &text, seen, true, &strange), ==, 200);
    g_assert_nonnull(strstr(strange, "calls note [^999]"));
    g_assert_nonnull(strstr(strange, "A line with a note.[^999]"));
    g_assert_cmpuint(send(id, "en", WEB_ADVOCATE, &text, seen, false, NULL), ==, 400);
    g_assert_cmpint(log_size(), ==, before);
}

static void a_long_persian_text_is_kept_in_ones_name(void)
{
    g_autoptr(GError) error = NULL;
    const gint64 id = drafted(20701, I18N_PERSIAN);
    g_auto(AppealText) text = {0}, now = {0};
    g_autofree char *seen = loaded(id, &text);
    g_autoptr(GString) many = g_string_new(NULL);
    for (int i = 0; i < 60; i++) /* more than a form of 64 KiB would take */
        g_string_append(many, "این بند برای آزمون نوشته شده است و چیزی جز این "
                              "نمی‌گوید؛ "
                              "دوباره "
                              "و "
                              "دوباره، تا متن بلند شود. ");
    say(&text, many->str);
    g_assert_cmpuint(send(id, "fa", WEB_ADVOCATE, &text, seen, false, NULL), ==, 303);
    g_free(loaded(id, &now));
    g_assert_nonnull(strstr(now.text, "تا متن بلند شود"));
    g_autoptr(Store) store = evidence_open_with_keys(folder, web->keys, STORE_READ, &error);
    const StorePage last = {.limit = 1, .descending = true};
    g_autoptr(GPtrArray) entries = store_audit_list(store, &last, &error);
    const StoreAudit *entry = entries->pdata[0];
    g_assert_cmpstr(entry->action, ==, "edit");
    g_assert_cmpstr(entry->reason, ==, "clearer words");
    g_assert_cmpint(entry->user_id, ==, 4);
    g_autoptr(GPtrArray) versions = appeal_versions(store, id, &error);
    g_assert_cmpuint(versions->len, ==, 1);
    g_assert_cmpstr(((const AppealVersion *)versions->pdata[0])->by, ==, "advocate");
    /* side by side, and taken up again */
    RawAnswer answer;
    g_autofree char *beside = g_strdup_printf("/fa/versions/AP%" G_GINT64_FORMAT "?of=1", id);
    get(beside, cookie, &answer);
    g_assert_cmpuint(answer.status, ==, 200);
    g_assert_nonnull(strstr(answer.text, "<ins>"));
    g_assert_nonnull(strstr(answer.text, "clearer words"));
    raw_clear(&answer);
    g_autofree char *again = g_strdup_printf("/en/draft/AP%" G_GINT64_FORMAT "?from=1", id);
    get(again, cookie, &answer);
    g_assert_cmpuint(answer.status, ==, 200);
    g_assert_nonnull(strstr(answer.text, "An earlier text stands in the fields"));
    g_assert_nonnull(strstr(answer.text, "<del>"));
    g_assert_cmpuint(answer.length, <, 100 * 1024);
    raw_clear(&answer);
    g_autofree char *none = g_strdup_printf("/en/versions/AP%" G_GINT64_FORMAT "?of=9", id);
    get(none, cookie, &answer);
    g_assert_cmpuint(answer.status, ==, 404);
    raw_clear(&answer);
}

static void who_was_faster_is_shown_beside(void)
{
    const gint64 id = drafted(20702, I18N_ENGLISH);
    g_auto(AppealText) mine = {0}, theirs = {0}, stands = {0};
    g_autofree char *seen = loaded(id, &mine), *page = NULL, *later = NULL;
    g_free(loaded(id, &theirs));
    say(&theirs, "Their paragraph.");
    say(&mine, "My paragraph.");
    g_assert_cmpuint(send(id, "en", WEB_ADMINISTRATOR, &theirs, seen, false, NULL), ==, 303);
    g_assert_cmpuint(send(id, "en", WEB_ADVOCATE, &mine, seen, false, &page), ==, 400);
    g_assert_nonnull(strstr(page, "Somebody changed the letter since you began"));
    g_assert_nonnull(strstr(page, "<del>"));
    g_assert_nonnull(strstr(page, "My paragraph."));
    g_assert_cmpuint(n_versions(id), ==, 1);
    /* by the button of that page one's own is kept, knowingly */
    const char *at = strstr(page, "name=\"seen\" value=\"");
    later = g_strndup(at + strlen("name=\"seen\" value=\""), 64);
    g_assert_cmpuint(send(id, "en", WEB_ADVOCATE, &mine, later, false, NULL), ==, 303);
    g_free(loaded(id, &stands));
    g_assert_true(g_str_has_prefix(stands.text, "My paragraph."));
    g_assert_cmpuint(n_versions(id), ==, 2);
}

static void a_sealed_letter_is_not_changed(void)
{
    g_autoptr(GError) error = NULL;
    const gint64 id = drafted(20703, I18N_ENGLISH);
    g_auto(AppealText) text = {0};
    g_autofree char *seen = loaded(id, &text), *page = NULL;
    {
        guint unconfirmed;
        g_autoptr(Store) store = evidence_open_with_keys(folder, web->keys, STORE_WRITE, &error);
        g_assert_true(appeal_seal(store, id, false, &unconfirmed, &error));
    }
    const gint64 before = log_size();
    say(&text, "Too late.");
    g_assert_cmpuint(send(id, "en", WEB_ADVOCATE, &text, seen, false, &page), ==, 400);
    g_assert_nonnull(strstr(page, "is sealed"));
    g_assert_null(strstr(page, "<textarea"));
    g_assert_cmpint(log_size(), ==, before);
    RawAnswer answer;
    g_autofree char *path = g_strdup_printf("/en/draft/AP%" G_GINT64_FORMAT, id);
    get(path, cookie, &answer);
    g_assert_nonnull(strstr(answer.text, "is sealed"));
    g_assert_null(strstr(answer.text, "<textarea"));
    raw_clear(&answer);
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(sodium_init(), >=, 0);
    case_make();
    {
        g_autoptr(Store) store = evidence_open_with_keys(folder, web->keys, STORE_WRITE, &error);
        must(assess_load_facts(store, "iran-2025", &error), error);
        must(appeal_load_facts(store, "iran-2025", &error), error);
    }
    cookie = log_in();
    g_test_add_func("/web/drafts/look", what_is_looked_at_is_not_kept);
    g_test_add_func("/web/drafts/long", a_long_persian_text_is_kept_in_ones_name);
    g_test_add_func("/web/drafts/faster", who_was_faster_is_shown_beside);
    g_test_add_func("/web/drafts/sealed", a_sealed_letter_is_not_changed);
    const int status = g_test_run();
    web_stop(web);
    g_free(cookie);
    g_free(folder);
    return status;
}
