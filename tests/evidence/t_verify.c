/* Whatever is changed behind the log's back is found, and named. */
#include "cases.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>

/* 300 settings (two tiles of entries, a tile above), the third changed once, in five commits. */
static Store *sample(void)
{
    g_autofree char *folder = NULL;
    Store *store = case_new(&folder);
    g_autoptr(GError) error = NULL;
    for (int i = 0; i < 3; i++) {
        g_autofree char *stem = g_strdup_printf("s%d", i);
        g_assert_true(store_begin(store, &error));
        add_settings(store, stem, 100);
        g_assert_true(store_commit(store, &error));
    }
    g_autoptr(StoreSetting) setting = store_setting_load(store, 3, &error);
    g_free(setting->value);
    setting->value = g_strdup("changed");
    g_assert_true(store_setting_update(store, setting, &error));
    g_assert_true(store_setting_remove(store, 7, &error));
    assert_fits(store, NULL);
    return store;
}

static const struct Change {
    const char *claim, *sql, *named;
} CHANGES[] = {
    {"a_changed_record", "UPDATE setting SET value = 'other' WHERE id = 12", "ST12 does not fit"},
    {"a_record_put_back_to_what_it_was",
     "UPDATE setting SET value = 'value 2', leaf = 2 WHERE id = 3", "ST3 does not fit entry 300"},
    {"a_removed_record", "DELETE FROM setting WHERE id = 299", "ST299 is missing"},
    {"a_record_put_in", "INSERT INTO setting(id, leaf, name, value) VALUES(900, 5, 'n', 'v')",
     "ST900 has no entry"},
    {"a_removed_record_put_back",
     "INSERT INTO setting(id, leaf, name, value) VALUES(7, 301, 's0 6', 'value 6')",
     "ST7 was removed"},
    {"a_record_that_names_another_entry", "UPDATE setting SET leaf = 20 WHERE id = 12",
     "ST12 does not fit"},
    {"two_records_that_changed_places",
     "UPDATE setting SET id = CASE id WHEN 12 THEN -13 ELSE -12 END WHERE id IN (12, 13);UPDATE "
     "setting SET id = -id WHERE id < 0",
     "ST12 does not fit"},
    {"a_bit_of_an_entry",
     "UPDATE log_tile SET bytes = CAST(substr(bytes, 1, 4020) || x'00000000' || substr(bytes, "
     "4025) AS BLOB) WHERE id = 0",
     "Head 2 of the log has another root"},
    {"an_entry_of_no_record",
     "UPDATE log_tile SET bytes = CAST(x'ff' || substr(bytes, 2) AS BLOB) WHERE id = 0",
     "Entry 0 of the log"},
    {"an_entry_that_puts_in_twice",
     "UPDATE log_tile SET bytes = CAST(substr(bytes, 1, 40) || substr(bytes, 1, 40) || "
     "substr(bytes, 81) AS BLOB) WHERE id = 0",
     "Entry 1 of the log: it puts in ST1"},
    {"an_entry_that_changes_what_is_not_there",
     "UPDATE log_tile SET bytes = CAST(substr(bytes, 1, 1) || x'02' || substr(bytes, 3) AS BLOB) "
     "WHERE id = 0",
     "Entry 0 of the log: it changes ST1"},
    {"a_tile_above", "UPDATE log_tile SET bytes = zeroblob(32) WHERE id = 1 << 48",
     "Tile 0 of level 1"},
    {"a_missing_tile", "DELETE FROM log_tile WHERE id = 0", "Tile 0 of level 0 is missing"},
    {"a_missing_tile_above", "DELETE FROM log_tile WHERE id = 1 << 48",
     "Tile 0 of level 1 is missing"},
    {"a_tile_cut_short", "UPDATE log_tile SET bytes = substr(bytes, 1, 40 * 45) WHERE id = 1",
     "Tile 1 of the log holds 45 entries"},
    {"a_tile_cut_within_an_entry",
     "UPDATE log_tile SET bytes = substr(bytes, 1, 1799) WHERE id = 1",
     "Tile 1 of level 0 of the log is cut"},
    {"an_entry_that_no_head_covers",
     "UPDATE log_tile SET bytes = CAST(bytes || substr(bytes, 1, 40) AS BLOB) WHERE id = 1",
     "Tile 1 of the log"},
    {"the_root_of_a_head", "UPDATE log_head SET root = zeroblob(32) WHERE number = 2",
     "Head 2 of the log has another root"},
    {"the_time_of_a_head", "UPDATE log_head SET time = time - 60 WHERE number = 2",
     "Head 2 of the log: its signature"},
    {"the_signature_of_a_head", "UPDATE log_head SET signature = zeroblob(64) WHERE number = 5",
     "Head 5 of the log: its signature"},
    {"the_chain_of_heads", "UPDATE log_head SET previous = zeroblob(32) WHERE number = 4",
     "Head 4 of the log does not continue"},
    {"a_missing_head", "DELETE FROM log_head WHERE number = 3", "Head 4 of the log"},
    {"the_newest_heads_taken_away", "DELETE FROM log_head WHERE number >= 4", "Tile 1 of the log"},
    {"all_heads_taken_away", "DELETE FROM log_head", "Tile 0 of level 0"},
    {"the_size_of_a_head", "UPDATE log_head SET size = 90 WHERE number = 2", "Head 2 of the log"},
};

