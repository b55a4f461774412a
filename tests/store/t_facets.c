/* Facets of a list: each count is what the list itself counts with that value chosen too. */
#include "case.h"
#include "store/body.h"
#include "store/find_private.h"
#include "store/person.h"
#include "store/query_facet.h"
#include "store/search.h"
#include "support.h"

#include <string.h>

enum { SOURCES = 4, REPORTS = 160, ALL = 10000, DAY = 20000, DAYS = 90 };
static const char *const KINDS[] = {"arrest", "summons", "execution", "torture"};
static const char *const WORDS[] = {"evin court", "evin", "court letter", "letter"};

static gint64 place_add(Store *store, const char *name, gint64 parent)
{
    g_autoptr(StorePlace) place = store_place_new();
    place->name_en = g_strdup(name);
    place->kind = g_strdup("city");
    place->parent_id = parent;
    g_assert_true(store_place_add(store, place, NULL));
    return place->id;
}

/* One country (1) of three provinces (2, 3, 4) with two towns each (5 …), and a place elsewhere. */
static void places_add(Store *store)
{
    place_add(store, "country", 0);
    for (gint64 i = 0; i < 3; i++)
        g_assert_cmpint(place_add(store, "province", 1), ==, 2 + i);
    for (gint64 i = 0; i < 6; i++)
        g_assert_cmpint(place_add(store, "town", 2 + i / 2), ==, 5 + i);
}

static void statement_add(Store *store, GRand *rand, gint64 report)
{
    g_autoptr(StoreStatement) statement = store_statement_new();
    statement->report_id = report;
    statement->act_kind = g_strdup(KINDS[g_rand_int_range(rand, 0, 4)]);
    statement->place_id = g_rand_int_range(rand, 0, 11);
    g_assert_true(store_statement_add(store, statement, NULL));
}

/* Days: one day, a span, one end open, none known. */
static void days_draw(GRand *rand, StoreReport *report)
{
    report->first_day = DAY + g_rand_int_range(rand, 0, DAYS);
    report->last_day =
        report->first_day + g_rand_int_range(rand, 0, 2) * g_rand_int_range(rand, 0, 40);
    const int open = g_rand_int_range(rand, 0, 10);
    if (open == 0 || open == 2)
        report->first_day = G_MININT32;
    if (open == 1 || open == 2)
        report->last_day = G_MAXINT32;
}

static void report_add(Store *store, GRand *rand)
{
    g_autoptr(StoreReport) report = store_report_new();
    report->source_id = g_rand_int_range(rand, 1, SOURCES + 1);
    report->place_id = g_rand_int_range(rand, 0, 11);
    report->kind = g_rand_boolean(rand) ? g_strdup(KINDS[g_rand_int_range(rand, 0, 4)]) : NULL;
    report->status = g_rand_int_range(rand, 0, 12) == 0 ? STORE_REPORT_REJECTED : STORE_REPORT_NEW;
    report->withdrawn = g_rand_int_range(rand, 0, 12) == 0;
    days_draw(rand, report);
    g_assert_true(store_report_add(store, report, NULL));
    g_assert_true(store_search_put(store, report->id, WORDS[g_rand_int_range(rand, 0, 4)], NULL));
    for (int n = g_rand_int_range(rand, 0, 4); n > 0; n--)
        statement_add(store, rand, report->id);
}

static Store *case_of(guint32 seed)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    Store *store = case_new(NULL);
    g_assert_true(store_begin(store, NULL));
    for (int i = 0; i < SOURCES; i++) {
        g_autoptr(StoreSource) source = store_source_new();
        source->name = g_strdup_printf("source %d", i);
        g_assert_true(store_source_add(store, source, NULL));
    }
    places_add(store);
    for (int i = 0; i < REPORTS; i++)
        report_add(store, rand);
    g_assert_true(store_commit(store, NULL));
    return store;
}

static StoreWebFind any(void)
{
    return (StoreWebFind){.from_day = G_MININT32, .to_day = G_MAXINT32};
}

static gint64 count_of(Store *store, const StoreWebFind *find)
{
    const gint64 count = store_web_find_count(store, find, 0, NULL);
    g_assert_cmpint(count, >=, 0);
    return count;
}

