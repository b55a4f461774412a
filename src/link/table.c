#include "link/table.h"

#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>

bool link_no_memory(GError **error)
{
    g_set_error_literal(
        error, ZENHAR_ERROR, ZENHAR_ERROR_MEMORY,
        _("There is not enough memory to link these records; link fewer at a time."));
    return false;
}

LinkTable *link_table_new(size_t n_columns, const char *const *columns)
{
    LinkTable *table = g_new0(LinkTable, 1);
    table->n_columns = n_columns;
    table->names = g_new0(char *, n_columns + 1);
    table->texts = g_new0(LinkIntern, n_columns + 1);
    table->ids = g_new0(uint32_t *, n_columns + 1);
    for (size_t c = 0; c < n_columns; c++)
        table->names[c] = g_strdup(columns[c]);
    return table;
}

void link_table_free(LinkTable *table)
{
    if (table == NULL)
        return;
    for (size_t c = 0; c < table->n_columns; c++) {
        g_free(table->names[c]);
        link_intern_clear(&table->texts[c]);
        free(table->ids[c]);
    }
    g_free(table->names);
    g_free(table->texts);
    g_free(table->ids);
    free(table->sources);
    g_free(table);
}

static bool grow(LinkTable *table)
{
    size_t size = table->size * 3 / 2 + 1024;
    for (size_t c = 0; c < table->n_columns; c++) {
        uint32_t *ids = realloc(table->ids[c], size * sizeof *ids);
        if (ids == NULL)
            return false;
        table->ids[c] = ids;
    }
    uint8_t *sources = realloc(table->sources, size);
    if (sources == NULL)
        return false;
    table->sources = sources;
    table->size = size;
    return true;
}

bool link_table_add(LinkTable *table, unsigned source, const char *const *fields, GError **error)
{
    g_assert(source < 256);
    if (table->n_records >= (size_t)INT32_MAX) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_LIMIT,
                            _("More than 2,147,483,647 records cannot be linked at once."));
        return false;
    }
    if (table->n_records == table->size && !grow(table))
        return link_no_memory(error);
    for (size_t c = 0; c < table->n_columns; c++) {
        LinkIntern *texts = &table->texts[c];
        if (texts->n == 0 && link_intern(texts, "", 0) == LINK_NO_ID)
            return link_no_memory(error);
        const char *field = fields[c];
        uint32_t id =
            field == NULL || field[0] == '\0' ? 0 : link_intern(texts, field, strlen(field));
        if (id == LINK_NO_ID)
            return link_no_memory(error);
        table->ids[c][table->n_records] = id;
    }
    table->sources[table->n_records++] = (uint8_t)source;
    table->n_sources = MAX(table->n_sources, source + 1);
    return true;
}

size_t link_table_n_records(const LinkTable *table)
{
    return table->n_records;
}

size_t link_table_n_columns(const LinkTable *table)
{
    return table->n_columns;
}

const char *link_table_column(const LinkTable *table, size_t column)
{
    return table->names[column];
}

const char *link_table_text(const LinkTable *table, size_t record, size_t column)
{
    return link_intern_text(&table->texts[column], table->ids[column][record]);
}

unsigned link_table_source(const LinkTable *table, size_t record)
{
    return table->sources[record];
}

unsigned link_table_n_sources(const LinkTable *table)
{
    return table->n_sources;
}

size_t link_table_n_distinct(const LinkTable *table, size_t column)
{
    return table->texts[column].n == 0 ? 0 : table->texts[column].n - 1;
}
