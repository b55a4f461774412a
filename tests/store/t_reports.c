/* Transactions and their hook; reports in bulk, chosen, counted, traced, searched. */
#include "case.h"
#include "store/body.h"
#include "store/link.h"
#include "store/log.h"
#include "store/person.h"
#include "store/report.h"
#include "store/search.h"
#include "store/signal.h"
#include "store/user.h"

#include <string.h>

static bool set(Store *store, const char *name, const char *value)
{
    return store_setting_set(store, name, value, NULL);
}

static void assert_setting(Store *store, const char *name, const char *wanted)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *value = store_setting_get(store, name, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(value, ==, wanted);
}

/* ---- transactions ---- */

static void inner_transactions_roll_back_alone(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = case_new(NULL);
    HookLog *log = store_hook_context(store);
    g_assert_true(store_begin(store, &error));
    g_assert_true(set(store, "a", "outer"));
    g_assert_true(store_begin(store, &error));
    g_assert_true(set(store, "a", "inner"));
    g_assert_true(set(store, "b", "inner"));
    g_assert_cmpuint(log->changes->len, ==, 3);
    store_rollback(store);
    g_assert_cmpuint(log->changes->len, ==, 1); /* the hook forgot them too */
    g_assert_true(store_begin(store, &error));
    g_assert_true(set(store, "c", "kept"));
    g_assert_true(store_commit(store, &error));
    g_assert_cmpuint(store_depth(store), ==, 1);
    g_assert_cmpuint(log->commits, ==, 0);
    g_assert_true(store_commit(store, &error));
    g_assert_cmpuint(log->commits, ==, 1);
    g_assert_cmpuint(log->committed->len, ==, 2);
    assert_setting(store, "a", "outer");
    assert_setting(store, "b", NULL);
    assert_setting(store, "c", "kept");
}

static void the_outermost_rollback_takes_all_back(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = case_new(NULL);
    HookLog *log = store_hook_context(store);
    g_assert_true(store_begin(store, &error));
    g_assert_true(store_begin(store, &error));
    g_assert_true(set(store, "a", "x"));
    g_assert_true(store_commit(store, &error));
    store_rollback(store);
    assert_setting(store, "a", NULL);
    g_assert_cmpuint(log->committed->len, ==, 0);
    g_assert_cmpuint(log->rollbacks, ==, 1);
}

static void a_change_that_is_not_logged_is_not_made(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = case_new(NULL);
    HookLog *log = store_hook_context(store);
    log->fail_at = 0;
    g_assert_false(store_setting_set(store, "a", "x", &error));
    assert_error(&error, ZENHAR_ERROR_IO, "told to fail");
    assert_setting(store, "a", NULL);
    /* Inside a transaction: what came before cannot be kept either. */
    log->fail_at = 1;
    g_autoptr(StoreSource) source = store_source_new();
    source->name = g_strdup("one");
    g_assert_true(store_begin(store, &error));
    g_assert_true(store_source_add(store, source, &error));
    source->id = 0;
    g_free(source->name);
    source->name = g_strdup("two");
    g_assert_false(store_source_add(store, source, &error));
    assert_error(&error, ZENHAR_ERROR_IO, "told to fail");
    log->fail_at = G_MAXSIZE;
    g_assert_false(store_source_add(store, source, &error)); /* nothing more is written */
    assert_error(&error, ZENHAR_ERROR_IO, "taken back");
    g_assert_false(store_commit(store, &error));
    assert_error(&error, ZENHAR_ERROR_IO, "taken back");
    g_assert_cmpint(store_source_count(store, &error), ==, 0);
    /* A savepoint around it heals: only its level is lost. */
    log->fail_at = 1;
    g_assert_true(store_begin(store, &error));
    source->id = 0;
    g_assert_true(store_source_add(store, source, &error));
    g_assert_false(store_setting_set(store, "a", "x", &error)); /* a savepoint of its own */
    g_clear_error(&error);
    log->fail_at = G_MAXSIZE;
    g_assert_true(store_setting_set(store, "b", "y", &error));
    g_assert_true(store_commit(store, &error));
    g_assert_no_error(error);
    g_assert_cmpint(store_source_count(store, &error), ==, 1);
    assert_setting(store, "a", NULL);
    assert_setting(store, "b", "y");
    g_assert_cmpuint(log->committed->len, ==, 2);
}

