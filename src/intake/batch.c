#include "intake/record.h"

enum { BLOCK_STATEMENTS = 512 };

IntakeBatch *intake_batch_new(void)
{
    IntakeBatch *batch = g_new0(IntakeBatch, 1);
    batch->strings = g_string_chunk_new(1 << 16);
    batch->items = g_array_new(FALSE, TRUE, sizeof(StoreReportItem));
    batch->sources = g_ptr_array_new();
    batch->blocks = g_ptr_array_new_with_free_func(g_free);
    batch->bad = g_ptr_array_new();
    return batch;
}

static void bad_free(IntakeBad *bad)
{
    g_bytes_unref(bad->raw);
    g_free(bad->column);
    g_free(bad->reason);
    g_free(bad);
}

void intake_batch_free(IntakeBatch *batch)
{
    if (batch == NULL)
        return;
    g_string_chunk_free(batch->strings);
    g_array_unref(batch->items);
    g_ptr_array_unref(batch->sources);
    g_ptr_array_unref(batch->blocks);
    for (guint i = 0; i < batch->bad->len; i++)
        bad_free(g_ptr_array_index(batch->bad, i));
    g_ptr_array_unref(batch->bad);
    g_free(batch->columns);
    g_clear_pointer(&batch->left_out, g_hash_table_unref);
    g_clear_error(&batch->error);
    g_free(batch);
}

void intake_batch_add_bad(IntakeBatch *batch, guint64 line, guint64 offset, const char *raw,
                          gsize raw_length, const char *column, const char *reason)
{
    IntakeBad *bad = g_new0(IntakeBad, 1);
    bad->line = line;
    bad->offset = offset;
    bad->raw = g_bytes_new(raw != NULL ? raw : "", raw_length);
    bad->column = g_strdup(column);
    bad->reason = g_strdup(reason);
    g_ptr_array_add(batch->bad, bad);
}

char *intake_batch_keep(IntakeBatch *batch, const char *text)
{
    if (text == NULL || text[0] == '\0')
        return NULL;
    return g_string_chunk_insert(batch->strings, text);
}

StoreStatement *intake_batch_statements(IntakeBatch *batch, gsize n)
{
    if (batch->statements_left < n) {
        gsize size = MAX(n, BLOCK_STATEMENTS);
        batch->next_statement = g_new0(StoreStatement, size);
        batch->statements_left = size;
        g_ptr_array_add(batch->blocks, batch->next_statement);
    }
    StoreStatement *first = batch->next_statement;
    batch->next_statement += n;
    batch->statements_left -= n;
    return first;
}

void intake_batch_leave_out(IntakeBatch *batch, const char *what)
{
    if (batch->left_out == NULL)
        batch->left_out = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    gsize n = GPOINTER_TO_SIZE(g_hash_table_lookup(batch->left_out, what));
    g_hash_table_insert(batch->left_out, g_strdup(what), GSIZE_TO_POINTER(n + 1));
}
