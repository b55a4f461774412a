#include "intake/reader.h"

#include "base/i18n.h"
#include "base/jsonl.h"
#include "base/limits.h"
#include "intake/words.h"
#include <string.h>

struct IntakeReader {
    IntakeReaderSetup setup;
    CsvReader *csv;
    JsonlReader *jsonl;
    bool started;
    bool header_read;
    GArray *fields;     /* IntakeField of each column (CSV) */
    GPtrArray *columns; /* names */
    GHashTable *keys;   /* JSON key → field + 2 */
    GPtrArray *unknown;
    char *columns_json;
    GByteArray *text; /* FORMAT_TEXT: the whole original */
    gsize text_at;
    guint64 text_line;
};

const char *intake_format_name(IntakeFormat format)
{
    static const char *const NAMES[] = {"auto", "csv", "jsonl", "text"};
    return NAMES[format];
}

IntakeFormat intake_format_guess(const char *name, const char *head, gsize length)
{
    static const struct {
        const char *ending;
        IntakeFormat format;
    } ENDINGS[] = {
        {".csv", INTAKE_FORMAT_CSV},     {".tsv", INTAKE_FORMAT_CSV},
        {".jsonl", INTAKE_FORMAT_JSONL}, {".ndjson", INTAKE_FORMAT_JSONL},
        {".json", INTAKE_FORMAT_JSONL},  {".txt", INTAKE_FORMAT_TEXT},
        {".sms", INTAKE_FORMAT_TEXT},
    };
    for (gsize i = 0; name != NULL && i < G_N_ELEMENTS(ENDINGS); i++) {
        gsize ending = strlen(ENDINGS[i].ending), size = strlen(name);
        if (size > ending && g_ascii_strcasecmp(name + size - ending, ENDINGS[i].ending) == 0)
            return ENDINGS[i].format;
    }
    gsize at = 0;
    if (length >= 3 && memcmp(head, "\xef\xbb\xbf", 3) == 0)
        at = 3;
    while (at < length && g_ascii_isspace(head[at]))
        at++;
    if (at < length && head[at] == '{')
        return INTAKE_FORMAT_JSONL;
    /* A table when most cells of the first line are columns that we know. */
    const char *end = memchr(head + at, '\n', length - at);
    if (end != NULL) {
        g_autoptr(CsvReader) reader =
            csv_reader_new_bytes("", head + at, (gsize)(end - head) - at, NULL);
        if (csv_reader_next(reader, NULL) == CSV_RECORD && csv_reader_n_fields(reader) > 1) {
            gsize n = csv_reader_n_fields(reader), known = 0;
            for (gsize i = 0; i < n; i++)
                known += intake_field_match(NULL, csv_reader_field(reader, i, NULL)) !=
                         INTAKE_FIELD_NONE;
            if (known * 2 >= n)
                return INTAKE_FORMAT_CSV;
        }
    }
    return INTAKE_FORMAT_TEXT;
}

IntakeReader *intake_reader_new(const IntakeReaderSetup *setup)
{
    IntakeReader *reader = g_new0(IntakeReader, 1);
    reader->setup = *setup;
    reader->fields = g_array_new(FALSE, FALSE, sizeof(IntakeField));
    reader->columns = g_ptr_array_new_with_free_func(g_free);
    reader->keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    reader->unknown = g_ptr_array_new_with_free_func(g_free);
    return reader;
}

void intake_reader_free(IntakeReader *reader)
{
    if (reader == NULL)
        return;
    csv_reader_free(reader->csv);
    jsonl_reader_free(reader->jsonl);
    g_array_unref(reader->fields);
    g_ptr_array_unref(reader->columns);
    g_hash_table_unref(reader->keys);
    g_ptr_array_unref(reader->unknown);
    if (reader->text != NULL)
        g_byte_array_unref(reader->text);
    g_free(reader->columns_json);
    g_free(reader);
}

const char *intake_reader_columns(const IntakeReader *reader)
{
    return reader->columns_json != NULL ? reader->columns_json : "";
}

GPtrArray *intake_reader_unknown(const IntakeReader *reader)
{
    return reader->unknown;
}

/* ---- CSV ---- */

static void take_column(IntakeReader *reader, const char *name)
{
    IntakeField field = intake_field_match(reader->setup.options->mapping, name);
    for (guint i = 0; i < reader->fields->len; i++)
        if (field != INTAKE_FIELD_NONE && g_array_index(reader->fields, IntakeField, i) == field)
            field = INTAKE_FIELD_NONE; /* the first column of a meaning has it */
    g_array_append_val(reader->fields, field);
    g_ptr_array_add(reader->columns, g_strdup(name));
    if (field == INTAKE_FIELD_NONE && name[0] != '\0')
        g_ptr_array_add(reader->unknown, g_strdup(name));
}