static void a_refused_write_leaves_the_transaction_whole(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = case_new(NULL);
    g_autoptr(StoreSource) source = store_source_new();
    source->name = g_strdup("one");
    g_assert_true(store_begin(store, &error));
    g_assert_true(store_source_add(store, source, &error));
    source->id = 0;
    g_assert_false(store_source_add(store, source, &error)); /* unique */
    assert_error(&error, ZENHAR_ERROR_USAGE, NULL);
    g_assert_true(store_commit(store, &error));
    g_assert_cmpint(store_source_count(store, &error), ==, 1);
}

static void closing_rolls_back(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(GError) error = NULL;
    Store *store = case_new(&folder);
    g_assert_true(store_begin(store, &error));
    g_assert_true(store_begin(store, &error));
    g_assert_true(set(store, "a", "x"));
    store_close(store);
    store = case_open(folder, STORE_READ);
    assert_setting(store, "a", NULL);
    store_close(store);
}

/* ---- reports in bulk ---- */

/* Strings of a row are literals: nothing here is cleared. */
typedef struct {
    const char *text;
    const char *kind;
    guint8 key;
    gint32 day;
    gint64 received_day, source_id;
    bool synthetic;
} Row;

static char *literal(const char *text)
{
    return (char *)(gpointer)text;
}

static void make_item(const Row *row, StoreReportItem *item, StoreStatement *statement)
{
    memset(item, 0, sizeof *item);
    store_report_init(&item->report);
    store_statement_init(statement);
    item->report.text = literal(row->text);
    item->report.kind = literal(row->kind);
    item->report.content_key[3] = row->key;
    item->report.first_day = item->report.last_day = row->day;
    item->report.received = row->received_day * 86400 + 5;
    item->report.source_id = row->source_id;
    item->report.synthetic = row->synthetic;
    statement->act_kind = literal(row->kind);
    statement->first_day = statement->last_day = row->day;
    statement->victim_name = literal("نام");
    item->search_text = row->text;
    item->statements = statement;
    item->n_statements = 1;
}

static const Row ROWS[] = {
    {"بازداشت دانشجو در تهران", "arrest", 1, 20000, 20001, 1, false},
    {"احضار وکیل به دادگاه انقلاب", "summons", 2, 20001, 20001, 1, false},
    {"arrest of a student in tehran", "arrest", 3, 20000, 20001, 1, false},
    {"بازداشت وکیل در شیراز", "arrest", 4, 19990, 20003, 2, true},
    {"باز داشت می‌کنند؛ تهران، ایران", "arrest", 5, -3, -1, 2, false},
};

static Store *filled_case(StoreReportItem items[G_N_ELEMENTS(ROWS)],
                          StoreStatement statements[G_N_ELEMENTS(ROWS)])
{
    g_autoptr(GError) error = NULL;
    Store *store = case_new(NULL);
    for (int i = 0; i < 2; i++) {
        g_autoptr(StoreSource) source = store_source_new();
        source->name = g_strdup_printf("source %d", i);
        g_assert_true(store_source_add(store, source, &error));
    }
    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++)
        make_item(&ROWS[i], &items[i], &statements[i]);
    gsize added = 0;
    g_assert_true(store_report_add_batch(store, items, G_N_ELEMENTS(ROWS), &added, NULL, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(added, ==, G_N_ELEMENTS(ROWS));
    return store;
}

static void the_same_report_is_added_once(void)
{
    g_autoptr(GError) error = NULL;
    StoreReportItem items[G_N_ELEMENTS(ROWS)];
    StoreStatement statements[G_N_ELEMENTS(ROWS)];
    g_autoptr(Store) store = filled_case(items, statements);
    const guint before = ((HookLog *)store_hook_context(store))->committed->len;
    gsize added = 99;
    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++)
        make_item(&ROWS[i], &items[i], &statements[i]);
    items[4].report.content_key[3] = 0; /* no key: never a duplicate */
    g_assert_true(store_report_add_batch(store, items, G_N_ELEMENTS(ROWS), &added, NULL, &error));
    g_assert_cmpuint(added, ==, 1);
    for (gsize i = 0; i < 4; i++) {
        g_assert_true(items[i].duplicate);
        g_assert_cmpint(items[i].duplicate_of, ==, i + 1);
        g_assert_cmpint(items[i].report.id, ==, 0);
    }
    g_assert_false(items[4].duplicate);
    g_assert_cmpint(items[4].report.id, ==, 6);
    g_assert_cmpint(statements[4].report_id, ==, 6);
    g_assert_cmpuint(((HookLog *)store_hook_context(store))->committed->len, ==, before + 2);
    g_assert_cmpint(store_report_find(store, items[1].report.content_key, &error), ==, 2);
    const guint8 unknown[16] = {9};
    g_assert_cmpint(store_report_find(store, unknown, &error), ==, 0);
}

