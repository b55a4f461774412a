/* Any bytes are objects, told faults and an end; lines and offsets only grow. */
#include "base/jsonl.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(JsonlReader) reader = jsonl_reader_new_bytes("F", data, size);
    guint64 line = 0;
    for (;;) {
        g_autoptr(GError) error = NULL;
        json_t *object = NULL;
        CsvResult result = jsonl_reader_next(reader, &object, &error);
        if (result == CSV_END)
            break;
        g_assert(result != CSV_FAILED && (error != NULL) == (result == CSV_BAD));
        g_assert(jsonl_reader_line(reader) > line);
        line = jsonl_reader_line(reader);
        gsize length;
        const char *raw = jsonl_reader_raw(reader, &length);
        g_assert(jsonl_reader_offset(reader) + length <= size);
        g_assert(memcmp(data + jsonl_reader_offset(reader), raw, length) == 0);
        if (result == CSV_RECORD)
            g_assert(json_is_object(object));
    }
    return 0;
}
