/* Letters are sealed and signed: the same text for all, void when it changes. */
#include "appeal/appeal.h"
#include "appeal/case.h"
#include "appeal/sign.h"
#include "base/edtf.h"
#include "store/assessment.h"
#include "store/log.h"
#include <sodium.h>

static Store *with_letter(gint64 *ret_letter)
{
    Store *store = test_case_new(1769212800);
    g_autoptr(GError) error = NULL;
    g_assert_true(appeal_load_facts(store, "iran-2025", &error));
    g_autoptr(StoreCrisis) crisis = store_crisis_new();
    crisis->name = g_strdup("June 2025");
    crisis->first_day = edtf_day_from_gregorian(2025, 6, 13);
    crisis->last_day = edtf_day_from_gregorian(2025, 6, 24);
    crisis->code = g_strdup("2025");
    g_assert_true(store_crisis_add(store, crisis, NULL));
    g_autoptr(StoreFigure) figure = store_figure_new();
    figure->crisis_id = crisis->id;
    figure->reporter = g_strdup("HRANA");
    figure->kind = g_strdup("arrest");
    figure->event_date = g_strdup("2025-06-13/2025-06-27");
    figure->first_day = edtf_day_from_gregorian(2025, 6, 13);
    figure->last_day = edtf_day_from_gregorian(2025, 6, 27);
    figure->low = figure->high = 1234;
    figure->source = g_strdup("A report, 2025-06-27");
    figure->verified = g_strdup("yes");
    g_assert_true(store_figure_add(store, figure, NULL));
    AppealOptions options = appeal_options();
    options.day = edtf_day_from_gregorian(2026, 1, 24);
    options.language = I18N_ENGLISH;
    g_autoptr(GPtrArray) recipients = store_recipient_list(store, NULL, NULL);
    options.recipient_id = ((StoreRecipient *)recipients->pdata[0])->id;
    *ret_letter = appeal_compose(store, &options, &error);
    g_assert_no_error(error);
    return store;
}

static void seal(Store *store, gint64 letter)
{
    g_autoptr(GError) error = NULL;
    guint unconfirmed;
    appeal_seal(store, letter, false, &unconfirmed, &error);
    g_assert_no_error(error);
}

static void a_sealed_letter_is_fixed_by_hash(void)
{
    gint64 letter;
    g_autoptr(Store) store = with_letter(&letter);
    seal(store, letter);
    g_autoptr(StoreAppeal) appeal = store_appeal_load(store, letter, NULL);
    g_autofree char *text = appeal_signed_text(appeal);
    g_autofree char *expected = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
    g_assert_cmpstr(appeal->sha256, ==, expected);
    g_assert_cmpstr(appeal->status, ==, "sealed");
    g_assert_cmpint(appeal->original_id, >, 0);
    g_assert_nonnull(strstr(text, "1,234"));
}

