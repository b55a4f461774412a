/* Imports into a real case: sealed first, nothing twice, nothing lost, whatever is killed. */
#include "base/progress.h"
#include "evidence/evidence.h"
#include "evidence/original.h"
#include "intake/import.h"
#include "intake/summary.h"
#include "store/intake.h"
#include "store/search.h"
#include "support.h"
#include "text/normalize.h"

#include <glib/gstdio.h>
#include <jansson.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const StoreKeyCost CHEAP = {1, 8 << 20};

typedef struct {
    char *folder, *path; /* a private folder, the case in it */
    Store *store;
} Case;

static void case_make(Case *c)
{
    g_autoptr(GError) error = NULL;
    c->folder = test_folder_new();
    c->path = g_build_filename(c->folder, "test.zenhar", NULL);
    c->store = evidence_create(c->path, "test", &CHEAP, &error);
    g_assert_no_error(error);
}

static void case_verify(Case *c)
{
    g_autoptr(GError) error = NULL;
    EvidenceReport report;
    evidence_verify(c->store, &report, &error);
    g_assert_no_error(error);
}

static void case_clear(Case *c)
{
    case_verify(c);
    store_close(c->store);
    g_free(c->folder);
    g_free(c->path);
}

static char *write_file(const Case *c, const char *name, const char *contents, gssize length)
{
    g_autoptr(GError) error = NULL;
    char *path = g_build_filename(c->folder, name, NULL);
    g_autofree char *parent = g_path_get_dirname(path);
    g_mkdir_with_parents(parent, 0700);
    g_file_set_contents(path, contents, length, &error);
    g_assert_no_error(error);
    return path;
}

static void import_ok(Case *c, const char *path, const IntakeOptions *options,
                      IntakeSummary *summary)
{
    g_autoptr(GError) error = NULL;
    IntakeOptions none = {0};
    intake_summary_clear(summary);
    intake_import(c->store, path, options != NULL ? options : &none, summary, &error);
    g_assert_no_error(error);
}

static gint64 count(Case *c, StoreKind kind)
{
    g_autoptr(GError) error = NULL;
    gint64 n = store_count(c->store, kind, &error);
    g_assert_no_error(error);
    return n;
}

static const char TABLE[] =
    "id,date,name,city,act,text,phone\n"
    "1,2025-06-28,Leyla Test,Shiraz,arrest,\"taken\nat night\",09123456789\n"
    "2,2025-13-28,Omid Test,Tehran,arrest,taken,\n"
    "3,1404/04/07,Omid Test,تهران,بازداشت,در خانه بازداشت شد,\n"
    "3,1404/04/07,Omid Test,تهران,بازداشت,در خانه بازداشت شد,\n";

