/* Letters as text, HTML and OpenDocument; an alert that follows another. */
#include "appeal/appeal.h"
#include "appeal/case.h"
#include "base/edtf.h"
#include "render/render.h"
#include "store/appeal.h"
#include <archive.h>
#include <archive_entry.h>

static Store *with_letter(I18nLanguage language, gint64 *ret_letter)
{
    Store *store = test_case_new(1769212800);
    g_autoptr(GError) error = NULL;
    g_assert_true(appeal_load_facts(store, "iran-2025", &error));
    AppealOptions options = appeal_options();
    options.day = edtf_day_from_gregorian(2026, 1, 24);
    options.language = language;
    g_autoptr(GPtrArray) recipients = store_recipient_list(store, NULL, NULL);
    options.recipient_id = ((StoreRecipient *)recipients->pdata[0])->id;
    *ret_letter = appeal_compose(store, &options, &error);
    g_assert_no_error(error);
    return store;
}

static char *member(const char *path, const char *name, int *ret_place)
{
    struct archive *zip = archive_read_new();
    struct archive_entry *entry;
    char *text = NULL;
    archive_read_support_format_zip(zip);
    g_assert_cmpint(archive_read_open_filename(zip, path, 65536), ==, ARCHIVE_OK);
    for (int i = 0; archive_read_next_header(zip, &entry) == ARCHIVE_OK; i++) {
        if (strcmp(archive_entry_pathname(entry), name) != 0)
            continue;
        gsize size = (gsize)archive_entry_size(entry);
        text = g_malloc0(size + 1);
        g_assert_cmpint(archive_read_data(zip, text, size), ==, (la_ssize_t)size);
        *ret_place = i;
        break;
    }
    archive_read_free(zip);
    return text;
}

/* What a reader of the file sees: tags out, entities back. */
static void assert_holds_each_part(const char *file, const AppealLetter *letter)
{
    for (guint i = 0; i < letter->parts->len; i++) {
        const AppealPart *part = letter->parts->pdata[i];
        gsize until = part->n_calls > 0 ? part->calls[0].offset : strlen(part->text);
        g_autofree char *piece = g_strndup(part->text, until);
        g_autofree char *escaped = g_markup_escape_text(piece, -1);
        g_auto(GStrv) quotes = g_strsplit(escaped, "&apos;", -1);
        g_autofree char *wanted = g_strjoinv("'", quotes);
        if (strstr(wanted, "&#39;") == NULL && strstr(wanted, "&quot;") == NULL)
            g_assert_nonnull(strstr(file, wanted)); /* half-spaces and all */
    }
}

static void a_letter_goes_into_each_format(gconstpointer data)
{
    I18nLanguage language = (I18nLanguage)GPOINTER_TO_INT(data);
    gint64 id;
    g_autoptr(Store) store = with_letter(language, &id);
    g_autoptr(AppealLetter) letter = appeal_letter_load(store, id, NULL);
    g_autofree char *folder = test_folder_new();
    g_autoptr(GError) error = NULL;
    static const char *const FORMATS[] = {"pdf", "txt", "html", "odt"};
    for (gsize i = 0; i < G_N_ELEMENTS(FORMATS); i++) {
        g_autofree char *path = g_strdup_printf("%s/letter.%s", folder, FORMATS[i]);
        g_assert_true(render_letter_file(store, id, FORMATS[i], path, &error));
        g_assert_no_error(error);
        g_autofree char *bytes = test_read_file(path, NULL);
        if (strcmp(FORMATS[i], "html") == 0) {
            g_assert_nonnull(strstr(bytes, language == I18N_PERSIAN
                                               ? "<html lang=\"fa\" dir=\"rtl\">"
                                               : "<html lang=\"en\" dir=\"ltr\">"));
            assert_holds_each_part(bytes, letter);
        }
        if (strcmp(FORMATS[i], "odt") == 0) {
            int place = -1;
            g_autofree char *kind = member(path, "mimetype", &place);
            g_assert_cmpstr(kind, ==, "application/vnd.oasis.opendocument.text");
            g_assert_cmpint(place, ==, 0);
            g_autofree char *content = member(path, "content.xml", &place);
            assert_holds_each_part(content, letter);
            gsize n_first, n_second;
            g_autofree char *first = test_read_file(path, &n_first);
            g_assert_true(render_letter_file(store, id, "odt", path, NULL));
            g_autofree char *second = test_read_file(path, &n_second);
            g_assert_cmpuint(n_first, ==, n_second);
            g_assert_true(memcmp(first, second, n_first) == 0); /* the same bytes again */
        }
    }
    g_autofree char *path = g_strdup_printf("%s/letter.doc", folder);
    g_assert_false(render_letter_file(store, id, "doc", path, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE);
}

static void an_alert_follows_none_but_an_alert(void)
{
    gint64 id;
    g_autoptr(Store) store = with_letter(I18N_ENGLISH, &id);
    g_autofree char *folder = test_folder_new();
    g_autofree char *path = g_strdup_printf("%s/no.xml", folder);
    g_assert_true(g_file_set_contents(path, "<alert><sender>x</sender></alert>", -1, NULL));
    g_autoptr(GError) error = NULL;
    g_assert_false(render_alert_follow(store, 0, path, false, path, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT);
}

static void who_answered_is_a_feed_a_page_and_an_object(void)
{
    gint64 id;
    g_autoptr(Store) store = with_letter(I18N_ENGLISH, &id);
    static const struct {
        const char *format, *holds;
    } ROWS[] = {{"atom", "<feed xmlns=\"http://www.w3.org/2005/Atom\""},
                {"html", "No public answer found after 209 days."},
                {"json", "\"state\": \"silent\""}};
    gint32 day = edtf_day_from_gregorian(2026, 1, 23);
    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *text = render_clock(store, 0, day, ROWS[i].format, I18N_ENGLISH, &error);
        g_assert_no_error(error);
        g_assert_nonnull(strstr(text, ROWS[i].holds));
        g_assert_true(g_utf8_validate(text, -1, NULL));
    }
    g_autoptr(GError) error = NULL;
    g_assert_null(render_clock(store, 0, day, "rss", I18N_ENGLISH, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/render/letter/each_format_in_persian", GINT_TO_POINTER(I18N_PERSIAN),
                         a_letter_goes_into_each_format);
    g_test_add_data_func("/render/letter/each_format_in_english", GINT_TO_POINTER(I18N_ENGLISH),
                         a_letter_goes_into_each_format);
    g_test_add_func("/render/alert/an_alert_follows_none_but_an_alert",
                    an_alert_follows_none_but_an_alert);
    g_test_add_func("/render/clock/who_answered_is_a_feed_a_page_and_an_object",
                    who_answered_is_a_feed_a_page_and_an_object);
    return g_test_run();
}
