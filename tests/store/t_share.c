/* Shares of a key: every k of n give it, k - 1 tell nothing; their letters, as people copy them; a
 * case's recovery by them. */
#include "case.h"
#include "store/keys.h"
#include "support.h"

#include <libgfshare.h>
#include <sodium.h>
#include <string.h>

/* ---- polynomials ---- */

static const struct Numbers {
    guint8 k, n;
} NUMBERS[] = {{2, 2}, {2, 3}, {3, 5}, {4, 4}, {5, 8}, {2, 20}};

static void every_k_of_n_give_it(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(NUMBERS); i++) {
        const guint8 k = NUMBERS[i].k, n = NUMBERS[i].n;
        StoreShare shares[STORE_SHARES_MAX], chosen[STORE_SHARES_MAX];
        guint8 secret[STORE_SHARE_BYTES], back[STORE_SHARE_BYTES];
        guint subsets = 0;
        randombytes_buf(secret, sizeof secret);
        g_assert_true(store_shares_split(secret, k, n, shares, NULL));
        for (guint set = 0; set < 1u << n; set++) {
            gsize size = 0;
            if (__builtin_popcount(set) != k)
                continue;
            for (guint8 j = 0; j < n; j++)
                if ((set >> j & 1) != 0)
                    chosen[size++] = shares[j];
            g_assert_true(store_shares_join(chosen, size, back, NULL));
            g_assert_cmpmem(back, sizeof back, secret, sizeof secret);
            subsets++;
        }
        g_assert_cmpuint(subsets, >=, 1);
    }
}

/* docs/formats.md says in which field: of two shares with a line c x + s, the second is the first
 * with c doubled, by x^8 + x^4 + x^3 + x^2 + 1. Whoever writes another reader needs no more. */
static void shares_lie_on_a_line_in_the_field_that_is_written_down(void)
{
    StoreShare shares[3];
    guint8 secret[STORE_SHARE_BYTES];
    randombytes_buf(secret, sizeof secret);
    g_assert_true(store_shares_split(secret, 2, 3, shares, NULL));
    for (gsize i = 0; i < STORE_SHARE_BYTES; i++) {
        const guint c = shares[0].bytes[i] ^ secret[i], twice = c << 1 ^ ((c & 0x80) ? 0x11d : 0);
        g_assert_cmpuint(shares[1].bytes[i], ==, twice ^ secret[i]);
        g_assert_cmpuint(shares[2].bytes[i], ==, twice ^ c ^ secret[i]);
    }
}

/* With k - 1 shares at hand, the 256 values that the missing share's byte could have lead to the
 * 256 values of the secret's byte, each once: none is likelier than another. */
static void one_fewer_tells_nothing(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(NUMBERS); i++) {
        const guint8 k = NUMBERS[i].k, n = NUMBERS[i].n;
        StoreShare shares[STORE_SHARES_MAX];
        guint8 secret[STORE_SHARE_BYTES], back[STORE_SHARE_BYTES];
        guint8 seen[STORE_SHARE_BYTES][256] = {{0}};
        randombytes_buf(secret, sizeof secret);
        g_assert_true(store_shares_split(secret, k, n, shares, NULL));
        for (guint value = 0; value < 256; value++) {
            memset(shares[k - 1].bytes, (int)value, STORE_SHARE_BYTES);
            g_assert_true(store_shares_join(shares, k, back, NULL));
            for (gsize byte = 0; byte < STORE_SHARE_BYTES; byte++)
                seen[byte][back[byte]]++;
        }
        for (gsize byte = 0; byte < STORE_SHARE_BYTES; byte++)
            for (guint value = 0; value < 256; value++)
                g_assert_cmpuint(seen[byte][value], ==, 1);
    }
}

/* libgfshare takes what it is given; the one it brings is named a bad idea. Its coefficients must
 * be drawn anew, evenly: each value of a share's byte of one secret comes up, none far too often.
 */
