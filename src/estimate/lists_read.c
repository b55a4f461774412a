/* estimate/lists_read.c: CSV columns of 0 and 1 into tables of overlaps. */
#include "base/i18n.h"
#include "estimate/lists.h"

#include <string.h>

void estimate_group_free(EstimateGroup *group)
{
    if (group == NULL)
        return;
    estimate_lists_free(group->lists);
    g_free(group->group);
    g_free(group);
}

/* Two columns of whole numbers may both be 0 and 1; the count is known by name alone. */
static const char *const COUNT_NAMES[] = {"count", "freq", "frequency", "تعداد", NULL};

/* -1: neither 0 nor 1. */
static int read_bit(const char *field)
{
    if (field[0] == '\0')
        return 0;
    if ((field[0] == '0' || field[0] == '1') && field[1] == '\0')
        return field[0] - '0';
    return -1;
}

/* A column is a list when most of its fields are 0 or 1: a slip in one row of a list is an
 * error to be told, a column of names is no list. */
static bool looks_like_list(const CsvTable *table, gssize column)
{
    gsize bits = 0, others = 0;
    for (gsize row = 0; row < table->n_rows; row++) {
        const char *field = csv_table_cell(table, row, column);
        if (field[0] == '\0')
            continue;
        if (read_bit(field) >= 0)
            bits++;
        else
            others++;
    }
    return bits > 0 && bits > others;
}

static bool find_named(const CsvTable *table, const char *name, const char *wanted,
                       gssize *ret_column, GError **error)
{
    *ret_column = csv_table_column(table, wanted);
    if (*ret_column >= 0)
        return true;
    g_autoptr(GString) known = g_string_new(NULL);
    for (gsize j = 0; j < table->n_columns; j++)
        g_string_append_printf(known, "%s%s", j == 0 ? "" : ", ", table->columns[j]);
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                _("%s has no column “%s”; its columns are: %s."), name, wanted, known->str);
    return false;
}

static bool find_columns(const CsvTable *table, const char *name,
                         const EstimateReadOptions *options, GArray *columns, gssize *ret_count,
                         gssize *ret_group, GPtrArray *ignored, GError **error)
{
    gssize count = -1, group = -1;
    if (options->count != NULL && !find_named(table, name, options->count, &count, error))
        return false;
    for (gsize k = 0; options->count == NULL && count < 0 && COUNT_NAMES[k] != NULL; k++)
        count = csv_table_column(table, COUNT_NAMES[k]);
    if (options->group != NULL && !find_named(table, name, options->group, &group, error))
        return false;
    if (options->lists != NULL) {
        for (gsize k = 0; options->lists[k] != NULL; k++) {
            gssize column;
            if (!find_named(table, name, options->lists[k], &column, error))
                return false;
            g_array_append_val(columns, column);
        }
    } else {
        for (gssize j = 0; j < (gssize)table->n_columns; j++) {
            if (j == count || j == group)
                continue;
            if (looks_like_list(table, j))
                g_array_append_val(columns, j);
            else if (ignored != NULL)
                g_ptr_array_add(ignored, g_strdup(table->columns[j]));
        }
    }
    *ret_count = count;
    *ret_group = group;
    return true;
}

static bool read_row(const CsvTable *table, const char *name, gsize row, const GArray *columns,
                     gssize count_column, uint32_t *ret_mask, uint64_t *ret_count, GError **error)
{
    uint32_t mask = 0;
    for (guint k = 0; k < columns->len; k++) {
        gssize column = g_array_index(columns, gssize, k);
        int bit = read_bit(csv_table_cell(table, row, column));
        if (bit < 0) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                        _("%s, line %lu, column %s: “%s” is neither 0 nor 1 (1: "
                          "the person is on this list)."),
                        name, table->lines[row], table->columns[column],
                        csv_table_cell(table, row, column));
            return false;
        }
        mask |= (uint32_t)bit << k;
    }
    gint64 count = 1;
    if (count_column >= 0) {
        const char *field = csv_table_cell(table, row, count_column);
        if (!csv_parse_integer(field, &count) || count < 0) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                        _("%s, line %lu, column %s: “%s” is no number of persons."), name,
                        table->lines[row], table->columns[count_column], field);
            return false;
        }
    }
    *ret_mask = mask;
    *ret_count = (uint64_t)count;
    return true;
}

static EstimateLists *group_lists(GPtrArray *groups, GHashTable *by_value, const char *value,
                                  const GArray *columns, const CsvTable *table, GError **error)
{
    EstimateGroup *group = g_hash_table_lookup(by_value, value);
    if (group == NULL) {
        g_autofree const char **names = g_new0(const char *, columns->len + 1);
        for (guint k = 0; k < columns->len; k++)
            names[k] = table->columns[g_array_index(columns, gssize, k)];
        EstimateLists *lists = estimate_lists_new(columns->len, names, error);
        if (lists == NULL)
            return NULL;
        group = g_new0(EstimateGroup, 1);
        group->lists = lists;
        group->group = g_strdup(value);
        g_hash_table_insert(by_value, group->group, group);
        g_ptr_array_add(groups, group);
    }
    return group->lists;
}

GPtrArray *estimate_lists_read(const CsvTable *table, const char *name,
                               const EstimateReadOptions *options, GPtrArray *ignored,
                               GError **error)
{
    static const EstimateReadOptions none = {0};
    if (options == NULL)
        options = &none;
    g_autoptr(GArray) columns = g_array_new(FALSE, FALSE, sizeof(gssize));
    gssize count_column, group_column;
    if (!find_columns(table, name, options, columns, &count_column, &group_column, ignored, error))
        return NULL;
    if (table->n_rows == 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA, _("%s has no rows."), name);
        return NULL;
    }
    g_autoptr(GPtrArray) groups =
        g_ptr_array_new_with_free_func((GDestroyNotify)estimate_group_free);
    g_autoptr(GHashTable) by_value = g_hash_table_new(g_str_hash, g_str_equal);
    for (gsize row = 0; row < table->n_rows; row++) {
        uint32_t mask;
        uint64_t count;
        const char *value = csv_table_cell(table, row, group_column);
        EstimateLists *lists = group_lists(groups, by_value, value, columns, table, error);
        if (lists == NULL ||
            !read_row(table, name, row, columns, count_column, &mask, &count, error))
            return NULL;
        if (!estimate_lists_add(lists, mask, count, error)) {
            g_prefix_error(error, "%s: ", name);
            return NULL;
        }
    }
    return g_steal_pointer(&groups);
}