static void seals_made_ahead_open_like_others(void)
{
    g_autoptr(GError) error = NULL;
    StoreReportItem items[G_N_ELEMENTS(ROWS)];
    StoreStatement statements[G_N_ELEMENTS(ROWS)];
    g_autoptr(Store) store = case_new(NULL);
    g_autoptr(GPtrArray) rooms = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(StoreSealer) sealer = store_sealer_new(store, &error);
    g_assert_no_error(error);
    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        make_item(&ROWS[i], &items[i], &statements[i]);
        items[i].report.source_id = 0;
        statements[i].case_number = i == 1 ? NULL : literal("12/34");
        const gsize size = store_report_item_seal(NULL, &items[i], NULL);
        guint8 *room = g_malloc(size); /* exactly: a byte beyond would be seen */
        g_ptr_array_add(rooms, room);
        if (i != 2) { /* one is sealed by the call itself */
            g_assert_cmpuint(store_report_item_seal(sealer, &items[i], room), ==, size);
            items[i].seals = room;
        }
    }
    g_assert_true(store_report_add_batch(store, items, G_N_ELEMENTS(ROWS), NULL, NULL, &error));
    g_assert_no_error(error);
    g_assert_true(store_unseal(store, 0, "test", &error));
    for (gint64 id = 1; id <= (gint64)G_N_ELEMENTS(ROWS); id++) {
        g_autoptr(StoreStatement) statement = store_statement_load(store, id, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(statement->victim_name, ==, "نام");
        g_assert_null(statement->victim_father);
        g_assert_cmpstr(statement->case_number, ==, id == 2 ? NULL : "12/34");
    }
}

static void a_bad_item_takes_the_batch_back(void)
{
    g_autoptr(GError) error = NULL;
    StoreReportItem items[G_N_ELEMENTS(ROWS)];
    StoreStatement statements[G_N_ELEMENTS(ROWS)];
    g_autoptr(Store) store = filled_case(items, statements);
    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        make_item(&ROWS[i], &items[i], &statements[i]);
        items[i].report.content_key[3] = (guint8)(100 + i);
    }
    items[2].report.place_id = 77;
    gsize bad = 99;
    g_assert_true(store_begin(store, &error));
    g_assert_true(set(store, "kept", "yes"));
    g_assert_false(store_report_add_batch(store, items, 5, NULL, &bad, &error));
    assert_error(&error, ZENHAR_ERROR_USAGE, NULL);
    g_assert_cmpuint(bad, ==, 2);
    g_assert_cmpint(items[0].report.id, ==, 0);
    g_assert_true(store_commit(store, &error));
    g_assert_cmpint(store_report_count(store, &error), ==, 5);
    assert_setting(store, "kept", "yes");
    g_assert_cmpint(store_search_count(store, "دانشجو", 0, &error), ==, 1);
}