static void test_table(void)
{
    Case c;
    case_make(&c);
    g_autofree char *path = write_file(&c, "list.csv", TABLE, -1);
    IntakeSummary summary = {0};
    IntakeOptions options = {
        .source = "A list", .reliability = 'B', .credibility = 3, .synthetic = true};
    import_ok(&c, path, &options, &summary);
    g_assert_cmpuint(summary.records, ==, 4);
    g_assert_cmpuint(summary.added, ==, 2);
    g_assert_cmpuint(summary.duplicates, ==, 1); /* the last two are one report */
    g_assert_cmpuint(summary.quarantined, ==, 1);
    g_assert_cmpuint(summary.files, ==, 1);

    g_autoptr(GError) error = NULL;
    g_autoptr(StoreReport) report = store_report_load(c.store, 1, &error);
    g_assert_no_error(error);
    g_assert_cmpint(report->reliability, ==, 'B');
    g_assert_cmpint(report->credibility, ==, 3);
    g_assert_true(report->synthetic);
    g_autoptr(StoreSource) source = store_source_load(c.store, report->source_id, &error);
    g_assert_cmpstr(source->name, ==, "A list");
    g_assert_cmpint(source->reliability, ==, 'B');
    /* It points at its own bytes in the sealed original. */
    g_autoptr(GBytes) bytes =
        evidence_original_load(c.store, report->original_id, (guint64)report->original_offset,
                               (guint64)report->original_length, &error);
    g_assert_no_error(error);
    g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    g_assert_true(g_str_has_prefix(text, "1,2025-06-28,Leyla Test"));
    g_assert_true(g_str_has_suffix(text, "09123456789"));

    /* Identities are sealed, and seen after unsealing. */
    g_autoptr(GPtrArray) closed = store_statement_list_by_report(c.store, 1, NULL, &error);
    g_assert_cmpuint(closed->len, ==, 1);
    g_assert_null(((StoreStatement *)g_ptr_array_index(closed, 0))->victim_name);
    g_assert_null(((StoreStatement *)g_ptr_array_index(closed, 0))->victim_contact);
    g_assert_true(store_unseal(c.store, 0, "test", &error));
    g_autoptr(GPtrArray) open = store_statement_list_by_report(c.store, 1, NULL, &error);
    g_assert_cmpstr(((StoreStatement *)g_ptr_array_index(open, 0))->victim_name, ==, "Leyla Test");
    g_assert_cmpstr(((StoreStatement *)g_ptr_array_index(open, 0))->victim_contact, ==,
                    "09123456789");
    store_unseal_end(c.store);

    /* Found by its words, not by its names. */
    g_autofree char *word = text_fold("بازداشت", -1, NULL);
    g_assert_cmpint(store_search_count(c.store, word, 0, &error), ==, 1);
    g_assert_cmpint(store_search_count(c.store, "leyla", 0, &error), ==, 0);
    g_assert_cmpint(count(&c, STORE_KIND_PLACE), ==, 2);

    g_autofree char *words = intake_summary_describe(&summary);
    g_assert_nonnull(strstr(words, "Records read: 4. Reports added: 2;"));
    g_autofree char *json = intake_summary_json(&summary);
    json_t *object = json_loads(json, 0, NULL);
    g_assert_cmpint(json_integer_value(json_object_get(object, "quarantined")), ==, 1);
    json_decref(object);
    intake_summary_clear(&summary);
    case_clear(&c);
}

