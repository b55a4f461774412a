/* appeal/facts.c: bundled tables, stored as originals, then read row by row. */
#include "appeal/facts.h"

#include "appeal/appeal.h"
#include "base/data.h"
#include "base/edtf.h"
#include "base/i18n.h"
#include "evidence/original.h"
#include <stdarg.h>
#include <string.h>

void facts_table_clear(FactsTable *table)
{
    g_free(table->name);
    csv_table_free(table->table);
    *table = (FactsTable){0};
}

static bool check_columns(const FactsTable *table, const char *columns, GError **error)
{
    g_auto(GStrv) names = g_strsplit(columns, " ", -1);
    for (gsize i = 0; names[i] != NULL; i++)
        if (csv_table_column(table->table, names[i]) < 0) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                        _("%s has no column “%s”: add it to the head of the table."), table->name,
                        names[i]);
            return false;
        }
    return true;
}

static bool open_bytes(Facts *facts, const char *name, GBytes *bytes, const char *columns,
                       FactsTable *ret_table, GError **error)
{
    gsize length;
    const void *data = g_bytes_get_data(bytes, &length);
    FactsTable table = {.name = g_strdup(name)};
    g_autoptr(CsvReader) reader = csv_reader_new_bytes(name, data, length, NULL);
    table.table = csv_table_load(reader, error);
    if (table.table == NULL || !check_columns(&table, columns, error) ||
        !evidence_original_add_bytes(facts->store, data, length, name, "text/csv", "bundled",
                                     &table.original_id, &table.known, error)) {
        facts_table_clear(&table);
        return false;
    }
    *ret_table = table;
    return true;
}

bool facts_open(Facts *facts, const char *name, const char *columns, FactsTable *ret_table,
                GError **error)
{
    g_autoptr(GBytes) bytes = data_load(name, error);
    return bytes != NULL && open_bytes(facts, name, bytes, columns, ret_table, error);
}

bool facts_open_case(Facts *facts, const char *file, const char *columns, FactsTable *ret_table,
                     bool *ret_there, GError **error)
{
    *ret_there = false;
    if (facts->case_name == NULL)
        return true;
    g_autofree char *name = g_strdup_printf("cases/%s/%s", facts->case_name, file);
    g_autoptr(GError) problem = NULL;
    g_autoptr(GBytes) bytes = data_load(name, &problem);
    if (bytes == NULL) {
        if (g_error_matches(problem, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND))
            return true;
        g_propagate_error(error, g_steal_pointer(&problem));
        return false;
    }
    *ret_there = true;
    facts->n_case_tables++;
    return open_bytes(facts, name, bytes, columns, ret_table, error);
}

const char *facts_cell(const FactsTable *table, gsize row, const char *column)
{
    return csv_table_cell(table->table, row, csv_table_column(table->table, column));
}

char *facts_copy(const FactsTable *table, gsize row, const char *column)
{
    const char *cell = facts_cell(table, row, column);
    return cell[0] != '\0' ? g_strdup(cell) : NULL;
}

void facts_fail(const FactsTable *table, gsize row, const char *column, GError **error,
                const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *sentence = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_clear_error(error);
    if (column != NULL)
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    _("%s, line %" G_GUINT64_FORMAT ", column %s: %s"), table->name,
                    table->table->lines[row], column, sentence);
    else
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    _("%s, line %" G_GUINT64_FORMAT ": %s"), table->name, table->table->lines[row],
                    sentence);
}

bool facts_integer(const FactsTable *table, gsize row, const char *column, gint32 otherwise,
                   gint32 *ret_value, GError **error)
{
    const char *cell = facts_cell(table, row, column);
    gint64 value = otherwise;
    if (cell[0] != '\0' &&
        (!csv_parse_integer(cell, &value) || value < G_MININT32 || value > G_MAXINT32)) {
        facts_fail(table, row, column, error, _("“%s” is no whole number."), cell);
        return false;
    }
    *ret_value = (gint32)value;
    return true;
}

bool facts_date(const FactsTable *table, gsize row, const char *column, char **ret_text,
                gint32 *ret_first, gint32 *ret_last, GError **error)
{
    const char *cell = facts_cell(table, row, column);
    gint32 first = 0, last = 0;
    if (cell[0] != '\0') {
        Edtf edtf;
        g_autoptr(GError) problem = NULL;
        if (!edtf_parse(cell, CALENDAR_GREGORIAN, &edtf, &problem)) {
            facts_fail(table, row, column, error, "%s", problem->message);
            return false;
        }
        edtf_bounds(&edtf, &first, &last);
    }
    if (ret_text != NULL)
        *ret_text = cell[0] != '\0' ? g_strdup(cell) : NULL;
    if (ret_first != NULL)
        *ret_first = first;
    if (ret_last != NULL)
        *ret_last = last;
    return true;
}

const StoreBody *facts_body(Facts *facts, const FactsTable *table, gsize row, const char *column,
                            GError **error)
{
    const char *code = facts_cell(table, row, column);
    const StoreBody *body = g_hash_table_lookup(facts->bodies, code);
    if (body == NULL)
        facts_fail(table, row, column, error,
                   _("“%s” is no body of r2p/bodies.csv: add it there, or mend the code."), code);
    return body;
}

bool facts_link(Facts *facts, const FactsTable *table, StoreKind kind, gint64 id, GError **error)
{
    return store_link_join(facts->store, kind, id, STORE_KIND_ORIGINAL, table->original_id,
                           "evidence", error);
}

GHashTable *facts_keys_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

void facts_keys_put(GHashTable *keys, char *key, gint64 id)
{
    gint64 *value = g_new(gint64, 1);
    *value = id;
    g_hash_table_replace(keys, key, value);
}

gint64 facts_keys_get(GHashTable *keys, const char *key)
{
    const gint64 *id = g_hash_table_lookup(keys, key);
    return id != NULL ? *id : 0;
}

static void free_body(gpointer body)
{
    store_body_free(body);
}

static bool load_all(Facts *facts, GError **error)
{
    bool done = facts_load_bodies(facts, error) && facts_load_members(facts, error) &&
                facts_load_asks(facts, error) && facts_load_measures(facts, error) &&
                facts_load_recipients(facts, error) && facts_load_sessions(facts, error) &&
                facts_load_votes(facts, "hrc-votes.csv", error) &&
                facts_load_votes(facts, "ga-votes.csv", error) &&
                facts_load_ballots(facts, error) && facts_load_treaties(facts, error) &&
                facts_load_letter(facts, error) && facts_load_steps(facts, error);
    if (!done || facts->case_name == NULL || facts->n_case_tables > 0)
        return done;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND,
                _("There is no bundled case “%s” with facts for appeals."), facts->case_name);
    return false;
}

bool appeal_load_facts(Store *store, const char *case_name, GError **error)
{
    if (!store_begin(store, error))
        return false;
    Facts facts = {
        .store = store,
        .case_name = case_name,
        .bodies = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_body),
        .members = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
        .asks = facts_keys_new(),
    };
    bool done = load_all(&facts, error);
    g_hash_table_unref(facts.bodies);
    g_hash_table_unref(facts.members);
    g_hash_table_unref(facts.asks);
    if (!done) {
        store_rollback(store);
        return false;
    }
    return store_commit(store, error);
}