static void test_change(gconstpointer data)
{
    const struct Change *change = data;
    g_autoptr(Store) store = sample();
    raw(store, change->sql);
    assert_names(store, change->named);
}

/* A changed record gets no proof either. */
static void test_no_proof(void)
{
    g_autoptr(Store) store = sample();
    g_autoptr(GError) error = NULL;
    raw(store, "UPDATE setting SET value = 'other' WHERE id = 12");
    g_assert_null(evidence_prove(store, STORE_KIND_SETTING, 12, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY);
    g_assert_nonnull(strstr(error->message, "ST12"));
    g_autofree EvidenceProof *proof = evidence_prove(store, STORE_KIND_SETTING, 13, NULL);
    g_assert_nonnull(proof);
}

/* A sealed field is a part of the record: moved to another row, it is found. */
static void test_sealed(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(Store) store = case_new(&folder);
    g_autoptr(GError) error = NULL;
    for (int i = 0; i < 2; i++) {
        g_autoptr(StoreUser) user = store_user_new();
        user->name = g_strdup_printf("user %d", i);
        user->role = g_strdup("reader");
        user->password_hash = g_strdup("x");
        user->totp_secret = g_strdup_printf("SECRET%d", i);
        store_user_add(store, user, &error);
        g_assert_no_error(error);
    }
    assert_fits(store, NULL);
    raw(store, "UPDATE user SET totp_secret = (SELECT totp_secret FROM user WHERE id = 1)"
               " WHERE id = 2");
    assert_names(store, "US2 does not fit");
}

/* Writing on top of a log that was cut is refused: a new signature would cover the cut. */
static void test_no_writing_over_damage(void)
{
    g_autoptr(Store) store = sample();
    raw(store, "UPDATE log_tile SET bytes = substr(bytes, 1, 40) WHERE id = 1");
    g_autoptr(Store) other = case_again(store);
    g_autoptr(StoreSetting) setting = store_setting_new();
    setting->name = g_strdup("new");
    setting->value = g_strdup("v");
    g_autoptr(GError) error = NULL;
    g_assert_false(store_setting_add(other, setting, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY);
}

/* A byte of the database's file: the page's seal breaks. */
static void test_file(void)
{
    g_autoptr(GError) error = NULL;
    Store *store = sample();
    g_autofree char *folder = g_strdup(store_folder(store));
    StoreKeys *keys = store_keys_ref(store_keys(store));
    store_close(store);
    g_autofree char *path = g_build_filename(folder, "case.db", NULL);
    gsize length;
    g_autofree char *bytes = test_read_file(path, &length);
    for (gsize page = 4096; page < length; page += 4096 * 5) {
        bytes[page + 100] ^= 0x20;
        g_file_set_contents(path, bytes, (gssize)length, &error);
        g_assert_no_error(error);
        g_autoptr(GError) misfit = NULL;
        g_autoptr(Store) damaged = evidence_open_with_keys(folder, keys, STORE_READ, &misfit);
        if (damaged != NULL)
            g_assert_false(evidence_verify(damaged, NULL, &misfit));
        g_assert_error(misfit, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY);
        bytes[page + 100] ^= 0x20;
    }
    g_file_set_contents(path, bytes, (gssize)length, &error);
    g_assert_no_error(error);
    g_autoptr(Store) whole = evidence_open_with_keys(folder, keys, STORE_READ, &error);
    g_assert_no_error(error);
    assert_fits(whole, NULL);
    store_keys_unref(keys);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    if (sodium_init() < 0)
        return 1;
    for (gsize i = 0; i < G_N_ELEMENTS(CHANGES); i++) {
        g_autofree char *name = g_strconcat("/evidence/verify/names/", CHANGES[i].claim, NULL);
        g_test_add_data_func(name, &CHANGES[i], test_change);
    }
    g_test_add_func("/evidence/verify/a_changed_record_gets_no_proof", test_no_proof);
    g_test_add_func("/evidence/verify/a_sealed_field_cannot_move", test_sealed);
    g_test_add_func("/evidence/verify/nothing_is_written_over_damage", test_no_writing_over_damage);
    g_test_add_func("/evidence/verify/a_flipped_byte_of_the_file_is_found", test_file);
    return g_test_run();
}
