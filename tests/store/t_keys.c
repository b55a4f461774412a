/* Slots of case.json: name, role and keys of a passphrase hold together, and slots of the binding
 * before (case.json 2, fixtures/slots2: made by the program of its time) still open. */
#include "case.h"
#include "store/keys.h"
#include "support.h"

#include <string.h>

#define DARA      "the documenter's words"
#define ANNA      "the analyst's words"
#define OLD_OWNER "a passphrase for fixtures"

static char *case_file(const char *folder)
{
    g_autofree char *path = g_build_filename(folder, "case.json", NULL);
    return test_read_file(path, NULL);
}

static void put_case_file(const char *folder, const char *text)
{
    g_autofree char *path = g_build_filename(folder, "case.json", NULL);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

/* Every `old` and `new` change places. */
static void swap_words(const char *folder, const char *old, const char *new)
{
    g_autofree char *text = case_file(folder);
    g_autoptr(GString) changed = g_string_new(text);
    g_assert_cmpuint(g_string_replace(changed, old, "\x01", 0), >=, 1);
    g_string_replace(changed, new, old, 0);
    g_string_replace(changed, "\x01", new, 0);
    put_case_file(folder, changed->str);
}

static char *case_with_slots(void)
{
    char *folder = NULL;
    g_autoptr(GError) error = NULL;
    store_close(case_new(&folder));
    g_assert_true(
        store_keys_slot_add(folder, PASSPHRASE, "Dara", "documenter", DARA, &CHEAP, &error));
    g_assert_true(store_keys_slot_add(folder, PASSPHRASE, "Anna", "analyst", ANNA, &CHEAP, &error));
    g_assert_no_error(error);
    return folder;
}

static void assert_opens(const char *folder, const char *passphrase, const char *name,
                         const char *role)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreKeys) keys = store_keys_load(folder, passphrase, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(store_keys_name(keys), ==, name);
    g_assert_cmpstr(store_keys_role(keys), ==, role);
}

static void assert_refused(const char *folder, const char *passphrase, int code, const char *words)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreKeys) keys = store_keys_load(folder, passphrase, &error);
    g_assert_null(keys);
    assert_error(&error, code, words);
}

static const struct Change {
    const char *claim, *old, *new;
} CHANGES[] = {
    {"names_swapped", "\"Dara\"", "\"Anna\""},
    {"roles_swapped", "\"documenter\"", "\"analyst\""},
    {"another_name", "\"Dara\"", "\"Bita\""},
    {"another_role_with_the_same_keys", "\"documenter\"", "\"administrator\""},
    {"marked_as_of_the_old_binding", "\"name and role\"", "\"case\""},
    {"another_check", "\"check\": \"", "\"check\": \"00"},
};

static void a_slot_changed_from_outside(gconstpointer data)
{
    const struct Change *change = data;
    g_autofree char *folder = case_with_slots();
    assert_opens(folder, DARA, "Dara", "documenter");
    swap_words(folder, change->old, change->new);
    if (strstr(change->claim, "check") != NULL)
        assert_refused(folder, DARA, ZENHAR_ERROR_NOT_A_CASE, "damaged");
    else if (strstr(change->claim, "marked") != NULL)
        assert_refused(folder, DARA, ZENHAR_ERROR_PASSPHRASE, folder);
    else
        assert_refused(folder, DARA, ZENHAR_ERROR_INTEGRITY, "changed from outside");
    if (strstr(change->claim, "check") == NULL)
        assert_opens(folder, PASSPHRASE, "", ""); /* the owner's is another wrapping */
}

static void a_slot_is_of_its_case(void)
{
    g_autofree char *one = case_with_slots(), *other = case_with_slots();
    g_autofree char *there = case_file(other), *here = case_file(one);
    const char *slots = strstr(here, "\"slots\""), *theirs = strstr(there, "\"slots\"");
    g_autofree char *head = g_strndup(here, (gsize)(slots - here));
    g_autofree char *mixed = g_strconcat(head, theirs, NULL);
    put_case_file(one, mixed);
    assert_refused(one, DARA, ZENHAR_ERROR_PASSPHRASE, one);
}

/* ---- case.json 2 ---- */

static char *old_case(void)
{
    g_autofree char *from = test_source_path("tests/store/fixtures/slots2");
    g_autofree char *text = case_file(from);
    char *folder = test_folder_new();
    put_case_file(folder, text);
    return folder;
}

static void old_slots_open_and_stay_as_they_are(void)
{
    g_autofree char *folder = old_case();
    g_autofree char *before = case_file(folder);
    g_autoptr(GError) error = NULL;
    g_assert_nonnull(strstr(before, "\"version\": 2"));
    g_assert_null(strstr(before, "binding"));
    assert_opens(folder, DARA, "Dara", "documenter");
    assert_opens(folder, ANNA, "Anna", "analyst");
    g_assert_true(store_keys_check(folder, &error));
    g_assert_no_error(error);
}

/* The old binding does not hold the role, but the keys that follow it tell. */
static void an_old_slot_of_another_role_is_refused(void)
{
    g_autofree char *folder = old_case();
    swap_words(folder, "\"documenter\"", "\"analyst\"");
    assert_refused(folder, DARA, ZENHAR_ERROR_INTEGRITY, "Dara");
    assert_refused(folder, ANNA, ZENHAR_ERROR_INTEGRITY, "Anna");
}

static void an_old_slot_is_bound_when_its_passphrase_comes_by(void)
{
    g_autofree char *folder = old_case();
    g_autoptr(GError) error = NULL;
    /* Another's passphrase: the file is of version 3 now, old slots are marked. */
    g_assert_true(
        store_keys_slot_add(folder, OLD_OWNER, "Bita", "reader", "a reader's", &CHEAP, &error));
    g_autofree char *marked = case_file(folder);
    g_assert_nonnull(strstr(marked, "\"version\": 3"));
    g_assert_nonnull(strstr(marked, "\"binding\": \"case\""));
    assert_opens(folder, ANNA, "Anna", "analyst");
    g_assert_true(store_keys_change_passphrase(folder, ANNA, "later words", &CHEAP, &error));
    /* Dara takes one away, and so her own slot is bound. */
    g_assert_true(store_keys_slot_remove(folder, DARA, "Bita", &error));
    g_assert_no_error(error);
    g_autofree char *bound = case_file(folder);
    g_assert_null(strstr(bound, "\"binding\": \"case\""));
    g_assert_true(store_keys_check(folder, &error));
    assert_opens(folder, "later words", "Anna", "analyst");
    assert_opens(folder, DARA, "Dara", "documenter");
    swap_words(folder, "\"Dara\"", "\"Anna\"");
    assert_refused(folder, DARA, ZENHAR_ERROR_INTEGRITY, "changed from outside");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(CHANGES); i++) {
        g_autofree char *path = g_strconcat("/store/keys/", CHANGES[i].claim, "_is_refused", NULL);
        g_test_add_data_func(path, &CHANGES[i], a_slot_changed_from_outside);
    }
    g_test_add_func("/store/keys/a_slot_is_of_its_case", a_slot_is_of_its_case);
    g_test_add_func("/store/keys/old_slots_open_and_stay_as_they_are",
                    old_slots_open_and_stay_as_they_are);
    g_test_add_func("/store/keys/an_old_slot_of_another_role_is_refused",
                    an_old_slot_of_another_role_is_refused);
    g_test_add_func("/store/keys/an_old_slot_is_bound_when_its_passphrase_comes_by",
                    an_old_slot_is_bound_when_its_passphrase_comes_by);
    return g_test_run();
}
