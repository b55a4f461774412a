/* intake/reader_json.c: JSON Lines, and a file that is one array of objects (read whole). */
#include "base/i18n.h"
#include "base/limits.h"
#include "intake/ftm.h"
#include "intake/mask.h"
#include "intake/reader_private.h"
#include <string.h>

enum { HEAD_BYTES = 4096 };

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

/* A copy without numbers that identify, at any depth. */
static json_t *masked(json_t *value)
{
    if (json_is_object(value)) {
        json_t *copy = json_object();
        const char *key;
        json_t *member;
        json_object_foreach(value, key, member)
            json_object_set_new_nocheck(copy, key, masked(member));
        return copy;
    }
    if (json_is_array(value)) {
        json_t *copy = json_array();
        for (gsize i = 0; i < json_array_size(value); i++)
            json_array_append_new(copy, masked(json_array_get(value, i)));
        return copy;
    }
    if (!json_is_string(value) && !json_is_integer(value))
        return json_incref(value);
    g_autofree char *text = json_text(value);
    g_autofree char *without = intake_mask_text(text);
    return without != NULL ? json_string_nocheck(without) : json_incref(value);
}

static IntakeField field_of(IntakeReader *reader, const char *key)
{
    gpointer known = g_hash_table_lookup(reader->keys, key);
    if (known == NULL) {
        IntakeField field = intake_field_match(reader->setup.mapping, key);
        known = GINT_TO_POINTER(field + 2);
        g_hash_table_insert(reader->keys, g_strdup(key), known);
        if (field == INTAKE_FIELD_NONE)
            g_ptr_array_add(reader->unknown, g_strdup(key));
    }
    return (IntakeField)(GPOINTER_TO_INT(known) - 2);
}

/* The members of an object by their meaning; the others, masked, into *ret_extra. */
static void sort_object(IntakeReader *reader, json_t *object, char *values[INTAKE_N_FIELDS],
                        const char *names[INTAKE_N_FIELDS], json_t **ret_extra)
{
    json_t *extra = NULL, *value;
    const char *key;
    json_object_foreach(object, key, value)
    {
        IntakeField field = field_of(reader, key);
        if (json_is_null(value))
            continue;
        if (field != INTAKE_FIELD_NONE && values[field] == NULL) {
            values[field] = json_text(value);
            names[field] = key;
        } else if (field != INTAKE_FIELD_NONE && intake_field_sealed(field)) {
            g_autofree char *first = values[field];
            g_autofree char *second = json_text(value);
            values[field] =
                second != NULL ? g_strdup_printf("%s; %s", first, second) : g_steal_pointer(&first);
        } else {
            if (extra == NULL)
                extra = json_object();
            json_object_set_new_nocheck(extra, key, masked(value));
        }
    }
    *ret_extra = extra;
}

