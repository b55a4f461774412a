/* base/jsonl.h: JSON Lines as a stream; one object a line (jansson inside).
 * A bad line is reported with line and column and skipped. Memory is one line. */
#pragma once
#include "base/csv.h"
#include <glib.h>
#include <jansson.h>

typedef struct JsonlReader JsonlReader;

JsonlReader *jsonl_reader_new(const char *name, CsvSource source, void *context, gsize max_record);
JsonlReader *jsonl_reader_new_file(const char *path, GError **error);
JsonlReader *jsonl_reader_new_bytes(const char *name, const void *bytes, gsize length);
void jsonl_reader_free(JsonlReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(JsonlReader, jsonl_reader_free)

/** The next object, as csv_reader_next; on CSV_RECORD *ret_object is borrowed until
 *  the next call. */
CsvResult jsonl_reader_next(JsonlReader *reader, json_t **ret_object, GError **error);
guint64 jsonl_reader_line(const JsonlReader *reader);
guint64 jsonl_reader_offset(const JsonlReader *reader);
const char *jsonl_reader_raw(const JsonlReader *reader, gsize *ret_length);