static void assert_ids(const GPtrArray *reports, const char *wanted)
{
    g_autoptr(GString) ids = g_string_new(NULL);
    g_assert_nonnull(reports);
    for (guint i = 0; i < reports->len; i++) {
        const StoreReport *report = g_ptr_array_index(reports, i);
        g_string_append_printf(ids, "%s%" G_GINT64_FORMAT, i > 0 ? " " : "", report->id);
    }
    g_assert_cmpstr(ids->str, ==, wanted);
}

static void reports_are_chosen(void)
{
    static const struct {
        StoreReportQuery query;
        const char *ids;
    } CASES[] = {
        {{.status = -1}, "1 2 3 4 5"},
        {{.status = -1, .page = {.descending = true, .limit = 2}}, "5 4"},
        {{.status = -1, .page = {.descending = true, .limit = 2, .after = 4}}, "3 2"},
        {{.status = -1, .page = {.offset = 3}}, "4 5"},
        {{.status = -1, .source_id = 2}, "4 5"},
        {{.status = -1, .kind = "summons"}, "2"},
        {{.status = -1, .from_day = 19990, .to_day = 20000}, "1 3 4"},
        {{.status = -1, .from_day = -10, .to_day = 0}, "5"},
        {{.status = -1, .by_day = true}, "5 4 1 3 2"},
        {{.status = -1, .by_day = true, .after_day = 20000, .page = {.after = 1}}, "3 2"},
        {{.status = -1, .by_day = true, .page = {.descending = true, .limit = 3}}, "2 3 1"},
        {{.status = -1,
          .by_day = true,
          .after_day = 20000,
          .page = {.descending = true, .after = 1}},
         "4 5"},
        {{.status = STORE_REPORT_REVIEWED}, ""},
    };
    g_autoptr(GError) error = NULL;
    StoreReportItem items[G_N_ELEMENTS(ROWS)];
    StoreStatement statements[G_N_ELEMENTS(ROWS)];
    g_autoptr(Store) store = filled_case(items, statements);
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autoptr(GPtrArray) list = store_report_select(store, &CASES[i].query, &error);
        g_assert_no_error(error);
        assert_ids(list, CASES[i].ids);
        if (CASES[i].query.page.limit == 0 && CASES[i].query.page.after == 0 &&
            CASES[i].query.page.offset == 0)
            g_assert_cmpint(store_report_select_count(store, &CASES[i].query, &error), ==,
                            list->len);
    }
    /* Withdrawn and rejected ones stand aside unless asked for. */
    g_autoptr(StoreReport) report = store_report_load(store, 1, &error);
    report->withdrawn = true;
    g_assert_true(store_report_update(store, report, &error));
    g_autoptr(StoreReport) rejected = store_report_load(store, 2, &error);
    rejected->status = STORE_REPORT_REJECTED;
    g_assert_true(store_report_update(store, rejected, &error));
    const StoreReportQuery all = {.status = -1}, with = {.status = -1, .with_withdrawn = true};
    const StoreReportQuery only = {.status = STORE_REPORT_REJECTED};
    g_autoptr(GPtrArray) standing = store_report_select(store, &all, &error);
    assert_ids(standing, "3 4 5");
    g_autoptr(GPtrArray) everything = store_report_select(store, &with, &error);
    assert_ids(everything, "1 2 3 4 5");
    g_autoptr(GPtrArray) aside = store_report_select(store, &only, &error);
    assert_ids(aside, "2");
    g_autoptr(StoreCursor) cursor = store_report_select_cursor(store, &all, &error);
    guint n = 0;
    for (const StoreReport *row; (row = store_report_next(cursor, &error)) != NULL; n++)
        g_assert_cmpstr(row->text, ==, ROWS[row->id - 1].text);
    g_assert_cmpuint(n, ==, 3);
}

