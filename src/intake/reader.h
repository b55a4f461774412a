/* intake/reader.h: one original read record by record into batches; runs on the parser's thread. */
#pragma once
#include "intake/record.h"

typedef struct IntakeReader IntakeReader;

typedef struct {
    const char *name; /**< of the file, for sentences */
    CsvSource source; /**< gives the original's bytes */
    void *context;
    IntakeFormat format; /**< not AUTO */
    const IntakeOptions *options;
    const IntakeGazetteer *gazetteer;
    guint64 skip_to; /**< records that begin before this byte were done by an earlier run */
} IntakeReaderSetup;

/** Copies the setup; what it points to must outlive the reader. Cannot fail: a source that fails
 *  says so in the first batch. */
IntakeReader *intake_reader_new(const IntakeReaderSetup *setup);
void intake_reader_free(IntakeReader *reader);

/** The next batch of about `max_records` records; its `last` is set on the final one, its `error`
 *  when the source failed after what it holds. Transfers. */
IntakeBatch *intake_reader_next(IntakeReader *reader, gsize max_records);

/** The columns as JSON array, for replaying one record (CSV); "" else. Borrowed. */
const char *intake_reader_columns(const IntakeReader *reader);
/** Columns that mean nothing to us, by name; borrowed; may be NULL. */
GPtrArray *intake_reader_unknown(const IntakeReader *reader);

/** What a file is, by its name and its first bytes. */
IntakeFormat intake_format_guess(const char *name, const char *head, gsize length);
/** "csv", "jsonl", "text". Static. */
const char *intake_format_name(IntakeFormat format);

/** One record again: columns as intake_reader_columns gave them (may be NULL or ""). Adds to the
 *  batch, or gives the sentence and the field at fault. */
bool intake_record_retry(IntakeBatch *batch, const IntakeGazetteer *gazetteer,
                         const IntakeOptions *options, IntakeFormat format, const char *columns,
                         const char *raw, gsize length, const IntakeWhere *where, char **ret_column,
                         GError **error);
