#include "cli/merge_conflicts.h"

#include "cli/case_record.h"
#include "cli/cells.h"
#include <string.h>

static const char *const WORDS[] = {
    [INTAKE_MERGE_NONE] = "",
    [INTAKE_MERGE_CHANGED_BOTH] = "changed_both",
    [INTAKE_MERGE_ADDED_BOTH] = "added_both",
    [INTAKE_MERGE_REMOVED_HERE] = "removed_here",
    [INTAKE_MERGE_REMOVED_THERE] = "removed_there",
};

gsize merge_conflicts_count(IntakeMerge *merge)
{
    const GArray *items = intake_merge_items(merge);
    gsize n = 0;
    for (guint i = 0; i < items->len; i++)
        n += g_array_index(items, IntakeMergeItem, i).conflict != INTAKE_MERGE_NONE &&
             !g_array_index(items, IntakeMergeItem, i).erased;
    return n;
}

/* ---- the table ---- */

static void append_row(GString *out, const IntakeMergeItem *item, const char *field,
                       const char *here, const char *there)
{
    cli_append_id(out, item->kind, item->ours);
    cli_append_id(out, item->kind, item->theirs);
    cli_append_text(out, store_kind_name(item->kind));
    cli_append_text(out, WORDS[item->conflict]);
    cli_append_text(out, field);
    cli_append_text(out, here);
    cli_append_text(out, there);
    cli_append_text(out, !item->erased ? NULL : item->take ? "theirs" : "ours");
    csv_append_end(out);
}

static void append_fields(GString *out, const IntakeMergeItem *item, const void *here,
                          const void *there, bool reveal)
{
    for (gsize i = 0; i < store_kind_n_columns(item->kind); i++) {
        const StoreColumn column = store_kind_column(item->kind, i);
        g_autofree char *a = here != NULL ? case_value_plain(item->kind, here, i) : NULL;
        g_autofree char *b = there != NULL ? case_value_plain(item->kind, there, i) : NULL;
        if (g_strcmp0(a, b) == 0)
            continue;
        const bool hidden = case_column_hidden(item->kind, &column) || (column.sealed && !reveal);
        append_row(out, item, column.name, hidden && a != NULL ? "•••" : a,
                   hidden && b != NULL ? "•••" : b);
    }
}

bool merge_conflicts_print(IntakeMerge *merge, bool reveal, GError **error)
{
    const GArray *items = intake_merge_items(merge);
    CliOutput *output = cli_output_open(NULL, error);
    if (output == NULL)
        return false;
    g_autoptr(GString) out = g_string_new("record,other,kind,conflict,field,here,there,decision\n");
    g_autoptr(GError) why = NULL;
    for (guint i = 0; why == NULL && i < items->len; i++) {
        const IntakeMergeItem *item = &g_array_index(items, IntakeMergeItem, i);
        if (item->conflict == INTAKE_MERGE_NONE)
            continue;
        void *here = intake_merge_record(merge, item, false, &why);
        void *there = why == NULL ? intake_merge_record(merge, item, true, &why) : NULL;
        if (why == NULL && here != NULL && there != NULL)
            append_fields(out, item, here, there, reveal);
        else if (why == NULL)
            append_row(out, item, NULL, here != NULL ? "changed" : "removed",
                       there != NULL ? "changed" : "removed");
        store_record_free(item->kind, here);
        store_record_free(item->kind, there);
    }
    if (why != NULL) {
        cli_output_discard(output);
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    cli_output_write(output, out->str, out->len);
    return cli_output_close(output, error);
}

/* ---- decisions ---- */

void merge_conflicts_decide_all(IntakeMerge *merge, bool theirs)
{
    GArray *items = intake_merge_items(merge);
    for (guint i = 0; i < items->len; i++) {
        IntakeMergeItem *item = &g_array_index(items, IntakeMergeItem, i);
        if (item->conflict != INTAKE_MERGE_NONE && !item->erased) {
            item->decided = true;
            item->take = theirs;
        }
    }
}

static IntakeMergeItem *find(GArray *items, const char *id)
{
    StoreKind kind;
    gint64 number;
    for (guint i = 0; store_id_parse(id, &kind, &number) && i < items->len; i++) {
        IntakeMergeItem *item = &g_array_index(items, IntakeMergeItem, i);
        if (item->conflict != INTAKE_MERGE_NONE && item->kind == kind && item->ours == number)
            return item;
    }
    return NULL;
}

static bool decide_row(GArray *items, const char *path, guint64 line, const char *id,
                       const char *word, GError **error)
{
    const bool theirs = strcmp(word, "theirs") == 0;
    IntakeMergeItem *item = find(items, id);
    const char *problem = NULL;
    if (word[0] == '\0')
        return true;
    if (!theirs && strcmp(word, "ours") != 0)
        problem = _("%s, line %s: “%s” is no decision; write ours or theirs.");
    else if (item == NULL)
        problem = _("%s, line %s: “%s” is no conflict of these two cases.");
    else if (item->decided && !item->erased && item->take != theirs)
        problem = _("%s, line %s: “%s” is decided twice, and not alike.");
    if (problem != NULL) {
        g_autofree char *number = i18n_integer((gint64)line);
        const char *shown = item == NULL || item->decided ? id : word;
        if (!theirs && strcmp(word, "ours") != 0)
            shown = word;
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE, problem, /* one of the three above */
                    path, number, shown);
        return false;
    }
    item->decided = true;
    item->erased = false;
    item->take = theirs;
    return true;
}

static bool all_decided(GArray *items, const char *path, GError **error)
{
    for (guint i = 0; i < items->len; i++) {
        const IntakeMergeItem *item = &g_array_index(items, IntakeMergeItem, i);
        if (item->conflict == INTAKE_MERGE_NONE || item->decided)
            continue;
        char text[STORE_ID_MAX];
        g_set_error(
            error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
            _("%s does not decide on %s. Nothing was changed; write ours or theirs into its "
              "column “decision”."),
            path, store_id_format(item->kind, item->ours, text));
        return false;
    }
    return true;
}

bool merge_conflicts_decide(IntakeMerge *merge, const char *path, GError **error)
{
    GArray *items = intake_merge_items(merge);
    g_autoptr(CsvReader) reader = csv_reader_new_file(path, NULL, error);
    g_autoptr(CsvTable) table = reader != NULL ? csv_table_load(reader, error) : NULL;
    if (table == NULL)
        return false;
    const gssize record = csv_table_column(table, "record");
    const gssize decision = csv_table_column(table, "decision");
    if (record < 0 || decision < 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("%s: a file of decisions has the columns record and decision."), path);
        return false;
    }
    for (gsize row = 0; row < table->n_rows; row++)
        if (!decide_row(items, path, table->lines[row], csv_table_cell(table, row, record),
                        csv_table_cell(table, row, decision), error))
            return false;
    return all_decided(items, path, error);
}