/* True also for an object that is no report and is left out. */
static bool add_object(IntakeReader *reader, IntakeBatch *batch, json_t *object,
                       const IntakeWhere *where, const char **ret_column, GError **error)
{
    char *values[INTAKE_N_FIELDS] = {NULL};
    const char *names[INTAKE_N_FIELDS] = {NULL}, *left_out = NULL;
    json_t *extra = NULL;
    bool entity = reader->setup.format == INTAKE_FORMAT_FTM;
    *ret_column = NULL;
    if (!entity)
        sort_object(reader, object, values, names, &extra);
    else if (!intake_ftm_read(object, values, &extra, &left_out, error))
        return false;
    if (left_out != NULL) {
        intake_batch_leave_out(batch, left_out);
        return true;
    }
    char *extra_text = extra != NULL ? json_dumps(extra, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    json_decref(extra);
    IntakeField field = INTAKE_FIELD_NONE;
    bool added =
        intake_record_add(batch, reader->setup.context, (const char *const *)values, extra_text,
                          where, intake_format_name(reader->setup.format), &field, error);
    if (field != INTAKE_FIELD_NONE) /* what the object itself calls it */
        *ret_column = names[field] != NULL ? names[field] : intake_field_name(field);
    free(extra_text);
    for (int i = 0; i < INTAKE_N_FIELDS; i++)
        g_free(values[i]);
    return added;
}

/* The source with the bytes that were looked at put back. */
static gssize read_again(void *data, void *buffer, gsize size, GError **error)
{
    IntakeReader *reader = data;
    gsize left = reader->head->len - reader->head_at;
    if (left == 0)
        return reader->setup.source(reader->setup.source_context, buffer, size, error);
    gsize n = MIN(left, size);
    memcpy(buffer, reader->head->data + reader->head_at, n);
    reader->head_at += n;
    return (gssize)n;
}

static bool begins_array(const GByteArray *head)
{
    gsize at = head->len >= 3 && memcmp(head->data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    while (at < head->len && g_ascii_isspace(head->data[at]))
        at++;
    return at < head->len && head->data[at] == '[';
}

static bool load_array(IntakeReader *reader, IntakeBatch *batch)
{
    if (!intake_reader_whole(reader, batch, reader->head))
        return false;
    const char *all = (const char *)reader->head->data;
    gsize mark = reader->head->len >= 3 && memcmp(all, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    json_error_t why;
    reader->list = json_loadb(all + mark, reader->head->len - mark, JSON_REJECT_DUPLICATES, &why);
    g_byte_array_set_size(reader->head, 0);
    if (reader->list != NULL)
        return true;
    g_set_error(&batch->error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                _("%s, line %d, column %d: the list of records is broken here (%s). Mend the "
                  "file, or write one object a line (JSON Lines): then one broken record does "
                  "not hold up the others."),
                reader->setup.name, why.line, why.column, why.text);
    return false;
}

bool intake_reader_start_json(IntakeReader *reader, IntakeBatch *batch)
{
    reader->head = g_byte_array_sized_new(HEAD_BYTES);
    guint8 buffer[HEAD_BYTES];
    while (reader->head->len < HEAD_BYTES) {
        gssize n = reader->setup.source(reader->setup.source_context, buffer,
                                        HEAD_BYTES - reader->head->len, &batch->error);
        if (n < 0)
            return false;
        if (n == 0)
            break;
        g_byte_array_append(reader->head, buffer, (guint)n);
    }
    if (begins_array(reader->head))
        return load_array(reader, batch);
    reader->jsonl = jsonl_reader_new(reader->setup.name, read_again, reader, 0);
    return true;
}

/* Positions in an array are counted in records. */
static bool step_array(IntakeReader *reader, IntakeBatch *batch)
{
    if (reader->text_at >= json_array_size(reader->list))
        return false;
    guint64 number = reader->text_at++;
    if (number < reader->setup.skip_to)
        return true;
    json_t *object = json_array_get(reader->list, number);
    batch->records++;
    batch->position = number + 1;
    IntakeWhere where = {0, 0, 0};
    g_autoptr(GError) error = NULL;
    const char *column = NULL;
    if (json_is_object(object) && add_object(reader, batch, object, &where, &column, &error))
        return true;
    if (error == NULL)
        g_set_error(&error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT, "%s", _("This is no JSON object."));
    g_prefix_error(&error, _("Record %lu of the list: "), number + 1);
    char *dump = json_dumps(object, JSON_ENCODE_ANY);
    intake_reader_keep_bad(batch, &where, dump, strlen(dump), column, error);
    free(dump);
    return true;
}

bool intake_reader_step_json(IntakeReader *reader, IntakeBatch *batch)
{
    if (reader->list != NULL)
        return step_array(reader, batch);
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
    const char *column = NULL;
    if (result == CSV_BAD || !add_object(reader, batch, object, &where, &column, &error))
        intake_reader_keep_bad(batch, &where, raw, length, column, error);
    return true;
}

bool intake_reader_retry_json(IntakeBatch *batch, IntakeContext *context,
                              const IntakeMapping *mapping, IntakeFormat format, const char *raw,
                              gsize length, const IntakeWhere *where, char **ret_column,
                              GError **error)
{
    json_error_t why;
    json_t *object = json_loadb(raw, length, JSON_REJECT_DUPLICATES, &why);
    bool added = false;
    if (json_is_object(object)) {
        IntakeReader *reader = intake_reader_new(
            &(IntakeReaderSetup){.context = context, .mapping = mapping, .format = format});
        const char *column = NULL;
        added = add_object(reader, batch, object, where, &column, error);
        *ret_column = g_strdup(column);
        intake_reader_free(reader);
    } else {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    _("This is no JSON object: %s (column %d)."), why.text, why.column);
    }
    json_decref(object);
    return added;
}
