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
    table->n_columns = table->n_given = n_columns;
    table->place = g_new0(size_t, n_columns + 1);
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
    g_free(table->place);
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

enum { FETCHED = 16 };

/* Columns first to last. All their places are asked for before any is looked at: memory then brings
 * them at the same time. */
static bool add_fields(LinkTable *table, size_t first, size_t last, const char *const *fields)
{
    size_t lengths[FETCHED];
    uint64_t hashes[FETCHED];
    for (size_t c = first; c < last; c++) {
        lengths[c - first] = fields[c] == NULL ? 0 : strlen(fields[c]);
        hashes[c - first] = link_hash(lengths[c - first] > 0 ? fields[c] : "", lengths[c - first]);
        link_intern_fetch(&table->texts[c], hashes[c - first]);
    }
    for (size_t c = first; c < last; c++) {
        LinkIntern *texts = &table->texts[c];
        if (texts->n == 0 && link_intern(texts, "", 0) == LINK_NO_ID)
            return false;
        uint32_t id =
            lengths[c - first] == 0
                ? 0
                : link_intern_hashed(texts, fields[c], lengths[c - first], hashes[c - first]);
        if (id == LINK_NO_ID)
            return false;
        table->ids[c][table->n_records] = id;
    }
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
    for (size_t first = 0; first < table->n_columns; first += FETCHED)
        if (!add_fields(table, first, MIN(first + FETCHED, table->n_columns), fields))
            return link_no_memory(error);
    table->sources[table->n_records++] = (uint8_t)source;
    table->n_sources = MAX(table->n_sources, source + 1);
    return true;
}

static bool add_derived(LinkTable *table, size_t column, const char *title)
{
    size_t n = table->n_columns;
    table->names = g_renew(char *, table->names, n + 2);
    table->texts = g_renew(LinkIntern, table->texts, n + 2);
    table->ids = g_renew(uint32_t *, table->ids, n + 2);
    table->names[n] = g_strdup_printf("%s (%s)", table->names[column], title);
    table->names[n + 1] = NULL;
    table->texts[n] = table->texts[n + 1] = (LinkIntern){0};
    table->ids[n] = malloc((table->size + 1) * sizeof *table->ids[n]);
    table->ids[n + 1] = NULL;
    table->n_columns++;
    return table->ids[n] != NULL && link_intern(&table->texts[n], "", 0) != LINK_NO_ID;
}

bool link_table_add_place(LinkTable *table, size_t column, LinkPlaceOf *place_of, void *context,
                          GError **error)
{
    g_assert(column < table->n_given && table->place[column] == 0);
    size_t town = table->n_columns, region = town + 1;
    if (!add_derived(table, column, "place") || !add_derived(table, column, "region"))
        return link_no_memory(error);
    uint32_t n = table->texts[column].n;
    uint32_t *ids = malloc((2 * (size_t)n + 2) * sizeof *ids);
    bool ok = ids != NULL;
    for (uint32_t id = 0; ok && id < n; id++) {
        char names[2][LINK_PLACE_MAX] = {"", ""};
        const char *text = link_intern_text(&table->texts[column], id);
        const char *own = text;
        if (*text != '\0' && place_of(context, text, names[0], names[1]))
            own = names[0];
        ids[2 * id] = link_intern(&table->texts[town], own, strlen(own));
        ids[2 * id + 1] = link_intern(&table->texts[region], names[1], strlen(names[1]));
        ok = ids[2 * id] != LINK_NO_ID && ids[2 * id + 1] != LINK_NO_ID;
    }
    for (size_t r = 0; ok && r < table->n_records; r++) {
        table->ids[town][r] = ids[2 * table->ids[column][r]];
        table->ids[region][r] = ids[2 * table->ids[column][r] + 1];
    }
    free(ids);
    table->place[column] = town;
    return ok || link_no_memory(error);
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