/* Every facet of the list, by asking the list. */
static void check(Store *store, const StoreWebFind *find)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreWebFacets) facets = store_web_facets(store, find, ALL, &error);
    g_assert_no_error(error);
    g_assert_cmpint(facets->counted, ==, count_of(store, find));
    for (guint i = 0; i < facets->sources->len; i++) {
        const StoreWebCount *count = facets->sources->pdata[i];
        StoreWebFind with = *find;
        with.source_id = count->id;
        g_assert_cmpint(count_of(store, &with), ==, count->count);
    }
    for (guint i = 0; i < facets->places->len; i++) {
        const StoreWebCount *count = facets->places->pdata[i];
        StoreWebFind with = *find;
        with.place_id = count->id;
        g_assert_cmpint(count_of(store, &with), ==, count->count);
    }
    for (guint i = 0; i < facets->kinds->len && find->kind == NULL; i++) {
        const StoreWebCount *count = facets->kinds->pdata[i];
        StoreWebFind with = *find;
        with.kind = count->name;
        g_assert_cmpint(count_of(store, &with), ==, count->count);
        g_assert_cmpint(count->count, >, 0);
    }
    for (gint32 day = DAY; day < DAY + DAYS; day += 15) {
        gint64 met = 0;
        for (guint i = 0; i < facets->spans->len; i++) {
            const StoreWebSpan *span = &g_array_index(facets->spans, StoreWebSpan, i);
            met += span->last_day >= day && span->first_day < day + 15 ? span->count : 0;
        }
        StoreWebFind with = *find;
        with.from_day = day;
        with.to_day = day + 14;
        if (find->from_day == G_MININT32 && find->to_day == G_MAXINT32)
            g_assert_cmpint(count_of(store, &with), ==, met);
    }
}

static void each_count_is_the_lists_own(void)
{
    for (guint32 seed = 1; seed <= 6; seed++) {
        g_autoptr(Store) store = case_of(seed);
        const StoreWebFind finds[] = {
            any(),
            {.from_day = G_MININT32, .to_day = G_MAXINT32, .place_id = 2},
            {.from_day = G_MININT32, .to_day = G_MAXINT32, .place_id = 7},
            {.from_day = G_MININT32, .to_day = G_MAXINT32, .source_id = 3},
            {.from_day = G_MININT32, .to_day = G_MAXINT32, .kind = "arrest", .source_id = 1},
            {.from_day = DAY + 10, .to_day = DAY + 30},
            {.from_day = G_MININT32, .to_day = G_MAXINT32, .folded_query = "evin"},
            {.from_day = DAY, .to_day = DAY + 60, .folded_query = "evin court", .place_id = 3},
        };
        for (gsize i = 0; i < G_N_ELEMENTS(finds); i++)
            check(store, &finds[i]);
    }
}

static void a_country_alone_is_no_choice(void)
{
    g_autoptr(Store) store = case_of(7);
    const StoreWebFind find = any(),
                       country = {.from_day = G_MININT32, .to_day = G_MAXINT32, .place_id = 1};
    g_autoptr(StoreWebFacets) whole = store_web_facets(store, &find, ALL, NULL);
    g_autoptr(StoreWebFacets) within = store_web_facets(store, &country, ALL, NULL);
    g_assert_cmpuint(whole->places->len, ==, 3); /* provinces, not the one country they are of */
    g_assert_cmpuint(within->places->len, ==, 3);
    for (guint i = 1; i < whole->places->len; i++) {
        const StoreWebCount *before = whole->places->pdata[i - 1], *after = whole->places->pdata[i];
        g_assert_cmpint(before->count, >=, after->count);
    }
    place_add(store, "another country", 0);
    g_autoptr(StoreStatement) statement = store_statement_new();
    statement->report_id = 1;
    statement->act_kind = g_strdup("arrest");
    statement->place_id = 11;
    g_assert_true(store_statement_add(store, statement, NULL));
    g_autoptr(StoreWebFacets) two = store_web_facets(store, &find, ALL, NULL);
    g_assert_cmpuint(two->places->len, ==, 2);
}