static void a_figure_that_no_longer_holds_stops_the_seal(void)
{
    gint64 letter;
    g_autoptr(Store) store = with_letter(&letter);
    g_autoptr(GPtrArray) figures = store_figure_list(store, NULL, NULL);
    StoreFigure *figure = figures->pdata[0];
    figure->low = figure->high = 1250;
    g_assert_true(store_figure_update(store, figure, NULL));
    g_autoptr(GError) error = NULL;
    guint unconfirmed;
    g_assert_false(appeal_seal(store, letter, false, &unconfirmed, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA);
    g_assert_nonnull(strstr(error->message, "no longer holds"));
    g_assert_nonnull(strstr(error->message, "1250"));
}

static void unconfirmed_rows_are_counted_or_refused(void)
{
    gint64 letter;
    g_autoptr(Store) store = with_letter(&letter);
    g_autoptr(AppealLetter) read = appeal_letter_load(store, letter, NULL);
    guint expected = 0, told = 0;
    for (guint i = 0; i < read->notes->len; i++)
        expected += ((AppealNote *)read->notes->pdata[i])->unconfirmed;
    g_autoptr(GError) error = NULL;
    bool strict = appeal_seal(store, letter, true, &told, &error);
    g_assert_cmpint(strict, ==, expected == 0);
    if (!strict)
        g_assert_nonnull(strstr(error->message, "nobody has checked"));
    seal(store, letter);
    g_assert_true(appeal_seal(store, letter, false, &told, NULL));
    g_assert_cmpuint(told, ==, expected);
}

static void a_link_signs_once(void)
{
    gint64 letter, id;
    g_autoptr(Store) store = with_letter(&letter);
    g_autoptr(GError) error = NULL;
    g_assert_null(appeal_sign_invite(store, letter, "A", NULL, false, NULL, 14, &id, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA); /* not sealed */
    g_clear_error(&error);
    seal(store, letter);
    g_assert_null(appeal_sign_invite(store, letter, NULL, NULL, false, NULL, 14, &id, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT); /* nameless, and not unnamed */
    g_clear_error(&error);
    g_autofree char *secret =
        appeal_sign_invite(store, letter, "A", NULL, false, NULL, 14, &id, &error);
    g_assert_no_error(error);
    g_autoptr(StoreSignatory) asked = store_signatory_load(store, id, NULL);
    g_assert_cmpstr(asked->status, ==, "pending");
    g_assert_cmpstr(asked->token, !=, secret); /* the secret itself is not kept */
    g_assert_cmpint(appeal_sign_by_link(store, secret, &error), ==, id);
    g_assert_cmpint(appeal_sign_by_link(store, secret, &error), ==, 0);
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY);
    g_clear_error(&error);
    g_autofree char *late =
        appeal_sign_invite(store, letter, "B", NULL, false, NULL, 14, &id, &error);
    store_set_now(store, store_now(store) + 15 * 86400);
    g_assert_cmpint(appeal_sign_by_link(store, late, &error), ==, 0);
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY);
}

static AppealSignatory *only(GPtrArray *list)
{
    g_assert_cmpuint(list->len, ==, 1);
    return list->pdata[0];
}

static void a_key_signs_this_text_and_no_other(void)
{
    gint64 letter;
    g_autoptr(Store) store = with_letter(&letter);
    seal(store, letter);
    g_autoptr(StoreAppeal) appeal = store_appeal_load(store, letter, NULL);
    guint8 key[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES],
        signature[crypto_sign_BYTES];
    char key_hex[2 * sizeof key + 1], signature_hex[2 * sizeof signature + 1];
    crypto_sign_keypair(key, secret);
    sodium_bin2hex(key_hex, sizeof key_hex, key, sizeof key);
    g_autoptr(GError) error = NULL;
    const char *const MESSAGES[] = {"zenhar letter 0000\n", NULL};
    for (int right = 0; right < 2; right++) {
        g_autofree char *message =
            right ? appeal_signed_message(appeal->sha256) : g_strdup(MESSAGES[0]);
        crypto_sign_detached(signature, NULL, (guint8 *)message, strlen(message), secret);
        sodium_bin2hex(signature_hex, sizeof signature_hex, signature, sizeof signature);
        gint64 id =
            appeal_sign_by_key(store, letter, "A", NULL, true, key_hex, signature_hex, &error);
        g_assert_cmpint(id > 0, ==, right);
        if (!right)
            g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY);
        g_clear_error(&error);
    }
    g_autoptr(GPtrArray) list = appeal_signatories(store, letter, I18N_ENGLISH, NULL);
    g_assert_cmpstr(only(list)->status, ==, "verified");
    g_assert_null(only(list)->name); /* unnamed: the name is not even kept */
    g_free(appeal->body);
    appeal->body = g_strdup("Another text.\n");
    g_assert_true(store_appeal_update(store, appeal, NULL));
    g_autoptr(GPtrArray) after = appeal_signatories(store, letter, I18N_ENGLISH, NULL);
    g_assert_cmpstr(only(after)->status, ==, "void");
    g_assert_nonnull(only(after)->reason);
}

static char *run(const char *home, const char *const *arguments)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    const char *const FIXED[] = {"gpg",      "--homedir",    home,
                                 "--batch",  "--no-tty",     "--pinentry-mode",
                                 "loopback", "--passphrase", ""};
    for (gsize i = 0; i < G_N_ELEMENTS(FIXED); i++)
        g_ptr_array_add(argv, (gpointer)FIXED[i]);
    for (gsize i = 0; arguments[i] != NULL; i++)
        g_ptr_array_add(argv, (gpointer)arguments[i]);
    g_ptr_array_add(argv, NULL);
    char *out = NULL;
    int status = 0;
    if (!g_spawn_sync(NULL, (char **)argv->pdata, NULL,
                      G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &out, NULL,
                      &status, NULL) ||
        status != 0)
        g_clear_pointer(&out, g_free);
    return out;
}

