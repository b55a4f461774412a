/* Any bytes are records, told faults and an end; what was read is written and read back the same.
 * The first byte chooses the separator, the limit and how many bytes come at a time. */
#include "base/csv.h"

#include <stdint.h>
#include <string.h>

typedef struct {
    const uint8_t *bytes;
    size_t length, step;
} Drops;

static gssize read_drops(void *context, void *buffer, gsize size, GError **error)
{
    Drops *drops = context;
    gsize n = MIN(MIN(drops->step, drops->length), size);
    if (n > 0)
        memcpy(buffer, drops->bytes, n);
    drops->bytes += n;
    drops->length -= n;
    return (gssize)n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    uint8_t choice = data[0];
    Drops drops = {data + 1, size - 1, 1 + choice % 16};
    CsvOptions options = {.separator = choice & 16 ? ',' : 0, .max_record = choice & 32 ? 64 : 0};
    g_autoptr(CsvReader) reader = choice & 64
                                      ? csv_reader_new("F", read_drops, &drops, &options)
                                      : csv_reader_new_bytes("F", data + 1, size - 1, &options);
    g_autoptr(GString) written = g_string_new(NULL);
    g_autoptr(GArray) counts = g_array_new(FALSE, FALSE, sizeof(gsize));
    g_autoptr(GPtrArray) fields = g_ptr_array_new_with_free_func(g_free);
    guint64 line = 0, end = 0;
    for (;;) {
        g_autoptr(GError) error = NULL;
        CsvResult result = csv_reader_next(reader, &error);
        if (result == CSV_END)
            break;
        g_assert((error != NULL) == (result != CSV_RECORD));
        g_assert(result != CSV_FAILED);
        g_assert(csv_reader_line(reader) > line || end == 0);
        line = csv_reader_line(reader);
        g_assert(csv_reader_offset(reader) >= end);
        end = csv_reader_offset(reader) + csv_reader_raw_length(reader);
        gsize raw_length;
        const char *raw = csv_reader_raw(reader, &raw_length);
        if (strcmp(csv_reader_encoding(reader), "UTF-8") == 0)
            g_assert(memcmp(data + 1 + csv_reader_offset(reader), raw, raw_length) == 0);
        if (result != CSV_RECORD)
            continue;
        gsize n = csv_reader_n_fields(reader);
        g_assert(n > 0);
        g_array_append_val(counts, n);
        for (gsize i = 0; i < n; i++) {
            gsize length;
            const char *field = csv_reader_field(reader, i, &length);
            g_assert(strlen(field) == length && g_utf8_validate(field, (gssize)length, NULL));
            csv_append(written, field);
            g_ptr_array_add(fields, g_strdup(field));
            double x;
            gint64 whole;
            csv_parse_double(field, &x);
            csv_parse_integer(field, &whole);
        }
        csv_append_end(written);
    }
    g_autoptr(CsvReader) again =
        csv_reader_new_bytes("F", written->str, written->len, &(CsvOptions){.separator = ','});
    gsize k = 0;
    for (guint row = 0; row < counts->len; row++) {
        g_assert(csv_reader_next(again, NULL) == CSV_RECORD);
        g_assert(csv_reader_n_fields(again) == g_array_index(counts, gsize, row));
        for (gsize i = 0; i < csv_reader_n_fields(again); i++)
            g_assert(strcmp(csv_reader_field(again, i, NULL), g_ptr_array_index(fields, k++)) == 0);
    }
    g_assert(csv_reader_next(again, NULL) == CSV_END);
    return 0;
}