static void the_limit_takes_the_newest(void)
{
    g_autoptr(Store) store = case_of(8);
    const StoreWebFind find = any();
    g_autoptr(StoreWebFacets) facets = store_web_facets(store, &find, 10, NULL);
    g_assert_cmpint(facets->counted, ==, 10);
    StoreWebFind newest = find;
    newest.limit = 10;
    g_autoptr(GArray) ids = store_web_find(store, &newest, NULL);
    gint64 of_first = 0;
    const StoreWebCount *first = facets->sources->pdata[0];
    for (guint i = 0; i < ids->len; i++) {
        g_autoptr(StoreReport) report =
            store_report_load(store, g_array_index(ids, gint64, i), NULL);
        of_first += report->source_id == first->id;
    }
    g_assert_cmpint(of_first, ==, first->count);
}

static void words_that_nothing_can_match_give_none(void)
{
    g_autoptr(Store) store = case_of(9);
    StoreWebFind find = any();
    find.folded_query = "\"";
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreWebFacets) facets = store_web_facets(store, &find, ALL, &error);
    g_assert_no_error(error);
    g_assert_cmpint(facets->counted, ==, 0);
    g_assert_cmpuint(facets->sources->len + facets->kinds->len + facets->places->len, ==, 0);
}

/* How SQLite goes about a page of the list. Transfers. */
static char *plan_of(Store *store, const StoreWebFind *wanted)
{
    g_auto(Find) find = FIND_NEW;
    g_assert_true(store_find_begin(store, &find, wanted));
    g_autofree char *sql = g_strdup_printf(
        "EXPLAIN QUERY PLAN SELECT r.id FROM %s WHERE %s ORDER BY r.id DESC LIMIT 9",
        find.from->str, find.where->str);
    GString *plan = g_string_new(NULL);
    DbStatement *row = store_prepare(store, sql, NULL);
    g_assert_true(store_bind(store, row, 1, find.binds, find.n, NULL));
    while (store_step(store, row, NULL) == 1)
        g_string_append_printf(plan, "%s\n", db_text(row, 3));
    return g_string_free(plan, FALSE);
}

/* A month of a large case is found by two indexes, not by a walk through all reports; the numbers
 * come in order, so that a page ends the search. */
static void a_span_of_days_uses_its_indexes(void)
{
    if (test_skip_on_server())
        return;
    g_autoptr(Store) store = case_of(10);
    const StoreWebFind month = {.from_day = DAY + 10, .to_day = DAY + 40};
    g_autofree char *plan = plan_of(store, &month);
    g_assert_nonnull(strstr(plan, "SEARCH r USING INTEGER PRIMARY KEY"));
    g_assert_nonnull(strstr(plan, "COVERING INDEX report_by_day"));
    g_assert_nonnull(strstr(plan, "COVERING INDEX report_by_span"));
    g_assert_null(strstr(plan, "SCAN r"));
    g_assert_null(strstr(plan, "ORDER BY"));
}

static void a_kind_uses_its_indexes(void)
{
    if (test_skip_on_server())
        return;
    g_autoptr(Store) store = case_of(11);
    StoreWebFind kind = any();
    kind.kind = "arrest";
    g_autofree char *plan = plan_of(store, &kind);
    g_assert_nonnull(strstr(plan, "SEARCH r USING INTEGER PRIMARY KEY"));
    g_assert_nonnull(strstr(plan, "COVERING INDEX report_by_kind"));
    g_assert_nonnull(strstr(plan, "COVERING INDEX statement_by_kind"));
    g_assert_null(strstr(plan, "SCAN r"));
    g_assert_null(strstr(plan, "ORDER BY"));
}

/* A source's reports come in order of their numbers: nothing is sorted for a page. */
static void a_source_is_not_sorted(void)
{
    if (test_skip_on_server())
        return;
    g_autoptr(Store) store = case_of(12);
    StoreWebFind source = any();
    source.source_id = 1;
    g_autofree char *plan = plan_of(store, &source);
    g_assert_null(strstr(plan, "ORDER BY"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/facets/kind", a_kind_uses_its_indexes);
    g_test_add_func("/facets/source", a_source_is_not_sorted);
    g_test_add_func("/facets/each-count", each_count_is_the_lists_own);
    g_test_add_func("/facets/country", a_country_alone_is_no_choice);
    g_test_add_func("/facets/limit", the_limit_takes_the_newest);
    g_test_add_func("/facets/no-words", words_that_nothing_can_match_give_none);
    g_test_add_func("/facets/span", a_span_of_days_uses_its_indexes);
    return g_test_run();
}