static void an_openpgp_key_signs_too(void)
{
    gint64 letter;
    g_autoptr(Store) store = with_letter(&letter);
    seal(store, letter);
    g_autoptr(StoreAppeal) appeal = store_appeal_load(store, letter, NULL);
    g_autofree char *home = g_dir_make_tmp("zh-XXXXXX", NULL); /* short: gpg's socket lives there */
    g_autofree char *path = g_build_filename(home, "line", NULL),
                    *message = appeal_signed_message(appeal->sha256);
    g_assert_true(g_file_set_contents(path, message, -1, NULL));
    const char *const MAKE[] = {
        "--quick-generate-key", "org@example.org", "ed25519", "sign", "never", NULL};
    const char *const EXPORT[] = {"--armor", "--export", "org@example.org", NULL};
    const char *const SIGN[] = {"--armor", "--detach-sign", "-o", "-", path, NULL};
    g_autofree char *made = run(home, MAKE);
    g_autofree char *key = made != NULL ? run(home, EXPORT) : NULL;
    g_autofree char *signature = key != NULL ? run(home, SIGN) : NULL;
    const char *end[] = {"gpgconf", "--homedir", home, "--kill", "all", NULL};
    g_spawn_sync(NULL, (char **)end, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
    if (signature == NULL) {
        g_test_skip("gpg is not here or makes no key");
        return;
    }
    g_autoptr(GError) error = NULL;
    g_assert_cmpint(appeal_sign_by_key(store, letter, "Org", NULL, false, key, signature, &error),
                    >, 0);
    g_assert_no_error(error);
    g_autoptr(GPtrArray) list = appeal_signatories(store, letter, I18N_ENGLISH, NULL);
    g_assert_cmpstr(only(list)->status, ==, "verified");
    g_assert_cmpstr(only(list)->method, ==, "openpgp");
    g_free(appeal->body);
    appeal->body = g_strdup("Another text.\n");
    appeal->sha256[0] = '\0';
    g_clear_pointer(&appeal->sha256, g_free);
    appeal->sha256 = appeal_signed_hash(appeal);
    g_assert_true(store_appeal_update(store, appeal, NULL)); /* sealed anew over another text */
    g_assert_cmpint(appeal_sign_by_key(store, letter, "Org", NULL, false, key, signature, &error),
                    ==, 0);
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY);
}

static void names_are_in_order_of_either_alphabet(void)
{
    gint64 letter, id;
    g_autoptr(Store) store = with_letter(&letter);
    seal(store, letter);
    static const char *const NAMES[][2] = {{"Zeta", "آلفا"}, {"alpha", "گاما"}, {"Beta", "پتا"}};
    for (gsize i = 0; i < G_N_ELEMENTS(NAMES); i++) {
        g_autofree char *secret =
            appeal_sign_invite(store, letter, NAMES[i][0], NAMES[i][1], false, NULL, 14, &id, NULL);
        g_assert_nonnull(secret);
    }
    g_autofree char *unnamed =
        appeal_sign_invite(store, letter, NULL, NULL, true, NULL, 14, &id, NULL);
    g_autoptr(GPtrArray) english = appeal_signatories(store, letter, I18N_ENGLISH, NULL);
    g_autoptr(GPtrArray) persian = appeal_signatories(store, letter, I18N_PERSIAN, NULL);
    static const char *const LATIN[] = {"alpha", "Beta", "Zeta"}, *const FARSI[] = {"آلفا", "پتا",
                                                                                    "گاما"};
    for (guint i = 0; i < 3; i++) {
        g_assert_cmpstr(((AppealSignatory *)english->pdata[i])->name, ==, LATIN[i]);
        g_assert_cmpstr(((AppealSignatory *)persian->pdata[i])->name, ==, FARSI[i]);
    }
    g_assert_null(((AppealSignatory *)english->pdata[3])->name);
    g_assert_true(appeal_sign_withdraw(store, id, NULL));
    g_autoptr(GError) error = NULL;
    g_assert_cmpint(appeal_sign_by_link(store, unnamed, &error), ==, 0);
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CLAIM(name) g_test_add_func("/appeal/sign/" #name, name)
    CLAIM(a_sealed_letter_is_fixed_by_hash);
    CLAIM(a_figure_that_no_longer_holds_stops_the_seal);
    CLAIM(unconfirmed_rows_are_counted_or_refused);
    CLAIM(a_link_signs_once);
    CLAIM(a_key_signs_this_text_and_no_other);
    CLAIM(an_openpgp_key_signs_too);
    CLAIM(names_are_in_order_of_either_alphabet);
    return g_test_run();
}
