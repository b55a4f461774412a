/* Cases of every schema there was, opened by this program. Each was made by the program of its time
 * (init, import of three records of which one cannot be read, link; built from the last commit that
 * had that schema) and lies in fixtures/vN: case.json and sealed originals as they were, and the
 * database with its pages opened, packed by gzip (sealed pages do not shrink). Unpacking seals them
 * again under the case's own key, which changes no byte of a row.
 *
 * A new one: build the old program, make the case, then
 *     ZENHAR_FIXTURE=CASE:tests/evidence/fixtures/vN
 * build-test/tests/evidence/test_evidence_upgrade */
#include "evidence/backup.h"
#include "evidence/evidence.h"
#include "evidence/move.h"
#include "evidence/original.h"
#include "evidence/sealed.h"
#include "store/copy.h"
#include "store/erasure.h"
#include "store/person.h"
#include "store/user.h"
#include "support.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <sqlite3.h>
#include <string.h>

#define PASSPHRASE "a passphrase for fixtures"
enum { NEWEST_FIXTURE = 8 };

/* ---- packing and unpacking ---- */

static void run(sqlite3 *db, const char *sql)
{
    char *words = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &words) != SQLITE_OK)
        g_error("%s: %s", sql, words);
}

static sqlite3 *open_keyed(const char *path, StoreKeys *keys)
{
    sqlite3 *db = NULL;
    guint8 key[4 + STORE_KEY_BYTES] = "raw:";
    g_assert_cmpint(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL),
                    ==, SQLITE_OK);
    sqlite3mc_config(db, "cipher", sqlite3mc_cipher_index("aegis"));
    if (keys != NULL) {
        store_keys_derive(keys, STORE_KEY_DATABASE, key + 4);
        g_assert_cmpint(sqlite3_key(db, key, sizeof key), ==, SQLITE_OK);
    }
    return db;
}

static void convert(const char *from, const char *to, GConverter *converter)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GFile) source = g_file_new_for_path(from), target = g_file_new_for_path(to);
    g_autoptr(GFileInputStream) in = g_file_read(source, NULL, &error);
    g_assert_no_error(error);
    g_autoptr(GInputStream) converted = g_converter_input_stream_new(G_INPUT_STREAM(in), converter);
    g_autoptr(GFileOutputStream) out =
        g_file_replace(target, NULL, FALSE, G_FILE_CREATE_PRIVATE, NULL, &error);
    g_output_stream_splice(G_OUTPUT_STREAM(out), converted, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET,
                           NULL, &error);
    g_assert_no_error(error);
}

static void copy_tree(const char *from, const char *to)
{
    const char *const command[] = {"cp", "-r", from, to, NULL};
    int status = -1;
    g_assert_true(g_spawn_sync(NULL, (char **)command, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, &status, NULL));
    g_assert_cmpint(status, ==, 0);
}

static void pack(const char *folder, const char *fixture)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *database = g_build_filename(fixture, "case.db", NULL);
    g_autofree char *packed = g_build_filename(fixture, "case.db.gz", NULL);
    copy_tree(folder, fixture);
    g_autoptr(StoreKeys) keys = store_keys_load(fixture, PASSPHRASE, &error);
    g_assert_no_error(error);
    sqlite3 *db = open_keyed(database, keys);
    run(db, "PRAGMA journal_mode=DELETE");
    g_assert_cmpint(sqlite3_rekey(db, NULL, 0), ==, SQLITE_OK);
    sqlite3_close(db);
    g_autoptr(GZlibCompressor) compressor = g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9);
    convert(database, packed, G_CONVERTER(compressor));
    g_unlink(database);
}

/* Argon2id at its full cost: once a fixture. */
static StoreKeys *keys_of(int version, const char *folder)
{
    static StoreKeys *known[NEWEST_FIXTURE + 1];
    g_autoptr(GError) error = NULL;
    if (known[version] == NULL)
        known[version] = store_keys_load(folder, PASSPHRASE, &error);
    g_assert_no_error(error);
    return known[version];
}

