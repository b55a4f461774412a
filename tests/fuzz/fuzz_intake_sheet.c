/* Any bytes are tables that a CSV reader reads, problems, or an error sentence. The first byte
 * chooses: a file as it is; or the rest as the content of an ODS or as sheet, strings and styles of
 * an XLSX, so that the XML behind the ZIP is reached. */
#include "base/csv.h"
#include "intake/sheet_private.h"

#include <stdint.h>
#include <string.h>

static bool take(void *context, const IntakePart *part, GError **error)
{
    g_assert(part->name == NULL || g_utf8_validate(part->name, -1, NULL));
    g_assert(part->problem != NULL || part->bytes != NULL);
    if (part->bytes == NULL)
        return true;
    g_assert(g_utf8_validate(part->bytes, (gssize)part->n_bytes, NULL));
    g_autoptr(CsvReader) reader =
        csv_reader_new_bytes("sheet", part->bytes, part->n_bytes, &(CsvOptions){.separator = ','});
    CsvResult result;
    while ((result = csv_reader_next(reader, NULL)) == CSV_RECORD)
        ;
    return true;
}

static void put(GHashTable *members, const char *name, const uint8_t *data, size_t size)
{
    g_hash_table_replace(members, g_strdup(name), g_bytes_new(data, size));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    uint8_t choice = data[0] % 3;
    data++;
    size--;
    g_autoptr(GError) error = NULL;
    bool read;
    if (choice == 0) {
        read = intake_read_sheet("a.xlsx", data, size, take, NULL, &error);
    } else {
        g_autoptr(GHashTable) members =
            g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
        static const char *const NAMES[] = {"xl/workbook.xml", "xl/_rels/workbook.xml.rels",
                                            "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml",
                                            "xl/styles.xml"};
        if (choice == 1)
            put(members, "content.xml", data, size);
        for (gsize i = 0; choice == 2 && i < G_N_ELEMENTS(NAMES); i++) { /* pieces between NULs */
            const uint8_t *end = memchr(data, 0, size);
            size_t length = end != NULL ? (size_t)(end - data) : size;
            put(members, NAMES[i], data, length);
            data += length + (end != NULL);
            size -= length + (end != NULL);
        }
        read = choice == 1 ? sheet_read_ods(members, take, NULL, &error)
                           : sheet_read_xlsx(members, take, NULL, &error);
    }
    g_assert(read == (error == NULL));
    return 0;
}
