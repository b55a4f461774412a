/* One person erased: what is looked for in every decrypted page and every file of the case, before
 * (it is found) and after (it is not); what others are left; random edits beside a model; copies
 * that meet. */
#include "evidence/backup.h"
#include "evidence/evidence.h"
#include "evidence/move.h"
#include "evidence/original.h"
#include "intake/erase.h"
#include "intake/merge.h"
#include "intake/search.h"
#include "store/appeal.h"
#include "store/cache.h"
#include "store/link.h"
#include "store/person.h"
#include "store/seals_private.h"
#include "store/search.h"
#include "store/submission.h"
#include "support.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <sqlite3.h>
#include <string.h>

#define PASSPHRASE "correct horse battery"
static const StoreKeyCost CHEAP = {1, 64 << 10};

static Store *case_make(char **ret_folder)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *parent = test_folder_new();
    *ret_folder = g_build_filename(parent, "case", NULL);
    Store *store = evidence_create(*ret_folder, PASSPHRASE, &CHEAP, &error);
    g_assert_no_error(error);
    return store;
}

static Store *case_open(const char *folder, StoreMode mode)
{
    g_autoptr(GError) error = NULL;
    Store *store = evidence_open(folder, PASSPHRASE, mode, &error);
    g_assert_no_error(error);
    return store;
}

static gint64 original_add(Store *store, const char *text, const char *name)
{
    g_autoptr(GError) error = NULL;
    gint64 id = 0;
    evidence_original_add_bytes(store, text, strlen(text), name, "text/plain", "upload", &id, NULL,
                                &error);
    g_assert_no_error(error);
    return id;
}

static gint64 person_add(Store *store, const char *name)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StorePerson) person = store_person_new();
    person->name = g_strdup(name);
    person->contact = g_strdup("0912555");
    person->birth_year = 1980;
    store_person_add(store, person, &error);
    g_assert_no_error(error);
    return person->id;
}

static gint64 report_add(Store *store, gint64 original, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreReport) report = store_report_new();
    report->original_id = original;
    report->title = g_strdup_printf("heading of %s", text);
    report->text = g_strdup(text);
    report->first_day = report->last_day = 20000;
    crypto_generichash(report->content_key, sizeof report->content_key, (const guint8 *)text,
                       strlen(text), NULL, 0);
    store_report_add(store, report, &error);
    g_assert_no_error(error);
    g_assert_true(intake_search_put(store, report, NULL, &error));
    return report->id;
}

static gint64 statement_add(Store *store, gint64 report, gint64 person, const char *name)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreStatement) statement = store_statement_new();
    statement->report_id = report;
    statement->victim_id = person;
    statement->victim_name = g_strdup(name);
    statement->victim_birth = g_strdup("1980-02-03");
    statement->act_kind = g_strdup("arrest");
    store_statement_add(store, statement, &error);
    g_assert_no_error(error);
    return statement->id;
}

/* ---- looking into every page and file ---- */

static void looked_into(GPtrArray *all, const char *path)
{
    char *bytes = NULL;
    gsize n = 0;
    g_assert_true(g_file_get_contents(path, &bytes, &n, NULL));
    g_ptr_array_add(all, g_bytes_new_take(bytes, n));
}

static void files_of(GPtrArray *all, const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    for (const char *name; (name = g_dir_read_name(dir)) != NULL;) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        if (g_file_test(path, G_FILE_TEST_IS_DIR))
            files_of(all, path);
        else
            looked_into(all, path);
    }
}

/* The pages of a copy, opened; of the write-ahead log as of the database, free ones as well. The
 * copy's log is moved into it. */