static void coefficients_are_drawn_by_libsodium(void)
{
    enum { ROUNDS = 2000 };
    StoreShare shares[2];
    guint8 secret[STORE_SHARE_BYTES] = {0};
    guint count[256] = {0};
    for (guint round = 0; round < ROUNDS; round++) {
        srandom(1); /* would make every round alike */
        g_assert_true(store_shares_split(secret, 2, 2, shares, NULL));
        g_assert_true(gfshare_fill_rand != gfshare_bad_idea_but_fill_rand_using_random);
        for (gsize i = 0; i < STORE_SHARE_BYTES; i++)
            count[shares[0].bytes[i]]++;
    }
    double chi = 0;
    const double expected = ROUNDS * STORE_SHARE_BYTES / 256.0;
    for (guint i = 0; i < 256; i++)
        chi += (count[i] - expected) * (count[i] - expected) / expected;
    g_assert_cmpfloat(chi, <, 400); /* 255 degrees of freedom: above by chance once in 10^7 */
    g_assert_cmpfloat(chi, >, 140);
}

/* ---- letters ---- */

static StoreShare some_share(void)
{
    StoreShare share = {.threshold = 3, .shares = 5, .number = 2};
    randombytes_buf(share.case_id, sizeof share.case_id);
    randombytes_buf(share.split, sizeof share.split);
    randombytes_buf(share.bytes, sizeof share.bytes);
    return share;
}

