/* intake/tables.h: tables of others whose columns we know: Uwazi, ACLED, UCDP GED.
 *
 * What a column means stands in data/formats/NAME.csv, in the form of a mapping file; words of
 * theirs for acts in data/formats/acts.csv. Here is only what takes two columns to say: a day and
 * its precision, an actor and whom it was done to. Columns with no field of ours stay in the
 * report's other columns, as written.
 *
 * ACLED codebook 2023; UCDP GED codebook 23.1; Uwazi's own exporter. */
#pragma once
#include "intake/fields.h"
#include "intake/import.h"
#include <jansson.h>

typedef struct IntakeTable IntakeTable;

/** The table of a format; *ret_table NULL for a format without one. False with error set when the
 *  bundled file is broken. Static. */
bool intake_table_peek(IntakeFormat format, const IntakeTable **ret_table, GError **error);

/** Who tells what stands in it ("ACLED"); NULL where that is another for each file. Static. */
const char *intake_table_source(const IntakeTable *table);

/** As intake_mapping_find. */
bool intake_table_find(const IntakeTable *table, const char *column, IntakeField *ret_field);

/** Sets the fields that take more than one column, from `values` and from the columns without a
 *  field (`extra`, object of strings; may be NULL). New texts live in `room`. */
void intake_table_derive(const IntakeTable *table, const char *values[INTAKE_N_FIELDS],
                         const json_t *extra, GStringChunk *room);

/** What a table's first line says: one of those formats, CSV for another table, AUTO for none. */
IntakeFormat intake_table_guess(const char *head, gsize length);