static void pages_of(GPtrArray *all, const char *folder, StoreKeys *keys)
{
    g_autofree char *parent = test_folder_new();
    g_autofree char *copy = g_build_filename(parent, "pages.db", NULL);
    sqlite3 *db = NULL;
    guint8 key[4 + STORE_KEY_BYTES] = "raw:";
    for (int log = 0; log < 2; log++) {
        g_autofree char *from = g_strconcat(folder, log ? "/case.db-wal" : "/case.db", NULL);
        g_autofree char *to = g_strconcat(copy, log ? "-wal" : "", NULL);
        char *bytes = NULL;
        gsize n = 0;
        if (g_file_get_contents(from, &bytes, &n, NULL))
            g_assert_true(g_file_set_contents(to, bytes, (gssize)n, NULL));
        g_free(bytes);
    }
    store_keys_derive(keys, STORE_KEY_DATABASE, key + 4);
    g_assert_cmpint(sqlite3_open_v2(copy, &db, SQLITE_OPEN_READWRITE, NULL), ==, SQLITE_OK);
    sqlite3mc_config(db, "cipher", sqlite3mc_cipher_index("aegis"));
    g_assert_cmpint(sqlite3_key(db, key, sizeof key), ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_exec(db, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL), ==,
                    SQLITE_OK);
    g_assert_cmpint(sqlite3_rekey(db, NULL, 0), ==, SQLITE_OK);
    sqlite3_close(db);
    looked_into(all, copy);
}

static GPtrArray *everything(const char *folder, StoreKeys *keys)
{
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    files_of(all, folder);
    pages_of(all, folder, keys);
    return all;
}

static bool is_in(const GPtrArray *all, GBytes *wanted)
{
    gsize n = 0;
    const void *needle = g_bytes_get_data(wanted, &n);
    for (guint i = 0; i < all->len; i++) {
        gsize length = 0;
        const void *bytes = g_bytes_get_data(all->pdata[i], &length);
        if (memmem(bytes, length, needle, n) != NULL)
            return true;
    }
    return false;
}

static void assert_found(const char *folder, StoreKeys *keys, const GPtrArray *wanted, bool there)
{
    g_autoptr(GPtrArray) all = everything(folder, keys);
    for (guint i = 0; i < wanted->len; i++) {
        gsize n = 0;
        const char *text = g_bytes_get_data(wanted->pdata[i], &n);
        if (is_in(all, wanted->pdata[i]) != there)
            g_error("%s: number %u of what is looked for (%.*s)",
                    there ? "not found" : "still there", i, (int)MIN(n, 20), text);
    }
}

static void want(GPtrArray *wanted, const char *text)
{
    g_ptr_array_add(wanted, g_bytes_new(text, strlen(text)));
}

/* What is sealed in a column of a record, and every node of the tree, as they lie in their rows. */
static void want_sealed(GPtrArray *wanted, Store *store, const char *sql)
{
    DbStatement *row = store_prepare(store, sql, NULL);
    while (store_step(store, row, NULL) == 1)
        g_ptr_array_add(wanted, g_bytes_new(db_blob(row, 0), (gsize)db_bytes(row, 0)));
}

typedef struct {
    char *folder;
    Store *store;
    gint64 person, other, alone, shared, statement, in_shared, others, original, sheet;
} Made;

/* One person in a report of its own and in one with somebody else. */
static Made make(void)
{
    Made made = {0};
    g_autoptr(GError) error = NULL;
    made.store = case_make(&made.folder);
    made.original = original_add(made.store, "letter about zirakzadeh", "zirakzadeh.txt");
    made.sheet = original_add(made.store, "sheet of many", "sheet.txt");
    made.person = person_add(made.store, "نام زیرک‌زاده");
    made.other = person_add(made.store, "نام دیگر");
    made.alone = report_add(made.store, made.original, "zirakzadeh taken qumqumaword");
    made.shared = report_add(made.store, made.sheet, "two sharedword taken");
    made.statement = statement_add(made.store, made.alone, made.person, "zirakzadeh");
    made.in_shared = statement_add(made.store, made.shared, made.person, "zirakzadeh");
    made.others = statement_add(made.store, made.shared, made.other, "somebody else");
    g_autoptr(StoreConsent) consent = store_consent_new();
    consent->person_id = made.person;
    consent->purpose = g_strdup("name");
    consent->answer = g_strdup("no");
    consent->given_by = g_strdup("her sister");
    consent->how = g_strdup("by voice howword");
    g_assert_true(store_consent_add(made.store, consent, &error));
    g_autoptr(StoreDetail) detail = store_detail_new();
    detail->person_id = made.person;
    detail->field = g_strdup("profession");
    detail->answer = g_strdup("teacher of rareword");
    g_assert_true(store_detail_add(made.store, detail, &error));
    g_assert_true(store_cache_append(made.store, "names", false, "cachedword", 10, &error));
    g_assert_no_error(error);
    return made;
}

