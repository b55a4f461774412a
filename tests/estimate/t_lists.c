/* tests/estimate/t_lists.c: reading lists, and what is wrong with them. */
#include "tables.h"

static const struct BadCase {
    const char *claim, *csv;
    guint warning; /* 0: refused */
    bool usable;
} BAD[] = {
    {"two_lists_are_taken_with_a_warning", "A,B,count\n1,0,9\n0,1,8\n1,1,3\n", ESTIMATE_TWO_LISTS,
     true},
    {"a_list_that_never_overlaps_is_told", "A,B,C,count\n1,0,0,9\n0,1,0,8\n1,1,0,3\n0,0,1,7\n",
     ESTIMATE_NO_OVERLAP, true},
    {"lists_without_any_overlap_are_unusable", "A,B,C,count\n1,0,0,9\n0,1,0,8\n0,0,1,7\n",
     ESTIMATE_NO_OVERLAP, false},
    {"an_empty_list_is_unusable", "A,B,C,count\n1,0,0,9\n0,1,0,8\n1,1,0,7\n", ESTIMATE_EMPTY_LIST,
     false},
    {"an_empty_pattern_is_told", "A,B,C,count\n1,0,0,9\n0,1,0,8\n0,0,1,7\n1,1,1,2\n",
     ESTIMATE_EMPTY_PATTERN, true},
    {"a_list_inside_another_is_told", "A,B,C,count\n1,0,0,9\n1,1,0,8\n0,0,1,7\n1,0,1,2\n1,1,1,1\n",
     ESTIMATE_CONTAINS, true},
    {"the_same_list_twice_is_told", "A,B,C,count\n1,1,0,9\n0,0,1,7\n1,1,1,2\n", ESTIMATE_SAME_LIST,
     true},
    {"a_list_of_everybody_is_told", "A,B,C,count\n1,0,0,9\n1,1,0,8\n1,0,1,7\n1,1,1,2\n",
     ESTIMATE_EVERYONE, true},
    {"a_person_on_no_list_is_left_out_and_told",
     "A,B,C,count\n0,0,0,4\n1,0,0,9\n0,1,0,8\n0,0,1,7\n1,1,0,2\n0,1,1,1\n1,0,1,3\n1,1,1,1\n",
     ESTIMATE_ON_NONE, true},
};

static void bad_case(gconstpointer data)
{
    const struct BadCase *bad = data;
    g_autoptr(CsvTable) table = csv_of(bad->csv);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) groups = estimate_lists_read(table, "test.csv", NULL, NULL, &error);
    g_assert_no_error(error);
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    bool usable;
    guint found =
        estimate_lists_examine(((EstimateGroup *)groups->pdata[0])->lists, warnings, &usable);
    g_assert_cmpuint(found & bad->warning, ==, bad->warning);
    g_assert_true(usable == bad->usable);
    g_assert_cmpuint(warnings->len, >, 0);
}

static const struct RefusedCase {
    const char *claim, *csv, *says;
} REFUSED[] = {
    {"one_list_is_refused", "A,count\n1,9\n0,3\n", "at least two lists"},
    {"a_two_is_no_membership", "A,B,count\n1,0,9\n2,1,8\n1,1,3\n0,1,3\n", "line 3, column A"},
    {"a_negative_count_is_refused", "A,B,count\n1,0,9\n0,1,-8\n", "line 3, column count"},
    {"half_a_person_is_refused", "A,B,count\n1,0,9.5\n0,1,8\n", "line 2, column count"},
    {"a_table_without_rows_is_refused", "A,B,count\n", "no rows"},
    {"counts_beyond_mankind_are_refused", "A,B,count\n1,0,900000000\n0,1,900000000\n1,1,1\n",
     "add up"},
    {"an_absurd_count_does_not_overflow", "A,B,count\n1,0,9223372036854775807\n0,1,9\n", "add up"},
};

static void refused_case(gconstpointer data)
{
    const struct RefusedCase *refused = data;
    g_autoptr(CsvTable) table = csv_of(refused->csv);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) groups = estimate_lists_read(
        table, "test.csv",
        strstr(refused->claim, "rows") != NULL
            ? &(EstimateReadOptions){.lists = (const char *const[]){"A", "B", NULL}}
            : NULL,
        NULL, &error);
    g_assert_null(groups);
    g_assert_nonnull(error);
    g_assert_nonnull(strstr(error->message, refused->says));
}

static void test_persons_equal_counts(void)
{
    g_autoptr(CsvTable) persons =
        csv_of("name,A,B\nfirst,1,0\nsecond,1,1\nthird,1,0\nfourth,0,1\nfifth,,1\n");
    g_autoptr(GPtrArray) ignored = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) groups = estimate_lists_read(persons, "persons.csv", NULL, ignored, NULL);
    g_assert_nonnull(groups);
    const EstimateLists *lists = ((EstimateGroup *)groups->pdata[0])->lists;
    g_assert_cmpuint(lists->counts[1], ==, 2);
    g_assert_cmpuint(lists->counts[2], ==, 2);
    g_assert_cmpuint(lists->counts[3], ==, 1);
    g_assert_cmpuint(ignored->len, ==, 1);
    g_assert_cmpstr(ignored->pdata[0], ==, "name");
}

static void test_groups_keep_order(void)
{
    g_autoptr(CsvTable) table =
        csv_of("A,B,year,count\n1,0,1999,2\n0,1,1998,3\n1,1,1999,4\n1,1,1998,5\n");
    const EstimateReadOptions options = {.group = "year"};
    g_autoptr(GPtrArray) groups = estimate_lists_read(table, "t", &options, NULL, NULL);
    g_assert_cmpuint(groups->len, ==, 2);
    const EstimateGroup *first = groups->pdata[0], *second = groups->pdata[1];
    g_assert_cmpstr(first->group, ==, "1999");
    g_assert_cmpuint(first->lists->observed, ==, 6);
    g_assert_cmpuint(second->lists->counts[3], ==, 5);
}

static void test_without_one_list(void)
{
    g_autoptr(EstimateLists) lists = table_make(4, KOSOVO);
    g_autoptr(EstimateLists) rest = estimate_lists_without(lists, 1, NULL);
    g_assert_cmpuint(rest->n_lists, ==, 3);
    g_assert_cmpuint(rest->observed, ==, 4400 - 845);
    g_assert_cmpuint(rest->counts[1], ==, 1131 + 177); /* EXH alone or with ABA */
    g_assert_cmpuint(rest->counts[6], ==, 123 + 32);   /* OSCE and HRW */
    g_assert_cmpstr(rest->names[1], ==, "C");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(BAD); i++) {
        g_autofree char *name = g_strdup_printf("/estimate/lists/%s", BAD[i].claim);
        g_test_add_data_func(name, &BAD[i], bad_case);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(REFUSED); i++) {
        g_autofree char *name = g_strdup_printf("/estimate/lists/%s", REFUSED[i].claim);
        g_test_add_data_func(name, &REFUSED[i], refused_case);
    }
    g_test_add_func("/estimate/lists/one_row_a_person_equals_counts", test_persons_equal_counts);
    g_test_add_func("/estimate/lists/groups_keep_their_order", test_groups_keep_order);
    g_test_add_func("/estimate/lists/a_list_can_be_left_out", test_without_one_list);
    return g_test_run();
}
