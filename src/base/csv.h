/* base/csv.h: RFC 4180 records as a stream, from any encoding.
 *
 * Encoding: UTF-8 (with or without BOM), UTF-16 and UTF-32 by BOM, UTF-16 without it, windows-1256,
 * else what ICU detects in the first 64 KiB; then UTF-8 inside. Quoted newlines, doubled quotes,
 * spaces and tabs around a field trimmed, CR LF or LF, a first line "sep=;". Memory is one record.
 * Not a record (CSV_BAD): bytes that are no text, more than LIMIT_COLUMNS fields, more than
 * max_record bytes, a quotation mark that is never closed; the last ends with the line on which
 * the mark was opened, so that the rest of the file is not lost with it. */
#pragma once
#include <glib.h>
#include <stdbool.h>

typedef struct CsvReader CsvReader;

/** Reads up to `size` bytes into `buffer`; 0 at the end, -1 with error set. */
typedef gssize (*CsvSource)(void *context, void *buffer, gsize size, GError **error);

typedef struct {
    char separator;       /**< 0: found out from the first record (, ; tab |) */
    gsize max_record;     /**< bytes; 0: LIMIT_RECORD_BYTES */
    const char *encoding; /**< NULL: found out */
} CsvOptions;

/** name: what error sentences call the input (a file's name). Copies it. */
CsvReader *csv_reader_new(const char *name, CsvSource source, void *context,
                          const CsvOptions *options);
/** Opens a file; "-" is standard input. NULL with error set. */
CsvReader *csv_reader_new_file(const char *path, const CsvOptions *options, GError **error);
/** Bytes must live as long as the reader. */
CsvReader *csv_reader_new_bytes(const char *name, const void *bytes, gsize length,
                                const CsvOptions *options);
void csv_reader_free(CsvReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsvReader, csv_reader_free)

typedef enum {
    CSV_RECORD, /**< fields are ready */
    CSV_BAD,    /**< this record cannot be read (error set); the next call goes on after it */
    CSV_END,
    CSV_FAILED, /**< the source failed (error set); no more will come */
} CsvResult;

/** The next record. Empty lines are skipped. */
CsvResult csv_reader_next(CsvReader *reader, GError **error);

/** Fields of the current record: UTF-8, NUL-terminated, borrowed until the next call. */
gsize csv_reader_n_fields(const CsvReader *reader);
const char *csv_reader_field(const CsvReader *reader, gsize field, gsize *ret_length);
/** Where the current record stands: 1-based first line; byte offset and length in the input
 *  as it came (before decoding where the input is UTF-8; after it otherwise). */
guint64 csv_reader_line(const CsvReader *reader);
guint64 csv_reader_offset(const CsvReader *reader);
gsize csv_reader_raw_length(const CsvReader *reader);
/** The record's raw text, UTF-8, without its line end. Borrowed until the next call. */
const char *csv_reader_raw(const CsvReader *reader, gsize *ret_length);
/** The encoding in use ("UTF-8", "windows-1256", …). Borrowed. */
const char *csv_reader_encoding(const CsvReader *reader);
/** What error sentences call the input. Borrowed. */
const char *csv_reader_name(const CsvReader *reader);

/** A whole file as a table with a header row; for small data files.
 *  `rows` hold exactly `n_columns` fields each (missing ones empty). */
typedef struct {
    gsize n_columns, n_rows;
    char **columns;      /**< n_columns names */
    char **cells;        /**< n_rows * n_columns, row by row; never NULL */
    guint64 *lines;      /**< n_rows: first line of each record in the file */
    struct Arena *texts; /**< where names and cells live */
} CsvTable;
/** NULL with error set (with line) on the first bad record, or a row with too many fields. */
CsvTable *csv_table_load(CsvReader *reader, GError **error);
void csv_table_free(CsvTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsvTable, csv_table_free)
/** Column of that name, or -1. */
gssize csv_table_column(const CsvTable *table, const char *name);
/** Borrowed cell; column may be -1 (gives ""). */
const char *csv_table_cell(const CsvTable *table, gsize row, gssize column);

/** Appends one field to a CSV line, quoted when it must be; a comma before it
 *  unless the line is empty or ends with a newline. */
void csv_append(GString *line, const char *field);
void csv_append_end(GString *line);

/** A number as the shortest text that reads back equal; "." is the point in
 *  every locale. NaN and infinities give an empty field. */
void csv_append_double(GString *line, double x);
void csv_append_integer(GString *line, gint64 n);
/** Reads a whole field as a number in the C locale; false when it is not one. */
bool csv_parse_double(const char *field, double *ret_x);
bool csv_parse_integer(const char *field, gint64 *ret_n);