static StoreKeys *unpack(int version, const char *folder)
{
    g_autofree char *relative = g_strdup_printf("tests/evidence/fixtures/v%d", version);
    g_autofree char *fixture = test_source_path(relative);
    g_autofree char *packed = g_build_filename(folder, "case.db.gz", NULL);
    g_autofree char *database = g_build_filename(folder, "case.db", NULL);
    guint8 key[4 + STORE_KEY_BYTES] = "raw:";
    copy_tree(fixture, folder);
    StoreKeys *keys = keys_of(version, folder);
    g_autoptr(GZlibDecompressor) decompressor =
        g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP);
    convert(packed, database, G_CONVERTER(decompressor));
    g_unlink(packed);
    sqlite3 *db = open_keyed(database, NULL);
    store_keys_derive(keys, STORE_KEY_DATABASE, key + 4);
    g_assert_cmpint(sqlite3_rekey(db, key, sizeof key), ==, SQLITE_OK);
    run(db, "PRAGMA journal_mode=WAL");
    sqlite3_close(db);
    return keys;
}

/* ---- what must hold ---- */

static gint64 version_of(const char *folder, StoreKeys *keys)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = store_open_as_it_is(folder, keys, &error);
    g_assert_no_error(error);
    return store_schema_version(store, &error);
}

static StoreLogHead head_of(const char *folder, StoreKeys *keys)
{
    StoreLogHead head = {0};
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = store_open_as_it_is(folder, keys, &error);
    g_assert_true(store_log_head_load(store, 0, &head, &error));
    g_assert_no_error(error);
    return head;
}

/* Columns of every table, in order: an upgraded case is like one made today. */
static char *shape_of(const char *folder, StoreKeys *keys)
{
    g_autofree char *database = g_build_filename(folder, "case.db", NULL);
    sqlite3 *db = open_keyed(database, keys);
    sqlite3_stmt *row = NULL;
    GString *shape = g_string_new(NULL);
    g_assert_cmpint(
        sqlite3_prepare_v2(db,
                           "SELECT t.name, c.name, c.type, c.\"notnull\", c.pk FROM sqlite_schema t"
                           " JOIN pragma_table_info(t.name) c WHERE t.type = 'table'"
                           " AND t.sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY t.name, c.cid",
                           -1, &row, NULL),
        ==, SQLITE_OK);
    while (sqlite3_step(row) == SQLITE_ROW)
        g_string_append_printf(shape, "%s.%s %s %d %d\n", sqlite3_column_text(row, 0),
                               sqlite3_column_text(row, 1), sqlite3_column_text(row, 2),
                               sqlite3_column_int(row, 3), sqlite3_column_int(row, 4));
    sqlite3_finalize(row);
    g_assert_cmpint(
        sqlite3_prepare_v2(db, "SELECT name FROM sqlite_schema WHERE type = 'index' ORDER BY 1", -1,
                           &row, NULL),
        ==, SQLITE_OK);
    while (sqlite3_step(row) == SQLITE_ROW)
        g_string_append_printf(shape, "%s\n", sqlite3_column_text(row, 0));
    sqlite3_finalize(row);
    sqlite3_close(db);
    return g_string_free(shape, FALSE);
}

/* The case as it was filled: reports, a sealed name, the quarantine, originals, the log. */
static void assert_whole(const char *folder, StoreKeys *keys, const StoreLogHead *before)
{
    StoreLogHead head;
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = evidence_open_with_keys(folder, keys, STORE_WRITE, &error);
    g_assert_no_error(error);
    EvidenceReport report = {0};
    g_assert_true(evidence_verify(store, &report, &error));
    g_assert_no_error(error);
    g_assert_cmpint(report.originals, ==, 1);
    g_assert_true(store_log_head_load(store, before->number, &head, &error));
    g_assert_cmpmem(&head, sizeof head, before, sizeof *before);
    g_assert_cmpint(store_report_count(store, &error), ==, 2);
    g_assert_cmpint(store_count(store, STORE_KIND_QUARANTINE, &error), ==, 1);
    g_autofree char *title = store_setting_get(store, "title", &error);
    g_assert_cmpstr(title, ==, "Fixture");
    g_autoptr(GBytes) original = evidence_original_load(store, 1, 0, 0, &error);
    g_assert_no_error(error);
    g_assert_nonnull(strstr(g_bytes_get_data(original, NULL), "Fixture Person Two"));
    g_autoptr(StoreStatement) sealed = store_statement_load(store, 1, &error);
    g_assert_null(sealed->victim_name);
    g_assert_true(store_unseal(store, 0, "a test", &error));
    g_autoptr(StoreStatement) open = store_statement_load(store, 1, &error);
    g_assert_nonnull(strstr(open->victim_name, "Fixture Person"));
    /* And it goes on. */
    g_autoptr(StoreReport) more = store_report_new();
    more->title = g_strdup("later");
    more->credibility = 2;
    g_assert_true(store_report_add(store, more, &error));
    g_assert_true(evidence_verify(store, NULL, &error));
    g_assert_no_error(error);
}