/* Fields of a row by their meaning; the others as JSON. */
static char *sort_row(const GArray *fields, const GPtrArray *columns, const CsvReader *csv,
                      const char *values[INTAKE_N_FIELDS])
{
    memset(values, 0, INTAKE_N_FIELDS * sizeof *values);
    json_t *extra = NULL;
    gsize n = csv_reader_n_fields(csv);
    for (gsize i = 0; i < n && i < fields->len; i++) {
        IntakeField field = g_array_index(fields, IntakeField, i);
        const char *value = csv_reader_field(csv, i, NULL);
        if (field != INTAKE_FIELD_NONE) {
            values[field] = value;
        } else if (value[0] != '\0') {
            if (extra == NULL)
                extra = json_object();
            json_object_set_new_nocheck(extra, g_ptr_array_index(columns, i),
                                        json_string_nocheck(value));
        }
    }
    char *text = extra != NULL ? json_dumps(extra, JSON_COMPACT) : NULL;
    json_decref(extra);
    return text;
}

static void keep_bad(IntakeBatch *batch, const IntakeWhere *where, const char *raw, gsize length,
                     IntakeField field, const GError *why)
{
    intake_batch_add_bad(batch, where->line, where->offset, raw, length,
                         field >= 0 ? intake_field_name(field) : NULL, why->message);
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

static bool step_csv(IntakeReader *reader, IntakeBatch *batch)
{
    g_autoptr(GError) error = NULL;
    CsvResult result = csv_reader_next(reader->csv, &error);
    if (result == CSV_END)
        return false;
    if (result == CSV_FAILED) {
        batch->error = g_steal_pointer(&error);
        return false;
    }
    gsize raw_length;
    const char *raw = csv_reader_raw(reader->csv, &raw_length);
    bool utf8 = g_strcmp0(csv_reader_encoding(reader->csv), "UTF-8") == 0;
    IntakeWhere where = {csv_reader_line(reader->csv), csv_reader_offset(reader->csv),
                         utf8 ? csv_reader_raw_length(reader->csv) : 0};
    guint64 end = where.offset + csv_reader_raw_length(reader->csv);
    if (!reader->header_read) {
        if (result == CSV_BAD) {
            g_prefix_error(&error, _("%s, heading: "), reader->setup.name);
            batch->error = g_steal_pointer(&error);
            return false;
        }
        reader->header_read = true;
        g_autoptr(GString) names = NULL;
        json_t *list = json_array();
        for (gsize i = 0; i < csv_reader_n_fields(reader->csv); i++) {
            take_column(reader, csv_reader_field(reader->csv, i, NULL));
            json_array_append_new(list, json_string(csv_reader_field(reader->csv, i, NULL)));
        }
        reader->columns_json = json_dumps(list, JSON_COMPACT);
        json_decref(list);
        bool any = false;
        for (guint i = 0; i < reader->fields->len; i++)
            any |= g_array_index(reader->fields, IntakeField, i) != INTAKE_FIELD_NONE;
        if (!any)
            g_set_error(&batch->error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                        _("%s: none of its %u columns has a name that we know; say what they are "
                          "with --mapping (see `zenhar import --fields`)."),
                        reader->setup.name, reader->fields->len);
        return any;
    }
    if (where.offset < reader->setup.skip_to)
        return true;
    batch->records++;
    batch->position = end;
    if (!utf8)
        where.offset = 0;
    if (result == CSV_BAD || row_has_too_many(reader, &error)) {
        keep_bad(batch, &where, raw, raw_length, INTAKE_FIELD_NONE, error);
        return true;
    }
    const char *values[INTAKE_N_FIELDS];
    char *extra = sort_row(reader->fields, reader->columns, reader->csv, values);
    IntakeField field = INTAKE_FIELD_NONE;
    if (!intake_record_add(batch, reader->setup.gazetteer, reader->setup.options, values, extra,
                           &where, "csv", &field, &error))
        keep_bad(batch, &where, raw, raw_length, field, error);
    free(extra);
    return true;
}

/* ---- JSON Lines ---- */

static char *json_text(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_STRING:
        return g_strdup(json_string_value(value));
    case JSON_INTEGER:
        return g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
    case JSON_TRUE:
        return g_strdup("true");
    case JSON_NULL:
    case JSON_FALSE:
        return NULL;
    default: {
        char *dump = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
        char *copy = g_strdup(dump);
        free(dump);
        return copy;
    }
    }
}

