/* A case from making to removing a record. */
#include "hook.h"
#include "store/body.h"
#include "store/intake.h"
#include "store/link.h"
#include "store/log.h"
#include "store/person.h"
#include "store/report.h"
#include "store/search.h"
#include "store/signal.h"
#include "store/user.h"
#include "support.h"

#include <math.h>

static const StoreKeyCost CHEAP = {.passes = 1, .memory_bytes = 64 << 10};

static Store *new_case(char **ret_folder)
{
    g_autofree char *parent = test_folder_new();
    g_autoptr(GError) error = NULL;
    char *folder = g_build_filename(parent, "test.zenhar", NULL);
    Store *store = store_create(folder, "correct horse", &CHEAP, &error);
    g_assert_no_error(error);
    hook_set(store);
    if (ret_folder != NULL)
        *ret_folder = folder;
    else
        g_free(folder);
    return store;
}

static void a_record_comes_back_as_it_was(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = new_case(&folder);
    g_autoptr(StoreSource) source = store_source_new();
    source->name = g_strdup("سازمان الف");
    source->reliability = 'B';
    g_assert_true(store_source_add(store, source, &error));
    g_assert_no_error(error);
    g_assert_cmpint(source->id, ==, 1);
    g_assert_cmpint(source->created, >, 0);
    g_clear_pointer(&store, store_close);

    store = store_open(folder, "correct horse", STORE_READ, &error);
    g_assert_no_error(error);
    g_autoptr(StoreSource) back = store_source_load(store, 1, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(back->name, ==, "سازمان الف");
    g_assert_cmpint(back->reliability, ==, 'B');
    g_assert_null(back->url);
    g_autoptr(GPtrArray) list = store_source_list(store, NULL, &error);
    g_assert_cmpuint(list->len, ==, 1);
    g_assert_cmpint(store_source_count(store, &error), ==, 1);
}

static void update_and_remove(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = new_case(NULL);
    g_autoptr(StorePlace) place = store_place_new();
    place->iso = g_strdup("IR-23");
    place->name_fa = g_strdup("تهران");
    g_assert_true(isnan(place->latitude));
    g_assert_true(store_place_add(store, place, &error));
    place->latitude = 35.7;
    g_assert_true(store_place_update(store, place, &error));
    g_assert_no_error(error);
    g_autoptr(StorePlace) found = store_place_find(store, "IR-23", &error);
    g_assert_cmpfloat(found->latitude, ==, 35.7);
    g_assert_true(isnan(found->longitude));
    g_assert_true(store_place_remove(store, place->id, &error));
    g_assert_null(store_place_load(store, place->id, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND);
}

static void a_batch_is_found_again(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = new_case(&folder);
    g_autoptr(StoreSource) source = store_source_new();
    source->name = g_strdup("A");
    g_assert_true(store_source_add(store, source, &error));
    StoreReportItem items[3];
    StoreStatement statements[3];
    static const char *const TEXTS[] = {"بازداشت در تهران", "arrest in tehran", "bazdasht"};
    for (int i = 0; i < 3; i++) {
        memset(&items[i], 0, sizeof items[i]);
        store_report_init(&items[i].report);
        store_statement_init(&statements[i]);
        items[i].report.source_id = source->id;
        items[i].report.text = (char *)(gpointer)TEXTS[i];
        items[i].report.content_key[0] = (guint8)(1 + i % 2);
        items[i].search_text = TEXTS[i];
        items[i].n_statements = 1;
        items[i].statements = &statements[i];
        statements[i].act_kind = (char *)(gpointer) "arrest";
        statements[i].victim_name = (char *)(gpointer) "نام";
        statements[i].first_day = statements[i].last_day = 20000;
    }
    gsize added = 0;
    g_assert_true(store_report_add_batch(store, items, 3, &added, NULL, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(added, ==, 2);
    g_assert_true(items[2].duplicate);
    g_assert_cmpint(items[2].duplicate_of, ==, 1);
    g_autoptr(GArray) ids = store_search(store, "تهران", NULL, &error);
    g_assert_cmpuint(ids->len, ==, 1);
    g_assert_cmpint(g_array_index(ids, gint64, 0), ==, 1);
    g_autoptr(GArray) steps = store_trace_step(store, STORE_KIND_STATEMENT, 2, 0, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(steps->len, ==, 1);
    g_assert_cmpint(g_array_index(steps, StoreTraceStep, 0).id, ==, 2);
    const StoreTallyQuery query = {.synthetic = -1, .unlinked_only = true};
    g_autoptr(StoreTally) tally = store_statement_tally(store, &query, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(tally->n_rows, ==, 1);
    g_assert_cmpint(tally->rows[0].statements, ==, 2);
    g_autoptr(StoreStatement) sealed = store_statement_load(store, 1, &error);
    g_assert_null(sealed->victim_name);
    g_assert_true(store_unseal(store, 0, "test", &error));
    g_autoptr(StoreStatement) open = store_statement_load(store, 1, &error);
    g_assert_cmpstr(open->victim_name, ==, "نام");
    g_autoptr(GPtrArray) statements_of = store_statement_list_by_report(store, 2, NULL, &error);
    g_assert_cmpuint(statements_of->len, ==, 1);
    const StoreReportQuery select = {.status = -1, .by_day = true};
    g_autoptr(GPtrArray) reports = store_report_select(store, &select, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(reports->len, ==, 2);
    g_assert_true(store_optimize(store, &error));
    g_assert_no_error(error);
    g_assert_true(store_check(store, &error));
    g_assert_no_error(error);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/case/a_record_comes_back_as_it_was", a_record_comes_back_as_it_was);
    g_test_add_func("/store/case/update_and_remove", update_and_remove);
    g_test_add_func("/store/case/a_batch_is_found_again", a_batch_is_found_again);
    return g_test_run();
}