static void test_upgrade(gconstpointer data)
{
    const int version = GPOINTER_TO_INT(data);
    g_autoptr(GError) error = NULL;
    g_autofree char *parent = test_folder_new();
    g_autofree char *folder = g_build_filename(parent, "old", NULL);
    g_autofree char *today = g_build_filename(parent, "today", NULL);
    StoreKeys *keys = unpack(version, folder);
    g_assert_cmpint(version_of(folder, keys), ==, version);
    const StoreLogHead before = head_of(folder, keys);
    g_assert_cmpint(before.size, >, 10);

    /* Reading alone changes nothing: it says to open it once for writing. */
    Store *reader = evidence_open_with_keys(folder, keys, STORE_READ, &error);
    if (version < STORE_SCHEMA_NEWEST) {
        g_assert_null(reader);
        g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE);
        g_clear_error(&error);
    }
    store_close(reader);
    g_assert_cmpint(version_of(folder, keys), ==, version);

    assert_whole(folder, keys, &before);
    g_assert_cmpint(version_of(folder, keys), ==, STORE_SCHEMA_NEWEST);
    g_autoptr(Store) made =
        evidence_create(today, PASSPHRASE, &(StoreKeyCost){1, 64 << 10}, &error);
    g_assert_no_error(error);
    g_autofree char *upgraded = shape_of(folder, keys), *fresh = shape_of(today, store_keys(made));
    g_assert_cmpstr(upgraded, ==, fresh);
}

/* A backup of an older case is that case, untouched; restored, it is today's. */
static void test_backup(gconstpointer data)
{
    const int version = GPOINTER_TO_INT(data);
    g_autoptr(GError) error = NULL;
    g_autofree char *parent = test_folder_new();
    g_autofree char *folder = g_build_filename(parent, "old", NULL);
    g_autofree char *backup = g_build_filename(parent, "backup", NULL);
    g_autofree char *back = g_build_filename(parent, "back", NULL);
    const EvidenceBackupOptions plain = {0};
    EvidenceBackup done;
    StoreKeys *keys = unpack(version, folder);
    const StoreLogHead before = head_of(folder, keys);
    {
        g_autoptr(Store) store = store_open_as_it_is(folder, keys, &error);
        g_assert_true(evidence_backup(store, backup, &plain, &done, &error));
        g_assert_no_error(error);
    }
    g_assert_cmpint(done.schema, ==, version);
    g_assert_cmpint(version_of(folder, keys), ==, version);
    g_assert_cmpint(version_of(backup, keys), ==, version);
    g_assert_true(evidence_restore(backup, keys, back, &plain, &done, &error));
    g_assert_no_error(error);
    g_assert_true(done.verified);
    g_assert_cmpint(version_of(backup, keys), ==, version);
    g_assert_cmpint(version_of(back, keys), ==, STORE_SCHEMA_NEWEST);
    assert_whole(back, keys, &before);
}

/* An older case that moves is brought up to date on its way. */
static void test_move(gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *parent = test_folder_new();
    g_autofree char *folder = g_build_filename(parent, "old", NULL);
    g_autofree char *to = g_build_filename(parent, "new", NULL);
    const EvidenceMoveOptions plain = {0};
    EvidenceMove done;
    StoreKeys *keys = unpack(GPOINTER_TO_INT(data), folder);
    const StoreLogHead before = head_of(folder, keys);
    g_assert_true(evidence_move(folder, keys, to, &plain, &done, &error));
    g_assert_no_error(error);
    g_assert_cmpint(done.carried, ==, 1);
    assert_whole(to, keys, &before);
}