static void test_twice(void)
{
    Case c;
    case_make(&c);
    g_autofree char *path = write_file(&c, "list.csv", TABLE, -1);
    g_autofree char *copy = write_file(&c, "copy.csv", TABLE, -1);
    IntakeSummary summary = {0};
    import_ok(&c, path, NULL, &summary);
    gint64 reports = count(&c, STORE_KIND_REPORT), waiting = count(&c, STORE_KIND_QUARANTINE);
    StoreLogHead before, after;
    g_assert_true(evidence_head(c.store, &before, NULL));
    const char *again[] = {path, copy};
    for (gsize i = 0; i < G_N_ELEMENTS(again); i++) {
        import_ok(&c, again[i], NULL, &summary);
        g_assert_cmpuint(summary.files, ==, 1);
        g_assert_cmpuint(summary.known_files, ==, 1);
        g_assert_cmpuint(summary.added, ==, 0);
        g_autofree char *words = intake_summary_describe(&summary);
        g_assert_nonnull(strstr(words, "nothing was added"));
    }
    g_autoptr(GError) error = NULL;
    IntakeOptions none = {0};
    intake_import_bytes(c.store, TABLE, strlen(TABLE), "list.csv", &none, &summary, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(summary.added, ==, 0);
    g_assert_cmpint(count(&c, STORE_KIND_REPORT), ==, reports);
    g_assert_cmpint(count(&c, STORE_KIND_QUARANTINE), ==, waiting);
    g_assert_cmpint(count(&c, STORE_KIND_ORIGINAL), ==, 1);
    g_assert_true(evidence_head(c.store, &after, NULL));
    g_assert_cmpint(after.size, ==, before.size); /* not one entry in the log */
    /* The same reports in another file are known one by one. */
    g_autofree char *more = g_strconcat(TABLE, "4,2025-06-30,Omid Test,Karaj,arrest,,\n", NULL);
    g_autofree char *longer = write_file(&c, "list.csv", more, -1);
    import_ok(&c, longer, NULL, &summary);
    g_assert_cmpuint(summary.added, ==, 1);
    g_assert_cmpuint(summary.duplicates, ==, 3);
    intake_summary_clear(&summary);
    case_clear(&c);
}

static void test_sealed_first(void)
{
    Case c;
    case_make(&c);
    static const char NO_TABLE[] = "a,b\n1,2\n";
    g_autofree char *path = write_file(&c, "strange.csv", NO_TABLE, -1);
    g_autoptr(GError) error = NULL;
    IntakeSummary summary = {0};
    IntakeOptions none = {0};
    g_assert_false(intake_import(c.store, path, &none, &summary, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT);
    g_clear_error(&error);
    g_assert_cmpint(count(&c, STORE_KIND_ORIGINAL), ==, 1);
    g_assert_cmpint(count(&c, STORE_KIND_REPORT), ==, 0);
    g_autoptr(GBytes) kept = evidence_original_load(c.store, 1, 0, 0, &error);
    g_assert_no_error(error);
    gsize length;
    const char *bytes = g_bytes_get_data(kept, &length);
    g_assert_true(length == strlen(NO_TABLE) && memcmp(bytes, NO_TABLE, length) == 0);
    /* With a mapping the same file is read after all. */
    g_autoptr(IntakeMapping) mapping = intake_mapping_read("column,field\na,title\n", &error);
    IntakeOptions mapped = {.mapping = mapping, .mapping_text = "column,field\na,title\n"};
    import_ok(&c, path, &mapped, &summary);
    g_assert_cmpuint(summary.added, ==, 1);
    g_assert_cmpint(count(&c, STORE_KIND_ORIGINAL), ==, 1);
    intake_summary_clear(&summary);
    case_clear(&c);
}

static void test_quarantine(void)
{
    Case c;
    case_make(&c);
    g_autofree char *path = write_file(&c, "list.csv", TABLE, -1);
    IntakeSummary summary = {0};
    IntakeOptions options = {.source = "A list", .reliability = 'C', .synthetic = true};
    import_ok(&c, path, &options, &summary);
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreQuarantine) row = store_quarantine_load(c.store, 1, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(row->state, ==, "waiting");
    g_assert_cmpstr(row->column, ==, "date");
    g_assert_cmpint(row->line, ==, 4);
    g_assert_nonnull(strstr(row->reason, "13"));

    gint64 report_id = -1;
    g_assert_true(intake_replay(c.store, 1, NULL, &report_id, &error)); /* as it is: no */
    g_assert_cmpint(report_id, ==, 0);
    g_assert_true(intake_replay(c.store, 1, "2,2025-12-28,Omid Test,Tehran,arrest,taken,",
                                &report_id, &error));
    g_assert_no_error(error);
    g_assert_cmpint(report_id, >, 0);
    g_autoptr(StoreReport) report = store_report_load(c.store, report_id, &error);
    g_assert_cmpstr(report->event_date, ==, "2025-12-28");
    g_assert_cmpint(report->reliability, ==, 'C'); /* as its import was told */
    g_assert_true(report->synthetic);
    g_assert_cmpint(report->original_id, ==, 1);
    g_clear_pointer(&row, store_quarantine_free);
    row = store_quarantine_load(c.store, 1, &error);
    g_assert_cmpstr(row->state, ==, "mended");
    g_assert_cmpint(row->tries, ==, 3);
    g_assert_cmpint(row->report_id, ==, report_id);
    gint64 reports = count(&c, STORE_KIND_REPORT);
    gint64 same = 0;
    g_assert_true(intake_replay(c.store, 1, NULL, &same, &error)); /* once more adds nothing */
    g_assert_cmpint(same, ==, report_id);
    g_assert_cmpint(count(&c, STORE_KIND_REPORT), ==, reports);
    intake_summary_clear(&summary);
    case_clear(&c);
}

/* Bytes that are no text in any encoding do not become a report of lost characters by being tried
 * again; in a text, in a table. */
static void test_lost_characters_wait(void)
{
    static const struct {
        const char *name, *bytes;
        gssize length;
    } FILES[] = {{"note.txt", "\x00\x01\x02\xff\xfe", 5},
                 {"list.csv",
                  "\xff\xfe"
                  "d\0a\0t\0e\0,\0t\0e\0x\0t\0\n\0"
                  "2\0000\0002\0005\0-\0000\0006\0-\0001\0003\0,\0\x00\xd8x\0\n\0",
                  50}};
    for (gsize i = 0; i < G_N_ELEMENTS(FILES); i++) {
        Case c;
        case_make(&c);
        g_autofree char *path = write_file(&c, FILES[i].name, FILES[i].bytes, FILES[i].length);
        IntakeSummary summary = {0};
        import_ok(&c, path, &(IntakeOptions){0}, &summary);
        g_assert_cmpuint(summary.quarantined, ==, 1);
        g_autoptr(GError) error = NULL;
        g_autoptr(StoreQuarantine) before = store_quarantine_load(c.store, 1, &error);
        gint64 report_id = -1;
        g_assert_true(intake_replay(c.store, 1, NULL, &report_id, &error));
        g_assert_cmpint(report_id, ==, 0);
        g_assert_cmpint(count(&c, STORE_KIND_REPORT), ==, 0);
        g_autoptr(StoreQuarantine) row = store_quarantine_load(c.store, 1, &error);
        g_assert_cmpstr(row->state, ==, "waiting");
        g_assert_cmpstr(row->reason, ==, before->reason);
        g_assert_true(intake_replay(c.store, 1,
                                    i == 0 ? "Two persons were arrested in Karaj."
                                           : "2025-06-13,Two persons were arrested in Karaj.",
                                    &report_id, &error));
        g_assert_no_error(error);
        g_assert_cmpint(report_id, >, 0);
        intake_summary_clear(&summary);
        case_clear(&c);
    }
}

static void test_folder(void)
{
    Case c;
    case_make(&c);
    g_free(write_file(&c, "in/b.csv", TABLE, -1));
    g_free(write_file(&c, "in/deep/er/a.txt", "سه نفر در کرج بازداشت شدند", -1));
    g_free(write_file(&c, "in/.hidden.txt", "hidden", -1));
    g_free(write_file(&c, "in/c.csv", "a,b\n1,2\n", -1)); /* a table that says nothing */
    g_free(write_file(&c, "in/d.png", "\x89PNG\r\n\x1a\n\0\0\0", 11));
    g_autofree char *link = g_build_filename(c.folder, "in", "link.txt", NULL);
    g_assert_cmpint(symlink("/etc/passwd", link), ==, 0);
    g_autofree char *inner = g_build_filename(c.folder, "in", "inner.zenhar", NULL);
    g_autoptr(Store) other = evidence_create(inner, "x", &CHEAP, NULL);
    g_assert_nonnull(other);
    g_autofree char *folder = g_build_filename(c.folder, "in", NULL);
    IntakeSummary summary = {0};
    import_ok(&c, folder, NULL, &summary);
    g_assert_cmpuint(summary.files, ==, 4);
    g_assert_cmpuint(summary.added, ==, 3);
    g_assert_cmpuint(summary.quarantined, ==, 2); /* the bad date; the picture */
    g_assert_nonnull(summary.failed);
    g_assert_cmpuint(summary.failed->len, ==, 1); /* the table that says nothing */
    g_assert_cmpint(count(&c, STORE_KIND_ORIGINAL), ==, 4);
    /* What a picture says can be written by hand. */
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) waiting = store_quarantine_list_state(c.store, "waiting", NULL, &error);
    const StoreQuarantine *last = g_ptr_array_index(waiting, waiting->len - 1);
    g_test_message("%s", last->reason);
    g_assert_nonnull(
        strstr(last->reason, "d.png”: the picture is blank")); /* what its reader saw */
    gint64 report = 0;
    g_assert_true(intake_replay(c.store, last->id, NULL, &report, &error));
    g_assert_cmpint(report, ==, 0);
    g_assert_true(
        intake_replay(c.store, last->id, "Two persons were arrested in Karaj.", &report, &error));
    g_assert_cmpint(report, >, 0);
    intake_summary_clear(&summary);
    case_clear(&c);
}

static void test_nothing_there(void)
{
    Case c;
    case_make(&c);
    g_autoptr(GError) error = NULL;
    IntakeSummary summary = {0};
    IntakeOptions none = {0};
    g_assert_false(intake_import(c.store, "/nowhere/at/all.csv", &none, &summary, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND);
    g_autofree char *empty = write_file(&c, "empty.csv", "", 0);
    import_ok(&c, empty, NULL, &summary);
    g_assert_cmpuint(summary.records, ==, 0);
    g_assert_cmpuint(summary.quarantined, ==, 0);
    intake_summary_clear(&summary);
    case_clear(&c);
}

/* ---- killed at any moment ---- */

enum { RECORDS = 12000, BROKEN_EVERY = 1000, MOST_KILLS = 60 };

static GString *make_long_table(void)
{
    GString *csv = g_string_new("id,date,act,city,text\n");
    for (int i = 0; i < RECORDS; i++)
        g_string_append_printf(csv,
                               "%d,%s,arrest,Karaj,\"report number %d, with a text of its own\"\n",
                               i, i % BROKEN_EVERY == 7 ? "2025-02-30" : "2025-06-28", i);
    return csv;
}

/* One run in a process of its own; what it does not finish is killed. */
static bool run_and_kill(const char *case_path, const char *file, gulong microseconds)
{
    pid_t child = fork();
    g_assert_cmpint(child, >=, 0);
    if (child == 0) {
        g_autoptr(GError) error = NULL;
        Store *store = evidence_open(case_path, "test", STORE_WRITE, &error);
        IntakeSummary summary = {0};
        IntakeOptions none = {0};
        bool done = store != NULL && intake_import(store, file, &none, &summary, &error);
        _exit(done ? 0 : 1);
    }
    g_usleep(microseconds);
    kill(child, SIGKILL);
    int status = 0;
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
    return !WIFSIGNALED(status);
}

/* What the run's row says is what is in the tables. */
static gint64 check_consistent(const char *case_path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = evidence_open(case_path, "test", STORE_READ, &error);
    g_assert_no_error(error);
    g_autoptr(GPtrArray) runs = store_import_list(store, NULL, &error);
    g_assert_no_error(error);
    if (runs->len == 0)
        return 0;
    g_assert_cmpuint(runs->len, ==, 1);
    const StoreImport *run = g_ptr_array_index(runs, 0);
    g_assert_cmpint(run->records, ==, run->added + run->duplicates + run->quarantined);
    g_assert_cmpint(store_count(store, STORE_KIND_REPORT, &error), ==, run->added);
    g_assert_cmpint(store_count(store, STORE_KIND_QUARANTINE, &error), ==, run->quarantined);
    return run->records;
}

static void test_killed(void)
{
    Case c;
    case_make(&c);
    store_close(g_steal_pointer(&c.store));
    g_autoptr(GString) csv = make_long_table();
    g_autofree char *file = write_file(&c, "long.csv", csv->str, (gssize)csv->len);
    int kills = 0, half_done = 0;
    gint64 before = 0;
    while (kills < MOST_KILLS) {
        /* Later and later, so that any machine comes to its end. */
        gulong wait = (gulong)g_test_rand_int_range(2000, 40000 + 30000 * kills);
        if (run_and_kill(c.path, file, wait))
            break;
        kills++;
        gint64 records = check_consistent(c.path);
        g_assert_cmpint(records, >=, before); /* nothing acknowledged is lost */
        half_done += records > 0 && records < RECORDS;
        before = records;
    }
    g_test_message("%d kills, %d of them with the file half done", kills, half_done);
    g_assert_cmpint(kills, >, 0);
    g_autoptr(GError) error = NULL;
    c.store = evidence_open(c.path, "test", STORE_WRITE, &error);
    g_assert_no_error(error);
    IntakeSummary summary = {0};
    import_ok(&c, file, NULL, &summary);
    g_assert_cmpint(count(&c, STORE_KIND_REPORT), ==, RECORDS - RECORDS / BROKEN_EVERY);
    g_assert_cmpint(count(&c, STORE_KIND_QUARANTINE), ==, RECORDS / BROKEN_EVERY);
    g_assert_cmpint(count(&c, STORE_KIND_ORIGINAL), ==, 1);
    g_assert_cmpint(count(&c, STORE_KIND_SOURCE), ==, 1);
    /* Each id once. */
    g_autoptr(GHashTable) ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(StoreCursor) cursor = store_report_cursor(c.store, NULL, &error);
    for (const StoreReport *report; (report = store_report_next(cursor, &error)) != NULL;)
        g_assert_true(g_hash_table_add(ids, g_strdup(report->external_id)));
    g_assert_no_error(error);
    intake_summary_clear(&summary);
    store_cursor_free(g_steal_pointer(&cursor));
    case_clear(&c);
}

/* ---- the same file read by two at once ---- */

typedef struct {
    const char *path;
    StoreKeys *keys;
    const char *file;
    GError *error;
} Reading;

static gpointer read_file(gpointer data)
{
    Reading *reading = data;
    IntakeSummary summary = {0};
    const IntakeOptions options = {0};
    g_autoptr(Store) store =
        evidence_open_with_keys(reading->path, reading->keys, STORE_WRITE, &reading->error);
    if (store != NULL)
        intake_import(store, reading->file, &options, &summary, &reading->error);
    intake_summary_clear(&summary);
    return NULL;
}

/* One that was taken for dead goes on beside the one that took its place. */
static void test_two_at_once_leave_nothing_twice(void)
{
    enum { LINES = 16000, BAD_EACH = 1000 };
    Case c;
    case_make(&c);
    g_autoptr(GString) text = g_string_new(NULL);
    for (int i = 0; i < LINES; i++)
        if (i % BAD_EACH == 0)
            g_string_append_printf(text, "{broken %d\n", i);
        else
            g_string_append_printf(text, "{\"text\":\"Report %d\",\"date\":\"2025-06-13\"}\n", i);
    g_autofree char *file = write_file(&c, "many.jsonl", text->str, -1);
    Reading first = {.path = c.path, .keys = store_keys(c.store), .file = file};
    progress_stop(true); /* begun, and cut off behind the first batch */
    read_file(&first);
    progress_stop(false);
    g_assert_error(first.error, ZENHAR_ERROR, ZENHAR_ERROR_INTERRUPTED);
    g_clear_error(&first.error);
    Reading readings[2] = {first, first};
    GThread *threads[2];
    for (int i = 0; i < 2; i++)
        threads[i] = g_thread_new("reading", read_file, &readings[i]);
    for (int i = 0; i < 2; i++) {
        g_thread_join(threads[i]);
        if (readings[i].error != NULL)
            g_assert_error(readings[i].error, ZENHAR_ERROR, ZENHAR_ERROR_BUSY);
        g_clear_error(&readings[i].error);
    }
    read_file(&first);
    g_assert_no_error(first.error);
    g_autoptr(GError) error = NULL;
    g_assert_cmpint(store_report_count(c.store, &error), ==, LINES - LINES / BAD_EACH);
    g_assert_cmpint(store_quarantine_count(c.store, &error), ==, LINES / BAD_EACH);
    g_autoptr(StoreImport) run = store_import_load(c.store, 1, &error);
    g_assert_cmpint(run->records, ==, LINES);
    g_assert_cmpstr(run->state, ==, "done");
    case_clear(&c);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/intake/import/table", test_table);
    g_test_add_func("/intake/import/twice_adds_nothing", test_twice);
    g_test_add_func("/intake/import/sealed_before_it_is_read", test_sealed_first);
    g_test_add_func("/intake/import/quarantine_mended_and_replayed", test_quarantine);
    g_test_add_func("/intake/import/lost_characters_wait_for_words", test_lost_characters_wait);
    g_test_add_func("/intake/import/folder", test_folder);
    g_test_add_func("/intake/import/nothing_there", test_nothing_there);
    g_test_add_func("/intake/import/killed_at_any_moment_loses_nothing", test_killed);
    g_test_add_func("/intake/import/two_at_once_leave_nothing_twice",
                    test_two_at_once_leave_nothing_twice);
    return g_test_run();
}
