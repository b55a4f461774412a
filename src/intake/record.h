/* intake/record.h: the fields of one record become one report with its statements. */
#pragma once
#include "intake/gazetteer.h"
#include "intake/import.h"
#include "intake/language.h"
#include "store/report.h"

/** Memory of one batch: everything its items point to. */
typedef struct {
    GStringChunk *strings;
    GArray *items;      /**< StoreReportItem; place_id as intake_place_mark says */
    GPtrArray *sources; /**< name of each item's source; borrowed from strings */
    GPtrArray *blocks;  /**< of StoreStatement: a block never moves, items point into it */
    StoreStatement *next_statement;
    gsize statements_left; /**< in the last block */
    GPtrArray *bad;        /**< IntakeBad */
    char *columns;         /**< JSON of the heading, in the batch that read it; NULL else */
    guint64 position, records, unresolved;
    IntakeReadings readings;
    GHashTable *left_out; /**< as in IntakeSummary; NULL none */
    bool last;
    GError *error; /**< the source failed after these */
} IntakeBatch;

/** A record that cannot be read. */
typedef struct {
    guint64 line, offset;
    GBytes *raw;
    char *column; /**< NULL */
    char *reason;
} IntakeBad;

IntakeBatch *intake_batch_new(void);
void intake_batch_free(IntakeBatch *batch);
void intake_batch_add_bad(IntakeBatch *batch, guint64 line, guint64 offset, const char *raw,
                          gsize raw_length, const char *column, const char *reason);
/** One thing that is no report and no loss; `what` is kept. */
void intake_batch_leave_out(IntakeBatch *batch, const char *what);

/** Where a record stands in its original. length 0: it is the whole original. */
typedef struct {
    guint64 line, offset, length;
} IntakeWhere;

/** n statements in a row, begun with init; the batch's own memory. */
StoreStatement *intake_batch_statements(IntakeBatch *batch, gsize n);
/** A text of the batch's own memory; NULL for what is NULL or empty. */
char *intake_batch_keep(IntakeBatch *batch, const char *text);

/** A province in a place_id before its row is known: -1 - its number; 0 none. */
gint64 intake_place_mark(const IntakeGazetteer *gazetteer, const IntakeProvince *province);

/** What one reader looked up before, and room it uses again. One thread at a time. */
typedef struct IntakeContext IntakeContext;
/** All are borrowed; gazetteer may be NULL. With a sealer what must be sealed is sealed here
 * already, on the reader's thread; without it the store does it. */
IntakeContext *intake_context_new(const IntakeGazetteer *gazetteer, const IntakeOptions *options,
                                  StoreSealer *sealer);
void intake_context_free(IntakeContext *context);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IntakeContext, intake_context_free)

/** Adds one report to the batch. values: INTAKE_N_FIELDS texts, NULL or "" where there is none;
 *  extra: JSON object of the other columns (masked), or NULL. Copies. A record that names no act
 *  has its text read for acts. False with a sentence in error and the field at fault in *ret_field
 *  (INTAKE_FIELD_NONE when none): nothing was added. */
bool intake_record_add(IntakeBatch *batch, IntakeContext *context,
                       const char *const values[INTAKE_N_FIELDS], const char *extra,
                       const IntakeWhere *where, const char *method, IntakeField *ret_field,
                       GError **error);

/** Adds one free text (a message, a letter): what it says is read by the text engine. */
bool intake_message_add(IntakeBatch *batch, IntakeContext *context, const char *text, gsize length,
                        const IntakeWhere *where, GError **error);