static bool add_object(IntakeBatch *batch, const IntakeGazetteer *gazetteer,
                       const IntakeOptions *options, GHashTable *keys, GPtrArray *unknown,
                       json_t *object, const IntakeWhere *where, IntakeField *ret_field,
                       GError **error)
{
    char *values[INTAKE_N_FIELDS] = {NULL};
    json_t *extra = NULL;
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        gpointer known = g_hash_table_lookup(keys, key);
        if (known == NULL) {
            IntakeField field = intake_field_match(options->mapping, key);
            known = GINT_TO_POINTER(field + 2);
            g_hash_table_insert(keys, g_strdup(key), known);
            if (field == INTAKE_FIELD_NONE && unknown != NULL)
                g_ptr_array_add(unknown, g_strdup(key));
        }
        IntakeField field = GPOINTER_TO_INT(known) - 2;
        if (field != INTAKE_FIELD_NONE && values[field] == NULL) {
            values[field] = json_text(value);
        } else if (!json_is_null(value)) {
            if (extra == NULL)
                extra = json_object();
            json_object_set_nocheck(extra, key, value);
        }
    }
    char *extra_text = extra != NULL ? json_dumps(extra, JSON_COMPACT) : NULL;
    json_decref(extra);
    bool added = intake_record_add(batch, gazetteer, options, (const char *const *)values,
                                   extra_text, where, "jsonl", ret_field, error);
    free(extra_text);
    for (int i = 0; i < INTAKE_N_FIELDS; i++)
        g_free(values[i]);
    return added;
}

static bool step_jsonl(IntakeReader *reader, IntakeBatch *batch)
{
    g_autoptr(GError) error = NULL;
    json_t *object = NULL;
    CsvResult result = jsonl_reader_next(reader->jsonl, &object, &error);
    if (result == CSV_END)
        return false;
    if (result == CSV_FAILED) {
        batch->error = g_steal_pointer(&error);
        return false;
    }
    gsize length;
    const char *raw = jsonl_reader_raw(reader->jsonl, &length);
    IntakeWhere where = {jsonl_reader_line(reader->jsonl), jsonl_reader_offset(reader->jsonl),
                         length};
    if (where.offset < reader->setup.skip_to)
        return true;
    batch->records++;
    batch->position = where.offset + length + 1;
    IntakeField field = INTAKE_FIELD_NONE;
    if (result == CSV_BAD ||
        !add_object(batch, reader->setup.gazetteer, reader->setup.options, reader->keys,
                    reader->unknown, object, &where, &field, &error))
        keep_bad(batch, &where, raw, length, field, error);
    return true;
}

/* ---- plain text: messages parted by a line of dashes ---- */

static bool is_rule(const char *line, gsize length)
{
    gsize dashes = 0;
    for (gsize i = 0; i < length; i++) {
        if (line[i] == '-' || line[i] == '=')
            dashes++;
        else if (line[i] != '\r' && line[i] != ' ')
            return false;
    }
    return dashes >= 3;
}

static bool read_whole(IntakeReader *reader, IntakeBatch *batch)
{
    reader->text = g_byte_array_new();
    reader->text_line = 1;
    guint8 buffer[1 << 16];
    for (;;) {
        gssize n =
            reader->setup.source(reader->setup.context, buffer, sizeof buffer, &batch->error);
        if (n < 0)
            return false;
        if (n == 0)
            return true;
        if (reader->text->len + (gsize)n > LIMIT_TEXT_BYTES) {
            g_set_error(&batch->error, ZENHAR_ERROR, ZENHAR_ERROR_LIMIT,
                        _("%s: a text of more than %u MiB; split it into parts."),
                        reader->setup.name, LIMIT_TEXT_BYTES >> 20);
            return false;
        }
        g_byte_array_append(reader->text, buffer, (guint)n);
    }
}

static bool step_text(IntakeReader *reader, IntakeBatch *batch)
{
    if (reader->text == NULL && !read_whole(reader, batch))
        return false;
    const char *all = (const char *)reader->text->data;
    gsize size = reader->text->len, begin = reader->text_at, at = begin;
    if (begin >= size)
        return false;
    guint64 first_line = reader->text_line;
    gsize end = size;
    while (at < size) {
        const char *newline = memchr(all + at, '\n', size - at);
        gsize next = newline != NULL ? (gsize)(newline - all) + 1 : size;
        reader->text_line++;
        if (is_rule(all + at, next - at - (newline != NULL))) {
            end = at;
            reader->text_at = next;
            break;
        }
        at = reader->text_at = next;
    }
    while (begin < end && g_ascii_isspace(all[begin])) {
        first_line += all[begin] == '\n';
        begin++;
    }
    while (end > begin && g_ascii_isspace(all[end - 1]))
        end--;
    if (end == begin || begin < reader->setup.skip_to)
        return true;
    batch->records++;
    batch->position = reader->text_at;
    IntakeWhere where = {first_line, begin, end - begin};
    g_autoptr(GError) error = NULL;
    if (!intake_message_add(batch, reader->setup.gazetteer, reader->setup.options, all + begin,
                            end - begin, &where, &error))
        keep_bad(batch, &where, all + begin, end - begin, INTAKE_FIELD_TEXT, error);
    return true;
}

