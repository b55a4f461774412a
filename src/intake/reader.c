/* intake/reader.c: which reader a format has, and the records of tables.
 * JSON stands in reader_json.c, free texts in reader_text.c. */
#include "intake/reader.h"

#include "base/i18n.h"
#include "intake/mask.h"
#include "intake/reader_private.h"
#include <string.h>

IntakeReader *intake_reader_new(const IntakeReaderSetup *setup)
{
    IntakeReader *reader = g_new0(IntakeReader, 1);
    reader->setup = *setup;
    reader->fields = g_array_new(FALSE, FALSE, sizeof(IntakeField));
    reader->columns = g_ptr_array_new_with_free_func(g_free);
    reader->keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    reader->unknown = g_ptr_array_new_with_free_func(g_free);
    reader->joined = g_string_chunk_new(256);
    return reader;
}

void intake_reader_free(IntakeReader *reader)
{
    if (reader == NULL)
        return;
    csv_reader_free(reader->csv);
    jsonl_reader_free(reader->jsonl);
    json_decref(reader->list);
    g_array_unref(reader->fields);
    g_ptr_array_unref(reader->columns);
    g_hash_table_unref(reader->keys);
    g_ptr_array_unref(reader->unknown);
    g_string_chunk_free(reader->joined);
    if (reader->text != NULL)
        g_byte_array_unref(reader->text);
    if (reader->head != NULL)
        g_byte_array_unref(reader->head);
    g_free(reader);
}

GPtrArray *intake_reader_unknown(const IntakeReader *reader)
{
    return reader->unknown;
}

void intake_reader_keep_bad(IntakeBatch *batch, const IntakeWhere *where, const char *raw,
                            gsize length, const char *column, const GError *why)
{
    intake_batch_add_bad(batch, where->line, where->offset, raw, length, column, why->message);
}

/* Two columns of one sealed meaning (two telephones) are one value: neither may stand open. */
const char *intake_reader_join(IntakeReader *reader, const char *one, const char *two)
{
    g_autofree char *both = g_strdup_printf("%s; %s", one, two);
    return g_string_chunk_insert(reader->joined, both);
}

/* ---- CSV ---- */

static void take_column(IntakeReader *reader, const char *name)
{
    IntakeField field;
    bool theirs = false;
    if (!intake_mapping_find(reader->setup.mapping, name, &field)) {
        theirs = reader->table != NULL && intake_table_find(reader->table, name, &field);
        if (!theirs)
            field = intake_field_match(NULL, name);
    }
    for (guint i = 0; i < reader->fields->len && field != INTAKE_FIELD_NONE; i++)
        if (g_array_index(reader->fields, IntakeField, i) == field && !intake_field_sealed(field))
            field = INTAKE_FIELD_NONE; /* the first column of a meaning has it */
    g_array_append_val(reader->fields, field);
    g_ptr_array_add(reader->columns, g_strdup(name));
    if (field == INTAKE_FIELD_NONE && name[0] != '\0' && !theirs)
        g_ptr_array_add(reader->unknown, g_strdup(name));
}

/* Fields of a row by their meaning; the others as JSON (free), NULL when there are none. */
static char *sort_row(IntakeReader *reader, const char *values[INTAKE_N_FIELDS])
{
    memset(values, 0, INTAKE_N_FIELDS * sizeof *values);
    json_t *extra = NULL;
    gsize n = csv_reader_n_fields(reader->csv);
    for (gsize i = 0; i < n && i < reader->fields->len; i++) {
        IntakeField field = g_array_index(reader->fields, IntakeField, i);
        const char *value = csv_reader_field(reader->csv, i, NULL);
        if (value[0] == '\0')
            continue;
        if (field != INTAKE_FIELD_NONE) {
            values[field] =
                values[field] == NULL ? value : intake_reader_join(reader, values[field], value);
            continue;
        }
        if (extra == NULL)
            extra = json_object();
        g_autofree char *masked = intake_mask_text(value);
        json_object_set_new_nocheck(extra, g_ptr_array_index(reader->columns, i),
                                    json_string_nocheck(masked != NULL ? masked : value));
    }
    if (reader->table != NULL)
        intake_table_derive(reader->table, values, extra, reader->joined);
    char *text = extra != NULL ? json_dumps(extra, JSON_COMPACT) : NULL;
    json_decref(extra);
    return text;
}