static bool begins_with(const char *folder, Store *store, const char *magic)
{
    gsize n = 0;
    char *bytes = NULL;
    g_autoptr(StoreOriginal) row = store_original_load(store, 1, NULL);
    g_autofree char *path = sealed_path(store, row->sha256);
    g_autofree char *there = g_strconcat(folder, path + strlen(store_folder(store)), NULL);
    g_assert_true(g_file_get_contents(there, &bytes, &n, NULL));
    const bool so = n > strlen(magic) && memcmp(bytes, magic, strlen(magic)) == 0;
    g_free(bytes);
    return so;
}

/* What was sealed by the one key of originals is sealed anew by a leaf, on request; a backup of
 * before follows; an older sealed file opens no more then once the leaf is taken out. */
static void test_reseal(gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *parent = test_folder_new();
    g_autofree char *folder = g_build_filename(parent, "old", NULL);
    g_autofree char *backup = g_build_filename(parent, "backup", NULL);
    const EvidenceBackupOptions plain = {0};
    EvidenceBackup copied;
    StoreKeys *keys = unpack(GPOINTER_TO_INT(data), folder);
    g_autoptr(Store) store = evidence_open_with_keys(folder, keys, STORE_WRITE, &error);
    g_assert_no_error(error);
    g_assert_true(evidence_backup(store, backup, &plain, &copied, &error));
    g_assert_true(begins_with(folder, store, SEALED_MAGIC_OLD));
    g_assert_true(begins_with(backup, store, SEALED_MAGIC_OLD));
    StoreLogHead before = {0}, after = {0};
    g_assert_true(store_log_head_load(store, 0, &before, &error));
    g_autoptr(GBytes) was = evidence_original_load(store, 1, 0, 0, &error);
    bool done = false;
    for (int round = 0; round < 2; round++) {
        g_assert_true(evidence_original_reseal(store, 1, &done, &error));
        g_assert_no_error(error);
        g_assert_true(done == (round == 0));
        g_assert_true(begins_with(folder, store, SEALED_MAGIC));
        g_autoptr(GBytes) now = evidence_original_load(store, 1, 0, 0, &error);
        g_assert_no_error(error);
        g_assert_true(g_bytes_equal(was, now));
    }
    g_assert_true(store_log_head_load(store, 0, &after, &error));
    g_assert_cmpmem(&before, sizeof before, &after, sizeof after); /* no change of the records */
    g_assert_true(evidence_verify(store, NULL, &error));
    g_assert_true(evidence_backup(store, backup, &plain, &copied, &error));
    g_assert_no_error(error);
    g_assert_cmpint(copied.copied, ==, 1);
    g_assert_true(begins_with(backup, store, SEALED_MAGIC));
    g_autoptr(StoreOriginal) row = store_original_load(store, 1, &error);
    g_assert_true(store_begin(store, &error));
    g_assert_true(store_erase_original(store, row->sha256, &error));
    g_assert_true(store_commit(store, &error));
    g_assert_false(evidence_original_check(store, row, &error));
    g_assert_nonnull(strstr(error->message, "its key was taken out"));
}

/* The sealed bytes of a column, as they lie in their row. */
static GBytes *sealed_of(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *row = NULL;
    g_assert_cmpint(sqlite3_prepare_v2(db, sql, -1, &row, NULL), ==, SQLITE_OK);
    GBytes *bytes = NULL;
    if (sqlite3_step(row) == SQLITE_ROW && sqlite3_column_bytes(row, 0) > 0)
        bytes = g_bytes_new(sqlite3_column_blob(row, 0), (gsize)sqlite3_column_bytes(row, 0));
    sqlite3_finalize(row);
    return bytes;
}

