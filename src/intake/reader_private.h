/* intake/reader_private.h: the three readers of one original; for reader*.c alone. */
#pragma once
#include "base/jsonl.h"
#include "intake/reader.h"
#include "intake/tables.h"

struct IntakeReader {
    IntakeReaderSetup setup;
    bool (*step)(IntakeReader *reader, IntakeBatch *batch); /* one record; false at the end */
    bool started;
    GPtrArray *unknown;
    GStringChunk *joined; /* of the record in hand */
    /* CSV */
    const IntakeTable *table; /* of somebody whose columns we know; NULL */
    CsvReader *csv;
    bool header_read;
    GArray *fields;     /* IntakeField of each column */
    GPtrArray *columns; /* names */
    /* JSON */
    JsonlReader *jsonl;
    json_t *list;     /* the file is one array; NULL: JSON Lines */
    GHashTable *keys; /* key → field + 2 */
    GByteArray *head; /* first bytes, read before the reader */
    gsize head_at;
    /* text: the whole original, in UTF-8 */
    GByteArray *text;
    bool text_decoded; /* it came in another encoding */
    gsize text_at;
    guint64 text_line;
};

void intake_reader_keep_bad(IntakeBatch *batch, const IntakeWhere *where, const char *raw,
                            gsize length, const char *column, const GError *why);
/* Lives until the record is done. */
const char *intake_reader_join(IntakeReader *reader, const char *one, const char *two);

bool intake_reader_step_csv(IntakeReader *reader, IntakeBatch *batch);
bool intake_reader_start_json(IntakeReader *reader, IntakeBatch *batch);
bool intake_reader_step_json(IntakeReader *reader, IntakeBatch *batch);
bool intake_reader_retry_json(IntakeBatch *batch, IntakeContext *context,
                              const IntakeMapping *mapping, IntakeFormat format, const char *raw,
                              gsize length, const IntakeWhere *where, char **ret_column,
                              GError **error);
bool intake_reader_start_text(IntakeReader *reader, IntakeBatch *batch);
bool intake_reader_step_text(IntakeReader *reader, IntakeBatch *batch);
/* Reads the source to its end, at most LIMIT_TEXT_BYTES; false with batch->error set. */
bool intake_reader_whole(IntakeReader *reader, IntakeBatch *batch, GByteArray *into);