static void made_clear(Made *made)
{
    store_close(made->store);
    g_free(made->folder);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Made, made_clear)

static GArray *numbers(gint64 one)
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_array_append_val(list, one);
    return list;
}

static gint64 erase(Store *store, gint64 person, const GArray *reports, const GArray *originals)
{
    IntakeErased done;
    g_autoptr(GError) error = NULL;
    const IntakeErase wanted = {
        .person_id = person, .reports = reports, .originals = originals, .reason = "asked for it"};
    intake_erase(store, &wanted, &done, &error);
    g_assert_no_error(error);
    g_assert_true(done.whole);
    return done.erasure_id;
}

static char *name_of(Store *store, gint64 person)
{
    g_autoptr(GError) error = NULL;
    g_assert_true(store_unseal(store, 0, "a test", &error));
    g_autoptr(StorePerson) record = store_person_load(store, person, &error);
    g_assert_no_error(error);
    store_unseal_end(store);
    return g_steal_pointer(&record->name);
}

static void assert_fits(Store *store, gint64 erased)
{
    EvidenceReport report = {0};
    g_autoptr(GError) error = NULL;
    evidence_verify(store, &report, &error);
    g_assert_no_error(error);
    g_assert_cmpint(report.erased, ==, erased);
}

static void what_goes_is_in_no_page_and_no_file(void)
{
    g_auto(Made) made = make();
    Store *store = made.store;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) gone = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    g_autoptr(GPtrArray) kept = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    static const char *const WORDS[] = {"zirakzadeh", "qumqumaword", "1980-02-03", "howword",
                                        "cachedword"};
    for (gsize i = 0; i < G_N_ELEMENTS(WORDS); i++)
        want(gone, WORDS[i]);
    want_sealed(gone, store, "SELECT name FROM person WHERE id = 1");
    want_sealed(gone, store, "SELECT contact FROM person WHERE id = 1");
    want_sealed(gone, store, "SELECT victim_name FROM statement WHERE id < 3");
    want_sealed(gone, store, "SELECT given_by FROM consent");
    want_sealed(gone, store, "SELECT answer FROM detail");
    want_sealed(gone, store, "SELECT sealed FROM seal_node");
    g_assert_cmpuint(gone->len, ==, G_N_ELEMENTS(WORDS) + 7);
    want(kept, "sharedword");
    want_sealed(kept, store, "SELECT name FROM person WHERE id = 2");
    want_sealed(kept, store, "SELECT victim_name FROM statement WHERE id = 3");
    assert_found(made.folder, store_keys(store), gone, true);
    assert_found(made.folder, store_keys(store), kept, true);

    g_autoptr(GArray) original = numbers(made.original);
    const gint64 erasure = erase(store, made.person, NULL, original);
    /* The other one's birth is written alike: it is looked for by itself below. */
    assert_found(made.folder, store_keys(store), kept, true);
    g_assert_true(store_unseal(store, 0, "a test", &error));
    g_autoptr(StoreStatement) others = store_statement_load(store, made.others, &error);
    g_assert_cmpstr(others->victim_name, ==, "somebody else");
    g_assert_cmpstr(others->victim_birth, ==, "1980-02-03");
    store_unseal_end(store);
    erase(store, made.other, NULL, NULL);
    assert_found(made.folder, store_keys(store), gone, false);
    g_autofree char *log = g_strconcat(made.folder, "/case.db-wal", NULL);
    GStatBuf facts;
    g_assert_true(g_stat(log, &facts) != 0 || facts.st_size == 0);
    assert_fits(store, 1);

    /* What stays, and what is said. */
    g_autoptr(StoreStatement) statement = store_statement_load(store, made.statement, &error);
    g_assert_cmpstr(statement->act_kind, ==, "arrest");
    g_assert_cmpint(statement->victim_id, ==, made.person);
    g_autoptr(StoreReport) report = store_report_load(store, made.alone, &error);
    g_assert_null(report->text);
    g_assert_cmpint(report->first_day, ==, 20000);
    g_autoptr(StoreErasure) said = store_erasure_of(store, STORE_KIND_REPORT, made.alone, &error);
    g_assert_cmpint(said->id, ==, erasure);
    g_assert_cmpstr(said->reason, ==, "asked for it");
    g_assert_null(store_erasure_of(store, STORE_KIND_ORIGINAL, made.sheet, &error));
    g_assert_null(evidence_original_load(store, made.original, 0, 0, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DENIED);
}