static void statements_are_tallied(void)
{
    g_autoptr(GError) error = NULL;
    StoreReportItem items[G_N_ELEMENTS(ROWS)];
    StoreStatement statements[G_N_ELEMENTS(ROWS)];
    g_autoptr(Store) store = filled_case(items, statements);
    StoreTallyQuery query = {.synthetic = -1};
    g_autoptr(StoreTally) all = store_statement_tally(store, &query, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(all->n_rows, ==, 4);
    g_assert_cmpint(all->rows[0].day, ==, -3);
    g_assert_cmpint(all->rows[0].received_day, ==, -1); /* before 1970 days are whole too */
    g_assert_cmpint(all->rows[2].day, ==, 20000);
    g_assert_cmpint(all->rows[2].statements, ==, 2);
    g_assert_cmpint(all->rows[2].count_max, ==, 2);
    g_assert_cmpint(all->rows[2].source_id, ==, 1);
    g_assert_cmpstr(all->rows[3].act_kind, ==, "summons");
    query.synthetic = 0;
    query.act_kind = "arrest";
    query.from_day = 1;
    query.to_day = 20001;
    g_autoptr(StoreTally) some = store_statement_tally(store, &query, &error);
    g_assert_cmpuint(some->n_rows, ==, 1);
    /* Two statements of one act count once; the first that stands. */
    g_autoptr(StoreAct) act = store_act_new();
    g_assert_true(store_act_add(store, act, &error));
    g_assert_true(store_statement_set_links(store, 1, 0, act->id, &error));
    g_assert_true(store_statement_set_links(store, 3, 0, act->id, &error));
    g_assert_no_error(error);
    query.unlinked_only = true;
    g_autoptr(StoreTally) once = store_statement_tally(store, &query, &error);
    g_assert_cmpint(once->rows[0].statements, ==, 1);
    g_autoptr(StoreReport) report = store_report_load(store, 1, &error);
    report->withdrawn = true;
    g_assert_true(store_report_update(store, report, &error));
    g_autoptr(StoreTally) still = store_statement_tally(store, &query, &error);
    g_assert_cmpuint(still->n_rows, ==, 1);
    g_assert_cmpint(still->rows[0].statements, ==, 1);
}

static void set_links_changes_nothing_else(void)
{
    g_autoptr(GError) error = NULL;
    StoreReportItem items[G_N_ELEMENTS(ROWS)];
    StoreStatement statements[G_N_ELEMENTS(ROWS)];
    g_autoptr(Store) store = filled_case(items, statements);
    HookLog *log = store_hook_context(store);
    g_autoptr(StorePerson) person = store_person_new();
    g_assert_true(store_person_add(store, person, &error));
    g_assert_true(store_statement_set_links(store, 2, person->id, 0, &error));
    const HookChange *told = g_ptr_array_index(log->committed, log->committed->len - 1);
    g_autoptr(GBytes) stands = store_log_record(store, STORE_KIND_STATEMENT, 2, &error);
    g_assert_true(g_bytes_equal(told->bytes, stands));
    g_assert_true(store_unseal(store, 0, "test", &error));
    g_autoptr(StoreStatement) statement = store_statement_load(store, 2, &error);
    g_assert_cmpint(statement->victim_id, ==, person->id);
    g_assert_cmpstr(statement->victim_name, ==, "نام");
    g_assert_false(store_statement_set_links(store, 99, 0, 0, &error));
    assert_error(&error, ZENHAR_ERROR_NOT_FOUND, "T99");
    g_assert_false(store_statement_set_links(store, 2, 99, 0, &error));
    assert_error(&error, ZENHAR_ERROR_USAGE, NULL);
    g_autoptr(GPtrArray) linked = store_statement_list_by_victim(store, person->id, NULL, &error);
    g_autoptr(GPtrArray) others = store_statement_list_by_victim(store, 0, NULL, &error);
    g_assert_cmpuint(linked->len, ==, 1);
    g_assert_cmpuint(others->len, ==, 4);
}

/* ---- search ---- */

static char *found(Store *store, const char *query)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) ids = store_search(store, query, NULL, &error);
    g_autoptr(GString) text = g_string_new(NULL);
    g_assert_no_error(error);
    for (guint i = 0; i < ids->len; i++)
        g_string_append_printf(text, "%s%" G_GINT64_FORMAT, i > 0 ? " " : "",
                               g_array_index(ids, gint64, i));
    g_assert_cmpint(store_search_count(store, query, 0, &error), ==, ids->len);
    return g_strdup(text->str);
}