static void assert_reads(const char *text, const StoreShare *expected, gsize n)
{
    StoreShare read[STORE_SHARES_MAX];
    g_autoptr(GError) error = NULL;
    gsize n_read = 0;
    g_assert_true(store_share_read(text, strlen(text), read, STORE_SHARES_MAX, &n_read, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(n_read, ==, n);
    g_assert_true(memcmp(read, expected, n * sizeof *read) == 0);
}

static void assert_no_share(const char *text, const char *words)
{
    StoreShare read[STORE_SHARES_MAX];
    g_autoptr(GError) error = NULL;
    gsize n = 7;
    memset(read, 1, sizeof read);
    g_assert_false(store_share_read(text, strlen(text), read, STORE_SHARES_MAX, &n, &error));
    assert_error(&error, ZENHAR_ERROR_INPUT, words);
    g_assert_cmpuint(n, ==, 0);
    g_assert_true(sodium_is_zero((const guint8 *)read, sizeof read));
}

static char *replaced(const char *text, const char *old, const char *new)
{
    g_autoptr(GString) changed = g_string_new(text);
    g_string_replace(changed, old, new, 0);
    return g_string_free(g_steal_pointer(&changed), FALSE);
}

static void letters_are_read_as_people_write_them(void)
{
    for (guint round = 0; round < 50; round++) {
        const StoreShare two[] = {some_share(), some_share()};
        char code[STORE_SHARE_CODE_MAX], other[STORE_SHARE_CODE_MAX];
        store_share_write(&two[0], code);
        store_share_write(&two[1], other);
        g_assert_cmpuint(strlen(code), ==, STORE_SHARE_CODE_MAX - 1);
        g_autofree char *small = g_ascii_strdown(code, -1);
        g_autofree char *lines = replaced(code, "\n", " "), *plain = replaced(code, "-", "");
        g_autofree char *letters = replaced(small, "0", "o"), *ones = replaced(letters, "1", "l");
        g_autofree char *persian = replaced(code, "7", "۷");
        g_autofree char *marks = replaced(persian, "-", "\u200f–");
        g_autofree char *both = g_strconcat(code, "\n", other, NULL);
        g_autofree char *pages =
            g_strdup_printf("words, سهم\n%s\n%s%s\n\f\nmore\nbegin zenhar share\n%s", //
                            STORE_SHARE_BEGIN, code, STORE_SHARE_END, other);
        const char *const ALIKE[] = {code, small, lines, plain, ones, persian, marks};
        for (gsize i = 0; i < G_N_ELEMENTS(ALIKE); i++)
            assert_reads(ALIKE[i], &two[0], 1);
        assert_reads(both, two, 2);
        assert_reads(pages, two, 2);
    }
}

/* Each letter changed into each other one: found, in its row. */
static void a_mistyped_letter_is_found_in_its_row(void)
{
    static const char ALPHABET[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    const StoreShare share = some_share();
    char code[STORE_SHARE_CODE_MAX];
    guint changes = 0, elsewhere = 0;
    store_share_write(&share, code);
    for (gsize i = 0; code[i] != '\0'; i++) {
        const char right = code[i];
        g_autofree char *row = g_strdup_printf("row %u is mistyped", (guint)(i / 25) + 1);
        for (const char *letter = ALPHABET; right != '-' && right != '\n' && *letter; letter++) {
            StoreShare read[1];
            g_autoptr(GError) error = NULL;
            gsize n = 0;
            if (*letter == right)
                continue;
            code[i] = *letter;
            g_assert_false(store_share_read(code, strlen(code), read, 1, &n, &error));
            changes++;
            elsewhere += strstr(error->message, row) == NULL; /* 20 bits: once in a million */
        }
        code[i] = right;
    }
    g_assert_cmpuint(changes, ==, 100 * 31);
    g_assert_cmpuint(elsewhere, <=, 2);
}

static void what_is_no_share_is_said(void)
{
    const StoreShare share = some_share(), other = some_share();
    char code[STORE_SHARE_CODE_MAX], theirs[STORE_SHARE_CODE_MAX];
    store_share_write(&share, code);
    store_share_write(&other, theirs);
    g_autofree char *short_row = g_strdup(code), *strange = g_strdup(code);
    g_autofree char *mixed = g_strconcat(theirs, NULL);
    g_autofree char *cut = g_strndup(code, 50);
    memmove(short_row + 27, short_row + 28, strlen(short_row + 28) + 1); /* a letter of row 2 */
    strange[53] = 'U';
    memcpy(mixed, code, 50); /* two rows of the one, three of the other */
    assert_no_share("", "No share");
    assert_no_share("BEGIN ZENHAR SHARE\nEND ZENHAR SHARE", "No share");
    assert_no_share(short_row, "row 2");
    assert_no_share(strange, "row 3");
    assert_no_share(mixed, "row 3");
    assert_no_share(cut, "ends after row 2");
    assert_no_share("\xff\xfe", "not text");
    g_autoptr(GString) many = g_string_new(NULL);
    for (guint i = 0; i <= STORE_SHARES_MAX; i++)
        g_string_append(many, code);
    assert_no_share(many->str, "more than 20");
}

/* ---- a case ---- */

static bool keep(const StoreShare *shares, gsize n, void *context, GError **error)
{
    (void)error;
    memcpy(context, shares, n * sizeof *shares);
    return true;
}

static bool keep_nothing(const StoreShare *shares, gsize n, void *context, GError **error)
{
    (void)shares, (void)n, (void)context;
    g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, "The printer is on fire.");
    return false;
}

static char *case_file(const char *folder)
{
    g_autofree char *path = g_build_filename(folder, "case.json", NULL);
    return test_read_file(path, NULL);
}

static void assert_refused(const char *folder, const StoreShare *shares, gsize n, int code,
                           const char *words)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *before = case_file(folder);
    g_assert_null(store_keys_recover(folder, shares, n, &error));
    assert_error(&error, code, words);
    g_autofree char *after = case_file(folder);
    g_assert_cmpstr(before, ==, after);
}

static void shares_open_the_case_when_passphrases_are_lost(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(GError) error = NULL;
    StoreShare shares[5];
    store_close(case_new(&folder));
    g_assert_true(
        store_keys_split(folder, PASSPHRASE, "administrator", 3, 5, keep, shares, &error));
    g_assert_no_error(error);
    g_assert_true(store_keys_check(folder, &error));
    /* A change of passphrase leaves them as they are. */
    g_assert_true(store_keys_change_passphrase(folder, PASSPHRASE, "soon lost", &CHEAP, &error));
    for (gsize i = 0; i < 5; i++)
        g_assert_true(store_keys_share_check(folder, &shares[i], &error));
    const StoreShare chosen[] = {shares[4], shares[0], shares[2]};
    g_autoptr(StoreKeys) keys = store_keys_recover(folder, chosen, 3, &error);
    g_assert_no_error(error);
    g_assert_true(store_keys_whole(keys));
    g_autoptr(StoreKeys) more = store_keys_recover(folder, shares, 5, &error);
    g_assert_nonnull(more); /* more than needed do no harm */
    g_assert_true(store_keys_recovered_save(folder, keys, "Bita", "Bita's words", &CHEAP, &error));
    g_assert_true(store_keys_recovered_save(folder, keys, NULL, "found again", &CHEAP, &error));
    g_assert_no_error(error);
    g_autoptr(StoreKeys) owner = store_keys_load(folder, "found again", &error);
    g_assert_cmpstr(store_keys_name(owner), ==, "");
    g_autoptr(StoreKeys) bita = store_keys_load(folder, "Bita's words", &error);
    g_assert_cmpstr(store_keys_role(bita), ==, "administrator");
    g_assert_null(store_keys_load(folder, "soon lost", NULL));
    g_autoptr(Store) store = store_open(folder, "found again", STORE_WRITE, &error);
    g_assert_nonnull(store);
    g_assert_true(store_keys_check(folder, &error));
    g_assert_no_error(error);
}

static void shares_that_do_not_go_together(void)
{
    g_autofree char *folder = NULL, *other = NULL;
    g_autoptr(GError) error = NULL;
    StoreShare shares[5], later[3], theirs[3];
    store_close(case_new(&folder));
    store_close(case_new(&other));
    g_assert_true(
        store_keys_split(folder, PASSPHRASE, "administrator", 3, 5, keep, shares, &error));
    g_assert_true(store_keys_split(folder, PASSPHRASE, "documenter", 2, 3, keep, later, &error));
    g_assert_true(store_keys_split(other, PASSPHRASE, "administrator", 2, 3, keep, theirs, &error));
    g_assert_no_error(error);
    const StoreShare mixed[] = {shares[0], shares[1], later[2]};
    const StoreShare twice[] = {shares[0], shares[1], shares[0]};
    const StoreShare foreign[] = {shares[0], shares[1], theirs[2]};
    StoreShare forged[] = {shares[0], shares[1], shares[2]};
    forged[1].bytes[7] ^= 1;
    assert_refused(folder, shares, 2, ZENHAR_ERROR_USAGE, "3 shares are needed, 2 were given");
    assert_refused(folder, mixed, 3, ZENHAR_ERROR_USAGE, "two splits");
    assert_refused(folder, twice, 3, ZENHAR_ERROR_USAGE, "Share 1 was given twice");
    assert_refused(folder, foreign, 3, ZENHAR_ERROR_USAGE, "Share 3");
    assert_refused(folder, foreign, 3, ZENHAR_ERROR_USAGE, "of another case");
    assert_refused(folder, forged, 3, ZENHAR_ERROR_INTEGRITY, "Share 2");
    forged[1] = shares[1];
    forged[2].threshold = 2; /* a share that says that two are enough */
    assert_refused(folder, forged, 3, ZENHAR_ERROR_INTEGRITY, "Share 3");
    /* Revoked. */
    char split[STORE_SPLIT_TEXT];
    store_split_format(shares[0].split, split);
    g_assert_false(store_keys_split_revoke(folder, PASSPHRASE, "00ff", &error));
    assert_error(&error, ZENHAR_ERROR_NOT_FOUND, "00ff");
    g_assert_true(store_keys_split_revoke(folder, PASSPHRASE, split, &error));
    assert_refused(folder, shares, 3, ZENHAR_ERROR_USAGE, "revoked");
    g_autoptr(GArray) left = store_keys_splits(folder, &error);
    g_assert_cmpuint(left->len, ==, 1);
    g_assert_cmpstr(g_array_index(left, StoreRecovery, 0).role, ==, "documenter");
    g_autoptr(StoreKeys) keys = store_keys_recover(folder, later, 2, &error);
    g_assert_nonnull(keys);
}

/* What stands in case.json beside the wrapping is bound to it. */
static void a_split_changed_from_outside(void)
{
    static const char *const CHANGES[][2] = {
        {"\"role\": \"analyst\"", "\"role\": \"reader\""},
        {"\"threshold\": 3", "\"threshold\": 2"},
        {"\"made\": 1", "\"made\": 2"},
        {"\"check\": \"", "\"check\": \"0"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(CHANGES); i++) {
        g_autofree char *folder = NULL;
        g_autoptr(GError) error = NULL;
        StoreShare shares[4];
        store_close(case_new(&folder));
        g_assert_true(store_keys_split(folder, PASSPHRASE, "analyst", 3, 4, keep, shares, &error));
        g_autofree char *before = case_file(folder);
        g_autofree char *path = g_build_filename(folder, "case.json", NULL);
        g_autofree char *after = replaced(before, CHANGES[i][0], CHANGES[i][1]);
        g_assert_cmpstr(before, !=, after);
        g_assert_true(g_file_set_contents(path, after, -1, NULL));
        if (i + 1 < G_N_ELEMENTS(CHANGES))
            assert_refused(folder, shares, 3, ZENHAR_ERROR_INTEGRITY, "changed from outside");
        else
            assert_refused(folder, shares, 3, ZENHAR_ERROR_NOT_A_CASE, "damaged");
    }
}

static void shares_of_a_role_give_that_role(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(GError) error = NULL;
    StoreShare shares[2];
    store_close(case_new(&folder));
    g_assert_true(store_keys_split(folder, PASSPHRASE, "reader", 2, 2, keep, shares, &error));
    g_autoptr(StoreKeys) keys = store_keys_recover(folder, shares, 2, &error);
    g_assert_no_error(error);
    g_assert_false(store_keys_whole(keys));
    g_assert_false(store_keys_hold(keys, STORE_KEY_FIELDS));
    g_assert_true(store_keys_hold(keys, STORE_KEY_DATABASE));
    g_assert_false(store_keys_recovered_save(folder, keys, NULL, "words", &CHEAP, &error));
    assert_error(&error, ZENHAR_ERROR_USAGE, "not the owner's");
    g_assert_true(store_keys_recovered_save(folder, keys, "Anna", "words", &CHEAP, &error));
    g_autoptr(Store) store = store_open(folder, "words", STORE_READ, &error);
    g_assert_no_error(error);
    g_assert_nonnull(store);
    /* And such a passphrase splits nothing. */
    g_assert_false(store_keys_split(folder, "words", "reader", 2, 2, keep, shares, &error));
    assert_error(&error, ZENHAR_ERROR_USAGE, "does not hold every key");
}

static void a_split_that_is_not_kept_is_not_made(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(GError) error = NULL;
    StoreShare shares[STORE_SHARES_MAX];
    store_close(case_new(&folder));
    g_autofree char *before = case_file(folder);
    g_assert_false(
        store_keys_split(folder, PASSPHRASE, "administrator", 2, 3, keep_nothing, NULL, &error));
    assert_error(&error, ZENHAR_ERROR_IO, "printer");
    static const struct {
        const char *role;
        guint8 k, n;
    } WRONG[] = {{"administrator", 1, 3},
                 {"administrator", 4, 3},
                 {"administrator", 2, 21},
                 {"chief", 2, 3}};
    for (gsize i = 0; i < G_N_ELEMENTS(WRONG); i++) {
        g_assert_false(store_keys_split(folder, PASSPHRASE, WRONG[i].role, WRONG[i].k, WRONG[i].n,
                                        keep, shares, &error));
        assert_error(&error, ZENHAR_ERROR_USAGE, "2 to 20");
    }
    g_autofree char *after = case_file(folder);
    g_assert_cmpstr(before, ==, after);
    for (guint i = 0; i < STORE_RECOVERIES_MAX; i++)
        g_assert_true(store_keys_split(folder, PASSPHRASE, "reader", 2, 20, keep, shares, &error));
    g_assert_false(store_keys_split(folder, PASSPHRASE, "reader", 2, 2, keep, shares, &error));
    assert_error(&error, ZENHAR_ERROR_USAGE, "Revoke");
    g_assert_true(store_keys_check(folder, &error));
    g_assert_no_error(error);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(sodium_init(), >=, 0);
    g_test_add_func("/store/share/every_k_of_n_give_it", every_k_of_n_give_it);
    g_test_add_func("/store/share/shares_lie_on_a_line_in_the_field_that_is_written_down",
                    shares_lie_on_a_line_in_the_field_that_is_written_down);
    g_test_add_func("/store/share/one_fewer_tells_nothing", one_fewer_tells_nothing);
    g_test_add_func("/store/share/coefficients_are_drawn_by_libsodium",
                    coefficients_are_drawn_by_libsodium);
    g_test_add_func("/store/share/letters_are_read_as_people_write_them",
                    letters_are_read_as_people_write_them);
    g_test_add_func("/store/share/a_mistyped_letter_is_found_in_its_row",
                    a_mistyped_letter_is_found_in_its_row);
    g_test_add_func("/store/share/what_is_no_share_is_said", what_is_no_share_is_said);
    g_test_add_func("/store/share/shares_open_the_case_when_passphrases_are_lost",
                    shares_open_the_case_when_passphrases_are_lost);
    g_test_add_func("/store/share/shares_that_do_not_go_together", shares_that_do_not_go_together);
    g_test_add_func("/store/share/a_split_changed_from_outside_is_refused",
                    a_split_changed_from_outside);
    g_test_add_func("/store/share/shares_of_a_role_give_that_role",
                    shares_of_a_role_give_that_role);
    g_test_add_func("/store/share/a_split_that_is_not_kept_is_not_made",
                    a_split_that_is_not_kept_is_not_made);
    return g_test_run();
}