/* The sealed form of before, as a bundle or a backup's page has it, opens by nothing of today. */
static void copies_of_before_open_no_more(void)
{
    g_auto(Made) made = make();
    g_autoptr(GError) error = NULL;
    G_GNUC_UNUSED g_autoptr(GBytes) form =
        store_log_record(made.store, STORE_KIND_PERSON, made.person, &error);
    g_autoptr(GPtrArray) sealed = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    want_sealed(sealed, made.store, "SELECT name FROM person WHERE id = 1");
    const char *back = "UPDATE person SET name = ?1 WHERE id = 1";
    gsize n = 0;
    const void *bytes = g_bytes_get_data(sealed->pdata[0], &n);
    for (int round = 0; round < 2; round++) {
        DbStatement *statement = store_prepare(made.store, back, &error);
        db_bind_blob(statement, 1, bytes, n);
        g_assert_cmpint(store_step(made.store, statement, &error), ==, 0);
        g_autofree char *name = name_of(made.store, made.person);
        g_assert_cmpstr(name, ==, round == 0 ? "نام زیرک‌زاده" : NULL);
        if (round == 0)
            erase(made.store, made.person, NULL, NULL);
    }
}

static void assert_fate(const GArray *items, StoreKind kind, gint64 id, StoreEraseFate fate,
                        gint64 others)
{
    for (guint i = 0; i < items->len; i++) {
        const StoreEraseItem *item = &g_array_index(items, StoreEraseItem, i);
        if (item->kind != kind || item->id != id)
            continue;
        g_assert_cmpint(item->fate, ==, fate);
        g_assert_cmpint(item->others, ==, others);
        return;
    }
    g_assert_not_reached();
}

static void link_add(Store *store, StoreKind from_kind, gint64 from, StoreKind to_kind, gint64 to,
                     const char *role)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreLink) link = store_link_new();
    link->from_kind = from_kind;
    link->from_id = from;
    link->to_kind = to_kind;
    link->to_id = to;
    link->role = g_strdup(role);
    store_link_add(store, link, &error);
    g_assert_no_error(error);
}

/* The letter stays; a text that it had before is a file that can be named. */
static void earlier_texts_of_a_letter_are_listed(void)
{
    g_auto(Made) made = make();
    Store *store = made.store;
    g_autoptr(GError) error = NULL;
    const gint64 sealed = original_add(store, "zirakzadeh in a sealed letter", "AP1.txt"),
                 before = original_add(store, "zirakzadeh in a letter", "AP1-draft-1.txt"),
                 elsewhere = original_add(store, "another letter", "AP2-draft-1.txt");
    g_autoptr(StoreAppeal) appeal = store_appeal_new();
    appeal->language = g_strdup("en");
    appeal->status = g_strdup("draft");
    appeal->original_id = sealed;
    store_appeal_add(store, appeal, &error);
    g_assert_no_error(error);
    link_add(store, STORE_KIND_APPEAL, appeal->id, STORE_KIND_REPORT, made.alone, "rests");
    link_add(store, STORE_KIND_APPEAL, appeal->id, STORE_KIND_ORIGINAL, before, "version");
    link_add(store, STORE_KIND_APPEAL, appeal->id + 1, STORE_KIND_ORIGINAL, elsewhere, "version");
    g_autoptr(GArray) items = store_erase_plan(store, made.person, NULL, NULL, &error);
    g_assert_no_error(error);
    assert_fate(items, STORE_KIND_APPEAL, appeal->id, STORE_ERASE_STAYS_LETTER, 0);
    assert_fate(items, STORE_KIND_ORIGINAL, before, STORE_ERASE_STAYS_FILE, 0);
    assert_fate(items, STORE_KIND_ORIGINAL, sealed, STORE_ERASE_STAYS_FILE, 0);
    g_assert_cmpuint(items->len, ==, 12); /* nine without the letter */
    g_autoptr(GArray) named = numbers(before);
    erase(store, made.person, NULL, named);
    assert_fits(store, 1);
}

