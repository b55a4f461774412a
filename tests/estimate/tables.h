/* tests/estimate/tables.h: small published tables, so that the tests stand alone. */
#pragma once
#include "base/csv.h"
#include "estimate/lists.h"
#include "support.h"
#include <math.h>
#include <string.h>

/* Killings in Kosovo, March to June 1999, on the lists EXH, ABA, OSCE, HRW (Ball and others
 * 2002; as in the R package LCMCR). By mask: bit 0 EXH … bit 3 HRW. */
static const uint64_t KOSOVO[16] = {0,   1131, 845, 177, 936, 228, 217, 181,
                                    306, 106,  31,  18,  123, 42,  32,  27};
/* Spina bifida, five lists (Madigan and York 1997, table 1), as the dga manual prints it: first
 * list slowest. */
static const uint64_t SPINA_BIFIDA[32] = {0,  27, 37, 19, 4, 4, 1, 1, 97, 22, 37, 25, 2, 1, 3, 5,
                                          83, 36, 34, 18, 3, 5, 0, 2, 30, 5,  23, 8,  0, 3, 0, 2};

static inline EstimateLists *table_make(guint n_lists, const uint64_t *counts)
{
    EstimateLists *lists = estimate_lists_new(n_lists, NULL, NULL);
    g_assert_nonnull(lists);
    for (uint32_t mask = 1; mask < lists->n_patterns; mask++)
        g_assert_true(estimate_lists_add(lists, mask, counts[mask], NULL));
    return lists;
}

static inline CsvTable *csv_of(const char *text)
{
    g_autoptr(CsvReader) reader = csv_reader_new_bytes("test.csv", text, strlen(text), NULL);
    g_autoptr(GError) error = NULL;
    CsvTable *table = csv_table_load(reader, &error);
    g_assert_no_error(error);
    return table;
}

/* A table of shared/reference/mse, or NULL after marking the test as skipped. */
static inline CsvTable *shared_csv(const char *name)
{
    g_autofree char *relative = g_strdup_printf("reference/mse/%s", name);
    g_autofree char *path = test_shared_path(relative);
    if (path == NULL)
        return NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(CsvReader) reader = csv_reader_new_file(path, NULL, &error);
    g_assert_no_error(error);
    CsvTable *table = csv_table_load(reader, &error);
    g_assert_no_error(error);
    return table;
}

static inline EstimateLists *shared_lists(const char *set)
{
    g_autofree char *name = g_strdup_printf("%s.csv", set);
    g_autoptr(CsvTable) table = shared_csv(name);
    if (table == NULL)
        return NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) groups = estimate_lists_read(table, name, NULL, NULL, &error);
    g_assert_no_error(error);
    EstimateGroup *group = groups->pdata[0];
    return g_steal_pointer(&group->lists);
}

static inline double cell_number(const CsvTable *table, gsize row, const char *column)
{
    double value;
    const char *field = csv_table_cell(table, row, csv_table_column(table, column));
    g_assert_true(csv_parse_double(field, &value));
    return value;
}