/* Do the bytes lie in a page, used or free? */
static bool is_in_pages(const char *folder, StoreKeys *keys, GBytes *wanted)
{
    g_autofree char *parent = test_folder_new();
    g_autofree char *database = g_build_filename(parent, "case", "case.db", NULL);
    g_autofree char *copy = g_path_get_dirname(database);
    char *bytes = NULL;
    gsize n = 0, length = 0;
    copy_tree(folder, copy);
    sqlite3 *db = open_keyed(database, keys);
    run(db, "PRAGMA journal_mode=DELETE");
    g_assert_cmpint(sqlite3_rekey(db, NULL, 0), ==, SQLITE_OK);
    sqlite3_close(db);
    g_assert_true(g_file_get_contents(database, &bytes, &n, NULL));
    const void *needle = g_bytes_get_data(wanted, &length);
    const bool found = memmem(bytes, n, needle, length) != NULL;
    g_free(bytes);
    return found;
}

/* Sealed under the field key, without a leaf: set to none and overwritten. */
static void test_erase(void)
{
    const int version = 7;
    g_autoptr(GError) error = NULL;
    g_autofree char *parent = test_folder_new();
    g_autofree char *folder = g_build_filename(parent, "old", NULL);
    g_autofree char *database = g_build_filename(folder, "case.db", NULL);
    StoreKeys *keys = unpack(version, folder);
    store_close(
        evidence_open_with_keys(folder, keys, STORE_WRITE, &error)); /* brought up to date */
    sqlite3 *db = open_keyed(database, keys);
    g_autoptr(GBytes) name = sealed_of(db, "SELECT victim_name FROM statement WHERE victim_id = 1");
    g_autoptr(GBytes) title = g_bytes_new_static("Fixture", 7); /* a setting: stays */
    sqlite3_close(db);
    g_assert_nonnull(name);
    gsize n = 0;
    const void *bytes = g_bytes_get_data(name, &n);
    g_assert_cmpuint(store_keys_leaf_of(bytes, n), ==, 0);
    g_assert_true(is_in_pages(folder, keys, name) && is_in_pages(folder, keys, title));

    Store *store = evidence_open_with_keys(folder, keys, STORE_WRITE, &error);
    g_autoptr(GArray) items = store_erase_plan(store, 1, NULL, NULL, &error);
    bool whole = false;
    g_assert_no_error(error);
    g_assert_true(store_begin(store, &error));
    g_assert_true(store_erase_records(store, items, NULL, &error));
    g_assert_true(store_commit(store, &error));
    g_assert_true(store_erase_settle(store, &whole, &error));
    g_assert_no_error(error);
    g_assert_true(whole);
    g_assert_true(evidence_verify(store, NULL, &error));
    store_close(store);
    g_assert_false(is_in_pages(folder, keys, name));
    g_assert_true(is_in_pages(folder, keys, title));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    const char *making = g_getenv("ZENHAR_FIXTURE");
    if (making != NULL) {
        g_auto(GStrv) parts = g_strsplit(making, ":", 2);
        pack(parts[0], parts[1]);
        return 0;
    }
    g_assert_cmpint(NEWEST_FIXTURE, >=,
                    STORE_SCHEMA_NEWEST - 1); /* the one before has its fixture */
    for (int version = 1; version <= NEWEST_FIXTURE; version++) {
        g_autofree char *upgrade = g_strdup_printf("/evidence/upgrade/from_schema_%d", version);
        g_autofree char *backup =
            g_strdup_printf("/evidence/upgrade/backup_and_restore_of_schema_%d", version);
        g_test_add_data_func(upgrade, GINT_TO_POINTER(version), test_upgrade);
        g_test_add_data_func(backup, GINT_TO_POINTER(version), test_backup);
        if (version == 1 || version == NEWEST_FIXTURE) {
            g_autofree char *move = g_strdup_printf("/evidence/upgrade/move_of_schema_%d", version);
            g_test_add_data_func(move, GINT_TO_POINTER(version), test_move);
        }
    }
    g_test_add_data_func("/evidence/upgrade/sealed_anew_from_schema_1", GINT_TO_POINTER(1),
                         test_reseal);
    g_test_add_data_func("/evidence/upgrade/sealed_anew_from_schema_8", GINT_TO_POINTER(8),
                         test_reseal);
    g_test_add_func("/evidence/upgrade/erase_in_schema_7", test_erase);
    return g_test_run();
}