static void the_plan_says_what_stays(void)
{
    g_auto(Made) made = make();
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) items = store_erase_plan(made.store, made.person, NULL, NULL, &error);
    g_assert_no_error(error);
    assert_fate(items, STORE_KIND_PERSON, made.person, STORE_ERASE_GOES, 0);
    assert_fate(items, STORE_KIND_STATEMENT, made.in_shared, STORE_ERASE_GOES, 0);
    assert_fate(items, STORE_KIND_REPORT, made.alone, STORE_ERASE_GOES, 0);
    assert_fate(items, STORE_KIND_REPORT, made.shared, STORE_ERASE_STAYS_OTHERS, 1);
    assert_fate(items, STORE_KIND_ORIGINAL, made.original, STORE_ERASE_STAYS_FILE, 0);
    g_assert_cmpuint(items->len, ==, 9);
    g_autoptr(GArray) shared = numbers(made.shared), wrong = numbers(77);
    g_autoptr(GArray) all = store_erase_plan(made.store, made.person, shared, NULL, &error);
    assert_fate(all, STORE_KIND_REPORT, made.shared, STORE_ERASE_GOES, 1);
    g_assert_null(store_erase_plan(made.store, made.person, wrong, NULL, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE);
    g_clear_error(&error);
    g_assert_null(store_erase_plan(made.store, made.person, NULL, wrong, &error));
    g_clear_error(&error);
    g_assert_null(store_erase_plan(made.store, 99, NULL, NULL, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND);
    g_clear_error(&error);
    /* Who became another one goes with that one. */
    g_autoptr(StorePerson) same = store_person_load(made.store, made.other, &error);
    same->merged_into = made.person;
    g_assert_true(store_person_update(made.store, same, &error));
    g_assert_null(store_erase_plan(made.store, made.other, NULL, NULL, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE);
    g_clear_error(&error);
    erase(made.store, made.person, NULL, NULL);
    g_assert_null(name_of(made.store, made.other));
    g_autoptr(StoreReport) report = store_report_load(made.store, made.shared, &error);
    g_assert_null(report->text); /* nobody else was in it any more */
}

static void copy_folder(const char *from, const char *to, const char *name)
{
    g_autofree char *source = g_build_filename(from, name, NULL);
    g_autofree char *target = g_build_filename(to, name, NULL);
    const char *const argv[] = {"cp", "-rT", source, target, NULL};
    int status = -1;
    g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, &status, NULL));
    g_assert_cmpint(status, ==, 0);
}

static void an_erased_file_is_told_from_a_lost_one(void)
{
    g_auto(Made) made = make();
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) original = numbers(made.original);
    g_autoptr(StoreOriginal) row = store_original_load(made.store, made.original, &error);
    bool there = false;
    g_autofree char *parent = test_folder_new();
    copy_folder(made.folder, parent, "originals");
    erase(made.store, made.person, NULL, original);
    g_assert_true(evidence_original_file_there(made.store, row, &there, &error));
    g_assert_false(there);
    assert_fits(made.store, 1);
    /* The same file again. */
    gint64 id = 0;
    g_assert_false(evidence_original_add_bytes(made.store, "letter about zirakzadeh", 23, NULL,
                                               NULL, NULL, &id, NULL, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DENIED);
    g_clear_error(&error);
    assert_fits(made.store, 1);
    /* Put back from a copy: told, and taken away by one more erasure. Another one lost: told. */
    copy_folder(parent, made.folder, "originals");
    g_assert_false(evidence_verify(made.store, NULL, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY);
    g_assert_nonnull(strstr(error->message, "ER1"));
    g_clear_error(&error);
    erase(made.store, made.person, NULL, original);
    assert_fits(made.store, 1);
    g_autoptr(StoreOriginal) sheet = store_original_load(made.store, made.sheet, &error);
    g_assert_true(evidence_original_remove_file(made.store, sheet->sha256, &error));
    g_assert_false(evidence_verify(made.store, NULL, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY);
    g_clear_error(&error);
}

/* The file's own way in: not the sentence that says when it was erased, but its key. */
static void assert_opens(Store *store, gint64 id, bool opens)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreOriginal) row = store_original_load(store, id, &error);
    g_assert_no_error(error);
    g_assert_true(evidence_original_check(store, row, &error) == opens);
    if (!opens) {
        g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY);
        g_assert_nonnull(strstr(error->message, "its key was taken out"));
    }
}

