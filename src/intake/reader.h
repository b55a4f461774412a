/* intake/reader.h: one original read record by record into batches; runs on the parser's thread. */
#pragma once
#include "base/csv.h"
#include "intake/formats.h"
#include "intake/record.h"

typedef struct IntakeReader IntakeReader;

typedef struct {
    const char *name; /**< of the file, for sentences */
    CsvSource source; /**< gives the original's bytes */
    void *source_context;
    IntakeFormat format;          /**< not AUTO */
    IntakeContext *context;       /**< the reader's alone while it lives */
    const IntakeMapping *mapping; /**< NULL without */
    guint64 skip_to; /**< records that begin before this byte were done by an earlier run */
} IntakeReaderSetup;

/** Copies the setup; what it points to must outlive the reader. Cannot fail: a source that fails
 *  says so in the first batch. */
IntakeReader *intake_reader_new(const IntakeReaderSetup *setup);
void intake_reader_free(IntakeReader *reader);

/** The next batch of about `max_records` records; its `last` is set on the final one, its `error`
 *  when the source failed after what it holds. Transfers. */
IntakeBatch *intake_reader_next(IntakeReader *reader, gsize max_records);

/** Columns that mean nothing to us, by name; borrowed; may be NULL. */
GPtrArray *intake_reader_unknown(const IntakeReader *reader);

/** One record again: columns as IntakeBatch.columns gave them (may be NULL). Adds to the batch, or
 *  gives the sentence and the column at fault. */
bool intake_record_retry(IntakeBatch *batch, IntakeContext *context, const IntakeMapping *mapping,
                         IntakeFormat format, const char *columns, const char *raw, gsize length,
                         const IntakeWhere *where, char **ret_column, GError **error);