/* ---- batches ---- */

IntakeBatch *intake_reader_next(IntakeReader *reader, gsize max_records)
{
    IntakeBatch *batch = intake_batch_new();
    batch->position = reader->setup.skip_to;
    if (!reader->started) {
        reader->started = true;
        if (reader->setup.format == INTAKE_FORMAT_CSV)
            reader->csv = csv_reader_new(reader->setup.name, reader->setup.source,
                                         reader->setup.context, NULL);
        else if (reader->setup.format == INTAKE_FORMAT_JSONL)
            reader->jsonl = jsonl_reader_new(reader->setup.name, reader->setup.source,
                                             reader->setup.context, 0);
    }
    bool (*step)(IntakeReader *, IntakeBatch *) =
        reader->setup.format == INTAKE_FORMAT_CSV     ? step_csv
        : reader->setup.format == INTAKE_FORMAT_JSONL ? step_jsonl
                                                      : step_text;
    while (batch->records < max_records)
        if (!step(reader, batch)) {
            batch->last = true;
            break;
        }
    return batch;
}

/* ---- once more ---- */

bool intake_record_retry(IntakeBatch *batch, const IntakeGazetteer *gazetteer,
                         const IntakeOptions *options, IntakeFormat format, const char *columns,
                         const char *raw, gsize length, const IntakeWhere *where, char **ret_column,
                         GError **error)
{
    *ret_column = NULL;
    IntakeField field = INTAKE_FIELD_NONE;
    bool added = false;
    if (!g_utf8_validate(raw, (gssize)length, NULL)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT, "%s",
                    _("The record is not valid UTF-8; mend it with the text it should have."));
        return false;
    }
    if (format == INTAKE_FORMAT_CSV) {
        json_t *list = columns != NULL ? json_loads(columns, 0, NULL) : NULL;
        if (!json_is_array(list)) {
            json_decref(list);
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT, "%s",
                        _("The heading of this record's file is not known any more."));
            return false;
        }
        IntakeReaderSetup setup = {.options = options};
        IntakeReader *reader = intake_reader_new(&setup);
        for (gsize i = 0; i < json_array_size(list); i++)
            take_column(reader, json_string_value(json_array_get(list, i)));
        json_decref(list);
        /* One record does not show its separator: the one that gives the heading's columns. */
        CsvResult result = CSV_END;
        for (const char *separator = ",;\t|,"; *separator != '\0'; separator++) {
            csv_reader_free(reader->csv);
            reader->csv =
                csv_reader_new_bytes("", raw, length, &(CsvOptions){.separator = *separator});
            g_clear_error(error);
            result = csv_reader_next(reader->csv, error);
            if (result == CSV_RECORD && csv_reader_n_fields(reader->csv) == reader->fields->len)
                break;
        }
        if (result == CSV_RECORD && !row_has_too_many(reader, error)) {
            const char *values[INTAKE_N_FIELDS];
            char *extra = sort_row(reader->fields, reader->columns, reader->csv, values);
            added = intake_record_add(batch, gazetteer, options, values, extra, where, "csv",
                                      &field, error);
            free(extra);
        }
        intake_reader_free(reader);
    } else if (format == INTAKE_FORMAT_JSONL) {
        json_error_t why;
        json_t *object = json_loadb(raw, length, JSON_REJECT_DUPLICATES, &why);
        g_autoptr(GHashTable) keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        if (json_is_object(object))
            added = add_object(batch, gazetteer, options, keys, NULL, object, where, &field, error);
        else
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                        _("This is no JSON object: %s (column %d)."), why.text, why.column);
        json_decref(object);
    } else {
        added = intake_message_add(batch, gazetteer, options, raw, length, where, error);
    }
    if (field >= 0)
        *ret_column = g_strdup(intake_field_name(field));
    if (!added && error != NULL && *error == NULL)
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT, "%s", _("There is nothing in it."));
    return added;
}