/* Does any node that the case has lead to the leaf of an original? */
static bool leaf_in_reach(Store *store, gint64 id)
{
    g_autoptr(StoreOriginal) row = store_original_load(store, id, NULL);
    const guint64 leaf = store_seals_original_leaf(store, row->sha256);
    bool found = false;
    DbStatement *nodes = store_prepare(store, "SELECT first, depth FROM seal_node", NULL);
    while (store_step(store, nodes, NULL) == 1) {
        const SealNode node = {.first = (guint64)db_int64(nodes, 0),
                               .depth = (guint8)db_int64(nodes, 1)};
        found = found || seal_node_covers(&node, leaf);
    }
    return found;
}

/* Sealed files of before the erasure, put in the place of the case's: the one that was erased opens
 * by nothing that the case has, the others do. */
static void an_older_file_opens_by_no_later_key(void)
{
    g_auto(Made) made = make();
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) original = numbers(made.original);
    g_autofree char *parent = test_folder_new();
    copy_folder(made.folder, parent, "originals");
    assert_opens(made.store, made.original, true);
    g_assert_true(leaf_in_reach(made.store, made.original));
    g_autoptr(Store) other = case_open(made.folder, STORE_READ);
    assert_opens(other, made.original, true);
    erase(made.store, made.person, NULL, original);
    copy_folder(parent, made.folder, "originals");
    assert_opens(made.store, made.original, false);
    assert_opens(other, made.original, false); /* who had read it before asks again */
    assert_opens(made.store, made.sheet, true);
    g_assert_false(leaf_in_reach(made.store, made.original));
    g_assert_true(leaf_in_reach(made.store, made.sheet));
    store_close(g_steal_pointer(&other));
    /* Its row gone, as if it had never been here: it cannot be sealed anew by the same key. */
    gint64 id = 0;
    g_assert_false(evidence_original_add_bytes(made.store, "letter about zirakzadeh", 23, NULL,
                                               NULL, NULL, &id, NULL, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DENIED);
    erase(made.store, made.person, NULL, original);
    assert_fits(made.store, 1);
}

/* A backup of before, brought up to date after the erasure, has the file no more. */
static void a_backup_follows(void)
{
    g_auto(Made) made = make();
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) original = numbers(made.original);
    g_autofree char *parent = test_folder_new();
    g_autofree char *backup = g_build_filename(parent, "backup", NULL);
    g_autofree char *older = g_build_filename(parent, "older", NULL);
    g_autofree char *back = g_build_filename(parent, "back", NULL);
    const EvidenceBackupOptions plain = {0};
    EvidenceBackup done;
    bool there = false;
    g_assert_true(evidence_backup(made.store, backup, &plain, &done, &error));
    g_assert_no_error(error);
    g_mkdir(older, 0700);
    copy_folder(backup, older, "originals");
    erase(made.store, made.person, NULL, original);
    g_assert_true(evidence_backup(made.store, backup, &plain, &done, &error));
    g_assert_no_error(error);
    g_assert_cmpint(done.missing, ==, 0);
    g_assert_cmpint(done.taken_away, ==, 1);
    g_assert_true(evidence_restore(backup, store_keys(made.store), back, &plain, &done, &error));
    g_assert_no_error(error);
    g_autoptr(Store) restored = case_open(back, STORE_WRITE);
    g_autoptr(StoreOriginal) row = store_original_load(restored, made.original, &error);
    g_assert_true(evidence_original_file_there(restored, row, &there, &error));
    g_assert_false(there);
    assert_fits(restored, 1);
    /* The file of the backup of before beside the keys of after. */
    copy_folder(older, back, "originals");
    assert_opens(restored, made.original, false);
    assert_opens(restored, made.sheet, true);
}