/* What the user calls the column of a field. */
static const char *column_name(const IntakeReader *reader, IntakeField field)
{
    for (guint i = 0; i < reader->fields->len; i++)
        if (field != INTAKE_FIELD_NONE && g_array_index(reader->fields, IntakeField, i) == field)
            return g_ptr_array_index(reader->columns, i);
    return field != INTAKE_FIELD_NONE ? intake_field_name(field) : NULL;
}

static bool row_has_too_many(const IntakeReader *reader, GError **error)
{
    gsize n = csv_reader_n_fields(reader->csv);
    for (gsize i = reader->fields->len; i < n; i++)
        if (csv_reader_field(reader->csv, i, NULL)[0] != '\0') {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                        _("This line has %lu columns, the heading has %u: a comma "
                          "inside a text needs quotes around it."),
                        n, reader->fields->len);
            return true;
        }
    return false;
}

static bool add_row(IntakeReader *reader, IntakeBatch *batch, const IntakeWhere *where,
                    const char **ret_column, GError **error)
{
    *ret_column = NULL;
    if (row_has_too_many(reader, error))
        return false;
    const char *values[INTAKE_N_FIELDS];
    char *extra = sort_row(reader, values);
    IntakeField field = INTAKE_FIELD_NONE;
    bool added =
        intake_record_add(batch, reader->setup.context, values, extra, where, "csv", &field, error);
    free(extra);
    g_string_chunk_clear(reader->joined);
    *ret_column = column_name(reader, field);
    return added;
}

static bool take_heading(IntakeReader *reader, IntakeBatch *batch, CsvResult result, GError *error)
{
    if (result == CSV_BAD) {
        batch->error = g_error_copy(error);
        g_prefix_error(&batch->error, _("%s, heading: "), reader->setup.name);
        return false;
    }
    reader->header_read = true;
    json_t *list = json_array();
    bool any = false;
    for (gsize i = 0; i < csv_reader_n_fields(reader->csv); i++) {
        const char *name = csv_reader_field(reader->csv, i, NULL);
        take_column(reader, name);
        json_array_append_new(list, json_string(name));
        any |= g_array_index(reader->fields, IntakeField, i) != INTAKE_FIELD_NONE;
    }
    char *dump = json_dumps(list, JSON_COMPACT);
    json_decref(list);
    batch->columns = g_strdup(dump);
    free(dump);
    if (!any)
        g_set_error(&batch->error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    _("%s: none of its %u columns has a name that we know; say what they are "
                      "with --mapping (see `zenhar import --fields`)."),
                    reader->setup.name, reader->fields->len);
    return any;
}

bool intake_reader_step_csv(IntakeReader *reader, IntakeBatch *batch)
{
    g_autoptr(GError) error = NULL;
    CsvResult result = csv_reader_next(reader->csv, &error);
    if (result == CSV_END)
        return false;
    if (result == CSV_FAILED) {
        batch->error = g_steal_pointer(&error);
        return false;
    }
    if (!reader->header_read)
        return take_heading(reader, batch, result, error);
    gsize raw_length;
    const char *raw = csv_reader_raw(reader->csv, &raw_length);
    /* In another encoding the place in the bytes as they came is not known: the whole original. */
    bool utf8 = strcmp(csv_reader_encoding(reader->csv), "UTF-8") == 0;
    guint64 offset = csv_reader_offset(reader->csv);
    IntakeWhere where = {csv_reader_line(reader->csv), utf8 ? offset : 0, utf8 ? raw_length : 0};
    if (offset < reader->setup.skip_to)
        return true;
    batch->records++;
    batch->position = offset + raw_length;
    const char *column = NULL;
    if (result == CSV_BAD || !add_row(reader, batch, &where, &column, &error))
        intake_reader_keep_bad(batch, &where, raw, raw_length, column, error);
    return true;
}

/* ---- batches ---- */