static void words_are_found(void)
{
    static const struct {
        const char *query, *ids;
    } CASES[] = {
        {"تهران", "5 1"},
        {"تهران دانشجو", "1"},
        {"بازداشت", "4 1"},
        {"باز*", "5 4 1"},
        {"\"بازداشت وکیل\"", "4"},
        {"\"وکیل بازداشت\"", ""},
        {"وکیل بازداشت", "4"},
        {"\"بازداشت وکیل\" شیراز", "4"},
        {"می‌کنند", "5"}, /* the half-space parts words, in the text and in the query */
        {"کنند", "5"},
        {"،تهران؛", "5 1"},
        {"arrest", "3"},
        {"arr", ""},
        {"arr*", "3"},
        {"nothing", ""},
        {"", ""},
        {"\"", ""},
        {"*", ""},
        {"  ، \" * ", ""},
        /* Signs of FTS5's own language mean nothing. */
        {"arrest OR تهران", ""},
        {"NOT arrest", ""},
        {"text:arrest", ""},
        {"arrest)", "3"},
        {"(arrest", "3"},
        {"arrest^ -student", "3"},
        {"NEAR(arrest student)", ""},
        {"\"arrest of", "3"}, /* a quote that is not closed */
        {"of \"arrest", "3"},
        {"arrest\" of \"student", "3"},
        {"\xff\xfe", ""},
    };
    g_autoptr(GError) error = NULL;
    StoreReportItem items[G_N_ELEMENTS(ROWS)];
    StoreStatement statements[G_N_ELEMENTS(ROWS)];
    g_autoptr(Store) store = filled_case(items, statements);
    for (int round = 0; round < 2; round++) {
        for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
            g_autofree char *ids = found(store, CASES[i].query);
            if (g_strcmp0(ids, CASES[i].ids) != 0)
                g_error("“%s”: found %s, not %s", CASES[i].query, ids, CASES[i].ids);
        }
        g_assert_true(store_optimize(store, &error)); /* and after it, just the same */
        g_assert_no_error(error);
    }
    const StorePage page = {.after = 4, .limit = 1};
    g_autoptr(GArray) ids = store_search(store, "باز*", &page, &error);
    g_assert_cmpuint(ids->len, ==, 1);
    g_assert_cmpint(g_array_index(ids, gint64, 0), ==, 1);
    g_assert_cmpint(store_search_count(store, "باز*", 2, &error), ==, 2);
}

static void what_is_changed_or_removed_is_forgotten(void)
{
    g_autoptr(GError) error = NULL;
    StoreReportItem items[G_N_ELEMENTS(ROWS)];
    StoreStatement statements[G_N_ELEMENTS(ROWS)];
    g_autoptr(Store) store = filled_case(items, statements);
    g_assert_true(store_search_put(store, 1, "something else", &error));
    g_autofree char *old = found(store, "دانشجو");
    g_autofree char *new = found(store, "something");
    g_assert_cmpstr(old, ==, "");
    g_assert_cmpstr(new, ==, "1");
    g_assert_true(store_statement_remove(store, 3, &error));
    g_assert_true(store_report_remove(store, 3, &error));
    g_assert_no_error(error);
    g_autofree char *gone = found(store, "arrest");
    g_assert_cmpstr(gone, ==, "");
    g_assert_true(store_check(store, &error));
}

static char *lower(const char *word, gpointer data)
{
    return g_utf8_strdown(word, -1);
}