/* A case with an erased original moves; what it leaves behind is no file. */
static void it_moves(void)
{
    g_auto(Made) made = make();
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) original = numbers(made.original);
    g_autoptr(StoreKeys) keys = store_keys_ref(store_keys(made.store));
    g_autofree char *parent = test_folder_new();
    g_autofree char *to = g_build_filename(parent, "moved", NULL);
    g_autofree char *older = g_build_filename(parent, "older", NULL);
    const EvidenceMoveOptions plain = {0};
    EvidenceMove done;
    g_mkdir(older, 0700);
    copy_folder(made.folder, older, "originals");
    erase(made.store, made.person, NULL, original);
    g_clear_pointer(&made.store, store_close);
    g_assert_true(evidence_move(made.folder, keys, to, &plain, &done, &error));
    g_assert_no_error(error);
    g_assert_cmpint(done.carried, ==, 1);
    g_autoptr(Store) moved = case_open(to, STORE_WRITE);
    assert_fits(moved, 1);
    copy_folder(older, to, "originals");
    assert_opens(moved, made.original, false);
    assert_opens(moved, made.sheet, true);
}

static void merge_into(const char *ours, const char *theirs)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) read = case_open(ours, STORE_READ), other = case_open(theirs, STORE_READ);
    g_autoptr(IntakeMerge) plan = intake_merge_plan(read, other, &error);
    g_assert_no_error(error);
    GArray *items = intake_merge_items(plan);
    for (guint i = 0; i < items->len; i++)
        g_assert_true(g_array_index(items, IntakeMergeItem, i).conflict == INTAKE_MERGE_NONE ||
                      g_array_index(items, IntakeMergeItem, i).erased);
    g_autoptr(Store) write = case_open(ours, STORE_WRITE);
    IntakeMergeDone done;
    bool whole = false;
    intake_merge_apply(plan, write, &done, &error);
    g_assert_no_error(error);
    g_clear_pointer(&plan, intake_merge_free);
    g_assert_true(!done.erased || store_erase_settle(write, &whole, &error));
    g_assert_true(whole == done.erased);
}

/* Two copies, apart; one erases, the other goes on; they meet both ways. */
static void copies_that_meet(gconstpointer data)
{
    const bool first_here = GPOINTER_TO_INT(data) != 0;
    g_auto(Made) made = make();
    g_autoptr(GError) error = NULL;
    g_autofree char *parent = test_folder_new();
    g_autofree char *there = g_build_filename(parent, "case", NULL);
    g_autoptr(GArray) original = numbers(made.original);
    const guint64 leaf = ({
        g_autoptr(GPtrArray) sealed = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
        want_sealed(sealed, made.store, "SELECT name FROM person WHERE id = 1");
        gsize n = 0;
        const void *bytes = g_bytes_get_data(sealed->pdata[0], &n);
        store_keys_leaf_of(bytes, n);
    });
    g_clear_pointer(&made.store, store_close);
    g_autofree char *base = g_path_get_dirname(made.folder);
    copy_folder(base, parent, "case");
    g_autofree char *older = g_build_filename(parent, "older", NULL);
    g_mkdir(older, 0700);
    copy_folder(made.folder, older, "originals");
    made.store = case_open(made.folder, STORE_WRITE);
    erase(made.store, made.person, NULL, original);
    g_clear_pointer(&made.store, store_close);
    Store *other = case_open(there, STORE_WRITE);
    const gint64 later = person_add(other, "added there");
    g_autoptr(StorePerson) changed = store_person_load(other, made.person, &error);
    changed->name = g_strdup("written there meanwhile"); /* a conflict, decided for the erasure */
    g_assert_true(store_person_update(other, changed, &error));
    store_close(other);

    if (first_here) {
        merge_into(made.folder, there);
        merge_into(there, made.folder);
    } else {
        merge_into(there, made.folder);
        merge_into(made.folder, there);
    }
    const char *const folders[] = {there, made.folder};
    for (int i = 0; i < 2; i++) {
        g_autoptr(Store) store = case_open(folders[i], STORE_WRITE);
        g_autofree char *gone = name_of(store, made.person), *kept = name_of(store, made.other);
        g_autofree char *new = name_of(store, later);
        g_assert_null(gone);
        g_assert_cmpstr(kept, ==, "نام دیگر");
        g_assert_cmpstr(new, ==, "added there");
        const guint8 *key = NULL;
        g_assert_true(store_seals_leaf(store, leaf, &key, &error));
        g_assert_null(key);
        assert_fits(store, 1);
        g_assert_false(leaf_in_reach(store, made.original));
        g_assert_true(leaf_in_reach(store, made.sheet));
        g_autoptr(StoreErasure) said =
            store_erasure_of(store, STORE_KIND_PERSON, made.person, &error);
        g_assert_cmpstr(said->reason, ==, "asked for it");
        g_autoptr(StoreReport) report = store_report_load(store, made.alone, &error);
        g_assert_null(report->text);
        g_autofree char *folded = intake_search_fold("qumqumaword");
        g_assert_cmpint(store_search_count(store, folded, 10, &error), ==, 0);
    }
}