static bool start(IntakeReader *reader, IntakeBatch *batch)
{
    const IntakeReaderSetup *setup = &reader->setup;
    reader->started = true;
    if (intake_format_is_table(setup->format)) {
        if (!intake_table_peek(setup->format, &reader->table, &batch->error))
            return false;
        reader->csv = csv_reader_new(setup->name, setup->source, setup->source_context, NULL);
        reader->step = intake_reader_step_csv;
        return true;
    }
    if (setup->format == INTAKE_FORMAT_JSONL || setup->format == INTAKE_FORMAT_FTM) {
        reader->step = intake_reader_step_json;
        return intake_reader_start_json(reader, batch);
    }
    reader->step = intake_reader_step_text;
    return intake_reader_start_text(reader, batch);
}

IntakeBatch *intake_reader_next(IntakeReader *reader, gsize max_records)
{
    IntakeBatch *batch = intake_batch_new();
    batch->position = reader->setup.skip_to;
    if (!reader->started && !start(reader, batch)) {
        batch->last = true;
        return batch;
    }
    while (!batch->last && batch->records < max_records)
        batch->last = !reader->step(reader, batch);
    return batch;
}

/* ---- once more ---- */

static bool retry_row(IntakeBatch *batch, IntakeContext *context, const IntakeMapping *mapping,
                      IntakeFormat format, const char *columns, const char *raw, gsize length,
                      const IntakeWhere *where, char **ret_column, GError **error)
{
    json_t *list = columns != NULL ? json_loads(columns, 0, NULL) : NULL;
    if (!json_is_array(list)) {
        json_decref(list);
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT, "%s",
                    _("The heading of this record's file is not known any more."));
        return false;
    }
    IntakeReader *reader =
        intake_reader_new(&(IntakeReaderSetup){.context = context, .mapping = mapping});
    bool known = intake_table_peek(format, &reader->table, error);
    for (gsize i = 0; i < json_array_size(list) && known; i++)
        take_column(reader, json_string_value(json_array_get(list, i)));
    json_decref(list);
    /* One record does not show its separator: the one that gives the heading's columns. */
    CsvResult result = CSV_END;
    for (const char *separator = ",;\t|,"; known && *separator != '\0'; separator++) {
        csv_reader_free(reader->csv);
        reader->csv = csv_reader_new_bytes(_("the record"), raw, length,
                                           &(CsvOptions){.separator = *separator});
        g_clear_error(error);
        result = csv_reader_next(reader->csv, error);
        if (result == CSV_RECORD && csv_reader_n_fields(reader->csv) == reader->fields->len)
            break;
    }
    const char *column = NULL;
    bool added = result == CSV_RECORD && add_row(reader, batch, where, &column, error);
    *ret_column = g_strdup(column);
    intake_reader_free(reader);
    return added;
}

bool intake_record_retry(IntakeBatch *batch, IntakeContext *context, const IntakeMapping *mapping,
                         IntakeFormat format, const char *columns, const char *raw, gsize length,
                         const IntakeWhere *where, char **ret_column, GError **error)
{
    *ret_column = NULL;
    bool added = false;
    if (!g_utf8_validate(raw, (gssize)length, NULL)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT, "%s",
                    _("The record is not valid UTF-8; mend it with the text it should have."));
        return false;
    }
    bool empty = true;
    for (gsize i = 0; i < length && empty; i++)
        empty = g_ascii_isspace(raw[i]);
    g_autoptr(GError) why = NULL;
    if (!empty && intake_format_is_table(format))
        added = retry_row(batch, context, mapping, format, columns, raw, length, where, ret_column,
                          &why);
    else if (!empty && (format == INTAKE_FORMAT_JSONL || format == INTAKE_FORMAT_FTM))
        added = intake_reader_retry_json(batch, context, mapping, format, raw, length, where,
                                         ret_column, &why);
    else if (!empty)
        added = intake_message_add(batch, context, raw, length, where, &why);
    if (added)
        return true;
    if (why != NULL)
        g_propagate_error(error, g_steal_pointer(&why));
    else
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT, "%s",
                    _("There is nothing in it; mend it with the text it should have."));
    return false;
}