static void snippets_show_the_words(void)
{
    const char *text =
        "Beginning of a long text.\nThen, far in the middle, the Arrest of somebody is "
        "told, and then ARRESTS again; and it goes on for quite a while.";
    g_autoptr(StoreSnippet) one = store_search_snippet(text, "arrest*", 60, lower, NULL);
    g_assert_cmpuint(one->n_marks, ==, 1);
    g_assert_true(g_str_has_prefix(one->text, "…") && g_str_has_suffix(one->text, "…"));
    g_assert_true(g_str_has_prefix(one->text + one->marks[0].offset, "Arrest of"));
    g_assert_cmpuint(one->marks[0].length, ==, 6);
    g_assert_cmpuint(strlen(one->text), <=, 60 + 2 * strlen("…"));
    g_autoptr(StoreSnippet) whole = store_search_snippet(text, "arrest*", 1000, lower, NULL);
    g_assert_cmpuint(whole->n_marks, ==, 2);
    g_assert_null(strchr(whole->text, '\n'));
    g_assert_true(g_str_has_prefix(whole->text + whole->marks[1].offset, "ARRESTS again"));
    g_autoptr(StoreSnippet) none = store_search_snippet(text, "missing", 30, lower, NULL);
    g_assert_cmpuint(none->n_marks, ==, 0);
    g_assert_true(g_str_has_prefix(none->text, "Beginning"));
    /* Never cut inside a character, whatever the window. */
    const char *persian =
        "بازداشت‌شدگانِ تیرماه در زندان‌های تهران و کرج "
        "نگه‌داری "
        "می‌شوند";
    for (gsize bytes = 1; bytes < strlen(persian) + 3; bytes++) {
        g_autoptr(StoreSnippet) cut = store_search_snippet(persian, "کرج", bytes, NULL, NULL);
        g_assert_true(g_utf8_validate(cut->text, -1, NULL));
        if (cut->n_marks > 0)
            g_assert_true(g_str_has_prefix(cut->text + cut->marks[0].offset, "کرج"));
    }
}

/* ---- trace and log ---- */

static char *steps_of(Store *store, StoreKind kind, gint64 id)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) steps = store_trace_step(store, kind, id, 0, &error);
    g_autoptr(GString) text = g_string_new(NULL);
    g_assert_no_error(error);
    for (guint i = 0; i < steps->len; i++) {
        const StoreTraceStep *step = &g_array_index(steps, StoreTraceStep, i);
        char printed[STORE_ID_MAX];
        g_string_append_printf(text, "%s%s%s%s", i > 0 ? " " : "",
                               store_id_format(step->kind, step->id, printed),
                               step->role[0] != '\0' ? ":" : "", step->role);
    }
    return g_strdup(text->str);
}

static void a_number_is_walked_to_its_originals(void)
{
    g_autoptr(GError) error = NULL;
    StoreReportItem items[G_N_ELEMENTS(ROWS)];
    StoreStatement statements[G_N_ELEMENTS(ROWS)];
    g_autoptr(Store) store = filled_case(items, statements);
    g_autoptr(StoreOriginal) original = store_original_new();
    original->sha256[0] = 1;
    g_assert_true(store_original_add(store, original, &error));
    g_autoptr(StoreReport) report = store_report_load(store, 1, &error);
    report->original_id = original->id;
    g_assert_true(store_report_update(store, report, &error));
    g_autoptr(StoreAct) act = store_act_new();
    g_assert_true(store_act_add(store, act, &error));
    g_assert_true(store_statement_set_links(store, 1, 0, 1, &error));
    g_assert_true(store_statement_set_links(store, 3, 0, 1, &error));
    g_autoptr(StoreSeries) series = store_series_new();
    g_autoptr(StoreAlarm) alarm = store_alarm_new();
    g_assert_true(store_series_add(store, series, &error));
    alarm->series_id = series->id;
    g_assert_true(store_alarm_add(store, alarm, &error));
    g_assert_true(
        store_link_join(store, STORE_KIND_ALARM, 1, STORE_KIND_ACT, 1, "evidence", &error));
    g_assert_no_error(error);
    static const struct {
        StoreKind kind;
        const char *steps;
    } CASES[] = {
        {STORE_KIND_ALARM, "A1:evidence SE1"},
        {STORE_KIND_ACT, "T1 T3"},
        {STORE_KIND_STATEMENT, "R1"},
        {STORE_KIND_REPORT, "S1 O1"},
        {STORE_KIND_ORIGINAL, ""},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autofree char *steps = steps_of(store, CASES[i].kind, 1);
        g_assert_cmpstr(steps, ==, CASES[i].steps);
    }
    g_autoptr(GArray) limited = store_trace_step(store, STORE_KIND_ACT, 1, 1, &error);
    g_assert_cmpuint(limited->len, ==, 1);
}