/* Names put in, changed, erased, at random, beside what must stand. */
static void at_random_beside_a_model(void)
{
    enum { STEPS = 97, MOST = 16 };
    g_autoptr(GRand) rand = g_rand_new_with_seed(11);
    g_autofree char *folder = NULL;
    Store *store = case_make(&folder);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(names, NULL);
    gint64 statements = 0, erasures = 0;
    for (int step = 0; step < STEPS; step++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *name = g_strdup_printf("name%d", step);
        const gint64 id = names->len > 1 ? g_rand_int_range(rand, 1, (gint32)names->len) : 0;
        const int what = g_rand_int_range(rand, 0, 4);
        if (what == 0 && names->len < MOST) {
            g_assert_cmpint(person_add(store, name), ==, names->len);
            g_ptr_array_add(names, g_steal_pointer(&name));
        } else if (what == 1 && id != 0) {
            g_autofree char *text = g_strdup_printf("report %d of %s", step, name);
            statement_add(store, report_add(store, 0, text), id, name);
            statements++;
        } else if (what == 2 && id != 0) {
            g_autoptr(StorePerson) person = store_person_load(store, id, &error);
            person->name = g_strdup(name);
            g_assert_true(store_person_update(store, person, &error));
            g_free(names->pdata[id]);
            names->pdata[id] = g_steal_pointer(&name);
        } else if (what == 3 && id != 0 && g_rand_boolean(rand)) {
            erase(store, id, NULL, NULL);
            erasures++;
            g_clear_pointer(&names->pdata[id], g_free);
        }
        if (step % 6 != 0)
            continue;
        g_assert_true(store_unseal(store, 0, "a test", &error));
        for (guint i = 1; i < names->len; i++) {
            g_autoptr(StorePerson) person = store_person_load(store, i, &error);
            g_assert_cmpstr(person->name, ==, names->pdata[i]);
        }
        store_unseal_end(store);
    }
    g_assert_cmpint(store_count(store, STORE_KIND_STATEMENT, NULL), ==, statements);
    g_assert_cmpint(store_count(store, STORE_KIND_ERASURE, NULL), ==, erasures);
    assert_fits(store, 0);
    store_close(store);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/erase/gone", what_goes_is_in_no_page_and_no_file);
    g_test_add_func("/erase/copies", copies_of_before_open_no_more);
    g_test_add_func("/erase/plan", the_plan_says_what_stays);
    g_test_add_func("/erase/letters", earlier_texts_of_a_letter_are_listed);
    g_test_add_func("/erase/older-file", an_older_file_opens_by_no_later_key);
    g_test_add_func("/erase/backup", a_backup_follows);
    g_test_add_func("/erase/moves", it_moves);
    g_test_add_func("/erase/files", an_erased_file_is_told_from_a_lost_one);
    g_test_add_data_func("/erase/meet-there", GINT_TO_POINTER(0), copies_that_meet);
    g_test_add_data_func("/erase/meet-here", GINT_TO_POINTER(1), copies_that_meet);
    g_test_add_func("/erase/random", at_random_beside_a_model);
    return g_test_run();
}