static bool visit(void *context, StoreKind kind, gint64 id, gint64 position, const guint8 *bytes,
                  gsize length, GError **error)
{
    GString *seen = context;
    g_string_append_printf(seen, "%" G_GINT64_FORMAT "@%" G_GINT64_FORMAT " ", id, position);
    g_assert_cmpint(bytes[0], ==, 1);
    g_assert_cmpint(bytes[1], ==, kind);
    return id < 4;
}

static void the_log_keeps_tiles_and_heads(void)
{
    g_autoptr(GError) error = NULL;
    StoreReportItem items[G_N_ELEMENTS(ROWS)];
    StoreStatement statements[G_N_ELEMENTS(ROWS)];
    g_autoptr(Store) store = filled_case(items, statements);
    g_autoptr(GString) seen = g_string_new(NULL);
    g_assert_false(
        store_log_walk(store, STORE_KIND_REPORT, visit, seen, &error)); /* stopped at 4 */
    g_assert_cmpstr(seen->str, ==, "1@2 2@4 3@6 4@8 ");
    StoreLogHead head = {.number = 1, .size = 12, .time = 5, .root = {1}, .signature = {9}};
    StoreLogHead back = {0};
    g_assert_false(store_log_head_load(store, 0, &back, &error));
    g_assert_no_error(error);
    g_assert_true(store_begin(store, &error));
    g_assert_true(store_log_head_add(store, &head, &error));
    head.number = 2;
    g_assert_true(store_log_head_add(store, &head, &error));
    g_assert_true(store_log_tile_put(store, 0, 0, "abc", 3, &error));
    g_assert_true(store_log_tile_put(store, 0, 0, "abcd", 4, &error));
    g_assert_true(store_log_tile_put(store, 1, 0, "z", 1, &error));
    g_assert_true(store_commit(store, &error));
    g_assert_true(store_log_head_load(store, 0, &back, &error));
    g_assert_cmpint(memcmp(&head, &back, sizeof head), ==, 0);
    g_autoptr(GArray) heads = store_log_head_list(store, 1, 0, &error);
    g_assert_cmpuint(heads->len, ==, 1);
    g_autoptr(GBytes) tile = store_log_tile_load(store, 0, 0, &error);
    g_assert_cmpuint(g_bytes_get_size(tile), ==, 4);
    g_assert_null(store_log_tile_load(store, 0, 1, &error));
    g_assert_no_error(error);
}

static const struct Test {
    const char *claim;
    void (*run)(void);
} TESTS[] = {
    {"inner_transactions_roll_back_alone", inner_transactions_roll_back_alone},
    {"the_outermost_rollback_takes_all_back", the_outermost_rollback_takes_all_back},
    {"a_change_that_is_not_logged_is_not_made", a_change_that_is_not_logged_is_not_made},
    {"a_refused_write_leaves_the_transaction_whole", a_refused_write_leaves_the_transaction_whole},
    {"closing_rolls_back", closing_rolls_back},
    {"the_same_report_is_added_once", the_same_report_is_added_once},
    {"seals_made_ahead_open_like_others", seals_made_ahead_open_like_others},
    {"a_bad_item_takes_the_batch_back", a_bad_item_takes_the_batch_back},
    {"reports_are_chosen_and_paged", reports_are_chosen},
    {"statements_are_tallied", statements_are_tallied},
    {"set_links_changes_nothing_else", set_links_changes_nothing_else},
    {"words_are_found_in_both_languages", words_are_found},
    {"what_is_changed_or_removed_is_forgotten", what_is_changed_or_removed_is_forgotten},
    {"snippets_show_the_words", snippets_show_the_words},
    {"a_number_is_walked_to_its_originals", a_number_is_walked_to_its_originals},
    {"the_log_keeps_tiles_and_heads", the_log_keeps_tiles_and_heads},
};

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(TESTS); i++) {
        g_autofree char *path = g_strconcat("/store/reports/", TESTS[i].claim, NULL);
        g_test_add_func(path, TESTS[i].run);
    }
    return g_test_run();
}
